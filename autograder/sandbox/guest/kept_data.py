"""Whether definitions can tell what other code has computed: do they use data of the notebook?

What a time limit stopped may have come any distance. If no function or class keeps or reads any
data besides its arguments, that makes no difference to what is graded, as in most notebooks, whose
training takes too long. Any data counts; whether it has changed is not asked.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .classes import is_instance, members
from .stub_modules import NoOp
from .worlds import Worlds, global_names

_CODE = (
    types.FunctionType, types.ModuleType, type, staticmethod, classmethod, property,
    types.GetSetDescriptorType, types.MemberDescriptorType, NoOp,
)  # fmt: skip
_CONSTANT = (str, bytes, bool, types.NoneType)
_NUMBER = (int, float)


def users(own: Mapping[str, object], namespace: Mapping[str, Any], worlds: Worlds) -> list[str]:
    """The definitions that use or keep data, themselves or through others that they name.

    Args:
        own: what the notebook defined.
        namespace: its global names.
        worlds: knows the code of definitions.
    """
    named: dict[str, set[str]] = {}
    found: set[str] = set()
    for name, thing in own.items():
        loaded = {each for code in worlds.codes(thing) for each in global_names(code)}
        named[name] = loaded & own.keys()
        fixed = all(_is_fixed(namespace.get(each)) for each in loaded)
        if not (fixed and all(map(_is_fixed, _held(thing)))):
            found.add(name)
    while more := {name for name, others in named.items() if others & found} - found:
        found |= more
    return sorted(found)


def _held(thing: object) -> Iterator[object]:
    """What a function or class holds on to."""
    if is_instance(thing, type):
        for name, value in members(thing).items():  # type: ignore[arg-type]
            if not name.startswith("__") or is_instance(value, types.FunctionType):
                yield value
                yield from _of_a_function(value)
    elif is_instance(thing, types.FunctionType):
        yield from _of_a_function(thing)
    else:
        yield thing


def _of_a_function(thing: Any) -> Iterable[object]:
    if not is_instance(thing, types.FunctionType):
        return ()
    defaults = [*(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
    kept = [value for value in defaults if not _is_constant(value)]
    return [*thing.__dict__.values(), *kept, *(thing.__closure__ or ())]


def _is_constant(value: Any) -> bool:
    if type(value) is tuple:
        return all(map(_is_constant, value))
    return type(value) in (*_NUMBER, *_CONSTANT)


def _is_fixed(value: object) -> bool:
    if type(value) is types.CellType:  # of a closure; `super` needs one, which holds the class
        try:
            value = value.cell_contents
        except ValueError:  # not assigned yet
            return True
    if type(value).__module__ in ("builtins", "numpy") and callable(value):
        return True
    return any(is_instance(value, kind) for kind in (*_CODE, *_CONSTANT))
