"""Outlines of instruments' fields, or of regions in a file, laid over the pictures on the sky.

Any number of overlays, each with a look and a pointing of its own; drawn as vector layers while the panel is
open, or for as long as it is kept. Where apertures lie is `imviz.science.sky.footprints`; nothing of it is
part of the document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from astropy import units as u
from astropy.coordinates import SkyCoord
from echo import CallbackProperty, delay_callback
from regions import Region, Regions

from imviz.errors import InputError, NoSkyError
from imviz.plugin import Choice, Number, Paths, Plugin, Several, Viewers, action
from imviz.science.regions.described import placed
from imviz.science.sky.footprints import footprint, outlines, presets
from imviz.science.sky.geometry import has_celestial
from imviz.session.loading import read_regions

if TYPE_CHECKING:
    from imviz.session import Session
    from imviz.view import View

__all__ = ["Footprints"]

FROM_FILE = "From File..."
DEFAULT = "default"
COLOUR = "#c75109"


@dataclass(frozen=True, slots=True)
class Overlay:
    """One overlay; the plugin's fields by name, and what was imported."""

    viewer: tuple[str, ...] = ()
    visible: bool = True
    color: str = COLOUR
    fill_opacity: float | None = 0.1
    preset: str = presets()[0]
    ra: float | None = None
    dec: float | None = None
    pa: float | None = 0.0
    v2_offset: float | None = 0.0
    v3_offset: float | None = 0.0
    imported: tuple[Any, ...] = ()


FIELDS = tuple(name for name in Overlay.__dataclass_fields__ if name != "imported")


class Footprints(Plugin):
    """Footprints of instruments over the pictures."""

    name = "Footprints"
    icon = "mdi-shape-polygon-plus"
    overlay = Choice([DEFAULT], doc="The overlay that is changed.")
    viewer = Several(of="viewers", doc="The viewers it is drawn in.")
    visible = CallbackProperty(True, docstring="Whether it is drawn.")
    color = CallbackProperty(COLOUR, docstring="Its colour.")
    fill_opacity = Number(0.1, doc="Opacity of its inside, 0 to 1.")
    preset = Choice([*presets(), FROM_FILE], doc="The instrument, or regions that were imported.")
    ra = Number(doc="Where it points, ICRS degrees.", units=(u.deg,))
    dec = Number(doc="Where it points, ICRS degrees.", units=(u.deg,))
    pa = Number(0.0, doc="Position angle of the instrument's Y axis, north to east.", units=(u.deg,))
    v2_offset = Number(0.0, doc="Dither along V2, arcsec.", units=(u.arcsec,))
    v3_offset = Number(0.0, doc="Dither along V3, arcsec.", units=(u.arcsec,))
    file_name = CallbackProperty("", docstring="A file of regions to import.")
    overlay_name = CallbackProperty(DEFAULT, docstring="The overlay's name; another renames it.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._overlays = {DEFAULT: Overlay()}
        self._drawn: set[tuple[str, str]] = set()
        self._viewers.add_callback("names", self._follow)
        self.add_callback("overlay", self._pull)
        self.add_callback("overlay_name", self._rename)
        for field in FIELDS:
            self.add_callback(field, self._push)
        for field in ("active", "keep_active"):
            self.add_callback(field, self._on_active)
        self._follow()

    # ---- overlays

    def add_overlay(self, label: str) -> None:
        """Add an overlay, pointed to the middle of the first viewer where that is on the sky."""
        label = self._free(label)
        self._overlays[label] = Overlay(viewer=self._viewers.names[:1])
        self._offer(label)
        self._point()

    def remove_overlay(self, label: str) -> None:
        """Remove an overlay; the last one is replaced by a new "default"."""
        self._known(label)
        del self._overlays[label]
        self._overlays = self._overlays or {DEFAULT: Overlay(viewer=self._viewers.names[:1])}
        self._offer(next(iter(self._overlays)))

    def rename_overlay(self, old_label: str, new_label: str) -> None:
        """Give an overlay another name."""
        self._known(old_label)
        new_label = self._free(new_label)
        old = self._overlays
        self._overlays = {new_label if name == old_label else name: one for name, one in old.items()}
        self._offer(new_label)

    @action
    def add(self) -> None:
        """Add an overlay under the next free name."""
        numbers = range(1, len(self._overlays) + 2)
        self.add_overlay(next(f"overlay {n}" for n in numbers if f"overlay {n}" not in self._overlays))

    @action
    def remove(self) -> None:
        """Remove the chosen overlay."""
        self.remove_overlay(str(self.overlay))

    # ---- where it points, and what it is

    @action
    def center_on_viewer(self, viewer: str | None = None) -> None:
        """Point the overlay to the middle of a viewer (default: its first).

        Raises
        ------
        NoSkyError
            If what the viewer shows has no celestial WCS.
        """
        name = viewer or next(iter(self.viewer or self._viewers.names), None)
        if name is None:
            raise InputError("There is no viewer to centre on.")
        middle = _middle(self._viewers[name])
        if middle is None:
            raise NoSkyError(f"Viewer {name} shows no image on the sky; show one with a celestial WCS.")
        with delay_callback(self, *FIELDS):
            self.ra, self.dec = float(middle.ra.deg), float(middle.dec.deg)

    def import_region(self, region: Any) -> None:
        """Take regions for the overlay: one, a list or a file; on the sky, or in the top image's pixels."""
        shapes, bad = region, list[tuple[Any, str]]()
        if not isinstance(region, Region | Regions | list | tuple):
            shapes, bad = read_regions(region)
        every, lines = self._drawable([shapes] if isinstance(shapes, Region) else list(shapes), bad)
        if not every:
            raise InputError(f"There is no region to import. {bad[0][1] if bad else ''}".strip()[:240])
        self._overlays[str(self.overlay)] = replace(
            self._overlays[str(self.overlay)], imported=(every, lines)
        )
        self.preset = FROM_FILE
        self._draw()
        told = f"{len(bad)} could not be used. First: {bad[0][1]}"[:240] if bad else ""
        self.say(told, "error" if bad else "info")

    def _drawable(
        self, shapes: list[Any], bad: list[tuple[Any, str]]
    ) -> tuple[list[Region], tuple[SkyCoord, ...]]:
        """The regions that have an outline on the sky, and these; the others join the bad ones."""
        every, lines = [], list[SkyCoord]()
        header, wcs = self._on_top()
        for one in shapes:
            try:
                region = placed(one, header, wcs)
                lines += outlines([region], wcs)
                every.append(region)
            except NoSkyError:
                raise
            except InputError as error:
                bad.append((one, str(error)))
        return every, tuple(lines)

    @action
    def load(self) -> None:
        """Import the regions of the file."""
        self.import_region(self.file_name)

    @property
    def overlay_regions(self) -> list[Any]:
        """The chosen overlay's regions."""
        one = self._overlays[str(self.overlay)]
        if one.preset == FROM_FILE:
            return list(one.imported[0]) if one.imported else []
        return list(_apertures(one).values())

    # ---- fields and overlays

    def _known(self, label: str) -> None:
        if label not in self._overlays:
            raise InputError(
                f"There is no overlay {label[:60]!r}; there is: {', '.join(self._overlays)}."[:240]
            )

    def _free(self, label: str) -> str:
        """A name that no overlay has."""
        label = str(label).strip()
        if not label or label in self._overlays:
            raise InputError(f"An overlay needs a name of its own, not {label[:60]!r}.")
        return label

    def _offer(self, label: str) -> None:
        """The overlays are others; `label` is chosen."""
        type(self).overlay.set_choices(self, list(self._overlays))
        self.overlay = label
        self._pull()
        self._draw()

    def _rename(self, name: str) -> None:
        if name != self.overlay:
            try:
                self.rename_overlay(str(self.overlay), name)
            finally:
                self.overlay_name = str(self.overlay)

    def _follow(self, *_: Any) -> None:
        names = self._viewers.names
        if names and not self.viewer:
            self.viewer = names[:1]
        self._draw()

    def _pull(self, *_: Any) -> None:
        """Show the chosen overlay's values."""
        one = self._overlays[str(self.overlay)]
        there = tuple(name for name in one.viewer if name in self._viewers.names)
        self._overlays[str(self.overlay)] = one = replace(one, viewer=there)
        with delay_callback(self, "overlay_name", *FIELDS):
            self.overlay_name = str(self.overlay)
            for field in FIELDS:
                setattr(self, field, getattr(one, field))

    def _push(self, *_: Any) -> None:
        """The chosen overlay is to be what the fields say; as it was, if it cannot be."""
        label = str(self.overlay)
        old = self._overlays[label]
        values = {field: getattr(self, field) for field in FIELDS}
        values |= {"viewer": tuple(self.viewer), "preset": str(self.preset), "color": str(self.color)}
        new = replace(old, **values)
        if new == old:
            return
        self._overlays[label] = new
        try:
            self._draw()
        except InputError:
            self._overlays[label] = old
            self._pull()
            raise

    def _on_active(self, *_: Any) -> None:
        if self.active and self.ra is None:
            self._point()
        self._draw()

    def _point(self) -> None:
        """Point a new overlay to what is seen, if that is on the sky."""
        middles = (_middle(self._viewers[name]) for name in self.viewer)
        if any(middle is not None for middle in middles):
            self.center_on_viewer()

    def _on_top(self) -> tuple[Any, Any]:
        """Header and WCS of the image whose pixels regions to import may be in."""
        tops = (self._viewers[name].controls.top for name in self.viewer)
        label = next((top for top in tops if top in self._session.images), None)
        image = None if label is None else self._session.image(label)
        return ({}, None) if image is None else (image.meta, image.wcs)

    # ---- drawing

    def _draw(self) -> None:
        """Draw what is to be seen, and nothing else."""
        wanted: dict[tuple[str, str], Paths] = {}
        for label, one in self._overlays.items():
            lines = _lines(one) if one.visible and (self.active or self.keep_active) else []
            if lines:
                fill = one.fill_opacity or 0.0
                paths = Paths(lines, closed=True, width=1.5, color=one.color, fill=fill)
                there = [name for name in one.viewer if name in self._viewers.names]
                wanted |= {(name, f"footprint {label}"): paths for name in there}
        for name, layer in self._drawn - wanted.keys():
            if name in self._viewers.names:
                self._viewers[name].vectors.remove(layer)
        for (name, layer), paths in wanted.items():
            self._viewers[name].vectors.set(layer, paths)
        self._drawn = set(wanted)


def _apertures(one: Overlay) -> dict[str, Any]:
    if one.ra is None or one.dec is None:
        return {}
    centre = SkyCoord(one.ra, one.dec, unit="deg")
    return footprint(one.preset, centre, one.pa or 0.0, one.v2_offset or 0.0, one.v3_offset or 0.0)


def _lines(one: Overlay) -> list[SkyCoord]:
    if one.preset == FROM_FILE:
        return list(one.imported[1]) if one.imported else []
    return [region.vertices for region in _apertures(one).values()]


def _middle(viewer: View) -> SkyCoord | None:
    """Where the middle of a view is on the sky; None if that is not known."""
    if viewer.limits is None or viewer.controls.reference is None or not has_celestial(viewer.frame.wcs):
        return None
    middle = viewer.frame.wcs.pixel_to_world(*viewer.limits.centre).icrs
    return middle if isfinite(middle.ra.deg) and isfinite(middle.dec.deg) else None
