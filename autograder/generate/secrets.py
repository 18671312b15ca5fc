"""What students must not see: solutions, the reference library, mistakes, hidden suites."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course.load import load_mistakes
from autograder.course.models import Course, Exercise, Role
from autograder.course.notebook_cells import read_cells
from autograder.errors import CourseError
from autograder.generate.markers import regions
from autograder.generate.source import Source
from autograder.generate.statements import statements


@dataclass(frozen=True, slots=True)
class Block:
    """The statements of one function body or solution region.

    `exercise` is the exercise it belongs to (None for the reference library); `own` tells solution
    regions from mistakes.
    """

    what: str
    origin: str
    exercise: str | None
    statements: frozenset[str]
    own: bool = False


@dataclass(frozen=True, slots=True)
class Literal:
    """A distinctive literal of a hidden suite, or a criterion id, as it appears in code."""

    what: str
    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """Everything secret in a course."""

    blocks: tuple[Block, ...]
    literals: tuple[Literal, ...]


def secrets(course: Course) -> Secrets:
    """Collect everything secret in `course`; CourseError if some of it cannot be parsed."""
    blocks: list[Block] = [*_reference(course.root)]
    literals: list[Literal] = []
    for exercise in course.exercises:
        blocks += _solutions(exercise, course.root)
        blocks += _known_answers(exercise, course.root)
        literals += _criteria(exercise, course.root)
        literals += _suite(exercise, course.root)
    return Secrets(tuple(block for block in blocks if block.statements), tuple(literals))


def distinctive_literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and normalized text of every literal that nobody writes by coincidence.

    That is, lists and tuples of at least 6 numbers, 4 of them distinct, and floats with at least 6
    digits.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple):
            numbers = _numbers(node)
            if numbers and len(numbers) >= 6 and len(set(numbers)) >= 4:
                yield node.lineno, ast.unparse(node).strip("()[]")
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            digits = repr(node.value).partition("e")[0].replace(".", "").strip("0")
            if len(digits) >= 6:
                yield node.lineno, repr(node.value)


def _numbers(node: ast.expr) -> list[float] | None:
    """All numbers in a nested literal; None if it contains anything else."""
    found: list[float] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant):
            if isinstance(inner.value, bool) or not isinstance(inner.value, int | float):
                return None
            found.append(inner.value)
        elif isinstance(inner, ast.expr) and not isinstance(
            inner, ast.List | ast.Tuple | ast.UnaryOp
        ):
            return None
    return found


def _reference(root: Path) -> Iterator[Block]:
    for path in sorted((root / "source_lib").rglob("*.py")):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.FunctionDef):
                origin = f"{path.relative_to(root).as_posix()}:{node.lineno}"
                yield Block(f"the reference {node.name!r}", origin, None, _distinctive(node.body))


def _solutions(exercise: Exercise, root: Path) -> Iterator[Block]:
    file = exercise.notebook.relative_to(root).as_posix()
    for cell in read_cells(exercise):
        if cell.role is not Role.STUB:
            continue
        for region in regions(Source(cell, exercise.notebook)):
            yield Block(
                f"the solution of {region.name!r}",
                f"{file}:{cell.line + region.begin - 1}",
                exercise.id,
                _distinctive(region.statements),
                own=True,
            )


def _known_answers(exercise: Exercise, root: Path) -> Iterator[Block]:
    file = (exercise.folder / "mistakes.py").relative_to(root).as_posix()
    mistakes, equivalents = load_mistakes(exercise)
    sources = {known.id: known.source for known in mistakes}
    sources |= {known.id: known.source for known in equivalents}
    for name, source in sources.items():
        body = ast.parse(source).body
        yield Block(f"known answer {name}", file, exercise.id, _distinctive(body))


def _criteria(exercise: Exercise, root: Path) -> Iterator[Literal]:
    file = (exercise.folder / "exercise.toml").relative_to(root).as_posix()
    for criterion in exercise.criteria:
        yield Literal("a criterion's id", file, criterion.id)


def _suite(exercise: Exercise, root: Path) -> Iterator[Literal]:
    if not exercise.suite.exists():
        return
    file = exercise.suite.relative_to(root).as_posix()
    tree = _tree(exercise.suite)
    for line, text in distinctive_literals(tree):
        yield Literal("numbers of the hidden suite", f"{file}:{line}", text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if len(text) >= 12 and (" " in text or "." in text):
                yield Literal("a text of the hidden suite", f"{file}:{node.lineno}", text)


def _distinctive(nodes: Iterable[ast.stmt]) -> frozenset[str]:
    return frozenset(text for _, text in statements(list(nodes)))


def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"), str(path))
    except SyntaxError as error:
        raise CourseError(f"is not valid Python: {error.msg}", path, error.lineno) from None
