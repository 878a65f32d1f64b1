"""What notebooks call on Subset Tools: regions by the names that older ones know, and parts of composites.

Each call is the session's task; nothing is shown or kept here.
"""

from __future__ import annotations

from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any

from regions import Regions

from imviz.errors import InputError
from imviz.plugin import Chosen
from imviz.session import composites, operations
from imviz.session.loading import export_regions, load_regions, placed_region, read_regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imviz.session import Session

__all__ = ["Notebook", "join_of"]

CREATE = "Create New"
OLDER = {"xc": ("x", 1.0), "yc": ("y", 1.0), "radius_x": ("width", 2.0), "radius_y": ("height", 2.0)}
"""Older names of a shape's numbers: what they are here, and how many times as large."""
EDGES = ("xmin", "xmax", "ymin", "ymax")
MODES = ("new", "replace", "or", "and", "xor", "andnot")
JOINS = {"or": "or", "and": "and", "xor": "xor", "andnot": "remove", "remove": "remove"}


class Notebook:
    """Regions as a notebook names them.

    Parameters
    ----------
    session : Session
        Whose regions they are.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def subset(self) -> Chosen:
        """The selected region's label; set it to select another, '' or 'Create New' for none."""
        return Chosen(
            self._session.selected_region, (CREATE, *self._session.regions), partial(setattr, self, "subset")
        )

    @subset.setter
    def subset(self, value: str) -> None:
        wanted = None if value in ("", CREATE) else self._session.region_list[value].label
        self._session.selected_region = wanted

    @property
    def combination_mode(self) -> Chosen:
        """What the next shape does: 'new', 'replace', 'or', 'and', 'xor', 'andnot'."""
        now = "andnot" if self._session.combine == "remove" else self._session.combine
        return Chosen(now, MODES, partial(setattr, self, "combination_mode"))

    @combination_mode.setter
    def combination_mode(self, value: str) -> None:
        self._session.combine = _mode(value)

    def import_region(
        self,
        region: Any,
        edit_subset: str | None = None,
        combination_mode: str | Sequence[str] | None = None,
        subset_label: str | None = None,
        **options: Any,
    ) -> list[tuple[Any, str]]:
        """Add regions from a path or objects, new or combined with one; returns the bad ones.

        Parameters
        ----------
        region
            A path, or what `imviz.load_regions` takes.
        edit_subset : str, optional
            The one they are combined with. Default: the selected one.
        combination_mode : str or list of str, optional
            'new' (default), 'replace', 'or', 'and', 'xor' or 'andnot'; a list has one for each region.
        subset_label : str, optional
            What the first new one is called.
        **options
            ``max_num_regions``, ``refdata_label``, ``region_format``; ``return_bad_regions`` is accepted,
            they always are.
        """
        session = self._session
        if edit_subset is not None:
            self.subset = edit_subset
        bad: list[tuple[Any, str]] = []
        on, most = options.get("refdata_label"), options.get("max_num_regions")
        if isinstance(region, str | PathLike):
            region, bad = read_regions(region, options.get("region_format"))
        if isinstance(combination_mode, list | tuple):
            return bad + self._import_each(region, combination_mode, subset_label, options)
        mode = _mode(combination_mode)
        if mode == "new":
            _, refused = load_regions(session, region, on, most, [subset_label] if subset_label else ())
            return bad + refused
        with session.history.step(f"Combine with {self.needed()}"):
            for shape in region if isinstance(region, list | tuple) else [region]:
                session.combine_region(self.needed(), placed_region(session, shape, on), mode, on)
        return bad

    def _import_each(
        self, regions: Any, modes: Sequence[str], label: str | None, options: dict[str, Any]
    ) -> list[tuple[Any, str]]:
        """Add regions, each in its own way; one that is new is the one the next are combined with."""
        shapes = list(regions) if isinstance(regions, list | tuple | Regions) else [regions]
        if len(shapes) != len(modes):
            raise InputError(
                f"There are {len(shapes)} regions and {len(modes)} combination modes; give one each."
            )
        for mode in modes:
            _mode(mode)  # all are known, or nothing is done
        bad = []
        with self._session.history.step(f"Add and combine {len(shapes)} regions"):
            for shape, mode in zip(shapes, modes, strict=True):
                before = self._session.regions
                bad += self.import_region(shape, None, mode, label, **options)
                new = [one for one in self._session.regions if one not in before]
                if new:
                    self.subset, label = new[-1], None
        return bad

    def get_regions(
        self,
        region_type: str | None = None,
        list_of_subset_labels: Iterable[str] | None = None,
        return_sky_region: bool | None = None,
        wrt_data: str | None = None,
        use_display_units: bool = False,  # noqa: ARG002 - older notebooks'
    ) -> dict[str, Any]:
        """Regions by label: on the sky if asked for, or aligned by WCS and not told otherwise.

        `region_type` is accepted from older notebooks; all regions here are 'spatial'.
        """
        if region_type not in (None, "spatial"):
            raise InputError(f"There are no {region_type!r:.40} regions here, only 'spatial' ones.")
        sky = (
            self._session.alignment == "wcs" and wrt_data is None
            if return_sky_region is None
            else return_sky_region
        )
        return export_regions(self._session, list_of_subset_labels, "sky" if sky else "pixel", wrt_data)[0]

    def get_center(self, subset_name: str | None = None) -> tuple[float, float] | None:
        """The middle of a region in pixels, or None if its shape has none."""
        region = self._session.region(subset_name or self.needed())
        middle = getattr(region, "center", None)
        return None if middle is None else (float(middle.x), float(middle.y))

    def set_center(
        self,
        new_cen: tuple[float, float],
        subset_name: str | None = None,
        update: bool = True,  # noqa: ARG002 - older notebooks': a region here is never half changed
    ) -> None:
        """Move a region's middle to (x, y) in pixels."""
        label = subset_name or self.needed()
        x, y = self.get_center(label) or new_cen
        operations.nudge(self._session, [label], new_cen[0] - x, new_cen[1] - y)

    def update_subset(
        self, subset_label: str | None = None, subregion: int | None = None, **values: float
    ) -> None:
        """Give a shape exact numbers, as ``x``, ``y``, ``radius``, ``width``, ``angle`` (degrees).

        Older notebooks' ``xc``, ``yc``, ``radius_x`` and ``radius_y`` are known too, and a rectangle's
        ``xmin``, ``xmax``, ``ymin``, ``ymax``. `subregion` may be 0;
        parts of composites are changed by `set_join` and its neighbours.
        """
        if subregion not in (None, 0):
            raise InputError(f"A shape has no part {subregion!r:.20}; get_parts tells those of a composite.")
        label = subset_label or self.needed()
        values = self._without_edges(label, values)
        older = {OLDER[name][0]: OLDER[name][1] * value for name, value in values.items() if name in OLDER}
        given = {name: value for name, value in values.items() if name not in OLDER}
        operations.edit(self._session, label, None, **older, **given)

    def rename_subset(self, old_label: str, new_label: str) -> None:
        """Give a region another label."""
        self._session.region_list.rename(old_label, new_label)

    def rename_selected(self, new_label: str) -> None:
        """Give the selected region another label."""
        self._session.region_list.rename(self.needed(), new_label)

    def delete_subset(self, subset_label: str) -> None:
        """Delete a region."""
        self._session.remove_region(subset_label)

    # ---- parts of composites

    def get_parts(self, subset_label: str | None = None) -> list[dict[str, Any]]:
        """The parts of a region from the top down: ``path``, ``join`` (None for a shape), ``region``.

        A path has 0 for the first and 1 for the second of two, from the top; regions are in the anchor's
        pixels, or on the sky.
        """
        parts = composites.parts(self._session, subset_label or self.needed())
        return [{"path": part.path, "join": part.join, "region": part.region} for part in parts]

    def set_join(self, path: Sequence[int], join: str, subset_label: str | None = None) -> None:
        """Join the two parts of that at `path` by 'or', 'and', 'xor' or 'andnot'."""
        composites.set_join(self._session, subset_label or self.needed(), path, join_of(join))

    def remove_part(
        self, path: Sequence[int], subset_label: str | None = None, keep: bool = False
    ) -> str | None:
        """Take a part out; with `keep` it becomes a region of its own, whose label is returned."""
        return composites.remove_part(self._session, subset_label or self.needed(), path, keep=keep)

    def add_part(
        self, region: Any, join: str = "or", path: Sequence[int] = (), subset_label: str | None = None
    ) -> None:
        """Join that at `path` with a copy of another region (its label) or a `regions` shape."""
        composites.add_part(self._session, subset_label or self.needed(), region, join_of(join), path)

    # ---- inside

    def _without_edges(self, label: str, values: dict[str, float]) -> dict[str, float]:
        """Edges of a rectangle, as its centre and sides; an edge that is not given stays."""
        known = operations.numbers(self._session.region(label))
        if not {"width", "height"} <= set(known):
            return values
        others = {name: value for name, value in values.items() if name not in EDGES}
        for place, side, first, last in (("x", "width", "xmin", "xmax"), ("y", "height", "ymin", "ymax")):
            if first in values or last in values:
                low = float(values.get(first, known[place] - known[side] / 2))
                high = float(values.get(last, known[place] + known[side] / 2))
                others |= {place: (low + high) / 2, side: high - low}
        return others

    def needed(self) -> str:
        """The selected region's label.

        Raises
        ------
        InputError
            None is selected.
        """
        if self._session.selected_region is None:
            raise InputError("Select a region first.")
        return str(self._session.selected_region)


def _mode(name: Any) -> str:
    return str(name or "new") if name in (None, "new", "replace") else join_of(str(name))


def join_of(name: str) -> str:
    """The document's word for a way to combine.

    Raises
    ------
    InputError
        If there is no such way.
    """
    if name not in JOINS:
        raise InputError(f"There is no combination mode {name!r:.60}; use: {', '.join(MODES)}.")
    return JOINS[name]
