"""Take what a notebook draws at random out of a script.

Two right notebooks that draw their weights in another order have other weights, though both draw
from the same stream, and whatever a network returns depends on them. So where a script asks for
weights, the teaching solution's are written into them, as its suite would do it: in place. What
still depends on what was drawn before is marked. Both is found by asking the script of the
teaching solution once more, after it has drawn a number.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.course.models import Course, Exercise
from autograder.course.notebook_cells import stub_cell
from autograder.diagnosis.observation import Observation
from autograder.diagnosis.replay import replay, values
from autograder.diagnosis.script import Script, Slot, Step, observe
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.sandbox.host.session import CallResult

LARGEST = 20_000
"""Numbers of an array that is written; others stay as they were drawn."""

_DRAWS = """\
def draw_a_number():
    np.random.random()
"""


def drawing_notebook(course: Course, exercise: Exercise) -> OwnNotebook | None:
    """The teaching solution with a function that draws a number; None if it never draws any."""
    cells = [stub_cell(exercise, part.id) for part in exercise.parts]
    if not any("np.random." in cell.source for cell in cells):
        return None
    return OwnNotebook(course, OwnCode(exercise.id, appended={cells[-1].name: _DRAWS}))


def without_random_numbers(script: Script, drawing: OwnNotebook) -> Script:
    """The script with weights written where they are asked for, and other random steps marked.

    Args:
        script: recorded with the teaching solution.
        drawing: see `drawing_notebook`.
    """
    random = _random(script, drawing)
    if not random:
        return script
    with drawing.criterion() as conversation:
        drawn = values(conversation, script, drawing.defined)
    longer = _with_writing(script, drawn, random)
    random = _random(longer, drawing)
    return tuple(replace(step, random=index in random) for index, step in enumerate(longer))


def _random(script: Script, drawing: OwnNotebook) -> frozenset[int]:
    """The steps that give something else if a number has been drawn before."""
    with drawing.criterion() as conversation:
        conversation.request("call", {"name": "draw_a_number", "steps": []})
        seen = replay(conversation, script, drawing.defined)
    return frozenset(
        index
        for index, (step, other) in enumerate(zip(script, seen, strict=True))
        if not other.agrees(step.right)
    )


def _with_writing(script: Script, drawn: Sequence[Any], random: Collection[int]) -> Script:
    """The script with a step after each in ``random`` that writes what was drawn."""
    longer: list[Step] = []
    moved: list[int] = []
    for index, (step, value) in enumerate(zip(script, drawn, strict=True)):
        moved.append(len(longer))
        longer.append(_moved(step, moved))
        if index in random and step.op == "get" and _is_writable(value):
            longer.append(
                replace(
                    longer[-1],
                    op="call",
                    steps=(*step.steps, ("attr", "put")),
                    args=(np.arange(value.size), value.ravel()),
                    want_args=False,
                    right=_NOTHING,
                )
            )
    return tuple(longer)


def _is_writable(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size <= LARGEST


_NOTHING: Observation = observe(CallResult(None), ())


def _moved(value: Any, moved: Sequence[int]) -> Any:
    """A step, or what is in it, with the new places of the steps that it refers to."""
    if isinstance(value, Step):
        return replace(
            value,
            base=_moved(value.base, moved),
            args=_moved(value.args, moved),
            kwargs=_moved(value.kwargs, moved),
            value=_moved(value.value, moved),
        )
    if isinstance(value, Slot):
        return replace(value, step=moved[value.step])
    if isinstance(value, dict):
        return {key: _moved(item, moved) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_moved(item, moved) for item in value)
    return value
