"""Small inputs for global average pooling: feedback shows the first one that goes wrong."""

import numpy as np

import source_lib
from autograder.suite import counting, keeps_dtype, ladder, raises, same, unchanged

UP = (1, 2, 3)
LAST = "channels_last"


@ladder("global_average_pooling_2d.batch", N=UP, C=UP, H=UP, W=UP)
def images(student, N=1, C=1, H=1, W=1):
    x = counting(N, C, H, W)
    expected = source_lib.global_average_pooling_2d(x)
    same(unchanged(student.global_average_pooling_2d, x), expected, rtol=1e-9)


@ladder("global_average_pooling_2d.batch", W=UP)
def dtype_of_images(student, W=1):
    x = counting(1, 1, 1, W, dtype=np.float32)
    keeps_dtype(student.global_average_pooling_2d(x), np.float32)


@ladder("global_average_pooling_2d.single_image", C=UP, H=UP, W=UP)
def one_image(student, C=1, H=1, W=1):
    x = counting(C, H, W)
    same(student.global_average_pooling_2d(x), source_lib.global_average_pooling_2d(x), rtol=1e-6)


@ladder("global_average_pooling_2d.channels_last", batch=((), (1,), (2,)), H=UP, W=UP, C=UP)
def images_with_channels_last(student, batch=(), H=1, W=1, C=1):
    x = counting(*batch, H, W, C)
    expected = source_lib.global_average_pooling_2d(x, LAST)
    same(unchanged(student.global_average_pooling_2d, x, LAST), expected, rtol=1e-6)


@ladder("global_average_pooling_2d.other_ndim", shape=((1, 1), (1, 1, 1, 1, 1), (1, 1, 1, 2)))
def no_images(student, shape=(1, 1)):
    x = counting(*shape)
    if len(shape) == 4:
        same(student.global_average_pooling_2d(x), source_lib.global_average_pooling_2d(x))
    else:
        raises(ValueError, student.global_average_pooling_2d, x)


@ladder("global_average_pooling_1d.batch_and_single", batch=((), (1,), (2,)), C=UP, L=UP)
def sequences(student, batch=(), C=1, L=1):
    x = counting(*batch, C, L)
    expected = source_lib.global_average_pooling_1d(x)
    same(unchanged(student.global_average_pooling_1d, x), expected, rtol=1e-9)


@ladder("global_average_pooling_1d.batch_and_single", L=UP)
def dtype_of_sequences(student, L=1):
    x = counting(1, 1, L, dtype=np.float32)
    keeps_dtype(student.global_average_pooling_1d(x), np.float32)


@ladder("global_average_pooling_1d.channels_last", batch=((), (1,), (2,)), L=UP, C=UP)
def sequences_with_channels_last(student, batch=(), L=1, C=1):
    x = counting(*batch, L, C)
    expected = source_lib.global_average_pooling_1d(x, LAST)
    same(unchanged(student.global_average_pooling_1d, x, LAST), expected, rtol=1e-6)


@ladder("global_average_pooling_1d.other_ndim", shape=((1,), (1, 1, 1, 1), (1, 1, 2)))
def no_sequences(student, shape=(1,)):
    x = counting(*shape)
    if len(shape) == 3:
        same(student.global_average_pooling_1d(x), source_lib.global_average_pooling_1d(x))
    else:
        raises(ValueError, student.global_average_pooling_1d, x)


@ladder("GlobalAveragePooling2D.forward.layer", batch=((), (1,), (2,)), C=UP, H=UP, W=UP)
def layer_2d(student, batch=(), C=1, H=1, W=1):
    x = counting(*batch, C, H, W)
    expected = source_lib.global_average_pooling_2d(x)
    same(unchanged(student.GlobalAveragePooling2D().forward, x), expected, rtol=1e-6)


@ladder("GlobalAveragePooling2D.forward.channels_last", batch=((), (1,), (2,)), H=UP, W=UP, C=UP)
def layer_2d_channels_last(student, batch=(), H=1, W=1, C=1):
    x = counting(*batch, H, W, C)
    expected = source_lib.global_average_pooling_2d(x, LAST)
    same(unchanged(student.GlobalAveragePooling2D(LAST).forward, x), expected, rtol=1e-6)


@ladder("GlobalAveragePooling2D.forward.float32", N=UP, C=UP, W=UP, dtype=(np.float32, np.float64))
def dtypes(student, N=1, C=1, W=1, dtype=np.float32):
    x = counting(N, C, 1, W, dtype=dtype)
    out = student.GlobalAveragePooling2D().forward(x)
    same(out, source_lib.global_average_pooling_2d(x), rtol=1e-6)
    keeps_dtype(out, dtype)


def _there_and_back(theirs, ours, x):
    dout = counting(*ours.forward(x).shape, dtype=x.dtype)
    expected = ours.backward(dout)
    theirs.forward(x)
    same(unchanged(theirs.backward, dout), expected, rtol=1e-6)


def _with_another(theirs, other, ours, shape, length):
    x = counting(*shape, length)
    dout = counting(*ours.forward(x).shape)
    expected = ours.backward(dout)
    theirs.forward(x)
    other.forward(counting(*shape, length + 1))
    same(theirs.backward(dout), expected, rtol=1e-6)


@ladder("GlobalAveragePooling2D.backward.batch", batch=((1,), (2,)), C=UP, H=UP, W=UP)
@ladder("GlobalAveragePooling2D.backward.single_image", C=UP, H=UP, W=UP)
def back_2d(student, batch=(), C=1, H=1, W=1):
    theirs, ours = student.GlobalAveragePooling2D(), source_lib.GlobalAveragePooling2D()
    _there_and_back(theirs, ours, counting(*batch, C, H, W))


@ladder("GlobalAveragePooling2D.backward.batch", W=UP)
def back_2d_again(student, W=1):
    theirs, ours = student.GlobalAveragePooling2D(), source_lib.GlobalAveragePooling2D()
    _there_and_back(theirs, ours, counting(1, 1, 1, W + 1))
    _there_and_back(theirs, ours, counting(1, 2, 1, W))


@ladder("GlobalAveragePooling2D.backward.batch", W=UP)
def another_layer_in_between_2d(student, W=1):
    theirs, other = student.GlobalAveragePooling2D(), student.GlobalAveragePooling2D()
    _with_another(theirs, other, source_lib.GlobalAveragePooling2D(), (1, 1, 1), W)


@ladder("GlobalAveragePooling2D.backward.channels_last", batch=((), (1,), (2,)), H=UP, W=UP, C=UP)
def back_2d_channels_last(student, batch=(), H=1, W=1, C=1):
    theirs, ours = student.GlobalAveragePooling2D(LAST), source_lib.GlobalAveragePooling2D(LAST)
    _there_and_back(theirs, ours, counting(*batch, H, W, C))


@ladder("GlobalAveragePooling2D.backward.float32", N=UP, C=UP, W=UP, dtype=(np.float32, np.float64))
def gradient_dtypes(student, N=1, C=1, W=1, dtype=np.float32):
    x, ours = counting(N, C, 1, W, dtype=dtype), source_lib.GlobalAveragePooling2D()
    dout = counting(*ours.forward(x).shape, dtype=dtype)
    expected = ours.backward(dout)
    theirs = student.GlobalAveragePooling2D()
    theirs.forward(x)
    dx = theirs.backward(dout)
    same(dx, expected, rtol=1e-6)
    keeps_dtype(dx, dtype)


@ladder("GlobalAveragePooling1D.forward.layer", batch=((), (1,), (2,)), C=UP, L=UP)
def layer_1d(student, batch=(), C=1, L=1):
    x = counting(*batch, C, L)
    expected = source_lib.global_average_pooling_1d(x)
    same(unchanged(student.GlobalAveragePooling1D().forward, x), expected, rtol=1e-9)


@ladder("GlobalAveragePooling1D.forward.channels_last", batch=((), (1,), (2,)), L=UP, C=UP)
def layer_1d_channels_last(student, batch=(), L=1, C=1):
    x = counting(*batch, L, C)
    expected = source_lib.global_average_pooling_1d(x, LAST)
    same(unchanged(student.GlobalAveragePooling1D(LAST).forward, x), expected, rtol=1e-6)


@ladder("GlobalAveragePooling1D.backward.batch_and_single", batch=((), (1,), (2,)), C=UP, L=UP)
def back_1d(student, batch=(), C=1, L=1):
    theirs, ours = student.GlobalAveragePooling1D(), source_lib.GlobalAveragePooling1D()
    _there_and_back(theirs, ours, counting(*batch, C, L))


@ladder("GlobalAveragePooling1D.backward.batch_and_single", L=UP)
def back_1d_again(student, L=1):
    theirs, ours = student.GlobalAveragePooling1D(), source_lib.GlobalAveragePooling1D()
    _there_and_back(theirs, ours, counting(1, 1, L + 1))
    _there_and_back(theirs, ours, counting(2, L))


@ladder("GlobalAveragePooling1D.backward.batch_and_single", L=UP)
def another_layer_in_between_1d(student, L=1):
    theirs, other = student.GlobalAveragePooling1D(), student.GlobalAveragePooling1D()
    _with_another(theirs, other, source_lib.GlobalAveragePooling1D(), (1, 1), L)


@ladder("GlobalAveragePooling1D.backward.channels_last", batch=((), (1,), (2,)), L=UP, C=UP)
def back_1d_channels_last(student, batch=(), L=1, C=1):
    theirs, ours = student.GlobalAveragePooling1D(LAST), source_lib.GlobalAveragePooling1D(LAST)
    _there_and_back(theirs, ours, counting(*batch, L, C))
