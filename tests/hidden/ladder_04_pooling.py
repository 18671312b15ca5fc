"""Small inputs for Pooling: feedback shows the first one on which code goes wrong.

Maps hold 1, 2, 3, … in a mixed order, so that a maximum may be anywhere; gradients are in order.
"""

import numpy as np

import source_lib
from autograder.suite import counting, keeps_dtype, ladder, mixed, same, unchanged
from autograder.suite.facts import WrongAnswer

TWO, SIDE, WINDOW, STRIDE = (1, 2), (1, 2, 3, 4, 5), (1, 2, 3), (1, 2, 3)
EVEN = (2, 4)


def _map(N, C, H, W, sign=1, dtype=np.float64):
    return mixed(N, C, H, W, start=1 if sign > 0 else -N * C * H * W, dtype=dtype)


@ladder("Pooling.forward.batch_and_channels", N=TWO, C=TWO, H=EVEN, W=EVEN)
@ladder("Pooling.forward.non_square_window", H=SIDE, W=SIDE, PH=WINDOW, PW=WINDOW, stride=STRIDE)
@ladder("Pooling.forward.non_square_window", W=(3, 4), PW=(3,), N=TWO, C=TWO)
@ladder("Pooling.forward.stride", stride=STRIDE, H=SIDE, W=SIDE, PH=WINDOW, PW=WINDOW)
@ladder("Pooling.forward.non_square_window", pad=(1,), stride=(3,), H=TWO, W=(2, 3), PW=(2, 3))
@ladder("Pooling.forward.non_square_window", pad=(1,), stride=(5,), PH=(5,), H=(5,), W=(2, 3, 7))
@ladder("Pooling.forward.left_over", H=(2, 3), W=(2, 3, 4, 5), N=TWO, C=TWO)
@ladder("Pooling.forward.left_over", stride=(3,), PH=(3,), PW=(3,), H=(3, 4, 5), W=(3, 4, 5))
@ladder("Pooling.forward.all_negative", sign=(-1,), N=TWO, C=TWO, H=EVEN, W=EVEN)
@ladder("Pooling.forward.padding_size", pad=(1,), N=TWO, C=TWO, H=(1, 2, 3, 4), W=(1, 2, 3, 4))
@ladder("Pooling.forward.padding_size", pad=(1, 2), stride=(3, 4), PH=(3, 4), PW=(3, 4), W=SIDE)
@ladder(
    "Pooling.forward.padding_size", pad=(1,), stride=(2, 1), PH=(3, 5), PW=(3, 5), H=SIDE, W=SIDE
)
@ladder("Pooling.forward.padding_never_wins", sign=(-1,), pad=(1,), N=TWO, C=TWO, H=EVEN, W=EVEN)
@ladder("Pooling.forward.padding_never_wins", sign=(-1,), pad=(1,), H=(1, 2, 3), W=(1, 2, 3))
def largest(student, N=1, C=1, H=2, W=2, PH=2, PW=2, stride=2, pad=0, sign=1):
    x = _map(N, C, H, W, sign)
    expected = source_lib.Pooling(PH, PW, stride, pad).forward(x)
    same(student.Pooling(PH, PW, stride, pad).forward(x), expected, exact=True)


@ladder("Pooling.forward.stride", side=(2, 3), size=(2, 3, 4, 5))
def largest_without_stride(student, side=2, size=2):
    x = _map(1, 1, size, size)
    expected = source_lib.Pooling(side, side).forward(x)
    of_the_book = source_lib.Pooling(side, side, 1).forward(x)
    out = student.Pooling(side, side).forward(x)
    try:  # be no stricter than the suite
        same(out, of_the_book, exact=True)
    except WrongAnswer:
        same(out, expected, exact=True)


@ladder("Pooling.forward.float32", H=EVEN, W=EVEN, N=TWO, C=TWO, dtype=(np.float32, np.float64))
def dtypes(student, H=2, W=2, N=1, C=1, dtype=np.float32):
    x = _map(N, C, H, W, dtype=dtype)
    out = student.Pooling(2, 2, 2, 0).forward(x)
    same(out, source_lib.Pooling(2, 2, 2, 0).forward(x), exact=True)
    keeps_dtype(out, dtype)


@ladder("Pooling.forward.input_untouched", H=EVEN, W=EVEN, N=TWO, C=TWO)
def map_untouched(student, H=2, W=2, N=1, C=1):
    x = _map(N, C, H, W)
    expected = source_lib.Pooling(2, 2, 2, 0).forward(x)
    same(unchanged(student.Pooling(2, 2, 2, 0).forward, x), expected, exact=True)


@ladder("Pooling.backward.batch_and_channels", sign=(1, -1), N=TWO, C=TWO, H=EVEN, W=EVEN)
@ladder("Pooling.backward.window_and_stride", W=(2, 3, 4, 5), PW=(2, 3, 1), PH=(2, 3, 1), H=(2, 3))
@ladder("Pooling.backward.window_and_stride", stride=(3,), W=(2, 3, 4, 5), N=TWO, C=TWO, PW=(2, 3))
@ladder("Pooling.backward.left_over", H=(2, 3), W=(2, 3, 4, 5), N=TWO, C=TWO)
@ladder("Pooling.backward.overlap", stride=(1,), W=(2, 3, 4), H=(2, 3), N=TWO, C=TWO)
@ladder("Pooling.backward.padding", pad=(1,), sign=(-1, 1), N=TWO, C=TWO, W=(2, 1, 4), H=(2, 1))
@ladder("Pooling.backward.padding", pad=(1,), PH=(3,), PW=(3,), W=SIDE, H=(3, 4, 5))
@ladder("Pooling.backward.padding", pad=(1,), stride=(5,), PH=(5,), PW=(5,), W=SIDE, H=(3, 4, 5))
def winners(student, N=1, C=1, H=2, W=2, PH=2, PW=2, stride=2, pad=0, sign=1):
    _there_and_back(student, _map(N, C, H, W, sign), PH, PW, stride, pad)


@ladder("Pooling.backward.ties", H=EVEN, W=EVEN, N=TWO, C=TWO, value=(7.0, 0.0))
def ties(student, H=2, W=2, N=1, C=1, value=7.0):
    _there_and_back(student, np.full((N, C, H, W), value), 2, 2, 2, 0)


@ladder("Pooling.backward.ties", last=(1.0, 2.0))
def ties_beside_a_winner(student, last=1.0):
    _there_and_back(student, np.array([[[[1.0, 2.0], [last, 2.0]]]]), 2, 2, 2, 0)


@ladder("Pooling.backward.padding", value=(-7.0, 0.0), H=EVEN, W=EVEN)
def ties_with_the_border(student, value=-7.0, H=2, W=2):
    _there_and_back(student, np.full((1, 1, H, W), value), 2, 2, 2, 1)


def _there_and_back(student, x, PH, PW, stride, pad):
    ours = source_lib.Pooling(PH, PW, stride, pad)
    dout = counting(*ours.forward(x).shape)
    expected = ours.backward(dout)
    theirs = student.Pooling(PH, PW, stride, pad)
    theirs.forward(x)
    same(theirs.backward(dout), expected)


@ladder("Pooling.backward.called_again", C=TWO, N=TWO)
def called_again(student, C=1, N=1):
    ours, theirs = source_lib.Pooling(2, 2, 2, 0), student.Pooling(2, 2, 2, 0)
    for x in (mixed(N, C, 2, 2), counting(N, C, 2, 2), mixed(1, 1, 2, 4)):
        dout = counting(*ours.forward(x).shape)
        expected = ours.backward(dout)
        theirs.forward(x)
        for _ in range(2):
            same(theirs.backward(dout), expected)


@ladder("Pooling.backward.called_again", C=TWO, N=TWO)
def another_layer_in_between(student, C=1, N=1):
    ours, x = source_lib.Pooling(2, 2, 2, 0), counting(N, C, 2, 4)
    dout = counting(*ours.forward(x).shape)
    expected = ours.backward(dout)
    theirs, other = student.Pooling(2, 2, 2, 0), student.Pooling(2, 2, 2, 0)
    theirs.forward(x)
    other.forward(mixed(N, C, 4, 2))
    same(theirs.backward(dout), expected)


@ladder("Pooling.backward.float32", H=EVEN, W=EVEN, N=TWO, C=TWO, dtype=(np.float32, np.float64))
def gradient_dtypes(student, H=2, W=2, N=1, C=1, dtype=np.float32):
    x, ours = _map(N, C, H, W, dtype=dtype), source_lib.Pooling(2, 2, 2, 0)
    dout = counting(*ours.forward(x).shape, dtype=dtype)
    expected = ours.backward(dout)
    theirs = student.Pooling(2, 2, 2, 0)
    theirs.forward(x)
    dx = theirs.backward(dout)
    same(dx, expected, exact=True)
    keeps_dtype(dx, dtype)


@ladder("Pooling.backward.input_untouched", H=EVEN, W=EVEN, N=TWO, C=TWO)
def dout_untouched(student, H=2, W=2, N=1, C=1):
    x, ours = _map(N, C, H, W), source_lib.Pooling(2, 2, 2, 0)
    dout = counting(*ours.forward(x).shape)
    expected = ours.backward(dout)
    theirs = student.Pooling(2, 2, 2, 0)
    theirs.forward(x)
    same(unchanged(theirs.backward, dout), expected, exact=True)
