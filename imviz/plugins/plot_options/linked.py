"""The fields of Plot Options kept in step with the layers, in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import delay_callback

from imviz.plugins.plot_options.fields import CUSTOM, LINKED, PRESETS, LayerFields, shown
from imviz.science.display.cuts import cuts_name
from imviz.science.display.stretches import STRETCHES, parse
from imviz.session.weak_calls import weak_call

if TYPE_CHECKING:
    from imviz.plugin import Viewers
    from imviz.session import Session
    from imviz.view import LayerInfo, View

__all__ = ["LinkedLayers"]


class LinkedLayers(LayerFields):
    """Follows the selected layers of the selected viewers, and changes all of them when a field is set."""

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._quiet = 0  # more than 0 while fields follow the layers, not the user
        self._picked = False  # whether the user has selected layers; until then the top-most one is
        self._followed: dict[str, View] = {}
        self.default_cuts = "95%"
        for field in LINKED:
            self.add_callback(field, weak_call(self._push, field))
        for field in ("viewer", "layer"):
            self.add_callback(field, weak_call(self._choose, field), echo_old=True)
        self.add_callback("default_cuts", self._set_default_cuts)
        self._viewers.add_callback("names", self._follow_viewers)
        session.add_callback("revision", self._pull)
        self._follow_viewers()

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "image_color_mode" and value in ("Colormaps", "Monochromatic", "One color per layer"):
            value = "Colormap" if value == "Colormaps" else "Color"
        if name == "stretch_function" and value in STRETCHES:
            value = STRETCHES[value].label
        if name == "stretch_preset" and value != CUSTOM:
            value = self._offer_preset(value)
        super().__setattr__(name, value)

    # ---- from the layers to the fields

    def _pairs(self) -> list[tuple[View, str]]:
        """The selected layers, those of the first viewer first, each viewer's top-most last."""
        found = []
        for name in self.viewer:
            viewer = self._viewers[name]
            found += [(viewer, info.label) for info in viewer.controls.layers if info.label in self.layer]
        return found

    def _infos(self) -> list[LayerInfo]:
        return [
            info
            for name in self.viewer
            for info in self._viewers[name].controls.layers
            if info.label in self.layer and info.label in self._session.images
        ]

    def _top(self) -> LayerInfo | None:
        infos = self._infos()
        return next((info for info in reversed(infos) if info.visible), infos[-1] if infos else None)

    def _follow_viewers(self, *_: Any) -> None:
        """Listen to the viewers there are now."""
        gone = {name for name in self._followed if name not in self._viewers.names}
        for name in gone:
            self._followed.pop(name).controls.remove_callback("layers", self._pull)
        for name in self._viewers.names:
            if name not in self._followed:
                viewer = self._followed[name] = self._viewers[name]
                viewer.layers_shown.default_cuts = cuts_name(self.default_cuts)
                viewer.controls.add_callback("layers", self._pull)
                for edge in ("x_min", "y_min"):
                    viewer.frame.state.add_callback(edge, self._follow_view)
        self._pull()

    def _pull(self, *_: Any) -> None:
        """Show what the selected layers have."""
        if self._quiet:
            return
        kind = type(self)
        self._quiet += 1
        try:
            kind.viewer.set_choices(self, self._viewers.names)
            if not self.viewer and self._viewers.names:
                self.viewer = self._viewers.names[:1]
            chosen = [self._viewers[name] for name in self.viewer]
            kind.layer.set_choices(
                self, list(dict.fromkeys(info.label for viewer in chosen for info in viewer.controls.layers))
            )
            self._picked = self._picked and bool(self.layer)
            if not self._picked and self.layer_items:
                self.layer = next(filter(None, (one.controls.top for one in chosen)), self.layer_items[-1])
            self._show(self._infos(), self._top())
        finally:
            self._quiet -= 1
        self._refresh()

    def _show(self, infos: list[LayerInfo], top: LayerInfo | None) -> None:
        self.n_layers = len(infos)
        if top is None:
            self.mixed = ()
            return
        every = [shown(info) for info in infos]
        values = shown(top)
        self._offer_preset(values["stretch_preset"])
        with delay_callback(self, *values, "mixed", "stretch_parameter_name"):
            self.mixed = tuple(name for name in LINKED if any(one[name] != values[name] for one in every))
            self.stretch_parameter_name = STRETCHES[top.stretch].parameter or ""
            for name, value in values.items():
                setattr(self, name, value)

    def _offer_preset(self, value: Any) -> str:
        """The label of some cuts, which is among the choices from now on."""
        if value == CUSTOM:
            return CUSTOM
        name = cuts_name(value)
        label = PRESETS.get(name, name)
        choices = list(type(self).stretch_preset.get_choices(self))
        if label not in choices:
            with self._silence():
                type(self).stretch_preset.set_choices(self, [*choices[:-1], label, CUSTOM])
        return label

    # ---- from the fields to the layers

    def _silence(self) -> Any:
        return _Raised(self)

    def _choose(self, field: str, old: Any, new: Any) -> None:
        """Another selection: where only one may be selected, the newest."""
        if self._quiet:
            return
        self._picked = self._picked or field == "layer"
        if not getattr(self, f"{field}_multiselect") and len(new) > 1:
            newest = [one for one in new if one not in old] or list(new[:1])
            setattr(self, field, newest[-1:])
            return
        self._pull()

    def _push(self, field: str, value: Any) -> None:
        """The user has set a field: set the layers."""
        if self._quiet or (field == "stretch_preset" and value in ("", CUSTOM)):
            return
        value = getattr(value, "value", value)
        if field in ("stretch_vmin", "stretch_vmax"):
            self._push_edge(field, value)
            return
        option = {
            "stretch_parameter": lambda: {"a": value},
            "stretch_preset": lambda: cuts_name(value),
            "stretch_function": lambda: parse(value)[0],
            "image_interpolation": value.lower if isinstance(value, str) else None,
            "image_nan_color": lambda: value or None,
        }.get(field, lambda: value)
        self._change(**{LINKED[field]: option() if option else value})

    def _push_edge(self, field: str, value: Any) -> None:
        """One of the cuts: the other stays what it is in each layer, or moves along to stay on its side."""

        def edges(info: LayerInfo) -> dict[str, Any]:
            low, high = info.cuts
            if field == "stretch_vmin":
                return {"cuts": (value, high if value < high else value + high - low)}
            return {"cuts": (low if value > low else value + low - high, value)}

        self._change_each(edges)

    def _change(self, **options: Any) -> None:
        self._change_each(lambda _: options)

    def _change_each(self, options: Any) -> None:
        """Change every selected layer; the fields then show what has become of it, also after a refusal."""
        try:
            with self._silence():
                for viewer, label in self._pairs():
                    info = next(one for one in viewer.controls.layers if one.label == label)
                    viewer.set_layer(label, **options(info))
        finally:
            self._pull()

    def _set_default_cuts(self, value: str) -> None:
        for viewer in self._followed.values():
            viewer.layers_shown.default_cuts = cuts_name(value)

    # ---- for who draws

    def _refresh(self, *_: Any) -> None:
        """The layers have changed."""

    def _follow_view(self, *_: Any) -> None:
        """A view has moved."""


class _Raised:
    """While it lasts, the plugin's fields neither follow the layers nor change them."""

    def __init__(self, plugin: LinkedLayers) -> None:
        self._plugin = plugin

    def __enter__(self) -> None:
        self._plugin._quiet += 1

    def __exit__(self, *_: object) -> None:
        self._plugin._quiet -= 1
