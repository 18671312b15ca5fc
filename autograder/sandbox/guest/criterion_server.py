"""Answer the requests of one criterion, or of several that share a process.

On the criterion's socket, the host sends ``call``, ``get``, ``set`` and ``set_items`` (see
`requests`). If criteria share the process, the first request of each has ``begin``, and the host
may ask ``unchanged`` (is the notebook's state still the same?) and ``plain`` (see `plain_code`).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from ..protocol import wire
from ..protocol.encoder import is_plain
from ..protocol.message_reader import MessageReader
from . import reproducible, timeouts, unfixable
from .cells import Notebook
from .exceptions import describe
from .held_answers import HeldAnswers
from .reference_channel import Channel
from .requests import Objects, respond
from .state import State

# Bound before any student code runs, which may replace these functions.
_exit, _getpid = os._exit, os.getpid
_seterr, _geterr = np.seterr, np.geterr

READ_AHEAD_BYTES = 16 * 1024
"""How much is read ahead. A larger buffer would be more memory for each fork to copy."""

ENCODING_CPU_S = 1.0
"""Seconds that encoding an answer may take beyond those of a call: it may have many parts."""


class CriterionServer:
    """Serves criteria in this process, until the host hangs up.

    Args:
        sock: the criterion's.
        book: the notebook.
        channel: the proxies' connection.
        shared: whether criteria share this process.
    """

    def __init__(self, sock: socket.socket, book: Notebook, channel: Channel, shared: bool) -> None:
        self._owner = _getpid()
        self._book = book
        self._reader = MessageReader(sock, READ_AHEAD_BYTES)
        self._answers = HeldAnswers(sock)
        self._request: dict[str, Any] = {}
        self._objects = Objects(self._call_host)
        self._channel = channel
        channel.close_at_once()
        channel.exchange, channel.kept = self._exchange, self._objects.kept.__getitem__
        self._errors = _geterr()
        # Even if the notebook calls np.seterr(all="raise"), exp(-1000) is 0 and not an error.
        self._errors["under"] = "ignore"
        self._state = _state(book) if shared else None

    def serve(self) -> None:
        """Answer all requests."""
        self._begin()
        while True:
            self._objects.requests += 1
            try:
                self._request = self._receive()
            except wire.WireError:
                return
            if self._request["op"] in ("unchanged", "plain"):
                self._tell_state(self._request)
                continue
            if self._request.get("begin"):
                self._objects.begin()
                self._begin()
            self._channel.open()
            answer = respond(self._request, self._book.own, self._objects, self._stuck)
            if _getpid() != self._owner:
                _exit(0)  # the student's code forked, and the child returned here as well
            try:
                self._reply(answer)
            except timeouts.TimeUp:
                self._stuck()
            except wire.Closed:
                return
            except BaseException as error:  # a value that cannot be encoded is the student's error
                self._reply({"id": self._request["id"], "error": dict(describe(error))})

    def _tell_state(self, request: Mapping[str, Any]) -> None:
        self._objects.kept.clear()
        tell = State.is_unchanged if request["op"] == "unchanged" else State.is_plain
        holds = self._state is not None and tell(self._state)
        self._send({"id": request["id"], "value": holds})

    def _reply(self, answer: dict[str, Any]) -> None:
        if sources := unfixable.noticed():
            answer["unfixable"] = sources
        parts = self._encoded(answer, self._request)
        if "timeout" in answer:
            self._channel.interrupt(lambda: self._answers.write(parts))
            return
        if not self._channel.close_at_once():
            # Threads that the call has started are calling; it has finished only if they have.
            with self._more_time(self._request):
                self._channel.close()
        # Without a limit: none of the student's code runs here, and a busy host may take long.
        if self._reader.has_begun and "value" in answer:
            self._answers.hold(parts)
        else:
            self._answers.write(parts)

    def _begin(self) -> None:
        """Reset random streams, clocks and NumPy's settings, so that all criteria start alike."""
        reproducible.restart()
        _seterr(**self._errors)
        if self._state is not None:
            self._state.restart_generators()

    def _encoded(
        self, answer: dict[str, Any], request: Mapping[str, Any]
    ) -> list[bytes | memoryview]:
        """Encode an answer. That may run code of the student's, such as a list's iterator.

        Raises:
            timeouts.TimeUp: it takes too long.
        """
        if all(map(is_plain, answer.values())):
            return self._encode(answer)
        try:
            with self._more_time(request):
                return self._encode(answer)
        except timeouts.TimeUp as up:
            if not up.idle:
                raise
            return wire.encode({"id": request["id"], "timeout": "idle"})

    def _more_time(self, request: Mapping[str, Any]) -> AbstractContextManager[None]:
        """The time limit of what comes after a call."""
        more_s = min(ENCODING_CPU_S, request["cpu_s"])
        cpu_s, wall_s = request["cpu_s"] + more_s, request["wall_s"] + more_s
        idle_s = min(request["idle_s"], request["wall_s"])
        return timeouts.limit(cpu_s, wall_s, self._stuck, idle_s)

    def _encode(self, answer: dict[str, Any]) -> list[bytes | memoryview]:
        return wire.encode(
            answer,
            refer=self._objects.refer,
            max_nodes=wire.MAX_ANSWER_NODES,
            max_buffers=wire.MAX_ANSWER_BUFFERS,
        )

    def _call_host(
        self, number: int, args: list[Any], is_known: Callable[[], bool]
    ) -> dict[str, Any]:
        """Call a function of the host's that was passed as an argument."""
        with self._channel.turn():
            if not is_known():
                return {"error": "the call that it was passed to is over"}
            self._send({"id": self._request["id"], "callback": number, "args": args})
            return self._receive()

    def _exchange(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the host for what a proxy needs."""
        timeouts.host_is_asked()
        self._send({"id": self._request["id"], **question})
        return self._receive()

    def _stuck(self) -> None:
        """Say that the call cannot be stopped, and end the process."""
        self._channel.interrupt(lambda: self._send({"id": self._request["id"], "timeout": "stuck"}))
        _exit(0)

    def _send(self, message: dict[str, Any]) -> None:
        self._answers.write(wire.encode(message, refer=self._objects.refer))

    def _receive(self) -> dict[str, Any]:
        encoded = self._reader.receive_encoded()
        return wire.decode(encoded, resolve=self._objects.resolve, keep_strides=True)


def _state(book: Notebook) -> State:
    modules = (vars(module) for module in book.files.modules())
    libraries = [vars(np), vars(np.random), vars(book.builtins)]
    return State([book.namespace, book.own, *modules], libraries)
