"""What global average pooling has to do, one thing at a time.

No two sizes of an input are the same, so that an average over wrong axes shows in the shape. Some
are 1: an axis that stays, stays whatever its size.
Channels first is asked for without `data_format`, which is the default in every signature.
"""

import numpy as np

import source_lib
from autograder.suite import criterion, keeps_dtype, raises, same, unchanged

LAST = "channels_last"
# Sums in float32, which are one criterion's business, differ by less.
SUM = {"rtol": 1e-6}
# An answer in float64 has to have its digits, in one criterion of each part.
PRECISE = {"rtol": 1e-9}
DIGITS = {np.float32: 1e-5, np.float64: 1e-9}


def _same_2d(student, x, *data_format, tolerance=SUM):
    expected = source_lib.global_average_pooling_2d(x, *data_format)
    same(student.global_average_pooling_2d(x, *data_format), expected, **tolerance)


def _same_1d(student, x, *data_format, tolerance=SUM):
    expected = source_lib.global_average_pooling_1d(x, *data_format)
    same(student.global_average_pooling_1d(x, *data_format), expected, **tolerance)


def _same_backward(make, layer, reference, *shapes, tolerance=SUM):
    """Compare for one input after the other, and random gradients: ones would hide too much."""
    for shape in shapes:
        x = make.normal(*shape)
        dout = make.normal(*reference.forward(x).shape)
        layer.forward(x)
        same(layer.backward(dout), reference.backward(dout), **tolerance)


def _leaves_dout(make, layer, reference, other, *shape):
    """backward writes into nothing that it was given, and answers for its own layer's input."""
    x = make.normal(*shape)
    dout = make.normal(*reference.forward(x).shape)
    layer.forward(x)
    # Networks have several layers: what one keeps for backward is its own, not the class's.
    other.forward(make.normal(*shape[:-1], shape[-1] + 1))
    same(unchanged(layer.backward, dout), reference.backward(dout), **SUM)


@criterion("global_average_pooling_2d.batch")
def test_each_channel_of_each_image_gives_its_average(student, make):
    for shape in ((2, 3, 4, 5), (3, 2, 5, 4), (1, 4, 3, 7)):
        _same_2d(student, make.normal(*shape), tolerance=PRECISE)
    unchanged(student.global_average_pooling_2d, make.normal(2, 3, 4, 5))
    # What float32 costs in digits is the layer's criterion.
    out = student.global_average_pooling_2d(make.normal(2, 3, 4, 5, dtype=np.float32))
    keeps_dtype(out, np.float32)


@criterion("global_average_pooling_2d.single_image")
def test_an_image_without_a_batch(student, make):
    for shape in ((3, 4, 5), (4, 5, 3), (1, 2, 6)):
        _same_2d(student, make.normal(*shape))


@criterion("global_average_pooling_2d.channels_last")
def test_images_with_the_channels_last(student, make):
    for shape in ((2, 4, 5, 3), (1, 5, 4, 2), (4, 5, 3), (6, 2, 1)):
        _same_2d(student, make.normal(*shape), LAST)
    unchanged(student.global_average_pooling_2d, make.normal(2, 4, 5, 3), LAST)


@criterion("global_average_pooling_2d.other_ndim")
def test_neither_an_image_nor_a_batch_of_images(student, make):
    _same_2d(student, make.normal(2, 3, 4, 5))
    for shape in ((6, 3), (2, 1, 4, 3, 2)):
        raises(ValueError, student.global_average_pooling_2d, make.normal(*shape))


@criterion("global_average_pooling_1d.batch_and_single")
def test_sequences_in_a_batch_and_alone(student, make):
    for shape in ((2, 3, 5), (4, 2, 3), (1, 3, 5), (2, 1, 5), (3, 5), (5, 2)):
        _same_1d(student, make.normal(*shape), tolerance=PRECISE)
    unchanged(student.global_average_pooling_1d, make.normal(2, 3, 5))
    out = student.global_average_pooling_1d(make.normal(2, 3, 5, dtype=np.float32))
    keeps_dtype(out, np.float32)


@criterion("global_average_pooling_1d.channels_last")
def test_sequences_with_the_channels_last(student, make):
    for shape in ((2, 5, 3), (1, 3, 2), (5, 3), (2, 1)):
        _same_1d(student, make.normal(*shape), LAST)
    unchanged(student.global_average_pooling_1d, make.normal(2, 5, 3), LAST)


@criterion("global_average_pooling_1d.other_ndim")
def test_neither_a_sequence_nor_a_batch_of_sequences(student, make):
    _same_1d(student, make.normal(2, 3, 5))
    for shape in ((7,), (3, 2, 5, 2)):
        raises(ValueError, student.global_average_pooling_1d, make.normal(*shape))


@criterion("GlobalAveragePooling2D.forward.layer")
def test_the_layer_pools_images_as_its_function_does(student, make):
    layer = student.GlobalAveragePooling2D()
    seen_otherwise = make.normal(5, 3, 1, 8).transpose(2, 1, 0, 3)[:, :, :, ::2]
    for x in (make.normal(2, 3, 4, 5), make.normal(3, 4, 5), seen_otherwise):
        same(unchanged(layer.forward, x), source_lib.global_average_pooling_2d(x), **SUM)


@criterion("GlobalAveragePooling2D.forward.channels_last")
def test_the_layer_pools_images_with_the_channels_last(student, make):
    layer = student.GlobalAveragePooling2D(LAST)
    for x in (make.normal(2, 4, 5, 3), make.normal(4, 5, 3)):
        same(unchanged(layer.forward, x), source_lib.global_average_pooling_2d(x, LAST), **SUM)


@criterion("GlobalAveragePooling2D.forward.float32")
def test_averages_of_float32_are_float32_and_of_float64_float64(student, make):
    for dtype in (np.float32, np.float64):
        x = make.normal(2, 3, 4, 5, dtype=dtype)
        out = student.GlobalAveragePooling2D().forward(x)
        same(out, source_lib.global_average_pooling_2d(x), rtol=DIGITS[dtype])
        keeps_dtype(out, dtype)


@criterion("GlobalAveragePooling2D.backward.batch")
def test_every_pixel_gets_its_share(student, make):
    layer, reference = student.GlobalAveragePooling2D(), source_lib.GlobalAveragePooling2D()
    _same_backward(make, layer, reference, (2, 3, 4, 5), (1, 4, 2, 7), (3, 2, 5, 3))
    _leaves_dout(make, layer, reference, student.GlobalAveragePooling2D(), 2, 3, 4, 5)


@criterion("GlobalAveragePooling2D.backward.single_image")
def test_every_pixel_of_one_image_gets_its_share(student, make):
    # What is left over from another input is the first criterion's business.
    for shape in ((3, 4, 5), (5, 2, 4)):
        layer, reference = student.GlobalAveragePooling2D(), source_lib.GlobalAveragePooling2D()
        _same_backward(make, layer, reference, shape)


@criterion("GlobalAveragePooling2D.backward.channels_last")
def test_shares_of_images_with_the_channels_last(student, make):
    for shape in ((2, 4, 5, 3), (5, 2, 3), (3, 3, 7, 2)):
        layer = student.GlobalAveragePooling2D(LAST)
        reference = source_lib.GlobalAveragePooling2D(LAST)
        _same_backward(make, layer, reference, shape)


@criterion("GlobalAveragePooling2D.backward.float32")
def test_gradients_of_float32_are_float32_and_of_float64_float64(student, make):
    layer, reference = student.GlobalAveragePooling2D(), source_lib.GlobalAveragePooling2D()
    for dtype in (np.float32, np.float64):
        x, dout = make.normal(2, 3, 4, 5, dtype=dtype), make.normal(2, 3, dtype=dtype)
        reference.forward(x)
        layer.forward(x)
        dx = layer.backward(dout)
        same(dx, reference.backward(dout), rtol=DIGITS[dtype])
        keeps_dtype(dx, dtype)


@criterion("GlobalAveragePooling1D.forward.layer")
def test_the_layer_pools_sequences_as_its_function_does(student, make):
    layer = student.GlobalAveragePooling1D()
    for x in (make.normal(2, 3, 5), make.normal(4, 5), make.normal(5, 3, 1).transpose(2, 1, 0)):
        expected = source_lib.global_average_pooling_1d(x)
        same(unchanged(layer.forward, x), expected, **PRECISE)


@criterion("GlobalAveragePooling1D.forward.channels_last")
def test_the_layer_pools_sequences_with_the_channels_last(student, make):
    layer = student.GlobalAveragePooling1D(LAST)
    for x in (make.normal(2, 5, 3), make.normal(5, 3)):
        same(unchanged(layer.forward, x), source_lib.global_average_pooling_1d(x, LAST), **SUM)


@criterion("GlobalAveragePooling1D.backward.batch_and_single")
def test_every_step_gets_its_share(student, make):
    layer, reference = student.GlobalAveragePooling1D(), source_lib.GlobalAveragePooling1D()
    _same_backward(make, layer, reference, (2, 3, 5), (3, 5), (4, 2, 7), tolerance=PRECISE)
    _leaves_dout(make, layer, reference, student.GlobalAveragePooling1D(), 2, 3, 5)


@criterion("GlobalAveragePooling1D.backward.channels_last")
def test_shares_of_sequences_with_the_channels_last(student, make):
    for shape in ((2, 5, 3), (5, 3), (4, 7, 2)):
        layer = student.GlobalAveragePooling1D(LAST)
        reference = source_lib.GlobalAveragePooling1D(LAST)
        _same_backward(make, layer, reference, shape)
