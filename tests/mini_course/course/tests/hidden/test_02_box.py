"""Hidden."""

import source_lib
from autograder.suite import criterion, same


@criterion("Box.volume.frames")
def test_frames(student, make):
    same(student.Box(7.0).volume(5.0, 3.0), 7.0 * source_lib.frame_area(5.0, 3.0))
    _as_high_as_one(student, make)


@criterion("Box.volume.flat")
def test_flat(student, make):
    same(student.Box(0.0).volume(5.0, 3.0), 0.0)
    _as_high_as_one(student, make)


def _as_high_as_one(student, make):
    depth, width = make.uniform(2, low=3, high=9).tolist()
    same(student.Box(1.0).volume(depth, width), source_lib.frame_area(depth, width))


@criterion("tower.three")
def test_three(student, make):
    same(student.tower([1.0, 2.0, 3.0], 4.0), 6 * source_lib.frame_area(4.0, 4.0))
    side = float(make.uniform(low=3, high=9))
    same(student.tower([1.0], side), source_lib.frame_area(side, side))
