"""What a suite gets from the student's code: answers to call further, and to compare.

A call returns an `Answer`: a value, or a handle of an object that stays in the sandbox. An answer
has no truth value, ``==``, length or iteration, so that no suite passes by accident (``assert
student.f()`` would hold for any object); it is compared with `autograder.suite.same`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from autograder.sandbox.host.session import (
    CallResult,
    Conversation,
    StudentFailure,
    StudentProtocolError,
    StudentRaised,
    WantArgs,
    Work,
)
from autograder.sandbox.protocol import wire
from autograder.suite.compare import type_name
from autograder.suite.repeated_calls import SIMPLE, forget_calls, made_before
from autograder.text import Text


class UnsupportedOperation(StudentFailure):
    """A plain value was returned, but the suite uses it as an object, a function or a pair."""

    def __init__(
        self, call: str, got: str, wanted: str, within: tuple[Any, ...] | None = None
    ) -> None:
        super().__init__(f"{call} gave {got}, which has no {wanted}")
        self.label = call
        self.got = got
        self.wanted = wanted
        self.within = within or ()


_UNFETCHED = object()


class Answer:
    """A remote object in the sandbox, or a value received from there.

    Calling it calls the remote object; attributes and items are remote as well, and assigning to
    them sets them remotely (``set_items(...)``: several at once). ``inplace(...)`` calls it and
    also fetches the arguments afterwards, ``passed(...)`` the arrays that were in them.
    """

    __slots__ = (
        "_arguments",
        "_base",
        "_conversation",
        "_label",
        "_measured",
        "_method_names",
        "_repeated",
        "_steps",
        "_value",
        "_within",
        "_work",
    )  # fmt: skip

    _conversation: Conversation
    _base: Mapping[str, Any] | None
    _steps: tuple[tuple[str, Any], ...]
    _label: str
    _value: Any
    _arguments: list[Answer] | None
    _repeated: bool
    _measured: Text | None
    _work: Work | None
    _within: tuple[Any, ...] | None
    """Where in the result of a call it is: the keys by which the suite has taken it out of a tuple,
    list or dict that has arrived here. No request tells of them. None if it is of no call's result,
    such as an argument after a call.
    """
    _method_names: Mapping[str, str]
    """For a class and its objects: expected method name → the student's, where they differ."""

    def __init__(
        self,
        conversation: Conversation,
        base: Mapping[str, Any] | None,
        steps: tuple[tuple[str, Any], ...],
        label: str,
        value: Any = _UNFETCHED,
    ) -> None:
        put = object.__setattr__
        put(self, "_conversation", conversation)
        put(self, "_base", base)
        put(self, "_steps", steps)
        put(self, "_label", label)
        put(self, "_value", value)
        put(self, "_arguments", None)
        put(self, "_repeated", False)
        put(self, "_within", None)
        put(self, "_measured", None)
        put(self, "_work", None)
        put(self, "_method_names", {})

    # --- what suites use --------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Answer:
        """Call it with arrays, numbers, answers, or functions of the suite."""
        return self._call(args, kwargs, want_args=False)

    def inplace(self, *args: Any, **kwargs: Any) -> Answer:
        """Call it; ``arguments`` of the answer are the arguments as they are after the call."""
        return self._call(args, kwargs, want_args=True)

    def passed(self, *args: Any, **kwargs: Any) -> Answer:
        """Call it; ``arguments`` of the answer have the very arrays that were passed.

        Not others that the call put in their place in a dict or list, so this tells code that
        changes an array from code that replaces it.
        """
        return self._call(args, kwargs, want_args="passed")

    def counted(self, *args: Any, **kwargs: Any) -> Answer:
        """Call it and count the work that this takes; see `autograder.suite.no_more_work`."""
        return self._call(args, kwargs, want_args=False, count=True)

    def set_items(self, items: Mapping[Any, Any]) -> None:
        """Set each item, as ``answer[key] = item`` does, in a single request."""
        if self._base is None:
            raise self._unsupported(f"[{next(iter(items))!r}]")
        sent = {key: _outgoing(item) for key, item in items.items()}
        forget_calls(self._conversation)
        try:
            self._request("set_items", value=sent, label=f"{self._label}[…] = …")
        except StudentFailure as failure:
            at = failure.item if isinstance(failure, StudentRaised) else None
            if at is not None and 0 <= at < len(items):
                key, item = list(items.items())[at]
                failure.label = f"{self._label}[{key!r}] = {show(item)}"
            raise

    @property
    def arguments(self) -> list[Answer]:
        """The arguments after a call by ``inplace`` or ``passed``."""
        if self._arguments is None:
            raise TypeError("only an answer of .inplace(...) or .passed(...) has arguments")
        return self._arguments

    def __getattr__(self, name: str) -> Answer:
        if name.startswith("__"):
            raise AttributeError(name)
        theirs = self._method_names.get(name, name)
        return self._step("attr", theirs, f".{theirs}")

    def __getitem__(self, key: Any) -> Answer:
        if self._base is None and isinstance(self._value, (dict, tuple, list)):
            try:
                inner = self._value[key]
            except (LookupError, TypeError):
                raise self._unsupported(f"[{key!r}]") from None
            answer = self._from(inner, f"{self._label}[{key!r}]")
            if self._within is not None:
                object.__setattr__(answer, "_within", (*self._within, key))
            return answer
        return self._step("item", key, f"[{key!r}]")

    def __setattr__(self, name: str, value: Any) -> None:
        self._set("attr", self._method_names.get(name, name), value)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._set("item", key, value)

    # --- what a suite must not do -----------------------------------------------------------

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("an answer of the student's code can only be compared with same(...)")

    __bool__ = __len__ = __iter__ = __contains__ = __float__ = __int__ = __index__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __array__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __hash__ = None  # type: ignore[assignment]

    # --- implementation ---------------------------------------------------------------------

    def _call(
        self,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        want_args: WantArgs,
        count: bool = False,
    ) -> Answer:
        if len(self._steps) > 1:  # a method of what an object holds: `layer.params["W"].put(…)`
            forget_calls(self._conversation)
        texts = [*map(show, args), *(f"{name}={show(value)}" for name, value in kwargs.items())]
        label = f"{self._label}({', '.join(texts)})"
        sent = [_outgoing(arg) for arg in args]
        named = {name: _outgoing(value) for name, value in kwargs.items()}
        value = self._request(
            "call", args=sent, kwargs=named, want_args=want_args, count=count, label=label
        )
        answer = self._from(value.value, label)
        object.__setattr__(answer, "_work", value.work)
        object.__setattr__(answer, "_within", ())
        before = made_before(self._conversation, self._base or {}, self._steps, sent, named)
        object.__setattr__(answer, "_repeated", before)
        if not self._steps:  # calling a class returns its objects; methods may return anything
            object.__setattr__(answer, "_method_names", self._method_names)
        if want_args:
            back = value.args or []
            if len(back) != len(sent):
                failure = StudentProtocolError("the arguments did not come back")
                failure.label = label
                raise failure
            arguments = [
                self._from(item, f"{label}  # args[{place}]") for place, item in enumerate(back)
            ]
            object.__setattr__(answer, "_arguments", arguments)
        return answer

    def _from(self, value: Any, label: str) -> Answer:
        if isinstance(value, wire.Reference):
            return Answer(self._conversation, {"ref": value.number}, (), label, value)
        return Answer(self._conversation, None, (), label, value)

    def _step(self, kind: str, key: Any, text: str) -> Answer:
        if self._base is None:
            raise self._unsupported(text)
        steps = (*self._steps, (kind, key))
        return Answer(self._conversation, self._base, steps, self._label + text)

    def _set(self, kind: str, key: Any, value: Any) -> None:
        text = f".{key}" if kind == "attr" else f"[{key!r}]"
        if self._base is None:
            raise self._unsupported(text)
        steps = (*self._steps, (kind, key))
        label = f"{self._label}{text} = {show(value)}"
        forget_calls(self._conversation)
        self._request("set", steps=steps, value=_outgoing(value), label=label)

    def _request(self, op: str, *, label: str, steps: Any = None, **fields: Any) -> CallResult:
        if self._base is None:
            raise self._unsupported("(...)")
        path = self._steps if steps is None else steps
        place = {**self._base, "steps": [list(step) for step in path]}
        try:
            return self._conversation.request(op, place, **fields)
        except StudentFailure as failure:
            failure.label = label
            raise

    def _unsupported(self, wanted: str) -> UnsupportedOperation:
        return UnsupportedOperation(self._label, type_name(self._value), wanted, self._within)


def repeated(answer: Answer) -> bool:
    """Whether the same call with the same data was made before."""
    return answer._repeated


def work(answer: Answer) -> Work | None:
    """How much work a ``counted`` call did; None if it was not counted."""
    return answer._work


def fetch(answer: Answer) -> Any:
    """The value of an answer; for an object that stays in the sandbox, its `wire.Reference`."""
    if answer._value is _UNFETCHED or (isinstance(answer._value, wire.Reference) and answer._steps):
        value = answer._request("get", label=answer._label).value
        object.__setattr__(answer, "_value", value)
    return answer._value


def named(conversation: Conversation, name: str, methods: Mapping[str, str]) -> Answer:
    """A function or class of the notebook.

    Args:
        conversation: with the student's code.
        name: what the notebook calls it.
        methods: the course's names of its methods, where the notebook spells them differently,
            with the notebook's spelling.
    """
    answer = Answer(conversation, {"name": name}, (), name)
    object.__setattr__(answer, "_method_names", methods)
    return answer


def derived(answer: Answer, what: Text, value: Any) -> Answer:
    """A value computed from an answer, as another answer."""
    computed = Answer(answer._conversation, None, (), label(answer), value)
    object.__setattr__(computed, "_measured", what)
    return computed


def what_was_measured(answer: Answer) -> Text | None:
    """What a `derived` answer is called; None if it is what a call returned."""
    return answer._measured


def variables(answer: Answer) -> dict[str, Answer]:
    """The attributes of an object that stays in the sandbox, by name; none of a plain value.

    Of a class: those that it defines itself.
    """
    step = Answer._step(answer, "attr", "__dict__", "")
    found = fetch(step)
    if isinstance(found, wire.Reference) and found.class_name == "mappingproxy":
        found = fetch(step.copy())
    if not isinstance(found, dict):
        return {}
    return {name: Answer._from(answer, found[name], f"{label(answer)}.{name}") for name in found}


def held_arrays(answer: Answer) -> dict[tuple[Any, ...], np.ndarray[Any, Any]]:
    """The arrays in an object's attributes, also those in dicts, lists and tuples there.

    By place: the attribute's name, and the keys from there.
    """
    found: dict[tuple[Any, ...], np.ndarray[Any, Any]] = {}
    rest: list[tuple[tuple[Any, ...], Any]] = [
        ((name,), fetch(each)) for name, each in variables(answer).items()
    ][::-1]
    while rest:
        place, value = rest.pop()
        if isinstance(value, np.ndarray):
            found[place] = value
        elif isinstance(value, dict):
            rest += [((*place, key), each) for key, each in value.items()][::-1]
        elif isinstance(value, (list, tuple)):
            rest += [((*place, key), each) for key, each in enumerate(value)][::-1]
    return found


def label(answer: Answer) -> str:
    """The call that returned the answer, with arrays by shape: ``im2col(array(2, 3, 5), 3, 3)``."""
    return answer._label


def within(answer: Answer) -> tuple[Any, ...]:
    """Where in the result of a call the answer is: ``(2,)`` for ``train_softmax(…)[2]``."""
    return answer._within or ()


def keys(path: Iterable[Any]) -> str:
    """A path into a result as code: ``[2][0]``."""
    return "".join(f"[{key!r}]" for key in path)


def show(value: Any) -> str:
    """An argument in the text of a call: arrays by shape, the rest by ``repr``."""
    if type(value) in SIMPLE:
        return _short(repr(value))
    if isinstance(value, Answer):
        return _short(label(value))
    if isinstance(value, np.ndarray):
        inner = ", ".join(map(str, value.shape))
        dtype = "" if value.dtype == np.float64 else f", {value.dtype.name}"
        return f"array({inner}{dtype})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {show(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        if len(value) > 4 and all(isinstance(item, (int, float)) for item in value):
            return f"{type(value).__name__} of {len(value)} numbers"
        inner = ", ".join(map(show, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
    if callable(value):
        return getattr(value, "__name__", "function").strip("<>")
    return _short(repr(value.item() if isinstance(value, np.generic) else value))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _outgoing(value: Any) -> Any:
    """Replace answers in arguments by their handle or plain value."""
    if type(value) in SIMPLE:
        return value
    if isinstance(value, Answer):
        return fetch(value)
    if isinstance(value, dict):
        return {key: _outgoing(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_outgoing(item) for item in value)
    return value
