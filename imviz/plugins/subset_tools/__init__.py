"""Subset Tools: the list of regions, what each is, what lies under it, and every change of it by number.

The plugin is in `subset_tools`, with its layout; what notebooks call is in `notebook`, the texts of a region
that the panel shows in `descriptions`.
"""

from imviz.plugins.subset_tools.subset_tools import PAGE, SubsetTools

__all__ = ["PAGE", "SubsetTools"]
