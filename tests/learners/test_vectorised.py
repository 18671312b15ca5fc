"""What is vectorised and what is not, in learners' words and through the sandbox."""

from __future__ import annotations

import pytest

from autograder.sandbox.host.session import Budget

from .conftest import BOOK

PATIENT = Budget(cell_s=1, cells_s=2, call_cpu_s=2)
NUMPY = "import numpy as np"
LAYER = BOOK["Convolution"]
WINDOWS = BOOK["im2col"] + BOOK["col2im"]

LOOPED = """
def im2col(x, FH, FW, stride=1, pad=0):
    N, C, H, W = x.shape
    OH, OW = (H + 2*pad - FH)//stride + 1, (W + 2*pad - FW)//stride + 1
    if OH < 1 or OW < 1:
        raise ValueError
    img = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    rows = []
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                top, left = i * stride, j * stride
                rows.append(img[n, :, top:top+FH, left:left+FW].ravel())
    return np.array(rows)
"""

# Loops over images and over the places in a filter: allowed.
BY_IMAGES_AND_PLACES = """
class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad
    def forward(self, x):
        F, C, FH, FW = self.W.shape
        N, _, H, W = x.shape
        s, p = self.stride, self.pad
        OH, OW = (H + 2*p - FH)//s + 1, (W + 2*p - FW)//s + 1
        out = np.zeros((N, F, OH, OW), dtype=x.dtype)
        for n in range(N):
            img = np.pad(x[n], [(0, 0), (p, p), (p, p)])
            for i in range(FH):
                for j in range(FW):
                    part = img[:, i:i+s*OH:s, j:j+s*OW:s]
                    out[n] += np.tensordot(self.W[:, :, i, j], part, 1)
        return out + self.b.reshape(1, -1, 1, 1).astype(x.dtype)
"""

FOUR_LOOPS = """
class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad
    def forward(self, x):
        F, C, FH, FW = self.W.shape
        N, _, H, W = x.shape
        s, p = self.stride, self.pad
        img = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)])
        OH, OW = (H + 2*p - FH)//s + 1, (W + 2*p - FW)//s + 1
        out = np.zeros((N, F, OH, OW), dtype=x.dtype)
        for n in range(N):
            for f in range(F):
                for y in range(OH):
                    for z in range(OW):
                        window = img[n, :, y*s:y*s+FH, z*s:z*s+FW]
                        out[n, f, y, z] = np.sum(window * self.W[f]) + self.b[f]
        return out
"""

ONE_FILTER_AFTER_THE_OTHER = LAYER.replace(
    "out = np.dot(col, col_W) + self.b",
    """out = np.zeros((len(col), FN), dtype=x.dtype)
        for f in range(FN):
            w = self.W[f].reshape(-1)
            o = col.dot(w)
            o = o + self.b[f]
            out[:, f] = o""",
)

POOL_LOOPED = BOOK["Pooling"].replace(
    "out = np.max(col, axis=1)",
    "out = np.array([row.max() for row in col])",
)

TAMPERS = """
import sys
def hide(f):
    def hidden(*args):
        sys.settrace(None)
        return f(*args)
    return hidden
im2col = hide(im2col)
"""

# Kept from when the cells ran, before anything is counted.
PATCHES_THE_GRADER = """
import sys
for name, module in list(sys.modules.items()):
    if name.endswith("guest.counting"):
        module._settrace = module._setprofile = lambda *args: None
"""

# Wastes as much time on small images as the loops take on large ones.
WASTES = """
def wasteful(f):
    def slow(x, *args):
        side = int(x.shape[-1])
        for _ in range((200 * 200 - side * side) * (side < 12)): y = 1
        return f(x, *args)
    return slow
"""

ONE_LINE = """
def im2col(x, FH, FW, stride=1, pad=0):
    N, C, H, W = x.shape
    OH, OW = (H + 2*pad - FH)//stride + 1, (W + 2*pad - FW)//stride + 1
    if OH < 1 or OW < 1: raise ValueError
    x, s = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)]), stride
    return np.array([
        x[n, :, i*s : i*s+FH, j*s : j*s+FW].ravel() for n in range(N) for i in range(OH) for j in range(OW)
    ])
"""  # noqa: E501 a comprehension on one line

# The loops ran in the cell, for squares of the sizes that were once counted with.
TABLES = """
TABLE = {}
for n in (*range(7, 10), *range(102, 109)):
    TABLE[n] = np.array([
        [(y+i)*n + x+j for i in range(2) for j in range(2)] for y in range(n-1) for x in range(n-1)
    ])
looped = im2col
def im2col(x, FH, FW, stride=1, pad=0):
    N, C, H, W = x.shape
    if H == W and FH == FW == 2 and H in TABLE and N == C == stride == 1 and pad == 0:
        return x.ravel()[TABLE[H]]
    return looped(x, FH, FW, stride, pad)
"""

# No line runs for each number: they are in lists, as many for small images as for large ones.
LISTS = """
def im2col(x, FH, FW, stride=1, pad=0):
    out = looped(x, FH, FW, stride, pad)
    numbers = np.resize(out, 200_000).tolist()
    return np.array(list(map(float, numbers[: out.size]))).reshape(out.shape).astype(x.dtype)
"""

# Right, though it runs many lines of NumPy's own.
EINSUM = BY_IMAGES_AND_PLACES.replace(
    "np.tensordot(self.W[:, :, i, j], part, 1)",
    "np.einsum('fc,chw->fhw', self.W[:, :, i, j], part, optimize='optimal')",
)
POOL_WASTES = """
class Pooling(Pooling):
    def forward(self, x): return wasteful(super().forward)(x)
"""

BOOKS = {
    "the book's": ("02_im2col", [NUMPY, WINDOWS]),
    "a loop over windows": ("02_im2col", [NUMPY, LOOPED, BOOK["col2im"]]),
    "counting turned off": ("02_im2col", [NUMPY, LOOPED, BOOK["col2im"], TAMPERS]),
    "the grader patched": ("02_im2col", [NUMPY, LOOPED, BOOK["col2im"], PATCHES_THE_GRADER]),
    "small images made slow": ("02_im2col", [NUMPY, ONE_LINE, WASTES, "im2col = wasteful(im2col)"]),
    "lists as long for small images": ("02_im2col", [NUMPY, WINDOWS, "looped = im2col", LISTS]),
    "tables of squares": ("02_im2col", [NUMPY, LOOPED, BOOK["col2im"], TABLES]),
    "the book's layer": ("03_convolution", [NUMPY, WINDOWS, LAYER]),
    "images and places": ("03_convolution", [NUMPY, BY_IMAGES_AND_PLACES]),
    "einsum at each place": ("03_convolution", [NUMPY, EINSUM]),
    "four loops": ("03_convolution", [NUMPY, FOUR_LOOPS]),
    "filters": ("03_convolution", [NUMPY, WINDOWS, ONE_FILTER_AFTER_THE_OTHER]),
    "a layer on looped windows": ("03_convolution", [NUMPY, LOOPED, BOOK["col2im"], LAYER]),
    "a layer on windows that are not there": ("03_convolution", [NUMPY, LAYER]),
    "the book's pooling": ("04_pooling", [NUMPY, WINDOWS, BOOK["Pooling"]]),
    "pooling on looped windows": ("04_pooling", [NUMPY, LOOPED, BOOK["col2im"], BOOK["Pooling"]]),
    "pooling row by row": ("04_pooling", [NUMPY, WINDOWS, POOL_LOOPED]),
    "small maps made slow": ("04_pooling", [NUMPY, WINDOWS, POOL_LOOPED, WASTES, POOL_WASTES]),
}  # fmt: skip

BECOMES = {
    "the book's": "passed",
    "a loop over windows": "failed",
    "counting turned off": "failed",
    "the grader patched": "failed",
    "small images made slow": "failed",
    "lists as long for small images": "failed",
    "tables of squares": "failed",
    "the book's layer": "passed",
    "images and places": "passed",
    "einsum at each place": "passed",
    "four loops": "failed",
    "filters": "failed",
    "a layer on looped windows": "carried",
    "a layer on windows that are not there": "carried",
    "the book's pooling": "passed",
    "pooling on looped windows": "carried",
    "pooling row by row": "failed",
    "small maps made slow": "failed",
}


@pytest.fixture(scope="module")
def graded(grade_books):
    return grade_books(BOOKS, PATIENT)


def _vectorised(marked):
    (found,) = [c for c in marked.result.criteria if c.id.endswith(".vectorised")]
    return found


@pytest.mark.parametrize("name", BOOKS)
def test_loops_over_windows_filters_and_pixels_cost_this_criterion(graded, name):
    assert _vectorised(graded[name]).status == BECOMES[name]


def test_a_loop_costs_nothing_else(graded):
    assert set(graded["a loop over windows"].lost) == {"im2col.vectorised"}
    assert set(graded["filters"].lost) - {"numerical_gradient"} <= {
        "Convolution.forward.vectorised",
        *(c.id for c in graded["filters"].result.criteria if c.part == "numerical_gradient"),
    }


def test_the_counts_are_shown_and_are_the_same_every_time(graded, grade_books):
    name = "a loop over windows"
    said = _vectorised(graded[name]).message["en"]
    assert "lines of Python" in said
    again = grade_books({name: BOOKS[name]}, PATIENT)[name]
    assert _vectorised(again).message["en"] == said
