"""nbgrader's cell metadata (schema version 3), created and validated by nbgrader itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from autograder.course.models import Cell, Exercise, Role
from autograder.errors import CourseError, MissingExtra
from autograder.jupyter_packages import import_jsonschema

if TYPE_CHECKING:
    from nbformat import NotebookNode

# Students can edit but not delete the cells that they fill in; checks and demos are locked. Checks
# are "grade" cells, so that `nbgrader validate` reports failing ones, and `nbgrader autograde` has
# points to give. Ours come from the hidden suites only, never from a cell in the student's hands.
_KIND: dict[Role, dict[str, Any]] = {
    Role.STUB: {"grade": False, "solution": True, "locked": False, "task": False},
    Role.ANSWER: {"grade": True, "solution": True, "locked": False, "task": False},
    Role.CARRY: {"grade": False, "solution": True, "locked": False, "task": False},
    Role.CHECK: {"grade": True, "solution": False, "locked": True, "task": False},
    Role.DEMO: {"grade": False, "solution": False, "locked": True, "task": False},
}


def require_author_extra() -> None:
    """Prepare the import of the packages for generating notebooks.

    Raises:
        MissingExtra: they are not installed.
    """
    missing = [name for name in ("nbformat", "nbgrader") if find_spec(name) is None]
    if missing:
        raise MissingExtra("generating notebooks", "author", missing)
    import_jsonschema()


def nbgrader_metadata(cell: Cell, points: Mapping[str, float]) -> dict[str, Any] | None:
    """A cell's nbgrader metadata; None for cells that nbgrader does not handle.

    Args:
        cell: the cell.
        points: what each check and each question is worth, by the cell's name.
    """
    kind = _KIND.get(cell.role)
    if kind is None:
        return None
    metadata = {"schema_version": 3, "grade_id": cell.name, **kind}
    if kind["grade"]:
        worth = points[cell.name]
        metadata["points"] = int(worth) if worth == int(worth) else worth
    return metadata


def check_points(exercise: Exercise, cells: Iterable[Cell]) -> dict[str, float]:
    """What each visible check is worth to nbgrader: the points of the parts above it.

    Parts below the last check add to that one, so that the sum is the exercise's maximum (or all of
    its points if they are bonus points).
    """
    bonus_only = not exercise.max_score
    worth = {
        part.id: math.fsum(c.points for c in part.criteria if bonus_only or not c.bonus)
        for part in exercise.parts
    }
    found: dict[str, float] = {}
    waiting: list[float] = []
    for cell in cells:
        waiting += [worth.pop(part) for part in cell.parts if part in worth]
        if cell.role is Role.CHECK:
            found[cell.name] = math.fsum(waiting)
            waiting = []
    if found:
        last = next(reversed(found))
        found[last] = math.fsum([found[last], *waiting, *worth.values()])
    return found


def locked_and_checked(nb: NotebookNode, exercise: Exercise) -> NotebookNode:
    """Run nbgrader's preprocessors on a notebook: lock cells, add checksums, validate.

    CourseError if nbgrader reports an error, or changes more than it should.
    """
    # Imported here: it takes 1 s and 1,340 modules, and only generating needs it.
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
