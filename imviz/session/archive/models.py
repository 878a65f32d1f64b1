"""Fitted models as plain JSON, and back: astropy's models of sources and sums of them, by parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import astropy.units as u
from astropy.modeling import CompoundModel, Model, models

from imviz.errors import ReadError
from imviz.session.archive.schema import mapping, number, plain, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["from_record", "to_record"]

KNOWN = ("Gaussian1D", "Gaussian2D", "Moffat1D", "Moffat2D", "Const1D", "Const2D", "Sersic1D", "Sersic2D")
KNOWN_SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda one, other: one + other,
    "*": lambda one, other: one * other,
    "|": lambda one, other: one | other,
}
DEEPEST = 20


def to_record(model: Model) -> dict[str, Any] | None:
    """A model's name, parameters and units; None for a kind that is not kept."""
    if isinstance(model, CompoundModel):
        parts = to_record(model.left), to_record(model.right)
        if model.op not in KNOWN_SUMS or None in parts:
            return None
        return {"operator": model.op, "left": parts[0], "right": parts[1]}
    kind = type(model).__name__
    if kind not in KNOWN or type(model) is not getattr(models, kind):
        return None
    found = {name: getattr(model, name) for name in model.param_names}
    record = {"model": kind, "parameters": {name: plain(float(one.value)) for name, one in found.items()}}
    units = {name: str(one.unit) for name, one in found.items() if one.unit is not None}
    return record | ({"units": units} if units else {}) | ({"name": str(model.name)} if model.name else {})


def from_record(record: Mapping[str, Any], depth: int = 0) -> Model:
    """The model of a record; a `ReadError` for any other."""
    if depth > DEEPEST:
        raise ReadError("A model is made of too many others.")
    if "operator" in record:
        operator = text(record, "operator")
        if operator not in KNOWN_SUMS:
            raise ReadError(f"Models are not joined by {operator[:20]!r}.")
        parts = [from_record(mapping(record, side), depth + 1) for side in ("left", "right")]
        return KNOWN_SUMS[operator](*parts)
    kind = text(record, "model")
    if kind not in KNOWN:
        raise ReadError(f"{kind[:40]!r} is no model that is read; those are: {', '.join(KNOWN)}.")
    given, units = mapping(record, "parameters"), mapping(record, "units")
    try:
        values = {name: number(given, name) for name in given}
        with_units = {
            name: value * u.Unit(units[name]) if name in units else value for name, value in values.items()
        }
        return getattr(models, kind)(**with_units, name=record.get("name"))
    except (TypeError, ValueError, AttributeError) as error:
        raise ReadError(f"The model {kind} cannot be made of {str(given)[:80]}.") from error
