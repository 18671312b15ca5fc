"""Record what the global names that a definition uses meant when it was made.

A later cell may overwrite what an earlier answer uses: ``range = (0, 255)``, ``for np in images:``,
a helper of the same name. In Jupyter, the answer worked when it was written and checked. So the
names that the student's functions use are recorded after every cell, and a criterion can be graded
in the *world* (the meaning of all these names) at the end of the defining cell as well as in the
world at the end of the notebook.

Names are recorded only if a function uses them, and only when they change, so an ordinary notebook
costs one dictionary lookup per name and cell. None of the student's code runs here.
"""

from __future__ import annotations

import functools
import math
import random
import types
import warnings
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .bytecode import Use, uses
from .classes import members, mro
from .contents import contents, refill

MAX_CODE_OBJECTS = 2000
LARGE_BYTES = 2**20
"""Larger arrays are not kept alive for earlier worlds."""

_ABSENT = object()
_GLOBALS, _CONTENTS, _SETTINGS = "", "contents", "settings"
_MODULES = {
    "np": np,
    "np.random": np.random,
    "np.linalg": np.linalg,
    "math": math,
    "random": random,
}
_ERRORS, _FILTERS = (_SETTINGS, "np.seterr"), (_SETTINGS, "warnings.simplefilter")

Key = tuple[str, str]
"""Where a name lives (`_GLOBALS`, a module of `_MODULES`, or `_SETTINGS`), and the name.

`_CONTENTS` refers to the contents of the object that a global name is bound to.
"""


@dataclass
class Worlds:
    """The history of the names that the student's definitions use.

    Args:
        namespace: the notebook's globals.
        builtins: the builtins that it sees.
    """

    namespace: dict[str, Any]
    builtins: dict[str, Any]
    _cells: list[int] = field(default_factory=list)
    _made_in: dict[str, int] = field(default_factory=dict)
    _globals: set[str] = field(default_factory=set)
    _attributes: set[str] = field(default_factory=set)
    _history: dict[Key, list[tuple[int, Any]]] = field(default_factory=dict)

    def defined(self, name: str, value: object) -> None:
        """Record that the current cell defines ``name``."""
        self._made_in[name] = len(self._cells)
        for code in self.codes(value):
            loaded, attributes = _names(code)
            self._globals |= loaded
            self._attributes |= attributes

    def cell_ended(self, index: int) -> None:
        """Record what changed in the cell at this position of the notebook."""
        now = len(self._cells)
        self._cells.append(index)
        for key, value in self._current():
            past = self._history.setdefault(key, [])
            if not past or not _same(key, past[-1][1], value):
                past.append((now, _kept(value)))

    def overwritten(self, own: Mapping[str, object]) -> dict[str, list[tuple[str, int]]]:
        """Names that a definition uses and that meant something else when it was made.

        Args:
            own: what the student defined, by name.

        Returns:
            For each definition with such names: (name, index of the cell that overwrote it).
        """
        end = dict(self._current())
        if not any(not _same(key, past[0][1], end.get(key)) for key, past in self._history.items()):
            return {}
        found = {name: self._changed(name, value, end) for name, value in own.items()}
        return {name: changed for name, changed in found.items() if changed}

    def forget_unchanged(self) -> None:
        """Forget the names that meant the same all along, which no world has to restore.

        An array that is remembered here has one more reference, and ``array.resize(...)`` refuses
        arrays to which somebody else refers.
        """
        end = dict(self._current())
        self._history = {
            key: past
            for key, past in self._history.items()
            if not all(_same(key, value, end.get(key)) for _, value in past)
        }

    def enter(self, name: str) -> None:
        """Restore the world in which ``name`` was defined. It can be done once."""
        at = self._made_in.get(name, len(self._cells))
        for key, past in sorted(self._history.items()):  # globals before their contents
            self._put(key, _value_at(past, at)[0])
        self._history.clear()

    def _current(self) -> Iterator[tuple[Key, Any]]:
        for name in self._globals:
            value = self.namespace.get(name, self.builtins.get(name, _ABSENT))
            yield (_GLOBALS, name), value
            if (inside := contents(value)) is not None:
                yield (_CONTENTS, name), inside
        for module_name, module in _MODULES.items():
            space = vars(module)
            for name in self._attributes & space.keys():
                yield (module_name, name), space[name]
        yield _ERRORS, tuple(np.geterr().values())
        yield _FILTERS, tuple(warnings.filters)

    def _changed(
        self, name: str, value: object, end: Mapping[Key, object]
    ) -> list[tuple[str, int]]:
        """Follow the definition and, in its own world, the functions that it uses."""
        at = self._made_in.get(name, len(self._cells))
        changed: dict[str, int] = {}
        seen: set[Key] = set()
        unread: list[object] = [value]
        while unread:
            for code in self.codes(unread.pop()):
                for key in _keys(code):
                    if key in seen or key not in self._history:
                        continue
                    seen.add(key)
                    past = self._history[key]
                    then, since = _value_at(past, at)
                    if not _same(key, then, end.get(key)):
                        later = (place for place, _ in past if place > since)
                        shown = f"{key[0]}.{key[1]}" if key[0] in _MODULES else key[1]
                        where = self._cells[next(later, len(self._cells) - 1)]
                        changed.setdefault(shown, where)
                    if key[0] == _GLOBALS:
                        unread.append(then)
        return sorted(changed.items(), key=lambda pair: (pair[1], pair[0]))

    def _put(self, key: Key, value: Any) -> None:
        place, name = key
        if key == _ERRORS:
            np.seterr(**dict(zip(np.geterr(), value, strict=True)))
        elif key == _FILTERS:
            warnings.filters[:] = value  # type: ignore[index]
            getattr(warnings, "_filters_mutated", bool)()  # else Python uses what it had cached
        elif place == _CONTENTS:
            holder = self.namespace.get(name)
            if value is not _ABSENT and contents(holder) is not None:
                refill(holder, value)
        elif place != _GLOBALS:
            setattr(_MODULES[place], name, value)
        elif value is _ABSENT or value is self.builtins.get(name, _ABSENT):
            self.namespace.pop(name, None)
        else:
            self.namespace[name] = value

    def codes(self, thing: object) -> Iterator[types.CodeType]:
        """The code objects of a definition, including wrapped ones."""
        seen: set[int] = set()
        unread = [thing]
        while unread and len(seen) < MAX_CODE_OBJECTS:
            one = unread.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            if type(one) is types.CodeType:
                yield one
                unread += [const for const in one.co_consts if type(const) is types.CodeType]
            else:
                unread += self._within(one)

    def _within(self, one: Any) -> list[object]:
        """The objects in which the code of a function, class or wrapper may be found."""
        kind = type(one)
        if kind is types.FunctionType:
            inner = [cell for cell in map(_contents, one.__closure__ or ()) if cell is not _ABSENT]
            # Another module's function has other globals.
            return [one.__code__, *inner] if one.__globals__ is self.namespace else inner
        if kind in (staticmethod, classmethod, types.MethodType):
            return [one.__func__]
        if kind is property:
            return [one.fget, one.fset, one.fdel]
        if kind in (functools.partial, functools.partialmethod, functools.cached_property):
            return [one.func]
        if kind is functools._lru_cache_wrapper:
            return [one.__wrapped__]
        if issubclass(kind, type):
            bases = [base for base in mro(one) if base is not object]
            return [value for base in bases for value in members(base).values()]
        return [kind] if members(kind).get("__module__") == "__main__" else []


def _contents(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return _ABSENT


@functools.lru_cache(maxsize=MAX_CODE_OBJECTS)
def _names(code: types.CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """The global names that a code object uses, and its other names, attributes among them."""
    loaded = frozenset(name for use, name in uses(code) if use is Use.GLOBAL)
    return loaded, frozenset(code.co_names) - loaded


def global_names(code: types.CodeType) -> frozenset[str]:
    """The global names that a code object uses."""
    return _names(code)[0]


def _keys(code: types.CodeType) -> Iterator[Key]:
    loaded, attributes = _names(code)
    yield from ((place, name) for place in (_GLOBALS, _CONTENTS) for name in sorted(loaded))
    yield from ((module, name) for module in _MODULES for name in sorted(attributes))
    yield from (_ERRORS, _FILTERS)


def _value_at(past: list[tuple[int, Any]], at: int) -> tuple[Any, int]:
    """What a name meant at the end of that cell, and since which cell.

    If it was not defined yet, its first meaning, since cells need not be in execution order.
    """
    meant, since = _ABSENT, -1
    for place, kept in past:
        if place > at and meant is not _ABSENT:
            break
        meant, since = _of(kept), place
    return meant, since


def _kept(value: Any) -> Any:
    return weakref.ref(value) if type(value) is np.ndarray and value.nbytes > LARGE_BYTES else value


def _of(kept: Any) -> Any:
    if type(kept) is not weakref.ref:
        return kept
    value = kept()
    return _ABSENT if value is None else value


def _same(key: Key, kept: Any, value: Any) -> bool:
    kept = _of(kept)
    if kept is value or key[0] not in (_SETTINGS, _CONTENTS) or kept is _ABSENT or value is None:
        return kept is value  # comparing would run the student's code
    pairs = zip(kept, value, strict=False)
    return len(kept) == len(value) and all(
        a is b or (type(a) in (str, bytes) and type(a) is type(b) and a == b) for a, b in pairs
    )
