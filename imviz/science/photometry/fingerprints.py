"""Fingerprints of the pixels that a row is made of, one aperture at a time or many, to the same letters.

A row's ``pixel_hash`` is one SHA-256 over four: those of the aperture's values, of its mask, of its
uncertainties and of the background's pixels (with their own mask and uncertainties), so that a receipt can
tell which of them are others. A part that is not there (no uncertainty, every pixel usable, a background that
was typed in) is ''. Values are hashed as little-endian doubles as the image holds them, row by row, before
anything is done to them; unusable ones count as 0. Nothing is measured here.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["HASHED", "PARTS", "Running", "codes", "each", "fingerprint", "joined", "pixel_hash"]

HASHED = 1e-9
"""Weight above which a pixel belongs to an aperture: whether one that the outline touches has any is a matter
of rounding."""

PARTS = ("aperture", "mask", "uncertainty", "background")
"""What `pixel_hash` is made of, in this order."""

_CODE = 8  # hexadecimal digits by which a receipt knows a part


def fingerprint(
    values: NDArray[Any],
    usable: NDArray[np.bool_],
    uncertainty: NDArray[Any] | None,
    chosen: NDArray[np.bool_],
) -> tuple[str, str, str]:
    """Fingerprints of the values, the mask and the uncertainties of the ``chosen`` pixels, all (ny, nx)."""
    counts = usable[chosen]
    values = np.where(counts, values[chosen], 0.0)
    errors = "" if uncertainty is None else _of(np.where(counts, uncertainty[chosen], 0.0))
    return _of(values), _of_mask(counts), errors


class Running:
    """`fingerprint` of pixels that come piece by piece, in the order of the whole."""

    def __init__(self) -> None:
        self._values, self._mask, self._errors = (hashlib.sha256() for _ in range(3))
        self._bits = np.empty(0, dtype=bool)  # of the mask, fewer than a byte's
        self._all_usable, self._has_errors = True, False

    def add(
        self,
        values: NDArray[Any],
        usable: NDArray[np.bool_],
        uncertainty: NDArray[Any] | None,
        chosen: NDArray[np.bool_],
    ) -> None:
        """Take in a piece, as `fingerprint` takes the whole."""
        counts = usable[chosen]
        self._values.update(_doubles(np.where(counts, values[chosen], 0.0)))
        if uncertainty is not None:
            self._has_errors = True
            self._errors.update(_doubles(np.where(counts, uncertainty[chosen], 0.0)))
        self._all_usable &= bool(counts.all())
        bits = np.concatenate([self._bits, counts])
        whole = bits.size // 8 * 8
        self._mask.update(np.packbits(bits[:whole]).data)
        self._bits = bits[whole:]

    def parts(self) -> tuple[str, str, str]:
        """What `fingerprint` gives of all of it."""
        self._mask.update(np.packbits(self._bits).data)
        mask = "" if self._all_usable else self._mask.hexdigest()
        return self._values.hexdigest(), mask, self._errors.hexdigest() if self._has_errors else ""


def each(
    values: NDArray[Any],
    usable: NDArray[np.bool_] | None,
    uncertainty: NDArray[Any] | None,
    chosen: NDArray[np.bool_],
) -> list[tuple[str, str, str]]:
    """`fingerprint` of each of many apertures, all (n, ny, nx); without ``usable`` all pixels are."""
    stops = np.cumsum(np.count_nonzero(chosen, axis=(1, 2))).tolist()
    pieces = [slice(*edges) for edges in zip([0, *stops[:-1]], stops, strict=True)]
    counts = None if usable is None else usable[chosen]
    of_values = _of_pieces(values[chosen], counts, pieces)
    none = [""] * len(pieces)
    of_mask = none if counts is None else [_of_mask(counts[piece]) for piece in pieces]
    of_errors = none if uncertainty is None else _of_pieces(uncertainty[chosen], counts, pieces)
    return list(zip(of_values, of_mask, of_errors, strict=True))


def joined(parts: Sequence[str]) -> str:
    """One fingerprint of several; of a single one that is there, itself."""
    there = [part for part in parts if part]
    if len(there) < 2:
        return "".join(there)
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def pixel_hash(parts: Sequence[str]) -> str:
    """The fingerprint of all `PARTS`."""
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def codes(parts: Sequence[str]) -> str:
    """The first digits of each of the `PARTS`, '-' for one that is not there, between blanks."""
    return " ".join([part[:_CODE] or "-" for part in parts])


def _of(values: NDArray[Any]) -> str:
    return hashlib.sha256(_doubles(values)).hexdigest()


def _doubles(values: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(values, dtype="<f8").data


def _of_pieces(values: NDArray[Any], counts: NDArray[np.bool_] | None, pieces: list[slice]) -> list[str]:
    if counts is not None:
        values = np.where(counts, values, 0.0)
    doubles = np.ascontiguousarray(values, dtype="<f8")
    return [hashlib.sha256(doubles[piece].data).hexdigest() for piece in pieces]


def _of_mask(counts: NDArray[np.bool_]) -> str:
    return "" if counts.all() else hashlib.sha256(np.packbits(counts).data).hexdigest()
