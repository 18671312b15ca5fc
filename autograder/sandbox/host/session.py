"""Host side of one notebook behind the wall: load it, then fork a fresh copy for every criterion.

Nothing that comes back is believed: records are checked field by field, request numbers are random,
every wait has an end, and a process that dies or falls silent is replaced.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.conversation import (
    Budget,
    Conversation,
    ExceptionInfo,
    SocketConversation,
    StudentDied,
    StudentFailure,
    StudentProtocolError,
    StudentRaised,
    StudentTimeout,
    Value,
    checked,
    one_line,
)
from autograder.sandbox.protocol import wire
from autograder.status import CellStatus

__all__ = [
    "Budget",
    "CellRecord",
    "Conversation",
    "ExceptionInfo",
    "LoadedNotebook",
    "ProcessExit",
    "Server",
    "Session",
    "SessionProcess",
    "StudentDied",
    "StudentFailure",
    "StudentProtocolError",
    "StudentRaised",
    "StudentTimeout",
    "Value",
    "one_line",
]

MAX_RESTARTS = 4
ANSWER_S = 10.0
"""Within which the notebook's process, which then runs nothing of the student's, has to answer."""

SLACK_S = 15.0
"""How much later than the student's own process the host gives up: never before it, if it can."""

FORK_TRIES = 3


class ProcessExit(Protocol):
    """How a student's process ended, as its supervisor saw it."""

    @property
    def cpu_s(self) -> float:
        """CPU seconds of all that it ran."""


class SessionProcess(Protocol):
    """One student's process and everything it started."""

    @property
    def sock(self) -> socket.socket:
        """The host's end of its stream."""

    def kill(self) -> None:
        """End it all; returns when nothing is left."""

    def wait(self, timeout: float) -> ProcessExit | None:
        """How it ended, or None while it lives."""


class Server(Protocol):
    """Where students' processes come from (`autograder.sandbox.host.server.Server`)."""

    def spawn(self, settings: dict[str, Any]) -> SessionProcess:
        """A fresh process behind the wall."""


@dataclass(frozen=True)
class CellRecord:
    """What became of one cell: ``ok``, ``error``, ``timeout`` or ``skipped``."""

    index: int
    status: CellStatus
    error: str | None


class LoadedNotebook(Protocol):
    """What a suite needs to know of a notebook whose cells have run."""

    @property
    def cells(self) -> Sequence[tuple[int, str]]:
        """(index in the notebook, source), in order."""

    @property
    def records(self) -> Sequence[CellRecord]:
        """What became of each cell."""

    @property
    def defined(self) -> Mapping[str, tuple[str, ...] | None]:
        """A function's name → None, a class's name → its methods."""

    def criterion(self) -> AbstractContextManager[Conversation]:
        """The notebook as it was after its cells had run, for one criterion."""


@dataclass
class Session:
    """One student's notebook, loaded behind the wall.

    Args:
        server: where processes come from.
        cells: (index in the notebook, source), in order.
        budget: seconds for cells and calls.
    """

    server: Server
    cells: Sequence[tuple[int, str]]
    budget: Budget = field(default_factory=Budget)
    records: tuple[CellRecord, ...] = ()
    defined: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    cpu_s: float = 0.0
    _child: SessionProcess | None = None
    _skip: dict[tuple[int, int], CellStatus] = field(default_factory=dict)
    _restarts: int = 0
    _careful: bool = False
    _timeouts: int = 0
    _ends: float = 0.0

    def __enter__(self) -> Session:
        """Load the notebook."""
        self._ends = time.monotonic() + self.budget.total_wall_s
        try:
            self._load()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        """End every process of the notebook."""
        self._stop()

    @contextmanager
    def criterion(self) -> Iterator[Conversation]:
        """A fresh fork of the loaded notebook, ended with all it started when the block ends."""
        sock, pid = self._fork()
        in_time = self._timeouts < self.budget.max_timeouts
        budget = self.budget if in_time else self.budget.shortened()
        conversation = SocketConversation(sock, budget, self._ends)
        try:
            yield conversation
        finally:
            self._timeouts += conversation.timed_out
            sock.close()
            self._reap(pid)

    # --- the notebook's process -------------------------------------------------------------

    def _load(self) -> None:
        """Run the cells; where one ends or stalls the process, begin again without it."""
        unborn = 0
        while True:
            self._child = self.server.spawn({})
            at: tuple[int, int] | None = None
            whole = min(self._ends, time.monotonic() + 3 * self.budget.cells_s + SLACK_S)
            try:
                wire.send(self._child.sock, self._order(), deadline=whole)
                while True:
                    # A statement stops itself after twice its CPU seconds, where it can be stopped.
                    deadline = min(whole, time.monotonic() + 2 * self.budget.cell_s + SLACK_S)
                    message = wire.receive(self._child.sock, deadline=deadline)
                    if "stuck" in message:
                        raise wire.TooLate("code that catches everything")
                    if "at" not in message:
                        break
                    at = _position(message["at"])
                self._accept(message)
                return
            except wire.WireError as error:
                self._stop()
                late = isinstance(error, wire.TooLate)
                too_large = at is None and type(error) is wire.WireError
                if too_large or time.monotonic() > self._ends:
                    self._give_up(at, late)
                    return
                if at is None:  # none of the student's code has run yet: it is none of its doing
                    unborn += 1
                    if unborn > 1:
                        raise SandboxUnavailable(
                            "a session ended before it ran anything",
                            "see whether the machine is out of memory",
                        ) from error
                    continue
                self._restarts += 1
                if at in self._skip or self._restarts > MAX_RESTARTS:
                    if self._careful:
                        self._give_up(at, late)
                        return
                    self._careful, self._restarts = True, 0
                self._skip[at] = CellStatus.TIMEOUT if late else CellStatus.ERROR

    def _order(self) -> dict[str, Any]:
        return {
            "op": "cells",
            "cells": [list(cell) for cell in self.cells],
            "skip": [list(position) for position in self._skip],
            "cell_s": self.budget.cell_s,
            # Where the process ended again and again, only definitions are run.
            "total_s": 0.0 if self._careful else self.budget.cells_s,
        }

    def _accept(self, message: dict[str, Any]) -> None:
        known = {index for index, _ in self.cells}
        found = {}
        for entry in checked(list, message.get("records")):
            fields = checked(dict, entry)
            index, status = fields.get("index"), checked(str, fields.get("status"))
            if type(index) is not int or index not in known:
                continue
            if status in [*CellStatus]:
                problem = one_line(fields.get("error")) or None
                found[index] = CellRecord(index, CellStatus(status), problem)
        for (index, _), status in self._skip.items():
            text = _why_it_ended(status)
            found[index] = CellRecord(index, status, text)
        self.records = tuple(
            found.get(index, CellRecord(index, CellStatus.SKIPPED, None)) for index, _ in self.cells
        )
        defined: dict[str, tuple[str, ...] | None] = {}
        for name, members in list(checked(dict, message.get("defined")).items())[:2000]:
            if _is_name(name):
                listed = isinstance(members, list)
                defined[name] = tuple(filter(_is_name, members[:200])) if listed else None
        self.defined = defined

    def _give_up(self, at: tuple[int, int] | None, late: bool) -> None:
        """The notebook cannot be loaded, whatever is left out: say so, cell by cell."""
        if self.records:
            return  # it could before; what it defined then still stands
        status = CellStatus.TIMEOUT if late else CellStatus.ERROR
        text = _why_it_ended(status)
        last = at[0] if at else self.cells[0][0] if self.cells else 0
        self.records = tuple(
            CellRecord(index, status, text)
            if index == last
            else CellRecord(index, CellStatus.SKIPPED, None)
            for index, _ in self.cells
        )
        self.defined = {}

    def _fork(self) -> tuple[socket.socket, int]:
        # A criterion that takes the notebook's process with it costs itself alone: the notebook is
        # loaded again for the next, as often as need be while there is time.
        for attempt in range(FORK_TRIES):
            if time.monotonic() > self._ends:
                raise StudentTimeout("the time for the whole notebook was used up")
            if self._child is None:
                self._restarts = 0
                self._load()
            if self._child is None:
                break
            ours, theirs = socket.socketpair()
            try:
                deadline = time.monotonic() + ANSWER_S
                wire.send(self._child.sock, {"op": "fork"}, deadline=deadline)
                self._child.sock.settimeout(ANSWER_S)
                socket.send_fds(self._child.sock, [b"f"], [theirs.fileno()])
                pid = wire.receive(self._child.sock, deadline=deadline).get("pid")
                if type(pid) is int and pid > 0:
                    return ours, pid
            except (wire.WireError, OSError):
                pass
            finally:
                theirs.close()
            ours.close()
            self._stop()
            # One that was loaded afresh gives no process either: what a cell started is in the way,
            # a thread that reads what is not for it, say. From here on only definitions are run.
            self._careful = self._careful or attempt > 0
        raise StudentDied("the notebook's process could not be kept alive")

    def _reap(self, pid: int) -> None:
        if self._child is None:
            return
        try:
            deadline = time.monotonic() + ANSWER_S
            wire.send(self._child.sock, {"op": "reap", "pid": pid}, deadline=deadline)
            wire.receive(self._child.sock, deadline=deadline)
        except wire.WireError:
            self._stop()

    def _stop(self) -> None:
        if self._child is not None:
            child, self._child = self._child, None
            child.kill()
            ended = child.wait(5.0)
            if ended is not None:
                self.cpu_s += ended.cpu_s
            child.sock.close()


def _why_it_ended(status: CellStatus) -> str:
    return "stopped: it took too long" if status is CellStatus.TIMEOUT else "it ended the process"


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 80 and value.isidentifier()


def _position(value: Any) -> tuple[int, int]:
    if not (isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)):
        raise wire.WireError("a position that is none")
    return value[0], value[1]
