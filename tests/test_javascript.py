"""The browser's half has an architecture: files import what they use and stay small."""

import re
from collections import Counter
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest

pytest.importorskip("esprima", reason="JavaScript is read with esprima2, of the test extra")

from javascript import read

import imviz

PACKAGE = Path(imviz.__file__).parent
PATHS = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.js") if "static" not in path.parts)
MODULES = {path: read((PACKAGE / path).read_text(encoding="utf-8")) for path in PATHS}


def imported_from(path, there):
    return normpath(join(dirname(path), there))


@pytest.mark.parametrize("path", PATHS)
def test_no_name_is_used_undeclared(path):
    assert MODULES[path].undeclared == {}


@pytest.mark.parametrize("path", PATHS)
def test_what_is_imported_is_there_and_used(path):
    for name, (there, theirs) in MODULES[path].imports.items():
        assert theirs in MODULES[imported_from(path, there)].exports, f"{there} does not export {theirs}"
        assert name in MODULES[path].used, f"{name} is imported and not used"


@pytest.mark.parametrize("path", PATHS)
def test_a_file_opens_with_what_it_is_for_and_then_its_imports(path):
    lines = (PACKAGE / path).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("// ")
    code = [line for line in lines if line and not line.startswith("//")]
    n = len({there for there, _ in MODULES[path].imports.values()})
    assert [line.startswith("import ") for line in code[: n + 1]] == [True] * n + [False]


def test_every_export_is_imported_somewhere_or_tested_alone():
    alone = (Path(__file__).parent / "browser" / "test_modules.py").read_text(encoding="utf-8")
    taken = {
        (imported_from(path, there), name)
        for path, module in MODULES.items()
        for there, name in module.imports.values()
    }
    offered = {(path, name) for path, module in MODULES.items() for name in module.exports - {"default"}}
    assert [
        (path, name)
        for path, name in sorted(offered - taken)
        if not re.search(rf"\{{ .*\b{name}\b.* \}} = await import", alone)
    ] == []


def test_no_file_exports_nothing():
    assert [path for path in PATHS if not MODULES[path].exports] == []


@pytest.mark.parametrize("path", PATHS)
def test_classes_stay_small(path):
    assert {name: n for name, n in MODULES[path].classes.items() if n > 250} == {}


def test_a_name_that_is_offered_means_one_thing():
    names = Counter(name for module in MODULES.values() for name in module.exports - {"default"})
    assert [name for name, n in names.items() if n > 1] == []


def test_widgets_say_which_module_is_theirs_and_no_list_of_files_is_kept():
    called = re.compile(r"\bjoined\(([^)]*)\)")
    for path in PACKAGE.rglob("*.py"):
        for arguments in called.findall(path.read_text(encoding="utf-8")):
            if "def " not in arguments and path.name != "scripts.py" and ".js" in arguments:
                assert arguments.count(".js") == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("const f = () => other();", {"other"}),
        ("function f() { const a = 1; } a;", {"a"}),
        ("class A { b() { return c + this.d; } }", {"c"}),
        ("const f = ({ a, b: [c], ...d }, e = a) => [a, c, d, e, b];", {"b"}),
        ("for (const [n, m] of []) n + m; n;", {"n"}),
        ("try { a(); } catch (error) { error; } error;", {"a", "error"}),
        ("const o = { a: 1, [b]: 2, c };", {"b", "c"}),
        ("import { a } from './a.js'; a?.b?.[c];", {"c"}),
        ("f(); function f() { return window.x ?? y; }", {"y"}),
        ("const t = `${a} b`;", {"a"}),
    ],
)
def test_the_reader_finds_planted_faults(text, names):
    assert set(read(text).undeclared) == names
