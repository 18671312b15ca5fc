"""Host side of one notebook behind the wall: load it, then fork a fresh copy for every criterion.

Nothing that comes back is believed: records are checked field by field, request numbers are random,
every wait has an end, and a process that dies or falls silent is replaced.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from .inside import wire

MAX_RESTARTS = 4


@dataclass(frozen=True)
class Budget:
    """Seconds. CPU time decides wherever it can, so that a busy machine changes no grade."""

    cell_s: float = 10.0
    cells_s: float = 20.0
    call_cpu_s: float = 3.0
    call_wall_s: float = 12.0
    total_wall_s: float = 180.0


class Exit(Protocol):
    """How a student's process ended, as its keeper saw it."""

    reason: str
    code: int
    cpu_s: float


class Child(Protocol):
    """One student's process and everything it started."""

    sock: socket.socket

    def kill(self) -> None:
        """End it all; returns when nothing is left."""

    def wait(self, timeout: float) -> Exit | None:
        """How it ended, or None while it lives."""


class Server(Protocol):
    """Where students' processes come from (`autograder.sandbox.server.Server`)."""

    def spawn(self, settings: dict[str, Any]) -> Child:
        """A fresh process behind the wall."""


@dataclass(frozen=True)
class CellRecord:
    """What became of one cell: ``ok``, ``error``, ``timeout`` or ``skipped``."""

    index: int
    status: str
    error: str | None


@dataclass(frozen=True)
class RaisedInfo:
    """An exception of the student's code: text only, cut to size."""

    type: str
    message: str
    cell: int | None
    line: int | None
    text: str
    functions: tuple[str, ...]
    kinds: tuple[str, ...] = ()


class StudentFailure(Exception):
    """Something the student's code did, or failed to do; never the grader's fault.

    Attributes:
        label: the call during which it happened, for messages.
    """

    label: str | None = None


class StudentRaised(StudentFailure):
    """The student's code raised an exception."""

    def __init__(self, info: RaisedInfo) -> None:
        super().__init__(f"{info.type}: {info.message}")
        self.info = info


class StudentTimeout(StudentFailure):
    """The student's code did not finish in time."""


class StudentDied(StudentFailure):
    """The student's process ended in the middle of a call."""


@dataclass(frozen=True)
class Value:
    """What a call gave: the value, and the arguments as they were afterwards where asked for."""

    value: Any
    args: list[Any] | None = None


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
    _child: Child | None = None
    _skip: dict[tuple[int, int], str] = field(default_factory=dict)
    _restarts: int = 0
    _ends: float = 0.0

    def __enter__(self) -> Session:
        """Load the notebook."""
        self._ends = time.monotonic() + self.budget.total_wall_s
        self._load()
        return self

    def __exit__(self, *_error: object) -> None:
        """End every process of the notebook."""
        self._stop()

    @contextmanager
    def criterion(self) -> Iterator[Conversation]:
        """A fresh fork of the loaded notebook, ended with all it started when the block ends."""
        sock, pid = self._fork()
        talk = Conversation(sock, self.budget, self._ends)
        try:
            yield talk
        finally:
            sock.close()
            self._reap(pid)

    # --- the notebook's process -------------------------------------------------------------

    def _load(self) -> None:
        """Run the cells; where one ends or stalls the process, begin again without it."""
        while True:
            self._child = self.server.spawn({})
            at: tuple[int, int] | None = None
            deadline = min(self._ends, time.monotonic() + 3 * self.budget.cells_s + 15)
            try:
                wire.send(self._child.sock, self._order(), deadline=deadline)
                while True:
                    message = wire.receive(self._child.sock, deadline=deadline)
                    if "at" not in message:
                        break
                    at = _position(message["at"])
                self._accept(message)
                return
            except wire.WireError as error:
                self._stop()
                self._restarts += 1
                late = isinstance(error, wire.TooLate)
                if at is None or at in self._skip or self._restarts > MAX_RESTARTS:
                    self._give_up(at, late)
                    return
                self._skip[at] = "timeout" if late else "error"

    def _order(self) -> dict[str, Any]:
        return {
            "op": "cells",
            "cells": [list(cell) for cell in self.cells],
            "skip": [list(position) for position in self._skip],
            "cell_s": self.budget.cell_s,
            "total_s": self.budget.cells_s,
        }

    def _accept(self, message: dict[str, Any]) -> None:
        known = {index for index, _ in self.cells}
        found = {}
        for entry in _as(list, message.get("records")):
            index, status = entry.get("index"), entry.get("status")
            if index in known and status in ("ok", "error", "timeout", "skipped"):
                error = entry.get("error")
                found[index] = CellRecord(index, status, _cut(error) if error else None)
        for (index, _), status in self._skip.items():
            text = "stopped: it took too long" if status == "timeout" else "it ended the process"
            found[index] = CellRecord(index, status, text)
        self.records = tuple(
            found.get(index, CellRecord(index, "skipped", None)) for index, _ in self.cells
        )
        defined: dict[str, tuple[str, ...] | None] = {}
        for name, members in list(_as(dict, message.get("defined")).items())[:2000]:
            listed = isinstance(members, list)
            defined[str(name)] = tuple(str(m) for m in members) if listed else None
        self.defined = defined

    def _give_up(self, at: tuple[int, int] | None, late: bool) -> None:
        """The notebook cannot be loaded, whatever is left out: say so, cell by cell."""
        status = "timeout" if late else "error"
        text = "stopped: it took too long" if late else "it ended the process"
        last = at[0] if at else self.cells[0][0] if self.cells else 0
        self.records = tuple(
            CellRecord(index, status if index == last else "skipped", text if index == last else None)
            for index, _ in self.cells
        )
        self.defined = {}

    def _fork(self) -> tuple[socket.socket, int]:
        while True:
            if self._child is None:
                if self._restarts > MAX_RESTARTS:
                    raise StudentDied("the notebook's process ended again and again")
                self._load()
                if self._child is None:
                    raise StudentDied("the notebook's process could not be kept alive")
            if time.monotonic() > self._ends:
                raise StudentTimeout("the time for the whole notebook was used up")
            ours, theirs = socket.socketpair()
            try:
                deadline = time.monotonic() + 10
                wire.send(self._child.sock, {"op": "fork"}, deadline=deadline)
                self._child.sock.settimeout(10)
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
            self._restarts += 1

    def _reap(self, pid: int) -> None:
        if self._child is None:
            return
        try:
            deadline = time.monotonic() + 10
            wire.send(self._child.sock, {"op": "reap", "pid": pid}, deadline=deadline)
            wire.receive(self._child.sock, deadline=deadline)
        except wire.WireError:
            self._stop()
            self._restarts += 1

    def _stop(self) -> None:
        if self._child is not None:
            child, self._child = self._child, None
            child.kill()
            ended = child.wait(5.0)
            if ended is not None:
                self.cpu_s += ended.cpu_s
            child.sock.close()


class Conversation:
    """Requests to one criterion's process, one after the other.

    Raises (from `request`):
        StudentRaised, StudentTimeout, StudentDied: what the student's code did.
    """

    def __init__(self, sock: socket.socket, budget: Budget, ends: float) -> None:
        self._sock = sock
        self._budget = budget
        self._ends = ends
        self._functions: list[Callable[..., Any]] = []
        self._lost: StudentFailure | None = None

    def request(
        self,
        op: str,
        place: Mapping[str, Any],
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        value: Any = None,
        want_args: bool = False,
    ) -> Value:
        """Ask for ``call``, ``get`` or ``set`` at a place; see ``inside.session.serve``."""
        if self._lost is not None:
            raise self._lost
        number = secrets.randbelow(2**62)
        now = time.monotonic()
        deadline = min(self._ends, now + self._budget.call_wall_s + 5)
        message = {
            "id": number,
            "op": op,
            **place,
            "args": list(args),
            "kwargs": dict(kwargs or {}),
            "value": value,
            "want_args": want_args,
            "cpu_s": self._budget.call_cpu_s,
            "wall_s": self._budget.call_wall_s,
        }
        try:
            self._send(message, deadline)
            return self._answer(number, deadline)
        except wire.TooLate:
            self._lost = StudentTimeout("no answer in time")
        except wire.Closed:
            self._lost = StudentDied("the process ended during the call")
        except wire.WireError as error:
            self._lost = StudentDied(f"what came back could not be read: {error}")
        raise self._lost

    def _answer(self, number: int, deadline: float) -> Value:
        while True:
            answer = wire.receive(self._sock, deadline=deadline)
            if answer.get("id") != number:
                raise wire.WireError("an answer to a request that was not made")
            if "callback" in answer:
                self._call_back(answer, deadline)
            elif "timeout" in answer:
                raise wire.TooLate("the call took too long")
            elif "error" in answer:
                raise StudentRaised(_raised(answer["error"]))
            elif "value" in answer:
                args = answer.get("args")
                return Value(answer["value"], args if isinstance(args, list) else None)
            else:
                raise wire.WireError("an answer without a value")

    def _call_back(self, answer: dict[str, Any], deadline: float) -> None:
        """The student's code calls a function that it was given; it runs here, on values."""
        which = answer["callback"]
        if not isinstance(which, wire.Callback) and type(which) is not int:
            raise wire.WireError("a call of something that is no function")
        index = which if type(which) is int else which.number
        if not 0 <= index < len(self._functions):
            raise wire.WireError("a call of a function that was not given")
        args = _as(list, answer.get("args"))
        try:
            reply = {"value": self._functions[index](*args)}
        except Exception as error:  # wrong arguments are the student's: tell the student's code
            reply = {"error": f"the function you were given cannot take this: {error}"[:200]}
        self._send(reply, deadline)

    def _send(self, message: dict[str, Any], deadline: float) -> None:
        wire.send(
            self._sock, message, refer=self._refer, keep_strides=True, deadline=deadline
        )

    def _refer(self, thing: object) -> wire.Callback | wire.Opaque:
        if callable(thing):
            self._functions.append(thing)
            return wire.Callback(len(self._functions) - 1)
        raise TypeError(f"a suite passed a {type(thing).__name__}, which does not travel")


def _raised(fields: Any) -> RaisedInfo:
    fields = _as(dict, fields)
    cell, line = fields.get("cell"), fields.get("line")
    return RaisedInfo(
        type=_cut(fields.get("type"), 80) or "Exception",
        message=_cut(fields.get("message")),
        cell=cell if type(cell) is int else None,
        line=line if type(line) is int else None,
        text=_cut(fields.get("text"), 120),
        functions=_names(fields.get("functions")),
        kinds=_names(fields.get("kinds")),
    )


def _names(value: Any) -> tuple[str, ...]:
    return tuple(_cut(name, 80) for name in value[:20]) if isinstance(value, list) else ()


def _position(value: Any) -> tuple[int, int]:
    if not (isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)):
        raise wire.WireError("a position that is none")
    return value[0], value[1]


def _as(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise wire.WireError(f"something other than a {kind.__name__} came back")
    return value


def _cut(text: Any, size: int = 300) -> str:
    """Text from the other side: one line, printable, short."""
    kept = "".join(c if c.isprintable() else " " for c in str(text or ""))
    return " ".join(kept.split())[:size]
