"""What makes one number of a sample of the sky, by name. Samples and clipping are made elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ESTIMATORS", "PLANE", "method_of"]


@np.errstate(all="ignore")  # 0 / 0 of a constant one
def _sextractor(sample: Any) -> Any:
    """As photutils' ``SExtractorBackground``: the median of a skewed sample, the mean of a constant one."""
    median, mean, spread = sample.median, sample.mean, sample.spread
    is_crowded = ~(np.abs(mean - median) / spread < 0.3)
    return np.where(spread == 0, mean, np.where(is_crowded, median, 2.5 * median - 1.5 * mean))


ESTIMATORS: dict[str, Callable[[Any], Any]] = {
    "median": lambda sample: sample.median,
    "mean": lambda sample: sample.mean,
    "mode": lambda sample: 3 * sample.median - 2 * sample.mean,
    "sextractor": _sextractor,
    "biweight": lambda sample: sample.biweight,
}
"""What becomes one value of a sample of the sky, or of each of many; of its error see
`imviz.science.photometry.clipping`."""


PLANE = "plane"
"""The name of the estimator that is no single number; the others are in `ESTIMATORS`."""


def method_of(estimator: str, sigma_clip: float | None) -> str:
    """What a row says of how its background's pixels became one value."""
    return estimator if sigma_clip is None else f"{estimator}, {sigma_clip:g} sigma clipped"
