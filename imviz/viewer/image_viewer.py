"""One image viewer: a view that glue-jupyter's figure and our widgets show, by the names notebooks use.

`View` is what is shown and does the work, in parts; here its widgets are made, and each name of a notebook
passes on to the part that answers it. Nothing is worked out in this module.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from IPython.display import display

from imviz.delegation import answered_by, told_by
from imviz.errors import InputError
from imviz.view.catalog_layers import CatalogLayers
from imviz.view.frame import ViewFrame
from imviz.view.navigation import Navigation
from imviz.view.picture.render import render
from imviz.view.still import save_picture
from imviz.view.top_look import TopLook
from imviz.view.view import Pages, View
from imviz.view.viewport import asked_limits, viewport_region
from imviz.viewer.aid import ImageDisplay
from imviz.viewer.alone import alone
from imviz.viewer.data_menu import DataMenu
from imviz.viewer.glue_figure import GlueFigure
from imviz.viewer.motion.mouse import Mouse
from imviz.viewer.overlays.comparison import Compared
from imviz.viewer.overlays.compass import CompassArrows
from imviz.viewer.overlays.contrast import ContrastDrag
from imviz.viewer.overlays.legends import LegendsLayer
from imviz.viewer.overlays.quality_overlay import QualityOverlay
from imviz.viewer.page.lifetime import hold_for_cell
from imviz.viewer.picture.picture import PictureLayer
from imviz.viewer.regions.overlay import RegionsOverlay
from imviz.viewer.vectors.overlay import VectorsOverlay

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    import numpy as np
    from numpy.typing import NDArray
    from regions import PolygonPixelRegion, PolygonSkyRegion

    from imviz.session import Session
    from imviz.view.matching import Matching

__all__ = ["ImageViewer"]

PARTS = ("controls", "navigation", "vectors", "state", "view")  # what a notebook may want of its attributes


class ImageViewer(GlueFigure):
    """A view on some of the session's images.

    Parameters
    ----------
    session : Session
        The document.
    name : str
        Reference name of the viewer, as "imviz-0".

    Attributes
    ----------
    view : View
        What is shown. Its parts `controls`, `layers_shown`, `navigation`, `vectors`, `legends`, `comparison`
        and `picture` are the viewer's, too.
    widgets : tuple of Widget
        The figure first, then what is drawn over it; to be shown inside one element of class
        ``imviz-figure``.
    document : Session
        The session (glue's own is ``session``).
    mouse : Mouse
        The widget of the hand.
    another : callable or None
        Opens another, empty viewer beside this one; None if it stands alone.
    matching : Matching or None
        Makes it move with the others of its window.
    """

    another: Callable[[], ImageViewer] | None = None
    matching: Matching | None = None

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        pages = self._make_pages()
        self.view = view = View(self.frame, self, pages, self._follow_browser)
        self.controls, self.layers_shown, self.navigation = view.controls, view.layers_shown, view.navigation
        self.vectors, self.legends, self.comparison = view.vectors, view.legends, view.comparison
        self.picture, self._look, self._markers = view.picture, view.top_look, view.catalog_layers
        self.register_to_hub(session.glue.hub)

    def _make_pages(self) -> Pages:
        over = {"scale_x": self.scale_x, "scale_y": self.scale_y}
        self.mouse = Mouse(**over)
        regions, vectors, picture = RegionsOverlay(**over), VectorsOverlay(**over), PictureLayer(**over)
        contrast, quality, legends = ContrastDrag(**over), QualityOverlay(**over), LegendsLayer(**over)
        compass, compared = CompassArrows(**over), Compared(**over)
        drawn = (self.figure, self.mouse, regions, vectors, picture)  # the order they lie in
        self.widgets = (*drawn, contrast, quality, legends, compass, compared)
        return Pages(
            hand=self.mouse,
            picture=picture,
            regions=regions,
            vectors=vectors,
            legends=legends,
            compass=compass,
            compared=compared,
            contrast=contrast,
            quality=quality,
        )

    def close(self) -> None:
        """Leave the session and close all widgets; the viewer's own markers go with it."""
        self.view.close()
        super().close()
        for widget in self.widgets[1:]:
            widget.close()

    def __repr__(self) -> str:
        images = self.view.labels
        told = f"{self.view.top_label or 'none'} on top of {len(images)} images" if images else "no image yet"
        return f"<ImageViewer {self.name!r}: {told}>"

    def __dir__(self) -> list[str]:
        """What is ours; glue's own names work, too."""
        return sorted({name for name in vars(ImageViewer) if not name.startswith("_")} | {"limits", *PARTS})

    # ---- which images

    data_labels_loaded = told_by("view", View.labels)
    data_labels_visible = told_by("view", View.visible_labels)
    top_visible_data_label = told_by("view", View.top_label)
    first_loaded_data = told_by("view", View.first_data)
    add_image = answered_by("view", View.add_image)
    remove_image = answered_by("view", View.remove_image)
    set_visible = answered_by("view", View.set_visible)
    set_layer = answered_by("view", View.set_layer)
    solo = answered_by("view", View.solo)
    get_alignment_method = answered_by("frame", ViewFrame.alignment_of)
    set_orientation = answered_by("frame", ViewFrame.choose)

    def move_layer(self, label: str, by: int = 1) -> None:
        """Move an image up (or, if negative, down) in the order the images are drawn in."""
        self.layers_shown.move(label, by)

    def blink_once(self, reversed: bool = False) -> None:  # noqa: A002 - its name in notebooks
        """Make the next image (the one before, if reversed) the only visible one."""
        self.layers_shown.blink(backwards=reversed)

    # ---- how the top one looks

    cuts = told_by("_look", TopLook.cuts)
    autocut_options = told_by("_look", TopLook.autocut_options)
    default_cuts = told_by("_look", TopLook.default_cuts)
    stretch = told_by("_look", TopLook.stretch)
    stretch_options = told_by("_look", TopLook.stretch_options)
    stretch_parameters = told_by("_look", TopLook.stretch_parameters)
    colormap_options = told_by("_look", TopLook.colormap_options)
    set_colormap = answered_by("_look", TopLook.set_colormap)

    # ---- markers

    marker = told_by("_markers", CatalogLayers.marker)
    add_markers = answered_by("_markers", CatalogLayers.add_markers)
    remove_markers = answered_by("_markers", CatalogLayers.remove_markers)
    reset_markers = answered_by("_markers", CatalogLayers.reset_markers)
    get_marker_names = answered_by("_markers", CatalogLayers.get_marker_names)

    # ---- where it looks

    home = reset_limits = answered_by("navigation", Navigation.home)
    zoom_level = told_by("navigation", Navigation.zoom_level)
    zoom = answered_by("navigation", Navigation.zoom)
    center_on = answered_by("navigation", Navigation.center_on)
    offset_by = answered_by("navigation", Navigation.offset_by)

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

    def previous_view(self) -> None:
        """Show what was shown before the last move, where a browser shows the viewer."""
        self.mouse.previous_view()

    # ---- pictures and other viewers

    def as_image(self, shape: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """The picture without what lies over it, RGB of shape (rows, columns, 3), the first row at the top.

        As large as the window, or of another `shape` (rows, columns); no browser is needed.
        """
        return render(self.view, None, shape)

    def save(self, filename: str | PathLike[str], *, regions: bool = False) -> None:
        """Save the view as a PNG file, as large as its window, with or without the regions drawn.

        The ending ``.png`` is added; a file that is there is replaced. No browser is needed.

        Raises
        ------
        InputError
            If the folder is not there or cannot be written to.
        """
        save_picture(self.view, filename, regions=regions)

    def compare(
        self, mode: str | None, left: str | None = None, right: str | None = None, at: float = 0.5
    ) -> None:
        """Compare two images by 'fade' or 'swipe', or (None) no more: see `Comparison.start`."""
        self.comparison.start(mode, left, right, at)

    def clone_viewer(self) -> ImageViewer:
        """Open another viewer that shows the same images in the same way."""
        if self.another is None:
            raise InputError(
                f"Viewer {self.name} stands alone; only one in a window can have others beside it."
            )
        other = self.another()
        other.view.follow(self.view)
        return other

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
        box = alone(self.widgets, height)
        hold_for_cell(box)
        display(box)

    @cached_property
    def data_menu(self) -> DataMenu:
        """Its layers by the names of jdaviz's data menu."""
        return DataMenu(self.view)

    @cached_property
    def aid(self) -> ImageDisplay:
        """The viewer by the names of ``astro-image-display-api``, which other viewers have too."""
        return ImageDisplay(self.view)
