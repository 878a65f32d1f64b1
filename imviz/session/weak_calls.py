"""Calls that do not keep alive what they call.

echo keeps each callback of an object in a table of the object's class. A bound method is kept there by a weak
reference; a `functools.partial` or a ``lambda`` is not, and one that leads back to the object makes it, its
session and their arrays immortal. So whoever wants a method called with more arguments gives a `weak_call`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakMethod

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["weak_call"]


def weak_call(method: Callable[..., Any], *first: Any) -> Callable[..., Any]:
    """A function that calls a bound method with `first` before other arguments, while its object lives."""
    kept = WeakMethod(method)

    def call(*others: Any) -> Any:
        target = kept()
        return None if target is None else target(*first, *others)

    return call
