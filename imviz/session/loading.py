"""Regions from outside: files, lists, `regions` and photutils objects, into the session.

Each region is taken or refused on its own, by name, so one bad line never costs the good ones.
Where a region then lies, and how it is kept, is `document`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from echo import delay_callback
from photutils.aperture import Aperture
from regions import Region, Regions

from imviz.errors import ImvizError, InputError, MissingFileError, ReadError
from imviz.science.geometry import from_aperture

if TYPE_CHECKING:
    from os import PathLike

    from imviz.session.document import Session

__all__ = ["FORMATS", "load_regions", "read_regions"]

FORMATS = ("ds9", "crtf", "fits")


def read_regions(path: str | PathLike[str], region_format: str = "ds9") -> list[Region]:
    """The regions in a file.

    Parameters
    ----------
    path
        The file.
    region_format : {'ds9', 'crtf', 'fits'}
        Its format.

    Raises
    ------
    MissingFileError
        If there is no such file.
    ReadError
        If it is not a region file of that format.
    """
    if region_format not in FORMATS:
        raise InputError(f"There is no region format {region_format!r}; use one of: {', '.join(FORMATS)}.")
    if not Path(path).is_file():
        raise MissingFileError(f"There is no region file {str(path)!r}.")
    try:
        return list(Regions.read(path, format=region_format))
    except (ValueError, OSError, KeyError, IndexError) as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise ReadError(
            f"{Path(path).name} cannot be read as {region_format} regions: {reason}. "
            f"Other formats: {', '.join(name for name in FORMATS if name != region_format)}."
        ) from error


def load_regions(
    session: Session, regions: Any, on: str | None = None, max_num_regions: int | None = None
) -> tuple[list[str], list[tuple[Any, str]]]:
    """Add regions to the session.

    Parameters
    ----------
    session : Session
        The document.
    regions
        One region or photutils aperture, or any list of them, in pixels or on the sky.
    on : str, optional
        The image they refer to. Default: the first one.
    max_num_regions : int, optional
        Stop after this many were taken. Default: take all.

    Returns
    -------
    labels : list of str
        Of the regions taken.
    bad : list of (region, reason)
        Those refused, and why.
    """
    if not session.images:
        raise InputError("Regions need an image to lie on; load one first.")
    if on is not None:
        session.image(on)
    labels: list[str] = []
    bad: list[tuple[Any, str]] = []
    with session.lock, delay_callback(session, "regions", "revision"):  # told once, for all
        for region in _each(regions):
            if max_num_regions is not None and len(labels) >= max_num_regions:
                break
            try:
                labels.append(session.add_region(region, on))
            except ImvizError as error:
                bad.append((region, str(error)))
    return labels, bad


def _each(regions: Any) -> Iterable[Any]:
    """One region as a list; an aperture with several positions as one aperture each."""
    if isinstance(regions, Region | Aperture | str) or not isinstance(regions, Iterable):
        regions = [regions]
    for region in regions:
        if isinstance(region, Aperture):
            yield from from_aperture(region)
        else:
            yield region
