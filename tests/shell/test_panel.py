"""A plugin's panel: it mirrors fields both ways, runs actions, and turns errors into messages."""

import numpy as np
import pytest
from astropy import units as u
from echo import CallbackProperty

from imviz.errors import InputError
from imviz.plugin import Choice, Held, Plot, Plugin, Series, action
from imviz.session import Session
from imviz.shell.hints import with_hints
from imviz.shell.panel import Panel, layout_file, layout_text
from imviz.shell.plots import PlotView
from imviz.shell.table import Table

LAYOUT = """<template><div>
  <v-select :items="color_items" v-model="color_selected"></v-select>
  <v-text-field type="number" echo-type="float" :value.sync="size"></v-text-field>
  <p>{{ message }} {{ busy }} {{ lines.length }}</p>
  <jupyter-widget :widget="plot_view"></jupyter-widget><jupyter-widget :widget="table_view"></jupyter-widget>
  <button @click="tick([1, true])"></button>
  <button @click="measure()"></button><button @click="fail()"></button><button @click="surprise()"></button>
</div></template>"""


class Rows:
    columns = ("id",)
    n_rows = 3

    def rows(self, start, stop):
        return [{"id": str(n)} for n in range(start, stop)]


class Sample(Plugin):
    name = "Sample"
    color = Choice(["red", "blue"], doc="A colour.")
    size = CallbackProperty(None, docstring="A size.")
    lines = CallbackProperty((), docstring="Texts.")
    hidden = CallbackProperty(1, docstring="Not in the layout.")
    plot = Held("A plot.")
    table = Held("A table.")

    @action
    def measure(self):
        """Make a plot and a table."""
        self.seen_busy = self.busy
        self.plot = Plot((Series(np.arange(3.0), np.arange(3.0)),), "x", "y", "title")
        self.table = Rows()

    @action
    def fail(self):
        """Refuse."""
        raise InputError("No star here.")

    @action
    def surprise(self):
        """Break."""
        raise RuntimeError("oops")

    @action
    def tick(self, change):
        """Note what was ticked."""
        self.ticked = [*self.ticked, change]

    @action
    def search(self, thoroughly=False):
        """Note how."""
        self.ticked = [*self.ticked, thoroughly]

    ticked = ()

    def secret(self):
        self.hidden = 2

    def export_table(self, path):
        self.hidden = path

    seen_busy = None


@pytest.fixture
def panel(tmp_path, monkeypatch):
    path = tmp_path / "sample.vue"
    path.write_text(LAYOUT)
    monkeypatch.setattr("imviz.shell.panel.layout_file", lambda _: path)
    return Panel(Sample(Session()))


def ask(panel, name, data=None):
    panel._handle_event(panel, {"event": name, "data": data}, [])


def test_fields_of_the_layout_are_in_the_panel_and_no_others(panel):
    assert panel.size is None
    assert panel.lines == []
    assert panel.color_items == ["red", "blue"]
    assert not panel.has_trait("hidden")
    assert not panel.has_trait("guides")


def test_a_change_in_python_shows(panel):
    panel._plugin.size, panel._plugin.color = 2.5, "blue"
    panel._plugin.lines = ({"function": "sum", "result": "1"},)
    assert panel.size == 2.5
    assert panel.color_selected == "blue"
    assert panel.lines == [{"function": "sum", "result": "1"}]


def test_a_change_in_the_browser_arrives(panel):
    panel.set_state({"size": 7, "color_selected": "blue"})
    assert panel._plugin.size == 7
    assert panel._plugin.color == "blue"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(3.631e-20, 3.631e-20), (3631 * u.Jy, 3631.0), (np.nan, None), (np.float32(0.5), 0.5), (0, 0)],
)
def test_numbers_reach_the_browser_as_plain_ones(panel, value, shown):
    panel._plugin.size = value
    assert panel.size == shown
    assert isinstance(panel.size, type(shown))


def test_an_action_runs_while_the_plugin_is_busy(panel):
    ask(panel, "measure")
    assert panel._plugin.seen_busy is True
    assert panel.busy is False


def test_an_action_that_needs_to_know_what_is_told_it_and_no_other(panel):
    ask(panel, "tick", ["Subset 1", True])
    ask(panel, "tick", ["Subset 2", True])
    ask(panel, "search", {"isTrusted": True})
    assert panel._plugin.ticked == [["Subset 1", True], ["Subset 2", True], False]


def test_a_refusal_becomes_the_plugins_message(panel):
    ask(panel, "fail")
    assert (panel._plugin.message, panel._plugin.message_kind) == ("No star here.", "error")
    assert panel.message == "No star here."
    assert panel.busy is False


def test_an_unforeseen_error_names_its_type_and_is_logged(panel, caplog):
    ask(panel, "surprise")
    assert panel.message == "Unexpected RuntimeError: oops"
    assert panel._plugin.message_kind == "error"
    assert "Traceback" in caplog.text


def test_a_refused_value_is_told(panel):
    def refuse(value):
        if value == -1:
            raise InputError("A size is positive.")

    panel._plugin.size = 4.0
    panel._plugin.add_callback("size", refuse)
    panel.set_state({"size": -1})
    assert panel.message == "A size is positive."


def test_only_actions_can_be_called(panel):
    ask(panel, "secret")
    ask(panel, "open_in_tray")
    assert panel._plugin.hidden == 1
    assert not panel._plugin.active


def test_plots_and_tables_are_made_when_there_is_something_to_show(panel):
    assert panel.plot_view is None
    assert panel.table_view is None
    ask(panel, "measure")
    assert isinstance(panel.plot_view, PlotView)
    assert isinstance(panel.table_view, Table)
    view = panel.plot_view
    ask(panel, "measure")
    assert panel.plot_view is view


def test_a_tables_save_button_is_the_plugins_export(panel):
    ask(panel, "measure")
    panel.table_view.vue_save("stars.csv")
    assert panel._plugin.hidden == "stars.csv"


def test_a_plugin_without_a_layout_is_refused_by_name():
    with pytest.raises(InputError, match="Sample has no panel"):
        layout_file(Sample)


def test_labels_are_names_in_python_while_hints_are_on():
    layout = """<v-select :label="'Cuts' + (n > 1 ? ' (mixed)' : '')" v-model="cuts_selected">
    <v-switch label="Image's own" v-model="own"></v-switch><v-slider :value="own" label="x"></v-slider>
    <v-slider title="As you like" :value="own" @input="own = $event"></v-slider>
    <v-text-field title="w" label="Width" :value.sync="width" @change="width = $event"></v-text-field>"""
    hinted = with_hints(layout, ("cuts", "own", "width"))
    assert """ :label="api_hints ? '.cuts' : ('Cuts' + (n > 1 ? ' (mixed)' : ''))" v-model""" in hinted
    assert r""" :label="api_hints ? '.own' : 'Image\'s own'" v-model""" in hinted
    assert """ title="w" :label="api_hints ? '.width' : 'Width'" """ in hinted
    assert """ :title="api_hints ? '.own' : 'As you like'" """ in hinted
    assert """:value="own" label="x">""" in hinted  # what it changes is not known


def test_parts_of_a_layout_stand_in_their_places(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/more.vue").write_text("<template>\n  <p>more</p>\n</template>\n")
    layout = tmp_path / "sample.vue"
    layout.write_text('<template>\n  <imviz-part src="parts/more.vue"></imviz-part>\n</template>\n')
    assert layout_text(layout) == "<template>\n  <p>more</p>\n</template>\n"


@pytest.mark.parametrize("name", ["parts/gone.vue", "plain.vue"])
def test_a_part_that_is_no_template_is_told(tmp_path, name):
    (tmp_path / "plain.vue").write_text("<p>no template</p>")
    layout = tmp_path / "sample.vue"
    layout.write_text(f'<imviz-part src="{name}"></imviz-part>\n')
    with pytest.raises(InputError, match=f"{name}.*no template"):
        layout_text(layout)
