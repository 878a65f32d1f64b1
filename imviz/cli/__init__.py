"""The ``imviz`` command: which of its parts is meant, and how each refuses.

``imviz FILE …`` opens the window (`window`), ``imviz phot`` measures without one (`phot`), ``imviz verify``
measures a table's rows again (`verify`). Each part is loaded when it is called, so that a wrong word costs
nothing and measuring loads nothing graphical. An error is one sentence and exit code 2.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from imviz.errors import ImvizError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

COMMANDS = ("phot", "verify")
"""Words that are no file: ``./phot`` is a file of that name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``imviz``; by default those of the process.

    Returns
    -------
    int
        Exit code: 0 when all went well, 1 when some of it did not (see the parts), 2 for an argument that
        cannot be used, 130 after Ctrl-C.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    part = words.pop(0) if words[:1] and words[0] in COMMANDS else "window"
    try:
        code: int = import_module(f"imviz.cli.{part}").run(words)
    except ImvizError as error:
        sys.stderr.write(f"imviz: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130  # Ctrl-C: the shell's number for it
    return code
