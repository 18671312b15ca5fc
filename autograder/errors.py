"""The exceptions whose messages are shown to users.

    AutograderError             ``str()`` is one line: where, what is wrong, what to do
    ├── CommandError            a command failed (exit status 1) or was misused (2)
    ├── CourseError             the course's own files are wrong; its author can fix them
    ├── SandboxUnavailable      this machine cannot isolate students' code as required
    ├── MissingExtra            an optional package is not installed
    ├── WorkersFailed           the worker processes do not start
    ├── UnreadableSubmission    a submission contains no readable cells
    ├── InvalidResult           a result violates the contract of result.json
    ├── InvalidHandIns          hand-ins.json is damaged
    ├── InvalidCorrections      corrections.csv cannot be read as a table
    └── IncompleteReport        some stored results are missing from the pages

Any other exception that reaches `autograder.cli.main` is an `OSError`, which names its file, or a
bug. Failures of students' code are not in this hierarchy: see `autograder.sandbox.host`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder import DISTRIBUTION


class AutograderError(Exception):
    """Base class of errors with a message for the user."""

    status = 1
    """The command's exit status."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with all fields: a worker process passes its errors on."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(
    kind: type[AutograderError], args: tuple[Any, ...], fields: dict[str, Any]
) -> AutograderError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


class CommandError(AutograderError):
    """A command failed; ``status`` 2 means wrong usage."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class CourseError(AutograderError):
    """Something in the course's own files is wrong and has to be fixed by its author.

    Args:
        message: what is wrong.
        file: the file.
        line: the line in the file, if known.
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
        """One line: ``file:line: what is wrong. What to do.``, with a relative path."""
        file = self.file
        if file.is_absolute() and file.is_relative_to(Path.cwd()):
            file = file.relative_to(Path.cwd())
        place = f"{file}:{self.line}" if self.line else str(file)
        parts = [part for part in (self.message, self.remedy) if part]
        sentences = [part if part.endswith(".") else f"{part}." for part in parts]
        return f"{place}: {' '.join(sentences)}"


class SandboxUnavailable(AutograderError):
    """Students' code cannot be isolated as required.

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
    """The worker processes do not start."""


class FileFault(StrEnum):
    """Why a submitted file is unreadable. The messages are in ``messages/files.toml``."""

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
    """A link to something that was not handed in."""
    CANNOT_BE_OPENED = "cannot_be_opened"
    """``reason``: the operating system's message."""
    FOLDER = "folder"
    NOT_REGULAR = "not_regular"
    """A pipe, a socket or a device."""
    TOO_LARGE = "too_large"
    """``size`` and ``limit`` in MB."""
    EMPTY = "empty"
    TOO_MUCH_DATA = "too_much_data"
    """More of it than may be passed over."""
    CUT_OFF = "cut_off"
    """It ends in the middle, on that ``line``."""
    DAMAGED_AT_LINE = "damaged_at_line"
    """Not JSON from ``line`` on."""
    NO_CELLS = "no_cells"
    """JSON, but not a notebook."""
    TOO_MUCH_CODE = "too_much_code"
    BREAKS_THE_READER = "breaks_the_reader"
    """The parser itself fails on it."""


class UnreadableSubmission(AutograderError):
    """A submission contains no readable cells.

    Args:
        fault: the reason.
        sha256: of the file's bytes, if they could be read.
        values: values for the message, see `FileFault`.
    """

    def __init__(self, fault: FileFault, sha256: str | None = None, **values: Any) -> None:
        super().__init__(f"{fault} {values}" if values else str(fault))
        self.fault = fault
        self.sha256 = sha256
        self.values = values


class InvalidResult(AutograderError, ValueError):
    """A result violates the contract of result.json."""


class InvalidHandIns(AutograderError):
    """What was noted about the hand-ins cannot be read."""


class InvalidCorrections(AutograderError):
    """corrections.csv is not a table that can be read."""


class IncompleteReport(AutograderError):
    """Some files in ``results/`` are invalid; the pages of all others have been written.

    Args:
        problems: one line per file: the file, what is wrong, what to do.
        written: the number of results in the pages.
    """

    def __init__(self, problems: list[str], written: int) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.written = written
