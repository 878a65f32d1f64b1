"""What the browser asks for: only what a template may call, and no exception gets lost or through."""

from pathlib import Path

import pytest
from traitlets import Unicode

from imviz.errors import InputError
from imviz.shell.part import Part


class Sample(Part):
    word = Unicode("before").tag(sync=True)

    def __init__(self, folder):
        self.told = []
        template = Path(folder) / "sample.vue"
        template.write_text("<template><p>{{ word }}</p></template>")
        super().__init__(template, lambda text, kind: self.told.append((text, kind)))

    def vue_shout(self, word):
        self.word = word.upper()

    def vue_refuse(self, _):
        raise InputError("That star is too bright.")

    def vue_break(self, _):
        raise ZeroDivisionError("oops")

    def ask(self, name, data=None):
        self._handle_event(self, {"event": name, "data": data}, [])


@pytest.fixture
def sample(tmp_path):
    return Sample(tmp_path)


def test_a_template_calls_a_method(sample):
    sample.ask("shout", "ngc")
    assert sample.word == "NGC"
    assert sample.told == []


def test_what_imviz_refuses_is_told_as_its_sentence(sample):
    sample.ask("refuse")
    assert sample.told == [("That star is too bright.", "error")]


def test_what_nobody_foresaw_is_told_with_its_type_and_logged(sample, caplog):
    sample.ask("break")
    assert sample.told == [("Unexpected ZeroDivisionError: oops", "error")]
    assert "Traceback" in caplog.text


def test_a_value_of_the_wrong_kind_is_told_and_changes_nothing(sample):
    sample.set_state({"word": 3})
    [(text, kind)] = sample.told
    assert text.startswith("Unexpected TraitError")
    assert kind == "error"
    assert sample.word == "before"


@pytest.mark.parametrize("name", ["ask", "close", "_tell", "__init__", "nothing"])
def test_no_other_method_can_be_called(sample, name):
    sample.ask(name, "x")
    assert sample.word == "before"
    assert sample.comm is not None


def test_the_browser_cannot_make_a_widget_of_any_class(sample, monkeypatch):
    monkeypatch.setattr("ipyvue.VueTemplateWidget.import_module", pytest.fail)
    sample._handle_event(sample, {"create_widget": ["os", "system"], "id": "1", "props": {}}, [])


def test_a_part_is_one_widget(tmp_path):
    from ipywidgets.widgets.widget import _instances

    Sample(tmp_path)  # the template itself is one more, once for all
    before = len(_instances)
    second = Sample(tmp_path)
    assert len(_instances) == before + 1
    assert second.layout is None
