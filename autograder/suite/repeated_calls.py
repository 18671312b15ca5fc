"""Whether a suite has made the same call before: then a wrong answer may depend on the first one.

Code that is right the first time and wrong the second is hard to spot, so feedback says so. Two
calls are the same if they have the same target and data, and if the object's other methods were
last called with the same data as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from autograder.sandbox.host.session import Conversation
from autograder.sandbox.protocol import wire

SIMPLE = frozenset([type(None), bool, int, float, str])
"""Types of most arguments and names, which are looked at first."""


def made_before(
    conversation: Conversation,
    base: Mapping[str, Any],
    steps: Sequence[tuple[str, Any]],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> bool:
    """Record a call; whether the same one was made before.

    Args:
        conversation: in which it was made.
        base: the object to which ``steps`` lead from there.
        steps: attributes and items down to what was called.
        args, kwargs: the arguments as they were sent.
    """
    made = _calls_made.setdefault(conversation, _Calls())
    data = hash((_key(args), _key(kwargs)))
    return made.add(_key(dict(base)), _key(steps), data)


def forget_calls(conversation: Conversation) -> None:
    """The suite has changed something on purpose: later calls may well give something else."""
    _calls_made.pop(conversation, None)


class _Calls:
    """The calls of a conversation, each with the last data of its object's other methods."""

    def __init__(self) -> None:
        self._made: dict[Any, dict[Any, int]] = {}
        self._last: dict[Any, dict[Any, int]] = {}

    def add(self, owner: Any, way: Any, data: int) -> bool:
        """Take in a call; whether it was made before, with the other methods' last data.

        ``backward(1)`` is another call after another ``forward``.
        """
        last = self._last.setdefault(owner, {})
        before = self._made.get((owner, way, data))
        others = {each: its for each, its in last.items() if each != way}
        self._made[owner, way, data] = others
        last[way] = data
        return before is not None and all(others[each] == its for each, its in before.items())


_calls_made: WeakKeyDictionary[Conversation, _Calls] = WeakKeyDictionary()
"""Since the suite last changed something on purpose."""

_numbers = count()


def _key(value: Any) -> Any:
    """A hashable key that is equal for equal arguments.

    Anything that is not data gets a unique key: a function may or may not reuse the address of an
    earlier one, and what students read must not depend on that.
    """
    if type(value) in SIMPLE:
        return repr(value)
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, dict):
        return tuple((key, _key(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(map(_key, value))
    if isinstance(value, wire.Reference):
        return wire.Reference, value.number
    plain = value is None or isinstance(value, (bool, int, float, complex, str, bytes, np.generic))
    return repr(value) if plain else ("unlike any other", next(_numbers))
