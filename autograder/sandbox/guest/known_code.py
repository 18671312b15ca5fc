"""The code that was there before any of a student's: the grader's own, and the library's.

A code object's file is whatever its maker says, so `counting` asks whether it is one of these. They
are gathered once, in the zygote; every session is forked from it.
"""

from __future__ import annotations

import gc
from builtins import id as _address  # bound here, since notebooks see a replacement
from types import CodeType, FunctionType

_OURS = __file__.rpartition("guest")[0]

_known: dict[int, CodeType] = {}
_ours: dict[int, CodeType] = {}


def remember() -> None:
    """Remember the code of all functions that there are."""
    for thing in gc.get_objects():
        if type(thing) is FunctionType:
            _add(thing.__code__)


def is_ours(code: CodeType) -> bool:
    """Whether it is the grader's own code in a student's process."""
    return _ours.get(_address(code)) is code


def is_known(code: CodeType) -> bool:
    """Whether it is the grader's own, or of a module that was loaded before the notebook."""
    return _known.get(_address(code)) is code


def _add(code: CodeType) -> None:
    if _address(code) in _known:
        return
    _known[_address(code)] = code  # which keeps it alive, so that nothing else can have its address
    if code.co_filename.startswith(_OURS):
        _ours[_address(code)] = code
    for constant in code.co_consts:
        if type(constant) is CodeType:
            _add(constant)
