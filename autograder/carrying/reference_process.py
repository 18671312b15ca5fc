"""The process that holds the course's reference and executes proxies' calls, with its own limits.

It is separate from the grader because students choose what it computes: it may run out of memory or
time and die without harming anything else. ``sys.argv``: the course's folder, the descriptor of a
socket, bytes of memory, CPU seconds for the calls of one criterion, the process to end with.
"""

from __future__ import annotations

import contextlib
import importlib
import resource
import signal
import socket
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograder.carrying.reference_objects import References
from autograder.sandbox.host.protect import die_with, protect_host
from autograder.sandbox.protocol import wire

LIBRARY = "source_lib"


class OutOfTime(BaseException):  # nothing on the way may catch it
    """The calls of one criterion have used up their CPU time."""


def main() -> None:
    """Execute the host's calls until it closes the connection."""
    root, (descriptor, memory, cpu_s, parent) = sys.argv[1], map(int, sys.argv[2:6])
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, _out_of_time)
    protect_host()
    sys.path.insert(0, root)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    unseeded = np.random.default_rng
    # Weights that the reference draws must be the same in every run.
    np.random.default_rng = lambda seed=None: unseeded(0 if seed is None else seed)
    library = _library(Path(root))
    np.dot(np.ones((64, 64)), np.ones((64, 64)))  # BLAS allocates its buffers before the limit
    _limit_memory(memory)
    with socket.socket(fileno=descriptor) as sock:
        _Connection(sock, library, float(cpu_s)).serve()


def _library(root: Path) -> ModuleType:
    """The course's own reference; an empty module if it has none or it cannot be imported.

    The hidden suites, which import it as well, report what is wrong with it.
    """
    try:
        library = importlib.import_module(LIBRARY)
        file = Path(library.__file__ or "")
    except Exception:
        return ModuleType(LIBRARY)
    return library if file.is_relative_to(root) else ModuleType(LIBRARY)


class _Connection:
    """The connection to the host. Calls to the student's functions go back over it."""

    def __init__(self, sock: socket.socket, library: ModuleType, cpu_s: float) -> None:
        self._sock = sock
        self._library = library
        self._references: dict[int, References] = {}
        self._used: dict[int, float] = {}
        self._cpu_s = cpu_s
        self._left = cpu_s

    def serve(self) -> None:
        """Execute the host's calls until it closes the connection."""
        with contextlib.suppress(wire.Closed):
            while True:
                self._handle(self._receive())

    def _handle(self, message: dict[str, Any]) -> None:
        number = message["notebook"]
        if "open" in message:
            self._left = self._cpu_s
            references = self._references[number] = References(self._library, message["open"])
            self._send({"names": references.names})
        elif "begin" in message:
            self._left = self._cpu_s
            self._references[number].begin_criterion()
        elif "call" in message:
            start = time.process_time()
            self._send({"reply": self._call(self._references[number], message["call"])})
            used = time.process_time() - start
            self._used[number] = self._used.get(number, 0.0) + used
        elif "close" in message:
            self._references.pop(number, None)
            self._send({"cpu_s": self._used.pop(number, 0.0)})

    def _call(self, references: References, call: Mapping[str, Any]) -> dict[str, Any]:
        start = time.process_time()
        nested = signal.getitimer(signal.ITIMER_PROF)[0] > 0
        try:
            if self._left <= 0:
                raise OutOfTime
            if not nested:
                signal.setitimer(signal.ITIMER_PROF, self._left)
            return references.call(call)
        except OutOfTime:
            self._left = 0.0  # the timer counts ticks and may fire a little early
            return {"raised": "TimeoutError", "text": "this is too much work for the grader"}
        finally:
            if not nested:
                signal.setitimer(signal.ITIMER_PROF, 0)
                self._left = max(0.0, self._left - (time.process_time() - start))

    def _resolve(self, thing: Any) -> Any:
        if not isinstance(thing, wire.Reference):
            return thing

        def function(*args: Any) -> Any:
            """Call the student's function at the other end of the connection."""
            self._send({"apply": thing.number, "args": list(args)})
            while True:
                message = self._receive()
                if "applied" in message:
                    return message["applied"]
                if "failed" in message:
                    raise RuntimeError(str(message["failed"]))
                self._handle(message)

        return function

    def _send(self, message: dict[str, Any]) -> None:
        with _undisturbed():
            try:
                wire.send(self._sock, message)
            except wire.Closed:
                raise
            except wire.WireError as error:  # a result may be larger than a message
                failed = {"raised": "MemoryError", "text": str(error)}
                wire.send(self._sock, {"reply": failed} if "reply" in message else {})

    def _receive(self) -> dict[str, Any]:
        with _undisturbed():
            return wire.receive(self._sock, resolve=self._resolve)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """The timer may interrupt a computation, but not a message that is partly transferred."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPROF])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGPROF])


def _out_of_time(_number: int, _frame: Any) -> None:
    raise OutOfTime


def _limit_memory(more: int) -> None:
    """Let the process grow by ``more`` bytes, if the system can report its current size."""
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        size = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
