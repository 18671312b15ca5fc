"""nbgrader's cell metadata (schema version 3), created and validated by nbgrader itself."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from autograder.course.models import Exercise, Role
from autograder.errors import CourseError, MissingExtra

if TYPE_CHECKING:
    from nbformat import NotebookNode

# Students can edit but not delete the cells that they fill in; checks and demos are locked. Checks
# are "grade" cells, so that `nbgrader validate` reports failing ones, but worth 0 points: points
# come from the hidden suites only, never from a cell in the student's hands.
_KIND: dict[Role, dict[str, Any]] = {
    Role.STUB: {"grade": False, "solution": True, "locked": False, "task": False},
    Role.ANSWER: {"grade": True, "solution": True, "locked": False, "task": False},
    Role.CARRY: {"grade": False, "solution": True, "locked": False, "task": False},
    Role.CHECK: {"grade": True, "points": 0, "solution": False, "locked": True, "task": False},
    Role.DEMO: {"grade": False, "solution": False, "locked": True, "task": False},
}


def require_author_extra() -> None:
    """Raise MissingExtra if the packages for generating notebooks are not installed."""
    missing = [name for name in ("nbformat", "nbgrader") if find_spec(name) is None]
    if missing:
        raise MissingExtra("generating notebooks", "author", missing)


def nbgrader_metadata(role: Role, name: str, points: float | None = None) -> dict[str, Any] | None:
    """A cell's nbgrader metadata; None for cells that nbgrader does not handle.

    Args:
        role: the cell's role.
        name: its name.
        points: those of the question that it answers, if it does.
    """
    kind = _KIND.get(role)
    if kind is None:
        return None
    answers = {} if points is None else {"points": points}
    return {"schema_version": 3, "grade_id": name, **kind, **answers}


def locked_and_checked(nb: NotebookNode, exercise: Exercise) -> NotebookNode:
    """Run nbgrader's preprocessors on a notebook: lock cells, add checksums, validate.

    CourseError if nbgrader reports an error, or changes more than it should.
    """
    # Imported here: it takes 2 s and 1,340 modules, and only generating needs it.
    from nbgrader.nbgraderformat import ValidationError
    from nbgrader.preprocessors import (
        CheckCellMetadata,
        ClearOutput,
        ComputeChecksums,
        DeduplicateIds,
        LockCells,
    )

    before = [(cell.id, cell.source, cell.metadata.get("nbgrader")) for cell in nb.cells]
    try:
        for step in (DeduplicateIds, LockCells, ClearOutput, CheckCellMetadata):
            nb, _ = step().preprocess(nb, {})
        after = [(cell.id, cell.source, cell.metadata.get("nbgrader")) for cell in nb.cells]
        if after != before:
            raise ValidationError("two cells have the same grade_id")
        nb, _ = ComputeChecksums().preprocess(nb, {})
        CheckCellMetadata().preprocess(nb, {})
    except ValidationError as error:
        raise CourseError(f"nbgrader rejects it: {error}", exercise.notebook) from None
    return nb
