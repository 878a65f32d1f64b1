"""Opening large FITS images with imviz, jdaviz and ``fits.getdata``, in one run; prints a Markdown table.

    python -m venv /tmp/jdaviz && /tmp/jdaviz/bin/pip install jdaviz
    python benchmarks/opening.py /tmp/jdaviz/bin/python [repeats] [sizes, as 2k,8k,16k,32k]

Each figure comes from an interpreter of its own that has opened a small image before, so imports and
first uses do not count. "Open" is a FITS file on disk to the first 800 × 600 picture of the whole image:
for imviz `load_data` and the picture a page gets at first, for jdaviz `load_data` (it draws inside), for
``getdata`` the pixels in memory. Memory is private (anonymous), sampled every millisecond; bytes read
are the system's count of what the process asked for, with what it mapped from files beside it. Images
are sparse: no disk is measured.
"""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve()
APPS = ("imviz", "jdaviz", "getdata")
MARK = "figures: "
WINDOW = 600, 800  # height, width
LOADED = {"load only [s]": float("nan"), "load only, read [MB]": float("nan")}
"""Of the last image, where that is a step of its own (imviz's: layer and cuts, before the picture)."""


def status(key):
    """A line of the process's status, in MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(key))
    return int(line.split()[1]) / 1024


def read_so_far():
    """MB that the process has asked the system for."""
    line = Path("/proc/self/io").read_text().splitlines()[0]
    return int(line.split()[1]) / 1e6


class Peak:
    """The most private memory while it runs, in MB above the start."""

    def __enter__(self):
        self.start = self.most = status("RssAnon")
        self.mapped = status("RssFile")
        self.done = threading.Event()
        self.watcher = threading.Thread(target=self.watch)
        self.watcher.start()
        return self

    def watch(self):
        while not self.done.wait(0.001):
            self.most = max(self.most, status("RssAnon"))

    def __exit__(self, *_):
        self.done.set()
        self.watcher.join()
        self.extra = max(self.most, status("RssAnon")) - self.start
        self.mapped = status("RssFile") - self.mapped


def opener(app, folder):
    """What opens a path to its first picture, and what lets it go."""
    if app == "getdata":
        from astropy.io import fits

        kept = []

        def open_it(path):
            kept.append(fits.getdata(path, memmap=False))

        return open_it, kept.clear
    if app == "imviz":
        from imviz.app import Imviz
        from imviz.view.picture.render import png, render

        imviz = Imviz()
        imviz.default_viewer.frame.shape = WINDOW

        def open_it(path):
            start, read = time.perf_counter(), read_so_far()
            imviz.load_data(path)
            LOADED.update(
                {"load only [s]": time.perf_counter() - start, "load only, read [MB]": read_so_far() - read}
            )
            with open(folder / "picture.png", "wb") as file:
                file.write(png(render(imviz.default_viewer.view, exact=False)))

        def let_go():
            for label in list(imviz.data_labels):
                imviz.app.session.remove_image(label)

        return open_it, let_go
    from jdaviz import Imviz

    imviz = Imviz()
    imviz.default_viewer._obj.shape = WINDOW if hasattr(imviz.default_viewer, "_obj") else None
    imviz.app.get_viewer("imviz-0").shape = WINDOW

    def open_it(path):
        imviz.load_data(path)

    def let_go():
        for data in list(imviz.app.data_collection):
            imviz.app.data_item_remove(data.label)

    return open_it, let_go


def work(app, size, folder):
    """The figures of one size."""
    open_it, let_go = opener(app, folder)
    open_it(str(folder / "small.fits"))
    let_go()
    gc.collect()
    files, before, read = len(os.listdir("/proc/self/fd")), status("RssAnon"), read_so_far()
    with Peak() as peak:
        start = time.perf_counter()
        open_it(str(folder / f"{size}.fits"))
        took = time.perf_counter() - start
    read = read_so_far() - read
    held = status("RssAnon") - before
    let_go()
    gc.collect()
    return {
        **LOADED,
        "open [s]": took,
        "peak private memory [MB]": peak.extra,
        "private memory held [MB]": held,
        "bytes read [MB]": read,
        "mapped from files [MB]": peak.mapped,
        "files still open after removal": len(os.listdir("/proc/self/fd")) - files,
        "private memory after removal [MB]": status("RssAnon") - before,
    }


def run(python, app, size, folder):
    """One worker's figures."""
    code = [python, "-W", "ignore", str(HERE), "--worker", app, size, str(folder)]
    done = subprocess.run(code, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{app} failed:\n{done.stderr[-3000:]}")
    line = next(line for line in done.stdout.splitlines() if line.startswith(MARK))
    return json.loads(line.removeprefix(MARK))


def main(jdaviz_python, repeats=3, sizes="2k,8k,16k,32k"):
    sys.path.insert(0, str(HERE.parents[1] / "tests"))
    from sparse_fits import write_star

    pythons = {"imviz": sys.executable, "jdaviz": jdaviz_python, "getdata": sys.executable}
    lines = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_star(folder / "small.fits", 1024)
        for size in sizes.split(","):
            write_star(folder / f"{size}.fits", 1024 * int(size.removesuffix("k")))
            notes = {app: [] for app in APPS}
            for _ in range(int(repeats)):
                for app, python in pythons.items():
                    print(f"{size}, {app}", file=sys.stderr)
                    notes[app].append(run(python, app, size, folder))
            for row in notes["imviz"][0]:
                cells = [f"{statistics.median(note[row] for note in notes[app]):.3g}" for app in APPS]
                lines.append(f"| {size} | {row} | {' | '.join(cells)} |")
            (folder / f"{size}.fits").unlink()
    print(f"| size | | {' | '.join(APPS)} |\n|---|---|{'---|' * len(APPS)}")
    print("\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--worker":
        print(MARK + json.dumps(work(sys.argv[2], sys.argv[3], Path(sys.argv[4]))))
    else:
        main(*sys.argv[1:])
