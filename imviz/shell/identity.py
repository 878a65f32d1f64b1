"""Images as lists on the page know them: by what stays when they are renamed.

A list is drawn from what the kernel said last, and a click on it arrives when the kernel knows more. By its
label, an image renamed meanwhile would not be found, and its line, taken for another one, would be redrawn
under the hand, which loses a click that has begun. So lists tell lines apart, and name them, by an id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imviz.session import Session

__all__ = ["ids", "label_of"]


def ids(session: Session) -> dict[str, str]:
    """The id of each image by its label."""
    return {data.label: str(data.uuid) for data in session.data_collection}


def label_of(session: Session, image: str) -> str:
    """What an image is called now, by its id; anything else is taken for its label."""
    return next((data.label for data in session.data_collection if data.uuid == image), str(image))
