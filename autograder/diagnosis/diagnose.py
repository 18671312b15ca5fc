"""For each part that fails, find the known mistake, or pair of mistakes, that explains it.

A candidate must lose exactly the criteria of the part that the student's code fails, which the
course declares and `verify` proves. The criteria's scripts are then asked of the student's code, in
the sandbox, and what comes back is compared with what the candidate gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from autograder.course.load import load_mistakes
from autograder.course.mistake_loader import combine
from autograder.course.models import Course, Exercise, Mistake, Part, Variant
from autograder.diagnosis import match
from autograder.diagnosis.behaviour import Table
from autograder.diagnosis.observation import LOST, Observation
from autograder.diagnosis.replay import replay
from autograder.diagnosis.script import Script, record
from autograder.sandbox.host.overload import HostOverload
from autograder.sandbox.host.session import LoadedNotebook, StudentFailure
from autograder.status import Status
from autograder.suite.naming import names_in
from autograder.suite.outcome import Outcome
from autograder.suite.plugin import Suites

WRONG = frozenset({Status.FAILED, Status.ERROR, Status.TIMEOUT})
RIGHT = frozenset({Status.PASSED, Status.CARRIED})

MAX_PAIRS = 60
"""Pairs of mistakes that are tried for a part."""

Diagnosis = tuple[str, ...]
"""Ids of mistakes: one, or the two that act together."""


@dataclass(frozen=True)
class Candidate:
    """Mistakes that together may explain a part's failures."""

    mistakes: tuple[Mistake, ...]
    variants: tuple[Variant, ...]

    @property
    def ids(self) -> Diagnosis:
        """What is said if it explains everything."""
        return tuple(mistake.id for mistake in self.mistakes)


@dataclass
class Diagnostician:
    """Diagnoses notebooks of one course.

    Args:
        course: the course.
        course_sha256: its fingerprint.
        suites: its collected suites.
        known: mistakes of an exercise; those that its mistakes.py declares.
    """

    course: Course
    course_sha256: str
    suites: Suites
    known: Callable[[Exercise], Sequence[Mistake]] = field(
        default=lambda exercise: load_mistakes(exercise)[0]
    )
    _scripts: dict[tuple[str, str], Script] = field(default_factory=dict)
    _tables: dict[str, Table] = field(default_factory=dict)
    _mistakes: dict[str, tuple[Mistake, ...]] = field(default_factory=dict)

    def diagnose(
        self,
        exercise: Exercise,
        outcomes: Mapping[str, Outcome],
        session_of: Callable[[str], LoadedNotebook],
    ) -> dict[str, Diagnosis]:
        """By criterion, the mistakes that explain why it failed; only those with a diagnosis.

        Args:
            exercise: the exercise.
            outcomes: every criterion's outcome.
            session_of: the loaded notebook in which a function or class was graded.
        """
        found: dict[str, Diagnosis] = {}
        table = self.table(exercise)
        for part in exercise.parts:
            statuses = {c.id: outcomes[c.id].status for c in part.criteria}
            failed = [id for id, status in statuses.items() if status in WRONG]
            if not failed or any(s not in WRONG | RIGHT for s in statuses.values()):
                continue
            session = session_of(part.owner)
            if session.remarks.overwritten.get(part.owner):
                continue  # it was judged in two states, and not all in the same
            answers = _Answers(self, exercise, session)
            found |= dict.fromkeys(failed, self._of_part(exercise, part, failed, answers))
        table.keep()
        return {id: ids for id, ids in found.items() if ids}

    def script(self, exercise: Exercise, criterion: str) -> Script:
        """The calls of a criterion."""
        key = exercise.id, criterion
        if key not in self._scripts:
            self._scripts[key] = record(self.course, self.suites, exercise, criterion)
        return self._scripts[key]

    def table(self, exercise: Exercise) -> Table:
        """The behaviours of an exercise's mistakes."""
        if exercise.id not in self._tables:
            self._tables[exercise.id] = Table(
                self.course, self.course_sha256, exercise, lambda id: self.script(exercise, id)
            )
        return self._tables[exercise.id]

    def mistakes(self, exercise: Exercise) -> tuple[Mistake, ...]:
        """The known mistakes of an exercise."""
        if exercise.id not in self._mistakes:
            self._mistakes[exercise.id] = tuple(self.known(exercise))
        return self._mistakes[exercise.id]

    def _of_part(
        self, exercise: Exercise, part: Part, failed: Sequence[str], answers: _Answers
    ) -> Diagnosis:
        mistakes = [m for m in self.mistakes(exercise) if _may_concern(m, part)]
        for candidates in (
            _singles(mistakes, part, failed),
            self._pairs(exercise, mistakes, part, failed),
        ):
            fitting = [c for c in candidates if self._explains(exercise, part, failed, c, answers)]
            if fitting:
                return self._one_of(exercise, part, fitting)
        return ()

    def _explains(
        self,
        exercise: Exercise,
        part: Part,
        failed: Sequence[str],
        candidate: Candidate,
        answers: _Answers,
    ) -> bool:
        table = self.table(exercise)

        def seen() -> Iterator[match.Seen]:
            for id in _asked(exercise, part, failed, candidate):
                mistaken = table.of(candidate.variants, id)
                right = [step.right for step in self.script(exercise, id)]
                yield match.Seen(right, answers.of(id), mistaken)

        return match.explains(seen())

    def _pairs(
        self, exercise: Exercise, mistakes: Sequence[Mistake], part: Part, failed: Sequence[str]
    ) -> Iterator[Candidate]:
        tried = 0
        for first, second in combinations(mistakes, 2):
            lost = [_lost(one, part) for one in (first, second)]
            if part.id not in (first.part, second.part) or not all(lost):
                continue
            if lost[0] | lost[1] != set(failed):
                continue
            variants: tuple[Variant, ...] = (first, second)
            if first.part == second.part:
                combined = combine(exercise, first, second)
                if combined is None:
                    continue
                variants = (combined,)
            tried += 1
            if tried > MAX_PAIRS:
                return
            yield Candidate((first, second), variants)

    def _one_of(self, exercise: Exercise, part: Part, fitting: Sequence[Candidate]) -> Diagnosis:
        """The diagnosis if several candidates fit: none if they behave differently elsewhere."""
        table = self.table(exercise)
        first = min(fitting, key=lambda c: all(m.part != part.id for m in c.mistakes))
        for other in fitting:
            for id in _asked(exercise, part, (), first, other):
                if not match.alike(table.of(first.variants, id), table.of(other.variants, id)):
                    return ()
        return first.ids


class _Answers:
    """What comes of scripts with a student's code; each is asked once."""

    def __init__(
        self, diagnostician: Diagnostician, exercise: Exercise, session: LoadedNotebook
    ) -> None:
        self._of = diagnostician
        self._exercise = exercise
        self._session = session
        self._names = names_in(diagnostician.course, exercise, session.defined)
        self._seen: dict[str, tuple[Observation, ...]] = {}

    def of(self, criterion: str) -> tuple[Observation, ...]:
        """What comes of one criterion's script."""
        if criterion not in self._seen:
            self._seen[criterion] = self._ask(self._of.script(self._exercise, criterion))
        return self._seen[criterion]

    def _ask(self, script: Script) -> tuple[Observation, ...]:
        try:
            with self._session.criterion() as conversation, self._of.suites.bounded():
                return replay(conversation, script, self._session.defined, self._names)
        except (StudentFailure, HostOverload, MemoryError):
            return tuple(LOST for _ in script)


def _may_concern(mistake: Mistake, part: Part) -> bool:
    """Whether a mistake may make a part fail: it is of that part, or of the same class."""
    if mistake.part == part.id:
        return True
    return mistake.part.partition(".")[0] == part.owner and bool(_lost(mistake, part))


def _lost(mistake: Mistake, part: Part) -> frozenset[str]:
    return mistake.loses & {criterion.id for criterion in part.criteria}


def _singles(mistakes: Iterable[Mistake], part: Part, failed: Sequence[str]) -> Iterator[Candidate]:
    for mistake in mistakes:
        if _lost(mistake, part) == set(failed):
            yield Candidate((mistake,), (mistake,))


def _asked(
    exercise: Exercise, part: Part, failed: Sequence[str], *candidates: Candidate
) -> list[str]:
    """The criteria whose scripts are compared: those that failed first, as they tell the most."""
    parts = {part.id, *(m.part for c in candidates for m in c.mistakes)}
    every = [c.id for each in exercise.parts if each.id in parts for c in each.criteria]
    return list(dict.fromkeys([*failed, *every]))
