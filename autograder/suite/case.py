"""One criterion of one loaded notebook, and in which state and how often it is tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.course.models import Criterion, Exercise
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.session import LoadedNotebook, Overwritten
from autograder.suite.naming import Names


@dataclass(frozen=True)
class Case:
    """A criterion to be decided.

    Attributes:
        exercise: the exercise.
        criterion: the criterion.
        session: the loaded notebook.
        names: what the notebook calls the course's names.
        world, attempt: as in `LoadedNotebook.criterion`.
        tries: how often the criterion has been tried in processes of this notebook. It may have
            kept what it was asked.
    """

    exercise: Exercise
    criterion: Criterion
    session: LoadedNotebook
    names: Names
    world: str | None = None
    attempt: Attempt = Attempt.ONLY
    tries: int = 0

    @property
    def owner(self) -> str:
        """What the notebook calls the function or class of the criterion's part."""
        return self.names.owner(self.exercise.part(self.criterion.part).owner)

    @property
    def overwritten(self) -> Sequence[Overwritten]:
        """What later cells overwrote of the names that the part uses."""
        return self.session.remarks.overwritten.get(self.owner, ())
