"""What a definition uses means what it meant where the definition was made."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.sandbox.host.session import StudentRaised

from .conftest import Notebook, Open, call

F = "def f(x):\n    return {}"


def in_its_world(book: Notebook, name: str, *args: object) -> object:
    with book.session.criterion(world=name) as conversation:
        return call(conversation, name, *args)


def changes(book: Notebook, name: str = "f") -> list[tuple[str, int]]:
    return [(change.name, change.cell) for change in book.session.remarks.overwritten.get(name, ())]


# What an answer uses, and what a later cell does to it; the name that is told.
OVERWRITTEN = {
    "a builtin": ([F.format("sum(range(x))")], "range = (0, 255)", "range"),
    "a builtin by a loop": ([F.format("len([0] * x * 4) + 5")], "for len in [1]: pass", "len"),
    "a builtin in its module": (
        [F.format("sum(range(x))")], "import builtins\nbuiltins.sum = 0", "sum",
    ),
    "a module": (["import numpy as np", F.format("int(np.sum(np.arange(x)))")],
                 "for np in range(3): pass", "np"),
    "a module by another import": (
        ["import math as m", F.format("int(m.comb(x, 2))")], "import random as m", "m",
    ),
    "a function of NumPy": ([F.format("int(np.sum(np.arange(x)))")], "np.sum = 3", "np.sum"),
    "a function from an import": (
        ["from math import comb", F.format("comb(x, 2)")], "comb = None", "comb",
    ),
    "a constant": (["pairs = 2", "import math", F.format("math.comb(x, pairs)")],
                   "pairs = 3", "pairs"),
    "a helper": (["def g(x):\n    return x - 1", F.format("x * g(x) // 2")],
                 "def g(x, y):\n    return y", "g"),
    "a helper of a helper": (
        ["def h(x):\n    return 1", "def g(x):\n    return x - h(x)", F.format("x * g(x) // 2")],
        "h = lambda: 0", "h",
    ),
    "a name that a function inside uses": (
        ["def f(x):\n    def pairs():\n        return [(i, j) for i in range(x) for j in range(i)]"
         "\n    return len(pairs())"], "range = 4", "range",
    ),
    "behind a decorator": (
        ["import functools\n@functools.lru_cache\ndef f(x):\n    return sum(range(x))"],
        "sum = 0", "sum",
    ),
    "behind a decorator of one's own": (
        ["def timed(function):\n    def inner(*args):\n        return function(*args)\n"
         "    return inner", "@timed\ndef f(x):\n    return sum(range(x))"], "sum = 0", "sum",
    ),
    "in an object that can be called": (
        ["class F:\n    def __call__(self, x):\n        return sum(range(x))\nf = F()"],
        "sum = 0", "sum",
    ),
    "in a method that f uses": (
        ["class A:\n    @staticmethod\n    def g(x):\n        return sum(range(x))",
         F.format("A.g(x)")], "sum = 0", "sum",
    ),
    "a setting in a dict": (
        ["conf = {'n': 2}", "import math", F.format("math.comb(x, conf['n'])")],
        "conf['n'] = 3\nconf['more'] = 1", "conf",
    ),
    "an item of a list": (["ns = [2]", "import math", F.format("math.comb(x, *ns)")],
                          "ns.append(7)", "ns"),
    "a number in an array": (["a = np.arange(10)", F.format("int(a[:x].sum())")], "a[:] = 0", "a"),
    "an attribute of a class": (["class Conf:\n    n = 2", "import math",
                                 F.format("math.comb(x, Conf.n)")], "Conf.n = 3", "Conf"),
    "an attribute of an object": (
        ["class Conf: pass\nconf = Conf()\nconf.n = 2", "import math",
         F.format("math.comb(x, conf.n)")], "conf.n, conf.m = 3, 4", "conf",
    ),
    "a method of another class": (
        ["class A:\n    def g(self, x): return sum(range(x))", F.format("A().g(x)")],
        "A.g = None", "A",
    ),
    "a set": (["s = {2}", F.format("45 if x // 5 in s else 0")], "s.clear()", "s"),
    "NumPy told to raise": (
        [F.format("int(np.exp(np.float64(x) * 1000) > 1) * 45")], "np.seterr(all='raise')",
        "np.seterr",
    ),
    "warnings turned into errors": (
        ["import warnings", F.format("warnings.warn('x') or 45")],
        "warnings.simplefilter('error')", "warnings.simplefilter",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OVERWRITTEN)
def test_what_a_later_cell_overwrites_still_works_in_the_world_of_the_definition(
    notebook: Open, name: str
) -> None:
    before, later, told = OVERWRITTEN[name]
    with notebook(*before, later, "x = 1") as book:
        assert in_its_world(book, "f", 10) == 45
        assert changes(book) == [(told, len(before))]
        with pytest.raises((StudentRaised, AssertionError)):
            assert book.call("f", 10) == 45


def test_a_name_that_only_comes_later_is_there_too(notebook: Open) -> None:
    """Cells need not be in execution order, and what follows may still overwrite the name."""
    with notebook(F.format("g(x) * k"), "k = 3\ndef g(x):\n    return x", "k = 'k'") as book:
        assert in_its_world(book, "f", 2) == 6
        assert changes(book) == [("k", 2)]


def test_a_helper_that_is_corrected_later_is_right_at_the_end(notebook: Open) -> None:
    with notebook("def g(x):\n    return 0", F.format("g(x)"), "def g(x):\n    return x") as book:
        assert (in_its_world(book, "f", 2), book.call("f", 2)) == (0, 2)
        assert changes(book) == [("g", 2)]


def test_each_definition_has_its_own_world(notebook: Open) -> None:
    with notebook("k = 1", F.format("k"), "k = 2", "def g(x):\n    return k", "k = 3") as book:
        assert (in_its_world(book, "f", 0), in_its_world(book, "g", 0)) == (1, 2)
        assert (changes(book), changes(book, "g")) == ([("k", 2)], [("k", 4)])


def test_a_class_is_as_it_was_after_its_last_change(notebook: Open) -> None:
    cells = (
        "k = 1\nclass A:\n    def f(self):\n        return k",
        "k = 2\ndef g(self):\n    return k\nA.g = g",
        "k = 3",
    )
    with notebook(*cells) as book, book.session.criterion(world="A") as conversation:
        place = {"ref": call(conversation, "A").number, "steps": [["attr", "g"]]}
        assert conversation.request("call", place).value == 2


@pytest.mark.parametrize(
    "later",
    [
        "unused = 1\nx = [1, 2]",
        "def other(x):\n    return range",
        "sum = sum",
        "class A:\n    range = 3\n    def sum(self): pass",
        "a = np.zeros(3)\na.sum()\ndel a",
        "f(1)",
        "import numpy as np, numpy",
    ],
)
def test_what_the_definition_does_not_use_changes_nothing(notebook: Open, later: str) -> None:
    before = ("import numpy as np", F.format("int(np.sum(range(x)))"))
    with notebook(*before, later, "x = 2") as book:
        assert not book.session.remarks.overwritten
        assert book.call("f", 3) == 3


def test_large_arrays_are_not_kept_for_an_earlier_world(notebook: Open) -> None:
    cells = ["import numpy as np", F.format("data.size")]
    cells += ["data = np.ones(2 * 10**7)"] * 40  # 6.4 GB, were they all kept
    with notebook(*cells) as book:
        assert book.statuses == ["ok"] * 42
        assert book.call("f", 0) == 2 * 10**7


def test_no_code_of_the_students_runs_while_names_are_compared(notebook: Open) -> None:
    odd = (
        "class Odd:\n    def __eq__(self, other): raise SystemExit\n"
        "    __hash__ = __bool__ = __eq__\n"
        "    def __getattribute__(self, name): raise SystemExit\n"
        "class Meta(type):\n    __mro__ = property(lambda c: 1 / 0)\n"
        "    def __getattribute__(c, name): raise SystemExit\nclass A(metaclass=Meta): pass\n"
    )
    with notebook(odd + "k = Odd()", F.format("(k, A)[1:] and x"), "k = Odd()\nA = Odd()") as book:
        assert changes(book) == [("k", 2)]
        assert in_its_world(book, "f", 3) == 3
        np.testing.assert_equal(book.call("f", 3), 3)
