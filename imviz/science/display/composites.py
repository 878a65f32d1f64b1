"""Colour pictures of three images by the method of Lupton et al. (2004), astropy's implementation.

The colour of a pixel keeps its hue however bright it is, which layers that are stretched one by one
cannot do: so the result is a picture, not a set of layers. Images must lie pixel on pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.visualization import make_lupton_rgb

from imviz.errors import InputError
from imviz.science.display.cuts import auto_cuts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["lupton"]


def lupton(
    red: ArrayLike,
    green: ArrayLike,
    blue: ArrayLike,
    *,
    minimum: Any = None,
    stretch: float | None = None,
    Q: float = 8.0,  # noqa: N803 - the paper's name and astropy's
) -> NDArray[np.uint8]:
    """A colour picture of three images.

    Parameters
    ----------
    red, green, blue : array_like
        Images of one shape, in units in which a white source is equally bright in all.
    minimum : float or three of them, optional
        What is black. Default: each image's median.
    stretch : float, optional
        Range of values over which the picture is about linear. Default: the distance of the 99.5 % cuts
        of the three images' mean.
    Q : float
        Softening: how fast it goes over to logarithmic.

    Returns
    -------
    ndarray
        uint8, shape (ny, nx, 3); row 0 is the image's row 0. Pixels without a value are black there.

    Raises
    ------
    InputError
        If the shapes differ or a number cannot be used.
    """
    images = [np.asarray(image, dtype=np.float64) for image in (red, green, blue)]
    shapes = {image.shape for image in images}
    if len(shapes) != 1 or images[0].ndim != 2:
        raise InputError("A colour picture needs three 2-D images of the same shape, pixel on pixel.")
    if minimum is None:
        medians = [np.nanmedian(image) if np.isfinite(image).any() else 0.0 for image in images]
        minimum = [float(median) for median in medians]
    if stretch is None:
        low, high = auto_cuts(
            sum(image - low for image, low in zip(images, minimum, strict=True)) / 3, "99.5%"
        )
        stretch = high - low
    if not (stretch > 0 and Q > 0):
        raise InputError(f"Stretch and Q must be positive, not {stretch!r} and {Q!r}.")
    low_edges = np.broadcast_to(np.asarray(minimum, dtype=float), 3)
    filled = [np.where(np.isfinite(i), i, low) for i, low in zip(images, low_edges, strict=True)]
    return np.asarray(make_lupton_rgb(*filled, minimum=list(low_edges), stretch=stretch, Q=Q))
