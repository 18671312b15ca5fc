"""Proxies of working earlier parts for code that builds on them: the host executes each call.

A proxy has a name and methods but no implementation: the arguments are sent to the host, which
calls the reference and sends back the result.

An object of a proxy class keeps its public attributes (``W``, ``dW``, ``params``) here, where
student code may share, modify or replace them; changes are sent with the next call. The rest of its
state stays with the host, identified by a number.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .classes import is_instance, members, mro
from .reference_channel import Channel

_HANDLE = "_proxy_number"
_MADE_WITH = "_proxy_made_with"

_OF_EVERY_CLASS = frozenset(type("_", (), {"__annotations__": {}}).__dict__) | {
    "__qualname__", "__firstlineno__", "__static_attributes__",
}  # fmt: skip


def make_proxy(description: Mapping[str, Any], channel: Channel) -> Any:
    """The proxy that the host describes by a ``name``, and ``methods`` if it is a class."""
    name, methods = description["name"], description["methods"]
    return _function(name, channel) if methods is None else _class(name, methods, channel)


def _function(name: str, channel: Channel) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        return channel.call(lambda: {"op": "call", "name": name}, args, kwargs)["value"]

    function.__name__ = function.__qualname__ = name
    function.__module__ = "__main__"
    return function


class _ProxyType(type):
    """Metaclass of proxy classes: their methods cannot be replaced while cells run.

    ``Pooling.backward = backward`` in a cell is meant for the student's class, which is missing.
    """

    frozen = False

    def __setattr__(cls, name: str, value: Any) -> None:
        own = cls.__dict__
        if not (_ProxyType.frozen and _HANDLE in own and name in own):
            super().__setattr__(name, value)


def with_own_members(proxy: Any, own: Any) -> Any:
    """The proxy of a class, with what the student's class has besides the methods it replaces.

    A network may need that: ``__call__`` in the class or in a base of it, a method ``grads``.

    Args:
        proxy: what replaces the student's class; returned as it is if there is nothing to add.
        own: the student's class.
    """
    if not (is_instance(proxy, _ProxyType) and is_instance(own, type)) or proxy in mro(own):
        return proxy
    extra = {name for base in mro(own) if base is not object for name in members(base)}
    if extra <= _OF_EVERY_CLASS | proxy.__dict__.keys():
        return proxy
    begin = proxy.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  it becomes one
        with contextlib.suppress(Exception):
            own.__init__(self, *args, **kwargs)  # for attributes that its other methods use
        begin(self, *args, **kwargs)

    own_of_proxy = {k: v for k, v in proxy.__dict__.items() if k not in ("__dict__", "__weakref__")}
    try:
        return _ProxyType(proxy.__name__, (own,), {**own_of_proxy, "__init__": __init__})
    except Exception:  # such as a metaclass of the student's
        return proxy


def _class(name: str, methods: Iterable[str], channel: Channel) -> type:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  it becomes one
        reply = channel.call(lambda: {"op": "make", "name": name}, args, kwargs)
        self.__dict__[_HANDLE] = reply["number"]
        _update(self, reply, [*args, *kwargs.values()])

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:  # noqa: N807  it becomes one
        import copy

        twin = object.__new__(type(self))
        memo[id(self)] = twin
        for key, value in self.__dict__.items():
            twin.__dict__[key] = copy.deepcopy(value, memo)
        operation = {"op": "copy", "number": _number(self, name)}
        twin.__dict__[_HANDLE] = channel.call(lambda: operation, (), {})["number"]
        return twin

    def __reduce_ex__(_self: Any, _protocol: Any) -> Any:  # noqa: N807  it becomes one
        raise TypeError(f"the grader's {name} cannot be pickled; save its W and b instead")

    def __repr__(_self: Any) -> str:  # noqa: N807  it becomes one
        return f"<{name}>"

    members: dict[str, Any] = {
        "__init__": __init__,
        "__deepcopy__": __deepcopy__,
        "__copy__": lambda self: __deepcopy__(self, {}),
        "__reduce_ex__": __reduce_ex__,
        "__repr__": __repr__,
        "__module__": "__main__",
        _HANDLE: None,
    }
    for method in methods:
        members[method] = _method(name, method, channel)
    return _ProxyType(name, (), members)


def _method(name: str, method: str, channel: Channel) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        number = _number(self, name)

        def operation() -> dict[str, Any]:
            # In its turn: no other thread's call of this object may overtake its new attributes.
            attributes = _changed(self)
            return {"op": "method", "number": number, "method": method, "attributes": attributes}

        reply = channel.call(operation, args, kwargs)
        _update(self, reply, [*args, *kwargs.values()])
        return reply["value"]

    call.__name__, call.__qualname__ = method, f"{name}.{method}"
    return call


def _number(self: Any, name: str) -> int:
    number = self.__dict__.get(_HANDLE)
    if number is None:
        raise RuntimeError(f"{name}.__init__ has not been called")
    return int(number)


def _update(self: Any, reply: Mapping[str, Any], given: Sequence[Any]) -> None:
    """Set attributes from the host's reply; those that are an argument become that same object."""
    fingerprints = self.__dict__.setdefault(_HANDLE + "_fingerprints", {})
    _unhide(type(self), (*reply["attributes"], *reply["same"]))
    for name, value in reply["attributes"].items():
        self.__dict__[name] = value
        fingerprints[name] = _fingerprint(value)
    for name, index in reply["same"].items():
        self.__dict__[name] = given[int(index)]
        fingerprints[name] = _fingerprint(given[int(index)])


def _unhide(kind: type, attributes: Iterable[str]) -> None:
    """Let objects have these attributes, even if the student's class has properties or slots."""
    for name in attributes:
        found = next((members(base)[name] for base in mro(kind) if name in members(base)), None)
        if hasattr(type(found), "__set__") and not isinstance(found, _Attribute):
            type.__setattr__(kind, name, _Attribute(name))


class _Attribute:
    """An ordinary attribute, in spite of what a base class has under its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        if owner is None:
            return self
        if self._name not in owner.__dict__:
            raise AttributeError(f"no attribute {self._name!r} yet")
        return owner.__dict__[self._name]

    def __set__(self, owner: Any, value: Any) -> None:
        owner.__dict__[self._name] = value


def _changed(self: Any) -> dict[str, Any]:
    """The attributes that have changed since the host last saw them."""
    fingerprints = self.__dict__.get(_HANDLE + "_fingerprints", {})
    changed = {}
    for name, before in fingerprints.items():
        if name in self.__dict__ and (now := _fingerprint(self.__dict__[name])) != before:
            changed[name] = self.__dict__[name]
            fingerprints[name] = now
    return changed


def _fingerprint(value: Any) -> Any:
    """A small value that changes whenever ``value`` does."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, zlib.crc32(np.ascontiguousarray(value).data.cast("B"))
    if isinstance(value, dict):
        return tuple((key, _fingerprint(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(map(_fingerprint, value))
    return value if value is None or isinstance(value, (bool, int, float, str)) else id(value)


def replace_method(kind: type, name: str, part: str, channel: Channel) -> None:
    """Replace a method of a class of the student's by the reference's.

    The student's own method still runs, for what it leaves behind for others (``self.x``); its
    result, or what it raises, does not count.

    Args:
        kind: the student's class.
        name: the method's name there.
        part: the method that replaces it, ``Class.method``.
        channel: the proxies' connection.
    """
    own, make = getattr(kind, name, None), kind.__init__  # type: ignore[misc]
    owner, _, method = part.partition(".")

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  it becomes one
        object.__setattr__(self, _MADE_WITH, (args, kwargs))
        make(self, *args, **kwargs)

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if own is not None:
            with contextlib.suppress(Exception):
                own(self, *map(_copied, args), **{k: _copied(v) for k, v in kwargs.items()})
        made_with, made_with_names = getattr(self, _MADE_WITH, ((), {}))
        operation = {
            "op": "method_of",
            "name": owner,
            "method": method,
            "args": list(made_with),
            "kwargs": made_with_names,
            "attributes": {k: v for k, v in vars(self).items() if _is_data(v)},
        }
        return channel.call(lambda: operation, args, kwargs)["value"]

    type.__setattr__(kind, "__init__", __init__)
    type.__setattr__(kind, name, call)


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _is_data(value: Any) -> bool:
    """Whether an attribute may be a layer's weights or settings, or a network's ``params``."""
    if isinstance(value, dict):
        return all(isinstance(item, np.ndarray) for item in value.values())
    return value is None or isinstance(value, (bool, int, float, str, np.ndarray))


@contextmanager
def while_cells_run() -> Iterator[None]:
    """Keep cells from changing the proxy classes."""
    _ProxyType.frozen = True
    try:
        yield
    finally:
        _ProxyType.frozen = False
