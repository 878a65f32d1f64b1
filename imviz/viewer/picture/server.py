"""The kernel's end of the picture: keeps the browser's layers like the viewer's, and answers for tiles.

A layer's look, size and coding are small news, sent when they change; pixels go out only when the browser
asks, a few tiles at a time, each handful after it has taken the last. Tiles are made off the event loop.
The newest request replaces those before it, so a fast hand leaves no queue behind.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import anywidget
import numpy as np
from ipywidgets import Widget, widget_serialization
from traitlets import Dict, Instance, List, Unicode

from imviz.errors import ReadError
from imviz.viewer.picture.codes import STEP, Coding
from imviz.viewer.picture.look import look
from imviz.viewer.picture.mesh import make_mesh
from imviz.viewer.picture.pyramid import FINE, Pyramid
from imviz.viewer.picture.tiles import TILE, Tile, encode_tile
from imviz.viewer.scripts import joined

if TYPE_CHECKING:
    from glue.core import Data

    from imviz.viewer.layer_state import LayerState
    from imviz.viewer.picture.look import Look
    from imviz.viewer.wired_view import WiredView

__all__ = ["PictureLayer", "PictureServer"]

HANDFUL = 6  # tiles sent at a time
PATIENCE = 5.0  # seconds after which an unanswered handful is given up: its page may be gone
_workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="imviz-tiles")
_pyramids: WeakValueDictionary[int, Pyramid] = WeakValueDictionary()


class PictureLayer(anywidget.AnyWidget):
    """The canvas under one figure's overlays; `PictureServer` tells it what to draw."""

    _esm = joined(
        "surface.js",
        "picture/stretch.js",
        "picture/tiles.js",
        "picture/canvas.js",
        "picture/webgl.js",
        "picture/picture.js",
    )
    _css = joined("viewer.css")

    scale_x = Instance(Widget).tag(sync=True, **widget_serialization)
    scale_y = Instance(Widget).tag(sync=True, **widget_serialization)
    layers = List(Dict(), help="Each image's id, size, coding and look, the top-most last.").tag(sync=True)
    colormaps = Dict(help="256 RGB triples for each name the layers use.").tag(sync=True)
    meshes = Dict(help="Where images lie that do not share the view's pixels.").tag(sync=True)
    backend = Unicode("auto", help="'auto', 'canvas' or 'webgl'.").tag(sync=True)


class PictureServer:
    """Serves one viewer's picture.

    Parameters
    ----------
    viewer : WiredView
        Its layers are drawn; it knows where they lie.
    widget : PictureLayer
        The browser's end.
    """

    def __init__(self, viewer: WiredView, widget: PictureLayer) -> None:
        self._viewer, self._widget = viewer, widget
        self._served: dict[int, _Served] = {}
        self._next_id = 1
        self._placed: Any = None
        self._queue: list[tuple[int, ...]] = []
        self._flying: set[tuple[int, ...]] = set()  # asked for, sent, and not yet taken
        self._sent_at: float | None = None
        self._closed = False
        widget.on_msg(self._hear)

    def close(self) -> None:
        """Serve no more."""
        self._closed = True
        self._queue.clear()
        self._served.clear()

    def pyramid(self, layer: Data) -> Pyramid:
        """The pyramid of one of the viewer's images."""
        data = self._viewer.document.image(layer.label).data
        found = _pyramids.get(id(data))
        if found is None or found.data is not data:
            found = _pyramids[id(data)] = Pyramid(data)
        return found

    @property
    def outdated(self) -> bool:
        """Whether an image drawn has got other pixels: another plane of its cube, its file read anew."""
        images = self._viewer.document
        return any(
            one.pyramid.data is not images.image(one.state.layer.label).data
            for one in self._served.values()
            if one.state.layer.label in images.images
        )

    def sync(self) -> None:
        """Tell the browser what has changed of the layers, their looks and their places."""
        if self._closed:
            return
        states = [
            s for s in self._viewer.layers_shown.states if s.layer.label in self._viewer.document.images
        ]
        served = [self._serve(state) for state in states]
        self._served = {one.id: one for one in served}
        looks = [look(state) for state in states]
        self._place(states, served)
        layers = [_described(one, two) for one, two in zip(served, looks, strict=True)]
        with self._widget.hold_sync():
            self._widget.colormaps = {_map_name(one): one.colormap.tobytes() for one in looks}
            self._widget.layers = layers

    def _serve(self, state: LayerState) -> _Served:
        """What is served of a layer: as before while its image is the same and its coding fits its cuts."""
        pyramid, cuts = self.pyramid(state.layer), (float(state.v_min), float(state.v_max))
        for one in self._served.values():
            if one.state is state and one.pyramid is pyramid:
                if not one.coding.fits(*cuts):
                    one.coding, one.version = Coding.around(*cuts), one.version + 1
                return one
        self._next_id += 1
        return _Served(self._next_id, state, pyramid, Coding.around(*cuts))

    def _place(self, states: list[LayerState], served: list[_Served]) -> None:
        """Send meshes, if the frame or the images have changed since the last time."""
        transforms = {
            one.id: self._viewer.transform_from(s.layer) for s, one in zip(states, served, strict=True)
        }
        frame = self._viewer.frame_key(), tuple((one.id, transforms[one.id] is None) for one in served)
        if frame == self._placed:
            return
        self._placed = frame
        meshes = {}
        for one in served:
            transform = transforms[one.id]
            if transform is not None:
                mesh = make_mesh(one.pyramid.shape, transform)
                meshes[str(one.id)] = {"cells": list(mesh.cells), "nodes": mesh.to_bytes()}
        self._widget.meshes = meshes

    # ---- requests

    def _hear(self, _: Widget, content: dict[str, Any], __: Any = None) -> None:
        if content.get("type") == "got":
            self._sent_at = None
            self._flying.clear()
            self._pump()
        elif content.get("type") == "want":
            wanted = (tuple(int(n) for n in tile) for tile in content["tiles"][:400])
            self._queue = [tile for tile in wanted if tile not in self._flying]
            self._pump()

    def _pump(self) -> None:
        """Make and send the next handful, unless one is under way."""
        waiting = self._sent_at is not None and time.monotonic() - self._sent_at < PATIENCE
        if self._closed or waiting or not self._queue:
            return
        handful, self._queue = self._queue[:HANDFUL], self._queue[HANDFUL:]
        jobs = [
            (self._served[i], version, *place)
            for i, version, *place in handful
            if i in self._served and self._served[i].version == version
        ]
        if not jobs:
            self._pump()
            return
        self._sent_at, self._flying = time.monotonic(), set(handful)
        self._later(lambda: _make(jobs), self._send)

    def _later(self, work: Any, then: Any) -> None:
        """Do `work` in a thread and then call `then` on the event loop; at once where there is no loop."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            then(work())
            return
        _workers.submit(work).add_done_callback(
            lambda future: loop.call_soon_threadsafe(lambda: then(future.result()))
        )

    def _send(self, made: list[Tile | ReadError]) -> None:
        if self._closed:
            return
        tiles = [tile for tile in made if isinstance(tile, Tile)]
        for failed in made:
            if isinstance(failed, ReadError):
                self._viewer.say_unreadable(str(failed))
                break
        self._widget.send(
            {"type": "tiles", "tiles": [tile.header for tile in tiles]}, [tile.codes for tile in tiles]
        )
        for tile in tiles:
            if not tile.exact:
                self._refine(self._served.get(tile.header["layer"]))

    def _refine(self, served: _Served | None) -> None:
        """Make the overview in the background; then the browser asks anew for what was estimated."""
        if served is None:
            return
        if served.pyramid.complete:  # by now: this estimate was on its way when the others were made good
            self._widget.send({"type": "refined", "layer": served.id})
            return
        if served.refining:
            return
        served.refining = True

        def work() -> ReadError | None:
            try:
                for _ in served.pyramid.make_overview():
                    if self._closed or served.id not in self._served:
                        return None
            except ReadError as error:
                return error
            return None

        def then(error: ReadError | None) -> None:
            if error is None and not self._closed and served.pyramid.complete:
                self._widget.send({"type": "refined", "layer": served.id})

        self._later(work, then)


class _Served:
    """What the browser knows of one layer."""

    def __init__(self, number: int, state: LayerState, pyramid: Pyramid, coding: Coding) -> None:
        self.id, self.state, self.pyramid, self.coding = number, state, pyramid, coding
        self.version = 0
        self.refining = False


def _make(jobs: list[tuple[Any, ...]]) -> list[Tile | ReadError]:
    """Tiles for some jobs (layer served, version, level, row, column)."""
    made: list[Tile | ReadError] = []
    for served, version, level, row, column in jobs:
        try:
            tile = encode_tile(served.pyramid, served.coding, (level, row, column))
        except ReadError as error:
            made.append(error)
            continue
        if tile is not None:
            tile.header.update(layer=served.id, version=version)
            made.append(tile)
    return made


def _described(served: _Served, one: Look) -> dict[str, Any]:
    """A layer for the browser: what is needed to ask for its tiles and to colour them."""
    n_rows, n_columns = served.pyramid.shape
    return {
        "id": served.id,
        "label": served.state.layer.label,
        "version": served.version,
        "rows": n_rows,
        "columns": n_columns,
        "levels": served.pyramid.n_levels,
        "tile": TILE,
        "fine": FINE,
        "coding": [served.coding.center, served.coding.scale, STEP],
        "cuts": list(one.cuts),
        "stretch": one.stretch,
        "parameter": one.parameter,
        "curve": None if one.curve is None else [list(point) for point in one.curve],
        "colormap": _map_name(one),
        "contrast": one.contrast,
        "bias": one.bias,
        "opacity": one.opacity,
        "nan": None if one.nan_color is None else [float(part) for part in one.nan_color],
        "blend": one.blend,
        "smooth": one.interpolation == "smooth",
        "visible": one.visible,
        "order": one.order,
    }


def _map_name(one: Look) -> str:
    """A name for a table of colours: the same for the same colours."""
    return f"{np.frombuffer(one.colormap.tobytes(), dtype='<u4').astype(np.uint64).dot(_WEIGHTS):x}"


_WEIGHTS = (np.arange(1, 193, dtype=np.uint64) * np.uint64(2654435761)) | np.uint64(1)
