"""What a criterion's test found out about the student's code, as data without any wording.

`autograder.messages.criteria` turns facts into messages. Values and texts are exactly as received
from the sandbox, and facts may contain expected values: `messages` alone decides what is shown.
Additional remarks about a criterion are in `autograder.suite.remarks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.sandbox.host.session import ExceptionInfo, Frame
from autograder.suite.compare import Difference
from autograder.suite.smallest_input import UNKNOWN
from autograder.text import Text

# --- The part is missing.


@dataclass(frozen=True)
class BrokenCell:
    """A cell that failed: its number from 1, and its error."""

    number: int
    error: str


@dataclass(frozen=True)
class MagicCell:
    """A cell whose magic prevents it from defining anything: its number from 1, and ``%%name``."""

    number: int
    magic: str


@dataclass(frozen=True)
class Missing:
    """The notebook defines nothing of that name.

    Attributes:
        name: the missing name.
        similar: a defined name that may be a misspelling of it.
        is_function: whether a function has the name instead of a class.
        broken: the cell that would have defined it.
        magic: a cell that contains it, but whose magic defines nothing.
        is_empty: whether the notebook has no code at all.
    """

    name: str
    similar: str | None = None
    is_function: bool = False
    broken: BrokenCell | None = None
    magic: MagicCell | None = None
    is_empty: bool = False


@dataclass(frozen=True)
class NotWritten:
    """The stub is unchanged."""

    part: str


@dataclass(frozen=True)
class StillRaises:
    """A body was written below the stub's ``raise``, which is still executed first.

    Attributes:
        part: the part that raises: the one graded, or another one that it calls.
        cell: the number of its cell, from 1.
        line: the line of the ``raise``.
    """

    part: str
    cell: int
    line: int


# --- The call gave no result. ``call`` is None if it was not even attempted.


@dataclass(frozen=True)
class NeedsNotWritten:
    """The part calls another one that is still a stub."""

    call: str | None
    part: str
    other: str


@dataclass(frozen=True)
class Raised:
    """The student's code raised an exception while ``part`` was graded."""

    call: str | None
    error: ExceptionInfo
    part: str

    @property
    def through(self) -> Frame | None:
        """The part's own line that called the function which raised; None if it raised itself.

        The part may be called under another name, or be the constructor of its class.
        """
        frames = self.error.frames
        if not frames:
            return None
        own = self.part if any(frame.function == self.part for frame in frames) else ""
        own = own or frames[0].function
        mine = [frame for frame in frames if frame.function == own]
        inner = frames[-1].function.partition(".<locals>")[0]  # a comprehension is part of it
        return mine[-1] if own and inner != own else None


@dataclass(frozen=True)
class TimedOut:
    """It did not finish in time, and if ``tried_again`` not with a margin either.

    It was stopped ``at`` a loop or a line, if that is known. If it ``waited``, it was not computing
    then. With ``lacks_threads`` it may have waited for a thread that a cell started and that is not
    in the process in which it was called.
    """

    call: str | None
    tried_again: bool = False
    at: Frame | None = None
    lacks_threads: bool = False
    waited: bool = False


@dataclass(frozen=True)
class Died:
    """It ended its process."""

    call: str | None


@dataclass(frozen=True)
class ProtocolBroken:
    """The process sent something that is not a valid message."""

    call: str | None


@dataclass(frozen=True)
class NoResult:
    """It gave no result for another reason."""

    call: str | None


# --- The call gave a wrong result.


@dataclass(frozen=True)
class Differs:
    """The answer differs from the expected value.

    Attributes:
        call: what returned the answer; of a part of a result, with its keys.
        difference: how it differs.
        repeated: whether the same call with the same data was made before.
        within: where in the call's result the answer is.
        measured: what the suite has measured of what the call returned, if that is what differs.
        roughly: whether that was compared with a tolerance.
    """

    call: str
    difference: Difference
    repeated: bool = False
    within: tuple[Any, ...] = ()
    measured: Text | None = None
    roughly: bool = False


@dataclass(frozen=True)
class Unsupported:
    """A plain value of type ``got`` was returned, but the suite uses its ``wanted``."""

    call: str
    got: str
    wanted: str


@dataclass(frozen=True)
class Incomparable:
    """The answer, of type ``got``, makes the comparison raise; the expected value does not."""

    call: str
    got: str


@dataclass(frozen=True)
class ArgumentChanged:
    """The call modified its array argument number ``place``, from 1.

    ``name`` is what the notebook's definition calls it, if that is known.
    """

    call: str
    place: int
    name: str | None = None


@dataclass(frozen=True)
class WeightsChanged:
    """The method changed the object's attribute ``name``, which others are to change."""

    call: str
    name: str
    method: str


@dataclass(frozen=True)
class NotRaised:
    """The call should have raised ``expected``, but raised or returned ``got``."""

    call: str
    expected: str
    got: str
    raised: bool = False


@dataclass(frozen=True)
class WorkGrows:
    """The code does more work in Python for a larger input, where it need not.

    Attributes:
        call: the call with the larger input.
        smaller: the other call.
        what: what grows, ``"lines"`` or ``"objects"``.
        before: how many there were for the smaller input.
        after: how many for the larger.
    """

    call: str
    smaller: str
    what: str
    before: int
    after: int


@dataclass(frozen=True)
class TooMuchWork:
    """The code runs more lines of Python than any vectorised code would.

    Attributes:
        call: the call.
        lines: how many lines it ran.
    """

    call: str
    lines: int


@dataclass(frozen=True)
class NotCounted:
    """The code interferes with counting its work, ``at`` a line if that is known."""

    call: str
    at: Frame | None = None


# --- The answer is not evidence against the suspect that it is about.


@dataclass(frozen=True)
class WronglyAcquitted:
    """The answer claims that a suspect is right, but it is wrong for some inputs."""

    call: str
    got: str


@dataclass(frozen=True)
class ProvesNothing:
    """The suspect gives the right result on this input."""

    call: str
    got: str


@dataclass(frozen=True)
class Unfit:
    """The answer is not a valid input for the suspect.

    ``reason`` comes from the exercise; None if the reference has no result for the input.
    """

    call: str
    got: str
    reason: Text | None


@dataclass(frozen=True)
class AcquitsTooMany:
    """``count`` suspects are acquitted, but only one is right."""

    call: str
    got: str
    count: int


@dataclass(frozen=True)
class TooFewConvicted:
    """The right suspect is acquitted, but too few others are convicted to rule out a guess."""

    call: str
    got: str
    convicted: int
    least: int


@dataclass(frozen=True)
class GraderFault:
    """The grader failed. ``fails_without_student``: it fails without the student's data as well."""

    fails_without_student: bool


Fact = (
    Missing
    | NotWritten
    | StillRaises
    | NeedsNotWritten
    | Raised
    | TimedOut
    | Died
    | ProtocolBroken
    | NoResult
    | Differs
    | Unsupported
    | Incomparable
    | ArgumentChanged
    | WeightsChanged
    | NotRaised
    | WorkGrows
    | TooMuchWork
    | NotCounted
    | WronglyAcquitted
    | ProvesNothing
    | Unfit
    | AcquitsTooMany
    | TooFewConvicted
    | GraderFault
)
"""The reason why a criterion is not passed."""


class WrongAnswer(Exception):
    """An assertion of a hidden suite failed; ``fact`` is the reason.

    ``got`` and ``expected`` are the values compared.
    """

    def __init__(self, fact: Fact, got: Any = UNKNOWN, expected: Any = UNKNOWN) -> None:
        super().__init__(fact)
        self.fact = fact
        self.got = got
        self.expected = expected
