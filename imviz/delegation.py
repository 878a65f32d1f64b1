"""A name of a whole that one of its parts answers: declared in a line, with the part's own help.

Where a class holds small objects that do its work, users and notebooks still meet one name on the whole.
Nothing is added on the way.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["answered_by", "told_by"]

Result = TypeVar("Result")


def answered_by(part: str, method: Callable[..., Result]) -> Callable[..., Result]:
    """A method that the attribute called `part` has, as a method of the class this stands in."""

    @wraps(method)
    def call(self: Any, /, *args: Any, **options: Any) -> Result:
        return method(getattr(self, part), *args, **options)

    return call


def told_by(part: str, attribute: Any) -> Any:
    """A property that the attribute called `part` has; it can be set if it can be there."""
    name = attribute.fget.__name__

    def read(self: Any) -> Any:
        return getattr(getattr(self, part), name)

    def write(self: Any, value: Any) -> None:
        setattr(getattr(self, part), name, value)

    return property(read, write if attribute.fset else None, doc=attribute.__doc__)
