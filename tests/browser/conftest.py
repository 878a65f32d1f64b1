"""Fixtures: a browser for the whole run; pages of JupyterLab and of imviz on its own, one set a file."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chrome():
    """A Chromium with an empty profile. Without one: a failure in CI, a skip elsewhere."""
    from browser import servers

    path = servers.chromium_path()
    if path is None:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop("no Chromium: install it (apt-get install chromium) or set IMVIZ_CHROMIUM=/path/to/it")
    with servers.chromium(path) as context:
        yield context


@pytest.fixture(scope="session")
def lab():
    """JupyterLab of this environment: its address and folder."""
    from browser import servers

    with servers.lab_server() as lab:
        yield lab


@contextlib.contextmanager
def _opener(make):
    """A function that opens pages; at the end, no page may have seen an error or left this machine."""
    with contextlib.ExitStack() as stack:
        opened = []

        def open_page(*arguments):
            opened.append(stack.enter_context(make(*arguments)))
            return opened[-1]

        yield open_page
        for session in opened:
            assert session.errors == []
            assert session.outside == []


@pytest.fixture(scope="module")
def notebook(lab, chrome):
    """notebook(*cells): a page of JupyterLab in which the cells have run."""
    from browser import servers

    with _opener(lambda *cells: servers.notebook_page(lab, chrome, *cells)) as opener:
        yield opener


@pytest.fixture(scope="module")
def standalone(chrome):
    """standalone(*arguments): a page of ``imviz *arguments``, with the kernel of its session."""
    from browser import servers

    with _opener(lambda *arguments: servers.standalone_page(chrome, *arguments)) as opener:
        yield opener
