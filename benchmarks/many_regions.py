"""One, ten, a hundred, a thousand regions in imviz and in jdaviz, in one run; prints one Markdown table.

    python benchmarks/many_regions.py /tmp/jdaviz/bin/python [seconds]

For each number a new interpreter of either loads as many circles on a 2k image, then one more. Told are the
time of all, and of the one more its time, its messages to the browser and their bytes: what must not grow.
A worker that has not loaded all after so many seconds (default: 600) is measured with what it has, and says
how many that is.

Only the kernel is compared: widgets are serialised and their messages counted, but nobody draws them. The
file runs itself as the worker of both, as `against_jdaviz` does.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from against_jdaviz import APPS, MARK, WINDOW, count_messages, version

HERE = Path(__file__).resolve()
NUMBERS = 1, 10, 100, 1000
CHUNK = 50  # regions loaded by one call
SIDE = 2048


def work(app, n, limit):
    """Load n regions, then one more."""
    if app == "imviz":
        from imviz.app import Imviz
    else:
        from jdaviz import Imviz
    import numpy as np
    from regions import CirclePixelRegion, PixCoord

    sizes = count_messages(app)
    imviz = Imviz()
    imviz.app.get_viewer("imviz-0").shape = WINDOW
    imviz.load_data(np.random.default_rng(1).normal(100, 5, (SIDE, SIDE)), data_label="field")

    def load(some):
        imviz.load_regions([circle(k) for k in some], max_num_regions=len(some))

    def circle(k):
        return CirclePixelRegion(PixCoord(40 + k % 40 * 49, 40 + k // 40 * 49), 15)

    begin = time.perf_counter()
    loaded = 0
    while loaded < n and time.perf_counter() - begin < limit:
        some = range(loaded, min(loaded + CHUNK, n))
        load(some)
        loaded += len(some)
    all_of_them = time.perf_counter() - begin
    sizes.clear()
    begin = time.perf_counter()
    load([loaded])
    one_more = time.perf_counter() - begin
    found = imviz.get_interactive_regions() if app == "imviz" else imviz.plugins["Subset Tools"].get_regions()
    assert len(found) == loaded + 1
    return {
        "loaded": loaded,
        "all": all_of_them,
        "one": one_more,
        "messages": len(sizes),
        "bytes": sum(sizes),
    }


def run(python, app, n, limit):
    """One worker's figures."""
    code = [python, "-W", "ignore", str(HERE), "--worker", app, str(n), str(limit)]
    done = subprocess.run(code, capture_output=True, text=True, check=False, cwd=tempfile.gettempdir())
    if done.returncode:
        sys.exit(f"{app} failed:\n{done.stderr[-3000:]}")
    line = next(line for line in done.stdout.splitlines() if line.startswith(MARK))
    return json.loads(line.removeprefix(MARK))


def main(jdaviz_python, limit=600):
    pythons = {"imviz": sys.executable, "jdaviz": jdaviz_python}
    told = ("all [s]", "one more [s]", "its messages", "its kB")
    heads = [f"{app} {version(python, app)}: {what}" for app, python in pythons.items() for what in told]
    print("| regions |", " | ".join(heads), "|")
    print("|---|" + "---|" * len(heads))
    for n in NUMBERS:
        cells = []
        for app in APPS:
            found = run(pythons[app], app, n, limit)
            short = "" if found["loaded"] == n else f" ({found['loaded']} of them)"
            cells += [f"{found['all']:.3g}{short}", f"{found['one']:.3g}", str(found["messages"])]
            cells.append(f"{found['bytes'] / 1e3:.3g}")
        print(f"| {n} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--worker":
        print(MARK + json.dumps(work(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
    else:
        main(sys.argv[1], *map(float, sys.argv[2:]))
