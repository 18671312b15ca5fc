# ruff: noqa: F811, D103 - each function is a student's version of the same name.
"""Inputs that prove nothing, claims that are wrong, and other inputs that do prove it."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake


@mistake(
    "BH1",
    part="evidence_a",
    hint={
        "en": "With these settings the map has an even size, and halving it leaves nothing over.",
        "ja": "この設定ではマップの大きさが偶数なので、半分にしても余りが出ません。",
    },
)
def evidence_a():
    return 32, 8, 3, 1, 1


@mistake(
    "BH2",
    part="evidence_a",
    hint={
        "en": "The stride does not divide, but is the difference still there after int()?",
        "ja": "ストライドでは割り切れませんが、int()の後にも違いが残っているでしょうか。",
    },
)
def evidence_a():
    return 6, 1, 3, 2, 0


@mistake(
    "BH3",
    part="evidence_a",
    hint={
        "en": "The filter is larger than the padded image: what would the right answer be?",
        "ja": "フィルターがパディング後の画像より大きくなっています。正しい答えは何でしょうか。",
    },
)
def evidence_a():
    return 4, 30, 7, 1, 1


@mistake(
    "BH4",
    part="evidence_b",
    hint={
        "en": "The image that is left out was guessed wrongly anyway.",
        "ja": "捨てられた画像は、もともと不正解でした。",
    },
)
def evidence_b():
    return np.eye(3), np.array([0, 1, 0]), 2


@mistake(
    "BH5",
    part="evidence_b",
    hint={
        "en": "200 images in batches of 100 leave no remainder.",
        "ja": "200枚を100枚ずつに分けると、余りが出ません。",
    },
)
def evidence_b():
    t = np.arange(200) % 4
    return np.eye(4)[t], t, 100


@mistake(
    "BH6",
    part="evidence_b",
    hint={
        "en": "The code looks harmless, and is not: which images are never looked at?",
        "ja": "問題がないように見えますが、一度も見られない画像があります。",
    },
)
def evidence_b():
    return None


@mistake(
    "BH7",
    part="evidence_c",
    hint={
        "en": "With stride 1 the code is right, whatever the shapes.",
        "ja": "ストライド1なら、どんな形状でもこのコードは正しく動きます。",
    },
)
def evidence_c():
    rng = np.random.default_rng(0)
    return rng.standard_normal((2 * 5 * 6, 3 * 3 * 2)), (2, 3, 5, 5), 3, 2, 1, 1


@mistake(
    "BH8",
    part="evidence_c",
    hint={
        "en": "There is one window only: how far apart two of them are cannot matter.",
        "ja": "窓が1つしかないので、窓どうしの間隔は結果に影響しません。",
    },
)
def evidence_c():
    return np.arange(1.0, 10).reshape(1, 9), (1, 1, 4, 4), 3, 3, 2, 0


@mistake(
    "BH9",
    part="evidence_d",
    hint={
        "en": "Odd is not wrong: what becomes of the margin in the last line?",
        "ja": "変わった書き方が、間違いとは限りません。余白は最後の行でどうなりますか。",
    },
)
def evidence_d():
    rng = np.random.default_rng(0)
    return rng.standard_normal((2 * 2 * 4, 3 * 3 * 2)), (2, 3, 6, 8), 3, 2, 2, 0


@mistake(
    "BH10",
    part="evidence_d",
    hint={
        "en": "col has to be what belongs to this image: otherwise any code may raise.",
        "ja": "colの形状が画像に合っていません。それでは、正しいコードでもエラーになります。",
    },
)
def evidence_d():
    return np.ones((5, 9)), (1, 1, 6, 6), 3, 3, 2, 0


@mistake(
    "BH11",
    part="evidence_e",
    hint={
        "en": "Rounded down, the size is the same with and without the padding here.",
        "ja": "この入力では、パディングがあってもなくても、切り捨てると同じ大きさになります。",
    },
)
def evidence_e():
    return np.arange(25.0).reshape(1, 1, 5, 5), 2, 2, 3, 1


@mistake(
    "BH12",
    part="evidence_f",
    hint={
        "en": "Zeros in the border win only against something smaller.",
        "ja": "縁の0が勝つのは、相手が0より小さいときだけです。",
    },
)
def evidence_f():
    return np.arange(1.0, 17).reshape(1, 1, 4, 4), 2, 2, 2, 1


@mistake(
    "BH13",
    part="evidence_f",
    hint={
        "en": "Everything is negative, but without padding there is no zero in sight.",
        "ja": "値はすべて負ですが、パディングがなければ0はどこにもありません。",
    },
)
def evidence_f():
    return -np.arange(1.0, 17).reshape(1, 1, 4, 4), 2, 2, 2, 0


@mistake(
    "BH14",
    part="evidence_f",
    hint={
        "en": "Padding of more than half a window leaves windows without a single pixel.",
        "ja": "パディングが窓の半分を超えると、画素が1つも入らない窓ができてしまいます。",
    },
)
def evidence_f():
    return -np.ones((1, 1, 4, 4)), 2, 2, 2, 2


@mistake(
    "BH15",
    part="evidence_g",
    hint={
        "en": "Random numbers are all different: each window has one winner.",
        "ja": "乱数はすべて違う値なので、どの窓でも最大の画素は1つです。",
    },
)
def evidence_g():
    rng = np.random.default_rng(0)
    return rng.standard_normal((2, 3, 5, 6)), rng.standard_normal((2, 3, 3, 4)), 3, 3, 1


@mistake(
    "BH16",
    part="evidence_h",
    hint={
        "en": "All of dout is 1: nobody can tell which of them arrived where.",
        "ja": "doutがすべて1なので、どの値がどこに届いたのか区別できません。",
    },
)
def evidence_h():
    return np.arange(36.0).reshape(1, 1, 6, 6), np.ones((1, 1, 3, 3)), 2


@mistake(
    "BH17",
    part="evidence_i",
    hint={
        "en": "One image: N is 1, and dividing by it changes nothing.",
        "ja": "画像が1枚ならNは1なので、割っても何も変わりません。",
    },
)
def evidence_i():
    rng = np.random.default_rng(0)
    x, W = rng.standard_normal((1, 3, 7, 8)), rng.standard_normal((4, 3, 3, 2))
    return x, W, rng.standard_normal((1, 4, 4, 5)), 2, 1


@mistake(
    "BH18",
    part="evidence_i",
    hint={
        "en": "If dout is 0, so is every gradient, in right code and in wrong.",
        "ja": "doutが0なら、コードが正しくても間違っていても、勾配はすべて0です。",
    },
)
def evidence_i():
    return np.ones((2, 1, 3, 3)), np.ones((1, 1, 2, 2)), np.zeros((2, 1, 2, 2)), 1, 0


@equivalent("BH-A", part="evidence_a", why="a stride that does not divide tells as well")
def evidence_a():
    return [np.int64(10), 7, 3, 4, 1]


@equivalent("BH-B", part="evidence_b", why="fewer images than a batch: nothing is looked at")
def evidence_b():
    rng = np.random.default_rng(0)
    t = rng.integers(0, 10, 50)
    return np.eye(10, dtype=np.float32)[t], t.astype(np.uint8), 100


@equivalent("BH-C", part="evidence_c", why="large and random is as good as small")
def evidence_c():
    rng = np.random.default_rng(0)
    col = rng.standard_normal((2 * 2 * 4, 3 * 3 * 2))
    return col, np.array((2, 3, 6, 8)).tolist(), 3, 2, 2, 0


@equivalent(
    "BH-E", part="evidence_e", why="a window larger than the image, which the padding makes fit"
)
def evidence_e():
    return np.arange(6).reshape(1, 1, 2, 3), 4, 4, 1, 2


@equivalent(
    "BH-F", part="evidence_f", why="a few negative pixels are enough; whole numbers will do"
)
def evidence_f():
    return np.arange(-9, 16).reshape(1, 1, 5, 5), 3, 2, 2, 1


@equivalent("BH-G", part="evidence_g", why="zeros as ReLU leaves them, in overlapping windows")
def evidence_g():
    rng = np.random.default_rng(0)
    x = np.maximum(rng.standard_normal((2, 3, 5, 6)) - 1, 0)
    return x, rng.standard_normal((2, 3, 3, 4)), 3, 3, 1


@equivalent("BH-H", part="evidence_h", why="on wide maps it runs out of the image and raises")
def evidence_h():
    return np.arange(16.0).reshape(1, 1, 2, 8), np.ones((1, 1, 1, 4)), 2


@equivalent("BH-I", part="evidence_i", why="everything different from everything else")
def evidence_i():
    rng = np.random.default_rng(0)
    x, W = rng.standard_normal((2, 3, 7, 8)), rng.standard_normal((4, 3, 3, 2))
    return x, W, rng.standard_normal((2, 4, 4, 5)), 2, 1
