"""Try the criteria of a notebook one after the other in one process.

What a criterion is known to request is sent ahead, and if it is answered as by a notebook that has
passed, the test need not run (`known_requests`). Nor does it run again for one that failed and
gives the same answers a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from autograder.sandbox.host.pipelining import Requests
from autograder.sandbox.host.shared_process import SharedProcess
from autograder.status import Status
from autograder.suite import outcome
from autograder.suite.case import Case
from autograder.suite.collected import CollectedTests
from autograder.suite.known_requests import Recording
from autograder.suite.outcome import Outcome

_DECIDABLE_WHEN_SHARED = (Status.FAILED, Status.ERROR, Status.MISSING)
"""Failures that may be decided in a shared process. A timeout gets a larger budget, and a grader
fault a process of its own."""


@dataclass(frozen=True)
class FailedAnswers:
    """What a failed criterion sent ahead, and what it was answered.

    Attributes:
        requests: what was sent.
        answers: tells the answers apart (`pipelining.digest`).
    """

    requests: Requests
    answers: bytes


@dataclass
class SharedRun:
    """Tries criteria in one process.

    Args:
        tests: the course's tests.
        bounded: limits of the trusted side for one criterion.
        process: the process.

    Attributes:
        found: outcomes that tell something if the notebook's state turns out to be unchanged, in
            the order in which they were found.
        failed: those of them that were failed with known answers.
        timed_out: the outcome of the criterion whose call did not return, if it took too long, and
            if it is known to be this one.
    """

    tests: CollectedTests
    bounded: Callable[[], AbstractContextManager[None]]
    process: SharedProcess
    found: dict[str, Outcome] = field(default_factory=dict)
    failed: dict[str, FailedAnswers] = field(default_factory=dict)
    timed_out: dict[str, Outcome] = field(default_factory=dict)

    def run(self, cases: Sequence[Case]) -> Case | None:
        """Try all of them, unless a call does not return: the case in which that happened."""
        recordings = {case.criterion.id: self.tests.recording(case) for case in cases}
        requests = {id: each.requests for id, each in recordings.items() if each is not None}
        sent = set(self.process.send_ahead(requests))
        first = [case for case in cases if case.criterion.id in sent]
        others = [case for case in cases if case.criterion.id not in sent]
        again: list[Case] = []
        for case in first:
            deviates = self._try(case, recordings[case.criterion.id])
            if self.process.broken:
                return case
            if deviates:
                again.append(case)
        for case in others + again:
            self._try(case, None, again=case in again)
            if self.process.broken:
                return case
        return None

    def run_again(
        self,
        cases: Sequence[Case],
        found: Mapping[str, Outcome],
        failed: Mapping[str, FailedAnswers],
    ) -> dict[str, Outcome] | None:
        """Try once more what was failed, in this process or in another one.

        Args:
            cases: the criteria.
            found: how they came out, by id.
            failed: what is known about them.

        Returns:
            How they come out now; None if that cannot be told.
        """
        ahead: list[Case] = []  # the last ones: what was sent ahead is answered before all else
        for case in reversed(cases):
            if case.criterion.id not in failed:
                break
            ahead.insert(0, case)
        again: dict[str, Outcome] = {}
        for case in cases[: len(cases) - len(ahead)]:
            with self.process.criterion() as conversation, self.bounded():
                again[case.criterion.id] = self.tests.run(case, conversation)
            if self.process.broken:
                return None
        requests = {case.criterion.id: failed[case.criterion.id].requests for case in ahead}
        sent = set(self.process.send_ahead(requests))
        for case in ahead:
            id = case.criterion.id
            with self.process.criterion(id if id in sent else None) as conversation:
                if conversation.answers == failed[id].answers:
                    again[id] = found[id]  # its test would see the same
                else:
                    with self.bounded():
                        again[id] = self.tests.run(case, conversation)
            if self.process.broken or conversation.deviates:
                return None
        return again

    def _try(self, case: Case, recording: Recording | None, again: bool = False) -> bool:
        """Try a criterion; whether its test made other requests than those sent ahead.

        Args:
            case: the criterion.
            recording: what is sent ahead.
            again: whether it was tried before in this process, so that failing tells nothing.
        """
        id = case.criterion.id
        with self.process.criterion(id if recording else None) as conversation:
            if recording and conversation.answers in recording.passing:
                found = outcome.PASSED  # the answers need not be decoded
            elif not conversation.deviates:
                with self.bounded():
                    found = self.tests.run(case, conversation)
        if recording:
            recording.balance += -1 if conversation.deviates else 1
        if conversation.deviates:
            return True
        if found.status is Status.PASSED:
            if recording is None:
                self.tests.record(case, conversation)
            elif conversation.answers is not None:
                recording.passes_with(conversation.answers)
        failed = found.status in _DECIDABLE_WHEN_SHARED and not case.overwritten and not again
        if found.status is Status.PASSED or failed:
            self.found[id] = found
        if failed and recording and conversation.answers is not None:
            self.failed[id] = FailedAnswers(recording.requests, conversation.answers)
        if self.process.broken and found.status is Status.TIMEOUT and not conversation.lost:
            self.timed_out[id] = found
        return False
