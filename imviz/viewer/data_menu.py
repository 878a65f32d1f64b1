"""A viewer's list of layers by the names of jdaviz's data menu; for notebooks, the window has its own list.

Each method passes on to the viewer or its document; what is kept here is only which layers are selected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imviz.errors import InputError
from imviz.plugin import Chosen
from imviz.session.orientations import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imviz.view.view import View

__all__ = ["DataMenu"]

MODES = {"new": "new", "replace": "replace", "or": "or", "and": "and", "xor": "xor", "andnot": "remove"}


class SelectedLayers(list[str]):
    """The selected layers of a `DataMenu`, a list that can select others."""

    def __init__(self, menu: DataMenu, labels: Iterable[str]) -> None:
        super().__init__(labels)
        self._menu = menu

    @property
    def selected(self) -> list[str]:
        """The selected labels; assigning selects others."""
        return list(self)

    @selected.setter
    def selected(self, labels: str | Iterable[str]) -> None:
        self._menu.layer = labels

    @property
    def choices(self) -> list[str]:
        """The labels that can be selected."""
        return self._menu._layers()


class DataMenu:
    """The layers of one viewer.

    Parameters
    ----------
    view : View
        Whose they are.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._selected: tuple[str, ...] = ()

    def __repr__(self) -> str:
        shown = self.data_labels_visible
        lines = [f"  {one}{'' if one in shown else ' (hidden)'}" for one in self.data_labels_loaded[::-1]]
        return "\n".join([f"<DataMenu of {self._view.name}, the top-most first:", *lines]) + ">"

    @property
    def data_labels_loaded(self) -> list[str]:
        """Labels of the images the viewer has, the top-most last."""
        return self._view.labels

    @property
    def data_labels_visible(self) -> list[str]:
        """Labels of the images it shows, the top-most last."""
        return self._view.visible_labels

    @property
    def data_labels_unloaded(self) -> list[str]:
        """Labels of the document's other images."""
        loaded = self.data_labels_loaded
        return [label for label in self._view.document.images if label not in loaded]

    @property
    def layer(self) -> SelectedLayers:
        """The selected images and regions: the top-most visible image until others are; settable."""
        chosen = [label for label in self._selected if label in self._layers()]
        top = self._view.controls.top
        return SelectedLayers(self, chosen or ([] if top is None else [top]))

    @layer.setter
    def layer(self, labels: str | Iterable[str]) -> None:
        wanted = (labels,) if isinstance(labels, str) else tuple(labels)
        there = self._layers()
        for label in wanted:
            if label not in there:
                raise InputError(
                    f"The viewer has no layer {label!r}; it has: {', '.join(there) or 'none'}."[:240]
                )
        self._selected = wanted

    @property
    def orientation(self) -> Chosen:
        """The orientation shown; settable."""
        known = (DEFAULT, *self._view.document.orientations.names)
        return Chosen(self._view.controls.orientation, known, self._view.frame.choose)

    @orientation.setter
    def orientation(self, label: str) -> None:
        self._view.frame.choose(label)

    def set_layer_visibility(self, layer_label: str, visible: bool = True) -> None:
        """Show or hide an image here, or a region everywhere."""
        if layer_label in self._view.document.region_list:
            self._view.document.region_list.style([layer_label], visible=visible)
        else:
            self._view.set_visible(layer_label, visible)

    def toggle_layer_visibility(self, layer_label: str) -> None:
        """Hide an image or region that is shown, show one that is not."""
        regions = self._view.document.region_list
        if layer_label in regions:
            shown = regions[layer_label].visible
        else:
            shown = bool(self._view.layers_shown.state(layer_label).visible)
        self.set_layer_visibility(layer_label, not shown)

    def add_data(self, *data_labels: str) -> None:
        """Show images of the document."""
        for label in data_labels:
            self._view.add_image(label)

    def rename(self, label: str, new_label: str | None = None) -> None:
        """Give another label: ``rename(old, new)``, or ``rename(new)`` the selected image or region."""
        if new_label is None:
            label, new_label = self._only(), label
        if label in self._view.document.region_list:
            self._selected = (self._view.document.region_list.rename(label, new_label),)
        else:
            self._view.document.rename_image(label, new_label)
            self._selected = (new_label,)

    def remove_from_viewer(self) -> None:
        """Take the selected images out of this viewer."""
        for label in self._images():
            self._view.remove_image(label)

    def remove_from_app(self) -> None:
        """Take the selected images and regions out of the document."""
        images = self._images()
        self._view.document.remove_regions([label for label in self.layer if label not in images])
        for label in images:
            self._view.document.remove_image(label)

    def create_subset(self, subset_type: str) -> None:
        """Take the tool that draws a kind of region; what is drawn is a new one."""
        self._view.controls.tool = subset_type
        self._view.document.combine = "new"

    def modify_subset(self, combination_mode: str, subset_type: str) -> None:
        """Take a tool whose shape is combined with the selected region, by one of `MODES`."""
        if combination_mode not in MODES:
            raise InputError(f"There is no combination {combination_mode!r:.60}; use: {', '.join(MODES)}.")
        regions = [label for label in self.layer if label in self._view.document.region_list]
        if regions:
            self._view.document.selected_region = regions[0]
        self._view.controls.tool = subset_type
        self._view.document.combine = MODES[combination_mode]

    def resize_subset_in_viewer(self, subset_label: str) -> None:
        """Select a region, so that its handles are there to be dragged."""
        self._view.document.selected_region = self._view.document.region_list[subset_label].label

    # ---- inside

    def _layers(self) -> list[str]:
        return [*self.data_labels_loaded, *self._view.document.region_list.labels]

    def _images(self) -> list[str]:
        return [label for label in self.layer if label in self.data_labels_loaded]

    def _only(self) -> str:
        if len(self.layer) != 1:
            raise InputError(f"Select one layer to rename; {len(self.layer)} are.")
        return self.layer[0]
