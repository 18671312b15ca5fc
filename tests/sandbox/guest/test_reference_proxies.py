"""Reference proxies as a notebook meets them, with the host's part played by a function."""

from __future__ import annotations

import copy
import importlib
import pickle
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.guest.installed_proxies import InstalledProxies
from autograder.sandbox.guest.reference_channel import Channel
from autograder.sandbox.guest.reference_proxies import while_cells_run

IM2COL = {"name": "im2col", "methods": None, "spellings": ["img2col"], "replaces": []}
LAYER = {"name": "Affine", "methods": ["forward"], "spellings": ["Dense"], "replaces": ["MyAffine"]}


@pytest.fixture(autouse=True)
def no_finder_left() -> Iterator[None]:
    before, modules = list(sys.meta_path), set(sys.modules)
    yield
    sys.meta_path[:] = before
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def host(message: dict[str, Any]) -> dict[str, Any]:
    """A layer whose forward is x * W and sets dW, and a function that adds its arguments."""
    operation = message["proxy"]
    if operation["op"] == "call":
        return {"value": sum(message["args"])}
    if operation["op"] == "make":
        return {"number": 1, "attributes": {"dW": None, "stride": 2}, "same": {"W": 0}}
    if operation["op"] == "copy":
        return {"number": 2}
    host.sent.append(operation)  # type: ignore[attr-defined]
    return {"value": operation["number"], "attributes": {"dW": np.ones(2)}, "same": {}}


def proxies(*sources: str) -> InstalledProxies:
    host.sent = []  # type: ignore[attr-defined]
    channel = Channel()
    channel.exchange = host
    return InstalledProxies([IM2COL, LAYER], sources, channel)


def test_a_function():
    assert proxies().fixed["im2col"](1, 2, 3) == 6


def test_without_a_connection_nothing_can_be_called():
    with pytest.raises(RuntimeError, match="cannot be called now"):
        InstalledProxies([IM2COL], [], Channel()).fixed["im2col"](1)


def test_names_in_any_spelling_and_no_others():
    found = proxies("img_2_col(x); Dense(W, b); affine = 1; im3col(x)")
    assert set(found.fixed) == {"im2col", "Affine", "MyAffine"}
    assert set(found.loose) == {"img_2_col", "Dense", "affine"}
    assert found.find("IM2COL") is found.fixed["im2col"]
    assert found.find("im3col") is None


def test_an_object_shares_its_arrays_and_sends_only_what_changed():
    W = np.zeros(2)
    layer = proxies().fixed["Affine"](W, 0)
    assert layer.W is W
    assert layer.stride == 2
    layer.forward(1)
    W += 1
    layer.forward(1)
    layer.W = np.full(2, 5.0)
    layer.unknown = 1
    layer.forward(1)
    layer.forward(1)
    sent = [{k: v.tolist() for k, v in each["attributes"].items()} for each in host.sent]
    assert sent == [{}, {"W": [1, 1]}, {"W": [5, 5]}, {}]
    assert layer.dW.tolist() == [1, 1]


def test_an_object_is_of_its_class_and_says_so():
    affine = proxies().fixed["Affine"]
    layer = affine(np.zeros(2))
    assert isinstance(layer, affine)
    assert repr(layer) == "<Affine>"
    assert not hasattr(layer, "backward")


def test_a_copy_is_an_object_of_its_own():
    layer = proxies().fixed["Affine"](np.zeros(2))
    twin = copy.deepcopy(layer)
    assert twin.W is not layer.W
    assert (layer.forward(0), twin.forward(0)) == (1, 2)


def test_pickling_is_refused_with_advice():
    layer = proxies().fixed["Affine"](np.zeros(2))
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(layer)


def test_a_class_may_be_derived_from():
    class Mine(proxies().fixed["Affine"]):
        def forward(self, x):
            return 10 * super().forward(x)

    assert Mine(np.zeros(2)).forward(1) == 10


def test_a_class_that_forgets_the_constructor_is_reported():
    class Mine(proxies().fixed["Affine"]):
        def __init__(self):
            pass

    with pytest.raises(RuntimeError, match="Affine"):
        Mine().forward(1)


def test_cells_cannot_change_a_class_and_a_suite_can():
    affine = proxies().fixed["Affine"]
    with while_cells_run():
        affine.forward = lambda *_: 7
    assert affine(np.zeros(2)).forward(1) == 1
    affine.forward = lambda *_: 7
    assert affine(np.zeros(2)).forward(1) == 7


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("from common.util import im2col", "common.util"),
        ("from common.util import (smooth,\n   im2col)", "common.util"),
        ("    from layers import *  # all of them\nAffine", "layers"),
        ("import dl.layers as L\nL.Affine(W, b)", "dl.layers"),
        ("from dl import util as u\nu . im2col(x)", "dl.util"),
        ("import book.common.util\nbook.common.util.im2col(x)", "book.common.util"),
    ],
)
def test_the_modules_in_which_a_notebook_looks(source, module):
    found = proxies(source)
    imported = importlib.import_module(module)
    name = "Affine" if "Affine" in source else "im2col"
    assert getattr(imported, name) is found.fixed[name]


@pytest.mark.parametrize(
    "source",
    [
        "import torch", "from tensorflow import keras", "import cupy as np", "from x import *",
        "from .util import im2col", "import util\nutil.other(x)",
    ],
)  # fmt: skip
def test_no_other_module_is_made_up(source, monkeypatch):
    # Whatever is installed here, and whatever other tests have put in front of it.
    monkeypatch.setattr(sys, "meta_path", [])
    proxies(source)
    for name in ("torch", "tensorflow", "cupy", "util"):
        assert not any(finder.find_spec(name, None) for finder in sys.meta_path)


def test_a_module_that_is_there_stays_what_it_is():
    proxies("from json import im2col, dumps")
    assert not hasattr(importlib.import_module("json"), "im2col")


def test_a_function_passed_to_the_reference_sees_the_array_itself():
    """``numerical_gradient(lambda _: net.loss(x, t), net.params["W1"])``"""
    weights = np.array([1.0, 2.0])
    replies = iter([{"apply": 0, "args": [np.array([5.0, 5.0])]}, {"value": None}])
    channel = Channel()
    sent = []

    def exchange(message):
        sent.append(message)
        return next(replies)

    channel.exchange = exchange
    channel.kept = lambda _number: lambda _: float(weights.sum())
    InstalledProxies([IM2COL], [], channel).fixed["im2col"](None, weights)
    assert sent[1] == {"applied": 10.0}
    assert weights.tolist() == [1, 2]  # as it was, once the call is over


def test_what_such_a_function_raises_is_reported():
    replies = iter([{"apply": 0, "args": []}, {"raised": "ValueError", "text": "no"}])
    channel = Channel()
    sent = []
    channel.exchange = lambda message: (sent.append(message), next(replies))[1]
    channel.kept = lambda _number: lambda: 1 / 0
    with pytest.raises(ValueError, match="no"):
        InstalledProxies([IM2COL], [], channel).fixed["im2col"]()
    assert sent[1] == {"failed": "ZeroDivisionError: division by zero"}


LONG = {
    "brackets that nobody closes": "from a import (\n" * 50_000,
    "dots": "a." * 200_000,
    "spaces": "a" + " " * 400_000 + ".b",
    "imports": "\n".join(f"import a{n}" for n in range(40_000)),
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_text_is_looked_through_once(text):
    # Not measured: if each piece were compared with all that follow, this would take minutes.
    assert list(proxies(text, "im2col").loose) == []


def test_a_module_is_known_by_what_is_asked_of_it():
    proxies("import one.two as t, three\nfrom four import five", "t.im2col; a.five .im2col; three")
    assert importlib.util.find_spec("one.two") is not None
    assert importlib.util.find_spec("four.five") is not None
    assert importlib.util.find_spec("three") is None
