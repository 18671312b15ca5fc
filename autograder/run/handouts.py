"""What students got, as `autograder.ingest` compares it with what they hand in."""

from __future__ import annotations

from autograder import generate
from autograder.course.load import read_cells
from autograder.course.models import CellKind, Course, Exercise, Role
from autograder.ingest import Handout, Handouts
from autograder.ingest.parse import normalised


def handouts_of(course: Course) -> Handouts:
    """The course's handouts; nothing is read before it is needed."""
    return Handouts(lambda: [_handout(exercise, course) for exercise in course.exercises])


def _handout(exercise: Exercise, course: Course) -> Handout:
    names = {cell.name for cell in read_cells(exercise) if cell.name and cell.role != Role.AUTHOR}
    return Handout(
        exercise=exercise.id,
        cells=frozenset(names),
        defines=frozenset(part.owner for part in exercise.parts),
        sources=frozenset(
            normalised(cell.source)
            for lang in course.languages
            for cell in generate.student_cells(exercise, lang)
            if cell.kind == CellKind.CODE
        ),
    )
