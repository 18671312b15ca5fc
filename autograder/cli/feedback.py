"""``autograder feedback DIR --to moodle|zip|mail``: give the feedback pages back."""

from __future__ import annotations

import argparse
from email.message import EmailMessage
from pathlib import Path

from autograder import report
from autograder.cli.export import class_list, read_run
from autograder.cli.outdated import outdated
from autograder.cli.resolve import (
    output_file,
    output_folder,
    resolve_course,
    resolve_exercises,
    resolve_language,
)
from autograder.cli.stdio import warn
from autograder.errors import CommandError
from autograder.exports.book import Book, State, make_book
from autograder.exports.pages import INDEX, NoAddress, Pages, mail, mbox, moodle_folder, zipped
from autograder.files import read_below, write_atomically
from autograder.sanitize import path_below, visible_name
from autograder.text import counted


def run(options: argparse.Namespace) -> int:
    """Rebuild the pages, so that they have all corrections, and pack them."""
    course = resolve_course(options)
    lang = resolve_language(options, course)
    only = [options.exercise] if options.exercise else []
    resolve_exercises(course, only)
    if options.out is not None:
        (output_file if options.to == "mail" else output_folder)(options.out, course)
    hand_ins, _ = read_run(options.dir, course)
    people = class_list(options, hand_ins)
    shown = report.rebuild(options.dir, course, lang, hand_ins)
    for line in (
        *shown.notices,
        *shown.corrections.problems,
        *outdated(shown, course, only),
        *people.roster.notices,
    ):
        warn(line)
    book = make_book(shown.results, shown.corrections, hand_ins, course, people, only)
    given = _pages(options.dir, book, bool(only))
    if not given:
        raise CommandError(f"{options.dir}: has no feedback pages to give back")
    for one in given:
        for exercise in one.exercises:
            if one.row.marks[exercise].state is State.OPEN:
                warn(f"{one.row.name}, {exercise}: points still wait for you, as its page says")
    match options.to:
        case "moodle":
            missed = _moodle(options, given)
        case "zip":
            missed = _zips(options, given)
        case _:
            missed = _mails(options, given, course.title[lang], lang)
    return 1 if missed or shown.corrections.problems else 0


def _pages(out: Path, book: Book, single: bool) -> list[Pages]:
    found = []
    for row in book.rows:
        exercises = [id for id, mark in row.marks.items() if mark.has_page]
        if not exercises:
            continue
        names = [f"{exercise}.html" for exercise in exercises]
        files = {
            name: read_below(path_below(out / "feedback", row.student, name), out)
            for name in (names if single else [INDEX, *names])
        }
        found.append(Pages(row, files))
    return found


def _moodle(options: argparse.Namespace, given: list[Pages]) -> int:
    """Write an archive for each exercise; how many pages have no place in it."""
    where: Path = options.out or options.dir / "moodle-feedback"
    missed = 0
    for exercise in sorted({exercise for one in given for exercise in one.exercises}):
        files: list[tuple[str, bytes]] = []
        nameless: list[str] = []
        for one in given:
            if exercise not in one.exercises:
                continue
            folder = moodle_folder(one.row, exercise)
            if not folder:
                nameless.append(one.row.name)
                continue
            name = f"{exercise}.html"
            files.append((f"{folder}/{name}", one.files[name]))
        missed += len(nameless)
        for line in _without_number(exercise, nameless, everybody=not files):
            warn(line)
        path = where / f"{exercise}.zip"
        _write(options, path, zipped(files) if files else None)
        if files:
            print(f"{path}: {counted(len(files), 'page')}")
        _list(options, [file for file, _ in files])
    return missed


def _without_number(exercise: str, names: list[str], *, everybody: bool) -> list[str]:
    """Whose pages Moodle would not know where to put; one line if it is all of an exercise."""
    remedy = (
        "Name the --out of `collect` with --submitted, or give the grading worksheet as --roster"
    )
    if everybody and len(names) > 1:
        return [
            f"{exercise}: Moodle's number is unknown for all {len(names)} submissions. If they "
            f"were handed in elsewhere, choose the others with --exercise. {remedy}"
        ]
    return [
        f"{name}, {exercise}: Moodle's number of the submission is unknown. {remedy}"
        for name in names
    ]


def _zips(options: argparse.Namespace, given: list[Pages]) -> int:
    where: Path = options.out or options.dir / "feedback-zip"
    for one in given:
        _write(options, path_below(where, f"{one.row.student}.zip"), zipped(one.files.items()))
    _list(options, [f"{one.row.student}.zip: {', '.join(one.files)}" for one in given])
    print(f"{where}: {counted(len(given), 'zip')}")
    return 0


def _mails(options: argparse.Namespace, given: list[Pages], course: str, lang: str) -> int:
    where: Path = options.out or options.dir / "feedback.mbox"
    remedy = "Give a --roster with the column email"
    messages: list[EmailMessage] = []
    lines, nameless = [], []
    for one in given:
        try:
            messages.append(mail(one, course, lang, options.sender or ""))
        except NoAddress as error:
            if str(error):
                lines.append(f"{one.row.name}: {str(error)!r} is not an address. {remedy}")
            else:
                nameless.append(one.row.name)
    if len(nameless) > 1 and not messages:
        lines.append(f"no address is known for any of {len(nameless)} students. {remedy}")
    else:
        lines += [f"{name}: no address is known. {remedy}" for name in nameless]
    for line in lines:
        warn(line)
    _write(options, where, mbox(messages))
    _list(options, [f"{message['To']}: {message['Subject']}" for message in messages])
    print(f"{where}: {counted(len(messages), 'message')}; nothing was sent")
    return len(given) - len(messages)


def _write(options: argparse.Namespace, path: Path, data: bytes | None) -> None:
    if data is not None and not options.dry_run:
        write_atomically(path, data)


def _list(options: argparse.Namespace, lines: list[str]) -> None:
    if options.dry_run:
        for line in lines:
            print(f"  {visible_name(line)}")
