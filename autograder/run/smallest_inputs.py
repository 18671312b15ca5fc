"""Add the smallest failing inputs to the outcomes of a graded notebook.

A search runs where no hidden input can be known, and what it finds is confirmed where the criterion
was decided (see `autograder.run.questions`). Where a known mistake explains the failure, its own
smallest input is confirmed and no search is needed. None of this changes a status: whatever goes
wrong here costs the example only, unless the sandbox is lost: then the next run grades again.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from autograder.errors import CourseError, SandboxUnavailable
from autograder.run.questions import Questions
from autograder.sandbox.host.overload import HostOverload
from autograder.sandbox.host.session import SandboxLost, StudentFailure
from autograder.status import WRONG, Status
from autograder.suite import facts
from autograder.suite.ladder import Ladder
from autograder.suite.outcome import Outcome
from autograder.suite.smallest import Finding, Search

MAX_TIMEOUTS = 2
"""How many calls of one submission may time out here; then no more endless code is called."""

BACKSTOP_S = 15.0
"""Wall-clock seconds after which no further search of one submission begins. All of them take 2 s
as a rule; this stops code that waits in every call, and would be waited for in every search."""


Known = Callable[[str], Finding | None]


def with_smallest_inputs(
    questions: Questions, known: Known = lambda _criterion: None
) -> dict[str, Outcome]:
    """The notebook's outcomes; those that failed with the smallest input that shows why.

    Args:
        questions: to the graded notebook.
        known: gives where the known mistake that explains why a criterion failed goes wrong.
    """
    outcomes = dict(questions.notebook.best)
    failed = [name for name, found in outcomes.items() if _can_be_shown(found)]
    if not failed:
        return outcomes
    try:
        ladders = questions.suites.ladders(questions.exercise)
    except CourseError as fault:
        note = f"no smallest failing inputs are shown: {fault}"
        return outcomes | {
            name: replace(_noted(outcomes[name], note), withholds_values=True) for name in failed
        }
    with ExitStack() as stack:
        searches = _Searches(questions, stack, known)
        for name in failed:
            if name in ladders:
                shown = searches.shown(name, ladders[name], outcomes[name])
                outcomes[name] = replace(shown, withholds_values=True)
            elif ladders and _shows_an_entry(outcomes[name]):
                # Code could return its hidden input there, one entry for each submission, and read
                # the right result off beside it. Figures of the suite's own tell neither.
                own = questions.exercise.own_reveal_of(name)
                outcomes[name] = replace(outcomes[name], withholds_values=own is None)
    return outcomes


@dataclass
class _Searches:
    """The searches of one notebook: criteria that were decided in the same world share one."""

    questions: Questions
    stack: ExitStack
    known: Known
    timeouts: int = 0
    ends: float = field(default_factory=lambda: time.monotonic() + BACKSTOP_S)
    _pairs: dict[object, tuple[Search, Search]] = field(default_factory=dict)

    def shown(self, name: str, ladders: Sequence[Ladder], failed: Outcome) -> Outcome:
        """A failed outcome with its example, if there is one."""
        if self.timeouts >= MAX_TIMEOUTS or time.monotonic() > self.ends:
            return failed
        try:
            found = self._found(name, ladders, failed)
        except StudentFailure:
            return failed  # its time is used up, or its process cannot be kept alive
        except (SandboxLost, SandboxUnavailable):
            raise
        except (Exception, HostOverload) as error:
            return _noted(failed, "".join(traceback.format_exception(error)))
        return failed if found is None else replace(failed, smallest=found.example)

    def _found(self, name: str, ladders: Sequence[Ladder], failed: Outcome) -> Finding | None:
        reloaded, as_graded = self._pair(name)
        part = self.questions.exercise.part_of(name)
        if (known := self.known(name)) and self._does_the_same(as_graded, known, part):
            return known
        if not reloaded.start():
            return None
        with self.questions.suites.bounded():
            found = reloaded.smallest(ladders, part)
        if found is None:
            return None
        if found.outcome.status is Status.TIMEOUT:
            self.timeouts += 1
            if failed.status is not Status.TIMEOUT:
                return None  # slow perhaps, but that is not why it failed
        if not as_graded.start():
            return None
        with self.questions.suites.bounded():
            again = as_graded.attempt(found.ladder, found.rung, part)
        return found if again and _same_kind(again.outcome, found.outcome) else None

    def _does_the_same(self, as_graded: Search, known: Finding, part: str) -> bool:
        """Whether the student's code goes wrong like a known mistake, which was run for it."""
        from autograder.diagnosis.smallest_inputs import same  # loaded with the known mistake

        if not as_graded.start():
            return False
        with self.questions.suites.bounded():
            seen = as_graded.attempt(known.ladder, known.rung, part)
        return seen is not None and same(seen, known)

    def _pair(self, name: str) -> tuple[Search, Search]:
        notebook, questions = self.questions.notebook, self.questions
        key = id(notebook.decided_in(name)), notebook.best[name].world
        if key not in self._pairs:
            self._pairs[key] = (
                self.stack.enter_context(Search(partial(questions.reloaded, name))),
                self.stack.enter_context(Search(partial(questions.as_graded, name), confirms=True)),
            )
        return self._pairs[key]


def _can_be_shown(found: Outcome) -> bool:
    if isinstance(found.fact, facts.NeedsNotWritten | facts.StillRaises):
        return False  # the message says it all
    return found.status in WRONG


def _shows_an_entry(found: Outcome) -> bool:
    """Whether what differs is one entry of a larger result."""
    fact = found.fact
    return isinstance(fact, facts.Differs) and bool(fact.difference.index or fact.difference.path)


def _same_kind(one: Outcome, other: Outcome) -> bool:
    if isinstance(one.fact, facts.Raised) and isinstance(other.fact, facts.Raised):
        return one.fact.error.type == other.fact.error.type
    return type(one.fact) is type(other.fact)


def _noted(found: Outcome, note: str) -> Outcome:
    return replace(found, advice_note=note)
