"""Regions from outside into the session, and out of it: files, lists, `regions` and photutils objects, masks.

Each region is taken or refused on its own, by name, so one bad line never costs the good ones; all that are
taken are one step of the history. Where a region then lies, and how it is kept, is the document's business;
what a file looks like, `imviz.science.regions.files`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from photutils.aperture import Aperture
from regions import PixelRegion, PointPixelRegion, Region, SkyRegion
from regions import Regions as RegionsList

from imviz.errors import ImvizError, InputError
from imviz.science.regions.described import Described, placed
from imviz.science.regions.files import FORMATS, from_labels, from_mask, read, write
from imviz.science.sky import geometry
from imviz.science.sky.geometry import from_aperture
from imviz.session.glue_states import kept_shape

if TYPE_CHECKING:
    from os import PathLike

    from imviz.session.document import Session
    from imviz.session.region_placement import Ground

__all__ = ["FORMATS", "export_regions", "load_regions", "placed_region", "read_regions", "save_regions"]

LONGEST = 240  # characters of a name in a file that becomes a label
Bad = list[tuple[Any, str]]


def read_regions(
    path: str | PathLike[str], region_format: str | None = None
) -> tuple[list[Region | Described], Bad]:
    """The regions in a file, and what in it cannot be used: see `imviz.science.regions.files.read`."""
    return read(path, region_format)


def placed_region(session: Session, region: Any, on: str | None = None) -> Any:
    """A region of a file that only an image can place, as it is on one (default: the first)."""
    ground = session.ground(on)
    header = session.image(ground.label).meta if ground.label in session.images else {}
    return placed(region, header, ground.wcs)


def load_regions(
    session: Session,
    regions: Any,
    on: str | None = None,
    max_num_regions: int | None = None,
    labels: Iterable[str | None] = (),
) -> tuple[list[str], Bad]:
    """Add regions to the session, as one change.

    Parameters
    ----------
    session : Session
        The document.
    regions
        One region, photutils aperture, mask or label image of the image's shape, or any list of them. One
        with a name (DS9's ``text``) gets it for its label if it is free.
    on : str, optional
        The image they refer to. Default: the first one.
    max_num_regions : int, optional
        Stop after this many were taken. Default: take all.
    labels
        Of the regions, instead of names of their own.

    Returns
    -------
    labels : list of str
        Of the regions taken.
    bad : list of (region, reason)
        Those refused, and why.
    """
    if max_num_regions is not None and not (isinstance(max_num_regions, Integral) and max_num_regions >= 0):
        raise InputError(f"max_num_regions is a whole number or None, not {max_num_regions!r:.60}.")
    if not session.images:
        raise InputError("Regions need an image to lie on; load one first.")
    with session.lock:
        ground = session.ground(on)
        bad: Bad = []
        kept: list[Region] = []
        header = session.image(ground.label).meta if ground.label in session.images else {}
        for region in _each(regions, ground, bad):
            try:
                shape = kept_shape(placed(region, header, ground.wcs), ground.wcs, ground.label)
                _check_on_image(shape, ground)
                kept.append(shape)
            except ImvizError as error:
                bad.append((region, str(error)))
        kept = _sky_on_image(kept, ground, bad)[:max_num_regions]
        wanted = list(labels) or _names(kept, session)
        return session.region_list.add(kept, ground, wanted), bad


def export_regions(
    session: Session,
    labels: Iterable[str] | None = None,
    frame: str | None = None,
    image: str | None = None,
    *,
    named: bool = False,
) -> tuple[dict[str, Region], Bad]:
    """Regions as `regions` objects, by label; and those that do not lie there, with the reason.

    Parameters
    ----------
    session : Session
        The document.
    labels : iterable of str, optional
        Which; default: all.
    frame : {'pixel', 'sky'}, optional
        In pixels of an image, or on the sky. Default: as each is anchored.
    image : str, optional
        The image whose pixels, or WCS. Default: each its own.
    named : bool
        Whether to write label and colour into ``meta`` and ``visual``, for a file.
    """
    if frame not in (None, "pixel", "sky"):
        raise InputError(f"There is no frame {frame!r:.60}; use 'pixel' or 'sky'.")
    wanted = list(session.regions if labels is None else labels)
    there: dict[str, Region | InputError] = {}
    ways: dict[Ground, list[str]] = {}
    for label in wanted:
        record = session.region_list[label]
        try:
            if record.on_sky and frame != "pixel":
                there[label] = geometry.copied(record.outline)
                continue
            where = image or session.region_image(label)
            ways.setdefault(session.ground(where) if where else record.ground, []).append(label)
        except InputError as error:
            there[label] = error
    for ground, some in ways.items():
        there |= _brought(session, some, ground, on_sky=frame == "sky")
    exported: dict[str, Region] = {}
    bad: Bad = []
    for label in wanted:
        region = there[label]
        if isinstance(region, InputError):
            bad.append((label, f"{label}: {region}"))
            continue
        exported[label] = region
        if named:
            _sign(region, label, session.region_list[label].color)
    return exported, bad


def _brought(
    session: Session, labels: list[str], ground: Ground, *, on_sky: bool
) -> dict[str, Region | InputError]:
    """Regions in pixels of one image, or from them on the sky, all together; each the caller's own."""
    there: dict[str, Any] = dict(session.outlines(labels, ground))
    if on_sky:
        placed = {label: one for label, one in there.items() if not isinstance(one, InputError)}
        sky = geometry.all_to_sky(list(placed.values()), ground.wcs)
        return there | dict(zip(placed, sky, strict=True))
    for label, region in there.items():
        if region is session.region_list[label].outline:
            there[label] = geometry.copied(region)
    return there


def _sign(region: Region, label: str, color: str | None) -> None:
    """Write a region's label and colour where a file has them."""
    region.meta["text"] = label
    if color is not None:
        region.visual.update(color=color)
        for name in ("edgecolor", "facecolor"):
            region.visual.pop(name, None)


def save_regions(
    session: Session, path: str | PathLike[str], file_format: str | None = None, **options: Any
) -> list[str]:
    """Write regions to a file with their names, colours and exclusions.

    Other options as for `export_regions`, and ``overwrite``. Returns sentences: which were left out and why,
    and what other programs will find otherwise than it is here.
    """
    overwrite = bool(options.pop("overwrite", False))
    if file_format == "stcs" or str(path).lower().endswith(".stcs"):
        options["frame"] = options.get("frame") or "sky"
    exported, bad = export_regions(session, named=True, **options)
    told = write(list(exported.values()), path, file_format, overwrite=overwrite)
    return [f"{label} is left out. {reason}" for label, reason in bad] + told


def _each(regions: Any, ground: Ground, bad: Bad) -> Iterable[Any]:
    """One region as a list; an aperture with several positions, a label image, as one region each."""
    single = isinstance(regions, Region | Described | Aperture | str | np.ndarray) or hasattr(
        regions, "labels"
    )
    if single or not isinstance(regions, Iterable):
        regions = [regions]
    for region in regions:
        try:
            if isinstance(region, Aperture):
                yield from from_aperture(region)
            elif isinstance(region, RegionsList):
                yield from region
            elif isinstance(region, np.ndarray) or hasattr(region, "labels"):
                yield from _from_pixels(np.asarray(getattr(region, "data", region)), region, ground)
            else:
                yield region
        except ImvizError as error:
            bad.append((region, str(error)))


def _from_pixels(values: Any, region: Any, ground: Ground) -> list[PixelRegion]:
    """The outlines of a mask or a label image."""
    values = np.asarray(region) if isinstance(region, np.ndarray) else values
    if values.shape != ground.shape:
        raise InputError(f"The mask's shape {values.shape} is not that of {ground.label!r}, {ground.shape}.")
    return [from_mask(values)] if values.dtype == bool else from_labels(values)


def _check_on_image(shape: Region, ground: Ground) -> None:
    """Refuse a shape in pixels that lies beside the image."""
    if isinstance(shape, SkyRegion):
        return
    if isinstance(shape, PointPixelRegion):
        x_min = x_max = float(shape.center.x)
        y_min = y_max = float(shape.center.y)
    else:
        box = shape.bounding_box
        x_min, x_max, y_min, y_max = box.ixmin, box.ixmax - 1, box.iymin, box.iymax - 1
    height, width = ground.shape
    if x_max < -0.5 or y_max < -0.5 or x_min > width - 0.5 or y_min > height - 0.5:
        raise InputError(f"The region lies beside {ground.label!r}, which is {width} by {height} pixels.")


def _sky_on_image(kept: list[Region], ground: Ground, bad: Bad) -> list[Region]:
    """Those of the regions on the sky that the image has a pixel near, found for all at once."""
    centred = [shape for shape in kept if isinstance(shape, SkyRegion) and hasattr(shape, "center")]
    if not centred:
        return kept
    beside = geometry.far_from(ground.wcs, ground.shape, centred)
    gone = {id(shape) for shape, away in zip(centred, beside, strict=True) if away}
    bad += [(shape, f"The region lies beside {ground.label!r}.") for shape in kept if id(shape) in gone]
    return [shape for shape in kept if id(shape) not in gone]


def _names(kept: list[Region], session: Session) -> list[str | None]:
    """The label each region brings with it, if it is free."""
    names: list[str | None] = []
    taken: set[str] = set()
    for shape in kept:
        name = str(shape.meta.get("text") or "").strip()
        free = 0 < len(name) <= LONGEST and name not in session.region_list and name not in taken
        names.append(name if free else None)
        taken.add(name)
    return names
