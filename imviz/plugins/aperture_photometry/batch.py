"""Many measurements in one go: of regions or of places, on one image or several, with the panel's options.

Circles and ellipses that share their options are measured together, other shapes one by one; rows come in
the order asked for and join the table at the end, as one step that can be undone, also when the work was
cancelled. What fails is named and costs no other row.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import groupby, product
from typing import TYPE_CHECKING, Any

from echo import delay_callback

from imviz.batch import told as told_of
from imviz.batch import unpack, unpack_all
from imviz.errors import ImvizError, InputError
from imviz.options import check_options
from imviz.plugin import action
from imviz.plugins.aperture_photometry.fields import ANNULUS, MANUAL, OPTIONS
from imviz.plugins.aperture_photometry.recipes import choose_background, followed, recipe_of
from imviz.science.bulk.rows import measure_rows, suits
from imviz.science.photometry import measurement
from imviz.science.photometry.annuli import Annulus

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from astropy.nddata import NDData
    from regions import PixelRegion

    from imviz.plugins.aperture_photometry.bench import Bench
    from imviz.plugins.aperture_photometry.display import Display
    from imviz.plugins.aperture_photometry.fields import PhotometryFields
    from imviz.science.photometry.measurement import Recipe
    from imviz.session import Session

__all__ = ["Outcome", "RegionBatch", "Target", "jobs_of", "measuring"]

STEP = 500  # measurements between two looks at the clock
LISTED = 50  # failures that the panel lists
FEW = 4  # below which one by one is as fast


@dataclass(frozen=True, slots=True)
class Target:
    """One measurement asked for: its number, the image, what it is called, and its options.

    ``outline`` is in the image's pixels, or the reason why it cannot be placed there; without one, ``label``
    is a region of the session.
    """

    number: int
    image: str
    label: str
    options: Mapping[str, Any]
    outline: PixelRegion | InputError | None = None

    @property
    def kind(self) -> tuple[Any, ...]:
        """What targets that can be measured together share."""
        return self.image, tuple((name, repr(value)) for name, value in self.options.items())


@dataclass(slots=True)
class Outcome:
    """What became of many measurements: ``failures`` by number, how many rows, what else is to be said."""

    failures: list[tuple[int, str]] = field(default_factory=list)
    n_rows: int = 0
    notes: list[str] = field(default_factory=list)
    _kept: list[tuple[Mapping[str, Any], int]] = field(default_factory=list)

    def keep(self, columns: Mapping[str, Any], n: int) -> None:
        """Rows by column, or (0) the values of a single one."""
        self._kept.append((columns, n))
        self.n_rows += max(n, 1)

    def named(self, targets: Sequence[Target]) -> list[tuple[str, str]]:
        """What failed, by name: "star 3 on a", and the reason."""
        failed = ((targets[number], reason) for number, reason in sorted(self.failures))
        return [(f"{target.label} on {target.image}", reason) for target, reason in failed]

    def add_to(self, session: Session) -> None:
        """Let the rows join the table as one change."""
        step = session.history.step(f"Measure {self.n_rows} sources")
        with delay_callback(session, "n_rows"), step:  # the table is shown once, at the end
            for columns, n in self._kept:
                self.notes.append(session.add_rows(columns, n) if n else session.add_row(columns))
        self._kept.clear()


class RegionBatch:
    """Measures several regions on several images, for a panel and for notebooks.

    None chosen: all regions, the image of the form.

    Parameters
    ----------
    fields : PhotometryFields
        The panel.
    bench : Bench
        What measures.
    display : Display
        What shows the last measurement.
    """

    def __init__(self, fields: PhotometryFields, bench: Bench, display: Display) -> None:
        self._fields, self._bench, self._display = fields, bench, display
        for name in ("dataset", "background", "datasets", "apertures"):
            fields.add_callback(name, self.count)
        self.count()

    def unpack_batch_options(self, **options: Any) -> list[dict[str, Any]]:
        """Every combination of the options given as lists, the first one varying slowest.

        Without options, and with `multiselect`: each chosen image with each chosen region.
        """
        if not options and self._fields.multiselect:
            return [{"dataset": image, "aperture": region} for image, region in self._pairs()]
        check_options("Photometry", options, ("dataset", "aperture", *OPTIONS))
        return unpack(options)

    @action
    def measure_many(self) -> Generator[float, None, None]:
        """Measure every chosen region on every chosen image, a step at a time."""
        return self._measuring_many()

    def calculate_batch_photometry(
        self,
        options: Sequence[dict[str, Any]] = (),
        add_to_table: bool = True,
        update_plots: bool = True,
        full_exceptions: bool = False,
    ) -> None:
        """Measure many regions on many images.

        Parameters
        ----------
        options : list of dict
            Each the keywords of one `calculate_photometry`; a list as a value stands for each of its
            items (see `unpack_batch_options`). The dicts are not changed. Default, with `multiselect`:
            each chosen image with each chosen region.
        add_to_table, update_plots, full_exceptions : bool
            Whether the rows join the session's table; the panel shows the last one; the first failure
            ends it all.

        Raises
        ------
        InputError
            Naming those that failed, after all others were measured and kept.
        """
        chosen = self.unpack_batch_options() if self._fields.multiselect and not options else options
        jobs, outcome = unpack_all(chosen), Outcome()
        targets = jobs_of(jobs, str(self._fields.dataset), str(self._fields.aperture))
        display = self._display if update_plots else None
        work = measuring(self._bench, targets, outcome, add_to_table=add_to_table, show_in=display)
        with closing(work):
            for _ in work:
                if full_exceptions and outcome.failures:
                    break
        failures = sorted(outcome.failures)
        if full_exceptions and failures:
            raise InputError(failures[0][1])
        notes = " ".join(dict.fromkeys(note for note in (self._fields.message, *outcome.notes) if note))
        self._fields.say(notes)
        if failures:
            raise InputError(told_of(failures, len(jobs)))

    def _measuring_many(self) -> Generator[float, None, None]:
        pairs = self._pairs()
        if not pairs:
            raise InputError(self._fields.guidance or "There is no region to measure; draw one first.")
        targets = [Target(n, image, region, {}) for n, (image, region) in enumerate(pairs)]
        self._fields.say("")
        self._fields.failures, outcome = (), Outcome()
        steps = measuring(self._bench, targets, outcome, show_in=self._display)
        try:
            yield from steps
        finally:
            steps.close()
            failed = outcome.named(targets)
            self._fields.failures = tuple(
                {"function": name, "result": reason} for name, reason in failed[:LISTED]
            )
            told = [f"{outcome.n_rows} of {len(targets)} measured."]
            told += [f"{len(failed)} failed."] if failed else []
            notes = " ".join(dict.fromkeys([*told, *filter(None, outcome.notes)]))
            self._fields.say(notes, "error" if failed and not outcome.n_rows else "info")

    def _pairs(self) -> list[tuple[str, str]]:
        """Image and region of each measurement, the images varying slowest."""
        return list(product(self._images(), self._regions()))

    def _images(self) -> list[str]:
        return list(self._fields.datasets) or [str(self._fields.dataset)] * bool(self._fields.dataset)

    def _regions(self) -> list[str]:
        """Those chosen, else all but the one that gives the background."""
        background = self._fields.background  # with all that could be chosen: asked for once, not for each
        return list(self._fields.apertures) or [
            one for one in self._bench.session.regions if one != background
        ]

    def count(self, *_: Any) -> None:
        """Say what would be measured."""
        n, m = len(self._regions()), len(self._images())
        told = f"{n} region{'s' * (n != 1)} on {m} image{'s' * (m != 1)}"
        self._fields.many_told = told if n and m else ""


def jobs_of(jobs: Iterable[Mapping[str, Any]], image: str, region: str) -> list[Target]:
    """Targets of dictionaries with a ``dataset``, an ``aperture`` (default: these) and options."""
    targets = []
    for number, job in enumerate(jobs):
        options = {name: value for name, value in job.items() if name not in ("dataset", "aperture")}
        label = str(job.get("aperture") or region)
        targets.append(Target(number, str(job.get("dataset") or image), label, options))
    return targets


def measuring(
    bench: Bench,
    targets: Sequence[Target],
    outcome: Outcome,
    *,
    add_to_table: bool = True,
    show_in: Display | None = None,
) -> Generator[float, None, None]:
    """Measure all targets, a step at a time; yields how far it is, and tells in ``outcome`` what came of it.

    Parameters
    ----------
    bench : Bench
        What prepares them; its session takes the rows.
    targets : sequence of Target
        In the order of the rows.
    outcome : Outcome
        Empty; filled also when the work ends early.
    add_to_table : bool
        Whether the rows join the session's table.
    show_in : Display, optional
        What shows the last one, instead of what it showed before.
    """
    done = 0
    try:
        for _, group in groupby(targets, key=lambda target: target.kind):
            alike = list(group)
            for start in range(0, len(alike), STEP):
                some = alike[start : start + STEP]
                try:
                    _measure(bench, some, outcome)
                except ImvizError as error:  # of the image or an option: all of them
                    outcome.failures += [(target.number, str(error)) for target in some]
                done += len(some)
                yield done / len(targets)
    finally:
        if add_to_table and outcome.n_rows:
            outcome.add_to(bench.session)
        if show_in is not None and outcome.n_rows:
            _show_last(show_in, targets, outcome)


def _show_last(display: Display, targets: Sequence[Target], outcome: Outcome) -> None:
    """Show the last measurement that did not fail."""
    failed = {number for number, _ in outcome.failures}
    measured = [target for target in targets if target.number not in failed]
    if measured:
        last = measured[-1]
        outline = None if isinstance(last.outline, InputError) else last.outline
        display.show_again(last.image, last.label, last.options, outline)


def _measure(bench: Bench, targets: Sequence[Target], outcome: Outcome) -> None:
    """Measure targets that share image and options."""
    image, session = targets[0].image, bench.session
    values = bench.values(image, targets[0].options)
    data = session.image(image)
    ready: list[tuple[Target, PixelRegion, Any]] = []
    following: set[int] = set()
    named = [target.label for target in targets if target.outline is None]
    regions = session.outlines([label for label in named if label in session.regions], on=image)
    for target in targets:
        outline = regions.get(target.label) if target.outline is None else target.outline
        try:
            if outline is None:
                outline = session.region(target.label, on=image)  # it tells which there are
            if isinstance(outline, ImvizError):
                raise outline
            background = _background(session, values, target, outline, ready)
            follow = values["follow_distortion"] and target.outline is None
            bent = followed(session, follow, image, target.label, outline)
            ready.append((target, bent, background))
            if bent is not outline:
                following.add(target.number)
        except ImvizError as error:
            outcome.failures.append((target.number, str(error)))
    for key, group in groupby(ready, key=_together):
        some = list(group)
        recipe = recipe_of(values, some[0][2])
        if key is None or len(some) < FEW or recipe.pixel_area_map:
            for target, outline, _ in some:
                follows = target.number in following or None
                _one(data, target, outline, replace(recipe, follow_distortion=follows), outcome)
        else:
            _several(data, [(target, outline) for target, outline, _ in some], recipe, outcome)


def _background(
    session: Session, values: dict[str, Any], target: Target, outline: PixelRegion, before: Sequence[Any]
) -> Any:
    """What is subtracted; a background region is the same for all."""
    name = str(values["background"])
    if before and name not in (MANUAL, ANNULUS, target.label):
        return before[-1][2]
    return choose_background(session, values, target.image, target.label, outline)


def _together(ready: tuple[Target, PixelRegion, Any]) -> Any:
    """What neighbours in line share that can be measured together; `None` for a shape that cannot."""
    _, outline, background = ready
    if not suits(outline):
        return None
    return background if isinstance(background, Annulus) else "the same for all"


def _one(data: NDData, target: Target, outline: PixelRegion, recipe: Recipe, outcome: Outcome) -> None:
    try:
        m = measurement.measure(data, outline, recipe, image_label=target.image, region_label=target.label)
    except InputError as error:
        outcome.failures.append((target.number, str(error)))
    else:
        outcome.keep(m.values, 0)


def _several(data: NDData, some: Sequence[tuple[Target, Any]], recipe: Recipe, outcome: Outcome) -> None:
    targets, outlines = zip(*some, strict=True)
    labels = [target.label for target in targets]
    try:
        rows = measure_rows(data, outlines, recipe, image_label=targets[0].image, region_labels=labels)
    except InputError as error:
        outcome.failures += [(target.number, str(error)) for target in targets]
        return
    outcome.failures += [(targets[n].number, reason) for n, reason in rows.failed.items()]
    if rows.n:
        outcome.keep(rows.columns, rows.n)
