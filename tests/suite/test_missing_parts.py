"""What is said of a part that a notebook does not define, found in what its cells say."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from autograder.suite.missing_parts import missing_outcome

FORWARD = SimpleNamespace(id="Net.forward", owner="Net", method="forward")


def notebook(*cells: str, defined: dict[str, tuple[str, ...] | None]) -> SimpleNamespace:
    """A loaded notebook, as far as this is looked at."""
    return SimpleNamespace(cells=list(enumerate(cells)), defined=defined, records=())


@pytest.mark.parametrize(
    "line",
    [
        "self.forward = self.fast",
        "self.forward=x",
        "Net.forward \t = forward",
        "self.forward: Callable[[np.ndarray], np.ndarray] = self.fast",
    ],
)
def test_a_method_that_is_set_as_an_attribute_is_not_absent(line: str) -> None:
    book = notebook(f"class Net:\n    def __init__(self):\n        {line}\n", defined={"Net": ()})
    assert missing_outcome(FORWARD, book) is None


@pytest.mark.parametrize("line", ["self.forward == x", "self.forward(x)", "forward = 1", "y = 2"])
def test_a_method_that_is_only_mentioned_is_absent(line: str) -> None:
    outcome = missing_outcome(FORWARD, notebook(line, defined={"Net": ("backward",)}))
    assert outcome is not None
    assert outcome.status == "missing"


@pytest.mark.parametrize("text", [".forward:", ".forward \t", ".forward :x", "class Net", "def "])
def test_a_cell_of_any_text_is_looked_through_in_seconds(text: str) -> None:
    """A worker that hangs is the grader's fault and costs no points: nobody may make it hang."""
    cell = "#" + text * (2**21 // len(text))
    began = time.process_time()
    assert missing_outcome(FORWARD, notebook(cell, defined={"Net": ()})) is not None
    assert time.process_time() - began < 5
