"""The session: one user's images, regions, alignment and results, with glue's data collection inside.

Everything that can be lost lives here. Changes come in through the methods of `Session`, under one
lock; glue's hub reports them, also those that other code makes directly on the data collection, and
they are folded into a few observable fields: tuples of labels and counts. Observers get the news
*that* something changed and pull what they need. No picture, no widget and no arithmetic here.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any

from echo import CallbackProperty, HasCallbackProperties, delay_callback
from glue.core import HubListener, message
from glue.core import Session as GlueSession

from imviz.delegation import answered_by, told_by
from imviz.session.alignment_state import AlignmentState
from imviz.session.catalogs import Catalogs
from imviz.session.glue_subsets import Images
from imviz.session.history import History
from imviz.session.image_commands import ImageCommands
from imviz.session.news import News
from imviz.session.origins import Origins
from imviz.session.region_commands import COMBINE_MODES, RegionCommands
from imviz.session.region_list import RegionList
from imviz.session.results import ResultCommands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from glue.core import DataCollection, Hub

    from imviz.session.interface import Shows

__all__ = ["COMBINE_MODES", "Session"]

NEWS = (
    *(message.DataCollectionAddMessage, message.DataCollectionDeleteMessage),
    message.NumericalDataChangedMessage,
)
"""What glue's hub says that changes the observable fields."""


class Settings:
    """Answers the one question glue-jupyter's views ask an application."""

    def get_setting(self, name: str) -> bool:
        """True for the switch that keeps a view from making an output widget; False otherwise."""
        return name == "disable_output_widget"


class Session(HasCallbackProperties, HubListener):
    """One document: its fields, and the parts that change it.

    Attributes
    ----------
    images, regions : tuple of str
        Labels, in the order they came.
    revision : int
        Rises whenever a region's geometry, an image or the alignment changes.
    alignment : {'pixels', 'wcs'}
        How images lie on each other; set it with `align`. `unaligned` says which cannot, and why.
    orientations : imviz.session.orientations.Orientations
        Display frames on the sky that are no image.
    region_list : imviz.session.region_list.RegionList
        All regions with their anchor and style; what has changed since when.
    combine : {'new', 'replace', 'or', 'and', 'xor', 'remove'}
        What a newly drawn shape does to the selected region.
    selected_region, selected_regions : str or None, tuple of str
        The one that is measured, and that a drawn shape is combined with; it is the last of all selected.
    trouble : str
        The last thing that an observer of a change could not do, in a sentence.
    seen_image : str or None
        The image that was on top where a shape was last drawn or picked: the one the hand meant.
    results : imviz.science.results.table.Results
        Every row measured so far and not deleted; `n_rows` changes with whatever is added or taken out.
    fitted_models : dict
        Name to astropy model, the last of each name.
    origins : imviz.session.origins.Origins
        Where images came from: planes of cubes, files read again, quality rules.
    catalogs : imviz.session.catalogs.Catalogs
        Markers and catalogs of sources.
    history : imviz.session.history.History
        Every change, to be undone, redone and printed.
    lock : threading.RLock
        Held while the document changes.
    glue : glue.core.session.Session
        What glue's viewers need.
    shown_by : list of Shows
        The views that are asked how they show an image that goes, and told when it has come back.
    """

    images: Any = News((), docstring="Labels of the images, in load order.")
    regions: Any = News((), docstring="Labels of the regions, in the order they were made.")
    revision: Any = News(0, docstring="Rises with each change of a region, an image or the alignment.")
    alignment: Any = News("pixels", docstring="How images lie on each other: 'pixels' or 'wcs'.")
    n_rows: Any = News(0, docstring="Number of rows measured so far, over all tables.")
    combine = CallbackProperty("new", docstring="What a drawn shape does to the selected region.")
    selected_region = CallbackProperty(None, docstring="Label of the highlighted region, or None.")
    selected_regions = CallbackProperty((), docstring="Labels of all regions selected, the last one last.")
    seen_image = CallbackProperty(None, docstring="Label of the image on top when a shape was last drawn.")
    trouble = CallbackProperty("", docstring="What one who heard of a change could not do, in a sentence.")

    def __init__(self) -> None:
        super().__init__()
        self._settings = Settings()
        self.lock = RLock()
        self.history = History(self.lock, self.amiss)
        self.region_list = RegionList(self.history, self._regions_changed)
        self.shown_by: list[Shows] = []
        self.glue = GlueSession(application=self._settings, data_collection=Images(self))
        self.origins, self.catalogs = Origins(self), Catalogs(self)
        self._alignment = AlignmentState(self)
        self.orientations = self._alignment.orientations
        self._images = ImageCommands(self, self._alignment, self.origins, self.catalogs)
        self._regions = RegionCommands(self, self._alignment)
        self._rows = ResultCommands(self)
        self.results, self.fitted_models = self._rows.results, dict[str, Any]()
        self.add_callback("selected_region", self._follow_selected, priority=100)  # before the tuple is read
        for kind in NEWS:
            self.glue.hub.subscribe(self, kind, handler=self.fold)

    # ---- what its parts answer

    add_image = answered_by("_images", ImageCommands.add_image)
    image = answered_by("_images", ImageCommands.image)
    image_measured_as = answered_by("_images", ImageCommands.image_measured_as)
    data = answered_by("_images", ImageCommands.data)
    remove_image = answered_by("_images", ImageCommands.remove_image)
    replace_image = answered_by("_images", ImageCommands.replace_image)
    rename_image = answered_by("_images", ImageCommands.rename_image)
    missing = told_by("_images", ImageCommands.missing)
    replace_missing = answered_by("_images", ImageCommands.replace_missing)

    unaligned = told_by("_alignment", AlignmentState.unaligned)
    ground = answered_by("_alignment", AlignmentState.ground)
    placing = answered_by("_alignment", AlignmentState.placing)
    sky_between = answered_by("_alignment", AlignmentState.sky_between)
    align = answered_by("_alignment", AlignmentState.align)

    region = answered_by("_regions", RegionCommands.region)
    outlines = answered_by("_regions", RegionCommands.outlines)
    region_image = answered_by("_regions", RegionCommands.region_image)
    add_region = answered_by("_regions", RegionCommands.add_region)
    add_regions = answered_by("_regions", RegionCommands.add_regions)
    draw_region = answered_by("_regions", RegionCommands.draw_region)
    combine_region = answered_by("_regions", RegionCommands.combine_region)
    update_region = answered_by("_regions", RegionCommands.update_region)
    update_regions = answered_by("_regions", RegionCommands.update_regions)
    remove_region = answered_by("_regions", RegionCommands.remove_region)
    remove_regions = answered_by("_regions", RegionCommands.remove_regions)
    anchor_region = answered_by("_regions", RegionCommands.anchor_region)
    anchored = answered_by("_regions", RegionCommands.anchored)

    add_row = answered_by("_rows", ResultCommands.add_row)
    add_rows = answered_by("_rows", ResultCommands.add_rows)
    remove_rows = answered_by("_rows", ResultCommands.remove_rows)
    clear_results = answered_by("_rows", ResultCommands.clear_results)
    replace_results = answered_by("_rows", ResultCommands.replace_results)

    # ---- glue

    @property
    def data_collection(self) -> DataCollection:
        """glue's data collection."""
        return self.glue.data_collection

    @property
    def hub(self) -> Hub:
        """glue's hub."""
        return self.glue.hub

    def amiss(self, error: Exception) -> None:
        """Say what an observer of a change could not do; the change itself is made."""
        self.trouble = ""  # the same sentence again is news, too
        self.trouble = str(error)

    # ---- selection

    def select(self, labels: Iterable[str]) -> None:
        """Select some regions, and no others."""
        labels = tuple(labels)
        with delay_callback(self, "selected_region", "selected_regions"):
            self.selected_regions = labels
            self.selected_region = labels[-1] if labels else None

    def _follow_selected(self, label: str | None) -> None:
        if label != (self.selected_regions[-1] if self.selected_regions else None):
            self.selected_regions = () if label is None else (label,)

    # ---- news

    def fold(self, _: message.Message | None = None) -> None:
        """Say which images there are now."""
        with delay_callback(self, "images", "revision"):
            self.images = tuple(
                data.label for data in self.glue.data_collection if data.label in self._alignment.images
            )
            self.revision += 1

    def _regions_changed(self, listed: bool, renamed: Mapping[str, str]) -> None:
        """Say that regions have changed; only where labels have come or gone, which there are."""
        with delay_callback(self, "regions", "revision", "selected_region", "selected_regions"):
            if listed:
                self.regions = self.region_list.labels
            if renamed:
                self.select(renamed.get(label, label) for label in self.selected_regions)
            if listed:
                kept = tuple(label for label in self.selected_regions if label in self.region_list)
                if kept != self.selected_regions:
                    self.select(kept)
            self.revision += 1
