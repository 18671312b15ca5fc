"""What NumPy no longer calls by its old name still means what it meant."""

from __future__ import annotations

import pytest

from autograder.sandbox.protocol.numpy_names import REMOVED

from .conftest import Open

OLD = {
    "np.zeros(2, np.int).dtype.kind": "i",
    "np.zeros(2, dtype=np.float).dtype.name": "float64",
    "np.zeros(2, np.float_).dtype.name": "float64",
    "np.array([1], np.object).dtype.kind": "O",
    "np.array(['a'], np.str).dtype.kind": "U",
    "bool(np.bool(1))": True,
    "np.NINF < 0 < np.Inf == np.infty == np.PINF": True,
    "np.isnan(np.NaN)": True,
    "np.product([2, 3]) + np.cumproduct([2, 3])[-1]": 12,
    "bool(np.alltrue([1, 0]) or np.sometrue([1, 0]))": True,
    "np.round_(1.26, 1)": 1.3,
    "np.in1d([1, 2], [2]).tolist()": [False, True],
    "np.trapz([1, 1])": 1.0,
    "np.asscalar(np.ones(1))": 1.0,
    "np.lib.pad([1], 1, 'constant').tolist()": [0, 1, 0],
    "np.math.floor(2.5) + np.rank([[1]])": 4,
    "np.linalg.linalg.norm([3, 4])": 5.0,
    "np.msort(np.array([[2], [1]])).tolist()": [[1], [2]],
    "issubclass(np.AxisError, ValueError)": True,
}


def test_they_mean_what_they_meant(notebook: Open) -> None:
    cell = "import numpy as np\ndef f():\n    return (" + ", ".join(OLD) + ",)"
    with notebook(cell, "from numpy import product, float_\ndef g(x): return product(x)") as book:
        assert book.statuses == ["ok", "ok"], book.errors
        assert list(book.call("f")) == list(OLD.values())
        assert book.call("g", [2, 3]) == 6


def test_every_meaning_is_something(notebook: Open) -> None:
    cell = "import numpy as np\nfrom functools import reduce\ndef f(names):\n"
    cell += "    return [reduce(getattr, name.split('.')[1:], np) is not None for name in names]"
    with notebook(cell) as book:
        assert book.call("f", list(REMOVED)) == [True] * len(REMOVED)


def test_other_names_are_as_unknown_as_ever(notebook: Open) -> None:
    for name in ("np.reshpae", "np.lib.nothing", "np.random.nothing"):
        with notebook(f"def f():\n    return {name}") as book:
            assert book.error("f").type == "AttributeError"


@pytest.mark.parametrize(
    ("cells", "removed"),
    [
        (["import numpy as xp", "def f(x):\n    return xp.product(x).astype(xp.int)"],
         ("np.int", "np.product")),
        (["class f:\n    def g(self):\n        return [np.lib.pad(x, 1) for x in self.x]"],
         ("np.lib.pad",)),
        (["def f(x):\n    return x.product + np.x.Inf + np.inf + np.prod(x).int"], ()),
        (["import math as np", "def f(x):\n    return np.Inf"], ()),
    ],
)  # fmt: skip
def test_a_definition_that_uses_them_is_told(
    notebook: Open, cells: list[str], removed: tuple[str, ...]
) -> None:
    with notebook(*cells) as book:
        assert book.session.remarks.removed.get("f", ()) == removed
