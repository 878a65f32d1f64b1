"""When an exposure was taken: the middle of it, from whatever its header says and however it says it.

Cards are taken by their role: the middle, the beginning with the end, the beginning with the length. A number
is an MJD, a JD or a count of UNIX seconds by its size; a date without a time of day is completed by the card
that has it, and is no time alone. Where a header leaves room for doubt (two cards that disagree, a time
system that is not known, no length), the doubt is told in words. What others make of the time (the
barycentre's, the air mass) is `imviz.science.sky.barycentre`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.time import Time

from imviz.science.calibration.cards import Cards

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ExposureTime", "exposure_time"]

_MIDDLES = (
    *("MJD-AVG", "MJD_AVG", "EXPMID", "MJDMID", "MJD-MID", "MJD_MID", "TMID", "JD-MID", "JD_MID", "JDMID"),
    *("JD_UTC", "DATE-AVG", "DATE_AVG", "DATE-MID", "DATE_MID", "UTMIDDLE"),
)
_STARTS = (
    *("EXPSTART", "MJD-BEG", "MJD_BEG", "MJD-STR", "MJD-OBS", "MJD_OBS", "MJDOBS", "OBSMJD", "MJD"),
    *("JD_SOBS", "OBSJD", "JD-OBS", "JD_OBS", "JDSTART", "JD-BEG", "JD", "DATE-BEG", "DATE_BEG"),
    *("DATE-OBS", "DATE_OBS", "DATEOBS", "UTSTART", "UT_DATE", "UTDATE", "UT-DATE", "UNIXTIME", "UNIX"),
    *("TIMESTAMP", "EPOCH_S"),
)
_ENDS = ("EXPEND", "MJD-END", "MJD_END", "JD_EOBS", "JD-END", "DATE-END", "DATE_END")
_CLOCKS = (
    *("TIME-OBS", "TIME_OBS", "TIMEOBS", "TIME-BEG", "UT", "UTSTART", "UT-START", "UTCSTART", "UTC-OBS"),
    *("UT-OBS", "UT_OBS", "UTOBS", "UTC", "UTC-BEG", "TIME-STR", "EXPSTART", "UTTIME", "TIME", "START"),
)
_END_CLOCKS = ("UTEND", "UT-END", "UTCEND", "TIME-END", "UTC-END")
_LENGTHS = (
    *("TELAPSE", "ELAPTIME", "XPOSURE", "EXPTIME", "EXP_TIME", "EXPOSURE", "EFFEXPTM", "ITIME"),
    *("TEXPTIME", "EXPOTIME"),
)
_BARYCENTRIC = ("BJD_TDB", "BJD-TDB", "BJDTDB", "BJD_MID", "BJD-MID", "BJD_OBS", "BJD-OBS", "BJD")

_SCALES = {
    **dict.fromkeys(("", "UTC", "UT", "GMT", "Z", "ZULU", "GREENWICH"), "utc"),
    **dict.fromkeys(("TAI", "IAT"), "tai"),
    **dict.fromkeys(("TT", "TDT", "ET"), "tt"),
    "TDB": "tdb",
    "TCB": "tcb",
    "TCG": "tcg",
}
_ZONES = {
    "EST": -5.0,
    "EDT": -4.0,
    "CST": -6.0,
    "CDT": -5.0,
    "MST": -7.0,
    "MDT": -6.0,
    "PST": -8.0,
    "PDT": -7.0,
    "HST": -10.0,
    "CET": 1.0,
    "CEST": 2.0,
    "BST": 1.0,
    "JST": 9.0,
    "AEST": 10.0,
    "AEDT": 11.0,
    "CLT": -4.0,
}
_LOCAL = {"LOCAL", "LT", "LOC", "ZONE", "LOCAL TIME"}
_OFFSETS = ("TIMEZONE", "TIMEOFFS", "TZ", "UTCOFFS", "UTC-OFF", "ZONE")
_AGREE = 2.0  # seconds that two cards of one moment may be apart by their rounding
_DATE = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+([\d:.]+)\s*(Z|UTC?|[+-]\d{2}:?\d{2})?)?", re.IGNORECASE
)
_OLD_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})")


@dataclass(frozen=True, slots=True)
class ExposureTime:
    """The middle of an exposure and what it is by.

    ``middle`` is `None` where the header does not tell; ``bjd_tdb`` [day] is the header's own, if it has one;
    ``source`` names the cards; ``doubts`` are sentences.
    """

    middle: Time | None = None
    bjd_tdb: float | None = None
    source: str = ""
    doubts: tuple[str, ...] = field(default=())


def exposure_time(meta: Any) -> ExposureTime:
    """The middle of an exposure, from its header.

    Parameters
    ----------
    meta : mapping
        The header, also one with the file's under ``primary_header`` and with the cards' comments under
        ``imviz_comments``, where "mid" or "end" says what a time is of.

    Returns
    -------
    ExposureTime
        In UTC, unless ``TIMESYS`` names an atomic or dynamical scale.
    """
    return _Clock(meta).tell()


class _Clock:
    """One header, asked for its times."""

    def __init__(self, meta: Any) -> None:
        self._cards = Cards(meta)
        self._doubts: list[str] = []
        self._scale, self._shift = self._system()
        comments = [meta.get(name) for name in ("imviz_comments", "imviz_primary_comments")] if meta else []
        self._comments = [found for found in comments if hasattr(found, "get")]

    def tell(self) -> ExposureTime:
        found = self._by_middle() or self._by_ends() or self._by_start() or ExposureTime()
        found = replace(found, bjd_tdb=self._barycentric())
        if found.middle is None and found.bjd_tdb is None and not self._doubts:
            self._doubts.append("the header tells no time")
        return replace(found, doubts=(*found.doubts, *self._doubts))

    def _system(self) -> tuple[str, float]:
        """The scale of ``TIMESYS``, and seconds to add to its times."""
        word = self._cards.word("TIMESYS").removeprefix("UTC(")
        if word in _SCALES:
            return _SCALES[word], 0.0
        if word == "GPS":
            return "tai", 19.0
        if word == "UT1":
            self._doubts.append("TIMESYS is UT1, taken for UTC (within 0.9 s)")
            return "utc", 0.0
        hours = _ZONES.get(word, self._offset() if word in _LOCAL else None)
        if hours is None:
            self._doubts.append(f"TIMESYS is {word[:20]!r}, which is not known; times are taken for UTC")
        return "utc", -3600.0 * (hours or 0.0)

    def _offset(self) -> float | None:
        """Hours that the local time is ahead of UTC."""
        for name in _OFFSETS:
            value = self._cards.find(name)
            if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 14:
                return float(value)
        return None

    def _by_middle(self) -> ExposureTime | None:
        for name in (*_MIDDLES, *(one for one in _STARTS if self._is_of(one, "middle"))):
            moment = self._moment(name)
            if moment is not None:
                return ExposureTime(moment, source=f"{name}, the middle of the exposure")
        for path in (("meta", "exposure", "mid_time"), ("exposure", "mid_time")):
            moment = self._number(self._cards.find(*path))
            if moment is not None:
                return ExposureTime(moment, source=".".join(path))
        return None

    def _by_ends(self) -> ExposureTime | None:
        """Half-way between the beginning and the end."""
        start, end = self._start(), self._end()
        if start is None or end is None:
            return self._by_elapsed()
        if end[0] < start[0] and end[1] in _END_CLOCKS:
            end = end[0] + 1 * u.day, end[1]
        length = (end[0] - start[0]).sec
        if not 0 <= length < 2 * 86400:
            self._doubts.append(f"{end[1]} is no end of what {start[1]} begins, and is not used")
            return None
        middle = start[0] + length / 2 * u.s
        return ExposureTime(middle, source=f"half-way between {start[1]} and {end[1]}")

    def _by_elapsed(self) -> ExposureTime | None:
        """``TSTART`` and ``TSTOP`` on the clock of ``MJDREF``."""
        start, stop = self._plain("TSTART"), self._plain("TSTOP")
        whole, part = self._plain("MJDREFI"), self._plain("MJDREFF")
        zero = self._plain("MJDREF") if whole is None else whole + (part or 0.0)
        if start is None or stop is None or not zero or stop < start:
            return None
        days = 1.0 if self._cards.word("TIMEUNIT").startswith("D") else 86400.0
        middle = Time(zero, (start + stop) / 2 / days, format="mjd", scale=self._scale)
        return ExposureTime(middle, source="half-way between TSTART and TSTOP (MJDREF)")

    def _by_start(self) -> ExposureTime | None:
        """The beginning and half of the length."""
        start = self._start()
        if start is None:
            return None
        moment, name = start
        lengths = ((one, self._cards.number(one)) for one in _LENGTHS)
        card, length = next(((one, value) for one, value in lengths if value is not None), ("", 0.0))
        length = length or 0.0
        if not card:
            self._doubts.append(f"the header tells no exposure time, so the time is that of {name}")
            return ExposureTime(moment, source=name)
        if self._is_of(name, "end"):
            return ExposureTime(moment - length / 2 * u.s, source=f"{name}, the end, less half of {card}")
        half = self._half_later(moment, name, length)
        if half:
            return ExposureTime(moment, source=f"{name}, the middle by {half}")
        return ExposureTime(moment + length / 2 * u.s, source=f"{name} plus half of {card}")

    def _start(self) -> tuple[Time, str] | None:
        """The first card that tells a beginning; one of whole days only where there is no other."""
        found = [(moment, name) for name in _STARTS if (moment := self._moment(name)) is not None]
        exact = [one for one in found if not _is_whole(one[0])]
        if exact:
            self._compare(exact)
        return next(iter(exact or found), None)

    def _compare(self, found: list[tuple[Time, str]]) -> None:
        """Two beginnings should be one."""
        length = next((value for name in _LENGTHS if (value := self._cards.number(name))), 0.0)
        first, name = found[0]
        for other, card in found[1:]:
            apart = abs((other - first).sec)
            if apart > _AGREE and abs(apart - length / 2) > _AGREE:
                self._doubts.append(f"{name} and {card} are {apart:.4g} s apart; {name} is used")
                return

    def _half_later(self, moment: Time, name: str, length: float) -> str:
        """The card of a date half an exposure before ``moment``, which then is the middle; else ''."""
        if length / 2 <= 2 * _AGREE or name.startswith("DATE"):
            return ""
        for card in ("DATE-OBS", "DATE-BEG"):
            other = self._moment(card)
            if other is not None and abs((moment - other).sec - length / 2) < _AGREE:
                self._doubts.append(f"{name} is half an exposure after {card}, so it is taken for the middle")
                return card
        return ""

    def _end(self) -> tuple[Time, str] | None:
        for name in _ENDS:
            moment = self._moment(name)
            if moment is not None:
                return moment, name
        for name in _END_CLOCKS:
            seconds = _seconds(self._cards.find(name))
            day = self._date("DATE-OBS") or self._date("DATE-BEG")
            if seconds is not None and day is not None:
                return self._at(day[0], seconds), name
        return None

    def _moment(self, name: str) -> Time | None:
        """The time of a card: a number, or a date with its time of day."""
        value = self._cards.find(name)
        if name == "UTSTART" and _seconds(value) is not None:
            return None  # the time of day of another card's date
        date = self._date(name)
        if date is None:
            return self._number(value)
        day, seconds = date
        if seconds is None:
            seconds = next(self._clocks(), None)
        if seconds is None:
            if not self._has_number():
                self._doubts.append(f"{name} is a date without a time of day")
            return None
        return self._at(day, seconds)

    def _has_number(self) -> bool:
        return any(self._number(self._cards.find(name)) is not None for name in (*_MIDDLES, *_STARTS))

    def _clocks(self) -> Iterator[float]:
        for name in _CLOCKS:
            seconds = _seconds(self._cards.find(name))
            if seconds is not None:
                yield seconds

    def _date(self, name: str) -> tuple[str, float | None] | None:
        """Day and seconds of a card that holds a date."""
        value = self._cards.find(name)
        if not isinstance(value, str):
            return None
        text = value.strip()
        if old := _OLD_DATE.fullmatch(text):
            first, middle, last = (int(part) for part in old.groups())
            return f"{last + 1900 if last < 100 else last:04d}-{middle:02d}-{first:02d}", None
        found = _DATE.fullmatch(text)
        if not found:
            return None
        year, month, day, clock, zone = found.groups()
        seconds = None if clock is None else _seconds(clock)
        if seconds is not None and zone and zone[0] in "+-":
            hours, minutes = int(zone[1:3]), int(zone[-2:])
            seconds -= (60 * hours + minutes) * (60 if zone[0] == "+" else -60)
        return f"{int(year):04d}-{int(month):02d}-{int(day):02d}", seconds

    def _at(self, day: str, seconds: float) -> Time | None:
        try:
            midnight = Time(day, format="iso", scale=self._scale)
        except ValueError:  # the 31st of a month that has none
            return None
        return midnight + (seconds + self._shift) * u.s

    def _number(self, value: Any) -> Time | None:
        """A Julian date of either kind, or UNIX seconds, by its size."""
        if isinstance(value, Time):
            return value
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float | np.number)
            or not np.isfinite(value)
        ):
            return None
        number = float(value)
        if 20_000 < number < 120_000:
            found = Time(number, format="mjd", scale=self._scale)
        elif 2_420_000 < number < 2_520_000:
            found = Time(number, format="jd", scale=self._scale)
        elif 5e8 < number < 2.6e9 or 5e11 < number < 2.6e12:
            return Time(number / (1000 if number > 2.6e9 else 1), format="unix").utc
        else:
            return None
        return found + self._shift * u.s if self._shift else found

    def _is_of(self, name: str, what: str) -> bool:
        """Whether a card's comment, or whoever wrote it, says that it is the middle or the end."""
        if what == "middle" and name == "MJD_OBS" and self._cards.word("TELESCOP") == "WISE":
            return True  # its Explanatory Supplement, II.4
        comment = " ".join(str(found.get(name) or "") for found in self._comments).lower()
        return (
            ("mid" in comment and "midnight" not in comment) if what == "middle" else " end" in f" {comment}"
        )

    def _barycentric(self) -> float | None:
        """The header's own BJD in TDB [day]."""
        for name in _BARYCENTRIC:
            value = self._plain(name)
            if value is not None and value > 2_400_000:
                return value
        start, stop, zero = self._plain("TSTART"), self._plain("TSTOP"), self._plain("BJDREFI")
        if start is None or stop is None or zero is None:
            return None
        return zero + (self._plain("BJDREFF") or 0.0) + (start + stop) / 2

    def _plain(self, name: str) -> float | None:
        value = self._cards.find(name)
        is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        return float(value) if is_number and np.isfinite(value) else None


def _is_whole(moment: Time) -> bool:
    return bool(abs(moment.mjd - round(moment.mjd)) < 1e-9)


def _seconds(value: Any) -> float | None:
    """Seconds of the day of a clock: hh:mm:ss, decimal hours below 24, else seconds."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        parts = value.strip().removesuffix("Z").replace(" ", ":").split(":")
        try:
            numbers = [float(part) for part in parts]
        except ValueError:
            return None
        if len(numbers) in {2, 3} and numbers[0] < 25 and all(0 <= number < 61 for number in numbers):
            return float(np.dot(numbers, (3600.0, 60.0, 1.0)[: len(numbers)]))
        if len(numbers) != 1:
            return None
        value = numbers[0]
    if not isinstance(value, int | float | np.number) or not 0 <= value <= 86401:
        return None
    return float(value) * 3600 if value < 24 else float(value)
