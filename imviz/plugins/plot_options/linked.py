"""Fields that stand for the look of the selected layers, in both directions.

They are made from the declaration of a look (`imviz.science.display.look`): each of its properties has a
field ``image_<name>``, except for cuts and stretch, whose fields (`STRETCH`) older notebooks know by other
names. A field shows what the top-most selected layer has, is named among those mixed where others differ,
and sets all of them when it is set. Viewers keep the looks and check what is set.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from echo import delay_callback

from imviz.plugin import Choice, LayerField
from imviz.science.display import colormaps
from imviz.science.display.cuts import AUTOCUTS, cuts_name
from imviz.science.display.look import CUSTOM, Look
from imviz.science.display.stretches import STRETCHES, parse
from imviz.session.weak_calls import weak_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.plugins.plot_options.selected import SelectedLayers

__all__ = ["CUTS", "Link", "LinkedLook", "linked_to"]

LABELS = {"minmax": "Min/Max", "zscale": "ZScale", CUSTOM: CUSTOM}
CUTS = [LABELS.get(name, name) for name in AUTOCUTS]
"""Automatic cuts, as the panel calls them."""
OLDER_MODES = {"Colormaps": "Colormap", "Monochromatic": "Color", "One color per layer": "Color"}

Kind = TypeVar("Kind", bound=type)


@dataclass(frozen=True)
class Link:
    """What a field stands for.

    Attributes
    ----------
    field
        The field of the plugin, which checks what is assigned as far as it can.
    shown : callable
        The field's value for a look.
    options : callable
        The options of `View.set_layer` for a value of the field and the layer's look before.
    """

    field: Any
    shown: Callable[[Look], Any]
    options: Callable[[Any, Look], dict[str, Any]]


def cuts_label(value: Any) -> str:
    """Cuts as the panel calls them."""
    name = CUSTOM if value == CUSTOM else cuts_name(value)
    return LABELS.get(name, name)


def _edge(value: Any, look: Look, *, upper: bool) -> dict[str, Any]:
    """One of the cuts: the other stays what it is, or moves along to stay on its side."""
    low, high = look.cuts
    if upper:
        return {"cuts": (low if value > low else value + low - high, value)}
    return {"cuts": (value, high if value < high else value + high - low)}


STRETCH = {
    "stretch_function": Link(
        Choice(
            [one.label for one in STRETCHES.values()],
            doc="How values become brightness.",
            named=lambda value: STRETCHES[parse(value)[0]].label,
        ),
        lambda look: STRETCHES[look.stretch].label,
        lambda value, _: {"stretch": parse(value)[0]},
    ),
    "stretch_parameter": Link(
        LayerField(0.0, doc="The stretch's parameter, where it has one."),
        lambda look: look.parameter or 0.0,
        lambda value, _: {"stretch_parameters": {"a": value}},
    ),
    "stretch_preset": Link(
        Choice([*CUTS, CUSTOM], doc="Automatic cuts, or Custom.", named=cuts_label),
        lambda look: cuts_label(look.preset),
        lambda value, _: {} if value in ("", CUSTOM) else {"cuts": cuts_name(value)},
    ),
    "stretch_vmin": Link(
        LayerField(0.0, doc="Value shown darkest."), lambda look: look.cuts[0], partial(_edge, upper=False)
    ),
    "stretch_vmax": Link(
        LayerField(1.0, doc="Value shown brightest."), lambda look: look.cuts[1], partial(_edge, upper=True)
    ),
}
"""Fields for what a look keeps together."""
TOGETHER = ("cuts", "stretch", "stretch_parameters", "knots")


def links(kind: type[Look]) -> dict[str, Link]:
    """What each linked field stands for, from the declaration of a look."""
    single = [one for one in fields(kind) if one.name not in TOGETHER and not one.metadata["option"].derived]
    return {f"image_{one.name}": _link(one) for one in single} | STRETCH


def _link(one: Any) -> Link:
    """The field of one property, and what it stands for."""
    name, option = one.name, one.metadata["option"]
    if name == "nan_color":
        field = LayerField("", doc="Colour of pixels without a value; '' lets what is below be seen.")
        return Link(field, lambda look: _hex(look.nan_color), lambda value, _: {name: value or None})
    if name == "colormap":
        named = Choice(list(colormaps.names()), doc=option.doc, named=option.check)
        return Link(named, lambda look: look.colormap, lambda value, _: {name: value})
    if option.choices:
        words = {word.capitalize(): word for word in option.choices}
        return Link(
            Choice(list(words), doc=option.doc, named=OLDER_MODES.__getitem__),
            lambda look: getattr(look, name).capitalize(),
            lambda value, _: {name: words[value]},
        )
    return Link(
        LayerField(one.default, doc=option.doc),
        lambda look: getattr(look, name),
        lambda value, _: {name: value},
    )


def _hex(nan_color: tuple[float, ...] | None) -> str:
    """A colour as the panel has it; '' for none, and for one that cannot be seen."""
    return colormaps.color(nan_color[:3]) if nan_color and nan_color[-1] else ""


def linked_to(look: type[Look]) -> Callable[[Kind], Kind]:
    """Give a kind of plugin the fields that stand for a look, and ``links``: what each stands for."""

    def decorate(kind: Kind) -> Kind:
        kind.links = links(look)  # type: ignore[attr-defined]
        kind.kept_elsewhere = kind.kept_elsewhere | set(kind.links)  # type: ignore[attr-defined]
        for name, link in kind.links.items():  # type: ignore[attr-defined]
            setattr(kind, name, link.field)
            link.field.__set_name__(kind, name)
        return kind

    return decorate


class LinkedLook:
    """Keeps fields and looks in step.

    Parameters
    ----------
    plugin
        Its fields and its ``links`` (`linked_to`), ``mixed`` and ``stretch_parameter_name``.
    layers : SelectedLayers
        Whose looks they are.
    changed : callable
        Called after layers were changed here.
    """

    def __init__(self, plugin: Any, layers: SelectedLayers, changed: Callable[[], None]) -> None:
        self._plugin, self._layers, self._changed = plugin, layers, changed
        for field in plugin.links:
            plugin.add_callback(field, weak_call(self._push, field))

    def show(self) -> None:
        """Have the fields say what the selected layers have."""
        plugin, top = self._plugin, self._layers.top()
        if top is None:
            plugin.mixed = ()
            return
        shown = {name: link.shown(top.look) for name, link in plugin.links.items()}
        every = [info.look for _, info in self._layers.pairs()]
        with delay_callback(plugin, *shown, "mixed", "stretch_parameter_name"):
            plugin.mixed = tuple(
                name
                for name, link in plugin.links.items()
                if any(link.shown(look) != shown[name] for look in every)
            )
            plugin.stretch_parameter_name = STRETCHES[top.look.stretch].parameter or ""
            for name, value in shown.items():
                setattr(plugin, name, value)

    def change(self, **options: Any) -> None:
        """Give every selected layer some options."""
        self._change_each(lambda _: options)

    def _push(self, field: str, value: Any) -> None:
        """The user has set a field: set the layers."""
        if not self._layers.quiet:
            plain = getattr(value, "value", value)
            self._change_each(lambda look: self._plugin.links[field].options(plain, look))

    def _change_each(self, options: Callable[[Look], dict[str, Any]]) -> None:
        """Change every selected layer; the fields then show what has become of it, also after a refusal."""
        try:
            with self._layers.quiet:
                for viewer, info in self._layers.pairs():
                    viewer.layers_shown.change(info.label, **options(info.look))
        finally:
            self._changed()
