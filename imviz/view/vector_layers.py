"""The light vector layers of a viewer: points and paths by the hundred thousand, drawn in the browser.

A layer is described by `Points` or `Paths`, placed here into the view's pixels (all at once, and anew
only when the view's frame changes) and sent as binary numbers, once. Panning and zooming is the browser's
alone; what is clicked comes back as `picked`. Nothing here is part of the document: whoever sets a
layer keeps what it shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from echo import CallbackProperty, HasCallbackProperties

from imviz.errors import InputError
from imviz.readers.quiet import quiet
from imviz.science.sky.geometry import has_celestial
from imviz.view.vectors import Paths, Picked, Points, palette

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.coordinates import SkyCoord

    from imviz.view.channel import Channel
    from imviz.view.frame import ViewFrame

__all__ = ["VectorLayers"]


class VectorLayers(HasCallbackProperties):
    """The vector layers of one viewer, by name; later ones are drawn over earlier ones.

    Parameters
    ----------
    frame : ViewFrame
        It places positions, its document knows the images.
    overlay : Channel
        To the page that draws them.
    """

    names = CallbackProperty((), docstring="Names of the layers, in the order they are drawn.")
    picked: Picked | None = CallbackProperty(None, docstring="The last point clicked, or None.")

    def __init__(self, frame: ViewFrame, overlay: Channel) -> None:
        super().__init__()
        self._frame = frame
        self._overlay = overlay
        # each layer with the glue data of its image, which stays the same when the image is renamed
        self._layers: dict[str, tuple[Points | Paths, Any]] = {}
        self._selected: dict[str, np.ndarray] = {}
        self._key: Any = None
        overlay.on_msg(self._hear)

    def __getitem__(self, name: str) -> Points | Paths:
        if name not in self._layers:
            raise InputError(
                f"There is no vector layer {name!r}; there is: {', '.join(self.names) or 'none'}."
            )
        return self._layers[name][0]

    def set(self, name: str, layer: Points | Paths) -> None:
        """Draw a layer, instead of the one called `name` if there is one. Nothing is selected in it.

        Raises
        ------
        InputError
            If the layer's image is not in the session.
        """
        image = None if layer.image is None else self._frame.document.data(layer.image)
        self._layers[name] = layer, image
        self._selected.pop(name, None)
        self._send(name)
        self.names = tuple(self._layers)

    def remove(self, name: str) -> None:
        """Draw a layer no more; a name that is not there is ignored."""
        if self._layers.pop(name, None) is not None:
            self._selected.pop(name, None)
            self._overlay.send({"type": "remove", "name": name})
            self.names = tuple(self._layers)

    def select(self, name: str, indices: Sequence[int] | np.ndarray) -> None:
        """Highlight some points of a layer, and no others of it."""
        indices = np.asarray(indices, dtype=np.uint32).reshape(-1)
        if len(indices) and indices.max() >= len(self[name]):
            raise InputError(f"{name!r} has {len(self[name])} points; there is no number {indices.max()}.")
        self._selected[name] = indices
        self._overlay.send({"type": "select", "name": name}, [_bytes(indices)])

    def positions(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Where a layer's points are, in the view's pixels; NaN where they have no place in it."""
        layer, image = self._layers[name]
        x, y = self._placed(layer, image)
        return x, y

    def sync(self) -> None:
        """Place all layers anew, if the view's frame has changed; called when images or alignment have."""
        document = self._frame.document
        key = *self._frame.key, document.images
        if key != self._key:
            self._key = key
            for name in self._layers:
                self._send(name)

    # ---- inside

    def _placed(self, layer: Points | Paths, image: Any) -> tuple[np.ndarray, np.ndarray]:
        """The positions of a layer in the view's pixels."""
        nowhere = np.full(len(layer) if isinstance(layer, Points) else int(layer.starts[-1]), np.nan)
        reference = self._frame.controls.reference
        if reference is None:
            return nowhere, nowhere
        if layer.sky is not None:
            label = self._sky_image()
            if label is None:
                return nowhere, nowhere
            x, y = _on_image(layer.sky, self._frame.document.image(label).wcs)
        elif image is None:
            return layer.x, layer.y
        elif image.label not in self._frame.document.images:
            return nowhere, nowhere
        else:
            label, x, y = image.label, layer.x, layer.y
        transform = self._frame.transform(label, reference)
        return (x, y) if transform is None else _two(transform(x, y))

    def _sky_image(self) -> str | None:
        """The image that tells where the sky is: the reference, or the first one shown with a WCS."""
        controls, document = self._frame.controls, self._frame.document
        labels = [controls.reference, *(layer.label for layer in controls.layers)]
        known = (label for label in labels if label in document.images)
        return next((label for label in known if has_celestial(document.image(label).wcs)), None)

    def _send(self, name: str) -> None:
        layer, image = self._layers[name]
        x, y = self._placed(layer, image)
        colors, which = palette(layer.color, len(layer))
        arrays = {"x": x, "y": y}
        if which is not None:
            arrays["which"] = which
        message: dict[str, Any] = {
            "type": "layer",
            "name": name,
            "colors": colors,
            "alpha": float(layer.alpha),
            "width": float(layer.width),
            "labels": [str(label) for label in layer.labels],
        }
        if isinstance(layer, Points):
            message |= {
                "kind": "points",
                "marker": layer.marker,
                "fill": layer.fill,
                "pickable": layer.pickable,
            }
            if len(layer.size) == 1:
                message["size"] = float(layer.size[0])
            else:
                arrays["sizes"] = layer.size.astype(np.float32)
            if name in self._selected:
                arrays["selected"] = self._selected[name]
        else:
            arrays["starts"] = layer.starts
            message |= {"kind": "paths", "closed": layer.closed, "fill": float(layer.fill)}
            message |= {"dash": [float(step) for step in layer.dash], "label_at": layer.label_at}
        message["arrays"] = list(arrays)
        self._overlay.send(message, [_bytes(values) for values in arrays.values()])

    def _hear(self, _: Any, content: dict[str, Any], buffers: Any = ()) -> None:
        kind = content.get("type")
        if kind == "ready":  # a view has just been mounted
            for name in self._layers:
                self._send(name)
        elif kind == "pick" and content.get("layer") in self._layers:
            packed = np.frombuffer(buffers[0], "<u4") if buffers else [content["index"]]
            n = len(self[content["layer"]])
            indices = tuple(int(index) for index in packed if 0 <= index < n)
            if indices:
                self.picked = Picked(content["layer"], indices, bool(content.get("more")))


def _on_image(sky: SkyCoord, wcs: Any) -> tuple[np.ndarray, np.ndarray]:
    with quiet():  # what is on the other half of the sky has no place: NaN
        return _two(wcs.world_to_pixel(sky))


def _two(pair: Any) -> tuple[np.ndarray, np.ndarray]:
    x, y = pair
    return np.asarray(x, dtype=float), np.asarray(y, dtype=float)


def _bytes(values: np.ndarray) -> bytes:
    """An array as the bytes that travel, little-endian as every browser reads them."""
    return values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
