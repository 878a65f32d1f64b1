import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import NDData
from regions import CircleAnnulusPixelRegion, CirclePixelRegion, PixCoord

from imviz.demo import demo_field, demo_stars
from imviz.errors import InputError
from imviz.plugins.aperture_photometry import GROWTH, RADIAL, RAW, AperturePhotometry
from imviz.science.photometry.flags import Flag
from imviz.session import Session

STAR = demo_stars()[0]
CIRCLE = CirclePixelRegion(PixCoord(STAR["x"].value, STAR["y"].value), 18)


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def plugin(session):
    return AperturePhotometry(session)


@pytest.fixture
def demo(session):
    for label, image in demo_field():
        session.add_image(image, label)
    return session


def test_the_panel_says_what_to_do_next(plugin, session):
    assert "Open an image" in plugin.guidance
    session.add_image(NDData(np.zeros((20, 20))), "a")
    assert "drag over a star" in plugin.guidance
    session.draw_region(CirclePixelRegion(PixCoord(10, 10), 3), on="a")
    assert plugin.guidance == ""
    assert plugin.can_calculate


def test_a_drawn_region_becomes_the_aperture(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    assert plugin.aperture == "Subset 2"
    assert plugin.aperture.choices == ("Subset 1", "Subset 2")


def test_the_image_on_top_when_a_shape_is_drawn_is_the_one_measured(plugin, demo):
    demo.seen_image = "demo-2[SCI,1]"
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    assert plugin.dataset == "demo-2[SCI,1]"
    demo.seen_image = "demo[SCI,1]"
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    assert plugin.dataset == "demo[SCI,1]"


def test_the_header_fills_in_what_it_tells_and_says_from_where(plugin, demo):
    assert plugin.pixel_area == pytest.approx(0.031**2)
    assert "PIXAR_A2" in plugin.pixel_area_source
    assert plugin.flux_scaling == 3631 * u.Jy
    assert (plugin.background_unit, plugin.flux_unit) == ("MJy/sr", "Jy")


def test_a_value_typed_by_hand_survives_another_image(plugin, demo):
    plugin.pixel_area = 0.5
    plugin.dataset = "demo-2[SCI,1]"
    assert plugin.pixel_area == 0.5
    assert plugin.pixel_area_source == "typed here"


def test_a_header_value_follows_the_image(plugin, demo):
    plugin.dataset = "demo-2[SCI,1]"
    assert plugin.pixel_area == pytest.approx(0.0405**2)


def test_a_number_typed_over_the_flux_scaling_is_in_the_unit_shown(plugin, demo):
    plugin.flux_scaling = 1000.0
    assert plugin.flux_scaling == 1000 * u.Jy


def test_the_demo_star_is_measured_at_its_true_magnitude(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    plugin.background = "Annulus"
    row, _ = plugin.calculate_photometry()
    assert row["aperture_sum_mag"][0].value == pytest.approx(STAR["mag"].value, abs=0.02)


def test_the_annulus_follows_the_aperture_until_it_is_typed(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    assert (plugin.annulus_inner_radius, plugin.annulus_width) == (27, 18)
    demo.update_region("Subset 1", CirclePixelRegion(CIRCLE.center, 20))
    assert (plugin.annulus_inner_radius, plugin.annulus_width) == (30, 20)
    plugin.annulus_inner_radius = 40.0
    demo.update_region("Subset 1", CIRCLE)
    assert (plugin.annulus_inner_radius, plugin.annulus_width) == (40, 18)
    plugin.annulus_width = 5
    demo.update_region("Subset 1", CirclePixelRegion(CIRCLE.center, 20))
    assert (plugin.annulus_inner_radius, plugin.annulus_width) == (40, 5)


def test_an_open_panel_shows_its_annulus_on_the_image(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    plugin.background = "Annulus"
    assert plugin.guides == ()
    plugin.active = True
    (guide,) = plugin.guides
    assert isinstance(guide.region, CircleAnnulusPixelRegion)
    assert (guide.image, guide.style) == ("demo[SCI,1]", "background")


def test_a_background_region_that_is_deleted_is_said_and_not_silently_kept(plugin, demo):
    for _ in range(2):
        demo.draw_region(CIRCLE, on="demo[SCI,1]")
    plugin.aperture, plugin.background = "Subset 1", "Subset 2"
    demo.remove_region("Subset 2")
    assert plugin.background == "Annulus"
    assert plugin.background_value == pytest.approx(0.35, rel=0.1)
    assert "Subset 2" in plugin.message


def test_deleting_aperture_and_background_one_after_the_other_leaves_a_working_panel(plugin, demo):
    for _ in range(2):
        demo.draw_region(CIRCLE, on="demo[SCI,1]")
    plugin.aperture, plugin.background = "Subset 1", "Subset 2"
    demo.remove_region("Subset 1")
    demo.remove_region("Subset 2")
    assert not plugin.can_calculate
    assert "drag over a star" in plugin.guidance


def test_the_aperture_may_be_its_own_background_and_that_is_said(plugin, demo):
    demo.add_image(NDData(np.full((50, 50), 7.0)), "flat")
    demo.draw_region(CirclePixelRegion(PixCoord(25, 25), 6), on="flat")
    row, _ = plugin.calculate_photometry(background="Subset 1")
    assert (row["background"][0], row["sum"][0]) == (7, 0)
    assert Flag(row["flags"][0]) & Flag.BACKGROUND_OVERLAP
    assert "shares pixels with the aperture" in plugin.message


def test_a_new_session_subtracts_the_annulus_and_the_row_says_so(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    row, _ = plugin.calculate_photometry()
    assert row["background_method"][0].startswith("annulus, median, 3 sigma clipped")
    assert row["aperture_sum_mag"][0].value == pytest.approx(STAR["mag"].value, abs=0.02)
    assert "annulus, median, 3 sigma clipped" in plugin.background_told
    assert not plugin.background_doubt


def test_manual_begins_at_nothing_and_shows_it(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    assert plugin.background_value == pytest.approx(0.35, rel=0.1)  # the annulus'
    plugin.background = "Manual"
    assert (plugin.background_value, plugin.background_doubt) == (0.0, True)
    assert "Nothing is subtracted" in plugin.background_told
    plugin.background_value = 0.3
    assert (plugin.background_told, plugin.background_doubt) == ("", False)
    plugin.background = "Annulus"
    plugin.background = "Manual"
    assert plugin.background_value == 0.3  # what was typed, not what was measured


def test_what_was_measured_is_not_taken_for_typed_when_fields_are_set_again(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    kept = plugin.to_dict()
    plugin.background = "Manual"
    plugin.from_dict(kept)
    assert plugin.background == "Annulus"
    plugin.from_dict({"background_value": 0.25})
    assert (plugin.background, plugin.background_value) == ("Manual", 0.25)
    plugin.from_dict(plugin.to_dict())
    assert (plugin.background, plugin.background_value) == ("Manual", 0.25)


@pytest.mark.parametrize("value", [0, 0.3, 0.3 * u.MJy / u.sr])
def test_older_notebooks_that_set_only_a_value_get_it_subtracted(plugin, demo, value):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    plugin.background_value = value
    assert plugin.background == "Manual"
    row, _ = plugin.calculate_photometry()
    assert row["background"][0].value == u.Quantity(value).value
    plugin.background = "Annulus"
    by_place, _ = plugin.calculate_photometry("demo[SCI,1]", "Subset 1", "Manual", value)
    by_name, _ = plugin.calculate_photometry(background_value=value)
    assert by_place["sum"][0] == by_name["sum"][0] == row["sum"][0]
    assert plugin.background == "Annulus"


@pytest.mark.parametrize(("kind", "fits"), [(GROWTH, False), (RADIAL, True), (RAW, True)])
def test_every_plot_type_is_drawn_and_the_radial_ones_fitted(plugin, demo, kind, fits):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    plugin.background, plugin.current_plot_type, plugin.fit_radial_profile = "Annulus", kind, True
    _, model = plugin.calculate_photometry()
    assert len(plugin.plot.series) == (2 if fits else 1)
    assert (model is not None) == fits
    assert plugin.fitted_models.get("phot_radial_profile") is model


def test_the_fitted_width_is_the_star_s_within_a_percent(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    plugin.background, plugin.current_plot_type, plugin.fit_radial_profile = "Annulus", RAW, True
    _, model = plugin.calculate_photometry()
    assert model.fwhm == pytest.approx(STAR["fwhm"].value, rel=0.01)


def test_a_growth_curve_forgets_the_fit_of_before(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    plugin.current_plot_type, plugin.fit_radial_profile = RAW, True
    plugin.calculate()
    plugin.current_plot_type = GROWTH
    plugin.calculate()
    assert plugin.fitted_models == {}
    assert plugin.fit_results == ()


def test_another_image_is_measured_with_its_own_header(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    demo.align("wcs")
    plugin.background = "Annulus"
    row, _ = plugin.calculate_photometry("demo-2[SCI,1]")
    assert row["data_label"][0] == "demo-2[SCI,1]"
    assert row["aperture_sum_mag"][0].value == pytest.approx(STAR["mag"].value, abs=0.04)
    assert row["pixarea_tot"][0].to_value(u.arcsec**2) == pytest.approx(0.0405**2)


def test_in_a_batch_each_aperture_has_its_own_annulus(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    demo.add_region(CirclePixelRegion(CIRCLE.center, 9), on="demo[SCI,1]")
    plugin.aperture, plugin.background = "Subset 1", "Annulus"
    alone = plugin.calculate_photometry(aperture="Subset 2")[0]["background"][0]
    plugin.aperture = "Subset 2"
    assert plugin.calculate_photometry()[0]["background"][0] == alone


def test_options_of_one_call_do_not_stay(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    row, _ = plugin.calculate_photometry(background_value=0.35, counts_factor=1e-3)
    assert row["background"][0] == 0.35 * u.MJy / u.sr
    assert row["counts_fac"][0].value == 1e-3
    assert (plugin.background, plugin.counts_factor) == ("Annulus", None)


def test_misspelt_options_and_fields_are_refused_with_what_there_is(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    with pytest.raises(InputError, match="no option 'backgroud'"):
        plugin.calculate_photometry(backgroud="Annulus")
    with pytest.raises(InputError, match="no field 'backgroud'"):
        plugin.backgroud = "Annulus"
    with pytest.raises(InputError, match="'Subset 9' is not a choice for aperture; there is: Subset 1"):
        plugin.aperture = "Subset 9"


def test_a_background_value_needs_a_manual_background(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    with pytest.raises(InputError, match="background='Manual'"):
        plugin.calculate_photometry(background="Annulus", background_value=1.0)


def test_a_batch_measures_every_combination_and_keeps_the_good_rows(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    demo.add_region(CirclePixelRegion(PixCoord(-500, -500), 3), on="demo[SCI,1]")
    options = {"dataset": list(demo.images), "aperture": ["Subset 1", "Subset 2"]}
    with pytest.raises(InputError, match=r"2 of 4 measurements failed\. 1: .*Subset 2"):
        plugin.calculate_batch_photometry([options])
    assert demo.n_rows == 2
    assert options == {"dataset": list(demo.images), "aperture": ["Subset 1", "Subset 2"]}


def test_batch_options_are_unpacked_first_one_slowest(plugin):
    assert plugin.unpack_batch_options(dataset=["a", "b"], aperture=["c", "d"]) == [
        {"dataset": "a", "aperture": "c"},
        {"dataset": "a", "aperture": "d"},
        {"dataset": "b", "aperture": "c"},
        {"dataset": "b", "aperture": "d"},
    ]


def test_a_row_that_does_not_fit_begins_a_new_table_and_the_old_one_is_kept(plugin, session):
    session.add_image(NDData(np.ones((40, 40)), unit=u.Jy), "jansky")
    session.add_image(NDData(np.ones((40, 40)), unit=u.ct), "counts")
    session.draw_region(CirclePixelRegion(PixCoord(20, 20), 5), on="jansky")
    plugin.calculate_photometry("jansky")
    plugin.calculate_photometry("counts")
    assert plugin.message
    assert [table["data_label"][0] for table in plugin.tables] == ["jansky", "counts"]
    assert list(plugin.export_table()["id"]) == [1]


def test_nan_and_edges_are_said_in_words(plugin, session):
    data = np.ones((40, 40))
    data[20, 20] = np.nan
    session.add_image(NDData(data), "a")
    session.draw_region(CirclePixelRegion(PixCoord(20, 20), 5), on="a")
    plugin.calculate()
    assert "NaN" in plugin.message
    session.update_region("Subset 1", CirclePixelRegion(PixCoord(0, 20), 5))
    plugin.calculate()
    assert "off the image" in plugin.message


def test_the_table_pages_through_all_rows_as_text(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    for _ in range(3):
        plugin.calculate()
    assert plugin.table.n_rows == 3
    (row,) = plugin.table.rows(2, 9)
    assert (row["id"], row["data_label"], row["subset_label"]) == ("3", "demo[SCI,1]", "Subset 1")


def test_the_table_is_written_where_asked(plugin, demo, tmp_path):
    from astropy.table import QTable

    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    plugin.calculate()
    table = plugin.export_table(str(tmp_path / "out.ecsv"))
    back = QTable.read(tmp_path / "out.ecsv")
    assert back["sum"][0] == table["sum"][0]
    with pytest.raises(InputError, match=r"out\.ecsv"):
        plugin.export_table(str(tmp_path / "out.ecsv"))


def test_the_zero_points_error_is_the_headers_or_typed_and_never_anothers(plugin, session):
    data = np.full((40, 40), 2.0)
    for label, err in (("a", 0.003), ("b", 0.007)):
        meta = {"INSTRUME": "ZTF/MOSAIC", "MAGZP": 26.0, "MAGZPUNC": err}
        session.add_image(NDData(data, unit="adu", meta=meta), label)
    session.draw_region(CirclePixelRegion(PixCoord(20, 20), 4), on="a")
    plugin.dataset = "a"

    def errors(**options):
        return [plugin.calculate_photometry(image, **options)[0]["zero_point_err"][0] for image in "ab"]

    assert (plugin.zero_point_err, plugin.zero_point_err_source) == (
        0.003,
        "error of the zero point from MAGZPUNC",
    )
    assert errors() == [0.003 * u.mag, 0.007 * u.mag]
    assert errors(zero_point=25.0) == [None, None]
    assert errors(zero_point=25.0, zero_point_err=0.1) == [0.1 * u.mag] * 2
    plugin.zero_point = 25.0  # typed: the header's error is not of this one
    assert plugin.zero_point_err is None
    assert errors() == [None, None]
    plugin.dataset = "b"
    assert (plugin.zero_point, plugin.zero_point_err) == (25.0, None)
    plugin.zero_point_err = 0.02
    assert errors() == [0.02 * u.mag] * 2
    lines = {line["function"]: line["result"] for part in plugin.details for line in part["lines"]}
    assert lines["zero point, its error not included"] == "25.000 ± 0.020 mag"
    assert "25 ± 0.02 mag" in plugin.methods_paragraph()


def test_a_call_that_raises_adds_no_row(plugin, demo):
    demo.draw_region(CIRCLE, on="demo[SCI,1]")
    plugin.radii = "3, five"
    with pytest.raises(InputError, match="Radii are numbers"):
        plugin.calculate_photometry()
    plugin.radii = "3, -5"
    with pytest.raises(InputError, match="Radii must be numbers above 0"):
        plugin.calculate_photometry()
    assert demo.n_rows == 0


def test_an_error_that_the_sky_contradicts_is_told_and_scaled_by_a_switch(plugin, session):
    sky = np.random.default_rng(4).normal(0.0, 30.0, (120, 120))
    session.add_image(NDData(sky, unit=u.ct, meta={"GAIN": 1.0, "RDNOISE": 5.0}), "subtracted")
    session.draw_region(CirclePixelRegion(PixCoord(60, 60), 5), on="subtracted")
    plugin.background = "Annulus"
    small, _ = plugin.calculate_photometry()
    assert "times more than gain and read noise say" in plugin.message
    assert "Was sky subtracted from this image?" in plugin.message
    assert small["flags"][0] & 1024
    plugin.scale_errors = True
    true, _ = plugin.calculate_photometry()
    assert "times more" not in plugin.message
    assert not true["flags"][0] & 1024
    assert true["sum_err"][0].value == pytest.approx(30 * np.sqrt(np.pi * 25), rel=0.2)
    again, _ = plugin.calculate_photometry(scale_errors=False)
    assert again["sum_err"] == small["sum_err"]


def test_a_negative_sum_is_given_its_upper_limit_in_words(plugin, session):
    data = np.random.default_rng(5).normal(0.0, 1.0, (120, 120))
    data[55:66, 55:66] -= 1.0
    session.add_image(NDData(data, unit=u.ct, meta={"MAGZERO": 25.0}), "a")
    session.draw_region(CirclePixelRegion(PixCoord(60, 60), 5), on="a")
    plugin.background = "Annulus"
    row, _ = plugin.calculate_photometry()
    assert row["sum"][0] < 0
    limit = 3 * row["sum_err"][0].value
    assert f"below {limit:.3g} ct" in plugin.message
    shown = {line["function"]: line["result"] for part in plugin.details for line in part["lines"]}
    assert shown["sum, upper limit at 3σ"] == f"below {limit:.3g} ct"
