"""The data model of a course, as frozen dataclasses.

Nothing here reads a file; `autograder.course.load` creates these records from `solutions/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from autograder.course.edits import Edit
from autograder.course.policy import Policy
from autograder.errors import CourseError
from autograder.text import LANGUAGES, Text

NO_POLICY = Policy()


class Reveal(StrEnum):
    """How much of an expected result feedback may show."""

    NONE = "none"
    """Only the kind of result that is expected: no call, no numbers."""
    SHAPES = "shapes"
    """Shapes, dtypes and how many values are wrong, but no value."""
    FIRST_DIFFERENCE = "first_difference"
    """Also the two values at the first index that differs."""


class CellKind(StrEnum):
    """The cell type in Jupyter."""

    MARKDOWN = "markdown"
    CODE = "code"


class Role(StrEnum):
    """The purpose of a cell in the course."""

    PROSE = "prose"
    """Text."""
    ANSWER = "answer"
    """Where students answer a question in words or with a drawing; a markdown cell, too."""
    STUB = "stub"
    """What students write."""
    CHECK = "check"
    """A visible check, locked."""
    DEMO = "demo"
    """Plots and walk-throughs, locked."""
    CARRY = "carry"
    """Students paste parts of an earlier exercise here."""
    SETUP = "setup"
    """Imports and provided code."""
    AUTHOR = "author"
    """For the author only; not in students' notebooks."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is graded: passed or not, for `points`.

    `reveal` is its own reveal policy; None for that of the exercise.
    """

    id: str
    part: str
    points: float
    bonus: bool
    title: Text
    hint: Text | None
    reveal: Reveal | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What a student writes: a function (`im2col`) or a method (`Convolution.backward`).

    `builds_on` are parts, above it or of earlier exercises, that it may call. `borrows` are other
    names of the reference that learners import from a library, such as `softmax`. `aliases` are
    names under which it counts as well; see `autograder.course.names`.
    """

    id: str
    title: Text
    builds_on: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    aliases: tuple[str, ...] = ()
    borrows: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """The name in the notebook's namespace: the function, or the method's class."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str | None:
        """The method's name, or None for a function."""
        return self.id.partition(".")[2] or None


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the instructor grades: answered in words, or with a drawing.

    `id` is also the name of the cell for the answer. Its points come on top of those of the
    criteria. `rubric` is for the instructor.
    """

    id: str
    points: float
    title: Text
    rubric: Text | None


@dataclass(frozen=True, slots=True)
class Exercise:
    """One notebook of the course.

    `points` is the sum over criteria without bonus; bonus points, and those of questions that the
    instructor grades, come on top of that maximum.
    """

    id: str
    title: Text
    summary: Text
    points: float
    builds_on: tuple[str, ...]
    reveal: Reveal
    parts: tuple[Part, ...]
    folder: Path
    suite: Path
    languages: tuple[str, ...] = LANGUAGES
    questions: tuple[Question, ...] = ()

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria, in the order of the file."""
        return tuple(criterion for part in self.parts for criterion in part.criteria)

    @property
    def max_score(self) -> float:
        """Full marks: every criterion except the bonus ones."""
        return self.points

    @property
    def full_score(self) -> float:
        """The score that counts as 100 %: `max_score`, or all points if all of them are bonus."""
        return self.max_score or self.bonus

    @property
    def bonus(self) -> float:
        """Points that can be earned on top of `max_score`."""
        return sum(criterion.points for criterion in self.criteria if criterion.bonus)

    @property
    def asked(self) -> float:
        """Points of the questions that the instructor grades, on top of `max_score`."""
        return sum(question.points for question in self.questions)

    @property
    def notebook(self) -> Path:
        """The teaching notebook, a percent script."""
        return self.folder / "notebook.py"

    def reveal_of(self, criterion_id: str) -> Reveal:
        """The reveal policy of a criterion; that of the exercise if there is no such criterion."""
        return self.own_reveal_of(criterion_id) or self.reveal

    def own_reveal_of(self, criterion_id: str) -> Reveal | None:
        """The reveal policy that a criterion has for itself; None if it has none."""
        for part in self.parts:  # `criteria` would make a tuple of all
            for criterion in part.criteria:
                if criterion.id == criterion_id:
                    return criterion.reveal
        return None

    def part_of(self, criterion_id: str) -> str:
        """The id of a criterion's part; KeyError if there is no such criterion."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion.part
        raise KeyError(criterion_id)

    def part(self, part_id: str) -> Part:
        """The part with that id; KeyError if there is none."""
        for part in self.parts:
            if part.id == part_id:
                return part
        raise KeyError(part_id)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a notebook.

    `line` is the line of `notebook.py` (from 1) on which `source` starts. `name` is empty for
    prose. `parts` are the parts that a stub cell defines or a carry cell requests, and
    `from_exercise` is the exercise that a carry cell takes them from. `hidden` is whether a setup
    cell's code is hidden until a student clicks on it, as that of checks and demos is.
    """

    kind: CellKind
    role: Role
    name: str
    lang: str | None
    source: str
    line: int
    parts: tuple[str, ...] = ()
    from_exercise: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """Another way to write a part than the teaching solution's.

    `source` is the whole function, not indented. `edits` are those of the teaching solution that
    make it; none if it was written as a function of its own. `line` is that of its entry in
    mistakes.py.
    """

    id: str
    part: str
    source: str
    edits: tuple[Edit, ...] = ()
    line: int = field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Mistake(Variant):
    """A known wrong way to write a part; `loses` are the ids of all criteria that it loses."""

    hint: Text = field(kw_only=True)
    loses: frozenset[str] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Equivalent(Variant):
    """An unusual but right way to write a part: it must earn every point."""

    why: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Course:
    """All exercises, in the order of their ids.

    `carried` is the share of its points that a criterion earns when it is passed only with a right
    earlier part in place of the student's own; 0 for not trying it.
    `packages` are installed packages that students' code may import besides numpy.
    `policy` is what it does about lateness and totals.
    `colab` is the URL below which Colab finds `assignments/`; "" if unknown.
    """

    root: Path
    title: Text
    salt: str
    languages: tuple[str, ...]
    exercises: tuple[Exercise, ...]
    colab: str = ""
    carried: float = 1.0
    packages: tuple[str, ...] = ()
    policy: Policy = NO_POLICY

    @property
    def ids(self) -> tuple[str, ...]:
        """The exercises' ids, in order."""
        return tuple(exercise.id for exercise in self.exercises)

    @property
    def by_id(self) -> dict[str, Exercise]:
        """The exercises by their ids."""
        return {exercise.id: exercise for exercise in self.exercises}

    def exercise(self, exercise_id: str) -> Exercise:
        """The exercise with that id; CourseError listing the known ids if there is none."""
        for exercise in self.exercises:
            if exercise.id == exercise_id:
                return exercise
        known = ", ".join(self.ids) or "none yet"
        raise CourseError(
            f"there is no exercise {exercise_id!r}",
            self.root / "solutions",
            remedy=f"Known: {known}",
        )

    def before(self, exercise: Exercise) -> Iterator[Exercise]:
        """The exercises that `exercise` builds on, directly or through others, in course order."""
        wanted = set(exercise.builds_on)
        for earlier in reversed(self.exercises):
            if earlier.id in wanted:
                wanted.update(earlier.builds_on)
        return (earlier for earlier in self.exercises if earlier.id in wanted)
