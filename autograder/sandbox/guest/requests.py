"""Answer the host's requests to the student's functions and objects.

A request names a target (a ``name`` the student defined or an object's ``ref``, then ``steps`` of
``["attr", name]`` and ``["item", key]``) and an operation: ``call`` with ``args``, ``get``, ``set``
to ``value``, or ``set_items`` to those of the dict ``value``. The answer carries the request's
``id`` and either ``value`` (and, if ``want_args``, the ``args`` as they are after the call, or, if
that is ``passed``, with the very arrays that were in them before it; if ``count``, the `counting`
of the call), ``error`` (for ``set_items``, at which ``item``) or ``timeout``: ``busy``, or ``idle``
if more time would not have helped, with the ``frames`` in which it was stopped.

How requests and answers are transported is up to the caller.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import numpy as np

from ..protocol import wire
from . import stub_modules, timeouts
from .classes import is_instance, is_static, members, mro
from .counting import counted
from .exceptions import describe


class Objects:
    """Objects that stay in this process, by number, and host functions that can be called.

    Args:
        call_host: calls the host function with that number, if it turns out when it is its turn
            that the host still knows the function; returns ``{"value": …}`` or ``{"error": text}``.

    Attributes:
        kept: the objects.
        requests: how many requests have been received.
    """

    def __init__(
        self, call_host: Callable[[int, list[Any], Callable[[], bool]], dict[str, Any]]
    ) -> None:
        self.requests = 0
        self._first_request = 0
        self.kept: dict[int, object] = {}
        self._numbers = count()  # several threads may ask for one at the same time
        self._call_host = call_host

    def begin(self) -> None:
        """Begin a criterion, with the request that was received last."""
        self.kept.clear()
        self._numbers = count()  # right answers are the same to the byte in every process
        self._first_request = self.requests

    def refer(self, thing: object) -> wire.Reference | wire.Opaque:
        """Store an object that cannot be sent and return a reference to it; hide modules."""
        if is_instance(thing, stub_modules.NoOp):
            return wire.Opaque(f"nothing ({thing.origin} is not here)")  # type: ignore[attr-defined]
        if is_instance(thing, type(sys)) or is_instance(thing, stub_modules.MissingImport):
            return wire.Opaque(type(thing).__name__)
        number = next(self._numbers)
        self.kept[number] = thing
        return wire.Reference(number, type(thing).__name__)

    def resolve(self, thing: object) -> object:
        """What stands for an object, a host function or a generator in a request, as that."""
        if isinstance(thing, wire.Reference):
            return self.kept[thing.number]
        if isinstance(thing, wire.Callback):
            return self._host_function(thing.number)
        if isinstance(thing, wire.Seeded):
            return np.random.default_rng(thing.seed)
        return thing

    def _host_function(self, number: int) -> Callable[..., Any]:
        came_with = self.requests

        def is_known() -> bool:  # a thread may have kept it from an earlier criterion
            return came_with >= self._first_request

        def function(*args: Any) -> Any:
            timeouts.host_is_asked()
            answer = self._call_host(number, list(args), is_known)
            if "error" in answer:
                raise ValueError(answer["error"])
            return answer["value"]

        return function


def respond(
    request: Mapping[str, Any],
    own: Mapping[str, Any],
    objects: Objects,
    stuck: Callable[[], object] | None = None,
) -> dict[str, Any]:
    """Answer a request within its time limit. Never raises for what the student's code does.

    Args:
        request: see the module; ``cpu_s``, ``wall_s`` and ``idle_s`` are its limits in seconds.
        own: what the student defined, by name.
        objects: those that stay in this process.
        stuck: see `timeouts.limit`.
    """
    answer: dict[str, Any] = {"id": request["id"]}
    try:
        with timeouts.limit(request["cpu_s"], request["wall_s"], stuck, request["idle_s"]):
            try:
                return answer | _perform(request, own, objects, answer)
            except timeouts.TimeUp:
                raise
            except BaseException as error:
                return answer | {"error": dict(describe(error))}
    except timeouts.TimeUp as up:
        where = describe(up)["frames"]
        return answer | {"timeout": "idle" if up.idle else "busy", "frames": where}


def _perform(
    request: Mapping[str, Any],
    own: Mapping[str, Any],
    objects: Objects,
    answer: dict[str, Any],
) -> dict[str, Any]:
    steps = list(request["steps"])
    place: Any = own[request["name"]] if "name" in request else objects.kept[request["ref"]]
    last = steps.pop() if request["op"] == "set" else None
    for kind, key in steps:
        place = getattr(place, _attribute(place, key)) if kind == "attr" else place[key]
    if last is not None:
        if last[0] == "attr":
            setattr(place, _attribute(place, last[1]), request["value"])
        else:
            place[last[1]] = request["value"]
        return {"value": None}
    if request["op"] == "set_items":
        for number, (key, item) in enumerate(request["value"].items()):
            answer["item"] = number
            place[key] = item
        return {"value": None}
    if request["op"] == "call":
        args, kwargs = request["args"], request.get("kwargs", {})
        if request.get("count"):
            value, work = counted(place, args, kwargs)
            return {"value": _made(value, place, objects), "count": dict(work)}
        want_args = request.get("want_args")
        passed = _refilled(args) if want_args == "passed" else args
        value = _made(place(*args, **kwargs), place, objects)
        return {"value": value, "args": passed} if want_args else {"value": value}
    return {"value": place}


def _made(value: Any, place: Any, objects: Objects) -> Any:
    """What a call gave; an object if a class was called that somebody wrote in Python.

    Its class may extend ``list`` or ``dict``, as that of a network that is a list of layers does.
    It still is an object, and not sent as a value.
    """
    is_class = is_instance(place, type) and not is_static(place)
    return objects.refer(value) if is_class and is_instance(value, place) else value


def _refilled(value: Any) -> Any:
    """New dicts, lists and tuples with the very same arrays in them."""
    if type(value) is dict:
        return {key: _refilled(item) for key, item in value.items()}
    return type(value)(map(_refilled, value)) if type(value) in (list, tuple) else value


def _attribute(place: Any, name: str) -> str:
    """The attribute called ``name``, or else the only one with another spelling of that name.

    Learners write ``self.dw``, ``self.d_W`` or ``self.dweight`` for ``self.dW``.
    """
    if hasattr(place, name) or isinstance(place, type):
        return name
    form = _form(name)
    variables = getattr(place, "__dict__", {})
    spelt = [key for key in variables if _form(str(key)) == form]
    return spelt[0] if len(spelt) == 1 and isinstance(spelt[0], str) else name


_IN_WORDS = re.compile(r"(?P<w>weights?)|(?P<b>bias(?:es)?)|(?P<d>grad(?:ient)?)")


def _form(attribute: str) -> str:
    """What is the same in all spellings of an attribute: ``dw`` for ``dW``, ``grad_weight``."""
    plain = attribute[:_MAX_NAME].replace("_", "").casefold()
    return _IN_WORDS.sub(lambda found: found.lastgroup or "", plain)


_MAX_NAME = 100


def defined(own: Mapping[str, Any]) -> dict[str, list[str] | None]:
    """What the student defined: function name → None, class name → its methods' names."""
    return {
        name: _methods(value) if is_instance(value, type) else None for name, value in own.items()
    }


def _methods(kind: type) -> list[str]:
    """A class's methods. If there are too many, its own take precedence over inherited ones."""
    found: dict[str, None] = {}
    for base in mro(kind):
        for key in members(base) if base is not object else ():
            try:
                if callable(getattr(kind, key, None)):
                    found[key] = None
            except BaseException:  # a descriptor or a metaclass of the student's own
                continue
    return sorted(list(found)[:200])
