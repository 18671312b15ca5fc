"""Host side of one criterion: send requests to the student's code and read its answers.

Everything that comes back is treated as hostile: answers are validated field by field, request ids
are random (so that no answer can be prepared before its request is sent), and every wait has a
deadline. An answer that cannot be decoded counts as the student's failure, never as a grader error:
a grader error costs no points, so it must be impossible to provoke one.
"""

from __future__ import annotations

import re
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from autograder.sandbox.host.answer_fields import (
    exception_in,
    require,
    stopped_frame,
    unfixable,
    work_in,
)
from autograder.sandbox.host.call_outcome import (
    CallResult,
    Frame,
    SandboxLost,
    StudentDied,
    StudentFailure,
    StudentProtocolError,
    StudentRaised,
    StudentTimeout,
)
from autograder.sandbox.host.exception_text import REFUSED, ExceptionText
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.host.pipelining import new_id
from autograder.sandbox.host.reference_calls import (
    OnlyWaited,
    OutOfTime,
    ReferenceCalls,
    check_time,
    has_waited,
)
from autograder.sandbox.host.sizes import (
    MAX_CALLBACK_BYTES,
    MAX_HEADER_BYTES,
    MAX_MESSAGE_BYTES,
    approximate_bytes,
    refuse_oversized,
)
from autograder.sandbox.host.watch import MAX_IDLE_TIME_S, CpuTime, IdleTime, Watch
from autograder.sandbox.protocol import wire
from autograder.sandbox.protocol.message_reader import MessageReader
from autograder.sandbox.protocol.unfixable import Unfixable

TRICKLE_S = 0.1
"""Seconds that an answer may take to arrive once it has begun; the rest is idle time."""

WantArgs = bool | Literal["passed"]
"""Whether a call's arguments are asked for afterwards; ``passed``: the very arrays that were in
them, not what the call put in their place in a dict or list."""

_HIDDEN_NAME = re.compile(r"\S*<locals>\.")


class SuiteBug(Exception):
    """A mistake in a suite, whichever call it shows up in."""


class ReentrantCall(SuiteBug):
    """A bug in a suite: a request was made while the student's code waits for a callback."""


class Conversation(ABC):
    """Sequential requests to one criterion's process.

    Raises (from `request`):
        StudentRaised: the student's code raised an exception.
        StudentTimeout: it did not finish in time.
        StudentDied: its process ended, or sent something invalid (StudentProtocolError).
        SandboxLost: the server or the session's supervisor has ended, and with it the session.

    Attributes:
        unfixable: sources of chance that the student's code has used, as reported by the guest.
        counted: whether the work of a call was counted.
        lacks_threads: whether threads that cells started are missing in this process.
    """

    counted = False
    lacks_threads = False

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

    def begin_again(self) -> None:  # noqa: B027 (not every process can)
        """Make chance, clocks and NumPy's settings begin as for the first request, if possible."""

    def is_unchanged(self) -> bool:
        """Whether the notebook's state is known to be what it was; no objects are left then."""
        return False

    @property
    def timed_out_for_good(self) -> bool:
        """Whether a call has timed out and a second attempt would be no use."""
        return isinstance(self._failure, StudentTimeout) and self._failure.conclusive

    def request(
        self,
        op: str,
        place: Mapping[str, Any],
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        value: Any = None,
        want_args: WantArgs = False,
        count: bool = False,
    ) -> CallResult:
        """Perform ``call``, ``get``, ``set`` or ``set_items``; see ``guest.requests``."""
        if self._failure is not None:
            raise self._failure
        if self._calling_back:
            raise ReentrantCall("a function passed to the student's code calls the student's code")
        _add_words(place, self._asked)
        self._asked.update(kwargs or ())
        message = self._message(self._new_id(), op, place)
        # What most requests do not need is left out: every part of a message takes time.
        if op == "call":
            message["args"] = list(args)
        elif op in ("set", "set_items"):
            message["value"] = value
        if op == "set_items":
            self._asked.update(map(str, value))
        if kwargs:
            message["kwargs"] = dict(kwargs)
        if want_args:
            message["want_args"] = want_args
        if count:
            message["count"] = self.counted = True
        return self._exchange(message, self._deadline())

    def _deadline(self) -> float:
        """Until when a request that is made now has to be answered."""
        wall_s = self._budget.call_wall_s + self._budget.grace_s
        return min(self._session_deadline, time.monotonic() + wall_s)

    def _message(self, number: int, op: str, place: Mapping[str, Any]) -> dict[str, Any]:
        """What every request has: its id, its target and its time limits."""
        return {
            "id": number,
            "op": op,
            **place,
            "cpu_s": self._budget.call_cpu_s,
            "wall_s": self._budget.call_wall_s,
            "idle_s": self._budget.idle_s,
        }

    def _exchange(self, message: dict[str, Any], deadline: float) -> CallResult:
        """Send a request and wait for its answer; whatever goes wrong becomes an exception."""
        self._begin_call()
        self._waiting = True
        try:
            self._send(message, deadline)
            found = self._answer(message["id"], deadline)
        except wire.TooLate as late:
            conclusive = not isinstance(late, OutOfTime)
            self._failure = StudentTimeout(
                "no answer in time",
                conclusive=conclusive,
                at=self._stopped_at,
                lacks_threads=conclusive and self.lacks_threads,
                waited=isinstance(late, OnlyWaited),
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
                waited = has_waited(answer)
                self._stopped_at = stopped_frame(answer.get("frames"), self._shown, waited=waited)
            check_time(answer)
            if "unfixable" in answer:
                self.unfixable |= unfixable(answer["unfixable"])
            if "callback" in answer:
                self._call_back(answer, deadline)
            elif "proxy" in answer and self._reference_calls is not None:
                self._reference_calls.reply(
                    answer,
                    lambda message: self._send(message, deadline),
                    lambda: self._receive_meanwhile(deadline),
                )
            elif "error" in answer:
                info = exception_in(answer["error"], self._shown, self._asked)
                item = answer.get("item")
                raise StudentRaised(info, item if type(item) is int else None)
            elif "value" in answer:
                args = answer.get("args")
                work = work_in(answer["count"], self._shown) if "count" in answer else None
                return CallResult(answer["value"], args if isinstance(args, list) else None, work)
            else:
                raise wire.WireError("an answer without a value")

    def _receive_meanwhile(self, deadline: float) -> dict[str, Any]:
        """The next message while the reference waits for a function of the student's.

        That function, or another thread, may call functions that were passed to the student's code.
        """
        while "callback" in (message := self._receive(deadline)):
            self._call_back(message, deadline)
        return message

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

    def _new_id(self) -> int:
        """The id of the next request."""
        return new_id()

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
        reader: reads the host's end of the criterion's socket, for all who read it.
        budget: seconds.
        session_deadline: ``time.monotonic()`` at which the whole submission's time is up.
        sandbox_lost: called if the connection is lost; tells whether that was our fault.
        used, idle_time: see `autograder.sandbox.host.watch`.
        shown: decides how much of an exception may be shown.
        reference_calls: executes the calls of reference proxies, if there are any.
    """

    def __init__(
        self,
        reader: MessageReader,
        budget: Budget,
        session_deadline: float,
        sandbox_lost: Callable[[], bool] = lambda: False,
        used: CpuTime = lambda: None,
        idle_time: IdleTime | None = None,
        shown: ExceptionText | None = None,
        reference_calls: ReferenceCalls | None = None,
    ) -> None:
        super().__init__(budget, session_deadline, shown, reference_calls)
        self._reader = reader
        self._is_sandbox_lost = sandbox_lost
        self._used = used
        self._idle_time = idle_time or IdleTime()
        self._watch = Watch(budget, used, idle_time=self._idle_time)

    def _sandbox_lost(self) -> bool:
        return self._is_sandbox_lost()

    def _send(self, message: dict[str, Any], deadline: float) -> None:
        self._write(wire.encode(message, refer=self._refer, keep_strides=True), deadline)

    def _write(self, encoded: Sequence[bytes | memoryview], deadline: float) -> None:
        wire.write(self._reader.sock, encoded, deadline)

    def _begin_call(self) -> None:
        self._watch = Watch(self._budget, self._used, idle_time=self._idle_time)

    def _receive(self, deadline: float) -> dict[str, Any]:
        answer = wire.decode(self._read(deadline), resolve=self._resolve)
        if "callback" not in answer:  # the student's code gets an exception instead
            refuse_oversized(answer)
        return answer

    def _read(self, deadline: float) -> wire.Received:
        if not self._reader.has_begun:
            self._watch.wait(self._reader.sock, deadline)
        # No code of the student's runs while an answer is written: it does not trickle. If it does,
        # that is waiting, too.
        began = time.monotonic()
        stalls = self._idle_time.seconds >= MAX_IDLE_TIME_S
        budget = self._budget.stalled() if stalls else self._budget
        try:
            return self._reader.receive_encoded(
                deadline=min(deadline, began + budget.idle_s),
                max_total=MAX_MESSAGE_BYTES,
                max_header=MAX_HEADER_BYTES,
            )
        finally:
            took = time.monotonic() - began
            if took > TRICKLE_S:
                self._idle_time.seconds += took

    def _resolve(self, thing: wire.Reference | wire.Callback | wire.Seeded | wire.Opaque) -> object:
        """An object that stays in the sandbox, with a class name that cannot disclose anything."""
        if isinstance(thing, wire.Reference):
            return wire.Reference(thing.number, self._shown.kind(thing.class_name))
        if isinstance(thing, wire.Opaque):
            return wire.Opaque(self._shown.kind(thing.class_name))
        if isinstance(thing, wire.Seeded):  # which only the suite sends
            return wire.Opaque(self._shown.kind("Generator"))
        return thing


def _add_words(value: Any, words: set[str]) -> None:
    """Add every string in a request's target: names of functions, attributes and keys."""
    if isinstance(value, str):
        words.add(value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            if type(item) is str:
                words.add(item)
            else:
                _add_words(item, words)
    elif isinstance(value, dict):
        for key, item in value.items():
            _add_words(key, words)
            _add_words(item, words)
