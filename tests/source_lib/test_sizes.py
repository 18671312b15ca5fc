import numpy as np
import pytest

from source_lib import conv_output_size, conv_param_count


def count_windows(size, filter_size, stride, pad):
    """Slide the window by hand and count where it lies wholly inside."""
    positions, start = 0, -pad
    while start + filter_size <= size + pad:
        positions += 1
        start += stride
    return positions


def test_counts_the_window_positions():
    for size in range(1, 12):
        for filter_size in range(1, 6):
            for stride in range(1, 5):
                for pad in range(4):
                    if filter_size <= size + 2 * pad:
                        assert conv_output_size(size, filter_size, stride, pad) == count_windows(
                            size, filter_size, stride, pad
                        )


@pytest.mark.parametrize(
    ("size", "filter_size", "stride", "pad", "expected"),
    [
        (28, 5, 1, 0, 24),  # MNIST through 5x5
        (224, 3, 1, 1, 224),  # VGG's first layer
        (32, 7, 2, 3, 16),  # the stem of SimpleResNet
        (20, 3, 2, 0, 9),  # 9.5: left-over pixels are ignored
        (3, 3, 7, 0, 1),  # an exact fit
        (1, 3, 1, 1, 1),  # fits thanks to padding
    ],
)
def test_worked_examples(size, filter_size, stride, pad, expected):
    result = conv_output_size(size, filter_size, stride, pad)
    assert result == expected
    assert type(result) is int


def test_convention_a_filter_larger_than_the_padded_input_is_an_error():
    # 1 + int((4 - 5) / 2) would be 1 and (4 - 5) // 2 + 1 is 0: neither is an answer.
    with pytest.raises(ValueError, match=r"filter_size .* got filter_size 5, but .* only 4"):
        conv_output_size(4, 5, stride=2)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0, 1), ValueError, "size must be an integer >= 1, got 0"),
        ((5, 0), ValueError, "filter_size must be an integer >= 1, got 0"),
        ((5, 3, 0), ValueError, "stride must be an integer >= 1, got 0"),
        ((5, 3, 1, -1), ValueError, "pad must be an integer >= 0, got -1"),
        ((5.0, 3), TypeError, r"size must be an integer >= 1, got 5\.0"),
        ((5, 3, True), TypeError, "stride must be an integer >= 1, got True"),
        ((5, "3"), TypeError, "filter_size must be an integer >= 1, got '3'"),
    ],
)
def test_errors_name_argument_value_and_expectation(arguments, error, message):
    with pytest.raises(error, match=message):
        conv_output_size(*arguments)


def test_integers_of_numpy_are_integers():
    assert conv_output_size(np.int64(28), np.uint8(5)) == 24


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((3, 6, 3, 3), 168),
        ((24, 48, 3, 3), 10_416),
        ((10, 20, 3, 3), 1_820),
        ((3, 64, 3, 3), 1_792),
        ((3, 64, 7, 7, False), 9_408),
        ((2, 5, 3, 4), 125),
    ],
)
def test_parameter_counts(arguments, expected):
    assert conv_param_count(*arguments) == expected


def test_parameter_count_errors():
    with pytest.raises(ValueError, match="out_channels must be an integer >= 1, got 0"):
        conv_param_count(3, 0, 3, 3)
    with pytest.raises(TypeError, match=r"filter_w must be an integer >= 1, got 3\.0"):
        conv_param_count(3, 1, 3, 3.0)
