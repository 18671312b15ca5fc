"""The rows of the class page's table: who has what. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from autograder.corrections.apply import Corrected, Correction
from autograder.course.models import NO_POLICY, Exercise
from autograder.course.policy import Policy
from autograder.messages.hand_ins import unreadable
from autograder.report.full_marks import has_full_marks
from autograder.report.late import sum_of
from autograder.sanitize import link
from autograder.status import ResultStatus, Status

FULL = "full_marks"
"""The state of an entry that has all points, with nothing left to fix."""

FILTERS = ("missing", "unreadable", "needs_you", "corrected", FULL)
"""What the table can be filtered by: words of `Row.states`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the table: a student's score in one exercise.

    ``href`` is "" if it has no page. ``max_score`` is what it adds to the maximum of the student's
    total, and ``note`` a key of the page's phrases: the instructor's part in it. ``open`` are the
    criteria whose points wait for the instructor. ``late`` says what lateness costs, if anything,
    and ``final`` is the score that is left.
    """

    href: str
    score: float
    full_score: float
    status: str
    reason: str
    max_score: float
    note: str = ""
    open: tuple[str, ...] = ()
    late: str = ""
    final: float = 0.0

    @property
    def tenths(self) -> int:
        """The share of the points, from 0 to 10; 10 and 0 only if it is all and none."""
        share = self.score / self.full_score if self.full_score else 1.0
        if share <= 0:
            return 0
        return 10 if share >= 1 else min(max(round(10 * share), 1), 9)


@dataclass(frozen=True, slots=True)
class Row:
    """One student, with an entry for each exercise: None if nothing was submitted.

    ``ungraded``: there was a submission, but none of it could be graded. ``href`` leads to the
    student's page; "" if there is none. ``dropped``: numbers of the entries, from 0, that do not
    count in the total, being the lowest.
    """

    student: str
    entries: list[Entry | None]
    total: float
    ungraded: bool = False
    full_total: float = 0.0
    href: str = ""
    dropped: frozenset[int] = frozenset()

    @property
    def states(self) -> str:
        """What the table can be filtered by, in words separated by spaces."""
        found = {
            "missing" if entry is None else FULL if entry.status == FULL else entry.note
            for entry in self.entries
        }
        if self.ungraded:
            found = {"unreadable"}
        for entry in filter(None, self.entries):
            if entry.status == ResultStatus.UNREADABLE:
                found.add("unreadable")
            if entry.status == ResultStatus.GRADER_ERROR or entry.open:
                found.add("needs_you")
            if entry.note:
                found.add("corrected")
        return " ".join(state for state in FILTERS if state in found)


def entry_of(one: Corrected, lang: str, exercise: Exercise | None = None) -> Entry:
    """The entry of a result with its corrections."""
    result = one.result
    criteria = result.criteria
    grader_errors = [c for c in criteria if c.status == Status.GRADER_ERROR]
    status: str = result.status
    if has_full_marks(one, exercise):
        status = FULL
    messages = [c.message for c in grader_errors or criteria if c.message]
    reason = messages[0] if messages else None
    if reason and result.status == ResultStatus.UNREADABLE:
        reason = unreadable(reason)
    return Entry(
        href=link("feedback", result.student, f"{result.exercise}.html"),
        score=result.score,
        full_score=result.full_score,
        status=status,
        reason=reason[lang] if reason else "",
        max_score=0.0 if one.excused else result.max_score,
        note="excused" if one.excused else "corrected" if one.decided else "",
        open=one.open,
        late=sum_of(one)[lang],
        final=one.final,
    )


def entry_by_instructor(decision: Correction, most: float) -> Entry:
    """The entry of a student without a graded submission."""
    score = decision.points or 0.0
    note = "excused" if decision.excused else "corrected"
    return Entry(
        link("feedback", decision.student, f"{decision.exercise}.html"),
        score,
        most,
        ResultStatus.GRADED,
        "",
        0.0 if decision.excused else most,
        note,
        final=score,
    )


def rows_of(
    entries: Mapping[tuple[str, str], Entry],
    students: Iterable[tuple[str, str]],
    with_page: Collection[str],
    most: Mapping[str, float],
    policy: Policy = NO_POLICY,
    absent: Collection[str] = (),
) -> list[Row]:
    """A row for each student, sorted by name.

    Args:
        entries: by student and exercise.
        students: key and display name of everybody.
        with_page: keys of those who have a page of their own.
        most: the maximum of each exercise, in the order of the columns.
        policy: what a total is.
        absent: keys of those who have handed in nothing at all.
    """
    return [
        _row(
            name,
            [entries.get((key, id)) for id in most],
            most,
            policy,
            link("feedback", key, "index.html") if key in with_page else "",
            key in absent,
        )
        for name, key in sorted((name, key) for key, name in students)
    ]


def _row(
    student: str,
    entries: list[Entry | None],
    most: Mapping[str, float],
    policy: Policy,
    href: str,
    absent: bool,
) -> Row:
    scores = {
        id: (entry.final, entry.max_score) if entry else (0.0, full)
        for (id, full), entry in zip(most.items(), entries, strict=True)
        if entry is None or entry.note != "excused"
    }
    total, full_total = policy.total(scores)
    ungraded = not absent and not any(entries)
    lowest = policy.dropped(scores)
    dropped = frozenset(place for place, id in enumerate(most) if id in lowest)
    return Row(student, entries, total, ungraded, full_total, href, dropped)
