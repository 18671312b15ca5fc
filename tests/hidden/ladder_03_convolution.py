"""Small inputs for numerical_gradient and Convolution: feedback shows the first that goes wrong."""

import numpy as np

import source_lib
from autograder.suite import counting, keeps_dtype, ladder, same, unchanged, written

TWO, SIDE, WINDOW, STRIDE = (1, 2), (1, 2, 3, 4, 5), (1, 2, 3), (1, 2, 3)


@ladder("numerical_gradient.any_shape", shape=((2,), (3,), (1, 2), (2, 2), (1, 1, 2, 2)))
def slopes(student, shape=(2,)):
    x = counting(*shape)
    # Of degree 1 in each entry: any difference gives its slopes exactly.
    f = written("lambda v: float((v * np.roll(v, 1)).sum())")
    expected = np.roll(x, 1) + np.roll(x, -1)
    same(student.numerical_gradient(f, x, 0.5), expected, rtol=1e-9)


@ladder("numerical_gradient.any_shape", size=(1, 2))
@ladder("numerical_gradient.central", size=(1, 2))
def usual_step(student, size=1):
    x = counting(size)
    f = written("lambda v: float((3 * v).sum())")
    same(student.numerical_gradient(f, x), np.full(size, 3.0), rtol=1e-5)


@ladder("numerical_gradient.central", h=(0.5, 0.1), size=(1, 2))
def central(student, h=0.5, size=1):
    x = counting(size)
    f = written("lambda v: float((v**3).sum())")
    same(student.numerical_gradient(f, x, h), 3 * x**2 + h**2, rtol=1e-9)


@ladder("numerical_gradient.input_untouched", size=(1, 2, 3), h=(0.5, 0.1, 1e-5))
def point_untouched(student, size=1, h=0.5):
    x = np.arange(1, size + 1) / 10
    f = written("lambda v: float((3 * v).sum())")
    same(unchanged(student.numerical_gradient, f, x, h), np.full(size, 3.0), rtol=1e-5)


@ladder("Convolution.forward.bias", F=(1, 2, 3), W=TWO, FW=TWO)
@ladder("Convolution.forward.all_at_once", F=(1, 2), W=TWO, FW=TWO)
def with_bias(student, F=1, W=1, FW=1):
    x, filters, biases = counting(1, 1, 1, W), counting(F, 1, 1, FW), counting(F)
    expected = source_lib.Convolution(filters, biases, 1, 0).forward(x)
    same(student.Convolution(filters, biases, 1, 0).forward(x), expected)


@ladder("Convolution.forward.defaults", W=TWO, FW=TWO)
def without_stride_and_pad(student, W=1, FW=1):
    x, filters, biases = counting(1, 1, 1, W), counting(1, 1, 1, FW), np.zeros(1)
    expected = source_lib.Convolution(filters, biases).forward(x)
    same(student.Convolution(filters, biases).forward(x), expected)


@ladder("Convolution.forward.one_filter", H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder(
    "Convolution.forward.batch_channels_filters",
    N=TWO, C=TWO, F=TWO, H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW,
)  # fmt: skip
@ladder("Convolution.forward.non_square", H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("Convolution.forward.stride", stride=STRIDE, H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("Convolution.forward.padding", pad=(1, 2), H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder(
    "Convolution.forward.all_at_once",
    N=TWO, C=TWO, F=TWO, H=SIDE, W=SIDE, FH=TWO, FW=TWO, stride=TWO, pad=(0, 1),
)  # fmt: skip
def forward(student, N=1, C=1, F=1, H=1, W=1, FH=1, FW=1, stride=1, pad=0):
    x, filters, biases = counting(N, C, H, W), counting(F, C, FH, FW), np.zeros(F)
    expected = source_lib.Convolution(filters, biases, stride, pad).forward(x)
    same(student.Convolution(filters, biases, stride, pad).forward(x), expected)


@ladder(
    "Convolution.forward.float32",
    H=WINDOW, W=WINDOW, FH=TWO, FW=TWO, dtype=(np.float32, np.float64),
)  # fmt: skip
def dtypes(student, H=1, W=1, FH=1, FW=1, dtype=np.float32):
    x, filters = counting(1, 1, H, W, dtype=dtype), counting(1, 1, FH, FW, dtype=dtype)
    biases = np.zeros(1, dtype)
    expected = source_lib.Convolution(filters, biases, 1, 0).forward(x)
    out = student.Convolution(filters, biases, 1, 0).forward(x)
    same(out, expected)
    keeps_dtype(out, dtype)


@ladder("Convolution.forward.input_untouched", H=WINDOW, W=WINDOW, FH=TWO, FW=TWO)
def x_untouched(student, H=1, W=1, FH=1, FW=1):
    x, filters, biases = counting(1, 1, H, W), counting(1, 1, FH, FW), np.zeros(1)
    expected = source_lib.Convolution(filters, biases, 1, 0).forward(x)
    layer = student.Convolution(filters, biases, 1, 0)
    same(unchanged(layer.forward, x), expected)
    same(unchanged(layer.forward, x), expected)


def _there_and_back(student, shape, filter_shape, stride=1, pad=0, dtype=np.float64):
    """The student's layer with its dx, and the reference with its dx."""
    x, filters = counting(*shape, dtype=dtype), counting(*filter_shape, dtype=dtype)
    biases = np.zeros(filter_shape[0], dtype)
    ours = source_lib.Convolution(filters, biases, stride, pad)
    dout = counting(*ours.forward(x).shape, dtype=dtype)
    expected = ours.backward(dout)
    theirs = student.Convolution(filters, biases, stride, pad)
    theirs.forward(x)
    return theirs, theirs.backward(dout), ours, expected


@ladder("Convolution.backward.db", N=TWO, F=TWO, H=WINDOW, W=WINDOW)
def gradient_of_biases(student, N=1, F=1, H=1, W=1):
    theirs, _, ours, _ = _there_and_back(student, (N, 1, H, W), (F, 1, 1, 1))
    same(theirs.db, ours.db)


@ladder("Convolution.backward.dw", N=TWO, C=TWO, F=TWO, W=WINDOW, FW=TWO, H=TWO, FH=TWO)
@ladder("Convolution.backward.stride", stride=STRIDE, W=SIDE, FW=TWO)
@ladder("Convolution.backward.stride", stride=(2,), W=SIDE, FW=WINDOW, H=SIDE, FH=WINDOW)
@ladder("Convolution.backward.padding", pad=(1, 2), W=WINDOW, FW=WINDOW)
@ladder("Convolution.backward.padding", pad=(1, 2), W=TWO, FW=TWO, H=TWO, FH=TWO)
@ladder("Convolution.backward.non_square", W=SIDE, FW=TWO, H=WINDOW, FH=TWO)
@ladder("Convolution.backward.all_at_once", W=WINDOW, FW=TWO, stride=TWO, pad=(0, 1))
@ladder("Convolution.backward.all_at_once", N=(2,), C=(2,), F=(2,), W=WINDOW, FW=TWO)
@ladder("Convolution.backward.all_at_once", stride=TWO, pad=(0, 1), W=WINDOW, FW=TWO, H=TWO, FH=TWO)
def gradient_of_filters(student, N=1, C=1, F=1, H=1, W=1, FH=1, FW=1, stride=1, pad=0):
    theirs, _, ours, _ = _there_and_back(student, (N, C, H, W), (F, C, FH, FW), stride, pad)
    same(theirs.dW, ours.dW)


@ladder("Convolution.backward.dx", N=TWO, C=TWO, F=TWO, W=WINDOW, FW=TWO, H=TWO, FH=TWO)
@ladder("Convolution.backward.stride", stride=STRIDE, W=SIDE, FW=TWO)
@ladder("Convolution.backward.stride", stride=(2,), W=SIDE, FW=WINDOW, H=SIDE, FH=WINDOW)
@ladder("Convolution.backward.padding", pad=(1, 2), W=WINDOW, FW=WINDOW)
@ladder("Convolution.backward.padding", pad=(1, 2), W=TWO, FW=TWO, H=TWO, FH=TWO)
@ladder("Convolution.backward.non_square", W=SIDE, FW=TWO, H=WINDOW, FH=TWO)
@ladder("Convolution.backward.all_at_once", W=WINDOW, FW=TWO, stride=TWO, pad=(0, 1))
@ladder("Convolution.backward.all_at_once", N=(2,), C=(2,), F=(2,), W=WINDOW, FW=TWO)
@ladder("Convolution.backward.all_at_once", stride=TWO, pad=(0, 1), W=WINDOW, FW=TWO, H=TWO, FH=TWO)
def gradient_of_images(student, N=1, C=1, F=1, H=1, W=1, FH=1, FW=1, stride=1, pad=0):
    _, dx, _, expected = _there_and_back(student, (N, C, H, W), (F, C, FH, FW), stride, pad)
    same(dx, expected)


@ladder("Convolution.backward.several_calls", W=WINDOW, FW=TWO, H=TWO, FH=TWO)
def called_again(student, H=1, W=1, FH=1, FW=1):
    filters, biases = counting(1, 1, FH, FW), np.zeros(1)
    ours = source_lib.Convolution(filters, biases, 1, 0)
    theirs = student.Convolution(filters, biases, 1, 0)
    for start in (1, 2):
        x = counting(1, 1, H, W, start=start)
        dout = counting(*ours.forward(x).shape)
        expected = ours.backward(dout)
        theirs.forward(x)
        for _ in range(2):
            same(theirs.backward(dout), expected)
            same(theirs.dW, ours.dW)


@ladder("Convolution.backward.several_calls", W=WINDOW)
def another_layer_in_between(student, W=1):
    x, filters, biases = counting(1, 1, 1, W), counting(1, 1, 1, 1), np.zeros(1)
    ours = source_lib.Convolution(filters, biases, 1, 0)
    dout = counting(*ours.forward(x).shape)
    expected = ours.backward(dout)
    theirs = student.Convolution(filters, biases, 1, 0)
    other = student.Convolution(counting(1, 1, 1, 1, start=2), biases, 1, 0)
    theirs.forward(x)
    # As many windows, in another shape: wrong values tell more than an error.
    other.forward(counting(1, 1, W, 1, start=5))
    same(theirs.backward(dout), expected)
    same(theirs.dW, ours.dW)


@ladder("Convolution.backward.nothing_changed", W=WINDOW, FW=TWO, H=TWO, FH=TWO)
def nothing_changed(student, H=1, W=1, FH=1, FW=1):
    x, filters, biases = counting(1, 1, H, W), counting(1, 1, FH, FW), np.zeros(1)
    ours = source_lib.Convolution(filters, biases, 1, 0)
    out = ours.forward(x)
    dout = counting(*out.shape)
    expected = ours.backward(dout)
    theirs = student.Convolution(filters, biases, 1, 0)
    same(theirs.forward(x), out)
    same(unchanged(theirs.backward, dout), expected)
    same(theirs.forward(x), out)


@ladder("Convolution.backward.float32", W=WINDOW, FW=TWO, H=TWO, FH=TWO, dtype=(np.float32, float))
def gradient_dtypes(student, H=1, W=1, FH=1, FW=1, dtype=np.float32):
    theirs, dx, _, expected = _there_and_back(student, (1, 1, H, W), (1, 1, FH, FW), dtype=dtype)
    same(dx, expected)
    keeps_dtype(dx, dtype)
    keeps_dtype(theirs.dW, dtype)
    keeps_dtype(theirs.db, dtype)
