"""PNG, JPEG and TIFF pictures: upright, gray, their own values."""

import numpy as np
import pytest

from imviz.errors import ReadError
from imviz.readers import load

Image = pytest.importorskip("PIL.Image")


@pytest.mark.parametrize("suffix", ["png", "PNG", "tif", "tiff"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_gray_pictures_keep_values_and_type_and_stand_upright(tmp_path, suffix, dtype):
    values = np.arange(6, dtype=dtype).reshape(2, 3) * 40
    Image.fromarray(values).save(tmp_path / f"a.{suffix}")
    (loaded,) = load(tmp_path / f"a.{suffix}")
    assert loaded.label == "a"
    assert loaded.image.data.dtype == dtype
    np.testing.assert_array_equal(loaded.image.data, values[::-1])
    assert loaded.image.unit is None
    assert loaded.image.wcs is None


def test_colour_becomes_luminance(tmp_path):
    Image.fromarray(np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)).save(tmp_path / "c.png")
    data = load(tmp_path / "c.png")[0].image.data
    assert data.tolist() == [pytest.approx([0.2126 * 255, 0.7152 * 255, 0.0722 * 255], rel=1e-6)]


def test_transparent_is_white(tmp_path):
    Image.fromarray(np.array([[[9, 9, 9, 0]]], np.uint8)).save(tmp_path / "t.png")
    assert load(tmp_path / "t.png")[0].image.data.tolist() == [[pytest.approx(255, rel=1e-6)]]


@pytest.mark.parametrize("mode", ["1", "P", "LA", "CMYK", "I", "F"])
def test_every_mode_opens(tmp_path, mode):
    colour = Image.new("RGB" if mode in {"CMYK", "P"} else "L", (3, 2))
    colour.convert(mode).save(tmp_path / "m.tif")
    assert load(tmp_path / "m.tif")[0].image.data.shape == (2, 3)


def test_a_camera_held_sideways_is_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # "rotate by 90° clockwise to see it"
    Image.new("L", (8, 4)).save(tmp_path / "r.jpg", exif=exif)
    assert load(tmp_path / "r.jpg")[0].image.data.shape == (8, 4)


def test_jpeg_opens(tmp_path):
    Image.new("L", (16, 8), 128).save(tmp_path / "a.jpeg")
    assert np.all(load(tmp_path / "a.jpeg")[0].image.data == 128)


def test_a_cut_off_picture_is_refused(tmp_path):
    Image.effect_noise((64, 64), 50).save(tmp_path / "a.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "a.png").read_bytes()[:900])
    with pytest.raises(ReadError, match=r"cut\.png cannot be decoded as a picture"):
        load(tmp_path / "cut.png")


def test_a_picture_bomb_is_refused(tmp_path):
    Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png")  # 110 KB; 0.9 Gpixel
    with pytest.raises(ReadError, match=r"bomb\.png"):
        load(tmp_path / "bomb.png")
