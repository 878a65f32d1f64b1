"""The kernel's end of the picture: keeps the browser's layers like the viewer's, and answers for tiles.

A layer's look, size and coding are small news, sent when they change; pixels go out only when the browser
asks, a handful of tiles at a time and no more than `Link` has room for. Tiles are made off the event loop.
The newest request replaces those before it, so a fast hand leaves no queue behind. The pass over a whole
image that makes estimates good begins when nothing is asked for, and gives way to what is.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakValueDictionary

import numpy as np

from imviz.errors import ReadError
from imviz.view.channel import Channel
from imviz.view.picture.codes import STEP, Coding
from imviz.view.picture.link import Link
from imviz.view.picture.mesh import make_mesh
from imviz.view.picture.pyramid import FINE, Pyramid
from imviz.view.picture.tiles import DROPPED, TILE, Tile, encode_tile

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from glue.core import Data

    from imviz.science.display.look import Look
    from imviz.view.frame import ViewFrame
    from imviz.view.layer_state import LayerState
    from imviz.view.layers import Layers

__all__ = ["PicturePage", "PictureServer"]

MOST_WISHES = 400
GIVE_WAY = 0.01  # seconds between two looks at whether tiles are still asked for
_workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="imviz-tiles")
_refiner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imviz-overview")
_WEIGHTS = (np.arange(1, 193, dtype=np.uint64) * np.uint64(2654435761)) | np.uint64(1)
_pyramids: WeakValueDictionary[int, Pyramid] = WeakValueDictionary()


class PicturePage(Channel, Protocol):
    """What draws the picture: its layers, their colours, and where they lie."""

    layers: Any
    colormaps: Any
    meshes: Any

    def hold_sync(self) -> AbstractContextManager[Any]:
        """Tell what is set inside in one message."""


class Served:
    """What the browser knows of one layer."""

    def __init__(self, number: int, state: LayerState, pyramid: Pyramid, coding: Coding) -> None:
        self.id, self.state, self.pyramid, self.coding = number, state, pyramid, coding
        self.version = 0
        self.estimated = False  # whether the browser has tiles that are not exact
        self.packed = False  # whether it has tiles whose codes are cut short
        self.refining = False

    def fits(self, low: float, high: float) -> bool:
        """Whether the tiles that the browser has do for some cuts."""
        return self.coding.fits(low, high, DROPPED if self.packed else 0)

    def recode(self, coding: Coding) -> None:
        """Send other codes: the tiles there are, are of no use any more."""
        self.coding, self.version, self.packed = coding, self.version + 1, False


class PictureServer:
    """Serves one viewer's picture.

    Parameters
    ----------
    frame : ViewFrame
        It knows where images lie.
    layers : Layers
        They are drawn.
    page : PicturePage
        The browser's end.
    """

    def __init__(self, frame: ViewFrame, layers: Layers, page: PicturePage) -> None:
        self._frame, self._layers, self._page = frame, layers, page
        self._served: dict[int, Served] = {}
        self._next_id = 1
        self._placed: Any = None
        self._queue: list[tuple[int, ...]] = []
        self._closed = False
        self.link = Link()
        page.on_msg(self._hear)

    def close(self) -> None:
        """Serve no more."""
        self._closed = True
        self._queue.clear()
        self._served.clear()

    def pyramid(self, layer: Data) -> Pyramid:
        """The pyramid of one of the viewer's images."""
        data = self._frame.document.image(layer.label).data
        found = _pyramids.get(id(data))
        if found is None or found.data is not data:
            found = _pyramids[id(data)] = Pyramid(data)
        return found

    @property
    def outdated(self) -> bool:
        """Whether an image drawn has got other pixels: another plane of its cube, its file read anew."""
        images = self._frame.document
        return any(
            one.pyramid.data is not images.image(one.state.layer.label).data
            for one in self._served.values()
            if one.state.layer.label in images.images
        )

    def sync(self) -> None:
        """Tell the browser what has changed of the layers, their looks and their places."""
        if self._closed:
            return
        states = [s for s in self._layers.states if s.layer.label in self._frame.document.images]
        served = [self._serve(state) for state in states]
        self._served = {one.id: one for one in served}
        looks = [state.look for state in states]
        self._place(states, served)
        layers = [_described(one, two) for one, two in zip(served, looks, strict=True)]
        with self._page.hold_sync():
            self._page.colormaps = {_map_name(one): one.table.tobytes() for one in looks}
            self._page.layers = layers

    def _serve(self, state: LayerState) -> Served:
        """What is served of a layer: as before while its image is the same and its coding fits its cuts."""
        pyramid, cuts = self.pyramid(state.layer), (float(state.v_min), float(state.v_max))
        for one in self._served.values():
            if one.state is state and one.pyramid is pyramid:
                if not one.fits(*cuts):
                    one.recode(Coding.around(*cuts))
                return one
        self._next_id += 1
        return Served(self._next_id, state, pyramid, Coding.around(*cuts))

    def _place(self, states: list[LayerState], served: list[Served]) -> None:
        """Send meshes, if the frame or the images have changed since the last time."""
        transforms = {
            one.id: self._frame.transform_from(s.layer) for s, one in zip(states, served, strict=True)
        }
        frame = self._frame.key, tuple((one.id, transforms[one.id] is None) for one in served)
        if frame == self._placed:
            return
        self._placed = frame
        meshes = {}
        for one in served:
            transform = transforms[one.id]
            if transform is not None:
                mesh = make_mesh(one.pyramid.shape, transform)
                meshes[str(one.id)] = {"cells": list(mesh.cells), "nodes": mesh.to_bytes()}
        self._page.meshes = meshes

    # ---- requests

    def _hear(self, _: Any, content: dict[str, Any], __: Any = None) -> None:
        kind = content.get("type")
        if kind == "hello":
            self.link.forget()
        elif kind == "got":
            self.link.taken(int(content["handful"]))
            self._pump()
            if not self._busy:
                for served in list(self._served.values()):
                    self._refine(served)
        elif kind == "want":
            self.link.unpacks = bool(content.get("unpacks"))
            wanted = (tuple(int(n) for n in tile) for tile in content["tiles"][:MOST_WISHES])
            self._queue = [tile for tile in wanted if not self.link.carries(tile)]
            self._pump()

    @property
    def _busy(self) -> bool:
        """Whether tiles are asked for."""
        return bool(self._queue) or self.link.busy

    def _pump(self) -> None:
        """Make and send handfuls while more may be under way."""
        while self._queue and not self._closed and self.link.free:
            n = self.link.handful
            handful, self._queue = self._queue[:n], self._queue[n:]
            jobs = [
                (self._served[i], version, *place)
                for i, version, *place in handful
                if i in self._served and self._served[i].version == version
            ]
            if jobs:
                number, pack = self.link.begin(handful), self.link.slow
                self._later(_workers, partial(_make, jobs, pack=pack), partial(self._send, number))

    def _later(self, pool: ThreadPoolExecutor, work: Any, then: Any) -> None:
        """Do `work` in a thread and then call `then` on the event loop; at once where there is no loop."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            then(work())
            return
        pool.submit(work).add_done_callback(
            lambda future: loop.call_soon_threadsafe(lambda: then(future.result()))
        )

    def _send(self, number: int, made: list[Tile | ReadError]) -> None:
        if self._closed:
            return
        tiles = [tile for tile in made if isinstance(tile, Tile)]
        for failed in made:
            if isinstance(failed, ReadError):
                self._frame.say(str(failed))
                break
        self.link.sent(number, sum(len(tile.codes) for tile in tiles))
        message = {"type": "tiles", "handful": number, "tiles": [tile.header for tile in tiles]}
        self._page.send(message, [tile.codes for tile in tiles])
        for tile in tiles:
            served = self._served.get(tile.header["layer"])
            if served is not None:
                served.estimated |= not tile.exact
                served.packed |= tile.header["packed"]

    def _refine(self, served: Served) -> None:
        """Make the overview in the background; then the browser asks anew for what was estimated."""
        if not served.estimated or served.refining:
            return

        def work() -> ReadError | None:
            try:
                for _ in served.pyramid.make_overview():
                    while self._busy and not self._closed:
                        time.sleep(GIVE_WAY)
                    if self._closed or served.id not in self._served:
                        return None
            except ReadError as error:
                return error
            return None

        def then(error: ReadError | None) -> None:
            served.refining = False
            if error is None and not self._closed and served.pyramid.complete:
                served.estimated = False
                self._page.send({"type": "refined", "layer": served.id})

        served.refining = True
        self._later(_refiner, work, then)


def _make(jobs: list[tuple[Any, ...]], *, pack: bool) -> list[Tile | ReadError]:
    """Tiles for some jobs (layer served, version, level, row, column)."""
    made: list[Tile | ReadError] = []
    for served, version, level, row, column in jobs:
        try:
            tile = encode_tile(served.pyramid, served.coding, (level, row, column), pack=pack)
        except ReadError as error:
            made.append(error)
            continue
        if tile is not None:
            tile.header.update(layer=served.id, version=version)
            made.append(tile)
    return made


def _described(served: Served, one: Look) -> dict[str, Any]:
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
        "table": _map_name(one),
        **one.message(),
    }


def _map_name(one: Look) -> str:
    """A name for a table of colours: the same for the same colours."""
    return f"{np.frombuffer(one.table.tobytes(), dtype='<u4').astype(np.uint64).dot(_WEIGHTS):x}"
