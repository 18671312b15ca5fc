"""Guesses: code that computes nothing, put in place of a part that is otherwise right.

No criterion may be earned by a guess. So that this is proven for any course, guesses are made from
the teaching solution, not by hand: results of the right shape with other numbers, the answer of one
call given to every call, and tables of the answers that were right under another salt.

A part without arguments has nothing to compute from: it chooses its answer (`09_bug_hunt`). All of
these of an exercise are replaced together, since for one of them the right answer may be None.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from autograder.course.models import Exercise, Part
from autograder.course.notebook_cells import stub_cell
from autograder.course.part_source import part_source
from autograder.in_process.own_code import OwnCode
from autograder.verify import guess_cell

_Function = Callable[[str, bool], str]
"""From a part's id, and whether it is a method, to an expression for what replaces it."""


class How(StrEnum):
    """What a guess answers."""

    NOTHING = "nothing"
    ERROR = "error"
    ZEROS = "zeros"
    ONES = "ones"
    INPUT = "input"
    BLIND = "blind"
    FIRST = "first"
    IN_ORDER = "in order"
    BY_ARGUMENTS = "by arguments"

    @property
    def is_table(self) -> bool:
        """Whether it looks up what was right under another salt."""
        return self in (How.IN_ORDER, How.BY_ARGUMENTS)


ALIKE = (How.ZEROS, How.ONES, How.INPUT, How.BLIND)
"""These have the right shapes and dtypes, and raise where the right code does."""

WHAT = {
    How.NOTHING: "does nothing and returns None",
    How.ERROR: "raises ValueError whatever it is given",
    How.ZEROS: "gives zeros of the right shape",
    How.ONES: "gives ones of the right shape",
    How.INPUT: "gives back its first argument, cut or repeated to the right shape",
    How.BLIND: "does not look at the numbers of its arrays, as if all were 0",
    How.FIRST: "gives every call the answer of the first",
    How.IN_ORDER: "repeats, call by call, what was right under another salt",
    How.BY_ARGUMENTS: "looks up what was right under another salt for arguments of the same shapes "
    "and numbers",
}
REMEDY = {
    How.NOTHING: "Make the test require a result",
    How.ERROR: "Make the test also require a result where no error is due",
    How.ZEROS: "Make the test compare values that are not 0",
    How.ONES: "Make the test compare values that are not all 1",
    How.INPUT: "Make the test choose inputs whose result is not just a copy of them",
    How.BLIND: "Make the test choose inputs whose numbers matter for the result",
    How.FIRST: "Make the test ask at least twice, with inputs whose answers differ",
    How.IN_ORDER: "Draw what decides the answers (numbers, sizes, the order of cases) with make",
    How.BY_ARGUMENTS: "Draw what decides the answers (numbers, sizes) with make",
}


@dataclass(frozen=True)
class Guess:
    """One way to answer without computing.

    Attributes:
        parts: the ids of the parts that it replaces.
        how: what it answers.
        criteria: the ids of the criteria that it must not earn.
        table: the recorded calls, as text; only for tables, and "" until they are recorded.
    """

    parts: tuple[str, ...]
    how: How
    criteria: tuple[str, ...]
    table: str = field(default="", compare=False, repr=False)

    @property
    def name(self) -> str:
        """Unique within the exercise."""
        about = self.criteria[0] if self.how.is_table else self.parts[0]
        return f"{about} {self.how}"

    def code(self, exercise: Exercise) -> OwnCode:
        """The teaching solution with these parts guessed."""
        return _replaced(exercise, self.parts, self._function)

    def _function(self, part: str, is_method: bool) -> str:
        if self.how is How.NOTHING:
            return f"guess_nothing({part})"
        if self.how is How.ERROR:
            return f"guess_error({part})"
        if self.how.is_table:
            by_arguments = self.how is How.BY_ARGUMENTS
            return f"guess_looked_up({part}, {by_arguments}, {is_method}, {self.table!r})"
        return f"guess_alike({part}, {str(self.how)!r}, {is_method})"


def guesses(exercise: Exercise) -> Iterator[Guess]:
    """All guesses for an exercise."""
    chosen = [part for part in exercise.parts if _takes_nothing(exercise, part)]
    if chosen:
        ids = tuple(part.id for part in chosen)
        criteria = tuple(criterion.id for part in chosen for criterion in part.criteria)
        for how in (How.NOTHING, How.ERROR):
            yield Guess(ids, how, criteria)
    for part in exercise.parts:
        if part in chosen:
            continue
        criteria = tuple(criterion.id for criterion in part.criteria)
        # Numbers that a constructor draws may be any: what it makes is asked for by tables.
        alike = () if part.method == "__init__" else ALIKE
        for how in (How.NOTHING, How.ERROR, *alike, How.FIRST):
            yield Guess((part.id,), how, criteria)
        for name in criteria:
            for how in (How.IN_ORDER, How.BY_ARGUMENTS):
                yield Guess((part.id,), how, (name,))


def recorder(exercise: Exercise, parts: tuple[str, ...]) -> OwnCode:
    """The teaching solution, which records the calls of these parts; see `guess_cell`."""
    return _replaced(
        exercise, parts, lambda part, is_method: f"guess_recorded({part}, {is_method})"
    )


def _replaced(exercise: Exercise, parts: tuple[str, ...], function: _Function) -> OwnCode:
    """The teaching solution with functions replaced where they are defined."""
    appended: dict[str, str] = {}
    machinery = inspect.getsource(guess_cell)
    for part in exercise.parts:
        if part.id in parts:
            name = stub_cell(exercise, part.id).name
            line = f"{part.id} = {function(part.id, part.method is not None)}\n"
            appended[name] = appended.get(name, machinery + "\n\n") + line
    return OwnCode(exercise.id, appended=appended)


def _takes_nothing(exercise: Exercise, part: Part) -> bool:
    source = part_source(stub_cell(exercise, part.id).source, part.id)
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    is_method = part.method is not None
    return len(named) <= is_method and not arguments.vararg and not arguments.kwarg
