"""Names of a plugin that its parts answer."""

from __future__ import annotations

import pytest

from imviz.delegation import answered_by, told_by
from imviz.plugin import Plugin, action
from imviz.session import Session


class Counter:
    """A part."""

    def __init__(self) -> None:
        self._n = 0

    @action
    def add(self, by: int = 1) -> int:
        """Count further."""
        self._n += by
        return self._n

    @property
    def n(self) -> int:
        """How far it is."""
        return self._n

    @n.setter
    def n(self, value: int) -> None:
        self._n = value

    @property
    def twice(self) -> int:
        """Twice that."""
        return 2 * self._n


class Counting(Plugin):
    """A plugin with a part."""

    name = "Counting"
    add = answered_by("_counter", Counter.add)
    n = told_by("_counter", Counter.n)
    twice = told_by("_counter", Counter.twice)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._counter = Counter()


def test_a_part_answers_with_its_own_help_and_what_was_given() -> None:
    plugin = Counting(Session())
    assert plugin.add(by=3) == 3
    assert plugin.add() == 4
    assert plugin.add.__doc__ == "Count further."


def test_an_action_of_a_part_is_one_of_the_plugin() -> None:
    assert Counting.actions() == ("add",)
    assert {"add", "n", "twice"} <= set(dir(Counting(Session())))


def test_what_a_part_tells_can_be_set_only_if_the_part_lets_it() -> None:
    plugin = Counting(Session())
    plugin.n = 5
    assert (plugin.n, plugin.twice) == (5, 10)
    with pytest.raises(AttributeError):
        plugin.twice = 3
