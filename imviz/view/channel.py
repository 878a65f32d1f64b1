"""A channel to the pages that show a view: messages out, messages in. No toolkit; a widget is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Channel"]


class Channel(Protocol):
    """What carries messages between a part of a view and the pages that show it."""

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a message, with numbers in binary beside it."""

    def on_msg(self, callback: Callable[..., Any]) -> None:
        """Call back with (channel, content, buffers) for each message that comes."""
