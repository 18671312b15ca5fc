"""How a call of the student's code can end: with a result, or with a failure that is the student's.

Failures of the sandbox itself are kept apart: they must cost no student any points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Frame:
    """A line of the student's notebook that an exception passed through.

    ``text`` is the submitted line, ``function`` the function that contains it.
    """

    cell: int
    line: int
    text: str
    function: str


@dataclass(frozen=True)
class Work:
    """How much work a call did in Python; see ``guest.counting``.

    Attributes:
        lines: lines that were executed.
        objects: objects that lived at once.
        intact: whether nothing interfered with counting.
        at: the line that interfered, if it is known.
    """

    lines: int
    objects: int
    intact: bool
    at: Frame | None = None


@dataclass(frozen=True)
class CallResult:
    """The value of a call, and, if requested, the arguments as they are after it, and its work."""

    value: Any
    args: list[Any] | None = None
    work: Work | None = None


@dataclass(frozen=True)
class ExceptionInfo:
    """An exception raised by the student's code, as far as it may be shown (`exception_text`).

    Attributes:
        type: the class's name.
        message: its text, or "" if it might disclose a hidden input.
        frames: lines of the notebook, the outermost first.
        kinds: unchecked names of the class and its bases: for decisions, not to be shown.
    """

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def innermost(self) -> Frame | None:
        """The line of the notebook at which it was raised, or None if it was raised elsewhere."""
        return self.frames[-1] if self.frames else None


class StudentFailure(Exception):
    """A failure of the student's code, as opposed to a grader error.

    Attributes:
        label: the call during which it happened, for messages; None before it is set.
    """

    label: str | None = None


class StudentRaised(StudentFailure):
    """The student's code raised an exception.

    Attributes:
        item: while which item was set, if the request was to set several.
    """

    def __init__(self, info: ExceptionInfo, item: int | None = None) -> None:
        super().__init__(f"{info.type}: {info.message}")
        self.info = info
        self.item = item


class StudentTimeout(StudentFailure):
    """The student's code did not finish in time.

    Attributes:
        conclusive: whether a second attempt with more time would be no use: it was waiting rather
            than computing, or could not even be stopped.
        at: the loop or the line in which it was stopped, if it is known.
        lacks_threads: whether it may have waited for a thread that a cell started, which is not in
            the process in which it was called.
        waited: whether it is known to have been waiting: it slept, or waited for input.
    """

    def __init__(
        self,
        text: str = "",
        *,
        conclusive: bool = True,
        at: Frame | None = None,
        lacks_threads: bool = False,
        waited: bool = False,
    ) -> None:
        super().__init__(text)
        self.conclusive = conclusive
        self.at = at
        self.lacks_threads = lacks_threads
        self.waited = waited


class StudentDied(StudentFailure):
    """The student's process ended during a call."""


class StudentProtocolError(StudentDied):
    """The answer is not a valid message: too large, too deeply nested, or forged."""


class SandboxLost(Exception):
    """The trusted process that supervises the session is gone, not because of student code."""
