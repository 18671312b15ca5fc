"""A network uses its own layers, however they are written and called; or it does not."""

from __future__ import annotations

import pytest

from autograder.sandbox.host.session import Budget

from .conftest import teaching_cells

PATIENT = Budget(cell_s=1, cells_s=2, call_cpu_s=1)

CRITERION = "SimpleConvNet.predict.own_layers"

FORWARD = """
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)
"""
BACKWARD = """
    def backward(self, dout):
        return dout * (self.x > 0)
"""

RELUS = {
    "as it is taught": "class Relu:" + FORWARD + BACKWARD,
    "__call__ is forward": "class Relu:" + FORWARD + BACKWARD + "    __call__ = forward",
    "forward is __call__": (
        "class Relu:" + FORWARD.replace("forward", "__call__") + BACKWARD + "    forward = __call__"
    ),
    "forward calls another method": (
        "class Relu:" + FORWARD.replace("forward", "compute") + BACKWARD + "    def forward(self, x"
        "):\n        return self.compute(x)\n    __call__ = compute"
    ),
    "forward is an attribute of the object": (
        "class Relu:\n    def __init__(self):\n        self.forward = self._fw\n"
        + FORWARD.replace("forward", "_fw")
        + BACKWARD
    ),
    "a function of the object": """
class Relu:
    def __init__(self):
        def forward(x):
            self.x = x
            return np.maximum(x, 0)
        self.forward = forward
"""
    + BACKWARD,
    "a function that makes objects": """
def Relu():
    from types import SimpleNamespace
    layer = SimpleNamespace()
    def forward(x):
        layer.x = x
        return np.maximum(x, 0)
    layer.forward = forward
    layer.backward = lambda dout: dout * (layer.x > 0)
    return layer
""",
}

USED = "x = layer(x) if callable(layer) else layer.forward(x)"
NOT_USED = """
            out = layer.forward(x)
            x = np.maximum(x, 0) if type(layer).__name__ in ("Relu", "SimpleNamespace") else out
"""

WRONG = "abs instead of maximum"


@pytest.fixture(scope="module")
def graded(grade_books):
    books = {}
    for name, relu in RELUS.items():
        for uses in (USED, NOT_USED):
            books[name, uses] = _book(relu, uses)
    books[WRONG, USED] = _book(
        RELUS["__call__ is forward"].replace("maximum(x, 0)", "abs(x)"), USED
    )
    return grade_books(books, PATIENT)


def _book(relu, uses):
    cells = teaching_cells("06_simple_convnet")
    network = cells["simple_convnet"].replace("x = layer.forward(x)", uses)
    return "06_simple_convnet", list((cells | {"relu": relu, "simple_convnet": network}).values())


@pytest.mark.parametrize("name", RELUS)
def test_a_network_that_uses_them_loses_nothing(graded, name):
    assert graded[name, USED].lost == set()


@pytest.mark.parametrize("name", RELUS)
def test_a_network_that_does_not_use_them_loses_the_criterion(graded, name):
    assert graded[name, NOT_USED].lost == {CRITERION}


def test_a_mistake_in_a_layer_plays_no_part_here(graded):
    assert CRITERION not in graded[WRONG, USED].lost
