"""Names that notebooks of the older tool use, each handed on to what does it here: a part of `Imviz`.

Only names whose meaning is the same are here; nothing is computed and nothing kept.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from astropy.table import Table
from astropy.utils.exceptions import AstropyDeprecationWarning
from photutils.aperture import Aperture
from regions import Region, Regions

from imviz.app.application import DEFAULT_VIEWER, Application
from imviz.app.image_methods import is_region_file
from imviz.app.names import Named
from imviz.errors import ImvizError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from astropy.table import QTable

    from imviz.plugin import Plugin

__all__ = ["Dataset", "OlderNames", "PluginPlot", "PluginTable"]

REGIONS = (Region, Regions, Aperture)
LOADERS = ("file", "url", "object")


class Dataset:
    """An image by its label: what can be done with it."""

    def __init__(self, app: Application, label: str, get: Callable[..., Any]) -> None:
        self._app, self._label, self._get = app, label, get

    def get_data(self, spatial_subset: str | None = None, cls: type | None = None, **older: Any) -> Any:
        """The image: see `Imviz.get_data`."""
        return self._get(self._label, spatial_subset, cls, **older)

    def add_to_viewer(self, viewer: str = DEFAULT_VIEWER) -> None:
        """Show it in a viewer."""
        self._app.add_data_to_viewer(viewer, self._label)

    def __repr__(self) -> str:
        return f"<image {self._label!r}>"


class PluginTable:
    """A plugin's table that has rows."""

    def __init__(self, plugin: Plugin, field: str) -> None:
        self._plugin, self._field = plugin, field

    def export_table(
        self, filename: str | PathLike[str] | None = None, overwrite: bool = False
    ) -> QTable | None:
        """The table (a copy), also written to a file if one is named."""
        found: QTable | None = getattr(self._plugin, f"export_{self._field}")(filename, overwrite)
        return found

    def clear_table(self) -> None:
        """Forget its rows."""
        clear = getattr(self._plugin, f"clear_{self._field}", None)
        if clear is None:
            raise InputError(f"The {self._field} of {self._plugin.name} cannot be cleared; it is made anew.")
        clear()

    def __repr__(self) -> str:
        return f"<{self._field} of {self._plugin.name}, {getattr(self._plugin, self._field).n_rows} rows>"


class PluginPlot:
    """A plugin's plot that shows something."""

    def __init__(self, plugin: Plugin, field: str) -> None:
        self._plugin, self._field = plugin, field

    def export(self, filename: str | PathLike[str], overwrite: bool = False) -> None:
        """Draw it to a PNG, SVG or PDF file."""
        getattr(self._plugin, self._field).export(filename, overwrite=overwrite)

    def __repr__(self) -> str:
        return f"<{self._field} of {self._plugin.name}>"


class OlderNames:
    """The older tool's names."""

    app: Application
    get_data: Callable[..., Any]
    load_data: Callable[..., None]
    link_data: Callable[..., None]
    show: Callable[..., None]
    _told: Callable[..., Any]

    def load(
        self,
        inp: Any = None,
        loader: str | None = None,
        format: str | None = None,  # noqa: A002 - older notebooks'
        target: str | None = None,  # noqa: ARG002 - older notebooks'
        **options: Any,
    ) -> None:
        """Open an image, regions or a catalog.

        Parameters
        ----------
        inp
            What `load_data`, `import_region` or *Catalog Search* take.
        loader : {'file', 'url', 'object'}, optional
            Accepted from older notebooks, as is `target`: what it is, is seen from the thing itself.
        format : {'Image', 'Subset', 'Catalog'}, optional
            Default: regions of `regions` and photutils, and region files, are regions, a table is a catalog,
            all else is an image.
        viewer : str or list of str, optional
            Where to show the image: by name, a new name, "*" for all, [] for none. Or `show_in_viewer`:
            a bool or a name.
        extension, align_by, **options
            `load_data`'s ``ext``; as `link_data`; and what `load_data` or `import_region` take.
        """
        if inp is None:
            raise InputError("Say what to load: a file's name, an address, an array, a region or a table.")
        if loader not in (None, *LOADERS):
            raise InputError(f"There is no loader {loader!r:.60}; use one of: {', '.join(LOADERS)}.")
        kind = (format or _kind_of(inp)).lower()
        if kind == "subset":
            before = set(self.app.session.regions)
            bad = self.app.plugins["Subset Tools"].import_region(inp, **options)
            self._told([one for one in self.app.session.regions if one not in before], bad, returned=False)
        elif kind == "catalog":
            self.app.plugins["Catalog Search"].import_catalog(inp)
        elif kind == "image":
            self._load_image(inp, **options)
        else:
            raise InputError(f"There is no format {format!r:.60}; use one of: Image, Subset, Catalog.")

    def show_in_sidecar(self, anchor: str | None = None, title: str | None = None) -> None:
        """Show the window beside the notebook: ``show("sidecar")``."""
        self.show(f"sidecar:{anchor}" if anchor else "sidecar", title)

    def show_in_new_tab(self, title: str | None = None) -> None:
        """Show the window in a tab of JupyterLab's own: ``show("sidecar:tab-after")``."""
        self.show("sidecar:tab-after", title)

    def toggle_api_hints(self, enabled: bool | None = None) -> None:
        """Label the controls of the panels with their names in Python, as ``.dataset``, or with words."""
        window = self.app.window
        window.api_hints = not window.api_hints if enabled is None else bool(enabled)

    @property
    def datasets(self) -> dict[str, Dataset]:
        """The images by label."""
        return Named(
            "image", {label: Dataset(self.app, label, self.get_data) for label in self.app.session.images}
        )

    @property
    def plugin_tables(self) -> dict[str, PluginTable]:
        """The plugins' tables that have rows, as ``"Aperture Photometry: table"``."""
        found = self.app.plugins["Export"].found("table")
        return Named("table", {name: PluginTable(*where) for name, where in found.items()})

    @property
    def plugin_plots(self) -> dict[str, PluginPlot]:
        """The plugins' plots that show something, as ``"Aperture Photometry: plot"``."""
        found = self.app.plugins["Export"].found("plot")
        return Named("plot", {name: PluginPlot(*where) for name, where in found.items()})

    @property
    def _app(self) -> Application:
        """What notebooks reached for before there was an `Imviz.app`."""
        warnings.warn("imviz._app is imviz.app here.", AstropyDeprecationWarning, stacklevel=2)
        return self.app

    # ---- inside

    def _load_image(self, inp: Any, viewer: Any = DEFAULT_VIEWER, **options: Any) -> None:
        """Open an image and show it in the viewers named; one that is not there is made."""
        wanted = options.pop("show_in_viewer", True)
        if wanted is not True:
            viewer = wanted or []
        every = list(self.app.viewers)
        names = every if viewer == "*" else [viewer] if isinstance(viewer, str) else list(viewer or ())
        align_by = options.pop("align_by", None)
        options.pop("data_label_as_prefix", None)
        new = [name for name in names if name not in self.app.viewers]
        for name in new:
            self.app.add_viewer(name)
        try:
            self.load_data(inp, show_in_viewer=names, **options)
        except ImvizError:
            for name in new:
                self.app.remove_viewer(name)
            raise
        if align_by is not None:
            self.link_data(align_by)


def _kind_of(thing: Any) -> str:
    """What a thing is loaded as unless told."""
    first = thing[0] if isinstance(thing, list | tuple) and thing else thing
    if is_region_file(first) or isinstance(first, REGIONS):
        return "Subset"
    return "Catalog" if isinstance(first, Table) else "Image"
