"""Which requests pass the rule in front of the server: a table, without a server."""

import logging

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from imviz.errors import InputError
from imviz.server import Address, Opening, is_loopback
from imviz.server.access import HEADERS, refusal


def request(method="GET", uri="/", host="127.0.0.1:8888", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    line = RequestStartLine(method, uri, "HTTP/1.1")
    return HTTPServerRequest(start_line=line, headers=HTTPHeaders({"Host": host, **named}))


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8888", "127.8.9.1", "localhost:8888", "LOCALHOST", "[::1]:8888", "[::1]"]
)
def test_every_form_of_this_machine_is_answered(host):
    assert refusal(request(host=host)) == ""
    assert refusal(request(host=host, Origin=f"http://{host}")) == ""


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8888",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.168.0.7",
        "0.0.0.0",
    ],
)
def test_any_other_host_is_refused(host):
    assert refusal(request(host=host))


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "http://127.0.0.1",  # another port is another program
        "http://127.0.0.1:8889",
        "http://localhost:8888",
        "http://127.0.0.1:8888.evil.example",
        "http://127.0.0.1:8888@evil.example",
        "file://",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_a_foreign_or_hidden_origin_is_refused_even_with_a_token(method, origin):
    assert refusal(request(method, "/?token=right", Origin=origin, Authorization="token right"))


def test_scripts_have_no_origin_but_say_who_they_are():
    assert refusal(request("POST", "/api/kernels", Authorization="token x")) == ""
    assert refusal(request("POST", "/api/kernels"))
    assert refusal(request(uri="/api/kernels/1/channels", Upgrade="WebSocket"))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_only_link_to_the_front_door_with_the_token(site):
    assert refusal(request(uri="/session", Sec_Fetch_Site=site))
    assert refusal(request(uri="/", Sec_Fetch_Site=site))
    assert refusal(request(uri="/session?token=x", Sec_Fetch_Site=site))
    assert refusal(request(uri="/?token=x", Sec_Fetch_Site=site)) == ""


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_the_page_and_the_address_bar_may_ask_for_anything(site):
    assert refusal(request(uri="/session", Sec_Fetch_Site=site)) == ""


def test_a_server_for_other_machines_has_any_name_but_still_no_foreign_origin():
    assert refusal(request(host="lab.example:8888"), remote=True) == ""
    assert refusal(request(host="lab.example:8888", Origin="http://lab.example:8888"), remote=True) == ""
    assert refusal(request(host="lab.example:8888", Origin="http://evil.example"), remote=True)


def test_the_page_may_load_nothing_from_elsewhere():
    assert "http" not in HEADERS["Content-Security-Policy"]
    assert "*" not in HEADERS["Content-Security-Policy"]
    assert HEADERS["Content-Security-Policy"].startswith("default-src 'none'")
    assert "script-src 'self' 'unsafe-eval' blob:;" in HEADERS["Content-Security-Policy"]


def test_other_machines_connect_only_if_that_is_meant():
    assert Address("0.0.0.0", remote=True).host == "0.0.0.0"
    with pytest.raises(InputError, match="--allow-remote"):
        Address("0.0.0.0")


@pytest.mark.parametrize(
    ("host", "answer"), [("::1", True), ("localhost", True), ("10.0.0.1", False), ("lab", False)]
)
def test_loopback_is_known_by_name_and_number(host, answer):
    assert is_loopback(host) is answer


def test_what_a_tab_opens_with_survives_any_file_name():
    opening = Opening(('/data/"; import os #\n.fits', "/data/ünï\u202e.fits"), demo=True, theme="dark")
    assert Opening.from_json(opening.to_json()) == opening


@pytest.mark.parametrize(
    "line",
    [
        "403 GET /?token=sEcReT-1_x (127.0.0.1)",
        "{'Authorization': 'token sEcReT-1_x'}",
        "uri='/?a=1&token=sEcReT-1_x'",
    ],
)
def test_no_token_reaches_the_log(line):
    from imviz.server.application import _readable

    record = logging.LogRecord("x", logging.WARNING, "", 0, "%s", (line,), None)
    assert _readable(record)
    assert "sEcReT" not in record.getMessage()
    assert "[secret]" in record.getMessage()
