"""The session: one user's images, regions, alignment and results, with glue's data collection inside.

Everything that can be lost lives here. Changes come in through the methods of `Session`, under one
lock; glue's hub reports them, also those that other code makes directly on the data collection, and
they are folded into a few observable fields: tuples of labels and counts. Observers get the news
*that* something changed and pull what they need. No picture, no widget and no arithmetic here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

from echo import CallbackProperty, delay_callback
from glue.core import HubListener, message
from glue.core import Session as GlueSession

from imviz.errors import InputError
from imviz.readers.labels import free_label
from imviz.science.sky import geometry
from imviz.session import alignment
from imviz.session.catalogs import Catalogs
from imviz.session.drawing import COMBINE_MODES, Drawing
from imviz.session.history import History, Step
from imviz.session.image_data import ImageData
from imviz.session.measured import Measured
from imviz.session.news import News
from imviz.session.origins import Origins
from imviz.session.placement import Placement
from imviz.session.placing import Ground
from imviz.session.region_list import RegionList
from imviz.session.selections import Images

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from astropy.nddata import NDData
    from glue.core import Data, DataCollection, Hub

__all__ = ["COMBINE_MODES", "Session"]

NEWS = (
    *(message.DataCollectionAddMessage, message.DataCollectionDeleteMessage),
    message.NumericalDataChangedMessage,
)
"""What glue's hub says that changes the observable fields."""


class Shows(Protocol):
    """A view, as far as the document knows one."""

    @property
    def name(self) -> str:
        """Its name; another of the same name may take its place."""

    def keep(self, label: str) -> Any:
        """How an image about to be removed is shown; None if it is not."""

    def bring_back(self, label: str, kept: Any) -> None:
        """Show an image that has come back as it was."""


class Settings:
    """Answers the one question glue-jupyter's views ask an application."""

    def get_setting(self, name: str) -> bool:
        """True for the switch that keeps a view from making an output widget; False otherwise."""
        return name == "disable_output_widget"


class Session(Drawing, Placement, Measured, HubListener):
    """One document. What can be done with its regions: see `~imviz.session.drawing.Drawing`.

    Attributes
    ----------
    images, regions : tuple of str
        Labels, in the order they came.
    revision : int
        Rises whenever a region's geometry, an image or the alignment changes.
    alignment, unaligned, orientations
        How images lie on each other (see `~imviz.session.placement.Placement`); set it with `align`.
    combine, region_list
        What drawing does, and the regions with all that is known of them: see
        `~imviz.session.drawing.Drawing`.
    trouble : str
        The last thing that an observer of a change could not do, in a sentence.
    seen_image : str or None
        The image that was on top where a shape was last drawn or picked: the one the hand meant.
    glue : glue.core.session.Session
        What glue's viewers need.
    results, n_rows, fitted_models
        What was measured: see `~imviz.session.measured.Measured`.
    origins : imviz.session.origins.Origins
        Where images came from: planes of cubes, files read anew, quality rules.
    catalogs : imviz.session.catalogs.Catalogs
        Markers and catalogs of sources.
    history : imviz.session.history.History
        Every change, to be undone, redone and printed.
    lock : threading.RLock
        Held while the document changes.
    shown_by : list of Shows
        The views that are asked how they show an image that goes, and told when it has come back.
    """

    images: Any = News((), docstring="Labels of the images, in load order.")
    regions: Any = News((), docstring="Labels of the regions, in the order they were made.")
    revision: Any = News(0, docstring="Rises with each change of a region, an image or the alignment.")
    seen_image = CallbackProperty(None, docstring="Label of the image on top when a shape was last drawn.")
    trouble = CallbackProperty("", docstring="What one who heard of a change could not do, in a sentence.")

    def __init__(self) -> None:
        super().__init__()
        self._settings = Settings()
        self.lock = RLock()
        self.history = History(self.lock, self.amiss)
        self.region_list = RegionList(self.history, self._regions_changed)
        self.origins = Origins(self)
        self.catalogs = Catalogs(self)
        self.shown_by: list[Shows] = []
        self._images: dict[str, NDData] = {}
        self._grounds: dict[str, Ground] = {}
        self._formerly: dict[str, Ground] = {}
        self.glue = GlueSession(application=self._settings, data_collection=Images(self))
        for kind in NEWS:
            self.glue.hub.subscribe(self, kind, handler=self._fold)

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

    # ---- images

    def add_image(self, image: NDData, label: str) -> str:
        """Take an image into the document.

        Returns the label it got: if another image had it, with " (2)", " (3)" … added.
        """
        with self.lock:
            label = _free_label(label, (*self._images, *self.orientations.names))
            wcs = _celestial(image)
            kept = _Kept(Ground(label, wcs, image.data.shape), len(self.glue.data_collection), image)
            code = f"session.add_image(images[{label!r}], {label!r})"
            put, take = lambda: self._put(kept), lambda: self._take(kept)
            self.history.do(Step(f"Open {label}", put, take, lambda: code, kept.held))
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

    def image_measured_as(self, label: str) -> NDData:
        """The image that rows call `label`: so it is called, or was before it was renamed."""
        ground = self._formerly.get(label)
        if label not in self._images and ground is not None and ground.loaded:
            return self.image(ground.label)
        return self.image(label)

    def data(self, label: str) -> Data:
        """The glue data of the image called `label`."""
        self.image(label)
        return next(data for data in self.glue.data_collection if data.label == label)

    def remove_image(self, label: str) -> None:
        """Take an image out of the document. Regions drawn on it stay where they are."""
        with self.lock:
            data = self.data(label)
            index = list(self.glue.data_collection).index(data)
            kept = _Kept(self._grounds[label], index)
            code = f"session.remove_image({label!r})"
            take, put = lambda: self._take(kept), lambda: self._put(kept)
            self.history.do(Step(f"Remove {label}", take, put, lambda: code, kept.held))

    def replace_image(self, label: str, image: NDData) -> None:
        """Put another image under a label: a plane of the same cube, the file as it is now."""
        with self.lock:
            data = self.data(label)
            self._images[label] = image
            data.replace(image, _celestial(image))
            ground = self._grounds[label]
            ground.wcs, ground.shape = _celestial(image), image.data.shape
            self.region_list.moved_all()
            self._relink()

    def rename_image(self, old: str, new: str) -> str:
        """Give one image another label (made unique) and return it. Rows measured keep the old one."""
        with self.lock:
            self.image(old)
            if new != old:
                new = _free_label(new, (*self._images, *self.orientations.names))
                code = f"session.rename_image({old!r}, {new!r})"
                there, back = lambda: self._rename(old, new), lambda: self._rename(new, old)
                self.history.do(Step(f"Rename {old} to {new}", there, back, lambda: code))
            return new

    # ---- inside

    def _put(self, kept: _Kept) -> None:
        """Take in an image, new or removed before, at its place."""
        ground, collection = kept.ground, self.glue.data_collection
        again = self.origins.reopen(kept.origin) if kept.image is None else kept.origin and kept.origin.loaded
        image = again.image if kept.image is None else kept.image
        kept.image = None
        data = ImageData(ground.label, image, ground.wcs)
        ground.loaded = True
        self._images[ground.label], self._grounds[ground.label] = image, ground
        self._judge_all(self.alignment)
        if kept.origin is not None:
            self.origins.restore(data, kept.origin, again)
        if kept.index >= len(collection):
            collection.append(data)
            alignment.link_last(collection, self.alignment, self.unaligned)
        else:
            collection.insert(data, kept.index)
            self.region_list.moved_all()
            self._relink()
            self._fold()
        if kept.catalogs is not None:
            self.catalogs.come_back(kept.catalogs)
        for view in self.shown_by:
            if view.name in kept.shown:
                view.bring_back(ground.label, kept.shown[view.name])

    def _take(self, kept: _Kept) -> None:
        """Let an image go: its ground stays for the regions on it, its pixels if it cannot be read again."""
        data = self.data(kept.ground.label)
        kept.shown = {view.name: view.keep(kept.ground.label) for view in self.shown_by}
        kept.catalogs = self.catalogs.leave(kept.ground)
        self.region_list.moved_all()
        kept.ground.loaded = False
        self.glue.data_collection.remove(data)  # viewers hear it, and still find the image
        image = self._images.pop(kept.ground.label)
        del self._grounds[kept.ground.label]
        kept.origin = self.origins.forget(data)
        kept.image = image if kept.origin is None or kept.origin.again is None else None
        self._relink()

    def _rename(self, old: str, new: str) -> None:
        self.data(old).label = new
        self._images = {new if label == old else label: image for label, image in self._images.items()}
        self._grounds = {new if label == old else label: ground for label, ground in self._grounds.items()}
        self._grounds[new].label = new
        self._formerly[old] = self._grounds[new]
        self._judge_all(self.alignment)
        self._fold()

    def _fold(self, _: message.Message | None = None) -> None:
        """Say which images there are now."""
        with delay_callback(self, "images", "revision"):
            self.images = tuple(
                data.label for data in self.glue.data_collection if data.label in self._images
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
                self.keep_selected(self.region_list)
            self.revision += 1


@dataclass(slots=True)
class _Kept:
    """An image that comes or goes, with all it takes to put it where it was: its pixels or their origin."""

    ground: Ground
    index: int
    image: NDData | None = None
    origin: Any = None
    catalogs: Any = None
    shown: dict[str, Any] = field(default_factory=dict)

    def held(self) -> int:
        """Bytes of pixels that nothing but this keeps."""
        if self.image is None:
            return 0
        arrays = (self.image.data, self.image.mask, getattr(self.image.uncertainty, "array", None))
        return sum(int(getattr(array, "nbytes", 0)) for array in arrays)


def _celestial(image: NDData) -> Any:
    """An image's WCS, if it tells where on the sky a pixel is."""
    return image.wcs if geometry.has_celestial(image.wcs) else None


def _free_label(label: str, taken: Container[str]) -> str:
    """`label`, or with a number where it is taken."""
    if not (isinstance(label, str) and label.strip()):
        raise InputError(f"An image cannot be called {str(label)[:60]!r}; give it a name.")
    return free_label(label, taken)


def _offer(made: str, labels: tuple[str, ...]) -> str:
    return f"{made}: {', '.join(labels)}" if labels else f"none is {made} yet"
