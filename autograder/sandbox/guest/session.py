"""A student's process: runs the notebook once, then serves criteria, or forks copies that do.

The host sends requests, and this process answers them (see `wire`). The host trusts nothing in this
process, and nothing here knows the right answers: it receives inputs and returns the results of the
student's code.

Messages on the notebook's socket: ``cells`` (run these), ``fork`` (a descriptor follows: serve a
criterion on it, in that ``world``, or several if ``shared``; ``in_place``: without forking),
``reap`` (kill that criterion's process and everything it started).
Messages on a criterion's socket: ``call``, ``get``, ``set``; see `requests`. If criteria share the
process: ``begin`` in the first request of each, and ``unchanged`` (whether the notebook's own state
still is).
"""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import socket
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..protocol import position as place
from ..protocol import wire
from ..protocol.encoder import is_plain
from ..protocol.message_reader import MessageReader
from . import (
    known_code,
    prepared,
    reference_proxies,
    reproducible,
    silent_streams,
    timeouts,
    unfixable,
)
from .answers_held import HeldAnswers
from .cells import Notebook
from .exceptions import describe
from .installed_proxies import InstalledProxies
from .reference_channel import Channel
from .requests import Objects, defined, respond
from .state import State
from .working_folder import WorkingFolder

# Bound before any student code runs, which may replace these functions in `os`.
_fork, _exit, _kill, _waitpid, _getpid = os.fork, os._exit, os.kill, os.waitpid, os.getpid
_process_time = time.process_time
_seterr, _geterr = np.seterr, np.geterr

known_code.remember()


def main(
    sock: socket.socket, settings: dict[str, Any], before: prepared.Prepared | None = None
) -> None:
    """Serve one notebook until the host hangs up. Runs inside the sandbox.

    Args:
        sock: the notebook's.
        settings: ``probe``: source of our own to run instead of a notebook.
        before: what the process was forked with, if that was prepared.
    """
    if "probe" in settings:
        if before is not None:
            prepared.undo()
        _probe(sock, settings["probe"])
        return
    ready = before or prepared.prepare()
    ready.start()
    book, channel, folder = ready.book, ready.channel, WorkingFolder()
    while True:
        try:
            message = wire.receive(sock)
        except wire.WireError:
            return
        op = message.get("op")
        if op == "cells":
            _run_cells(sock, book, message, channel, folder)
        elif op == "fork":
            folder.restore()
            _fork_criterion(sock, book, message, channel)
        elif op == "reap":
            wire.send(sock, {"status": _reap(message["pid"])})
        elif op == "ping":
            wire.send(sock, {"pong": True})


def _probe(sock: socket.socket, source: str) -> None:
    """Run one of our own attacks on the sandbox and send its report (`autograder doctor`)."""
    namespace: dict[str, Any] = {"report": {}}
    try:
        exec(source, namespace)
        report = {str(key): str(value) for key, value in namespace["report"].items()}
    except BaseException as error:
        report = {"raised": f"{type(error).__name__}: {error}"[:300]}
    wire.send(sock, {"report": report})


class _Announced:
    """Tells the host which statement runs by a message."""

    def __init__(self, sock: socket.socket) -> None:
        self.last = [0, 0]
        self._sock = sock

    def tell(self, cell: int, position: int) -> None:
        """This statement is about to run."""
        self.last = [cell, position]
        wire.send(self._sock, {"at": self.last})


class _WrittenDown:
    """Writes down which statement runs (see `protocol.position`), in memory that the host sends."""

    def __init__(self, sock: socket.socket) -> None:
        self.last = [0, 0]
        _, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
        self._page = mmap.mmap(descriptors[0], place.SIZE)
        os.close(descriptors[0])
        self._send, self._write = sock.send, place.LAYOUT.pack_into

    def tell(self, cell: int, position: int) -> None:
        """This statement is about to run.

        Raises:
            OSError: the one before has closed the socket. It is the last one that is written down.
        """
        self._send(b"")  # which wakes nobody
        self._write(self._page, 0, place.WRITTEN, cell, position)
        self.last = [cell, position]


def _run_cells(
    sock: socket.socket,
    book: Notebook,
    message: dict[str, Any],
    channel: Channel,
    folder: WorkingFolder,
) -> None:
    owner, began = _getpid(), _process_time()
    objects = Objects(lambda _number, _args: {"error": "not while cells run"})

    def exchange(question: Mapping[str, Any]) -> dict[str, Any]:
        wire.send(sock, dict(question), refer=objects.refer)
        return wire.receive(sock, resolve=objects.resolve)

    told = _Announced(sock) if message["announce"] else _WrittenDown(sock)

    def progress(cell: int, position: int) -> None:
        if _getpid() != owner:
            _exit(0)  # the student's code forked; only the original process continues
        told.tell(cell, position)

    def stuck() -> None:
        wire.send(sock, {"stuck": told.last})
        _exit(0)

    cells = [(index, source) for index, source in message["cells"]]
    if message["proxies"]:
        book.use(InstalledProxies(message["proxies"], [source for _, source in cells], channel))
        channel.exchange, channel.kept = exchange, objects.kept.__getitem__
    with reference_proxies.while_cells_run():
        records = book.run(
            cells,
            skip={(cell, position) for cell, position in message["skip"]},
            cell_s=message["cell_s"],
            total_s=message["total_s"],
            idle_s=message["idle_s"],
            progress=progress,
            stuck=stuck,
        )
    book.replace_methods()
    channel.exchange = None
    if _getpid() != owner:
        _exit(0)
    folder.remember()
    overwritten = book.worlds.overwritten(book.own)
    book.worlds.forget_unchanged()
    report = {
        "records": records,
        "defined": defined(book.own),
        "overwritten": overwritten,
        "pieces": book.pieces,
        "leftover_raises": book.leftover_raises,
        "removed": book.removed_names(),
        "timed_out": book.timed_out,
        "kept_data": book.kept_data,
        "unfixable": unfixable.noticed(),
        "cpu_s": _process_time() - began,
    }
    wire.send(sock, report)


def _fork_criterion(
    sock: socket.socket,
    book: Notebook,
    message: Mapping[str, Any],
    channel: Channel,
) -> None:
    """Fork the notebook's process; the child serves a criterion on the descriptor received.

    Or serve it without a copy, if the notebook can be loaded again for less.

    Args:
        sock: the notebook's.
        book: the notebook.
        message: ``world``: the definition whose world the criterion is answered in, None for the
            notebook's end; ``shared``: whether several criteria are served; ``in_place``: by this
            process itself, which serves nothing else then.
        channel: the proxies' connection.
    """
    _, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
    pid = 0
    if message["in_place"]:
        wire.send(sock, {"pid": _getpid()})
    else:
        try:
            pid = _fork()
        except OSError as error:
            os.close(descriptors[0])
            wire.send(sock, {"pid": 0, "error": str(error)})
            return
    if pid == 0:
        try:
            sock.close()
            if message["world"] is not None:
                book.worlds.enter(message["world"])
            silent_streams.install()
            errors = _geterr()
            # Even if the notebook calls np.seterr(all="raise"), exp(-1000) is 0 and not an error.
            errors["under"] = "ignore"
            serve(socket.socket(fileno=descriptors[0]), book, channel, errors, message["shared"])
        finally:
            _exit(0)
    os.close(descriptors[0])
    wire.send(sock, {"pid": pid})


def _begin(errors: Mapping[str, Any], state: State | None) -> None:
    """Begin a criterion: what chance, clocks and NumPy's settings say is the same for each."""
    reproducible.restart()
    _seterr(**errors)
    if state is not None:
        state.restart_generators()


def _state(book: Notebook) -> State:
    modules = (vars(module) for module in book.files.modules())
    libraries = [vars(np), vars(np.random), vars(book.builtins)]
    return State([book.namespace, book.own, *modules], libraries)


def _reap(pid: int) -> int:
    """Kill a criterion's process and, in our own PID namespace, everything that it started."""
    for target in (pid, -1) if _getpid() == 1 else (pid,):
        with contextlib.suppress(OSError):
            _kill(target, signal.SIGKILL)
    status = 0
    with contextlib.suppress(OSError):
        status = _waitpid(pid, 0)[1]
        while _waitpid(-1, os.WNOHANG)[0]:
            pass
    return os.waitstatus_to_exitcode(status)


READ_AHEAD_BYTES = 16 * 1024
"""Of requests that have arrived. A larger buffer would be more memory for each process to touch."""

ENCODING_CPU_S = 1.0
"""Seconds that encoding an answer may take beyond those of a call: it may have many parts."""


def serve(
    sock: socket.socket,
    book: Notebook,
    channel: Channel,
    errors: Mapping[str, Any],
    shared: bool,
) -> None:
    """Answer the requests of a criterion, or of several, until the host hangs up.

    Args:
        sock: the criterion's.
        book: the notebook.
        channel: the proxies' connection.
        errors: how NumPy treats floating-point errors.
        shared: whether criteria share this process.
    """
    owner = _getpid()
    state = _state(book) if shared else None
    request: dict[str, Any] = {}
    reader, answers = MessageReader(sock, READ_AHEAD_BYTES), HeldAnswers(sock)

    def call_host(number: int, args: list[Any]) -> dict[str, Any]:
        send({"id": request["id"], "callback": number, "args": args})
        return receive()

    def stuck() -> None:
        send({"id": request["id"], "timeout": "stuck"})
        _exit(0)

    def send(message: dict[str, Any]) -> None:
        answers.write(wire.encode(message, refer=objects.refer))

    def encode(answer: dict[str, Any]) -> list[bytes | memoryview]:
        return wire.encode(
            answer,
            refer=objects.refer,
            max_nodes=wire.MAX_ANSWER_NODES,
            max_buffers=wire.MAX_ANSWER_BUFFERS,
        )

    def receive() -> dict[str, Any]:
        encoded = reader.receive_encoded()
        return wire.decode(encoded, resolve=objects.resolve, keep_strides=True)

    def exchange(question: Mapping[str, Any]) -> dict[str, Any]:
        timeouts.host_is_asked()
        send({"id": request["id"], **question})
        return receive()

    objects = Objects(call_host)
    channel.exchange, channel.kept = exchange, objects.kept.__getitem__
    _begin(errors, state)
    while True:
        try:
            request = receive()
        except wire.WireError:
            return
        if request["op"] in ("unchanged", "plain"):
            objects.kept.clear()
            tell = State.is_unchanged if request["op"] == "unchanged" else State.is_plain
            send({"id": request["id"], "value": state is not None and tell(state)})
            continue
        if request.get("begin"):
            objects.kept.clear()
            _begin(errors, state)
        answer = respond(request, book.own, objects, stuck)
        if _getpid() != owner:
            _exit(0)  # the student's code forked, and the child returned here as well
        if sources := unfixable.noticed():
            answer["unfixable"] = sources
        try:
            if all(map(is_plain, answer.values())):
                parts = encode(answer)
            else:
                # Encoding runs code of the student's, such as the iterator of a list.
                more_s = min(ENCODING_CPU_S, request["cpu_s"])
                cpu_s, wall_s = request["cpu_s"] + more_s, request["wall_s"] + more_s
                idle_s = min(request["idle_s"], request["wall_s"])
                try:
                    with timeouts.limit(cpu_s, wall_s, stuck, idle_s):
                        parts = encode(answer)
                except timeouts.TimeUp as up:
                    if not up.idle:
                        raise
                    parts = wire.encode({"id": request["id"], "timeout": "idle"})
            # Without a limit: none of the student's code runs here, and a busy host may take long.
            if reader.has_begun and "value" in answer:
                answers.hold(parts)
            else:
                answers.write(parts)
        except timeouts.TimeUp:
            stuck()
        except wire.Closed:
            return
        except BaseException as error:  # a value that cannot be encoded is the student's error
            send({"id": request["id"], "error": dict(describe(error))})
