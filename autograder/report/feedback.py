"""The feedback page of one student for one exercise: feedback/<student>/<exercise>.html."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.corrections.apply import NO_CORRECTIONS, Corrections
from autograder.course.models import Exercise
from autograder.files import write_atomically
from autograder.messages.catalogue import BETWEEN_ITEMS
from autograder.messages.cell_errors import cell_error
from autograder.report import instructor
from autograder.report.findings import parts_of, shortened
from autograder.report.late import sum_of
from autograder.report.page import render
from autograder.sanitize import path_below
from autograder.status import NOTHING_TO_FIX, CellStatus, Status
from autograder.text import LANGUAGES, Text
from autograder.verdict.result import CellResult, Result

STOPPED = frozenset({CellStatus.ERROR, CellStatus.TIMEOUT})
"""Statuses of cells that did not run to completion."""


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
    words = instructor.words(corrected)
    parts = parts_of(result, exercise, words)
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
        late=corrected.late,
        late_sum=sum_of(corrected),
        scored=corrected.decided,
        needs_review=any(c.id in corrected.open for c in result.criteria),
        asked=corrected.asked,
        words={one.question.id: words.get(one.question.id) for one in corrected.asked},
        title=exercise.title if exercise else Text.same(result.exercise),
        summary=exercise.summary if exercise else None,
        parts=parts,
        reason=next((c.message for c in criteria if c.message), None),
        passed=passed,
        perfect=all(c.status == Status.PASSED for c in criteria),
        start=to_fix[0] if to_fix else None,
        # A cell that did not run can make everything fail or be missing, so it comes first.
        start_with_cells=(not passed or any(f.status == Status.MISSING for f in to_fix))
        and _may_be_the_cause(result.cells),
        cells=_cells(result.cells),
        between=BETWEEN_ITEMS,
        file=PurePosixPath(result.submission.path).name,
    )


def _is_worth_showing(cell: CellResult) -> bool:
    return cell.status in STOPPED or bool(cell.error)


def _may_be_the_cause(cells: Sequence[CellResult]) -> bool:
    """Whether a cell stopped, and the first one that did not merely call what is not written."""
    stopped = next((cell for cell in cells if cell.status in STOPPED), None)
    return stopped is not None and "NotImplementedError" not in (stopped.error or "")


def _cells(cells: Sequence[CellResult]) -> list[dict[str, Any]]:
    """The cells that did not finish; those with the same error are listed together."""
    alike: dict[tuple[CellStatus, str], list[int]] = {}
    for cell in cells:
        if _is_worth_showing(cell):
            alike.setdefault((cell.status, cell.error or ""), []).append(cell.index + 1)
    return [
        {"numbers": numbers, "status": status, "error": shortened(cell_error(error))}
        for (status, error), numbers in alike.items()
    ]
