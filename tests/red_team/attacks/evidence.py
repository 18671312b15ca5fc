"""Arguments for 09's suspects, which the grader itself calls with what a notebook returns."""

from __future__ import annotations

_ARGUMENTS = {"a": 5, "b": 3, "c": 6, "d": 6, "e": 5, "f": 5, "g": 5, "h": 3, "i": 5}

EVIDENCE = {
    "padding without end": "np.ones((3, 3)), (1, 3, 3), 1, 1, 10**9",
    "sizes without end": "[10**18] * n",
    "numbers without end": "[10**4000] * n",
    "negative numbers": "[-1] * n",
    "zeros": "[0] * n",
    "truth values": "[True] * n",
    "rows of nothing": "[np.zeros((2**26, 0, 3, 3))] * n",
    "a large array": "[np.ones((8, 8, 256, 256)), *[1] * (n - 1)]",
    "a wide image": "[np.ones((1, 1, 512, 512)), *[1] * (n - 1)]",
    "many axes": "[np.ones([1] * 32)] * n",
    "long texts": "['x' * 10**6] * n",
    "arrays of texts": "[np.array(['x' * 1000] * 1000)] * n",
    "not a number": "[np.full((1, 1, 4, 4), np.nan)] * n",
    "the largest numbers": "[np.full((1, 1, 4, 4), 1.7e308)] * n",
    "lists in lists": "[[[[]] * 1000] * 1000] * n",
    "masked arrays": "[np.ma.masked_all((1, 1, 4, 4))] * n",
    "objects and functions": "[object(), np.sin] * (n // 2)",
    "far more arguments than there are": "[1] * 10**5",
    "a shape that nothing has": "np.ones((4, 4)), (10**6, 10**6, 10**3, 10**3), 2, 2, 1",
    "labels beyond any class": "np.ones((100000, 3)), np.full(100000, 10**9), 10**9",
}

ATTACKS = {
    name: "import numpy as np\n"
    + "".join(
        f"def evidence_{letter}():\n    n = {n}\n    return tuple(({values}))\n"
        for letter, n in _ARGUMENTS.items()
    )
    for name, values in EVIDENCE.items()
} | {
    "None for every suspect": "".join(
        f"def evidence_{letter}(): return None\n" for letter in _ARGUMENTS
    ),
}
