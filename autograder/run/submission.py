"""Grade one submission: read it, load it in the sandbox, run its suite, assemble the result.

Never raises because of a submission's content. A failure of the grader becomes a result with
status ``grader_error`` and a note for the instructor.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from autograder.carrying.carry import Carrier, GradedNotebook
from autograder.carrying.reference import ReferenceProcess
from autograder.carrying.repeated import give_reasons_once
from autograder.course.models import Course, Exercise
from autograder.errors import FileFault, SandboxUnavailable, UnreadableSubmission
from autograder.ingest import Notebook, Submission, read_notebook
from autograder.ingest.hand_ins import ONCE, Gradings
from autograder.ingest.parse import parse_notebook
from autograder.ingest.recognize import evident_exercise
from autograder.messages import criteria, files
from autograder.own_faults.own_faults import OwnFaults
from autograder.run import twice
from autograder.run.jobs import Graded, Setup
from autograder.run.questions import Questions
from autograder.run.smallest_inputs import with_smallest_inputs
from autograder.run.wrong_exercise import other_exercise
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.host.session import CellRecord, SandboxLost, Session, Spawner
from autograder.status import WRONG, Status
from autograder.suite.outcome import Outcome, grader_error
from autograder.suite.plugin import Suites
from autograder.suite.remarks import InTextCell, NotebookOf, Remark
from autograder.verdict.result import CellResult, Decision, File, Result, result

if TYPE_CHECKING:
    from autograder.diagnosis.diagnose import Candidate, Diagnostician
    from autograder.diagnosis.smallest_inputs import KnownInputs
    from autograder.suite.smallest import Finding

_T = TypeVar("_T")

NO_DIAGNOSES: Mapping[str, tuple[str, ...]] = MappingProxyType({})


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
        known = _Known()
        try:
            book = _read(submission, self.locked.get(exercise.id, ()), content)
            decisions = self._decide(suites, exercise, book, known)
        except UnreadableSubmission as problem:
            known.unreadable, known.sha256 = True, problem.sha256
            if problem.__cause__ is not None:
                known.notes[traceback.format_exc()] = None
            message = files.message(problem).only(self.course.languages)
            decisions = for_every_criterion(exercise, Decision(Status.MISSING, message))
        except Exception:
            fault = grader_error(traceback.format_exc())
            known.notes[fault.grader_note] = None
            decisions = in_words(
                for_every_criterion(exercise, fault), exercise, self.course.languages
            )
        record = result(
            exercise,
            student=submission.student,
            file=File(submission.file, known.sha256),
            course_sha256=self.exercise_sha256s.get(exercise.id, self.course_sha256),
            isolation=self.isolation,
            decisions=decisions,
            carried=self.course.carried,
            cells=[CellResult(cell.index, cell.status, cell.error) for cell in known.records],
            unreadable=known.unreadable,
            wall_s=time.monotonic() - began,
            cpu_s=time.process_time() - cpu + known.cpu_s,
        )
        return Graded(
            record,
            tuple(filter(None, known.notes)),
            tuple(filter(None, known.advice_notes)),
            known.encoding,
            known.notebook_of,
            known.gradings,
        )

    def _decide(
        self, suites: Suites, exercise: Exercise, book: Notebook, known: _Known
    ) -> dict[str, Decision]:
        """Decide every criterion; what is found out on the way is added to ``known``."""
        known.sha256, known.encoding = book.sha256, book.encoding
        known.notebook_of = (
            evident_exercise(book, self.course.ids)
            or other_exercise(self.course, exercise, book)
            or ""
        )
        with Session(self.server, book.cells, self.budget) as session:
            own = suites.run(exercise, session)
            carrier = Carrier(self.course, suites, self.process)
            with carrier.carry(exercise, session, own) as notebook:
                checked = twice.checked(carrier, exercise, session, notebook.best)
                notebook.best, known.gradings = checked.outcomes, checked.gradings
                explained_by = self._explanations(suites, exercise, session, notebook, known)
                outcomes = with_smallest_inputs(
                    Questions(suites, exercise, notebook),
                    self._known_inputs(suites, exercise, explained_by),
                )
        if self.own_faults is not None:
            outcomes = self.own_faults.marked(exercise, outcomes)
        outcomes = explained(outcomes, exercise, book, known.notebook_of)
        outcomes = give_reasons_once(exercise, outcomes)
        known.records, known.cpu_s = session.records, session.cpu_s
        diagnoses = {id: candidate.of(id) for id, candidate in explained_by.items()}
        decisions = in_words(outcomes, exercise, self.course.languages, diagnoses)
        known.notes |= {outcome.grader_note: None for outcome in outcomes.values()}
        known.advice_notes |= {outcome.advice_note: None for outcome in outcomes.values()}
        return decisions

    def _explanations(
        self,
        suites: Suites,
        exercise: Exercise,
        session: Session,
        notebook: GradedNotebook,
        known: _Known,
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
            known.advice_notes[traceback.format_exc()] = None
            return {}


@dataclass
class _Known:
    """What is known about a submission; the result has it even if the grader fails later.

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


def explained(
    outcomes: Mapping[str, Outcome],
    exercise: Exercise,
    book: Notebook,
    notebook_of: str,
) -> dict[str, Outcome]:
    """Outcomes with what the notebook's file says about why a part is missing.

    Args:
        outcomes: of every criterion.
        exercise: the exercise graded.
        book: the notebook.
        notebook_of: the exercise that it is evidently of, "" if nothing tells.
    """
    text = {name: index + 1 for index, name in reversed(book.in_text)}
    owners = {criterion.id: part.owner for part in exercise.parts for criterion in part.criteria}

    def of_one(id: str, outcome: Outcome) -> Outcome:
        remarks: list[Remark] = []
        if outcome.status is not Status.MISSING:
            return outcome
        if owners[id] in text:
            remarks.append(InTextCell(owners[id], text[owners[id]]))
        if notebook_of not in ("", exercise.id):
            remarks.append(NotebookOf(notebook_of))
        return replace(outcome, remarks=(*outcome.remarks, *remarks))

    return {id: of_one(id, outcome) for id, outcome in outcomes.items()}


def in_words(
    outcomes: Mapping[str, Outcome],
    exercise: Exercise,
    languages: Iterable[str],
    diagnoses: Mapping[str, tuple[str, ...]] = NO_DIAGNOSES,
) -> dict[str, Decision]:
    """The suite's findings as messages in the course's languages, with the mistakes found."""
    return {
        id: Decision(
            outcome.status,
            criteria.message(outcome, exercise.reveal_of(id)).only(languages),
            criteria.counterexample(outcome, exercise.reveal_of(id)),
            outcome.fails_without_student,
            outcome.own_status,
            diagnoses.get(id, ()),
        )
        for id, outcome in outcomes.items()
    }


def for_every_criterion(exercise: Exercise, one: _T) -> dict[str, _T]:
    """The same decision for each criterion, by id."""
    return {criterion.id: one for criterion in exercise.criteria}


def _read(
    submission: Submission, locked: Collection[str], content: Callable[[], bytes] | None
) -> Notebook:
    try:
        if content is not None:
            return parse_notebook(content(), locked, submission.path.name)
        return read_notebook(submission.path, submission.root, locked)
    except UnreadableSubmission as unreadable:
        raise unreadable from None
    except (OSError, MemoryError):
        raise  # a problem of the machine must not cost students anything
    except Exception as error:
        # Any other exception is caused by the file as well, so it must not count as a grader error.
        raise UnreadableSubmission(FileFault.BREAKS_THE_READER) from error


def grader_error_result(
    course: Course, exercise: Exercise, submission: Submission, setup: Setup
) -> Result:
    """The result of a submission that could not be graded because the grader failed."""
    outcomes = for_every_criterion(exercise, grader_error())
    return result(
        exercise,
        student=submission.student,
        file=File(submission.file, None),
        course_sha256=setup.exercise_sha256s[exercise.id],
        isolation=setup.level,
        decisions=in_words(outcomes, exercise, course.languages),
    )
