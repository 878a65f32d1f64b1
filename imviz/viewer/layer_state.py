"""How one image is shown in one viewer: glue's layer state, and what glue's has no word for.

The picture is made from it (`imviz.viewer.picture`), menus and plugins change it through `Layers`. It
checks nothing: `Layers.change` does, before anything is set.
"""

from __future__ import annotations

from echo import CallbackProperty
from glue.viewers.image.state import ImageLayerState

__all__ = ["LayerState"]


class LayerState(ImageLayerState):
    """glue's state of an image layer with more to say about its look.

    Attributes
    ----------
    invert : bool
        Whether the colormap is turned round: the highest value gets its first colour.
    nan_color : tuple of float or None
        RGBA, 0 to 1, of pixels without a value; None: what lies below is seen.
    blend : {'normal', 'add'}
        Whether the layer covers what lies below or its light is added to it.
    interpolation : {'nearest', 'smooth'}
        What is seen between pixel centres.
    curve : tuple of (float, float), or None
        Of the stretches ``spline`` and ``histeq``: brightness at levels between the cuts, both 0 to 1,
        in order; straight lines between.
    """

    invert = CallbackProperty(False, docstring="Whether the colormap is turned round.")
    nan_color = CallbackProperty(None, docstring="RGBA of pixels without a value, or None: see-through.")
    blend = CallbackProperty("normal", docstring="'normal' covers what lies below, 'add' adds its light.")
    interpolation = CallbackProperty("nearest", docstring="'nearest' or 'smooth'.")
    curve = CallbackProperty(None, docstring="Points (level, brightness) of the spline or histeq stretch.")
