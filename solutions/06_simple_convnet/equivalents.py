# ruff: noqa: F811, D103 - each function is a student's version of the same name.
"""More unusual ways to write the layers, the network and Adam that are right."""

import numpy as np

from autograder.course.mistakes import equivalent


@equivalent("RL-A", part="Relu.forward", why="a product with a mask")
def forward(self, x):
    self.x = x
    return x * (x > 0)


@equivalent("RL-B", part="Relu.forward", why="np.where")
def forward(self, x):
    self.x = x
    return np.where(x > 0, x, np.zeros_like(x))


@equivalent("RL-C", part="Relu.forward", why="clip without an upper end")
def forward(self, x):
    self.x = x.copy()
    return np.clip(x, 0, None)


@equivalent("RL-D", part="Relu.forward", why="the book's mask, on a copy")
def forward(self, x):
    self.x = x
    mask = x <= 0
    out = x.copy()
    out[mask] = 0
    return out


@equivalent("RL-E", part="Relu.forward", why="half of the number and its size")
def forward(self, x):
    self.x = np.array(x)
    return (x + np.abs(x)) / 2


@equivalent("RL-F", part="Relu.forward", why="fmax, written into an array made for it")
def forward(self, x):
    self.x = x
    out = np.empty_like(x)
    np.fmax(x, 0, out=out)
    return out


@equivalent("RL-G", part="Relu.forward", why="putmask on a copy")
def forward(self, x):
    self.x, out = x, np.copy(x)
    np.putmask(out, out < 0, 0)
    return out


@equivalent("RK-A", part="Relu.backward", why="a copy with zeros in it")
def backward(self, dout):
    dx = dout.copy()
    dx[self.x <= 0] = 0
    return dx


@equivalent("RK-B", part="Relu.backward", why="np.where")
def backward(self, dout):
    return np.where(self.x > 0, dout, np.zeros_like(dout))


@equivalent("RK-C", part="Relu.backward", why="the step function of NumPy, 0 at 0")
def backward(self, dout):
    return dout * np.heaviside(self.x, 0).astype(dout.dtype)


@equivalent("RK-D", part="Relu.backward", why="only what passes is written")
def backward(self, dout):
    dx = np.zeros_like(dout)
    dx[self.x > 0] = dout[self.x > 0]
    return dx


@equivalent("RK-E", part="Relu.backward", why="the mask as numbers of dout's dtype")
def backward(self, dout):
    return np.multiply(dout, (self.x > 0).astype(dout.dtype))


@equivalent("RK-F", part="Relu.backward", why="the positive part of the sign")
def backward(self, dout):
    return dout * np.maximum(np.sign(self.x), 0)


@equivalent("RK-G", part="Relu.backward", why="flat indices of what passes")
def backward(self, dout):
    passes = np.flatnonzero(self.x > 0)
    dx = np.zeros(dout.size, dtype=dout.dtype)
    dx[passes] = dout.ravel()[passes]
    return dx.reshape(dout.shape)


@equivalent("RK-H", part="Relu.backward", why="multiplied where it passes")
def backward(self, dout):
    return np.multiply(dout, 1, out=np.zeros_like(dout), where=self.x > 0)


@equivalent("AF-A", part="Affine.forward", why="np.dot and the book's reshape")
def forward(self, x):
    self.x_shape = x.shape
    self.rows = x.reshape(x.shape[0], -1)
    return np.dot(self.rows, self.W) + self.b


@equivalent("AF-B", part="Affine.forward", why="a row for each example, stacked")
def forward(self, x):
    self.x_shape = x.shape
    self.rows = np.stack([one.ravel() for one in x])
    return self.b + self.rows @ self.W


@equivalent("AF-C", part="Affine.forward", why="einsum")
def forward(self, x):
    self.x_shape = x.shape
    self.rows = np.reshape(x, (len(x), self.W.shape[0]))
    return np.einsum("ni,io->no", self.rows, self.W) + self.b[None]


@equivalent("AF-D", part="Affine.forward", why="the transposed product")
def forward(self, x):
    self.x_shape = x.shape
    self.rows = x.reshape(-1, len(self.W)).copy()
    return (self.W.T @ self.rows.T + self.b[:, np.newaxis]).T


@equivalent("AF-E", part="Affine.forward", why="the bias is there first, the product is added")
def forward(self, x):
    self.x_shape = x.shape
    self.rows = x.reshape(len(x), -1)
    out = np.tile(self.b, (len(x), 1))
    out += self.rows @ self.W
    return out


@equivalent("AF-F", part="Affine.forward", why="the bias as the weight of an input that is 1")
def forward(self, x):
    self.x_shape = x.shape
    self.rows = x.reshape(len(x), -1)
    ones = np.ones((len(x), 1), dtype=x.dtype)
    return np.hstack([self.rows, ones]) @ np.vstack([self.W, self.b])


@equivalent("AF-G", part="Affine.forward", why="example by example")
def forward(self, x):
    self.x_shape = x.shape
    self.rows = x.reshape(len(x), -1)
    return np.array([row @ self.W + self.b for row in self.rows])


@equivalent("AF-H", part="Affine.forward", why="tensordot")
def forward(self, x):
    self.x_shape, self.rows = x.shape, x.reshape(len(x), -1)
    return np.add(np.tensordot(self.rows, self.W, axes=1), self.b)


@equivalent("AB-A", part="Affine.backward", why="einsum for all three")
def backward(self, dout):
    self.dW = np.einsum("ni,no->io", self.rows, dout)
    self.db = np.einsum("no->o", dout)
    return np.einsum("no,io->ni", dout, self.W).reshape(self.x_shape)


@equivalent("AB-B", part="Affine.backward", why="np.dot, and sums by a row of ones")
def backward(self, dout):
    dx = np.dot(dout, self.W.T).reshape(*self.x_shape)
    self.dW = np.dot(self.rows.T, dout)
    self.db = np.ones(len(dout)) @ dout
    return dx


@equivalent("AB-C", part="Affine.backward", why="outer products, summed")
def backward(self, dout):
    self.dW = sum(np.outer(row, d) for row, d in zip(self.rows, dout, strict=True))
    self.db = sum(dout)
    return np.array([self.W @ d for d in dout]).reshape(self.x_shape)


@equivalent("AB-D", part="Affine.backward", why="the transposed products")
def backward(self, dout):
    self.dW = (dout.T @ self.rows).T
    self.db = np.add.reduce(dout)
    return (self.W @ dout.T).T.reshape(self.x_shape)


@equivalent("AB-E", part="Affine.backward", why="broadcasting and sums")
def backward(self, dout):
    self.dW = (self.rows[:, :, None] * dout[:, None, :]).sum(axis=0)
    self.db = dout.sum(0)
    return (dout[:, None, :] * self.W).sum(axis=2).reshape(self.x_shape)


@equivalent("AB-F", part="Affine.backward", why="tensordot over the batch and over the outputs")
def backward(self, dout):
    self.dW = np.tensordot(self.rows, dout, axes=(0, 0))
    self.db = np.sum(dout, axis=0)
    return np.reshape(np.tensordot(dout, self.W, axes=(1, 1)), self.x_shape)


@equivalent("AB-G", part="Affine.backward", why="filled in place, in new arrays")
def backward(self, dout):
    self.dW = np.zeros_like(self.W)
    self.db = np.zeros_like(self.b)
    dx = np.zeros_like(self.rows)
    for n in range(len(dout)):
        self.dW += self.rows[n][:, None] * dout[n]
        self.db += dout[n]
        dx[n] = dout[n] @ self.W.T
    return dx.reshape(self.x_shape)


@equivalent("AB-H", part="Affine.backward", why="the gradient of W and b in one product")
def backward(self, dout):
    both = np.c_[self.rows, np.ones(len(self.rows))].T @ dout
    self.dW, self.db = both[:-1], both[-1]
    return np.matmul(dout, np.transpose(self.W)).reshape(self.x_shape)


@equivalent("SX-B", part="SoftmaxWithLoss.forward", why="the maximum over all, row by row")
def forward(self, x, t):
    self.labels = t if t.ndim == 1 else np.argmax(t, axis=1)
    self.p = np.zeros_like(x)
    losses = []
    for i, (row, label) in enumerate(zip(x, self.labels, strict=True)):
        z = row - row.max()
        total = np.log(np.sum(np.exp(z)))
        self.p[i] = np.exp(z - total)
        losses.append(total - z[label])
    return sum(losses) / len(losses)


@equivalent("SX-C", part="SoftmaxWithLoss.forward", why="log-sum-exp minus the score")
def forward(self, x, t):
    total = np.logaddexp.reduce(x, axis=1)
    self.labels = np.nonzero(t)[1] if t.ndim == 2 else t
    self.p = np.exp(x - total[:, None])
    return np.mean(total - x[np.arange(len(x)), self.labels])


@equivalent("SX-D", part="SoftmaxWithLoss.forward", why="labels made one-hot, and back")
def forward(self, x, t):
    if t.ndim == 1:
        t = np.eye(x.shape[1])[t]
    z = x - np.max(x, axis=-1, keepdims=True)
    logs = z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
    self.p, self.labels = np.exp(logs), t.argmax(axis=1)
    return -np.sum(t * logs) / x.shape[0]


@equivalent("SX-E", part="SoftmaxWithLoss.forward", why="on the transposed scores")
def forward(self, x, t):
    z = x.T - x.max(axis=1)
    e = np.exp(z)
    self.p = (e / e.sum(axis=0)).T
    self.labels = t if t.ndim == 1 else t.argmax(1)
    logs = z - np.log(e.sum(axis=0))
    return -float(logs[self.labels, np.arange(len(x))].mean())


@equivalent("SX-F", part="SoftmaxWithLoss.forward", why="take_along_axis")
def forward(self, x, t):
    self.labels = t.argmax(axis=1) if t.ndim == 2 else np.array(t)
    z = x - x.max(axis=1, keepdims=True)
    norm = np.log(np.exp(z).sum(axis=1, keepdims=True))
    self.p = np.exp(z - norm)
    return (norm - np.take_along_axis(z, self.labels[:, None], axis=1)).mean()


@equivalent("SX-G", part="SoftmaxWithLoss.forward", why="distances to the score of the right class")
def forward(self, x, t):
    self.labels = t if t.ndim == 1 else t @ np.arange(t.shape[1]).astype(int)
    self.labels = self.labels.astype(int)
    own = x[np.arange(len(x)), self.labels][:, None]
    losses = np.logaddexp.reduce(x - own, axis=1)
    self.p = np.exp(x - own - losses[:, None])
    return np.average(losses)


@equivalent("SX-H", part="SoftmaxWithLoss.forward", why="one dot product of logarithms and targets")
def forward(self, x, t):
    N, C = x.shape
    hot = t if t.ndim == 2 else (t[:, None] == np.arange(C))
    z = x - np.amax(x, 1)[:, None]
    logs = z - np.log(np.einsum("nc->n", np.exp(z)))[:, None]
    self.p, self.labels = np.exp(logs), hot.argmax(axis=1)
    return -np.dot(logs.ravel(), hot.ravel().astype(float)) / N


@equivalent("SB-A", part="SoftmaxWithLoss.backward", why="p minus one-hot rows")
def backward(self, dout=1):
    hot = np.eye(self.p.shape[1])[self.labels]
    return (self.p - hot) / self.p.shape[0] * dout


@equivalent("SB-B", part="SoftmaxWithLoss.backward", why="a comparison makes the one-hot rows")
def backward(self, dout=1):
    N, C = self.p.shape
    return dout * (self.p - (self.labels.reshape(-1, 1) == np.arange(C))) / N


@equivalent("SB-C", part="SoftmaxWithLoss.backward", why="row by row")
def backward(self, dout=1):
    rows = []
    for p, label in zip(self.p, self.labels, strict=True):
        row = np.array(p)
        row[label] -= 1.0
        rows.append(row * dout / len(self.p))
    return np.array(rows)


@equivalent("SB-D", part="SoftmaxWithLoss.backward", why="np.subtract.at on a copy")
def backward(self, dout=1):
    dx = np.array(self.p)
    np.subtract.at(dx, (np.arange(len(dx)), self.labels), 1)
    dx *= dout
    dx /= len(dx)
    return dx


@equivalent("SB-E", part="SoftmaxWithLoss.backward", why="flat indices")
def backward(self, dout=1):
    N, C = self.p.shape
    flat = self.p.flatten()
    flat[C * np.arange(N) + self.labels] -= 1
    return (dout / N) * flat.reshape(N, C)


@equivalent("SB-F", part="SoftmaxWithLoss.backward", why="put_along_axis")
def backward(self, dout=1):
    dx = self.p.copy()
    own = np.take_along_axis(dx, self.labels[:, None], axis=1)
    np.put_along_axis(dx, self.labels[:, None], own - 1, axis=1)
    return dx * dout / dx.shape[0]


@equivalent("SB-G", part="SoftmaxWithLoss.backward", why="the target subtracted after scaling")
def backward(self, dout=1):
    share = dout / len(self.labels)
    dx = self.p * share
    dx[np.arange(len(dx)), self.labels] -= share
    return dx


@equivalent("SB-H", part="SoftmaxWithLoss.backward", why="np.where on the right class")
def backward(self, dout=1):
    own = np.arange(self.p.shape[1])[None, :] == self.labels[:, None]
    return np.where(own, self.p - 1, self.p) / float(len(self.p)) * dout


@equivalent("SN-A", part="SimpleConvNet.predict", why="an index over the names")
def predict(self, x):
    for name in self.layers:
        x = self.layers[name].forward(x)
    return x


@equivalent("SN-B", part="SimpleConvNet.predict", why="reduce")
def predict(self, x):
    from functools import reduce

    return reduce(lambda out, layer: layer.forward(out), self.layers.values(), x)


@equivalent("SN-C", part="SimpleConvNet.predict", why="layer by layer, by name")
def predict(self, x):
    out = self.layers["Conv1"].forward(x)
    if list(self.layers)[1] == "Relu1":
        out = self.layers["Pool1"].forward(self.layers["Relu1"].forward(out))
    else:
        out = self.layers["Relu1"].forward(self.layers["Pool1"].forward(out))
    out = self.layers["Relu2"].forward(self.layers["Affine1"].forward(out))
    return self.layers["Affine2"].forward(out)


@equivalent("SN-D", part="SimpleConvNet.predict", why="a list of all outputs, of which the last")
def predict(self, x):
    outs = [x]
    for layer in self.layers.values():
        outs.append(layer.forward(outs[-1]))
    return outs[-1]


@equivalent("SN-E", part="SimpleConvNet.predict", why="recursion over the layers")
def predict(self, x):
    def through(out, rest):
        return out if not rest else through(rest[0].forward(out), rest[1:])

    return through(x, list(self.layers.values()))


@equivalent("SN-F", part="SimpleConvNet.predict", why="an iterator, until it ends")
def predict(self, x):
    layers = iter(self.layers.values())
    while (layer := next(layers, None)) is not None:
        x = layer.forward(x)
    return x


@equivalent("SN-G", part="SimpleConvNet.predict", why="items, with the name unused")
def predict(self, x):
    out = np.array(x)
    for _name, layer in self.layers.items():
        out = layer.forward(out)
    return out


@equivalent("SN-H", part="SimpleConvNet.predict", why="indices into a list of the layers")
def predict(self, x):
    layers = list(self.layers.values())
    for i in range(len(layers)):
        x = layers[i].forward(x)
    return x


@equivalent("LO-A", part="SimpleConvNet.loss", why="in two steps")
def loss(self, x, t):
    y = self.predict(x)
    return self.last_layer.forward(y, t)


@equivalent("LO-B", part="SimpleConvNet.loss", why="labels from one-hot rows first")
def loss(self, x, t):
    labels = t.argmax(axis=1) if t.ndim == 2 else t
    return self.last_layer.forward(self.predict(x), labels)


@equivalent("LO-C", part="SimpleConvNet.loss", why="one-hot rows from labels first")
def loss(self, x, t):
    scores = self.predict(x)
    rows = np.eye(scores.shape[1])[t] if np.ndim(t) == 1 else t
    return self.last_layer.forward(scores, rows)


@equivalent("LO-D", part="SimpleConvNet.loss", why="a plain float")
def loss(self, x, t):
    return float(self.last_layer.forward(self.predict(x), t))


@equivalent("LO-E", part="SimpleConvNet.loss", why="by keywords")
def loss(self, x, t):
    return self.last_layer.forward(x=self.predict(x=x), t=t)


@equivalent("LO-F", part="SimpleConvNet.loss", why="kept on the object as well")
def loss(self, x, t):
    self.scores = self.predict(x)
    self.last_loss = self.last_layer.forward(self.scores, t)
    return self.last_loss


@equivalent("LO-G", part="SimpleConvNet.loss", why="the layers gone through here")
def loss(self, x, t):
    out = x
    for layer in self.layers.values():
        out = layer.forward(out)
    return self.last_layer.forward(out, t)


@equivalent("LO-H", part="SimpleConvNet.loss", why="an array without axes")
def loss(self, x, t):
    return np.asarray(self.last_layer.forward(self.predict(x), np.asarray(t)))


@equivalent("AC-B", part="SimpleConvNet.accuracy", why="right or wrong in a list")
def accuracy(self, x, t, batch_size=100):
    labels = np.argmax(t, axis=1) if t.ndim > 1 else t
    hits = []
    for i in range(0, len(x), batch_size):
        guesses = np.argmax(self.predict(x[i : i + batch_size]), axis=1)
        hits += list(guesses == labels[i : i + batch_size])
    return sum(hits) / len(hits)


@equivalent("AC-C", part="SimpleConvNet.accuracy", why="array_split into batches")
def accuracy(self, x, t, batch_size=100):
    n = -(-len(x) // batch_size)
    guesses = [self.predict(part).argmax(1) for part in np.array_split(x, n)]
    right = t if t.ndim == 1 else t.argmax(1)
    return np.mean(np.concatenate(guesses) == right)


@equivalent("AC-D", part="SimpleConvNet.accuracy", why="one image at a time")
def accuracy(self, x, t, batch_size=1):
    right = 0 * batch_size
    for image, target in zip(x, t, strict=True):
        label = target if t.ndim == 1 else target.argmax()
        right += self.predict(image[None])[0].argmax() == label
    return float(right) / x.shape[0]


@equivalent("AC-E", part="SimpleConvNet.accuracy", why="the book's loop, and the rest after it")
def accuracy(self, x, t, batch_size=100):
    if t.ndim != 1:
        t = np.argmax(t, axis=1)
    acc, whole = 0.0, x.shape[0] // batch_size
    for i in range(whole):
        y = np.argmax(self.predict(x[i * batch_size : (i + 1) * batch_size]), axis=1)
        acc += np.sum(y == t[i * batch_size : (i + 1) * batch_size])
    if whole * batch_size < len(x):
        y = np.argmax(self.predict(x[whole * batch_size :]), axis=1)
        acc += np.sum(y == t[whole * batch_size :])
    return acc / x.shape[0]


@equivalent("AC-F", part="SimpleConvNet.accuracy", why="one minus the share of errors")
def accuracy(self, x, t, batch_size=100):
    labels = t if t.ndim == 1 else np.nonzero(t)[1]
    wrong = 0
    for start in range(0, len(x), batch_size):
        y = self.predict(x[start : start + batch_size]).argmax(axis=1)
        wrong += np.count_nonzero(y - labels[start : start + batch_size])
    return (len(x) - wrong) / len(x)


@equivalent("AC-G", part="SimpleConvNet.accuracy", why="means of batches, weighted by their sizes")
def accuracy(self, x, t, batch_size=100):
    labels = t.argmax(axis=1) if t.ndim == 2 else t
    total = 0.0
    while len(x) > 0:
        now = min(batch_size, len(x))
        total += now * np.mean(self.predict(x[:now]).argmax(axis=1) == labels[:now])
        x, labels = x[now:], labels[now:]
    return total / len(t)


@equivalent("AC-H", part="SimpleConvNet.accuracy", why="guesses written into an array")
def accuracy(self, x, t, batch_size=100):
    guesses = np.zeros(len(x), dtype=int)
    for at in range(0, len(x), batch_size):
        part = slice(at, at + batch_size)
        guesses[part] = np.argmax(self.predict(x[part]), -1)
    truth = t if t.ndim == 1 else np.argmax(t, -1)
    return (guesses == truth).astype(float).mean()


@equivalent("GR-A", part="SimpleConvNet.gradient", why="the book's way, layers turned round")
def gradient(self, x, t):
    self.loss(x, t)
    dout = self.last_layer.backward(1)
    layers = list(self.layers.values())
    layers.reverse()
    for layer in layers:
        dout = layer.backward(dout)
    grads = {}
    grads["W1"], grads["b1"] = self.layers["Conv1"].dW, self.layers["Conv1"].db
    grads["W2"], grads["b2"] = self.layers["Affine1"].dW, self.layers["Affine1"].db
    grads["W3"], grads["b3"] = self.layers["Affine2"].dW, self.layers["Affine2"].db
    return grads


@equivalent("GR-B", part="SimpleConvNet.gradient", why="a slice backwards, gradients on the way")
def gradient(self, x, t):
    self.loss(x, t)
    dout, found = self.last_layer.backward(), []
    for layer in list(self.layers.values())[::-1]:
        dout = layer.backward(dout)
        if hasattr(layer, "dW"):
            found.insert(0, (layer.dW, layer.db))
    grads = {}
    for i, (dW, db) in enumerate(found, start=1):
        grads[f"W{i}"], grads[f"b{i}"] = dW, db
    return grads


@equivalent("GR-C", part="SimpleConvNet.gradient", why="pop from a stack")
def gradient(self, x, t):
    self.last_layer.forward(self.predict(x), t)
    stack = [*self.layers.values(), self.last_layer]
    dout = 1
    while stack:
        dout = stack.pop().backward(dout)
    names = {"1": "Conv1", "2": "Affine1", "3": "Affine2"}
    grads = {"W" + n: self.layers[name].dW for n, name in names.items()}
    grads.update({"b" + n: self.layers[name].db for n, name in names.items()})
    return grads


@equivalent("GR-D", part="SimpleConvNet.gradient", why="copies of the gradients")
def gradient(self, x, t):
    self.loss(x, t)
    dout = self.last_layer.backward(dout=1)
    for name in reversed(self.layers):
        dout = self.layers[name].backward(dout)
    return {
        "W1": self.layers["Conv1"].dW.copy(),
        "b1": self.layers["Conv1"].db.copy(),
        "W2": self.layers["Affine1"].dW.copy(),
        "b2": self.layers["Affine1"].db.copy(),
        "W3": self.layers["Affine2"].dW.copy(),
        "b3": self.layers["Affine2"].db.copy(),
    }


@equivalent("GR-E", part="SimpleConvNet.gradient", why="an OrderedDict in order of the way back")
def gradient(self, x, t):
    from collections import OrderedDict

    self.loss(x, t)
    dout = self.last_layer.backward(1)
    grads = OrderedDict()
    number = {"Conv1": "1", "Affine1": "2", "Affine2": "3"}
    for name, layer in reversed(list(self.layers.items())):
        dout = layer.backward(dout)
        if name in number:
            grads["W" + number[name]] = layer.dW
            grads["b" + number[name]] = layer.db
    return grads


@equivalent("GR-F", part="SimpleConvNet.gradient", why="reduce, backwards")
def gradient(self, x, t):
    from functools import reduce

    self.loss(x, t)
    layers = [self.last_layer, *list(self.layers.values())[::-1]]
    reduce(lambda dout, layer: layer.backward(dout), layers, 1.0)
    owners = [self.layers[name] for name in ("Conv1", "Affine1", "Affine2")]
    return {
        letter + str(i): getattr(owner, "d" + letter)
        for i, owner in enumerate(owners, 1)
        for letter in "Wb"
    }


@equivalent("GR-G", part="SimpleConvNet.gradient", why="one-hot targets, and labels from them")
def gradient(self, x, t):
    labels = t if t.ndim == 1 else np.argmax(t, axis=1)
    self.loss(x, labels)
    dout = self.last_layer.backward(1)
    for layer in reversed([*self.layers.values()]):
        dout = layer.backward(dout)
    c, a, b = (self.layers[name] for name in ("Conv1", "Affine1", "Affine2"))
    return {"W1": c.dW, "b1": c.db, "W2": a.dW, "b2": a.db, "W3": b.dW, "b3": b.db}


@equivalent("GR-H", part="SimpleConvNet.gradient", why="the loss twice")
def gradient(self, x, t):
    self.loss(x, t)
    self.loss(x, t)
    dout = self.last_layer.backward(1)
    for index in range(len(self.layers) - 1, -1, -1):
        dout = list(self.layers.values())[index].backward(dout)
    grads = {}
    for i, name in enumerate(["Conv1", "Affine1", "Affine2"], start=1):
        grads.update({f"W{i}": self.layers[name].dW, f"b{i}": self.layers[name].db})
    return grads


@equivalent("AD-B", part="Adam.update", why="by the keys of params")
def update(self, params, grads):
    self.t += 1
    for key in params:
        g = grads[key]
        m = self.m.get(key, 0) * self.beta1 + (1 - self.beta1) * g
        v = self.v.get(key, 0) * self.beta2 + (1 - self.beta2) * g * g
        self.m[key], self.v[key] = m, v
        step = (m / (1 - self.beta1**self.t)) / (np.sqrt(v / (1 - self.beta2**self.t)) + 1e-8)
        params[key] -= self.lr * step


@equivalent("AD-C", part="Adam.update", why="averages moved by their distance, in place")
def update(self, params, grads):
    if not self.m:
        self.m = {key: np.zeros(p.shape) for key, p in params.items()}
        self.v = {key: np.zeros(p.shape) for key, p in params.items()}
    self.t = self.t + 1
    for key in grads:
        self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
        self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
        m = self.m[key] / (1 - self.beta1**self.t)
        v = self.v[key] / (1 - self.beta2**self.t)
        params[key][...] = params[key] - self.lr * m / (v**0.5 + 1e-8)


@equivalent("AD-D", part="Adam.update", why="setdefault, and np.subtract with out")
def update(self, params, grads):
    self.t += 1
    c1, c2 = 1 - self.beta1**self.t, 1 - self.beta2**self.t
    for key, g in grads.items():
        m = self.m.setdefault(key, np.zeros_like(g))
        v = self.v.setdefault(key, np.zeros_like(g))
        m *= self.beta1
        m += (1 - self.beta1) * g
        v *= self.beta2
        v += (1 - self.beta2) * np.square(g)
        np.subtract(params[key], self.lr * (m / c1) / (np.sqrt(v / c2) + 1e-8), out=params[key])


@equivalent("AD-E", part="Adam.update", why="a helper for each average")
def update(self, params, grads):
    def average(old, new, beta):
        return beta * old + (1 - beta) * new

    self.t += 1
    for key, p in params.items():
        self.m[key] = average(self.m.get(key, np.zeros_like(p)), grads[key], self.beta1)
        self.v[key] = average(self.v.get(key, np.zeros_like(p)), grads[key] ** 2, self.beta2)
        root = np.sqrt(self.v[key] / (1 - self.beta2**self.t))
        p -= self.lr / (1 - self.beta1**self.t) * self.m[key] / (root + 1e-8)


@equivalent("AD-F", part="Adam.update", why="epsilon scaled with the second correction")
def update(self, params, grads):
    self.t += 1
    root = np.sqrt(1 - self.beta2**self.t)
    for key, g in grads.items():
        if key not in self.v:
            self.m[key], self.v[key] = 0.0, 0.0
        self.m[key] = self.beta1 * self.m[key] + (1 - self.beta1) * g
        self.v[key] = self.beta2 * self.v[key] + (1 - self.beta2) * g**2
        rate = self.lr * root / (1 - self.beta1**self.t)
        params[key] -= rate * self.m[key] / (np.sqrt(self.v[key]) + 1e-8 * root)


@equivalent("AD-G", part="Adam.update", why="the powers of the betas kept on the object")
def update(self, params, grads):
    self.t += 1
    self.p1 = getattr(self, "p1", 1.0) * self.beta1
    self.p2 = getattr(self, "p2", 1.0) * self.beta2
    for key in list(grads):
        g = np.array(grads[key])
        if self.t == 1:
            self.m[key] = np.zeros_like(g)
            self.v[key] = np.zeros_like(g)
        self.m[key] = self.beta1 * self.m[key] + g - self.beta1 * g
        self.v[key] = self.beta2 * self.v[key] + g * g - self.beta2 * g * g
        params[key] -= self.lr * (self.m[key] / (1 - self.p1)) / (
            np.sqrt(self.v[key] / (1 - self.p2)) + 1e-8
        )


@equivalent("AD-H", part="Adam.update", why="flattened, and written back through flat")
def update(self, params, grads):
    self.t += 1
    for key, array in params.items():
        g = grads[key].ravel()
        m = self.beta1 * self.m.get(key, np.zeros(g.size)) + (1 - self.beta1) * g
        v = self.beta2 * self.v.get(key, np.zeros(g.size)) + (1 - self.beta2) * g**2
        self.m[key], self.v[key] = m, v
        root = np.sqrt(v / (1 - self.beta2**self.t))
        step = self.lr * (m / (1 - self.beta1**self.t)) / (root + 1e-8)
        array.flat = array.ravel() - step


W1 = 'self.params["W1"] = weight_init_std * np.random.randn(F, C, size, size)'
W2 = 'self.params["W2"] = weight_init_std * np.random.randn(pooled, hidden_size)'
W3 = 'self.params["W3"] = weight_init_std * np.random.randn(hidden_size, output_size)'

equivalent("IN-A", part="SimpleConvNet.__init__", why="weights by np.random.normal",
    edits=[(W1, 'self.params["W1"] = np.random.normal(0, weight_init_std, (F, C, size, size))'),
           (W2, 'self.params["W2"] = np.random.normal(0, weight_init_std, (pooled, hidden_size))'),
           (W3, """\
self.params["W3"] = np.random.normal(0, weight_init_std, (hidden_size, output_size))""")])

equivalent("IN-B", part="SimpleConvNet.__init__", why="a generator of its own",
    edits=[(W1, """\
rng = np.random.default_rng()
    self.params["W1"] = weight_init_std * rng.standard_normal((F, C, size, size))"""),
           (W2, 'self.params["W2"] = weight_init_std * rng.normal(size=(pooled, hidden_size))')])

equivalent("IN-C", part="SimpleConvNet.__init__", why="layers in an OrderedDict, as in the book",
    edits=[("self.layers = {}", "self.layers = OrderedDict()")])

equivalent("IN-D", part="SimpleConvNet.__init__", why="sizes rounded down at the end",
    edits=[("conv_h = (H + 2 * pad - size) // stride + 1",
            "conv_h = int((H - size + 2 * pad) / stride + 1)"),
           ("conv_w = (W + 2 * pad - size) // stride + 1",
            "conv_w = int((W - size + 2 * pad) / stride + 1)"),
           ("F * (conv_h // 2) * (conv_w // 2)", "int(F * int(conv_h / 2) * int(conv_w / 2))")])

equivalent("IN-E", part="SimpleConvNet.__init__", why="the size measured by a picture of zeros",
    edits=[("pooled = F * (conv_h // 2) * (conv_w // 2)", """\
probe = Convolution(np.zeros((F, C, size, size)), np.zeros(F), stride, pad)
    pooled = Pooling(2, 2, 2, 0).forward(probe.forward(np.zeros((1, C, H, W)))).size""")])

equivalent("IN-F", part="SimpleConvNet.__init__", why="biases of zeros like a row of the weights",
    edits=[('self.params["b2"] = np.zeros(hidden_size)',
            'self.params["b2"] = np.zeros_like(self.params["W2"][0])'),
           ('self.params["b3"] = np.zeros(output_size)',
            'self.params["b3"] = 0.0 * self.params["W3"][0]')])

equivalent("IN-G", part="SimpleConvNet.__init__", why="dict and update; keywords for pooling",
    edits=[("self.params = {}", "self.params = dict()"),
           ('self.layers["Relu1"] = Relu()', 'self.layers.update({"Relu1": Relu()})'),
           ('self.layers["Pool1"] = Pooling(2, 2, 2, 0)',
            'self.layers["Pool1"] = Pooling(pool_h=2, pool_w=2, stride=2, pad=0)')])
