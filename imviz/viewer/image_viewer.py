"""One image viewer: the interface notebooks use to say where it looks.

`WiredView` joins the view to document and hand, `LayeredView` has the names for how the top image looks,
`MarkedView` those for markers.
The methods here pass on to `navigation`; nothing is worked out in this module.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from IPython.display import display

from imviz.errors import InputError
from imviz.view.viewport import asked_limits, viewport_region
from imviz.viewer.aid import ImageDisplay
from imviz.viewer.alone import alone
from imviz.viewer.data_menu import DataMenu
from imviz.viewer.lifetime import hold_for_cell
from imviz.viewer.marked_view import MarkedView
from imviz.viewer.picture.render import render
from imviz.viewer.still import save_picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    import numpy as np
    from numpy.typing import NDArray
    from regions import PolygonPixelRegion, PolygonSkyRegion

    from imviz.viewer.matching import Matching

__all__ = ["ImageViewer"]


class ImageViewer(MarkedView):
    """A view on some of the session's images.

    Parameters
    ----------
    session : Session
        The document.
    name : str
        Reference name of the viewer, as "imviz-0".

    Attributes
    ----------
    controls : Controls
        Tool, cursor, layers: what a frame around the viewer shows and changes.
    widgets : tuple of Widget
        The figure first, then what is drawn over it; to be shown inside one element of class
        ``imviz-figure``.
    document : Session
        The session (glue's own is ``session``).
    layers_shown : Layers
        The images and how each is shown.
    navigation : Navigation
        Where the view looks.
    mouse : Mouse
        The widget of the hand.
    vectors : VectorLayers
        Points and paths drawn over the picture: markers, catalogs, contours, grids.
    another : callable or None
        Opens another, empty viewer beside this one; None if it stands alone.
    matching : Matching or None
        Makes it move with the others of its window.
    """

    another: Callable[[], ImageViewer] | None = None
    matching: Matching | None = None

    def __repr__(self) -> str:
        images = self.data_labels_loaded
        told = (
            f"{self.top_visible_data_label or 'none'} on top of {len(images)} images"
            if images
            else "no image yet"
        )
        return f"<ImageViewer {self.name!r}: {told}>"

    def __dir__(self) -> list[str]:
        """What is ours; glue's own names work, too."""
        ours = (kind for kind in type(self).__mro__ if kind.__module__.startswith("imviz."))
        names = {name for kind in ours for name in vars(kind)} | {
            "controls",
            "navigation",
            "vectors",
            "state",
        }
        return sorted(name for name in names if not name.startswith("_"))

    def home(self) -> None:
        """Show all visible images whole, centred."""
        self.navigation.home()

    def reset_limits(self) -> None:
        """Show all visible images whole, centred."""
        self.navigation.home()

    @property
    def zoom_level(self) -> float:
        """Screen pixels per image pixel; set a number, or 'fit' to show everything."""
        return self.navigation.zoom_level

    @zoom_level.setter
    def zoom_level(self, value: float | str) -> None:
        self.navigation.zoom_level = value

    def zoom(self, factor: float) -> None:
        """Magnify by `factor` about the centre."""
        self.navigation.zoom(factor)

    def center_on(self, point: Any) -> None:
        """Put a point in the middle: (x, y) of the top image, or a `SkyCoord`."""
        self.navigation.center_on(point)

    def offset_by(self, dx: Any, dy: Any) -> None:
        """Move the centre by pixels (plain numbers or `pix`) or by angles on the sky."""
        self.navigation.offset_by(dx, dy)

    def get_limits(self) -> tuple[float, float, float, float]:
        """What is shown: x_min, x_max, y_min, y_max in pixels of the reference image."""
        shown = self.navigation.shown()
        return shown.x_min, shown.x_max, shown.y_min, shown.y_max

    def set_limits(
        self,
        x_min: float | None = None,
        x_max: float | None = None,
        y_min: float | None = None,
        y_max: float | None = None,
    ) -> None:
        """Show what lies between these limits, and as much more as keeps pixels square.

        Raises
        ------
        InputError
            If a limit is no number, or they are not in order.
        """
        limits = asked_limits(self.navigation.shown(), x_min=x_min, x_max=x_max, y_min=y_min, y_max=y_max)
        self.navigation.show(limits)

    def get_viewport_region(
        self, sky_or_pixel: str = "sky", data_label: str | None = None
    ) -> PolygonSkyRegion | PolygonPixelRegion:
        """What is shown, as a polygon on the sky or in pixels of an image (the top one unless told)."""
        label = self.layers_shown.top.layer.label if data_label is None else data_label
        return viewport_region(self.frame, sky_or_pixel, label)

    def as_image(self, shape: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """The picture without what lies over it, RGB of shape (rows, columns, 3), the first row at the top.

        As large as the window, or of another `shape` (rows, columns); no browser is needed.
        """
        return render(self, None, shape)

    def save(self, filename: str | PathLike[str], *, regions: bool = False) -> None:
        """Save the view as a PNG file, as large as its window, with or without the regions drawn.

        The ending ``.png`` is added; a file that is there is replaced. No browser is needed.

        Raises
        ------
        InputError
            If the folder is not there or cannot be written to.
        """
        save_picture(self, filename, regions=regions)

    def compare(
        self, mode: str | None, left: str | None = None, right: str | None = None, at: float = 0.5
    ) -> None:
        """Compare two images by 'fade' or 'swipe', or (None) no more: see `Comparison.start`."""
        self.comparison.start(mode, left, right, at)

    def previous_view(self) -> None:
        """Show what was shown before the last move, where a browser shows the viewer."""
        self.mouse.previous_view()

    def move_layer(self, label: str, by: int = 1) -> None:
        """Move an image up (or, if negative, down) in the order the images are drawn in."""
        self.layers_shown.move(label, by)

    def solo(self, label: str) -> None:
        """Make one image the only visible one."""
        self.layers_shown.state(label)
        self.layers_shown.only(label)

    def clone_viewer(self) -> ImageViewer:
        """Open another viewer that shows the same images in the same way."""
        if self.another is None:
            raise InputError(
                f"Viewer {self.name} stands alone; only one in a window can have others beside it."
            )
        other = self.another()
        other.follow(self)
        return other

    def follow(self, other: MarkedView) -> None:
        """Show what another viewer of the document shows, in the same way."""
        for layer in self.controls.layers:
            self.remove_image(layer.label)
        for label in other.data_labels_loaded:
            self.add_image(label, like=other.layers_shown.look(label))
        self.default_cuts = other.default_cuts
        if other.limits is not None:
            self.navigation.follow(other.navigation)

    def show(self, loc: str = "inline", title: str | None = None, height: int | str | None = None) -> None:  # noqa: ARG002
        """Show the viewer in a notebook cell, without window and toolbar; `title` is not shown.

        Raises
        ------
        InputError
            For another place than 'inline': the window has them.
        """
        if loc != "inline":
            raise InputError(
                f"A viewer alone is shown inline, not at {loc!r:.60}; imviz.show() has other places."
            )
        box = alone(self, height)
        hold_for_cell(box)
        display(box)

    @cached_property
    def data_menu(self) -> DataMenu:
        """Its layers by the names of jdaviz's data menu."""
        return DataMenu(self)

    @cached_property
    def aid(self) -> ImageDisplay:
        """The viewer by the names of ``astro-image-display-api``, which other viewers have too."""
        return ImageDisplay(self)
