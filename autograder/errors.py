"""Every error a user can meet, and what it means for the exit status.

    AutograderError             ``str()`` is one line: where, what is wrong, what to do
    ├── CommandError            a command could not do its work (status 1) or was misused (2)
    ├── CourseError             the course's own files are wrong; its author can fix them
    ├── SandboxUnavailable      this machine cannot run students' code the way it should be run
    ├── MissingExtra            a package is not installed that only some commands need
    ├── WorkersFailed           the grading processes do not start
    ├── UnreadableSubmission    no cell can be read from what was handed in
    ├── InvalidResult           a result breaks the contract of result.json
    └── IncompleteReport        some stored results could not go into the pages

Everything else that reaches `autograder.cli.main` is an `OSError`, which names its file, or a bug.
What a student's code does is never an error of the program: see `autograder.sandbox.host`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder import DISTRIBUTION


class AutograderError(Exception):
    """The base of every error with a message for the user."""

    status = 1
    """The exit status that the command ends with."""


class CommandError(AutograderError):
    """A command could not do its work; ``status`` 2 means that it was called wrongly."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class CourseError(AutograderError):
    """Something in the course's own files is wrong; its author has to fix it.

    Args:
        message: what is wrong.
        file: where.
        line: the line, where there is one.
        remedy: what to do about it.
    """

    def __init__(
        self, message: str, file: Path | str, line: int | None = None, remedy: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = Path(file)
        self.line = line
        self.remedy = remedy

    def __str__(self) -> str:
        """One line: ``file:line: what is wrong. What to do.``, the file as seen from here."""
        file = self.file
        if file.is_absolute() and file.is_relative_to(Path.cwd()):
            file = file.relative_to(Path.cwd())
        place = f"{file}:{self.line}" if self.line else str(file)
        parts = [part for part in (self.message, self.remedy) if part]
        sentences = [part if part.endswith(".") else f"{part}." for part in parts]
        return f"{place}: {' '.join(sentences)}"


class SandboxUnavailable(AutograderError):
    """Students' code cannot be run the way it should be.

    Args:
        what: what is wrong, in one line.
        remedy: what to do about it, in one line.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}. {remedy[:1].upper()}{remedy[1:]}.")
        self.what = what
        self.remedy = remedy


class MissingExtra(AutograderError):
    """What was to be done needs packages that grading does not, and they are not installed.

    Args:
        what: what needs them, as a sentence begins.
        extra: the distribution's extra that has them.
        missing: the packages.
    """

    def __init__(self, what: str, extra: str, missing: Sequence[str]) -> None:
        names = " and ".join(missing)
        super().__init__(
            f"{what} needs the {extra} extra ({names} not installed): "
            f"pip install '{DISTRIBUTION}[{extra}]'"
        )


class WorkersFailed(AutograderError):
    """The grading processes do not even start."""


class FileFault(StrEnum):
    """Why nothing can be read from a file that was handed in; ``messages/files.toml`` says it."""

    ARCHIVE = "archive"
    """Zip and the like."""
    OFFICE_DOCUMENT = "office_document"
    PDF = "pdf"
    PICTURE = "picture"
    WEB_PAGE = "web_page"
    SHORTCUT = "shortcut"
    """A link to a document, as Google Drive and browsers save it."""
    PYTHON_SCRIPT = "python_script"
    LFS_POINTER = "lfs_pointer"
    """What Git LFS leaves in a file's place until it is pulled."""
    MERGE_CONFLICT = "merge_conflict"
    """A notebook with the markers of a Git merge in it."""
    ONLY_ZEROS = "only_zeros"
    LINK_LEADS_OUT = "link_leads_out"
    """It is a link to something that was not handed in."""
    CANNOT_BE_OPENED = "cannot_be_opened"
    """``reason``: the operating system's."""
    FOLDER = "folder"
    NOT_REGULAR = "not_regular"
    """A pipe, a socket or a device."""
    TOO_LARGE = "too_large"
    """``size`` and ``limit``: in MB."""
    EMPTY = "empty"
    TOO_MUCH_DATA = "too_much_data"
    """More of it than may be passed over."""
    CUT_OFF = "cut_off"
    """It ends in the middle, on that ``line``."""
    DAMAGED_AT_LINE = "damaged_at_line"
    """No JSON from that ``line`` on."""
    NO_CELLS = "no_cells"
    """JSON, but no notebook."""
    TOO_MUCH_CODE = "too_much_code"
    BREAKS_THE_READER = "breaks_the_reader"
    """The reader itself fails on it."""


class UnreadableSubmission(AutograderError):
    """No cell can be read from a submission.

    Args:
        fault: why.
        sha256: of the file's bytes, if they could be read.
        values: what there is to say about the fault, see `FileFault`.
    """

    def __init__(self, fault: FileFault, sha256: str | None = None, **values: Any) -> None:
        super().__init__(f"{fault} {values}" if values else str(fault))
        self.fault = fault
        self.sha256 = sha256
        self.values = values


class InvalidResult(AutograderError, ValueError):
    """A result breaks the contract of result.json."""


class IncompleteReport(AutograderError):
    """Some files in ``results/`` hold no valid result; the pages of all others have been written.

    Args:
        problems: a line for each: the file, what is wrong, what to do.
        written: the number of results that are in the pages.
    """

    def __init__(self, problems: list[str], written: int) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.written = written
