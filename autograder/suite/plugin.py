"""Hidden suites: collect them once with pytest, run them against one notebook after another.

pytest runs in a trusted process. Collecting takes longer than running, so `with_suites` collects
all suites and, from within pytest's run loop, calls back with a `Suites` object. The caller grades
any number of notebooks with it and returns.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from autograder.course.models import Course, Criterion, Exercise, Part
from autograder.errors import CourseError
from autograder.sandbox.host.overload import HostOverload, bounded, bounded_time
from autograder.sandbox.host.session import Conversation, LoadedNotebook
from autograder.status import Status
from autograder.suite.collected import CollectedTests, student_of
from autograder.suite.decide import Decider
from autograder.suite.definitions import with_definition
from autograder.suite.ladder import Ladder, load_ladders
from autograder.suite.missing_parts import function_instead_of_class, missing_outcome
from autograder.suite.naming import Names, names_in
from autograder.suite.outcome import Outcome
from autograder.suite.reference import own_reference
from autograder.suite.remarks import Remark, UnderAnotherName
from autograder.suite.student import Student

HOST_CPU_S = 3.0
"""CPU seconds that the trusted side may take for one criterion: for the expected result, callbacks
and comparisons. All the criteria of a right notebook together need 0.3."""

ADVICE_CPU_S = 5.0
"""CPU seconds that may be spent on looking at a part's definition, for remarks: there are 4 MB of
code at most, and for all that people write it takes milliseconds."""


class Suites:
    """Collected suites, ready to be run against loaded notebooks.

    Attributes:
        bounded: limits of the trusted side for one criterion.
    """

    def __init__(self, tests: CollectedTests) -> None:
        self.course = tests.course
        self.bounded: Callable[[], AbstractContextManager[None]] = partial(bounded, HOST_CPU_S)
        self._tests = tests
        self._ladders: dict[str, dict[str, list[Ladder]]] = {}

    @property
    def problems(self) -> Mapping[Path, str]:
        """Why a suite could not be collected, by its file."""
        return self._tests.problems

    @contextmanager
    def with_salt(self, salt: str) -> Iterator[None]:
        """Within the body, suites draw the inputs that a course with this salt would have."""
        before, self._tests.salt = self._tests.salt, salt
        try:
            yield
        finally:
            self._tests.salt = before

    def criteria(self, exercise: Exercise) -> list[str]:
        """The criterion ids that the exercise's suite decides, one for each test."""
        return self._tests.criteria(exercise)

    def ladders(self, exercise: Exercise) -> dict[str, list[Ladder]]:
        """The exercise's ladders by criterion, loaded when first needed.

        Raises:
            CourseError: there is something wrong with them.
        """
        if exercise.id not in self._ladders:
            self._ladders[exercise.id] = load_ladders(exercise)
        return self._ladders[exercise.id]

    def run(
        self,
        exercise: Exercise,
        session: LoadedNotebook,
        only: Collection[str] | None = None,
    ) -> dict[str, Outcome]:
        """Every criterion's outcome for one notebook. Never raises because of student code.

        Args:
            exercise: the exercise.
            session: the loaded notebook.
            only: ids of the criteria to decide; None for all.
        """
        names = names_in(self.course, exercise, session.defined)
        decider = self._decider(exercise, session, names)
        expected = {part.owner for part in exercise.parts}
        parts = exercise.parts if only is None else _with_criteria(exercise.parts, only)
        lacking = {part.id: missing_outcome(part, session, expected, names) for part in parts}
        decider.try_in_shared_process([part for part in parts if lacking[part.id] is None])
        outcomes: dict[str, Outcome] = {}
        advise = True
        for part in parts:
            found = _outcomes(part, decider, session, lacking[part.id])
            if (other_name := names.differs(part)) and lacking[part.id] is None:
                found = _with_remark(found, UnderAnotherName(*other_name))
            if advise:
                try:
                    with bounded_time(ADVICE_CPU_S):
                        found = with_definition(found, part, session, names)
                except HostOverload:
                    advise = False  # the notebook is no student's work
            outcomes |= found
        return outcomes

    def first_failures(
        self, exercise: Exercise, owners: Collection[str], session: LoadedNotebook
    ) -> dict[str, tuple[Criterion, Outcome]]:
        """By function or class, the first criterion that a notebook fails, if any, and how.

        Args:
            exercise: the exercise they belong to, whose suite has been collected.
            owners: the functions' and classes' names.
            session: the loaded notebook.
        """
        names = names_in(self.course, exercise, session.defined)
        decider = self._decider(exercise, session, names)
        parts = [part for part in exercise.parts if part.owner in owners]
        lacking = {part.id: missing_outcome(part, session, (), names) for part in parts}
        decider.try_in_shared_process([part for part in parts if not lacking[part.id]])
        failures: dict[str, tuple[Criterion, Outcome]] = {}
        for part in parts:
            for criterion in part.criteria:
                if part.owner in failures:
                    break
                outcome = lacking[part.id] or decider.outcome(criterion)
                if outcome.status is not Status.PASSED:
                    failures[part.owner] = criterion, outcome
        return failures

    def student_in(
        self, exercise: Exercise, session: LoadedNotebook
    ) -> Callable[[Conversation], Student]:
        """Gives the student's functions and classes in a conversation of ``session``."""
        names = names_in(self.course, exercise, session.defined)
        return lambda conversation: student_of(self.course, exercise, session, conversation, names)

    def _decider(self, exercise: Exercise, session: LoadedNotebook, names: Names) -> Decider:
        return Decider(self._tests, self.bounded, exercise, session, names)


def _with_criteria(parts: Iterable[Part], ids: Collection[str]) -> list[Part]:
    """The parts with these of their criteria."""
    return [
        replace(part, criteria=tuple(each for each in part.criteria if each.id in ids))
        for part in parts
    ]


def _outcomes(
    part: Part, decider: Decider, session: LoadedNotebook, missing: Outcome | None
) -> dict[str, Outcome]:
    if missing is None:
        return decider.outcomes(part)
    if function_instead_of_class(part, session):
        # It is usually the layer as one function, but it may be a factory of objects.
        found = decider.outcomes(part)
        if any(each.status is Status.PASSED for each in found.values()):
            return found
    return {each.id: decider.problem(each) or missing for each in part.criteria}


def _with_remark(outcomes: Mapping[str, Outcome], remark: Remark) -> dict[str, Outcome]:
    return {id: replace(found, remarks=(*found.remarks, remark)) for id, found in outcomes.items()}


class _Loop:
    def __init__(self, tests: CollectedTests, body: Callable[[Suites], None]) -> None:
        self.tests = tests
        self.body = body
        self.ran = False
        self.error: BaseException | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.ran = True
        self.tests.collected(session.items)
        try:
            self.body(Suites(self.tests))
        except BaseException as error:  # re-raised outside: pytest would swallow it
            self.error = error
        return True


def with_suites(
    course: Course,
    exercises: Iterable[Exercise],
    body: Callable[[Suites], None],
) -> None:
    """Collect the suites of ``exercises`` and of those that they build on, and call ``body``.

    Args:
        course: the course.
        exercises: the exercises.
        body: called with the suites.

    Raises:
        Whatever ``body`` raises.
    """
    root = str(course.root)
    tests = CollectedTests(course)
    loop = _Loop(tests, body)
    wanted = {each.id for exercise in exercises for each in (exercise, *course.before(exercise))}
    collected = [each.suite for each in course.exercises if each.id in wanted]
    paths = [str(suite) for suite in collected if suite.is_file()]
    hidden = course.root / "tests" / "hidden"
    arguments = [
        *paths, "--rootdir", root, "-c", os.devnull, "--confcutdir", str(hidden),
        "--import-mode=importlib", "--assert=plain", "--continue-on-collection-errors", "-s",
        *(part for name in ("cacheprovider", "terminal", "warnings", "faulthandler", "logging",
                            "junitxml", "doctest", "unittest", "stepwise", "setuponly",
                            "unraisableexception", "threadexception")
          for part in ("-p", f"no:{name}")),
    ]  # fmt: skip
    with own_reference(course.root, map(Path, paths)), _clean_environment(hidden):
        code = pytest.main(arguments, plugins=[tests, loop])
    if not loop.ran:
        raise CourseError(
            f"pytest did not run the hidden suites (exit status {int(code)})",
            hidden,
            remedy="See pytest's output above",
        )
    if loop.error is not None:
        raise loop.error


@contextmanager
def _clean_environment(hidden: Path) -> Iterator[None]:
    """Disable plugins and options of the user's own pytest configuration.

    Afterwards, unload the suites: another course may have suites of the same names.
    """
    before = {name: os.environ.pop(name, None) for name in _PYTEST_SETTINGS}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        folder = f"{hidden}{os.sep}"
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(folder):
                del sys.modules[name]


_PYTEST_SETTINGS = (
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
    "PYTEST_ADDOPTS",
    "PYTEST_PLUGINS",
    "PYTEST_CURRENT_TEST",
)
