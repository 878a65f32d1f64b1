"""How things lie on each other in a document: the alignment, its exceptions, the display frames.

The one rule (`placing.meets_on_sky`): by WCS, images and orientations meet on the sky, except an image whose
WCS is missing or broken; everything else lies by its pixels. glue's links are made by the same rule.
`Session` is built on this; where a region lies is `Drawing`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import HasCallbackProperties, delay_callback

from imviz.errors import InputError
from imviz.session import alignment
from imviz.session.history import Step
from imviz.session.news import News
from imviz.session.orientations import Orientations
from imviz.session.placing import meets_on_sky

if TYPE_CHECKING:
    from astropy.nddata import NDData

    from imviz.session.placing import Ground

__all__ = ["Placement"]


class Placement(HasCallbackProperties):
    """Where the images and orientations of a document lie.

    Attributes
    ----------
    alignment : {'pixels', 'wcs'}
        How images lie on each other.
    orientations : imviz.session.orientations.Orientations
        Display frames on the sky that are no image.
    unaligned : dict
        Aligned by WCS: the images that lie by their pixels all the same, each with a sentence why.
    """

    alignment: Any = News("pixels", docstring="How images lie on each other: 'pixels' or 'wcs'.")
    lock: Any
    glue: Any
    history: Any
    region_list: Any
    images: tuple[str, ...]
    _images: dict[str, NDData]
    _grounds: dict[str, Ground]

    def __init__(self) -> None:
        super().__init__()
        self.orientations = Orientations(self)
        self._judge = alignment.Judge()
        self.unaligned: dict[str, str] = {}

    def ground(self, label: str | None = None) -> Ground:
        """The image (or orientation) called `label` as regions know it."""
        raise NotImplementedError

    def placing(self, label: str) -> Any:
        """The WCS by which an image or orientation lies on the sky; None for what lies by its pixels."""
        ground = self.ground(label)
        return ground.sky if meets_on_sky(ground.sky, ground.sky, self.alignment) else None

    def sky_between(self, source: str, target: str) -> tuple[Any, Any] | None:
        """The WCS of two images (or orientations) that meet on the sky; None where pixel lies on pixel."""
        here, there = self.placing(source), self.placing(target)
        return None if source == target or here is None or there is None else (here, there)

    def align(self, by: str, *, strict: bool = False) -> None:
        """Lay the images on each other by 'pixels' or by 'wcs'. Regions and rows stay.

        With `strict`, an image that cannot be aligned so is an `InputError`, and nothing has changed.
        """
        with self.lock:
            by = alignment.parse(by)
            before = self.alignment
            apart = self._judge.unaligned(self._images) if by == "wcs" else {}
            if apart and strict:
                raise InputError(f"Not aligned: {next(iter(apart.values()))}"[:240])
            if by != before:
                there, back = lambda: self._align(by), lambda: self._align(before)
                self.history.do(Step(f"Align by {by}", there, back, lambda: f"session.align({by!r})"))

    def _align(self, by: str) -> None:
        with delay_callback(self, "alignment", "images", "revision"):  # one piece of news: all lie elsewhere
            self._judge_all(by)
            self.alignment = by
            self.region_list.moved_all()
            self._relink()
            self._fold()

    def amiss(self, error: Exception) -> None:
        """Say what an observer could not do."""
        raise NotImplementedError

    def _fold(self) -> None:
        raise NotImplementedError

    def _judge_all(self, by: str) -> None:
        """Find out which images cannot be aligned so."""
        self.unaligned = self._judge.unaligned(self._images) if by == "wcs" else {}
        for label, ground in self._grounds.items():
            ground.apart = label in self.unaligned

    def _relink(self) -> None:
        self._judge_all(self.alignment)
        alignment.relink(self.glue.data_collection, self.alignment, self.unaligned)
