from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from glue.viewers.image.composite_array import CompositeArray

from imviz.viewer.composite import Composite

VALUES = np.linspace(-2, 3, 64 * 64).reshape(64, 64)


def filled(kind, **changes):
    composite = kind()
    composite.mode = "colormap"
    composite.allocate("layer")
    composite.set(
        "layer", array=lambda bounds: VALUES.copy(), cmap=mpl.colormaps["viridis"], clim=(-1, 2), **changes
    )
    return composite


@pytest.mark.parametrize("stretch", ["linear", "sqrt", "log", "arcsinh"])
@pytest.mark.parametrize(("contrast", "bias"), [(1, 0.5), (2, 0.3)])
def test_colours_are_glues_to_a_few_levels_of_255(stretch, contrast, bias):
    options = {"stretch": stretch, "contrast": contrast, "bias": bias}
    ours = filled(Composite, **options)([(0, 1, 64), (0, 1, 64)])
    theirs = filled(CompositeArray, **options)([(0, 1, 64), (0, 1, 64)])[..., :3]
    difference = np.abs(ours - 255 * theirs)
    assert np.percentile(difference, 99) <= 4
    assert difference.mean() < 1


def test_an_invisible_layer_is_not_drawn():
    assert filled(Composite, visible=False)([(0, 1, 64), (0, 1, 64)]) is None


def test_below_missing_values_the_lower_layer_shows():
    composite = filled(Composite)
    holes = np.full((64, 64), np.nan)
    holes[:, :32] = 10
    composite.allocate("top")
    composite.set("top", array=lambda bounds: holes, cmap=mpl.colormaps["gray"], clim=(0, 1), zorder=5)
    picture = composite([(0, 1, 64), (0, 1, 64)])
    assert (picture[:, :32] == 255).all()
    assert (picture[:, 32:] == filled(Composite)([(0, 1, 64), (0, 1, 64)])[:, 32:]).all()


def test_half_an_opacity_is_half_of_each():
    composite = filled(Composite)
    composite.allocate("top")
    white = np.ones((64, 64))
    composite.set(
        "top", array=lambda bounds: white, cmap=mpl.colormaps["gray"], clim=(0, 1), zorder=5, alpha=0.5
    )
    lower = filled(Composite)([(0, 1, 64), (0, 1, 64)])
    assert np.abs(composite([(0, 1, 64), (0, 1, 64)]) - (lower / 2 + 127.5)).max() <= 1
