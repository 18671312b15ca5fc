"""Recorded requests as code to paste."""

from __future__ import annotations

from autograder.sandbox.host.session import CallResult
from autograder.suite.transcript import Request, code


def test_items_that_were_set_at_once_are_a_line_each():
    place = {"name": "layer", "steps": [["attr", "params"]]}
    done = CallResult(None)
    request = Request("set_items", place, (), {}, {"W1": 2.0, "b1": 0.5}, done)
    assert code([request], {}) == ("layer.params['W1'] = 2.0", "layer.params['b1'] = 0.5")
