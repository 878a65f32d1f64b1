"""Receipts: rows measured again, compared column by column, with what has changed since.

A row's receipt (its ``recipe`` column) holds its options, its aperture, fingerprints of its pixels, the
header's cards and the WCS that it depends on, and the versions it was measured with: nothing else is needed
but the image. Code and words of a row are made in `photutils_script` and `methods`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imviz.errors import ImvizError, InputError
from imviz.science.calibration.units import calibrate
from imviz.science.photometry.fingerprints import PARTS
from imviz.science.photometry.provenance import changed_since
from imviz.science.results.again import (
    ImageOfRows,
    Receipt,
    by_the_other_path,
    first_hash,
    measured_again,
    region_of_row,
)
from imviz.science.results.comparison import differing, told
from imviz.science.results.methods import methods_paragraph
from imviz.science.results.seals import SEALED, broken, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from astropy.nddata import NDData
    from astropy.table import QTable

    from imviz.science.photometry.recipe import Recipe
    from imviz.science.results.again import Again

__all__ = ["Verdict", "methods_paragraph", "region_of_row", "verify"]

_PIXELS = {
    "aperture": "the pixels in the aperture are others",
    "mask": "the mask in the aperture is another",
    "uncertainty": "the uncertainties in the aperture are others",
    "background": "the pixels of the background are others",
}
_TEXTS = (*SEALED, "seal", "pixel_hash")
_UNKNOWN = (
    "the receipt is of an earlier imviz; it does not hold mask, uncertainties, the background's pixels, "
    "header, WCS and versions, which could not be compared"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What measuring a row again gave: the same, or ``changes`` in words.

    ``what`` names what has changed: pixels, header, WCS, versions, or the table itself. ``notes`` are of what
    makes no row another: other versions that gave the same numbers, and what could not be compared. The same
    are pixels and flags to the last bit, and numbers but for the rounding of sums.
    """

    id: int
    region: str
    image: str
    changes: tuple[str, ...] = ()
    what: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return not self.changes

    def __str__(self) -> str:
        told = "identical" if self.same else "; ".join(self.changes)
        changed = f" [changed: {', '.join(self.what)}]" if self.what else ""
        notes = f" ({'; '.join(self.notes)})" if self.notes else ""
        return f"row {self.id} ({self.region} on {self.image}): {told}{changed}{notes}"


def verify(table: QTable, image: Callable[[str], NDData], among: Iterable[str] = ()) -> list[Verdict]:
    """Measure every row of a table again and compare every column.

    Parameters
    ----------
    table : QTable
        Results, as measured or read back from a file.
    image : callable
        Gives the image of a label; an `ImvizError` of it becomes the row's change.
    among : iterable of str, optional
        Labels of the images there are: where a row's is not among them, or names one with other pixels, the
        image that has the row's pixels is taken, and the verdict says what it is called.

    Raises
    ------
    InputError
        The table has no recipes.
    """
    missing = {"recipe", "pixel_hash", "data_label"} - set(table.colnames)
    if missing:
        raise InputError(
            f"The table has no column {', '.join(sorted(missing))}; give a table of imviz's results."
        )
    columns = {name: texts(name, table[name]) for name in _TEXTS if name in table.colnames}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    findings = [_Findings(row) for row in rows]
    _check_ids(findings)
    receipts: dict[int, Receipt] = {}
    recipes: dict[str, Recipe] = {}
    for place, found in enumerate(findings):
        try:
            receipts[place] = Receipt.of(found.sealed, recipes)
        except ImvizError as error:
            found.fail(str(error), "the table itself")
    labels = [(found.image, found.region) for found in findings]
    told = {place: findings[place] for place in receipts}
    by_label = {row.image: (receipts[place], row.sealed["pixel_hash"]) for place, row in told.items()}
    image_of = ImageOfRows(image, among, by_label)
    groups, failed = measured_again(receipts, labels, image_of)
    for found in findings:
        if (name := image_of.names.get(found.image, found.image)) != found.image:
            found.notes.append(f"by its pixels its image is {name}")
    for again in groups:
        if again.places:
            _Comparison(table, again, receipts).tell(findings)
    for place, reason in failed.items():
        findings[place].fail(reason)
    return [found.verdict() for found in findings]


class _Findings:
    """What was found of one row, in the order in which it is told."""

    def __init__(self, sealed: Mapping[str, str]) -> None:
        self.sealed = sealed
        self.id = int(sealed.get("id") or 0)
        self.image, self.region = (sealed.get(name, "") for name in ("data_label", "subset_label"))
        self.pixels: list[str] = []
        self.cards: dict[str, list[str]] = {}
        self.numbers: list[str] = []
        self.edited = list(broken(self.sealed))
        self.notes: list[str] = []
        self.is_old = False
        self._failure: tuple[str, str] | None = None

    def fail(self, reason: str, what: str = "") -> None:
        """The row cannot be measured again."""
        self._failure = reason, what

    def verdict(self) -> Verdict:
        changes, what = list(self.pixels), ["pixels"] if self.pixels else []
        for part, name in (("header", "header"), ("wcs", "WCS")):
            if part in self.cards:
                changes.append(f"{name}: {', '.join(self.cards[part])}")
                what.append(name)
        versions = [f"versions: {', '.join(self.cards['versions'])}"] if "versions" in self.cards else []
        changes += self.numbers
        if self._failure is not None:
            changes.insert(0, self._failure[0])
            what += [self._failure[1]] if self._failure[1] else []
        elif self.numbers and not what:
            what = ["versions"] if versions or self.is_old else ["the table itself"]
            changes += versions
            versions = []
        if self.edited:
            or_seal = " (or the seal)" if set(self.edited) - {"pixel_hash", "seal"} else ""
            changes.append(f"edited in the table: {', '.join(self.edited)}{or_seal}")
            what = [*(one for one in what if one != "the table itself"), "the table itself"]
        notes = versions + self.notes
        return Verdict(self.id, self.region, self.image, tuple(changes), tuple(what), tuple(notes))


def _check_ids(findings: list[_Findings]) -> None:
    """Where there are no seals, an id that is there twice was given by hand."""
    counts = Counter(found.id for found in findings if "seal" not in found.sealed)
    for found in findings:
        if counts[found.id] > 1:
            found.edited.insert(0, "id")


class _Comparison:
    """The rows of one group and what they are now, told to their findings."""

    def __init__(self, table: QTable, again: Again, receipts: Mapping[int, Receipt]) -> None:
        self._table, self._again, self._receipts = table, again, receipts
        self._factor = calibrate(
            again.image.unit, receipts[again.places[0]].recipe, again.image.wcs
        ).sum_factor
        self._cards: dict[str, dict[str, list[str]]] = {}

    def tell(self, findings: list[_Findings]) -> None:
        """What has changed in each row."""
        columns = {name: self._again.table[name].tolist() for name in ("recipe", "pixel_hash")}
        for n, place in enumerate(self._again.places):
            found, notes = findings[place], self._receipts[place].notes
            if "made_of" not in notes:
                self._tell_old(found, self._receipts[place])
                continue
            found.cards = self._changed_since(notes["made_of"])
            now = json.loads(columns["recipe"][n])["pixels"]
            found.pixels += _other_pixels(str(notes.get("pixels", "")), now)
            if str(found.sealed["pixel_hash"]) != columns["pixel_hash"][n] and not found.pixels:
                found.edited.append("pixel_hash")
        labels = [(found.image, found.region) for found in findings]
        for place, numbers in self._numbers(labels).items():
            findings[place].numbers += numbers

    def _tell_old(self, found: _Findings, receipt: Receipt) -> None:
        found.is_old = True
        found.notes.append(_UNKNOWN)
        if first_hash(self._again.image, receipt) != str(found.sealed["pixel_hash"]):
            found.pixels.append(_PIXELS["aperture"])

    def _changed_since(self, before: Mapping[str, Any]) -> dict[str, list[str]]:
        """Found once for all rows that are made of the same."""
        key = json.dumps(before, sort_keys=True)
        if key not in self._cards:
            self._cards[key] = changed_since(before, self._again.image)
        return self._cards[key]

    def _numbers(self, labels: list[tuple[str, str]]) -> dict[int, list[str]]:
        """Of the rows whose numbers are others, on either path: each column in words."""
        places, table = self._again.places, self._again.table
        found: dict[int, list[str]] = {}
        for name, rows in differing(self._table, places, table, self._factor).items():
            for n in rows.tolist():
                words = f"{name} {told(self._table[name][places[n]], table[name][n])}"
                found.setdefault(places[n], []).append(words)
        for place in list(found):
            other = by_the_other_path(self._again, place, self._receipts, labels)
            if other is not None and not differing(self._table, [place], other, self._factor):
                del found[place]
        return found


def _other_pixels(before: str, now: str) -> list[str]:
    """Which of the pixels are others, by the codes in a receipt."""
    codes = [text.split() for text in (before, now)]
    if len(codes[0]) != len(PARTS):
        return []
    return [_PIXELS[part] for part, old, new in zip(PARTS, *codes, strict=True) if old != new]
