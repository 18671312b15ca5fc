"""One session as seen by its supervisor: what it uses, which limit it exceeds, how it is killed.

All its processes count together. With namespaces, these are the student's process and what descends
from it; without, whatever descends from the supervisor, which has no other session then.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from dataclasses import dataclass
from typing import Any

from ..confine import processes, scratch
from ..protocol.config import ServerConfig


@dataclass
class SupervisedSession:
    """A student's process, and whatever it starts.

    Attributes:
        pid: the student's process, a child of the supervisor.
        status: socket to the host: JSON lines out; `CRITERIA` or `EVERYTHING` in asks for `used`,
            end of file means "kill it".
        report: pipe on which the process reports that it is confined; -1 once closed.
        uid: the session's own user, if it has one.
        scratch: its scratch directory.
        reported: what has arrived on ``report``.
        proc_pid: its id in /proc, which may be of an outer namespace; 0 until it is confined.
        inherited_kb: its memory when it was confined, before it has received anything.
        killed: whether it has been sent SIGKILL.
        limit: the limit for which it was killed.
        cpu_s: CPU seconds of descendants that have been reaped.
    """

    pid: int
    status: socket.socket
    report: int
    uid: int | None
    scratch: str
    reported: bytes = b""
    proc_pid: int = 0
    inherited_kb: int = 0
    killed: bool = False
    limit: str | None = None
    cpu_s: float = 0.0

    def used(self, config: ServerConfig, *, own: bool) -> dict[str, Any]:
        """CPU seconds of its processes (the most of one, and the sum), and whether all are asleep.

        Args:
            config: what all sessions share.
            own: whether the notebook's own process counts, which runs its cells.
        """
        everything = self._processes(config) if self.proc_pid else []
        counted = [each for each in everything if own or each.pid != self.proc_pid]
        used = [each.cpu_s for each in counted]
        asleep = bool(counted) and all(each.is_asleep for each in counted)
        return {"busiest_s": max(used, default=0.0), "all_s": sum(used), "asleep": asleep}

    def exceeded(self, config: ServerConfig) -> str | None:
        """The limit that its processes exceed together, if any; it has to be confined."""
        everything = self._processes(config)
        own = (processes.private_kb(p.pid) - self.inherited_kb for p in everything)
        if sum(max(0, kb) for kb in own) > config.memory_mb * 1024:
            return "memory"
        if sum(process.threads for process in everything) > config.processes:
            return "processes"
        if not config.namespaced and scratch.exceeds(self.scratch, config.scratch_mb):
            return "scratch"
        return None

    def kill(self) -> None:
        """Kill the student's process, and with namespaces everything that it has started."""
        self.killed = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def _processes(self, config: ServerConfig) -> list[processes.Process]:
        """Every process of it; without namespaces, its orphans are the supervisor's children."""
        if config.namespaced:
            return processes.process_tree(self.proc_pid)
        return processes.process_tree(processes.current().pid)[1:]
