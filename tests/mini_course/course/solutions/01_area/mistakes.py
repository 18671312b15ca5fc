import math

from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text


@mistake("FA1", part="frame_area", loses={"frame_area.wide"},
    hint=Text(en="How many borders?", ja="縁はいくつ？"))
def frame_area(height, width, border=1):
    remaining_height, remaining_width = height - border, width - border
    return height * width - remaining_height * remaining_width + 0 * border


@equivalent("FA-A", part="frame_area", why="four strips, corners counted once")
def frame_area(height, width, border=1):
    if 2 * border >= min(height, width):
        return height * width
    # top and bottom, then the rest of the sides
    return 2 * border * width + 2 * border * (height - 2 * border)
