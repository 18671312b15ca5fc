"""A student's process: runs the notebook, then serves criteria, itself or in forks.

The host trusts nothing in this process, and nothing here knows the right answers: it receives
inputs and returns the results of the student's code.

On the notebook's socket: ``cells`` (run these), ``fork`` (a descriptor follows: serve one criterion
on it, in the given ``world``, or several if ``shared``; ``in_place``: do not fork), ``reap`` (kill
that criterion's process and everything it started), ``ping``. What is said on a criterion's socket
is in `criterion_server`.
"""

from __future__ import annotations

import _thread
import contextlib
import mmap
import os
import signal
import socket
import time
from collections.abc import Mapping
from typing import Any

from ..protocol import wire
from ..protocol.position import LAYOUT, SIZE, WRITTEN
from . import (
    known_code,
    prepared,
    reference_proxies,
    silent_streams,
    timeouts,
    unfixable,
)
from .cells import Notebook
from .criterion_server import CriterionServer
from .installed_proxies import InstalledProxies
from .reference_channel import Channel
from .requests import Objects, defined
from .working_folder import WorkingFolder

# Bound before any student code runs, which may replace these functions in `os`.
_fork, _exit, _kill, _waitpid, _getpid = os.fork, os._exit, os.kill, os.waitpid, os.getpid
_process_time, _threads = time.process_time, _thread._count

LAST_CALLS_S = 2.0
"""Seconds that proxies' calls which threads have begun may take once the cells have run."""

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

    def __init__(self, sock: socket.socket, channel: Channel) -> None:
        self.last = [0, 0]
        self._sock = sock
        self._channel = channel

    def tell(self, cell: int, position: int) -> None:
        """This statement is about to run."""
        self.last = [cell, position]
        with self._channel.turn():
            wire.send(self._sock, {"at": self.last})


class _WrittenDown:
    """Writes down which statement runs (see `protocol.position`), in memory that the host sends."""

    def __init__(self, sock: socket.socket) -> None:
        self.last = [0, 0]
        _, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
        self._page = mmap.mmap(descriptors[0], SIZE)
        os.close(descriptors[0])
        self._send, self._write = sock.send, LAYOUT.pack_into

    def tell(self, cell: int, position: int) -> None:
        """This statement is about to run.

        Raises:
            OSError: the one before has closed the socket. It is the last one that is written down.
        """
        self._send(b"")  # which wakes nobody
        self._write(self._page, 0, WRITTEN, cell, position)
        self.last = [cell, position]


def _run_cells(
    sock: socket.socket,
    book: Notebook,
    message: dict[str, Any],
    channel: Channel,
    folder: WorkingFolder,
) -> None:
    owner, began = _getpid(), _process_time()
    told = _Announced(sock, channel) if message["announce"] else _WrittenDown(sock)

    def progress(cell: int, position: int) -> None:
        if _getpid() != owner:
            _exit(0)  # the student's code forked; only the original process continues
        told.tell(cell, position)

    def stuck() -> None:
        channel.interrupt(lambda: wire.send(sock, {"stuck": told.last}))
        _exit(0)

    cells = [(index, source) for index, source in message["cells"]]
    if message["proxies"]:
        book.use(InstalledProxies(message["proxies"], [source for _, source in cells], channel))
        _connect(channel, sock)
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
    if _getpid() != owner:
        _exit(0)
    _disconnect(channel)
    folder.remember()
    report = _report(book, records)
    wire.send(sock, {**report, "cpu_s": _process_time() - began})


def _connect(channel: Channel, sock: socket.socket) -> None:
    """Let proxies that cells call ask the host."""
    objects = Objects(lambda *_: {"error": "not while cells run"})

    def exchange(question: Mapping[str, Any]) -> dict[str, Any]:
        wire.send(sock, dict(question), refer=objects.refer)
        return wire.receive(sock, resolve=objects.resolve)

    channel.exchange, channel.kept = exchange, objects.kept.__getitem__
    channel.open()


def _disconnect(channel: Channel) -> None:
    """Let no more proxies ask, once those that do have been answered."""
    with contextlib.suppress(timeouts.TimeUp), timeouts.limit(LAST_CALLS_S, LAST_CALLS_S):
        channel.close()
    channel.exchange = None


def _report(book: Notebook, records: list[dict[str, Any]]) -> dict[str, Any]:
    """What the host is told once all cells have run."""
    overwritten = book.worlds.overwritten(book.own)
    book.worlds.forget_unchanged()
    return {
        "records": records,
        "defined": defined(book.own),
        "overwritten": overwritten,
        "pieces": book.pieces,
        "leftover_raises": book.leftover_raises,
        "removed": book.removed_names(),
        "timed_out": book.timed_out,
        "kept_data": book.kept_data,
        "unfixable": unfixable.noticed(),
        "threads": _threads() > 0,
    }


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
            own = socket.socket(fileno=descriptors[0])
            CriterionServer(own, book, channel, message["shared"]).serve()
        finally:
            _exit(0)
    os.close(descriptors[0])
    wire.send(sock, {"pid": pid})


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
