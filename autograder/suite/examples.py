"""Turn a rung on which the student's code went wrong into an example for feedback.

An example is code to paste and two results. What the right result is where a call raised and was
never compared, and what it is made from, the ladder itself tells: it is run again with the answers
received so far, and nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.sandbox.host.session import StudentFailure, StudentRaised
from autograder.sandbox.protocol.wire import Opaque
from autograder.suite import facts
from autograder.suite.facts import WrongAnswer
from autograder.suite.ladder import Ladder, Rung, made
from autograder.suite.proxy import UnsupportedOperation, keys
from autograder.suite.smallest_input import UNKNOWN, AsText, SmallestInput, Source
from autograder.suite.sources import entries_read
from autograder.suite.state_reset import seed_globally
from autograder.suite.transcript import Replay, Request, code


@dataclass(frozen=True)
class Run:
    """A run of a ladder that failed.

    Attributes:
        ladder: the ladder.
        rung: the rung.
        student: makes the proxy that speaks through a conversation.
        requests: what was requested, the last one included.
        arrays: the inputs that were made with `counting`.
    """

    ladder: Ladder
    rung: Rung
    student: Callable[[Any], Any]
    requests: Sequence[Request]
    arrays: tuple[np.ndarray[Any, Any], ...]

    def compared(self, got: Any, within: Sequence[Any] = ()) -> int:
        """The number of the request whose answer was compared; it need not be the last one.

        Args:
            got: what was compared.
            within: where in the answer it is.
        """
        answers = [each.answer and each.answer.value for each in self.requests]
        parts = [_part(each, within) for each in answers]
        return next((i for i, each in enumerate(parts) if each is got), len(parts) - 1)

    def changed(self, got: Any) -> tuple[int, dict[Any, Any], Any] | None:
        """Where a compared value is an entry of a dict that a call changed: request, dict, key."""
        for number, request in enumerate(self.requests):
            after = (request.answer and request.answer.args) or []
            for argument, value in zip(request.args, after, strict=False):
                if isinstance(argument, dict) and isinstance(value, dict):
                    for key, item in value.items():
                        if item is got and isinstance(got, np.ndarray):
                            return number, argument, key
        return None

    def expected(self, request: int, disturbed: tuple[int, int] | None = None) -> Any:
        """What the ladder compares the result of a request with; `UNKNOWN` if with nothing.

        Args:
            request: the request's number.
            disturbed: see `Made`.
        """
        placeholder = Opaque("a result that nobody knows")
        replay = Replay(self.requests[:request], placeholder)
        with suppress(WrongAnswer, StudentFailure, ValueError, TypeError):
            try:
                run_ladder(self.ladder, self.rung, self.student(replay), disturbed)
            except WrongAnswer as wrong:
                if wrong.got is placeholder:
                    return wrong.expected
        return UNKNOWN


def run_ladder(
    ladder: Ladder, rung: Rung, student: Any, disturbed: tuple[int, int] | None = None
) -> None:
    """Run a ladder's function on one rung; it raises what a hidden test raises."""
    seed_globally("", "ladder")
    made.begin(disturbed)
    ladder.function(student, **rung)


def example(error: Exception, run: Run) -> SmallestInput:
    """The example of a run that ended with an error of the student's code."""
    names = _local_names(error, run.ladder)
    if not isinstance(error, WrongAnswer):
        got: Any = error.info if isinstance(error, StudentRaised) else UNKNOWN
        if isinstance(error, UnsupportedOperation):
            got = AsText(error.got)
        expected = run.expected(len(run.requests) - 1)
        inside = error.within if isinstance(error, UnsupportedOperation) else ()
        return SmallestInput(_followed(code(run.requests, names), inside), got, expected)
    fact, got, expected = error.fact, error.got, error.expected
    if isinstance(fact, facts.ArgumentChanged):
        changed = run.requests[-1].args[fact.place - 1]
        return SmallestInput(code(run.requests, names, then=changed), got, expected)
    if (changed := run.changed(got)) is not None:
        request, argument, key = changed
        lines = code(run.requests[: request + 1], names, then=argument)
        index = fact.difference.index if isinstance(fact, facts.Differs) else None
        return SmallestInput((*lines[:-1], f"{lines[-1]}[{key!r}]"), got, expected, index)
    # What a suite takes out of a result has arrived with it, so no request says which part it is.
    inside = fact.within if isinstance(fact, facts.Differs) else ()
    compared = run.compared(got, inside)
    lines = _followed(code(run.requests[: compared + 1], names), inside)
    if not isinstance(fact, facts.Differs):
        return SmallestInput(lines, got, expected)
    found = fact.difference
    lines = _followed(lines, found.path)
    for key in found.path:
        got, expected = got[key], expected[key]
    if found.kind == "dtype":
        lines = (*lines[:-1], f"{lines[-1]}.dtype")
        return SmallestInput(lines, AsText(str(found.got)), AsText(str(found.expected)))
    source = None if inside or found.path else _source(run, names, compared, expected, found.index)
    return SmallestInput(lines, got, expected, found.index, source)


def _followed(lines: tuple[str, ...], path: Iterable[Any]) -> tuple[str, ...]:
    """The lines with a path into the result of the last one."""
    return (*lines[:-1], lines[-1] + keys(path))


def _part(value: Any, path: Iterable[Any]) -> Any:
    """The part of a result at this path; the result itself if it has none there."""
    part = value
    for key in path:
        if not isinstance(part, (dict, tuple, list)):
            return value
        try:
            part = part[key]
        except (LookupError, TypeError):
            return value
    return part


def _source(
    run: Run,
    names: dict[int, str],
    compared: int,
    expected: Any,
    index: tuple[int, ...] | None,
) -> Source | None:
    """What the entry of the right result is made from, if that is a part of one input."""
    if index is None or not isinstance(expected, np.ndarray):
        return None
    for number, array in enumerate(run.arrays):

        def result(place: int, number: int = number) -> Any:
            return run.expected(compared, (number, place))

        read = entries_read(array, result, expected, index)
        if read and id(array) in names:
            return Source(names[id(array)], read)
    return None


def _local_names(error: BaseException, ladder: Ladder) -> dict[int, str]:
    """What the ladder and the helpers in its file call their arrays, by ``id``."""
    names: dict[int, str] = {}
    file = ladder.function.__code__.co_filename
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == file:
            for name, value in at.tb_frame.f_locals.items():
                if isinstance(value, np.ndarray):
                    names.setdefault(id(value), name)
        at = at.tb_next
    return names
