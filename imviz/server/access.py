"""Who may talk to the server: every request is judged here, before any handler sees it.

Jupyter Server checks the token, and by design lets a request in that carries it, wherever it comes
from. An astronomer's data deserve more: a token that leaked must be useless to a web page. So a rule
in front of all others refuses requests that name a foreign host (DNS rebinding) or come from a foreign
or hidden origin, token or not, WebSockets included, and those that a browser says another site caused.

What is *not* here: the token check itself (Jupyter's, in constant time) and encryption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_server.auth.identity import IdentityProvider
from tornado.routing import Matcher
from tornado.web import HTTPError, RequestHandler

from imviz.server.opening import is_loopback

if TYPE_CHECKING:
    from tornado.httputil import HTTPServerRequest

__all__ = ["HEADERS", "Intruders", "Refusal", "TokenOnly", "refusal"]

HEADERS = {
    # What the page may load, even if a bug lets someone write into it: nothing from elsewhere.
    # unsafe-eval: ipyvue compiles templates in the browser; blob: anywidget imports its modules so.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
        "worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # not "no-referrer": it would turn our own Origin into "null"
}

_READING = frozenset({"GET", "HEAD"})


def refusal(request: HTTPServerRequest, *, remote: bool = False) -> str:
    """Say why a request is refused, or nothing.

    Parameters
    ----------
    request : `~tornado.httputil.HTTPServerRequest`
        The request, its body not read yet.
    remote : bool
        Whether the server is meant for other machines: any ``Host`` is then fine.

    Returns
    -------
    str
        One sentence; empty if the request may go on to the handlers, which ask for the token.
    """
    headers = request.headers
    if not remote and not is_loopback(urlsplit(f"//{request.host}").hostname or ""):
        return "This server answers to localhost only."
    origin = headers.get("Origin")
    if origin is not None:
        same = urlsplit(origin.lower()).netloc == request.host.lower() != ""
        return "" if same else "Another site may not use this server."
    acts = request.method not in _READING or headers.get("Upgrade", "").lower() == "websocket"
    if acts and "Authorization" not in headers:
        return "A request without Origin needs an Authorization header."
    site = headers.get("Sec-Fetch-Site", "none")
    # A link or the start-up file may lead to the front door, if it brings the token.
    if site not in {"none", "same-origin"} and not (request.path == "/" and "token" in request.arguments):
        return "Another site may not use this server."
    return ""


class Intruders(Matcher):
    """A routing rule's condition: matches the requests to refuse."""

    def __init__(self, *, remote: bool) -> None:
        self._remote = remote

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Give the arguments of `Refusal`, or None for a request that may pass."""
        reason = refusal(request, remote=self._remote)
        return {"target_kwargs": {"reason": reason}} if reason else None


class Refusal(RequestHandler):
    """Answers 403 with the reason; a WebSocket is refused before it is accepted."""

    def initialize(self, reason: str) -> None:
        """Remember the reason."""
        self._reason_given = reason

    def check_xsrf_cookie(self) -> None:
        """Leave it: the answer is no anyway."""

    def prepare(self) -> None:
        """Refuse, whatever the method."""
        raise HTTPError(403, self._reason_given)

    def write_error(self, status_code: int, **_kwargs: Any) -> None:
        """Send the sentence as text."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code}: {self._reason_given}\n")


class TokenOnly(IdentityProvider):
    """Jupyter's token check without its password and login pages."""

    @property
    def login_available(self) -> bool:
        """No login page: the front door says where the address is."""
        return False

    @property
    def logout_available(self) -> bool:
        """No logout page: the cookie dies with the server."""
        return False
