from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

mistake("BV1", part="Box.volume",
    edits=[("    return", "    self.height = 1\n    return")],
    loses={"Box.volume.*", "tower.three"},
    hint=Text(en="How high?", ja="高さは？"))


@equivalent("BV-A", part="Box.volume", why="by repeated addition")
def volume(self, depth, width):
    return sum(frame_area(depth, width) for _ in range(int(self.height)))
