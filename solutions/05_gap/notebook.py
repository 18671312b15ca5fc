# %% name="author" tags=["author"]
from autograder.course.author import figure_text, tr

# %% [markdown] lang="en"
# # 05 Global average pooling: one number for each map
#
# Towards its end, an image network has many small feature maps. Each of them shows where in the image
# something was found: stripes, fur, the rim of a wheel. To name what is in the image, it is often enough to know
# *how much* of each there is. The simplest number that says so is the average of the map. Taking it is called
# **global average pooling**, GAP for short.
#
# In NumPy it is one line, if you pick the right axes. An array does not say which of its axes is which, and a wrong
# axis often raises no error: the result is merely nonsense. So this notebook is about three things: being sure of your
# axes, the gradient of an average, and a picture of what a network looked at, which comes almost for free with GAP.
#
# **After this notebook you can**
#
# - pool maps of either common layout, with or without a batch axis, and reject what makes no sense;
# - count how many weights GAP saves in comparison with flattening the maps;
# - work out the gradient of an average and hand it back without a loop;
# - draw a class activation map: which places in the image made the score.
#
# **You need** `mean` with its argument `axis`, broadcasting, and of calculus only the chain rule.
# Nothing from earlier notebooks.
#
# | | you write | points | difficulty | time |
# |---|---|---|---|---|
# | Exercise 1 | `global_average_pooling_2d`, `global_average_pooling_1d` | 3.5 | ★☆☆ | about 25 minutes |
# | Exercise 2 | `GlobalAveragePooling2D`, `GlobalAveragePooling1D` | 4.5 | ★★☆ | about 35 minutes |
# | Exercise 3 | `class_activation_map` | not graded | ★☆☆ | about 10 minutes |
#
# Reading and looking at the figures takes another 30 minutes. At each exercise, ●●● marks what later parts rest on.
#
# **How it is graded.** As before: leave the names and the order of the arguments as they are. The checks are there to help, and
# they are *not all of it*: grading calls your code with other shapes, each worth its own points.

# %% [markdown] lang="ja"
# # 05 グローバルアベレージプーリング：マップ1枚を1つの値に
#
# 画像を扱うネットワークの終わりのほうには、小さな特徴マップがたくさん並んでいます。1枚1枚のマップは、縞模様、毛並み、車輪の縁といった特徴が、画像のどこに見つかったかを表しています。何が写っているかを答えるには、それぞれの特徴がどのくらい見つかったかさえわかれば、たいてい十分です。それを表すいちばん簡単な値が、マップの平均です。マップごとに平均を取ることを**グローバルアベレージプーリング**（global average pooling、略してGAP）といいます。
#
# 軸さえ間違えなければ、NumPyで1行書くだけの計算です。ところが、配列を見ても、どの軸が何を表すのかはわかりません。軸を取り違えてもエラーにならず、意味のない値が出てくるだけ、ということがよくあります。このノートブックで学ぶのは、軸を正しく扱うこと、平均の勾配、そして、ネットワークが画像のどこを見て答えたのかを図にする方法です。
#
# **このノートブックの目標**
#
# - よく使われる2つのデータ形式を、バッチがあってもなくても扱え、意味をなさない入力は拒否できる
# - マップを1列に並べる方法（Flatten）と比べて、GAPで重みがどれだけ減るかを計算できる
# - 平均の勾配を求め、ループを使わずに逆伝播を実装できる
# - 画像のどこがスコアを決めたのかを示す、クラス活性化マップを描ける
#
# **必要な知識** 引数`axis`を指定した`mean`とブロードキャスト。微分については連鎖律だけです。前のノートブックで書いたコードは使いません。
#
# | | 書くもの | 配点 | 難しさ | 目安の時間 |
# |---|---|---|---|---|
# | 演習1 | `global_average_pooling_2d`、`global_average_pooling_1d` | 3.5 | ★☆☆ | 25分 |
# | 演習2 | `GlobalAveragePooling2D`、`GlobalAveragePooling1D` | 4.5 | ★★☆ | 35分 |
# | 演習3 | `class_activation_map` | 採点なし | ★☆☆ | 10分 |
#
# このほかに、説明を読み、図を眺める時間が30分ほどかかります。各演習の重要度●●●は、その先の内容の土台になることを表します。
#
# **採点について** これまでと同じです。名前と引数の順番は変えないでください。確認用のセルは手助けのためのもので、採点のすべてではありません。採点では、ほかの形状の入力も試し、項目ごとに点を付けます。

# %% [markdown] lang="en"
# **Conventions of this course** (other books and libraries may differ)
#
# - The layout of this course is `channels_first`: images are `(N, C, H, W)`, sequences `(N, C, L)`.
#   GAP also takes `channels_last`, the layout of Keras: `(N, H, W, C)` and `(N, L, C)`.
# - A single image or sequence has the same axes without `N`.
# - The result is `(N, C)`, or `(C,)` for a single input; the averaged axes are gone, not 1.
# - Any other number of dimensions is an error: `ValueError`.
# - Functions keep the dtype (`float32` in, `float32` out) and never change their inputs.

# %% [markdown] lang="ja"
# **この教材での約束**（本やライブラリーによっては異なることがあります）
#
# - この教材の標準のデータ形式は`channels_first`です。画像は`(N, C, H, W)`、系列は`(N, C, L)`です。GAPでは、Kerasの標準である`channels_last`、つまり`(N, H, W, C)`と`(N, L, C)`も扱います。
# - 画像や系列が1つだけのときは、同じ並びから`N`を除きます。
# - 結果の形状は`(N, C)`、入力が1つだけなら`(C,)`です。平均を取った軸は、大きさ1で残すのではなく、なくします。
# - 次元数がそれ以外なら`ValueError`とします。
# - dtypeは変えません（`float32`を渡せば`float32`が返る）。また、受け取った配列を書き換えることもしません。

# %% name="setup" tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

np.set_printoptions(linewidth=120, precision=3, suppress=True)


# en: The checks use this: the same shape, and the same numbers up to rounding.
# ja: 確認用のセルで使います。形状が同じで、値も丸め誤差の範囲で等しいかどうかを調べます。
def alike(got, expected):
    return np.shape(got) == np.shape(expected) and np.allclose(got, expected)


# en: The example of the next section: one image of 4x4 with 3 channels, channels last.
# ja: 次の節の例。4×4で3チャンネルの画像1枚、channels_last。
example = (
    np.array(
        [
            [[1922, 766, 192], [907, -1002, -938], [459, 1366, -619], [668, -976, -856]],
            [[1516, -816, 1354], [821, -1343, -193], [-753, 1996, -1323], [-763, 1483, 1132]],
            [[1335, 1280, 436], [191, 418, -308], [-950, -177, 831], [572, -668, -1607]],
            [[-1211, 1372, -221], [-195, 247, -614], [117, 465, 688], [426, 1010, -356]],
        ]
    )
    / 1000
)

# %% name="drawing" tags=["demo"]
from matplotlib.colors import LinearSegmentedColormap

# en: Black is negative, white is zero, orange is positive.
# ja: 黒は負、白は0、オレンジは正を表します。
SIGNED = LinearSegmentedColormap.from_list("signed", ["black", "white", "#f07000"])


def draw_numbers(ax, table, shade=None, title="", fontsize=11, form="{:g}"):
    table = np.asarray(table, dtype=float)
    shade = np.zeros(table.shape) if shade is None else np.asarray(shade)
    ax.imshow(shade, cmap="Greys", vmin=0, vmax=2.5)
    for (row, column), value in np.ndenumerate(table):
        color = "white" if shade[row, column] >= 1.6 else "black"
        text = form.format(value)
        ax.text(column, row, text, ha="center", va="center", fontsize=fontsize, color=color)
    ax.set_xticks(np.arange(table.shape[1] + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(table.shape[0] + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="0.6", linewidth=0.8)
    ax.tick_params(which="both", length=0)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title, fontsize=10)


# %% [markdown] lang="en"
# ## Do you remember?
#
# Answer from memory before you open the answers. Whatever was hard is worth another look now.
#
# 1. How large are maps of 5 × 7 after max pooling 2 × 2 with stride 2? (04)
#    <details><summary>Answer</summary>2 × 3: what is left over is dropped.</details>
# 2. In max pooling, which pixels of a window get a gradient? (04)
#    <details><summary>Answer</summary>Only the largest one.</details>
# 3. How many parameters does a convolution of 3 × 3 from 16 to 32 channels have? (01)
#    <details><summary>Answer</summary>32 · 16 · 9 + 32 = 4,640.</details>
#
# ## 1. Three maps, three numbers
#
# Here is one image of 4 × 4 with three channels. GAP takes each channel by itself, adds its 16 numbers
# and divides by 16. It turns 48 numbers into three: about 0.32, 0.34 and −0.15.

# %% [markdown] lang="ja"
# ## 思い出してみよう
#
# 答えを開く前に、何も見ずに答えてください。難しかったところは、今のうちに見直しておきましょう。
#
# 1. 5×7のマップに、ストライド2の2×2最大プーリングを行うと、大きさはどうなりますか（04）。
#    <details><summary>答え</summary>2×3です。余った行と列は捨てられます。</details>
# 2. 最大プーリングの逆伝播で、窓の中のどの画素が勾配を受け取りますか（04）。
#    <details><summary>答え</summary>最大の画素だけです。</details>
# 3. 16チャンネルから32チャンネルへの3×3の畳み込みのパラメーターは、バイアスを含めて何個ですか（01）。
#    <details><summary>答え</summary>32·16·9 + 32 = 4,640個です。</details>
#
# ## 1. マップ3枚から3つの値へ
#
# 4×4で3チャンネルの画像が1枚あるとします。GAPでは、チャンネルごとに16個の値を足して16で割ります。48個の値が3つの値になり、それぞれおよそ0.32、0.34、−0.15です。


# %% name="picture_of_averages" tags=["demo"]
def draw_averages():
    fig, axes = plt.subplots(2, 3, figsize=(10, 4.9), height_ratios=[4, 1])
    for channel, (above, below) in enumerate(axes.T):
        table = example[:, :, channel]
        draw_numbers(
            above,
            table,
            (table + 1.7) / 2.2,
            figure_text(f"channel {channel}", f"チャンネル{channel}"),
            10,
            "{:.2f}",
        )
        draw_numbers(
            below, [[table.sum() / 16]], None, figure_text("sum / 16", "和 / 16"), 12, "{:.3f}"
        )
    fig.tight_layout()
    plt.show()


draw_averages()

# %% [markdown] lang="en"
# ## 2. Which axes are space?
#
# Averaging is easy; the question is over *what*. There are two ways to store the same picture. With
# `channels_first` all pixels of a channel lie together, with `channels_last` all channels of a pixel. The figure
# shows the twelve numbers of a 2 × 2 picture with three channels in the order in which they lie in memory.

# %% [markdown] lang="ja"
# ## 2. 空間の軸はどれか
#
# 平均の計算そのものは簡単です。問題は、どの軸について平均するかです。同じ画像でも、並べ方は2通りあります。`channels_first`では1つのチャンネルのすべての画素が、`channels_last`では1つの画素のすべてのチャンネルが、続けて並びます。次の図は、3チャンネルの2×2の画像が持つ12個の値を、メモリーに並んでいる順に示したものです。


# %% name="picture_of_layouts" tags=["demo"]
def draw_layouts():
    channel, pixel = np.indices((3, 4))
    fig, axes = plt.subplots(2, 1, figsize=(11, 2.9))
    for ax, c, p, name in (
        (
            axes[0],
            channel,
            pixel,
            figure_text("channels_first: shape (3, 2, 2)", "channels_first：形状 (3, 2, 2)"),
        ),
        (
            axes[1],
            channel.T,
            pixel.T,
            figure_text("channels_last: shape (2, 2, 3)", "channels_last：形状 (2, 2, 3)"),
        ),
    ):
        draw_numbers(ax, c.reshape(1, -1), c.reshape(1, -1) * 0.8, name)
        for text, number in zip(ax.texts, p.ravel(), strict=True):
            text.set_text(f"c={text.get_text()}\n(y,x)=({number // 2},{number % 2})")
            text.set_fontsize(8)
    fig.tight_layout()
    plt.show()


draw_layouts()

# %% [markdown] lang="en"
# An array does not know which of the two it is: the shape `(2, 4, 4, 3)` may be two images of 4 × 4 with
# three channels, or two images with four channels, 4 pixels high and 3 wide. Only you know. So the caller says it, with
# `data_format`, and the function chooses the axes. Sequences, such as sound, text or measurements, have one axis of
# space in place of two: their length.
#
# | | `channels_first` | axes of space | `channels_last` | axes of space |
# |---|---|---|---|---|
# | batch of images | `(N, C, H, W)` | 2, 3 | `(N, H, W, C)` | 1, 2 |
# | one image | `(C, H, W)` | 1, 2 | `(H, W, C)` | 0, 1 |
# | batch of sequences | `(N, C, L)` | 2 | `(N, L, C)` | 1 |
# | one sequence | `(C, L)` | 1 | `(L, C)` | 0 |
#
# **Predict first:** two images of 4 × 4 with three channels, channels last, are averaged over the axes 2 and 3 by mistake. Is
# that an error? If not, what is the shape of the result?

# %% [markdown] lang="ja"
# 配列自身は、どちらの形式なのかを知りません。形状が`(2, 4, 4, 3)`なら、4×4で3チャンネルの画像2枚かもしれませんし、高さ4、幅3で4チャンネルの画像2枚かもしれません。それを知っているのは、使う人だけです。そこで、呼び出す側が`data_format`で形式を伝え、関数の中でそれに合った軸を選びます。音声、文章、計測データなどの系列では、空間の軸は2つではなく1つ（長さの軸）です。
#
# | | `channels_first` | 空間の軸 | `channels_last` | 空間の軸 |
# |---|---|---|---|---|
# | 画像のバッチ | `(N, C, H, W)` | 2, 3 | `(N, H, W, C)` | 1, 2 |
# | 画像1枚 | `(C, H, W)` | 1, 2 | `(H, W, C)` | 0, 1 |
# | 系列のバッチ | `(N, C, L)` | 2 | `(N, L, C)` | 1 |
# | 系列1つ | `(C, L)` | 1 | `(L, C)` | 0 |
#
# **まず予想しましょう。** 4×4で3チャンネルの画像2枚（channels_last）を、間違えて軸2と3で平均しました。これはエラーになるでしょうか。ならないとしたら、結果の形状はどうなるでしょうか。


# %% name="wrong_axes" tags=["demo"]
def average_over_wrong_axes():
    batch = np.stack([example, example[::-1]])
    right, wrong = batch.mean(axis=(1, 2)).shape, batch.mean(axis=(2, 3)).shape
    print(tr("two images, channels last:", "画像2枚、channels_last："), batch.shape)
    print(tr("axes 1 and 2, right:", "軸1と2で平均（正しい）："), right)
    print(
        tr("axes 2 and 3, wrong, and no error:", "軸2と3で平均（間違いだが、エラーは出ない）："),
        wrong,
    )


average_over_wrong_axes()

# %% [markdown] lang="en"
# ## Exercise 1: the two functions
#
# **Importance ●●●, difficulty ★☆☆, about 25 minutes, 3.5 points** (images 2, sequences 1.5). Write the one for images first. The one for
# sequences then takes a minute: it has one axis fewer.
#
# The table has eight cases. They become four if you count the axes **from the end**, as NumPy allows with negative numbers: what do
# a batch and a single image have in common then?
#
# A trap to know about: the shape `(3, 4, 5)` is *one picture* for the first function and a *batch* of three sequences for
# the second. Neither can notice that it was the wrong one to call.
#
# <details><summary>Hint 1: several axes at once</summary>
#
# <code>x.mean(axis=(0, 1))</code> averages over two axes and removes both. Leave <code>keepdims</code>
# alone.
# </details>
#
# <details><summary>Hint 2: counted from the end</summary>
#
# The space of <code>channels_first</code> images has the axes −2 and −1, whether there is a
# batch or not. Which are they for <code>channels_last</code>? And which single axis is the length of a sequence?
# </details>
#
# <details><summary>Hint 3: what to reject</summary>
#
# <code>x.ndim</code> is the number of dimensions. Which two numbers make sense for images, which for sequences? For any other, write
# <code>raise ValueError(...)</code> with a message that tells the caller what you expected and what you got.
# </details>
#
# <details><summary>Hint 4: the steps</summary>
#
# 1. Reject a wrong number of dimensions.
# 2. Choose the axes by <code>data_format</code>.
# 3. Return the mean over these axes.
# </details>

# %% [markdown] lang="ja"
# ## 演習1：2つの関数
#
# **重要度 ●●●／難しさ ★☆☆／目安 25分／3.5点**（画像2点、系列1.5点） まず画像用の関数を書きましょう。系列用は、空間の軸が1つ少ないだけなので、すぐに書けます。
#
# 表には8つの場合がありますが、軸を後ろから数えれば4つで済みます（NumPyでは、負の数を使って後ろから数えられます）。後ろから数えると、バッチの場合と1枚だけの場合に、どんな共通点が見えるでしょうか。
#
# 気を付けたいことが1つあります。形状`(3, 4, 5)`は、画像用の関数にとっては画像1枚、系列用の関数にとっては系列3つのバッチです。間違ったほうの関数を呼び出しても、関数の側では気付けません。
#
# <details><summary>ヒント1：いくつかの軸をまとめて平均する</summary>
#
# <code>x.mean(axis=(0, 1))</code>とすると、2つの軸について平均し、その軸はどちらもなくなります。<code>keepdims</code>は使いません。
# </details>
#
# <details><summary>ヒント2：後ろから数える</summary>
#
# <code>channels_first</code>の画像では、空間の軸は、バッチがあってもなくても−2と−1です。<code>channels_last</code>ではどうなるでしょうか。また、系列の長さの軸はどれでしょうか。
# </details>
#
# <details><summary>ヒント3：何を拒否するか</summary>
#
# 次元数は<code>x.ndim</code>でわかります。画像で意味のある次元数は2つだけです。系列ではどうでしょうか。それ以外のときは<code>raise ValueError(...)</code>とし、何を期待していて何を受け取ったのかがわかるメッセージを付けましょう。
# </details>
#
# <details><summary>ヒント4：手順</summary>
#
# 1. 次元数が正しくなければ拒否する。
# 2. <code>data_format</code>に応じて軸を選ぶ。
# 3. その軸についての平均を返す。
# </details>


# %% name="global_average_pooling" tags=["stub"]
def global_average_pooling_2d(x, data_format="channels_first"):
    """Average each channel of images over height and width.

    Args:
        x: a batch (N, C, H, W) or one image (C, H, W); with "channels_last" (N, H, W, C) or
            (H, W, C). Floating-point numbers. Must not be changed.
        data_format: "channels_first" or "channels_last".

    Returns:
        Array of shape (N, C), for one image (C,); dtype of x.

    Raises:
        ValueError: x has neither 3 nor 4 dimensions.

    Example:
        >>> x = np.array([[[1., 2.], [3., 6.]],
        ...               [[0., 0.], [0., 2.]]])
        >>> global_average_pooling_2d(x)
        array([3. , 0.5])
    --- ja ---
    画像のチャンネルごとに、縦と横について平均する。

    引数:
        x: バッチ(N, C, H, W)または画像1枚(C, H, W)。"channels_last"なら(N, H, W, C)または
            (H, W, C)。浮動小数点数。書き換えてはいけない。
        data_format: "channels_first"または"channels_last"。

    戻り値:
        形状(N, C)、画像1枚なら(C,)の配列。dtypeはxと同じ。

    例外:
        ValueError: xの次元数が3でも4でもないとき。

    例:
        >>> x = np.array([[[1., 2.], [3., 6.]],
        ...               [[0., 0.], [0., 2.]]])
        >>> global_average_pooling_2d(x)
        array([3. , 0.5])
    """
    ### BEGIN SOLUTION
    if x.ndim not in (3, 4):
        raise ValueError(f"images have 3 or 4 dimensions, got {x.ndim}: shape {x.shape}")
    if data_format == "channels_first":
        return np.mean(x, axis=(-2, -1))
    return np.mean(x, axis=(-3, -2))
    ### END SOLUTION


def global_average_pooling_1d(x, data_format="channels_first"):
    """Average each channel of sequences over their length.

    Args:
        x: a batch (N, C, L) or one sequence (C, L); with "channels_last" (N, L, C) or (L, C).
            Floating-point numbers. Must not be changed.
        data_format: "channels_first" or "channels_last".

    Returns:
        Array of shape (N, C), for one sequence (C,); dtype of x.

    Raises:
        ValueError: x has neither 2 nor 3 dimensions.

    Example:
        >>> global_average_pooling_1d(np.array([[1., 2., 6.],
        ...                                     [0., 0., 3.]]))
        array([3., 1.])
    --- ja ---
    系列のチャンネルごとに、長さの方向について平均する。

    引数:
        x: バッチ(N, C, L)または系列1つ(C, L)。"channels_last"なら(N, L, C)または(L, C)。
            浮動小数点数。書き換えてはいけない。
        data_format: "channels_first"または"channels_last"。

    戻り値:
        形状(N, C)、系列1つなら(C,)の配列。dtypeはxと同じ。

    例外:
        ValueError: xの次元数が2でも3でもないとき。

    例:
        >>> global_average_pooling_1d(np.array([[1., 2., 6.],
        ...                                     [0., 0., 3.]]))
        array([3., 1.])
    """
    ### BEGIN SOLUTION
    if x.ndim not in (2, 3):
        raise ValueError(f"sequences have 2 or 3 dimensions, got {x.ndim}: shape {x.shape}")
    if data_format == "channels_first":
        return np.mean(x, axis=-1)
    return np.mean(x, axis=-2)
    ### END SOLUTION


# %% name="check_2d" tags=["check"]
def check_2d():
    last = global_average_pooling_2d(example, "channels_last")
    assert last is not None, tr(
        "Your function returned None. Did you forget the return?",
        "関数がNoneを返しました。returnを忘れていませんか。",
    )
    assert np.shape(last) != (1, 1, 3), tr(
        "The averaged axes are still there with size 1. Leave keepdims out.",
        "平均した軸が大きさ1で残っています。keepdimsは使わないでください。",
    )
    assert np.shape(last) == (3,), tr(
        f"The example has 3 channels in its last axis, so (3,), but your shape is {np.shape(last)}. "
        "Which axes are space in this layout, without a batch?",
        f"例の画像は最後の軸が3チャンネルなので(3,)になるはずですが、形状が{np.shape(last)}です。"
        "このデータ形式で、バッチがないとき、空間の軸はどれですか。",
    )
    assert np.allclose(last, [0.316, 0.339, -0.15], atol=1e-3), tr(
        f"The averages of the example are 0.316, 0.339, -0.150, yours {last}. Divided by 16?",
        f"例の平均は0.316、0.339、-0.150ですが、{last}になっています。16で割りましたか。",
    )

    # en: 2 images, 3 channels, 4 rows, 5 columns: no two of these numbers are the same
    # ja: 画像2枚、3チャンネル、4行、5列。どの2つの値も等しくない
    first = np.arange(120.0).reshape(2, 3, 4, 5)
    means = global_average_pooling_2d(first)
    assert np.shape(means) != (2, 5), tr(
        "Your shape (2, 5) is images x columns: you averaged over axes 1 and 2, the space of "
        "channels_last.",
        "形状(2, 5)は「枚数×列数」です。軸1と2、つまりchannels_lastの空間の軸で平均しています。",
    )
    assert np.shape(means) == (2, 3), tr(
        f"(2, 3, 4, 5) gives (2, 3), not {np.shape(means)}.",
        f"(2, 3, 4, 5)からは(2, 3)になるはずですが、{np.shape(means)}になっています。",
    )
    assert np.allclose(means, [[9.5, 29.5, 49.5], [69.5, 89.5, 109.5]]), tr(
        f"Expected 9.5, 29.5, 49.5 for the first image, got {means[0]}. Divided by H*W, 4*5?",
        f"1枚目は9.5、29.5、49.5のはずですが、{means[0]}です。H*W、つまり4*5で割りましたか。",
    )
    alone = global_average_pooling_2d(first[1])
    assert alike(alone, means[1]), tr(
        f"An image without its batch must give the same 3 numbers, {means[1]}, but gives {alone}.",
        f"バッチから取り出した画像も同じ3つの値{means[1]}になるはずですが、{alone}になっています。",
    )
    moved = global_average_pooling_2d(np.moveaxis(first, 1, -1), "channels_last")
    assert alike(moved, means), tr(
        "The same batch with channels_last must give the same averages. Does your function look "
        "at data_format?",
        "同じバッチをchannels_lastで渡しても、同じ平均になるはずです。data_formatを見ていますか。",
    )
    for shape in ((4, 5), (1, 2, 3, 4, 5)):
        try:
            global_average_pooling_2d(np.zeros(shape))
        except ValueError:
            continue
        raise AssertionError(
            tr(
                f"The shape {shape} is neither an image nor a batch of images: raise a ValueError.",
                f"形状{shape}は画像でも画像のバッチでもありません。ValueErrorを送出してください。",
            )
        )
    print(
        tr(
            "All visible checks of global_average_pooling_2d passed. Grading tries other shapes.",
            "global_average_pooling_2dの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_2d()


# %% name="check_1d" tags=["check"]
def check_1d():
    # en: 2 sequences, 3 channels, 4 steps
    # ja: 系列2つ、3チャンネル、長さ4
    first = np.arange(24.0).reshape(2, 3, 4)
    means = global_average_pooling_1d(first)
    assert means is not None, tr(
        "Your function returned None. Did you forget the return?",
        "関数がNoneを返しました。returnを忘れていませんか。",
    )
    assert np.shape(means) != (2,), tr(
        "You got one number for each sequence: the 3-D array was taken for a single image.",
        "系列1つにつき値が1つになっています。3次元の配列を画像1枚として扱っていませんか。",
    )
    assert np.shape(means) == (2, 3), tr(
        f"(2, 3, 4) gives (2, 3), not {np.shape(means)}. Which axis is the length?",
        f"(2, 3, 4)からは(2, 3)になるはずですが、{np.shape(means)}です。長さの軸はどれですか。",
    )
    assert np.allclose(means, [[1.5, 5.5, 9.5], [13.5, 17.5, 21.5]]), tr(
        f"Expected 1.5, 5.5, 9.5 for the first sequence, got {means[0]}.",
        f"1つ目の系列は1.5、5.5、9.5のはずですが、{means[0]}になっています。",
    )
    for name, got in (
        ("(C, L)", global_average_pooling_1d(first[0])),
        ("(L, C)", global_average_pooling_1d(first[0].T, "channels_last")),
        ("(N, L, C)", global_average_pooling_1d(first.transpose(0, 2, 1), "channels_last")),
    ):
        expected = means if "N" in name else means[0]
        assert alike(got, expected), tr(
            f"The same numbers as {name} must give the same averages, but gave {got}.",
            f"同じ値を{name}で渡しても、同じ平均になるはずですが、{got}になっています。",
        )
    for shape in ((4,), (2, 3, 4, 5)):
        try:
            global_average_pooling_1d(np.zeros(shape))
        except ValueError:
            continue
        raise AssertionError(
            tr(
                f"The shape {shape} is neither a sequence nor a batch of sequences: raise a ValueError.",
                f"形状{shape}は系列でも系列のバッチでもありません。ValueErrorを送出してください。",
            )
        )
    print(
        tr(
            "All visible checks of global_average_pooling_1d passed. Grading tries other shapes.",
            "global_average_pooling_1dの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_1d()

# %% [markdown] lang="en"
# ## 3. What it saves
#
# Behind the last maps comes a fully connected layer, which gives a score to every class. It can get the maps
# in two ways. **Flatten** lays all numbers of all maps in a row: C · H · W inputs. **GAP** gives one number for
# each map: C inputs. Each input needs a weight for each class (and each class a bias). The network of
# notebook 07 ends with 256 maps of 4 × 4 and 10 classes, VGG with 512 maps of 7 × 7 and 1,000 classes. The figure shows
# each of them with 10 and with 1,000 classes.

# %% [markdown] lang="ja"
# ## 3. 重みの節約
#
# 最後のマップの後ろには全結合層（Affine）があり、クラスごとにスコアを計算します。マップの渡し方は2通りあります。**Flatten**は、すべてのマップのすべての値を1列に並べるので、入力はC·H·W個です。**GAP**はマップ1枚につき値を1つ渡すので、入力はC個です。入力1つごとに、クラスの数だけ重みが必要です（ほかに、クラスごとにバイアスが1つ）。ノートブック07のネットワークは、最後のマップが4×4で256枚、クラスは10個です。VGGは7×7で512枚、クラスは1,000個です。図では、どちらについても、クラスが10個と1,000個の場合を示します。


# %% name="parameters" tags=["demo"]
def compare_parameters():
    cases = ((256, 4, 4, 10), (256, 4, 4, 1000), (512, 7, 7, 10), (512, 7, 7, 1000))
    names, flat, gap = [], [], []
    print(
        tr(
            "       maps  classes      Flatten        GAP   ratio",
            "左から：マップ、クラス数、パラメーターの個数（Flatten、GAP）、比",
        )
    )
    for c, h, w, classes in cases:
        names.append(
            figure_text(f"{c} x {h}x{w}\n{classes} classes", f"{c}×{h}×{w}\n{classes}クラス")
        )
        flat.append(c * h * w * classes + classes)
        gap.append(c * classes + classes)
        ratio = flat[-1] / gap[-1]
        print(f"{c:>5} x {h}x{w} {classes:>8,} {flat[-1]:>12,} {gap[-1]:>10,} {ratio:>7.1f}")

    fig, ax = plt.subplots(figsize=(8.5, 3.8))
    place = np.arange(4)
    for shift, numbers, color, name in ((-0.2, flat, "0.35", "Flatten"), (0.2, gap, "0.8", "GAP")):
        bars = ax.bar(place + shift, numbers, 0.38, color=color, edgecolor="black", label=name)
        ax.bar_label(bars, [f"{n:,}" for n in numbers], fontsize=8)
    ax.set_yscale("log")
    ax.set_ylim(1e3, 2e8)
    ax.set_ylabel(figure_text("parameters (log scale)", "パラメーターの個数（対数目盛）"))
    ax.set_xticks(place, names)
    ax.legend(loc="upper left")
    fig.tight_layout()
    plt.show()


compare_parameters()

# %% [markdown] lang="en"
# The ratio is close to H · W. (The real VGG flattens and puts 4,096 units after it: 25,088 · 4,096, more than
# 100 million weights in one layer, and most of its parameters. ResNet, with GAP, has no such layer.)
#
# Two more things follow. **Images of any size** fit, since C does not depend on H and W. And GAP does not say
# **where** in the map something was found. That is a strength when a cat may sit anywhere. It is also a loss: a
# map, the map shifted around the edge, and the map with its pixels shuffled all give the same number.

# %% [markdown] lang="ja"
# つまり、Flattenのパラメーターは、GAPのほぼH·W倍です。（本物のVGGではFlattenの後ろに4,096ユニットの層があり、その重みだけで25,088·4,096個、1億を超えます。VGGのパラメーターの大半はここにあります。GAPを使うResNetには、このような層がありません。）
#
# ほかに2つのことがわかります。まず、マップの枚数Cは画像の大きさによらないので、どんな大きさの画像でも扱えます。また、GAPの値からは、マップのどこで見つかったのかがわかりません。猫がどこに座っているかわからないときには長所ですが、失うものもあります。元のマップ、（端で折り返して）ずらしたマップ、画素をばらばらに入れ替えたマップは、どれも同じ値になってしまいます。


# %% name="what_gap_cannot_see" tags=["demo"]
def show_what_gap_cannot_see():
    y, x = np.mgrid[-1:1:32j, -1:1:32j]
    face = (np.hypot(x, y) < 0.85) * 0.5
    for eye in (-0.35, 0.35):
        face[np.hypot(x - eye, y + 0.3) < 0.14] = 1
    face[(np.abs(np.hypot(x, y + 0.05) - 0.55) < 0.07) & (y > 0.2)] = 1
    shuffled = np.random.default_rng(0).permutation(face.ravel()).reshape(32, 32)
    maps = np.stack([face, np.roll(face, (5, 11), axis=(0, 1)), shuffled])
    averages = global_average_pooling_2d(maps)

    fig, axes = plt.subplots(1, 3, figsize=(9, 3.4))
    names = (
        figure_text("a map", "元のマップ"),
        figure_text("shifted (around the edge)", "ずらしたマップ（端は反対側へ）"),
        figure_text("pixels shuffled", "画素を並べ替えたマップ"),
    )
    for ax, image, name, average in zip(axes, maps, names, averages, strict=True):
        ax.imshow(image, cmap="gray")
        ax.set_title(f"{name}\nGAP {average:.4f}", fontsize=10)
        ax.axis("off")
    fig.tight_layout()
    plt.show()


show_what_gap_cannot_see()

# %% [markdown] lang="en"
# ## 4. Backward: everybody gets an equal share
#
# As a layer of a network, GAP has to hand a gradient back. It receives `dout`, which says for each average by how much the
# loss grows when that average grows a little, and it must return the same for each *pixel*. So: by how much does the average
# move when a pixel moves?
#
# **Predict first:** does it matter whether the pixel is bright or dark, in the corner or in the middle?

# %% [markdown] lang="ja"
# ## 4. 逆伝播：全員に等しく分ける
#
# GAPをネットワークの層として使うには、勾配を逆向きに伝えなければなりません。平均が少し増えたときに損失がどれだけ増えるか（`dout`）は、わかっているとします。知りたいのは、1つの画素が少し増えたときに損失がどれだけ増えるかです。そのためには、画素を動かすと平均がどれだけ動くのかがわかれば十分です。
#
# **まず予想しましょう。** 画素が明るいか暗いか、隅にあるか中央にあるかで、違いはあるでしょうか。


# %% name="nudge" tags=["demo"]
def print_nudges():
    one_map = np.array([[[3.0, 1.0, 4.0], [1.0, 5.0, 9.0], [2.0, 6.0, 5.0]]])
    average = one_map.mean()
    print(tr("average", "平均"), average)
    for place in ((0, 0, 0), (0, 1, 2), (0, 2, 1)):
        moved = one_map.copy()
        moved[place] += 0.9
        slope = (moved.mean() - average) / 0.9
        print(
            tr(
                f"pixel {place[1:]} + 0.9   average {moved.mean():.3f}   slope {slope:.8f}",
                f"画素{place[1:]} + 0.9   平均 {moved.mean():.3f}   勾配 {slope:.8f}",
            )
        )


print_nudges()

# %% [markdown] lang="en"
# Every pixel moves the average by one ninth of its own movement, whatever its value and wherever it is. In general the slope is 1/(H·W), and
# the chain rule gives
#
# $$\text{dx}[n, c, y, x] = \frac{\text{dout}[n, c]}{H \cdot W}\qquad\text{for all } y, x.$$
#
# Compare with max pooling in notebook 04: there the winner takes all, here everybody gets an equal share. In both
# cases nothing is lost or added: in each map, `dx` sums up to `dout`.

# %% [markdown] lang="ja"
# どの画素も、自分が動いた量のちょうど9分の1だけ平均を動かします。値にも場所にもよりません。一般に勾配は1/(H·W)なので、連鎖律から次の式が得られます。
#
# $$\text{dx}[n, c, y, x] = \frac{\text{dout}[n, c]}{H \cdot W}\qquad\text{（すべての }y, x\text{ について）}$$
#
# ノートブック04の最大プーリングと比べてみましょう。あちらは勝者が独り占めし、こちらは全員で等しく分けます。どちらでも、合計は変わりません。マップごとに`dx`を合計すると、`dout`になります。


# %% name="picture_of_shares" tags=["demo"]
def draw_shares():
    one_map = np.array([[3, 1, 4], [1, 5, 9], [2, 6, 5]])
    winner = one_map == 9
    fig, axes = plt.subplots(1, 4, figsize=(12, 3.4), width_ratios=[3, 1, 3, 3])
    draw_numbers(axes[0], one_map, one_map / 6, "x", 13)
    draw_numbers(axes[1], [[1.8]], None, "dout", 13)
    draw_numbers(
        axes[2],
        np.full((3, 3), 0.2),
        np.full((3, 3), 0.5),
        figure_text("average: 1.8 / 9 each", "平均：1.8 / 9ずつ"),
        13,
    )
    draw_numbers(
        axes[3],
        winner * 1.8,
        winner * 2,
        figure_text("maximum: 1.8 for the winner", "最大値：勝者に1.8"),
        13,
    )
    fig.tight_layout()
    plt.show()


draw_shares()

# %% [markdown] lang="en"
# ## Exercise 2: the two layers
#
# **Importance ●●●, difficulty ★★☆, about 35 minutes, 4.5 points** (images 3, sequences 1.5). Again images first; the layer for sequences is the
# same with one axis. `forward` can use your function. `backward` has to know the shape of the last
# `x`, so `forward` must keep it. No loops over images or channels: let broadcasting spread the shares.
#
# <details><summary>Hint 1: axes that have gone</summary>
#
# <code>dout</code> lacks the axes of space. Put them back with size 1, where they were:
# <code>np.expand_dims(dout, axis=...)</code> takes several axes, also counted from the end. What are the shapes
# then, for both layouts?
# </details>
#
# <details><summary>Hint 2: spreading</summary>
#
# <code>np.broadcast_to(share, shape)</code> repeats an array along its axes of size 1. It gives a view that
# cannot be written to; <code>.copy()</code> makes an ordinary array of it.
# </details>
#
# <details><summary>Hint 3: how many pixels?</summary>
#
# H and W are at other positions in the shape with <code>channels_last</code>, or without a batch. The same axes
# that you averaged over tell you where. Or: how many times does <code>dout.size</code> go into the size of x?
# </details>
#
# <details><summary>Hint 4: the steps of <code>backward</code></summary>
#
# 1. Divide <code>dout</code> by the number of pixels of a map.
# 2. Put axes of size 1 where space was.
# 3. Spread it over the shape of the last x, as an array of its own.
# </details>

# %% [markdown] lang="ja"
# ## 演習2：2つの層
#
# **重要度 ●●●／難しさ ★★☆／目安 35分／4.5点**（画像3点、系列1.5点） ここでも画像の層を先に書きます。系列の層は、空間の軸が1つになるだけです。`forward`では、演習1の関数を使えます。`backward`では直前の`x`の形状が必要になるので、`forward`で保存しておきましょう。画像やチャンネルについてのループは使いません。ブロードキャストで全体に行き渡らせてください。
#
# <details><summary>ヒント1：なくなった軸を戻す</summary>
#
# <code>dout</code>には空間の軸がありません。元の場所に、大きさ1の軸として戻しましょう。<code>np.expand_dims(dout, axis=...)</code>には軸をいくつか渡すことができ、後ろから数えた番号も使えます。2つのデータ形式で、形状はそれぞれどうなりますか。
# </details>
#
# <details><summary>ヒント2：行き渡らせる</summary>
#
# <code>np.broadcast_to(share, shape)</code>は、大きさ1の軸に沿って値を繰り返します。結果は書き込みのできないビューなので、<code>.copy()</code>で普通の配列にします。
# </details>
#
# <details><summary>ヒント3：画素はいくつあるか</summary>
#
# <code>channels_last</code>のときやバッチがないときは、形状の中でHとWの位置が変わります。平均に使った軸を見れば、どこにあるかわかります。あるいは、xの大きさが<code>dout.size</code>の何倍かを考えてもよいでしょう。
# </details>
#
# <details><summary>ヒント4：<code>backward</code>の手順</summary>
#
# 1. <code>dout</code>を、マップ1枚の画素数で割る。
# 2. 空間の軸があった場所に、大きさ1の軸を入れる。
# 3. 直前のxの形状に行き渡らせ、独立した配列にする。
# </details>


# %% name="gap_layers" tags=["stub"]
class GlobalAveragePooling2D:
    """Global average pooling of images as a layer.

    Args:
        data_format: "channels_first" or "channels_last".
    --- ja ---
    画像のグローバルアベレージプーリング層。

    引数:
        data_format: "channels_first"または"channels_last"。
    """

    def __init__(self, data_format="channels_first"):
        self.data_format = data_format

        # en: What forward has to keep for backward.
        # ja: forwardで保存し、backwardで使うもの。
        self.x_shape = None

    def forward(self, x):
        """Average each channel over height and width.

        Args:
            x: as for global_average_pooling_2d, a batch or one image. Must not be changed.

        Returns:
            Array of shape (N, C), for one image (C,); dtype of x.

        Raises:
            ValueError: x has neither 3 nor 4 dimensions.

        Example:
            >>> GlobalAveragePooling2D().forward(np.array([[[1., 2.], [3., 6.]]]))
            array([3.])
        --- ja ---
        チャンネルごとに、縦と横について平均する。

        引数:
            x: global_average_pooling_2dと同じ。バッチまたは画像1枚。書き換えてはいけない。

        戻り値:
            形状(N, C)、画像1枚なら(C,)の配列。dtypeはxと同じ。

        例外:
            ValueError: xの次元数が3でも4でもないとき。

        例:
            >>> GlobalAveragePooling2D().forward(np.array([[[1., 2.], [3., 6.]]]))
            array([3.])
        """
        ### BEGIN SOLUTION
        self.x_shape = x.shape
        return global_average_pooling_2d(x, self.data_format)
        ### END SOLUTION

    def backward(self, dout):
        """Give every pixel an equal share of the gradient of its map.

        Args:
            dout: gradient of the loss with respect to the output of the last forward, shape (N, C) or (C,).
                Must not be changed.

        Returns:
            Gradient of the loss with respect to x: shape of the last x, dtype of dout.

        Example:
            >>> gap = GlobalAveragePooling2D()
            >>> out = gap.forward(np.array([[[1., 2.], [3., 6.]]]))
            >>> gap.backward(np.array([8.]))
            array([[[2., 2.],
                    [2., 2.]]])
        --- ja ---
        マップの勾配を、すべての画素に等しく分ける。

        引数:
            dout: 直前のforwardの出力についての損失の勾配。形状(N, C)または(C,)。書き換えてはいけない。

        戻り値:
            xについての損失の勾配。形状は直前のxと同じ、dtypeはdoutと同じ。

        例:
            >>> gap = GlobalAveragePooling2D()
            >>> out = gap.forward(np.array([[[1., 2.], [3., 6.]]]))
            >>> gap.backward(np.array([8.]))
            array([[[2., 2.],
                    [2., 2.]]])
        """
        ### BEGIN SOLUTION
        if self.data_format == "channels_first":
            height, width, axes = self.x_shape[-2], self.x_shape[-1], (-2, -1)
        else:
            height, width, axes = self.x_shape[-3], self.x_shape[-2], (-3, -2)
        share = np.expand_dims(dout / (height * width), axes)
        return np.broadcast_to(share, self.x_shape).copy()
        ### END SOLUTION


class GlobalAveragePooling1D:
    """Global average pooling of sequences as a layer.

    Args:
        data_format: "channels_first" or "channels_last".
    --- ja ---
    系列のグローバルアベレージプーリング層。

    引数:
        data_format: "channels_first"または"channels_last"。
    """

    def __init__(self, data_format="channels_first"):
        self.data_format = data_format

        # en: What forward has to keep for backward.
        # ja: forwardで保存し、backwardで使うもの。
        self.x_shape = None

    def forward(self, x):
        """Average each channel over the length.

        Args:
            x: as for global_average_pooling_1d, a batch or one sequence. Must not be changed.

        Returns:
            Array of shape (N, C), for one sequence (C,); dtype of x.

        Raises:
            ValueError: x has neither 2 nor 3 dimensions.

        Example:
            >>> GlobalAveragePooling1D().forward(np.array([[1., 2., 6.]]))
            array([3.])
        --- ja ---
        チャンネルごとに、長さの方向について平均する。

        引数:
            x: global_average_pooling_1dと同じ。バッチまたは系列1つ。書き換えてはいけない。

        戻り値:
            形状(N, C)、系列1つなら(C,)の配列。dtypeはxと同じ。

        例外:
            ValueError: xの次元数が2でも3でもないとき。

        例:
            >>> GlobalAveragePooling1D().forward(np.array([[1., 2., 6.]]))
            array([3.])
        """
        ### BEGIN SOLUTION
        self.x_shape = x.shape
        return global_average_pooling_1d(x, self.data_format)
        ### END SOLUTION

    def backward(self, dout):
        """Give every step an equal share of the gradient of its channel.

        Args:
            dout: gradient of the loss with respect to the output of the last forward, shape (N, C) or (C,).
                Must not be changed.

        Returns:
            Gradient of the loss with respect to x: shape of the last x, dtype of dout.

        Example:
            >>> gap = GlobalAveragePooling1D()
            >>> out = gap.forward(np.array([[1., 2., 6.]]))
            >>> gap.backward(np.array([6.]))
            array([[2., 2., 2.]])
        --- ja ---
        チャンネルの勾配を、系列のすべての位置に等しく分ける。

        引数:
            dout: 直前のforwardの出力についての損失の勾配。形状(N, C)または(C,)。書き換えてはいけない。

        戻り値:
            xについての損失の勾配。形状は直前のxと同じ、dtypeはdoutと同じ。

        例:
            >>> gap = GlobalAveragePooling1D()
            >>> out = gap.forward(np.array([[1., 2., 6.]]))
            >>> gap.backward(np.array([6.]))
            array([[2., 2., 2.]])
        """
        ### BEGIN SOLUTION
        axis = -1 if self.data_format == "channels_first" else -2
        share = np.expand_dims(dout / self.x_shape[axis], axis)
        return np.broadcast_to(share, self.x_shape).copy()
        ### END SOLUTION


# %% [markdown] lang="en"
# The check begins with a `dout` of ones, which gives 0.11111111, one ninth, at every place of a 3 × 3 map. It is a weak test: code that
# never looks at `dout` passes it as well. So the check continues with numbers that are all different.

# %% [markdown] lang="ja"
# 確認用のセルでは、まず、すべて1の`dout`を試します。3×3のマップなら、どこでも9分の1、つまり0.11111111になります。ただし、これは甘いテストで、`dout`をまったく見ないコードでも通ってしまいます。そこで、すべて異なる値を使った確認が続きます。


# %% name="check_layer_2d" tags=["check"]
def check_layer_2d():
    gap = GlobalAveragePooling2D("channels_last")
    out = gap.forward(np.random.default_rng(0).standard_normal((1, 3, 3, 2)))
    assert np.shape(out) == (1, 2), tr(
        f"forward of (1, 3, 3, 2), channels last, gives (1, 2), not {np.shape(out)}.",
        f"channels_lastの(1, 3, 3, 2)でforwardは(1, 2)になるはずですが、{np.shape(out)}です。",
    )
    dx = gap.backward(np.ones((1, 2)))
    assert np.shape(dx) == (1, 3, 3, 2), tr(
        f"dx must have the shape of x, (1, 3, 3, 2), not {np.shape(dx)}.",
        f"dxの形状はxと同じ(1, 3, 3, 2)のはずですが、{np.shape(dx)}になっています。",
    )
    assert not np.allclose(dx, 1), tr(
        "Every pixel got the whole gradient. If one of nine pixels moves by 1, the average "
        "moves by how much?",
        "どの画素も勾配をまるごと受け取っています。9個の画素のうち1つが1動くと、平均はどれだけ動きますか。",
    )
    assert np.allclose(dx, 1 / 9), tr(
        f"For dout = 1 every pixel gets 1/9, yours:\n{dx[0, :, :, 0]}",
        f"dout=1なら、どの画素も1/9になります。あなたの結果は次のとおりです。\n{dx[0, :, :, 0]}",
    )

    # en: 2 images, 3 channels, 2 rows, 4 columns, and six different gradients
    # ja: 画像2枚、3チャンネル、2行、4列、勾配は6つともすべて異なる
    gap = GlobalAveragePooling2D()
    gap.forward(np.arange(48.0).reshape(2, 3, 2, 4))
    dout = np.array([[8.0, 16.0, 24.0], [-8.0, 40.0, 80.0]])
    dx = gap.backward(dout)
    assert np.shape(dx) == (2, 3, 2, 4), tr(
        f"dx must have the shape of x, (2, 3, 2, 4), not {np.shape(dx)}.",
        f"dxの形状はxと同じ(2, 3, 2, 4)のはずですが、{np.shape(dx)}になっています。",
    )
    assert not np.allclose(dx, 1 / 8), tr(
        "Every pixel got 1/8, whatever dout was. Does your code look at dout?",
        "doutが何であっても、どの画素も1/8になっています。doutを使っていますか。",
    )
    assert not np.allclose(dx, dout[:, :, np.newaxis, np.newaxis] / 4), tr(
        "Divided by 4, that is H*H. The map has 2 rows and 4 columns.",
        "4、つまりH*Hで割っています。マップは2行4列です。",
    )
    assert np.allclose(dx[0, :, 0, 0], [1, 2, 3]), tr(
        f"Image 0 must get 1, 2, 3 in its three maps, yours {dx[0, :, 0, 0]}.",
        f"画像0の3枚のマップは1、2、3になるはずですが、{dx[0, :, 0, 0]}になっています。",
    )
    assert np.allclose(dx[1, :, 1, 3], [-1, 5, 10]), tr(
        f"Image 1 must get -1, 5, 10 in its three maps, yours {dx[1, :, 1, 3]}. Does each image "
        "get its own gradient?",
        f"画像1の3枚のマップは-1、5、10になるはずですが、{dx[1, :, 1, 3]}になっています。"
        "画像ごとに別々の勾配を渡していますか。",
    )
    assert np.allclose(dx.sum(axis=(2, 3)), dout), tr(
        "In each map dx must sum up to dout: do all pixels get their share?",
        "マップごとのdxの和はdoutになるはずです。すべての画素に渡していますか。",
    )

    gap.forward(np.zeros((3, 2, 5)))
    dx = gap.backward(np.array([10.0, 20.0, 30.0]))
    assert np.shape(dx) == (3, 2, 5), tr(
        f"One image of (3, 2, 5) after a batch: the shape of dx is {np.shape(dx)}. Is the shape of "
        "the last x kept?",
        f"バッチの後に(3, 2, 5)の画像1枚を渡したとき、dxの形状が{np.shape(dx)}になっています。"
        "直前のxの形状を保存していますか。",
    )
    assert np.allclose(dx[:, 1, 4], [1, 2, 3]), tr(
        f"The three maps of a single image must get 1, 2, 3, yours {dx[:, 1, 4]}.",
        f"画像1枚の3枚のマップは1、2、3になるはずですが、{dx[:, 1, 4]}になっています。",
    )
    print(
        tr(
            "All visible checks of GlobalAveragePooling2D passed. Grading tries other shapes.",
            "GlobalAveragePooling2Dの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_layer_2d()


# %% name="check_layer_1d" tags=["check"]
def check_layer_1d():
    x = np.arange(24.0).reshape(2, 3, 4)
    dout = np.array([[4.0, 8.0, 12.0], [-4.0, 20.0, 40.0]])
    shares = np.repeat(dout[:, :, np.newaxis] / 4, 4, axis=2)
    for data_format, layout, back in (
        ("channels_first", "(N, C, L)", (0, 1, 2)),
        ("channels_last", "(N, L, C)", (0, 2, 1)),
    ):
        gap = GlobalAveragePooling1D(data_format)
        out = gap.forward(x.transpose(back))
        assert alike(out, x.mean(axis=2)), tr(
            f"forward of {layout} must give {x.mean(axis=2).tolist()}, yours {out}.",
            f"{layout}のforwardは{x.mean(axis=2).tolist()}のはずですが、{out}になっています。",
        )
        dx = gap.backward(dout)
        assert np.shape(dx) == x.transpose(back).shape, tr(
            f"dx must have the shape of x, {x.transpose(back).shape}, not {np.shape(dx)}.",
            f"dxの形状はxと同じ{x.transpose(back).shape}のはずですが、{np.shape(dx)}です。",
        )
        assert np.allclose(dx.transpose(back), shares), tr(
            f"{layout}: each of the 4 steps gets a quarter of dout, of its own sequence and channel. "
            f"Yours for sequence 0:\n{dx[0]}",
            f"{layout}では、4つの位置のそれぞれに、同じ系列・同じチャンネルのdoutの4分の1が渡ります。"
            f"あなたの系列0の結果は次のとおりです。\n{dx[0]}",
        )
        gap.forward(x.transpose(back)[0])
        dx = gap.backward(dout[0])
        assert np.shape(dx) == x.transpose(back)[0].shape, tr(
            f"One sequence without a batch: dx has the shape {np.shape(dx)}.",
            f"バッチのない系列1つのとき、dxの形状が{np.shape(dx)}になっています。",
        )
    print(
        tr(
            "All visible checks of GlobalAveragePooling1D passed. Grading tries other shapes.",
            "GlobalAveragePooling1Dの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_layer_1d()

# %% [markdown] lang="en"
# ## 5. Two numbers that tell what is in the picture
#
# Now let GAP do some work. Each of the pictures below is noise with a patch of stripes somewhere in it, leaning
# to the right like / or to the left like \\. Their sizes differ. Two simple maps are made of each picture: how much
# it changes from a pixel to its neighbour below on the right, and to its neighbour below on the left. (Notebook 01
# made such maps with filters.) GAP turns the two maps into two numbers.

# %% [markdown] lang="ja"
# ## 5. 何が写っているかを教える2つの値
#
# では、GAPを使ってみましょう。下の画像は、ノイズの中のどこかに縞模様が入っています。縞は、/のように右に傾いているか、\\のように左に傾いているかのどちらかです。画像の大きさはまちまちです。それぞれの画像から、簡単なマップを2枚作ります。各画素の値は、1枚では右下の画素との差の大きさ、もう1枚では左下の画素との差の大きさです（ノートブック01では、こうしたマップをフィルターで作りました）。GAPを使うと、2枚のマップが2つの値になります。


# %% name="stripes" tags=["demo"]
def make_picture(leaning, rng):
    height, width = rng.integers(24, 65, 2)
    patch = rng.integers(14, 22)
    top, left = rng.integers(0, height - patch), rng.integers(0, width - patch)
    y, x = np.mgrid[:patch, :patch]
    sign = 1 if leaning == "/" else -1
    picture = rng.normal(0, 0.25, (height, width))
    wave = np.sin(2 * np.pi * (x + sign * y) / 7 + rng.uniform(0, 6))
    picture[top : top + patch, left : left + patch] += wave
    return picture


def make_maps(picture):
    to_the_right = np.abs(picture[1:, 1:] - picture[:-1, :-1])
    to_the_left = np.abs(picture[1:, :-1] - picture[:-1, 1:])
    return np.stack([to_the_right, to_the_left])


def show_stripes():
    rng = np.random.default_rng(5)
    fig = plt.figure(figsize=(13, 4.6))
    places = fig.add_gridspec(2, 6)
    points = {}
    for row, leaning in enumerate("/\\"):
        pictures = [make_picture(leaning, rng) for _ in range(60)]
        points[leaning] = np.array([global_average_pooling_2d(make_maps(p)) for p in pictures])
        for column, picture in enumerate(pictures[:3]):
            ax = fig.add_subplot(places[row, column])
            ax.imshow(picture, cmap="gray", vmin=-1.5, vmax=1.5)
            ax.set_title(f"{leaning}  {picture.shape[0]}x{picture.shape[1]}", fontsize=9)
            ax.axis("off")
    ax = fig.add_subplot(places[:, 3:])
    for leaning, marker, color in (("/", "o", "0.7"), ("\\", "^", "0.1")):
        ax.scatter(*points[leaning].T, marker=marker, color=color, edgecolor="black", label=leaning)
    ax.set_xlabel(
        figure_text("GAP of map 0 (differences to the lower right)", "マップ0のGAP（右下との差）")
    )
    ax.set_ylabel(
        figure_text("GAP of map 1 (differences to the lower left)", "マップ1のGAP（左下との差）")
    )
    ax.set_title(
        figure_text("60 pictures of each kind, two numbers each", "画像は各60枚、1枚につき値が2つ")
    )
    ax.legend(title=figure_text("stripes", "縞の向き"))
    fig.tight_layout()
    plt.show()
    right = np.mean([p[0] > p[1] for p in points["/"]] + [p[0] < p[1] for p in points["\\"]])
    print(
        tr(
            f"the larger number identifies the stripes in {right:.0%} of the pictures",
            f"大きいほうの値で縞の向きがわかった画像の割合：{right:.0%}",
        )
    )


show_stripes()

# %% [markdown] lang="en"
# Wherever the patch is and however large the picture: the larger of the two numbers identifies the stripes. A fully
# connected layer behind GAP does the same with hundreds of maps and learned weights.
#
# ## Exercise 3: where does the score come from?
#
# **Importance ●●○, difficulty ★☆☆, about 10 minutes, not graded.** GAP has forgotten the place, but you can get it back. The score of a class
# is a weighted sum of averages. A weighted sum of averages is the *average of the weighted sum*:
#
# $$\sum_c w_c \cdot \frac{1}{HW}\sum_{y,x} \text{map}_c[y, x] \;=\; \frac{1}{HW} \sum_{y,x} \Bigl(\sum_c w_c \cdot \text{map}_c[y, x]\Bigr)$$
#
# The bracket on the right is one number for each place: what this place adds to the score. As a picture it is called a **class
# activation map** (Zhou and others, 2016). Write the function that computes it. One line is enough.
#
# <details><summary>Hint 1: shapes</summary>
#
# The weights have the shape (C,), the maps (C, H, W), the result (H, W). Which axis disappears?
# </details>
#
# <details><summary>Hint 2: two ways</summary>
#
# Give the weights the shape (C, 1, 1), multiply, and sum over the channels. Or look up <code>np.tensordot</code>.
# </details>

# %% [markdown] lang="ja"
# 縞がどこにあっても、画像がどんな大きさでも、2つの値の大きいほうを見れば、縞の向きがわかります。GAPの後ろに置いた全結合層は、これと同じことを、何百枚ものマップと学習した重みを使って行います。
#
# ## 演習3：スコアはどこから来たのか
#
# **重要度 ●●○／難しさ ★☆☆／目安 10分／採点なし** GAPで場所の情報は失われますが、取り戻す方法があります。クラスのスコアは、平均に重みを掛けて足したものです。重みを掛けて足してから平均しても、結果は同じです。
#
# $$\sum_c w_c \cdot \frac{1}{HW}\sum_{y,x} \text{map}_c[y, x] \;=\; \frac{1}{HW} \sum_{y,x} \Bigl(\sum_c w_c \cdot \text{map}_c[y, x]\Bigr)$$
#
# 右辺の括弧の中は、場所ごとに1つの値で、その場所がスコアにどれだけ寄与したかを表します。これを図にしたものを**クラス活性化マップ**（class activation map、Zhouほか、2016年）といいます。これを計算する関数を書いてください。1行で書けます。
#
# <details><summary>ヒント1：形状</summary>
#
# 重みの形状は(C,)、マップは(C, H, W)、結果は(H, W)です。なくなるのはどの軸ですか。
# </details>
#
# <details><summary>ヒント2：2通りの書き方</summary>
#
# 重みの形状を(C, 1, 1)にして掛け、チャンネルについて足します。<code>np.tensordot</code>を調べてみてもよいでしょう。
# </details>


# %% name="class_activation_map" tags=["stub"]
def class_activation_map(maps, weights):
    """What each place adds to the score of a class (times the number of places).

    Args:
        maps: the maps in front of global average pooling, shape (C, H, W).
        weights: the weights of the class after it, shape (C,).

    Returns:
        Array of shape (H, W); its average is the score, without the bias.

    Example:
        >>> maps = np.array([[[1., 2.]], [[10., 20.]]])
        >>> class_activation_map(maps, np.array([3., 1.]))
        array([[13., 26.]])
    --- ja ---
    それぞれの場所がクラスのスコアにどれだけ寄与したか（場所の個数を掛けた値）。

    引数:
        maps: グローバルアベレージプーリングの前のマップ。形状(C, H, W)。
        weights: その後ろの、クラスの重み。形状(C,)。

    戻り値:
        形状(H, W)の配列。平均すると、（バイアスを除いた）スコアになる。

    例:
        >>> maps = np.array([[[1., 2.]], [[10., 20.]]])
        >>> class_activation_map(maps, np.array([3., 1.]))
        array([[13., 26.]])
    """
    ### BEGIN SOLUTION
    return np.tensordot(weights, maps, axes=1)
    ### END SOLUTION


# %% name="check_class_activation_map" tags=["check"]
def check_class_activation_map():
    maps = np.arange(24.0).reshape(2, 3, 4)
    weights = np.array([2.0, -1.0])
    found = class_activation_map(maps, weights)
    assert np.shape(found) == (3, 4), tr(
        f"Two maps of (3, 4) give one of (3, 4), not {np.shape(found)}.",
        f"(3, 4)のマップ2枚からは(3, 4)が1枚できるはずですが、{np.shape(found)}です。",
    )
    assert not np.allclose(found, maps.sum(axis=0)), tr(
        "The maps are added without their weights.", "重みを掛けずに足しています。"
    )
    score = np.sum(weights * maps.mean(axis=(1, 2)))
    assert np.isclose(np.mean(found), score), tr(
        f"The average of the map must be the score, {score}, but is {np.mean(found)}.",
        f"マップの平均はスコア{score}になるはずですが、{np.mean(found)}です。",
    )
    assert np.isclose(found[0, 1], -11), tr(
        f"At row 0, column 1 the maps are 1 and 13, so 2·1 − 1·13 = -11, but you have {found[0, 1]}.",
        f"行0、列1ではマップの値が1と13なので、2·1 − 1·13 = -11のはずですが、{found[0, 1]}です。",
    )
    print(
        tr(
            "The class activation map is right. (It is not graded.)",
            "クラス活性化マップの確認はすべて通りました（採点はありません）。",
        )
    )


check_class_activation_map()

# %% [markdown] lang="en"
# Here is a picture with *both* kinds of stripes. The score for "leaning like /" is GAP of map 0 minus GAP of map 1, so the weights are 1 and −1.
# **Predict first:** is the score positive, negative or near 0? And what will your map show that the score cannot?

# %% [markdown] lang="ja"
# 次の画像には、両方の縞が入っています。「/のように傾いている」のスコアは、マップ0のGAPからマップ1のGAPを引いたものなので、重みは1と−1です。**まず予想しましょう。** スコアは正でしょうか、負でしょうか、それとも0に近いでしょうか。また、スコアだけではわからず、マップを見るとわかることは何でしょうか。


# %% name="where_the_score_comes_from" tags=["demo"]
def show_where_the_score_comes_from():
    rng = np.random.default_rng(2)
    picture = rng.normal(0, 0.25, (60, 90))
    y, x = np.mgrid[:22, :22]
    picture[6:28, 8:30] += np.sin(2 * np.pi * (x + y) / 7)
    picture[32:54, 58:80] += np.sin(2 * np.pi * (x - y) / 7)
    maps = make_maps(picture)
    scores = global_average_pooling_2d(maps)
    difference = class_activation_map(maps, np.array([1.0, -1.0]))
    print(
        tr(
            f"GAP of map 0 - GAP of map 1 = {scores[0] - scores[1]:.4f}",
            f"マップ0のGAP - マップ1のGAP = {scores[0] - scores[1]:.4f}",
        )
    )
    print(
        tr(
            f"average of your map        = {difference.mean():.4f}",
            f"あなたのマップの平均     = {difference.mean():.4f}",
        )
    )

    fig, axes = plt.subplots(1, 2, figsize=(11.5, 4), layout="constrained")
    axes[0].imshow(picture, cmap="gray", vmin=-1.5, vmax=1.5)
    axes[0].set_title(
        figure_text("both kinds of stripes in one picture", "両方の縞が入った画像"), fontsize=10
    )
    image = axes[1].imshow(difference, cmap=SIGNED, vmin=-1.5, vmax=1.5)
    axes[1].set_title(
        figure_text(
            "class activation map: orange means /, black means \\",
            "クラス活性化マップ：オレンジは/、黒は\\",
        ),
        fontsize=10,
    )
    fig.colorbar(image, ax=axes, shrink=0.8)
    for ax in axes:
        ax.axis("off")
    plt.show()


show_where_the_score_comes_from()

# %% [markdown] lang="en"
# A score near 0 says "neither". The map says "both, and here". For a trained network this picture costs nothing: no further training,
# only the weights that it has anyway. **Predict:** with the weights 1 and 1, what would the map show?
#
# <details><summary>Answer</summary>
#
# Where there are stripes of either kind: both patches would be orange (and the noise around them pale orange), and the score, now
# the sum of the two averages, would say how much of the picture is striped. The weights decide which question the map answers.
# </details>

# %% [markdown] lang="ja"
# 0に近いスコアだけを見れば「どちらでもない」ですが、マップを見れば「両方が、ここにある」とわかります。学習済みのネットワークなら、この図は追加の学習なしで、すでにある重みだけから描けます。**予想しましょう。** 重みを1と1にしたら、マップには何が表れるでしょうか。
#
# <details><summary>答え</summary>
#
# 向きによらず、縞のあるところが表れます。2か所とも同じオレンジになり（周りのノイズは薄いオレンジになります）、2つの平均の和であるスコアは、縞が全体でどのくらいあるかを表します。マップがどんな問いに答えるのかは、重みで決まるのです。
# </details>

# %% [markdown] lang="en"
# ## If something is wrong
#
# | what you see | where to look |
# |---|---|
# | the shape is right for a batch, wrong for one image | axes counted from the front; count from the end |
# | `(N, W)` in place of `(N, C)` | the axes of the other layout |
# | `(N, C, 1, 1)` | `keepdims=True` |
# | right for square maps only | divided by H·H or by one side only |
# | `dx` right for ones, wrong for anything else | `dout` is not used |
# | `operands could not be broadcast` in `backward` | the axes of size 1 are in the wrong place |
# | `assignment destination is read-only` later on | `np.broadcast_to` without `.copy()` |
#
# **Before you hand in**, restart the kernel, run all cells from the top, and save.
#
# ## Questions to think about
#
# Nobody collects your answers. Think first, then open the answers.
#
# 1. GAP is an average pooling with which window? And which stride?
#    <details><summary>Answer</summary>A window as large as the map, H × W. There is one place for it, so the
#    stride does not matter.</details>
# 2. A map in which one pixel is 49 and 48 pixels are 0, and a map of 49 ones: what does GAP say to both? And
#    global <em>max</em> pooling?
#    <details><summary>Answer</summary>GAP gives 1 for both; the maximum gives 49 and 1. The average asks how much
#    there is in all, the maximum whether it is there at all.</details>
# 3. Why does a network with GAP take images of other sizes than those it was trained with, and one with Flatten
#    does not?
#    <details><summary>Answer</summary>The fully connected layer has a fixed number of inputs. C is fixed by the
#    filters, C·H·W grows with the image.</details>
# 4. Image 0 changes. Can that change the output of GAP for image 1? And what does that say about <code>dx[1]</code>
#    and <code>dout[0]</code>?
#    <details><summary>Answer</summary>No. So <code>dx[1]</code> must not depend on <code>dout[0]</code>: a sum over the
#    batch in <code>backward</code> is always a mistake here.</details>
# 5. The gradient of each pixel is divided by H·W. Do the filters in front of GAP therefore learn H·W times more
#    slowly?
#    <details><summary>Answer</summary>Not necessarily: a filter's weights collect the gradients of all H·W places, and
#    if these agree, the sum is of the old size again.</details>
#
# ## Now you can
#
# Tick off what you can do without looking.
#
# - [ ] average over space in either layout, with and without a batch
# - [ ] say what GAP saves and what it forgets
# - [ ] hand the gradient of an average back without a loop
# - [ ] draw a class activation map
#
# <details><summary>1. Channels last, one image of shape (6, 8, 3). Which axes, and what is the shape of the result?</summary>Axes 0 and 1
# (−3 and −2 from the end); (3,).</details>
#
# <details><summary>2. 128 maps of 5 × 5 and 20 classes: how many parameters behind Flatten, how many behind GAP?</summary>128 · 25 · 20 +
# 20 = 64,020; 128 · 20 + 20 = 2,580.</details>
#
# <details><summary>3. dout is 6 for a map of 2 × 3. What is dx?</summary>1 everywhere.</details>
#
# <details><summary>4. The average of a class activation map?</summary>The score, up to the bias.</details>
#
# ## Further reading
#
# Look at the figures of the second one first.
#
# - M. Lin, Q. Chen, S. Yan, [Network in network](https://arxiv.org/abs/1312.4400) (2013), section 3.2: where GAP comes from.
# - B. Zhou and others, [Learning deep features for discriminative localization](https://arxiv.org/abs/1512.04150) (2016): class
#   activation maps.
# - R. Selvaraju and others, [Grad-CAM](https://arxiv.org/abs/1610.02391) (2017): the same for networks without GAP.
# - Dive into Deep Learning, [Network in network](https://d2l.ai/chapter_convolutional-modern/nin.html).
#
# **Next:** notebook 06 builds a whole network and trains it, and notebook 07 ends a ResNet with your GAP.

# %% [markdown] lang="ja"
# ## うまくいかないとき
#
# | 症状 | 確かめるところ |
# |---|---|
# | バッチなら形状が正しいが、画像1枚だと違う | 軸を前から数えている。後ろから数えるとよい |
# | `(N, C)`ではなく`(N, W)`になる | もう一方のデータ形式の軸を使っている |
# | `(N, C, 1, 1)`になる | `keepdims=True`としている |
# | 正方形のマップでだけ正しい | H·Hで、または一方の辺だけで割っている |
# | すべて1の`dout`なら正しいが、ほかでは違う | `dout`を使っていない |
# | `backward`で`operands could not be broadcast`と出る | 大きさ1の軸の位置が違う |
# | 後になって`assignment destination is read-only`と出る | `np.broadcast_to`の後の`.copy()`を忘れている |
#
# **提出の前に**、カーネルを再起動して、上からすべてのセルを実行し、保存してください。
#
# ## 考えてみよう
#
# 解答を提出する必要はありません。まず自分で考えてから、答えを開いてください。
#
# 1. GAPは、どんな窓を使った平均プーリングといえるでしょうか。ストライドはいくつでしょうか。
#    <details><summary>答え</summary>マップと同じ大きさ、H×Wの窓です。窓を置ける場所は1つしかないので、ストライドはいくつでもかまいません。</details>
# 2. 1画素だけが49で残りの48画素が0のマップと、49画素すべてが1のマップでは、GAPの値はそれぞれいくつでしょうか。マップ全体の最大値ではどうでしょうか。
#    <details><summary>答え</summary>GAPではどちらも1、最大値では49と1です。平均は「全体でどのくらいあるか」を、最大値は「とにかくあるかどうか」を表します。</details>
# 3. GAPを使ったネットワークは、訓練データと違う大きさの画像も扱えますが、Flattenを使ったネットワークは扱えません。なぜでしょうか。
#    <details><summary>答え</summary>全結合層の入力の個数は決まっています。Cはフィルターの枚数で決まりますが、C·H·Wは画像が大きくなると増えてしまいます。</details>
# 4. 画像0を変えると、画像1に対するGAPの出力は変わるでしょうか。そのことから、<code>dx[1]</code>と<code>dout[0]</code>の関係について何がいえるでしょうか。
#    <details><summary>答え</summary>変わりません。したがって、<code>dx[1]</code>が<code>dout[0]</code>によって変わってはいけません。<code>backward</code>の中でバッチについて和を取っていたら、それは必ず間違いです。</details>
# 5. 画素ごとの勾配はH·Wで割られます。では、GAPの前にあるフィルターの学習は、H·W分の1の速さになってしまうのでしょうか。
#    <details><summary>答え</summary>そうとはかぎりません。フィルターの重みには、H·W個の場所すべてから勾配が集まります。それらの向きがそろっていれば、合計は元の大きさに戻ります。</details>
#
# ## できるようになったこと
#
# 何も見ずにできるものに、印を付けてください。
#
# - [ ] どちらのデータ形式でも、バッチがあってもなくても、空間の軸について平均できる
# - [ ] GAPで何が節約でき、何が失われるかを説明できる
# - [ ] 平均の勾配を、ループを使わずに逆向きに伝えられる
# - [ ] クラス活性化マップを描ける
#
# <details><summary>1. channels_lastで、形状(6, 8, 3)の画像が1枚あります。どの軸で平均し、結果の形状はどうなりますか。</summary>軸0と1（後ろから数えて−3と−2）で、(3,)になります。</details>
#
# <details><summary>2. 5×5のマップが128枚、クラスが20個のとき、FlattenとGAPでは、パラメーターはそれぞれ何個ですか。</summary>128·25·20 + 20 = 64,020個と、128·20 + 20 = 2,580個です。</details>
#
# <details><summary>3. 2×3のマップのdoutが6のとき、dxはどうなりますか。</summary>どこでも1です。</details>
#
# <details><summary>4. クラス活性化マップを平均すると何になりますか。</summary>（バイアスを除いた）スコアです。</details>
#
# ## さらに学ぶには
#
# まず、2つ目の論文の図を眺めてみてください。
#
# - M. Lin, Q. Chen, S. Yan: [Network in network](https://arxiv.org/abs/1312.4400)（2013年）の3.2節。GAPはここで提案されました。
# - B. Zhouほか: [Learning deep features for discriminative localization](https://arxiv.org/abs/1512.04150)（2016年）。クラス活性化マップの論文です。
# - R. Selvarajuほか: [Grad-CAM](https://arxiv.org/abs/1610.02391)（2017年）。GAPのないネットワークで同じことをする方法です。
# - Dive into Deep Learning: [Network in network](https://d2l.ai/chapter_convolutional-modern/nin.html)
#
# **次のノートブック** 06では、ネットワーク全体を組み立てて学習させます。07では、このGAPがResNetの最後に登場します。
