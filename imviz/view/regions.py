"""The regions drawn over a viewer's picture, kept like the session's, and what the hand does to them.

The session is the only truth: this module sends the browser what has changed in it (one small message
for one region, however many there are) and turns the browser's gestures into the session's calls.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol
from zlib import crc32

from imviz.errors import ImvizError, InputError
from imviz.science.sky.geometry import to_image
from imviz.session.operations import recentre_all
from imviz.view import clipboard
from imviz.view.channel import Channel
from imviz.view.controls import LiveShape
from imviz.view.shapes import is_plain, packed, to_region, to_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from regions import PixelRegion

    from imviz.view.frame import ViewFrame
    from imviz.view.shapes import Shape

__all__ = ["PALETTE", "DrawnRegions", "colour"]

MANY = 40
"""Shapes in one message from which on they travel as binary numbers."""

# bright on black and on white stars, told apart by all kinds of eyes; not the guides' orange and blue
PALETTE = ("#4dd0e1", "#f06292", "#aed581", "#ffd54f", "#ba68c8", "#ff8a65", "#4db6ac", "#e57373")


class RegionsPage(Channel, Protocol):
    """What draws the regions; it also knows which are selected, and whether a shape drawn acts on them."""

    selected: Any
    combining: Any


class DrawnRegions:
    """Keeps an overlay like the session's regions, and the session like the hand's gestures.

    Parameters
    ----------
    frame : ViewFrame
        Its document has the regions, which are drawn in its pixels.
    overlay : RegionsPage
        To the page that draws them.
    """

    def __init__(self, frame: ViewFrame, overlay: RegionsPage) -> None:
        self._frame = frame
        self._overlay = overlay
        self._clock = 0  # of the session's list of regions, when it was last looked at
        self._key: Any = None
        self._guides: tuple[Any, ...] = ()
        overlay.on_msg(self._hear)
        frame.document.add_callback("revision", self.sync)  # it rises with every change of a region
        for name in ("selected_regions", "combine"):
            frame.document.add_callback(name, self._sync_selection)
        self._sync_selection()
        self.sync()

    def close(self) -> None:
        """Follow the session no more."""
        document = self._frame.document
        document.remove_callback("revision", self.sync)
        for name in ("selected_regions", "combine"):
            document.remove_callback(name, self._sync_selection)

    # ---- session to browser

    def sync(self, *_: Any) -> None:
        """Send what has changed since the last time; everything if the view's frame has."""
        regions, key = self._frame.document.region_list, self._frame.key
        changes = regions.since(self._clock)
        everything = changes.everything or key != self._key
        self._clock, self._key = regions.clock, key
        if everything:
            self._send_everything()
        elif changes.changed or changes.removed:
            self._send(changes.changed, list(changes.removed))

    def _send_everything(self) -> None:
        self._send_guides()
        there = self._frame.document.region_list.labels if self._frame.controls.reference else ()
        self._send(there, [], everything=True)

    def drawn(self) -> Iterator[tuple[PixelRegion, str]]:
        """The regions as they are drawn: each in the view's pixels, and its colour as ``#rrggbbaa``."""
        document, reference = self._frame.document, self._frame.controls.reference
        visible = [record.label for record in document.region_list if record.visible]
        found = document.outlines(visible, on=reference) if reference else {}
        for label, outline in found.items():
            if not isinstance(outline, InputError):  # it has a place in this view
                record = document.region_list[label]
                yield outline, f"{record.color or colour(label)}{round(255 * record.opacity):02x}"

    def set_guides(self, guides: Iterable[Any]) -> None:
        """Draw some shapes that cannot be edited, instead of those before."""
        self._guides = tuple(guides)
        self._send_guides()

    def _send(self, labels: Sequence[str], gone: list[str], *, everything: bool = False) -> None:
        document, reference = self._frame.document, self._frame.controls.reference
        found = document.outlines(labels, on=reference) if reference else {}
        placed = {label: outline for label, outline in found.items() if not isinstance(outline, InputError)}
        entries = [self._entry(label, outline) for label, outline in placed.items()]
        gone = [*gone, *(label for label in labels if label not in placed)]  # without outline, or place here
        message = {"type": "shapes", "all": everything, "set": [], "remove": gone}
        if len(entries) < MANY:
            message["set"] = [{**told, "shape": shape} for told, shape in entries]
            self._overlay.send(message)
            return
        message["set"] = [{**told, "shape": shape} for told, shape in entries if not is_plain(shape)]
        message["packed"], buffers = packed(entries)
        self._overlay.send(message, buffers)

    def _entry(self, label: str, outline: PixelRegion) -> tuple[dict[str, Any], Shape]:
        """What the browser is told of a region, and its shape."""
        record = self._frame.document.region_list[label]
        look = {"color": record.color or colour(label), "opacity": record.opacity}
        told = {"label": label, **look, "locked": record.locked, "hidden": not record.visible}
        return told, to_shape(outline)

    def _send_guides(self) -> None:
        drawn = []
        for guide in self._guides:
            region = self._in_the_view(guide.region, guide.image)
            if region is not None:
                drawn.append({"shape": to_shape(region), "style": guide.style})
        self._overlay.send({"type": "guides", "guides": drawn})

    def _in_the_view(self, region: PixelRegion, label: str) -> PixelRegion | None:
        """A region in pixels of an image, in those of the view; None if it has no place in it."""
        document, reference = self._frame.document, self._frame.controls.reference
        if reference is None or label not in {layer.label for layer in self._frame.controls.layers}:
            return None
        sky = document.sky_between(label, reference)
        return region if sky is None else to_image(region, *sky)

    def _sync_selection(self, *_: Any) -> None:
        self._overlay.selected = list(self._frame.document.selected_regions)
        self._overlay.combining = self._frame.document.combine != "new"

    # ---- browser to session

    def _hear(self, _: Any, content: dict[str, Any], __: Any = None) -> None:
        kind = content.get("type")
        if kind == "ready":  # a view has just been mounted
            self._send_everything()
            return
        try:
            (self._tell_live if kind == "live" else self._act)(kind, content)
        except ImvizError as error:
            self._frame.controls.message = str(error)
            self._send_everything()  # what the hand left is not so
        finally:
            if kind == "live":
                self._overlay.send({"type": "lived"})  # the browser may tell the next one
            elif kind == "select":
                self._overlay.send({"type": "selected", "n": content.get("n")})  # news before it is older

    def _act(self, kind: str | None, content: dict[str, Any]) -> None:
        document, reference = self._frame.document, self._frame.controls.reference
        document.seen_image = self._frame.controls.top or reference
        if kind == "draw" and reference is not None:
            before = document.selected_region
            document.selected_region = document.draw_region(to_region(content["shape"]), on=reference)
            if before == document.selected_region:
                self.sync()
        elif kind == "update":
            shapes = {change["label"]: to_region(change["shape"]) for change in content["shapes"]}
            document.update_regions(shapes, on=reference)
        elif kind == "remove":
            document.remove_regions(content["labels"])
        elif kind == "recentre":
            recentre_all(document, content["labels"])
        elif kind == "select":
            document.select(content["labels"])
        elif kind in ("undo", "redo"):
            getattr(document.history, kind)()
        elif kind == "copy":
            clipboard.copy(document, content["labels"])
        elif kind == "paste" and reference is not None:
            document.select(clipboard.paste(document, reference, content["at"]))

    def _tell_live(self, _: str | None, content: dict[str, Any]) -> None:
        """Tell of a shape in the hand; nothing of the document changes."""
        reference = self._frame.controls.reference
        top = self._frame.controls.top or reference
        if reference is not None and top is not None:
            shape = to_region(content["shape"])
            self._frame.controls.live = LiveShape(content["label"], shape, reference, top)


def colour(label: str) -> str:
    """The colour of a region: the same for the same label, everywhere and always."""
    number = re.search(r"(\d+)$", label)
    return PALETTE[(int(number[1]) - 1 if number else crc32(label.encode())) % len(PALETTE)]
