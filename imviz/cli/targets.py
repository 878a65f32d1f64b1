"""What ``imviz phot`` measures and how: its words turned into regions, catalogs and a plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from regions import CirclePixelRegion, CircleSkyRegion, PixCoord, PointSkyRegion

from imviz.errors import InputError
from imviz.readers.catalogs.files import read_catalog
from imviz.science.photometry.plan import FROM_HEADER, Plan
from imviz.science.regions.described import Described, placed
from imviz.science.regions.files import read
from imviz.science.sky.geometry import far_from, has_celestial, sky_to_pixel
from imviz.science.sources.centroids import METHODS
from imviz.science.sources.source_columns import find_positions
from imviz.science.user_paths import user_path

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from astropy.coordinates import SkyCoord
    from astropy.nddata import NDData
    from regions import Region

    from imviz.science.sources.source_columns import Positions

__all__ = ["Targets", "plan_of", "targets_of"]

NAMES = ("label", "name", "id", "source_id", "objid", "number", "subset_label")
Named = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Targets:
    """Regions with their labels; ``forced`` ones come from a catalog, which may reach beyond an image.

    ``radius`` [pix] makes circles of points on the sky.
    """

    regions: Named
    forced: bool = False
    radius: float | None = None

    def on(self, image: NDData) -> tuple[Named, int]:
        """Those for an image, and how many of a catalog lie beside it."""
        if not self.forced:
            return [(name, placed(region, image.meta, image.wcs)) for name, region in self.regions], 0
        beside = self._beside(image)
        kept = [named for named, away in zip(self.regions, beside, strict=True) if not away]
        if self.radius is not None:
            kept = [(name, self._circle(region, image)) for name, region in kept]
        return kept, int(np.count_nonzero(beside))

    def _beside(self, image: NDData) -> Any:
        regions = [region for _, region in self.regions]
        if not isinstance(regions[0], CirclePixelRegion):
            if not has_celestial(image.wcs):
                raise InputError(
                    "The catalog is on the sky, and the image has no celestial WCS to place it by."
                )
            return far_from(image.wcs, image.data.shape, regions)
        x, y, r = np.transpose([(one.center.x, one.center.y, one.radius) for one in regions])
        ny, nx = image.data.shape
        return (x < -0.5 - r) | (y < -0.5 - r) | (x > nx - 0.5 + r) | (y > ny - 0.5 + r)

    def _circle(self, region: Region, image: NDData) -> CirclePixelRegion:
        return CirclePixelRegion(sky_to_pixel(region, image.wcs).center, self.radius)


def targets_of(options: Namespace, complain: Callable[[str], Any]) -> Targets:
    """The regions of a file, or the circles of a catalog; ``complain`` hears of what cannot be used."""
    if options.regions is not None:
        if options.radius is not None:
            raise InputError("--radius belongs to --catalog; regions have sizes of their own.")
        shapes, bad = read(options.regions)
        for _, reason in bad:
            complain(reason)
        if not shapes:
            raise InputError(f"{Path(options.regions).name!r} has no region that can be used.")
        return Targets(list(zip(_region_names(shapes), shapes, strict=True)))
    if options.radius is None:
        raise InputError("A catalog needs --radius, as 5 (pixels) or 0.5arcsec.")
    return _catalog_targets(options.catalog, _quantity(options.radius, "--radius"), complain)


def _catalog_targets(path: str, radius: float | u.Quantity, complain: Callable[[str], Any]) -> Targets:
    angle = u.Quantity(radius).to(u.arcsec) if _is_angle(radius) else None
    pixels = None if angle is not None else float(getattr(radius, "value", radius))
    if not (radius if angle is None else angle.value) > 0:
        raise InputError(f"--radius {radius} is not above 0.")
    if isinstance(radius, u.Quantity) and angle is None:
        raise InputError(f"--radius {radius} is neither in pixels (a bare number) nor an angle (0.5arcsec).")
    table = read_catalog(path)
    places = find_positions(table)
    if places.note:
        complain(f"{Path(path).name}: {places.note}")
    lon, lat = _numbers(places)
    there = np.isfinite(lon) & np.isfinite(lat)
    names = [name for name, good in zip(_source_names(table), there, strict=True) if good]
    if places.sky is None:
        if pixels is None:
            raise InputError(f"{Path(path).name!r} is in pixels; give --radius in pixels too, as 5.")
        circles = [
            CirclePixelRegion(PixCoord(float(x), float(y)), pixels)
            for x, y in zip(lon[there], lat[there], strict=True)
        ]
        return Targets(list(zip(names, circles, strict=True)), forced=True)
    shapes = [_on_sky(one, angle) for one in places.sky[there]]
    return Targets(list(zip(names, shapes, strict=True)), forced=True, radius=pixels)


def _numbers(places: Positions) -> tuple[Any, Any]:
    """The coordinates of sources, whichever they are."""
    if places.sky is None:
        return places.x, places.y
    return places.sky.spherical.lon.deg, places.sky.spherical.lat.deg


def _on_sky(place: SkyCoord, radius: u.Quantity | None) -> Region:
    return PointSkyRegion(place) if radius is None else CircleSkyRegion(place, radius)


def _is_angle(value: Any) -> bool:
    return isinstance(value, u.Quantity) and value.unit.is_equivalent(u.arcsec)


def _region_names(regions: Sequence[Region | Described]) -> list[str]:
    """The name each brings with it, else its number."""
    return [
        str(one.meta.get("text") or "").strip() or f"Region {n}" for n, one in enumerate(regions, start=1)
    ]


def _source_names(table: Any) -> list[str]:
    columns = {name.lower(): name for name in reversed(table.colnames)}
    chosen = next((columns[name] for name in NAMES if name in columns), None)
    if chosen is None:
        return [f"Source {n}" for n in range(1, len(table) + 1)]
    return [str(value) for value in table[chosen]]


def plan_of(options: Namespace) -> Plan:
    """The plan that the words ask for."""
    if options.recentre and options.recentre not in METHODS:
        raise InputError(f"There is no --recentre {options.recentre!r}; use {', '.join(METHODS)}.")
    given: dict[str, Any] = {
        name: value for name in FROM_HEADER if (value := getattr(options, name)) is not None
    }
    if options.flux_scaling is not None:
        given["flux_scaling"] = _quantity(options.flux_scaling, "--flux-scaling")
    return Plan(
        background=_background(options.background),
        annulus=options.annulus,
        options={
            **given,
            "background_estimator": options.estimator,
            "sigma_clip": options.sigma_clip or None,
            "mask_sources": options.mask_neighbours,
            "digitization": options.digitization,
            "pixel_area_map": options.pixel_area_map or None,
            "scale_errors": options.scale_errors or None,
        },
        use_header=not options.no_header,
        centroid=options.recentre,
        max_shift=options.max_shift,
        follow_distortion=options.follow_distortion,
    )


def _background(text: str) -> Any:
    """A value, `None` for an annulus, or the one region of a file."""
    if text == "annulus":
        return None
    if not user_path(text).is_file():
        return _quantity(text, "--background", "annulus, or a file with one region")
    shapes, _ = read(text)
    if len(shapes) != 1:
        raise InputError(f"--background {Path(text).name!r} has {len(shapes)} regions; it must have one.")
    if isinstance(shapes[0], Described):
        raise InputError(f"--background {Path(text).name!r} must be in an image's own pixels, or on the sky.")
    return shapes[0]


def _quantity(text: str, option: str, other: str = "") -> float | u.Quantity:
    try:
        value = u.Quantity(text)
    except (TypeError, ValueError):
        wanted = f"a number, a number with a unit{f', {other}' if other else ''}"
        raise InputError(f"{option} {text[:60]!r} is not {wanted}.") from None
    return float(value.value) if value.unit == u.dimensionless_unscaled else value
