"""The kinds of shapes a region can be, in one table: classes, sizes, hole, area, and what others call them.

Whoever draws, writes, reads, places or measures shapes takes names from here. What is a format's own (DS9's
semi-axes, CRTF's order) is that format's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import regions
from regions import PolygonPixelRegion, SkyRegion

if TYPE_CHECKING:
    from regions import Region

__all__ = ["KINDS", "Kind", "kind_of", "parts_of"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of shape.

    Attributes
    ----------
    word : str
        What its classes in `regions` begin with, as ``CircleAnnulus``.
    tool : str
        What the browser and its tools call it.
    ds9 : str
        DS9's word.
    sizes : tuple of str
        Names of its lengths (radii, full widths and heights), the inner ones first, as files have them.
    places : tuple of str
        Names of its positions.
    round : bool
        Whether its outline is made of ellipses.
    area : bool
        Whether it covers any.
    simple : str
        Of a ring: the kind of its outline and of its hole.
    """

    word: str
    tool: str
    ds9: str
    sizes: tuple[str, ...] = ()
    places: tuple[str, ...] = ("center",)
    round: bool = False
    area: bool = True
    simple: str = ""

    @property
    def pixel(self) -> Any:
        """Its class in pixels."""
        return getattr(regions, f"{self.word}PixelRegion")

    @property
    def sky(self) -> Any:
        """Its class on the sky."""
        return getattr(regions, f"{self.word}SkyRegion")

    @property
    def turned(self) -> bool:
        """Whether it has an angle."""
        return len(self.sizes) > 1 and not self.sizes[0].endswith("radius")

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Names of its widths and heights, the outermost first; a circle's are its radii."""
        if not self.turned:
            return tuple((name, name) for name in self.sizes[::-1])
        pairs = zip(self.sizes[::2], self.sizes[1::2], strict=True)
        return tuple(pairs)[::-1]


_AXES = ("width", "height")
_RINGS = ("inner_width", "inner_height", "outer_width", "outer_height")
KINDS = (
    Kind("Circle", "circle", "circle", ("radius",), round=True),
    Kind("Ellipse", "ellipse", "ellipse", _AXES, round=True),
    Kind("Rectangle", "rectangle", "box", _AXES),
    Kind(
        "CircleAnnulus",
        "annulus",
        "annulus",
        ("inner_radius", "outer_radius"),
        round=True,
        simple="Circle",
    ),
    Kind("EllipseAnnulus", "ellipse-annulus", "ellipse", _RINGS, round=True, simple="Ellipse"),
    Kind("RectangleAnnulus", "rectangle-annulus", "box", _RINGS, simple="Rectangle"),
    Kind("Polygon", "polygon", "polygon", places=("vertices",)),
    Kind("Line", "line", "line", places=("start", "end"), area=False),
    Kind("Point", "point", "point", area=False),
    Kind("Text", "text", "text", area=False),
)
_BY_CLASS = {shape: kind for kind in KINDS for shape in (kind.pixel, kind.sky)}
_BY_WORD = {kind.word: kind for kind in KINDS}


def kind_of(region: Region) -> Kind | None:
    """The kind of a simple shape, a regular polygon among polygons; None for a composite and others."""
    kind = _BY_CLASS.get(type(region))
    return _BY_WORD["Polygon"] if kind is None and isinstance(region, PolygonPixelRegion) else kind


def parts_of(region: Any) -> tuple[Any, Any] | None:
    """The hole and the whole of a ring, as ``(inner, outer)`` shapes in its frame; None for anything else."""
    kind = kind_of(region)
    if kind is None or not kind.simple:
        return None
    simple = _BY_WORD[kind.simple]
    shape = simple.sky if isinstance(region, SkyRegion) else simple.pixel
    angle = (region.angle,) if kind.turned else ()
    outer, inner = (
        shape(region.center, *(getattr(region, name) for name in dict.fromkeys(edges)), *angle)
        for edges in kind.edges
    )
    return inner, outer
