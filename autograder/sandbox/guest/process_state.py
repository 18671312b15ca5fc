"""Record what code can leave in its process besides names and objects.

Environment variables, warning filters, the module search path, the recursion limit,
the precision of decimals, threads, standard streams, the working directory and its files. Part of a
notebook's `state`.
"""

from __future__ import annotations

import _thread
import decimal
import io
import os
import sys
import warnings
from builtins import id as _address  # bound here, since notebooks see a replacement
from typing import Any

from . import working_folder

_getattribute = object.__getattribute__
_Environment = type(os.environ)
_recursion_limit, _threads, _decimals = sys.getrecursionlimit, _thread._count, decimal.getcontext


def now() -> list[Any]:
    """What there is, to be compared with what there was."""
    return [
        _variables(),
        _warnings_filtered(),
        *map(_stream, ("stdout", "stderr")),
        _module_search_path(),
        _recursion_limit(),
        _decimals().prec,
        _threads(),
        working_folder.mark(),
        working_folder.files(),
    ]


# A notebook may have replaced what is looked up here by something else.
def _variables() -> dict[Any, Any]:
    """The environment variables."""
    holder = getattr(os, "environ", None)
    kept = _getattribute(holder, "__dict__").get("_data") if type(holder) is _Environment else None
    return dict(kept) if type(kept) is dict else {}


def _warnings_filtered() -> list[int]:
    """Which warnings are filtered."""
    filters = getattr(warnings, "filters", None)
    return list(map(_address, filters)) if type(filters) is list else []


def _module_search_path() -> list[str]:
    path = getattr(sys, "path", None)
    return [each for each in path if type(each) is str] if type(path) is list else []


def _stream(name: str) -> tuple[int, bool]:
    """Which stream it is, and whether it is closed."""
    stream = getattr(sys, name, None)
    return _address(stream), type(stream) is io.TextIOWrapper and stream.closed
