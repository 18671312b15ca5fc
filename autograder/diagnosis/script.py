"""The calls of a criterion, recorded with the teaching solution, to be asked of other code.

A script refers to objects that stay where the code runs by the step that returned them, so the same
calls (constructor, forward, backward) can be made of any notebook. Objects that a suite found by
looking through another object's attributes are private to the teaching solution; calls on them are
left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.course.models import Exercise
from autograder.diagnosis import observation
from autograder.diagnosis.observation import Observation
from autograder.in_process.notebook import OwnNotebook
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.session import CallResult, Conversation, StudentFailure, WantArgs
from autograder.sandbox.protocol import wire
from autograder.suite.plugin import Suites

MAX_STEPS = 400
"""Calls of a criterion that are recorded."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An object that an earlier step returned, at ``path`` within what it returned."""

    step: int
    path: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One request (`autograder.sandbox.guest.requests`), and what it gave with the solution.

    Attributes:
        op: ``call``, ``get``, ``set`` or ``set_items``.
        base: the name of a function or class, or an object.
        steps: the way from there to the target.
        args: with `Slot`s for objects.
        kwargs: likewise.
        value: what is set.
        want_args: whether the arguments are asked for afterwards, and which.
        right: what came of it.
        random: whether the numbers in that depend on random numbers that the notebook draws.
    """

    op: str
    base: str | Slot
    steps: tuple[tuple[str, Any], ...]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    value: Any
    want_args: WantArgs
    right: Observation
    random: bool = False

    @property
    def object(self) -> Slot | None:
        """The object that it is asked of."""
        return self.base if isinstance(self.base, Slot) else None

    @property
    def makes(self) -> str | None:
        """The class whose object it returns, by its name in the course."""
        is_name = self.op == "call" and isinstance(self.base, str) and not self.steps
        return str(self.base) if is_name else None


Script = tuple[Step, ...]


def record(
    suites: Suites, exercise: Exercise, notebook: OwnNotebook, criterion: str, salt: str = ""
) -> Script:
    """The calls that a criterion makes of the teaching solution.

    Args:
        suites: in which the exercise's suite has been collected.
        exercise: the exercise.
        notebook: its teaching solution.
        criterion: the criterion's id.
        salt: added to the course's: the same calls with other numbers.
    """
    recorded = _Recorded(notebook)
    with suites.with_salt(suites.course.salt + salt):
        suites.run(exercise, recorded, [criterion])
    return tuple(recorded.steps)


class _Recorded:
    """The teaching solution, as a suite sees it, recording every request."""

    def __init__(self, notebook: OwnNotebook) -> None:
        self._notebook = notebook
        self.cells = notebook.cells
        self.records = notebook.records
        self.defined = notebook.defined
        self.remarks = notebook.remarks
        self.steps: list[Step] = []

    @contextmanager
    def criterion(
        self, world: str | None = None, attempt: Attempt = Attempt.ONLY
    ) -> Iterator[Conversation]:
        with self._notebook.criterion(world, attempt) as conversation:
            yield _Recording(conversation, self.steps)

    def shared(self, first: bool = False, again: bool = False) -> AbstractContextManager[None]:
        return self._notebook.shared(first, again)

    def in_another_load(self) -> AbstractContextManager[OwnNotebook]:
        return self._notebook.in_another_load()


@dataclass(eq=False)
class _Recording(Conversation):
    """Passes requests on to another conversation, and takes them down."""

    inner: Conversation
    steps: list[Step]
    _slots: dict[int, Slot] = field(default_factory=dict)

    @property
    def timed_out(self) -> bool:
        return self.inner.timed_out

    def request(
        self,
        op: str,
        place: Mapping[str, Any],
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        value: Any = None,
        want_args: WantArgs = False,
        count: bool = False,
    ) -> CallResult:
        asked = self._as_asked(place, args, kwargs or {}, value)
        result: CallResult | StudentFailure
        try:
            result = self.inner.request(
                op, place, args=args, kwargs=kwargs, value=value, want_args=want_args, count=count
            )
        except StudentFailure as failure:
            result = failure
        if asked is not None and len(self.steps) < MAX_STEPS:
            self.steps.append(Step(op, *asked, want_args, observe(result, args)))
            if isinstance(result, CallResult):
                for path, reference in references(result.value):
                    self._slots.setdefault(reference.number, Slot(len(self.steps) - 1, path))
        if isinstance(result, StudentFailure):
            raise result
        return result

    def _as_asked(
        self,
        place: Mapping[str, Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        value: Any,
    ) -> tuple[str | Slot, tuple[Any, ...], tuple[Any, ...], dict[str, Any], Any] | None:
        """The request with slots and copies; None if it is about something private."""
        steps = tuple((kind, key) for kind, key in place["steps"])
        if any(key == "__dict__" for _, key in steps):
            return None
        try:
            base = self._slots[place["ref"]] if "ref" in place else place["name"]
            return (
                base,
                steps,
                tuple(map(self._kept, args)),
                {name: self._kept(item) for name, item in kwargs.items()},
                self._kept(value),
            )
        except KeyError:
            return None

    def _kept(self, value: Any) -> Any:
        if isinstance(value, wire.Reference):
            return self._slots[value.number]
        if isinstance(value, dict):
            return {key: self._kept(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(map(self._kept, value))
        if isinstance(value, np.ndarray):  # with its strides, which a plain copy would lose
            return wire.copied({"value": value}, keep_strides=True)["value"]
        return value

    def _send(self, message: dict[str, Any], deadline: float) -> None:
        raise NotImplementedError("requests are passed on")

    def _receive(self, deadline: float) -> dict[str, Any]:
        raise NotImplementedError("requests are passed on")


def observe(result: CallResult | StudentFailure, sent: Sequence[Any]) -> Observation:
    """What came of a request with the arguments ``sent``."""
    if isinstance(result, StudentFailure):
        return observation.of_failure(result)
    return observation.of_result(result, sent)


def references(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, wire.Reference]]:
    """Every object in a value, with the way to it."""
    if isinstance(value, wire.Reference):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from references(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from references(item, (*path, index))
