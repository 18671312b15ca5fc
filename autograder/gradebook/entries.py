"""A result in a gradebook: an entry for each criterion and question, and one for all. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.corrections.apply import EVERY, Corrected, Correction
from autograder.course.models import Exercise
from autograder.verdict import points

WHOLE = "whole-exercise"
"""The cell for the exercise as a whole: what is added to the points of its criteria."""


@dataclass(frozen=True, slots=True)
class Word:
    """What an instructor has decided about one cell.

    Attributes:
        points: the points that count, or None for the grader's.
        comment: for the student.
    """

    points: float | None = None
    comment: str = ""


NO_WORD = Word()


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell of one student's notebook.

    Attributes:
        criterion: the id of a criterion or question, or `EVERY`.
        auto_score: the points without an instructor's word.
        word: what the instructor has decided in corrections.csv.
        excused: whether it does not count. A gradebook has the same maximum for everybody, so it
            has full points there, and nothing about it is taken over.
        open: whether its points are withheld until an instructor has looked.
    """

    criterion: str
    auto_score: float
    word: Word
    excused: bool = False
    open: bool = False

    @property
    def cell(self) -> str:
        """The name of its cell."""
        return cell_name(self.criterion)

    @property
    def score(self) -> float:
        """The points that count."""
        return self.auto_score if self.word.points is None else self.word.points


def cell_name(criterion: str) -> str:
    """The name of a criterion's cell: nbgrader allows letters, digits, ``_`` and ``-``."""
    return WHOLE if criterion == EVERY else criterion.replace(".", "-")


def maxima(exercise: Exercise) -> dict[str, float]:
    """The maximum of each cell by name. Bonus points are above the maximum."""
    most = {cell_name(c.id): 0.0 if c.bonus else c.points for c in exercise.criteria}
    return most | {cell_name(each.id): each.points for each in exercise.questions} | {WHOLE: 0.0}


def entries(one: Corrected, bonus: Iterable[str] = ()) -> tuple[Entry, ...]:
    """The entries of a result: its criteria and questions, then the exercise as a whole.

    Args:
        one: the result with its corrections.
        bonus: ids of the exercise's bonus criteria.
    """
    found = (*_criteria(one, frozenset(bonus)), *_questions(one))
    whole = one.whole
    added: float | None = None
    if whole is not None and whole.points is not None:
        added = points.score([whole.points]) - total(found)
    return (*found, Entry(EVERY, 0.0, Word(added, whole.comment if whole else "")))


def entries_of_decision(exercise: Exercise, one: Correction) -> tuple[Entry, ...]:
    """The entries of somebody who has points for an exercise of which nothing was graded."""
    ids = [each.id for each in exercise.criteria] + [each.id for each in exercise.questions]
    whole = Entry(EVERY, 0.0, Word(one.points, one.comment))
    return (*(Entry(id, 0.0, NO_WORD) for id in ids), whole)


def total(of: Iterable[Entry]) -> float:
    """The sum of entries' scores."""
    return points.score(entry.score for entry in of)


def _criteria(one: Corrected, bonus: frozenset[str]) -> Iterator[Entry]:
    for criterion in one.graded.criteria:
        correction = one.by_criterion.get(criterion.id)
        if correction is not None and correction.excused:
            full = 0.0 if criterion.id in bonus else criterion.max_points
            yield Entry(criterion.id, full, Word(None, correction.comment), excused=True)
        else:
            open_ = criterion.id in one.open
            yield Entry(criterion.id, criterion.points, _word(correction), open=open_)


def _questions(one: Corrected) -> Iterator[Entry]:
    for asked in one.asked:
        id, word = asked.question.id, asked.word
        if word is not None and word.excused:
            yield Entry(id, asked.question.points, Word(None, word.comment), excused=True)
        else:
            yield Entry(id, 0.0, _word(word), open=id in one.open)


def _word(correction: Correction | None) -> Word:
    return Word(correction.points, correction.comment) if correction else NO_WORD
