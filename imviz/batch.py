"""The same measurement over many images and regions: which ones, in which order.

Options given as lists are unpacked into one set of options per measurement. Running them in threads
or on a cluster will live here too; the measurement itself is in `imviz.science`.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["told", "unpack", "unpack_all"]

LONGEST = 240  # characters of a message


def unpack(options: dict[str, Any]) -> list[dict[str, Any]]:
    """Every combination of the values given as lists.

    Parameters
    ----------
    options : dict
        Name to value, or to a list (or tuple) of values.

    Returns
    -------
    list of dict
        One dict per combination; the first list varies slowest.
    """
    values = [value if isinstance(value, list | tuple) else [value] for value in options.values()]
    return [dict(zip(options, combination, strict=True)) for combination in product(*values)]


def unpack_all(batches: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The combinations of each dict in turn.

    Raises
    ------
    InputError
        If `batches` is not a list of dicts, or is empty.
    """
    if not isinstance(batches, list | tuple) or not all(isinstance(one, dict) for one in batches):
        raise InputError(f"Batch options must be a list of dicts, not {type(batches).__name__}.")
    if not batches:
        raise InputError("Batch options are empty; give at least one dict with a dataset and an aperture.")
    return [job for one in batches for job in unpack(one)]


def told(failures: Sequence[tuple[int | str, str]], n_jobs: int) -> str:
    """A sentence on the measurements that failed: how many, which, and why, as many as it can hold."""
    head = f"{len(failures)} of {n_jobs} measurements failed. "
    reasons = " ".join(f"{number}: {reason}" for number, reason in failures)
    if len(head + reasons) <= LONGEST:
        return head + reasons
    numbers = ", ".join(str(number) for number, _ in failures[:20])
    what = "Numbers" if isinstance(failures[0][0], int) else "These:"
    return f"{head}{what} {numbers}{', …' if len(failures) > 20 else ''}. First: {failures[0][1]}"[:LONGEST]
