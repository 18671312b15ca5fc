"""The possible outcomes of submissions, cells and criteria, as they appear in result.json.

Members are strings, so JSON, templates and comparisons with stored text need no conversion.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The outcome of one criterion."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    """The student's code raised an exception."""
    TIMEOUT = "timeout"
    MISSING = "missing"
    """The part is not defined."""
    CARRIED = "carried"
    """Passed with a correct earlier part in place of the student's own."""
    GRADER_ERROR = "grader_error"
    """The grader failed, not the student."""


WRONG = frozenset({Status.FAILED, Status.ERROR, Status.TIMEOUT})
"""The student's code was run and is not right."""

RIGHT = frozenset({Status.PASSED, Status.CARRIED})
"""The student's code of the criterion's part is right."""

NOTHING_TO_FIX = RIGHT | {Status.GRADER_ERROR}
"""The student has nothing to fix."""


class ResultStatus(StrEnum):
    """The outcome of one submission."""

    GRADED = "graded"
    UNREADABLE = "unreadable"
    GRADER_ERROR = "grader_error"
    """At least one criterion is a `Status.GRADER_ERROR`."""


class CellStatus(StrEnum):
    """The outcome of one cell of the notebook."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    SKIPPED = "skipped"
