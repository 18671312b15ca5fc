"""What the interpreter tells a trace function about a code object, which its maker may decide.

Lines are what the line table says: `compile` takes any numbers from a syntax tree, and `replace`
any table. A loop without lines raises no line event, and a line of many statements only one. Code
of that kind is counted by its instructions. Code without a RESUME is not traced at all; no compiler
makes it.
"""

from __future__ import annotations

import dis
import re
from builtins import id as _address  # bound here, since notebooks see a replacement
from types import CodeType

LONG = 50
"""Instructions on one line, beyond which its event says too little. Of the standard library's code
objects, 0.2 % have such a line."""

_KEPT = 1000
"""Code objects whose answers are kept. Notebooks that make more pay again."""


def _operations(*names: str) -> bytes:
    """The numbers of those operations that this interpreter has."""
    return bytes(dis.opmap[name] for name in names if dis.opmap.get(name, 256) < 256)


_CACHE = _operations("CACHE")
_BEFORE_RESUME = _operations(
    "CACHE", "EXTENDED_ARG", "COPY_FREE_VARS", "MAKE_CELL", "RETURN_GENERATOR", "POP_TOP"
)
_WITHOUT_LINES = _BEFORE_RESUME + _operations(
    "RESUME", "PUSH_EXC_INFO", "POP_EXCEPT", "RERAISE", "PREP_RERAISE_STAR", "COPY", "SWAP",
    "CALL_INTRINSIC_1", "CALL_INTRINSIC_2", "LIST_APPEND", "LOAD_CONST", "STORE_FAST",
    "STORE_NAME", "STORE_DEREF", "STORE_GLOBAL", "DELETE_FAST", "DELETE_NAME", "DELETE_DEREF",
    "DELETE_GLOBAL", "JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT",
    "POP_JUMP_FORWARD_IF_NOT_NONE", "POP_JUMP_IF_NOT_NONE", "RETURN_VALUE", "RETURN_CONST",
    "END_FOR",
)  # fmt: skip
"""What compilers add without a line: how a function begins, and how an exception is put away."""

_RESUME, _SEND = _operations("RESUME"), _operations("SEND")
_UNTRACED_JUMP = _operations("JUMP_BACKWARD_NO_INTERRUPT")
_THROW = _operations("CLEANUP_THROW")  # since Python 3.12
"""After this, Python 3.13 leaves such a loop by the same jump. It leaves some handlers by it, too,
which is not looked into: their functions are counted by instructions."""
_YIELD_FROM = re.compile(
    b"%b%b*%b"
    % (
        re.escape(_SEND),
        re.escape(_CACHE),
        re.escape(_operations("YIELD_VALUE", "RESUME", "JUMP_BACKWARD_NO_INTERRUPT")),
    )
)

_by_line: dict[int, tuple[CodeType, bool]] = {}


def is_counted_by_line(code: CodeType) -> bool:
    """Whether line events tell how much work it does; otherwise instructions must be counted."""
    code_before, answer = _by_line.get(_address(code), (None, False))
    if code_before is not code:
        answer = _has_short_lines(code) and _has_only_traced_loops(code)
        if len(_by_line) >= _KEPT:
            _by_line.clear()
        _by_line[_address(code)] = code, answer  # which keeps it alive, and with it its address
    return answer


def _has_short_lines(code: CodeType) -> bool:
    operations = code.co_code[::2]
    length: dict[int, int] = {}
    end = 0
    for start, end, line in code.co_lines():
        there = operations[start // 2 : end // 2]
        if line is not None and line > 0:
            length[line] = length.get(line, 0) + len(there) - there.count(_CACHE)
        elif there.translate(None, _WITHOUT_LINES):
            return False
    if operations[end // 2 :].translate(None, _WITHOUT_LINES):  # of which the table says nothing
        return False
    return max(length.values(), default=0) <= LONG


def _has_only_traced_loops(code: CodeType) -> bool:
    """Whether loops that raise no line event are those of ``yield from`` and ``await``."""
    operations, arguments = code.co_code[::2], code.co_code[1::2]
    loops = [
        found
        for found in _YIELD_FROM.finditer(operations)
        if arguments[found.end() - 1] == len(found[0])  # it jumps back to where this begins
    ]
    jumps = operations.count(_UNTRACED_JUMP)
    if _THROW:
        jumps -= operations.count(_THROW + _UNTRACED_JUMP)
    return operations.count(_SEND) == jumps == len(loops)


def is_traced(code: CodeType) -> bool:
    """Whether trace functions are called for it, and for all code objects inside it."""
    todo = [code]
    while todo:
        code = todo.pop()
        before, resume, _ = code.co_code[::2].partition(_RESUME)
        if not resume or before.strip(_BEFORE_RESUME):
            return False
        todo += (each for each in code.co_consts if type(each) is CodeType)
    return True
