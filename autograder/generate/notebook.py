"""Build the notebook of one exercise in one language, byte-identical on every run and machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from autograder.course.models import Cell, CellKind, Course, Exercise, Role
from autograder.errors import CourseError
from autograder.generate.cells import LOCKED, filled, student_cells
from autograder.generate.leaks import find_leaks
from autograder.generate.metadata import locked_and_checked, nbgrader_metadata, require_author_extra
from autograder.generate.secrets import Secrets, secrets

if TYPE_CHECKING:
    from nbformat import NotebookNode

_BADGE = "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({})"
_LONGEST_ID = 64  # nbformat's limit


def notebook(
    course: Course,
    exercise: Exercise,
    lang: str,
    *,
    provide_earlier: bool = False,
    known: Secrets | None = None,
) -> NotebookNode:
    """The student's notebook, validated by nbformat and nbgrader.

    With `provide_earlier`, carry cells contain the teaching solutions of earlier exercises.
    CourseError with file and line if anything in it must not reach students. `known` are the
    course's secrets, if they have been read already.
    """
    require_author_extra()
    import nbformat

    cells = student_cells(exercise, lang)
    solved = [filled(course, exercise, c, lang) if c.role is Role.CARRY else c for c in cells]
    shown = solved if provide_earlier else list(cells)
    badge = [_badge(course, exercise, lang)] if course.colab else []
    from_dict: Callable[[dict[str, Any]], NotebookNode] = nbformat.from_dict
    nb = from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
                "convkit": {"exercise": exercise.id, "lang": lang},
            },
            "cells": [*badge, *_nodes(exercise, shown)],
        }
    )
    nb = locked_and_checked(nb, exercise)
    nbformat.validate(nb)
    for leak in find_leaks(
        course, exercise, lang, nb, known or secrets(course), provide_earlier=provide_earlier
    ):
        cell = shown[leak.cell - len(badge)]
        raise CourseError(
            f"cell {cell.name or 'of prose'} in {lang!r} {leak.message}",
            exercise.notebook,
            cell.line,
            "Show something else there",
        )
    return nb


def notebook_bytes(
    course: Course,
    exercise: Exercise,
    lang: str,
    *,
    provide_earlier: bool = False,
    known: Secrets | None = None,
) -> bytes:
    """The content of the notebook's file in assignments/."""
    nb = notebook(course, exercise, lang, provide_earlier=provide_earlier, known=known)
    import nbformat

    writes: Callable[..., str] = nbformat.writes
    return (writes(nb, version=nbformat.NO_CONVERT).rstrip("\n") + "\n").encode()


def _badge(course: Course, exercise: Exercise, lang: str) -> dict[str, Any]:
    """The badge that opens the notebook in Colab."""
    text = _BADGE.format(f"{course.colab}/{lang}/{exercise.id}.ipynb")
    return _markdown(exercise, "colab-badge", text)


def _nodes(exercise: Exercise, cells: Iterable[Cell]) -> Iterator[dict[str, Any]]:
    anchor, after = "top", 0
    for cell in cells:
        if cell.kind is CellKind.MARKDOWN:
            # The id is derived from the code cell above, so that it is the same in both languages
            # and survives rewording.
            after += 1
            yield _markdown(exercise, f"{anchor}-{after}", cell.source)
        else:
            anchor, after = cell.name, 0
            yield _code(exercise, cell)


def _markdown(exercise: Exercise, name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "markdown",
        "id": _cell_id(exercise, name),
        "metadata": {},
        "source": source,
    }


def _code(exercise: Exercise, cell: Cell) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": cell.name, "tags": [cell.role]}
    if cell.role in LOCKED:
        # Hidden until clicked: in JupyterLab and VS Code, and as a form in Colab.
        metadata |= {"jupyter": {"source_hidden": True}, "cellView": "form"}
    nbgrader = nbgrader_metadata(cell.role, cell.name)
    if nbgrader is not None:
        metadata["nbgrader"] = nbgrader
    return {
        "cell_type": "code",
        "id": _cell_id(exercise, cell.name),
        "metadata": metadata,
        "source": cell.source,
        "execution_count": None,
        "outputs": [],
    }


def _cell_id(exercise: Exercise, name: str) -> str:
    """A cell id derived from the exercise and the cell's name only."""
    whole = f"{exercise.id}-{name}"
    if len(whole) <= _LONGEST_ID:
        return whole
    return f"{whole[: _LONGEST_ID - 9]}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
