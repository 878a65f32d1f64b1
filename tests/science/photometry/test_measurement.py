"""The row of a measurement: columns, statistics, masks, flags, refusals and cost."""

import json
import subprocess
import sys
import tracemalloc

import astropy.units as u
import numpy as np
import pytest
from astropy.nddata import NDData, StdDevUncertainty
from astropy.time import Time
from photutils.aperture import ApertureStats, CircularAperture
from regions import CirclePixelRegion, LinePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import COLUMNS, EXTRA_COLUMNS, Flag, Recipe, decode_flags, measure
from imviz.science.sources.profiles import curve_of_growth, fit_gaussian, radial_profile

from ..fields import circle, ellipse, image, noise, polygon, rectangle, star, value, wcs

CONTRACT = [
    "id", "xcentroid", "ycentroid", "sky_centroid", "background", "sum", "sum_aper_area", "pixarea_tot",
    "aperture_sum_counts", "aperture_sum_counts_err", "counts_fac", "aperture_sum_mag", "flux_scaling",
    "min", "max", "mean", "median", "mode", "std", "mad_std", "var", "biweight_location",
    "biweight_midvariance", "fwhm", "semimajor_sigma", "semiminor_sigma", "orientation", "eccentricity",
    "data_label", "subset_label", "timestamp",
]  # fmt: skip


def test_the_first_31_columns_have_the_contracts_names_and_order():
    row = measure(image(), circle()).row
    assert row.colnames[:31] == CONTRACT
    assert tuple(row.colnames) == COLUMNS + EXTRA_COLUMNS
    assert len(row) == 1
    assert row["id"][0] == 1


def test_statistics_and_shape_are_those_of_photutils_on_the_whole_image():
    data = noise() + star(100.9, 80.2)
    row = measure(image(data), circle(), Recipe(background=100.0)).row
    theirs = ApertureStats(data, CircularAperture((100.3, 80.6), 12.0), local_bkg=100.0)
    names = {name: name for name in CONTRACT[13:28]}
    names |= {"semimajor_sigma": "semimajor_axis", "semiminor_sigma": "semiminor_axis"}
    names |= {
        "xcentroid": "x_centroid",
        "ycentroid": "y_centroid",
        "sum": "sum",
        "sum_aper_area": "sum_aper_area",
    }
    for ours, name in names.items():
        assert value(row[ours][0]) == pytest.approx(value(getattr(theirs, name)), rel=1e-10), ours


def test_units_of_the_columns_follow_the_data():
    row = measure(image(unit="Jy"), circle()).row
    assert {row[name].unit for name in ("background", "sum", "min", "std", "biweight_location")} == {u.Jy}
    assert row["var"].unit == row["biweight_midvariance"].unit == u.Jy**2
    assert [row[name].unit for name in ("xcentroid", "fwhm", "semimajor_sigma", "xcenter")] == [u.pix] * 4
    assert row["sum_aper_area"].unit == u.pix**2
    assert row["orientation"].unit == u.deg


def test_labels_and_time_are_in_the_row():
    before = Time.now()
    row = measure(image(), circle(), image_label="a[SCI,1]", region_label="Subset 1").row
    assert (row["data_label"][0], row["subset_label"][0]) == ("a[SCI,1]", "Subset 1")
    assert row["timestamp"].scale == "utc"
    assert abs(row["timestamp"][0] - before) < 10 * u.s


def test_the_centroid_is_that_of_the_star_in_full_image_coordinates():
    values = measure(image(star(101.2, 79.9)), circle(100.3, 80.6, 21.0)).values
    assert value(values["xcentroid"]) == pytest.approx(101.2, abs=1e-6)
    assert value(values["ycentroid"]) == pytest.approx(79.9, abs=1e-6)
    assert (value(values["xcenter"]), value(values["ycenter"])) == (100.3, 80.6)


def test_the_moments_know_a_tilted_star():
    y, x = np.mgrid[:180, :200]
    c, s = np.cos(np.radians(30)), np.sin(np.radians(30))
    along, across = (x - 100) * c + (y - 90) * s, -(x - 100) * s + (y - 90) * c
    values = measure(image(np.exp(-0.5 * ((along / 5) ** 2 + (across / 3) ** 2))), circle(100, 90, 40)).values
    assert values["orientation"].to_value("deg") == pytest.approx(30, abs=1e-6)
    assert value(values["semimajor_sigma"]) == pytest.approx(5, rel=1e-6)
    assert value(values["semiminor_sigma"]) == pytest.approx(3, rel=1e-6)
    assert value(values["eccentricity"]) == pytest.approx(0.8, rel=1e-6)


def test_sky_positions_are_the_wcs_of_centroid_and_center():
    w = wcs()
    row = measure(image(star(101.2, 79.9), wcs=w), circle()).row
    centroid = w.pixel_to_world(row["xcentroid"][0].value, row["ycentroid"][0].value)
    assert row["sky_centroid"][0].separation(centroid) < 1e-9 * u.arcsec
    assert row["sky_center"][0].separation(w.pixel_to_world(100.3, 80.6)) < 1e-9 * u.arcsec


def test_without_a_celestial_wcs_the_sky_columns_are_none():
    from astropy.wcs import WCS

    linear = WCS(naxis=2)
    for keywords in ({}, {"wcs": linear}):
        row = measure(image(**keywords), circle()).row
        assert row["sky_centroid"][0] is None
        assert row["sky_center"][0] is None


def test_a_sum_of_zero_has_no_centroid():
    m = measure(image(np.zeros((180, 200)), wcs=wcs()), circle())
    assert np.isnan(m.values["xcentroid"])
    assert np.isnan(m.values["sky_centroid"].ra)
    assert m.values["flags"] & Flag.CENTROID_OUTSIDE


@pytest.mark.parametrize("kind", [">f8", "<f8", ">f4", "<f4", ">i2"])
def test_the_row_does_not_depend_on_the_pixels_type(kind):
    data = np.round((noise() + star(100, 80)) * 4).astype(np.int16)
    expected = measure(image(data.astype(float)), circle(), Recipe(background=Annulus(20, 8))).values
    found = measure(image(data.astype(kind)), circle(), Recipe(background=Annulus(20, 8))).values
    for name in CONTRACT[1:28]:
        if expected[name] is not None:
            assert value(found[name]) == pytest.approx(value(expected[name]), rel=1e-6), name
    assert found["pixel_hash"] == expected["pixel_hash"]


def test_masked_and_non_finite_pixels_are_excluded_counted_and_flagged():
    data, mask = np.full((180, 200), 2.0), np.zeros((180, 200), dtype=bool)
    mask[80, 100] = True
    data[81, 101], data[82, 99] = np.nan, np.inf
    m = measure(image(data, mask=mask), circle())
    assert value(m.values["sum"]) == pytest.approx(2 * (np.pi * 144 - 3), rel=1e-12)
    assert value(m.values["sum_aper_area"]) == pytest.approx(np.pi * 144 - 3, rel=1e-12)
    assert m.values["n_masked"] == 3
    assert m.values["flags"] == Flag.MASKED_PIXELS | Flag.NON_FINITE_PIXELS
    assert value(m.values["std"]) == 0


def test_what_is_outside_the_aperture_changes_nothing():
    data = noise()
    expected = measure(image(data), circle()).values
    worse = data.copy()
    worse[:60], worse[:, 130:] = np.nan, np.inf
    found = measure(image(worse), circle()).values
    assert all(
        value(found[name]) == value(expected[name]) for name in ("sum", "std", "fwhm", "pixel_hash", "flags")
    )


def test_saturated_pixels_are_excluded_counted_and_flagged():
    data = np.full((180, 200), 2.0)
    data[80, 100] = 65_000
    m = measure(image(data), circle(), Recipe(saturation=60_000))
    assert value(m.values["max"]) == 2
    assert m.values["n_masked"] == 1
    assert m.flags == ("saturated pixels inside the aperture were excluded",)


def test_integer_masks_are_true_where_not_zero():
    dq = np.zeros((180, 200), dtype=np.uint32)
    dq[80, 100] = 4096
    assert measure(image(mask=dq), circle()).values["n_masked"] == 1


def test_an_aperture_without_any_usable_pixel_gives_nan_and_a_flag():
    m = measure(image(np.full((180, 200), np.nan)), circle(), Recipe(background=1.0))
    assert np.isnan(value(m.values["sum"]))
    assert np.isnan(value(m.values["mean"]))
    assert m.values["flags"] & Flag.NO_USABLE_PIXEL
    assert value(m.values["sum_aper_area"]) == 0


def test_an_aperture_smaller_than_a_pixel_has_a_sum_but_no_statistics():
    m = measure(image(np.ones((180, 200))), circle(100.5, 80.5, 0.2))
    assert value(m.values["sum"]) == pytest.approx(np.pi * 0.04, rel=1e-12)
    assert np.isnan(value(m.values["mean"]))
    assert m.values["flags"] & Flag.NO_PIXEL_CENTER


def test_an_aperture_over_the_edge_is_flagged():
    m = measure(image(), circle(2, 3, 10))
    assert m.values["flags"] & Flag.PARTIAL_OVERLAP
    assert "part of the aperture is off the image" in m.flags


def test_flags_are_decoded_in_sentences():
    assert decode_flags(0) == ()
    assert len(decode_flags(sum(Flag))) == len(Flag)


@pytest.mark.parametrize(
    "region",
    [circle(500, 80), ellipse(100, -90), polygon((900, 900), (910, 900), (905, 910)), rectangle(-20, -20)],
)
def test_an_aperture_off_the_image_is_refused_by_name_and_shape(region):
    with pytest.raises(InputError, match=r"Subset 7 lies off the image \(200 x 180 pixels\)"):
        measure(image(), region, region_label="Subset 7")


def test_a_tilted_aperture_whose_box_touches_the_image_but_not_itself_is_refused():
    with pytest.raises(InputError, match="lies off the image"):
        measure(image(), rectangle(-9, -9, 30, 2, -45))


def test_messages_stay_short_however_long_a_name():
    with pytest.raises(InputError) as caught:
        measure(image(), circle(500, 80), region_label="x" * 1000)
    assert len(str(caught.value)) <= 240


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.ones(5), "two-dimensional"),
        (np.ones((2, 5, 5)), "two-dimensional"),
        (np.ones((5, 5), dtype=complex), "real numbers"),
    ],
)
def test_what_is_not_a_plain_image_is_refused(data, message):
    with pytest.raises(InputError, match=message):
        measure(NDData(data), circle(2, 2, 1))


@pytest.mark.parametrize("unit", [u.ABmag, u.dex(u.Jy), u.mag / u.arcsec**2, u.mag, u.dB(u.mW)])
def test_a_logarithmic_image_is_refused(unit):
    with pytest.raises(InputError, match="logarithmic unit; convert to flux first"):
        measure(image(unit=unit), circle())


def test_a_shape_without_area_is_refused():
    with pytest.raises(InputError, match="LinePixelRegion has no"):
        measure(image(), LinePixelRegion(PixCoord(1, 1), PixCoord(9, 9)))


def test_a_region_that_is_not_finite_is_refused():
    with pytest.raises(InputError):
        measure(image(), CirclePixelRegion(PixCoord(np.nan, 5), 3))


def test_the_recipe_column_reproduces_the_row():
    data = noise() + star(100, 80)
    img = image(data, unit="MJy/sr")
    for background in (
        3.0,
        3000 * u.kJy / u.sr,
        Annulus(20, 8.5),
        ellipse(40, 40),
        circle(30, 30, 9) & circle(33, 30, 9),
    ):
        recipe = Recipe(
            background=background,
            background_estimator="mode",
            sigma_clip=3,
            pixel_area=0.0009,
            counts_factor=2 * u.MJy / u.sr / u.ct,
            flux_scaling=3631 * u.Jy,
            zero_point=25.0,
            saturation=1e9,
        )
        first = measure(img, ellipse(), recipe).values
        again = measure(img, ellipse(), Recipe.from_json(first["recipe"])).values
        for name in (*CONTRACT[1:28], *EXTRA_COLUMNS):
            assert np.all(value(first[name]) == value(again[name])) or np.isnan(value(first[name])), name


def test_the_recipe_column_says_which_error_was_used():
    with_errors = image(uncertainty=StdDevUncertainty(np.ones((180, 200))))
    ring = Recipe(background=Annulus(20, 8))
    sources = [
        json.loads(measure(with_errors, circle()).values["recipe"])["error"],
        json.loads(measure(image(), circle(), Recipe(gain=1.0)).values["recipe"])["error"],
        json.loads(measure(image(), circle(), ring).values["recipe"])["error"],
        json.loads(measure(image(), circle()).values["recipe"])["error"],
    ]
    assert sources == ["uncertainty", "ccd", "background scatter", None]


def test_an_invalid_uncertainty_inside_the_aperture_is_flagged():
    sigma = np.ones((180, 200))
    sigma[80, 100] = np.nan
    m = measure(image(uncertainty=StdDevUncertainty(sigma)), circle())
    assert m.values["flags"] == Flag.INVALID_ERROR
    assert np.isnan(value(m.values["sum_err"]))


def test_the_pixel_hash_changes_with_a_used_pixel_only():
    data = noise()
    first = measure(image(data), circle()).values["pixel_hash"]
    data[0, 0] += 1
    assert measure(image(data), circle()).values["pixel_hash"] == first
    data[80, 100] += 1
    assert measure(image(data), circle()).values["pixel_hash"] != first


class Recording:
    """A 16k x 16k image that exists only where it is sliced, and counts the pixels asked for."""

    shape = (16_384, 16_384)
    dtype = np.dtype(">f4")
    ndim = 2
    size = 16_384**2

    def __init__(self):
        self.touched = 0

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("the whole image was asked for")

    def __getitem__(self, key):
        rows, columns = (np.arange(*part.indices(self.shape[0])) for part in key)
        self.touched += rows.size * columns.size
        radius2 = (rows[:, None] - 8000.2) ** 2 + (columns - 9000.6) ** 2
        return (1000 * np.exp(-radius2 / 18) + 7.0).astype(self.dtype)


def measure_all(img, region, recipe):
    m = measure(img, region, recipe)
    profile = radial_profile(m)
    return m, fit_gaussian(profile, m), curve_of_growth(img, region, m, recipe)


def test_a_16k_image_costs_what_its_cut_out_costs():
    pixels = Recording()
    img = NDData(pixels, wcs=wcs(shape=pixels.shape))
    region, recipe = circle(9000.6, 8000.2, 50.0), Recipe(background=Annulus(60.0, 10.0))
    tracemalloc.start()
    m, fit, growth = measure_all(img, region, recipe)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert pixels.touched < 102**2 + 142**2 + 102**2
    assert peak < 50e6
    assert fit.fwhm == pytest.approx(3 * 2.35482, rel=0.01)
    assert growth.y[-1] == value(m.values["sum"])


def test_measuring_imports_no_widget():
    code = (
        "import sys, imviz.science.photometry.measurement, imviz.science.sources.profiles\n"
        "import imviz.science.results.table\n"
        "bad = {'ipywidgets', 'glue', 'echo', 'bqplot', 'ipyvuetify', 'traitlets', 'IPython'}\n"
        "print(sorted(bad & {name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
