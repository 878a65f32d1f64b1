"""An inverse for a GWCS that has none of its own: from the sky to pixels by Newton's method, checked.

Pipelines may describe a distortion in one direction only. `with_inverse` gives such a WCS a model that
solves the forward one; to everybody it is then a GWCS like any other. The sky is looked at as a plane about
the image's middle, so poles and the jump at 360° are no trouble. Where there is no solution, or not one that
leads back, the answer is NaN. Intermediate frames of the pipeline are not kept. Imported when such a WCS
comes, and only then.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.modeling import Model
from numpy.typing import NDArray

__all__ = ["NumericalInverse", "with_inverse"]

Floats = NDArray[np.float64]

GRID = 9  # points along a side of the image, from which the first guess is made
MOST_STEPS = 25
CLOSE = 1e-8  # pixels: a step this small is the last
CLOSED = 1e-5  # pixels that the solution may be wrong by
STEP = 0.05  # pixels to each side, for the derivatives
EDGE = 0.05  # cosine of the distance from the middle beyond which the plane does not reach
REACH = 2.0  # image sizes beyond the image in which a solution is looked for


def with_inverse(wcs: Any, shape: tuple[int, ...]) -> Any:
    """A celestial GWCS that leads back too: itself if it does, else another with a numerical inverse.

    Parameters
    ----------
    wcs : gwcs.WCS
        From two pixel coordinates to one position on the sky.
    shape : (int, int)
        Rows and columns of its image.

    Returns
    -------
    gwcs.WCS
        The one given, if it cannot be solved at the image's middle.
    """
    try:
        wcs.backward_transform  # noqa: B018 - asked for what it raises
    except NotImplementedError:
        pass
    else:
        return wcs
    forward = wcs.forward_transform
    middle = (shape[1] - 1) / 2, (shape[0] - 1) / 2
    try:
        inverse = NumericalInverse(forward, (shape[0], shape[1]))
        back = np.subtract(inverse(*forward(*middle)), middle)
    except ValueError:  # a model that wants units, or the matrix of a flat distortion
        return wcs
    if not np.hypot(*back) < CLOSED:
        return wcs
    forward.inverse = inverse
    found = type(wcs)([(wcs.input_frame, forward), (wcs.output_frame, None)], name=wcs.name)
    found.bounding_box, found.array_shape = wcs.bounding_box, wcs.array_shape
    return found


class NumericalInverse(Model):
    """From the sky to pixels, by solving a model that goes from pixels to longitude and latitude in degrees.

    Parameters
    ----------
    forward : astropy.modeling.Model
        The model.
    shape : (int, int)
        Rows and columns of the pixels that matter.
    """

    n_inputs = 2
    n_outputs = 2
    input_units = None  # else astropy looks for them in the annotations of `evaluate`
    return_units = None
    _separable = False

    def __init__(self, forward: Model, shape: tuple[int, int]) -> None:
        super().__init__()
        self._forward = forward
        self._size = np.array([[shape[1]], [shape[0]]], dtype=float)
        lon, lat = (float(value) for value in forward(*((self._size[:, 0] - 1) / 2)))
        self._middle = np.radians([lon, lat])
        self._guess = self._first_guess()

    def evaluate(self, lon: Any, lat: Any) -> tuple[Floats, Floats]:
        """Pixels (x, y) of positions in degrees; NaN where there is no solution."""
        lon, lat = np.broadcast_arrays(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
        x, y = self._solved(self._on_plane(lon.ravel(), lat.ravel()))
        return x.reshape(lon.shape), y.reshape(lon.shape)

    def _first_guess(self) -> Floats:
        """The affine map from the plane to pixels that fits the image best, shape (2, 3)."""
        x, y = np.meshgrid(*(np.linspace(-0.5, n - 0.5, GRID) for n in self._size[:, 0]))
        pixels = np.stack([x.ravel(), y.ravel()])
        plane = self._ahead(pixels)
        good = np.isfinite(plane).all(axis=0)
        if good.sum() < 3:
            raise ValueError("The model gives no positions on the sky for this image.")
        design = np.vstack([plane[:, good], np.ones(good.sum())])
        fit: Floats = np.linalg.lstsq(design.T, pixels[:, good].T, rcond=None)[0].T
        return fit

    def _ahead(self, pixels: Floats) -> Floats:
        """Where pixels lie on the plane, shape (2, n)."""
        return self._on_plane(*(np.asarray(axis, dtype=float) for axis in self._forward(*pixels)))

    def _on_plane(self, lon: Floats, lat: Floats) -> Floats:
        lon0, lat0 = self._middle
        with np.errstate(invalid="ignore", divide="ignore"):
            across, up = np.radians(lon) - lon0, np.radians(lat)
            depth = np.sin(lat0) * np.sin(up) + np.cos(lat0) * np.cos(up) * np.cos(across)
            depth = np.where(depth > EDGE, depth, np.nan)
            xi = np.cos(up) * np.sin(across) / depth
            eta = (np.cos(lat0) * np.sin(up) - np.sin(lat0) * np.cos(up) * np.cos(across)) / depth
        return np.stack([xi, eta])

    def _solved(self, wanted: Floats) -> Floats:
        pixels = self._guess[:, :2] @ wanted + self._guess[:, 2:]
        found = np.full_like(pixels, np.nan)
        going = np.flatnonzero(np.isfinite(pixels).all(axis=0))
        for _ in range(MOST_STEPS):
            if not going.size:
                break
            step = self._step(pixels[:, going], wanted[:, going])
            pixels[:, going] += step
            length = np.hypot(*step)
            done = length < CLOSE
            found[:, going[done]] = pixels[:, going[done]]
            outside = np.abs(pixels[:, going] - self._size / 2) > (0.5 + REACH) * self._size
            going = going[~done & np.isfinite(length) & ~outside.any(axis=0)]
        last = np.flatnonzero(
            np.isnan(found[0]) & np.isfinite(pixels).all(axis=0)
        )  # as near as rounding lets it
        if last.size:
            near = np.hypot(*self._step(pixels[:, last], wanted[:, last])) < CLOSED
            found[:, last[near]] = pixels[:, last[near]]
        return found

    def _step(self, pixels: Floats, wanted: Floats) -> Floats:
        """Newton's step from some pixels towards those that are wanted on the plane."""
        ahead, right = self._ahead, np.array([[STEP], [0.0]])
        along = (ahead(pixels + right) - ahead(pixels - right)) / (2 * STEP)
        up = (ahead(pixels + right[::-1]) - ahead(pixels - right[::-1])) / (2 * STEP)
        x, y = wanted - ahead(pixels)
        with np.errstate(invalid="ignore", divide="ignore"):
            area = along[0] * up[1] - along[1] * up[0]
            step: Floats = np.stack([x * up[1] - y * up[0], y * along[0] - x * along[1]]) / area
        return np.clip(step, -self._size / 2, self._size / 2)
