"""The proxy that the system names for downloads (``https_proxy``, ``no_proxy`` …), and a way through it.

A proxy is the user's own choice and may be anywhere. What is asked of it is not: a tunnel (CONNECT) to the
very address that was checked, so what a name means to the proxy changes nothing. No page is fetched here.
"""

from __future__ import annotations

import base64
import http.client
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from imviz.errors import ReadError

if TYPE_CHECKING:
    import socket

__all__ = ["Proxy", "proxy_for"]


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; ``headers`` may hold its password and are never told."""

    host: str
    port: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    def tunnel(self, host: str, port: int, timeout: float) -> socket.socket:
        """A connection through the proxy.

        Raises
        ------
        OSError
            If the proxy cannot be reached, or does not want to.
        """
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        connection.set_tunnel(host, port, self.headers)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise OSError(f"the proxy {self.host[:60]} says: {error}") from error
        return connection.sock


def proxy_for(host: str, *, secure: bool) -> Proxy | None:
    """The proxy for a host; None where there is none, or the host is exempt of it.

    Raises
    ------
    ReadError
        If it is of a kind that imviz cannot use.
    """
    address = getproxies().get("https" if secure else "http")
    if not address or proxy_bypass(host):
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    try:
        port = parts.port
    except ValueError:
        port = None
    if (
        parts.scheme != "http"
        or not parts.hostname
        or (port is None and ":" in parts.netloc.rpartition("@")[2])
    ):
        raise ReadError(
            f"The proxy this system names is of the kind {parts.scheme[:20]}:// or has no host; imviz "
            "goes through http://host:port only, and without one to hosts in no_proxy."
        )
    headers = {}
    if parts.username is not None:
        account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(account.encode()).decode()}"
    return Proxy(parts.hostname, port or 80, headers)
