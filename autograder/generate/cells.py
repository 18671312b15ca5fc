"""The cells of one language, as students receive them or with the teaching solutions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from autograder.course.models import Cell, CellKind, Course, Exercise, Role
from autograder.course.notebook_cells import read_cells
from autograder.errors import CourseError
from autograder.generate.figures import CALL, calls, font_source, with_font_cell
from autograder.generate.languages import JAPANESE, SEPARATOR, localised
from autograder.generate.markers import looks_like_marker, regions, stubbed, without_markers
from autograder.generate.source import Source
from autograder.text import Text

LOCKED = (Role.CHECK, Role.DEMO)

# The first line of a cell whose code is hidden: Colab shows it in place of the code.
_FORM_TITLES = {
    Role.CHECK: Text(en="Check: run this cell", ja="確認：このセルを実行"),
    Role.DEMO: Text(en="Demonstration: run this cell", ja="図や実験：このセルを実行"),
    Role.SETUP: Text(en="Provided: run this cell", ja="用意済み：このセルを実行"),
}

# What must never reach a student (in any cell; in code cells only), and what it is.
_NOWHERE = {
    re.compile(r"BEGIN SOLUTION|END SOLUTION"): "a solution marker",
    re.compile(r"\bsource_lib\b"): "the reference library's name",
    re.compile(r"\btests?[/.]hidden\b|\btest_\d\d_\w+"): "a hidden suite's name",
    re.compile(r"\bautograder[./]\w"): "a path of the grader",
    re.compile(rf"^\s*{SEPARATOR}\s*$", re.M): "the separator between two languages",
}
_NOT_IN_CODE = {
    re.compile(r"\bautograder\b"): "the grader's name",
    re.compile(r"\btr\("): "a call of tr()",
    re.compile(r"\bearlier\("): "a call of earlier()",
    re.compile(r"#+ ?(en|ja):"): "a language prefix",
}


def code_is_hidden(cell: Cell) -> bool:
    """Whether students see a cell's code only after clicking on it."""
    return cell.role in LOCKED or cell.hidden


def student_cells(exercise: Exercise, lang: str) -> tuple[Cell, ...]:
    """The cells that students receive in `lang`: solutions removed from stubs, no author cells.

    CourseError with the line in notebook.py if any of them shows what students must not see.
    """
    found = []
    for cell in read_cells(exercise):
        if cell.role is Role.AUTHOR or cell.lang not in (None, lang):
            _no_markers(cell, exercise)
            continue
        done = cell if cell.kind is CellKind.MARKDOWN else _stub_or_provided(cell, exercise, lang)
        _check_shown(cell, done, exercise, lang)
        found.append(done)
    return with_font_cell(found, lang)


def locked_sources(exercise: Exercise, langs: Iterable[str]) -> Iterator[str]:
    """The sources of the checks and demos in every language, which students hand in unchanged.

    For grading, which needs them on every start and so skips the checks of `student_cells`: those
    have been made before the notebooks were handed out.
    """
    cells, langs = read_cells(exercise), tuple(langs)
    yield from font_source(cells, langs)
    for cell in cells:
        if cell.role in LOCKED:
            source = Source(cell, exercise.notebook)
            for lang in langs:
                yield _titled(cell, source.edited(localised(source, lang)), lang)


def solution_cells(course: Course, exercise: Exercise, lang: str) -> tuple[Cell, ...]:
    """The same cells with solutions, and with carry cells filled from earlier exercises."""
    found = []
    for cell in read_cells(exercise):
        if cell.role is Role.AUTHOR or cell.lang not in (None, lang):
            continue
        if cell.kind is CellKind.CODE:
            cell = solved(cell, exercise, lang)
        found.append(filled(course, exercise, cell, lang) if cell.role is Role.CARRY else cell)
    return with_font_cell(found, lang)


def filled(course: Course, exercise: Exercise, carry: Cell, lang: str) -> Cell:
    """A carry cell with the teaching solutions of its parts appended.

    Copies whole stub cells, so that a part may also be given by its class. CourseError if this
    exercise does not build on the cell's `from_exercise`, or that defines no such part.
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
                f"carry cell {carry.name!r} asks for {part!r}, which is not a part of {earlier.id}",
                exercise.notebook,
                carry.line,
                f"Parts are: {', '.join(known.id for known in earlier.parts)}",
            )
        wanted += [cell for cell in owners if cell not in wanted]
    solutions = [solved(cell, earlier, lang).source for cell in wanted]
    return replace(carry, source="\n\n\n".join([carry.source, *solutions]))


def _owned(cell: Cell) -> set[str]:
    return {name for part in cell.parts for name in (part, part.partition(".")[0])}


def solved(cell: Cell, exercise: Exercise, lang: str) -> Cell:
    """A code cell with the solution in place, in one language."""
    source = Source(cell, exercise.notebook)
    edits = [edit for region in regions(source) for edit in without_markers(source, region)]
    text = source.edited([*edits, *localised(source, lang)])
    return replace(cell, source=_titled(cell, text, lang))


def _titled(cell: Cell, source: str, lang: str) -> str:
    """With the title that Colab's form view shows if the code is hidden; otherwise as it is."""
    return f"# @title {_FORM_TITLES[cell.role][lang]}\n{source}" if code_is_hidden(cell) else source


def _stub_or_provided(cell: Cell, exercise: Exercise, lang: str) -> Cell:
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
                f"stub cell {cell.name!r} has no solution region: students would see all of it",
                1,
                "Put the body between `### BEGIN SOLUTION` and `### END SOLUTION`",
            )
        names = {region.name for region in found}
        for part in cell.parts:
            if not any(f"{name}.".startswith(f"{part}.") for name in names):
                raise source.error(
                    f"part {part!r} has no solution region: students would see its body",
                    1,
                    "Put its body between the markers",
                )
    if calls(cell) and cell.role is not Role.DEMO:
        raise source.error(
            f"{CALL}() in {cell.role} cell {cell.name!r}",
            1,
            f"Call {CALL}() in demo cells: grading runs this cell without the font's",
        )
    edits = [stubbed(source, region, lang) for region in found]
    text = source.edited([*edits, *localised(source, lang)])
    return replace(cell, source=_titled(cell, text, lang))


def _no_markers(cell: Cell, exercise: Exercise) -> None:
    for number, line in enumerate(cell.source.split("\n")):
        if looks_like_marker(line, code=cell.kind is CellKind.CODE):
            raise CourseError(
                f"a solution marker in an author or prose cell: `{line.strip()}`",
                exercise.notebook,
                cell.line + number,
                "Remove it, or move it into a stub cell",
            )


def _check_shown(original: Cell, shown: Cell, exercise: Exercise, lang: str) -> None:
    """Raise CourseError if the finished cell shows what students must not see."""
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
            "Remove it" if shown.kind is CellKind.CODE else "Reword it",
        )
    if not shown.source.strip():
        raise CourseError(
            f"cell {shown.name!r} is empty in {lang!r}",
            exercise.notebook,
            original.line,
            f"Add `# {lang}: ...`",
        )


def _line_of(original: Cell, text: str) -> int:
    """The line of notebook.py that contains a text, or else the cell's first line."""
    for number, line in enumerate(original.source.split("\n")):
        if text in line:
            return original.line + number
    return original.line
