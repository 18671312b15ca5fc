"""Code objects whose lines say how much work they do, and others."""

from __future__ import annotations

import contextlib
import dis
import functools
import sys
import types

import pytest

from autograder.sandbox.guest.traceable import LONG, is_counted_by_line, is_traced


def _code(source: str) -> types.CodeType:
    module = compile(source, "own", "exec")
    return next(each for each in module.co_consts if isinstance(each, types.CodeType))


def handled(x):
    for _ in range(3):
        with contextlib.suppress(ValueError):
            try:
                x += 1
            except (TypeError, AttributeError) as error:
                x = error
            finally:
                del _
    return lambda: x


def delegating(x):
    yield from x


async def waiting(x):
    async with x as y:
        await y
    return [z async for z in x]


ORDINARY = [handled, delegating, waiting, functools.wraps, contextlib.suppress.__exit__]


@pytest.mark.parametrize("function", ORDINARY, ids=lambda each: each.__name__)
def test_ordinary_code_is_counted_by_line(function):
    assert is_counted_by_line(function.__code__) or (
        function in (handled, waiting) and sys.version_info >= (3, 13)  # see `_THROW`
    )
    assert is_traced(function.__code__)


@pytest.mark.parametrize("statements", [1, 100])
def test_a_line_may_have_only_so_many_instructions(statements):
    code = _code("def f(x):\n    " + "x[0] = x[1];" * statements)
    assert is_counted_by_line(code) == (statements * 6 < LONG)


def test_an_answer_is_for_one_code_object():
    for _ in range(3):
        for statements in (1, 100):
            code = _code("def f(x):\n    " + "x[0] = x[1];" * statements)
            assert is_counted_by_line(code) == (statements == 1)


def test_a_loop_that_only_looks_like_yield_from_is_not_one():
    code = delegating.__code__
    jump = bytes([dis.opmap["JUMP_BACKWARD_NO_INTERRUPT"]])
    at = code.co_code.index(jump)
    further = code.co_code[: at + 1] + bytes([code.co_code[at + 1] + 1]) + code.co_code[at + 2 :]
    assert not is_counted_by_line(code.replace(co_code=further))


def test_what_runs_before_the_first_traced_instruction_does_no_work():
    code = _code("def f(x):\n    return x * x")
    resume, nop = (bytes([dis.opmap[name], 0]) for name in ("RESUME", "NOP"))
    none = code.replace(co_code=code.co_code.replace(resume, nop, 1))
    late = code.replace(co_code=none.co_code + resume)
    assert not is_traced(none)
    assert not is_traced(late)
    assert not is_traced(code.replace(co_consts=(None, (), none)))
