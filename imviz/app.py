"""The application, and `Imviz`, its front door in a notebook.

`Application` builds the session, the viewers, the plugins and the window, and joins them: the only
place that knows them all. `Imviz` gives it the names notebooks use. Neither computes anything. To add
a plugin of your own: ``Imviz(plugins=(*PLUGINS, Mine))``.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from imviz.errors import InputError
from imviz.plugins.aperture_photometry import AperturePhotometry
from imviz.readers import load
from imviz.session import Session
from imviz.session.loading import load_regions, read_regions
from imviz.shell import Window, display
from imviz.viewer import ImageViewer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

    from astropy.modeling import Model
    from astropy.nddata import NDData
    from astropy.table import QTable
    from glue.core import Data, DataCollection
    from regions import PixelRegion

    from imviz.plugin import Plugin

__all__ = ["PLUGINS", "Application", "Imviz"]

PLUGINS: tuple[type[Plugin], ...] = (AperturePhotometry,)
DEFAULT_VIEWER = "imviz-0"


class Application:
    """A session with its viewers, plugins and window.

    Displayed by putting it last in a notebook cell.

    Parameters
    ----------
    plugins : sequence of Plugin classes
        In tray order.

    Attributes
    ----------
    session : imviz.session.Session
        The document.
    viewers : dict
        Name to `~imviz.viewer.ImageViewer`.
    plugins : dict
        Tray label to plugin.
    fitted_models : dict
        Name to astropy model; photometry keeps ``"phot_radial_profile"``.
    """

    def __init__(self, plugins: Sequence[type[Plugin]] = PLUGINS) -> None:
        self.session = Session()
        self.viewers: dict[str, ImageViewer] = {}
        self.plugins = {plugin.name: plugin(self.session) for plugin in plugins}
        self.fitted_models: dict[str, Model] = self.session.fitted_models
        for plugin in self.plugins.values():
            plugin.add_callback("guides", self._draw_guides)
        self.window = Window(self)
        self.add_viewer(DEFAULT_VIEWER)
        self.session.add_callback("images", self._drop_removed_images)
        next(iter(self.plugins.values())).open_in_tray()

    # ---- images

    def load(
        self, source: Any, label: str | None = None, ext: Any = None, viewer: str | None = None
    ) -> list[str]:
        """Open an image (see `imviz.readers.load`) and show it; returns the labels it got."""
        labels = [
            self.session.add_image(found.image, found.label) for found in load(source, ext=ext, label=label)
        ]
        if viewer is not None:
            for name in labels:
                self.add_data_to_viewer(viewer, name)
        return labels

    def add_data_to_viewer(
        self, viewer: str, label: str, visible: bool = True, clear_other_data: bool = False
    ) -> None:
        """Show the image called `label` in a viewer.

        Raises
        ------
        InputError
            If there is no such viewer or image.
        """
        target = self.get_viewer(viewer)
        self.session.image(label)
        if clear_other_data:
            for layer in target.controls.layers:
                target.remove_image(layer.label)
        target.add_image(label, visible=visible)

    def remove_data_from_viewer(self, viewer: str, label: str) -> None:
        """Take an image out of a viewer; it stays loaded."""
        self.get_viewer(viewer).remove_image(label)

    @property
    def data_collection(self) -> DataCollection:
        """glue's data collection."""
        return self.session.glue.data_collection

    # ---- viewers

    def add_viewer(self, name: str | None = None) -> ImageViewer:
        """Make an empty viewer; its name is the next free ``imviz-N`` unless given."""
        if name is None:
            name = next(
                free for n in range(len(self.viewers) + 1) if (free := f"imviz-{n}") not in self.viewers
            )
        if name in self.viewers:
            raise InputError(f"There is a viewer {name!r} already; choose another name.")
        viewer = ImageViewer(self.session, name)
        viewer.controls.add_callback("message", self._tell_refusal)
        self.viewers[name] = viewer
        self.window.add_viewer(viewer)
        return viewer

    def remove_viewer(self, name: str) -> None:
        """Close a viewer; the first one stays. An unknown name is ignored, as ever."""
        if name == DEFAULT_VIEWER:
            raise InputError(f"{DEFAULT_VIEWER!r} is the default viewer and cannot be closed.")
        if name in self.viewers:
            viewer = self.viewers.pop(name)
            self.window.remove_viewer(viewer)
            viewer.close()

    def get_viewer(self, name: str) -> ImageViewer:
        """The viewer called `name`."""
        if name not in self.viewers:
            raise InputError(f"There is no viewer {name!r}; there are: {', '.join(self.viewers)}.")
        return self.viewers[name]

    def get_viewer_ids(self) -> list[str]:
        """Names of the viewers."""
        return list(self.viewers)

    def _drop_removed_images(self, labels: tuple[str, ...]) -> None:
        for viewer in self.viewers.values():
            for layer in viewer.controls.layers:
                if layer.label not in labels:
                    viewer.remove_image(layer.label)

    def _tell_refusal(self, sentence: str) -> None:
        self.window.tell(sentence, "error")

    def _draw_guides(self, _: Any) -> None:
        shapes = tuple(guide for plugin in self.plugins.values() for guide in plugin.guides)
        for viewer in self.viewers.values():
            viewer.set_guides(shapes)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.window._repr_mimebundle_(**options)


class Imviz:
    """An interactive viewer of astronomical images.

    Parameters
    ----------
    plugins : sequence of Plugin classes, optional
        What the tray offers, in order. Default: `PLUGINS`.

    Examples
    --------
    >>> from imviz import Imviz
    >>> imviz = Imviz()
    >>> imviz.load_data("image.fits")  # doctest: +SKIP
    >>> imviz.show()  # doctest: +SKIP
    """

    def __init__(self, *, plugins: Sequence[type[Plugin]] = PLUGINS) -> None:
        self.app = Application(plugins)

    # ---- images in

    def load_data(
        self, data: Any, data_label: str | None = None, *, ext: Any = None, show_in_viewer: bool | str = True
    ) -> None:
        """Open an image.

        Parameters
        ----------
        data
            A path (also ``"file.fits[SCI,1]"``), an HDU or HDU list, `NDData` or `CCDData`, `Quantity`,
            a masked or plain 2-D array, or a list of any of these.
        data_label : str, optional
            Its name; a FITS extension is called ``name[SCI,1]``.
        ext : str, int, tuple or "*", optional
            The FITS extension(s). Default: the first science image. ERR and DQ of the same EXTVER
            become the image's uncertainty and mask.
        show_in_viewer : bool or str
            Whether to show it, or the name of the viewer to show it in.

        Raises
        ------
        ImvizError
            If it is not an image; the message names the file, the cause and what to do.
        """
        viewer = (
            show_in_viewer if isinstance(show_in_viewer, str) else DEFAULT_VIEWER if show_in_viewer else None
        )
        if viewer is not None:
            self.app.get_viewer(viewer)
        sources = data if isinstance(data, list | tuple) else [data]
        if len(sources) > 1 and data_label is not None:
            raise InputError("One data_label cannot name several images; load them one by one.")
        for source in sources:
            self.app.load(source, data_label, ext, viewer)

    def load(self, data: Any, data_label: str | None = None, **options: Any) -> None:
        """Open an image: `load_data` by its newer name."""
        self.load_data(data, data_label, **options)

    def load_demo(self) -> None:
        """Open the demo: two exposures of one synthetic field (see `imviz.demo`)."""
        from imviz.demo import demo_field

        first, *others = [self.app.session.add_image(image, label) for label, image in demo_field()]
        self.app.add_data_to_viewer(DEFAULT_VIEWER, first)
        for label in others:
            self.app.add_data_to_viewer(DEFAULT_VIEWER, label, visible=False)

    @contextmanager
    def batch_load(self) -> Iterator[None]:
        """Kept for notebooks that load many images inside it; loading is as fast without."""
        yield

    @property
    def data_labels(self) -> list[str]:
        """Labels of the loaded images."""
        return list(self.app.session.images)

    def get_data(self, data_label: str | None = None) -> NDData:
        """A loaded image, as `NDData`. The label may be left out when there is just one."""
        labels = self.data_labels
        if data_label is None and len(labels) != 1:
            raise InputError(f"Say which image: {', '.join(labels) or 'none is loaded yet'}.")
        return self.app.session.image(data_label or labels[0])

    # ---- alignment

    def link_data(self, align_by: str = "pixels", **options: Any) -> None:
        """Lay the images on each other by 'pixels' or by 'wcs', exactly; regions stay where they are.

        `link_type` is the old name of `align_by`. Other options of older versions (approximations and
        fall-backs) are accepted and change nothing: alignment is exact, and an image without WCS stays
        usable, aligned by pixels.
        """
        known = {"link_type", "wcs_fallback_scheme", "wcs_use_affine", "wcs_fast_approximation"}
        known |= {"error_on_fail", "update_plugin"}
        unknown = sorted(set(options) - known)
        if unknown:
            raise InputError(
                f"link_data has no option {unknown[0]!r}; it has: align_by, {', '.join(sorted(known))}."
            )
        self.app.session.align(options.get("link_type", align_by))

    def get_alignment_method(self, label1: str, label2: str) -> str:
        """How two images lie on each other: 'self', 'pixels' or 'wcs'."""
        self.app.session.image(label1), self.app.session.image(label2)
        return "self" if label1 == label2 else self.app.session.alignment

    get_link_type = get_alignment_method

    def get_ref_data(self) -> tuple[Data | None, int]:
        """The image others are aligned to (glue data) and its index; ``(None, -1)`` without images."""
        collection = self.app.data_collection
        return (collection[0], 0) if len(collection) else (None, -1)

    # ---- viewers

    @property
    def viewers(self) -> dict[str, ImageViewer]:
        """The viewers by name."""
        return dict(self.app.viewers)

    @property
    def default_viewer(self) -> ImageViewer:
        """The viewer ``"imviz-0"``, always there."""
        return self.app.viewers[DEFAULT_VIEWER]

    def create_image_viewer(self, viewer_name: str | None = None) -> ImageViewer:
        """Open another, empty viewer beside the others."""
        return self.app.add_viewer(viewer_name)

    def destroy_viewer(self, viewer_id: str) -> None:
        """Close a viewer (not ``"imviz-0"``)."""
        self.app.remove_viewer(viewer_id)

    # ---- regions and results

    def load_regions(
        self,
        regions: Any,
        max_num_regions: int | None = None,
        refdata_label: str | None = None,
        return_bad_regions: bool = False,
    ) -> list[tuple[Any, str]] | None:
        """Add regions: one or a list of `regions` objects or photutils apertures, pixel or sky.

        Those that cannot be used are told in the window and, with `return_bad_regions`, returned as
        ``(region, reason)``; the others are added all the same.
        """
        labels, bad = load_regions(self.app.session, regions, refdata_label, max_num_regions)
        if bad:
            total = len(labels) + len(bad)
            self.app.window.tell(
                f"Loaded {len(labels)} of {total} regions. First refused: {bad[0][1]}", "error"
            )
        return bad if return_bad_regions else None

    def load_regions_from_file(
        self, region_file: str | PathLike[str], region_format: str = "ds9", **options: Any
    ) -> list[tuple[Any, str]] | None:
        """Add the regions of a 'ds9', 'crtf' or 'fits' file; options as in `load_regions`."""
        return self.load_regions(read_regions(region_file, region_format), **options)

    def get_interactive_regions(self) -> dict[str, PixelRegion]:
        """All regions, in pixels of the default viewer's reference image, by label."""
        session, reference = self.app.session, self.default_viewer.controls.reference
        return {label: session.region(label, on=reference) for label in session.regions}

    def get_aperture_photometry_results(self) -> QTable | None:
        """All rows measured so far (a copy), or None before the first."""
        return self.app.session.results.table()

    @property
    def plugins(self) -> dict[str, Plugin]:
        """The plugins by their label in the tray."""
        return dict(self.app.plugins)

    @property
    def fitted_models(self) -> dict[str, Model]:
        """Models fitted so far, by name."""
        return self.app.fitted_models

    # ---- display

    def show(self, loc: str = "inline", title: str | None = None, height: int | str | None = None) -> None:
        """Show the window.

        Parameters
        ----------
        loc : str
            ``"inline"``; ``"sidecar"`` (also ``"sidecar:right"``, ``":tab-before"`` …) or ``"popout"``
            (``":window"``, ``":tab"``), which need the extra ``imviz[sidecar]``.
        title : str, optional
            Of the sidecar or window.
        height : int or str, optional
            In pixels, or a CSS length. Default: 600 pixels.
        """
        display.show(self.app.window, loc, title, height)
