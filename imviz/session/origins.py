"""Where the session's images came from: another plane of a cube, the same file read again, quality rules.

An image that is replaced keeps its label, its layers and the regions on it; rows measured before keep
their numbers. What is *not* here: reading (`imviz.readers`) and the images themselves (`document`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from astropy.nddata import NDData

from imviz.errors import InputError, ReadError
from imviz.readers.quality.missions import MISSIONS
from imviz.session.history import Step
from imviz.session.program import opening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from imviz.readers import Loaded
    from imviz.readers.quality.quality import Quality
    from imviz.session.image_data import ImageData
    from imviz.session.interface import Document
    from imviz.session.region_placement import Ground

__all__ = ["Origins"]


NOTHING = NDData(np.zeros((1, 1)))  # in place of pixels that are let go


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an image that was removed came from.

    Attributes
    ----------
    loaded : Loaded
        As it was loaded.
    plane : tuple of int
        Which plane was shown; ``()`` for a plain image.
    """

    loaded: Loaded
    plane: tuple[int, ...]

    @property
    def again(self) -> Callable[[Any], Loaded] | None:
        """What reads it again, if anything can."""
        return self.loaded.again


class Origins:
    """What is known of each image beyond the image.

    Parameters
    ----------
    session : Document
        Whose images they are.

    Attributes
    ----------
    bad_flags : dict
        Mission to the names of the quality flags that are bad in this session, where a user has chosen.
    """

    def __init__(self, session: Document) -> None:
        self._session = session
        self._loaded: WeakKeyDictionary[ImageData, Loaded] = WeakKeyDictionary()
        self._planes: WeakKeyDictionary[ImageData, tuple[int, ...]] = WeakKeyDictionary()
        self.bad_flags: dict[str, tuple[str, ...]] = {}

    def add(
        self,
        one: Loaded,
        label: str | None = None,
        plane: tuple[int, ...] = (),
        ground: Ground | None = None,
        code: Callable[[str], str] | None = None,
    ) -> str:
        """Take an image with its origin into the session; returns the label it got.

        Parameters
        ----------
        one : Loaded
            The image.
        label : str, optional
            Default: its own.
        plane : tuple of int, optional
            Which of its planes it is. Default: the first, or the only one.
        ground : Ground, optional
            Of an image that was missing: what regions lie on already.
        code : callable, optional
            Gives the Python that does the same under a label. Default: it opens the image.
        """
        self._follow_rules(one.image)
        label = self._session.add_image(one.image, label or one.label, code or partial(opening, one), ground)
        data = self._session.data(label)
        self._loaded[data] = one
        if plane:
            self._planes[data] = plane
        return label

    def loaded(self, label: str) -> Loaded | None:
        """An image as it came from its source; None for one that was made in this session."""
        return self._loaded.get(self._session.data(label))

    def forget(self, data: ImageData) -> Origin | None:
        """Let go of an image that is removed, whoever still holds on to its data.

        Returns what is needed to get it again, which holds none of its pixels; None if nothing is known of
        it.
        """
        data.release()
        one, plane = self._loaded.pop(data, None), self._planes.pop(data, ())
        if one is None:
            return None
        return Origin(one if one.again is None else replace(one, image=NOTHING, check=None), plane)

    def reopen(self, origin: Origin) -> Loaded:
        """The image of a forgotten origin, read again.

        Raises
        ------
        ReadError
            If it cannot be read now.
        """
        if origin.again is None:
            raise InputError(f"{origin.loaded.label!r} cannot be read again.")
        return _renewed(origin.loaded, origin.again(origin.plane or None))

    def restore(self, data: ImageData, origin: Origin, one: Loaded) -> None:
        """Know again where an image came from that was forgotten."""
        self._follow_rules(one.image)
        self._loaded[data] = one
        if origin.plane:
            self._planes[data] = origin.plane

    # ---- planes

    def planes(self, label: str) -> tuple[int, ...]:
        """How many planes there are to choose from, along each axis; ``()`` for a plain image."""
        one = self._loaded.get(self._session.data(label))
        return () if one is None else one.planes

    def plane(self, label: str) -> tuple[int, ...]:
        """The plane that is shown now; ``()`` for a plain image."""
        return self._planes.get(self._session.data(label), (0,) * len(self.planes(label)))

    def show_plane(self, label: str, plane: int | tuple[int, ...]) -> None:
        """Show another plane of a cube.

        Raises
        ------
        InputError
            It has no such plane.
        """
        chosen = plane if isinstance(plane, tuple) else (plane,)
        planes = self.planes(label)
        if not planes:
            raise InputError(f"{label!r} is one image, not a stack of planes.")
        if len(chosen) != len(planes) or any(not 0 <= k < n for k, n in zip(chosen, planes, strict=True)):
            which = planes[0] - 1 if len(planes) == 1 else tuple(n - 1 for n in planes)
            raise InputError(f"{label!r} has no plane {plane!s:.40}; choose one from 0 to {which}.")
        before = self.plane(label)
        there, back = partial(self._renew, label, chosen), partial(self._renew, label, before)
        code = f"session.origins.show_plane({label!r}, {chosen!r})"
        number = ", ".join(map(str, chosen))
        step = Step(
            f"Plane {number} of {label}", there, back, lambda: code, image=label, kind=f"plane of {label}"
        )
        self._session.history.do(step)

    # ---- files that change

    def changed(self) -> tuple[str, ...]:
        """Labels of the images whose file is not what it was when it was opened."""
        return tuple(label for label in self._session.images if self._has_changed(label))

    def reload(self, label: str) -> None:
        """Read an image again from where it came from; rows measured before keep their numbers.

        Raises
        ------
        ReadError
            It cannot be read now; the session keeps the image as it was.
        InputError
            It did not come from anywhere.
        """
        if self._session.data(label) not in self._loaded:
            raise InputError(f"{label!r} was made in this session and cannot be read again.")
        self._renew(label, self.plane(label))

    # ---- data quality

    def quality(self, label: str) -> Quality | None:
        """The quality flags beside an image, or None."""
        return self._session.image(label).meta.get("imviz_quality")

    def set_bad_flags(self, mission: str, names: Iterable[str] | str | None) -> None:
        """Choose which quality flags make a pixel bad, for every image of a mission, now and later.

        Parameters
        ----------
        mission : str
            As in `imviz.readers.quality.missions.MISSIONS`, or as an image's quality flags call it.
        names : iterable of str or None
            Of the flags; none for no bad pixels, `None` for what the mission says.
        """
        chosen = None if names is None else (names,) if isinstance(names, str) else tuple(names)
        present = [quality for label in self._session.images if (quality := self.quality(label)) is not None]
        concerned = [quality for quality in present if quality.mission == mission]
        known = concerned[0].names if concerned else MISSIONS[mission].values if mission in MISSIONS else {}
        if not known and (chosen is not None or mission not in self.bad_flags):
            raise InputError(f"There is no mission {mission!r:.60}; there are: {', '.join(MISSIONS)}."[:240])
        for name in chosen or ():
            if name not in known:
                raise InputError(
                    f"{mission} has no quality flag {name!r:.60}; it has: {', '.join(known)}."[:240]
                )
        before = self.bad_flags.get(mission)
        there, back = partial(self._rule, mission, chosen), partial(self._rule, mission, before)
        code = f"session.origins.set_bad_flags({mission!r}, {chosen!r})"
        self._session.history.do(Step(f"Bad flags of {mission}", there, back, lambda: code))

    # ---- inside

    def _rule(self, mission: str, chosen: tuple[str, ...] | None) -> None:
        """Let some flags of a mission be bad; None: those it says itself."""
        if chosen is None:
            self.bad_flags.pop(mission, None)
        else:
            self.bad_flags[mission] = chosen
        for label in self._session.images:
            quality = self.quality(label)
            if quality is not None and quality.mission == mission:
                self._follow_rules(self._session.image(label))
        self._session.revision += 1

    def _follow_rules(self, image: NDData) -> None:
        """Let the session's choice of bad flags count for an image."""
        quality = image.meta.get("imviz_quality")
        if quality is not None:
            chosen = self.bad_flags.get(quality.mission)
            if chosen is None:
                quality.reset()
            else:
                quality.bad = chosen
            image.meta["imviz_mask"] = f"{quality.title}: {quality.words}"

    def _renew(self, label: str, plane: tuple[int, ...]) -> None:
        one = self._loaded[self._session.data(label)]
        if one.again is None:
            raise InputError(f"{label!r} cannot be read again from where it came.")
        new = one.again(plane or None)
        self._follow_rules(new.image)
        with self._session.lock:
            self._session.replace_image(label, new.image)
            data = self._session.data(label)
            self._loaded[data] = _renewed(one, new)
            self._planes[data] = plane

    def _has_changed(self, label: str) -> bool:
        one = self._loaded.get(self._session.data(label))
        if one is None or one.check is None:
            return False
        try:
            one.check()
        except ReadError:
            return True
        return False


def _renewed(old: Loaded, new: Loaded) -> Loaded:
    """The new image's origin; asked for by plane, it does not say how many there are."""
    return replace(new, planes=old.planes)
