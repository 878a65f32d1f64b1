"""Plot Options: how the selected layers of the selected viewers look, all at once.

The plugin is in `plot_options`, with its layout; its fields in `fields`; what it draws in `drawn`.
"""

from imviz.plugins.plot_options.plot_options import PlotOptions

__all__ = ["PlotOptions"]
