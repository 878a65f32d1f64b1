"""Text from files of any encoding: UTF-8, UTF-16 and UTF-32 with or without their mark, and Latin-1.

A line that is not UTF-8 is read as Windows' Latin-1 on its own, so that one odd byte changes no other line.
"""

from __future__ import annotations

import codecs

__all__ = ["decoded"]

MARKS = (  # UTF-32's begins as UTF-16's does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 400  # bytes that tell whether every second one is zero


def decoded(content: bytes) -> str:
    """The text of some bytes, whatever their encoding; lines end with a newline only."""
    wide = next((name for mark, name in MARKS if content.startswith(mark)), None) or _unmarked(content)
    try:
        text = content.decode(wide or "utf-8")
    except UnicodeDecodeError:
        text = "\n".join(_line(line) for line in content.removeprefix(codecs.BOM_UTF8).splitlines())
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unmarked(content: bytes) -> str | None:
    """UTF-16 without a mark: plain letters leave every second byte zero."""
    sample = content[:SAMPLE]
    if len(sample) < 8 or len(content) % 2:
        return None
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half, other = sample[start::2], sample[1 - start :: 2]
        if half.count(0) > 0.9 * len(half) and not other.count(0):
            return name
    return None


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace") if 0x81 not in line else line.decode("latin-1")
