"""Options as a caller gives them: by place in a known order, by name among those there are.

One way to say that a call has too many values, or one that nothing has. What an option means, and whether
its value can be used, is the business of whoever takes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.errors import InputError, WrongTypeError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

__all__ = ["check_options", "in_order_of"]

LONGEST = 240  # characters of a sentence


def check_options(function: str, options: Iterable[str], known: Collection[str]) -> None:
    """Refuse an option that `function` does not have.

    Parameters
    ----------
    function : str
        What the user called, as the sentence is to name it.
    options : iterable of str
        The names given.
    known : collection of str
        The names there are, in the order they are to be listed.

    Raises
    ------
    InputError
        Naming the first unknown option, and those there are.
    """
    unknown = [name for name in options if name not in known]
    if unknown:
        there = ", ".join(known)
        raise InputError(f"{function} has no option {str(unknown[0])[:40]!r}; it has: {there}."[:LONGEST])


def in_order_of(function: str, names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """Values given by place, as older notebooks do, by their names.

    Raises
    ------
    WrongTypeError
        There are more values than names.
    """
    if len(values) > len(names):
        raise WrongTypeError(f"{function} takes {len(names)} more values by place, not {len(values)}.")
    return dict(zip(names, values, strict=False))
