"""``imviz FILE …``: checks its arguments, then runs the stand-alone app.

A wrong argument is one sentence, before anything heavy is imported. What is *not* here: the server
(`imviz.server`), and any reading of images.
"""

from __future__ import annotations

import argparse
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from imviz.errors import InputError, MissingFileError
from imviz.science.user_paths import user_path
from imviz.server import Address, Opening, serve

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["run"]


def _port(text: str) -> int:
    """Read a port number."""
    if text.isdecimal() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port; use a number from 0 (any free one) to 65535.")


def _parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="imviz",
        description="View astronomical images and measure on them, in the browser.",
        epilog="'imviz demo' opens a synthetic star field to try things on. 'imviz phot' measures regions on "
        "images without a window, 'imviz verify' measures the rows of a table again; both have a --help. "
        "'./demo' is a file of that name.",
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="image to open (FITS, …), a session's file (.imviz), or the word demo",
    )
    parser.add_argument(
        "--theme", choices=["light", "dark"], default="light", help="colours (default: light)"
    )
    parser.add_argument(
        "--root",
        type=Path,
        metavar="FOLDER",
        help="the only folder the window opens files from (default: any)",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address of the page")
    parser.add_argument(
        "--port", type=_port, default=0, help="port of the local server (default: any free one)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="interface to listen on (default: this machine only)"
    )
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="let other machines connect to --host; they need the token, and the connection is not encrypted",
    )
    parser.add_argument("--version", action="version", version=f"imviz {version('imviz')}")
    return parser


def _opening(options: argparse.Namespace) -> Opening:
    """Turn the files named into what a tab opens with; each must exist."""
    demo = options.files[:1] == ["demo"]
    paths = [user_path(name) for name in options.files[demo:]]
    for path in paths:
        if not path.exists():
            raise MissingFileError(f"There is no file {str(path)!r}; give the path of an image, or 'demo'.")
        if not path.is_file():
            raise InputError(f"{str(path)!r} is not a file; give the path of an image.")
    root = None if options.root is None else user_path(options.root)
    if root is not None and not root.is_dir():
        raise InputError(f"--root {str(root)!r} is not a folder; name one that exists.")
    files = tuple(str(path.absolute()) for path in paths)
    return Opening(files, demo, options.theme, None if root is None else str(root.resolve()))


def run(arguments: Sequence[str]) -> int:
    """Open the window; 0 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    opening = _opening(options)
    address = Address(options.host, options.port, options.allow_remote)
    serve(opening, address, browser=not options.no_browser)
    return 0
