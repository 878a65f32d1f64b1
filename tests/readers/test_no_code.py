"""Nothing in a file runs code, starts a program or asks the network: Python's own audit hook watches.

In a process of its own, because an audit hook cannot be taken away again.
"""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from readers import fuzz
from readers.battery import CASES

WATCH = """
import json, sys, warnings
warnings.simplefilter("ignore")
folder, tests = sys.argv[1:]
sys.path.insert(0, tests)
from pathlib import Path
from imviz.errors import ImvizError
from imviz.readers import load
from imviz.readers.remote.download import Download
from readers import fuzz

REFUSED = {"pickle.find_class", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty",
           "socket.connect", "socket.getaddrinfo", "socket.bind", "ctypes.dlopen", "urllib.Request",
           "subprocess.Popen", "shutil.rmtree", "webbrowser.open", "ftplib.connect"}
for path in sorted(Path(folder, "good").iterdir()):
    fuzz.look(path)  # imports, caches, the decoding process
seen, watching = [], []

def hook(event, arguments):
    if watching and event in REFUSED:
        seen.append([event, repr(arguments)[:200]])
    elif watching and event == "exec" and not is_library(sys._getframe(1)):
        seen.append([event, repr(arguments)[:300]])

# Modules being imported, annotations, named tuples, the unit parser's tables, Cython's tracebacks.
OWN = ("importlib._bootstrap", "typing.py", "dataclasses.py", "collections/__init__.py")
OWN += ("ply/yacc.py", "ply/lex.py")

def is_library(frame):
    while frame is not None:
        if any(name in frame.f_code.co_filename for name in OWN) or frame.f_code.co_filename.endswith(".pyx"):
            return True
        frame = frame.f_back
    return False

sys.addaudithook(hook)
paths = sorted(path for kind in ("good", "bad") for path in Path(folder, kind).iterdir())
for path in paths:
    watching.append(path)
    fuzz.look(path)
    watching.clear()
print(json.dumps([len(paths), seen]))
"""


class Harm:
    def __reduce__(self):
        return (__import__("os").system, ("touch owned",))


def write_bad(folder):
    """What tries to run code, in each format that could be told to."""
    harm = pickle.dumps(Harm())
    (folder / "harm.pkl").write_bytes(harm)
    (folder / "harm.fits").write_bytes(harm)
    np.save(folder / "objects.npy", np.array([[Harm()]], dtype=object), allow_pickle=True)
    body = b"data: !!python/object/apply:os.system ['touch owned']\n"
    head = b"#ASDF 1.0.0\n%YAML 1.1\n--- !core/asdf-1.1.0\n"
    (folder / "tag.asdf").write_bytes(head + body + b"...\n")
    (folder / "new.asdf").write_bytes(head + b"data: !!python/object/new:__main__.Harm {}\n...\n")
    store = folder / "store.zarr"
    store.mkdir()
    meta = {"zarr_format": 2, "shape": [2, 2], "chunks": [2, 2], "dtype": "<f8", "order": "C"}
    meta |= {"fill_value": 0, "compressor": None, "filters": [{"id": "pickle"}]}
    (store / ".zarray").write_text(json.dumps(meta))
    (store / "0.0").write_bytes(harm)


@pytest.mark.slow
def test_no_file_of_the_battery_runs_code_or_asks_the_network(tmp_path):
    for name in ("good", "bad"):
        (tmp_path / name).mkdir()
    for name, content in fuzz.corpus().items():
        (tmp_path / "good" / name).write_bytes(content)
    write_bad(tmp_path / "bad")
    for number, case in enumerate(case for case in CASES.values() if case.of_file):
        folder = tmp_path / f"case{number}"
        folder.mkdir()
        case.make(folder)
        for n, path in enumerate(
            path for path in folder.iterdir() if path.is_file() and path.stat().st_size < 10**6
        ):
            (tmp_path / "bad" / f"{number}-{n}").write_bytes(path.read_bytes())
    code = [sys.executable, "-W", "ignore", "-c", WATCH, str(tmp_path), str(Path(__file__).parents[1])]
    run = subprocess.run(code, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 0, run.stderr[-2000:]
    count, seen = json.loads(run.stdout.splitlines()[-1])
    assert count > 200
    assert seen == [], {tuple(one) for one in seen}
    assert not (tmp_path / "owned").exists()


def test_the_harm_would_be_done_by_a_reader_that_trusts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_bad(tmp_path)
    np.load(tmp_path / "objects.npy", allow_pickle=True)
    assert (tmp_path / "owned").exists()
