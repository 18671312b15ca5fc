"""A class as one table: students by exercises, each cell with a state. Pure.

state        handed in?   cell in other systems                    in the total
───────────  ───────────  ───────────────────────────────────────  ─────────────────────────────
graded       yes          the score, bonus points included, after  the same
                          what lateness costs
unreadable   yes          0, as everywhere; named on the terminal  0
missing      no           empty                                    0
excused      either       empty, or the system's word for it       adds nothing to the maximum
needs you    yes          empty; named on the terminal             no total until it is decided
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from autograder.collect.roster import Person
from autograder.corrections.apply import Corrected, Correction, Corrections
from autograder.course.models import NO_POLICY, Course
from autograder.course.policy import Policy
from autograder.exports.class_list import NOT_COLLECTED, ClassList, Handed
from autograder.ingest.hand_ins import HandIns
from autograder.status import ResultStatus
from autograder.verdict.points import score
from autograder.verdict.result import Result


class State(StrEnum):
    """What is known about one student's exercise."""

    GRADED = "graded"
    UNREADABLE = "unreadable"
    MISSING = "not handed in"
    EXCUSED = "excused"
    OPEN = "needs you"
    """Points are withheld until the instructor has looked."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell.

    Attributes:
        state: its state.
        score: the points that count; None unless graded or unreadable.
        max_score: what it adds to the maximum of the student's total.
        corrected: the result with the instructor's corrections; None without a result.
        comment: the instructor's comment on the exercise.
        handed: what the platform says about the submission.
    """

    state: State
    score: float | None
    max_score: float
    corrected: Corrected | None = None
    comment: str = ""
    handed: Handed = NOT_COLLECTED

    @property
    def has_page(self) -> bool:
        """Whether there is a feedback page: of a result, or of what the instructor has decided."""
        return self.corrected is not None or self.state in (State.GRADED, State.EXCUSED)


@dataclass(frozen=True, slots=True)
class Row:
    """One student.

    Attributes:
        student: the folder in ``results/`` and ``feedback/``; "" if nothing was handed in.
        name: the display name.
        person: the student on the class list; None if not found there.
        marks: one for each exercise of the book.
        policy: what a total is.
    """

    student: str
    name: str
    person: Person | None
    marks: Mapping[str, Mark]
    policy: Policy = NO_POLICY

    @property
    def total(self) -> float | None:
        """What all exercises add up to; None while some points are withheld."""
        if any(mark.state is State.OPEN for mark in self.marks.values()):
            return None
        return self._total[0]

    @property
    def max_total(self) -> float:
        """The maximum of the total, without what is excused."""
        return self._total[1]

    @property
    def dropped(self) -> frozenset[str]:
        """The exercises that do not count, being the lowest; none while points are withheld."""
        return frozenset() if self.total is None else self.policy.dropped(self._scores)

    @property
    def _total(self) -> tuple[float, float]:
        return self.policy.total(self._scores)

    @property
    def _scores(self) -> dict[str, tuple[float, float]]:
        return {
            id: (mark.score or 0.0, mark.max_score)
            for id, mark in self.marks.items()
            if mark.state is not State.EXCUSED
        }


@dataclass(frozen=True)
class Book:
    """The class.

    Attributes:
        exercises: the maximum without bonus points, by exercise.
        rows: everybody, sorted by name.
        listed: whether there is a class list.
        policy: what a total is.
        deadlines: by exercise, where there is one.
    """

    exercises: Mapping[str, float]
    rows: tuple[Row, ...]
    listed: bool
    policy: Policy = NO_POLICY
    deadlines: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def max_total(self) -> float:
        """The maximum of the total of somebody who is excused from nothing."""
        return self.policy.total({id: (0.0, most) for id, most in self.exercises.items()})[1]

    def fixed_score(self, mark: Mark, exercise: str) -> float | None:
        """The score out of the same maximum for everybody, which other systems need.

        Excused criteria have full points there.
        """
        one = mark.corrected
        if mark.score is None or one is None or (one.whole and one.whole.points is not None):
            return mark.score
        pairs = zip(one.graded.criteria, one.result.criteria, strict=True)
        excused = [before.max_points - after.max_points for before, after in pairs]
        excused += [asked.question.points - asked.max_points for asked in one.asked]
        lower = self.exercises[exercise] - mark.max_score  # 0 if it is excused for everybody
        return mark.score + max(0.0, min(score(excused), lower))


def make_book(
    results: Iterable[Result],
    corrections: Corrections,
    hand_ins: HandIns,
    course: Course | None,
    people: ClassList,
    only: Collection[str] = (),
) -> Book:
    """Put a class into a table.

    Args:
        results: results with the course's current points.
        corrections: the instructor's corrections.
        hand_ins: what is known about the submissions; results whose files are gone do not count.
        course: for exercises' points; None if unknown.
        people: the class list.
        only: the exercises that are wanted; all if empty.
    """

    def wanted(exercise: str) -> bool:
        return not only or exercise in only

    graded = {
        (one.student, one.exercise): corrections.apply(one)
        for one in results
        if wanted(one.exercise) and not hand_ins.is_gone(one.student, one.exercise)
    }
    decided = {
        (one.student, one.exercise): one
        for one in corrections.without_result(graded.keys())
        if wanted(one.exercise)
    }
    most = _maxima(graded, decided, course, only)
    # What is dropped or weighed is a matter of all exercises together.
    policy = course.policy if course and not only else NO_POLICY
    deadlines = course.policy.deadlines if course else {}
    students = sorted({student for student, _ in (*graded, *decided)})
    students += sorted({one.student for one in hand_ins.ungraded} - {*students})
    rows: list[Row] = []
    found: set[Person] = set()
    for student in students:
        name = hand_ins.name(student)
        person = people.find(student, name)
        if person is not None:
            found.add(person)
        files = {id: one.file if (one := hand_ins.of(student, id)) else "" for id in most}
        marks = {
            exercise: _mark(
                graded.get((student, exercise)),
                decided.get((student, exercise)),
                full,
                people.submission(student, name, exercise, files[exercise]),
            )
            for exercise, full in most.items()
        }
        rows.append(Row(student, person.name if person else name, person, marks, policy))
    for person in people.roster.people:
        if person not in found:
            marks = {id: Mark(State.MISSING, None, full) for id, full in most.items()}
            rows.append(Row("", person.name, person, marks, policy))
    rows.sort(key=lambda row: (row.name, row.student))
    return Book(most, tuple(rows), bool(people.roster.people), policy, deadlines)


def _maxima(
    graded: Mapping[tuple[str, str], Corrected],
    decided: Mapping[tuple[str, str], Correction],
    course: Course | None,
    only: Collection[str],
) -> dict[str, float]:
    """The greatest maximum that somebody has, so that what is dropped for everybody is gone."""
    known = {one.id: one.max_score for one in course.exercises} if course else {}
    most: dict[str, float] = {}
    # Who is excused beforehand makes it no exercise of the others.
    given = [id for (_, id), one in decided.items() if not one.excused]
    for exercise in sorted({*only, *(id for _, id in graded), *given}):
        own = [
            one.result.max_score
            for (_, id), one in graded.items()
            if id == exercise and not one.excused
        ]
        most[exercise] = max(own) if own else known.get(exercise, 0.0)
    return most


def _mark(
    corrected: Corrected | None, decision: Correction | None, full: float, handed: Handed
) -> Mark:
    if corrected is None:
        if decision is None:
            return Mark(State.MISSING, None, full, handed=handed)
        if decision.excused:
            return Mark(State.EXCUSED, None, 0.0, None, decision.comment, handed)
        return Mark(State.GRADED, decision.points, full, None, decision.comment, handed)
    comment = corrected.whole.comment if corrected.whole else ""
    if corrected.excused:
        return Mark(State.EXCUSED, None, 0.0, corrected, comment, handed)
    most = corrected.result.max_score
    if corrected.needs_review:
        return Mark(State.OPEN, None, most, corrected, comment, handed)
    unreadable = corrected.result.status is ResultStatus.UNREADABLE and not corrected.decided
    state = State.UNREADABLE if unreadable else State.GRADED
    return Mark(state, corrected.final, most, corrected, comment, handed)
