"""``autograder export DIR --to SYSTEM``: grades in another system's import format."""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

from autograder import report
from autograder.cli.outdated import outdated
from autograder.cli.resolve import (
    folder_of_run,
    output_file,
    output_folder,
    resolve_course,
    resolve_exercises,
    resolve_language,
)
from autograder.cli.stdio import warn
from autograder.collect.roster import Person
from autograder.course.models import Course
from autograder.errors import CommandError
from autograder.exports import gradescope, tables
from autograder.exports.autograder_archive import archive
from autograder.exports.book import Book, State, make_book
from autograder.exports.class_list import ClassList, find_submitted, read_class_list
from autograder.exports.workbook import workbook
from autograder.files import write_atomically
from autograder.ingest.hand_ins import HandIns
from autograder.messages.hand_ins import not_graded
from autograder.report import Shown
from autograder.run.store import Store
from autograder.sanitize import path_below
from autograder.text import abbreviated, counted

MAX_LINES = 10
"""Lines about single students before the rest is counted."""


def run(options: argparse.Namespace) -> int:
    """Write the export, and name what is not in it."""
    course = resolve_course(options)
    lang = resolve_language(options, course)
    only = [options.exercise] if options.exercise else []
    resolve_exercises(course, only)
    if options.to == "gradescope-autograder":
        return _archive(options, course, lang)
    if options.dir is None:
        raise CommandError("name the --out folder of a `grade` run", 2)
    if options.to == "gradescope":
        where = output_folder(options.out or options.dir / "gradescope", course)
    else:
        where = output_file(options.out or options.dir / _file_name(options.to, only), course)
    hand_ins, shown = read_run(options.dir, course)
    people = class_list(options, hand_ins)
    book = make_book(shown.results, shown.corrections, hand_ins, course, people, only)
    if not book.rows:
        raise CommandError(f"{options.dir}: has no results to export")
    refused = bool(shown.damaged or shown.corrections.problems)
    for line in (
        *shown.notices,
        *shown.corrections.problems,
        *shown.damaged,
        *outdated(shown, course, only),
        *people.roster.notices,
    ):
        warn(line)
    if options.to == "gradescope":
        written = _gradescope(where, book, hand_ins, course, lang, only)
        what = counted(written, "results.json", "results.json")
    else:
        _write_table(where, options.to, book, people, course, lang, options.exercise)
        what = counted(len(book.rows), "student")
    for id in _without_grades(book):
        warn(f"{id}: nobody has handed it in, so there are no grades of it")
    if options.to == "canvas":
        _say_new_columns(book, people, course)
    is_open = _say_states(book, options.to)
    _say_twice(book)
    _say_unknown(book, options.to, options.exercise)
    print(f"{where}: {what}, {counted(len(book.exercises), 'exercise')}")
    return 1 if is_open or refused else 0


def read_run(out: Path, course: Course) -> tuple[HandIns, Shown]:
    """What a run has left in its folder.

    Raises:
        CommandError: it is not the folder of a run.
    """
    folder_of_run(out)
    hand_ins = Store(out).hand_ins()
    return hand_ins, report.read_shown(out, course, hand_ins)


def class_list(options: argparse.Namespace, hand_ins: HandIns) -> ClassList:
    """The class by ``--roster`` and ``--submitted``, or else by what `collect` has written."""
    submitted = options.submitted or find_submitted(one.file for one in hand_ins.hand_ins)
    return read_class_list(options.roster, submitted)


def _file_name(system: str, only: list[str]) -> str:
    """A file of its own for each exercise: Moodle's worksheets are uploaded to one assignment."""
    if system == "xlsx":
        return "-".join(["export", *only]) + ".xlsx"
    return "-".join(["export", system, *only]) + ".csv"


def _write_table(
    where: Path,
    system: str,
    book: Book,
    people: ClassList,
    course: Course,
    lang: str,
    exercise: str | None,
) -> None:
    match system:
        case "canvas":
            data = tables.encode(tables.canvas(book, people, course), mark=False)
        case "moodle" if exercise:
            table = tables.moodle_worksheet(book, exercise, course, lang)
            data = tables.encode(table, mark=True)
        case "moodle":
            data = tables.encode(tables.moodle(book, course, lang), mark=True)
        case "nbgrader":
            data = tables.encode(tables.nbgrader(book), mark=False)
        case "csv":
            data = tables.encode(tables.plain(book), mark=True)
        case _:
            data = workbook(tables.plain(book))
    write_atomically(where, data)


def _gradescope(
    where: Path, book: Book, hand_ins: HandIns, course: Course, lang: str, only: list[str]
) -> int:
    """Write the files, and return their number."""
    reasons = {one.student: not_graded(one)[lang] for one in hand_ins.ungraded}
    reasons = {key: why for key, why in reasons.items() if key not in hand_ins.absent}
    written = 0
    for row in book.rows:
        if not row.student:
            continue
        for exercise, mark in row.marks.items():
            text = gradescope.results_json(mark, exercise, course, lang)
            if text is None and only and mark.state is State.MISSING and row.student in reasons:
                text = gradescope.not_graded(reasons[row.student])
            path = path_below(where, row.student, exercise, "results.json")
            if text is None:
                path.unlink(missing_ok=True)  # an earlier one would be a grade that is not given
            else:
                write_atomically(path, text, below=where)
                written += 1
    return written


def _archive(options: argparse.Namespace, course: Course, lang: str) -> int:
    if not options.exercise:
        raise CommandError("name the exercise with --exercise: one autograder is for one", 2)
    where = output_file(options.out or Path(f"{options.exercise}-gradescope.zip"), course)
    write_atomically(where, archive(course, options.exercise, lang))
    print(f"{where}: upload it to Gradescope as the autograder of {options.exercise}")
    return 0


def _without_grades(book: Book) -> list[str]:
    return [
        id
        for id in book.exercises
        if all(row.marks[id].state is State.MISSING for row in book.rows)
    ]


def _say_states(book: Book, system: str) -> bool:
    """Name what has no grade or a questionable one; whether points are withheld."""
    is_open = False
    one, several = ", so it has no points here", ", so they have no points here"
    if system == "gradescope":
        one = several = (
            ": after a grader error there is no results.json, and questions that you grade are "
            "left out of it"
        )
    remedy = "Decide with `autograder correct`"
    for state, what, of_more in (
        (State.OPEN, f"needs you{one}. {remedy}", f"need you{several}. {remedy}"),
        (State.UNREADABLE, "is unreadable, and has 0 points", "are unreadable, and have 0 points"),
    ):
        found = [
            f"{row.name}, {exercise}"
            for row in book.rows
            for exercise, mark in row.marks.items()
            if mark.state is state
        ]
        is_open |= bool(found) and state is State.OPEN
        for line in found[:MAX_LINES]:
            warn(f"{line}: {what}")
        more = len(found) - MAX_LINES
        if more > 0:
            warn(f"{more} more {what if more == 1 else of_more}")
    return is_open


def _say_new_columns(book: Book, people: ClassList, course: Course) -> None:
    """Name exercises that Canvas would make a new assignment for, if its own columns are known."""
    columns = [*people.assignments.values()]
    for id in book.exercises:
        if columns and not tables.assignment(id, people, course):
            warn(
                f"{id}: no column of Canvas's export is called like its id or title "
                f"({abbreviated(columns, 5)}), so importing makes a new assignment. To use one of "
                "them, rename the column in the file"
            )


def _say_twice(book: Book) -> None:
    """Name folders that are the same student by the list: one row would replace another."""
    folders: dict[Person, list[str]] = defaultdict(list)
    for row in book.rows:
        if row.person is not None and row.student:
            folders[row.person].append(row.student)
    for person, own in folders.items():
        if len(own) > 1:
            warn(
                f"{person.name}: {' and '.join(own)} are the same student by the class list, and "
                "have a row each. Delete one of the rows, or correct the list"
            )


def _say_unknown(book: Book, system: str, exercise: str | None) -> None:
    """Name the students whom the system cannot recognize."""
    worksheet = system == "moodle" and exercise
    unknown = []
    for row in book.rows:
        if all(mark.state is State.MISSING for mark in row.marks.values()):
            continue  # has no grade that could go astray
        who = row.person
        if worksheet:
            is_known = bool(tables.participant(row, exercise or ""))
        elif system == "moodle":
            is_known = bool(who and (who.id or who.email))
        elif system == "canvas":
            is_known = bool(who and (who.canvas_id or who.id or who.login))
        else:
            return
        if not is_known:
            unknown.append(row.name)
    some = unknown[:MAX_LINES]
    if len(unknown) > MAX_LINES:
        some.append(f"{len(unknown) - MAX_LINES} more")
    for line in some:
        what = "no participant number" if worksheet else "no number or address"
        warn(f"{line}: {what} is known, so {system} may not recognize them. Give a --roster")
