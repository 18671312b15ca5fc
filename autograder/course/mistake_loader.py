"""`mistakes.py` of an exercise as records. The file is ours and trusted: it is run here."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from autograder.course.edits import Edit, EditError, composed, edited
from autograder.course.mistakes import Entry, collecting
from autograder.course.models import Equivalent, Exercise, Mistake, Variant
from autograder.course.notebook_cells import stub_cell
from autograder.course.part_source import part_source
from autograder.errors import CourseError
from autograder.text import Text


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
    reader = _Reader(exercise, file, text, tree)
    mistakes: list[Mistake] = []
    equivalents: list[Equivalent] = []
    taken: set[str] = set()
    for entry in _run(code, file):
        if entry.id in taken:
            raise CourseError(f"there are two entries {entry.id!r}", file, entry.line, "Rename one")
        taken.add(entry.id)
        edits = tuple(Edit(old, new) for old, new in entry.edits or ())
        found = Variant(entry.id, entry.part, reader.source(entry, edits), edits)
        if entry.kind == "mistake":
            hint, loses = reader.hint(entry), reader.loses(entry)
            mistakes.append(
                Mistake(found.id, found.part, found.source, edits, hint=hint, loses=loses)
            )
        else:
            equivalents.append(Equivalent(found.id, found.part, found.source, edits, why=entry.why))
    return tuple(mistakes), tuple(equivalents)


def together(exercise: Exercise, first: Variant, second: Variant) -> Variant | None:
    """Two variants of one part as one: its teaching solution with the edits of both.

    None if they are of different parts, their edits overlap, or one has none.
    """
    if first.part != second.part:
        return None
    source = composed(teaching_source(exercise, first.part), first.edits, second.edits)
    if source is None:
        return None
    edits = (*first.edits, *second.edits)
    return Variant(f"{first.id}+{second.id}", first.part, source, edits)


def teaching_source(exercise: Exercise, part: str) -> str:
    """A part's teaching solution, which edits are about; see `part_source`."""
    return part_source(stub_cell(exercise, part).source, part)


@dataclass(frozen=True)
class _Reader:
    """Checks what one entry says against the exercise."""

    exercise: Exercise
    file: Path
    text: str
    tree: ast.Module

    def source(self, entry: Entry, edits: tuple[Edit, ...]) -> str:
        """The whole function."""
        known = [part.id for part in self.exercise.parts]
        if entry.part not in known:
            raise CourseError(
                f"{entry.id} is about {entry.part!r}, which is no part of {self.exercise.id}",
                self.file,
                entry.line,
                f"Parts are: {', '.join(known)}",
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
        """The hint in the languages of the course; others that it has are ignored."""
        languages = self.exercise.languages
        missing = set(languages) - set(getattr(entry.hint, "languages", ()))
        if not isinstance(entry.hint, Text) or missing:
            inner = ", ".join(f'{lang}="..."' for lang in languages)
            raise CourseError(
                f"the hint of {entry.id} has no text in {' or '.join(sorted(missing))}",
                self.file,
                entry.line,
                f"Write hint=Text({inner})",
            )
        return entry.hint.only(languages)

    def loses(self, entry: Entry) -> frozenset[str]:
        """The ids of the criteria, with `part.*` written out."""
        found: set[str] = set()
        for name in _texts(entry.loses):
            ids = {c.id for c in self.exercise.criteria if name in (c.id, f"{c.part}.*")}
            if not ids:
                raise CourseError(
                    f"{entry.id} loses {name!r}, which is no criterion of {self.exercise.id}",
                    self.file,
                    entry.line,
                    'Name criteria of exercise.toml; "part.*" is all of a part',
                )
            found |= ids
        if not any(c.part == entry.part for c in self.exercise.criteria if c.id in found):
            raise CourseError(
                f"{entry.id} loses no criterion of {entry.part}",
                self.file,
                entry.line,
                "Name those that it loses in loses={...}; `autograder verify` tells which",
            )
        return frozenset(found)

    def _edited(self, entry: Entry, edits: tuple[Edit, ...]) -> str:
        try:
            source = edited(teaching_source(self.exercise, entry.part), edits)
        except EditError as error:
            line = self._line_of_edit(entry, error.place)
            raise CourseError(f"{entry.id}: {error}", self.file, line, error.remedy) from None
        name = entry.part.rpartition(".")[2]
        try:
            body = ast.parse(source).body
        except SyntaxError as error:
            raise CourseError(
                f"{entry.id} is not valid Python after its edits: {error.msg}: "
                f"`{(error.text or '').strip()}`",
                self.file,
                entry.line,
                "Correct its edits; new lines are indented as in a function at the top level",
            ) from None
        if [getattr(node, "name", None) for node in body] != [name]:
            raise CourseError(
                f"{entry.id} is not the function {name!r} alone after its edits",
                self.file,
                entry.line,
                "Indent new lines as in a function at the top level",
            )
        return source

    def _line_of_edit(self, entry: Entry, place: int) -> int:
        """The line of an entry's edit; that of the entry if its edits are no plain list."""
        for statement in self.tree.body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            if not isinstance(call, ast.Call) or call.lineno != entry.line:
                continue
            for keyword in call.keywords:
                if keyword.arg == "edits" and isinstance(keyword.value, ast.List | ast.Tuple):
                    return keyword.value.elts[place].lineno
        return entry.line

    def _function(self, entry: Entry, name: str) -> str:
        right = entry.part.rpartition(".")[2]
        if name != right:
            raise CourseError(
                f"{entry.id} is named {name!r}, its part {entry.part!r}",
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
            f"{entry.id} is not the only decorator of a function at the file's top level",
            self.file,
            entry.line,
            "What runs is the function's bare source: move it there, alone",
        )


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


def _texts(names: Collection[str]) -> Iterator[str]:
    """The names; a single text given for a set of one is that one."""
    yield from [names] if isinstance(names, str) else names
