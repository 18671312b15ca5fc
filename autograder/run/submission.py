"""Grade one submission: read it, load it behind the wall, run its suite, put the result together.

Never raises for anything that a student handed in; what is the grader's fault becomes a result
with status ``grader_error`` and a note for the instructor's log.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.course.models import Course, Exercise
from autograder.errors import UnreadableSubmission
from autograder.ingest import Notebook, Submission, read_notebook
from autograder.run.jobs import Graded
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.host.session import Session, Spawner
from autograder.status import ResultStatus, Status
from autograder.suite.outcome import Outcome
from autograder.suite.plugin import GRADER_ERROR, Suites
from autograder.text import Text
from autograder.verdict.result import result


@dataclass(frozen=True)
class Grader:
    """Everything that grading one submission after the other needs.

    Args:
        course: the course.
        course_sha256: its fingerprint.
        ours: for each exercise, its locked cells (`autograder.ingest.parse.normalised`).
        server: where students' processes come from.
        isolation: the server's level.
        budget: seconds.
    """

    course: Course
    course_sha256: str
    ours: Mapping[str, Collection[str]]
    server: Spawner
    isolation: str
    budget: Budget = field(default_factory=Budget)

    def grade(self, suites: Suites, submission: Submission) -> Graded:
        """Grade one submission."""
        began, cpu = time.monotonic(), time.process_time()
        exercise = self.course.exercise(submission.exercise)
        fields: dict[str, Any] = {
            "student": submission.student,
            "file": str(submission.path),
            "sha256": None,
            "course_sha256": self.course_sha256,
            "isolation": self.isolation,
        }
        outcomes: Mapping[str, Outcome]
        spent = 0.0
        try:
            ours = self.ours.get(exercise.id, ())
            book = _read(submission, ours)
            fields["sha256"] = book.sha256
            with Session(self.server, book.cells, self.budget) as session:
                outcomes = suites.run(exercise, session)
            fields["cells"] = session.records
            spent = session.cpu_s
        except UnreadableSubmission as unreadable:
            fields |= {"status": ResultStatus.UNREADABLE, "sha256": unreadable.sha256}
            note = None if unreadable.__cause__ is None else traceback.format_exc()
            outcomes = _all(exercise, Outcome(Status.MISSING, unreadable.text, None, note))
        except Exception:
            note = traceback.format_exc()
            outcomes = _all(exercise, Outcome(Status.GRADER_ERROR, GRADER_ERROR, None, note))
        fields["wall_s"] = time.monotonic() - began
        fields["cpu_s"] = time.process_time() - cpu + spent
        notes = {o.grader_note: None for o in outcomes.values() if o.grader_note}
        return Graded(result(exercise, outcomes=outcomes, **fields), tuple(notes))


def _read(submission: Submission, ours: Collection[str]) -> Notebook:
    try:
        return read_notebook(submission.path, submission.inside, ours)
    except UnreadableSubmission as unreadable:
        raise unreadable from None
    except Exception as error:
        # Whatever else a file does to its reader is the file's doing: it must not earn points.
        text = Text(
            "The file could not be read. Open it in Jupyter, save it, and hand it in again.",
            "ファイルを読み込めませんでした。Jupyter で開いて保存し直し、"
            "もう一度提出してください。",
        )
        raise UnreadableSubmission(text) from error


def _all(exercise: Exercise, outcome: Outcome) -> dict[str, Outcome]:
    return {criterion.id: outcome for criterion in exercise.criteria}


def all_lost(
    exercise: Exercise, submission: Submission, course_sha256: str, isolation: str
) -> dict[str, Any]:
    """The result of a submission that could not be graded by a fault of the grader."""
    return result(
        exercise,
        student=submission.student,
        file=str(submission.path),
        sha256=None,
        course_sha256=course_sha256,
        isolation=isolation,
        outcomes=_all(exercise, Outcome(Status.GRADER_ERROR, GRADER_ERROR)),
    )
