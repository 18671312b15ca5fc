"""Tell whether functions use nothing but what is known to remember nothing.

That is Python's own operations, containers and arithmetic, and NumPy's functions without files,
settings and iterators. Code that uses anything else, by whatever way, is not plain, even if it does
no harm. What plain code remembers, it remembers in objects of its own, and `state` sees those.
"""

from __future__ import annotations

import builtins
import dis
import math
import types
from builtins import id as _address  # bound here, since notebooks see a replacement
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from .bytecode import Use, uses
from .classes import is_instance, is_of_library
from .known_code import is_ours


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- global names ---------------------------------------------------------------------------

_BUILTINS = _names("""
    abs all any bool bytes callable complex dict divmod enumerate filter float frozenset hasattr int
    isinstance issubclass iter len list map max min next object pow print property range repr
    reversed round set slice sorted staticmethod classmethod str sum super tuple type zip
    Ellipsis NotImplemented __build_class__ __name__
    """) | {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, Exception)
}  # fmt: skip
"""Not what gets at others by a name that is computed, such as ``getattr``."""
_NOT_PLAIN_BUILTINS = frozenset(vars(builtins)) - _BUILTINS

_LIBRARIES = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType,
              types.MethodWrapperType)  # fmt: skip
"""What is not plain, if it is neither the notebook's nor known."""

# --- attributes -----------------------------------------------------------------------------

_MODULES = (np, np.linalg, np.lib, np.lib.stride_tricks, np.random, math)
_OF_RANDOM = _names("""
    choice default_rng exponential integers normal permutation permuted rand randint randn random
    random_sample seed shuffle standard_normal uniform
    """)  # fmt: skip
_WITH_MEMORY = _names("""
    char compat core ctypes ctypeslib distutils dump dumps errstate f2py fromfile fromregex
    genfromtxt load loadtxt ma memmap nditer nested_iters polynomial printoptions rec save savetxt
    savez savez_compressed set_printoptions setbufsize seterr seterrcall strings testing tofile
    typing vectorize
    """)  # fmt: skip
"""What writes files, sets how NumPy works, or gives objects that cannot be looked into; and modules
that NumPy imports when they are first used."""
_HARMLESS = _names("linalg lib stride_tricks mgrid ogrid r_ c_ s_ index_exp True_ False_")
_FUNCTIONS = (np.ufunc, type(np.pad), types.BuiltinFunctionType, types.FunctionType, type, float)
_PLAIN = {
    name: value
    for module in (np.lib.stride_tricks, np.linalg, np, math)
    for name, value in vars(module).items()
    if isinstance(value, _FUNCTIONS) and not name.startswith("_") and name not in _WITH_MEMORY
}
_NOT_PLAIN = _WITH_MEMORY | frozenset(
    name
    for module in _MODULES
    for name, value in vars(module).items()
    if not (name.startswith("__") or isinstance(value, (str, int, dict, type(None))))
).difference(_PLAIN, _OF_RANDOM, *map(dir, (np.ndarray, str, dict, list, int)), _HARMLESS)
"""Attributes of what plain code can reach. One that nothing there has is the notebook's own."""
_DUNDERS = _names("__init__ __name__ __class__ __call__ __len__ __doc__")
_KNOWN = frozenset(map(_address, [*_PLAIN.values(), np, np.linalg, np.random, math]))
"""Addresses of what a global name may be bound to, if it is a library's."""

_IMPORT = dis.opmap["IMPORT_NAME"]


def is_plain_code(functions: Iterable[types.FunctionType]) -> bool:
    """Whether these functions use nothing that may remember something out of sight.

    Args:
        functions: all that the notebook defines.
    """
    functions = list(functions)
    own = frozenset(map(_address, functions))
    return all(
        _is_plain(code, function.__globals__, own)
        for function in functions
        for code in _with_inner(function.__code__)
    )


def _with_inner(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            yield from _with_inner(constant)


def _is_plain(code: types.CodeType, space: Mapping[str, Any], own: frozenset[int]) -> bool:
    if _IMPORT in code.co_code[::2]:
        return False
    globals_, attributes = set(), set(code.co_names)
    for use, name in uses(code):
        if use is Use.GLOBAL:
            globals_.add(name)
            attributes.discard(name)
    attributes.update(name for use, name in uses(code) if use is Use.ATTRIBUTE)
    return all(map(_is_plain_attribute, attributes)) and all(
        _is_plain_global(name, space, own) for name in globals_
    )


def _is_plain_attribute(name: str) -> bool:
    return name not in _NOT_PLAIN and (not name.startswith("__") or name in _DUNDERS)


def _is_plain_global(name: str, space: Mapping[str, Any], own: frozenset[int]) -> bool:
    if name not in space:
        return name not in _NOT_PLAIN_BUILTINS
    value = space[name]
    if _address(value) in _KNOWN or _address(value) in own:
        return True
    if is_instance(value, type):
        return not is_of_library(value)
    if type(value) is types.FunctionType and is_ours(value.__code__):
        return True  # what replaces a part that an exercise takes from elsewhere
    return not any(is_instance(value, kind) for kind in _LIBRARIES)
