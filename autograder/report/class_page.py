"""The class page, index.html: who has what, what was hard, what needs the instructor.

It works without its script, which only adds searching, filtering and sorting to the table
(`templates/class.js`). The page allows that script by its hash and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.corrections.apply import Corrected
from autograder.course.hints import mistake_hints
from autograder.course.models import NO_POLICY, Course, Exercise
from autograder.files import write_atomically
from autograder.ingest.hand_ins import HandIns
from autograder.messages.catalogue import BETWEEN_ITEMS
from autograder.messages.pages import say
from autograder.report import class_notices as notices
from autograder.report.class_rows import (
    FILTERS,
    FULL,
    Entry,
    Row,
    entry_by_instructor,
    entry_of,
    rows_of,
)
from autograder.report.full_marks import has_full_marks
from autograder.report.groups import A_CELL, Among, Outcome, alike, carried, timed_out
from autograder.report.late import unknown_extensions, without_times
from autograder.report.page import render
from autograder.report.shown import Shown
from autograder.report.statistics import (
    BINS,
    ExerciseCount,
    count_exercise,
    count_nobody,
    histogram,
    percent,
)
from autograder.sanitize import link
from autograder.status import ResultStatus, Status
from autograder.verdict.result import Result

ICONS = {
    ResultStatus.UNREADABLE: Status.ERROR,
    ResultStatus.GRADER_ERROR: Status.GRADER_ERROR,
}
"""The icon for the status of an entry."""

NO_HAND_INS = HandIns()

NOT_PASSED = tuple(status for status in Status if status is not Status.PASSED)

FEW = 10
"""Entries of a list that are shown at once; a longer one is folded."""

PRINTED_ROWS = 100
"""Rows of the table that are printed; of a larger class, only what the table is filtered to."""

GROUPS = 25
"""Groups of submissions that behave alike that are shown; in a large class there are hundreds."""

LOW = 0.2
"""The discrimination below which a criterion is worth a look."""

EASY = 0.95
"""The share of passes from which a low discrimination says nothing."""


def write_class_page(
    out: Path,
    shown: Shown,
    course: Course | None,
    lang: str,
    hand_ins: HandIns = NO_HAND_INS,
    so_far: tuple[int, int] | None = None,
) -> Path:
    """Write ``out``/index.html.

    Args:
        out: the folder that holds ``results/`` and ``feedback/``.
        shown: what the page shows; its results may be in any order.
        course: for titles; without it the page shows ids.
        lang: ``"en"`` or ``"ja"``.
        hand_ins: what is known about the submissions apart from their results.
        so_far: of an unfinished run, how many submissions of how many are done.

    Returns:
        The path of the page.
    """
    page = class_page(shown, course, lang, hand_ins, so_far)
    return write_atomically(out / "index.html", page, below=out)


def class_page(
    shown: Shown,
    course: Course | None,
    lang: str,
    hand_ins: HandIns = NO_HAND_INS,
    so_far: tuple[int, int] | None = None,
) -> str:
    """The page as text."""
    model = _ClassModel.of(shown, course, lang, hand_ins)
    rows, exercises = model.rows, [*model.most]
    known = course.by_id if course else {}
    policy = course.policy if course else NO_POLICY
    # While a run is going on, whoever has no result may still get one.
    missing = [] if so_far else notices.not_handed_in(rows, exercises)
    unreadable = notices.with_status(rows, exercises, ResultStatus.UNREADABLE)
    ungraded = notices.ungraded(hand_ins, lang)
    return render(
        "class.html",
        lang=lang,
        between=BETWEEN_ITEMS[lang],
        title=course.title if course else None,
        newest=shown.newest.strftime("%Y-%m-%d %H:%M") if shown.newest else "",
        so_far=so_far,
        rows=rows,
        filters=[state for state in FILTERS if any(state in row.states.split() for row in rows)],
        total=_chart(
            histogram((row.total, row.full_total) for row in rows if any(row.entries)), lang
        ),
        exercises=[
            _exercise(
                count,
                [one.result for one in model.counted[count.id]],
                known.get(count.id),
                hand_ins,
                lang,
            )
            for count in model.counts
        ],
        corrections=notices.corrected(shown.corrections.entries, hand_ins, lang),
        not_applied=shown.corrections.problems,
        to_grade=_to_grade(model.by_exercise, lang),
        warnings=[
            one[lang]
            for one in (
                *hand_ins.warnings,
                *shown.said,
                *without_times(policy, hand_ins),
                *unknown_extensions(policy, hand_ins),
            )
        ],
        submissions=len(model.results),
        broken=notices.with_status(rows, exercises, ResultStatus.GRADER_ERROR),
        unreadable=unreadable,
        damaged=shown.damaged,
        ungraded=ungraded,
        missing=missing,
        not_graded=[
            say(lang, key, n=n)
            for key, n in (
                ("unreadable_count", len(unreadable)),
                ("ungraded_count", len(ungraded)),
                ("missing_count", sum(len(names) for _, names in missing)),
            )
            if n
        ],
        remarked=notices.remarked(hand_ins, lang),
        gone=notices.gone(hand_ins, lang),
        icons=ICONS,
        few=FEW,
        full=FULL,
        many=len(rows) > PRINTED_ROWS,
        # Weakest first, since that is the one to worry about.
        levels=[str(level) for level in sorted({result.isolation for result in model.results})],
    )


@dataclass(frozen=True)
class _ClassModel:
    """What the page is about.

    Attributes:
        results: those whose files still exist, in any order.
        by_exercise: the same with the instructor's corrections, sorted; an exercise for which there
            are only decisions without a hand-in has none.
        counted: the results of each exercise that say something about the class.
        counts: what they add up to, one for each exercise.
        most: the points of each exercise.
        entries: the table's entries by student and exercise.
        rows: the table's rows.
    """

    results: Sequence[Result]
    by_exercise: Mapping[str, Sequence[Corrected]]
    counted: Mapping[str, Sequence[Corrected]]
    counts: Sequence[ExerciseCount]
    most: Mapping[str, float]
    entries: Mapping[tuple[str, str], Entry]
    rows: Sequence[Row]

    @classmethod
    def of(cls, shown: Shown, course: Course | None, lang: str, hand_ins: HandIns) -> _ClassModel:
        """The model of a page; see `write_class_page` for the arguments."""
        corrections = shown.corrections
        results = [one for one in shown.results if not hand_ins.is_gone(one.student, one.exercise)]
        by_exercise: dict[str, list[Corrected]] = {}
        for result in sorted(results, key=lambda r: (r.exercise, r.student)):
            by_exercise.setdefault(result.exercise, []).append(corrections.apply(result))
        known = course.by_id if course else {}
        decided = corrections.without_result({(r.student, r.exercise) for r in results})
        for decision in decided:
            # Points without any hand-in are an oral exam; who is excused beforehand adds no column.
            if decision.exercise in known and not decision.excused:
                by_exercise.setdefault(decision.exercise, [])
        by_exercise = dict(sorted(by_exercise.items()))
        counted = {id: _counted(of_one) for id, of_one in by_exercise.items()}
        counts = [
            count_exercise(
                id,
                [one.result for one in of_one],
                full=sum(has_full_marks(one, known.get(id)) for one in of_one),
            )
            if of_one
            else count_nobody(known[id])
            for id, of_one in counted.items()
        ]
        most = {count.id: count.max_score for count in counts}
        entries = {
            (one.result.student, id): entry_of(one, lang, known.get(id))
            for id, of_one in by_exercise.items()
            for one in of_one
        }
        with_page = {result.student for result in results}
        for decision in decided:
            if decision.exercise in by_exercise:
                with_page.add(decision.student)
                entries[decision.student, decision.exercise] = entry_by_instructor(
                    decision, most[decision.exercise]
                )
        students = with_page | {left.student for left in hand_ins.ungraded}
        names = [(key, hand_ins.name(key)) for key in students]
        policy = course.policy if course else NO_POLICY
        rows = rows_of(entries, names, with_page, most, policy, hand_ins.absent)
        return cls(results, by_exercise, counted, counts, most, entries, rows)


def _to_grade(by_exercise: Mapping[str, Sequence[Corrected]], lang: str) -> list[dict[str, Any]]:
    """The questions that the instructor has yet to grade, with the number of students."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for id, of_one in by_exercise.items():
        for one in of_one:
            for asked in one.asked:
                if asked.question.id in one.open:
                    entry = found.setdefault(
                        (id, asked.question.id),
                        {"exercise": id, "title": asked.question.title[lang], "n": 0},
                    )
                    entry["n"] += 1
    return [*found.values()]


def _counted(of_one: Sequence[Corrected]) -> Sequence[Corrected]:
    """The results that say something about the class: all that count for somebody."""
    return [one for one in of_one if not one.excused] or of_one


def _exercise(
    count: ExerciseCount,
    results: Sequence[Result],
    exercise: Exercise | None,
    hand_ins: HandIns,
    lang: str,
) -> dict[str, Any]:
    titles = {c.id: c.title[lang] for c in exercise.criteria} if exercise else {}

    def named(students: Sequence[str]) -> list[tuple[str, str]]:
        return [(hand_ins.name(one), link("feedback", one, f"{count.id}.html")) for one in students]

    def among(found: Sequence[Among]) -> list[dict[str, Any]]:
        return [
            {
                "parts": [part for part in one.parts if part != A_CELL],
                "cell": A_CELL in one.parts,
                "students": named(one.students),
            }
            for one in found
        ]

    groups = alike(results)
    return {
        "count": count,
        "title": exercise.title[lang] if exercise else count.id,
        "chart": _chart(count.histogram, lang),
        "criteria": [
            {
                "id": c.id,
                "title": titles.get(c.id, c.id),
                "tried": c.tried,
                "passed": c.by_status.get(Status.PASSED, 0),
                "percent": percent(c.by_status.get(Status.PASSED, 0), c.tried),
                "not_passed": [(s, c.by_status[s]) for s in NOT_PASSED if c.by_status.get(s)],
                "discrimination": None if c.discrimination is None else f"{c.discrimination:.2f}",
                "low": c.discrimination is not None and c.discrimination < LOW and c.share < EASY,
            }
            for c in count.criteria
        ],
        "discriminates": any(c.discrimination is not None for c in count.criteria),
        "mistakes": [
            {"id": id, "hints": mistake_hints(exercise, [id]), "students": named(students)}
            for id, students in count.mistakes
        ],
        "alike": [
            {
                "score": one.score,
                "statuses": _by_status(one.outcomes),
                "diagnosis": sorted({id for o in one.outcomes for id in o.diagnosis}),
                "students": named(one.students),
            }
            for one in groups[:GROUPS]
        ],
        "groups": len(groups),
        "carried": among(carried(results)),
        "timed_out": among(timed_out(results)),
    }


def _by_status(outcomes: Sequence[Outcome]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in outcomes:
        found.setdefault(one.status, []).append(one.criterion)
    return found


def _chart(bins: Sequence[int], lang: str) -> dict[str, Any]:
    """A bar chart of students by share of points."""
    highest = max(bins)
    return {
        "bars": [
            {"x": i * 10 + 1, "height": round(30 * n / highest, 2) if highest else 0, "n": n}
            for i, n in enumerate(bins)
        ],
        "width": BINS * 10,
        "label": say(lang, "histogram", counts=", ".join(map(str, bins))),
        "dense": highest > 999,
    }
