"""What an image's file says about it: every card with its comment, searchable, and its WCS in short.

Values are shown as text, never interpreted, save for what they say of the noise: that is held against a few
of the image's pixels while the panel is open. Nothing can be edited here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from echo import CallbackProperty

from imviz.plugin import Choice, Plugin, Viewers
from imviz.science.display.headers import cards, facts
from imviz.science.photometry.noise_audit import NoiseAudit, audit

if TYPE_CHECKING:
    from astropy.nddata import NDData

    from imviz.session import Session

__all__ = ["Metadata"]

IMAGE, PRIMARY = "This image", "Primary header"


class Metadata(Plugin):
    """Read an image's header."""

    name = "Metadata"
    icon = "mdi-card-text-outline"
    dataset = Choice(of="images", doc="The image whose header is shown.")
    header = Choice([IMAGE], doc="The image's own extension, or the file's primary header.")
    search = CallbackProperty("", docstring="Only cards that have this in key, value or comment.")
    cards_shown = CallbackProperty((), docstring="The cards as (key, value, comment), those searched for.")
    n_cards = CallbackProperty(0, docstring="How many cards there are.")
    facts = CallbackProperty((), docstring="Shape, type, unit and WCS in short.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        self._audited, self._verdict = None, ""
        super().__init__(session, viewers)
        session.add_callback("revision", self._show)
        for name in ("dataset", "search", "active"):
            self.add_callback(name, self._show)
        self.add_callback("header", self._list)
        self._show()

    @property
    def metadata(self) -> list[tuple[str, str, str]]:
        """All cards of the chosen header: key, value, comment."""
        if not self.dataset:
            return []
        meta = self._session.image(str(self.dataset)).meta
        primary = meta.get("primary_header")
        if self.header == PRIMARY and isinstance(primary, Mapping):
            return cards(primary, meta.get("imviz_primary_comments"))
        return cards(meta, meta.get("imviz_comments"))

    @property
    def meta(self) -> dict[str, str]:
        """All cards of the chosen header: key to value."""
        return {key: value for key, value, _ in self.metadata}

    @property
    def show_primary(self) -> bool:
        """Whether the file's primary header is chosen, not the image's own."""
        return bool(self.header == PRIMARY)

    @show_primary.setter
    def show_primary(self, value: bool) -> None:
        self._offer()
        self.header = PRIMARY if value else IMAGE

    def noise_audit(self) -> NoiseAudit | None:
        """Whether the chosen image's noise is what header or uncertainty say, by nine small cut-outs."""
        return audit(self._session.image(str(self.dataset))) if self.dataset else None

    def _show(self, *_: Any) -> None:
        """Show the chosen image, while the panel is open."""
        if not self.active:
            return
        image = self._offer()
        self.facts = () if image is None else (*facts(image), *self._noise(image))
        self._list()

    def _noise(self, image: NDData) -> tuple[tuple[str, str], ...]:
        """The verdict on the noise, found once for each image."""
        if image.data is not self._audited:
            self._audited, self._verdict = image.data, audit(image).verdict
        return (("Noise", self._verdict),)

    def _offer(self) -> NDData | None:
        """Offer the headers that the chosen image has; returns the image."""
        label = str(self.dataset)
        image = self._session.image(label) if label else None
        primary = image is not None and isinstance(image.meta.get("primary_header"), Mapping)
        type(self).header.set_choices(self, [IMAGE, PRIMARY] if primary else [IMAGE])
        return image

    def _list(self, *_: Any) -> None:
        cards = self.metadata
        words = self.search.lower().split()
        self.n_cards = len(cards)
        self.cards_shown = tuple(
            card for card in cards if all(word in " ".join(card).lower() for word in words)
        )
