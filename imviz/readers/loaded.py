"""`Loaded`: an image with the label it is known by, and how to get it again. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from astropy.nddata import NDData

    from imviz.readers.addresses import Plane

__all__ = ["Loaded", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where an image can be opened again, in another process too.

    Attributes
    ----------
    address
        A path, or an address on the network.
    plane
        The plane that was asked for; None: none was.
    row_order
        As in `imviz.readers.load`.
    """

    address: str
    plane: Plane = None
    row_order: str = "file"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One image as it came from its source.

    Attributes
    ----------
    label
        Such as ``"m13[PRIMARY,1]"``; not made unique, that is the session's work.
    image
        2-D pixels, read-only and, for a file, still on disk.
    planes
        Where it is one of many and the first was taken unasked: how many there are along each axis.
    ext
        Which part of its source it is.
    again
        Gives the same image anew, as its source is now; of many, the plane that is asked for.
    check
        Raises `ReadError` when the source is not what it was any more; `None` where that cannot be.
    source
        Where it can be opened again; `None` for what was made in memory.
    """

    label: str
    image: NDData
    planes: tuple[int, ...] = ()
    ext: object = None
    again: Callable[[Plane], Loaded] | None = None
    check: Callable[[], None] | None = None
    source: Source | None = None
