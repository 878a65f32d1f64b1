"""A view saved without a browser: the pixels of the image, where they belong; regions if asked for."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.nddata import NDData
from PIL import Image
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.session import Session
from imviz.viewer import ImageViewer


@pytest.fixture
def block(session):
    """A viewer on 300 x 400 zeros with ones at x 100-199, y 50-99; one screen pixel per image pixel x 2."""
    values = np.zeros((300, 400))
    values[50:100, 100:200] = 1
    session.add_image(NDData(values), "block")
    viewer = ImageViewer(session, "imviz-5")
    viewer.add_image("block")
    viewer.cuts = (0, 1)
    viewer.set_limits(-0.5, 399.5, -0.5, 299.5)
    yield viewer
    viewer.close()


def read(path):
    return np.asarray(Image.open(path).convert("RGB"))


def test_each_pixel_of_the_image_is_where_it_belongs(block, tmp_path):
    block.save(tmp_path / "view")
    picture = read(tmp_path / "view.png")
    assert picture.shape == (600, 800, 3)
    expected = np.zeros((600, 800))
    expected[600 - 200 : 600 - 100, 200:400] = 255
    assert (picture[..., 0] == expected).all()


def test_a_swipe_or_a_fade_is_saved_as_it_is_seen(block, session, tmp_path):
    session.add_image(NDData(np.full((300, 400), 0.5)), "gray")
    block.add_image("gray")
    block.set_layer("gray", cuts=(0, 1), blend="add", visible=False)
    alone = read_saved(block, tmp_path)
    block.compare("swipe", "block", "gray", at=0.375)  # at x = 150
    picture = read_saved(block, tmp_path)
    assert (picture[:, :300] == alone[:, :300]).all()
    assert picture[:, 300:] == pytest.approx(127.5, abs=1)
    block.compare("fade", "block", "gray", at=0.2)
    faded = read_saved(block, tmp_path)
    assert faded == pytest.approx(0.8 * alone + 0.2 * 127.5, abs=1)
    block.compare(None)
    assert (read_saved(block, tmp_path) == alone).all()


def read_saved(viewer, folder):
    viewer.save(folder / "view")
    return read(folder / "view.png").astype(float)


def test_saving_again_replaces_the_file_and_leaves_no_other(block, tmp_path):
    block.save(tmp_path / "view.png")
    block.cuts = (-1, 1)
    block.save(str(tmp_path / "view.png"))
    assert read(tmp_path / "view.png")[0, 0, 0] == pytest.approx(128, abs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["view.png"]


def test_regions_are_drawn_only_if_asked_for(block, session, tmp_path):
    session.add_region(CirclePixelRegion(PixCoord(300, 200), 40), on="block")
    block.save(tmp_path / "without")
    block.save(tmp_path / "with", regions=True)
    changed = np.argwhere((read(tmp_path / "with.png") != read(tmp_path / "without.png")).any(axis=-1))
    x, y = changed[:, 1] / 2 - 0.25, 299.75 - changed[:, 0] / 2
    assert len(changed) > 400
    assert np.abs(np.hypot(x - 300, y - 200) - 40).max() < 1.5


def test_regions_have_their_own_look(block, session, tmp_path):
    label = session.add_region(CirclePixelRegion(PixCoord(300, 200), 40), on="block")
    for opacity, brightest in ((1.0, 255), (0.5, 128)):
        session.region_list.style([label], color="red", opacity=opacity)
        block.save(tmp_path / "view", regions=True)
        picture = read(tmp_path / "view.png")[:, 450:]  # the image is black there
        assert picture[..., 0].max() == pytest.approx(brightest, abs=2)
        assert not picture[..., 1:].any()
    session.region_list.style([label], visible=False)
    block.save(tmp_path / "view", regions=True)
    assert not read(tmp_path / "view.png")[:, 450:].any()


def test_an_empty_view_is_black(tmp_path):
    viewer = ImageViewer(Session(), "imviz-6")
    viewer.save(tmp_path / "empty.png")
    assert not read(tmp_path / "empty.png").any()
    viewer.close()


def test_a_folder_that_is_not_there_is_said(block, tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        block.save(tmp_path / "nowhere" / "view.png")


@pytest.mark.parametrize(
    ("options", "at_one", "at_zero"),
    [
        ({"invert": True}, (0, 0, 0), (255, 255, 255)),
        ({"color": "orange", "color_mode": "Color"}, (255, 165, 0), (0, 0, 0)),
        (
            {"stretch": "power", "stretch_parameters": {"a": 2}, "cuts": (-1, 1)},
            (255, 255, 255),
            (64, 64, 64),
        ),
        ({"knots": [(0, 0), (0.5, 0.2), (1, 1)], "cuts": (-1, 1)}, (255, 255, 255), (51, 51, 51)),
        ({"contrast": 2, "cuts": (-3, 1)}, (255, 255, 255), (255, 255, 255)),
        ({"bias": 0.75, "cuts": (-1, 1)}, (191, 191, 191), (64, 64, 64)),
    ],
)
def test_the_look_is_in_the_picture(block, tmp_path, options, at_one, at_zero):
    block.set_layer("block", **options)
    block.save(tmp_path / "view")
    picture = read(tmp_path / "view.png").astype(int)
    assert np.abs(picture[450, 300] - at_one).max() <= 1
    assert np.abs(picture[10, 10] - at_zero).max() <= 1


def test_layers_of_one_colour_add_their_light(block, session, tmp_path):
    session.add_image(NDData(np.ones((300, 400))), "flat")
    block.add_image("flat")
    block.set_layer("block", color="red", color_mode="Color")
    block.set_layer("flat", color="#004080", color_mode="Color", cuts=(0, 1))
    block.save(tmp_path / "view")
    picture = read(tmp_path / "view.png")
    assert picture[450, 300].tolist() == [255, 64, 128]
    assert picture[10, 10].tolist() == [0, 64, 128]


def test_missing_pixels_have_the_colour_asked_for_or_show_what_is_below(block, session, tmp_path):
    holed = np.ones((300, 400))
    holed[:, :10] = np.nan
    session.add_image(NDData(holed), "holed")
    block.add_image("holed")
    block.set_layer("holed", cuts=(0, 1))
    for colour, expected in ((None, (0, 0, 0)), ("red", (255, 0, 0)), ((0, 0, 1, 0.5), (0, 0, 128))):
        block.set_layer("holed", nan_color=colour)
        block.save(tmp_path / "view")
        assert read(tmp_path / "view.png")[10, 10].tolist() == list(expected)


def test_smooth_is_linear_between_pixel_centres(session, tmp_path):
    session.add_image(NDData(np.array([[0.0, 1.0], [0.0, 1.0]])), "step")
    viewer = ImageViewer(session, "imviz-7")
    viewer.add_image("step")
    viewer.set_layer("step", cuts=(0, 1), interpolation="smooth")
    viewer.set_limits(-0.5, 1.5, -0.25, 1.25)
    viewer.save(tmp_path / "view")
    row = read(tmp_path / "view.png")[300, :, 0].astype(float)
    x = (np.arange(800) + 0.5) / 400 - 0.5
    assert (
        np.abs(row - 255 * np.clip(x, 0, 1)).max() <= 2.5
    )  # a 256-step colormap of a picture of 4096 levels
    viewer.close()
