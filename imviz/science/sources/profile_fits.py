"""Gaussian and Moffat fits of a radial profile about radius 0, with the errors of their parameters.

The model is averaged over the very pixels of each point, about where the source is: a ring is coarse for a
steep profile. The centroid that a profile's rings are drawn about is off by its own error, which would make
faint stars too wide, so the fit bins the same pixels anew about the source. Least squares in which a pixel
counts as a pixel, so a point as its number of pixels (weights by errors that come from the data favor low
values); what noise adds to the parameters on average is taken off to first order (Box 1971, J. R. Stat. Soc.
B 33, 171): a place that is fitted, too, sits on the brighter noise. A parameter's error is that of the
profile's own errors carried through the fit where it has them, else of the scatter about the model, and of
the background's. Widths are those in the image: of star and pixel together. A fit that makes no sense keeps
no model and says why. Making profiles, and drawing them, is done elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from astropy.modeling.models import Gaussian1D, Moffat1D
from scipy.optimize import leastsq

from imviz.science.sources.convergence import CONVERGED
from imviz.science.sources.rings import rings_of, source_offset

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from imviz.science.photometry.measurement import Measurement
    from imviz.science.sources.profiles import Profile
    from imviz.science.sources.rings import Offset, Rings

    Floats = NDArray[np.float64]

__all__ = ["GaussianFit", "MoffatFit", "fit_gaussian", "fit_moffat"]

_NAN = float("nan")
_FWHM = float(2 * np.sqrt(2 * np.log(2)))
_MOST = 300  # pixels of a ring that a model is averaged over
_PATIENCE = 100  # evaluations
_STEP = 1e-3  # pixels
_BEND = 0.1  # of an error, to see a model bend
_CORE = 2  # parameters of every function: amplitude and width
_LARGEST_BIAS = 0.5  # of an error, that a correction of first order is believed
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
    best, errors, message = _fit("Gaussian", profile, m, (_sigma(profile, m),), _gaussian)
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
    start = (_sigma(profile, m) * _FWHM, float(np.log(3.0)))
    best, errors, message = _fit("Moffat", profile, m, start, _moffat)
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


@dataclass(frozen=True, slots=True)
class _Averaged:
    """A function of the distance to the source, averaged over the pixels of each ``good`` point."""

    function: Callable[[Floats, Floats], tuple[Floats, Floats]]
    rings: Rings
    good: NDArray[np.bool_]
    offset: Offset

    def _radius(self, x: float = 0.0, y: float = 0.0) -> Floats:
        return np.hypot(self.rings.dx - self.offset.x - x, self.rings.dy - self.offset.y - y)

    def values(self, p: Floats, x: float = 0.0, y: float = 0.0) -> Floats:
        """Of the points, with the source moved by (x, y)."""
        return self.rings.mean(self.function(p, self._radius(x, y))[0])[self.good]

    def slopes(self, p: Floats) -> Floats:
        """By each parameter, (points, parameters)."""
        columns = self.function(p, self._radius())[1].T
        return np.stack([self.rings.mean(column)[self.good] for column in columns], axis=1)

    def by_center(self, p: Floats) -> Floats:
        """Slopes by the source's x and y, (points, 2)."""
        steps = ((_STEP, 0.0), (0.0, _STEP))
        columns = [self.values(p, *step) - self.values(p, *(-one for one in step)) for step in steps]
        return np.stack(columns, axis=1) / (2 * _STEP)

    def bent(self, p: Floats, covariance: Floats) -> Floats:
        """Of the points, the trace of second derivatives times ``covariance`` and the offset's own."""
        twice = 2 * self.values(p)
        by_parameters = [self.values(p + one) + self.values(p - one) - twice for one in _axes(covariance)]
        by_place = [
            self.values(p, *one) + self.values(p, *(-one)) - twice for one in _axes(self.offset.covariance)
        ]
        return np.asarray(np.sum(by_parameters + by_place, axis=0) / _BEND**2)

    def scatter(self, p: Floats, y: Floats) -> float:
        """Variance of a pixel about the model."""
        if self.rings.point.size == y.size:  # single pixels
            return float(np.sum((self.values(p) - y) ** 2)) / (y.size - p.size)
        away = self.rings.data - self.function(p, self._radius())[0]
        return float(np.sum(away**2)) / max(away.size - p.size, 1)


def _axes(covariance: Floats) -> Floats:
    """Steps along the axes of an ellipse of errors, one a row, small parts of them."""
    variance, axes = np.linalg.eigh(covariance)
    return np.asarray((axes * np.sqrt(variance.clip(0)) * _BEND).T)


def _fit(
    name: str,
    profile: Profile,
    m: Measurement,
    start: tuple[float, ...],
    function: Callable[[Floats, Floats], tuple[Floats, Floats]],
) -> tuple[list[float], list[float], str]:
    """Best parameters (amplitude, width, ...), their errors, and why there are none or ''."""
    if profile.kind == "growth":
        return [], [], f"A {name} is fitted to a radial profile, not to a curve of growth."
    profile, rings, offset = _about_source(profile, m)
    good = np.isfinite(profile.x) & np.isfinite(profile.y)
    obstacle = _obstacle(name, profile.y[good], n_parameters=1 + len(start))
    if obstacle:
        return [], [], obstacle
    y, scale = profile.y[good], float(profile.y[good].max())  # so that 1e-19 fits as well as 1e6
    rings = replace(rings, data=rings.data / scale)
    averaged = rings if profile.kind == "raw" else rings.thinned(_MOST)
    model = _Averaged(function, averaged, good, offset)
    root = np.sqrt(rings.n[good])
    best, covariance, _, _, status = leastsq(
        lambda p: root * (model.values(p) - y / scale),
        (1.0, *start),
        Dfun=lambda p: root[:, None] * model.slopes(p),
        full_output=True,
        maxfev=_PATIENCE,
    )
    if status not in CONVERGED or covariance is None or not np.isfinite(best).all():
        message = f"The {name} fit did not converge; try a smaller aperture or another background."
        return [], [], message
    scatter = model.scatter(best, y / scale)
    best, covariance = _without_noise_bias(model, best, covariance, scatter, root)
    by_scatter = np.sqrt(np.diag(covariance) * scatter)
    errors = by_scatter
    if profile.y_err is not None:
        gain = covariance @ (model.slopes(best) * root[:, None] ** 2).T
        points = (gain * profile.y_err[good] / scale) ** 2
        sky, center = gain.sum(axis=1) * m.background.err / scale, gain @ model.by_center(best)
        place = np.einsum("ij,jk,ik->i", center, model.offset.covariance, center)
        carried = np.sqrt(points.sum(axis=1) + sky**2 + place)
        errors = carried if np.isfinite(carried).all() else by_scatter
    reach = float(profile.x[good].max()) * (1.0 if name == "Gaussian" else _FWHM)
    if abs(best[1]) > 3 * reach or best[0] < 3 * by_scatter[0]:
        return [], [], f"The profile has no clear peak, so the {name} fit is poor and was dropped."
    unscale = np.array([scale, *np.ones(best.size - 1)])
    best[1] = abs(best[1])
    return (best * unscale).tolist(), (errors * unscale).tolist(), ""


def _without_noise_bias(
    model: _Averaged, best: Floats, covariance: Floats, scatter: float, root: Floats
) -> tuple[Floats, Floats]:
    """Parameters without what noise adds on average, and their covariance there, for pixels of variance 1.

    An exponent of the wings stays as it is: it is known too badly for a first order to be the bias.
    """
    gain = covariance @ (model.slopes(best) * root[:, None] ** 2).T
    bias = -0.5 * gain @ model.bent(best, covariance * scatter)
    most = _LARGEST_BIAS * np.sqrt(np.diag(covariance) * scatter)
    if not np.isfinite(bias).all():
        return best, covariance
    better = best - np.where(np.arange(best.size) < _CORE, np.clip(bias, -most, most), 0.0)
    weighted = root[:, None] * model.slopes(better)
    try:
        return better, np.asarray(np.linalg.inv(weighted.T @ weighted), dtype=np.float64)
    except np.linalg.LinAlgError:
        return best, covariance


def _about_source(profile: Profile, m: Measurement) -> tuple[Profile, Rings, Offset]:
    """The points to fit, those of rings made anew about the source; their pixels, and where the source is."""
    rings = rings_of(m, raw=profile.kind == "raw")
    offset = source_offset(m, rings, _sigma(profile, m))
    if profile.kind != "raw":
        rings = rings.about(offset)
        mean = rings.mean(rings.data)
        profile = replace(profile, x=np.arange(mean.size, dtype=float), y=mean, y_err=rings.error())
    return profile, rings, offset


def _obstacle(name: str, y: Floats, n_parameters: int) -> str:
    """Why a profile cannot be fitted at all; empty if it can."""
    if y.size <= n_parameters:
        return f"The {name} fit needs at least {n_parameters + 1} points; the profile has {y.size}."
    if not y.max() > 0:
        return f"The profile has no positive value, so no {name} was fitted."
    return ""
