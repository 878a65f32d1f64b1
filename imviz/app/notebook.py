"""`Imviz`, the front door in a notebook: the names notebooks use, on an `Application`.

It computes nothing and keeps nothing; everything is the application's. To add a plugin of your own:
``Imviz(plugins=(*PLUGINS, Mine))``.
"""

from __future__ import annotations

import warnings
from os import PathLike
from typing import TYPE_CHECKING, Any
from weakref import ref

from astropy.utils.exceptions import AstropyDeprecationWarning

from imviz.app.application import DEFAULT_VIEWER, Application
from imviz.app.images import Images
from imviz.app.jdaviz_application import check_level
from imviz.app.jdaviz_names import ImvizNames
from imviz.app.loader import Loader
from imviz.app.regions import Regions
from imviz.app.session_files import SessionFiles
from imviz.delegation import answered_by, told_by
from imviz.errors import InputError
from imviz.options import check_options
from imviz.science.results.reading import read_table
from imviz.science.results.receipts import Verdict, verify
from imviz.science.user_paths import user_path
from imviz.shell import display
from imviz.shell.recent import Recent
from imviz.viewer.page.lifetime import collect_if_large

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.modeling import Model
    from astropy.table import QTable

    from imviz.plugin import Plugin
    from imviz.session.history import History
    from imviz.viewer import ImageViewer

__all__ = ["Imviz"]

PARTS = ("app", "_files", "_images", "_regions", "_loader", "_jdaviz")


class Imviz:
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
        self._files = self.app.files
        self.app.verbosity, self.app.history_verbosity = verbosity, history_verbosity
        self._images, self._regions = Images(self.app.session), Regions(self.app)
        self._loader = Loader(self.app, self._regions)
        self._jdaviz = ImvizNames(self.app, self._images)

    def close(self) -> None:
        """Close the window, wherever it is shown, and let go of all images; nothing else works afterwards.

        An `Imviz` that no name stands for any more goes by itself, once the cells that show it are run again.
        """
        if "app" in vars(self):
            self.app.close()
            self.__del__()

    def __del__(self) -> None:
        session = ref(self.app.session) if "app" in vars(self) else None
        vars(self).clear()
        if session is not None:
            collect_if_large(session)

    def __getattr__(self, name: str) -> Any:
        """Say what a closed one cannot do."""
        if name in PARTS:
            raise InputError("This Imviz has been closed; make a new one: imviz = Imviz().")
        raise AttributeError(f"Imviz has no attribute {name!r}.")

    def __repr__(self) -> str:
        if "app" not in vars(self):
            return "<Imviz: closed>"
        labels, session = self.data_labels, self.app.session
        few = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
        return (
            f"<Imviz: {few or 'no image yet, see load_data()'}; {len(session.regions)} regions, "
            f"{session.n_rows} rows measured; show() shows it>"
        )

    # ---- images

    load_data = answered_by("_loader", Loader.load_data)
    load = answered_by("_loader", Loader.load)
    load_demo = answered_by("_loader", Loader.load_demo)
    batch_load = answered_by("_loader", Loader.batch_load)
    reload_data = answered_by("_images", Images.reload_data)
    show_plane = answered_by("_images", Images.show_plane)
    set_bad_flags = answered_by("_images", Images.set_bad_flags)
    data_labels = told_by("_images", Images.data_labels)
    get_data = answered_by("_images", Images.get_data)

    def confine(self, folder: str | PathLike[str]) -> None:
        """Let the window's *Open* dialog open files of one folder only; Python itself may open any."""
        place = user_path(folder)
        if not place.is_dir():
            raise InputError(f"There is no folder {str(folder)[-150:]!r}; name one that exists.")
        self.app.window.root = place.resolve()

    def remember_files(self, keep: bool = True) -> None:
        """Keep the *Open* dialog's list of what was opened before for your other sessions, or no more.

        It lies in your Jupyter configuration, for you alone to read; addresses with a query, which may hold a
        token, are never kept. With False the list is emptied, and stays so until you say True.
        """
        Recent().kept = keep

    # ---- regions and their changes

    load_regions = answered_by("_regions", Regions.load_regions)
    load_regions_from_file = answered_by("_regions", Regions.load_regions_from_file)
    import_region = answered_by("_regions", Regions.import_region)
    get_interactive_regions = answered_by("_regions", Regions.get_interactive_regions)
    get_regions = answered_by("_regions", Regions.get_regions)
    save_regions = answered_by("_regions", Regions.save_regions)

    @property
    def history(self) -> History:
        """All changes so far: prints the Python that does the same."""
        return self.app.session.history

    def undo(self, n: int = 1) -> None:
        """Take back the last `n` changes of images, regions, alignment and results, without limit."""
        self.app.session.history.undo(n)

    def redo(self, n: int = 1) -> None:
        """Do the last `n` undone changes again."""
        self.app.session.history.redo(n)

    # ---- what notebooks of jdaviz call

    show_in_sidecar = answered_by("_jdaviz", ImvizNames.show_in_sidecar)
    show_in_new_tab = answered_by("_jdaviz", ImvizNames.show_in_new_tab)
    toggle_api_hints = answered_by("_jdaviz", ImvizNames.toggle_api_hints)
    datasets = told_by("_jdaviz", ImvizNames.datasets)
    plugin_tables = told_by("_jdaviz", ImvizNames.plugin_tables)
    plugin_plots = told_by("_jdaviz", ImvizNames.plugin_plots)

    @property
    def _app(self) -> Application:
        """What notebooks reached for before there was an `Imviz.app`."""
        warnings.warn("imviz._app is imviz.app here.", AstropyDeprecationWarning, stacklevel=2)
        return self.app

    # ---- alignment

    link_data = answered_by("_images", Images.link_data)
    get_alignment_method = answered_by("_images", Images.get_alignment_method)
    get_link_type = get_alignment_method
    get_ref_data = answered_by("_images", Images.get_ref_data)

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
        rows = self.app.session.results.table() if table is None else table
        if isinstance(rows, str | PathLike):
            rows = read_table(rows)
        session = self.app.session
        return [] if rows is None else verify(rows, session.image_measured_as, session.images)

    @property
    def plugins(self) -> dict[str, Plugin]:
        """The plugins by their label in the tray."""
        return self.app.plugins.copy()

    @property
    def fitted_models(self) -> dict[str, Model]:
        """Models fitted so far, by name."""
        return self.app.fitted_models

    # ---- sessions in files

    save_session = answered_by("_files", SessionFiles.save)
    load_session = answered_by("_files", SessionFiles.load)

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
