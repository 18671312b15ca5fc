"""Make the calls of a script in a notebook, one after the other, and record what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.diagnosis.observation import LOST, MISSING, NOT_ASKED, Observation
from autograder.diagnosis.script import Script, Slot, Step, observe
from autograder.sandbox.host.session import (
    CallResult,
    Conversation,
    StudentFailure,
    StudentRaised,
)
from autograder.sandbox.protocol import wire
from autograder.suite.naming import Names


class _Unavailable(Exception):
    """An object that an earlier step should have returned."""


def replay(
    conversation: Conversation,
    script: Script,
    defined: Mapping[str, Any],
    names: Names | None = None,
) -> tuple[Observation, ...]:
    """The observation at each step.

    Args:
        conversation: with a fresh copy of the notebook.
        script: the calls.
        defined: what the notebook defines.
        names: what it calls the course's functions and classes.
    """
    run = Replay(conversation, script, defined, names or Names())
    return tuple(run.step(step) for step in script)


def values(
    conversation: Conversation, script: Script, defined: Mapping[str, Any]
) -> tuple[Any, ...]:
    """What the steps return; None for those that raise or cannot be asked."""
    run = Replay(conversation, script, defined, Names(), keep_all=True)
    for step in script:
        run.step(step)
    return tuple(run.results)


def lost(script: Script) -> tuple[Observation, ...]:
    """The observations of a script that could not be run: nothing is known."""
    return (LOST,) * len(script)


class Replay:
    """A script that is being run, step by step.

    Args:
        conversation, script, defined: see `replay`.
        names: what the notebook calls the course's functions and classes.
        keep_all: whether to keep whatever is returned. Otherwise only objects are kept, which later
            steps may ask: a student's code may return much.

    Attributes:
        results: what the steps so far have returned.
    """

    def __init__(
        self,
        conversation: Conversation,
        script: Script,
        defined: Mapping[str, Any],
        names: Names,
        *,
        keep_all: bool = False,
    ) -> None:
        self._keep_all = keep_all
        self._conversation = conversation
        self._script = script
        self._defined = defined
        self._names = names
        self.results: list[Any] = []
        self._over = False

    def step(self, step: Step) -> Observation:
        """Make the next call; what came of it."""
        value, seen = self._ask(step)
        self.results.append(value if self._keep_all else _objects(value))
        return seen

    def _ask(self, step: Step) -> tuple[Any, Observation]:
        if self._over:
            return None, LOST
        try:
            place = self._place(step)
            args = [self._filled(arg) for arg in step.args]
            kwargs = {name: self._filled(item) for name, item in step.kwargs.items()}
            value = self._filled(step.value)
        except _Unavailable:
            return None, NOT_ASKED
        except KeyError:
            return None, MISSING
        result: CallResult | StudentFailure
        try:
            result = self._conversation.request(
                step.op, place, args=args, kwargs=kwargs, value=value, want_args=step.want_args
            )
        except StudentFailure as failure:
            # After anything but an exception the conversation is over.
            self._over = not isinstance(failure, StudentRaised)
            result = failure
        return getattr(result, "value", None), observe(result, args)

    def _place(self, step: Step) -> dict[str, Any]:
        """The target of a request, in the notebook's own names."""
        base: dict[str, Any]
        if isinstance(step.base, Slot):
            owner = None if step.base.path else self._script[step.base.step].makes
            base = {"ref": self._object(step.base).number}
        else:
            owner = step.base
            base = {"name": self._names.owner(owner)}
            self._defined[base["name"]]
        steps = [list(each) for each in step.steps]
        if steps and owner is not None and steps[0][0] == "attr":
            steps[0][1] = self._names.method(owner, steps[0][1])
        return {**base, "steps": steps}

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Slot):
            return self._object(value)
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(map(self._filled, value))
        return value

    def _object(self, slot: Slot) -> wire.Reference:
        value = self.results[slot.step]
        try:
            for key in slot.path:
                value = value[key]
        except (LookupError, TypeError):
            raise _Unavailable from None
        if not isinstance(value, wire.Reference):
            raise _Unavailable
        return value


def _objects(value: Any) -> Any:
    """A value without all data in it: the objects, where they were."""
    if isinstance(value, wire.Reference):
        return value
    if isinstance(value, dict):
        return {key: _objects(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_objects(item) for item in value]
    return None
