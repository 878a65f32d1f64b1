"""Images come, go and are renamed: every change of them as a step of the document's history.

An image that was removed comes back at its place, with the catalogs on it and as each view showed it; its
pixels are kept only where they cannot be read again. Reading is `imviz.readers`'.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imviz.errors import InputError
from imviz.readers.labels import free_label
from imviz.science.sky import geometry
from imviz.session.history import Step
from imviz.session.image_data import ImageData
from imviz.session.region_placement import Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from astropy.nddata import NDData
    from glue.core import Data

    from imviz.session.alignment_state import AlignmentState
    from imviz.session.catalogs import Catalogs
    from imviz.session.interface import Document
    from imviz.session.origins import Origins

__all__ = ["ImageCommands"]


class ImageCommands:
    """The images of a document, and changes of them.

    Parameters
    ----------
    document : Document
        Whose images they are.
    alignment : AlignmentState
        Which holds them, and where they lie.
    origins : Origins
        Where they came from.
    catalogs : Catalogs
        What lies on them.
    """

    def __init__(
        self, document: Document, alignment: AlignmentState, origins: Origins, catalogs: Catalogs
    ) -> None:
        self._document, self._alignment, self._origins, self._catalogs = (
            document,
            alignment,
            origins,
            catalogs,
        )
        self._formerly: dict[str, Ground] = {}
        self._missing: dict[str, Any] = {}

    @property
    def missing(self) -> dict[str, Any]:
        """Label to what a session file tells of an image that was not found (`session.archive.images`)."""
        return self._missing

    def replace_missing(self, missing: Mapping[str, Any], code: str = "") -> None:
        """Know of other images that were not found than of these, as one change; `code` does the same."""
        before, after = self._missing, dict(missing)

        def have(which: dict[str, Any]) -> None:
            self._missing = which

        step = Step("Replace missing", lambda: have(after), lambda: have(before), lambda: code)
        self._document.history.do(step)

    def add_image(
        self,
        image: NDData,
        label: str,
        code: Callable[[str], str] | None = None,
        ground: Ground | None = None,
    ) -> str:
        """Take an image into the document; `code` gives the Python that does so under a label.

        Returns the label it got: if another image had it, with " (2)", " (3)" … added. One that was missing
        has a `ground` already, that regions lie on.
        """
        with self._document.lock:
            label = _free_label(label, self._taken)
            ground = Ground(label, None, ()) if ground is None else ground
            ground.label, ground.wcs, ground.shape = label, _celestial(image), image.data.shape
            kept = _Kept(ground, len(self._document.glue.data_collection), image)
            told = f"session.add_image(images[{label!r}], {label!r})" if code is None else code(label)
            put, take = lambda: self._put(kept), lambda: self._take(kept)
            self._document.history.do(Step(f"Open {label}", put, take, lambda: told, kept.held, label))
            return label

    def image(self, label: str) -> NDData:
        """The image called `label`.

        Raises
        ------
        InputError
            If there is none; the message lists those there are.
        """
        if label not in self._alignment.images:
            raise InputError(f"There is no image {label!r}; {_offer('loaded', self._document.images)}.")
        return self._alignment.images[label]

    def image_measured_as(self, label: str) -> NDData:
        """The image that rows call `label`: so it is called, or was before it was renamed."""
        ground = self._formerly.get(label)
        if label not in self._alignment.images and ground is not None and ground.loaded:
            return self.image(ground.label)
        return self.image(label)

    def data(self, label: str) -> Data:
        """The glue data of the image called `label`."""
        self.image(label)
        return next(data for data in self._document.glue.data_collection if data.label == label)

    def remove_image(self, label: str) -> None:
        """Take an image out of the document. Regions drawn on it stay where they are."""
        with self._document.lock:
            data = self.data(label)
            index = list(self._document.glue.data_collection).index(data)
            kept = _Kept(self._alignment.grounds[label], index)
            code = f"session.remove_image({label!r})"
            take, put = lambda: self._take(kept), lambda: self._put(kept)
            self._document.history.do(Step(f"Remove {label}", take, put, lambda: code, kept.held, label))

    def replace_image(self, label: str, image: NDData) -> None:
        """Put another image under a label: a plane of the same cube, the file as it is now."""
        with self._document.lock:
            data = self.data(label)
            self._alignment.images[label] = image
            data.replace(image, _celestial(image))
            ground = self._alignment.grounds[label]
            ground.wcs, ground.shape = _celestial(image), image.data.shape
            self._document.region_list.moved_all()
            self._alignment.relink()

    def rename_image(self, old: str, new: str) -> str:
        """Give one image another label (made unique) and return it. Rows measured keep the old one."""
        with self._document.lock:
            self.image(old)
            if new != old:
                new = _free_label(new, self._taken)
                code = f"session.rename_image({old!r}, {new!r})"
                there, back = lambda: self._rename(old, new), lambda: self._rename(new, old)
                self._document.history.do(
                    Step(f"Rename {old} to {new}", there, back, lambda: code, image=old)
                )
            return new

    # ---- inside

    @property
    def _taken(self) -> tuple[str, ...]:
        """Labels of images, of those that are missing, and of orientations."""
        return (*self._alignment.images, *self._missing, *self._alignment.orientations.names)

    def _put(self, kept: _Kept) -> None:
        """Take in an image, new or removed before, at its place."""
        ground, collection = kept.ground, self._document.glue.data_collection
        again = (
            self._origins.reopen(kept.origin) if kept.image is None else kept.origin and kept.origin.loaded
        )
        image = again.image if kept.image is None else kept.image
        kept.image = None
        data = ImageData(ground.label, image, ground.wcs)
        ground.loaded = True
        self._alignment.images[ground.label], self._alignment.grounds[ground.label] = image, ground
        self._alignment.judge()
        if kept.origin is not None:
            self._origins.restore(data, kept.origin, again)
        if kept.index >= len(collection):
            collection.append(data)
            self._alignment.link_last()
        else:
            collection.insert(data, kept.index)
            self._document.region_list.moved_all()
            self._alignment.relink()
            self._document.fold()
        if kept.catalogs is not None:
            self._catalogs.come_back(kept.catalogs)
        for view in self._document.shown_by:
            if view.name in kept.shown:
                view.bring_back(ground.label, kept.shown[view.name])

    def _take(self, kept: _Kept) -> None:
        """Let an image go: its ground stays for the regions on it, its pixels if it cannot be read again."""
        data = self.data(kept.ground.label)
        kept.shown = {view.name: view.keep(kept.ground.label) for view in self._document.shown_by}
        kept.catalogs = self._catalogs.leave(kept.ground)
        self._document.region_list.moved_all()
        kept.ground.loaded = False
        self._document.glue.data_collection.remove(data)  # viewers hear it, and still find the image
        image = self._alignment.images.pop(kept.ground.label)
        del self._alignment.grounds[kept.ground.label]
        kept.origin = self._origins.forget(data)
        kept.image = image if kept.origin is None or kept.origin.again is None else None
        self._alignment.relink()

    def _rename(self, old: str, new: str) -> None:
        self.data(old).label = new
        self._alignment.rename(old, new)
        self._formerly[old] = self._alignment.grounds[new]
        self._alignment.judge()
        self._document.fold()


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
