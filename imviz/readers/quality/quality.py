"""Data quality of an image's pixels: what its bits say, and which of them make a pixel bad.

A quality image stays on disk like its image; what is asked of it is worked out in the part that is looked
at. Which bits mean *bad* begins as the mission has it (`imviz.readers.quality.missions`) and is the user's to
change: the image's mask follows at once, because it is this very object's view.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.errors import InputError
from imviz.readers.pixels.deferred import DeferredArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from imviz.readers.quality.missions import Flags

__all__ = ["ALL", "DeferredArray", "Quality", "bad_pixels"]

ALL = -1  # every bit


class Quality:
    """The quality image beside an image.

    Parameters
    ----------
    shape
        Of the image.
    read
        Gives the quality image, which may be lazy; called once, at first use.
    flags
        What its bits are called, and which are bad.
    title
        What it is called in the file, such as ``DQ,1``.

    Attributes
    ----------
    mask : array
        `True` where a pixel is bad, worked out where it is looked at.
    values : array
        The quality image itself, so too.
    """

    def __init__(
        self, shape: tuple[int, ...], read: Callable[[], NDArray[Any]], flags: Flags, title: str = "DQ"
    ) -> None:
        self.title, self._given = title, flags
        self._rule = rule = [flags]  # shared with the mask, which must not hold on to this object
        self.values = DeferredArray(shape, read)
        self.mask = DeferredArray(shape, read, lambda values: _is_bad(values, _bits(rule[0])), dtype=bool)

    def __repr__(self) -> str:
        return f"<Quality {self.title}: {self.flags.mission}, bad is {self.words}>"

    @property
    def flags(self) -> Flags:
        """What its bits are called, and which are bad now."""
        return self._rule[0]

    @property
    def mission(self) -> str:
        """Whose flags they are, ``"unknown"`` where nobody's we know."""
        return self.flags.mission

    @property
    def names(self) -> dict[str, int]:
        """Name to value of each bit that has a name."""
        return dict(self.flags.values)

    @property
    def bad(self) -> tuple[str, ...]:
        """Names of the bits that make a pixel bad. Set it to names, or to nothing for none."""
        bits = self.bits
        return tuple(name for name, value in self.flags.values.items() if value & bits or self.flags.codes)

    @bad.setter
    def bad(self, names: Iterable[str]) -> None:
        chosen = (names,) if isinstance(names, str) else tuple(names)
        unknown = [name for name in chosen if name not in self.flags.values]
        if unknown:
            raise InputError(
                f"{self.mission} has no quality flag {unknown[0]!r:.60}; it has: "
                f"{', '.join(self.flags.values) or 'none with a name'}."[:240]
            )
        none = () if chosen else tuple(self.flags.values)
        self._rule[0] = replace(self.flags, bad=chosen, harmless=none)

    def reset(self) -> None:
        """Let those bits be bad that the mission says."""
        self._rule[0] = self._given

    @property
    def bits(self) -> int:
        """The sum of the bits that make a pixel bad; `ALL` where any does."""
        return _bits(self.flags)

    @property
    def words(self) -> str:
        """What makes a pixel bad, in words."""
        return _words(self.flags)

    def decode(self, value: int) -> tuple[str, ...]:
        """The names that a pixel's quality value stands for."""
        return self.flags.decode(int(value))


def bad_pixels(
    shape: tuple[int, ...], read: Callable[[], NDArray[Any]], bits: int = ALL, *, bad_is_zero: bool = False
) -> DeferredArray:
    """A boolean mask (`True`: bad) of a quality array that is not read yet.

    Parameters
    ----------
    shape
        Of the 2-D image.
    read
        Gives the quality array of that shape.
    bits
        Which of its bits count.
    bad_is_zero
        For weights: zero means nothing was measured there.
    """

    def test(values: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(values == 0) if bad_is_zero else _is_bad(values, bits)

    return DeferredArray(shape, read, test, dtype=bool)


def _is_bad(values: NDArray[Any], bits: int) -> NDArray[Any]:
    if bits == ALL or values.dtype.kind not in "iu":
        return np.asarray(values != 0) if bits else np.zeros(values.shape, dtype=bool)
    kind = values.dtype.newbyteorder("=")
    chosen = np.array(bits & (2 ** (8 * kind.itemsize) - 1), dtype=np.uint64).astype(kind)
    return np.asarray((values & chosen) != 0)


def _bits(flags: Flags) -> int:
    if flags.bad:
        return sum(flags.values[name] for name in flags.bad if name in flags.values)
    harmless = sum(flags.values[name] for name in flags.harmless)
    return 0 if flags.values and len(flags.harmless) == len(flags.values) else ALL ^ harmless


def _words(flags: Flags) -> str:
    if flags.bad:
        return ", ".join(f"{name} ({flags.values.get(name)})" for name in flags.bad)
    if flags.values and len(flags.harmless) == len(flags.values):
        return "none"
    if flags.harmless:
        return f"any but {', '.join(flags.harmless)}"
    return "any value but 0" if flags.codes else "any bit"
