"""Imviz and jdaviz side by side, in one run on one machine; prints one Markdown table.

    python -m venv /tmp/jdaviz && /tmp/jdaviz/bin/pip install jdaviz
    python benchmarks/against_jdaviz.py /tmp/jdaviz/bin/python [repeats]

Each repeat starts a new interpreter for either, alternating, and does the same things through the same
public names. Figures are medians over the repeats. Only the kernel is compared: widgets are serialised
and their messages counted, but nobody draws them. Images are sparse FITS files whose pages the system
has read before, so disks do not count; byte code is compiled before the first repeat.

The file runs itself as the worker of both, so the worker uses only what both environments have.
"""

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
APPS = ("imviz", "jdaviz")
SIDES = {"2k": 2048, "16k": 16384}
N = 100
WINDOW = 600, 800  # height, width of the viewer in screen pixels
MARK = "figures: "


# ---- the worker: one app, one interpreter


class Clock:
    """Seconds since it was last asked."""

    def __init__(self):
        self.at = time.perf_counter()

    def __call__(self):
        before, self.at = self.at, time.perf_counter()
        return self.at - before


def private():
    """Anonymous resident memory in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def extra_memory(function):
    """The most private memory `function` needs above what there was, in MB, sampled every millisecond."""
    samples, done = [private()], threading.Event()

    def watch():
        while not done.wait(0.001):
            samples.append(private())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        function()
    finally:
        done.set()
        watcher.join()
    return max(samples) - samples[0]


def count_messages(app):
    """Make widgets from now on serialise and count what they send; returns the list of sizes."""
    import comm
    from comm.base_comm import BaseComm

    sizes = []

    class CountingComm(BaseComm):
        def publish_msg(self, *_, data=None, buffers=None, **__):
            text = json.dumps(data, default=str)
            sizes.append(len(text) + sum(memoryview(part).nbytes for part in buffers or ()))

    if app == "jdaviz":
        import solara.server.kernel  # noqa: F401 - it puts its own in place when it is imported
    comm.create_comm = CountingComm
    return sizes


def work(app, folder):
    """Everything that is measured, by name of the row."""
    clock, figures = Clock(), {}
    if app == "imviz":
        from imviz.app import Imviz
    else:
        from jdaviz import Imviz
    figures["import [s]"] = clock()
    import ipywidgets
    from regions import CirclePixelRegion, PixCoord

    sizes = count_messages(app)
    clock()
    imviz = Imviz()
    figures["`Imviz()` [s]"] = clock()
    figures["its widgets"] = len(ipywidgets.widgets.widget._instances)
    figures["its messages [kB]"] = sum(sizes) / 1e3
    for name, side in SIDES.items():
        if name != "2k":
            imviz = Imviz()
        imviz.app.get_viewer("imviz-0").shape = WINDOW
        clock()
        imviz.load_data(str(folder / f"{name}.fits"))
        figures[f"load and show {name} [s]"] = clock()
        if name == "2k":
            steps = "import [s]", "`Imviz()` [s]", "load and show 2k [s]"
            figures["import to first image (2k) [s]"] = sum(figures[step] for step in steps)
        at = side // 4 + 37
        imviz.load_regions([CirclePixelRegion(PixCoord(at, at), 50)])
        measure = photometry(imviz)
        figures[f"one star on {name}, extra memory [MB]"] = extra_memory(measure)
        rounds = []
        for _ in range(5 if name == "2k" or app == "imviz" else 1):
            clock()
            measure()
            rounds.append(clock())
        figures[f"one star on {name} [s]"] = statistics.median(rounds)
    figures.update(many(Imviz(), folder, sizes))
    return figures


def photometry(imviz):
    """The click on Calculate: one circle of radius 50 with its profile and the profile's fit."""
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.dataset, plugin.aperture = plugin.dataset.choices[0], plugin.aperture.choices[-1]
    plugin.background_value = 10
    plugin.current_plot_type, plugin.fit_radial_profile = "Radial Profile", True

    def measure():
        _, model = plugin.calculate_photometry()
        assert abs(model.stddev.value - 6) < 0.2, model  # the star's own

    return measure


def many(imviz, folder, sizes):
    """Many regions, then a measurement of each."""
    from regions import CirclePixelRegion, PixCoord

    imviz.load_data(str(folder / "2k.fits"))
    circles = [CirclePixelRegion(PixCoord(600 + n % 10 * 9, 600 + n // 10 * 9), 5) for n in range(N)]
    figures, clock = {}, Clock()
    sizes.clear()
    imviz.load_regions(circles, max_num_regions=N)
    figures[f"{N} regions [s]"] = clock()
    figures[f"{N} regions, messages [kB]"] = sum(sizes) / 1e3
    plugin = imviz.plugins["Aperture Photometry"]
    label = plugin.dataset.choices[0]
    apertures = [name for name in plugin.aperture.choices if name.startswith("Subset")]
    assert len(apertures) == N
    sizes.clear()
    clock()
    plugin.calculate_batch_photometry([{"dataset": label, "aperture": name} for name in apertures])
    figures[f"{N} measurements [s]"] = clock()
    figures[f"{N} measurements, messages [kB]"] = sum(sizes) / 1e3
    assert len(imviz.get_aperture_photometry_results()) == N
    return figures


# ---- the driver


def run(python, app, folder):
    """One worker's figures."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    code = [python, "-W", "ignore", str(HERE), "--worker", app, str(folder)]
    done = subprocess.run(code, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        sys.exit(f"{app} failed:\n{done.stderr[-3000:]}")
    line = next(line for line in done.stdout.splitlines() if line.startswith(MARK))
    return json.loads(line.removeprefix(MARK))


def version(python, package):
    """The installed version of a package."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def write_images(folder):
    """The images, with their pages read once."""
    sys.path.insert(0, str(HERE.parents[1] / "tests"))
    from sparse_fits import write_star

    for name, side in SIDES.items():
        path = folder / f"{name}.fits"
        write_star(path, side)
        with path.open("rb") as file:
            while file.read(1 << 24):
                pass


def table(notes, versions):
    """The medians as Markdown."""
    lines = ["| | " + " | ".join(f"{app} {versions[app]}" for app in APPS) + " | ratio |"]
    lines.append("|---|" + "---|" * (len(APPS) + 1))
    for row in notes["imviz"][0]:
        ours, theirs = (statistics.median(note[row] for note in notes[app]) for app in APPS)
        ratio = f"{theirs / ours:.3g}" if ours > 0 else "–"
        lines.append(f"| {row} | {ours:.3g} | {theirs:.3g} | {ratio} |")
    return "\n".join(lines)


def main(jdaviz_python, repeats=3):
    pythons = {"imviz": sys.executable, "jdaviz": jdaviz_python}
    versions = {app: version(python, app) for app, python in pythons.items()}
    notes = {app: [] for app in APPS}
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder))
        for number in range(repeats + 1):
            for app, python in pythons.items():
                print(f"repeat {number} of {repeats}, {app}", file=sys.stderr)
                notes[app].append(run(python, app, Path(folder)))
    for found in notes.values():
        del found[0]  # it compiled the byte code
    print(table(notes, versions))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--worker":
        print(MARK + json.dumps(work(sys.argv[2], Path(sys.argv[3]))))
    else:
        main(sys.argv[1], *map(int, sys.argv[2:]))
