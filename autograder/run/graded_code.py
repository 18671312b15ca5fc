"""Read the code of graded submissions once more, to compare it: exactly the files that were graded.

A file that has changed since it was graded, or is gone, is named and left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course.models import Course
from autograder.errors import UnreadableSubmission
from autograder.ingest.parse import file_bytes, normalised, read_notebook
from autograder.run.handouts import handouts_of
from autograder.status import ResultStatus
from autograder.verdict.result import Result


@dataclass(frozen=True)
class GradedCode:
    """The cells that a student wrote or changed, in order; nothing of the handout is left."""

    student: str
    exercise: str
    sha256: str
    cells: tuple[str, ...]


def graded_bytes(result: Result) -> bytes:
    """The file of a result.

    Raises:
        Changed: it is another file now, or none; the text says so.
    """
    path = Path(result.submission.path)
    try:
        raw = file_bytes(path, path.parent)
    except UnreadableSubmission:
        raise Changed(f"{path}: cannot be read any more") from None
    except OSError as error:
        raise Changed(f"{path}: {error.strerror}") from None
    if hashlib.sha256(raw).hexdigest() != result.submission.sha256:
        raise Changed(f"{path}: has changed since it was graded")
    return raw


class Changed(Exception):
    """A submission is not the file that was graded."""


def graded_code(results: Iterable[Result], course: Course) -> tuple[list[GradedCode], list[str]]:
    """The code of these results' submissions, and a line about each that could not be read.

    Submissions that were unreadable, or in which nothing was changed, have no code to compare.
    """
    handed_out = {handout.exercise: handout.sources for handout in handouts_of(course).all}
    found: list[GradedCode] = []
    problems: list[str] = []
    for result in results:
        if result.status is ResultStatus.UNREADABLE:
            continue
        try:
            one = _read(result, handed_out)
        except (UnreadableSubmission, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else "cannot be read any more"
            problems.append(f"{result.submission.path}: {reason}")
            continue
        if one.sha256 != result.submission.sha256:
            problems.append(f"{result.submission.path}: has changed since it was graded")
        elif one.cells:
            found.append(one)
    return found, problems


def _read(result: Result, handed_out: Mapping[str, Collection[str]]) -> GradedCode:
    path = Path(result.submission.path)
    book = read_notebook(path, path.parent)
    sources = handed_out.get(result.exercise, ())
    own = tuple(source for _, source in book.cells if normalised(source) not in sources)
    return GradedCode(result.student, result.exercise, book.sha256, own)
