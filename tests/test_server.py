"""The stand-alone server, live: who gets in, what is there, how it ends. No browser."""

import contextlib
import http.client
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

from imviz.errors import InputError
from imviz.server import Address
from imviz.server.application import free_port

PROGRAM = """
from imviz.server import Address, Opening, serve
serve(Opening(("/data/a.fits",)), Address(), browser=False, code="held = 1")
"""


@dataclass
class Running:
    process: subprocess.Popen
    port: int
    token: str
    folder: Path

    def ask(self, path, method="GET", body=None, **headers):
        """Send one request exactly as given; its response, read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": f"127.0.0.1:{self.port}", **named})
        response = connection.getresponse()
        response.text = "" if response.status == 101 else response.read().decode()
        connection.close()
        return response

    def script(self, path, method="GET"):
        """A request as a script with the token makes it."""
        return self.ask(path, method, Authorization=f"token {self.token}")

    def enter(self):
        """Come in by the front door as a browser does; its cookies."""
        answer = self.ask(f"/?token={self.token}")
        assert answer.status == 200
        cookies = [line.split(";")[0] for line in answer.headers.get_all("Set-Cookie")]
        return dict(cookie.split("=", 1) for cookie in cookies)

    def kernels(self):
        return {kernel["id"] for kernel in json.loads(self.script("/api/kernels").text)}

    @property
    def log(self):
        return (self.folder / "stderr").read_text()

    @property
    def children(self):
        return psutil.Process(self.process.pid).children(recursive=True)


@contextlib.contextmanager
def server(folder):
    # /tmp is short enough for sockets; pytest's own folders are not always
    environment = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(folder / "run"),
        "JUPYTER_TOKEN": "from-the-environment",
    }
    (folder / "voila.py").write_text("raise SystemExit('a file of the start folder was run')")
    (folder / "jupyter_server_config.py").write_text("c.IdentityProvider.token = ''")
    with (folder / "stderr").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=folder,
            env=environment,
        )
    try:
        with process.stdout:
            url = urlsplit(re.search(r"http\S+", process.stdout.readline())[0])
            yield Running(process, url.port, parse_qs(url.query)["token"][0], folder)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@pytest.fixture(scope="module")
def running():
    # not pytest's folder: a socket's path may have 100 characters only
    with TemporaryDirectory() as folder, server(Path(folder)) as running:
        yield running


@pytest.fixture(scope="module")
def kernel(running):
    answer = running.script("/api/kernels", "POST")
    assert answer.status == 201, answer.text
    return json.loads(answer.text)["id"]


ORIGINS = ["same", "foreign", "null", "missing"]
MATRIX = list(itertools.product(["no", "wrong", "right"], ORIGINS, ["localhost", "evil"]))


def headers_of(running, origin, host):
    name = f"{'localhost' if host == 'localhost' else 'evil.example'}:{running.port}"
    sent = {"same": f"http://{name}", "foreign": "http://evil.example", "null": "null", "missing": None}[
        origin
    ]
    return {"Host": name} | ({} if sent is None else {"Origin": sent})


def allowed(token, origin, host):
    return token == "right" and origin in {"same", "missing"} and host == "localhost"


@pytest.mark.parametrize(("token", "origin", "host"), MATRIX)
def test_the_page_opens_for_the_token_from_here_and_nobody_else(running, token, origin, host):
    path = "/" + {"no": "", "wrong": "?token=wrong", "right": f"?token={running.token}"}[token]
    answer = running.ask(path, **headers_of(running, origin, host))
    assert answer.status == (200 if allowed(token, origin, host) else 403)
    assert (answer.headers.get("Set-Cookie") or "").startswith("username-") is allowed(token, origin, host)


@pytest.mark.parametrize(("token", "origin", "host"), MATRIX)
def test_a_kernel_listens_to_the_token_from_here_and_nobody_else(running, kernel, token, origin, host):
    said = {
        "no": {},
        "wrong": {"Authorization": "token wrong"},
        "right": {"Authorization": f"token {running.token}"},
    }
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    headers = (
        headers_of(running, origin, host)
        | said[token]
        | upgrade
        | {"Sec-WebSocket-Key": "c2l4dGVlbiBieXRlcyEhIQ=="}
    )
    answer = running.ask(f"/api/kernels/{kernel}/channels", **headers)
    assert answer.status == (101 if allowed(token, origin, host) else 403)


@pytest.mark.parametrize("origin", ["foreign", "null", "missing"])
def test_the_token_in_a_websockets_address_does_not_make_up_for_its_origin(running, kernel, origin):
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    headers = (
        headers_of(running, origin, "localhost") | upgrade | {"Sec-WebSocket-Key": "c2l4dGVlbiBieXRlcyEhIQ=="}
    )
    assert running.ask(f"/api/kernels/{kernel}/channels?token={running.token}", **headers).status == 403


def test_the_refusal_says_where_the_address_is(running):
    assert "printed in the terminal" in running.ask("/").text


def test_the_cookie_is_of_this_server_alone_and_stays_with_the_browser(running):
    answer = running.ask(f"/?token={running.token}")
    (login,) = [line for line in answer.headers.get_all("Set-Cookie") if "username" in line]
    assert login.startswith(f"username-127-0-0-1-{running.port}=")
    assert {"HttpOnly", "SameSite=Strict"} <= set(login.split("; "))
    assert "expires" not in login
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert running.token not in answer.text


@pytest.mark.parametrize(
    "path", ["/session", "/voila/static/page.js", "/voila/labextensions/bqplot/package.json"]
)
def test_without_the_cookie_every_way_leads_to_the_front_door(running, path):
    before = running.kernels()
    answer = running.ask(path)
    assert answer.status == 302
    assert answer.headers["Location"].startswith("/?next=")
    assert running.kernels() == before


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/api/contents",
            "/api/terminals",
            "/api/sessions",
            "/api/shutdown",
            "/files/stderr",
            "/view/stderr",
        ),
        *("/tree", "/lab", "/login", "/nbconvert/html/x.ipynb"),
        *("/voila", "/voila/tree", "/voila/files/stderr", "/voila/render/imviz.ipynb"),
        *("/voila/static/../../page.py", "/voila/static/%2e%2e/page.py", "/voila/static/..%2fpage.py"),
    ],
)
def test_nothing_else_is_there_even_with_the_token(running, path):
    assert running.script(path).status in {403, 404}


def test_it_listens_on_loopback_only_and_kernels_on_private_sockets(running, kernel):
    connections = psutil.Process(running.process.pid).net_connections()
    assert {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
    (file,) = (running.folder / "run").glob(f"imviz-*/kernel-{kernel}.json")
    connection = json.loads(file.read_text())
    assert connection["transport"] == "ipc"
    assert (running.folder / "run").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("used", [False, True])
def test_a_session_outlives_its_page_if_it_was_used(running, kernel, used):
    cookies = running.enter()
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    page = running.ask("/session", Cookie=cookie)
    assert page.status == 200
    made = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page.text)[1])["kernelId"]
    assert running.kernels() == {kernel, made}
    assert "held = 1" not in page.text  # no source of the notebook
    assert not re.findall(r'(?:src|href)="(?!/|data:,)', page.text)  # nothing from elsewhere

    here = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{running.port}"}
    beacon = f"/voila/api/shutdown/{made}"
    assert running.ask(beacon, "POST", **here).status == 403  # no XSRF token
    assert running.ask(beacon, "POST", **here | {"Origin": "http://evil.example"}).status == 403
    assert running.kernels() == {kernel, made}
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    def post(address):
        return running.ask(address, "POST", f"_xsrf={cookies['_xsrf']}", **here, **form).status

    if used:
        assert post(f"/session/{made}/touched") == 204
    assert post(beacon) == 204
    assert running.kernels() == {kernel, made}  # a reload would come back to it
    if used:
        front = running.ask(f"/?token={running.token}").text
        assert f'href="/session/{made}"' in front
        assert "refresh" not in front
        again = running.ask(f"/session/{made}", Cookie=cookie)
        assert (again.status, made in again.text) == (200, True)
        assert post(f"/session/{made}/end") == 204
    deadline = time.monotonic() + 30
    while running.kernels() != {kernel} and time.monotonic() < deadline:
        time.sleep(0.2)
    assert running.kernels() == {kernel}
    assert running.ask(f"/session/{made}", Cookie=cookie).status == 404
    assert running.ask(f"/session/{made}/state", Cookie=cookie).status == 404
    assert "refresh" in running.ask(f"/?token={running.token}").text


def test_a_session_is_shown_to_those_who_came_in_by_the_front_door_only(running, kernel):
    for path in (f"/session/{kernel}", f"/session/{kernel}/state"):
        assert running.ask(path).status in {302, 403}
    assert running.ask(f"/session/{kernel}/touched", "POST").status == 403
    # a kernel that is no page's session is none
    assert running.script(f"/session/{kernel}/state").status == 404


def test_a_large_body_is_refused_before_it_is_read(running):
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as line:
        line.sendall(
            f"POST /api/kernels HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\n"
            f"Content-Length: 400000000\r\n\r\n".encode()
        )
        assert line.recv(1000).startswith(b"HTTP/1.1 400")  # without a byte of it
    assert running.script("/api/kernels").status == 200


def test_a_killed_server_leaves_files_only_until_the_next_one_starts(tmp_path):
    with server(tmp_path) as running:
        assert running.script("/api/kernels", "POST").status == 201
        (left,) = (tmp_path / "run").iterdir()
        kernels = running.children
        running.process.kill()
        assert psutil.wait_procs(kernels, 15)[1] == []
        assert list(left.glob("kernel-*"))
    with server(tmp_path) as running:
        assert running.script("/api/kernels").status == 200
        assert left not in (tmp_path / "run").iterdir()


def test_the_token_is_in_no_log_no_argument_and_no_kernels_environment(running, kernel):
    running.ask(f"/?token={running.token}", Host="evil.example")
    running.ask(f"/nowhere?token={running.token}")
    assert "[secret]" in running.log
    assert running.token not in running.log
    processes = [psutil.Process(running.process.pid), *running.children]
    assert not [p for p in processes if running.token in " ".join(p.cmdline())]
    assert not [p for p in running.children if running.token in " ".join(p.environ().values())]
    assert not [
        f for f in running.folder.rglob("*") if f.is_file() and running.token in f.read_text(errors="ignore")
    ]


def test_ctrl_c_ends_it_at_once_with_its_kernels_and_files(tmp_path):
    with server(tmp_path) as running:
        assert (
            running.ask("/session", Authorization=f"token {running.token}").status == 200
        )  # a kernel, ready
        kernels = running.children
        assert kernels
        start = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(10) == 0
        assert time.monotonic() - start < 5
        gone, alive = psutil.wait_procs(kernels, 5)
        assert (len(gone), alive) == (len(kernels), [])
        assert "Traceback" not in running.log
        assert list((tmp_path / "run").iterdir()) == []


def test_a_port_in_use_is_a_sentence(running):
    with pytest.raises(InputError, match=f"port {running.port}.*--port 0"):
        free_port(Address(port=running.port))


def test_a_host_that_is_not_ours_is_a_sentence():
    with pytest.raises(InputError, match=r"192\.0\.2\.1"):
        free_port(Address("192.0.2.1", remote=True))
