# %% name="author" tags=["author"]
from autograder.course.author import earlier, figure_text, tr

globals().update(earlier("01_windows", "conv_output_size", "conv2d_single", "maxpool2d_single"))

# %% [markdown] lang="en"
# # 08 Stripes: a classifier you can see through, and a class for every pixel (bonus)
#
# A CNN that classifies images does two jobs: filters turn the image into **features**, and a small
# classifier at the end turns the features into a **decision**. In a trained network both are learned, and
# it is hard to say which of them deserves the credit.
#
# In this notebook you take the two apart. The task is as small as can be: is there a horizontal or a vertical
# stripe in the picture? You make the pictures yourself, take features with *fixed* filters, and *learn* only
# the classifier. It reaches 100 %. Then comes the part that matters more: you find out what this number is worth,
# and catch a classifier that cheats.
#
# At the end you turn a classifier into a **fully convolutional network** (FCN), which gives an answer for every
# pixel instead of one for the whole picture.
#
# **After this notebook you can**
#
# - make data with random numbers so that others get the same data;
# - write softmax, cross-entropy and gradient descent for a linear classifier;
# - read a confusion matrix, and ask the right questions about a perfect result;
# - explain why a fully connected layer and a 1 × 1 convolution are the same thing, and what follows from that.
#
# **You need** `conv2d_single` and `maxpool2d_single` from notebook 01, NumPy's matrix product, and of calculus only
# the chain rule. Notebooks 02 to 07 are not needed.
#
# | | you write | points (bonus) | difficulty | time |
# |---|---|---|---|---|
# | Exercise 1 | `make_stripe_image` | 1 | ★☆☆ | about 15 minutes |
# | Exercise 2 | `make_dataset` | 1 | ★☆☆ | about 10 minutes |
# | Exercise 3 | `extract_features` | 1 | ★★☆ | about 20 minutes |
# | Exercise 4 | `softmax` | 1 | ★☆☆ | about 15 minutes |
# | Exercise 5 | `one_hot` | 0.5 | ★☆☆ | about 5 minutes |
# | Exercise 6 | `train_softmax` | 1.5 | ★★☆ | about 30 minutes |
# | Exercise 7 | `confusion_matrix` | 0.5 | ★☆☆ | about 10 minutes |
# | Exercise 8 | `conv1x1` | 1 | ★★☆ | about 20 minutes |
# | Exercise 9 | `upsample_nearest` | 0.5 | ★☆☆ | about 5 minutes |
#
# Reading and looking at the figures takes another hour.
#
# **How it is graded.** This notebook is a **bonus**: what you earn here (up to 8 points) counts on top of the 100 points of the
# course, and nothing is lost if you leave it out. Otherwise all is as before: the checks in the notebook are there to
# help and are *not all of it*; grading calls your functions with other inputs, each for its own points. Functions
# that draw random numbers are graded by what their results *look* like, not by exact numbers.

# %% [markdown] lang="ja"
# # 08 帯の分類：中身の見える分類器から、画素ごとの分類へ（ボーナス）
#
# 画像を分類するCNNは、2つの仕事をしています。まずフィルターが画像を特徴に変え、次に小さな分類器が特徴から答えを出します。学習済みのネットワークでは両方とも学習の結果なので、どちらの手柄なのかがよくわかりません。
#
# このノートブックでは、この2つを切り離してみます。問題はごく簡単で、画像に写っている帯が横か縦かを当てるだけです。画像は自分で作り、特徴は固定したフィルターで取り出し、学習するのは分類器だけにします。正解率は100%になります。大事なのはその先です。この100%にどれだけの価値があるのかを調べ、ずるをしている分類器を見破ります。
#
# 最後に、分類器を**全畳み込みネットワーク**（FCN）に作り替えます。FCNは、画像全体に1つではなく、画素ごとに答えを出します。
#
# **このノートブックの目標**
#
# - 乱数を使って、ほかの人にも再現できるデータを作れる
# - ソフトマックス、交差エントロピー誤差、勾配降下法を使って、線形分類器を書ける
# - 混同行列を読み取り、完璧な結果に対して正しい疑問を持てる
# - 全結合層と1×1の畳み込みが同じものである理由と、そこから何が言えるかを説明できる
#
# **必要な知識** ノートブック01の`conv2d_single`と`maxpool2d_single`、NumPyの行列積。微分については連鎖律だけです。ノートブック02から07は必要ありません。
#
# | | 書く関数 | 配点（ボーナス） | 難しさ | 目安の時間 |
# |---|---|---|---|---|
# | 演習1 | `make_stripe_image` | 1 | ★☆☆ | 15分 |
# | 演習2 | `make_dataset` | 1 | ★☆☆ | 10分 |
# | 演習3 | `extract_features` | 1 | ★★☆ | 20分 |
# | 演習4 | `softmax` | 1 | ★☆☆ | 15分 |
# | 演習5 | `one_hot` | 0.5 | ★☆☆ | 5分 |
# | 演習6 | `train_softmax` | 1.5 | ★★☆ | 30分 |
# | 演習7 | `confusion_matrix` | 0.5 | ★☆☆ | 10分 |
# | 演習8 | `conv1x1` | 1 | ★★☆ | 20分 |
# | 演習9 | `upsample_nearest` | 0.5 | ★☆☆ | 5分 |
#
# このほかに、説明を読み、図を眺める時間が1時間ほどかかります。
#
# **採点について** このノートブックは**ボーナス**です。ここで取った点（最大8点）は、全体の100点に上乗せされます。やらなくても点は減りません。そのほかはこれまでと同じで、ノートブックの中の確認は手助けのためのもので、採点のすべてではありません。採点ではほかの入力でも関数を呼び出し、項目ごとに点を付けます。乱数を使う関数は、値そのものではなく、結果が満たすべき性質を調べて採点します。

# %% [markdown] lang="en"
# **Conventions**
#
# - One grey picture has the shape `(H, W)`, a set of pictures `(N, H, W)`, with values from 0 (black) to 1 (white).
# - Class 0 is a **horizontal** stripe, class 1 a **vertical** one.
# - Feature maps of a network have the shape `(N, C, H, W)`, as everywhere in this course.
# - Functions never change the arrays that they are given.

# %% [markdown] lang="ja"
# **約束**
#
# - グレースケールの画像1枚の形状は`(H, W)`、画像の集まりは`(N, H, W)`で、値は0（黒）から1（白）までです。行や列の番号は0から数えます。
# - クラス0は横の帯、クラス1は縦の帯です。
# - ネットワークの特徴マップの形状は、この教材のほかの部分と同じく`(N, C, H, W)`です。
# - 関数は、受け取った配列を書き換えません。

# %% name="setup" tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

np.set_printoptions(linewidth=120, precision=3, suppress=True)

VERTICAL_EDGES = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
HORIZONTAL_EDGES = np.array([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]])
SHARPEN = np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]])

# %% name="drawing" tags=["demo"]
from matplotlib.colors import LinearSegmentedColormap

# en: Black is negative, white is zero, orange is positive.
# ja: 黒は負、白は0、オレンジは正を表します。
SIGNED = LinearSegmentedColormap.from_list("signed", ["black", "white", "#f07000"])


def show_picture(ax, picture, title="", **how):
    how = {"cmap": "gray", "vmin": 0, "vmax": 1} | how
    image = ax.imshow(picture, **how)
    ax.set_title(title, fontsize=10)
    ax.set_xticks([])
    ax.set_yticks([])
    return image


def draw_matrix(ax, matrix, names, title=""):
    ax.imshow(matrix, cmap="Greys", vmin=0, vmax=2 * matrix.max())
    for (row, column), value in np.ndenumerate(matrix):
        ax.text(column, row, str(value), ha="center", va="center", fontsize=14)
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.set_title(title, fontsize=10)


# %% [markdown] lang="en"
# ## Your functions from notebook 01
#
# Paste your `conv2d_single` and `maxpool2d_single` into the next cell, and `conv_output_size`, if they call it.
#
# <details><summary>If an earlier part of yours is not finished</summary>
#
# You need not stop here. Only exercise 3 uses these functions, and grading also tries it with correct ones in place of yours. To
# <em>run</em> the notebook you need them: ask your instructor for the edition in which the cell below is filled in. The functions of
# exercises 1, 2 and 4 to 9 can be written without them.
# </details>

# %% [markdown] lang="ja"
# ## ノートブック01の関数
#
# 次のセルに、自分で書いた`conv2d_single`と`maxpool2d_single`を貼り付けてください。その中で`conv_output_size`を使っている場合は、それも貼り付けます。
#
# <details><summary>前のノートブックのコードが完成していない場合</summary>
#
# ここで止まる必要はありません。これらの関数を使うのは演習3だけで、採点では、正しいものに置き換えた場合も試します。ただし、ノートブックを実行するにはこれらが必要です。下のセルが記入済みの版を、担当の先生からもらってください。演習1、2と、4から9の関数は、これらがなくても書けます。
# </details>

# %% name="carry" tags=["carry"] parts=["conv_output_size", "conv2d_single", "maxpool2d_single"] source="01_windows"
# en: Paste your conv_output_size, conv2d_single and maxpool2d_single from notebook 01 below this line.
# ja: この行の下に、ノートブック01で書いたconv_output_size、conv2d_single、maxpool2d_singleを貼り付けてください。

# %% [markdown] lang="en"
# ## Do you remember?
#
# Answer from memory before you open the answers. Whatever was hard is worth another look now.
#
# 1. An image of 16 × 16, a filter of 3 × 3, padding 1, then pooling 2 × 2: how large is the map? (01)
#    <details><summary>Answer</summary>16 × 16, then 8 × 8.</details>
# 2. Which edges does the Sobel filter with the rows −1 0 1, −2 0 2, −1 0 1 find? (01)
#    <details><summary>Answer</summary>Vertical ones: it compares left with right.</details>
# 3. What does global average pooling keep of a map, and what does it lose? (05; skip this if you have not been there yet)
#    <details><summary>Answer</summary>How much there is in all, but not where.</details>
#
# ## 1. Making data
#
# Making data takes random numbers, and convincing others takes *reproducible* random numbers. NumPy's answer is a
# **generator**: an object that hands out one random number after the other. If you make it with a **seed**, it always
# hands out the same ones.

# %% [markdown] lang="ja"
# ## 思い出してみよう
#
# 答えを開く前に、何も見ずに答えてください。難しかったところは、今のうちに見直しておきましょう。
#
# 1. 16×16の画像に、パディング1の3×3フィルターを適用し、2×2のプーリングを行うと、マップの大きさはどうなりますか（01）。
#    <details><summary>答え</summary>16×16、次に8×8になります。</details>
# 2. 各行が−1 0 1、−2 0 2、−1 0 1のSobelフィルターは、どの向きのエッジに反応しますか（01）。
#    <details><summary>答え</summary>縦のエッジです。左と右を比べるからです。</details>
# 3. グローバルアベレージプーリングで、マップの何が残り、何が失われますか（05。まだの人は飛ばしてください）。
#    <details><summary>答え</summary>全体としてどれだけあるかは残り、どこにあるかは失われます。</details>
#
# ## 1. データを作る
#
# データを作るには乱数が要ります。そして、結果を信じてもらうには、再現できる乱数でなければなりません。NumPyでは、そのために**乱数生成器**を使います。乱数を1つずつ順に取り出せるオブジェクトで、**シード**を指定して作ると、いつも同じ乱数の列が得られます。


# %% name="generators" tags=["demo"]
def show_generators():
    rng = np.random.default_rng(seed=7)
    new_7, new_8 = np.random.default_rng(seed=7), np.random.default_rng(seed=8)
    print(tr("rng with seed 7         :", "シード7のrng："), rng.integers(0, 100, size=5))
    print(tr("the same rng, once more :", "同じrngをもう一度："), rng.integers(0, 100, size=5))
    print(
        tr("a new rng with seed 7   :", "新しく作ったシード7のrng："),
        new_7.integers(0, 100, size=5),
    )
    print(
        tr("a new rng with seed 8   :", "新しく作ったシード8のrng："),
        new_8.integers(0, 100, size=5),
    )


show_generators()

# %% [markdown] lang="en"
# Note the third line: a *new* generator with the same seed begins again from the start. So a function that is called many times
# must **not** make itself a seeded generator; it would draw the same picture every time. It gets one from its caller, as the argument
# `rng`, and continues where the last call stopped. Only if none is passed does it make one of its own, without a seed:
# `np.random.default_rng()`.
#
# The picture: black, with one stripe of brightness 1, **two pixels wide**, from edge to edge. Here is one of each kind on 8 × 8
# pixels, without noise. Then **noise** is added to each pixel, a random number from a normal distribution with mean 0. Whatever leaves the range 0 to 1
# is clipped at the end, as in a photograph that is over- or underexposed.

# %% [markdown] lang="ja"
# 3行目に注目してください。同じシードで新しく作った乱数生成器は、また最初から始まります。ですから、何度も呼び出される関数の中で、シードを指定した乱数生成器を作ってはいけません。毎回同じ画像になってしまいます。乱数生成器は引数`rng`として呼び出し側から受け取り、前回の続きから使います。何も渡されなかったときだけ、シードなしの`np.random.default_rng()`を自分で作ります。
#
# 作る画像は、黒い背景に、明るさ1、幅2画素の帯が端から端まで1本あるものです。次の図は、8×8画素でそれぞれの種類を1枚ずつ、ノイズなしで描いたものです。実際には、さらに各画素に**ノイズ**を加えます。ノイズは、平均0の正規分布に従う乱数です。最後に、0から1の範囲をはみ出した値を切り詰めます。露出の合っていない写真の白飛びや黒つぶれと同じです。


# %% name="two_kinds" tags=["demo"]
def draw_two_kinds():
    horizontal = [[0.0] * 8] * 3 + [[1.0] * 8] * 2 + [[0.0] * 8] * 3
    fig, axes = plt.subplots(1, 2, figsize=(6, 3.2))
    for ax, picture, title in (
        (
            axes[0],
            np.array(horizontal),
            figure_text("class 0: horizontal, place 4", "クラス0：横の帯、場所4"),
        ),
        (
            axes[1],
            np.array(horizontal).T,
            figure_text("class 1: vertical, place 4", "クラス1：縦の帯、場所4"),
        ),
    ):
        show_picture(ax, picture, title)
        ax.set_xticks(range(8))
        ax.set_yticks(range(8))
    fig.tight_layout()
    plt.show()


draw_two_kinds()

# %% [markdown] lang="en"
# ## Exercise 1: `make_stripe_image`
#
# **Importance ●●○, difficulty ★☆☆, about 15 minutes, 1 bonus point.** Draw the place first, then the noise for the whole picture; then your pictures will be the same as ours.
#
# <details><summary>Hint 1: the place</summary>
#
# <code>rng.integers(3, size - 3)</code> gives a whole number from 3 to <code>size - 4</code>. With place <code>p</code> the stripe
# consists of the rows (or columns) <code>p - 1</code> and <code>p</code>.
# </details>
#
# <details><summary>Hint 2: the noise</summary>
#
# <code>rng.normal(mean, standard_deviation, size=shape)</code>. For clipping there is <code>np.clip</code>.
# </details>
#
# <details><summary>Hint 3: <code>rng=None</code></summary>
#
# Begin with: if <code>rng</code> is <code>None</code>, make a generator. After that, use <code>rng</code> and nothing else: not
# <code>np.random.normal</code>, which has a hidden generator of its own.
# </details>

# %% [markdown] lang="ja"
# ## 演習1：`make_stripe_image`
#
# **重要度 ●●○／難しさ ★☆☆／目安 15分／ボーナス1点** 最初に帯の場所、次に画像全体のノイズ、の順に乱数を取り出してください。そうすれば、この教材と同じ画像ができます。
#
# <details><summary>ヒント1：場所</summary>
#
# <code>rng.integers(3, size - 3)</code>で、3以上<code>size - 4</code>以下の整数が得られます。場所が<code>p</code>なら、帯は<code>p - 1</code>と<code>p</code>の2行（または2列）です。
# </details>
#
# <details><summary>ヒント2：ノイズ</summary>
#
# <code>rng.normal(平均, 標準偏差, size=形状)</code>を使います。切り詰めるには<code>np.clip</code>があります。
# </details>
#
# <details><summary>ヒント3：<code>rng=None</code></summary>
#
# まず、<code>rng</code>が<code>None</code>なら乱数生成器を作ります。あとは<code>rng</code>だけを使ってください。<code>np.random.normal</code>は、見えないところにある別の乱数生成器を使うので、ここでは使えません。
# </details>


# %% name="make_stripe_image" tags=["stub"]
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    """Draw a noisy picture of one stripe.

    Args:
        kind: 0 for a horizontal stripe, 1 for a vertical one.
        size: side of the picture in pixels, at least 7.
        noise_std: standard deviation of the noise; 0 for none.
        rng: the np.random.Generator to draw from: first the place, an integer from 3 to size - 4,
            then the noise. None: make one without a seed.

    Returns:
        Array of floats of shape (size, size), from 0 to 1: 1 in the two rows (or columns)
        place - 1 and place, 0 elsewhere, plus noise, cut off at 0 and 1.

    Example:
        >>> make_stripe_image(0, size=7, noise_std=0)[:, 0]     # 3 is the only place in size 7
        array([0., 0., 1., 1., 0., 0., 0.])
    --- ja ---
    帯が1本ある、ノイズの入った画像を作る。

    引数:
        kind: 0なら横の帯、1なら縦の帯。
        size: 画像の1辺の画素数。7以上。
        noise_std: ノイズの標準偏差。0ならノイズなし。
        rng: 乱数を取り出すnp.random.Generator。先に場所（3以上size - 4以下の整数）、次にノイズを
            取り出す。Noneならシードなしで作る。

    戻り値:
        形状(size, size)の、0から1までの浮動小数点数の配列。place - 1とplaceの2行（または2列）が1、
        ほかは0で、それにノイズを加え、0と1で切り詰めたもの。

    例:
        >>> make_stripe_image(0, size=7, noise_std=0)[:, 0]     # sizeが7なら、場所は3しかない
        array([0., 0., 1., 1., 0., 0., 0.])
    """
    ### BEGIN SOLUTION
    if rng is None:
        rng = np.random.default_rng()
    image = np.zeros((size, size))
    place = rng.integers(3, size - 3)
    if kind == 0:
        image[place - 1 : place + 1, :] = 1.0
    else:
        image[:, place - 1 : place + 1] = 1.0
    image += rng.normal(0.0, noise_std, size=image.shape)
    return np.clip(image, 0.0, 1.0)
    ### END SOLUTION


# %% name="check_make_stripe_image" tags=["check"]
def check_make_stripe_image():
    image = make_stripe_image(0, 7, 0)
    assert isinstance(image, np.ndarray), tr(
        "make_stripe_image must return an array. Did you forget the return?",
        "make_stripe_imageは配列を返す必要があります。returnを忘れていませんか。",
    )
    assert image.shape == (7, 7), tr(
        f"The shape for size 7 is {image.shape}, but should be (7, 7).",
        f"size=7の画像の形状が{image.shape}になっています。(7, 7)になるはずです。",
    )
    assert not np.array_equal(image[0], [0, 0, 1, 1, 0, 0, 0]), tr(
        "Kind 0 gives you a vertical stripe. It should be a horizontal one: rows, not columns.",
        "kind=0で縦の帯になっています。横の帯、つまり列ではなく行を1にしてください。",
    )
    assert np.array_equal(image[:, 3], [0, 0, 1, 1, 0, 0, 0]), tr(
        f"From top to bottom a picture of size 7 should be 0 0 1 1 0 0 0, but yours is {image[:, 3]}.",
        f"size=7の画像は、上から下へ0 0 1 1 0 0 0となるはずですが、{image[:, 3]}になっています。",
    )
    assert np.array_equal(make_stripe_image(1, 7, 0), image.T), tr(
        "Kind 1 should be the same as kind 0, laid on its side: a vertical stripe.",
        "kind=1は、kind=0の画像を横に倒したもの、つまり縦の帯になるはずです。",
    )

    def draw(seed, noise_std=0.12):
        return make_stripe_image(0, 16, noise_std, np.random.default_rng(seed))

    assert np.array_equal(draw(1), draw(1)), tr(
        "Two generators with the same seed give different pictures. Is every random number drawn from rng?",
        "同じシードの乱数生成器を2つ渡したのに、画像が違います。乱数はすべてrngから取り出していますか。",
    )
    assert not np.array_equal(draw(1), draw(2)), tr(
        "Different seeds give the same picture. Does your function use the rng that it is given?",
        "シードを変えても同じ画像になります。受け取ったrngを使っていますか。",
    )
    places = {int(draw(seed, 0)[:, 0].argmax()) for seed in range(200)}
    assert len(places) > 1, tr(
        "The stripe is always at the same place. Draw the place from rng.",
        "帯がいつも同じ場所にあります。場所もrngから取り出してください。",
    )
    assert places == set(range(2, 12)), tr(
        f"In size 16 stripes begin in rows 2 to 11, but in 200 pictures yours begin in {sorted(places)}.",
        f"size=16では、帯は2行目から11行目までのどこかで始まります。200枚の画像では{sorted(places)}でした。",
    )
    noisy = make_stripe_image(0, 100, 0.2, np.random.default_rng(0))
    assert noisy.min() >= 0 and noisy.max() <= 1, tr(  # noqa: PT018
        f"The values go from {noisy.min():.2f} to {noisy.max():.2f}. Cut them off at 0 and 1, after the noise.",
        f"値の範囲が{noisy.min():.2f}から{noisy.max():.2f}になっています。ノイズを加えた後で、0と1で切り詰めてください。",
    )
    assert len(np.unique(noisy[(noisy > 0) & (noisy < 0.7)])) > 3000, tr(
        "Many pixels have exactly the same noise. Draw a number for each pixel: size=image.shape.",
        "まったく同じノイズの画素がたくさんあります。画素ごとに乱数を取り出してください（size=image.shape）。",
    )
    spread = np.sqrt(np.mean(noisy[(noisy > 0) & (noisy < 0.7)] ** 2))
    assert 0.17 < spread < 0.23, tr(
        f"With noise_std=0.2 the noise should spread by about 0.2, but yours spreads by {spread:.2f}.",
        f"noise_std=0.2なら、ノイズの大きさは約0.2になるはずですが、{spread:.2f}になっています。",
    )
    print(
        tr(
            "All visible checks of make_stripe_image passed. Grading also tries other sizes.",
            "make_stripe_imageの確認はすべて通りました。採点では、ほかの大きさも試します。",
        )
    )


check_make_stripe_image()

# %% [markdown] lang="en"
# Here are your pictures with more and more noise. Up to which column can you still tell the two rows apart?

# %% [markdown] lang="ja"
# ノイズを大きくしていくと、画像は次のようになります。どの列までなら、上の行と下の行の違いを見分けられますか。


# %% name="more_noise" tags=["demo"]
def show_more_noise():
    levels = (0, 0.12, 0.3, 0.5, 0.7, 1.0)
    fig, axes = plt.subplots(2, len(levels), figsize=(12, 4.4))
    rng = np.random.default_rng(3)
    for kind, row in enumerate(axes):
        for ax, noise in zip(row, levels, strict=True):
            show_picture(
                ax,
                make_stripe_image(kind, 16, noise, rng),
                figure_text(f"class {kind}, noise {noise:g}", f"クラス{kind}、ノイズ{noise:g}"),
            )
    fig.tight_layout(h_pad=1.5)
    plt.show()


show_more_noise()

# %% [markdown] lang="en"
# ## Exercise 2: `make_dataset`
#
# **Importance ●●○, difficulty ★☆☆, about 10 minutes, 1 bonus point.** This is where the seed belongs: **one** generator, made once, from which everything is drawn. For each picture draw the
# kind first, then the picture; then your data will be the same as ours. (Drawn in another order it is just as good, but other
# data, and the numbers below will differ a little.)
#
# <details><summary>Hint</summary>
#
# <code>rng.integers(0, 2)</code> is 0 or 1. Do not forget to pass <code>size</code> and <code>rng</code> on.
# </details>

# %% [markdown] lang="ja"
# ## 演習2：`make_dataset`
#
# **重要度 ●●○／難しさ ★☆☆／目安 10分／ボーナス1点** シードを使うのはここです。乱数生成器を1つだけ作り、すべての乱数をそこから取り出します。画像ごとに、まず種類、次に画像、の順にすれば、この教材と同じデータになります（別の順でもデータとしては問題ありませんが、この先に出てくる値が少し変わります）。
#
# <details><summary>ヒント</summary>
#
# <code>rng.integers(0, 2)</code>は0か1です。<code>size</code>と<code>rng</code>を渡すのを忘れないでください。
# </details>


# %% name="make_dataset" tags=["stub"]
def make_dataset(n_samples=400, size=16, seed=0):
    """Draw pictures of both kinds, in random order.

    Args:
        n_samples: how many pictures.
        size: side of a picture in pixels.
        seed: for the generator; the same seed gives the same data.

    Returns:
        X, y: the pictures, array of floats of shape (n_samples, size, size), with the usual noise
        (0.12); and their kinds, array of integers 0 or 1 of shape (n_samples,). Both kinds are
        equally likely.

    Example:
        >>> X, y = make_dataset(5, size=8, seed=1)
        >>> X.shape, y.shape
        ((5, 8, 8), (5,))
    --- ja ---
    2種類の画像を、無作為な順に作る。

    引数:
        n_samples: 画像の枚数。
        size: 画像の1辺の画素数。
        seed: 乱数生成器のシード。同じシードなら同じデータになる。

    戻り値:
        X, y: 画像は形状(n_samples, size, size)の浮動小数点数の配列で、ノイズは通常のもの（0.12）。
        種類は形状(n_samples,)の整数の配列で、値は0か1。どちらの種類も同じ確率で選ぶ。

    例:
        >>> X, y = make_dataset(5, size=8, seed=1)
        >>> X.shape, y.shape
        ((5, 8, 8), (5,))
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    X = np.zeros((n_samples, size, size))
    y = np.zeros(n_samples, dtype=np.int64)
    for i in range(n_samples):
        y[i] = rng.integers(0, 2)
        X[i] = make_stripe_image(y[i], size=size, rng=rng)
    return X, y
    ### END SOLUTION


# %% name="check_make_dataset" tags=["check"]
def check_make_dataset():
    try:
        made = make_dataset(40, 12, 5)
    except ValueError as error:
        raise AssertionError(
            tr(
                f"Pictures of size 12 raise: {error}. Do you pass size on to make_stripe_image?",
                f"12×12の画像で例外が発生しました：{error}。make_stripe_imageにsizeを渡していますか。",
            )
        ) from error
    assert isinstance(made, tuple) and len(made) == 2, tr(  # noqa: PT018
        "make_dataset must return two arrays: return X, y.",
        "make_datasetは2つの配列を返す必要があります（return X, y）。",
    )
    X, y = made
    assert (X.shape, y.shape) == ((40, 12, 12), (40,)), tr(
        f"40 pictures of 12 x 12 should give (40, 12, 12) and (40,), not {X.shape} and {y.shape}.",
        f"12×12の画像40枚なら(40, 12, 12)と(40,)になるはずですが、{X.shape}と{y.shape}になっています。",
    )
    assert y.dtype.kind in "iu", tr(
        f"The labels are {y.dtype}, but will be used as indices: make them integers.",
        f"ラベルの型が{y.dtype}になっています。添字として使うので、整数にしてください。",
    )
    assert set(y.tolist()) == {0, 1}, tr(
        f"Both kinds, 0 and 1, should occur. You have {sorted(set(y.tolist()))}.",
        f"0と1の両方が現れるはずですが、{sorted(set(y.tolist()))}になっています。",
    )
    looks_vertical = X.mean(axis=1).max(axis=1) > X.mean(axis=2).max(axis=1)
    assert np.array_equal(looks_vertical, y == 1), tr(
        "Labels and pictures do not match. Is it the label that you pass as kind?",
        "ラベルと画像が合っていません。kindにラベルを渡していますか。",
    )
    again, other = make_dataset(40, 12, 5), make_dataset(40, 12, 6)
    assert np.array_equal(X, again[0]), tr(
        "The same seed gives other pictures. Do you pass rng on to make_stripe_image?",
        "同じシードなのに画像が変わります。make_stripe_imageにrngを渡していますか。",
    )
    assert not np.array_equal(X, other[0]), tr(
        "Another seed gives the same pictures. Is seed used?",
        "シードを変えても同じ画像になります。seedを使っていますか。",
    )
    assert len({picture.tobytes() for picture in X}) == 40, tr(
        "Some pictures are identical. Make one generator, once, and pass it on.",
        "まったく同じ画像があります。乱数生成器は1つだけ作り、それを渡してください。",
    )
    print(
        tr(
            "All visible checks of make_dataset passed. Grading also tries other sizes and seeds.",
            "make_datasetの確認はすべて通りました。採点では、ほかの大きさやシードも試します。",
        )
    )


check_make_dataset()

# %% name="samples" tags=["demo"]
X_all, y_all = make_dataset(n_samples=500, size=16, seed=7)


def show_samples():
    fig, axes = plt.subplots(2, 5, figsize=(9, 4))
    for ax, picture, label in zip(axes.ravel(), X_all, y_all, strict=False):
        show_picture(ax, picture, figure_text(f"label = {label}", f"ラベル{label}"))
    fig.tight_layout()
    plt.show()


show_samples()

# %% [markdown] lang="en"
# ## 2. From a picture to a few numbers
#
# A picture has 256 numbers; few of them mean anything alone. We want *few* numbers that say *much*. What you built in notebook 01 does it:
#
# 1. slide a filter over the picture (padding 1);
# 2. ReLU: only positive responses remain;
# 3. 2 × 2 max pooling;
# 4. of what is left, keep two numbers: the **mean** (how much of it is there in all?) and the **maximum** (how strong is it at its
#    strongest?).
#
# Here it is for a vertical stripe and the two Sobel filters. Compare the numbers at the right.

# %% [markdown] lang="ja"
# ## 2. 画像を数個の値にする
#
# 画像は256個の値でできていますが、1つ1つの値にはほとんど意味がありません。欲しいのは、個数が少なく、しかも画像の特徴をよく表す値です。それには、ノートブック01で作ったものが使えます。
#
# 1. 画像にフィルターを適用する（パディング1）
# 2. ReLUで、正の反応だけを残す
# 3. 2×2の最大プーリングをする
# 4. 残ったマップから2つの値を取り出す。1つは**平均**（全体としてどれだけあるか）、もう1つは**最大値**（いちばん強いところでどれだけ強いか）
#
# 縦の帯の画像に2つのSobelフィルターを適用すると、次のようになります。右端の値を比べてみてください。


# %% name="pipeline" tags=["demo"]
def show_pipeline():
    try:
        conv2d_single, maxpool2d_single  # noqa: B018
    except NameError as error:
        raise NameError(
            tr(
                f"{error}: paste your functions into the cell near the top, and run it.",
                f"{error}：最初のほうにあるセルに自分の関数を貼り付け、実行してください。",
            )
        ) from None
    picture = make_stripe_image(1, 16, 0.12, np.random.default_rng(4))
    fig, axes = plt.subplots(2, 4, figsize=(11.5, 5.8))
    filters = {
        figure_text("vertical edges", "縦のエッジ"): VERTICAL_EDGES,
        figure_text("horizontal edges", "横のエッジ"): HORIZONTAL_EDGES,
    }
    for row, (name, kernel) in zip(axes, filters.items(), strict=True):
        response = conv2d_single(picture, kernel, padding=1)
        positive = np.where(response > 0, response, 0)
        pooled = maxpool2d_single(positive)
        show_picture(row[0], picture, figure_text("picture", "画像"))
        how = {"cmap": SIGNED, "vmin": -4, "vmax": 4}
        show_picture(row[1], response, f"{name} {response.shape}", **how)
        show_picture(row[2], positive, "ReLU", **how)
        title = figure_text(
            f"pooled: mean {pooled.mean():.2f}, max {pooled.max():.2f}",
            f"プーリング後：平均{pooled.mean():.2f}、最大{pooled.max():.2f}",
        )
        show_picture(row[3], pooled, title, **how)
    fig.tight_layout(h_pad=1.5)
    plt.show()


show_pipeline()

# %% [markdown] lang="en"
# ## Exercise 3: `extract_features`
#
# **Importance ●●○, difficulty ★★☆, about 20 minutes, 1 bonus point.** Do these four steps for each picture and each filter, and collect the numbers as rows of a matrix.
#
# <details><summary>Hint 1: how do I collect?</summary>
#
# A list for the picture, to which each filter adds two numbers; a list of those lists; at the end <code>np.array(...)</code>.
# </details>
#
# <details><summary>Hint 2: the order of the steps</summary>
#
# ReLU before pooling or after gives the same (why?), but the mean of what? Of the <em>pooled</em> map.
# </details>

# %% [markdown] lang="ja"
# ## 演習3：`extract_features`
#
# **重要度 ●●○／難しさ ★★☆／目安 20分／ボーナス1点** 画像ごと、フィルターごとにこの4つの処理をして、得られた値を行列の行に並べます。
#
# <details><summary>ヒント1：どうやって集めるか</summary>
#
# 画像1枚につきリストを1つ用意し、フィルターごとに値を2つずつ加えます。そのリストをさらにリストに集め、最後に<code>np.array(...)</code>とします。
# </details>
#
# <details><summary>ヒント2：処理の順番</summary>
#
# ReLUをプーリングの前にしても後にしても、結果は同じです（なぜでしょうか）。平均を取るのは、<strong>プーリングした後の</strong>マップです。
# </details>


# %% name="extract_features" tags=["stub"]
def extract_features(images, kernels):
    """Turn each picture into two numbers for each filter.

    For each filter: slide it over the picture (stride 1, padding 1), ReLU, 2x2 max pooling with
    stride 2; keep the mean and the maximum of the pooled map.

    Args:
        images: the pictures, array of floats of shape (N, H, W). Must not be changed.
        kernels: list of K filters, 2-D arrays.

    Returns:
        Array of floats of shape (N, 2 * K). In each row: mean and maximum for the first filter,
        then mean and maximum for the second, ...

    Example:
        >>> extract_features(np.ones((1, 2, 2)), [np.ones((3, 3))])    # every response is 4
        array([[4., 4.]])
    --- ja ---
    画像1枚1枚を、フィルターごとに2つの値に変える。

    フィルターごとに、画像に適用し（ストライド1、パディング1）、ReLUを通し、2×2の最大プーリングを
    ストライド2で行う。プーリング後のマップの平均と最大値を取り出す。

    引数:
        images: 画像。形状(N, H, W)の浮動小数点数の配列。書き換えてはいけない。
        kernels: K枚のフィルター（2次元配列）のリスト。

    戻り値:
        形状(N, 2 * K)の浮動小数点数の配列。どの行も、1枚目のフィルターの平均と最大値、
        2枚目のフィルターの平均と最大値、……の順。

    例:
        >>> extract_features(np.ones((1, 2, 2)), [np.ones((3, 3))])    # どの場所でも反応は4
        array([[4., 4.]])
    """
    ### BEGIN SOLUTION
    rows = []
    for image in images:
        row = []
        for kernel in kernels:
            response = np.maximum(conv2d_single(image, kernel, 1, 1), 0.0)
            pooled = maxpool2d_single(response, 2, 2)
            row.append(pooled.mean())
            row.append(pooled.max())
        rows.append(row)
    return np.array(rows)
    ### END SOLUTION


# %% name="check_extract_features" tags=["check"]
def check_extract_features():
    pictures = np.zeros((2, 6, 6))
    pictures[0, :, :3] = 9
    pictures[1, :3, :] = 9
    features = extract_features(pictures, [VERTICAL_EDGES, HORIZONTAL_EDGES])
    assert isinstance(features, np.ndarray), tr(
        "extract_features must return an array. Did you forget the return, or np.array(...)?",
        "extract_featuresは配列を返す必要があります。returnやnp.array(...)を忘れていませんか。",
    )
    assert features.shape == (2, 4), tr(
        f"2 pictures and 2 filters give (2, 4), two numbers for each filter, not {features.shape}.",
        f"画像2枚、フィルター2枚なら、フィルターごとに2つの値で(2, 4)になります。{features.shape}ではありません。",
    )
    expected = np.array([[12, 36, 7, 36], [7, 36, 12, 36]])
    assert not np.allclose(features, [[12, 7, 36, 36], [7, 12, 36, 36]]), tr(
        "You have all means first, then all maxima. Keep the two numbers of a filter together.",
        "先に平均、後に最大値がまとまっています。フィルターごとに、平均と最大値を並べてください。",
    )
    assert not np.allclose(features, expected[:, [1, 0, 3, 2]]), tr(
        "Mean and maximum are swapped.",
        "平均と最大値の順番が逆です。",
    )
    assert not np.all(features[:, 3] == 0) or np.all(features[:, 1] == 0), tr(
        f"Each row ends with 0: {features[0].tolist()}. In which place does each filter's pair begin?",
        f"どの行も最後が0です：{features[0].tolist()}。各フィルターの2つの値は、何番目から入りますか。",
    )
    assert np.allclose(features[:, [1, 3]], 36), tr(
        f"All four maxima should be 36, but you have {features[:, [1, 3]].tolist()}. Is the padding 1?",
        f"最大値は4つとも36のはずですが、{features[:, [1, 3]].tolist()}です。パディングは1ですか。",
    )
    means = features[:, [0, 2]]
    assert not np.allclose(means, [[2, 7], [7, 2]]), tr(
        "The negative responses are still there. ReLU sets them to 0.",
        "負の反応が残っています。ReLUで0にしてください。",
    )
    assert not np.allclose(means, [[5.5, 2.75], [2.75, 5.5]]), tr(
        "Your mean is that of the map before pooling. Take the pooled one.",
        "プーリング前のマップの平均になっています。プーリング後のマップを使ってください。",
    )
    assert np.allclose(means, [[12, 7], [7, 12]]), tr(
        f"The means should be [[12, 7], [7, 12]], but you have {means.tolist()}. Go through the four steps.",
        f"平均は[[12, 7], [7, 12]]のはずですが、{means.tolist()}です。4つの処理を順に確かめてください。",
    )
    print(
        tr(
            "All visible checks of extract_features passed. Grading also tries other pictures.",
            "extract_featuresの確認はすべて通りました。採点では、ほかの画像も試します。",
        )
    )


check_extract_features()

# %% [markdown] lang="en"
# Now all 500 pictures, with three filters: the two Sobel filters, and one that sharpens. With six numbers for each picture we can simply look at
# them. This takes a few seconds.

# %% [markdown] lang="ja"
# 500枚の画像すべてから特徴を取り出します。フィルターは、Sobelフィルター2枚と、画像を鮮明にするフィルターの3枚です。画像1枚につき値が6個になったので、そのまま図にして眺められます。実行には数秒かかります。

# %% name="features" tags=["demo"]
features_all = extract_features(X_all, [VERTICAL_EDGES, HORIZONTAL_EDGES, SHARPEN])
print(tr("pictures", "画像"), X_all.shape, tr("-> features", "→ 特徴"), features_all.shape)


def show_features():
    names = (
        figure_text("vertical edges", "縦のエッジ"),
        figure_text("horizontal edges", "横のエッジ"),
        figure_text("sharpen", "鮮明化"),
    )
    fig, axes = plt.subplots(1, 3, figsize=(12, 3.9))
    for k, (ax, name) in enumerate(zip(axes, names, strict=True)):
        for label, marker, color in ((0, "_", "black"), (1, "|", "0.5")):
            chosen = features_all[y_all == label]
            ax.scatter(
                chosen[:, 2 * k],
                chosen[:, 2 * k + 1],
                marker=marker,
                s=60,
                color=color,
                label=figure_text(f"class {label}", f"クラス{label}"),
            )
        ax.set_xlabel(figure_text("mean", "平均"))
        ax.set_ylabel(figure_text("maximum", "最大値"))
        ax.set_title(name, fontsize=10)
    axes[0].legend(fontsize=9)
    fig.tight_layout()
    plt.show()


show_features()

# %% [markdown] lang="en"
# Each Sobel filter alone separates the classes. The sharpening filter does not: a stripe gets no more or less sharp by being turned. It is not needed,
# and we take it along only to see what a classifier does with a useless feature.
#
# But there is something odd. The filter for *vertical* edges should not respond to a *horizontal* stripe. Yet its maximum is about 3, three
# quarters of that for the right stripe. Where does it come from? Look again at the picture above: at the ends of the stripe.

# %% [markdown] lang="ja"
# Sobelフィルターは、どちらも1枚だけで2つのクラスを分けられます。鮮明にするフィルターでは分かれません。帯の向きを変えても、鮮明さは変わらないからです。このフィルターは必要ありませんが、役に立たない特徴を分類器がどう扱うかを見るために、このまま入れておきます。
#
# ところで、妙なことがあります。縦のエッジのフィルターは、横の帯には反応しないはずです。ところが最大値は約3もあり、縦の帯のときの4分の3に達します。どこから来たのでしょうか。先ほどの図を見直してみましょう。帯の端です。


# %% name="padding_effect" tags=["demo"]
def show_padding_effect():
    stripe = np.zeros((12, 12))
    stripe[5:7] = 1
    at_the_edge = np.zeros((12, 12))
    at_the_edge[:, :2] = 1
    fig, axes = plt.subplots(2, 3, figsize=(9.5, 6))
    for row, picture, name in zip(
        axes,
        (stripe, at_the_edge),
        (
            figure_text("horizontal stripe", "横の帯"),
            figure_text("vertical stripe at the edge", "端にある縦の帯"),
        ),
        strict=True,
    ):
        show_picture(row[0], picture, name)
        for ax, padding in zip(row[1:], (1, 0), strict=True):
            response = conv2d_single(picture, VERTICAL_EDGES, padding=padding)
            title = figure_text(
                f"vertical edges, padding {padding}\n{response.min():g} to {response.max():g}",
                f"縦のエッジ、パディング{padding}\n{response.min():g} … {response.max():g}",
            )
            show_picture(ax, response, title, cmap=SIGNED, vmin=-4, vmax=4)
    fig.tight_layout()
    plt.show()


show_padding_effect()

# %% [markdown] lang="en"
# The zeros of the padding are black, so where a bright stripe reaches the edge of the picture, there is a vertical "edge" that is not in the picture. The
# lower row shows the reverse: at the very edge padding *keeps* a response that would be lost without it. Padding is not neutral. The
# maximum is nearly fooled by it; the mean sees the difference well, because the right filter responds all along the stripe, the wrong one only at its end.
#
# Keep in mind that in our data no stripe ever comes near the edge that runs along it. We will come back to this.
#
# ## 3. A linear classifier
#
# From six numbers to a decision: each class gets a **score**, a weighted sum of the features plus a bias. For all pictures at once that is one matrix product,
# `X @ W + b`, with one column of `W` for each class. The scores are called **logits**.
#
# **Softmax** turns the scores of one picture into probabilities: positive, and with sum 1.
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$

# %% [markdown] lang="ja"
# パディングの0は黒です。そのため、明るい帯が画像の端に達しているところに、画像にはない縦の「エッジ」ができてしまいます。下の段はその逆で、帯が端に接しているとき、パディングがなければ失われる反応が残っています。パディングには、このような副作用があるのです。最大値だけを見ていると、危うくだまされるところです。平均なら違いがはっきりわかります。正しいフィルターは帯に沿ってずっと反応しますが、もう一方は端でしか反応しないからです。
#
# なお、このデータの帯は、帯と平行な辺の近くには決して現れません。このことを覚えておいてください。後でもう一度取り上げます。
#
# ## 3. 線形分類器
#
# 6つの値から答えを出しましょう。クラスごとに、特徴に重みを付けて足し、バイアスを加えた**スコア**を計算します。すべての画像についてまとめると、行列積1回`X @ W + b`になります。`W`の1列が1つのクラスに対応します。このスコアを**ロジット**といいます。
#
# **ソフトマックス**は、画像1枚のスコアを確率に変えます。確率はどれも正で、合計は1です。
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$


# %% name="softmax_bars" tags=["demo"]
def draw_softmax_bars():
    fig, axes = plt.subplots(1, 3, figsize=(11, 3))
    cases = (
        ([1, 2, 3], [0.09, 0.245, 0.665]),
        ([11, 12, 13], [0.09, 0.245, 0.665]),
        ([2, 4, 6], [0.016, 0.117, 0.867]),
    )
    for ax, (scores, probabilities) in zip(axes, cases, strict=True):
        bars = ax.bar(
            [
                figure_text("class 0", "クラス0"),
                figure_text("class 1", "クラス1"),
                figure_text("class 2", "クラス2"),
            ],
            probabilities,
            color="0.7",
            edgecolor="black",
        )
        ax.bar_label(bars, [f"{p:.3f}" for p in probabilities])
        ax.set_ylim(0, 1.05)
        ax.set_title(
            figure_text(
                f"scores {scores[0]}, {scores[1]}, {scores[2]}",
                f"スコア{scores[0]}、{scores[1]}、{scores[2]}",
            ),
            fontsize=10,
        )
    axes[0].set_ylabel(figure_text("probability", "確率"))
    fig.tight_layout()
    plt.show()


draw_softmax_bars()

# %% [markdown] lang="en"
# Adding the same number to all scores of a picture changes nothing: only differences count. That is good to know, because $e^{1000}$ is too large for a computer.
# Subtract the largest score first; then the largest power is $e^0 = 1$.
#
# ## Exercise 4: `softmax`
#
# **Importance ●●●, difficulty ★☆☆, about 15 minutes, 1 bonus point.** If you have written `SoftmaxWithLoss` in notebook 06, you have
# written this already: take it out of there, as a function of its own.
#
# <details><summary>Hint 1: which maximum?</summary>
#
# Each picture has its own. If you subtract one maximum from all rows and another row is far smaller, all its powers become 0, and 0/0 is <code>nan</code>.
# </details>
#
# <details><summary>Hint 2: shapes</summary>
#
# <code>logits.max(axis=1)</code> has the shape <code>(N,)</code>, which does not match <code>(N, C)</code>.
# <code>keepdims=True</code> makes it <code>(N, 1)</code>, which does.
# </details>

# %% [markdown] lang="ja"
# 画像1枚のスコアすべてに同じ値を足しても、確率は変わりません。意味があるのは差だけです。これは都合のよい性質です。$e^{1000}$ は大きすぎてコンピューターでは計算できませんが、先に最大のスコアを引いておけば、いちばん大きい指数関数の値が $e^0 = 1$ で済むからです。
#
# ## 演習4：`softmax`
#
# **重要度 ●●●／難しさ ★☆☆／目安 15分／ボーナス1点** ノートブック06で`SoftmaxWithLoss`を書いた人は、その中にもうあるはずです。独立した関数として取り出してください。
#
# <details><summary>ヒント1：どの最大値か</summary>
#
# 最大値は画像ごとに違います。全体の最大値をすべての行から引くと、スコアがずっと小さい行では指数関数の値がすべて0になり、0÷0で<code>nan</code>になってしまいます。
# </details>
#
# <details><summary>ヒント2：形状</summary>
#
# <code>logits.max(axis=1)</code>の形状は<code>(N,)</code>なので、<code>(N, C)</code>とはうまく計算できません。<code>keepdims=True</code>を付けると<code>(N, 1)</code>になり、計算できます。
# </details>


# %% name="softmax" tags=["stub"]
def softmax(logits):
    """Turn scores into probabilities, row by row.

    Args:
        logits: array of floats of shape (N, C), one row for each example; of any size, also in
            the thousands. Must not be changed.

    Returns:
        Array of the same shape; each row is positive and has the sum 1.

    Example:
        >>> softmax(np.array([[1.0, 2.0, 3.0]]))
        array([[0.09 , 0.245, 0.665]])
    --- ja ---
    行ごとに、スコアを確率に変える。

    引数:
        logits: 形状(N, C)の浮動小数点数の配列。1行が1つのデータ。値が数千になることもある。
            書き換えてはいけない。

    戻り値:
        同じ形状の配列。どの行も値は正で、合計は1。

    例:
        >>> softmax(np.array([[1.0, 2.0, 3.0]]))
        array([[0.09 , 0.245, 0.665]])
    """
    ### BEGIN SOLUTION
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% name="check_softmax" tags=["check"]
def check_softmax():
    logits = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    p = softmax(logits)
    assert np.shape(p) == (2, 3), tr(
        f"The result must have the shape of the logits, (2, 3), not {np.shape(p)}.",
        f"結果の形状はlogitsと同じ(2, 3)のはずですが、{np.shape(p)}になっています。",
    )
    assert np.array_equal(logits, [[1, 2, 3], [0, 0, 0]]), tr(
        "Your function has changed the logits that it was given.",
        "受け取ったlogitsの中身が書き換わっています。",
    )
    assert not np.allclose(p.sum(axis=0), 1), tr(
        "Your columns sum to 1. The rows should: one row is one example.",
        "列の合計が1になっています。1行が1つのデータなので、行の合計が1になるはずです。",
    )
    assert np.allclose(p.sum(axis=1), 1), tr(
        f"The rows should sum to 1, but sum to {p.sum(axis=1)}.",
        f"行の合計は1のはずですが、{p.sum(axis=1)}になっています。",
    )
    assert np.allclose(p, [[0.09003057, 0.24472847, 0.66524096], [1 / 3, 1 / 3, 1 / 3]]), tr(
        f"For the scores 1, 2, 3 expected 0.090, 0.245, 0.665, but got {p[0]}.",
        f"スコア1、2、3に対しては0.090、0.245、0.665になるはずですが、{p[0]}になっています。",
    )
    with np.errstate(all="ignore"):
        p = softmax(np.array([[1000.0, 1001.0, 1002.0], [1.0, 2.0, 3.0]]))
    assert np.isfinite(p[0]).all(), tr(
        "Scores of 1000 give nan: exp(1000) is too large. Subtract the largest score first.",
        "スコアが1000だとnanになります。exp(1000)は大きすぎます。先に最大のスコアを引いてください。",
    )
    assert np.isfinite(p[1]).all(), tr(
        "A row of small scores beside a row of large ones gives nan. Which maximum do you subtract? See hint 1.",
        "大きなスコアの行があると、小さなスコアの行がnanになります。どの最大値を引いていますか。ヒント1を見てください。",
    )
    assert np.allclose(p[0], p[1]), tr(
        f"1000, 1001, 1002 should give the same as 1, 2, 3, but gives {p[0]}.",
        f"1000、1001、1002と1、2、3の結果は同じになるはずですが、{p[0]}になっています。",
    )
    print(
        tr(
            "All visible checks of softmax passed. Grading also tries other scores.",
            "softmaxの確認はすべて通りました。採点では、ほかのスコアも試します。",
        )
    )


check_softmax()

# %% [markdown] lang="en"
# ## 4. Learning
#
# The loss says how bad the probabilities are. **Cross-entropy** looks at the probability $p_t$ that the right class $t$ got, and takes $-\log p_t$: 0 if it is 1, and ever
# larger the closer it comes to 0. The loss of a data set is the mean over its pictures. A classifier that knows nothing gives each of two classes 1/2 and has the
# loss $\ln 2 = 0.693$. That is where we start.
#
# To learn we need to know how the loss changes with each logit. You may work it out, or simply measure it, as in the next cell: move one logit by a little, and
# look at the loss. Compare the last two lines.

# %% [markdown] lang="ja"
# ## 4. 学習
#
# 予測した確率がどれだけ外れているかを表すのが損失です。**交差エントロピー誤差**は、正解のクラス $t$ に与えられた確率 $p_t$ から $-\log p_t$ を計算します。確率が1なら0で、0に近づくほど大きくなります。データ全体の損失は、画像についての平均です。何もわからなければ、2つのクラスに1/2ずつの確率を与えるので、損失は $\ln 2 = 0.693$ です。学習はここから始まります。
#
# 学習するには、それぞれのロジットを動かすと損失がどう変わるかを知る必要があります。計算で導いてもよいのですが、次のセルのように、実際に測ってみることもできます。ロジットを1つだけ少し動かして、損失を見るのです。最後の2行を比べてください。


# %% name="measured_slopes" tags=["demo"]
def measure_slopes():
    logits, right = np.array([[1.0, 2.0, 3.0]]), 1
    slopes = []
    for k in range(3):
        step = np.zeros((1, 3))
        step[0, k] = 1e-5
        above = -np.log(softmax(logits + step)[0, right])
        below = -np.log(softmax(logits - step)[0, right])
        slopes.append((above - below) / 2e-5)
    p, target = softmax(logits)[0], np.eye(3)[right]
    for values, name in (
        (logits[0], tr("logits", "ロジット")),
        (p, tr("probabilities p", "確率p")),
        (target, tr("right class as one-hot", "正解（one-hot）")),
        (np.array(slopes), tr("measured slopes", "数値微分の勾配")),
        (p - target, tr("p minus one-hot", "p - one-hot")),
    ):
        print(" ".join(f"{value:7.3f}" for value in values), " ", name)


measure_slopes()

# %% [markdown] lang="en"
# The slope is **probability minus target**, where the target is 1 for the right class and 0 for the others. It could not be simpler: scores of wrong classes go down in
# proportion to the probability that they wrongly have, the score of the right class goes up by what it lacks.
#
# For a whole data set of N pictures the loss is a mean, so each picture contributes $1/N$ of its slope:
#
# $$D = \frac{P - Y}{N}\qquad\text{(one row for each picture)}$$
#
# where $Y$ holds the targets, one row each: that is the **one-hot** form of the labels. By the chain rule each weight gets the slope of its logit times the feature that it is multiplied by, summed
# over the pictures: the slopes of `W` are `X.T @ D`. The bias is multiplied by 1: sum the rows of `D`.
#
# **Gradient descent** then takes a step downhill: subtract `lr` times the slope from each weight, with a small **learning rate** `lr`, and do it again.
#
# ## Exercise 5: `one_hot`
#
# **Importance ●○○, difficulty ★☆☆, about 5 minutes, 0.5 bonus points.**
#
# <details><summary>Hint</summary>
#
# A loop is fine. Without one: <code>a[[0, 1, 2], y] = 1</code> sets one entry in each of the rows 0, 1 and 2.
# </details>

# %% [markdown] lang="ja"
# 勾配は**確率 − 正解**になっています。正解は、正しいクラスで1、ほかのクラスで0です。とても簡単な式です。間違ったクラスのスコアは、間違って与えられた確率の分だけ下がり、正しいクラスのスコアは、足りない確率の分だけ上がります。
#
# N枚の画像全体の損失は平均なので、画像1枚あたりの勾配は、1枚だけのときの $1/N$ 倍になります。
#
# $$D = \frac{P - Y}{N}\qquad\text{（1行が画像1枚）}$$
#
# $Y$ は正解を1行ずつ並べた行列で、ラベルを**one-hot**の形にしたものです。連鎖律により、重みの勾配は、ロジットの勾配に、その重みが掛かる特徴を掛け、画像について足したものになります。つまり`W`の勾配は`X.T @ D`です。バイアスは、値がいつも1の特徴に掛かる重みとみなせるので、勾配は`D`を列ごとに足すだけで求められます。
#
# **勾配降下法**では、坂を下る向きに1歩進みます。勾配に小さな**学習率**`lr`を掛けたものを重みから引き、これを繰り返します。
#
# ## 演習5：`one_hot`
#
# **重要度 ●○○／難しさ ★☆☆／目安 5分／ボーナス0.5点**
#
# <details><summary>ヒント</summary>
#
# ループで書いてもかまいません。ループを使わないなら、<code>a[[0, 1, 2], y] = 1</code>とすると、0、1、2行目の要素が1つずつ1になります。
# </details>


# %% name="one_hot" tags=["stub"]
def one_hot(y, n_classes):
    """Turn labels into rows with a single 1.

    Args:
        y: labels, array of integers from 0 to n_classes - 1, shape (N,).
        n_classes: how many classes there are; not all need to occur in y.

    Returns:
        Array of floats of shape (N, n_classes).

    Example:
        >>> one_hot(np.array([2, 0]), 3)
        array([[0., 0., 1.],
               [1., 0., 0.]])
    --- ja ---
    ラベルを、1が1つだけある行に変える。

    引数:
        y: ラベル。0からn_classes - 1までの整数の配列。形状(N,)。
        n_classes: クラスの数。yにすべてのクラスが現れるとは限らない。

    戻り値:
        形状(N, n_classes)の浮動小数点数の配列。

    例:
        >>> one_hot(np.array([2, 0]), 3)
        array([[0., 0., 1.],
               [1., 0., 0.]])
    """
    ### BEGIN SOLUTION
    rows = np.zeros((len(y), n_classes))
    rows[np.arange(len(y)), y] = 1.0
    return rows
    ### END SOLUTION


# %% name="check_one_hot" tags=["check"]
def check_one_hot():
    rows = one_hot(np.array([2, 0, 2, 1]), 4)
    assert np.shape(rows) == (4, 4), tr(
        f"4 labels and 4 classes give (4, 4), not {np.shape(rows)}. A class may lack examples.",
        f"ラベル4つ、クラス4つなら(4, 4)です。{np.shape(rows)}ではありません。データのないクラスもあります。",
    )
    expected = [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
    assert np.array_equal(rows, expected), tr(
        f"Labels 2, 0, 2, 1 should give {expected}, but give\n{rows}",
        f"ラベル2、0、2、1からは{expected}になるはずですが、次のようになっています。\n{rows}",
    )
    assert np.shape(one_hot(np.array([1, 0, 1]), 2)) == (3, 2), tr(
        "3 labels and 2 classes give (3, 2): one row for each label.",
        "ラベル3つ、クラス2つなら(3, 2)です。1行が1つのラベルです。",
    )
    print(
        tr(
            "All visible checks of one_hot passed. Grading also tries other labels.",
            "one_hotの確認はすべて通りました。採点では、ほかのラベルも試します。",
        )
    )


check_one_hot()

# %% [markdown] lang="en"
# ## Exercise 6: `train_softmax`
#
# **Importance ●●●, difficulty ★★☆, about 30 minutes, 1.5 bonus points.** Everything is ready. Start with weights and biases of zero, then repeat: probabilities, loss (write it down), slopes, step.
#
# One trap is easily overlooked: how many classes are there? "As many as the largest label plus one" works only if the examples happen to contain the last class. So
# the caller may say it, with `n_classes`.
#
# <details><summary>Hint 1: the loss</summary>
#
# For each picture, <code>-np.log</code> of the probability of its right class. With the one-hot rows you can pick those out by multiplying, then summing each row. To be safe
# from <code>log(0)</code> you may add a tiny number such as 1e-12 inside the logarithm.
# </details>
#
# <details><summary>Hint 2: it runs, but the loss gets larger</summary>
#
# Uphill instead of downhill: look at the signs. If it jumps up and down, did you forget to divide by the number of pictures?
# </details>

# %% [markdown] lang="ja"
# ## 演習6：`train_softmax`
#
# **重要度 ●●●／難しさ ★★☆／目安 30分／ボーナス1.5点** これで準備が整いました。重みとバイアスを0から始めて、確率を求める、損失を記録する、勾配を求める、1歩進む、を繰り返します。
#
# 見落としやすい落とし穴が1つあります。クラスはいくつあるのでしょうか。「ラベルの最大値に1を足した数」でうまくいくのは、データに最後のクラスがたまたま含まれているときだけです。そこで、呼び出す側が`n_classes`で指定できるようにします。
#
# <details><summary>ヒント1：損失</summary>
#
# 画像ごとに、正解のクラスの確率の<code>-np.log</code>を計算します。one-hotの行を掛けてから行ごとに足すと、正解のところだけを取り出せます。<code>log(0)</code>を避けるために、対数の中に1e-12のような小さな値を足してもかまいません。
# </details>
#
# <details><summary>ヒント2：動くけれど、損失が大きくなっていく</summary>
#
# 坂を上っています。符号を確かめましょう。大きくなったり小さくなったりを繰り返すなら、画像の枚数で割るのを忘れていませんか。
# </details>


# %% name="train_softmax" tags=["stub"]
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    """Train a linear classifier by gradient descent on all examples at once.

    Weights and biases start at 0. The loss is the mean cross-entropy of softmax(X @ W + b).

    Args:
        X: features, array of floats of shape (N, D). Must not be changed.
        y: labels, array of integers of shape (N,).
        lr: learning rate.
        epochs: how many steps.
        n_classes: how many classes C there are. None: the largest label plus one.

    Returns:
        W, b, history: arrays of shape (D, C) and (1, C), and a list of the loss before each step.

    Example:
        >>> W, b, history = train_softmax(np.array([[1.0], [-1.0]]), np.array([0, 1]), 1.0, 1)
        >>> W, b, history
        (array([[ 0.5, -0.5]]), array([[0., 0.]]), [0.693...])
    --- ja ---
    全データを一度に使う勾配降下法で、線形分類器を学習する。

    重みとバイアスは0から始める。損失は、softmax(X @ W + b)の交差エントロピー誤差の平均。

    引数:
        X: 特徴。形状(N, D)の浮動小数点数の配列。書き換えてはいけない。
        y: ラベル。形状(N,)の整数の配列。
        lr: 学習率。
        epochs: 何歩進むか。
        n_classes: クラスの数C。Noneなら、ラベルの最大値に1を足した数。

    戻り値:
        W, b, history: 形状(D, C)と(1, C)の配列、および、各回の更新の直前に測った損失のリスト。

    例:
        >>> W, b, history = train_softmax(np.array([[1.0], [-1.0]]), np.array([0, 1]), 1.0, 1)
        >>> W, b, history
        (array([[ 0.5, -0.5]]), array([[0., 0.]]), [0.693...])
    """
    ### BEGIN SOLUTION
    if n_classes is None:
        n_classes = int(y.max()) + 1
    W = np.zeros((X.shape[1], n_classes))
    b = np.zeros((1, n_classes))
    targets = one_hot(y, n_classes)
    history = []
    for _ in range(epochs):
        p = softmax(X @ W + b)
        history.append(float(-np.mean(np.sum(targets * np.log(p + 1e-12), axis=1))))
        slopes = (p - targets) / len(X)
        W -= lr * (X.T @ slopes)
        b -= lr * slopes.sum(axis=0, keepdims=True)
    return W, b, history
    ### END SOLUTION


# %% name="check_train_softmax" tags=["check"]
def check_train_softmax():
    X, y = np.array([[1.0, 0.0], [-1.0, 2.0], [3.0, 0.0], [1.0, 2.0]]), np.array([0, 1, 1, 1])
    trained = train_softmax(X, y, 0.5, 1)
    assert isinstance(trained, tuple) and len(trained) == 3, tr(  # noqa: PT018
        "train_softmax must return three things: return W, b, history.",
        "train_softmaxは3つのものを返す必要があります（return W, b, history）。",
    )
    W, b, history = trained
    assert (np.shape(W), np.shape(b)) == ((2, 2), (1, 2)), tr(
        f"2 features and 2 classes give W (2, 2) and b (1, 2), not {np.shape(W)} and {np.shape(b)}.",
        f"特徴2つ、クラス2つなら、Wは(2, 2)、bは(1, 2)です。{np.shape(W)}と{np.shape(b)}ではありません。",
    )
    assert not np.allclose(W, [[0.125, -0.125], [0.25, -0.25]]), tr(
        "Your weights move uphill. Subtract the slopes.",
        "重みが坂を上る向きに動いています。勾配を引いてください。",
    )
    assert not np.allclose(W, [[-0.5, 0.5], [-1, 1]]), tr(
        "The step is 4 times too large, and there are 4 pictures. The loss is a mean.",
        "1歩が4倍大きくなっています。画像は4枚です。損失は平均でした。",
    )
    assert np.allclose(W, [[-0.125, 0.125], [-0.25, 0.25]]), tr(
        f"After one step W should be [[-0.125, 0.125], [-0.25, 0.25]], but is\n{W}",
        f"1歩進んだ後のWは[[-0.125, 0.125], [-0.25, 0.25]]のはずですが、次のようになっています。\n{W}",
    )
    assert np.allclose(b, [[-0.125, 0.125]]), tr(
        f"After one step b should be [[-0.125, 0.125]], but is {b}. It learns, too.",
        f"1歩進んだ後のbは[[-0.125, 0.125]]のはずですが、{b}になっています。バイアスも学習します。",
    )
    assert len(history) == 1, tr(
        f"One step should give one loss, but history has {len(history)}.",
        f"1歩なら損失も1つのはずですが、historyの長さが{len(history)}になっています。",
    )
    assert not np.isclose(history[0], 4 * np.log(2)), tr(
        "The loss is a sum over the pictures. Take the mean.",
        "損失が画像についての和になっています。平均を取ってください。",
    )
    assert not np.isclose(history[0], np.log(2) / 2), tr(
        "The loss is a mean over all entries of the matrix. Sum each row first, then take the mean.",
        "行列の要素すべてで平均しています。まず行ごとに足し、それから平均を取ってください。",
    )
    assert np.isclose(history[0], np.log(2)), tr(
        f"The loss before the first step is ln 2 = 0.693, but you have {history[0]:.3f}. Is it measured before the step?",
        f"最初の1歩の前の損失はln 2 = 0.693ですが、{history[0]:.3f}になっています。1歩進む前に測っていますか。",
    )
    history = train_softmax(X, y, 0.1, 50)[2]
    assert len(history) == 50, tr(
        f"50 steps should give 50 losses, but history has {len(history)}.",
        f"50歩なら損失も50個のはずですが、historyの長さが{len(history)}になっています。",
    )
    assert history[-1] < history[0], tr(
        f"In 50 steps the loss should shrink, but went from {history[0]:.3f} to {history[-1]:.3f}.",
        f"50歩で損失は減るはずですが、{history[0]:.3f}から{history[-1]:.3f}になりました。",
    )
    shape = np.shape(train_softmax(X, y, 0.1, 1, 5)[0])
    assert shape == (2, 5), tr(
        f"With n_classes=5 W should have the shape (2, 5), but has {shape}.",
        f"n_classes=5なら、Wの形状は(2, 5)になるはずですが、{shape}になっています。",
    )
    print(
        tr(
            "All visible checks of train_softmax passed. Grading also tries other features.",
            "train_softmaxの確認はすべて通りました。採点では、ほかの特徴も試します。",
        )
    )


check_train_softmax()

# %% [markdown] lang="en"
# Now for the stripes. 400 pictures to learn from, and 100 for testing, which the classifier never sees while it learns. The split is random, and repeatable: it gets a
# generator with a seed of its own.

# %% [markdown] lang="ja"
# それでは帯の画像で学習しましょう。400枚で学習し、残りの100枚でテストします。テストデータは、学習中は一度も使いません。分け方は無作為ですが、シードを指定した乱数生成器を使うので、再現できます。

# %% name="train" tags=["demo"]
order = np.random.default_rng(2).permutation(len(X_all))
train, test = order[:400], order[400:]

W_stripes, b_stripes, loss_stripes = train_softmax(
    features_all[train], y_all[train], lr=0.2, epochs=600
)
predicted = np.argmax(features_all @ W_stripes + b_stripes, axis=1)

right = predicted == y_all
print(tr("training accuracy:", "訓練データの正解率："), f"{np.mean(right[train]):.4f}")
print(tr("test accuracy    :", "テストデータの正解率："), f"{np.mean(right[test]):.4f}")
print(tr("loss             :", "損失："), f"{loss_stripes[0]:.4f} -> {loss_stripes[-1]:.4f}")
print(
    tr(
        "weights of class 1 (mean, maximum for each filter):",
        "クラス1の重み（フィルターごとに平均、最大値の順）：",
    ),
    W_stripes[:, 1],
)


def show_loss():
    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6))
    left.plot(loss_stripes[:41], "k.-")
    left.set_ylabel(figure_text("cross-entropy (training)", "交差エントロピー誤差（訓練データ）"))
    left.set_title(figure_text("the first 40 steps", "最初の40回"), fontsize=10)
    right.semilogy(loss_stripes, color="black")
    right.set_title(figure_text("all 600 steps, log scale", "全600回、対数目盛"), fontsize=10)
    for ax in (left, right):
        ax.axhline(np.log(2), color="0.6", linestyle="--", linewidth=1)
        ax.set_xlabel(figure_text("steps done", "更新の回数"))
    right.text(600, np.log(2), "ln 2", ha="right", va="bottom")
    fig.tight_layout()
    plt.show()


show_loss()

# %% [markdown] lang="en"
# With our solution the loss goes from 0.6931 to 0.0077, and both accuracies are 1.0: every picture is right. On the left you see that the loss soon *rises*: the steps
# are too long at first, and the weights overshoot from one side to the other. After about 20 steps they have found their way. Look at the weights, too: the features of the two Sobel filters
# count with opposite signs, and those of the sharpening filter (the last two) hardly count at all. The classifier has noticed by itself that they are of no use.
#
# ## Exercise 7: `confusion_matrix`
#
# **Importance ●●○, difficulty ★☆☆, about 10 minutes, 0.5 bonus points.** One number, the accuracy, hides *which* mistakes are made. The **confusion matrix** shows them: row = the true class, column = the predicted one, and in it
# the number of pictures.

# %% [markdown] lang="ja"
# この教材の解答では、損失は0.6931から0.0077に減り、正解率はどちらも1.0になります。つまり全問正解です。左の図を見ると、損失は途中で大きく増えています。はじめのうちは1歩が大きすぎて、重みがちょうどよいところを行き過ぎては戻っているのです。20歩ほどで落ち着きます。重みも見てみましょう。2つのSobelフィルターの特徴には逆の符号の重みが付き、鮮明にするフィルターの特徴（最後の2つ）には、ほとんど重みが付いていません。役に立たないことに、分類器が自分で気付いたわけです。
#
# ## 演習7：`confusion_matrix`
#
# **重要度 ●●○／難しさ ★☆☆／目安 10分／ボーナス0.5点** 正解率という1つの値からは、どんな間違いをしたのかがわかりません。それを示すのが**混同行列**です。行が本当のクラス、列が予測したクラスで、そこに画像の枚数が入ります。


# %% name="confusion_matrix" tags=["stub"]
def confusion_matrix(y_true, y_pred, n_classes):
    """Count how often each class was taken for each class.

    Args:
        y_true: the labels, array of integers from 0 to n_classes - 1, shape (N,).
        y_pred: the predictions, likewise.
        n_classes: how many classes there are.

    Returns:
        Array of integers of shape (n_classes, n_classes). Row: true class, column: prediction.

    Example:
        >>> confusion_matrix(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), 2)
        array([[2, 1],
               [0, 1]])
    --- ja ---
    どのクラスがどのクラスと予測されたかを数える。

    引数:
        y_true: 正解のラベル。0からn_classes - 1までの整数の配列。形状(N,)。
        y_pred: 予測。同様の配列。
        n_classes: クラスの数。

    戻り値:
        形状(n_classes, n_classes)の整数の配列。行は本当のクラス、列は予測したクラス。

    例:
        >>> confusion_matrix(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), 2)
        array([[2, 1],
               [0, 1]])
    """
    ### BEGIN SOLUTION
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    for true, guess in zip(y_true, y_pred, strict=True):
        matrix[true, guess] += 1
    return matrix
    ### END SOLUTION


# %% name="check_confusion_matrix" tags=["check"]
def check_confusion_matrix():
    matrix = confusion_matrix(np.array([0, 0, 0, 1, 2]), np.array([0, 0, 1, 1, 0]), 3)
    assert np.shape(matrix) == (3, 3), tr(
        f"3 classes give (3, 3), not {np.shape(matrix)}.",
        f"クラスが3つなら(3, 3)です。{np.shape(matrix)}ではありません。",
    )
    assert not np.array_equal(matrix, [[2, 0, 1], [1, 1, 0], [0, 0, 0]]), tr(
        "Rows and columns are swapped: the row is the true class.",
        "行と列が逆です。行が本当のクラスです。",
    )
    assert not np.array_equal(matrix, [[1, 1, 0], [0, 1, 0], [1, 0, 0]]), tr(
        "The 2 has become a 1. matrix[a, b] += 1 with arrays a and b counts a pair only once; use a loop.",
        "2になるはずのところが1です。配列a、bを使ってmatrix[a, b] += 1とすると、同じ組は1回しか数えられません。ループを使いましょう。",
    )
    assert np.array_equal(matrix, [[2, 1, 0], [0, 1, 0], [1, 0, 0]]), tr(
        f"Expected [[2, 1, 0], [0, 1, 0], [1, 0, 0]], but got\n{matrix}",
        f"[[2, 1, 0], [0, 1, 0], [1, 0, 0]]になるはずですが、次のようになっています。\n{matrix}",
    )
    assert np.asarray(matrix).dtype.kind in "iu", tr(
        f"These are counts: make them integers, not {np.asarray(matrix).dtype}.",
        f"個数なので、{np.asarray(matrix).dtype}ではなく整数にしてください。",
    )
    print(
        tr(
            "All visible checks of confusion_matrix passed. Grading also tries other predictions.",
            "confusion_matrixの確認はすべて通りました。採点では、ほかの予測も試します。",
        )
    )


check_confusion_matrix()

# %% [markdown] lang="en"
# Besides the test pictures from before, the next cell also takes new ones with much more noise, and judges them by the same classifier.

# %% [markdown] lang="ja"
# 次のセルでは、先ほどのテストデータに加えて、ノイズのずっと大きい新しい画像も、同じ分類器で分類してみます。


# %% name="confusion" tags=["demo"]
def noisy_pictures(number, noise, seed, size=16):
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 2, size=number)
    return np.array([make_stripe_image(kind, size, noise, rng) for kind in kinds]), kinds


def show_confusion():
    fig, axes = plt.subplots(1, 2, figsize=(8, 3.6))
    names = [figure_text("horizontal", "横の帯"), figure_text("vertical", "縦の帯")]
    matrix = confusion_matrix(y_all[test], predicted[test], 2)
    print(matrix)
    draw_matrix(
        axes[0],
        matrix,
        names,
        figure_text("100 test pictures, noise 0.12", "テストデータ100枚、ノイズ0.12"),
    )
    pictures, kinds = noisy_pictures(100, 0.7, seed=11)
    kernels = [VERTICAL_EDGES, HORIZONTAL_EDGES, SHARPEN]
    guesses = np.argmax(extract_features(pictures, kernels) @ W_stripes + b_stripes, axis=1)
    draw_matrix(
        axes[1],
        confusion_matrix(kinds, guesses, 2),
        names,
        figure_text("100 new pictures, noise 0.7", "新しい画像100枚、ノイズ0.7"),
    )
    for ax in axes:
        ax.set_xlabel(figure_text("predicted", "予測"))
        ax.set_ylabel(figure_text("true", "正解"))
    fig.tight_layout()
    plt.show()


show_confusion()

# %% [markdown] lang="en"
# On the left `[[53, 0], [0, 47]]`: perfect. On the right the same classifier faces more noise than it has ever seen, and mistakes appear.
#
# ## 5. What is a perfect result worth?
#
# A good engineer's answer to "100 %" is: *compared with what?* Perhaps the task is so easy that anything would do. So let us compare with a
# classifier **without any filters**: its features are simply the 256 pixels, and it is trained by your own `train_softmax`. It knows nothing about edges or neighbours.
#
# And let us make the task harder, in two ways:
#
# - more **noise**;
# - stripes **anywhere**. You remember that no stripe ever touches the edge along which it runs. For the right half of the figure we cut the pictures out of the middle
#   of larger ones, so that stripes may lie at the very edge.
#
# Guess first: how good will the classifier without filters be? (This takes about 15 seconds.)

# %% [markdown] lang="ja"
# 左は`[[53, 0], [0, 47]]`で、完璧です。右では、学習したときよりずっと大きいノイズに出会って、間違いが現れています。
#
# ## 5. 完璧な結果にどれだけの価値があるか
#
# 「100%でした」と言われたら、優れた技術者は「何と比べて」と聞き返します。問題がやさしすぎて、何を使ってもできるのかもしれないからです。そこで、フィルターをまったく使わない分類器と比べてみましょう。特徴は256個の画素そのもので、学習には同じ`train_softmax`を使います。エッジのことも、どの画素が隣どうしなのかも知りません。
#
# あわせて、問題を2通りの方法で難しくします。
#
# - **ノイズ**を大きくする
# - 帯をどこにでも置く。このデータの帯は、帯と平行な辺には決して接しないのでした。図の右半分では、大きな画像の中央を切り出して、端に接した帯も現れるようにします
#
# 先に予想してみてください。フィルターを使わない分類器の正解率はどのくらいでしょうか。（実行には15秒ほどかかります。）


# %% name="how_hard" tags=["demo"]
def compare_classifiers():
    levels = (0.12, 0.3, 0.5, 1.0)
    kernels = [VERTICAL_EDGES, HORIZONTAL_EDGES]
    fig, axes = plt.subplots(1, 2, figsize=(12, 4), sharey=True)
    print(
        tr(
            "stripes             noise   filters: training  test    pixels: training  test",
            "左から：帯の場所（端は除く／どこでも）、ノイズ、"
            "正解率（フィルター：訓練データとテストデータ、画素：訓練データとテストデータ）",
        )
    )
    places = (
        (
            False,
            tr("never at the edge", "端は除く"),
            figure_text("stripes never at the edge", "帯は端に来ない"),
        ),
        (
            True,
            tr("anywhere", "どこでも"),
            figure_text("stripes anywhere", "帯はどこにでも来る"),
        ),
    )
    for ax, (anywhere, shown, title) in zip(axes, places, strict=True):
        results = []
        for noise in levels:
            if anywhere:
                X, y = noisy_pictures(300, noise, 1, 21)
                X_test, y_test = noisy_pictures(200, noise, 2, 21)
                X, X_test = X[:, 2:18, 2:18], X_test[:, 2:18, 2:18]
            else:
                X, y = noisy_pictures(300, noise, 1)
                X_test, y_test = noisy_pictures(200, noise, 2)
            row = []
            for features in (
                lambda pictures: extract_features(pictures, kernels),
                lambda pictures: pictures.reshape(len(pictures), -1) - 0.3,
            ):
                known, new = features(X), features(X_test)
                W, b, _ = train_softmax(known, y, 0.2, 600, 2)
                row.append(np.mean(np.argmax(known @ W + b, axis=1) == y))
                row.append(np.mean(np.argmax(new @ W + b, axis=1) == y_test))
            results.append(row)
            numbers = f"{noise:5.2f} {row[0]:18.2f} {row[1]:5.2f} {row[2]:19.2f} {row[3]:5.2f}"
            print(f"{shown:19} {numbers}")
        table = np.array(results).T
        ax.plot(
            levels,
            table[1],
            "k-o",
            label=figure_text("two Sobel filters, test", "Sobelフィルター2枚、テスト"),
        )
        ax.plot(
            levels, table[3], "-s", color="0.5", label=figure_text("pixels, test", "画素、テスト")
        )
        ax.plot(
            levels,
            table[2],
            "--s",
            color="0.5",
            markerfacecolor="white",
            label=figure_text("pixels, training", "画素、訓練"),
        )
        ax.axhline(0.5, color="black", linewidth=0.8, linestyle=":")
        ax.text(0.12, 0.495, figure_text("guessing", "当てずっぽう"), fontsize=9, va="top")
        ax.set_ylim(0.4, 1.04)
        ax.set_xlabel(figure_text("noise", "ノイズ"))
        ax.set_title(title, fontsize=10)
    axes[0].set_ylabel(figure_text("accuracy", "正解率"))
    axes[0].legend(fontsize=9, loc="lower left", bbox_to_anchor=(0, 0.18))
    fig.tight_layout()
    plt.show()


compare_classifiers()

# %% [markdown] lang="en"
# A surprise on the left: without any filter the pixels alone are just as good, and in the heaviest noise even better. But look at the right: as soon as stripes may lie anywhere, the same method falls to 69 % on new
# pictures, and in the heaviest noise to 56 %, little more than guessing, though it learns the training pictures nearly by heart. The filters do not mind where the stripes lie. So the pixel classifier never understood what a stripe is. How could it do so well? Look at its weights, drawn
# as a picture: orange pixels count towards a vertical stripe, black ones against it.

# %% [markdown] lang="ja"
# 左の図には驚いたかもしれません。フィルターがなくても、画素だけで同じくらいよくできています。ノイズがいちばん大きいところでは、フィルターより良いくらいです。ところが右を見てください。帯がどこにでも現れるようになると、同じ方法が、新しい画像に対しては69%に落ち、ノイズがいちばん大きいところでは56%と、当てずっぽうとあまり変わらなくなります。訓練データはほとんど丸暗記しているのに、です。一方、フィルターのほうは、帯がどこにあっても困りません。つまり、画素の分類器は、帯とは何かを理解していたわけではないのです。では、なぜあれほどよくできたのでしょうか。重みを画像の形に並べて見てみましょう。オレンジの画素が明るければ縦の帯、黒の画素が明るければ横の帯、と判断していることになります。


# %% name="shortcut" tags=["demo"]
def show_shortcut():
    pixels = X_all.reshape(len(X_all), -1)
    W, b, _ = train_softmax(pixels[train], y_all[train], 0.2, 600)
    right = np.mean(np.argmax(pixels[test] @ W + b, axis=1) == y_all[test])
    fig, ax = plt.subplots(figsize=(5.2, 4))
    weights = W[:, 1].reshape(16, 16)
    top = np.abs(weights).max()
    image = show_picture(
        ax,
        weights,
        figure_text(
            f"weights for class 1 (vertical), test accuracy {right:.2f}",
            f"クラス1（縦の帯）の重み、テストデータの正解率{right:.2f}",
        ),
        cmap=SIGNED,
        vmin=-top,
        vmax=top,
    )
    fig.colorbar(image)
    fig.tight_layout()
    plt.show()


show_shortcut()

# %% [markdown] lang="en"
# It found a **shortcut**. In the first kind of data the leftmost columns are lit *only* by horizontal stripes, and the uppermost rows *only* by vertical ones. It is enough to compare these few
# pixels, and that is what the weights do: the middle, where the stripes are, hardly counts. That works perfectly, and has nothing to do with edges. The test pictures did not reveal it: they come from the same source and have the same flaw.
#
# Why can pixels not do it in general? Suppose the weights give every horizontal stripe a score above zero. Cover the picture with horizontal stripes, one below the other: their scores, added up, contain each weight once, and the
# total is above zero. Now cover the same pixels with as many vertical stripes. Their scores add up to the *same* total, so they cannot all be below zero. A weighted sum of pixels is blind to the difference; a filter **with ReLU** is not.
#
# Take-aways:
#
# - Data that you made yourself has regularities that you did not intend. So has data that others collected.
# - Training and test accuracy agree? Then the classifier has learned something that holds *in this data*. Whether it is what you meant is another question.
# - A baseline costs ten minutes and may save a project.
#
# ## 6. The same task in PyTorch
#
# So far the filters were fixed. A real CNN **learns** them together with the classifier. If PyTorch is installed (it is in Colab), the next cell trains a small one: convolution with 8 filters, ReLU, pooling,
# convolution with 16 filters, ReLU, global average pooling, and a linear layer with two outputs. If it is not installed, the cell says so, and you can simply read on.
#
# A word on the loss. With **two outputs**, one score for each class, one uses `CrossEntropyLoss`, which contains softmax. One can also use **one output**, the score of class 1, with `BCEWithLogitsLoss`, which
# contains the sigmoid. It is the same thing: the softmax of the scores $z_0, z_1$ gives class 1 the probability $1/(1+e^{-(z_1-z_0)})$, the sigmoid of their difference. What must not be done is to put a softmax in front of either:
# they want scores, not probabilities.

# %% [markdown] lang="ja"
# **近道**を見つけたからです。最初のデータでは、左端の列が明るくなるのは横の帯のときだけ、上端の行が明るくなるのは縦の帯のときだけでした。この数個の画素を比べれば足り、重みはまさにそうなっています。帯が現れる中央の画素は、ほとんど見ていません。完璧に当たりますが、エッジとは何の関係もありません。テストデータでも見破れませんでした。同じ方法で作られた、同じ欠陥のある画像だからです。
#
# 一般の場合に、なぜ画素だけではできないのでしょうか。どの横の帯でもスコアが正になるような重みがあったとします。画像全体を、横の帯で上から順に埋め尽くしてみましょう。スコアの合計には、どの重みも1回ずつ現れ、合計は正になります。次に、同じ画素を同じ本数の縦の帯で埋め尽くします。スコアの合計は先ほどと同じなので、縦の帯のスコアをすべて負にすることはできません。画素に重みを付けて足すだけでは、この違いを見分けられないのです。フィルターの後にReLUがあれば、見分けられます。
#
# ここから学べることは次の3つです。
#
# - 自分で作ったデータには、意図しなかった規則性がある。ほかの人が集めたデータにもある
# - 訓練データとテストデータの正解率がそろっているなら、分類器はそのデータの中で成り立つ何かを学んでいる。それが狙ったとおりのものかどうかは別の問題である
# - 比較の基準は10分もあれば用意でき、それがプロジェクトを救うこともある
#
# ## 6. 同じ問題をPyTorchで
#
# ここまではフィルターを固定していました。本物のCNNは、フィルターも分類器と一緒に学習します。PyTorchがインストールされていれば（Colabには入っています）、次のセルで小さなCNNを学習します。フィルター8枚の畳み込み、ReLU、プーリング、フィルター16枚の畳み込み、ReLU、グローバルアベレージプーリング、そして出力が2つの全結合層です。インストールされていなければ、その旨が表示されるだけなので、そのまま先に進んでください。
#
# 損失について一言補足します。出力が2つで、クラスごとに1つずつスコアを出すなら`CrossEntropyLoss`を使います。ソフトマックスはこの中に含まれています。クラス1のスコアだけを出す、つまり出力が1つなら`BCEWithLogitsLoss`を使います。こちらにはシグモイド関数が含まれています。実は、どちらも同じことです。スコア $z_0, z_1$ のソフトマックスで得られるクラス1の確率は $1/(1+e^{-(z_1-z_0)})$ で、これは差のシグモイド関数にほかなりません。どちらの場合も、手前にソフトマックスを置いてはいけません。渡すのは確率ではなくスコアです。


# %% name="pytorch" tags=["demo"]
def train_in_pytorch():
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
    nn = torch.nn

    def as_tensor(pictures):
        return torch.tensor(pictures[:, None], dtype=torch.float32)

    def learn(pictures, labels):
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Conv2d(1, 8, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(16, 2),
        )
        cross_entropy = nn.CrossEntropyLoss()
        optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
        losses = []
        for _ in range(100):
            loss = cross_entropy(model(as_tensor(pictures)), torch.tensor(labels))
            losses.append(loss.item())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        return model, losses

    def accuracy(model, pictures, kinds):
        with torch.no_grad():
            return np.mean(model(as_tensor(pictures)).argmax(dim=1).numpy() == kinds)

    model, losses = learn(X_all[train], y_all[train])
    on_noise, _ = learn(*noisy_pictures(400, 0.5, seed=12))
    scores = [accuracy(model, X_all[part], y_all[part]) for part in (train, test)]
    count = sum(p.numel() for p in model.parameters())
    print(tr("parameters:", "パラメーターの個数："), count)
    print(tr("training accuracy:", "訓練データの正解率："), f"{scores[0]:.4f}")
    print(tr("test accuracy    :", "テストデータの正解率："), f"{scores[1]:.4f}")
    print(
        tr(
            "accuracy on new pictures, noise 0.12, 0.50 and 0.70:",
            "新しい画像の正解率（左から、ノイズ0.12、0.50、0.70）",
        )
    )
    kernels = [VERTICAL_EDGES, HORIZONTAL_EDGES, SHARPEN]
    new = [noisy_pictures(200, noise, seed=13) for noise in (0.12, 0.5, 0.7)]
    fixed = [
        np.mean(np.argmax(extract_features(X, kernels) @ W_stripes + b_stripes, axis=1) == y)
        for X, y in new
    ]
    learned = [[accuracy(trained, X, y) for X, y in new] for trained in (model, on_noise)]
    for name, row in (
        (
            tr(
                "fixed filters, classifier trained at 0.12",
                "固定したフィルター、ノイズ0.12で学習した分類器",
            ),
            fixed,
        ),
        (
            tr(
                "learned filters, trained at 0.12",
                "学習したフィルター、ノイズ0.12で学習",
            ),
            learned[0],
        ),
        (
            tr(
                "learned filters, trained at 0.5",
                "学習したフィルター、ノイズ0.5で学習",
            ),
            learned[1],
        ),
    ):
        print(*(f"{number:6.2f}" for number in row), " ", name)

    fig = plt.figure(figsize=(11, 3.4), layout="constrained")
    left, right = fig.subfigures(1, 2, width_ratios=[1.2, 1])
    ax = left.subplots()
    ax.plot(
        losses,
        color="black",
        label=figure_text("learned filters (PyTorch, Adam)", "学習したフィルター（PyTorch、Adam）"),
    )
    ax.plot(
        loss_stripes[:100],
        color="0.6",
        label=figure_text("fixed filters (gradient descent)", "固定したフィルター（勾配降下法）"),
    )
    ax.set_xlabel(figure_text("steps done", "更新の回数"))
    ax.set_ylabel(figure_text("cross-entropy (training)", "交差エントロピー誤差（訓練データ）"))
    ax.legend(fontsize=9)
    filters = model[0].weight.detach().numpy()[:, 0]
    top = np.abs(filters).max()
    for cell, kernel in zip(right.subplots(2, 4).ravel(), filters, strict=True):
        show_picture(cell, kernel, cmap=SIGNED, vmin=-top, vmax=top)
    right.suptitle(
        figure_text("the 8 filters of the first layer", "最初の層のフィルター8枚"), fontsize=10
    )
    plt.show()


train_in_pytorch()

# %% [markdown] lang="en"
# With PyTorch 2.13 we found: trained on our pictures, the small CNN is perfect on the test pictures, too, with a far smaller loss. But on pictures with noise 0.5 it only guesses, while the fixed filters still get nearly all of them right. It
# had no reason to learn filters that tolerate noise, having seen next to none. Trained on noisy pictures it is as good as the fixed filters or better, at every noise. **A network learns what its data demand, and no more.**
#
# ## 7. From one answer to an answer for every pixel
#
# A classifier says *what* is in a picture. For many purposes one wants to know *where*: which pixels belong to the road, which to the tumour? That is **segmentation**, and the step from one to the other is
# surprisingly small.
#
# At the end of a classifier there is a fully connected layer: it takes the C channels (after global average pooling one number for each) and gives F scores, by an F × C matrix and F biases. Now take away the pooling and apply the
# *same* matrix to the C numbers at **each place** of the feature map. What you get is a map of scores. And "the same weighted sums over channels at each place" is precisely a convolution with filters of size **1 × 1**.
#
# A network whose layers are all convolutions (and poolings) is called **fully convolutional** (FCN). It has a pleasant property: images of any size fit.
#
# ## Exercise 8: `conv1x1`
#
# **Importance ●●●, difficulty ★★☆, about 20 minutes, 1 bonus point.** Feature maps `(N, C, H, W)` in, `(N, F, H, W)` out.
#
# <details><summary>Hint 1: several ways</summary>
#
# A sum over channels in a loop; or <code>np.einsum</code>, which takes the names of the axes; or bring the channels to the end with <code>transpose</code>, take a matrix product with
# <code>W.T</code>, and bring them back.
# </details>
#
# <details><summary>Hint 2: the bias</summary>
#
# There is one for each output channel, and the channels are on axis 1. Broadcasting counts from the end, so give <code>b</code> the shape <code>(F, 1, 1)</code> first.
# </details>

# %% [markdown] lang="ja"
# PyTorch（2.13）で実行すると、次のような結果になります。ここで作った画像で学習した小さなCNNは、テストデータでも全問正解で、損失もずっと小さくなります。ところが、ノイズが0.5の画像では当てずっぽうになってしまいます。固定したフィルターなら、まだほとんど正解できるのに、です。ノイズをほとんど見たことがないので、ノイズに強いフィルターを学習する理由がなかったのです。ノイズの大きい画像で学習すると、どのノイズでも固定したフィルターと同じか、それより良くなります。**ネットワークが学習するのは、データが求めることだけ**なのです。
#
# ## 7. 1つの答えから、画素ごとの答えへ
#
# 分類器は、画像に何が写っているかを答えます。しかし、どこに写っているかを知りたいことも多くあります。どの画素が道路で、どの画素が腫瘍なのか。これを調べるのが**セグメンテーション**です。実は、分類からセグメンテーションまではほんの1歩です。
#
# 分類器の最後には全結合層があります。C個のチャンネル（グローバルアベレージプーリングの後なので、チャンネルごとに値が1つ）を受け取り、F×Cの行列とF個のバイアスで、F個のスコアを出します。ここでプーリングをやめて、特徴マップのそれぞれの場所にあるC個の値に、同じ行列を掛けてみます。すると、スコアのマップができます。「チャンネルの値に重みを付けて足し、その重みをどの場所でも変えない」というのは、まさに大きさ1×1のフィルターによる畳み込みです。
#
# すべての層が畳み込み（とプーリング）でできているネットワークを、**全畳み込みネットワーク**（FCN）といいます。FCNには、どんな大きさの画像でも入力できるという便利な性質があります。
#
# ## 演習8：`conv1x1`
#
# **重要度 ●●●／難しさ ★★☆／目安 20分／ボーナス1点** 特徴マップ`(N, C, H, W)`を受け取り、`(N, F, H, W)`を返します。
#
# <details><summary>ヒント1：いろいろな書き方</summary>
#
# ループでチャンネルについて足していく方法、軸に名前を付けて<code>np.einsum</code>を使う方法、<code>transpose</code>でチャンネルを最後の軸に移し、<code>W.T</code>との行列積を計算してから戻す方法などがあります。
# </details>
#
# <details><summary>ヒント2：バイアス</summary>
#
# バイアスは出力のチャンネルごとに1つで、チャンネルは1番の軸です。ブロードキャストは後ろの軸から順に対応するので、先に<code>b</code>を<code>(F, 1, 1)</code>の形にしておきます。
# </details>


# %% name="conv1x1" tags=["stub"]
def conv1x1(x, W, b=None):
    """Apply the same weighted sums over the channels at every place.

    Args:
        x: feature maps, array of floats of shape (N, C, H, W). Must not be changed.
        W: weights, shape (F, C): one row for each output channel.
        b: biases, shape (F,). None: no biases.

    Returns:
        Array of floats of shape (N, F, H, W).

    Example:
        >>> x = np.array([[[[1., 2.]],
        ...                [[3., 5.]]]])                  # 2 channels of 1 x 2 pixels
        >>> conv1x1(x, np.array([[10., 1.]]), np.array([100.]))
        array([[[[113., 125.]]]])
    --- ja ---
    場所ごとに、チャンネルの値に重みを付けて足す。重みはどの場所でも同じ。

    引数:
        x: 特徴マップ。形状(N, C, H, W)の浮動小数点数の配列。書き換えてはいけない。
        W: 重み。形状(F, C)。1行が1つの出力チャンネルに対応する。
        b: バイアス。形状(F,)。Noneならバイアスなし。

    戻り値:
        形状(N, F, H, W)の浮動小数点数の配列。

    例:
        >>> x = np.array([[[[1., 2.]],
        ...                [[3., 5.]]]])                  # 1×2画素、2チャンネル
        >>> conv1x1(x, np.array([[10., 1.]]), np.array([100.]))
        array([[[[113., 125.]]]])
    """
    ### BEGIN SOLUTION
    out = np.einsum("fc,nchw->nfhw", W, x)
    if b is not None:
        out = out + b.reshape(-1, 1, 1)
    return out
    ### END SOLUTION


# %% name="check_conv1x1" tags=["check"]
def check_conv1x1():
    x = np.array([[[[1.0, 2.0]], [[3.0, 5.0]]]])
    W = np.array([[10.0, 1.0], [0.0, 1.0], [1.0, -1.0]])
    out = conv1x1(x, W)
    assert np.shape(out) == (1, 3, 1, 2), tr(
        f"(1, 2, 1, 2) with a (3, 2) matrix gives (1, 3, 1, 2), not {np.shape(out)}.",
        f"(1, 2, 1, 2)に(3, 2)の行列なら(1, 3, 1, 2)です。{np.shape(out)}ではありません。",
    )
    assert np.allclose(out[0, :, 0], [[13, 25], [3, 5], [-2, -3]]), tr(
        f"Expected the channels [13, 25], [3, 5], [-2, -3], but got {out[0, :, 0].tolist()}.",
        f"チャンネルは[13, 25]、[3, 5]、[-2, -3]になるはずですが、{out[0, :, 0].tolist()}になっています。",
    )
    try:
        with_bias = conv1x1(x, W, np.array([100.0, 200.0, 300.0]))
    except ValueError as error:
        raise AssertionError(
            tr(
                f"With a bias your function raises: {error}. See hint 2.",
                f"バイアスを渡すと例外が発生しました：{error}。ヒント2を見てください。",
            )
        ) from error
    assert np.shape(with_bias) == (1, 3, 1, 2), tr(
        f"With a bias the shape becomes {np.shape(with_bias)}. See hint 2.",
        f"バイアスを渡すと形状が{np.shape(with_bias)}になります。ヒント2を見てください。",
    )
    assert not np.allclose(with_bias, out), tr(
        "The bias makes no difference yet.",
        "バイアスを渡しても結果が変わりません。",
    )
    assert np.allclose(with_bias - out, np.array([100, 200, 300]).reshape(1, 3, 1, 1)), tr(
        "Each output channel has a bias of its own, the same at all places.",
        "バイアスは出力のチャンネルごとに1つで、どの場所でも同じです。",
    )
    many = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    assert np.array_equal(conv1x1(many, np.eye(3)), many), tr(
        "With the unit matrix as W nothing should change. Are images, rows or columns mixed up?",
        "Wが単位行列なら何も変わらないはずです。画像、行、列が混ざっていませんか。",
    )
    print(
        tr(
            "All visible checks of conv1x1 passed. Grading also tries other maps.",
            "conv1x1の確認はすべて通りました。採点では、ほかのマップも試します。",
        )
    )


check_conv1x1()

# %% [markdown] lang="en"
# The claim was: global average pooling and then a fully connected layer is the same as the 1 × 1 convolution and then the average. (Averages and weighted sums may change places.) Test it:

# %% [markdown] lang="ja"
# グローバルアベレージプーリングの後に全結合層を置くのと、1×1の畳み込みの後で平均するのとは、同じはずです（平均と、重み付きの和は、順番を入れ替えられるからです）。確かめてみましょう。


# %% name="same_thing" tags=["demo"]
def show_same_thing():
    rng = np.random.default_rng(0)
    maps = rng.standard_normal((1, 8, 6, 6))
    weights, biases = rng.standard_normal((3, 8)), rng.standard_normal(3)
    pooled_first = maps.mean(axis=(2, 3)) @ weights.T + biases
    pooled_last = conv1x1(maps, weights, biases).mean(axis=(2, 3))
    print(tr("pooling, then fully connected :", "プーリングの後で全結合層："), pooled_first)
    print(tr("1 x 1 convolution, then mean  :", "1×1の畳み込みの後で平均："), pooled_last)


show_same_thing()

# %% [markdown] lang="en"
# ## Exercise 9: `upsample_nearest`
#
# **Importance ●○○, difficulty ★☆☆, about 5 minutes, 0.5 bonus points.** Pooling has made the maps smaller than the picture. To get a score for each *pixel* we have to enlarge them again. The simplest way: repeat every number, in both directions. (Larger networks *learn* how to enlarge, with
# transposed convolutions.)

# %% [markdown] lang="ja"
# ## 演習9：`upsample_nearest`
#
# **重要度 ●○○／難しさ ★☆☆／目安 5分／ボーナス0.5点** プーリングのため、マップは元の画像より小さくなっています。画素ごとにスコアを得るには、もう一度拡大しなければなりません。いちばん簡単なのは、どの値も縦横に同じ回数だけ繰り返すことです。（もっと大きなネットワークでは、転置畳み込みを使って、拡大のしかたも学習します。）


# %% name="upsample_nearest" tags=["stub"]
def upsample_nearest(x, factor=2):
    """Enlarge feature maps by repeating every number.

    Args:
        x: feature maps, array of shape (N, C, H, W). Must not be changed.
        factor: how many times each number is repeated, down and to the right.

    Returns:
        Array of shape (N, C, factor * H, factor * W).

    Example:
        >>> upsample_nearest(np.array([[[[1., 2.]]]]))
        array([[[[1., 1., 2., 2.],
                 [1., 1., 2., 2.]]]])
    --- ja ---
    値を繰り返して、特徴マップを拡大する。

    引数:
        x: 特徴マップ。形状(N, C, H, W)の配列。書き換えてはいけない。
        factor: 値を縦横に何回ずつ繰り返すか。

    戻り値:
        形状(N, C, factor * H, factor * W)の配列。

    例:
        >>> upsample_nearest(np.array([[[[1., 2.]]]]))
        array([[[[1., 1., 2., 2.],
                 [1., 1., 2., 2.]]]])
    """
    ### BEGIN SOLUTION
    taller = np.repeat(x, factor, axis=2)
    return np.repeat(taller, factor, axis=3)
    ### END SOLUTION


# %% name="check_upsample_nearest" tags=["check"]
def check_upsample_nearest():
    x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    out = upsample_nearest(x, 2)
    assert np.shape(out) == (1, 1, 4, 6), tr(
        f"(1, 1, 2, 3) enlarged twice is (1, 1, 4, 6), not {np.shape(out)}.",
        f"(1, 1, 2, 3)を2倍に拡大すると(1, 1, 4, 6)です。{np.shape(out)}ではありません。",
    )
    assert not np.array_equal(out[0, 0, 0], [1, 2, 3, 1, 2, 3]), tr(
        "You repeat the whole map, as with tiles. Repeat each number.",
        "マップ全体をタイルのように並べています。値を1つずつ繰り返してください。",
    )
    assert np.array_equal(out[0, 0, 0], [1, 1, 2, 2, 3, 3]), tr(
        f"The first row should be 1 1 2 2 3 3, but is {out[0, 0, 0]}.",
        f"最初の行は1 1 2 2 3 3になるはずですが、{out[0, 0, 0]}になっています。",
    )
    assert np.array_equal(out[0, 0, :, 0], [1, 1, 4, 4]), tr(
        f"The first column should be 1 1 4 4, but is {out[0, 0, :, 0]}.",
        f"最初の列は1 1 4 4になるはずですが、{out[0, 0, :, 0]}になっています。",
    )
    assert np.shape(upsample_nearest(x, 3)) == (1, 1, 6, 9), tr(
        "With factor 3 the shape should be (1, 1, 6, 9). Is factor used?",
        "factor=3なら形状は(1, 1, 6, 9)になるはずです。factorを使っていますか。",
    )
    print(
        tr(
            "All visible checks of upsample_nearest passed. Grading also tries other maps.",
            "upsample_nearestの確認はすべて通りました。採点では、ほかのマップも試します。",
        )
    )


check_upsample_nearest()

# %% [markdown] lang="en"
# ### A small FCN that works
#
# Everything together now, with a real goal: for each pixel of a 12 × 12 picture, is it background (0), horizontal stripe (1) or vertical stripe (2)? A picture may hold one stripe or both.
#
# - Features: 8 fixed filters (brightness, blur, Sobel in four directions, thin lines in two), ReLU, pooling: `(1, 8, 6, 6)`.
# - Scores: `conv1x1` to 3 channels: `(1, 3, 6, 6)`. Its weights come from your `train_softmax`, where each *place* of each picture is one example with 8 features.
# - Enlarging: `(1, 3, 12, 12)`. The class of a pixel is the channel with the largest score.

# %% [markdown] lang="ja"
# ### 実際に動く小さなFCN
#
# ここまでに作ったものをすべて組み合わせて、本当に役目を果たすFCNを作りましょう。12×12の画像の画素ごとに、背景（0）、横の帯（1）、縦の帯（2）のどれかを当てます。1枚の画像には、帯が1本だけのことも、両方あることもあります。
#
# - 特徴：固定したフィルター8枚（明るさ、ぼかし、4方向のSobel、2方向の細い線）、ReLU、プーリング：`(1, 8, 6, 6)`
# - スコア：`conv1x1`で3チャンネルに：`(1, 3, 6, 6)`。重みは`train_softmax`で学習します。ここでは、画像の場所1つ1つが、8個の特徴を持つデータです
# - 拡大：`(1, 3, 12, 12)`。スコアが最大のチャンネルが、その画素のクラスです


# %% name="small_fcn" tags=["demo"]
def scene(rng, size):
    answer = np.zeros((size, size), dtype=int)
    wanted = rng.integers(0, 3)
    if wanted != 1:
        answer[make_stripe_image(0, size, 0, rng) > 0.5] = 1
    if wanted != 0:
        answer[make_stripe_image(1, size, 0, rng) > 0.5] = 2
    return np.clip((answer > 0) + rng.normal(0, 0.12, answer.shape), 0, 1), answer


def feature_maps(picture):
    thin_line = np.array([[-1.0, 2, -1]] * 3)
    brightness = np.zeros((3, 3))
    brightness[1, 1] = 1
    bank = [brightness, np.full((3, 3), 1 / 9), thin_line, thin_line.T]
    bank += [VERTICAL_EDGES, -VERTICAL_EDGES, HORIZONTAL_EDGES, -HORIZONTAL_EDGES]
    maps = [maxpool2d_single(conv2d_single(picture, kernel, padding=1)) for kernel in bank]
    return np.maximum(np.array([maps]), 0)


def train_fcn():
    rng = np.random.default_rng(0)
    examples, labels = [], []
    for _ in range(80):
        picture, answer = scene(rng, 12)
        examples.append(feature_maps(picture)[0].reshape(8, -1).T)
        labels.append(answer.reshape(6, 2, 6, 2).max(axis=(1, 3)).ravel())
    W, b, _ = train_softmax(np.concatenate(examples), np.concatenate(labels), 0.2, 600, 3)
    return W.T, b[0]


def show_fcn():
    weights, biases = train_fcn()
    rng = np.random.default_rng(101)
    right, background = [], []
    for number in range(50):
        picture, answer = scene(rng, 12)
        maps = feature_maps(picture)
        scores = conv1x1(maps, weights, biases)
        enlarged = upsample_nearest(scores)
        if number == 0:
            print(tr("feature maps", "特徴マップ"), maps.shape, end=" ")
            print(tr("-> scores", "→ スコア"), scores.shape, end=" ")
            print(tr("-> enlarged", "→ 拡大後"), enlarged.shape)
        right.append(np.mean(enlarged[0].argmax(axis=0) == answer))
        background.append(np.mean(answer == 0))
    share, baseline = np.mean(right), np.mean(background)
    print(
        tr(
            f"pixels right, 50 new pictures     : {share:.3f}",
            f"新しい画像50枚で、正しかった画素の割合：{share:.3f}",
        )
    )
    print(
        tr(
            f"always saying background would get: {baseline:.3f}",
            f"いつも「背景」と答えた場合の割合：{baseline:.3f}",
        )
    )

    fig, axes = plt.subplots(2, 4, figsize=(11.5, 6))
    classes = {"cmap": "Greys", "vmin": 0, "vmax": 2.1}
    pictures = (scene(np.random.default_rng(33), 12), scene(np.random.default_rng(17), 24))
    for row, (picture, answer) in zip(axes, pictures, strict=True):
        scores = conv1x1(feature_maps(picture), weights, biases)
        enlarged = upsample_nearest(scores)
        show_picture(
            row[0], picture, figure_text(f"picture {picture.shape}", f"画像 {picture.shape}")
        )
        show_picture(row[1], answer, figure_text("right answer", "正解"), **classes)
        show_picture(
            row[2],
            scores[0].argmax(axis=0),
            figure_text(
                f"best of the scores {scores.shape}", f"スコアが最大のクラス {scores.shape}"
            ),
            **classes,
        )
        show_picture(
            row[3],
            enlarged[0].argmax(axis=0),
            figure_text(f"enlarged {enlarged.shape}", f"拡大後 {enlarged.shape}"),
            **classes,
        )
    fig.suptitle(
        figure_text(
            "white: background, grey: horizontal stripe, black: vertical stripe",
            "白：背景、灰色：横の帯、黒：縦の帯",
        ),
        fontsize=10,
    )
    fig.tight_layout(h_pad=1.5)
    plt.show()


show_fcn()

# %% [markdown] lang="en"
# The lower row shows a picture of 24 × 24 that goes through *the same* weights, though they were trained on 12 × 12: a fully convolutional network does not care about the size.
#
# Not every pixel is right, and you can see why. The scores exist only on a grid of 2 × 2 blocks. A stripe that does not lie on this grid comes out one pixel too wide on each side. (Where two stripes cross, either answer would be right.) That is the price of pooling, and the reason why
# networks for segmentation bring finer maps from earlier layers back in.
#
# ## Questions to think about
#
# Nobody collects your answers. Think first, then open the answers.
#
# 1. What is fixed here, and what is learned? How many numbers are learned in the stripe classifier with six features, how many in the 1 × 1 convolution of the FCN?
#    <details><summary>Answer</summary>The filters are fixed, weights and biases of the classifier are learned: 6·2 + 2 = 14, and 8·3 + 3 = 27.</details>
# 2. In <code>extract_features</code>, pooling before ReLU gives the same. Why? Would it with the average instead of the maximum?
#    <details><summary>Answer</summary>ReLU never changes which of two numbers is larger, so the largest stays the largest: relu(max) = max(relu). With averages it is not so: -4 and 4 have the
#    average 0, but after ReLU 2.</details>
# 3. In the scatter plots the right class falls into two groups, with a mean of about 0.6 and of about 1.1. Why? (Look at the place of the stripe, even or odd.)
#    <details><summary>Answer</summary>The response along a side of the stripe is two pixels wide. Depending on the place these two pixels lie in one column of pooling windows or in two neighbouring ones; then twice as many
#    windows keep a large value.</details>
# 4. A friend splits the first data set in five other ways and gets 100 % for the pixel classifier each time. Is it trustworthy now?
#    <details><summary>Answer</summary>No. All parts come from the same source and have the same flaw. It takes data from elsewhere, or a look at what the classifier uses, as you did with its weights.</details>
# 5. Someone trains with labels 0 and 1, and in the test set there is a third class. What happens with <code>n_classes=None</code>, what with 3?
#    <details><summary>Answer</summary>With None there are two columns, and class 2 can never be predicted (and a confusion matrix of 3 × 3 has an empty column). With 3 there is a third column; having seen no example of it, the classifier
#    learns that it is rare. Neither is good, but the second fits together with the rest of the program.</details>
# 6. The loss rose in the beginning. What would you change? Try <code>train_softmax(features_all[train], y_all[train], 0.1, 600)[2]</code>.
#    <details><summary>Answer</summary>A smaller learning rate: with 0.1 the loss falls at every step (but ends higher, at 0.0155). One can also start with small steps and make them larger.</details>
# 7. Could you use your own network from notebook 06 instead of PyTorch?
#    <details><summary>Answer</summary>Yes: <code>SimpleConvNet(input_dim=(1, 16, 16), output_size=2, ...)</code> and Adam, with the pictures as
#    <code>X_all[:, None]</code>.</details>
#
# ## Now you can
#
# Tick off what you can do without looking.
#
# - [ ] make data that others can make again
# - [ ] train a linear classifier with softmax and gradient descent
# - [ ] doubt a perfect result, and know what to try
# - [ ] turn a fully connected layer into a 1 × 1 convolution
#
# <details><summary>1. Two classes, no idea: which loss?</summary>ln 2 = 0.693.</details>
#
# <details><summary>2. Row 0 of a confusion matrix is [40, 10]. What does it say?</summary>Of 50 images of class 0, ten were taken for
# class 1.</details>
#
# <details><summary>3. A linear layer from 256 to 10, as a 1 × 1 convolution: what is the shape of its W?</summary>(10, 256) as a matrix,
# (10, 256, 1, 1) as filters.</details>
#
# ## Further reading
#
# Read the second one first; it is about section 5.
#
# - J. Long, E. Shelhamer, T. Darrell, [Fully convolutional networks for semantic segmentation](https://arxiv.org/abs/1411.4038) (2015).
# - R. Geirhos and others, [Shortcut learning in deep neural networks](https://arxiv.org/abs/2004.07780) (2020).
# - V. Dumoulin, F. Visin, [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285) (2016), with transposed convolutions.
# - Stanford CS231n, [linear classification](https://cs231n.github.io/linear-classify/).
#
# **Next:** in notebook 09 you hunt the bugs of others.

# %% [markdown] lang="ja"
# 下の段は24×24の画像です。12×12の画像で学習した同じ重みを使っています。FCNは画像の大きさを問いません。
#
# すべての画素が正しいわけではありません。理由は図を見ればわかります。スコアは2×2画素のまとまりごとに1つしかありません。帯がこの格子に合っていないと、両側に1画素ずつ太ってしまいます（2本の帯が交わるところは、どちらの答えでもかまいません）。これはプーリングの代償で、セグメンテーション用のネットワークが、前のほうの層の細かいマップをもう一度取り込むのはこのためです。
#
# ## 考えてみよう
#
# 解答を提出する必要はありません。まず自分で考えてから、答えを開いてください。
#
# 1. ここで固定されているのは何で、学習されるのは何でしょうか。6つの特徴を使った帯の分類器では何個の値が、FCNの1×1の畳み込みでは何個の値が学習されるでしょうか。
#    <details><summary>答え</summary>固定されているのはフィルター、学習されるのは分類器の重みとバイアスです。6·2 + 2 = 14個と、8·3 + 3 = 27個です。</details>
# 2. <code>extract_features</code>で、ReLUより先にプーリングをしても結果は同じです。なぜでしょうか。最大値ではなく平均を取るプーリングでも同じでしょうか。
#    <details><summary>答え</summary>ReLUは値の大小を入れ替えないので、最大のものは最大のままです。つまりrelu(max) = max(relu)です。平均ではそうなりません。-4と4の平均は0ですが、ReLUの後の平均は2です。</details>
# 3. 散布図では、反応するほうのクラスの点が、平均が約0.6の組と約1.1の組に分かれています。なぜでしょうか。（帯の場所が偶数か奇数かに注目してください。）
#    <details><summary>答え</summary>帯の片側に沿った反応は、幅が2画素あります。場所によって、この2画素がプーリングの窓の1列に収まったり、隣り合う2列にまたがったりします。またがると、大きな値の残る窓が2倍になります。</details>
# 4. 友人が最初のデータの分け方を5通り変えて試したところ、画素の分類器の正解率は毎回100%でした。これで信用できるでしょうか。
#    <details><summary>答え</summary>できません。どの部分も同じ方法で作られていて、同じ欠陥があるからです。別の方法で作られたデータで試すか、重みを見たときのように、分類器が何を使っているかを調べる必要があります。</details>
# 5. ラベル0と1で学習したのに、テストデータには3つ目のクラスがありました。<code>n_classes=None</code>だとどうなるでしょうか。3だとどうでしょうか。
#    <details><summary>答え</summary>Noneなら列は2つしかなく、クラス2と予測されることは決してありません（3×3の混同行列なら、1列がすべて0です）。3なら列が3つになりますが、クラス2の例を見たことがないので、めったにないクラスだと学習します。どちらも良くはありませんが、3のほうがプログラムのほかの部分とつじつまが合います。</details>
# 6. 損失は途中で増えていました。何を変えればよいでしょうか。<code>train_softmax(features_all[train], y_all[train], 0.1, 600)[2]</code>を試してみましょう。
#    <details><summary>答え</summary>学習率を小さくします。0.1にすると、損失は1歩ごとに減っていきます（ただし、最後の値は0.0155と大きめです）。はじめは小さな歩幅で進み、だんだん大きくする方法もあります。</details>
# 7. PyTorchの代わりに、ノートブック06で作った自分のネットワークを使えるでしょうか。
#    <details><summary>答え</summary>使えます。<code>SimpleConvNet(input_dim=(1, 16, 16), output_size=2, ...)</code>とAdamを使い、画像は<code>X_all[:, None]</code>の形で渡します。</details>
#
# ## できるようになったこと
#
# 何も見ずにできるものに、印を付けてください。
#
# - [ ] ほかの人にも再現できるデータを作れる
# - [ ] ソフトマックスと勾配降下法で、線形分類器を学習させられる
# - [ ] 完璧な結果を疑い、何を試せばよいかがわかる
# - [ ] 全結合層を1×1の畳み込みに書き換えられる
#
# <details><summary>1. クラスが2つで、何もわからないときの損失はいくつですか。</summary>ln 2 = 0.693です。</details>
#
# <details><summary>2. 混同行列の0行目が[40, 10]でした。何がわかりますか。</summary>クラス0の画像50枚のうち、10枚がクラス1と間違えられました。</details>
#
# <details><summary>3. 256から10への全結合層を1×1の畳み込みにすると、Wの形状はどうなりますか。</summary>行列なら(10, 256)、フィルターなら(10, 256, 1, 1)です。</details>
#
# ## さらに学ぶには
#
# まず2つ目を読んでみてください。5節で起きたことの論文です。
#
# - J. Long, E. Shelhamer, T. Darrell: [Fully convolutional networks for semantic segmentation](https://arxiv.org/abs/1411.4038)（2015年）
# - R. Geirhosほか: [Shortcut learning in deep neural networks](https://arxiv.org/abs/2004.07780)（2020年）
# - V. Dumoulin, F. Visin: [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285)（2016年）。転置畳み込みも扱っています。
# - スタンフォード大学CS231nの講義ノート: [linear classification](https://cs231n.github.io/linear-classify/)
#
# **次のノートブック** 09では、ほかの人のコードに潜むバグを探します。
