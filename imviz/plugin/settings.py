"""What of a panel belongs to a session file: its fields as they are set, and having them again.

A field is declared once, in its plugin; what is declared there is kept. Only those are left out that show
what the document or a viewer keeps itself (`Plugin.kept_elsewhere`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.errors import ImvizError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.plugin.plugin import Plugin

__all__ = ["have_settings", "settings"]

PASSES = 3  # some fields set others


def settings(plugin: Plugin) -> dict[str, Any]:
    """A plugin's choices and numbers by name, but for those that are kept elsewhere."""
    return {name: value for name, value in plugin.to_dict().items() if name not in plugin.kept_elsewhere}


def have_settings(plugin: Plugin, wanted: Mapping[str, Any]) -> list[str]:
    """Have what `settings` gave, as far as it can be had; returns why not, in sentences.

    Names that are no settings of the plugin are passed over. One field may set another, so those that are not
    as they were are set again.
    """
    refused: dict[str, str] = {}
    for _ in range(PASSES):
        now, refused = settings(plugin), {}
        for name in [name for name, value in wanted.items() if name in now and value != now[name]]:
            try:
                setattr(plugin, name, wanted[name])
            except (ImvizError, TypeError, ValueError) as error:
                refused[name] = str(error)
    return list(refused.values())
