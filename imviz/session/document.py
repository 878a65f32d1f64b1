"""The session: one user's images, regions, alignment and results, with glue's data collection inside.

Everything that can be lost lives here. Changes come in through the methods of `Session`, under one
lock; glue's hub reports them, also those that other code makes directly on the data collection, and
they are folded into a few observable fields: tuples of labels and counts. Observers get the news
*that* something changed and pull what they need. No picture, no widget and no arithmetic here.
"""

from __future__ import annotations

from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Any

from echo import CallbackProperty, delay_callback
from glue.core import DataCollection, HubListener, message
from glue.core import Session as GlueSession
from glue.core.edit_subset_mode import AndMode, AndNotMode, OrMode, ReplaceMode, XorMode

from imviz.errors import InputError
from imviz.science import geometry
from imviz.science.results import Results
from imviz.session import alignment, regions
from imviz.session.catalogs import Catalogs
from imviz.session.image_data import ImageData
from imviz.session.origins import Origins
from imviz.session.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from astropy.nddata import NDData
    from astropy.table import QTable
    from glue.core import Data
    from glue.core.subset_group import SubsetGroup
    from regions import PixelRegion

__all__ = ["COMBINE_MODES", "Session"]

COMBINE_MODES = {"replace": ReplaceMode, "or": OrMode, "and": AndMode, "xor": XorMode, "remove": AndNotMode}

NEWS = (
    *(message.DataCollectionAddMessage, message.DataCollectionDeleteMessage),
    message.NumericalDataChangedMessage,
    *(message.SubsetCreateMessage, message.SubsetUpdateMessage, message.SubsetDeleteMessage),
)
"""What glue's hub says that changes the observable fields."""


class Settings:
    """Answers the one question glue-jupyter's views ask an application."""

    def get_setting(self, name: str) -> bool:
        """True for the switch that keeps a view from making an output widget; False otherwise."""
        return name == "disable_output_widget"


class Session(Selection, HubListener):
    """One document. Which of its regions are selected: see `~imviz.session.selection.Selection`.

    Attributes
    ----------
    images, regions : tuple of str
        Labels, in the order they came.
    revision : int
        Rises whenever a region's geometry, an image or the alignment changes.
    n_rows : int
        Rises with each measured row.
    alignment : {'pixels', 'wcs'}
        How images lie on each other; set it with `align`.
    combine : {'new', 'replace', 'or', 'and', 'xor', 'remove'}
        What a newly drawn shape does to the selected region.
    seen_image : str or None
        The image that was on top where a shape was last drawn or picked: the one the hand meant.
    glue : glue.core.session.Session
        What glue's viewers need.
    results : imviz.science.results.Results
        Every row measured so far.
    fitted_models : dict
        Name to astropy model, the last of each name.
    origins : imviz.session.origins.Origins
        Where images came from: planes of cubes, files read anew, quality rules.
    catalogs : imviz.session.catalogs.Catalogs
        Markers and catalogs of sources.
    lock : threading.RLock
        Held while the document changes.
    """

    images = CallbackProperty((), docstring="Labels of the images, in load order.")
    regions = CallbackProperty((), docstring="Labels of the regions, in the order they were made.")
    revision = CallbackProperty(0, docstring="Rises with each change of a region, an image or the alignment.")
    n_rows = CallbackProperty(0, docstring="Number of rows measured so far, over all tables.")
    alignment = CallbackProperty("pixels", docstring="How images lie on each other: 'pixels' or 'wcs'.")
    combine = CallbackProperty("new", docstring="What a drawn shape does to the selected region.")
    seen_image = CallbackProperty(None, docstring="Label of the image on top when a shape was last drawn.")

    def __init__(self) -> None:
        super().__init__()
        self._settings = Settings()
        self.glue = GlueSession(application=self._settings, data_collection=DataCollection())
        self.results = Results()
        self.fitted_models: dict[str, Any] = {}
        self.lock = RLock()
        self.origins = Origins(self)
        self.catalogs = Catalogs(self)
        self._images: dict[str, NDData] = {}
        for kind in NEWS:
            self.glue.hub.subscribe(self, kind, handler=self._fold)

    # ---- images

    def add_image(self, image: NDData, label: str) -> str:
        """Take an image into the document.

        Returns the label it got: if another image had it, with " (2)", " (3)" … added.
        """
        with self.lock:
            label = _free_label(label, self._images)
            data = ImageData(label, image, _celestial(image))
            self._images[label] = image
            self.glue.data_collection.append(data)
            alignment.link_last(self.glue.data_collection, self.alignment)
            return label

    def image(self, label: str) -> NDData:
        """The image called `label`.

        Raises
        ------
        InputError
            If there is none; the message lists those there are.
        """
        if label not in self._images:
            raise InputError(f"There is no image {label!r}; {_offer('loaded', self.images)}.")
        return self._images[label]

    def data(self, label: str) -> Data:
        """The glue data of the image called `label`."""
        self.image(label)
        return next(data for data in self.glue.data_collection if data.label == label)

    def remove_image(self, label: str) -> None:
        """Take an image out of the document. Regions drawn on it move to another image's pixels."""
        with self.lock:
            data = self.data(label)
            _leave_regions(self, data)
            self.catalogs.leave(data)
            self.glue.data_collection.remove(data)
            del self._images[label]
            self.origins.forget(data)
            alignment.relink(self.glue.data_collection, self.alignment)

    def replace_image(self, label: str, image: NDData) -> None:
        """Put another image under a label: a plane of the same cube, the file as it is now."""
        with self.lock:
            data = self.data(label)
            self._images[label] = image
            data.replace(image, _celestial(image))
            alignment.relink(self.glue.data_collection, self.alignment)

    def rename_image(self, old: str, new: str) -> str:
        """Give one image another label (made unique) and return it. Rows measured keep the old one."""
        with self.lock:
            data = self.data(old)
            if new != old:
                new = _free_label(new, self._images)
                data.label = new
                self._images[new] = self._images.pop(old)
            self._fold()
            return new

    def sky_between(self, source: str, target: str) -> tuple[Any, Any] | None:
        """The WCS of two images that lie on each other through the sky; None where pixel lies on pixel."""
        same = source == target
        return None if same else self._through_sky(self.image(source).wcs, self.image(target).wcs)

    # ---- regions

    def region(self, label: str, on: str | None = None) -> PixelRegion:
        """The region called `label`, in pixels.

        Parameters
        ----------
        label : str
            Its label.
        on : str, optional
            The image whose pixels to express it in. Default: the image it was made on.

        Returns
        -------
        PixelRegion
            Aligned by pixels, a region has the same coordinates on every image: what lies under the
            outline is what is measured. Aligned by WCS, it goes through the sky.
        """
        state = self._group(label).subset_state
        target = self.data(on) if on is not None else regions.first_image(state)
        return regions.to_region(state, lambda part, source: self._place(part, source, target))

    def region_image(self, label: str) -> str | None:
        """The image a region was made on, or None when every image is gone."""
        data = regions.first_image(self._group(label).subset_state)
        return data.label if data in self.glue.data_collection else None

    def add_region(self, region: Any, on: str | None = None, label: str | None = None) -> str:
        """Add a region whatever the combine mode is.

        Parameters
        ----------
        region : regions.Region or photutils aperture
            In pixels, or on the sky if the image has a celestial WCS.
        on : str, optional
            The image whose pixels (or WCS) it refers to. Default: the first one.
        label : str, optional
            Default: "Subset 1", "Subset 2" …, never used twice.

        Returns
        -------
        str
            Its label.
        """
        with self.lock:
            if label is not None and label in self.regions:
                raise InputError(f"There is a region {label!r} already; choose another label.")
            state = self._state(region, on)
            group = self.glue.data_collection.new_subset_group(label=label, subset_state=state)
            self._fold()
            return group.label

    def draw_region(self, region: PixelRegion, on: str) -> str:
        """Add a drawn shape: a new region, or combined with the selected one as `combine` says."""
        with self.lock:
            if self.combine == "new" or self.selected_region is None:
                self.selected_region = self.add_region(region, on)
            else:
                COMBINE_MODES[self.combine](self._group(self.selected_region), self._state(region, on))
            return self.selected_region

    def update_region(self, label: str, region: PixelRegion, on: str | None = None) -> None:
        """Replace a region by a moved, resized or other shape, in the pixels of image `on`."""
        with self.lock:
            self._group(label).subset_state = self._state(region, on or self.region_image(label))

    def remove_region(self, label: str) -> None:
        """Delete a region."""
        with self.lock:
            self.glue.data_collection.remove_subset_group(self._group(label))
            self._fold()

    # ---- alignment and results

    def align(self, by: str) -> None:
        """Lay the images on each other by 'pixels' or by 'wcs'. Regions and rows stay."""
        with self.lock:
            by = alignment.parse(by)
            if by != self.alignment:
                self.alignment = by
                alignment.relink(self.glue.data_collection, self.alignment)
                self._fold()

    def add_row(self, row: QTable | Mapping[str, Any]) -> str:
        """Add a row or its values to the results. Returns a sentence if a new table was begun, else ''."""
        with self.lock:
            note = self.results.append(row)
            self.n_rows += 1
            return note

    def clear_results(self) -> None:
        """Forget all rows."""
        with self.lock:
            self.results.clear()
            self.n_rows = 0

    # ---- inside

    def _fold(self, _: message.Message | None = None) -> None:
        collection = self.glue.data_collection
        with delay_callback(self, "images", "regions", "revision", "selected_region", "selected_regions"):
            self.images = tuple(data.label for data in collection if data.label in self._images)
            self.regions = tuple(group.label for group in collection.subset_groups)
            self.keep_selected(self.regions)
            self.revision += 1

    def _group(self, label: str) -> SubsetGroup:
        for group in self.glue.data_collection.subset_groups:
            if group.label == label:
                return group
        raise InputError(f"There is no region {label!r}; {_offer('drawn', self.regions)}.")

    def _state(self, region: Any, on: str | None) -> Any:
        if on is None and not self.images:
            raise InputError("A region needs an image to lie on; load one first.")
        data = self.data(on or self.images[0])
        pixels = regions.in_pixels(region, data.coords, data.label)
        regions.check(pixels)
        y_att, x_att = data.pixel_component_ids
        return regions.to_state(pixels, x_att, y_att)

    def _place(self, part: PixelRegion, source: Data, target: Data) -> PixelRegion:
        """A simple region in the pixels of `source`, in those of `target`."""
        same = source is target
        sky = None if same else self._through_sky(source.coords, target.coords)
        return part if sky is None else geometry.to_image(part, *sky)

    def _through_sky(self, here: Any, there: Any) -> tuple[Any, Any] | None:
        """The one rule of alignment: by WCS, where both images have a celestial one."""
        celestial = geometry.has_celestial(here) and geometry.has_celestial(there)
        return (here, there) if self.alignment == "wcs" and celestial else None


def _leave_regions(session: Session, data: Data) -> None:
    """Express each region that has a part in `data`'s pixels in those of another image, if there is one."""
    heirs = [other for other in session.glue.data_collection if other is not data]
    for group, state in _moved_regions(session, data, heirs[0]).items() if heirs else ():
        group.subset_state = state


def _moved_regions(session: Session, data: Data, heir: Data) -> dict[SubsetGroup, Any]:
    """Each region that has a part in `data`'s pixels, expressed in `heir`'s.

    Raises
    ------
    InputError
        If one has no place there.
    """
    y_att, x_att = heir.pixel_component_ids
    states = {}
    for group in session.glue.data_collection.subset_groups:
        if not set(group.subset_state.attributes) & set(data.pixel_component_ids):
            continue
        try:
            moved = session.region(group.label, on=heir.label)
        except InputError as error:
            raise InputError(
                f"{data.label!r} cannot be removed: {group.label} lies on it and has no place on "
                f"{heir.label!r}; remove the region first."
            ) from error
        states[group] = regions.to_state(moved, x_att, y_att)
    return states


def _celestial(image: NDData) -> Any:
    """An image's WCS, if it tells where on the sky a pixel is."""
    return image.wcs if geometry.has_celestial(image.wcs) else None


def _free_label(label: str, taken: Container[str]) -> str:
    """`label`, or with a number where it is taken."""
    if not (isinstance(label, str) and label.strip()):
        raise InputError(f"An image cannot be called {str(label)[:60]!r}; give it a name.")
    names = (label if n == 1 else f"{label} ({n})" for n in count(1))
    return next(name for name in names if name not in taken)


def _offer(made: str, labels: tuple[str, ...]) -> str:
    return f"{made}: {', '.join(labels)}" if labels else f"none is {made} yet"
