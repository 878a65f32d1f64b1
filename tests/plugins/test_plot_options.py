"""Plot Options: fields that stand for the selected layers, both ways; a histogram of bounded cost."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pytest
from echo import CallbackProperty
from PIL import Image
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import InputError
from imviz.plugin import Plugin
from imviz.plugins.plot_options.histogram import Sampled
from imviz.plugins.plot_options.linked import LinkedLook, linked_to
from imviz.plugins.plot_options.selected import Quiet
from imviz.science.display.look import Look, changed, options_of, within, words


@pytest.fixture
def imviz():
    imviz = Imviz()
    ramp = np.arange(20_000.0).reshape(100, 200)
    imviz.load_data(ramp, data_label="ramp")
    imviz.load_data(-ramp, data_label="negative")
    imviz.load_data(ramp + 5, data_label="third")
    return imviz


@pytest.fixture
def options(imviz):
    return imviz.plugins["Plot Options"]


def layer(imviz, label, viewer="imviz-0"):
    return next(one for one in imviz.viewers[viewer].controls.layers if one.label == label)


def test_the_top_image_of_the_first_viewer_is_selected_until_others_are(imviz, options):
    assert (options.viewer.selected, options.layer.selected) == (["imviz-0"], ["third"])
    assert options.layer.choices == ("ramp", "negative", "third")
    imviz.default_viewer.blink_once()
    assert options.layer.selected == ["ramp"]
    options.layer = "negative"
    imviz.default_viewer.blink_once()
    assert options.layer.selected == ["negative"]


@pytest.mark.parametrize(
    ("field", "value", "of_layer"),
    [
        ("image_visible", False, {"visible": False}),
        ("image_opacity", 0.25, {"opacity": 0.25}),
        ("image_colormap", "Viridis", {"colormap": "Viridis"}),
        ("image_colormap", "cividis", {"colormap": "cividis"}),
        ("image_color_mode", "Color", {"color_mode": "Color", "blend": "add"}),
        ("image_color_mode", "Monochromatic", {"color_mode": "Color"}),
        ("image_color", "orange", {"color": "#ffa500"}),
        ("image_contrast", 2, {"contrast": 2}),
        ("image_bias", np.float32(0.25), {"bias": 0.25}),
        ("image_invert", True, {"invert": True}),
        ("image_interpolation", "Smooth", {"interpolation": "smooth"}),
        ("image_nan_color", "red", {"nan_color": (1, 0, 0, 1)}),
        ("stretch_function", "Square Root", {"stretch": "sqrt"}),
        ("stretch_preset", "99%", {"preset": "99%"}),
        ("stretch_preset", "Min/Max", {"preset": "minmax", "cuts": (5, 20_004)}),
        ("stretch_preset", "97.5%", {"preset": "97.5%"}),
        ("stretch_vmin", -3, {"preset": "Custom"}),
        ("stretch_vmax", 30_000, {"preset": "Custom"}),
    ],
)
def test_a_field_sets_the_layer_and_shows_it(imviz, options, field, value, of_layer):
    setattr(options, field, value)
    for name, expected in of_layer.items():
        assert getattr(layer(imviz, "third"), name) == expected
    assert layer(imviz, "ramp").opacity == 1
    before = layer(imviz, "third")
    getattr(options, field).value = getattr(options, field).value  # older notebooks' way
    assert layer(imviz, "third") == before


def test_the_stretchs_parameter_is_named_and_set(imviz, options):
    options.stretch_function = "Arcsinh"
    assert (options.stretch_parameter, options.stretch_parameter_name != "") == (0.1, True)
    options.stretch_parameter = 0.02
    assert dict(layer(imviz, "third").stretch_parameters) == {"a": 0.02}
    options.stretch_function = "Linear"
    assert options.stretch_parameter_name == ""


def test_a_change_made_elsewhere_shows(imviz, options):
    viewer = imviz.default_viewer
    viewer.set_layer("third", opacity=0.5, cuts=(1, 2), stretch="log", invert=True)
    assert (options.image_opacity, options.image_invert) == (0.5, True)
    assert (options.stretch_vmin, options.stretch_vmax, options.stretch_preset) == (1, 2, "Custom")
    assert options.stretch_function == "Logarithmic"


def test_layers_that_differ_are_mixed_and_one_setting_makes_them_alike(imviz, options):
    options.layer = ["ramp", "third"]
    assert "stretch_vmax" in options.mixed
    assert "image_opacity" not in options.mixed
    imviz.default_viewer.set_layer("ramp", opacity=0.5)
    assert "image_opacity" in options.mixed
    assert options.image_opacity == 1  # the top-most one's
    options.image_opacity = 0.75
    assert [layer(imviz, name).opacity for name in ("ramp", "negative", "third")] == [0.75, 1, 0.75]
    assert "image_opacity" not in options.mixed


def test_one_cut_of_several_layers_leaves_each_its_other(imviz, options):
    options.layer = ["ramp", "third"]
    uppers = [layer(imviz, name).cuts[1] for name in ("ramp", "third")]
    options.stretch_vmin = -100
    assert [layer(imviz, name).cuts for name in ("ramp", "third")] == [(-100, upper) for upper in uppers]


def test_several_viewers_are_changed_together(imviz, options):
    imviz.create_image_viewer()
    imviz.app.add_data_to_viewer("imviz-1", "third")
    options.select_all()
    options.image_colormap = "Hot"
    assert layer(imviz, "third", "imviz-1").colormap == layer(imviz, "ramp").colormap == "Hot"
    imviz.destroy_viewer("imviz-1")
    assert options.viewer.selected == ["imviz-0"]


def test_without_multiselect_the_newest_choice_stays(options):
    options.multiselect = False
    options.layer = ["ramp", "third"]
    assert options.layer.selected == ["ramp"]
    options.multiselect = True
    options.layer = ["ramp", "third"]
    assert options.layer.selected == ["ramp", "third"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image_opacity", 2),
        ("image_color", "mud"),
        ("image_colormap", "mud"),
        ("stretch_preset", "best"),
    ],
)
def test_what_cannot_be_is_refused_and_the_field_shows_what_is(imviz, options, field, value):
    before = layer(imviz, "third"), getattr(options, field)
    with pytest.raises(InputError):
        setattr(options, field, value)
    assert (layer(imviz, "third"), getattr(options, field)) == before


def test_a_colour_picture_in_one_click_and_back(imviz, options):
    options.apply_RGB_presets()
    infos = [layer(imviz, name) for name in ("ramp", "negative", "third")]
    assert [one.color for one in infos] == ["#0000ff", "#00ff00", "#ff0000"]
    assert {(one.color_mode, one.stretch, one.preset, one.blend) for one in infos} == {
        ("Color", "arcsinh", "99%", "add")
    }
    options.reset_look()
    infos = [layer(imviz, name) for name in ("ramp", "negative", "third")]
    assert {(one.color_mode, one.stretch, one.preset, one.blend) for one in infos} == {
        ("Colormap", "linear", "95%", "normal")
    }


def test_one_image_is_no_colour_picture():
    imviz = Imviz()
    imviz.load_data(np.ones((5, 5)))
    with pytest.raises(InputError, match="two or more"):
        imviz.plugins["Plot Options"].apply_RGB_presets()


def test_a_lupton_picture_is_written(options, tmp_path):
    colours = options.make_lupton_RGB(
        "third", "ramp", "ramp", tmp_path / "lupton.png", stretch=1e4, minimum=0
    )
    assert colours.shape == (100, 200, 3)
    written = np.asarray(Image.open(tmp_path / "lupton.png"))
    assert (written[::-1] == colours).all()


def test_the_default_cuts_are_for_images_and_viewers_to_come(imviz, options):
    options.default_cuts = "ZScale"
    imviz.load_data(np.arange(50.0).reshape(5, 10), data_label="new")
    assert layer(imviz, "new").preset == "zscale"
    viewer = imviz.create_image_viewer()
    viewer.add_image("ramp")
    assert layer(imviz, "ramp", "imviz-1").preset == "zscale"


def test_the_histogram_is_numpys_of_the_values(imviz, options):
    assert options.histogram is None  # nobody looks
    options.open_in_tray()
    drawn = options.histogram
    values = imviz.get_data("third").data
    expected, _ = np.histogram(values, bins=60, range=drawn.span)
    assert drawn.counts == tuple(expected)
    assert drawn.cuts == layer(imviz, "third").cuts
    options.stretch_hist_nbins = 10
    assert len(options.histogram.counts) == 10
    assert options.extremes_text == "5 to 20004"


def test_dragging_a_cut_on_the_histogram_sets_the_layers(imviz, options):
    options.open_in_tray()
    options.drag_histogram(cuts=[100, 900])
    assert layer(imviz, "third").cuts == (100, 900) == options.histogram.cuts
    assert options.histogram.span[0] < 100


def test_the_curve_is_the_stretch_and_knots_bend_it(imviz, options):
    options.open_in_tray()
    options.stretch_function = "Square Root"
    level, drawn = np.array(options.histogram.curve).T
    np.testing.assert_allclose(drawn, np.sqrt(level))
    assert options.histogram.knots == ()
    options.stretch_function = "Spline"
    options.drag_histogram(knots=[[0, 0], [0.5, 0.9], [1, 1]])
    assert options.histogram.knots == ((0, 0), (0.5, 0.9), (1, 1))
    assert np.interp(0.5, *np.array(options.histogram.curve).T) == pytest.approx(0.9, abs=0.01)
    assert options.stretch_params == {"knots": ((0, 0.5, 1), (0, 0.9, 1))}
    options.stretch_params = {"knots": ([0, 1], [0, 1])}
    assert layer(imviz, "third").knots == ((0, 0), (1, 1))


def test_only_what_the_view_shows_is_counted_and_it_follows_the_view(imviz, options):
    options.open_in_tray()
    options.stretch_hist_zoom_limits = True
    imviz.default_viewer.set_limits(9.5, 19.5, 4.5, 12)
    n_rows = round(imviz.default_viewer.get_limits()[3] - imviz.default_viewer.get_limits()[2])
    assert 10 * n_rows * 0.8 <= sum(options.histogram.counts) <= 11 * (n_rows + 1)
    options.stretch_hist_zoom_limits = False
    assert sum(options.histogram.counts) > 19_000


class Large:
    """16k x 16k pixels of which one is bright; counts what is read."""

    shape, size, ndim, dtype = (16_384, 16_384), 16_384**2, 2, np.dtype("f4")
    read = 0

    def __getitem__(self, key):
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        rows, columns = np.arange(*rows.indices(16_384)), np.arange(*columns.indices(16_384))
        Large.read += rows.size * columns.size
        block = np.zeros((rows.size, columns.size), "f4")
        block[np.ix_(rows == 10_001, columns == 3)] = 7e4
        return block


def test_of_a_large_image_little_is_read_until_the_extremes_are_sought():
    from astropy.nddata import NDData

    image = NDData(np.zeros((2, 2)))
    image._data = Large()
    drawn = Sampled()
    Large.read = 0
    assert drawn.extremes("large", image) == ((0.0, 0.0), False)
    assert Large.read < 300_000
    assert list(drawn.seek("large", image))[-1] == 1
    assert drawn.extremes("large", image) == ((0.0, 7e4), True)


def test_a_plugin_that_is_closed_draws_nothing(options, imviz):
    options.open_in_tray()
    options.close_in_tray()
    revision = options.histogram_revision
    imviz.default_viewer.cuts = (1, 2)
    assert options.histogram_revision == revision


def test_the_view_is_moved_and_zoomed_by_numbers(imviz, options):
    viewer = imviz.default_viewer
    options.zoom_center_x, options.zoom_center_y, options.zoom_radius = 50, np.float32(40), 7
    x_min, x_max, y_min, y_max = viewer.get_limits()
    assert ((x_min + x_max) / 2, (y_min + y_max) / 2) == pytest.approx((50, 40))
    assert min(x_max - x_min, y_max - y_min) == pytest.approx(14)
    assert (options.zoom_center_x, options.zoom_center_y, options.zoom_radius) == pytest.approx((50, 40, 7))
    for field, value in (("zoom_radius", 0), ("zoom_center_x", np.nan), ("zoom_center_y", "a")):
        with pytest.raises(InputError):
            setattr(options, field, value)
    options.reset_viewer_bounds()
    assert viewer.zoom_level == pytest.approx(4)


# ---- regions and contours, by older notebooks' names


def records(imviz):
    return {record.label: record for record in imviz.app.session.region_list}


def test_a_region_named_as_a_layer_is_restyled_and_the_images_stay_selected(imviz, options):
    imviz.load_regions([CirclePixelRegion(PixCoord(50, 50), 10), CirclePixelRegion(PixCoord(90, 50), 10)])
    options.layer = "Subset 1"
    assert options.layer.selected == ["third"]
    options.subset_color = "red"
    options.subset_opacity.value = 0.4
    options.subset_visible = False
    first, second = records(imviz).values()
    assert (first.color, first.opacity, first.visible) == ("#ff0000", 0.4, False)
    assert (second.color, second.opacity, second.visible) == (None, 1.0, True)
    options.layer = ["Subset 2", "ramp"]
    assert (options.layer.selected, options.subset_color, options.subset_visible) == (["ramp"], "", True)
    imviz.app.session.history.undo()
    assert records(imviz)["Subset 1"].visible


def test_without_a_selection_all_regions_are_meant_and_differing_ones_are_mixed(imviz, options):
    imviz.load_regions([CirclePixelRegion(PixCoord(50, 50), 10), CirclePixelRegion(PixCoord(90, 50), 10)])
    options.layer = "Subset 2"
    options.subset_opacity = 0.5
    imviz.app.session.select([])
    assert options.subset_text == "all 2"
    assert "subset_opacity" in options.mixed
    assert "subset_color" not in options.mixed
    options.subset_opacity = 0.25
    assert [record.opacity for record in records(imviz).values()] == [0.25, 0.25]
    assert options.mixed == ()
    with pytest.raises(InputError, match="0 to 1"):
        options.subset_opacity = 7
    assert options.subset_opacity == 0.25


def contours_at(imviz, level):
    """x of the lines at a level, in the ramp's pixels; the ramp is x + 200 y."""
    lines = imviz.default_viewer.vectors["contours"].lines
    return [line for line in lines if np.allclose(line[:, 0] + 200 * line[:, 1], level, atol=1)]


def test_contours_are_drawn_at_even_steps_or_at_the_levels_given(imviz, options):
    options.layer = "ramp"
    options.contour_nlevels = 3
    options.contour_min, options.contour_max = 5000, 15_000
    options.contour_visible = True
    assert [bool(contours_at(imviz, level)) for level in (5000, 10_000, 15_000)] == [True] * 3
    options.contour_mode = "Custom"
    assert options.contour_custom_levels == "5000, 10000, 15000"
    options.contour_custom_levels = [7000, 8000.5]
    found = [bool(contours_at(imviz, level)) for level in (5000, 7000, 8000.5)]
    assert found == [False, True, True]
    options.contour_visible.value = False
    assert "contours" not in imviz.default_viewer.vectors.names
    options.contour_custom_levels = "a, b"
    with pytest.raises(InputError, match="not numbers"):
        options.contour_visible = True
    assert not options.contour_visible


def test_contours_switched_elsewhere_are_known_here(imviz, options):
    imviz.plugins["Overlays"].show_contours("ramp")
    assert not options.contour_visible  # another layer is selected
    options.layer = "ramp"
    assert options.contour_visible
    imviz.plugins["Overlays"].contours_shown = False
    assert not options.contour_visible
    assert (options.contour_min, options.contour_max) == layer(imviz, "ramp").cuts


def test_every_colormap_of_matplotlib_by_its_name(imviz, options):
    for name in mpl.colormaps:  # the reversed ones are not in the menu until they are chosen
        imviz.default_viewer.set_colormap(name)
        assert options.image_colormap == layer(imviz, "third").colormap
    for name, shown in (("jet_r", "jet_r"), ("gray_r", "Reversed: Gray"), ("VIRIDIS", "Viridis")):
        options.image_colormap = name
        assert layer(imviz, "third").colormap == shown == options.image_colormap
    with pytest.raises(InputError, match="image_colormap"):
        options.image_colormap = "mud"


# ---- one declaration


@dataclass(frozen=True, slots=True)
class Glowing(Look):
    """A look with two properties more than imviz has."""

    glow: float = within(0.0, "glow", 0.0, 5.0, "How far bright pixels glow.")
    halo: str = words("halo", ("none", "round"), "What is seen around bright pixels.")


@linked_to(Glowing)
class GlowingFields(Plugin):
    """A panel of such a look."""

    name = "Glow"
    mixed = CallbackProperty(())
    stretch_parameter_name = CallbackProperty("")


class OneLayer:
    """A layer of that look, as a viewer has it and as the selected one."""

    quiet = Quiet()

    def __init__(self):
        self.look, self.label, self.visible = Glowing(), "one", True
        self.layers_shown = self

    def change(self, label, **options):
        self.look = changed(self.look, options, list)

    def tell(self):
        self.link.show()

    def top(self):
        return self

    def pairs(self):
        return [(self, self)]


def test_a_new_property_of_a_look_has_its_field_without_a_line_here():
    fields, one = GlowingFields(None), OneLayer()
    look = one.link = LinkedLook(fields, one, one.tell)
    look.show()
    assert (fields.image_glow, fields.image_halo, fields.image_halo.choices) == (0, "None", ("None", "Round"))
    fields.image_glow, fields.image_halo = 2, "round"
    assert (one.look.glow, one.look.halo) == (2, "round")
    one.change("one", glow=3)
    look.show()
    assert (fields.image_glow, fields.image_halo) == (3, "Round")
    with pytest.raises(InputError, match="0 to 5"):
        fields.image_glow = 6
    assert fields.image_glow == 3


def test_every_property_of_a_look_that_can_be_set_has_a_field(options):
    looks = {"cuts", "stretch", "stretch_parameters", "knots"}  # whose fields have older names
    for name, one in options_of(Look).items():
        assert (f"image_{name}" in options.links) == (not one.derived and name not in looks)
    assert set(options.links) <= set(type(options).fields())


def test_light_is_added_by_the_panel_too(imviz, options):
    options.image_blend = "Add"
    assert layer(imviz, "third").blend == "add"
