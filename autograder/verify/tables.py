"""Tables for guesses: what the teaching solution answers when the suite runs with another salt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from autograder.course.models import Course, Exercise
from autograder.in_process.notebook import OwnNotebook
from autograder.sandbox.host.limits import Attempt, Budget
from autograder.sandbox.host.session import Conversation
from autograder.suite.plugin import Suites
from autograder.verify.guesses import Guess, recorder

OTHERS = 3
"""How many other salts are tried before a table is said to earn a criterion: under one of them the
few numbers that were drawn may be the same by chance."""


def recorded(suites: Suites, exercise: Exercise, guess: Guess, other: int) -> Guess:
    """The guess with its table, as recorded under another salt; "" if nothing was called.

    Args:
        suites: collected suites.
        exercise: the guess's.
        guess: a table that is about one criterion.
        other: which salt, from 0.
    """
    course = suites.course
    notebook = _Recording(course, exercise, guess.parts)
    with suites.with_salt(f"{course.salt}, but another ({other})"):
        suites.run(exercise, notebook, guess.criteria)
    return replace(guess, table=notebook.table)


class _Recording(OwnNotebook):
    """The teaching solution, whose calls in the last criterion that ran are in ``table``."""

    def __init__(self, course: Course, exercise: Exercise, parts: tuple[str, ...]) -> None:
        super().__init__(course, recorder(exercise, parts), Budget(call_cpu_s=10.0))
        self.table = ""

    @contextmanager
    def criterion(
        self, world: str | None = None, attempt: Attempt = Attempt.ONLY
    ) -> Iterator[Conversation]:
        """As for any notebook."""
        with super().criterion(world, attempt) as conversation:
            yield conversation
            place = {"name": "guess_table", "steps": []}
            self.table = conversation.request("call", place, args=[]).value
