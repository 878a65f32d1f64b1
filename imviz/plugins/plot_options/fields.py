"""The fields of Plot Options, which property of a layer each stands for, and what a layer has for it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from echo import CallbackProperty

from imviz.errors import InputError
from imviz.plugin import Choice, Held, LayerField, Number, Plugin, Several
from imviz.science.display import colormaps
from imviz.science.display.cuts import AUTOCUTS
from imviz.science.display.stretches import STRETCHES

if TYPE_CHECKING:
    from imviz.view import LayerInfo

__all__ = ["CUSTOM", "FIRST_LOOK", "LINKED", "PRESETS", "LayerFields", "shown"]

CUSTOM = "Custom"
PRESETS = {"minmax": "Min/Max", "zscale": "ZScale"}
FIRST_LOOK = {
    "stretch": "linear",
    "colormap": "Gray",
    "color_mode": "Colormap",
    "opacity": 1.0,
    "contrast": 1.0,
    "bias": 0.5,
    "invert": False,
    "interpolation": "nearest",
    "nan_color": None,
}
# field -> option of `View.set_layer`; the layer's value for the field is in `shown`
LINKED = {
    "image_visible": "visible",
    "image_opacity": "opacity",
    "image_color_mode": "color_mode",
    "image_color": "color",
    "image_colormap": "colormap",
    "image_contrast": "contrast",
    "image_bias": "bias",
    "image_invert": "invert",
    "image_interpolation": "interpolation",
    "image_nan_color": "nan_color",
    "stretch_function": "stretch",
    "stretch_parameter": "stretch_parameters",
    "stretch_preset": "cuts",
    "stretch_vmin": "cuts",
    "stretch_vmax": "cuts",
}


class _Colormap(Choice):
    """A colormap by any name that matplotlib or the menu has; one that is not offered is from then on."""

    def __set__(self, instance: Any, value: str | None) -> None:
        choices = self.get_choices(instance)
        if value and value not in choices:
            with suppress(InputError):  # no name: a pattern, or what Choice refuses
                value = colormaps.name_of(colormaps.find(value))
                if value not in choices:
                    self.set_choices(instance, [*choices, value])
        super().__set__(instance, value)


class LayerFields(Plugin):
    """The fields: which viewers and layers, and what each property of them is."""

    viewer = Several(doc="The viewers to change.")
    layer = Several(doc="The images in them to change.")
    viewer_multiselect = CallbackProperty(True, docstring="Whether several viewers can be selected.")
    layer_multiselect = CallbackProperty(True, docstring="Whether several layers can be selected.")
    mixed = CallbackProperty((), docstring="Names of the fields in which the selected layers differ.")
    n_layers = CallbackProperty(0, docstring="How many layers are selected.")

    image_visible = LayerField(True, doc="Whether the image is shown.")
    image_opacity = LayerField(1.0, doc="Opacity, 0 to 1.")
    image_color_mode = Choice(
        ["Colormap", "Color"], doc="By colormap, or in shades of one colour added to what is below."
    )
    image_color = LayerField("#ffffff", doc="The one colour.")
    image_colormap = _Colormap(list(colormaps.names()), doc="The colormap.")
    image_contrast = LayerField(1.0, doc="Contrast, 0 to 4.")
    image_bias = LayerField(0.5, doc="Bias, 0 to 1.")
    image_invert = LayerField(False, doc="Whether the colormap is turned round.")
    image_interpolation = Choice(["Nearest", "Smooth"], doc="What is seen between pixel centres.")
    image_nan_color = LayerField("", doc="Colour of pixels without a value; '' lets what is below be seen.")
    stretch_function = Choice([one.label for one in STRETCHES.values()], doc="How values become brightness.")
    stretch_parameter = LayerField(0.0, doc="The stretch's parameter, where it has one.")
    stretch_parameter_name = CallbackProperty("", docstring="What the parameter does; '' without one.")
    stretch_preset = Choice(
        [*(PRESETS.get(name, name) for name in AUTOCUTS), CUSTOM], doc="Automatic cuts, or Custom."
    )
    stretch_vmin = LayerField(0.0, doc="Value shown darkest.")
    stretch_vmax = LayerField(1.0, doc="Value shown brightest.")
    stretch_hist_nbins = Number(60, doc="Number of bins of the histogram.")
    stretch_hist_log = CallbackProperty(False, docstring="Whether counts are drawn logarithmically.")
    stretch_hist_zoom_limits = CallbackProperty(
        False, docstring="Whether only what the view shows is counted."
    )
    stretch_hist_all = CallbackProperty(False, docstring="Whether the histogram goes to the extremes.")
    stretch_curve_visible = CallbackProperty(True, docstring="Whether the stretch is drawn.")
    histogram = Held("Values of the top-most selected image, with its cuts and stretch.")
    extremes_text = CallbackProperty("", docstring="The lowest and the highest value.")
    extremes_known = CallbackProperty(True, docstring="Whether these are exact, or a sample's.")
    default_cuts = Choice(
        [PRESETS.get(name, name) for name in AUTOCUTS], doc="Cuts that images get when they are shown."
    )


def shown(info: LayerInfo) -> dict[str, Any]:
    """A layer's values for the linked fields."""
    kind = STRETCHES[info.stretch]
    *_, nan_alpha = info.nan_color or (0.0,)
    return {
        "image_visible": info.visible,
        "image_opacity": info.opacity,
        "image_color_mode": info.color_mode,
        "image_color": info.color,
        "image_colormap": info.colormap,
        "image_contrast": info.contrast,
        "image_bias": info.bias,
        "image_invert": info.invert,
        "image_interpolation": info.interpolation.capitalize(),
        "image_nan_color": colormaps.color(info.nan_color[:3]) if info.nan_color and nan_alpha else "",
        "stretch_function": kind.label,
        "stretch_parameter": float(dict(info.stretch_parameters).get("a", kind.default)),
        "stretch_preset": PRESETS.get(info.preset, info.preset),
        "stretch_vmin": info.cuts[0],
        "stretch_vmax": info.cuts[1],
    }
