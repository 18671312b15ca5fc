"""The tests of hidden suites as pytest collected them, and running one against a notebook.

A pytest plugin: it provides the fixtures of suites (``student``, ``apart``, ``make``), and turns
whatever happens in a test function into an `Outcome`. pytest collects all tests, but most need
nothing of it to run: these are called directly, since its protocol costs more than the test itself.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from autograder.course.models import Course, Exercise
from autograder.sandbox.host.overload import HostOverload
from autograder.sandbox.host.session import Conversation, LoadedNotebook, SandboxLost
from autograder.sandbox.host.shared_process import SharedConversation
from autograder.status import Status
from autograder.suite import outcome
from autograder.suite.case import Case
from autograder.suite.criteria import criterion_id
from autograder.suite.inputs import Kept, Make
from autograder.suite.known_requests import KnownRequests, Recording
from autograder.suite.naming import Names
from autograder.suite.outcome import Outcome, grader_error
from autograder.suite.state_reset import ModuleState, seed_globally
from autograder.suite.student import Student
from autograder.text import counted

_FIXTURES = frozenset({"student", "apart", "make"})


@dataclass(frozen=True)
class _Current:
    """What the fixtures of the running test return."""

    conversation: Conversation
    case: Case


class CollectedTests:
    """The tests of a course's suites.

    Attributes:
        salt: decides the inputs; the course's, unless others are wanted for a while.
        problems: why a suite could not be collected.
        sandbox_lost: whether the test that ran last failed because the sandbox itself died.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.salt = course.salt
        self.sandbox_lost = False
        self._known = KnownRequests()
        self.problems: dict[Path, str] = {}
        self._tests: dict[tuple[Path, str], list[pytest.Item]] = {}
        self._states: dict[Path, ModuleState] = {}
        self._plain: dict[pytest.Item, tuple[str, ...]] = {}
        self._kept: dict[str, Kept] = {}
        self._running: _Current | None = None
        self._outcome: Outcome | None = None
        self._reports: list[pytest.TestReport] = []

    @property
    def _current(self) -> _Current:
        assert self._running is not None, "fixtures are for tests that run"
        return self._running

    def criteria(self, exercise: Exercise) -> list[str]:
        """The criterion ids that the exercise's suite decides, one for each test."""
        return [
            name
            for (path, name), tests in self._tests.items()
            if path == exercise.suite
            for _ in tests
        ]

    def problem(self, exercise: Exercise, criterion: str) -> str | None:
        """Why a criterion cannot be decided: its suite is broken, or has no or two tests for it."""
        tests = self._tests.get((exercise.suite, criterion), [])
        if len(tests) == 1:
            return None
        found = f"{counted(len(tests), 'test decides', 'tests decide')} {criterion}"
        return self.problems.get(exercise.suite, found)

    def uses_other_processes(self, exercise: Exercise, criterion: str) -> bool:
        """Whether the test of a criterion that has no `problem` asks for processes (``apart``)."""
        (item,) = self._tests[exercise.suite, criterion]
        return "apart" in getattr(item, "fixturenames", ())

    def recording(self, case: Case) -> Recording | None:
        """What the test of a criterion will probably request, if that is known."""
        return self._known.recording(case, self.salt)

    def record(self, case: Case, conversation: SharedConversation) -> None:
        """Keep what a test requested of a notebook that has passed it."""
        self._known.learn(case, self.salt, conversation)

    def run(self, case: Case, conversation: Conversation) -> Outcome:
        """Run the test of a criterion that has no `problem`."""
        (item,) = self._tests[_key(case)]
        self._running = _Current(conversation, case)
        try:
            return self._run(item)
        finally:
            self._running = None

    def _run(self, item: pytest.Item) -> Outcome:
        self._outcome = None
        self.sandbox_lost = False
        self._states[item.path].restore()
        seed_globally(self.salt, self._current.case.criterion.id)
        self._reports.clear()
        names = self._plain.get(item)
        if names is not None:
            return self._call(item, names)
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        broken = [report for report in self._reports if report.failed]
        if self._outcome is None or (broken and self._outcome.status is Status.PASSED):
            text = broken[0].longreprtext if broken else f"{item.nodeid} did not run"
            return grader_error(text)
        return self._outcome

    def _call(self, item: pytest.Item, names: Iterable[str]) -> Outcome:
        """Run a test without pytest: the same fixtures, and the same outcome of what happens."""
        assert isinstance(item, pytest.Function)
        fixtures: dict[str, Callable[[], object]] = {
            "student": self._student,
            "apart": self._apart,
            "make": self._make,
        }
        try:
            arguments = {name: fixtures[name]() for name in names}
        except Exception as error:
            return self._failed(error) or grader_error(traceback.format_exc())
        try:
            return self._outcome_of(item, arguments)
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException:  # pytest.skip, say, or SystemExit: no test of ours may end the run
            return grader_error(traceback.format_exc())

    def _outcome_of(self, item: pytest.Function, arguments: Mapping[str, object]) -> Outcome:
        try:
            item.obj(**arguments)
        except (Exception, HostOverload) as error:
            self.sandbox_lost = isinstance(error, SandboxLost)
            found = self._failed(error) or outcome.grader_error_of(error)
            # The test's variables may be large answers, which its frames would keep in cycles.
            traceback.clear_frames(error.__traceback__)
            return found
        return outcome.PASSED

    # --- pytest hooks and fixtures ------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Call a test function and turn whatever happens into an outcome."""
        given = pyfuncitem.funcargs  # includes fixtures requested by other fixtures
        wanted = inspect.signature(pyfuncitem.obj).parameters
        arguments = {name: given[name] for name in wanted if name in given}
        self._outcome = self._outcome_of(pyfuncitem, arguments)
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
        return outcome.from_exception(error, self._current.case.criterion.part)

    @pytest.fixture
    def student(self) -> Student:
        """The student's functions and classes."""
        return self._student()

    def _student(self) -> Student:
        case = self._current.case
        conversation = self._current.conversation
        return student_of(self.course, case.exercise, case.session, conversation, case.names)

    @pytest.fixture
    def apart(self) -> Callable[[], AbstractContextManager[Student]]:
        """The notebook in a separate process, which may hang or die without further effects.

        For a criterion that calls several parts: ``with apart() as other: other.f()``.
        """
        return self._apart()

    def _apart(self) -> Callable[[], AbstractContextManager[Student]]:
        case = self._current.case

        @contextmanager
        def another() -> Iterator[Student]:
            with case.session.criterion(case.world, case.attempt) as conversation:
                yield student_of(self.course, case.exercise, case.session, conversation, case.names)

        return another

    def _counts(self, case: Case) -> bool:
        """Whether the test of a criterion counts work: what its code says, not what has been seen.

        Otherwise a notebook's inputs would depend on those that were graded before.
        """
        (item,) = self._tests[_key(case)]
        return mentions(getattr(item, "function", None), "counted")

    @pytest.fixture
    def make(self) -> Make:
        """Inputs for this criterion."""
        return self._make()

    def _make(self) -> Make:
        case = self._current.case
        inputs_of = case.criterion.id
        if case.tries and self._counts(case):
            # Other inputs: code may have worked through the first ones, and kept what came of them
            # where another of the notebook's processes finds it.
            inputs_of += f", try {case.tries + 1}"
        return Make(self.salt, inputs_of, self._kept.setdefault(self.salt, {}))

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
            names = _plain(item)
            if names is not None:
                self._plain[item] = names


def _key(case: Case) -> tuple[Path, str]:
    return case.exercise.suite, case.criterion.id


@cache
def mentions(function: object, name: str) -> bool:
    """Whether a function, or another one of its module that it calls, mentions a name."""
    if not isinstance(function, FunctionType):
        return False
    seen, waiting = {function}, [function]
    for each in waiting:
        codes = [each.__code__]
        for code in codes:
            if name in code.co_names:
                return True
            codes += [const for const in code.co_consts if isinstance(const, CodeType)]
            called = (function.__globals__.get(other) for other in code.co_names)
            for other in called:
                same_module = getattr(other, "__globals__", None) is function.__globals__
                if isinstance(other, FunctionType) and same_module and other not in seen:
                    seen.add(other)
                    waiting.append(other)
    return False


def _plain(item: pytest.Item) -> tuple[str, ...] | None:
    """The fixtures of a test that needs nothing of pytest to run; None for any other."""
    if type(item) is not pytest.Function or item.cls is not None or any(item.iter_markers()):
        return None
    if not set(item.fixturenames) <= _FIXTURES:  # those of `setup_function` are among them
        return None
    return tuple(name for name in inspect.signature(item.obj).parameters if name in _FIXTURES)


def student_of(
    course: Course,
    exercise: Exercise,
    session: LoadedNotebook,
    conversation: Conversation,
    names: Names,
) -> Student:
    """A notebook's functions and classes, as the suite of an exercise sees them."""
    exercises = (exercise, *course.before(exercise))
    asked = {part.owner for each in exercises for part in each.parts}
    return Student(conversation, session.defined, names, asked)
