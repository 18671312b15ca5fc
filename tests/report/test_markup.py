"""Texts and numbers as pages show them."""

import pytest

from autograder.report.markup import MAX_LENGTH, number, prose, truncated, unbroken


def test_a_name_in_backticks_is_code_and_nothing_else_is_markup():
    assert prose("Use `stride`, not <b>") == "Use <code>stride</code>, not &lt;b&gt;"
    assert prose("`<b>`") == "<code>&lt;b&gt;</code>"
    assert prose("one ` only") == "one ` only"
    assert prose("`a\nb`") == "`a\nb`"


def test_long_text_is_cut_and_says_by_how_much():
    assert truncated("x" * MAX_LENGTH, "({n} more)") == "x" * MAX_LENGTH
    assert truncated("x" * (MAX_LENGTH + 7), "({n} more)") == "x" * MAX_LENGTH + "\n(7 more)"


@pytest.mark.parametrize(
    ("points", "text"), [(18, "18"), (15.5, "15.5"), (0.1 + 0.2, "0.3"), (0, "0"), (100.0, "100")]
)
def test_points_are_written_as_people_write_them(points, text):
    assert number(points) == text


def test_code_is_not_broken_within_its_innermost_brackets():
    assert unbroken("f(np.array([[1., 2.], [<3>, 4.]]), x[0])") == (
        'f(np.array([<span class="whole">[1., 2.]</span>, '
        '<span class="whole">[&lt;3&gt;, 4.]])</span>, x[0])'
    )
    assert unbroken(f"f({', '.join('x' * 20)})") == f"f({', '.join('x' * 20)})"  # too long
