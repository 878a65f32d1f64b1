"""Memory of the kernel and of the browser over 500 pans and over 50 images loaded and removed.

    python benchmarks/browser_memory.py FOLDER [pans] [loads]

imviz in JupyterLab in a headless browser, on the images of browser_picture.py, which are written to FOLDER
once. Every other pan is a drag by the mouse, the others jump to pixels never seen. Prints a Markdown table as
it goes. The kernel's memory is private (anonymous); the page's is that of its renderer process, which the
tiles' colours count for, and of its JavaScript heap after a collection. Needs the test extra and a Chromium.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path

import numpy as np
from browser_picture import PROBE, opened, servers, write_images

PRIVATE = r"int(__import__('re').search(r'RssAnon:\s+(\d+)', open('/proc/self/status').read())[1]) // 1024"
COUNTS = (
    "len(__import__('os').listdir('/proc/self/fd'))",
    "len(__import__('threading').enumerate())",
    "len(__import__('ipywidgets').widgets.widget._instances)",
)
COLUMNS = "kernel [MB]", "renderer [MB]", "JavaScript heap [MB]", "open files", "threads", "widgets"


def renderer():
    """Private memory in MB of the largest renderer process that this process has started, directly or not."""
    parents, memory = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, TypeError):
            pid = int(entry.name)
            parents[pid] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if b"--type=renderer" in (entry / "cmdline").read_bytes():
                memory[pid] = int(re.search(r"RssAnon:\s+(\d+)", (entry / "status").read_text())[1]) // 1024

    def ours(pid):
        while pid > 1 and pid != os.getpid():
            pid = parents.get(pid, 0)
        return pid == os.getpid()

    return max((size for pid, size in memory.items() if ours(pid)), default=0)


def note(page, what):
    """Print what everything holds now."""
    page.kernel.run("import gc; gc.collect()")
    session = page.page.context.new_cdp_session(page.page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    session.detach()
    counts = [page.kernel.get(count) for count in COUNTS]
    row = [page.kernel.get(PRIVATE), renderer(), f"{heap:.1f}", *counts]
    print(f"| {what} | {' | '.join(str(value) for value in row)} |", flush=True)


def pan(page, n, random):
    """By the hand, or (every other time) somewhere else."""
    if n % 2:
        x, y = random.integers(500, 15000, 2)
        page.kernel.run(f"viewer.center_on(({x}, {y}))")
        page.page.wait_for_timeout(100)
        return
    box, mouse = page.box(), page.page.mouse
    x, y = round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + int(random.integers(-200, 200)), y + int(random.integers(-150, 150)), steps=6)
    mouse.up()


def main(folder, pans="500", loads="50"):
    folder = Path(folder).resolve()
    folder.mkdir(exist_ok=True)
    write_images(folder, ["16k"])
    random = np.random.default_rng(1)
    with servers.lab_server() as lab, servers.chromium(servers.chromium_path()) as browser:
        browser.add_init_script(PROBE)
        with opened("imviz", lab, browser) as page:
            page.kernel.run(f"imviz.load_data({str(folder / '16k.fits')!r})", timeout=120)
            page.kernel.run("viewer.zoom_level = 1")
            page.settle()
            print(f"| after | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
            note(page, "the first picture")
            for n in range(1, int(pans) + 1):
                pan(page, n, random)
                if n % 100 == 0:
                    note(page, f"{n} pans")
            page.kernel.run("viewer.home()")
            for n in range(1, int(loads) + 1):
                path = str(folder / f"turned-{n % 5}.fits")
                page.kernel.run(f"imviz.load_data({path!r}, data_label='image {n}')")
                page.page.wait_for_timeout(400)
                page.kernel.run("imviz.app.session.remove_image(imviz.data_labels[-1])")
                if n % 10 == 0:
                    note(page, f"{n} loads and removals")


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else sys.exit(__doc__)
