"""Distribute submissions to worker processes, replacing workers that die or hang.

A submission whose worker died is retried once on a fresh worker. If that one dies as well, the
result is a ``grader_error``, so no submission is ever lost. Where some workers cannot be started,
the others do their work; where none can, the run ends and says why.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait

from autograder.errors import WorkersFailed
from autograder.ingest import Submission
from autograder.run.jobs import READY, CannotStart, Graded, Setup
from autograder.run.worker_process import GREETING, WorkerProcess

START_S = 120.0
"""Seconds a worker may take to start before it counts as hung."""

MAX_WORKERS = 2 * (os.cpu_count() or 1)
"""The most workers at once, whatever ``--jobs`` says: more would only compete for processors, and
eventually exceed wall-clock limits."""

GRACE_S = 120.0
"""Seconds beyond a notebook's own time limits before its worker counts as hung."""

_ADVICE = (
    "Run `autograder doctor` and `autograder verify` to find out what is wrong with the machine or "
    "the course"
)

MAX_FAILED_STARTS = 3
"""Failed starts in a row after which no more are tried. One that takes too long counts twice."""

RETRY_S = 0.5
"""Seconds until a process is started again where none could be: others may end meanwhile."""


@dataclass
class _Starts:
    """The workers that could not be started since one was last ready, or lost."""

    failed: int = 0
    reason: str = ""

    @property
    def are_useless(self) -> bool:
        return self.failed >= MAX_FAILED_STARTS

    def fail(self, reason: str, count: int = 1) -> None:
        self.failed, self.reason = self.failed + count, reason


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
    starts = _Starts()
    workers: list[WorkerProcess] = []
    try:
        while waiting or any(worker.submission for worker in workers):
            wanted = min(jobs, MAX_WORKERS, len(waiting) + sum(1 for w in workers if w.submission))
            _start_missing(workers, wanted, starts)
            if not workers:
                if starts.are_useless:
                    raise WorkersFailed(starts.reason)
                time.sleep(RETRY_S)
                continue
            for worker in workers:
                if worker.ready and worker.submission is None and waiting:
                    _assign(worker, waiting)
            by_line = {worker.line: worker for worker in workers}
            for line in wait(list(by_line), timeout=1.0):
                worker = by_line[line]  # type: ignore[index]
                answer = worker.receive()
                if isinstance(answer, Graded):
                    worker.submission = None
                    # Before the result is written to the disk, for which it need not wait.
                    if waiting:
                        _assign(worker, waiting)
                    yield answer
                elif answer == GREETING:
                    worker.send(setup)
                elif answer == READY:
                    worker.ready, starts.failed = True, 0
                elif isinstance(answer, CannotStart):
                    starts.fail(answer.reason, MAX_FAILED_STARTS)
                    worker.since = 0.0
            for worker in [w for w in workers if _is_lost(w, setup)]:
                workers.remove(worker)
                _account_for(worker, starts)
                worker.stop()
                if worker.submission is not None:
                    submission = worker.submission
                    tries[submission] = tries.get(submission, 0) + 1
                    if tries[submission] < 2:
                        waiting.appendleft(submission)
                    else:
                        yield lost(submission)
    finally:
        for worker in workers:
            worker.stop()


def _start_missing(workers: list[WorkerProcess], wanted: int, starts: _Starts) -> None:
    """Start workers until there are as many as wanted, or one cannot be started."""
    while len(workers) < wanted and not starts.are_useless:
        try:
            workers.append(WorkerProcess.start())
        except WorkersFailed as error:
            starts.fail(str(error))
            return


def _account_for(worker: WorkerProcess, starts: _Starts) -> None:
    """Remember why a lost worker was never ready."""
    if worker.ready:
        starts.failed = 0  # it could be started, so perhaps another one can
    elif worker.since:
        starts.fail(f"the grading process was not ready after {START_S:g} s. {_ADVICE}", 2)
    elif not starts.are_useless:
        how = worker.how_it_ended()
        starts.fail(f"the grading process ends before it is ready: {how}. {_ADVICE}")


def _assign(worker: WorkerProcess, waiting: deque[Submission]) -> None:
    submission = waiting.popleft()
    worker.submission, worker.since = submission, time.monotonic()
    worker.send(submission)


def _is_lost(worker: WorkerProcess, setup: Setup) -> bool:
    if worker.since == 0.0:
        return True
    if worker.ready and worker.submission is None:
        return False
    allowed = setup.budget.total_wall_s + GRACE_S if worker.ready else START_S
    return time.monotonic() - worker.since > allowed
