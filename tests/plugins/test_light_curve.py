"""A series of exposures with clouds, drift and a dip: the dip comes back."""

import asyncio
import re

import numpy as np
import pytest
import sep
from astropy import units as u
from astropy.coordinates import EarthLocation
from astropy.nddata import NDData
from astropy.utils import iers
from astropy.wcs import WCS
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.plugins.light_curve import LightCurve
from imviz.science.photometry.flags import Flag
from imviz.science.results.readable import with_error
from imviz.session import Session
from imviz.shell.panel import Panel

STARS = {"target": (30.3, 40.6, 20000.0), "one": (70.8, 30.2, 30000.0), "two": (60.1, 75.5, 15000.0)}
N = 8
DIP = [1, 1, 1, 0.9, 0.9, 1, 1, 1]


def exposure(n, noise=2.0):
    """Exposure n: fainter, the stars drifted by up to 3 pixels, the target dimmed in the middle."""
    rng = np.random.default_rng(n)
    y, x = np.mgrid[:100, :110]
    data = rng.normal(50, noise, x.shape)
    for name, (x0, y0, flux) in STARS.items():
        seen = flux * (1 - 0.08 * n) * (DIP[n] if name == "target" else 1)
        data += seen / (2 * np.pi * 4) * np.exp(-((x - x0 - 0.4 * n) ** 2 + (y - y0 + 0.3 * n) ** 2) / 8)
    return data


@pytest.fixture
def session():
    session = Session()
    for n in (3, 0, 1, 2, 7, 6, 5, 4):  # not in the order of time
        session.add_image(NDData(exposure(n), unit="adu", meta={"MJD-OBS": 59000.0 + n / 24}), f"e{n}")
    for name, (x, y, _) in STARS.items():
        session.add_region(CirclePixelRegion(PixCoord(x, y), 9), on="e0", label=name)
    return session


@pytest.fixture
def plugin(session):
    plugin = LightCurve(session)
    plugin.target, plugin.comparisons = "target", ["one", "two"]
    return plugin


def test_all_images_are_chosen_and_one_more_joins(plugin, session):
    assert len(plugin.images) == N
    session.add_image(NDData(exposure(0), unit="adu"), "late")
    assert plugin.images[-1] == "late"


def test_the_dip_comes_back_in_the_order_of_time(plugin):
    curve = plugin.calculate_light_curve()
    assert list(curve["image"]) == [f"e{n}" for n in range(N)]
    assert np.diff(curve["time"].mjd) * 24 == pytest.approx(np.ones(N - 1), abs=1e-6)
    assert np.asarray(curve["normalized"]) == pytest.approx(DIP, abs=0.01)
    assert np.asarray(curve["comparison_sum"]) == pytest.approx(
        (1 - 0.08 * np.arange(N)) / np.median(1 - 0.08 * np.arange(N)), rel=0.01
    )


def test_fluxes_are_sep_s_about_the_centroid(plugin):
    plugin.follow_centroid = False
    curve = plugin.calculate_light_curve()
    x, y, _ = STARS["one"]
    bare, *_ = sep.sum_circle(exposure(0), [x], [y], 9, subpix=0)
    sky = curve["flux_1"][0].value - bare[0]
    assert sky / (np.pi * 81) == pytest.approx(-50, abs=0.5)  # what the annulus took away, per pixel
    assert curve["flux_1"].unit == u.adu


def test_a_region_that_stays_loses_a_star_that_drifts(plugin):
    followed = plugin.calculate_light_curve()["flux_0"][-1]
    plugin.follow_centroid = False
    assert plugin.calculate_light_curve()["flux_0"][-1] < followed


def test_the_panel_runs_it_a_step_at_a_time_and_it_can_be_cancelled(plugin):
    panel = Panel(plugin)

    async def click_and_cancel():
        panel._handle_event(panel, {"event": "calculate"}, [])
        assert plugin.busy
        panel._handle_event(panel, {"event": "cancel"}, [])
        await asyncio.sleep(0.05)

    asyncio.run(click_and_cancel())
    assert (plugin.busy, plugin.curve) == (False, None)
    panel._handle_event(panel, {"event": "calculate"}, [])
    assert len(plugin.curve) == N
    assert plugin.plot.x_label == "MJD (UTC) − 59000"
    assert [line["function"] for line in plugin.stars] == ["one", "two"]
    assert all(re.fullmatch(r"[\d.]+ ± [\d.]+ % scatter", line["result"]) for line in plugin.stars)
    panel.close()


def test_what_is_missing_is_said(session):
    plugin = LightCurve(session)
    plugin.target = "target"
    assert "comparison stars" in plugin.guidance
    plugin.comparisons = ["target", "one"]
    with pytest.raises(InputError, match="other than the target"):
        plugin.calculate_light_curve()
    plugin.images = ["e0"]
    assert "two images" in plugin.guidance


def test_a_star_off_an_image_is_no_measurement_and_spoils_no_other(plugin, session):
    session.add_image(NDData(np.ones((20, 20)), unit="adu", meta={"MJD-OBS": 59002.0}), "small")
    curve = plugin.calculate_light_curve()
    assert list(curve["usable"]) == [True] * N + [False]
    assert np.isnan(curve["flux_0"][-1].value)
    assert "small (part of the aperture is off the image)" in plugin.message
    session.add_image(NDData(np.ones((20, 20)), unit="adu"), "small too")
    with pytest.raises(InputError, match="on small"):
        plugin.calculate_light_curve(images=["small", "small too"])


SPOILED = {
    "nan": (np.nan, Flag.NON_FINITE_PIXELS),
    "saturated": (6e4, Flag.SATURATED_PIXELS),
}


@pytest.mark.parametrize("star", STARS)
@pytest.mark.parametrize("kind", SPOILED)
def test_an_exposure_with_a_hole_or_a_saturated_pixel_in_any_star_is_flagged_and_not_usable(kind, star):
    value, flag = SPOILED[kind]
    session = Session()
    for n in range(4):
        data = exposure(n)
        x, y, _ = STARS[star]
        if n == 2:
            data[round(y - 0.3 * n) + 3, round(x + 0.4 * n)] = value
        header = {"MJD-OBS": 59000.0 + n / 24 + 0.01, "EXPTIME": 60.0, "SATURATE": 5e4}
        session.add_image(NDData(data, unit="adu", meta=header), f"e{n}")
    for name, (x, y, _) in STARS.items():
        session.add_region(CirclePixelRegion(PixCoord(x, y), 9), on="e0", label=name)
    plugin = LightCurve(session)
    plugin.target, plugin.comparisons, plugin.follow_centroid = "target", ["one", "two"], False
    curve = plugin.calculate_light_curve()
    assert list(curve["usable"]) == [True, True, False, True]
    assert Flag(int(curve["flags"][2])) & flag
    assert not Flag(int(curve["flags"][1])) & flag
    assert np.isfinite(curve["normalized"]).all()
    assert len(plugin.plot.series[0].x) == 3
    others = [series for series in plugin.plot.series if series.label == "not usable"]
    low, high = (end(plugin.plot.series[0].y) for end in (np.min, np.max))
    for series in others:  # a value far off would hide a dip of a hundredth
        assert series.kind == "doubt"
        assert ((series.y >= 2 * low - high) & (series.y <= 2 * high - low)).all()
    assert "e2" in plugin.message


def test_a_star_at_the_edge_is_flagged(plugin, session):
    session.add_region(CirclePixelRegion(PixCoord(3, 50), 9), on="e0", label="edge")
    curve = plugin.calculate_light_curve(comparisons=["one", "edge"])
    assert not np.asarray(curve["usable"]).any()
    assert (curve["flags"] & int(Flag.PARTIAL_OVERLAP)).all()


def test_dates_are_brought_to_the_barycentre_and_the_table_shows_them():
    session = Session()
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [210.0, 40.0], [55, 50], [-1e-4, 1e-4]
    for n in range(3):
        header = {"DATE-OBS": f"2020-05-31T0{n}:00:00", "EXPTIME": 120.0, "OBSERVAT": "Palomar"}
        session.add_image(NDData(exposure(n), unit="adu", wcs=wcs, meta=header), f"e{n}")
    for name, (x, y, _) in STARS.items():
        session.add_region(CirclePixelRegion(PixCoord(x, y), 9), on="e0", label=name)
    plugin = LightCurve(session)
    plugin.target, plugin.comparisons = "target", ["one", "two"]
    curve = plugin.calculate_light_curve()
    place = EarthLocation.from_geodetic(-116.8650 * u.deg, 33.3563 * u.deg, 1706 * u.m)
    star = wcs.pixel_to_world(30.3, 40.6)
    with iers.conf.set_temp("auto_download", False):
        delay = curve["time"].light_travel_time(star, "barycentric", location=place)
    expected = curve["time"].tdb.jd + delay.jd
    assert (curve["bjd_tdb"].value - expected) * 86400 == pytest.approx(np.zeros(3), abs=1e-3)
    assert curve["time"].isot[0] == "2020-05-31T00:01:00.000"
    assert (curve["airmass"] >= 1).all() or np.isnan(curve["airmass"]).any()
    assert plugin.plot.x_label.startswith("BJD (TDB) − 24590")
    assert plugin.table.columns[:4] == ["image", "time", "bjd_tdb", "airmass"]
    first = plugin.table.rows(0, 1)[0]
    assert first["bjd_tdb"] == f"{curve['bjd_tdb'][0].value:.6f}"
    assert first["usable"] == "yes"
    assert "normalized_err" not in plugin.table.columns
    assert first["normalized"] == with_error(curve["normalized"][0], curve["normalized_err"][0])
    assert " ± " in first["normalized"]
    assert any("Palomar (OBSERVAT)" in note for note in plugin.notes)
    plugin.site = "nowhere at all"
    with pytest.raises(InputError, match="nowhere"):
        plugin.calculate_light_curve()
    plugin.site = "-24.6, -70.4, 2600"
    assert abs(plugin.calculate_light_curve()["bjd_tdb"][0] - curve["bjd_tdb"][0]).to_value(u.s) < 0.043


def test_images_in_units_that_do_not_fit_are_refused(plugin, session):
    session.add_image(NDData(exposure(0), unit="Jy"), "other")
    with pytest.raises(InputError, match="units do not fit"):
        plugin.calculate_light_curve(images=["e0", "other"])


def test_the_curve_is_written_and_read_back(plugin, tmp_path):
    from astropy.table import QTable

    with pytest.raises(InputError, match="no light curve"):
        plugin.export_table(tmp_path / "early.ecsv")
    curve = plugin.calculate_light_curve()
    plugin.export_table(tmp_path / "curve.ecsv")
    back = QTable.read(tmp_path / "curve.ecsv")
    assert np.array_equal(back["normalized"], curve["normalized"])
    assert back["flux_0"].unit == u.adu
