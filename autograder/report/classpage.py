"""The class page, index.html: who has what, what was hard, and what needs the instructor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.models import Course, Exercise
from autograder.files import write_atomically
from autograder.ingest.hand_ins import HandIn, HandIns
from autograder.messages import hand_ins as words
from autograder.messages.pages import say
from autograder.report.hints import mistake_hints
from autograder.report.page import render
from autograder.report.statistics import BINS, ExerciseCount, count_exercise
from autograder.sanitize import link
from autograder.status import ResultStatus, Status
from autograder.verdict.result import Result

MARKS = {
    "full_marks": Status.PASSED,
    "nothing_yet": Status.MISSING,
    ResultStatus.UNREADABLE: Status.ERROR,
    ResultStatus.GRADER_ERROR: Status.GRADER_ERROR,
}
"""The icon of a place's status."""

NOTHING_KNOWN = HandIns()

OTHERWISE = tuple(status for status in Status if status is not Status.PASSED)


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of the table: what a student has in one exercise."""

    href: str
    score: float
    full_score: float
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One student; None where nothing was handed in.

    ``ungraded``: something was handed in, and nothing of it could be graded.
    """

    student: str
    places: list[Place | None]
    total: float
    ungraded: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the instructor has to look at; ``href`` is "" where there is no page of it."""

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
    hand_ins: HandIns = NOTHING_KNOWN,
) -> Path:
    """Write ``out``/index.html.

    Args:
        out: the folder that holds ``results/`` and ``feedback/``.
        results: valid results, in any order.
        course: for titles; without it the page shows ids.
        lang: ``"en"`` or ``"ja"``.
        damaged: lines about files in ``results/`` that are none.
        hand_ins: what is known about the hand-ins beside their results.

    Returns:
        Where the page was written.
    """
    return write_atomically(
        out / "index.html", class_page(results, course, lang, damaged, hand_ins), below=out
    )


def class_page(
    results: Sequence[Result],
    course: Course | None,
    lang: str,
    damaged: Sequence[str] = (),
    hand_ins: HandIns = NOTHING_KNOWN,
) -> str:
    """The page as text."""
    results = [one for one in results if not hand_ins.is_gone(one.student, one.exercise)]
    by_exercise: dict[str, list[Result]] = {}
    for result in sorted(results, key=lambda r: (r.exercise, r.student)):
        by_exercise.setdefault(result.exercise, []).append(result)
    counts = [count_exercise(id, of_one) for id, of_one in by_exercise.items()]
    known = {exercise.id: exercise for exercise in course.exercises} if course else {}
    places = {(result.student, result.exercise): _place(result, lang) for result in results}
    graded = {result.student for result in results}
    students = graded | {left.student for left in hand_ins.ungraded}
    rows = [
        _row(hand_ins.name(student), [places.get((student, id)) for id in by_exercise])
        for student in sorted(students, key=lambda student: (hand_ins.name(student), student))
    ]
    return render(
        "class.html",
        lang=lang,
        title=course.title if course else None,
        rows=rows,
        exercises=[_exercise(count, known.get(count.id), lang) for count in counts],
        total=sum(count.max_score for count in counts),
        submissions=len(results),
        broken=_trouble(rows, by_exercise, ResultStatus.GRADER_ERROR),
        unreadable=_trouble(rows, by_exercise, ResultStatus.UNREADABLE),
        damaged=damaged,
        ungraded=_ungraded(hand_ins, lang),
        remarked=[
            _about(one, hand_ins, remark[lang])
            for one in hand_ins.hand_ins
            for remark in words.remarks(one)
        ],
        gone=[_about(one, hand_ins, words.gone(one)[lang]) for one in hand_ins.gone],
        marks=MARKS,
        # Weakest first: that is the one to read.
        levels=[str(level) for level in sorted({result.isolation for result in results})],
    )


def _place(result: Result, lang: str) -> Place:
    criteria = result.criteria
    troubled = [c for c in criteria if c.status == Status.GRADER_ERROR]
    status: str = result.status
    if status == ResultStatus.GRADED and result.score >= result.full_score:
        status = "full_marks"
    elif status == ResultStatus.GRADED and not result.score:
        status = "nothing_yet"
    messages = (c.message[lang] for c in troubled or criteria)
    return Place(
        href=link("feedback", result.student, f"{result.exercise}.html"),
        score=result.score,
        full_score=result.full_score,
        status=status,
        reason=next((message for message in messages if message), ""),
    )


def _row(student: str, places: list[Place | None]) -> Row:
    return Row(student, places, sum(place.score for place in places if place), not any(places))


def _ungraded(hand_ins: HandIns, lang: str) -> list[Trouble]:
    return [
        Trouble(hand_ins.name(left.student), "", "", words.not_graded(left)[lang])
        for left in hand_ins.ungraded
    ]


def _about(one: HandIn, hand_ins: HandIns, text: str) -> Trouble:
    gone = hand_ins.is_gone(one.student, one.exercise)
    href = "" if gone else link("feedback", one.student, f"{one.exercise}.html")
    return Trouble(hand_ins.name(one.student), one.exercise, href, text)


def _trouble(rows: Sequence[Row], exercises: Mapping[str, Any], status: str) -> list[Trouble]:
    return [
        Trouble(row.student, exercise, place.href, place.reason)
        for row in rows
        for exercise, place in zip(exercises, row.places, strict=True)
        if place and place.status == status
    ]


def _exercise(count: ExerciseCount, exercise: Exercise | None, lang: str) -> dict[str, Any]:
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
                "otherwise": [(s, c.by_status[s]) for s in OTHERWISE if c.by_status.get(s)],
            }
            for c in count.criteria
        ],
        "mistakes": [
            {"id": id, "n": n, "hints": mistake_hints(exercise, [id])} for id, n in count.mistakes
        ],
        "histogram": say(lang, "histogram", counts=", ".join(map(str, count.histogram))),
    }
