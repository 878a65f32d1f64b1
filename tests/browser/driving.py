"""Driving imviz in a real page: the notebook's kernel, a viewer's figure, the mouse."""

from __future__ import annotations

import ast
import io
import itertools
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jupyter_client import BlockingKernelClient
from PIL import Image

SLOW = "[anywidget] Failed to initialize model."
"""What anywidget says of a page busy for two seconds; `imviz.viewer.page.listening` hears all the same."""

DRAWN = """() => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(done));
    setTimeout(done, 1000); // a page that is not looked at draws nothing
})"""


def until(check, timeout=30.0, every=0.05, what=""):
    """The value of check() as soon as it is true; the last error, or a TimeoutError, otherwise."""
    end = time.monotonic() + timeout
    while True:
        error = None
        try:
            if value := check():
                return value
        except Exception as caught:  # noqa: BLE001  whatever it is, it is raised when time is up
            error = caught
        if time.monotonic() > end:
            raise error or TimeoutError(what or check)
        time.sleep(every)


class Kernel:
    """A second client of a page's own kernel: reads its state while the browser is driven."""

    def __init__(self, connection_file):
        self.client = BlockingKernelClient(connection_file=str(connection_file))
        self.client.load_connection_file()
        self.client.start_channels()
        until(self._answers, 60, what="an answer of the kernel")

    def _answers(self):
        self.client.wait_for_ready(20)  # says "died" of a busy kernel whose heart is a moment late
        return True

    def run(self, code, timeout=60):
        """Run code; its printed output. An error in it is an error here."""
        out = []

        def collect(message):
            content = message["content"]
            out.append(content.get("text", "") or "\n".join(content.get("traceback", [])))

        reply = self.client.execute_interactive(
            code, store_history=False, timeout=timeout, output_hook=collect
        )
        if reply["content"]["status"] != "ok":
            raise RuntimeError("".join(out))
        return "".join(out)

    def get(self, expression, timeout=60):
        """The value of an expression, through JSON."""
        dump = "lambda o: o.tolist() if hasattr(o, 'tolist') else repr(o)"
        wanted = {"value": f"__import__('json').dumps({expression}, default={dump})"}
        reply = self.client.execute_interactive(
            "", store_history=False, user_expressions=wanted, timeout=timeout, output_hook=lambda _: None
        )
        value = reply["content"]["user_expressions"]["value"]
        if value["status"] != "ok":
            raise RuntimeError(f"{value['ename']}: {value['evalue']}")
        return json.loads(ast.literal_eval(value["data"]["text/plain"]))

    def wait(self, expression, timeout=30):
        """The value of an expression as soon as it is true; the page has then heard of it, too.

        No hand is as fast as a test's: one that pressed before would press on what was there before.
        """
        value = until(lambda: self.get(expression), timeout, what=expression)
        self.page_hears()
        return value

    def page_hears(self):
        """Wait until the page has heard what was said; for a kernel that has a page: `Session.settle`."""

    def close(self):
        self.client.stop_channels()


class Figure:
    """One viewer's picture on the page: where data pixels are on the screen, and the hand on it."""

    def __init__(self, page, kernel, viewer="imviz-0", index=0):
        self.page, self.kernel, self.viewer = page, kernel, f"imviz.viewers[{viewer!r}]"
        self.frame = page.locator(".imviz-figure").nth(index)
        self.area = self.frame.locator(".plotarea_events").first
        self.area.wait_for(state="attached")
        self.look()

    def look(self):
        """Scroll to it, and see anew where it is."""
        self.frame.evaluate("element => element.scrollIntoView({block: 'center'})")
        self.box = self._stable_box()

    def _stable_box(self):
        def same_twice():
            before = self.area.bounding_box()
            self.page.wait_for_timeout(120)
            return before if before == self.area.bounding_box() and before["width"] > 20 else None

        return until(same_twice, 15, what="the figure's place is stable")

    def limits(self):
        """x0, x1, y0, y1 of the view in data pixels: the kernel's, when it has heard where the hand rests."""
        if (moving := self.frame.locator(".imviz-moving")).count():
            moving.wait_for(state="detached")
            self.page.wait_for_timeout(60)
        scales = ", ".join(f"{self.viewer}.scale_{axis}.{end}" for axis in "xy" for end in ("min", "max"))
        return self.kernel.get(f"[{scales}]")

    def screen(self, x, y):
        """Where data pixel (x, y) is on the page."""
        x0, x1, y0, y1 = self.limits()
        box = self.box
        return (
            box["x"] + (x - x0) / (x1 - x0) * box["width"],
            box["y"] + box["height"] * (1 - (y - y0) / (y1 - y0)),
        )

    @property
    def pixel(self):
        """Data pixels per screen pixel."""
        x0, x1, *_ = self.limits()
        return (x1 - x0) / self.box["width"]

    def drag(self, start, end, steps=8):
        """Press at a screen point, move, release at another. Mouse events come in whole pixels."""
        (x0, y0), (x1, y1) = ([round(value) for value in point] for point in (start, end))
        mouse = self.page.mouse
        mouse.move(x0, y0)
        mouse.down()
        mouse.move(x0 + (1 if x1 > x0 else -1), y0)
        mouse.move(x1, y1, steps=steps)
        self.page.wait_for_timeout(80)
        mouse.up()

    def pixels(self):
        """What the screen shows, (height, width, 3)."""
        return np.asarray(Image.open(io.BytesIO(self.page.screenshot(clip=self.box))).convert("RGB"))


@dataclass
class Session:
    """A page with imviz in it, its kernel, and what went wrong on it."""

    page: Any
    kernel: Kernel
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    _words: Any = field(default_factory=itertools.count)

    def meet(self, kernel):
        """Have the page's own kernel at hand."""
        self.kernel = kernel
        kernel.page_hears = self.settle

    def watch(self, base):
        """Note the page's errors, and its requests to anywhere but `base`."""
        self.page.on("pageerror", self._note_error)
        self.page.on("request", lambda request: self._note(request.url, (base, "data:", "blob:")))

    def _note_error(self, error):
        if str(error) != SLOW:
            self.errors.append(str(error))

    def _note(self, url, own):
        if not url.startswith(own):
            self.outside.append(url)

    def figure(self, viewer="imviz-0", index=0):
        self.settle()
        return Figure(self.page, self.kernel, viewer, index)

    def settle(self):
        """Wait until the page has heard, and drawn, all that the kernel has said so far.

        What the kernel says arrives in order: a word said last and seen on the page means that all before it
        is there. The word is the name of a button of the window's bar, of a viewer alone its box's grid area.
        """
        if self.page.is_closed():
            return
        if self.page.locator(".imviz-bar").count():
            seen, said = ".imviz-bar [aria-label='Redo: {}']", "imviz.app.window.redoable"
            unsay = "imviz.app.window._pull_history()"
        elif self.kernel.get("'box' in globals()"):
            seen, said = "[style*='{}']", "box.layout.grid_area"
            unsay = f"{said} = None"
        else:
            return
        word = f"settled-{next(self._words)}"
        found = self.page.locator(seen.format(word)).first

        def heard():
            self.kernel.run(f"{said} = {word!r}")  # again, if a change of the history has overwritten it
            return found.count()

        until(heard, what="the page hears the kernel")
        self.kernel.run(unsay)
        found.wait_for(state="detached")
        self.page.evaluate(DRAWN)

    def tool(self, name, viewer="imviz-0"):
        """Pick a tool by its button's label, as a user does."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_timeout(100)

    def close_menus(self):
        """Shut what drops down, if a test before has left it open."""
        menus = self.page.locator(".menuable__content__active")
        if menus.count():
            self.page.mouse.click(2, 2)
            until(lambda: not menus.count())

    def choose(self, label, option):
        """Pick an option of a drop-down by its label."""
        select = self.page.locator(".v-select", has=self.page.get_by_text(label, exact=True)).first
        select.click()
        self.page.locator(".menuable__content__active .v-list-item", has_text=option).first.click()
        self.page.wait_for_timeout(150)

    def shot(self, path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(path))
