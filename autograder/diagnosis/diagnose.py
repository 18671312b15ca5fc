"""For each part that fails, find the known mistake, or the pair of them, that explains it.

A candidate must lose exactly the criteria that the student's code fails, which the course declares
and `verify` proves. The criteria's scripts are then asked of the student's code, in the sandbox,
and what comes back is compared with what the candidate gives. The scripts of the failed criteria
are asked once more with other numbers: for more evidence, and to tell candidates apart. A script
is not asked again if its criterion is passed and the candidate gives nothing but right results
there: the suite has just compared the same calls.

Methods of a class share state, so a method that fails because an earlier one is wrong must be
explained together with it.

Where nothing explains everything exactly, single mistakes are compared loosely (`match`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations, islice

from autograder.carrying.plan import dependencies
from autograder.course.load import load_mistakes
from autograder.course.mistake_loader import combine
from autograder.course.models import Course, Exercise, Mistake, Part, Variant
from autograder.diagnosis import match
from autograder.diagnosis.answers import StudentAnswers
from autograder.diagnosis.behaviour import Table
from autograder.diagnosis.random_steps import drawing_notebook, without_random_numbers
from autograder.diagnosis.script import Script, record
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.sandbox.host.session import LoadedNotebook
from autograder.status import RIGHT, WRONG
from autograder.suite.facts import NotCounted, TooMuchWork, WorkGrows
from autograder.suite.naming import names_in
from autograder.suite.outcome import Outcome
from autograder.suite.plugin import Suites
from autograder.text import Text

_COUNTED = WorkGrows | TooMuchWork | NotCounted
"""Why a criterion may fail although its values are right."""

MAX_PAIRS = 60
"""Pairs of mistakes that are tried for a part."""

ROUNDS = 2
"""How often the script of a failed criterion is asked, each time with other numbers."""

TELLING_ROUNDS = 4
"""Rounds with other numbers in which two candidates may differ."""

Diagnosis = tuple[str, ...]
"""Ids of mistakes: one, or two that act together."""


@dataclass(frozen=True)
class Candidate:
    """Mistakes that together may explain what failed.

    Attributes:
        mistakes: one or two.
        variants: what they make of the teaching solution, one for each part.
    """

    mistakes: tuple[Mistake, ...]
    variants: tuple[Variant, ...]

    @property
    def hints(self) -> tuple[Text, ...]:
        """What is said about them."""
        return tuple(mistake.hint for mistake in self.mistakes)

    def of(self, criterion: str) -> Diagnosis:
        """The ids of those that concern a criterion."""
        return tuple(mistake.id for mistake in self.mistakes if criterion in mistake.loses)


@dataclass(frozen=True)
class _Failure:
    """A part that fails, with the parts of the same class before it that fail as well.

    Attributes:
        exercise: the exercise.
        part: the part to explain.
        parts: ids of all of these parts.
        failed: the ids of all their criteria that are failed by what comes back.
        counted: the ids of those that are failed by counting what runs, with right values.
        answers: of the student's code.
    """

    exercise: Exercise
    part: Part
    parts: tuple[str, ...]
    failed: tuple[str, ...]
    counted: frozenset[str]
    answers: StudentAnswers

    @property
    def criteria(self) -> list[str]:
        """The ids of all criteria: those that failed first, since they tell the most."""
        every = [
            c.id for part in self.exercise.parts if part.id in self.parts for c in part.criteria
        ]
        return list(dict.fromkeys([*self.failed, *every]))

    def lost_to(self, mistake: Mistake) -> frozenset[str]:
        """The criteria of these parts that a mistake loses by what it returns."""
        return (mistake.loses & frozenset(self.criteria)) - self.counted


@dataclass
class Diagnostician:
    """Diagnoses notebooks of one course.

    Args:
        course: the course.
        course_sha256: its fingerprint.
        suites: its collected suites.
        known: gives the known mistakes of an exercise.
    """

    course: Course
    course_sha256: str
    suites: Suites
    known: Callable[[Exercise], Sequence[Mistake]] = field(
        default=lambda exercise: load_mistakes(exercise)[0]
    )
    _catalogues: dict[str, Sequence[Mistake]] = field(default_factory=dict)
    _combined: dict[tuple[str, str, str], Variant | None] = field(default_factory=dict)
    _scripts: dict[tuple[str, str, int], Script] = field(default_factory=dict)
    _tables: dict[str, Table] = field(default_factory=dict)
    _solutions: dict[str, tuple[OwnNotebook, OwnNotebook | None]] = field(default_factory=dict)

    def diagnose(
        self,
        exercise: Exercise,
        outcomes: Mapping[str, Outcome],
        session: LoadedNotebook,
        replaced: Mapping[str, LoadedNotebook],
    ) -> dict[str, Diagnosis]:
        """By criterion, the mistakes that explain why it failed; see `explanations`."""
        found = self.explanations(exercise, outcomes, session, replaced)
        return {id: candidate.of(id) for id, candidate in found.items()}

    def explanations(
        self,
        exercise: Exercise,
        outcomes: Mapping[str, Outcome],
        session: LoadedNotebook,
        replaced: Mapping[str, LoadedNotebook],
    ) -> dict[str, Candidate]:
        """By criterion, what explains why it failed; only those for which something does.

        Args:
            exercise: the exercise.
            outcomes: every criterion's outcome.
            session: the loaded notebook.
            replaced: the notebook loaded with what is wrong or missing replaced, for the functions
                and classes that were graded again in this way.
        """
        found: dict[str, Candidate] = {}
        with ExitStack() as stack:
            for failure in self._failures(exercise, outcomes, session, replaced, stack):
                candidate = self._explanation(failure)
                if candidate is not None:
                    own = [c.id for c in failure.part.criteria if c.id in failure.failed]
                    found |= {id: candidate for id in own if candidate.of(id)}
        for table in self._tables.values():
            table.keep()
        return found

    def _failures(
        self,
        exercise: Exercise,
        outcomes: Mapping[str, Outcome],
        session: LoadedNotebook,
        replaced: Mapping[str, LoadedNotebook],
        stack: ExitStack,
    ) -> Iterator[_Failure]:
        """The parts that fail and may be explained."""
        status = {name: outcome.status for name, outcome in outcomes.items()}
        failing = [p for p in exercise.parts if any(status[c.id] in WRONG for c in p.criteria)]
        answers: dict[int, StudentAnswers] = {}
        for part in failing:
            owner = part.owner
            needed = dependencies(self.course, exercise, owner).all
            if owner not in replaced and any(other.owner in needed for other in failing):
                continue  # the failure may be that of another function or class
            mine = [each for each in failing if each.owner == owner]
            mine = mine[: mine.index(part) + 1]
            every = {c.id: status[c.id] for each in mine for c in each.criteria}
            if any(each not in WRONG | RIGHT for each in every.values()):
                continue
            # Values say nothing about loops: any of several mistakes would fit.
            counted = {name for name in every if isinstance(outcomes[name].fact, _COUNTED)}
            wrong = tuple(
                name for name, each in every.items() if each in WRONG and name not in counted
            )
            if not wrong:
                continue
            loaded = replaced.get(owner, session)
            names = names_in(self.course, exercise, loaded.defined)
            if loaded.remarks.overwritten.get(names.owner(owner)):
                continue  # it was judged in two states of the notebook
            if id(loaded) not in answers:
                answers[id(loaded)] = StudentAnswers(
                    self.suites, partial(self.script, exercise), loaded, names, stack
                )
            yield _Failure(
                exercise,
                part,
                tuple(each.id for each in mine),
                wrong,
                frozenset(counted),
                answers[id(loaded)],
            )

    def script(self, exercise: Exercise, criterion: str, round: int) -> Script:
        """The calls of a criterion, in each round with other numbers."""
        key = exercise.id, criterion, round
        if key not in self._scripts:
            if exercise.id not in self._solutions:
                self._solutions[exercise.id] = (
                    OwnNotebook(self.course, OwnCode(exercise.id)),
                    drawing_notebook(self.course, exercise),
                )
            solution, drawing = self._solutions[exercise.id]
            salt = f" {round}" if round else ""
            script = record(self.suites, exercise, solution, criterion, salt)
            self._scripts[key] = without_random_numbers(script, drawing) if drawing else script
        return self._scripts[key]

    def table(self, exercise: Exercise) -> Table:
        """The behaviours of an exercise's mistakes."""
        if exercise.id not in self._tables:
            self._tables[exercise.id] = Table(
                self.course,
                self.course_sha256,
                exercise,
                partial(self.script, exercise),
            )
        return self._tables[exercise.id]

    def _catalogue(self, exercise: Exercise) -> Sequence[Mistake]:
        # Reading it takes longer than everything else that diagnosing a notebook does here.
        if exercise.id not in self._catalogues:
            self._catalogues[exercise.id] = self.known(exercise)
        return self._catalogues[exercise.id]

    def _pairs(self, mistakes: Sequence[Mistake], failure: _Failure) -> Iterator[Candidate]:
        def every() -> Iterator[Candidate]:
            for first, second in combinations(mistakes, 2):
                lost = failure.lost_to(first), failure.lost_to(second)
                if not all(lost) or lost[0] | lost[1] != set(failure.failed):
                    continue
                if first.part != second.part:
                    yield Candidate((first, second), (first, second))
                elif combined := self._both(failure.exercise, first, second):
                    yield Candidate((first, second), (combined,))

        return islice(every(), MAX_PAIRS)

    def _both(self, exercise: Exercise, first: Mistake, second: Mistake) -> Variant | None:
        key = exercise.id, first.id, second.id
        if key not in self._combined:
            self._combined[key] = combine(exercise, first, second)
        return self._combined[key]

    def _explanation(self, failure: _Failure) -> Candidate | None:
        """The one candidate that explains a failure; None if none or several do."""
        mistakes = [m for m in self._catalogue(failure.exercise) if m.part in failure.parts]
        singles = list(_singles(mistakes, failure))
        ways = (singles, False), (self._pairs(mistakes, failure), False), (singles, True)
        for candidates, loosely in ways:
            fitting = [each for each in candidates if self._explains(each, failure, loosely)]
            if fitting:
                return self._told_apart(fitting, failure, loosely)
        return None

    def _explains(self, candidate: Candidate, failure: _Failure, loosely: bool) -> bool:
        rounds = [(criterion, round) for round in range(1, ROUNDS) for criterion in failure.failed]
        return match.explains(
            (self._seen(candidate, failure, name, 0, loosely) for name in failure.criteria),
            (self._seen(candidate, failure, *one, loosely) for one in rounds),
            loosely=loosely,
        )

    def _seen(
        self, candidate: Candidate, failure: _Failure, criterion: str, round: int, loosely: bool
    ) -> match.Seen:
        mistaken = self.table(failure.exercise).of(candidate.variants, criterion, round)
        script = self.script(failure.exercise, criterion, round)
        right = [step.right for step in script]
        objects = [step.object for step in script]
        random = frozenset(index for index, step in enumerate(script) if step.random)
        if not round and not mistaken and criterion not in {*failure.failed, *failure.counted}:
            return match.Seen(right, right, mistaken)  # passed: the suite has seen the same
        together = failure.answers.together(criterion, round)
        seen = match.Seen(right, together, mistaken, objects, random)
        # To ask alone costs a process each time: code that fits loosely only is not worth it.
        if loosely or match.fits(seen):
            return seen
        return replace(seen, got=failure.answers.alone(criterion, round))

    def _told_apart(
        self, fitting: Sequence[Candidate], failure: _Failure, loosely: bool
    ) -> Candidate | None:
        """The only candidate left when the student's code is asked where they differ.

        Candidates that never differ are one: the first is as good as any. So are those with the
        same hint where they differ only in how they break down.
        """
        table = self.table(failure.exercise)
        left = list(fitting)
        first = left[0]
        for round in range(TELLING_ROUNDS):
            for criterion in failure.criteria if len(left) > 1 else ():
                mine = table.of(first.variants, criterion, round)
                others = [table.of(each.variants, criterion, round) for each in left[1:]]
                if all(match.alike(mine, other) for other in others):
                    continue
                seen = [self._seen(each, failure, criterion, round, loosely) for each in left]
                left = [
                    each
                    for each, one in zip(left, seen, strict=True)
                    if match.fits(one, loosely=loosely)
                ]
                if not left:
                    return None
                first = left[0]
        for other in left[1:]:
            if loosely and first.hints == other.hints:
                continue
            for criterion in failure.criteria:
                for round in range(TELLING_ROUNDS):
                    pair = [table.of(c.variants, criterion, round) for c in (first, other)]
                    if not match.alike(*pair):
                        return None
        return first


def _singles(mistakes: Sequence[Mistake], failure: _Failure) -> Iterator[Candidate]:
    for mistake in mistakes:
        if failure.lost_to(mistake) == set(failure.failed):
            yield Candidate((mistake,), (mistake,))
