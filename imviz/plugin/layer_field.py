"""A field that stands for one property of several things at once, as the opacity of the selected layers.

Reading it gives the plain value (a number, a text, a truth value) that also has ``.value``, which older
notebooks read and assign. Who owns the things, and whether they differ, is the plugin's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import CallbackProperty

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LayerField"]


class _Flag(int):
    """A truth value with ``.value``; Python's own cannot have attributes."""

    put: Callable[[Any], None]
    value = property(bool, lambda self, value: self.put(value))

    def __repr__(self) -> str:
        return repr(bool(self))

    __str__ = __repr__


class _Number(float):
    """A number with ``.value``."""

    put: Callable[[Any], None]
    value = property(float, lambda self, value: self.put(value))


class _Text(str):
    """A text with ``.value``."""

    __slots__ = ("put",)
    put: Callable[[Any], None]
    value = property(str.__str__, lambda self, value: self.put(value))


class LayerField(CallbackProperty):
    """A field of a plain value that can also be read and set as ``.value``; a number is never None."""

    def __init__(self, default: bool | float | str, *, doc: str) -> None:
        super().__init__(default, docstring=doc)
        self._name = ""
        self._is_number = not isinstance(default, bool | str)

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __set__(self, instance: Any, value: Any) -> None:
        if value is None and self._is_number:  # a field of a panel that was emptied
            raise InputError(f"{self._name.replace('_', ' ')} cannot be empty; give a number.".capitalize())
        super().__set__(instance, value)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, owner)
        kind = next((kind for plain, kind in _KINDS if isinstance(value, plain)), None)
        if kind is None:
            return value
        wrapped = kind(value)
        wrapped.put = lambda new: setattr(instance, self._name, new)
        return wrapped


_KINDS: tuple[tuple[type, Any], ...] = ((bool, _Flag), (str, _Text), (int, _Number), (float, _Number))
