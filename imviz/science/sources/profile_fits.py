"""Gaussian and Moffat fits of a radial profile about radius 0, with the errors of their parameters.

Both are unweighted least squares. A parameter's error is that of the profile's own errors carried through
the fit where it has them, else of the scatter about the model; the centroid's own
error is not in it. A fit that makes no sense keeps no model and says why. Making profiles, and drawing
them, is done elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.modeling.models import Gaussian1D, Moffat1D
from scipy.optimize import leastsq

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from imviz.science.photometry.measurement import Measurement
    from imviz.science.sources.profiles import Profile

    Floats = NDArray[np.float64]

__all__ = ["GaussianFit", "MoffatFit", "fit_gaussian", "fit_moffat"]

_NAN = float("nan")
_FWHM = float(2 * np.sqrt(2 * np.log(2)))
_LARGEST_ALPHA = 50.0  # from there on a Moffat's core and wings are a Gaussian's to 1 %


@dataclass(frozen=True, slots=True)
class GaussianFit:
    """A fit to a radial profile: ``model`` in pixels and the profile's unit, or `None` and the reason.

    ``fwhm`` [pix], ``amplitude`` and their errors are NaN without a model; ``message`` is empty with one.
    """

    model: Gaussian1D | None
    fwhm: float
    amplitude: float
    message: str
    fwhm_err: float = _NAN
    amplitude_err: float = _NAN


@dataclass(frozen=True, slots=True)
class MoffatFit:
    """As `GaussianFit`, of ``amplitude (1 + (r / gamma)²)^-alpha``, whose exponent comes with its error."""

    model: Moffat1D | None
    fwhm: float
    amplitude: float
    message: str
    fwhm_err: float = _NAN
    amplitude_err: float = _NAN
    alpha: float = _NAN
    alpha_err: float = _NAN


@np.errstate(all="ignore")  # a width of 0 on the way; the result is judged
def fit_gaussian(profile: Profile, m: Measurement) -> GaussianFit:
    """Least-squares Gaussian about radius 0 of a radial profile (``radial`` or ``raw``).

    Mean fixed at 0; amplitude and stddev free, starting from the largest value and half the sum of the
    measurement's two sigmas; points that are not finite are dropped. No model is kept when there are too
    few points, the fit does not converge, has no positive peak, a width that the profile cannot tell, or
    an amplitude below three times its error.
    """
    best, errors, message = _fit("Gaussian", profile, _sigma(profile, m), (), _gaussian)
    if message:
        return GaussianFit(None, _NAN, _NAN, message)
    amplitude, stddev = best
    model = Gaussian1D(amplitude=amplitude, mean=0.0, stddev=stddev, fixed={"mean": True})
    return GaussianFit(model, float(model.fwhm), amplitude, "", errors[1] * _FWHM, errors[0])


@np.errstate(all="ignore")
def fit_moffat(profile: Profile, m: Measurement) -> MoffatFit:
    """Least-squares Moffat function about radius 0 of a radial profile (``radial`` or ``raw``).

    Amplitude, FWHM and exponent alpha free, from the start of `fit_gaussian` and alpha 3; those three
    hang together less than amplitude, gamma and alpha. No model is kept for the reasons of `fit_gaussian`,
    nor when the profile has a Gaussian's wings or none, so that alpha means nothing.
    """
    width = _sigma(profile, m) * _FWHM
    best, errors, message = _fit("Moffat", profile, width, (np.log(3.0),), _moffat)
    if not message and not best[2] < np.log(_LARGEST_ALPHA):
        message = "The profile has no Moffat wings; fit a Gaussian instead."
    if message:
        return MoffatFit(None, _NAN, _NAN, message)
    amplitude, fwhm, alpha = best[0], best[1], float(np.exp(best[2]))
    gamma = fwhm / (2 * np.sqrt(2 ** (1 / alpha) - 1))
    model = Moffat1D(amplitude=amplitude, x_0=0.0, gamma=gamma, alpha=alpha, fixed={"x_0": True})
    return MoffatFit(model, fwhm, amplitude, "", errors[1], errors[0], alpha, errors[2] * alpha)


def _sigma(profile: Profile, m: Measurement) -> float:
    """Where a fit starts: half the sum of the two sigmas, or half the profile's reach."""
    sigma = 0.5 * float(m.values["semimajor_sigma"].value + m.values["semiminor_sigma"].value)
    return sigma if sigma > 0 else float(np.nanmax(profile.x, initial=0.0)) / 2


def _gaussian(parameters: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Values of a Gaussian (amplitude, stddev), and their slopes by the parameters, (n, 2)."""
    amplitude, stddev = parameters
    shape = np.exp(-0.5 * (x / stddev) ** 2)
    return amplitude * shape, np.stack([shape, amplitude * shape * x**2 / stddev**3], axis=1)


def _moffat(parameters: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Values of a Moffat function (amplitude, FWHM, ln alpha), and their slopes, (n, 3)."""
    amplitude, fwhm, log_alpha = parameters
    alpha = np.exp(np.clip(log_alpha, -3.0, 10.0))
    root = np.expm1(np.log(2) / alpha)
    squared = (2 * x / fwhm) ** 2
    base = 1 + root * squared
    shape = base**-alpha
    by_width = amplitude * shape * 2 * alpha * root * squared / (base * fwhm)
    by_alpha = amplitude * shape * ((root + 1) * np.log(2) * squared / base - alpha * np.log(base))
    return amplitude * shape, np.stack([shape, by_width, by_alpha], axis=1)


def _fit(
    name: str,
    profile: Profile,
    width: float,
    more: tuple[float, ...],
    function: Callable[[Floats, Floats], tuple[Floats, Floats]],
) -> tuple[list[float], list[float], str]:
    """Best parameters (amplitude, width, ...), their errors, and why there are none or ''."""
    good = np.isfinite(profile.x) & np.isfinite(profile.y)
    x, y = profile.x[good], profile.y[good]
    obstacle = _obstacle(name, profile.kind, y, n_parameters=2 + len(more))
    if obstacle:
        return [], [], obstacle
    scale = float(y.max())  # so that 1e-19 fits as well as 1e6
    best, covariance, _, _, status = leastsq(
        lambda parameters: function(parameters, x)[0] - y / scale,
        (1.0, width, *more),
        Dfun=lambda parameters: function(parameters, x)[1],
        full_output=True,
    )
    if status not in {1, 2, 3, 4} or covariance is None or not np.isfinite(best).all():
        message = f"The {name} fit did not converge; try a smaller aperture or another background."
        return [], [], message
    values, slopes = function(best, x)
    y_err = None if profile.y_err is None else profile.y_err[good] / scale
    scatter = float(np.sum((values - y / scale) ** 2) / (x.size - best.size))
    by_scatter = np.sqrt(np.diag(covariance) * scatter)
    errors = _carried(slopes, covariance, y_err) if y_err is not None else by_scatter
    if not np.isfinite(errors).all():
        errors = by_scatter
    if abs(best[1]) > 3 * x.max() * (1.0 if name == "Gaussian" else _FWHM) or best[0] < 3 * by_scatter[0]:
        return [], [], f"The profile has no clear peak, so the {name} fit is poor and was dropped."
    unscale = np.array([scale, *np.ones(best.size - 1)])
    best[1] = abs(best[1])
    return (best * unscale).tolist(), (errors * unscale).tolist(), ""


def _carried(slopes: Floats, covariance: Floats, y_err: Floats) -> Any:
    """Errors of unweighted least squares whose points have the errors ``y_err``."""
    gain = covariance @ slopes.T
    return np.sqrt(np.sum((gain * y_err) ** 2, axis=1))


def _obstacle(name: str, kind: str, y: Floats, n_parameters: int) -> str:
    """Why a profile cannot be fitted at all; empty if it can."""
    if kind == "growth":
        return f"A {name} is fitted to a radial profile, not to a curve of growth."
    if y.size <= n_parameters:
        return f"The {name} fit needs at least {n_parameters + 1} points; the profile has {y.size}."
    if not y.max() > 0:
        return f"The profile has no positive value, so no {name} was fitted."
    return ""
