"""Images on the network: fetched, limited, watched; never a way into the machine's own network."""

import http.server
import os
import socket
import threading

import numpy as np
import pytest
from astropy.io import fits

from imviz.errors import ImvizError, InputError, ReadError
from imviz.readers import load, progress
from imviz.readers.remote import download
from imviz.readers.remote.download import Download, TooLargeError

HERE = Download(allow_hosts=("127.0.0.1",), timeout=5)


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers by path: a file, a redirect, an error, a lie."""

    content = b""

    def do_GET(self):
        path, port = self.path.partition("?")[0], self.server.server_port
        onward = {
            "/moved": "/a.fits",
            "/loop": "/loop",
            "/inside": f"http://localhost:{port}/a.fits",
            "/elsewhere": "file:///etc/passwd",
        }
        if path in onward:
            self.send_response(302)
            self.send_header("Location", onward[path])
            self.end_headers()
        elif path == "/gone":
            self.send_error(404, "Not Found")
        else:
            self.send_response(200)
            if path != "/endless":
                lie = 10**12 if path == "/huge.fits" else len(self.content) + 100 * (path == "/cut.fits")
                self.send_header("Content-Length", str(lie))
            self.end_headers()
            self.wfile.write(self.content)

    def log_message(self, *_):
        """Not on the screen."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    path = tmp_path_factory.mktemp("site") / "a.fits"
    fits.writeto(path, np.arange(1200, dtype="f4").reshape(30, 40))
    Pages.content = path.read_bytes()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["/a.fits", "/a.fits[0]", "/a.fits?token=1", "/moved", "/night%201/a.fits"])
def test_a_file_is_fetched_and_named_after_the_address(site, path):
    (loaded,) = load(f"{site}{path}", download=HERE)
    np.testing.assert_array_equal(loaded.image.data, np.arange(1200).reshape(30, 40))
    assert loaded.label in {"a[PRIMARY,1]", "moved[PRIMARY,1]"}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/gone", "answers 404 Not Found"),
        ("/loop", "redirects"),
        ("/inside", r"localhost leads to .*inside this machine or its network; allow_hosts=\['localhost'\]"),
        ("/elsewhere", "not as safe"),
        ("/cut.fits", "was cut off after"),
        ("/huge.fits", r"huge\.fits is 1,000,000 MB; pass max_bytes=1000000000000"),
    ],
)
def test_what_goes_wrong_is_one_sentence(site, path, words):
    with pytest.raises(ImvizError, match=words) as caught:
        load(f"{site}{path}", download=HERE)
    assert len(str(caught.value)) <= 240


def test_the_query_which_may_be_a_secret_is_not_repeated(site):
    with pytest.raises(ReadError) as caught:
        load(f"{site}/gone?token=abcdef", download=HERE)
    assert "abcdef" not in str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "10.1.2.3", "192.168.1.1", "169.254.169.254"),
        *("2130706433", "[::ffff:127.0.0.1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "100.64.0.1"),
        *("0x7f.1", "224.0.0.1"),
    ],
)
def test_loopback_and_private_addresses_are_refused_however_written(host, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("connected"))
    with pytest.raises(ImvizError, match=r"inside this machine or its network|cannot be fetched"):
        load(f"http://{host}:9/a.fits")


def test_a_name_that_leads_inside_is_refused_and_what_was_checked_is_what_is_connected_to(monkeypatch):
    answers = iter([[(2, 1, 6, "", ("93.184.216.34", 80))], [(2, 1, 6, "", ("127.0.0.1", 80))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))
    connected = []

    def connect(place, *_):
        connected.append(place)
        raise OSError("no network here")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ReadError, match="cannot be fetched: no network here"):
        load("http://archive.example/a.fits")
    assert connected == [("93.184.216.34", 80)]
    with pytest.raises(InputError, match=r"archive\.example leads to 127\.0\.0\.1"):
        load("http://archive.example/a.fits")
    assert len(connected) == 1


@pytest.mark.parametrize(
    "address", ["ftp://a.example/x.fits", "file:///etc/passwd", "gopher://x", "data://x"]
)
def test_other_kinds_of_address_are_refused(address):
    with pytest.raises(InputError, match="which is not fetched"):
        load(address)


@pytest.mark.parametrize("address", ["http:///a.fits", "http://user:secret@archive.example/a.fits"])
def test_no_host_or_a_password_is_refused_unsaid(address):
    with pytest.raises(InputError, match="is not an address of the form") as caught:
        load(address)
    assert "secret" not in str(caught.value)


def test_a_limit_without_a_length_holds_too(site):
    with pytest.raises(TooLargeError, match="is more than 0 MB"):
        load(f"{site}/endless", download=Download(allow_hosts=("127.0.0.1",), max_bytes=1000))


def test_a_download_is_watched_and_can_be_cancelled(site):
    seen = []

    def watch(what, done, total):
        seen.append((what, done, total))
        return False

    with progress.watched(watch), pytest.raises(progress.CancelledError, match="was cancelled"):
        load(f"{site}/a.fits", download=HERE)
    assert seen[0][0].startswith("Downloading")
    assert seen[0][1:] == (len(Pages.content), len(Pages.content))


def test_the_file_can_be_kept(site, tmp_path):
    kept = tmp_path / "kept.fits"
    load(f"{site}/a.fits", download=Download(allow_hosts=("127.0.0.1",), local_path=kept))
    assert kept.read_bytes() == Pages.content


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://a.example/x/y.fits?z=1", "y.fits"),
        ("https://a.example/x/..%2f..%2fetc%2fpasswd", "passwd"),
        ("https://a.example/x/..%5c..%5cboot.ini", "boot.ini"),
        ("https://a.example/", "download"),
        ("https://a.example/Download/file?uri=mast%3AJWST%2Fproduct%2Fjw1_i2d.fits", "jw1_i2d.fits"),
        ("https://a.example/..", "download"),
    ],
)
def test_a_file_name_from_an_address_is_never_a_path(address, name):
    assert download._file_name(address) == name


def test_mast_addresses_are_its_archives(monkeypatch):
    asked = []
    monkeypatch.setattr(download, "_http", lambda address, *_: asked.append(address))
    with pytest.raises(ReadError):
        load("mast:JWST/product/jw1_i2d.fits")
    assert asked[0].endswith("/api/v0.1/Download/file?uri=mast%3AJWST%2Fproduct%2Fjw1_i2d.fits")


@pytest.fixture
def bucket(monkeypatch):
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    with memory.open("/bucket/a.fits", "wb") as file:
        file.write(Pages.content)
    seen = []

    def find(address, **options):
        seen.append(options)
        return memory, address.removeprefix("s3:/")

    monkeypatch.setattr(fsspec.core, "url_to_fs", find)
    return seen


def test_an_object_in_a_bucket(site, bucket, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    (loaded,) = load("s3://bucket/a.fits[0]")
    assert loaded.label == "a[PRIMARY,1]"
    np.testing.assert_array_equal(loaded.image.data, np.arange(1200).reshape(30, 40))
    assert bucket == [{"anon": True}]
    load("s3://bucket/a.fits", download=Download(storage_options={"profile": "work"}))
    assert bucket[-1] == {"profile": "work"}
    with pytest.raises(TooLargeError):
        load("s3://bucket/a.fits", download=Download(max_bytes=10))
    with pytest.raises(ReadError, match="cannot be fetched"):
        load("s3://bucket/none.fits")


def test_s3_without_its_package_names_the_extra(monkeypatch):
    pytest.importorskip("fsspec")
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises(ImportError, match=r"pip install imviz\[s3\]"):
        load("s3://bucket/a.fits")
