"""Pieces of a cell that does not parse define only what nothing else defines."""

from __future__ import annotations

import pytest

from .conftest import Open

RIGHT = "def f(x):\n    return x + 1"
HALF = "def f(x):\n    y = x\nprint('here')\n    return y"
STUB = "def f(x):\n    raise NotImplementedError"


@pytest.mark.parametrize(
    "cells",
    [
        (RIGHT, HALF),
        (HALF, RIGHT),
        (RIGHT, HALF, STUB),
        (STUB, HALF, RIGHT),
        ("f = lambda x: x + 1", HALF),
        (RIGHT, "x = = 1\nf = lambda x: 0"),
        (RIGHT, "x = = 1\nif True:\n    def f(x): return 0"),
        (RIGHT, "x = = 1\nfor f in range(3): pass"),
        ("k = 1\ndef f(x):\n    return x + k", "x = = 1\nk = 2\nk += 1"),
        ("k = 1\ndef f(x):\n    return x + k", "x = = 1\nfrom math import pi as k"),
        (
            "import numpy as np",
            "def f(x):\n    return np.int64(x + 1)",
            "x = = 1\nimport math as np",
        ),
        ("cache = [1]\ndef f(x):\n    return x + cache[0]", "x = = 1\ncache[0] = 5\ncache.clear()"),
    ],
)
def test_what_parses_counts(notebook: Open, cells: tuple[str, ...]) -> None:
    with notebook(*cells) as book:
        assert book.call("f", 1) == 2


@pytest.mark.parametrize(
    "cells",
    [
        ("x = = 1\nimport math\nk = 1\ndef f(x):\n    return math.floor(x) + k",),
        (STUB, f"x = = 1\n{RIGHT}"),
        (f"x = = 1\n{RIGHT}", STUB),
        ("x = = 1\ndef f(x):\n    return 0", f"x = = 1\n{RIGHT}"),
    ],
)  # fmt: skip
def test_pieces_count_where_nothing_else_does(notebook: Open, cells: tuple[str, ...]) -> None:
    with notebook(*cells) as book:
        assert book.call("f", 1) == 2


def test_a_class_is_completed_by_a_piece_that_says_more(notebook: Open) -> None:
    whole = "class A:\n    def f(self): return 1\n    def g(self): raise NotImplementedError"
    piece = (
        "class A:\n    def f(self): return 2\n    def g(self): return 3\n    def h(self)\n        1"
    )
    with notebook(whole, piece) as book:
        assert book.session.defined["A"] == ("f", "g")
        assert book.session.remarks.pieces == {"A": 1}


def test_the_cell_of_a_piece_is_told_until_the_name_is_defined_elsewhere(notebook: Open) -> None:
    with notebook(f"x = = 1\n{RIGHT}", f"x = = 1\n{RIGHT}", "x = 1") as book:
        assert book.session.remarks.pieces == {"f": 1}
    with notebook(f"x = = 1\n{RIGHT}", RIGHT) as book:
        assert book.session.remarks.pieces == {}


def test_a_magic_that_may_have_run_its_cell_defines_what_nothing_else_does(notebook: Open) -> None:
    wrong = "%%memit\ndef f(x):\n    return 0"
    with notebook(RIGHT, wrong) as book:
        assert book.call("f", 1) == 2
    with notebook(wrong, "x = 1") as book:
        assert book.call("f", 1) == 0


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("print(f'{d['s']}')", "f-string"),
        ("type Shape = tuple[int, int]", "invalid syntax"),
        ("def g[T](x: T) -> T:\n    return x", "expected '('"),
    ],
)
def test_newer_syntax_is_told_with_the_python_that_grades(
    notebook: Open, bad: str, says: str
) -> None:
    import sys

    if sys.version_info >= (3, 12):
        pytest.skip("this Python reads it")
    with notebook(bad, "x = = 1") as book:
        assert says in str(book.errors[0])
        assert "graded with Python 3." in str(book.errors[0])
        assert "Python" not in str(book.errors[1])


def test_a_body_below_the_stubs_raise_is_noticed(notebook: Open) -> None:
    cells = (
        '"""x"""\ndef f(x):\n    """doc"""\n    raise NotImplementedError("f")\n    return x',
        "class A:\n    def g(self):\n        raise NotImplementedError\n        return 1\n"
        "    def h(self):\n        raise NotImplementedError",
        "def k(x):\n    raise NotImplementedError\n    return x\ndef k(x):\n    return x",
    )
    with notebook(*cells) as book:
        assert book.session.remarks.leftover_raises == {"f": (0, 4), "A.g": (1, 3)}
