"""The class page, index.html: scores, hard criteria, and what needs the instructor's attention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.corrections.apply import EVERY, NO_CORRECTIONS, Corrected, Correction, Corrections
from autograder.course.hints import mistake_hints
from autograder.course.models import Course, Exercise
from autograder.files import write_atomically
from autograder.ingest.hand_ins import HandIn, HandIns
from autograder.messages import hand_ins as hand_in_messages
from autograder.messages.pages import say
from autograder.report import instructor
from autograder.report.page import render
from autograder.report.statistics import BINS, ExerciseCount, count_exercise
from autograder.sanitize import link
from autograder.status import ResultStatus, Status
from autograder.verdict.result import Result

ICONS = {
    "full_marks": Status.PASSED,
    "nothing_yet": Status.MISSING,
    ResultStatus.UNREADABLE: Status.ERROR,
    ResultStatus.GRADER_ERROR: Status.GRADER_ERROR,
}
"""The icon for the status of an entry."""

NO_HAND_INS = HandIns()

NOT_PASSED = tuple(status for status in Status if status is not Status.PASSED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the table: a student's score in one exercise.

    ``href`` is "" if it has no page. ``max_score`` is what it adds to the maximum of the student's
    total, and ``note`` a key of the page's phrases: the instructor's part in it.
    """

    href: str
    score: float
    full_score: float
    status: str
    reason: str
    max_score: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One student, with an entry for each exercise: None if nothing was submitted.

    ``ungraded``: there was a submission, but none of it could be graded.
    """

    student: str
    entries: list[Entry | None]
    total: float
    ungraded: bool = False
    full_total: float = 0.0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something for the instructor to look at; ``href`` is "" if it has no page."""

    student: str
    exercise: str
    href: str
    reason: str


def write_class(
    out: Path,
    results: Sequence[Result],
    course: Course | None,
    lang: str,
    damaged: Sequence[str] = (),
    hand_ins: HandIns = NO_HAND_INS,
    corrections: Corrections = NO_CORRECTIONS,
    warnings: Sequence[str] = (),
) -> Path:
    """Write ``out``/index.html.

    Args:
        out: the folder that holds ``results/`` and ``feedback/``.
        results: valid results, in any order.
        course: for titles; without it the page shows ids.
        lang: ``"en"`` or ``"ja"``.
        damaged: lines about files in ``results/`` that are not valid results.
        hand_ins: what is known about the submissions apart from their results.
        corrections: what the instructor has corrected.
        warnings: what else the instructor should know, one line each.

    Returns:
        The path of the page.
    """
    page = class_page(results, course, lang, damaged, hand_ins, corrections, warnings)
    return write_atomically(out / "index.html", page, below=out)


def class_page(
    results: Sequence[Result],
    course: Course | None,
    lang: str,
    damaged: Sequence[str] = (),
    hand_ins: HandIns = NO_HAND_INS,
    corrections: Corrections = NO_CORRECTIONS,
    warnings: Sequence[str] = (),
) -> str:
    """The page as text."""
    results = [one for one in results if not hand_ins.is_gone(one.student, one.exercise)]
    by_exercise: dict[str, list[Corrected]] = {}
    for result in sorted(results, key=lambda r: (r.exercise, r.student)):
        by_exercise.setdefault(result.exercise, []).append(corrections.apply(result))
    counts = [count_exercise(id, _counted(of_one)) for id, of_one in by_exercise.items()]
    most = {count.id: count.max_score for count in counts}
    known = {exercise.id: exercise for exercise in course.exercises} if course else {}
    entries = {
        (one.result.student, id): _entry(one, lang)
        for id, of_one in by_exercise.items()
        for one in of_one
    }
    graded = {result.student for result in results}
    for decision in corrections.without_result(entries.keys()):
        if decision.exercise in by_exercise:
            entries[decision.student, decision.exercise] = _decided(
                decision, most[decision.exercise]
            )
    students = graded | {left.student for left in hand_ins.ungraded}
    students |= {student for student, _ in entries}
    rows = [
        _row(
            hand_ins.name(student),
            [entries.get((student, id)) for id in by_exercise],
            [most[id] for id in by_exercise],
        )
        for student in sorted(students, key=lambda student: (hand_ins.name(student), student))
    ]
    return render(
        "class.html",
        lang=lang,
        title=course.title if course else None,
        rows=rows,
        exercises=[_exercise(count, known.get(count.id), hand_ins, lang) for count in counts],
        corrections=[_correction(one, hand_ins, lang) for one in corrections.entries],
        not_applied=corrections.problems,
        warnings=[*hand_ins.warnings, *warnings],
        submissions=len(results),
        broken=_notices(rows, by_exercise, ResultStatus.GRADER_ERROR),
        unreadable=_notices(rows, by_exercise, ResultStatus.UNREADABLE),
        damaged=damaged,
        ungraded=_ungraded(hand_ins, lang),
        remarked=[
            _about(one, hand_ins, remark[lang])
            for one in hand_ins.hand_ins
            for remark in hand_in_messages.remarks(one)
        ],
        gone=[_about(one, hand_ins, hand_in_messages.gone(one)[lang]) for one in hand_ins.gone],
        icons=ICONS,
        # Weakest first, since that is the one to worry about.
        levels=[str(level) for level in sorted({result.isolation for result in results})],
    )


def _counted(of_one: Sequence[Corrected]) -> list[Result]:
    """The results that say something about the class: all that count for somebody."""
    return [one.result for one in of_one if not one.excused] or [one.result for one in of_one]


def _entry(one: Corrected, lang: str) -> Entry:
    result = one.result
    criteria = result.criteria
    grader_errors = [c for c in criteria if c.status == Status.GRADER_ERROR]
    status: str = result.status
    if status == ResultStatus.GRADED and result.score >= result.full_score:
        status = "full_marks"
    elif status == ResultStatus.GRADED and not result.score:
        status = "nothing_yet"
    messages = (c.message[lang] for c in grader_errors or criteria)
    return Entry(
        href=link("feedback", result.student, f"{result.exercise}.html"),
        score=result.score,
        full_score=result.full_score,
        status=status,
        reason=next((message for message in messages if message), ""),
        max_score=0.0 if one.excused else result.max_score,
        note="excused" if one.excused else "corrected" if one.decided else "",
    )


def _decided(decision: Correction, most: float) -> Entry:
    """The entry of a student of whom nothing was graded."""
    score = decision.points or 0.0
    note = "excused" if decision.excused else "corrected"
    return Entry("", score, most, ResultStatus.GRADED, "", 0.0 if decision.excused else most, note)


def _row(student: str, entries: list[Entry | None], most: Sequence[float]) -> Row:
    return Row(
        student,
        entries,
        sum(entry.score for entry in entries if entry and entry.note != "excused"),
        not any(entries),
        sum(e.max_score if e else full for e, full in zip(entries, most, strict=True)),
    )


def _correction(one: Correction, hand_ins: HandIns, lang: str) -> Notice:
    everybody = one.student == EVERY
    name = say(lang, "everybody") if everybody else hand_ins.name(one.student)
    what = one.exercise if one.criterion == EVERY else f"{one.exercise} · {one.criterion}"
    said = instructor.decision(one)
    return Notice(name, what, "", said[lang])


def _ungraded(hand_ins: HandIns, lang: str) -> list[Notice]:
    return [
        Notice(hand_ins.name(left.student), "", "", hand_in_messages.not_graded(left)[lang])
        for left in hand_ins.ungraded
    ]


def _about(one: HandIn, hand_ins: HandIns, text: str) -> Notice:
    gone = hand_ins.is_gone(one.student, one.exercise)
    href = "" if gone else link("feedback", one.student, f"{one.exercise}.html")
    return Notice(hand_ins.name(one.student), one.exercise, href, text)


def _notices(rows: Sequence[Row], exercises: Mapping[str, Any], status: str) -> list[Notice]:
    return [
        Notice(row.student, exercise, entry.href, entry.reason)
        for row in rows
        for exercise, entry in zip(exercises, row.entries, strict=True)
        if entry and entry.status == status
    ]


def _exercise(
    count: ExerciseCount, exercise: Exercise | None, hand_ins: HandIns, lang: str
) -> dict[str, Any]:
    titles = {c.id: c.title[lang] for c in exercise.criteria} if exercise else {}
    parts = {p.id: p.title[lang] for p in exercise.parts} if exercise else {}
    highest = max(count.histogram)
    return {
        "count": count,
        "title": exercise.title[lang] if exercise else count.id,
        "bars": [
            {"x": i * 10 + 1, "height": round(30 * n / highest, 2) if highest else 0, "n": n}
            for i, n in enumerate(count.histogram)
        ],
        "width": BINS * 10,
        "criteria": [
            {
                "id": c.id,
                "title": titles.get(c.id, c.id),
                "part": parts.get(c.id.rpartition(".")[0], ""),
                "tried": c.tried,
                "passed": c.by_status.get(Status.PASSED, 0),
                "percent": round(100 * c.share),
                "not_passed": [(s, c.by_status[s]) for s in NOT_PASSED if c.by_status.get(s)],
            }
            for c in count.criteria
        ],
        "mistakes": [
            {
                "id": id,
                "n": len(students),
                "hints": mistake_hints(exercise, [id]),
                "students": [
                    (hand_ins.name(student), link("feedback", student, f"{count.id}.html"))
                    for student in students
                ],
            }
            for id, students in count.mistakes
        ],
        "histogram": say(lang, "histogram", counts=", ".join(map(str, count.histogram))),
    }
