"""Ask the student's code about further inputs after grading: for feedback, never for points.

A hidden test costs nothing to understand if the same mistake shows on an input that is small and
public. So whoever writes feedback may call the student's code again, under two conditions:

- It is the code that was graded: the same definitions, in the same world, with the same earlier
  parts supplied (`Questions.as_graded`).
- What is shown comes from a process that cannot know any hidden input (`Questions.reloaded`). Code
  may have kept the inputs of its criteria in a file or in shared memory, and would show them to its
  author as a "result". There, the notebook is loaded again without running anything that may take
  long, so its answers are used only where `as_graded` confirms them. What a known mistake of the
  course gives may be shown as well, where `as_graded` gives the same.

Calls have small limits (`Attempt.EXTRA`), and end with the submission's time at the latest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from autograder.carrying.carry import GradedNotebook
from autograder.course.models import Exercise
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.session import Conversation, Session
from autograder.suite.plugin import Suites
from autograder.suite.student import Student


@dataclass(frozen=True)
class Asked:
    """A process of the notebook that answers questions.

    Attributes:
        conversation: with the process.
        student: makes the proxy of the student's code that speaks through a conversation; another
            one than ``conversation`` may pass its requests on and record them.
    """

    conversation: Conversation
    student: Callable[[Conversation], Student]


@dataclass(frozen=True)
class Questions:
    """Questions to the code of one graded notebook.

    Args:
        suites: the course's suites.
        exercise: the exercise that was graded.
        notebook: the notebook with its outcomes.
    """

    suites: Suites
    exercise: Exercise
    notebook: GradedNotebook

    @contextmanager
    def as_graded(self, criterion: str) -> Iterator[Asked]:
        """A process as that in which a criterion was decided: fresh, or its state unchanged.

        Raises:
            StudentTimeout: the time for the whole submission is used up.
            StudentDied: the notebook's process cannot be kept alive.
        """
        with self._asked(self.notebook.decided_in(criterion), criterion) as asked:
            yield asked

    @contextmanager
    def reloaded(self, criterion: str) -> Iterator[Asked | None]:
        """A process that no hidden input has reached; None if the notebook cannot be loaded again.

        Raises:
            StudentTimeout, StudentDied: as in `as_graded`.
        """
        session = self.notebook.for_questions(criterion)
        if session is None:
            yield None
            return
        with self._asked(session, criterion) as asked:
            yield asked

    @contextmanager
    def _asked(self, session: Session, criterion: str) -> Iterator[Asked]:
        world = self.notebook.best[criterion].world
        with session.criterion(world, Attempt.EXTRA) as conversation:
            yield Asked(conversation, self.suites.student_in(self.exercise, session))
