"""Which plane of an array with more than two axes is meant, for arrays of every origin.

Axes of length one do not count. Where nobody chooses, it is the first plane, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imviz.errors import InputError
from imviz.readers.labels import short

if TYPE_CHECKING:
    from imviz.readers.addresses import Plane

__all__ = ["PlaneChoice", "choose_plane", "first_plane_note", "squeezed"]


@dataclass(frozen=True, slots=True)
class PlaneChoice:
    """How to take one plane out of an array, and out of its mask and uncertainty.

    Attributes
    ----------
    shape
        Without axes of length one in front.
    index
        Of the plane, for each axis but the last two.
    offered
        How many planes there are, if the first was taken unasked.
    """

    shape: tuple[int, ...]
    index: tuple[int, ...]
    offered: tuple[int, ...]

    def of(self, array: Any) -> Any:
        """The plane of an array."""
        array = array.reshape(self.shape)
        return array[self.index] if self.index else array


def squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without axes of length one, as far as that makes it 2-D."""
    while len(shape) > 2 and 1 in shape:
        at = shape.index(1)
        shape = shape[:at] + shape[at + 1 :]
    return shape


def first_plane_note(planes: tuple[int, ...]) -> str:
    """What is said when the first of many planes is shown."""
    many = "×".join(map(str, planes))
    return f"plane {', '.join('0' * len(planes))} of {many} is shown; the slider or plane=… shows another"


def choose_plane(shape: tuple[int, ...], plane: Plane, name: str) -> PlaneChoice:
    """The plane that is meant.

    Parameters
    ----------
    shape
        Of the array.
    plane
        As `imviz.readers.addresses.parse_plane` gives it.
    name
        For messages.

    Raises
    ------
    InputError
        There is no such plane.
    """
    small = squeezed(shape)
    front = small[:-2] if len(small) > 2 else ()
    if plane is None:
        return PlaneChoice(small, (0,) * len(front), front)
    if not front and len(shape) <= 2:
        raise InputError(f"{short(name)} is one 2-D image, not a stack; open it without choosing a plane.")
    if len(plane) == len(shape) - 2 != len(front) and all(k < n for k, n in zip(plane, shape, strict=False)):
        plane = tuple(k for k, n in zip(plane, shape, strict=False) if n > 1)
    if len(plane) != len(front) or any(k >= n for k, n in zip(plane, front, strict=True)):
        raise InputError(
            f"{short(name)} ({'×'.join(map(str, shape))}) has no plane {plane!s:.40}; give plane= an index "
            f"below {front[0] if len(front) == 1 else str(front)[:60]}."
        )
    return PlaneChoice(small, plane, ())
