"""The stand-alone page in Chromium, around a small stand-in window: sessions, messages, nothing from afar."""

import contextlib
import re
import sys
import tempfile
from pathlib import Path

import pytest
from browser.driving import until
from browser.servers import running

WINDOW = """
import bqplot, ipyvuetify, numpy
from IPython.display import display
if "app" not in globals():  # a page that comes back runs the cell again
    scales = {"x": bqplot.LinearScale(), "y": bqplot.LinearScale()}
    line = bqplot.Lines(x=numpy.arange(9), y=numpy.arange(9) ** 2, scales=scales)
    button = ipyvuetify.Btn(children=["Pressed 0"])
    presses = []
    def press(*_):
        presses.append(1)
        button.children = [f"Pressed {len(presses)}"]
    button.on_event("click", press)
    app = ipyvuetify.App(children=[button, bqplot.Figure(marks=[line])])
display(app)
"""
NOTICE = (
    WINDOW
    + """
sentence = "<img src=x onerror=window.hacked=1> is not an image."
display({"application/vnd.imviz.messages+json": [sentence]}, raw=True)
"""
)
FAILURE = "raise ValueError('<b>No</b> window today.')  # the secret of the source"


@pytest.fixture(scope="module")
def serve():
    """serve(code, theme): address, process and log of a stand-alone server whose sessions run that code."""
    with contextlib.ExitStack() as stack:

        def start(code, theme="light"):
            folder = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="page", ignore_cleanup_errors=True)
            )
            program = (
                "from imviz.server import Address, Opening, serve; "
                f"serve(Opening(theme={theme!r}), Address(), browser=False, code={code!r})"
            )
            process = stack.enter_context(running([sys.executable, "-c", program], folder))
            log = Path(folder) / "server.log"
            return (
                until(lambda: re.search(r"http://\S+", log.read_text()), 60, what=f"see {log}")[0],
                process,
                log,
            )

        yield start


@pytest.fixture(scope="module")
def window(serve):
    return serve(WINDOW)


@pytest.fixture
def visit(chrome):
    """visit(url): a page of a new session; it asks for nothing outside of its server and raises no error."""
    pages, outside, errors = [], [], []

    def visit(url, new=True):
        page = chrome.new_page()
        base = url.split("/?")[0]
        page.on(
            "request", lambda r: None if r.url.startswith((base, "data:", "blob:")) else outside.append(r.url)
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        pages.append(page)
        page.goto(url)
        if new and page.locator(".imviz-entrance").count():
            page.get_by_role("link", name="New session").click()
        return page

    yield visit
    for page in pages:
        page.close()
    assert outside == []
    assert errors == []


def kernels(page):
    return {kernel["id"] for kernel in page.evaluate("fetch('/api/kernels').then(answer => answer.json())")}


def session_of(page):
    return page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")


def test_the_window_fills_the_page_and_the_token_is_gone_from_its_address(window, visit):
    page = visit(window[0])
    page.locator(".bqplot path.line").wait_for()
    page.locator("#imviz-starting").wait_for(state="detached")
    assert page.title() == "Imviz"
    assert page.url == f"{window[0].split('?')[0]}session/{session_of(page)}"
    assert "import bqplot" not in page.content()
    box = page.locator(".v-application").first.bounding_box()
    assert (box["x"], box["y"], box["width"]) == (0, 0, 1400)
    page.get_by_text("Pressed 0").click()
    page.get_by_text("Pressed 1").wait_for()


def test_two_tabs_are_two_sessions_and_closing_one_leaves_the_other(window, visit):
    first = visit(window[0])
    first.get_by_text("Pressed 0").wait_for()
    second = visit(window[0])
    second.get_by_text("Pressed 0").wait_for()
    before = kernels(second)
    assert session_of(first) != session_of(second)
    first.close(run_before_unload=True)
    until(lambda: len(kernels(second)) == len(before) - 1, what="the kernel of a tab nobody touched ends")
    second.get_by_text("Pressed 0").click()
    second.get_by_text("Pressed 1").wait_for()


def test_a_reload_comes_back_to_the_session_and_all_that_is_in_it(window, visit):
    page = visit(window[0])
    page.get_by_text("Pressed 0").click()
    page.get_by_text("Pressed 1").wait_for()
    session = session_of(page)
    for presses in (1, 2):
        page.reload()
        page.get_by_text(f"Pressed {presses}").click()
        page.get_by_text(f"Pressed {presses + 1}").wait_for()
        assert session_of(page) == session


def test_a_closed_tab_is_offered_at_the_front_door_and_a_second_one_says_which_it_is(window, visit):
    page = visit(window[0])
    page.get_by_text("Pressed 0").click()
    page.get_by_text("Pressed 1").wait_for()
    session = session_of(page)
    until(
        lambda: page.title().startswith("Imviz "), what="a number in the title: it is not the first session"
    )
    number = page.title().removeprefix("Imviz ")
    page.close(run_before_unload=True)
    door = visit(window[0], new=False)
    door.get_by_role("link", name=f"Session {number}", exact=True).click()
    door.get_by_text("Pressed 1").click()
    door.get_by_text("Pressed 2").wait_for()
    assert session_of(door) == session
    door.goto(window[0])
    door.get_by_role("link", name="New session").click()
    door.get_by_text("Pressed 0").wait_for()


def test_a_lost_way_is_told_while_it_lasts_and_the_page_comes_back_by_itself(serve, visit):
    url, *_ = serve(WINDOW)
    page = visit(url)
    page.get_by_text("Pressed 0").click()
    page.get_by_text("Pressed 1").wait_for()
    page.context.set_offline(True)
    try:
        page.get_by_text("No answer from imviz").wait_for()
    finally:
        page.context.set_offline(False)
    page.get_by_text("No answer from imviz").wait_for(state="detached")
    page.get_by_text("Pressed 1").click()
    page.get_by_text("Pressed 2").wait_for()


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "no memory left"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("os._exit(3)", "code 3"),
    ],
)
def test_a_kernel_that_dies_is_told_with_why_and_another_can_be_begun(serve, visit, end, why):
    dies = WINDOW.replace("presses.append(1)", f"import os, signal; {end}")
    page = visit(serve(dies)[0])
    page.get_by_text("Pressed 0").click()
    notice = page.locator(".imviz-notice", has_text="This session is over")
    notice.wait_for()
    assert why in notice.inner_text()
    old = session_of(page)
    page.get_by_role("link", name="Start a new one").click()
    page.get_by_text("Pressed 0").wait_for()
    assert session_of(page) != old


def test_a_tab_closed_while_it_starts_leaves_no_kernel_behind(window, visit):
    witness = visit(window[0])
    witness.get_by_text("Pressed 0").wait_for()
    hasty = visit(window[0])
    hasty.locator("#jupyter-config-data").wait_for(state="attached")
    starting = session_of(hasty)
    assert hasty.locator(".imviz-output").count() == 0
    assert starting in kernels(witness)
    hasty.close(run_before_unload=True)
    until(lambda: starting not in kernels(witness), what="its kernel ends")


def test_a_file_name_in_a_notice_is_text(serve, visit):
    page = visit(serve(NOTICE, "dark")[0])
    notice = page.locator(".imviz-notice")
    notice.wait_for()
    page.locator("#imviz-starting").wait_for(state="detached")
    assert "<img src=x onerror=window.hacked=1> is not an image." in notice.inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 18, 18)"
    notice.get_by_role("button").click()
    notice.wait_for(state="detached")


def test_a_session_that_fails_says_why_in_words(serve, visit):
    url, _, log = serve(FAILURE)
    page = visit(url)
    page.locator(".imviz-failure").wait_for()
    page.locator("#imviz-starting").wait_for(state="detached")
    assert "<b>No</b> window today." in page.locator(".imviz-failure").inner_text()
    assert "secret of the source" not in page.content()
    assert "No</b> window today." in log.read_text()


def test_a_page_whose_server_ended_says_so(serve, visit):
    url, process, _ = serve(WINDOW)
    page = visit(url)
    page.get_by_text("Pressed 0").wait_for()
    process.terminate()
    page.get_by_text("start imviz again in a terminal").wait_for()
