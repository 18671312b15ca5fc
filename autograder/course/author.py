"""What a teaching notebook uses while its author runs it raw: both names vanish for students."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from autograder.course.models import Role
from autograder.errors import CourseError


def tr(en: str, ja: str) -> str:  # noqa: ARG001 - the generator reads both, a raw run one
    """Give the English text; in a generated notebook the call is one literal of its language."""
    return en


def earlier(exercise_id: str, *names: str) -> dict[str, Any]:
    """Give the teaching solutions `names` of an earlier exercise, by name.

    The stub and setup cells of that exercise are run (not its checks and demos), so what its
    own author cell brings in is there too. The course is looked for from the calling notebook
    upwards. CourseError if the exercise has no such name.
    """
    from autograder.course.load import find_course, load_course, read_cells

    caller = sys._getframe(1).f_globals.get("__file__")
    course = load_course(find_course(Path(caller).parent if caller else Path.cwd()))
    exercise = course.exercise(exercise_id)
    # `__file__` lets the earlier notebook's own call of `earlier` find the course.
    space: dict[str, Any] = {"__name__": exercise_id, "__file__": str(exercise.notebook)}
    for cell in read_cells(exercise):
        if cell.role in (Role.AUTHOR, Role.SETUP, Role.STUB):
            # Leading lines, so that a traceback shows the line in notebook.py.
            source = "\n" * (cell.line - 1) + cell.source
            exec(compile(source, str(exercise.notebook), "exec"), space)
    missing = [name for name in names if name not in space]
    if missing:
        raise CourseError(
            f"defines no {', '.join(missing)}, for which earlier() asks",
            exercise.notebook,
            remedy="Name functions and classes that a stub cell there defines",
        )
    return {name: space[name] for name in names}
