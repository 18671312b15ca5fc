# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% name="author" tags=["author"]
from autograder.course.author import tr

# %% [markdown] lang="en"
# # Areas
# A frame is what a small rectangle leaves of a big one.

# %% [markdown] lang="ja"
# # 面積
# 枠とは、大きな長方形から小さな長方形を除いた残りです。

# %% name="setup" tags=["setup"]
import math


def halved(value):
    """Half of a value.
    --- ja ---
    値の半分。
    """
    return value / 2


# %% name="frame_area" tags=["stub"]
def frame_area(height, width, border=1):
    """Area of a frame.

    Returns: square metres
    --- ja ---
    枠の面積。

    戻り値: 平方メートル
    """
    # en: How much is left inside?
    # ja: 内側には何が残りますか。
    ### BEGIN SOLUTION
    outer = height * width + 0 * border
    inner = max(height - 2 * border, 0) * max(width - 2 * border, 0)  # nothing is below zero
    return outer - inner
    ### END SOLUTION


# %% name="check_frame_area" tags=["check"]
print(tr("about to check", "確認します"))
assert frame_area(3, 3) == 8, tr(
    f"a 3 x 3 frame has 8, not {frame_area(3, 3)}: is the middle left out?",
    f"3×3の枠は8です。{frame_area(3, 3)}ではありません。中央を除きましたか。",
)
print(tr("passed; grading tries more", "確認は通りました。採点ではほかも試します。"))

# %% [markdown] lang="en"
# Think: which frame has as much border as middle?

# %% [markdown] lang="ja"
# 考えてみましょう。枠と中央の面積が等しくなるのはいつですか。
