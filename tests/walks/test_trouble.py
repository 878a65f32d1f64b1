"""What users do to it: each story ends right or with one sentence, nothing lost, the app alive."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.utils.masked import Masked
from astropy.wcs import WCS
from photutils.aperture import CircularAperture, SkyEllipticalAperture
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    CircleSkyRegion,
    EllipseAnnulusPixelRegion,
    EllipsePixelRegion,
    LinePixelRegion,
    PixCoord,
    PointPixelRegion,
    PolygonPixelRegion,
    RectangleAnnulusPixelRegion,
    RectanglePixelRegion,
    TextPixelRegion,
)

from imviz import Imviz
from imviz.errors import InputError

CENTRE = PixCoord(50.0, 40.0)
CIRCLE = CirclePixelRegion(CENTRE, 8.0)
BIG = CirclePixelRegion(CENTRE, 12.0)
ASIDE = CirclePixelRegion(PixCoord(57.0, 40.0), 8.0)
LENS = 2 * 64 * np.arccos(7 / 16) - 3.5 * np.sqrt(4 * 64 - 49)  # what both circles cover
OFF = CirclePixelRegion(PixCoord(500.0, 500.0), 3.0)
AREA = np.pi * 64


def ones(value=1.0, shape=(80, 100)):
    return np.full(shape, value)


def tan(scale=1e-4, angle=0.0, at=(10, 20)):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], at, [50, 40]
    cos, sin = np.cos(angle), np.sin(angle)
    wcs.wcs.cd = scale * np.array([[-cos, -sin], [-sin, cos]])
    return wcs


def opened(*images, region=CIRCLE):
    imviz = Imviz()
    for label, image in zip("abcdefg", images, strict=False):
        imviz.load_data(image, data_label=label)
    if region is not None:
        imviz.load_regions(region)
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.background = "Manual"  # most images here are flat, and a ring would take all away
    return imviz, plugin


def is_alive(imviz):
    """A good image is still measured rightly."""
    imviz.load_data(ones(), data_label="good")
    label = imviz.app.session.add_region(CIRCLE, on="good")
    plugin = imviz.plugins["Aperture Photometry"]
    row, _ = plugin.calculate_photometry("good", label, background="Manual", background_value=0.0)
    return row["sum"][0] == pytest.approx(AREA)


def refused(call, *args, **options):
    """The sentence it is refused with."""
    with pytest.raises(InputError) as caught:
        call(*args, **options)
    sentence = str(caught.value)
    assert len(sentence) <= 240
    assert "\n" not in sentence
    return sentence


# ---- units


def test_units_that_do_not_fit_begin_tables_and_no_row_is_lost():
    _imviz, plugin = opened(ones() * u.Jy, ones(), ones() * u.ct, ones(1e3) * u.mJy)
    for label in "abcd":
        plugin.calculate_photometry(label)
    assert [list(table["data_label"]) for table in plugin.tables] == [["a"], ["b"], ["c"], ["d"]]
    assert [getattr(table["sum"], "unit", None) for table in plugin.tables] == [u.Jy, None, u.ct, u.mJy]
    assert plugin.table.n_rows == 4
    assert "earlier rows are kept" in plugin.message


def test_units_that_convert_share_a_table():
    imviz, plugin = opened(ones() * u.Jy, ones(1e3) * u.mJy)
    plugin.calculate_photometry("a")
    plugin.calculate_photometry("b")
    assert imviz.get_aperture_photometry_results()["sum"].to_value(u.Jy) == pytest.approx([AREA, AREA])


@pytest.mark.parametrize("unit", [u.mag, u.mag / u.arcsec**2, u.ABmag, u.dex(u.Jy)])
def test_logarithmic_units_are_shown_but_not_added_up(unit):
    imviz, plugin = opened(NDData(ones(), unit=unit))
    assert "logarithmic unit" in refused(plugin.calculate_photometry)
    assert is_alive(imviz)


def test_tiny_factors_are_used():
    _, plugin = opened(ones(1e-19) * u.Unit("erg / (s cm2 AA)"))
    plugin.flux_scaling, plugin.counts_factor = 3.6e-19, 1e-19
    row, _ = plugin.calculate_photometry()
    assert row["aperture_sum_mag"][0].value == pytest.approx(-2.5 * np.log10(AREA / 3.6))
    assert row["aperture_sum_counts"][0].value == pytest.approx(AREA)


def test_quantities_mean_what_they_say_wherever_a_number_may_stand():
    _, plugin = opened(ones(3.0) * u.MJy / u.sr)
    plugin.background_value = 1e6 * u.Jy / u.sr
    plugin.pixel_area = (0.01 * u.arcsec**2).to(u.sr)
    plugin.counts_factor = 2e6 * u.Jy / u.sr / u.ct
    plugin.flux_scaling = 3631 * u.Jy
    assert (plugin.background_value, plugin.counts_factor) == (1.0, 2.0)
    assert plugin.pixel_area == pytest.approx(0.01)
    row, _ = plugin.calculate_photometry()
    flux = (2 * AREA * u.MJy / u.sr * 0.01 * u.arcsec**2).to(u.Jy)
    assert row["sum"][0].to_value(u.Jy) == pytest.approx(flux.value)
    assert row["aperture_sum_counts"][0].value == pytest.approx(AREA)
    assert row["aperture_sum_mag"][0].value == pytest.approx(-2.5 * np.log10(flux.value / 3631))


@pytest.mark.parametrize(
    "options",
    [
        {"background_value": "x"},
        {"background_value": np.nan},
        {"background_value": 3 * u.s},
        {"pixel_area": "x"},
        {"pixel_area": -1},
        {"pixel_area": 3 * u.s},
        {"counts_factor": 3 * u.s},
        {"flux_scaling": 3 * u.s},
        {"flux_scaling": np.inf},
        {"background": "Annulus", "annulus_width": "x"},
        {"background": "Annulus", "annulus_width": 0},
        {"background": "Annulus", "annulus_inner_radius": -3},
        {"background": "Subset 9"},
        {"dataset": "zz"},
        {"dataset": 3},
        {"aperture": "zz"},
        {"apertrue": "Subset 1"},
    ],
    ids=str,
)
def test_wrong_options_are_refused_and_leave_nothing_behind(options):
    imviz, plugin = opened(ones() * u.MJy / u.sr)
    refused(plugin.calculate_photometry, **options)
    assert imviz.get_aperture_photometry_results() is None
    assert plugin.calculate_photometry()[0]["sum"][0].value == pytest.approx(AREA)


# ---- pixels


def test_bad_pixels_are_left_out_and_said():
    holed = ones()
    holed[40, 50] = np.nan
    mask = np.zeros(holed.shape, bool)
    mask[40, 50] = True
    images = (holed, np.ma.masked_array(ones(), mask), Masked(ones(), mask), NDData(ones(), mask=mask))
    _, plugin = opened(*images)
    for label in "abcd":
        row, _ = plugin.calculate_photometry(label)
        assert row["sum"][0] == pytest.approx(AREA - 1)
        assert row["sum_aper_area"][0].value == pytest.approx(AREA - 1)
        assert row["n_masked"][0] == 1
        assert "left out" in plugin.message


def test_a_masked_quantity_keeps_its_mask_and_its_unit():
    mask = np.zeros((80, 100), bool)
    mask[40, 50] = True
    _, plugin = opened(Masked(ones() * u.Jy, mask))
    row, _ = plugin.calculate_photometry()
    assert row["sum"][0].to_value(u.Jy) == pytest.approx(AREA - 1)


def test_nothing_but_nan_gives_nan_and_a_sentence():
    imviz, plugin = opened(ones(np.nan))
    row, _ = plugin.calculate_photometry()
    assert np.isnan(row["sum"][0])
    assert "no usable pixel inside the aperture" in plugin.message
    plugin.calculate_photometry(background="Annulus")
    assert "no sky near the aperture, and nothing was subtracted" in plugin.message
    assert is_alive(imviz)


@pytest.mark.parametrize("dtype", [">f4", "<f8", ">i2", "u1", "i8", "f2", "longdouble", "bool"])
def test_every_type_of_number_is_shown_and_measured(dtype):
    imviz, plugin = opened(ones().astype(dtype))
    assert plugin.calculate_photometry()[0]["sum"][0] == pytest.approx(AREA)
    assert np.isfinite(imviz.default_viewer.cuts).all()


@pytest.mark.parametrize(
    "data", [ones().astype(complex), np.zeros(5), np.zeros((9, 9, 3)), np.zeros((0, 5)), None]
)
def test_what_is_no_image_is_refused(data):
    imviz = Imviz()
    refused(imviz.load_data, data)
    assert imviz.data_labels == []
    assert is_alive(imviz)


# ---- regions

SHAPES = [
    (CIRCLE, AREA),
    (EllipsePixelRegion(CENTRE, 16, 10, 30 * u.deg), np.pi * 40),
    (RectanglePixelRegion(CENTRE, 16, 10, 30 * u.deg), 160),
    (CircleAnnulusPixelRegion(CENTRE, 4, 8), np.pi * 48),
    (EllipseAnnulusPixelRegion(CENTRE, 4, 8, 3, 6, 30 * u.deg), np.pi * 9),
    (RectangleAnnulusPixelRegion(CENTRE, 4, 8, 3, 6, 30 * u.deg), 36),
    (PolygonPixelRegion(PixCoord([45, 55, 50], [35, 35, 48])), 65),
    (CircularAperture((50, 40), 8), AREA),
    (CIRCLE & ASIDE, LENS),
    (CIRCLE | ASIDE, 2 * AREA - LENS),
    (CIRCLE ^ ASIDE, 2 * AREA - 2 * LENS),
    (SkyEllipticalAperture(SkyCoord(10, 20, unit="deg"), 3 * u.arcsec, 2 * u.arcsec), np.pi * 6 / 0.36**2),
]


@pytest.mark.parametrize("plot", ["Curve of Growth", "Radial Profile", "Radial Profile (Raw)"])
@pytest.mark.parametrize(("shape", "area"), SHAPES, ids=lambda part: type(part).__name__)
def test_every_shape_is_an_aperture(shape, area, plot):
    _, plugin = opened(NDData(ones(), wcs=tan()), region=shape)
    plugin.current_plot_type, plugin.fit_radial_profile = plot, True
    row, _ = plugin.calculate_photometry()
    # the two sampled outlines cross in four pixels, each known to a 64th of its side
    assert row["sum"][0] == pytest.approx(area, abs=0.05)
    flat, _ = plugin.calculate_photometry(background="Annulus")
    assert flat["sum"][0] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "region", [LinePixelRegion(CENTRE, CENTRE), TextPixelRegion(CENTRE, "hi"), 3, None, "mine.reg"]
)
def test_what_is_no_region_is_refused(region):
    imviz, _ = opened(ones(), region=None)
    refused(imviz.load_regions, region)
    assert imviz.get_interactive_regions() == {}


@pytest.mark.parametrize("region", [PointPixelRegion(CENTRE), LinePixelRegion(CENTRE, PixCoord(60, 60))])
def test_a_point_or_a_line_is_kept_but_not_measured(region):
    _, plugin = opened(ones(), region=region)
    assert "no area" in refused(plugin.calculate_photometry)


def test_a_sky_region_on_an_image_without_wcs_is_refused():
    imviz, _ = opened(ones(), region=None)
    sky = CircleSkyRegion(SkyCoord(10, 20, unit="deg"), 3 * u.arcsec)
    assert refused(imviz.load_regions, sky).startswith("'a' has no celestial WCS")


def test_apertures_and_backgrounds_off_the_image_are_named():
    imviz, plugin = opened(ones(), np.ones((600, 600)))
    imviz.load_regions(OFF, refdata_label="b")
    plugin.dataset = "a"
    assert "Subset 2 lies off the image" in refused(plugin.calculate_photometry, aperture="Subset 2")
    plugin.aperture, plugin.background = "Subset 1", "Subset 2"
    assert "circle at (500, 500) lies off the image" in plugin.message  # in the pixels the user knows
    refused(plugin.calculate_photometry)
    plugin.background = "Manual"
    assert plugin.message == ""
    assert is_alive(imviz)


def test_a_composite_can_be_the_background():
    imviz, plugin = opened(ones(3.0))
    imviz.load_regions(CirclePixelRegion(PixCoord(20, 20), 5) | CirclePixelRegion(PixCoord(24, 20), 5))
    row, _ = plugin.calculate_photometry(aperture="Subset 1", background="Subset 2")
    assert row["background"][0] == 3
    assert row["sum"][0] == pytest.approx(0, abs=1e-9)


def test_a_background_that_is_taken_inside_the_aperture_is_said():
    starry = ones()
    starry[40, 50] = 100
    _, plugin = opened(starry)
    plugin.background = "Annulus"
    plugin.calculate_photometry()
    assert plugin.message == ""
    plugin.annulus_inner_radius = 3
    plugin.calculate_photometry()
    assert "shares pixels with the aperture" in plugin.message


def test_two_hundred_regions_are_measured_in_one_go():
    places = np.random.default_rng(1).uniform(12, 68, (200, 2))
    imviz, plugin = opened(ones(), region=[CirclePixelRegion(PixCoord(x, y), 5) for x, y in places])
    plugin.calculate_batch_photometry([{"aperture": list(imviz.app.session.regions)}], update_plots=False)
    sums = imviz.get_aperture_photometry_results()["sum"]
    assert sums == pytest.approx(np.full(200, np.pi * 25))


# ---- coming and going


def test_the_reference_goes_and_everything_stays_in_its_place():
    imviz, plugin = opened(
        NDData(ones(), wcs=tan()),
        NDData(ones(), wcs=tan(2e-4, 0.3)),
        NDData(ones(), wcs=tan(1.5e-4, 1)),
        ones(),
    )
    imviz.load_regions(CIRCLE | ASIDE)
    imviz.link_data("wcs")
    session = imviz.app.session
    plugin.calculate_photometry("a", "Subset 1")
    expected = {label: session.region(label, on="c") for label in session.regions}
    for gone, heir in (("a", "b"), ("b", "c")):
        session.remove_image(gone)
        assert imviz.default_viewer.controls.reference == heir
        found = session.region("Subset 1", on="c")
        assert found.center.x == pytest.approx(expected["Subset 1"].center.x, abs=1e-6)
        assert found.radius == pytest.approx(expected["Subset 1"].radius, rel=1e-6)
    assert len(imviz.get_aperture_photometry_results()) == 1
    session.remove_image("c")
    session.remove_image("d")
    assert sorted(imviz.get_interactive_regions()) == ["Subset 1", "Subset 2"]
    assert "Open an image" in refused(plugin.calculate_photometry)
    imviz.link_data("pixels")
    assert is_alive(imviz)


def test_an_image_whose_region_has_no_other_place_goes_and_the_region_waits():
    imviz, _ = opened(NDData(ones(), wcs=tan()), NDData(ones(), wcs=tan(at=(190, -20))))
    imviz.link_data("wcs")
    session = imviz.app.session
    session.remove_image("a")
    assert imviz.data_labels == ["b"]
    assert session.region_list["Subset 1"].anchor == "pixels of a (removed)"
    with pytest.raises(InputError, match="no position"):
        session.region("Subset 1", on="b")
    session.history.undo()
    assert imviz.data_labels == ["a", "b"]
    assert session.region("Subset 1") == CIRCLE


def test_an_image_of_the_other_half_of_the_sky_lies_by_its_pixels_and_is_named():
    imviz, plugin = opened(NDData(ones(), wcs=tan()), NDData(ones(), wcs=tan(at=(190, -20))))
    plugin.dataset = "b"
    imviz.link_data("wcs")
    assert imviz.app.session.alignment == "wcs"
    assert list(imviz.app.session.unaligned) == ["b"]
    assert plugin.calculate_photometry()[0]["sum"][0] == pytest.approx(AREA)
    imviz.link_data("pixels")
    assert imviz.app.session.unaligned == {}


@pytest.mark.parametrize("matrix", [[[np.nan, 0], [0, 1e-4]], [[0, 0], [0, 0]], [[1e-4, 1e-4], [1e-4, 1e-4]]])
def test_a_wcs_without_pixels_of_a_size_is_left_out_by_name_and_others_are_unharmed(matrix):
    broken = tan()
    broken.wcs.cd = matrix
    imviz, plugin = opened(NDData(ones(), wcs=tan()), NDData(ones(), wcs=broken))
    assert imviz.app.window.message.startswith("b: WCS")
    imviz.link_data("wcs")
    for label in "ab":
        assert plugin.calculate_photometry(label)[0]["sum"][0] == pytest.approx(AREA)
    imviz.app.session.remove_image("a")
    assert imviz.get_interactive_regions() == {"Subset 1": CIRCLE}


def test_rows_of_another_session_find_their_image_by_its_pixels():
    _, plugin = opened(ones())
    rows = plugin.calculate_photometry("a")[0]
    other, _ = opened(2 * ones(), ones())
    (verdict,) = other.verify(rows)
    assert verdict.same
    assert verdict.notes == ("by its pixels its image is b",)


def test_images_are_renamed_with_regions_and_rows_present():
    imviz, plugin = opened(ones(), 2 * ones())
    plugin.calculate_photometry("a")
    session = imviz.app.session
    assert session.rename_image("a", "b") == "b (2)"
    assert session.rename_image("b (2)", "b (2)") == "b (2)"
    assert "give it a name" in refused(session.rename_image, "b", " ")
    assert imviz.data_labels == ["b (2)", "b"]
    assert plugin.dataset.choices == ("b (2)", "b")
    plugin.calculate_photometry("b (2)")
    assert list(imviz.get_aperture_photometry_results()["data_label"]) == ["a", "b (2)"]
    assert [verdict.same for verdict in imviz.verify()] == [True, True]
    session.rename_image("b (2)", "c")
    assert [verdict.same for verdict in imviz.verify()] == [True, True]
    session.remove_image("c")
    assert not any(verdict.same for verdict in imviz.verify())
    session.history.undo()
    assert [verdict.same for verdict in imviz.verify()] == [True, True]


def test_blinking_goes_on_whatever_is_hidden():
    imviz, _ = opened(ones(), ones(), ones())
    viewer = imviz.default_viewer

    def shown():
        return [layer.label for layer in viewer.controls.layers if layer.visible]

    for label in "abc":
        viewer.set_visible(label, False)
    assert "shows no image" in refused(setattr, viewer, "stretch", "log")
    viewer.blink_once()
    assert shown() == ["a"]
    viewer.blink_once(reversed=True)
    assert shown() == ["c"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("zoom_level", 0), ("zoom_level", "x"), ("stretch", 3), ("stretch", "zz")],
        *[("cuts", "zz"), ("cuts", (3, 1)), ("cuts", ("a", "b")), ("cuts", 3)],
    ],
)
def test_a_view_refuses_what_it_cannot_show_and_stays_as_it_was(name, value):
    imviz, _ = opened(ones())
    before = getattr(imviz.default_viewer, name)
    refused(setattr, imviz.default_viewer, name, value)
    assert getattr(imviz.default_viewer, name) == before


@pytest.mark.parametrize("step", [("x", 1), (1 * u.s, 1), (1 * u.arcsec, 1), (1 * u.arcsec, 1 * u.arcsec)])
def test_a_view_moves_by_pixels_or_angles_only(step):
    imviz, _ = opened(ones())
    refused(imviz.default_viewer.offset_by, *step)


def test_an_empty_table_is_nothing_and_cannot_be_written(tmp_path):
    imviz, plugin = opened(ones())
    assert imviz.get_aperture_photometry_results() is plugin.export_table() is None
    assert "measure something first" in refused(plugin.export_table, tmp_path / "x.ecsv")
    plugin.clear_table()
    assert plugin.tables == []
    assert "options are empty" in refused(plugin.calculate_batch_photometry)


@pytest.mark.parametrize("most", [-1, 2.5, "a"])
def test_a_number_of_regions_that_is_none_is_refused_and_loads_nothing(most):
    imviz = Imviz()
    imviz.load_data(np.zeros((20, 20)), data_label="a")
    with pytest.raises(InputError, match="max_num_regions"):
        imviz.load_regions([CirclePixelRegion(PixCoord(9, 9), 3)] * 3, max_num_regions=most)
    assert not imviz.get_interactive_regions()
