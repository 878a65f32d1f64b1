"""A view, and every plugin that acts on one, is there without any widget being made or loaded."""

from __future__ import annotations

import subprocess
import sys

TOOLKITS = "ipywidgets ipyvuetify ipyvue bqplot glue_jupyter IPython traitlets anywidget"


def test_views_and_plugins_load_no_toolkit():
    loaded = f"""
import importlib, pkgutil, sys
import imviz.view, imviz.plugins
for package in (imviz.view, imviz.plugins):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
print(sorted(set("{TOOLKITS}".split()) & set(sys.modules)))
"""
    found = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
