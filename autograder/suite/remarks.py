"""Additional remarks about a criterion, beside its status and the reason for it, as data.

`autograder.messages.remarks` turns remarks into messages.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.sandbox.host.session import Overwritten
from autograder.sandbox.protocol.unfixable import Unfixable
from autograder.status import CellStatus
from autograder.suite.facts import BrokenCell
from autograder.text import Text


@dataclass(frozen=True)
class UnderAnotherName:
    """The notebook uses the name ``theirs`` for what the exercise calls ``asked``."""

    asked: str
    theirs: str


@dataclass(frozen=True)
class OverwrittenLater:
    """The criterion was decided in the namespace as it was when its part was defined.

    Attributes:
        changes: names that later cells overwrote.
        counts: whether the criterion is passed there.
    """

    changes: tuple[Overwritten, ...]
    counts: bool


@dataclass(frozen=True)
class InTextCell:
    """A missing part is in a cell that is not a code cell: its name, the cell's number from 1."""

    name: str
    number: int


@dataclass(frozen=True)
class NotebookOf:
    """A part is missing, and the notebook belongs to another ``exercise``."""

    exercise: str


@dataclass(frozen=True)
class Replaced:
    """A part that the criterion builds on, replaced by a working one.

    Attributes:
        name: the function or class.
        fails: title of the first criterion that the student's own version fails; None if nothing
            is there that could fail it.
        unwritten: the function or method that has not been written yet: the part, or one of its
            methods. Without this and ``fails``, the notebook does not define the part.
    """

    name: str
    fails: Text | None = None
    unwritten: str | None = None


@dataclass(frozen=True)
class GradedWith:
    """The criterion was decided with other parts replaced.

    Attributes:
        replaced: these parts.
        passed: whether it then passes.
        reasons: whether to say why they were replaced.
    """

    replaced: tuple[Replaced, ...]
    passed: bool
    reasons: bool = True


@dataclass(frozen=True)
class OnlyPieces:
    """What was graded was recovered from a cell that does not parse; nothing else defines it."""

    name: str
    cell: BrokenCell


@dataclass(frozen=True)
class StarImport:
    """A name is undefined, and a cell imports everything from a module that is not there.

    Attributes:
        name: the undefined name.
        module: the module.
        cell: the cell's number, from 1.
    """

    name: str
    module: str
    cell: int


@dataclass(frozen=True)
class InUnfinishedCell:
    """A name is undefined, and a cell that assigns it did not run to its end.

    Attributes:
        name: the undefined name.
        cell: the cell's number, from 1.
        status: what became of the cell.
    """

    name: str
    cell: int
    status: CellStatus


@dataclass(frozen=True)
class RemovedFromNumPy:
    """The definition uses names that NumPy has removed and that the sandbox still provides."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class CameOutDifferently:
    """Graded again, with another result, as the notebook uses ``sources`` of chance: the worst."""

    sources: tuple[Unfixable, ...]


Remark = (
    UnderAnotherName
    | OverwrittenLater
    | InTextCell
    | NotebookOf
    | GradedWith
    | OnlyPieces
    | RemovedFromNumPy
    | StarImport
    | InUnfinishedCell
    | CameOutDifferently
)
"""Additional information about a criterion, whatever its status."""
