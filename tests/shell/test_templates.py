"""Every template against the class it belongs to: no name is used that nobody declares."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from imviz.app import PLUGINS
from imviz.plugin import Choice, Held, Several
from imviz.session import Session
from imviz.shell import cursor, frame, layer_menu, open_dialog, panel, save_dialog, table, window

PARTS = {
    module.__file__: getattr(module, name)
    for module, name in (
        (cursor, "Cursor"),
        (frame, "Frame"),
        (layer_menu, "LayerMenu"),
        (open_dialog, "OpenDialog"),
        (save_dialog, "SaveDialog"),
        (table, "Table"),
        (window, "Window"),
    )
}
LAYOUTS = sorted(Path(panel.__file__).parents[1].rglob("*.vue"))
LANGUAGE = {"Number", "String", "Math", "true", "false", "null", "typeof"}
STRING = re.compile(r"'[^']*'")
WORD = re.compile(r"(?<![\w.$])[A-Za-z_]\w*")


class Names(HTMLParser):
    """Collects the names a template reads and calls, those of its own loops and slots left out."""

    def __init__(self, text):
        super().__init__()
        self.read, self.called, self.local = set(), set(), set()
        self.buttons = []
        self.feed(text)
        self.read -= self.local | LANGUAGE
        self.called -= LANGUAGE

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        for name, value in attributes.items():
            if name == "v-for":
                loop, source = value.split(" in ")
                self.local |= set(WORD.findall(loop))
                self._expression(source)
            elif name.startswith(("v-slot", "#")):
                self.local |= set(WORD.findall(value or ""))
            elif name.startswith((":", "@", "v-")) and value:
                self._expression(value)
        if tag == "button":
            self.buttons.append(attributes)

    def handle_data(self, data):
        for expression in re.findall(r"{{(.*?)}}", data):
            self._expression(expression)

    def _expression(self, text):
        text = STRING.sub("''", text)
        for names, plain in re.findall(r"(?:\(([\w, ]+)\)|(\w+)) =>", text):
            self.local |= set(WORD.findall(names or plain))
        keys = set(re.findall(r"[{,]\s*(\w+):", text))
        called = set(re.findall(r"(?<![\w.$])([A-Za-z_]\w*)\(", text))
        self.called |= called
        self.read |= set(WORD.findall(text)) - called - keys


@pytest.mark.parametrize("path", PARTS, ids=lambda path: Path(path).stem)
def test_a_part_declares_what_its_template_uses(path):
    names, part = Names(Path(path).with_suffix(".vue").read_text()), PARTS[path]
    assert names.read <= set(part.class_trait_names(sync=True))
    assert {f"vue_{name}" for name in names.called} <= set(dir(part))


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.__name__)
def test_a_plugins_layout_uses_its_fields_and_actions(plugin):
    names = Names(panel.layout_text(panel.layout_file(plugin)))
    declared = set()
    for name, field in plugin.fields().items():
        choice, held = isinstance(field, Choice), isinstance(field, Held)
        declared |= {f"{name}_items", f"{name}_selected"} if choice else {f"{name}_view"} if held else {name}
        declared |= {f"{name}_search"} if isinstance(field, Choice | Several) else set()
    assert names.read <= declared
    assert names.called <= {*plugin.actions(), "cancel"}


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.__name__)
def test_what_a_layout_compares_a_choice_with_is_one_of_its_choices(plugin):
    text = panel.layout_text(panel.layout_file(plugin))
    compared = re.findall(r"""(\w+)_selected [!=]== ([^"&|?} ]+(?: [^"&|?} ]+)*)""", text)
    for name, value in compared:
        if isinstance(field := plugin.fields().get(name), Choice):
            assert value.strip("'") in field.get_choices(plugin(Session())), (name, value)


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: Path(path).stem)
def test_a_plugins_layout_names_idioms_and_nothing_of_the_toolkit_but_icons(path):
    if "plugins" in path.parts:
        assert not re.findall(r"<v-(?!icon)[\w-]+", path.read_text())


@pytest.mark.parametrize("path", PARTS, ids=lambda path: Path(path).stem)
def test_icon_buttons_have_a_name(path):
    for attributes in Names(Path(path).with_suffix(".vue").read_text()).buttons:
        if "imviz-icon" in attributes.get("class", ""):
            assert {"aria-label", ":aria-label"} & set(attributes)


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: Path(path).stem)
def test_templates_stay_short(path):
    assert len(path.read_text().splitlines()) <= 80


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: Path(path).stem)
def test_no_page_works_out_a_list_from_an_older_one(path):
    """Two quick ticks would lose the first: the page says what was done, the kernel works it out."""
    text = path.read_text()
    assert not re.findall(r'@\w+="[^"]*\w = [^"]*\.(?:concat|filter|slice)\(', text)
