"""Downloads through a proxy: a tunnel to the address that was checked, and to no other."""

import base64
import contextlib
import http.server
import socket
import threading

import numpy as np
import pytest
from astropy.io import fits

from imviz.errors import ImvizError, InputError, ReadError
from imviz.readers import load
from imviz.readers.remote.download import Download
from imviz.readers.remote.proxies import proxy_for

PIXELS = np.arange(1200, dtype="f4").reshape(30, 40)
PUBLIC = "93.184.216.34"
SOON = Download(timeout=5)


class Site(http.server.BaseHTTPRequestHandler):
    """A file, and a way inside."""

    content = b""

    def do_GET(self):
        assert self.headers["Host"] == "archive.example"
        self.send_response(302 if self.path == "/inside" else 200)
        if self.path == "/inside":
            self.send_header("Location", "http://10.1.2.3/a.fits")
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        if self.path != "/inside":
            self.wfile.write(self.content)

    def log_message(self, *_):
        """Not on the screen."""


class Tunnels(Site):
    """A proxy that leads everything to the site, and remembers what it was asked for."""

    asked, site, refuses = [], 0, False

    def do_CONNECT(self):
        self.asked.append((self.path, self.headers["Proxy-Authorization"]))
        if self.refuses:
            self.send_error(403, "No")
            return
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(("127.0.0.1", self.site)) as onward:
            onward.sendall(self.rfile.readline())
            while (line := self.rfile.readline()).strip():
                onward.sendall(line)
            onward.sendall(b"Connection: close\r\n\r\n")
            with contextlib.suppress(OSError):
                while piece := onward.recv(65536):
                    self.wfile.write(piece)
        self.close_connection = True


@contextlib.contextmanager
def serving(handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def ports(tmp_path_factory):
    path = tmp_path_factory.mktemp("site") / "a.fits"
    fits.writeto(path, PIXELS)
    Site.content = path.read_bytes()
    with serving(Site) as Tunnels.site, serving(Tunnels) as proxy:
        yield proxy


@pytest.fixture
def asked(ports, monkeypatch):
    """The environment names the proxy; names are looked up in a table."""
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("http_proxy", f"http://me:s%40cret@127.0.0.1:{ports}")
    known = {"archive.example": PUBLIC, "inside.example": "10.1.2.3"}
    real = socket.getaddrinfo

    def look_up(host, port, *rest, **options):
        if host in known:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[host], port))]
        if str(host).endswith(".example"):
            raise socket.gaierror(-2, "Name or service not known")
        return real(host, port, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(Tunnels, "asked", [])
    return Tunnels.asked


def test_a_file_comes_through_a_tunnel_to_the_address_that_was_checked(asked):
    (loaded,) = load("http://archive.example/a.fits", download=SOON)
    np.testing.assert_array_equal(loaded.image.data, PIXELS)
    account = base64.b64encode(b"me:s@cret").decode()
    assert asked == [(f"{PUBLIC}:80", f"Basic {account}")]


@pytest.mark.parametrize("host", ["inside.example", "127.0.0.1", "2130706433", "[::1]", "169.254.169.254"])
def test_what_leads_inside_is_not_even_asked_for(asked, host):
    with pytest.raises(InputError, match="inside this machine or its network"):
        load(f"http://{host}/a.fits", download=SOON)
    assert asked == []


def test_a_redirect_is_checked_anew(asked):
    with pytest.raises(InputError, match=r"10\.1\.2\.3 leads to"):
        load("http://archive.example/inside", download=SOON)
    assert len(asked) == 1


def test_a_name_that_only_the_proxy_knows_needs_a_word_of_the_user(asked, monkeypatch):
    with pytest.raises(InputError, match=r"known to the proxy only.*allow_hosts=\['far\.example'\]"):
        load("http://far.example/a.fits", download=SOON)
    assert asked == []
    monkeypatch.setattr(Tunnels, "refuses", True)
    with pytest.raises(
        ReadError, match=r"cannot be fetched: the proxy 127\.0\.0\.1 says: .*403 No"
    ) as caught:
        load("http://far.example/a.fits", download=Download(allow_hosts=("far.example",), timeout=5))
    assert asked[0][0] == "far.example:80"
    assert "s@cret" not in str(caught.value)


def test_hosts_that_are_exempt_go_without(asked, monkeypatch):
    monkeypatch.setenv("no_proxy", "archive.example,.inside.org")
    assert proxy_for("archive.example", secure=False) is None
    assert proxy_for("a.inside.org", secure=False) is None
    assert proxy_for("other.example", secure=False).host == "127.0.0.1"
    assert proxy_for("other.example", secure=True) is None  # no https_proxy


@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://", "http://a:b:c", "http://a:x"]
)
def test_a_proxy_of_another_kind_is_told_without_its_password(asked, monkeypatch, proxy):
    monkeypatch.setenv("http_proxy", proxy.replace("://", "://me:secret@"))
    with pytest.raises(ImvizError, match=r"http://host:port only") as caught:
        load("http://archive.example/a.fits", download=SOON)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(proxy_for("x", secure=True))
