"""The regions as glue's subset groups, made when glue code asks for them.

A group of glue's own listens to the hub and has a subset on every image, so each makes all others dearer: a
thousand take seconds. The document keeps records instead (`region_list`), and this data collection shows
them to glue: reading `subset_groups` gives a group for each; making, changing or deleting one changes the
document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue.core import DataCollection
from glue.core.message import ComponentsChangedMessage
from glue.core.subset import RoiSubsetState
from glue.core.subset_group import GroupedSubset, SubsetGroup
from glue.core.visual import VisualAttributes

from imviz.errors import InputError
from imviz.science.sky import geometry
from imviz.session import glue_states

if TYPE_CHECKING:
    from glue.core import Data, Hub
    from glue.core.subset import SubsetState

    from imviz.session.interface import Document
    from imviz.session.region_placement import Ground, RegionRecord

__all__ = ["Images", "RegionGroup"]


class RegionGroup(SubsetGroup):
    """One region of the document, as glue sees it."""

    def __init__(self, session: Document, number: int) -> None:
        self._session, self._number = session, number
        self._made_of: RegionRecord | None = None
        self._state: Any = None
        self._subsets: dict[Data, GroupedSubset] = {}
        self._look: Any = None

    __setattr__ = object.__setattr__  # a SubsetGroup's tells its subsets; the document tells here

    @property
    def label(self) -> str:
        """The region's label; setting it renames the region."""
        return self._record.label

    @label.setter
    def label(self, value: str) -> None:
        self._session.region_list.rename(self.label, value)

    @property
    def subset_state(self) -> SubsetState:
        """What the region selects; setting it gives the region another outline."""
        record = self._record
        if record is not self._made_of:
            self._state, self._made_of = to_selection(record, self._session), record
        return self._state

    @subset_state.setter
    def subset_state(self, state: SubsetState) -> None:
        outline, ground = to_outline(state, self._session)
        if outline is not None:
            self._session.region_list.update({self.label: outline}, ground)

    @property
    def subsets(self) -> list[GroupedSubset]:
        """The region's subset on each image."""
        self._subsets = {
            data: self._subsets.get(data) or GroupedSubset(data, self)
            for data in self._session.glue.data_collection
        }
        return list(self._subsets.values())

    @property
    def style(self) -> VisualAttributes:
        """glue's style, in the region's colour."""
        if self._look is None:
            self._look = VisualAttributes(parent=self, color=self._record.color or "#4dd0e1")
        return self._look

    def broadcast(self, item: str) -> None:
        """Tell glue that something has changed, if it has asked for subsets."""
        for subset in self._subsets.values():
            subset.broadcast(item)

    @property
    def _record(self) -> RegionRecord:
        record = self._session.region_list.numbered(self._number)
        if record is None:
            if self._made_of is None:
                raise InputError("This region is gone.")
            return self._made_of
        return record


class Images(DataCollection):
    """glue's data collection of a session, with the session's regions for its subset groups."""

    def __init__(self, session: Document) -> None:
        super().__init__()
        self._session = session
        self._groups: dict[int, RegionGroup] = {}

    def register_to_hub(self, hub: Hub) -> None:
        """Hear of changed components; by methods, for glue's own functions would keep all images alive."""
        super().register_to_hub(hub)
        hub.subscribe(self, ComponentsChangedMessage, handler=self._components_changed, filter=self._is_mine)

    def _components_changed(self, _: ComponentsChangedMessage) -> None:
        self._sync_link_manager()

    def _is_mine(self, message: ComponentsChangedMessage) -> bool:
        return message.sender in self._data

    @property
    def subset_groups(self) -> tuple[RegionGroup, ...]:
        """A group for each region."""
        return tuple(self.group(record.number) for record in self._session.region_list)

    def group(self, number: int) -> RegionGroup:
        """The group of one region."""
        if number not in self._groups:
            self._groups[number] = RegionGroup(self._session, number)
        return self._groups[number]

    def new_subset_group(self, label: str | None = None, subset_state: Any = None, **_: Any) -> RegionGroup:
        """Make a region of a glue selection; one by value is kept, but has no outline."""
        outline, ground = to_outline(subset_state, self._session)
        shape = subset_state if outline is None else outline
        (made,) = self._session.region_list.add([shape], ground, [label])
        return self.group(self._session.region_list[made].number)

    def remove_subset_group(self, subset_grp: RegionGroup) -> None:
        """Delete the region of a group."""
        if subset_grp.label in self._session.region_list:
            self._session.region_list.remove([subset_grp.label])

    def insert(self, data: Data, index: int) -> None:
        """Put an image in at a place: where it was before it was removed."""
        self.append(data)
        self._data.remove(data)
        self._data.insert(index, data)


def to_outline(state: Any, session: Document) -> tuple[Any, Ground]:
    """The outline of a glue selection, or None, and the image it lies on."""
    ground = session.ground()
    try:
        parent = glue_states.first_image(state)
        ground = session.ground(parent.label)

        def into_ground(part: Any, source: Data) -> Any:
            sky = session.sky_between(source.label, ground.label)
            return part if sky is None else geometry.to_image(part, *sky)

        return glue_states.to_region(state, into_ground), ground
    except (InputError, AttributeError):  # selected by value, or by nothing at all
        return None, ground


def to_selection(record: RegionRecord, session: Document) -> Any:
    """The glue selection of a region."""
    if record.outline is None:
        return record.state
    label = session.region_image(record.label)
    if label is None:
        return RoiSubsetState()
    y_att, x_att = session.data(label).pixel_component_ids
    return glue_states.to_state(session.region(record.label, on=label), x_att, y_att)
