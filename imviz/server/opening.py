"""What the stand-alone app opens, and the address at which it listens.

Both are settled before any library of the server is loaded, and both ends (the command line, a tab's
kernel) read them here. What is *not* here: who may connect (`access`), and the server itself.
"""

from __future__ import annotations

import ipaddress
import json
import os
from dataclasses import asdict, dataclass
from typing import Literal

from imviz.errors import InputError

__all__ = ["SESSION_VARIABLE", "Address", "Opening", "is_loopback"]

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
