"""`Imviz`, the front door in a notebook: the names notebooks use, on an `Application`.

It computes nothing and keeps nothing; everything is the application's. To add a plugin of your own:
``Imviz(plugins=(*PLUGINS, Mine))``.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

from imviz.app.application import DEFAULT_VIEWER, Application
from imviz.app.image_methods import ImageMethods
from imviz.app.names import check_level
from imviz.app.older import OlderNames
from imviz.app.region_methods import RegionMethods
from imviz.errors import InputError
from imviz.options import check_options, in_order_of
from imviz.science.results.reading import read_table
from imviz.science.results.receipts import Verdict, verify
from imviz.shell import display

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.modeling import Model
    from astropy.table import QTable
    from glue.core import Data

    from imviz.plugin import Plugin
    from imviz.viewer import ImageViewer

__all__ = ["Imviz"]


class Imviz(ImageMethods, RegionMethods, OlderNames):
    """An interactive viewer of astronomical images.

    Parameters
    ----------
    app : Application, optional
        Default: a new one.
    verbosity, history_verbosity : {'debug', 'info', 'warning', 'error'}
        Accepted from older notebooks; the window shows every message.
    plugins : sequence of Plugin classes, optional
        What the tray of a new application offers, in order. Default: `PLUGINS`, then those of other packages.

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
        plugins: Sequence[type[Plugin]] | None = None,
    ) -> None:
        for level in (verbosity, history_verbosity):
            check_level(level)
        self.app = Application(plugins) if app is None else app
        self.app.verbosity, self.app.history_verbosity = verbosity, history_verbosity

    def __repr__(self) -> str:
        labels, session = self.data_labels, self.app.session
        few = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
        return (
            f"<Imviz: {few or 'no image yet, see load_data()'}; {len(session.regions)} regions, "
            f"{session.n_rows} rows measured; show() shows it>"
        )

    # ---- alignment

    def link_data(self, align_by: str = "pixels", *older: Any, **options: Any) -> None:
        """Lay the images on each other by 'pixels' or by 'wcs', exactly; regions stay where they are.

        Views keep their place and zoom. An image without a WCS that can be used stays, aligned by its
        pixels; `Imviz.plugins` ``["Orientation"]`` says which and why. Options of older versions:

        Parameters
        ----------
        align_by : {'pixels', 'wcs'}
            How; `link_type` is its old name.
        *older
            The next ones in the older order: `wcs_fallback_scheme`, `wcs_use_affine`, `error_on_fail`,
            `update_plugin`.
        wcs_fallback_scheme : {'pixels', None}
            With None, nothing is done and an `InputError` raised if an image cannot be aligned by WCS.
        error_on_fail, wcs_use_affine, wcs_fast_approximation, update_plugin
            Accepted, and change nothing: what cannot be done always raises, and alignment is exact.

        Raises
        ------
        InputError
            For another alignment or fall-back.
        """
        in_order = ("wcs_fallback_scheme", "wcs_use_affine", "error_on_fail", "update_plugin")
        options |= in_order_of("link_data", in_order, older)
        check_options("link_data", options, (*in_order, "align_by", "link_type", "wcs_fast_approximation"))
        fallback = options.get("wcs_fallback_scheme", "pixels")
        if fallback not in ("pixels", None):
            raise InputError(f"An image without WCS can fall back to 'pixels' or None, not {fallback!r}.")
        self.app.session.align(options.get("link_type", align_by), strict=fallback is None)

    def get_alignment_method(self, label1: str, label2: str) -> str:
        """How two images lie on each other: 'self', 'pixels' or 'wcs'."""
        session = self.app.session
        session.image(label1), session.image(label2)
        return "self" if label1 == label2 else "wcs" if session.sky_between(label1, label2) else "pixels"

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

    def tell_sky(self, **changes: Any) -> None:
        """Choose how the cursor line tells positions, in all viewers.

        Parameters
        ----------
        frame : {'icrs', 'fk5', 'galactic', 'barycentricmeanecliptic'}
            On the sky.
        degrees, fits, every : bool
            In decimal degrees; pixels from 1 too, as FITS counts; of every visible image.
        """
        check_options("tell_sky", changes, ("frame", "degrees", "fits", "every"))
        self.app.window.cursor.tell_sky(**changes)

    def match_viewers(self, by: str | None = "sky", crosshair: bool = True) -> None:
        """Let all viewers move together, by 'sky' or by 'pixels', or (None) no more.

        They begin where the default viewer looks; with `crosshair`, the others show where the cursor is.
        """
        self.app.matching.start(by, lead=DEFAULT_VIEWER, crosshair=crosshair)

    # ---- results

    def get_aperture_photometry_results(self) -> QTable | None:
        """All rows measured so far (a copy), or None before the first."""
        return self.app.session.results.table()

    def get_catalog_source_results(self) -> QTable | None:
        """The sources of the last catalog search or import (a copy), or None."""
        return self.app.plugins["Catalog Search"].sources

    def verify(self, table: QTable | str | PathLike[str] | None = None) -> list[Verdict]:
        """Measure every row of a table, or of its file (default: the results) again: identical, or changed.

        Each `Verdict` prints as a sentence; ``all(verdict.same for verdict in imviz.verify())``.
        """
        found = self.app.session.results.table() if table is None else table
        if isinstance(found, str | PathLike):
            found = read_table(found)
        return [] if found is None else verify(found, self.app.session.image_measured_as)

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
