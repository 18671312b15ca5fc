"""Host side of one criterion: ask the student's code something, and read what it answers.

Nothing that comes back is believed: answers are checked field by field, request numbers are random,
and every wait has an end. What cannot be read is the student's doing and never the grader's fault:
a fault of the grader costs no points, so nobody may be able to cause one.
"""

from __future__ import annotations

import re
import secrets
import socket
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.sandbox.protocol import wire

MAX_CALLBACK_BYTES = 4 * 2**20
"""What a function of the suite may be called with from inside, as float64: it works in the trusted
process, and what it makes of small integers is larger than they are."""

_NUMBER = r"[-+]?\d+\.\d*(?:e[-+]?\d+)?"
_NUMBERS = re.compile(rf"{_NUMBER}(?:[\s,\[\]()]+{_NUMBER}){{3,}}")
"""An array in the text of an exception: it is long, and as often as not the hidden input."""

_HIDDEN_NAME = re.compile(r"\S*<locals>\.")


@dataclass(frozen=True)
class Budget:
    """Time limits in seconds. CPU time decides wherever possible, so that load changes no grade.

    A call that never returns costs its criterion ``call_cpu_s``. Once ``max_timeouts`` criteria of
    a notebook have timed out, its calls get ``shortened_cpu_s`` each (still hundreds of times what
    the reference takes), so that a class does not wait twenty times for the same endless loop.
    """

    cell_s: float = 10.0
    cells_s: float = 20.0
    call_cpu_s: float = 3.0
    call_wall_s: float = 12.0
    total_wall_s: float = 180.0
    max_timeouts: int = 2
    shortened_cpu_s: float = 0.5
    shortened_wall_s: float = 4.0

    def shortened(self) -> Budget:
        """The budget of a notebook that has used up its max_timeouts."""
        return replace(
            self,
            call_cpu_s=min(self.call_cpu_s, self.shortened_cpu_s),
            call_wall_s=min(self.call_wall_s, self.shortened_wall_s),
        )


@dataclass(frozen=True)
class ExceptionInfo:
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

    def __init__(self, info: ExceptionInfo) -> None:
        super().__init__(f"{info.type}: {info.message}")
        self.info = info


class StudentTimeout(StudentFailure):
    """The student's code did not finish in time."""


class StudentDied(StudentFailure):
    """The student's process ended in the middle of a call."""


class StudentProtocolError(StudentDied):
    """What came back is no message: too large, too deeply nested, or made up."""


class ReentrantCall(Exception):
    """A suite's own mistake: the student's code cannot be asked while it waits for an answer."""


@dataclass(frozen=True)
class Value:
    """What a call gave: the value, and the arguments as they were afterwards where asked for."""

    value: Any
    args: list[Any] | None = None


class Conversation(ABC):
    """Requests to one criterion's process, one after the other.

    Raises (from `request`):
        StudentRaised, StudentTimeout, StudentDied: what the student's code did.
    """

    def __init__(self, budget: Budget, ends: float) -> None:
        self._budget = budget
        self._ends = ends
        self._functions: list[Callable[..., Any]] = []
        self._lost: StudentFailure | None = None
        self._calling_back = False

    @property
    def timed_out(self) -> bool:
        """Whether a call has not ended in time."""
        return isinstance(self._lost, StudentTimeout)

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
        """Ask for ``call``, ``get`` or ``set`` at a place; see ``guest.requests``."""
        if self._lost is not None:
            raise self._lost
        if self._calling_back:
            raise ReentrantCall("a function given to the student's code asks it something itself")
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
            self._lost = StudentProtocolError(f"what came back could not be read: {error}")
        raise self._lost

    def _answer(self, number: int, deadline: float) -> Value:
        while True:
            answer = self._receive(deadline)
            if type(answer.get("id")) is not int or answer["id"] != number:
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
        index = which.number if isinstance(which, wire.Callback) else which
        if type(index) is not int or not 0 <= index < len(self._functions):
            raise wire.WireError("a call of a function that was not given")
        args = checked(list, answer.get("args"))
        try:
            if _size(args) > MAX_CALLBACK_BYTES:
                raise ValueError("it is too large")
            self._calling_back = True
            with warnings.catch_warnings():  # of overflow, say: odd arguments are not our affair
                warnings.simplefilter("ignore")
                value = self._functions[index](*args)
            self._calling_back = False
            self._send({"value": value}, deadline)
        except (wire.WireError, ReentrantCall):
            raise
        except Exception as error:  # wrong arguments are the student's: tell the student's code
            self._calling_back = False
            # Python puts the name of the hidden test before that of a function made in it.
            reason = _HIDDEN_NAME.sub("", str(error)[:1000])
            text = f"the function you were given cannot take this: {reason}"[:200]
            self._send({"error": text}, deadline)

    @abstractmethod
    def _send(self, message: dict[str, Any], deadline: float) -> None:
        """Send a message; what does not travel goes through `_refer`."""

    @abstractmethod
    def _receive(self, deadline: float) -> dict[str, Any]:
        """The next message from the other side."""

    def _refer(self, thing: object) -> wire.Callback | wire.Opaque:
        if callable(thing):
            self._functions.append(thing)
            return wire.Callback(len(self._functions) - 1)
        raise TypeError(f"a suite passed a {type(thing).__name__}, which does not travel")


class SocketConversation(Conversation):
    """A conversation with a process of its own, through a socket."""

    def __init__(self, sock: socket.socket, budget: Budget, ends: float) -> None:
        super().__init__(budget, ends)
        self._sock = sock

    def _send(self, message: dict[str, Any], deadline: float) -> None:
        wire.send(self._sock, message, refer=self._refer, keep_strides=True, deadline=deadline)

    def _receive(self, deadline: float) -> dict[str, Any]:
        return wire.receive(self._sock, deadline=deadline)


def one_line(text: object, size: int = 300) -> str:
    """Text from the other side, fit to be kept and shown: one line, printable, short.

    Control characters, marks that turn the direction of writing, and lone surrogates, which no file
    can hold, become blanks. Anything but text becomes nothing.
    """
    if not isinstance(text, str):
        return ""
    kept = "".join(c if c.isprintable() else " " for c in text[: 4 * size])
    return " ".join(kept.split())[:size]


def _raised(fields: Any) -> ExceptionInfo:
    fields = checked(dict, fields)
    cell, line = fields.get("cell"), fields.get("line")
    return ExceptionInfo(
        type=one_line(fields.get("type"), 80) or "Exception",
        message=_NUMBERS.sub("…", one_line(fields.get("message"))),
        cell=cell if type(cell) is int and 0 <= cell < 10**6 else None,
        line=line if type(line) is int and 0 < line < 10**6 else None,
        text=one_line(fields.get("text"), 120),
        functions=_names(fields.get("functions")),
        kinds=_names(fields.get("kinds")),
    )


def _names(value: Any) -> tuple[str, ...]:
    return tuple(one_line(name, 80) for name in value[:20]) if isinstance(value, list) else ()


def _size(value: Any) -> int:
    """Bytes of the arrays and texts in a value, about, the arrays as float64 at least."""
    if isinstance(value, (np.ndarray, np.generic)):
        return max(value.nbytes, 8 * value.size)
    if isinstance(value, (list, tuple)):
        return sum(map(_size, value))
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return len(value) if isinstance(value, (str, bytes)) else 8


def checked(kind: type, value: Any) -> Any:
    """``value``, if it is of that kind.

    Raises:
        wire.WireError: it is not.
    """
    if not isinstance(value, kind):
        raise wire.WireError(f"something other than a {kind.__name__} came back")
    return value
