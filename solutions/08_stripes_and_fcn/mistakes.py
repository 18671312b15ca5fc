# ruff: noqa: ARG001, F811, F821, D103 - each function is a student's version of the same name.
"""Known ways in which a classifier of stripes and an FCN go wrong, and unusual right ones."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake


@mistake(
    "MS1",
    part="make_stripe_image",
    hint={
        "en": "Which is class 0, horizontal or vertical? Which way does a row of the array run?",
        "ja": "クラス0は横と縦のどちらですか。配列の行は、画像のどちらの方向に伸びていますか。",
    },
)
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    img = np.zeros((size, size))
    p = int(rng.integers(3, size - 3))
    if kind == 1:
        img[p - 1 : p + 1, :] = 1.0
    else:
        img[:, p - 1 : p + 1] = 1.0
    img += rng.normal(0.0, noise_std, size=(size, size))
    return np.clip(img, 0.0, 1.0)


@mistake(
    "MS2",
    part="make_stripe_image",
    hint={
        "en": "How many rows does the slice hold? The end of a slice is not part of it.",
        "ja": "そのスライスには何行入りますか。スライスの終わりの番号は含まれません。",
    },
)
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    img = np.zeros((size, size))
    p = int(rng.integers(3, size - 3))
    if kind == 0:
        img[p, :] = 1.0
    else:
        img[:, p] = 1.0
    img += rng.normal(0.0, noise_std, size=(size, size))
    return np.clip(img, 0.0, 1.0)


@mistake(
    "MS3",
    part="make_stripe_image",
    hint={
        "en": "How many rows does the slice hold? Two are wanted.",
        "ja": "そのスライスには何行入りますか。帯の幅は2画素です。",
    },
)
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    img = np.zeros((size, size))
    p = int(rng.integers(3, size - 3))
    if kind == 0:
        img[p - 1 : p + 2, :] = 1.0
    else:
        img[:, p - 1 : p + 2] = 1.0
    img += rng.normal(0.0, noise_std, size=(size, size))
    return np.clip(img, 0.0, 1.0)


@mistake(
    "MS4",
    part="make_stripe_image",
    hint={
        "en": "Can a pixel be darker than black or brighter than white?",
        "ja": "黒より暗い画素や、白より明るい画素はありえますか。",
    },
)
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    img = np.zeros((size, size))
    p = int(rng.integers(3, size - 3))
    if kind == 0:
        img[p - 1 : p + 1, :] = 1.0
    else:
        img[:, p - 1 : p + 1] = 1.0
    img += rng.normal(0.0, noise_std, size=(size, size))
    return img


@mistake(
    "MS5",
    part="make_stripe_image",
    hint={
        "en": "Change noise_std: does anything happen?",
        "ja": "noise_stdを変えると、結果は変わりますか。",
    },
)
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    img = np.zeros((size, size))
    p = int(rng.integers(3, size - 3))
    if kind == 0:
        img[p - 1 : p + 1, :] = 1.0
    else:
        img[:, p - 1 : p + 1] = 1.0
    img += rng.normal(0.0, 0.12, size=(size, size))
    return np.clip(img, 0.0, 1.0)


@mistake(
    "MS6",
    part="make_stripe_image",
    hint={
        "en": "Which distribution was asked for, normal or uniform?",
        "ja": "使うのは正規分布ですか、一様分布ですか。",
    },
)
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    img = np.zeros((size, size))
    p = int(rng.integers(3, size - 3))
    if kind == 0:
        img[p - 1 : p + 1, :] = 1.0
    else:
        img[:, p - 1 : p + 1] = 1.0
    img += rng.uniform(-noise_std, noise_std, size=(size, size))
    return np.clip(img, 0.0, 1.0)


@mistake(
    "MS7",
    part="make_stripe_image",
    hint={
        "en": "What leaves the range 0 to 1: the stripe, or the noise that comes after it?",
        "ja": "0から1をはみ出すのは、帯ですか、それとも後から加えるノイズですか。",
    },
)
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    img = np.zeros((size, size))
    p = int(rng.integers(3, size - 3))
    if kind == 0:
        img[p - 1 : p + 1, :] = 1.0
    else:
        img[:, p - 1 : p + 1] = 1.0
    img = np.clip(img, 0.0, 1.0)
    img += rng.normal(0.0, noise_std, size=(size, size))
    return img


@mistake(
    "MS8",
    part="make_stripe_image",
    hint={
        "en": "How many noise numbers do you draw, and how many pixels are there?",
        "ja": "ノイズの乱数をいくつ取り出しましたか。画素はいくつありますか。",
    },
)
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    img = np.zeros((size, size))
    p = int(rng.integers(3, size - 3))
    if kind == 0:
        img[p - 1 : p + 1, :] = 1.0
    else:
        img[:, p - 1 : p + 1] = 1.0
    img += rng.normal(0.0, noise_std, size=size)
    return np.clip(img, 0.0, 1.0)


@mistake(
    "MS9",
    part="make_stripe_image",
    hint={
        "en": "Is noise_std a standard deviation, or a variance?",
        "ja": "noise_stdは標準偏差ですか、分散ですか。",
    },
)
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    img = np.zeros((size, size))
    p = int(rng.integers(3, size - 3))
    if kind == 0:
        img[p - 1 : p + 1, :] = 1.0
    else:
        img[:, p - 1 : p + 1] = 1.0
    img += rng.normal(0.0, noise_std**2, size=(size, size))
    return np.clip(img, 0.0, 1.0)


@mistake(
    "MD1",
    part="make_dataset",
    hint={
        "en": "Who draws the noise, and does it know your generator?",
        "ja": "ノイズを作るのはどの関数ですか。その関数に乱数生成器を渡していますか。",
    },
)
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    X = np.zeros((n_samples, size, size))
    y = np.zeros(n_samples, dtype=np.int64)
    for i in range(n_samples):
        label = int(rng.integers(0, 2))
        X[i] = make_stripe_image(label, size=size)
        y[i] = label
    return X, y


@mistake(
    "MD2",
    part="make_dataset",
    hint={
        "en": "Change the seed: does anything happen?",
        "ja": "シードを変えると、結果は変わりますか。",
    },
)
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng()
    X = np.zeros((n_samples, size, size))
    y = np.zeros(n_samples, dtype=np.int64)
    for i in range(n_samples):
        label = int(rng.integers(0, 2))
        X[i] = make_stripe_image(label, size=size, rng=rng)
        y[i] = label
    return X, y


@mistake(
    "MD3",
    part="make_dataset",
    hint={
        "en": "What is the type of the labels? They will be used as indices.",
        "ja": "ラベルの型は何ですか。ラベルは添字として使います。",
    },
)
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    X = np.zeros((n_samples, size, size))
    y = np.zeros(n_samples)
    for i in range(n_samples):
        label = int(rng.integers(0, 2))
        X[i] = make_stripe_image(label, size=size, rng=rng)
        y[i] = label
    return X, y


@mistake(
    "MD4",
    part="make_dataset",
    hint={
        "en": "Is the label that you note the kind that you drew?",
        "ja": "記録したラベルは、描いた画像の種類と同じですか。",
    },
)
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    X = np.zeros((n_samples, size, size))
    y = np.zeros(n_samples, dtype=np.int64)
    for i in range(n_samples):
        label = int(rng.integers(0, 2))
        X[i] = make_stripe_image(label, size=size, rng=rng)
        y[i] = rng.integers(0, 2)
    return X, y


@mistake(
    "MD5",
    part="make_dataset",
    hint={
        "en": "A new generator with the same seed begins again. How often do you make one?",
        "ja": "同じシードで作り直した乱数生成器は、最初から始まります。何回作っていますか。",
    },
)
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    X = np.zeros((n_samples, size, size))
    y = np.zeros(n_samples, dtype=np.int64)
    for i in range(n_samples):
        rng = np.random.default_rng(seed)
        label = int(rng.integers(0, 2))
        X[i] = make_stripe_image(label, size=size, rng=rng)
        y[i] = label
    return X, y


@mistake(
    "MD6",
    part="make_dataset",
    hint={
        "en": "Try another size. Do you pass it on?",
        "ja": "sizeを変えて試してみましょう。sizeを渡していますか。",
    },
)
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    X = np.zeros((n_samples, size, size))
    y = np.zeros(n_samples, dtype=np.int64)
    for i in range(n_samples):
        label = int(rng.integers(0, 2))
        X[i] = make_stripe_image(label, rng=rng)
        y[i] = label
    return X, y


@mistake(
    "EF1",
    part="extract_features",
    hint={
        "en": "Which step comes between the filter and the pooling?",
        "ja": "フィルターとプーリングの間には、どんな処理がありましたか。",
    },
)
def extract_features(images, kernels):
    feats = []
    for img in images:
        row = []
        for k in kernels:
            act = conv2d_single(img, k, 1, 1)
            pool = maxpool2d_single(act, 2, 2)
            row += [np.mean(pool), np.max(pool)]
        feats.append(row)
    return np.array(feats)


@mistake(
    "EF2",
    part="extract_features",
    hint={
        "en": "Is the map of responses as large as the picture? Which padding was asked for?",
        "ja": "反応のマップは画像と同じ大きさですか。パディングはいくつでしたか。",
    },
)
def extract_features(images, kernels):
    feats = []
    for img in images:
        row = []
        for k in kernels:
            act = np.maximum(conv2d_single(img, k), 0.0)
            pool = maxpool2d_single(act, 2, 2)
            row += [np.mean(pool), np.max(pool)]
        feats.append(row)
    return np.array(feats)


@mistake(
    "EF3",
    part="extract_features",
    hint={
        "en": "In which order do the numbers of the first and the second filter stand?",
        "ja": "1枚目と2枚目のフィルターの数は、どの順に並びますか。",
    },
)
def extract_features(images, kernels):
    means, maxima = [], []
    for img in images:
        maps = [np.maximum(conv2d_single(img, k, 1, 1), 0.0) for k in kernels]
        pooled = [maxpool2d_single(m, 2, 2) for m in maps]
        means.append([m.mean() for m in pooled])
        maxima.append([m.max() for m in pooled])
    return np.hstack([np.array(means), np.array(maxima)])


@mistake(
    "EF4",
    part="extract_features",
    hint={
        "en": "The mean of which map: before the pooling or after it?",
        "ja": "平均を取るのは、プーリングの前と後、どちらのマップですか。",
    },
)
def extract_features(images, kernels):
    feats = []
    for img in images:
        row = []
        for k in kernels:
            act = np.maximum(conv2d_single(img, k, 1, 1), 0.0)
            pool = maxpool2d_single(act, 2, 2)
            row += [np.mean(act), np.max(pool)]
        feats.append(row)
    return np.array(feats)


@mistake(
    "EF5",
    part="extract_features",
    hint={
        "en": "What does ReLU make of -3?",
        "ja": "ReLUは-3をいくつにしますか。",
    },
)
def extract_features(images, kernels):
    feats = []
    for img in images:
        row = []
        for k in kernels:
            act = np.abs(conv2d_single(img, k, 1, 1))
            pool = maxpool2d_single(act, 2, 2)
            row += [np.mean(pool), np.max(pool)]
        feats.append(row)
    return np.array(feats)


@mistake(
    "EF6",
    part="extract_features",
    hint={
        "en": "Do later pictures start with an empty row of their own?",
        "ja": "2枚目からの画像も、空のリストから始めていますか。",
    },
)
def extract_features(images, kernels):
    feats = np.zeros((len(images), 2 * len(kernels)))
    for i, img in enumerate(images):
        for j, k in enumerate(kernels):
            pool = maxpool2d_single(np.maximum(conv2d_single(img, k, 1, 1), 0.0), 2, 2)
            feats[i, j], feats[i, j + 1] = pool.mean(), pool.max()
    return feats


@mistake(
    "SX1",
    part="softmax",
    hint={
        "en": "What is exp(1000)? Which number may be subtracted from all scores of a row?",
        "ja": "exp(1000)はいくつですか。行のすべてのスコアから引いてもよい数は何ですか。",
    },
)
def softmax(logits):
    z = logits
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


@mistake(
    "SX2",
    part="softmax",
    hint={
        "en": "One maximum for all rows, or one for each?",
        "ja": "最大値は全体で1つですか、行ごとに1つですか。",
    },
)
def softmax(logits):
    z = logits - np.max(logits)
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


@mistake(
    "SX11",
    part="softmax",
    hint={
        "en": "Sum each row: what do you get?",
        "ja": "行ごとに合計すると、いくつになりますか。",
    },
)
def softmax(logits):
    z = logits - np.max(logits, axis=1, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=0)


@mistake(
    "SX13",
    part="softmax",
    hint={
        "en": "Compare the logits before and after the call.",
        "ja": "呼び出しの前と後で、logitsの値を比べてみましょう。",
    },
)
def softmax(logits):
    logits -= np.max(logits, axis=1, keepdims=True)
    e = np.exp(logits)
    return e / np.sum(e, axis=1, keepdims=True)


@mistake(
    "OH1",
    part="one_hot",
    hint={
        "en": "How many columns are there if the last class does not occur?",
        "ja": "最後のクラスが現れないとき、列はいくつですか。",
    },
)
def one_hot(y, n_classes):
    return np.eye(int(np.max(y)) + 1)[y]


@mistake(
    "OH2",
    part="one_hot",
    hint={
        "en": "One row for each label, or one column?",
        "ja": "ラベル1つは、行になりますか、列になりますか。",
    },
)
def one_hot(y, n_classes):
    out = np.zeros((n_classes, len(y)))
    out[y, np.arange(len(y))] = 1.0
    return out


@mistake(
    "OH3",
    part="one_hot",
    hint={
        "en": "Indexing with a slice and an array sets more than one entry in each row.",
        "ja": "スライスと配列で添字を付けると、1行に1つより多くの要素が変わります。",
    },
)
def one_hot(y, n_classes):
    out = np.zeros((len(y), n_classes))
    out[:, y] = 1.0
    return out


@mistake(
    "TS1",
    part="train_softmax",
    hint={
        "en": "Uphill or downhill?",
        "ja": "坂を上っていますか、下っていますか。",
    },
)
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    n, d = X.shape
    c = int(np.max(y)) + 1 if n_classes is None else n_classes
    W, b = np.zeros((d, c)), np.zeros((1, c))
    Y = np.zeros((n, c))
    Y[np.arange(n), y] = 1.0
    hist = []
    for _ in range(epochs):
        z = X @ W + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        prob = e / e.sum(axis=1, keepdims=True)
        hist.append(-np.mean(np.sum(Y * np.log(prob + 1e-12), axis=1)))
        dz = (Y - prob) / n
        W -= lr * (X.T @ dz)
        b -= lr * np.sum(dz, axis=0, keepdims=True)
    return W, b, hist


@mistake(
    "TS2",
    part="train_softmax",
    hint={
        "en": "Duplicate every example: should the step double?",
        "ja": "どのデータも2つずつに増やしたら、1歩は2倍になるべきでしょうか。",
    },
)
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    n, d = X.shape
    c = int(np.max(y)) + 1 if n_classes is None else n_classes
    W, b = np.zeros((d, c)), np.zeros((1, c))
    Y = np.zeros((n, c))
    Y[np.arange(n), y] = 1.0
    hist = []
    for _ in range(epochs):
        z = X @ W + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        prob = e / e.sum(axis=1, keepdims=True)
        hist.append(-np.mean(np.sum(Y * np.log(prob + 1e-12), axis=1)))
        dz = prob - Y
        W -= lr * (X.T @ dz)
        b -= lr * np.sum(dz, axis=0, keepdims=True)
    return W, b, hist


@mistake(
    "TS3",
    part="train_softmax",
    hint={
        "en": "Which of your parameters never changes?",
        "ja": "学習の間、変わらないパラメーターはどれですか。",
    },
)
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    n, d = X.shape
    c = int(np.max(y)) + 1 if n_classes is None else n_classes
    W, b = np.zeros((d, c)), np.zeros((1, c))
    Y = np.zeros((n, c))
    Y[np.arange(n), y] = 1.0
    hist = []
    for _ in range(epochs):
        z = X @ W + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        prob = e / e.sum(axis=1, keepdims=True)
        hist.append(-np.mean(np.sum(Y * np.log(prob + 1e-12), axis=1)))
        dz = (prob - Y) / n
        W -= lr * (X.T @ dz)
    return W, b, hist


@mistake(
    "TS4",
    part="train_softmax",
    hint={
        "en": "Which weights produced the loss that you note: those before the step, or after?",
        "ja": "記録した損失は、1歩進む前と後、どちらの重みで計算したものですか。",
    },
)
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    n, d = X.shape
    c = int(np.max(y)) + 1 if n_classes is None else n_classes
    W, b = np.zeros((d, c)), np.zeros((1, c))
    Y = np.zeros((n, c))
    Y[np.arange(n), y] = 1.0
    hist = []
    for _ in range(epochs):
        z = X @ W + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        prob = e / e.sum(axis=1, keepdims=True)
        dz = (prob - Y) / n
        W -= lr * (X.T @ dz)
        b -= lr * np.sum(dz, axis=0, keepdims=True)
        z = X @ W + b
        log_sum = np.log(np.sum(np.exp(z), axis=1))
        hist.append(np.mean(log_sum - np.sum(Y * z, axis=1)))
    return W, b, hist


@mistake(
    "TS5",
    part="train_softmax",
    hint={
        "en": "Who decides how many classes there are, if n_classes is given?",
        "ja": "n_classesが指定されたとき、クラスの数は何で決まりますか。",
    },
)
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    n, d = X.shape
    c = int(np.max(y)) + 1
    W, b = np.zeros((d, c)), np.zeros((1, c))
    Y = np.zeros((n, c))
    Y[np.arange(n), y] = 1.0
    hist = []
    for _ in range(epochs):
        z = X @ W + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        prob = e / e.sum(axis=1, keepdims=True)
        hist.append(-np.mean(np.sum(Y * np.log(prob + 1e-12), axis=1)))
        dz = (prob - Y) / n
        W -= lr * (X.T @ dz)
        b -= lr * np.sum(dz, axis=0, keepdims=True)
    return W, b, hist


@mistake(
    "TS6",
    part="train_softmax",
    hint={
        "en": "Duplicate every example: should the loss double?",
        "ja": "どのデータも2つずつに増やしたら、損失は2倍になるべきでしょうか。",
    },
)
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    n, d = X.shape
    c = int(np.max(y)) + 1 if n_classes is None else n_classes
    W, b = np.zeros((d, c)), np.zeros((1, c))
    Y = np.zeros((n, c))
    Y[np.arange(n), y] = 1.0
    hist = []
    for _ in range(epochs):
        z = X @ W + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        prob = e / e.sum(axis=1, keepdims=True)
        hist.append(-np.sum(Y * np.log(prob + 1e-12)))
        dz = (prob - Y) / n
        W -= lr * (X.T @ dz)
        b -= lr * np.sum(dz, axis=0, keepdims=True)
    return W, b, hist


@mistake(
    "TS7",
    part="train_softmax",
    hint={
        "en": "The mean over the examples, or over all entries of the matrix?",
        "ja": "平均するのは、データについてですか、行列の要素すべてについてですか。",
    },
)
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    n, d = X.shape
    c = int(np.max(y)) + 1 if n_classes is None else n_classes
    W, b = np.zeros((d, c)), np.zeros((1, c))
    Y = np.zeros((n, c))
    Y[np.arange(n), y] = 1.0
    hist = []
    for _ in range(epochs):
        z = X @ W + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        prob = e / e.sum(axis=1, keepdims=True)
        hist.append(-np.mean(Y * np.log(prob + 1e-12)))
        dz = (prob - Y) / n
        W -= lr * (X.T @ dz)
        b -= lr * np.sum(dz, axis=0, keepdims=True)
    return W, b, hist


@mistake(
    "TS8",
    part="train_softmax",
    hint={
        "en": "Which loss does each step belong to? Count them.",
        "ja": "損失はいくつ記録されましたか。歩数と同じですか。",
    },
)
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    n, d = X.shape
    c = int(np.max(y)) + 1 if n_classes is None else n_classes
    W, b = np.zeros((d, c)), np.zeros((1, c))
    Y = np.zeros((n, c))
    Y[np.arange(n), y] = 1.0
    hist = []
    for _ in range(epochs):
        z = X @ W + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        prob = e / e.sum(axis=1, keepdims=True)
        hist.append(-np.mean(np.sum(Y * np.log(prob + 1e-12), axis=1)))
        dz = (prob - Y) / n
        W -= lr * (X.T @ dz)
        b -= lr * np.sum(dz, axis=0, keepdims=True)
    return W, b, hist[-1:]


@mistake(
    "CM1",
    part="confusion_matrix",
    hint={
        "en": "What is a row: the true class or the predicted one?",
        "ja": "行は、本当のクラスですか、予測したクラスですか。",
    },
)
def confusion_matrix(y_true, y_pred, n_classes):
    cm = np.zeros((n_classes, n_classes), dtype=int)
    for yt, yp in zip(y_true, y_pred, strict=True):
        cm[yp, yt] += 1
    return cm


@mistake(
    "CM2",
    part="confusion_matrix",
    hint={
        "en": "A pair that occurs twice: is it counted twice? Sum up the matrix.",
        "ja": "同じ組が2回現れたら、2回数えていますか。行列の要素を合計してみましょう。",
    },
)
def confusion_matrix(y_true, y_pred, n_classes):
    cm = np.zeros((n_classes, n_classes), dtype=int)
    cm[y_true, y_pred] += 1
    return cm


@mistake(
    "CM3",
    part="confusion_matrix",
    hint={
        "en": "Counts, or shares? Which was asked for?",
        "ja": "求められているのは、個数ですか、割合ですか。",
    },
)
def confusion_matrix(y_true, y_pred, n_classes):
    cm = np.zeros((n_classes, n_classes))
    for yt, yp in zip(y_true, y_pred, strict=True):
        cm[yt, yp] += 1
    return cm / cm.sum(axis=1, keepdims=True).clip(1)


@mistake(
    "FC1",
    part="conv1x1",
    hint={
        "en": "Which axis holds the channels? Broadcasting counts from the end.",
        "ja": "チャンネルはどの軸ですか。ブロードキャストは後ろの軸から順に対応します。",
    },
)
def conv1x1(x, W, b=None):
    out = np.einsum("oc,bchw->bohw", W, x)
    return out if b is None else out + b


@mistake(
    "FC2",
    part="conv1x1",
    hint={
        "en": "Set W to 0: what should come out?",
        "ja": "Wをすべて0にしたら、結果は何になるはずですか。",
    },
)
def conv1x1(x, W, b=None):
    return np.einsum("oc,bchw->bohw", W, x)


@mistake(
    "FC3",
    part="conv1x1",
    hint={
        "en": "A reshape moves no numbers. Do the numbers of one row belong to one place?",
        "ja": "reshapeは値を並べ替えません。1行に並んだ値は、同じ場所のものですか。",
    },
)
def conv1x1(x, W, b=None):
    n, c, h, w = x.shape
    out = (x.reshape(-1, c) @ W.T).reshape(n, -1, h, w)
    return out if b is None else out + b.reshape(1, -1, 1, 1)


@mistake(
    "FC4",
    part="conv1x1",
    hint={
        "en": "In which order are the axes after your matrix product, and which is asked for?",
        "ja": "行列積の後の軸はどの順番ですか。求められている順番と同じですか。",
    },
)
def conv1x1(x, W, b=None):
    out = x.transpose(0, 2, 3, 1) @ W.T
    return out if b is None else out + b


@mistake(
    "FC5",
    part="conv1x1",
    hint={
        "en": "One bias in all, or one for each output channel?",
        "ja": "バイアスは全部で1つですか、出力のチャンネルごとに1つですか。",
    },
)
def conv1x1(x, W, b=None):
    out = np.einsum("oc,bchw->bohw", W, x)
    return out if b is None else out + np.sum(b)


@mistake(
    "UP1",
    part="upsample_nearest",
    hint={
        "en": "Does 1 2 become 1 1 2 2 or 1 2 1 2?",
        "ja": "1 2は、1 1 2 2になりますか、それとも1 2 1 2になりますか。",
    },
)
def upsample_nearest(x, factor=2):
    return np.tile(x, (1, 1, factor, factor))


@mistake(
    "UP2",
    part="upsample_nearest",
    hint={
        "en": "Try factor 3.",
        "ja": "factor=3で試してみましょう。",
    },
)
def upsample_nearest(x, factor=2):
    return np.repeat(np.repeat(x, 2, axis=2), 2, axis=3)


@mistake(
    "UP3",
    part="upsample_nearest",
    hint={
        "en": "Which of the four axes have to grow?",
        "ja": "4つの軸のうち、大きくするのはどれですか。",
    },
)
def upsample_nearest(x, factor=2):
    return np.repeat(np.repeat(x, factor, axis=1), factor, axis=2)


@equivalent(
    "MS-A",
    part="make_stripe_image",
    why="noise first, place later, and the stripe as a maximum",
)
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    rng = rng if rng is not None else np.random.default_rng()
    noise = noise_std * rng.standard_normal((size, size))
    place = rng.choice(np.arange(3, size - 3))
    distance = np.arange(size) - place
    line = ((distance == 0) | (distance == -1)).astype(float)
    image = np.tile(line, (size, 1)) + (noise if kind == 1 else noise.T)
    image = np.minimum(np.maximum(image, 0), 1)
    return image if kind == 1 else image.T


@mistake(
    "MD7",
    part="make_dataset",
    hint={
        "en": "Print the first ten labels for two seeds. Could one guess them?",
        "ja": "2つのシードで、最初の10個のラベルを表示しましょう。見なくても当てられませんか。",
    },
)
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % 2
    X = np.array([make_stripe_image(kind, size=size, rng=rng) for kind in y])
    return X, y


@equivalent("MD-A", part="make_dataset", why="all labels are drawn before the first picture")
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n_samples) % 2)
    return np.array([make_stripe_image(k, size, rng=rng) for k in y.tolist()]), y


@equivalent(
    "EF-A",
    part="extract_features",
    why="pooling before ReLU: the largest stays the largest",
)
def extract_features(images, kernels):
    feats = np.empty((len(images), 2 * len(kernels)))
    for i, img in enumerate(images):
        for j, k in enumerate(kernels):
            pool = maxpool2d_single(conv2d_single(img, k, padding=1)).clip(0)
            feats[i, 2 * j], feats[i, 2 * j + 1] = pool.mean(), pool.max()
    return feats


@mistake(
    "SX16",
    part="softmax",
    hint={
        "en": "A row of 0 and 2500: what do you subtract, and what is the largest exponent then?",
        "ja": "0と2500の行で考えましょう。引く数はいくつで、指数は最大いくつになりますか。",
    },
)
def softmax(logits):
    powers = np.exp(logits - logits.mean(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@equivalent("SX-A", part="softmax", why="by way of logarithms")
def softmax(logits):
    top = logits.max(axis=1)[:, None]
    return np.exp(logits - top - np.log(np.exp(logits - top).sum(axis=1))[:, None])


@equivalent("OH-A", part="one_hot", why="rows of the unit matrix")
def one_hot(y, n_classes):
    return np.eye(n_classes)[y]


@equivalent(
    "TS-A",
    part="train_softmax",
    why="the bias as the weight of a feature that is always 1",
)
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
