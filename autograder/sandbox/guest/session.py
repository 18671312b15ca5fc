"""A student's process: runs the notebook once, then forks a fresh copy for every criterion.

The host asks, this side answers (see `wire`). The host trusts nothing in this process, and nothing
in it knows the right answers: it receives inputs and returns what the student's code makes of them.

Messages on the notebook's socket: ``cells`` (run these), ``fork`` (a descriptor follows: serve a
criterion on it), ``reap`` (kill that criterion's process and everything it started).
Messages on a criterion's socket: ``call``, ``get``, ``set``; see `serve`.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import sys
from typing import Any

import numpy as np

from ..protocol import wire
from . import stub_modules, timeouts
from .cells import Notebook
from .exceptions import describe

# Bound before any student code runs: it may replace these functions in `os`.
_fork, _exit, _kill, _waitpid, _getpid = os.fork, os._exit, os.kill, os.waitpid, os.getpid


def main(sock: socket.socket, settings: dict[str, Any]) -> None:
    """Serve one notebook until the host hangs up. Runs inside the sandbox."""
    if "probe" in settings:
        _probe(sock, settings["probe"])
        return
    make_reproducible()
    stub_modules.install()
    book = Notebook(_initial_names())
    sys.modules["__main__"] = book.module  # where pickle, dataclasses and inspect look for it
    while True:
        try:
            message = wire.receive(sock)
        except wire.WireError:
            return
        op = message.get("op")
        if op == "cells":
            _run_cells(sock, book, message)
        elif op == "fork":
            _fork_criterion(sock, book)
        elif op == "reap":
            wire.send(sock, {"status": _reap(message["pid"])})


def make_reproducible() -> None:
    """Make the notebook deterministic: it does the same thing on every run.

    Random generators get a fixed seed where the student gives none. Memory that NumPy leaves
    uninitialised is filled with NaN (or a large odd integer), so that code which reads it is always
    wrong, and always in the same way.
    """
    random.seed(0)
    np.random.seed(0)
    unseeded, empty, empty_like = np.random.default_rng, np.empty, np.empty_like

    def default_rng(seed: Any = None) -> np.random.Generator:
        return unseeded(0 if seed is None else seed)

    def poisoned(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if array.dtype.kind in "fc":
            array.fill(np.nan)
        elif array.dtype.kind in "iu":
            array.fill(np.iinfo(array.dtype).max // 3)
        return array

    def poisoned_empty(*args: Any, **kwargs: Any) -> np.ndarray[Any, Any]:
        return poisoned(empty(*args, **kwargs))

    def poisoned_empty_like(*args: Any, **kwargs: Any) -> np.ndarray[Any, Any]:
        return poisoned(empty_like(*args, **kwargs))

    np.random.default_rng = default_rng
    np.empty, np.empty_like = poisoned_empty, poisoned_empty_like  # type: ignore[misc,assignment]


def _initial_names() -> dict[str, Any]:
    """Names that every notebook of the course imports, in case the import cell was deleted."""
    return {
        "np": np,
        "plt": stub_modules.NoOp(),
        "display": stub_modules.NoOp(),
        "get_ipython": stub_modules.NoOp(),
    }


def _probe(sock: socket.socket, source: str) -> None:
    """Run one of our own attacks on the sandbox and send its report (`autograder doctor`)."""
    namespace: dict[str, Any] = {"report": {}}
    try:
        exec(source, namespace)
        report = {str(key): str(value) for key, value in namespace["report"].items()}
    except BaseException as error:
        report = {"raised": f"{type(error).__name__}: {error}"[:300]}
    wire.send(sock, {"report": report})


def _run_cells(sock: socket.socket, book: Notebook, message: dict[str, Any]) -> None:
    owner = _getpid()

    def progress(cell: int, position: int) -> None:
        if _getpid() != owner:
            _exit(0)  # the student's code forked; only the original process continues
        wire.send(sock, {"at": [cell, position]})

    def stuck() -> None:
        wire.send(sock, {"stuck": True})
        _exit(0)

    records = book.run(
        [(index, source) for index, source in message["cells"]],
        skip={(cell, position) for cell, position in message["skip"]},
        cell_s=message["cell_s"],
        total_s=message["total_s"],
        progress=progress,
        stuck=stuck,
    )
    if _getpid() != owner:
        _exit(0)
    wire.send(sock, {"records": records, "defined": _defined(book)})


def _defined(book: Notebook) -> dict[str, list[str] | None]:
    """What the student defined: function name → None, class name → names of its methods."""
    found: dict[str, list[str] | None] = {}
    for name, value in book.own.items():
        found[name] = _methods(value) if isinstance(value, type) else None
    return found


def _methods(kind: type) -> list[str]:
    """A class's methods; its own count before inherited ones where the number is limited."""
    found: dict[str, None] = {}
    for base in kind.__mro__:
        for key in vars(base) if base is not object else ():
            try:
                if callable(getattr(kind, key, None)):
                    found[key] = None
            except Exception:  # a descriptor of the student's own
                continue
    return sorted(list(found)[:200])


def _fork_criterion(sock: socket.socket, book: Notebook) -> None:
    """Fork the notebook's process; the child serves one criterion on the descriptor received."""
    _, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
    try:
        pid = _fork()
    except OSError as error:
        os.close(descriptors[0])
        wire.send(sock, {"pid": 0, "error": str(error)})
        return
    if pid == 0:
        try:
            sock.close()
            # Seed again: calls must draw the same numbers however far a training run got before
            # it was stopped.
            random.seed(0)
            np.random.seed(0)
            # Even if the notebook calls np.seterr(all="raise"), exp(-1000) is 0 and not an error.
            np.seterr(under="ignore")
            serve(socket.socket(fileno=descriptors[0]), book)
        finally:
            _exit(0)
    os.close(descriptors[0])
    wire.send(sock, {"pid": pid})


def _reap(pid: int) -> int:
    """Kill a criterion's process and, in a PID namespace of our own, whatever it left running."""
    for target in (pid, -1) if _getpid() == 1 else (pid,):
        with contextlib.suppress(OSError):
            _kill(target, signal.SIGKILL)
    status = 0
    with contextlib.suppress(OSError):
        status = _waitpid(pid, 0)[1]
        while _waitpid(-1, os.WNOHANG)[0]:
            pass
    return os.waitstatus_to_exitcode(status)


class _Objects:
    """Objects that stay in this process, by number, and host functions that can be called."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.kept: list[object] = []
        self.request: Any = None

    def refer(self, thing: object) -> wire.Reference | wire.Opaque:
        if isinstance(thing, (type(sys), stub_modules.MissingImport)):
            return wire.Opaque(type(thing).__name__)
        self.kept.append(thing)
        return wire.Reference(len(self.kept) - 1, type(thing).__name__)

    def resolve(self, thing: object) -> object:
        if isinstance(thing, wire.Reference):
            return self.kept[thing.number]
        if isinstance(thing, wire.Callback):
            return self._host_function(thing.number)
        return thing

    def _host_function(self, number: int) -> Any:
        def function(*args: Any) -> Any:
            self.send({"id": self.request, "callback": number, "args": list(args)})
            answer = self.receive()
            if "error" in answer:
                raise ValueError(answer["error"])
            return answer["value"]

        return function

    def send(self, message: dict[str, Any]) -> None:
        wire.send(self.sock, message, refer=self.refer)

    def receive(self) -> dict[str, Any]:
        return wire.receive(self.sock, resolve=self.resolve, keep_strides=True)


def serve(sock: socket.socket, book: Notebook) -> None:
    """Answer a criterion's requests until the host hangs up.

    A request names a target (a ``name`` the student defined or an object's ``ref``, then ``steps``
    of ``["attr", name]`` and ``["item", key]``) and an operation: ``call`` with ``args``, ``get``,
    or ``set`` to ``value``. The answer carries the request's ``id`` and either ``value`` (and, if
    ``want_args``, the ``args`` as they are after the call) or ``error``.
    """
    objects = _Objects(sock)
    owner = _getpid()

    def stuck() -> None:
        wire.send(sock, {"id": objects.request, "timeout": True})
        _exit(0)

    while True:
        try:
            request = objects.receive()
        except wire.WireError:
            return
        objects.request = request["id"]
        answer: dict[str, Any] = {"id": request["id"]}
        try:
            with timeouts.limit(request["cpu_s"], request["wall_s"], stuck):
                try:
                    _perform(request, book, objects, answer)
                except timeouts.TimeUp:
                    raise
                except BaseException as error:
                    answer = {"id": request["id"], "error": dict(describe(error))}
        except timeouts.TimeUp:
            answer = {"id": request["id"], "timeout": True}
        if _getpid() != owner:
            _exit(0)  # the student's code forked, and the child returned here as well
        try:
            objects.send(answer)
        except wire.Closed:
            return
        except BaseException as error:  # a value that cannot be encoded is the student's error
            objects.send({"id": request["id"], "error": dict(describe(error))})


def _perform(
    request: dict[str, Any], book: Notebook, objects: _Objects, answer: dict[str, Any]
) -> None:
    steps = list(request["steps"])
    if "name" in request:
        place: Any = book.own[request["name"]]
    else:
        place = objects.kept[request["ref"]]
    last = steps.pop() if request["op"] == "set" else None
    for kind, key in steps:
        place = getattr(place, key) if kind == "attr" else place[key]
    if last is not None:
        if last[0] == "attr":
            setattr(place, last[1], request["value"])
        else:
            place[last[1]] = request["value"]
        answer["value"] = None
    elif request["op"] == "call":
        args = request["args"]
        answer["value"] = place(*args, **request["kwargs"])
        if request["want_args"]:
            answer["args"] = args
    else:
        answer["value"] = place
