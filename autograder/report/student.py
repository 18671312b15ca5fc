"""The page of one student for all exercises: feedback/<student>/index.html.

It leads to the pages of the exercises: how much each has earned, and where to continue. An exercise
without a result that the instructor has decided has a page of its own in the same form.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.corrections.apply import NO_CORRECTIONS, Correction, Corrections
from autograder.course.hints import mistake_hints
from autograder.course.models import NO_POLICY, Course, Exercise
from autograder.course.policy import Policy
from autograder.files import write_atomically
from autograder.ingest.hand_ins import HandIns
from autograder.report import instructor
from autograder.report.class_page import NO_HAND_INS
from autograder.report.full_marks import has_full_marks
from autograder.report.late import sum_of
from autograder.report.page import render
from autograder.sanitize import link, path_below
from autograder.status import NOTHING_TO_FIX, ResultStatus
from autograder.text import LANGUAGES, Text
from autograder.verdict import points
from autograder.verdict.result import Result


@dataclass(frozen=True, slots=True)
class Maximum:
    """The points that count as all of an exercise, and what they add to the maximum of the total.

    A bonus exercise adds nothing.
    """

    score: float
    adds: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One exercise as the page shows it.

    Attributes:
        title: of the exercise.
        full_score: the points that can be earned without bonus.
        adds: what it adds to the maximum of the total.
        href: of its feedback page; "" if there is none.
        score: the points that count; None if nothing was graded or decided.
        status: "full_marks", "unreadable", "grader_error", "not_handed_in", "excused" or "".
        passed: how many of its criteria are passed.
        criteria: how many it has.
        start: the title of the first criterion to fix.
        mistakes: the hints of the known mistakes that were found, each once.
        word: what the instructor says about it as a whole.
        late: the score, what lateness costs, and what is left.
        final: the score that counts in the total; None if it is ``score``.
        dropped: whether it does not count in the total, being the lowest.
        weight: what it counts in the total, if the policy says; None if that is its points.
        weighed: what it adds to the total, at most ``weight``.
    """

    title: Text
    full_score: float
    adds: float = 0.0
    href: str = ""
    score: float | None = None
    status: str = ""
    passed: int = 0
    criteria: int = 0
    start: Text | None = None
    mistakes: Sequence[Text] = ()
    word: Text | None = None
    late: Text | None = None
    final: float | None = None
    dropped: bool = False
    weight: float | None = None
    weighed: float = 0.0


def write_students(
    out: Path,
    results: Iterable[Result],
    course: Course | None,
    lang: str,
    hand_ins: HandIns = NO_HAND_INS,
    corrections: Corrections = NO_CORRECTIONS,
) -> None:
    """Write a page for each student with a result or a decision of the instructor's.

    Args:
        out: the folder that holds ``results/`` and ``feedback/``.
        results: valid results, in any order.
        course: for titles and hints; without it the pages show ids.
        lang: the language in which they open.
        hand_ins: what is known about the submissions apart from their results.
        corrections: what the instructor has corrected.
    """
    by_student: dict[str, dict[str, Result]] = {}
    most: dict[str, Maximum] = {}  # of every exercise that somebody has handed in
    for result in sorted(results, key=lambda r: (r.student, r.exercise)):
        if not hand_ins.is_gone(result.student, result.exercise):
            by_student.setdefault(result.student, {})[result.exercise] = result
            asked = points.score(q.points for q in corrections.questions.get(result.exercise, ()))
            full = Maximum(result.full_score + asked, result.max_score + asked)
            most.setdefault(result.exercise, full)
    decided: dict[str, dict[str, Correction]] = {}
    graded = {(s, id) for s, own in by_student.items() for id in own}
    known = course.by_id if course else {}
    decisions = corrections.without_result(graded)
    for one in decisions:  # who is excused beforehand makes it no exercise of the others
        if one.exercise in known and not one.excused:
            most.setdefault(one.exercise, _maximum(known[one.exercise]))
    for one in decisions:
        if one.exercise in most:
            decided.setdefault(one.student, {})[one.exercise] = one
    most = dict(sorted(most.items()))
    for student in sorted({*by_student, *decided}):
        name, words = hand_ins.name(student), decided.get(student, {})
        own = by_student.get(student, {})
        pages = {"index": student_page(name, own, course, lang, most, corrections, words)}
        for id, word in words.items():
            alone = replace(course, policy=NO_POLICY) if course else None
            pages[id] = student_page(
                name, {}, alone, lang, {id: most[id]}, decided={id: word}, own_page=True
            )
        for id, page in pages.items():
            write_atomically(path_below(out / "feedback", student, f"{id}.html"), page, below=out)


def student_page(
    name: str,
    results: Mapping[str, Result],
    course: Course | None,
    lang: str,
    most: Mapping[str, Maximum],
    corrections: Corrections = NO_CORRECTIONS,
    decided: Mapping[str, Correction] = {},
    *,
    own_page: bool = False,
) -> str:
    """The page as text.

    Args:
        name: the student's display name.
        results: the student's results, by exercise.
        course: for titles and hints.
        lang: the language in which it opens.
        most: the maximum of every exercise on the page, in order.
        corrections: what the instructor has corrected.
        decided: what the instructor has decided about exercises without a result.
        own_page: whether it is the page of one such exercise, which may be given back alone: it
            links to no other.
    """
    known = course.by_id if course else {}
    entries = []
    for id, full in most.items():
        exercise = known.get(id)
        if id in results:
            entries.append(_graded(results[id], exercise, corrections))
        else:
            empty = Entry(_title(id, exercise), full.score, adds=full.adds, status="not_handed_in")
            if id in decided:
                href = "" if own_page else link(f"{id}.html")
                empty = _decided(replace(empty, href=href), decided[id])
            entries.append(empty)
    policy = course.policy if course else Policy()
    scores = {
        id: ((entry.score or 0.0) if entry.final is None else entry.final, entry.adds)
        for id, entry in zip(most, entries, strict=True)
        if entry.status != "excused"
    }
    score, full_score = policy.total(scores)
    lowest = policy.dropped(scores)
    entries = [
        replace(entry, dropped=id in lowest) for id, entry in zip(most, entries, strict=True)
    ]
    if policy.weights:
        entries = [
            entry if entry.dropped or id not in scores else _weighed(entry, policy, id, scores[id])
            for id, entry in zip(most, entries, strict=True)
        ]
    return render(
        "student.html",
        lang=lang,
        languages=course.languages if course else LANGUAGES,
        student=name,
        course=course.title if course else None,
        entries=entries,
        score=score,
        full_score=full_score,
        policy=policy,
    )


def _maximum(exercise: Exercise) -> Maximum:
    """The maximum of an exercise that nobody has handed in."""
    return Maximum(exercise.full_score + exercise.asked, exercise.max_score + exercise.asked)


def _graded(result: Result, exercise: Exercise | None, corrections: Corrections) -> Entry:
    corrected = corrections.apply(result)
    before, result = result, corrected.result
    readable = result.status is not ResultStatus.UNREADABLE
    status = "" if result.status is ResultStatus.GRADED else str(result.status)
    if corrected.excused:
        status = "excused"
    elif has_full_marks(corrected, exercise):
        status = "full_marks"
    to_fix = [c for c in result.criteria if c.status not in NOTHING_TO_FIX] if readable else []
    titles = {c.id: c.title for c in exercise.criteria} if exercise else {}
    found = dict.fromkeys(id for c in to_fix for id in c.diagnosis)
    return Entry(
        title=_title(result.exercise, exercise),
        full_score=result.full_score,
        adds=0.0 if corrected.excused else result.max_score,
        href=link(f"{result.exercise}.html"),
        score=result.score if readable or corrected.decided else None,
        status=status,
        passed=sum(c.status in NOTHING_TO_FIX for c in result.criteria),
        criteria=len(result.criteria),
        start=titles.get(to_fix[0].id, Text.same(to_fix[0].id)) if to_fix else None,
        mistakes=tuple(dict.fromkeys(mistake_hints(exercise, found))),
        word=instructor.word(corrected.whole, before.score, whole=True),
        late=sum_of(corrected),
        final=corrected.final if corrected.late else None,
    )


def _decided(entry: Entry, decision: Correction) -> Entry:
    word = instructor.decision(decision)
    if decision.excused:
        return replace(entry, adds=0.0, status="excused", word=Text.same(decision.comment) or None)
    return replace(entry, score=decision.points or 0.0, status="", word=word)


def _weighed(entry: Entry, policy: Policy, id: str, score: tuple[float, float]) -> Entry:
    """The entry with what it counts: a bonus exercise, of no maximum, counts nothing."""
    points, most = score
    weight = policy.weights.get(id, 0.0) if most > 0 else 0.0
    return replace(entry, weight=weight, weighed=weight * points / most if most > 0 else 0.0)


def _title(id: str, exercise: Exercise | None) -> Text:
    return exercise.title if exercise else Text.same(id)
