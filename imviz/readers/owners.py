"""Whose error, quality or weight image an extension is: that of the science image whose place it shares.

Pipelines give such an extension no WCS of its own where the science image of the same file has one. Which
extension is used for measuring is `imviz.readers.companions`' business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imviz.readers.roles import SCIENCE, is_auxiliary, role_and_stem

if TYPE_CHECKING:
    from imviz.readers.extensions import FitsSource, HDURecord

__all__ = ["owner_of"]


def owner_of(source: FitsSource, record: HDURecord) -> HDURecord | None:
    """The science image that an extension describes: of its shape, EXTVER and stem; `None` without one."""
    if not is_auxiliary(record.name):
        return None
    _, stem = role_and_stem(record.name)
    found = [
        other
        for other in source.records
        if other.kind == "image"
        and (other.shape, other.version) == (record.shape, record.version)
        and role_and_stem(other.name)[0] in SCIENCE
        and role_and_stem(other.name)[1] == stem
    ]
    return min(found, key=lambda other: other.name in ("", "PRIMARY"), default=None)
