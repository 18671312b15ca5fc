"""Run hidden suites with pytest: collect them once, run them against one notebook after another.

pytest runs in a trusted process. Collecting takes longer than running, so `with_suites` collects
all suites and, from within pytest's run loop, calls back with a `Suites` object. The caller grades
any number of notebooks with it and returns.
"""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from autograder.course.models import Course, Criterion, Exercise, Part
from autograder.errors import CourseError
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.overload import HostOverload, bounded
from autograder.sandbox.host.session import (
    Conversation,
    LoadedNotebook,
    Overwritten,
    SandboxLost,
    StudentDied,
    StudentTimeout,
)
from autograder.status import Status
from autograder.suite import outcome
from autograder.suite.criteria import criterion_id
from autograder.suite.definitions import with_definition
from autograder.suite.facts import Raised, TimedOut
from autograder.suite.inputs import Make
from autograder.suite.ladder import Ladder, load_ladders
from autograder.suite.missing_parts import function_instead_of_class, missing_outcome
from autograder.suite.naming import Names, names_in
from autograder.suite.outcome import Outcome, grader_error
from autograder.suite.proxy import Student
from autograder.suite.reference import own_reference
from autograder.suite.remarks import UnderAnotherName
from autograder.suite.state_reset import ModuleState, seed_globally
from autograder.suite.worlds import better_outcome
from autograder.text import counted

HOST_CPU_S = 3.0
"""CPU seconds that the trusted side may take for one criterion: for the expected result, callbacks
and comparisons. All the criteria of a right notebook together need 0.3."""

ATTEMPTS = 3
"""How often a criterion is attempted if the sandbox itself dies (killed, or out of memory)."""


MAX_SHARED = 3
"""How many processes criteria may share in turn if calls do not return."""


@dataclass(frozen=True)
class _Case:
    """One criterion of one notebook, and the state of the notebook in which it is decided.

    ``world`` and ``attempt`` as in `LoadedNotebook.criterion`.
    """

    exercise: Exercise
    criterion: Criterion
    session: LoadedNotebook
    names: Names
    world: str | None = None
    attempt: Attempt = Attempt.ONLY


@dataclass(frozen=True)
class _Current:
    """What the fixtures of the running test return."""

    conversation: Conversation
    case: _Case


@dataclass
class _TriedTogether:
    """What is known about criteria that were tried in a process that they shared.

    Attributes:
        decided: outcomes that count: of what is passed, or uses a name that is not defined.
        timed_out: outcomes of those that have timed out once.
    """

    decided: dict[str, Outcome] = field(default_factory=dict)
    timed_out: dict[str, Outcome] = field(default_factory=dict)


class Suites:
    """Collected suites, ready to be run against loaded notebooks."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.problems: dict[Path, str] = {}
        self.bounded: Callable[[], AbstractContextManager[None]] = partial(bounded, HOST_CPU_S)
        self._tests: dict[tuple[Path, str], list[pytest.Item]] = {}
        self._states: dict[Path, ModuleState] = {}
        self._current: _Current | None = None
        self._outcome: Outcome | None = None
        self._reports: list[pytest.TestReport] = []
        self._sandbox_lost = False
        self._endless: tuple[LoadedNotebook | None, set[str]] = None, set()
        self._ladders: dict[str, dict[str, list[Ladder]]] = {}

    def criteria(self, exercise: Exercise) -> list[str]:
        """The criterion ids that the exercise's suite decides, one for each test."""
        return [
            name
            for (path, name), tests in self._tests.items()
            if path == exercise.suite
            for _ in tests
        ]

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
        outcomes: dict[str, Outcome] = {}
        expected = {part.owner for part in exercise.parts}
        names = names_in(self.course, exercise, session.defined)
        parts = [
            replace(part, criteria=tuple(each for each in part.criteria if each.id in only))
            for part in exercise.parts
            if only is not None
        ] or exercise.parts
        lacking = {part.id: missing_outcome(part, session, expected, names) for part in parts}
        present = [part for part in parts if lacking[part.id] is None]
        shared = self._try_together(exercise, present, session, names)
        for part in parts:
            missing = lacking[part.id]
            tried = {}
            if missing is not None and function_instead_of_class(part, session):
                # It is usually the layer as one function, but it may be a factory of objects.
                tried = self._part(exercise, part, session, None, names, shared)
            if not any(found.status is Status.PASSED for found in tried.values()):
                tried = self._part(exercise, part, session, missing, names, shared)
            if (names_differ := names.differs(part)) and missing is None:
                remark = UnderAnotherName(*names_differ)
                tried = {
                    name: replace(found, remarks=(*found.remarks, remark))
                    for name, found in tried.items()
                }
            outcomes |= with_definition(tried, part, session, names)
        return outcomes

    def first_failure(
        self, exercise: Exercise, owner: str, session: LoadedNotebook
    ) -> Criterion | None:
        """The first criterion of a function or class that a notebook fails.

        Args:
            exercise: the exercise it belongs to, whose suite has been collected.
            owner: the function's or class's name.
            session: the loaded notebook.
        """
        names = names_in(self.course, exercise, session.defined)
        for part in [part for part in exercise.parts if part.owner == owner]:
            if missing_outcome(part, session, (), names) is not None:
                return part.criteria[0]
            tried = self._try_together(exercise, [part], session, names)
            for criterion in part.criteria:
                found = tried.decided.get(criterion.id) or self._decide(
                    exercise, criterion, session, None, names, tried
                )
                if found.status is not Status.PASSED:
                    return criterion
        return None

    def _try_together(
        self,
        exercise: Exercise,
        parts: Sequence[Part],
        session: LoadedNotebook,
        names: Names,
    ) -> _TriedTogether:
        """Try criteria in one process; after a call that does not return, other parts in another.

        Other outcomes than those that count are for `_decide`, in processes of their own.
        """
        tried = _TriedTogether()
        for _ in range(MAX_SHARED):
            broken_in = self._try_in_one(exercise, parts, session, names, tried)
            if broken_in is None:
                break
            parts = parts[parts.index(broken_in) + 1 :]
        return tried

    def _try_in_one(
        self,
        exercise: Exercise,
        parts: Sequence[Part],
        session: LoadedNotebook,
        names: Names,
        tried: _TriedTogether,
    ) -> Part | None:
        """Try criteria until a call does not return; the part in which that happened, if any."""
        decided: dict[str, Outcome] = {}
        try:
            with session.shared() as process:
                if process is None:
                    return None
                for part in parts:
                    for criterion in part.criteria:
                        tests = self._tests.get((exercise.suite, criterion.id), [])
                        if len(tests) != 1:
                            continue
                        case = _Case(exercise, criterion, session, names, None, Attempt.FIRST)
                        with process.criterion() as conversation, self.bounded():
                            self._current = _Current(conversation, case)
                            found = self._run_test(tests[0])
                        if found.status is Status.PASSED or (
                            _names_nothing(found) and not self._overwritten(case)
                        ):
                            decided[criterion.id] = found
                        if process.broken:
                            if found.status is Status.TIMEOUT:
                                tried.timed_out[criterion.id] = found
                                if found.conclusive:
                                    self._endless_parts(session).add(part.id)
                            return part
                if process.is_unchanged():
                    tried.decided |= decided
        except (Exception, HostOverload):
            pass  # whatever it was: the criteria are decided again, in processes of their own
        finally:
            self._current = None
        return None

    def _part(
        self,
        exercise: Exercise,
        part: Part,
        session: LoadedNotebook,
        missing: Outcome | None,
        names: Names,
        tried: _TriedTogether,
    ) -> dict[str, Outcome]:
        return {
            criterion.id: tried.decided.get(criterion.id)
            or self._decide(exercise, criterion, session, missing, names, tried)
            for criterion in part.criteria
        }

    def _decide(
        self,
        exercise: Exercise,
        criterion: Criterion,
        session: LoadedNotebook,
        missing: Outcome | None,
        names: Names,
        tried: _TriedTogether,
    ) -> Outcome:
        tests = self._tests.get((exercise.suite, criterion.id), [])
        if len(tests) != 1:
            problem = self.problems.get(
                exercise.suite,
                f"{counted(len(tests), 'test decides', 'tests decide')} {criterion.id}",
            )
            return grader_error(problem, fails_without_student=True)
        if missing is not None:
            return missing
        case = _Case(exercise, criterion, session, names)
        found = self._try(tests[0], case, tried.timed_out.get(criterion.id))
        owner = names.owner(exercise.part(criterion.part).owner)
        changes = self._overwritten(case)
        if changes and found.status is not Status.PASSED:
            earlier = replace(self._try(tests[0], replace(case, world=owner)), world=owner)
            found = better_outcome(found, earlier, changes)
        return found

    @staticmethod
    def _overwritten(case: _Case) -> Sequence[Overwritten]:
        """What later cells overwrote of the names that the criterion's part uses."""
        owner = case.names.owner(case.exercise.part(case.criterion.part).owner)
        return case.session.remarks.overwritten.get(owner, ())

    def _try(self, test: pytest.Item, case: _Case, first: Outcome | None = None) -> Outcome:
        """Decide a criterion; after a timeout once more with room, before it counts.

        A part that is not done by then either is endless: what else is asked of it is tried once.
        So is one that waits, or that cannot be stopped.

        Args:
            test: the criterion's.
            case: the criterion.
            first: a timeout at the first attempt, if it has been made already.
        """
        endless, part = self._endless_parts(case.session), case.criterion.part
        if part in endless:
            return self._attempt(test, replace(case, attempt=Attempt.SHORT))
        found = first or self._attempt(test, replace(case, attempt=Attempt.FIRST))
        if found.status is Status.TIMEOUT and found.conclusive:
            endless.add(part)
        elif found.status is Status.TIMEOUT:
            found = self._attempt(test, replace(case, attempt=Attempt.AGAIN))
            if found.status is Status.TIMEOUT:
                endless.add(part)
                if isinstance(found.fact, TimedOut):
                    found = replace(found, fact=replace(found.fact, tried_again=True))
        return found

    def _endless_parts(self, session: LoadedNotebook) -> set[str]:
        """Ids of the parts of a notebook that have been shown to be endless."""
        if self._endless[0] is not session:
            self._endless = session, set()
        return self._endless[1]

    def _attempt(self, test: pytest.Item, case: _Case) -> Outcome:
        try:
            for _ in range(ATTEMPTS):
                with case.session.criterion(case.world, case.attempt) as conversation:
                    self._current = _Current(conversation, case)
                    with self.bounded():
                        found = self._run_test(test)
                if not self._sandbox_lost:
                    break
            return found
        except HostOverload as overload:
            return _grader_error(overload)
        except (StudentDied, StudentTimeout) as failure:
            ours = outcome.from_exception(failure, case.criterion.part)
            return ours or _grader_error(failure)
        except Exception as error:
            return _grader_error(error)
        finally:
            self._current = None

    def _run_test(self, item: pytest.Item) -> Outcome:
        assert self._current is not None
        self._outcome = None
        self._sandbox_lost = False
        self._states[item.path].restore()
        seed_globally(self.course.salt, self._current.case.criterion.id)
        self._reports.clear()
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        broken = [report for report in self._reports if report.failed]
        if self._outcome is None or (broken and self._outcome.status is Status.PASSED):
            text = broken[0].longreprtext if broken else f"{item.nodeid} did not run"
            return grader_error(text)
        return self._outcome

    # --- pytest hooks and fixtures ------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Call a test function and turn whatever happens into an outcome."""
        given = pyfuncitem.funcargs  # includes fixtures requested by other fixtures
        wanted = inspect.signature(pyfuncitem.obj).parameters
        arguments = {name: given[name] for name in wanted if name in given}
        try:
            pyfuncitem.obj(**arguments)
        except (Exception, HostOverload) as error:
            self._sandbox_lost = isinstance(error, SandboxLost)
            self._outcome = self._failed(error) or _grader_error(error)
        else:
            self._outcome = outcome.PASSED
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """If a fixture fails because of the student's code, that is not a grader error."""
        if call.when == "setup" and call.excinfo is not None:
            self._outcome = self._failed(call.excinfo.value)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the reports of setup, call and teardown of the running test."""
        self._reports.append(report)

    def _failed(self, error: BaseException) -> Outcome | None:
        assert self._current is not None
        return outcome.from_exception(error, self._current.case.criterion.part)

    def student_in(
        self, exercise: Exercise, session: LoadedNotebook, conversation: Conversation
    ) -> Student:
        """The student's functions and classes in a conversation of ``session``."""
        names = names_in(self.course, exercise, session.defined)
        return self._proxy(exercise, session, conversation, names)

    def _student(self, conversation: Conversation, case: _Case) -> Student:
        return self._proxy(case.exercise, case.session, conversation, case.names)

    def _proxy(
        self, exercise: Exercise, session: LoadedNotebook, conversation: Conversation, names: Names
    ) -> Student:
        exercises = (exercise, *self.course.before(exercise))
        asked = {part.owner for each in exercises for part in each.parts}
        return Student(conversation, session.defined, names, asked)

    @pytest.fixture
    def student(self) -> Student:
        """The student's functions and classes."""
        assert self._current is not None
        case = self._current.case
        return self._student(self._current.conversation, case)

    @pytest.fixture
    def apart(self) -> Callable[[], AbstractContextManager[Student]]:
        """The notebook in a separate process, which may hang or die without further effects.

        For a criterion that calls several parts: ``with apart() as other: other.f()``.
        """
        assert self._current is not None
        case = self._current.case

        @contextmanager
        def another() -> Iterator[Student]:
            with case.session.criterion(case.world, case.attempt) as conversation:
                yield self._student(conversation, case)

        return another

    @pytest.fixture
    def make(self) -> Make:
        """Inputs for this criterion."""
        assert self._current is not None
        return Make(self.course.salt, self._current.case.criterion.id)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember a suite that cannot be collected; the others are not affected."""
        if report.failed:
            path = self.course.root / report.nodeid.split("::")[0]
            self.problems[path] = report.longreprtext

    def collected(self, items: Iterable[pytest.Item]) -> None:
        """Register the collected tests."""
        for item in items:
            name = criterion_id(getattr(item, "function", None))
            key = item.path, name or f"the test {item.name} (without @criterion)"
            self._tests.setdefault(key, []).append(item)
            if item.path not in self._states and isinstance(item, pytest.Function):
                self._states[item.path] = ModuleState(item.module)


class _Loop:
    def __init__(self, suites: Suites, body: Callable[[Suites], None]) -> None:
        self.suites = suites
        self.body = body
        self.ran = False
        self.error: BaseException | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.ran = True
        self.suites.collected(session.items)
        try:
            self.body(self.suites)
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
            occurs without the student's data.

    Raises:
        Whatever ``body`` raises.
    """
    root = str(course.root)
    suites = Suites(course)
    loop = _Loop(suites, body)
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
        code = pytest.main(arguments, plugins=[suites, loop])
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
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file is not None and Path(file).is_relative_to(hidden):
                del sys.modules[name]


_PYTEST_SETTINGS = (
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
    "PYTEST_ADDOPTS",
    "PYTEST_PLUGINS",
    "PYTEST_CURRENT_TEST",
)


def _names_nothing(outcome: Outcome) -> bool:
    """Whether it failed because of a name that is not defined: so it would in any process."""
    return isinstance(outcome.fact, Raised) and outcome.fact.error.kinds[:1] == ("NameError",)


def _grader_error(error: BaseException) -> Outcome:
    return grader_error("".join(traceback.format_exception(error)))
