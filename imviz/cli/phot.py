"""``imviz phot``: measures regions, or the sources of a catalog, on images, and writes one table.

The same science as in the window, by the same options, so the same rows to the last bit. Each image is open
only while it is measured; what cannot be opened or measured is named, and the other rows are kept.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imviz.cli.phot_options import parser
from imviz.errors import ImvizError, InputError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from astropy.table import QTable

    from imviz.cli.targets import Targets
    from imviz.readers import Loaded
    from imviz.science.photometry.plan import Plan
    from imviz.science.results.table import Results

__all__ = ["run"]


def run(arguments: Sequence[str]) -> int:
    """Measure and write; 0 if every region was measured, 1 if some were not, 2 if none was."""
    options = parser().parse_args(arguments)
    if options.output is not None:
        from imviz.science.results.files import check_target

        check_target(options.output, overwrite=options.overwrite)  # before, not after, the work
    from imviz.cli.targets import plan_of, targets_of
    from imviz.readers.recorded import load_recorded
    from imviz.science.results.table import Results

    report = _Report(quiet=options.quiet)
    targets, plan, results = targets_of(options, report.complain), plan_of(options), Results()
    images: dict[str, Any] = {}
    for source in options.images:
        try:
            found = load_recorded(source, options.row_order)
            _measure_source(found, (targets, plan), results, images, report)
        except ImvizError as error:
            report.complain(str(error))
    if not len(results):
        report.complain("Nothing was measured.")
        return 2
    _write(results, images, options, report)
    return 1 if report.complaints else 0


@dataclass(slots=True)
class _Report:
    """What the user is told, on the error stream, because the table may go to the other one."""

    quiet: bool = False
    complaints: list[str] = field(default_factory=list)

    def complain(self, sentence: str) -> None:
        self.complaints.append(sentence)
        sys.stderr.write(f"imviz: {sentence}\n")

    def tell(self, sentence: str) -> None:
        if not self.quiet:
            sys.stderr.write(f"{sentence}\n")


def _measure_source(
    recorded: Iterator[tuple[Loaded, dict[str, Any]]],
    how: tuple[Targets, Plan],
    results: Results,
    images: dict[str, Any],
    report: _Report,
) -> None:
    """Every image of a path or pattern, one after the other."""
    from imviz.readers.labels import free_label

    for one, record in recorded:
        label = free_label(one.label, images)
        images[label] = record
        _measure_image(one, label, how, results, report)


def _measure_image(
    one: Loaded, label: str, how: tuple[Targets, Plan], results: Results, report: _Report
) -> None:
    targets, plan = how
    n, failed = 0, len(report.complaints)
    regions, beside = targets.on(one.image)
    for name, measured in plan.carry_out(one.image, label, regions):
        if isinstance(measured, str):
            report.complain(f"{label}, {name}: {measured}")
            continue
        note = results.append(measured.values)
        n += 1
        if note:
            report.tell(f"{label}, {name}: {note}")
    if one.check is not None:
        one.check()  # a file that has changed meanwhile
    told = f"{label}: {n} measured"
    failed = len(report.complaints) - failed
    told += f", {failed} failed" if failed else ""
    report.tell(told + (f", {beside} sources are beside the image" if beside else ""))


def _write(results: Results, images: dict[str, Any], options: Namespace, report: _Report) -> None:
    """The table, or tables where units do not fit into one, with where their images are."""
    for number, table in enumerate(results.tables):
        labels = set(table["data_label"])
        table.meta["imviz"] = {"images": {name: images[name] for name in images if name in labels}}
        if options.output is None:
            table.write(sys.stdout, format="ascii.ecsv")
            continue
        path = _path(Path(options.output), number, options.overwrite)
        _write_file(table, path, overwrite=options.overwrite)
        report.tell(f"{len(table)} rows written to {path}")


def _write_file(table: QTable, path: Path, *, overwrite: bool) -> None:
    from imviz.science.results.files import write_table

    if path.suffix.lower() != ".ecsv":
        table.meta.pop("imviz")  # the other formats have no place for it
    write_table(table, path, overwrite=overwrite)


def _path(first: Path, number: int, overwrite: bool) -> Path:
    """The file for the table of a number: ``rows.ecsv``, then ``rows-2.ecsv`` or the next that is free."""
    if not number:
        return first
    tried = number + 1
    while (path := first.with_stem(f"{first.stem}-{tried}")).exists() and not overwrite:
        tried += 1
        if tried > 1000:
            raise InputError(f"There is no free name beside {first.name!r} for another table.")
    return path
