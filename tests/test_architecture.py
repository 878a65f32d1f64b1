"""The rules of the house that no linter knows: names, sizes, and what a template may hold."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import imviz

PACKAGE = Path(imviz.__file__).parent
ROOT = PACKAGE.parent
SOURCES = sorted(path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".js", ".vue"})
REFUSED = {"utils", "helpers", "core", "common", "mixins"}


def name_of(path):
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_file_is_a_drawer(path):
    assert not REFUSED & set(re.split(r"[/._]", name_of(path)))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_stay_readable(path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", [path for path in SOURCES if path.suffix == ".py"], ids=name_of)
def test_modules_say_what_they_are_for_and_classes_stay_small(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "a module opens with what it holds, why, and what it does not do"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            assert node.end_lineno - node.lineno < 250, f"class {node.name} has over 250 lines"
            public = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            public = {name for name in public if name[0] != "_"}
            assert len(public) <= 20, f"class {node.name} has {len(public)} public methods"


class Attributes(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.names = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}


@pytest.mark.parametrize("path", [path for path in SOURCES if path.suffix == ".vue"], ids=name_of)
def test_templates_hold_layout_only_and_text_is_text(path):
    found = Attributes(path.read_text())
    assert "script" not in found.tags
    assert "v-html" not in found.names


@pytest.mark.parametrize("path", [path for path in SOURCES if path.suffix == ".js"], ids=name_of)
def test_the_browser_code_never_parses_text_as_markup(path):
    assert not re.search(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write|eval\(", path.read_text())


def test_only_the_panel_and_the_browser_callback_catch_everything():
    broad = re.compile(r"except(\s+(Base)?Exception\b.*)?:")
    places = [
        f"{name_of(path)}:{number}"
        for path in SOURCES
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if broad.search(line)
    ]
    assert len(places) <= 2, places


def test_no_registry_host_is_written_down():
    hosts = re.compile("py" + r"pi\.org|registry\.npm" + r"js|deb\.debian" + r"\.org|python" + r"hosted\.org")
    made = {"build", "dist", "_build"}  # by `make wheel` and `make site`
    kinds = {".py", ".md", ".toml", ".js", ".vue", ".yml"}
    own = [
        path
        for path in ROOT.rglob("*")
        if path.suffix in kinds
        and not any(part in made or part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]
    assert [str(path) for path in own if hosts.search(path.read_text())] == []
