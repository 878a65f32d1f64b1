"""The sessions of a server: which there are, whether a page shows them, how long they outlive it.

A session is a kernel, not a page. A page that is reloaded, a browser that was closed, a laptop that slept:
each comes back to the same kernel and everything in it. Only a session that nobody has touched ends soon
after its page. What is *not* here: how pages and kernels talk (Jupyter's), what a page looks like (`page`).
"""

from __future__ import annotations

import signal
from asyncio import get_running_loop
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async

if TYPE_CHECKING:
    from asyncio import TimerHandle

__all__ = ["ABANDONED", "GRACE", "SessionKernels", "SessionRecord", "Sessions"]

ABANDONED = 12 * 3600
"""Seconds after which a session that was used, but that no page has shown since, ends."""
GRACE = 10
"""Seconds that an untouched session waits for its page to come back: a reload asks within one."""


@dataclass(eq=False)
class SessionRecord:
    """What the server knows of a session."""

    kernel: str
    number: int
    """Counted from 1, as the page's title shows it."""
    started: datetime = field(default_factory=datetime.now)
    touched: bool = False
    """Whether a hand or a key has been at the window."""
    ending: TimerHandle | None = None
    """The end of a session whose page has gone, unless the page comes back."""


class Sessions:
    """All sessions of a server.

    Parameters
    ----------
    kernels : `~jupyter_server.services.kernels.kernelmanager.MappingKernelManager`
        Runs them.
    """

    def __init__(self, kernels: Any) -> None:
        self._kernels = kernels
        self._records: dict[str, SessionRecord] = {}
        self._count = 0

    def add(self, kernel: str) -> SessionRecord:
        """Take in a kernel that a page has just started."""
        self._count += 1
        self._records[kernel] = SessionRecord(kernel, self._count)
        return self._records[kernel]

    def get(self, kernel: str) -> SessionRecord | None:
        """The session of a kernel that is there; a dead one counts until it is ended."""
        return self._records.get(kernel) if kernel in self._kernels else None

    def waiting(self) -> list[SessionRecord]:
        """Sessions that were used and that no page shows, the latest first."""
        known = [record for record in self._records.values() if record.kernel in self._kernels]
        alone = [record for record in known if record.touched and not self._pages(record)]
        return sorted(alone, key=lambda record: -record.number)

    def stay(self, record: SessionRecord) -> None:
        """A page shows the session (again)."""
        if record.ending is not None:
            record.ending.cancel()
            record.ending = None

    def leave(self, record: SessionRecord) -> None:
        """A page of the session goes: it may be a reload, so nothing ends at once."""
        self.stay(record)
        if not record.touched:
            loop = get_running_loop()
            record.ending = loop.call_later(GRACE, lambda: loop.create_task(self._end_unseen(record)))

    async def end(self, record: SessionRecord) -> None:
        """End a session and its kernel."""
        self.stay(record)
        self._records.pop(record.kernel, None)
        if record.kernel in self._kernels:
            await ensure_async(self._kernels.shutdown_kernel(record.kernel))

    async def death(self, record: SessionRecord) -> str:
        """Why the session's process has ended, as far as that is known; nothing while it lives."""
        manager = self._kernels.get_kernel(record.kernel)
        if await ensure_async(manager.is_alive()):
            return ""
        code = getattr(getattr(manager.provisioner, "process", None), "returncode", None)
        if code == -signal.SIGKILL:
            return "The system killed its process; most often because there was no memory left."
        if code is not None and code < 0:
            return f"Its process was ended by signal {-code} ({signal.Signals(-code).name})."
        return "Its process has ended." if code is None else f"Its process ended with code {code}."

    async def _end_unseen(self, record: SessionRecord) -> None:
        record.ending = None
        if not record.touched and not self._pages(record):
            await self.end(record)

    def _pages(self, record: SessionRecord) -> int:
        return int(self._kernels.kernel_model(record.kernel)["connections"])


class SessionKernels:
    """The kernels as voila's renderer asks for them: the one it "starts" may be there already.

    Parameters
    ----------
    kernels : `~jupyter_server.services.kernels.kernelmanager.MappingKernelManager`
        Runs them.
    sessions : Sessions
        Takes in what is started.
    there : SessionRecord, optional
        The session to show again; None starts one.
    """

    def __init__(self, kernels: Any, sessions: Sessions, there: SessionRecord | None) -> None:
        self._kernels, self._sessions, self._there = kernels, sessions, there

    async def start_kernel(self, **options: Any) -> str:
        """Give the session's kernel, started if need be."""
        if self._there is None:
            kernel = await ensure_async(self._kernels.start_kernel(**options))
            self._there = self._sessions.add(kernel)
        return self._there.kernel

    def get_kernel(self, kernel: str) -> Any:
        """Give a kernel's manager."""
        return self._kernels.get_kernel(kernel)
