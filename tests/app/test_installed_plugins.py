"""Plugins of other packages: one more panel, and a sentence for what cannot be used."""

import pytest

from imviz import Imviz
from imviz.app import PLUGINS

MODULE = """
from imviz.plugin import Plugin

class Mine(Plugin):
    name = "Mine"

class Twin(Plugin):
    name = "Export"

nothing = 3
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a package whose entry points are these."""

    def make(name, points, module=MODULE):
        (tmp_path / f"{name}.py").write_text(module)
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = "\n".join(f"{point} = {name}:{kind}" for point, kind in points.items())
        (folder / "entry_points.txt").write_text(f"[imviz.plugins]\n{lines}\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    return make


def names(plugins):
    return [plugin.name for plugin in plugins]


def test_a_plugin_of_another_package_stands_below_our_own(install):
    install("other_imviz_package", {"mine": "Mine"})
    imviz = Imviz()
    assert list(imviz.plugins) == [*names(PLUGINS), "Mine"]
    assert imviz.app.window.message == ""


def test_who_names_the_plugins_gets_those_and_no_others(install):
    install("other_imviz_package", {"mine": "Mine"})
    assert list(Imviz(plugins=PLUGINS).plugins) == names(PLUGINS)


@pytest.mark.parametrize(
    ("kind", "module", "reason"),
    [
        ("Twin", MODULE, "there is a plugin 'Export' already"),
        ("Absent", MODULE, "AttributeError"),
        ("nothing", MODULE, "no subclass of imviz.plugin.Plugin"),
        ("Mine", "import a_module_that_is_not_there", "ModuleNotFoundError"),
        ("Mine", "def (", "SyntaxError"),
        ("Mine", "1 / 0", "ZeroDivisionError"),
    ],
)
def test_one_that_cannot_be_used_is_named_and_costs_nothing_else(install, kind, module, reason):
    name = f"other_imviz_package_{abs(hash((kind, module)))}"
    install(name, {"bad": kind}, module)
    imviz = Imviz()
    assert list(imviz.plugins) == names(PLUGINS)
    assert imviz.app.window.message.startswith(f"The plugin 'bad' ({name}:{kind}) is left out: ")
    assert reason in imviz.app.window.message
