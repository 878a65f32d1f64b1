"""Rows of a table measured again, many at once where their shapes allow it, as columns beside the old ones.

What differs between the two, and what that means, is `imviz.science.results.receipts`' business.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imviz.errors import ImvizError, InputError
from imviz.science.bulk.rows import measure_rows, suits
from imviz.science.photometry.apertures import box_of, coverage
from imviz.science.photometry.cutout import check_image, cut
from imviz.science.photometry.fingerprints import HASHED, fingerprint
from imviz.science.photometry.measurement import measure
from imviz.science.photometry.recipe import Recipe
from imviz.science.regions.records import from_record
from imviz.science.results.table import Results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from astropy.nddata import NDData
    from astropy.table import QTable
    from regions import PixelRegion

__all__ = [
    "Again",
    "ImageOfRows",
    "Receipt",
    "by_the_other_path",
    "first_hash",
    "measured_again",
    "region_of_row",
]

_FEW = 4  # rows below which one by one is as fast
_OWN = ("aperture", "pixels", "made_of", "error")  # notes of a receipt that are no options


@dataclass(frozen=True, slots=True)
class Receipt:
    """The ``recipe`` column of one row: its options, its aperture, and what else it says (``notes``)."""

    recipe: Recipe
    region: PixelRegion
    notes: Mapping[str, Any]
    options: str

    @classmethod
    def of(cls, row: Mapping[str, Any], recipes: dict[str, Recipe]) -> Receipt:
        """That of a row; `InputError` where it cannot be read. ``recipes`` remembers those of others."""
        region = region_of_row(row)
        content = json.loads(str(row["recipe"]))
        notes = {name: content.pop(name) for name in _OWN if name in content}
        options = json.dumps(content)
        if options not in recipes:
            recipes[options] = Recipe.from_json(options)
        return cls(recipes[options], region, notes, options)


@dataclass(slots=True)
class Again:
    """Rows measured again: ``table`` holds those of ``places`` in the old table, in that order.

    ``failed`` says of the others why there is none; ``image`` is what they were measured on; ``together`` are
    those that were measured many at once.
    """

    table: QTable
    places: list[int]
    image: NDData
    failed: dict[int, str] = field(default_factory=dict)
    together: frozenset[int] = frozenset()

    def alone(self, place: int) -> bool:
        """Whether a row was measured by itself."""
        return place not in self.together


class ImageOfRows:
    """Gives the image that rows were measured on: by their label, or else the one that has their pixels.

    Parameters
    ----------
    image : callable
        Gives the image of a label, or raises an `ImvizError`.
    among : iterable of str
        Labels of the images there are, to look through where a label's image is none or has other pixels.
    rows : mapping
        By label, the receipt of one of its rows and that row's ``pixel_hash``.

    Attributes
    ----------
    names : dict
        What each label that was asked for is called here.
    """

    def __init__(
        self,
        image: Callable[[str], NDData],
        among: Iterable[str],
        rows: Mapping[str, tuple[Receipt, str]],
    ) -> None:
        self._image, self._among, self._rows = image, tuple(among), rows
        self.names: dict[str, str] = {}

    def __call__(self, label: str) -> NDData:
        """The image of a label."""
        if label not in self.names:
            self.names[label] = self._name(label)
        return self._image(self.names[label])

    def _name(self, label: str) -> str:
        others = [other for other in self._among if other != label]
        if not others or self._has_pixels(label, label):
            return label
        return next((other for other in others if self._has_pixels(other, label)), label)

    def _has_pixels(self, name: str, label: str) -> bool:
        """Whether one image has the pixels of the row of a label."""
        receipt, fingerprint_then = self._rows[label]
        try:
            values = measure(self._image(name), receipt.region, receipt.recipe).values
        except ImvizError:
            return False
        return str(values["pixel_hash"]) == fingerprint_then


def region_of_row(row: Mapping[str, Any]) -> PixelRegion:
    """The aperture of a row, to the last bit."""
    try:
        record = json.loads(str(row["recipe"]))["aperture"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"Row {row.get('id')} has no aperture in its recipe; it cannot be measured again."
        ) from error
    return from_record(record)


def measured_again(
    receipts: Mapping[int, Receipt],
    labels: Sequence[tuple[str, str]],
    image: Callable[[str], NDData],
) -> tuple[list[Again], dict[int, str]]:
    """Measure rows again, by their receipts.

    Parameters
    ----------
    receipts : mapping
        By the row's place in its table.
    labels : sequence of (str, str)
        The image and the region of every row of the table.
    image : callable
        Gives the image of a label; an `ImvizError` of it is the reason why its rows are not measured.

    Returns
    -------
    list of Again
        Groups that share image and options, so that each is a table of one unit.
    dict
        Why others could not be measured, by place.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for place, one in receipts.items():
        groups.setdefault((labels[place][0], one.options), []).append(place)
    found, failed = [], {}
    for (label, _), places in sorted(groups.items(), key=lambda group: group[1][0]):
        try:
            data = image(label)
            again = _group(data, places, receipts, labels)
        except ImvizError as error:
            failed.update(dict.fromkeys(places, str(error)))
        else:
            failed.update(again.failed)
            found.append(again)
    return found, failed


def by_the_other_path(
    again: Again, place: int, receipts: Mapping[int, Receipt], labels: Sequence[tuple[str, str]]
) -> QTable | None:
    """One row measured as it was not, alone or as many are: outlines that touch edges of pixels tell.

    `None` where there is but one path.
    """
    receipt = receipts[place]
    if not suits(receipt.region) or receipt.recipe.pixel_area_map:
        return None
    fewest = 1 if again.alone(place) else len(receipts) + 1
    return _group(again.image, [place], receipts, labels, fewest).table


def _group(
    data: NDData,
    places: list[int],
    receipts: Mapping[int, Receipt],
    labels: Sequence[tuple[str, str]],
    fewest: int = _FEW,
) -> Again:
    results, done, failed = Results(), [], {}
    recipe = receipts[places[0]].recipe
    together = [place for place in places if suits(receipts[place].region)]
    if len(together) < fewest or recipe.pixel_area_map:
        together = []
    if together:
        regions = [receipts[place].region for place in together]
        names = [labels[place][1] for place in together]
        many = measure_rows(data, regions, recipe, image_label=labels[places[0]][0], region_labels=names)
        results.extend(many.columns, many.n)
        failed = {together[n]: reason for n, reason in many.failed.items()}
        done = [place for place in together if place not in failed]
    for place in sorted(set(places) - set(together)):
        label, name = labels[place]
        try:
            one = measure(data, receipts[place].region, recipe, image_label=label, region_label=name)
        except ImvizError as error:
            failed[place] = str(error)
        else:
            results.append(one.values)
            done.append(place)
    tables = results.tables
    return Again(tables[0] if tables else _empty(), done, data, failed, frozenset(together))


def _empty() -> QTable:
    from astropy.table import QTable

    return QTable()


def first_hash(image: NDData, receipt: Receipt) -> str:
    """The ``pixel_hash`` that earlier receipts have: of the values in the aperture alone."""
    region = receipt.region
    box = box_of(region).clip(check_image(image))
    if box is None:
        return ""
    pieces = cut(image, box, receipt.recipe.saturation)
    used = (coverage(region, box) > HASHED) & pieces.usable
    return fingerprint(pieces.data, pieces.usable, None, used)[0]
