"""Asks the process that decodes (`imviz.readers.decoding.worker`), and starts another where one has died.

There is one for the whole program, started when a format first needs it and ended with the program. An
answer that does not come in time is not waited for: the process is ended.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.errors import ReadError
from imviz.readers.labels import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["decode", "end"]

PATIENCE = 30.0
"""Seconds an answer may take."""


class _Worker:
    """One decoding process and the thread that listens to it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "imviz.readers.decoding.worker"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module by this very Python
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._answers: SimpleQueue[tuple[dict[str, Any], bytes] | None] = SimpleQueue()
        self._listener = Thread(target=self._listen, name="imviz-decoder", daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        source = self._process.stdout
        while source is not None and (line := source.readline()).endswith(b"\n"):
            head = json.loads(line)
            self._answers.put((head, source.read(head.get("bytes", 0))))
        self._answers.put(None)

    def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes] | None:
        """The answer, or `None` where the process died or was ended for its slowness."""
        assert self._process.stdin is not None  # noqa: S101 - for mypy: it is a pipe
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            return self._answers.get(timeout=PATIENCE)
        except (OSError, Empty):
            return None

    def end(self) -> None:
        """Kill the process and wait for its thread."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # what it was last asked is lost with it


_LOCK = Lock()
_WORKERS: list[_Worker] = []


def decode(name: str, do: str, **request: Any) -> tuple[NDArray[Any], Any]:
    """Have something decoded.

    Parameters
    ----------
    name
        Of the file, for messages.
    do
        A name in `imviz.readers.decoding.decoders.DECODERS`.
    **request
        Its arguments, as JSON has them.

    Returns
    -------
    array, more
        What the decoder gives; the array is empty where it gives only words.

    Raises
    ------
    ReadError
        The file is damaged, or its decoder crashed or did not end.
    AssertionError
        A mistake in a line of ours, with what the process says of it.
    """
    with _LOCK:
        if not _WORKERS:
            _WORKERS.append(_Worker())
        answer = _WORKERS[0].ask({"do": do, **request})
        if answer is None:
            _WORKERS.pop().end()
            raise ReadError(
                f"{name} makes its decoder crash or hang; the file is damaged, copy or download it again."
            )
    head, content = answer
    if "refused" in head:
        raise ReadError(head["refused"])
    if "damaged" in head:
        raise ReadError(f"{name} cannot be decoded ({short(head['damaged'], 100)}); the file is damaged.")
    if "mistake" in head:
        raise AssertionError(f"imviz' own code failed on {name}: {head['mistake']}")
    array = np.frombuffer(content, np.dtype(head["dtype"])).reshape(head["shape"])
    return array, head["more"]


def end() -> None:
    """End the process; the next request starts another."""
    with _LOCK:
        while _WORKERS:
            _WORKERS.pop().end()


atexit.register(end)
