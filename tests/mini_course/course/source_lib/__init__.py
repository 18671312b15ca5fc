"""What the hidden suites compare with."""


def frame_area(height, width, border=1):
    """Area of a frame."""
    hole = tuple(side - 2 * border for side in (height, width))
    return height * width - (hole[0] * hole[1] if min(hole) > 0 else 0)
