"""A series of exposures with clouds, drift and a dip: the dip comes back."""

import asyncio

import numpy as np
import pytest
import sep
from astropy import units as u
from astropy.nddata import NDData
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.plugins.light_curve import LightCurve
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
    assert plugin.plot.x_label == "MJD − 59000"
    assert [line["function"] for line in plugin.stars] == ["one", "two"]
    panel.close()


def test_what_is_missing_is_said(session):
    plugin = LightCurve(session)
    plugin.target = "target"
    assert "comparison stars" in plugin.guidance
    plugin.comparisons = ["target", "one"]
    with pytest.raises(InputError, match="target itself is none"):
        plugin.calculate_light_curve()
    plugin.images = ["e0"]
    assert "two images" in plugin.guidance


def test_a_star_off_an_image_is_named_and_the_last_curve_stays(plugin, session):
    plugin.calculate_light_curve()
    session.add_image(NDData(np.ones((20, 20)), unit="adu"), "small")
    with pytest.raises(InputError, match="on small"):
        plugin.calculate_light_curve(images=["e0", "small"])
    assert len(plugin.curve) == N


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
