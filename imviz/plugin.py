"""What a plugin is: fields a user can set, actions they can run, and results they can look at.

A plugin is a model. It knows the session and nothing of any toolkit: the shell makes its panel from
its fields and its ``.vue`` layout, a notebook uses the same fields and methods directly. So every
public name of a plugin's class is its notebook API, and the field's docstring is its help. Arrays
are never put in an observable field; a `Held` field keeps them beside an observable count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from astropy.units import Quantity, Unit
from echo import CallbackProperty, HasCallbackProperties, SelectionCallbackProperty

from imviz.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from regions import PixelRegion

    from imviz.session import Session
    from imviz.viewer import ImageViewer, KeyPress

__all__ = [
    "Choice",
    "Chosen",
    "Guide",
    "Held",
    "Number",
    "Pages",
    "Plot",
    "Plugin",
    "Series",
    "Viewers",
    "action",
]

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Guide:
    """A shape a plugin wants to see on the image, drawn but not editable.

    Attributes
    ----------
    image : str
        Label of the image whose pixels the region is in.
    region : PixelRegion
        The shape.
    style : {'aperture', 'background'}
        What it stands for, which gives its colour.
    """

    image: str
    region: PixelRegion
    style: str


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Points or a line of a plot: ``x`` and ``y`` (and optionally ``err``) of one length."""

    x: np.ndarray
    y: np.ndarray
    kind: str = "scatter"
    label: str = ""
    err: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """A small plot of a result: what to draw, in words and numbers."""

    series: tuple[Series, ...]
    x_label: str
    y_label: str
    title: str


class Pages(Protocol):
    """A table too long to send at once: its columns, its length, and any run of rows as text."""

    columns: Sequence[str]
    n_rows: int

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """Rows ``start`` to ``stop`` (excluded), each a text per column."""


class Chosen(str):
    """The selected choice: a string that also knows what else could be chosen. Empty when nothing is."""

    __slots__ = ("_choose", "choices")
    _choose: Callable[[str], None]
    choices: tuple[str, ...]

    def __new__(cls, value: str | None, choices: Sequence[str], choose: Callable[[str], None]) -> Chosen:
        """`value`, one of `choices`; `choose` selects another."""
        self = super().__new__(cls, value or "")
        self.choices = tuple(choices)
        self._choose = choose
        return self

    @property
    def selected(self) -> str:
        """The selected choice, as a plain string; assigning selects another."""
        return str(self)

    @selected.setter
    def selected(self, value: str) -> None:
        self._choose(value)

    def select_default(self) -> None:
        """Select the first choice."""
        self._step_to(0)

    def select_next(self) -> None:
        """Select the choice after this one, from the last the first."""
        self._step_to(self.choices.index(self) + 1 if self in self.choices else 0)

    def select_previous(self) -> None:
        """Select the choice before this one, from the first the last."""
        self._step_to(self.choices.index(self) - 1 if self in self.choices else -1)

    def _step_to(self, index: int) -> None:
        if self.choices:
            self._choose(self.choices[index % len(self.choices)])


class Choice(SelectionCallbackProperty):
    """A field with a list of choices. Reading it gives a `Chosen`, assigning selects."""

    def __init__(self, choices: Sequence[str] = (), *, doc: str) -> None:
        super().__init__(choices=list(choices) or None, docstring=doc)
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        choices = self.get_choices(instance)
        return Chosen(
            super().__get__(instance, owner), choices, lambda value: setattr(instance, self._name, value)
        )

    def __set__(self, instance: Any, value: str | None) -> None:
        choices = self.get_choices(instance)
        if value and value not in choices:
            offered = ", ".join(choices) or "none yet"
            raise InputError(f"{value!r} is not a choice for {self._name}; there is: {offered}.")
        super().__set__(instance, str(value) if value else None)


class Number(CallbackProperty):
    """A field that holds a finite number, or None where there is none.

    Parameters
    ----------
    default : float, optional
        Its first value.
    doc : str
        Its help.
    units : sequence of Unit or str, optional
        What a `~astropy.units.Quantity` is converted to, the first of them that fits; or the name of
        the field that tells. Without it a quantity stays one.
    """

    def __init__(self, default: float | None = None, *, doc: str, units: Sequence[Unit] | str = ()) -> None:
        super().__init__(default, docstring=doc)
        self._units = units
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name.replace("_", " ")

    def __set__(self, instance: Any, value: Any) -> None:
        if isinstance(value, Quantity) and self._units:
            value = self._converted(instance, value)
        number = value.value if isinstance(value, Quantity) else value
        known = isinstance(number, Real) and not isinstance(number, bool) and isfinite(number)
        if value is not None and not known:
            raise InputError(f"The {self._name} is {value!r}; it must be a finite number or None."[:240])
        super().__set__(instance, value)

    def _converted(self, instance: Any, value: Quantity) -> float:
        units = self._units
        if isinstance(units, str):
            units = (Unit(getattr(instance, units), parse_strict="silent"),)
        for unit in units:
            if value.unit.is_equivalent(unit):
                return value.to_value(unit)
        wanted = f"in {units[0]}" if str(units[0]) else "a plain number"
        raise InputError(f"The {self._name} cannot be in {value.unit}; here it is {wanted}.")


class Held:
    """A field whose value (a `Plot`, `Pages`) is held beside the observable count ``<name>_revision``."""

    def __init__(self, doc: str) -> None:
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot, self._count = f"_held_{name}", f"{name}_revision"
        setattr(owner, self._count, CallbackProperty(0, docstring=f"Rises when {name} changes."))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else getattr(instance, self._slot, None)

    def __set__(self, instance: Any, value: Any) -> None:
        setattr(instance, self._slot, value)
        setattr(instance, self._count, getattr(instance, self._count) + 1)


def action(function: Function) -> Function:
    """Mark a method as something a panel's button can run.

    One that returns a generator is long work: it yields how far it is, 0 to 1, after each step; the panel
    shows that, stays alive between the steps, and ends it early when the user cancels.
    """
    function.is_action = True  # type: ignore[attr-defined]
    return function


class Viewers(HasCallbackProperties):
    """The viewers there are, by name, and what is pressed over them: what a plugin may act on.

    A viewer's own ``controls`` tell its layers, cursor and tool; `ImageViewer.set_layer` changes a layer.
    """

    names = CallbackProperty((), docstring="Names of the viewers, in the order they were made.")
    key: KeyPress | None = CallbackProperty(None, docstring="The last key pressed over a picture.")

    def __init__(self, viewers: Mapping[str, ImageViewer] | None = None) -> None:
        super().__init__()
        self._viewers = {} if viewers is None else viewers

    def __getitem__(self, name: str) -> ImageViewer:
        return self._viewers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._viewers)

    def refresh(self) -> None:
        """Tell that viewers have come or gone."""
        self.names = tuple(self._viewers)


class Plugin(HasCallbackProperties):
    """Base of all plugins.

    Parameters
    ----------
    session : Session
        The document the plugin works on.
    viewers : Viewers, optional
        The viewers it may look at and change. Default: none.
    """

    name = ""
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

    @classmethod
    def fields(cls) -> dict[str, CallbackProperty | Held]:
        """All fields by name, the observable counts of held ones included."""
        kinds = (CallbackProperty, Held)
        found = {name: getattr(cls, name) for name in dir(cls) if not name.startswith("_")}
        return {name: field for name, field in found.items() if isinstance(field, kinds)}

    @classmethod
    def actions(cls) -> tuple[str, ...]:
        """Names of the methods a button can run."""
        return tuple(name for name in dir(cls) if getattr(getattr(cls, name), "is_action", False))

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

    def say(self, text: str, kind: str = "info") -> None:
        """Show `text` in the panel; an empty one clears it."""
        self.message, self.message_kind = text, kind

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
