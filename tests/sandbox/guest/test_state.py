"""Whether a notebook's own state is the same: everything that its code could remember with."""

from __future__ import annotations

import decimal
import io
import math
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox.guest.state import State

NOTEBOOK = """
import abc, collections, contextlib, decimal, enum, functools, itertools, math, random, re, sys
from collections import namedtuple
from dataclasses import dataclass, make_dataclass
from typing import Optional
import numpy as np

limit, optional, pattern = 3, Optional[int], re.compile("x")
nested = [1, [2, 3]]
large = np.zeros(300_000)
objects = np.array([[1], None], dtype=object)
rng, old_rng, python_rng = np.random.default_rng(0), np.random.RandomState(0), random.Random(0)
Point = namedtuple("Point", "x y")
point = Point(1, [2])

class Colour(enum.Enum):
    RED = 1

class Base(abc.ABC):
    @abc.abstractmethod
    def forward(self): ...

def with_default(x, cache={}):
    return x

def counter():
    calls = [0]
    def count():
        calls[0] += 1
    return count

count = counter()
bound = nested.append
halved = functools.partial(with_default, [1])

@functools.lru_cache
def cached(n):
    return n

@dataclass
class Settings:
    sizes: list = None

settings = Settings([1])

class Layer(Base):
    calls = 0
    seen = []
    def forward(self): return self.x
    @classmethod
    def make(cls, options=[]): return cls()
    @property
    def size(self): return 1

layer = Layer()
layer.x = np.ones(3)

class Slotted:
    __slots__ = ("a", "b")

slotted = Slotted()
slotted.a = [1]

class Table(dict): pass
table = Table(a=[1])

class Kernel(np.ndarray): pass
kernel = np.zeros(3).view(Kernel)

huge = np.zeros((3, 1_000_000)).T
limit = 3
rows = np.zeros(1, [("n", int)])
row, board = rows[0], np.indices((512, 256)).sum(0) % 2
ids = collections.defaultdict(list)
texts, middle = [["b"], ["a", "list"]], slice(1, 2)
def plus(x): return x + 1
append, setdefault = [].append, {}.setdefault
seeds, view = np.random.SeedSequence(1), vars(Layer)
line, same = np.poly1d([1, 2]), np.vectorize(with_default)
Made = make_dataclass("Made", [("sizes", list)])
made = Made([1])

class Meta(type):
    count = 0

class Metaed(metaclass=Meta): pass

@contextlib.contextmanager
def once(seen=[]):
    yield

@np.errstate(all="ignore")
def quiet(x, seen=[]):
    return x
"""


def loaded(*more: str) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "__main__"}
    for source in (NOTEBOOK, *more):
        exec(source, space)
    return space


@pytest.mark.parametrize(
    "change",
    [
        "limit += 1",
        "new = 1",
        "nested[1].append(1)",
        "large[0] = 1",
        "large += 1",
        "objects[0].append(1)",
        "count()",
        "cached(3)",
        "point.y.append(1)",
        "settings.sizes.append(1)",
        "with_default.__defaults__[0][1] = 2",
        "with_default.calls = 1",
        "halved.args[0].append(1)",
        "Layer.calls += 1",
        "Layer.seen.append(1)",
        "Layer.make.__func__.__defaults__[0].append(1)",
        "Layer.forward = lambda self: 0",
        "layer.x[1] = 5",
        "layer.y = None",
        "slotted.a.append(1)",
        "table['a'].append(1)",
        "table['b'] = 1",
        "kernel += 1",
        "def with_default(x): return x",
        "huge[777_777, 1] = 1",
        "append(1)",
        "setdefault(1, 1)",
        "seeds.spawn(1)",
        "rng.spawn(1)",
        "limit = limit / 1",
        "limit = float('-0')",
        "row['n'] = 1",
        "rows.dtype.names = ('m',)",
        "ids.default_factory = None",
        "halved.calls = 1",
        "cached.calls = 1",
        "large.setflags(align=False)",
        "board[:] = 1 - board",
        "texts[0].append(texts[1].pop())",
        "slotted.b = None",
        "plus.calls = 1",
        "middle.indices(3); middle = slice([], 3)",
        "line.coeffs[0] = 5",
        "same.pyfunc.__defaults__[0][1] = 2",
        "made.sizes.append(1)",
        "Made.calls = 1",
        "Meta.count += 1",
        "type(Metaed).count += 1",
        "once.__wrapped__.__defaults__[0].append(1)",
        "quiet.__wrapped__.__defaults__[0].append(1)",
        "with_default.__dict__['calls'] = 1",
        "Layer.__doc__ = 'called'",
        "class Conv(Layer): pass\nkept = Conv; del Conv",
        "enum.Enum.__doc__, math.called = '', 1",
    ],
)
def test_a_change_is_noticed(change: str) -> None:
    space = loaded()
    state = State([space])
    assert state.is_unchanged()
    try:
        exec(change, space)
        assert not state.is_unchanged()
    finally:
        vars(math).pop("called", None)


@pytest.mark.parametrize(
    "use",
    [
        "pass",
        "layer.forward(); layer.size; Layer().x = 3",
        "with_default([1]); halved()",
        "rng.normal(size=3); old_rng.rand(); python_rng.random()",
        "np.zeros(3) + large[:3]",
        "same(1.0); line(2); quiet(1); Made([2])",
        "with once(): pass",
    ],
)
def test_using_it_changes_nothing(use: str) -> None:
    space = loaded()
    state = State([space])
    exec(use, space)
    assert state.is_unchanged()


def test_random_generators_of_the_notebook_start_again() -> None:
    space = loaded()
    state = State([space])
    draw = "drawn = [rng.normal(), old_rng.rand(), python_rng.random()]"
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    exec(draw, space, first)
    state.restart_generators()
    exec(draw, space, second)
    assert first == second


@pytest.mark.parametrize(
    "hiding_place",
    [
        "it = itertools.count()",
        "it = (i for i in nested)",
        "it = map(str, nested)",
        "it = itertools.count().__next__",
        "it = np.ndindex(3)",
        "it = np.nditer(large)",
        "it = large.flat",
        "stream = np.random.PCG64(1)",
    ],
)
def test_what_cannot_be_looked_into_is_never_unchanged(hiding_place: str) -> None:
    assert not State([loaded(hiding_place)]).is_unchanged()


def test_a_library_that_is_changed() -> None:
    library = {"dot": len}
    state = State([loaded()], [library])
    assert state.is_unchanged()
    library["dot"] = max
    assert not state.is_unchanged()


@pytest.mark.parametrize(
    "leaving",
    [
        "import sys; sys.called = True",
        "import os; os.environ['CALLED'] = 'yes'",
        "import warnings; warnings.simplefilter('error')",
        "import sys; sys.setrecursionlimit(sys.getrecursionlimit() + 1)",
        "import sys; sys.stdout = sys.stderr",
        "import sys; sys.stderr.close()",
        "import threading; threading.Thread(target=stop.wait).start()",
        "import os; os.chdir('..')",
        "open('seen', 'w').close()",
        "import os; os.remove('data.txt')",
        "import pathlib; pathlib.Path('data.txt').write_text('seen')",
        "open('folder/seen', 'w').close()",
        "import sys; sys.path.append('seen')",
        "import decimal; decimal.getcontext().prec += 1",
        "import math; math.tau = 7",
    ],
)
def test_what_is_left_in_the_process_is_noticed(
    leaving: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data.txt").touch()
    (tmp_path / "folder").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(math, "tau", math.tau)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(sys, "called", None, raising=False)
    monkeypatch.delattr(sys, "called")
    monkeypatch.setenv("CALLED", "")
    with warnings.catch_warnings(), decimal.localcontext():
        space = loaded()
        state = State([space])
        stop, limit = threading.Event(), sys.getrecursionlimit()
        try:
            exec(leaving, space | {"__name__": "__main__", "stop": stop})
            assert not state.is_unchanged()
        finally:
            stop.set()
            sys.setrecursionlimit(limit)


def test_a_warning_that_was_given_is_no_change() -> None:
    space = loaded("def warn(): np.log(np.zeros(1))")
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        state = State([space])
        space["warn"]()
        assert "__warningregistry__" in space
        assert state.is_unchanged()


def test_no_code_of_the_notebook_runs() -> None:
    odd = """
def fail(*args): raise SystemExit
Odd = type("Odd", (), {name: fail for name in (
    "__getattribute__", "__eq__", "__hash__", "__repr__", "__iter__", "__len__", "__class__")})
odd = Odd()
class Meta(type):
    __getattribute__ = __eq__ = __iter__ = __instancecheck__ = fail
    __hash__ = type.__hash__
class Metaed(metaclass=Meta): pass
"""
    assert State([loaded(odd)]).is_unchanged()
