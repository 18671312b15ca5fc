"""Find the smallest rung of a ladder on which the student's code goes wrong.

The rungs are tried in order, so every input that is one step smaller has been tried before and was
right. How far the search goes is counted in requests, not measured in time: the same submission
gets the same example on every machine.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from autograder.sandbox.host.session import (
    Conversation,
    StudentDied,
    StudentFailure,
    StudentRaised,
    StudentTimeout,
)
from autograder.sandbox.protocol.wire import Opaque
from autograder.suite import facts, outcome
from autograder.suite.facts import UNKNOWN, Said, SmallestInput, WrongAnswer
from autograder.suite.ladder import Ladder, Rung, written
from autograder.suite.outcome import Outcome
from autograder.suite.proxy import UnsupportedOperation
from autograder.suite.state_reset import seed_globally
from autograder.suite.transcript import Replay, Request, Transcript, code

MAX_REQUESTS = 240
"""Requests for one criterion: some 70 ms of CPU time, of both sides together."""

MAX_RUNGS = 3000
"""Rungs that are looked at for one criterion, including those that the reference refuses."""

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
        example: for feedback.
    """

    ladder: Ladder
    rung: Rung
    outcome: Outcome
    example: SmallestInput


@dataclass
class Search:
    """Searches ladders for one state of one notebook (session and world).

    Args:
        process: starts a process of the notebook.

    Attributes:
        requests: how many have been made.
    """

    process: Process
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
            ladders: of one criterion, in the order in which they are climbed.
            part: the criterion's part.
        """
        most, ends = self.requests + MAX_REQUESTS, time.monotonic() + BACKSTOP_S
        for each in ladders:
            for count, rung in enumerate(each.rungs()):
                if count >= MAX_RUNGS or self.requests >= most or time.monotonic() > ends:
                    break
                if (found := self.attempt(each, rung, part)) is not None:
                    return found
        return None

    def attempt(self, ladder: Ladder, rung: Rung, part: str) -> Finding | None:
        """What goes wrong on one rung; None if nothing does, or if the reference refuses it."""
        full = {**_defaults(ladder), **rung}
        key = ladder.function, tuple((name, repr(value)) for name, value in full.items())
        if key not in self._tried:
            self._tried[key] = self._climb(ladder, rung, part)
        found = self._tried[key]
        return found and replace(found, ladder=ladder, rung=rung)

    def _climb(self, ladder: Ladder, rung: Rung, part: str) -> Finding | None:
        if self._asked is None:
            return None
        student = self._asked.student
        transcript = Transcript(self._asked.conversation)
        try:
            _run(ladder, rung, student(transcript))
        except (WrongAnswer, StudentFailure) as error:
            found = outcome.from_exception(error, part)
            if found is None or not transcript.requests:
                return None
            if isinstance(error, (StudentTimeout, StudentDied)):
                self._asked = None  # nothing more can be asked of this process
            expected = _expected(error, ladder, rung, student, transcript.requests)
            example = _example(error, expected, transcript.requests, ladder)
            return Finding(ladder, rung, found, example)
        except ValueError:
            return None  # the reference refuses this input
        finally:
            self.requests += len(transcript.requests)
            written.forget()
        return None


def _run(ladder: Ladder, rung: Rung, student: Any) -> None:
    seed_globally("", "ladder")
    ladder.function(student, **rung)


def _defaults(ladder: Ladder) -> dict[str, Any]:
    parameters = [*inspect.signature(ladder.function).parameters.values()][1:]
    return {parameter.name: parameter.default for parameter in parameters}


def _expected(
    error: Exception,
    ladder: Ladder,
    rung: Rung,
    student: Callable[[Any], Any],
    requests: Sequence[Request],
) -> Any:
    """The right result of the last request; `UNKNOWN` if the ladder compares it with none.

    For a call that raised, the ladder never came to the comparison. It is run again with the
    answers received so far and a placeholder, to see what that is compared with.
    """
    if isinstance(error, WrongAnswer):
        return error.expected
    placeholder = Opaque("the result of a call that raised")
    with suppress(WrongAnswer, StudentFailure, ValueError, TypeError):
        try:
            _run(ladder, rung, student(Replay(requests[:-1], placeholder)))
        except WrongAnswer as wrong:
            if wrong.got is placeholder:
                return wrong.expected
    return UNKNOWN


def _example(
    error: Exception, expected: Any, requests: Sequence[Request], ladder: Ladder
) -> SmallestInput:
    names = _local_names(error, ladder)
    if not isinstance(error, WrongAnswer):
        got: Any = error.info if isinstance(error, StudentRaised) else UNKNOWN
        if isinstance(error, UnsupportedOperation):
            got = Said(error.got)
        return SmallestInput(code(requests, names), got, expected)
    fact, got = error.fact, error.got
    if isinstance(fact, facts.ArgumentChanged):
        changed = requests[-1].args[fact.place - 1]
        return SmallestInput(code(requests, names, then=changed), got, expected)
    # What was compared may have been received before the last request.
    until = next((i for i, each in enumerate(requests) if _answers(each, got)), len(requests) - 1)
    lines = code(requests[: until + 1], names)
    if not isinstance(fact, facts.Differs):
        return SmallestInput(lines, got, expected)
    path = fact.difference.path
    lines = (*lines[:-1], lines[-1] + "".join(f"[{key!r}]" for key in path))
    for key in path:
        got, expected = got[key], expected[key]
    if fact.difference.kind == "dtype":
        lines = (*lines[:-1], f"{lines[-1]}.dtype")
        return SmallestInput(lines, Said(str(fact.difference.got)), Said(fact.difference.expected))
    return SmallestInput(lines, got, expected, fact.difference.index)


def _answers(request: Request, value: Any) -> bool:
    return request.answer is not None and request.answer.value is value


def _local_names(error: BaseException, ladder: Ladder) -> dict[int, str]:
    """What the ladder's function calls its arrays, by ``id``."""
    names: dict[int, str] = {}
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code is ladder.function.__code__:
            for name, value in at.tb_frame.f_locals.items():
                if isinstance(value, np.ndarray):
                    names.setdefault(id(value), name)
        at = at.tb_next
    return names
