"""A viewer as plain JSON, and back: its layers and their looks, where it looks, its tool.

A layer's look is written and checked by `Look`, so that what is added there is kept as well. What was
asked to be seen is kept, not the limits that came of it in one window. Everything read passes the checks of
a notebook's calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.errors import ImvizError
from imviz.science.display.look import Look
from imviz.session.archive.schema import flag, items, mapping, number, plain, text
from imviz.session.orientations import DEFAULT
from imviz.view.aim import Aim
from imviz.view.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imviz.viewer.image_viewer import ImageViewer

    Record = dict[str, Any]

__all__ = ["restore", "show_layer", "to_record"]

REFUSED = (ImvizError, TypeError, ValueError, KeyError, AttributeError)
"""What comes of values that are not what they should be."""


def to_record(viewer: ImageViewer) -> Record:
    """All that makes a viewer, but for images that are missing."""
    controls = viewer.controls
    return {
        "name": viewer.name,
        "layers": [{"image": one.label, "look": _look(one.look)} for one in controls.layers],
        "reference": viewer.view.reference_image,
        "look_at": _look_at(viewer),
        "tool": str(controls.tool),
        "orientation": str(controls.orientation),
        "compass": bool(controls.compass),
        "comparison": _comparison(viewer),
        "default_cuts": viewer.default_cuts,
        "marker": plain(viewer.marker),
    }


def restore(viewer: ImageViewer, record: Mapping[str, Any], notes: list[str]) -> None:
    """Have what a record tells; what cannot be had is said, and costs nothing else."""
    images = viewer.document.images
    for layer in viewer.controls.layers:
        viewer.remove_image(layer.label)

    def attempt(task: Callable[[], object]) -> None:
        try:
            task()
        except REFUSED as error:
            notes.append(f"Viewer {viewer.name}: {str(error) or type(error).__name__}"[:240])

    for layer in items(record, "layers", dict):
        if text(layer, "image") in images:
            attempt(lambda layer=layer: show_layer(viewer, layer))  # type: ignore[misc]
    if record.get("reference") in images and viewer.controls.layers:
        viewer.state.reference_data = viewer.document.data(text(record, "reference"))
    controls = viewer.controls
    attempt(lambda: viewer.set_orientation(text(record, "orientation", DEFAULT)))
    attempt(lambda: _aim(viewer, record.get("look_at")))
    attempt(lambda: setattr(controls, "tool", text(record, "tool", "pan")))
    attempt(lambda: setattr(controls, "compass", flag(record, "compass", False)))
    attempt(lambda: setattr(viewer, "default_cuts", text(record, "default_cuts", viewer.default_cuts)))
    attempt(lambda: setattr(viewer, "marker", mapping(record, "marker")))
    compared = mapping(record, "comparison")
    ends = text(compared, "left", ""), text(compared, "right", "")
    if compared and set(ends) <= set(images):
        attempt(lambda: viewer.compare(text(compared, "mode"), *ends, number(compared, "at", 0.5)))


def show_layer(viewer: ImageViewer, record: Mapping[str, Any], place: int | None = None) -> None:
    """Show an image of the document as a layer's record tells; at a `place`, else on top."""
    label = text(record, "image")
    viewer.add_image(label, like=Look.from_dict(mapping(record, "look")))
    if place is not None:
        there = [layer.label for layer in viewer.controls.layers]
        viewer.move_layer(label, place - there.index(label))


def _look(look: Look) -> Record:
    """A look as it will be read: numbers as its checks make them, so that the same is the same text."""
    found: Record = plain(Look.from_dict(look.to_dict()).to_dict())
    return found


def _look_at(viewer: ImageViewer) -> Record | None:
    aim = viewer.navigation.aimed
    if aim is None:
        return None
    box = aim.box
    x, y = [float(box.x_min), float(box.x_max)], [float(box.y_min), float(box.y_max)]
    return {"x": plain(x), "y": plain(y), "scale": plain(aim.scale), "fitted": viewer.navigation.fitted}


def _aim(viewer: ImageViewer, record: Any) -> None:
    if not isinstance(record, dict) or not viewer.controls.layers:
        return
    edges = [float(edge) for axis in ("x", "y") for edge in items(record, axis)]
    box, scale = Limits(*edges), None if record.get("scale") is None else number(record, "scale")
    if not (0 < box.width < 1e12 and 0 < box.height < 1e12 and (scale is None or 0 < scale < 1e9)):
        return
    viewer.navigation.aim(Aim(box, scale), fitted=flag(record, "fitted", False))


def _comparison(viewer: ImageViewer) -> Record:
    compared = viewer.comparison
    left, right = compared.images
    return {"mode": compared.mode, "left": left, "right": right, "at": compared.at} if compared.mode else {}
