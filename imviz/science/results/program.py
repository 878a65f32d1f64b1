"""Rows as the Python that measures them again: one by one, or many at once, as they were.

For scripts that repeat a session. What is *not* here: a row without imviz (`photutils_script`), and the rest
of the script (`imviz.session.program`).
"""

from __future__ import annotations

from dataclasses import fields
from itertools import groupby
from typing import TYPE_CHECKING, Any

from imviz.science.photometry.annuli import Annulus
from imviz.science.regions.python import to_python, value_to_python
from imviz.science.results.again import Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.science.photometry.recipe import Recipe

__all__ = ["IMPORTS", "measuring", "measuring_many", "recipe_to_python"]

IMPORTS = """\
from astropy import units as u
from astropy.coordinates import SkyCoord
from regions import *
from imviz.science.bulk.rows import measure_rows
from imviz.science.photometry.background import Annulus
from imviz.science.photometry.measurement import measure
from imviz.science.photometry.recipe import Recipe
"""
"""What the expressions need."""


def measuring(row: Mapping[str, Any]) -> str:
    """A statement that measures a row again and adds it to ``session``; a comment without a recipe."""
    if not row.get("recipe"):
        return "# a row that has no recipe"
    receipt = Receipt.of(row, {})
    image, region = str(row["data_label"]), str(row["subset_label"])
    return (
        f"session.add_row(measure(session.image({image!r}), {to_python(receipt.region)}, "
        f"{recipe_to_python(receipt.recipe)}, image_label={image!r}, region_label={region!r}).values)"
    )


def measuring_many(columns: Mapping[str, Any], n: int) -> str:
    """Statements that measure ``n`` rows, given by column, again and add them to ``session``."""
    rows = [{name: _nth(columns.get(name), i) for name in _NEEDED} for i in range(n)]
    if not all(row["recipe"] for row in rows):
        return f"# {n} rows that have no recipe"
    recipes: dict[str, Recipe] = {}
    receipts = [Receipt.of(row, recipes) for row in rows]
    together = groupby(
        zip(rows, receipts, strict=True), key=lambda one: (str(one[0]["data_label"]), one[1].options)
    )
    found = []
    for (image, _), group in together:
        some = list(group)
        regions = ", ".join(to_python(receipt.region) for _, receipt in some)
        labels = [str(row["subset_label"]) for row, _ in some]
        found.append(
            f"rows = measure_rows(session.image({image!r}), [{regions}], "
            f"{recipe_to_python(some[0][1].recipe)}, image_label={image!r}, region_labels={labels!r})\n"
            "session.add_rows(rows.columns, rows.n)"
        )
    return "\n".join(found)


def recipe_to_python(recipe: Recipe) -> str:
    """An expression that makes a recipe, with what is not its default."""
    told = []
    for one in fields(recipe):
        value = getattr(recipe, one.name)
        if type(value) is not type(one.default) or value != one.default:
            told.append(f"{one.name}={repr(value) if isinstance(value, Annulus) else value_to_python(value)}")
    return f"Recipe({', '.join(told)})"


_NEEDED = ("recipe", "data_label", "subset_label", "id")


def _nth(column: Any, i: int) -> Any:
    return column if isinstance(column, str) or column is None else column[i]
