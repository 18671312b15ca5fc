"""The outcome of one criterion: a status, and the fact that explains it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from autograder.sandbox.host.session import (
    StudentDied,
    StudentFailure,
    StudentProtocolError,
    StudentRaised,
    StudentTimeout,
)
from autograder.status import Status
from autograder.suite import facts
from autograder.suite.facts import Fact, WrongAnswer
from autograder.suite.proxy import UnsupportedOperation
from autograder.suite.remarks import Remark
from autograder.suite.smallest_input import SmallestInput
from autograder.suite.student import StudentMissing


@dataclass(frozen=True)
class Outcome:
    """One criterion's status, and the reason.

    Attributes:
        status: the status.
        fact: why it is not passed; None if it is.
        remarks: additional information, whatever the status.
        grader_note: a traceback of the grader, for the instructor only.
        advice_note: why something is missing that would help the student but decides nothing, for
            the instructor only.
        fails_without_student: for a `Status.GRADER_ERROR`, whether the grader fails in the same way
            without the student's data.
        own_status: the status with the student's own code only, if that is different.
        world: the world in which it was decided (`LoadedNotebook.criterion`).
        smallest: the smallest input on which the code goes wrong.
        withholds_values: whether no number of a hidden input, or of what the code made of it, is
            shown: the criterion has a ladder, or others of its exercise have.
        conclusive: for a timeout, whether a second attempt would be no use.
    """

    status: Status
    fact: Fact | None = None
    remarks: tuple[Remark, ...] = ()
    grader_note: str | None = None
    advice_note: str | None = None
    fails_without_student: bool = False
    own_status: Status | None = None
    world: str | None = None
    smallest: SmallestInput | None = None
    withholds_values: bool = False
    conclusive: bool = False


PASSED = Outcome(Status.PASSED)


def grader_error(note: str | None = None, *, fails_without_student: bool = False) -> Outcome:
    """The grader failed; ``note`` says how."""
    fact = facts.GraderFault(fails_without_student)
    return Outcome(
        Status.GRADER_ERROR, fact, grader_note=note, fails_without_student=fails_without_student
    )


def grader_error_of(error: BaseException) -> Outcome:
    """The grader failed with this exception."""
    return grader_error("".join(traceback.format_exception(error)))


def from_exception(error: BaseException, part: str) -> Outcome | None:
    """The outcome for an exception raised by a test; None if it is a grader error.

    Args:
        error: what the test function raised.
        part: the part that the criterion belongs to.
    """
    if isinstance(error, StudentMissing):
        return Outcome(Status.MISSING, facts.Missing(error.name))
    if isinstance(error, StudentFailure):
        return _failure(error, part)
    if isinstance(error, WrongAnswer):
        # Why the comparison raised is of interest to the grader's maintainers in any case.
        odd = isinstance(error.fact, facts.Incomparable)
        note = "".join(traceback.format_exception(error)) if odd else None
        return Outcome(Status.FAILED, error.fact, grader_note=note)
    return None


def _failure(error: StudentFailure, part: str) -> Outcome:
    call = error.label
    if isinstance(error, StudentRaised):
        return _raised(error, part)
    if isinstance(error, UnsupportedOperation):
        return Outcome(Status.FAILED, facts.Unsupported(call or "", error.got, error.wanted))
    if isinstance(error, StudentTimeout):
        fact = facts.TimedOut(
            call, at=error.at, waited=error.waited, lacks_threads=error.lacks_threads
        )
        return Outcome(Status.TIMEOUT, fact, conclusive=error.conclusive)
    if isinstance(error, StudentProtocolError):
        return Outcome(Status.ERROR, facts.ProtocolBroken(call))
    if isinstance(error, StudentDied):
        return Outcome(Status.ERROR, facts.Died(call))
    return Outcome(Status.ERROR, facts.NoResult(call))


def _raised(error: StudentRaised, part: str) -> Outcome:
    info = error.info
    if info.type == "NotImplementedError":
        at = info.innermost
        inner = (at.function if at else part).partition(".<locals>")[0]
        if inner == part:
            return Outcome(Status.MISSING, facts.NotWritten(part))
        return Outcome(Status.ERROR, facts.NeedsNotWritten(error.label, part, inner))
    if info.type == "WireError" and info.innermost is None:
        return Outcome(Status.ERROR, facts.ProtocolBroken(error.label))
    return Outcome(Status.ERROR, facts.Raised(error.label, info, part))
