"""What runs in a Dask worker: it says what it is, receives the course, and passes submissions on.

Grading itself happens in processes of ours beside it, one for each of its threads, exactly as on
one machine. They start when they are needed, and end with the run, with the Dask worker, or when
the run has not been heard of for `IDLE_S`.

Each function takes and returns bytes, and is called in a thread of the worker (`end`: in its event
loop, so it must not wait).
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from autograder.cluster import course_archive, wire
from autograder.cluster.facts import Facts
from autograder.course.load import course_sha256, load_course
from autograder.errors import CourseError
from autograder.run.pool import GRACE_S, START_S
from autograder.run.worker_process import bounded_line
from autograder.sandbox.host.protect import protect_host
from autograder.sandbox.host.trusted_process import command, environment

IDLE_S = 300.0
"""Seconds after which a run that sends nothing counts as gone: its machine may have died. If it has
not, the worker gets the course again with the next submission."""


class _Dead(Exception):
    """A grading process has ended or does not answer."""


class _CannotStart(Exception):
    """A grading process cannot start; the text says why."""


@dataclass
class _Process:
    """One grading process."""

    process: subprocess.Popen[bytes]
    line: Connection

    def ask(self, message: bytes, seconds: float) -> bytes:
        try:
            self.line.send_bytes(message)
            return self.answer(seconds)
        except (EOFError, OSError):
            raise _Dead from None

    def answer(self, seconds: float) -> bytes:
        if not self.line.poll(seconds):
            raise _Dead
        return self.line.recv_bytes()

    def stop(self) -> None:
        self.process.kill()
        with contextlib.suppress(OSError):
            self.line.close()


@dataclass
class _Run:
    """A run that this worker grades for."""

    folder: Path
    setup: dict[str, Any]
    idle: list[_Process] = field(default_factory=list)
    all: list[_Process] = field(default_factory=list)
    heard: float = field(default_factory=time.monotonic)
    ended: bool = False

    @property
    def patience_s(self) -> float:
        """How long a submission may take before its process counts as hung."""
        return float(self.setup["budget"]["total_wall_s"]) + GRACE_S

    def is_silent(self, seconds: float) -> bool:
        """Whether it has had nothing to do for so long; 0 for any run, busy or not."""
        busy = len(self.idle) < len(self.all)
        return not seconds or (not busy and time.monotonic() - self.heard >= seconds)


_runs: dict[str, _Run] = {}
_guard = threading.Lock()


def facts(packages: bytes) -> bytes:
    """What this machine grades with (`Facts`); ``packages`` are names in a header."""
    header, _ = wire.unframed(packages)
    return wire.framed(Facts.of_this_machine(header["packages"], isolation=True).record())


def install(message: bytes) -> bytes:
    """Receive a course, start a first grading process on it, and say whether that worked.

    Args:
        message: the run's id and setup, and the course's archive.

    Returns:
        ``{"ready": true}`` or ``{"refused": reason}``.
    """
    protect_host()  # from now on this process holds hidden suites
    header, archive = wire.unframed(message)
    folder = Path(tempfile.mkdtemp(prefix="autograder-course-", dir=_scratch()))
    run = _Run(folder, {**header["setup"], "root": str(folder)})
    with _guard:
        _runs[header["run"]] = run
    _watch()
    try:
        course_archive.unpack(archive, folder)
        arrived = course_sha256(load_course(folder))
        if arrived != run.setup["course_sha256"]:
            return _refused(
                header["run"],
                f"the course arrived there as another one (fingerprint {arrived[:12]}, here "
                f"{run.setup['course_sha256'][:12]})",
            )
        with _process(run):
            pass
    except zipfile.BadZipFile:
        return _refused(header["run"], "the course arrived damaged there")
    except (_CannotStart, CourseError, OSError) as error:
        return _refused(header["run"], str(error))
    except _Dead:
        return _refused(header["run"], "the grading process dies before it is ready")
    return wire.framed({"ready": True})


def grade(message: bytes) -> bytes:
    """Grade one submission.

    Args:
        message: the run's id, and a message of `wire.submission_message`.

    Returns:
        A record of `wire.graded_record`, or ``{"died": true}``, ``{"cannot_start": reason}`` or
        ``{"unknown": true}`` if this worker has not received the course.
    """
    header, submission = wire.unframed(message)
    with _guard:
        run = _runs.get(header["run"])
    if run is None:
        return wire.framed({"unknown": True})
    run.heard = time.monotonic()
    try:
        with _process(run) as process:
            return process.ask(submission, run.patience_s)
    except _Dead:
        return wire.framed({"died": True})
    except _CannotStart as error:
        return wire.framed({"cannot_start": str(error)})
    except OSError as error:  # no more memory, processes or descriptors
        return wire.framed({"cannot_start": error.strerror or str(error)})
    finally:
        run.heard = time.monotonic()


def end(message: bytes) -> bytes:
    """A run is over: end its processes, and remove its course."""
    header, _ = wire.unframed(message)
    with _guard:
        run = _runs.pop(header["run"], None)
    if run is not None:
        threading.Thread(target=_end, args=(run,), name="autograder-end").start()
    return wire.framed({})


def _refused(id: str, reason: str) -> bytes:
    end(wire.framed({"run": id}))
    return wire.framed({"refused": reason})


def _end(run: _Run) -> None:
    with _guard:
        run.ended = True
        processes = [*run.all]
    for process in processes:
        process.stop()
    for process in processes:
        process.process.wait()
    shutil.rmtree(run.folder, ignore_errors=True)


@contextlib.contextmanager
def _process(run: _Run) -> Iterator[_Process]:
    """An idle grading process of the run, or a new one.

    Raises:
        _CannotStart: it cannot start.
        _Dead: it dies. It is replaced the next time.
    """
    with _guard:
        process = run.idle.pop() if run.idle else None
    if process is None:
        process = _started(run)
    try:
        yield process
    except BaseException:
        process.stop()
        with _guard:
            run.all.remove(process)
        process.process.wait()
        raise
    with _guard:
        run.idle.append(process)


def _started(run: _Run) -> _Process:
    process = _starter().submit(_start).result()
    with _guard:
        if run.ended:
            process.stop()
            raise _Dead
        run.all.append(process)
    try:
        answer, _ = wire.unframed(process.ask(wire.framed(run.setup), START_S))
    except _Dead:
        answer = {"died": True}
    if "ready" in answer:
        return process
    process.stop()
    with _guard:
        run.all.remove(process)
    process.process.wait()
    if "cannot_start" in answer:
        raise _CannotStart(answer["cannot_start"])
    raise _Dead


def _start() -> _Process:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            command("autograder.cluster.grading_process", str(theirs.fileno())),
            env=environment(),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
    return _Process(process, bounded_line(ours))


@cache
def _starter() -> ThreadPoolExecutor:
    """One thread that starts all processes and never ends.

    The kernel ends a grading process with the *thread* that started it (`protect.die_with`), and
    Dask's threads come and go.
    """
    return ThreadPoolExecutor(1, "autograder-starter")


@cache
def _watch() -> None:
    """From now on, end what must not outlive this process or its run."""
    atexit.register(_end_all, 0.0)

    def watching() -> None:
        while True:
            time.sleep(60)
            _end_all(IDLE_S)

    threading.Thread(target=watching, name="autograder-watch", daemon=True).start()


def _end_all(idle_s: float) -> None:
    with _guard:
        silent = [id for id, run in _runs.items() if run.is_silent(idle_s)]
        runs = [_runs.pop(id) for id in silent]
    for run in runs:
        _end(run)


def _scratch() -> str | None:
    """The Dask worker's own folder, which Dask cleans up after a worker that was killed."""
    from distributed import get_worker

    try:
        return str(get_worker().local_directory)
    except ValueError:
        return None
