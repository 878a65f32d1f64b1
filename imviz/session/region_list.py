"""The regions of a document: what each is, what it is anchored to, and what has changed since when.

Each is a frozen `RegionRecord` under a number that never changes. A change replaces records, as one step of
the history, and costs what it changes, however many regions there are: the observers get one piece of news
and ask `RegionList.since`. glue's groups are made from the records when somebody asks for them
(`glue_subsets`); where a region lies on an image is `region_placement`'s rule. Nothing is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Real
from typing import TYPE_CHECKING, Any

from matplotlib.colors import is_color_like, to_hex

from imviz.errors import InputError
from imviz.science.regions.python import to_python
from imviz.science.sky import geometry
from imviz.session.history import Step
from imviz.session.region_placement import Ground, RegionRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imviz.session.history import History

__all__ = ["Changes", "RegionList"]

OFFERED = 8  # labels named in a refusal
Records = dict[int, RegionRecord | None]


@dataclass(frozen=True, slots=True)
class Changes:
    """What has happened to the regions since a revision.

    Attributes
    ----------
    changed, removed : tuple of str
        Labels of those to redraw and of those that are gone (a renamed one is both).
    everything : bool
        Whether all may lie elsewhere: the alignment or an image has changed. Then `changed` is all.
    """

    changed: tuple[str, ...]
    removed: tuple[str, ...]
    everything: bool


class RegionList:
    """All regions, by label; iterating gives the records in the order they came.

    Parameters
    ----------
    history : History
        Takes each change.
    tell : callable
        Called after each change, with whether labels have come or gone, and the labels renamed.
    """

    def __init__(self, history: History, tell: Callable[[bool, Mapping[str, str]], None]) -> None:
        self._history, self._tell = history, tell
        self._records: dict[int, RegionRecord] = {}
        self._numbers: dict[str, int] = {}
        self._log: dict[str, int] = {}  # label -> when it last changed, the latest last
        self._clock = self._all_changed = 0
        self._count = 0  # of the numbers given, never used twice
        self.automatic = 0  # of the automatic labels, neither

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, label: object) -> bool:
        return label in self._numbers

    def __iter__(self) -> Iterator[RegionRecord]:
        return iter(tuple(self._records.values()))

    def __getitem__(self, label: str) -> RegionRecord:
        if label not in self._numbers:
            raise InputError(f"There is no region {str(label)[:60]!r}; {self._offer()}.")
        return self._records[self._numbers[label]]

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, in the order the regions came."""
        return tuple(self._numbers)

    def numbered(self, number: int) -> RegionRecord | None:
        """The region of a number, or None when it is gone."""
        return self._records.get(number)

    # ---- what has changed

    @property
    def clock(self) -> int:
        """Rises with each change; what `since` takes."""
        return self._clock

    def since(self, clock: int) -> Changes:
        """What has changed since `clock` had that value; costs as much as has changed."""
        if clock < self._all_changed:
            gone = tuple(
                label for label, at in self._log.items() if at > clock and label not in self._numbers
            )
            return Changes(self.labels, gone, everything=True)
        changed: list[str] = []
        removed: list[str] = []
        for label in reversed(self._log):
            if self._log[label] <= clock:
                break
            (changed if label in self._numbers else removed).append(label)
        return Changes(tuple(reversed(changed)), tuple(reversed(removed)), everything=False)

    def moved_all(self) -> None:
        """Remember that all regions may lie elsewhere now."""
        self._clock += 1
        self._all_changed = self._clock

    # ---- changes, each one step of the history

    def add(
        self, outlines: Sequence[Any], ground: Ground, labels: Sequence[str | None] = (), **style: Any
    ) -> list[str]:
        """Add regions that lie on `ground`, and return their labels.

        Parameters
        ----------
        outlines
            `regions` shapes in pixels of the ground or on the sky, or glue states without outline.
        ground
            Its image.
        labels
            One for each; None for an automatic one ("Subset 1" …, never used twice).
        **style
            ``color``, ``locked``, ``visible``, ``opacity``, for all of them.
        """
        records: Records = {}
        taken: set[str] = set()
        checked = _style(style)
        for n, outline in enumerate(outlines):
            wanted = labels[n] if n < len(labels) else None
            label = self._automatic_label(taken) if wanted is None else self._free(wanted, taken)
            taken.add(label)
            self._count += 1
            known = hasattr(outline, "visual")
            look = {"color": _own_color(outline)} | checked if known else checked
            shape = {"outline": outline} if known else {"outline": None, "state": outline}
            records[self._count] = RegionRecord(self._count, label, ground=ground, **shape, **look)
        made = [record.label for record in records.values() if record is not None]
        if not made:
            return []
        title = f"Add {made[0]}" if len(made) == 1 else f"Add {len(made)} regions"
        on = ground.label  # as it is called now
        self._do(
            title, records, lambda: "\n".join(_adding(record, on) for record in records.values() if record)
        )
        return made

    def replace_all(self, records: Iterable[RegionRecord], automatic: int) -> None:
        """Have other regions instead of all these, locked ones too, as one change; they get new numbers.

        Parameters
        ----------
        records
            In their order; of labels that are all different.
        automatic : int
            How many automatic labels have been given, none of which is given again.
        """
        new: Records = dict.fromkeys(self._records)
        for record in records:
            self._count += 1
            new[self._count] = replace(record, number=self._count)
        self.automatic = max(self.automatic, automatic)
        self._do("Replace regions", new, lambda: "")

    def update(self, outlines: Mapping[str, Any], ground: Ground | None = None, title: str = "") -> None:
        """Give regions other outlines: in pixels of `ground` (default: each its own), or on the sky."""
        records: Records = {}
        for label, outline in outlines.items():
            old = self._unlocked(label)
            attributes = {"meta": old.outline.meta, "visual": old.outline.visual} if old.outline else {}
            shape = geometry.copied(outline, **attributes)
            records[old.number] = replace(old, outline=shape, ground=ground or old.ground, state=None)
        title = title or _titled("Change", list(outlines))
        now = [(new, new.label, new.ground.label) for new in records.values() if new]
        self._do(title, records, lambda: "\n".join(_updating(*one) for one in now))

    def remove(self, labels: Iterable[str]) -> None:
        """Delete regions; all of them or, if one is locked or not there, none."""
        labels = list(dict.fromkeys(labels))
        records: Records = {self._unlocked(label).number: None for label in labels}
        self._do(_titled("Delete", labels), records, lambda: f"session.remove_regions({labels!r})")

    def style(self, labels: Iterable[str], **style: Any) -> None:
        """Set ``color`` (a name, ``#rrggbb`` or None), ``locked``, ``visible``, ``opacity``, ``excluded``."""
        labels = list(dict.fromkeys(labels))
        excluded = style.pop("excluded", None)
        checked = _style(style)
        records: Records = {}
        for label in labels:
            old = self[label]
            new = replace(old, **checked)
            if excluded is not None and old.outline is not None:
                new = replace(new, outline=geometry.copied(old.outline, include=not excluded))
            records[old.number] = new
        told = checked if excluded is None else checked | {"excluded": bool(excluded)}
        code = f"session.region_list.style({labels!r}, **{told!r})"
        self._do(_titled(f"Set {', '.join(told)} of", labels), records, lambda: code)

    def rename(self, old: str, new: str) -> str:
        """Give a region another label, which no other may have; rows measured keep the old one."""
        record = self[old]
        if new == old:
            return new
        label = self._free(new, set())
        code = f"session.region_list.rename({old!r}, {label!r})"
        self._do(f"Rename {old} to {label}", {record.number: replace(record, label=label)}, lambda: code)
        return label

    def anchor(self, label: str, outline: Any, ground: Ground) -> None:
        """Anchor a region to `ground`'s pixels or to the sky: as `outline`, the same place, is."""
        old = self[label]
        new = replace(old, outline=outline, ground=ground)
        code = f"session.anchor_region({label!r}, {'sky' if new.on_sky else ground.label!r})"
        self._do(f"Anchor {label} to {new.anchor}", {old.number: new}, lambda: code)

    # ---- inside

    def _do(self, title: str, records: Records, code: Callable[[], str]) -> None:
        before: Records = {number: self._records.get(number) for number in records}
        if any(before[number] is not new for number, new in records.items()):
            on = next((one.ground.label for one in (*records.values(), *before.values()) if one), "")
            there, back = lambda: self._apply(records), lambda: self._apply(before)
            self._history.do(Step(title, there, back, code, image=on))

    def _apply(self, records: Records) -> None:
        """Put each record in place of the one of its number; None takes it away."""
        self._clock += 1
        renamed: dict[str, str] = {}
        moved = False
        last = next(reversed(self._records), 0)
        for number, new in records.items():
            old = self._records.get(number)
            if old is not None:
                self._note(old.label)
            if new is not None:
                self._note(new.label)
            if new is None:
                self._records.pop(number, None)
                if old is not None:
                    self._numbers.pop(old.label, None)
                continue
            self._records[number] = new
            if old is not None and old.label != new.label:
                renamed[old.label] = new.label
            elif old is None:
                self._numbers[new.label] = number
                moved |= number < last
        if moved or renamed:
            self._records = dict(sorted(self._records.items()))
            self._numbers = {record.label: number for number, record in self._records.items()}
        listed = (
            bool(renamed) or any(new is None or number > last for number, new in records.items()) or moved
        )
        self._tell(listed, renamed)

    def _note(self, label: str) -> None:
        self._log.pop(label, None)
        self._log[label] = self._clock

    def _unlocked(self, label: str) -> RegionRecord:
        record = self[label]
        if record.locked:
            raise InputError(f"{label} is locked; unlock it to change or delete it.")
        return record

    def _automatic_label(self, taken: set[str]) -> str:
        while True:
            self.automatic += 1
            label = f"Subset {self.automatic}"
            if label not in self._numbers and label not in taken:
                return label

    def _free(self, label: str, taken: set[str]) -> str:
        if not (isinstance(label, str) and label.strip()):
            raise InputError(f"A region cannot be called {str(label)[:60]!r}; give it a name.")
        if label in self._numbers or label in taken:
            raise InputError(f"There is a region {label[:60]!r} already; choose another label.")
        return label

    def _offer(self) -> str:
        shown = ", ".join(list(self._numbers)[:OFFERED])
        more = f" and {len(self) - OFFERED} more" if len(self) > OFFERED else ""
        return f"drawn: {shown[:120]}{more}" if shown else "none is drawn yet"


def _style(style: Mapping[str, Any]) -> dict[str, Any]:
    """A style that can be used."""
    checked: dict[str, Any] = {}
    for name, value in style.items():
        if name == "color":
            if value is not None and not is_color_like(value):
                raise InputError(f"{str(value)[:60]!r} is not a colour; use a name or '#rrggbb'.")
            checked[name] = None if value is None else to_hex(value)
        elif name in ("locked", "visible"):
            checked[name] = bool(value)
        elif name == "opacity":
            if not (isinstance(value, Real) and 0 <= float(value) <= 1):
                raise InputError(f"A region's opacity is a number from 0 to 1, not {str(value)[:60]!r}.")
            checked[name] = float(value)
        else:
            has = "color, excluded, locked, opacity, visible"
            raise InputError(f"A region has no {name[:60]!r}; it has: {has}.")
    return checked


def _own_color(outline: Any) -> str | None:
    """The colour a shape brings with it."""
    for name in ("color", "edgecolor", "facecolor"):
        color = outline.visual.get(name)
        if color is not None and is_color_like(color):
            return str(to_hex(color))
    return None


def _titled(verb: str, labels: list[str]) -> str:
    return f"{verb} {labels[0]}" if len(labels) == 1 else f"{verb} {len(labels)} regions"


def _adding(record: RegionRecord, on: str) -> str:
    if record.outline is None:
        return f"# {record.label!r}: a selection by value, made in glue"
    return f"session.add_region({to_python(record.outline)}, on={on!r}, label={record.label!r})"


def _updating(record: RegionRecord, label: str, on: str) -> str:
    return f"session.update_region({label!r}, {to_python(record.outline)}, on={on!r})"
