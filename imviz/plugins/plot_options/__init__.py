"""Plot Options: how the selected layers of the selected viewers look, all at once.

The plugin is in `plot_options`, with its layout, and joins its parts: `selected` (which layers), `linked`
(fields that stand for a look), `histogram`, `regions`, `contours`, `bounds` (where the views look).
"""

from imviz.plugins.plot_options.plot_options import PlotOptions

__all__ = ["PlotOptions"]
