"""Tests as plain Python, as graders take them that execute tests beside the student's code.

The expected array is written out: such a grader has no reference to ask.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from comparison.assignment import Assignment, Test


def inputs(test: Test) -> list[str]:
    """A statement for each array that the call takes."""
    low, high = test.between
    return [
        f"{name} = np.random.default_rng({seed}).integers({low}, {high + 1}, size={shape})"
        ".astype(float)"
        for seed, (name, shape) in enumerate(test.inputs.items(), 1)
    ]


def as_code(test: Test, assignment: Assignment) -> str:
    """The test as statements of which one fails if the student's result is wrong."""
    lines = [
        *inputs(test),
        f"expected = np.array({expected(test, assignment)})",
        f"got = {test.call}",
        "assert got.shape == expected.shape",
        "assert np.allclose(got, expected)",
    ]
    return "\n".join(lines) + "\n"


def expected(test: Test, assignment: Assignment) -> str:
    """What the solution returns, as a list."""
    world: dict[str, Any] = {}
    solution = [part.solution for part in assignment.parts]
    for source in (assignment.imports, *solution, *inputs(test)):
        exec(source, world)
    return json.dumps(np.asarray(eval(test.call, world)).tolist())
