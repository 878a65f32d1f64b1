"""Long work a step at a time: it can be watched, and ended between two steps."""

import asyncio

import pytest

from imviz.errors import InputError
from imviz.plugin import Plugin, action
from imviz.session import Session
from imviz.shell.panel import Panel

LAYOUT = """<template><div>{{ progress }} {{ busy }} {{ message }}
<button @click="count()"></button></div></template>"""


class Counter(Plugin):
    name = "Counter"

    def __init__(self, session):
        super().__init__(session)
        self._seen, self._closed = [], False

    @action
    def count(self):
        """Count to four."""
        return self._counting(4)

    @action
    def stumble(self):
        """Fail half way."""
        return self._counting(4, stone=2)

    def _counting(self, n, stone=None):
        try:
            for i in range(n):
                if i == stone:
                    raise InputError("A stone lies in the way; count to 2.")
                self._seen.append((i, self.busy, self.progress))
                yield (i + 1) / n
        finally:
            self._closed = True


@pytest.fixture
def panel(tmp_path, monkeypatch):
    path = tmp_path / "counter.vue"
    path.write_text(LAYOUT)
    monkeypatch.setattr("imviz.shell.panel.layout_file", lambda _: path)
    panel = Panel(Counter(Session()))
    yield panel
    panel.close()


def click(panel, name):
    panel._handle_event(panel, {"event": name}, [])


def test_without_an_event_loop_the_work_is_done_at_once(panel):
    click(panel, "count")
    plugin = panel._plugin
    assert [i for i, *_ in plugin._seen] == [0, 1, 2, 3]
    assert [progress for *_, progress in plugin._seen] == [None, 0.25, 0.5, 0.75]
    assert (plugin.busy, plugin.progress, plugin._closed) == (False, None, True)


def test_on_a_loop_other_things_happen_between_the_steps(panel):
    async def watch():
        click(panel, "count")
        seen = []
        while panel._plugin.busy:
            seen.append(panel._plugin.progress)
            await asyncio.sleep(0)
        return seen

    assert {0.25, 0.5, 0.75} <= set(asyncio.run(watch()))


def test_cancelled_work_ends_before_its_next_step_and_keeps_what_it_did(panel):
    async def give_up():
        click(panel, "count")
        click(panel, "cancel")
        await asyncio.sleep(0.05)

    asyncio.run(give_up())
    plugin = panel._plugin
    assert [i for i, *_ in plugin._seen] == [0]
    assert (plugin.busy, plugin.progress, plugin._closed) == (False, None, True)


def test_only_one_work_at_a_time(panel):
    async def twice():
        click(panel, "count")
        click(panel, "count")
        refused = panel._plugin.message
        await asyncio.sleep(0.05)
        return refused

    assert "at work" in asyncio.run(twice())
    assert len(panel._plugin._seen) == 4


def test_work_that_fails_says_why_and_ends(panel):
    click(panel, "stumble")
    assert panel._plugin.message == "A stone lies in the way; count to 2."
    assert (panel._plugin.busy, len(panel._plugin._seen)) == (False, 2)
