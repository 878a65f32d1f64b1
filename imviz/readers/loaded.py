"""`Loaded`: an image with the label it is known by. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from astropy.nddata import NDData

__all__ = ["Loaded"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """One image as it came from its source.

    Attributes
    ----------
    label
        Such as ``"m13[PRIMARY,1]"``; not made unique, that is the session's work.
    image
        2-D pixels, read-only and, for a plain FITS file, still on disk.
    """

    label: str
    image: NDData
