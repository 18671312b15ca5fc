"""What real learners get wrong costs what it should and only that, and the message helps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from autograder.sandbox.host.session import Budget

pytestmark = pytest.mark.slow

PATIENT = Budget(cell_s=1, cells_s=2, call_cpu_s=1)

IM2COL = {
    "one_channel", "batch_and_channels", "non_square_input", "non_square_filter", "stride",
    "padding", "all_at_once", "defaults", "float32", "input_untouched", "window_too_large",
    "vectorised",
}  # fmt: skip
FORWARD = {
    "one_filter", "bias", "batch_channels_filters", "non_square", "stride", "padding",
    "all_at_once", "defaults", "float32", "input_untouched", "vectorised",
}  # fmt: skip
BACKWARD = {
    "db", "dw", "dx", "stride", "padding", "non_square", "all_at_once", "several_calls",
    "nothing_changed",
    "float32",
}  # fmt: skip
POOLED = {
    "batch_and_channels", "non_square_window", "stride", "left_over", "all_negative",
    "padding_size", "padding_never_wins", "float32", "input_untouched", "vectorised",
}  # fmt: skip
ROUTED = {
    "batch_and_channels", "window_and_stride", "left_over", "overlap", "ties", "padding",
    "called_again", "float32", "input_untouched",
}  # fmt: skip


@dataclass(frozen=True)
class Mistake:
    """``old`` becomes ``new`` in the book's ``where``; what is lost then, and a part of what is
    said of the first criterion lost."""

    where: str
    old: str
    new: str
    says: str
    lost: dict[str, set[str]] = field(default_factory=dict)


def im2col(old: str, new: str, says: str, lost: set[str]) -> Mistake:
    return Mistake("im2col", old, new, says, {"im2col": lost})


def col2im(old: str, new: str, says: str, lost: set[str]) -> Mistake:
    return Mistake("col2im", old, new, says, {"col2im": lost})


def gradient(old: str, new: str, says: str, lost: set[str]) -> Mistake:
    return Mistake("numerical_gradient", old, new, says, {"numerical_gradient": lost})


def conv(
    old: str, new: str, says: str, forward: set[str] = frozenset(), backward: set[str] = frozenset()
) -> Mistake:
    lost = {"Convolution.forward": forward, "Convolution.backward": backward}
    return Mistake("Convolution", old, new, says, lost)


def pool(
    old: str, new: str, says: str, forward: set[str] = frozenset(), backward: set[str] = frozenset()
) -> Mistake:
    padding = {"padding_size", "padding_never_wins"}  # the book's own
    lost = {"Pooling.forward": forward | padding, "Pooling.backward": backward | {"padding"}}
    return Mistake("Pooling", old, new, says, lost)


MISTAKES = {
    "no return": im2col("    return col\n", "", "Is there a `return`", IM2COL),
    "printed, not returned": im2col("return col", "print(col)", "Is there a `return`", IM2COL),
    "a typo": im2col(
        "1, 2, 3).reshape", "1, 2, 3).reshpae",
        "has no attribute 'reshpae' — at `col = col.transpose", IM2COL,
    ),
    "more results than asked for": im2col("return col", "return col, out_h", "`tuple`", IM2COL),
    "a list": im2col("return col", "return col.tolist()", "type `list`", IM2COL),
    "no transpose": im2col(
        ".transpose(0, 4, 5, 1, 2, 3)", "", "All the right numbers are there", IM2COL
    ),
    "channels fastest": im2col(
        "4, 5, 1, 2, 3", "4, 5, 2, 3, 1", "a different order", {"batch_and_channels", "all_at_once"}
    ),
    "out_w from H": im2col(
        "out_w = (W", "out_w = (H", "The shape is .* should be",
        {"non_square_input", "all_at_once"},
    ),
    "dtype lost": im2col(", dtype=input_data.dtype", "", "dtype is float64", {"float32"}),
    "padding forgotten": im2col(
        "[(0,0), (0,0), (pad, pad), (pad, pad)]", "0", "broadcast", {"padding", "all_at_once"}
    ),
    "padding of copies": im2col(
        "'constant'", "'edge'", "values .* wrong", {"padding", "all_at_once"}
    ),
    "stride left out of the slices": im2col(
        "x:x_max:stride", "x:x_max", "broadcast", {"stride", "all_at_once"}
    ),
    "float sizes": im2col("//", "/", "'float' object cannot be interpreted", IM2COL),
    "a line indented too little": im2col(
        "        for x in", "      for x in",
        "could not be read. Fix cell 1 first: SyntaxError, line 10: unindent does not", IM2COL,
    ),
    "too few arguments": im2col(
        "stride=1, pad=0", "stride=1, *, pad=0", "Does your definition take the same arg",
        IM2COL - {"defaults"},
    ),
    "assigned instead of added": col2im(
        "+=", "=", "values .* wrong", {"overlap", "all_at_once"}
    ),
    "cut from pad to -pad": col2im(
        "pad:H + pad, pad:W + pad", "pad:-pad, pad:-pad", r"shape is \(1, 1, 0, 0\)",
        {"no_overlap", "overlap", "batch_and_channels", "non_square", "stride", "padding",
         "all_at_once", "defaults", "float32", "input_untouched"},
    ),
    "one-sided": gradient(
        "x[idx] = tmp_val - h\n        fxh2 = f(x)\n        grad[idx] = (fxh1 - fxh2) / (2*h)",
        "x[idx] = tmp_val\n        fxh2 = f(x)\n        grad[idx] = (fxh1 - fxh2) / h",
        "The value is wrong", {"central"},
    ),
    "not put back": gradient(
        "        x[idx] = tmp_val\n        it", "        it", "values .* wrong",
        {"any_shape", "input_untouched"},
    ),
    "the step forgotten": gradient(
        "/ (2*h)", "/ 2", "1/2 times the right one",
        {"any_shape", "central", "input_untouched"},
    ),
    "never a next entry": gradient(
        "        it.iternext()\n", "", "stopped in the loop `while",
        {"any_shape", "central", "input_untouched"},
    ),
    "__int__": conv(
        "__init__", "__int__", "Does the class have an `__init__`, spelt", FORWARD, BACKWARD
    ),
    "self forgotten": conv(
        "forward(self, x)", "forward(x)", "`self` comes first and counts", FORWARD, BACKWARD
    ),
    "self.sride": conv(
        "self.stride = stride", "self.sride = stride", "no attribute 'stride' — at", FORWARD,
        BACKWARD,
    ),
    "compared instead of assigned": conv(
        "self.pad = pad", "self.pad == pad", "no attribute 'pad' — at `self.pad == pad`", FORWARD,
        BACKWARD,
    ),
    "forword": conv(
        "def forward", "def forword", "but `Convolution.forword` is", FORWARD, BACKWARD
    ),
    "another class name": conv(
        "class Convolution", "class Convolusion", "but `Convolusion` is", FORWARD, BACKWARD
    ),
    "backward does not parse": conv(
        "dcol = np.dot(dout, self.col_W.T)", "dcol = np.dot(dout, self.col_W.T",
        "`Convolution.backward` could not be read. Fix cell 3 first: SyntaxError", set(), BACKWARD,
    ),
    "no bias": conv(" + self.b\n", "\n", "values are wrong", {"bias", "all_at_once"}),
    "out_w of forward from H": conv(
        "out_w = 1 + int((W", "out_w = 1 + int((H", r"into shape \(1,3,3,-1\) — at",
        {"non_square", "all_at_once"}, {"non_square", "all_at_once"},
    ),
    "no transpose after the product": conv(
        ".reshape(N, out_h, out_w, -1).transpose(0, 3, 1, 2)", ".reshape(N, -1, out_h, out_w)",
        "a different order: where do your loops", {"batch_channels_filters", "all_at_once"},
    ),
    "nothing kept for backward": conv(
        "self.col = col\n", "pass\n", "'NoneType' object has no attribute 'T' — at", set(), BACKWARD
    ),
    "the gradient under another name": conv(
        "self.dW", "self.slopes", "`dW` is not there|no attribute 'dW'", set(),
        {"dw", "stride", "padding", "non_square", "all_at_once", "several_calls", "float32"},
    ),
    "the gradient under another name, and None": conv(
        "self.dW = np.dot(self.col.T, dout)\n        self.dW = self.dW",
        "self.dw = np.dot(self.col.T, dout)\n        self.dw = self.dw",
        "`dW` is None. Is it set by then, under exactly that name?", set(),
        {"dw", "stride", "padding", "non_square", "all_at_once", "several_calls", "float32"},
    ),
    "the gradient not reshaped": conv(
        ".reshape(FN, C, FH, FW)", "", r"shape is .* should be", set(),
        {"dw", "stride", "padding", "non_square", "all_at_once", "several_calls"},
    ),
    "gradients pile up": conv(
        "self.dW = np.dot(self.col.T, dout)\n        self.dW = self.dW",
        "old = 0 if self.dW is None else self.dW\n"
        "        self.dW = old + np.dot(self.col.T, dout)",
        "2 times the right one", set(), {"several_calls"},
    ),
    "only forward": conv(
        "    def backward", "    def backwrad", "but `Convolution.backwrad` is", set(), BACKWARD
    ),
    "as in the book": pool("Pooling", "Pooling", "cannot reshape array"),
    "the mean": pool(
        "np.max(col, axis=1)", "np.mean(col, axis=1)", "values are wrong", POOLED
    ),
    "whole numbers": pool(
        "np.max(col, axis=1)", "np.max(col, axis=1).astype(int)", "int64", POOLED
    ),
    "the winner along the wrong axis": pool(
        "np.argmax(col, axis=1)", "np.argmax(col, axis=0)", "cannot reshape|wrong", set(), ROUTED
    ),
    "dout in its own order": pool(
        "dout = dout.transpose(0, 2, 3, 1)\n", "pass\n", "cannot reshape|wrong", set(), ROUTED
    ),
}  # fmt: skip

NEEDED = {
    "im2col": ("02_im2col", ["im2col", "col2im"]),
    "col2im": ("02_im2col", ["im2col", "col2im"]),
    "numerical_gradient": ("03_convolution", ["numerical_gradient"]),
    "Convolution": ("03_convolution", ["im2col", "col2im", "Convolution"]),
    "Pooling": ("04_pooling", ["im2col", "col2im", "Pooling"]),
}


@pytest.fixture(scope="module")
def graded(grade_books, book):
    books = {}
    for name, mistake in MISTAKES.items():
        exercise, parts = NEEDED[mistake.where]
        wrong = book[mistake.where].replace(mistake.old, mistake.new)
        assert wrong != book[mistake.where] or mistake.old == mistake.new, name
        cells = [wrong if part == mistake.where else book[part] for part in parts]
        books[name] = exercise, cells
    return grade_books(books, PATIENT)


@pytest.mark.parametrize("name", MISTAKES)
def test_it_costs_what_it_should_and_only_that(graded, name):
    of_these = tuple(f"{part}." for part in MISTAKES[name].lost)
    found = {criterion for criterion in graded[name].lost if criterion.startswith(of_these)}
    lost = {f"{part}.{slug}" for part, slugs in MISTAKES[name].lost.items() for slug in slugs}
    assert found == lost


@pytest.mark.parametrize("name", MISTAKES)
def test_the_message_helps(graded, name):
    said = graded[name].messages
    assert any(re.search(MISTAKES[name].says, message) for message in said), said
