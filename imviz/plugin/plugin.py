"""The base of all plugins, and what marks an action."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from astropy.utils.exceptions import AstropyDeprecationWarning
from echo import CallbackProperty, HasCallbackProperties

from imviz.errors import InputError
from imviz.plugin.fields import Choice, Held, Number, Several
from imviz.plugin.sources import SOURCES
from imviz.plugin.viewers import Viewers

if TYPE_CHECKING:
    from imviz.session import Session

__all__ = ["Plugin", "action"]

TOLD = ("viewer", "layer", "dataset", "aperture")  # fields that say what a plugin is about

Function = TypeVar("Function", bound=Callable[..., Any])


def action(function: Function) -> Function:
    """Mark a method as something a panel's button can run.

    One that needs an argument gets what the layout calls it with, as ``tick(['Subset 1', true])``.

    One that returns a generator is long work: it yields how far it is, 0 to 1, after each step; the panel
    shows that, stays alive between the steps, and ends it early when the user cancels.
    """
    function.is_action = True  # type: ignore[attr-defined]
    return function


class Plugin(HasCallbackProperties):
    """Base of all plugins.

    Parameters
    ----------
    session : Session
        The document the plugin works on.
    viewers : Viewers, optional
        The viewers it may look at and change. Default: none.

    Attributes
    ----------
    name : str
        What the tray and the notebook call it.
    icon : str
        Its button in the tray, a name of Material Design Icons 4.9.95.
    """

    kept_elsewhere: ClassVar[frozenset[str]] = frozenset()
    """Fields that show what the document or a viewer keeps: no part of `imviz.plugin.settings`."""
    name = ""
    icon = "mdi-puzzle-outline"
    active = CallbackProperty(False, docstring="Whether the plugin's panel is open.")
    busy = CallbackProperty(False, docstring="Whether an action is running.")
    progress = CallbackProperty(None, docstring="How far a long action is, 0 to 1; None without one.")
    message = CallbackProperty("", docstring="The last thing the plugin has to say, or ''.")
    message_kind = CallbackProperty("info", docstring="'info' or 'error'.")
    keep_active = CallbackProperty(False, docstring="Kept for older notebooks: a plugin is always alive.")
    guides = CallbackProperty((), docstring="Shapes to draw on the images while the panel is open.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__()
        self._session = session
        self._viewers = Viewers() if viewers is None else viewers
        for source in {field.of for field in self._choices().values()}:
            teller = SOURCES[source].teller(session, self._viewers)
            teller.add_callback(SOURCES[source].news, self._offer_sources, priority=1)
        self._offer_sources()

    @classmethod
    @cache
    def fields(cls) -> Mapping[str, CallbackProperty | Held]:
        """All fields by name, the observable counts of held ones included."""
        kinds = (CallbackProperty, Held)
        attributes = {name: getattr(cls, name) for name in dir(cls) if not name.startswith("_")}
        return MappingProxyType({name: one for name, one in attributes.items() if isinstance(one, kinds)})

    @classmethod
    def actions(cls) -> tuple[str, ...]:
        """Names of the methods a button can run."""
        return tuple(name for name in dir(cls) if getattr(getattr(cls, name), "is_action", False))

    @property
    def _obj(self) -> Plugin:
        """What notebooks reached for behind the public names: the plugin itself, which has them all."""
        text = f"plugin._obj is the plugin itself here: imviz.plugins[{self.name!r}]."
        warnings.warn(text, AstropyDeprecationWarning, stacklevel=2)
        return self

    def open_in_tray(self) -> None:
        """Open the plugin's panel in the tray."""
        self.active = True

    def close_in_tray(self) -> None:
        """Close the plugin's panel."""
        self.active = False

    def show(self, loc: str = "inline", title: str | None = None) -> None:  # noqa: ARG002 - older notebooks'
        """Open the plugin's panel in the tray, the one place it has."""
        self.open_in_tray()

    @contextmanager
    def as_active(self) -> Iterator[None]:
        """Open the plugin's panel for the time of a ``with`` block."""
        before, self.active = self.active, True
        try:
            yield
        finally:
            self.active = before

    def meet(self, plugins: Mapping[str, Plugin]) -> None:
        """Learn which other plugins there are, by name; only one that acts on others' results needs it."""

    def say(self, text: str, kind: str = "info") -> None:
        """Show `text` in the panel; an empty one clears it."""
        self.message, self.message_kind = text, kind

    def to_dict(self) -> dict[str, Any]:
        """The choices and numbers that can be set, by name, as plain values."""
        return {
            name: _plain(getattr(self, name))
            for name, field in self.fields().items()
            if isinstance(field, Choice | Several | Number)
        }

    def from_dict(self, fields: Mapping[str, Any]) -> None:
        """Set fields by name, as `to_dict` gives them."""
        for name, value in fields.items():
            setattr(self, name, value)

    @classmethod
    def _choices(cls) -> dict[str, Choice | Several]:
        """The fields whose choices are of something that comes and goes."""
        return {
            name: field
            for name, field in cls.fields().items()
            if isinstance(field, Choice | Several) and field.of
        }

    def _offer_sources(self, *_: Any) -> None:
        """Offer the images, regions… there are now, in every field that is of them."""
        for field in self._choices().values():
            field.offer(self, SOURCES[field.of].labels(self._session, self._viewers))

    def __repr__(self) -> str:
        held = self.to_dict()
        shown = ", ".join(f"{name}={held[name]!r}" for name in TOLD if name in held)
        return f"<{self.name}{': ' if shown else ''}{shown}; dir() of it lists what it has>"

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and not hasattr(type(self), name):
            near = (
                ", ".join(get_close_matches(name, self.fields(), n=4, cutoff=0.3)) or "dir(plugin) lists all"
            )
            raise InputError(f"{self.name} has no field {name[:60]!r}; nearest: {near}.")
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        names = {name for kind in type(self).__mro__[:-1] for name in vars(kind) if not name.startswith("_")}
        return sorted(names - set(vars(HasCallbackProperties)))


def _plain(value: Any) -> Any:
    """A field's value as plain Python, without the methods that fields add."""
    return str(value) if isinstance(value, str) else list(value) if isinstance(value, tuple) else value
