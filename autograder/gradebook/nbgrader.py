"""nbgrader's database, through nbgrader's own `Gradebook`.

nbgrader takes a second to import and comes with an extra, so nothing is imported before
`open_gradebook`.
"""

from __future__ import annotations

import os
import sysconfig
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from autograder.errors import CommandError, MissingExtra
from autograder.gradebook.entries import NO_WORD, WHOLE, Entry, Word
from autograder.jupyter_packages import import_jsonschema


def require_nbgrader() -> None:
    """Raise MissingExtra if nbgrader is not installed."""
    if find_spec("nbgrader") is None:
        raise MissingExtra("--gradebook", "gradebook", ["nbgrader"])


@contextmanager
def open_gradebook(url: str) -> Iterator[Database]:
    """Open the gradebook at a database URL, and create it if there is none.

    Raises:
        MissingExtra: nbgrader is not installed.
        CommandError: it cannot be opened, read or written.
    """
    require_nbgrader()
    import_jsonschema()
    from nbgrader import api
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with _scripts_on_path():
            gradebook = api.Gradebook(url)
        with gradebook:
            yield Database(gradebook, api)
    except (FileNotFoundError, CalledProcessError) as error:
        raise CommandError(
            f"--gradebook {_without_password(url)}: nbgrader cannot create it ({error})"
        ) from None
    except SQLAlchemyError as error:
        raise CommandError(
            f"--gradebook {_without_password(url)}: {_short(error)}{_no_folder(url)}"
        ) from None
    except (api.InvalidEntry, api.MissingEntry) as error:
        raise CommandError(
            f"--gradebook {_without_password(url)}: nbgrader refuses ({_short(error)})"
        ) from None


def _no_folder(url: str) -> str:
    """What to do if the file's folder does not exist, which SQLite does not say."""
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or path.parent.is_dir():
        return ""
    return f". There is no folder {path.parent}: make it first"


@dataclass(frozen=True)
class Given:
    """What instructors have decided in formgrader about one student's notebook.

    Attributes:
        words: by cell; the points with extra credit are in that of `WHOLE`.
    """

    words: Mapping[str, Word]


class Database:
    """One open gradebook. A notebook has its exercise's name, which is also the assignment's."""

    def __init__(self, gradebook: Any, api: Any) -> None:
        self._book = gradebook
        self._api = api

    def given(self, student: str, exercise: str) -> Given | None:
        """What instructors have decided about a submission; None if it is not in the gradebook."""
        submission = self._submission(student, exercise)
        if submission is None:
            return None
        comments = {one.name: one.manual_comment or "" for one in submission.comments}
        words: dict[str, Word] = {}
        added = 0.0
        for grade in submission.grades:
            words[grade.name] = Word(grade.manual_score, comments.get(grade.name, ""))
            added += grade.extra_credit or 0.0
        if added:
            whole = words.get(WHOLE, NO_WORD)
            words[WHOLE] = Word((whole.points or 0.0) + added, whole.comment)
        return Given(words)

    def define(
        self,
        exercise: str,
        most: Mapping[str, float],
        before: Iterable[str],
        due: datetime | None = None,
    ) -> None:
        """Create an exercise's assignment, notebook and cells, or bring them up to date.

        Args:
            exercise: its id.
            most: the maximum of each cell.
            before: the cells that it had the last time; those it has no longer are removed.
            due: the deadline, if there is one.
        """
        book, api = self._book, self._api
        dated = {} if due is None else {"duedate": due.astimezone(UTC).replace(tzinfo=None)}
        book.update_or_create_assignment(exercise, **dated)
        notebook = book.update_or_create_notebook(exercise, exercise)
        gone = {*before} - {*most}
        comments = {cell.name for cell in notebook.solution_cells}
        for cell in notebook.grade_cells:
            if cell.name not in {*most, *gone, *comments}:
                # A visible check that `nbgrader autograde` has graded: our points replace its own.
                cell.max_score = 0.0
                book.db.query(api.Grade).filter(api.Grade.cell_id == cell.id).update(
                    {"auto_score": 0.0}
                )
        for cell in [*notebook.grade_cells, *notebook.solution_cells]:
            if cell.name in gone:
                for kind in (api.Grade, api.Comment):
                    book.db.query(kind).filter(kind.cell_id == cell.id).delete()
                book.db.delete(cell)
        book.db.commit()
        grades = {cell.name: cell for cell in notebook.grade_cells}
        for name, points in most.items():
            cell = grades.get(name)
            if cell is None or cell.max_score != points:
                book.update_or_create_grade_cell(
                    name, exercise, exercise, max_score=points, cell_type="code"
                )
            if name not in comments:
                book.update_or_create_solution_cell(name, exercise, exercise)

    def put(
        self,
        student: str,
        name: str,
        exercise: str,
        entries: Iterable[Entry],
        kept: set[str],
        *,
        handed_in: datetime | None = None,
        penalty: float = 0.0,
        extension: timedelta | None = None,
    ) -> None:
        """Write one student's result.

        Args:
            student: the student's key, which is their id in the gradebook.
            name: the display name, for a student who is not in the gradebook yet.
            exercise: the exercise, which `define` has created.
            entries: its entries.
            kept: cells whose manual points and comments stay as they are.
            handed_in: when it was handed in, if that is known.
            penalty: the points that lateness costs.
            extension: how much later than everybody's the student's own deadline is.
        """
        from sqlalchemy.exc import SAWarning

        book, api = self._book, self._api
        if not book.db.query(api.Student).filter(api.Student.id == student).count():
            book.add_student(student, **({"first_name": name} if name != student else {}))
        submission = self._submission(student, exercise)
        if submission is None:
            with warnings.catch_warnings():
                # nbgrader itself builds the submission in an order that SQLAlchemy warns about.
                warnings.simplefilter("ignore", SAWarning)
                book.update_or_create_submission(exercise, student)
            submission = self._submission(student, exercise)
        if submission is None:  # the assignment has gained its notebook since
            whole = book.find_submission(exercise, student)
            notebook = book.find_notebook(exercise, exercise)
            submission = api.SubmittedNotebook(notebook_id=notebook.id, assignment_id=whole.id)
            book.db.add(submission)
            book.db.commit()
        grades = {one.cell_id: one for one in submission.grades}
        comments = {one.cell_id: one for one in submission.comments}
        cells = {cell.name: cell.id for cell in submission.notebook.grade_cells}
        solutions = {cell.name: cell.id for cell in submission.notebook.solution_cells}
        for entry in entries:
            grade = grades.get(cells[entry.cell])
            if grade is None:
                grade = api.Grade(cell_id=cells[entry.cell], notebook_id=submission.id)
                book.db.add(grade)
            comment = comments.get(solutions[entry.cell])
            if comment is None:
                comment = api.Comment(cell_id=solutions[entry.cell], notebook_id=submission.id)
                book.db.add(comment)
            grade.auto_score = entry.auto_score
            grade.needs_manual_grade = entry.open
            if entry.cell not in kept:
                grade.manual_score = entry.word.points
                grade.extra_credit = None
                comment.manual_comment = entry.word.comment or None
        submission.late_submission_penalty = penalty
        submission.assignment.extension = extension
        if handed_in is not None:  # nbgrader keeps times in UTC, without an offset
            submission.assignment.timestamp = handed_in.astimezone(UTC).replace(tzinfo=None)
        book.db.commit()

    def remove(self, student: str, exercise: str) -> None:
        """Remove one submission, if it is there."""
        if self._submission(student, exercise) is not None:
            self._book.remove_submission(exercise, student)

    def _submission(self, student: str, exercise: str) -> Any | None:
        try:
            return self._book.find_submission_notebook(exercise, exercise, student)
        except self._api.MissingEntry:
            return None


@contextmanager
def _scripts_on_path() -> Iterator[None]:
    """Let nbgrader find ``alembic``, which it runs for a new database, without an active venv."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _short(error: Exception) -> str:
    """The first line of an error; what follows is SQL."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0][:200]


def _without_password(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return scheme + separator + rest.rpartition("@")[2]
