"""Working earlier parts for code that builds on them: each call is answered by the host.

A stand-in knows its name and its methods, and nothing of what it computes: arguments travel to the
host, which calls the reference, and the result comes back. It takes the place of a part wherever
the notebook looks for it: under its own name, in another spelling, in any module that is not there.

An object of a stand-in class keeps its public attributes (``W``, ``dW``, ``params``) here, where
student code shares them, changes them in place and replaces them; what has changed travels with the
next call. The rest of its state stays with the host, under a number.
"""

from __future__ import annotations

import re
import signal
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import numpy as np

Exchange = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Sends a message to the host and returns the next one from it."""

_HANDLE = "_stand_in_number"
_KINDS: dict[str, type[Exception]] = {
    kind.__name__: kind
    for kind in (
        ArithmeticError, AttributeError, FloatingPointError, IndexError, KeyError, MemoryError,
        NotImplementedError, OverflowError, RuntimeError, TimeoutError, TypeError, ValueError,
        ZeroDivisionError,
    )
}  # fmt: skip
_CLOCKS = {signal.SIGPROF, signal.SIGALRM}
_WORD = re.compile(r"[^\W\d]\w*")
_FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n#;]*)", re.M)
_IMPORT = re.compile(r"^[ \t]*import[ \t]+([^\n#;]+)", re.M)


class Channel:
    """Where stand-ins ask: the notebook's own socket while cells run, then the criterion's.

    Attributes:
        exchange: None while nobody would answer.
        keep: gives an object that does not travel a reference; the inverse is `kept`.
    """

    def __init__(self) -> None:
        self.exchange: Exchange | None = None
        self.kept: Callable[[Any], Any] = [].__getitem__

    def ask(self, question: dict[str, Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Ask the host, and run what functions it wants to be run meanwhile.

        Returns:
            The host's reply.

        Raises:
            Exception: what the reference raised.
        """
        if self.exchange is None:
            raise RuntimeError("there is nobody to ask")
        places, states = _without_generators([*args, *kwargs.values()])
        message: dict[str, Any] = {
            "stand_in": question,
            "args": places[: len(args)],
            "kwargs": dict(zip(kwargs, places[len(args) :], strict=True)),
            "generators": states,
        }
        given = [*args, *kwargs.values()]
        asked_for = [value.copy() for value in given if isinstance(value, np.ndarray)]
        try:
            while True:
                with _undisturbed():
                    reply = self.exchange(message)
                if "apply" not in reply:
                    break
                message = self._apply(reply, given)
        finally:
            for value, before in zip(filter(_is_array, given), asked_for, strict=True):
                if value.tobytes() != before.tobytes():
                    value[...] = before
        if "raised" in reply:
            kind = _KINDS.get(str(reply["raised"]), RuntimeError)
            raise kind(str(reply.get("text", "")))
        for place, state in reply.get("generators", {}).items():
            given[int(place)].bit_generator.state = state
        for place, value in reply.get("written", {}).items():
            _write(given[int(place)], value)
        return reply

    def _apply(self, request: Mapping[str, Any], given: Sequence[Any]) -> dict[str, Any]:
        """Call a function of the student's on values from the host.

        ``numerical_gradient(lambda _: net.loss(x, t), net.params["W1"])``: many such functions look
        at the array itself, which therefore holds the values for as long as the function runs.
        """
        args = [
            next((own for own in given if _holds(own, value)), value) for value in request["args"]
        ]
        for own, value in zip(args, request["args"], strict=True):
            if own is not value:
                own[...] = value
        try:
            return {"applied": self.kept(request["apply"])(*args)}
        except Exception as error:
            return {"failed": f"{type(error).__name__}: {error}"[:200]}


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _holds(own: Any, value: Any) -> bool:
    """Whether an argument of the student's is where such a value belongs."""
    return (
        isinstance(own, np.ndarray)
        and isinstance(value, np.ndarray)
        and own.shape == value.shape
        and own.dtype.kind == "f"
        and own.flags.writeable
    )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No timer interrupts a message half-way: what is left of it would be read as the next one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _CLOCKS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _without_generators(values: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    """Random generators travel as their state."""
    places, states = list(values), {}
    for place, value in enumerate(values):
        if isinstance(value, np.random.Generator):
            places[place], states[str(place)] = None, value.bit_generator.state
    return places, states


def _write(target: Any, value: Any) -> None:
    """Change an argument in place as the reference changed its copy of it."""
    if isinstance(target, np.ndarray):
        target[...] = value
    elif isinstance(target, dict) and isinstance(value, dict):
        for key, item in value.items():
            if isinstance(target.get(key), np.ndarray) and target[key].shape == np.shape(item):
                target[key][...] = item
            else:
                target[key] = item
    elif isinstance(target, list):
        target[:] = value


def make(description: Mapping[str, Any], channel: Channel) -> Any:
    """A stand-in as the host describes it: a ``name``, and ``methods`` if it is a class."""
    name, methods = description["name"], description["methods"]
    return _function(name, channel) if methods is None else _class(name, methods, channel)


def _function(name: str, channel: Channel) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        return channel.ask({"op": "call", "name": name}, args, kwargs)["value"]

    function.__name__ = function.__qualname__ = name
    function.__module__ = "__main__"
    return function


class _Kind(type):
    """The class of stand-in classes: while cells run, none of their attributes is replaced.

    ``Pooling.backward = backward`` in a cell belongs to the student's class, which is not there.
    """

    frozen = False

    def __setattr__(cls, name: str, value: Any) -> None:
        if not (_Kind.frozen and _HANDLE in cls.__dict__):
            super().__setattr__(name, value)


def _class(name: str, methods: Iterable[str], channel: Channel) -> type:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  it becomes one
        reply = channel.ask({"op": "make", "name": name}, args, kwargs)
        self.__dict__[_HANDLE] = reply["number"]
        _take(self, reply, [*args, *kwargs.values()])

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:  # noqa: N807  it becomes one
        import copy

        twin = object.__new__(type(self))
        memo[id(self)] = twin
        for key, value in self.__dict__.items():
            twin.__dict__[key] = copy.deepcopy(value, memo)
        number = {"op": "copy", "number": _number(self, name)}
        twin.__dict__[_HANDLE] = channel.ask(number, (), {})["number"]
        return twin

    def __reduce_ex__(_self: Any, _protocol: Any) -> Any:  # noqa: N807  it becomes one
        raise TypeError(f"a {name} of the grader's cannot be pickled; keep its W and b instead")

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
    return _Kind(name, (), members)


def _method(name: str, method: str, channel: Channel) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        question = {
            "op": "method",
            "number": _number(self, name),
            "method": method,
            "attributes": _changed(self),
        }
        reply = channel.ask(question, args, kwargs)
        _take(self, reply, [*args, *kwargs.values()])
        return reply["value"]

    call.__name__, call.__qualname__ = method, f"{name}.{method}"
    return call


def _number(self: Any, name: str) -> int:
    number = self.__dict__.get(_HANDLE)
    if number is None:
        raise RuntimeError(f"{name}.__init__ has not been called")
    return int(number)


def _take(self: Any, reply: Mapping[str, Any], given: Sequence[Any]) -> None:
    """Take over attributes from the host; those that are an argument are that very argument."""
    marks = self.__dict__.setdefault(_HANDLE + "_marks", {})
    for name, value in reply["attributes"].items():
        self.__dict__[name] = value
        marks[name] = _mark(value)
    for name, place in reply["same"].items():
        self.__dict__[name] = given[int(place)]
        marks[name] = _mark(given[int(place)])


def _changed(self: Any) -> dict[str, Any]:
    """The attributes that are not what they were when the host last saw them."""
    marks = self.__dict__.get(_HANDLE + "_marks", {})
    changed = {}
    for name, before in marks.items():
        if name in self.__dict__ and (mark := _mark(self.__dict__[name])) != before:
            changed[name] = self.__dict__[name]
            marks[name] = mark
    return changed


def _mark(value: Any) -> Any:
    """Something small that differs when a value does."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, zlib.crc32(np.ascontiguousarray(value).data.cast("B"))
    if isinstance(value, dict):
        return tuple((key, _mark(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(map(_mark, value))
    return value if value is None or isinstance(value, (bool, int, float, str)) else id(value)


class Installed:
    """The stand-ins of one notebook, and all the places where it will look for them.

    Args:
        descriptions: from the host: ``name``, ``methods`` (None for a function), ``spellings``
            (other names for it) and ``replaces`` (names of the notebook's own that it replaces).
        sources: the notebook's cells.
        channel: where stand-ins ask.

    Attributes:
        fixed: by name, what no cell may define otherwise.
        loose: spellings that the notebook uses and may also define itself.
    """

    def __init__(
        self,
        descriptions: Sequence[Mapping[str, Any]] = (),
        sources: Sequence[str] = (),
        channel: Channel | None = None,
    ) -> None:
        self.fixed: dict[str, Any] = {}
        self.loose: dict[str, Any] = {}
        self._by_form: dict[str, Any] = {}
        for description in descriptions:
            stand_in = make(description, channel or Channel())
            name = description["name"]
            self.fixed |= dict.fromkeys([name, *description["replaces"]], stand_in)
            for spelling in (name, *description["spellings"]):
                self._by_form.setdefault(_form(spelling), stand_in)
        text = "\n".join(sources)
        for word in set(_WORD.findall(text)) - set(self.fixed):
            stand_in = self.find(word)
            if stand_in is not None:
                self.loose[word] = stand_in
        self._serve_modules(text)

    def find(self, name: str) -> Any:
        """The stand-in that is meant by a name in any spelling; None if there is none."""
        return self.fixed.get(name) or self._by_form.get(_form(name))

    def _serve_modules(self, text: str) -> None:
        """Let the modules from which the notebook takes these names be importable."""
        names = {name for name in _WORD.findall(text) if self.find(name) is not None}
        members = "|".join(sorted(map(re.escape, names)))
        if not members:
            return
        wanted: set[str] = set()
        for module, imported in _FROM.findall(text):
            if module.startswith("."):
                continue
            pieces = [piece.split() for piece in imported.strip("() \t").split(",")]
            for name, *alias in filter(None, pieces):
                if name == "*" or name in names:
                    wanted.add(module)
                elif _takes(text, alias[-1] if alias else name, members):
                    wanted.add(f"{module}.{name}")
        for imported in _IMPORT.findall(text):
            for module, *alias in filter(None, (piece.split() for piece in imported.split(","))):
                if _takes(text, alias[-1] if alias else module, members):
                    wanted.add(module)
        found = {name: stand_in for name in names if (stand_in := self.find(name)) is not None}
        sys.meta_path.append(_Finder(wanted, found))


def _takes(text: str, module: str, members: str) -> bool:
    """Whether the notebook takes one of these from a module: ``util.im2col``."""
    return re.search(rf"\b{re.escape(module)}[ \t]*\.[ \t]*(?:{members})\b", text) is not None


def _form(name: str) -> str:
    return name.replace("_", "").casefold()


class _Finder(MetaPathFinder):
    """Finds modules that are not there otherwise: it answers last."""

    def __init__(self, modules: Iterable[str], members: Mapping[str, Any]) -> None:
        self._members = members
        self._modules = set(modules)
        for module in list(self._modules):
            while "." in module:
                module = module.rpartition(".")[0]
                self._modules.add(module)

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> ModuleSpec | None:
        if name not in self._modules:
            return None
        return ModuleSpec(name, _Loader(self._members), is_package=True)


class _Loader(Loader):
    def __init__(self, members: Mapping[str, Any]) -> None:
        self._members = members

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: ModuleType) -> None:
        vars(module).update(self._members)
        vars(module)["__all__"] = list(self._members)


@contextmanager
def while_cells_run() -> Iterator[None]:
    """Within, cells leave the stand-in classes as they are."""
    _Kind.frozen = True
    try:
        yield
    finally:
        _Kind.frozen = False
