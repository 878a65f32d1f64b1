"""Whole rows of many apertures at once: those of one at a time."""

import json

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st

from imviz.errors import InputError
from imviz.science.bulk.rows import measure_rows
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.flags import Flag
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.results.receipts import verify
from imviz.science.results.row import COLUMNS, EXTRA_COLUMNS
from imviz.science.results.table import Results

from ..fields import circle, ellipse, image, noise, value, wcs
from .test_sums import KINDS, apertures, field, scene

EXACT = {"aperture", "recipe", "pixel_hash", "background_method", "flags", "n_masked"}
EXACT |= {"n_saturated", "n_non_finite", "xcenter", "ycenter", "data_label", "subset_label"}
# differences of large numbers, or of angles near a circle's: what they are differences of sets the rounding
LOOSE = {"xcentroid": 1e-9, "ycentroid": 1e-9, "orientation": 1e-7}
LOOSE |= dict.fromkeys(("fwhm", "semimajor_sigma", "semiminor_sigma", "eccentricity"), 1e-8)
KINDS = KINDS | {
    "every factor": (
        Recipe(pixel_area=0.01, counts_factor=2.0, flux_scaling=3631 * u.Jy, zero_point=25.0, gain=2.0),
        {"unit": "MJy/sr", "wcs": wcs()},
    ),
    "a plane": (Recipe(background=Annulus(25.0, 6.0), background_estimator="plane"), {"unit": "ct"}),
}


def table_of(columns, n):
    results = Results()
    results.extend(columns, n)
    return results.table()


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_each_row_is_that_of_one_at_a_time(kind, masked):
    recipe, keywords = KINDS[kind]
    img, regions = scene(12, keywords, masked=masked)
    labels = [f"Subset {n}" for n in range(len(regions))]
    many = measure_rows(img, regions, recipe, image_label="a", region_labels=labels)
    results, failed = Results(), {}
    for n, (region, label) in enumerate(zip(regions, labels, strict=True)):
        try:
            m = measure(img, region, recipe, image_label="a", region_label=label)
        except InputError as error:
            failed[n] = str(error)
        else:
            results.append(m.values)
    assert many.failed == failed
    expected, found = results.table(), table_of(many.columns, many.n)
    assert found.colnames == expected.colnames == [*COLUMNS, *EXTRA_COLUMNS]
    assert len(found) == len(expected) == len(regions) - len(many.failed)
    rounding = roundings(expected)
    for name in found.colnames:
        ours, theirs = found[name], expected[name]
        assert getattr(ours, "unit", None) == getattr(theirs, "unit", None), name
        if name in ("timestamp", "seal"):  # which is also of the time
            continue
        if isinstance(theirs, SkyCoord):
            both = np.isfinite(theirs.ra.deg)
            assert (np.isfinite(ours.ra.deg) == both).all()
            assert (ours[both].separation(theirs[both]) < 1e-7 * u.arcsec).all()
        elif theirs.dtype.kind in "OU":
            assert ours.tolist() == theirs.tolist(), name
        elif name in EXACT:
            assert np.array_equal(value(ours), value(theirs), equal_nan=theirs.dtype.kind == "f"), name
        else:
            ours, theirs = (np.ma.filled(value(column), np.nan) for column in (ours, theirs))
            apart = np.abs(ours - theirs) - LOOSE.get(name, 1e-12) * np.abs(theirs)
            assert (np.isnan(ours) == np.isnan(theirs)).all(), name
            assert np.nanmax(apart - rounding.get(name, 1e-13), initial=0) <= 0, name


def roundings(table):
    """Of sums that may cancel, what they are sums of: pixels times their number."""
    largest = np.fmax(np.abs(value(table["max"])), np.abs(value(table["min"])))
    area = table["sum_aper_area"].value
    factor = table["pixarea_tot"].value * 1.0 if table["pixarea_tot"].dtype != object else 1.0
    pixels = 1e-12 * np.nan_to_num(largest)
    counts = 1.0 if table["counts_fac"].dtype == object else table["counts_fac"].value
    return {
        **dict.fromkeys(
            ("min", "max", "mean", "median", "mode", "std", "mad_std", "biweight_location"), pixels
        ),
        **dict.fromkeys(("var", "biweight_midvariance"), pixels * largest),
        "sum": pixels * area * factor,
        "aperture_sum_counts": pixels * area / counts,
        "snr": 1e-9,
    }


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([0.5, 1, 2.5, 3, 4.5, 5, 7.25]), st.booleans())
@settings(derandomize=True, max_examples=150, deadline=None)
def test_outlines_that_touch_pixels_have_the_same_fingerprint(x, y, radius, on_grid):
    if on_grid:
        x, y = round(2 * x) / 2, round(2 * y) / 2
    region = circle(100 + x, 80 + y, radius)
    (found,) = measure_rows(IMAGE, [region], Recipe()).columns["pixel_hash"]
    assert found == measure(IMAGE, region, Recipe()).values["pixel_hash"]


IMAGE = image(noise(), unit="Jy")


def test_rows_measured_together_are_verified_one_by_one():
    img = image(field(np.random.default_rng(5)), unit="MJy/sr", wcs=wcs())
    recipe = Recipe(background=Annulus(22.0, 6.0), sigma_clip=3.0, pixel_area=0.01)
    many = measure_rows(img, apertures(np.random.default_rng(6), 40), recipe, image_label="a")
    table = table_of(many.columns, many.n)
    assert [str(verdict) for verdict in verify(table, lambda _: img) if not verdict.same] == []
    img.data[:] += 1e-6
    assert not all(verdict.same for verdict in verify(table, lambda _: img))


def test_an_aperture_without_a_ring_takes_the_nearest_sky_and_costs_no_other_row():
    data = noise()
    data[:, 150:] = np.nan
    regions = [circle(50, 50, 5), circle(185, 50, 5), circle(-99, 0, 3), ellipse(60, 90, 9, 4)]
    many = measure_rows(
        image(data), regions, Recipe(background=Annulus(6.0, 3.0)), region_labels=list("abcd")
    )
    assert many.columns["subset_label"] == ["a", "b", "d"]
    assert sorted(many.failed) == [2]
    assert [bool(flags & Flag.BACKGROUND_FALLBACK) for flags in many.columns["flags"]] == [False, True, False]
    assert [method.partition(",")[0] for method in many.columns["background_method"]] == [
        *("annulus", "nearest sky", "annulus")
    ]
    assert many.failed[2].startswith("The aperture c lies off the image")


def test_what_concerns_all_is_an_error():
    with pytest.raises(InputError, match="lies off the image"):
        measure_rows(IMAGE, [circle()], Recipe(background=circle(-900, 0, 3)))


def test_nothing_gives_no_row():
    assert measure_rows(IMAGE, [], Recipe()).n == 0
    none = measure_rows(IMAGE, [circle(-99, 0, 3)], Recipe())
    assert (none.n, list(none.failed)) == (0, [0])


def test_a_recipe_is_the_text_that_one_measurement_has():
    (text,) = measure_rows(IMAGE, [circle()], Recipe(gain=2.0)).columns["recipe"]
    assert json.loads(text) == json.loads(measure(IMAGE, circle(), Recipe(gain=2.0)).values["recipe"])
