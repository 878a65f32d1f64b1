"""A measured row as a paragraph for a paper: what was done, with which versions, and what to cite.

Every option of the receipt that had an effect is named, and nothing that was not done.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.background import region_of
from imviz.science.photometry.errors_model import SCALED
from imviz.science.photometry.estimators import PLANE
from imviz.science.photometry.flags import Flag
from imviz.science.photometry.provenance import VERSIONED
from imviz.science.photometry.recipe import Recipe
from imviz.science.regions.records import to_record
from imviz.science.results.again import region_of_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regions import PixelRegion

__all__ = ["methods_paragraph"]

_CITED = {
    "photutils": "Bradley et al., doi:10.5281/zenodo.596036",
    "astropy": "Astropy Collaboration 2013, 2018, 2022",
    "numpy": "Harris et al. 2020",
    "scipy": "Virtanen et al. 2020",
}
_ESTIMATORS = {
    "median": "the median",
    "mean": "the mean",
    "mode": "the mode, 3 median - 2 mean",
    "sextractor": "SExtractor's mode, 2.5 median - 1.5 mean (Bertin & Arnouts 1996)",
    "biweight": "the biweight location (Beers, Flynn & Gebhardt 1990)",
    PLANE: "a plane fitted by least squares",
}


def methods_paragraph(row: Mapping[str, Any]) -> str:
    """What was done for a row, in words for a paper.

    Aperture, background, masks, errors, factors and magnitudes, each if it was used, and the versions that
    the row was measured with, with what to cite.
    """
    notes = json.loads(str(row["recipe"]))
    recipe, region = Recipe.from_json(str(row["recipe"])), region_of_row(row)
    used = notes.get("made_of", {}).get("versions", {})
    imviz = f"imviz {used['imviz']}" if "imviz" in used else "imviz"
    sentences = [
        f"Photometry was done with {imviz} in {_aperture(region)} with exact pixel overlaps.",
        *_placed(recipe),
        *(_instead(row) or _background(recipe, region)),
        *_left_out(row, recipe),
        _errors(row, recipe, notes),
        *_factors(row, recipe),
        *_magnitudes(row),
        _software(used),
    ]
    return " ".join(sentences)


def _aperture(region: PixelRegion) -> str:
    kind = type(region).__name__.removesuffix("PixelRegion")
    record = to_record(region, look=False)
    sizes = {name: value for name, value in record.items() if isinstance(value, float)}
    words = {
        "Circle": "a circular aperture of radius {radius:g} pixels",
        "Ellipse": "an elliptical aperture of {width:g} by {height:g} pixels (full axes{turned})",
        "Rectangle": "a rectangular aperture of {width:g} by {height:g} pixels{turned}",
        "CircleAnnulus": "a circular annulus of {inner_radius:g} to {outer_radius:g} pixels",
        "Polygon": "a polygonal aperture",
        "Compound": "a composite aperture",
    }
    angle = getattr(region, "angle", None)
    turned = "" if angle is None or not angle.value else f", turned by {angle.to_value('deg'):.4g} degrees"
    return words.get(kind, f"an aperture of the shape {kind}").format(**{**sizes, "turned": turned})


def _placed(recipe: Recipe) -> list[str]:
    """How the aperture came to its place, where the measurement chose it."""
    told = []
    if recipe.recentred:
        told.append(f"The aperture was first moved onto its source ({recipe.recentred} centroid).")
    if recipe.follow_distortion:
        told.append(
            "The aperture's outline was taken from the sky through the whole WCS, distortion included."
        )
    return told


def _background(recipe: Recipe, region: PixelRegion) -> list[str]:
    where, value = region_of(recipe.background, region), recipe.background
    if where is None:
        amount = float(getattr(value, "value", value))  # type: ignore[arg-type]
        return [
            f"A background of {value} per pixel was subtracted."
            if amount
            else "No background was subtracted."
        ]
    if isinstance(value, Annulus):
        outer = value.inner_radius + value.width
        place = f"a concentric annulus of {value.inner_radius:g} to {outer:g} pixels"
    else:
        place = (
            f"{_aperture(where).replace(' aperture', ' region').replace('an region', 'a region')} beside it"
        )
    clipped = f", clipped at {recipe.sigma_clip:g} sigma" if recipe.sigma_clip else ""
    estimator = _ESTIMATORS.get(recipe.background_estimator, recipe.background_estimator)
    told = [f"The background is {estimator} of the pixels in {place}{clipped}."]
    if recipe.mask_sources:
        told.append(f"Neighbours there, found by segmentation at {recipe.mask_sources:g} sigma, were masked.")
    return told


def _instead(row: Mapping[str, Any]) -> list[str]:
    """What was subtracted where the annulus that was asked for could not be used."""
    if not Flag(int(row["flags"])) & Flag.BACKGROUND_FALLBACK:
        return []
    method = str(row["background_method"])
    told = "no background was" if method == "none" else f"the background of the {method}, was"
    return [f"A concentric annulus had too few usable pixels; {told} subtracted instead."]


def _left_out(row: Mapping[str, Any], recipe: Recipe) -> list[str]:
    """Pixels that did not count."""
    flags, told = Flag(int(row["flags"])), []
    saturated, undefined, unusable = (
        int(row.get(name) or 0) for name in ("n_saturated", "n_non_finite", "n_masked")
    )
    if recipe.saturation is not None:
        count = f"{saturated} of the aperture's were left out" if saturated else "none in the aperture was"
        told.append(f"Pixels at {recipe.saturation:g} or more count as saturated; {count}.")
    counts = {
        Flag.MASKED_PIXELS: (unusable - saturated - undefined, "masked"),
        Flag.NON_FINITE_PIXELS: (undefined, "NaN or infinite"),
    }
    for flag, (n, what) in counts.items():
        if flags & flag:
            number = f"{n} {what} pixel{'s' * (n != 1)}" if n > 0 else f"{what.capitalize()} pixels"
            told.append(f"{number} in the aperture were left out, not replaced.")
    if flags & Flag.PARTIAL_OVERLAP:
        told.append("Part of the aperture lies off the image and is not counted.")
    return told


def _errors(row: Mapping[str, Any], recipe: Recipe, notes: Mapping[str, Any]) -> str:
    source = notes.get("error")
    if source is None or _absent(row.get("sum_err")):
        return "No errors were estimated."
    terms = [f"gain {recipe.gain:g}"] if recipe.gain else []
    terms += [f"read noise {recipe.read_noise:g} electrons"] if recipe.read_noise else []
    terms += [f"{recipe.dark:g} electrons already subtracted"] if recipe.dark else []
    terms += [f"a digitisation step of {recipe.digitization:g}"] if recipe.digitization else []
    how = {
        "uncertainty": "the image's own uncertainties",
        "ccd": f"the CCD equation (Merline & Howell 1995; {', '.join(terms)})",
        "background scatter": "the scatter of the background's pixels",
    }.get(str(source).removesuffix(SCALED), str(source))
    if str(source).endswith(SCALED):
        how += ", brought to the scatter of the background's pixels"
    measured = float(getattr(row["background_err"], "value", row["background_err"]) or 0) > 0
    background = " and include that of the background" if measured else ""
    return (
        f"Errors are from {how}, weighted by the squared overlaps{background}; pixels count as independent."
    )


def _factors(row: Mapping[str, Any], recipe: Recipe) -> list[str]:
    told = []
    if not _absent(row.get("pixarea_tot")):
        told.append(f"Sums were multiplied by the pixel's solid angle, {_plain(row['pixarea_tot']):.6g} sr.")
    if recipe.pixel_area_map:
        told.append("Each pixel was counted by its own area on the sky.")
    if not _absent(row.get("counts_fac")):
        told.append(f"Counts are by a conversion factor of {_plain(row['counts_fac']):.6g} per count.")
    return told


def _magnitudes(row: Mapping[str, Any]) -> list[str]:
    """By what they are, and that the zero point's error is not in theirs."""
    told = []
    if not _absent(row.get("aperture_sum_mag")):
        scaling = row["flux_scaling"]
        told.append(f"Magnitudes (aperture_sum_mag) are relative to a flux scaling of {scaling:.6g}.")
    zero_point, err = row.get("zero_point"), row.get("zero_point_err")
    if _absent(zero_point):
        return told
    words = f"AB magnitudes (Oke & Gunn 1983) are by a zero point of {_plain(zero_point):.6g}"
    if _absent(err):
        return [*told, f"{words} mag; their errors are by those of the sums alone."]
    common = "common to all sources of an image and not included in their errors"
    return [*told, f"{words} ± {_plain(err):.2g} mag, whose error is {common}."]


def _software(used: Mapping[str, str]) -> str:
    names = [name for name in VERSIONED if name != "imviz"]
    told = [
        " ".join(
            [
                name,
                *([used[name]] if name in used else []),
                *([f"({_CITED[name]})"] if name in _CITED else []),
            ]
        )
        for name in names
    ]
    return f"The work used {', '.join(told[:-1])} and {told[-1]}."


def _absent(value: Any) -> bool:
    return value is None or value is np.ma.masked or bool(np.any(getattr(value, "mask", False)))


def _plain(value: Any) -> float:
    return float(getattr(value, "value", value))
