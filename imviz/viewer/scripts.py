"""The browser code of this folder: plain files of JavaScript and CSS, joined when a widget class is made.

No build step and no npm: files that share functions are simply put one after the other, and the last
one exports what anywidget asks for.
"""

from __future__ import annotations

from importlib.resources import files

__all__ = ["joined"]


def joined(*names: str) -> str:
    """The text of some files of this folder, one after the other."""
    folder = files("imviz.viewer")
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
