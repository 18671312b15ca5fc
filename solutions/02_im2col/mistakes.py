# ruff: noqa: F811, D103 - each function is a student's version of the same name.
"""Known ways in which im2col and col2im go wrong, and unusual ways that are right."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

mistake("IM1", part="im2col",
    edits=[("H + 2 * pad - filter_h", "H - filter_h"), ("W + 2 * pad - filter_w", "W - filter_w")],
    loses={"im2col.padding", "im2col.all_at_once"},
    hint=Text(
        en="Which image does the window slide over: the original or the padded one?",
        ja="窓が動くのは、元の画像の上でしょうか、パディング後の画像の上でしょうか。"))

mistake("IM2", part="im2col", edits=[("padded[:, :, rows", "input_data[:, :, rows")],
    loses={"im2col.padding", "im2col.all_at_once"},
    hint=Text(
        en="Your output size counts on border pixels. Where do they come from?",
        ja="出力の大きさは縁の画素があることを前提にしています。それはどこで作りますか。"))

mistake("IM4", part="im2col", edits=[("W + 2 * pad - filter_w", "W + 2 * pad - filter_h")],
    loses={"im2col.non_square_filter", "im2col.all_at_once"},
    hint=Text(
        en="Try a window that is taller than wide: what does out_w have to depend on?",
        ja="正方形でない窓で試してみましょう。out_wの計算には何を使うべきでしょうか。"))

mistake("IM5", part="im2col",
    edits=[("transpose(0, 4, 5, 1, 2, 3)", "transpose(0, 4, 5, 2, 3, 1)")],
    loses={"im2col.batch_and_channels", "im2col.all_at_once"},
    hint=Text(
        en="Which index must change slowest in a row, to line up with W.reshape(F, -1)?",
        ja="1行の中でどの添字が最も遅く変われば、W.reshape(F, -1)と順番がそろいますか。"))

mistake("IM7", part="im2col",
    edits=[("transpose(0, 4, 5, 1, 2, 3)", "transpose(4, 5, 0, 1, 2, 3)")],
    loses={"im2col.batch_and_channels", "im2col.all_at_once"},
    hint=Text(
        en="Row 0 is the first window of image 0. In which row must image 1 begin?",
        ja="0行目は画像0の最初の窓です。画像1は何行目から始まるべきでしょうか。"))

mistake("IM8", part="im2col",
    edits=[("fy + stride * out_h, stride", "fy + out_h"),
           ("fx + stride * out_w, stride", "fx + out_w")],
    loses={"im2col.stride", "im2col.all_at_once"},
    hint=Text(
        en="Two neighbouring rows look at windows how far apart? Look at your slices.",
        ja="隣り合う2つの行の窓は、何画素離れているでしょうか。スライスを見直してみましょう。"))

mistake("IM10", part="im2col", edits=[("(pad, pad)))", '(pad, pad)), "edge")')],
    loses={"im2col.padding", "im2col.all_at_once"},
    hint=Text(
        en="Which value lies outside the image? Pad an image of ones and look at the first row.",
        ja="画像の外側の値は何ですか。すべて1の画像で、最初の行を見てみましょう。"))

mistake("IM11", part="im2col",
    edits=[("((0, 0), (0, 0), (pad, pad), (pad, pad))",
            "((0, 0), (pad, pad), (pad, pad), (0, 0))")],
    loses={"im2col.padding", "im2col.all_at_once"},
    hint=Text(
        en="Write the meaning of each axis beside the list that np.pad gets. Which two grow?",
        ja="np.padに渡すリストの横に、軸の意味を書きましょう。大きくなるのはどの2つですか。"))

mistake("IM13", part="im2col",
    edits=[("    N, C, H, W = input_data.shape", """\
    N, C, H, W = input_data.shape
    H, W = H + 2 * pad, W + 2 * pad""")],
    loses={"im2col.padding", "im2col.all_at_once"},
    hint=Text(
        en="Which H is in your formula: before or after padding? Is pad counted twice?",
        ja="式のHはパディングの前と後、どちらの高さですか。padを2回数えていませんか。"))

mistake("IM14", part="im2col",
    edits=[("(N, C, filter_h, filter_w, out_h, out_w)",
            "(N, C, filter_w, filter_h, out_h, out_w)"),
           ("windows[:, :, fy, fx]", "windows[:, :, fx, fy]")],
    loses={"im2col.*"},
    hint=Text(
        en="Compare one window with its row, number by number: is it read line by line?",
        ja="窓1つとその行を、数を1つずつ見比べてみましょう。窓の中を1行ずつ読んでいますか。"))

mistake("IM16", part="im2col", edits=[("C * filter_h * filter_w)", "C * filter_h * filter_w).T")],
    loses={"im2col.*"},
    hint=Text(
        en="Read the returned shape in the docstring again: what is one row?",
        ja="docstringの戻り値の形状をもう一度読みましょう。1行は何を表しますか。"))

mistake("IM18", part="im2col", edits=[(", dtype=input_data.dtype", "")],
    loses={"im2col.float32"},
    hint=Text(
        en="Which dtype went in, and which came out? Look at where you make the array.",
        ja="渡した配列と返ってきた配列のdtypeを比べ、配列を用意する行を見直しましょう。"))

mistake("IM20", part="im2col", edits=[("N * out_h * out_w, C * filter_h * filter_w", "N, -1")],
    loses={"im2col.*"},
    hint=Text(
        en="How many windows are there in all? That many rows are needed.",
        ja="窓は全部でいくつありますか。それと同じ数の行が必要です。"))

mistake("IM21", part="im2col",
    edits=[("    return ordered", """\
    input_data *= 0
    return ordered""")],
    loses={"im2col.input_untouched"},
    hint=Text(
        en="Compare x before and after the call: whose array do you write into?",
        ja="呼び出しの前後でxを比べてみましょう。書き込んでいるのは誰の配列ですか。"))

mistake("IM22", part="im2col",
    edits=[("filter_h > H + 2 * pad or filter_w > W + 2 * pad",
            "max(filter_h, filter_w) > min(H, W) + 2 * pad")],
    loses={"im2col.all_at_once"},
    hint=Text(
        en="Does a tall, narrow image with a tall, narrow window pass your check?",
        ja="縦長の画像に縦長の窓を当てるとき、最初の確認で断っていませんか。"))

mistake("IM23", part="im2col", edits=[("dtype=input_data.dtype", "dtype=np.float32")],
    loses={"im2col.float32"},
    hint=Text(
        en="Call it with a float64 image too: which dtype comes out? Where is it decided?",
        ja="float64の画像も渡してみましょう。返ってくるdtypeは何ですか。どの行で決まりますか。"))


@mistake("IM24", part="im2col", loses={"im2col.vectorised"},
    hint=Text(
        en="How often does each loop run for an image twice as wide? Loop over the filter.",
        ja="画像の幅が2倍になると、それぞれのループは何回回りますか。ループするのは、フィルターの中の位置だけにしましょう。"))
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    N, _, H, W = input_data.shape
    if filter_h > H + 2 * pad or filter_w > W + 2 * pad:
        raise ValueError("the filter is larger than the padded image")
    out_h = 1 + int((H + 2 * pad - filter_h) / stride)
    out_w = 1 + int((W + 2 * pad - filter_w) / stride)
    img = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return np.array(
        [
            img[n, :, y : y + filter_h, x : x + filter_w].ravel()
            for n in range(N)
            for y in range(0, out_h * stride, stride)
            for x in range(0, out_w * stride, stride)
        ]
    )


@mistake("IM25", part="im2col", loses={"im2col.vectorised"},
    hint=Text(
        en="tolist and map hide the loop, but each number still becomes a Python object.",
        ja="tolistやmapを使うとループは見えなくなりますが、値は1つずつPythonのオブジェクトになります。"))
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    img = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(img, (filter_h, filter_w), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)
    rows = windows.reshape(-1, img.shape[1] * filter_h * filter_w).tolist()
    return np.array(list(map(tuple, rows)), dtype=input_data.dtype)


@equivalent("IM-A", part="im2col", why="int((...) / stride) equals // where the window fits")
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_data.shape
    if filter_h > H + 2 * pad or filter_w > W + 2 * pad:
        raise ValueError("the filter is larger than the padded image")
    out_h = 1 + int((H + 2 * pad - filter_h) / stride)
    out_w = 1 + int((W + 2 * pad - filter_w) / stride)
    padded = np.pad(input_data, [(0, 0), (0, 0), (pad, pad), (pad, pad)], "constant")
    places = [
        padded[:, :, y : y + stride * out_h : stride, x : x + stride * out_w : stride]
        for y in range(filter_h)
        for x in range(filter_w)
    ]
    columns = np.stack(places, axis=2).reshape(N, C * filter_h * filter_w, out_h * out_w)
    return np.swapaxes(columns, 1, 2).reshape(N * out_h * out_w, -1)


@equivalent("IM-B", part="im2col", why="a view of all windows; NumPy itself refuses large ones")
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    img = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(img, (filter_h, filter_w), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(-1, img.shape[1] * filter_h * filter_w)


@equivalent("IM-C", part="im2col", why="no check of its own: np.zeros refuses a negative size")
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_data.shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (W + 2 * pad - filter_w) // stride + 1
    img = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    col = np.zeros((N, out_h, out_w, C, filter_h, filter_w), dtype=input_data.dtype)
    for y in range(filter_h):
        for x in range(filter_w):
            part = img[:, :, y : y + stride * out_h : stride, x : x + stride * out_w : stride]
            col[..., y, x] = part.transpose(0, 2, 3, 1)
    return col.reshape(N * out_h * out_w, -1)


mistake("CI1", part="col2im", edits=[("+=", "=")],
    loses={"col2im.overlap", "col2im.all_at_once"},
    hint=Text(
        en="When two windows share a pixel, what must happen to the two numbers?",
        ja="2つの窓が同じ画素を含むとき、2つの値をどうすればよいでしょうか。"))

mistake("CI3", part="col2im",
    edits=[("(N, out_h, out_w, C, filter_h, filter_w)",
            "(N, C, filter_h, filter_w, out_h, out_w)"),
           ("ordered.transpose(0, 3, 4, 5, 1, 2)", "ordered")],
    loses={"col2im.*"},
    hint=Text(
        en="Undo the last step of im2col first: what was the shape before the reshape?",
        ja="im2colの最後の手順から戻しましょう。reshapeの直前の形状はどうでしたか。"))

mistake("CI5", part="col2im", edits=[("padded[:, :, pad : pad + H, pad : pad + W]", "padded")],
    loses={"col2im.padding", "col2im.all_at_once"},
    hint=Text(
        en="The images had no padding when they came. Which shape has to go back?",
        ja="元の画像にパディングはありませんでした。返すべき配列の形状はどうなりますか。"))

mistake("CI6", part="col2im", edits=[("pad : pad + H, pad : pad + W", ":H, :W")],
    loses={"col2im.padding", "col2im.all_at_once"},
    hint=Text(
        en="Where in the padded image does the original begin?",
        ja="パディング後の画像の中で、元の画像はどこから始まりますか。"))

mistake("CI8", part="col2im", edits=[("C, filter_h, filter_w)", "C, filter_w, filter_h)")],
    loses={"col2im.non_square", "col2im.all_at_once"},
    hint=Text(
        en="Try a 2×3 window and check the order of the axes in your reshape.",
        ja="2×3の窓で試し、reshapeの軸の順番を確かめましょう。"))

mistake("CI9", part="col2im",
    edits=[("C, filter_h, filter_w)", "filter_h, filter_w, C)"),
           ("transpose(0, 3, 4, 5, 1, 2)", "transpose(0, 5, 3, 4, 1, 2)")],
    loses={"col2im.batch_and_channels", "col2im.all_at_once"},
    hint=Text(
        en="In which order did im2col write c, fy and fx into a row? Read them alike.",
        ja="im2colはc、fy、fxをどの順で行に書きましたか。同じ順で読み出しましょう。"))

mistake("CI11", part="col2im",
    edits=[("(N, C, H + 2 * pad, W + 2 * pad)",
            "(N, C, stride * (out_h - 1) + filter_h, stride * (out_w - 1) + filter_w)")],
    loses={"col2im.non_square", "col2im.stride", "col2im.all_at_once"},
    hint=Text(
        en="Pixels in no window have a gradient too. What is it, and where are they?",
        ja="どの窓にも入らない画素にも勾配はあります。値はいくつで、画像のどこにありますか。"))

mistake("CI12", part="col2im",
    edits=[("transpose(0, 3, 4, 5, 1, 2)", "transpose(0, 3, 5, 4, 1, 2)")],
    loses={"col2im.no_overlap", "col2im.overlap", "col2im.batch_and_channels", "col2im.non_square",
           "col2im.stride", "col2im.padding", "col2im.all_at_once", "col2im.float32",
           "col2im.input_untouched"},
    hint=Text(
        en="Which of the two loop variables came first in im2col, fy or fx?",
        ja="im2colで先に来る添字は、fyとfxのどちらでしたか。"))

mistake("CI13", part="col2im",
    edits=[("    for fy in", """\
    count = np.zeros_like(padded)
    for fy in"""),
           ("+= windows[:, :, fy, fx]", """+= windows[:, :, fy, fx]
            count[:, :, rows, columns] += 1"""),
           ("    return padded", """\
    padded /= np.maximum(count, 1)
    return padded""")],
    loses={"col2im.overlap", "col2im.all_at_once"},
    hint=Text(
        en="Should a pixel get the sum of what its copies bring back, or the mean?",
        ja="画素が受け取るのは、それぞれの写しから戻る値の和でしょうか、平均でしょうか。"))

mistake("CI14", part="col2im", edits=[(", dtype=col.dtype", "")],
    loses={"col2im.float32"},
    hint=Text(
        en="Which dtype went in, and which came out? Look at where you make the array.",
        ja="渡した配列と返ってきた配列のdtypeを比べ、配列を用意する行を見直しましょう。"))

mistake("CI15", part="col2im", edits=[("H + 2 * pad - filter_h", "H + 2 * pad - filter_w")],
    loses={"col2im.non_square", "col2im.all_at_once"},
    hint=Text(
        en="Windows of 1x3 on a 7x6 image: how many fit from top to bottom?",
        ja="7×6の画像に1×3の窓を当てます。縦方向にはいくつ並びますか。"))

equivalent("CI-A", part="col2im",
    edits=[("(N, C, H + 2 * pad, W + 2 * pad)",
            "(N, C, H + 2 * pad + stride - 1, W + 2 * pad + stride - 1)")],
    why="the margin of stride - 1 pixels is never read")


@equivalent("CI-B", part="col2im", why="window by window, in another order of the axes")
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (W + 2 * pad - filter_w) // stride + 1
    windows = col.reshape(N, out_h, out_w, C, filter_h, filter_w).transpose(0, 3, 1, 2, 4, 5)
    img = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=col.dtype)
    for y in range(out_h):
        for x in range(out_w):
            top, left = y * stride, x * stride
            img[:, :, top : top + filter_h, left : left + filter_w] += windows[:, :, y, x]
    return img[:, :, pad : H + pad, pad : W + pad]

mistake("IM32", part="im2col",
    edits=[("(W + 2 * pad - filter_w)", "(H + 2 * pad - filter_w)")],
    loses={"im2col.non_square_input",
           "im2col.all_at_once"},
    hint=Text(
        en="How many windows fit from left to right? Try an image that is wider than high.",
        ja="左右にはいくつの窓が並びますか。横長の画像で試してみましょう。"))

mistake("IM26", part="im2col",
    edits=[("(H + 2 * pad - filter_h)", "(H + 2 * pad - filter_w)")],
    loses={"im2col.non_square_filter",
           "im2col.all_at_once"},
    hint=Text(
        en="Try a window that is wider than high: which of its sides limits how many fit "
           "from top to bottom?",
        ja="横長の窓で試してみましょう。上下に並ぶ数を決めるのは、窓のどちらの辺ですか。"))

mistake("IM27", part="im2col",
    edits=[("    return ordered.reshape", "    ordered.reshape")],
    loses={"im2col.*"},
    hint=Text(
        en="The matrix is computed, and then? What does a function without a `return` "
           "give back?",
        ja="行列は計算されていますが、そのあとどうなりますか。"
           "`return`のない関数は何を返すでしょうか。"))

mistake("IM28", part="im2col",
    edits=[("ordered = windows.transpose(0, 4, 5, 1, 2, 3)", "ordered = windows")],
    loses={"im2col.*"},
    hint=Text(
        en="In which order do the axes lie just before the last reshape? A reshape only "
           "cuts; it moves nothing.",
        ja="最後のreshapeの直前、軸はどの順に並んでいますか。"
           "reshapeは区切り方を変えるだけで、並べ替えはしません。"))

mistake("IM29", part="im2col",
    edits=[("for fx in range(filter_w)", "for fx in range(filter_h)")],
    loses={"im2col.non_square_filter",
           "im2col.all_at_once"},
    hint=Text(
        en="How far does each of the two loops over the window run? Try a window that is "
           "not square.",
        ja="窓の中をたどる2つのループは、それぞれどこまで進みますか。"
           "正方形でない窓で試してみましょう。"))

mistake("IM30", part="im2col",
    edits=[("N, C, H, W = input_data.shape", "N, C, W, H = input_data.shape")],
    loses={"im2col.non_square_input",
           "im2col.all_at_once"},
    hint=Text(
        en="Which axis of an image comes first, its height or its width?",
        ja="画像の配列では、高さと幅のどちらの軸が先ですか。"))

mistake("IM31", part="im2col",
    edits=[("out_h = (H + 2 * pad - filter_h) // stride + 1",
            "out_h = (H + 2 * pad - filter_h) // stride"),
           ("out_w = (W + 2 * pad - filter_w) // stride + 1",
            "out_w = (W + 2 * pad - filter_w) // stride")],
    loses={"im2col.*"},
    hint=Text(
        en="Take a window that is as large as the image: how many fit?",
        ja="画像と同じ大きさの窓なら、いくつ入りますか。"))

mistake("CI16", part="col2im",
    edits=[("(W + 2 * pad - filter_w)", "(H + 2 * pad - filter_w)")],
    loses={"col2im.non_square",
           "col2im.all_at_once"},
    hint=Text(
        en="How many windows fit from left to right? Try an image that is wider than high.",
        ja="左右にはいくつの窓が並びますか。横長の画像で試してみましょう。"))

mistake("CI17", part="col2im",
    edits=[("(W + 2 * pad - filter_w)", "(W + 2 * pad - filter_h)")],
    loses={"col2im.non_square",
           "col2im.all_at_once"},
    hint=Text(
        en="Try a window that is higher than wide: what limits how many fit from left to right?",
        ja="縦長の窓で試してみましょう。左右に並ぶ数を決めるのは何ですか。"))

mistake("CI18", part="col2im",
    edits=[("    return padded[", "    padded[")],
    loses={"col2im.*"},
    hint=Text(
        en="The images are computed, and then? What does a function without a `return` "
           "give back?",
        ja="画像は計算されていますが、そのあとどうなりますか。"
           "`return`のない関数は何を返すでしょうか。"))

mistake("CI19", part="col2im",
    edits=[("(N, C, H + 2 * pad, W + 2 * pad)", "(N, C, W + 2 * pad, H + 2 * pad)")],
    loses={"col2im.non_square",
           "col2im.all_at_once"},
    hint=Text(
        en="Compare the shape of the array that you fill with `input_shape`, axis by axis.",
        ja="値を足していく配列の形状を、`input_shape`と軸ごとに比べてみましょう。"))

mistake("IM33", part="im2col",
    edits=[("(H + 2 * pad - filter_h)", "(W + 2 * pad - filter_h)")],
    loses={"im2col.non_square_input",
           "im2col.all_at_once"},
    hint=Text(
        en="How many windows fit from top to bottom? Try an image that is higher than wide.",
        ja="上下にはいくつの窓が並びますか。縦長の画像で試してみましょう。"))

mistake("IM34", part="im2col",
    edits=[("(W + 2 * pad - filter_w)", "(H + 2 * pad - filter_w)"),
           ("N * out_h * out_w, C * filter_h * filter_w", "N * out_h * out_w, -1")],
    loses={"im2col.non_square_input",
           "im2col.all_at_once"},
    hint=Text(
        en="How many windows fit from left to right? Try an image that is wider than high.",
        ja="左右にはいくつの窓が並びますか。横長の画像で試してみましょう。"))

mistake("IM35", part="im2col",
    edits=[("(W + 2 * pad - filter_w)", "(W + 2 * pad - filter_h)"),
           ("N * out_h * out_w, C * filter_h * filter_w", "N * out_h * out_w, -1")],
    loses={"im2col.non_square_filter",
           "im2col.all_at_once"},
    hint=Text(
        en="Try a window that is not square. What should out_w be computed from?",
        ja="正方形でない窓で試してみましょう。out_wの計算には何を使うべきでしょうか。"))

mistake("IM36", part="im2col",
    edits=[("(H + 2 * pad - filter_h)", "(H + 2 * pad - filter_w)"),
           ("N * out_h * out_w, C * filter_h * filter_w", "N * out_h * out_w, -1")],
    loses={"im2col.non_square_filter",
           "im2col.all_at_once"},
    hint=Text(
        en="Try a window that is not square. What should out_h be computed from?",
        ja="正方形でない窓で試してみましょう。out_hの計算には何を使うべきでしょうか。"))

mistake("IM37", part="im2col",
    edits=[("out_w = (W + 2 * pad - filter_w) // stride + 1",
            "out_w = W + 2 * pad - filter_w + 1"),
           ("slice(fx, fx + stride * out_w, stride)", "slice(fx, fx + out_w)")],
    loses={"im2col.stride", "im2col.all_at_once"},
    hint=Text(
        en="How far apart are two neighbouring windows from left to right, and from top to "
           "bottom?",
        ja="隣り合う窓は、左右に何画素、上下に何画素離れていますか。"))

mistake("IM38", part="im2col",
    edits=[("out_h = (H + 2 * pad - filter_h)", "out_h = (H + pad - filter_h)"),
           ("out_w = (W + 2 * pad - filter_w)", "out_w = (W + pad - filter_w)"),
           ("((0, 0), (0, 0), (pad, pad), (pad, pad))",
            "((0, 0), (0, 0), (pad, 0), (pad, 0))")],
    loses={"im2col.padding", "im2col.all_at_once"},
    hint=Text(
        en="How many sides of the image get padding? Print the padded image with pad=1.",
        ja="パディングは画像のどの辺に付きますか。pad=1でパディング後の画像を表示してみましょう。"))

mistake("IM39", part="im2col",
    edits=[("out_h = (H + 2 * pad - filter_h)", "out_h = (H + pad - filter_h)"),
           ("out_w = (W + 2 * pad - filter_w)", "out_w = (W + pad - filter_w)"),
           ("((0, 0), (0, 0), (pad, pad), (pad, pad))",
            "((0, 0), (0, 0), (0, pad), (0, pad))")],
    loses={"im2col.padding", "im2col.all_at_once"},
    hint=Text(
        en="How many sides of the image get padding? Print the padded image with pad=1.",
        ja="パディングは画像のどの辺に付きますか。pad=1でパディング後の画像を表示してみましょう。"))

mistake("IM40", part="im2col",
    edits=[("out_h = (H + 2 * pad - filter_h)", "out_h = (H - filter_h)"),
           ("out_w = (W + 2 * pad - filter_w)", "out_w = (W - filter_w)"),
           ("padded = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))",
            "padded = input_data")],
    loses={"im2col.padding", "im2col.all_at_once"},
    hint=Text(
        en="Where does your code use `pad`? Call it with pad=1 and with pad=2.",
        ja="コードのどこで`pad`を使っていますか。pad=1とpad=2で呼び出してみましょう。"))

mistake("IM41", part="im2col",
    edits=[("(H + 2 * pad - filter_h) // stride", "(H + 2 * pad - filter_h)"),
           ("(W + 2 * pad - filter_w) // stride", "(W + 2 * pad - filter_w)"),
           ("fy + stride * out_h, stride", "fy + out_h"),
           ("fx + stride * out_w, stride", "fx + out_w")],
    loses={"im2col.stride", "im2col.all_at_once"},
    hint=Text(
        en="Where does your code use `stride`? Call it with stride=1 and with stride=2.",
        ja="コードのどこで`stride`を使っていますか。stride=1とstride=2で呼び出してみましょう。"))

mistake("CI20", part="col2im",
    edits=[("slice(fy, fy + stride * out_h, stride)",
            "slice(fy, fy + stride * (out_h - 1), stride)"),
           ("slice(fx, fx + stride * out_w, stride)",
            "slice(fx, fx + stride * (out_w - 1), stride)"),
           ("windows[:, :, fy, fx]", "windows[:, :, fy, fx, :-1, :-1]")],
    loses={"col2im.*"},
    hint=Text(
        en="Which window is the last one that you add? Try a matrix with a single row.",
        ja="最後に足し込む窓はどれですか。1行だけの行列で試してみましょう。"))

mistake("CI21", part="col2im",
    edits=[("(H + 2 * pad - filter_h) // stride + 1", "(H + 2 * pad - filter_h) // stride"),
           ("(W + 2 * pad - filter_w) // stride + 1", "(W + 2 * pad - filter_w) // stride")],
    loses={"col2im.*"},
    hint=Text(
        en="Take a window that is as large as the image: how many fit?",
        ja="画像と同じ大きさの窓なら、いくつ入りますか。"))

mistake("CI22", part="col2im",
    edits=[("ordered = col.reshape(N, out_h, out_w, C, filter_h, filter_w)",
            """\
first = col[: out_h * out_w].reshape(1, out_h, out_w, C, filter_h, filter_w)
    ordered = np.repeat(first, N, axis=0)""")],
    loses={"col2im.batch_and_channels", "col2im.all_at_once"},
    hint=Text(
        en="In which row of the matrix does the second image begin? Try two different images.",
        ja="2枚目の画像は、行列の何行目から始まりますか。異なる画像2枚で試してみましょう。"))

mistake("CI23", part="col2im",
    edits=[("pad : pad + H, pad : pad + W", "pad:-pad, pad:-pad")],
    loses={"col2im.no_overlap",
           "col2im.overlap",
           "col2im.batch_and_channels",
           "col2im.non_square",
           "col2im.stride",
           "col2im.all_at_once",
           "col2im.defaults",
           "col2im.float32",
           "col2im.input_untouched"},
    hint=Text(
        en="What does `a[pad:-pad]` give when pad is 0? Try `[1, 2, 3][0:-0]`.",
        ja="padが0のとき、`a[pad:-pad]`は何になりますか。`[1, 2, 3][0:-0]`を試してみましょう。"))

mistake("CI24", part="col2im",
    edits=[("N, C, H, W = input_shape", "N, C, W, H = input_shape")],
    loses={"col2im.non_square", "col2im.all_at_once"},
    hint=Text(
        en="Which axis of an image comes first, its height or its width?",
        ja="画像の配列では、高さと幅のどちらの軸が先ですか。"))

mistake("CI25", part="col2im",
    edits=[("fy + stride * out_h, stride", "fy + out_h"),
           ("fx + stride * out_w, stride", "fx + out_w")],
    loses={"col2im.no_overlap",
           "col2im.batch_and_channels",
           "col2im.non_square",
           "col2im.stride",
           "col2im.padding",
           "col2im.all_at_once",
           "col2im.float32",
           "col2im.input_untouched"},
    hint=Text(
        en="By how many pixels do two neighbouring windows differ? Look at your slices.",
        ja="隣り合う窓は何画素離れていますか。スライスを見直してみましょう。"))

mistake("CI26", part="col2im",
    edits=[("(N, C, H + 2 * pad, W + 2 * pad)", "(N, C, H, W)"),
           ("return padded[:, :, pad : pad + H, pad : pad + W]", "return padded")],
    loses={"col2im.padding", "col2im.all_at_once"},
    hint=Text(
        en="How large is the image over which the windows slid, with its padding?",
        ja="窓が動いた画像は、パディングを含めるとどれだけの大きさですか。"))

mistake("IM42", part="im2col",
    edits=[("windows.transpose(0, 4, 5, 1, 2, 3)", "windows.transpose(0, 5, 4, 1, 2, 3)")],
    loses={"im2col.*"},
    hint=Text(
        en="Row 1 of the matrix: is its window to the right of the first one, or below it?",
        ja="行列の2行目の窓は、最初の窓の右隣ですか、すぐ下ですか。"))

mistake("IM43", part="im2col",
    edits=[("(pad, pad), (pad, pad)", "(0, 2 * pad), (0, 2 * pad)")],
    loses={"im2col.padding", "im2col.all_at_once"},
    hint=Text(
        en="Draw the padded image: on how many of its four sides is there a margin?",
        ja="パディングした画像を描いてみましょう。4辺のうち、余白があるのはどの辺ですか。"))

mistake("CI27", part="col2im",
    edits=[("slice(fx, fx + stride * out_w, stride)", "slice(fx, fx + out_w)")],
    loses={"col2im.no_overlap",
           "col2im.batch_and_channels",
           "col2im.non_square",
           "col2im.stride",
           "col2im.padding",
           "col2im.all_at_once",
           "col2im.float32",
           "col2im.input_untouched"},
    hint=Text(
        en="Does the next window start as many pixels further down as the next one to the right?",
        ja="窓が1つ進むとき、行の方向と列の方向で、同じ画素数だけ動いていますか。"))

mistake("CI28", part="col2im",
    edits=[("for fy in range(filter_h)", "for fy in reversed(range(filter_h))"),
           ("for fx in range(filter_w)", "for fx in reversed(range(filter_w))"),
           ("columns] += windows", "columns] = windows")],
    loses={"col2im.overlap", "col2im.all_at_once"},
    hint=Text(
        en="When two windows share a pixel, what must happen to the two numbers?",
        ja="2つの窓が同じ画素を含むとき、その2つの値をどうすればよいですか。"))

mistake("IM44", part="im2col",
    edits=[("        for fx in range(filter_w):\n",
            "        for fx in range(filter_w):\n"
            "            rows = slice(fx, fx + stride * out_h, stride)\n")],
    loses={"im2col.*"},
    hint=Text(
        en="Which of your two loop variables moves the slice of rows, and which one the "
           "slice of columns?",
        ja="2つのループ変数のうち、行のスライスを動かすのはどちらで、列のスライスを動か"
           "すのはどちらですか。"))

mistake("CI29", part="col2im",
    edits=[("(H + 2 * pad - filter_h)", "(H - filter_h)"),
           ("(W + 2 * pad - filter_w)", "(W - filter_w)")],
    loses={"col2im.padding", "col2im.all_at_once"},
    hint=Text(
        en="How many windows did im2col cut out of the padded image?",
        ja="im2colは、パディングした画像からいくつの窓を取り出しましたか。"))
