"""What the first functions of the course have to do, one thing at a time.

Each test leaves alone what the others are about: square images and kernels, stride 1, no padding
and no flip unless the test is about it. Where the flip is not the matter, kernels look the same
when turned by 180 degrees; where the sign is not, maps to be pooled are positive. Images and
kernels are float64, settings are positional; `flip_kernel` and `bias` are left to their defaults
unless the test is about them, since code of an earlier year may not have them.
"""

import source_lib
from autograder.suite import criterion, raises, same, unchanged


def _even_kernel(make, *shape):
    """A random kernel that is the same when turned by 180 degrees."""
    kernel = make.normal(*shape)
    return kernel + kernel[::-1, ::-1]


@criterion("conv_output_size.stride_one")
def test_places_at_stride_one(student, make):
    for size, filter_size, pad in ((5, 3, 0), (28, 5, 0), (9, 8, 0), (7, 3, 1), (6, 2, 2)):
        expected = source_lib.conv_output_size(size, filter_size, pad=pad)
        same(student.conv_output_size(size, filter_size, 1, pad), expected)
    for size, filter_size, pad in make.integers(8, 60, 5, 3).tolist():
        expected = source_lib.conv_output_size(size + filter_size, filter_size, pad=pad)
        same(student.conv_output_size(size + filter_size, filter_size, 1, pad), expected)
    size = int(make.integers(10, 40, 1)[0])
    same(student.conv_output_size(size, 4), source_lib.conv_output_size(size, 4))


@criterion("conv_output_size.stride")
def test_only_whole_windows_count(student, make):
    for size, filter_size, stride in ((7, 3, 2), (8, 3, 2), (20, 3, 2), (9, 2, 3), (10, 4, 5)):
        expected = source_lib.conv_output_size(size, filter_size, stride)
        same(student.conv_output_size(size, filter_size, stride, 0), expected)
    for room, filter_size, stride in make.integers(2, 30, 5, 3).tolist():
        expected = source_lib.conv_output_size(room + filter_size, filter_size, stride)
        same(student.conv_output_size(room + filter_size, filter_size, stride, 0), expected)
    # With padding, which is divided as well. At these sizes half of it would give the same: that
    # it lies on both ends is another criterion's business.
    for size, filter_size, stride, pad in ((8, 3, 2, 1), (8, 3, 3, 1), (12, 4, 5, 2)):
        expected = source_lib.conv_output_size(size, filter_size, stride, pad)
        same(student.conv_output_size(size, filter_size, stride, pad), expected)


@criterion("conv_output_size.too_large")
def test_a_filter_that_just_fits_has_one_place_and_a_larger_one_raises(student, make):
    # Sizes that nobody can know: a table of answers, or 1 for whatever fits, is not enough.
    rooms = (0, *make.integers(1, 60, 2).tolist())
    for size, room in zip(make.integers(3, 40, 3).tolist(), rooms, strict=True):
        for pad in (0, 1):
            same(student.conv_output_size(size, size + 2 * pad, 1, pad), 1)
            same(student.conv_output_size(size + room, size + 2 * pad, 1, pad), room + 1)
    for size, stride, pad in zip(
        make.integers(3, 40, 3).tolist(), (1, 2, 1), (0, 0, 1), strict=True
    ):
        # Two too large at stride 1: code that leaves it to the division raises nothing.
        filter_size = size + 2 * pad + (2 if stride == 1 else 1)
        raises(ValueError, student.conv_output_size, size, filter_size, stride, pad)


@criterion("conv2d_single.every_place")
def test_the_sum_of_products_at_every_place(student, make):
    for size, kernel_size in ((5, 3), (6, 2), (4, 3), (3, 1)):
        image, kernel = make.normal(size, size), make.normal(kernel_size, kernel_size)
        expected = source_lib.conv2d_single(image, kernel)
        # Sums of a few products near 1, in whatever order: an exact 0 may come out as 1e-16.
        same(student.conv2d_single(image, kernel, 1, 0), expected, atol=1e-12)


@criterion("conv2d_single.non_square")
def test_images_and_kernels_that_are_not_square(student, make):
    for image_shape, kernel_shape in (((4, 7), (3, 3)), ((7, 5), (2, 3)), ((6, 6), (4, 1))):
        image, kernel = make.normal(*image_shape), _even_kernel(make, *kernel_shape)
        expected = source_lib.conv2d_single(image, kernel)
        same(student.conv2d_single(image, kernel, 1, 0), expected, atol=1e-12)


@criterion("conv2d_single.stride")
def test_strides_that_divide_and_that_do_not(student, make):
    for size, kernel_size, stride in ((7, 3, 2), (8, 3, 2), (8, 2, 3), (9, 3, 4)):
        image, kernel = make.normal(size, size), _even_kernel(make, kernel_size, kernel_size)
        expected = source_lib.conv2d_single(image, kernel, stride)
        same(student.conv2d_single(image, kernel, stride, 0), expected, atol=1e-12)


@criterion("conv2d_single.padding")
def test_zeros_on_all_four_sides(student, make):
    for size, kernel_size, padding in ((5, 3, 1), (4, 3, 2), (4, 5, 1)):
        image, kernel = make.normal(size, size), _even_kernel(make, kernel_size, kernel_size)
        expected = source_lib.conv2d_single(image, kernel, padding=padding)
        same(student.conv2d_single(image, kernel, 1, padding), expected, atol=1e-12)


@criterion("conv2d_single.flip")
def test_the_kernel_is_turned_when_asked_for(student, make):
    for size, kernel_size in ((5, 3), (4, 2)):
        image, kernel = make.normal(size, size), make.normal(kernel_size, kernel_size)
        expected = source_lib.conv2d_single(image, kernel, flip_kernel=True)
        same(student.conv2d_single(image, kernel, 1, 0, True), expected, atol=1e-12)


@criterion("conv2d_single.all_at_once")
def test_everything_mixed(student, make):
    for image_shape, kernel_shape, stride, padding, flip in (
        ((5, 8), (3, 2), 2, 1, True),
        ((9, 6), (4, 3), 3, 2, False),
        ((3, 6), (4, 2), 1, 1, True),  # higher than the image, yet it fits once that is padded
    ):
        image, kernel = make.normal(*image_shape), make.normal(*kernel_shape)
        expected = source_lib.conv2d_single(image, kernel, stride, padding, flip)
        got = student.conv2d_single(image, kernel, stride, padding, flip)
        same(got, expected, rtol=1e-9, atol=1e-12)
    image, kernel = make.normal(5, 6), make.normal(3, 2)
    expected = source_lib.conv2d_single(image, kernel)
    same(student.conv2d_single(image, kernel), expected, rtol=1e-9, atol=1e-12)


@criterion("conv2d_single.input_untouched")
def test_image_and_kernel_are_neither_changed_nor_need_be_contiguous(student, make):
    image, kernel = make.normal(6, 6), _even_kernel(make, 3, 3)
    expected = source_lib.conv2d_single(image, kernel)
    same(unchanged(student.conv2d_single, image, kernel, 1, 0), expected, atol=1e-12)
    same(unchanged(student.conv2d_single, image, kernel, 1, 0), expected, atol=1e-12)
    unchanged(student.conv2d_single, image, make.normal(3, 3), 1, 0, True)
    every_other, sideways = make.normal(6, 12)[:, ::2], _even_kernel(make, 3, 3).T
    expected = source_lib.conv2d_single(every_other, sideways)
    same(unchanged(student.conv2d_single, every_other, sideways, 1, 0), expected, atol=1e-12)


@criterion("conv2d_single.kernel_too_large")
def test_a_kernel_that_just_fits_works_and_a_larger_one_raises(student, make):
    for size in (4, 6):  # one place, and nine: a product of two arrays is no convolution
        image, kernel = make.normal(size, size), _even_kernel(make, 4, 4)
        expected = source_lib.conv2d_single(image, kernel)
        same(student.conv2d_single(image, kernel, 1, 0), expected, atol=1e-12)
    image = make.normal(4, 4)
    # Two pixels too large at stride 1: code that leaves it to NumPy raises ValueError as well.
    for kernel_shape, padding in (((6, 3), 0), ((3, 7), 0), ((8, 8), 1)):
        kernel = make.normal(*kernel_shape)
        raises(ValueError, student.conv2d_single, image, kernel, 1, padding)


@criterion("maxpool2d_single.largest")
def test_the_largest_number_of_each_window(student, make):
    feature_map = make.distinct(6, 6)
    same(
        unchanged(student.maxpool2d_single, feature_map, 2, 2),
        source_lib.maxpool2d_single(feature_map),
        exact=True,
    )
    below_zero = make.uniform(4, 4, low=-3, high=-1)
    same(
        student.maxpool2d_single(below_zero, 2, 2),
        source_lib.maxpool2d_single(below_zero),
        exact=True,
    )
    same(
        student.maxpool2d_single(feature_map),
        source_lib.maxpool2d_single(feature_map),
        exact=True,
    )


@criterion("maxpool2d_single.window_and_stride")
def test_windows_that_overlap_and_windows_with_gaps(student, make):
    for size, pool, stride in ((5, 3, 1), (7, 3, 2), (4, 2, 1), (8, 2, 3), (6, 3, 3)):
        feature_map = make.distinct(size, size) + size * size
        expected = source_lib.maxpool2d_single(feature_map, pool, stride)
        same(student.maxpool2d_single(feature_map, pool, stride), expected, exact=True)


@criterion("maxpool2d_single.left_over")
def test_rows_and_columns_left_over_are_ignored(student, make):
    for shape, pool, stride in (((5, 7), 2, 2), ((7, 4), 2, 2), ((9, 8), 3, 3), ((5, 10), 3, 3)):
        feature_map = make.distinct(*shape) + 100
        expected = source_lib.maxpool2d_single(feature_map, pool, stride)
        same(student.maxpool2d_single(feature_map, pool, stride), expected, exact=True)


@criterion("conv_param_count.weights")
def test_weights_for_every_input_channel(student, make):
    for layer in make.integers(2, 20, 6, 4).tolist():
        same(student.conv_param_count(*layer, False), source_lib.conv_param_count(*layer, False))


@criterion("conv_param_count.biases")
def test_one_bias_for_each_filter(student, make):
    for layer in (
        (3, 6, 3, 3),
        (24, 48, 3, 3),
        (10, 20, 3, 3),
        *make.integers(2, 20, 4, 4).tolist(),
    ):
        same(student.conv_param_count(*layer), source_lib.conv_param_count(*layer, True))
