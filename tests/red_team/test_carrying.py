"""Notebooks that try to earn points by what is supplied when errors are carried forward.

What is supplied exists only while something is graded that builds on it, and helps that alone.
Whatever is asked of it, the grader neither fails nor waits for long. Attacks on what answers
(`attacks.supplied`) are in the table of `test_attacks`.
"""

from __future__ import annotations

import pytest

from autograder.sandbox.host.session import Budget
from tests.learners import book_code
from tests.learners.conftest import teaching_cells
from tests.red_team.attacks.supplied import CHANNEL, NUMPY

pytestmark = pytest.mark.slow

SHORT = Budget(cell_s=1, cells_s=2, call_cpu_s=0.5, call_wall_s=2, total_wall_s=40)

BORROWED = "import common.layers as L\n"
NET = [NUMPY, book_code.NET]


def wrapped(name: str, *methods: str) -> str:
    """A class that passes everything on to the class of its own name in a module."""
    lines = [f"class {name}:", f"    def __init__(self, *a): self.it = L.{name}(*a)"]
    lines += [f"    def {m}(self, *a): return self.it.{m}(*a)" for m in methods]
    return BORROWED + "\n".join(lines)


NOTHING = {
    # by name: the exercise, the cells, and the class or function that earns nothing
    "a layer that takes itself from a module": (
        "06_simple_convnet", [*NET, wrapped("Relu", "forward", "backward")], "Relu",
    ),
    "a network that takes itself from a module": (
        "06_simple_convnet",
        [NUMPY, "from common.layers import *", wrapped("SimpleConvNet", "predict", "loss",
                                                       "accuracy", "gradient")],
        "SimpleConvNet",
    ),
    "a network that asks for itself": (
        "06_simple_convnet",
        [NUMPY, "from common.layers import *", CHANNEL, """
class SimpleConvNet:
    def __init__(self, *a):
        Relu()
        self.number = ask("make", "SimpleConvNet", *a)["number"]
    def predict(self, x):
        question = {"op": "method", "number": self.number, "method": "predict", "attributes": {}}
        return channel().call(question, [x], {})["value"]
"""],
        "SimpleConvNet",
    ),
    "a convolution that asks for itself": (
        "03_convolution",
        [NUMPY, CHANNEL, """
class Convolution:
    def __init__(self, *a):
        im2col, col2im
        self.it = ask("make", "Convolution", *a)
    def forward(self, x):
        question = {"op": "method", "number": self.it["number"], "method": "forward",
                    "attributes": {}}
        return channel().call(question, [x], {})["value"]
"""],
        "Convolution",
    ),
    "a function by the class that is built on it": (
        "07_resnet",
        [NUMPY, """
def batch_norm(x, gamma, beta, eps=1e-5):
    layer = BatchNorm(len(gamma), 0.1, eps)
    layer.gamma, layer.beta = gamma, beta
    return layer.forward(x)
""", teaching_cells("07_resnet")["basicblock"]],
        "batch_norm",
    ),
    "a sibling by another name": (
        "05_gap",
        [NUMPY, """
def global_average_pooling_1d(x, data_format="channels_first"):
    y = x[..., None] if data_format == "channels_first" else x[..., None, :]
    return global_average_pooling_2d(y, data_format)
class GlobalAveragePooling2D:
    def forward(self, x): return global_average_pooling_2d(x)
"""],
        "global_average_pooling_1d",
    ),
    "what is supplied, kept in a file for later": (
        "06_simple_convnet",
        [NUMPY, """
import pickle
try:
    from common.layers import Relu as R
    open("/tmp/kept", "wb").write(pickle.dumps(R))
except Exception:
    pass
class Relu:
    def forward(self, x): return pickle.load(open("/tmp/kept", "rb"))().forward(x)
""", book_code.NET],
        "Relu",
    ),
    "what is supplied, put in the place of the class": (
        "06_simple_convnet",
        [NUMPY, "from common.layers import *\nclass Relu: pass", """
import sys
for module in list(sys.modules.values()):
    found = vars(module).get("Relu") if hasattr(module, "__dict__") else None
    if isinstance(found, type) and found is not Relu:
        Relu = found
""", book_code.NET],
        "Relu",
    ),
}  # fmt: skip

GRADIENT = {
    "a function that never returns": "lambda v: [0 for _ in iter(int, 1)]",
    "a function that ends the process": "lambda v: __import__('os')._exit(0)",
    "a function that exits": "lambda v: exit()",
    "a function that raises": "lambda v: 1 / 0",
    "a function that asks for itself": "f",
    "a function that gives no number": "lambda v: v",
    "a function that is none": "3",
}


def measured(function: str) -> tuple[str, list[str]]:
    """A notebook for 06 whose gradient is measured, by such a function."""
    start = book_code.NET.index("    def gradient")
    gradient = f"""    def gradient(self, x, t):
        def f(v): return numerical_gradient(f, v)
        return {{k: numerical_gradient({function}, v) for k, v in self.params.items()}}
"""
    return "06_simple_convnet", [NUMPY, "from common.layers import *",
                                 book_code.NET[:start] + gradient]  # fmt: skip


@pytest.fixture(scope="module")
def graded(grade_books):
    books = {name: (exercise, cells) for name, (exercise, cells, _) in NOTHING.items()}
    books |= {name: measured(function) for name, function in GRADIENT.items()}
    return grade_books(books, SHORT)


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_supplied_never_helps_what_it_replaces(graded, name):
    owner = NOTHING[name][2]
    earned = {
        criterion.id: str(criterion.status)
        for criterion in graded[name].result.criteria
        if criterion.points and criterion.part.partition(".")[0] == owner
    }
    assert not earned


@pytest.mark.parametrize("name", GRADIENT)
def test_something_other_than_a_gradient_earns_nothing(graded, name):
    for criterion in graded[name].result.criteria:
        if criterion.part == "SimpleConvNet.gradient":
            assert criterion.points == 0


@pytest.mark.parametrize("name", [*NOTHING, *GRADIENT])
def test_it_is_not_the_graders_fault_and_takes_bounded_time(graded, name):
    marked = graded[name]
    assert "grader_error" not in marked.statuses
    assert not marked.notes
    assert marked.wall_s < SHORT.total_wall_s + 20
