"""Run criteria's scripts against a student's code, with as few processes and calls as possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import overload

from autograder.diagnosis import match
from autograder.diagnosis.observation import LOST, Observation
from autograder.diagnosis.replay import Replay, lost
from autograder.diagnosis.script import Script
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.overload import HostOverload
from autograder.sandbox.host.session import Conversation, LoadedNotebook, StudentFailure
from autograder.suite.naming import Names
from autograder.suite.plugin import Suites

SAME_ALONE = 2
"""Scripts that are repeated in a process of their own; if all of them give what they gave among
others, the rest would as well."""


@dataclass(eq=False)
class _Asked:
    """A script, as far as it has been asked in a process that answers others as well.

    Attributes:
        script: the script.
        seen: what came of its first steps.
        run: asks the next step; None to begin again.
        first: whether its process had answered nothing before, or nothing that has left a trace.
        conversation: with its process.
        needs_its_own: whether it has to be the first in its process.
    """

    script: Script
    seen: list[Observation] = field(default_factory=list)
    run: Replay | None = None
    first: bool = False
    conversation: Conversation | None = None
    needs_its_own: bool = False


class _Answers(Sequence[Observation]):
    """The answers to one script. A call is made when its answer is needed."""

    def __init__(self, asked: _Asked, ask: Callable[[_Asked, int], None]) -> None:
        self._asked = asked
        self._ask = ask

    def __len__(self) -> int:
        return len(self._asked.script)

    @overload
    def __getitem__(self, index: int) -> Observation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Observation]: ...
    def __getitem__(self, index: int | slice) -> Observation | Sequence[Observation]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if index not in range(len(self)):
            raise IndexError(index)
        self._ask(self._asked, index)
        return self._asked.seen[index]


class StudentAnswers:
    """What a student's code answers to scripts; each call is made once, if it is needed.

    Most known mistakes are ruled out by the first answer or two, so no call is made before its
    answer is needed. Forking the notebook costs more than most scripts, so they are asked
    ``together``, one after the other in one process. What may be different there (code that counts
    its calls, or draws random numbers) is asked again ``alone``, in a process of its own, until
    that has made no difference `SAME_ALONE` times; not where the process can tell that nothing has
    left a trace.

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
        self._last: _Asked | None = None
        self._together: dict[tuple[str, int], _Asked] = {}
        self._alone: set[tuple[str, int]] = set()
        self._same_alone = 0
        self._differs_alone = False

    def together(self, criterion: str, round: int) -> Sequence[Observation]:
        """The answers to one script, in a process that answers others as well.

        If that process ends, the script is asked again in the next one; so it is if another one has
        been begun before it was needed to its end.
        """
        key = criterion, round
        if key not in self._together:
            self._together[key] = _Asked(self._script(criterion, round))
        return _Answers(self._together[key], self._ask)

    def _ask(self, asked: _Asked, index: int) -> None:
        """Ask a script's steps up to one of them, unless it has been asked."""
        try:
            while len(asked.seen) <= index:
                if asked.run is None or self._conversation is None or self._last is not asked:
                    self._begin(asked)
                self._ask_next(asked)
        except (StudentFailure, HostOverload, MemoryError):
            self._conversation = None
            asked.seen = list(lost(asked.script))

    def _begin(self, asked: _Asked) -> None:
        if asked.needs_its_own:
            self._conversation = None
        asked.first = self._conversation is None
        if self._conversation is None:
            self._conversation = self._stack.enter_context(self._process())
        else:
            self._conversation.begin_again()
        asked.seen, asked.conversation, self._last = [], self._conversation, asked
        asked.run = self._replay(self._conversation, asked.script)

    def _ask_next(self, asked: _Asked) -> None:
        assert asked.run is not None
        with self._suites.bounded():
            seen = asked.run.step(asked.script[len(asked.seen)])
        asked.seen.append(seen)
        if not seen.ends:
            return
        self._conversation = None  # nothing more can be asked of it
        if asked.first:
            asked.seen += [LOST] * (len(asked.script) - len(asked.seen))
        else:
            asked.seen.clear()

    def alone(self, criterion: str, round: int) -> Sequence[Observation]:
        """The answers to one script, in a process that had answered nothing before.

        That process goes on to answer others `together`.
        """
        key = criterion, round
        asked = self._together.setdefault(key, _Asked(self._script(criterion, round)))
        if key not in self._alone:
            self._alone.add(key)
            if not asked.first:
                self._look_for_traces(asked)
            if not asked.first and (self._differs_alone or self._same_alone < SAME_ALONE):
                again = self._together[key] = _Asked(asked.script, needs_its_own=True)
                self._ask(again, len(asked.seen) - 1)
                if match.same(again.seen[: len(asked.seen)], asked.seen):
                    self._same_alone += 1
                else:
                    self._differs_alone = True
        return _Answers(self._together[key], self._ask)

    def _look_for_traces(self, asked: _Asked) -> None:
        """If nothing has left any in its process, all scripts asked there were as good as alone."""
        if asked.conversation is None or asked.conversation is not self._conversation:
            return
        self._last = None  # its objects are gone
        if asked.conversation.is_unchanged():
            for each in self._together.values():
                each.first = each.first or each.conversation is asked.conversation

    def _process(self) -> AbstractContextManager[Conversation]:
        return self._session.criterion(attempt=Attempt.EXTRA)

    def _replay(self, conversation: Conversation, script: Script) -> Replay:
        return Replay(conversation, script, self._session.defined, self._names)
