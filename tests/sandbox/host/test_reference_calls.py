"""Calls of reference proxies are passed on within limits, whatever the student's side sends."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.host import loaded
from autograder.sandbox.host.reference_calls import (
    CallbackRaised,
    CallLimits,
    OutOfTime,
    ReferenceCalls,
    check_time,
)
from autograder.sandbox.protocol import wire


@pytest.mark.parametrize("said", [np.zeros(3), [np.zeros(3)], None, 1, {"busy": 1}])
def test_a_timeout_may_be_reported_in_any_form(said: object) -> None:
    with pytest.raises(wire.TooLate):
        check_time({"timeout": said})


def test_names_that_numpy_removed_are_texts() -> None:
    others: dict[str, Any] = {"pieces": {}, "leftover_raises": {}, "overwritten": {}}
    found = loaded.remarks({**others, "removed": {"f": [np.zeros(3), "np.int", 1]}}, ())
    assert found.removed == {"f": ("np.int",)}


class Doubling:
    """A reference that doubles its argument, by a function of the student's if it gets one."""

    descriptions = ()

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def begin_notebook(self) -> None:
        pass

    def begin_criterion(self) -> None:
        pass

    def call(self, message: Any, apply: Any) -> dict[str, Any]:
        self.seen.append(message["args"])
        function, x = message["args"]
        if function is None:
            return {"value": 2 * x}
        try:
            return {"value": apply(function, [x])}
        except CallbackRaised as raised:
            return {"raised": "RuntimeError", "text": str(raised)}


class Student:
    """The student's side: what it sends, one message after the other, and what it was sent."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self._messages = deque(messages)
        self.received: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        self.received.append(message)

    def receive(self) -> dict[str, Any]:
        return self._messages.popleft()


def call(function: Any, x: Any) -> dict[str, Any]:
    return {"proxy": {"op": "call", "name": "double"}, "args": [function, x], "kwargs": {}}


def answered(calls: ReferenceCalls, message: dict[str, Any], *more: dict[str, Any]) -> Any:
    student = Student(*more)
    calls.reply(message, student.send, student.receive)
    return student.received


def test_a_call_is_passed_on():
    assert answered(ReferenceCalls(Doubling(), CallLimits()), call(None, 4)) == [{"value": 8}]


def test_a_function_of_the_students_is_called_on_its_side():
    calls = ReferenceCalls(Doubling(), CallLimits())
    sent = answered(calls, call(3, 4), {"applied": 5})
    assert sent == [{"apply": 3, "args": [4]}, {"value": 5}]


def test_what_that_function_raises_is_told_to_the_reference():
    calls = ReferenceCalls(Doubling(), CallLimits())
    assert answered(calls, call(3, 4), {"failed": "no"})[-1] == {
        "raised": "RuntimeError",
        "text": "no",
    }


def test_that_function_may_call_the_reference_itself():
    calls = ReferenceCalls(Doubling(), CallLimits())
    sent = answered(calls, call(0, 4), call(None, 7), {"applied": 15})
    assert sent == [{"apply": 0, "args": [4]}, {"value": 14}, {"value": 15}]


def test_but_not_without_end():
    calls = ReferenceCalls(Doubling(), CallLimits())
    sent = answered(calls, call(0, 1), *[call(0, 1)] * 10, *[{"applied": 2}] * 20)
    assert "nested too deeply" in str(sent)


@pytest.mark.parametrize(
    ("limits", "x"),
    [
        (CallLimits(calls=0), 1),
        (CallLimits(call_bytes=100), np.zeros(100, np.int8)),
        (CallLimits(all_bytes=100), np.zeros(100)),
        (CallLimits(), np.zeros((2**26, 0, 2**21))),  # no bytes, but many rows
        (CallLimits(), [np.zeros((0, 2**30))]),
        (CallLimits(call_bytes=100), {"x": "y" * 101}),
    ],
)
def test_a_call_over_a_limit_does_not_reach_the_reference(limits, x):
    reference = Doubling()
    (sent,) = answered(ReferenceCalls(reference, limits), call(None, x))
    assert sent["raised"] == "RuntimeError"
    assert not reference.seen


def test_calls_of_the_students_function_count_as_well():
    calls = ReferenceCalls(Doubling(), CallLimits(calls=1))
    assert "too many" in str(answered(calls, call(0, 1), {"applied": 2})[-1])


@pytest.mark.parametrize("message", [{}, {"value": 1}, {"id": 5, "error": {}}, {"args": []}])
def test_something_else_than_a_functions_result_is_no_message(message):
    calls = ReferenceCalls(Doubling(), CallLimits())
    with pytest.raises(wire.WireError, match="expected the result of a function"):
        answered(calls, call(0, 1), message)


@pytest.mark.parametrize(("timeout", "hopeless"), [("busy", False), ("idle", True), (True, True)])
def test_a_function_that_takes_too_long_is_a_timeout(timeout, hopeless):
    calls = ReferenceCalls(Doubling(), CallLimits())
    with pytest.raises(wire.TooLate) as late:
        answered(calls, call(0, 1), {"timeout": timeout})
    assert isinstance(late.value, OutOfTime) is not hopeless
