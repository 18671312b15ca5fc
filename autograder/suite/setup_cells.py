"""Run the code that a notebook provides to students, for the hidden suite of the same exercise.

Where students judge provided code, the suite must use the same code: neither a copy, which could
diverge, nor the student's notebook, which may have been changed. So it is written once, in setup
cells of notebook.py, and run from there.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from autograder.course.load import find_course, load_course, read_cells
from autograder.course.models import Role
from autograder.errors import CourseError


def given(suite: str, *cells: str, lang: str = "en") -> ModuleType:
    """Run setup cells of the notebook that a hidden suite belongs to.

    Args:
        suite: the suite's own ``__file__``.
        cells: names of setup cells, run in this order. They may only need what earlier ones define;
            leave out those that import what a grader does not have (a plotting library).
        lang: the language that ``tr`` returns.

    Returns:
        A module with what the cells define.

    Raises:
        CourseError: no exercise has this suite, or its notebook has no such setup cell.
    """
    file = Path(suite).resolve()
    course = load_course(find_course(file.parent))
    exercise = next((e for e in course.exercises if e.suite.resolve() == file), None)
    if exercise is None:
        raise CourseError(
            "belongs to no exercise", file, remedy="Name it test_NN_x.py, like solutions/NN_x"
        )
    sources = {cell.name: cell for cell in read_cells(exercise) if cell.role is Role.SETUP}
    module = ModuleType(f"given_by_{exercise.id}")
    vars(module)["tr"] = lambda en, ja: ja if lang == "ja" else en
    for name in cells:
        if name not in sources:
            raise CourseError(
                f"has no setup cell {name!r}, which the hidden suite runs",
                exercise.notebook,
                remedy=f"Setup cells are: {', '.join(sources) or 'none'}",
            )
        cell = sources[name]
        # Pad with newlines, so that tracebacks show the line in notebook.py.
        code = compile("\n" * (cell.line - 1) + cell.source, str(exercise.notebook), "exec")
        exec(code, vars(module))
    return module
