"""Make the project's environment, and find or install Chromium: standard library only.

``python3 scripts/environment.py DIR [EXTRA]`` makes the virtual environment DIR and installs imviz in
it, with an extra if named. ``--chromium`` prints a browser's path, installing one where it may.
Run by the Makefile; it asks no question and, where it cannot go on, says what to do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def main(arguments: list[str]) -> int:
    """Do what the command line asks; the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036  this file runs before anything has checked the version
        return _stop(
            f"imviz needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12"
        )
    if arguments == ["--chromium"]:
        print(chromium())
        return 0
    folder, *extras = arguments
    make(Path(folder), extras)
    return 0


def make(folder: Path, extras: list[str]) -> None:
    """Make `folder` a virtual environment with imviz (editable) in it."""
    python = folder / "bin" / "python"
    if not python.exists():
        _create(folder)
    wanted = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    print(f"Installing imviz and what it needs in {folder} (a minute or two the first time) …", flush=True)
    subprocess.run(
        [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-e", wanted], check=True
    )


def _create(folder: Path) -> None:
    try:
        import ensurepip  # noqa: F401  Debian keeps it in a package of its own
    except ImportError:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not _apt_install(name):
            raise SystemExit(
                f"This Python has no venv module. Install it once: sudo apt-get install {name}"
            ) from None
    venv.create(folder, with_pip=True, clear=True)


def chromium() -> str:
    """Path of a Chromium: $IMVIZ_CHROMIUM, one on PATH, or one installed now."""
    found = os.environ.get("IMVIZ_CHROMIUM") or _on_path()
    if not found and _apt_install("chromium"):
        found = _on_path()
    if not found and _playwright_install():
        from playwright.sync_api import sync_playwright

        with sync_playwright() as browsers:
            found = browsers.chromium.executable_path
    if not found:
        raise SystemExit(
            "The browser tests need Chromium. Install it (sudo apt-get install chromium) "
            "or set IMVIZ_CHROMIUM=/path/to/it."
        )
    return found


def _on_path() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _apt_install(package: str) -> bool:
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        return False
    print(f"Installing Debian's {package} …", file=sys.stderr, flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment, **quiet)
    return (
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", package], check=False, env=environment, **quiet
        ).returncode
        == 0
    )


def _playwright_install() -> bool:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(command, check=False, stdout=sys.stderr, stderr=sys.stderr).returncode == 0


def _stop(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
