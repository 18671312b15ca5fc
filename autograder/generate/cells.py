"""The cells of one language: as a student gets them, and as the teaching solution has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from autograder.course.models import Cell, CellKind, Course, Exercise, Role
from autograder.course.notebook_cells import read_cells
from autograder.errors import CourseError
from autograder.generate.languages import JAPANESE, SEPARATOR, localised
from autograder.generate.markers import emptied, looks_like_marker, regions, unmarked
from autograder.generate.source import Source

LOCKED = (Role.CHECK, Role.DEMO)

# What must never reach a student, in any cell and in code only, and why.
_NOWHERE = {
    re.compile(r"BEGIN SOLUTION|END SOLUTION"): "a solution marker",
    re.compile(r"\bsource_lib\b"): "the reference library's name",
    re.compile(r"\btests?[/.]hidden\b|\btest_\d\d_\w+"): "a hidden suite's name",
    re.compile(r"\bautograder[./]\w"): "a path of the grader",
    re.compile(rf"^\s*{SEPARATOR}\s*$", re.M): "the line between two languages",
}
_NOT_IN_CODE = {
    re.compile(r"\bautograder\b"): "the grader's name",
    re.compile(r"\btr\("): "a call of tr()",
    re.compile(r"\bearlier\("): "a call of earlier()",
    re.compile(r"#+ ?(en|ja):"): "a mark for one language",
}


def student_cells(exercise: Exercise, lang: str) -> tuple[Cell, ...]:
    """The cells that a student gets in `lang`: stubs emptied, author cells gone.

    CourseError, naming the line in notebook.py, rather than anything that a student must not see.
    """
    found = []
    for cell in read_cells(exercise):
        if cell.role is Role.AUTHOR or cell.lang not in (None, lang):
            _no_markers(cell, exercise)
            continue
        done = cell if cell.kind is CellKind.MARKDOWN else _stub_or_given(cell, exercise, lang)
        _check_shown(cell, done, exercise, lang)
        found.append(done)
    return tuple(found)


def locked_sources(exercise: Exercise, langs: Iterable[str]) -> Iterator[str]:
    """The checks and demos among them, in every language: handed in as they were handed out.

    Grading asks for them at each start. That nothing in them must be kept from students is none of
    its business: `student_cells` sees to that before the same text is handed out.
    """
    for cell in read_cells(exercise):
        if cell.role in LOCKED:
            source = Source(cell, exercise.notebook)
            for lang in langs:
                yield source.edited(localised(source, lang))


def solution_cells(course: Course, exercise: Exercise, lang: str) -> tuple[Cell, ...]:
    """The same cells with solutions in place, and carry cells filled from earlier exercises."""
    found = []
    for cell in read_cells(exercise):
        if cell.role is Role.AUTHOR or cell.lang not in (None, lang):
            continue
        if cell.kind is CellKind.CODE:
            cell = _solved(cell, exercise, lang)
        found.append(filled(course, exercise, cell, lang) if cell.role is Role.CARRY else cell)
    return tuple(found)


def filled(course: Course, exercise: Exercise, carry: Cell, lang: str) -> Cell:
    """A carry cell with the teaching solutions of its parts below its comment.

    Whole stub cells are taken, so a part may be named by its class as well. CourseError if the
    cell's exercise is not one that this one builds on, or defines no such part.
    """
    error = CourseError(
        f"carry cell {carry.name!r} takes from {carry.from_exercise!r}",
        exercise.notebook,
        carry.line,
        f"Take from one of {[earlier.id for earlier in course.before(exercise)]}",
    )
    earlier = next((e for e in course.before(exercise) if e.id == carry.from_exercise), None)
    if earlier is None:
        raise error
    stubs = [cell for cell in read_cells(earlier) if cell.role is Role.STUB]
    wanted = []
    for part in carry.parts:
        owners = [cell for cell in stubs if part in _owned(cell)]
        if not owners:
            raise CourseError(
                f"carry cell {carry.name!r} asks for {part!r}, no part of {earlier.id}",
                exercise.notebook,
                carry.line,
                f"Parts are: {', '.join(known.id for known in earlier.parts)}",
            )
        wanted += [cell for cell in owners if cell not in wanted]
    solutions = [_solved(cell, earlier, lang).source for cell in wanted]
    return replace(carry, source="\n\n\n".join([carry.source, *solutions]))


def _owned(cell: Cell) -> set[str]:
    return {name for part in cell.parts for name in (part, part.partition(".")[0])}


def _solved(cell: Cell, exercise: Exercise, lang: str) -> Cell:
    source = Source(cell, exercise.notebook)
    edits = [edit for region in regions(source) for edit in unmarked(source, region)]
    return replace(cell, source=source.edited([*edits, *localised(source, lang)]))


def _stub_or_given(cell: Cell, exercise: Exercise, lang: str) -> Cell:
    source = Source(cell, exercise.notebook)
    found = regions(source)
    if found and cell.role is not Role.STUB:
        raise source.error(
            f"a solution region in {cell.role} cell {cell.name!r}",
            found[0].begin,
            'Tag the cell "stub", or move the solution',
        )
    if cell.role is Role.STUB:
        if not found:
            raise source.error(
                f"stub cell {cell.name!r} has no solution region: students would get it all",
                1,
                "Put the body between `### BEGIN SOLUTION` and `### END SOLUTION`",
            )
        names = {region.name for region in found}
        for part in cell.parts:
            if not any(f"{name}.".startswith(f"{part}.") for name in names):
                raise source.error(
                    f"part {part!r} has no solution region: students would get its body",
                    1,
                    "Put its body between the markers",
                )
    edits = [emptied(source, region, lang) for region in found]
    return replace(cell, source=source.edited([*edits, *localised(source, lang)]))


def _no_markers(cell: Cell, exercise: Exercise) -> None:
    for number, line in enumerate(cell.source.split("\n")):
        if looks_like_marker(line, code=cell.kind is CellKind.CODE):
            raise CourseError(
                f"a solution marker in an author's or prose cell: `{line.strip()}`",
                exercise.notebook,
                cell.line + number,
                "Remove it, or move it into a stub cell",
            )


def _check_shown(original: Cell, shown: Cell, exercise: Exercise, lang: str) -> None:
    """CourseError if the finished cell shows what it must not."""
    forbidden = dict(_NOWHERE)
    if shown.kind is CellKind.CODE:
        forbidden |= _NOT_IN_CODE
    else:
        _no_markers(shown, exercise)
    if lang == "en":
        forbidden[JAPANESE] = "Japanese text in the English notebook"
    for pattern, what in forbidden.items():
        hit = pattern.search(shown.source)
        if hit is None:
            continue
        line = shown.source[shown.source.rfind("\n", 0, hit.start()) + 1 :].split("\n")[0].strip()
        raise CourseError(
            f"students would see {what}: `{line[:70]}`",
            exercise.notebook,
            _line_of(original, line or hit[0]),
            "Remove it" if shown.kind is CellKind.CODE else "Say it otherwise",
        )
    if not shown.source.strip():
        raise CourseError(
            f"cell {shown.name!r} is empty in {lang!r}",
            exercise.notebook,
            original.line,
            f"Add `# {lang}: ...`",
        )


def _line_of(original: Cell, text: str) -> int:
    """The line of notebook.py that has a text; that of the cell if it was put together."""
    for number, line in enumerate(original.source.split("\n")):
        if text in line:
            return original.line + number
    return original.line
