"""What is there, taken away as files: a viewer's picture, a cut-out of an image, tables, plots, regions.

Pictures are made in Python at any size, so no browser need be open; what lies over them are true vectors in
SVG and PDF. A file appears complete or not at all, and one that is there is only replaced on purpose.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from echo import CallbackProperty

from imviz.errors import FileThereError, InputError
from imviz.plugin import Choice, Held, Number, Plot, Plugin, Viewers, action
from imviz.plugin.figure import PICTURES, Sheet, draw_sheet, save
from imviz.plugin.plot import write_plot
from imviz.science.display.scale_bars import scale_bar
from imviz.science.photometry.apertures import Box, box_of
from imviz.science.results.files import FORMATS, write_table
from imviz.science.safe_files import target_file, writing
from imviz.science.sky.sections import section
from imviz.science.user_paths import user_path
from imviz.session.loading import save_regions
from imviz.session.program import notebook
from imviz.view.picture.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imviz.session import Session
    from imviz.view import View

__all__ = ["Export"]

VIEWER, CUTOUT, TABLE, PLOT, REGIONS = "Viewer", "Image cut-out", "Table", "Plot", "Regions"
HISTORY = "History"
SOURCES = {
    "viewer": VIEWER,
    "dataset": CUTOUT,
    "plugin_table": TABLE,
    "plugin_plot": PLOT,
    "subset": REGIONS,
}
SEEN, WHOLE, BETWEEN = "What is seen", "Whole image", "Between limits"
EVERY = "All regions"
PROGRAMS = ("ipynb", "py")
REGION_FORMATS = {"reg": "ds9", "crtf": "crtf", "fits": "fits"}
MOST = 20_000  # pixels of a picture's side


class Export(Plugin):
    """Write files."""

    kept_elsewhere = frozenset({"plugin_plot", "plugin_table"})  # there until the next session at most
    name = "Export"
    icon = "mdi-export-variant"
    source = Choice([VIEWER, CUTOUT, TABLE, PLOT, REGIONS, HISTORY], doc="What is written.")
    filename = CallbackProperty("", docstring="The file; without one a name is made up.")
    overwrite = CallbackProperty(False, docstring="Whether a file that is there is replaced.")
    viewer = Choice(of="viewers", doc="The viewer to draw.")
    viewer_format = Choice(PICTURES, doc="Format of the picture.")
    image_custom_size = CallbackProperty(False, docstring="Whether the picture has a size of its own.")
    image_width = Number(800, doc="Width of the picture, pixels.")
    image_height = Number(600, doc="Height of the picture, pixels.")
    with_regions = CallbackProperty(True, docstring="Whether regions are drawn.")
    with_overlays = CallbackProperty(True, docstring="Whether markers, grid and contours are drawn.")
    with_bars = CallbackProperty(True, docstring="Whether colour and scale bar are drawn if they are shown.")
    dataset = Choice(of="images", doc="The image to cut out of.")
    part = Choice([SEEN, WHOLE, BETWEEN], of="regions", doc="What is cut out: all, or some of it.")
    x_min, x_max = Number(doc="First column."), Number(doc="Last column.")
    y_min, y_max = Number(doc="First row."), Number(doc="Last row.")
    plugin_table = Choice(doc="The table to write.")
    plugin_table_format = Choice([kind.lstrip(".") for kind in FORMATS], doc="Format of the table.")
    plugin_plot = Choice(doc="The plot to draw.")
    plugin_plot_format = Choice(PICTURES, doc="Format of the plot.")
    subset = Choice([EVERY], of="regions", doc="The region to write, or all of them.")
    subset_format = Choice(list(REGION_FORMATS), doc="Format of the regions.")
    history_format = Choice(PROGRAMS, doc="Format of the history as a program: a notebook or a script.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._plugins: Mapping[str, Plugin] = {}
        self.add_callback("active", self._offer_results)

    def meet(self, plugins: Mapping[str, Plugin]) -> None:
        """Learn whose tables and plots there are to write."""
        self._plugins = plugins
        for plugin in plugins.values():
            held = [name for name, field in plugin.fields().items() if isinstance(field, Held)]
            for name in held:
                plugin.add_callback(f"{name}_revision", self._offer_results)
        self._offer_results()

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if value and name in SOURCES:  # naming something to export selects it
            self.source = SOURCES[name]

    @action
    def save(self) -> None:
        """Write what is chosen."""
        self.export()

    def export(
        self,
        filename: str | Path | None = None,
        show_dialog: bool | None = None,  # noqa: ARG002 - older notebooks'
        overwrite: bool | None = None,
        raise_error_for_overwrite: bool = True,
    ) -> str | None:
        """Write what is chosen to a file and return its path.

        Parameters
        ----------
        filename : str or Path, optional
            Its ending may tell the format. Default: the plugin's, else one made up.
        show_dialog : bool, optional
            Accepted from older notebooks.
        overwrite : bool, optional
            Replace a file that is there. Default: the plugin's.
        raise_error_for_overwrite : bool
            If not, a file that is there is left alone, said in the panel, and None is returned.

        Raises
        ------
        FileExistsError
            If the file is there and may not be replaced.
        InputError
            For what cannot be written.
        """
        overwrite = self.overwrite if overwrite is None else overwrite
        path = self._path(self.filename if filename is None else filename)
        self._offer_results()
        try:
            target_file(path, overwrite=overwrite)
            told = self._writers()[str(self.source)](path, overwrite)
        except FileThereError as error:
            if raise_error_for_overwrite:
                raise
            self.say(str(error), "error")
            return None
        self.say(f"Saved {Path(path).absolute()}. {told or ''}".strip()[:400])
        return str(path)

    def save_figure(self, filename: str | None = None, filetype: str | None = None) -> str | None:
        """Write the chosen viewer's picture: the older name and options of `export`."""
        self.source = VIEWER
        if filetype is not None:
            self.viewer_format = filetype.lower().lstrip(".")
        return self.export(filename, overwrite=True)

    # ---- what is written

    def _writers(self) -> dict[str, Callable[[Path, bool], str | None]]:
        """What writes each source; it returns what the file does not hold as it was."""
        return {
            VIEWER: self._write_viewer,
            CUTOUT: self._write_cutout,
            TABLE: self._write_table,
            PLOT: self._write_plot,
            REGIONS: self._write_regions,
            HISTORY: self._write_history,
        }

    def _path(self, filename: str | Path) -> Path:
        """The file to write, with the ending of the format, which a known ending of the name decides."""
        endings: dict[str, tuple[str | None, tuple[str, ...]]] = {
            VIEWER: ("viewer_format", PICTURES),
            CUTOUT: (None, ("fits",)),
            TABLE: ("plugin_table_format", tuple(kind.lstrip(".") for kind in FORMATS)),
            PLOT: ("plugin_plot_format", PICTURES),
            REGIONS: ("subset_format", tuple(REGION_FORMATS)),
            HISTORY: ("history_format", PROGRAMS),
        }
        field, known = endings[str(self.source)]
        path = user_path(str(filename).strip() or self._own_name())
        ending = path.suffix.lower().lstrip(".")
        if ending not in known:
            wanted = known[0] if field is None else str(getattr(self, field))
            return path.with_name(f"{path.name}.{wanted}")
        if field is not None:
            setattr(self, field, ending)
        return path

    def _own_name(self) -> str:
        names = {
            VIEWER: str(self.viewer),
            CUTOUT: f"{self.dataset} cut-out",
            TABLE: str(self.plugin_table),
            PLOT: str(self.plugin_plot),
            REGIONS: "regions" if self.subset == EVERY else str(self.subset),
            HISTORY: "history",
        }
        return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in names[str(self.source)])

    def _write_viewer(self, path: Path, overwrite: bool) -> None:
        if not self.viewer:
            raise InputError("There is no viewer to draw.")
        figure = draw_sheet(self._sheet(self._viewers[str(self.viewer)]))
        with writing(path, overwrite=overwrite) as temporary:
            save(figure, temporary, str(self.viewer_format))

    def _sheet(self, viewer: View) -> Sheet:
        """The picture of a viewer and what lies over it."""
        shape = viewer.navigation.shape
        if self.image_custom_size:
            shape = _side(self.image_height, "height"), _side(self.image_width, "width")
        regions = tuple(viewer.regions_drawn.drawn()) if self.with_regions else ()
        return _sheet(viewer, shape, regions, overlays=self.with_overlays, bars=self.with_bars)

    def _write_cutout(self, path: Path, overwrite: bool) -> None:
        if not self.dataset:
            raise InputError("There is no image to cut out of; load one first.")
        label = str(self.dataset)
        hdus = section(self._session.image(label), self._box(label), label)
        with writing(path, overwrite=overwrite) as temporary:
            hdus.writeto(temporary, overwrite=True, output_verify="fix+ignore")

    def _box(self, label: str) -> Box:
        shape = self._session.image(label).data.shape
        if self.part == WHOLE:
            return Box(0, 0, shape[1], shape[0])
        if self.part == SEEN:
            wanted = _seen(self._viewers, label)
        elif self.part == BETWEEN:
            edges = (self.x_min, self.x_max, self.y_min, self.y_max)
            if any(edge is None for edge in edges):
                raise InputError("Give first and last column and row of the cut-out.")
            wanted = _box_between(*(float(edge) for edge in edges))
        else:
            wanted = box_of(self._session.region(str(self.part), on=label))
        clipped = wanted.clip(shape)
        if clipped is None:
            raise InputError(f"Nothing of {label} lies there; it has {shape[1]} × {shape[0]} pixels.")
        return clipped

    def _write_table(self, path: Path, overwrite: bool) -> None:
        if not self.plugin_table:
            raise InputError("There is no table yet; measure, search or mark something first.")
        plugin, field = self.found("table")[str(self.plugin_table)]
        table = getattr(plugin, f"export_{field}")()
        if table is None:
            raise InputError(f"{self.plugin_table} has no rows yet.")
        write_table(table, path, overwrite=overwrite)

    def _write_plot(self, path: Path, overwrite: bool) -> None:
        if not self.plugin_plot:
            raise InputError("There is no plot yet; measure something or take a profile first.")
        plugin, field = self.found("plot")[str(self.plugin_plot)]
        write_plot(getattr(plugin, field), path, overwrite=overwrite)

    def _write_regions(self, path: Path, overwrite: bool) -> str:
        if not self._session.regions:
            raise InputError("There is no region to write; draw one first.")
        labels = None if self.subset == EVERY else [str(self.subset)]
        options = {"frame": "pixel", "labels": labels, "overwrite": overwrite}
        told = save_regions(self._session, path, REGION_FORMATS[str(self.subset_format)], **options)
        return " ".join(told)

    def _write_history(self, path: Path, overwrite: bool) -> None:
        history = self._session.history
        if not len(history):
            raise InputError("Nothing has been done yet that a program could do again.")
        text = str(history) if self.history_format == "py" else notebook(history.saves.codes(history))
        with writing(path, overwrite=overwrite) as temporary:
            temporary.write_text(text, "utf-8")

    # ---- what there is

    def found(self, kind: str) -> dict[str, tuple[Plugin, str]]:
        """The plugins' tables or plots that hold something, by a name for people."""
        fields = {}
        for plugin in self._plugins.values():
            for name, field in plugin.fields().items():
                value = getattr(plugin, name) if isinstance(field, Held) else None
                if value is None or isinstance(value, Plot) != (kind == "plot"):
                    continue
                if kind == "table" and not (hasattr(plugin, f"export_{name}") and value.n_rows):
                    continue
                fields[f"{plugin.name}: {name.replace('_', ' ')}"] = plugin, name
        return fields

    def _offer_results(self, *_: Any) -> None:
        """Offer the tables and plots there are now."""
        kind = type(self)
        kind.plugin_table.set_choices(self, list(self.found("table")))
        kind.plugin_plot.set_choices(self, list(self.found("plot")))


def _sheet(viewer: View, shape: tuple[int, int], regions: Any, *, overlays: bool, bars: bool) -> Sheet:
    """A viewer's picture of a size, with or without what lies over it."""
    limits = viewer.limits
    if limits is None or viewer.controls.top is None:
        raise InputError(f"Viewer {viewer.name} shows no image; show one first.")
    shown = limits.squared(shape)
    vectors, legends = viewer.vectors, viewer.legends
    layers = [(vectors[name], *vectors.positions(name)) for name in vectors.names if overlays]
    bar = legends.color_bar if bars and legends.bar_shown else None
    scale = None
    if bars and legends.scale_shown:
        most = min(160, shape[1] / 3) * shown.width / shape[1]
        scale = scale_bar(most, legends.arcsec_per_pixel)
    return Sheet(
        picture=render(viewer, None, shape),
        limits=(shown.x_min, shown.x_max, shown.y_min, shown.y_max),
        layers=tuple(layers),
        regions=regions,
        bar=None if bar is None else (bar.colours, bar.low, bar.high, bar.label),
        scale=scale,
    )


def _seen(viewers: Viewers, label: str) -> Box:
    """What the first view that has an image shows of it."""
    for name in viewers:
        viewer = viewers[name]
        limits = viewer.limits
        if limits is None or label not in viewer.labels:
            continue
        corners = np.array(
            [
                viewer.frame.from_reference(label, x, y)
                for x in (limits.x_min, limits.x_max)
                for y in (limits.y_min, limits.y_max)
            ]
        )
        if np.isfinite(corners).all():
            (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
            return _box_between(x0, x1, y0, y1)
    raise InputError(f"No viewer shows {label}; choose another part of it.")


def _side(value: Any, what: str) -> int:
    if value is None or not 1 <= value <= MOST:
        raise InputError(f"The {what} of a picture is 1 to {MOST} pixels, not {value!r}.")
    return round(value)


def _box_between(x0: float, x1: float, y0: float, y1: float) -> Box:
    """The pixels whose centres' own areas hold the edges."""
    first_x, last_x, first_y, last_y = (int(np.floor(edge + 0.5)) for edge in (x0, x1, y0, y1))
    if last_x < first_x or last_y < first_y:
        raise InputError(f"The last column and row must not be before the first: {(x0, x1, y0, y1)}.")
    return Box(first_x, first_y, last_x - first_x + 1, last_y - first_y + 1)
