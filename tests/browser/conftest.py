"""A real browser on a real server: JupyterLab with a notebook, or imviz on its own. All of it offline."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
import uuid
from pathlib import Path

import pytest
from browser.driving import Kernel, Session, until

ARGUMENTS = [
    *("--no-first-run", "--disable-quic", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1"),
    *("--use-gl=angle", "--use-angle=swiftshader-webgl", "--enable-unsafe-swiftshader"),
    # every browser test is also an offline test
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]
READY = """() => { const app = window.jupyterapp, widget = app && app.shell && app.shell.currentWidget;
    return !!(widget && widget.content && widget.content.widgets && widget.content.widgets.length
        && widget.sessionContext && widget.sessionContext.session && widget.sessionContext.session.kernel) }"""
KERNEL_ID = """async () => { const context = jupyterapp.shell.currentWidget.sessionContext;
    await context.ready; await jupyterapp.restored; await context.session.kernel.info; return context.session.kernel.id }"""
ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets.flatMap(cell => (cell.model.outputs
    ? Array.from({length: cell.model.outputs.length}, (_, i) => cell.model.outputs.get(i).toJSON()) : [])
    .filter(output => output.output_type === 'error').map(output => output.ename + ': ' + output.evalue))"""


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker("browser")


def _chromium():
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("IMVIZ_CHROMIUM") or next(
        (path for name in names if (path := shutil.which(name))), None
    )


@pytest.fixture(scope="session")
def chrome():
    """A Chromium with an empty profile. Without one: a failure in CI, a skip elsewhere."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = _chromium()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "no Chromium: install it or set IMVIZ_CHROMIUM"
        )
    with tempfile.TemporaryDirectory(prefix="chromium") as profile, sync_api.sync_playwright() as browsers:
        context = browsers.chromium.launch_persistent_context(
            profile,
            executable_path=path,
            headless=True,
            args=[*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
            chromium_sandbox=os.geteuid() != 0,
            viewport={"width": 1400, "height": 900},
        )
        context.set_default_timeout(30_000)
        yield context
        context.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def private_environment(folder):
    """This environment, with Jupyter's and IPython's own folders somewhere private."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))
    }
    return {
        **inherited,
        "JUPYTER_RUNTIME_DIR": f"{folder}/runtime",
        "JUPYTER_CONFIG_DIR": f"{folder}/config",
        "JUPYTER_DATA_DIR": f"{folder}/data",
        "IPYTHONDIR": f"{folder}/ipython",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }


@contextlib.contextmanager
def running(command, folder):
    """A server process of its own, its output in ``folder/server.log``; ended on leaving."""
    with open(f"{folder}/server.log", "w") as log:
        process = subprocess.Popen(
            command,
            env=private_environment(folder),
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="session")
def lab():
    """JupyterLab of this environment: its address and folder."""
    with tempfile.TemporaryDirectory(prefix="lab", ignore_cleanup_errors=True) as folder:
        port = free_port()
        (Path(folder) / "root").mkdir()
        options = {
            "ServerApp.root_dir": f"{folder}/root",
            "IdentityProvider.token": "",
            "ServerApp.disable_check_xsrf": True,
            "LabApp.expose_app_in_browser": True,
            "LabApp.news_url": None,
            "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "LabApp.extension_manager": "readonly",
        }
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
        with running([*command, *(f"--{name}={value}" for name, value in options.items())], folder):
            base = f"http://127.0.0.1:{port}"
            until(
                lambda: urllib.request.urlopen(f"{base}/api", timeout=2).status == 200, 60, what="JupyterLab"
            )
            yield base, Path(folder)


def _watch(session, base):
    """Note page errors and requests that leave this machine."""
    session.page.on("pageerror", lambda error: session.errors.append(str(error)))
    session.page.on(
        "request",
        lambda request: (
            None if request.url.startswith((base, "data:", "blob:")) else session.outside.append(request.url)
        ),
    )


@contextlib.contextmanager
def _notebook(lab, chrome, cells):
    base, folder = lab
    name = f"{uuid.uuid4().hex[:8]}.ipynb"
    content = [
        {
            "cell_type": "code",
            "id": f"cell{n}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": cell,
        }
        for n, cell in enumerate(cells)
    ]
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": content, "metadata": {"kernelspec": kernelspec}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "root" / name).write_text(json.dumps(notebook))
    session = Session(chrome.new_page(), kernel=None)
    page = session.page
    _watch(session, base)
    page.goto(f"{base}/doc/tree/{name}?reset")
    page.wait_for_function(READY, timeout=60_000)
    kernel_id = page.evaluate(KERNEL_ID)
    session.kernel = Kernel(folder / "runtime" / f"kernel-{kernel_id}.json")
    page.set_default_timeout(120_000)
    page.evaluate("async () => !!(await jupyterapp.commands.execute('notebook:run-all-cells'))")
    page.set_default_timeout(30_000)
    assert page.evaluate(ERRORS) == []
    try:
        yield session
    finally:
        session.kernel.close()
        request = urllib.request.Request(f"{base}/api/kernels/{kernel_id}", method="DELETE")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(request, timeout=10)
        page.close()


@pytest.fixture(scope="module")
def notebook(lab, chrome):
    """notebook(cells): a page of JupyterLab in which the cells have run. Errors and outside requests fail."""
    with contextlib.ExitStack() as stack:
        opened = []

        def open_notebook(*cells):
            opened.append(stack.enter_context(_notebook(lab, chrome, cells)))
            return opened[-1]

        yield open_notebook
        for session in opened:
            assert session.errors == []
            assert session.outside == []


@pytest.fixture(scope="module")
def standalone(chrome):
    """standalone(*arguments): a page of ``imviz *arguments --no-browser``, with its kernel."""
    with contextlib.ExitStack() as stack:
        opened = []

        def start(*arguments):
            folder = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="imviz", ignore_cleanup_errors=True)
            )
            command = [sys.executable, "-m", "imviz", *arguments, "--no-browser", f"--port={free_port()}"]
            stack.enter_context(running(command, folder))
            log = Path(folder) / "server.log"
            url = until(lambda: re.search(r"http://\S+token=\S+", log.read_text()), 60, what=f"see {log}")[0]
            session = Session(chrome.new_page(), kernel=None)
            _watch(session, url.split("/", 3)[0] + "//" + url.split("/", 3)[2])
            stack.callback(session.page.close)
            session.page.goto(url, timeout=120_000)
            session.page.locator(".imviz-figure .plotarea_events").first.wait_for(
                state="attached", timeout=120_000
            )
            (found,) = (Path(folder) / "runtime").glob("kernel-*.json")
            session.kernel = Kernel(found)
            stack.callback(session.kernel.close)
            opened.append(session)
            return session

        yield start
        for session in opened:
            assert session.errors == []
            assert session.outside == []
