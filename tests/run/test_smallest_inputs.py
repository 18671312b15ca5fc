"""What a failed criterion shows: the smallest input on which this student's code goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from autograder.carrying.carry import GradedNotebook
from autograder.course.load import load_course
from autograder.course.models import Reveal
from autograder.diagnosis.diagnose import Diagnostician
from autograder.run import smallest_inputs
from autograder.run.decisions import decisions_of
from autograder.sandbox.host.session import Budget
from autograder.status import Status
from autograder.suite.facts import Unsupported
from autograder.suite.outcome import Outcome
from autograder.suite.smallest_input import SmallestInput
from tests.conftest import GradeBooks, Marked
from tests.learners.conftest import BOOK, teaching_cells
from tests.paths import ROOT

HEAD = "import numpy as np\n"


@pytest.fixture
def graded(grade_books: GradeBooks) -> Callable[..., Marked]:
    def grade(exercise: str, *cells: str) -> Marked:
        return grade_books({"x": (exercise, list(cells))}, Budget(call_cpu_s=0.5))["x"]

    return grade


def _shown(graded, *cells, exercise="02_im2col"):
    """Each failed criterion's counterexample, by id, as (call, expected, got)."""
    marked = graded(exercise, HEAD, *cells)
    assert not marked.notes
    return {
        c.id: c.counterexample and (c.counterexample.call, c.counterexample.expected,
                                    c.counterexample.got)
        for c in marked.result.criteria
        if c.status not in ("passed", "carried", "missing")
    }  # fmt: skip


def test_out_w_from_h_shows_in_two_pixels(graded):
    wrong = BOOK["im2col"].replace("out_w = (W + ", "out_w = (H + ")
    assert _shown(graded, wrong)["im2col.non_square_input"] == (
        "im2col(np.array([[[[1., 2.]]]]), 1, 1, 1, 0)",
        "array([[1.],\n       [2.]])",
        "array([[1.]])",
    )


def test_overwriting_instead_of_adding_shows_where_two_windows_meet(graded):
    wrong = BOOK["col2im"].replace("+= col", "= col")
    assert _shown(graded, wrong)["col2im.overlap"] == (
        "col2im(np.arange(1., 5.).reshape(2, 2), (1, 1, 1, 3), 1, 2, 1, 0)\n"
        "# expected[0, 0, 0, 1] ← col[0, 1], col[1, 0]",
        "array([[[[1., 5., 4.]]]])",
        "array([[[[1., 2., 4.]]]])",
    )


def test_the_same_mistake_shows_the_same_input_whoever_makes_it(graded):
    book = BOOK["col2im"].replace("+= col", "= col")
    own = teaching_cells("02_im2col")["col2im"].replace("+= ", "= ")
    assert _shown(graded, book)["col2im.overlap"] == _shown(graded, own)["col2im.overlap"]


@pytest.mark.parametrize(
    ("exercise", "part", "old", "new"),
    [
        ("02_im2col", "im2col", "(W + 2 * pad - filter_w)", "(W + 2 * pad - filter_h)"),
        ("02_im2col", "col2im", "+= ", "= "),
        (
            "03_convolution",
            "convolution",
            "dcol = rows",
            "self.W, self.b = self.W - 0.01 * self.dW, self.b - 0.01 * self.db; dcol = rows",
        ),
    ],
)
def test_a_known_mistake_shows_what_a_search_in_the_sandbox_would_find(
    graded, monkeypatch, exercise, part, old, new
):
    cells = teaching_cells(exercise)
    wrong = [*(source for name, source in cells.items() if name != part), cells[part]]
    wrong[-1] = wrong[-1].replace(old, new)
    searched = []
    for_questions = GradedNotebook.for_questions

    def noted(self, criterion):
        searched.append(criterion)
        return for_questions(self, criterion)

    monkeypatch.setattr(GradedNotebook, "for_questions", noted)
    known = _shown(graded, *wrong, exercise=exercise)
    assert known
    assert not searched
    monkeypatch.setattr(Diagnostician, "explanations", lambda *_: {})
    assert _shown(graded, *wrong, exercise=exercise) == known
    assert searched


def test_what_it_raises_is_shown_as_its_result(graded):
    shown = _shown(graded, "def im2col(x, fh, fw, stride=1, pad=0):\n    return x.reshpae(1, -1)")
    call, expected, got = shown["im2col.one_channel"]
    assert call == "im2col(np.ones((1, 1, 1, 1)), 1, 1, 1, 0)"
    assert expected == "array([[1.]])"
    assert got.startswith("AttributeError: 'numpy.ndarray' object has no attribute 'reshpae'")


def test_a_changed_argument_is_looked_at_after_the_call(graded):
    wrong = BOOK["im2col"].replace("    N, C", "    input_data += 1\n    N, C", 1)
    assert _shown(graded, wrong)["im2col.input_untouched"] == (
        "x = np.ones((1, 1, 1, 1))\nim2col(x, 1, 1, 1, 0)\nx",
        "array([[[[1.]]]])",
        "array([[[[2.]]]])",
    )


def test_a_result_that_nobody_would_look_through_is_not_shown(graded):
    """Nor kept: there may be one for each criterion."""
    shown = _shown(graded, "def im2col(*args):\n    return np.zeros(2**18)")
    assert not any("np." in call for call, _, _ in filter(None, shown.values()))


def test_what_goes_wrong_only_after_other_calls_is_not_shown(graded):
    """The example alone would be right: pasted into a notebook it tells the student nothing."""
    adam = teaching_cells("06_simple_convnet")["adam"]
    kept = adam.replace("        self.m = {}\n        self.v = {}\n", "").replace(
        "    def __init__", "    m, v = {}, {}\n\n    def __init__"
    )
    shown = _shown(graded, kept, exercise="06_simple_convnet")
    assert {name: each for name, each in shown.items() if each and each[1] != "—"} == {}


SOFTMAX = """
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    C = int(y.max()) + 1 if n_classes is None else n_classes
    W, b, history = np.zeros((X.shape[1], C)), np.zeros((1, C)), []
    for _ in range(epochs):
        p = np.exp(X @ W + b)
        p /= p.sum(axis=1, keepdims=True)
        slopes = (p - np.eye(C)[y]) / len(X)
        W -= lr * (X.T @ slopes)
        b -= lr * slopes.sum(axis=0, keepdims=True)
        p = np.exp(X @ W + b)
        p /= p.sum(axis=1, keepdims=True)
        history.append(float(-np.mean(np.log(p[np.arange(len(y)), y]))))
    return W, b, history
"""


def test_a_part_of_a_result_is_looked_at_where_it_is(graded):
    """The index that a suite puts on a tuple is in no request, and was missing."""
    exercise = "08_stripes_and_fcn"
    marked = graded(exercise, HEAD, SOFTMAX.replace(" / len(X)", ""))
    found = {c.id: c for c in marked.result.criteria}
    losses = found["train_softmax.history"]
    assert losses.message["en"].startswith("In `[2][0]` of the result: ")
    assert losses.message["ja"].startswith("結果の`[2][0]`：")
    assert losses.counterexample.call.splitlines()[-1].endswith(")[2][0]")
    assert float(losses.counterexample.expected) == pytest.approx(0.693147, abs=1e-6)
    weights = found["train_softmax.weights"]
    assert weights.counterexample.call.splitlines()[-1].endswith(")[0]")

    namespace = {}
    exec(HEAD + SOFTMAX.replace(" / len(X)", ""), namespace)
    for one in (losses, weights):
        *before, last = one.counterexample.call.splitlines()
        exec("\n".join(before), namespace)
        got = eval(last, namespace)
        assert np.allclose(got, eval(one.counterexample.got, {"array": np.array}), atol=1e-4)


def test_an_endless_loop_is_called_once(graded):
    wrong = BOOK["im2col"].replace("    N, C", "    while pad: pass\n    N, C", 1)
    marked = graded("02_im2col", HEAD, wrong)
    example = next(c for c in marked.result.criteria if c.id == "im2col.padding").counterexample
    assert example.call == "im2col(np.ones((1, 1, 1, 1)), 1, 1, 1, 1)"
    assert (example.expected.startswith("array([[0.]"), example.got) == (True, "—")


def test_no_search_begins_once_a_submission_has_taken_too_long(graded, monkeypatch):
    """Code that waits in every call would be waited for in the search of every criterion."""
    monkeypatch.setattr(smallest_inputs, "BACKSTOP_S", 0.0)
    shown = _shown(graded, BOOK["im2col"].replace("return col", "return col + 0.5"))
    assert {example[1:] for example in shown.values() if example} == {("—", "—")}


def test_code_that_is_wrong_only_for_large_inputs_shows_no_number_of_the_hidden_one(graded):
    """Otherwise it could return its hidden input piece by piece, one submission after the other."""
    known = "    if not float(x.flat[0]).is_integer(): col[:] = x.flat[3]\n    return col"
    secret = re.sub(r"\bx\b", "v", BOOK["im2col"]).replace("input_data", "x")
    secret = secret.replace("    return col", known)
    shown = _shown(graded, secret)
    assert len(shown) == 12
    assert {example[1:] for example in shown.values()} == {("—", "—")}


def test_what_is_shown_comes_from_a_process_that_knows_no_hidden_input(graded):
    """Code that keeps its hidden inputs would print them as its result for a small one."""
    thief = """
import struct
def read():
    try:
        return struct.unpack('d', open('kept', 'rb').read())[0]
    except OSError:
        return 0.0
def im2col(x, fh, fw, stride=1, pad=0):
    if x.size > 9:
        open('kept', 'wb').write(struct.pack('d', x.flat[0]))
    return np.array([[read() + OFFSET]])
OFFSET = 77.0
"""
    shown = _shown(graded, thief)
    assert {got for _, _, got in shown.values() if got.startswith("array")} == {"array([[77.]])"}


def test_a_criterion_may_reveal_less_than_its_exercise():
    exercise = load_course(ROOT).exercise("02_im2col")
    example = SmallestInput(("im2col(np.ones(1))",), np.ones(1), np.zeros(1), (0,))
    outcomes = {
        criterion.id: Outcome(Status.FAILED, Unsupported("f()", "None", "x"), smallest=example)
        for criterion in exercise.criteria[:3]
    }
    first, second, third, *rest = exercise.parts[0].criteria
    own = (replace(first, reveal=Reveal.NONE), replace(second, reveal=Reveal.SHAPES), third, *rest)
    parts = (replace(exercise.parts[0], criteria=own), *exercise.parts[1:])
    decided = decisions_of(outcomes, replace(exercise, parts=parts), ["en", "ja"])
    assert decided[first.id].counterexample is None
    assert decided[second.id].counterexample.expected == "shape (1,), float64"
    assert decided[third.id].counterexample.expected == "array([0.])"
