"""Images on the network: http(s), S3 (the ``s3`` extra) and MAST addresses, fetched into a temporary file.

An address in a notebook, or typed into the dialog, must not become a way into the machine's own network:
each name is resolved once, what it resolves to is checked, and that very address is connected to; each
redirect begins anew, through a proxy too (see `proxies`). How large a download is, is known
before it starts.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import re
import shutil
import socket
import ssl
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from imviz.errors import ImvizError, InputError, MissingExtraError, ReadError
from imviz.readers import progress
from imviz.readers.files.storage import Storage, inflated, temporary
from imviz.readers.labels import short
from imviz.readers.quiet import damaged
from imviz.readers.remote.proxies import proxy_for
from imviz.science.safe_files import writing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.science.scratch import ScratchFile

__all__ = ["Download", "TooLargeError", "fetch", "is_address", "may_hold_secret"]

LARGE = 500_000_000
"""Bytes from which a download must be asked for."""
REDIRECTS = 5
MAST = "https://mast.stsci.edu/api/v0.1/Download/file?uri="
_ADDRESS = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+)://|^mast:", re.IGNORECASE)
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Download:
    """What a download may do.

    Attributes
    ----------
    allow_hosts
        Hosts inside this machine or its network that may be asked, such as ``"localhost"``.
    max_bytes
        The largest download.
    timeout
        Seconds to wait for an answer.
    local_path
        Where to keep the file; `None`: nowhere.
    storage_options
        For fsspec, such as ``{"profile": "work"}``.
    """

    allow_hosts: tuple[str, ...] = ()
    max_bytes: int = LARGE
    timeout: float = 30.0
    local_path: str | os.PathLike[str] | None = None
    storage_options: Mapping[str, Any] = field(default_factory=dict)


class TooLargeError(ReadError):
    """A download that is larger than was allowed; `size` says how large (0: not known before)."""

    def __init__(self, message: str, size: int) -> None:
        super().__init__(message)
        self.size = size


def is_address(text: str) -> bool:
    """Whether a name is an address on the network rather than a path."""
    return _ADDRESS.match(text) is not None


def may_hold_secret(source: str) -> bool:
    """Whether a source is an address with a query, a fragment, or a name and password."""
    if not is_address(source):
        return False
    if "?" in source or "#" in source:
        return True
    try:
        return "@" in urlsplit(source).netloc
    except ValueError:
        return True


def fetch(address: str, download: Download) -> Storage:
    """Download a file.

    Parameters
    ----------
    address
        ``http://``, ``https://``, ``s3://`` or ``mast:``.
    download
        What it may do.

    Raises
    ------
    ReadError
        It cannot be had; `TooLargeError`: it is larger than it may be.
    InputError
        The address is of another kind, or leads into this machine or network.
    """
    if address.lower().startswith("mast:"):
        address = MAST + quote(address, safe="")
    scheme = urlsplit(address).scheme.lower()
    path = Path(_file_name(address))
    if scheme in {"http", "https"}:
        storage = temporary(path, lambda file: _http(address, download, file))
    elif scheme == "s3":
        storage = temporary(path, lambda file: _s3(address, download, file))
    else:
        raise InputError(
            f"{address[:100]} is an address of the kind {scheme[:20]}://, which is not fetched; give an "
            "http, https or s3 address, or download it and open the file."
        )
    if download.local_path is not None:
        with writing(download.local_path, overwrite=True) as place:
            shutil.copyfile(storage.file.path, place)
    return inflated(storage)


def _file_name(address: str) -> str:
    """What a file is called, from its address: never a path."""
    parts = urlsplit(address)
    wanted = re.search(r"(?:^|&)uri=([^&]+)", parts.query)
    last = unquote(wanted[1] if wanted else parts.path).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip(". ")[-120:] or "download"


def _shown(address: str) -> str:
    """An address for messages: its query may be a secret."""
    return short(re.sub(r"//[^/@]*@", "//…@", address.partition("?")[0]), 100)


def _http(address: str, download: Download, file: ScratchFile) -> None:
    """The body of a page, redirects followed, into a file."""
    for _ in range(REDIRECTS + 1):
        try:
            following = _ask(address, download, file)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, ImvizError):
                raise
            why = short(getattr(error, "strerror", None) or str(error) or type(error).__name__, 80)
            raise ReadError(
                f"{_shown(address)} cannot be fetched: {why}; check the address and the network."
            ) from None
        if following is None:
            return
        if urlsplit(following).scheme.lower() not in {"https", urlsplit(address).scheme.lower()}:
            raise ReadError(
                f"{_shown(address)} leads to {_shown(following)}, which is not as safe; open that."
            )
        address = following
    raise ReadError(
        f"{_shown(address)} is one of more than {REDIRECTS} redirects; give the file's own address."
    )


def _ask(address: str, download: Download, file: ScratchFile) -> str | None:
    """Fetch one address; where it leads on, if it does."""
    parts = urlsplit(address)
    if parts.hostname is None or parts.username is not None:
        raise InputError(f"{_shown(address)} is not an address of the form https://host/file.fits.")
    connection = _Connection(parts.hostname, parts.port, parts.scheme.lower() == "https", download)
    try:
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request(
            "GET",
            quote(target, safe="/?&=%:+,;@!$'()*~[]"),
            headers={"User-Agent": f"imviz/{version('imviz')}", "Accept-Encoding": "identity"},
        )
        with connection.getresponse() as answer:
            if answer.status in {301, 302, 303, 307, 308} and (onward := answer.headers.get("Location")):
                return urljoin(address, onward)
            if answer.status != 200:
                raise ReadError(
                    f"{_shown(address)} answers {answer.status} {answer.reason[:40]}; check the address."
                )
            _pour(_shown(address), answer, answer.length, download.max_bytes, file)
    finally:
        connection.close()
    return None


def _pour(name: str, source: Any, size: int | None, limit: int, file: ScratchFile) -> None:
    """Copy a download into a file, watched and limited."""
    if size is not None and size > limit:
        raise TooLargeError(
            f"{name} is {size / 1e6:,.0f} MB; pass max_bytes={size} if it should be downloaded.", size
        )
    done = 0
    while piece := source.read(2**20):
        done += file.write(piece)
        progress.step(f"Downloading {name}", done, size)
        if done > limit:
            raise TooLargeError(f"{name} is more than {limit / 1e6:,.0f} MB; pass a larger max_bytes.", 0)
    if size is not None and done < size:
        raise ReadError(f"{name} was cut off after {done:,} of {size:,} bytes; try again.")


class _Connection(http.client.HTTPConnection):
    """A connection to a host whose address has been looked at."""

    def __init__(self, host: str, port: int | None, secure: bool, download: Download) -> None:
        super().__init__(host, port or (443 if secure else 80), timeout=download.timeout)
        self._secure, self._download = secure, download

    def connect(self) -> None:
        """Connect to the very address that was checked: asking for it again could give another."""
        proxy = proxy_for(self.host, secure=self._secure)
        allowed = self.host.lower() in {host.lower() for host in self._download.allow_hosts}
        if proxy is not None and allowed:  # its name is enough
            place = (self.host, self.port)
        else:
            place = self._checked(allowed=allowed, behind=proxy is not None)
        if proxy is None:
            self.sock = socket.create_connection(place, self.timeout)
        else:
            self.sock = proxy.tunnel(*place, timeout=self._download.timeout)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def _checked(self, *, allowed: bool, behind: bool) -> tuple[str, int]:
        """Where the host is, if all its addresses may be connected to. `behind` a proxy it may be unknown."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError:
            if not behind:
                raise
            raise InputError(
                f"{self.host[:60]} is known to the proxy only, so whether it leads into its network "
                f"cannot be checked; allow_hosts=[{self.host[:60]!r}] permits it."
            ) from None
        if not found:
            raise OSError("the host has no address")
        for *_, place in found:
            if not (allowed or _is_public(str(place[0]))):
                raise InputError(
                    f"{self.host[:80]} leads to {place[0]}, inside this machine or its network; "
                    f"allow_hosts=[{self.host[:60]!r}] permits it."
                )
        first = next((one for one in found if behind and one[0] == socket.AF_INET), found[0])
        return str(first[-1][0]), int(first[-1][1])


def _is_public(text: str) -> bool:
    """Whether an address is on the open internet, however it is written."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(str(inner))
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def _s3(address: str, download: Download, file: ScratchFile) -> None:
    """An object in a bucket, by fsspec: with the user's credentials if there are any, else as anybody."""
    options = dict(download.storage_options)
    if not options and not any(name.startswith("AWS_") for name in os.environ):
        options = {"anon": True}
    try:
        import fsspec

        system, path = fsspec.core.url_to_fs(address, **options)
    except ImportError:
        raise MissingExtraError(
            f"{_shown(address)} is on S3; 'pip install imviz[s3]' makes imviz open it."
        ) from None
    try:
        size = system.size(path)
        with system.open(path, "rb") as source:
            _pour(_shown(address), source, size, download.max_bytes, file)
    except damaged() as error:
        if isinstance(error, ImvizError):
            raise
        why = short((str(error) or type(error).__name__).splitlines()[0], 80)
        raise ReadError(
            f"{_shown(address)} cannot be fetched: {why}; check the address and your rights."
        ) from None
