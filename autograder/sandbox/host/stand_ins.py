"""Host side of stand-ins: a question of the student's code goes to the reference, within bounds.

What is asked, how often and with how much data is the student's choice, so nothing here may cost
more than the bounds say, and whatever goes wrong is told to the student's code as an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autograder.sandbox.host.sizes import approximate_bytes
from autograder.sandbox.protocol import wire

MAX_NESTED = 4
"""How deeply functions given to the reference may ask the reference themselves."""


@dataclass(frozen=True)
class Bounds:
    """On all questions of one criterion, or of the notebook's cells.

    Attributes:
        calls: number of questions, and of calls of functions that the reference was given.
        call_bytes: of the values of one question, each array as float64 at least.
        all_bytes: of the values of all questions together.
    """

    calls: int = 20_000
    call_bytes: int = 48 * 2**20
    all_bytes: int = 2**30


WHILE_LOADING = Bounds(calls=200, all_bytes=128 * 2**20)
"""A notebook may look at what it gets, but not train a network by it: that is not graded."""

Send = Callable[[dict[str, Any]], None]
Receive = Callable[[], dict[str, Any]]
Apply = Callable[[int, list[Any]], Any]
"""Calls a function that the student's code gave, by its number."""


class AppliedRaised(Exception):
    """A function that the student's code gave raised an exception."""


class Reference(Protocol):
    """What computes the answers (`autograder.carrying.reference`)."""

    @property
    def descriptions(self) -> Sequence[Mapping[str, Any]]:
        """What the guest has to know of the stand-ins; see ``guest.stand_ins.Installed``."""

    def begin(self) -> None:
        """A criterion begins: objects are as they were when all cells had run."""

    def answer(self, question: Mapping[str, Any], apply: Apply) -> dict[str, Any]:
        """The reply to a question; never raises because of its content."""


class Consultation:
    """The questions of one criterion, or of the notebook's cells.

    Args:
        reference: what computes the answers.
        bounds: on all questions together.
    """

    def __init__(self, reference: Reference, bounds: Bounds) -> None:
        self._reference = reference
        self._bounds = bounds
        self._calls = 0
        self._bytes = 0
        self._depth = 0

    def reply(self, message: Mapping[str, Any], send: Send, receive: Receive) -> None:
        """Answer a message of the guest's that has ``stand_in``.

        Args:
            message: the question.
            send: sends a message to the student's process.
            receive: the next message from there.

        Raises:
            wire.WireError: the connection is lost, or what came is no such message.
        """
        refused = self._refuses([message.get("args"), message.get("kwargs"), message["stand_in"]])
        if refused:
            send({"raised": "RuntimeError", "text": refused})
            return

        def apply(number: int, args: list[Any]) -> Any:
            return self._apply(number, args, send, receive)

        self._depth += 1
        try:
            send(self._reference.answer(message, apply))
        finally:
            self._depth -= 1

    def _refuses(self, values: Any) -> str | None:
        self._calls += 1
        size = approximate_bytes(values)
        self._bytes += size
        if self._depth >= MAX_NESTED:
            return "too many calls inside each other"
        if self._calls > self._bounds.calls:
            return "too many calls of what the grader provides"
        if size > self._bounds.call_bytes or self._bytes > self._bounds.all_bytes:
            return "too much data for what the grader provides"
        return None

    def _apply(self, number: int, args: list[Any], send: Send, receive: Receive) -> Any:
        self._calls += 1
        if self._calls > self._bounds.calls:
            raise AppliedRaised("too many calls of what the grader provides")
        send({"apply": number, "args": args})
        while True:
            message = receive()
            if "stand_in" in message:
                self.reply(message, send, receive)
            elif "timeout" in message:
                raise wire.TooLate("the call took too long")
            elif "applied" in message:
                return message["applied"]
            elif "failed" in message:
                raise AppliedRaised(str(message["failed"])[:200])
            else:
                raise wire.WireError("something other than a function's result")
