"""Build the notebook of one exercise in one language, byte-identical on every run and machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from autograder.course.models import Cell, CellKind, Course, Exercise, Role
from autograder.errors import CourseError
from autograder.generate.cells import code_is_hidden, filled, solution_cells, student_cells
from autograder.generate.leaks import find_leaks
from autograder.generate.metadata import (
    check_points,
    locked_and_checked,
    nbgrader_metadata,
    require_author_extra,
)
from autograder.generate.secrets import Secrets, secrets
from autograder.text import Text

if TYPE_CHECKING:
    from nbformat import NotebookNode

_BADGE = "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({})"
_WITH_SOLUTIONS = Text(
    en="**This edition is filled in with the teaching solutions.** Other code can be right, too.",
    ja="**これは解答例を記入した版です。** ほかの書き方でも正しければかまいません。",
)
_WITH_EARLIER_PARTS = Text(
    en="""\
**In this edition, earlier parts are filled in:** {parts}. You can run and finish everything below,
and what you write here is graded as in the ordinary edition. The parts that are filled in earn
points only in the notebook that asks for them.""",
    ja="""\
**この版には、前のノートブックで書く部分が記入してあります**（{parts}）。この先はすべて実行でき、ここで書くものの採点は通常の版と\
同じです。記入済みの部分の点は、それを書くノートブックを提出したときにだけ付きます。""",
)
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

    With `provide_earlier`, carry cells contain the teaching solutions of earlier exercises, and the
    first cell says which. CourseError with file and line if anything in it must not reach students.
    `known` are the course's secrets, if they have been read already.
    """
    require_author_extra()
    cells = student_cells(exercise, lang)
    solved = [filled(course, exercise, c, lang) if c.role is Role.CARRY else c for c in cells]
    shown = solved if provide_earlier else list(cells)
    known = known or secrets(course)
    nb = _assembled(course, exercise, lang, shown, known, provide_earlier=provide_earlier)
    if provide_earlier and (parts := _earlier_parts(cells)):
        text = _WITH_EARLIER_PARTS[lang].format(parts=_listed(parts, lang))
        nb.cells.insert(0, _from_dict(_markdown(exercise, "with-earlier-parts", text)))
    return nb


def _earlier_parts(cells: Iterable[Cell]) -> dict[str, tuple[str, ...]]:
    """What students paste from earlier exercises, by the exercise in which they write it."""
    found: dict[str, tuple[str, ...]] = {}
    for cell in cells:
        if cell.from_exercise is not None:
            found[cell.from_exercise] = (*found.get(cell.from_exercise, ()), *cell.parts)
    return found


def _listed(parts: Mapping[str, tuple[str, ...]], lang: str) -> str:
    comma, notebook = Text(en=", ", ja="、")[lang], Text(en="{1} ({0})", ja="{0}の{1}")[lang]
    return comma.join(
        notebook.format(
            source[:2], comma.join(f"`{name}`" for name in _functions_and_classes(names))
        )
        for source, names in parts.items()
    )


def _functions_and_classes(parts: Iterable[str]) -> list[str]:
    """Parts without their methods: `Convolution.forward` is in the class `Convolution`."""
    return list(dict.fromkeys(part.partition(".")[0] for part in parts))


def solution_notebook(
    course: Course, exercise: Exercise, lang: str, *, known: Secrets | None = None
) -> NotebookNode:
    """The notebook filled in with the teaching solutions, for students after the deadline.

    Otherwise as `notebook`. Solutions are what it is for; literals of hidden suites, criterion ids
    and names of the grader are errors here, too.
    """
    require_author_extra()
    literals = (known or secrets(course)).literals
    shown = list(solution_cells(course, exercise, lang))
    nb = _assembled(course, exercise, lang, shown, Secrets((), literals), provide_earlier=True)
    nb.metadata["convkit"]["solutions"] = True
    nb.cells.insert(0, _from_dict(_markdown(exercise, "with-solutions", _WITH_SOLUTIONS[lang])))
    return nb


def _from_dict(node: dict[str, Any]) -> NotebookNode:
    import nbformat

    from_dict: Callable[[dict[str, Any]], NotebookNode] = nbformat.from_dict
    return from_dict(node)


def _assembled(
    course: Course,
    exercise: Exercise,
    lang: str,
    shown: list[Cell],
    known: Secrets,
    *,
    provide_earlier: bool,
) -> NotebookNode:
    """A notebook of these cells; CourseError if one of them shows what `known` lists."""
    import nbformat

    badge = [_badge(course, exercise, lang)] if course.colab else []
    nb = _from_dict(
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
    for leak in find_leaks(course, exercise, lang, nb, known, provide_earlier=provide_earlier):
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
    return as_bytes(notebook(course, exercise, lang, provide_earlier=provide_earlier, known=known))


def as_bytes(nb: NotebookNode) -> bytes:
    """A notebook as the content of its file."""
    import nbformat

    writes: Callable[..., str] = nbformat.writes
    return (writes(nb, version=nbformat.NO_CONVERT).rstrip("\n") + "\n").encode()


def _badge(course: Course, exercise: Exercise, lang: str) -> dict[str, Any]:
    """The badge that opens the notebook in Colab."""
    text = _BADGE.format(f"{course.colab}/{lang}/{exercise.id}.ipynb")
    return _markdown(exercise, "colab-badge", text)


def _nodes(exercise: Exercise, cells: Iterable[Cell]) -> Iterator[dict[str, Any]]:
    cells = list(cells)
    points = check_points(exercise, cells) | {one.id: one.points for one in exercise.questions}
    anchor, after = "top", 0
    for cell in cells:
        if cell.role is Role.ANSWER:
            anchor, after = cell.name, 0
            yield _answer(exercise, cell, points)
        elif cell.kind is CellKind.MARKDOWN:
            # The id is derived from the code cell above, so that it is the same in both languages
            # and survives rewording.
            after += 1
            yield _markdown(exercise, f"{anchor}-{after}", cell.source)
        else:
            anchor, after = cell.name, 0
            yield _code(exercise, cell, points)


def _markdown(exercise: Exercise, name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "markdown",
        "id": _cell_id(exercise, name),
        "metadata": {},
        "source": source,
    }


def _answer(exercise: Exercise, cell: Cell, points: Mapping[str, float]) -> dict[str, Any]:
    """The cell in which a question is answered: nbgrader's "manually graded answer"."""
    node = _markdown(exercise, cell.name, cell.source)
    node["metadata"] = {
        "name": cell.name,
        "tags": [cell.role],
        "nbgrader": nbgrader_metadata(cell, points),
    }
    return node


def _code(exercise: Exercise, cell: Cell, points: Mapping[str, float]) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": cell.name, "tags": [cell.role]}
    if code_is_hidden(cell):
        # Hidden until clicked: in JupyterLab and VS Code, and as a form in Colab.
        metadata |= {"jupyter": {"source_hidden": True}, "cellView": "form"}
    nbgrader = nbgrader_metadata(cell, points)
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
