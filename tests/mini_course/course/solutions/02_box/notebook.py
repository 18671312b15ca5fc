# %% name="author" tags=["author"]
from autograder.course.author import tr
from autograder.course.author import earlier

globals().update(earlier("01_area", "frame_area"))

# %% [markdown] lang="en"
# # Boxes

# %% [markdown] lang="ja"
# # 箱

# %% name="carry" tags=["carry"] parts=["frame_area"] source="01_area"
# en: Paste your frame_area here.
# ja: ここに自分のframe_areaを貼り付けてください。

# %% name="box" tags=["stub"]
class Box:
    """A box."""

    def __init__(self, height):
        self.height = height

    def volume(self, depth, width):
        """Volume of the box's walls."""
        ### BEGIN SOLUTION
        return self.height * frame_area(depth, width)
        ### END SOLUTION

    def __repr__(self):
        return f"Box({self.height})"


# %% name="demo" tags=["demo"]
print(Box(2))

# %% name="tower" tags=["stub"]
def tower(heights, side):
    """Volume of square boxes on top of each other."""
    ### BEGIN SOLUTION
    return sum(Box(height).volume(side, side) for height in heights)
    ### END SOLUTION
