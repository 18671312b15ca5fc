"""Tell whether a notebook's code can keep state only where `state` sees it.

Such code is called plain. It uses Python's operations, containers and arithmetic, and NumPy's
functions as they were before the notebook ran, but no files, settings or iterators; and all that it
can reach is of kinds that `reachable` records completely. Objects and global names must be on a
list; anything else makes the code not plain, even if harmless. Most attributes that none of NumPy's
modules has are allowed too: they belong to the notebook's own objects, or are an AttributeError.
"""

from __future__ import annotations

import builtins
import dis
import functools
import math
import sys
import types
from builtins import id as _address  # bound here, since notebooks see a replacement
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from .bytecode import Use, uses
from .classes import home, is_instance, is_static, mro
from .dict_memory import fingerprint
from .known_code import is_ours
from .no_ops import MissingImport, NoOp
from .reachable import Reachable
from .reachable_kinds import ATOMS, is_seen_whole


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


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
"""Functions that get at objects by a computed name, such as ``getattr``, are not among them."""
_BUILTIN_VALUES = dict(vars(builtins))
_BUILTINS_OF: Callable[[types.FunctionType], dict[str, Any]]
_BUILTINS_OF = vars(types.FunctionType)["__builtins__"].__get__

# --- NumPy's --------------------------------------------------------------------------------

_OF_RANDOM = _names("""
    choice default_rng exponential integers normal permutation permuted rand randint randn random
    random_sample seed shuffle standard_normal uniform
    """)  # fmt: skip
_WITH_MEMORY = _names("""
    DataSource add_newdoc ag_frame char compat core cr_frame ctypes ctypeslib datetime_data
    deprecate disp distutils dump dumps errstate f2py f_back f_builtins f_code f_globals f_locals
    finfo fromfile frompyfunc fromregex genfromtxt geterrobj gi_frame iinfo info load loadtxt
    lookfor ma memmap nditer nested_iters polynomial printoptions rec recfromcsv recfromtxt register
    safe_eval save savetxt savez savez_compressed set_numeric_ops set_printoptions
    set_string_function setbufsize seterr seterrcall seterrobj show_config show_runtime source
    strings tb_frame test testing tofile typing vectorize who
    """)  # fmt: skip
"""Names that write files, change how NumPy works, or give objects that cannot be inspected, such as
frames; and modules that NumPy imports when they are first used."""
_HARMLESS = _names("linalg lib stride_tricks mgrid ogrid r_ c_ s_ index_exp newaxis e pi inf nan")
_FUNCTIONS = (np.ufunc, type(np.pad), types.BuiltinFunctionType, types.FunctionType, type)
_WATCHED = ("numpy", "math", "warnings")
"""Packages that plain code may call, and what NumPy's warnings call."""
_MODULES = (np.lib.stride_tricks, np.lib, np.random, math, np.linalg, np)
_OF_OBJECTS = frozenset[str]().union(
    *map(dir, (np.ndarray, np.float64, np.ufunc, list, dict, tuple, str, int, float, range))
)
_DUNDERS = _names("__init__ __name__ __class__ __call__ __len__ __doc__")


class _Libraries:
    """What there is of libraries before a notebook runs, some of it replaced by the grader.

    Attributes:
        before: by module, what names were bound to.
        attributes: names that are plain.
        known: addresses of what may be reached.
    """

    def __init__(self) -> None:
        self.before = [(vars(module), dict(vars(module))) for module in _MODULES]
        plain = [
            (name, value)
            for module in _MODULES
            for name, value in vars(module).items()
            if module not in (np.lib, np.random)
            and isinstance(value, _FUNCTIONS)
            and not name.startswith("_")
            and name not in _WITH_MEMORY
        ]
        named = (name for name, _ in plain)
        self.attributes = _OF_OBJECTS.union(named, _OF_RANDOM, _HARMLESS) - _WITH_MEMORY
        known = (*(value for _, value in plain), np, np.linalg, np.random, math)
        self.known = frozenset(map(_address, known))
        self._spaces = [
            vars(module)
            for name, module in [*sys.modules.items()]
            if type(module) is types.ModuleType and name.partition(".")[0] in _WATCHED
        ]
        self._attributes = [vars(value) for _, value in plain if hasattr(value, "__dict__")]
        self._first = self._now()

    def are_as_before(self) -> bool:
        """Whether the notebook has bound nothing in NumPy, and given its functions no attribute."""
        return self._now() == self._first

    def _now(self) -> list[object]:
        return [*map(fingerprint, self._spaces), *map(len, self._attributes), np.geterrcall()]

    def is_plain(self, name: str) -> bool:
        """Whether an attribute is one that tells nothing of earlier calls."""
        if name.startswith("__"):
            return name in _DUNDERS
        bound = [(now[name], before.get(name)) for now, before in self.before if name in now]
        if any(now is not before for now, before in bound):
            return False  # the notebook has changed a library
        return name in self.attributes or (not bound and name not in _WITH_MEMORY)


@functools.lru_cache(maxsize=1)
def _libraries() -> _Libraries:
    return _Libraries()


def remember_libraries() -> None:
    """Remember what there is of libraries, for all processes that are forked from this one."""
    _libraries.cache_clear()
    _libraries()


# --- what can be reached --------------------------------------------------------------------

_SEEN_WHOLE = frozenset(map(_address, (
    list, tuple, dict, frozenset, range, slice, types.MethodType, types.MemberDescriptorType,
    staticmethod, classmethod, property, functools.partial,
    np.random.Generator, np.random.RandomState, np.random.SeedSequence,
    *(kind for kind in np.sctypeDict.values() if issubclass(kind, (np.number, np.bool_))),
)))  # fmt: skip
"""Addresses of classes whose objects have nothing but what `reachable` records or follows."""
_LIBRARIES = (
    types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, np.ufunc, type(np.pad),
    NoOp, MissingImport,
)  # fmt: skip

_NOT_PLAIN_OPERATIONS = frozenset(
    dis.opmap[name] for name in ("IMPORT_NAME", "MATCH_CLASS", "IS_OP") if name in dis.opmap
)
"""Not ``if x is None``, which is compiled to something else."""


def is_plain(reachable: Reachable) -> bool:
    """Whether the notebook's code can keep state only in the objects that were recorded.

    Args:
        reachable: what its code can reach.
    """
    look = _Look(reachable)
    return (
        reachable.record is not None
        and _libraries().are_as_before()
        and all(map(look.is_plain_object, reachable.held))
        and all(map(look.may_be_named, reachable.named))
        and all(
            look.is_plain_code(code, function)
            for function in reachable.functions
            for code in _with_inner(function.__code__)
        )
    )


def _with_inner(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            yield from _with_inner(constant)


class _Look:
    def __init__(self, reachable: Reachable) -> None:
        self._libraries = _libraries()
        self._own = frozenset(map(_address, (*reachable.functions, *reachable.classes)))

    # --- objects ----------------------------------------------------------------------------

    def may_be_named(self, thing: Any) -> bool:
        """Whether a global name may be bound to it.

        Libraries may be imported: code that uses them is judged by the names that it uses.
        """
        is_library = any(is_instance(thing, kind) for kind in _LIBRARIES)
        return (
            is_library
            or home(type(thing)) in ("typing", "__future__")
            or self.is_plain_object(thing)
        )

    def is_plain_object(self, thing: Any) -> bool:
        """Whether all of it is recorded, except what it refers to."""
        address, kind = _address(thing), type(thing)
        if (
            address in self._libraries.known
            or address in self._own
            or _address(kind) in _SEEN_WHOLE
        ):
            return True
        if kind is np.ndarray:
            return is_seen_whole(thing)
        if is_instance(thing, np.dtype):
            return thing.kind in "biufc" and thing.metadata is None
        if kind is types.FunctionType:
            return is_ours(thing.__code__)
        if kind is type:
            return is_static(thing) and thing.__module__ == "builtins"
        return type(kind) is type and all(
            base is object or _address(base) in self._own for base in mro(kind)
        )

    # --- code -------------------------------------------------------------------------------

    def is_plain_code(self, code: types.CodeType, function: types.FunctionType) -> bool:
        """Whether it uses what is plain, and stores nothing in what is a library's."""
        if not _NOT_PLAIN_OPERATIONS.isdisjoint(code.co_code[::2]):
            return False
        names: set[str] = set()
        attributes: set[str] = set()
        library: Any = None  # what stands before an attribute, if it is a library's
        for use, name in uses(code):
            if use is Use.GLOBAL:
                names.add(name)
                value = function.__globals__.get(name)
                library = value if _address(value) in self._libraries.known else None
            elif use is Use.ATTRIBUTE:
                attributes.add(name)
                if type(library) is types.ModuleType:
                    library = vars(library).get(name)
                elif library is not None and name not in self._libraries.attributes:
                    return False  # such as np.pad.calls
            elif use is Use.STORED and (library is not None or name.startswith("__")):
                return False
            else:
                library = None
        attributes.update(name for name in code.co_names if name not in names)
        if {"lib", "format"} <= attributes:  # a module, and a method of texts
            return False
        return all(self._is_plain_global(name, function) for name in names) and all(
            map(self._libraries.is_plain, attributes)
        )

    def _is_plain_global(self, name: str, function: types.FunctionType) -> bool:
        if name.startswith("__") and name not in _BUILTINS:
            return False
        space: Mapping[str, Any] = function.__globals__
        if name in space:
            return _address(type(space[name])) in ATOMS or self.is_plain_object(space[name])
        space = _BUILTINS_OF(function)
        if name not in space:
            return True  # a NameError
        value = space[name]
        ours = type(value) is types.FunctionType and is_ours(value.__code__)
        return name in _BUILTINS and (ours or value is _BUILTIN_VALUES.get(name))
