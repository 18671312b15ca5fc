# %% name="author" tags=["author"]
from autograder.course.author import earlier, figure_text, tr

globals().update(earlier("02_im2col", "im2col", "col2im"))

# %% [markdown] lang="en"
# # 03 The convolution layer, forward and backward
#
# With `im2col` and `col2im` from notebook 02 you can now build the layer that gives convolutional networks their name.
# Forward it filters images. Backward it tells every weight in which direction to change so that the loss gets smaller: that
# is all there is to learning.
#
# Backward passes are easy to get *nearly* right. The shapes fit, the network even learns a little, and still a factor or an
# order is wrong. So first you build the instrument that finds such errors, `numerical_gradient`, and then the layer.
#
# **After this notebook you can**
#
# - measure a gradient, and use it to check the backward passes that you write;
# - write the forward pass of a convolution layer in a few lines, and follow every shape in it;
# - derive the backward pass from the rule for matrix products, and say what `dW`, `db` and `dx` mean;
# - watch a filter learn, and say what the size of its steps does.
#
# **You need** notebook 02, and of calculus only the chain rule: effects along a path multiply, effects over several paths
# add up.
#
# | | you write | points | difficulty | time |
# |---|---|---|---|---|
# | Exercise 1 | `numerical_gradient` | 3 | ★☆☆ | about 20 minutes |
# | Exercise 2 | `Convolution.forward` | 7.5 | ★★☆ | about 30 minutes |
# | Exercise 3 | `Convolution.backward` | 7.5 | ★★★ | about 50 minutes |
#
# Reading and looking at the figures takes another half hour. At each exercise, ●●● marks what later parts rest on.
#
# **How it is graded.** As before: the checks in this notebook are there to help and are *not all of it*. Grading calls your
# code with other shapes, strides and paddings, each for its own points. The forward pass keeps its points if the backward
# pass is wrong or missing. The layer is graded with the `im2col` and `col2im` that you paste here; what fails
# only because of them is graded again with correct ones. Fix them first all the same, or the cells below will not work.

# %% [markdown] lang="ja"
# # 03 畳み込み層：順伝播と逆伝播
#
# ノートブック02で作った`im2col`と`col2im`を使って、いよいよ畳み込みニューラルネットワークの主役である畳み込み層を作ります。順伝播では、画像にフィルターを適用します。逆伝播では、損失を小さくするにはそれぞれの重みをどちらに動かせばよいかを求めます。学習に必要なのは、これだけです。
#
# 逆伝播で厄介なのは、だいたい合っているコードがすぐ書けてしまうことです。形状は合っているし、ネットワークもそれなりに学習するのに、実は係数が違っていたり、順番が入れ替わっていたりします。そこで、まずこうした間違いを見つける道具`numerical_gradient`を作り、それから層に取りかかります。
#
# **このノートブックの目標**
#
# - 数値微分で勾配を求め、どんな逆伝播でも自分で検証できる
# - 畳み込み層の順伝播を数行で書き、途中の形状をすべて説明できる
# - 行列積の微分の規則から逆伝播を導き、`dW`、`db`、`dx`の意味を説明できる
# - フィルターが学習する様子を観察し、学習率（1回の更新で動かす幅を決める係数）の影響を説明できる
#
# **必要な知識** ノートブック02の内容と、微分については連鎖律だけです。連鎖律とは、1つの経路に沿った影響は掛け合わせ、複数の経路の影響は足し合わせる、という規則です。
#
# | | 書くもの | 配点 | 難しさ | 目安の時間 |
# |---|---|---|---|---|
# | 演習1 | `numerical_gradient` | 3 | ★☆☆ | 20分 |
# | 演習2 | `Convolution.forward` | 7.5 | ★★☆ | 30分 |
# | 演習3 | `Convolution.backward` | 7.5 | ★★★ | 50分 |
#
# このほかに、説明を読み、図を眺める時間が30分ほどかかります。各演習の重要度●●●は、その先の内容の土台になることを表します。
#
# **採点について** これまでと同じく、ノートブックの中の確認は手助けのためのもので、採点のすべてではありません。採点では、ほかの形状、ストライド、パディングでもコードを呼び出し、項目ごとに点を付けます。逆伝播が間違っていても、あるいは書かれていなくても、順伝播の点はそのまま付きます。畳み込み層は、ここに貼り付けた`im2col`と`col2im`を使って採点し、それが原因で通らなかった項目は、正しいものに置き換えてもう一度採点します。それでも、間違ったままではこの先のセルがうまく動きません。ノートブック02で間違いが見つかっていたら、先に直しておきましょう。

# %% [markdown] lang="en"
# **Conventions of this course**
#
# - Images `(N, C, H, W)`, filters `W` of shape `(F, C, FH, FW)`, **one bias for each filter**: `b` has the shape `(F,)`. The
#   output has the shape `(N, F, out_h, out_w)`.
# - The filter is laid on the image as it is, not flipped. Mathematicians call this *cross-correlation*; deep learning
#   libraries call it convolution, and so do we.
# - Padding adds zeros; only whole windows count. `float32` stays `float32`; inputs are never changed.
# - `backward(dout)` returns the gradient `dx` of the loss with respect to the input of the *last* `forward`, and
#   **overwrites** `self.dW` and `self.db`. It does not average over the batch: where the loss is a mean, `dout` already
#   contains the 1/N.
# - A layer **never updates its own weights**. That is the optimiser's job (notebook 06).

# %% [markdown] lang="ja"
# **この教材での約束**
#
# - 画像は`(N, C, H, W)`、フィルター`W`は`(F, C, FH, FW)`です。**バイアスはフィルターごとに1つ**で、`b`の形状は`(F,)`になります。出力の形状は`(N, F, out_h, out_w)`です。
# - フィルターは反転せず、そのまま画像に重ねます。数学ではこれを相互相関と呼びますが、深層学習のライブラリーでは畳み込みと呼んでおり、この教材もそれにならいます。
# - パディングでは0を付け足し、画像からはみ出す窓は数えません。`float32`は`float32`のまま返し、受け取った配列は書き換えません。
# - `backward(dout)`は、直前の`forward`の入力についての損失の勾配`dx`を返し、`self.dW`と`self.db`を上書きします。バッチについての平均は取りません。損失が平均であれば、1/Nは`dout`にすでに含まれているからです。
# - 層は**自分の重みを更新しません**。それは最適化手法（ノートブック06）の仕事です。

# %% name="setup" tags=["setup"]
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

np.set_printoptions(linewidth=120, precision=4, suppress=True)

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
# ## Your functions from notebook 02
#
# Paste your `im2col` and `col2im` into the next cell, so that this notebook is self-contained.

# %% [markdown] lang="ja"
# ## ノートブック02の関数
#
# 次のセルに、自分で書いた`im2col`と`col2im`を貼り付けてください。このノートブックだけで実行できるようにするためです。

# %% name="carry" tags=["carry"] parts=["im2col", "col2im"] source="02_im2col"
# en: Paste your im2col and col2im from notebook 02 below this line.
# ja: この行の下に、ノートブック02で書いたim2colとcol2imを貼り付けてください。

# %% [markdown] lang="en"
# ## Do you remember?
#
# Answer from memory before you open the answers. Whatever was hard is worth another look now.
#
# 1. `col = im2col(x, 3, 3)` for `x` of shape (2, 4, 6, 6): what is the shape of `col`? (02)
#    <details><summary>Answer</summary>2 · 4 · 4 = 32 rows (windows) and 4 · 3 · 3 = 36 columns.</details>
# 2. In which order do the columns run, and who else has to keep to that order? (02)
#    <details><summary>Answer</summary>(c, fy, fx); the filters, flattened with <code>W.reshape(F, -1)</code>.</details>
# 3. Why does `col2im` add, and not overwrite? (02)
#    <details><summary>Answer</summary>A pixel has a copy in every window that sees it. If the pixel changes, all copies change
#    with it, and their effects add up.</details>
#
# <details><summary>If an earlier part of yours is not finished</summary>
#
# You need not stop here. Grading also tries this notebook with a correct <code>im2col</code> and <code>col2im</code> in place
# of yours, so that an old mistake does not cost points twice. But to <em>run</em> the notebook you need them: ask your
# instructor for the edition in which the cell above is filled in. Exercise 1 needs neither.
# </details>
#
# ## 1. Measuring a slope
#
# The derivative says by how much `f(x)` changes when `x` changes a little, per unit of change. So you can simply *try it*:
# move `x` by a small `h` and look. There are two ways,
#
# $$\text{one-sided: } \frac{f(x+h)-f(x)}{h}
# \qquad\text{and}\qquad \text{central: } \frac{f(x+h)-f(x-h)}{2h}$$
#
# and the second is much better for about the same work. On the left: $f(x)=x^3$ at $x=1$, where the true slope is 3, with a
# step of 0.6, much too large on purpose. On the right: the error for smaller and smaller steps. **Predict first:** how does
# the curve go on when `h` becomes as small as $10^{-12}$?

# %% [markdown] lang="ja"
# ## 思い出してみよう
#
# 答えを開く前に、何も見ずに答えてください。難しかったところは、今のうちに見直しておきましょう。
#
# 1. `x`の形状が(2, 4, 6, 6)のとき、`col = im2col(x, 3, 3)`の形状はどうなりますか（02）。
#    <details><summary>答え</summary>行（窓）が2·4·4 = 32、列が4·3·3 = 36です。</details>
# 2. 列はどんな順に並んでいますか。同じ順に並べなければならないのは、ほかに何ですか（02）。
#    <details><summary>答え</summary>(c, fy, fx)の順です。<code>W.reshape(F, -1)</code>で1列に並べるフィルターも、同じ順でなければなりません。</details>
# 3. `col2im`は、なぜ上書きではなく足し合わせるのですか（02）。
#    <details><summary>答え</summary>画素の写しは、その画素が入るすべての窓にあります。画素の値が変わると写しもすべて変わり、その影響が足し合わされるからです。</details>
#
# <details><summary>前のノートブックのコードが完成していない場合</summary>
#
# ここで止まる必要はありません。採点では、あなたの<code>im2col</code>と<code>col2im</code>を正しいものに置き換えた場合も試すので、以前の間違いのために二重に減点されることはありません。ただし、ノートブックを実行するにはこれらが必要です。上のセルが記入済みの版を、担当の先生からもらってください。演習1には、どちらも必要ありません。
# </details>
#
# ## 1. 勾配を数値的に求める
#
# 微分とは、`x`を少し変えたとき、`f(x)`がその何倍変わるかを表す値です。それなら、小さな値`h`だけ`x`を実際に動かしてみて、結果を見ればよいはずです。これを数値微分といい、やり方は2つあります。
#
# $$\text{前進差分：} \frac{f(x+h)-f(x)}{h}
# \qquad\qquad \text{中心差分：} \frac{f(x+h)-f(x-h)}{2h}$$
#
# 手間はほぼ同じですが、精度は中心差分のほうがずっと良くなります。左の図は、$f(x)=x^3$ の $x=1$ での微分（正しい値は3）を、わざと大きすぎる刻み幅0.6で求めたものです。右の図は、刻み幅を小さくしていったときの誤差です。**まず予想しましょう。** `h`を $10^{-12}$ まで小さくすると、誤差はどうなるでしょうか。


# %% name="two_differences" tags=["demo"]
def draw_two_differences():
    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
    x = np.linspace(0.2, 1.8, 200)
    h = 0.6
    sides = figure_text("one-sided", "前進差分"), figure_text("central", "中心差分")
    colon = figure_text(": ", "：")
    left.plot(x, x**3, color="black", linewidth=2, label="f(x) = x³")
    tangent = figure_text("true slope: 3", "正しい値：3")
    left.plot(x, 1 + 3 * (x - 1), color="0.5", linewidth=1.5, label=tangent)
    one_sided, central = ((1 + h) ** 3 - 1) / h, ((1 + h) ** 3 - (1 - h) ** 3) / (2 * h)
    left.plot([1, 1 + h], [1, (1 + h) ** 3], "k:s", label=f"{sides[0]}{colon}{one_sided:.2f}")
    ends = [1 - h, 1 + h], [(1 - h) ** 3, (1 + h) ** 3]
    left.plot(*ends, "k--o", label=f"{sides[1]}{colon}{central:.2f}")
    left.set_xlabel("x")
    left.legend(fontsize=9)
    left.set_title(figure_text("step h = 0.6", "刻み幅 h = 0.6"), fontsize=10)

    steps = 10.0 ** np.arange(-1, -13, -1)
    one_sided = np.abs(((1 + steps) ** 3 - 1) / steps - 3)
    central = np.abs(((1 + steps) ** 3 - (1 - steps) ** 3) / (2 * steps) - 3)
    right.loglog(steps, one_sided, "k:s", label=sides[0])
    right.loglog(steps, central, "k--o", label=sides[1])
    right.axvline(1e-5, color="0.6")
    right.text(7e-6, 1e-1, "h = 1e-5", color="0.3", va="center")
    right.invert_xaxis()
    right.set_xlabel(figure_text("step h (smaller to the right)", "刻み幅h（右ほど小さい）"))
    right.set_ylabel(figure_text("error of the slope", "誤差"))
    right.legend(fontsize=9)
    title = figure_text(
        "smaller steps: better, then worse", "刻み幅を小さくすると、良くなり、やがて悪くなる"
    )
    right.set_title(title, fontsize=10)
    fig.tight_layout()
    plt.show()


draw_two_differences()

# %% [markdown] lang="en"
# The curve on the right rises again: for tiny steps the two values of `f` agree in nearly all their digits, and their
# difference consists of rounding errors. Near `h = 1e-5` the central difference is at its best, with about ten correct digits
# in `float64`.
#
# A layer has many numbers. Its gradient is one slope for **each** of them: move one number, leave all others as they are,
# measure, *put it back*, move on to the next.
#
# ## Exercise 1: `numerical_gradient`
#
# **Importance ●●●, difficulty ★☆☆, about 20 minutes, 3 points.** Two calls of `f` for each number make this slow: for
# checking it is just right, for training it would be hopeless.
#
# <details><summary>Hint 1: how do I visit every number of an array of any shape?</summary>
#
# <code>for index in np.ndindex(x.shape):</code> gives tuples that you can use as <code>x[index]</code>.
# </details>
#
# <details><summary>Hint 2: x must not change</summary>
#
# Work on a copy, or remember the old value of the one number that you move. Do not trust <code>+ h</code> and
# <code>- h</code> to cancel: rounding leaves a trace.
# </details>

# %% [markdown] lang="ja"
# 右の図では、刻み幅を小さくしすぎると誤差がまた大きくなっています。刻み幅が極端に小さいと、2つの`f`の値は上のほうの桁がほとんど一致し、差を取ると丸め誤差ばかりが残るからです。中心差分は`h = 1e-5`あたりで最も精度が良く、`float64`なら10桁ほど正しい値が得られます。
#
# 層には値がたくさんあります。勾配とは、その1つ1つについての微分を並べたものです。値を1つだけ動かし、ほかの値はそのままにして微分を求め、元に戻して、次の値に進みます。
#
# ## 演習1：`numerical_gradient`
#
# **重要度 ●●●／難しさ ★☆☆／目安 20分／3点** 値1つにつき`f`を2回呼び出すので、時間がかかります。検証にはこれで十分ですが、学習にはとても使えません。
#
# <details><summary>ヒント1：どんな形状の配列でも、すべての要素を順に取り出すには</summary>
#
# <code>for index in np.ndindex(x.shape):</code>とすると、添字がタプルで得られます。これを使って<code>x[index]</code>と書けます。
# </details>
#
# <details><summary>ヒント2：xを書き換えないためには</summary>
#
# コピーを使うか、動かす要素の元の値を覚えておきます。<code>+ h</code>してから<code>- h</code>すれば元どおり、とは限りません。丸め誤差が残ることがあるからです。
# </details>


# %% name="numerical_gradient" tags=["stub"]
def numerical_gradient(f, x, h=1e-5):
    """Measure the gradient of a function of many numbers by central differences.

    Entry by entry: (f(x with this entry + h) - f(x with this entry - h)) / (2*h).

    Args:
        f: function that takes an array of the shape of x and returns one number. Call it with
            the moved array: it looks at its argument only.
        x: the point at which to measure, float64 array of any shape. After the call it must be
            as it was before.
        h: the step.

    Returns:
        Array of the shape of x, the slope of f for each entry.

    Example:
        >>> numerical_gradient(lambda x: np.sum(x**2), np.array([[1.0, 2.0], [3.0, 4.0]]))
        array([[2., 4.],
               [6., 8.]])
    --- ja ---
    多変数関数の勾配を、中心差分で数値的に求める。

    要素ごとに (f(その要素を+hしたx) - f(その要素を-hしたx)) / (2*h) を計算する。

    引数:
        f: xと同じ形状の配列を受け取り、1つの値を返す関数。値を動かした配列を渡して呼び出すこと
            （fは引数だけを見る）。
        x: 勾配を求める点。float64の配列で、形状は問わない。呼び出しの後には元の値に
            戻っていなければならない。
        h: 刻み幅。

    戻り値:
        xと同じ形状の配列。各要素についてのfの微分。

    例:
        >>> numerical_gradient(lambda x: np.sum(x**2), np.array([[1.0, 2.0], [3.0, 4.0]]))
        array([[2., 4.],
               [6., 8.]])
    """
    ### BEGIN SOLUTION
    moved = x.copy()
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        moved[index] = x[index] + h
        above = f(moved)
        moved[index] = x[index] - h
        below = f(moved)
        moved[index] = x[index]
        gradient[index] = (above - below) / (2 * h)
    return gradient
    ### END SOLUTION


# %% name="check_numerical_gradient" tags=["check"]
def check_numerical_gradient():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    before = x.copy()
    gradient = numerical_gradient(lambda x: np.sum(x**2), x)
    assert np.shape(gradient) == (2, 2), tr(
        "The gradient must be an array of the shape of x, one slope for each entry.",
        "勾配は、xと同じ形状の配列（要素ごとに値が1つ）でなければなりません。",
    )
    assert np.array_equal(x, before), tr(
        f"x is no longer what it was: {x.tolist()}. Put every entry back exactly.",
        f"xが元の値ではなくなっています：{x.tolist()}。どの要素も正確に元に戻してください。",
    )
    assert not np.allclose(gradient, [[4, 8], [12, 16]]), tr(
        "Twice too large: how far apart are x+h and x-h?",
        "2倍になっています。x+hとx-hはどれだけ離れていますか。",
    )
    assert np.allclose(gradient, [[2, 4], [6, 8]]), tr(
        f"The slope of the sum of x**2 is 2*x, but you have {gradient.tolist()}.",
        f"x**2の和の勾配は2*xですが、{gradient.tolist()}になっています。",
    )

    gradient = numerical_gradient(np.prod, np.array([2.0, 3.0, 4.0]), 1e-4)
    assert np.allclose(gradient, [12, 8, 6], rtol=1e-6), tr(
        f"For 2*3*4 the slopes are 12, 8, 6, but you have {gradient}. Is only one entry "
        "moved at a time, and put back before the next?",
        f"2*3*4の勾配は12、8、6ですが、{gradient}になっています。動かす要素は1つずつで、"
        "次に進む前に元に戻していますか。",
    )

    thirds = np.array([1.0, 2.0, 5.0, 7.0]) / 3
    before = thirds.copy()
    numerical_gradient(np.sum, thirds, 0.1)
    assert np.array_equal(thirds, before), tr(
        "x is not exactly what it was: adding h and subtracting it again leaves a rounding error. "
        "Keep the old value and write it back.",
        "xが元の値とわずかに違います。hを足してから引くと、丸め誤差が残ります。元の値を取っておき、それを書き戻してください。",
    )

    slope = numerical_gradient(lambda x: x[0] ** 3, np.array([1.0]), 0.6)[0]
    assert not np.isclose(slope, 5.16), tr(
        "That is the one-sided difference: 5.16 in the figure above. Step to both sides.",
        "それは前進差分です（上の図の5.16）。両側に動かしてください。",
    )
    assert np.isclose(slope, 3.36), tr(
        f"With h = 0.6 the central difference of x**3 at 1 is 3.36, not {slope:.4g}. Is h used?",
        f"h = 0.6のとき、x**3のx=1での中心差分は3.36ですが、{slope:.4g}です。hを使っていますか。",
    )
    print(
        tr(
            "All visible checks of numerical_gradient passed. Grading also tries other functions.",
            "numerical_gradientの確認はすべて通りました。採点では、ほかの関数も試します。",
        )
    )


check_numerical_gradient()

# %% [markdown] lang="en"
# ## 2. Forward: one matrix product
#
# Every row of `col` is a window. Every filter, read in the same order, becomes a **column** of `col_W`. Their product has one
# row for each window and one column for each filter. Here is a case small enough to do by hand: a 3 × 3 image with the values
# 1 to 9, two filters of 2 × 2, and the biases 0 and 10.

# %% [markdown] lang="ja"
# ## 2. 順伝播：1回の行列積
#
# `col`の1行は1つの窓です。フィルターも、同じ順に値を並べて`col_W`の1列にします。両者の積では、行が窓に、列がフィルターに対応します。手で計算できる小さな例で見てみましょう。画像は1から9の値が並んだ3×3、フィルターは2×2が2枚、バイアスは0と10です。


# %% name="forward_by_hand" tags=["demo"]
def draw_forward_by_hand():
    image = np.arange(1, 10).reshape(3, 3)
    windows = [image[y : y + 2, x : x + 2].ravel() for y in range(2) for x in range(2)]
    filters = np.array([[[1, 2], [3, 4]], [[1, 0], [0, 1]]])
    col, col_w = np.array(windows), filters.reshape(2, 4).T
    product = col @ col_w + np.array([0, 10])

    fig, axes = plt.subplots(1, 6, figsize=(13, 3.2), width_ratios=[3, 4, 2, 2.4, 2, 2])
    second = np.eye(4)[1][:, None]
    inside = np.zeros((3, 3))
    inside[0:2, 1:3] = 1
    draw_numbers(axes[0], image, inside, figure_text("image (3, 3)", "画像 (3, 3)"))
    draw_frame(axes[0], 0, 1, 2, 2)
    draw_numbers(axes[1], col, second * np.ones(4), "col (4, 4)")
    draw_frame(axes[1], 1, 0, 1, 4)
    draw_numbers(axes[2], col_w, np.array([[1, 0]] * 4), "col_W (4, 2)")
    draw_frame(axes[2], 0, 0, 4, 1)
    draw_numbers(axes[3], product, second * [1, 0], "col @ col_W + b\n(4, 2)")
    draw_frame(axes[3], 1, 0, 1, 1)
    for f in range(2):
        shade = np.array([[0, 1 - f], [0, 0]])
        draw_numbers(axes[4 + f], product[:, f].reshape(2, 2), shade, f"out[0, {f}]\n(2, 2)")
    draw_frame(axes[4], 0, 1, 1, 1)
    fig.tight_layout()
    plt.show()


draw_forward_by_hand()

# %% [markdown] lang="en"
# The framed window 2, 3, 5, 6 meets the filter 1, 2, 3, 4: 2·1 + 3·2 + 5·3 + 6·4 = 47, plus the bias 0. Do the entry below it
# yourself: the window 4, 5, 7, 8, both filters.
#
# Look at the step from the product to the two output maps. The product lists, for each window, the answers of *all* filters
# side by side: 37, 16, then 47, 18, and so on. The first map consists of the first **column**. A `reshape` straight to
# `(N, F, out_h, out_w)` would cut along the rows instead, and give the map 37, 16 / 47, 18: the right shape, and wrong. First
# say what the axes *are*, `(N, out_h, out_w, F)`; then put them in the order in which you *want* them.
#
# The shapes for VGG's first layer, which you know from notebook 02:
#
# | | shape |
# |---|---|
# | `x` | (1, 3, 224, 224) |
# | `col` | (50176, 27) |
# | `col_W` | (27, 64) |
# | `col @ col_W + b` | (50176, 64) |
# | `out` | (1, 64, 224, 224) |
#
# ## Exercise 2: `Convolution.forward`
#
# **Importance ●●●, difficulty ★★☆, about 30 minutes, 7.5 points.** The class below is for exercises 2 and 3. Its constructor
# is provided. Write `forward` now, and leave `backward` as it is until section 3. Keep what `backward` will need, as
# attributes of `self`.
#
# As in notebook 02, half a point is for being **vectorised**: neither a larger image nor more filters may make more lines of
# Python run. Loops over images or over the places in a filter are fine. What your own `im2col` loops over is counted in
# notebook 02, and not a second time here.
#
# <details><summary>The plan, in five steps</summary>
#
# 1. Sizes from <code>x.shape</code> and <code>self.W.shape</code>.
# 2. <code>im2col</code> with <em>all</em> its arguments.
# 3. The filters as columns.
# 4. The product, and the bias.
# 5. Reshape, then transpose.
# </details>
#
# <details><summary>Hint 1: filters as columns</summary>
#
# <code>self.W.reshape(F, -1)</code> has one filter in each <em>row</em>.
# </details>
#
# <details><summary>Hint 2: adding the bias</summary>
#
# <code>b</code> has the shape <code>(F,)</code>. Broadcasting lines up the <em>last</em> axes: which array with F as its last
# axis do you have?
# </details>

# %% [markdown] lang="ja"
# 太枠の窓2、3、5、6とフィルター1、2、3、4から、2·1 + 3·2 + 5·3 + 6·4 = 47となり、バイアス0を足して47です。その下の行は、窓4、5、7、8を使って、2枚のフィルターとも自分で計算してみましょう。
#
# 行列積から2枚の出力マップを作るところに注目してください。行列積には、窓ごとにすべてのフィルターの結果が横に並んでいます。37、16、次の行は47、18、という具合です。1枚目のマップになるのは左の列です。ところが、いきなり`(N, F, out_h, out_w)`に`reshape`すると、行に沿って区切られ、1枚目が37、16 / 47、18になってしまいます。形状は正しいのに、中身は間違いです。まず、いまの軸の意味どおりに`(N, out_h, out_w, F)`とし、それから必要な順番に並べ替えます。
#
# ノートブック02で見たVGGの最初の層では、形状は次のように変わります。
#
# | | 形状 |
# |---|---|
# | `x` | (1, 3, 224, 224) |
# | `col` | (50176, 27) |
# | `col_W` | (27, 64) |
# | `col @ col_W + b` | (50176, 64) |
# | `out` | (1, 64, 224, 224) |
#
# ## 演習2：`Convolution.forward`
#
# **重要度 ●●●／難しさ ★★☆／目安 30分／7.5点** 次のクラスには演習2と演習3で書くメソッドが入っています。コンストラクターはできています。ここでは`forward`を書き、`backward`は3節までそのままにしておきましょう。`backward`で必要になるものは、`self`の属性に保存しておきます。
#
# ノートブック02と同じく、0.5点は**ベクトル化**できているかどうかです。画像が大きくなっても、フィルターが増えても、実行されるPythonの行数が増えないようにします。画像や、フィルターの中の位置についてのループはかまいません。自分の`im2col`の中のループはノートブック02で数えるもので、ここで重ねて減点されることはありません。
#
# <details><summary>手順（5段階）</summary>
#
# 1. <code>x.shape</code>と<code>self.W.shape</code>から大きさを求める。
# 2. <code>im2col</code>に引数を<strong>すべて</strong>渡す。
# 3. フィルターを列に並べる。
# 4. 行列積を求め、バイアスを足す。
# 5. <code>reshape</code>し、軸を並べ替える。
# </details>
#
# <details><summary>ヒント1：フィルターを列に並べる</summary>
#
# <code>self.W.reshape(F, -1)</code>では、フィルターが1枚ずつ<strong>行</strong>に並びます。
# </details>
#
# <details><summary>ヒント2：バイアスを足す</summary>
#
# <code>b</code>の形状は<code>(F,)</code>です。ブロードキャストでは、<strong>最後の</strong>軸どうしがそろえられます。最後の軸がFである配列はどれでしょうか。
# </details>


# %% name="convolution" tags=["stub"]
class Convolution:
    """A convolution layer: F filters over images with C channels.

    Args:
        W: filters, shape (F, C, FH, FW).
        b: one bias for each filter, shape (F,).
        stride: step of the window in both directions, in pixels.
        pad: rows and columns of zeros added on each of the four sides.

    After backward:
        dW, db: gradients of the loss, in the shapes of W and b.
    --- ja ---
    畳み込み層。Cチャンネルの画像に、F枚のフィルターを適用する。

    引数:
        W: フィルター。形状(F, C, FH, FW)。
        b: バイアス。フィルターごとに1つで、形状(F,)。
        stride: 窓を動かす間隔（画素）。縦横共通。
        pad: 上下左右のそれぞれに付け足す0の幅（画素）。

    backwardの後に得られる属性:
        dW, db: 損失の勾配。形状はそれぞれWとbと同じ。
    """

    def __init__(self, W, b, stride=1, pad=0):
        self.W = W
        self.b = b
        self.stride = stride
        self.pad = pad
        self.dW = None
        self.db = None

    def forward(self, x):
        """Filter a batch of images: every output is b + sum of window * filter.

        Args:
            x: images, shape (N, C, H, W). Must not be changed.

        Returns:
            Array of shape (N, F, out_h, out_w), where
            out_h = (H + 2*pad - FH) // stride + 1
            out_w = (W + 2*pad - FW) // stride + 1
            float32 if x, W and b are float32.

        Example:
            >>> layer = Convolution(np.array([[[[1., 2.], [3., 4.]]]]), np.array([100.]))
            >>> layer.forward(np.arange(1., 10.).reshape(1, 1, 3, 3))
            array([[[[137., 147.],
                     [167., 177.]]]])
        --- ja ---
        画像のバッチにフィルターを適用する。出力の値は b + (窓 * フィルター)の和 になる。

        引数:
            x: 画像。形状(N, C, H, W)。書き換えてはいけない。

        戻り値:
            形状(N, F, out_h, out_w)の配列。ただし
            out_h = (H + 2*pad - FH) // stride + 1
            out_w = (W + 2*pad - FW) // stride + 1
            x、W、bがfloat32なら、結果もfloat32になる。

        例:
            >>> layer = Convolution(np.array([[[[1., 2.], [3., 4.]]]]), np.array([100.]))
            >>> layer.forward(np.arange(1., 10.).reshape(1, 1, 3, 3))
            array([[[[137., 147.],
                     [167., 177.]]]])
        """
        ### BEGIN SOLUTION
        F, _, FH, FW = self.W.shape
        N, _, H, W = x.shape
        out_h = (H + 2 * self.pad - FH) // self.stride + 1
        out_w = (W + 2 * self.pad - FW) // self.stride + 1

        self.x_shape = x.shape
        self.col = im2col(x, FH, FW, self.stride, self.pad)
        self.col_W = self.W.reshape(F, -1).T

        product = self.col @ self.col_W + self.b
        return product.reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)
        ### END SOLUTION

    def backward(self, dout):
        """Send a gradient back through the layer, for the images of the last forward.

        Sets self.dW and self.db (overwrites them) and leaves self.W and self.b as they are.

        Args:
            dout: gradient of the loss with respect to the output, shape (N, F, out_h, out_w).
                Must not be changed.

        Returns:
            dx, gradient of the loss with respect to x, shape (N, C, H, W).

        Example:
            >>> layer = Convolution(np.array([[[[1., 2.], [3., 4.]]]]), np.array([100.]))
            >>> out = layer.forward(np.arange(1., 10.).reshape(1, 1, 3, 3))
            >>> layer.backward(np.array([[[[1., 10.], [100., 1000.]]]]))
            array([[[[   1.,   12.,   20.],
                     [ 103., 1234., 2040.],
                     [ 300., 3400., 4000.]]]])
            >>> layer.dW
            array([[[[5421., 6532.],
                     [8754., 9865.]]]])
            >>> layer.db
            array([1111.])
        --- ja ---
        直前のforwardの画像について、勾配を逆向きに伝える。

        self.dWとself.dbを設定（上書き）し、self.Wとself.bは変えない。

        引数:
            dout: 出力についての損失の勾配。形状(N, F, out_h, out_w)。書き換えてはいけない。

        戻り値:
            dx。xについての損失の勾配。形状(N, C, H, W)。

        例:
            >>> layer = Convolution(np.array([[[[1., 2.], [3., 4.]]]]), np.array([100.]))
            >>> out = layer.forward(np.arange(1., 10.).reshape(1, 1, 3, 3))
            >>> layer.backward(np.array([[[[1., 10.], [100., 1000.]]]]))
            array([[[[   1.,   12.,   20.],
                     [ 103., 1234., 2040.],
                     [ 300., 3400., 4000.]]]])
            >>> layer.dW
            array([[[[5421., 6532.],
                     [8754., 9865.]]]])
            >>> layer.db
            array([1111.])
        """
        ### BEGIN SOLUTION
        F, _, FH, FW = self.W.shape
        rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)

        self.db = rows.sum(axis=0)
        self.dW = (rows.T @ self.col).reshape(self.W.shape)

        dcol = rows @ self.col_W.T
        return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)
        ### END SOLUTION


# %% name="check_forward" tags=["check"]
def check_forward():
    image = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    filters = np.array([[[[1.0, 2.0], [3.0, 4.0]]], [[[1.0, 0.0], [0.0, 1.0]]]])
    out = Convolution(filters, np.array([0.0, 10.0])).forward(image)
    assert isinstance(out, np.ndarray), tr(
        "forward must return an array. Did you forget the return?",
        "forwardは配列を返す必要があります。returnを忘れていませんか。",
    )
    assert out.shape == (1, 2, 2, 2), tr(
        f"The shape is {out.shape}, but should be (N, F, out_h, out_w) = (1, 2, 2, 2).",
        f"形状が{out.shape}になっています。(N, F, out_h, out_w) = (1, 2, 2, 2)になるはずです。",
    )
    assert not np.array_equal(out[0, 0], [[23, 33], [53, 63]]), tr(
        "The filter is flipped. Lay it on the window as it is.",
        "フィルターが反転しています。そのままの向きで窓に重ねてください。",
    )
    assert not np.array_equal(out[0, 0], [[37, 16], [47, 18]]), tr(
        "out[0, 0] holds the first rows of the product. Which axis of the product is the filter?",
        "out[0, 0]に行列積のはじめの2行が入っています。フィルターに対応するのは、行列積のどの軸ですか。",
    )
    assert not np.array_equal(out[0, 0], [[37, 67], [47, 77]]), tr(
        "Height and width are swapped: look at the order in your transpose.",
        "縦と横が入れ替わっています。transposeの順番を見直してください。",
    )
    assert not np.array_equal(out[0, 0], [[47, 57], [77, 87]]), tr(
        "The first filter has the bias 0, but the other one's 10 was added as well.",
        "1枚目のフィルターのバイアスは0ですが、もう1枚のバイアス10も足されています。",
    )
    assert np.array_equal(out[0, 0], [[37, 47], [67, 77]]), tr(
        f"The first map should be [[37, 47], [67, 77]] as in the figure, but is\n{out[0, 0]}",
        f"1枚目のマップは図のとおり[[37, 47], [67, 77]]になるはずですが、次のとおりです。\n{out[0, 0]}",
    )
    assert not np.array_equal(out[0, 1], [[6, 8], [12, 14]]), tr(
        "The bias is missing.",
        "バイアスが足されていません。",
    )
    assert np.array_equal(out[0, 1], [[16, 18], [22, 24]]), tr(
        f"The second map should be [[16, 18], [22, 24]], but is\n{out[0, 1]}\n"
        "Each filter has one bias, added once to each of its outputs.",
        f"2枚目のマップは[[16, 18], [22, 24]]になるはずですが、次のとおりです。\n{out[0, 1]}\n"
        "バイアスはフィルターごとに1つで、各出力に1回だけ足します。",
    )

    negative = Convolution(-filters, np.zeros(2)).forward(image)
    assert negative.any(), tr(
        "With negative filters every output is 0. Negative numbers stay: a ReLU is another layer.",
        "フィルターを負にすると、出力がすべて0になります。負の値は残してください。ReLUは別の層です。",
    )

    two_channels = np.concatenate([image, 10 * image], axis=1)
    corners = np.array([[[[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]]])
    out = Convolution(corners, np.zeros(1)).forward(two_channels)
    assert np.array_equal(out, [[[[51, 62], [84, 95]]]]), tr(
        f"With two channels the map should be [[51, 62], [84, 95]], but is\n{out[0, 0]}\n"
        "A filter has weights of its own for each channel; the products of all channels are added.",
        f"2チャンネルのとき、マップは[[51, 62], [84, 95]]になるはずですが、次のとおりです。\n{out[0, 0]}\n"
        "フィルターの重みはチャンネルごとに別で、積はすべてのチャンネルについて足し合わせます。",
    )

    layer = Convolution(np.zeros((5, 3, 3, 3)), np.arange(5.0), stride=2, pad=1)
    try:
        out = layer.forward(np.zeros((2, 3, 7, 7)))
    except ValueError as error:
        raise AssertionError(
            tr(
                f"stride 2 with pad 1 raises: {error}. Do im2col and your sizes get both of them?",
                f"stride=2、pad=1のとき例外が発生しました：{error}。"
                "im2colと大きさの式の両方に、strideとpadを使っていますか。",
            )
        ) from error
    assert out.shape == (2, 5, 4, 4), tr(
        f"7x7 images, five 3x3 filters, stride 2, pad 1: (2, 5, 4, 4), but you have {out.shape}.",
        f"7×7の画像、3×3のフィルター5枚、stride=2、pad=1なら(2, 5, 4, 4)ですが、{out.shape}です。",
    )
    assert np.array_equal(out[:, :, 0, 0], [[0, 1, 2, 3, 4]] * 2), tr(
        "With filters of zeros only the biases should come out, one in each map.",
        "フィルターがすべて0なら、各マップはバイアスの値だけになるはずです。",
    )

    single = Convolution(np.ones((1, 1, 2, 2), np.float32), np.ones(1, np.float32))
    dtype = single.forward(np.ones((1, 1, 3, 3), np.float32)).dtype
    assert dtype == np.float32, tr(
        f"float32 went in and {dtype} came out.",
        f"float32を渡したのに{dtype}が返りました。",
    )
    print(
        tr(
            "All visible checks of forward passed. Grading also tries other shapes.",
            "forwardの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_forward()

# %% [markdown] lang="en"
# ## Your layer on a photograph
#
# Two filters in one layer: the two Sobel filters of notebook 01, right minus left and below minus above, on a real
# photograph. As there, black is negative and orange positive. The graph shows one row of the photograph: find a place where
# the brightness falls, and one where it rises.
#
# **Predict first:** some of the strongest edges are not in the photograph at all. With `pad=1`, where will they be?

# %% [markdown] lang="ja"
# ## 写真に適用する
#
# 1つの層に、ノートブック01の2種類のSobelフィルター（右側から左側を引くもの、下側から上側を引くもの）を入れ、本物の写真に適用してみましょう。01と同じく、黒が負、オレンジが正です。下のグラフは写真の1行ぶんの値です。明るさが下がるところと上がるところを探してみてください。
#
# **まず予想しましょう。** とりわけ強いエッジのいくつかは、写真の中にはないものです。`pad=1`のとき、それはどこに現れるでしょうか。


# %% name="sobel" tags=["demo"]
def drawn_picture():
    # en: A drawn picture, in case the photograph does not lie beside this notebook.
    # ja: 写真のファイルがノートブックのそばにないときに使う、描いた画像です。
    y, x = np.mgrid[0:214, 0:320] / 214
    picture = 0.85 - 0.3 * y
    picture[(x - 1.1) ** 2 + (y - 0.3) ** 2 < 0.03] = 1.0
    picture[np.abs(x - 0.5) < 0.35 * (y > 0.55)] = 0.45
    picture[(np.abs(x - 0.5) < y - 0.15) & (y < 0.55)] = 0.2
    windows = (np.abs(x - 0.5) < 0.3) & (np.sin(45 * x) > 0) & (np.abs(y - 0.75) < 0.1)
    picture[windows] = 0.05
    return picture


def photograph():
    # en: Photograph by danielbuechele (CC BY 2.0), from scikit-learn, reduced and turned to grey.
    # ja: 写真：danielbuechele（CC BY 2.0）。scikit-learnの画像を縮小し、グレースケールにしたもの。
    for folder in (Path(), Path("data"), Path("../data")):
        file = folder / "china_gray.npy"
        if file.exists():
            return np.load(file) / 255
    print(
        tr(
            "china_gray.npy was not found: a drawn picture is used instead. To use the photograph, put the "
            "file from the folder data beside this notebook (Colab: folder icon on the left, upload).",
            "china_gray.npyが見つからないので、描いた画像で代用します。写真を使うには、dataフォルダーにある"
            "このファイルを、ノートブックと同じ場所に置いてください（Colabでは、左のフォルダーのアイコンからアップロード）。",
        )
    )
    return drawn_picture()


def show_sobel():
    picture = photograph()
    across = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    filters = np.array([[across], [across.T]])
    out = Convolution(filters, np.zeros(2), stride=1, pad=1).forward(picture[None, None])[0]
    top = np.abs(out).max()
    names = (
        figure_text("right minus left", "右−左"),
        figure_text("below minus above", "下−上"),
    )
    panels = [["picture", 0, 1], ["line", "line", "line"]]
    fig, axes = plt.subplot_mosaic(
        panels, figsize=(13, 5.2), height_ratios=[2, 1], layout="constrained"
    )
    line = 110
    axes["picture"].imshow(picture, cmap="gray")
    axes["picture"].axhline(line, color="black", linewidth=1)
    title = figure_text(f"the picture, with row {line}", f"写真と{line}行目")
    axes["picture"].set_title(title, fontsize=10)
    for f, response in enumerate(out):
        image = axes[f].imshow(response, cmap=SIGNED, vmin=-top, vmax=top)
        title = f"out[0, {f}]  {names[f]} ({response.min():.1f} … {response.max():.1f})"
        axes[f].set_title(title, fontsize=10)
    fig.colorbar(image, ax=axes[1], shrink=0.9)
    for name in ("picture", 0, 1):
        axes[name].axis("off")
    brightness = figure_text("brightness", "明るさ")
    axes["line"].plot(picture[line], color="0.6", linewidth=2, label=brightness)
    axes["line"].set_xlabel(figure_text("column", "列"))
    axes["line"].plot(out[0, line], color="black", linewidth=1, label=names[0])
    axes["line"].axhline(0, color="black", linewidth=0.5)
    axes["line"].set_xlim(1, picture.shape[1] - 2)
    axes["line"].set_ylim(-3, 3)
    axes["line"].legend(fontsize=9, loc="lower right", ncols=2)
    axes["line"].set_title(figure_text(f"row {line}", f"{line}行目"), fontsize=10)
    plt.show()


show_sobel()

# %% [markdown] lang="en"
# (The answer to the prediction is under question 1 at the end.)
#
# ## 3. Backward: three gradients
#
# Training ends in one number, the loss. `dout` says, for each number of the output, how much the loss changes when this
# number grows a little. From it we want the same for the bias, the filters and the input.
#
# **A single output first.** Suppose the loss depends on one output only, with slope 1. This output is the bias plus a sum of
# products *pixel × weight*. So the slope is
#
# - for the bias: 1;
# - for each weight: the pixel it was multiplied by, so `dW` is **the window**;
# - for each pixel of the window: the weight it was multiplied by, so `dx` is **the filter, stamped on the window**. All other
#   pixels have slope 0.
#
# **Then all outputs.** Every output does this with its own number from `dout` as a factor, and the effects add up. In the
# figure the filter is 1, 2 / 3, 4 and the factors are 1, 10, 100 and 1000, so that you can see from the digits who
# contributed what. The number 1234 in the middle: from which output does the 4 come?

# %% [markdown] lang="ja"
# （予想の答えは、最後の「考えてみよう」の1にあります。）
#
# ## 3. 逆伝播：3つの勾配
#
# 学習で小さくしたいのは、損失という1つの値です。`dout`は、出力のそれぞれの値を少し大きくすると損失がどれだけ変わるかを表します。ここから、バイアス、フィルター、入力についても同じ量を求めます。
#
# **まず出力が1つの場合** 損失がある1つの出力だけに依存し、その出力についての勾配が1だとします。この出力は、バイアスに、画素と重みの積の和を加えたものでした。したがって勾配は次のようになります。
#
# - バイアスについては1
# - 重みについては、掛けた相手の画素の値。つまり`dW`は窓そのもの
# - 窓の中の画素については、掛けた相手の重みの値。つまり`dx`は、窓の位置にフィルターをスタンプのように押したもの。窓の外の画素では0
#
# **次にすべての出力** どの出力も、`dout`の自分の値を係数として同じことをします。その影響をすべて足し合わせればよいのです。次の図では、フィルターを1、2 / 3、4とし、係数を1、10、100、1000としました。桁を見れば、どの出力から来た値なのかがわかります。中央の1234のうち、4はどの出力から来たのでしょうか。


# %% name="stamps" tags=["demo"]
def draw_stamps():
    stamp = np.array([[1, 2], [3, 4]])
    factors = np.array([[1, 10], [100, 1000]])
    total = np.zeros((3, 3))
    fig, axes = plt.subplots(1, 5, figsize=(13, 3.2))
    for window, ax in enumerate(axes[:4]):
        y, x = divmod(window, 2)
        alone = np.zeros((3, 3))
        alone[y : y + 2, x : x + 2] = factors[y, x] * stamp
        total += alone
        factor = f"dout[{y}, {x}] = {factors[y, x]}"
        title = figure_text(f"{factor}: stamp", f"{factor}のスタンプ")
        draw_numbers(ax, alone, alone > 0, title)
        draw_frame(ax, y, x, 2, 2)
    title = figure_text("dx: the sum of all four", "dx：4つの和")
    draw_numbers(axes[4], total, title=title)
    fig.tight_layout()
    plt.show()


draw_stamps()

# %% [markdown] lang="en"
# **Predict, then run:** now the image is 5 × 5, the filter the same, and all of `dout` is 1. What does `dx` look like with
# stride 1, with stride 2, with stride 3? And what becomes of a stamp that lies partly on the padding? Where `ipywidgets` is
# installed, sliders below the figure let you try other settings.

# %% [markdown] lang="ja"
# **予想してから実行しましょう。** 今度は、画像を5×5とし、フィルターはそのままで、`dout`をすべて1にします。ストライドが1、2、3のとき、`dx`はそれぞれどうなるでしょうか。また、パディングにはみ出したスタンプはどうなるでしょうか。`ipywidgets`がインストールされていれば、図の下のスライダーで、ほかの設定も試せます。


# %% name="stamps_and_stride" tags=["demo"]
def stamps_side_by_side(size, stride, pad):
    stamp = np.array([[1, 2], [3, 4]])
    paper = np.zeros((size + 2 * pad, size + 2 * pad))
    places = range(0, len(paper) - 1, stride)
    for top in places:
        for left in places:
            paper[top : top + 2, left : left + 2] += stamp
    return len(places) ** 2, paper


def show_stamps(*cases):
    fig, axes = plt.subplots(1, len(cases), figsize=(3 * len(cases), 3.5), squeeze=False)
    for ax, (size, stride, pad) in zip(axes[0], cases, strict=True):
        count, paper = stamps_side_by_side(size, stride, pad)
        cut_off = np.pad(np.zeros((size, size)), pad, constant_values=0.6)
        title = figure_text(
            f"stride {stride}, pad {pad}: {count} stamps",
            f"ストライド{stride}、パディング{pad}：\nスタンプ{count}個",
        )
        draw_numbers(ax, paper, cut_off, title)
        draw_frame(ax, pad, pad, size, size)
    fig.tight_layout()
    plt.show()


def stamp_sliders():
    try:
        from ipywidgets import IntSlider, interact
    except ImportError:
        return
    style = {"description_width": "8em"}
    interact(
        lambda size, stride, pad: show_stamps((size, stride, pad)),
        size=IntSlider(5, 3, 7, description=tr("size", "大きさ"), style=style),
        stride=IntSlider(1, 1, 4, description=tr("stride", "ストライド"), style=style),
        pad=IntSlider(0, 0, 2, description=tr("pad", "パディング"), style=style),
    )


show_stamps((5, 1, 0), (5, 2, 0), (5, 3, 0), (5, 2, 1))
stamp_sliders()

# %% [markdown] lang="en"
# With stride 1 the stamps overlap, with stride 2 they lie side by side, with stride 3 there are gaps. Pixels that no window sees,
# in the gaps or at the far edge, have gradient 0. `dx` is what is inside the frame; whatever falls on the padding (grey) is cut
# off.
#
# Adding up stamps where they overlap: you have written exactly that, it is `col2im`.
#
# And `dW`? It is the sum of all windows, each times its number from `dout`. So each weight meets, in every window, the pixel
# at its own place. For the weight at `(fy, fx)` these pixels are a copy of the grid of outputs, shifted by `fy` and `fx`: the
# slice that you know from `im2col`. In other words, **`dW` is the image, filtered with `dout`**. Lay `dout` on the image at
# four places:

# %% [markdown] lang="ja"
# ストライドが1ならスタンプは重なり、2ならちょうど隣り合い、3なら隙間ができます。隙間や端で余ったところなど、どの窓にも入らない画素の勾配は0です。`dx`になるのは枠の中だけで、パディング（灰色）にはみ出した分は切り落とされます。
#
# スタンプを押して、重なったところは足し合わせる。これはまさに、すでに書いた`col2im`です。
#
# では`dW`はどうでしょうか。こちらは、すべての窓に`dout`の自分の値を掛けて足したものです。`(fy, fx)`にある重みが掛け合わされる相手は、どの窓でも、その位置にある画素です。それらの画素は、出力と同じ並びで、`fy`と`fx`だけずれたところにあります。`im2col`で使ったスライスです。つまり、**`dW`は、画像に`dout`をフィルターとして適用したもの**なのです。`dout`を画像の4か所に重ねてみましょう。


# %% name="dw_as_correlation" tags=["demo"]
def draw_dw_as_correlation():
    image = np.arange(1, 10).reshape(3, 3)
    dout = np.array([[1, 10], [100, 1000]])
    dw = np.zeros((2, 2))
    fig, axes = plt.subplots(1, 6, figsize=(14, 3.2), width_ratios=[2, 3, 3, 3, 3, 2.6])
    draw_numbers(axes[0], dout, title="dout")
    for place, ax in enumerate(axes[1:5]):
        fy, fx = divmod(place, 2)
        inside = np.zeros((3, 3))
        inside[fy : fy + 2, fx : fx + 2] = 1
        terms = dout * image[fy : fy + 2, fx : fx + 2]
        dw[fy, fx] = terms.sum()
        added = " + ".join(f"{term:g}" for term in terms.ravel())
        draw_numbers(ax, image, inside, f"dW[{fy}, {fx}] =\n{added}")
        draw_frame(ax, fy, fx, 2, 2)
    draw_numbers(axes[5], dw, title="dW")
    fig.tight_layout()
    plt.show()


draw_dw_as_correlation()

# %% [markdown] lang="en"
# Where a larger output would lower the loss, `dout` is negative, and a step against the gradient adds the pixels that were
# there to the filter. That is how a filter comes to look like what it has to find. (With a stride the pixels are `stride`
# apart. With several images, sum over the images; with several channels, do it for each channel.)
#
# The whole backward pass runs through the steps of the forward pass in reverse order. Each step turns the gradient of its
# output into the gradient of its input.

# %% [markdown] lang="ja"
# 出力が大きいほうが損失の減るところでは、`dout`は負です。重みを勾配と逆の向きに動かすと、そこにあった画素の値がフィルターに足されます。フィルターが、見つけるべきものに似ていくのはこのためです（ストライドがあると、画素は`stride`おきになります。画像が何枚かあれば画像について足し合わせ、チャンネルが何枚かあればチャンネルごとに求めます）。
#
# 逆伝播では、順伝播の手順を逆の順にたどります。1つ1つの手順が、自分の出力の勾配を、自分の入力の勾配に変えていきます。


# %% name="how_backward_runs" tags=["demo"]
def draw_how_backward_runs():
    fig, ax = plt.subplots(figsize=(12, 4.2))
    ax.set_xlim(0, 13)
    ax.set_ylim(0, 4.6)
    ax.axis("off")
    places = (0.9, 4.2, 8.0, 12.0)
    product = figure_text("product", "行列積")
    arrays = (
        ("x", "dx", "(N, C, H, W)"),
        ("col", "dcol", "(N·oh·ow, C·FH·FW)"),
        (product, figure_text("dproduct", "行列積の勾配"), "(N·oh·ow, F)"),
        ("out", "dout", "(N, F, oh, ow)"),
    )
    steps = ("im2col", "@ col_W  + b", "reshape,\ntranspose")
    again = figure_text("product with\ncol_W again", "ふたたび\ncol_Wとの行列積")
    back = ("col2im", again, "transpose,\nreshape")
    for place, (name, gradient, shape) in zip(places, arrays, strict=True):
        for height, text in ((3.7, name), (1.9, gradient)):
            box = {"boxstyle": "round,pad=0.35", "facecolor": "white" if height > 3 else "0.85"}
            ax.text(place, height, text, ha="center", va="center", fontsize=13, bbox=box)
        ax.text(place, 2.8, shape, ha="center", va="center", fontsize=9, color="0.3")
    for i in range(3):
        start, end = places[i] + 0.75, places[i + 1] - 0.75
        middle = (start + end) / 2
        arrow = {"arrowstyle": "-|>", "linewidth": 1.5, "color": "black"}
        ax.annotate("", (end, 3.7), (start, 3.7), arrowprops=arrow)
        ax.annotate("", (start, 1.9), (end, 1.9), arrowprops={**arrow, "linestyle": "--"})
        ax.text(middle, 3.85, steps[i], ha="center", va="bottom", fontsize=10)
        ax.text(middle, 1.75, back[i], ha="center", va="top", fontsize=10)
    for place, text in ((7.0, "db  (F,)"), (8.7, "dW  (F, C, FH, FW)")):
        box = {"boxstyle": "round,pad=0.35", "facecolor": "0.85"}
        ax.text(place, 0.5, text, ha="center", va="center", fontsize=11, bbox=box)
        ax.annotate("", (place, 0.85), (8.0, 1.55), arrowprops={**arrow, "linestyle": "--"})
    needs = figure_text("(dW also needs col)", "（dWにはcolも必要）")
    ax.text(10.0, 0.5, needs, fontsize=10, color="0.3", va="center")
    ax.text(0.3, 4.3, figure_text("forward", "順伝播"), fontsize=11)
    ax.text(0.3, 1.2, figure_text("backward", "逆伝播"), fontsize=11)
    fig.subplots_adjust(0, 0, 1, 1)
    plt.show()


draw_how_backward_runs()

# %% [markdown] lang="en"
# - **Transpose and reshape** only move numbers. So does the way back: `dout` has to become a matrix whose rows are windows
#   and whose columns are filters, in *the same order* as the product's.
# - **The bias** was added to every row of its column. When it grows, all of these outputs grow with it, and the effects
#   **add up** (no mean!).
# - **The matrix product** $Y = A\,B$ has the rule
#   $$dA = dY\,B^{\mathsf T} \qquad\qquad dB = A^{\mathsf T}\,dY$$
#   You need not learn it by heart: the shapes remind you of it. $dA$ has the shape of $A$, $dB$ that of $B$, and both are made
#   of $dY$ and the other factor. Check it with the single output above: a row of $dA$ is a filter, a column of $dB$ is a
#   window.
# - **im2col** copied pixels, `col2im` adds up their copies.
#
# ## Exercise 3: `Convolution.backward`
#
# **Importance ●●●, difficulty ★★★, about 50 minutes, 7.5 points.** Go back up to the class, write `backward` there, run the
# class's cell again (Python knows only what you have run), and come back to the check.
#
# <details><summary>The plan, in four steps</summary>
#
# 1. <code>dout</code> as a matrix with the rows and columns of the product.
# 2. <code>db</code>.
# 3. <code>dW</code>, by the rule, and in the shape of <code>W</code>.
# 4. The gradient of <code>col</code>, by the rule, and back to the images.
# </details>
#
# <details><summary>Hint 1: dout as a matrix</summary>
#
# forward went from <code>(N, out_h, out_w, F)</code> to <code>(N, F, out_h, out_w)</code>. Undo this <em>first</em>, then
# reshape. With <code>dout</code> of ones a forgotten transpose does not show: all rows look the same.
# </details>
#
# <details><summary>Hint 2: the shape of dW</summary>
#
# The matrix product gives you a gradient for <code>col_W</code>, with filters as columns. <code>W</code> has filters as its
# first axis. Is a reshape alone enough?
# </details>
#
# <details><summary>Help by symptom</summary>
#
# | symptom | look here |
# |---|---|
# | <code>db</code> too small by the factor N·out_h·out_w | mean in place of sum |
# | <code>dW</code> right for one filter, wrong for several | filter axis: transposed or not? |
# | right for <code>dout</code> of ones, wrong otherwise | rows of <code>dout</code> in a different order from rows of <code>col</code> |
# | <code>dx</code> right without padding only, or for stride 1 only | arguments of <code>col2im</code> |
# | everything too small by the factor N | a division by N: whose job is it? |
# | right the first time, wrong the second | <code>+=</code> on <code>dW</code>, or weights changed |
# </details>
#
# <details><summary>Still stuck after an hour</summary>
#
# Do <code>db</code> first, and run the check: it goes through <code>db</code>, <code>dW</code> and <code>dx</code> in this
# order. Each is worth points of its own. For <code>dW</code>, write down the numbers of the figure with <code>dout</code> on the
# image as a matrix product with paper and pencil. If <code>dx</code> stays wrong, leave it: notebook 06 trains a network whose
# first layer needs no <code>dx</code>.
# </details>

# %% [markdown] lang="ja"
# - **transposeとreshape**は、値を移すだけです。逆向きも同じで、`dout`を、行が窓、列がフィルターの行列に戻します。行の順番は、行列積のときと同じでなければなりません。
# - **バイアス**は、対応する列のすべての行に足されました。バイアスが大きくなると、その出力がすべて大きくなるので、影響を足し合わせます（平均ではありません）。
# - **行列積** $Y = A\,B$ については、次の規則があります。
#   $$dA = dY\,B^{\mathsf T} \qquad\qquad dB = A^{\mathsf T}\,dY$$
#   暗記する必要はありません。形状を見れば思い出せます。$dA$ は $A$ と、$dB$ は $B$ と同じ形状で、どちらも $dY$ と、もう一方の行列から作られます。さきほどの「出力が1つの場合」で確かめてみましょう。$dA$ の行はフィルターに、$dB$ の列は窓になっているはずです。
# - **im2col**は画素を写しました。`col2im`は、その写しの勾配を足し合わせます。
#
# ## 演習3：`Convolution.backward`
#
# **重要度 ●●●／難しさ ★★★／目安 50分／7.5点** 上のクラスに戻って`backward`を書き、クラスのセルをもう一度実行してから（実行していないコードはPythonには伝わりません）、ここに戻って確認用のセルを実行してください。
#
# <details><summary>手順（4段階）</summary>
#
# 1. <code>dout</code>を、行列積と同じ並びの行列にする。
# 2. <code>db</code>を求める。
# 3. 規則に従って<code>dW</code>を求め、<code>W</code>と同じ形状にする。
# 4. 規則に従って<code>col</code>の勾配を求め、画像の形状に戻す。
# </details>
#
# <details><summary>ヒント1：doutを行列にする</summary>
#
# forwardでは<code>(N, out_h, out_w, F)</code>を<code>(N, F, out_h, out_w)</code>に並べ替えました。<strong>まず</strong>これを元に戻し、それから<code>reshape</code>します。<code>dout</code>の値がすべて1だと、どの行も同じになるため、並べ替えを忘れても気付けません。
# </details>
#
# <details><summary>ヒント2：dWの形状</summary>
#
# 行列積から得られるのは<code>col_W</code>の勾配で、フィルターは列に並んでいます。一方、<code>W</code>ではフィルターが最初の軸です。<code>reshape</code>だけで足りるでしょうか。
# </details>
#
# <details><summary>症状から原因を探す</summary>
#
# | 症状 | 見直すところ |
# |---|---|
# | <code>db</code>がN·out_h·out_w分の1になる | 和ではなく平均を取っている |
# | フィルターが1枚なら<code>dW</code>は正しいが、複数だと違う | フィルターの軸を転置しているか |
# | <code>dout</code>がすべて1なら正しいが、それ以外では違う | <code>dout</code>の行の順番が<code>col</code>の行とそろっていない |
# | パディングなしのとき、またはストライド1のときだけ<code>dx</code>が正しい | <code>col2im</code>に渡す引数 |
# | すべてがN分の1になる | Nで割っている。1/Nはどこに含まれているか |
# | 1回目は正しいが、2回目は違う | <code>dW</code>に<code>+=</code>している、または重みが変わっている |
# </details>
#
# <details><summary>1時間たっても解けないとき</summary>
#
# まず<code>db</code>だけを書いて、確認用のセルを実行しましょう。<code>db</code>、<code>dW</code>、<code>dx</code>の順に確かめます。点はそれぞれ別々に付きます。<code>dW</code>では、<code>dout</code>を画像に重ねた図の計算を、紙の上で行列積の形に書いてみてください。<code>dx</code>がどうしても合わなければ、そのまま進んでもかまいません。ノートブック06のネットワークでは、畳み込み層が先頭にあり、その<code>dx</code>は使われません。
# </details>


# %% name="check_backward" tags=["check"]
def gradient_errors(N, C, H, W, F, FH, FW, stride, pad):
    # en: Loss = sum(out * dout) with random dout: then dout is the gradient of the loss for out.
    # ja: 損失をsum(out * dout)とする。doutは乱数。こうすると、outについての損失の勾配がdoutになる。
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((N, C, H, W)), rng.standard_normal((F, C, FH, FW))
    b = rng.standard_normal(F)
    layer = Convolution(w, b, stride, pad)
    dout = rng.standard_normal(layer.forward(x).shape)
    try:
        dx = layer.backward(dout)
    except ValueError as error:
        raise AssertionError(
            tr(
                f"backward with stride {stride} and pad {pad} raises: {error}. "
                "It needs every setting that forward used.",
                f"stride={stride}、pad={pad}のとき、backwardで例外が発生しました：{error}。"
                "forwardで使った設定は、すべて必要です。",
            )
        ) from error
    found = {"dx": dx, "dW": layer.dW, "db": layer.db}
    measured = {
        "dx": numerical_gradient(
            lambda v: np.sum(Convolution(w, b, stride, pad).forward(v) * dout), x
        ),
        "dW": numerical_gradient(
            lambda v: np.sum(Convolution(v, b, stride, pad).forward(x) * dout), w
        ),
        "db": numerical_gradient(
            lambda v: np.sum(Convolution(w, v, stride, pad).forward(x) * dout), b
        ),
    }
    errors = {}
    for name, right in measured.items():
        got = found[name]
        assert np.shape(got) == right.shape, tr(
            f"{name} should have the shape {right.shape}, but is {np.shape(got)}.",
            f"{name}の形状は{right.shape}のはずですが、{np.shape(got)}になっています。",
        )
        errors[name] = np.abs(got - right).max() / np.abs(right).max()
    return errors, found, measured


def check_backward():
    layer = Convolution(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([100.0]))
    layer.forward(np.arange(1.0, 10.0).reshape(1, 1, 3, 3))
    dout = np.array([[[[1.0, 10.0], [100.0, 1000.0]]]])
    dx = layer.backward(dout)
    for gradient in (layer.dW, layer.db):
        assert gradient is not None, tr(
            "backward has to set self.dW and self.db.",
            "backwardでは、self.dWとself.dbを設定してください。",
        )
    assert dx is not None, tr("backward has to return dx.", "backwardはdxを返す必要があります。")
    for name, got, like, shape in (
        ("dW", layer.dW, "W", (1, 1, 2, 2)),
        ("dx", dx, "x", (1, 1, 3, 3)),
    ):
        assert np.shape(got) == shape, tr(
            f"{name} has the shape {np.shape(got)}, but should have that of {like}, {shape}.",
            f"{name}の形状が{np.shape(got)}です。{like}と同じ{shape}のはずです。",
        )
    assert np.shape(layer.db) == (1,), tr(
        f"db has the shape {np.shape(layer.db)}: one number for each filter, like b.",
        f"dbの形状が{np.shape(layer.db)}です。bと同じく、フィルターごとに1つの値です。",
    )
    assert not np.isclose(layer.db[0], 277.75), tr(
        "db is a mean. If b grows a little, how many outputs grow with it?",
        "dbが平均になっています。bを少し大きくすると、いくつの出力が大きくなりますか。",
    )
    assert np.isclose(layer.db[0], 1111), tr(
        f"db should be 1 + 10 + 100 + 1000 = 1111, but is {layer.db[0]:g}.",
        f"dbは1 + 10 + 100 + 1000 = 1111のはずですが、{layer.db[0]:g}になっています。",
    )
    assert np.allclose(layer.dW, [[[[5421, 6532], [8754, 9865]]]]), tr(
        f"dW should be the sum of dout * window, [[5421, 6532], [8754, 9865]], but is\n{layer.dW}",
        f"dWは(dout * 窓)の和で[[5421, 6532], [8754, 9865]]のはずですが、次のとおりです。\n{layer.dW}",
    )
    assert not np.allclose(dx[0, 0, 1, 1], 4321), tr(
        "Your stamp is flipped. The flip of the filter is already in col2im: use W as it is.",
        "スタンプが反転しています。反転はcol2imの中に含まれているので、Wはそのまま使います。",
    )
    right = np.array([[1, 12, 20], [103, 1234, 2040], [300, 3400, 4000]])
    assert np.allclose(dx[0, 0], right), tr(
        f"dx should be the sum of the stamps in the figure,\n{right}\nbut is\n{dx[0, 0]}",
        f"dxは図のスタンプの和\n{right}\nになるはずですが、次のとおりです。\n{dx[0, 0]}",
    )

    advice = {
        "dx": tr(
            "Do the rows of dout line up with the rows of col here, too? Does col2im get the same "
            "stride and pad as im2col, and the shape of x?",
            "ここでも、doutの行とcolの行の順番はそろっていますか。col2imに、im2colと同じstrideとpad、"
            "そしてxの形状を渡していますか。",
        ),
        "dW": tr(
            "Do the rows of dout line up with the rows of col? On which axis are the filters?",
            "doutの行とcolの行の順番はそろっていますか。フィルターはどの軸にありますか。",
        ),
        "db": tr(
            "Sum over images and pixels, for each filter on its own.",
            "フィルターごとに、すべての画像と画素について足し合わせます。",
        ),
    }
    for case in (
        (1, 1, 4, 4, 2, 3, 3, 1, 0),
        (2, 3, 5, 5, 4, 3, 3, 1, 1),
        (2, 2, 6, 6, 3, 3, 3, 2, 0),
    ):
        errors, found, measured = gradient_errors(*case)
        assert case[0] == 1 or not np.allclose(case[0] * found["dW"], measured["dW"]), tr(
            f"dW is too small by the factor N = {case[0]}. The 1/N of the loss is already in dout.",
            f"dWがN = {case[0]}分の1になっています。損失の1/Nは、すでにdoutに含まれています。",
        )
        for name, error in errors.items():
            assert error < 1e-6, tr(
                f"{name} differs from the measured gradient by {error:.1e} for N, C, H, W, F, FH, "
                f"FW, stride, pad = {case}. {advice[name]}",
                f"N, C, H, W, F, FH, FW, stride, pad = {case}のとき、{name}が数値的に求めた勾配と"
                f"{error:.1e}だけ違います。{advice[name]}",
            )

    first = layer.dW.copy()
    layer.backward(dout)
    assert np.array_equal(layer.dW, first), tr(
        "A second backward gives a different dW. It has to be overwritten, and W must not change.",
        "2回目のbackwardでdWが変わりました。dWは上書きし、Wは変えないようにしてください。",
    )
    print(
        tr(
            "All visible checks of backward passed. Grading also tries other shapes.",
            "backwardの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_backward()

# %% [markdown] lang="en"
# ## Measured against computed
#
# Here is every single entry of the three gradients: across, what your `numerical_gradient` measured; upwards, what your
# `backward` computed. A right backward pass puts all points on the diagonal. **Predict, then try:** how will the points of
# `dW` lie if `backward` divides it by N? If `dx` forgets the padding? Break your `backward` on purpose, run both cells, and do
# not forget to repair it.

# %% [markdown] lang="ja"
# ## 数値微分と逆伝播を比べる
#
# 3つの勾配の全要素を図にしてみます。横軸は`numerical_gradient`で求めた値、縦軸は`backward`で計算した値です。逆伝播が正しければ、すべての点が対角線上に並びます。**予想してから試しましょう。** `backward`で`dW`をNで割ってしまうと、`dW`の点はどう並ぶでしょうか。`dx`でパディングを忘れたらどうでしょうか。わざと間違えて両方のセルを実行し、終わったら忘れずに元に戻してください。


# %% name="measured_against_computed" tags=["demo"]
def show_measured_against_computed():
    print(
        tr(
            "N C H W  F FH FW  stride pad   error: dx          dW          db",
            "N C H W  F FH FW  stride pad   誤差：dx          dW          db",
        )
    )
    for case in (
        (1, 1, 4, 4, 2, 3, 3, 1, 0),
        (2, 3, 5, 6, 4, 3, 2, 1, 1),
        (2, 3, 7, 5, 4, 2, 3, 2, 1),
    ):
        errors, found, measured = gradient_errors(*case)
        N, C, H, W, F, FH, FW, stride, pad = case
        print(
            f"{N} {C} {H} {W}  {F} {FH:2} {FW:2}  {stride:6} {pad:3}   "
            + " ".join(f"{errors[name]:11.1e}" for name in ("dx", "dW", "db"))
        )
    fig, axes = plt.subplots(1, 3, figsize=(11, 3.6))
    for ax, name in zip(axes, ("dx", "dW", "db"), strict=True):
        across, upwards = measured[name].ravel(), np.asarray(found[name]).ravel()
        reach = 1.1 * np.abs(across).max()
        ax.plot([-reach, reach], [-reach, reach], color="0.6", linewidth=1)
        ax.plot(across, upwards, "ko", markersize=4, fillstyle="none")
        title = figure_text(f"{name}: {across.size} entries", f"{name}：{across.size}要素")
        ax.set_title(title, fontsize=10)
        ax.set_xlabel(figure_text("measured", "数値微分"))
    axes[0].set_ylabel(figure_text("computed by backward", "backwardの値"))
    fig.tight_layout()
    plt.show()


show_measured_against_computed()

# %% [markdown] lang="en"
# ## A layer learns
#
# Now let the layer find the Sobel filter by itself. It starts with a filter of zeros and sees random images together with
# what the Sobel filter makes of them. Its loss is half the mean squared difference. Nobody tells it the nine numbers; it only
# ever walks down the slope that `backward` reports. Note who changes the weights: a loop outside, not the layer.
#
# **Predict, then run:** a step is `STEP` times the gradient; this factor is the **learning rate**. What will the loss do with 0.02, with 1, with 2.5? Try them all.

# %% [markdown] lang="ja"
# ## 層が学習する
#
# 最後に、Sobelフィルターを層自身に見つけさせてみましょう。フィルターはすべて0から始め、乱数の画像と、それにSobelフィルターを適用した結果を見せます。損失は、差の2乗の平均の半分です。9つの値を教えることはしません。`backward`の示す勾配に沿って下っていくだけです。重みを変えているのが、層ではなく外側のループであることにも注意してください。
#
# **予想してから実行しましょう。** 重みは、1回に勾配の`STEP`倍だけ動かします。この倍率を**学習率**といいます。0.02、1、2.5にすると、損失はそれぞれどうなるでしょうか。全部試してみてください。

# %% name="my_step" tags=["setup"]
STEP = 0.1


# %% name="learn_sobel" tags=["demo"]
def learn_sobel():
    rng = np.random.default_rng(0)
    sobel = np.array([[[[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]]])
    layer = Convolution(np.zeros((1, 1, 3, 3)), np.zeros(1), stride=1, pad=1)
    losses, snapshots, steps = [], {}, 120
    for step in range(steps + 1):
        x = rng.standard_normal((4, 1, 12, 12))
        target = Convolution(sobel, np.array([0.5]), stride=1, pad=1).forward(x)
        difference = layer.forward(x) - target
        losses.append(0.5 * np.mean(difference**2))
        if step in (0, 10, 30, steps):
            snapshots[step] = layer.W[0, 0].copy()
        layer.backward(difference / difference.size)
        layer.W -= STEP * layer.dW
        layer.b -= STEP * layer.db

    fig, axes = plt.subplots(1, 5, figsize=(13, 3), width_ratios=[1.6, 1, 1, 1, 1])
    axes[0].semilogy(losses, color="black")
    axes[0].set_xlabel(figure_text("step", "更新の回数"))
    axes[0].set_title(figure_text("loss", "損失") + f" (STEP = {STEP})", fontsize=10)
    for ax, (step, w) in zip(axes[1:], snapshots.items(), strict=True):
        numbers = np.array([[float(f"{value:.2g}") for value in row] for row in w]) + 0.0
        numbers[np.abs(w) < 0.005] = 0
        title = figure_text(f"W after {step} steps", f"{step}回更新した後のW")
        draw_numbers(ax, numbers, np.minimum(np.abs(w) / 2, 1), title, 10)
    fig.tight_layout()
    plt.show()
    print(tr(f"bias: {layer.b[0]:.3g}", f"バイアス：{layer.b[0]:.3g}"))


learn_sobel()

# %% [markdown] lang="en"
# <details><summary>What happens with the other learning rates?</summary>
#
# 0.02 is the same walk in slow motion. 1 is there after a handful of steps: for these images the best step is close to 1. With
# 2.5 every step jumps over the valley and lands higher on the other side, and the loss grows without limit. Notebook 06 comes
# back to this.
# </details>
#
# ## Questions to think about
#
# Nobody collects your answers. Think first, then open the answers.
#
# 1. Where do the stripes along the border of the Sobel pictures come from?
#    <details><summary>Answer</summary>From the padding: bright sky beside a row of zeros is a strong edge. Without padding
#    they are gone, and the result is two pixels smaller in each direction.</details>
# 2. In section 3 the stamps gave 1234 in the middle. Read the digits from the thousands down: which output does each weight
#    belong to? Why can one say that `dx` is a convolution with the *flipped* filter, although your code flips nothing?
#    <details><summary>Answer</summary>The factor 1000 (lower right output) sees the middle pixel as the upper left of its
#    window, weight 1; the factor 1 (upper left output) sees it as the lower right, weight 4. Seen from the pixel, the weights
#    lie turned by 180°. col2im does this by itself, as it puts each number back where it came from.</details>
# 3. The loss of a network is a mean over the batch. Where does the 1/N enter, and why would a second one in `backward` be
#    hard to notice in training?
#    <details><summary>Answer</summary>In the gradient of the loss itself, so it is already in dout. A second one only makes
#    the step of this layer N times smaller; the network still learns, just slowly.</details>
# 4. Why do we check gradients with a random `dout`, not with ones?
#    <details><summary>Answer</summary>With ones, all rows of dout are the same, and mistakes in their order do not
#    show.</details>
# 5. How many calls of `forward` does `numerical_gradient` need for the filters of VGG's first layer (64 × 3 × 3 × 3), how many
#    passes does `backward` need?
#    <details><summary>Answer</summary>2 · 1728 = 3456 against one.</details>
# 6. `forward` keeps `col` for `backward`. What does that cost for VGG's first layer and ten images in float32, and what could
#    you keep instead?
#    <details><summary>Answer</summary>54 MB. You could keep x (6 MB) and call im2col once more in backward: time for
#    memory.</details>
# 7. Somebody hands you images with three channels and, by mistake, filters for one: `W` of shape `(F, 1, FH, FW)`. What does
#    your `forward` say? And code with loops around `np.sum(window * filter)`?
#    <details><summary>Answer</summary>The matrix product refuses: a row of col has 3·FH·FW numbers, col_W only FH·FW rows. The
#    loops say nothing: broadcasting lays the one table on all three channels. With an image of ones and a 3 × 3 filter of ones
#    they give 27 where there should be an error. A bias can do the same to you: for one image, a b of shape (out_h·out_w, 1) is
#    added without complaint, one for each <em>place</em> and not for each filter. It pays to compare the shapes at the
#    beginning and to raise an error that names them.</details>
#
# ## Now you can
#
# Tick off what you can do without looking. The five questions take five minutes.
#
# - [ ] measure a gradient and check a backward pass with it
# - [ ] write `forward`, and say what each axis is at every step
# - [ ] say in one sentence each what `db`, `dW` and `dx` are
# - [ ] write `backward`
#
# <details><summary>1. f(x) = x² at x = 3, h = 1: what do the two differences give?</summary>One-sided 16 − 9 = 7, central
# (16 − 4) / 2 = 6, the exact slope.</details>
#
# <details><summary>2. x is (8, 3, 32, 32), W is (16, 3, 5, 5), stride 1, pad 2: what are the shapes of out, dout, dW, db
# and dx?</summary>out and dout (8, 16, 32, 32), dW (16, 3, 5, 5), db (16,), dx (8, 3, 32, 32).</details>
#
# <details><summary>3. dout is 1 everywhere, shape (2, 4, 5, 5). What is db?</summary>50 for each of the four filters.</details>
#
# <details><summary>4. The image is 5 everywhere and dout is 1 everywhere, 2 images, outputs 3 × 3, no padding. What is
# dW?</summary>5 · 2 · 9 = 90 everywhere.</details>
#
# <details><summary>5. One entry of dout is 2, all others are 0. What does dx look like?</summary>Twice the filter, at one
# window.</details>
#
# ## Further reading
#
# Read the first one first: it is short, and its small graphs are the best exercise for the chain rule.
#
# - Stanford CS231n, [Backpropagation, intuitions](https://cs231n.github.io/optimization-2/), and on
#   [gradient checks](https://cs231n.github.io/neural-networks-3/#gradcheck) what can go wrong in them.
# - C. Olah, [Calculus on computational graphs](https://colah.github.io/posts/2015-08-Backprop/) (2015).
# - V. Dumoulin, F. Visin, [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285) (2016), section 4: the way back
#   as a "transposed convolution".
# - K. Saito, *Deep Learning from Scratch* (in Japanese), chapter 5 and section 7.4.
#
# **Next:** notebook 04 uses the same two functions for pooling, notebook 06 stacks the layers into a network and trains it.
# Keep this notebook: you will paste `numerical_gradient` and `Convolution` there.

# %% [markdown] lang="ja"
# <details><summary>ほかの学習率ではどうなるか</summary>
#
# 0.02では、同じ道をゆっくりたどります。1なら数回の更新でほぼ正解に着きます。この画像では、1くらいがちょうどよい学習率なのです。2.5では、更新のたびに谷を飛び越えて反対側のもっと高いところに着くので、損失はどこまでも大きくなります。学習率の話は、ノートブック06でもう一度取り上げます。
# </details>
#
# ## 考えてみよう
#
# 解答を提出する必要はありません。まず自分で考えてから、答えを開いてください。
#
# 1. Sobelフィルターの結果で、縁に沿って現れる線は何でしょうか。
#    <details><summary>答え</summary>パディングが原因です。明るい空の隣に0が並ぶので、強いエッジに見えます。パディングをやめれば線は消えますが、結果は縦横とも2画素小さくなります。</details>
# 2. 3節のスタンプの図では、中央の値が1234になりました。千の位から順に、それぞれの重みがどの出力と結び付いているかを読み取ってください。コードではどこも反転していないのに、「`dx`は反転したフィルターとの畳み込みである」といえるのはなぜでしょうか。
#    <details><summary>答え</summary>係数1000の出力（右下）から見ると、中央の画素は窓の左上にあり、重みは1です。係数1の出力（左上）から見ると窓の右下にあり、重みは4です。画素の側から見ると、重みは180度回転して並んでいます。col2imは値を元の場所に戻すだけで、自然にこれを行っています。</details>
# 3. ネットワークの損失はバッチについての平均です。1/Nはどこで入るのでしょうか。また、`backward`の中でもう一度Nで割ってしまうと、学習させても気付きにくいのはなぜでしょうか。
#    <details><summary>答え</summary>損失そのものの勾配に含まれるので、doutにはすでに入っています。もう一度割っても、この層の更新幅がN分の1になるだけで、遅いながらも学習は進むからです。</details>
# 4. 勾配の検証で、`dout`をすべて1にせず、乱数にするのはなぜでしょうか。
#    <details><summary>答え</summary>すべて1だと、doutのどの行も同じになり、順番の間違いが見えないからです。</details>
# 5. VGGの最初の層のフィルター（64×3×3×3）の勾配を求めるのに、`numerical_gradient`では`forward`を何回呼び出すでしょうか。`backward`なら何回で済むでしょうか。
#    <details><summary>答え</summary>2·1,728 = 3,456回と、1回です。</details>
# 6. `forward`は`backward`のために`col`を保存しています。VGGの最初の層で画像が10枚、float32のとき、メモリーはどれだけ必要でしょうか。代わりに何を保存すればよいでしょうか。
#    <details><summary>答え</summary>54MBです。x（6MB）を保存しておき、backwardの中でもう一度im2colを呼び出すこともできます。時間と引き換えに、メモリーを節約できます。</details>
# 7. 画像は3チャンネルなのに、間違えて1チャンネル用のフィルター（`W`の形状が`(F, 1, FH, FW)`）を渡されたとします。あなたの`forward`はどうなるでしょうか。ループの中で`np.sum(window * filter)`を計算するコードならどうでしょうか。
#    <details><summary>答え</summary>行列積のほうはエラーになります。colの行には値が3·FH·FW個あるのに、col_Wの行はFH·FW個しかないからです。ループのほうはエラーになりません。ブロードキャストによって、1枚の表が3つのチャンネルすべてに使われてしまいます。画像も3×3のフィルターもすべて1なら、エラーになるべきところで27という値が出ます。バイアスにも同じ落とし穴があります。画像が1枚のとき、形状(out_h·out_w, 1)のbを渡すと、フィルターごとではなく<strong>場所</strong>ごとのバイアスとして、エラーもなく足されてしまいます。はじめに形状を比べ、食い違っていたら形状を示してエラーにするとよいでしょう。</details>
#
# ## できるようになったこと
#
# 何も見ずにできるものに、印を付けてください。5つの問いは5分もあれば解けます。
#
# - [ ] 数値微分で勾配を求め、逆伝播を検証できる
# - [ ] `forward`を書き、どの段階でも各軸の意味を説明できる
# - [ ] `db`、`dW`、`dx`が何であるかを、それぞれ1文で説明できる
# - [ ] `backward`を書ける
#
# <details><summary>1. f(x) = x²のx = 3での微分を、h = 1として2通りの差分で求めると、いくつになりますか。</summary>前進差分は16 − 9 = 7、中心差分は(16 − 4) / 2 = 6で、こちらは正確な値です。</details>
#
# <details><summary>2. xの形状が(8, 3, 32, 32)、Wが(16, 3, 5, 5)、ストライド1、パディング2のとき、out、dout、dW、db、dxの形状はどうなりますか。</summary>outとdoutは(8, 16, 32, 32)、dWは(16, 3, 5, 5)、dbは(16,)、dxは(8, 3, 32, 32)です。</details>
#
# <details><summary>3. doutの形状が(2, 4, 5, 5)で、値がすべて1のとき、dbはいくつですか。</summary>4枚のフィルターのどれについても50です。</details>
#
# <details><summary>4. 画像2枚の値がすべて5、doutがすべて1で、出力は3×3、パディングはなしのとき、dWはいくつですか。</summary>どこも5·2·9 = 90です。</details>
#
# <details><summary>5. doutの1か所だけが2で、ほかはすべて0のとき、dxはどうなりますか。</summary>1つの窓の位置に、フィルターの2倍が入ります。</details>
#
# ## さらに学ぶには
#
# まず、本の5章がお勧めです。連鎖律を計算グラフで丁寧に説明しています。
#
# - 斎藤康毅『ゼロから作るDeep Learning』（オライリー・ジャパン、2016年）の5章（誤差逆伝播法）と7.4節
# - スタンフォード大学CS231nの講義ノート: [Backpropagation, intuitions](https://cs231n.github.io/optimization-2/)と、[gradient checks](https://cs231n.github.io/neural-networks-3/#gradcheck)（勾配の検証で起こりうる間違い）
# - C. Olah: [Calculus on computational graphs](https://colah.github.io/posts/2015-08-Backprop/)（2015年）
# - V. Dumoulin, F. Visin: [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285)（2016年）の4節。逆向きの計算を「転置畳み込み」として説明しています。
#
# **次のノートブック** 04では、同じ2つの関数を使ってプーリング層を作ります。06では、これらの層を重ねてネットワークを作り、学習させます。`numerical_gradient`と`Convolution`を貼り付けて使うので、このノートブックは取っておいてください。
