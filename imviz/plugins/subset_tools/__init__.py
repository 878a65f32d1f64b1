"""Subset Tools: the list of regions, what each is, what lies under it, and every change of it by number.

The plugin is in `subset_tools`, with its layout; the names that notebooks call are in `names`, the texts of a
region that the panel shows in `told`.
"""

from imviz.plugins.subset_tools.subset_tools import PAGE, SubsetTools

__all__ = ["PAGE", "SubsetTools"]
