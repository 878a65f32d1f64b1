"""`Imviz`, the front door in a notebook: the names notebooks use, on an `Application`.

It computes nothing and keeps nothing; everything is the application's. To add a plugin of your own:
``Imviz(plugins=(*PLUGINS, Mine))``.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from imviz.app.application import DEFAULT_VIEWER, PLUGINS, Application, check_options
from imviz.errors import InputError
from imviz.session.loading import load_regions, read_regions
from imviz.shell import display

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

    from astropy.modeling import Model
    from astropy.nddata import NDData
    from astropy.table import QTable
    from glue.core import Data
    from regions import PixelRegion

    from imviz.plugin import Plugin
    from imviz.viewer import ImageViewer

__all__ = ["Imviz"]

LEVELS = ("debug", "info", "warning", "error")


class Imviz:
    """An interactive viewer of astronomical images.

    Parameters
    ----------
    app : Application, optional
        Default: a new one.
    verbosity, history_verbosity : {'debug', 'info', 'warning', 'error'}
        Accepted from older notebooks; the window shows every message.
    plugins : sequence of Plugin classes, optional
        What the tray of a new application offers, in order. Default: `PLUGINS`.

    Examples
    --------
    >>> from imviz import Imviz
    >>> imviz = Imviz()
    >>> imviz.load_data("image.fits")  # doctest: +SKIP
    >>> imviz.show()  # doctest: +SKIP
    """

    def __init__(
        self,
        app: Application | None = None,
        verbosity: str = "warning",
        history_verbosity: str = "info",
        *,
        plugins: Sequence[type[Plugin]] = PLUGINS,
    ) -> None:
        for level in (verbosity, history_verbosity):
            if level not in LEVELS:
                raise InputError(f"There is no verbosity {level!r}; use one of: {', '.join(LEVELS)}.")
        self.app = Application(plugins) if app is None else app

    # ---- images in

    def load_data(
        self,
        data: Any,
        data_label: str | None = None,
        do_link: bool = True,  # noqa: ARG002 - older notebooks'
        show_in_viewer: bool | str = True,
        *,
        ext: Any = None,
        **options: Any,
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
        do_link, **options
            Of older versions (``parser_reference``, ``gwcs_to_fits_sip``); accepted, and change nothing.

        Raises
        ------
        ImvizError
            If it is not an image; the message names the file, the cause and what to do.
        """
        check_options("load_data", options, ("parser_reference", "gwcs_to_fits_sip"))
        self.app.load_data(data, data_label=data_label, ext=ext, show_in_viewer=show_in_viewer)

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
        known = ("link_type", "wcs_fallback_scheme", "wcs_use_affine", "wcs_fast_approximation")
        check_options("link_data", options, (*known, "align_by", "error_on_fail", "update_plugin"))
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
        return self.app.viewers.copy()

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

        One that cannot be used spares the others: it is warned of, or with `return_bad_regions` returned
        as ``(region, reason)``.

        Raises
        ------
        InputError
            If none can be used and they are not to be returned.
        """
        labels, bad = load_regions(self.app.session, regions, refdata_label, max_num_regions)
        if return_bad_regions:
            return bad
        if bad and not labels and len(bad) == 1:
            raise InputError(bad[0][1])
        if bad:
            told = f"Loaded {len(labels)} of {len(labels) + len(bad)} regions. First refused: {bad[0][1]}"
            if not labels:
                raise InputError(told[:240])
            self.app.warn(told)
        return None

    def load_regions_from_file(
        self, region_file: str | PathLike[str], region_format: str = "ds9", **options: Any
    ) -> list[tuple[Any, str]] | None:
        """Add the regions of a 'ds9', 'crtf' or 'fits' file; options as in `load_regions`."""
        return self.load_regions(read_regions(region_file, region_format), **options)

    def get_interactive_regions(self) -> dict[str, PixelRegion]:
        """All regions by label, in pixels of the default viewer's reference image.

        One that has no place there (another part of the sky, aligned by WCS) is left out and warned of.
        """
        session, reference = self.app.session, self.default_viewer.controls.reference
        found: dict[str, PixelRegion] = {}
        for label in session.regions:
            try:
                found[label] = session.region(label, on=reference)
            except InputError as error:
                self.app.warn(f"{label} is left out. {error}")
        return found

    def get_aperture_photometry_results(self) -> QTable | None:
        """All rows measured so far (a copy), or None before the first."""
        return self.app.session.results.table()

    @property
    def plugins(self) -> dict[str, Plugin]:
        """The plugins by their label in the tray."""
        return self.app.plugins.copy()

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
