"""Helpers that make a teaching notebook runnable; the generator removes every use of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from autograder.course.models import Role
from autograder.errors import CourseError


def tr(en: str, ja: str) -> str:  # noqa: ARG001 - only the generator reads the Japanese text
    """Return the English text. The generator replaces the call with a literal in one language."""
    return en


def figure_text(en: str, ja: str) -> str:  # noqa: ARG001 - only the generator reads the Japanese text
    """Return the English text. For titles, labels and legends of figures, in demo cells.

    English notebooks get the literal; Japanese ones keep the call, and choose Japanese when they
    run if a font with Japanese glyphs is found.
    """
    return en


def earlier(exercise_id: str, *names: str) -> dict[str, Any]:
    """Return the teaching solutions `names` of an earlier exercise, by name.

    Runs the author, setup and stub cells of that exercise, but not its checks and demos. Searches
    for the course in the folders above the calling notebook. CourseError if the exercise does not
    define one of the names.
    """
    from autograder.course.load import find_course, load_course, read_cells

    caller = sys._getframe(1).f_globals.get("__file__")
    course = load_course(find_course(Path(caller).parent if caller else Path.cwd()))
    exercise = course.exercise(exercise_id)
    # `__file__` lets the earlier notebook's own call of `earlier` find the course.
    space: dict[str, Any] = {"__name__": exercise_id, "__file__": str(exercise.notebook)}
    for cell in read_cells(exercise):
        if cell.role in (Role.AUTHOR, Role.SETUP, Role.STUB):
            # Pad with newlines, so that tracebacks show the line in notebook.py.
            source = "\n" * (cell.line - 1) + cell.source
            exec(compile(source, str(exercise.notebook), "exec"), space)
    missing = [name for name in names if name not in space]
    if missing:
        raise CourseError(
            f"does not define {', '.join(missing)}, requested with earlier()",
            exercise.notebook,
            remedy="Use the names of functions and classes that its stub cells define",
        )
    return {name: space[name] for name in names}
