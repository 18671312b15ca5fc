"""The worked numbers of the course, in the reference, the teaching solutions and the texts.

Each number was worked out by hand or with an independent loop; none is copied from a run of the
code that is tested here.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import source_lib
from autograder.course.author import earlier, figure_text, tr
from autograder.course.load import load_course
from autograder.course.notebook_cells import read_cells
from tests.paths import ROOT

COURSE = load_course(ROOT)
PARTS = {e.id: {part.id.partition(".")[0] for part in e.parts} for e in COURSE.exercises}
COUNTING = np.arange(128.0).reshape(1, 2, 8, 8)
OVERLAPS = [[1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1]]


def exercise_of(number):
    return next(e for e in COURSE.exercises if e.id.startswith(number))


@cache
def teaching_solutions(exercise_id):
    return earlier(exercise_id, *PARTS[exercise_id])


def taught(name):
    """The teaching solution of this name."""
    home = next(exercise_id for exercise_id, names in PARTS.items() if name in names)
    return teaching_solutions(home)[name]


@pytest.fixture(params=["source_lib", "notebooks"])
def of(request):
    """Gives a function or class by name, from the reference or from the teaching solutions."""
    return taught if request.param == "notebooks" else lambda name: getattr(source_lib, name)


@cache
def text(number, language):
    """All that a student reads in a notebook of this language, code included."""
    cells = read_cells(exercise_of(number))
    return "\n".join(cell.source for cell in cells if cell.lang in (None, language))


def printed_by(number, cell_name, capsys):
    """What the demonstration prints, with the teaching solutions."""
    exercise = exercise_of(number)
    source = next(cell.source for cell in read_cells(exercise) if cell.name == cell_name)
    names = {**teaching_solutions(exercise.id), "tr": tr, "figure_text": figure_text}
    exec(compile(source, f"{number}:{cell_name}", "exec"), names)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("size", "channels", "filters", "stride", "out", "parameters"),
    [(144, 3, 6, 1, 142, 168), (60, 24, 48, 1, 58, 10_416), (20, 10, 20, 2, 9, 1_820)],
)
def test_sizes_and_parameters_of_three_layers(of, size, channels, filters, stride, out, parameters):
    assert of("conv_output_size")(size, 3, stride) == out
    assert of("conv_param_count")(channels, filters, 3, 3) == parameters


def test_the_three_layers_are_printed(capsys):
    lines = printed_by("01", "three_layers_complete", capsys).splitlines()
    found = [line.split()[-6:] for line in lines[1:]]
    assert found == [
        ["142", "x", "142", "x", "6", "168"],
        ["58", "x", "58", "x", "48", "10,416"],
        ["9", "x", "9", "x", "20", "1,820"],
    ]


def test_lenet(of):
    side, parameters = 32, []
    for channels, filters in ((1, 6), (6, 16)):
        side = of("conv_output_size")(of("conv_output_size")(side, 5), 2, 2)
        parameters.append(of("conv_param_count")(channels, filters, 5, 5))
    assert side == 5
    parameters += [401 * 120, 121 * 84, 85 * 10]
    assert parameters == [156, 2_416, 48_120, 10_164, 850]
    assert sum(parameters) == 61_706


def test_a_counting_image_and_a_counting_filter(of):
    image, kernel = np.arange(64.0).reshape(8, 8), np.arange(9.0).reshape(3, 3)
    bias = 1
    assert of("conv2d_single")(image, kernel)[0, 0] + bias == 475
    assert of("conv2d_single")(image, kernel + 9)[0, 0] + bias == 1204
    assert of("conv2d_single")(image, kernel)[5, 5] + bias == 2095


def test_windows_of_ten_images(of):
    assert of("im2col")(np.zeros((10, 3, 7, 7)), 3, 3, 1, 1).shape == (490, 27)


def test_a_small_image_becomes_nine_rows(of):
    col = of("im2col")(np.arange(1, 10).reshape(1, 1, 3, 3), 3, 3, 1, 1)
    assert col.shape == (9, 9)
    assert_array_equal(col[0], [0, 0, 0, 0, 1, 2, 0, 4, 5])
    assert_array_equal(col[4], np.arange(1, 10))


def test_two_images_of_four_by_four_become_eight_rows(of):
    assert of("im2col")(np.zeros((2, 1, 4, 4)), 3, 3).shape == (8, 9)


def test_first_layer_of_vgg(of):
    x = np.zeros((1, 3, 224, 224), np.float32)
    x[0, 1, 100, 50] = 2
    assert of("im2col")(x, 3, 3, 1, 1).shape == (50176, 27)

    filters = np.zeros((64, 3, 3, 3), np.float32)
    filters[7, 1, 0, 2] = 5
    out = of("Convolution")(filters, np.zeros(64, np.float32), 1, 1).forward(x)
    assert out.shape == (1, 64, 224, 224)
    # That pixel is at the upper right of the window one row below it, one column to the left.
    assert_array_equal(np.argwhere(out), [[0, 7, 101, 49]])
    assert out[0, 7, 101, 49] == 10


def test_pooling_after_the_first_layer_of_vgg(of):
    maps = np.zeros((1, 64, 224, 224), np.float32)
    assert of("im2col")(maps, 2, 2, 2, 0).reshape(-1, 4).shape == (802816, 4)
    assert of("Pooling")(2, 2, 2, 0).forward(maps).shape == (1, 64, 112, 112)


def test_overlaps_of_windows(of):
    assert_array_equal(of("col2im")(np.ones((4, 9)), (1, 1, 4, 4), 3, 3)[0, 0], OVERLAPS)
    ones = of("im2col")(np.ones((1, 1, 4, 4)), 3, 3)
    assert_array_equal(of("col2im")(ones, (1, 1, 4, 4), 3, 3)[0, 0], OVERLAPS)


def test_pooling_of_counting_maps(of):
    out = of("Pooling")(2, 2, 2, 0).forward(COUNTING)
    assert_array_equal(out[0, 0, 0], [9, 11, 13, 15])
    assert_array_equal(out[0, 0, 3], [57, 59, 61, 63])
    assert_array_equal(out[0, 1, 0], [73, 75, 77, 79])
    assert out[0, 1, 3, 3] == 127
    assert_array_equal(of("maxpool2d_single")(COUNTING[0, 0]), out[0, 0])


def test_gradient_of_that_pooling_goes_home(of):
    pool = of("Pooling")(2, 2, 2, 0)
    dx = pool.backward(pool.forward(COUNTING))
    assert_array_equal(dx[0, 0, 0], np.zeros(8))
    assert_array_equal(dx[0, 0, 1], [0, 9, 0, 11, 0, 13, 0, 15])
    assert_array_equal(dx[0, 1, 7, 4:], [0, 125, 0, 127])


def test_a_border_of_zeros_would_win_eight_of_nine_windows(of):
    negative = -np.arange(1.0, 17).reshape(1, 1, 4, 4)
    out = of("Pooling")(2, 2, 2, 1).forward(negative)
    assert_array_equal(out[0, 0], [[-1, -2, -4], [-5, -6, -8], [-13, -14, -16]])


def test_averages_of_the_example(of):
    setup = next(c for c in read_cells(exercise_of("05")) if c.name == "setup").source
    space = {}
    exec(compile(setup, "05:setup", "exec"), space)
    averages = of("global_average_pooling_2d")(space["example"], "channels_last")
    assert_allclose(averages, [0.316, 0.339, -0.150], atol=5e-4)


def test_each_of_nine_pixels_gets_a_ninth(of):
    gap = of("GlobalAveragePooling2D")("channels_last")
    assert gap.forward(np.zeros((1, 3, 3, 2))).shape == (1, 2)
    assert_allclose(gap.backward(np.array([[1.0, 9.0]]))[0, :, :, 0], np.full((3, 3), 1 / 9))


def test_parameters_of_simple_convnet(of):
    net = of("SimpleConvNet")()
    shapes = {name: array.shape for name, array in net.params.items()}
    assert shapes["W1"] == (30, 1, 5, 5)
    assert shapes["W2"] == (4320, 100)
    assert shapes["W3"] == (100, 10)
    assert sum(array.size for array in net.params.values()) == 433_890


def test_a_network_that_knows_nothing_has_the_loss_ln_10(of):
    assert_allclose(of("SoftmaxWithLoss")().forward(np.zeros((3, 10)), np.arange(3)), np.log(10))
    x = np.random.default_rng(0).random((20, 1, 28, 28))
    assert_allclose(of("SimpleConvNet")().loss(x, np.arange(20) % 10), np.log(10), rtol=0.01)


def test_residual_network(of):
    x = np.random.default_rng(0).standard_normal((2, 3, 32, 32)).astype(np.float32)
    assert of("BasicBlock")(3, 64).forward(x).shape == (2, 64, 32, 32)

    net = of("SimpleResNet")()
    assert net.forward(x).shape == (2, 10)
    blocks = net.layer1 + net.layer2 + net.layer3
    # The reference lists its blocks' arrays among the network's, too: count each array once.
    arrays = {id(a): a for part in (net, *blocks) for a in part.params.values()}
    assert sum(array.size for array in arrays.values()) == 2_787_594

    maps, shapes = np.ones((1, 64, 16, 16), np.float32), []
    for block in blocks:
        maps = block.forward(maps)
        shapes.append(maps.shape)
    assert shapes == [(1, 64, 16, 16)] * 2 + [(1, 128, 8, 8)] * 2 + [(1, 256, 4, 4)] * 2


def test_shapes_of_the_fully_convolutional_network(of):
    maps = np.ones((1, 8, 6, 6))
    scores = of("conv1x1")(maps, np.ones((3, 8)), np.zeros(3))
    assert scores.shape == (1, 3, 6, 6)
    assert of("upsample_nearest")(scores).shape == (1, 3, 12, 12)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("01", "[9, 11, 13, 15]"),
        ("01", "61,706"),
        ("01", "201,326,592"),
        ("02", "50,176"),
        ("02", "(490, 27)"),
        ("02", "# 1 2 2 1\n# 2 4 4 2"),
        ("03", "| `col` | (50176, 27) |"),
        ("03", "| `out` | (1, 64, 224, 224) |"),
        ("04", "802,816"),
        ("05", "0.11111111"),
        ("06", "433,890"),
        ("06", "ln 10 = 2.303"),
        ("07", "(2, 64, 32, 32)"),
        ("07", "2,787,594"),
        ("08", "`[[53, 0], [0, 47]]`"),
        ("08", "(1, 3, 12, 12)"),
        ("09", "2095"),
    ],
)
def test_a_student_reads_the_number(number, shown, language):
    assert shown.replace("# ", "") in text(number, language).replace("# ", "")


@pytest.mark.parametrize(("shown", "language"), [("9, 11, 13, 15", "en"), ("9、11、13、15", "ja")])
def test_a_student_reads_the_pooled_numbers(shown, language):
    assert shown in text("04", language)
