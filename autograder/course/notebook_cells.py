"""Read `notebook.py`, a percent script, into cells with roles and line numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.course.models import Cell, CellKind, Exercise, Role
from autograder.course.percent import RawCell, read_percent
from autograder.errors import CourseError
from autograder.text import LANGUAGES

PROSE = (Role.PROSE, Role.ANSWER)
ROLES: tuple[str, ...] = tuple(role for role in Role if role not in PROSE)
NAME = re.compile(r"[a-z][a-z0-9_]*", re.IGNORECASE)
_KEYS = {
    "markdown": {"lang"},
    "answer": {"lang", "name", "tags"},
    "code": {"name", "tags"},
    "setup": {"name", "tags", "hidden"},
    "carry": {"name", "tags", "parts", "source"},
}


def read_cells(exercise: Exercise) -> tuple[Cell, ...]:
    """All cells of the teaching notebook, including author cells and those of every language.

    CourseError if the script does not parse, a cell has no role or an unknown option, a name is
    used twice, prose has no language, or a part in exercise.toml is not defined in a stub cell.
    """
    file = exercise.notebook
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError("this file is missing", file, remedy="Write the notebook") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"cannot be read: {error}", file) from None
    return _cells(exercise, text)


def stub_cell(exercise: Exercise, name: str) -> Cell:
    """The cell in which students write a part, or another function or method of that name."""
    stubs = [cell for cell in read_cells(exercise) if cell.role is Role.STUB]
    for cell in stubs:
        if name in cell.parts:
            return cell
    (cell,) = (cell for cell in stubs if name in defined_names(ast.parse(cell.source)))
    return cell


# The same cells are needed for every language, and for every claim that `verify` checks.
@lru_cache(maxsize=64)
def _cells(exercise: Exercise, text: str) -> tuple[Cell, ...]:
    file = exercise.notebook
    cells = [_cell(raw, file, exercise) for raw in read_percent(text, file)]
    _check_translations(cells, file)
    _check_names(cells, file)
    _check_parts(cells, exercise)
    _check_questions(cells, exercise)
    return tuple(cells)


def _cell(raw: RawCell, file: Path, exercise: Exercise) -> Cell:
    meta, header = raw.options, raw.line
    blank = len(raw.source) - len(raw.source.lstrip())
    skipped = raw.source.count("\n", 0, blank)
    source, first = "\n".join(raw.source.split("\n")[skipped:]), header + 1 + skipped
    if not source.strip():
        raise CourseError("this cell is empty", file, header, "Fill or remove it")
    if raw.kind == "markdown":
        answers = meta.get("tags") == [Role.ANSWER]
        _check_keys(meta, "answer" if answers else "markdown", file, header)
        if meta.get("lang") not in LANGUAGES:
            raise CourseError(
                "this prose has no language",
                file,
                header,
                f'Write `# %% [markdown] lang="{exercise.languages[0]}"`'
                + (", and the Japanese version below it" if len(exercise.languages) > 1 else ""),
            )
        if answers:
            name = meta.get("name", "")
            return Cell(CellKind.MARKDOWN, Role.ANSWER, name, meta["lang"], source, first)
        return Cell(CellKind.MARKDOWN, Role.PROSE, "", meta["lang"], source, first)
    if raw.kind != "code":
        raise CourseError(f"{raw.kind} cells are not supported", file, header)
    role = _role(meta, file, header)
    _check_keys(meta, role if role in _KEYS else "code", file, header)
    name = meta.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise CourseError(
            f"this code cell's name is {name!r}", file, header, 'Add name="like_this" to its header'
        )
    parts: tuple[str, ...] = ()
    from_exercise: str | None = None
    if role is Role.CARRY:
        parts, from_exercise = tuple(meta.get("parts", ())), meta.get("source")
        if not parts or not isinstance(from_exercise, str):
            raise CourseError(
                f"carry cell {name!r} takes {list(parts)} from {from_exercise!r}",
                file,
                header,
                'Write parts=["..."] and source="NN_exercise"',
            )
    elif role is Role.STUB:
        defined = defined_names(ast.parse(source))
        parts = tuple(part.id for part in exercise.parts if part.id in defined)
    hidden = meta.get("hidden", False)
    if not isinstance(hidden, bool):
        raise CourseError(
            f"hidden is {hidden!r}", file, header, "Write hidden=true, or leave it out"
        )
    return Cell(CellKind.CODE, role, name, None, source, first, parts, from_exercise, hidden)


def _role(meta: Mapping[str, Any], file: Path, header: int) -> Role:
    tags = meta.get("tags", [])
    if not isinstance(tags, list) or len(tags) != 1 or tags[0] not in ROLES:
        raise CourseError(
            f"this code cell's tags are {tags!r}",
            file,
            header,
            f'Give it one of {", ".join(ROLES)}, as tags=["demo"]',
        )
    return Role(tags[0])


def _check_keys(meta: Mapping[str, Any], kind: str, file: Path, header: int) -> None:
    for key in meta:
        if key not in _KEYS[kind]:
            raise CourseError(
                f"unknown option {key!r} = {meta[key]!r} on a {kind} cell",
                file,
                header,
                f"Known options: {', '.join(sorted(_KEYS[kind]))}",
            )


def defined_names(tree: ast.Module) -> set[str]:
    """Names of the functions and methods (as `Class.method`) defined at a cell's top level."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = (inner for inner in node.body if isinstance(inner, ast.FunctionDef))
            found.update(f"{node.name}.{inner.name}" for inner in methods)
    return found


def _check_translations(cells: list[Cell], file: Path) -> None:
    """In a bilingual notebook, check that each English text is followed by the Japanese one."""
    if len({cell.lang for cell in cells if cell.kind is CellKind.MARKDOWN}) < 2:
        return
    untranslated: Cell | None = None  # English prose whose Japanese version must come next
    for cell in cells:
        if cell.lang == "ja":
            if untranslated is None:
                raise CourseError(
                    "this prose has no English version", file, cell.line, "Add it above"
                )
            untranslated = None
            continue
        if untranslated is not None:
            break
        untranslated = cell if cell.lang == "en" else None
    if untranslated is not None:
        raise CourseError(
            "this prose has no Japanese version", file, untranslated.line, "Add it below"
        )


def _check_names(cells: list[Cell], file: Path) -> None:
    taken: dict[str, int] = {}
    for cell in cells:
        if cell.kind is CellKind.CODE and taken.setdefault(cell.name, cell.line) != cell.line:
            raise CourseError(
                f"two code cells are named {cell.name!r}, the first at line {taken[cell.name]}",
                file,
                cell.line,
                "Rename one: the name is the cell's identity in every generated notebook",
            )


def _check_parts(cells: list[Cell], exercise: Exercise) -> None:
    written = [part for cell in cells if cell.role is Role.STUB for part in cell.parts]
    for part in exercise.parts:
        if written.count(part.id) != 1:
            raise CourseError(
                f"part {part.id!r} of exercise.toml is defined in {written.count(part.id)}"
                " stub cells",
                exercise.notebook,
                remedy="Define each part in exactly one stub cell",
            )


def _check_questions(cells: list[Cell], exercise: Exercise) -> None:
    """Each question has one cell for the answer in each language, and no such cell is left over."""
    asked = {question.id for question in exercise.questions}
    for cell in cells:
        if cell.role is Role.ANSWER and cell.name not in asked:
            raise CourseError(
                f"this answer cell is named {cell.name!r}, which no question has as its id",
                exercise.notebook,
                cell.line,
                "Add [[questions]] with that id to exercise.toml, or change the name",
            )
    for question in exercise.questions:
        for lang in exercise.languages:
            own = [c for c in cells if c.name == question.id and c.role is Role.ANSWER]
            count = sum(cell.lang == lang for cell in own)
            if count != 1:
                raise CourseError(
                    f"question {question.id!r} has {count} answer cells in {lang!r}",
                    exercise.notebook,
                    remedy=f'Write one `# %% [markdown] lang="{lang}" name="{question.id}" '
                    'tags=["answer"]` below the question',
                )
