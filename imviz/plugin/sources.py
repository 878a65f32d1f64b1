"""What a choice can be of: the images, regions, catalogs and viewers there are.

A field says ``Choice(of="images")``, and its choices are those images from then on: `imviz.plugin.Plugin`
hears the news and offers them anew, before any callback of the plugin's own hears of the same news. What a
plugin makes of a choice is its own business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imviz.plugin.viewers import Viewers
    from imviz.session import Session

__all__ = ["SOURCES", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """Labels that come and go: who tells of them, by which property, and what there is now."""

    teller: Callable[[Session, Viewers], Any]
    news: str
    labels: Callable[[Session, Viewers], Sequence[str]]


SOURCES = {
    "images": Source(lambda session, _: session, "images", lambda session, _: session.images),
    "regions": Source(lambda session, _: session, "regions", lambda session, _: session.regions),
    "catalogs": Source(
        lambda session, _: session.catalogs, "revision", lambda session, _: session.catalogs.names()
    ),
    "viewers": Source(lambda _, viewers: viewers, "names", lambda _, viewers: list(viewers)),
}
