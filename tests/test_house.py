"""The script that measures the house counts what it says, on small houses with one fault each."""

import importlib.util
import sys
from pathlib import Path

import pytest

PATH = Path(__file__).parents[1] / "scripts" / "house.py"


@pytest.fixture(scope="module")
def house():
    spec = importlib.util.spec_from_file_location("house", PATH)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "house", module)  # where its dataclass looks for its own module
        spec.loader.exec_module(module)
    return module


@pytest.fixture
def measured(house, tmp_path):
    def measured(**files):
        (tmp_path / "imviz").mkdir()
        for name, text in files.items():
            stem, _, suffix = name.rpartition("_")
            (tmp_path / "imviz" / f"{stem}.{suffix}").write_text(text)
        return house.measured(tmp_path)[0]

    return measured


RING = {"a_py": "import imviz.b", "b_py": "from imviz import c"}


@pytest.mark.parametrize(
    "last",
    [
        "from imviz.a import x",
        "def f():\n    from imviz import a",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from imviz.a import x",
    ],
    ids=["plain", "lazy", "types only"],
)
def test_a_circle_is_seen_however_it_is_closed(measured, last):
    figures = measured(**RING, c_py=last)
    assert figures["circles of more than two files"] == 1
    assert figures["files in the largest circle"] == 3


def test_a_line_of_files_is_no_circle(measured):
    figures = measured(**RING, c_py="import numpy")
    assert figures["circles of more than two files"] == figures["files in the largest circle"] == 0


def test_two_files_that_need_each_other_are_the_largest_circle_only(measured):
    figures = measured(a_py="import imviz.b", b_py="import imviz.a")
    assert figures["circles of more than two files"] == 0
    assert figures["files in the largest circle"] == 2


def test_only_children_are_counted_over_files_and_errors_are_not(measured):
    figures = measured(
        a_py="class One: ...\nclass Two: ...\nclass AnError(Exception): ...",
        b_py="class Child(One): ...\nclass X(Two): ...\nclass Y(Two): ...\nclass Z(AnError): ...",
    )
    assert figures["bases with exactly one child"] == 1


def test_public_names_are_those_of_the_whole_chain(measured):
    def body(prefix, count):
        return "".join(f"    def {prefix}{number}(self): ...\n" for number in range(count))

    figures = measured(
        a_py=f"class Slice:\n{body('a', 20)}    def _own(self): ...\n",
        b_py=f"class Imviz(Slice):\n{body('b', 10)}    def a0(self): ...\n"
        f"class Other(Slice):\n{body('c', 6)}",
    )
    assert figures["public names of Imviz"] == 30
    assert figures["other classes of over 25 public names"] == 1


def test_scripts_and_templates(measured):
    figures = measured(
        bare_js="// import nothing\nfunction f() {}\n",
        tied_js="export const one = 1;\n",
        wide_vue=f"<div>\n{'x' * 161}\n{'x' * 160}\n</div>\n",
    )
    assert figures["scripts without import or export"] == 1
    assert figures["template lines over 160 characters"] == 1
    assert figures["lines in all"] == 7


def test_a_figure_over_its_ceiling_is_refused_with_its_place(house, tmp_path, capsys):
    (tmp_path / "imviz").mkdir()
    wide = house.LIMITS["template lines over 160 characters"].ceiling + 1
    (tmp_path / "imviz" / "wide.vue").write_text("\n".join(["y" * 200] * wide))
    assert house.main([str(tmp_path)]) == 1
    assert "imviz/wide.vue:1\n" in capsys.readouterr().out
    (tmp_path / "imviz" / "wide.vue").write_text("<div></div>\n")
    assert house.main([str(tmp_path)]) == 0


def test_names_that_a_part_answers_count_where_users_meet_them(measured):
    body = (
        "    own = 1\n    load = answered_by('_l', Loader.load)\n    labels = told_by('_i', Images.labels)\n"
    )
    many = "".join(f"    f{n} = answered_by('_l', Loader.load)\n" for n in range(30))
    found = measured(door_py=f"class Imviz:\n{body}\n\nclass Panel:\n{many}")
    assert found["public names of Imviz"] == 2
    assert found["other classes of over 25 public names"] == 0
