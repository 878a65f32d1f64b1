"""A choice on the page goes by what its line says: lists drawn before something went choose nothing else."""

import pytest

from imviz.plugin import Choice, Plugin, Several
from imviz.session import Session
from imviz.shell.panel import Panel

SEARCH = '<v-autocomplete :items="{0}_items" v-model="{1}" :search-input.sync="{0}_search"></v-autocomplete>'
LAYOUT = f"""<template><div>
  <v-select :items="image_items" v-model="image_selected"></v-select>
  {SEARCH.format("region", "region_selected")} {SEARCH.format("several", "several")}
</div></template>"""
LABELS = [f"Subset {n}" for n in range(1, 101)]


class Chooses(Plugin):
    name = "Chooses"
    image = Choice(["a", "A", "b", "c[SCI,1]"], doc="An image.")
    region = Choice(LABELS, doc="A region.")
    several = Several(LABELS, doc="Regions.")


@pytest.fixture
def told():
    return []


@pytest.fixture
def panel(tmp_path, monkeypatch, told):
    path = tmp_path / "chooses.vue"
    path.write_text(LAYOUT)
    monkeypatch.setattr("imviz.shell.panel.layout_file", lambda _: path)
    plugin = Chooses(Session())
    monkeypatch.setattr(plugin, "say", lambda text, kind="info": told.append((text, kind)), raising=False)
    return Panel(plugin)


def offer(panel, field, choices):
    getattr(type(panel._plugin), field).set_choices(panel._plugin, choices)


def test_lines_are_labels_and_the_value_is_the_line(panel):
    assert panel.image_items == ["a", "A", "b", "c[SCI,1]"]
    assert panel.image_selected == "a"
    panel.set_state({"image_selected": "c[SCI,1]"})
    assert panel._plugin.image == "c[SCI,1]"
    panel._plugin.image = "b"
    assert panel.image_selected == "b"


@pytest.mark.parametrize(
    ("field", "before", "chosen"),
    [("image", ["A", "b", "c[SCI,1]"], "b"), ("region", LABELS[3:], "Subset 7")],
)
def test_a_line_of_an_older_list_is_what_it_says(panel, told, field, before, chosen):
    offer(panel, field, before)  # which the page has not heard of when this comes:
    panel.set_state({f"{field}_selected": chosen})
    assert getattr(panel._plugin, field) == chosen
    assert told == []


@pytest.mark.parametrize(
    ("field", "left", "gone", "shown"),
    [
        ("image", ["A", "b"], "a", "A"),  # not the one that differs in capitals
        ("image", ["a", "c[SCI,1]"], "b", "a"),
        ("region", LABELS[3:], "Subset 2", "Subset 4"),
        ("image", [], "b", None),
    ],
)
def test_a_line_that_is_gone_is_refused_in_words_and_the_field_shows_what_is_chosen(
    panel, told, field, left, gone, shown
):
    offer(panel, field, left)
    panel.set_state({f"{field}_selected": gone})
    assert getattr(panel, f"{field}_selected") == shown
    assert str(getattr(panel._plugin, field)) == (shown or "")
    ((text, kind),) = told
    assert (text, kind) == (f"'{gone}' was removed or renamed meanwhile; choose again.", "error")


def test_several_with_one_that_is_gone_are_refused_together(panel, told):
    panel.set_state({"several": ["Subset 5"]})
    panel._plugin.several_items = tuple(LABELS[3:])
    panel.set_state({"several": ["Subset 5", "Subset 2"]})
    assert panel.several == ["Subset 5"]
    assert len(told) == 1


def test_a_searched_choice_offers_a_few_and_the_one_chosen(panel):
    assert len(panel.region_items) == 20
    panel.set_state({"region_search": "99"})
    assert panel.region_items == ["Subset 99", "Subset 1"]
    panel.set_state({"region_selected": "Subset 99"})
    assert panel._plugin.region == "Subset 99"
