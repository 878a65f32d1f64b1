"""Subset Tools: the list of regions, what each is, what lies under it, and every change of it by number.

The list is paged and filtered, so ten thousand regions cost what one page does. All changes are the
session's, one step of its history each. Drawing is the viewer's hand; nothing here draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import CallbackProperty, delay_callback
from regions import CompoundPixelRegion

from imviz.errors import InputError
from imviz.plugin import Choice, Number, Plugin, Viewers, action
from imviz.session import operations
from imviz.session.loading import export_regions, load_regions, read_regions, save_regions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imviz.session import Session

__all__ = ["SubsetTools"]

PAGE = 12
SIGNS = {"or_": "∪", "and_": "∩", "xor": "⊻"}


class RegionNames(Plugin):
    """What notebooks call: the names that older ones know."""

    @property
    def subset(self) -> str:
        """The selected region's label; set it to select another, '' or 'Create New' for none."""
        return self._session.selected_region or ""

    @subset.setter
    def subset(self, value: str) -> None:
        wanted = None if value in ("", "Create New") else self._session.region_list[value].label
        self._session.selected_region = wanted

    @property
    def combination_mode(self) -> str:
        """What the next shape does: 'new', 'replace', 'or', 'and', 'xor', 'andnot'."""
        return "andnot" if self._session.combine == "remove" else self._session.combine

    @combination_mode.setter
    def combination_mode(self, value: str) -> None:
        modes = {name: name for name in ("new", "replace", "or", "and", "xor")} | {"andnot": "remove"}
        if value not in modes:
            raise InputError(f"There is no combination mode {value!r:.60}; use: {', '.join(modes)}.")
        self._session.combine = modes[value]

    def import_region(
        self,
        region: Any,
        combination_mode: str | None = None,
        subset_label: str | None = None,
        **options: Any,
    ) -> list[tuple[Any, str]]:
        """Add regions from a path or objects, new or combined with the selected one; returns the bad ones.

        Options: ``max_num_regions``, ``refdata_label``, ``region_format``.
        """
        session = self._session
        bad: list[tuple[Any, str]] = []
        on, most = options.get("refdata_label"), options.get("max_num_regions")
        if isinstance(region, str):
            region, bad = read_regions(region, options.get("region_format"))
        if combination_mode in (None, "new"):
            _, refused = load_regions(session, region, on, most, [subset_label] if subset_label else ())
            return bad + refused
        mode = "remove" if combination_mode == "andnot" else str(combination_mode)
        with session.history.step(f"Combine with {self._needed()}"):
            for shape in region if isinstance(region, list | tuple) else [region]:
                session.combine_region(self._needed(), shape, mode, on)
        return bad

    def get_regions(
        self,
        list_of_subset_labels: Iterable[str] | None = None,
        return_sky_region: bool | None = None,
        wrt_data: str | None = None,
    ) -> dict[str, Any]:
        """Regions by label: on the sky if asked for, or aligned by WCS and not told otherwise."""
        sky = (
            self._session.alignment == "wcs" and wrt_data is None
            if return_sky_region is None
            else return_sky_region
        )
        return export_regions(self._session, list_of_subset_labels, "sky" if sky else "pixel", wrt_data)[0]

    def get_center(self, subset_name: str | None = None) -> tuple[float, float] | None:
        """The middle of a region in pixels, or None if its shape has none."""
        region = self._session.region(subset_name or self._needed())
        middle = getattr(region, "center", None)
        return None if middle is None else (float(middle.x), float(middle.y))

    def set_center(self, new_cen: tuple[float, float], subset_name: str | None = None) -> None:
        """Move a region's middle to (x, y) in pixels."""
        label = subset_name or self._needed()
        x, y = self.get_center(label) or new_cen
        operations.nudge(self._session, [label], new_cen[0] - x, new_cen[1] - y)

    def update_subset(self, subset_label: str | None = None, **values: float) -> None:
        """Give a shape exact numbers, as ``x``, ``y``, ``radius``, ``width``, ``angle``."""
        operations.edit(self._session, subset_label or self._needed(), None, **values)

    def rename_subset(self, old_label: str, new_label: str) -> None:
        """Give a region another label."""
        self._session.region_list.rename(old_label, new_label)

    def rename_selected(self, new_label: str) -> None:
        """Give the selected region another label."""
        self._session.region_list.rename(self._needed(), new_label)

    def delete_subset(self, subset_label: str) -> None:
        """Delete a region."""
        self._session.remove_region(subset_label)

    # ---- inside

    def _needed(self) -> str:
        if self._session.selected_region is None:
            raise InputError("Select a region first.")
        return str(self._session.selected_region)


class SubsetTools(RegionNames):
    """List, edit, combine, load and save regions; take any change back."""

    name = "Subset Tools"
    icon = "mdi-selection"
    recenter_dataset = Choice(doc="The image that recentring and statistics look at.")
    filter = CallbackProperty("", docstring="Only regions whose label has this in it are listed.")
    page = CallbackProperty(1, docstring="The page of the list, from 1.")
    n_pages = CallbackProperty(1, docstring="How many pages there are.")
    lines = CallbackProperty((), docstring="The regions of this page, as texts.")
    picked = CallbackProperty((), docstring="Labels selected in the list.")
    summary = CallbackProperty("", docstring="How many regions there are and how many are listed.")
    label = CallbackProperty("", docstring="The selected region's label.")
    color = CallbackProperty("", docstring="The selected region's colour, or ''.")
    anchor = CallbackProperty("", docstring="What the selected region is anchored to.")
    locked = CallbackProperty(False, docstring="Whether the selected region is locked.")
    visible = CallbackProperty(True, docstring="Whether the selected region is drawn.")
    excluded = CallbackProperty(False, docstring="Whether the selected region is an exclusion, as -circle.")
    parameters = CallbackProperty((), docstring="The selected shape's numbers: name, value, unit.")
    tree = CallbackProperty((), docstring="The parts of the selected composite, indented.")
    figures = CallbackProperty((), docstring="Area and statistics under the selected region, as texts.")
    chosen = CallbackProperty((), docstring="Set by the list: the labels that are to be selected.")
    edited = CallbackProperty((), docstring="Set by the form: the name of a number and its new value.")
    file_name = CallbackProperty("regions.reg", docstring="The file to load from or save to.")
    done = CallbackProperty((), docstring="The last changes, the latest first.")
    can_undo = CallbackProperty(False, docstring="Whether there is something to undo.")
    can_redo = CallbackProperty(False, docstring="Whether there is something to redo.")
    step = Number(1.0, doc="How far the arrows move the selected regions, pixels.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._shown = False
        for news in ("images", "revision", "selected_regions"):
            session.add_callback(news, self._follow)
        session.history.add_callback("revision", self._follow)
        for field in ("filter", "page", "recenter_dataset", "active"):
            self.add_callback(field, self._follow)
        for field in ("label", "color", "locked", "visible", "excluded"):
            self.add_callback(field, self._write)
        self.add_callback("chosen", session.select)
        self.add_callback("edited", self._edit)
        self._follow()

    # ---- actions of the panel

    @action
    def recenter(self) -> None:
        """Move the selected regions onto the sources under them."""
        with self._session.history.step("Recentre"):
            for label in self._chosen():
                operations.recentre(self._session, label, self.recenter_dataset or None)

    @action
    def delete_selected(self) -> None:
        """Delete the selected regions."""
        self._session.remove_regions(self._chosen())

    @action
    def duplicate(self) -> None:
        """Copy the selected regions."""
        self._session.select(operations.duplicate(self._session, self._chosen()))

    @action
    def join(self) -> None:
        """Join the selected regions into the first."""
        operations.combine(self._session, self._chosen(), "or")

    @action
    def anchor_to_sky(self) -> None:
        """Anchor the selected region to the sky."""
        self._session.anchor_region(self._needed(), "sky")

    @action
    def anchor_to_image(self) -> None:
        """Anchor the selected region to the pixels of the image chosen."""
        self._session.anchor_region(self._needed(), str(self.recenter_dataset))

    @action
    def undo(self) -> None:
        """Take back the last change."""
        self._session.history.undo()

    @action
    def redo(self) -> None:
        """Do the last undone change again."""
        self._session.history.redo()

    @action
    def load(self) -> None:
        """Add the regions of the file."""
        bad = self.import_region(self.file_name)
        self.say(
            f"{len(bad)} could not be used. First: {bad[0][1]}"[:240] if bad else "",
            "error" if bad else "info",
        )

    @action
    def save(self) -> None:
        """Write all regions, or those selected, to the file."""
        labels = list(self.picked) or None
        bad = save_regions(self._session, self.file_name, labels=labels)
        self.say(bad[0][1] if bad else f"Saved to {self.file_name}."[:240])

    # ---- inside

    def _edit(self, change: Any) -> None:
        if change:
            operations.edit(self._session, self._needed(), **{change[0]: change[1]})

    def _chosen(self) -> list[str]:
        return list(self._session.selected_regions) or [self._needed()]

    def _follow(self, *_: Any) -> None:
        """Show the session as it is, while the panel is open."""
        session = self._session
        if tuple(type(self).recenter_dataset.get_choices(self)) != session.images:
            type(self).recenter_dataset.set_choices(self, list(session.images))
        if self._shown or not self.active:
            return
        self._shown = True
        try:
            self._show_list()
            self._show_selected()
            history = session.history
            self.done = tuple(reversed(history.titles[-8:]))
            self.can_undo, self.can_redo = bool(len(history)), bool(history.undone)
        finally:
            self._shown = False

    def _show_list(self) -> None:
        session, wanted = self._session, self.filter.strip().lower()
        labels = [label for label in session.regions if wanted in label.lower()]
        self.n_pages = max(1, -(-len(labels) // PAGE))
        self.page = min(max(1, int(self.page)), self.n_pages)
        shown = labels[(self.page - 1) * PAGE : self.page * PAGE]
        self.lines = tuple(self._line(label) for label in shown)
        self.picked = session.selected_regions
        total = len(session.regions)
        self.summary = f"{total} regions" if len(labels) == total else f"{len(labels)} of {total} regions"

    def _line(self, label: str) -> dict[str, Any]:
        record = self._session.region_list[label]
        shape = type(record.outline).__name__.removesuffix("Region").removesuffix("Pixel").removesuffix("Sky")
        marks = [word for word, on in (("locked", record.locked), ("hidden", not record.visible)) if on]
        marks += ["excluded"] if record.excluded else []
        return {
            "label": label,
            "what": ", ".join([shape, *marks]),
            "selected": label in self._session.selected_regions,
        }

    def _show_selected(self) -> None:
        session, label = self._session, self._session.selected_region
        if label is None:
            self.label, self.parameters, self.tree, self.figures, self.anchor = "", (), (), (), ""
            return
        record = session.region_list[label]
        with delay_callback(self, "label", "color", "locked", "visible", "excluded"):
            self.label, self.color = label, record.color or ""
            self.locked, self.visible, self.excluded = record.locked, record.visible, record.excluded
        self.anchor = record.anchor
        self.parameters, self.tree, self.figures = (), (), ()
        try:
            region = session.region(label)
            found = operations.numbers(region)
            self.parameters = tuple(
                {"name": name, "value": value, "unit": "deg" if name == "angle" else "pix"}
                for name, value in found.items()
            )
            self.tree = tuple(_tree(region))
            self.figures = self._figures(label)
        except InputError as error:
            self.figures = ({"function": "", "result": str(error)},)

    def _figures(self, label: str) -> tuple[dict[str, str], ...]:
        found = operations.statistics(self._session, label, self.recenter_dataset or None)
        numbers = {"Area": f"{found.area:.6g} pix²", "Pixels": str(found.n)}
        for name in ("sum", "mean", "median", "std", "min", "max"):
            numbers[name.capitalize()] = f"{getattr(found, name):.6g} {found.unit}".strip()
        return tuple({"function": name, "result": value} for name, value in numbers.items())

    def _write(self, *_: Any) -> None:
        """What was changed in the form goes to the selected region."""
        label = self._session.selected_region
        if self._shown or label is None:
            return
        record, style = self._session.region_list[label], {}
        if (self.color or None) != record.color:
            style["color"] = self.color or None
        for name in ("locked", "visible", "excluded"):
            if bool(getattr(self, name)) != getattr(record, name):
                style[name] = bool(getattr(self, name))
        if style:
            self._session.region_list.style([label], **style)
        if self.label and self.label != label:
            self._session.region_list.rename(label, self.label)


def _tree(region: Any, depth: int = 0) -> list[str]:
    """A composite's parts, a line each, indented by how deep they are."""
    if not isinstance(region, CompoundPixelRegion):
        name = type(region).__name__.removesuffix("PixelRegion")
        return ["· " * depth + name] if depth else []
    sign = SIGNS.get(region.operator.__name__, "?")
    return ["· " * depth + sign, *_tree(region.region1, depth + 1), *_tree(region.region2, depth + 1)]
