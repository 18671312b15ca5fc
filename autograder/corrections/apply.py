"""Apply corrections to results, which themselves stay as the grader wrote them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from autograder.course.models import Question
from autograder.course.policy import Late
from autograder.status import ResultStatus, Status
from autograder.verdict import points
from autograder.verdict.result import CriterionResult, Result

EVERY = "*"
"""Every student, or an exercise as a whole."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What the instructor has decided.

    Attributes:
        student: the student's key, or `EVERY`.
        exercise: the exercise's id.
        criterion: the criterion's id, or `EVERY` for the exercise as a whole.
        points: the points that count; None for those of the grader.
        excused: whether it does not count, neither what is earned nor what could have been.
        comment: for the student.
        line: the line in corrections.csv; 0 for one that is not in it (yet).
    """

    student: str
    exercise: str
    criterion: str
    points: float | None = None
    excused: bool = False
    comment: str = ""
    line: int = 0

    @property
    def decides(self) -> bool:
        """Whether it is more than a comment."""
        return self.excused or self.points is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that the instructor grades, and the decision on a student's answer, if any."""

    question: Question
    word: Correction | None

    @property
    def points(self) -> float:
        """The points that count; 0 until they are decided."""
        return 0.0 if self.word is None or self.word.points is None else self.word.points

    @property
    def max_points(self) -> float:
        """The points that it adds to the maximum."""
        return 0.0 if self.word is not None and self.word.excused else self.question.points

    @property
    def open(self) -> bool:
        """Whether the points have yet to be decided."""
        return self.word is None or not self.word.decides


@dataclass(frozen=True, slots=True)
class Corrected:
    """One result with the instructor's word.

    Attributes:
        graded: the result without corrections.
        result: the result with the points that count. Its status is ``graded`` if everything that
            was open has been decided. An excused criterion has no points and no maximum.
        by_criterion: the corrections of single criteria, by id.
        whole: the correction of the exercise as a whole.
        open: ids of the criteria and questions whose points the instructor has yet to decide on.
        asked: the questions that the instructor grades.
        late: how late it was handed in, and what that costs; None if it is not late.
    """

    graded: Result
    result: Result
    by_criterion: Mapping[str, Correction]
    whole: Correction | None
    open: tuple[str, ...]
    asked: tuple[Asked, ...] = ()
    late: Late | None = None

    @property
    def final(self) -> float:
        """The score after what lateness costs."""
        return self.late.after(self.result.score) if self.late else self.result.score

    @property
    def needs_review(self) -> bool:
        """Whether points are withheld until the instructor has decided."""
        return bool(self.open)

    @property
    def excused(self) -> bool:
        """Whether the exercise does not count for this student."""
        return self.whole is not None and self.whole.excused

    @property
    def decided(self) -> bool:
        """Whether any points are the instructor's decision."""
        words = (*self.by_criterion.values(), self.whole)
        return any(word is not None and word.decides for word in words)


@dataclass(frozen=True)
class Corrections:
    """All valid corrections, and what is wrong with the others.

    Attributes:
        entries: the valid ones, in the order of the file.
        problems: a line about each of the others: file and line, what is wrong, what to do.
        bonus: ids of the bonus criteria by exercise. They add nothing to the maximum.
        questions: the questions that the instructor grades, by exercise.
        late: how late hand-ins are, by student and exercise.
        deadlines: whether the course has any.
    """

    entries: tuple[Correction, ...] = ()
    problems: tuple[str, ...] = ()
    bonus: Mapping[str, Collection[str]] = field(default_factory=dict)
    questions: Mapping[str, Collection[Question]] = field(default_factory=dict)
    late: Mapping[tuple[str, str], Late] = field(default_factory=dict)
    deadlines: bool = False

    def of(self, student: str, exercise: str) -> dict[str, Correction]:
        """Those of one student in one exercise, by criterion; their own before everybody's."""
        return {**self._by_key[EVERY, exercise], **self._by_key[student, exercise]}

    def apply(self, result: Result) -> Corrected:
        """A result with its corrections."""
        words = self.of(result.student, result.exercise)
        late = self.late.get((result.student, result.exercise))
        whole = words.pop(EVERY, None)
        questions = self.questions.get(result.exercise, ())
        asked = tuple(Asked(question, words.get(question.id)) for question in questions)
        words = {c.id: words[c.id] for c in result.criteria if c.id in words}
        if not words and whole is None and not asked:
            waiting = tuple(c.id for c in result.open_criteria)
            return Corrected(result, result, {}, None, waiting, late=late)
        criteria = tuple(_corrected(c, words.get(c.id)) for c in result.criteria)
        bonus = self.bonus.get(result.exercise, ())
        lost = points.score(
            c.max_points
            for c in result.criteria
            if c.id in words and words[c.id].excused and c.id not in bonus
        )
        score = points.score([*(c.points for c in criteria), *(one.points for one in asked)])
        most = points.score([result.max_score, *(one.max_points for one in asked)])
        # Where nothing could be read, there is no answer, either.
        unread = result.status is ResultStatus.UNREADABLE or (whole is not None and whole.decides)
        waiting = () if unread else tuple(one.question.id for one in asked if one.open)
        if whole is not None and whole.points is not None:
            score = whole.points
        broken = [c for c in result.criteria if c.status is Status.GRADER_ERROR]
        undecided = [
            c
            for c in broken
            if not (c.id in words and words[c.id].decides)
            and not (whole is not None and whole.decides)
        ]
        status = result.status
        if status is ResultStatus.GRADER_ERROR and not undecided:
            status = ResultStatus.GRADED
        return Corrected(
            result,
            replace(
                result,
                criteria=criteria,
                score=score,
                max_score=max(0.0, most - lost),
                status=status,
            ),
            words,
            whole,
            (*(c.id for c in undecided if c in result.open_criteria), *waiting),
            asked,
            None if whole is not None and whole.excused else late,
        )

    def without_result(self, known: Collection[tuple[str, str]]) -> list[Correction]:
        """Decisions about an exercise of which nothing was graded, such as an excused absence.

        Args:
            known: student and exercise of every result.
        """
        return [
            one
            for one in self.entries
            if one.criterion == EVERY
            and one.student != EVERY
            and one.decides
            and (one.student, one.exercise) not in known
        ]

    @cached_property
    def _by_key(self) -> defaultdict[tuple[str, str], dict[str, Correction]]:
        by_key: defaultdict[tuple[str, str], dict[str, Correction]] = defaultdict(dict)
        for one in self.entries:
            by_key[one.student, one.exercise][one.criterion] = one
        return by_key


NO_CORRECTIONS = Corrections()


def _corrected(criterion: CriterionResult, word: Correction | None) -> CriterionResult:
    if word is None:
        return criterion
    if word.excused:
        return replace(criterion, points=0.0, max_points=0.0)
    return criterion if word.points is None else replace(criterion, points=word.points)
