# ruff: noqa: ARG001, F811, D103 - each function is a student's version of the same name.
"""Known ways in which the first functions of the course go wrong, and unusual right ones."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

mistake("OS1", part="conv_output_size", edits=[("room // stride", "room / stride")],
    loses={"conv_output_size.*", "conv2d_single.*", "maxpool2d_single.*"},
    hint=Text(
        en="How many whole windows fit? Can a result have half a pixel?",
        ja="収まる窓は何個ですか。出力に半分の画素はありますか。"))

mistake("OS2", part="conv_output_size", edits=[("room // stride + 1", "room // (stride + 1)")],
    loses={"conv_output_size.*", "conv2d_single.*", "maxpool2d_single.*"},
    hint=Text(
        en="Work your formula out for size 5, filter 3, stride 1. What is computed first?",
        ja="大きさ5、フィルター3、ストライド1の場合を手で計算し、計算の順序を確かめましょう。"))

mistake("OS3", part="conv_output_size", edits=[("room = size + 2 * pad", "room = size + pad")],
    loses={"conv_output_size.stride_one", "conv_output_size.too_large", "conv2d_single.padding",
           "conv2d_single.all_at_once"},
    hint=Text(
        en="The border lies on both ends. How many pixels does it add?",
        ja="縁は両端に付きます。画素はいくつ増えますか。"))

mistake("OS4", part="conv_output_size", edits=[("room // stride + 1", "room // stride")],
    loses={"conv_output_size.*", "conv2d_single.*", "maxpool2d_single.*"},
    hint=Text(
        en="You count the steps. How many windows are there before the first step?",
        ja="数えているのは動く回数です。1歩も動く前に、窓はいくつありますか。"))

mistake("OS5", part="conv_output_size", edits=[("room // stride", "int(np.ceil(room / stride))")],
    loses={"conv_output_size.stride", "conv2d_single.stride", "conv2d_single.all_at_once",
           "maxpool2d_single.left_over"},
    hint=Text(
        en="When a part of a step is left over, would the next window still lie inside?",
        ja="1歩に足りない余りがあるとき、次の窓は画像に収まりますか。"))

mistake("OS6", part="conv_output_size", edits=[("room < 0", "False")],
    loses={"conv_output_size.too_large"},
    hint=Text(
        en="What does your function return if the filter is larger than the padded image?",
        ja="フィルターがパディング後の画像より大きいとき、関数は何を返しますか。"))

mistake("OS7", part="conv_output_size", edits=[("room < 0", "room <= 0")],
    loses={"conv_output_size.too_large", "conv2d_single.kernel_too_large"},
    hint=Text(
        en="A filter exactly as large as the image: does it fit?",
        ja="画像とちょうど同じ大きさのフィルターは収まりますか。"))

mistake("CF5", part="conv2d_single", edits=[("if flip_kernel:", "if True:")],
    loses={"conv2d_single.every_place", "conv2d_single.all_at_once"},
    hint=Text(
        en="Which of the two is meant without flip_kernel: filter as it is, or turned?",
        ja="flip_kernelを指定しないとき、フィルターはそのまま重ねますか、反転しますか。"))

mistake("CF5b", part="conv2d_single", edits=[("if flip_kernel:", "if False:")],
    loses={"conv2d_single.flip", "conv2d_single.all_at_once"},
    hint=Text(
        en="Does your function look at flip_kernel?",
        ja="引数flip_kernelを使っていますか。"))

mistake("CF5c", part="conv2d_single", edits=[("kernel[::-1, ::-1]", "kernel[::-1]")],
    loses={"conv2d_single.flip", "conv2d_single.all_at_once"},
    hint=Text(
        en="Turning by 180 degrees reverses two directions. Which one did you reverse?",
        ja="180度回すと、2つの向きが逆になります。逆にしたのはどの向きですか。"))

mistake("CF5d", part="conv2d_single", edits=[("kernel[::-1, ::-1]", "kernel.T")],
    loses={"conv2d_single.flip", "conv2d_single.all_at_once"},
    hint=Text(
        en="Turning by 180 degrees is not the same as swapping rows and columns.",
        ja="180度回すことと、行と列を入れ替えることは違います。"))

mistake("CF7", part="conv2d_single",
    edits=[("kernel_h, stride, padding", "kernel_h, stride"),
           ("kernel_w, stride, padding", "kernel_w, stride")],
    loses={"conv2d_single.padding", "conv2d_single.all_at_once"},
    hint=Text(
        en="Which image does the window slide over: the original or the padded one?",
        ja="窓が動くのは、元の画像の上でしょうか、パディング後の画像の上でしょうか。"))

mistake("CF11", part="conv2d_single",
    edits=[("image.shape[0]", "image.shape[1]"), ("image.shape[1]", "image.shape[0]")],
    loses={"conv2d_single.non_square", "conv2d_single.all_at_once"},
    hint=Text(
        en="Which of height and width comes first in shape? Try an image wider than high.",
        ja="shapeで先に来るのは高さと幅のどちらですか。横長の画像で試してみましょう。"))

mistake("CF13", part="conv2d_single", edits=[("out[out_y, out_x]", "out[0, 0]")],
    loses={"conv2d_single.*"},
    hint=Text(
        en="Print your result: into how many of its places did you really write?",
        ja="結果を表示してみましょう。実際に書き込んだ場所はいくつありますか。"))

mistake("CF15", part="conv2d_single",
    edits=[("range(out_h)", "range((image.shape[0] - kernel_h) // stride + 1)"),
           ("range(out_w)", "range((image.shape[1] - kernel_w) // stride + 1)")],
    loses={"conv2d_single.padding", "conv2d_single.all_at_once"},
    hint=Text(
        en="How far do your loops go: to the edge of the image, or of the padded image?",
        ja="ループは、元の画像とパディング後の画像のどちらの端まで進みますか。"))

mistake("CF16", part="conv2d_single", edits=[("out_y * stride, out_x * stride", "out_y, out_x")],
    loses={"conv2d_single.stride", "conv2d_single.all_at_once"},
    hint=Text(
        en="Place (1, 1) of the result: where does its window begin when the stride is 2?",
        ja="ストライドが2のとき、出力の(1, 1)に対応する窓はどこから始まりますか。"))

mistake("CF20", part="conv2d_single", edits=[("window * kernel", "np.dot(window, kernel)")],
    loses={"conv2d_single.*"},
    hint=Text(
        en="Is the sum over products number by number, or over a matrix product?",
        ja="足しているのは要素ごとの積ですか、それとも行列積ですか。"))

mistake("CF21", part="conv2d_single",
    edits=[("np.pad(image, padding)", 'np.pad(image, padding, mode="edge")')],
    loses={"conv2d_single.padding", "conv2d_single.all_at_once"},
    hint=Text(
        en="Which value lies outside the image? Try an image of ones.",
        ja="画像の外側の値は何ですか。すべて1の画像で試してみましょう。"))

mistake("CF22", part="conv2d_single",
    edits=[("image.shape[0]", "image.shape[0] + 2 * padding"),
           ("image.shape[1]", "image.shape[1] + 2 * padding")],
    loses={"conv2d_single.padding", "conv2d_single.all_at_once"},
    hint=Text(
        en="Is the border counted once, or twice?",
        ja="縁の幅を2回数えていませんか。"))

mistake("CF23", part="conv2d_single",
    edits=[("np.pad(image, padding)", "np.pad(image, padding) if padding else image"),
           ("            out[out_y, out_x] = np.sum(window * kernel)", """\
            window *= kernel
            out[out_y, out_x] = np.sum(window)""")],
    loses={"conv2d_single.*"},
    hint=Text(
        en="A slice is a view. What happens to the image when you write into a slice of it?",
        ja="スライスはビューです。スライスに書き込むと、元の画像はどうなりますか。"))

mistake("CF24", part="conv2d_single",
    edits=[("kernel = kernel[::-1, ::-1]", "kernel[:] = kernel[::-1, ::-1].copy()")],
    loses={"conv2d_single.input_untouched"},
    hint=Text(
        en="Compare the kernel before and after the call.",
        ja="呼び出しの前と後で、フィルターの中身を比べてみましょう。"))

mistake("CF25", part="conv2d_single", edits=[("np.sum", "np.mean")],
    loses={"conv2d_single.*"},
    hint=Text(
        en="How many places of the result does each window fill?",
        ja="1つの窓から決まるのは、出力のいくつの場所ですか。"))

mistake("PF1", part="maxpool2d_single",
    edits=[("    out_h = conv", """\
    stride = pool
    out_h = conv""")],
    loses={"maxpool2d_single.window_and_stride"},
    hint=Text(
        en="Two numbers describe a pooling. Do you use both?",
        ja="プーリングは2つの数で決まります。両方とも使っていますか。"))

mistake("PF10", part="maxpool2d_single", edits=[("left + pool])", "left + pool], initial=0)")],
    loses={"maxpool2d_single.largest"},
    hint=Text(
        en="What is the largest of -3 and -5? With which number do you begin?",
        ja="-3と-5では、どちらが大きいですか。はじめの値は何にしていますか。"))

mistake("PF14", part="maxpool2d_single", edits=[("np.max", "np.mean")],
    loses={"maxpool2d_single.*"},
    hint=Text(
        en="Is it the largest number of each window, or their mean?",
        ja="取り出すのは窓の最大値ですか、平均ですか。"))

mistake("PF15", part="maxpool2d_single",
    edits=[("conv_output_size(feature_map.shape[0], pool, stride)",
            "-(-(feature_map.shape[0] - pool) // stride) + 1"),
           ("conv_output_size(feature_map.shape[1], pool, stride)",
            "-(-(feature_map.shape[1] - pool) // stride) + 1")],
    loses={"maxpool2d_single.left_over"},
    hint=Text(
        en="What happens to a row that is left over at the bottom? Only whole windows count.",
        ja="下端に余った行はどうするのでしたか。数えるのは、マップに収まる窓だけです。"))


@mistake("PF16", part="maxpool2d_single",
    loses={"maxpool2d_single.window_and_stride", "maxpool2d_single.left_over"},
    hint=Text(
        en="Does your way still work for an odd number of rows, or for windows that overlap?",
        ja="行数が奇数のときや、窓が重なるときにも、その方法で計算できますか。"))
def maxpool2d_single(feature_map, pool=2, stride=2):
    h, w = feature_map.shape
    return feature_map.reshape(h // pool, pool, w // pool, pool).max(axis=(1, 3))


mistake("PF17", part="maxpool2d_single",
    edits=[("feature_map.shape[0]", "feature_map.shape[1]"),
           ("feature_map.shape[1]", "feature_map.shape[0]")],
    loses={"maxpool2d_single.left_over"},
    hint=Text(
        en="Which of height and width belongs to the rows? Try a map wider than high.",
        ja="行の数に使うのは高さと幅のどちらですか。横長のマップで試してみましょう。"))

mistake("PF18", part="maxpool2d_single", edits=[("out_y * stride, out_x * stride", "out_y, out_x")],
    loses={"maxpool2d_single.*"},
    hint=Text(
        en="Place (1, 1) of the result: where does its window begin?",
        ja="出力の(1, 1)に対応する窓は、どこから始まりますか。"))

mistake("PC1", part="conv_param_count",
    edits=[("in_channels * filter_h * filter_w", "filter_h * filter_w * out_channels"),
           ("out_channels * per_filter", "per_filter")],
    loses={"conv_param_count.*"},
    hint=Text(
        en="How many weights has a filter for a colour image? How many biases are there in all?",
        ja="カラー画像用のフィルター1枚に重みはいくつありますか。バイアスは全部でいくつですか。"))

mistake("PC2", part="conv_param_count",
    edits=[("in_channels * filter_h * filter_w", "filter_h * filter_w")],
    loses={"conv_param_count.*"},
    hint=Text(
        en="Does a filter have weights for only one of the input channels?",
        ja="フィルターは、入力のチャンネル1つぶんの重みしか持たないのでしょうか。"))

mistake("PC3", part="conv_param_count",
    edits=[("per_filter = in_channels", "per_filter = out_channels * in_channels"),
           ("out_channels * per_filter", "per_filter")],
    loses={"conv_param_count.biases"},
    hint=Text(
        en="One bias for the whole layer, or one for each filter?",
        ja="バイアスは層全体に1つですか、フィルターごとに1つですか。"))

mistake("PC4", part="conv_param_count",
    edits=[("in_channels * filter_h", "filter_h"),
           ("out_channels * per_filter", "out_channels * in_channels * per_filter")],
    loses={"conv_param_count.biases"},
    hint=Text(
        en="How often is a bias added for one number of the result?",
        ja="出力の値1つにつき、バイアスは何回足されますか。"))

mistake("PC5", part="conv_param_count", edits=[("if bias:", "if True:")],
    loses={"conv_param_count.weights"},
    hint=Text(
        en="Does your function look at bias?",
        ja="引数biasを使っていますか。"))

mistake("PC6", part="conv_param_count", edits=[("if bias:", "if False:")],
    loses={"conv_param_count.biases"},
    hint=Text(
        en="The biases: are they there when bias is True?",
        ja="biasがTrueのとき、バイアスも数えていますか。"))

equivalent("OS-A", part="conv_output_size", edits=[("room // stride", "int(room / stride)")],
    why="rounding the quotient towards zero is the same once the filter fits")


@equivalent("OS-B", part="conv_output_size", why="counting the places instead of dividing")
def conv_output_size(size, filter_size, stride=1, pad=0):
    starts = range(0, size + 2 * pad - filter_size + 1, stride)
    if len(starts) == 0:
        raise ValueError("no window fits")
    return len(starts)


@equivalent("CF-A", part="conv2d_single",
    why="all windows as a view, then one sum of products; NumPy raises where none fits")
def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    k = np.rot90(kernel, 2) if flip_kernel else kernel
    padded = np.pad(image, ((padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, k.shape)[::stride, ::stride]
    return np.einsum("ijkl,kl->ij", windows, k)


@equivalent("CF-B", part="conv2d_single",
    why="walking over the padded image; negative sizes are NumPy's ValueError")
def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    kh, kw = kernel.shape
    h, w = image.shape
    padded = np.zeros((h + 2 * padding, w + 2 * padding))
    padded[padding : padding + h, padding : padding + w] = image
    out = np.zeros(
        (1 + int((h + 2 * padding - kh) / stride), 1 + int((w + 2 * padding - kw) / stride))
    )
    for i, y in enumerate(range(0, h + 2 * padding - kh + 1, stride)):
        for j, x in enumerate(range(0, w + 2 * padding - kw + 1, stride)):
            for m in range(kh):
                for n in range(kw):
                    weight = kernel[kh - 1 - m, kw - 1 - n] if flip_kernel else kernel[m, n]
                    out[i, j] += padded[y + m, x + n] * weight
    return out


@equivalent("PF-A", part="maxpool2d_single",
    why="over the places in the window instead of over the windows, from -inf")
def maxpool2d_single(feature_map, pool=2, stride=2):
    h, w = feature_map.shape
    out = np.full(((h - pool) // stride + 1, (w - pool) // stride + 1), -np.inf)
    rows, columns = out.shape
    for y in range(pool):
        for x in range(pool):
            seen = feature_map[y::stride, x::stride][:rows, :columns]
            out = np.maximum(out, seen)
    return out


@equivalent("PC-A", part="conv_param_count", why="the sizes of the arrays that hold them")
def conv_param_count(in_channels, out_channels, filter_h, filter_w, bias=True):
    weights = np.zeros((out_channels, in_channels, filter_h, filter_w))
    biases = np.zeros(out_channels)
    return weights.size + biases.size if bias else weights.size

mistake("CF26", part="conv2d_single", edits=[("out_x * stride", "out_x")],
    loses={"conv2d_single.stride", "conv2d_single.all_at_once"},
    hint=Text(
        en="When the stride is 2, by how many pixels does the window move to the right, and by how "
           "many does it move down?",
        ja="ストライドが2のとき、窓は右へ何画素、下へ何画素ずつ動きますか。"))

mistake("OS8", part="conv_output_size", edits=[("room // stride + 1", "round(room / stride) + 1")],
    loses={"conv_output_size.stride", "conv2d_single.stride", "maxpool2d_single.left_over"},
    hint=Text(
        en="If the last window sticks out by half a step, does it still count?",
        ja="最後の窓が半歩分だけはみ出すとき、その窓も数えますか。"))

mistake("CF27", part="conv2d_single", edits=[("left : left + kernel_w", "left : left + kernel_h")],
    loses={"conv2d_single.non_square", "conv2d_single.all_at_once"},
    hint=Text(
        en="Print the shape of a window for a filter that is higher than wide.",
        ja="縦長のフィルターを使って、切り出した窓の形状を表示してみましょう。"))

mistake("CF28", part="conv2d_single",
    edits=[("np.pad(image, padding)", "np.pad(image, ((0, 2 * padding), (0, 2 * padding)))")],
    loses={"conv2d_single.padding", "conv2d_single.all_at_once"},
    hint=Text(
        en="Draw the padded image: on how many of its four sides is there a margin?",
        ja="パディングした画像を描いてみましょう。4辺のうち、余白があるのはどの辺ですか。"))

mistake("OS9", part="conv_output_size",
    edits=[("room // stride + 1", "(size - filter_size) // stride + 1 + 2 * pad")],
    loses={"conv_output_size.stride", "conv2d_single.all_at_once"},
    hint=Text(
        en="The window jumps over the border as well. How many places does a border of one "
           "pixel on each end add when the stride is 2?",
        ja="窓は縁の上でも同じ幅で動きます。ストライドが2のとき、両端に1画素ずつ縁を付けると、"
           "場所はいくつ増えますか。"))

mistake("OS10", part="conv_output_size",
    edits=[("room // stride + 1", "(size - filter_size) // stride + 2 * pad // stride + 1")],
    loses={"conv_output_size.stride", "conv2d_single.all_at_once"},
    hint=Text(
        en="You round down twice. What becomes of the pixels that are left over inside the image, "
           "and of those in the border?",
        ja="切り捨てを2回しています。画像の中で余った画素と、縁で余った画素は、どうなりますか。"))
