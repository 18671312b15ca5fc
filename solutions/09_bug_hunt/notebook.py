# %% name="author" tags=["author"]
from autograder.course.author import earlier, figure_text, tr

globals().update(earlier("02_im2col", "im2col", "col2im"))
globals().update(earlier("03_convolution", "Convolution"))
globals().update(earlier("04_pooling", "Pooling"))

# %% [markdown] lang="en"
# # 09 Bug hunt: one input that gives it away
#
# This course grew out of five notebooks that learners had published. They are good notebooks, and
# they contain bugs: not because their authors were careless, but because their bugs *did not show*.
# The output had the right shape, the loss went down, the plot looked fine. In earlier notebooks you
# fixed such bugs, often without knowing it. Now you hunt them.
#
# You get nine pieces of code. **Eight are wrong, one is right.** For each wrong one you give a single
# input on which it goes wrong; the right one you recognise as right. You do not have to repair
# anything. It sounds like less work than programming, but it is a skill of its own, and the one that
# decides whether you can trust your own code.
#
# **After this notebook you can**
#
# - say why a test passes although the code is wrong, and what a better input would look like;
# - turn a suspicion about one line into the smallest input on which that line matters;
# - recognise code that only *looks* wrong;
# - write down the handful of inputs that catch most bugs in image code.
#
# **You need** notebooks 02 to 04. Suspect B comes from notebook 06, but you can judge it without.
#
# | | the suspect's job | points (bonus) | difficulty | time |
# |---|---|---|---|---|
# | Warm-up | a convolution | – | ★☆☆ | 10 minutes |
# | A | numbers per image after convolution and pooling | 0.5 | ★☆☆ | 10 minutes |
# | B | accuracy | 1 | ★★☆ | 10 minutes |
# | C | `col2im` | 0.5 | ★★☆ | 10 minutes |
# | D | `col2im`, again | 1 | ★★★ | 15 minutes |
# | E | max pooling, forward | 0.5 | ★★☆ | 10 minutes |
# | F | max pooling, forward, again | 1 | ★★☆ | 10 minutes |
# | G | max pooling, backward | 1 | ★★☆ | 10 minutes |
# | H | max pooling, backward, again | 0.5 | ★★☆ | 10 minutes |
# | I | convolution, backward | 1 | ★★★ | 15 minutes |
#
# **How it is graded.** All 7 points are a bonus. For each suspect you write a function that returns
# an input. Grading runs the suspect and the right code on your input, and compares: another value,
# another shape, or an error where the right code gives an answer, and the suspect is convicted. An
# input on which both agree earns nothing, however clever it is. Exactly one suspect is right, and for
# that one you return `None`. So that guessing does not pay, `None` earns its points only if you
# return it for **one** suspect alone, and have convicted at least **six** others.
#
# The checks below look only at the *form* of your inputs. They do not say whether an input separates
# wrong code from right: finding that out is the exercise.

# %% [markdown] lang="ja"
# # 09 バグ探し：決め手になる入力を1つ
#
# この教材は、学習者が公開している5つのノートブックから生まれました。どれもよく書けたノートブックですが、バグもあります。書いた人が不注意だったからではありません。バグが表に出てこなかったからです。出力の形状は合っている、損失は下がる、グラフもそれらしく見える。これまでのノートブックでも、そうしたバグを知らないうちに直してきました。今度は、自分で見つける番です。
#
# ここに9つのコードがあります。**8つは間違っていて、1つは正しい**コードです。間違っているコードについては、誤った結果になる入力を1つだけ示してください。正しいコードは、正しいと見抜いてください。直す必要はありません。プログラムを書くより簡単そうに聞こえますが、これはこれで1つの技術です。自分のコードを信じてよいかどうかは、この技術にかかっています。
#
# **このノートブックの目標**
#
# - 間違ったコードがテストに通ってしまう理由と、どんな入力ならよいかを説明できる
# - 「この行が怪しい」という疑いから、その行の違いが結果に現れる最小の入力を作れる
# - 間違っているように見えるだけのコードを見分けられる
# - 画像処理のコードのバグをほぼ捕まえられる、少数の入力を挙げられる
#
# **必要な知識** ノートブック02から04。容疑者Bはノートブック06の題材ですが、06をまだやっていなくても考えられます。
#
# | | 容疑者の仕事 | 配点（ボーナス） | 難しさ | 目安の時間 |
# |---|---|---|---|---|
# | 準備運動 | 畳み込み | – | ★☆☆ | 10分 |
# | A | 畳み込みとプーリングの後の、画像1枚あたりの値の個数 | 0.5 | ★☆☆ | 10分 |
# | B | 正解率 | 1 | ★★☆ | 10分 |
# | C | `col2im` | 0.5 | ★★☆ | 10分 |
# | D | `col2im`（その2） | 1 | ★★★ | 15分 |
# | E | 最大プーリングの順伝播 | 0.5 | ★★☆ | 10分 |
# | F | 最大プーリングの順伝播（その2） | 1 | ★★☆ | 10分 |
# | G | 最大プーリングの逆伝播 | 1 | ★★☆ | 10分 |
# | H | 最大プーリングの逆伝播（その2） | 0.5 | ★★☆ | 10分 |
# | I | 畳み込みの逆伝播 | 1 | ★★★ | 15分 |
#
# **採点について** 7点はすべてボーナスです。容疑者ごとに、入力を返す関数を1つ書きます。採点では、その入力を容疑者のコードと正しいコードの両方に渡し、結果を比べます。値が違う、形状が違う、あるいは正しいコードなら答えが出るのにエラーになる、というときに有罪とします。結果が同じなら、どんなに工夫した入力でも点は付きません。正しいコードはちょうど1つあり、それには`None`を返してください。当て推量では得をしないように、`None`に点が付くのは、`None`を返した相手が**1つだけ**で、しかもほかの**6つ以上**を有罪にできた場合に限ります。
#
# 以下の確認用のセルが調べるのは、入力の形式だけです。決め手になっているかどうかは教えてくれません。それを見極めるのが、この演習だからです。

# %% name="numpy" tags=["setup"]
import numpy as np

# %% name="drawing" tags=["demo"]
import matplotlib.pyplot as plt

np.set_printoptions(linewidth=120, precision=4, suppress=True)


def draw_numbers(ax, table, title="", fontsize=10):
    table = np.asarray(table)
    ax.imshow(table, cmap="Greys", vmin=-1, vmax=2.5 * max(table.max(), 1))
    for (row, column), value in np.ndenumerate(table):
        ax.text(column, row, f"{value:g}", ha="center", va="center", fontsize=fontsize)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title, fontsize=10)


def draw_signed(ax, table, limit, title=""):
    ax.imshow(table, cmap="gray", vmin=-limit, vmax=limit)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title, fontsize=10)


# %% [markdown] lang="en"
# ## Do you remember?
#
# Answer from memory before you open the answers.
#
# 1. Where a pixel lies in four windows, what does `col2im` do with the four values? (02)
#    <details><summary>Answer</summary>It adds them.</details>
# 2. A window lies partly over the padding, and all pixels in it are negative. What does max pooling give? (04)
#    <details><summary>Answer</summary>The largest of the pixels: padding never wins.</details>
# 3. A map of 5 × 7, windows of 2 × 2, stride 2: how many windows? (01)
#    <details><summary>Answer</summary>2 · 3 = 6.</details>
#
# ## 1. How a bug hides
#
# Some true stories, all from those five notebooks.
#
# - A convolution printed **2095** and **6469** in its first corner, where 475 and 1204 belong. The
#   rest of the output, numbers from 1e-290 to 1e+267, was what happened to lie in memory:
#   `np.empty` does not clear anything. All of that was in the printed output, and nobody looked,
#   because the *shape* was right.
# - A test of accuracy judged its images in batches of 100, and left out the last batch if it was not
#   full. A network that gets everything right then scores 66.7 % on 150 images, and 0 % on 50. The
#   author always had 1,000 or 5,000.
# - A network computed the size of a layer with `/` where `//` belongs: 4,687 rows of weights where the
#   images had 4,320 numbers. With the settings that the author tried, both give 4,320.
# - A pooling layer sent its gradients to the *transpose* of where they belong, and ran only if there
#   were as many channels as rows in a window. The printed picture looked tidy.
# - Two notebooks padded with zeros before taking the maximum. All their images were positive.
# - One stopped working although nobody had touched it: `np.float` was removed from NumPy.
#
# You could have written every one of them. What they have in common is the *test*: one friendly input,
# and a glance at the result. An input is **friendly** to a bug if right and wrong code give the same
# on it. Let us look at the first one closely. (`stuck` below is rewritten, with zeros instead of
# `np.empty`, so that it gives the same each time.)

# %% [markdown] lang="ja"
# ## 思い出してみよう
#
# 答えを開く前に、何も見ずに答えてください。
#
# 1. 1つの画素が4つの窓に含まれるとき、`col2im`は4つの値をどうしますか（02）。
#    <details><summary>答え</summary>足し合わせます。</details>
# 2. 窓の一部がパディングにかかり、中の画素がすべて負のとき、最大プーリングの結果はどうなりますか（04）。
#    <details><summary>答え</summary>画素のうち最大の値です。パディングが選ばれることはありません。</details>
# 3. 5×7のマップに、2×2の窓をストライド2で置くと、窓はいくつですか（01）。
#    <details><summary>答え</summary>2·3 = 6個です。</details>
#
# ## 1. バグはどうやって隠れるか
#
# どれも、その5つのノートブックに実際にあった話です。
#
# - ある畳み込みは、左上の値として2095と6469を出力しました。正しくは475と1204です。残りの値は1e-290から1e+267まで、たまたまメモリーに残っていた数でした。`np.empty`は中身を消してくれません。すべて出力に表示されていたのに、気付きませんでした。形状は合っていたからです。
# - 正解率の計算で、画像を100枚ずつ判定し、最後の半端なバッチを捨てていました。すると、全問正解のネットワークでも、150枚なら66.7%、50枚なら0%になります。いつも1,000枚か5,000枚で試していたので、わかりませんでした。
# - 層の大きさを計算するのに、`//`ではなく`/`を使っていました。画像1枚から出てくる値は4,320個なのに、重みは4,687行になります。試していた設定では、どちらで計算しても4,320でした。
# - あるプーリング層は、勾配を転置した位置に送っていました。しかも、チャンネル数が窓の高さと等しいときしか動きません。それでも、表示された行列は整然としていました。
# - 2つのノートブックでは、最大値を取る前に0でパディングしていました。画像の値は、すべて正でした。
# - 何も変えていないのに動かなくなったコードもあります。NumPyから`np.float`がなくなったのです。
#
# どれも、自分が書いていてもおかしくない間違いです。共通しているのはテストのほうです。おとなしい入力を1つ試して、結果をざっと眺めただけでした。正しいコードと間違ったコードが同じ結果を返す入力を、そのバグにとって**都合のよい**入力と呼ぶことにします。最初の例を詳しく見てみましょう（下の`stuck`は新しく書き直したもので、毎回同じ結果になるように`np.empty`の代わりに0を使っています）。


# %% name="examples" tags=["setup"]
def stuck(image, filters, bias):
    F, FH, FW = filters.shape
    out_h, out_w = image.shape[0] - FH + 1, image.shape[1] - FW + 1
    out = np.zeros((F, out_h, out_w))
    for f in range(F):
        i, j = 0, 0
        for y in range(out_h):
            for x in range(out_w):
                window = image[y : y + FH, x : x + FW]
                out[f, i, j] = np.sum(window * filters[f]) + bias
    return out


# en: The same job, one image without channels, done in a completely different way: a second opinion.
# ja: 同じ計算（チャンネルのない画像1枚）を、まったく別の書き方で行うもの。セカンドオピニオンです。
def second_opinion(image, filters, bias):
    windows = np.lib.stride_tricks.sliding_window_view(image, filters.shape[1:])
    return np.einsum("yxij,fij->fyx", windows, filters) + bias


ROUNDING = 1e-5


def disagreement(code, right, arguments):
    """How two functions differ on the same arguments; an empty text if they agree.
    --- ja ---
    同じ引数に対する2つの関数の結果の違いを言葉で返す。違いがなければ空の文字列。
    """
    expected = right(*arguments)
    try:
        got = code(*arguments)
    except Exception as error:
        return tr(f"it raises {type(error).__name__}", f"{type(error).__name__}が出る")
    several = isinstance(expected, tuple)
    for mine, wanted in zip(got, expected, strict=True) if several else [(got, expected)]:
        if np.shape(mine) != np.shape(wanted):
            shapes = np.shape(mine), np.shape(wanted)
            return tr(f"shapes {shapes[0]} and {shapes[1]}", f"形状が{shapes[0]}と{shapes[1]}")
        wrong = ~(np.abs(np.subtract(mine, wanted)) <= ROUNDING)
        if wrong.any():
            return tr(
                f"{wrong.sum()} of {wrong.size} numbers differ",
                f"{wrong.size}個のうち{wrong.sum()}個の値が違う",
            )
    return ""


# %% name="story" tags=["demo"]
def draw_story():
    image = np.arange(64.0).reshape(8, 8)
    filters = np.arange(18.0).reshape(2, 3, 3)
    fig, axes = plt.subplots(1, 5, figsize=(13, 3.1), width_ratios=[1, 1, 3, 3, 3])
    corner = image[:3, :3], filters, 1
    draw_numbers(
        axes[0], stuck(*corner)[0], figure_text("3x3 image:\nstuck", "3×3の画像：\n進まない添字")
    )
    draw_numbers(
        axes[1],
        second_opinion(*corner)[0],
        figure_text("3x3 image:\nright", "3×3の画像：\n正しい結果"),
    )
    whole = image, filters, 1
    wrong, right = stuck(*whole)[0], second_opinion(*whole)[0]
    draw_numbers(axes[2], wrong, figure_text("8x8 image:\nstuck", "8×8の画像：\n進まない添字"), 8)
    draw_numbers(axes[3], right, figure_text("8x8 image:\nright", "8×8の画像：\n正しい結果"), 8)
    draw_numbers(
        axes[4],
        np.abs(wrong - right),
        figure_text("8x8 image:\nabsolute difference", "8×8の画像：\n差の絶対値"),
        8,
    )
    fig.tight_layout()
    plt.show()
    print("stuck:         ", stuck(*whole)[:, 0, 0])
    print("second_opinion:", second_opinion(*whole)[:, 0, 0])


draw_story()

# %% [markdown] lang="en"
# On the left, an image of 3 × 3: there is one window, and `stuck` is right. On the right, 8 × 8: all
# 36 results are written into the same corner, over each other, and the last one stays: 2095. Look at
# the code again: `i` and `j` were meant to count, and never move.
#
# So the 3 × 3 image is friendly, and the 8 × 8 image gives the bug away. Here is the second way in which inputs are
# friendly: not by their size, but by their **values**. A mathematician's convolution flips the filter
# before it multiplies; ours does not. Who would notice?

# %% [markdown] lang="ja"
# 左は3×3の画像の場合です。窓が1つしかないので、`stuck`の結果は正しくなります。右は8×8の場合です。36個の結果がすべて左上の同じ場所に書き込まれ、最後に書き込まれた2095だけが残ります。コードをもう一度見てください。`i`と`j`は1つずつ進めるつもりだったのに、一度も動いていません。
#
# つまり、3×3の画像は都合のよい入力で、8×8の画像が決め手になります。大きさではなく値のせいで都合がよくなることもあります。数学の畳み込みではフィルターを反転してから掛けますが、この教材では反転しません。もし間違えて反転していたら、気付けるでしょうか。


# %% name="more_examples" tags=["setup"]
def flipped(image, filters, bias):
    return second_opinion(image, filters[:, ::-1, ::-1], bias)


# %% name="friendly_filter" tags=["demo"]
def draw_friendly_filter():
    y, x = np.mgrid[0:24, 0:24]
    disc = (np.hypot(y - 11, x - 13) < 8) + 0.5 * (y > 18)
    blur = np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    fig, axes = plt.subplots(2, 5, figsize=(13, 5.6))
    cases = (figure_text("blur", "ぼかし"), blur, 1.5), ("Sobel", sobel, 4)
    for row, (name, kernel, limit) in zip(axes, cases, strict=True):
        filters = kernel[np.newaxis]
        wrong, right = flipped(disc, filters, 0)[0], second_opinion(disc, filters, 0)[0]
        draw_signed(row[0], disc, 1.5, figure_text("image", "画像"))
        draw_signed(
            row[1],
            kernel,
            2 * np.abs(kernel).max(),
            figure_text(f"{name} filter", f"{name}フィルター"),
        )
        for (y, x), value in np.ndenumerate(kernel):
            color = "white" if value < 0 else "black"
            row[1].text(x, y, f"{value:g}", ha="center", va="center", fontsize=9, color=color)
        draw_signed(row[2], wrong, limit, figure_text(f"{name}: flipped", f"{name}：反転"))
        draw_signed(row[3], right, limit, figure_text(f"{name}: right", f"{name}：正しい結果"))
        most = np.abs(wrong - right).max()
        draw_signed(
            row[4],
            wrong - right,
            2 * limit,
            figure_text(f"difference (up to {most:g})", f"差（最大{most:g}）"),
        )
    fig.tight_layout()
    plt.show()


draw_friendly_filter()

# %% [markdown] lang="en"
# (Grey is 0, black is negative, white is positive.) With a blur filter, which is the same when
# flipped, the bug is invisible in every image of the world. With a Sobel filter every edge has the
# wrong sign. It is not the *amount* of testing that counts.
#
# ## 2. From a suspicion to an input
#
# Read code like a detective, line by line, and ask of each line: **on which inputs would it make no
# difference if this line were wrong?** Then choose another input. There are three ways to know what
# the right answer is:
#
# 1. **By hand**, for something tiny. One window with two equal numbers is often enough.
# 2. **A second opinion**: other code for the same job. It may be slow, and it may be your own, from
#    the earlier notebooks. Try random inputs until the two disagree; then make the input smaller.
# 3. **A law** that right code obeys: `sum(im2col(x) * c) == sum(x * col2im(c))` (notebook 02), a
#    numerical gradient (notebook 03), "twice the same images, twice the gradient", "a perfect network
#    has accuracy 1".
#
# And this is what experienced testers put into an input:
#
# | put into the input… | … and these bugs show |
# |---|---|
# | N, C, F, H, W, filter height and width **all different** | axes in the wrong order, height for width, square only |
# | N > 1, C > 1, F > 1 | batch, channels or filters mixed up, or one number used for all; factors of N |
# | a stride above 1, and **more than one window** | stride forgotten somewhere |
# | a stride that **does not divide**, sizes that are odd | `/` for `//`, rounding, left-over rows |
# | padding of 1 or more | padding left out of a size, not cut off, filled with the wrong value |
# | negative numbers, **only** negative numbers | a 0 that creeps in; a maximum with 0 |
# | overlapping windows (stride < filter) | `=` for `+=` |
# | equal numbers in one window | who gets the gradient? |
# | a random `dout`, never all ones | anything transposed or misplaced on the way back |
# | a bias, another one for each filter | bias forgotten, added too often, or shared |
# | a last batch that is not full, **in which something counts** | the remainder is dropped |
#
# A *sum* over the output, its shape, its picture, or "the network learns" are weak witnesses. When we
# broke a small network in 92 ways, 71 of the broken ones still learned to read at least 90 % of the
# digits in a test.

# %% [markdown] lang="ja"
# （灰色が0、黒が負、白が正です。）ぼかしフィルターは反転しても変わらないので、世界中のどんな画像で試しても、このバグは見えません。Sobelフィルターなら、すべてのエッジで符号が逆になります。大事なのは、テストの量ではなく、どんな入力で試すかです。
#
# ## 2. 疑いから入力へ
#
# 探偵になったつもりで、コードを1行ずつ読みます。そして、どの行についても「もしこの行が間違っていたとして、それでも結果に違いが出ないのはどんな入力か」と考えます。あとは、そうでない入力を選べばよいのです。正しい答えを知るには、3つの方法があります。
#
# 1. **手で計算する。** ごく小さな例で十分です。同じ値が2つ入った窓が1つあれば足りることも、よくあります。
# 2. **セカンドオピニオンを聞く。** 同じ仕事をする別のコードと比べます。遅くてもかまいませんし、前のノートブックで自分が書いたコードでもかまいません。乱数の入力をいろいろ試し、結果が食い違ったら、その入力を小さくしていきます。
# 3. **正しいコードが必ず満たす法則を使う。** `sum(im2col(x) * c) == sum(x * col2im(c))`（ノートブック02）、数値微分による勾配（ノートブック03）、「同じ画像を2回ずつ入れれば勾配も2倍」、「全問正解なら正解率は1」などです。
#
# テストに慣れた人は、入力に次のような工夫をします。
#
# | 入力の工夫 | 見つかるバグ |
# |---|---|
# | N、C、F、H、W、フィルターの高さと幅をすべて違う値にする | 軸の順番の間違い、高さと幅の取り違え、正方形でしか動かないコード |
# | N > 1、C > 1、F > 1にする | バッチ・チャンネル・フィルターの混同、1つの値の使い回し、N倍や1/N倍の間違い |
# | ストライドを2以上にして、窓を2つ以上置く | どこかでストライドを忘れている |
# | ストライドで割り切れない大きさ、奇数の大きさにする | `//`のつもりの`/`、端数の処理、余りの行 |
# | パディングを1以上にする | 大きさの計算からのパディングの漏れ、切り落とし忘れ、埋める値の間違い |
# | 負の数を入れる、すべて負の数にする | 紛れ込んだ0、0との最大値 |
# | 窓を重ねる（ストライド < フィルター） | `+=`のつもりの`=` |
# | 1つの窓に同じ値を入れる | 勾配を受け取る相手の間違い |
# | `dout`を乱数にする（すべて1にはしない） | 逆伝播での転置や位置のずれ |
# | フィルターごとに違うバイアスを入れる | バイアスの忘れ、足しすぎ、使い回し |
# | 最後のバッチを半端にして、そこに意味のある値を入れる | 余りの切り捨て |
#
# 出力の和や形状、見た目、「学習が進む」といったことは、証人としてあまり当てになりません。小さなネットワークを92通りに壊してみたところ、71通りは、壊れたままでもテストデータの数字を90%以上読めるようになりました。

# %% [markdown] lang="en"
# ## Warm-up: convict `scrambled`
#
# **Importance ●●●, difficulty ★☆☆, 10 minutes, no points.** Here is another convolution of one image without channels. Like
# `stuck`, it takes `image` (H, W), `filters` (F, FH, FW) and one number `bias`, and gives
# (F, out_h, out_w). On *every* input its result has the right shape and even the right sum. Find one
# on which it is wrong. For the warm-up, the check tells you whether your input separates.
#
# <details><summary>Hint</summary>
#
# <code>rows @ columns</code> has one row for each window and one column for each filter. How many
# filters does it take until the order matters?
# </details>

# %% [markdown] lang="ja"
# ## 準備運動：`scrambled`を有罪にする
#
# **重要度 ●●●／難しさ ★☆☆／目安 10分／配点なし** チャンネルのない画像1枚の畳み込みを、もう1つ見てみましょう。`stuck`と同じく`image`（H, W）、`filters`（F, FH, FW）、1つの値`bias`を受け取り、（F, out_h, out_w）を返します。どんな入力でも、結果の形状は正しく、総和まで正しくなります。それでも結果が間違っている入力を、1つ見つけてください。準備運動では、入力が決め手になっているかどうかを、確認用のセルが教えてくれます。
#
# <details><summary>ヒント</summary>
#
# <code>rows @ columns</code>の行は窓に、列はフィルターに対応します。順番が問題になるのは、フィルターが何枚あるときでしょうか。
# </details>


# %% name="warm_up_suspect" tags=["setup"]
def scrambled(image, filters, bias):
    F, FH, FW = filters.shape
    windows = np.lib.stride_tricks.sliding_window_view(image, (FH, FW))
    out_h, out_w = windows.shape[:2]
    rows = windows.reshape(out_h * out_w, FH * FW)
    columns = filters.reshape(F, FH * FW).T
    return (rows @ columns + bias).reshape(F, out_h, out_w)


# %% name="evidence_warm_up" tags=["stub"]
def evidence_warm_up():
    """An input on which `scrambled` is wrong.

    Returns:
        (image, filters, bias): arrays of shape (H, W) and (F, FH, FW), and a number.

    Example (of the form; on this input `scrambled` is right):
        return np.arange(20.0).reshape(4, 5), np.ones((1, 2, 2)), 3.0
    --- ja ---
    `scrambled`の結果が間違いになる入力。

    戻り値:
        (image, filters, bias)。形状(H, W)と(F, FH, FW)の配列、および数。

    例（書き方の例。この入力では`scrambled`の結果は正しい）:
        return np.arange(20.0).reshape(4, 5), np.ones((1, 2, 2)), 3.0
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)
    return rng.standard_normal((4, 5)), rng.standard_normal((2, 2, 3)), 0.5
    ### END SOLUTION


# %% name="check_warm_up" tags=["check"]
def check_warm_up():
    answer = evidence_warm_up()
    three = isinstance(answer, tuple) and len(answer) == 3
    assert three, tr(
        "Return three things: image, filters, bias.",
        "image、filters、biasの3つを返してください。",
    )
    image, filters, _ = answer
    assert (np.ndim(image), np.ndim(filters)) == (2, 3), tr(
        "image needs two axes (H, W) and filters three (F, FH, FW).",
        "imageは2軸（H, W）、filtersは3軸（F, FH, FW）の配列にしてください。",
    )
    room = np.subtract(image.shape, filters.shape[1:])
    assert room.min() >= 0, tr(
        "The filters are larger than the image: there is no right answer to compare with.",
        "フィルターが画像より大きいので、比べるべき正しい答えがありません。",
    )
    found = disagreement(scrambled, second_opinion, answer)
    totals = scrambled(*answer).sum(), second_opinion(*answer).sum()
    print(
        tr(
            f"The sums are {totals[0]:.6g} and {totals[1]:.6g}: no difference there.",
            f"総和は{totals[0]:.6g}と{totals[1]:.6g}で、違いはありません。",
        )
    )
    assert found, tr(
        "On this input scrambled is right. How many filters, how many windows, which values?",
        "この入力では、scrambledの結果は正しくなります。フィルターの枚数、窓の個数、値を見直してください。",
    )
    print(
        tr(
            f"Convicted: {found}. The graded suspects get no such verdict before grading.",
            f"有罪です（{found}）。採点される容疑者については、採点までこの判定は出ません。",
        )
    )


check_warm_up()

# %% [markdown] lang="en"
# ## No input catches everything, but one comes close
#
# Here are six wrong convolutions, `stuck`, `flipped` and `scrambled` among them, against seven
# inputs. Black means: on this input, this bug shows. Read it line by line (what does this input
# find?) and column by column (what finds this bug?).

# %% [markdown] lang="ja"
# ## 1つで全部は無理でも、かなり捕まえられる入力
#
# `stuck`、`flipped`、`scrambled`を含む6つの間違った畳み込みを、7つの入力で試してみます。黒いマスは、その入力でそのバグが見つかることを表します。横に読めば「この入力で何が見つかるか」、縦に読めば「このバグは何で見つかるか」がわかります。


# %% name="kill_matrix" tags=["demo"]
def square_only(image, filters, bias):
    windows = np.lib.stride_tricks.sliding_window_view(image, filters.shape[1:])
    return np.einsum("yxij,fij->fyx", windows[:, : len(windows)], filters) + bias


def without_bias(image, filters, *_):
    return second_opinion(image, filters, 0)


def never_negative(image, filters, bias):
    return np.maximum(second_opinion(image, filters, bias), 0)


def draw_kill_matrix():
    rng = np.random.default_rng(3)
    counting = np.arange(64.0).reshape(8, 8)
    line = np.arange(9.0).reshape(1, 3, 3)
    inputs = {
        figure_text("3x3, filter of ones", "3×3、フィルターはすべて1"): (
            counting[:3, :3],
            np.ones((1, 3, 3)),
            0,
        ),
        figure_text("8x8, filter of ones", "8×8、フィルターはすべて1"): (
            counting,
            np.ones((1, 3, 3)),
            0,
        ),
        figure_text("8x8, filter 0..8", "8×8、フィルターは0から8"): (counting, line, 0),
        figure_text("8x8, filter 0..8, bias 1", "8×8、0から8、バイアス1"): (counting, line, 1),
        figure_text("8x8, 2 filters, bias 1", "8×8、フィルター2枚、バイアス1"): (
            counting,
            np.arange(18.0).reshape(2, 3, 3),
            1,
        ),
        figure_text("8x8, random", "8×8、乱数"): (
            rng.standard_normal((8, 8)),
            rng.standard_normal((1, 3, 3)),
            0,
        ),
        figure_text("6x9, 2 filters 3x2, random", "6×9、3×2が2枚、乱数"): (
            rng.standard_normal((6, 9)),
            rng.standard_normal((2, 3, 2)),
            0.3,
        ),
    }
    suspects = (stuck, flipped, scrambled, square_only, without_bias, never_negative)
    caught = np.array(
        [
            [bool(disagreement(code, second_opinion, given)) for code in suspects]
            for given in inputs.values()
        ]
    )
    fig, ax = plt.subplots(figsize=(10, 4.4))
    ax.imshow(caught, cmap="Greys", vmin=0, vmax=1.2, aspect="auto")
    ax.set_xticks(range(len(suspects)), [code.__name__ for code in suspects])
    ax.set_yticks(range(len(inputs)), list(inputs))
    ax.set_xticks(np.arange(len(suspects)) + 0.5, minor=True)
    ax.set_yticks(np.arange(len(inputs)) + 0.5, minor=True)
    ax.grid(which="minor", color="0.6")
    ax.tick_params(which="both", length=0)
    ax.set_title(
        figure_text("black: the bug shows on this input", "黒：この入力でバグが現れる"), fontsize=10
    )
    fig.tight_layout()
    plt.show()


draw_kill_matrix()

# %% [markdown] lang="en"
# On the first input all six bugs stay hidden, and it is the kind that one writes first. The last one,
# in which everything is different from everything else, catches all six. For a *general* test you
# would always choose that kind.
#
# To *convict* a suspect you may also choose the opposite: the smallest input on which it goes wrong.
# Small evidence shows the reason as well, and that is what you would put into a bug report.
#
# ## 3. The nine suspects
#
# **The rules for your inputs.** The right code must have an answer for them, so they obey the
# conventions of notebooks 02 to 04:
#
# - return a tuple of **all** arguments in the suspect's order, or `None` for the one that is right;
# - arrays are NumPy arrays of at most 3,000 numbers from −100 to 100;
# - windows and filters fit into the (padded) image, are at most 8 × 8, with a stride of 1 to 8, and
#   padding up to 4; where a `dout` or `col` belongs to an image, it has the shape that goes with it;
# - differences of up to 0.00001 are taken for rounding;
# - for numbers from a random generator, seed it: your function has to return the same every time.
#
# The next two cells write these rules down exactly. You need not read them: the check below each suspect
# uses them, and tells you in words what is wrong with an input.

# %% [markdown] lang="ja"
# いちばん上の入力では、6つのバグがすべて隠れたままです。最初に思い付くのは、たいていこういう入力です。何もかもが互いに違う、いちばん下の入力は、6つすべてを捕まえました。広く調べるためのテストなら、いつでもこの種の入力を選ぶべきです。
#
# 一方、特定の容疑者を有罪にするだけなら、逆の方針もあります。間違いが現れる最小の入力を探すのです。小さな証拠は、間違いの理由まで見せてくれます。バグを報告するときに添えるのも、そういう入力です。
#
# ## 3. 9人の容疑者
#
# **入力のきまり** 正しいコードなら答えが出る入力でなければなりません。そこで、ノートブック02から04の約束に従うものとします。
#
# - 容疑者の引数を、順番どおりにすべて並べたタプルを返します。正しいコードだと判断したら`None`を返します。
# - 配列はNumPy配列で、要素は3,000個以下、値は−100から100までとします。
# - 窓やフィルターは（パディング後の）画像に収まる大きさで、8×8以下とします。ストライドは1から8、パディングは4以下です。画像に対応する`dout`や`col`は、正しい形状にします。
# - 0.00001以下の違いは、丸め誤差とみなします。
# - 乱数を使うときはシードを固定して、関数が毎回同じ値を返すようにします。
#
# 次の2つのセルは、このきまりを正確に書き下したものです。読まなくてもかまいません。各容疑者の後の確認用のセルがこれを使い、入力に問題があれば言葉で知らせます。


# %% name="rules" tags=["setup"] hidden=true
MOST_NUMBERS = 3000
LARGEST = 100


def in_array(name, value, axes):
    if not isinstance(value, np.ndarray):
        return tr(f"{name} must be a NumPy array.", f"{name}はNumPy配列にしてください。")
    if value.ndim != axes.count(",") + 1:
        return tr(
            f"{name} has {value.ndim} axes; it needs the shape ({axes}).",
            f"{name}の軸が{value.ndim}個あります。形状は({axes})です。",
        )
    if value.dtype.kind not in "iuf":
        return tr(f"{name} must hold real numbers.", f"{name}の要素は実数にしてください。")
    if not 1 <= value.size <= MOST_NUMBERS:
        return tr(
            f"{name} has {value.size} numbers; 1 to {MOST_NUMBERS} are allowed.",
            f"{name}の要素が{value.size}個あります。1個以上{MOST_NUMBERS}個以下にしてください。",
        )
    if not np.all((value >= -LARGEST) & (value <= LARGEST)):
        return tr(
            f"The numbers in {name} must be from -{LARGEST} to {LARGEST}.",
            f"{name}の値は-{LARGEST}から{LARGEST}までにしてください。",
        )
    return ""


def in_range(name, value, low, high):
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        return tr(f"{name} must be a whole number (int).", f"{name}は整数（int）にしてください。")
    if not low <= value <= high:
        return tr(
            f"{name} must be from {low} to {high}.", f"{name}は{low}以上{high}以下にしてください。"
        )
    return ""


def in_shape(name, shape, wanted):
    if tuple(shape) == tuple(wanted):
        return ""
    return tr(
        f"{name} has the shape {tuple(shape)}; with the other arguments it has to be {tuple(wanted)}.",
        f"{name}の形状が{tuple(shape)}です。ほかの引数に合わせると{tuple(wanted)}になります。",
    )


def in_image(H, W, high, wide, pad):
    if high <= H + 2 * pad and wide <= W + 2 * pad:
        return ""
    return tr(
        "The window is larger than the padded image.",
        "窓がパディング後の画像より大きくなっています。",
    )


def window_rules(high, wide, stride, pad=0):
    yield in_range(tr("the height of the window", "窓の高さ"), high, 1, 8)
    yield in_range(tr("the width of the window", "窓の幅"), wide, 1, 8)
    yield in_range("stride", stride, 1, 8)
    yield in_range("pad", pad, 0, 4)


def counted(H, W, high, wide, stride, pad=0):
    return [1 + (size + 2 * pad - k) // stride for size, k in ((H, high), (W, wide))]


def flat_size_rules(size, filter_num, filter_size, stride, pad):
    yield in_range("size", size, 1, 200)
    yield in_range("filter_num", filter_num, 1, 100)
    yield in_range("filter_size", filter_size, 1, 200)
    yield in_range("stride", stride, 1, 8)
    yield in_range("pad", pad, 0, 8)
    yield in_image(size, size, filter_size, filter_size, pad)
    if counted(size, size, filter_size, filter_size, stride, pad)[0] < 2:
        yield tr(
            "The convolution must leave at least 2 x 2 numbers for the pooling.",
            "畳み込みの出力は、プーリングできるように2×2以上にしてください。",
        )


def accuracy_rules(scores, t, batch_size):
    yield in_array("scores", scores, "N, classes")
    yield in_array("t", t, "N")
    yield in_shape("t", t.shape, scores.shape[:1])
    if t.dtype.kind == "f" or t.min() < 0 or t.max() >= scores.shape[1]:
        yield tr(
            "t must hold whole numbers (labels) from 0 to the number of classes - 1.",
            "tの要素は、0以上（クラス数 − 1）以下の整数（ラベル）にしてください。",
        )
    yield in_range("batch_size", batch_size, 1, MOST_NUMBERS)


def col2im_rules(col, input_shape, filter_h, filter_w, stride, pad):
    yield in_array("col", col, tr("rows, columns", "行, 列"))
    if not isinstance(input_shape, (tuple, list)) or len(input_shape) != 4:
        yield tr("input_shape must be (N, C, H, W).", "input_shapeは(N, C, H, W)にしてください。")
    for axis, size in zip("NCHW", input_shape, strict=True):
        yield in_range(tr(f"{axis} of input_shape", f"input_shapeの{axis}"), size, 1, 100)
    N, C, H, W = map(int, input_shape)
    if N * C * H * W > MOST_NUMBERS:
        yield tr(
            f"An image batch of input_shape has more than {MOST_NUMBERS} numbers.",
            f"input_shapeの画像の要素が{MOST_NUMBERS}個を超えています。",
        )
    yield from window_rules(filter_h, filter_w, stride, pad)
    yield in_image(H, W, filter_h, filter_w, pad)
    out_h, out_w = counted(H, W, filter_h, filter_w, stride, pad)
    yield in_shape("col", col.shape, (N * out_h * out_w, C * filter_h * filter_w))


def pooling_rules(x, pool_h, pool_w, stride, pad):
    yield in_array("x", x, "N, C, H, W")
    yield from window_rules(pool_h, pool_w, stride, pad)
    if pad > min(pool_h, pool_w) // 2:
        yield tr(
            "pad may be at most half of the window (notebook 04).",
            "padは窓の半分以下にしてください（ノートブック04）。",
        )
    yield in_image(*x.shape[2:], pool_h, pool_w, pad)


def pooling_backward_rules(x, dout, pool_h, pool_w, stride):
    yield from pooling_rules(x, pool_h, pool_w, stride, 0)
    yield in_array("dout", dout, "N, C, out_h, out_w")
    yield in_shape(
        "dout", dout.shape, (*x.shape[:2], *counted(*x.shape[2:], pool_h, pool_w, stride))
    )


def tiles_rules(x, dout, pool):
    yield in_array("x", x, "N, C, H, W")
    yield in_range("pool", pool, 1, 8)
    if x.shape[2] % pool or x.shape[3] % pool:
        yield tr("pool must divide H and W.", "HとWはpoolで割り切れる大きさにしてください。")
    yield from pooling_backward_rules(x, dout, pool, pool, pool)


def convolution_rules(x, W, dout, stride, pad):
    yield in_array("x", x, "N, C, H, W")
    yield in_array("W", W, "F, C, FH, FW")
    if W.shape[1] != x.shape[1]:
        yield tr(
            "x and W must have the same number of channels C.",
            "xとWのチャンネル数Cを同じにしてください。",
        )
    yield from window_rules(*W.shape[2:], stride, pad)
    yield in_image(*x.shape[2:], *W.shape[2:], pad)
    yield in_array("dout", dout, "N, F, out_h, out_w")
    out = counted(*x.shape[2:], *W.shape[2:], stride, pad)
    yield in_shape("dout", dout.shape, (len(x), len(W), *out))


RULES = {
    "a": ("size, filter_num, filter_size, stride, pad", flat_size_rules),
    "b": ("scores, t, batch_size", accuracy_rules),
    "c": ("col, input_shape, filter_h, filter_w, stride, pad", col2im_rules),
    "d": ("col, input_shape, filter_h, filter_w, stride, pad", col2im_rules),
    "e": ("x, pool_h, pool_w, stride, pad", pooling_rules),
    "f": ("x, pool_h, pool_w, stride, pad", pooling_rules),
    "g": ("x, dout, pool_h, pool_w, stride", pooling_backward_rules),
    "h": ("x, dout, pool", tiles_rules),
    "i": ("x, W, dout, stride, pad", convolution_rules),
}


def misfit(letter, answer):
    """What is wrong with the form of an input, in words; an empty text if nothing.
    --- ja ---
    入力の形式の問題点を言葉で返す。問題がなければ空の文字列。
    """
    names, rules = RULES[letter]
    count = names.count(",") + 1
    if not isinstance(answer, (tuple, list)) or len(answer) != count:
        return tr(
            f"Return a tuple of {count}: ({names}).",
            f"{count}個の値のタプル({names})を返してください。",
        )
    return next((problem for problem in rules(*answer) if problem), "")


# %% name="form" tags=["setup"] hidden=true
def as_lists(answer):
    return [item.tolist() if isinstance(item, np.ndarray) else item for item in answer]


def check_form(letter, evidence):
    answer, again = evidence(), evidence()
    if answer is None:
        print(
            tr(
                f"None: you say that suspect {letter.upper()} is right. "
                "(If you meant to give an input: is there a return?)",
                f"Noneなので、容疑者{letter.upper()}は正しいという判定です"
                "（入力を返したつもりなら、returnがあるか確かめてください）。",
            )
        )
        return
    problem = misfit(letter, answer)
    assert not problem, problem
    assert as_lists(answer) == as_lists(again), tr(
        "Two calls gave two different inputs. Seed the random generator inside the function.",
        "2回呼び出すと違う入力になります。関数の中で乱数のシードを固定してください。",
    )
    print(
        tr(
            f"The form of this input for suspect {letter.upper()} is fine. "
            "Whether it separates is for you to find out, and for grading to say.",
            f"容疑者{letter.upper()}への入力の形式は問題ありません。"
            "決め手になっているかどうかは、自分で確かめてください。判定は採点で出ます。",
        )
    )


# %% [markdown] lang="en"
# ### Call in a witness: your own code
#
# If you like, paste your own work into the next cells, as a second opinion. If it passed in grading,
# it is a strong witness. (If not, you may find that *it* is the suspect.)

# %% [markdown] lang="ja"
# ### 証人を呼ぶ：自分のコード
#
# 次のセルに自分のコードを貼り付けて、セカンドオピニオンとして使ってもかまいません。採点に通ったコードなら、頼もしい証人になります（通っていなければ、そちらのほうが容疑者かもしれません）。

# %% name="carry_02" tags=["carry"] parts=["im2col", "col2im"] source="02_im2col"
# en: If you like, paste your im2col and col2im from notebook 02 here.
# ja: よければ、ノートブック02で書いたim2colとcol2imをここに貼り付けてください。

# %% name="carry_03" tags=["carry"] parts=["Convolution.forward", "Convolution.backward"] source="03_convolution"
# en: If you like, paste your Convolution from notebook 03 here.
# ja: よければ、ノートブック03で書いたConvolutionをここに貼り付けてください。

# %% name="carry_04" tags=["carry"] parts=["Pooling.forward", "Pooling.backward"] source="04_pooling"
# en: If you like, paste your Pooling from notebook 04 here.
# ja: よければ、ノートブック04で書いたPoolingをここに貼り付けてください。

# %% [markdown] lang="en"
# A layer becomes a witness once it takes the suspect's arguments, as in the next cell. Then
# `disagreement(suspect_e, my_pooling, (x, 2, 2, 2, 0))` says in words how the two differ on an input,
# and an empty text means that they agree. You can let it try a thousand random inputs. But think
# first: which *kind* of input has not been tried yet?

# %% [markdown] lang="ja"
# 層を証人にするには、次のセルのように、容疑者と同じ引数を受け取る関数にします。すると`disagreement(suspect_e, my_pooling, (x, 2, 2, 2, 0))`が、その入力での2つの結果の違いを言葉で返します。空の文字列なら、結果は一致しています。乱数の入力を千通り試させることもできます。でもその前に、まだ試していないのはどんな種類の入力かを考えてみてください。


# %% name="witness" tags=["setup"]
# en: Needs the Pooling that you paste above. Write others in the same way.
# ja: 上に貼り付けたPoolingを使います。ほかの証人も同じように書けます。
def my_pooling(x, pool_h, pool_w, stride, pad):
    return Pooling(pool_h, pool_w, stride, pad).forward(x)


# %% [markdown] lang="en"
# ### Suspect A: how many numbers?
#
# **Importance ●●○, difficulty ★☆☆, 10 minutes, 0.5 bonus points.** A network needs to know how many numbers reach its first fully connected layer, for
# each image. Square images of `size` × `size` go through a convolution of `filter_num` filters of
# `filter_size` × `filter_size`, with `stride` and `pad`, and then through a max pooling of 2 × 2 with
# stride 2 (only whole windows count in both). For MNIST with 30 filters of 5 × 5 that is
# 30 · 12 · 12 = 4320.
#
# <details><summary>Hint</summary>
#
# Follow <code>conv</code> for a few filters. Is it always a whole number? An even one? And does
# <code>int</code> come in time?
# </details>

# %% [markdown] lang="ja"
# ### 容疑者A：値は何個か
#
# **重要度 ●●○／難しさ ★☆☆／目安 10分／ボーナス0.5点** 最初の全結合層を作るには、画像1枚あたり何個の値が届くのかを知る必要があります。`size`×`size`の正方形の画像に、まず`filter_size`×`filter_size`のフィルター`filter_num`枚による畳み込み（`stride`、`pad`）を、次に2×2、ストライド2の最大プーリングを行います（どちらも、はみ出す窓は数えません）。MNISTで5×5のフィルターが30枚なら、30·12·12 = 4,320個です。
#
# <details><summary>ヒント</summary>
#
# フィルターの大きさをいくつか変えて、<code>conv</code>の値を追ってみましょう。いつも整数でしょうか。いつも偶数でしょうか。<code>int</code>は間に合っているでしょうか。
# </details>


# %% name="suspect_a" tags=["setup"]
def suspect_a(size, filter_num, filter_size, stride, pad):
    conv = (size - filter_size + 2 * pad) / stride + 1
    pooled = conv / 2
    return int(filter_num * pooled * pooled)


# %% name="evidence_a" tags=["stub"]
def evidence_a():
    """An input on which suspect_a goes wrong, or None if there is none.

    Returns:
        (size, filter_num, filter_size, stride, pad), five whole numbers; or None.

    Example (of the form; it convicts nobody):
        return 28, 30, 5, 1, 0
    --- ja ---
    suspect_aの結果が間違いになる入力。そのような入力がなければNone。

    戻り値:
        (size, filter_num, filter_size, stride, pad)。5つの整数。またはNone。

    例（書き方の例。証拠にはならない）:
        return 28, 30, 5, 1, 0
    """
    ### BEGIN SOLUTION
    # A map of 25 x 25: 12 whole windows of 2, and not 12.5.
    return 28, 30, 4, 1, 0
    ### END SOLUTION


# %% name="check_a" tags=["check"]
check_form("a", evidence_a)

# %% [markdown] lang="en"
# ### Suspect B: accuracy
#
# **Importance ●●○, difficulty ★★☆, 10 minutes, 1 bonus point.** The share of images whose largest score is that of the right label, judged in
# batches of `batch_size` so that large sets do not fill the memory. `scores` has the shape
# (N, classes), `t` holds the N labels.
#
# <details><summary>Hint</summary>
#
# You know this story from section 1. But two wrongs can hide each other: an image that is left out,
# and would have been counted as wrong anyway, changes nothing. What do the left-out images have to
# look like?
# </details>

# %% [markdown] lang="ja"
# ### 容疑者B：正解率
#
# **重要度 ●●○／難しさ ★★☆／目安 10分／ボーナス1点** スコアが最大のクラスが正解ラベルと一致した画像の割合を求めます。データが多くてもメモリーが足りるように、`batch_size`枚ずつ判定します。`scores`の形状は（N, クラス数）、`t`はN個の正解ラベルです。
#
# <details><summary>ヒント</summary>
#
# 1節に出てきた話です。ただし、2つの間違いが打ち消し合うこともあります。捨てられた画像が、もともと不正解だったとしたら、結果は変わりません。捨てられる画像は、どうなっていればよいでしょうか。
# </details>


# %% name="suspect_b" tags=["setup"]
def suspect_b(scores, t, batch_size):
    hits = 0
    for batch in range(int(len(scores) / batch_size)):
        begin, end = batch * batch_size, (batch + 1) * batch_size
        guesses = np.argmax(scores[begin:end], axis=1)
        hits += np.sum(guesses == t[begin:end])
    return hits / len(scores)


# %% name="evidence_b" tags=["stub"]
def evidence_b():
    """An input on which suspect_b goes wrong, or None if there is none.

    Returns:
        (scores, t, batch_size): arrays of shape (N, classes) and (N,), t of whole numbers, and a
        whole number; or None.

    Example (of the form; it convicts nobody):
        return np.array([[0.2, 0.8], [0.9, 0.1]]), np.array([1, 1]), 1
    --- ja ---
    suspect_bの結果が間違いになる入力。そのような入力がなければNone。

    戻り値:
        (scores, t, batch_size)。形状(N, クラス数)の配列、形状(N,)の整数の配列、整数。またはNone。

    例（書き方の例。証拠にはならない）:
        return np.array([[0.2, 0.8], [0.9, 0.1]]), np.array([1, 1]), 1
    """
    ### BEGIN SOLUTION
    # A perfect network, three images in batches of two: the third counts too.
    return np.eye(3), np.arange(3), 2
    ### END SOLUTION


# %% name="check_b" tags=["check"]
check_form("b", evidence_b)

# %% [markdown] lang="en"
# ### Suspects C and D: `col2im`, twice
#
# **Importance ●●●, difficulty ★★☆ and ★★★, 10 and 15 minutes, 0.5 and 1 bonus points.** Both add the rows of a matrix back to the windows from which
# `im2col` takes them, as in notebook 02. Both were written by people who were not quite sure of
# themselves: you will find lines that you would have written differently. The question is whether it
# matters.
#
# <details><summary>Hint</summary>
#
# List every line that looks odd. For each, invent an input on which it would have to make a
# difference, and <em>work out</em> whether it does. You can also let the law of notebook 02 decide:
# <code>sum(im2col(x) * c) == sum(x * col2im(c))</code> for random <code>x</code> and <code>c</code>,
# many shapes, strides and paddings.
# </details>

# %% [markdown] lang="ja"
# ### 容疑者CとD：2つの`col2im`
#
# **重要度 ●●●／難しさ ★★☆と★★★／目安 10分と15分／ボーナス0.5点と1点** どちらもノートブック02と同じく、行列の各行を、`im2col`が切り出した元の窓の位置に足し込みます。どちらも、書いた人が自信を持てなかったようで、自分ならこうは書かないという行が見つかるはずです。問題は、それが結果に響くかどうかです。
#
# <details><summary>ヒント</summary>
#
# おかしいと思う行をすべて書き出し、それぞれについて、違いが出るはずの入力を考えます。そして、本当に違いが出るかどうかを<strong>確かめて</strong>ください。ノートブック02の法則に判定させることもできます。いろいろな形状、ストライド、パディングで、乱数の<code>x</code>と<code>c</code>について<code>sum(im2col(x) * c) == sum(x * col2im(c))</code>を調べるのです。
# </details>


# %% name="suspects_c_and_d" tags=["setup"]
def suspect_c(col, input_shape, filter_h, filter_w, stride, pad):
    N, C, H, W = input_shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (W + 2 * pad - filter_w) // stride + 1
    pieces = col.reshape(N, out_h, out_w, C, filter_h, filter_w)
    pieces = pieces.transpose(0, 3, 4, 5, 1, 2)
    canvas = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for fy in range(filter_h):
        for fx in range(filter_w):
            canvas[:, :, fy : fy + out_h, fx : fx + out_w] += pieces[:, :, fy, fx]
    return canvas[:, :, pad : pad + H, pad : pad + W]


def suspect_d(col, input_shape, filter_h, filter_w, stride, pad):
    N, C, H, W = input_shape
    out_h = 1 + int((H + 2 * pad - filter_h) / stride)
    out_w = 1 + int((W + 2 * pad - filter_w) / stride)
    pieces = col.reshape(N, out_h, out_w, C, filter_h, filter_w)
    canvas = np.zeros((N, C, H + 2 * pad + stride - 1, W + 2 * pad + stride - 1))
    for fx in range(filter_w):
        right = fx + stride * out_w
        for fy in range(filter_h):
            bottom = fy + stride * out_h
            piece = pieces[:, :, :, :, fy, fx].transpose(0, 3, 1, 2)
            canvas[:, :, fy:bottom:stride, fx:right:stride] += piece
    return canvas[:, :, pad : pad + H, pad : pad + W]


# %% name="evidence_c" tags=["stub"]
def evidence_c():
    """An input on which suspect_c goes wrong, or None if there is none.

    Returns:
        (col, input_shape, filter_h, filter_w, stride, pad): an array of shape
        (N * out_h * out_w, C * filter_h * filter_w), the shape (N, C, H, W) of the images, and four
        whole numbers; or None.

    Example (of the form; it convicts nobody):
        return np.ones((4, 9)), (1, 1, 4, 4), 3, 3, 1, 0
    --- ja ---
    suspect_cの結果が間違いになる入力。そのような入力がなければNone。

    戻り値:
        (col, input_shape, filter_h, filter_w, stride, pad)。形状
        (N * out_h * out_w, C * filter_h * filter_w)の配列、画像の形状(N, C, H, W)、4つの整数。
        またはNone。

    例（書き方の例。証拠にはならない）:
        return np.ones((4, 9)), (1, 1, 4, 4), 3, 3, 1, 0
    """
    ### BEGIN SOLUTION
    # Two windows, two pixels apart.
    return np.ones((2, 1)), (1, 1, 1, 3), 1, 1, 2, 0
    ### END SOLUTION


# %% name="check_c" tags=["check"]
check_form("c", evidence_c)


# %% name="evidence_d" tags=["stub"]
def evidence_d():
    """An input on which suspect_d goes wrong, or None if there is none.

    Returns:
        (col, input_shape, filter_h, filter_w, stride, pad), as for suspect C; or None.

    Example (of the form; it convicts nobody):
        return np.ones((4, 9)), (1, 1, 4, 4), 3, 3, 1, 0
    --- ja ---
    suspect_dの結果が間違いになる入力。そのような入力がなければNone。

    戻り値:
        容疑者Cと同じ(col, input_shape, filter_h, filter_w, stride, pad)。またはNone。

    例（書き方の例。証拠にはならない）:
        return np.ones((4, 9)), (1, 1, 4, 4), 3, 3, 1, 0
    """
    ### BEGIN SOLUTION
    # The margin of stride - 1 is cut off again, and int() rounds like // where nothing is negative.
    return None  # noqa: RET501
    ### END SOLUTION


# %% name="check_d" tags=["check"]
check_form("d", evidence_d)

# %% [markdown] lang="en"
# ### Suspects E and F: max pooling, forward, twice
#
# **Importance ●●○, difficulty ★★☆, 10 minutes each, 0.5 and 1 bonus points.** Both keep the largest number of each window, as `Pooling.forward` in notebook
# 04, with the stride and padding given: padding never wins. The helper `pooling_windows` lays all
# windows of all maps out as rows. It is right, and not a suspect.
#
# <details><summary>Hint</summary>
#
# With <code>pad = 0</code> both are perfect. So the padding has to come into play: once in the size
# of the result, once in its values. And beware: a difference in a formula may vanish when it is
# rounded down.
# </details>

# %% [markdown] lang="ja"
# ### 容疑者EとF：2つの最大プーリング（順伝播）
#
# **重要度 ●●○／難しさ ★★☆／目安 各10分／ボーナス0.5点と1点** どちらも、ノートブック04の`Pooling.forward`と同じく各窓の最大値を取り出します。ストライドとパディングは引数で与え、パディングが最大値に選ばれることはありません。補助関数`pooling_windows`は、すべてのマップのすべての窓を行として並べます。これは正しいコードで、容疑者ではありません。
#
# <details><summary>ヒント</summary>
#
# <code>pad = 0</code>なら、どちらも完璧です。したがって、パディングが関わる入力が必要です。一方は結果の大きさに、もう一方は結果の値に現れます。ただし、式に違いがあっても、切り捨てで消えてしまうことがあります。
# </details>


# %% name="suspects_e_and_f" tags=["setup"]
def pooling_windows(x, pool_h, pool_w, stride, pad, border):
    sides = ((0, 0), (0, 0), (pad, pad), (pad, pad))
    framed = np.pad(x.astype(float), sides, constant_values=border)
    windows = np.lib.stride_tricks.sliding_window_view(framed, (pool_h, pool_w), axis=(2, 3))
    return windows[:, :, ::stride, ::stride].reshape(-1, pool_h * pool_w)


def suspect_e(x, pool_h, pool_w, stride, pad):
    N, C, H, W = x.shape
    out_h = 1 + (H - pool_h) // stride
    out_w = 1 + (W - pool_w) // stride
    rows = pooling_windows(x, pool_h, pool_w, stride, pad, border=-np.inf)
    return rows.max(axis=1).reshape(N, C, out_h, out_w)


def suspect_f(x, pool_h, pool_w, stride, pad):
    N, C, H, W = x.shape
    framed = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    framed[:, :, pad : pad + H, pad : pad + W] = x
    tops = range(0, H + 2 * pad - pool_h + 1, stride)
    lefts = range(0, W + 2 * pad - pool_w + 1, stride)
    out = np.zeros((N, C, len(tops), len(lefts)))
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            window = framed[:, :, top : top + pool_h, left : left + pool_w]
            out[:, :, row, column] = window.max(axis=(2, 3))
    return out


# %% name="evidence_e" tags=["stub"]
def evidence_e():
    """An input on which suspect_e goes wrong, or None if there is none.

    Returns:
        (x, pool_h, pool_w, stride, pad): an array of shape (N, C, H, W) and four whole numbers; or
        None.

    Example (of the form; it convicts nobody):
        return np.arange(16.0).reshape(1, 1, 4, 4), 2, 2, 2, 0
    --- ja ---
    suspect_eの結果が間違いになる入力。そのような入力がなければNone。

    戻り値:
        (x, pool_h, pool_w, stride, pad)。形状(N, C, H, W)の配列と4つの整数。またはNone。

    例（書き方の例。証拠にはならない）:
        return np.arange(16.0).reshape(1, 1, 4, 4), 2, 2, 2, 0
    """
    ### BEGIN SOLUTION
    return np.ones((1, 1, 4, 4)), 2, 2, 2, 1
    ### END SOLUTION


# %% name="check_e" tags=["check"]
check_form("e", evidence_e)


# %% name="evidence_f" tags=["stub"]
def evidence_f():
    """An input on which suspect_f goes wrong, or None if there is none.

    Returns:
        (x, pool_h, pool_w, stride, pad), as for suspect E; or None.

    Example (of the form; it convicts nobody):
        return np.arange(16.0).reshape(1, 1, 4, 4), 2, 2, 2, 0
    --- ja ---
    suspect_fの結果が間違いになる入力。そのような入力がなければNone。

    戻り値:
        容疑者Eと同じ(x, pool_h, pool_w, stride, pad)。またはNone。

    例（書き方の例。証拠にはならない）:
        return np.arange(16.0).reshape(1, 1, 4, 4), 2, 2, 2, 0
    """
    ### BEGIN SOLUTION
    return -np.ones((1, 1, 2, 2)), 2, 2, 2, 1
    ### END SOLUTION


# %% name="check_f" tags=["check"]
check_form("f", evidence_f)

# %% [markdown] lang="en"
# ### Suspects G and H: max pooling, backward, twice
#
# **Importance ●●○, difficulty ★★☆, 10 minutes each, 1 and 0.5 bonus points.** Both take the maps `x` and the gradient `dout` of the pooled maps, and return
# the gradient `dx` of the maps, as `Pooling.backward` in notebook 04: each number of `dout` goes to
# the pixel that was the largest of its window, the first of them if there are several. There is no
# padding. Suspect H knows only windows of `pool` × `pool` side by side (stride `pool`), and maps that
# are covered by them exactly.
#
# <details><summary>Hint</summary>
#
# Take two or four windows and a <code>dout</code> of different numbers, 1, 2, 3, 4, and follow each
# number home. How much may arrive, and where? With <code>np.arange</code> as the map, every window
# has one winner, always in the same corner: that is friendly.
# </details>

# %% [markdown] lang="ja"
# ### 容疑者GとH：2つの最大プーリング（逆伝播）
#
# **重要度 ●●○／難しさ ★★☆／目安 各10分／ボーナス1点と0.5点** どちらも、マップ`x`と、プーリング後のマップの勾配`dout`を受け取り、元のマップの勾配`dx`を返します。ノートブック04の`Pooling.backward`と同じく、`dout`のそれぞれの値を、窓の中で最大だった画素に戻します。最大の画素が複数あれば、最初のものに戻します。パディングはありません。容疑者Hが扱うのは、`pool`×`pool`の窓が隙間なく並び（ストライドは`pool`）、余りが出ないマップだけです。
#
# <details><summary>ヒント</summary>
#
# 窓を2つか4つにして、<code>dout</code>を1、2、3、4のように違う値にし、それぞれの値がどこへ戻るかを追ってみましょう。戻る量は合計でいくらで、場所はどこでしょうか。<code>np.arange</code>のマップでは、どの窓でも最大値は1つで、いつも同じ隅にあります。これは都合のよい入力です。
# </details>


# %% name="suspects_g_and_h" tags=["setup"]
def suspect_g(x, dout, pool_h, pool_w, stride):
    dx = np.zeros(x.shape)
    for row in range(dout.shape[2]):
        for column in range(dout.shape[3]):
            rows = slice(row * stride, row * stride + pool_h)
            columns = slice(column * stride, column * stride + pool_w)
            window = x[:, :, rows, columns]
            winner = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, rows, columns] += winner * dout[:, :, row, column, None, None]
    return dx


def suspect_h(x, dout, pool):
    N, C, H, W = x.shape
    dx = np.zeros(x.shape)
    for n, c, row, column in np.ndindex(N, C, H // pool, W // pool):
        top, left = row * pool, column * pool
        window = x[n, c, top : top + pool, left : left + pool]
        y, across = divmod(int(np.argmax(window)), pool)
        dx[n, c, left + y, top + across] = dout[n, c, row, column]
    return dx


# %% name="evidence_g" tags=["stub"]
def evidence_g():
    """An input on which suspect_g goes wrong, or None if there is none.

    Returns:
        (x, dout, pool_h, pool_w, stride): arrays of shape (N, C, H, W) and (N, C, out_h, out_w),
        and three whole numbers; or None.

    Example (of the form; it convicts nobody):
        return np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2)), 2, 2, 2
    --- ja ---
    suspect_gの結果が間違いになる入力。そのような入力がなければNone。

    戻り値:
        (x, dout, pool_h, pool_w, stride)。形状(N, C, H, W)と(N, C, out_h, out_w)の配列、
        3つの整数。またはNone。

    例（書き方の例。証拠にはならない）:
        return np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2)), 2, 2, 2
    """
    ### BEGIN SOLUTION
    # One window, two equal numbers: the gradient of 1 may arrive once, not twice.
    return np.zeros((1, 1, 1, 2)), np.ones((1, 1, 1, 1)), 1, 2, 1
    ### END SOLUTION


# %% name="check_g" tags=["check"]
check_form("g", evidence_g)


# %% name="evidence_h" tags=["stub"]
def evidence_h():
    """An input on which suspect_h goes wrong, or None if there is none.

    Returns:
        (x, dout, pool): arrays of shape (N, C, H, W) and (N, C, H // pool, W // pool), and a whole
        number that divides H and W; or None.

    Example (of the form; it convicts nobody):
        return np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2)), 2
    --- ja ---
    suspect_hの結果が間違いになる入力。そのような入力がなければNone。

    戻り値:
        (x, dout, pool)。形状(N, C, H, W)と(N, C, H // pool, W // pool)の配列、
        HとWを割り切る整数。またはNone。

    例（書き方の例。証拠にはならない）:
        return np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2)), 2
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)
    return rng.standard_normal((1, 1, 4, 4)), rng.standard_normal((1, 1, 2, 2)), 2
    ### END SOLUTION


# %% name="check_h" tags=["check"]
check_form("h", evidence_h)

# %% [markdown] lang="en"
# ### Suspect I: convolution, backward
#
# **Importance ●●●, difficulty ★★★, 15 minutes, 1 bonus point.** Given the images `x`, the filters `W` and the gradient `dout` of the output, it
# returns three gradients `(dx, dW, db)`: what `Convolution.backward` of notebook 03 returns and
# stores. It was checked against a numerical gradient, on one image, with several strides and paddings,
# and passed.
#
# <details><summary>Hint</summary>
#
# "On one image." Read the conventions of notebook 03 again: who divides by the size of the batch, and
# how often?
# </details>

# %% [markdown] lang="ja"
# ### 容疑者I：畳み込みの逆伝播
#
# **重要度 ●●●／難しさ ★★★／目安 15分／ボーナス1点** 画像`x`、フィルター`W`、出力の勾配`dout`を受け取り、3つの勾配`(dx, dW, db)`を返します。ノートブック03の`Convolution.backward`が返したり保存したりするものです。画像1枚を使い、ストライドとパディングをいろいろ変えて数値微分と比べ、合格しています。
#
# <details><summary>ヒント</summary>
#
# 「画像1枚」で確かめた、とあります。ノートブック03の約束を読み直してみましょう。バッチの大きさで割るのは誰の役目で、何回割るのでしょうか。
# </details>


# %% name="suspect_i" tags=["setup"]
def suspect_i(x, W, dout, stride, pad):
    N, _, height, width = x.shape
    _, _, out_h, out_w = dout.shape
    sides = ((0, 0), (0, 0), (pad, pad), (pad, pad))
    framed = np.pad(x, sides)
    dframed = np.zeros(framed.shape)
    dW = np.zeros(W.shape)
    for fy, fx in np.ndindex(W.shape[2:]):
        rows = slice(fy, fy + stride * out_h, stride)
        columns = slice(fx, fx + stride * out_w, stride)
        seen = framed[:, :, rows, columns]
        dW[:, :, fy, fx] = np.einsum("nfyx,ncyx->fc", dout, seen) / N
        dframed[:, :, rows, columns] += np.einsum("nfyx,fc->ncyx", dout, W[:, :, fy, fx])
    db = dout.sum(axis=(2, 3)).mean(axis=0)
    return dframed[:, :, pad : pad + height, pad : pad + width], dW, db


# %% name="evidence_i" tags=["stub"]
def evidence_i():
    """An input on which suspect_i goes wrong, or None if there is none.

    Returns:
        (x, W, dout, stride, pad): arrays of shape (N, C, H, W), (F, C, FH, FW) and
        (N, F, out_h, out_w), and two whole numbers; or None.

    Example (of the form; it convicts nobody):
        return np.ones((1, 3, 4, 5)), np.ones((2, 3, 3, 3)), np.ones((1, 2, 2, 3)), 1, 0
    --- ja ---
    suspect_iの結果が間違いになる入力。そのような入力がなければNone。

    戻り値:
        (x, W, dout, stride, pad)。形状(N, C, H, W)、(F, C, FH, FW)、(N, F, out_h, out_w)の配列、
        2つの整数。またはNone。

    例（書き方の例。証拠にはならない）:
        return np.ones((1, 3, 4, 5)), np.ones((2, 3, 3, 3)), np.ones((1, 2, 2, 3)), 1, 0
    """
    ### BEGIN SOLUTION
    # Two images of one pixel: the bias moves both outputs.
    ones = np.ones((2, 1, 1, 1))
    return ones, np.ones((1, 1, 1, 1)), ones, 1, 0
    ### END SOLUTION


# %% name="check_i" tags=["check"]
check_form("i", evidence_i)

# %% [markdown] lang="en"
# ## Questions to think about
#
# Nobody collects your answers. Think first, then open the answers.
#
# 1. You have convicted a suspect with a random input of 500 numbers. How would you find a smaller one?
#    <details><summary>Answer</summary>Take something away, one thing at a time: an image, a channel, a
#    row, the padding. If it is still wrong, keep the smaller input; if not, put it back. When nothing
#    can be taken away any more, the input shows the reason. Tools for random testing do exactly that,
#    and call it shrinking.</details>
# 2. One of the suspects survives a thousand random inputs. Is it proven right?
#    <details><summary>Answer</summary>No: tests show bugs, never their absence. The more <em>kinds</em> of
#    inputs, the more you may believe. With code as short as this you can go further and prove it: list
#    the lines that look odd, and show for each that what it does differently never reaches the
#    result, because it gives the same for all allowed inputs, or is undone later.</details>
# 3. A friend compares <code>out.sum()</code> with a known value, because that is only one number. Which
#    kind of wrong code would pass?
#    <details><summary>Answer</summary>Everything that only moves numbers about, as
#    <code>scrambled</code> does. Go through the suspects that you have convicted: which of them could
#    hide behind a sum, at least on some inputs?</details>
# 4. Why is <code>dout = np.ones(...)</code> a bad idea in a test of a backward pass?
#    <details><summary>Answer</summary>All numbers are equal, so it does not matter which of them
#    arrives where. Everything transposed, scrambled or swapped stays hidden.</details>
# 5. The right code and the wrong code were tested with the same friendly test, and both passed. What
#    did the test prove?
#    <details><summary>Answer</summary>Nothing that tells the two apart. A test is worth as much as the
#    wrong code that it would have caught. You can measure that: break your code on purpose, one line
#    at a time, and count how often the tests notice. This is called mutation testing.</details>
#
# ## Now you can
#
# - [ ] say of a test which wrong code it would let pass
# - [ ] find the smallest input on which a suspicious line matters
# - [ ] defend code that only looks wrong
#
# <details><summary>1. One image of 4 × 4, one channel, one filter, stride 1, all numbers 1. Name four kinds of bugs that this input
# cannot show.</summary>Axes swapped, height for width, batch or channels mixed up, stride or remainder forgotten, sums for means over the
# batch, values in the wrong place …</details>
#
# ## Further reading
#
# - D. MacIver, [What is property-based testing?](https://hypothesis.works/articles/what-is-property-based-testing/) and the tool
#   [Hypothesis](https://hypothesis.readthedocs.io/), which shrinks inputs by itself. Read these first.
# - Stanford CS231n, [gradient checks](https://cs231n.github.io/neural-networks-3/#gradcheck), with what can go wrong in them.
# - A. Karpathy, [A recipe for training neural networks](http://karpathy.github.io/2019/04/25/recipe/): networks fail silently.
#
# That was the last notebook. If you have come this far: whenever you find a bug in your own code,
# write the input that shows it into a test before you fix it. It will never come back unnoticed.

# %% [markdown] lang="ja"
# ## 考えてみよう
#
# 解答を提出する必要はありません。まず自分で考えてから、答えを開いてください。
#
# 1. 500個の乱数からなる入力で、容疑者を有罪にできました。もっと小さな入力を見つけるには、どうすればよいでしょうか。
#    <details><summary>答え</summary>画像、チャンネル、行、パディングなどを、1つずつ取り除いてみます。それでも間違いが現れるなら小さいほうを採用し、現れなくなったら元に戻します。もう何も取り除けなくなったとき、その入力には間違いの理由が現れています。乱数によるテストの道具は、まさにこれを自動で行います（縮小、shrinking）。</details>
# 2. ある容疑者は、乱数の入力を千通り試しても間違いませんでした。これで正しいと証明されたのでしょうか。
#    <details><summary>答え</summary>いいえ。テストでわかるのはバグがあることだけで、ないことは示せません。試した入力の<strong>種類</strong>が多いほど、信用してよくなるだけです。ただし、これくらい短いコードなら、証明することもできます。おかしいと思う行をすべて書き出し、それぞれについて、許される入力ならどれでも同じ値になる、または後で打ち消されるので、違いが結果まで届くことはない、と示せばよいのです。</details>
# 3. 友人は、値が1つで済むからと、<code>out.sum()</code>だけを正しい値と比べています。どんな間違ったコードなら、これに合格してしまうでしょうか。
#    <details><summary>答え</summary><code>scrambled</code>のように、値の場所を動かすだけのコードは、すべて合格します。有罪にした容疑者を見直してみましょう。少なくとも一部の入力で、和の陰に隠れられるのは誰でしょうか。</details>
# 4. 逆伝播のテストで<code>dout = np.ones(...)</code>とするのは、なぜよくないのでしょうか。
#    <details><summary>答え</summary>すべての値が等しいので、どの値がどこに届いても区別できません。転置、並べ替え、取り違えが、すべて隠れてしまいます。</details>
# 5. 正しいコードと間違ったコードに、同じ都合のよいテストを行ったところ、両方とも合格しました。このテストは何を示したのでしょうか。
#    <details><summary>答え</summary>2つのコードを区別することは、何も示していません。テストの価値は、捕まえられる間違いで決まります。これは測ることもできます。コードをわざと1行ずつ壊し、テストが何回気付くかを数えるのです。これをミューテーションテストといいます。</details>
#
# ## できるようになったこと
#
# - [ ] あるテストについて、どんな間違ったコードなら通ってしまうかを説明できる
# - [ ] 怪しい行の違いが現れる最小の入力を見つけられる
# - [ ] 間違っているように見えるだけのコードを弁護できる
#
# <details><summary>1. 画像1枚、1チャンネル、フィルター1枚、4×4、ストライド1、値はすべて1。この入力では見つからないバグの種類を4つ挙げてください。</summary>軸の入れ替え、高さと幅の取り違え、バッチやチャンネルの混同、ストライドや余りの忘れ、バッチについての和と平均の取り違え、値の位置の間違いなどです。</details>
#
# ## さらに学ぶには
#
# - D. MacIver: [What is property-based testing?](https://hypothesis.works/articles/what-is-property-based-testing/)と、入力を自動で小さくしてくれるツール[Hypothesis](https://hypothesis.readthedocs.io/)。まずこれを読んでみてください。
# - スタンフォード大学CS231nの講義ノート: [gradient checks](https://cs231n.github.io/neural-networks-3/#gradcheck)。数値微分との比較で起こりがちな失敗も説明しています。
# - A. Karpathy: [A recipe for training neural networks](http://karpathy.github.io/2019/04/25/recipe/)。ネットワークは黙って失敗する、という話です。
#
# これが最後のノートブックです。最後に1つだけ。自分のコードにバグを見つけたら、直す前に、それを暴く入力をテストに加えてください。そうすれば、同じバグが知らないうちに戻ってくることはありません。
