# ruff: noqa: F811, F821, D103 - each function is a student's version of the same name.
"""More unusual ways to write the functions of this exercise that are right."""

import numpy as np

from autograder.course.mistakes import equivalent


@equivalent("MS-B", part="make_stripe_image", why="a column drawn, and turned for the other kind")
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    rng = rng or np.random.default_rng()
    at = int(rng.integers(3, size - 3))
    image = np.zeros((size, size))
    for column in (at - 1, at):
        for row in range(size):
            image[row, column] = 1
    if kind == 0:
        image = image.T
    return (image + rng.normal(scale=noise_std, size=(size, size))).clip(0, 1)


@equivalent("MS-C", part="make_stripe_image", why="np.where on the distance from the place")
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    at = rng.integers(3, size - 3)
    rows, columns = np.indices((size, size))
    axis = rows if kind == 0 else columns
    image = np.where((axis == at) | (axis == at - 1), 1.0, 0.0)
    noise = rng.normal(0, noise_std, size * size).reshape(size, size)
    return np.clip(image + noise, 0, 1)


@equivalent("MS-D", part="make_stripe_image", why="a tuple of slices as the index")
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    image = rng.normal(0.0, noise_std, (size, size))
    at = rng.integers(3, size - 3)
    index = [slice(None), slice(None)]
    index[kind] = slice(at - 1, at + 1)
    image[tuple(index)] += 1
    np.clip(image, 0, 1, out=image)
    return image


@equivalent("MS-E", part="make_stripe_image", why="an outer product of a line with ones")
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    line = np.zeros(size)
    at = rng.integers(low=3, high=size - 3)
    line[[at - 1, at]] = 1
    flat = np.outer(line, np.ones(size)) if kind == 0 else np.outer(np.ones(size), line)
    return np.maximum(0, np.minimum(1, flat + noise_std * rng.normal(size=flat.shape)))


@equivalent("MS-F", part="make_stripe_image", why="lists of rows, made an array at the end")
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    rng = np.random.default_rng() if rng is None else rng
    at = rng.integers(3, size - 3)
    lit = [1.0 if i in (at - 1, at) else 0.0 for i in range(size)]
    rows = [[v] * size for v in lit] if kind == 0 else [list(lit) for _ in range(size)]
    noisy = np.array(rows) + rng.standard_normal((size, size)) * noise_std
    noisy[noisy < 0] = 0
    noisy[noisy > 1] = 1
    return noisy


@equivalent("MS-G", part="make_stripe_image", why="np.roll moves a stripe at the edge to its place")
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    image = np.zeros((size, size))
    image[:2] = 1
    image = np.roll(image, rng.integers(3, size - 3) - 1, axis=0)
    image = image if kind == 0 else image.transpose()
    return np.clip(image + rng.normal(0, noise_std, (size, size)), 0.0, 1.0)


@equivalent("MS-H", part="make_stripe_image", why="the place by a float that is rounded down")
def make_stripe_image(kind, size=16, noise_std=0.12, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    at = 3 + int(rng.random() * (size - 6))
    image = np.pad(np.ones((2, size)), ((at - 1, size - at - 1), (0, 0)))
    if kind != 0:
        image = np.rot90(image, 3)[:, ::-1]
    return np.clip(image + rng.normal(0, noise_std, (size, size)), 0, 1)


@equivalent("MD-B", part="make_dataset", why="lists, filled by append")
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    images, labels = [], []
    while len(images) < n_samples:
        labels.append(int(rng.integers(2)))
        images.append(make_stripe_image(labels[-1], size, 0.12, rng))
    return np.stack(images), np.array(labels)


@equivalent("MD-C", part="make_dataset", why="a coin for each picture, as a comparison")
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n_samples) < 0.5).astype(int)
    X = np.empty((n_samples, size, size))
    for image, kind in zip(X, y, strict=True):
        image[:] = make_stripe_image(kind, size=size, rng=rng)
    return X, y


@equivalent("MD-D", part="make_dataset", why="half of each kind, shuffled afterwards")
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    kinds = [0] * (n_samples // 2) + [1] * (n_samples - n_samples // 2)
    X = np.array([make_stripe_image(kind, size=size, rng=rng) for kind in kinds])
    order = rng.permutation(n_samples)
    return X[order], np.array(kinds)[order]


@equivalent("MD-E", part="make_dataset", why="a generator of pairs, unzipped")
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)

    def pairs():
        for _ in range(n_samples):
            kind = rng.choice([0, 1])
            yield make_stripe_image(kind, size, rng=rng), kind

    X, y = zip(*pairs(), strict=True)
    return np.asarray(X), np.asarray(y)


@equivalent("MD-F", part="make_dataset", why="a generator of its own for labels and for pictures")
def make_dataset(n_samples=400, size=16, seed=0):
    kinds = np.random.default_rng([seed, 1]).integers(0, 2, n_samples)
    rng = np.random.default_rng([seed, 2])
    return np.concatenate([make_stripe_image(k, size, rng=rng)[None] for k in kinds]), kinds


@equivalent("MD-G", part="make_dataset", why="each picture has its own generator, from the seed")
def make_dataset(n_samples=400, size=16, seed=0):
    y = np.random.RandomState(seed).randint(0, 2, n_samples)
    X = np.zeros((n_samples, size, size))
    for i in range(n_samples):
        X[i] = make_stripe_image(y[i], size, rng=np.random.default_rng((seed, i)))
    return X, y


@equivalent("MD-H", part="make_dataset", why="a dict from number to picture, in order")
def make_dataset(n_samples=400, size=16, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, size=n_samples)
    made = {i: make_stripe_image(int(y[i]), size=size, rng=rng) for i in range(n_samples)}
    return np.array(list(made.values())), y.astype(np.int64)


@equivalent("EF-B", part="extract_features", why="a comprehension in a comprehension")
def extract_features(images, kernels):
    def pooled(image, kernel):
        return maxpool2d_single(np.maximum(0, conv2d_single(image, kernel, padding=1)), 2)

    return np.array(
        [[f(pooled(i, k)) for k in kernels for f in (np.mean, np.max)] for i in images]
    )


@equivalent("EF-C", part="extract_features", why="filter by filter, columns put side by side")
def extract_features(images, kernels):
    columns = []
    for kernel in kernels:
        maps = [conv2d_single(image, kernel, stride=1, padding=1) for image in images]
        pools = [maxpool2d_single(m * (m > 0), 2, 2) for m in maps]
        columns.append([p.mean() for p in pools])
        columns.append([p.max() for p in pools])
    return np.array(columns).T


@equivalent("EF-D", part="extract_features", why="ReLU as half of the number and its size")
def extract_features(images, kernels):
    out = np.zeros((len(images), len(kernels), 2))
    for i, image in enumerate(images):
        for j, kernel in enumerate(kernels):
            pooled = maxpool2d_single(np.abs(conv2d_single(image, kernel, 1, 1)) / 2
                                      + conv2d_single(image, kernel, 1, 1) / 2, 2, 2)
            out[i, j] = np.average(pooled), np.amax(pooled)
    return out.reshape(len(images), -1)


@equivalent("EF-E", part="extract_features", why="padding by hand")
def extract_features(images, kernels):
    rows = []
    for image in images:
        padded = np.pad(image, 1)
        row = np.concatenate([
            [pooled.sum() / pooled.size, pooled.max()]
            for pooled in (
                maxpool2d_single(np.clip(conv2d_single(padded, k), 0, None), 2) for k in kernels
            )
        ])
        rows.append(row)
    return np.vstack(rows)


@equivalent("EF-F", part="extract_features", why="mean and maximum in slices with a step of 2")
def extract_features(images, kernels):
    features = np.zeros((len(images), 2 * len(kernels)))
    for i, image in enumerate(images):
        pools = [maxpool2d_single(np.maximum(conv2d_single(image, k, 1, 1), 0)) for k in kernels]
        features[i, ::2] = [np.mean(p) for p in pools]
        features[i, 1::2] = [np.max(p) for p in pools]
    return features


@equivalent("EF-G", part="extract_features", why="np.hstack on a list that grows")
def extract_features(images, kernels):
    features = np.empty((0, 2 * len(kernels)))
    for n in range(images.shape[0]):
        row = np.array([])
        for k in range(len(kernels)):
            response = conv2d_single(images[n], kernels[k], 1, 1)
            response[response < 0] = 0
            pool = maxpool2d_single(response, 2, 2)
            row = np.hstack([row, pool.mean(), pool.max()])
        features = np.append(features, row[None], axis=0)
    return features


@equivalent("EF-H", part="extract_features", why="max of ravelled lists; math.fsum for the mean")
def extract_features(images, kernels):
    import math

    def pair(image, kernel):
        flat = maxpool2d_single(np.maximum(conv2d_single(image, kernel, 1, 1), 0), 2).ravel()
        return [math.fsum(flat) / len(flat), max(flat)]

    return np.array([np.ravel([pair(image, k) for k in kernels]) for image in images])


@equivalent("SX-B", part="softmax", why="row by row, in a loop")
def softmax(logits):
    out = np.empty(logits.shape)
    for i, row in enumerate(logits):
        e = np.exp(row - max(row))
        out[i] = e / sum(e)
    return out


@equivalent("SX-C", part="softmax", why="logaddexp adds in the logarithm")
def softmax(logits):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1)[:, np.newaxis])


@equivalent("SX-D", part="softmax", why="on the transposed array")
def softmax(logits):
    columns = logits.T - np.max(logits, axis=-1)
    powers = np.exp(columns)
    return (powers / np.sum(powers, axis=0)).T


@equivalent("SX-E", part="softmax", why="apply_along_axis")
def softmax(logits):
    def one(row):
        powers = np.exp(row - np.max(row))
        return powers * (1 / powers.sum())

    return np.apply_along_axis(one, 1, logits)


@equivalent("SX-F", part="softmax", why="one over the sum of differences")
def softmax(logits):
    with np.errstate(over="ignore"):
        return 1 / np.exp(logits[:, None, :] - logits[:, :, None]).sum(axis=2)


@equivalent("SX-G", part="softmax", why="in place on a copy, with out=")
def softmax(logits):
    out = np.array(logits, dtype=float)
    out -= out.max(axis=1).reshape(-1, 1)
    np.exp(out, out=out)
    out /= np.einsum("nc->n", out)[:, None]
    return out


@equivalent("SX-H", part="softmax", why="powers of 2")
def softmax(logits):
    bits = (logits - logits.max(1, keepdims=True)) / np.log(2)
    return np.exp2(bits) / np.exp2(bits).sum(1, keepdims=True)


@equivalent("OH-B", part="one_hot", why="a comparison with the numbers of the classes")
def one_hot(y, n_classes):
    return (np.asarray(y)[:, None] == np.arange(n_classes)).astype(float)


@equivalent("OH-C", part="one_hot", why="a loop over the rows")
def one_hot(y, n_classes):
    out = np.zeros([len(y), n_classes])
    for row, label in zip(out, y, strict=True):
        row[label] = 1
    return out


@equivalent("OH-D", part="one_hot", why="the flat index of each one")
def one_hot(y, n_classes):
    out = np.zeros(len(y) * n_classes)
    out[np.arange(len(y)) * n_classes + y] = 1
    return out.reshape(len(y), n_classes)


@equivalent("OH-E", part="one_hot", why="put_along_axis")
def one_hot(y, n_classes):
    out = np.zeros((y.shape[0], n_classes))
    np.put_along_axis(out, y[:, None], 1.0, axis=1)
    return out


@equivalent("OH-F", part="one_hot", why="nested lists")
def one_hot(y, n_classes):
    return np.array([[float(c == label) for c in range(n_classes)] for label in y])


@equivalent("OH-G", part="one_hot", why="rows of the unit matrix, by take")
def one_hot(y, n_classes):
    return np.take(np.identity(n_classes), y, axis=0)


@equivalent("OH-H", part="one_hot", why="np.equal.outer, times 1.0")
def one_hot(y, n_classes):
    return np.equal.outer(y, range(n_classes)) * 1.0


@equivalent("TS-B", part="train_softmax", why="the gradient of W as a sum of outer products")
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    N, D = X.shape
    C = y.max() + 1 if n_classes is None else n_classes
    W, b, losses = np.zeros((D, C)), np.zeros((1, C)), []
    for _ in range(epochs):
        p = softmax(X @ W + b)
        losses.append(-np.log(p[range(N), y]).mean())
        d = (p - one_hot(y, C)) / N
        W = W - lr * np.einsum("nd,nc->dc", X, d)
        b = b - lr * d.sum(0)[None]
    return W, b, losses


@equivalent("TS-C", part="train_softmax", why="biases of one axis inside")
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    C = int(np.max(y)) + 1 if n_classes is None else n_classes
    W, b = np.zeros((X.shape[1], C)), np.zeros(C)
    t = one_hot(y, C)
    losses = []
    for _ in range(epochs):
        p = softmax(X.dot(W) + b)
        losses.append(float(-(t * np.log(p)).sum() / len(X)))
        W -= lr * X.T.dot(p - t) / len(X)
        b -= lr * (p - t).mean(axis=0)
    return W, b[np.newaxis], losses


@equivalent("TS-D", part="train_softmax", why="the transposed layout inside")
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    C = n_classes if n_classes is not None else len(np.bincount(y))
    W, b = np.zeros((C, X.shape[1])), np.zeros((C, 1))
    target = one_hot(y, C).T
    history = []
    for _ in range(epochs):
        p = softmax((W @ X.T + b).T).T
        history.append(np.mean(-np.log((p * target).sum(axis=0))))
        step = lr / len(X) * (target - p)
        W += step @ X
        b += step.sum(axis=1, keepdims=True)
    return W.T, b.T, history


@equivalent("TS-E", part="train_softmax", why="losses in an array made beforehand")
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    C = n_classes or int(y.max()) + 1
    W, b = np.zeros((X.shape[1], C)), np.zeros((1, C))
    history = np.zeros(epochs)
    for epoch in range(epochs):
        p = softmax(X @ W + b)
        right = np.take_along_axis(p, y[:, None], axis=1)
        history[epoch] = -np.log(right).mean()
        np.put_along_axis(p, y[:, None], right - 1, axis=1)
        W -= lr * (X.T @ p) / len(y)
        b -= lr * p.mean(axis=0, keepdims=True)
    return W, b, history.tolist()


@equivalent("TS-F", part="train_softmax", why="class by class, in a loop")
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    C = int(y.max()) + 1 if n_classes is None else n_classes
    W, b, history = np.zeros((X.shape[1], C)), np.zeros((1, C)), []
    for _ in range(epochs):
        p = softmax(X @ W + b)
        history.append(float(np.mean([-np.log(p[i, k]) for i, k in enumerate(y)])))
        for c in range(C):
            d = p[:, c] - (y == c)
            W[:, c] -= lr * (d @ X) / len(X)
            b[0, c] -= lr * d.mean()
    return W, b, history


@equivalent("TS-G", part="train_softmax", why="a step as a function that returns new weights")
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    C = int(max(y)) + 1 if n_classes is None else n_classes
    t = one_hot(y, C)

    def step(W, b):
        p = softmax(X @ W + b)
        d = (p - t) / X.shape[0]
        loss = -np.sum(t * np.log(p + 1e-12)) / X.shape[0]
        return W - lr * X.T @ d, b - lr * np.ones((1, len(X))) @ d, loss

    W, b, losses = np.zeros((X.shape[1], C)), np.zeros((1, C)), []
    while len(losses) < epochs:
        W, b, loss = step(W, b)
        losses.append(loss)
    return W, b, losses


@equivalent("TS-H", part="train_softmax", why="log-sum-exp minus the score is the loss")
def train_softmax(X, y, lr=0.1, epochs=500, n_classes=None):
    C = int(y.max()) + 1 if n_classes is None else n_classes
    theta = np.zeros((1 + X.shape[1], C))
    A = np.c_[np.ones(len(X)), X]
    history = []
    for _ in range(epochs):
        z = A @ theta
        history.append(float((np.logaddexp.reduce(z, axis=1) - z[np.arange(len(y)), y]).mean()))
        theta -= lr * A.T @ (softmax(z) - one_hot(y, C)) / len(A)
    return theta[1:], theta[:1], history


@equivalent("CM-B", part="confusion_matrix", why="np.add.at on pairs")
def confusion_matrix(y_true, y_pred, n_classes):
    counts = np.zeros((n_classes, n_classes), dtype=np.int64)
    np.add.at(counts, (y_true, y_pred), 1)
    return counts


@equivalent("CM-C", part="confusion_matrix", why="the product of one-hot rows")
def confusion_matrix(y_true, y_pred, n_classes):
    return (one_hot(y_true, n_classes).T @ one_hot(y_pred, n_classes)).astype(int)


@equivalent("CM-D", part="confusion_matrix", why="a sum for each cell")
def confusion_matrix(y_true, y_pred, n_classes):
    classes = range(n_classes)
    return np.array(
        [[np.sum((y_true == i) & (y_pred == j)) for j in classes] for i in classes]
    )


@equivalent("CM-E", part="confusion_matrix", why="a Counter of pairs")
def confusion_matrix(y_true, y_pred, n_classes):
    from collections import Counter

    count = Counter(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    return np.array([[count[i, j] for j in range(n_classes)] for i in range(n_classes)])


@equivalent("CM-F", part="confusion_matrix", why="a row for each true class, by bincount")
def confusion_matrix(y_true, y_pred, n_classes):
    rows = [np.bincount(y_pred[y_true == c], minlength=n_classes) for c in range(n_classes)]
    return np.vstack(rows)


@equivalent("CM-G", part="confusion_matrix", why="a histogram in two dimensions")
def confusion_matrix(y_true, y_pred, n_classes):
    edges = np.arange(n_classes + 1) - 0.5
    return np.histogram2d(y_true, y_pred, bins=(edges, edges))[0].astype(int)


@equivalent("CM-H", part="confusion_matrix", why="comparisons by broadcasting, summed up")
def confusion_matrix(y_true, y_pred, n_classes):
    c = np.arange(n_classes)
    return ((y_true == c[:, None])[:, None] & (y_pred == c[:, None])[None]).sum(axis=-1)


@equivalent("FC-C", part="conv1x1", why="tensordot, and the channels moved back")
def conv1x1(x, W, b=None):
    out = np.moveaxis(np.tensordot(W, x, axes=(1, 1)), 0, 1)
    return out if b is None else out + b[:, None, None]


@equivalent("FC-D", part="conv1x1", why="pixels in a row, a matrix product for the batch")
def conv1x1(x, W, b=None):
    N, C, H, Wd = x.shape
    out = (W @ x.reshape(N, C, H * Wd)).reshape(N, -1, H, Wd)
    if b is not None:
        out += b.reshape(1, -1, 1, 1)
    return out


@equivalent("FC-E", part="conv1x1", why="broadcasting and a sum over the channels")
def conv1x1(x, W, b=None):
    b = np.zeros(len(W)) if b is None else b
    return (x[:, None] * W[None, :, :, None, None]).sum(axis=2) + b[None, :, None, None]


@equivalent("FC-F", part="conv1x1", why="pixel by pixel")
def conv1x1(x, W, b=None):
    out = np.empty((x.shape[0], W.shape[0], *x.shape[2:]))
    for n in range(x.shape[0]):
        for i in range(x.shape[2]):
            for j in range(x.shape[3]):
                out[n, :, i, j] = W @ x[n, :, i, j] + (0 if b is None else b)
    return out


@equivalent("FC-G", part="conv1x1", why="rows of pixels, as im2col would give them")
def conv1x1(x, W, b=None):
    N, C, H, Wd = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C) @ W.T
    rows = rows if b is None else rows + b
    return rows.reshape(N, H, Wd, len(W)).transpose(0, 3, 1, 2)


@equivalent("FC-H", part="conv1x1", why="image by image, stacked")
def conv1x1(x, W, b=None):
    maps = [np.einsum("oc,chw->ohw", W, image) for image in x]
    return np.stack(maps) + (0.0 if b is None else np.reshape(b, (-1, 1, 1)))


@equivalent("UP-B", part="upsample_nearest", why="indices divided by the factor")
def upsample_nearest(x, factor=2):
    rows = np.arange(x.shape[2] * factor) // factor
    columns = np.arange(x.shape[3] * factor) // factor
    return x[:, :, rows[:, None], columns]


@equivalent("UP-C", part="upsample_nearest", why="new axes, broadcast and flattened")
def upsample_nearest(x, factor=2):
    n, c, h, w = x.shape
    wide = np.broadcast_to(x[:, :, :, None, :, None], (n, c, h, factor, w, factor))
    return wide.reshape(n, c, h * factor, w * factor)


@equivalent("UP-D", part="upsample_nearest", why="slices with a step")
def upsample_nearest(x, factor=2):
    n, c, h, w = x.shape
    out = np.zeros((n, c, h * factor, w * factor), dtype=x.dtype)
    for i in range(factor):
        for j in range(factor):
            out[:, :, i::factor, j::factor] = x
    return out


@equivalent("UP-E", part="upsample_nearest", why="pixel by pixel")
def upsample_nearest(x, factor=2):
    n, c, h, w = x.shape
    out = np.empty((n, c, h * factor, w * factor))
    for i in range(h * factor):
        for j in range(w * factor):
            out[..., i, j] = x[..., i // factor, j // factor]
    return out


@equivalent("UP-F", part="upsample_nearest", why="np.tile on an axis put behind each pixel")
def upsample_nearest(x, factor=2):
    n, c, h, w = x.shape
    wide = np.tile(x[..., None], factor).reshape(n, c, h, 1, w * factor)
    return np.tile(wide, (1, 1, 1, factor, 1)).reshape(n, c, h * factor, -1)


@equivalent("UP-G", part="upsample_nearest", why="take along each axis")
def upsample_nearest(x, factor=2):
    for axis in (2, 3):
        x = np.take(x, np.repeat(np.arange(x.shape[axis]), factor), axis=axis)
    return x


@equivalent("UP-H", part="upsample_nearest", why="an einsum with ones")
def upsample_nearest(x, factor=2):
    ones = np.ones(factor, dtype=x.dtype)
    n, c, h, w = x.shape
    return np.einsum("nchw,i,j->nchiwj", x, ones, ones).reshape(n, c, h * factor, w * factor)
