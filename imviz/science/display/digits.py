"""A pixel's value as text: every digit it has, and none it has not. Rounding for tables is not done here."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["exact"]


def exact(value: Any) -> str:
    """The shortest text that is exactly this number in its own precision.

    An integer has all its digits, however many; of a float, 32 bits wide or 64, those that tell it from its
    neighbours in that width. Floats below 1e-4, and from 1e7 on unless they are whole, have an exponent.

    Examples
    --------
    >>> exact(np.int32(1234567)), exact(np.float32(0.1)), exact(np.float64(0.1) + 0.2)
    ('1234567', '0.1', '0.30000000000000004')
    """
    if not isinstance(value, (float, np.floating)):
        return str(value)
    size = np.abs(value)
    if value == 0 or 1e-4 <= size < 1e7 or (size < 1e16 and value == np.floor(value)):
        return np.format_float_positional(value, trim="-")
    return np.format_float_scientific(value, trim="-")
