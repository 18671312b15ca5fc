"""What is said of code whose names are not there, or of which only pieces could be read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.suite import definitions
from tests.suite.conftest import QUICK

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


def test_modules_without_number_are_not_all_looked_for(bench, monkeypatch):
    looked_for = []

    cells = "text = '''\n" + "from math import *\nfrom math.x import *\n" * 2000 + "'''"
    many = "\n".join(f"from math{n} import *" for n in range(2000))
    monkeypatch.setattr(definitions, "_is_there", lambda name: looked_for.append(name) or True)
    bench.outcomes(bench.course(WORKS, f=["works"]), f"{cells}\ntext = '''{many}'''")
    assert 1 < len(looked_for) == len(set(looked_for)) <= definitions.MAX_MODULES


USES = "def f(x):\n    return x + TABLE"


def test_the_cell_that_was_stopped_before_it_defined_a_name_is_named(bench):
    bench.budget = replace(QUICK, cell_s=0.3, cells_s=1.0)
    cells = ["a = 1", "def slow():\n    while True: pass\nTABLE = slow()", USES]
    text = told(bench, WORKS, cells, f=["works"])
    assert "NameError: name 'TABLE' is not defined" in text["en"]
    assert "Cell 2, which should define `TABLE`, was stopped for lack of time." in text["en"]
    assert "セル2は、時間切れのため途中で止めました。" in text["ja"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("TABLE: int = 1 / 0", "Cell 1, which should define `TABLE`, stopped with an error."),
        ("a, TABLE = 1, 1 / 0", "Cell 1, which should define `TABLE`, stopped with an error."),
        ("import nothing as TABLE_1\n1 / 0", None),
        ("TABLE == 1", None),
        ("def g():\n    TABLE = 1\n1 / 0", None),
        ("TABLE = 1\ndel TABLE", None),
        # Not measured: with a search that goes back and forth this would take hours.
        pytest.param("if 0:\n    0\n" + "TABLE, TABLE:" * 50_000, None, id="a long line"),
    ],
)
def test_a_cell_that_failed_is_named_if_it_would_have_defined_the_name(bench, cell, said):
    text = told(bench, WORKS, [cell, USES], f=["works"])["en"]
    assert "NameError: name 'TABLE' is not defined" in text
    assert said in text if said else "which should define" not in text


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
