"""What the cells of corrections.csv mean in a course, or what is wrong with them. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from autograder.corrections.apply import EVERY, Correction, Corrections
from autograder.corrections.table import Row
from autograder.course.models import Course, Question
from autograder.ingest.hand_ins import HandIns
from autograder.sanitize import one_line, visible_name
from autograder.text import counted, perhaps
from autograder.verdict.result import Result

LONGEST_COMMENT = 2000
"""Characters of a comment that are kept."""

_YES = frozenset({"yes", "y", "true", "1", "x", "excused", "はい", "○", "◯", "〇", "✓"})
_NO = frozenset({"", "no", "n", "false", "0", "-", "いいえ", "×"})


@dataclass(frozen=True)
class Known:
    """What corrections can refer to.

    Attributes:
        students: all keys.
        names: the keys of each display name.
        criteria: the most points of each criterion and question, by exercise and id.
        bonus: ids of the bonus criteria, by exercise.
        questions: the questions that the instructor grades, by exercise.
        submitted: the exercises that each student has submitted.
    """

    students: frozenset[str]
    names: Mapping[str, Sequence[str]]
    criteria: Mapping[str, Mapping[str, float]]
    bonus: Mapping[str, frozenset[str]]
    submitted: frozenset[tuple[str, str]]
    questions: Mapping[str, tuple[Question, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, course: Course | None, hand_ins: HandIns, results: Iterable[Result]) -> Known:
        """What is known from the course (or the results, without one) and from the submissions."""
        results = list(results)
        students = {one.student for one in (*hand_ins.hand_ins, *hand_ins.gone)}
        students |= {one.student for one in hand_ins.ungraded}
        students |= {result.student for result in results}
        names: dict[str, list[str]] = defaultdict(list)
        for student in sorted(students):
            name = hand_ins.names.get(student, student)
            names[_same_form(visible_name(name))].append(student)
        criteria: dict[str, dict[str, float]] = {}
        bonus: dict[str, frozenset[str]] = {}
        questions: dict[str, tuple[Question, ...]] = {}
        if course is None:
            for result in results:
                of_one = criteria.setdefault(result.exercise, {})
                of_one |= {c.id: c.max_points for c in result.criteria}
        else:
            for exercise in course.exercises:
                asked = {one.id: one.points for one in exercise.questions}
                criteria[exercise.id] = {c.id: c.points for c in exercise.criteria} | asked
                if exercise.questions:
                    questions[exercise.id] = exercise.questions
                bonus[exercise.id] = frozenset(c.id for c in exercise.criteria if c.bonus)
        submitted = {one.key for one in hand_ins.hand_ins}
        submitted |= {(result.student, result.exercise) for result in results}
        return cls(frozenset(students), names, criteria, bonus, frozenset(submitted), questions)

    def student(self, text: str) -> str:
        """The key of a student.

        Raises:
            Refused: nobody or several students have this name.
        """
        if text in self.students or text == EVERY:
            return text
        found = self.names.get(_same_form(text), ())
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused(
                f"{counted(len(found), 'student is', 'students are')} called {_shown(text)}. "
                f"Write one of the folders: {', '.join(found)}"
            )
        raise Refused(
            f"no student {_shown(text)} has submitted anything. Write the name or the folder as in "
            f"grades.csv{self._alike(text)}"
        )

    def _alike(self, text: str) -> str:
        """Who may be meant: names that begin like this, else one that is nearly the same."""
        names = {
            _same_form(name).casefold(): name for name in sorted({*self.names, *self.students})
        }
        wanted = _same_form(text).casefold().strip()
        found = [key for key in names if wanted and key.startswith(wanted)][:3]
        found = found or get_close_matches(wanted, names, 1)
        return f" (perhaps {' or '.join(_shown(names[key]) for key in found)})" if found else ""

    def most(self, exercise: str, criterion: str) -> float:
        """The most points of a criterion, or of an exercise with its bonus.

        Raises:
            Refused: there is no such exercise or criterion.
        """
        if exercise not in self.criteria:
            raise Refused(
                f"there is no exercise {_shown(exercise)} (any more)"
                f"{perhaps(exercise, self.criteria)}; there are "
                f"{', '.join(sorted(self.criteria)) or 'none'}"
            )
        of_exercise = self.criteria[exercise]
        if criterion == EVERY:
            return math.fsum(of_exercise.values())
        if criterion not in of_exercise:
            raise Refused(
                f"{exercise} has no criterion {_shown(criterion)} (any more)"
                f"{perhaps(criterion, of_exercise)}. Write one of "
                f"{', '.join(of_exercise)}, or *"
            )
        return of_exercise[criterion]


class Refused(Exception):
    """A row is invalid; the text says why, and what to do."""


def resolve(rows: Iterable[Row], known: Known, file: str) -> Corrections:
    """The corrections in these rows.

    Args:
        rows: the rows of the file.
        known: what they can refer to.
        file: the file's name, for messages.
    """
    found: list[Correction] = []
    problems: list[tuple[int, str]] = []
    for row in rows:
        try:
            found.append(correction(row, known))
        except Refused as refused:
            problems.append((row.line, f"{file}:{row.line}: {refused}."))
    lines: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for one in found:
        lines[one.student, one.exercise, one.criterion].append(one.line)
    for same in lines.values():
        if len(same) > 1:
            where = " and ".join(map(str, same))
            problems.append(
                (same[0], f"{file}:{same[0]}: lines {where} correct the same. Keep one of them.")
            )
    entries = tuple(
        one for one in found if len(lines[one.student, one.exercise, one.criterion]) == 1
    )
    said = tuple(text for _, text in sorted(problems))
    return Corrections(entries, said, known.bonus, known.questions)


def correction(row: Row, known: Known) -> Correction:
    """The correction in one row.

    Raises:
        Refused: the row is invalid.
    """
    if not row["student"].strip():
        raise Refused("no student. Write a name, a folder, or * for everybody")
    student = known.student(row["student"].strip())
    exercise = row["exercise"].strip()
    criterion = row["criterion"].strip() or EVERY
    most = known.most(exercise, criterion)
    points = _points(row["points"])
    excused = _excused(row["excused"])
    comment = one_line(row["comment"], LONGEST_COMMENT)
    if points is not None and points > most:
        raise Refused(f"{points:g} points, but there are at most {most:g}. Write at most that")
    if points is not None and excused:
        raise Refused("both points and excused. Remove one of them")
    if points is None and not excused and not comment:
        raise Refused("neither points nor excused nor a comment. Give one")
    if student == EVERY and criterion == EVERY and points is not None:
        raise Refused("the same score for everybody. Name a student or a criterion")
    everything = criterion == EVERY and (points is not None or excused)
    if student != EVERY and not everything and (student, exercise) not in known.submitted:
        raise Refused(
            f"{_shown(student)} has not submitted {exercise}, so only * can have points or be "
            "excused"
        )
    return Correction(student, exercise, criterion, points, excused, comment, row.line)


def _points(cell: str) -> float | None:
    text = unicodedata.normalize("NFKC", cell).strip()
    if not text:
        return None
    if text.count(",") == 1 and "." not in text:  # a decimal comma
        text = text.replace(",", ".")
    try:
        points = float(text)
    except ValueError:
        points = math.nan
    if not math.isfinite(points) or points < 0 or "_" in text:
        raise Refused(f"points {_shown(cell)}: write a number from 0")
    return points


def _excused(cell: str) -> bool:
    text = unicodedata.normalize("NFKC", cell).strip().lower()
    if text in _NO:
        return False
    if text in _YES:
        return True
    raise Refused(f"excused {_shown(cell)}: write yes, or leave it empty")


def _same_form(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _shown(text: str) -> str:
    return repr(one_line(text, 60))
