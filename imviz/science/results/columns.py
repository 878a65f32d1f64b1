"""One column of measured rows: plain values of one kind, that a table is built of when it is asked for.

The first value that is not `None` gives a column its kind (quantity, number, text, sky, time) and its unit or
frame; whatever joins it must be of that kind, and is converted to that unit or frame. Which rows a table has
is `imviz.science.results.table`' business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.coordinates.errors import ConvertError
from astropy.time import Time
from astropy.utils.masked import Masked

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Column"]


@dataclass(slots=True)
class Column:
    """Values of one column, `None` where there is none.

    Plain numbers in ``unit``, (lon, lat) degrees in ``frame``, the two parts of a Julian date on the scale of
    ``clock``, or as they are. ``kind`` is '' until the first value that is not `None`, then one of quantity,
    number, text, sky, time.
    """

    values: list[Any] = field(default_factory=list)
    kind: str = ""
    unit: u.UnitBase | None = None
    frame: Any = None
    clock: Time | None = None

    @property
    def nature(self) -> tuple[Any, ...]:
        """What the first value has given it; assign it to take that back."""
        return self.kind, self.unit, self.frame, self.clock

    @nature.setter
    def nature(self, nature: tuple[Any, ...]) -> None:
        self.kind, self.unit, self.frame, self.clock = nature

    def mismatch(self, value: Any) -> str:
        """Why ``value``, one or many, cannot join, as 'in Jy, not in ct'; empty if it can."""
        value = _sample(value)
        kind = _kind(value)
        if not kind or not self.kind:
            return ""
        if kind != self.kind:
            return f"{_describe(value, kind)}, not {self.description}"
        if kind == "quantity" and value.unit is not self.unit and not value.unit.is_equivalent(self.unit):
            return f"{_describe(value, kind)}, not {self.description}"
        if kind == "sky" and not value.frame.is_equivalent_frame(self.frame):
            try:
                value.transform_to(self.frame)
            except ConvertError:
                return f"in {value.frame.name}, not {self.frame.name}"
        return ""

    @property
    def description(self) -> str:
        """Its kind in words."""
        return f"in {self.unit}" if self.kind == "quantity" else f"a {self.kind}"

    def add(self, value: Any) -> None:
        """Append ``value``, which fits; the first one gives the column its kind and unit."""
        kind = self._learn(value)
        if kind == "quantity":
            value = float(value.value if value.unit is self.unit else value.to_value(self.unit))
        elif kind in ("sky", "time"):
            value = self._plain(value.reshape(1), kind)[0]
        elif kind:
            value = value.item() if isinstance(value, np.generic) else value
        else:
            value = None
        self.values.append(value)

    def extend(self, values: Any, n: int) -> None:
        """Append ``n`` values that fit: an array of any kind, a list that may hold `None`, or one for all."""
        if isinstance(values, list) and all(type(value) is str for value in values):
            self._learn(values[0])
            self.values.extend(values)
        elif isinstance(values, list):
            for value in values:
                self.add(value)
        elif np.ndim(values) == 0 and not getattr(values, "shape", ()):
            self.add(values)
            self.values.extend(self.values[-1:] * (n - 1))
        else:
            self.values.extend(self._plain(values, self._learn(values)))

    def value(self, index: int) -> Any:
        """One value as it was appended, in the column's unit."""
        value = self.values[index]
        if value is None:
            return None
        if self.kind == "quantity":
            return u.Quantity(value, self.unit)
        if self.kind == "sky":
            return SkyCoord(*value, unit="deg", frame=self.frame)
        return self._time([value])[0] if self.kind == "time" else value

    def build(self, rows: Sequence[int] | None = None) -> Any:
        """The column of a `QTable` (of some rows): objects if all is `None`, masked where some are."""
        values = self.values if rows is None else [self.values[row] for row in rows]
        absent = np.array([value is None for value in values], dtype=bool)
        if absent.all():
            return np.array(values, dtype=object)
        filler = values[int(np.flatnonzero(~absent)[0])]
        filled = [filler if value is None else value for value in values] if absent.any() else values
        if self.kind == "sky":
            lon, lat = np.transpose(filled) * u.deg
            if absent.any():
                lon, lat = Masked(lon, mask=absent), Masked(lat, mask=absent)
            return SkyCoord(lon, lat, frame=self.frame)
        if self.kind == "time":
            times = self._time(filled)
            if absent.any():
                times[absent] = np.ma.masked
            return times
        if self.kind == "quantity":
            quantity = u.Quantity(filled, self.unit)
            return Masked(quantity, mask=absent) if absent.any() else quantity
        return np.ma.MaskedArray(filled, mask=absent) if absent.any() else np.array(filled)

    def keys(self, rows: Sequence[int]) -> list[tuple[Any, ...]]:
        """What to sort some rows by: numbers by size, texts as people count ("Subset 2" before "Subset 10").

        Keys of one column can be compared; an absent or undefined value has an empty one.
        """
        return [() if _is_undefined(value) else _key(value) for value in (self.values[row] for row in rows)]

    def _learn(self, value: Any) -> str:
        """The kind of a value, which becomes the column's if it has none yet."""
        kind = _kind(value)
        if kind and not self.kind:
            self.kind = kind
            self.unit = value.unit if kind == "quantity" else None
            self.frame = value.frame.replicate_without_data() if kind == "sky" else None
            self.clock = (value if value.isscalar else value[0]).copy() if kind == "time" else None
        return kind

    def _plain(self, values: Any, kind: str) -> list[Any]:
        """Many values as they are kept."""
        if kind == "quantity":
            return list(values.to_value(self.unit).tolist())
        if kind == "sky":
            same = values.frame.is_equivalent_frame(self.frame)
            sky = (values if same else values.transform_to(self.frame)).spherical
            return list(zip(sky.lon.deg.tolist(), sky.lat.deg.tolist(), strict=True))
        if kind == "time" and self.clock is not None:
            times = values if values.scale == self.clock.scale else getattr(values, self.clock.scale)
            return list(zip(times.jd1.tolist(), times.jd2.tolist(), strict=True))
        return list(np.asarray(values).tolist())

    def _time(self, pairs: list[tuple[float, float]]) -> Time:
        clock = self.clock
        assert clock is not None  # noqa: S101  the first time has given it
        one, two = np.transpose(pairs)
        times = Time(one, two, format="jd", scale=clock.scale, precision=clock.precision)
        times.format = clock.format
        return times


def _sample(value: Any) -> Any:
    """One value that stands for a list's, the first that is there; anything else as it is."""
    return next((one for one in value if one is not None), None) if isinstance(value, list) else value


def _kind(value: Any) -> str:
    if value is None or value is np.ma.masked:
        return ""
    mask = getattr(value, "mask", None)
    if mask is not None and np.any(mask):
        return ""
    if isinstance(value, u.Quantity):
        return "quantity"
    if isinstance(value, SkyCoord):
        return "sky"
    if isinstance(value, Time):
        return "time"
    is_text = isinstance(value, str) or getattr(value, "dtype", np.dtype(float)).kind in "US"
    return "text" if is_text else "number"


def _describe(value: Any, kind: str) -> str:
    return f"in {value.unit}" if kind == "quantity" else f"a {kind}"


def _is_undefined(value: Any) -> bool:
    first = value[0] if isinstance(value, tuple) else value
    return first is None or (isinstance(first, float) and np.isnan(first))


def _key(value: Any) -> tuple[Any, ...]:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        return (value,)
    parts = re.split(r"(\d+)", value.casefold())
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part)
