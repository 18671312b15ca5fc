"""Record what is requested of the student's code, and write it down as code to paste.

A recorded call reads as a student would type it into the notebook: with the student's own names,
arrays as NumPy expressions, and a variable for each object (``convolution = Convolution(…)``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.sandbox.host.session import CallResult, Conversation, WantArgs
from autograder.sandbox.protocol import wire
from autograder.suite.ladder import written

MAX_LINE = 88
"""Arrays of a longer call get lines of their own."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True)
class Request:
    """A request, and its answer; None if it failed."""

    op: str
    place: Mapping[str, Any]
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    value: Any
    answer: CallResult | None


class Transcript:
    """Passes requests on to a conversation and records them (`Conversation.request`)."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self.requests: list[Request] = []

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
        """Pass it on; see `Conversation.request`."""
        named = dict(kwargs or {})
        answer: CallResult | None = None
        try:
            answer = self._conversation.request(
                op, place, args=args, kwargs=named, value=value, want_args=want_args, count=count
            )
            return answer
        finally:
            self.requests.append(Request(op, place, args, named, value, answer))


class Replay:
    """Answers requests as they were answered before, and the next one with a value of ours."""

    def __init__(self, requests: Sequence[Request], last: Any) -> None:
        self._answers = iter([request.answer for request in requests])
        self._last = last

    def request(self, *_place: Any, args: Sequence[Any] = (), **_rest: Any) -> CallResult:
        """The next answer."""
        return next(self._answers, None) or CallResult(self._last, list(args))


def code(
    requests: Sequence[Request], names: Mapping[int, str], then: Any = None
) -> tuple[str, ...]:
    """The requests as lines of code.

    Args:
        requests: what was requested, in order.
        names: names for arrays that need a variable, by ``id``.
        then: an argument to look at in the end: an array or a dict of arrays.
    """
    return tuple(_Writer(requests, names, then).lines())


def array_text(array: np.ndarray[Any, Any]) -> str:
    """A NumPy expression for an array: ``np.arange(1., 10.).reshape(1, 1, 3, 3)``."""
    flat = array.reshape(-1)
    shape = f"({', '.join(map(str, array.shape))}{',' * (array.ndim == 1)})"
    size = str(array.shape[0]) if array.ndim == 1 else shape
    kind = "" if array.dtype == np.float64 else f"np.{array.dtype.name}"
    dtype = f", dtype={kind}" if kind else ""
    if flat.size and (flat == flat[0]).all() and array.dtype.kind in "fiu":
        if flat[0] in (0, 1):
            return f"np.{'ones' if flat[0] else 'zeros'}({size}{dtype})"
        return f"np.full({size}, {_number(flat[0])}{dtype})"
    if flat.size > 2 and _counts_up(flat):
        plain = array.dtype == np.int64
        first, last = flat[0], flat[-1] + 1
        ends = [f"{first:g}", f"{last:g}"] if plain else [_number(first), _number(last)]
        ends = ends[int(first == 0) :]
        made = f"np.arange({', '.join(ends)}{'' if plain else dtype})"
        shaped = ", ".join(map(str, array.shape))
        return made if array.ndim == 1 else f"{made}.reshape({shaped})"
    listed = array.tolist()
    plain = bool(flat.size) and np.asarray(listed).dtype == array.dtype
    if not flat.size:
        return f"np.zeros({size}{dtype})"
    return f"np.array({_nested(listed)}{'' if plain else dtype})"


def _counts_up(flat: np.ndarray[Any, Any]) -> bool:
    """Whether these are whole numbers, each larger by 1 than the one before."""
    if flat.dtype.kind not in "fiu":
        return False
    wide = flat.astype(np.float64)
    return bool((wide == np.round(wide)).all() and (np.diff(wide) == 1).all())


def _number(value: Any) -> str:
    item = value.item()
    if isinstance(item, float):
        text = f"{item:.12g}"
        return f"{text}." if text.lstrip("-").isdigit() else text
    return repr(item)


def _nested(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    return _number(np.asarray(value))


class _Writer:
    def __init__(
        self,
        requests: Sequence[Request],
        names: Mapping[int, str],
        then: Any,
    ) -> None:
        self._requests = [each for request in requests for each in _one_by_one(request)]
        self._names = names
        self._then = then
        self._objects: dict[int, str] = {}
        self._variables: dict[int, str] = {}
        self._taken: Counter[str] = Counter()
        passed = [id(array) for request in self._requests for array in _arrays(request)]
        self._times = Counter([*passed, id(then)])

    def lines(self) -> Iterator[str]:
        for request in self._requests:
            for array in _arrays(request):
                if self._times[id(array)] > 1 and id(array) not in self._variables:
                    yield self._assigned(array)
            if isinstance(self._then, dict) and any(arg is self._then for arg in request.args):
                yield self._assigned(self._then)
            line = self._line(request)
            if len(line) > MAX_LINE and request.op == "call":
                for array in _arrays(request):
                    if id(array) not in self._variables and array.size > 1:
                        yield self._assigned(array)
                line = self._line(request)
            last = request is self._requests[-1] and self._then is None
            yield line if last else self._kept(request, line)
        if self._then is not None:
            yield self._variables.get(id(self._then), "it")

    def _assigned(self, value: Any) -> str:
        text = self._text(value)
        usual = "params" if isinstance(value, dict) else "a"
        self._variables[id(value)] = name = self._free(self._names.get(id(value), usual))
        return f"{name} = {text}"

    def _free(self, name: str) -> str:
        self._taken[name] += 1
        return name if self._taken[name] == 1 else f"{name}{self._taken[name]}"

    def _kept(self, request: Request, line: str) -> str:
        """The line, with its result in a variable if it is an object or is passed on later."""
        value = request.answer.value if request.answer else None
        if request.op == "call" and isinstance(value, wire.Reference):
            name = self._objects[value.number] = self._free(_variable(value.class_name))
            return f"{name} = {line}"
        if isinstance(value, np.ndarray) and self._times[id(value)]:
            name = self._variables[id(value)] = self._free(self._names.get(id(value), "out"))
            return f"{name} = {line}"
        return line

    def _line(self, request: Request) -> str:
        target = self._target(request.place)
        if request.op == "set":
            return f"{target} = {self._text(request.value)}"
        if request.op == "get":
            return target
        named = (f"{name}={self._text(item)}" for name, item in request.kwargs.items())
        return f"{target}({', '.join([*map(self._text, request.args), *named])})"

    def _target(self, place: Mapping[str, Any]) -> str:
        text = str(place["name"]) if "name" in place else self._objects.get(place["ref"], "it")
        for kind, key in place["steps"]:
            text += f".{key}" if kind == "attr" else f"[{key!r}]"
        return text

    def _text(self, value: Any) -> str:
        if (known := self._variables.get(id(value))) and isinstance(value, (np.ndarray, dict)):
            return known
        if (text := written.text(value)) is not None:
            return text
        if isinstance(value, np.ndarray):
            return array_text(value)
        if isinstance(value, wire.Reference):
            return self._objects.get(value.number, "it")
        if isinstance(value, dict):
            return "{" + ", ".join(f"{k!r}: {self._text(v)}" for k, v in value.items()) + "}"
        if isinstance(value, (list, tuple)):
            inner = ", ".join(map(self._text, value))
            if isinstance(value, list):
                return f"[{inner}]"
            return f"({inner}{',' * (len(value) == 1)})"
        if isinstance(value, np.generic):
            return repr(value.item())
        return repr(value)


def _one_by_one(request: Request) -> list[Request]:
    """A line each for items that are set at once."""
    if request.op != "set_items":
        return [request]
    steps = request.place["steps"]
    return [
        replace(
            request, op="set", place={**request.place, "steps": [*steps, ["item", key]]}, value=item
        )
        for key, item in request.value.items()
    ]


def _arrays(request: Request) -> Iterator[np.ndarray[Any, Any]]:
    for value in (*request.args, *request.kwargs.values(), request.value):
        yield from _arrays_in(value)


def _arrays_in(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _arrays_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _arrays_in(item)


def _variable(class_name: str) -> str:
    """A variable for an object of a class: ``convolution``; ``net`` for SimpleConvNet."""
    words = [word.lower() for word in _WORDS.findall(class_name) if len(word) > 1]
    return words[-1] if words and words[-1] != class_name else "layer"
