"""What is done to regions that are there: recentred, moved, copied, joined, given exact numbers.

Functions on a session, each one step of its history. What a hand draws is `region_commands`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from regions import CompoundPixelRegion, PixCoord, PolygonPixelRegion

from imviz.errors import InputError
from imviz.science.photometry.region_weights import centroid, cutout
from imviz.session.glue_states import check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regions import PixelRegion

    from imviz.session.document import Session

__all__ = [
    "Statistics",
    "combine",
    "duplicate",
    "edit",
    "moved",
    "nudge",
    "numbers",
    "recentre",
    "recentre_all",
    "statistics",
]

STEPS = 20  # times a region follows its source
SETTLED = 1e-3  # pixels
APART = 8.0  # pixels between a region and its copy


@dataclass(frozen=True, slots=True)
class Statistics:
    """What lies under a region, each pixel with the exact part of it that is inside.

    ``area`` in pixels; ``n`` of usable pixels; the others in the image's unit. ``min`` and ``max`` are of all
    pixels touched, ``median`` of those at least half inside.
    """

    area: float
    n: int
    sum: float
    mean: float
    median: float
    std: float
    min: float
    max: float
    unit: str


def moved(region: PixelRegion, dx: float, dy: float) -> Any:
    """A region in pixels, shifted; parts of composites too."""
    changes: dict[str, Any] = {}
    for name in region._params:  # regions has no public list of them
        value = getattr(region, name)
        if isinstance(value, PixCoord):
            changes[name] = PixCoord(value.x + dx, value.y + dy)
        elif hasattr(value, "meta"):
            changes[name] = moved(value, dx, dy)
    return region.copy(**changes)


def nudge(session: Session, labels: Iterable[str], dx: float, dy: float, on: str | None = None) -> None:
    """Shift regions by pixels of an image (default: each its own)."""
    shapes = {
        label: moved(session.region(label, on or session.region_image(label)), dx, dy) for label in labels
    }
    session.update_regions(shapes, on)


def duplicate(session: Session, labels: Iterable[str], dx: float = APART, dy: float = -APART) -> list[str]:
    """Copies of regions, a little beside them; returns their labels."""
    made = []
    with session.history.step("Duplicate"):
        for label in labels:
            record, on = session.region_list[label], session.region_image(label)
            copy = moved(session.region(label, on), dx, dy)
            copy.meta.pop("text", None)
            look = {name: getattr(record, name) for name in ("color", "visible", "opacity")}
            (new,) = session.add_regions([copy], on, **look)
            if record.on_sky:
                session.anchor_region(new, "sky")
            made.append(new)
    return made


def combine(session: Session, labels: Iterable[str], mode: str) -> str:
    """Join regions into the first of them by 'or', 'and', 'xor' or 'remove'; the others are deleted."""
    first, *others = labels
    if not others:
        raise InputError("Two regions at least can be combined; select another one too.")
    on = session.region_image(first)
    with session.history.step(f"{mode.capitalize()} {first} with {', '.join(others)}"[:80]):
        for label in others:
            session.combine_region(first, session.region(label, on), mode, on)
        session.remove_regions(others)
    return first


def recentre(session: Session, label: str, on: str | None = None) -> tuple[float, float]:
    """Move a region onto the source under it, and return its new middle, in pixels of `on`.

    The centroid of what is above the median of the region, taken again where the region then is, until it
    rests.

    Raises
    ------
    InputError
        If there is nothing under it, or it would leave the image.
    """
    on = on or session.region_image(label)
    if on is None:
        raise InputError("There is no image to recentre on; load one first.")
    region = session.region(label, on)
    pixels, x, y = session.image(on).data, 0.0, 0.0
    for _ in range(STEPS):
        x, y, x_0, y_0 = centroid(region, pixels)
        region = moved(region, x - x_0, y - y_0)
        if np.hypot(x - x_0, y - y_0) < SETTLED:
            break
    session.update_region(label, region, on)
    return x, y


def recentre_all(session: Session, labels: Iterable[str], on: str | None = None) -> None:
    """Move regions onto the sources under them, as one change; by default on the image the hand meant."""
    seen = session.seen_image if session.seen_image in session.images else None
    with session.history.step("Recentre"):
        for label in labels:
            recentre(session, label, on or seen)


def numbers(region: PixelRegion) -> dict[str, float]:
    """The numbers that make a simple shape: x, y, sizes in pixels, angle in degrees; {} for any other."""
    if getattr(region, "center", None) is None or isinstance(
        region, CompoundPixelRegion | PolygonPixelRegion
    ):
        return {}
    sizes = {"x": float(region.center.x), "y": float(region.center.y)}
    for name in region._params[1:]:
        value = getattr(region, name)
        sizes[name] = float(value.to_value(u.deg) if isinstance(value, u.Quantity) else value)
    return sizes


def edit(session: Session, label: str, on: str | None = None, **values: float) -> None:
    """Give a shape exact numbers: x, y, radius, width, height … in pixels of an image, angle in degrees.

    Raises
    ------
    InputError
        If the shape has no such number, or cannot have that value.
    """
    on = on or session.region_image(label)
    region = session.region(label, on)
    known = numbers(region)
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise InputError(f"{label} has no number {name[:40]!r}; it has: {', '.join(known) or 'none'}.")
        if name not in "xy":
            changes[name] = float(value) * u.deg if name == "angle" else float(value)
    changes["center"] = PixCoord(float(values.get("x", known["x"])), float(values.get("y", known["y"])))
    try:
        new = region.copy(**changes)
    except ValueError as error:
        raise InputError(f"{label} cannot have that: {error}."[:240]) from error
    check(new)
    session.update_region(label, new, on)


def statistics(session: Session, label: str, on: str | None = None) -> Statistics:
    """Area and statistics of what lies under a region on an image (default: its own)."""
    on = on or session.region_image(label)
    if on is None:
        raise InputError("There is no image to measure on; load one first.")
    image = session.image(on)
    values, weights = cutout(session.region(label, on), image.data)
    usable = np.isfinite(values) & (weights > 0)
    if not usable.any():
        raise InputError(f"{label} has no usable pixel on {on!r}.")
    values, weights = values[usable].astype(float), weights[usable]
    total, area = float(np.sum(values * weights)), float(weights.sum())
    mean = total / area
    inner = values[weights >= 0.5] if (weights >= 0.5).any() else values
    return Statistics(
        area=area,
        n=int(usable.sum()),
        sum=total,
        mean=mean,
        median=float(np.median(inner)),
        std=float(np.sqrt(np.sum(weights * (values - mean) ** 2) / area)),
        min=float(values.min()),
        max=float(values.max()),
        unit=str(image.unit or ""),
    )
