"""The feedback page of one student for one exercise: feedback/<student>/<exercise>.html."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.corrections.apply import NO_CORRECTIONS, Corrections
from autograder.course.hints import mistake_hints
from autograder.course.models import Criterion, Exercise, Reveal
from autograder.files import write_atomically
from autograder.messages import pages
from autograder.messages.cell_errors import cell_error
from autograder.messages.printed import can_be_pasted
from autograder.report import instructor
from autograder.report.drawing import Picture, pictures
from autograder.report.markup import truncated
from autograder.report.page import render
from autograder.sanitize import path_below
from autograder.status import NOTHING_TO_FIX, WRONG, CellStatus, Status
from autograder.text import LANGUAGES, Text
from autograder.verdict.result import CellResult, Counterexample, CriterionResult, Result

NOTHING_TO_SHOW = frozenset({"", "—"})
"""A field of a counterexample that is empty, as when the code raised."""

NAME = "next_error_name"
"""What to try next if a name is not found; then no criterion's hint can help."""

ERRORS = {
    NAME: "NameError|ImportError|ModuleNotFoundError",
    "next_error_shapes": "ValueError|IndexError",
}
"""Exceptions for which there is more to say about what to try next."""

STOPPED = frozenset({CellStatus.ERROR, CellStatus.TIMEOUT})
"""Statuses of cells that did not run to completion."""


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion as the page shows it."""

    id: str
    title: Text
    points: float
    max_points: float
    bonus: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of feedback, shared by all criteria to which exactly it applies."""

    number: int
    status: str
    items: list[Item]
    message: Text
    counterexample: Mapping[str, Text]
    can_be_pasted: bool
    pictures: list[Picture]
    as_above: bool
    hint: Text | None
    mistakes: list[Text]
    same_as: int | None = None
    """The finding with the hints of the same mistakes."""
    next: Text | None = None
    word: Text | None = None


@dataclass(frozen=True, slots=True)
class PartView:
    """One part, with its findings in the order of its criteria."""

    id: str
    title: Text
    points: float
    max_points: float
    findings: list[Finding] = field(default_factory=list)


def write_feedback(
    result: Result,
    exercise: Exercise | None,
    out: Path,
    lang: str,
    *,
    name: str = "",
    remarks: Sequence[Text] = (),
    corrections: Corrections = NO_CORRECTIONS,
) -> Path:
    """Write one student's page. It opens in ``lang``; a switch on it shows the other languages.

    Args:
        result: the student's result.
        exercise: for titles and hints, including those of known mistakes; without it the page
            shows ids.
        out: the folder that holds ``results/``.
        lang: ``"en"`` or ``"ja"``.
        name: the student's display name; "" if it equals the folder's name.
        remarks: what the student should know about the file that was graded.
        corrections: what the instructor has corrected.

    Returns:
        The path of the page.
    """
    page = path_below(out / "feedback", result.student, f"{result.exercise}.html")
    text = feedback_page(result, exercise, lang, name, remarks, corrections)
    return write_atomically(page, text, below=out)


def feedback_page(
    result: Result,
    exercise: Exercise | None,
    lang: str,
    name: str = "",
    remarks: Sequence[Text] = (),
    corrections: Corrections = NO_CORRECTIONS,
) -> str:
    """The page as text."""
    corrected = corrections.apply(result)
    before, result = result, corrected.result
    parts = _parts(result, exercise, instructor.words(corrected))
    findings = [finding for part in parts for finding in part.findings]
    passed = sum(criterion.status in NOTHING_TO_FIX for criterion in result.criteria)
    to_fix = [finding for finding in findings if finding.status not in NOTHING_TO_FIX]
    criteria = result.criteria
    return render(
        "feedback.html",
        lang=lang,
        languages=exercise.languages if exercise else LANGUAGES,
        result=result,
        student=name or result.student,
        remarks=remarks,
        full_score=result.full_score,
        word=instructor.word(corrected.whole, before.score, whole=True),
        excused=corrected.excused,
        scored=corrected.decided,
        needs_review=corrected.needs_review,
        title=exercise.title if exercise else Text.same(result.exercise),
        summary=exercise.summary if exercise else None,
        parts=parts,
        reason=next((c.message for c in criteria if c.message), None),
        passed=passed,
        perfect=all(c.status == Status.PASSED for c in criteria),
        start=to_fix[0] if to_fix else None,
        # A cell that did not run can make everything fail or be missing, so it comes first.
        start_with_cells=(not passed or any(f.status == Status.MISSING for f in to_fix))
        and any(cell.status in STOPPED for cell in result.cells),
        cells=[_cell(cell) for cell in result.cells if _is_worth_showing(cell)],
        file=PurePosixPath(result.submission.path).name,
    )


def _parts(result: Result, exercise: Exercise | None, words: Mapping[str, Text]) -> list[PartView]:
    known_parts = {part.id: part for part in exercise.parts} if exercise else {}
    known = {criterion.id: criterion for criterion in exercise.criteria} if exercise else {}
    grouped: dict[str, list[CriterionResult]] = {}
    for criterion in result.criteria:
        grouped.setdefault(criterion.part, []).append(criterion)
    # Advice appears once per page. Passed criteria need none, and grader errors have a banner.
    explained = {Status.PASSED, Status.GRADER_ERROR}
    diagnosed: dict[tuple[str, ...], int] = {}  # so do hints of mistakes
    views = []
    number = 0
    for part_id, criteria in grouped.items():
        part = known_parts.get(part_id)
        findings = []
        shown: list[Counterexample] = []
        for alike in _group_alike(criteria, words):
            first = alike[0]
            status = first.status
            hides = exercise is not None and exercise.reveal_of(first.id) is Reveal.NONE
            example = None if hides else first.counterexample
            key = _next(first, example)
            as_above = example is not None and example in shown
            if example is not None:
                shown.append(example)
            example = None if as_above else example
            drawn = pictures(example) if example else []
            advice = None
            if status not in explained:
                explained.add(status)
                advice = pages.text(key)
            same_as = diagnosed.get(first.diagnosis)
            mistakes = [] if same_as is not None else mistake_hints(exercise, first.diagnosis)
            if mistakes:
                diagnosed[first.diagnosis] = number
            findings.append(
                Finding(
                    number=number,
                    status=status,
                    items=[_item(c, known.get(c.id)) for c in alike],
                    message=_truncate(first.message),
                    counterexample=_example(example, drawn) if example else {},
                    can_be_pasted=example is not None and can_be_pasted(example.call),
                    pictures=drawn,
                    as_above=as_above,
                    hint=None if key == NAME else _hint(alike, known),
                    mistakes=mistakes,
                    same_as=same_as,
                    next=advice,
                    word=words.get(first.id),
                )
            )
            number += 1
        # What is left to do comes first, otherwise in the exercise's order.
        findings.sort(key=lambda finding: finding.status in NOTHING_TO_FIX)
        views.append(
            PartView(
                id=part_id,
                title=part.title if part else Text.same(part_id),
                points=sum(c.points for c in criteria),
                max_points=sum(c.max_points for c in criteria),
                findings=findings,
            )
        )
    return views


def _next(criterion: CriterionResult, example: Counterexample | None) -> str:
    """The key of what to try next."""
    status = criterion.status
    if status is Status.FAILED and example and can_be_pasted(example.call):
        return "next_failed_call"
    if status is Status.ERROR:
        for key, names in ERRORS.items():
            if re.search(rf"\b(?:{names}):", criterion.message["en"]):
                return key
    return f"next_{status}"


def _group_alike(
    criteria: list[CriterionResult], words: Mapping[str, Text]
) -> Iterator[list[CriterionResult]]:
    """One part's criteria in order, grouped by what there is to say about them.

    The same error in several calls has one cause, and one call is enough to show it.
    """
    groups: dict[object, list[CriterionResult]] = {}
    for criterion in criteria:
        feedback: tuple[object, ...] = (
            criterion.status,
            criterion.message,
            words.get(criterion.id),
            criterion.diagnosis,
        )
        if criterion.status is Status.FAILED:
            feedback = (*feedback, criterion.counterexample)
        groups.setdefault(feedback, []).append(criterion)
    yield from groups.values()


def _example(counterexample: Counterexample, drawn: Sequence[Picture]) -> dict[str, Text]:
    """The sides of a counterexample as text, without those that are drawn."""
    kinds = {picture.kind for picture in drawn}
    sides = {
        "call": counterexample.call,
        "expected": counterexample.expected,
        "got": counterexample.got,
    }
    return {
        key: _truncate(Text.same(side))
        for key, side in sides.items()
        if side not in NOTHING_TO_SHOW and key not in kinds
    }


def _hint(alike: list[CriterionResult], known: Mapping[str, Criterion]) -> Text | None:
    """The hint of a criterion that fails alone; for several, their common cause is elsewhere."""
    criterion = known.get(alike[0].id)
    helps = len(alike) == 1 and alike[0].status in WRONG
    return criterion.hint if criterion and helps else None


def _item(criterion: CriterionResult, known: Criterion | None) -> Item:
    return Item(
        id=criterion.id,
        title=known.title if known else Text.same(criterion.id),
        points=criterion.points,
        max_points=criterion.max_points,
        bonus=known.bonus if known else False,
    )


def _is_worth_showing(cell: CellResult) -> bool:
    return cell.status in STOPPED or bool(cell.error)


def _cell(cell: CellResult) -> dict[str, Any]:
    return {
        "number": cell.index + 1,
        "status": cell.status,
        "error": _truncate(cell_error(cell.error or "")),
    }


def _truncate(text: Text) -> Text:
    """The beginning of a long text, followed by a note of how much is left out."""
    return Text(**{lang: truncated(text[lang], pages.say(lang, "left_out")) for lang in LANGUAGES})
