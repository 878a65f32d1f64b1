"""The documentation site: today's pages, the decisions, and a reference made from the docstrings.

Built by ``make site`` without a network; every warning is an error there. The pages stay readable as they
are in the repository, so nothing in them is Sphinx's own. Objects of other packages are linked where their
inventories can be fetched (``IMVIZ_INTERSPHINX=1``), which an offline build does not ask for.
"""

import os
from importlib.metadata import version as version_of

project = "imviz"
author = "The Imviz developers"
copyright = author  # noqa: A001  Sphinx's name
release = version_of("imviz")
version = release.split(".dev")[0]

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
root_doc = "index"
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]  # links to files of the repository; a test checks every one

autodoc_default_options = {"members": True}
autodoc_typehints = "none"  # numpydoc's sections say them in words
autodoc_member_order = "alphabetical"
autosummary_generate = False
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
default_role = "code"

packages = {
    "python": "https://docs.python.org/3/",
    "numpy": "https://numpy.org/doc/stable/",
    "astropy": "https://docs.astropy.org/en/stable/",
    "photutils": "https://photutils.readthedocs.io/en/stable/",
    "regions": "https://astropy-regions.readthedocs.io/en/stable/",
}
intersphinx_mapping = {name: (address, None) for name, address in packages.items()}
if not os.environ.get("IMVIZ_INTERSPHINX"):
    intersphinx_mapping = {}

html_theme = "pydata_sphinx_theme"
html_title = "imviz"
html_theme_options = {
    "navigation_with_keys": True,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
}
html_show_sourcelink = False
