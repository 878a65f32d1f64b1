"""Names that notebooks of jdaviz use on `Imviz`, each answered by what does it here.

Only names whose meaning is the same are here; nothing is computed and nothing kept. Those used on
``imviz.app`` are in `jdaviz_application`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.app.application import DEFAULT_VIEWER, Application
from imviz.app.named import Named
from imviz.errors import InputError
from imviz.shell import display

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from astropy.table import QTable

    from imviz.app.images import Images
    from imviz.plugin import Plugin

__all__ = ["Dataset", "ImvizNames", "PluginPlot", "PluginTable"]


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
        table: QTable | None = getattr(self._plugin, f"export_{self._field}")(filename, overwrite)
        return table

    def clear_table(self) -> None:
        """Forget its rows."""
        clear = getattr(self._plugin, f"clear_{self._field}", None)
        if clear is None:
            raise InputError(f"The {self._field} of {self._plugin.name} cannot be cleared; it is recomputed.")
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


class ImvizNames:
    """jdaviz's names of what an `Imviz` has.

    Parameters
    ----------
    app : Application
        Which does it.
    images : Images
        What hands images out.
    """

    def __init__(self, app: Application, images: Images) -> None:
        self._app, self._images = app, images

    def show_in_sidecar(self, anchor: str | None = None, title: str | None = None) -> None:
        """Show the window beside the notebook: ``show("sidecar")``."""
        display.show(self._app.window, f"sidecar:{anchor}" if anchor else "sidecar", title)

    def show_in_new_tab(self, title: str | None = None) -> None:
        """Show the window in a tab of JupyterLab's own: ``show("sidecar:tab-after")``."""
        display.show(self._app.window, "sidecar:tab-after", title)

    def toggle_api_hints(self, enabled: bool | None = None) -> None:
        """Label the controls of the panels with their names in Python, as ``.dataset``, or with words."""
        window = self._app.window
        window.api_hints = not window.api_hints if enabled is None else bool(enabled)

    @property
    def datasets(self) -> dict[str, Dataset]:
        """The images by label."""
        labels, get = self._app.session.images, self._images.get_data
        return Named("image", {label: Dataset(self._app, label, get) for label in labels})

    @property
    def plugin_tables(self) -> dict[str, PluginTable]:
        """The plugins' tables that have rows, as ``"Aperture Photometry: table"``."""
        tables = self._app.plugins["Export"].found("table")
        return Named("table", {name: PluginTable(*where) for name, where in tables.items()})

    @property
    def plugin_plots(self) -> dict[str, PluginPlot]:
        """The plugins' plots that show something, as ``"Aperture Photometry: plot"``."""
        plots = self._app.plugins["Export"].found("plot")
        return Named("plot", {name: PluginPlot(*where) for name, where in plots.items()})
