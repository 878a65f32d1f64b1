"""Gaussian and Moffat fits of a source in two dimensions, with the errors of their parameters.

Unweighted least squares of the background-subtracted pixels whose center is inside the aperture. Errors
come from the pixels' own where they are known, else from the scatter about the model. A Gaussian is an
ellipse; a Moffat is round. A fit that makes no sense keeps no model and says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.modeling.models import Gaussian2D, Moffat2D
from scipy.optimize import leastsq

from imviz.errors import InputError
from imviz.science.sources.convergence import CONVERGED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from imviz.science.photometry.measurement import Measurement

    Floats = NDArray[np.float64]

__all__ = ["MODELS", "SourceFit", "fit_source"]

MODELS = ("Gaussian", "Moffat")
_TO_FWHM = float(2 * np.sqrt(2 * np.log(2)))
_STEP = 1e-6
_LARGEST_ALPHA = 50.0  # from there on a Moffat's core and wings are a Gaussian's to 1 %


@dataclass(frozen=True, slots=True)
class SourceFit:
    """A fit: ``model`` in image pixels and the image's unit, or `None` and the reason in ``message``.

    ``values`` and ``errors`` hold ``x``, ``y``, ``fwhm_major``, ``fwhm_minor`` [pix], ``amplitude``
    [data unit], ``ellipticity`` (1 - minor / major), ``angle`` [deg, from x towards y] and, of a Moffat
    (whose widths are one), ``alpha``.
    """

    model: Gaussian2D | Moffat2D | None
    values: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)
    message: str = ""


@np.errstate(all="ignore")  # steps outside the meaningful; the result is judged
def fit_source(m: Measurement, model: str = "Gaussian") -> SourceFit:
    """Fit a ``Gaussian`` or a ``Moffat`` to the pixels of a measurement.

    Raises
    ------
    InputError
        Another model.
    """
    if model not in MODELS:
        raise InputError(f"There is no model {model!r} of a source; choose from {', '.join(MODELS)}.")
    rows, columns = np.nonzero(m.patch.center)
    data = m.patch.data[rows, columns]
    function, derive = (_gaussian, _ellipse) if model == "Gaussian" else (_moffat, _round)
    if data.size <= 6 or not data.max() > 0:
        return SourceFit(None, message=f"Too little light in the aperture for a {model} in two dimensions.")
    scale = float(data.max())
    start = _start(m, model)
    best, covariance, info, _, status = leastsq(
        lambda p: function(p, columns, rows) - data / scale,
        start,
        Dfun=lambda p: _slopes(lambda q: function(q, columns, rows), p),  # MINPACK's steps vanish at 0
        full_output=True,
        maxfev=2000,
    )
    values = derive(best)
    if model == "Moffat" and best[4] > np.log(_LARGEST_ALPHA):
        return SourceFit(None, message="The source has no Moffat wings; fit a Gaussian instead.")
    if status not in CONVERGED or covariance is None or not np.isfinite(list(values.values())).all():
        return SourceFit(None, message=f"The {model} fit in two dimensions did not converge.")
    scatter = float(np.sum(info["fvec"] ** 2)) / (data.size - best.size)
    if not best[0] > 3 * np.sqrt(covariance[0, 0] * scatter) or values["fwhm_major"] > 3 * max(
        m.patch.data.shape
    ):
        return SourceFit(None, message=f"No clear source in the aperture; the {model} fit was dropped.")
    variance = None if m.patch.variance is None else m.patch.variance[rows, columns] / scale**2
    if variance is not None and np.isfinite(variance).all():
        slopes = _slopes(lambda p: function(p, columns, rows), best)
        gain = covariance @ slopes.T
        covariance = (gain * variance) @ gain.T
    else:
        covariance = covariance * scatter
    errors = _carried(derive, best, covariance)
    values["amplitude"], errors["amplitude"] = values["amplitude"] * scale, errors["amplitude"] * scale
    for name, offset in (("x", m.patch.origin[0]), ("y", m.patch.origin[1])):
        values[name] += offset
    return SourceFit(_model(model, values), values, errors)


def _start(m: Measurement, model: str) -> list[float]:
    data = np.where(m.patch.center, m.patch.data, -np.inf)
    y, x = np.unravel_index(int(np.argmax(data)), data.shape)
    sigma = float(m.values["semimajor_sigma"].value + m.values["semiminor_sigma"].value) / 2
    sigma = sigma if 0.5 < sigma < max(data.shape) else max(min(data.shape) / 6, 1.0)
    if model == "Gaussian":
        return [1.0, float(x), float(y), 1 / sigma**2, 0.0, 1 / sigma**2]
    return [1.0, float(x), float(y), sigma * _TO_FWHM, float(np.log(3.0))]


def _gaussian(p: Floats, x: NDArray[np.int_], y: NDArray[np.int_]) -> Floats:
    """By amplitude, place, and the inverse of the covariance matrix, which is defined for round ones too."""
    dx, dy = x - p[1], y - p[2]
    values: Floats = p[0] * np.exp(-0.5 * (p[3] * dx * dx + 2 * p[4] * dx * dy + p[5] * dy * dy))
    return values


def _moffat(p: Floats, x: NDArray[np.int_], y: NDArray[np.int_]) -> Floats:
    """By amplitude, place, FWHM and ln alpha."""
    alpha = np.exp(np.clip(p[4], -2.0, 6.0))
    root = np.expm1(np.log(2) / alpha)
    values: Floats = p[0] * (1 + root * 4 * ((x - p[1]) ** 2 + (y - p[2]) ** 2) / p[3] ** 2) ** -alpha
    return values


def _ellipse(p: Floats) -> dict[str, float]:
    inverse = np.array([[p[3], p[4]], [p[4], p[5]]])
    sizes, axes = np.linalg.eigh(inverse)
    sizes = np.where(sizes > 0, sizes, np.nan)
    major, minor = _TO_FWHM / np.sqrt(sizes[0]), _TO_FWHM / np.sqrt(sizes[1])
    angle = np.degrees(np.arctan2(axes[1, 0], axes[0, 0]))
    return {
        "amplitude": float(p[0]),
        "x": float(p[1]),
        "y": float(p[2]),
        "fwhm_major": float(major),
        "fwhm_minor": float(minor),
        "ellipticity": float(1 - minor / major),
        "angle": float((angle + 90) % 180 - 90),
    }


def _round(p: Floats) -> dict[str, float]:
    fwhm = abs(float(p[3]))
    return {
        "amplitude": float(p[0]),
        "x": float(p[1]),
        "y": float(p[2]),
        "fwhm_major": fwhm,
        "fwhm_minor": fwhm,
        "alpha": float(np.exp(np.clip(p[4], -2.0, 6.0))),
    }


def _slopes(function: Callable[[Floats], Any], at: Floats) -> Floats:
    """Derivatives (n, parameters) by central differences."""
    columns = []
    for i in range(at.size):
        step = np.zeros_like(at)
        step[i] = _STEP * max(abs(at[i]), 1.0 if i in {1, 2} else 1e-3)
        columns.append((function(at + step) - function(at - step)) / (2 * step[i]))
    return np.stack(columns, axis=1)


def _carried(
    derive: Callable[[Floats], dict[str, float]], at: Floats, covariance: Floats
) -> dict[str, float]:
    """Errors of derived values by the covariance of the parameters."""
    names = tuple(derive(at))

    def values(p: Floats) -> Floats:
        found = np.array(list(derive(p).values()))
        if "angle" in names:  # nearest turn by half a circle
            i, here = names.index("angle"), derive(at)["angle"]
            found[i] = here + (found[i] - here + 90) % 180 - 90
        return found

    slopes = _slopes(values, at)
    squared = np.einsum("ij,jk,ik->i", slopes, covariance, slopes)
    return dict(zip(names, np.sqrt(np.maximum(squared, 0)).tolist(), strict=True))


def _model(kind: str, v: Mapping[str, float]) -> Gaussian2D | Moffat2D:
    if kind == "Gaussian":
        return Gaussian2D(
            amplitude=v["amplitude"],
            x_mean=v["x"],
            y_mean=v["y"],
            x_stddev=v["fwhm_major"] / _TO_FWHM,
            y_stddev=v["fwhm_minor"] / _TO_FWHM,
            theta=np.radians(v["angle"]),
        )
    gamma = v["fwhm_major"] / (2 * np.sqrt(2 ** (1 / v["alpha"]) - 1))
    return Moffat2D(amplitude=v["amplitude"], x_0=v["x"], y_0=v["y"], gamma=gamma, alpha=v["alpha"])
