"""A course's handouts in the form in which `autograder.ingest` compares submissions with them."""

from __future__ import annotations

from contextlib import suppress

from autograder import generate
from autograder.course.load import read_cells
from autograder.course.models import CellKind, Course, Exercise, Role
from autograder.errors import CourseError
from autograder.ingest import Handout, Handouts
from autograder.ingest.parse import normalised


def handouts_of(course: Course) -> Handouts:
    """The course's handouts, read when first needed."""
    return Handouts(lambda: [_handout(exercise, course) for exercise in course.exercises])


def _handout(exercise: Exercise, course: Course) -> Handout:
    names: set[str] = set()
    sources: set[str] = set()
    with suppress(CourseError):  # a course that `generate` refuses can be graded all the same
        names = {c.name for c in read_cells(exercise) if c.name and c.role != Role.AUTHOR}
        for lang in course.languages:
            cells = generate.student_cells(exercise, lang)
            sources |= {normalised(cell.source) for cell in cells if cell.kind == CellKind.CODE}
    return Handout(
        exercise=exercise.id,
        cells=frozenset(names),
        defines=frozenset(part.owner for part in exercise.parts),
        sources=frozenset(sources),
    )
