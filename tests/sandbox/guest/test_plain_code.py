"""Which code is so plain that it could remember nothing out of sight."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.sandbox.guest.plain_code import is_plain as is_plain_code
from autograder.sandbox.guest.reachable import Reachable

SETUP = """
import contextlib, decimal, functools, itertools, logging, math, os, random, sys, threading, time
from itertools import count
from math import sqrt
import numpy as np
from numpy import pad
from numpy.lib.stride_tricks import sliding_window_view
calls = [0]
class Layer:
    def __init__(self, W): self.W = W
"""


def is_plain(body: str) -> bool:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(SETUP, space)
    exec(f"def f(self, x, y=1):\n    {body}", space)
    return is_plain_code(Reachable([space]))


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "return np.pad(x, 1)[:, ::-1].transpose(1, 0).reshape(-1) @ self.W + np.pi",
        "return sliding_window_view(pad(x, 1), (3, 3)).max(axis=(2, 3)) * sqrt(2) * math.e",
        "N, C = x.shape; self.out = np.zeros((N, C), dtype=np.float64); return self.out",
        "calls[0] += 1; calls.append(1)",
        "return np.random.randn(*x.shape) + np.random.default_rng(0).normal()",
        "return [float(a) for a in x if isinstance(a, np.floating)], (lambda a: a.sum())(x)",
        "raise ValueError(f'{x.shape} {type(x).__name__}')",
        "print('{}'.format(x)); return np.linalg.norm(x)",
        "return self.weights + x.shpae + np.zeros_lik(x) + undefined",
        "return Layer(x).W",
        "super().__init__(); return self.format, np.r_[x, x]",
    ],
)
def test_what_exercises_are_solved_with_is_plain(body: str) -> None:
    assert is_plain(body)


@pytest.mark.parametrize(
    "body",
    [
        "return next(itertools.count())",
        "return count()",
        "import itertools",
        "import os.path as path",
        "return getattr(np, 'pad')",
        "return globals()['calls']",
        "exec('calls')",
        "open('x')",
        "return os.getcwd()",
        "return sys.path",
        "return time.time()",
        "return random.random()",
        "return decimal.getcontext()",
        "return threading.local()",
        "return f.__code__",
        "return f.__globals__",
        "return x.__class__.__subclasses__()",
        "np.save('x', x)",
        "x.tofile('x')",
        "np.seterr(all='ignore')",
        "np.set_printoptions(precision=1)",
        "return np.vectorize(abs)(x)",
        "return np.random.RandomState",
        "return np.random.mtrand",
        "return np.lib.npyio",
        "return np._core",
        "return np.testing",
        "return lambda: time",
        "return __import__('os')",
        "return vars(self)",
        "setattr(self, 'x', 1)",
    ],
)
def test_whatever_else_is_used_is_not(body: str) -> None:
    assert not is_plain(body)


def test_functions_in_methods_closures_and_defaults_are_looked_at() -> None:
    for source in (
        "class A:\n    @property\n    def f(self): return os.getcwd()",
        "def outer():\n    def inner(): return os\n    return inner\ng = outer()\ndel outer",
        "def f(x, g=lambda: os): return g()",
        "import functools\ng = functools.partial(lambda: os)",
        "import contextlib\n@contextlib.contextmanager\ndef g():\n    yield os",
    ):
        space: dict[str, Any] = {"__name__": "__main__"}
        exec(f"import os\n{source}", space)
        assert not is_plain_code(Reachable([space])), source
