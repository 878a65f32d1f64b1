"""A region in the words and numbers that Subset Tools shows: its line in the list, its parts, its statistics.

Nothing is changed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.session import composites, operations

if TYPE_CHECKING:
    from imviz.session import Session
    from imviz.session.region_placement import RegionRecord

__all__ = ["figures", "line", "parameters", "tree"]


def line(record: RegionRecord, *, selected: bool) -> dict[str, Any]:
    """A region's line in the list."""
    marks = [word for word, on in (("locked", record.locked), ("hidden", not record.visible)) if on]
    marks += ["excluded"] if record.excluded else []
    return {
        "number": record.number,
        "label": record.label,
        "what": ", ".join([_name(record.outline), *marks]),
        "selected": selected,
        "color": record.color or "",
    }


def parameters(region: Any) -> tuple[dict[str, Any], ...]:
    """A simple shape's numbers, with their units."""
    sizes = operations.numbers(region)
    return tuple(
        {"name": name, "value": value, "unit": "deg" if name == "angle" else "pix"}
        for name, value in sizes.items()
    )


def tree(session: Session, label: str) -> tuple[dict[str, Any], ...]:
    """The parts of a composite, a line each: ``path``, ``join`` or '', ``text``; () for a simple shape."""
    parts = composites.parts(session, label)
    if len(parts) == 1:
        return ()
    return tuple(
        {"path": list(part.path), "join": part.join or "", "text": "" if part.join else _where(part.region)}
        for part in parts
    )


def figures(session: Session, label: str, on: str | None) -> tuple[dict[str, str], ...]:
    """Area and statistics of what lies under a region."""
    statistics = operations.statistics(session, label, on)
    numbers = {"Area": f"{statistics.area:.6g} pix²", "Pixels": str(statistics.n)}
    for name in ("sum", "mean", "median", "std", "min", "max"):
        numbers[name.capitalize()] = f"{getattr(statistics, name):.6g} {statistics.unit}".strip()
    return tuple({"function": name, "result": value} for name, value in numbers.items())


def _name(shape: Any) -> str:
    return type(shape).__name__.removesuffix("Region").removesuffix("Pixel").removesuffix("Sky")


def _where(shape: Any) -> str:
    """A shape and its middle, to tell one from another."""
    center = getattr(shape, "center", None)
    if center is None:
        return _name(shape)
    at = center.to_string(precision=4) if hasattr(center, "ra") else None
    return f"{_name(shape)} at {at or f'{float(center.x):.6g}, {float(center.y):.6g}'}"
