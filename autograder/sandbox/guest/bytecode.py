"""Which names a function's code uses: fast, since every definition of a notebook is looked at.

`dis.get_instructions` gives the same and takes twenty times as long, which a session that grades a
right notebook would notice.
"""

from __future__ import annotations

import dis
import sys
import types
from collections.abc import Iterator
from enum import Enum


class Use(Enum):
    """What an instruction does with a name."""

    GLOBAL = "a global name: read, written or deleted"
    ATTRIBUTE = "an attribute of the value before"
    NONE = "nothing"


_GLOBALS = {
    "LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_NAME", "STORE_NAME", "DELETE_NAME",
    "LOAD_FROM_DICT_OR_GLOBALS",
}  # fmt: skip
_ATTRIBUTES = {"LOAD_ATTR", "LOAD_METHOD"}
_USES = {
    dis.opmap[name]: use
    for names, use in ((_GLOBALS, Use.GLOBAL), (_ATTRIBUTES, Use.ATTRIBUTE))
    for name in names
    if name in dis.opmap
}
# Instructions whose argument has a flag in its lowest bit, below the name's number.
_FLAGGED = {dis.opmap["LOAD_GLOBAL"]}
if sys.version_info >= (3, 12):
    _FLAGGED.add(dis.opmap["LOAD_ATTR"])
_CACHE = dis.opmap["CACHE"]


def uses(code: types.CodeType) -> Iterator[tuple[Use, str]]:
    """What each instruction does with a name, in order; "" for an instruction without one."""
    names, raw = code.co_names, code.co_code
    high = 0
    for place in range(0, len(raw), 2):
        operation = raw[place]
        if operation == _CACHE:
            continue
        if operation == dis.EXTENDED_ARG:
            high = (high | raw[place + 1]) << 8
            continue
        use = _USES.get(operation)
        if use is None:
            yield Use.NONE, ""
        else:
            argument = high | raw[place + 1]
            yield use, names[argument >> 1 if operation in _FLAGGED else argument]
        high = 0
