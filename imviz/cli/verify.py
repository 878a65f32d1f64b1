"""``imviz verify``: measures the rows of a table again, from their receipts, and says what has changed.

An ECSV table of `imviz phot` says where its images are; those of other tables, the window's too, are named on
the command line and known by their labels, or else by their pixels.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imviz.errors import ImvizError, InputError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from astropy.nddata import NDData

__all__ = ["run"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="imviz verify",
        description="Measure every row of a table of results again, and say whether anything has changed.",
        epilog="exit codes: 0 all rows are identical; 1 some are not, or could not be measured; "
        "2 there is nothing to verify.",
    )
    parser.add_argument("table", metavar="TABLE", help="results: .ecsv, .fits, .vot or .csv")
    parser.add_argument(
        "images",
        nargs="*",
        metavar="IMAGE",
        help="its images, where the table does not say (or says wrongly) where they are",
    )
    parser.add_argument("--quiet", action="store_true", help="say only which rows have changed")
    return parser


def run(arguments: Sequence[str]) -> int:
    """Verify; 0 if all rows are identical, 1 if not."""
    options = _parser().parse_args(arguments)
    from imviz.science.results.reading import read_table
    from imviz.science.results.receipts import verify

    table = read_table(options.table)
    records = _records(table.meta, options.images)
    verdicts = verify(table, _finder(records, Path(options.table).absolute().parent), records)
    for verdict in verdicts:
        if not (options.quiet and verdict.same):
            sys.stdout.write(f"{verdict}\n")
    changed = sum(not verdict.same for verdict in verdicts)
    if not options.quiet:
        sys.stdout.write(
            f"{len(verdicts)} rows: all identical\n"
            if not changed
            else f"{len(verdicts)} rows: {len(verdicts) - changed} identical, {changed} not\n"
        )
    return 1 if changed else 0


def _records(meta: Any, sources: Sequence[str]) -> dict[str, Any]:
    """Where images are, by label: as the table says, and those that are given."""
    from imviz.readers.recorded import load_recorded

    records = dict(meta.get("imviz", {}).get("images", {})) if hasattr(meta, "get") else {}
    for source in sources:
        for one, record in load_recorded(source):
            records[one.label] = record
    return records


def _finder(records: Mapping[str, Any], folder: Path) -> Callable[[str], NDData]:
    """What gives the image of a label; the last one stays open, because rows come image by image."""
    from imviz.readers.recorded import reload

    opened: dict[str, NDData | ImvizError] = {}

    def image(label: str) -> NDData:
        if label not in opened:
            if label not in records:
                there = ", ".join(records) or "none"
                raise UnknownNameError(f"The image {label[:80]!r} is not among those given: {there}."[:240])
            opened.clear()
            try:
                opened[label] = reload(records[label], folder).image
            except ImvizError as error:
                opened[label] = error
        image_or_error = opened[label]
        if isinstance(image_or_error, ImvizError):
            raise InputError(str(image_or_error)) from image_or_error
        return image_or_error

    return image
