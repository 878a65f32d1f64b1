"""Regions with their frames and looks as plain JSON, and back: every shape, every digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.errors import ImvizError, InputError, ReadError
from imviz.science.regions import records
from imviz.science.regions.looks import color_of, settle
from imviz.session.archive.schema import flag, mapping, number, plain, text
from imviz.session.glue_states import check
from imviz.session.region_placement import RegionRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imviz.session.region_placement import Ground

__all__ = ["from_record", "from_records", "to_record"]

_LOOKS = {"locked": False, "visible": True, "opacity": 1.0, "color": None}
"""Of a record beside its outline, where they are as here they are not written."""


def to_record(record: RegionRecord, on: str) -> dict[str, Any]:
    """A region as JSON; `on` is the key of the image it lies on."""
    look = {name: getattr(record, name) for name, usual in _LOOKS.items() if getattr(record, name) != usual}
    return {"label": record.label, "on": on, **look, "region": plain(records.to_record(record.outline))}


def from_record(record: Mapping[str, Any], grounds: Mapping[str, Ground]) -> RegionRecord:
    """The region of a record, checked as one that is drawn or loaded.

    Raises
    ------
    ImvizError
        It is none, or cannot be one.
    """
    label, on = text(record, "label"), text(record, "on")
    if on not in grounds:
        raise ReadError(f"The region {label[:60]!r} lies on {on[:60]!r}, which is not among the images.")
    if not label.strip():
        raise InputError("A region has no label.")
    outline = records.from_record(mapping(record, "region"))
    check(outline)
    settle(outline)
    color = None if record.get("color") is None else color_of(text(record, "color"))
    opacity = min(max(number(record, "opacity", 1.0), 0.0), 1.0)
    shown, locked = flag(record, "visible", True), flag(record, "locked", False)
    return RegionRecord(0, label, outline, grounds[on], color, locked, shown, opacity)


def from_records(
    found: Iterable[Mapping[str, Any]], grounds: Mapping[str, Ground], notes: list[str]
) -> list[RegionRecord]:
    """All regions; one that cannot be used costs no other, and is said."""
    made: dict[str, RegionRecord] = {}
    refused: list[str] = []
    for record in found:
        try:
            one = from_record(record, grounds)
        except ImvizError as error:
            refused.append(str(error))
            continue
        if one.label in made:
            refused.append(f"There are two regions called {one.label[:60]!r}.")
        else:
            made[one.label] = one
    if refused:
        notes.append(f"{len(refused)} regions cannot be used: {refused[0]}"[:240])
    return list(made.values())
