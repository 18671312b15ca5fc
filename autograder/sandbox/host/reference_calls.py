"""The host's end of reference proxies: pass student code's calls to the reference, within limits.

The student's code chooses what to call, how often and with how much data. So the limits bound the
cost of everything here, and any failure is reported to the student's code as an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autograder.sandbox.host.sizes import approximate_bytes
from autograder.sandbox.protocol import wire

MAX_NESTED = 4
"""How deeply calls may nest when functions passed to the reference call the reference again."""


@dataclass(frozen=True)
class CallLimits:
    """Limits on the calls of one criterion, or of the notebook's cells.

    Attributes:
        calls: number of calls to the reference and of its calls to functions passed to it.
        call_bytes: size of one call's values, each array counted as at least float64.
        all_bytes: size of all calls' values together.
    """

    calls: int = 20_000
    call_bytes: int = 48 * 2**20
    all_bytes: int = 2**30


WHILE_LOADING = CallLimits(calls=200, all_bytes=128 * 2**20)
"""Enough for cells to try out what is supplied, not to train a network, which is not graded."""

Send = Callable[[dict[str, Any]], None]
Receive = Callable[[], dict[str, Any]]
Apply = Callable[[int, list[Any]], Any]
"""Calls a function that the student's code passed, given its number."""


class OutOfTime(wire.TooLate):
    """Code that was computing has used up its time; with more of it, it might have finished."""


class OnlyWaited(wire.TooLate):
    """Code was waiting when its time was up, not computing: more time would be no use."""


def check_time(message: Mapping[str, Any]) -> None:
    """Raise if the guest says that its code's time is up.

    Raises:
        OutOfTime: it was computing.
        OnlyWaited: it was waiting.
        wire.TooLate: it could not be stopped: more time would be no use.
    """
    said = message.get("timeout")
    if isinstance(said, str) and said == "busy":  # an array would compare element by element
        raise OutOfTime("the call took too long")
    if has_waited(message):
        raise OnlyWaited("the call waited for too long")
    if "timeout" in message:
        raise wire.TooLate("the call took too long, and would have with more time")


def has_waited(message: Mapping[str, Any]) -> bool:
    """Whether the guest says that its code was waiting when its time was up."""
    said = message.get("timeout")
    return isinstance(said, str) and said == "idle"


class CallbackRaised(Exception):
    """A function that the student's code passed has raised an exception."""


class Reference(Protocol):
    """Executes the calls; implemented in `autograder.carrying.reference`."""

    @property
    def descriptions(self) -> Sequence[Mapping[str, Any]]:
        """What the guest needs to know; see ``guest.installed_proxies.InstalledProxies``."""

    def begin_notebook(self) -> None:
        """Forget all objects: the cells are run once more."""

    def begin_criterion(self) -> None:
        """Reset the objects to their state after all cells had run."""

    def call(self, message: Mapping[str, Any], apply: Apply) -> dict[str, Any]:
        """The reply to a proxy's call; never raises because of its content."""


class ReferenceCalls:
    """The calls of one criterion, or of the notebook's cells.

    Args:
        reference: executes the calls.
        limits: on all calls together.
    """

    def __init__(self, reference: Reference, limits: CallLimits) -> None:
        self._reference = reference
        self._limits = limits
        self._calls = 0
        self._bytes = 0
        self._depth = 0

    def reply(self, message: Mapping[str, Any], send: Send, receive: Receive) -> None:
        """Execute a call from the guest, a message that has ``proxy``, and send the reply.

        Args:
            message: the call.
            send: sends a message to the student's process.
            receive: receives the next message from it.

        Raises:
            wire.WireError: the connection is lost, or the guest violates the protocol.
        """
        problem = self._over_limit([message.get("args"), message.get("kwargs"), message["proxy"]])
        if problem:
            send({"raised": "RuntimeError", "text": problem})
            return

        def apply(number: int, args: list[Any]) -> Any:
            return self._apply(number, args, send, receive)

        self._depth += 1
        try:
            send(self._reference.call(message, apply))
        finally:
            self._depth -= 1

    def _over_limit(self, values: Any) -> str | None:
        self._calls += 1
        size = approximate_bytes(values)
        self._bytes += size
        if self._depth >= MAX_NESTED:
            return "calls are nested too deeply"
        if self._calls > self._limits.calls:
            return "too many calls of code that the grader provides"
        if size > self._limits.call_bytes or self._bytes > self._limits.all_bytes:
            return "too much data for code that the grader provides"
        return None

    def _apply(self, number: int, args: list[Any], send: Send, receive: Receive) -> Any:
        self._calls += 1
        if self._calls > self._limits.calls:
            raise CallbackRaised("too many calls of code that the grader provides")
        send({"apply": number, "args": args})
        while True:
            message = receive()
            check_time(message)
            if "proxy" in message:
                self.reply(message, send, receive)
            elif "applied" in message:
                return message["applied"]
            elif "failed" in message:
                raise CallbackRaised(str(message["failed"])[:200])
            else:
                raise wire.WireError("expected the result of a function")
