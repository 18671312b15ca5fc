# ruff: noqa: F811, F821, D103 - each function is a student's version of the same name.
"""Known ways in which a classifier of stripes and an FCN go wrong, and unusual right ones."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

mistake("MS1", part="make_stripe_image", edits=[("kind == 0", "kind == 1")],
    loses={"make_stripe_image.stripe"},
    hint=Text(
        en="Which is class 0, horizontal or vertical? Which way does a row of the array run?",
        ja="クラス0は横と縦のどちらですか。配列の行は、画像のどちらの方向に伸びていますか。"))

mistake("MS2", part="make_stripe_image",
    edits=[("image[place - 1 : place + 1, :]", "image[place, :]"),
           ("image[:, place - 1 : place + 1]", "image[:, place]")],
    loses={"make_stripe_image.stripe"},
    hint=Text(
        en="How many rows are in the slice? The end of a slice is not part of it.",
        ja="そのスライスには何行入りますか。スライスの終わりの番号は含まれません。"))

mistake("MS3", part="make_stripe_image",
    edits=[("place + 1, :]", "place + 2, :]"),
           ("[:, place - 1 : place + 1]", "[:, place - 1 : place + 2]")],
    loses={"make_stripe_image.stripe"},
    hint=Text(
        en="How many rows are in the slice? Two are wanted.",
        ja="そのスライスには何行入りますか。帯の幅は2画素です。"))

mistake("MS4", part="make_stripe_image", edits=[("np.clip(image, 0.0, 1.0)", "image")],
    loses={"make_stripe_image.noise"},
    hint=Text(
        en="Can a pixel be darker than black or brighter than white?",
        ja="黒より暗い画素や、白より明るい画素はありえますか。"))

mistake("MS5", part="make_stripe_image", edits=[("normal(0.0, noise_std", "normal(0.0, 0.12")],
    loses={"make_stripe_image.*"},
    hint=Text(
        en="Change noise_std: does anything happen?",
        ja="noise_stdを変えると、結果は変わりますか。"))

mistake("MS6", part="make_stripe_image",
    edits=[("rng.normal(0.0, noise_std", "rng.uniform(-noise_std, noise_std")],
    loses={"make_stripe_image.noise"},
    hint=Text(
        en="Which distribution was asked for, normal or uniform?",
        ja="使うのは正規分布ですか、一様分布ですか。"))

mistake("MS7", part="make_stripe_image",
    edits=[("    image += rng", """\
    image = np.clip(image, 0.0, 1.0)
    image += rng"""),
           ("return np.clip(image, 0.0, 1.0)", "return image")],
    loses={"make_stripe_image.noise"},
    hint=Text(
        en="What leaves the range 0 to 1: the stripe, or the noise that comes after it?",
        ja="0から1をはみ出すのは、帯ですか、それとも後から加えるノイズですか。"))

mistake("MS8", part="make_stripe_image", edits=[("size=image.shape", "size=size")],
    loses={"make_stripe_image.noise"},
    hint=Text(
        en="How many noise numbers do you draw, and how many pixels are there?",
        ja="ノイズの乱数をいくつ取り出しましたか。画素はいくつありますか。"))

mistake("MS9", part="make_stripe_image", edits=[("noise_std, size", "noise_std**2, size")],
    loses={"make_stripe_image.noise"},
    hint=Text(
        en="Is noise_std a standard deviation, or a variance?",
        ja="noise_stdは標準偏差ですか、分散ですか。"))

mistake("MD1", part="make_dataset", edits=[(", rng=rng", "")],
    loses={"make_dataset.seed"},
    hint=Text(
        en="Who draws the noise, and does it know your generator?",
        ja="ノイズを作るのはどの関数ですか。その関数に乱数生成器を渡していますか。"))

mistake("MD2", part="make_dataset", edits=[("default_rng(seed)", "default_rng()")],
    loses={"make_dataset.seed"},
    hint=Text(
        en="Change the seed: does anything happen?",
        ja="シードを変えると、結果は変わりますか。"))

mistake("MD3", part="make_dataset", edits=[(", dtype=np.int64", "")],
    loses={"make_dataset.pictures_and_labels"},
    hint=Text(
        en="What is the type of the labels? They will be used as indices.",
        ja="ラベルの型は何ですか。ラベルは添字として使います。"))

mistake("MD4", part="make_dataset",
    edits=[("make_stripe_image(y[i]", "make_stripe_image(rng.integers(0, 2)")],
    loses={"make_dataset.pictures_and_labels"},
    hint=Text(
        en="Is the label that you note the kind that you drew?",
        ja="記録したラベルは、描いた画像の種類と同じですか。"))

mistake("MD5", part="make_dataset",
    edits=[("        y[i] = rng", """\
        rng = np.random.default_rng(seed)
        y[i] = rng""")],
    loses={"make_dataset.*"},
    hint=Text(
        en="A new generator with the same seed begins again. How often do you make one?",
        ja="同じシードで作り直した乱数生成器は、最初から始まります。何回作っていますか。"))

mistake("MD6", part="make_dataset", edits=[(", size=size", "")],
    loses={"make_dataset.*"},
    hint=Text(
        en="Try another size. Do you pass it on?",
        ja="sizeを変えて試してみましょう。sizeを渡していますか。"))

mistake("EF1", part="extract_features",
    edits=[("np.maximum(conv2d_single(image, kernel, 1, 1), 0.0)",
            "conv2d_single(image, kernel, 1, 1)")],
    loses={"extract_features.*"},
    hint=Text(
        en="Which step comes between the filter and the pooling?",
        ja="フィルターとプーリングの間には、どんな処理がありましたか。"))

mistake("EF2", part="extract_features", edits=[("kernel, 1, 1", "kernel")],
    loses={"extract_features.*"},
    hint=Text(
        en="Is the map of responses as large as the picture? Which padding was asked for?",
        ja="反応のマップは画像と同じ大きさですか。パディングはいくつでしたか。"))

mistake("EF3", part="extract_features",
    edits=[("row = []", "row, maxima = [], []"),
           ("row.append(pooled.max())", "maxima.append(pooled.max())"),
           ("rows.append(row)", "rows.append(row + maxima)")],
    loses={"extract_features.several_filters"},
    hint=Text(
        en="In which order are the numbers of the first and the second filter?",
        ja="1枚目と2枚目のフィルターの数は、どの順に並びますか。"))

mistake("EF4", part="extract_features", edits=[("pooled.mean()", "response.mean()")],
    loses={"extract_features.*"},
    hint=Text(
        en="The mean of which map: before the pooling or after it?",
        ja="平均を取るのは、プーリングの前と後、どちらのマップですか。"))

mistake("EF5", part="extract_features",
    edits=[("np.maximum(conv2d_single(image, kernel, 1, 1), 0.0)",
            "np.abs(conv2d_single(image, kernel, 1, 1))")],
    loses={"extract_features.*"},
    hint=Text(
        en="What does ReLU make of -3?",
        ja="ReLUは-3をいくつにしますか。"))

mistake("EF6", part="extract_features",
    edits=[("row = []", "row = np.zeros(2 * len(kernels))"),
           ("for kernel in kernels", "for j, kernel in enumerate(kernels)"),
           ("""row.append(pooled.mean())
            row.append(pooled.max())""", "row[j], row[j + 1] = pooled.mean(), pooled.max()")],
    loses={"extract_features.several_filters"},
    hint=Text(
        en="Which two columns of a row belong to the second filter? Print a row.",
        ja="2番目のフィルターの値は、行の何列目に入るべきですか。1行を表示してみましょう。"))

mistake("SX1", part="softmax", edits=[("logits - logits.max(axis=1, keepdims=True)", "logits")],
    loses={"softmax.large"},
    hint=Text(
        en="What is exp(1000)? Which number may be subtracted from all scores of a row?",
        ja="exp(1000)はいくつですか。行のすべてのスコアから引いてもよい数は何ですか。"))

mistake("SX2", part="softmax", edits=[("logits.max(axis=1, keepdims=True)", "logits.max()")],
    loses={"softmax.large"},
    hint=Text(
        en="One maximum for all rows, or one for each?",
        ja="最大値は全体で1つですか、行ごとに1つですか。"))

mistake("SX11", part="softmax", edits=[("powers.sum(axis=1, keepdims=True)", "powers.sum(axis=0)")],
    loses={"softmax.*", "train_softmax.*"},
    hint=Text(
        en="Sum each row: what do you get?",
        ja="行ごとに合計すると、いくつになりますか。"))

mistake("SX13", part="softmax",
    edits=[("    powers = np.exp(logits - logits.max(axis=1, keepdims=True))", """\
    logits -= logits.max(axis=1, keepdims=True)
    powers = np.exp(logits)""")],
    loses={"softmax.rows"},
    hint=Text(
        en="Compare the logits before and after the call.",
        ja="呼び出しの前と後で、logitsの値を比べてみましょう。"))

mistake("OH1", part="one_hot", edits=[("(len(y), n_classes)", "(len(y), int(np.max(y)) + 1)")],
    loses={"one_hot.rows", "train_softmax.n_classes"},
    hint=Text(
        en="How many columns are there if the last class does not occur?",
        ja="最後のクラスが現れないとき、列はいくつですか。"))

mistake("OH2", part="one_hot",
    edits=[("(len(y), n_classes)", "(n_classes, len(y))"),
           ("rows[np.arange(len(y)), y]", "rows[y, np.arange(len(y))]")],
    loses={"one_hot.rows", "train_softmax.*"},
    hint=Text(
        en="One row for each label, or one column?",
        ja="ラベル1つは、行になりますか、列になりますか。"))

mistake("OH3", part="one_hot", edits=[("rows[np.arange(len(y)), y]", "rows[:, y]")],
    loses={"one_hot.rows", "train_softmax.*"},
    hint=Text(
        en="Indexing with a slice and an array sets more than one entry in each row.",
        ja="スライスと配列で添字を付けると、1行に1つより多くの要素が変わります。"))

mistake("TS1", part="train_softmax", edits=[("p - targets", "targets - p")],
    loses={"train_softmax.*"},
    hint=Text(
        en="Uphill or downhill?",
        ja="坂を上っていますか、下っていますか。"))

mistake("TS2", part="train_softmax", edits=[("(p - targets) / len(X)", "p - targets")],
    loses={"train_softmax.*"},
    hint=Text(
        en="Duplicate every example: should the step double?",
        ja="どのデータも2つずつに増やしたら、1歩は2倍になるべきでしょうか。"))

mistake("TS3", part="train_softmax", edits=[("b -= lr * slopes.sum(axis=0, keepdims=True)", "")],
    loses={"train_softmax.*"},
    hint=Text(
        en="Which of your parameters never changes?",
        ja="学習の間、変わらないパラメーターはどれですか。"))

mistake("TS4", part="train_softmax",
    edits=[("history.append(float(-np.mean(np.sum(targets * np.log(p + 1e-12), axis=1))))", ""),
           ("        b -= lr * slopes.sum(axis=0, keepdims=True)",
            """\
        b -= lr * slopes.sum(axis=0, keepdims=True)
        p = softmax(X @ W + b)
        history.append(float(-np.mean(np.sum(targets * np.log(p + 1e-12), axis=1))))""")],
    loses={"train_softmax.history"},
    hint=Text(
        en="Which weights produced the loss that you note: those before the step, or after?",
        ja="記録した損失は、1歩進む前と後、どちらの重みで計算したものですか。"))

mistake("TS5", part="train_softmax", edits=[("if n_classes is None:", "if True:")],
    loses={"train_softmax.n_classes"},
    hint=Text(
        en="Who decides how many classes there are, if n_classes is given?",
        ja="n_classesが指定されたとき、クラスの数は何で決まりますか。"))

mistake("TS6", part="train_softmax",
    edits=[("-np.mean(np.sum(targets * np.log(p + 1e-12), axis=1))",
            "-np.sum(targets * np.log(p + 1e-12))")],
    loses={"train_softmax.history"},
    hint=Text(
        en="Duplicate every example: should the loss double?",
        ja="どのデータも2つずつに増やしたら、損失は2倍になるべきでしょうか。"))

mistake("TS7", part="train_softmax",
    edits=[("-np.mean(np.sum(targets * np.log(p + 1e-12), axis=1))",
            "-np.mean(targets * np.log(p + 1e-12))")],
    loses={"train_softmax.history"},
    hint=Text(
        en="The mean over the examples, or over all entries of the matrix?",
        ja="平均するのは、データについてですか、行列の要素すべてについてですか。"))

mistake("TS8", part="train_softmax", edits=[("return W, b, history", "return W, b, history[-1:]")],
    loses={"train_softmax.history"},
    hint=Text(
        en="Which loss does each step belong to? Count them.",
        ja="損失はいくつ記録されましたか。歩数と同じですか。"))

mistake("CM1", part="confusion_matrix", edits=[("matrix[true, guess]", "matrix[guess, true]")],
    loses={"confusion_matrix.counts"},
    hint=Text(
        en="What is a row: the true class or the predicted one?",
        ja="行は、本当のクラスですか、予測したクラスですか。"))

mistake("CM2", part="confusion_matrix",
    edits=[("""for true, guess in zip(y_true, y_pred, strict=True):
        matrix[true, guess] += 1""", "matrix[y_true, y_pred] += 1")],
    loses={"confusion_matrix.counts"},
    hint=Text(
        en="A pair that occurs twice: is it counted twice? Add up the entries of the matrix.",
        ja="同じ組が2回現れたら、2回数えていますか。行列の要素を合計してみましょう。"))

mistake("CM3", part="confusion_matrix",
    edits=[("return matrix", "return matrix / matrix.sum(axis=1, keepdims=True).clip(1)")],
    loses={"confusion_matrix.counts"},
    hint=Text(
        en="Counts, or shares? Which was asked for?",
        ja="求められているのは、個数ですか、割合ですか。"))

mistake("FC1", part="conv1x1", edits=[("b.reshape(-1, 1, 1)", "b")],
    loses={"conv1x1.biases"},
    hint=Text(
        en="Which axis holds the channels? Broadcasting counts from the end.",
        ja="チャンネルはどの軸ですか。ブロードキャストは後ろの軸から順に対応します。"))

mistake("FC2", part="conv1x1", edits=[("if b is not None:", "if False:")],
    loses={"conv1x1.biases"},
    hint=Text(
        en="Set W to 0: what should come out?",
        ja="Wをすべて0にしたら、結果は何になるはずですか。"))

mistake("FC3", part="conv1x1",
    edits=[('np.einsum("fc,nchw->nfhw", W, x)',
            "(x.reshape(-1, x.shape[1]) @ W.T).reshape(len(x), -1, *x.shape[2:])")],
    loses={"conv1x1.*"},
    hint=Text(
        en="A reshape moves no numbers. Do the numbers of one row belong to one place?",
        ja="reshapeは値を並べ替えません。1行に並んだ値は、同じ場所のものですか。"))

mistake("FC4", part="conv1x1", edits=[("->nfhw", "->nhwf"), ("b.reshape(-1, 1, 1)", "b")],
    loses={"conv1x1.*"},
    hint=Text(
        en="In which order are the axes after your matrix product, and which is asked for?",
        ja="行列積の後の軸はどの順番ですか。求められている順番と同じですか。"))

mistake("FC5", part="conv1x1", edits=[("b.reshape(-1, 1, 1)", "np.sum(b)")],
    loses={"conv1x1.biases"},
    hint=Text(
        en="One bias in all, or one for each output channel?",
        ja="バイアスは全部で1つですか、出力のチャンネルごとに1つですか。"))

mistake("UP1", part="upsample_nearest",
    edits=[("np.repeat(x, factor, axis=2)", "np.tile(x, (1, 1, factor, 1))"),
           ("np.repeat(taller, factor, axis=3)", "np.tile(taller, (1, 1, 1, factor))")],
    loses={"upsample_nearest.repeated"},
    hint=Text(
        en="Does 1 2 become 1 1 2 2 or 1 2 1 2?",
        ja="1 2は、1 1 2 2になりますか、それとも1 2 1 2になりますか。"))

mistake("UP2", part="upsample_nearest",
    edits=[("x, factor, axis", "x, 2, axis"), ("taller, factor", "taller, 2")],
    loses={"upsample_nearest.repeated"},
    hint=Text(
        en="Try factor 3: where in your code is the factor still a 2?",
        ja="factor=3で試してみましょう。factorのはずが2のままになっているのはどこですか。"))

mistake("UP3", part="upsample_nearest", edits=[("axis=2", "axis=1"), ("axis=3", "axis=2")],
    loses={"upsample_nearest.repeated"},
    hint=Text(
        en="Which of the four axes have to grow?",
        ja="4つの軸のうち、大きくするのはどれですか。"))


@equivalent("MS-A", part="make_stripe_image",
    why="noise first, place later, and the stripe as a maximum")
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    rng = rng if rng is not None else np.random.default_rng()
    noise = noise_std * rng.standard_normal((size, size))
    place = rng.choice(np.arange(3, size - 3))
    distance = np.arange(size) - place
    line = ((distance == 0) | (distance == -1)).astype(float)
    image = np.tile(line, (size, 1)) + (noise if kind == 1 else noise.T)
    image = np.minimum(np.maximum(image, 0), 1)
    return image if kind == 1 else image.T


mistake("MD7", part="make_dataset", edits=[("rng.integers(0, 2)", "i % 2")],
    loses={"make_dataset.seed"},
    hint=Text(
        en="Print the first ten labels for two seeds. Could one guess them?",
        ja="2つのシードで、最初の10個のラベルを表示しましょう。見なくても当てられませんか。"))


@equivalent("MD-A", part="make_dataset", why="all labels are drawn before the first picture")
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n_samples) % 2)
    return np.array([make_stripe_image(k, size, rng=rng) for k in y.tolist()]), y


@equivalent("EF-A", part="extract_features",
    why="pooling before ReLU: the largest stays the largest")
def extract_features(images, kernels):
    feats = np.empty((len(images), 2 * len(kernels)))
    for i, img in enumerate(images):
        for j, k in enumerate(kernels):
            pool = maxpool2d_single(conv2d_single(img, k, padding=1)).clip(0)
            feats[i, 2 * j], feats[i, 2 * j + 1] = pool.mean(), pool.max()
    return feats


mistake("SX16", part="softmax", edits=[("logits.max", "logits.mean")],
    loses={"softmax.large"},
    hint=Text(
        en="A row of 0 and 2500: what do you subtract, and what is the largest exponent then?",
        ja="0と2500の行で考えましょう。引く数はいくつで、指数は最大いくつになりますか。"))


@equivalent("SX-A", part="softmax", why="through logarithms")
def softmax(logits):
    top = logits.max(axis=1)[:, None]
    return np.exp(logits - top - np.log(np.exp(logits - top).sum(axis=1))[:, None])


@equivalent("OH-A", part="one_hot", why="rows of the unit matrix")
def one_hot(y, n_classes):
    return np.eye(n_classes)[y]


@equivalent("TS-A", part="train_softmax",
    why="the bias as the weight of a feature that is always 1")
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    classes = n_classes or int(max(y)) + 1
    ones = np.hstack([X, np.ones((len(X), 1))])
    weights = np.zeros((ones.shape[1], classes))
    losses = []
    for _ in range(epochs):
        p = softmax(ones @ weights)
        losses.append(float(np.mean(-np.log(p[np.arange(len(y)), y]))))
        p[np.arange(len(y)), y] -= 1
        weights = weights - lr * ones.T @ p / len(y)
    return weights[:-1], weights[-1:], losses


@equivalent("CM-A", part="confusion_matrix", why="pairs as numbers, counted by bincount")
def confusion_matrix(y_true, y_pred, n_classes):
    pairs = n_classes * np.asarray(y_true) + np.asarray(y_pred)
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


@equivalent("FC-A", part="conv1x1", why="channel by channel, in a loop")
def conv1x1(x, W, b=None):
    n, c, h, w = x.shape
    out = np.zeros((n, len(W), h, w))
    for f in range(len(W)):
        for k in range(c):
            out[:, f] += W[f, k] * x[:, k]
        if b is not None:
            out[:, f] += b[f]
    return out


@equivalent("FC-B", part="conv1x1", why="a matrix product with the channels last")
def conv1x1(x, W, b=None):
    bias = 0 if b is None else b
    return (np.moveaxis(x, 1, -1) @ W.T + bias).transpose(0, 3, 1, 2)


@equivalent("UP-A", part="upsample_nearest", why="the Kronecker product with ones")
def upsample_nearest(x, factor=2):
    return np.kron(x, np.ones((1, 1, factor, factor)))

mistake("SX14", part="softmax",
    edits=[("logits.max(axis=1, keepdims=True)", "logits.max(axis=0)"),
           ("powers.sum(axis=1, keepdims=True)", "powers.sum(axis=0)")],
    loses={"softmax.*", "train_softmax.*"},
    hint=Text(
        en="Sum each row: what do you get?",
        ja="行ごとに合計すると、いくつになりますか。"))

mistake("UP4", part="upsample_nearest",
    edits=[("""\
    taller = np.repeat(x, factor, axis=2)
    return np.repeat(taller, factor, axis=3)""",
            """\
    N, C, H, W = x.shape
    out = np.zeros((N, C, H * factor, W * factor), dtype=x.dtype)
    out[:, :, ::factor, ::factor] = x
    return out""")],
    loses={"upsample_nearest.*"},
    hint=Text(
        en="How many pixels of the result belong to one pixel of x, and what do they hold?",
        ja="xの1画素は、結果の何画素になりますか。それらの値は何ですか。"))

mistake("UP5", part="upsample_nearest",
    edits=[("    return np.repeat(taller, factor, axis=3)", "    return taller")],
    loses={"upsample_nearest.*"},
    hint=Text(
        en="Which of the four axes have to grow?",
        ja="4つの軸のうち、大きくするのはどれですか。"))

mistake("TS9", part="train_softmax",
    edits=[("W -= lr * (X.T @ slopes)", "W = -lr * (X.T @ slopes)"),
           ("b -= lr * slopes.sum(axis=0, keepdims=True)",
            "b = -lr * slopes.sum(axis=0, keepdims=True)")],
    loses={"train_softmax.*"},
    hint=Text(
        en="Does a step start from where the last one ended?",
        ja="次の1歩は、前の1歩で着いたところから始まりますか。"))

mistake("CM4", part="confusion_matrix",
    edits=[("matrix[true, guess] += 1", "matrix[true, guess] = 1")],
    loses={"confusion_matrix.*"},
    hint=Text(
        en="A pair that occurs twice: is it counted twice? Add up the entries of the matrix.",
        ja="同じ組が2回現れたら、2回数えていますか。行列の要素を合計してみましょう。"))

mistake("SX15", part="softmax",
    edits=[("powers.sum(axis=1, keepdims=True)", "powers.sum()")],
    loses={"softmax.*", "train_softmax.*"},
    hint=Text(
        en="Sum each row: what do you get?",
        ja="行ごとに合計すると、いくつになりますか。"))

mistake("OH4", part="one_hot",
    edits=[("np.arange(len(y)), y]", "np.arange(len(y)), y - 1]")],
    loses={"one_hot.*", "train_softmax.weights", "train_softmax.n_classes"},
    hint=Text(
        en="Which column belongs to class 0?",
        ja="クラス0は、何番目の列ですか。"))

mistake("FC6", part="conv1x1",
    edits=[("fc,nchw->nfhw", "cf,nchw->nfhw")],
    loses={"conv1x1.*"},
    hint=Text(
        en="Which axis of W are the output channels, and which the input channels?",
        ja="Wのどちらの軸が出力のチャンネルで、どちらが入力のチャンネルですか。"))

mistake("TS10", part="train_softmax", edits=[("b -= lr * slopes.sum(", "b -= lr * slopes.mean(")],
    loses={"train_softmax.*"},
    hint=Text(
        en="The slopes have been divided by the number of examples once. How many times for b?",
        ja="傾きは、データの数で一度割ってあります。bでは、何回割っていますか。"))

mistake("TS11", part="train_softmax",
    edits=[("    for _ in range(epochs):", """\
    for _ in range(epochs):
        order = np.random.permutation(len(X))
        X[:], y[:] = X[order], y[order]
        targets = one_hot(y, n_classes)""")],
    loses={"train_softmax.weights"},
    hint=Text(
        en="Compare X before and after the call: whose examples are in another order now?",
        ja="呼び出しの前後でXを比べてみましょう。並べ替えたのは、誰の配列ですか。"))

mistake("MD8", part="make_dataset", edits=[("rng=rng", "rng=np.random.default_rng(seed)")],
    loses={"make_dataset.seed"},
    hint=Text(
        en="Subtract two pictures of the same kind from each other. Do all pictures have the same "
           "noise?",
        ja="同じ種類の画像2枚の差を見てみましょう。どの画像にも、同じノイズが入っていませんか。"))

mistake("FC7", part="conv1x1",
    edits=[('np.einsum("fc,nchw->nfhw", W, x)',
            'np.einsum("cf,nchw->nfhw", W.reshape(x.shape[1], -1), x)')],
    loses={"conv1x1.*"},
    hint=Text(
        en="Print W and what you make of it: does each output channel still have its own "
           "weights?",
        ja="Wと、変形した後の配列を表示してみましょう。出力のチャンネルごとの重みは、正"
           "しく並んでいますか。"))

mistake("FC8", part="conv1x1",
    edits=[("fc,nchw->nfhw", "fc,nchw->nhwf"),
           ("b.reshape(-1, 1, 1)", "b"),
           ("return out", "return out.reshape(len(x), -1, *x.shape[2:])")],
    loses={"conv1x1.*"},
    hint=Text(
        en="After the product the channels come last. Does a reshape bring them to the "
           "front?",
        ja="積の後、チャンネルは最後の軸にあります。reshapeで前に移せますか。"))

mistake("FC9", part="conv1x1",
    edits=[('np.einsum("fc,nchw->nfhw", W, x)',
            'np.einsum("fc,nchw->nhwf", W, x).reshape(len(x), -1, *x.shape[2:])')],
    loses={"conv1x1.*"},
    hint=Text(
        en="After the product the channels come last. Does a reshape bring them to the "
           "front?",
        ja="積の後、チャンネルは最後の軸にあります。reshapeで前に移せますか。"))

mistake("MS10", part="make_stripe_image",
    edits=[("""\
    if rng is None:
        rng =""", "    rng =")],
    loses={"make_stripe_image.noise", "make_dataset.seed"},
    hint=Text(
        en="You are given an rng. Which generator does your function draw from?",
        ja="rngが渡されています。関数の中で使っているのは、どの乱数生成器ですか。"))

mistake("MS11", part="make_stripe_image", edits=[("rng.integers(3, size - 3)", "size // 2")],
    loses={"make_stripe_image.stripe", "make_dataset.seed"},
    hint=Text(
        en="Draw five pictures with noise_std=0. Is the stripe always at the same place?",
        ja="noise_std=0で5枚描いてみましょう。帯の場所はいつも同じですか。"))

mistake("MS12", part="make_stripe_image", edits=[("rng.normal(", "np.random.normal(")],
    loses={"make_stripe_image.noise", "make_dataset.seed"},
    hint=Text(
        en="Does everything that is drawn come from rng, the noise as well as the place?",
        ja="場所とノイズのどちらも、rngから取り出していますか。"))
