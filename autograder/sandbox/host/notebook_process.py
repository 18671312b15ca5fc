"""The process that a notebook is loaded in: started, forked, and replaced when it ends.

Everything that comes back is treated as hostile: every wait has a deadline, and a process that dies
or stops responding is replaced by one that leaves out what has ended it.
"""

from __future__ import annotations

import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.call_outcome import SandboxLost, StudentDied, StudentTimeout
from autograder.sandbox.host.interfaces import ExitLike, ProcessLike, Spawner
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.host.loading import Loading, Position
from autograder.sandbox.host.reference_calls import Reference
from autograder.sandbox.host.sizes import MAX_STATUS_BYTES
from autograder.sandbox.protocol import wire
from autograder.status import CellStatus

MAX_RESTARTS = 4

ALMOST_NOTHING_S = 1e-9
"""What is left for cells that have used up their time: definitions and short statements are run."""

FORK_ANSWER_S = 10.0
"""Seconds the notebook's process has to answer a fork request, while it runs no student code."""

LAST_ANSWER_S = 2.0
"""The same once the time for the whole notebook is used up."""

FORK_ATTEMPTS = 3

MAX_LOSSES = 3
LOSS_S = 5.0
"""Seconds that a running supervisor may take to report how a session ended."""


@dataclass
class NotebookProcess(ABC):
    """A notebook in the sandbox, in one process at a time; see `session.Session`."""

    server: Spawner
    cells: Sequence[tuple[int, str]]
    budget: Budget = field(default_factory=Budget)
    reference: Reference | None = None
    deadline: float | None = None
    left_out: dict[Position, CellStatus] = field(default_factory=dict, kw_only=True)
    cpu_s: float = field(default=0.0, kw_only=True)
    _process: ProcessLike | None = field(default=None, init=False)
    _restarts: int = field(default=0, init=False)
    _unstoppable: int = field(default=0, init=False)
    _definitions_only: bool = field(default=False, init=False)
    _announced: bool = field(default=False, init=False)
    _deadline: float = field(default=0.0, init=False)
    _has_run: bool = field(default=False, init=False)
    _in_place: bool = field(default=False, init=False)

    @abstractmethod
    def _accept(self, message: dict[str, Any]) -> None:
        """Take what the process reports once all cells have run.

        Raises:
            wire.WireError: it is not a report.
        """

    @abstractmethod
    def _give_up(self, at: Position | None, late: bool) -> None:
        """Record that the notebook cannot be loaded, whatever is left out."""

    def _load(self) -> None:
        """Run the cells; if a statement kills or stalls the process, start over without it."""
        failed_starts = losses = 0
        while True:
            self._process = self.server.spawn({})
            if self.reference is not None and self._has_run:
                self.reference.begin_notebook()
            self._has_run = True
            loading = self._loading(self._process)
            try:
                self._accept(loading.run(self._cells_request()))
                return
            except wire.WireError as error:
                at = loading.at
                ended = self._ended() if isinstance(error, wire.Closed) else None
                self._stop()
                if ended is not None and ended.reason == "unknown":
                    # The server was killed for some other reason, not by this statement.
                    losses += 1
                    if losses > MAX_LOSSES:
                        raise SandboxLost("the sandbox ended repeatedly") from error
                    continue
                late = isinstance(error, wire.TooLate)
                too_large = not loading.sent and type(error) is wire.WireError
                if too_large or time.monotonic() > self._deadline:
                    self._give_up(at, late)
                    return
                if at is None:  # no student code has run yet, so this is not the student's fault
                    failed_starts += 1
                    if failed_starts > 1:
                        raise SandboxUnavailable(
                            "a session ended before it ran anything",
                            "check whether the machine is out of memory",
                        ) from error
                    self._announced = True
                    continue
                if not (loading.announced or loading.stalled or ended):
                    self._announced = True  # some statement, but which one?
                    continue
                self._restarts += 1
                self._unstoppable += late
                if at in self.left_out or self._restarts > MAX_RESTARTS:
                    if self._definitions_only:
                        self._give_up(at, late)
                        return
                    self._definitions_only, self._restarts = True, 0
                self.left_out[at] = CellStatus.TIMEOUT if late else CellStatus.ERROR

    def _loading(self, process: ProcessLike) -> Loading:
        return Loading(
            process.sock,
            self.cells,
            self.budget,
            self._cells_s,
            self._deadline,
            used=process.used_by_all,
            reference=self.reference,
            announced=self._announced,
        )

    def _cells_request(self) -> dict[str, Any]:
        return {
            "op": "cells",
            "cells": [list(cell) for cell in self.cells],
            "skip": [list(position) for position in self.left_out],
            "proxies": [] if self.reference is None else [*self.reference.descriptions],
            "cell_s": self.budget.cell_s,
            "idle_s": self.budget.cell_idle_s,
            # If the process has died repeatedly, run nothing but definitions.
            "total_s": 0.0 if self._definitions_only else self._cells_s,
        }

    @property
    def _cells_s(self) -> float:
        """CPU seconds for all cells: what a statement has used before it was killed counts."""
        left = self.budget.cells_s - self._unstoppable * self.budget.cell_s
        return max(left, ALMOST_NOTHING_S)

    def _status(self, sock: socket.socket, request: dict[str, Any]) -> dict[str, Any]:
        """Ask the notebook's process, which runs no student code now, about a process."""
        deadline = self._soon()
        wire.send(sock, request, deadline=deadline)
        return wire.receive(sock, deadline=deadline, max_total=0, max_header=MAX_STATUS_BYTES)

    def _soon(self) -> float:
        """Until when to wait for an answer that takes no time, unless the process is stalled."""
        now = time.monotonic()
        return min(now + FORK_ANSWER_S, max(self._deadline, now) + LAST_ANSWER_S)

    def _fork(
        self, world: str | None, shared: bool = False, in_place: bool = False
    ) -> tuple[socket.socket, int]:
        """The socket and the id of a process that serves criteria.

        Args:
            world, shared: see `guest.session`.
            in_place: whether it is the notebook's own, which serves nothing else then.
        """
        if self._in_place:
            self._stop()  # it has been used up
        # A criterion that kills the notebook's process costs only itself: the notebook is loaded
        # again for the next one, as long as there is time.
        for attempt in range(FORK_ATTEMPTS):
            if time.monotonic() > self._deadline:
                raise StudentTimeout("the time for the whole notebook was used up")
            if self._process is None:
                self._restarts = 0
                self._load()
            if self._process is None:
                break
            ours, theirs = socket.socketpair()
            try:
                deadline = self._soon()
                sock = self._process.sock
                request = {"op": "fork", "world": world, "shared": shared, "in_place": in_place}
                wire.send(sock, request, deadline=deadline)
                sock.settimeout(max(0.1, deadline - time.monotonic()))
                socket.send_fds(sock, [b"f"], [theirs.fileno()])
                pid = wire.receive(
                    sock, deadline=deadline, max_total=0, max_header=MAX_STATUS_BYTES
                ).get("pid")
                if type(pid) is int and pid > 0:
                    self._in_place = in_place
                    return ours, pid
            except (wire.WireError, OSError):
                pass
            finally:
                theirs.close()
            ours.close()
            self._stop()
            # If even a freshly loaded notebook cannot fork, something that a cell started is in
            # the way (a thread that reads from our socket, say). Run only definitions from now on.
            self._definitions_only = self._definitions_only or attempt > 0
        raise StudentDied("the notebook's process could not be kept alive")

    def _reap(self, pid: int) -> None:
        if self._in_place:
            self._stop()
        if self._process is None:
            return
        try:
            self._status(self._process.sock, {"op": "reap", "pid": pid})
        except wire.WireError:
            self._stop()

    def _sandbox_lost(self) -> bool:
        """Whether the session was lost because its supervisor died, not because of student code.

        If the notebook's process still responds, only the criterion's process has ended. If not, a
        running supervisor reports how it ended; a supervisor that has died reports nothing.
        """
        ended = self._ended()
        return ended is not None and ended.reason == "unknown"

    def _ended(self) -> ExitLike | None:
        """How the process ended; None if it responds, or goes on without doing so."""
        if self._process is None:
            return None
        try:
            self._status(self._process.sock, {"op": "ping"})
        except wire.WireError:
            return self._process.wait(LOSS_S)
        return None

    def _stop(self) -> None:
        self._in_place = False
        if self._process is not None:
            child, self._process = self._process, None
            child.kill()
            ended = child.wait(5.0)
            if ended is not None:
                self.cpu_s += ended.cpu_s
            child.sock.close()
