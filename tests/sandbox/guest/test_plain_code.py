"""Which code can keep state only where `state` sees it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.guest.plain_code import is_plain, remember_libraries
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


@pytest.fixture(autouse=True)
def remembered() -> None:
    remember_libraries()


def body_is_plain(body: str) -> bool:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(SETUP, space)
    exec(f"def f(self, x, y=1):\n    {body}", space)
    return is_plain(Reachable([space]))


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
        "return self.weights + x.shap + np.zeros_lik(x) + undefined",
        "return Layer(x).W",
        "super().__init__(); return self.format, np.r_[x, x]",
        "np.add.at(x, y, 1); return np.maximum.reduce(x), np.zeroes(3)",
        "if x is None or y is not None: return x",
        "self.conv.W = x; self.calls += 1; x.shape = (1, 2)",
    ],
)
def test_what_exercises_are_solved_with_is_plain(body: str) -> None:
    assert body_is_plain(body)


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
        "np.pad.calls = 1",
        "np.pad.calls += 1",
        "np.calls = 1",
        "del np.pad",
        "np.typecodes['All'] = 'f'",
        "__annotations__['calls'] = 1",
        "self.__doc__ = 'called'",
        "f.__name__ = 'called'",
        "return np.lib.format.open_memmap('x')",
        "return np.finfo(float)",
        "return x if x is y else y",
        "return (k for k in x).gi_frame.f_builtins",
        "match np:\n        case object(set_printoptions=g): g(precision=1)",
        "setattr(self, 'x', 1)",
    ],
)
def test_whatever_else_is_used_is_not(body: str) -> None:
    assert not body_is_plain(body)


@pytest.mark.parametrize(
    "held",
    [
        "table = [os.getcwd]",
        "table = {'now': decimal.getcontext}",
        "setting = functools.partial(np.set_printoptions, precision=2)",
        "class Layer:\n    clock = time.time",
        "class Layer:\n    def __init__(self, now=time.time): pass",
        "folder = pathlib.Path('.')",
        "table = {1, 2}",
        "ids = collections.defaultdict(itertools.count().__next__)",
        "row = np.zeros(1, [('n', int)])[0]",
        "rows = np.zeros(1, [('n', int)])",
        "add = np.frompyfunc(lambda x, y: x + y, 2, 1)",
        "np.window = lambda x: calls.append(x)",
        "np.pad = lambda x: calls.append(x)",
        "np.pad.calls = 1",
        "np.poly1d.calls = 1",
        "np.lib._arraypad_impl._as_pairs = lambda *args: calls.append(args)",
        "warnings.showwarning = lambda *args: calls.append(args)",
        "np.seterrcall(lambda *args: calls.append(args))",
        "typed = np.zeros(3, np.dtype(float, metadata={'calls': []}))",
        "class Layer(abc.ABC): pass\nlayer = Layer()",
        "class Table(dict): pass\ntable = Table()",
        "class Meta(type): pass\nclass Layer(metaclass=Meta): pass\nlayer = Layer()",
        "objects = np.array([[]], dtype=object)",
        "huge = np.zeros(2**24)[::2]",
    ],
)
def test_code_is_not_plain_if_it_can_reach_what_is_not(
    held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(np, "pad", np.pad)
    monkeypatch.setattr(np.lib._arraypad_impl, "_as_pairs", np.lib._arraypad_impl._as_pairs)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    for thing in (np.pad, np.poly1d):
        monkeypatch.setattr(thing, "calls", 0, raising=False)
        monkeypatch.delattr(thing, "calls")
    monkeypatch.setattr(np, "window", None, raising=False)
    monkeypatch.delattr(np, "window")
    remember_libraries()
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(f"import abc, collections, pathlib, warnings\n{SETUP}", space)
    exec("def f(x): return np.pad(x), np.window(x)", space)
    assert is_plain(Reachable([space]))
    before = np.geterrcall()
    try:
        exec(held, space)
        assert not is_plain(Reachable([space]))
    finally:
        np.seterrcall(before)


@pytest.mark.parametrize(
    "held",
    [
        "table = {'W': np.ones(3), 'sizes': [1, (2, 3)], 'kind': np.float32, 'f': np.exp}",
        "layers = [Layer(1), Layer(np.zeros(3))]",
        "rng = np.random.default_rng(0)",
        "data = np.zeros(2**18)",
        "from typing import Optional",
        "scale = np.float32(2)",
        "class Conv(Layer):\n    @property\n    def out(self): return self.W\nconv = Conv(1)",
    ],
)
def test_what_exercises_hold_is_plain(held: str) -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(f"{SETUP}\n{held}", space)
    assert is_plain(Reachable([space]))


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n    @property\n    def f(self): return os.getcwd()",
        "def outer():\n    def inner(): return os\n    return inner\ng = outer()\ndel outer",
        "def f(x, g=lambda: os): return g()",
        "import functools\ng = functools.partial(lambda: os)",
        "import contextlib\n@contextlib.contextmanager\ndef g():\n    yield os",
    ],
    ids=["property", "closure", "default", "partial", "decorated"],
)
def test_functions_in_methods_closures_and_defaults_are_looked_at(source: str) -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(f"import os\n{source}", space)
    assert not is_plain(Reachable([space]))
