"""Load an exercise's `mistakes.py`. The file belongs to the course, is trusted, and is run here."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import CodeType

from autograder.course.edits import Edit, EditError, apply_edits, compose_edits
from autograder.course.mistakes import Entry, recording
from autograder.course.models import Equivalent, Exercise, Mistake, Variant
from autograder.course.notebook_cells import stub_cell
from autograder.course.part_source import part_source
from autograder.course.python_imports import line_of_import
from autograder.errors import CourseError
from autograder.text import Text

FILES = ("mistakes.py", "equivalents.py")


def load_mistakes(exercise: Exercise) -> tuple[tuple[Mistake, ...], tuple[Equivalent, ...]]:
    """The known mistakes and the unusual right solutions of an exercise, in the files' order.

    They are in `mistakes.py`, and more right solutions may be in `equivalents.py`. Both are empty
    if there is no such file. CourseError if the file does not match the exercise.
    """
    mistakes: list[Mistake] = []
    equivalents: list[Equivalent] = []
    taken: set[str] = set()
    written: dict[tuple[str, str], str] = {}
    for reader, entry in _entries(exercise):
        file = reader.file
        if entry.id in taken:
            raise CourseError(f"two entries are named {entry.id!r}", file, entry.line, "Rename one")
        taken.add(entry.id)
        edits = tuple(Edit(old, new) for old, new in entry.edits or ())
        source = reader.source(entry, edits)
        same = written.setdefault((entry.part, source), entry.id)
        if same != entry.id:
            raise CourseError(
                f"{entry.id} is the same code as {same}",
                file,
                entry.line,
                "Remove one, or make it the mistake that its hint is about",
            )
        if entry.kind == "mistake":
            mistakes.append(
                Mistake(
                    entry.id,
                    entry.part,
                    source,
                    edits,
                    line=entry.line,
                    hint=reader.hint(entry),
                    loses=reader.loses(entry),
                )
            )
        else:
            equivalents.append(
                Equivalent(entry.id, entry.part, source, edits, line=entry.line, why=entry.why)
            )
    return tuple(mistakes), tuple(equivalents)


def _entries(exercise: Exercise) -> Iterator[tuple[_Reader, Entry]]:
    """The entries of both files, and who checks them."""
    teaching = cache(partial(teaching_source, exercise))
    for name in FILES:
        file = exercise.folder / name
        if not file.exists():
            continue
        text = file.read_text(encoding="utf-8")
        try:
            tree = ast.parse(text, str(file))
            code = compile(tree, str(file), "exec")
        except SyntaxError as error:
            raise CourseError(f"is not valid Python: {error.msg}", file, error.lineno) from None
        if "source_lib" in text:
            _check_imports(tree, file)
        reader = _Reader(exercise, file, text, tree, teaching)
        yield from ((reader, entry) for entry in _run(code, file))


def combine(exercise: Exercise, first: Variant, second: Variant) -> Variant | None:
    """Two variants of one part combined: its teaching solution with the edits of both.

    None if they are variants of different parts, their edits overlap, or one has no edits.
    """
    if first.part != second.part:
        return None
    source = compose_edits(teaching_source(exercise, first.part), first.edits, second.edits)
    if source is None:
        return None
    edits = (*first.edits, *second.edits)
    return Variant(f"{first.id}+{second.id}", first.part, source, edits)


def teaching_source(exercise: Exercise, part: str) -> str:
    """A part's teaching solution, to which edits are applied; see `part_source`."""
    return part_source(stub_cell(exercise, part).source, part)


@dataclass(frozen=True)
class _Reader:
    """Checks entries against the exercise."""

    exercise: Exercise
    file: Path
    text: str
    tree: ast.Module
    teaching: Callable[[str], str]

    def source(self, entry: Entry, edits: tuple[Edit, ...]) -> str:
        """The complete function of an entry."""
        known = [part.id for part in self.exercise.parts]
        if entry.part not in known:
            raise CourseError(
                f"{entry.id}: {self.exercise.id} has no part {entry.part!r}",
                self.file,
                entry.line,
                f"The parts are {', '.join(known)}",
            )
        if edits and entry.function is None:
            return self._edited(entry, edits)
        if entry.function is None or edits:
            raise CourseError(
                f"{entry.id} has {'both edits and' if edits else 'neither edits nor'} a function",
                self.file,
                entry.line,
                "Give it edits=[(old, new), ...], or decorate a function with it",
            )
        return self._function(entry, entry.function.__name__)

    def hint(self, entry: Entry) -> Text:
        """The hint in the languages of the course; other languages are dropped."""
        languages = self.exercise.languages
        missing = set(languages) - set(getattr(entry.hint, "languages", ()))
        if not isinstance(entry.hint, Text) or missing:
            inner = ", ".join(f'{lang}="..."' for lang in languages)
            raise CourseError(
                f"{entry.id}: the hint has no text in {' or '.join(sorted(missing))}",
                self.file,
                entry.line,
                f"Write hint=Text({inner})",
            )
        return entry.hint.only(languages)

    def loses(self, entry: Entry) -> frozenset[str]:
        """The ids of the criteria, with `part.*` expanded."""
        found: set[str] = set()
        for name in _names(entry.loses):
            ids = {c.id for c in self.exercise.criteria if name in (c.id, f"{c.part}.*")}
            if not ids:
                raise CourseError(
                    f"{entry.id}: loses {name!r}, but {self.exercise.id} has no such criterion",
                    self.file,
                    entry.line,
                    'Use ids of criteria in exercise.toml, or "part.*" for all criteria of a part',
                )
            found |= ids
        if not any(c.part == entry.part for c in self.exercise.criteria if c.id in found):
            raise CourseError(
                f"{entry.id}: loses no criterion of {entry.part}",
                self.file,
                entry.line,
                "List those that it loses in loses={...}; `autograder verify` shows them",
            )
        return frozenset(found)

    def _edited(self, entry: Entry, edits: tuple[Edit, ...]) -> str:
        try:
            source = apply_edits(self.teaching(entry.part), edits)
        except EditError as error:
            line = self._line_of_edit(entry, error.index)
            raise CourseError(f"{entry.id}: {error}", self.file, line, error.remedy) from None
        name = entry.part.rpartition(".")[2]
        try:
            body = ast.parse(source).body
        except SyntaxError as error:
            raise CourseError(
                f"{entry.id}: not valid Python after its edits: {error.msg}: "
                f"`{(error.text or '').strip()}`",
                self.file,
                entry.line,
                "Fix the edits. Indent new lines as in a top-level function",
            ) from None
        if [getattr(node, "name", None) for node in body] != [name]:
            raise CourseError(
                f"{entry.id}: after its edits it is not just the function {name!r}",
                self.file,
                entry.line,
                "Indent new lines as in a top-level function",
            )
        return source

    def _line_of_edit(self, entry: Entry, index: int) -> int:
        """The line of an entry's edit; that of the entry if its edits are not a literal list."""
        for statement in self.tree.body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            if not isinstance(call, ast.Call) or call.lineno != entry.line:
                continue
            for keyword in call.keywords:
                if keyword.arg == "edits" and isinstance(keyword.value, ast.List | ast.Tuple):
                    return keyword.value.elts[index].lineno
        return entry.line

    def _function(self, entry: Entry, name: str) -> str:
        right = entry.part.rpartition(".")[2]
        if name != right:
            raise CourseError(
                f"{entry.id}: the function is named {name!r}, but the part is {entry.part!r}",
                self.file,
                entry.line,
                f"Name the function {right!r}",
            )
        for node in self.tree.body:
            if not isinstance(node, ast.FunctionDef) or not node.decorator_list:
                continue
            if node.decorator_list[0].lineno == entry.line and len(node.decorator_list) == 1:
                lines = self.text.split("\n")[node.lineno - 1 : node.end_lineno]
                return "\n".join(lines) + "\n"
        raise CourseError(
            f"{entry.id}: must be the only decorator of a top-level function",
            self.file,
            entry.line,
            "Only the function's own source runs: move it to the top level, with one decorator",
        )


def _run(code: CodeType, file: Path) -> list[Entry]:
    with recording() as entries:
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
    if line := line_of_import(tree, "source_lib"):
        raise CourseError(
            "imports source_lib, which is not available where a mistake runs",
            file,
            line,
            "Write the code of the mistake in full",
        )


def _names(names: Collection[str]) -> Iterator[str]:
    """The names; a single string counts as one name."""
    yield from [names] if isinstance(names, str) else names
