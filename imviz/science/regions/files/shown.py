"""What other programs are shown of a region that their format has no shape for: its simple parts.

A composite is its parts, those cut out of it as excluded ones; a ring that a format has not is its outside
with its inside excluded; a frame that it has not is ICRS. Each is a region of its own, named after the whole.
"""

from __future__ import annotations

from typing import Any

from astropy.coordinates import SkyCoord
from regions import (
    CompoundPixelRegion,
    CompoundSkyRegion,
    EllipsePixelRegion,
    EllipseSkyRegion,
    RectanglePixelRegion,
    RectangleSkyRegion,
    Region,
    RegularPolygonPixelRegion,
)

from imviz.science.regions.trees import parts

__all__ = ["filled_rings", "in_frames", "is_composite", "leaves"]

FILLED = {
    "EllipseAnnulusPixelRegion": EllipsePixelRegion,
    "EllipseAnnulusSkyRegion": EllipseSkyRegion,
    "RectangleAnnulusPixelRegion": RectanglePixelRegion,
    "RectangleAnnulusSkyRegion": RectangleSkyRegion,
}


def is_composite(region: Any) -> bool:
    """Whether it is of several shapes."""
    return isinstance(region, CompoundPixelRegion | CompoundSkyRegion)


def leaves(region: Region) -> list[Region]:
    """The simple shapes of a composite, with its look; those cut out are excluded."""
    name = str(region.meta.get("text", "")).strip()
    excluded = not region.meta.get("include", True)
    found = list(_leaves(region, excluded=excluded))
    shown = []
    for n, (leaf, cut_out) in enumerate(found, 1):
        copy = type(leaf)(**{parameter: getattr(leaf, parameter) for parameter in leaf._params})
        copy.meta = {"include": 0 if cut_out else 1}
        if name:
            copy.meta["text"] = f"{name} (part {n} of {len(found)})"
        copy.visual = dict(region.visual)
        shown.append(copy)
    return shown


def _leaves(region: Any, *, excluded: bool) -> list[tuple[Any, bool]]:
    if not is_composite(region):
        return [(region, excluded)]
    whole = next(iter(parts(region)))
    below = [part.region for part in parts(region) if len(part.path) == 1]
    first, second = (_leaves(part, excluded=excluded) for part in below)
    if whole.join == "remove":
        second = [(leaf, not excluded) for leaf, _ in second]
    return [*first, *second]


def filled_rings(region: Any) -> list[Any]:
    """An elliptical or rectangular ring as its outside, and its inside excluded; others as they are."""
    kind = FILLED.get(type(region).__name__)
    if kind is None:
        return [region]
    found = []
    for side, include in (("outer", 1), ("inner", 0)):
        sizes = {name: getattr(region, f"{side}_{name}") for name in ("width", "height")}
        new = kind(region.center, **sizes, angle=region.angle, meta=region.meta, visual=region.visual)
        new.meta = {**region.meta, "include": include if region.meta.get("include", True) else 1 - include}
        found.append(new)
    return found


def in_frames(region: Any, known: tuple[str, ...]) -> Any:
    """A region in a frame that a format has: its own, or ICRS; a regular polygon as a plain one."""
    if isinstance(region, RegularPolygonPixelRegion):
        plain = region.to_polygon()
        plain.meta, plain.visual = dict(region.meta), dict(region.visual)
        return plain
    changes = {
        name: value.icrs
        for name in region._params
        if isinstance(value := getattr(region, name), SkyCoord) and value.frame.name not in known
    }
    return region.copy(**changes) if changes else region
