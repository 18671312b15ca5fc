"""Calls of the reference: the host executes them, and calls the student's functions meanwhile.

The student's code may have several threads that call, and there is one connection. The host handles
one call after the other, and calls within calls: while it waits for a function of the student's
(an ``apply``), it executes what that function calls, or any other thread. So

- a message and the next one from the host belong together, and nothing else is sent in between;
- what a function has returned is sent when the host waits for just that, which it does once all
  calls that have begun meanwhile have been answered;
- between two requests of a criterion the host does not listen, and a thread that calls has to wait.
"""

from __future__ import annotations

import _thread
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from . import timeouts

# Bound before any student code runs, which may replace these functions.
_new_lock, _new_rlock, _get_ident = _thread.allocate_lock, _thread.RLock, _thread.get_ident
_getpid = os.getpid

Exchange = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Sends a message to the host and returns the next message from the host."""

_KINDS: dict[str, type[Exception]] = {
    kind.__name__: kind
    for kind in (
        ArithmeticError, AttributeError, FloatingPointError, IndexError, KeyError, MemoryError,
        NotImplementedError, OverflowError, RuntimeError, TimeoutError, TypeError, ValueError,
        ZeroDivisionError,
    )
}  # fmt: skip

MAX_AT_ONCE = 3
"""Calls that may wait for functions of the student's before a thread that is in none of them has to
wait: the host lets calls nest four deep, and which threads come first must make no difference."""

INTERRUPT_S = 1.0
"""Seconds that a message for which there is no more time waits for one that is under way."""


class _Waiting:
    """A call for which the host waits for a function of the student's."""

    def __init__(self) -> None:
        self.thread = _get_ident()
        self.answered = _new_lock()


class Channel:
    """The connection to the host: the notebook's socket while cells run, then the criterion's.

    Attributes:
        exchange: None while there is no connection.
        kept: the object with a number, for functions that were passed by reference.
    """

    def __init__(self) -> None:
        self.exchange: Exchange | None = None
        self.kept: Callable[[Any], Any] = [].__getitem__
        self._waiting: list[_Waiting] = []
        self._lock = _new_rlock()
        self._is_closed = False
        self._process = _getpid()

    # --- whose turn it is -------------------------------------------------------------------

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The block sends a message and receives the next one; other threads wait meanwhile."""
        with self._own_lock(), timeouts.undisturbed():
            yield

    def open(self) -> None:
        """Let threads call: the host listens."""
        lock = self._own_lock()
        if self._is_closed:
            self._is_closed = False
            lock.release()

    def close(self) -> None:
        """Wait until all calls have been answered; whoever calls then waits until `open`.

        Call it, and `open`, in the main thread only.
        """
        lock = self._own_lock()
        while not self._is_closed:
            lock.acquire()
            if not self._waiting:
                self._is_closed = True
                return
            last = self._waiting[-1]
            lock.release()
            with last.answered:
                pass

    def close_at_once(self) -> bool:
        """Do as `close` if there is nothing to wait for. Returns whether it was done."""
        lock = self._own_lock()
        if not self._is_closed and lock.acquire(blocking=False):
            if self._waiting:
                lock.release()
            else:
                self._is_closed = True
        return self._is_closed

    def interrupt(self, send: Callable[[], object]) -> None:
        """Send a message after which no other counts, not into the middle of another one."""
        lock = self._own_lock()
        has_it = lock.acquire(timeout=INTERRUPT_S)
        try:
            send()
        finally:
            if has_it:
                lock.release()

    def _own_lock(self) -> Any:
        """The lock. A copy of this process must not wait for threads that it does not have."""
        if self._process != _getpid():
            self._process = _getpid()
            self._lock, self._waiting, self._is_closed = _new_rlock(), [], False
        return self._lock

    def _take_turn(self, call: _Waiting, message: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Send what belongs to a call when the host waits for it, and return what it replies."""
        while True:
            with self._own_lock():
                last = self._in_the_way(call)
                if last is None:
                    if self.exchange is None:
                        raise RuntimeError("the grader's code cannot be called now")
                    with timeouts.undisturbed():
                        reply = self.exchange(message())
                        self._note(call, "apply" in reply)
                    return reply
            with last.answered:
                pass

    def _in_the_way(self, call: _Waiting) -> _Waiting | None:
        """The call that has to be answered first."""
        if call in self._waiting:
            return None if self._waiting[-1] is call else self._waiting[-1]
        if len(self._waiting) < MAX_AT_ONCE or any(w.thread == call.thread for w in self._waiting):
            return None
        return self._waiting[-1]

    def _note(self, call: _Waiting, waits: bool) -> None:
        if waits and call not in self._waiting:
            call.answered.acquire()
            self._waiting.append(call)
        elif not waits and call in self._waiting:
            self._waiting.remove(call)
            call.answered.release()

    # --- calls ------------------------------------------------------------------------------

    def call(
        self,
        operation: Callable[[], dict[str, Any]],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Send a call to the host, and run the student's functions that the host calls meanwhile.

        Args:
            operation: what is called, determined when it is this call's turn.
            args, kwargs: with what.

        Returns:
            The host's reply.

        Raises:
            Exception: what the reference raised.
        """
        given = [*args, *kwargs.values()]

        def question() -> dict[str, Any]:
            values, states = _without_generators(given)
            return {
                "proxy": operation(),
                "args": values[: len(args)],
                "kwargs": dict(zip(kwargs, values[len(args) :], strict=True)),
                "generators": states,
            }

        call = _Waiting()
        originals = [value.copy() for value in given if isinstance(value, np.ndarray)]
        try:
            reply = self._take_turn(call, question)
            while "apply" in reply:
                try:
                    applied = self._apply(reply, given)
                except BaseException:
                    self._end(call)
                    raise
                reply = self._take_turn(call, lambda applied=applied: applied)  # type: ignore[misc]
        finally:
            for value, before in zip(filter(_is_array, given), originals, strict=True):
                if value.tobytes() != before.tobytes():
                    value[...] = before
        if "raised" in reply:
            kind = _KINDS.get(str(reply["raised"]), RuntimeError)
            raise kind(str(reply.get("text", "")))
        for index, state in reply.get("generators", {}).items():
            given[int(index)].bit_generator.state = state
        for index, value in reply.get("written", {}).items():
            _write(given[int(index)], value)
        return reply

    def _end(self, call: _Waiting) -> None:
        """Have the host end a call whose function was stopped, if that is what it waits for."""
        with self._own_lock():
            waits = self._waiting[-1:] == [call]
            while waits:
                with timeouts.undisturbed():
                    assert self.exchange is not None
                    waits = "apply" in self.exchange({"failed": "it was stopped"})
                    self._note(call, waits)

    def _apply(self, request: Mapping[str, Any], given: Sequence[Any]) -> dict[str, Any]:
        """Call one of the student's functions with values from the host.

        Functions as in ``numerical_gradient(lambda _: net.loss(x, t), net.params["W1"])`` ignore
        their argument and read the array itself, so the array holds the values while they run.
        """
        args = [
            next((own for own in given if _holds(own, value)), value) for value in request["args"]
        ]
        for own, value in zip(args, request["args"], strict=True):
            if own is not value:
                own[...] = value
        try:
            return {"applied": self.kept(request["apply"])(*args)}
        except Exception as error:
            return {"failed": f"{type(error).__name__}: {error}"[:200]}


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _holds(own: Any, value: Any) -> bool:
    """Whether one of the student's arguments can hold a value from the host."""
    return (
        isinstance(own, np.ndarray)
        and isinstance(value, np.ndarray)
        and own.shape == value.shape
        and own.dtype.kind == "f"
        and own.flags.writeable
    )


def _without_generators(values: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    """The values with random generators replaced by None, and the generators' states by index."""
    others, states = list(values), {}
    for index, value in enumerate(values):
        if isinstance(value, np.random.Generator):
            others[index], states[str(index)] = None, value.bit_generator.state
    return others, states


def _write(target: Any, value: Any) -> None:
    """Change an argument in place as the reference changed its copy."""
    if isinstance(target, np.ndarray):
        target[...] = value
    elif isinstance(target, dict) and isinstance(value, dict):
        for key, item in value.items():
            if isinstance(target.get(key), np.ndarray) and target[key].shape == np.shape(item):
                target[key][...] = item
            else:
                target[key] = item
    elif isinstance(target, list):
        target[:] = value
