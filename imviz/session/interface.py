"""What the parts of a document may ask of it: the one list, so that no part knows how the whole is built.

`imviz.session.document.Session` is that whole, and has more; a part that needs another name adds it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from threading import RLock

    from astropy.nddata import NDData
    from glue.core import Session as GlueSession
    from regions import PixelRegion

    from imviz.session.history import History
    from imviz.session.image_data import ImageData
    from imviz.session.region_list import RegionList
    from imviz.session.region_placement import Ground

__all__ = ["Document", "Shows"]


class Shows(Protocol):
    """A view, as far as the document knows one."""

    @property
    def name(self) -> str:
        """Its name; another of the same name may take its place."""

    def keep(self, label: str) -> Any:
        """How an image about to be removed is shown; None if it is not."""

    def bring_back(self, label: str, kept: Any) -> None:
        """Show an image that has come back as it was."""


class Document(Protocol):
    """A document, as its parts know it; what each is, `Session` says."""

    lock: RLock
    history: History
    region_list: RegionList
    glue: GlueSession
    shown_by: list[Shows]
    images: Any
    revision: Any
    alignment: Any
    n_rows: Any
    fitted_models: dict[str, Any]
    combine: Any
    seen_image: Any
    selected_region: Any

    @property
    def missing(self) -> dict[str, Any]:
        """Images that were not found, by label."""

    @property
    def unaligned(self) -> dict[str, str]:
        """Images that cannot be aligned, with the reasons."""

    def amiss(self, error: Exception) -> None:
        """Say what an observer of a change could not do."""

    def fold(self) -> None:
        """Say which images there are now."""

    def add_image(self, image: NDData, label: str, code: Any = None, ground: Ground | None = None) -> str:
        """Take in an image; its label."""

    def image(self, label: str) -> NDData:
        """An image."""

    def data(self, label: str) -> ImageData:
        """An image as glue has it."""

    def replace_image(self, label: str, image: NDData) -> None:
        """Put another image under a label."""

    def ground(self, label: str | None = None) -> Ground:
        """An image (or orientation) as regions know it."""

    def placing(self, label: str) -> Any:
        """The WCS by which an image lies on the sky, or None."""

    def sky_between(self, source: str, target: str) -> tuple[Any, Any] | None:
        """The WCS of two images that meet on the sky, or None."""

    def region(self, label: str, on: str | None = None) -> PixelRegion:
        """A region in pixels."""

    def region_image(self, label: str) -> str | None:
        """The image a region was made on."""
