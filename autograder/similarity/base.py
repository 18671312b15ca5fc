"""What the course explains: passages of the handouts, the solutions, and known other ways."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.course.load import load_mistakes
from autograder.course.models import CellKind, Course, Exercise, Variant
from autograder.course.notebook_cells import stub_cell
from autograder.course.part_source import with_part
from autograder.generate import solution_cells, student_cells
from autograder.similarity.tokens import Code, code_of
from autograder.similarity.winnow import all_grams


def explained(course: Course) -> frozenset[int]:
    """The hashes of all passages that the course itself contains.

    Known mistakes and equivalents are ways of writing a part that many find by themselves.
    """
    return all_grams(_codes(course))


def _codes(course: Course) -> Iterator[Code]:
    for exercise in course.exercises:
        for lang in course.languages:
            for cells in (student_cells(exercise, lang), solution_cells(course, exercise, lang)):
                yield code_of(cell.source for cell in cells if cell.kind is CellKind.CODE)
        mistakes, equivalents = load_mistakes(exercise)
        for variant in (*mistakes, *equivalents):
            yield code_of([variant.source, _varied(exercise, variant)])


def _varied(exercise: Exercise, variant: Variant) -> str:
    return with_part(stub_cell(exercise, variant.part).source, variant.part, variant.source)
