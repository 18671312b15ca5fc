"""`mistakes.py` of an exercise as records. The file is ours and trusted: it is run here."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from pathlib import Path
from types import CodeType

from autograder.course.mistakes import Entry, collecting
from autograder.course.models import Equivalent, Exercise, Mistake
from autograder.errors import CourseError
from autograder.text import LANGUAGES, Text


def load_mistakes(exercise: Exercise) -> tuple[tuple[Mistake, ...], tuple[Equivalent, ...]]:
    """The known mistakes and the unusual right answers of an exercise, in the file's order.

    Nothing of either kind if there is no such file; CourseError if it does not fit the exercise.
    """
    file = exercise.folder / "mistakes.py"
    if not file.exists():
        return (), ()
    text = file.read_text(encoding="utf-8")
    try:
        tree = ast.parse(text, str(file))
        code = compile(tree, str(file), "exec")
    except SyntaxError as error:
        raise CourseError(f"is not valid Python: {error.msg}", file, error.lineno) from None
    _check_imports(tree, file)
    functions = _functions(tree)
    mistakes: list[Mistake] = []
    equivalents: list[Equivalent] = []
    taken: set[str] = set()
    for entry in _run(code, file):
        line = inspect.unwrap(entry.function).__code__.co_firstlineno
        if entry.id in taken:
            raise CourseError(f"there are two entries {entry.id!r}", file, line, "Rename one")
        taken.add(entry.id)
        _check_part(entry, exercise, file, line)
        if line not in functions or len(functions[line].decorator_list) != 1:
            raise CourseError(
                f"{entry.id} is not the only decorator of a function at the file's top level",
                file,
                line,
                "What runs is the function's bare source: move it there, alone",
            )
        source = _undecorated(functions[line], text)
        if entry.kind == "mistake":
            hint = _hint(entry, file, line)
            mistakes.append(Mistake(entry.id, entry.part, hint, source))
        else:
            equivalents.append(Equivalent(entry.id, entry.part, entry.why, source))
    return tuple(mistakes), tuple(equivalents)


def _run(code: CodeType, file: Path) -> list[Entry]:
    with collecting() as entries:
        try:
            exec(code, {"__name__": f"mistakes of {file.parent.name}", "__file__": str(file)})
        except Exception as error:
            frames = inspect.getinnerframes(error.__traceback__) if error.__traceback__ else []
            lines = [frame.lineno for frame in frames if frame.filename == str(file)]
            raise CourseError(
                f"cannot be run: {type(error).__name__}: {error}",
                file,
                lines[-1] if lines else None,
            ) from error
    return entries


def _check_imports(tree: ast.Module, file: Path) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        if any(name.partition(".")[0] == "source_lib" for name in names):
            raise CourseError(
                "imports source_lib, which is not there where a mistake runs",
                file,
                node.lineno,
                "Write the mistake out in full",
            )


def _check_part(entry: Entry, exercise: Exercise, file: Path, line: int) -> None:
    known = [part.id for part in exercise.parts]
    if entry.part not in known:
        raise CourseError(
            f"{entry.id} is about {entry.part!r}, which is no part of {exercise.id}",
            file,
            line,
            f"Parts are: {', '.join(known)}",
        )
    name = entry.part.rpartition(".")[2]
    if entry.function.__name__ != name:
        raise CourseError(
            f"{entry.id} is named {entry.function.__name__!r}, its part {entry.part!r}",
            file,
            line,
            f"Name the function {name!r}",
        )


def _hint(entry: Entry, file: Path, line: int) -> Text:
    hint = entry.hint
    if not isinstance(hint, Mapping) or set(hint) != set(LANGUAGES):
        raise CourseError(
            f"the hint of {entry.id} does not have exactly the languages {', '.join(LANGUAGES)}",
            file,
            line,
        )
    return Text(**hint)


def _functions(tree: ast.Module) -> dict[int, ast.FunctionDef]:
    """The decorated functions at the top level, by their first line (a decorator's)."""
    return {
        node.decorator_list[0].lineno: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }


def _undecorated(function: ast.FunctionDef, text: str) -> str:
    return "\n".join(text.split("\n")[function.lineno - 1 : function.end_lineno]) + "\n"
