"""What every plugin is, on one that does nothing."""

import numpy as np
import pytest
from astropy import units as u
from echo import CallbackProperty

from imviz.errors import InputError
from imviz.plugin import Choice, Held, Number, Plugin, Several, action
from imviz.session import Session


class Toy(Plugin):
    name = "Toy"
    animal = Choice(["cat", "dog", "eel"], doc="An animal.")
    empty = Choice(doc="Nothing yet.")
    unit = CallbackProperty("Jy", docstring="Unit of the flux.")
    flux = Number(1.0, doc="A flux.", units="unit")
    size = Number(doc="A size.", units=(u.arcsec, u.pix))
    kept = Number(doc="Any quantity.")
    picture = Held("Something heavy.")

    @action
    def run(self):
        self.say("ran")

    def quiet(self):
        """No button."""


@pytest.fixture
def toy():
    return Toy(Session())


def test_a_choice_is_the_selected_word_and_knows_the_others(toy):
    assert toy.animal == "cat"
    assert toy.animal.selected == "cat"
    assert type(toy.animal.selected) is str
    assert toy.animal.choices == ("cat", "dog", "eel")


@pytest.mark.parametrize("choose", ["assign", "selected"])
def test_a_choice_is_made_by_assigning_it_or_its_selected(toy, choose):
    if choose == "assign":
        toy.animal = "eel"
    else:
        toy.animal.selected = "eel"
    assert toy.animal == "eel"


def test_choices_can_be_stepped_through_round_and_round(toy):
    toy.animal.select_previous()
    assert toy.animal == "eel"
    toy.animal.select_next()
    assert toy.animal == "cat"
    toy.animal.select_next()
    toy.animal.select_default()
    assert toy.animal == "cat"


def test_what_is_no_choice_is_refused_with_those_there_are(toy):
    with pytest.raises(InputError, match="'cow' is not a choice for animal; there is: cat, dog, eel"):
        toy.animal = "cow"
    assert toy.animal == "cat"
    with pytest.raises(InputError, match="none yet"):
        toy.empty = "cow"


def test_a_choice_without_choices_is_empty_and_cannot_be_stepped(toy):
    toy.empty.select_next()
    assert toy.empty == ""
    assert toy.empty.choices == ()


def test_a_choice_that_is_gone_gives_way_to_the_first(toy):
    toy.animal = "dog"
    Toy.animal.set_choices(toy, ["eel", "fox"])
    assert toy.animal == "eel"


def test_observers_hear_of_a_choice_once(toy):
    heard = []
    toy.add_callback("animal", heard.append)
    toy.animal = "dog"
    toy.animal = "dog"
    assert heard == ["dog"]


@pytest.mark.parametrize("value", [2, 2.5, np.float32(2), np.int16(3), 0, -1.0, None])
def test_a_number_field_takes_numbers_and_none(toy, value):
    toy.flux = value
    assert toy.flux == value


@pytest.mark.parametrize("value", ["2", "", [1], True, float("nan"), np.inf, 1j, u.Quantity([1, 2], "Jy")])
def test_a_number_field_refuses_anything_else_and_keeps_what_it_had(toy, value):
    with pytest.raises(InputError, match=r"The flux is .*must be a finite number"):
        toy.flux = value
    assert toy.flux == 1.0


def test_a_quantity_becomes_a_number_in_the_unit_shown(toy):
    toy.flux = 250 * u.mJy
    assert toy.flux == 0.25
    assert not isinstance(toy.flux, u.Quantity)
    toy.unit = "mJy"
    toy.flux = 1 * u.Jy
    assert toy.flux == 1000


def test_a_quantity_takes_the_first_unit_that_fits(toy):
    toy.size = 1 * u.arcmin
    assert toy.size == pytest.approx(60)
    toy.size = 3 * u.pix
    assert toy.size == 3


def test_a_quantity_that_fits_no_unit_is_refused(toy):
    with pytest.raises(InputError, match="The flux cannot be in s; here it is in Jy"):
        toy.flux = 3 * u.s
    toy.unit = ""
    with pytest.raises(InputError, match="cannot be in Jy; here it is a plain number"):
        toy.flux = 3 * u.Jy


def test_a_unit_nobody_knows_fits_no_quantity_but_harms_none(toy):
    toy.unit = "blurbs"
    with pytest.raises(InputError, match="here it is in blurbs"):
        toy.flux = 3 * u.Jy
    toy.flux = 3
    assert toy.flux == 3


def test_a_number_field_without_a_unit_keeps_quantities(toy):
    toy.kept = 3 * u.Jy
    assert toy.kept == 3 * u.Jy


def test_what_a_field_holds_is_told_by_a_count_and_never_compared(toy):
    heard = []
    toy.add_callback("picture_revision", heard.append)
    toy.picture = np.zeros(3)
    toy.picture = np.zeros(3)
    assert heard == [1, 2]
    assert toy.picture.shape == (3,)
    assert Toy(Session()).picture is None


def test_fields_and_actions_are_found_by_name():
    assert {"animal", "flux", "picture", "picture_revision", "message", "active"} <= set(Toy.fields())
    assert Toy.actions() == ("run",)


def test_a_misspelt_field_is_refused_with_the_nearest(toy):
    with pytest.raises(InputError, match="no field 'animals'; nearest: animal") as caught:
        toy.animals = "cat"
    assert len(str(caught.value)) <= 240


def test_completion_offers_the_plugin_s_own_names(toy):
    names = dir(toy)
    assert {"animal", "run", "open_in_tray", "show"} <= set(names)
    assert "add_callback" not in names


def test_the_panel_is_opened_and_closed(toy):
    toy.open_in_tray()
    assert toy.active
    toy.close_in_tray()
    assert not toy.active
    toy.show(loc="sidecar", title="older notebooks")
    assert toy.active


def test_as_active_puts_back_what_was(toy):
    with toy.as_active():
        assert toy.active
    assert not toy.active
    toy.keep_active = True  # accepted, and harmless


def test_a_message_is_said_and_taken_back(toy):
    toy.say("No.", "error")
    assert (toy.message, toy.message_kind) == ("No.", "error")
    toy.say("")
    assert toy.message == ""


class Zoo(Plugin):
    name = "Zoo"
    animals = Several(["cat", "dog", "eel"], doc="Some animals.")


@pytest.fixture
def zoo():
    return Zoo(Session())


def test_several_may_be_chosen_and_stand_in_the_order_of_the_choices(zoo):
    zoo.animals = ["eel", "cat"]
    assert zoo.animals == ("cat", "eel")
    assert zoo.animals.selected == ["cat", "eel"]
    assert zoo.animals.choices == zoo.animals_items == ("cat", "dog", "eel")


def test_all_one_or_none_may_be_chosen(zoo):
    zoo.animals.select_all()
    assert zoo.animals == ("cat", "dog", "eel")
    zoo.animals = "dog"
    assert zoo.animals == ("dog",)
    zoo.animals.select_none()
    assert zoo.animals == ()
    zoo.animals.selected = ["eel"]
    assert zoo.animals == ("eel",)


def test_what_is_not_a_choice_is_refused_and_changes_nothing(zoo):
    zoo.animals = ["cat"]
    with pytest.raises(InputError, match="'cow' is not a choice for animals; there is: cat, dog, eel"):
        zoo.animals = ["cat", "cow"]
    assert zoo.animals == ("cat",)


def test_a_choice_that_goes_is_chosen_no_more_and_is_told_once(zoo):
    zoo.animals = ["cat", "dog"]
    told = []
    zoo.add_callback("animals", told.append)
    Zoo.animals.set_choices(zoo, ["dog", "fox"])
    assert (zoo.animals, zoo.animals_items) == (("dog",), ("dog", "fox"))
    assert told == [("dog",)]


class Sizes(Plugin):
    """A choice that knows sizes by number, too."""

    name = "Sizes"
    size = Choice(["Small", "Other"], doc="Size.", named=lambda value: {1: "Small", 9: "Huge"}[value])


def test_a_choice_by_another_name_is_offered_from_then_on_and_told_once():
    sizes = Sizes(None)
    told = []
    sizes.add_callback("size", told.append)
    sizes.size = 9
    assert (sizes.size, sizes.size.choices, told) == ("Huge", ("Small", "Huge", "Other"), ["Huge"])
    sizes.size = 1
    assert sizes.size == "Small"
    with pytest.raises(InputError, match="size"):
        sizes.size = 7
    assert (sizes.size, sizes.size.choices) == ("Small", ("Small", "Huge", "Other"))
