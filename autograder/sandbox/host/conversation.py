"""Host side of one criterion: send requests to the student's code and read its answers.

Everything that comes back is treated as hostile: answers are validated field by field, request ids
are random (so that an answer cannot be prepared in advance), and every wait has a deadline. An
answer that cannot be decoded counts as the student's failure, never as a grader error: a grader
error costs no points, so it must be impossible to provoke one.
"""

from __future__ import annotations

import re
import secrets
import socket
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.sandbox.host.exception_text import REFUSED, ExceptionText
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.host.reference_calls import OutOfTime, ReferenceCalls, check_time
from autograder.sandbox.host.sizes import (
    MAX_CALLBACK_BYTES,
    MAX_HEADER_BYTES,
    MAX_MESSAGE_BYTES,
    approximate_bytes,
    refuse_oversized,
)
from autograder.sandbox.host.stopped_at import stopped_at
from autograder.sandbox.host.watch import CpuTime, Watch
from autograder.sandbox.protocol import wire
from autograder.sandbox.protocol.unfixable import Unfixable
from autograder.sanitize import one_line

MAX_FRAMES = 8

_HIDDEN_NAME = re.compile(r"\S*<locals>\.")


@dataclass(frozen=True)
class Frame:
    """A line of the student's notebook that an exception passed through.

    ``text`` is the submitted line, ``function`` the function that contains it.
    """

    cell: int
    line: int
    text: str
    function: str


@dataclass(frozen=True)
class ExceptionInfo:
    """An exception raised by the student's code, as far as it may be shown (`exception_text`).

    Attributes:
        type: the class's name.
        message: its text, or "" if it might disclose a hidden input.
        frames: lines of the notebook, the outermost first.
        kinds: unchecked names of the class and its bases: for decisions, not to be shown.
    """

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def innermost(self) -> Frame | None:
        """The line of the notebook at which it was raised, or None if it was raised elsewhere."""
        return self.frames[-1] if self.frames else None


class StudentFailure(Exception):
    """A failure of the student's code, as opposed to a grader error.

    Attributes:
        label: the call during which it happened, for messages; None before it is set.
    """

    label: str | None = None


class StudentRaised(StudentFailure):
    """The student's code raised an exception."""

    def __init__(self, info: ExceptionInfo) -> None:
        super().__init__(f"{info.type}: {info.message}")
        self.info = info


class StudentTimeout(StudentFailure):
    """The student's code did not finish in time.

    Attributes:
        conclusive: whether a second attempt with more time would be no use: it was waiting rather
            than computing, or could not even be stopped.
        at: the loop or the line in which it was stopped, if it is known.
    """

    def __init__(self, text: str = "", *, conclusive: bool = True, at: Frame | None = None) -> None:
        super().__init__(text)
        self.conclusive = conclusive
        self.at = at


class StudentDied(StudentFailure):
    """The student's process ended during a call."""


class StudentProtocolError(StudentDied):
    """The answer is not a valid message: too large, too deeply nested, or forged."""


class SandboxLost(Exception):
    """The trusted process that supervises the session is gone, not because of student code."""


class SuiteBug(Exception):
    """A mistake in a suite, whichever call it shows up in."""


class ReentrantCall(SuiteBug):
    """A bug in a suite: a request was made while the student's code waits for a callback."""


@dataclass(frozen=True)
class Work:
    """How much work a call did in Python; see ``guest.counting``.

    Attributes:
        lines: lines that were executed.
        objects: objects that lived at once.
        intact: whether nothing interfered with counting.
    """

    lines: int
    objects: int
    intact: bool


@dataclass(frozen=True)
class CallResult:
    """The value of a call, and, if requested, the arguments as they are after it, and its work."""

    value: Any
    args: list[Any] | None = None
    work: Work | None = None


class Conversation(ABC):
    """Sequential requests to one criterion's process.

    Raises (from `request`):
        StudentRaised: the student's code raised an exception.
        StudentTimeout: it did not finish in time.
        StudentDied: its process ended, or sent something invalid (StudentProtocolError).
        SandboxLost: the server or the session's supervisor has ended, and with it the session.

    Attributes:
        unfixable: sources of chance that the student's code has used, as far as it says so.
    """

    def __init__(
        self,
        budget: Budget,
        session_deadline: float,
        shown: ExceptionText | None = None,
        reference_calls: ReferenceCalls | None = None,
    ) -> None:
        self._budget = budget
        self._shown = shown or ExceptionText()
        self._asked: set[str] = set()
        self._session_deadline = session_deadline
        self._reference_calls = reference_calls
        self._functions: list[Callable[..., Any]] = []
        self._failure: StudentFailure | None = None
        self._waiting = False
        self._calling_back = False
        self._callback_cpu_s = 0.0
        self._stopped_at: Frame | None = None
        self.unfixable: set[Unfixable] = set()

    @property
    def timed_out(self) -> bool:
        """Whether a call has timed out."""
        return isinstance(self._failure, StudentTimeout)

    @property
    def broken(self) -> bool:
        """Whether a call did not return, so that no more can be made."""
        return self._failure is not None or self._waiting

    @property
    def timed_out_for_good(self) -> bool:
        """Whether a call has timed out in such a way that a second attempt would be no use."""
        return isinstance(self._failure, StudentTimeout) and self._failure.conclusive

    def request(
        self,
        op: str,
        place: Mapping[str, Any],
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        value: Any = None,
        want_args: bool = False,
        count: bool = False,
    ) -> CallResult:
        """Perform ``call``, ``get`` or ``set`` on a target; see ``guest.requests``."""
        if self._failure is not None:
            raise self._failure
        if self._calling_back:
            raise ReentrantCall("a function passed to the student's code calls the student's code")
        number = secrets.randbelow(2**62)
        _add_words(place, self._asked)
        self._asked.update(kwargs or ())
        now = time.monotonic()
        deadline = min(
            self._session_deadline, now + self._budget.call_wall_s + self._budget.grace_s
        )
        message = {
            "id": number,
            "op": op,
            **place,
            "cpu_s": self._budget.call_cpu_s,
            "wall_s": self._budget.call_wall_s,
            "idle_s": self._budget.idle_s,
        }
        # What most requests do not need is left out: every part of a message takes time.
        if op == "call":
            message["args"] = list(args)
        elif op == "set":
            message["value"] = value
        if kwargs:
            message["kwargs"] = dict(kwargs)
        if want_args:
            message["want_args"] = True
        if count:
            message["count"] = True
        self._begin_call()
        self._waiting = True
        try:
            self._send(message, deadline)
            found = self._answer(number, deadline)
        except wire.TooLate as late:
            conclusive = not isinstance(late, OutOfTime)
            self._failure = StudentTimeout(
                "no answer in time", conclusive=conclusive, at=self._stopped_at
            )
        except wire.Closed as closed:
            if self._sandbox_lost():
                raise SandboxLost("the sandbox ended during the call") from closed
            self._failure = StudentDied("the process ended during the call")
        except wire.WireError as error:
            self._failure = StudentProtocolError(f"the answer could not be decoded: {error}")
        except StudentRaised:
            self._waiting = False
            raise
        else:
            self._waiting = False
            return found
        raise self._failure

    def _answer(self, number: int, deadline: float) -> CallResult:
        while True:
            answer = self._receive(deadline)
            if type(answer.get("id")) is not int or answer["id"] != number:
                raise wire.WireError("an answer to a request that was never made")
            if "timeout" in answer:
                self._stopped_at = _stopped_at(answer.get("frames"), self._shown)
            check_time(answer)
            if "unfixable" in answer:
                self.unfixable |= unfixable(answer["unfixable"])
            if "callback" in answer:
                self._call_back(answer, deadline)
            elif "proxy" in answer and self._reference_calls is not None:
                self._reference_calls.reply(
                    answer,
                    lambda message: self._send(message, deadline),
                    lambda: self._receive(deadline),
                )
            elif "error" in answer:
                raise StudentRaised(_raised(answer["error"], self._shown, self._asked))
            elif "value" in answer:
                args = answer.get("args")
                work = _work(answer["count"]) if "count" in answer else None
                return CallResult(answer["value"], args if isinstance(args, list) else None, work)
            else:
                raise wire.WireError("an answer without a value")

    def _call_back(self, answer: dict[str, Any], deadline: float) -> None:
        """Run a function that was passed to the student's code and is called by it."""
        which = answer["callback"]
        index = which.number if isinstance(which, wire.Callback) else which
        if type(index) is not int or not 0 <= index < len(self._functions):
            raise wire.WireError("a call of a function that was never passed")
        args = require(list, answer.get("args"))
        if self._callback_cpu_s > self._budget.call_cpu_s:
            raise OutOfTime("it calls the functions passed to it too often")
        began = time.process_time()
        try:
            if approximate_bytes(args) > MAX_CALLBACK_BYTES:
                raise ValueError("it is too large")
            self._calling_back = True
            with (
                warnings.catch_warnings()
            ):  # e.g. about overflow, since the arguments come from the student
                warnings.simplefilter("ignore")
                value = self._functions[index](*args)
            self._calling_back = False
            self._send({"value": value}, deadline)
        except (wire.WireError, SuiteBug):
            raise
        except Exception as error:  # wrong arguments are raised in the student's code
            self._calling_back = False
            # The qualified name of a nested function contains the name of the hidden test.
            reason = _HIDDEN_NAME.sub("", str(error)[:1000])
            text = f"{REFUSED}: {reason}"[:200]
            self._send({"error": text}, deadline)
        finally:
            self._callback_cpu_s += time.process_time() - began

    def _begin_call(self) -> None:  # noqa: B027 (not every kind of conversation is watched)
        """A request is about to be sent."""

    @abstractmethod
    def _send(self, message: dict[str, Any], deadline: float) -> None:
        """Send a message; values that cannot be sent are passed to `_refer`."""

    @abstractmethod
    def _receive(self, deadline: float) -> dict[str, Any]:
        """The next message from the other side."""

    def _sandbox_lost(self) -> bool:
        """Whether the connection was lost for a reason other than the student's code."""
        return False

    def _refer(self, thing: object) -> wire.Callback | wire.Opaque:
        if callable(thing):
            self._functions.append(thing)
            return wire.Callback(len(self._functions) - 1)
        raise TypeError(f"a suite passed a {type(thing).__name__}, which cannot be sent")


class SocketConversation(Conversation):
    """A conversation with another process, over a socket.

    Args:
        sock: the host's end of the criterion's socket.
        budget: seconds.
        session_deadline: ``time.monotonic()`` at which the whole submission's time is up.
        sandbox_lost: called if the connection is lost; tells whether that was our fault.
        used: see `autograder.sandbox.host.watch`.
        shown: decides how much of an exception may be shown.
        reference_calls: executes the calls of reference proxies, if there are any.
    """

    def __init__(
        self,
        sock: socket.socket,
        budget: Budget,
        session_deadline: float,
        sandbox_lost: Callable[[], bool] = lambda: False,
        used: CpuTime = lambda: None,
        shown: ExceptionText | None = None,
        reference_calls: ReferenceCalls | None = None,
    ) -> None:
        super().__init__(budget, session_deadline, shown, reference_calls)
        self._sock = sock
        self._is_sandbox_lost = sandbox_lost
        self._used = used
        self._watch = Watch(budget, used)

    def _sandbox_lost(self) -> bool:
        return self._is_sandbox_lost()

    def _send(self, message: dict[str, Any], deadline: float) -> None:
        wire.send(self._sock, message, refer=self._refer, keep_strides=True, deadline=deadline)

    def _begin_call(self) -> None:
        self._watch = Watch(self._budget, self._used)

    def _receive(self, deadline: float) -> dict[str, Any]:
        self._watch.wait(self._sock, deadline)
        answer = wire.receive(
            self._sock,
            resolve=self._resolve,
            # No code of the student's runs while an answer is written: it does not trickle.
            deadline=min(deadline, time.monotonic() + self._budget.idle_s),
            max_total=MAX_MESSAGE_BYTES,
            max_header=MAX_HEADER_BYTES,
        )
        if "callback" not in answer:  # the student's code gets an exception instead
            refuse_oversized(answer)
        return answer

    def _resolve(self, thing: wire.Reference | wire.Callback | wire.Opaque) -> object:
        """An object that stays in the sandbox, with a class name that cannot disclose anything."""
        if isinstance(thing, wire.Reference):
            return wire.Reference(thing.number, self._shown.kind(thing.class_name))
        if isinstance(thing, wire.Opaque):
            return wire.Opaque(self._shown.kind(thing.class_name))
        return thing


def _work(fields: Any) -> Work:
    fields = require(dict, fields)
    lines, objects, intact = (fields.get(name) for name in ("lines", "objects", "intact"))
    if type(lines) is not int or type(objects) is not int or min(lines, objects) < 0:
        raise wire.WireError("a count that is no number")
    return Work(lines, objects, intact is True)


def _raised(fields: Any, shown: ExceptionText, asked: Collection[str]) -> ExceptionInfo:
    fields = require(dict, fields)
    kinds = _names(fields.get("kinds"))
    frames = fields.get("frames")
    return ExceptionInfo(
        type=shown.type_name(one_line(fields.get("type"), 80), kinds),
        message=shown.message(one_line(fields.get("message"), 400), asked),
        frames=tuple(_frames(frames[:MAX_FRAMES], shown) if isinstance(frames, list) else ()),
        kinds=kinds,
    )


def _add_words(value: Any, words: set[str]) -> None:
    """Add every string in a request's target: names of functions, attributes and keys."""
    if isinstance(value, str):
        words.add(value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _add_words(item, words)
    elif isinstance(value, dict):
        for key, item in value.items():
            _add_words(key, words)
            _add_words(item, words)


def _stopped_at(entries: Any, shown: ExceptionText) -> Frame | None:
    """The loop in which code was stopped, or the line."""
    listed = entries[:MAX_FRAMES] if isinstance(entries, list) else []
    frames = list(_frames(listed, shown))
    sources = [shown.source(frame.cell) for frame in frames]
    found = stopped_at([(frame.cell, frame.line) for frame in frames], sources)
    if found is None:
        return None
    frame, line = frames[found[0]], found[1]
    return Frame(frame.cell, line, shown.line(frame.cell, line), frame.function)


def _frames(entries: list[Any], shown: ExceptionText) -> Iterator[Frame]:
    for entry in entries:
        if not isinstance(entry, (list, tuple)) or len(entry) != 3:
            continue
        cell, line, function = entry
        if type(cell) is int and type(line) is int and (text := shown.line(cell, line)):
            yield Frame(cell, line, text, shown.function(one_line(function, 80)))


def _names(value: Any) -> tuple[str, ...]:
    return tuple(one_line(name, 80) for name in value[:20]) if isinstance(value, list) else ()


def unfixable(names: Any) -> frozenset[Unfixable]:
    """The sources of chance among these names. What is no such name is dropped."""
    listed = names[: len(Unfixable)] if isinstance(names, list) else []
    # Comparing something else, an array say, might not even give a truth value.
    texts = [name for name in listed if type(name) is str]
    return frozenset(each for each in Unfixable if each in texts)


def require(kind: type, value: Any) -> Any:
    """Return ``value`` if it is a ``kind``.

    Raises:
        wire.WireError: it is something else.
    """
    if not isinstance(value, kind):
        raise wire.WireError(f"expected a {kind.__name__}")
    return value
