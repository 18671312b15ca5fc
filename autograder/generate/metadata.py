"""nbgrader's cell metadata (schema version 3), made and checked by nbgrader itself, in memory."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from autograder.course.models import Exercise, Role
from autograder.errors import CourseError, MissingExtra

if TYPE_CHECKING:
    from nbformat import NotebookNode

# What students write is theirs to edit and not to delete; checks and demos stay as they are.
# A check is "grade", so that `nbgrader validate` says which of them fail, and worth 0: points come
# from the hidden suites, never from a cell that students hold.
_KIND: dict[Role, dict[str, Any]] = {
    Role.STUB: {"grade": False, "solution": True, "locked": False, "task": False},
    Role.CARRY: {"grade": False, "solution": True, "locked": False, "task": False},
    Role.CHECK: {"grade": True, "points": 0, "solution": False, "locked": True, "task": False},
    Role.DEMO: {"grade": False, "solution": False, "locked": True, "task": False},
}


def require_author_extra() -> None:
    """MissingExtra if what makes notebooks for students is not installed."""
    missing = [name for name in ("nbformat", "nbgrader") if find_spec(name) is None]
    if missing:
        raise MissingExtra("generating notebooks", "author", missing)


def nbgrader_metadata(role: Role, name: str) -> dict[str, Any] | None:
    """What nbgrader has to know about a cell; None for cells that it leaves alone."""
    kind = _KIND.get(role)
    return None if kind is None else {"schema_version": 3, "grade_id": name, **kind}


def locked_and_checked(nb: NotebookNode, exercise: Exercise) -> NotebookNode:
    """Run nbgrader's preprocessors over a notebook: cells locked, checksums made, all validated.

    CourseError if nbgrader finds a fault, or changes more than it should.
    """
    # Imported here: 2 s and 1,340 modules, which nothing but generating needs.
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
        raise CourseError(f"nbgrader refuses it: {error}", exercise.notebook) from None
    return nb
