"""Host side of one notebook in the sandbox: load it, then fork a fresh copy for every criterion.

Everything that comes back is treated as hostile: records are validated field by field, every wait
has a deadline, and a process that dies or stops responding is replaced.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host import loaded
from autograder.sandbox.host.answer_fields import unfixable
from autograder.sandbox.host.call_outcome import (
    CallResult,
    ExceptionInfo,
    Frame,
    SandboxLost,
    StudentDied,
    StudentFailure,
    StudentProtocolError,
    StudentRaised,
    StudentTimeout,
    Work,
)
from autograder.sandbox.host.conversation import Conversation, SocketConversation
from autograder.sandbox.host.exception_text import ExceptionText
from autograder.sandbox.host.interfaces import (
    ExitLike,
    LoadedNotebook,
    ProcessLike,
    Spawner,
)
from autograder.sandbox.host.kept_process import KeptProcess
from autograder.sandbox.host.limits import Attempt, Budget
from autograder.sandbox.host.loaded import CellRecord, Overwritten, Remarks
from autograder.sandbox.host.reference_calls import (
    WHILE_LOADING,
    CallLimits,
    Receive,
    Reference,
    ReferenceCalls,
    Send,
)
from autograder.sandbox.host.shared_process import (
    FeedbackConversation,
    SharedConversation,
    SharedProcess,
)
from autograder.sandbox.host.sizes import MAX_HEADER_BYTES, MAX_MESSAGE_BYTES
from autograder.sandbox.host.watch import Naps, Watch
from autograder.sandbox.protocol import wire
from autograder.sandbox.protocol.unfixable import Unfixable
from autograder.status import CellStatus

__all__ = [
    "Budget",
    "CallResult",
    "CellRecord",
    "Conversation",
    "ExceptionInfo",
    "ExitLike",
    "Frame",
    "LoadedNotebook",
    "Overwritten",
    "ProcessLike",
    "Remarks",
    "SandboxLost",
    "Session",
    "SharedProcess",
    "Spawner",
    "StudentDied",
    "StudentFailure",
    "StudentProtocolError",
    "StudentRaised",
    "StudentTimeout",
    "Work",
]

MAX_RESTARTS = 4

LEAST_STATEMENT_S = 1.0
"""CPU seconds that a definition gets although those of all cells are used up (`guest.cells`)."""

BETWEEN_STATEMENTS_S = 2.0
"""CPU seconds for parsing a cell, or for looking at what all of them have defined."""

ALMOST_NOTHING_S = 1e-9
"""What is left for cells that have used up their time: definitions and short statements are run."""

STATEMENT_SPARE_S = 1.25
"""CPU seconds by which the host lets a statement exceed the guest's own limit."""

FORK_ANSWER_S = 10.0
"""Seconds the notebook's process has to answer a fork request, while it runs no student code."""

HOST_GRACE_S = 15.0
"""Seconds by which the host's deadlines exceed those inside the sandbox. A timeout inside keeps the
notebook's process alive, so it should fire first."""

LAST_ANSWER_S = 2.0
"""The same once the time for the whole notebook is used up."""

FORK_ATTEMPTS = 3

_Kind = TypeVar("_Kind", bound=SocketConversation)

_COUNTED = (Attempt.ONLY, Attempt.AGAIN, Attempt.SHORT)
"""Attempts whose timeouts count (`Budget.max_timeouts`)."""

MAX_STATUS_BYTES = 4096
"""Bytes of an answer about processes."""

MAX_LOSSES = 3
LOSS_S = 5.0
"""Seconds that a running supervisor may take to report how a session ended."""


@dataclass
class Session:
    """One student's notebook, loaded in the sandbox.

    Args:
        server: starts processes.
        cells: (index in the notebook, source), in order.
        budget: time limits.
        reference: executes the calls of proxies that replace parts of the notebook.
        deadline: ``time.monotonic()`` at which everything ends, if earlier than the budget.
        timeouts: how many calls of the same notebook have timed out before.
        stalls: how many of its calls have waited, or could not be stopped, before.
        naps: how long its calls have napped before.
        loaded_at: ``time.monotonic()`` at which the notebook was loaded for the first time.
        left_out: statements (cell, position) that are not run, and what becomes of their cells.
            What could not be stopped, or has ended the process, is added.

    Attributes:
        records: the outcome of each cell.
        defined: what the student defined: function name → None, class name → its methods' names.
        remarks: remarks about the student's definitions.
        cpu_s: CPU seconds of the notebook's processes that have ended.
        unfixable: sources of chance that it has used (`Unfixable`), as reported by the guest.
        timed_out: statements that were stopped, or not begun, for lack of time.
        kept_data: if there are any, what the student defined that uses data besides its arguments.
    """

    server: Spawner
    cells: Sequence[tuple[int, str]]
    budget: Budget = field(default_factory=Budget)
    reference: Reference | None = None
    deadline: float | None = None
    timeouts: int = 0
    stalls: int = 0
    naps: Naps = field(default_factory=Naps)
    loaded_at: float | None = None
    left_out: dict[tuple[int, int], CellStatus] = field(default_factory=dict)
    records: tuple[CellRecord, ...] = ()
    defined: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    remarks: Remarks = field(default_factory=Remarks)
    cpu_s: float = 0.0
    host_cpu_s: float = 0.0
    unfixable: set[Unfixable] = field(default_factory=set)
    timed_out: frozenset[tuple[int, int]] = frozenset()
    kept_data: frozenset[str] = frozenset()
    _process: ProcessLike | None = None
    _kept: KeptProcess | None = None
    _shown: ExceptionText = field(default_factory=ExceptionText)
    _restarts: int = 0
    _unstoppable: int = 0
    _definitions_only: bool = False
    _deadline: float = 0.0
    _at: tuple[int, int] | None = None

    def __enter__(self) -> Session:
        """Load the notebook."""
        self._deadline = time.monotonic() + self.budget.total_wall_s
        self._shown = ExceptionText(self.cells)
        if self.deadline is not None:
            self._deadline = min(self._deadline, self.deadline)
        self.deadline = self._deadline
        try:
            self._load()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        """Kill every process of the notebook."""
        self._stop()

    @contextmanager
    def criterion(
        self, world: str | None = None, attempt: Attempt = Attempt.ONLY
    ) -> Iterator[Conversation]:
        """A fresh fork of the loaded notebook, killed with its descendants when the block exits.

        For feedback, a process that several criteria have shared is as good, if the notebook's
        state in it is unchanged.

        Args:
            world, attempt: see `LoadedNotebook.criterion`.

        Raises:
            StudentTimeout: the time for the whole submission is used up, including the host's own
                CPU time, which it spends on the student's data.
        """
        with self._timed():
            if world is None and attempt is Attempt.EXTRA and self._is_kept_usable():
                with self._kept_conversation() as conversation:
                    yield conversation
                return
            sock, pid = self._fork(world)
            conversation = self._conversation(sock, self._budget(attempt), SocketConversation)
            try:
                yield conversation
            finally:
                self.timeouts += (conversation.timed_out and attempt in _COUNTED) or (
                    conversation.timed_out_for_good and attempt is Attempt.FIRST
                )
                self.stalls += conversation.timed_out_for_good
                sock.close()
                self._reap(pid)

    @contextmanager
    def shared(self) -> Iterator[SharedProcess]:
        """A fork of the loaded notebook for several criteria, killed when the block exits.

        Raises:
            StudentTimeout: as `criterion`.
        """
        with self._timed():
            sock, pid = self._fork(None, shared=True)
        try:
            budget = self._budget(Attempt.FIRST)
            process = SharedProcess(
                lambda: self._conversation(sock, budget, SharedConversation),
                self._timed,
                self.reference is None,  # it would have to be asked in between
            )
            yield process
            self.stalls += process.stalled
            if process.kept and self._kept is None:
                self._kept = KeptProcess(process, sock, pid)
        finally:
            if self._kept is None or self._kept.pid != pid:
                with self._timed(always=True):
                    sock.close()
                    self._reap(pid)

    def _is_kept_usable(self) -> bool:
        """Whether a process was kept, and nothing that it was asked has changed its state."""
        kept = self._kept
        if kept is None or kept.in_use:
            return False
        if not kept.is_unchanged():
            self._reap(kept.pid)
            return False
        return True

    @contextmanager
    def _kept_conversation(self) -> Iterator[Conversation]:
        assert self._kept is not None
        kept, budget = self._kept, self._budget(Attempt.EXTRA)
        conversation = self._conversation(kept.sock, budget, FeedbackConversation)
        with kept.used_for(conversation):
            yield conversation
        self.stalls += conversation.timed_out_for_good

    def _conversation(
        self,
        sock: socket.socket,
        budget: Budget,
        kind: type[_Kind],
    ) -> _Kind:
        """The conversation about a criterion, on its process's socket."""
        reference_calls = None
        if self.reference is not None:
            self.reference.begin_criterion()
            reference_calls = ReferenceCalls(self.reference, CallLimits())
        conversation = kind(
            sock,
            budget,
            self._deadline,
            self._sandbox_lost,
            getattr(self._process, "used", lambda: None),
            self.naps,
            self._shown,
            reference_calls,
        )
        conversation.unfixable = self.unfixable  # one set for all of them
        return conversation

    @contextmanager
    def _timed(self, always: bool = False) -> Iterator[None]:
        """Count the trusted side's CPU time against the submission.

        Args:
            always: whether to go on although it is used up.

        Raises:
            StudentTimeout: it is used up.
        """
        if not always and self.host_cpu_s > self.budget.host_cpu_s:
            raise StudentTimeout("the grader's time for this notebook was used up")
        began = time.process_time()
        try:
            yield
        finally:
            self.host_cpu_s += time.process_time() - began

    def _budget(self, attempt: Attempt) -> Budget:
        """The time limits of an attempt, given what the notebook has used up already."""
        used = 0.0 if self.loaded_at is None else time.monotonic() - self.loaded_at
        return self.budget.for_attempt(attempt, self.timeouts, self.stalls, used)

    # --- the notebook's process -------------------------------------------------------------

    def _load(self) -> None:
        """Run the cells; if a statement kills or stalls the process, start over without it."""
        failed_starts = losses = 0
        while True:
            self._process = self.server.spawn({})
            self._at = None
            try:
                self._accept(self._run_cells(self._process.sock))
                return
            except wire.WireError as error:
                at = self._at
                lost = isinstance(error, wire.Closed) and self._sandbox_lost()
                self._stop()
                if lost:  # the server was killed for some other reason, not by this statement
                    losses += 1
                    if losses > MAX_LOSSES:
                        raise SandboxLost("the sandbox ended repeatedly") from error
                    continue
                late = isinstance(error, wire.TooLate)
                too_large = at is None and type(error) is wire.WireError
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
                    continue
                self._restarts += 1
                self._unstoppable += late
                if at in self.left_out or self._restarts > MAX_RESTARTS:
                    if self._definitions_only:
                        self._give_up(at, late)
                        return
                    self._definitions_only, self._restarts = True, 0
                self.left_out[at] = CellStatus.TIMEOUT if late else CellStatus.ERROR

    def _run_cells(self, sock: socket.socket) -> dict[str, Any]:
        """Run the cells in a fresh process, and return its report on all of them.

        Each statement is announced before it runs, so `_at` tells which one was the last.

        Raises:
            wire.WireError: the process has ended, takes too long or sends something invalid.
        """
        reference_calls = None
        if self.reference is not None:
            reference_calls = ReferenceCalls(self.reference, WHILE_LOADING)
        # More than it can have, as a statement is announced again where it is tried again.
        steps = 4 + sum(4 * len(source) + 4 for _, source in self.cells)
        load_deadline = min(self._deadline, time.monotonic() + 3 * self._cells_s + HOST_GRACE_S)
        watch = self._watch(None)
        wire.send(sock, self._cells_request(), deadline=load_deadline)
        while True:
            # Inside the sandbox a statement is stopped after at most twice its CPU time, unless it
            # never returns to the interpreter.
            deadline = min(load_deadline, time.monotonic() + 2 * self.budget.cell_s + HOST_GRACE_S)
            watch.wait(sock, deadline)
            message = self._report(sock, deadline)
            if "proxy" in message and reference_calls is not None:
                reference_calls.reply(message, *self._line(deadline))
                continue
            if "stuck" in message:
                raise wire.TooLate("the code catches every exception")
            if "at" not in message:
                return message
            self._at = _position(message["at"])
            watch = self._watch(self._at)
            steps -= 1
            if steps < 0:
                raise wire.WireError("more statements than the notebook has")

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

    def _watch(self, at: tuple[int, int] | None) -> Watch:
        """Watches the statement at a position, or what is done between statements."""
        limit_s = max(LEAST_STATEMENT_S, min(self.budget.cell_s, self._cells_s))
        if at is not None and at[1] < 0:  # `guest.cells.READING` or `AFTERWARDS`
            limit_s = BETWEEN_STATEMENTS_S
        budget = replace(self.budget, call_cpu_s=limit_s, idle_s=self.budget.cell_idle_s)
        used = getattr(self._process, "used_by_all", lambda: None)
        return Watch(budget, used, STATEMENT_SPARE_S)

    def _line(self, deadline: float) -> tuple[Send, Receive]:
        assert self._process is not None
        sock = self._process.sock
        return (
            lambda message: wire.send(sock, message, deadline=deadline),
            lambda: self._report(sock, deadline),
        )

    def _report(self, sock: socket.socket, deadline: float) -> dict[str, Any]:
        """A message from the cells. Only what is passed to the reference may hold arrays."""
        total = 0 if self.reference is None else MAX_MESSAGE_BYTES
        return wire.receive(sock, deadline=deadline, max_total=total, max_header=MAX_HEADER_BYTES)

    def _status(self, sock: socket.socket, request: dict[str, Any]) -> dict[str, Any]:
        """Ask the notebook's process, which runs no student code now, about a process."""
        deadline = self._soon()
        wire.send(sock, request, deadline=deadline)
        return wire.receive(sock, deadline=deadline, max_total=0, max_header=MAX_STATUS_BYTES)

    def _soon(self) -> float:
        """Until when to wait for an answer that takes no time, unless the process is stalled."""
        now = time.monotonic()
        return min(now + FORK_ANSWER_S, max(self._deadline, now) + LAST_ANSWER_S)

    def _accept(self, message: dict[str, Any]) -> None:
        known = {index for index, _ in self.cells}
        found = loaded.records(message.get("records"), known)
        for (index, _), status in self.left_out.items():
            found[index] = CellRecord(index, status, _why_it_ended(status))
        defined = loaded.definitions(message.get("defined"))
        self.remarks = loaded.remarks(message, known)
        self.unfixable |= unfixable(message.get("unfixable"))
        self.kept_data |= loaded.names(message.get("kept_data"))
        self.timed_out |= loaded.positions(message.get("timed_out"), known)
        if self.loaded_at is None:
            self.loaded_at = time.monotonic()
        self.records = tuple(
            found.get(index, CellRecord(index, CellStatus.SKIPPED, None)) for index, _ in self.cells
        )
        self.defined = defined

    def _give_up(self, at: tuple[int, int] | None, late: bool) -> None:
        """Record that the notebook cannot be loaded, whatever is left out."""
        if self.records:
            return  # it was loaded once before; what it defined then remains valid
        status = CellStatus.TIMEOUT if late else CellStatus.ERROR
        text = _why_it_ended(status)
        last = at[0] if at else self.cells[0][0] if self.cells else 0
        self.records = tuple(
            CellRecord(index, status, text)
            if index == last
            else CellRecord(index, CellStatus.SKIPPED, None)
            for index, _ in self.cells
        )
        self.defined, self.remarks = {}, Remarks()

    def _fork(self, world: str | None, shared: bool = False) -> tuple[socket.socket, int]:
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
                request = {"op": "fork", "world": world, "shared": shared}
                wire.send(sock, request, deadline=deadline)
                sock.settimeout(max(0.1, deadline - time.monotonic()))
                socket.send_fds(sock, [b"f"], [theirs.fileno()])
                pid = wire.receive(
                    sock, deadline=deadline, max_total=0, max_header=MAX_STATUS_BYTES
                ).get("pid")
                if type(pid) is int and pid > 0:
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
        self._forget_kept()  # every other process of the notebook is ended as well
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
        if self._process is None:
            return False
        try:
            self._status(self._process.sock, {"op": "ping"})
        except wire.WireError:
            ended = self._process.wait(LOSS_S)
            return ended is not None and ended.reason == "unknown"
        return False

    def _forget_kept(self) -> None:
        if self._kept is not None:
            kept, self._kept = self._kept, None
            kept.sock.close()

    def _stop(self) -> None:
        self._forget_kept()
        if self._process is not None:
            child, self._process = self._process, None
            child.kill()
            ended = child.wait(5.0)
            if ended is not None:
                self.cpu_s += ended.cpu_s
            child.sock.close()


def _why_it_ended(status: CellStatus) -> str:
    return "stopped: it took too long" if status is CellStatus.TIMEOUT else "it ended the process"


def _position(value: Any) -> tuple[int, int]:
    if not (isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)):
        raise wire.WireError("an invalid position")
    return value[0], value[1]
