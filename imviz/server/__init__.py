"""The stand-alone app: one local web server, one page, and a session (a kernel) for each open tab.

Jupyter Server runs the kernels and checks who asks; voila turns one notebook, which we ship, into
the page. What is ours: `access` (who may talk to the server), `page` (what the browser gets),
`application` (the two joined), `session` (what a tab's kernel does first). Importing this module
loads none of it, so that the command line can refuse a wrong argument at once.

What is *not* here: the window itself (`imviz.app`), reading files, and any command-line option.
"""

from __future__ import annotations

import ipaddress
import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import Any, Literal

from imviz.errors import InputError

__all__ = ["SESSION_VARIABLE", "Address", "Opening", "is_loopback", "serve"]

SESSION_VARIABLE = "IMVIZ_SESSION"
"""Environment variable that tells a session's kernel what to open (JSON of an `Opening`)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What every new tab starts with."""

    files: tuple[str, ...] = ()
    """Absolute paths of the images, in the order to load them."""
    demo: bool = False
    """Load the demo field too."""
    theme: Literal["light", "dark"] = "light"
    """Colours of the page."""
    root: str | None = None
    """The only folder that the window opens files from; None: any."""

    def to_json(self) -> str:
        """Give the text that `from_json` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Opening:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        return cls(tuple(fields["files"]), fields["demo"], fields["theme"], fields.get("root"))

    @classmethod
    def from_environment(cls) -> Opening:
        """Read `SESSION_VARIABLE`; an empty window where it is not set."""
        text = os.environ.get(SESSION_VARIABLE)
        return cls() if text is None else cls.from_json(text)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    host: str = "127.0.0.1"
    """Name or IP address of the interface."""
    port: int = 0
    """TCP port; 0 takes a free one."""
    remote: bool = False
    """Whether other machines may connect: requests need not name a loopback host then."""

    def __post_init__(self) -> None:
        """Refuse an interface that others can reach, unless that is meant."""
        if not is_loopback(self.host) and not self.remote:
            raise InputError(
                f"The host {self.host} lets other machines connect; add --allow-remote if that is meant, "
                "or leave --host out."
            )


def is_loopback(host: str) -> bool:
    """Tell whether a host, as written in a URL or a bind address, is this machine only."""
    name = host.removeprefix("[").removesuffix("]")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower() == "localhost"


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
