"""What a viewer offers to whoever frames it: the tool in hand, the cursor, the layers. No widget.

`Controls` is the viewer's observable face. The shell's toolbar, layer menu and status line are made
from it and change it; the viewer follows. `TOOLS` is the only list of tools there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from echo import CallbackProperty, HasCallbackProperties

from imviz.errors import InputError
from imviz.science.display.look import Look, options_of
from imviz.session.news import News
from imviz.session.orientations import DEFAULT
from imviz.view.readout import SkyStyle

if TYPE_CHECKING:
    from regions import PixelRegion

    from imviz.view.readout import Readout

__all__ = ["TOOLS", "Controls", "KeyPress", "LayerInfo", "LiveShape", "Tool"]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of the hand: its ``id``, the name of its icon (MDI 4.9.95), its label and a hint.

    ``group`` is 'view' for those that move the view or select, 'shape' for those that draw the usual shapes,
    'more' for those that draw the others.
    """

    id: str
    icon: str
    label: str
    hint: str
    group: str = "view"


_CORNERS = "Drag from corner to corner; Shift makes it"
TOOLS: tuple[Tool, ...] = (
    Tool("pan", "mdi-cursor-move", "Pan", "Drag to move the view, click a region to select it"),
    Tool("box-zoom", "mdi-magnify-plus-outline", "Box zoom", "Drag a box to fill the view with it"),
    Tool("select", "mdi-select-drag", "Select", "Drag a box around regions or points; Shift adds to them"),
    Tool(
        "contrast",
        "mdi-contrast-circle",
        "Contrast/bias",
        "Drag up for contrast, right for bias; double click or r resets",
    ),
    Tool("circle", "mdi-circle-outline", "Circle", "Press at the centre, drag to the radius", "shape"),
    Tool("ellipse", "mdi-ellipse-outline", "Ellipse", f"{_CORNERS} round", "shape"),
    Tool("rectangle", "mdi-rectangle-outline", "Rectangle", f"{_CORNERS} square", "shape"),
    Tool("annulus", "mdi-circle-double", "Annulus", "Press at the centre, drag to the outer radius", "shape"),
    Tool("ellipse-annulus", "mdi-record-circle-outline", "Elliptical annulus", f"{_CORNERS} round", "more"),
    Tool("rectangle-annulus", "mdi-page-layout-body", "Rectangular annulus", f"{_CORNERS} square", "more"),
    Tool(
        "polygon",
        "mdi-vector-polygon",
        "Polygon",
        "Click each vertex; a double click, Enter or the first vertex closes it",
        "more",
    ),
    Tool("freehand", "mdi-gesture", "Freehand", "Drag along the outline; releasing closes it", "more"),
    Tool("line", "mdi-vector-line", "Line", "Drag from end to end; Shift turns it by 15 degrees", "more"),
    Tool("point", "mdi-crosshairs", "Point", "Click where it is", "more"),
    Tool("pixel", "mdi-square-medium-outline", "Single pixel", "Click a pixel of the image", "more"),
)
OTHER_NAMES = {"true-circle": "circle", "true circle": "circle", "single-pixel": "pixel"}

_TOOL_IDS = tuple(tool.id for tool in TOOLS)


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """One image of a viewer and how it is shown. What its look says can be read from it, as ``opacity``."""

    label: str
    look: Look

    def __getattr__(self, name: str) -> Any:
        if name not in options_of(Look):
            raise AttributeError(
                f"A layer has no {name!r}; it has label, look, {', '.join(options_of(Look))}."
            )
        return getattr(self.look, name)


@dataclass(frozen=True, slots=True, eq=False)
class KeyPress:
    """A key pressed over a picture that the viewer itself has no use for. No two are equal.

    Attributes
    ----------
    key : str
        The character, as "m" or "M".
    viewer : str
        Name of the viewer.
    image : str
        Label of its top-most visible image.
    x, y : float
        Where the cursor was, in that image's pixels.
    """

    key: str
    viewer: str
    image: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class LiveShape:
    """A shape in the hand, drawn, moved or resized; the document does not know it yet. No two are equal.

    Attributes
    ----------
    label : str or None
        The region it will be; None for one that is being drawn.
    region : PixelRegion
        In pixels of `reference`.
    reference, image : str
        The image whose pixels the view is in; the top-most visible image.
    """

    label: str | None
    region: PixelRegion
    reference: str
    image: str


class _ToolProperty(CallbackProperty):
    """The id of a tool; any other word is an error that lists the right ones."""

    def __set__(self, instance: HasCallbackProperties, value: str) -> None:
        value = OTHER_NAMES.get(value, value)
        if value not in _TOOL_IDS:
            raise InputError(f"There is no tool {value!r}; choose one of {', '.join(_TOOL_IDS)}.")
        super().__set__(instance, value)


class Controls(HasCallbackProperties):
    """The observable face of one viewer.

    Attributes
    ----------
    tool : str
        Id of the tool in hand, one of `TOOLS`.
    cursor : Readout or None
        What is under the cursor; None while it is outside.
    cursors : tuple of Readout
        The same of every visible image, the top-most first, if `sky_style` asks for them.
    sky_style : SkyStyle
        How positions are told.
    layers : tuple of LayerInfo
        The images shown, the top-most last.
    reference : str or None
        Label of the image, or of the orientation, whose pixels the view is in.
    orientation : str
        Label of the orientation chosen for when images are aligned by WCS, or "Default orientation".
    comparison : {'', 'fade', 'swipe'}
        How two images are compared.
    matched : {'', 'sky', 'pixels'}
        How the view moves with the other viewers.
    compass : bool
        Whether the compass is shown.
    key : KeyPress or None
        The last key pressed over the picture.
    live : LiveShape or None
        The shape in the hand, as it was last told.
    message : str
        The last thing that could not be done, in a sentence; '' if there was none.
    rested : int
        Rises when the view has come to rest at other limits or in another size.
    """

    tool = _ToolProperty("pan", docstring="Id of the tool in hand.")
    cursor: Readout | None = CallbackProperty(None, docstring="What is under the cursor, or None.")
    layers: Any = News((), docstring="The images shown, the top-most last.")
    reference: Any = News(None, docstring="Label of the frame whose pixels the view is in.")
    comparison = CallbackProperty("", docstring="How two images are compared: 'fade', 'swipe' or ''.")
    matched = CallbackProperty("", docstring="How it moves with other viewers: 'sky', 'pixels' or ''.")
    compass = CallbackProperty(False, docstring="Whether the compass is shown.")
    orientation: Any = News(DEFAULT, docstring="Label of the orientation chosen.")
    cursors: tuple[Readout, ...] = CallbackProperty((), docstring="The same of each image asked for.")
    sky_style = CallbackProperty(SkyStyle(), docstring="How positions are told.")
    key: KeyPress | None = CallbackProperty(None, docstring="The last key pressed over the picture.")
    live: LiveShape | None = CallbackProperty(None, docstring="The shape in the hand, as last told.")
    message = CallbackProperty("", docstring="The last thing that could not be done.")
    rested = CallbackProperty(0, docstring="Rises when the view has come to rest elsewhere.")

    def amiss(self, error: Exception) -> None:
        """Say what one who heard of a change could not do; the change is made."""
        self.message = ""  # the same sentence again is news, too
        self.message = str(error)

    @property
    def top(self) -> str | None:
        """Label of the top-most image that is visible, or None."""
        return next((layer.label for layer in reversed(self.layers) if layer.visible), None)
