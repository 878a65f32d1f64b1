"""The browser code of this folder: plain files of JavaScript and CSS, joined when a widget class is made.

No build step and no npm: files that share functions are simply put one after the other, and the last
one exports what anywidget asks for. Lines that are only a comment stay here: every widget of every viewer
would send them.
"""

from __future__ import annotations

import re
from importlib.resources import files

__all__ = ["joined"]

COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)


def joined(*names: str) -> str:
    """The text of some files of this folder, one after the other, without lines of comment."""
    folder = files("imviz.viewer")
    return "\n".join(COMMENT.sub("", folder.joinpath(name).read_text(encoding="utf-8")) for name in names)
