# ruff: noqa: F811, D103 - each function is a student's version of the same name.
# ruff: noqa: F821 - the names of the teaching solution are there where these functions run.
"""Known ways in which batch norm and residual blocks go wrong, and unusual ways that are right."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

mistake("BN1", part="batch_norm",
    edits=[("x.var(axis=(0, 2, 3), keepdims=True)",
            "x.var(axis=(0, 2, 3), keepdims=True, ddof=1)")],
    loses={"batch_norm.one_image", "batch_norm.batch"},
    hint=Text(
        en="By which number is the variance divided when normalising: n or n - 1?",
        ja="正規化に使う分散は、nとn - 1のどちらで割ったものですか。"))

mistake("BN3", part="batch_norm",
    edits=[("x.mean(axis=(0, 2, 3), keepdims=True)", "x.mean()"),
           ("x.var(axis=(0, 2, 3), keepdims=True)", "x.var()")],
    loses={"batch_norm.one_image", "batch_norm.batch"},
    hint=Text(
        en="Make one channel 100 times larger than the others. Do all end up with variance 1?",
        ja="1つのチャンネルだけ値を100倍にしてみましょう。どのチャンネルも分散が1になりますか。"))

mistake("BN5", part="batch_norm", edits=[("np.sqrt(variance + eps)", "(variance + eps)")],
    loses={"batch_norm.one_image", "batch_norm.batch", "batch_norm.eps"},
    hint=Text(
        en="Compare the units of x and of the variance. What do you divide by?",
        ja="xの単位と分散の単位を比べましょう。何で割っていますか。"))

mistake("BN6", part="batch_norm",
    edits=[("gamma.reshape(1, -1, 1, 1) * normal + beta.reshape(1, -1, 1, 1)", "normal")],
    loses={"batch_norm.gamma_and_beta"},
    hint=Text(
        en="Set gamma to 3: what should the standard deviation become?",
        ja="gammaを3にすると、標準偏差はいくつになるはずですか。"))

mistake("BN14", part="batch_norm",
    edits=[("mean(axis=(0, 2, 3)", "mean(axis=(2, 3)"), ("var(axis=(0, 2, 3)", "var(axis=(2, 3)")],
    loses={"batch_norm.batch"},
    hint=Text(
        en="Over which images is the mean taken?",
        ja="平均は、どの画像についてとりますか。"))

mistake("BN16", part="batch_norm", edits=[("1e-5", "1e-3")],
    loses={"batch_norm.eps"},
    hint=Text(
        en="Which default does the docstring give for eps?",
        ja="docstringでは、epsの既定値はいくつですか。"))

mistake("BN18", part="batch_norm", edits=[("np.sqrt(variance + eps)", "(np.sqrt(variance) + eps)")],
    loses={"batch_norm.eps"},
    hint=Text(
        en="eps is added to the variance. Is that the same as adding it to the root?",
        ja="epsは分散に足します。平方根をとってから足すのと同じでしょうか。"))

mistake("BN19", part="batch_norm",
    edits=[("mean(axis=(0, 2, 3)", "mean(axis=(0, 1, 2)"),
           ("var(axis=(0, 2, 3)", "var(axis=(0, 1, 2)")],
    loses={"batch_norm.*"},
    hint=Text(
        en="The statistics are taken as if the channels were last. Name the four axes of x.",
        ja="チャンネルが最後の軸にあるかのような計算です。xの4つの軸に名前を付けましょう。"))

mistake("BN20", part="batch_norm",
    edits=[("gamma.reshape(1, -1, 1, 1)", "gamma"), ("beta.reshape(1, -1, 1, 1)", "beta")],
    loses={"batch_norm.*"},
    hint=Text(
        en="Along which axis does gamma of shape (C,) run when it meets (N, C, H, W)?",
        ja="形状(C,)のgammaを(N, C, H, W)に掛けると、どの軸の方向に並びますか。"))

mistake("BN21", part="batch_norm", edits=[("mean = x.mean", "x -= x.mean"), ("(x - mean)", "x")],
    loses={"batch_norm.input_untouched"},
    hint=Text(
        en="Compare x before and after the call. What does -= do to the caller's array?",
        ja="呼び出しの前後でxを比べましょう。-=は呼び出し元の配列をどう変えますか。"))

mistake("BN22", part="batch_norm",
    edits=[("    normal = (x - mean)", """\
    normal = np.zeros(x.shape)
    normal[:] = (x - mean)""")],
    loses={"batch_norm.float32"},
    hint=Text(
        en="float32 went in. Which dtype does an array have that you make without saying which?",
        ja="float32を渡しています。dtypeを指定せずに作った配列のdtypeは何ですか。"))


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


mistake("BN17", part="BatchNorm.forward", edits=[("variance * n / (n - 1)", "variance")],
    loses={"BatchNorm.forward.running_var", "SimpleResNet.forward.eval"},
    hint=Text(
        en="Which variance does running_var average: the one divided by n or by n - 1?",
        ja="running_varに入れる分散は、nとn - 1のどちらで割ったものですか。"))

mistake("BN23", part="BatchNorm.forward",
    edits=[("x.var(axis=(0, 2, 3))", "x.var(axis=(0, 2, 3), ddof=1)"),
           ("variance * n / (n - 1)", "variance")],
    loses={"BatchNorm.forward.train", "BatchNorm.backward.dgamma", "BatchNorm.backward.dx",
           "BatchNorm.backward.gamma", "BatchNorm.backward.few_numbers",
           "BatchNorm.backward.several_calls", "BasicBlock.forward.same_shape",
           "BasicBlock.forward.stride_2", "BasicBlock.forward.residual", "SimpleResNet.forward.*",
           "BasicBlock.backward.*"},
    hint=Text(
        en="You normalise with the unbiased variance as well. Which one is for what?",
        ja="正規化にも不偏分散を使っています。どちらの分散を何に使うのでしたか。"))

mistake("BN7", part="BatchNorm.forward",
    edits=[("mean = self.running_mean", "mean = x.mean(axis=(0, 2, 3))"),
           ("variance = self.running_var", "variance = x.var(axis=(0, 2, 3))")],
    loses={"BatchNorm.forward.eval", "BatchNorm.forward.eval_changes_nothing",
           "BatchNorm.forward.float32", "BasicBlock.forward.eval", "SimpleResNet.forward.eval"},
    hint=Text(
        en="May an answer depend on its neighbours in the batch? Try one image alone.",
        ja="一緒に入れた画像で答えが変わってもよいでしょうか。1枚だけで試してみましょう。"))

mistake("BN9", part="BatchNorm.forward", edits=[("if train:", "if True:")],
    loses={"BatchNorm.forward.eval", "BatchNorm.forward.eval_changes_nothing",
           "BatchNorm.forward.float32", "BasicBlock.forward.eval", "SimpleResNet.forward.eval"},
    hint=Text(
        en="Where in your code does train make a difference? Call it twice with train=False.",
        ja="コードのどこで、trainによる違いが出ますか。train=Falseで2回呼び出してみましょう。"))

mistake("BN8", part="BatchNorm.forward",
    edits=[("1 - self.momentum, self.momentum", "self.momentum, 1 - self.momentum")],
    loses={"BatchNorm.forward.running_mean", "BatchNorm.forward.running_var",
           "BasicBlock.forward.eval", "SimpleResNet.forward.eval"},
    hint=Text(
        en="Which of the two gets 0.9, the old value or the new one?",
        ja="0.9を掛けるのは、古い値と新しい値のどちらですか。"))

mistake("BN10", part="BatchNorm.forward",
    edits=[("    if train:", """\
    if not hasattr(self, "begun") and np.all(self.running_var == 1):
        self.running_var = np.zeros(x.shape[1])
    self.begun = True
    if train:""")],
    loses={"BatchNorm.forward.running_var", "BatchNorm.forward.eval", "BasicBlock.forward.eval",
           "SimpleResNet.forward.eval"},
    hint=Text(
        en="What should a layer divide by that has seen no batch yet?",
        ja="まだバッチを1つも見ていない層は、何で割るべきでしょうか。"))

mistake("BN15", part="BatchNorm.forward",
    edits=[("variance = self.running_var", "variance = x.var(axis=(0, 2, 3))")],
    loses={"BatchNorm.forward.eval", "BatchNorm.forward.eval_changes_nothing",
           "BasicBlock.forward.eval", "SimpleResNet.forward.eval"},
    hint=Text(
        en="Which two numbers take the place of the batch's with train=False?",
        ja="train=Falseのとき、バッチの統計量の代わりに使う2つの値は何ですか。"))

mistake("BN24", part="BatchNorm.forward", edits=[("1 - self.momentum, self.momentum", "0.9, 0.1")],
    loses={"BatchNorm.forward.running_mean", "BatchNorm.forward.running_var"},
    hint=Text(
        en="Call it with momentum=0.3. Does anything change?",
        ja="momentum=0.3で試してみましょう。何か変わりますか。"))

mistake("BN25", part="BatchNorm.forward",
    edits=[("    if train:", """\
    before = self.running_mean, self.running_var
    if True:"""),
           ("""    else:
        mean = self.running_mean
        variance = self.running_var""", """\
    if not train:
        mean, variance = before""")],
    loses={"BatchNorm.forward.eval", "BatchNorm.forward.eval_changes_nothing",
           "BasicBlock.forward.eval", "SimpleResNet.forward.eval"},
    hint=Text(
        en="With train=False your running statistics move. Should using a network change it?",
        ja="train=Falseでも移動平均が変わります。使うだけで変わってもよいでしょうか。"))


@equivalent("BN-C", part="BatchNorm.forward",
    why="moves by momentum times the distance; sums of squares")
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


mistake("BB1", part="BatchNorm.backward", edits=[("dx.astype", "(dnormal / self.std).astype")],
    loses={"BatchNorm.backward.dx", "BatchNorm.backward.few_numbers", "BasicBlock.backward.*"},
    hint=Text(
        en="x enters the formula in more than one place. Follow every arrow of the graph.",
        ja="xは式の1か所だけに入るのではありません。グラフの矢印をすべてたどりましょう。"))

mistake("BB9", part="BatchNorm.backward", edits=[(" + dstd * self.normal / n", "")],
    loses={"BatchNorm.backward.dx", "BatchNorm.backward.few_numbers", "BasicBlock.backward.*"},
    hint=Text(
        en="The gradients of a channel sum to 0, so the mean is right. What about std?",
        ja="勾配の和は0なので、meanを通る経路は正しいです。stdを通る経路はどうですか。"))

mistake("BB2", part="BatchNorm.backward", edits=[(" * self.gamma.reshape(1, -1, 1, 1)", "")],
    loses={"BatchNorm.backward.gamma", "BasicBlock.backward.*"},
    hint=Text(
        en="Set gamma to 10: what happens to dx?",
        ja="gammaを10にすると、dxはどうなるはずですか。"))

mistake("BB4", part="BatchNorm.backward",
    edits=[("(dout * self.normal).sum(axis=channels)", "(dout * self.normal).sum()")],
    loses={"BatchNorm.backward.dgamma", "BatchNorm.backward.gamma", "BasicBlock.backward.grads"},
    hint=Text(
        en="The shape of dgamma is the shape of what?",
        ja="dgammaの形状は、何の形状と同じになりますか。"))

mistake("BB5", part="BatchNorm.backward",
    edits=[("dout.sum(axis=channels)", "dout.mean(axis=channels)")],
    loses={"BatchNorm.backward.dbeta", "BatchNorm.backward.several_calls",
           "BasicBlock.backward.grads"},
    hint=Text(
        en="If beta grows a little, how many outputs grow with it?",
        ja="betaを少し大きくすると、いくつの出力が大きくなりますか。"))

mistake("BB7", part="BatchNorm.backward",
    edits=[("(dout * self.normal).sum(axis=channels)", "dout.sum(axis=channels)")],
    loses={"BatchNorm.backward.dgamma", "BatchNorm.backward.gamma", "BasicBlock.backward.grads"},
    hint=Text(
        en="What is gamma multiplied by in forward?",
        ja="forwardで、gammaは何に掛けられますか。"))

mistake("BB8", part="BatchNorm.backward",
    edits=[("    self.dgamma = (dout * self.normal)",
            """\
    out = self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)
    self.dgamma = (dout * out)""")],
    loses={"BatchNorm.backward.gamma", "BasicBlock.backward.grads"},
    hint=Text(
        en="What is gamma multiplied by in forward: before or after the shift by beta?",
        ja="forwardでgammaが掛けられるのは、betaを足す前の値ですか、後の値ですか。"))

mistake("BB10", part="BatchNorm.backward", edits=[("dout.size // dout.shape[1]", "dout.shape[0]")],
    loses={"BatchNorm.backward.dx", "BatchNorm.backward.few_numbers", "BasicBlock.backward.*"},
    hint=Text(
        en="How many numbers make up the mean of one channel? Images times pixels.",
        ja="1つのチャンネルの平均は、いくつの値から作られますか。画像の枚数×画素数です。"))

mistake("BB11", part="BatchNorm.backward",
    edits=[("self.dbeta = ", "self.dbeta = (0 if self.dbeta is None else self.dbeta) + "),
           ("self.dgamma = ", "self.dgamma = (0 if self.dgamma is None else self.dgamma) + ")],
    loses={"BatchNorm.backward.dbeta", "BatchNorm.backward.dgamma",
           "BatchNorm.backward.several_calls"},
    hint=Text(
        en="Call backward twice. Do dgamma and dbeta hold the sum of both?",
        ja="backwardを2回呼び出してみましょう。dgammaとdbetaに2回分の和が入っていませんか。"))


@equivalent("BB-A", part="BatchNorm.backward", why="the closed formula of the books, in one line")
def backward(self, dout):
    C = dout.shape[1]
    n = dout.size / C
    gamma = np.asarray(self.gamma).reshape(C, 1, 1)
    self.dbeta = np.einsum("nchw->c", dout)
    self.dgamma = np.einsum("nchw,nchw->c", dout, self.normal)
    sums = self.dbeta.reshape(C, 1, 1) + self.normal * self.dgamma.reshape(C, 1, 1)
    return gamma / (n * self.std) * (n * dout - sums)


mistake("RB1", part="BasicBlock.forward",
    edits=[("self.projection", "x.shape[1] != self.residual.shape[1]")],
    loses={"BasicBlock.forward.stride_2", "BasicBlock.backward.projection"},
    hint=Text(
        en="When can two maps be added? Name both conditions, and try stride 2.",
        ja="2つのマップを足せる条件を2つとも挙げ、ストライド2で試しましょう。"))

mistake("RB2", part="BasicBlock.forward", edits=[("self.projection", "self.stride != 1")],
    loses={"BasicBlock.forward.other_channels", "BasicBlock.backward.projection"},
    hint=Text(
        en="When can two maps be added? Name both conditions, and try 2 → 3 channels.",
        ja="2つのマップを足せる条件を2つとも挙げ、2 → 3チャンネルで試しましょう。"))

mistake("RB3", part="BasicBlock.forward",
    edits=[("self.projection", "self.projection and x.shape[1] > 1")],
    loses={"BasicBlock.forward.other_channels"},
    hint=Text(
        en="With one input channel the sum works without a projection. Is it the right sum?",
        ja="1チャンネルなら、射影がなくても足し算はできてしまいます。それは正しい和ですか。"))

mistake("RB4", part="BasicBlock.forward",
    edits=[("self.residual + shortcut", "relu(self.residual) + shortcut")],
    loses={"BasicBlock.forward.same_shape", "SimpleResNet.forward.*", "BasicBlock.backward.*"},
    hint=Text(
        en="Can F take anything away from x in your version?",
        ja="その書き方で、Fはxの値を減らすことができますか。"))

mistake("RB12", part="BasicBlock.forward",
    edits=[('self.conv_bn("2", self.hidden, 1, 1, train)',
            'relu(self.conv_bn("2", self.hidden, 1, 1, train))'),
           ("relu(self.residual + shortcut)", "self.residual + shortcut")],
    loses={"BasicBlock.forward.same_shape", "BasicBlock.forward.residual",
           "SimpleResNet.forward.*", "BasicBlock.backward.*"},
    hint=Text(
        en="How many ReLUs does the figure show after the second batch norm, and where?",
        ja="図では、2つ目のバッチ正規化の後に、ReLUがいくつ、どこにありますか。"))

mistake("RB6", part="BasicBlock.forward",
    edits=[("relu(self.residual + shortcut)", "self.residual + shortcut")],
    loses={"BasicBlock.forward.same_shape", "SimpleResNet.forward.*"},
    hint=Text(
        en="Can your block return a negative number?",
        ja="ブロックの出力が負になることはありますか。"))

mistake("RB7", part="BasicBlock.forward",
    edits=[('        shortcut = self.conv_bn("_shortcut", x, self.stride, 0, train)', """\
        W, b = self.params["W_shortcut"], self.params["b_shortcut"]
        shortcut = Convolution(W, b, self.stride, 0).forward(x)""")],
    loses={"BasicBlock.forward.other_channels", "BasicBlock.forward.stride_2",
           "BasicBlock.forward.odd_sizes", "BasicBlock.forward.eval", "SimpleResNet.forward.*",
           "BasicBlock.backward.projection", "BasicBlock.backward.grads"},
    hint=Text(
        en="How many batch norms does a block with a projection have?",
        ja="射影のあるブロックには、バッチ正規化がいくつありますか。"))

mistake("RB9", part="BasicBlock.forward", edits=[("self.stride, 0", "self.stride, 1")],
    loses={"BasicBlock.forward.other_channels", "BasicBlock.forward.stride_2",
           "BasicBlock.forward.odd_sizes", "BasicBlock.forward.eval", "SimpleResNet.forward.*",
           "BasicBlock.backward.projection", "BasicBlock.backward.grads"},
    hint=Text(
        en="What padding keeps the size in a 1×1 convolution?",
        ja="1×1の畳み込みで大きさが変わらないのは、パディングがいくつのときですか。"))

mistake("RB11", part="BasicBlock.forward",
    edits=[('relu(self.conv_bn("1", x, self.stride, 1, train))',
            'self.conv_bn("1", x, self.stride, 1, train)')],
    loses={"BasicBlock.forward.same_shape", "BasicBlock.forward.residual",
           "SimpleResNet.forward.*", "BasicBlock.backward.*"},
    hint=Text(
        en="Two convolutions with nothing between them equal how many?",
        ja="間に何もない2つの畳み込みは、いくつの畳み込みと同じでしょうか。"))

mistake("RB13", part="BasicBlock.forward",
    edits=[('    self.residual = self.conv_bn("2", self.hidden, 1, 1, train)', """\
    conv = Convolution(self.params["W2"], self.params["b2"], 1, 1)
    self.residual = self.bn["1"].forward(conv.forward(self.hidden), train)""")],
    loses={"BasicBlock.forward.*", "SimpleResNet.forward.*", "BasicBlock.backward.*"},
    hint=Text(
        en="How many gammas are in params, and which of them do you use?",
        ja="paramsにはgammaがいくつありますか。そのうちどれを使っていますか。"))

mistake("RB15", part="BasicBlock.forward",
    edits=[('"1", x, self.stride', '"1", x, 1'),
           ("self.hidden, 1, 1", "self.hidden, self.stride, 1")],
    loses={"BasicBlock.forward.stride_2", "BasicBlock.forward.odd_sizes",
           "BasicBlock.forward.eval", "SimpleResNet.forward.*", "BasicBlock.backward.projection",
           "BasicBlock.backward.grads"},
    hint=Text(
        en="Which of the two convolutions shrinks the picture?",
        ja="画像を小さくするのは、2つの畳み込みのどちらですか。"))

mistake("RB16", part="BasicBlock.forward", edits=[("shortcut = x", "shortcut = self.hidden")],
    loses={"BasicBlock.forward.same_shape", "BasicBlock.forward.eval", "SimpleResNet.forward.*",
           "BasicBlock.backward.same_shape", "BasicBlock.backward.grads",
           "BasicBlock.backward.several_calls"},
    hint=Text(
        en="From where does the arrow of the shortcut start in the figure?",
        ja="図で、ショートカットの矢印はどこから始まっていますか。"))

mistake("RB17", part="BasicBlock.forward",
    edits=[("self.residual = self", "out = self"),
           ("    self.out = relu(self.residual + shortcut)", """\
    self.out = relu(out + shortcut)
    self.residual = self.out - shortcut""")],
    loses={"BasicBlock.forward.residual"},
    hint=Text(
        en="Which quantity is F(x): the one before or after the sum and the ReLU?",
        ja="F(x)は、足し算とReLUの前の値ですか、後の値ですか。"))

mistake("RB18", part="BasicBlock.forward",
    edits=[("self.stride, 1, train", "self.stride, 1, True"),
           ("self.hidden, 1, 1, train", "self.hidden, 1, 1, True"), ("0, train", "0, True")],
    loses={"BasicBlock.forward.eval", "SimpleResNet.forward.eval"},
    hint=Text(
        en="Is train passed on to every batch norm of the block?",
        ja="trainを、ブロックの中のすべてのバッチ正規化に渡していますか。"))


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


mistake("RS1", part="SimpleResNet.forward",
    edits=[("relu(self.bn.forward(stem.forward(x), train))",
            "relu(self.bn.forward(stem.forward(x), train))[:, :, ::2, ::2]")],
    loses={"SimpleResNet.forward.*"},
    hint=Text(
        en="GAP hides a wrong size. Print the size after each block.",
        ja="GAPを通すと大きさの間違いが見えません。ブロックごとに大きさを表示しましょう。"))

mistake("RS10", part="SimpleResNet.forward",
    edits=[("    stem = Conv", """\
    self.layer2[0].stride, self.layer3[0].stride = 1, 2
    stem = Conv""")],
    loses={"SimpleResNet.forward.*"},
    hint=Text(
        en="Which block of a stage has the stride? Print the size after each block.",
        ja="ストライドが2なのはどのブロックですか。ブロックごとに大きさを表示しましょう。"))

mistake("RS2", part="SimpleResNet.forward",
    edits=[("global_average_pooling_2d(out)", "out.reshape(len(x), 256, 16).mean(axis=2)")],
    loses={"SimpleResNet.forward.other_sizes"},
    hint=Text(
        en="Does anything behind the last block depend on the size of the picture?",
        ja="最後のブロックの後に、画像の大きさに依存するところはありませんか。"))

mistake("RS3", part="SimpleResNet.forward",
    edits=[("    stem = Conv", """\
    self.layer1 = [self.layer1[0]] * 2
    stem = Conv""")],
    loses={"SimpleResNet.forward.*"},
    hint=Text(
        en="Are these two blocks, or one block twice? Compare their id().",
        ja="それは2つのブロックですか、1つのブロックが2回ですか。id()を比べてみましょう。"))

mistake("RS6", part="SimpleResNet.forward",
    edits=[("block.forward(out, train)", "block.forward(out)")],
    loses={"SimpleResNet.forward.eval"},
    hint=Text(
        en="Is train passed on to every block?",
        ja="trainを、すべてのブロックに渡していますか。"))

mistake("RS7", part="SimpleResNet.forward",
    edits=[("relu(self.bn.forward(stem.forward(x), train))",
            "self.bn.forward(stem.forward(x), train)")],
    loses={"SimpleResNet.forward.*"},
    hint=Text(
        en="What follows the stem's batch norm in the docstring?",
        ja="docstringでは、stemのバッチ正規化の後に何がありますか。"))

mistake("RS8", part="SimpleResNet.forward",
    edits=[('    return features @ self.params["fc.W"] + self.params["fc.b"]', """\
    scores = features @ self.params["fc.W"] + self.params["fc.b"]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)""")],
    loses={"SimpleResNet.forward.*"},
    hint=Text(
        en="Your scores are positive and sum to 1. Whose job is the softmax?",
        ja="スコアがすべて正で、和が1になっています。ソフトマックスはどこで行うのでしたか。"))

mistake("RS9", part="SimpleResNet.forward",
    edits=[("global_average_pooling_2d(out)", "out.max(axis=(2, 3))")],
    loses={"SimpleResNet.forward.*"},
    hint=Text(
        en="Average or maximum: what does GAP stand for?",
        ja="GAPは何の略でしたか。平均でしょうか、最大値でしょうか。"))

mistake("RS11", part="SimpleResNet.forward", edits=[(' + self.params["fc.b"]', "")],
    loses={"SimpleResNet.forward.scores"},
    hint=Text(
        en='Put other numbers into params["fc.b"]: does any score change?',
        ja='params["fc.b"]に別の値を入れると、スコアは変わりますか。'))


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


mistake("RB20", part="BasicBlock.backward",
    edits=[("if self.projection:", "if False:"), ("dx + dsum", "dx")],
    loses={"BasicBlock.backward.*"},
    hint=Text(
        en="Where the arrow splits at x, what happens to the two gradients?",
        ja="xで枝分かれした2つの経路の勾配は、どうすればよいですか。"))

mistake("RB21", part="BasicBlock.backward", edits=[("dout * (self.out > 0)", "dout")],
    loses={"BasicBlock.backward.*"},
    hint=Text(
        en="Which gradient arrives at the plus? There is a ReLU after it.",
        ja="足し算に届く勾配はどれですか。その後ろにはReLUがあります。"))

mistake("RB22", part="BasicBlock.backward", edits=[("dhidden * (self.hidden > 0)", "dhidden")],
    loses={"BasicBlock.backward.*"},
    hint=Text(
        en="There is a second ReLU, inside F. Where does it stop the gradient?",
        ja="Fの中に、もう1つReLUがあります。そこではどの勾配が止まりますか。"))

mistake("RB23", part="BasicBlock.backward", edits=[("if self.projection:", "if False:")],
    loses={"BasicBlock.backward.projection", "BasicBlock.backward.grads"},
    hint=Text(
        en="The shortcut has layers of its own. Does the gradient go back through them?",
        ja="ショートカットにも層があります。勾配はそこも逆向きに通りますか。"))

mistake("RB24", part="BasicBlock.backward",
    edits=[("    dsum = dout * (self.out > 0)", """\
    dout[self.out <= 0] = 0
    dsum = dout""")],
    loses={"BasicBlock.backward.several_calls"},
    hint=Text(
        en="Compare dout before and after. Do you write into it?",
        ja="呼び出しの前後でdoutを比べましょう。書き込んでいませんか。"))


@equivalent("RB-A", part="BasicBlock.backward", why="the shortcut first, with choices for products")
def backward(self, dout):
    dsum = np.where(self.out > 0, dout, 0)
    dx = self.conv_bn_backward("_shortcut", dsum) if self.projection else dsum.copy()
    d = np.where(self.hidden > 0, self.conv_bn_backward("2", dsum), 0)
    dx += self.conv_bn_backward("1", d)
    return dx

mistake("BN26", part="batch_norm",
    edits=[("mean(axis=(0, 2, 3)", "mean(axis=0"),
           ("var(axis=(0, 2, 3)", "var(axis=0")],
    loses={"batch_norm.*"},
    hint=Text(
        en="How many means do you compute for one channel? Count the numbers that each is "
           "made of.",
        ja="1つのチャンネルについて、平均をいくつ求めていますか。それぞれ何個の値の平均ですか。"))

mistake("BN27", part="BatchNorm.forward",
    edits=[("self.running_mean = old", "running_mean = old"),
           ("self.running_var = old", "running_var = old")],
    loses={"BatchNorm.forward.running_mean",
           "BatchNorm.forward.running_var",
           "BasicBlock.forward.eval",
           "SimpleResNet.forward.eval"},
    hint=Text(
        en="Print running_mean after two calls. Which line writes it into the object?",
        ja="2回呼び出した後で、running_meanを表示してみましょう。オブジェクトに書き込む行はどれですか。"))

mistake("BN28", part="BatchNorm.forward",
    edits=[("self.gamma.reshape(1, -1, 1, 1) * self.normal + self.beta.reshape(1, -1, 1, 1)",
            "self.normal")],
    loses={"BatchNorm.forward.train",
           "BatchNorm.forward.eval",
           "BasicBlock.forward.*",
           "SimpleResNet.forward.*",
           "BasicBlock.backward.*"},
    hint=Text(
        en="Set gamma to 3: what should the standard deviation become?",
        ja="gammaを3にすると、標準偏差はいくつになるはずですか。"))

mistake("BN29", part="BatchNorm.forward",
    edits=[("np.sqrt(variance + self.eps)", "(np.sqrt(variance) + self.eps)")],
    loses={"BatchNorm.forward.train", "BatchNorm.backward.few_numbers"},
    hint=Text(
        en="eps is added to the variance. Is that the same as adding it to the root?",
        ja="epsは分散に足します。平方根をとってから足すのと同じでしょうか。"))

mistake("BN30", part="BatchNorm.forward",
    edits=[("self.running_mean = old * self.running_mean + new * mean",
            "self.running_mean = mean"),
           ("self.running_var = old * self.running_var + new * variance * n / (n - 1)",
            "self.running_var = variance * n / (n - 1)")],
    loses={"BatchNorm.forward.running_mean",
           "BatchNorm.forward.running_var",
           "BasicBlock.forward.eval",
           "SimpleResNet.forward.eval"},
    hint=Text(
        en="How much of the first batch is left in running_mean after the second?",
        ja="2つ目のバッチの後、running_meanに1つ目のバッチはどれだけ残っていますか。"))

mistake("BB12", part="BatchNorm.backward",
    edits=[("    self.dgamma = (dout * self.normal).sum(axis=channels)",
            "    self.dgamma = (dout * self.normal).mean(axis=channels)")],
    loses={"BatchNorm.backward.dgamma",
           "BatchNorm.backward.gamma",
           "BasicBlock.backward.grads"},
    hint=Text(
        en="If gamma grows a little, how many outputs change with it?",
        ja="gammaを少し大きくすると、いくつの出力が変わりますか。"))

mistake("BB13", part="BatchNorm.backward",
    edits=[(" + dmean / n", "")],
    loses={"BatchNorm.backward.dx", "BatchNorm.backward.few_numbers", "BasicBlock.backward.*"},
    hint=Text(
        en="mean is made from x as well. Should the gradients of a channel add up to 0?",
        ja="meanもxから作られています。1つのチャンネルの勾配を足すと、0になるはずでしょうか。"))

mistake("RB25", part="BasicBlock.backward",
    edits=[("return dx + dsum", "return dx")],
    loses={"BasicBlock.backward.same_shape",
           "BasicBlock.backward.projection",
           "BasicBlock.backward.several_calls"},
    hint=Text(
        en="Where the arrow splits at x, what happens to the two gradients?",
        ja="xで枝分かれした2つの経路の勾配は、どうすればよいですか。"))

mistake("RS12", part="SimpleResNet.forward",
    edits=[("self.layer1 + self.layer2 + self.layer3",
            "[self.layer1[0], self.layer2[0], self.layer3[0]]")],
    loses={"SimpleResNet.forward.*"},
    hint=Text(
        en="How many blocks does each layer have? Print how often block.forward is called.",
        ja="layer1からlayer3に、ブロックはいくつずつありますか。block.forwardが何回呼ばれるか表示してみましょう。"))

mistake("BN31", part="batch_norm",
    edits=[("normal = (x - mean) / np.sqrt(variance + eps)",
            "scaled = gamma.reshape(1, -1, 1, 1) * (x - mean) + beta.reshape(1, -1, 1, 1)"),
           ("return gamma.reshape(1, -1, 1, 1) * normal + beta.reshape(1, -1, 1, 1)",
            "return scaled / np.sqrt(variance + eps)")],
    loses={"batch_norm.gamma_and_beta"},
    hint=Text(
        en="Set gamma to 0: what should come out? Is beta added before or after the division?",
        ja="gammaを0にすると、何が出てくるはずですか。betaを足すのは、割り算の前ですか、後ですか。"))

mistake("RB27", part="BasicBlock.forward",
    edits=[("relu(self.residual + shortcut)", "relu(self.residual) + shortcut")],
    loses={"BasicBlock.forward.same_shape", "SimpleResNet.forward.*", "BasicBlock.backward.*"},
    hint=Text(
        en="Follow the arrows of the figure: which comes first, the addition or the last ReLU?",
        ja="図の矢印をたどってみましょう。足し算と最後のReLUは、どちらが先ですか。"))

mistake("BB14", part="BatchNorm.backward",
    edits=[("(dout * self.normal).sum(axis=channels)",
            "(dout * self.normal).sum(axis=0).mean(axis=(1, 2))")],
    loses={"BatchNorm.backward.dgamma", "BatchNorm.backward.gamma", "BasicBlock.backward.grads"},
    hint=Text(
        en="gamma of a channel multiplies every pixel of it. Which gradients have to be "
           "added up?",
        ja="チャンネルのgammaは、そのチャンネルのすべての画素に掛かります。どの勾配を足"
           "し合わせますか。"))


def _on_the_class(owner, *names):
    """Edits after which what forward keeps on self is on the class, which all objects share."""
    each = """\
@({name} := property(
    lambda self: {owner}.last_{name},
    lambda self, value: setattr({owner}, "last_{name}", value)
)) and (lambda method: method)
"""
    shared = "".join(each.format(owner=owner, name=name) for name in names)
    return [("def backward(", f"{shared}def backward(")]


mistake("BB15", part="BatchNorm.backward",
    edits=_on_the_class("BatchNorm", "std", "normal"),
    loses={"BatchNorm.backward.several_calls", "BasicBlock.backward.*"},
    hint=Text(
        en="Make two BatchNorm objects, call forward of both, then backward of the first. Whose "
           "batch does it use?",
        ja="BatchNormのオブジェクトを2つ作り、両方のforwardの後で、1つ目のbackwardを"
           "呼び出しましょう。使われているのはどちらのバッチですか。"))

mistake("RB28", part="BasicBlock.backward",
    edits=_on_the_class("BasicBlock", "hidden", "out"),
    loses={"BasicBlock.backward.several_calls"},
    hint=Text(
        en="Make two blocks, call forward of both, then backward of the first. Whose relus does it "
           "go through?",
        ja="ブロックを2つ作り、両方のforwardの後で、1つ目のbackwardを呼び出しましょう。"
           "どちらのブロックのreluを通っていますか。"))

mistake("BN32", part="BatchNorm.forward",
    edits=[("variance + self.eps", "variance + (self.eps if train else 0)")],
    loses={"BatchNorm.forward.eval"},
    hint=Text(
        en="Is eps added under the root with train=False as well?",
        ja="train=Falseのときも、平方根の中でepsを足していますか。"))

mistake("RB29", part="BasicBlock.forward",
    edits=[('self.conv_bn("_shortcut", x, self.stride, 0, train)',
            'relu(self.conv_bn("_shortcut", x, self.stride, 0, train))')],
    loses={"BasicBlock.forward.other_channels", "SimpleResNet.forward.*",
           "BasicBlock.backward.projection", "BasicBlock.backward.grads"},
    hint=Text(
        en="Follow a negative number through the projection: is anything set to 0 before the sum?",
        ja="射影の中で負の値を追ってみましょう。足し算の前に0にされていませんか。"))

mistake("RB30", part="BasicBlock.forward",
    edits=[("    self.out = relu(self.residual + shortcut)", """\
    total = self.residual + shortcut
    self.out = total if self.projection else relu(total)""")],
    loses={"BasicBlock.forward.other_channels", "SimpleResNet.forward.*"},
    hint=Text(
        en="Can the result of a block with a projection be negative?",
        ja="射影のあるブロックの結果が、負になることはありますか。"))
