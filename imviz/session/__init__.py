"""The document: images, regions, alignment and results of one session, kept in glue. No widget.

What a user has made lives here and nowhere else; viewers and plugins show it and ask for changes.
"""

from imviz.session.document import Session

__all__ = ["Session"]
