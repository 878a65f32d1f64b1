"""The process in which risky decoders run: what crashes or hangs here costs an error message only.

The decoders of compressed FITS tiles, pictures and HDF5 are C code that trusts its input. This program
answers requests on its standard input: one line of JSON each, answered by one line of JSON and, for an
array, its bytes. `imviz.readers.decoding.sandbox` starts it and asks. It opens only the file it is told to.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.errors import ImvizError
from imviz.readers.decoding.decoders import DECODERS
from imviz.readers.quiet import DAMAGED, damaged

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["main"]

MEMORY = 3 * 2**30
"""Bytes this process may have for data: a decoder that wants more is refused by the system."""


def main() -> None:
    """Answer until the input ends."""
    _limit_memory()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil an answer
    for line in sys.stdin.buffer:
        _answer(json.loads(line), out)


def _answer(request: dict[str, Any], out: BinaryIO) -> None:
    """Decode what is asked for, or say why not."""
    try:
        values, more = DECODERS[request.pop("do")](**request)
        array = np.ascontiguousarray(values)
        head = {"dtype": array.dtype.str, "shape": array.shape, "bytes": array.nbytes, "more": more}
    except ImvizError as error:
        head, array = {"refused": str(error)}, None
    except damaged() as error:
        why = (str(error).splitlines() or [""])[0]
        head, array = {"damaged": f"{type(error).__name__}: {why}"[:200]}, None
    except DAMAGED as error:
        head, array = {"mistake": "".join(traceback.format_exception(error))}, None
    out.write(json.dumps(head).encode() + b"\n")
    if array is not None:
        out.write(array.tobytes() if not array.nbytes else array.reshape(-1).view(np.uint8).data)
    out.flush()


def _limit_memory() -> None:
    """As far as the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
