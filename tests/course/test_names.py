"""Under which of a notebook's names a part is found."""

from __future__ import annotations

import pytest

from autograder.course.models import Part
from autograder.course.names import method_names, owner_names
from autograder.text import Text


def part(name: str, *aliases: str) -> Part:
    return Part(name, Text(), (), (), aliases)


IM2COL = part("im2col", "img2col", "image2column")
FORWARD = part("Conv.forward", "ConvLayer", ".forward_pass", ".__call__")
BACKWARD = part("Conv.backward", ".backprop")


@pytest.mark.parametrize(
    ("defined", "found"),
    [
        (["im2col", "img2col"], "im2col"),  # the exact name, whatever else there is
        (["Im2Col"], "Im2Col"),
        (["im_2_col"], "im_2_col"),
        (["image_2_column", "img2col"], "img2col"),  # aliases in the order of the course
        (["imgcol"], None),
        (["col"], None),
    ],
)
def test_a_function_counts_in_any_spelling_of_its_name_and_aliases(defined, found):
    wanted = {} if found is None else {"im2col": found}
    assert owner_names([IM2COL], dict.fromkeys(defined)) == wanted


def test_a_function_is_not_taken_for_a_class_nor_a_class_for_a_function():
    norm, layer = part("batch_norm"), part("BatchNorm.forward")
    assert owner_names([norm, layer], {"batchnorm": None}) == {"batch_norm": "batchnorm"}
    assert owner_names([norm, layer], {"batchnorm": ("forward",)}) == {"BatchNorm": "batchnorm"}


def test_a_name_that_the_course_asks_for_is_never_another_part():
    pooling = part("Pooling.forward", "Conv")
    assert owner_names([pooling, FORWARD], {"Conv": ("forward",)}) == {"Conv": "Conv"}


def test_a_method_counts_in_any_spelling_unless_it_is_there():
    parts = [FORWARD, BACKWARD]
    assert method_names(parts, "Conv", ("forward_pass", "Backward")) == {
        "forward": "forward_pass",
        "backward": "Backward",
    }
    assert method_names(parts, "Conv", ("__call__", "forward")) == {}
    assert method_names(parts, "Conv", ("__call__", "other")) == {"forward": "__call__"}
    assert method_names(parts, "Other", ("forward_pass",)) == {}


def test_a_method_that_is_asked_for_is_never_another_one():
    backward = part("Conv.backward", ".forward")
    assert method_names([FORWARD, backward], "Conv", ("forward",)) == {}
