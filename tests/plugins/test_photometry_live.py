"""Aperture Photometry beyond one row: sections, numbers under the hand, imexam's keys, receipts."""

import re

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import NDData, StdDevUncertainty
from astropy.table import Table
from regions import CirclePixelRegion, EllipsePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import InputError
from imviz.plugins.aperture_photometry import GROWTH, RAW
from imviz.plugins.aperture_photometry.imexam import KEYS
from imviz.science.results.readable import readable, with_error
from imviz.view.shapes import to_shape

Y, X = np.mgrid[:200, :220]
NOISE = np.random.default_rng(2).normal(100, 2, Y.shape)
STAR = NOISE + 800 * np.exp(-((X - 50.3) ** 2 + (Y - 40.6) ** 2) / 2 / 2.5**2)


@pytest.fixture
def imviz():
    imviz = Imviz()
    imviz.load_data(NDData(STAR), data_label="a")
    imviz.load_regions(CirclePixelRegion(PixCoord(49, 42), 10))
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.background = "Annulus"
    plugin.open_in_tray()
    return imviz


@pytest.fixture
def plugin(imviz):
    return imviz.plugins["Aperture Photometry"]


def drag(imviz, x, y, radius=10.0, label="Subset 1", *, kind="live", shape=None):
    overlay = imviz.default_viewer.widgets[2]
    shape = shape or {"kind": "circle", "x": x, "y": y, "radius": radius}
    content = {"type": kind, "label": label, "shape": shape}
    if kind == "update":
        content = {"type": "update", "shapes": [{"label": label, "shape": shape}]}
    sent = []
    overlay.send = lambda message, buffers=None: sent.append(message)
    overlay._handle_custom_msg(content, [])
    return [message["type"] for message in sent]


def shown(plugin):
    return {line["function"]: line["result"] for line in plugin.results}


def test_numbers_follow_the_hand_and_the_document_stays(imviz, plugin):
    session = imviz.app.session
    before = session.revision
    assert drag(imviz, 50.3, 40.6)[-1] == "lived"
    assert session.revision == before
    assert session.n_rows == 0
    assert plugin.is_live
    row, _ = plugin.calculate_photometry(add_to_table=False, update_plots=False)
    assert session.region("Subset 1").center.x == 49
    one = float(shown(plugin)["sum"].split(" ± ")[0])
    session.update_region("Subset 1", CirclePixelRegion(PixCoord(50.3, 40.6), 10))
    row, _ = plugin.calculate_photometry(add_to_table=False, update_plots=False)
    assert one == pytest.approx(row["sum"][0], abs=0.5)  # its error is 42


def test_the_annulus_and_the_plot_follow_too(imviz, plugin):
    drag(imviz, 50.3, 40.6, 12)
    (guide,) = plugin.guides
    assert (guide.region.center.x, guide.region.inner_radius) == (50.3, 18)
    before = plugin.plot_revision
    drag(imviz, 51, 41, 12)
    assert plugin.plot_revision == before + 1


def test_live_numbers_follow_every_setting(imviz, plugin):
    drag(imviz, 50.3, 40.6)
    drag(imviz, 50.3, 40.6, kind="update")
    plugin.calculate_photometry(add_to_table=False, update_plots=False)
    for name, value in (
        *(("background", "Manual"), ("background_value", 90.0), ("background", "Annulus")),
        *(("annulus_width", 25.0), ("sigma_clip", None), ("gain", 2.0), ("zero_point", 25.0)),
    ):
        before = plugin.results
        setattr(plugin, name, value)
        assert plugin.is_live
        row, _ = plugin.calculate_photometry(add_to_table=False, update_plots=False)
        assert plugin.results != before, name
        assert shown(plugin)["sum"] == readable(row["sum"][0], row["sum_err"][0])
    assert not plugin.is_stale
    assert imviz.app.session.n_rows == 0


def test_a_row_s_results_are_said_to_be_of_the_settings_before_until_these_come_back(plugin):
    plugin.calculate()
    before = plugin.results
    assert not plugin.is_stale
    for name, value in (("background", "Manual"), ("gain", 3.0), ("sigma_clip", 2.0), ("zero_point", 25.0)):
        kept = getattr(plugin, name)
        setattr(plugin, name, value)
        assert plugin.is_stale, name
        setattr(plugin, name, str(kept) if isinstance(kept, str) else kept)
        assert not plugin.is_stale, name
    plugin._session.update_region("Subset 1", CirclePixelRegion(PixCoord(50, 41), 9))
    assert plugin.is_stale
    assert plugin.results == before
    plugin.calculate()
    assert not plugin.is_stale
    assert plugin.results != before


def test_another_plot_is_drawn_of_what_was_measured(plugin):
    plugin.calculate()
    numbers = plugin.results
    plugin.current_plot_type = RAW
    assert plugin.plot.x_label == "Radius (pix)"
    plugin.fit_radial_profile = True
    assert plugin.fit_results[0]["function"] == "FWHM"
    assert len(plugin.plot.series) == 2
    plugin.radii = "3, 5"
    assert "Several radii" in [part["title"] for part in plugin.details]
    assert (plugin.results, plugin.is_stale) == (numbers, False)
    plugin.radii = "3, five"
    assert "Radii are numbers" in plugin.message


def test_a_batch_replaces_what_is_shown(imviz, plugin):
    plugin.calculate()
    imviz.load_regions(CirclePixelRegion(PixCoord(120, 120), 7))
    list(plugin.measure_many())
    assert plugin.shown_of == "Subset 2 on a"
    last = imviz.get_aperture_photometry_results()[-1]
    assert shown(plugin)["sum"] == readable(last["sum"], last["sum_err"])
    plugin.calculate_batch_photometry([{"aperture": ["Subset 2", "Subset 1"]}])
    assert plugin.shown_of == "Subset 1 on a"
    plugin.calculate_catalog_photometry(Table({"name": ["s"], "x": [50.3], "y": [40.6]}), 6.0)
    assert plugin.shown_of == "s on a"
    assert not plugin.is_stale


def test_letting_go_fills_in_the_rest_and_calculate_ends_it(imviz, plugin):
    drag(imviz, 50.3, 40.6)
    assert plugin.details == ()
    drag(imviz, 50.3, 40.6, kind="update")
    assert plugin.is_live
    assert plugin.details[0]["title"] == "Size and growth"
    assert imviz.app.session.n_rows == 0
    plugin.calculate()
    assert not plugin.is_live
    assert imviz.app.session.n_rows == 1


def test_a_shape_that_is_only_being_drawn_is_measured_too(imviz, plugin):
    drag(imviz, 50.3, 40.6, 8, label=None)
    assert plugin.is_live
    assert imviz.app.session.regions == ("Subset 1",)


def test_a_hand_off_the_image_is_told_and_answered(imviz, plugin):
    assert drag(imviz, -500, -500)[-1] == "lived"
    assert "off the image" in plugin.message
    drag(imviz, 50, 40)
    assert plugin.message_kind == "info"


def test_nothing_follows_a_closed_panel_or_a_switch_that_is_off(imviz, plugin):
    plugin.close_in_tray()
    assert drag(imviz, 50, 40)[-1] == "lived"
    plugin.open_in_tray()
    plugin.follow_hand = False
    drag(imviz, 50, 40)
    assert not plugin.is_live
    assert plugin.results == ()


def test_a_live_plot_makes_no_new_widgets(imviz, plugin):
    from ipywidgets.widgets.widget import _instances

    drag(imviz, 50.3, 40.6)
    before = len(_instances)
    for x in range(5):
        drag(imviz, 50.3 + x, 40.6)
    assert len(_instances) == before


def press(imviz, key, x=50.0, y=41.0):
    imviz.default_viewer.view._on_key({"key": key, "x": x, "y": y})


def test_every_imexam_key_adds_its_line_to_the_log(imviz, plugin):
    plugin.imexam = True
    for key in KEYS:
        before = len(plugin.log)
        press(imviz, key)
        assert len(plugin.log) > before, key
        assert plugin.message_kind != "error", plugin.message


def test_key_a_gives_the_panel_s_numbers(imviz, plugin):
    plugin.imexam = True
    press(imviz, "a")
    plugin.recentre()
    row, _ = plugin.calculate_photometry(add_to_table=False)
    (measured,) = imviz.app.session.results
    assert measured["sum"] == pytest.approx(row["sum"][0], rel=1e-4)  # both centred, by their own way there
    assert measured["xcentroid"].value == pytest.approx(50.3, abs=0.1)


def test_imexam_s_keys_go_to_nobody_else_and_only_in_its_mode(imviz, plugin):
    heard = []
    imviz.app._stage.add_callback("key", lambda press: heard.append(press.key))
    press(imviz, "m")
    assert heard == ["m"]
    assert plugin.log == ()
    plugin.imexam = True
    assert imviz.default_viewer.mouse.examining
    press(imviz, "m")
    assert heard == ["m"]
    assert "median" in plugin.log[-1]


def test_a_key_over_nothing_says_so_and_lives_on(imviz, plugin):
    plugin.imexam = True
    press(imviz, "j", 5, 80)
    press(imviz, "m", 900, 900)
    assert "off the image" in plugin.message
    press(imviz, "m")
    assert plugin.message == ""
    with pytest.raises(InputError, match="no key 'q'"):
        plugin.examine("q", 1, 1)


def test_the_target_button_moves_the_aperture_onto_the_star(imviz, plugin):
    plugin.centroid_method = "Gaussian"
    plugin.recentre()
    region = imviz.app.session.region("Subset 1")
    assert (region.center.x, region.center.y) == pytest.approx((50.3, 40.6), abs=0.02)
    plugin.centroid_max_shift = 0.5
    imviz.app.session.update_region("Subset 1", CirclePixelRegion(PixCoord(52, 41), 10))
    with pytest.raises(InputError, match=r"more than the 0\.5 allowed"):
        plugin.recentre()


def test_every_section_s_options_reach_the_row(imviz, plugin):
    plugin.background_estimator, plugin.sigma_clip, plugin.mask_neighbours = "biweight", 3.0, True
    plugin.gain, plugin.read_noise, plugin.saturation, plugin.zero_point = 2.0, 4.0, 850.0, 25.0
    row, _ = plugin.calculate_photometry()
    assert row["background_method"][0] == "annulus, biweight, 3 sigma clipped, sources masked"
    assert '"error": "ccd"' in row["recipe"][0]
    assert row["n_saturated"][0] > 0
    assert "saturated pixel" in plugin.message
    assert row["mag_ab"][0].value == pytest.approx(25 - 2.5 * np.log10(row["sum"][0]))


def test_fits_radii_and_the_empirical_error_are_told(imviz, plugin):
    plugin.recentre_first = plugin.fit_source = plugin.empirical = True
    plugin.radii, plugin.current_plot_type, plugin.fit_radial_profile = "3, 5, 8", RAW, True
    plugin.calculate()
    parts = {part["title"]: part["lines"] for part in plugin.details}
    assert {"Size and growth", "Magnitudes", "Source fit", "Several radii", "Errors"} <= set(parts)
    assert [line["function"] for line in parts["Several radii"]] == ["3 pix", "5 pix", "8 pix"]
    assert any("empty apertures" in line["function"] for line in parts["Errors"])
    assert "±" in plugin.fit_results[0]["result"]
    assert len(plugin.measure_radii([2, 4])) == 2
    plugin.radii = "three"
    with pytest.raises(InputError, match="three"):
        plugin.calculate_photometry()


def test_a_curve_of_growth_marks_its_radii(plugin):
    plugin.current_plot_type = GROWTH
    plugin.calculate()
    assert {"EE50", "EE80", "best S/N"} == {name for name, _ in plugin.plot.marks}


def test_receipts_by_button_and_by_name(imviz, plugin):
    with pytest.raises(InputError, match="no row yet"):
        plugin.write_python()
    plugin.calculate()
    plugin.write_python()
    scope = {"data": STAR}
    exec(plugin.receipt, scope)
    row = imviz.get_aperture_photometry_results()
    assert scope["total"] == pytest.approx(row["sum"][0], rel=1e-12)
    plugin.write_methods()
    assert "circular aperture of radius 10" in plugin.receipt
    (verdict,) = imviz.verify()
    assert str(verdict) == "row 1 (Subset 1 on a): identical"


def test_an_aperture_on_the_sky_is_bent_with_the_image_and_pixels_count_by_area(imviz, plugin):
    from astropy import units as u
    from regions import CircleSkyRegion
    from science.sky.test_distortion import BENT, BRIGHTNESS, FLATTENED, R

    imviz.load_data(FLATTENED, data_label="flat")
    imviz.link_data(align_by="wcs")
    center = BENT.pixel_to_world(240, 90)
    imviz.load_regions(CircleSkyRegion(center, R * u.arcsec), refdata_label="flat")
    label = imviz.app.session.regions[-1]
    plugin.dataset, plugin.aperture, plugin.background = "flat", label, "Manual"
    plugin.background_value = 0.0
    truth = BRIGHTNESS * np.pi * R**2
    stiff, _ = plugin.calculate_photometry(add_to_table=False)
    plugin.follow_distortion = plugin.pixel_area_map = True
    assert [guide.style for guide in plugin.guides] == ["aperture"]
    bent, _ = plugin.calculate_photometry()
    assert bent["sum"][0] == pytest.approx(truth, rel=2e-5)
    assert abs(stiff["sum"][0] / truth - 1) > 0.03
    assert '"follow_distortion": true' in bent["recipe"][0]
    assert "follow_distortion" not in stiff["recipe"][0]
    assert all(verdict.same for verdict in imviz.verify())
    region = imviz.app.session.region(label, on="flat")
    shape = to_shape(region)  # a circle on the sky is an ellipse on these pixels
    drag(imviz, 0, 0, label=label, shape={**shape, "x": shape["x"] + 1})
    assert "aperture" in [guide.style for guide in plugin.guides]
    assert float(shown(plugin)["sum"].split()[0]) == pytest.approx(
        truth, rel=5e-3
    )  # the same pixels there are another angle
    assert (
        type(imviz.app.session.region(label, on="flat")) is EllipsePixelRegion
    )  # the region itself is not bent
    imviz.app.session.clear_results()
    plugin.calculate_batch_photometry([{"aperture": [label] * 5}])
    together = imviz.get_aperture_photometry_results()
    assert list(together["sum"]) == [bent["sum"][0]] * 5
    assert set(together["recipe"]) == {bent["recipe"][0]}
    plugin.calculate_photometry("a", "Subset 1", pixel_area_map=False, add_to_table=False)
    with pytest.raises(InputError, match="celestial WCS"):
        plugin.calculate_photometry("a", "Subset 1", add_to_table=False)


# ---- imexam's keys, each against what it stands for, by someone else's arithmetic


def numbers(line):
    """Names and numbers of a line of the log."""
    import re

    return {name: float(value) for name, value in re.findall(r"([a-z]+) (-?[\d.]+(?:e[+-]?\d+)?)", line)}


def test_key_a_tells_iraf_s_columns_and_they_are_the_rows(imviz, plugin):
    found = numbers(plugin.examine("a", 50, 41))
    row = imviz.app.session.results[-1]
    assert found["x"] == pytest.approx(row["xcentroid"].value, abs=0.006)
    assert found["flux"] == pytest.approx(row["sum"], rel=1e-5)
    assert found["peak"] == pytest.approx(row["max"], rel=1e-5)
    assert found["mag"] == pytest.approx(
        25 - 2.5 * np.log10(row["sum"]), abs=6e-4
    )  # IRAF's, without a header's
    for name in ("fwhm", "enclosed", "direct"):
        assert found[name] == pytest.approx(2.3548 * 2.5, rel=0.06), name


def test_key_comma_and_point_keep_no_row_and_differ_by_their_model(imviz, plugin):
    assert numbers(plugin.examine(",", 50, 41))["flux"] > 0
    assert "no Moffat wings" in plugin.examine(".", 50, 41)  # a Gaussian has none, and that is said
    assert "Gaussian fwhm" in plugin.examine("r", 50, 41)
    assert imviz.app.session.n_rows == 0


def test_keys_j_and_k_find_the_star_along_row_and_column(plugin):
    for key, truth in (("j", 50.3), ("k", 40.6)):
        found = numbers(plugin.examine(key, 50, 41))
        assert found["center"] == pytest.approx(truth, abs=0.05)
        assert found["fwhm"] == pytest.approx(2.3548 * 2.5, rel=0.03)
        assert found["level"] == pytest.approx(100, abs=2)


def test_key_m_is_numpy_s_of_five_by_five_pixels(plugin):
    found, box = numbers(plugin.examine("m", 120.2, 90.4)), NOISE[88:93, 118:123]
    assert found["npix"] == 25
    err = box.std(ddof=1) / 5
    assert f"mean {with_error(box.mean(), err)} median" in plugin.examine("m", 120.2, 90.4)
    assert found["median"] == pytest.approx(np.median(box), rel=5e-5)
    assert found["stddev"] == pytest.approx(box.std(ddof=1), rel=5e-5)
    assert (found["min"], found["max"]) == pytest.approx((box.min(), box.max()), rel=5e-5)


def test_keys_m_z_and_x_are_in_a_prefix_that_can_be_read_and_x_has_the_pixel_s_error(imviz, plugin):
    errors = StdDevUncertainty(np.full(STAR.shape, 2.4e-14))
    imviz.load_data(NDData(STAR * 1e-13, unit=u.MJy, uncertainty=errors), data_label="faint")
    line = plugin.examine("m", 120, 90, "faint")
    assert re.fullmatch(
        r"npix 25 mean [\d.]+ ± [\d.]+ median [\d.]+ stddev [\d.]+ min [\d.]+ max [\d.]+ µJy", line
    )
    head, *rows = plugin.examine("z", 50, 41, "faint").split("\n")
    assert head.endswith(" 55 µJy")
    assert float(rows[5].split()[6]) == pytest.approx(STAR[41, 50] * 0.1, rel=1e-4)
    assert readable(STAR[41, 50] * 1e-13, 2.4e-14, u.MJy) in plugin.examine("x", 50.2, 40.8, "faint")


def test_key_x_tells_the_digits_that_a_pixel_s_own_type_has(imviz, plugin):
    imviz.load_data(NDData(np.full((9, 9), 0.1, dtype="f4"), unit=u.Jy), data_label="single")
    assert "value 0.1 Jy" in plugin.examine("x", 4, 4, "single")


def test_keys_l_c_and_v_draw_the_image_s_own_values(plugin):
    plugin.examine("l", 50, 41)
    np.testing.assert_array_equal(plugin.plot.series[0].y, STAR[41])
    plugin.examine("c", 50, 41)
    np.testing.assert_array_equal(plugin.plot.series[0].y, STAR[:, 50])
    plugin.examine("v", 30, 41)
    plugin.examine("v", 60, 41)
    np.testing.assert_allclose(plugin.plot.series[0].y[::2], STAR[41, 30:61], rtol=1e-12)


def test_keys_h_e_s_and_z_are_of_the_square_about_the_cursor(plugin):
    plugin.examine("h", 120, 90)
    steps = plugin.plot.series[0].y[1:-1:2]
    assert steps.sum() == 21 * 21
    plugin.examine("e", 50, 41)
    x = np.concatenate([series.x for series in plugin.plot.series])
    assert (x.min() >= 40, x.max() <= 60) == (True, True)
    plugin.examine("s", 50, 41)
    np.testing.assert_allclose(plugin.plot.series[0].y, STAR[31, 40:61])
    line = plugin.examine("z", 50, 41).split("\n")[6].split()
    assert (line[0], len(line)) == ("41", 12)
    assert float(line[6]) == pytest.approx(STAR[41, 50], rel=1e-3)


def test_key_x_tells_place_and_value(plugin):
    found = numbers(plugin.examine("x", 50.2, 40.8))
    assert (found["x"], found["y"]) == (50.2, 40.8)
    assert found["value"] == pytest.approx(STAR[41, 50], rel=1e-5)


def test_keys_tell_of_saturation_and_of_the_edge_in_plain_words(plugin):
    plugin.saturation = 600.0
    assert "saturated pixels in the aperture were left out" in plugin.examine("a", 50, 41)
    assert "pixels are saturated]" in plugin.examine("j", 50, 41)
    assert "pixels are saturated]" in plugin.examine("m", 50, 41)
    assert "[10 pixels are off the image, masked or NaN]" in plugin.examine("m", 0, 100)
