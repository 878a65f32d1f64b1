"""How things lie on each other in a document: the alignment, its exceptions, the display frames.

The one rule (`region_placement.meets_on_sky`): by WCS, images and orientations meet on the sky, except an
image whose WCS is missing or broken; everything else lies by its pixels. glue's links are made by the same
rule. Where a region lies is `region_commands`' business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import delay_callback

from imviz.errors import InputError
from imviz.session import alignment
from imviz.session.history import Step
from imviz.session.orientations import Orientations
from imviz.session.region_placement import meets_on_sky

if TYPE_CHECKING:
    from astropy.nddata import NDData

    from imviz.session.interface import Document
    from imviz.session.region_placement import Ground

__all__ = ["AlignmentState"]


class AlignmentState:
    """Where the images and orientations of a document lie.

    Parameters
    ----------
    document : Document
        Whose `alignment` counts, and whose history changes of it join.

    Attributes
    ----------
    images : dict
        Label to image, in load order.
    grounds : dict
        Label to the image as regions know it.
    orientations : imviz.session.orientations.Orientations
        Display frames on the sky that are no image.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self.images: dict[str, NDData] = {}
        self.grounds: dict[str, Ground] = {}
        self.orientations = Orientations(document)
        self._judge = alignment.Judge()
        self._unaligned: dict[str, str] = {}

    @property
    def unaligned(self) -> dict[str, str]:
        """Aligned by WCS: the images that lie by their pixels all the same, each with a sentence why."""
        return self._unaligned

    def ground(self, label: str | None = None) -> Ground:
        """The image (or orientation) called `label` as regions know it; default: the first one.

        Raises
        ------
        InputError
            If there is none.
        """
        if label is None and not self._document.images:
            raise InputError("A region needs an image to lie on; load one first.")
        label = self._document.images[0] if label is None else label
        if label in self.orientations:
            return self.orientations[label].ground
        if label not in self.grounds:
            loaded = ", ".join(self._document.images)[:120] or "none yet"
            raise InputError(f"There is no image {str(label)[:60]!r}; loaded: {loaded}.")
        return self.grounds[label]

    def placing(self, label: str) -> Any:
        """The WCS by which an image or orientation lies on the sky; None for what lies by its pixels."""
        ground = self.ground(label)
        return ground.sky if meets_on_sky(ground.sky, ground.sky, self._document.alignment) else None

    def sky_between(self, source: str, target: str) -> tuple[Any, Any] | None:
        """The WCS of two images (or orientations) that meet on the sky; None where pixel lies on pixel."""
        here, there = self.placing(source), self.placing(target)
        return None if source == target or here is None or there is None else (here, there)

    def align(self, by: str, *, strict: bool = False) -> None:
        """Lay the images on each other by 'pixels' or by 'wcs'. Regions and rows stay.

        With `strict`, an image that cannot be aligned so is an `InputError`, and nothing has changed.
        """
        with self._document.lock:
            by = alignment.parse(by)
            before = self._document.alignment
            apart = self._judge.unaligned(self.images) if by == "wcs" else {}
            if apart and strict:
                raise InputError(f"Not aligned: {next(iter(apart.values()))}"[:240])
            if by != before:
                there, back = lambda: self._align(by), lambda: self._align(before)
                self._document.history.do(
                    Step(f"Align by {by}", there, back, lambda: f"session.align({by!r})")
                )

    def _align(self, by: str) -> None:
        document = self._document
        with delay_callback(document, "alignment", "images", "revision"):  # one piece of news
            document.alignment = by
            document.region_list.moved_all()
            self.relink()
            document.fold()

    def rename(self, old: str, new: str) -> None:
        """Have an image under another label, at its place in the order."""
        self.images = {new if label == old else label: image for label, image in self.images.items()}
        self.grounds = {new if label == old else label: one for label, one in self.grounds.items()}
        self.grounds[new].label = new

    def judge(self) -> None:
        """Find out which images cannot be aligned so."""
        by_sky = self._document.alignment == "wcs"
        self._unaligned = self._judge.unaligned(self.images) if by_sky else {}
        for label, ground in self.grounds.items():
            ground.apart = label in self._unaligned

    def relink(self) -> None:
        """Align all images again, in glue too."""
        self.judge()
        alignment.relink(self._document.glue.data_collection, self._document.alignment, self._unaligned)

    def link_last(self) -> None:
        """Lay the image that came last on the first one."""
        alignment.link_last(self._document.glue.data_collection, self._document.alignment, self._unaligned)
