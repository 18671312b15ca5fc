# ruff: noqa: F811, D103 - each function is a student's version of the same name.
"""More unusual ways to write batch norm, the block and the network that are right."""

import numpy as np

from autograder.course.mistakes import equivalent


@equivalent("BN-D", part="batch_norm", why="channel by channel")
def batch_norm(x, gamma, beta, eps=1e-5):
    out = np.empty_like(x)
    for c in range(x.shape[1]):
        one = x[:, c]
        out[:, c] = gamma[c] * (one - one.mean()) / np.sqrt(one.var() + eps) + beta[c]
    return out


@equivalent("BN-E", part="batch_norm", why="the standard deviation of NumPy, squared")
def batch_norm(x, gamma, beta, eps=1e-5):
    mean = np.mean(x, (0, 2, 3))[None, :, None, None]
    var = np.std(x, (0, 2, 3))[None, :, None, None] ** 2
    return gamma[:, None, None] * ((x - mean) * (var + eps) ** -0.5) + beta[:, None, None]


@equivalent("BN-F", part="batch_norm", why="the channel axis in front")
def batch_norm(x, gamma, beta, eps=1e-5):
    C = x.shape[1]
    rows = np.moveaxis(x, 1, 0).reshape(C, -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    rows = rows / np.sqrt((rows * rows).mean(axis=1, keepdims=True) + eps)
    rows = gamma[:, None] * rows + beta[:, None]
    return np.moveaxis(rows.reshape(C, len(x), *x.shape[2:]), 0, 1)


@equivalent("BN-G", part="batch_norm", why="one factor and one shift for each channel")
def batch_norm(x, gamma, beta, eps=1e-5):
    mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    factor = gamma / np.sqrt(var + eps)
    shift = beta - mean * factor
    return x * factor.reshape(-1, 1, 1) + shift.reshape(-1, 1, 1)


@equivalent("BN-H", part="batch_norm", why="means of means, one axis after the other")
def batch_norm(x, gamma, beta, eps=1e-5):
    def mean(a):
        return a.mean(axis=3, keepdims=True).mean(axis=2, keepdims=True).mean(axis=0)

    centred = x - mean(x)
    out = centred / np.sqrt(mean(centred**2) + eps)
    out *= gamma.reshape(-1, 1, 1)
    out += beta.reshape(-1, 1, 1)
    return out


@equivalent("BN-I", part="batch_norm", why="einsum for the sums")
def batch_norm(x, gamma, beta, eps=1e-5):
    n = x.size // x.shape[1]
    centred = x - (np.einsum("nchw->c", x) / n)[:, None, None]
    var = np.einsum("nchw,nchw->c", centred, centred) / n
    return np.einsum("c,nchw->nchw", gamma / np.sqrt(var + eps), centred) + beta[:, None, None]


@equivalent("BF-A", part="BatchNorm.forward", why="shapes kept by keepdims, statistics squeezed")
def forward(self, x, train=True):
    axes = (0, 2, 3)
    if train:
        mean = np.mean(x, axis=axes, keepdims=True)
        var = np.var(x, axis=axes, keepdims=True)
        unbiased = np.var(x, axis=axes, ddof=1)
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean.ravel()
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
    else:
        mean = self.running_mean.reshape(1, -1, 1, 1)
        var = self.running_var.reshape(1, -1, 1, 1)
    self.std = np.sqrt(var + self.eps)
    self.normal = (x - mean) / self.std
    out = self.gamma[None, :, None, None] * self.normal + self.beta[None, :, None, None]
    return out.astype(x.dtype)


@equivalent("BF-B", part="BatchNorm.forward", why="running statistics changed in place")
def forward(self, x, train=True):
    mean, var = self.running_mean.copy(), self.running_var.copy()
    if train:
        n = x.size / x.shape[1]
        mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
        self.running_mean *= 1 - self.momentum
        self.running_mean += self.momentum * mean
        self.running_var *= 1 - self.momentum
        self.running_var += self.momentum * var * (n / (n - 1))
    self.std = np.sqrt(var + self.eps)[None, :, None, None]
    self.normal = (x - mean[None, :, None, None]) / self.std
    out = self.normal * self.gamma[None, :, None, None] + self.beta[None, :, None, None]
    return np.asarray(out, dtype=x.dtype)


@equivalent("BF-C", part="BatchNorm.forward", why="channels last inside")
def forward(self, x, train=True):
    last = x.transpose(0, 2, 3, 1)
    rows = last.reshape(-1, x.shape[1])
    if train:
        mean, var = rows.mean(axis=0), rows.var(axis=0)
        m = self.momentum
        self.running_mean = self.running_mean * (1 - m) + mean * m
        self.running_var = self.running_var * (1 - m) + rows.var(axis=0, ddof=1) * m
    else:
        mean, var = self.running_mean, self.running_var
    std = np.sqrt(var + self.eps)
    self.std = std.reshape(1, -1, 1, 1)
    normal = (last - mean) / std
    self.normal = normal.transpose(0, 3, 1, 2)
    return (self.gamma * normal + self.beta).transpose(0, 3, 1, 2).astype(x.dtype)


@equivalent("BF-D", part="BatchNorm.forward", why="the function of part 1 where it trains")
def forward(self, x, train=True):
    def tall(values):
        return np.reshape(values, (1, -1, 1, 1))

    mean = x.mean(axis=(0, 2, 3)) if train else self.running_mean
    var = x.var(axis=(0, 2, 3)) if train else self.running_var
    if train:
        n = x.size // x.shape[1]
        self.running_mean = self.running_mean + self.momentum * (mean - self.running_mean)
        self.running_var = self.running_var + self.momentum * (
            var * n / (n - 1) - self.running_var
        )
    self.std = tall(np.sqrt(var + self.eps))
    self.normal = (x - tall(mean)) / self.std
    if train:
        return batch_norm(x, self.gamma, self.beta, self.eps).astype(x.dtype)
    return (tall(self.gamma) * self.normal + tall(self.beta)).astype(x.dtype)


@equivalent("BF-E", part="BatchNorm.forward", why="eval first, with a return of its own")
def forward(self, x, train=True):
    if not train:
        self.std = np.sqrt(self.running_var + self.eps).reshape(1, -1, 1, 1)
        self.normal = (x - self.running_mean.reshape(1, -1, 1, 1)) / self.std
        y = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
        return y.astype(x.dtype)
    N, C, H, W = x.shape
    mean = x.sum(axis=(0, 2, 3)) / (N * H * W)
    centred = x - mean.reshape(1, C, 1, 1)
    squares = (centred**2).sum(axis=(0, 2, 3))
    self.running_mean = np.average([self.running_mean, mean], axis=0,
                                   weights=[1 - self.momentum, self.momentum])
    self.running_var = np.average([self.running_var, squares / (N * H * W - 1)], axis=0,
                                  weights=[1 - self.momentum, self.momentum])
    self.std = np.sqrt(squares / (N * H * W) + self.eps).reshape(1, C, 1, 1)
    self.normal = centred / self.std
    y = self.gamma.reshape(1, C, 1, 1) * self.normal + self.beta.reshape(1, C, 1, 1)
    return y.astype(x.dtype)


@equivalent("BF-F", part="BatchNorm.forward", why="channel by channel")
def forward(self, x, train=True):
    C = x.shape[1]
    out, self.normal = np.zeros_like(x), np.zeros(x.shape)
    std = np.zeros(C)
    mean, var = self.running_mean.copy(), self.running_var.copy()
    for c in range(C):
        if train:
            values = x[:, c].ravel()
            mean[c], var[c] = values.mean(), values.var()
        std[c] = np.sqrt(var[c] + self.eps)
        self.normal[:, c] = (x[:, c] - mean[c]) / std[c]
        out[:, c] = self.gamma[c] * self.normal[:, c] + self.beta[c]
    if train:
        n = x[:, 0].size
        old = 1 - self.momentum
        self.running_mean = old * self.running_mean + self.momentum * mean
        self.running_var = old * self.running_var + self.momentum * var * n / (n - 1)
    self.std = std.reshape(1, -1, 1, 1)
    return out


@equivalent("BF-G", part="BatchNorm.forward", why="centred once; flags for what is kept")
def forward(self, x, train=True):
    shape = (1, x.shape[1], 1, 1)
    centre = x.mean(axis=(0, 2, 3)) if train else self.running_mean
    centred = x - centre.reshape(shape)
    spread = np.mean(np.square(centred), axis=(0, 2, 3)) if train else self.running_var
    if train:
        n = np.prod(x.shape) // x.shape[1]
        for name, new in (("running_mean", centre), ("running_var", spread * n / (n - 1))):
            old = getattr(self, name)
            setattr(self, name, old - self.momentum * (old - new))
    self.std = np.power(spread + self.eps, 0.5).reshape(shape)
    self.normal = centred / self.std
    scaled = np.multiply(self.gamma.reshape(shape), self.normal)
    return np.add(scaled, self.beta.reshape(shape)).astype(x.dtype)


@equivalent("BB-B", part="BatchNorm.backward", why="what is left of dout without mean and slope")
def backward(self, dout):
    axes = (0, 2, 3)
    self.dbeta = np.sum(dout, axis=axes)
    self.dgamma = np.sum(self.normal * dout, axis=axes)
    rest = dout - dout.mean(axis=axes, keepdims=True)
    rest = rest - self.normal * (dout * self.normal).mean(axis=axes, keepdims=True)
    return (self.gamma.reshape(1, -1, 1, 1) / self.std * rest).astype(dout.dtype)


@equivalent("BB-C", part="BatchNorm.backward", why="rows with the channels last")
def backward(self, dout):
    C = dout.shape[1]
    d = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    z = self.normal.transpose(0, 2, 3, 1).reshape(-1, C)
    self.dbeta, self.dgamma = d.sum(axis=0), (d * z).sum(axis=0)
    dz = d * self.gamma
    dx = (dz - dz.mean(axis=0) - z * (dz * z).mean(axis=0)) / self.std.reshape(C)
    N, _, H, W = dout.shape
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2).astype(dout.dtype)


@equivalent("BB-D", part="BatchNorm.backward", why="channel by channel")
def backward(self, dout):
    C = dout.shape[1]
    self.dgamma, self.dbeta = np.zeros(C), np.zeros(C)
    dx = np.zeros_like(dout)
    for c in range(C):
        d, z = dout[:, c], self.normal[:, c]
        self.dbeta[c], self.dgamma[c] = d.sum(), (d * z).sum()
        dx[:, c] = self.gamma[c] / self.std.ravel()[c] * (
            d - self.dbeta[c] / d.size - z * self.dgamma[c] / d.size
        )
    return dx


@equivalent("BB-E", part="BatchNorm.backward", why="through the variance, as in the paper")
def backward(self, dout):
    axes, n = (0, 2, 3), dout.size // dout.shape[1]
    centred = self.normal * self.std
    self.dbeta = dout.sum(axis=axes)
    self.dgamma = (dout * self.normal).sum(axis=axes)
    dnormal = dout * self.gamma[None, :, None, None]
    dvar = (dnormal * centred).sum(axis=axes, keepdims=True) * -0.5 * self.std**-3
    dmean = -(dnormal / self.std).sum(axis=axes, keepdims=True)
    dmean = dmean - 2 * dvar * centred.mean(axis=axes, keepdims=True)
    return (dnormal / self.std + dvar * 2 * centred / n + dmean / n).astype(dout.dtype)


@equivalent("BB-F", part="BatchNorm.backward", why="tensordot and einsum")
def backward(self, dout):
    n = dout.size / dout.shape[1]
    self.dbeta = np.einsum("ncij->c", dout)
    self.dgamma = np.einsum("ncij,ncij->c", dout, self.normal)
    mean = (self.dbeta / n)[:, None, None]
    slope = (self.dgamma / n)[:, None, None]
    dx = (dout - mean - self.normal * slope) * (self.gamma[:, None, None] / self.std)
    return dx.astype(dout.dtype)


@equivalent("BB-G", part="BatchNorm.backward", why="a projection out of ones and normal")
def backward(self, dout):
    C = dout.shape[1]
    d = np.moveaxis(dout, 1, 0).reshape(C, -1)
    z = np.moveaxis(self.normal, 1, 0).reshape(C, -1)
    self.dbeta = d @ np.ones(d.shape[1])
    self.dgamma = (d * z) @ np.ones(d.shape[1])
    d = d - (self.dbeta[:, None] + z * self.dgamma[:, None]) / d.shape[1]
    d = d * (self.gamma / self.std.ravel())[:, None]
    back = d.reshape(C, dout.shape[0], *dout.shape[2:])
    return np.moveaxis(back, 0, 1).astype(dout.dtype)


@equivalent("BB-H", part="BatchNorm.backward", why="sums of the scaled gradient, n times")
def backward(self, dout):
    n = dout.shape[0] * dout.shape[2] * dout.shape[3]
    self.dgamma = np.sum(np.sum(dout * self.normal, axis=(2, 3)), axis=0)
    self.dbeta = np.sum(np.sum(dout, axis=(2, 3)), axis=0)
    dn = self.gamma.reshape(1, -1, 1, 1) * dout
    total = dn.sum((0, 2, 3), keepdims=True)
    along = (dn * self.normal).sum((0, 2, 3), keepdims=True)
    return ((n * dn - total - self.normal * along) / (n * self.std)).astype(dout.dtype)


CONV_1 = 'self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))'
CONV_2 = 'self.residual = self.conv_bn("2", self.hidden, 1, 1, train)'
SHORTCUT = """\
    shortcut = x
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
"""
SUM = "self.out = relu(self.residual + shortcut)"

equivalent("RB-B", part="BasicBlock.forward", why="a product with a mask for ReLU",
    edits=[(CONV_1, """\
a = self.conv_bn("1", x, self.stride, 1, train)
    self.hidden = a * (a > 0)"""),
           (SUM, "self.out = np.maximum(0, self.residual + shortcut)")])

equivalent("RB-C", part="BasicBlock.forward", why="the shortcut first, in one expression",
    edits=[(CONV_1, """\
short = self.conv_bn("_shortcut", x, self.stride, 0, train) if self.projection else x
    """ + CONV_1),
           (SHORTCUT, ""),
           (SUM, "self.out = relu(short + self.residual)")])

equivalent("RB-D", part="BasicBlock.forward", why="whether parameters of a shortcut are there",
    edits=[("if self.projection:", 'if "W_shortcut" in self.params:')])

equivalent("RB-E", part="BasicBlock.forward", why="whether the shapes differ",
    edits=[("if self.projection:", "if self.residual.shape != x.shape:")])

equivalent("RB-F", part="BasicBlock.forward", why="the sum in an array, changed in place",
    edits=[(SUM, """\
total = np.array(self.residual)
    total += shortcut
    total[total < 0] = 0
    self.out = total""")])

equivalent("RB-G", part="BasicBlock.forward", why="arguments by keyword",
    edits=[(CONV_1, """\
self.hidden = relu(
        self.conv_bn(name="1", x=x, stride=self.stride, pad=1, train=train)
    )"""),
           (CONV_2, """\
self.residual = self.conv_bn(
        name="2", x=self.hidden, stride=1, pad=1, train=train
    )""")])

equivalent("RB-H", part="BasicBlock.forward", why="a tuple of both paths, added by sum",
    edits=[(SUM, "self.out = np.where(sum((self.residual, shortcut)) > 0, "
                 "self.residual + shortcut, 0.0)")])

DSUM = "dsum = dout * (self.out > 0)"
DHIDDEN = 'dhidden = self.conv_bn_backward("2", dsum)'
DX = 'dx = self.conv_bn_backward("1", dhidden * (self.hidden > 0))'
BOTH = """\
    if self.projection:
        dsum = self.conv_bn_backward("_shortcut", dsum)
    return dx + dsum"""

equivalent("RD-A", part="BasicBlock.backward", why="copies with zeros in them",
    edits=[(DSUM, """\
dsum = dout.copy()
    dsum[self.out <= 0] = 0""")])

equivalent("RD-B", part="BasicBlock.backward", why="the shortcut first",
    edits=[(DSUM, DSUM + """
    short = self.conv_bn_backward("_shortcut", dsum) if self.projection else dsum"""),
           (BOTH, "    return short + dx")])

equivalent("RD-C", part="BasicBlock.backward", why="np.where",
    edits=[(DSUM, "dsum = np.where(self.out > 0, dout, 0.0)"),
           ("dhidden * (self.hidden > 0)", "np.where(self.hidden > 0, dhidden, 0.0)")])

equivalent("RD-D", part="BasicBlock.backward", why="a return for each kind of shortcut",
    edits=[(BOTH, """\
    if not self.projection:
        return dx + dsum
    return self.conv_bn_backward("_shortcut", dsum) + dx""")])

equivalent("RD-E", part="BasicBlock.backward", why="the sign of what came out",
    edits=[(DSUM, "dsum = dout * np.sign(self.out)"),
           ("(self.hidden > 0)", "np.sign(self.hidden)")])

equivalent("RD-F", part="BasicBlock.backward", why="the last name of what is to be gone through",
    edits=[(BOTH, """\
    for name in [n for n in self.layers if n not in ("1", "2")]:
        dsum = self.conv_bn_backward(name, dsum)
    return np.add(dx, dsum)""")])

equivalent("RD-G", part="BasicBlock.backward", why="both ways in a list, added up",
    edits=[(BOTH, """\
    ways = [dx, self.conv_bn_backward("_shortcut", dsum) if self.projection else dsum]
    return np.sum(ways, axis=0)""")])

STEM = 'stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)'
LOOP = """\
    for block in self.layer1 + self.layer2 + self.layer3:
        out = block.forward(out, train)
"""
POOL = "features = global_average_pooling_2d(out)"
HEAD = 'features @ self.params["fc.W"] + self.params["fc.b"]'

equivalent("RN-A", part="SimpleResNet.forward", why="three loops",
    edits=[(LOOP, """\
    for layer in (self.layer1, self.layer2, self.layer3):
        for block in layer:
            out = block.forward(out, train=train)
""")])

equivalent("RN-B", part="SimpleResNet.forward", why="pooling by a mean",
    edits=[(POOL, "features = out.mean(axis=(2, 3))")])

equivalent("RN-C", part="SimpleResNet.forward", why="the head by einsum",
    edits=[(HEAD, 'np.einsum("nf,fc->nc", features, self.params["fc.W"]) + self.params["fc.b"]')])

equivalent("RN-D", part="SimpleResNet.forward", why="six calls, one after the other",
    edits=[(LOOP, """\
    out = self.layer1[1].forward(self.layer1[0].forward(out, train), train)
    out = self.layer2[1].forward(self.layer2[0].forward(out, train), train)
    out = self.layer3[1].forward(self.layer3[0].forward(out, train), train)
""")])

equivalent("RN-E", part="SimpleResNet.forward", why="reduce over a chain",
    edits=[(LOOP, """\
    from functools import reduce
    from itertools import chain

    blocks = chain(self.layer1, self.layer2, self.layer3)
    out = reduce(lambda value, block: block.forward(value, train), blocks, out)
""")])

equivalent("RN-F", part="SimpleResNet.forward", why="keywords, and ReLU as a maximum",
    edits=[(STEM, 'stem = Convolution(W=self.params["stem.W"], b=self.params["stem.b"], '
                  "stride=2, pad=3)"),
           ("relu(self.bn.forward(stem.forward(x), train))",
            "np.maximum(self.bn.forward(stem.forward(x), train=train), 0)")])

equivalent("RN-G", part="SimpleResNet.forward", why="pixels in a row, averaged before the head",
    edits=[(POOL, "features = out.reshape(*out.shape[:2], -1).sum(-1) / out[0, 0].size")])
