"""Claims about a course: each solution, stub, known mistake and unusual right answer is a notebook
that must lose certain criteria and no others; and no guess may earn a criterion of its part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from autograder.course.load import load_mistakes
from autograder.course.models import Cell, Course, Equivalent, Exercise, Mistake
from autograder.in_process.own_code import OwnCode
from autograder.verify.guesses import Guess, guesses
from autograder.verify.mutants import Mutant, mutants

Kind = Literal["solution", "stub", "mistake", "equivalent", "guess", "mutant"]


@dataclass(frozen=True)
class Claim:
    """A claim that one of the course's own notebooks loses certain criteria.

    Attributes:
        exercise: the exercise's id.
        kind: solution (loses nothing), stub (everything), mistake (what it declares), equivalent
            (nothing), guess (all criteria that are asked of it), mutant (any criterion, unless it
            is listed as a survivor).
        lang: the notebook's language.
        variant: the mistake, equivalent or mutant that replaces its part.
        guess: the guess that replaces its parts.
    """

    exercise: str
    kind: Kind
    lang: str
    variant: Mistake | Equivalent | Mutant | None = None
    guess: Guess | None = None

    @property
    def label(self) -> str:
        """What distinguishes it from others of its kind: the variant's id, or the language."""
        if self.guess:
            return self.guess.name
        return self.variant.id if self.variant else self.lang

    @property
    def is_table(self) -> bool:
        """Whether it is a guess that needs a table."""
        return self.guess is not None and self.guess.how.is_table

    @property
    def asked(self) -> frozenset[str] | None:
        """The ids of the criteria that it is about; None for all."""
        return frozenset(self.guess.criteria) if self.guess else None

    @property
    def name(self) -> str:
        """Its kind and label, unique within the exercise."""
        return f"{self.kind} {self.label}"

    def code(self, course: Course) -> OwnCode:
        """The notebook."""
        if self.guess:
            return self.guess.code(course.exercise(self.exercise))
        variants = (self.variant,) if self.variant else ()
        return OwnCode(self.exercise, variants, self.lang, stub=self.kind == "stub")

    def cells(self, course: Course) -> tuple[Cell, ...]:
        """The notebook's cells."""
        return self.code(course).cells(course)

    def loses(self, exercise: Exercise) -> frozenset[str]:
        """The ids of the criteria that it must lose."""
        if self.guess:
            return frozenset(self.guess.criteria)
        if self.kind == "stub":
            return frozenset(criterion.id for criterion in exercise.criteria)
        return self.variant.loses if isinstance(self.variant, Mistake) else frozenset()


def claims(course: Course, exercise: Exercise) -> Iterator[Claim]:
    """All claims about one exercise."""
    for lang in course.languages:
        yield Claim(exercise.id, "solution", lang)
        yield Claim(exercise.id, "stub", lang)
    mistakes, equivalents = load_mistakes(exercise)
    first = course.languages[0]
    yield from (Claim(exercise.id, "mistake", first, variant) for variant in mistakes)
    yield from (Claim(exercise.id, "equivalent", first, variant) for variant in equivalents)
    yield from (Claim(exercise.id, "guess", first, guess=guess) for guess in guesses(exercise))


def mutant_claims(course: Course, exercise: Exercise) -> Iterator[Claim]:
    """The mutants of one exercise's teaching solution; none if there is no suite to notice them."""
    if exercise.suite.is_file():
        lang = course.languages[0]
        yield from (Claim(exercise.id, "mutant", lang, each) for each in mutants(course, exercise))
