"""Overlays by API: grid and contours as vector layers of each viewer, the levels, what is refused."""

import asyncio

import numpy as np
import pytest
from astropy.nddata import NDData
from scipy.ndimage import map_coordinates

from imviz import Imviz
from imviz.demo import demo_field
from imviz.plugin import BackgroundTask


@pytest.fixture
def app():
    imviz = Imviz()
    first, second = demo_field()
    imviz.load_data(first.image, data_label="one")
    imviz.load_data(second.image, data_label="two")
    imviz.link_data(align_by="wcs")
    return imviz


@pytest.fixture
def plugin(app):
    return app.plugins["Overlays"]


def test_the_grid_lies_on_the_sky_and_follows_the_view(app, plugin):
    viewer = app.default_viewer
    plugin.show_grid()
    layer = viewer.vectors["sky grid"]
    wcs = app.app.session.image(layer.image).wcs
    names = list(viewer.vectors["sky grid labels"].labels)
    assert len(names) >= 6
    parallel = wcs.pixel_to_world(*layer.lines[0].T)
    assert np.ptp(parallel.dec.arcsec) < 1e-3
    before = len(layer.lines[0])
    viewer.zoom(4)
    assert viewer.vectors["sky grid"] is not layer
    assert before
    plugin.grid = False
    assert {"sky grid", "sky grid labels"} & set(viewer.vectors.names) == set()


def test_contours_of_one_image_lie_over_another_through_the_sky(app, plugin):
    viewer = app.default_viewer
    plugin.show_contours("two", levels=[2.0], smoothing=0)
    layer = viewer.vectors["contours"]
    assert layer.image == "two"
    data = np.asarray(app.app.session.image("two").data[...], dtype=float)
    values = map_coordinates(data, np.concatenate(layer.lines)[:, ::-1].T, order=1)
    assert values[np.isfinite(values)] == pytest.approx(2.0, abs=1e-5)
    assert np.isfinite(values).mean() > 0.99
    view_x, view_y = viewer.vectors.positions("contours")
    sky = app.app.session.image("two").wcs.pixel_to_world(*layer.lines[0][0])
    there = app.app.session.image("one").wcs.world_to_pixel(sky)
    assert (view_x[0], view_y[0]) == pytest.approx((float(there[0]), float(there[1])), abs=1e-4)
    assert plugin.levels_used == "2"


def test_each_viewer_has_its_own(app, plugin):
    other = app.create_image_viewer("other")
    app.app.add_data_to_viewer("other", "two")
    plugin.viewer = "other"
    assert not plugin.grid
    plugin.show_grid("Galactic")
    plugin.scale_bar = True
    assert "sky grid" in other.vectors.names
    assert "sky grid" not in app.default_viewer.vectors.names
    assert other.legends.scale_shown
    plugin.viewer = "imviz-0"
    assert not plugin.grid
    assert not plugin.scale_bar
    assert "sky grid" in other.vectors.names
    app.destroy_viewer("other")
    assert plugin.viewer.choices == ("imviz-0",)


def test_levels_stay_while_the_view_moves_and_regions_cost_nothing(app, plugin, monkeypatch):
    plugin.show_contours("one", "Significance", 4)
    used = plugin.levels_used
    assert len(used.split(",")) == 4
    app.default_viewer.zoom(3)
    assert plugin.levels_used.split(", ")[0] == used.split(", ")[0]
    layer = app.default_viewer.vectors["contours"]
    from regions import CirclePixelRegion, PixCoord

    app.load_regions(CirclePixelRegion(PixCoord(100, 100), 10))
    assert app.default_viewer.vectors["contours"] is layer


def test_what_cannot_be_is_said(plugin):
    plugin.show_contours("one", levels="Manual")
    assert "levels" in plugin.message
    plugin.manual_levels = "1, two"
    assert "not numbers" in plugin.message
    plugin.manual_levels = "1; 2 3"
    assert plugin.message == ""
    plain = Imviz()
    plain.load_data(NDData(np.random.default_rng(0).normal(size=(20, 20))))
    overlays = plain.plugins["Overlays"]
    overlays.grid = True
    assert "no sky grid" in overlays.message


def test_work_aside_leaves_the_loop_free_and_the_latest_wins():
    seen = []

    async def story():
        work = BackgroundTask(seen.append, seen.append)
        import threading

        gate = threading.Event()
        work(lambda: gate.wait(5) and "old")
        work(lambda: "new")
        assert seen == []
        for _ in range(200):
            await asyncio.sleep(0.01)
            if seen:
                break
        gate.set()
        await asyncio.sleep(0.05)

    asyncio.run(story())
    assert seen == ["new"]


def test_contours_of_a_large_image_miss_no_single_pixel_and_a_mask_counts():
    values = np.zeros((3000, 4096), "f4")
    values[1000, 2000] = values[1400, 3001] = 800.0
    mask = values > 0
    mask[1000, 2000] = False
    imviz = Imviz()
    imviz.load_data(values, data_label="plain")
    overlays = imviz.plugins["Overlays"]
    overlays.show_contours(levels=[25.0], smoothing=0)  # means of 4 x 4 pixels, in which 800 is 50
    lines = np.array([line.mean(axis=0) for line in imviz.default_viewer.vectors["contours"].lines])
    assert lines[np.argsort(lines[:, 0])].ravel() == pytest.approx([2001.5, 1001.5, 3001.5, 1401.5], abs=0.6)
    imviz.load_data(
        NDData(values, mask=mask), data_label="masked"
    )  # samples, one in four, none of them these
    assert len(imviz.default_viewer.vectors["contours"].lines) == 0


def test_no_label_of_the_grid_lies_under_the_scale_bar(app, plugin):
    viewer = app.default_viewer
    plugin.scale_bar = True
    plugin.show_grid()
    x, y = viewer.vectors.positions("sky grid labels")
    height, width = viewer.navigation.shape
    limits = viewer.limits
    across, up = (x - limits.x_min) * width / limits.width, (y - limits.y_min) * height / limits.height
    assert len(x) >= 6
    assert ((across > 190) | (up > 62)).all()
