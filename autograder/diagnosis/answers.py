"""Run criteria's scripts against a student's code, in as few processes as possible."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from autograder.diagnosis import match
from autograder.diagnosis.observation import Observation
from autograder.diagnosis.replay import lost, replay
from autograder.diagnosis.script import Script
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.overload import HostOverload
from autograder.sandbox.host.session import Conversation, LoadedNotebook, StudentFailure
from autograder.suite.naming import Names
from autograder.suite.plugin import Suites

SAME_ALONE = 2
"""Scripts that are repeated in a process of their own; if all of them give what they gave among
others, the rest would as well."""


class StudentAnswers:
    """What a student's code answers to scripts; each is asked once.

    Forking the notebook costs more than most scripts, so they are asked ``together``, one after the
    other in one process. What may be different there (code that counts its calls, or draws random
    numbers) is asked again ``alone``, in a process of its own, until that has made no difference
    `SAME_ALONE` times.

    Args:
        suites: limit what a script may take of the grader's own time and memory.
        script: the script of a criterion, in each round with other numbers.
        session: the loaded notebook.
        names: what the notebook calls what the course expects.
        stack: closes the process that answers several scripts.
    """

    def __init__(
        self,
        suites: Suites,
        script: Callable[[str, int], Script],
        session: LoadedNotebook,
        names: Names,
        stack: ExitStack,
    ) -> None:
        self._suites = suites
        self._script = script
        self._session = session
        self._stack = stack
        self._names = names
        self._conversation: Conversation | None = None
        self._together: dict[tuple[str, int], tuple[Observation, ...]] = {}
        self._alone: dict[tuple[str, int], tuple[Observation, ...]] = {}
        self._first_in_process: set[tuple[str, int]] = set()
        self._same_alone = 0
        self._differs_alone = False

    def together(self, criterion: str, round: int) -> tuple[Observation, ...]:
        """The answers to one script, in a process that answers others as well.

        If that process ends, the script is asked again in the next one.
        """
        key = criterion, round
        while key not in self._together:
            script = self._script(criterion, round)
            try:
                if self._conversation is None:
                    self._conversation = self._stack.enter_context(self._process())
                    self._first_in_process.add(key)
                found = self._replayed(self._conversation, script)
            except (StudentFailure, HostOverload, MemoryError):
                self._conversation = None
                self._together[key] = lost(script)
                break
            if any(seen.ends for seen in found):
                self._conversation = None  # nothing more can be asked of it
                if key not in self._first_in_process:
                    continue
            self._together[key] = found
        return self._together[key]

    def alone(self, criterion: str, round: int) -> tuple[Observation, ...]:
        """The answers to one script, in a fresh process."""
        key = criterion, round
        if key not in self._alone:
            together = self.together(criterion, round)
            if key in self._first_in_process or (
                self._same_alone >= SAME_ALONE and not self._differs_alone
            ):
                self._alone[key] = together
            else:
                self._alone[key] = self._asked_alone(criterion, round)
                if match.same(together, self._alone[key]):
                    self._same_alone += 1
                else:
                    self._differs_alone = True
        return self._alone[key]

    def _asked_alone(self, criterion: str, round: int) -> tuple[Observation, ...]:
        script = self._script(criterion, round)
        try:
            with self._process() as conversation:
                return self._replayed(conversation, script)
        except (StudentFailure, HostOverload, MemoryError):
            return lost(script)

    def _process(self) -> AbstractContextManager[Conversation]:
        return self._session.criterion(attempt=Attempt.EXTRA)

    def _replayed(self, conversation: Conversation, script: Script) -> tuple[Observation, ...]:
        with self._suites.bounded():
            return replay(conversation, script, self._session.defined, self._names)
