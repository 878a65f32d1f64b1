"""Build the sdist and the wheel, check them, and use the wheel in an environment that has nothing else.

``python scripts/wheel.py DIR`` leaves both in DIR, emptied first; the environment is a temporary one, of the
Python that runs it. What is tried there is what a stranger does: the README's cell without the browser, and
the command.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CELL = """
import imviz
assert "site-packages" in imviz.__file__, imviz.__file__
from imviz import Imviz
app = Imviz()
app.load_demo()
app.app.window
assert app.data_labels, app
print("imviz", imviz.__version__, "of the wheel opens", app.data_labels[0])
"""


def main(folder: Path) -> None:
    """Build, check, install, try."""
    shutil.rmtree(folder, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    run(sys.executable, "-m", "twine", "check", "--strict", *folder.iterdir())
    wheel = next(folder.glob("*.whl"))
    missing = _sources() - set(zipfile.ZipFile(wheel).namelist())
    if missing:
        raise SystemExit(f"The wheel lacks {len(missing)} files, {sorted(missing)[0]} among them.")
    with tempfile.TemporaryDirectory(prefix="imviz-wheel-") as elsewhere:
        try_it(wheel, Path(elsewhere))


def try_it(wheel: Path, folder: Path) -> None:
    """Install a wheel into a new environment in `folder` and use it there, any warning being an error."""
    venv.create(folder / "clean", with_pip=True)
    python = folder / "clean" / "bin" / "python"
    run(python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", wheel)
    run(python, "-W", "error", "-c", CELL, cwd=folder)
    run(folder / "clean" / "bin" / "imviz", "--help", cwd=folder, stdout=subprocess.DEVNULL)


def _sources() -> set[str]:
    kinds = {".py", ".js", ".vue", ".css", ".html", ".j2", ".json", ".typed"}
    files = (path.relative_to(ROOT) for path in (ROOT / "imviz").rglob("*") if path.suffix in kinds)
    return {path.as_posix() for path in files}


def run(*command: object, **options: object) -> None:
    """Run a command; what it cannot do ends everything."""
    subprocess.run([str(word) for word in command], check=True, **options)  # type: ignore[call-overload]


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
