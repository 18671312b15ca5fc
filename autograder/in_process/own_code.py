"""The course's own code: the only code that may run in a process of the grader.

It refers to a teaching solution, its stub, or the solution with some parts varied. All of it is
written by the course author or in this program; nothing that was submitted can be put into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from autograder.course.models import Cell, Course, Variant
from autograder.synthetic import notebooks


@dataclass(frozen=True)
class OwnCode:
    """One of the course's own notebooks.

    Attributes:
        exercise: the exercise's id.
        variants: each replaces its part of the teaching solution; none for the solution itself.
        lang: the notebook's language; "" for the course's first.
        stub: whether it is the notebook as handed out, with nothing implemented.
        appended: this program's own code, by the name of the stub cell that it is added to.
    """

    exercise: str
    variants: tuple[Variant, ...] = ()
    lang: str = ""
    stub: bool = False
    appended: Mapping[str, str] = field(default_factory=dict, hash=False)

    def cells(self, course: Course) -> tuple[Cell, ...]:
        """The notebook's cells."""
        exercise = course.exercise(self.exercise)
        lang = self.lang or course.languages[0]
        if self.stub:
            return notebooks.stub(exercise, lang)
        if self.variants:
            return notebooks.with_variants(course, exercise, self.variants, lang)
        return tuple(
            replace(cell, source=f"{cell.source}\n\n\n{self.appended[cell.name]}")
            if cell.name in self.appended
            else cell
            for cell in notebooks.solution(course, exercise, lang)
        )
