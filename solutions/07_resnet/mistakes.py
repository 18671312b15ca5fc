# ruff: noqa: ARG001, F811, D103 - each function is a student's version of the same name.
# ruff: noqa: F821 - the names of the teaching solution are there where these functions run.
"""Known ways in which batch norm and residual blocks go wrong, and unusual ways that are right."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake


@mistake(
    "BN1",
    part="batch_norm",
    hint={
        "en": "By which number is the variance divided when normalising: n or n - 1?",
        "ja": "正規化に使う分散は、nとn - 1のどちらで割ったものですか。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True, ddof=1)
    return gamma.reshape(1, -1, 1, 1) * (x - mean) / np.sqrt(var + eps) + beta.reshape(1, -1, 1, 1)


@mistake(
    "BN3",
    part="batch_norm",
    hint={
        "en": "Make one channel 100 times larger than the others. Do all end up with variance 1?",
        "ja": "1つのチャンネルだけ値を100倍にしてみましょう。どのチャンネルも分散が1になりますか。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-5):
    out = (x - x.mean()) / np.sqrt(x.var() + eps)
    return gamma.reshape(1, -1, 1, 1) * out + beta.reshape(1, -1, 1, 1)


@mistake(
    "BN5",
    part="batch_norm",
    hint={
        "en": "Compare the units of x and of the variance. What do you divide by?",
        "ja": "xの単位と分散の単位を比べましょう。何で割っていますか。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    return gamma.reshape(1, -1, 1, 1) * (x - mean) / (var + eps) + beta.reshape(1, -1, 1, 1)


@mistake(
    "BN6",
    part="batch_norm",
    hint={
        "en": "Set gamma to 3: what should the standard deviation become?",
        "ja": "gammaを3にすると、標準偏差はいくつになるはずですか。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    return (x - mean) / np.sqrt(var + eps)


@mistake(
    "BN14",
    part="batch_norm",
    hint={
        "en": "Over which images is the mean taken?",
        "ja": "平均は、どの画像についてとりますか。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=(2, 3), keepdims=True)
    var = x.var(axis=(2, 3), keepdims=True)
    return gamma.reshape(1, -1, 1, 1) * (x - mean) / np.sqrt(var + eps) + beta.reshape(1, -1, 1, 1)


@mistake(
    "BN16",
    part="batch_norm",
    hint={
        "en": "Look at the default arguments in the docstring.",
        "ja": "docstringにある引数の既定値を確かめましょう。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-3):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    return gamma.reshape(1, -1, 1, 1) * (x - mean) / np.sqrt(var + eps) + beta.reshape(1, -1, 1, 1)


@mistake(
    "BN18",
    part="batch_norm",
    hint={
        "en": "eps is added to the variance. Is that the same as adding it to the root?",
        "ja": "epsは分散に足します。平方根をとってから足すのと同じでしょうか。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    std = x.std(axis=(0, 2, 3), keepdims=True)
    return gamma.reshape(1, -1, 1, 1) * (x - mean) / (std + eps) + beta.reshape(1, -1, 1, 1)


@mistake(
    "BN19",
    part="batch_norm",
    hint={
        "en": "The statistics are taken as if the channels stood last. Name the four axes of x.",
        "ja": "チャンネルが最後の軸にあるかのような計算です。xの4つの軸に名前を付けましょう。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=(0, 1, 2), keepdims=True)
    var = x.var(axis=(0, 1, 2), keepdims=True)
    return gamma.reshape(1, -1, 1, 1) * (x - mean) / np.sqrt(var + eps) + beta.reshape(1, -1, 1, 1)


@mistake(
    "BN20",
    part="batch_norm",
    hint={
        "en": "Along which axis does gamma of shape (C,) run when it meets (N, C, H, W)?",
        "ja": "形状(C,)のgammaを(N, C, H, W)に掛けると、どの軸の方向に並びますか。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


@mistake(
    "BN21",
    part="batch_norm",
    hint={
        "en": "Compare x before and after the call. What does -= do to the caller's array?",
        "ja": "呼び出しの前後でxを比べましょう。-=は呼び出し元の配列をどう変えますか。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-5):
    x -= x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    return gamma.reshape(1, -1, 1, 1) * x / np.sqrt(var + eps) + beta.reshape(1, -1, 1, 1)


@mistake(
    "BN22",
    part="batch_norm",
    hint={
        "en": "float32 went in. Which dtype does an array have that you make without saying which?",
        "ja": "float32を渡しています。dtypeを指定せずに作った配列のdtypeは何ですか。",
    },
)
def batch_norm(x, gamma, beta, eps=1e-5):
    out = np.zeros(x.shape)
    for c in range(x.shape[1]):
        channel = x[:, c]
        out[:, c] = gamma[c] * (channel - channel.mean()) / np.sqrt(channel.var() + eps) + beta[c]
    return out


@equivalent("BN-A", part="batch_norm", why="the variance is the mean square minus the squared mean")
def batch_norm(x, gamma, beta, eps=1e-5):
    n = x.shape[0] * x.shape[2] * x.shape[3]
    mean = np.sum(x, axis=(0, 2, 3)) / n
    var = np.sum(x * x, axis=(0, 2, 3)) / n - mean * mean
    scale = gamma / np.sqrt(var + eps)
    return scale[None, :, None, None] * x + (beta - scale * mean)[None, :, None, None]


@equivalent("BN-B", part="batch_norm", why="channels last, as a matrix, and back again")
def batch_norm(x, gamma, beta, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    centred = rows - np.average(rows, axis=0)
    var = (centred**2).mean(axis=0)
    rows = gamma * centred / (var + eps) ** 0.5 + beta
    return rows.reshape(N, H, W, C).transpose(0, 3, 1, 2)


@mistake(
    "BN17",
    part="BatchNorm.forward",
    hint={
        "en": "Which variance does running_var average: the one divided by n or by n - 1?",
        "ja": "running_varに入れる分散は、nとn - 1のどちらで割ったものですか。",
    },
)
def forward(self, x, train=True):
    if train:
        mean = x.mean(axis=(0, 2, 3))
        variance = x.var(axis=(0, 2, 3))
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * variance
    else:
        mean, variance = self.running_mean, self.running_var
    self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
    self.normal = (x - mean.reshape(1, -1, 1, 1)) / self.std
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    return out.astype(x.dtype)


@mistake(
    "BN23",
    part="BatchNorm.forward",
    hint={
        "en": "You normalise with the unbiased variance as well. Which one is for what?",
        "ja": "正規化にも不偏分散を使っています。どちらの分散を何に使うのでしたか。",
    },
)
def forward(self, x, train=True):
    if train:
        mean = x.mean(axis=(0, 2, 3))
        variance = x.var(axis=(0, 2, 3), ddof=1)
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * variance
    else:
        mean, variance = self.running_mean, self.running_var
    self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
    self.normal = (x - mean.reshape(1, -1, 1, 1)) / self.std
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    return out.astype(x.dtype)


@mistake(
    "BN7",
    part="BatchNorm.forward",
    hint={
        "en": "May an answer depend on its neighbours in the batch? Try one image alone.",
        "ja": "一緒に入れた画像で答えが変わってもよいでしょうか。1枚だけで試してみましょう。",
    },
)
def forward(self, x, train=True):
    mean = x.mean(axis=(0, 2, 3))
    variance = x.var(axis=(0, 2, 3))
    if train:
        n = x.size // x.shape[1]
        unbiased = variance * n / (n - 1)
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
    self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
    self.normal = (x - mean.reshape(1, -1, 1, 1)) / self.std
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    return out.astype(x.dtype)


@mistake(
    "BN9",
    part="BatchNorm.forward",
    hint={
        "en": "Where in your code does train make a difference? Call it twice with train=False.",
        "ja": "コードのどこで、trainによる違いが出ますか。train=Falseで2回呼び出してみましょう。",
    },
)
def forward(self, x, train=True):
    mean = x.mean(axis=(0, 2, 3))
    variance = x.var(axis=(0, 2, 3))
    n = x.size // x.shape[1]
    unbiased = variance * n / max(n - 1, 1)
    self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
    self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
    self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
    self.normal = (x - mean.reshape(1, -1, 1, 1)) / self.std
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    return out.astype(x.dtype)


@mistake(
    "BN8",
    part="BatchNorm.forward",
    hint={
        "en": "Which of the two gets 0.9, the old value or the new one?",
        "ja": "0.9を掛けるのは、古い値と新しい値のどちらですか。",
    },
)
def forward(self, x, train=True):
    if train:
        mean = x.mean(axis=(0, 2, 3))
        variance = x.var(axis=(0, 2, 3))
        n = x.size // x.shape[1]
        unbiased = variance * n / (n - 1)
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * unbiased
    else:
        mean, variance = self.running_mean, self.running_var
    self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
    self.normal = (x - mean.reshape(1, -1, 1, 1)) / self.std
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    return out.astype(x.dtype)


@mistake(
    "BN10",
    part="BatchNorm.forward",
    hint={
        "en": "What should a layer divide by that has seen no batch yet?",
        "ja": "まだバッチを1つも見ていない層は、何で割るべきでしょうか。",
    },
)
def forward(self, x, train=True):
    if not hasattr(self, "begun"):
        self.begun = True
        if np.all(self.running_var == 1):
            self.running_var = np.zeros(x.shape[1])
    if train:
        mean = x.mean(axis=(0, 2, 3))
        variance = x.var(axis=(0, 2, 3))
        n = x.size // x.shape[1]
        unbiased = variance * n / (n - 1)
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
    else:
        mean, variance = self.running_mean, self.running_var
    self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
    self.normal = (x - mean.reshape(1, -1, 1, 1)) / self.std
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    return out.astype(x.dtype)


@mistake(
    "BN15",
    part="BatchNorm.forward",
    hint={
        "en": "Which two numbers take the place of the batch's with train=False?",
        "ja": "train=Falseのとき、バッチの統計量の代わりに使う2つの値は何ですか。",
    },
)
def forward(self, x, train=True):
    variance = x.var(axis=(0, 2, 3))
    if train:
        mean = x.mean(axis=(0, 2, 3))
        n = x.size // x.shape[1]
        unbiased = variance * n / (n - 1)
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
    else:
        mean = self.running_mean
    self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
    self.normal = (x - mean.reshape(1, -1, 1, 1)) / self.std
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    return out.astype(x.dtype)


@mistake(
    "BN24",
    part="BatchNorm.forward",
    hint={
        "en": "Call it with momentum=0.3. Does anything change?",
        "ja": "momentum=0.3で試してみましょう。何か変わりますか。",
    },
)
def forward(self, x, train=True):
    if train:
        mean = x.mean(axis=(0, 2, 3))
        variance = x.var(axis=(0, 2, 3))
        n = x.size // x.shape[1]
        unbiased = variance * n / (n - 1)
        self.running_mean = 0.9 * self.running_mean + 0.1 * mean
        self.running_var = 0.9 * self.running_var + 0.1 * unbiased
    else:
        mean, variance = self.running_mean, self.running_var
    self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
    self.normal = (x - mean.reshape(1, -1, 1, 1)) / self.std
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    return out.astype(x.dtype)


@mistake(
    "BN25",
    part="BatchNorm.forward",
    hint={
        "en": "With train=False your running statistics move. Should using a network change it?",
        "ja": "train=Falseでも移動平均が変わります。使うだけで変わってもよいでしょうか。",
    },
)
def forward(self, x, train=True):
    mean = x.mean(axis=(0, 2, 3))
    variance = x.var(axis=(0, 2, 3))
    n = x.size // x.shape[1]
    old = self.running_mean, self.running_var
    unbiased = variance * n / max(n - 1, 1)
    self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
    self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
    if not train:
        mean, variance = old
    self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
    self.normal = (x - mean.reshape(1, -1, 1, 1)) / self.std
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    return out.astype(x.dtype)


@equivalent(
    "BN-C", part="BatchNorm.forward", why="moves by momentum times the distance; sums of squares"
)
def forward(self, x, train=True):
    C = x.shape[1]
    mean, var = self.running_mean.astype(x.dtype), self.running_var.astype(x.dtype)
    if train:
        n = x.size / C
        mean = np.mean(x, (0, 2, 3))
        squares = np.sum((x - mean[:, None, None]) ** 2, (0, 2, 3))
        var = squares / np.asarray(n, x.dtype)
        self.running_mean = self.running_mean + self.momentum * (mean - self.running_mean)
        self.running_var = self.running_var + self.momentum * (squares / (n - 1) - self.running_var)
    self.std = np.sqrt(var + self.eps)[:, None, None]
    self.normal = (x - mean[:, None, None]) / self.std
    out = self.gamma[:, None, None] * self.normal + self.beta[:, None, None]
    return out.astype(x.dtype)


@mistake(
    "BB1",
    part="BatchNorm.backward",
    hint={
        "en": "x enters the formula in more than one place. Follow every arrow of the graph.",
        "ja": "xは式の1か所だけに入るのではありません。グラフの矢印をすべてたどりましょう。",
    },
)
def backward(self, dout):
    self.dbeta = dout.sum(axis=(0, 2, 3))
    self.dgamma = (dout * self.normal).sum(axis=(0, 2, 3))
    return dout * self.gamma.reshape(1, -1, 1, 1) / self.std


@mistake(
    "BB9",
    part="BatchNorm.backward",
    hint={
        "en": "The gradients of a channel sum to 0, so the mean is right. What about std?",
        "ja": "勾配の和は0なので、meanを通る道は正しいです。stdを通る道はどうですか。",
    },
)
def backward(self, dout):
    self.dbeta = dout.sum(axis=(0, 2, 3))
    self.dgamma = (dout * self.normal).sum(axis=(0, 2, 3))
    dcentred = dout * self.gamma.reshape(1, -1, 1, 1) / self.std
    return dcentred - dcentred.mean(axis=(0, 2, 3), keepdims=True)


@mistake(
    "BB2",
    part="BatchNorm.backward",
    hint={
        "en": "Set gamma to 10: what happens to dx?",
        "ja": "gammaを10にすると、dxはどうなるはずですか。",
    },
)
def backward(self, dout):
    self.dbeta = dout.sum(axis=(0, 2, 3))
    self.dgamma = (dout * self.normal).sum(axis=(0, 2, 3))
    n = dout.size // dout.shape[1]
    sums = self.normal * self.dgamma.reshape(1, -1, 1, 1) + self.dbeta.reshape(1, -1, 1, 1)
    return (dout - sums / n) / self.std


@mistake(
    "BB4",
    part="BatchNorm.backward",
    hint={
        "en": "The shape of dgamma is the shape of what?",
        "ja": "dgammaの形状は、何の形状と同じになりますか。",
    },
)
def backward(self, dout):
    self.dbeta = dout.sum(axis=(0, 2, 3))
    self.dgamma = (dout * self.normal).sum()
    n = dout.size // dout.shape[1]
    d = dout * self.gamma.reshape(1, -1, 1, 1)
    both = self.normal * (d * self.normal).sum(axis=(0, 2, 3), keepdims=True)
    return (d - (both + d.sum(axis=(0, 2, 3), keepdims=True)) / n) / self.std


@mistake(
    "BB5",
    part="BatchNorm.backward",
    hint={
        "en": "If beta grows a little, how many outputs grow with it?",
        "ja": "betaを少し大きくすると、いくつの出力が大きくなりますか。",
    },
)
def backward(self, dout):
    self.dbeta = dout.mean(axis=(0, 2, 3))
    self.dgamma = (dout * self.normal).sum(axis=(0, 2, 3))
    d = dout * self.gamma.reshape(1, -1, 1, 1)
    both = self.normal * (d * self.normal).mean(axis=(0, 2, 3), keepdims=True)
    return (d - both - d.mean(axis=(0, 2, 3), keepdims=True)) / self.std


@mistake(
    "BB7",
    part="BatchNorm.backward",
    hint={
        "en": "By what is gamma multiplied in forward?",
        "ja": "forwardで、gammaは何に掛けられますか。",
    },
)
def backward(self, dout):
    self.dbeta = dout.sum(axis=(0, 2, 3))
    self.dgamma = dout.sum(axis=(0, 2, 3))
    d = dout * self.gamma.reshape(1, -1, 1, 1)
    both = self.normal * (d * self.normal).mean(axis=(0, 2, 3), keepdims=True)
    return (d - both - d.mean(axis=(0, 2, 3), keepdims=True)) / self.std


@mistake(
    "BB8",
    part="BatchNorm.backward",
    hint={
        "en": "By what is gamma multiplied in forward: before or after the shift by beta?",
        "ja": "forwardでgammaが掛けられるのは、betaを足す前の値ですか、後の値ですか。",
    },
)
def backward(self, dout):
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    self.dbeta = dout.sum(axis=(0, 2, 3))
    self.dgamma = (dout * out).sum(axis=(0, 2, 3))
    d = dout * self.gamma.reshape(1, -1, 1, 1)
    both = self.normal * (d * self.normal).mean(axis=(0, 2, 3), keepdims=True)
    return (d - both - d.mean(axis=(0, 2, 3), keepdims=True)) / self.std


@mistake(
    "BB10",
    part="BatchNorm.backward",
    hint={
        "en": "How many numbers make up the mean of one channel? Images times pixels.",
        "ja": "1つのチャンネルの平均は、いくつの値から作られますか。画像の枚数×画素数です。",
    },
)
def backward(self, dout):
    self.dbeta = dout.sum(axis=(0, 2, 3))
    self.dgamma = (dout * self.normal).sum(axis=(0, 2, 3))
    n = dout.shape[0]
    d = dout * self.gamma.reshape(1, -1, 1, 1)
    both = self.normal * (d * self.normal).sum(axis=(0, 2, 3), keepdims=True)
    return (d - (both + d.sum(axis=(0, 2, 3), keepdims=True)) / n) / self.std


@mistake(
    "BB11",
    part="BatchNorm.backward",
    hint={
        "en": "Call backward twice. Do dgamma and dbeta hold the sum of both?",
        "ja": "backwardを2回呼び出してみましょう。dgammaとdbetaに2回分の和が入っていませんか。",
    },
)
def backward(self, dout):
    self.dbeta = (0 if self.dbeta is None else self.dbeta) + dout.sum(axis=(0, 2, 3))
    dgamma = (dout * self.normal).sum(axis=(0, 2, 3))
    self.dgamma = (0 if self.dgamma is None else self.dgamma) + dgamma
    d = dout * self.gamma.reshape(1, -1, 1, 1)
    both = self.normal * (d * self.normal).mean(axis=(0, 2, 3), keepdims=True)
    return (d - both - d.mean(axis=(0, 2, 3), keepdims=True)) / self.std


@equivalent("BB-A", part="BatchNorm.backward", why="the closed formula of the books, in one line")
def backward(self, dout):
    C = dout.shape[1]
    n = dout.size / C
    gamma = np.asarray(self.gamma).reshape(C, 1, 1)
    self.dbeta = np.einsum("nchw->c", dout)
    self.dgamma = np.einsum("nchw,nchw->c", dout, self.normal)
    sums = self.dbeta.reshape(C, 1, 1) + self.normal * self.dgamma.reshape(C, 1, 1)
    return gamma / (n * self.std) * (n * dout - sums)


@mistake(
    "RB1",
    part="BasicBlock.forward",
    hint={
        "en": "When can two maps be added? Name both conditions, and try stride 2.",
        "ja": "2つのマップを足せる条件を2つとも挙げ、ストライド2で試しましょう。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    self.residual = self.conv_bn("2", self.hidden, 1, 1, train)
    shortcut = x
    if x.shape[1] != self.residual.shape[1]:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = relu(self.residual + shortcut)
    return self.out


@mistake(
    "RB2",
    part="BasicBlock.forward",
    hint={
        "en": "When can two maps be added? Name both conditions, and try 2 → 3 channels.",
        "ja": "2つのマップを足せる条件を2つとも挙げ、2 → 3チャンネルで試しましょう。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    self.residual = self.conv_bn("2", self.hidden, 1, 1, train)
    shortcut = x
    if self.stride != 1:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = relu(self.residual + shortcut)
    return self.out


@mistake(
    "RB3",
    part="BasicBlock.forward",
    hint={
        "en": "With one input channel the sum works without a projection. Is it the right sum?",
        "ja": "1チャンネルなら、射影がなくても足し算はできてしまいます。それは正しい和ですか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    self.residual = self.conv_bn("2", self.hidden, 1, 1, train)
    shortcut = x
    if self.projection and x.shape[1] > 1:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = relu(self.residual + shortcut)
    return self.out


@mistake(
    "RB4",
    part="BasicBlock.forward",
    hint={
        "en": "Can F take anything away from x in your version?",
        "ja": "その書き方で、Fはxの値を減らすことができますか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    self.residual = self.conv_bn("2", self.hidden, 1, 1, train)
    shortcut = x
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = relu(relu(self.residual) + shortcut)
    return self.out


@mistake(
    "RB12",
    part="BasicBlock.forward",
    hint={
        "en": "How many ReLUs does the figure show after the second batch norm, and where?",
        "ja": "図では、2つ目のバッチ正規化の後に、ReLUがいくつ、どこにありますか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    self.residual = relu(self.conv_bn("2", self.hidden, 1, 1, train))
    shortcut = x
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = self.residual + shortcut
    return self.out


@mistake(
    "RB6",
    part="BasicBlock.forward",
    hint={
        "en": "Can your block return a negative number?",
        "ja": "ブロックの出力が負になることはありますか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    self.residual = self.conv_bn("2", self.hidden, 1, 1, train)
    shortcut = x
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = self.residual + shortcut
    return self.out


@mistake(
    "RB7",
    part="BasicBlock.forward",
    hint={
        "en": "How many batch norms does a block with a projection have?",
        "ja": "射影のあるブロックには、バッチ正規化がいくつありますか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    self.residual = self.conv_bn("2", self.hidden, 1, 1, train)
    shortcut = x
    if self.projection:
        W, b = self.params["W_shortcut"], self.params["b_shortcut"]
        shortcut = Convolution(W, b, self.stride, 0).forward(x)
    self.out = relu(self.residual + shortcut)
    return self.out


@mistake(
    "RB9",
    part="BasicBlock.forward",
    hint={
        "en": "What padding keeps the size in a 1×1 convolution?",
        "ja": "1×1の畳み込みで大きさが変わらないのは、パディングがいくつのときですか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    self.residual = self.conv_bn("2", self.hidden, 1, 1, train)
    shortcut = x
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 1, train)
    self.out = relu(self.residual + shortcut)
    return self.out


@mistake(
    "RB11",
    part="BasicBlock.forward",
    hint={
        "en": "Two convolutions with nothing between them equal how many?",
        "ja": "間に何もない2つの畳み込みは、いくつの畳み込みと同じでしょうか。",
    },
)
def forward(self, x, train=True):
    self.hidden = self.conv_bn("1", x, self.stride, 1, train)
    self.residual = self.conv_bn("2", self.hidden, 1, 1, train)
    shortcut = x
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = relu(self.residual + shortcut)
    return self.out


@mistake(
    "RB13",
    part="BasicBlock.forward",
    hint={
        "en": "How many gammas are in params, and which of them do you use?",
        "ja": "paramsにはgammaがいくつありますか。そのうちどれを使っていますか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    W2, b2 = self.params["W2"], self.params["b2"]
    self.residual = self.bn["1"].forward(Convolution(W2, b2, 1, 1).forward(self.hidden), train)
    shortcut = x
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = relu(self.residual + shortcut)
    return self.out


@mistake(
    "RB15",
    part="BasicBlock.forward",
    hint={
        "en": "Which of the two convolutions shrinks the picture?",
        "ja": "画像を小さくするのは、2つの畳み込みのどちらですか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, 1, 1, train))
    self.residual = self.conv_bn("2", self.hidden, self.stride, 1, train)
    shortcut = x
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = relu(self.residual + shortcut)
    return self.out


@mistake(
    "RB16",
    part="BasicBlock.forward",
    hint={
        "en": "From where does the arrow of the shortcut start in the figure?",
        "ja": "図で、ショートカットの矢印はどこから始まっていますか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    self.residual = self.conv_bn("2", self.hidden, 1, 1, train)
    shortcut = self.hidden
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = relu(self.residual + shortcut)
    return self.out


@mistake(
    "RB17",
    part="BasicBlock.forward",
    hint={
        "en": "Which quantity is F(x): the one before or after the sum and the ReLU?",
        "ja": "F(x)は、足し算とReLUの前の値ですか、後の値ですか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, train))
    out = self.conv_bn("2", self.hidden, 1, 1, train)
    shortcut = x
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)
    self.out = relu(out + shortcut)
    self.residual = self.out - shortcut
    return self.out


@mistake(
    "RB18",
    part="BasicBlock.forward",
    hint={
        "en": "Is train passed on to every batch norm of the block?",
        "ja": "trainを、ブロックの中のすべてのバッチ正規化に渡していますか。",
    },
)
def forward(self, x, train=True):
    self.hidden = relu(self.conv_bn("1", x, self.stride, 1, True))
    self.residual = self.conv_bn("2", self.hidden, 1, 1, True)
    shortcut = x
    if self.projection:
        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, True)
    self.out = relu(self.residual + shortcut)
    return self.out


@equivalent("RS4", part="BasicBlock.forward", why="a bias before a batch norm has no effect")
def forward(self, x, train=True):
    def step(name, x, stride, pad):
        W = self.params["W" + name]
        bn = self.bn[name]
        bn.gamma, bn.beta = self.params["gamma" + name], self.params["beta" + name]
        conv = Convolution(W, np.zeros(len(W)), stride, pad)
        self.layers[name] = conv, bn
        return bn.forward(conv.forward(x), train)

    self.hidden = np.clip(step("1", x, self.stride, 1), 0, None)
    self.residual = step("2", self.hidden, 1, 1)
    if "W_shortcut" in self.params:
        x = step("_shortcut", x, self.stride, 0)
    self.out = np.clip(x + self.residual, 0, None)
    return self.out


@mistake(
    "RS1",
    part="SimpleResNet.forward",
    hint={
        "en": "GAP hides a wrong size. Print the size after each block.",
        "ja": "GAPを通すと大きさの間違いが見えません。ブロックごとに大きさを表示しましょう。",
    },
)
def forward(self, x, train=True):
    stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)
    self.bn.gamma = self.params["stem.gamma"]
    self.bn.beta = self.params["stem.beta"]
    out = relu(self.bn.forward(stem.forward(x), train))[:, :, ::2, ::2]
    for block in self.layer1 + self.layer2 + self.layer3:
        out = block.forward(out, train)
    features = global_average_pooling_2d(out)
    return features @ self.params["fc.W"] + self.params["fc.b"]


@mistake(
    "RS10",
    part="SimpleResNet.forward",
    hint={
        "en": "Which block of a stage has the stride? Print the size after each block.",
        "ja": "ストライドが2なのはどのブロックですか。ブロックごとに大きさを表示しましょう。",
    },
)
def forward(self, x, train=True):
    self.layer2[0].stride, self.layer3[0].stride = 1, 2
    stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)
    self.bn.gamma = self.params["stem.gamma"]
    self.bn.beta = self.params["stem.beta"]
    out = relu(self.bn.forward(stem.forward(x), train))
    for block in self.layer1 + self.layer2 + self.layer3:
        out = block.forward(out, train)
    features = global_average_pooling_2d(out)
    return features @ self.params["fc.W"] + self.params["fc.b"]


@mistake(
    "RS2",
    part="SimpleResNet.forward",
    hint={
        "en": "Does anything behind the last block depend on the size of the picture?",
        "ja": "最後のブロックの後に、画像の大きさに依存するところはありませんか。",
    },
)
def forward(self, x, train=True):
    stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)
    self.bn.gamma = self.params["stem.gamma"]
    self.bn.beta = self.params["stem.beta"]
    out = relu(self.bn.forward(stem.forward(x), train))
    for block in self.layer1 + self.layer2 + self.layer3:
        out = block.forward(out, train)
    features = out.reshape(len(x), 256, 16).mean(axis=2)
    return features @ self.params["fc.W"] + self.params["fc.b"]


@mistake(
    "RS3",
    part="SimpleResNet.forward",
    hint={
        "en": "Are these two blocks, or one block twice? Compare their id().",
        "ja": "それは2つのブロックですか、1つのブロックが2回ですか。id()を比べてみましょう。",
    },
)
def forward(self, x, train=True):
    self.layer1 = [self.layer1[0]] * 2
    stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)
    self.bn.gamma = self.params["stem.gamma"]
    self.bn.beta = self.params["stem.beta"]
    out = relu(self.bn.forward(stem.forward(x), train))
    for block in self.layer1 + self.layer2 + self.layer3:
        out = block.forward(out, train)
    features = global_average_pooling_2d(out)
    return features @ self.params["fc.W"] + self.params["fc.b"]


@mistake(
    "RS6",
    part="SimpleResNet.forward",
    hint={
        "en": "Is train passed on to every block?",
        "ja": "trainを、すべてのブロックに渡していますか。",
    },
)
def forward(self, x, train=True):
    stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)
    self.bn.gamma = self.params["stem.gamma"]
    self.bn.beta = self.params["stem.beta"]
    out = relu(self.bn.forward(stem.forward(x), train))
    for block in self.layer1 + self.layer2 + self.layer3:
        out = block.forward(out)
    features = global_average_pooling_2d(out)
    return features @ self.params["fc.W"] + self.params["fc.b"]


@mistake(
    "RS7",
    part="SimpleResNet.forward",
    hint={
        "en": "What follows the stem's batch norm in the docstring?",
        "ja": "docstringでは、stemのバッチ正規化の後に何がありますか。",
    },
)
def forward(self, x, train=True):
    stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)
    self.bn.gamma = self.params["stem.gamma"]
    self.bn.beta = self.params["stem.beta"]
    out = self.bn.forward(stem.forward(x), train)
    for block in self.layer1 + self.layer2 + self.layer3:
        out = block.forward(out, train)
    features = global_average_pooling_2d(out)
    return features @ self.params["fc.W"] + self.params["fc.b"]


@mistake(
    "RS8",
    part="SimpleResNet.forward",
    hint={
        "en": "Your scores are positive and sum to 1. Whose job is the softmax?",
        "ja": "スコアがすべて正で、和が1になっています。ソフトマックスはどこで行うのでしたか。",
    },
)
def forward(self, x, train=True):
    stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)
    self.bn.gamma = self.params["stem.gamma"]
    self.bn.beta = self.params["stem.beta"]
    out = relu(self.bn.forward(stem.forward(x), train))
    for block in self.layer1 + self.layer2 + self.layer3:
        out = block.forward(out, train)
    scores = global_average_pooling_2d(out) @ self.params["fc.W"] + self.params["fc.b"]
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


@mistake(
    "RS9",
    part="SimpleResNet.forward",
    hint={
        "en": "Average or maximum: what does GAP stand for?",
        "ja": "GAPは何の略でしたか。平均でしょうか、最大値でしょうか。",
    },
)
def forward(self, x, train=True):
    stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)
    self.bn.gamma = self.params["stem.gamma"]
    self.bn.beta = self.params["stem.beta"]
    out = relu(self.bn.forward(stem.forward(x), train))
    for block in self.layer1 + self.layer2 + self.layer3:
        out = block.forward(out, train)
    return out.max(axis=(2, 3)) @ self.params["fc.W"] + self.params["fc.b"]


@mistake(
    "RS11",
    part="SimpleResNet.forward",
    hint={
        "en": 'Put other numbers into params["fc.b"]: does any score change?',
        "ja": 'params["fc.b"]に別の値を入れると、スコアは変わりますか。',
    },
)
def forward(self, x, train=True):
    stem = Convolution(self.params["stem.W"], self.params["stem.b"], 2, 3)
    self.bn.gamma = self.params["stem.gamma"]
    self.bn.beta = self.params["stem.beta"]
    out = relu(self.bn.forward(stem.forward(x), train))
    for block in self.layer1 + self.layer2 + self.layer3:
        out = block.forward(out, train)
    return global_average_pooling_2d(out) @ self.params["fc.W"]


@equivalent("RS-A", part="SimpleResNet.forward", why="linear layer on each pixel, then the average")
def forward(self, x, train=True):
    p = self.params
    out = Convolution(p["stem.W"], np.zeros(64), 2, 3).forward(x)
    self.bn.gamma, self.bn.beta = p["stem.gamma"], p["stem.beta"]
    out = np.clip(self.bn.forward(out, train), 0, None)
    for stage in (self.layer1, self.layer2, self.layer3):
        for block in stage:
            out = block.forward(out, train)
    return np.einsum("nchw,ck->nhwk", out, p["fc.W"]).mean(axis=(1, 2)) + p["fc.b"]


@mistake(
    "RB20",
    part="BasicBlock.backward",
    hint={
        "en": "Where the arrow splits at x, what happens to the two gradients?",
        "ja": "xで枝分かれした2つの道の勾配は、どうすればよいですか。",
    },
)
def backward(self, dout):
    d = dout * (self.out > 0)
    d = self.conv_bn_backward("2", d) * (self.hidden > 0)
    return self.conv_bn_backward("1", d)


@mistake(
    "RB21",
    part="BasicBlock.backward",
    hint={
        "en": "Which gradient arrives at the plus? There is a ReLU behind it.",
        "ja": "足し算に届く勾配はどれですか。その後ろにはReLUがあります。",
    },
)
def backward(self, dout):
    d = self.conv_bn_backward("2", dout) * (self.hidden > 0)
    dx = self.conv_bn_backward("1", d)
    if self.projection:
        dout = self.conv_bn_backward("_shortcut", dout)
    return dx + dout


@mistake(
    "RB22",
    part="BasicBlock.backward",
    hint={
        "en": "There is a second ReLU, inside F. Where does it stop the gradient?",
        "ja": "Fの中に、もう1つReLUがあります。そこではどの勾配が止まりますか。",
    },
)
def backward(self, dout):
    d = dout * (self.out > 0)
    dx = self.conv_bn_backward("1", self.conv_bn_backward("2", d))
    if self.projection:
        d = self.conv_bn_backward("_shortcut", d)
    return dx + d


@mistake(
    "RB23",
    part="BasicBlock.backward",
    hint={
        "en": "The shortcut has layers of its own. Does the gradient go back through them?",
        "ja": "ショートカットにも層があります。勾配はそこも逆向きに通りますか。",
    },
)
def backward(self, dout):
    d = dout * (self.out > 0)
    dhidden = self.conv_bn_backward("2", d) * (self.hidden > 0)
    return self.conv_bn_backward("1", dhidden) + d


@mistake(
    "RB24",
    part="BasicBlock.backward",
    hint={
        "en": "Compare dout before and after. Do you write into it?",
        "ja": "呼び出しの前後でdoutを比べましょう。書き込んでいませんか。",
    },
)
def backward(self, dout):
    dout[self.out <= 0] = 0
    d = self.conv_bn_backward("2", dout) * (self.hidden > 0)
    dx = self.conv_bn_backward("1", d)
    if self.projection:
        return dx + self.conv_bn_backward("_shortcut", dout)
    return dx + dout


@equivalent("RB-A", part="BasicBlock.backward", why="the shortcut first, with choices for products")
def backward(self, dout):
    dsum = np.where(self.out > 0, dout, 0)
    dx = self.conv_bn_backward("_shortcut", dsum) if self.projection else dsum.copy()
    d = np.where(self.hidden > 0, self.conv_bn_backward("2", dsum), 0)
    dx += self.conv_bn_backward("1", d)
    return dx
