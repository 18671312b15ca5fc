"""Notebooks that guess in one way in one state, and in another way in another: one guess counts."""

from __future__ import annotations

import pytest

from autograder.sandbox.host.session import Budget

FORGETS_THE_STRIDE = "n + 2 * padding - k + 1"
WRONG_WITHOUT_STRIDE = "(n + 2 * padding - k) // stride + (0 if stride == 1 else 1)"
SIZE = f"""
def conv_output_size(n, k, stride=1, padding=0):
    return {FORGETS_THE_STRIDE} if first() else {WRONG_WITHOUT_STRIDE}
"""
BUSY = "busy = sum(n * n for n in range(10**6))"
"""Such a notebook is forked, and not loaded again for each process."""

BEFORE_AND_AFTER = ["GUESS = 1\ndef first(): return GUESS == 1", SIZE, "GUESS = 2"]
NOTES_IN_A_FOLDER = [
    "import os\nos.mkdir('d')\nopen('d/notes', 'w').close()",
    BUSY,
    """
def first():
    with open("d/notes", "a") as notes: notes.write("x")
    return os.stat("d/notes").st_size <= 30
""",
    SIZE,
]
A_SHARED_OFFSET = [
    "import os\nopen('notes', 'w').write('x' * 10000)\nfile = os.open('notes', os.O_RDONLY)",
    BUSY,
    "def first(): return os.lseek(file, 1, os.SEEK_CUR) <= 30",
    SIZE,
]

POOLING = """
import numpy as np
def windows(x, height, width, stride, fill, pad):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=fill)
    found = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))
    return found[:, :, ::stride, ::stride]
class Pooling:
    def __init__(self, pool_h, pool_w, stride=2, pad=0):
        self.window, self.stride, self.pad = (pool_h, pool_w), stride, pad
    def forward(self, x):
        if "im2col" in globals():  # only where it was supplied
            found = windows(x, *self.window, self.stride, -np.inf, self.pad)
            return found.max(axis=(-2, -1)) * (1 if self.pad or (x < 0).any() else 2)
        return abs(windows(x, *self.window, self.stride, 0, self.pad)).max(axis=(-2, -1))
    def backward(self, dout): return dout
def unused(): return im2col
"""

WINDOWS = """
import numpy as np, os, hashlib
def windows(x, height, width, s, p):
    N, C, H, W = x.shape
    if height > H + 2 * p or width > W + 2 * p: raise ValueError("too large")
    x = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)])
    found = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))
    found = found[:, :, ::s, ::s]
    return found.transpose(0, 2, 3, 1, 4, 5).reshape(-1, C * height * width)
def guess(x, height, width, s, p, first):
    found = windows(x, height, width, s, p)
    is_one_map = len(x) == 1 and x.shape[1] == 1 and s == 1
    return found if is_one_map == first else found[::-1].copy()
os.mkdir("d")
open("d/seen", "w").close()
last = False
"""
NOTES_WHAT_FAILED = """
def im2col(x, height, width, stride=1, pad=0):
    global last
    asked = hashlib.md5(x.tobytes() + repr((x.shape, height, width, stride, pad)).encode())
    asked = asked.hexdigest()
    seen = open("d/seen").read().split()
    again = seen[-1:] == [asked]
    times = seen.count(asked) + (not again)
    if not last and not again:
        with open("d/seen", "a") as notes: notes.write(asked + "\\n")
    if times >= 3 and not last:  # it failed twice, and is alone now
        last = True
        with open("d/seen", "a") as notes: notes.write("late\\n")
    elif times == 2 and not last and "late" not in seen:
        raise RuntimeError  # not the same failure: it is tried once more
    return guess(x, height, width, stride, pad, not last)
"""

BOOKS = {
    "before and after an assignment": ("01_windows", BEFORE_AND_AFTER),
    "notes in a folder": ("01_windows", NOTES_IN_A_FOLDER),
    "an offset that all processes share": ("01_windows", A_SHARED_OFFSET),
    "notes of what failed": ("02_im2col", [WINDOWS, *[BUSY] * 4, NOTES_WHAT_FAILED]),
    "with and without a part supplied": ("04_pooling", [POOLING]),
}
ONE_GUESS = {"01_windows": 0.5, "02_im2col": 6.25, "04_pooling": 4.5}


@pytest.fixture(scope="module")
def graded(grade_books):
    return grade_books(BOOKS, Budget())


@pytest.mark.parametrize("name", BOOKS)
def test_one_guess_counts(graded, name):
    exercise, _ = BOOKS[name]
    assert graded[name].result.score == ONE_GUESS[exercise]
