"""A composite region as a tree: which parts it has, how they are joined, and it with one of that changed.

A part is found by its path, a 0 or 1 for each step down. `regions` joins by or, and, xor; what is cut out is
kept as ``(outer | inner) ^ inner`` and is one step here, called "remove". Pixel and sky regions alike.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regions import CompoundPixelRegion, CompoundSkyRegion, PixelRegion

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regions import Region

__all__ = ["JOINS", "Part", "joined", "parts", "with_join", "with_part", "without"]

JOINS = ("or", "and", "xor", "remove")
OPERATORS = {"or": operator.or_, "and": operator.and_, "xor": operator.xor}
NAMES = {by: name for name, by in OPERATORS.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a composite.

    Attributes
    ----------
    path : tuple of int
        Where it is: 0 for the first of two, 1 for the second, from the top down.
    join : str or None
        How its own two parts are joined, one of `JOINS`; None for a simple shape.
    region : regions.Region
        The part itself.
    """

    path: tuple[int, ...]
    join: str | None
    region: Region


def joined(first: Region, second: Region, join: str) -> Region:
    """Two regions as one; both in pixels or both on the sky."""
    if join == "remove":
        return joined(joined(first, second, "or"), second, "xor")
    if join not in OPERATORS:
        raise InputError(f"Regions cannot be joined by {join!r:.60}; use: {', '.join(JOINS)}.")
    kind = CompoundPixelRegion if isinstance(first, PixelRegion) else CompoundSkyRegion
    return kind(first, second, OPERATORS[join])


def parts(region: Region) -> Iterator[Part]:
    """All parts, from the top down, each before its own; a simple shape is its only part."""
    yield from _parts(region, ())


def with_join(region: Region, path: Sequence[int], join: str) -> Region:
    """The region with the two parts of that at `path` joined in another way."""
    return _changed(region, path, lambda part: joined(*_both(part, path), join))


def with_part(region: Region, path: Sequence[int], other: Region, join: str) -> Region:
    """The region with that at `path` joined with another one."""
    return _changed(region, path, lambda part: joined(part, other, join))


def without(region: Region, path: Sequence[int]) -> tuple[Region, Region]:
    """The region without the part at `path`, whose neighbour takes their place; and that part."""
    if not path:
        raise InputError("The whole is no part of itself; delete the region instead.")
    *above, last = path
    taken: list[Region] = []

    def cut(part: Region) -> Region:
        pair = _both(part, path)
        taken.append(pair[last])
        return pair[1 - last]

    return _changed(region, above, cut), taken[0]


def _parts(region: Region, path: tuple[int, ...]) -> Iterator[Part]:
    found = _split(region)
    yield Part(path, found and found[0], region)
    for n, part in enumerate(found[1:] if found else ()):
        yield from _parts(part, (*path, n))


def _split(region: Any) -> tuple[str, Region, Region] | None:
    """How the two parts of a composite are joined, and the two; None for a simple shape."""
    if not isinstance(region, CompoundPixelRegion | CompoundSkyRegion):
        return None
    first, second = region.region1, region.region2
    join = NAMES[region.operator]
    cut_out = join == "xor" and getattr(first, "operator", None) is operator.or_ and first.region2 == second
    return ("remove", first.region1, second) if cut_out else (join, first, second)


def _both(region: Region, path: Sequence[int]) -> tuple[Region, Region]:
    found = _split(region)
    if found is None:
        raise InputError(f"There is no composite at {list(path)!r}, only a simple shape.")
    return found[1:]


def _changed(region: Region, path: Sequence[int], change: Any) -> Region:
    """The region with what is at `path` replaced by ``change`` of it; all else stays as it is."""
    if not path:
        return change(region)
    at, *below = path
    found = _split(region)
    if found is None or at not in (0, 1):
        raise InputError(f"There is no part at {list(path)!r}; a path is of 0 and 1, from the top down.")
    join, *pair = found
    pair[at] = _changed(pair[at], below, change)
    new = joined(pair[0], pair[1], join)
    new.meta, new.visual = dict(region.meta), dict(region.visual)
    return new
