"""The kinds of fields a plugin can have: a choice, several choices, a number, something heavy held aside.

A field refuses what cannot be used, in a sentence, and keeps what it had. How a panel shows it is the
shell's business.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

from astropy.units import Quantity, Unit
from echo import CallbackProperty, SelectionCallbackProperty, delay_callback

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Choice", "Chosen", "ChosenSeveral", "Held", "Number", "Several"]


FEW = 30  # choices named in a refusal


def matching(name: str, value: str, choices: Sequence[str]) -> list[str]:
    """The choices that `value` stands for: itself, else in other case, else by a pattern with ``*`` or ``?``.

    Raises
    ------
    InputError
        If there is none; `name` is the field's.
    """
    if value in choices:
        return [value]
    matches = [one for one in choices if one.lower() == value.lower()]
    if not matches and any(sign in value for sign in "*?"):
        pattern = value.replace("[", "[[]")  # labels have brackets of their own
        matches = [one for one in choices if fnmatchcase(one, pattern)]
    if not matches:
        offered = ", ".join(choices[:FEW]) or "none yet"
        raise InputError(f"{value!r} is not a choice for {name}; there is: {offered}."[:240])
    return matches


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

    @property
    def labels(self) -> tuple[str, ...]:
        """The choices, as older notebooks call them."""
        return self.choices

    @property
    def value(self) -> str:
        """The selected choice, as older notebooks call it; assigning selects another."""
        return str(self)

    @value.setter
    def value(self, value: str) -> None:
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
    """A field with a list of choices. Reading it gives a `Chosen`, assigning selects.

    A choice may be assigned in upper or lower case, or by a pattern (``"m13*"``), whose first match is taken.

    Parameters
    ----------
    choices : sequence of str
        What can always be chosen.
    of : str, optional
        What can be chosen besides, while it is there: ``"images"``, ``"regions"``, ``"catalogs"`` or
        ``"viewers"`` (`imviz.plugin.sources`).
    doc : str
        Its help.
    named : callable, optional
        The choice meant by something else that is assigned; raises `InputError` or `KeyError` if there is
        none. One that is not offered yet is from then on, before the last. Default: nothing else is known.
    """

    def __init__(
        self,
        choices: Sequence[str] = (),
        *,
        of: str = "",
        doc: str,
        named: Callable[[Any], str] | None = None,
    ) -> None:
        super().__init__(choices=list(choices) or None, docstring=doc)
        self.of, self._name, self._named = of, "", named

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        choices = self.get_choices(instance)
        return Chosen(
            super().__get__(instance, owner), choices, lambda value: setattr(instance, self._name, value)
        )

    def offer(self, instance: Any, labels: Sequence[str]) -> None:
        """Offer these labels after what can always be chosen."""
        choices = [*self.default_choices, *labels]
        if choices != self.get_choices(instance):
            self.set_choices(instance, choices)

    def _choices_updated(self, instance: Any, choices: Sequence[str]) -> None:
        if str(self.__get__(instance)) not in choices:  # echo's own search takes 30 ms in ten thousand
            super()._choices_updated(instance, choices)

    def __set__(self, instance: Any, value: Any) -> None:
        choices = list(self.get_choices(instance))
        name = self._name_of(value) if value and value not in choices else None
        if name is None or name in choices:
            meant = name or value
            super().__set__(instance, matching(self._name, str(meant), choices)[0] if meant else None)
            return
        with delay_callback(instance, self._name):  # offered and chosen: told once
            self.set_choices(instance, [*choices[:-1], name, *choices[-1:]])
            super().__set__(instance, name)

    def _name_of(self, value: Any) -> str | None:
        """The choice that is meant by another name; None if there is none, as for a pattern."""
        try:
            return None if self._named is None else self._named(value)
        except (InputError, KeyError):
            return None


class ChosenSeveral(tuple[str, ...]):
    """The selected choices: a tuple that also knows what else could be chosen."""

    _choose: Callable[[Sequence[str]], None]
    choices: tuple[str, ...]

    def __new__(
        cls, values: Sequence[str], choices: Sequence[str], choose: Callable[[Sequence[str]], None]
    ) -> ChosenSeveral:
        """`values`, all of them in `choices`; `choose` selects others."""
        self = super().__new__(cls, values)
        self.choices, self._choose = tuple(choices), choose
        return self

    @property
    def selected(self) -> list[str]:
        """The selected choices, as a plain list; assigning selects others."""
        return list(self)

    @selected.setter
    def selected(self, values: Sequence[str]) -> None:
        self._choose(values)

    @property
    def labels(self) -> tuple[str, ...]:
        """The choices, as older notebooks call them."""
        return self.choices

    @property
    def value(self) -> list[str]:
        """The selected choices, as older notebooks call them; assigning selects others."""
        return list(self)

    @value.setter
    def value(self, values: Sequence[str]) -> None:
        self._choose(values)

    def select_all(self) -> None:
        """Select every choice."""
        self._choose(self.choices)

    def select_none(self) -> None:
        """Select none."""
        self._choose(())


class Several(CallbackProperty):
    """A field with a list of choices of which any number may be selected: a `ChosenSeveral`.

    The choices are observable beside it, as ``<name>_items``; a choice that goes is selected no more. What is
    assigned may hold patterns: ``"*"`` selects all.

    Parameters
    ----------
    choices : sequence of str
        What can always be chosen.
    of : str, optional
        What can be chosen besides, as of a `Choice`.
    joining : bool
        Whether what is new there is selected.
    doc : str
        Its help.
    """

    def __init__(self, choices: Sequence[str] = (), *, of: str = "", joining: bool = False, doc: str) -> None:
        super().__init__((), docstring=doc)
        self.of, self._joining = of, joining
        self._first, self._name = tuple(choices), ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        setattr(owner, f"{name}_items", CallbackProperty(self._first, docstring=f"What {name} may hold."))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        choices = getattr(instance, f"{self._name}_items")
        values = super().__get__(instance, owner)
        return ChosenSeveral(values, choices, lambda chosen: setattr(instance, self._name, chosen))

    def __set__(self, instance: Any, value: str | Sequence[str] | None) -> None:
        wanted = [value] if isinstance(value, str) else list(value or ())
        choices = getattr(instance, f"{self._name}_items")
        known = set(choices)
        chosen = {value for value in wanted if value in known}
        chosen.update(*(matching(self._name, str(value), choices) for value in wanted if value not in known))
        super().__set__(instance, tuple(str(one) for one in choices if one in chosen))

    def offer(self, instance: Any, labels: Sequence[str]) -> None:
        """Offer these labels after what can always be chosen."""
        choices = (*self._first, *labels)
        if choices != getattr(instance, f"{self._name}_items"):
            self.set_choices(instance, choices)

    def set_choices(self, instance: Any, choices: Sequence[str]) -> None:
        """Offer other choices; those selected that are still there stay so."""
        there = set(choices)
        kept = [one for one in getattr(instance, self._name) if one in there]
        if self._joining:
            before = set(getattr(instance, f"{self._name}_items"))
            kept += [one for one in choices if one not in before]
        with delay_callback(instance, self._name, f"{self._name}_items"):
            setattr(instance, f"{self._name}_items", tuple(choices))
            setattr(instance, self._name, kept)


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
