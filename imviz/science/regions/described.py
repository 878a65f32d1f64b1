"""A shape as a region file describes it: places in one frame, sizes in another, before any image.

Most become a region of `regions` at once (`Described.region`). Those in physical pixels, and those whose
place and sizes are of two kinds (a place in pixels, a radius in arcsec), need an image: `placed` puts them on
it. Places in pixels count from 0 here, physical ones from 1, as the keywords do that tell where they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
import regions
from astropy.coordinates import SkyCoord
from regions import PixCoord

from imviz.errors import InputError
from imviz.science.regions.kinds import KINDS
from imviz.science.regions.physical import physical_frame
from imviz.science.sky.geometry import has_celestial, pixel_scale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regions import PixelRegion, Region

__all__ = ["IMAGE", "PHYSICAL", "SKY", "Described", "placed"]

IMAGE, PHYSICAL, SKY = "image", "physical", "sky"
SIZES = {kind.word: kind.sizes for kind in KINDS}
"""Of each kind of shape, in the order of files."""
STEP = 1 * u.arcsec  # over which a direction on the sky is taken
TURNED = tuple(kind.word for kind in KINDS if kind.turned)


@dataclass(frozen=True, slots=True)
class Described:
    """What a line of a region file says.

    Attributes
    ----------
    kind : str
        One of `SIZES`.
    points : tuple of (float, float)
        The center, or the vertices: pixels, or degrees.
    frame : str
        'image', 'physical', or astropy's name of a frame on the sky.
    sizes : tuple of float
        Whole widths, and radii: pixels, or arcsec.
    measure : str
        What the sizes are in: 'image', 'physical' or 'sky'.
    angle : float
        Degrees, counterclockwise from x, or on the sky from west through north.
    meta, visual : dict
        As a region's.
    """

    kind: str
    points: tuple[tuple[float, float], ...]
    frame: str
    sizes: tuple[float, ...] = ()
    measure: str = ""
    angle: float = 0.0
    meta: dict[str, Any] = field(default_factory=dict)
    visual: dict[str, Any] = field(default_factory=dict)

    @property
    def needs_image(self) -> bool:
        """Whether only an image can tell where and how large it is."""
        own = self.frame if self.frame in (IMAGE, PHYSICAL) else SKY
        return own == PHYSICAL or (bool(self.sizes) and self.measure != own)

    def region(self) -> Region:
        """The region, in pixels or on the sky.

        Raises
        ------
        ValueError
            For sizes that are not positive or not in order.
        InputError
            If it needs an image; see `placed`.
        """
        if self.needs_image:
            raise InputError("It is in other pixels than an image's own, or its sizes are: it needs one.")
        in_pixels = self.frame == IMAGE
        shape = getattr(regions, f"{self.kind}{'PixelRegion' if in_pixels else 'SkyRegion'}")
        values: dict[str, Any] = self._places(in_pixels=in_pixels)
        length = 1.0 if in_pixels else u.arcsec
        values |= {name: size * length for name, size in zip(SIZES[self.kind], self.sizes, strict=True)}
        if self.kind in TURNED:
            values["angle"] = self.angle * u.deg
        return shape(**values, meta=self.meta, visual=self.visual)

    def _places(self, *, in_pixels: bool) -> dict[str, Any]:
        if self.kind == "Polygon":
            x, y = np.transpose(self.points)
            return {"vertices": PixCoord(x, y) if in_pixels else self._on_sky(x, y)}
        if self.kind == "Text":
            return {"center": self._place(0, in_pixels=in_pixels), "text": str(self.meta.get("text", ""))}
        names = ("start", "end") if self.kind == "Line" else ("center",)
        return {name: self._place(n, in_pixels=in_pixels) for n, name in enumerate(names)}

    def _place(self, n: int, *, in_pixels: bool) -> Any:
        return PixCoord(*self.points[n]) if in_pixels else self._on_sky(*self.points[n])

    def _on_sky(self, lon: Any, lat: Any) -> SkyCoord:
        return SkyCoord(lon, lat, unit="deg", frame=self.frame)


def placed(found: Region | Described, header: Mapping[str, Any], wcs: Any) -> Region:
    """A region of a file, as it is on an image.

    Parameters
    ----------
    found : regions.Region or Described
        A region is given back as it is.
    header : mapping
        The image's, which tells of its physical frame.
    wcs : WCS or None
        The image's, which tells how large its pixels are.

    Raises
    ------
    InputError
        If the image does not tell, or a size is not positive.
    """
    if not isinstance(found, Described):
        return found
    if PHYSICAL in (found.frame, found.measure):
        found = _in_image_pixels(found, header)
    try:
        if not found.needs_image:
            return found.region()
        if not has_celestial(wcs):
            raise InputError("Its place and its sizes go together through a celestial WCS only.")
        return _from_pixels(found, wcs) if found.frame == IMAGE else _to_pixels(found, wcs)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"The {found.kind.lower()} cannot be used: {str(error)[:120]}.") from error


def _in_image_pixels(found: Described, header: Mapping[str, Any]) -> Described:
    scale, shift = physical_frame(header)
    if found.frame == PHYSICAL:
        points = scale * np.array(found.points) + shift - 1
        found = replace(found, frame=IMAGE, points=tuple(map(tuple, points.tolist())))
    if found.measure == PHYSICAL:
        found = replace(found, measure=IMAGE, sizes=tuple(scale * size for size in found.sizes))
    return found


def _from_pixels(found: Described, wcs: Any) -> Region:
    """A place in pixels with sizes on the sky: a circle or ring of the sky, else a shape in pixels."""
    if found.kind in TURNED:
        scale = pixel_scale(wcs, found.points[0])
        return replace(found, measure=IMAGE, sizes=tuple(size / scale for size in found.sizes)).region()
    sky = wcs.pixel_to_world(*found.points[0]).icrs
    place = (float(sky.ra.deg), float(sky.dec.deg))
    if not np.isfinite(place).all():
        raise InputError("Its place in pixels is not on the sky.")
    return replace(found, frame="icrs", points=(place,)).region()


def _to_pixels(found: Described, wcs: Any) -> PixelRegion:
    """A place on the sky with sizes in pixels: where the place is, and turned as it would be there."""
    middle = SkyCoord(*found.points[0], unit="deg", frame=found.frame)
    beside = middle.directional_offset_by((found.angle - 90) * u.deg, STEP)  # from west through north
    x, y = wcs.world_to_pixel(SkyCoord([middle.icrs, beside.icrs]))
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InputError("Its place on the sky is not on the image.")
    turned = float(np.rad2deg(np.arctan2(y[1] - y[0], x[1] - x[0]))) if found.kind in TURNED else 0.0
    return replace(found, frame=IMAGE, points=((float(x[0]), float(y[0])),), angle=turned).region()
