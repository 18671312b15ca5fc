"""Processes of the grader's own that run a course's solutions and mistakes for `verify`."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from autograder.run.pool import MAX_WORKERS
from autograder.sandbox.host.protect import die_with
from autograder.sandbox.host.trusted_process import SINGLE_THREAD


@contextmanager
def course_processes(jobs: int, tasks: int) -> Iterator[ProcessPoolExecutor]:
    """An executor with a process for each of ``jobs``, but no more than there are tasks.

    When it is left early, tasks that have not begun are dropped.
    """
    _single_thread_each()
    workers = min(jobs, MAX_WORKERS, max(tasks, 1))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (os.getpid(),)) as pool:
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


def _single_thread_each() -> None:
    """Let NumPy run on one thread in each process that is started from now on."""
    for name, threads in SINGLE_THREAD.items():
        os.environ.setdefault(name, threads)


def _begin(main: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides when to stop
    die_with(main)  # otherwise it would wait for tasks of a killed process, without end
