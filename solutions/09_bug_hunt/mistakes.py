"""Inputs that prove nothing, claims that are wrong, and other inputs that do prove it."""

from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

mistake("BH1", part="evidence_a", edits=[("28, 30, 4, 1, 0", "32, 8, 3, 1, 1")],
    loses={"evidence_a.separates"},
    hint=Text(
        en="With these settings the map has an even size, and halving it leaves nothing over.",
        ja="この設定ではマップの大きさが偶数なので、半分にしても余りが出ません。"))

mistake("BH2", part="evidence_a", edits=[("28, 30, 4, 1, 0", "6, 1, 3, 2, 0")],
    loses={"evidence_a.separates"},
    hint=Text(
        en="The stride does not divide, but is the difference still there after int()?",
        ja="ストライドでは割り切れませんが、int()の後にも違いが残っているでしょうか。"))

mistake("BH3", part="evidence_a", edits=[("28, 30, 4, 1, 0", "4, 30, 7, 1, 1")],
    loses={"evidence_a.separates"},
    hint=Text(
        en="The filter is larger than the padded image: what would the right answer be?",
        ja="フィルターがパディング後の画像より大きくなっています。正しい答えは何でしょうか。"))

mistake("BH4", part="evidence_b", edits=[("np.arange(3)", "np.array([0, 1, 0])")],
    loses={"evidence_b.separates"},
    hint=Text(
        en="The image that is left out was guessed wrongly anyway.",
        ja="捨てられた画像は、もともと不正解でした。"))

mistake("BH5", part="evidence_b",
    edits=[("np.eye(3), np.arange(3), 2",
            "np.eye(4)[np.arange(200) % 4], np.arange(200) % 4, 100")],
    loses={"evidence_b.separates"},
    hint=Text(
        en="200 images in batches of 100 leave no remainder.",
        ja="200枚を100枚ずつに分けると、余りが出ません。"))

mistake("BH6", part="evidence_b", edits=[("np.eye(3), np.arange(3), 2", "None")],
    loses={"evidence_b.separates", "evidence_d.separates"},
    hint=Text(
        en="The code looks harmless, and is not: which images are never looked at?",
        ja="問題がないように見えますが、一度も見られない画像があります。"))

mistake("BH7", part="evidence_c",
    edits=[("np.ones((2, 1)), (1, 1, 1, 3), 1, 1, 2, 0",
            "np.arange(60 * 18.0).reshape(60, 18) % 7, (2, 3, 5, 5), 3, 2, 1, 1")],
    loses={"evidence_c.separates"},
    hint=Text(
        en="With stride 1 the code is right, whatever the shapes.",
        ja="ストライド1なら、どんな形状でもこのコードは正しく動きます。"))

mistake("BH8", part="evidence_c",
    edits=[("np.ones((2, 1)), (1, 1, 1, 3), 1, 1, 2, 0",
            "np.arange(9.0).reshape(1, 9), (1, 1, 4, 4), 3, 3, 2, 0")],
    loses={"evidence_c.separates"},
    hint=Text(
        en="There is one window only: how far apart two of them are cannot matter.",
        ja="窓が1つしかないので、窓どうしの間隔は結果に影響しません。"))

mistake("BH9", part="evidence_d",
    edits=[("None", "np.arange(16 * 18.0).reshape(16, 18) % 7, (2, 3, 6, 8), 3, 2, 2, 0")],
    loses={"evidence_d.separates"},
    hint=Text(
        en="Odd is not wrong: what becomes of the margin in the last line?",
        ja="変わった書き方が、間違いとは限りません。余白は最後の行でどうなりますか。"))

mistake("BH10", part="evidence_d", edits=[("None", "np.ones((5, 9)), (1, 1, 6, 6), 3, 3, 2, 0")],
    loses={"evidence_d.separates"},
    hint=Text(
        en="col has to be what belongs to this image: otherwise any code may raise.",
        ja="colの形状が画像に合っていません。それでは、正しいコードでもエラーになります。"))

mistake("BH11", part="evidence_e",
    edits=[("np.ones((1, 1, 4, 4)), 2, 2, 2, 1",
            "np.arange(25.0).reshape(1, 1, 5, 5), 2, 2, 3, 1")],
    loses={"evidence_e.separates"},
    hint=Text(
        en="Rounded down, the size is the same with and without the padding here.",
        ja="この入力では、パディングがあってもなくても、切り捨てると同じ大きさになります。"))

mistake("BH12", part="evidence_f",
    edits=[("-np.ones((1, 1, 2, 2))", "np.arange(1.0, 17).reshape(1, 1, 4, 4)")],
    loses={"evidence_f.separates"},
    hint=Text(
        en="Zeros in the border win only against something smaller.",
        ja="縁の0が勝つのは、相手が0より小さいときだけです。"))

mistake("BH13", part="evidence_f",
    edits=[("-np.ones((1, 1, 2, 2)), 2, 2, 2, 1",
            "-np.arange(1.0, 17).reshape(1, 1, 4, 4), 2, 2, 2, 0")],
    loses={"evidence_f.separates"},
    hint=Text(
        en="Everything is negative, but without padding there is no zero in sight.",
        ja="値はすべて負ですが、パディングがなければ0はどこにもありません。"))

mistake("BH14", part="evidence_f",
    edits=[("-np.ones((1, 1, 2, 2)), 2, 2, 2, 1", "-np.ones((1, 1, 4, 4)), 2, 2, 2, 2")],
    loses={"evidence_f.separates"},
    hint=Text(
        en="Padding of more than half a window leaves windows without a single pixel.",
        ja="パディングが窓の半分を超えると、画素が1つも入らない窓ができてしまいます。"))

mistake("BH15", part="evidence_g",
    edits=[("    return np.zeros((1, 1, 1, 2)), np.ones((1, 1, 1, 1)), 1, 2, 1", """\
    draw = np.random.default_rng(0).standard_normal
    return draw((2, 3, 5, 6)), draw((2, 3, 3, 4)), 3, 3, 1""")],
    loses={"evidence_g.separates"},
    hint=Text(
        en="Random numbers are all different: each window has one winner.",
        ja="乱数はすべて違う値なので、どの窓でも最大の画素は1つです。"))

mistake("BH16", part="evidence_h",
    edits=[("rng.standard_normal((1, 1, 4, 4)), rng.standard_normal((1, 1, 2, 2)), 2",
            "np.arange(36.0).reshape(1, 1, 6, 6), np.ones((1, 1, 3, 3)), 2")],
    loses={"evidence_h.separates"},
    hint=Text(
        en="All of dout is 1: nobody can tell which of them arrived where.",
        ja="doutがすべて1なので、どの値がどこに届いたのか区別できません。"))

mistake("BH17", part="evidence_i", edits=[("np.ones((2, 1, 1, 1))", "np.ones((1, 1, 1, 1))")],
    loses={"evidence_i.separates"},
    hint=Text(
        en="One image: N is 1, and dividing by it changes nothing.",
        ja="画像が1枚ならNは1なので、割っても何も変わりません。"))

mistake("BH18", part="evidence_i", edits=[(", ones, 1, 0", ", 0 * ones, 1, 0")],
    loses={"evidence_i.separates"},
    hint=Text(
        en="If dout is 0, so is every gradient, in right code and in wrong.",
        ja="doutが0なら、コードが正しくても間違っていても、勾配はすべて0です。"))

equivalent("BH-A", part="evidence_a", edits=[("28, 30, 4, 1, 0", "[np.int64(10), 7, 3, 4, 1]")],
    why="a stride that does not divide tells as well")

equivalent("BH-B", part="evidence_b",
    edits=[("    return np.eye(3), np.arange(3), 2", """\
    t = np.arange(50, dtype=np.uint8) % 10
    return np.eye(10, dtype=np.float32)[t], t, 100""")],
    why="fewer images than a batch: nothing is looked at")

equivalent("BH-C", part="evidence_c",
    edits=[("np.ones((2, 1)), (1, 1, 1, 3), 1, 1, 2, 0",
            "np.random.default_rng(0).standard_normal((16, 18)), [2, 3, 6, 8], 3, 2, 2, 0")],
    why="large and random is as good as small")

equivalent("BH-E", part="evidence_e",
    edits=[("np.ones((1, 1, 4, 4)), 2, 2, 2, 1", "np.arange(6).reshape(1, 1, 2, 3), 4, 4, 1, 2")],
    why="a window larger than the image, which the padding makes fit")

equivalent("BH-F", part="evidence_f",
    edits=[("-np.ones((1, 1, 2, 2)), 2, 2, 2, 1",
            "np.arange(-9, 16).reshape(1, 1, 5, 5), 3, 2, 2, 1")],
    why="a few negative pixels are enough; whole numbers will do")

equivalent("BH-G", part="evidence_g",
    edits=[("    return np.zeros((1, 1, 1, 2)), np.ones((1, 1, 1, 1)), 1, 2, 1", """\
    draw = np.random.default_rng(0).standard_normal
    return np.maximum(draw((2, 3, 5, 6)) - 1, 0), draw((2, 3, 3, 4)), 3, 3, 1""")],
    why="zeros as ReLU leaves them, in overlapping windows")

equivalent("BH-H", part="evidence_h",
    edits=[("rng.standard_normal((1, 1, 4, 4)), rng.standard_normal((1, 1, 2, 2)), 2",
            "np.arange(16.0).reshape(1, 1, 2, 8), np.ones((1, 1, 1, 4)), 2")],
    why="on wide maps it runs out of the image and raises")

equivalent("BH-I", part="evidence_i",
    edits=[("    return ones, np.ones((1, 1, 1, 1)), ones, 1, 0", """\
    draw = np.random.default_rng(0).standard_normal
    return draw((2, 3, 7, 8)), draw((4, 3, 3, 2)), draw((2, 4, 4, 5)), 2, 1""")],
    why="everything different from everything else")
