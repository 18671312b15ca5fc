"""Right code under another name earns everything, and is told the name that was expected."""

from __future__ import annotations

import re

import pytest

from autograder.sandbox.host.session import Budget
from autograder.text import Text

from .conftest import teaching_cells

PATIENT = Budget(cell_s=1, cells_s=2, call_cpu_s=1)

# The exercise, and what is renamed in the teaching solution.
RENAMED: dict[str, tuple[str, dict[str, str]]] = {
    "functions": ("02_im2col", {"im2col": "img2col", "col2im": "Col2Img"}),
    "a class": ("03_convolution", {"Convolution": "Conv2D"}),
    "case and underscores": ("04_pooling", {"Pooling": "max_pooling"}),
    "methods": ("04_pooling", {"forward": "forward_pass", "backward": "back_prop"}),
    "only __call__": ("04_pooling", {"forward": "__call__"}),
    "gradients": ("03_convolution", {"dW": "dw", "db": "dB"}),
    "gradients in words": ("03_convolution", {"dW": "grad_weight", "db": "dbias"}),
    "gradients of weights and biases": ("06_simple_convnet", {"dW": "d_weights", "db": "d_b"}),
    "layers": ("06_simple_convnet", {"Affine": "Dense", "Relu": "ReLU"}),
    "a function and a class of one spelling": (
        "05_gap",
        {"global_average_pooling_2d": "globalaveragepooling2d"},
    ),
    "batch normalisation": ("07_resnet", {"BatchNorm": "BatchNormalization"}),
}


def renamed(cells: dict[str, str], names: dict[str, str]) -> list[str]:
    text = "\n\n".join(cells.values())
    for old, new in names.items():
        text = re.sub(rf"\b{old}\b", new, text)
    return [text]


@pytest.fixture(scope="module")
def graded(grade_books):
    books = {
        kind: (exercise, renamed(teaching_cells(exercise), names))
        for kind, (exercise, names) in RENAMED.items()
    }
    return grade_books(books, PATIENT)


def test_they_earn_everything(graded):
    lost = {name: told.messages for name, told in graded.items() if told.lost}
    assert not lost


def test_the_expected_name_is_told(graded):
    said = {c.id: c.message for c in graded["functions"].result.criteria}
    assert said["im2col.stride"] == Text(
        en="Your `img2col` was graded as `im2col`, the name that the exercise asks for.",
        ja="`img2col`を、課題で指定された名前`im2col`の解答として採点しました。",
    )
    methods = {c.message["en"] for c in graded["methods"].result.criteria}
    assert methods == {
        "Your `forward_pass` was graded as `forward`, the name that the exercise asks for.",
        "Your `back_prop` was graded as `backward`, the name that the exercise asks for.",
    }
