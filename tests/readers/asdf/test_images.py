"""ASDF files: Roman's own, JWST's own and plain ones, against asdf, gwcs and roman_datamodels."""

import warnings

import numpy as np
import pytest
from astropy import units as u

from imviz.errors import ImvizError, InputError, ReadError
from imviz.readers import load
from imviz.readers.files.on_disk import DiskArray

asdf = pytest.importorskip("asdf")
HEAD = b"#ASDF 1.0.0\n#ASDF_STANDARD 1.5.0\n%YAML 1.1\n%TAG ! tag:stsci.edu:asdf/\n--- !core/asdf-1.1.0\n"


@pytest.fixture(scope="module")
def roman(tmp_path_factory):
    """A level-2 image as the mission's package writes it, and the model it was written from."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        datamodels = pytest.importorskip("roman_datamodels.datamodels")
        model = datamodels.ImageModel.create_fake_data(shape=(30, 40))
        model.data = np.arange(1200, dtype="f4").reshape(30, 40)
        model.err = (model.data / 10).astype("f2")
        model.dq[2, 3], model.dq[4, 5] = 1, 2
        path = tmp_path_factory.mktemp("roman") / "r0001_cal.asdf"
        model.save(path)
    return path, model


def test_a_roman_image_comes_with_unit_errors_quality_and_sky(roman):
    path, model = roman
    (loaded,) = load(path)
    image = loaded.image
    assert loaded.label == "r0001_cal[DATA]"
    np.testing.assert_array_equal(image.data, model.data)
    assert image.unit == u.DN / u.s
    np.testing.assert_array_equal(image.uncertainty.array, model.err)
    assert np.argwhere(np.asarray(image.mask)).tolist() == [[2, 3]]
    assert image.meta["imviz_quality"].decode(2) == ("SATURATED",)
    assert image.meta["telescope"] == "ROMAN"
    x, y = np.array([3.0, 20.5]), np.array([4.0, 11.0])
    np.testing.assert_allclose(
        image.wcs.pixel_to_world_values(x, y), model.meta.wcs.pixel_to_world_values(x, y), rtol=1e-12
    )


def test_its_other_arrays_open_by_name(roman):
    path, model = roman
    np.testing.assert_array_equal(load(f"{path}[DQ]")[0].image.data, model.dq)
    np.testing.assert_array_equal(load(path, ext="err")[0].image.data, model.err)
    assert load(f"{path}[SCI]")[0].label == "r0001_cal[DATA]"
    assert "r0001_cal[VAR_POISSON]" in [one.label for one in load(path, ext="*")]
    with pytest.raises(InputError, match=r"has no array \[WHT\]; it has DATA"):
        load(f"{path}[WHT]")


def test_a_roman_mosaic_is_in_mjy_per_sr_and_pixels_without_weight_are_bad(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        datamodels = pytest.importorskip("roman_datamodels.datamodels")
        model = datamodels.MosaicModel.create_fake_data(shape=(30, 40))
        model.weight = np.ones((30, 40), "f4")
        model.weight[7, 8] = 0
        model.save(tmp_path / "m.asdf")
    image = load(tmp_path / "m.asdf")[0].image
    assert image.unit == u.MJy / u.sr
    assert np.argwhere(np.asarray(image.mask)).tolist() == [[7, 8]]


@pytest.mark.parametrize("compression", [None, "zlib", "bzp2", "lz4"])
@pytest.mark.parametrize("kind", ["<f4", ">f8", "<i2", ">u4", "<f2", "u1"])
def test_pixels_are_those_of_asdf(tmp_path, kind, compression):
    values = (np.arange(1200) % 200).astype(kind).reshape(30, 40)
    tree = {"data": values, "other": {"deep": values[:10].copy()}}
    asdf.AsdfFile(tree).write_to(tmp_path / "a.asdf", all_array_compression=compression)
    image = load(tmp_path / "a.asdf")[0].image
    assert isinstance(image.data, DiskArray)
    np.testing.assert_array_equal(image.data, values)
    np.testing.assert_array_equal(load(tmp_path / "a.asdf", ext="other.deep")[0].image.data, values[:10])


def test_an_inline_array_and_a_quantity(tmp_path):
    values = np.arange(12.0).reshape(3, 4)
    asdf.AsdfFile({"data": values}).write_to(tmp_path / "i.asdf", all_array_storage="inline")
    np.testing.assert_array_equal(load(tmp_path / "i.asdf")[0].image.data, values)
    asdf.AsdfFile({"data": values * u.Jy}).write_to(tmp_path / "q.asdf")
    image = load(tmp_path / "q.asdf")[0].image
    assert image.unit == u.Jy
    np.testing.assert_array_equal(image.data, values)


def test_a_cube_opens_at_its_first_plane(tmp_path):
    values = np.arange(24.0).reshape(2, 3, 4)
    asdf.AsdfFile({"data": values}).write_to(tmp_path / "c.asdf")
    (loaded,) = load(tmp_path / "c.asdf")
    assert loaded.planes == (2,)
    np.testing.assert_array_equal(loaded.again((1,)).image.data, values[1])


BOMB = b"a: &a [1,1,1,1,1,1,1,1,1,1]\n" + b"".join(
    b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 10)) for n in range(ord("b"), ord("k"))
)
ARRAY = b"data: !core/ndarray-1.1.0 {source: %s, datatype: %s, byteorder: little, shape: %s}\n"
HOSTILE = {
    "nested aliases": (BOMB, "nested aliases make 1e\\+10 values"),
    "broken YAML": (b"data: [1, 2\n}", "YAML"),
    "no array": (b"meta: {telescope: ROMAN}\n", "no array with two axes"),
    "no such block": (ARRAY % (b"5", b"float32", b"[3, 4]"), "not in this file"),
    "another file": (ARRAY % (b"http://localhost/x.asdf", b"float32", b"[3, 4]"), "outside the file"),
    "huge": (ARRAY % (b"0", b"float32", b"[300000, 400000]"), "needs 480,000,000,000 bytes"),
    "negative": (ARRAY % (b"0", b"float32", b"[-3, 4]"), "no array with two axes"),
    "text": (ARRAY % (b"0", b"[ascii, 4]", b"[2, 2]"), "not of numbers"),
    "complex": (ARRAY % (b"0", b"complex64", b"[2, 2]"), "not of numbers"),
    "a Python object": (b"data: !!python/object/apply:os.system ['touch owned']\n", "no array"),
    "a list of itself": (b"data: &a [*a]\n", "recursive"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_trees_are_refused_at_once_in_one_sentence(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    body, words = HOSTILE[case]
    block = (
        b"\xd3BLK" + b"\x00\x30" + bytes(4) + bytes(4) + (48).to_bytes(8, "big") * 3 + bytes(16) + bytes(48)
    )
    (tmp_path / "hostile.asdf").write_bytes(HEAD + body + b"...\n" + block)
    with pytest.raises(ImvizError, match=words) as caught:
        load(tmp_path / "hostile.asdf")
    assert "hostile" in str(caught.value)
    assert len(str(caught.value)) <= 240
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("keep", [20, 400, 700, 2000, 5000])
def test_cut_off_files_are_refused(roman, tmp_path, keep):
    (tmp_path / "cut.asdf").write_bytes(roman[0].read_bytes()[:keep])
    with pytest.raises(ImvizError, match="cut"):
        load(tmp_path / "cut.asdf")


def test_a_compressed_block_that_lies_is_refused(tmp_path):
    asdf.AsdfFile({"data": np.zeros((100, 100))}).write_to(tmp_path / "z.asdf", all_array_compression="zlib")
    content = (tmp_path / "z.asdf").read_bytes()
    at = content.index(b"zlib") + 4
    forged = content[: at + 16] + (2**40).to_bytes(8, "big") + content[at + 24 :]
    (tmp_path / "z.asdf").write_bytes(forged)
    with pytest.raises(ReadError, match="unpacks from"):
        load(tmp_path / "z.asdf")


@pytest.mark.parametrize(
    "around",
    [
        lambda data, cards: {"data": data, "meta": cards},
        lambda data, cards: {"data": data, "header": cards},
        lambda data, cards: {"data": data, "meta": {"header": cards}},
        lambda data, cards: {"roman": {"data": data, "meta": cards}},
        lambda data, cards: {"data": data, "meta": {}, "primary_header": cards},
    ],
)
def test_doubts_of_cards_in_a_tree_are_told_as_those_of_a_fits_file(tmp_path, around):
    cards = {"GAIN": 120, "SWCREATE": "SharpCap 4.1", "RDNOISE": -3.0, "BAYERPAT": "RGGB"}
    asdf.AsdfFile(around(np.ones((8, 9), "f4"), cards)).write_to(tmp_path / "t.asdf")
    notes = " ".join(load(tmp_path / "t.asdf")[0].image.meta["imviz_notes"])
    assert "GAIN = 120 is a setting of the camera, as SharpCap writes it" in notes
    assert "RDNOISE = -3.0 is not a number above 0" in notes
    assert "BAYERPAT = 'RGGB'" in notes
