"""Distribute submissions to the workers of a cluster, whatever happens to the workers.

A worker that appears is asked what it is, then gets the course, then submissions: one more than it
has threads, so that none waits for the network. Workers may come and go at any time.

What a dead worker was working on is graded again elsewhere. A submission that was alone on two
workers or in two grading processes that died is a ``grader_error``, as on one machine. If several
were running, none of them is blamed: each of them is tried again alone.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from autograder.cluster import wire
from autograder.cluster.connection import Answer, Call, Cluster, Failed
from autograder.cluster.facts import Facts, reasons_against
from autograder.errors import InvalidResult, WorkersFailed
from autograder.ingest import Submission
from autograder.ingest.parse import file_bytes
from autograder.run.jobs import Graded, Setup
from autograder.run.pool import GRACE_S, START_S
from autograder.verdict.result import File

LOOK_S = 1.0
"""Seconds between two looks at which workers there are."""

PATIENCE_S = 120.0
"""Seconds to wait for a worker if there is none: a cluster may be starting, or starting again."""

MAX_DEATHS = 2


@dataclass(eq=False)
class _Attempt:
    """One submission on its way through one worker."""

    submission: Submission
    call: Call | None = None


@dataclass(eq=False)
class _Worker:
    address: str
    threads: int
    usable: bool = False
    refused: bool = False
    alone: bool = False
    """Whether it works on a submission that is to be alone there."""
    running: list[_Attempt] = field(default_factory=list)
    heard: float = field(default_factory=time.monotonic)


_Event = tuple[Callable[[_Worker, Any, Answer], Iterable[Graded]], _Worker, Any, Answer]


@dataclass
class Dispatcher:
    """One run on a cluster.

    Args:
        cluster: the cluster.
        setup: the run's setup.
        course: the course's archive.
        ours: what this machine would grade with.
        lost: makes the result of a submission on which workers died.
        tell: shows a line to the instructor.
    """

    cluster: Cluster
    setup: Setup
    course: bytes
    ours: Facts
    lost: Callable[[Submission], Graded]
    tell: Callable[[str], None]

    def __post_init__(self) -> None:
        self._id = secrets.token_hex(16)
        self._workers: dict[str, _Worker] = {}
        self._events: SimpleQueue[_Event] = SimpleQueue()
        self._waiting: deque[Submission] = deque()
        self._again: deque[Submission] = deque()
        self._deaths: Counter[Submission] = Counter()
        self._reasons: dict[str, str] = {}
        self._nobody_since = time.monotonic()

    def grade_all(self, submissions: Sequence[Submission]) -> Iterator[Graded]:
        """Grade every submission, and yield results as they become available.

        Raises:
            WorkersFailed: there is no usable worker, or the scheduler is gone.
        """
        self._waiting.extend(submissions)
        looked = float("-inf")
        try:
            while self._waiting or self._again or self._running:
                if time.monotonic() - looked >= LOOK_S:
                    yield from self._look()
                    looked = time.monotonic()
                self._hand_out()
                try:
                    handle, worker, what, answer = self._events.get(timeout=LOOK_S)
                except Empty:
                    continue
                if self._workers.get(worker.address) is worker:  # else it is too late
                    worker.heard = time.monotonic()
                    yield from handle(worker, what, answer)
        finally:
            for attempt in self._running:
                if attempt.call is not None:
                    attempt.call.cancel()
            self.cluster.end([*self._workers], wire.framed({"run": self._id}))

    @property
    def _running(self) -> list[_Attempt]:
        return [attempt for worker in self._workers.values() for attempt in worker.running]

    # --- workers ----------------------------------------------------------------------------------

    def _look(self) -> Iterator[Graded]:
        """See who has come, who has gone, and who does not answer."""
        there = self.cluster.workers()
        for worker in [*self._workers.values()]:
            if worker.address not in there:
                del self._workers[worker.address]
            elif not self._is_silent(worker):
                continue
            elif not worker.refused:
                self._refuse(worker, "it does not answer")
            yield from self._bury(worker)
        for address in there:
            if address in self._workers:
                continue
            worker = self._workers[address] = _Worker(address, max(1, there[address]))
            names = wire.framed({"packages": [*self.ours.packages]})
            self._call(worker, "facts", names, self._vet, None)
        self._stop_without_workers(bool(there))

    def _is_silent(self, worker: _Worker) -> bool:
        if (worker.refused or worker.usable) and not worker.running:
            return False
        # A worker also waits for a grading process to start, and notices itself if one hangs.
        allowed = START_S + GRACE_S + (self.setup.budget.total_wall_s if worker.usable else 0.0)
        return time.monotonic() - worker.heard > allowed

    def _stop_without_workers(self, any_there: bool) -> None:
        if any(worker.running or not worker.refused for worker in self._workers.values()):
            self._nobody_since = time.monotonic()
        elif any_there:
            raise WorkersFailed(
                "no worker of the cluster can be used. " + " | ".join(self._reasons.values())
            )
        elif time.monotonic() - self._nobody_since > PATIENCE_S:
            raise WorkersFailed(
                f"the cluster has had no worker for {PATIENCE_S:.0f} s. Start some with `dask "
                "worker`, and run it again; finished work is kept"
            )

    def _vet(self, worker: _Worker, _: None, answer: Answer) -> Iterable[Graded]:
        if isinstance(answer, Failed):
            self._refuse(
                worker,
                f"the grader cannot be used there ({answer.reason}). Install it, with the cluster "
                "extra, into the environment of `dask worker`",
            )
            return ()
        try:
            theirs = Facts.from_record(wire.unframed(answer)[0])
        except (KeyError, TypeError, ValueError):
            self._refuse(worker, "it has another version of the grader")
            return ()
        reasons = reasons_against(theirs, self.ours, self.setup.level)
        if reasons:
            self._refuse(worker, "; ".join(reasons), theirs.host)
        else:
            header = {"run": self._id, "setup": wire.setup_record(self.setup)}
            self._call(worker, "install", wire.framed(header, self.course), self._installed, theirs)
        return ()

    def _installed(self, worker: _Worker, theirs: Facts, answer: Answer) -> Iterable[Graded]:
        if isinstance(answer, Failed):
            self._refuse(worker, answer.reason, theirs.host)
        elif "refused" in (record := wire.unframed(answer)[0]):
            self._refuse(worker, record["refused"], theirs.host)
        else:
            worker.usable = True
        return ()

    def _refuse(self, worker: _Worker, reason: str, host: str = "") -> None:
        worker.usable, worker.refused = False, True
        where = f"{worker.address} ({host})" if host else worker.address
        line = f"worker {where} is not used: {reason}"
        if line not in self._reasons.values():
            self.tell(line)
        self._reasons[worker.address] = line

    def _call(
        self,
        worker: _Worker,
        name: str,
        message: bytes,
        handle: Callable[[_Worker, Any, Answer], Iterable[Graded]],
        what: Any,
    ) -> Call:
        def done(answer: Answer) -> None:
            self._events.put((handle, worker, what, answer))

        return self.cluster.call(worker.address, name, message, done)

    # --- submissions ------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        usable = [worker for worker in self._workers.values() if worker.usable]
        reserved = len(self._again)
        for worker in sorted(usable, key=lambda one: len(one.running)):
            if worker.alone:
                continue
            if reserved:  # as soon as it has nothing else to do
                reserved -= 1
                if not worker.running and self._again:
                    worker.alone = True
                    self._start(worker, self._again.popleft())
                continue
            while self._waiting and len(worker.running) <= worker.threads:
                self._start(worker, self._waiting.popleft())

    def _start(self, worker: _Worker, submission: Submission) -> None:
        if not worker.running:
            worker.heard = time.monotonic()
        attempt = _Attempt(submission)
        worker.running.append(attempt)
        read = partial(file_bytes, submission.path, submission.root)
        message = wire.framed({"run": self._id}, wire.submission_message(submission, read))
        attempt.call = self._call(worker, "grade", message, self._graded, attempt)

    def _graded(self, worker: _Worker, attempt: _Attempt, answer: Answer) -> Iterator[Graded]:
        if attempt not in worker.running:
            return
        worker.running.remove(attempt)
        worker.alone = worker.alone and bool(worker.running)
        submission = attempt.submission
        record: dict[str, Any] = {"died": True}
        if not isinstance(answer, Failed):
            record, _ = wire.unframed(answer)
        if "result" in record:
            yield self._checked(submission, record)
        elif "unknown" in record:  # another worker at the same address
            del self._workers[worker.address]
            self._waiting.appendleft(submission)
            yield from self._bury(worker)
        elif "cannot_start" in record:
            self._refuse(worker, record["cannot_start"])
            self._waiting.appendleft(submission)
        else:
            yield from self._died(submission, blamed=True)

    def _checked(self, submission: Submission, record: dict[str, Any]) -> Graded:
        """What a worker says about a submission.

        Raises:
            WorkersFailed: it is a record of something else.
        """
        try:
            graded = wire.graded_from(record)
        except (InvalidResult, KeyError, TypeError) as error:
            raise WorkersFailed(f"a worker returned an invalid result: {error}") from None
        result = graded.result
        expected = (
            submission.student,
            submission.exercise,
            self.setup.exercise_sha256s[submission.exercise],
            self.setup.level,
        )
        if (result.student, result.exercise, result.course_sha256, result.isolation) != expected:
            raise WorkersFailed("a worker returned the result of another submission or course")
        file = File(submission.file, result.submission.sha256)
        return replace(graded, result=replace(result, submission=file))

    def _bury(self, worker: _Worker) -> Iterator[Graded]:
        """Grade elsewhere what a worker that is gone was working on."""
        running, worker.running = worker.running, []
        for attempt in running:
            if attempt.call is not None:
                attempt.call.cancel()
            yield from self._died(attempt.submission, blamed=len(running) == 1)

    def _died(self, submission: Submission, *, blamed: bool) -> Iterator[Graded]:
        self._deaths[submission] += blamed
        if self._deaths[submission] >= MAX_DEATHS:
            yield self.lost(submission)
        else:
            self._again.append(submission)
