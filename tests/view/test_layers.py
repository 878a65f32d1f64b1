"""A layer's look: what is set together stays together, whoever changes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from astropy import visualization
from matplotlib.colors import ListedColormap

from imviz.errors import InputError
from imviz.science.display.look import Look, changed, options_of, within
from imviz.view.layer_state import LayerState, observed


def look(viewer, label="a"):
    return next(layer for layer in viewer.controls.layers if layer.label == label)


def test_automatic_cuts_keep_their_name_until_someone_sets_others(viewer):
    assert look(viewer).preset == "95%"
    viewer.cuts = 98.5
    assert look(viewer).preset == "98.5%"
    viewer.cuts = (0, 5)
    assert look(viewer).preset == "Custom"
    viewer.cuts = "minmax"
    assert look(viewer).preset == "minmax"
    viewer.layers_shown.state("a").v_max = 7.0  # glue's own way
    assert look(viewer).preset == "Custom"


def test_the_cuts_that_images_come_with_can_be_chosen(session, viewer):
    viewer.default_cuts = "zscale"
    viewer.add_image("b")
    assert look(viewer, "b").preset == "zscale"
    assert look(viewer, "a").preset == "95%"
    expected = visualization.ZScaleInterval().get_limits(session.image("b").data)
    assert look(viewer, "b").cuts == pytest.approx(expected)
    with pytest.raises(InputError):
        viewer.default_cuts = "best"


def test_a_layer_of_one_colour_is_added_to_those_below_and_can_go_back(viewer):
    state = viewer.layers_shown.state("a")
    viewer.set_colormap("Viridis")
    viewer.set_layer("a", color="orange", color_mode="Color")
    assert (look(viewer).color, look(viewer).blend, look(viewer).colormap) == ("#ffa500", "add", "Viridis")
    assert state.cmap(1.0)[:3] == pytest.approx((1, 165 / 255, 0), abs=1e-6)
    viewer.set_layer("a", color="blue")
    assert state.cmap(1.0)[:3] == (0, 0, 1)
    viewer.set_layer("a", color_mode="Colormap")
    assert (state.cmap.name, look(viewer).blend) == ("viridis", "normal")


def test_set_colormap_shows_the_colormap_whatever_was_shown(viewer):
    viewer.set_layer("a", color_mode="Color")
    viewer.set_colormap("hot")
    assert viewer.layers_shown.state("a").cmap.name == "hot"


def test_a_stretch_brings_its_parameters_and_the_next_one_does_not_inherit_them(viewer):
    state = viewer.layers_shown.state("a")
    level = np.linspace(0, 1, 50)
    viewer.stretch = visualization.AsinhStretch(0.03)
    assert viewer.stretch_parameters == {"a": 0.03}
    np.testing.assert_allclose(state.stretch_object(level), visualization.AsinhStretch(0.03)(level))
    viewer.stretch_parameters = {"a": np.float32(0.5)}
    np.testing.assert_allclose(state.stretch_object(level), visualization.AsinhStretch(0.5)(level), rtol=1e-6)
    viewer.stretch = "log"
    assert viewer.stretch_parameters == {"a": 1000}
    state.stretch_parameters = {"a": 0.5}
    state.stretch = "arcsinh"
    np.testing.assert_allclose(state.stretch_object(level), visualization.AsinhStretch()(level))


def test_knots_make_the_stretch_a_spline_through_them(viewer):
    viewer.set_layer("a", knots=[(0, 0), (0.25, 0.75), (1, 1)])
    state = viewer.layers_shown.state("a")
    assert look(viewer).stretch == "spline"
    assert state.stretch_object(np.array([0.25])) == pytest.approx([0.75])
    viewer.stretch = "linear"
    assert state.curve is None
    viewer.stretch = "spline"
    assert state.stretch_object(np.array([0.25])) == pytest.approx([0.75])


def test_the_equalised_histogram_follows_the_cuts(session, viewer):
    viewer.stretch = "histeq"
    state = viewer.layers_shown.state("a")
    values = session.image("a").data
    for cuts in ((0, 59_999), (1_000, 30_000)):
        viewer.cuts = cuts
        inside = values[(values >= cuts[0]) & (values <= cuts[1])]
        level = (inside - cuts[0]) / (cuts[1] - cuts[0])
        assert np.median(state.stretch_object(level)) == pytest.approx(0.5, abs=0.01)


def test_several_options_are_one_change(viewer):
    told = []
    viewer.controls.add_callback("layers", told.append)
    viewer.set_layer(
        "a", cuts=(1, 2), stretch="sinh", colormap="Hot", invert=True, contrast=2, bias=0.4, nan_color="red"
    )
    assert look(viewer).nan_color == (1, 0, 0, 1)
    assert (look(viewer).invert, look(viewer).contrast, look(viewer).bias) == (True, 2, 0.4)
    assert len(told) == 1


@dataclass(frozen=True, slots=True)
class Glowing(Look):
    """A look with a property more than imviz has."""

    glow: float = within(0.0, "glow", 0.0, 5.0, "How far bright pixels glow.")


@observed(Glowing)
class GlowingState(LayerState):
    """A layer's state with all of that."""


def test_a_new_property_of_a_look_is_kept_and_observed_without_a_line_in_the_viewer(viewer):
    state = GlowingState(layer=viewer.layers_shown.state("a").layer, viewer_state=viewer.state)
    told = []
    state.add_callback("glow", told.append)
    state.look = changed(state.look, {"glow": 2}, list)
    assert (told, state.look.glow) == ([2], 2)
    state.glow = 3.0  # glue's way
    assert state.look.glow == 3


def test_every_property_of_a_look_reaches_the_layer_and_comes_back(viewer):
    wanted = Look(
        visible=False, opacity=0.5, blend="add", interpolation="smooth", cuts=(1.0, 2.0), preset="97%",
        stretch="log", stretch_parameters=(("a", 50.0),), knots=((0.0, 0.0), (0.5, 0.7), (1.0, 1.0)),
        contrast=2.0, bias=0.25, color_mode="Color", colormap="Hot", color="#ffa500", invert=True,
        nan_color=(1.0, 0.0, 0.0, 1.0), curve=((0.0, 0.0), (1.0, 1.0)),
    )  # fmt: skip
    same = [name for name in options_of(Look) if getattr(wanted, name) == getattr(Look(), name)]
    assert same == []  # or it would not be tested
    viewer.layers_shown.state("a").look = wanted
    assert look(viewer).look == viewer.layers_shown.look("a") == wanted


def test_a_colormap_that_matplotlib_does_not_know_is_kept(viewer):
    state = viewer.layers_shown.state("a")
    state.cmap = ListedColormap(["#102030", "#ff8000"], name="two of mine")
    assert look(viewer).colormap == "two of mine"
    viewer.set_layer("a", opacity=0.5)
    assert [tuple(colour) for colour in look(viewer).look.table[[0, -1]]] == [(16, 32, 48), (255, 128, 0)]
