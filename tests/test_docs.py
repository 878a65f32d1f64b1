"""Every Python block of the README and the docs, and every notebook, runs as a reader would run it."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from imviz.app.application import PLUGINS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def run(notebook, folder):
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()


@pytest.mark.parametrize(
    "page", [page for page in PAGES if BLOCK.search(page.read_text())], ids=lambda page: page.name
)
def test_every_python_block_of_a_page_runs(page, tmp_path):
    cells = [nbformat.v4.new_code_cell(block) for block in BLOCK.findall(page.read_text())]
    run(nbformat.v4.new_notebook(cells=cells), tmp_path)


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.name)
def test_every_notebook_runs(path, tmp_path):
    run(nbformat.read(path, as_version=4), tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_is_there(page):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_reference_names_every_module_of_arithmetic_and_every_plugin():
    text = "".join(page.read_text() for page in (ROOT / "docs" / "api").glob("*.md"))
    package = ROOT / "imviz"
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((package / "science").rglob("*.py"))
        if "__all__" in path.read_text() and path.name != "__init__.py"
    ]
    assert [name for name in modules if f"automodule:: {name}\n" not in text] == []
    assert [plugin.__name__ for plugin in PLUGINS if f".{plugin.__name__}\n" not in text] == []
