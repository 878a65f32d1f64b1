"""Subset Tools: the list of regions, what each is, what lies under it, and every change of it by number.

The list is paged and filtered, so ten thousand regions cost what one page does. All changes are the
session's, one step of its history each. Drawing is the viewer's hand; nothing here draws.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from echo import CallbackProperty, delay_callback

from imviz.delegation import answered_by, told_by
from imviz.errors import InputError
from imviz.plugin import Choice, Number, Plugin, Viewers, action
from imviz.plugins.subset_tools import descriptions
from imviz.plugins.subset_tools.notebook import Notebook, join_of
from imviz.session import operations
from imviz.session.loading import save_regions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imviz.session import Session

__all__ = ["SubsetTools"]

PAGE = 12
SIGNS = {"or": "or ∪", "and": "and ∩", "xor": "xor ⊻", "remove": "without ∖"}


class SubsetTools(Plugin):
    """List, edit, combine, load and save regions; take any change back."""

    name = "Subset Tools"
    icon = "mdi-selection"
    recenter_dataset = Choice(of="images", doc="The image that recentring and statistics look at.")
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
    tree = CallbackProperty((), docstring="The parts of the selected composite: path, join, text.")
    joins = CallbackProperty(tuple(SIGNS.items()), docstring="The ways to join two parts, with their signs.")
    join_by = CallbackProperty("or", docstring="How `join` joins the selected regions.")
    figures = CallbackProperty((), docstring="Area and statistics under the selected region, as texts.")
    file_name = CallbackProperty("regions.reg", docstring="The file to load from or save to.")
    done = CallbackProperty((), docstring="The last changes, the latest first.")
    can_undo = CallbackProperty(False, docstring="Whether there is something to undo.")
    can_redo = CallbackProperty(False, docstring="Whether there is something to redo.")
    step = Number(1.0, doc="How far the arrows move the selected regions, pixels.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._notebook = Notebook(session)
        self._shown = False
        for news in ("images", "revision", "selected_regions"):
            session.add_callback(news, self._follow)
        session.history.add_callback("revision", self._follow)
        for field in ("filter", "page", "recenter_dataset", "active"):
            self.add_callback(field, self._follow)
        for field in ("label", "color", "locked", "visible", "excluded"):
            self.add_callback(field, self._write)
        self._follow()

    # ---- actions of the panel

    @action
    def recenter(self) -> None:
        """Move the selected regions onto the sources under them."""
        operations.recentre_all(self._session, self._chosen(), self.recenter_dataset or None)

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
        """Join the selected regions into the first, as `join_by` says."""
        self._session.selected_region = operations.combine(
            self._session, self._chosen(), join_of(self.join_by)
        )

    @action
    def tick(self, change: Sequence[Any]) -> None:
        """Add a region to those selected, or take it out: ``(label or number, whether)``.

        The list goes by numbers, which stay when a region is renamed.
        """
        which, selected = change
        record = self._session.region_list.numbered(which)
        label = which if record is None else record.label
        others = [other for other in self._session.selected_regions if other != label]
        self._session.select([*others, label] if selected else others)

    @action
    def set_number(self, change: Sequence[Any]) -> None:
        """Give the selected shape an exact number: ``(name, value)``."""
        name, value = change
        operations.edit(self._session, self._notebook.needed(), **{name: value})

    @action
    def change_join(self, change: Sequence[Any]) -> None:
        """Join two parts of the selected composite otherwise: ``(path, join)``."""
        path, join = change
        self._notebook.set_join(path, join)

    @action
    def drop_part(self, path: Sequence[int]) -> None:
        """Take a part out of the selected composite, for good."""
        self._notebook.remove_part(path)

    @action
    def free_part(self, path: Sequence[int]) -> None:
        """Take a part out of the selected composite; it becomes a region of its own."""
        self._notebook.remove_part(path, keep=True)

    @action
    def anchor_to_sky(self) -> None:
        """Anchor the selected region to the sky."""
        self._session.anchor_region(self._notebook.needed(), "sky")

    @action
    def anchor_to_image(self) -> None:
        """Anchor the selected region to the pixels of the image chosen."""
        self._session.anchor_region(self._notebook.needed(), str(self.recenter_dataset))

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
        bad = self._notebook.import_region(self.file_name)
        self.say(
            f"{len(bad)} could not be used. First: {bad[0][1]}"[:240] if bad else "",
            "error" if bad else "info",
        )

    @action
    def save(self) -> None:
        """Write all regions, or those selected, to the file."""
        labels = list(self.picked) or None
        notes = save_regions(self._session, self.file_name, labels=labels)
        self.say(" ".join([f"Saved {Path(self.file_name).absolute()}."[:240], *notes])[:480])

    # ---- what notebooks call

    subset = told_by("_notebook", Notebook.subset)
    combination_mode = told_by("_notebook", Notebook.combination_mode)
    import_region = answered_by("_notebook", Notebook.import_region)
    get_regions = answered_by("_notebook", Notebook.get_regions)
    get_center = answered_by("_notebook", Notebook.get_center)
    set_center = answered_by("_notebook", Notebook.set_center)
    update_subset = answered_by("_notebook", Notebook.update_subset)
    rename_subset = answered_by("_notebook", Notebook.rename_subset)
    rename_selected = answered_by("_notebook", Notebook.rename_selected)
    delete_subset = answered_by("_notebook", Notebook.delete_subset)
    get_parts = answered_by("_notebook", Notebook.get_parts)
    set_join = answered_by("_notebook", Notebook.set_join)
    remove_part = answered_by("_notebook", Notebook.remove_part)
    add_part = answered_by("_notebook", Notebook.add_part)

    # ---- inside

    def _chosen(self) -> list[str]:
        return list(self._session.selected_regions) or [self._notebook.needed()]

    def _follow(self, *_: Any) -> None:
        """Show the session as it is, while the panel is open."""
        session = self._session
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
        chosen = set(session.selected_regions)
        self.lines = tuple(
            descriptions.line(session.region_list[label], selected=label in chosen) for label in shown
        )
        self.picked = session.selected_regions
        total = len(session.regions)
        self.summary = (
            f"{total} region{'s' * (total != 1)}"
            if len(labels) == total
            else f"{len(labels)} of {total} regions"
        )

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
            self.parameters, self.tree = descriptions.parameters(region), descriptions.tree(session, label)
            self.figures = descriptions.figures(session, label, self.recenter_dataset or None)
        except InputError as error:
            self.figures = ({"function": "", "result": str(error)},)

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
