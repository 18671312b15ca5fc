"""Proxies of working earlier parts for code that builds on them: the host executes each call.

A proxy has a name and methods but no implementation: the arguments are sent to the host, which
calls the reference and sends back the result. It replaces a part wherever the notebook looks it up:
under its own name, in another spelling, or in any module that does not exist.

An object of a proxy class keeps its public attributes (``W``, ``dW``, ``params``) here, where
student code may share, modify or replace them; changes are sent with the next call. The rest of its
state stays with the host, identified by a number.
"""

from __future__ import annotations

import contextlib
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
"""Sends a message to the host and returns the next message from the host."""

_HANDLE = "_proxy_number"
_MADE_WITH = "_proxy_made_with"
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
    """The proxies' connection: the notebook's socket while cells run, then the criterion's.

    Attributes:
        exchange: None while there is no connection.
        kept: the object with a number, for functions that were passed by reference.
    """

    def __init__(self) -> None:
        self.exchange: Exchange | None = None
        self.kept: Callable[[Any], Any] = [].__getitem__

    def call(
        self, operation: dict[str, Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Send a call to the host, and run the student's functions that the host calls meanwhile.

        Returns:
            The host's reply.

        Raises:
            Exception: what the reference raised.
        """
        if self.exchange is None:
            raise RuntimeError("the grader's code cannot be called now")
        values, states = _without_generators([*args, *kwargs.values()])
        message: dict[str, Any] = {
            "proxy": operation,
            "args": values[: len(args)],
            "kwargs": dict(zip(kwargs, values[len(args) :], strict=True)),
            "generators": states,
        }
        given = [*args, *kwargs.values()]
        originals = [value.copy() for value in given if isinstance(value, np.ndarray)]
        try:
            while True:
                with _undisturbed():
                    reply = self.exchange(message)
                if "apply" not in reply:
                    break
                message = self._apply(reply, given)
        finally:
            for value, before in zip(filter(_is_array, given), originals, strict=True):
                if value.tobytes() != before.tobytes():
                    value[...] = before
        if "raised" in reply:
            kind = _KINDS.get(str(reply["raised"]), RuntimeError)
            raise kind(str(reply.get("text", "")))
        for index, state in reply.get("generators", {}).items():
            given[int(index)].bit_generator.state = state
        for index, value in reply.get("written", {}).items():
            _write(given[int(index)], value)
        return reply

    def _apply(self, request: Mapping[str, Any], given: Sequence[Any]) -> dict[str, Any]:
        """Call one of the student's functions with values from the host.

        Functions as in ``numerical_gradient(lambda _: net.loss(x, t), net.params["W1"])`` ignore
        their argument and read the array itself, so the array holds the values while they run.
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
    """Whether one of the student's arguments can hold a value from the host."""
    return (
        isinstance(own, np.ndarray)
        and isinstance(value, np.ndarray)
        and own.shape == value.shape
        and own.dtype.kind == "f"
        and own.flags.writeable
    )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Block timers during a message, since the rest of it would be read as the next message."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _CLOCKS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _without_generators(values: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    """The values with random generators replaced by None, and the generators' states by index."""
    others, states = list(values), {}
    for index, value in enumerate(values):
        if isinstance(value, np.random.Generator):
            others[index], states[str(index)] = None, value.bit_generator.state
    return others, states


def _write(target: Any, value: Any) -> None:
    """Change an argument in place as the reference changed its copy."""
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


def make_proxy(description: Mapping[str, Any], channel: Channel) -> Any:
    """The proxy that the host describes by a ``name``, and ``methods`` if it is a class."""
    name, methods = description["name"], description["methods"]
    return _function(name, channel) if methods is None else _class(name, methods, channel)


def _function(name: str, channel: Channel) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        return channel.call({"op": "call", "name": name}, args, kwargs)["value"]

    function.__name__ = function.__qualname__ = name
    function.__module__ = "__main__"
    return function


class _ProxyType(type):
    """Metaclass of proxy classes: their attributes cannot be replaced while cells run.

    ``Pooling.backward = backward`` in a cell is meant for the student's class, which is missing.
    """

    frozen = False

    def __setattr__(cls, name: str, value: Any) -> None:
        if not (_ProxyType.frozen and _HANDLE in cls.__dict__):
            super().__setattr__(name, value)


def _class(name: str, methods: Iterable[str], channel: Channel) -> type:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  it becomes one
        reply = channel.call({"op": "make", "name": name}, args, kwargs)
        self.__dict__[_HANDLE] = reply["number"]
        _update(self, reply, [*args, *kwargs.values()])

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:  # noqa: N807  it becomes one
        import copy

        twin = object.__new__(type(self))
        memo[id(self)] = twin
        for key, value in self.__dict__.items():
            twin.__dict__[key] = copy.deepcopy(value, memo)
        number = {"op": "copy", "number": _number(self, name)}
        twin.__dict__[_HANDLE] = channel.call(number, (), {})["number"]
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
        operation = {
            "op": "method",
            "number": _number(self, name),
            "method": method,
            "attributes": _changed(self),
        }
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
    for name, value in reply["attributes"].items():
        self.__dict__[name] = value
        fingerprints[name] = _fingerprint(value)
    for name, index in reply["same"].items():
        self.__dict__[name] = given[int(index)]
        fingerprints[name] = _fingerprint(given[int(index)])


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
        return channel.call(operation, args, kwargs)["value"]

    type.__setattr__(kind, "__init__", __init__)
    type.__setattr__(kind, name, call)


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _is_data(value: Any) -> bool:
    """Whether an attribute may be a layer's weights or settings, or a network's ``params``."""
    if isinstance(value, dict):
        return all(isinstance(item, np.ndarray) for item in value.values())
    return value is None or isinstance(value, (bool, int, float, str, np.ndarray))


class InstalledProxies:
    """The proxies of one notebook, installed wherever the notebook will look them up.

    Args:
        descriptions: from the host: ``name``, ``methods`` (None for a function), ``spellings``
            (other names for it) and ``replaces`` (the notebook's own names that it replaces; for a
            ``Class.method``, the class's and the method's).
        sources: the notebook's cells.
        channel: the proxies' connection.

    Attributes:
        fixed: proxies by name that no cell may redefine.
        loose: proxies by a spelling that the notebook uses and may also define itself.
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
        self._channel = channel or Channel()
        self._methods = [each for each in descriptions if "." in each["name"]]
        for description in descriptions:
            if "." in description["name"]:
                continue
            proxy = make_proxy(description, self._channel)
            name = description["name"]
            self.fixed |= dict.fromkeys([name, *description["replaces"]], proxy)
            for spelling in (name, *description["spellings"]):
                self._by_form.setdefault(_form(spelling), proxy)
        text = "\n".join(sources)
        for word in set(_WORD.findall(text)) - set(self.fixed):
            proxy = self.find(word)
            if proxy is not None:
                self.loose[word] = proxy
        self._serve_modules(text)

    def replace_methods(self, own: Mapping[str, Any]) -> None:
        """Replace methods of the student's classes, once all cells have run.

        Args:
            own: what the student defined, by name.
        """
        for description in self._methods:
            kind, name = description["replaces"]
            if isinstance(own.get(kind), type):
                replace_method(own[kind], name, description["name"], self._channel)

    def find(self, name: str) -> Any:
        """The proxy that a name refers to in any spelling, or None."""
        return self.fixed.get(name) or self._by_form.get(_form(name))

    def _serve_modules(self, text: str) -> None:
        """Make the modules importable from which the notebook imports these names."""
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
        found = {name: proxy for name in names if (proxy := self.find(name)) is not None}
        sys.meta_path.append(_Finder(wanted, found))


def _takes(text: str, module: str, members: str) -> bool:
    """Whether the notebook uses one of these as a module's attribute, such as ``util.im2col``."""
    return re.search(rf"\b{re.escape(module)}[ \t]*\.[ \t]*(?:{members})\b", text) is not None


def _form(name: str) -> str:
    return name.replace("_", "").casefold()


class _Finder(MetaPathFinder):
    """Finds modules that do not exist otherwise, since it comes last in ``sys.meta_path``."""

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
    """Keep cells from changing the proxy classes."""
    _ProxyType.frozen = True
    try:
        yield
    finally:
        _ProxyType.frozen = False
