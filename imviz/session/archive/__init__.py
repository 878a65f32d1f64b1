"""A document as data: what a session file holds, and the document made of it again.

`schema` owns the version and the limits, `container` the file; each other module turns one kind of thing
(images, regions, results …) into plain JSON and back. What viewers and panels add is described by those who
have it (`imviz.app.session_files` joins them). Nothing here runs what a file says, and nothing is pickled.
"""

from imviz.session.archive.container import Archive, is_session_file, read_archive, write_archive
from imviz.session.archive.document import PIXELS, Read, described, read, restore
from imviz.session.archive.schema import VERSION

__all__ = [
    "PIXELS",
    "VERSION",
    "Archive",
    "Read",
    "described",
    "is_session_file",
    "read",
    "read_archive",
    "restore",
    "write_archive",
]
