"""The stand-alone app: one local web server, one page, and a session (a kernel) for each open tab.

Jupyter Server runs the kernels and checks who asks; voila turns one notebook, which we ship, into
the page. What is ours: `opening` (what to show, and where), `access` (who may talk to the server),
`page` (what the browser gets), `application` (the two joined), `session` (what a tab's kernel does
first). Importing this module loads no library of a server, so that the command line can refuse a wrong
argument at once.

What is *not* here: the window itself (`imviz.app`), reading files, and any command-line option.
"""

from __future__ import annotations

import sys
from typing import Any

from imviz.server.opening import SESSION_VARIABLE, Address, Opening, is_loopback

__all__ = ["SESSION_VARIABLE", "Address", "Opening", "is_loopback", "serve"]


def serve(opening: Opening, address: Address, **options: Any) -> None:
    """Run the stand-alone app until Ctrl-C; see `imviz.server.application.serve`.

    The server's libraries are imported here, without a grammar of internationalized addresses that
    jsonschema would compile for more than a second and nobody here needs.
    """
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    try:
        from imviz.server import application
    finally:
        del sys.modules["rfc3987_syntax"]
    application.serve(opening, address, **options)
