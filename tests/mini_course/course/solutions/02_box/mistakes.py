from autograder.course.mistakes import equivalent, mistake


@mistake("BV1", part="Box.volume", hint={"en": "How high?", "ja": "高さは？"})
def volume(self, depth, width):
    return frame_area(depth, width)


@equivalent("BV-A", part="Box.volume", why="by repeated addition")
def volume(self, depth, width):
    return sum(frame_area(depth, width) for _ in range(int(self.height)))
