"""Grade one submission: read it, load it in the sandbox, run its suite, assemble the result.

Never raises because of a submission's content. A failure of the grader becomes a result with
status ``grader_error`` and a note for the instructor.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from autograder.carrying.carry import Carrier, GradedNotebook
from autograder.carrying.reference import ReferenceProcess
from autograder.carrying.repeated import give_reasons_once
from autograder.course.models import Course, Exercise
from autograder.errors import FileFault, SandboxUnavailable, UnreadableSubmission
from autograder.ingest import Notebook, Submission, read_notebook
from autograder.ingest.hand_ins import ONCE, Gradings
from autograder.ingest.parse import parse_notebook
from autograder.ingest.recognize import evident_exercise
from autograder.messages import files
from autograder.own_faults.own_faults import OwnFaults
from autograder.run.decisions import (
    decisions_of,
    for_every_criterion,
    with_reasons_for_missing,
)
from autograder.run.jobs import Graded
from autograder.run.questions import Questions
from autograder.run.repeated_grading import worst_of_several
from autograder.run.smallest_inputs import with_smallest_inputs
from autograder.run.wrong_exercise import other_exercise
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.host.session import CellRecord, SandboxLost, Session, Spawner
from autograder.status import WRONG, Status
from autograder.suite.outcome import grader_error
from autograder.suite.plugin import Suites
from autograder.verdict.result import CellResult, Decision, File, result

if TYPE_CHECKING:
    from autograder.diagnosis.diagnose import Candidate, Diagnostician
    from autograder.diagnosis.smallest_inputs import KnownInputs
    from autograder.suite.smallest import Finding


@dataclass(frozen=True)
class Grader:
    """Grades submissions, one after the other.

    Args:
        course: the course.
        course_sha256: its fingerprint.
        locked: the locked cells of each exercise (`autograder.ingest.parse.normalised`).
        server: starts students' processes.
        isolation: the server's isolation level.
        budget: time limits.
        process: holds the reference for errors carried forward; None to carry none forward.
        own_faults: finds out which grader errors are ours; None to leave all of them open.
        exercise_sha256s: fingerprints of what each exercise's grades depend on, for results; the
            whole course's for exercises that are not in it.
    """

    course: Course
    course_sha256: str
    locked: Mapping[str, Collection[str]]
    server: Spawner
    isolation: Level
    budget: Budget = field(default_factory=Budget)
    process: ReferenceProcess | None = None
    own_faults: OwnFaults | None = None
    exercise_sha256s: Mapping[str, str] = field(default_factory=dict)

    def _diagnostician(self, suites: Suites) -> Diagnostician:
        return _diagnostician(self.course, self.course_sha256, suites)

    def _known_inputs(
        self, suites: Suites, exercise: Exercise, explained_by: Mapping[str, Candidate]
    ) -> Callable[[str], Finding | None]:
        """Gives, by criterion, the smallest input of what explains why it failed."""
        if not explained_by:
            return lambda _criterion: None
        known = _known_inputs(self.course, self.course_sha256, suites)
        return lambda name: (
            known.finding(exercise, explained_by[name], name) if name in explained_by else None
        )

    def grade(
        self,
        suites: Suites,
        submission: Submission,
        content: Callable[[], bytes] | None = None,
    ) -> Graded:
        """Grade one submission.

        Args:
            suites: the course's suites.
            submission: the submission.
            content: gives the bytes of its file (`Brought`); None to read it here.
        """
        began, cpu = time.monotonic(), time.process_time()
        exercise = self.course.exercise(submission.exercise)
        progress = _Progress()
        try:
            book = _read(submission, self.locked.get(exercise.id, ()), content)
            decisions = self._decide(suites, exercise, book, progress)
        except UnreadableSubmission as problem:
            progress.unreadable, progress.sha256 = True, problem.sha256
            if problem.__cause__ is not None:
                progress.notes[traceback.format_exc()] = None
            message = files.message(problem).only(self.course.languages)
            decisions = for_every_criterion(exercise, Decision(Status.MISSING, message))
        except Exception:
            fault = grader_error(traceback.format_exc())
            progress.notes[fault.grader_note] = None
            decisions = decisions_of(
                for_every_criterion(exercise, fault), exercise, self.course.languages
            )
        record = result(
            exercise,
            student=submission.student,
            file=File(submission.file, progress.sha256),
            course_sha256=self.exercise_sha256s.get(exercise.id, self.course_sha256),
            isolation=self.isolation,
            decisions=decisions,
            carried=self.course.carried,
            cells=[CellResult(cell.index, cell.status, cell.error) for cell in progress.records],
            unreadable=progress.unreadable,
            wall_s=time.monotonic() - began,
            cpu_s=time.process_time() - cpu + progress.cpu_s,
        )
        return Graded(
            record,
            tuple(filter(None, progress.notes)),
            tuple(filter(None, progress.advice_notes)),
            progress.encoding,
            progress.notebook_of,
            progress.gradings,
        )

    def _decide(
        self, suites: Suites, exercise: Exercise, book: Notebook, progress: _Progress
    ) -> dict[str, Decision]:
        """Decide every criterion; what is found out on the way is added to ``progress``."""
        progress.sha256, progress.encoding = book.sha256, book.encoding
        progress.notebook_of = (
            evident_exercise(book, self.course.ids)
            or other_exercise(self.course, exercise, book)
            or ""
        )
        with Session(self.server, book.cells, self.budget) as session:
            own = suites.run(exercise, session)
            carrier = Carrier(self.course, suites, self.process)
            with carrier.carry(exercise, session, own) as notebook:
                worst = worst_of_several(carrier, exercise, session, notebook.best)
                notebook.best, progress.gradings = worst.outcomes, worst.gradings
                explained_by = self._explanations(suites, exercise, session, notebook, progress)
                outcomes = with_smallest_inputs(
                    Questions(suites, exercise, notebook),
                    self._known_inputs(suites, exercise, explained_by),
                )
        if self.own_faults is not None:
            outcomes = self.own_faults.marked(exercise, outcomes)
        outcomes = with_reasons_for_missing(outcomes, exercise, book, progress.notebook_of)
        outcomes = give_reasons_once(exercise, outcomes)
        progress.records, progress.cpu_s = session.records, session.cpu_s
        diagnoses = {id: candidate.of(id) for id, candidate in explained_by.items()}
        decisions = decisions_of(outcomes, exercise, self.course.languages, diagnoses)
        progress.notes |= {outcome.grader_note: None for outcome in outcomes.values()}
        progress.advice_notes |= {outcome.advice_note: None for outcome in outcomes.values()}
        return decisions

    def _explanations(
        self,
        suites: Suites,
        exercise: Exercise,
        session: Session,
        notebook: GradedNotebook,
        progress: _Progress,
    ) -> Mapping[str, Candidate]:
        """The known mistakes that explain why criteria failed. Advice: grades do not need it."""
        if not any(outcome.status in WRONG for outcome in notebook.best.values()):
            return {}
        try:
            return self._diagnostician(suites).explanations(
                exercise, notebook.best, session, notebook.loaded
            )
        except (SandboxLost, SandboxUnavailable):
            raise  # the next run grades it again, advice included
        except Exception:
            progress.advice_notes[traceback.format_exc()] = None
            return {}


@dataclass
class _Progress:
    """What has been found out about a submission; the result has it even if grading fails later.

    Attributes:
        sha256: of the file; None if it could not be read.
        encoding: the file's.
        notebook_of: the exercise that the notebook is evidently of; "" if unknown.
        gradings: how often it was graded.
        records: how the cells ran.
        cpu_s: CPU seconds of the sandbox.
        unreadable: whether the file could not be read.
        notes: tracebacks for the instructor, each once.
        advice_notes: the same about feedback that could not be made.
    """

    sha256: str | None = None
    encoding: str = "utf-8"
    notebook_of: str = ""
    gradings: Gradings = ONCE
    records: Iterable[CellRecord] = ()
    cpu_s: float = 0.0
    unreadable: bool = False
    notes: dict[str | None, None] = field(default_factory=dict)
    advice_notes: dict[str | None, None] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _diagnostician(course: Course, course_sha256: str, suites: Suites) -> Diagnostician:
    """One for all submissions: it keeps what it has computed."""
    # Imported here: what runs the course's own code is not needed where everything is right.
    from autograder.diagnosis.diagnose import Diagnostician

    return Diagnostician(course, course_sha256, suites)


@lru_cache(maxsize=1)
def _known_inputs(course: Course, _course_sha256: str, suites: Suites) -> KnownInputs:
    from autograder.diagnosis.smallest_inputs import KnownInputs

    return KnownInputs(course, suites)


def _read(
    submission: Submission, locked: Collection[str], content: Callable[[], bytes] | None
) -> Notebook:
    try:
        if content is not None:
            return parse_notebook(content(), locked, submission.path.name)
        return read_notebook(submission.path, submission.root, locked)
    except UnreadableSubmission as unreadable:
        raise unreadable from None  # `grade` would take its cause for a fault of the reader's
    except (OSError, MemoryError):
        raise  # a problem of the machine must not cost students anything
    except Exception as error:
        # Any other exception is caused by the file as well, so it must not count as a grader error.
        raise UnreadableSubmission(FileFault.BREAKS_THE_READER) from error
