"""How a layer looks: one declaration, checks, changes that belong together, and plain values of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from astropy import visualization

import imviz
from imviz.errors import InputError
from imviz.science.display.look import Look, changed, options_of, within

RAMP = np.arange(10_000.0).reshape(100, 100)


def never():
    raise AssertionError("pixels were asked for")


FULL = changed(
    Look(),
    {
        "visible": False, "opacity": 0.5, "cuts": "99%", "stretch": "log", "stretch_parameters": {"a": 50},
        "contrast": 2, "bias": 0.25, "colormap": "hot", "color": "orange", "color_mode": "Color",
        "invert": True, "nan_color": "red", "interpolation": "smooth", "blend": "normal",
        "knots": [(0, 0), (0.5, 0.8), (1, 1)],
    },
    lambda: RAMP,
)  # fmt: skip


@pytest.mark.parametrize("look", [Look(), FULL, changed(Look(), {"stretch": "histeq"}, lambda: RAMP)])
def test_a_look_comes_back_from_json(look):
    assert Look.from_dict(json.loads(json.dumps(look.to_dict()))) == look


def test_what_is_not_said_is_as_it_comes():
    assert Look.from_dict({"opacity": 0.5}) == replace(Look(), opacity=0.5)


@pytest.mark.parametrize(
    "values",
    [
        {"opacity": 2}, {"shine": 1}, {"cuts": [1, 0]}, {"stretch": "up"}, {"colormap": "mud"},
        {"stretch": "log", "stretch_parameters": {"a": -1}}, {"stretch_parameters": {"a": 1}},
        {"curve": 3}, {"curve": [[0, 0], [1]]}, {"curve": [[0, 0]]}, {"curve": [[0, 0], [2, 1]]},
        {"stretch_parameters": 5}, {"preset": "best"},
    ],
)  # fmt: skip
def test_values_that_cannot_be_are_refused_by_name(values):
    with pytest.raises(InputError):
        Look.from_dict(values)


def test_cuts_by_numbers_ask_for_no_pixel_and_have_no_name():
    look = changed(FULL, {"cuts": (1, 2)}, never)
    assert (look.cuts, look.preset) == ((1, 2), "Custom")


def test_cuts_by_name_are_astropys():
    look = changed(Look(), {"cuts": 90}, lambda: RAMP)
    expected = visualization.PercentileInterval(90).get_limits(RAMP)
    assert (look.preset, look.cuts) == ("90%", pytest.approx(expected))


def test_an_unknown_option_and_one_that_follows_from_others_are_refused():
    for name in ("shine", "preset", "curve"):
        with pytest.raises(InputError, match="no option"):
            changed(Look(), {name: 1}, never)


def test_the_equalised_curve_is_found_anew_only_with_other_cuts():
    look = changed(Look(), {"stretch": "histeq", "cuts": (0, 9_999)}, lambda: RAMP)
    assert changed(look, {"opacity": 0.5}, never).curve == look.curve
    other = changed(look, {"cuts": (0, 5_000)}, lambda: RAMP**2)
    level = np.array([0.25])  # half of the pixels of x² up to 5000 are below a quarter of it
    assert other.stretched(level) == pytest.approx([0.5], abs=0.01)


def test_colours_are_contrast_then_stretch_then_colormap():
    look = changed(Look(), {"cuts": (0, 100), "stretch": "sqrt", "contrast": 2, "bias": 0.5}, never)
    level = np.clip((np.array([10, 40, 50, 90]) / 100 - 0.5) * 2 + 0.5, 0, 1)
    expected = np.minimum(np.sqrt(level) * 256, 255).astype(int)
    np.testing.assert_array_equal(look.colours(np.array([10, 40, 50, 90]))[:, 0], expected)


def test_every_property_says_how_it_is_checked_and_what_it_is():
    for name, one in options_of(Look).items():
        assert one.doc.endswith("."), name
        assert one.check(getattr(Look(), name)) == getattr(Look(), name)


@dataclass(frozen=True, slots=True)
class Glowing(Look):
    """A look with a property more: this line is all that declares it."""

    glow: float = within(0.0, "glow", 0.0, 5.0, "How far bright pixels glow.", drawn="colours")


def test_a_new_property_is_one_line():
    look = changed(Glowing(), {"glow": 2}, never)
    assert look.message()["colours"]["glow"] == 2
    assert Glowing.from_dict(look.to_dict()) == look
    for refused in (lambda: changed(look, {"glow": 6}, never), lambda: Glowing.from_dict({"glow": "much"})):
        with pytest.raises(InputError, match="The glow must be a number from 0 to 5"):
            refused()
    with pytest.raises(InputError):
        changed(Look(), {"glow": 2}, never)


PACKAGE = Path(imviz.__file__).parent
KNOWING = {  # who names properties: where each is declared, put together, drawn, offered
    "nan_color": {"look.py", "linked.py", "render.py", "stretch.js", "view.py"},
    "interpolation": {"look.py", "render.py", "canvas.js", "webgl.js", "view.py"},
}


@pytest.mark.parametrize("name", KNOWING)
def test_only_who_draws_or_offers_a_property_names_it(name):
    floors = ("science/display", "view", "viewer", "plugins/plot_options", "shell")
    files = [
        path for floor in floors for path in (PACKAGE / floor).rglob("*") if path.suffix in {".py", ".js"}
    ]
    named = re.compile(rf"(\.|[\"'`]){name}\b")
    found = {path.name for path in files if named.search(path.read_text(encoding="utf-8"))}
    assert found - {"mesh.py", "tiles.py"} <= KNOWING[name]  # these interpolate positions and values
    assert found & {"stretch.js", "webgl.js"}
