"""What a criterion's test found out about the student's code: facts, without a word about them.

`autograder.messages.criteria` says them to the student. Values and texts are as they came across
the wall, and a fact may hold expected values: only `messages` decides what of it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.sandbox.host.session import ExceptionInfo, Frame, Overwritten
from autograder.suite.compare import Difference
from autograder.text import Text

# --- The part is not there.


@dataclass(frozen=True)
class BrokenCell:
    """A cell that did not run: its number from 1, and its error."""

    number: int
    error: str


@dataclass(frozen=True)
class MagicCell:
    """A cell whose magic keeps it from defining anything: its number from 1, and ``%%name``."""

    number: int
    magic: str


@dataclass(frozen=True)
class Missing:
    """Nothing in the notebook has that name.

    Attributes:
        name: what is missing.
        similar: a name that is there and may be a misspelling of it.
        is_function: whether a function has the name where a class should.
        broken: the cell that would have defined it.
        magic: a cell that has it, and whose magic defines nothing.
    """

    name: str
    similar: str | None = None
    is_function: bool = False
    broken: BrokenCell | None = None
    magic: MagicCell | None = None


@dataclass(frozen=True)
class NotWritten:
    """The stub is as it was handed out."""

    part: str


@dataclass(frozen=True)
class StillRaises:
    """Something is written below the stub's ``raise``, which still comes first.

    Attributes:
        part: what begins with it, the part itself or another one that it calls.
        cell: the number of its cell, from 1.
        line: the line of the ``raise``.
    """

    part: str
    cell: int
    line: int


# --- The call gave no result. ``call`` is None where it was not even tried.


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
        """The line of the part itself that called what raised, if that is another function."""
        at = self.error.innermost
        mine = [frame for frame in self.error.frames if frame.function == self.part]
        if at is None or not mine or at.function == self.part:
            return None
        return mine[-1]


@dataclass(frozen=True)
class TimedOut:
    """It did not finish in time."""

    call: str | None


@dataclass(frozen=True)
class Died:
    """It ended its process."""

    call: str | None


@dataclass(frozen=True)
class ProtocolBroken:
    """What came back is no message that can be read."""

    call: str | None


@dataclass(frozen=True)
class NoResult:
    """It gave no result in some other way."""

    call: str | None


# --- The call gave a result that is wrong.


@dataclass(frozen=True)
class Differs:
    """The answer is not what is right.

    ``repeated``: the same call, on the same data, was made before.
    """

    call: str
    difference: Difference
    repeated: bool = False


@dataclass(frozen=True)
class HasNo:
    """A plain value of type ``got`` was returned, but the suite uses its ``wanted``."""

    call: str
    got: str
    wanted: str


@dataclass(frozen=True)
class Incomparable:
    """Comparing fails on the answer, of type ``got``, though what is expected can be compared."""

    call: str
    got: str


@dataclass(frozen=True)
class ArgumentChanged:
    """The call changed the array that is its argument number ``place``, from 1."""

    call: str
    place: int


@dataclass(frozen=True)
class NotRaised:
    """The call should have raised ``expected``; it raised or returned a ``got``."""

    call: str
    expected: str
    got: str
    raised: bool = False


# --- The answer is no evidence against the given code that it is about.


@dataclass(frozen=True)
class WronglyAcquitted:
    """The answer says that a suspect is right, which goes wrong on some inputs."""

    call: str
    got: str


@dataclass(frozen=True)
class ProvesNothing:
    """The suspect gives what is right on this input."""

    call: str
    got: str


@dataclass(frozen=True)
class Unfit:
    """The answer is no input for the suspect.

    ``reason`` is the exercise's own; None if the reference has no result for that input.
    """

    call: str
    got: str
    reason: Text | None


@dataclass(frozen=True)
class AcquitsTooMany:
    """The answer acquits ``count`` suspects, where one alone is right."""

    call: str
    got: str
    count: int


@dataclass(frozen=True)
class TooFewConvicted:
    """The answer acquits the right suspect, but proves too little to be more than a guess."""

    call: str
    got: str
    convicted: int
    least: int


@dataclass(frozen=True)
class GraderFault:
    """The grader failed. ``shown_ours``: it does so without the student's data as well."""

    shown_ours: bool


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
    | HasNo
    | Incomparable
    | ArgumentChanged
    | NotRaised
    | WronglyAcquitted
    | ProvesNothing
    | Unfit
    | AcquitsTooMany
    | TooFewConvicted
    | GraderFault
)
"""Why a criterion is not passed."""


@dataclass(frozen=True)
class UnderAnotherName:
    """The notebook calls ``asked``, a name that the exercise asks for, ``theirs``."""

    asked: str
    theirs: str


@dataclass(frozen=True)
class OverwrittenLater:
    """The criterion was decided in the world in which its part was defined.

    Attributes:
        changes: names that later cells overwrote.
        counts: whether it is passed there.
    """

    changes: tuple[Overwritten, ...]
    counts: bool


@dataclass(frozen=True)
class InTextCell:
    """A missing part is written in a cell that is not code: its name, the cell's number from 1."""

    name: str
    number: int


@dataclass(frozen=True)
class NotebookOf:
    """A part is missing, and the notebook is that of another ``exercise``."""

    exercise: str


@dataclass(frozen=True)
class Replaced:
    """A part on which the criterion builds, and which was replaced by a working one.

    Attributes:
        name: the function or class.
        fails: title of the first criterion that the student's own does not pass; None if the
            notebook does not define it.
    """

    name: str
    fails: Text | None = None


@dataclass(frozen=True)
class GradedWith:
    """The criterion was decided with other parts replaced; ``passed``: it is passed then."""

    replaced: tuple[Replaced, ...]
    passed: bool


@dataclass(frozen=True)
class OnlyPieces:
    """What was graded are pieces of a cell that does not parse: nothing else defines the name."""

    name: str
    cell: BrokenCell


@dataclass(frozen=True)
class RemovedFromNumPy:
    """The definition uses names that NumPy no longer has, and to which the sandbox gives them."""

    names: tuple[str, ...]


Remark = (
    UnderAnotherName
    | OverwrittenLater
    | InTextCell
    | NotebookOf
    | GradedWith
    | OnlyPieces
    | RemovedFromNumPy
)
"""Something to know about a criterion whatever its status."""


class WrongAnswer(Exception):
    """An assertion of a hidden suite does not hold; says why by a fact."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(fact)
        self.fact = fact
