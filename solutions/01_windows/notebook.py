# %% name="author" tags=["author"]
from autograder.course.author import figure_text, tr

# %% [markdown] lang="en"
# # 01 Windows: how a network looks at an image
#
# A convolutional neural network (CNN) does not look at an image as a whole. It moves a small window over it, and at each
# place asks the same simple question: *how well does what I see here match a small pattern of mine?* The answers, side by
# side, make a new image that shows **what** was found, and still **where**. That is nearly all there is to a CNN; the rest is
# doing it often.
#
# In this notebook you build these windows yourself, with two plain loops, for one grey image. You can follow every number by
# hand. In the following notebooks the same thing becomes fast, handles many images and channels at once, and learns.
#
# **After this notebook you can**
#
# - say how large the result is before you compute it, with stride and padding;
# - slide a filter over an image, and show on a photograph what it responds to;
# - shrink a map of responses by max pooling, and say what that is good for and what it is not;
# - count the parameters of a convolution layer, and explain why there are so few.
#
# **You need** Python (functions and `for` loops), and from NumPy only two-dimensional arrays and slices such as
# `image[2:5, 0:3]`. No calculus.
#
# | | you write | points | difficulty | time |
# |---|---|---|---|---|
# | Exercise 1 | `conv_output_size` | 1.5 | ★☆☆ | about 15 minutes |
# | Exercise 2 | `conv2d_single` | 4 | ★★☆ | about 30 minutes |
# | Exercise 3 | `maxpool2d_single` | 1.5 | ★☆☆ | about 15 minutes |
# | Exercise 4 | `conv_param_count` | 1 | ★☆☆ | about 10 minutes |
#
# Reading and looking at the figures takes another 40 minutes. At each exercise, ●●● marks what later parts rest on.

# %% [markdown] lang="ja"
# # 01 窓：ニューラルネットワークは画像をどう見るか
#
# 畳み込みニューラルネットワーク（CNN）は、画像全体を一度に見るわけではありません。小さな窓を画像の上で少しずつ動かしながら、どの場所でも同じ簡単なことを調べます。「ここに見えているものは、手元の小さな模様にどのくらい似ているか」です。その答えを並べると、何が見つかったかだけでなく、どこにあったかもわかる新しい画像ができます。CNNのしくみは、ほとんどこれだけです。あとは、これを何度も繰り返しているにすぎません。
#
# このノートブックでは、グレースケールの画像1枚を相手に、この窓の計算を単純な二重ループで作ります。どの値も手計算で確かめられます。次のノートブックからは、同じ計算を速くし、たくさんの画像やチャンネルをまとめて扱い、最後には学習させていきます。
#
# **このノートブックの目標**
#
# - ストライドやパディングがあっても、計算する前に出力の大きさを言える
# - 画像にフィルターを適用し、写真のどこに反応するかを示せる
# - 最大プーリングで特徴マップを縮小し、それが何の役に立ち、何の役には立たないかを説明できる
# - 畳み込み層のパラメーターを数え、なぜこれほど少なくて済むのかを説明できる
#
# **必要な知識** Python（関数と`for`ループ）。NumPyは、2次元配列と`image[2:5, 0:3]`のようなスライスだけで足ります。微分は使いません。
#
# | | 書く関数 | 配点 | 難しさ | 目安の時間 |
# |---|---|---|---|---|
# | 演習1 | `conv_output_size` | 1.5 | ★☆☆ | 15分 |
# | 演習2 | `conv2d_single` | 4 | ★★☆ | 30分 |
# | 演習3 | `maxpool2d_single` | 1.5 | ★☆☆ | 15分 |
# | 演習4 | `conv_param_count` | 1 | ★☆☆ | 10分 |
#
# このほかに、説明を読み、図を眺める時間が40分ほどかかります。各演習の重要度●●●は、その先の内容の土台になることを表します。

# %% [markdown] lang="en"
# ## How these notebooks work
#
# A notebook consists of **cells**. Click a cell and press **Shift + Enter**: it runs, its result appears below it, and you are
# in the next cell. Go through the notebook like this, from top to bottom; a cell can only use what cells above it have
# defined.
#
# - Cells with figures and examples are there to be run and looked at. Their code is hidden; you need neither read nor change
#   it.
# - An **exercise** has a function with its description and a line `raise NotImplementedError(...)`. Replace this line with
#   your code. Keep the name of the function, and the names and order of its arguments. Then run the cell: otherwise Python
#   keeps using the old version.
# - After each exercise there is a **check**. Run it as often as you like. It either says that all is well, or stops with an
#   `AssertionError` whose last line says what is wrong, and often why. Before you have written the function, the check stops
#   with `NotImplementedError`. That is expected.
# - **Predict, then run** means what it says: write your guess down first. A wrong guess is what you learn most from.
# - Stuck? Open the hints one at a time. Confused? In the menu, choose "Restart kernel" (in Colab: "Restart session"), and run
#   the cells again from the top.
# - You may add cells of your own and try things out. Do not delete the existing ones.
#
# **How it is graded.** Save the notebook and hand in this file. The checks are there to help, and they are *not all of it*:
# grading calls your functions with other numbers and shapes, each worth its own points, so that one mistake does not cost you
# the rest. You do not need to finish: what you have written counts. Only Python and NumPy are there when your functions are
# called: SciPy, PyTorch and other libraries are not. Answers are not collected: the questions at the end are for you.
#
# <details><summary>The map of the course: nine notebooks, about 24 hours</summary>
#
# | | notebook | afterwards you have | time |
# |---|---|---|---|
# | 01 | Windows | convolution and pooling of one grey image, by hand | 1 h 50 |
# | 02 | im2col | the same as one matrix product, often a thousand times as fast | 1 h 40 |
# | 03 | Convolution | a layer that learns, and a tool that checks its gradients | 2 h 10 |
# | 04 | Pooling | max pooling, forward and backward | 2 h 20 |
# | 05 | Global average pooling | one number for each map, and maps of where a class was seen | 1 h 40 |
# | 06 | SimpleConvNet | a network of your own that reads handwritten digits, yours included | 4 h 20 |
# | 07 | ResNet | batch normalisation and shortcuts: 48 layers that train | 4 h 40 |
# | 08 | Stripes and FCN (bonus) | data of your own, and an answer for every pixel | 3 h 10 |
# | 09 | Bug hunt (bonus) | inputs that convict wrong code | 1 h 50 |
#
# 02 needs nothing but this notebook. 03 and 04 build on 02, 06 on 02 to 04, 07 on 02, 03 and 05. 05 and 08 can be done early.
# </details>
#
# <details><summary>Words that mean the same</summary>
#
# | here | elsewhere |
# |---|---|
# | filter | kernel, weights of a convolution |
# | feature map | activation map, response |
# | convolution | cross-correlation (see section 4) |
# | fully connected layer (`Affine`) | dense or linear layer |
# | parameters | weights and biases |
# | pooling | subsampling, in old texts |
# | training / test data | training / held-out data |
# </details>

# %% [markdown] lang="ja"
# ## ノートブックの使い方
#
# ノートブックは**セル**を並べたものです。セルをクリックして**Shift + Enter**を押すと、そのセルが実行され、結果がすぐ下に表示されて、次のセルに移ります。上から順に、こうして進んでいってください。セルの中で使えるのは、それより上のセルで定義したものだけです。
#
# - 図や例のセルは、実行して結果を眺めるためのものです。コードは隠してあります。読む必要も、書き換える必要もありません。
# - **演習**のセルには、説明の付いた関数と、`raise NotImplementedError(...)`という行があります。この行を消して、自分のコードを書いてください。関数の名前と、引数の名前と順番は変えないでください。書いたらセルを実行します。実行しないと、古いままの関数が使われます。
# - 演習のすぐ後には、**確認**用のセルがあります。何度実行してもかまいません。問題がなければそのように表示され、問題があれば`AssertionError`で止まります。最後の行に、何がおかしいのか、多くの場合はその原因も書いてあります。関数を書く前に実行すると`NotImplementedError`で止まりますが、それで正常です。
# - **予想してから実行しましょう**とあるところでは、先に自分の予想を書き留めてください。外れた予想からこそ、多くを学べます。
# - 行き詰まったら、ヒントを1つずつ開いてみましょう。わけがわからなくなったら、メニューからカーネルの再起動（Colabでは「セッションを再起動する」）を選び、上からもう一度実行してください。
# - 自由にセルを追加して、いろいろ試してみてください。ただし、はじめからあるセルは消さないでください。
#
# **採点について** ノートブックを保存し、このファイルを提出してください。確認用のセルは手助けのためのもので、採点のすべてではありません。採点では、ほかの値や形状でも関数を呼び出します。項目ごとに別々に配点しているので、間違いが1つあっても、ほかの項目の点まで失うことはありません。全部できていなくても、書けたところまでの点が付きます。採点のとき、関数の中で使えるのはPythonとNumPyだけです。SciPyやPyTorchなど、ほかのライブラリーは使えません。最後の「考えてみよう」は自分のためのもので、解答の提出は要りません。
#
# <details><summary>この教材の全体：9つのノートブック、約24時間</summary>
#
# | | ノートブック | できるもの | 時間 |
# |---|---|---|---|
# | 01 | 窓 | グレースケール画像1枚の畳み込みとプーリング | 1時間50分 |
# | 02 | im2col | 同じ計算を1回の行列積で。千倍以上速くなることも | 1時間40分 |
# | 03 | 畳み込み層 | 学習する層と、その勾配を検証する道具 | 2時間10分 |
# | 04 | プーリング | 最大プーリングとその逆伝播 | 2時間20分 |
# | 05 | グローバルアベレージプーリング | マップ1枚を1つの値に。クラスがどこに写っていたかを示すマップ | 1時間40分 |
# | 06 | SimpleConvNet | 手書き数字を読み取る自分のネットワーク。自分で描いた数字も読める | 4時間20分 |
# | 07 | ResNet | バッチ正規化とショートカット。48層でも学習できる | 4時間40分 |
# | 08 | 帯の分類とFCN（ボーナス） | 自分で作るデータと、画素ごとの分類 | 3時間10分 |
# | 09 | バグ探し（ボーナス） | コードの誤りを暴く入力 | 1時間50分 |
#
# 02に必要なのは、このノートブックだけです。03と04では02を、06では02から04を、07では02、03、05を使います。05と08は早めに取り組んでもかまいません。
# </details>
#
# <details><summary>用語と、『ゼロから作るDeep Learning』での呼び方</summary>
#
# | この教材 | 『ゼロから作るDeep Learning』やほかの本 |
# |---|---|
# | 層 | レイヤ |
# | フィルター | フィルター、カーネル |
# | フィルターを適用する | フィルターをかける |
# | 特徴マップ | 特徴マップ、活性化マップ |
# | 畳み込み（実際には相互相関。4節を参照） | 畳み込み演算 |
# | 最大プーリング | Maxプーリング |
# | 全結合層（Affine） | Affineレイヤ、線形層 |
# | 順伝播、逆伝播 | 順伝播、逆伝播（誤差逆伝播法） |
# | パラメーター（重みとバイアス） | パラメータ |
# | 訓練データ、テストデータ | 訓練データ、テストデータ |
# | ミニバッチ（単にバッチとも） | ミニバッチ |
# | 交差エントロピー誤差 | 交差エントロピー誤差 |
# | ハイパーパラメーター | ハイパーパラメータ |
# | バッチ正規化 | Batch Normalization |
# | 残差接続、ショートカット | スキップ構造 |
# | 形状 | 形状、shape |
# </details>

# %% name="setup" tags=["setup"]
from pathlib import Path

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


def draw_signed(ax, table, title="", fontsize=9):
    limit = np.abs(table).max()
    ax.imshow(table, cmap=SIGNED, vmin=-limit, vmax=limit)
    for (row, column), value in np.ndenumerate(table):
        color = "white" if value < -0.6 * limit else "black"
        ax.text(column, row, f"{value:g}", ha="center", va="center", fontsize=fontsize, color=color)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title, fontsize=10)


def draw_frame(ax, top, left, height, width):
    corner = (left - 0.5, top - 0.5)
    ax.add_patch(
        plt.Rectangle(corner, width, height, fill=False, linewidth=3, clip_on=False, zorder=3)
    )


# %% [markdown] lang="en"
# ## Are you ready?
#
# Three questions on NumPy. If you can answer them, you know enough.
#
# 1. `a` has the shape (5, 8). What is the shape of `a[1:4, 2:8]`?
#    <details><summary>Answer</summary>(3, 6): rows 1, 2, 3 and columns 2 to 7. The end is not included.</details>
# 2. What is `np.sum(np.ones((2, 3)) * 4)`?
#    <details><summary>Answer</summary>24: <code>*</code> multiplies number by number, which gives six fours.</details>
# 3. What does `a[::2]` give?
#    <details><summary>Answer</summary>Every other row: 0, 2, 4.</details>
#
# ## 1. An image is a table of numbers
#
# To a computer a grey image is an array of numbers, one for each pixel: here 0 is black and 1 is white. The shape is
# `(height, width)`, and `image[y, x]` is the pixel in row `y` (counted from the top) and column `x` (from the left), both
# beginning with 0. We will use this small image of 10 × 10 pixels again and again: a bar standing on a plate.

# %% [markdown] lang="ja"
# ## 始める前に
#
# NumPyについての3つの質問です。これに答えられれば、必要な知識は足りています。
#
# 1. `a`の形状が(5, 8)のとき、`a[1:4, 2:8]`の形状は何ですか。
#    <details><summary>答え</summary>(3, 6)です。行は1、2、3、列は2から7までです。終わりの番号は含みません。</details>
# 2. `np.sum(np.ones((2, 3)) * 4)`はいくつですか。
#    <details><summary>答え</summary>24です。<code>*</code>は要素ごとの積なので、4が6個できます。</details>
# 3. `a[::2]`では何が得られますか。
#    <details><summary>答え</summary>1つおきの行（0行目、2行目、4行目）です。</details>
#
# ## 1. 画像は数値の表
#
# コンピューターにとって、グレースケールの画像は、画素ごとに値が1つ入った配列です。ここでは0が黒、1が白を表します。配列の形状は`(高さ, 幅)`で、`image[y, x]`は上から`y`行目、左から`x`列目の画素です（この教材では、どちらも0から数えます）。この先は、次の10×10の小さな画像を何度も使います。皿の上に棒が1本立っている絵です。

# %% name="toy" tags=["demo"]
toy = np.zeros((10, 10))
toy[2:8, 4:6] = 1.0
toy[6:8, 1:9] = 1.0
print("toy.shape =", toy.shape)


def draw_toy():
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4.2))
    left.imshow(toy, cmap="gray", vmin=0, vmax=1)
    left.set_title(figure_text("toy, as an image", "toyを画像として見る"), fontsize=10)
    left.set_xticks(range(10))
    left.set_yticks(range(10))
    left.set_xlabel(figure_text("column x", "列 x"))
    left.set_ylabel(figure_text("row y", "行 y"))
    title = figure_text("toy, as a table of numbers", "toyを数値の表として見る")
    draw_numbers(right, toy, 0.8 * (1 - toy), title)
    fig.tight_layout()
    plt.show()


draw_toy()

# %% [markdown] lang="en"
# ## 2. A window, a filter, one number
#
# A **filter** (also called *kernel*) is a small table of numbers, often 3 × 3. To apply it at one place:
#
# 1. look at the image through a window of the filter's size;
# 2. multiply each pixel in the window by the number of the filter that lies on it;
# 3. add all the products up. The sum is **one** pixel of the result.
#
# Then move the window one pixel to the right and do it again; at the end of a row, continue with the next. The filter stays
# the same everywhere.
#
# The filter in the figure has negative numbers on the left and positive ones on the right. So its sum is *what is on the
# right minus what is on the left*. **Predict** the three sums before you run the cell: the window at row 2 and column 3, at row
# 2 and column 4, and at row 6 and column 3.

# %% [markdown] lang="ja"
# ## 2. 窓とフィルターから値を1つ
#
# **フィルター**（カーネルともいいます）は、値を並べた小さな表です。大きさは3×3がよく使われます。ある場所にフィルターを適用するには、次のようにします。
#
# 1. フィルターと同じ大きさの窓から、画像をのぞく
# 2. 窓の中の画素の値と、その上に重なるフィルターの値とを、1つずつ掛ける
# 3. 積をすべて足す。この和が、出力の画素1つの値になる
#
# それから窓を右に1画素動かして、同じことをします。右端まで行ったら、次の行に移ります。フィルターはどの場所でも同じものを使います。
#
# 図のフィルターは、左側が負の値、右側が正の値です。したがって和は「右側から左側を引いた値」になります。セルを実行する前に、3つの場所（2行目の3列目、2行目の4列目、6行目の3列目から始まる窓）で和がいくつになるか、**予想**してみましょう。


# %% name="one_number" tags=["demo"]
def draw_one_number():
    sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    fig, axes = plt.subplots(3, 4, figsize=(11, 8.6), width_ratios=[1.6, 1, 1, 1])
    places = ((2, 3), (2, 4), (6, 3))
    for (whole, small, filter_ax, product_ax), (top, left) in zip(axes, places, strict=True):
        window = toy[top : top + 3, left : left + 3]
        title = figure_text(
            f"window at row {top}, column {left}", f"{top}行目、{left}列目から始まる窓"
        )
        draw_numbers(whole, toy, 0.8 * (1 - toy), title, 9)
        draw_frame(whole, top, left, 3, 3)
        products = window * sobel + 0.0
        draw_numbers(small, window, 0.8 * (1 - window), figure_text("what it sees", "窓の中"))
        draw_numbers(filter_ax, sobel, None, figure_text("times the filter", "フィルター"))
        total = f"{products.sum():g}"
        title = figure_text(f"products: sum = {total}", f"積：和は{total}")
        draw_numbers(product_ax, products, None, title)
    fig.tight_layout()
    plt.show()


draw_one_number()

# %% [markdown] lang="en"
# The filter finds **vertical edges**: 4 where it gets brighter to the right, -4 where it gets darker, and 0 where both sides
# are alike. (The third window does contain an edge, but a horizontal one. This filter is blind to those.) It is named after
# Irwin Sobel. In a trained network nobody writes such filters down; the network learns them. But among the filters of a first
# layer one often finds similar ones.
#
# ## 3. How many windows fit?
#
# Before we slide, let us find out how large the result will be. Two settings matter.
#
# - **Stride**: by how many pixels the window moves from one place to the next. With stride 2 it skips every other place, and
#   the result has about half as many rows and columns.
# - **Padding**: a border of zeros that is put around the image first, `pad` pixels wide on *each* side. Without it the result
#   is smaller than the image (unless the filter is 1 × 1), and the pixels at the edge are seen by fewer windows than the
#   others.
#
# Height and width are independent of each other, so we only need to look at one of them. In the figure the boxes on top are
# the pixels of one row (grey: padding), and each bar below is a place of the window. Where `ipywidgets` is installed, there are
# sliders below: find a setting in which the result is as large as the image, and one in which the last two pixels are not seen.

# %% [markdown] lang="ja"
# このフィルターは**縦のエッジ**を見つけます。エッジとは、明るさが急に変わるところのことです。右に向かって明るくなるところでは4、暗くなるところでは−4、左右が同じところでは0になります（3つ目の窓にもエッジはありますが、横のエッジなので、このフィルターは反応しません）。考案者の名前からSobelフィルターと呼ばれます。ニューラルネットワークでは、フィルターの値を人が決めるのではなく、学習によって決めます。それでも、学習を終えた最初の層には、これとよく似たフィルターがしばしば見つかります。
#
# ## 3. 窓はいくつ置けるか
#
# 窓を動かす前に、出力の大きさがどうなるかを調べておきましょう。関係する設定は2つあります。
#
# - **ストライド** 窓を一度に何画素動かすかです。ストライドが2なら場所を1つおきに飛ばすので、出力の行数と列数はおよそ半分になります。
# - **パディング** あらかじめ画像の周りに付け足す、0の縁です。上下左右のそれぞれに`pad`画素の幅で付けます。パディングをしないと、（フィルターが1×1でないかぎり）出力は元の画像より小さくなり、端の画素はほかの画素より少ない個数の窓にしか入りません。
#
# 縦と横は別々に考えられるので、片方だけ調べれば十分です。図の上に並ぶ箱が1行ぶんの画素（灰色はパディング）、下に並ぶ帯の1本1本が、窓を置ける場所です。`ipywidgets`がインストールされていれば、図の下にスライダーが現れます。出力が画像と同じ大きさになる設定と、最後の2画素がどの窓にも入らない設定を探してみてください。


# %% name="windows_in_a_row" tags=["demo"]
def draw_row(ax, size, width, stride, pad):
    last = size + 2 * pad
    for x in range(last):
        color = "white" if pad <= x < last - pad else "0.75"
        ax.add_patch(plt.Rectangle((x, 0), 1, 0.8, facecolor=color, edgecolor="black"))
    fitting = [left for left in range(0, last, stride) if left + width <= last]
    for number, left in enumerate(fitting):
        ax.add_patch(plt.Rectangle((left, -0.9 - 0.8 * number), width, 0.5, facecolor="0.35"))
    lower = -0.9 - 0.8 * len(fitting)
    if not fitting or fitting[-1] + width < last:
        beyond = fitting[-1] + stride if fitting else 0
        ax.add_patch(plt.Rectangle((beyond, lower), width, 0.5, fill=False, linestyle="--"))
        too_far = figure_text("does not fit", "収まらない")
        ax.text(beyond - 0.3, lower + 0.25, too_far, ha="right", va="center", fontsize=9)
    ax.set_xlim(-0.3, max(9.3, last + stride))
    ax.set_ylim(min(-4.6, lower - 0.2), 1)
    ax.axis("off")
    title = figure_text(
        f"size {size}, filter {width}, stride {stride}, pad {pad}\n{len(fitting)} windows",
        f"大きさ{size}、フィルター{width}、ストライド{stride}、\nパディング{pad}：窓{len(fitting)}個",
    )
    ax.set_title(title, fontsize=10, loc="left")


def draw_windows_in_a_row(*cases):
    fig, axes = plt.subplots(1, len(cases), figsize=(3.25 * len(cases) + 1, 3.4), squeeze=False)
    for ax, case in zip(axes[0], cases, strict=True):
        draw_row(ax, *case)
    fig.tight_layout()
    plt.show()


def row_sliders():
    try:
        from ipywidgets import IntSlider, interact
    except ImportError:
        return
    style = {"description_width": "8em"}
    interact(
        lambda size, width, stride, pad: draw_windows_in_a_row((size, width, stride, pad)),
        size=IntSlider(8, 3, 12, description=tr("size", "大きさ"), style=style),
        width=IntSlider(3, 1, 7, description=tr("filter", "フィルター"), style=style),
        stride=IntSlider(2, 1, 4, description=tr("stride", "ストライド"), style=style),
        pad=IntSlider(0, 0, 3, description=tr("pad", "パディング"), style=style),
    )


draw_windows_in_a_row((7, 3, 1, 0), (7, 3, 2, 0), (8, 3, 2, 0), (5, 3, 1, 1))
row_sliders()

# %% [markdown] lang="en"
# In the third case the last pixel is left over: one more step, and half of the window would stick out of the image. **Only
# whole windows count**; left-over pixels are ignored. So:
#
# - the first window takes `filter_size` of the `size + 2*pad` pixels; the rest is the room that is left to move;
# - each step uses up `stride` pixels of that room, and part of a step does not count;
# - and the first window, before any step, counts too.
#
# ## Exercise 1: `conv_output_size`
#
# **Importance ●●●, difficulty ★☆☆, about 15 minutes, 1.5 points.** A gentle start: try out how exercise, check and hints work
# together.
#
# <details><summary>Hint 1: dividing</summary>
#
# In Python <code>7 / 2</code> is <code>3.5</code>, but <code>7 // 2</code> is <code>3</code>: it rounds down, and it gives a
# whole number (an <code>int</code>), with which you can make arrays and loops later.
# </details>
#
# <details><summary>Hint 2: brackets</summary>
#
# <code>*</code>, <code>/</code> and <code>//</code> come before <code>+</code> and <code>-</code>. Work your formula out by
# hand for size 5, filter 3, stride 1: the window has room for 2 steps, so 3 places.
# </details>
#
# <details><summary>Hint 3: the ValueError</summary>
#
# When is the room negative? Then write <code>raise ValueError("the filter does not fit")</code>. If the filter is exactly as
# large as the padded image, it fits: once.
# </details>

# %% [markdown] lang="ja"
# 3番目の例では、最後の画素が余っています。もう1歩進むと、窓が画像からはみ出してしまうからです。**画像に収まる窓だけを数え**、余った画素は無視します。つまり、こう考えればよいわけです。
#
# - 最初の窓は、`size + 2*pad`個の画素のうち`filter_size`個を使う。残りが、窓を動かせる余地になる
# - 1歩動くごとに`stride`画素ぶんの余地を使う。1歩に足りない余りでは動けない
# - 1歩も動かないうちの、最初の窓も数に入れる
#
# ## 演習1：`conv_output_size`
#
# **重要度 ●●●／難しさ ★☆☆／目安 15分／1.5点** まずは小手調べです。演習、確認、ヒントの使い方に慣れてください。
#
# <details><summary>ヒント1：割り算</summary>
#
# Pythonでは<code>7 / 2</code>は<code>3.5</code>ですが、<code>7 // 2</code>は<code>3</code>です。切り捨てられて整数（<code>int</code>）になるので、後で配列の大きさやループの回数に使えます。
# </details>
#
# <details><summary>ヒント2：括弧</summary>
#
# <code>*</code>、<code>/</code>、<code>//</code>は、<code>+</code>や<code>-</code>より先に計算されます。大きさ5、フィルター3、ストライド1の場合を手で計算してみましょう。窓は2歩動けるので、場所は3つです。
# </details>
#
# <details><summary>ヒント3：ValueError</summary>
#
# 動かせる余地が負になるのはどんなときでしょうか。そのときに<code>raise ValueError("フィルターが入りません")</code>とします。フィルターがパディング後の画像とちょうど同じ大きさなら、1回だけ置けます。
# </details>


# %% name="conv_output_size" tags=["stub"]
def conv_output_size(size, filter_size, stride=1, pad=0):
    """How many places there are for a window along one side of an image.

    Args:
        size: height (or width) of the image in pixels, without padding.
        filter_size: height (or width) of the window in pixels.
        stride: step from one place to the next, in pixels.
        pad: width of the border of zeros, in pixels, on each of the two ends.

    Returns:
        The number of places, an int: only windows that lie fully inside the padded image.

    Raises:
        ValueError: the window is larger than the padded image.

    Example:
        >>> conv_output_size(5, 3)
        3
        >>> conv_output_size(8, 3, stride=2)
        3
    --- ja ---
    画像の1つの辺に沿って、窓を置ける場所がいくつあるかを求める。

    引数:
        size: 画像の高さ（または幅）。単位は画素。パディングは含まない。
        filter_size: 窓の高さ（または幅）。単位は画素。
        stride: 次の場所まで動かす幅。単位は画素。
        pad: 両端のそれぞれに付け足す0の縁の幅。単位は画素。

    戻り値:
        場所の個数。int。パディング後の画像に完全に収まる窓だけを数える。

    例外:
        ValueError: 窓がパディング後の画像より大きいとき。

    例:
        >>> conv_output_size(5, 3)
        3
        >>> conv_output_size(8, 3, stride=2)
        3
    """
    ### BEGIN SOLUTION
    room = size + 2 * pad - filter_size
    if room < 0:
        raise ValueError(f"a filter of {filter_size} does not fit into {size + 2 * pad} pixels")
    return room // stride + 1
    ### END SOLUTION


# %% name="check_conv_output_size" tags=["check"]
def check_conv_output_size():
    number = conv_output_size(5, 3)
    assert number is not None, tr(
        "Your function returned None. Did you forget the return?",
        "関数がNoneを返しました。returnを忘れていませんか。",
    )
    assert isinstance(number, (int, np.integer)), tr(
        f"The result is {number}, a {type(number).__name__}: there are no half windows. See hint 1.",
        f"結果が{number}（{type(number).__name__}型）です。窓の個数は整数です。ヒント1を見てください。",
    )
    assert number != 2, tr(
        "You have 2 for size 5 and filter 3: those are the steps. The first window counts, too.",
        "大きさ5、フィルター3で2になっています。それは動く回数です。最初の窓も数えましょう。",
    )
    assert number == 3, tr(
        f"A window of 3 has 3 places in a row of 5, but you have {number}. See hint 2.",
        f"5画素の中に幅3の窓を置ける場所は3つですが、{number}になっています。ヒント2を見てください。",
    )
    number = conv_output_size(7, 3, 2)
    assert number == 3, tr(
        f"Size 7, filter 3, stride 2 is the second case in the figure: 3, not {number}.",
        f"大きさ7、フィルター3、ストライド2は図の2番目の例です。{number}ではなく3になります。",
    )
    number = conv_output_size(8, 3, 2)
    assert isinstance(number, (int, np.integer)), tr(
        f"Size 8, stride 2 gives {number}, which is not a whole number. See hint 1.",
        f"大きさ8、ストライド2で{number}になりました。整数ではありません。ヒント1を見てください。",
    )
    assert number != 4, tr(
        "Size 8, stride 2 gives 4, but the last window would stick out of the image. Round down.",
        "大きさ8、ストライド2で4になりましたが、最後の窓は画像からはみ出します。切り捨てましょう。",
    )
    assert number == 3, tr(
        f"Size 8, filter 3, stride 2 is the third case in the figure: 3, not {number}.",
        f"大きさ8、フィルター3、ストライド2は図の3番目の例です。{number}ではなく3になります。",
    )
    number = conv_output_size(5, 3, 1, 1)
    assert number != 4, tr(
        "With pad 1 you have 4. The border is there on both ends: how many pixels does it add?",
        "pad=1で4になりました。縁は両端に付きます。画素はいくつ増えますか。",
    )
    assert number == 5, tr(
        f"Size 5, filter 3, pad 1 is the last case in the figure: 5, not {number}.",
        f"大きさ5、フィルター3、pad=1は図の最後の例です。{number}ではなく5になります。",
    )
    try:
        number = conv_output_size(5, 5)
    except ValueError:
        number = 0
    assert number == 1, tr(
        "A filter exactly as large as the image fits: once.",
        "フィルターが画像とちょうど同じ大きさなら、1回だけ置けます。",
    )
    try:
        number = conv_output_size(4, 6)
    except ValueError:
        pass
    else:
        raise AssertionError(
            tr(
                f"A filter of 6 does not fit into 4 pixels, but you return {number}. See hint 3.",
                f"4画素の中に幅6の窓は入りませんが、{number}が返りました。ヒント3を見てください。",
            )
        )
    print(
        tr(
            "All visible checks of conv_output_size passed. Grading also tries other numbers.",
            "conv_output_sizeの確認はすべて通りました。採点では、ほかの値も試します。",
        )
    )


check_conv_output_size()

# %% [markdown] lang="en"
# Here are three layers; work them out on paper first. The last one is where people stumble: (20 - 3) / 2 + 1 is 9.5, and half
# a pixel does not exist. (In each layer the number of filters is also the number of output channels. Section 6 explains that.)

# %% [markdown] lang="ja"
# 3つの層の出力の大きさを、まず紙の上で計算してみてください。間違いやすいのは最後の層です。(20 - 3) / 2 + 1は9.5ですが、半分の画素というものはありません（どの層でも、フィルターの枚数がそのまま出力のチャンネル数になります。これについては6節で説明します）。

# %% name="three_layers" tags=["demo"]
for size, filters, stride in ((144, 6, 1), (60, 48, 1), (20, 20, 2)):
    out = conv_output_size(size, 3, stride)
    print(
        tr(
            f"{size:3} x {size:3}, filters 3 x 3, stride {stride}: {out:3} x {out:3} x {filters:2}",
            f"{size:3} x {size:3}、フィルター3 x 3、ストライド{stride}：{out:3} x {out:3} x {filters:2}",
        )
    )

# %% [markdown] lang="en"
# ## 4. Slide the filter
#
# Now for the real thing. `conv2d_single` takes an image and a filter, and returns the table of all the sums: the **feature
# map**.
#
# Two loops go over the places of the *result*. For the place `(out_y, out_x)` of the result you have to know where its window
# begins in the (padded) image. With stride 1 it begins at `(out_y, out_x)` itself. With stride 2 the windows begin at rows 0,
# 2, 4, …
#
# One more argument concerns a word. What deep learning libraries call *convolution* lays the filter on the image as it is.
# Mathematicians call that **cross-correlation**; in their **convolution** the filter is first turned by 180 degrees, which is
# the same as flipping it top to bottom *and* left to right. For a network that learns its filters there is no difference. With
# `flip_kernel=True` your function should do it the mathematicians' way.
#
# ## Exercise 2: `conv2d_single`
#
# **Importance ●●●, difficulty ★★☆, about 30 minutes, 4 points.** Notebook 02 makes this fast; here it only has to be right.
#
# <details><summary>The plan, in five steps</summary>
#
# 1. Flip the kernel if requested.
# 2. Work out the size of the result.
# 3. Pad the image.
# 4. Make an array of zeros for the result.
# 5. Two loops: cut out the window, multiply, add up, store.
# </details>
#
# <details><summary>Hint 1: padding</summary>
#
# <code>np.pad(image, padding)</code> returns a new array with that many zeros on every side. Cut the windows out of
# <em>that</em> array.
# </details>
#
# <details><summary>Hint 2: one window</summary>
#
# If the window begins in row <code>top</code> and column <code>left</code>, it is the slice that goes from <code>top</code>
# to <code>top + kernel_h</code>, and likewise to the right. <code>*</code> multiplies two arrays of the same shape number by
# number, and <code>np.sum</code> adds everything up.
# </details>
#
# <details><summary>Hint 3: flipping</summary>
#
# <code>a[::-1]</code> reverses the rows of an array. Both directions have to be reversed. It gives a new view; do not write
# into the kernel that you were given.
# </details>
#
# <details><summary>Still stuck after an hour</summary>
#
# Leave the flip, the stride and the padding out at first, and take the example in the docstring: four windows, so write the
# four sums one by one, without a loop. Then turn the four lines into two loops. Then add one argument after the other. Each of
# them is worth points of its own. And if it does not work today, go on: exercises 3 and 4 do not use it.
# </details>

# %% [markdown] lang="ja"
# ## 4. フィルターを動かす
#
# いよいよ本番です。`conv2d_single`は、画像とフィルターを受け取り、すべての場所の和を並べた表を返します。この表を**特徴マップ**といいます。
#
# ループは二重で、出力の場所を1つずつ回ります。そこで、出力の場所`(out_y, out_x)`に対応する窓が、（パディング後の）画像のどこから始まるのかを知る必要があります。ストライドが1なら`(out_y, out_x)`そのものです。ストライドが2なら、窓は0行目、2行目、4行目……から始まります。
#
# 引数がもう1つあります。これは言葉の問題です。深層学習のライブラリーが**畳み込み**と呼んでいる計算では、フィルターをそのまま画像に重ねます。数学ではこれを**相互相関**と呼び、畳み込みといえば、先にフィルターを180度回したもの、つまり上下と左右の両方を反転したものを指します。フィルターを学習で決めるニューラルネットワークでは、どちらでも違いはありません。`flip_kernel=True`のときは、数学の意味での畳み込みを計算してください。
#
# ## 演習2：`conv2d_single`
#
# **重要度 ●●●／難しさ ★★☆／目安 30分／4点** 速くするのはノートブック02です。ここでは、正しく計算できれば十分です。
#
# <details><summary>手順（5段階）</summary>
#
# 1. 必要なら、フィルターを反転する。
# 2. 出力の大きさを求める。
# 3. 画像をパディングする。
# 4. 出力用に、0で埋めた配列を用意する。
# 5. 二重ループの中で、窓を切り出し、掛けて、足し合わせ、出力に入れる。
# </details>
#
# <details><summary>ヒント1：パディング</summary>
#
# <code>np.pad(image, padding)</code>は、上下左右にその幅の0を付けた新しい配列を返します。窓は<strong>その配列</strong>から切り出します。
# </details>
#
# <details><summary>ヒント2：窓を1つ取り出す</summary>
#
# 窓が<code>top</code>行目、<code>left</code>列目から始まるなら、縦は<code>top</code>から<code>top + kernel_h</code>までのスライスになります。横も同様です。同じ形状の配列どうしを<code>*</code>で掛けると要素ごとの積になり、<code>np.sum</code>で全部の和が求まります。
# </details>
#
# <details><summary>ヒント3：反転</summary>
#
# <code>a[::-1]</code>とすると、配列の行の順番が逆になります。縦と横の両方を逆にしてください。受け取ったフィルターそのものに書き込んではいけません。
# </details>
#
# <details><summary>1時間たっても解けないとき</summary>
#
# はじめは反転、ストライド、パディングを後回しにして、docstringの例で考えます。窓は4つなので、ループを使わずに、4つの和を1つずつ書いてみましょう。それを二重ループに直し、それから引数を1つずつ加えていきます。点はそれぞれ別々に付きます。どうしてもできなければ、先に進んでもかまいません。演習3と演習4では、この関数を使いません。
# </details>


# %% name="conv2d_single" tags=["stub"]
def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    """Slide a filter over one grey image and sum up the products at every place.

    Args:
        image: array of floats, shape (H, W). Must not be changed.
        kernel: the filter, array of floats, shape (kernel_h, kernel_w). Must not be changed.
        stride: step from one place to the next, in pixels, down and to the right.
        padding: width of the border of zeros, in pixels, on each of the four sides.
        flip_kernel: False: lay the kernel on the image as it is (cross-correlation, what networks
            do). True: turn it by 180 degrees first (convolution as in mathematics).

    Returns:
        The feature map, array of floats of shape (out_h, out_w), where out_h and out_w are what
        conv_output_size gives for the height and the width.

    Raises:
        ValueError: the kernel is higher or wider than the padded image.

    Example:
        >>> image = np.array([[1., 2., 3.],
        ...                   [4., 5., 6.],
        ...                   [7., 8., 9.]])
        >>> conv2d_single(image, np.array([[1., 2.],
        ...                                [3., 4.]]))     # 1*1 + 2*2 + 4*3 + 5*4 = 37
        array([[37., 47.],
               [67., 77.]])
    --- ja ---
    グレースケールの画像1枚の上でフィルターを動かし、各場所で積の和を求める。

    引数:
        image: 浮動小数点数の配列。形状(H, W)。書き換えてはいけない。
        kernel: フィルター。浮動小数点数の配列。形状(kernel_h, kernel_w)。書き換えてはいけない。
        stride: 次の場所まで動かす幅。単位は画素。縦横共通。
        padding: 上下左右のそれぞれに付け足す0の縁の幅。単位は画素。
        flip_kernel: Falseなら、フィルターをそのまま重ねる（相互相関。ニューラルネットワークでの
            畳み込み）。Trueなら、先に180度回す（数学での畳み込み）。

    戻り値:
        特徴マップ。形状(out_h, out_w)の、浮動小数点数の配列。out_hとout_wは、高さと幅について
        conv_output_sizeで求めた値。

    例外:
        ValueError: フィルターの高さまたは幅が、パディング後の画像より大きいとき。

    例:
        >>> image = np.array([[1., 2., 3.],
        ...                   [4., 5., 6.],
        ...                   [7., 8., 9.]])
        >>> conv2d_single(image, np.array([[1., 2.],
        ...                                [3., 4.]]))     # 1*1 + 2*2 + 4*3 + 5*4 = 37
        array([[37., 47.],
               [67., 77.]])
    """
    ### BEGIN SOLUTION
    if flip_kernel:
        kernel = kernel[::-1, ::-1]
    kernel_h, kernel_w = kernel.shape
    out_h = conv_output_size(image.shape[0], kernel_h, stride, padding)
    out_w = conv_output_size(image.shape[1], kernel_w, stride, padding)

    padded = np.pad(image, padding)
    out = np.zeros((out_h, out_w))
    for out_y in range(out_h):
        for out_x in range(out_w):
            top, left = out_y * stride, out_x * stride
            window = padded[top : top + kernel_h, left : left + kernel_w]
            out[out_y, out_x] = np.sum(window * kernel)
    return out
    ### END SOLUTION


# %% name="check_conv2d_single" tags=["check"]
def check_conv2d_single():
    image = np.arange(1.0, 10.0).reshape(3, 3)
    kernel = np.array([[1.0, 2.0], [3.0, 4.0]])
    given = image.copy()
    out = conv2d_single(given, kernel.copy())
    assert np.array_equal(given, image), tr(
        "Your function has changed the image that it was given. Do you write into a slice of it?",
        "受け取った画像の中身が書き換わっています。スライスに書き込んでいませんか。",
    )
    assert isinstance(out, np.ndarray), tr(
        "conv2d_single must return an array. Did you forget the return?",
        "conv2d_singleは配列を返す必要があります。returnを忘れていませんか。",
    )
    assert out.shape == (2, 2), tr(
        f"A 2x2 filter has 2x2 places in a 3x3 image, but your result has the shape {out.shape}.",
        f"3×3の画像に2×2のフィルターを置ける場所は2×2ですが、出力の形状が{out.shape}です。",
    )
    assert not np.array_equal(out, [[23, 33], [53, 63]]), tr(
        "Your filter is flipped, although flip_kernel is False.",
        "flip_kernelはFalseなのに、フィルターが反転しています。",
    )
    assert not np.array_equal(out, [[64, 84], [124, 144]]), tr(
        "That is a matrix product (@ or np.dot). Multiply number by number, with *.",
        "行列積（@やnp.dot）になっています。要素ごとの積*を使ってください。",
    )
    assert not (out[0, 0] == 77 and not out[1:].any()), tr(
        "The last window is in the first place, and nothing else is written: do the indices of the"
        " result change?",
        "先頭の要素に最後の窓の和が入っていて、ほかは空です。出力の添字は進んでいますか。",
    )
    assert np.array_equal(out, [[37, 47], [67, 77]]), tr(
        f"The example in the docstring should give [[37, 47], [67, 77]], not\n{out}",
        f"docstringの例では[[37, 47], [67, 77]]になるはずですが、次のようになっています。\n{out}",
    )

    # en: 0, 1, 2, ... in 8 rows of 8, and a filter with 0, 1, ..., 8
    # ja: 0、1、2……を8行8列に並べた画像と、0から8を並べたフィルター
    counting = np.arange(64.0).reshape(8, 8)
    out = conv2d_single(counting, np.arange(9.0).reshape(3, 3))
    assert out.shape == (6, 6), tr(
        f"A 3x3 filter has 6x6 places in an 8x8 image, but your result has the shape {out.shape}.",
        f"8×8の画像に3×3のフィルターを置ける場所は6×6ですが、出力の形状が{out.shape}です。",
    )
    assert (out[0, 0], out[0, 1], out[5, 5]) == (474, 510, 2094), tr(
        f"Expected 474, 510 and, at the end, 2094, but got {out[0, 0]}, {out[0, 1]}, {out[5, 5]}.",
        f"最初の2つは474と510、最後は2094のはずですが、{out[0, 0]}、{out[0, 1]}、{out[5, 5]}です。",
    )

    try:
        out = conv2d_single(np.ones((4, 7)), np.ones((3, 2)))
    except (IndexError, ValueError) as error:
        raise AssertionError(
            tr(
                f"A (4, 7) image with a (3, 2) filter raises: {error}. Are height and width swapped?",
                f"(4, 7)の画像と(3, 2)のフィルターで例外が発生しました：{error}。高さと幅が入れ替わっていませんか。",
            )
        ) from error
    assert out.shape == (2, 6), tr(
        f"A (4, 7) image and a (3, 2) filter give (2, 6), not {out.shape}. Are height and width swapped?",
        f"(4, 7)の画像と(3, 2)のフィルターからは(2, 6)になります。{out.shape}ではありません。高さと幅が入れ替わっていませんか。",
    )

    # en: This filter copies the pixel in the upper left corner of the window.
    # ja: このフィルターは、窓の左上の画素をそのまま写します。
    corner = np.array([[1.0, 0.0], [0.0, 0.0]])
    out = conv2d_single(counting[:5, :5], corner, 2)
    assert out.shape == (2, 2), tr(
        f"With stride 2 a 2x2 filter has 2x2 places in a 5x5 image, not {out.shape}.",
        f"ストライド2のとき、5×5の画像に2×2のフィルターを置ける場所は2×2です。{out.shape}ではありません。",
    )
    assert not np.array_equal(out, [[0, 1], [8, 9]]), tr(
        "With stride 2 your windows still begin at rows and columns 0, 1. Where does window (1, 1) begin?",
        "ストライド2なのに、窓が0行目と1行目（0列目と1列目）から始まっています。(1, 1)の窓はどこから始まりますか。",
    )
    assert np.array_equal(out, [[0, 2], [16, 18]]), tr(
        f"With stride 2 the corners of the windows are [[0, 2], [16, 18]], but you have\n{out}",
        f"ストライド2のとき、窓の左上の画素は[[0, 2], [16, 18]]ですが、次のようになっています。\n{out}",
    )

    try:
        out = conv2d_single(np.ones((3, 3)), np.ones((3, 3)), 1, 1)
    except (IndexError, ValueError) as error:
        raise AssertionError(
            tr(
                f"padding=1 raises: {error}. Do your sizes and your windows refer to the same image?",
                f"padding=1のとき例外が発生しました：{error}。大きさの計算と窓の切り出しで、同じ画像を使っていますか。",
            )
        ) from error
    assert out.shape == (3, 3), tr(
        f"With padding 1 a 3x3 filter keeps the size of the image: (3, 3), not {out.shape}.",
        f"パディング1なら、3×3のフィルターで画像の大きさは変わりません。{out.shape}ではなく(3, 3)です。",
    )
    assert not np.array_equal(out, np.full((3, 3), 9)), tr(
        "The padding must consist of zeros, not of copies of the pixels at the edge.",
        "パディングで付け足すのは0です。端の画素の写しではありません。",
    )
    assert np.array_equal(out, [[4, 6, 4], [6, 9, 6], [4, 6, 4]]), tr(
        f"In an image of ones, padded with zeros, a 3x3 window sees 4 ones in a corner, but you have\n{out}",
        f"すべて1の画像を0でパディングすると、角の窓に入る1は4個のはずですが、次のようになっています。\n{out}",
    )

    flipped = conv2d_single(image.copy(), kernel, 1, 0, True)
    assert np.array_equal(kernel, [[1, 2], [3, 4]]), tr(
        "Your function has changed the kernel that it was given.",
        "受け取ったフィルターの中身が書き換わっています。",
    )
    assert not np.array_equal(flipped, [[37, 47], [67, 77]]), tr(
        "flip_kernel=True makes no difference yet.",
        "flip_kernel=Trueにしても、結果が変わっていません。",
    )
    half_turned = [[[25, 35], [55, 65]], [[35, 45], [65, 75]]]
    assert flipped.tolist() not in half_turned, tr(
        "The kernel must be flipped in both directions: top to bottom and left to right.",
        "上下と左右の両方を反転してください。片方だけの反転や、行と列の入れ替えとは違います。",
    )
    assert np.array_equal(flipped, [[23, 33], [53, 63]]), tr(
        f"Turned by 180 degrees, 1 2 / 3 4 becomes 4 3 / 2 1, which gives [[23, 33], [53, 63]], not\n{flipped}",
        f"1 2 / 3 4を180度回すと4 3 / 2 1になり、結果は[[23, 33], [53, 63]]のはずですが、次のようになっています。\n{flipped}",
    )

    print(
        tr(
            "All visible checks of conv2d_single passed. Grading also tries other shapes and settings.",
            "conv2d_singleの確認はすべて通りました。採点では、ほかの形状や設定も試します。",
        )
    )


check_conv2d_single()

# %% [markdown] lang="en"
# ### Try it on the toy image
#
# First the shapes. **Predict** each of them with `conv_output_size`.

# %% [markdown] lang="ja"
# ### 小さな画像で試す
#
# まずは形状です。それぞれどうなるか、`conv_output_size`を使って**予想**してみましょう。

# %% name="toy_shapes" tags=["demo"]
vertical_edges = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
horizontal_edges = vertical_edges.T

print(tr("image                :", "元の画像："), toy.shape)
print(tr("no padding           :", "パディングなし："), conv2d_single(toy, vertical_edges).shape)
print(tr("padding 1            :", "パディング1："), conv2d_single(toy, vertical_edges, 1, 1).shape)
print(
    tr("padding 1, stride 2  :", "パディング1、ストライド2："),
    conv2d_single(toy, vertical_edges, 2, 1).shape,
)

# %% [markdown] lang="en"
# Now the responses themselves, of both Sobel filters: one for vertical edges, one (the same, laid on its side) for horizontal
# edges. The result has **signs**, and they carry meaning, so they are drawn with a *diverging* colour map: white is zero, and
# both signs get equal room (black is negative, orange positive).

# %% [markdown] lang="ja"
# 次は、2つのSobelフィルターの反応そのものを見てみましょう。縦のエッジのフィルターと、それを横に倒した、横のエッジのフィルターです。結果には符号があり、符号にも意味があります。そこで、0を白とし、正と負に同じ幅を取った**発散型**のカラーマップで表示します（黒が負、オレンジが正です）。


# %% name="toy_sobel" tags=["demo"]
def show_toy_sobel():
    fig, axes = plt.subplots(1, 3, figsize=(13, 4.5))
    axes[0].imshow(toy, cmap="gray", vmin=0, vmax=1)
    axes[0].set_title(figure_text("image (10, 10)", "画像 (10, 10)"), fontsize=10)
    axes[0].set_xticks([])
    axes[0].set_yticks([])
    across = conv2d_single(toy, vertical_edges, 1, 1)
    down = conv2d_single(toy, horizontal_edges, 1, 1)
    title = figure_text("vertical edges: right minus left", "縦のエッジ：右−左")
    draw_signed(axes[1], across, title)
    title = figure_text("horizontal edges: below minus above", "横のエッジ：下−上")
    draw_signed(axes[2], down, title)
    fig.tight_layout()
    plt.show()


show_toy_sobel()

# %% [markdown] lang="en"
# Find the bar and the plate in both maps. The bar's left side is 4 and its right side -4 in the first map; in the second map
# only its upper end shows. Where the bar meets the plate, numbers such as 3 and 1 appear: there the window sees a bit of both.
#
# ### And on a photograph
#
# The same two filters on a real picture. Look at one thing at a time: upright posts and walls show in one map, roofs and steps
# in the other. The picture on the upper right shows why the signs and the range matter: if the result is clipped to the range
# 0 to 1 before it is drawn, all edges from bright to dark are gone, and strong and weak edges look alike.

# %% [markdown] lang="ja"
# 2枚のマップの中に、棒と皿を探してください。1枚目では、棒の左側が4、右側が−4になっています。2枚目では、棒は上の端だけが現れます。棒と皿がつながるところには、3や1のような値があります。窓に両方が少しずつ入るからです。
#
# ### 写真で試す
#
# 同じ2つのフィルターを、本物の写真に適用してみます。1つずつ見比べていきましょう。柱や壁のように縦に伸びるものは一方のマップに、屋根や段のように横に伸びるものはもう一方のマップに現れます。右上の図を見ると、符号と値の範囲が大切な理由がわかります。表示する前に結果を0から1の範囲に切り詰めると、明るいほうから暗いほうへ変わるエッジがすべて消え、強いエッジと弱いエッジの区別も付かなくなります。


# %% name="photo_sobel" tags=["demo"]
def drawn_picture():
    # en: A drawn picture, in case the photograph does not lie beside this notebook.
    # ja: 写真のファイルがノートブックのそばにないときに使う、描いた画像です。
    y, x = np.mgrid[0:214, 0:320] / 214
    picture = 0.9 - 0.4 * y
    picture[(np.abs(x - 0.7) < 0.4) & (y > 0.5)] = 0.55
    picture[(np.abs(x - 0.7) < 0.9 * y - 0.1) & (y < 0.5)] = 0.2
    picture[(np.abs(x - 0.7) < 0.35) & (np.abs(y - 0.75) < 0.12) & (np.cos(50 * x) > 0)] = 0.05
    picture[(x - 1.25) ** 2 + (y - 0.2) ** 2 < 0.01] = 1.0
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


def show_photo_sobel():
    picture = photograph()
    across = conv2d_single(picture, vertical_edges)
    down = conv2d_single(picture, horizontal_edges)
    fig, axes = plt.subplots(2, 2, figsize=(12, 8.2), layout="constrained")
    axes[0, 0].imshow(picture, cmap="gray", vmin=0, vmax=1)
    title = figure_text(f"picture {picture.shape}", f"元の画像 {picture.shape}")
    axes[0, 0].set_title(title, fontsize=10)
    axes[0, 1].imshow(np.clip(across, 0, 1), cmap="gray")
    title = figure_text(
        "vertical edges, clipped to 0…1: do not do this",
        "縦のエッジ：0から1に切り詰めた、悪い例",
    )
    axes[0, 1].set_title(title, fontsize=10)
    names = (
        figure_text("vertical edges: right minus left", "縦のエッジ：右−左"),
        figure_text("horizontal edges: below minus above", "横のエッジ：下−上"),
    )
    for ax, response, name in zip(axes[1], (across, down), names, strict=True):
        image = ax.imshow(response, cmap=SIGNED, vmin=-3, vmax=3)
        ax.set_title(f"{name} ({response.min():.1f} … {response.max():.1f})", fontsize=10)
    fig.colorbar(image, ax=axes[1], location="bottom", shrink=0.5, aspect=40, extend="both")
    for ax in axes.ravel():
        ax.axis("off")
    plt.show()


show_photo_sobel()

# %% [markdown] lang="en"
# **Your own filter: predict, then run.** Write nine numbers into the next cell. What will the photograph look like with all
# nine 1/9? With a 2 in the middle and zeros around it? With 8 in the middle and −1 around it? With the numbers given here, mirrored
# left to right?

# %% [markdown] lang="ja"
# **自分のフィルター：予想してから実行しましょう。** 次のセルに9つの値を書いてみましょう。すべて1/9にすると、写真はどうなるでしょうか。中央だけが2で、周りがすべて0ならどうでしょうか。中央が8で周りがすべて−1なら、あるいは、はじめに入っている値を左右反転させたらどうでしょうか。

# %% name="my_filter" tags=["setup"]
MY_FILTER = np.array(
    [
        [0, 1, 2],
        [-1, 0, 1],
        [-2, -1, 0],
    ]
)


# %% name="show_my_filter" tags=["demo"]
def show_my_filter():
    picture = photograph()
    response = conv2d_single(picture, MY_FILTER)
    signed = response.min() < -0.01
    fig, axes = plt.subplots(1, 2, figsize=(12, 4.2), layout="constrained")
    axes[0].imshow(picture, cmap="gray", vmin=0, vmax=1)
    axes[0].set_title(figure_text("picture", "元の画像"), fontsize=10)
    top = np.abs(response).max()
    limits = {"cmap": SIGNED, "vmin": -top, "vmax": top} if signed else {"cmap": "gray", "vmin": 0}
    image = axes[1].imshow(response, **limits)
    fig.colorbar(image, ax=axes[1], shrink=0.9)
    axes[1].set_title(figure_text("your filter", "自分のフィルター"), fontsize=10)
    for ax in axes:
        ax.axis("off")
    plt.show()


show_my_filter()

# %% [markdown] lang="en"
# ### Correlation and convolution
#
# A picture that consists of a single bright pixel tells what a filter does with *each* pixel. **Predict:** the filter holds the
# numbers 1 to 9, line by line. Which number will be in the upper left corner of the square in the result?

# %% [markdown] lang="ja"
# ### 相互相関と畳み込み
#
# 1画素だけが明るい画像を使うと、フィルターが画素の1つ1つをどう扱うのかがわかります。**予想しましょう。** フィルターには、左上から順に1から9の値が並んでいます。結果に現れる3×3の値のうち、左上に来るのはどれでしょうか。


# %% name="flip" tags=["demo"]
def show_flip():
    dot = np.zeros((5, 5))
    dot[2, 2] = 1
    nine = np.arange(1.0, 10.0).reshape(3, 3)
    fig, axes = plt.subplots(1, 4, figsize=(12, 3.4), width_ratios=[5, 3, 5, 5])
    draw_numbers(axes[0], dot, 0.8 * (1 - dot), figure_text("image", "画像"))
    draw_numbers(axes[1], nine, None, figure_text("filter", "フィルター"))
    as_it_is = conv2d_single(dot, nine, 1, 1)
    turned = conv2d_single(dot, nine, 1, 1, True)
    title = figure_text("cross-correlation (networks)", "相互相関（ニューラルネットワーク）")
    draw_numbers(axes[2], as_it_is, as_it_is / 6, title)
    title = figure_text("convolution (mathematics)", "畳み込み（数学）")
    draw_numbers(axes[3], turned, turned / 6, title)
    fig.tight_layout()
    plt.show()


show_flip()

# %% [markdown] lang="en"
# Applied as it is, the filter leaves its picture *turned by 180 degrees*: the window in which the bright pixel lies on the 9 is
# the one furthest to the upper left. Convolution in the mathematical sense puts the filter down the right way up. That is why
# it is defined with the flip. Networks do not need it: if the flipped filter were better, they would learn the flipped one.
#
# ## 5. ReLU and max pooling
#
# Two simple steps usually follow the filter.
#
# **ReLU** sets negative responses to zero: $\text{relu}(x) = \max(0, x)$. What remains is "my pattern is here".
#
# **Max pooling** makes the map smaller: a window, usually 2 × 2 with stride 2, moves over the feature map, and from each
# window only the **largest** number is kept. There are no weights in it and nothing to learn.

# %% [markdown] lang="ja"
# フィルターをそのまま重ねると、フィルターの値が180度回った向きで現れます。明るい画素がフィルターの9と重なるのは、窓がいちばん左上にあるときだからです。数学の意味での畳み込みなら、フィルターが正しい向きで現れます。反転を含めて定義されているのは、このためです。ニューラルネットワークでは反転しません。反転したフィルターのほうが良ければ、はじめからそれを学習するだけのことです。
#
# ## 5. ReLUと最大プーリング
#
# フィルターの後には、たいてい簡単な処理が2つ続きます。
#
# **ReLU** 負の値を0にします。式で書けば $\text{relu}(x) = \max(0, x)$ です。残るのは「ここに模様がある」という反応です（ReLUのように、層と層の間に入れる関数を活性化関数といいます。なぜ必要なのかは、ノートブック06で説明します）。
#
# **最大プーリング** マップを小さくします。ふつうは2×2の窓をストライド2で動かし、それぞれの窓から最大の値だけを取り出します。重みはないので、学習するものもありません。


# %% name="pooling_windows" tags=["demo"]
def draw_pooling_windows():
    counting = np.arange(64).reshape(8, 8)
    chess = 0.6 * ((np.indices((8, 8)) // 2).sum(axis=0) % 2)
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4.4), width_ratios=[2, 1])
    title = figure_text("feature map (8, 8), windows 2 × 2", "特徴マップ (8, 8)、窓は2×2")
    draw_numbers(left, counting, chess, title)
    pooled = [[9, 11, 13, 15], [25, 27, 29, 31], [41, 43, 45, 47], [57, 59, 61, 63]]
    title = figure_text("the largest of each (4, 4)", "窓ごとの最大値 (4, 4)")
    draw_numbers(right, pooled, chess[::2, ::2], title)
    for top, start in ((0, 0), (2, 4)):
        draw_frame(left, top, start, 2, 2)
        draw_frame(right, top // 2, start // 2, 1, 1)
    fig.tight_layout()
    plt.show()


draw_pooling_windows()

# %% [markdown] lang="en"
# ## Exercise 3: `maxpool2d_single`
#
# **Importance ●●○, difficulty ★☆☆, about 15 minutes, 1.5 points.** It is `conv2d_single` once more, simpler: no filter, no
# padding, and `np.max` in place of the sum. Rows and columns that are left over at the far edge are ignored, as before.
#
# <details><summary>Hint 1: the size of the result</summary>
#
# You have a function for that. The window of pooling is the "filter" here.
# </details>
#
# <details><summary>Hint 2: negative numbers</summary>
#
# The largest of -3 and -5 is -3. If you look for the maximum by hand: which number do you begin with?
# </details>

# %% [markdown] lang="ja"
# ## 演習3：`maxpool2d_single`
#
# **重要度 ●●○／難しさ ★☆☆／目安 15分／1.5点** `conv2d_single`とほとんど同じで、もっと簡単です。フィルターもパディングもなく、和の代わりに`np.max`を使います。右端と下端で余った列や行は、これまでと同じく無視します。
#
# <details><summary>ヒント1：出力の大きさ</summary>
#
# そのための関数はもう書いてあります。プーリングの窓を「フィルター」と考えてください。
# </details>
#
# <details><summary>ヒント2：負の値</summary>
#
# −3と−5のうち、大きいのは−3です。最大値を自分で探す場合、はじめの値は何にしておくべきでしょうか。
# </details>


# %% name="maxpool2d_single" tags=["stub"]
def maxpool2d_single(feature_map, pool=2, stride=2):
    """Keep the largest number of every window of a feature map.

    Args:
        feature_map: array of floats, shape (H, W), any signs. Must not be changed.
        pool: side of the square window, in pixels; not larger than the map.
        stride: step from one window to the next, in pixels, down and to the right.

    Returns:
        Array of floats of shape (out_h, out_w); only whole windows count, there is no padding.

    Example:
        >>> maxpool2d_single(np.array([[1., 5., 2., 0.],
        ...                            [3., 4., 8., 6.]]))
        array([[5., 8.]])
    --- ja ---
    特徴マップの窓ごとに、最大値を取り出す。

    引数:
        feature_map: 浮動小数点数の配列。形状(H, W)。符号は問わない。書き換えてはいけない。
        pool: 正方形の窓の1辺。単位は画素。マップより大きくはならない。
        stride: 次の窓まで動かす幅。単位は画素。縦横共通。

    戻り値:
        形状(out_h, out_w)の、浮動小数点数の配列。マップに収まる窓だけを数える。パディングはしない。

    例:
        >>> maxpool2d_single(np.array([[1., 5., 2., 0.],
        ...                            [3., 4., 8., 6.]]))
        array([[5., 8.]])
    """
    ### BEGIN SOLUTION
    out_h = conv_output_size(feature_map.shape[0], pool, stride)
    out_w = conv_output_size(feature_map.shape[1], pool, stride)
    out = np.zeros((out_h, out_w))
    for out_y in range(out_h):
        for out_x in range(out_w):
            top, left = out_y * stride, out_x * stride
            out[out_y, out_x] = np.max(feature_map[top : top + pool, left : left + pool])
    return out
    ### END SOLUTION


# %% name="check_maxpool2d_single" tags=["check"]
def check_maxpool2d_single():
    counting = np.arange(64.0).reshape(8, 8)
    out = maxpool2d_single(counting)
    assert isinstance(out, np.ndarray), tr(
        "maxpool2d_single must return an array. Did you forget the return?",
        "maxpool2d_singleは配列を返す必要があります。returnを忘れていませんか。",
    )
    assert out.shape == (4, 4), tr(
        f"(8, 8) with 2x2 windows and stride 2 gives (4, 4), not {out.shape}.",
        f"(8, 8)に2×2の窓をストライド2で置くと(4, 4)です。{out.shape}ではありません。",
    )
    assert not np.array_equal(out[0], [4.5, 6.5, 8.5, 10.5]), tr(
        "That is the average of each window. Keep the largest number.",
        "窓ごとの平均になっています。最大値を取り出してください。",
    )
    expected = [[9, 11, 13, 15], [25, 27, 29, 31], [41, 43, 45, 47], [57, 59, 61, 63]]
    assert np.array_equal(out, expected), tr(
        f"The result should be as in the figure, 9, 11, 13, 15 in the first row, but you have\n{out}",
        f"図と同じように、最初の行は9、11、13、15になるはずですが、次のようになっています。\n{out}",
    )
    second = maxpool2d_single(counting + 64)
    assert (second[0, 0], second[3, 3]) == (73, 127), tr(
        f"64 more in each pixel should give 73 to 127, but you have {second[0, 0]} to {second[3, 3]}.",
        f"どの画素も64だけ大きくすると73から127になるはずですが、{second[0, 0]}から{second[3, 3]}です。",
    )
    out = maxpool2d_single(-counting[:4, :4] - 1)
    assert not np.array_equal(out, np.zeros((2, 2))), tr(
        "All numbers are negative, but your maximum is 0. Where does the 0 come from?",
        "値はすべて負なのに、最大値が0になっています。その0はどこから来ましたか。",
    )
    assert np.array_equal(out, [[-1, -3], [-17, -19]]), tr(
        f"For a map of negative numbers expected [[-1, -3], [-17, -19]], but got\n{out}",
        f"すべて負のマップでは[[-1, -3], [-17, -19]]になるはずですが、次のようになっています。\n{out}",
    )
    try:
        out = maxpool2d_single(counting[:5, :7])
    except (IndexError, ValueError) as error:
        raise AssertionError(
            tr(
                f"A (5, 7) map raises: {error}. Left-over rows and columns are simply ignored.",
                f"(5, 7)のマップで例外が発生しました：{error}。余った行や列は無視するだけです。",
            )
        ) from error
    assert out.shape == (2, 3), tr(
        f"In (5, 7) there is room for 2x3 windows, the rest is ignored; your shape is {out.shape}.",
        f"(5, 7)に置ける窓は2×3で、余りは無視します。形状が{out.shape}になっています。",
    )
    out = maxpool2d_single(counting[:4, :4], 3, 1)
    assert out.shape == (2, 2), tr(
        f"3x3 windows with stride 1 give (2, 2) for a (4, 4) map, not {out.shape}. Is stride used?",
        f"(4, 4)に3×3の窓をストライド1で置くと(2, 2)です。{out.shape}ではありません。strideを使っていますか。",
    )
    assert np.array_equal(out, [[18, 19], [26, 27]]), tr(
        f"3x3 windows with stride 1: expected [[18, 19], [26, 27]], but got\n{out}",
        f"3×3の窓をストライド1で置くと[[18, 19], [26, 27]]になるはずですが、次のようになっています。\n{out}",
    )
    print(
        tr(
            "All visible checks of maxpool2d_single passed. Grading also tries other maps.",
            "maxpool2d_singleの確認はすべて通りました。採点では、ほかのマップも試します。",
        )
    )


check_maxpool2d_single()

# %% [markdown] lang="en"
# Now filter, ReLU and pooling one after the other: a whole layer of a CNN, for one channel.

# %% [markdown] lang="ja"
# フィルター、ReLU、プーリングを続けて適用してみましょう。これで、CNNの1層ぶん（1チャンネル）の処理がそろいました。


# %% name="toy_layer" tags=["demo"]
def show_toy_layer():
    response = conv2d_single(toy, vertical_edges, 1, 1)
    rectified = np.maximum(response, 0)
    pooled = maxpool2d_single(rectified)
    fig, axes = plt.subplots(1, 3, figsize=(13, 4.5))
    title = figure_text("response of the filter (10, 10)", "フィルターの反応 (10, 10)")
    draw_signed(axes[0], response, title)
    draw_signed(axes[1], rectified, "ReLU (10, 10)")
    draw_signed(axes[2], pooled, figure_text("max pooling (5, 5)", "最大プーリング (5, 5)"), 12)
    fig.tight_layout()
    plt.show()


show_toy_layer()

# %% [markdown] lang="en"
# The left sides of the bar (4) and of the plate (3) are still there, in a quarter of the numbers. Three things are said in
# favour of pooling:
#
# - **Less computation.** Whatever comes next has a quarter of the numbers to work on.
# - **Less overfitting.** The layers after it need fewer weights, and see fewer accidental details.
# - **Small shifts matter less.** Look closely at this one. **Predict:** a response moves from column 2 to 3, 4 and 5. When does
#   the pooled map change?

# %% [markdown] lang="ja"
# 値が4分の1に減っても、棒の左側（4）と皿の左側（3）のエッジは残っています。プーリングの利点としては、次の3つがよく挙げられます。
#
# - **計算が減る** この先の層で扱う値が4分の1になります。
# - **過学習を抑える** 過学習とは、訓練データだけに合わせすぎることです。後ろの層の重みが少なくて済み、偶然の細かい違いにも影響されにくくなります。
# - **小さなずれに強くなる** これはもう少し詳しく見ておきましょう。**予想しましょう。** 反応が2列目から3列目、4列目、5列目へと動くとき、プーリング後のマップが変わるのはいつでしょうか。


# %% name="shifts" tags=["demo"]
def show_shifts():
    fig, axes = plt.subplots(2, 4, figsize=(11, 4.6), height_ratios=[2, 1.3])
    for above, below, column in zip(*axes, (2, 3, 4, 5), strict=True):
        spot = np.zeros((6, 8))
        spot[2, column] = 1
        title = figure_text(f"response in column {column}", f"反応は{column}列目")
        draw_numbers(above, spot, 1.2 * spot, title, 9)
        pooled = maxpool2d_single(spot)
        place = pooled.max(axis=0).argmax()
        title = figure_text(f"pooled: column {place}", f"プーリング後：{place}列目")
        draw_numbers(below, pooled, 1.2 * pooled, title, 9)
        for top, left in np.ndindex(3, 4):
            corner = (2 * left - 0.5, 2 * top - 0.5)
            above.add_patch(plt.Rectangle(corner, 2, 2, fill=False, linewidth=2))
    fig.tight_layout()
    plt.show()


show_shifts()

# %% [markdown] lang="en"
# As long as the response moves *within* a window, the result is the same. When it crosses into the next one, the result moves
# too. So one pooling sometimes forgives shifts of a pixel or so. It does **not** make a network blind to position. (Notebook 04
# measures how far the tolerance goes.)
#
# ## 6. Colour: 27 weights for one number
#
# A colour image has three channels: red, green and blue. A filter then has a 3 × 3 table **for each channel**, 27 weights, and
# sums over all three. One more number, the **bias** $b$, is added, and then comes ReLU:
#
# $$y = \text{relu}\Big(\sum_{i=1}^{27} w_i x_i + b\Big)$$
#
# That is exactly what a neuron of a fully connected layer computes, except that it is connected to the 27 numbers in its
# window and to nothing else.

# %% [markdown] lang="ja"
# 反応が同じ窓の中で動くうちは、結果は変わりません。隣の窓に移ると、結果も動きます。つまり、プーリング1回で許されるのは1画素程度のずれまでで、それもいつもとは限りません。位置に左右されなくなるわけではありません（どの程度のずれまで許されるのかは、ノートブック04で測ります）。
#
# ## 6. カラー画像：1つの値に27個の重み
#
# カラー画像には、赤、緑、青の3つのチャンネルがあります。このときフィルターも、チャンネルごとに3×3の表を持ちます。重みは合わせて27個で、3チャンネルぶんの積をすべて足します。さらに**バイアス** $b$ を1つ足し、ReLUを通します。
#
# $$y = \text{relu}\Big(\sum_{i=1}^{27} w_i x_i + b\Big)$$
#
# これは、全結合層のユニット（ニューロンともいいます）1個の計算とまったく同じです。違うのは、窓の中の27個の値としかつながっていないことだけです。


# %% name="twenty_seven_weights" tags=["demo"]
def draw_twenty_seven_weights():
    rng = np.random.default_rng(3)
    window = rng.integers(0, 4, (3, 3, 3))
    weights = rng.integers(-2, 3, (3, 3, 3))
    products = window * weights
    sums = products.sum(axis=(1, 2))
    fig, axes = plt.subplots(3, 3, figsize=(7.5, 7.6))
    colors = (figure_text("red", "赤"), figure_text("green", "緑"), figure_text("blue", "青"))
    for row, name in enumerate(colors):
        title = figure_text(f"window x, {name}", f"窓 x（{name}）")
        draw_numbers(axes[row, 0], window[row], None, title)
        title = figure_text(f"weights w, {name}", f"重み w（{name}）")
        draw_numbers(axes[row, 1], weights[row], None, title)
        title = figure_text(f"w * x: sum {sums[row]:+d}", f"w * x：和は{sums[row]:+d}")
        draw_numbers(axes[row, 2], products[row], 0.4 + 0 * products[row], title)
    bias = -3
    total = " ".join(f"{number:+d}" for number in (*sums, bias))
    y = max(0, sums.sum() + bias)
    title = figure_text(f"27 products, bias {bias}:", f"積が27個、バイアスは{bias}：")
    fig.suptitle(f"{title}  y = relu({total}) = {y}", y=0.02, va="bottom")
    fig.tight_layout(rect=(0, 0.06, 1, 1))
    plt.show()


draw_twenty_seven_weights()

# %% [markdown] lang="en"
# One filter gives one feature map, however many channels the image has. A layer has many filters, each with weights and a bias
# of its own; their maps, stacked, are the channels that the next layer sees. So a layer turns three numbers (height, width,
# **channels**) into three others.
#
# ## 7. How many parameters?
#
# **Parameters** are the numbers that a layer learns: its weights and its biases. The stride and the padding are *not* among
# them; they are settings, which you choose. The size of the image does not matter either: the same filter is used at every place.
# That is called **parameter sharing**.
#
# ## Exercise 4: `conv_param_count`
#
# **Importance ●●○, difficulty ★☆☆, about 10 minutes, 1 point.** Two lines are enough.
#
# <details><summary>Hint: how do I begin?</summary>
#
# Count for <em>one</em> filter first, as in the figure above: the weights, then the bias. How many such filters are there?
# </details>

# %% [markdown] lang="ja"
# 画像のチャンネルがいくつあっても、フィルター1枚からできる特徴マップは1枚です。層にはたくさんのフィルターがあり、それぞれが自分の重みとバイアスを持っています。できたマップを重ねたものが、次の層から見たチャンネルになります。つまり層は、3つの大きさ（高さ、幅、チャンネル数）を、別の3つの大きさに変えるわけです。
#
# ## 7. パラメーターはいくつあるか
#
# **パラメーター**とは、層が学習する値、つまり重みとバイアスのことです。ストライドやパディングは、人が決める設定（**ハイパーパラメーター**）であって、パラメーターには入りません。画像の大きさも関係ありません。どの場所でも同じフィルターを使い回すからです。これを**パラメーター共有**といいます。
#
# ## 演習4：`conv_param_count`
#
# **重要度 ●●○／難しさ ★☆☆／目安 10分／1点** 2行もあれば書けます。
#
# <details><summary>ヒント：何から始めるか</summary>
#
# まず、上の図のようなフィルター<strong>1枚</strong>について、重みとバイアスを数えてください。そのようなフィルターは何枚ありますか。
# </details>


# %% name="conv_param_count" tags=["stub"]
def conv_param_count(in_channels, out_channels, filter_h, filter_w, bias=True):
    """How many numbers a convolution layer learns.

    Args:
        in_channels: channels of the input (3 for a colour image).
        out_channels: number of filters, which is the number of channels of the output.
        filter_h, filter_w: height and width of a filter, in pixels.
        bias: whether each filter has a bias.

    Returns:
        The number of weights, and of biases if there are any, an int.

    Example:
        >>> conv_param_count(1, 2, 3, 3)     # two filters of 9 weights and a bias each
        20
    --- ja ---
    畳み込み層のパラメーターの個数を求める。

    引数:
        in_channels: 入力のチャンネル数（カラー画像なら3）。
        out_channels: フィルターの枚数。出力のチャンネル数に等しい。
        filter_h, filter_w: フィルターの高さと幅。単位は画素。
        bias: フィルターがバイアスを持つかどうか。

    戻り値:
        重みの個数と、（あれば）バイアスの個数を合わせた数。int。

    例:
        >>> conv_param_count(1, 2, 3, 3)     # 重み9個とバイアス1個のフィルターが2枚
        20
    """
    ### BEGIN SOLUTION
    per_filter = in_channels * filter_h * filter_w
    if bias:
        per_filter = per_filter + 1
    return out_channels * per_filter
    ### END SOLUTION


# %% name="check_conv_param_count" tags=["check"]
def check_conv_param_count():
    count = conv_param_count(3, 6, 3, 3)
    assert count is not None, tr(
        "Your function returned None. Did you forget the return?",
        "関数がNoneを返しました。returnを忘れていませんか。",
    )
    assert count not in (54, 55, 60), tr(
        f"{count} for 3 channels and 6 filters: does every filter have weights for each of the 3 channels?",
        f"3チャンネル、フィルター6枚で{count}になりました。どのフィルターも、3チャンネルぶんの重みを持っていますか。",
    )
    assert count not in (162, 163), tr(
        f"{count}: you have the 162 weights. How many biases are there: none, one, or one for each filter?",
        f"{count}になりました。重みは162個で合っています。バイアスは全部でいくつありますか。フィルターごとに1つです。",
    )
    assert count != 180, tr(
        "180: that is a bias for each channel of each filter. A filter has one bias in all.",
        "180になりました。フィルターのチャンネルごとにバイアスを数えています。バイアスはフィルター1枚に1つです。",
    )
    assert count == 168, tr(
        f"6 filters with 27 weights and a bias each have 168 parameters, not {count}.",
        f"重み27個とバイアス1個のフィルターが6枚なら、パラメーターは168個です。{count}ではありません。",
    )
    count = conv_param_count(3, 6, 3, 3, False)
    assert count == 162, tr(
        f"Without biases there are 162, not {count}. Does your function look at bias?",
        f"バイアスがなければ162個です。{count}ではありません。引数biasを使っていますか。",
    )
    count = conv_param_count(2, 1, 5, 1)
    assert count == 11, tr(
        f"One filter of 5 x 1 on 2 channels has 10 weights and a bias: 11, not {count}.",
        f"2チャンネル、5×1のフィルター1枚なら、重み10個とバイアスで11個です。{count}ではありません。",
    )
    print(
        tr(
            "All visible checks of conv_param_count passed. Grading also tries other layers.",
            "conv_param_countの確認はすべて通りました。採点では、ほかの層も試します。",
        )
    )


check_conv_param_count()

# %% [markdown] lang="en"
# The three layers of section 3 again, now complete. (Somebody counted 55, 433 and 181 parameters. Can you see how, and the two
# mistakes in it?)

# %% [markdown] lang="ja"
# 3節の3つの層を、もう一度、今度は完全な形で見てみましょう（パラメーターを55個、433個、181個と数えた人がいます。どう計算したのかわかりますか。間違いは2つあります）。

# %% name="three_layers_complete" tags=["demo"]
layers = ((144, 3, 6, 1), (60, 24, 48, 1), (20, 10, 20, 2))
print(
    tr(
        "input            filters       stride   output           parameters",
        "左から：入力、フィルター、ストライド、出力、パラメーターの個数",
    )
)
for size, channels, filters, stride in layers:
    out = conv_output_size(size, 3, stride)
    before = f"{size} x {size} x {channels}"
    after = f"{out} x {out} x {filters}"
    count = conv_param_count(channels, filters, 3, 3)
    print(
        tr(
            f"{before:16} {filters:2} of 3 x 3  {stride:6}    {after:16} {count:>10,}",
            f"{before:16} 3 x 3が{filters:2}枚  {stride:6}    {after:16} {count:>10,}",
        )
    )

# %% [markdown] lang="en"
# <details><summary>The two mistakes</summary>
#
# 6 · 9 + 1 = 55: the filters were counted as if the image had a single channel, and there is one bias in all, not one for each
# filter.
# </details>
#
# ### And a fully connected layer?
#
# Take a colour image of 32 × 32 pixels and 64 units, or 64 filters. In a fully connected layer each unit has a weight for each
# of the 3,072 numbers of the image. **Predict:** which of the two layers has more parameters, and by which factor?

# %% [markdown] lang="ja"
# <details><summary>2つの間違い</summary>
#
# 6·9 + 1 = 55です。画像のチャンネルが1つしかないものとして数えていますし、フィルターごとに1つあるはずのバイアスを、全体で1つとしています。
# </details>
#
# ### 全結合層ならどうなるか
#
# 32×32のカラー画像に、64個のユニット、または64枚のフィルターを使うとします。全結合層では、ユニットの1つ1つが、画像の3,072個の値すべてに対して重みを持ちます。**予想しましょう。** パラメーターが多いのはどちらの層で、何倍くらいでしょうか。


# %% name="against_fully_connected" tags=["demo"]
def compare_with_fully_connected():
    pixels = 32 * 32 * 3
    fully_connected = pixels * 64 + 64
    convolution = conv_param_count(3, 64, 3, 3)
    same_output = pixels * (64 * 32 * 32)
    ratio = fully_connected / convolution
    print(
        tr(
            f"fully connected, 64 units         {fully_connected:>12,}   gives 64 numbers\n"
            f"convolution 3 x 3, 64 filters     {convolution:>12,}   gives 64 maps of 32 x 32\n"
            f"ratio                             {ratio:>12.1f}   (but see below)\n"
            f"fully connected, 64 x 32 x 32     {same_output:>12,}   weights, for as many numbers",
            f"全結合層（64ユニット）：パラメーター{fully_connected:,}個、出力は値64個\n"
            f"畳み込み層（3×3のフィルター64枚）：パラメーター{convolution:,}個、出力は32×32のマップ64枚\n"
            f"比：{ratio:.1f}（ただし、下の説明を読んでください）\n"
            f"畳み込み層と同じ個数（64×32×32個）の値を出力する全結合層：重み{same_output:,}個",
        )
    )
    names = [
        figure_text("convolution\n64 maps of 32 × 32", "畳み込み層\n32×32のマップ64枚"),
        figure_text("fully connected\n64 numbers", "全結合層\n値64個"),
        figure_text("fully connected\n64 × 32 × 32 numbers", "全結合層\n値64×32×32個"),
    ]
    counts = [convolution, fully_connected, same_output]
    fig, ax = plt.subplots(figsize=(8.5, 2.8))
    bars = ax.barh(names, counts, color=["0.3", "0.6", "0.85"], edgecolor="black")
    ax.bar_label(bars, [f"{count:,}" for count in counts], padding=4)
    ax.set_xscale("log")
    ax.set_xlim(1e2, 2e10)
    ax.invert_yaxis()
    ax.set_xlabel(figure_text("parameters (log scale)", "パラメーターの個数（対数目盛）"))
    fig.tight_layout()
    plt.show()


compare_with_fully_connected()

# %% [markdown] lang="en"
# "110 times fewer parameters" (196,672 against 1,792) is a **misleading** comparison, because the two layers do not compute the
# same thing: 64 numbers on one side, 64 maps of 1,024 numbers on the other. A fully connected layer that gave as many numbers
# as the convolution would need 201,326,592 weights, more than 100,000 times as many.
#
# The convolution saves them by two assumptions: what belongs together lies **close** together, so a small window is enough;
# and a pattern looks the **same everywhere**, so one filter is enough for all places. For photographs both are nearly true.
# For a table of addresses they are not.
#
# ## 8. Small windows, looking far
#
# If a window sees only 3 × 3 pixels, how can a network recognise a whole cat? By layers. In the figure one pixel is bright, and
# a 3 × 3 filter of ones (padding 1) is applied once, twice, three times. The grey area is where the pixel has any influence.
# Read it the other way round: a number after two layers has seen 5 × 5 pixels of the image, after three layers 7 × 7. That is
# its **receptive field**.

# %% [markdown] lang="ja"
# 196,672個に対して1,792個、「パラメーターが約110分の1になる」というのは、誤解を招く比較です。2つの層は、同じものを出力していないからです。一方は値が64個、もう一方は1,024個の値からなるマップが64枚です。畳み込みと同じだけの値を全結合層で出力しようとすると、重みは201,326,592個、つまり10万倍以上も必要になります。
#
# 畳み込みがこれほど節約できるのは、2つの仮定を置いているからです。1つは、関係のあるものどうしは近くにあるので、小さな窓で足りるということ。もう1つは、同じ模様はどこに現れても同じ意味を持つので、1枚のフィルターをすべての場所で使い回せるということです。写真では、どちらもほぼ成り立ちます。住所録の表では成り立ちません。
#
# ## 8. 小さな窓で遠くを見る
#
# 窓が3×3画素しか見ないのに、どうして猫の全体を認識できるのでしょうか。それは、層を重ねるからです。次の図では、1画素だけが明るい画像に、すべて1の3×3のフィルターを（パディング1で）1回、2回、3回と適用しています。灰色の部分が、その画素の影響が届く範囲です。逆向きに読めば、2層後の1つの値は元の画像の5×5画素を、3層後の値は7×7画素を見ていることになります。この範囲を**受容野**といいます。


# %% name="receptive_field" tags=["demo"]
def show_receptive_field():
    spread = np.zeros((9, 9))
    spread[4, 4] = 1
    fig, axes = plt.subplots(1, 4, figsize=(14, 3.9))
    for layers, ax in enumerate(axes):
        side = 2 * layers + 1
        title = figure_text(
            f"layers: {layers}, reach: {side} × {side}", f"{layers}層：届く範囲は{side}×{side}"
        )
        draw_numbers(ax, spread, 0.9 * (spread > 0), title, 9)
        spread = conv2d_single(spread, np.ones((3, 3)), 1, 1)
    fig.tight_layout()
    plt.show()


show_receptive_field()

# %% [markdown] lang="en"
# So three layers of 3 × 3 see as far as one layer of 7 × 7. With a pooling of stride 2 in between, it goes faster: each 3 × 3
# layer after it adds four pixels to the height and to the width, where it added two before. (Work it out: convolution,
# pooling, convolution see 8 × 8.) The first layers find edges, the next ones textures made of edges, then parts such as ears
# and eyes, and the last ones a cat. In this way a CNN gets from pixels to what is *in* the image, step by step; a fully
# connected network has to find its way from all pixels at once, and does not even know which pixels are neighbours.
#
# ## Questions to think about
#
# Nobody collects your answers. Think first, then open the answers.
#
# 1. **Why 3 × 3?** Compare three layers of 3 × 3 with one of 7 × 7, with 64 channels everywhere: what do they see, and how many
#    parameters do they have?
#    <details><summary>Answer</summary>Both see 7 × 7 pixels. Three times <code>conv_param_count(64, 64, 3, 3)</code> is 110,784,
#    once <code>conv_param_count(64, 64, 7, 7)</code> is 200,768. And with a ReLU after each layer three layers can compute more
#    than one. Smaller is hardly possible: 3 × 3 is the smallest window that has a middle and knows left from right and up from
#    down.</details>
# 2. **What does a 1 × 1 filter do?** In a single grey image it only multiplies by a number. Is it of any use with 64 channels?
#    <details><summary>Answer</summary>It mixes the channels of each pixel: a weighted sum of 64 numbers plus a bias, the same at
#    every place. So it can turn 64 channels into 16, at 16·(64 + 1) = 1,040 parameters, without looking at neighbours. You meet
#    it in notebooks 07 and 08.</details>
# 3. What does <code>flip_kernel=True</code> change for the two Sobel filters?
#    <details><summary>Answer</summary>Only the sign: turned by 180 degrees, left and right (or above and below) change
#    places.</details>
# 4. With which padding does a 5 × 5 filter at stride 1 keep the size of the image? A 4 × 4 filter?
#    <details><summary>Answer</summary>2: the size shrinks by 4, and padding adds 2 on each end. For 4 × 4 it would have to be 1.5,
#    which does not exist. That is one reason why filters have odd sides.</details>
# 5. The toy image with padding 1: is there a response along the border? Would there be one for <code>1 - toy</code>?
#    <details><summary>Answer</summary>Not for <code>toy</code>, which is 0 along the border, just like the padding. For
#    <code>1 - toy</code> the border of zeros makes a strong edge all around that is not in the image. Try it!</details>
# 6. How many times does the body of your two loops run for the photograph (214 × 320) with one 3 × 3 filter? For VGG's first
#    layer, 64 filters on a colour image of 224 × 224 with padding 1?
#    <details><summary>Answer</summary>212·318 = 67,416 times; and, with a loop over filters around it, 224·224·64 = 3,211,264
#    times. Notebook 02 does without these loops.</details>
# 7. **LeNet-5** (1998) read the amounts on cheques. In today's words: grey images of 32 × 32; 6 filters of 5 × 5; pooling 2 × 2
#    with stride 2; 16 filters of 5 × 5 over all 6 maps; pooling again; then fully connected layers with 120, 84 and 10 units.
#    Work out the sizes, and the parameters, with your own functions.
#    <details><summary>Answer</summary>28 × 28 × 6 (156 parameters), 14 × 14 × 6, 10 × 10 × 16 (2,416), 5 × 5 × 16, that is 400
#    numbers; then 401·120 = 48,120, 121·84 = 10,164 and 85·10 = 850. Together 61,706, of which the two convolutions have only
#    4 %. (The original differed in details: its second convolution left out some of the maps.)</details>
# 8. A 3 × 3 filter can be spread out so that it skips one pixel between its numbers, in both directions. This is called
#    **dilation** (here 2). How far does it see, with how many weights? And what do you pass to <code>conv_output_size</code> as
#    <code>filter_size</code>?
#    <details><summary>Answer</summary>It sees 5 × 5 pixels, with 9 weights as before; pass 5. In general a filter of side k with
#    dilation d reaches d·(k - 1) + 1 pixels. It is a cheap way of looking far without shrinking the map.</details>
#
# ## Now you can
#
# Tick off what you can do without looking. The five questions take five minutes.
#
# - [ ] work out the size of an output
# - [ ] slide a filter over an image with two loops
# - [ ] say what a filter responds to by looking at its numbers
# - [ ] pool a map, and say what pooling does not do
# - [ ] count parameters
#
# <details><summary>1. Size 11, filter 4, stride 3, pad 1: how many windows?</summary>(11 + 2 − 4) // 3 + 1 = 4.</details>
#
# <details><summary>2. The filter −1, 1 (one row, two columns) on the row 5, 5, 9, 9, 2: what comes out?</summary>0, 4, 0,
# −7.</details>
#
# <details><summary>3. What does a filter of nine times 1/9 do?</summary>It replaces each pixel by the mean of its
# neighbourhood: a blur.</details>
#
# <details><summary>4. Max pooling 2 × 2, stride 2, of a 7 × 9 map: which size?</summary>3 × 4.</details>
#
# <details><summary>5. 10 filters of 5 × 5 on 3 channels, with biases: how many parameters, for an image of 100 × 100?</summary>10 ·
# (75 + 1) = 760, for an image of any size.</details>
#
# ## Further reading
#
# Play with the first one first: it shows a trained network at work, window by window.
#
# - [CNN Explainer](https://poloclub.github.io/cnn-explainer/) (in the browser).
# - Stanford CS231n, [Convolutional networks](https://cs231n.github.io/convolutional-networks/).
# - V. Dumoulin, F. Visin, [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285) (2016), with its
#   [animations](https://github.com/vdumoulin/conv_arithmetic): stride, padding, dilation.
# - C. Olah and others, [Feature visualization](https://distill.pub/2017/feature-visualization/) (Distill, 2017): what later layers
#   look for.
# - Y. LeCun and others, [Gradient-based learning applied to document recognition](http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf)
#   (1998): LeNet-5.
# - K. Saito, *Deep Learning from Scratch* (in Japanese), sections 7.1 to 7.3.
#
# **Next:** in notebook 02 the windows become the rows of a matrix, and convolution becomes fast. Keep this notebook:
# `conv2d_single` and `maxpool2d_single` are used again in notebook 08.

# %% [markdown] lang="ja"
# つまり、3×3の層を3つ重ねると、7×7の層1つと同じ範囲が見えます。途中にストライド2のプーリングがあると、もっと速く広がります。その後ろの3×3の層では、1層ごとに広がる範囲が、縦横とも2画素から4画素になるからです（畳み込み、プーリング、畳み込みと重ねると8×8の範囲が見えます。確かめてみましょう）。最初の層はエッジを、次の層はエッジからできる模様を、その次の層は模様からできる耳や目といった部分を、そして最後の層は猫を見つけます。このようにCNNは、画素から出発して、画像に何が写っているのかへと、段階を踏んで近づいていきます。これに対して全結合層だけのネットワークは、すべての画素から一気に答えを出さなければならず、どの画素とどの画素が隣どうしなのかさえ知りません。
#
# ## 考えてみよう
#
# 解答を提出する必要はありません。まず自分で考えてから、答えを開いてください。
#
# 1. **なぜ3×3なのか** チャンネル数をすべて64として、3×3の層3つと7×7の層1つを比べてみましょう。見える範囲はそれぞれどれだけで、パラメーターは何個でしょうか。
#    <details><summary>答え</summary>見える範囲はどちらも7×7です。<code>conv_param_count(64, 64, 3, 3)</code>の3倍は110,784、<code>conv_param_count(64, 64, 7, 7)</code>は200,768です。しかも、層のたびにReLUが入るので、1層よりも複雑な計算ができます。これより小さくするのは困難です。中心があり、上下左右の区別が付く窓は、3×3が最小だからです。</details>
# 2. **1×1のフィルターは何をするのか** グレースケールの画像では、値を何倍かするだけです。64チャンネルのときは、何かの役に立つでしょうか。
#    <details><summary>答え</summary>画素ごとに、チャンネルを混ぜ合わせます。64個の値に重みを付けて足し、バイアスを加える計算を、どの場所でも同じように行います。たとえば64チャンネルを16チャンネルに減らすことができ、パラメーターは16·(64 + 1) = 1,040個です。隣の画素は見ません。ノートブック07と08で使います。</details>
# 3. <code>flip_kernel=True</code>にすると、2つのSobelフィルターの結果はどう変わるでしょうか。
#    <details><summary>答え</summary>符号が変わるだけです。180度回すと、左右（または上下）が入れ替わるからです。</details>
# 4. 5×5のフィルターをストライド1で使うとき、画像の大きさが変わらないようにするには、パディングをいくつにすればよいでしょうか。4×4のフィルターではどうでしょうか。
#    <details><summary>答え</summary>2です。大きさは4だけ減りますが、パディングで両端に2ずつ増えます。4×4だと1.5になり、そのようなパディングはありません。フィルターの辺を奇数にする理由の1つです。</details>
# 5. 小さな画像<code>toy</code>にパディング1でフィルターを適用したとき、縁に反応は出るでしょうか。<code>1 - toy</code>ではどうでしょうか。
#    <details><summary>答え</summary><code>toy</code>では出ません。縁の画素もパディングも0だからです。<code>1 - toy</code>では、0の縁との間に、画像にはない強いエッジがぐるりと現れます。試してみてください。</details>
# 6. 写真（214×320）に3×3のフィルターを1枚適用するとき、二重ループの中身は何回実行されるでしょうか。VGGの最初の層（224×224のカラー画像、フィルター64枚、パディング1）なら何回でしょうか。
#    <details><summary>答え</summary>212·318 = 67,416回です。VGGでは、フィルターについてのループも加わって224·224·64 = 3,211,264回になります。ノートブック02では、このループをなくします。</details>
# 7. **LeNet-5**（1998年）は、小切手に書かれた金額を読み取っていたネットワークです。現在の言い方で書くと、32×32のグレースケール画像、5×5のフィルター6枚、2×2でストライド2のプーリング、6枚のマップすべてにまたがる5×5のフィルター16枚、もう一度プーリング、そして120個、84個、10個のユニットを持つ全結合層です。各段階の大きさとパラメーターの個数を、自分の関数で求めてみましょう。
#    <details><summary>答え</summary>28×28×6（パラメーター156個）、14×14×6、10×10×16（2,416個）、5×5×16と進み、値は400個になります。全結合層は401·120 = 48,120個、121·84 = 10,164個、85·10 = 850個です。合計61,706個のうち、2つの畳み込み層の分は4%にすぎません（元の論文とは細部が異なります。2番目の畳み込みでは、一部のマップだけを使っていました）。</details>
# 8. 3×3のフィルターを、値と値の間が縦横とも1画素ずつ空くように広げて使うことがあります。これを**ダイレーション**（dilation、この例では2）といいます。どの範囲が見えて、重みは何個でしょうか。また、<code>conv_output_size</code>の<code>filter_size</code>には何を渡せばよいでしょうか。
#    <details><summary>答え</summary>5×5の範囲が見え、重みは9個のままです。渡す値は5です。一般に、1辺がkのフィルターをダイレーションdで使うと、d·(k - 1) + 1画素の範囲に届きます。マップを縮めずに広い範囲を見る、安上がりな方法です。</details>
#
# ## できるようになったこと
#
# 何も見ずにできるものに、印を付けてください。5つの問いは5分もあれば解けます。
#
# - [ ] 出力の大きさを求められる
# - [ ] 二重ループで、フィルターを画像に適用できる
# - [ ] フィルターの値を見て、何に反応するかを言える
# - [ ] マップをプーリングし、プーリングにできないことを説明できる
# - [ ] パラメーターを数えられる
#
# <details><summary>1. 大きさ11、フィルター4、ストライド3、パディング1のとき、窓はいくつですか。</summary>(11 + 2 − 4) // 3 + 1 = 4個です。</details>
#
# <details><summary>2. −1、1と並んだフィルター（1行2列）を、5、5、9、9、2という行に適用すると、何が得られますか。</summary>0、4、0、−7です。</details>
#
# <details><summary>3. 9つの値がすべて1/9のフィルターは、何をしますか。</summary>どの画素も、周りとの平均に置き換えます。つまり、ぼかしです。</details>
#
# <details><summary>4. 7×9のマップを、2×2の窓、ストライド2で最大プーリングすると、大きさはどうなりますか。</summary>3×4です。</details>
#
# <details><summary>5. 3チャンネルの100×100の画像に適用する、5×5のフィルター10枚のパラメーターは、バイアスも含めて何個ですか。</summary>10·(75 + 1) = 760個です。画像の大きさには関係しません。</details>
#
# ## さらに学ぶには
#
# まず、CNN Explainerで遊んでみるのがお勧めです。学習済みのネットワークの計算を、窓1つ1つまで見られます。
#
# - [CNN Explainer](https://poloclub.github.io/cnn-explainer/)（ブラウザーで動きます）
# - 斎藤康毅『ゼロから作るDeep Learning』（オライリー・ジャパン、2016年）の7.1節から7.3節
# - スタンフォード大学CS231nの講義ノート: [Convolutional networks](https://cs231n.github.io/convolutional-networks/)
# - V. Dumoulin, F. Visin: [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285)（2016年）と、その[アニメーション](https://github.com/vdumoulin/conv_arithmetic)。ストライド、パディング、ダイレーションがわかります。
# - C. Olahほか: [Feature visualization](https://distill.pub/2017/feature-visualization/)（Distill、2017年）。後ろの層が何を探しているのかを見られます。
# - Y. LeCunほか: [Gradient-based learning applied to document recognition](http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf)（1998年）。LeNet-5の論文です。
#
# **次のノートブック** 02では、窓を行列の行に並べて、畳み込みを速くします。`conv2d_single`と`maxpool2d_single`はノートブック08でまた使うので、このノートブックは取っておいてください。
