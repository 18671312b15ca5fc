"""``autograder correct``: write corrections.csv, or list what is corrected and what is open."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.table import Table as Grid

from autograder import report
from autograder.cli.console import console, literal
from autograder.cli.resolve import folder_of_run, resolve_course, resolve_language
from autograder.cli.stdio import warn
from autograder.corrections.apply import EVERY, Correction
from autograder.corrections.read import FILE, read_table
from autograder.corrections.resolve import Known, Refused, correction
from autograder.corrections.table import COLUMNS, Row, Table, encode, parse
from autograder.course.models import Course
from autograder.errors import CommandError, InvalidCorrections
from autograder.files import write_atomically
from autograder.ingest.hand_ins import HandIns
from autograder.messages.pages import say
from autograder.report.instructor import decision
from autograder.run.store import Store
from autograder.text import counted


def run(options: argparse.Namespace) -> int:
    """Correct one criterion or exercise and rebuild the pages; without STUDENT, list."""
    out = folder_of_run(options.out)
    course = resolve_course(options)
    lang = resolve_language(options, course)
    hand_ins = Store(out).hand_ins()
    if options.sheet is not None and options.student is not None:
        raise CommandError("give either --from FILE or a student", 2)
    if options.sheet is not None:
        _take_over(out, course, hand_ins, options.sheet)
        return _rebuilt(out, course, lang, hand_ins)
    if options.student is None:
        return _list(out, course, hand_ins, lang)
    if options.exercise is None:
        raise CommandError("name the exercise after the student", 2)
    _write(out, course, hand_ins, options)
    return _rebuilt(out, course, lang, hand_ins)


def _rebuilt(out: Path, course: Course, lang: str, hand_ins: HandIns) -> int:
    shown = report.rebuild(out, course, lang, hand_ins)
    for line in (*shown.notices, *shown.corrections.problems):
        warn(line)
    print(f"{out / FILE}: {counted(len(shown.corrections.entries), 'correction')}")
    print(f"class page: {out / 'index.html'}")
    return 1 if shown.corrections.problems else 0


def _write(out: Path, course: Course, hand_ins: HandIns, options: argparse.Namespace) -> None:
    known = Known.of(course, hand_ins, report.read_shown(out, course, hand_ins).results)
    cells = {
        "student": options.student,
        "exercise": options.exercise,
        "criterion": options.criterion,
        "points": options.points or "",
        "excused": "yes" if options.excused else "",
        "comment": options.comment or "",
    }
    try:
        if options.remove:
            key = known.student(options.student), options.exercise, options.criterion
        else:
            one = correction(Row(0, cells), known)
            key = one.student, one.exercise, one.criterion
    except Refused as refused:
        raise CommandError(f"{refused}.", 2) from None
    table = read_table(out) or Table()
    line = next((row.line for row in table.rows if _key(row, known) == key), None)
    if options.remove:
        if line is None:
            raise CommandError(f"{out / FILE}: has no such correction")
        table = table.without(line)
    else:
        cells["student"] = key[0]
        table = table.with_row(cells, line)
    write_atomically(out / FILE, encode(table), below=out)


def _take_over(out: Path, course: Course, hand_ins: HandIns, sheet: Path) -> None:
    """Write a sheet's rows to corrections.csv, all or none; rows that say nothing yet are left."""
    known = Known.of(course, hand_ins, report.read_shown(out, course, hand_ins).results)
    try:
        filled = parse(sheet.read_bytes())
    except OSError as error:
        raise CommandError(f"{sheet}: {error.strerror}. Name another file", 2) from None
    except InvalidCorrections as error:
        raise CommandError(f"{sheet}: {error}") from None
    table = read_table(out) or Table()
    lines = {_key(row, known): row.line for row in table.rows}
    problems, taken = [], 0
    for row in filled.rows:
        if not any(row[column].strip() for column in ("points", "excused", "comment")):
            continue
        try:
            one = correction(row, known)
        except Refused as refused:
            problems.append(f"{sheet}:{row.line}: {refused}.")
            continue
        cells = {column: row[column] for column in COLUMNS} | {"student": one.student}
        table = table.with_row(cells, lines.get((one.student, one.exercise, one.criterion)))
        taken += 1
    if problems:
        raise CommandError(
            "\n".join([*problems, "Nothing has been taken over. Correct the sheet."])
        )
    write_atomically(out / FILE, encode(table), below=out)
    print(f"{sheet}: {counted(taken, 'row')} taken over")


def _key(row: Row, known: Known) -> tuple[str, str, str] | None:
    """The student, exercise and criterion of a row; None if they cannot be resolved."""
    try:
        student = known.student(row["student"].strip())
    except Refused:
        return None
    return student, row["exercise"].strip(), row["criterion"].strip() or EVERY


def _list(out: Path, course: Course, hand_ins: HandIns, lang: str) -> int:
    shown = report.read_shown(out, course, hand_ins)
    terminal = console()
    whose = ("student", "exercise", "criterion")
    if shown.corrections.entries:
        heads = ("correction_line", *whose, "correction_decision")
        grid = Grid(*(say(lang, head) for head in heads), title=say(lang, "corrections"))
        for one in shown.corrections.entries:
            grid.add_row(str(one.line), *_cells(one, hand_ins, lang))
        terminal.print(grid)
    open_points = [
        (result, id) for result in shown.results for id in shown.corrections.apply(result).open
    ]
    if open_points:
        grid = Grid(*(say(lang, head) for head in whose), title=say(lang, "corrections_open"))
        for result, id in open_points:
            grid.add_row(literal(hand_ins.name(result.student)), result.exercise, literal(id))
        terminal.print(grid)
    for line in (*shown.notices, *shown.corrections.problems):
        warn(line)
    if not shown.corrections.entries and not open_points:
        print(say(lang, "corrections_none"))
    return 1 if shown.corrections.problems else 0


def _cells(one: Correction, hand_ins: HandIns, lang: str) -> tuple[str, ...]:
    return (
        literal(hand_ins.name(one.student)),
        one.exercise,
        literal(one.criterion),
        literal(decision(one)[lang]),
    )
