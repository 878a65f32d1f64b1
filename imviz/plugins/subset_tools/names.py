"""What notebooks call on Subset Tools, by the names that older ones know, and on the parts of composites.

Each hands its task to the session; nothing is shown or kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.errors import InputError
from imviz.plugin import Plugin
from imviz.session import composites, operations
from imviz.session.loading import export_regions, load_regions, read_regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["RegionNames", "join_of"]

JOINS = {"or": "or", "and": "and", "xor": "xor", "andnot": "remove", "remove": "remove"}


class RegionNames(Plugin):
    """What notebooks call: the names that older ones know."""

    @property
    def subset(self) -> str:
        """The selected region's label; set it to select another, '' or 'Create New' for none."""
        return self._session.selected_region or ""

    @subset.setter
    def subset(self, value: str) -> None:
        wanted = None if value in ("", "Create New") else self._session.region_list[value].label
        self._session.selected_region = wanted

    @property
    def combination_mode(self) -> str:
        """What the next shape does: 'new', 'replace', 'or', 'and', 'xor', 'andnot'."""
        return "andnot" if self._session.combine == "remove" else self._session.combine

    @combination_mode.setter
    def combination_mode(self, value: str) -> None:
        self._session.combine = value if value in ("new", "replace") else join_of(value)

    def import_region(
        self,
        region: Any,
        combination_mode: str | None = None,
        subset_label: str | None = None,
        **options: Any,
    ) -> list[tuple[Any, str]]:
        """Add regions from a path or objects, new or combined with the selected one; returns the bad ones.

        Options: ``max_num_regions``, ``refdata_label``, ``region_format``.
        """
        session = self._session
        bad: list[tuple[Any, str]] = []
        on, most = options.get("refdata_label"), options.get("max_num_regions")
        if isinstance(region, str):
            region, bad = read_regions(region, options.get("region_format"))
        if combination_mode in (None, "new"):
            _, refused = load_regions(session, region, on, most, [subset_label] if subset_label else ())
            return bad + refused
        mode = "replace" if combination_mode == "replace" else join_of(str(combination_mode))
        with session.history.step(f"Combine with {self._needed()}"):
            for shape in region if isinstance(region, list | tuple) else [region]:
                session.combine_region(self._needed(), shape, mode, on)
        return bad

    def get_regions(
        self,
        list_of_subset_labels: Iterable[str] | None = None,
        return_sky_region: bool | None = None,
        wrt_data: str | None = None,
    ) -> dict[str, Any]:
        """Regions by label: on the sky if asked for, or aligned by WCS and not told otherwise."""
        sky = (
            self._session.alignment == "wcs" and wrt_data is None
            if return_sky_region is None
            else return_sky_region
        )
        return export_regions(self._session, list_of_subset_labels, "sky" if sky else "pixel", wrt_data)[0]

    def get_center(self, subset_name: str | None = None) -> tuple[float, float] | None:
        """The middle of a region in pixels, or None if its shape has none."""
        region = self._session.region(subset_name or self._needed())
        middle = getattr(region, "center", None)
        return None if middle is None else (float(middle.x), float(middle.y))

    def set_center(self, new_cen: tuple[float, float], subset_name: str | None = None) -> None:
        """Move a region's middle to (x, y) in pixels."""
        label = subset_name or self._needed()
        x, y = self.get_center(label) or new_cen
        operations.nudge(self._session, [label], new_cen[0] - x, new_cen[1] - y)

    def update_subset(self, subset_label: str | None = None, **values: float) -> None:
        """Give a shape exact numbers, as ``x``, ``y``, ``radius``, ``width``, ``angle``."""
        operations.edit(self._session, subset_label or self._needed(), None, **values)

    def rename_subset(self, old_label: str, new_label: str) -> None:
        """Give a region another label."""
        self._session.region_list.rename(old_label, new_label)

    def rename_selected(self, new_label: str) -> None:
        """Give the selected region another label."""
        self._session.region_list.rename(self._needed(), new_label)

    def delete_subset(self, subset_label: str) -> None:
        """Delete a region."""
        self._session.remove_region(subset_label)

    # ---- parts of composites

    def get_parts(self, subset_label: str | None = None) -> list[dict[str, Any]]:
        """The parts of a region from the top down: ``path``, ``join`` (None for a shape), ``region``.

        A path has 0 for the first and 1 for the second of two, from the top; regions are in the anchor's
        pixels, or on the sky.
        """
        found = composites.parts(self._session, subset_label or self._needed())
        return [{"path": part.path, "join": part.join, "region": part.region} for part in found]

    def set_join(self, path: Sequence[int], join: str, subset_label: str | None = None) -> None:
        """Join the two parts of that at `path` by 'or', 'and', 'xor' or 'andnot'."""
        composites.set_join(self._session, subset_label or self._needed(), path, join_of(join))

    def remove_part(
        self, path: Sequence[int], subset_label: str | None = None, keep: bool = False
    ) -> str | None:
        """Take a part out; with `keep` it becomes a region of its own, whose label is returned."""
        return composites.remove_part(self._session, subset_label or self._needed(), path, keep=keep)

    def add_part(
        self, region: Any, join: str = "or", path: Sequence[int] = (), subset_label: str | None = None
    ) -> None:
        """Join that at `path` with a copy of another region (its label) or a `regions` shape."""
        composites.add_part(self._session, subset_label or self._needed(), region, join_of(join), path)

    # ---- inside

    def _needed(self) -> str:
        if self._session.selected_region is None:
            raise InputError("Select a region first.")
        return str(self._session.selected_region)


def join_of(name: str) -> str:
    """The document's word for a way to combine.

    Raises
    ------
    InputError
        If there is no such way.
    """
    if name not in JOINS:
        known = "new, replace, or, and, xor, andnot"
        raise InputError(f"There is no combination mode {name!r:.60}; use: {known}.")
    return JOINS[name]
