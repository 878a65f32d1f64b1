import pytest

from imviz.errors import InputError
from imviz.plugin import Choice, LayerField, Plugin, Several
from imviz.session import Session


class Form(Plugin):
    one = Choice(["m13[SCI,1]", "M31", "m31", "Other"], doc="One of them.")
    some = Several(["m13[SCI,1]", "M31", "m31", "Other"], doc="Some of them.")
    lower_cut = LayerField(0.5, doc="A number of several layers.")
    colour = LayerField("", doc="A text of several layers.")


@pytest.fixture
def form():
    return Form(Session())


@pytest.mark.parametrize(
    ("value", "chosen"),
    [("m31", "m31"), ("other", "Other"), ("m13*", "m13[SCI,1]"), ("m13[SCI,?]", "m13[SCI,1]")],
)
def test_a_choice_is_taken_by_name_in_any_case_or_by_pattern(form, value, chosen):
    form.one = value
    assert form.one == chosen


def test_several_by_pattern_come_in_the_order_offered(form):
    form.some = ["Other", "?31"]
    assert form.some == ("M31", "m31", "Other")
    form.some = "*"
    assert len(form.some) == 4


@pytest.mark.parametrize("value", ["m14*", "m1[0-9]*", "m13[S]"])
def test_what_matches_nothing_is_refused_and_the_choice_stays(form, value):
    form.one, form.some = "M31", ["M31"]
    for field in ("one", "some"):
        with pytest.raises(InputError, match="is not a choice"):
            setattr(form, field, value)
    assert (form.one, form.some) == ("M31", ("M31",))


def test_a_shared_number_that_was_emptied_is_refused_and_stays(form):
    with pytest.raises(InputError, match="Lower cut cannot be empty; give a number"):
        form.lower_cut = None
    assert form.lower_cut == 0.5
    form.colour = None
    assert form.colour is None
