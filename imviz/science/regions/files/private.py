"""Our own lines in region files: comments to other programs, in which a region is written whole, as JSON.

What a format has no shape or word for stands there (a composite, a name with every kind of quote). The plain
lines that follow show it to other programs as well as the format can; ``skip`` says how many, as they are
passed over when the whole is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imviz.science.regions.records import from_json, to_json

if TYPE_CHECKING:
    from regions import Region

__all__ = ["PRIVATE", "private_line", "private_region"]

PRIVATE = "# imviz "
_LINE = re.compile(r"# imviz (?:\d+ )?(?:skip (\d{1,6}) )?(\{.*)")


def private_line(region: Region, skip: int = 0) -> str:
    """The line that holds a region, which `skip` lines after it show to other programs."""
    return f"{PRIVATE}{f'skip {skip} ' if skip else ''}{to_json(region)}"


def private_region(line: str) -> tuple[Region, int]:
    """The region of such a line, and how many lines after it show the same.

    Raises
    ------
    InputError
        If the record is damaged.
    """
    found = _LINE.fullmatch(line.rstrip())
    skip, record = found.groups() if found else (None, line.removeprefix(PRIVATE))
    return from_json(record), int(skip or 0)
