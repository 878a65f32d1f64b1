"""How light the start is: new interpreters, one after the other, medians of wall time.

    python benchmarks/startup.py [repeats]

Prints the import of ``glue_jupyter.bqplot.image`` alone (what the stack costs anyone), of ``imviz`` alone,
and of everything up to the first image in the viewer, with the numbers of widgets; last, the ratio
that must stay below 1.6. Byte code is compiled before, into a folder of its own, because an environment
that keeps none would be measured compiling.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

STEPS = {
    "import glue_jupyter.bqplot.image": "import glue_jupyter.bqplot.image",
    "import imviz": "import imviz",
    "import, Imviz(), first image (2k)": """
import numpy as np
from imviz import Imviz
t1 = time.perf_counter()
imviz = Imviz()
t2 = time.perf_counter()
imviz.load_data(np.zeros((2048, 2048), "f4"), data_label="a")
import ipywidgets
note = {"Imviz() s": t2 - t1, "load_data s": time.perf_counter() - t2,
        "widgets": len(ipywidgets.widgets.widget._instances)}
""",
}
TEMPLATE = """
import sys, time, json
note = {{}}
t0 = time.perf_counter()
{code}
note["s"] = time.perf_counter() - t0
note["modules"] = len(sys.modules)
note["MB"] = int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
print(json.dumps(note))
"""


def run(code, bytecode):
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TEMPLATE.format(code=code)],
        capture_output=True,
        check=True,
        env={**environment, "PYTHONPYCACHEPREFIX": bytecode},
    )
    return json.loads(out.stdout.splitlines()[-1])


def main(repeats=5):
    notes = {name: [] for name in STEPS}
    with tempfile.TemporaryDirectory() as bytecode:
        for number in range(repeats + 1):
            for name, code in STEPS.items():
                note = run(code, bytecode)
                if number:  # the first one compiled
                    notes[name].append(note)
    medians = {}
    for name, found in notes.items():
        medians[name] = {key: statistics.median(note[key] for note in found) for key in found[0]}
        print(f"{name:36}", "  ".join(f"{key} {value:.3g}" for key, value in medians[name].items()))
    stack, _, whole = (median["s"] for median in medians.values())
    print(f"ratio to the stack alone: {whole / stack:.2f} (goal: at most 1.6)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
