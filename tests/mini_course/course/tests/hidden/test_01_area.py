"""Hidden."""

import source_lib
from autograder.suite import criterion, same


@criterion("frame_area.no_border")
def test_no_border(student, make):
    same(student.frame_area(3.0, 4.0, 0), 0.0)
    _nothing_but_border(student, make)


@criterion("frame_area.wide")
def test_wide(student, make):
    sizes = [[7, 11, 2], [13, 5, 1]]
    sizes.append([*make.integers(9, 90, 2).tolist(), 3])
    for size in sizes:
        same(student.frame_area(*size), source_lib.frame_area(*size))


@criterion("frame_area.flat")
def test_flat(student, make):
    same(student.frame_area(0.0, 4.0, 0), 0.0)
    _nothing_but_border(student, make)


def _nothing_but_border(student, make):
    height, width = make.uniform(2, low=2, high=9).tolist()
    same(student.frame_area(height, width, height), height * width)
