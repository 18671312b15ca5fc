"""Which names a function's code uses: fast, since every definition of a notebook is looked at.

`dis.get_instructions` gives the same and takes twenty times as long, which a session that grades a
right notebook would notice.
"""

from __future__ import annotations

import dis
import re
import sys
import types
from collections.abc import Iterator
from enum import Enum


class Use(Enum):
    """What an instruction does with a name."""

    GLOBAL = "a global name: read, written or deleted"
    ATTRIBUTE = "an attribute of the value before"
    STORED = "an attribute of the value before: written or deleted"
    NONE = "nothing"


_GLOBALS = {
    "LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_NAME", "STORE_NAME", "DELETE_NAME",
    "LOAD_FROM_DICT_OR_GLOBALS",
}  # fmt: skip
_ATTRIBUTES = {"LOAD_ATTR", "LOAD_METHOD"}
_PSEUDO = 256
"""From here on, operations are the compiler's own. On 3.12 and 3.13, LOAD_METHOD is one of them."""
_USES = {
    dis.opmap[name]: use
    for names, use in (
        (_GLOBALS, Use.GLOBAL),
        (_ATTRIBUTES, Use.ATTRIBUTE),
        ({"STORE_ATTR", "DELETE_ATTR"}, Use.STORED),
    )
    for name in names
    if dis.opmap.get(name, _PSEUDO) < _PSEUDO
}
# Instructions whose argument has a flag in its lowest bit, below the name's number.
_FLAGGED = {dis.opmap["LOAD_GLOBAL"]}
if sys.version_info >= (3, 12):
    _FLAGGED.add(dis.opmap["LOAD_ATTR"])
_NOTHING = bytes([dis.opmap["CACHE"], dis.EXTENDED_ARG, dis.opmap["COPY"]])
"""What stands between instructions, and leaves the value before where it is."""

_WITH_NAMES = re.compile(b"[%b]" % re.escape(bytes(_USES)))


def uses(code: types.CodeType) -> Iterator[tuple[Use, str]]:
    """What instructions do with names, in order; "" for some in between that have none."""
    names, raw = code.co_names, code.co_code
    operations, arguments = raw[::2], raw[1::2]
    behind = 0
    for found in _WITH_NAMES.finditer(operations):
        place = found.start()
        if operations[behind:place].strip(_NOTHING):
            yield Use.NONE, ""
        behind = place + 1
        operation, argument = operations[place], arguments[place]
        bits, before = 8, place - 1
        while before >= 0 and operations[before] == dis.EXTENDED_ARG:
            argument |= arguments[before] << bits
            bits, before = bits + 8, before - 1
        yield _USES[operation], names[argument >> 1 if operation in _FLAGGED else argument]
    if operations[behind:].strip(_NOTHING):
        yield Use.NONE, ""
