"""Where code that took too long is said to have been stopped: the same place every time."""

from __future__ import annotations

import pytest

from autograder.sandbox.host.stopped_at import stopped_at

ENDLESS = """\
def search(x):
    for row in x:
        while row:
            for value in row:
                total = value
            row = row + 0
    return total
"""


@pytest.mark.parametrize("line", [3, 4, 5, 6])
def test_whichever_line_runs_it_is_the_loop_that_may_never_end(line):
    assert stopped_at([(0, line)], [ENDLESS]) == (0, 3)


def test_loops_that_count_are_named_from_the_outside():
    nested = "def f(x):\n    for i in x:\n        for j in x:\n            i * j\n"
    assert stopped_at([(0, 4)], [nested]) == (0, 2)


def test_a_loop_in_what_is_called_is_found():
    caller = "def g(x):\n    return search(x)\n"
    assert stopped_at([(1, 2), (0, 5)], [caller, ENDLESS]) == (1, 3)


def test_an_endless_loop_counts_before_one_that_calls_it():
    caller = "def g(x):\n    for one in x:\n        search(one)\n"
    assert stopped_at([(1, 3), (0, 5)], [caller, ENDLESS]) == (1, 3)


def test_a_loop_around_a_definition_does_not_run_it():
    source = "for _ in range(3):\n    def f(x):\n        return x ** x\n"
    assert stopped_at([(0, 3)], [source]) == (0, 3)


def test_loops_in_branches_and_handlers_are_found():
    source = (
        "def f(x):\n    try:\n        x()\n    except Exception:\n        while x:\n            x\n"
    )
    assert stopped_at([(0, 6)], [source]) == (0, 5)


@pytest.mark.parametrize("source", ["", "%magic\nwhile True: pass", "x = (" * 500])
def test_what_is_no_python_names_the_line(source):
    assert stopped_at([(0, 1), (0, 2)], [source, source]) == (1, 2)


def test_nothing_is_known_without_a_line():
    assert stopped_at([], []) is None
