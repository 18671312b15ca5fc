"""The class as other systems' CSV: Canvas, Moodle, nbgrader, and a plain one. Pure.

format    encoding       what its importer needs
────────  ─────────────  ───────────────────────────────────────────────────────────────────────
canvas    UTF-8          Student, ID, SIS User ID, SIS Login ID, Section in this order, a row of
                         maximum points; "EX" is excused
moodle    UTF-8 and BOM  an ID number or e-mail address, a column for each grade item; or, for
                         one exercise, the assignment's grading worksheet: Identifier, Grade
                         and "Last modified (grade)" are obligatory
nbgrader  UTF-8          the columns of `nbgrader export`
csv       UTF-8 and BOM  nothing; for people and their spreadsheets
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence

from autograder.collect.roster import squeezed
from autograder.course.models import Course
from autograder.exports.book import Book, Mark, Row, State
from autograder.exports.class_list import ClassList
from autograder.messages.late import late_sum
from autograder.sanitize import spreadsheet_cell, visible_name

Cell = str | float | None
Table = list[list[Cell]]

EXCUSED_IN_CANVAS = "EX"


def number(points: float | None) -> str:
    """Points with at most two decimals; None is an empty cell."""
    return "" if points is None else f"{round(points, 2):.2f}".rstrip("0").rstrip(".")


def encode(table: Iterable[Sequence[Cell]], *, mark: bool) -> bytes:
    """A table as CSV in UTF-8. No text of it is a formula, whatever separates the cells.

    Args:
        table: the rows.
        mark: whether it begins with a byte order mark, by which spreadsheets know UTF-8.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in table:
        writer.writerow(
            [
                spreadsheet_cell(visible_name(cell)) if isinstance(cell, str) else number(cell)
                for cell in row
            ]
        )
    return (codecs.BOM_UTF8 if mark else b"") + buffer.getvalue().encode("utf-8", "replace")


def canvas(book: Book, people: ClassList, course: Course | None) -> Table:
    """Canvas's gradebook. An assignment that the roster, if it is Canvas's export, has is used."""
    columns = [assignment(id, people, course) or id for id in book.exercises]
    table: Table = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns]]
    table.append(["    Points Possible", "", "", "", "", *book.exercises.values()])
    for row in book.rows:
        who = row.person
        own: list[Cell] = [row.name, *["", "", "", ""]]
        if who is not None:
            own = [row.name, who.canvas_id, who.id, who.login, who.section]
        for id, mark in row.marks.items():
            excused = mark.state is State.EXCUSED
            own.append(EXCUSED_IN_CANVAS if excused else book.fixed_score(mark, id))
        table.append(own)
    return table


def moodle(book: Book, course: Course | None, lang: str) -> Table:
    """Moodle's import of grades: two columns for each exercise, the grade and its feedback."""
    columns = [title for id in book.exercises for title in (id, f"{id} (feedback)")]
    table: Table = [["ID number", "Email address", "Full name", *columns]]
    for row in book.rows:
        own: list[Cell] = [*_ids(row), row.name]
        for id, mark in row.marks.items():
            own += [book.fixed_score(mark, id), feedback(mark, id, course, lang)]
        table.append(own)
    return table


def moodle_worksheet(book: Book, exercise: str, course: Course | None, lang: str) -> Table:
    """The grading worksheet of one of Moodle's assignments."""
    table: Table = [
        ["Identifier", "Full name", "ID number", "Email address", "Grade", "Maximum grade",
         "Last modified (grade)", "Feedback comments"]
    ]  # fmt: skip
    for row in book.rows:
        mark = row.marks[exercise]
        submission = participant(row, exercise)
        if not submission and mark.state is State.MISSING:
            continue  # nothing to import, and nobody to import it for
        table.append(
            [
                f"Participant {submission}" if submission else "",
                row.name,
                *_ids(row),
                book.fixed_score(mark, exercise),
                book.exercises[exercise],
                "",
                feedback(mark, exercise, course, lang),
            ]
        )
    return table


def nbgrader(book: Book) -> Table:
    """What `nbgrader export` writes: nothing handed in is 0 points there, without a time."""
    table: Table = [
        ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
         "raw_score", "late_submission_penalty", "score", "max_score"]
    ]  # fmt: skip
    for exercise, most in book.exercises.items():
        deadline = book.deadlines.get(exercise)
        due = deadline.isoformat(" ", "seconds") if deadline else ""
        for row in book.rows:
            mark = row.marks[exercise]
            points = book.fixed_score(mark, exercise)
            if mark.state is State.MISSING:
                points = 0.0
            who = row.person
            student = row.student or (who.folder or who.id or who.login if who else "")
            email = who.email if who else ""
            penalty = _penalty(mark)
            raw: Cell = None if points is None else points + penalty
            taken: Cell = None if points is None else penalty
            table.append(
                [exercise, due, mark.handed.time, student or row.name, row.name, "", email,
                 raw, taken, points, most]
            )  # fmt: skip
    return table


def plain(book: Book) -> Table:
    """One row for each student: who, a column for each exercise, the total, and what is special."""
    most: list[Cell] = ["maximum", "", "", *book.exercises.values()]
    total = book.max_total
    table: Table = [["student", "id", "email", *book.exercises, "total", "max_total", "notes"]]
    table.append([*most, total, total, ""])
    for row in book.rows:
        scores = [mark.score for mark in row.marks.values()]
        dropped = row.dropped
        said = [_note(id, mark, dropped=id in dropped) for id, mark in row.marks.items()]
        notes = "; ".join(filter(None, said))
        table.append([row.name, *_ids(row), *scores, row.total, row.max_total, notes])
    return table


def feedback(mark: Mark, exercise: str, course: Course | None, lang: str) -> str:
    """A line for the student: what is still to fix, and the instructor's comment."""
    if mark.corrected is None or mark.state is State.OPEN:
        return mark.comment
    titles = {}
    for one in course.exercises if course else ():
        if one.id == exercise:
            titles = {criterion.id: criterion.title[lang] for criterion in one.criteria}
    if mark.state is State.UNREADABLE:
        said = [one.message[lang] for one in mark.corrected.result.criteria[:1]]
    elif mark.state is State.GRADED:
        lost = [one for one in mark.corrected.result.criteria if one.points < one.max_points]
        said = [
            f"{titles.get(one.id, one.id)}: {number(one.points)}/{number(one.max_points)}"
            for one in lost
        ]
    else:
        said = []
    return " ".join(text for text in (mark.comment, _late(mark, lang), ", ".join(said)) if text)


def participant(row: Row, exercise: str) -> str:
    """Moodle's number of the submission; "" if unknown."""
    handed = row.marks[exercise].handed.participant
    return handed or (row.person.participant(exercise) if row.person else "")


def _penalty(mark: Mark) -> float:
    """The points that lateness costs."""
    one = mark.corrected
    return 0.0 if one is None or mark.score is None else round(one.result.score - mark.score, 2)


def _late(mark: Mark, lang: str) -> str:
    one = mark.corrected
    return late_sum(one.result.score, one.late)[lang] if one and one.late else ""


def _ids(row: Row) -> tuple[str, str]:
    return (row.person.id, row.person.email) if row.person else ("", "")


def _note(exercise: str, mark: Mark, *, dropped: bool) -> str:
    said = [] if mark.state is State.GRADED else [str(mark.state)]
    if sum_ := _late(mark, "en"):
        said.append(sum_)
    elif mark.handed.late:
        said.append("late")
    if dropped:
        said.append("lowest, does not count")
    return f"{exercise}: {', '.join(said)}" if said else ""


def assignment(exercise: str, people: ClassList, course: Course | None) -> str:
    """The column of Canvas's export that is called like the exercise; "" if none or several are."""
    names = {exercise}
    for one in course.exercises if course else ():
        if one.id == exercise:
            names |= {one.title[lang] for lang in one.title.languages}
    keys = {squeezed(name) for name in names}
    found = {people.assignments[key] for key in keys if key in people.assignments}
    return found.pop() if len(found) == 1 else ""
