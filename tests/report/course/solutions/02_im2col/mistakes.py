from autograder.course.mistakes import mistake
from autograder.text import Text


@mistake("IM8", part="im2col", loses={"im2col.*"},
    hint=Text(
        en="Two neighbouring outputs look at windows how far apart?",
        ja="隣り合う2つの出力が見る窓は、どれだけ離れていますか。"))
def im2col(input_data, *_):
    return input_data
