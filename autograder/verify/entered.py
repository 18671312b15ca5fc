"""Which functions of an exercise each criterion enters, and so which criteria a change may affect.

The teaching solution is run once with a note at the beginning of every function that is going to be
changed. A criterion that it passed without entering the changed function is passed by the changed
notebook as well. That is so because

- cells run before each criterion, and what they enter counts, too;
- the change is one of the function's body alone. Decorators, default values and parameters are the
  same, and neither body has a ``yield``. So the definition has the same effects, the same calls are
  accepted, and calling the function does nothing but run its body;
- every criterion starts in the same state, whatever ran before it: fresh cells, the same random
  streams. Up to the first entry into the function, both notebooks do the same. If there is none,
  they do the same until the end.

What this does not see is code that looks into a function instead of calling it: at its source, its
docstring or its bytecode. A suite cannot, and a notebook that did would be a strange solution.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from autograder.course.models import Course, Exercise, Variant
from autograder.course.notebook_cells import stub_cell
from autograder.course.part_source import part_source
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.status import Status
from autograder.suite.outcome import Outcome
from autograder.suite.plugin import Suites

_NOTE = "note_that_it_is_entered"


@dataclass(frozen=True)
class Entered:
    """What happened when the suite ran with the teaching solution.

    Attributes:
        exercise: the exercise.
        notebook: the solution.
        passed: the criteria that it passed, with their outcomes.
        functions: by criterion, which of the functions in question were entered.
    """

    exercise: Exercise
    notebook: OwnNotebook
    passed: Mapping[str, Outcome]
    functions: Mapping[str, frozenset[str]]

    def unaffected(self, variant: Variant, changed: OwnNotebook) -> dict[str, Outcome]:
        """The outcomes that a change of the solution cannot affect, by criterion.

        Args:
            variant: the change; its function is one of those in question.
            changed: the solution with this change.
        """
        before = part_source(stub_cell(self.exercise, variant.part).source, variant.part)
        if not _differ_in_body_alone(before, variant.source) or not self._is_defined(changed):
            return {}
        return {
            id: outcome
            for id, outcome in self.passed.items()
            if variant.part not in self.functions[id]
        }

    def _is_defined(self, changed: OwnNotebook) -> bool:
        """Whether it defines what the solution does, without an error in either."""
        errors = [record.error for book in (self.notebook, changed) for record in book.records]
        return not any(errors) and changed.defined == self.notebook.defined


def entered(suites: Suites, exercise: Exercise, functions: Collection[str]) -> Entered:
    """Run the suite with the teaching solution.

    Args:
        suites: collected suites.
        exercise: the exercise.
        functions: which functions are in question: parts, helpers or ``__init__``.
    """
    found: set[str] = set()
    notebook = _with_notes(suites.course, exercise, functions, found)
    passed: dict[str, Outcome] = {}
    by_criterion: dict[str, frozenset[str]] = {}
    for criterion in exercise.criteria:
        found.clear()
        outcome = suites.run(exercise, notebook, [criterion.id])[criterion.id]
        by_criterion[criterion.id] = frozenset(found)
        if outcome.status is Status.PASSED:
            passed[criterion.id] = outcome
    return Entered(exercise, notebook, passed, by_criterion)


def _with_notes(
    course: Course, exercise: Exercise, functions: Collection[str], found: set[str]
) -> OwnNotebook:
    """The solution, which adds the functions that it enters to ``found``."""
    variants = []
    for name in functions:
        (function,) = _body(part_source(stub_cell(exercise, name).source, name))
        assert isinstance(function, ast.FunctionDef)
        function.body[:0] = _body(f"{_NOTE}({name!r})")
        variants.append(Variant(f"{name} with a note", name, f"{ast.unparse(function)}\n"))
    own = OwnCode(exercise.id, tuple(variants))
    return OwnNotebook(course, own, added={_NOTE: found.add})


def _differ_in_body_alone(one: str, other: str) -> bool:
    """Whether the definitions of two functions are the same until they are called."""
    first, second = _definition(one), _definition(other)
    return first is not None and first == second


def _definition(source: str) -> str | None:
    """All of a function but its body; None if it is a generator, or if there is anything else."""
    body = _body(source)
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        return None
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(body[0])):
        return None
    body[0].body = []
    return ast.dump(body[0])


def _body(source: str) -> list[ast.stmt]:
    return ast.parse(source).body
