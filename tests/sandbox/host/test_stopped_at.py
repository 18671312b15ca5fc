"""Where code that took too long is said to have been stopped: the same place every time."""

from __future__ import annotations

import tracemalloc
import warnings

import pytest

from autograder.sandbox.host.stopped_at import MAX_SOURCE, stopped_at

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


def test_nothing_is_said_on_the_terminal_of_how_the_code_is_written():
    source = "while True:\n    a = '\\d'\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert stopped_at([(0, 2)], [source]) == (0, 1)


def test_code_that_names_many_large_cells_does_not_fill_the_memory():
    cells = [f"while True:\n    {number}\n" + "a\n" * (MAX_SOURCE // 2) for number in range(8)]
    cells += [cell[: MAX_SOURCE - 9] for cell in cells]
    tracemalloc.start()
    try:
        assert stopped_at([(index, 2) for index in range(16)], cells) == (8, 1)
        assert tracemalloc.get_traced_memory()[1] < 60 * 2**20
    finally:
        tracemalloc.stop()
