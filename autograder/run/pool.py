"""Distribute submissions to worker processes, replacing workers that die or hang.

A submission whose worker died is retried once on a fresh worker. If that one dies as well, the
result is a ``grader_error``, so no submission is ever lost.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from autograder.errors import WorkersFailed
from autograder.ingest import Submission
from autograder.run.jobs import READY, CannotStart, Graded, Setup
from autograder.sandbox.host.trusted_process import SINGLE_THREAD

START_S = 120.0
"""Seconds a worker may take to start before it counts as hung."""

MAX_WORKERS = 2 * (os.cpu_count() or 1)
"""The most workers at once, whatever ``--jobs`` says: more would only compete for processors, and
eventually exceed wall-clock limits."""

GRACE_S = 120.0
"""Seconds beyond a notebook's own time limits before its worker counts as hung."""


@dataclass
class _Worker:
    process: BaseProcess
    line: Connection
    submission: Submission | None = None
    ready: bool = False
    since: float = field(default_factory=time.monotonic)

    def stop(self) -> None:
        self.line.close()
        self.process.kill()
        self.process.join(10)


def grade_all(
    setup: Setup,
    submissions: Iterable[Submission],
    jobs: int,
    lost: Callable[[Submission], Graded],
) -> Iterator[Graded]:
    """Grade every submission on ``jobs`` processes, and yield results as they become available.

    Args:
        setup: what each worker is told when it starts.
        submissions: what to grade.
        jobs: the number of processes, limited to `MAX_WORKERS`.
        lost: makes the result of a submission whose worker died twice.

    Raises:
        WorkersFailed: no worker can be started.
    """
    waiting = deque(submissions)
    tries: dict[Submission, int] = {}
    failed_starts = 0
    workers: list[_Worker] = []
    try:
        while waiting or any(worker.submission for worker in workers):
            wanted = min(jobs, MAX_WORKERS, len(waiting) + sum(1 for w in workers if w.submission))
            while len(workers) < wanted:
                workers.append(_start(setup))
            for worker in workers:
                if worker.ready and worker.submission is None and waiting:
                    _assign(worker, waiting)
            by_line = {worker.line: worker for worker in workers}
            for line in wait(list(by_line), timeout=1.0):
                worker = by_line[line]  # type: ignore[index]
                try:
                    answer = worker.line.recv()
                except (EOFError, OSError):
                    answer = None
                if isinstance(answer, Graded):
                    worker.submission = None
                    yield answer
                elif answer == READY:
                    worker.ready, failed_starts = True, 0
                elif isinstance(answer, CannotStart):
                    raise WorkersFailed(answer.reason)
                else:
                    worker.since = 0.0  # dead: counts as hung below
            for worker in [w for w in workers if _hung(w, setup)]:
                workers.remove(worker)
                worker.stop()
                if worker.submission is not None:
                    submission = worker.submission
                    tries[submission] = tries.get(submission, 0) + 1
                    if tries[submission] < 2:
                        waiting.appendleft(submission)
                    else:
                        yield lost(submission)
                elif not worker.ready:
                    failed_starts += 1
                    if failed_starts >= 3:
                        raise WorkersFailed(
                            "The grading process dies before it is ready. Run `autograder doctor`"
                            " and `autograder verify` to find out what is wrong with the machine"
                            " or the course."
                        )
    finally:
        for worker in workers:
            worker.stop()


def single_thread_each() -> None:
    """Let NumPy run on one thread in each process that is started from now on."""
    for name, threads in SINGLE_THREAD.items():
        os.environ.setdefault(name, threads)


def _start(setup: Setup) -> _Worker:
    single_thread_each()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(setup, theirs), daemon=True)
    with _ignoring_ctrl_c():
        process.start()
    theirs.close()
    return _Worker(process, ours)


def _work(setup: Setup, jobs: Connection) -> None:
    """Entry point of a worker. Imports what only a worker needs."""
    from autograder.run.worker import work

    work(setup, jobs)


@contextmanager
def _ignoring_ctrl_c() -> Iterator[None]:
    """Start processes that ignore Ctrl-C from their first instruction: we decide when they stop.

    Otherwise a worker that is still importing would print a traceback.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set signal handlers, and only it receives Ctrl-C
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _assign(worker: _Worker, waiting: deque[Submission]) -> None:
    submission = waiting.popleft()
    worker.submission, worker.since = submission, time.monotonic()
    try:
        worker.line.send(submission)
    except OSError:
        worker.since = 0.0


def _hung(worker: _Worker, setup: Setup) -> bool:
    if worker.since == 0.0:
        return True
    if worker.ready and worker.submission is None:
        return False
    allowed = setup.budget.total_wall_s + GRACE_S if worker.ready else START_S
    return time.monotonic() - worker.since > allowed
