"""Footprints: overlays by name, each with its own pointing and look; instruments and imported regions."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.wcs import WCS
from regions import CirclePixelRegion, CircleSkyRegion, PixCoord, Regions

from imviz import Imviz
from imviz.errors import InputError, NoSkyError
from imviz.science.sky.footprints import footprint

HERE = SkyCoord(10, 20, unit="deg")


@pytest.fixture
def imviz():
    imviz = Imviz()
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [10, 20], [101, 76]
    wcs.wcs.cdelt = [-1 / 3600, 1 / 3600]
    imviz.load_data(NDData(np.zeros((151, 201)), wcs=wcs), data_label="sky")
    return imviz


@pytest.fixture
def plugin(imviz):
    return imviz.plugins["Footprints"]


def drawn(imviz, viewer="imviz-0"):
    vectors = imviz.viewers[viewer].vectors
    return {name: vectors[name] for name in vectors.names if name.startswith("footprint")}


def test_opening_the_panel_points_to_what_is_seen_and_closing_it_takes_it_away(imviz, plugin):
    assert drawn(imviz) == {}
    plugin.open_in_tray()
    assert SkyCoord(plugin.ra, plugin.dec, unit="deg").separation(HERE) < 0.01 * u.arcsec
    (paths,) = drawn(imviz).values()
    assert len(paths) == len(footprint("NIRSpec", HERE)) == len(plugin.overlay_regions)
    plugin.close_in_tray()
    assert drawn(imviz) == {}
    plugin.keep_active = True
    assert len(drawn(imviz)) == 1
    plugin.visible = False
    assert drawn(imviz) == {}


def test_it_is_drawn_where_the_instrument_is_pointed(imviz, plugin):
    plugin.open_in_tray()
    plugin.preset = "MIRI"
    plugin.ra, plugin.dec, plugin.pa = 10 * u.deg, 20.01, 30
    plugin.v2_offset, plugin.v3_offset = 5, -8 * u.arcsec
    expected = footprint("MIRI", SkyCoord(10, 20.01, unit="deg"), 30, 5, -8)["MIRIM_FULL"].vertices
    x, y = imviz.app.session.image("sky").wcs.world_to_pixel(expected)
    found = imviz.default_viewer.vectors.positions("footprint default")
    np.testing.assert_allclose(found, (x, y), atol=1e-3)


def test_overlays_are_added_renamed_and_removed_each_with_its_own_values(imviz, plugin):
    plugin.open_in_tray()
    plugin.color = "#00ff00"
    plugin.add_overlay("second")
    assert (plugin.overlay.choices, plugin.overlay.selected) == (("default", "second"), "second")
    plugin.preset, plugin.fill_opacity = "Roman WFI", 0.3
    assert plugin.color == "#c75109"
    layers = drawn(imviz)
    assert {name: (one.color, one.fill, len(one)) for name, one in layers.items()} == {
        "footprint default": ("#00ff00", 0.1, 10),
        "footprint second": ("#c75109", 0.3, 18),
    }
    plugin.rename_overlay("second", "roman")
    assert set(drawn(imviz)) == {"footprint default", "footprint roman"}
    plugin.overlay = "default"
    assert (plugin.preset, plugin.color) == ("NIRSpec", "#00ff00")
    plugin.remove_overlay("default")
    assert (list(drawn(imviz)), plugin.preset) == (["footprint roman"], "Roman WFI")
    plugin.remove_overlay("roman")
    assert plugin.overlay.choices == ("default",)
    with pytest.raises(InputError, match="no overlay 'gone'"):
        plugin.rename_overlay("gone", "x")
    with pytest.raises(InputError, match="name of its own"):
        plugin.add_overlay("default")


def test_it_is_drawn_in_the_viewers_chosen_and_in_others_not(imviz, plugin):
    second = imviz.create_image_viewer()
    second.add_image("sky")
    plugin.open_in_tray()
    assert (len(drawn(imviz)), len(drawn(imviz, second.name))) == (1, 0)
    plugin.viewer.select_all()
    assert (len(drawn(imviz)), len(drawn(imviz, second.name))) == (1, 1)
    plugin.viewer = second.name
    assert (len(drawn(imviz)), len(drawn(imviz, second.name))) == (0, 1)
    imviz.destroy_viewer(second.name)
    assert plugin.viewer.selected == ["imviz-0"]


@pytest.mark.parametrize("kind", ["sky", "pixels", "file"])
def test_regions_are_imported(imviz, plugin, tmp_path, kind):
    circle = CircleSkyRegion(HERE, 30 * u.arcsec)
    given = {
        "sky": circle,
        "pixels": [CirclePixelRegion(PixCoord(100, 75), 30)],
        "file": tmp_path / "one.reg",
    }
    Regions([circle]).write(str(tmp_path / "one.reg"), format="ds9")
    plugin.open_in_tray()
    plugin.import_region(given[kind])
    assert plugin.preset == "From File..."
    x, y = imviz.default_viewer.vectors.positions("footprint default")
    assert np.hypot(x - 100, y - 75) == pytest.approx(30, abs=0.02)
    assert len(plugin.overlay_regions) == 1
    plugin.preset = "MIRI"
    plugin.preset = "From File..."
    assert len(plugin.overlay_regions) == 1


def test_what_cannot_be_is_refused_and_nothing_changes(imviz, plugin):
    plugin.open_in_tray()
    with pytest.raises(InputError, match="colour"):
        plugin.color = "no colour"
    assert (plugin.color, drawn(imviz)["footprint default"].color) == ("#c75109", "#c75109")
    with pytest.raises(InputError, match="opacity"):
        plugin.fill_opacity = 3
    assert plugin.fill_opacity == 0.1
    imviz.load_data(np.zeros((9, 9)), data_label="plain")
    imviz.app.session.remove_image("sky")
    with pytest.raises(NoSkyError, match="on the sky"):
        plugin.center_on_viewer()
    with pytest.raises(NoSkyError, match="celestial"):
        plugin.import_region(CirclePixelRegion(PixCoord(1, 2), 3))
