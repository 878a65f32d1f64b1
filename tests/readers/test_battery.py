"""Every bad or odd input is right, flagged or refused in one sentence; afterwards good ones open."""

import time

import numpy as np
import pytest

from imviz.errors import ImvizError
from imviz.readers import load
from readers.battery import CASES, NAME


def test_the_battery_is_large():
    assert len(CASES) >= 310


@pytest.mark.parametrize("case", CASES.values(), ids=list(map(ascii, CASES)))
def test_case(tmp_path, monkeypatch, write, pixels, case):
    monkeypatch.chdir(tmp_path)
    source, start = case.make(tmp_path), time.process_time()
    if case.outcome == "refused":
        with pytest.raises(ImvizError) as caught:
            load(source, **case.options)
        sentence = str(caught.value)
        assert case.words in sentence
        assert not case.of_file or NAME.removesuffix(".fits") in sentence
        assert 10 < len(sentence) <= 240
        assert "\n" not in sentence
    else:
        images = load(source, **case.options)
        assert np.asarray(images[0].image.data).ndim == 2
        notes = images[0].image.meta["imviz_notes"]
        assert bool(notes) == (case.outcome == "flagged")
        assert case.words in " ".join(notes)
        assert all(len(note) <= 240 for note in notes)
    assert time.process_time() - start < 2
    good = fits_image(write, pixels)
    np.testing.assert_array_equal(load(good)[0].image.data, pixels)


def fits_image(write, pixels):
    from astropy.io import fits

    return write("good.fits", fits.PrimaryHDU(pixels))
