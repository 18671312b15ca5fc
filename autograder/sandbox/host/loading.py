"""Run a notebook's cells in a fresh process, and know which statement runs.

The process writes down where it is (`protocol.position`). That tells exactly which statement has
ended the process, or keeps it from going on. It does not tell which one has sent something of its
own, or has closed the socket behind our back, since others have run by the time that is noticed.
Such a notebook is run again and announces each statement by a message (`Loading.announced`).
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.sandbox.host.limits import Budget
from autograder.sandbox.host.position_page import PositionPage
from autograder.sandbox.host.reference_calls import WHILE_LOADING, Reference, ReferenceCalls
from autograder.sandbox.host.sizes import MAX_HEADER_BYTES, MAX_MESSAGE_BYTES
from autograder.sandbox.host.watch import CpuTime, Watch
from autograder.sandbox.protocol import wire
from autograder.sandbox.protocol.position import AFTERWARDS

LEAST_STATEMENT_S = 1.0
"""CPU seconds that a definition gets although those of all cells are used up (`guest.cells`)."""

BETWEEN_STATEMENTS_S = 2.0
"""CPU seconds for parsing a cell, or for looking at what all of them have defined."""

STATEMENT_SPARE_S = 1.25
"""CPU seconds by which the host lets a statement exceed the guest's own limit."""

HOST_GRACE_S = 15.0
"""Seconds by which the host's deadlines exceed those inside the sandbox. A timeout inside keeps the
notebook's process alive, so it should fire first."""

Position = tuple[int, int]
"""A cell's index, and a statement in it or one of `protocol.position`'s."""


@dataclass
class Loading:
    """One attempt to run the cells.

    Args:
        sock: the process's socket.
        cells: (index in the notebook, source), in order.
        budget: time limits.
        cells_s: CPU seconds for all cells.
        deadline: ``time.monotonic()`` at which the submission's time is up.
        used: asks the supervisor for the CPU time of all the session's processes.
        reference: executes the calls of proxies.
        announced: whether each statement is announced by a message.

    Attributes:
        at: the position that was reached; None before the first.
        sent: whether the cells could be sent.
        stalled: whether the process was given up while it was waited for, so that ``at`` is where.
    """

    sock: socket.socket
    cells: Sequence[tuple[int, str]]
    budget: Budget
    cells_s: float
    deadline: float
    used: CpuTime
    reference: Reference | None = None
    announced: bool = False
    at: Position | None = None
    sent: bool = False
    stalled: bool = False
    _page: PositionPage | None = None

    def run(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Run the cells, and return the process's report on all of them.

        Args:
            request: what the process is told besides how it says where it is.

        Raises:
            wire.WireError: the process has ended, takes too long or sends something invalid.
        """
        if not self.announced:
            with contextlib.suppress(OSError):  # no descriptors left: it is announced, then
                self._page = PositionPage()
        self.announced = self._page is None
        try:
            return self._run({**request, "announce": self.announced})
        finally:
            if self._page is not None:
                with contextlib.suppress(wire.WireError):
                    self._look()
                self._page.close()

    def _run(self, request: dict[str, Any]) -> dict[str, Any]:
        reference_calls = None
        if self.reference is not None:
            reference_calls = ReferenceCalls(self.reference, WHILE_LOADING)
        # More than it can have, as a statement is announced again where it is tried again.
        steps = 4 + sum(4 * len(source) + 4 for _, source in self.cells)
        last = min(self.deadline, time.monotonic() + 3 * self.cells_s + HOST_GRACE_S)
        wire.send(self.sock, request, deadline=last)
        self.sent = True
        if self._page is not None:
            self._pass_on(self._page, last)
        while True:
            deadline = self._wait(last)
            message = self._receive(deadline)
            if "proxy" in message and reference_calls is not None:
                reference_calls.reply(
                    message,
                    lambda reply, until=deadline: wire.send(self.sock, reply, deadline=until),  # type: ignore[misc]
                    lambda until=deadline: self._receive(until),  # type: ignore[misc]
                )
                continue
            if "stuck" in message:
                self.at = _position(message["stuck"])
                self.stalled = True
                raise wire.TooLate("the code catches every exception")
            if "at" not in message:
                return message
            if not self.announced:
                raise wire.WireError("an announcement that nobody waits for")
            self.at = _position(message["at"])
            steps -= 1
            if steps < 0:
                raise wire.WireError("more statements than the notebook has")

    def _pass_on(self, page: PositionPage, deadline: float) -> None:
        self.sock.settimeout(max(0.1, deadline - time.monotonic()))
        try:
            socket.send_fds(self.sock, [b"p"], [page.descriptor])
        except OSError as error:
            raise wire.Closed("the connection was closed") from error

    def _wait(self, last: float) -> float:
        """Wait for a message, and return until when it has to be complete.

        Raises:
            wire.TooLate: a statement has used up its time without being stopped, or only waits.
        """
        while True:
            at = self.at
            # Inside the sandbox a statement is stopped after at most twice its CPU time, unless it
            # never returns to the interpreter.
            deadline = min(last, time.monotonic() + 2 * self.budget.cell_s + HOST_GRACE_S)
            try:
                self._watch().wait(self.sock, deadline, self._has_moved)
            except wire.TooLate:
                self.stalled = True
                raise
            if self.at == at:
                break
        if time.monotonic() > deadline:
            self.stalled = True
            raise wire.TooLate("no answer in time")
        return deadline

    def _has_moved(self) -> bool:
        """Whether another statement runs than when this was last called."""
        before = self.at
        return self._look() != before

    def _look(self) -> Position | None:
        """Where the process is, as far as it has said."""
        if self._page is not None:
            self.at = self._page.read({index for index, _ in self.cells}) or self.at
        return self.at

    def _watch(self) -> Watch:
        """Watches the statement that runs, or what is done between statements."""
        limit_s = max(LEAST_STATEMENT_S, min(self.budget.cell_s, self.cells_s))
        if self.at is not None and self.at[1] < 0:
            limit_s = BETWEEN_STATEMENTS_S
        budget = replace(self.budget, call_cpu_s=limit_s, idle_s=self.budget.cell_idle_s)
        return Watch(budget, self.used, STATEMENT_SPARE_S)

    def _receive(self, deadline: float) -> dict[str, Any]:
        """A message from the cells. Only what is passed to the reference may hold arrays."""
        total = 0 if self.reference is None else MAX_MESSAGE_BYTES
        before = self._look()
        try:
            return wire.receive(
                self.sock, deadline=deadline, max_total=total, max_header=MAX_HEADER_BYTES
            )
        except wire.TooLate:  # the same statement all the time, or a message begun by another one?
            self.stalled = before == self._look() and before is not None and before[1] != AFTERWARDS
            raise


def _position(value: Any) -> Position:
    if not (isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)):
        raise wire.WireError("an invalid position")
    return value[0], value[1]
