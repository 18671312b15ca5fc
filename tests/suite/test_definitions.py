"""What is said of code whose names are not there, or of which only pieces could be read."""

from __future__ import annotations

import pytest

WORKS = """
@criterion("f.works")
def test_works(student, make):
    same(student.f(1), 2)
"""
NET = """
@criterion("Net.forward.works")
def test_works(student, make):
    same(student.Net(3).forward(1), 2)
"""


def told(bench, suite, cell, **parts):
    (outcomes,) = bench.outcomes(bench.course(suite, **parts), cell)
    (outcome,) = outcomes.values()
    return outcome.message


def test_a_star_import_of_what_is_not_there_is_named_with_the_name_that_it_may_have_brought(bench):
    text = told(
        bench,
        WORKS,
        "from math import *\nfrom common.util import *\ndef f(x):\n    return helper(x)",
        f=["works"],
    )
    assert "NameError: name 'helper' is not defined" in text["en"]
    assert "Cell 1 imports everything from `common.util`" in text["en"]
    assert "If `helper` is from there" in text["en"]
    assert "セル1では`common.util`からすべてをimport" in text["ja"]


@pytest.mark.parametrize(
    "cell",
    [
        "from math import *\ndef f(x):\n    return helper(x)",
        "from common.util import *\ndef f(x):\n    return [][x]",
        "import common.util\ndef f(x):\n    return helper(x)",
    ],
)
def test_no_star_import_is_blamed_for_anything_else(bench, cell):
    assert "imports everything" not in told(bench, WORKS, cell, f=["works"])["en"]


def test_what_could_not_be_read_is_not_said_to_be_missing(bench):
    cell = (
        "class Net:\n"
        "    def __init__(self, n:\n"
        "        self.n = n\n"
        "    def forward(self, x):\n"
        "        return x + 1\n"
    )
    text = told(bench, NET, cell, **{"Net.forward": ["works"]})
    assert "could not be read" in text["en"]
    assert "SyntaxError" in text["en"]
    assert "Does the class have" not in text["en"]
    assert "クラスに" not in text["ja"]
