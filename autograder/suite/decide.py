"""Decide the criteria of one notebook: in a shared process where that is safe, else one by one.

Most criteria of most notebooks pass, and a process for each would cost more than the tests. So all
are first tried in one process. A pass counts if the notebook's state is unchanged afterwards. A
failure is tried once more, in the opposite order (in the same process if the notebook's code is
plain, see `guest.plain_code`, otherwise in a fresh one), and counts if the outcome is the same and
the state still unchanged.

Everything else is decided in a process of its own: after a timeout once more with a larger budget,
and also in the world in which the part was defined, if later cells overwrote what it uses.

A part's criteria are decided in one way (see `one_state`). If one that failed at first passes
later, something told the two apart, and what has passed must pass once more where the notebook is
loaded again. Code that keeps a record of its calls where processes can share it (a file, a pipe)
would otherwise learn from every further try that its last guess was wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property

from autograder.course.models import Criterion, Exercise, Part
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.overload import HostOverload
from autograder.sandbox.host.session import (
    LoadedNotebook,
    StudentDied,
    StudentTimeout,
)
from autograder.status import Status
from autograder.suite import outcome
from autograder.suite.case import Case
from autograder.suite.collected import CollectedTests
from autograder.suite.facts import (
    Died,
    NeedsNotWritten,
    NoResult,
    ProtocolBroken,
    Raised,
    TimedOut,
)
from autograder.suite.naming import Names
from autograder.suite.one_state import is_better_there, lost_there
from autograder.suite.outcome import Outcome, grader_error, grader_error_of
from autograder.suite.shared_run import FailedAnswers, SharedRun
from autograder.suite.worlds import better_outcome

ATTEMPTS = 3
"""How often a criterion is attempted if the sandbox itself dies (killed, or out of memory)."""

MAX_SHARED = 3
"""How many processes criteria may share in turn if calls do not return."""

_MAYBE_OF_THE_PROCESS = frozenset({"MemoryError", "RecursionError", "OSError", "SystemError"})
"""Exceptions that may be due to what else the process has done, which its state does not tell."""


@dataclass
class Decider:
    """Decides criteria of one notebook.

    Args:
        tests: the course's tests.
        bounded: limits of the trusted side for one criterion.
        exercise: the exercise.
        session: the loaded notebook.
        names: what the notebook calls the course's names.

    Attributes:
        _decided: by criterion, the outcomes that count.
        _unconfirmed: failures that were seen once.
        _failed_answers: what those were sent and answered.
        _timed_out: timeouts of the attempt in a shared process.
        _endless: parts that did not finish with a larger budget either.
        _tries: how often each criterion was attempted.
    """

    tests: CollectedTests
    bounded: Callable[[], AbstractContextManager[None]]
    exercise: Exercise
    session: LoadedNotebook
    names: Names
    _decided: dict[str, Outcome] = field(default_factory=dict)
    _unconfirmed: dict[str, Outcome] = field(default_factory=dict)
    _failed_answers: dict[str, FailedAnswers] = field(default_factory=dict)
    _timed_out: dict[str, Outcome] = field(default_factory=dict)
    _endless: set[str] = field(default_factory=set)
    _tries: Counter[str] = field(default_factory=Counter)

    @cached_property
    def _criteria(self) -> dict[str, Criterion]:
        return {criterion.id: criterion for criterion in self.exercise.criteria}

    def try_in_shared_process(self, parts: Sequence[Part]) -> None:
        """Try criteria in one process; after a call that does not return, later parts in another.

        What is failed is tried once more. Outcomes that count are kept for `outcome`.
        """
        for number in range(MAX_SHARED):
            broken_in = self._try_in_one_process(parts, first=number == 0)
            if broken_in is None:
                break
            parts = parts[[part.id for part in parts].index(broken_in) + 1 :]
        if self._unconfirmed:
            self._try_failed_again()

    def problem(self, criterion: Criterion) -> Outcome | None:
        """The outcome of a criterion that no notebook can pass: its test is missing or broken."""
        problem = self.tests.problem(self.exercise, criterion.id)
        return None if problem is None else grader_error(problem, fails_without_student=True)

    def outcomes(self, part: Part) -> dict[str, Outcome]:
        """The outcomes of a part's criteria, all of them decided in one way."""
        end = {each.id: self._at_the_end(each) for each in part.criteria}
        found = self._at_the_better_time(part, end)
        passed = {id: each for id, each in found.items() if each.status is Status.PASSED}
        if any(id in self._unconfirmed or end[id].status is not Status.PASSED for id in passed):
            found |= self._in_another_load(passed)
        return found

    def outcome(self, criterion: Criterion) -> Outcome:
        """The outcome of one criterion, whatever becomes of others."""
        found = self._at_the_end(criterion)
        if found.status is Status.PASSED or not self._may_differ(criterion):
            return found
        earlier = self._when_defined(criterion)
        return better_outcome(found, earlier, self._case(criterion).overwritten)

    def _case(self, criterion: Criterion, attempt: Attempt = Attempt.ONLY) -> Case:
        return Case(self.exercise, criterion, self.session, self.names, attempt=attempt)

    # --- in one process ---------------------------------------------------------------------

    def _try_in_one_process(self, parts: Sequence[Part], first: bool) -> str | None:
        """Try criteria until a call does not return; the id of the part in which that happened."""
        cases = [
            self._case(criterion, Attempt.FIRST)
            for part in parts
            for criterion in part.criteria
            if self.tests.problem(self.exercise, criterion.id) is None
            # When one of several processes ends, so does everything beside it.
            and not self.tests.uses_other_processes(self.exercise, criterion.id)
        ]
        try:
            with self.session.shared(first) as process:
                if process is None:
                    return None
                self._tries.update(case.criterion.id for case in cases)
                together = SharedRun(self.tests, self.bounded, process)
                broken_by = together.run(cases)
                if broken_by is not None:
                    self._timed_out |= together.timed_out
                    return broken_by.criterion.part
                if process.is_unchanged():
                    self._take(together)
                    if self._unconfirmed and process.is_plain():
                        self._confirm(together, _depends_on_the_code_alone)
        except (Exception, HostOverload):
            pass  # whatever it was: the criteria are decided again, in processes of their own
        return None

    def _take(self, together: SharedRun) -> None:
        """Keep what counts, and what has to be tried again."""
        self._failed_answers |= together.failed
        for id, each in together.found.items():
            at_once = each.status is Status.PASSED or _lacks_something(each)
            (self._decided if at_once else self._unconfirmed)[id] = each

    def _try_failed_again(self) -> None:
        """Try in another process what has failed; the first one has the process to itself."""
        try:
            with self.session.shared(again=True) as process:
                if process is not None:
                    self._confirm(SharedRun(self.tests, self.bounded, process))
        except (Exception, HostOverload):
            pass  # as above

    def _confirm(
        self, together: SharedRun, which: Callable[[Outcome], bool] = lambda _outcome: True
    ) -> None:
        """Try once more what has failed: it counts if it comes out as before, state unchanged.

        In the opposite order: whatever was tried right before a criterion comes after it now.

        Args:
            together: tries criteria in a process whose state is unchanged so far.
            which: tells which failures can be confirmed in it.
        """
        failed = {id: found for id, found in self._unconfirmed.items() if which(found)}
        if not failed:
            return
        cases = [self._case(self._criteria[id], Attempt.FIRST) for id in reversed(failed)]
        self._tries.update(failed.keys())
        again = together.run_again(cases, failed, self._failed_answers)
        if again is None or not all(_is_same(again[id], first) for id, first in failed.items()):
            return
        if together.process.is_unchanged():
            self._decided |= again
            for id in failed:
                del self._unconfirmed[id]
            together.process.kept = not self._unconfirmed

    # --- each in a process of its own -------------------------------------------------------

    def _at_the_end(self, criterion: Criterion) -> Outcome:
        known = self.problem(criterion) or self._decided.get(criterion.id)
        return known or self._try(self._case(criterion), self._timed_out.get(criterion.id))

    def _may_differ(self, criterion: Criterion) -> bool:
        """Whether it may come out differently in the world in which its part was defined."""
        return bool(self._case(criterion).overwritten) and self.problem(criterion) is None

    def _when_defined(self, criterion: Criterion) -> Outcome:
        case = self._case(criterion)
        return replace(self._try(replace(case, world=case.owner)), world=case.owner)

    def _at_the_better_time(self, part: Part, end: dict[str, Outcome]) -> dict[str, Outcome]:
        """The outcomes in the world at the end, or in the one in which the part was defined."""
        wrong = [
            each
            for each in part.criteria
            if end[each.id].status is not Status.PASSED and self._may_differ(each)
        ]
        earlier = {each.id: self._when_defined(each) for each in wrong}
        if any(each.status is Status.PASSED for each in earlier.values()):
            others = [each for each in part.criteria if each not in wrong]
            earlier |= {each.id: self._when_defined(each) for each in others}
            if is_better_there(part.criteria, end, earlier):
                lost = lost_there(part.criteria, end, earlier)
                end = end | {each.id: earlier[each.id] for each in lost}
            else:
                earlier = {id: e for id, e in earlier.items() if e.status is not Status.PASSED}
        return end | {
            each.id: better_outcome(end[each.id], earlier[each.id], self._case(each).overwritten)
            for each in wrong
            if each.id in earlier
        }

    def _in_another_load(self, passed: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """What becomes of criteria where the notebook is loaded again, if they don't pass there."""
        found: dict[str, Outcome] = {}
        try:
            with self.session.in_another_load() as session:
                there = Decider(
                    self.tests,
                    self.bounded,
                    self.exercise,
                    session,
                    self.names,
                    _tries=self._tries,  # what counts work gets other inputs at each try
                )
                for id, here in passed.items():
                    case = replace(there._case(self._criteria[id]), world=here.world)
                    found[id] = replace(there._try(case), world=here.world)
        except (Exception, HostOverload) as error:
            found = dict.fromkeys(passed, grader_error_of(error))
        return {id: each for id, each in found.items() if each.status is not Status.PASSED}

    def _try(self, case: Case, first: Outcome | None = None) -> Outcome:
        """Decide a criterion; after a timeout once more with room, before it counts.

        A part that is not done by then either is endless: what else is asked of it is tried once.
        So is one that waits, or that cannot be stopped.

        Args:
            case: the criterion.
            first: a timeout at the first attempt, if it has been made already.
        """
        part = case.criterion.part
        if part in self._endless:
            return self._attempt(replace(case, attempt=Attempt.SHORT))
        found = first or self._attempt(replace(case, attempt=Attempt.FIRST))
        if found.status is Status.TIMEOUT and not found.conclusive:
            found = self._attempt(replace(case, attempt=Attempt.AGAIN))
            if found.status is Status.TIMEOUT and isinstance(found.fact, TimedOut):
                found = replace(found, fact=replace(found.fact, tried_again=True))
        if found.status is Status.TIMEOUT:
            self._endless.add(part)
        return found

    def _attempt(self, case: Case) -> Outcome:
        try:
            for _ in range(ATTEMPTS):
                case = replace(case, tries=self._tries[case.criterion.id])
                self._tries[case.criterion.id] += 1
                process = self.session.criterion(case.world, case.attempt)
                with process as conversation, self.bounded():
                    found = self.tests.run(case, conversation)
                if not self.tests.sandbox_lost:
                    break
            return found
        except (StudentDied, StudentTimeout) as failure:
            ours = outcome.from_exception(failure, case.criterion.part)
            return ours or grader_error_of(failure)
        except (Exception, HostOverload) as error:
            return grader_error_of(error)


def _is_same(one: Outcome, other: Outcome) -> bool:
    """Whether two attempts came out alike, in every detail that is told. NaN is like NaN."""
    return one.status is other.status and repr(one.fact) == repr(other.fact)


def _depends_on_the_code_alone(outcome: Outcome) -> bool:
    """Whether it would fail in any process: what else its process did cannot be the reason."""
    if isinstance(outcome.fact, Raised):
        return _MAYBE_OF_THE_PROCESS.isdisjoint(outcome.fact.error.kinds)
    return not isinstance(outcome.fact, (Died, NoResult, ProtocolBroken))


def _lacks_something(outcome: Outcome) -> bool:
    """Whether it failed because something is not defined or not written, which holds anywhere."""
    if isinstance(outcome.fact, NeedsNotWritten):
        return True
    return isinstance(outcome.fact, Raised) and outcome.fact.error.kinds[:1] == ("NameError",)
