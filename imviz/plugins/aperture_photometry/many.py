"""Many measurements in one go: of regions or of places, on one image or several, with the panel's options.

Circles and ellipses that share their options are measured together, other shapes one by one; rows come in
the order asked for and join the table at the end, as one step that can be undone, also when the work was
cancelled. What fails is named and costs no other row.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from echo import delay_callback

from imviz.errors import ImvizError, InputError
from imviz.plugins.aperture_photometry.fields import ANNULUS, MANUAL
from imviz.plugins.aperture_photometry.recipes import choose_background, followed, recipe_of
from imviz.science.bulk.rows import measure_rows, suits
from imviz.science.photometry import measurement
from imviz.science.photometry.background import Annulus

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from astropy.nddata import NDData
    from regions import PixelRegion

    from imviz.plugins.aperture_photometry.form import PhotometryForm
    from imviz.science.photometry.measurement import Recipe
    from imviz.session import Session

__all__ = ["Outcome", "Target", "jobs_of", "measuring"]

STEP = 500  # measurements between two looks at the clock
FEW = 4  # below which one by one is as fast


@dataclass(frozen=True, slots=True)
class Target:
    """One measurement asked for: its number, the image, what it is called, and its options.

    ``outline`` is in the image's pixels, or why it has no place there; without one, ``label`` is a region of
    the session.
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
        found = ((targets[number], reason) for number, reason in sorted(self.failures))
        return [(f"{target.label} on {target.image}", reason) for target, reason in found]

    def add_to(self, session: Session) -> None:
        """Let the rows join the table as one change."""
        step = session.history.step(f"Measure {self.n_rows} sources")
        with delay_callback(session, "n_rows"), step:  # the table is shown once, at the end
            for columns, n in self._kept:
                self.notes.append(session.add_rows(columns, n) if n else session.add_row(columns))
        self._kept.clear()


def jobs_of(jobs: Iterable[Mapping[str, Any]], image: str, region: str) -> list[Target]:
    """Targets of dictionaries with a ``dataset``, an ``aperture`` (default: these) and options."""
    found = []
    for number, job in enumerate(jobs):
        options = {name: value for name, value in job.items() if name not in ("dataset", "aperture")}
        label = str(job.get("aperture") or region)
        found.append(Target(number, str(job.get("dataset") or image), label, options))
    return found


def measuring(
    plugin: PhotometryForm,
    targets: Sequence[Target],
    outcome: Outcome,
    *,
    add_to_table: bool = True,
    show: bool = True,
) -> Generator[float, None, None]:
    """Measure all targets, a step at a time; yields how far it is, and tells in ``outcome`` what came of it.

    Parameters
    ----------
    plugin : PhotometryForm
        Whose options count where a target has none, and whose session it is.
    targets : sequence of Target
        In the order of the rows.
    outcome : Outcome
        Empty; filled also when the work ends early.
    add_to_table : bool
        Whether the rows join the session's table.
    show : bool
        Whether the panel shows the last one, instead of what it showed before.
    """
    done = 0
    try:
        for _, group in groupby(targets, key=lambda target: target.kind):
            alike = list(group)
            for start in range(0, len(alike), STEP):
                some = alike[start : start + STEP]
                try:
                    _measure(plugin, some, outcome)
                except ImvizError as error:  # of the image or an option: all of them
                    outcome.failures += [(target.number, str(error)) for target in some]
                done += len(some)
                yield done / len(targets)
    finally:
        if add_to_table and outcome.n_rows:
            outcome.add_to(plugin._session)
        if show and outcome.n_rows:
            plugin._show_last(targets, outcome)


def _measure(plugin: PhotometryForm, targets: Sequence[Target], outcome: Outcome) -> None:
    """Measure targets that share image and options."""
    image, session = targets[0].image, plugin._session
    values = plugin._values(image, dict(targets[0].options))
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
        found = measure_rows(data, outlines, recipe, image_label=targets[0].image, region_labels=labels)
    except InputError as error:
        outcome.failures += [(target.number, str(error)) for target in targets]
        return
    outcome.failures += [(targets[n].number, reason) for n, reason in found.failed.items()]
    if found.n:
        outcome.keep(found.columns, found.n)
