"""Find the smallest rung of a ladder on which the student's code goes wrong.

The rungs are tried in order, so every input that is one step smaller has been tried before and was
right. How far the search goes is counted in requests, not measured in time: the same submission
gets the same example on every machine.
"""

from __future__ import annotations

import heapq
import inspect
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from traceback import clear_frames
from typing import Any, Protocol

from autograder.sandbox.host.session import (
    Conversation,
    StudentDied,
    StudentFailure,
    StudentRaised,
    StudentTimeout,
)
from autograder.sandbox.host.sizes import approximate_bytes
from autograder.suite import outcome
from autograder.suite.examples import Run, example, run_ladder
from autograder.suite.facts import WrongAnswer
from autograder.suite.ladder import Ladder, Rung, made, written
from autograder.suite.outcome import Outcome
from autograder.suite.smallest_input import SmallestInput
from autograder.suite.transcript import Transcript, code

MAX_REQUESTS = 240
"""Requests for one criterion: some 70 ms of CPU time, of both sides together."""

MAX_RUNGS = 3000
"""Rungs that are looked at for one criterion, including those that the reference refuses."""

MAX_SHOWN_BYTES = 2**20
"""The largest result on a small input that is kept; nobody would read through a larger one."""

BACKSTOP_S = 3.0
"""Wall-clock seconds after which a search ends without an example. Requests take 75 ms as a rule;
this stops code that takes long for tiny inputs without looping."""


class Asked(Protocol):
    """A process that answers questions (`autograder.run.questions.Asked`)."""

    @property
    def conversation(self) -> Conversation:
        """With the process."""

    @property
    def student(self) -> Callable[[Any], Any]:
        """Makes the proxy that speaks through a conversation."""


Process = Callable[[], AbstractContextManager[Asked | None]]


@dataclass(frozen=True)
class Finding:
    """A rung on which the student's code goes wrong.

    Attributes:
        ladder: the rung's ladder.
        rung: the rung.
        outcome: what went wrong.
        example: for feedback; None from a search that only confirms.
        got: what was compared, or the exception that was raised.
        calls: what was called, as code.
    """

    ladder: Ladder
    rung: Rung
    outcome: Outcome
    example: SmallestInput | None
    got: Any = None
    calls: tuple[str, ...] = ()


@dataclass
class Search:
    """Searches ladders for one state of one notebook (session and world).

    Args:
        process: starts a process of the notebook.
        confirms: whether it only confirms what another search has found, and makes no examples.
            What goes wrong only after other calls is not confirmed: whoever pasted the example into
            a notebook would find nothing wrong with it.

    Attributes:
        requests: how many have been made.
    """

    process: Process
    confirms: bool = False
    requests: int = 0
    _tried: dict[Any, Finding | None] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)
    _asked: Asked | None = None

    def __enter__(self) -> Search:
        """Return itself; `start` starts its process."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End its process."""
        self._stack.close()

    def start(self) -> bool:
        """Start a process unless one is running; whether there is one.

        Raises:
            StudentTimeout, StudentDied: none can be started.
        """
        if self._asked is None:
            self._stack.close()
            self._asked = self._stack.enter_context(self.process())
        return self._asked is not None

    def smallest(self, ladders: Iterable[Ladder], part: str) -> Finding | None:
        """The first rung on which the code goes wrong; None if there is none within bounds.

        Args:
            ladders: of one criterion; of rungs of equal steps, those of the first come first.
            part: the criterion's part.
        """
        most, ends = self.requests + MAX_REQUESTS, time.monotonic() + BACKSTOP_S
        for each, rung in islice(_by_size(ladders), MAX_RUNGS):
            if self.requests >= most or time.monotonic() > ends:
                break
            if (found := self.attempt(each, rung, part)) is not None:
                return found
        return None

    def attempt(self, ladder: Ladder, rung: Rung, part: str) -> Finding | None:
        """What goes wrong on one rung; None if nothing does, or if the reference refuses it."""
        full = {**_defaults(ladder.function), **rung}
        key = ladder.function, tuple((name, repr(value)) for name, value in full.items())
        if key not in self._tried:
            if self.confirms and self.requests:
                self._begin_again()
            self._tried[key] = self._climb(ladder, rung, part)
        found = self._tried[key]
        return found and replace(found, ladder=ladder, rung=rung)

    def _begin_again(self) -> None:
        """Start another process, unless nothing has changed the state of this one."""
        if self._asked is None:
            return
        if self._asked.conversation.is_unchanged():
            self._asked.conversation.begin_again()
        else:
            self._asked = None
            self.start()

    def _climb(self, ladder: Ladder, rung: Rung, part: str) -> Finding | None:
        if self._asked is None:
            return None
        student = self._asked.student
        transcript = Transcript(self._asked.conversation)
        try:
            run_ladder(ladder, rung, student(transcript))
        except (WrongAnswer, StudentFailure) as error:
            try:
                return self._finding(ladder, rung, part, student, transcript, error)
            finally:
                clear_frames(error.__traceback__)  # they hold what was compared, in cycles
        except ValueError:
            return None  # the reference refuses this input
        finally:
            self.requests += len(transcript.requests)
            written.forget()
        return None

    def _finding(
        self,
        ladder: Ladder,
        rung: Rung,
        part: str,
        student: Callable[[Any], Any],
        transcript: Transcript,
        error: WrongAnswer | StudentFailure,
    ) -> Finding | None:
        """What an exception of a rung's function says; None if it is not the student's fault."""
        found = outcome.from_exception(error, part)
        if found is None or not transcript.requests:
            return None
        if isinstance(error, (StudentTimeout, StudentDied)):
            self._asked = None  # nothing more can be asked of this process
        got = error.info if isinstance(error, StudentRaised) else getattr(error, "got", None)
        calls = code(transcript.requests, {})
        if approximate_bytes(got) > MAX_SHOWN_BYTES:
            return Finding(ladder, rung, found, None, None, calls)
        if self.confirms:
            return Finding(ladder, rung, found, None, got, calls)
        run = Run(ladder, rung, student, transcript.requests, tuple(made.arrays))
        return Finding(ladder, rung, found, example(error, run), got, calls)


def _by_size(ladders: Iterable[Ladder]) -> Iterator[tuple[Ladder, Rung]]:
    """The rungs of all ladders, ordered by their steps."""

    def climb(each: Ladder) -> Iterator[tuple[int, Ladder, Rung]]:
        return ((each.steps(rung), each, rung) for rung in each.rungs())

    for _, each, rung in heapq.merge(*map(climb, ladders), key=itemgetter(0)):
        yield each, rung


@lru_cache(maxsize=512)
def _defaults(function: Callable[..., None]) -> Mapping[str, Any]:
    """What a ladder's parameters are where a rung does not say."""
    parameters = [*inspect.signature(function).parameters.values()][1:]
    return {parameter.name: parameter.default for parameter in parameters}
