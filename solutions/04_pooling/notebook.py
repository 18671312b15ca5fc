# %% name="author" tags=["author"]
from autograder.course.author import earlier, figure_text, tr

globals().update(earlier("02_im2col", "im2col", "col2im"))

# %% [markdown] lang="en"
# # 04 Pooling: keep the strongest answer
#
# A convolution asks the same question at every place of an image: *how well does my filter match here?* Neighbouring places
# give almost the same answer. A pooling layer looks at a small window of those answers and keeps one of them: in **max
# pooling**, the largest. The map shrinks, what was found stays, and only its exact place becomes blurred.
#
# In this notebook you write one class, `Pooling`, and meet a surprise on the way: the zeros with which a convolution pads its
# images would ruin a maximum.
#
# **After this notebook you can**
#
# - work out the size of a pooled map, with stride, padding and left-over rows;
# - pool a whole batch without a loop over pixels, on top of your own `im2col`;
# - say why the border must *not* be filled with zeros here;
# - send a gradient backwards through a maximum, also where windows overlap and where values tie;
# - say what pooling is good for, and where its promises end.
#
# **You need** your `im2col` and `col2im` from notebook 02, NumPy's `reshape`, `transpose` and `argmax`, and of calculus only
# the chain rule.
#
# | | you write | points | difficulty | time |
# |---|---|---|---|---|
# | Exercise 1 | `Pooling.forward` | 6 | ★★☆ | about 40 minutes |
# | Exercise 2 | `Pooling.backward` | 8 | ★★★ | about 60 minutes |
#
# Reading and looking at the figures takes another 40 minutes. At each exercise, ●●● marks what later parts rest on.
#
# **How it is graded.** As before: leave the names of the class and its methods, and the order of the arguments, as they are.
# The checks are there to help, and they are *not all of it*: grading uses your class with other shapes, windows, strides and
# paddings, each worth its own points.

# %% [markdown] lang="ja"
# # 04 プーリング：いちばん強い反応を残す
#
# 畳み込み層は、画像のあらゆる場所で「ここは自分のフィルターにどのくらい似ているか」を調べます。隣り合う場所の答えは、たいていよく似ています。そこでプーリング層では、答えの並んだマップを小さな窓に区切り、窓ごとに値を1つだけ残します。最大値を残すのが**最大プーリング**（max pooling）です。マップは小さくなりますが、何が見つかったかは残ります。ぼやけるのは、細かい位置だけです。
#
# このノートブックでは、`Pooling`というクラスを1つ書きます。途中で、意外な落とし穴に出会うはずです。畳み込みで使っていた0によるパディングが、最大値とは相性が悪いのです。
#
# **このノートブックの目標**
#
# - ストライドやパディング、余りの行があっても、プーリング後の大きさを求められる
# - 自作の`im2col`を使い、画素ごとのループなしでバッチ全体をプーリングできる
# - ここではマップの周りを0で埋めてはいけない理由を説明できる
# - 最大値を取る計算の逆伝播を、窓が重なる場合や最大値が複数ある場合も含めて実装できる
# - プーリングが何の役に立つのか、どこまで期待してよいのかを説明できる
#
# **必要な知識** ノートブック02で書いた`im2col`と`col2im`。NumPyの`reshape`、`transpose`、`argmax`。微分については連鎖律だけです。
#
# | | 書くもの | 配点 | 難しさ | 目安の時間 |
# |---|---|---|---|---|
# | 演習1 | `Pooling.forward` | 6 | ★★☆ | 40分 |
# | 演習2 | `Pooling.backward` | 8 | ★★★ | 60分 |
#
# このほかに、説明を読み、図を眺める時間が40分ほどかかります。各演習の重要度●●●は、その先の内容の土台になることを表します。
#
# **採点について** これまでと同じです。クラスとメソッドの名前、引数の順番は変えないでください。確認用のセルは手助けのためのもので、採点のすべてではありません。採点では、ほかの形状、窓、ストライド、パディングでもクラスを使い、項目ごとに点を付けます。

# %% [markdown] lang="en"
# **Conventions of this course** (other books and libraries may differ)
#
# - Batches of maps have the shape `(N, C, H, W)`: images, channels, height, width.
# - The window moves by `stride` pixels in both directions (2 by default), and only whole windows count.
# - Padding can **never** win a maximum. `pad` is at most half the window (as in PyTorch), so every window holds at least one
#   real pixel.
# - If several pixels of a window share the maximum, the **first** one in reading order (top row first, left to right) takes
#   the gradient.
# - Methods keep the dtype (`float32` in, `float32` out) and never change their inputs.

# %% [markdown] lang="ja"
# **この教材での約束**（本やライブラリーによっては異なることがあります）
#
# - マップはバッチにまとめ、形状は`(N, C, H, W)`とします。順に、画像の枚数、チャンネル数、高さ、幅です。
# - 窓は縦横とも`stride`画素ずつ動かします（指定がなければ2）。マップからはみ出す窓は数えません。
# - パディングが最大値に選ばれることは決してありません。`pad`はPyTorchと同じく窓の半分以下とするので、どの窓にも本物の画素が少なくとも1つ入ります。
# - 窓の中に最大値が複数あるときは、文章を読む順（上の行から、左から右）で最初のものだけが勾配を受け取ります。
# - dtypeは変えません（`float32`を渡せば`float32`が返る）。また、受け取った配列を書き換えることもしません。

# %% name="setup" tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

np.set_printoptions(linewidth=120, precision=3, suppress=True)


# %% name="drawing" tags=["demo"]
def draw_numbers(ax, table, shade=None, title="", fontsize=11):
    table = np.asarray(table, dtype=float)
    shade = np.zeros(table.shape) if shade is None else np.asarray(shade)
    ax.imshow(shade, cmap="Greys", vmin=0, vmax=2.5)
    for (row, column), value in np.ndenumerate(table):
        text = "-inf" if np.isneginf(value) else f"{value:g}"
        color = "white" if shade[row, column] >= 1.8 else "black"
        size = fontsize * (0.75 if len(text) > 3 else 1)
        ax.text(column, row, text, ha="center", va="center", fontsize=size, color=color)
    ax.set_xticks(np.arange(table.shape[1] + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(table.shape[0] + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="0.6", linewidth=0.8)
    ax.tick_params(which="both", length=0, labelsize=8)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title, fontsize=10)


def draw_frame(ax, top, left, height, width, style="-", inset=0.0):
    corner = (left - 0.5 + inset, top - 0.5 + inset)
    size = (width - 2 * inset, height - 2 * inset)
    ax.add_patch(plt.Rectangle(corner, *size, fill=False, lw=2.5, ls=style, clip_on=False))


def mark_winners(table, height, width, stride):
    marks = np.zeros(np.shape(table))
    for top in range(0, marks.shape[0] - height + 1, stride):
        for left in range(0, marks.shape[1] - width + 1, stride):
            place = np.argmax(table[top : top + height, left : left + width])
            marks[top + place // width, left + place % width] = 2
    return marks


# %% [markdown] lang="en"
# ## Do you remember?
#
# Answer from memory before you open the answers. Whatever was hard is worth another look now.
#
# 1. One row of `im2col`'s matrix, for an image with 3 channels and a 2 × 2 window: how many numbers, in which order? (02)
#    <details><summary>Answer</summary>12, ordered (c, fy, fx): the four of channel 0, then those of channels 1 and 2.</details>
# 2. Why did `col2im` give 1, 2, 2, 1 / 2, 4, 4, 2 / … for ones? (02)
#    <details><summary>Answer</summary>It adds, so it counts the windows that see each pixel.</details>
# 3. What does a layer's `backward` return: the gradient with respect to what, and in what shape? (03)
#    <details><summary>Answer</summary>With respect to the input of the last <code>forward</code>, in the shape of that
#    input.</details>
#
# ## 1. The largest of each window
#
# Take one map with the numbers 0 to 63 and lay a window of 2 × 2 on it. Write down the largest of the four numbers, move the
# window two columns on, write down the largest again, and so on, row after row. The size of the window is `pool_h` ×
# `pool_w`, the step is the `stride`.

# %% [markdown] lang="ja"
# ## 思い出してみよう
#
# 答えを開く前に、何も見ずに答えてください。難しかったところは、今のうちに見直しておきましょう。
#
# 1. 3チャンネルの画像に2×2の窓を置くとき、`im2col`の行列の1行には、値が何個、どんな順に並びますか（02）。
#    <details><summary>答え</summary>12個が(c, fy, fx)の順に並びます。チャンネル0の4個、次にチャンネル1、チャンネル2の順です。</details>
# 2. すべて1の行列に`col2im`を使うと、なぜ1、2、2、1 / 2、4、4、2 / …となるのでしたか（02）。
#    <details><summary>答え</summary>足し合わせるので、それぞれの画素がいくつの窓に入るかが数えられるからです。</details>
# 3. 層の`backward`が返すのは、何についての損失の勾配ですか。形状はどうなりますか（03）。
#    <details><summary>答え</summary>直前の<code>forward</code>の入力についての勾配で、形状はその入力と同じです。</details>
#
# ## 1. 窓ごとの最大値
#
# 0から63までの値が並んだマップに、2×2の窓を置きます。窓に入った4つの値のうち最大のものを書き出し、窓を右へ2列ずらして、また最大値を書き出します。これを上の行から順に繰り返します。窓の大きさが`pool_h`×`pool_w`、ずらす幅が`stride`（ストライド）です。


# %% name="picture_of_windows" tags=["demo"]
def draw_windows():
    grid = np.arange(64).reshape(8, 8)
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4.7), width_ratios=[2, 1])
    title = figure_text("x: 16 windows, dark = the largest", "x：16個の窓、濃いのが最大値")
    draw_numbers(left, grid, mark_winners(grid, 2, 2, 2), title)
    for window in range(16):
        draw_frame(left, window // 4 * 2, window % 4 * 2, 2, 2)
    title = figure_text("out: 4 × 4", "out：4×4")
    draw_numbers(right, grid[1::2, 1::2], np.full((4, 4), 2), title)
    fig.tight_layout()
    plt.show()


draw_windows()

# %% [markdown] lang="en"
# The output begins with 9, 11, 13, 15. Every channel of every image is pooled **by itself**: a second channel with the
# numbers 64 to 127 gives a second map, which begins with 73, 75, 77, 79. Pooling never mixes channels. And it has **no
# weights**: there is nothing in it to learn.
#
# ### What is it good for?
#
# Three reasons are usually given. Each is right, and each has a limit.
#
# 1. **Small shifts matter less.** You saw it in notebook 01: what moves inside its window does not change the output, what
#    crosses the border of its window moves the output by one cell. In section 6 you will measure how far the tolerance goes.
# 2. **Less work for the layers after it.** Windows of 2 × 2 with stride 2 leave a quarter of the numbers, so the next
#    convolution has a quarter of the places to visit. And a 3 × 3 filter after the pooling looks twice as far across the
#    image.
# 3. **Fewer weights, and so less overfitting, to a degree.** The saving is in the first fully connected layer. The network of
#    notebook 06 makes 30 maps of 24 × 24, that is 17,280 numbers; pooling leaves 30 · 12 · 12 = 4,320. With 100 units there,
#    these are 432,000 weights in place of 1,728,000. The filters of the convolutions keep all their weights.
#
# The price: three numbers out of four are thrown away, and with them the place inside the window.
#
# ## 2. The size of the output
#
# The window slides over the **padded** map, so the formula is the one you know:
#
# $$\mathrm{out\_h} = \left\lfloor\frac{H + 2\,\text{pad} - \mathrm{pool\_h}}{\text{stride}}\right\rfloor + 1
# \qquad
# \mathrm{out\_w} = \left\lfloor\frac{W + 2\,\text{pad} - \mathrm{pool\_w}}{\text{stride}}\right\rfloor + 1$$
#
# Two things in it are easily lost.
#
# - **`2*pad`.** As long as `pad` is 0, nobody notices that it is missing.
# - **The floor.** A window that does not fit as a whole is not used. A map of 5 × 5 with 2 × 2 windows and stride 2 gives
#   2 × 2: no window reads its last row and its last column (light grey below).

# %% [markdown] lang="ja"
# 出力は9、11、13、15から始まります。プーリングは、画像ごと、チャンネルごとに別々に行います。たとえば2つ目のチャンネルに64から127までの値が並んでいれば、2枚目の出力マップは73、75、77、79から始まります。チャンネルどうしが混ざることはありません。また、プーリング層には重みがないので、学習するものは何もありません。
#
# ### 何の役に立つのか
#
# よく挙げられる理由は3つあります。どれも正しいのですが、それぞれに限界があります。
#
# 1. **小さな位置のずれに強くなる。** ノートブック01で見たとおり、窓の中で動くだけなら出力は変わらず、窓の境目を越えると出力も1マス動きます。どの程度のずれまで許されるのかは、6節で実際に測ります。
# 2. **後ろの層の計算が減る。** 窓が2×2でストライドが2なら、残る値は4分の1です。次の畳み込みで調べる場所も4分の1になります。さらに、プーリングの後ろに置いた3×3のフィルターは、元の画像の2倍の範囲を見渡せます。
# 3. **重みが減るので、ある程度は過学習を抑えられる。** 過学習とは、訓練データだけに合わせすぎて、新しいデータに弱くなることです。減るのは、最初の全結合層の重みです。ノートブック06のネットワークでは24×24のマップが30枚、つまり17,280個の値が得られますが、プーリングすると30·12·12 = 4,320個になります。その層に100ユニットあれば、重みは1,728,000個から432,000個に減ります。一方、畳み込み層のフィルターの重みは、1つも減りません。
#
# 代償もあります。4つの値のうち3つは捨てられ、窓の中のどこにあったのかという情報も一緒に失われます。
#
# ## 2. 出力の大きさ
#
# 窓が動くのはパディング後のマップの上なので、計算式はこれまでと同じです。
#
# $$\mathrm{out\_h} = \left\lfloor\frac{H + 2\,\text{pad} - \mathrm{pool\_h}}{\text{stride}}\right\rfloor + 1
# \qquad
# \mathrm{out\_w} = \left\lfloor\frac{W + 2\,\text{pad} - \mathrm{pool\_w}}{\text{stride}}\right\rfloor + 1$$
#
# この式には、抜け落ちやすいところが2つあります。
#
# - **`2*pad`** `pad`が0のうちは、抜けていても気付けません。
# - **切り捨て** マップに収まらない窓は使いません。5×5のマップに2×2の窓をストライド2で置くと、出力は2×2です。最後の行と最後の列は、どの窓にも入りません（下の図では薄い灰色）。


# %% name="picture_of_sizes" tags=["demo"]
def draw_sizes():
    grid = np.arange(25).reshape(5, 5)
    unread = np.pad(np.zeros((4, 4)), ((0, 1), (0, 1)), constant_values=0.5)
    border = np.pad(np.zeros((5, 5)), 1, constant_values=0.5)
    fig, axes = plt.subplots(1, 3, figsize=(12, 4.3), width_ratios=[5, 7, 5])

    title = figure_text(
        "2 × 2, stride 2, pad 0: out 2 × 2\nlast row and column unread",
        "2×2、ストライド2、パディング0：出力2×2\n最後の行と列は使わない",
    )
    draw_numbers(axes[0], grid, unread, title)
    for window in range(4):
        draw_frame(axes[0], window // 2 * 2, window % 2 * 2, 2, 2)
    title = figure_text(
        "2 × 2, stride 2, pad 1: out 3 × 3\n(what is in the border?)",
        "2×2、ストライド2、パディング1：出力3×3\n（周りには何を入れる？）",
    )
    draw_numbers(axes[1], np.pad(grid, 1), border, title)
    for text, shade in zip(axes[1].texts, border.ravel(), strict=True):
        text.set_text("" if shade else text.get_text())
    for window in range(9):
        draw_frame(axes[1], window // 3 * 2, window % 3 * 2, 2, 2)
    title = figure_text(
        "3 × 3, stride 1, pad 0: out 3 × 3\nwindows overlap (3 of 9 drawn)",
        "3×3、ストライド1、パディング0：出力3×3\n窓が重なる（9個のうち3個を図示）",
    )
    draw_numbers(axes[2], grid, None, title)
    for left, style in enumerate(("-", "--", ":")):
        draw_frame(axes[2], 0, left, 3, 3, style, 0.07 * left)
    fig.tight_layout()
    plt.show()


draw_sizes()

# %% [markdown] lang="en"
# **Predict, then run:** work out the last line of this table by hand: a map of 7 × 10, a window 3 high and 2 wide, stride 3,
# pad 1.

# %% [markdown] lang="ja"
# **予想してから実行しましょう。** 表の最後の行を手で計算してみてください。マップは7×10、窓は高さ3、幅2、ストライドは3、パディングは1です。


# %% name="table_of_sizes" tags=["demo"]
def print_sizes():
    print(
        tr(
            "     map   window   stride   pad       out",
            "左から：マップ、窓、ストライド、パディング、出力",
        )
    )
    for height, width, pool_h, pool_w, stride, pad in (
        (8, 8, 2, 2, 2, 0),
        (5, 5, 2, 2, 2, 0),
        (5, 5, 2, 2, 2, 1),
        (5, 5, 3, 3, 1, 0),
        (112, 112, 3, 3, 2, 1),
        (224, 224, 2, 2, 2, 0),
        (7, 10, 3, 2, 3, 1),
    ):
        # en: how many places are there for the window, from the first to the last?
        # ja: 窓の左上を置ける場所を、実際に数え上げる
        rows = len(range(0, height + 2 * pad - pool_h + 1, stride))
        columns = len(range(0, width + 2 * pad - pool_w + 1, stride))
        sizes = f"{height}x{width}", f"{pool_h}x{pool_w}", f"{rows}x{columns}"
        print(f"{sizes[0]:>8} {sizes[1]:>8} {stride:>8} {pad:>5} {sizes[2]:>9}")


print_sizes()

# %% [markdown] lang="en"
# ## 3. From windows to rows
#
# Your `im2col` already cuts a batch into windows. Copy `im2col` and `col2im` from your notebook 02 into the next cell and run
# it.

# %% [markdown] lang="ja"
# ## 3. 窓を行に並べる
#
# バッチを窓に切り分けるのは、`im2col`の得意とするところです。ノートブック02で書いた`im2col`と`col2im`を次のセルに貼り付けて、実行してください。

# %% name="carry" tags=["carry"] parts=["im2col", "col2im"] source="02_im2col"
# en: Paste your im2col and col2im from notebook 02 here.
# ja: ノートブック02で書いたim2colとcol2imを、ここに貼り付けてください。

# %% [markdown] lang="en"
# <details><summary>If an earlier part of yours is not finished</summary>
#
# You need not stop here. Grading also tries this notebook with a correct <code>im2col</code> and <code>col2im</code> in place
# of yours, so that an old mistake does not cost points twice. But to <em>run</em> the notebook you need them: ask your
# instructor for the edition in which the cell above is filled in.
# </details>
#
# A row of `im2col` is one place of the window with **all channels** in it, one after another: `pool_h*pool_w` numbers of
# channel 0, then those of channel 1, and so on. A convolution wants exactly that, since a filter looks through all channels
# at once. Pooling must not mix them. But the numbers already lie in the right order: cut every row into pieces of
# `pool_h*pool_w`, and each piece is one window of one channel. A single `reshape` does that.
#
# The figure shows it for one image with two channels. Watch the **order** of the rows on the right: first the place, then the
# channel, so (n, out_y, out_x, c). You will need it when the maxima have to become maps again.

# %% [markdown] lang="ja"
# <details><summary>前のノートブックのコードが完成していない場合</summary>
#
# ここで止まる必要はありません。採点では、あなたの<code>im2col</code>と<code>col2im</code>を正しいものに置き換えた場合も試すので、以前の間違いのために二重に減点されることはありません。ただし、ノートブックを実行するにはこれらが必要です。上のセルが記入済みの版を、担当の先生からもらってください。
# </details>
#
# `im2col`の1行は窓の1つの位置に対応し、そこには全チャンネルの値が入っています。まずチャンネル0の値が`pool_h*pool_w`個、次にチャンネル1の値が同じ個数だけ、という順です。畳み込みのフィルターは全チャンネルを一度に見るので、この並びが好都合でした。プーリングでは、チャンネルを混ぜてはいけません。とはいえ、値の順番はこのままで大丈夫です。各行を`pool_h*pool_w`個ずつに切れば、その1切れが「1つのチャンネルの1つの窓」になります。`reshape`を1回使うだけです。
#
# 次の図は、2チャンネルの画像1枚の例です。右の表の行の順番に注目してください。まず位置、その次にチャンネル、つまり(n, out_y, out_x, c)の順です。最大値を並べ直してマップに戻すとき、この順番が必要になります。


# %% name="picture_of_rows" tags=["demo"]
def draw_rows():
    if "im2col" not in globals():
        print(
            tr(
                "Paste your im2col above, then run this.",
                "上のセルにim2colを貼り付けてから実行してください。",
            )
        )
        return
    first = np.array([[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8], [9, 7, 9, 3]])
    second = first.T[::-1] + 50
    table = im2col(np.stack([first, second])[np.newaxis], 2, 2, 2, 0)
    pieces = table.reshape(-1, 4)
    print(
        "im2col:",
        table.shape,
        tr("  after reshape(-1, 4):", "  reshape(-1, 4)の後："),
        pieces.shape,
    )

    fig = plt.figure(figsize=(12, 5))
    places = fig.add_gridspec(2, 3, width_ratios=[3, 6, 4])
    for channel, image in enumerate((first, second)):
        ax = fig.add_subplot(places[channel, 0])
        title = figure_text(f"channel {channel}", f"チャンネル{channel}")
        draw_numbers(ax, image, np.full((4, 4), 0.5 * channel), title)
        draw_frame(ax, 0, 0, 2, 2)
        draw_frame(ax, 0, 2, 2, 2, "--")
    ax = fig.add_subplot(places[:, 1])
    by_channel = np.repeat([[0, 0.5]], 4, axis=1)
    title = figure_text(
        "im2col: a row is a place, all channels", "im2col：1行は1つの位置の全チャンネル"
    )
    draw_numbers(ax, table, np.repeat(by_channel, 4, axis=0), title)
    draw_frame(ax, 0, 0, 1, 8)
    draw_frame(ax, 1, 0, 1, 8, "--")
    ax = fig.add_subplot(places[:, 2])
    shade = np.where(pieces == pieces.max(axis=1, keepdims=True), 2, np.tile([[0], [0.5]], (4, 4)))
    title = figure_text(
        "a row is a window of one channel\n(dark = the largest)",
        "1行は1つのチャンネルの1つの窓\n（濃いのが最大値）",
    )
    draw_numbers(ax, pieces, shade, title)
    draw_frame(ax, 0, 0, 2, 4)
    draw_frame(ax, 2, 0, 2, 4, "--")
    labels = [f"out_y={r // 4} out_x={r // 2 % 2} c={r % 2}" for r in range(8)]
    ax.set_yticks(range(8), labels, fontsize=8)
    ax.yaxis.tick_right()
    fig.tight_layout()
    plt.show()


draw_rows()

# %% [markdown] lang="en"
# ## 4. Padding must never win
#
# A convolution may fill the border with zeros: a zero adds nothing to a sum. **Predict:** what would zeros do to a maximum?
# Take the map of negative numbers below, with 2 × 2 windows, stride 2 and pad 1. How many of the nine outputs will be wrong?

# %% [markdown] lang="ja"
# ## 4. パディングを勝たせない
#
# 畳み込みでは、画像の周りを0で埋めてもかまいませんでした。和に0を足しても変わらないからです。**予想しましょう。** 最大値の場合はどうでしょうか。下の図のような負の値ばかりのマップを、2×2の窓、ストライド2、パディング1でプーリングすると、9個の出力のうちいくつが間違いになるでしょうか。


# %% name="picture_of_padding" tags=["demo"]
def draw_padding():
    negative = -np.arange(1.0, 17.0).reshape(4, 4)
    border = np.pad(np.zeros((4, 4)), 1, constant_values=0.5)
    fig, axes = plt.subplots(1, 4, figsize=(13, 3.9), width_ratios=[6, 3, 6, 3])
    for (left, right), outside in ((axes[:2], 0.0), (axes[2:], -np.inf)):
        padded = np.pad(negative, 1, constant_values=outside)
        best = mark_winners(padded, 2, 2, 2)
        out = padded[best == 2].reshape(3, 3)
        title = figure_text(f"border: {outside:g}", f"周り：{outside:g}")
        draw_numbers(left, padded, np.maximum(border, best), title, 10)
        for window in range(9):
            draw_frame(left, window // 3 * 2, window % 3 * 2, 2, 2)
        wrong = np.count_nonzero(out == 0)
        right_or_not = (
            figure_text(f"out: {wrong} of 9 wrong", f"out：9個のうち{wrong}個が間違い")
            if wrong
            else figure_text("out: all right", "out：すべて正しい")
        )
        draw_numbers(right, out, None, right_or_not, 10)
        for row, column in np.argwhere(out == 0):
            right.plot([column - 0.4, column + 0.4], [row + 0.4, row - 0.4], "k", lw=1.5)
    fig.tight_layout()
    plt.show()


draw_padding()

# %% [markdown] lang="en"
# Where all real numbers of a window are negative, a zero in the border **wins**, and the output shows a value that was nowhere
# in the map. Which number can never win? One that is smaller than every other: minus infinity, `-np.inf`. Your `im2col` pads
# with zeros. So let the pooling layer make its own border first, with `np.pad`, and then call `im2col` with `pad=0`.
#
# ## Exercise 1: `Pooling.forward`
#
# **Importance ●●●, difficulty ★★☆, about 40 minutes, 6 points.** Write the body of `forward`. **Leave `backward` alone for
# now**: you will come back to this cell for exercise 2.
#
# Half a point is for being **vectorised**: a larger map must not make more lines of Python run. Loops over images, channels
# or the places in a window are fine; your own `im2col` is not counted a second time here.
#
# <details><summary>The plan, in five steps</summary>
#
# 1. Read N, C, H, W from the shape of <code>x</code> and work out <code>out_h</code> and <code>out_w</code>. Mind the padding.
# 2. Surround the rows and columns of <code>x</code> with <code>-np.inf</code>.
# 3. Call <code>im2col</code>, and cut its rows so that there is one row for each window of each channel.
# 4. Take the maximum of every row. Keep also <em>where</em> it was: <code>backward</code> will need that.
# 5. Shape the maxima into maps, in the order in which the rows came, and bring the channels forward.
# </details>
#
# <details><summary>Hint 1: padding rows and columns only</summary>
#
# <code>np.pad</code> takes one pair (before, after) for each axis; images and channels get (0, 0). What to fill in is its
# argument <code>constant_values</code>. It returns a new array, so <code>x</code> stays as it is.
# </details>
#
# <details><summary>Hint 2: the shape of the list of maxima</summary>
#
# After step 4 you hold N·out_h·out_w·C numbers in the order (n, out_y, out_x, c). Which shape has exactly these four axes in
# this order?
# </details>
#
# <details><summary>Hint 3: from there to (N, C, out_h, out_w)</summary>
#
# A <code>reshape</code> never moves a number, it only sets new line breaks. To bring c from the last place to the second you
# need <code>transpose</code>. With how many channels would <code>reshape(N, C, out_h, out_w)</code> look right all the same?
# </details>
#
# <details><summary>Still stuck after an hour</summary>
#
# Leave the padding out at first and take one image with one channel; then two channels; then two images; the padding last.
# The check names the first thing that is missing, and each is worth points of its own.
# </details>

# %% [markdown] lang="ja"
# 窓の中の本物の値がすべて負だと、周りの0が勝ってしまい、マップのどこにもなかった値が出力に現れます。では、決して勝てない値とは何でしょうか。どんな値よりも小さいもの、つまりマイナス無限大`-np.inf`です。`im2col`のパディングは0で埋めるので、そのままでは使えません。そこで、まずプーリング層の中で`np.pad`を使って自分で周りを埋め、それから`im2col`を`pad=0`で呼び出しましょう。
#
# ## 演習1：`Pooling.forward`
#
# **重要度 ●●●／難しさ ★★☆／目安 40分／6点** `forward`の中身を書いてください。`backward`は、まだそのままにしておきます。演習2でもう一度このセルに戻ってきます。
#
# 0.5点は**ベクトル化**できているかどうかです。マップが大きくなっても、実行されるPythonの行数が増えないようにします。画像、チャンネル、窓の中の位置についてのループはかまいません。自分の`im2col`の中のループは、ここで重ねて減点されることはありません。
#
# <details><summary>手順（5段階）</summary>
#
# 1. <code>x</code>の形状からN、C、H、Wを取り出し、<code>out_h</code>と<code>out_w</code>を求める。パディングを忘れないこと。
# 2. <code>x</code>の上下左右を<code>-np.inf</code>で埋める。
# 3. <code>im2col</code>を呼び出し、1行が「1つのチャンネルの1つの窓」になるように行を切り分ける。
# 4. 各行の最大値を求める。最大値が<strong>どこにあったか</strong>も、<code>backward</code>のために保存しておく。
# 5. 行の順番どおりに最大値をマップの形に直し、チャンネルの軸を前に移す。
# </details>
#
# <details><summary>ヒント1：縦と横だけを埋めるには</summary>
#
# <code>np.pad</code>には、軸ごとに<code>(前, 後ろ)</code>の組を1つずつ渡します。画像とチャンネルの軸は(0, 0)です。埋める値は、引数<code>constant_values</code>で指定します。新しい配列が返ってくるので、<code>x</code>は変わりません。
# </details>
#
# <details><summary>ヒント2：並んだ最大値の形状</summary>
#
# 手順4を終えると、N·out_h·out_w·C個の値が(n, out_y, out_x, c)の順に並んでいます。この4つの軸がこの順に並ぶ形状は何でしょうか。
# </details>
#
# <details><summary>ヒント3：そこから(N, C, out_h, out_w)へ</summary>
#
# <code>reshape</code>は、値を動かさずに区切り方だけを変えます。最後にあるcを2番目に移すには<code>transpose</code>が必要です。いきなり<code>reshape(N, C, out_h, out_w)</code>としてもたまたま正しく見えるのは、チャンネルがいくつのときでしょうか。
# </details>
#
# <details><summary>1時間たっても解けないとき</summary>
#
# はじめはパディングを後回しにして、1チャンネルの画像1枚で試します。次に2チャンネル、その次に画像2枚、最後にパディングの順です。最初に足りないものは、確認用のセルが教えてくれます。点はそれぞれ別々に付きます。
# </details>


# %% name="pooling" tags=["stub"]
class Pooling:
    """Max pooling: the largest number of every window, in each channel by itself.

    Args:
        pool_h, pool_w: height and width of the window, in pixels.
        stride: step from one window to the next in both directions, in pixels.
        pad: rows and columns added on each of the four sides, at most half the window. They
            never win.
    --- ja ---
    最大プーリング。チャンネルごとに、各窓の最大値を取り出す。

    引数:
        pool_h, pool_w: 窓の高さと幅（画素）。
        stride: 窓を動かす間隔（画素）。縦横共通。
        pad: 上下左右のそれぞれに付け足す幅（画素）。窓の半分以下。最大値に選ばれることはない。
    """

    def __init__(self, pool_h, pool_w, stride=2, pad=0):
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad

        # en: What forward has to keep for backward. Rename it, or keep other things, as you like.
        # ja: forwardで保存し、backwardで使うもの。名前や中身は自由に変えてよい。
        self.x = None
        self.arg_max = None

    def forward(self, x):
        """Take the largest number of every window.

        Args:
            x: maps, shape (N, C, H, W), floating-point numbers. Must not be changed.

        Returns:
            Array of shape (N, C, out_h, out_w), dtype of x, where
            out_h = (H + 2*pad - pool_h) // stride + 1
            out_w = (W + 2*pad - pool_w) // stride + 1

        Raises:
            ValueError: the window is larger than the padded map (im2col says so for you).

        Example:
            >>> x = np.array([[[[1., 5., 2., 0.],
            ...                 [3., 4., 8., 7.]]]])
            >>> Pooling(2, 2, 2, 0).forward(x)
            array([[[[5., 8.]]]])
        --- ja ---
        各窓の最大値を求める。

        引数:
            x: マップ。形状(N, C, H, W)、浮動小数点数。書き換えてはいけない。

        戻り値:
            形状(N, C, out_h, out_w)、dtypeはxと同じ配列。ただし
            out_h = (H + 2*pad - pool_h) // stride + 1
            out_w = (W + 2*pad - pool_w) // stride + 1

        例外:
            ValueError: 窓がパディング後のマップより大きいとき（im2colが送出する）。

        例:
            >>> x = np.array([[[[1., 5., 2., 0.],
            ...                 [3., 4., 8., 7.]]]])
            >>> Pooling(2, 2, 2, 0).forward(x)
            array([[[[5., 8.]]]])
        """
        ### BEGIN SOLUTION
        N, C, H, W = x.shape
        p = self.pad
        out_h = (H + 2 * p - self.pool_h) // self.stride + 1
        out_w = (W + 2 * p - self.pool_w) // self.stride + 1

        # The zeros of im2col's own padding would beat negative numbers.
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
        col = im2col(padded, self.pool_h, self.pool_w, self.stride, 0)
        col = col.reshape(-1, self.pool_h * self.pool_w)

        self.x = x
        self.arg_max = np.argmax(col, axis=1)
        out = np.max(col, axis=1)
        # (n, out_y, out_x, c) -> (n, c, out_y, out_x)
        return out.reshape(N, out_h, out_w, C).transpose(0, 3, 1, 2)
        ### END SOLUTION

    def backward(self, dout):
        """Send the gradient back to the pixels that won.

        Belongs to the last forward. Of equal maxima in a window the first one in reading order
        (top row first, left to right) is the winner.

        Args:
            dout: gradient of the loss with respect to the output, shape (N, C, out_h, out_w).
                Must not be changed.

        Returns:
            Gradient of the loss with respect to x, shape (N, C, H, W), dtype of dout: for each
            pixel the sum of dout over the windows that it won, and 0 for pixels that won none.

        Example:
            >>> pool = Pooling(2, 2, 2, 0)
            >>> out = pool.forward(np.array([[[[1., 5., 2., 0.],
            ...                                [3., 4., 8., 7.]]]]))
            >>> pool.backward(np.array([[[[10., 20.]]]]))
            array([[[[ 0., 10.,  0.,  0.],
                     [ 0.,  0., 20.,  0.]]]])
        --- ja ---
        最大値だった画素に勾配を戻す。

        直前のforwardに対応する勾配を計算する。窓の中に最大値が複数あるときは、上の行から順に、
        左から右へ見て最初のものを勝者とする。

        引数:
            dout: 出力についての損失の勾配。形状(N, C, out_h, out_w)。書き換えてはいけない。

        戻り値:
            xについての損失の勾配。形状(N, C, H, W)、dtypeはdoutと同じ。各画素の値は、その画素が
            勝った窓のdoutの和。どの窓でも勝たなかった画素は0。

        例:
            >>> pool = Pooling(2, 2, 2, 0)
            >>> out = pool.forward(np.array([[[[1., 5., 2., 0.],
            ...                                [3., 4., 8., 7.]]]]))
            >>> pool.backward(np.array([[[[10., 20.]]]]))
            array([[[[ 0., 10.,  0.,  0.],
                     [ 0.,  0., 20.,  0.]]]])
        """
        ### BEGIN SOLUTION
        N, _, out_h, out_w = dout.shape
        # The rows of forward came in the order (n, out_y, out_x, c).
        flat = dout.transpose(0, 2, 3, 1).reshape(-1)
        dcol = np.zeros((flat.size, self.pool_h * self.pool_w), dtype=dout.dtype)
        dcol[np.arange(flat.size), self.arg_max] = flat

        # One row for each place again; col2im adds where windows overlap.
        dcol = dcol.reshape(N * out_h * out_w, -1)
        return col2im(dcol, self.x.shape, self.pool_h, self.pool_w, self.stride, self.pad)
        ### END SOLUTION


# %% [markdown] lang="en"
# Run the check each time you have changed the class (and have run the class cell again).

# %% [markdown] lang="ja"
# クラスを書き換えたら、まずクラスのセルを実行し直し、それから次の確認用のセルを実行してください。


# %% name="check_forward" tags=["check"]
def check_forward():
    x = np.arange(2 * 8 * 8, dtype=float).reshape(1, 2, 8, 8)
    out = Pooling(2, 2, 2, 0).forward(x)
    assert isinstance(out, np.ndarray), tr(
        "forward must return an array. Did you forget the return?",
        "forwardは配列を返す必要があります。returnを忘れていませんか。",
    )
    assert out.shape != (1, 4, 4, 2), tr(
        "Your shape is (1, 4, 4, 2): the channels are still last. Bring them to the second place.",
        "形状が(1, 4, 4, 2)です。チャンネルが最後の軸に残っています。2番目に移してください。",
    )
    assert out.shape == (1, 2, 4, 4), tr(
        f"Two channels of 8x8, window 2x2, stride 2 give (1, 2, 4, 4), yours is {out.shape}. "
        "Is there one row for each window of EACH channel?",
        f"8×8が2チャンネル、窓が2×2、ストライドが2なら(1, 2, 4, 4)ですが、{out.shape}になっています。"
        "1行が「1つのチャンネルの1つの窓」になっていますか。",
    )
    assert not np.array_equal(out[0, 0, 0], [9, 73, 11, 75]), tr(
        "The channels are mixed: the maxima come in the order (n, out_y, out_x, c). Reshape to "
        "exactly that order first, then transpose.",
        "チャンネルが混ざっています。最大値は(n, out_y, out_x, c)の順に並んでいます。まずその順の形状に"
        "reshapeし、それからtransposeしてください。",
    )
    assert np.array_equal(out[0, 0, 0], [9, 11, 13, 15]), tr(
        f"Channel 0 must begin with 9, 11, 13, 15, yours with {out[0, 0, 0]}.",
        f"チャンネル0は9、11、13、15から始まるはずですが、{out[0, 0, 0]}になっています。",
    )
    assert np.array_equal(out, x[:, :, 1::2, 1::2]), tr(
        f"Here the largest of each window is its lower right number. Your output:\n{out}",
        f"この例では、どの窓でも右下の値が最大です。あなたの出力は次のとおりです。\n{out}",
    )

    x = np.random.default_rng(4).permutation(144).reshape(2, 3, 4, 6) - 144.0
    before = x.copy()
    out = Pooling(2, 2, 2, 0).forward(x)
    for n, c in np.ndindex(2, 3):
        alone = Pooling(2, 2, 2, 0).forward(x[n : n + 1, c : c + 1])
        assert np.array_equal(out[n : n + 1, c : c + 1], alone), tr(
            f"Image {n}, channel {c} gives a different result when it is pooled alone. In which order "
            "do the maxima lie before you reshape them?",
            f"画像{n}のチャンネル{c}を単独でプーリングすると、結果が変わってしまいます。reshapeする前の"
            "最大値は、どの順に並んでいますか。",
        )
    assert np.array_equal(x, before), tr(
        "forward has changed x. Whose array do you write into?",
        "forwardがxを書き換えています。書き込んでいるのは、どの配列ですか。",
    )
    assert not np.any(out == 0), tr(
        "All numbers are negative, but your output contains 0. What is the largest of -3 and -5?",
        "値はすべて負なのに、出力に0があります。-3と-5では、どちらが大きいですか。",
    )

    x = np.array([[[[1, 2, 0, 8], [9, 4, 5, 1], [0, 6, 3, 2], [3, 1, 7, 0]]]], dtype=float)
    out = Pooling(3, 3, 1, 0).forward(x)
    assert np.array_equal(out, [[[[9, 8], [9, 7]]]]), tr(
        f"3x3 windows with stride 1 give [[9, 8], [9, 7]], yours {out.tolist()}. Do the size and "
        "im2col both use the stride of this layer?",
        f"窓が3×3、ストライドが1なら[[9, 8], [9, 7]]ですが、{out.tolist()}になっています。"
        "出力の大きさにもim2colにも、この層のストライドを使っていますか。",
    )
    out = Pooling(2, 2, 2, 0).forward(np.arange(25.0).reshape(1, 1, 5, 5))
    assert np.array_equal(out, [[[[6, 8], [16, 18]]]]), tr(
        f"5x5 with 2x2 windows, stride 2: the last row and column are left out, which gives "
        f"[[6, 8], [16, 18]]. Yours: {out.tolist()}",
        f"5×5に2×2の窓をストライド2で置くと、最後の行と列は使わないので[[6, 8], [16, 18]]です。"
        f"あなたの結果は{out.tolist()}です。",
    )

    x = np.arange(1.0, 17.0).reshape(1, 1, 4, 4)
    try:
        out = Pooling(2, 2, 2, 1).forward(x)
    except ValueError as error:
        message = tr(
            f"With pad=1 your code stops: {error}. Does out_h count the padding, on both sides?",
            f"pad=1のときにエラーになります：{error}。out_hの式に、両側のパディングは入っていますか。",
        )
        raise AssertionError(message) from error
    assert np.array_equal(out, [[[[1, 3, 4], [9, 11, 12], [13, 15, 16]]]]), tr(
        f"4x4 with pad=1 gives [[1, 3, 4], [9, 11, 12], [13, 15, 16]], yours {out.tolist()}. "
        "Which axes did you pad?",
        f"4×4でpad=1なら[[1, 3, 4], [9, 11, 12], [13, 15, 16]]ですが、{out.tolist()}になっています。"
        "どの軸にパディングしましたか。",
    )
    out = Pooling(2, 2, 2, 1).forward(-x)
    assert not np.any(out == 0), tr(
        f"All pixels are negative, but the padding has won: {out.tolist()}. Which value did you "
        "pad with, and which pad did im2col get?",
        f"画素はすべて負なのに、パディングが勝っています：{out.tolist()}。どんな値で埋めましたか。"
        "im2colには、padとしていくつを渡しましたか。",
    )
    assert np.array_equal(out, [[[[-1, -2, -4], [-5, -6, -8], [-13, -14, -16]]]]), tr(
        f"The example of section 4 comes out as {out.tolist()}.",
        f"4節の例の結果が{out.tolist()}になっています。",
    )
    print(
        tr(
            "All visible checks of forward passed. Grading also tries other shapes and windows.",
            "forwardの確認はすべて通りました。採点では、ほかの形状のマップや窓も試します。",
        )
    )


check_forward()

# %% [markdown] lang="en"
# ## 5. A real size: pooling in VGG
#
# The first block of the network VGG makes 64 maps of 224 × 224 and pools them with 2 × 2 windows and stride 2. That makes
# 112 · 112 · 64 = 802,816 windows.

# %% [markdown] lang="ja"
# ## 5. 実際の大きさ：VGGのプーリング
#
# VGGというネットワークの最初のブロックは、224×224のマップを64枚作り、それを2×2の窓、ストライド2でプーリングします。窓は全部で112·112·64 = 802,816個になります。


# %% name="vgg" tags=["demo"]
def pool_vgg():
    maps = np.random.default_rng(0).random((1, 64, 224, 224), dtype=np.float32)
    table = im2col(maps, 2, 2, 2, 0)
    print(tr("maps              ", "マップ："), maps.shape, maps.dtype)
    print(tr("im2col            ", "im2colの結果："), table.shape)
    print(tr("a row for a window", "1行を1つの窓に："), table.reshape(-1, 4).shape)
    print(tr("pooled            ", "プーリング後："), Pooling(2, 2, 2, 0).forward(maps).shape)

    print(
        tr(
            "\nMB for the matrix:  windows     numbers   float32   float64   batch of 10, float64",
            "\n左から：窓とストライド、窓の個数、値の個数、"
            "行列の大きさ（MB：float32、float64、10枚のバッチでfloat64）",
        )
    )
    for size, stride in ((2, 2), (3, 2), (3, 1)):
        windows = 64 * len(range(0, 224 - size + 1, stride)) ** 2
        numbers = windows * size * size
        print(
            tr(f"{size}x{size}, stride {stride}", f"{size}×{size}、ストライド{stride}")
            + f" {windows:>14,} {numbers:>11,} {numbers * 4 / 1e6:>9.1f} "
            f"{numbers * 8 / 1e6:>9.1f} {numbers * 80 / 1e6:>22.1f}"
        )


pool_vgg()

# %% [markdown] lang="en"
# With 2 × 2 and stride 2 every pixel lies in one window, so `im2col`'s matrix is as large as the maps: 12.8 MB in `float32`.
# Windows that overlap copy their pixels; 3 × 3 with stride 1 takes almost nine times as much. And ten images,
# `(10, 64, 224, 224)` pooled to `(10, 64, 112, 112)`, take 257 MB in `float64` for the smallest pooling there is. That is why
# it matters that `float32` stays `float32`. (Fast libraries build no matrix at all: they walk over the map and keep a running
# maximum.)
#
# ## 6. What pooling does to feature maps
#
# Now a real image. **Gabor filters** are small wave patterns, close to what trained networks have in their first layer. We
# take 64 of them (8 directions, 4 wavelengths, 2 phases), filter a photograph, set negative answers to 0 as a ReLU does, and
# pool. The three grids are drawn to the same scale, pixel for pixel.

# %% [markdown] lang="ja"
# 窓が2×2でストライドが2なら、どの画素も1つの窓にしか入りません。そのため、`im2col`の行列はマップとちょうど同じ大きさで、`float32`なら12.8MBです。窓が重なると画素の写しが増え、3×3でストライド1なら9倍近くになります。`float64`で画像を10枚まとめて扱う（`(10, 64, 224, 224)`が`(10, 64, 112, 112)`になる）と、いちばん小さなプーリングでも257MBです。`float32`を`float32`のまま保つことには、こうした意味があります（高速なライブラリーは行列を作らず、マップをたどりながら最大値を更新していきます）。
#
# ## 6. 特徴マップをプーリングする
#
# 次は実際の画像です。**ガボールフィルター**は小さな波模様のフィルターで、学習済みのネットワークの最初の層にも、よく似たものが現れます。ここでは64枚（8方向、4種類の波長、2種類の位相）を用意し、写真に適用して、ReLUのように負の値を0にしてから、プーリングします。3つの図は、1画素の大きさをそろえて描いています。


# %% name="gabor_maps" tags=["demo"]
def load_photo():
    from matplotlib import cbook

    try:
        with cbook.get_sample_data("grace_hopper.jpg") as file:
            color = plt.imread(file, format="jpg")[20:404, 70:454] / 255
    except (OSError, ImportError):
        # en: Some installations leave matplotlib's sample photograph out: draw rings instead.
        # ja: matplotlib付属の写真が入っていない環境では、代わりに同心円を描く。
        print(
            tr(
                "matplotlib's sample photograph is not installed: drawn rings are used instead.",
                "matplotlib付属の写真が入っていないので、同心円で代用します。",
            )
        )
        row, column = np.mgrid[-1:1:128j, -1:1:128j]
        return (0.5 + 0.4 * np.sin(18 * np.hypot(row, column))).astype(np.float32)
    gray = color @ [0.3, 0.59, 0.11]
    return gray.reshape(128, 3, 128, 3).mean(axis=(1, 3)).astype(np.float32)


def make_gabor_bank():
    y, x = np.mgrid[-4:5, -4:5]
    bank = []
    for wavelength in (3, 4, 6, 9):
        for phase in (0, np.pi / 2):
            for direction in np.arange(8) * np.pi / 8:
                along = x * np.cos(direction) + y * np.sin(direction)
                wave = np.cos(2 * np.pi * along / wavelength + phase)
                wave = wave * np.exp(-(x**2 + y**2) / 20)
                wave -= wave.mean()
                bank.append(wave / np.abs(wave).sum())
    return np.array(bank, dtype=np.float32)


def tiles(maps):
    # en: 64 maps side by side, each as bright as its own maximum allows (the root lifts weak answers)
    # ja: 64枚のマップを並べる。明るさはそれぞれの最大値に合わせる（平方根で弱い反応も見やすくする）
    bright = np.sqrt(maps / (maps.max(axis=(1, 2), keepdims=True) + 1e-9))
    framed = np.pad(bright, ((0, 0), (0, 1), (0, 1)), constant_values=1)
    return np.vstack([np.hstack(framed[row : row + 8]) for row in range(0, 64, 8)])


photo = load_photo()
gabor_bank = make_gabor_bank()
framed_photo = np.pad(photo, 4, mode="edge")[np.newaxis, np.newaxis]
gabor_maps = gabor_bank.reshape(64, -1) @ im2col(framed_photo, 9, 9, 1, 0).T
gabor_maps = np.maximum(gabor_maps.reshape(1, 64, 128, 128), 0)


def show_gabor_maps():
    fig, axes = plt.subplots(1, 3, figsize=(14.5, 8.2), width_ratios=[8, 4, 2])
    current = gabor_maps
    for ax, times in zip(axes, (0, 1, 1), strict=True):
        for _ in range(times):
            current = Pooling(2, 2, 2, 0).forward(current)
        side = current.shape[2]
        ax.imshow(tiles(current[0]), cmap="gray", interpolation="nearest")
        title = figure_text(f"64 maps of {side} × {side}", f"{side}×{side}が64枚")
        ax.set_title(title, fontsize=10)
        ax.set_anchor("NW")
        ax.axis("off")
        print(current.shape, tr(f"{current.size:,} numbers", f"値{current.size:,}個"))
    fig.tight_layout()
    plt.show()


show_gabor_maps()


# %% name="one_map_closely" tags=["demo"]
def show_one_map():
    fig, axes = plt.subplots(1, 5, figsize=(15, 3.5))
    top, left, side = 90, 36, 32
    axes[0].imshow(photo, cmap="gray")
    axes[0].add_patch(plt.Rectangle((left, top), side, side, fill=False, color="white", lw=2))
    axes[0].set_title(figure_text("photograph", "写真"), fontsize=10)
    current = gabor_maps[:, 32:33, top : top + side, left : left + side]
    strongest = current.max()
    for ax in axes[1:]:
        side = current.shape[2]
        ax.imshow(
            np.sqrt(current[0, 0] / strongest), "gray", interpolation="nearest", vmin=0, vmax=1
        )
        title = figure_text(
            f"{side} × {side}: {side**2:,} numbers", f"{side}×{side}：値{side**2:,}個"
        )
        ax.set_title(title, fontsize=10)
        current = Pooling(2, 2, 2, 0).forward(current)
    for ax in axes:
        ax.axis("off")
    fig.tight_layout()
    plt.show()


show_one_map()

# %% [markdown] lang="en"
# This is one of the maps, in the framed part of the photograph, before pooling and after one, two and three. The strokes
# survive and grow thicker: if any pixel of a window answers strongly, the window does. After three poolings you still see
# *that* there are upright edges and roughly where, but no longer exactly where.
#
# ### Filters that have learned
#
# The 64 waves above were designed. The next cell takes the first layer of a network that has *learned* from more than a
# million photographs: EfficientNet-Lite0, 32 filters of 3 × 3 pixels in three colours. Nobody told it about edges. Some of its
# filters compare light with dark, some one colour with its opposite; four have died in training and hold practically nothing but zeros
# (uniform grey).
#
# Trained filters expect what they were trained with: pixels brought to the range from −1 to 1, and after the convolution
# (stride 2) a *batch normalisation*, which notebook 07 explains, and a ReLU. (This network's own ReLU also cuts off at 6. The
# figure leaves that out, so that you see which edges are the strongest.) The pooling is the one that follows the first layer
# of a ResNet: 3 × 3, stride 2, **pad 1**, so your border is at work here.

# %% [markdown] lang="ja"
# これは64枚のうちの1枚で、写真の枠で囲んだ部分です。左から、プーリング前、1回、2回、3回行った後です。線は残り、しかも太くなっています。窓の中の1画素でも強く反応すれば、その窓の値が大きくなるからです。3回プーリングした後でも、縦のエッジがあること、だいたいどのあたりにあるかはわかりますが、正確な位置はもうわかりません。
#
# ### 学習で得られたフィルター
#
# 上の64枚の波は、人が設計したものです。次のセルでは、100万枚以上の写真から学習したネットワーク、EfficientNet-Lite0の最初の層を使います。3×3画素で3色ぶんのフィルターが32枚あります。エッジを見つけるように教えた人はいません。それでも、明暗を比べるもの、ある色とその反対の色を比べるものなどが、ひとりでにできています。4枚は学習の途中で働かなくなり、値がほとんど0です（一様な灰色のもの）。
#
# 学習済みのフィルターには、学習したときと同じ条件の入力を与える必要があります。画素の値を−1から1の範囲に直し、畳み込み（ストライド2）の後には**バッチ正規化**（ノートブック07で説明します）とReLUが続きます（このネットワークのReLUは、6を超える値も6に切り詰めます。図では、どのエッジがいちばん強いかが見えるように、これを省いています）。プーリングは、ResNetの最初の層の後にあるものと同じで、3×3、ストライド2、パディング1です。あなたが`-np.inf`で埋めた周りが、ここで役に立ちます。


# %% name="trained_filters" tags=["demo"]
def load_trained_layer():
    from pathlib import Path

    # en: First layer of EfficientNet-Lite0 (Apache-2.0), trained on ImageNet.
    # ja: EfficientNet-Lite0の最初の層（Apache-2.0）。ImageNetで学習したもの。
    for folder in (Path(), Path("data"), Path("../data")):
        file = folder / "efficientnet_lite0_stem.npz"
        if file.exists():
            with np.load(file) as archive:
                return dict(archive)
    return None


def load_color_photo():
    from matplotlib import cbook

    try:
        with cbook.get_sample_data("grace_hopper.jpg") as file:
            return plt.imread(file, format="jpg")[20:404, 70:454] / np.float32(255)
    except (OSError, ImportError):
        return np.repeat(photo, 3, axis=0).repeat(3, axis=1)[:, :, np.newaxis].repeat(3, axis=2)


def show_trained_filters():
    layer = load_trained_layer()
    if layer is None:
        print(
            tr(
                "efficientnet_lite0_stem.npz was not found: this figure is left out. To see it, put the "
                "file from the folder data beside this notebook (Colab: folder icon on the left, upload).",
                "efficientnet_lite0_stem.npzが見つからないので、この図は省略します。見るには、dataフォルダーにある"
                "このファイルを、ノートブックと同じ場所に置いてください（Colabでは、左のフォルダーのアイコンからアップロード）。",
            )
        )
        return
    color, filters = load_color_photo(), layer["W"]
    x = (color.transpose(2, 0, 1)[np.newaxis] * 255 - 127) / 128
    table = im2col(np.ascontiguousarray(x), 3, 3, 2, 1)
    maps = (table @ filters.reshape(32, -1).T).reshape(1, 192, 192, 32).transpose(0, 3, 1, 2)
    mean, variance, gamma, beta = (
        layer[f"_bn0.{name}"].reshape(32, 1, 1)
        for name in ("running_mean", "running_var", "weight", "bias")
    )
    maps = np.maximum(gamma * (maps - mean) / np.sqrt(variance + 1e-3) + beta, 0)
    pooled = Pooling(3, 3, 2, 1).forward(maps)
    print(tr("photograph:", "写真："), x.shape, tr("  filters:", "  フィルター："), filters.shape)
    print(tr("maps:", "マップ："), maps.shape, tr("  pooled:", "  プーリング後："), pooled.shape)

    def side_by_side(pictures):
        return np.vstack([np.hstack(pictures[row : row + 8]) for row in range(0, 32, 8)])

    def shaded(answers):
        bright = np.sqrt(answers / (answers.max(axis=(1, 2), keepdims=True) + 1e-9))
        gap = answers.shape[1] // 32
        return side_by_side(np.pad(bright, ((0, 0), (gap, gap), (gap, gap)), constant_values=1))

    strength = np.maximum(np.abs(filters).max(axis=(1, 2, 3), keepdims=True), 0.01)
    tinted = (filters / strength / 2 + 0.5).transpose(0, 2, 3, 1)
    tinted = np.pad(tinted, ((0, 0), (0, 1), (0, 1), (0, 0)), constant_values=1)
    panels = (
        (color, figure_text("photograph, 384 × 384", "写真、384×384")),
        (
            side_by_side(tinted),
            figure_text("32 filters of 3 × 3, in colour", "3×3のフィルター32枚（カラー）"),
        ),
        (shaded(maps[0]), figure_text("32 maps of 192 × 192", "192×192のマップ32枚")),
        (shaded(pooled[0]), figure_text("pooled: 96 × 96", "プーリング後：96×96")),
    )
    fig, axes = plt.subplots(2, 2, figsize=(15, 8.2))
    for ax, (picture, title) in zip(axes.flat, panels, strict=True):
        ax.imshow(picture, cmap="gray", interpolation="nearest")
        ax.set_title(title)
        ax.axis("off")
    fig.tight_layout()
    plt.show()


show_trained_filters()

# %% [markdown] lang="en"
# ### How much shift is forgiven?
#
# Back to the 64 Gabor maps. Move the photograph sideways by 0, 1, 2, … pixels and compare its maps with those of the unmoved
# one. A correlation of 1 means that they look the same, 0 that they have nothing in common. **Predict, then run:** at which
# shift does the correlation fall below a half, without pooling, and after one, two and three poolings?

# %% [markdown] lang="ja"
# ### どのくらいのずれまで許されるか
#
# 64枚のガボールフィルターのマップに戻りましょう。写真を横に0、1、2、…画素ずらし、ずらす前とマップを比べてみます。相関係数が1なら同じ見た目のマップ、0なら共通点のないマップです。**予想してから実行しましょう。** 相関係数が0.5を下回るのは、何画素ずらしたときでしょうか。プーリングなし、1回、2回、3回のそれぞれについて考えてみてください。


# %% name="how_much_shift" tags=["demo"]
def show_how_much_shift():
    def pooled(shift, times):
        maps = gabor_maps[:, :, :, 16 - shift : 112 - shift]
        for _ in range(times):
            maps = Pooling(2, 2, 2, 0).forward(maps)
        return maps.ravel()

    fig, ax = plt.subplots(figsize=(7.5, 4.5))
    names = (
        figure_text("no pooling", "プーリングなし"),
        figure_text("pooled once", "1回"),
        figure_text("pooled twice", "2回"),
        figure_text("pooled three times", "3回"),
    )
    for times, style in enumerate(("k-o", "k--s", "k-.^", "k:D")):
        alike = [np.corrcoef(pooled(0, times), pooled(s, times))[0, 1] for s in range(13)]
        ax.plot(alike, style, label=names[times], markersize=5)
    ax.axhline(0, color="0.7", linewidth=0.8)
    ax.axhline(0.5, color="0.85", linewidth=0.8)
    ax.set_xlabel(figure_text("shift of the photograph, in pixels", "写真をずらした幅（画素）"))
    ax.set_ylabel(figure_text("correlation with the unmoved maps", "ずらす前のマップとの相関係数"))
    ax.legend()
    fig.tight_layout()
    plt.show()


show_how_much_shift()

# %% [markdown] lang="en"
# Without pooling, two or three pixels are enough to make the maps look quite different. Each pooling forgives a larger shift.
# But every curve falls: a shift by a few windows is noticed after all. When a network recognises an object *anywhere*, pooling
# alone has not done it. The convolution does its share, since it answers alike at every place, and so do training images that
# show the object in many places.
#
# ## 7. Backward: who gets the gradient?
#
# `backward` receives `dout`: for each output, how much the loss would grow if that output grew a little. It has to answer the
# same for each *input* pixel. By the chain rule all we need to know is how much an output moves when a pixel in its window
# moves a little. Try it:

# %% [markdown] lang="ja"
# プーリングなしでは、2、3画素ずれただけで、マップはかなり違ったものになります。プーリングを重ねるたびに、許されるずれは大きくなります。しかし、どの曲線も結局は下がっていきます。窓何個ぶんも動けば、やはり違いが出るのです。物体がどこにあっても認識できるとすれば、それはプーリングだけの働きではありません。どの場所にも同じように反応する畳み込みと、さまざまな位置に物体が写った訓練データがあってこそです。
#
# ## 7. 逆伝播：勾配を受け取るのはどの画素か
#
# `backward`は`dout`を受け取ります。これは、それぞれの出力が少し増えたときに損失がどれだけ増えるかを表しています。`backward`は、同じことを入力の画素1つ1つについて答えなければなりません。連鎖律によれば、窓の中の画素を少し動かしたときに出力がどれだけ動くかがわかれば十分です。試してみましょう。


# %% name="nudge" tags=["demo"]
def print_nudges():
    window = np.array([3.0, 7.0, 5.0, 1.0])
    print(tr("window", "窓"), window, tr(" maximum", " 最大値"), window.max())
    for pixel, value in enumerate(window):
        moved = window.copy()
        moved[pixel] += 0.01
        slope = (moved.max() - window.max()) / 0.01
        print(
            tr(
                f"{value:g} -> {moved[pixel]:.2f}   maximum {moved.max():.2f}   slope {slope:.0f}",
                f"{value:g} → {moved[pixel]:.2f}   最大値 {moved.max():.2f}   勾配 {slope:.0f}",
            )
        )


print_nudges()

# %% [markdown] lang="en"
# Only the winner moves the maximum, and it does so one to one. The others may move as they like, as long as they do not
# overtake. So the slope is 1 for the winner and 0 for the rest, and the chain rule says:
#
# > Each number of `dout` goes, whole, to the pixel that won its window. The other pixels of that window get nothing from it.
#
# Take the map of section 1 and pretend that `dout` is the output itself. Then 9, 11, 13, 15 travel back to exactly where they
# came from, and row 1 of `dx` (the first row is row 0) reads 0, 9, 0, 11, 0, 13, 0, 15.

# %% [markdown] lang="ja"
# 最大値を動かせるのは勝者だけで、動いた分だけ最大値も動きます。ほかの画素は、勝者を追い越さないかぎり、いくら動いても最大値に影響しません。つまり、勾配は勝者が1、ほかはすべて0です。したがって、連鎖律から次のことがいえます。
#
# > `dout`の値は、その窓で勝った画素に、そっくりそのまま渡される。窓の中のほかの画素には何も渡らない。
#
# 1節のマップで見てみましょう。仮に`dout`が出力そのものだとします。すると9、11、13、15は元いた場所へ戻り、`dx`の1行目（いちばん上を0行目と数えます）は0、9、0、11、0、13、0、15になります。


# %% name="picture_of_routing" tags=["demo"]
def draw_routing():
    grid = np.arange(64).reshape(8, 8)
    best = mark_winners(grid, 2, 2, 2)
    fig, axes = plt.subplots(1, 3, figsize=(13, 4.8), width_ratios=[8, 5, 8])
    titles = (
        figure_text("forward: x, dark = the winners", "順伝播：x、濃いのが勝者"),
        figure_text("dout (here the same as out)", "dout（ここではoutと同じ）"),
        figure_text("backward: dx", "逆伝播：dx"),
    )
    draw_numbers(axes[0], grid, best, titles[0])
    draw_numbers(axes[1], grid[1::2, 1::2], np.full((4, 4), 2), titles[1])
    draw_numbers(axes[2], np.where(best, grid, 0), best, titles[2])
    for window in range(16):
        draw_frame(axes[0], window // 4 * 2, window % 4 * 2, 2, 2)
        draw_frame(axes[2], window // 4 * 2, window % 4 * 2, 2, 2)
    fig.tight_layout()
    plt.show()


draw_routing()

# %% [markdown] lang="en"
# If your row 1 reads 0, 9, 0, 25, 0, 41, 0, 57, you have the transpose of the right answer: the shape is right all the same.
#
# Two cases need care.
#
# **Overlap: who wins twice is paid twice.** With 3 × 3 windows and stride 1 a pixel lies in up to nine windows and may win
# several of them. Then it affects the loss along several paths, and the chain rule **adds** over all paths. In the figure the
# 9 wins the two windows on the left and gets 1 + 100.
#
# **Ties: one winner only.** Behind a ReLU whole windows are 0, and four pixels share the maximum. If each of them took the
# number, four times as much would come out of the window as went in. Here the **first** in reading order takes it, which is
# what `np.argmax` finds in a row of your table.

# %% [markdown] lang="ja"
# もし1行目が0、9、0、25、0、41、0、57になったら、それは正解の転置です。形状は合っているので、見落としやすい間違いです。
#
# 注意が必要な場合が2つあります。
#
# **重なり：2回勝てば、2回ぶんもらえる。** 窓が3×3でストライドが1なら、1つの画素は最大で9個の窓に入り、そのうちのいくつかで勝つことがあります。すると、その画素から損失までの経路がいくつもできます。連鎖律では、すべての経路の分を足し合わせます。次の図では、9が左側の2つの窓で勝ち、1 + 100を受け取っています。
#
# **同点：勝者は1つだけ。** ReLUの後では、窓の中がすべて0になり、4つの画素が最大値で並ぶことがよくあります。もし全員が`dout`の値を受け取ると、窓に入ってきた4倍の量が出ていくことになります。ここでは、読む順で最初の画素だけが受け取ると約束しました。表の行に`np.argmax`を使うと見つかるのが、ちょうどこの画素です。


# %% name="picture_of_overlap_and_ties" tags=["demo"]
def draw_overlap_and_ties():
    x = np.array([[1, 2, 0, 8], [9, 4, 5, 1], [0, 6, 3, 2], [3, 1, 7, 0]])
    won = np.isin(x, (7, 8, 9)) * 2
    dx = np.zeros((4, 4))
    dx[1, 0], dx[0, 3], dx[3, 2] = 101, 10, 1000
    fig, axes = plt.subplots(1, 6, figsize=(14, 3.2), width_ratios=[4, 2, 4, 2.4, 2.4, 2.4])
    titles = (
        figure_text("x: 3 × 3 windows, stride 1", "x：窓は3×3、ストライド1"),
        "dout",
        figure_text("dx: 1 + 100 for the 9", "dx：9には1 + 100"),
        figure_text("x: a tie", "x：同点"),
        figure_text("dx for dout = 6", "dout = 6のときのdx"),
        figure_text("wrong: 24 from 6", "誤り：6が24になる"),
    )
    tables = (x, [[1, 10], [100, 1000]], dx, np.zeros((2, 2)), [[6, 0], [0, 0]], np.full((2, 2), 6))
    shades = (won, None, won, None, [[2, 0], [0, 0]], None)
    for ax, table, shade, title in zip(axes, tables, shades, titles, strict=True):
        draw_numbers(ax, table, shade, title)
    for window, style in enumerate(("-", "--", "-.", ":")):
        draw_frame(axes[0], window // 2, window % 2, 3, 3, style, 0.05 + 0.06 * window)
    for slope in (1, -1):
        axes[5].plot([-0.5, 1.5], [0.5 - slope, 0.5 + slope], "k", lw=1.5)
    fig.tight_layout()
    plt.show()


draw_overlap_and_ties()

# %% [markdown] lang="en"
# Together they give a test that you can make at any time: **what goes in comes out**. The sum of `dx` equals the sum of
# `dout`, whatever window, stride and padding.
#
# ## Exercise 2: `Pooling.backward`
#
# **Importance ●●●, difficulty ★★★, about 60 minutes, 8 points.** Go back to the class of exercise 1, write the body of
# `backward`, run that cell, and come back here. You walk through `forward` from its end to its beginning.
#
# `dx` has the shape of `x` also when rows are left over; pixels that no window reads get 0. And the answer belongs to the
# *last* `forward`, also when the same object is used a second time.
#
# <details><summary>The plan, in five steps</summary>
#
# 1. Bring <code>dout</code> into the order of your rows, (n, out_y, out_x, c), as one long list.
# 2. Make a table of zeros, with a row for each window of each channel and <code>pool_h*pool_w</code> columns.
# 3. In each row put the number of <code>dout</code> into the column where the maximum was.
# 4. Reshape the table to one row for each place with all channels, as <code>im2col</code> had made it.
# 5. Let <code>col2im</code> carry everything home. It adds where windows overlap, and cuts off the padding.
# </details>
#
# <details><summary>Hint 1: one number into each row</summary>
#
# <code>table[rows, columns] = numbers</code> with two lists of indices of the same length sets one cell for each pair. One
# list is what you kept in <code>forward</code>; the other is simply 0, 1, 2, …, so <code>np.arange</code>. What does
# <code>table[:, columns] = numbers</code> do instead? Try it on a small table.
# </details>
#
# <details><summary>Hint 2: which arguments does col2im get?</summary>
#
# The windows on a padded map with pad 0 are the windows on the map itself with the real pad. So <code>col2im</code> may get
# the shape of the unpadded x and <code>self.pad</code>.
# </details>
#
# <details><summary>Hint 3: it runs, but the numbers are wrong</summary>
#
# Take <code>x = np.arange(16.).reshape(1, 1, 4, 4)</code> and a <code>dout</code> of 1, 2, 3, 4, and print <code>dx</code>
# below <code>x</code>. If that is right, take two channels. If that is right too, take 3 × 3 windows with stride 1.
# </details>
#
# <details><summary>Help by symptom, for both exercises</summary>
#
# | what you see | where to look |
# |---|---|
# | <code>cannot reshape array of size …</code>, only with <code>pad=1</code> | <code>2*pad</code> is missing in <code>out_h</code> or <code>out_w</code> |
# | <code>cannot reshape array of size …</code>, also without padding | each row still holds all channels |
# | a few numbers at the border are 0, only with padding | zeros in the border, or <code>im2col</code> got <code>pad</code> as well |
# | right for one channel, scrambled for two | order (n, out_y, out_x, c); a <code>reshape</code> in place of a <code>transpose</code> |
# | right for 2 × 2, wrong for 3 × 3 with stride 1 | the stride is taken from the window; <code>=</code> in place of <code>+=</code> |
# | an error for 2 × 3 windows only | height and width are swapped |
# | the sum of <code>dx</code> is larger than that of <code>dout</code> | ties: more than one winner |
# | right the first time, wrong the second | something from the first <code>forward</code> is still in use |
# | <code>OverflowError</code> in <code>np.pad</code> | <code>x</code> holds integers, and infinity is a floating-point number |
# </details>

# %% [markdown] lang="ja"
# この2つを合わせると、いつでも使える検算ができます。**入った分だけ出ていく**、つまり、窓やストライドやパディングが何であっても、`dx`の総和は`dout`の総和に等しくなります。
#
# ## 演習2：`Pooling.backward`
#
# **重要度 ●●●／難しさ ★★★／目安 60分／8点** 演習1のクラスに戻って`backward`の中身を書き、そのセルを実行してから、ここに戻ってきてください。`forward`の手順を、終わりから順にさかのぼります。
#
# 余りの行や列があっても、`dx`の形状は`x`と同じです。どの窓にも入らない画素の勾配は0になります。また、同じオブジェクトを2回使ったときも、勾配は直前の`forward`に対応していなければなりません。
#
# <details><summary>手順（5段階）</summary>
#
# 1. <code>dout</code>を、行と同じ(n, out_y, out_x, c)の順に並べ替え、1列に伸ばす。
# 2. 0で埋めた表を用意する。行は「1つのチャンネルの1つの窓」ごとに1行、列は<code>pool_h*pool_w</code>列。
# 3. 各行の、最大値があった列に、<code>dout</code>の値を入れる。
# 4. 表を<code>im2col</code>が作ったときの形、つまり1つの位置の全チャンネルで1行の形に戻す。
# 5. <code>col2im</code>で、すべてを元の場所に戻す。窓が重なるところでは足し合わされ、パディングは切り落とされる。
# </details>
#
# <details><summary>ヒント1：各行に1つずつ値を入れる</summary>
#
# <code>table[rows, columns] = numbers</code>のように、同じ長さの添字の並びを2つ渡すと、組ごとに1マスずつ代入されます。片方は<code>forward</code>で保存しておいたもの、もう片方は0、1、2、…、つまり<code>np.arange</code>です。<code>table[:, columns] = numbers</code>と書くとどうなるか、小さな表で試してみましょう。
# </details>
#
# <details><summary>ヒント2：col2imに渡すもの</summary>
#
# パディング後のマップにpad=0で置いた窓は、元のマップに本来のpadで置いた窓と同じものです。ですから、<code>col2im</code>にはパディング前のxの形状と<code>self.pad</code>を渡せます。
# </details>
#
# <details><summary>ヒント3：動くけれど値がおかしい</summary>
#
# <code>x = np.arange(16.).reshape(1, 1, 4, 4)</code>と、値が1、2、3、4の<code>dout</code>を使い、<code>x</code>と<code>dx</code>を上下に並べて表示してみましょう。それが正しければ2チャンネルで、それも正しければ3×3の窓、ストライド1で試します。
# </details>
#
# <details><summary>症状から原因を探す（演習1と2）</summary>
#
# | 症状 | 確かめるところ |
# |---|---|
# | <code>pad=1</code>のときだけ<code>cannot reshape array of size …</code>と出る | <code>out_h</code>か<code>out_w</code>に<code>2*pad</code>が抜けている |
# | パディングがなくても<code>cannot reshape array of size …</code>と出る | 1行に全チャンネルの値が残っている |
# | パディングがあるときだけ、端の値が0になる | 0で埋めている。または<code>im2col</code>にも<code>pad</code>を渡している |
# | 1チャンネルなら正しいが、2チャンネルではばらばらになる | (n, out_y, out_x, c)の順番。<code>transpose</code>すべきところで<code>reshape</code>している |
# | 2×2では正しいが、3×3でストライド1だと違う | ストライドに窓の大きさを使っている。<code>+=</code>とすべきところが<code>=</code>になっている |
# | 2×3の窓でだけエラーになる | 高さと幅が入れ替わっている |
# | <code>dx</code>の総和が<code>dout</code>の総和より大きい | 同点のときに勝者が2つ以上いる |
# | 1回目は正しいが、2回目は違う | 最初の<code>forward</code>で保存したものを使い続けている |
# | <code>np.pad</code>で<code>OverflowError</code>になる | <code>x</code>が整数になっている。無限大は浮動小数点数にしかない |
# </details>


# %% name="check_backward" tags=["check"]
def check_backward():
    x = np.arange(2 * 8 * 8, dtype=float).reshape(1, 2, 8, 8)
    pool = Pooling(2, 2, 2, 0)
    out = pool.forward(x)
    assert np.array_equal(out, x[:, :, 1::2, 1::2]), tr(
        "forward is not right yet. Let the check of exercise 1 pass first.",
        "forwardがまだ正しくありません。先に演習1の確認を通してください。",
    )
    dx = pool.backward(out)
    assert isinstance(dx, np.ndarray), tr(
        "backward must return an array. Did you forget the return?",
        "backwardは配列を返す必要があります。returnを忘れていませんか。",
    )
    assert dx.shape == (1, 2, 8, 8), tr(
        f"dx must have the shape of x, (1, 2, 8, 8), yours is {dx.shape}.",
        f"dxの形状はxと同じ(1, 2, 8, 8)のはずですが、{dx.shape}になっています。",
    )
    assert not np.array_equal(dx[0, 0, 1], [0, 9, 0, 25, 0, 41, 0, 57]), tr(
        "Row 1 reads 0 9 0 25 0 41 0 57, the transpose of the right answer. Where do rows and "
        "columns change places?",
        "1行目が0 9 0 25 0 41 0 57で、正解の転置になっています。行と列がどこで入れ替わっていますか。",
    )
    assert np.count_nonzero(dx[0, 0, :2, :2]) == 1, tr(
        f"In each window only one pixel gets something. Your first window:\n{dx[0, 0, :2, :2]}",
        f"勾配を受け取るのは、窓の中の1画素だけです。あなたの最初の窓は次のとおりです。\n{dx[0, 0, :2, :2]}",
    )
    assert np.array_equal(dx[0, 0, 1], [0, 9, 0, 11, 0, 13, 0, 15]), tr(
        f"Row 1 must be 0 9 0 11 0 13 0 15, yours is {dx[0, 0, 1]}. If numbers of channel 1 (73 and "
        "more) are in it: is dout in the order (n, out_y, out_x, c) before you make it a list?",
        f"1行目は0 9 0 11 0 13 0 15のはずですが、{dx[0, 0, 1]}になっています。チャンネル1の値（73以上）が"
        "混ざっているなら、1列に伸ばす前に、doutを(n, out_y, out_x, c)の順に並べ替えましたか。",
    )

    rng = np.random.default_rng(9)
    x = rng.permutation(144).reshape(2, 3, 4, 6) - 70.0
    dout = rng.standard_normal((2, 3, 2, 3))
    pool = Pooling(2, 2, 2, 0)
    pool.forward(x)
    dx = pool.backward(dout)
    for n, c in np.ndindex(2, 3):
        alone = Pooling(2, 2, 2, 0)
        alone.forward(x[n : n + 1, c : c + 1])
        expected = alone.backward(dout[n : n + 1, c : c + 1])
        assert np.array_equal(dx[n : n + 1, c : c + 1], expected), tr(
            f"Image {n}, channel {c} gets a different gradient when it is alone. Does each row "
            "get exactly one number, and do dout and the rows of forward come in the same order?",
            f"画像{n}のチャンネル{c}を単独で計算すると、勾配が変わってしまいます。各行に値が1つずつ入り、"
            "doutの値とforwardの行が同じ順番に並んでいますか。",
        )
    pool.forward(x[::-1])
    assert np.array_equal(pool.backward(dout[::-1]), dx[::-1]), tr(
        "The same object, used a second time, still answers for the first forward. What do you "
        "keep, and when?",
        "同じオブジェクトを2回目に使ったとき、最初のforwardについての勾配が返ります。何を、いつ保存していますか。",
    )

    pool = Pooling(3, 3, 1, 0)
    pool.forward(
        np.array([[[[1, 2, 0, 8], [9, 4, 5, 1], [0, 6, 3, 2], [3, 1, 7, 0]]]], dtype=float)
    )
    dx = pool.backward(np.array([[[[1.0, 10.0], [100.0, 1000.0]]]]))
    assert dx[0, 0, 1, 0] not in (1, 100), tr(
        f"The 9 wins two windows and must get 1 + 100, yours got {dx[0, 0, 1, 0]:g} only. Are the "
        "numbers added where windows overlap, in your col2im as well, with forward's stride?",
        f"9は2つの窓で勝つので1 + 100を受け取るはずですが、{dx[0, 0, 1, 0]:g}しか受け取っていません。"
        "窓が重なるところで足し合わせていますか。ストライドはforwardと同じですか。col2imも確かめてください。",
    )
    expected = [[[[0, 0, 0, 10], [101, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1000, 0]]]]
    assert np.array_equal(dx, expected), tr(
        f"The example with overlapping windows of section 7 comes out as\n{dx}",
        f"7節の、窓が重なる例の結果が次のようになっています。\n{dx}",
    )

    pool = Pooling(2, 2, 2, 0)
    pool.forward(np.zeros((1, 1, 2, 2)))
    dx = pool.backward(np.full((1, 1, 1, 1), 6.0))
    assert dx.sum() == 6, tr(
        f"Four equal numbers and dout = 6: {dx.sum():g} come out in all. Only one pixel may win.",
        f"4つの値が等しくdout=6のとき、合計{dx.sum():g}が出てきます。勝者は1つだけです。",
    )
    assert dx[0, 0, 0, 0] == 6, tr(
        f"Of equal numbers the first wins, here the upper left one. Yours:\n{dx[0, 0]}",
        f"等しい値の中では、最初のもの（ここでは左上）が勝ちます。あなたの結果は次のとおりです。\n{dx[0, 0]}",
    )

    # en: Finally the definition itself: move each pixel a little and see how sum(out * dout) moves.
    # ja: 最後に、定義どおりに確かめる。各画素を少し動かし、sum(out * dout)の変化を見る。
    x = rng.permutation(30).reshape(1, 1, 5, 6) / 10.0
    dout = rng.standard_normal((1, 1, 2, 3))
    slopes = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[place] = 1e-3
        change = Pooling(2, 2, 2, 0).forward(x + step) - Pooling(2, 2, 2, 0).forward(x - step)
        slopes[place] = np.sum(change * dout) / 2e-3
    pool.forward(x)
    dx = pool.backward(dout)
    assert dx.shape == x.shape, tr(
        f"No window reads the last row of a 5x6 map, but dx is 5x6 all the same, not {dx.shape}.",
        f"5×6のマップの最後の行はどの窓からも読まれませんが、dxも5×6のはずです。{dx.shape}ではありません。",
    )
    worst = np.unravel_index(np.abs(dx - slopes).argmax(), x.shape)
    assert np.allclose(dx, slopes, atol=1e-8), tr(
        f"dx{list(map(int, worst))} is {dx[worst]:.4f}, but moving that pixel gives {slopes[worst]:.4f}.",
        f"dx{list(map(int, worst))}が{dx[worst]:.4f}ですが、画素を動かして測ると{slopes[worst]:.4f}です。",
    )
    print(
        tr(
            "All visible checks of backward passed. Grading also tries padding and other windows.",
            "backwardの確認はすべて通りました。採点では、パディングのある場合やほかの窓も試します。",
        )
    )


check_backward()

# %% [markdown] lang="en"
# ## 8. Where the gradient arrives
#
# With a `dout` of ones, `dx` counts how many windows each pixel wins. **Predict, then run:** here is a map of 6 × 6. Which
# pixels win with windows of 2 × 2 side by side, which with windows of 3 × 3 that overlap, and what does padding change for the pixels at the
# edge? Where `ipywidgets` is installed, sliders below the figure let you try other settings. How many windows can a single pixel win
# at most?

# %% [markdown] lang="ja"
# ## 8. 勾配が届く場所
#
# `dout`をすべて1にすると、`dx`は、それぞれの画素がいくつの窓で勝ったかを表します。**予想してから実行しましょう。** 6×6のマップに、2×2の窓を隙間なく並べると、どの画素が勝つでしょうか。3×3の窓を重ねて置くとどうでしょうか。また、パディングがあると、端の画素はどう変わるでしょうか。`ipywidgets`がインストールされていれば、図の下のスライダーで、ほかの設定も試せます。1つの画素が勝てる窓は、最大でいくつでしょうか。


# %% name="count_wins" tags=["demo"]
def show_wins(*cases):
    x = np.random.default_rng(3).permutation(36).reshape(1, 1, 6, 6).astype(float)
    fig, axes = plt.subplots(1, len(cases) + 1, figsize=(3.1 * (len(cases) + 1), 3.7))
    draw_numbers(axes[0], x[0, 0], None, "x")
    for ax, (window, stride, pad) in zip(axes[1:], cases, strict=True):
        pad = min(pad, window // 2)
        layer = Pooling(window, window, stride, pad)
        out = layer.forward(x)
        wins = layer.backward(np.ones_like(out))[0, 0]
        title = figure_text(
            f"{window} × {window}, stride {stride}, pad {pad}\n{out.size} windows",
            f"{window}×{window}、ストライド{stride}、\nパディング{pad}：窓{out.size}個",
        )
        draw_numbers(ax, wins, 2 * (wins > 0), title)
    fig.tight_layout()
    plt.show()


def win_sliders():
    try:
        from ipywidgets import IntSlider, interact
    except ImportError:
        return
    style = {"description_width": "8em"}
    interact(
        lambda window, stride, pad: show_wins((window, stride, pad)),
        window=IntSlider(2, 1, 5, description=tr("window", "窓"), style=style),
        stride=IntSlider(2, 1, 4, description=tr("stride", "ストライド"), style=style),
        pad=IntSlider(0, 0, 2, description=tr("pad", "パディング"), style=style),
    )


show_wins((2, 2, 0), (3, 1, 0), (3, 1, 1))
win_sliders()

# %% [markdown] lang="en"
# (Padding never wins, but it makes room for more windows, so the pixels at the edge can win more often. A pixel can win at most
# the windows that it lies in: with stride 1, nine windows of 3 × 3, or twenty-five of 5 × 5.)
#
# And on a photograph? Send a gradient of ones back through two poolings of one feature map and mark the pixels at which it arrives. **Predict:**
# what share of the pixels gets something, and which ones?

# %% [markdown] lang="ja"
# （パディングが勝つことはありませんが、窓を置ける場所が増えるので、端の画素が勝つ回数は増えます。1つの画素が勝てるのは、多くても、それが入る窓の個数までです。ストライドが1なら、3×3の窓で9個、5×5の窓で25個です。）
#
# では、写真ならどうなるでしょうか。特徴マップを2回プーリングし、すべて1の勾配を逆伝播させて、届いた画素に印を付けてみましょう。**予想しましょう。** 勾配が届くのは、全体の何分の1の、どんな画素でしょうか。


# %% name="where_gradient_arrives" tags=["demo"]
def show_where_gradient_arrives():
    first, second = Pooling(2, 2, 2, 0), Pooling(2, 2, 2, 0)
    out = second.forward(first.forward(gabor_maps[:, 32:33]))
    arrived = first.backward(second.backward(np.ones_like(out)))[0, 0]
    print(
        tr("sum of dout:", "doutの和："), out.size, tr("  sum of dx:", "  dxの和："), arrived.sum()
    )

    fig, axes = plt.subplots(1, 3, figsize=(14, 4.8))
    axes[0].imshow(gabor_maps[0, 32], cmap="gray")
    axes[0].set_title(figure_text("feature map, 128 × 128", "特徴マップ、128×128"), fontsize=10)
    axes[1].imshow(arrived, cmap="gray", interpolation="nearest")
    share = f"{np.mean(arrived != 0):.2%}"
    title = figure_text(
        f"white: gradient arrives ({share} of the pixels)", f"白：勾配が届く画素（全体の{share}）"
    )
    axes[1].set_title(title, fontsize=10)
    top, left = 36, 36
    axes[2].imshow(gabor_maps[0, 32, top : top + 24, left : left + 24], cmap="gray")
    row, column = np.nonzero(arrived[top : top + 24, left : left + 24])
    axes[2].plot(column, row, "o", color="white", markeredgecolor="black", markersize=7)
    axes[2].set_xticks(np.arange(0, 25, 4) - 0.5, range(left, left + 25, 4))
    axes[2].set_yticks(np.arange(0, 25, 4) - 0.5, range(top, top + 25, 4))
    axes[2].grid(color="0.5", linewidth=0.8)
    title = figure_text(
        "close up: one winner in each 4 × 4 block", "拡大図：4×4のブロックごとに勝者が1つ"
    )
    axes[2].set_title(title, fontsize=10)
    for ax in axes[:2]:
        ax.axis("off")
    fig.tight_layout()
    plt.show()


show_where_gradient_arrives()

# %% [markdown] lang="en"
# One pixel in sixteen gets something, and it is the strongest of its neighbourhood: max pooling lets a filter learn **where
# it already answers best**. Average pooling would give every pixel one sixteenth. (Where a whole block is 0 after the ReLU,
# all its pixels tie and the first one wins.)
#
# **Before you hand in**, restart the kernel, run all cells from the top, and save. If notebook 02 has found
# mistakes in your `im2col` or `col2im`, fix them there and here first.
#
# ## Questions to think about
#
# Nobody collects your answers. Think first, then open the answers.
#
# 1. First ReLU and then max pooling, or the other way round: does the result differ? Which is less work?
#    <details><summary>Answer</summary>It is the same: ReLU never turns an order around, so the largest stays the largest.
#    Pooling first leaves ReLU a quarter of the numbers.</details>
# 2. A network pools five times with 2 × 2 windows and stride 2. What becomes of 224 × 224? And of 225 × 225?
#    <details><summary>Answer</summary>7 × 7 both times. Of the larger image the last row and column are never looked at by the
#    first pooling.</details>
# 3. Fill the border with copies of the nearest pixel in place of <code>-np.inf</code>. Is <code>forward</code> still right?
#    And <code>backward</code>?
#    <details><summary>Answer</summary><code>forward</code> is: as long as every window holds the pixel that was copied, a copy
#    adds no larger number. But the copy may come first in reading order; then it takes the gradient, which is cut off with the
#    border and lost.</details>
# 4. What would <code>forward</code> and <code>backward</code> look like for <strong>average</strong> pooling? Are zeros in the border
#    harmless then?
#    <details><summary>Answer</summary><code>mean</code> in place of <code>max</code>, no <code>argmax</code>;
#    <code>backward</code> gives <code>dout / (pool_h*pool_w)</code> to each pixel of the window. Zeros pull the average towards
#    0 at the border, unless one divides by the number of real pixels only; libraries let you choose.</details>
# 5. A convolution with stride 2 shrinks the map, too. What can it do that pooling cannot, and what does it cost?
#    <details><summary>Answer</summary>It learns what to keep, and may mix channels; it costs weights and multiplications. Many
#    newer networks, the ResNet of notebook 07 among them, shrink that way.</details>
#
# ## Now you can
#
# Tick off what you can do without looking. The four questions take five minutes.
#
# - [ ] work out the size of a pooled map
# - [ ] write `forward`, and say why the border is `-np.inf`
# - [ ] write `backward`, with overlap and ties
# - [ ] say what pooling does for shifts, and what it does not
#
# <details><summary>1. A map of 7 × 7, windows 3 × 3, stride 2, pad 1: how large is the output?</summary>(7 + 2 − 3) // 2 + 1 = 4, so
# 4 × 4.</details>
#
# <details><summary>2. The window holds −3, −1 / −2, −1 and dout is 5. Which pixel gets what?</summary>The −1 at the upper right
# gets 5, the others 0.</details>
#
# <details><summary>3. Windows 3 × 3, stride 1, dout of ones on a map of 10 × 10: what is the sum of dx?</summary>64: there are
# 8 × 8 windows.</details>
#
# <details><summary>4. How many parameters does a pooling layer with 64 channels have?</summary>None.</details>
#
# ## Further reading
#
# Read the first one first, up to the summary.
#
# - Stanford CS231n, [Convolutional networks](https://cs231n.github.io/convolutional-networks/#pool), the part on pooling.
# - D. Scherer, A. Müller, S. Behnke,
#   [Evaluation of pooling operations](https://www.ais.uni-bonn.de/papers/icann2010_maxpool.pdf) (2010): maximum against average.
# - R. Zhang, [Making convolutional networks shift-invariant again](https://arxiv.org/abs/1904.11486) (2019): why pooling does not
#   give what it promises, and a remedy.
# - J. Springenberg and others, [Striving for simplicity](https://arxiv.org/abs/1412.6806) (2014): without any pooling.
# - K. Saito, *Deep Learning from Scratch* (in Japanese), sections 7.3 and 7.4.
#
# **Next:** notebook 05 averages a whole map into one number, and notebook 06 puts your `Pooling` to work in a network that
# reads handwritten digits. Keep this notebook: you will paste the class there.

# %% [markdown] lang="ja"
# 勾配が届くのは16画素に1つだけ、それも周囲でいちばん強く反応した画素です。つまり最大プーリングでは、フィルターがすでによく反応している場所で学習が進みます。平均プーリングなら、どの画素にも16分の1ずつ届くところです（ReLUの後で全体が0になったブロックでは、すべての画素が同点なので、最初の画素が勝ちます）。
#
# **提出の前に**、カーネルを再起動して、上からすべてのセルを実行し、保存してください。ノートブック02で`im2col`や`col2im`に間違いが見つかっていたら、先に直しておきましょう。
#
# ## 考えてみよう
#
# 解答を提出する必要はありません。まず自分で考えてから、答えを開いてください。
#
# 1. ReLUの後で最大プーリングをするのと、最大プーリングの後でReLUを使うのとでは、結果は変わるでしょうか。計算が少ないのはどちらでしょうか。
#    <details><summary>答え</summary>結果は同じです。ReLUで大小の順が逆転することはないので、いちばん大きな値はいちばん大きいままです。先にプーリングすれば、ReLUを適用する値は4分の1で済みます。</details>
# 2. 2×2の窓、ストライド2のプーリングを5回行うと、224×224の画像はどんな大きさになるでしょうか。225×225ならどうでしょうか。
#    <details><summary>答え</summary>どちらも7×7です。大きいほうの画像では、最後の行と列が、最初のプーリングで一度も使われません。</details>
# 3. マップの周りを<code>-np.inf</code>ではなく、いちばん近い画素の写しで埋めたとします。<code>forward</code>は正しいままでしょうか。<code>backward</code>はどうでしょうか。
#    <details><summary>答え</summary><code>forward</code>は正しいままです。写し元の画素が同じ窓に入っているかぎり、写しがあっても最大値は変わりません。しかし、読む順で写しのほうが先に来ると、写しが勾配を受け取ってしまいます。それはパディングと一緒に切り落とされ、失われます。</details>
# 4. <strong>平均</strong>プーリングなら、<code>forward</code>と<code>backward</code>はどうなるでしょうか。周りを0で埋めても問題ないでしょうか。
#    <details><summary>答え</summary><code>max</code>の代わりに<code>mean</code>を使い、<code>argmax</code>は要りません。<code>backward</code>では、窓のどの画素にも<code>dout / (pool_h*pool_w)</code>を渡します。0で埋めると、端の平均が0に近づいてしまいます。これを避けるには、本物の画素の個数で割ります。どちらにするかを選べるライブラリーもあります。</details>
# 5. ストライド2の畳み込みを使っても、マップは小さくなります。プーリングにはできない何ができるでしょうか。その代償は何でしょうか。
#    <details><summary>答え</summary>何を残すかを学習でき、チャンネルを混ぜることもできます。その代わり、重みと掛け算が必要です。ノートブック07のResNetをはじめ、新しいネットワークの多くはこの方法でマップを小さくしています。</details>
#
# ## できるようになったこと
#
# 何も見ずにできるものに、印を付けてください。4つの問いは5分もあれば解けます。
#
# - [ ] プーリング後のマップの大きさを求められる
# - [ ] `forward`を書き、周りを`-np.inf`で埋める理由を説明できる
# - [ ] 重なりや同点も含めて、`backward`を書ける
# - [ ] 位置のずれに対して、プーリングに何ができて何ができないかを説明できる
#
# <details><summary>1. 7×7のマップに3×3の窓をストライド2、パディング1で置くと、出力の大きさはどうなりますか。</summary>(7 + 2 − 3) // 2 + 1 = 4なので、4×4です。</details>
#
# <details><summary>2. 窓の中が−3、−1 / −2、−1で、doutが5のとき、どの画素が何を受け取りますか。</summary>右上の−1が5を受け取り、ほかは0です。</details>
#
# <details><summary>3. 10×10のマップに3×3の窓をストライド1で置き、doutがすべて1のとき、dxの総和はいくつですか。</summary>窓が8×8個あるので、64です。</details>
#
# <details><summary>4. 64チャンネルのプーリング層には、パラメーターが何個ありますか。</summary>1つもありません。</details>
#
# ## さらに学ぶには
#
# まず、本の7.3節と7.4節で復習するのがお勧めです。
#
# - 斎藤康毅『ゼロから作るDeep Learning』（オライリー・ジャパン、2016年）の7.3節（プーリング層）と7.4節
# - スタンフォード大学CS231nの講義ノート: [Convolutional networks](https://cs231n.github.io/convolutional-networks/#pool)のプーリングの部分
# - D. Scherer, A. Müller, S. Behnke: [Evaluation of pooling operations](https://www.ais.uni-bonn.de/papers/icann2010_maxpool.pdf)（2010年）。最大と平均を比べています。
# - R. Zhang: [Making convolutional networks shift-invariant again](https://arxiv.org/abs/1904.11486)（2019年）。プーリングが期待ほどずれに強くない理由と、その改善策です。
# - J. Springenbergほか: [Striving for simplicity](https://arxiv.org/abs/1412.6806)（2014年）。プーリングをまったく使わないネットワークです。
#
# **次のノートブック** 05では、マップ全体を平均して1つの値にします。06では、手書き数字を読み取るネットワークの中で、この`Pooling`が働きます。クラスを貼り付けて使うので、このノートブックは取っておいてください。
