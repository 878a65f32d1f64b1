"""A panel's layout with each control's name in Python in place of its label, while ``api_hints`` is on.

Works on the layout's text, so no layout need know of it; what a control is bound to tells its field.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = ["with_hints"]

TAG = re.compile(r"""<v-[\w-]+(?:\s+[^\s=>"]+(?:="[^"]*")?)+""")
BOUND = re.compile(r"""\s(?:v-model(?:\.\w+)?|:value\.sync|@change|@input)="(\w+)""")
WORDS = re.compile(r"""\s(:?)(label|title)="([^"]*)\"""")


def with_hints(layout: str, fields: Container[str]) -> str:
    """The layout, whose labels read ``.field`` while the panel's ``api_hints`` is true.

    A control without a label, as a slider beside a word, has the name in its tooltip.
    """

    def hinted(match: re.Match[str]) -> str:
        tag = match[0]
        names = [name.removesuffix("_selected") for name in BOUND.findall(tag)]
        name = next((name for name in names if name in fields), None)
        words = min(WORDS.finditer(tag), key=lambda one: one[2], default=None)  # a label before a title
        if name is None or words is None:
            return tag
        plain = words[3].replace("\\", "\\\\").replace("'", "\\'")
        usual = f"({words[3]})" if words[1] else f"'{plain}'"
        return tag.replace(words[0], f""" :{words[2]}="api_hints ? '.{name}' : {usual}\"""")

    return TAG.sub(hinted, layout)
