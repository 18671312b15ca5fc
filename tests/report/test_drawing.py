"""What is drawn of a counterexample."""

from __future__ import annotations

from autograder.report.drawing import pictures
from autograder.verdict.result import Counterexample

OVERLAP = Counterexample(
    call="col2im(np.arange(1., 5.).reshape(2, 2), (1, 1, 1, 3), 1, 2, 1, 0)\n"
    "# expected[0, 0, 0, 1] ← col[0, 1], col[1, 0]",
    got="array([[[[1., 2., 4.]]]])",
    expected="array([[[[1., 5., 4.]]]])",
)


def _drawn(example):
    """By kind, the rows of each picture's only grid: wrong entries with !, the window in []."""

    def text(entry):
        return f"[{entry.text}]" if entry.window else entry.text + "!" * entry.wrong

    return {
        picture.kind: [[text(entry) for entry in row] for row in picture.grids[0].rows]
        for picture in pictures(example)
    }


def test_the_inputs_that_a_wrong_entry_is_made_from_are_framed_and_what_differs_is_marked():
    assert _drawn(OVERLAP) == {
        "input": [["1", "[2]"], ["[3]", "4"]],
        "expected": [["1", "[5]", "4"]],
        "got": [["1", "2!", "4"]],
        "difference": [["0", "-3!", "0"]],
    }
    assert pictures(OVERLAP)[0].name == "col"


def test_of_a_matrix_of_windows_the_row_is_framed():
    example = Counterexample(
        call="im2col(np.arange(1., 7.).reshape(1, 1, 2, 3), 2, 2, 1, 0)\n"
        "# expected[1, 0] ← x[0, 0, 0:2, 1:3]",
        expected="array([[1., 2., 4., 5.],\n       [2., 3., 5., 6.]])",
        got="array([[1., 2., 4., 5.],\n       [0., 3., 5., 6.]])",
    )
    assert _drawn(example)["input"] == [["1", "[2]", "[3]"], ["4", "[5]", "[6]"]]
    assert _drawn(example)["expected"][1] == ["[2]", "[3]", "[5]", "[6]"]


def test_results_of_different_shapes_have_no_difference():
    example = Counterexample("f(np.ones((1, 2)))", got="array([1.])", expected="array([1., 2.])")
    assert list(_drawn(example)) == ["input", "expected", "got"]


def test_what_raised_is_text_beside_what_was_expected():
    example = Counterexample("f(np.ones(2))", got="ValueError: no", expected="array([1., 2.])")
    assert list(_drawn(example)) == ["input", "expected"]


def test_two_numbers_or_texts_are_not_drawn():
    assert pictures(Counterexample("f(np.ones(2))", got="1.0", expected="2.0")) == []
