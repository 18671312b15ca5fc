"""What is said of a part that a notebook does not define, found in what its cells say."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from autograder.course.models import Reveal
from autograder.messages.criteria import message
from autograder.suite.facts import BrokenCell
from autograder.suite.missing_parts import missing_outcome

FORWARD = SimpleNamespace(id="Net.forward", owner="Net", method="forward")


def notebook(
    *cells: str, defined: dict[str, tuple[str, ...] | None], error: str = ""
) -> SimpleNamespace:
    """A loaded notebook, as far as this is looked at; the first cell may have an error."""
    records = [SimpleNamespace(index=0, error=error)] if error else []
    return SimpleNamespace(cells=list(enumerate(cells)), defined=defined, records=records)


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


NO_MODULE = "line 1: ModuleNotFoundError: No module named 'common'"
NET = "from common import *\nclass Net(Base):\n    def __init__(self): ...\n"
OTHER = "\nclass Other:\n    def forward(self): ...\n"


@pytest.mark.parametrize("cell", [NET, NET + OTHER])
def test_an_unrelated_import_is_not_blamed_for_a_missing_method(cell: str) -> None:
    book = notebook(cell, defined={"Net": ("__init__",), "Other": ("forward",)}, error=NO_MODULE)
    assert missing_outcome(FORWARD, book).fact.broken is None


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        (NET + "    def forward(self): ...\n", "line 2: NameError: name 'Base' is not defined"),
        ("@decorated\nclass Net:\n    def forward(self): ...\n", "line 1: NameError: decorated"),
        (
            NET + "    x = (\n    def forward(self): ...\n",
            "line 5: SyntaxError: '(' was never closed",
        ),
        (NET + "    def forward(self): ...\n", "stopped: it took too long"),
    ],
)
def test_the_error_that_took_the_definition_away_is_named(cell: str, error: str) -> None:
    book = notebook(cell, defined={}, error=error)
    assert missing_outcome(FORWARD, book).fact.broken == BrokenCell(1, error)


@pytest.mark.parametrize(
    ("wanted", "theirs"),
    [
        ("BatchNormalization", "BatchNorm"),
        ("Pooling", "Pool"),
        ("im2col", "im2clo"),
        ("softmax", "softmax_stable"),
    ],
)
def test_a_shorter_or_longer_form_of_the_name_is_suggested(wanted: str, theirs: str) -> None:
    part = SimpleNamespace(id=wanted, owner=wanted, method=None)
    book = notebook("", defined={"helper": None, theirs: None})
    assert missing_outcome(part, book).fact.similar == theirs


@pytest.mark.parametrize("theirs", ["Batch", "Norm", "BatchSampler", "to", "conv"])
def test_another_name_is_no_form_of_it(theirs: str) -> None:
    part = SimpleNamespace(id="BatchNormalization", owner="BatchNormalization", method=None)
    book = notebook("", defined={theirs: None})
    assert missing_outcome(part, book).fact.similar is None


@pytest.mark.parametrize("cells", [(), ("",), ("# your code here\n", "  \n\n")])
def test_a_notebook_without_code_is_told_so(cells: tuple[str, ...]) -> None:
    outcome = missing_outcome(FORWARD, notebook(*cells, defined={}))
    assert outcome is not None
    assert outcome.fact.is_empty
    assert not missing_outcome(FORWARD, notebook("x = 1", *cells, defined={})).fact.is_empty
    said = message(outcome, Reveal.SHAPES)
    assert said["en"].startswith("The notebook has no code, so `Net` is not defined.")
    assert said["ja"].startswith("ノートブックにコードがないので、`Net`が定義されていません。")
