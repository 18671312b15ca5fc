# %% name="author" tags=["author"]
from autograder.course.author import figure_text, tr

# %% [markdown] lang="en"
# # 02 im2col: convolution as one matrix product
#
# In notebook 01 you slid a small window over an image with Python loops. That is easy to read and far too slow: the
# first layer of the network VGG lays each of 64 filters on 50,176 windows, more than three million times for a single image
# of 224 × 224 pixels.
#
# In this notebook you lay the windows out as the **rows of a matrix**. After that a convolution, over all images, channels
# and filters at once, is **one matrix product**, and matrix products are what NumPy does best. You will also write the way
# back, which the layers of notebooks 03 and 04 need in order to learn.
#
# **After this notebook you can**
#
# - say for any entry of the matrix which pixel it is, and why;
# - write `im2col` with a loop over the few positions of the filter instead of the many windows;
# - explain why the way back, `col2im`, *adds*, and why it is not the inverse of `im2col`;
# - predict how large the matrix is, what it costs in memory, and what it gains in time.
#
# **You need** NumPy's slices (`start:stop:step`), `reshape` and `transpose`. Calculus comes in only for `col2im`, and there
# only as the chain rule, in words.
#
# | | you write | points | difficulty | time |
# |---|---|---|---|---|
# | Exercise 1 | `im2col` | 9.5 | ★★☆ | about 40 minutes |
# | Exercise 2 | `col2im` | 7.5 | ★★☆ | about 30 minutes |
#
# Reading and experimenting takes another half hour. At each exercise, ●●● marks what later parts rest on.
#
# **How it is graded.** As in notebook 01: leave names and arguments as they are. The checks are there to help, and they are
# *not all of it*: grading calls your functions with inputs of other shapes, each worth its own points.

# %% [markdown] lang="ja"
# # 02 im2col：畳み込みを1回の行列積にする
#
# ノートブック01では、小さな窓を画像の上でずらしながら、Pythonのループで畳み込みを計算しました。読みやすい書き方ですが、とても遅いのが難点です。たとえばVGGというネットワークの最初の層では、224×224の画像1枚に窓が50,176個あり、そのすべてに64枚のフィルターを適用します。窓とフィルターの組み合わせは300万通りを超えます。
#
# このノートブックでは、窓を1つずつ行列の行に並べます。いったん並べてしまえば、すべての画像・チャンネル・フィルターの畳み込みが**1回の行列積**で済みます。行列積はNumPyが最も得意とする計算です。あわせて、行列から画像の形に戻す関数も書きます。こちらはノートブック03と04の逆伝播で使います。
#
# **このノートブックの目標**
#
# - 行列のどこにどの画素が入るのか、そしてなぜその順に並べるのかを説明できる
# - 膨大な個数の窓ではなく、フィルターの中の位置についてのループで`im2col`を書ける
# - 逆向きの`col2im`ではなぜ値を**足し合わせる**のか、なぜ`im2col`の逆関数にならないのかを説明できる
# - 行列の大きさと必要なメモリー、そして速さの違いを見積もれる
#
# **必要な知識** NumPyのスライス（`start:stop:step`）、`reshape`、`transpose`。微分が出てくるのは`col2im`のところだけで、それも連鎖律の考え方を言葉で使うだけです。
#
# | | 書く関数 | 配点 | 難しさ | 目安の時間 |
# |---|---|---|---|---|
# | 演習1 | `im2col` | 9.5 | ★★☆ | 40分 |
# | 演習2 | `col2im` | 7.5 | ★★☆ | 30分 |
#
# このほかに、説明を読み、実験する時間が30分ほどかかります。各演習の重要度●●●は、その先の内容の土台になることを表します。
#
# **採点について** ノートブック01と同じです。関数名と引数は変えないでください。確認用のセルは手助けのためのもので、採点のすべてではありません。採点では、ほかの形状の入力でも関数を呼び出し、項目ごとに点を付けます。

# %% [markdown] lang="en"
# **Conventions of this course** (other books and libraries may differ)
#
# - Images come in batches of shape `(N, C, H, W)`: number of images, channels, height, width.
# - Filters have the shape `(F, C, FH, FW)`: number of filters, channels, height, width.
# - *Padding* puts `pad` rows and columns of **zeros** on each of the four sides.
# - The window moves by `stride` pixels, and only whole windows count (`//` rounds down):
#   $\mathrm{out\_h} = (H + 2\,\text{pad} - FH)\,//\,\text{stride} + 1$, and likewise the width.
# - A filter larger than the padded image is an error: `ValueError`.
# - Functions keep the dtype (`float32` in, `float32` out) and never change their inputs.
# - Rows, columns, images and windows are counted from 0, as in Python.

# %% [markdown] lang="ja"
# **この教材での約束**（本やライブラリーによっては異なることがあります）
#
# - 画像はバッチにまとめ、形状は`(N, C, H, W)`とします。順に、画像の枚数、チャンネル数、高さ、幅です。
# - フィルターの形状は`(F, C, FH, FW)`です。順に、フィルターの枚数、チャンネル数、高さ、幅です。
# - パディングでは、上下左右のそれぞれに`pad`画素ぶんの0を付け足します。
# - 窓は`stride`画素ずつ動かします。画像からはみ出す窓は数えません（`//`は切り捨て）。出力の高さは $\mathrm{out\_h} = (H + 2\,\text{pad} - FH)\,//\,\text{stride} + 1$ で、幅も同様です。
# - パディング後の画像よりもフィルターのほうが大きいときは、`ValueError`とします。
# - dtypeは変えません（`float32`を渡せば`float32`が返る）。また、受け取った配列を書き換えることもしません。
# - 行、列、画像、窓の番号は、Pythonに合わせて0から数えます。

# %% name="setup" tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

np.set_printoptions(linewidth=120, precision=3, suppress=True)

# %% name="drawing" tags=["demo"]
from matplotlib.colors import LinearSegmentedColormap

# en: Black is negative, white is zero, orange is positive.
# ja: 黒は負、白は0、オレンジは正を表します。
SIGNED = LinearSegmentedColormap.from_list("signed", ["black", "white", "#f07000"])


def draw_numbers(ax, table, shade=None, title="", fontsize=11):
    table = np.asarray(table)
    shade = np.zeros(table.shape) if shade is None else shade
    ax.imshow(shade, cmap="Greys", vmin=0, vmax=2.5)
    for (row, column), value in np.ndenumerate(table):
        ax.text(column, row, f"{value:g}", ha="center", va="center", fontsize=fontsize)
    ax.set_xticks(np.arange(table.shape[1] + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(table.shape[0] + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="0.6", linewidth=0.8)
    ax.tick_params(which="both", length=0, labelsize=8)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title, fontsize=10)


def draw_frame(ax, top, left, height, width):
    corner = (left - 0.5, top - 0.5)
    ax.add_patch(
        plt.Rectangle(corner, width, height, fill=False, linewidth=3, clip_on=False, zorder=3)
    )


# %% [markdown] lang="en"
# ## Do you remember?
#
# Answer from memory before you open the answers. Whatever was hard is worth another look at notebook 01 now.
#
# 1. An image is 7 pixels high, the filter 3, `stride=2`, `pad=1`. How high is the output?
#    <details><summary>Answer</summary>(7 + 2 − 3) // 2 + 1 = 4.</details>
# 2. How does a filter turn one window of a colour image into one number?
#    <details><summary>Answer</summary>Multiply number by number, in all three channels, add everything up, and add the filter's bias.</details>
# 3. How many parameters do 8 filters of 3 × 3 on 3 channels have, biases included?
#    <details><summary>Answer</summary>8 · (3 · 3 · 3 + 1) = 224. The size of the image does not matter.</details>
#
# From now on images come in batches. Ten grey images of 28 × 28 (the size of the handwritten digits in notebook 06) are one
# array with four axes. Each index from the left takes one axis away:

# %% [markdown] lang="ja"
# ## 思い出してみよう
#
# 答えを開く前に、何も見ずに答えてください。難しかったところは、今のうちにノートブック01を見直しておきましょう。
#
# 1. 画像の高さが7、フィルターの高さが3、`stride=2`、`pad=1`のとき、出力の高さはいくつですか。
#    <details><summary>答え</summary>(7 + 2 − 3) // 2 + 1 = 4です。</details>
# 2. フィルターは、カラー画像の窓1つから、どうやって値を1つ計算しますか。
#    <details><summary>答え</summary>3つのチャンネルのすべてで、同じ位置の値どうしを掛け、全部足し合わせ、最後にバイアスを足します。</details>
# 3. 3チャンネルの画像に適用する3×3のフィルター8枚には、バイアスも含めてパラメーターが何個ありますか。
#    <details><summary>答え</summary>8·(3·3·3 + 1) = 224個です。画像の大きさには関係しません。</details>
#
# これからは、画像をバッチにまとめて扱います。たとえば、28×28のグレースケール画像10枚（ノートブック06の手書き数字がこの大きさです）は、軸が4つある1つの配列になります。添字を左から1つ指定するたびに、軸が1つずつ減ります。

# %% name="ten_images" tags=["demo"]
ten_images = np.random.default_rng(0).random((10, 1, 28, 28))
print(tr("ten images, (N, C, H, W):        ", "画像10枚、(N, C, H, W)："), ten_images.shape)
print(tr("image 0, ten_images[0]:          ", "画像0、ten_images[0]："), ten_images[0].shape)
print(
    tr("its channel 0, ten_images[0, 0]: ", "そのチャンネル0、ten_images[0, 0]："),
    ten_images[0, 0].shape,
)

# %% [markdown] lang="en"
# ## 1. A window becomes a row
#
# Take a small example: one image of 3 × 4 pixels with the values 1 to 12, a window of 2 × 2, `stride=1`, no padding. The
# window fits at `(3 - 2)//1 + 1 = 2` heights and at `(4 - 2)//1 + 1 = 3` widths: **6 windows** of **4 numbers**. `im2col`
# ("image to columns") writes them below each other, so this image becomes a **6 × 4 matrix**.

# %% [markdown] lang="ja"
# ## 1. 窓を行にする
#
# 小さな例から始めましょう。1から12の値が並んだ3×4の画像が1枚あり、窓は2×2、`stride=1`、パディングはなしとします。窓を置ける場所は、縦に`(3 - 2)//1 + 1 = 2`通り、横に`(4 - 2)//1 + 1 = 3`通りなので、6個の窓ができ、それぞれに4個の値が入ります。これを上から順に並べるのが`im2col`（image to columns）です。この画像は6×4の行列になります。

# %% name="tiny_image" tags=["demo"]
tiny = np.arange(1, 13).reshape(1, 1, 3, 4)
tiny_rows = np.array([tiny[0, 0, y : y + 2, x : x + 2].ravel() for y in range(2) for x in range(3)])
print(tiny[0, 0])


def draw_windows_as_rows():
    fig, axes = plt.subplots(2, 3, figsize=(10, 5.6), height_ratios=[1, 1.5])
    for above, below, window in zip(*axes, (0, 1, 5), strict=True):
        y, x = divmod(window, 3)
        where = f"(out_y, out_x) = ({y}, {x})"
        draw_numbers(above, tiny[0, 0], title=figure_text(f"window {where}", f"窓 {where}"))
        draw_frame(above, y, x, 2, 2)
        shade = np.eye(6)[window][:, None] * np.ones(4)
        title = figure_text(f"is row {window}", f"→ {window}行目")
        draw_numbers(below, tiny_rows, shade, title, 10)
        draw_frame(below, window, 0, 1, 4)
    fig.tight_layout()
    plt.show()


draw_windows_as_rows()

# %% [markdown] lang="en"
# Each framed window, read line by line, is the framed row below it. Find a few numbers yourself: the 1 in the corner is in
# one row only, the 6 is in four, because four windows see it.
#
# ## 2. The same matrix, column by column
#
# Copying window by window means a loop over all windows: 6 here, 50,176 in VGG. Now look at the matrix the other way. A
# **column** belongs to one place `(fy, fx)` *inside* the window, and holds what every window has at that place. Where are
# those pixels in the image? They lie side by side, as a copy of the 2 × 3 grid of windows, shifted by `fy` down and `fx` to
# the right.
#
# So four slices fill the whole matrix, one for each place in the filter, **no matter how large the image is**.
#
# To have a place for everything we use an array with six axes, `(N, C, filter_h, filter_w, out_h, out_w)`, here
# `(1, 1, 2, 2, 2, 3)`: for every place `(fy, fx)` in the filter a small picture of `out_h` × `out_w` numbers. Here are the
# first two slices, by hand:

# %% [markdown] lang="ja"
# 上の段の太枠の窓を、左上から1行ずつ読んでいくと、下の段の太枠の行になります。ほかの値も探してみてください。角の1は1つの行にしか現れませんが、6は4つの窓に入るので、4つの行に現れます。
#
# ## 2. 同じ行列を列ごとに見る
#
# 窓を1つずつ写していくと、窓の個数だけループが回ります。ここでは6回ですが、VGGなら50,176回です。そこで、同じ行列を縦に見てみましょう。1つの列は窓の中の1つの位置`(fy, fx)`に対応し、その位置にある値をすべての窓から集めたものです。では、これらの画素は画像のどこにあるのでしょうか。窓の並びと同じ2×3のひとかたまりが、下に`fy`、右に`fx`だけずれた位置にあります。
#
# つまり、フィルターの中の位置ごとに1回ずつ、合わせて4回のスライスで行列全体が埋まります。**画像がどれほど大きくても4回のまま**です。
#
# 値の置き場所として、`(N, C, filter_h, filter_w, out_h, out_w)`という軸が6つある配列を用意します。この例では`(1, 1, 2, 2, 2, 3)`です。フィルターの中の位置`(fy, fx)`ごとに、`out_h`×`out_w`の小さな画像が1枚ずつあると考えてください。はじめの2つのスライスを手で代入してみます。

# %% name="two_slices" tags=["demo"]
tiny_col = np.zeros((1, 1, 2, 2, 2, 3), dtype=int)

tiny_col[:, :, 0, 0] = tiny[:, :, 0:2, 0:3]
tiny_col[:, :, 0, 1] = tiny[:, :, 0:2, 1:4]

print(tiny_col.shape)
print(tiny_col[0, 0, 0, 0])
print(tiny_col[0, 0, 0, 1])


def draw_slices_as_columns():
    fig, axes = plt.subplots(2, 4, figsize=(12, 5.2), height_ratios=[1, 1.6])
    for column, (above, below) in enumerate(zip(*axes, strict=True)):
        fy, fx = divmod(column, 2)
        inside = np.zeros((3, 4))
        inside[fy : fy + 2, fx : fx + 3] = 1
        where = f"[{fy}:{fy + 2}, {fx}:{fx + 3}]"
        draw_numbers(above, tiny[0, 0], inside, figure_text(f"slice {where}", f"スライス {where}"))
        title = figure_text(
            f"is column {column}: (fy, fx) = ({fy}, {fx})",
            f"→ {column}列目：(fy, fx) = ({fy}, {fx})",
        )
        draw_numbers(below, tiny_rows, np.ones((6, 1)) * np.eye(4)[column], title, 10)
        draw_frame(below, 0, column, 6, 1)
    fig.tight_layout()
    plt.show()


draw_slices_as_columns()

# %% [markdown] lang="en"
# **Predict, then run.** The second example is yours: an image of 3 × 3 pixels with the values 1 to 9, a window of 3 × 3 and
# `pad=1`. Write down:
#
# 1. the size of the padded image, the number of windows, and the size of the matrix;
# 2. row 0 of the matrix, and row 4;
# 3. in how many rows the 5 appears, and in how many the 1;
# 4. which slice of the padded image goes to `(fy, fx) = (2, 1)`.
#
# The next cell has the answers, and lists the slice for each of the nine places in the filter (`0~3` means `0:3` as in
# Python: 0, 1, 2).

# %% [markdown] lang="ja"
# **予想してから実行しましょう。** 2つ目の例は自分で考えてください。1から9の値が並んだ3×3の画像に、3×3の窓を`pad=1`で置きます。次のことを書き出してみましょう。
#
# 1. パディング後の画像の大きさ、窓の個数、行列の大きさ
# 2. 行列の0行目と4行目
# 3. 5はいくつの行に現れるか。1はどうか
# 4. `(fy, fx) = (2, 1)`に入るのは、パディング後の画像のどのスライスか
#
# 次のセルを実行すると、答えと、フィルターの中の9つの位置それぞれのスライスが表示されます（`0~3`はPythonの`0:3`、つまり0、1、2のことです）。


# %% name="walk" tags=["demo"]
def print_walk():
    padded = np.pad(np.arange(1, 10).reshape(3, 3), 1)
    print(padded)
    for fy in range(3):
        for fx in range(3):
            print(
                tr(
                    f"rows {fy}~{fy + 3}, columns {fx}~{fx + 3} go to col[{(fy, fx)}]",
                    f"画像の縦{fy}~{fy + 3}、横{fx}~{fx + 3}の領域が、col[{(fy, fx)}]に入る",
                )
            )
    rows = np.array([padded[y : y + 3, x : x + 3].ravel() for y in range(3) for x in range(3)])
    print(tr("six axes:", "6つの軸："), (1, 1, 3, 3, 3, 3), tr("  matrix:", "  行列："), rows.shape)
    print(tr("row 0:", "0行目："), rows[0])
    print(tr("row 4:", "4行目："), rows[4])
    for value in (5, 1):
        count = np.count_nonzero(rows == value)
        print(tr(f"the {value} is in {count} rows", f"{value}は{count}個の行に現れる"))


print_walk()

# %% [markdown] lang="en"
# Two things are left to do in general.
#
# **Stride.** Neighbouring windows are `stride` pixels apart, so the slice for `(fy, fx)` starts at `fy`, takes every
# `stride`-th pixel, and must give exactly `out_h` of them. The same holds for the width.
#
# **From six axes to two.** At the end every window has to become one row. `reshape` only cuts the numbers into new rows in
# the order in which they lie; it does not move any. So the six axes have to be put into the right order *before* the
# reshape.
#
# ## 3. Several images, several channels
#
# The order is fixed by what we want to do with a row. A filter of shape `(C, FH, FW)` covers all channels, and
# `W.reshape(F, -1)` reads it channel by channel, each channel line by line. A row of the matrix must list its pixels in the
# same order:
#
# $$\text{column number} = (c \cdot FH + f_y)\cdot FW + f_x$$
#
# The rows run over the windows: image by image, in each image line by line:
#
# $$\text{row number} = (n \cdot \mathrm{out\_h} + \text{out}_y)\cdot \mathrm{out\_w} + \text{out}_x$$
#
# In short, **rows run over (n, out_y, out_x), columns over (c, fy, fx)**, and the last index changes fastest. The figure
# shows one row for an image with three channels.

# %% [markdown] lang="ja"
# 一般の場合には、考えることがあと2つあります。
#
# **ストライド** 隣り合う窓は`stride`画素だけ離れています。したがって`(fy, fx)`のスライスは、縦方向では`fy`から始まり、`stride`画素おきに、ちょうど`out_h`個の値を取り出さなければなりません。横方向も同様です。
#
# **6つの軸から2つの軸へ** 最後に、窓1つを行1つにします。ただし`reshape`は、並んでいる順に値を区切り直すだけで、並べ替えはしません。そのため、`reshape`の前に6つの軸を正しい順番に並べ替えておく必要があります。
#
# ## 3. 複数の画像、複数のチャンネル
#
# どういう順番にすればよいかは、行を何に使うかで決まります。形状`(C, FH, FW)`のフィルターはすべてのチャンネルにまたがっていて、`W.reshape(F, -1)`とすると、チャンネルごとに、左上から1行ずつ値が並びます。行列の行でも、画素を同じ順に並べなければなりません。
#
# $$\text{列番号} = (c \cdot FH + f_y)\cdot FW + f_x$$
#
# 行のほうは、画像ごとに、左上の窓から順に並べます。
#
# $$\text{行番号} = (n \cdot \mathrm{out\_h} + \text{out}_y)\cdot \mathrm{out\_w} + \text{out}_x$$
#
# まとめると、**行は(n, out_y, out_x)の順、列は(c, fy, fx)の順**に並び、いちばん後ろの添字が最も速く変わります。次の図は、3チャンネルの画像の場合の1行を表しています。


# %% name="one_row" tags=["demo"]
def draw_one_row():
    image = np.arange(48).reshape(3, 4, 4)
    shades = (0.1, 0.5, 1.0)
    fig = plt.figure(figsize=(11, 4))
    grid = fig.add_gridspec(2, 3, height_ratios=[3, 1])
    for c in range(3):
        ax = fig.add_subplot(grid[0, c])
        inside = np.zeros((4, 4))
        inside[0:3, 1:4] = shades[c]
        draw_numbers(ax, image[c], inside, figure_text(f"channel c = {c}", f"チャンネル c = {c}"))
        draw_frame(ax, 0, 1, 3, 3)
    ax = fig.add_subplot(grid[1, :])
    row = image[:, 0:3, 1:4].reshape(1, 27)
    title = figure_text(
        "row (out_y, out_x) = (0, 1): 27 columns", "行 (out_y, out_x) = (0, 1)：27列"
    )
    draw_numbers(ax, row, np.repeat(shades, 9)[None, :], title)
    for c in range(3):
        draw_frame(ax, 0, 9 * c, 1, 9)
        ax.text(9 * c + 4, 1.1, f"c = {c}", ha="center")
    fig.tight_layout()
    plt.show()


draw_one_row()

# %% [markdown] lang="en"
# ## Exercise 1: `im2col`
#
# **Importance ●●●, difficulty ★★☆, about 40 minutes, 9.5 points.** Half a point of these is for being **vectorised**: the
# grader counts how many lines of Python run, and a larger image must not need more of them. It never uses a clock. Loops
# over the places in the filter, over images or over channels are fine; loops over windows or pixels cost that half point and
# nothing else.
#
# <details><summary>The plan, in six steps</summary>
#
# 1. Work out <code>out_h</code> and <code>out_w</code>; a window that does not fit is an error.
# 2. Pad the height and the width.
# 3. Make the array with six axes.
# 4. Fill it, with one slice for each place in the filter.
# 5. Put the axes into the order of section 3.
# 6. Reshape to two axes.
# </details>
#
# <details><summary>Hint 1: where does a slice end?</summary>
#
# A slice that starts at <code>fy</code> and takes <code>out_h</code> steps of <code>stride</code> may end at
# <code>fy + stride*out_h</code>. If that lies outside the image, NumPy simply stops at the edge, and no number is missing:
# work it out for <code>H = 7</code>, <code>filter_h = 3</code>, <code>stride = 2</code>, and <code>fy = 2</code>.
# </details>
#
# <details><summary>Hint 2: which order of the axes?</summary>
#
# Number the axes of your array: 0 is n, 1 is c, 2 is fy, 3 is fx, 4 is out_y, 5 is out_x. Write down the order you need
# (section 3 has it in bold), and replace each name by its number. That list is what <code>transpose</code> wants.
# </details>
#
# <details><summary>Hint 3: my float32 becomes float64</summary>
#
# Look at what <code>np.zeros</code> does when you do not tell it a <code>dtype</code>.
# </details>
#
# <details><summary>Still stuck after an hour</summary>
#
# Start again with the smallest case: one image, one channel, stride 1, no padding, and fill the six axes by hand as above. If
# that works, put one thing after the other into the loop, and run the check each time; it names the first thing that is
# missing.
#
# Or leave it for today. Exercise 2 and its check do not use <code>im2col</code>. When a later notebook is graded, a wrong or
# missing <code>im2col</code> is replaced by a correct one, so it costs you only its own points. To run those notebooks
# yourself, ask your instructor for the edition in which <code>im2col</code> is filled in.
# </details>

# %% [markdown] lang="ja"
# ## 演習1：`im2col`
#
# **重要度 ●●●／難しさ ★★☆／目安 40分／9.5点** このうち0.5点は、**ベクトル化**できているかどうかです。採点では、実行されるPythonの行数を数え、画像が大きくなっても増えないことを確かめます（時間は計りません）。フィルターの中の位置、画像、チャンネルについてのループはかまいません。窓や画素についてループすると、この0.5点だけを失います。
#
# <details><summary>手順（6段階）</summary>
#
# 1. <code>out_h</code>と<code>out_w</code>を求める。窓が画像に入らなければエラーにする。
# 2. 縦と横をパディングする。
# 3. 軸が6つある配列を用意する。
# 4. フィルターの中の位置ごとに、スライスを1つ代入する。
# 5. 軸を3節の順番に並べ替える。
# 6. <code>reshape</code>で2つの軸にする。
# </details>
#
# <details><summary>ヒント1：スライスの終わりはどこか</summary>
#
# <code>fy</code>から始めて<code>stride</code>おきに<code>out_h</code>個取り出すのですから、終わりは<code>fy + stride*out_h</code>とすれば足ります。これが画像の外に出ても、NumPyは端で止まるだけで、値が足りなくなることはありません。<code>H = 7</code>、<code>filter_h = 3</code>、<code>stride = 2</code>、<code>fy = 2</code>の場合で確かめてみてください。
# </details>
#
# <details><summary>ヒント2：軸をどの順に並べるか</summary>
#
# 用意した配列の軸に番号を付けます。0がn、1がc、2がfy、3がfx、4がout_y、5がout_xです。必要な順番（3節の太字の部分）を名前で書き出し、それぞれを番号に置き換えてください。できた番号の並びが、<code>transpose</code>に渡す引数です。
# </details>
#
# <details><summary>ヒント3：float32を渡したのにfloat64が返ってくる</summary>
#
# <code>np.zeros</code>に<code>dtype</code>を指定しないとどうなるか、調べてみてください。
# </details>
#
# <details><summary>1時間たっても解けないとき</summary>
#
# いちばん簡単な場合からやり直しましょう。画像1枚、1チャンネル、ストライド1、パディングなしとして、上の例のように6軸の配列を手で埋めてみます。うまくいったら、1つずつループの中に移し、そのたびに確認用のセルを実行してください。最初に足りないものを教えてくれます。
#
# 今日のところは後回しにしてもかまいません。演習2とその確認では<code>im2col</code>を使いません。この先のノートブックの採点では、<code>im2col</code>が間違っていたり未完成だったりしても、正しいものに置き換えた場合も試すので、失うのは<code>im2col</code>自体の点だけです。この先のノートブックを実行するには、<code>im2col</code>が記入済みの版を、担当の先生からもらってください。
# </details>


# %% name="im2col" tags=["stub"]
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    """Unroll the windows of a batch of images into the rows of a matrix.

    Rows run over (n, out_y, out_x), columns over (c, fy, fx); the last index changes fastest.

    Args:
        input_data: images, shape (N, C, H, W), any number type. Must not be changed.
        filter_h, filter_w: height and width of the window, in pixels.
        stride: step from one window to the next in both directions, in pixels.
        pad: rows and columns of zeros added on each of the four sides.

    Returns:
        Array of shape (N * out_h * out_w, C * filter_h * filter_w), dtype of input_data, where
        out_h = (H + 2*pad - filter_h) // stride + 1
        out_w = (W + 2*pad - filter_w) // stride + 1

    Raises:
        ValueError: the window is higher or wider than the padded image.

    Example:
        >>> im2col(np.array([[[[1, 2, 3],
        ...                    [4, 5, 6],
        ...                    [7, 8, 9]]]]), 2, 2)
        array([[1, 2, 4, 5],
               [2, 3, 5, 6],
               [4, 5, 7, 8],
               [5, 6, 8, 9]])
    --- ja ---
    画像のバッチから窓を切り出し、行列の行に並べる。

    行は(n, out_y, out_x)、列は(c, fy, fx)の順で、後ろの添字ほど速く変わる。

    引数:
        input_data: 画像。形状(N, C, H, W)、dtypeは問わない。書き換えてはいけない。
        filter_h, filter_w: 窓の高さと幅（画素）。
        stride: 窓を動かす間隔（画素）。縦横共通。
        pad: 上下左右のそれぞれに付け足す0の幅（画素）。

    戻り値:
        形状(N * out_h * out_w, C * filter_h * filter_w)、dtypeはinput_dataと同じ配列。ただし
        out_h = (H + 2*pad - filter_h) // stride + 1
        out_w = (W + 2*pad - filter_w) // stride + 1

    例外:
        ValueError: 窓の高さまたは幅が、パディング後の画像より大きいとき。

    例:
        >>> im2col(np.array([[[[1, 2, 3],
        ...                    [4, 5, 6],
        ...                    [7, 8, 9]]]]), 2, 2)
        array([[1, 2, 4, 5],
               [2, 3, 5, 6],
               [4, 5, 7, 8],
               [5, 6, 8, 9]])
    """
    ### BEGIN SOLUTION
    N, C, H, W = input_data.shape
    if filter_h > H + 2 * pad or filter_w > W + 2 * pad:
        raise ValueError(
            f"a window of {filter_h}x{filter_w} does not fit into the padded image "
            f"of {H + 2 * pad}x{W + 2 * pad}"
        )
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (W + 2 * pad - filter_w) // stride + 1

    padded = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.zeros((N, C, filter_h, filter_w, out_h, out_w), dtype=input_data.dtype)
    for fy in range(filter_h):
        rows = slice(fy, fy + stride * out_h, stride)
        for fx in range(filter_w):
            columns = slice(fx, fx + stride * out_w, stride)
            windows[:, :, fy, fx] = padded[:, :, rows, columns]

    # (n, c, fy, fx, out_y, out_x) -> (n, out_y, out_x, c, fy, fx)
    ordered = windows.transpose(0, 4, 5, 1, 2, 3)
    return ordered.reshape(N * out_h * out_w, C * filter_h * filter_w)
    ### END SOLUTION


# %% [markdown] lang="en"
# Run the check. It starts with two images of 4 × 4 with one channel and a 3 × 3 window: four windows an image, so a matrix
# of 8 × 9. Compare the printed matrix with the images before you go on.

# %% [markdown] lang="ja"
# 確認用のセルを実行しましょう。最初に調べるのは、1チャンネルで4×4の画像2枚に、3×3の窓を置く例です。窓は画像1枚につき4個なので、8×9の行列になります。先に進む前に、表示された行列を画像と見比べてください。


# %% name="check_im2col" tags=["check"]
def check_im2col():
    images = np.array(
        [
            [[[92, 65, 70, 14], [6, 80, 39, 32], [89, 85, 12, 85], [40, 30, 53, 56]]],
            [[[71, 8, 85, 49], [61, 43, 23, 83], [77, 10, 94, 98], [27, 28, 89, 57]]],
        ]
    )
    expected = np.array(
        [
            [92, 65, 70, 6, 80, 39, 89, 85, 12],
            [65, 70, 14, 80, 39, 32, 85, 12, 85],
            [6, 80, 39, 89, 85, 12, 40, 30, 53],
            [80, 39, 32, 85, 12, 85, 30, 53, 56],
            [71, 8, 85, 61, 43, 23, 77, 10, 94],
            [8, 85, 49, 43, 23, 83, 10, 94, 98],
            [61, 43, 23, 77, 10, 94, 27, 28, 89],
            [43, 23, 83, 10, 94, 98, 28, 89, 57],
        ]
    )
    col = im2col(images, 3, 3)
    assert isinstance(col, np.ndarray), tr(
        "im2col must return an array. Did you forget the return?",
        "im2colは配列を返す必要があります。returnを忘れていませんか。",
    )
    assert col.shape != (9, 8), tr(
        "Your matrix is (9, 8), but should be (8, 9): a window is a row here, not a column.",
        "行列が(9, 8)になっています。正しくは(8, 9)です。ここでは窓1つが、列ではなく行になります。",
    )
    assert col.shape != (2, 36), tr(
        "You made one row for each image. How many windows are there in all?",
        "画像1枚が1行になっています。窓は全部でいくつありますか。",
    )
    assert col.shape == (8, 9), tr(
        f"The shape is {col.shape}, but 8 windows of 9 numbers give (8, 9).",
        f"形状が{col.shape}になっています。値が9個入った窓が8個なので、(8, 9)になるはずです。",
    )
    assert not np.array_equal(col[0], [92, 6, 89, 65, 80, 85, 70, 39, 12]), tr(
        "Each window is read column by column. Are fy and fx swapped somewhere?",
        "窓の中を縦に読んでいます。fyとfxがどこかで入れ替わっていませんか。",
    )
    assert np.array_equal(col[0], expected[0]), tr(
        f"Row 0 is {col[0]}, but the first window is {expected[0]}.",
        f"0行目が{col[0]}になっています。最初の窓は{expected[0]}です。",
    )
    assert not np.array_equal(col[1], expected[4]), tr(
        "Row 1 is already the second image. Finish all windows of image 0 first: n is the slowest.",
        "1行目がもう2枚目の画像になっています。nがいちばん遅く変わるように、画像0の窓を先にすべて並べます。",
    )
    assert np.array_equal(col, expected), tr(
        "Some rows are wrong. Rows run over (n, out_y, out_x); check the order of your axes.",
        "正しくない行があります。行は(n, out_y, out_x)の順です。軸の順番を確かめてください。",
    )

    two_channels = np.arange(18).reshape(1, 2, 3, 3)
    row = im2col(two_channels, 2, 2)[0]
    assert not np.array_equal(row, [0, 9, 1, 10, 3, 12, 4, 13]), tr(
        "The channel changes fastest in your rows. Columns run over (c, fy, fx): c is the slowest.",
        "行の中でチャンネルが最も速く変わっています。列は(c, fy, fx)の順で、cが最も遅く変わります。",
    )
    assert np.array_equal(row, [0, 1, 3, 4, 9, 10, 12, 13]), tr(
        f"With two channels row 0 is {row}, but should be all of channel 0, then channel 1.",
        f"2チャンネルのとき、0行目が{row}になっています。チャンネル0をすべて並べた後にチャンネル1が続きます。",
    )

    four = np.arange(16).reshape(1, 1, 4, 4)
    col = im2col(four, 2, 2, 2, 0)
    corners = [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]
    assert col.shape == (4, 4), tr(
        f"A 2x2 window with stride 2 fits 4 times into 4x4, but your matrix is {col.shape}.",
        f"4×4の画像に2×2の窓をストライド2で置くと4個ですが、行列が{col.shape}になっています。",
    )
    assert np.array_equal(col, corners), tr(
        "Wrong pixels for stride 2. Two neighbouring windows are how many pixels apart?",
        "ストライド2のときの画素が違います。隣り合う窓は何画素離れていますか。",
    )

    try:
        col = im2col(np.arange(1, 10).reshape(1, 1, 3, 3), 3, 3, 1, 1)
    except ValueError as error:
        raise AssertionError(
            tr(
                f"pad=1 raises: {error}. Did only rows and columns get padding, do your slices take the "
                "padded image, and is pad counted once in your sizes?",
                f"pad=1のとき例外が発生しました：{error}。パディングしたのは縦と横だけですか。スライスは"
                "パディング後の画像から取っていますか。大きさの式でpadを数えるのは1回だけですか。",
            )
        ) from error
    assert col.shape == (9, 9), tr(
        f"3x3 with pad 1 gives 9 windows, your shape is {col.shape}. Does out_h know about pad?",
        f"3×3の画像にpad=1なら窓は9個ですが、形状が{col.shape}です。out_hの式にpadは入っていますか。",
    )
    assert np.array_equal(col[0], [0, 0, 0, 0, 1, 2, 0, 4, 5]), tr(
        f"With pad 1 row 0 is {col[0]}. Which value lies outside the image, and on which sides?",
        f"pad=1のとき、0行目が{col[0]}になっています。画像の外側の値は何で、どの辺に付きますか。",
    )

    shape = im2col(np.zeros((10, 3, 7, 7)), 3, 3, stride=1, pad=1).shape
    assert shape == (490, 27), tr(
        f"(10, 3, 7, 7) has 10*7*7 windows of 3*3*3 numbers: (490, 27), not {shape}.",
        f"(10, 3, 7, 7)では、値が27個入った窓が10*7*7個あるので(490, 27)です。{shape}ではありません。",
    )

    dtype = im2col(np.zeros((1, 1, 3, 3), dtype=np.float32), 2, 2).dtype
    assert dtype == np.float32, tr(
        f"float32 went in and {dtype} came out: twice the memory. See hint 3.",
        f"float32を渡したのに{dtype}が返りました。メモリーが2倍必要になります。ヒント3を見てください。",
    )

    try:
        im2col(np.zeros((1, 1, 3, 3)), 6, 6)
    except ValueError:
        pass
    else:
        raise AssertionError(
            tr(
                "A 6x6 window does not fit into a 3x3 image: raise a ValueError.",
                "6×6の窓は3×3の画像に入りません。ValueErrorを送出してください。",
            )
        )

    print(images[:, 0])
    print(im2col(images, 3, 3))
    print(
        tr(
            "All visible checks of im2col passed. Grading also tries other shapes.",
            "im2colの確認はすべて通りました。採点では、ほかの形状の入力も試します。",
        )
    )


check_im2col()

# %% [markdown] lang="en"
# ## What you can do with it: a layer in one line
#
# The first layer of VGG takes `(1, 3, 224, 224)`, has 64 filters of 3 × 3 on 3 channels, and its padding is 1. Every row of
# `col` (one window, 27 numbers) meets every column of `col_W` (one filter, 27 numbers), and each pair gives one number.
#
# **Predict, then run.** The second layer takes the 64 maps of the first, and again has 64 filters of 3 × 3 with padding 1.
# How many columns does `col` have now, and how many times the memory of its input does it take?

# %% [markdown] lang="ja"
# ## im2colを使ってみる：畳み込みが1行で書ける
#
# VGGの最初の層は、入力が`(1, 3, 224, 224)`、フィルターは3チャンネルの3×3が64枚、パディングは1です。`col`の1行（窓1つ、27個の値）と`col_W`の1列（フィルター1枚、27個の値）のすべての組み合わせについて、値が1つずつ求まります。
#
# **予想してから実行しましょう。** 2番目の層は、最初の層が出力した64枚のマップを入力とし、やはり3×3のフィルターが64枚、パディングは1です。`col`の列は何列になるでしょうか。また、必要なメモリーは入力の何倍でしょうか。


# %% name="vgg_first_layer" tags=["demo"]
def vgg_layers():
    rng = np.random.default_rng(0)
    x = rng.random((1, 3, 224, 224), dtype=np.float32)
    col = im2col(x, 3, 3, 1, 1)
    col_w = rng.random((64, 3, 3, 3), dtype=np.float32).reshape(64, -1).T
    for name, array in {"x": x, "col": col, "col_W": col_w, "col @ col_W": col @ col_w}.items():
        print(f"{name:12} {array.shape!s:18} {array.dtype}  {array.nbytes / 1e6:6.2f} MB")

    x = rng.random((1, 64, 224, 224), dtype=np.float32)
    col = im2col(x, 3, 3, 1, 1)
    print(tr("second layer, col:", "2番目の層のcol："), col.shape)
    sizes = [array.nbytes / 1e6 for array in (x, col)] + [64 * 64 * 9 * 4 / 1e6, x.nbytes / 1e6]
    names = ["x", "col", figure_text("filters", "フィルター"), "col @ col_W"]
    fig, ax = plt.subplots(figsize=(7.5, 2.4))
    bars = ax.barh(names, sizes, color=["0.8", "0.4", "0.8", "0.8"], edgecolor="black")
    ax.bar_label(bars, fmt=figure_text("%.1f MB", "%.1fMB"), padding=3)
    ax.invert_yaxis()
    ax.set_xlim(0, 140)
    ax.set_title(
        figure_text("VGG's second layer, one image", "VGGの2番目の層、画像1枚"), fontsize=10
    )
    ax.set_xlabel(figure_text("memory in MB (float32)", "メモリー（MB、float32）"))
    fig.tight_layout()
    plt.show()


vgg_layers()

# %% [markdown] lang="en"
# This is the price of im2col: **memory**. The input, the filters and the product are needed in any case; `col` comes on
# top. Every pixel is in up to nine rows, so `col` is nine times as large as its input. For a batch of ten, already the first
# layer's `col` takes 108 MB in `float64`, for an output of `(10, 64, 224, 224)`. That is one reason to keep `float32`, and
# why good libraries unroll only a part at a time.
#
# (In notebook 03 you will bring the product into the shape of images, `(1, 64, 224, 224)`.)
#
# ### Predict, then run: loops against im2col
#
# And what do we get for the memory? **Time.** The cell below the next one computes the same convolution twice on images of
# growing size: with loops over windows and filters, as in notebook 01, and with your `im2col` and one matrix product. Write
# your guess into the next cell first; then play with `SIZE` and `FILTERS`.
#
# - How many times as fast is the second way?
# - What does twice the height *and* width do to the time of each?
# - Of the second way, which part takes longer: unrolling the windows, or the product?

# %% [markdown] lang="ja"
# `im2col`の代償は**メモリー**です。入力、フィルター、行列積の結果はどんな方法でも必要ですが、`col`はそのほかに余分に要ります。1つの画素が最大で9行に現れるので、`col`は入力の9倍の大きさになります。画像10枚のバッチ（出力は`(10, 64, 224, 224)`）では、最初の層の`col`だけで、`float64`なら108MBになります。`float32`を保つようにしたのはこのためでもあり、実用のライブラリーが少しずつ分けて展開するのも同じ理由です。
#
# （行列積の結果を画像の形状`(1, 64, 224, 224)`に直すところは、ノートブック03で書きます。）
#
# ### 予想してから実行しよう：ループとim2col
#
# メモリーの代わりに得られるのは**速さ**です。2つ後のセルでは、少しずつ大きな画像を使って、同じ畳み込みを2通りの方法で計算します。1つはノートブック01のような窓とフィルターについてのループ、もう1つはあなたの`im2col`と1回の行列積です。まず次のセルに予想を書き、実行した後は`SIZE`や`FILTERS`を変えてみてください。
#
# - `im2col`を使うと、何倍速くなるでしょうか。
# - 画像の縦と横をどちらも2倍にすると、それぞれの時間はどう変わるでしょうか。
# - `im2col`を使う方法では、窓を並べるのと行列積とで、どちらに時間がかかるでしょうか。

# %% name="my_guess" tags=["setup"]
# en: My guess: im2col is ... times as fast.
# ja: 予想：im2colを使うと…倍速い。
MY_GUESS = None
SIZE = 96
FILTERS = 16

# %% name="loops_against_im2col" tags=["demo"]
from time import perf_counter


def by_loops(image, filters):
    F, _, FH, FW = filters.shape
    out_h, out_w = image.shape[1] - FH + 1, image.shape[2] - FW + 1
    out = np.zeros((out_h * out_w, F))
    for window in range(out_h * out_w):
        y, x = divmod(window, out_w)
        for f in range(F):
            out[window, f] = np.sum(image[:, y : y + FH, x : x + FW] * filters[f])
    return out


def seconds(function, *arguments):
    started = perf_counter()
    result = function(*arguments)
    return perf_counter() - started, result


def race():
    rng = np.random.default_rng(0)
    filters = rng.standard_normal((FILTERS, 3, 3, 3))
    col_w = filters.reshape(FILTERS, -1).T
    sizes, times = [SIZE // 4, SIZE // 2, SIZE], []
    for size in sizes:
        image = rng.standard_normal((3, size, size))
        slow, one = seconds(by_loops, image, filters)
        unroll, col = min(
            (seconds(im2col, image[None], 3, 3) for _ in range(3)), key=lambda t: t[0]
        )
        product, two = min((seconds(np.matmul, col, col_w) for _ in range(3)), key=lambda t: t[0])
        assert np.allclose(one, two)
        times.append((slow, unroll, product))
        print(
            tr(
                f"{size:3} x {size:3}: loops {1e3 * slow:7.1f} ms, unrolling {1e3 * unroll:6.2f} ms + "
                f"product {1e3 * product:6.2f} ms: {slow / (unroll + product):4.0f} times as fast",
                f"{size:3}×{size:3}：ループ{1e3 * slow:7.1f}ms、窓を並べる{1e3 * unroll:6.2f}ms + "
                f"行列積{1e3 * product:6.2f}ms：{slow / (unroll + product):4.0f}倍速い",
            )
        )
    print(tr("my guess:", "自分の予想："), MY_GUESS)
    slow, unroll, product = 1e3 * np.array(times).T
    fig, ax = plt.subplots(figsize=(7, 3.4))
    ax.loglog(sizes, slow, "k-s", label=figure_text("loops", "ループ"))
    ax.loglog(
        sizes, unroll + product, "k-o", label=figure_text("im2col + product", "im2col + 行列積")
    )
    ax.loglog(sizes, unroll, "o:", color="0.5", label=figure_text("im2col alone", "im2colだけ"))
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    ax.set_xlabel(figure_text("height and width of the image", "画像の縦と横の画素数"))
    ax.set_ylabel(figure_text("milliseconds", "時間（ミリ秒）"))
    ax.legend(fontsize=9)
    fig.tight_layout()
    plt.show()


race()

# %% [markdown] lang="en"
# Twice the height and width are four times as many windows, and in the end both ways take about four times as long; for
# small images the fixed cost of each call counts, too. The second way does *the same* multiplications. What it saves is
# Python: the loops pay for an interpreted line at every window and filter, the slices nine times in all. Of what is left,
# the copying counts most for small images and few filters; the larger the image and the more filters, the more of the time
# is the product's.
#
# Here is what the product of windows and filters looks like. The four filters are small enough to write down; networks
# *learn* theirs. (In the two pictures of edges black is negative, white is zero, orange is positive.)

# %% [markdown] lang="ja"
# 縦と横を2倍にすると窓は4倍になり、大きな画像ではどちらの方法でも時間がおよそ4倍になります（小さな画像では、関数を呼び出すこと自体にかかる時間が目立ちます）。掛け算の回数は、どちらの方法でも同じです。節約できたのはPythonの実行時間で、ループでは窓とフィルターの組ごとにPythonの行を実行しますが、スライスなら全部で9回です。残った時間のうち、画像が小さくフィルターが少なければ、窓を並べる時間が目立ちます。画像が大きく、フィルターが多くなるほど、行列積の時間の割合が大きくなります。
#
# 窓とフィルターの行列積でどんな画像ができるのか、見てみましょう。ここでは手で書けるような小さなフィルターを4枚使いますが、ニューラルネットワークでは、フィルターの値は学習によって決まります（エッジの画像では、黒が負、白が0、オレンジが正です）。


# %% name="four_filters" tags=["demo"]
def drawn_picture(size=64):
    y, x = np.mgrid[0:size, 0:size] / size
    picture = 0.25 + 0.3 * y
    picture[(x - 0.3) ** 2 + (y - 0.35) ** 2 < 0.04] = 1.0
    picture[(x > 0.55) & (x < 0.9) & (y > 0.45) & (y < 0.85)] = 0.05
    picture[(x > 0.15) & (x < 0.45) & (y > 0.7) & (np.sin(60 * x) > 0)] = 0.9
    return picture


def show_four_filters():
    picture = drawn_picture()
    col = im2col(picture[None, None], 3, 3)
    across = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    filters = (
        (figure_text("blur", "ぼかし"), np.full((3, 3), 1 / 9), False),
        (figure_text("vertical edges", "縦のエッジ"), across, True),
        (figure_text("horizontal edges", "横のエッジ"), across.T, True),
        (figure_text("sharpen", "鮮明化"), np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]), False),
    )
    fig, axes = plt.subplots(1, 5, figsize=(13, 3))
    axes[0].imshow(picture, cmap="gray", vmin=0, vmax=1)
    axes[0].set_title(figure_text("picture (64, 64)", "元の画像 (64, 64)"), fontsize=10)
    for ax, (name, f, signed) in zip(axes[1:], filters, strict=True):
        column = col @ f.ravel()
        low, high = (-3, 3) if signed else (0, 1)
        cmap = SIGNED if signed else "gray"
        ax.imshow(column.reshape(62, 62), cmap=cmap, vmin=low, vmax=high)
        ax.set_title(f"{name} (62, 62)", fontsize=10)
    for ax in axes:
        ax.axis("off")
    fig.tight_layout()
    plt.show()


show_four_filters()

# %% [markdown] lang="en"
# ## 4. The way back adds
#
# To train a layer we must know how the loss changes when a *pixel* changes. The backward pass of the matrix product
# (notebook 03) will only tell us how it changes when an *entry of the matrix* changes: a matrix of the same shape as `col`,
# one number for each entry. `col2im` turns it into one number for each pixel.
#
# The chain rule says how. If the pixel grows by a little, **every copy of it** in the matrix grows by as much, and each copy
# changes the loss by its own number. The effects add up. So
#
# > `col2im` puts every number back to the pixel from which it was copied, and **adds** what meets there.
#
# Where windows do not overlap, every pixel has one copy and nothing is added. Where they do, the number of copies is what
# counts. In the figure the matrix holds nothing but ones; on the way back the four windows of a 4 × 4 image (window 3 × 3,
# stride 1) come in one after the other.

# %% [markdown] lang="ja"
# ## 4. 逆向きでは足し合わせる
#
# 層を学習させるには、画素の値が変わると損失がどれだけ変わるのかを知る必要があります。ところが、行列積の逆伝播（ノートブック03）からわかるのは、行列の要素が変わると損失がどれだけ変わるか、です。これは`col`と同じ形状の行列で、要素ごとに値が1つ入っています。この行列を、画素ごとに1つの値に直すのが`col2im`です。
#
# どうすればよいかは、連鎖律が教えてくれます。ある画素を少し大きくすると、行列の中にあるその画素の写しがすべて同じだけ大きくなり、それぞれが自分の値の分だけ損失を変えます。全体の影響は、それらの和です。つまり、
#
# > `col2im`は、行列の値をそれぞれ写し元の画素に戻し、同じ画素に戻ってきた値を**足し合わせる**。
#
# 窓が重ならなければ、どの画素も写しは1つなので、足すものはありません。窓が重なるときには、写しの個数が効いてきます。次の図では、すべての値が1の行列を使い、4×4の画像（窓は3×3、ストライド1）に4つの窓が1つずつ戻ってくる様子を示しています。


# %% name="windows_come_back" tags=["demo"]
def draw_windows_coming_back():
    total = np.zeros((4, 4))
    fig, axes = plt.subplots(1, 4, figsize=(12, 3.3))
    for window, ax in enumerate(axes):
        y, x = divmod(window, 2)
        total[y : y + 3, x : x + 3] += 1
        title = figure_text(f"after row {window} of col", f"colの{window}行目を足した後")
        draw_numbers(ax, total, total / 4, title, fontsize=13)
        draw_frame(ax, y, x, 3, 3)
    fig.tight_layout()
    plt.show()


draw_windows_coming_back()

# %% [markdown] lang="en"
# The last image is worth remembering:
#
# ```
# 1 2 2 1
# 2 4 4 2      in how many windows is each pixel?
# 2 4 4 2
# 1 2 2 1
# ```
#
# It also shows that `col2im` is **not the inverse** of `im2col`: going there and back multiplies every pixel by this number.
#
# ## Exercise 2: `col2im`
#
# **Importance ●●●, difficulty ★★☆, about 30 minutes, 7.5 points.** Walk through `im2col` backwards, step by step.
#
# <details><summary>The plan, in four steps</summary>
#
# 1. Undo the reshape: six axes again.
# 2. Undo the transpose.
# 3. Add each slice to where it came from.
# 4. Cut the padding off.
# </details>
#
# <details><summary>Hint 1: undoing reshape and transpose</summary>
#
# Just before the last reshape of <code>im2col</code> the array had six axes. Reshape <code>col</code> to exactly that shape,
# then bring the axes back to <code>(n, c, fy, fx, out_y, out_x)</code>. A reshape straight to the second shape would scramble
# the numbers.
# </details>
#
# <details><summary>Hint 2: where to add</summary>
#
# Start from zeros of the size of the <em>padded</em> image, and use exactly the slices of <code>im2col</code>, on the left
# side of <code>+=</code> this time.
# </details>
#
# <details><summary>Hint 3: pixels that no window sees</summary>
#
# With stride 2 the last line of a 6 × 6 image is in no 3 × 3 window. It cannot change the loss. What is its gradient, then,
# and do you have to do anything for that?
# </details>

# %% [markdown] lang="ja"
# 最後の画像は覚えておくとよいでしょう。
#
# ```
# 1 2 2 1
# 2 4 4 2      それぞれの画素は、いくつの窓に入っているか
# 2 4 4 2
# 1 2 2 1
# ```
#
# ここから、`col2im`が`im2col`の**逆関数ではない**こともわかります。行って戻ってくると、どの画素もこの個数倍になってしまうからです。
#
# ## 演習2：`col2im`
#
# **重要度 ●●●／難しさ ★★☆／目安 30分／7.5点** `im2col`の手順を、後ろから1つずつたどります。
#
# <details><summary>手順（4段階）</summary>
#
# 1. <code>reshape</code>を元に戻し、6つの軸にする。
# 2. <code>transpose</code>を元に戻す。
# 3. スライスを、それぞれ元の場所に足し込む。
# 4. パディングを切り落とす。
# </details>
#
# <details><summary>ヒント1：reshapeとtransposeを元に戻す</summary>
#
# <code>im2col</code>の最後の<code>reshape</code>の直前では、配列に軸が6つありました。まず<code>col</code>をそれとまったく同じ形状に戻し、それから軸の順番を<code>(n, c, fy, fx, out_y, out_x)</code>に戻してください。いきなり後者の形状に<code>reshape</code>すると、値がばらばらになってしまいます。
# </details>
#
# <details><summary>ヒント2：どこに足し込むか</summary>
#
# <strong>パディング後の</strong>画像と同じ大きさの、0で埋めた配列を用意します。スライスは<code>im2col</code>とまったく同じで、今度は<code>+=</code>の左辺に書きます。
# </details>
#
# <details><summary>ヒント3：どの窓にも入らない画素</summary>
#
# 6×6の画像に3×3の窓をストライド2で置くと、最後の行と列はどの窓にも入りません。その画素を変えても損失は変わらないわけです。では勾配はいくつでしょうか。そのために特別な処理が必要でしょうか。
# </details>


# %% name="col2im" tags=["stub"]
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    """Add the rows of a matrix back to the windows from which im2col takes them.

    The counterpart of im2col (its transpose as a linear map), not its inverse: where windows
    overlap, the numbers are summed. Pixels that lie in no window get 0.

    Args:
        col: shape (N * out_h * out_w, C * filter_h * filter_w), rows over (n, out_y, out_x),
            columns over (c, fy, fx). Must not be changed.
        input_shape: the shape (N, C, H, W) of the images, without padding.
        filter_h, filter_w, stride, pad: as they were given to im2col.

    Returns:
        Array of shape (N, C, H, W), the padding cut off, dtype of col.

    Example:
        >>> col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)
        array([[[[1., 2., 1.],
                 [2., 4., 2.],
                 [1., 2., 1.]]]])
    --- ja ---
    行列の各行を、im2colが切り出した元の窓の位置に足し込む。

    im2colと対になる関数（線形写像としての転置）で、逆関数ではない。窓が重なるところでは
    値を足し合わせる。どの窓にも入らない画素は0になる。

    引数:
        col: 形状(N * out_h * out_w, C * filter_h * filter_w)。行は(n, out_y, out_x)、
            列は(c, fy, fx)の順。書き換えてはいけない。
        input_shape: パディング前の画像の形状(N, C, H, W)。
        filter_h, filter_w, stride, pad: im2colに渡したものと同じ値。

    戻り値:
        形状(N, C, H, W)の配列。パディングは取り除く。dtypeはcolと同じ。

    例:
        >>> col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)
        array([[[[1., 2., 1.],
                 [2., 4., 2.],
                 [1., 2., 1.]]]])
    """
    ### BEGIN SOLUTION
    N, C, H, W = input_shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (W + 2 * pad - filter_w) // stride + 1

    # (n, out_y, out_x, c, fy, fx) -> (n, c, fy, fx, out_y, out_x)
    ordered = col.reshape(N, out_h, out_w, C, filter_h, filter_w)
    windows = ordered.transpose(0, 3, 4, 5, 1, 2)

    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=col.dtype)
    for fy in range(filter_h):
        rows = slice(fy, fy + stride * out_h, stride)
        for fx in range(filter_w):
            columns = slice(fx, fx + stride * out_w, stride)
            padded[:, :, rows, columns] += windows[:, :, fy, fx]
    return padded[:, :, pad : pad + H, pad : pad + W]
    ### END SOLUTION


# %% name="check_col2im" tags=["check"]
def check_col2im():
    image = col2im(np.array([[0.0, 1, 4, 5], [2, 3, 6, 7]]), (1, 1, 2, 4), 2, 2, 2, 0)
    assert isinstance(image, np.ndarray), tr(
        "col2im must return an array. Did you forget the return?",
        "col2imは配列を返す必要があります。returnを忘れていませんか。",
    )
    assert image.shape == (1, 1, 2, 4), tr(
        f"The shape is {image.shape}, but should be input_shape, (1, 1, 2, 4).",
        f"形状が{image.shape}になっています。input_shapeと同じ(1, 1, 2, 4)になるはずです。",
    )
    assert image.any(), tr(
        "No window was added to the image. How far do your loops go: do they reach the last window?",
        "画像にどの窓も足し込まれていません。ループは最後の窓まで届いていますか。",
    )
    assert image[0, 0, 1, 3], tr(
        "The last column is empty. How many pixels are the two windows apart?",
        "最後の列が空です。2つの窓は何画素離れていますか。",
    )
    assert np.array_equal(image[0, 0], [[0, 1, 2, 3], [4, 5, 6, 7]]), tr(
        "Two windows side by side land in the wrong place. Which shape did im2col have before its "
        "reshape, and which came first there, fy or fx?",
        "左右に並ぶ2つの窓が正しい場所に戻っていません。im2colのreshapeの直前の形状と、fyとfxの順番を"
        "確かめてください。",
    )

    counts = col2im(np.ones((4, 9)), (1, 1, 4, 4), 3, 3)[0, 0]
    assert not np.array_equal(counts, np.ones((4, 4))), tr(
        "Every pixel got 1: where windows meet, numbers must be added, not overwritten or averaged.",
        "どの画素も1になっています。窓が重なるところの値は、上書きや平均ではなく、足し合わせてください。",
    )
    overlaps = [[1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1]]
    assert np.array_equal(counts, overlaps), tr(
        f"Ones should count the windows, {overlaps}, but you have\n{counts}",
        f"すべて1の行列からは窓の個数{overlaps}が得られるはずですが、次のようになっています。\n{counts}",
    )

    image = col2im(np.arange(16.0).reshape(2, 8), (1, 2, 2, 4), 2, 2, 2, 0)
    channels = [[[0, 1, 8, 9], [2, 3, 10, 11]], [[4, 5, 12, 13], [6, 7, 14, 15]]]
    assert np.array_equal(image[0], channels), tr(
        "Two channels are mixed up. In which order did im2col write (n, out_y, out_x, c, fy, fx)?",
        "2つのチャンネルが混ざっています。im2colでは(n, out_y, out_x, c, fy, fx)をどの順に書きましたか。",
    )

    counts = col2im(np.ones((9, 9)), (1, 1, 3, 3), 3, 3, 1, 1)
    assert counts.shape == (1, 1, 3, 3), tr(
        f"With pad 1 the shape is {counts.shape}, but the padding does not belong to the image.",
        f"pad=1のとき、形状が{counts.shape}になっています。パディングは元の画像に含まれません。",
    )
    assert not np.array_equal(counts[0, 0], [[1, 2, 3], [2, 4, 6], [3, 6, 9]]), tr(
        "Your image is shifted: where in the padded image does the original begin?",
        "画像がずれています。パディング後の画像の中で、元の画像はどこから始まりますか。",
    )
    assert np.array_equal(counts[0, 0], [[4, 6, 4], [6, 9, 6], [4, 6, 4]]), tr(
        f"With pad 1 the corners are in 4 windows, the centre is in 9, but you have\n{counts[0, 0]}",
        f"pad=1のとき、角は4個、中央は9個の窓に入りますが、次のようになっています。\n{counts[0, 0]}",
    )

    counts = col2im(np.ones((4, 9)), (1, 1, 6, 6), 3, 3, 2, 0)[0, 0]
    assert counts.shape == (6, 6), tr(
        f"No window sees the last line of a 6x6 image, but it is still there: not {counts.shape}.",
        f"6×6の画像の最後の行はどの窓にも入りませんが、なくなりはしません。{counts.shape}ではありません。",
    )
    assert np.array_equal(counts[2], [2, 2, 4, 2, 2, 0]), tr(
        f"With stride 2 line 2 should count [2 2 4 2 2 0] windows, but is {counts[2]}.",
        f"ストライド2のとき、2行目の窓の個数は[2 2 4 2 2 0]のはずですが、{counts[2]}になっています。",
    )

    dtype = col2im(np.ones((4, 9), dtype=np.float32), (1, 1, 4, 4), 3, 3).dtype
    assert dtype == np.float32, tr(
        f"float32 went in and {dtype} came out.",
        f"float32を渡したのに{dtype}が返りました。",
    )
    print(
        tr(
            "All visible checks of col2im passed. Grading also tries other shapes.",
            "col2imの確認はすべて通りました。採点では、ほかの形状の入力も試します。",
        )
    )


check_col2im()

# %% [markdown] lang="en"
# ## How often is a pixel seen?
#
# `col2im` of a matrix of ones counts the windows. **Predict** each of the five images before you look: which pixels count
# most when windows overlap, what does padding do for the border, and what is left over when the stride does not divide? Where
# `ipywidgets` is installed, sliders below let you try any other setting. For which ones is every pixel seen equally often?

# %% [markdown] lang="ja"
# ## 画素はいくつの窓に入っているか
#
# すべて1の行列に`col2im`を使うと、窓の個数を数えられます。図を見る前に、5つの場合がそれぞれどうなるか**予想**してみてください。窓が重なるとき、いちばん多く数えられるのはどこの画素でしょうか。パディングがあると縁の画素はどう変わるでしょうか。ストライドで割り切れないときは、何が余るでしょうか。`ipywidgets`がインストールされていれば、図の下のスライダーで、ほかの設定も試せます。どの画素も同じ個数になるのは、どんなときでしょうか。


# %% name="overlap_counts" tags=["demo"]
def window_counts(size, filter_size, stride, pad):
    shape = (1, 1, size, size)
    col = im2col(np.ones(shape), filter_size, filter_size, stride, pad)
    return len(col), col2im(np.ones_like(col), shape, filter_size, filter_size, stride, pad)[0, 0]


def show_overlap_counts(*cases):
    fig, axes = plt.subplots(1, len(cases), figsize=(2.8 * len(cases), 3.6), squeeze=False)
    for ax, (size, k, stride, pad) in zip(axes[0], cases, strict=True):
        windows, counts = window_counts(size, k, stride, pad)
        title = figure_text(
            f"filter {k}, stride {stride}, pad {pad}\n{windows} windows",
            f"フィルター{k}、ストライド{stride}、\nパディング{pad}：窓{windows}個",
        )
        draw_numbers(ax, counts, counts / 6, title)
    fig.tight_layout()
    plt.show()


def overlap_sliders():
    try:
        from ipywidgets import IntSlider, interact
    except ImportError:
        return
    style = {"description_width": "8em"}
    interact(
        lambda filter_size, stride, pad: show_overlap_counts((6, filter_size, stride, pad)),
        filter_size=IntSlider(3, 1, 5, description=tr("filter", "フィルター"), style=style),
        stride=IntSlider(1, 1, 4, description=tr("stride", "ストライド"), style=style),
        pad=IntSlider(0, 0, 3, description=tr("pad", "パディング"), style=style),
    )


show_overlap_counts((4, 3, 1, 0), (4, 3, 1, 1), (4, 2, 2, 0), (6, 3, 2, 0), (6, 2, 3, 0))
overlap_sliders()

# %% [markdown] lang="en"
# ## A test without a known answer
#
# How could you test `col2im` on large random inputs, without knowing the right answer? Weigh every entry of `im2col(x)` by a
# number `c`, and add up:
#
# $$\sum_{\text{entries}} \text{im2col}(x)\cdot c \;=\; \sum_{\text{pixels}} x\cdot \text{col2im}(c)$$
#
# Both sides are the *same* sum of products. On the left it is sorted by entries of the matrix, on the right by pixels: all
# the weights of one pixel's copies are collected first, and that is `col2im`. Mathematicians say that the two functions are
# **adjoint**. The equation must hold for *any* `x` and `c`, so random numbers make a strict test.

# %% [markdown] lang="ja"
# ## 正解を知らなくてもできるテスト
#
# 大きな乱数の入力で`col2im`をテストしたいのに、正しい答えがわからないとしたら、どうすればよいでしょうか。`im2col(x)`の各要素に重み`c`を掛けて、すべて足してみます。
#
# $$\sum_{\text{行列の要素}} \text{im2col}(x)\cdot c \;=\; \sum_{\text{画素}} x\cdot \text{col2im}(c)$$
#
# 左辺と右辺は、同じ積の和を別の順序でまとめたものです。左辺は行列の要素ごとに、右辺は画素ごとにまとめています。右辺では、1つの画素の写しに付いた重みを先に集めますが、これがまさに`col2im`の計算です。数学では、2つの写像は互いに**随伴**であるといいます。この等式はどんな`x`と`c`についても成り立たなければならないので、乱数を使うと厳しいテストになります。


# %% name="adjoint" tags=["demo"]
def show_adjoint():
    rng = np.random.default_rng(1)
    print(
        tr(
            "shape          filter  stride  pad    sum im2col(x)*c    sum x*col2im(c)",
            "左から：形状、フィルター、ストライド、パディング、im2col(x)*cの和、x*col2im(c)の和",
        )
    )
    for shape, filter_h, filter_w, stride, pad in (
        ((1, 1, 4, 4), 3, 3, 1, 0),
        ((2, 3, 7, 7), 3, 3, 1, 1),
        ((2, 3, 5, 8), 2, 3, 2, 0),
        ((3, 2, 9, 6), 4, 2, 3, 2),
    ):
        x = rng.standard_normal(shape)
        c = rng.standard_normal(im2col(x, filter_h, filter_w, stride, pad).shape)
        by_entry = np.sum(im2col(x, filter_h, filter_w, stride, pad) * c)
        by_pixel = np.sum(x * col2im(c, shape, filter_h, filter_w, stride, pad))
        print(
            f"{shape!s:14} {filter_h}x{filter_w} {stride:7} {pad:6} {by_entry:16.10f} {by_pixel:18.10f}"
        )


show_adjoint()

# %% [markdown] lang="en"
# ## Questions to think about
#
# Nobody collects your answers. Think first, then open the answers.
#
# 1. Suppose the columns ran over (fy, fx, c) instead of (c, fy, fx). Would a convolution still be possible? What else would
#    have to change?
#    <details><summary>Answer</summary>Yes, if the filters are flattened in the same order:
#    <code>W.transpose(0, 2, 3, 1).reshape(F, -1)</code>. All that matters is that both agree; this is how libraries that store
#    the channel last do it.</details>
# 2. For which stride is `col` exactly as large as the image, and what is then `col2im(im2col(x))`?
#    <details><summary>Answer</summary>When the stride equals the (square) filter's size and divides the image, without
#    padding: every pixel has one copy, and <code>col2im(im2col(x))</code> is <code>x</code>.</details>
# 3. Why nine times the memory for VGG? How much would it be with stride 2? With a 7 × 7 filter?
#    <details><summary>Answer</summary>About FH·FW/stride²: 9, then 9/4, and 49.</details>
# 4. How many times does the body of the innermost loop run in your `im2col` for VGG's first layer? How many times would it
#    run in a loop over windows?
#    <details><summary>Answer</summary>9 against 50,176. The same numbers are copied, but by NumPy and not by Python.</details>
# 5. A classmate's `col2im` uses `=` instead of `+=` and passes every test with a 2 × 2 filter and stride 2. Which test would
#    you show them?
#    <details><summary>Answer</summary>Any in which windows overlap, such as the count 1 2 2 1 / 2 4 4 2 / …, or the adjoint
#    test.</details>
#
# ## Now you can
#
# Tick off what you can do without looking. The four questions take five minutes.
#
# - [ ] say which pixel is at a given row and column of the matrix
# - [ ] write `im2col` and `col2im`
# - [ ] say why the way back adds, and test it without a known answer
# - [ ] estimate the memory and the gain in time
#
# <details><summary>1. A batch of (2, 3, 5, 6), window 2 × 3, stride 1, no padding: what shape does the matrix have?</summary>out_h = 4,
# out_w = 4, so 2 · 4 · 4 = 32 rows and 3 · 2 · 3 = 18 columns.</details>
#
# <details><summary>2. There: which (n, out_y, out_x) is row 21, which (c, fy, fx) is column 10?</summary>Row 21 = 16 + 4 + 1:
# (1, 1, 1). Column 10 = 6 + 3 + 1: (1, 1, 1). It is the pixel at (2, 2) of channel 1 of image 1.</details>
#
# <details><summary>3. In how many windows of 2 × 2 with stride 1 is a corner, a pixel at the edge, a pixel inside?</summary>1, 2
# and 4.</details>
#
# <details><summary>4. The loss is the sum of all entries of <code>im2col(x, 2, 2)</code>. What is its gradient with respect to
# x?</summary>Those counts: every copy adds 1.</details>
#
# ## Further reading
#
# Read the first one first; it has this notebook's idea in one page.
#
# - Stanford CS231n, [Convolutional networks](https://cs231n.github.io/convolutional-networks/), the part "Implementation as
#   matrix multiplication".
# - P. Warden, [Why GEMM is at the heart of deep learning](https://petewarden.com/2015/04/20/why-gemm-is-at-the-heart-of-deep-learning/)
#   (2015).
# - S. Chetlur and others, [cuDNN](https://arxiv.org/abs/1410.0759) (2014): the same product without ever storing the whole
#   matrix.
# - V. Dumoulin, F. Visin, [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285) (2016): sizes, with pictures.
# - K. Saito, *Deep Learning from Scratch* (in Japanese), section 7.4.
#
# **Next:** in notebook 03 you build a convolution layer from these two functions, forward and backward. Keep this notebook:
# you will paste `im2col` and `col2im` there.

# %% [markdown] lang="ja"
# ## 考えてみよう
#
# 解答を提出する必要はありません。まず自分で考えてから、答えを開いてください。
#
# 1. もし列の順番が(c, fy, fx)ではなく(fy, fx, c)だったら、畳み込みは計算できないでしょうか。できるとすれば、ほかに何を変える必要があるでしょうか。
#    <details><summary>答え</summary>計算できます。フィルターも<code>W.transpose(0, 2, 3, 1).reshape(F, -1)</code>のように同じ順番で1列に並べればよいのです。大切なのは両者の順番がそろっていることです。チャンネルを最後の軸に置くライブラリーでは、実際にこの順番を使います。</details>
# 2. `col`が画像とちょうど同じ大きさになるのは、ストライドがいくつのときでしょうか。そのとき`col2im(im2col(x))`はどうなるでしょうか。
#    <details><summary>答え</summary>パディングがなく、ストライドが（正方形の）フィルターの大きさと等しく、画像をちょうど割り切るときです。どの画素も写しが1つだけなので、<code>col2im(im2col(x))</code>は<code>x</code>そのものになります。</details>
# 3. VGGではなぜメモリーが9倍になるのでしょうか。ストライドが2なら何倍でしょうか。フィルターが7×7なら何倍でしょうか。
#    <details><summary>答え</summary>およそFH·FW/stride²倍です。3×3なら9倍、ストライドが2なら9/4倍、7×7のフィルターなら49倍になります。</details>
# 4. VGGの最初の層では、あなたの`im2col`のいちばん内側のループは何回実行されるでしょうか。窓ごとにループを回したら何回になるでしょうか。
#    <details><summary>答え</summary>9回と50,176回です。写す値の個数は同じですが、写す作業をPythonではなくNumPyがまとめて行います。</details>
# 5. 友人の`col2im`は`+=`ではなく`=`を使っていますが、2×2のフィルターでストライド2のテストにはすべて合格しています。どんなテストを見せれば、間違いに気付いてもらえるでしょうか。
#    <details><summary>答え</summary>窓が重なる例なら何でもかまいません。個数が1 2 2 1 / 2 4 4 2 / …となる例や、随伴のテストがよいでしょう。</details>
#
# ## できるようになったこと
#
# 何も見ずにできるものに、印を付けてください。4つの問いは5分もあれば解けます。
#
# - [ ] 行列の何行目の何列目にどの画素が入るかを答えられる
# - [ ] `im2col`と`col2im`を書ける
# - [ ] 逆向きで足し合わせる理由を説明し、正解を知らなくてもテストできる
# - [ ] 必要なメモリーと、速さの違いを見積もれる
#
# <details><summary>1. 形状(2, 3, 5, 6)のバッチに、2×3の窓をストライド1、パディングなしで置くと、行列の形状はどうなりますか。</summary>out_h = 4、out_w = 4なので、行は2·4·4 = 32、列は3·2·3 = 18です。</details>
#
# <details><summary>2. 同じ例で、21行目の(n, out_y, out_x)と、10列目の(c, fy, fx)は何ですか。</summary>21 = 16 + 4 + 1なので(1, 1, 1)、10 = 6 + 3 + 1なので(1, 1, 1)です。画像1のチャンネル1の、(2, 2)の画素が入ります。</details>
#
# <details><summary>3. 2×2の窓をストライド1で動かすとき、角の画素、縁の画素、内側の画素は、それぞれいくつの窓に入りますか。</summary>1個、2個、4個です。</details>
#
# <details><summary>4. <code>im2col(x, 2, 2)</code>の全要素の和を損失とすると、xについての勾配は何ですか。</summary>3で数えた窓の個数です。写し1つにつき1ずつ足されるからです。</details>
#
# ## さらに学ぶには
#
# まず、本の7.4節を読むのがお勧めです。このノートブックと同じ考え方が、別の言葉で説明されています。
#
# - 斎藤康毅『ゼロから作るDeep Learning』（オライリー・ジャパン、2016年）の7.4節
# - スタンフォード大学CS231nの講義ノート: [Convolutional networks](https://cs231n.github.io/convolutional-networks/)の「Implementation as matrix multiplication」
# - P. Warden: [Why GEMM is at the heart of deep learning](https://petewarden.com/2015/04/20/why-gemm-is-at-the-heart-of-deep-learning/)（2015年）
# - S. Chetlurほか: [cuDNN](https://arxiv.org/abs/1410.0759)（2014年）。行列全体を一度も作らずに、同じ行列積を計算する方法です。
# - V. Dumoulin, F. Visin: [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285)（2016年）。出力の大きさが図でわかります。
#
# **次のノートブック** 03では、この2つの関数を使って、畳み込み層の順伝播と逆伝播を作ります。`im2col`と`col2im`を貼り付けて使うので、このノートブックは取っておいてください。
