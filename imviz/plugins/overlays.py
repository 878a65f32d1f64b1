"""What lies over a picture to read it by: sky grid, contours, colour bar, scale bar; of each viewer its own.

The grid (`imviz.science.display.graticule`) and contours (`imviz.science.display.contours`) are worked out
beside the event loop and drawn as vector layers, again when the view has come to rest; the bars are the
viewer's legends and cost the kernel nothing. Nothing of it is part of the document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from echo import CallbackProperty, delay_callback

from imviz.errors import InputError
from imviz.plugin import BackgroundTask, Choice, Number, Paths, Plugin, Points, Viewers
from imviz.science.display.contours import LEVELS, MOST, contour_levels, contours, smoothed, thinned
from imviz.science.display.cuts import sample
from imviz.science.display.graticule import FRAMES, Graticule, graticule
from imviz.science.photometry.apertures import Box
from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from astropy.nddata import NDData

    from imviz.session import Session
    from imviz.view import View

__all__ = ["Overlays"]

GRID, GRID_LABELS, CONTOURS = "sky grid", "sky grid labels", "contours"
SYSTEMS = dict(zip(("ICRS", "FK5", "Galactic", "Ecliptic"), FRAMES, strict=True))
TOP = "Top image"
BAR = 190, 62  # screen pixels from the lower left corner that the scale bar takes (legends.js)
GRID_COLOUR, CONTOUR_COLOUR = "#80cbc4", "#ffd54f"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one viewer is to show; the plugin's fields by name."""

    grid: bool = False
    grid_frame: str = "ICRS"
    contours_shown: bool = False
    contour_image: str = TOP
    contour_levels: str = LEVELS[0]
    n_levels: float = 5
    manual_levels: str = ""
    smoothing: float = 1.0
    scale_bar: bool = False
    scale_in_pixels: bool = False
    color_bar: bool = False


FIELDS = tuple(Wanted.__dataclass_fields__)


class Overlays(Plugin):
    """Sky grid, contours and bars over the pictures."""

    name = "Overlays"
    icon = "mdi-grid"
    viewer = Choice(of="viewers", doc="The viewer that is changed.")
    grid = CallbackProperty(False, docstring="Whether lines of equal longitude and latitude are drawn.")
    grid_frame = Choice(list(SYSTEMS), doc="The sky frame of the grid.")
    contours_shown = CallbackProperty(False, docstring="Whether contours are drawn.")
    contour_image = Choice([TOP], of="images", doc="The image that is contoured: the top one, or another.")
    contour_levels = Choice(LEVELS, doc="How the levels are chosen.")
    n_levels = Number(5, doc="How many contours.")
    manual_levels = CallbackProperty("", docstring="Levels in the image's unit, with commas between.")
    smoothing = Number(1.0, doc="Width (sigma) of the smoothing before contouring, in pixels seen.")
    levels_used = CallbackProperty("", docstring="The levels drawn, as text.")
    scale_bar = CallbackProperty(False, docstring="Whether a scale bar is shown.")
    scale_in_pixels = CallbackProperty(False, docstring="Whether it is in pixels although the sky is known.")
    color_bar = CallbackProperty(False, docstring="Whether the top image's colours are shown with values.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._wanted: dict[str, Wanted] = {}
        self._work: dict[tuple[str, str], BackgroundTask[Any]] = {}
        self._frame: Any = None
        self._viewers.add_callback("names", self._follow)
        self._viewers.watch("controls.rested", self._redraw)
        self._viewers.watch("controls.layers", self._layers_changed)
        session.add_callback("revision", self._on_revision)
        self.add_callback("viewer", self._pull)
        for field in FIELDS:
            self.add_callback(field, self._push)
        self._follow()

    def show_grid(self, frame: str = "ICRS", viewer: str | None = None) -> None:
        """Draw the sky grid in a viewer (default: the chosen one)."""
        self.viewer = viewer or self.viewer
        self.grid_frame = frame
        self.grid = True

    def show_contours(
        self,
        image: str | None = None,
        levels: str | list[float] | None = None,
        n: int | None = None,
        *,
        smoothing: float | None = None,
        viewer: str | None = None,
    ) -> None:
        """Draw contours in a viewer.

        Parameters
        ----------
        image : str, optional
            Which image to contour, loaded but not necessarily shown there. Default: the top one.
        levels : str or list of float, optional
            'Significance', 'Percentiles', 'Linear', or the levels themselves.
        n : int, optional
            How many.
        smoothing : float, optional
            Sigma, in pixels seen.
        viewer : str, optional
            Default: the chosen one.
        """
        self.viewer = viewer or self.viewer
        self.contour_image = image or TOP
        if isinstance(levels, str):
            self.contour_levels = levels
        elif levels is not None:
            self.manual_levels = ", ".join(f"{level:.10g}" for level in levels)
            self.contour_levels = "Manual"
        self.n_levels = self.n_levels if n is None else n
        self.smoothing = self.smoothing if smoothing is None else smoothing
        self.contours_shown = True

    def hide_contours(self, viewer: str | None = None) -> None:
        """Draw no contours in a viewer (default: the chosen one)."""
        self.viewer = viewer or self.viewer
        self.contours_shown = False

    def contoured(self, viewer: str) -> str | None:
        """Label of the image whose contours are drawn in a viewer; None without."""
        wanted = self._wanted.get(viewer)
        if wanted is None or not wanted.contours_shown:
            return None
        return self._viewers[viewer].controls.top if wanted.contour_image == TOP else wanted.contour_image

    # ---- fields and viewers

    def _follow(self, *_: Any) -> None:
        """Viewers have come or gone."""
        self._wanted = {name: self._wanted.get(name, Wanted()) for name in self._viewers}
        self._redraw_all()

    def _pull(self, *_: Any) -> None:
        """Show what the chosen viewer has."""
        wanted = self._wanted.get(str(self.viewer), Wanted())
        with delay_callback(self, *FIELDS):
            for field in FIELDS:
                setattr(self, field, getattr(wanted, field))

    def _push(self, *_: Any) -> None:
        """The chosen viewer is to have what the fields say."""
        name = str(self.viewer)
        if name not in self._wanted:
            return
        wanted = replace(self._wanted[name], **{field: _bare(getattr(self, field)) for field in FIELDS})
        if wanted != self._wanted[name]:
            self._wanted[name] = wanted
            self.say("")
            self._redraw(name)

    def _layers_changed(self, name: str, *_: Any) -> None:
        wanted = self._wanted.get(name)
        if wanted is not None and (wanted.grid or wanted.contours_shown):
            self._redraw(name)

    def _on_revision(self, *_: Any) -> None:
        """Redraw if images or their alignment have changed, not for a region that was moved."""
        session = self._session
        frame = session.alignment, [id(session.image(label)) for label in session.images]
        if frame != self._frame:
            self._frame = frame
            self._redraw_all()

    def _redraw_all(self, *_: Any) -> None:
        for name in self._wanted:
            self._redraw(name)

    def _redraw(self, name: str, *_: Any) -> None:
        if name not in self._wanted or name not in self._viewers.names:
            return
        viewer, wanted = self._viewers[name], self._wanted[name]
        viewer.legends.show(bar=wanted.color_bar, scale=wanted.scale_bar, in_pixels=wanted.scale_in_pixels)
        for layer, shown, draw in (
            (GRID, wanted.grid, self._draw_grid),
            (CONTOURS, wanted.contours_shown, self._draw_contours),
        ):
            if shown and viewer.controls.top is not None and viewer.limits is not None:
                draw(viewer, wanted)
            else:
                self._work.pop((name, layer), None)
                viewer.vectors.remove(layer)
                if layer == GRID:
                    viewer.vectors.remove(GRID_LABELS)

    def _background_task(self, viewer: View, layer: str, deliver: Any) -> BackgroundTask[Any]:
        """The work for one layer of one viewer, which replaces what was under way for it."""
        key = viewer.name, layer
        if key in self._work:
            self._work[key].cancel()
        self._work[key] = BackgroundTask(deliver, lambda sentence: self._refuse(viewer, layer, sentence))
        return self._work[key]

    def _refuse(self, viewer: View, layer: str, sentence: str) -> None:
        viewer.vectors.remove(layer)
        self.say(sentence, "error")

    # ---- grid

    def _draw_grid(self, viewer: View, wanted: Wanted) -> None:
        label = self._sky_image(viewer)
        if label is None:
            self._refuse(viewer, GRID, "No image shown here has a celestial WCS, so there is no sky grid.")
            return
        seen = _seen(viewer, label)
        if seen is None:
            return
        wcs, frame = self._session.image(label).wcs, SYSTEMS[wanted.grid_frame]
        deliver = partial(_show_grid, viewer, label, seen, _under_bar(viewer) if wanted.scale_bar else None)
        self._background_task(viewer, GRID, deliver)(lambda: graticule(wcs, _grown(seen, 0.15), frame))

    def _sky_image(self, viewer: View) -> str | None:
        shown = [layer.label for layer in reversed(viewer.controls.layers) if layer.visible]
        known = (label for label in shown if label in self._session.images)
        return next((label for label in known if has_celestial(self._session.image(label).wcs)), None)

    # ---- contours

    def _draw_contours(self, viewer: View, wanted: Wanted) -> None:
        label = viewer.controls.top if wanted.contour_image == TOP else wanted.contour_image
        if label is None or label not in self._session.images:
            return
        image, seen = self._session.image(label), _seen(viewer, label)
        box = None if seen is None else _box(_grown(seen, 0.25), image.data.shape)
        if box is None:
            viewer.vectors.remove(CONTOURS)
            return
        work = self._background_task(viewer, CONTOURS, partial(self._show_contours, viewer, label))
        pyramid = viewer.picture.pyramid(self._session.data(label))
        work(partial(_contoured, image, box, wanted, pyramid))

    def _show_contours(self, viewer: View, label: str, contours: list[tuple[float, Any]]) -> None:
        lines = [line for _, line in contours]
        viewer.vectors.set(CONTOURS, Paths(lines, image=label, color=CONTOUR_COLOUR, width=1.2))
        if viewer.name == self.viewer:
            self.levels_used = ", ".join(f"{level:.4g}" for level in sorted({level for level, _ in contours}))


def _contoured(image: NDData, box: Box, wanted: Wanted, pyramid: Any) -> list[tuple[float, Any]]:
    """Each line with its level; the levels are those of the whole image, so the view may move.

    Of a large box, the means of blocks as the picture has them are contoured, so no star falls between two
    samples; of one with a mask, samples, so that no masked pixel counts.
    """
    if wanted.contour_levels == "Manual":
        levels = contour_levels(np.empty(0), "Manual", manual=_numbers(wanted.manual_levels))
    else:
        levels = contour_levels(sample(image.data), wanted.contour_levels, int(wanted.n_levels or 0))
    if max(box.nx, box.ny) > MOST and image.mask is None:
        rows, columns = (box.y0, box.y0 + box.ny), (box.x0, box.x0 + box.nx)
        x, y, values = pyramid.means(rows, columns, MOST)
    else:
        x, y, values = thinned(image, box)
    soft = smoothed(values, float(wanted.smoothing or 0))
    return [(level, line) for level in levels for line in contours(x, y, soft, level)]


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.replace(";", ",").replace(",", " ").split()]
    except ValueError:
        raise InputError(f"The levels {text[:60]!r} are not numbers with commas between.") from None


def _show_grid(
    viewer: View,
    label: str,
    seen: tuple[float, float, float, float],
    corner: tuple[float, float] | None,
    grid: Graticule,
) -> None:
    """Draw the lines, each with its label at its first point well inside and beside the scale bar."""
    viewer.vectors.set(GRID, Paths(grid.lines, image=label, color=GRID_COLOUR, width=1, alpha=0.85))
    x0, x1, y0, y1 = _grown(seen, -0.03)
    spots, texts = [], []
    to_view = viewer.frame.transform_from(viewer.document.data(label)) if corner else None
    for line, text in zip(grid.lines, grid.labels, strict=True):
        inside = (line[:, 0] > x0) & (line[:, 0] < x1) & (line[:, 1] > y0) & (line[:, 1] < y1)
        if corner and text:
            x, y = line.T if to_view is None else to_view(*line.T)
            inside &= (x > corner[0]) | (y > corner[1])
        if text and inside.any():
            spots.append(line[np.flatnonzero(inside)[0]])
            texts.append(text)
    x, y = np.array(spots).reshape(-1, 2).T
    labels = Points(x, y, image=label, marker="dot", size=1, color=GRID_COLOUR, labels=texts)
    viewer.vectors.set(GRID_LABELS, labels)


def _under_bar(viewer: View) -> tuple[float, float] | None:
    """The upper right corner, in the view's pixels, of what the scale bar covers and a label would touch."""
    limits = viewer.limits
    if limits is None:
        return None
    height, width = viewer.navigation.shape
    return limits.x_min + BAR[0] * limits.width / width, limits.y_min + BAR[1] * limits.height / height


def _seen(viewer: View, label: str) -> tuple[float, float, float, float] | None:
    """What is seen, as a rectangle of an image's pixels; None where it lies outside."""
    limits = viewer.limits
    if limits is None:
        return None
    corners = np.array(
        [
            viewer.frame.from_reference(label, x, y)
            for x in (limits.x_min, (limits.x_min + limits.x_max) / 2, limits.x_max)
            for y in (limits.y_min, (limits.y_min + limits.y_max) / 2, limits.y_max)
        ]
    )
    corners = corners[np.isfinite(corners).all(axis=1)]
    if len(corners) < 4:
        return None
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return float(x0), float(x1), float(y0), float(y1)


def _grown(seen: tuple[float, float, float, float], part: float) -> tuple[float, float, float, float]:
    x0, x1, y0, y1 = seen
    dx, dy = part * (x1 - x0), part * (y1 - y0)
    return x0 - dx, x1 + dx, y0 - dy, y1 + dy


def _box(edges: tuple[float, float, float, float], shape: tuple[int, int]) -> Box | None:
    x0, x1, y0, y1 = (int(np.floor(edge + 0.5)) for edge in edges)
    return Box(x0, y0, x1 - x0 + 1, y1 - y0 + 1).clip(shape)


def _bare(value: Any) -> Any:
    """A chosen label as a plain string."""
    return str(value) if isinstance(value, str) else value
