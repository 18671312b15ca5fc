"""The cluster in the place of this machine's worker processes, for `run.service`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from autograder.cluster import course_archive
from autograder.cluster.connection import Address, connected
from autograder.cluster.dispatch import Dispatcher
from autograder.cluster.facts import Facts
from autograder.course.models import Course
from autograder.ingest import Submission
from autograder.run.jobs import Graded, Setup


@dataclass(frozen=True)
class OnCluster:
    """Grades on the workers of a cluster, to which it connects when there is something to grade.

    Args:
        course: the course.
        address: the scheduler's.
        tell: shows a line to the instructor, such as why a worker is not used.
    """

    course: Course
    address: Address
    tell: Callable[[str], None]

    def __call__(
        self,
        setup: Setup,
        submissions: Sequence[Submission],
        lost: Callable[[Submission], Graded],
    ) -> Iterator[Graded]:
        """Grade every submission, and yield results as they become available.

        Raises:
            CommandError: the cluster cannot be reached, or its connections are not encrypted.
            WorkersFailed: there is no usable worker, or the scheduler is gone.
        """
        if not submissions:
            return
        ours = Facts.of_this_machine(self.course.packages)
        archive = course_archive.pack(setup.root)
        with connected(self.address) as cluster:
            dispatcher = Dispatcher(cluster, setup, archive, ours, lost, self.tell)
            yield from dispatcher.grade_all(submissions)
