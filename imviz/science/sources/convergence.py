"""When a least-squares fit has converged, by what `scipy.optimize.leastsq` returns."""

from __future__ import annotations

__all__ = ["CONVERGED"]

CONVERGED = frozenset({1, 2, 3, 4, 6, 7, 8})
"""Its codes: 1 to 4 are met tolerances, 6 to 8 that rounding allows no better (a star without noise)."""
