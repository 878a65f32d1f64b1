"""A real browser and the two servers it visits: JupyterLab, and imviz on its own. Everything offline.

Context managers without pytest, because the documentation's screenshots are taken with them too.
"""

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

from browser.driving import Kernel, Session, until
from playwright.sync_api import sync_playwright

ARGUMENTS = [
    *("--no-first-run", "--disable-quic", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1"),
    *("--use-gl=angle", "--use-angle=swiftshader-webgl", "--enable-unsafe-swiftshader"),
    # every browser test is also an offline test
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]
LAB_OPTIONS = {
    "IdentityProvider.token": "",
    "ServerApp.disable_check_xsrf": True,
    "LabApp.expose_app_in_browser": True,
    "LabApp.news_url": None,
    "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    "LabApp.extension_manager": "readonly",
}
READY = """() => { const app = window.jupyterapp, widget = app && app.shell && app.shell.currentWidget;
    const context = widget && widget.sessionContext;
    const cells = widget && widget.content && widget.content.widgets;
    return !!(cells && cells.length && context && context.session && context.session.kernel) }"""
KERNEL_ID = """async () => { const context = jupyterapp.shell.currentWidget.sessionContext;
    await context.ready; await jupyterapp.restored;
    await context.session.kernel.info; return context.session.kernel.id }"""
RUN_ALL = "async () => !!(await jupyterapp.commands.execute('notebook:run-all-cells'))"
ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets.flatMap(cell => (cell.model.outputs
    ? Array.from({length: cell.model.outputs.length}, (_, i) => cell.model.outputs.get(i).toJSON()) : [])
    .filter(output => output.output_type === 'error').map(output => output.ename + ': ' + output.evalue))"""


def chromium_path():
    """A Chromium: $IMVIZ_CHROMIUM or the first one on PATH; None without."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = (path for name in names if (path := shutil.which(name)))
    return os.environ.get("IMVIZ_CHROMIUM") or next(found, None)


@contextlib.contextmanager
def chromium(path):
    """A browser with an empty profile."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory(prefix="chromium") as profile, sync_playwright() as browsers:
        context = browsers.chromium.launch_persistent_context(
            profile,
            executable_path=path,
            headless=True,
            args=[*ARGUMENTS, *(["--no-sandbox"] if root else [])],
            chromium_sandbox=not root,
            viewport={"width": 1400, "height": 900},
        )
        context.set_default_timeout(30_000)
        yield context
        context.close()


def free_port():
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def private_environment(folder):
    """This environment, with Jupyter's and IPython's own folders somewhere private."""
    foreign = ("JUPYTER", "IPYTHON")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
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


@contextlib.contextmanager
def lab_server(python=sys.executable):
    """JupyterLab of an environment, by default this one: its address and folder."""
    with tempfile.TemporaryDirectory(prefix="lab", ignore_cleanup_errors=True) as folder:
        base = f"http://127.0.0.1:{(port := free_port())}"
        (Path(folder) / "root").mkdir()
        options = {"ServerApp.root_dir": f"{folder}/root", **LAB_OPTIONS}
        command = [python, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
        with running([*command, *(f"--{name}={value}" for name, value in options.items())], folder):
            until(
                lambda: urllib.request.urlopen(f"{base}/api", timeout=2).status == 200, 90, what="JupyterLab"
            )
            yield base, Path(folder)


@contextlib.contextmanager
def notebook_page(lab, browser, *cells):
    """A page of JupyterLab in which the cells have run, in a folder of its own; pages never meet."""
    base, folder = lab
    name = f"{uuid.uuid4().hex[:8]}/page.ipynb"
    (folder / "root" / name).parent.mkdir()
    (folder / "root" / name).write_text(json.dumps(_notebook(cells)))
    session = Session(browser.new_page(), kernel=None)
    page = session.page
    session.watch(base)
    page.goto(f"{base}/doc/tree/{name}?reset")
    page.wait_for_function(READY, timeout=60_000)
    kernel_id = page.evaluate(KERNEL_ID)
    session.meet(Kernel(folder / "runtime" / f"kernel-{kernel_id}.json"))
    page.set_default_timeout(120_000)
    page.evaluate(RUN_ALL)
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


def _notebook(cells):
    empty = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": [{**empty, "id": f"cell{n}", "source": cell} for n, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernelspec},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@contextlib.contextmanager
def standalone_page(browser, *arguments):
    """A page of ``imviz *arguments``, with the kernel of its session."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="imviz", ignore_cleanup_errors=True))
        command = [sys.executable, "-m", "imviz", *arguments, "--no-browser", f"--port={free_port()}"]
        stack.enter_context(running(command, folder))
        log = Path(folder) / "server.log"
        url = until(lambda: re.search(r"http://\S+token=\S+", log.read_text()), 90, what=f"see {log}")[0]
        session = Session(browser.new_page(), kernel=None)
        stack.callback(session.page.close)
        session.watch("/".join(url.split("/")[:3]))
        session.page.goto(url, timeout=120_000)
        figure = session.page.locator(".imviz-figure .plotarea_events").first
        figure.wait_for(state="attached", timeout=120_000)
        (found,) = (Path(folder) / "runtime").rglob("kernel-*.json")
        session.meet(Kernel(found))
        stack.callback(session.kernel.close)
        yield session
