"""How well known mistakes are named: each one put into the solution, known and unknown.

Every mistake is run in process, as in the kill matrix, and diagnosed once with the whole catalogue
and once with a third of it held out, in rotation: then a mistake is unknown, and to name another
one would send a learner looking in the wrong place. Mistakes that behave alike on every input that
is asked are one group, of which any name is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from autograder.course.load import course_sha256, load_course, load_mistakes
from autograder.course.models import Course, Exercise, Mistake
from autograder.diagnosis import match
from autograder.diagnosis.diagnose import TELLING_ROUNDS, Diagnosis, Diagnostician
from autograder.errors import CourseError
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.status import WRONG
from autograder.suite.outcome import PASSED, Outcome
from autograder.suite.plugin import Suites, with_suites
from autograder.verify.processes import course_processes

HOLD_OUT = 3
"""One mistake in this many is held out at a time."""

NAMED = 0.95
"""Least share of known mistakes that are to be named."""

MISNAMED = 0.02
"""Largest share of mistakes held out that may get a wrong name."""


@dataclass(frozen=True)
class Figures:
    """How the mistakes of one exercise are named.

    Attributes:
        exercise: the exercise's id.
        mistakes: how many there are.
        groups: the groups of mistakes that behave alike.
        silent: ids of those that are not named, though known.
        wrong: of those with another name, though known.
        misnamed: ids of those that get a wrong name when held out, with that name.
    """

    exercise: str
    mistakes: int
    groups: tuple[tuple[str, ...], ...]
    silent: tuple[str, ...]
    wrong: tuple[str, ...]
    misnamed: tuple[tuple[str, str], ...]

    @property
    def named(self) -> int:
        """Known mistakes that are named, as themselves or as one of their group."""
        return self.mistakes - len(self.silent) - len(self.wrong)


def figures(
    course: Course, exercises: Sequence[Exercise], jobs: int, every: int = 1
) -> Iterator[Figures]:
    """The figures of some exercises, in their order, computed by ``jobs`` processes.

    Args:
        course: the course.
        exercises: the exercises.
        jobs: how many processes.
        every: 2 measures every second mistake of each exercise, and so on.

    Raises:
        CourseError: a mistake ends the process that runs it.
    """
    with course_processes(jobs, len(exercises)) as pool:
        futures = [(each, pool.submit(measure, course.root, each.id, every)) for each in exercises]
        for exercise, future in futures:
            try:
                yield future.result()
            except BrokenProcessPool:
                raise CourseError(
                    "a mistake in this file or another exercise's ended the process that ran it",
                    exercise.folder / "mistakes.py",
                    remedy="Run `autograder verify` to find out which",
                ) from None


def measure(root: Path, exercise: str, every: int = 1) -> Figures:
    """The figures of one exercise; see `figures`."""
    course = load_course(root)
    about = course.exercise(exercise)
    found: list[Figures] = []
    with_suites(
        course, [about], lambda suites: found.append(_Measured(course, about, suites)(every))
    )
    return found[0]


class _Measured:
    def __init__(self, course: Course, exercise: Exercise, suites: Suites) -> None:
        self.course = course
        self.exercise = exercise
        self.suites = suites
        self.held_out: frozenset[str] = frozenset()
        self.mistakes = load_mistakes(exercise)[0]
        self.diagnostician = Diagnostician(course, course_sha256(course), suites, self._known)

    def _known(self, _exercise: Exercise) -> list[Mistake]:
        return [mistake for mistake in self.mistakes if mistake.id not in self.held_out]

    def __call__(self, every: int) -> Figures:
        alike = self._alike()
        silent, wrong, misnamed = [], [], []
        # A mistake passes what it does not lose: `verify` checks that for each criterion.
        passed = {criterion.id: PASSED for criterion in self.exercise.criteria}
        measured = [*enumerate(self.mistakes)][::every]
        for number, mistake in measured:
            notebook = OwnNotebook(self.course, OwnCode(self.exercise.id, (mistake,)))
            outcomes = passed | self.suites.run(self.exercise, notebook, mistake.loses)
            own = alike[mistake.id]
            self.held_out = frozenset()
            named = self.diagnostician.diagnose(self.exercise, outcomes, notebook, {})
            if any(not own.issuperset(ids) for ids in named.values()):
                wrong.append(mistake.id)
            elif not self._all_of_part(mistake, outcomes, named):
                silent.append(mistake.id)
            self.held_out = frozenset(
                each.id for each in self.mistakes[number % HOLD_OUT :: HOLD_OUT]
            )
            named = self.diagnostician.diagnose(self.exercise, outcomes, notebook, {})
            others = [ids for ids in named.values() if not own.issuperset(ids)]
            if others:
                misnamed.append((mistake.id, "+".join(others[0])))
        groups = dict.fromkeys(tuple(sorted(ids)) for ids in alike.values() if len(ids) > 1)
        return Figures(
            self.exercise.id,
            len(measured),
            tuple(groups),
            tuple(silent),
            tuple(wrong),
            tuple(misnamed),
        )

    def _all_of_part(
        self, mistake: Mistake, outcomes: Mapping[str, Outcome], named: Mapping[str, Diagnosis]
    ) -> bool:
        """Whether every criterion of its own part that it loses has a diagnosis."""
        own = [c.id for c in self.exercise.part(mistake.part).criteria]
        return all(id in named for id in own if outcomes[id].status in WRONG)

    def _alike(self) -> dict[str, set[str]]:
        """For each mistake those of its part that behave like it, with itself."""
        alike = {mistake.id: {mistake.id} for mistake in self.mistakes}
        for index, one in enumerate(self.mistakes):
            for other in self.mistakes[:index]:
                if (one.part, one.loses) == (other.part, other.loses) and self._same(one, other):
                    alike[one.id] |= alike[other.id]
                    for id in alike[one.id]:
                        alike[id] |= alike[one.id]
        return alike

    def _same(self, one: Mistake, other: Mistake) -> bool:
        table = self.diagnostician.table(self.exercise)
        owner = self.exercise.part(one.part).owner
        criteria = [
            c.id for part in self.exercise.parts if part.owner == owner for c in part.criteria
        ]
        # Those that both lose come first: there they differ, if they do at all.
        criteria.sort(key=lambda id: id not in one.loses)
        return all(
            match.alike(table.of((one,), id, round), table.of((other,), id, round))
            for id in criteria
            for round in range(TELLING_ROUNDS)
        )
