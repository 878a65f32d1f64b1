"""Quality and weight images that a pipeline writes into files of their own, beside the image's.

DECam's community pipeline calls them ``…_ood_…`` and ``…_oow_…`` beside ``…_ooi_…``; ZTF ``…_mskimg.fits``
beside ``…_sciimg.fits``; Hubble's WFPC2, FOC and the like ``…_c1f.fits`` beside ``…_c0f.fits``; Spitzer's
IRAC ``…_cbunc.fits`` beside ``…_cbcd.fits``. They are looked for in the image's own folder only.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from imviz.errors import ImvizError
from imviz.readers.files.storage import open_storage
from imviz.readers.fits.extensions import fits_file

if TYPE_CHECKING:
    from imviz.readers.fits.extensions import FitsSource, HDURecord

__all__ = ["SIBLINGS", "sibling"]

SIBLINGS: tuple[tuple[str, dict[str, str]], ...] = (
    ("_ooi_", {"DQ": "_ood_", "IVAR": "_oow_"}),
    ("_osi_", {"DQ": "_osd_", "IVAR": "_osw_"}),
    ("_sciimg.", {"MASK": "_mskimg."}),
    *((f"_{kind}.", {"DQ": f"_{kind[0]}1{kind[2]}."}) for kind in ("c0f", "c0m", "d0f", "d0m")),
    *((f"_{kind}bcd.", {"UNC": f"_{kind}bunc."}) for kind in ("", "c", "s")),
)
"""What is in an image's file name, and what stands there instead in its companions'."""


def sibling(
    source: FitsSource, science: HDURecord, names: tuple[str, ...], notes: list[str]
) -> HDURecord | None:
    """The companion of an image in a file beside its own, called by its role.

    Parameters
    ----------
    source, science
        The image's file and extension.
    names
        Roles that are wanted, as extensions in one file would be called.
    notes
        Gets a sentence when there is such a file and it cannot be used.
    """
    if source.path is None:
        return None
    path = Path(source.path)
    for token, roles in SIBLINGS:
        role = next((role for role in roles if role in names and token in path.name), None)
        if role is None:
            continue
        other = path.with_name(path.name.replace(token, roles[role]))
        if not other.is_file():
            continue
        try:
            return _same_extension(fits_file(open_storage(other)), science, role)
        except ImvizError as error:
            notes.append(f"{role} left out: {error}"[:240])
    return None


def _same_extension(source: FitsSource, science: HDURecord, role: str) -> HDURecord | None:
    """The extension of a companion's file that goes with an image: of the same name, else the same place."""
    images = [record for record in source.records if record.kind == "image" and record.shape]
    its_own = science.name not in {"", "PRIMARY"}
    named = [r for r in images if its_own and (r.name, r.version) == (science.name, science.version)]
    placed = [record for record in images if record.index == science.index]
    found = (named or placed or (images if len(images) == 1 else []))[:1]
    return replace(found[0], name=role) if found else None
