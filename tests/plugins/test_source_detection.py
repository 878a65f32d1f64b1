"""Finding sources from the plugin: in all of an image, in what is seen, in a region; regions made of them."""

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import NDData
from regions import CirclePixelRegion, PixCoord, RectanglePixelRegion

from imviz import Imviz
from imviz.errors import InputError
from imviz.plugins.source_detection import SourceDetection
from imviz.session import Session
from imviz.shell.panel import Panel

STARS = [(40.2, 50.4, 900.0), (150.7, 60.1, 700.0), (100.5, 160.3, 500.0)]


def field():
    y, x = np.mgrid[:200, :220]
    data = np.random.default_rng(0).normal(10, 1, x.shape)
    for x0, y0, peak in STARS:
        data += peak * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 8)
    return NDData(data, unit="adu")


@pytest.fixture
def session():
    session = Session()
    session.add_image(field(), "a")
    return session


@pytest.fixture
def plugin(session):
    plugin = SourceDetection(session)
    plugin.fwhm, plugin.threshold = 4.7, 8
    return plugin


@pytest.mark.parametrize("method", ["stars", "segments"])
def test_the_sources_are_listed_brightest_first(plugin, method):
    found = plugin.find_sources(method=method)
    assert found["xcentroid"].value == pytest.approx([x for x, *_ in STARS], abs=0.1)
    assert found["ycentroid"].value == pytest.approx([y for _, y, _ in STARS], abs=0.1)
    assert found["flux"].unit == u.adu
    assert plugin.n_sources == 3
    assert [row["id"] for row in plugin.table.rows(1, 3)] == ["2", "3"]


def test_regions_are_made_about_the_sources(plugin, session):
    plugin.find_sources()
    labels = plugin.add_regions(radius=7)
    assert labels == ["Subset 1", "Subset 2", "Subset 3"]
    region = session.region("Subset 2", on="a")
    assert isinstance(region, CirclePixelRegion)
    assert (region.center.x, region.center.y, region.radius) == pytest.approx((150.7, 60.1, 7), abs=0.1)


def test_without_a_radius_a_circle_is_two_widths_in_radius(plugin, session):
    plugin.find_sources()
    (first, *_) = plugin.add_regions()
    assert session.region(first, on="a").radius == pytest.approx(9.4)


def test_only_a_region_s_box_is_searched(plugin, session):
    session.add_region(RectanglePixelRegion(PixCoord(150, 60), 60, 60), on="a", label="here")
    found = plugin.find_sources(where="here")
    assert found["xcentroid"].value == pytest.approx([150.7], abs=0.1)


def test_only_what_is_seen_is_searched():
    imviz = Imviz()
    imviz.load_data(field(), data_label="a")
    imviz.default_viewer.zoom_level = 10
    imviz.default_viewer.center_on((100, 160))
    plugin = imviz.plugins["Source Detection"]
    found = plugin.find_sources(where="What is seen", fwhm=4.7, threshold=8)
    assert found["xcentroid"].value == pytest.approx([100.5], abs=0.1)


def test_nothing_found_is_said_and_regions_of_nothing_are_refused(plugin):
    assert len(plugin.find_sources(threshold=1e6)) == 0
    assert "Nothing on a" in plugin.message
    with pytest.raises(InputError, match="No source was found"):
        plugin.add_regions()


def test_an_empty_session_says_what_to_do():
    plugin = SourceDetection(Session())
    assert not plugin.can_find
    with pytest.raises(InputError, match="Open an image"):
        plugin.find_sources()


def test_the_panel_s_buttons_do_it(plugin, session):
    panel = Panel(plugin)
    for event in ("find", "make_regions"):
        panel._handle_event(panel, {"event": event}, [])
    assert (plugin.busy, plugin.progress) == (False, None)
    assert len(session.regions) == 3
    panel._handle_event(panel, {"event": "clear_table"}, [])
    assert (plugin.sources, plugin.n_sources) == (None, 0)
    panel.close()


def test_the_table_is_written(plugin, tmp_path):
    with pytest.raises(InputError, match="search first"):
        plugin.export_table(tmp_path / "early.ecsv")
    plugin.find_sources()
    plugin.export_table(tmp_path / "sources.ecsv")
    assert (tmp_path / "sources.ecsv").stat().st_size > 0


def test_the_headers_aperture_corrections_are_held_against_the_stars(session):
    """Twelve Gaussian stars whose apertures of 4 pixels hold 1 - exp(-r²/2σ²) of them, blurred by a pixel."""
    y, x = np.mgrid[:240, :320]
    data = np.random.default_rng(1).normal(10, 1, x.shape)
    for x0, y0 in ((cx + 0.3, cy - 0.2) for cx in range(40, 300, 60) for cy in range(40, 220, 60)):
        data += 900 * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 2 / 1.5**2)
    step = 2.5 * np.log10(1 - np.exp(-(2**2) / 2 / (1.5**2 + 1 / 12)))
    meta = {"APCOR3": step - 0.03, "APCOR6": -0.03}
    session.add_image(NDData(data, meta=meta), "ztf")
    plugin = SourceDetection(session)
    assert not plugin.has_corrections
    plugin.dataset = "ztf"
    assert plugin.has_corrections
    panel = Panel(plugin)
    panel._handle_event(panel, {"event": "compare_corrections"}, [])
    panel.close()
    assert "From 4 to 14 pixels across" in plugin.message
    assert "they agree" in plugin.message
    plugin.dataset = "a"
    with pytest.raises(InputError, match="no aperture corrections"):
        plugin.compare_corrections()
