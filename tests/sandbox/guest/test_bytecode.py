"""Names in code are found as `dis` finds them."""

from __future__ import annotations

import argparse
import asyncio.base_events
import dis
import inspect
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.sandbox.guest.bytecode import Use, uses

GLOBAL = ("_GLOBAL", "_NAME", "_OR_GLOBALS")


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from codes(const)


@pytest.mark.parametrize("module", [argparse, asyncio.base_events, inspect, typing, np.ma.core])
def test_all_code_of_a_large_module(module: types.ModuleType) -> None:
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    for code in codes(compile(source, "module", "exec")):
        steps = [step for step in dis.get_instructions(code) if step.opname != "IMPORT_NAME"]
        names = [step.argval for step in steps if step.opname.endswith(GLOBAL)]
        attributes = [step.argval for step in steps if step.opname in ("LOAD_ATTR", "LOAD_METHOD")]
        assert [name for use, name in uses(code) if use is Use.GLOBAL] == names
        assert [name for use, name in uses(code) if use is Use.ATTRIBUTE] == attributes


def test_after_the_code_has_run_and_python_has_specialised_it() -> None:
    def f() -> int:
        return len(str(np.ma.core.nomask))

    before = list(uses(f.__code__))
    for _ in range(100):
        f()
    assert list(uses(f.__code__)) == before
