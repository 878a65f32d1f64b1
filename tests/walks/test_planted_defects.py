"""The suite can see: twelve defects, planted one by one, each trips a check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from regions import PixCoord
from walks.invariants import CHECKS, Door

from imviz.errors import ImvizError
from imviz.science.calibration import units
from imviz.science.photometry import derived, patch
from imviz.science.sky import through_sky

TRIALS = 6  # of each check; a planted defect is no subtle thing


def moved(region, x, y):
    return region.copy(center=PixCoord(x, y)) if hasattr(region, "center") else region


def by_centers(plant):
    """A pixel counts wholly if its centre is inside, not at all otherwise."""
    plant(
        patch,
        "coverage",
        lambda old, region, box: patch.centers_inside(region, box).astype(float),
    )


def half_a_pixel_off(plant):
    plant(
        patch,
        "coverage",
        lambda old, region, box: old(moved(region, region.center.x + 0.5, region.center.y + 0.5), box),
    )


def swapped_axes(plant):
    plant(
        patch,
        "coverage",
        lambda old, region, box: old(moved(region, region.center.y, region.center.x), box),
    )


def sky_area_forgotten(plant):
    """The background is taken away once, not once a pixel."""
    plant(
        patch,
        "make_patch",
        lambda old, pieces, weights, center, recipe, background: old(
            pieces, weights, center, recipe, replace(background, value=background.value / weights.sum())
        ),
    )


def mask_inverted(plant):
    def cut(old, *given):
        piece = old(*given)
        return piece if piece.masked is None else replace(piece, usable=piece.masked)

    plant(patch, "cut", cut)


def sky_not_subtracted(plant):
    plant(
        patch,
        "make_patch",
        lambda old, pieces, weights, center, recipe, background: old(
            pieces, weights, center, recipe, replace(background, value=0.0)
        ),
    )


def tiny_is_none(plant):
    plant(
        units,
        "_is_set",
        lambda old, value: value is not None and not np.allclose(getattr(value, "value", value), 0),
    )


def wrong_steradian(plant):
    plant(
        units,
        "_steradians",
        lambda old, *area: None if old(*area) is None else old(*area) * np.pi / 3.1416,
    )


def magnitude_sign(plant):
    plant(derived, "_magnitude", lambda old, ratio: -old(ratio))


def single_precision(plant):
    def total(old, patch):
        return float(np.sum((patch.data * patch.weights).astype(np.float32)))

    plant(patch, "weighted_sum", total)


def angle_sign(plant):
    plant(through_sky, "rebuilt", lambda old, *parts: _negated(old(*parts)))


def _negated(region):
    return region.copy(angle=-region.angle) if hasattr(region, "angle") else region


def mirrored_sky(plant):
    plant(through_sky, "jacobians", lambda old, *where: np.diag([-1.0, 1.0]) @ old(*where))


DEFECTS = [
    by_centers,
    half_a_pixel_off,
    swapped_axes,
    sky_area_forgotten,
    mask_inverted,
    sky_not_subtracted,
    tiny_is_none,
    wrong_steradian,
    magnitude_sign,
    single_precision,
    angle_sign,
    mirrored_sky,
]


def tripped(door):
    """The first check that fails, or that the defect makes impossible to do."""
    for one in CHECKS:
        if "Monte Carlo" in one.truth or one.name.startswith("T"):
            continue  # slow, and not needed to see any of these
        try:
            if max(one.residuals(door, TRIALS)) > one.tolerance:
                return one.name
        except (ImvizError, ValueError, AttributeError):  # a column that is not there
            return one.name
    return None


@pytest.fixture
def door():
    return Door()


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_a_planted_defect_is_seen(door, defect, monkeypatch):
    def plant(module, name, new):
        old = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, **named: new(old, *given, **named))

    defect(plant)
    assert tripped(door) is not None


def test_without_a_defect_nothing_trips(door):
    assert tripped(door) is None
