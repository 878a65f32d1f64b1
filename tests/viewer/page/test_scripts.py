"""Modules of JavaScript are joined into one text, each once; what is wrong is told with the file."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import imviz.viewer
from imviz.viewer.page import scripts
from imviz.viewer.page.listening import Listening
from imviz.viewer.page.on_figure import OnFigure
from imviz.viewer.regions.overlay import RegionsOverlay

VIEWER = Path(imviz.viewer.__file__).parent


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A package of JavaScript: written by the function that this gives."""
    monkeypatch.setattr(scripts, "files", lambda _: tmp_path)
    caches = [scripts.joined, scripts._read]
    for each in caches:
        each.cache_clear()

    def write(**texts):
        for name, text in texts.items():
            path = Path(tmp_path, *name.split("__")).with_suffix(".js")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    yield write
    for each in caches:
        each.cache_clear()


BASE = "// What it is for.\n\nconst ONE = 1;\nexport const one = () => ONE;\n"


def test_a_module_that_two_others_need_is_there_once_and_before_them(folder):
    folder(
        base=BASE,
        a='import { one } from "./base.js";\nexport const a = () => one() + 1;\n',
        sub__b='import { one } from "../base.js";\nexport function b() {\n  return one() + 10;\n}\n',
        own='import { a } from "./a.js";\nimport { b } from "./sub/b.js";\nconst ONE = 5;\n'
        "export default { n: () => a() + b() + ONE };\n",
    )
    text = scripts.joined("own.js")
    assert text.count("const $base =") == 1
    assert (
        text.index("const $base")
        < text.index("const $a")
        < text.index("const $sub_b")
        < text.index("default")
    )
    assert "import" not in text
    assert "What it is for" not in text


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not here")
def test_names_that_two_files_have_for_themselves_do_not_meet(folder, tmp_path):
    folder(
        base=BASE,
        other="const ONE = 7;\nexport const seven = () => ONE;\n",
        own='import { one } from "./base.js";\nimport { seven } from "./other.js";\nconst ONE = 100;\n'
        "export default one() + seven() + ONE;\n",
    )
    Path(tmp_path, "joined.mjs").write_text(scripts.joined("own.js"))
    code = f"import n from '{tmp_path}/joined.mjs'; console.log(n)"
    found = subprocess.run(
        ["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "108"


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({}, "There is no own.js."),
        ({"own": 'import { x } from "./gone.js";\nexport default x;\n'}, "no gone.js, which own.js imports"),
        (
            {"base": BASE, "own": 'import { two } from "./base.js";\nexport default two;\n'},
            "own.js imports two from base.js, which does not export it",
        ),
        ({"own": BASE}, "own.js exports no default"),
        (
            {
                "own": 'import { a } from "./a.js";\nexport default a;\n',
                "a": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b": 'import { a } from "./a.js";\nexport const b = 1;\n',
            },
            "circle: own.js > a.js > b.js > a.js",
        ),
        ({"own": 'import x from "./a.js";\nexport default x;\n'}, "own.js has a line that cannot be joined"),
        (
            {"own": "export let n = 1;\nexport default n;\n"},
            "own.js has a line that cannot be joined: export let",
        ),
        ({"own": 'export * from "./a.js";\nexport default 1;\n'}, "own.js has a line that cannot be joined"),
        (
            {
                "a": "export default 1;\nexport const a = 1;\n",
                "own": 'import { a } from "./a.js";\nexport default a;\n',
            },
            "a.js is a widget's own module",
        ),
    ],
)
def test_what_cannot_be_joined_is_told_with_the_file(folder, texts, sentence):
    folder(**texts)
    with pytest.raises(ImportError, match=re.escape(sentence)):
        scripts.joined("own.js")


def widgets():
    found, left = set(), [Listening]
    while left:
        kind = left.pop()
        left.extend(kind.__subclasses__())
        found.add(kind)
    return {kind for kind in found if "_esm" in vars(kind) and kind.__module__.startswith("imviz.")}


def test_every_widget_s_code_has_no_import_left_and_less_to_send_than_files_put_in_a_row():
    """226.9 kB in all when the files were put in a row by hand-kept lists, without lines of comment."""
    import imviz.app  # noqa: F401

    texts = {kind.__name__: str(kind._esm) for kind in widgets()}
    assert len(texts) == 11
    assert not [
        name for name, text in texts.items() if re.search(r"^(import|export (?!default))", text, re.M)
    ]
    assert sum(len(text.encode()) for text in texts.values()) < 226_855


def test_widgets_over_a_figure_do_not_say_their_preamble_again():
    for path in VIEWER.rglob("*.py"):
        if path.name != "on_figure.py":
            assert "scale_x = Instance" not in path.read_text()
    assert issubclass(RegionsOverlay, OnFigure)


def test_a_widget_lies_beside_its_script_of_the_same_stem():
    made = [path for path in VIEWER.rglob("*.py") if "_esm = joined(" in path.read_text()]
    assert len(made) == 9
    for path in made:
        script = path.with_suffix(".js")
        assert script.is_file()
        assert f'joined("viewer/{script.relative_to(VIEWER).as_posix()}")' in path.read_text()
