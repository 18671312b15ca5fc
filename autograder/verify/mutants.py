"""Machine-made mutants of the teaching solutions: does the hidden suite notice each of them?

A mutant is the solution with one function changed in one place (`mutations`). It is named by that
function and its lines before and after, which is also how those that survive are listed (see
`survivors`).
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from autograder.course.models import Course, Exercise, Role, Variant
from autograder.course.part_source import part_source
from autograder.synthetic import notebooks
from autograder.verify.mutations import mutations

LONG, NEAR = 90, 40
"""Lines longer than `LONG` are shown with `NEAR` characters before and after the change."""


@dataclass(frozen=True, slots=True)
class Mutant(Variant):
    """One mutant. `part` is the function that is changed, which may be a helper or ``__init__``.

    `change` are its lines before and after, ``was → now``. Two mutants of a function may have the
    same `change` if a line occurs twice; their ids have numbers then. `provided`: the lines before
    are in the notebook as handed out, so no student writes them.
    """

    change: str = ""
    provided: bool = False

    @property
    def key(self) -> str:
        """Function and change."""
        return f"{self.part}: {self.change}"

    def tested_by(self, exercise: Exercise) -> list[str]:
        """The criteria of its part; for a helper, those of the parts beside it."""
        own = [part for part in exercise.parts if part.id == self.part]
        owner = self.part.partition(".")[0]
        beside = [part for part in exercise.parts if part.owner == owner]
        return [c.id for part in own or beside or exercise.parts for c in part.criteria]


def mutants(course: Course, exercise: Exercise) -> Iterator[Mutant]:
    """All mutants of an exercise's teaching solution, in the order of its functions."""
    cells = notebooks.solution(course, exercise, course.languages[0])
    stubs = [(cell.source, ast.parse(cell.source)) for cell in cells if cell.role is Role.STUB]
    graded = {part.owner for part in exercise.parts}
    graded |= {
        each.id for _, tree in stubs for each in ast.walk(tree) if isinstance(each, ast.Name)
    }
    handed_out = {
        name: _lines(part_source(cell.source, name))
        for cell in notebooks.stub(exercise, course.languages[0])
        if cell.role is Role.STUB
        for name in _functions(ast.parse(cell.source))
    }
    for source, tree in stubs:
        for name in _functions(tree):
            if name.partition(".")[0] in graded:  # not a worked example that nothing calls
                yield from _of_function(name, part_source(source, name), handed_out.get(name, []))


def _functions(cell: ast.Module) -> Iterator[str]:
    for node in cell.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            methods = (inner for inner in node.body if isinstance(inner, ast.FunctionDef))
            yield from (f"{node.name}.{method.name}" for method in methods)


def _lines(source: str) -> list[str]:
    return ast.unparse(ast.parse(source)).split("\n")


def _of_function(name: str, source: str, handed_out: Sequence[str]) -> Iterator[Mutant]:
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    before = ast.unparse(function).split("\n")
    taken: Counter[str] = Counter()
    for mutated in mutations(function):
        after = ast.unparse(mutated)
        was, now = _differing(before, after.split("\n"))
        change = _change(was, now)
        taken[change] += 1
        number = f" ({taken[change]})" if taken[change] > 1 else ""
        provided = bool(was) and set(was) <= set(handed_out)
        yield Mutant(
            f"{name}: {change}{number}", name, f"{after}\n", change=change, provided=provided
        )


def _differing(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines that differ."""
    was: list[str] = []
    now: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            was += before[i:j]
            now += after[k:m]
    return was, now


def _change(was: Sequence[str], now: Sequence[str]) -> str:
    """The lines that differ, on one line: ``was → now``."""
    one, other = ("; ".join(line.strip() for line in lines) or "nothing" for lines in (was, now))
    start = _common(one, other)
    end = min(_common(one[::-1], other[::-1]), len(one) - start, len(other) - start)
    return " → ".join(_around(line, start, len(line) - end) for line in (one, other))


def _common(one: str, other: str) -> int:
    """How many characters two lines begin with together."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _around(line: str, start: int, end: int) -> str:
    """The part of a line that differs, with what is near it if the line is long."""
    if len(line) <= LONG:
        return line
    first, last = max(start - NEAR, 0), min(end + NEAR, len(line))
    return f"{'…' if first else ''}{line[first:last]}{'…' if last < len(line) else ''}"
