"""The reference's process answers what it is asked, within bounds, and whatever it is asked."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import source_lib
from autograder.carrying import reference
from autograder.carrying.reference import ReferenceProcess, ReferenceProxies
from autograder.sandbox.host.reference_calls import CallbackRaised
from autograder.sandbox.protocol import wire
from tests.paths import ROOT

NAMES = ("im2col", "Convolution", "Adam", "BasicBlock", "make_stripe_image", "numerical_gradient")


def never(number: int, args: list[Any]) -> Any:
    raise AssertionError(f"function {number} was called with {args}")


@pytest.fixture(scope="module")
def process() -> Iterator[ReferenceProcess]:
    with ReferenceProcess(ROOT) as started:
        yield started


@pytest.fixture
def ask(process: ReferenceProcess) -> Iterator[Any]:
    proxies = ReferenceProxies(process, NAMES, {}, {})
    proxies.begin_criterion()

    def asked(
        op: str, *args: Any, apply: Any = never, generators: Any = None, **fields: Any
    ) -> Any:
        kwargs = fields.pop("kwargs", {})
        question = {"op": op, **fields}
        message = {"proxy": question, "args": list(args), "kwargs": kwargs}
        return proxies.call(message | {"generators": generators or {}}, apply)

    asked.proxies = proxies  # type: ignore[attr-defined]
    yield asked
    proxies.close()


def test_what_the_reference_has_of_the_names(process):
    proxies = ReferenceProxies(
        process, ["im2col", "Relu", "no_such_name", "__doc__"], {"Relu": ["R"]}, {}
    )
    assert proxies.descriptions == [
        {"name": "Relu", "methods": ["backward", "forward"], "spellings": ["R"], "replaces": []},
        {"name": "im2col", "methods": None, "spellings": [], "replaces": []},
    ]


def test_a_function(ask):
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    expected = source_lib.im2col(x, 3, 3, pad=1)
    reply = ask("call", x, 3, 3, name="im2col", kwargs={"pad": 1})
    np.testing.assert_array_equal(reply["value"], expected)


def test_what_the_reference_raises_comes_back(ask):
    reply = ask("call", np.zeros((2, 2)), 3, 3, name="im2col")
    assert reply["raised"] == "ValueError"
    assert "4 dimensions" in reply["text"]
    assert ask("call", name="im2col")["raised"] == "TypeError"


def test_an_object_keeps_its_state_and_tells_what_changes(ask):
    W, b, x = np.ones((2, 1, 2, 2)), np.zeros(2), np.arange(9.0).reshape(1, 1, 3, 3)
    made = ask("make", W, b, name="Convolution", kwargs={"stride": 1})
    assert made["same"] == {"W": 0, "b": 1}
    assert made["attributes"] == {"stride": 1, "pad": 0, "dW": None, "db": None}
    layer = {"number": made["number"]}
    forward = ask("method", x, method="forward", attributes={"b": np.ones(2)}, **layer)
    ours = source_lib.Convolution(W, np.ones(2))
    np.testing.assert_array_equal(forward["value"], ours.forward(x))
    back = ask("method", forward["value"], method="backward", attributes={}, **layer)
    ours.backward(forward["value"])
    assert set(back["attributes"]) == {"dW", "db"}
    np.testing.assert_array_equal(back["attributes"]["dW"], ours.dW)


def test_what_is_changed_in_place_comes_back(ask):
    adam = {"number": ask("make", 0.1, name="Adam")["number"]}
    params, grads = {"W": np.zeros(2)}, {"W": np.ones(2)}
    reply = ask("method", params, grads, method="update", attributes={}, **adam)
    assert list(reply["written"]) == ["0"]
    np.testing.assert_allclose(reply["written"]["0"]["W"], -0.1)


def test_weights_that_the_reference_draws_are_the_same_every_time(ask):
    first, second = (ask("make", 2, 3, name="BasicBlock")["attributes"]["params"] for _ in range(2))
    np.testing.assert_array_equal(first["W1"], second["W1"])
    assert np.unique(first["W1"]).size > 50


def test_a_random_generator_travels_as_its_state_and_moves_on(ask):
    ours, theirs = np.random.default_rng(5), np.random.default_rng(5)
    states = {"1": theirs.bit_generator.state}
    reply = ask("call", 1, None, generators=states, name="make_stripe_image", kwargs={})
    assert reply["raised"] == "TypeError"  # the size cannot be a generator
    states = {"3": theirs.bit_generator.state}
    reply = ask("call", 1, 16, 0.1, None, generators=states, name="make_stripe_image")
    np.testing.assert_array_equal(reply["value"], source_lib.make_stripe_image(1, 16, 0.1, ours))
    assert reply["generators"]["3"] == ours.bit_generator.state


def test_a_function_of_the_students_is_called_on_the_other_side(ask):
    calls = []

    def apply(number, args):
        calls.append(number)
        return float(np.sum(args[0] ** 2))

    function = wire.Reference(7, "function")
    reply = ask("call", function, np.array([1.0, 2.0]), apply=apply, name="numerical_gradient")
    np.testing.assert_allclose(reply["value"], [2, 4])
    assert calls == [7] * 4


def test_what_a_function_of_the_students_raises_ends_the_call(ask):
    def apply(_number, _args):
        raise CallbackRaised("ValueError: no")

    function = wire.Reference(0, "function")
    reply = ask("call", function, np.ones(2), apply=apply, name="numerical_gradient")
    assert (reply["raised"], reply["text"]) == ("RuntimeError", "ValueError: no")


def test_criteria_do_not_see_what_others_did(ask):
    number = ask("make", np.ones((1, 1, 1, 1)), np.zeros(1), name="Convolution")["number"]
    ask.proxies.begin_criterion()
    reply = ask("method", np.ones((1, 1, 2, 2)), number=number, method="forward", attributes={})
    assert reply["raised"] == "KeyError"


def test_what_the_cells_make_when_they_run_again_is_there_for_every_criterion(ask):
    forward = {"method": "forward", "attributes": {}}
    x, made = np.ones((1, 1, 2, 2)), (np.ones((1, 1, 1, 1)), np.zeros(1))
    in_a_criterion = ask("make", *made, name="Convolution")["number"]
    ask.proxies.begin_notebook()
    number = ask("make", *made, name="Convolution")["number"]
    for _ in range(2):
        ask.proxies.begin_criterion()
        np.testing.assert_array_equal(ask("method", x, number=number, **forward)["value"], x)
    assert number == in_a_criterion  # nothing is left of what was before


@pytest.mark.parametrize(
    "question",
    [
        {"op": "call", "name": "Relu"},  # not opened for this notebook
        {"op": "call", "name": "load_mnist"},
        {"op": "call", "name": "np.load"},
        {"op": "call", "name": "__builtins__"},
        {"op": "call", "name": ["im2col"]},
        {"op": "call", "name": "Convolution"},
        {"op": "make", "name": "im2col"},
        {"op": "copy", "number": 10**9},
        {"op": "method", "number": -1, "method": "forward", "attributes": {}},
        {"op": "method", "number": 1, "method": "__init__", "attributes": {}},
        {"op": "method", "number": 1, "method": "__class__", "attributes": {}},
        {"op": "method", "number": 1, "method": "W", "attributes": {}},
        {"op": "method", "number": 1, "method": "forward", "attributes": {"forward": 1}},
        {"op": "method", "number": 1, "method": "forward", "attributes": ["W"]},
        {"op": "method", "number": 1, "method": "forward"},
        {"op": "open"},
        {"op": {}},
        {},
    ],
)
def test_requests_that_are_refused(ask, question):
    ask("make", np.ones((1, 1, 1, 1)), np.zeros(1), name="Convolution")
    message = {"proxy": question, "args": [], "kwargs": {}, "generators": {}}
    assert "raised" in ask.proxies.call(message, never)
    assert "value" in ask("call", np.ones((1, 1, 2, 2)), 1, 1, name="im2col")


@pytest.mark.parametrize(
    "fields",
    [
        {"proxy": 3},
        {"proxy": {"op": "call", "name": "im2col"}, "args": {"x": 1}, "kwargs": [1]},
        {"proxy": {"op": "call", "name": "im2col"}, "generators": {"9": {}}},
        {"proxy": {"op": "call", "name": "im2col"}, "generators": {"x": {"bit_generator": 1}}},
        {"proxy": {"op": "call", "name": "im2col"}, "args": [wire.Opaque("module")]},
    ],
)
def test_invalid_questions(ask, fields):
    assert "raised" in ask.proxies.call(fields, never)
    assert "value" in ask("call", np.ones((1, 1, 2, 2)), 1, 1, name="im2col")


def test_more_memory_than_there_may_be(ask, process):
    before = process.generation
    reply = ask("call", np.ones((1, 1, 4, 4)), 1, 1, 1, 30_000, name="im2col")
    assert reply["raised"] == "MemoryError"
    assert process.generation == before
    assert "value" in ask("call", np.ones((1, 1, 2, 2)), 1, 1, name="im2col")


def test_more_time_than_there_may_be(monkeypatch):
    monkeypatch.setattr(reference, "CPU_S", 1)
    message = {"proxy": {"op": "call", "name": "numerical_gradient"}}
    with ReferenceProcess(ROOT) as process:
        proxies = ReferenceProxies(process, NAMES, {}, {})
        proxies.begin_criterion()
        # Each call of the function sends all of x to the other side.
        args = [wire.Reference(0, "function"), np.zeros(200_000)]
        assert proxies.call(message | {"args": args}, lambda *_: 0.0)["raised"] == "TimeoutError"
        args = [np.ones((1, 1, 2, 2)), 1, 1]
        simple = {"proxy": {"op": "call", "name": "im2col"}, "args": args}
        assert proxies.call(simple, never)["raised"] == "TimeoutError"  # all of it is used up
        proxies.begin_criterion()
        assert "value" in proxies.call(simple, never)


def test_a_process_that_dies_ends_a_question_and_no_more(process, ask):
    pid = process._process.pid
    os.kill(pid, signal.SIGKILL)
    assert "raised" in ask("call", np.ones((1, 1, 2, 2)), 1, 1, name="im2col")
    ask.proxies.begin_criterion()
    assert "value" in ask("call", np.ones((1, 1, 2, 2)), 1, 1, name="im2col")


def test_two_notebooks_do_not_see_each_other(process, ask):
    number = ask("make", np.ones((1, 1, 1, 1)), np.zeros(1), name="Convolution")["number"]
    other = ReferenceProxies(process, ["im2col"], {}, {})
    other.begin_criterion()
    question = {"op": "method", "number": number, "method": "forward", "attributes": {}}
    message = {"proxy": question, "args": [np.ones((1, 1, 2, 2))]}
    assert "raised" in other.call(message, never)
    other.close()
    fields = {"number": number, "method": "forward", "attributes": {}}
    assert "value" in ask("method", np.ones((1, 1, 2, 2)), **fields)


def test_a_course_without_a_reference_gets_no_other(tmp_path):
    with ReferenceProcess(tmp_path) as process:
        assert ReferenceProxies(process, NAMES, {}, {}).descriptions == []
