"""What is done to the parts of a composite: joined otherwise, taken out, added; each one step of history.

Functions on a session. A composite stays in its own anchor, pixels or sky, so no part moves by a digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.errors import InputError
from imviz.science.regions import trees
from imviz.science.sky import geometry
from imviz.session.glue_states import kept_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imviz.science.regions.trees import Part
    from imviz.session.document import Session

__all__ = ["add_part", "parts", "remove_part", "set_join"]


def parts(session: Session, label: str) -> list[Part]:
    """The parts of a region, from the top down; a simple shape is its only part."""
    return list(trees.parts(_outline(session, label)))


def set_join(session: Session, label: str, path: Sequence[int], join: str) -> None:
    """Join the two parts of that at `path` by 'or', 'and', 'xor' or 'remove'."""
    with session.lock:
        new = trees.with_join(_outline(session, label), path, join)
        session.region_list.update({label: new}, title=f"Join parts of {label} by {join}")


def remove_part(session: Session, label: str, path: Sequence[int], *, keep: bool = False) -> str | None:
    """Take a part out of a composite; with `keep` it becomes a region of its own, whose label is returned."""
    with session.lock, session.history.step(f"Take a part out of {label}"):
        rest, part = trees.without(_outline(session, label), path)
        record = session.region_list[label]
        session.region_list.update({label: rest})
        if not keep:
            return None
        part = geometry.copied(part)
        part.meta.pop("text", None)
        return session.region_list.add([part], record.ground, color=record.color)[0]


def add_part(
    session: Session, label: str, region: Any, join: str, path: Sequence[int] = (), on: str | None = None
) -> None:
    """Join the part at `path` (default: the whole) with another region.

    Parameters
    ----------
    session, label
        The document and the composite, or simple region.
    region
        The label of a region, which is copied; or a shape, in pixels of `on` or on the sky.
    join : {'or', 'and', 'xor', 'remove'}
        How.
    path : sequence of int
        Where.
    on : str, optional
        Default: the image the composite was made on.
    """
    with session.lock:
        on = on or session.region_image(label)
        shape = session.region(region, on) if isinstance(region, str) else region
        ground = session.ground(on)
        other = session.anchored(label, kept_shape(shape, ground.wcs, ground.label), on)
        new = trees.with_part(_outline(session, label), path, other, join)
        session.region_list.update({label: new}, title=f"Add a part to {label}")


def _outline(session: Session, label: str) -> Any:
    outline = session.region_list[label].outline
    if outline is None:
        raise InputError(f"{label!r} was selected by value and has no outline.")
    return outline
