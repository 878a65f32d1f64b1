"""Records of images: plain enough for JSON, and each leads back to its image."""

import json

import numpy as np
import pytest
from astropy.io import fits

from imviz.errors import InputError, MissingFileError
from imviz.readers.recorded import load_recorded, reload


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        hdus = [fits.PrimaryHDU()]
        hdus += [fits.ImageHDU(np.full((4, 5), float(ord(name) + n)), name="SCI", ver=n) for n in (1, 2)]
        fits.HDUList(hdus).writeto(f"{name}.fits")
    fits.writeto("cube.fits", np.arange(3 * 4 * 5, dtype=float).reshape(3, 4, 5))
    np.save("c.npy", np.full((4, 5), 7.0))
    return tmp_path


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("a.fits", [98]),
        ("*.fits[SCI,2]", [99, 100]),
        ("b.fits[SCI]", [99]),
        ("a.fits[2]", [99]),
        ("a.fits[*]", [98, 99]),
        ("cube.fits[0][2]", [40]),
        ("c.npy", [7]),
    ],
)
def test_a_record_leads_back_to_its_image(files, source, values):
    if source.startswith("*"):
        (files / "cube.fits").unlink()
    found = [(one, json.loads(json.dumps(record))) for one, record in load_recorded(source)]
    assert [one.image.data[0, 0] for one, _ in found] == values
    for one, record in found:
        again = reload(record)
        np.testing.assert_array_equal(again.image.data, one.image.data)
        assert again.label == one.label


def test_a_file_that_has_moved_is_looked_for_beside(files):
    (_, record), *_ = load_recorded("a.fits")
    (files / "there").mkdir()
    (files / "a.fits").rename(files / "there" / "a.fits")
    assert reload(record, files / "there").image.data[0, 0] == 98
    with pytest.raises(MissingFileError, match=r"a\.fits"):
        reload(record)


def test_what_is_no_record_is_refused():
    with pytest.raises(InputError, match="Not a record"):
        reload({"path": "a.fits"})
