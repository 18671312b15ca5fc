"""Calls of the reference: the host executes them, and calls the student's functions meanwhile."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

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
_CLOCKS = {signal.SIGPROF, signal.SIGALRM}


class Channel:
    """The proxies' connection: the notebook's socket while cells run, then the criterion's.

    Attributes:
        exchange: None while there is no connection.
        kept: the object with a number, for functions that were passed by reference.
    """

    def __init__(self) -> None:
        self.exchange: Exchange | None = None
        self.kept: Callable[[Any], Any] = [].__getitem__

    def call(
        self, operation: dict[str, Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Send a call to the host, and run the student's functions that the host calls meanwhile.

        Returns:
            The host's reply.

        Raises:
            Exception: what the reference raised.
        """
        if self.exchange is None:
            raise RuntimeError("the grader's code cannot be called now")
        values, states = _without_generators([*args, *kwargs.values()])
        message: dict[str, Any] = {
            "proxy": operation,
            "args": values[: len(args)],
            "kwargs": dict(zip(kwargs, values[len(args) :], strict=True)),
            "generators": states,
        }
        given = [*args, *kwargs.values()]
        originals = [value.copy() for value in given if isinstance(value, np.ndarray)]
        try:
            while True:
                with _undisturbed():
                    reply = self.exchange(message)
                if "apply" not in reply:
                    break
                message = self._apply(reply, given)
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


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Block timers during a message, since the rest of it would be read as the next message."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _CLOCKS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
