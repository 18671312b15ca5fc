"""What can become of a submission, of a cell and of a criterion: the words of result.json.

Members are strings, so JSON, templates and comparing with text read from a file need no conversion.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What became of one criterion."""

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


class ResultStatus(StrEnum):
    """What became of one submission."""

    GRADED = "graded"
    UNREADABLE = "unreadable"
    GRADER_ERROR = "grader_error"
    """At least one criterion is a `Status.GRADER_ERROR`."""


class CellStatus(StrEnum):
    """What became of one cell of the notebook."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    SKIPPED = "skipped"
