"""Regions as Python: run, it makes the same region, whatever lies in its metadata."""

import astropy.units as u
import numpy as np
import pytest
import regions
from astropy.coordinates import SkyCoord
from regions import CirclePixelRegion, EllipsePixelRegion, PixCoord, RegularPolygonPixelRegion

from imviz.science.regions.python import to_python

CIRCLE = CirclePixelRegion(PixCoord(3.1, 4.0), 5.0)
ELLIPSE = EllipsePixelRegion(PixCoord(3.5, 4.0), 5.0, 2.5, 0.3 * u.rad)


def made(text):
    return eval(text, {**vars(regions), "u": u, "SkyCoord": SkyCoord})


@pytest.mark.parametrize(
    "region", [CIRCLE, ELLIPSE, CIRCLE | ELLIPSE, RegularPolygonPixelRegion(PixCoord(3, 4), 5, 7.0)]
)
def test_a_region_is_made_again(region):
    assert made(to_python(region)) == region


@pytest.mark.parametrize(
    ("value", "again"),
    [
        (np.float64(2.5), 2.5),
        (np.array([1, 2]), [1, 2]),
        ({"a": [np.int64(3), ("x", None)], "b": (True,)}, {"a": [3, ("x", None)], "b": (True,)}),
        (float("inf"), float("inf")),
        ('it\'s "q"\n\u2028', 'it\'s "q"\n\u2028'),
        (3 * u.m, "3.0 m"),
    ],
)
def test_metadata_of_any_kind_are_an_expression(value, again):
    for region in (CIRCLE.copy(), CIRCLE | ELLIPSE):
        region.meta["comment"], region.visual["linewidth"] = value, value
        new = made(to_python(region))
        assert (new.meta["comment"], new.visual["linewidth"]) == (again, again)
