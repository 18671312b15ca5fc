"""What may be supplied while a function or class is graded."""

from __future__ import annotations

import pytest

from autograder.carrying.plan import MentionedNames, aliases, dependencies, own_methods
from autograder.course.load import load_course
from tests.paths import ROOT

COURSE = load_course(ROOT)


@pytest.mark.parametrize(
    ("exercise", "owner", "direct", "all_"),
    [
        ("02_im2col", "im2col", (), ("conv_output_size",)),
        (
            "03_convolution",
            "Convolution",
            ("im2col", "col2im"),
            ("im2col", "col2im", "conv_output_size"),
        ),
        (
            "05_gap",
            "GlobalAveragePooling2D",
            ("global_average_pooling_2d",),
            ("global_average_pooling_2d",),
        ),
        ("08_stripes_and_fcn", "softmax", (), ()),
        (
            "07_resnet",
            "BasicBlock",
            ("im2col", "col2im", "Convolution", "BatchNorm"),
            (
                *("im2col", "col2im", "Convolution", "batch_norm", "BatchNorm", "Relu"),
                "conv_output_size",
            ),
        ),
    ],
)
def test_dependencies_are_in_course_order_and_borrowed_names_last(exercise, owner, direct, all_):
    found = dependencies(COURSE, COURSE.exercise(exercise), owner)
    assert found.direct == direct
    assert found.all == all_


def test_a_network_builds_on_all_earlier_layers_but_not_on_itself():
    found = dependencies(COURSE, COURSE.exercise("06_simple_convnet"), "SimpleConvNet").all
    assert {"im2col", "col2im", "Convolution", "Pooling", "Relu", "softmax", "Adam"} <= set(found)
    assert "SimpleConvNet" not in found


@pytest.mark.parametrize("exercise", [each.id for each in COURSE.exercises])
def test_nothing_is_supplied_to_itself(exercise):
    parts = COURSE.exercise(exercise).parts
    for owner in {part.owner for part in parts}:
        assert owner not in dependencies(COURSE, COURSE.exercise(exercise), owner).all


def test_a_name_is_mentioned_in_any_spelling_but_not_in_a_comment():
    cells = ["# im2col would do here\nx = util.Img_2_Col(y)", "class convNet:\n    pass"]
    mentioned = MentionedNames(cells)
    assert mentioned.has(["img2col"])
    assert not mentioned.has(["im2col"])
    assert mentioned.defines(["ConvNet"])
    assert not mentioned.defines(["img2col"])


@pytest.mark.parametrize(
    ("exercise", "part", "methods"),
    [
        ("06_simple_convnet", "SimpleConvNet.accuracy", ("SimpleConvNet.predict",)),
        (
            "06_simple_convnet",
            "SimpleConvNet.gradient",
            ("SimpleConvNet.predict", "SimpleConvNet.loss"),
        ),
        ("06_simple_convnet", "SimpleConvNet.predict", ()),  # never the constructor
        ("03_convolution", "Convolution.backward", ("Convolution.forward",)),
        ("03_convolution", "numerical_gradient", ()),
    ],
)
def test_the_methods_of_its_own_class_that_a_part_builds_on(exercise, part, methods):
    found = COURSE.exercise(exercise)
    assert own_methods(found, found.part(part)) == methods


def test_a_method_that_is_called_on_self():
    mentioned = MentionedNames(
        ["y = self . Predict(x)  # self.loss(x)\nself.predict\nlayer.forward(x)"]
    )
    assert mentioned.calls_on_self("predict")
    assert not mentioned.calls_on_self("loss")
    assert not mentioned.calls_on_self("forward")


def test_the_aliases_of_a_class_are_those_of_all_its_parts():
    assert "Conv2D" in aliases(COURSE)["Convolution"]
    assert not any(name.startswith(".") for names in aliases(COURSE).values() for name in names)


@pytest.mark.parametrize(
    ("source", "builds_on"),
    [
        ("def conv2d(x, k):\n    return conv2d_single(x, k)", True),
        ("def conv2d(x, k):\n\n    if k:\n        y = conv2d_single (x, k)\n    return y", True),
        ("def conv2d(\n    x,\n):\n    return conv2d_single(x)", True),
        ("def conv2d(x):\n    print('# one')\n    return conv2d_single(x)", True),
        ("if True:\n    def conv2d(x):\n        return conv2d_single(x)\n", True),
        ("def conv2d(x, k):\n    return x\n\ny = conv2d_single(x, k)", False),
        ("def conv2d(x, k):\n    return x  # as conv2d_single(x, k)", False),
        ('def conv2d(x, k):\n    """>>> conv2d_single(x, k)"""\n    return x', False),
        ("def conv2d(x, k):\n    conv2d_single = x\n    return conv2d_single", False),
        ("def conv(x, k):\n    return conv2d_single(x, k)", False),
    ],
)
def test_a_function_that_calls_another_is_not_that_one_renamed(source, builds_on):
    assert MentionedNames([source]).builds_on("conv2d", "conv2d_single") is builds_on


@pytest.mark.parametrize(
    ("source", "builds_on"),
    [
        ("class Conv2d(Convolution):\n    pass", True),
        ("class Conv2d:\n    def __init__(self):\n        self.inner = Convolution(1)", True),
        ("class Conv2d:\n    pass\n\nlayer = Convolution()", False),
        ("class Conv2d:\n    '''A Convolution.'''\n    W = 1", False),
    ],
)
def test_a_class_on_top_of_another_is_not_that_one_renamed(source, builds_on):
    assert MentionedNames([source]).builds_on("Conv2d", "Convolution") is builds_on


@pytest.mark.parametrize(
    "source",
    ['\\"""', "def conv2d(x):\n", '"', "'\\'", " ", "  \n", "conv2d_single   ", "# def conv2d("],
)
def test_whatever_a_notebook_consists_of_is_read_once(source):
    # Not measured: with a search that begins again at each character this would take hours.
    text = source * (1_000_000 // len(source))
    assert not MentionedNames([text, text + "\\"]).builds_on("conv2d", "conv2d_single")


def test_definitions_within_definitions_are_read_once():
    text = "".join(" " * depth + "def conv2d(x):\n" for depth in range(1500))
    assert not MentionedNames([text]).builds_on("conv2d", "conv2d_single")


def test_backward_builds_on_forward():
    parts = {part.id: part for exercise in COURSE.exercises for part in exercise.parts}
    lacking = [
        part.id
        for part in parts.values()
        if part.method == "backward"
        and (forward := f"{part.owner}.forward") in parts
        and forward not in part.builds_on
    ]
    assert lacking == []
