# ruff: noqa: ARG001, D103 - each function is a student's version of the same name.
"""Known ways in which layers, network and Adam go wrong, and unusual ways that are right."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

mistake("LY1", part="Relu.forward",
    edits=[("    return np.maximum(x, 0)", """\
    x[x < 0] = 0
    return x""")],
    loses={"Relu.forward.input_untouched"},
    hint=Text(
        en="Compare x before and after the call: whose array do you write into?",
        ja="呼び出しの前後でxを比べてみましょう。書き込んでいるのは、呼び出し元の配列ではありませんか。"))

mistake("LY11", part="Relu.forward", edits=[("np.maximum(x, 0)", "np.abs(x)")],
    loses={"Relu.forward.*", "SimpleConvNet.__init__.pad_and_stride",
           "SimpleConvNet.__init__.shared_parameters", "SimpleConvNet.predict.scores",
           "SimpleConvNet.loss.labels_and_one_hot", "SimpleConvNet.accuracy.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="What becomes of -3: 0, or 3?",
        ja="-3は0になりますか、3になりますか。"))

mistake("LY2", part="Relu.backward", edits=[("self.x > 0", "self.x >= 0")],
    loses={"Relu.backward.slope_at_zero"},
    hint=Text(
        en="What is the slope that we agreed on at 0?",
        ja="0での傾きをいくつと約束しましたか。"))

equivalent("LY-A", part="Relu.forward",
    edits=[("    return np.maximum(x, 0)", """\
    out = x.copy()
    out[x <= 0] = 0
    return out""")],
    why="a copy in which the negative numbers are set to 0")

mistake("LY4", part="Relu.backward",
    edits=[("    return dout * (self.x > 0)", """\
    dout[self.x <= 0] = 0
    return dout""")],
    loses={"Relu.backward.dout_untouched"},
    hint=Text(
        en="Compare dout before and after the call: whose array do you write into?",
        ja="呼び出しの前後でdoutを比べてみましょう。書き込んでいるのは、呼び出し元の配列ではありませんか。"))

mistake("LY12", part="Relu.backward", edits=[("self.x > 0", "dout > 0")],
    loses={"Relu.backward.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Which array decides whether a gate is open: x or dout?",
        ja="門の開閉を決めるのは、xとdoutのどちらですか。"))

mistake("LY13", part="Relu.backward", edits=[(" * (self.x > 0)", "")],
    loses={"Relu.backward.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Where x was negative, by how much does the output move?",
        ja="xが負だったところで、出力はどれだけ動きますか。"))

mistake("LY14", part="Affine.forward", edits=[(" + self.b", "")],
    loses={"Affine.forward.rows", "SimpleConvNet.__init__.shared_parameters"},
    hint=Text(
        en="Set W to 0: what should come out?",
        ja="Wをすべて0にすると、何が出てくるはずですか。"))

mistake("LY15", part="Affine.forward", edits=[("x.reshape(len(x), -1)", "x")],
    loses={"Affine.forward.images", "Affine.backward.images",
           "SimpleConvNet.__init__.pad_and_stride", "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.scores", "SimpleConvNet.loss.labels_and_one_hot",
           "SimpleConvNet.accuracy.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Call it with images of shape (2, 3, 4, 2). How many rows should there be?",
        ja="形状(2, 3, 4, 2)の画像を渡してみましょう。行はいくつになるべきですか。"))

mistake("LY16", part="Affine.forward", edits=[("x.reshape(len(x), -1)", "x.reshape(-1, len(x)).T")],
    loses={"Affine.forward.*", "Affine.backward.dw_and_db", "Affine.backward.called_again",
           "SimpleConvNet.__init__.pad_and_stride", "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.scores", "SimpleConvNet.loss.labels_and_one_hot",
           "SimpleConvNet.accuracy.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Which numbers belong to one image: those of a row, or every N-th?",
        ja="1枚の画像の数はどれですか。1行に続けて並ぶ数ですか、N個おきの数ですか。"))

mistake("LY17", part="Affine.forward",
    edits=[("x.reshape(len(x), -1)", "x.reshape(len(x), -1).astype(float)")],
    loses={"Affine.forward.float32"},
    hint=Text(
        en="Which dtype went in, and which came out?",
        ja="渡した配列と返ってきた配列のdtypeを比べましょう。"))

mistake("LY5", part="Affine.backward", edits=[("self.rows.T @ dout", "dout.T @ self.rows")],
    loses={"Affine.backward.dw_and_db", "Affine.backward.called_again",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="The shape of dW is that of ...?",
        ja="dWの形状は、何の形状と同じになるべきですか。"))

mistake("LY8", part="Affine.backward", edits=[("dout.sum(axis=0)", "dout.mean(axis=0)")],
    loses={"Affine.backward.dw_and_db", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="If a bias grows a little, in how many rows does the output grow?",
        ja="バイアスを少し大きくすると、いくつの行の出力が大きくなりますか。"))

mistake("LY9", part="Affine.backward", edits=[(".reshape(self.x_shape)", "")],
    loses={"Affine.backward.images", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="In which shape did x come, and in which does dx go back?",
        ja="xはどの形状で渡され、dxはどの形状で返していますか。"))

mistake("LY18", part="Affine.backward",
    edits=[("dout.sum(axis=0)", "dout.mean(axis=0)"),
           ("self.rows.T @ dout", "self.rows.T @ dout / len(dout)")],
    loses={"Affine.backward.dw_and_db", "Affine.backward.called_again",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Where does the 1/N of the mean already appear?",
        ja="平均の1/Nは、もうどこに入っていますか。"))

mistake("LY19", part="Affine.backward",
    edits=[("self.rows.T @ dout", "self.rows.T @ dout + (0 if self.dW is None else self.dW)")],
    loses={"Affine.backward.called_again", "SimpleConvNet.gradient.called_again"},
    hint=Text(
        en="Call backward twice: is the second dW the same?",
        ja="backwardを2回呼び出してみましょう。2回目のdWは同じですか。"))

mistake("LY20", part="Affine.backward",
    edits=[("    return dx", """\
    self.W = self.W - 0.01 * self.dW
    self.b = self.b - 0.01 * self.db
    return dx""")],
    loses={"Affine.backward.called_again", "SimpleConvNet.gradient.called_again"},
    hint=Text(
        en="Who changes the weights: the layer, or the optimiser?",
        ja="重みを変えるのは、層ですか、最適化手法ですか。"))

mistake("SX1", part="SoftmaxWithLoss.forward", edits=[("x - x.max(axis=1, keepdims=True)", "x")],
    loses={"SoftmaxWithLoss.forward.large_beside_small", "SoftmaxWithLoss.forward.sure_and_wrong"},
    hint=Text(
        en="What is exp(1000) in floating-point numbers?",
        ja="exp(1000)は、浮動小数点数ではいくつになりますか。"))

mistake("SX2", part="SoftmaxWithLoss.forward", edits=[("x.max(axis=1, keepdims=True)", "x.max()")],
    loses={"SoftmaxWithLoss.forward.large_beside_small", "SoftmaxWithLoss.forward.sure_and_wrong"},
    hint=Text(
        en="One maximum for the whole batch, or one for each image?",
        ja="最大値はバッチ全体で1つですか、画像ごとに1つですか。"))

mistake("SX26", part="SoftmaxWithLoss.forward", edits=[("x.max(axis=1", "x.mean(axis=1")],
    loses={"SoftmaxWithLoss.forward.large_beside_small", "SoftmaxWithLoss.forward.sure_and_wrong"},
    hint=Text(
        en="Take the scores 0, 0 and 2000. What is the largest number that goes into exp?",
        ja="スコアが0、0、2000のとき、expに渡る最大の数はいくつになりますか。"))

mistake("SX7", part="SoftmaxWithLoss.forward", edits=[("-log_p[", "-np.log(self.p)[")],
    loses={"SoftmaxWithLoss.forward.sure_and_wrong"},
    hint=Text(
        en="What is log(0), and when does a probability become 0?",
        ja="log(0)はいくつですか。確率が0になるのはどんなときですか。"))

mistake("SX13", part="SoftmaxWithLoss.forward", edits=[("-log_p[", "-np.log(self.p + 1e-7)[")],
    loses={"SoftmaxWithLoss.forward.sure_and_wrong"},
    hint=Text(
        en="How large can your loss become at most, and how large should it?",
        ja="あなたの損失は最大でいくつになりますか。本来はいくつになるはずですか。"))

mistake("SX9", part="SoftmaxWithLoss.forward", edits=[(".mean()", ".sum()")],
    loses={"SoftmaxWithLoss.forward.*", "SimpleConvNet.loss.labels_and_one_hot"},
    hint=Text(
        en="Take every image twice: should the loss double?",
        ja="同じ画像を2回ずつ入れると、損失は2倍になるべきでしょうか。"))

mistake("SX11", part="SoftmaxWithLoss.forward",
    edits=[(".sum(axis=1, keepdims=True)", ".sum(axis=0)")],
    loses={"SoftmaxWithLoss.forward.*", "SoftmaxWithLoss.backward.*",
           "SimpleConvNet.loss.labels_and_one_hot", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Add up the probabilities of one image. Is the sum 1?",
        ja="1枚の画像の確率を足してみましょう。1になりますか。"))

mistake("SX14", part="SoftmaxWithLoss.forward",
    edits=[("t if t.ndim == 1 else t.argmax(axis=1)", "t")],
    loses={"SoftmaxWithLoss.forward.one_hot", "SoftmaxWithLoss.backward.gradient",
           "SimpleConvNet.loss.labels_and_one_hot", "SimpleConvNet.gradient.called_again"},
    hint=Text(
        en="Which two forms may t have?",
        ja="tには2つの表し方があります。何と何でしたか。"))

mistake("SX17", part="SoftmaxWithLoss.forward",
    edits=[("    shifted = x - x.max(axis=1, keepdims=True)", """\
    x -= x.max(axis=1, keepdims=True)
    shifted = x""")],
    loses={"SoftmaxWithLoss.forward.large_beside_small"},
    hint=Text(
        en="Compare x before and after the call: whose array does -= write into?",
        ja="呼び出しの前後でxを比べてみましょう。-=で書き換わるのは誰の配列ですか。"))

equivalent("SX-A", part="SoftmaxWithLoss.forward",
    edits=[("shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
            "x - np.logaddexp.reduce(x, axis=1, keepdims=True)"),
           ("-log_p[np.arange(len(x)), self.labels].mean()",
            "-(log_p * np.eye(x.shape[1])[self.labels]).sum() / len(x)")],
    why="logaddexp adds in the logarithm, and one-hot rows pick by a product")

mistake("SX4", part="SoftmaxWithLoss.backward",
    edits=[("dx[np.arange(N), self.labels]", "dx[:, self.labels]")],
    loses={"SoftmaxWithLoss.backward.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="From how many places of each row is 1 subtracted?",
        ja="1を引いているのは、各行の何か所ですか。"))

mistake("SX5", part="SoftmaxWithLoss.backward", edits=[(".copy()", "")],
    loses={"SoftmaxWithLoss.backward.called_twice"},
    hint=Text(
        en="Call backward twice: does it change the probabilities that forward has kept?",
        ja="backwardを2回呼び出してみましょう。forwardで残した確率を書き換えていませんか。"))

mistake("SX10", part="SoftmaxWithLoss.backward", edits=[("dout / N", "1 / N")],
    loses={"SoftmaxWithLoss.backward.dout"},
    hint=Text(
        en="Call backward(2): where does dout come into your result?",
        ja="backward(2)を呼び出してみましょう。結果の計算のどこでdoutを使っていますか。"))

mistake("SX6", part="SoftmaxWithLoss.backward", edits=[("(dout / N)", "dout")],
    loses={"SoftmaxWithLoss.backward.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="The loss is a mean. Where is that in its gradient?",
        ja="損失は平均です。それは勾配のどこに表れますか。"))

mistake("SX15", part="SoftmaxWithLoss.backward",
    edits=[("self.p.copy()", "-self.p"), ("-= 1", "+= 1")],
    loses={"SoftmaxWithLoss.backward.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Does the score of the right class have to grow or to shrink?",
        ja="正解のクラスのスコアは、大きくすべきですか、小さくすべきですか。"))

mistake("SN1", part="SimpleConvNet.__init__",
    edits=[("(H + 2 * pad - size) //", "(H + 2 * pad - size) /"),
           ("(W + 2 * pad - size) //", "(W + 2 * pad - size) /"),
           ("F * (conv_h // 2) * (conv_w // 2)", "int(F * (conv_h / 2) * (conv_w / 2))")],
    loses={"SimpleConvNet.__init__.rounding"},
    hint=Text(
        en="How many whole pixels has a 25-wide map after 2×2 pooling?",
        ja="幅25のマップを2×2でプーリングすると、何画素になりますか。"))

mistake("SN2", part="SimpleConvNet.__init__", edits=[("(conv_w // 2)", "(conv_h // 2)")],
    loses={"SimpleConvNet.__init__.non_square"},
    hint=Text(
        en="Try an image of 8×6 pixels: how wide is the map after pooling?",
        ja="8×6の画像で試してみましょう。プーリング後のマップの幅はいくつですか。"))

mistake("SN3", part="SimpleConvNet.__init__",
    edits=[("H + 2 * pad", "H + pad"), ("W + 2 * pad", "W + pad")],
    loses={"SimpleConvNet.__init__.parameter_shapes", "SimpleConvNet.__init__.pad_and_stride"},
    hint=Text(
        en="By how much does padding make the map larger: once or twice?",
        ja="パディングでマップはどれだけ大きくなりますか。片側ぶんですか、両側ぶんですか。"))

mistake("SN4", part="SimpleConvNet.__init__", edits=[(", stride, pad)", ")")],
    loses={"SimpleConvNet.__init__.pad_and_stride"},
    hint=Text(
        en="Change pad in conv_param: does anything happen in the convolution?",
        ja="conv_paramのpadを変えてみましょう。畳み込み層で何かが変わりますか。"))

mistake("SN6", part="SimpleConvNet.__init__", edits=[(", stride, pad)", ", pad, stride)")],
    loses={"SimpleConvNet.__init__.pad_and_stride", "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.scores", "SimpleConvNet.loss.labels_and_one_hot",
           "SimpleConvNet.accuracy.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="In which order does Convolution take stride and pad?",
        ja="Convolutionの引数は、strideとpadのどちらが先ですか。"))

mistake("SN5", part="SimpleConvNet.__init__",
    edits=[('(self.params["W1"], self.params["b1"]',
            '(self.params["W1"].copy(), self.params["b1"].copy()'),
           ('(self.params["W2"], self.params["b2"]',
            '(self.params["W2"].copy(), self.params["b2"].copy()'),
           ('(self.params["W3"], self.params["b3"]',
            '(self.params["W3"].copy(), self.params["b3"].copy()')],
    loses={"SimpleConvNet.__init__.shared_parameters"},
    hint=Text(
        en="After an update, which array does the layer use?",
        ja="更新の後、層が使うのはどの配列ですか。"))

mistake("SN11", part="SimpleConvNet.__init__",
    edits=[("weight_init_std * np.random.randn(pooled, hidden_size)",
            "np.zeros((pooled, hidden_size))")],
    loses={"SimpleConvNet.__init__.random_weights"},
    hint=Text(
        en="Print the gradient of W1 in the first step: what reaches it through weights "
           "that are all 0?",
        ja="最初の1回で、W1の勾配を表示してみましょう。すべて0の重みを通ると、勾配はどうなりますか。"))

mistake("SN17", part="SimpleConvNet.__init__",
    edits=[("    C, H, W = input_dim", """\
    weight_init_std = 0.01
    C, H, W = input_dim""")],
    loses={"SimpleConvNet.__init__.random_weights"},
    hint=Text(
        en="Build two networks with different weight_init_std and compare their weights.",
        ja="weight_init_stdを変えて2つ作り、重みを比べてみましょう。"))

mistake("SN18", part="SimpleConvNet.__init__",
    edits=[("randn(F", "rand(F"), ("randn(pooled", "rand(pooled"),
           ("randn(hidden_size", "rand(hidden_size")],
    loses={"SimpleConvNet.__init__.random_weights"},
    hint=Text(
        en="rand or randn? Print the mean of the weights.",
        ja="randですか、randnですか。重みの平均を表示してみましょう。"))

mistake("SN19", part="SimpleConvNet.__init__", edits=[('self.layers["Relu2"] = Relu()', "")],
    loses={"SimpleConvNet.__init__.pad_and_stride", "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.*", "SimpleConvNet.loss.labels_and_one_hot",
           "SimpleConvNet.accuracy.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="How many layers does the figure show between the pooling and the loss?",
        ja="図では、プーリングと損失の間に層がいくつありますか。"))

equivalent("SN10", part="SimpleConvNet.__init__",
    edits=[('self.layers["Relu1"] = Relu()', 'self.layers["Pool1"] = Pooling(2, 2, 2, 0)'),
           ('self.layers["Pool1"] = Pooling(2, 2, 2, 0)', 'self.layers["Relu1"] = Relu()')],
    why="the largest number stays the largest when negative ones become 0")

mistake("SN13", part="SimpleConvNet.predict",
    edits=[("        x = layer.forward(x)", """\
        out = layer.forward(x)
        x = np.maximum(x, 0) if isinstance(layer, Relu) else out""")],
    loses={"SimpleConvNet.predict.own_layers"},
    hint=Text(
        en="Break your own layer on purpose: does the network notice?",
        ja="自分の層をわざと壊してみましょう。ネットワークの結果は変わりますか。"))

mistake("SN20", part="SimpleConvNet.predict",
    edits=[("    return x", """\
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)""")],
    loses={"SimpleConvNet.predict.*", "SimpleConvNet.loss.labels_and_one_hot",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Which layer turns scores into probabilities, and does predict need it?",
        ja="スコアを確率に変えるのはどの層ですか。predictにそれは必要ですか。"))

mistake("SN21", part="SimpleConvNet.predict",
    edits=[("x = layer", "out = layer"), ("return x", "return out")],
    loses={"SimpleConvNet.predict.*", "SimpleConvNet.loss.labels_and_one_hot",
           "SimpleConvNet.accuracy.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="What does the second layer get: the image, or the result of the first?",
        ja="2番目の層に渡しているのは、画像ですか、1番目の層の出力ですか。"))

mistake("SX12", part="SimpleConvNet.loss",
    edits=[("    return self.last_layer.forward(self.predict(x), t)", """\
    scores = self.predict(x)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return self.last_layer.forward(powers / powers.sum(axis=1, keepdims=True), t)""")],
    loses={"SimpleConvNet.loss.labels_and_one_hot", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="How often does softmax run?",
        ja="ソフトマックスを何回通していますか。"))

mistake("AC1", part="SimpleConvNet.accuracy",
    edits=[("range(0, len(x), batch_size)", "range(0, len(x) - batch_size + 1, batch_size)")],
    loses={"SimpleConvNet.accuracy.last_batch"},
    hint=Text(
        en="Which accuracy does a perfect network have on 250 images?",
        ja="完璧なネットワークで、250枚の正解率はいくつになりますか。"))

mistake("AC5", part="SimpleConvNet.accuracy",
    edits=[("range(0, len(x), batch_size)", "range(0, len(x) - batch_size + 1, batch_size)"),
           ("right / len(x)", "right / max(len(x) // batch_size * batch_size, 1)")],
    loses={"SimpleConvNet.accuracy.last_batch"},
    hint=Text(
        en="How many of 50 images do you judge, if batches have 100?",
        ja="バッチが100枚のとき、50枚のうち何枚を調べていますか。"))

mistake("AC6", part="SimpleConvNet.accuracy",
    edits=[("right += np.sum(", "right += np.mean("),
           ("right / len(x)", "right / len(range(0, len(x), batch_size))")],
    loses={"SimpleConvNet.accuracy.last_batch"},
    hint=Text(
        en="Does an image in a small batch count as much as one in a full batch?",
        ja="小さいバッチの1枚と、満杯のバッチの1枚は、同じ重みで数えられていますか。"))

mistake("AC3", part="SimpleConvNet.accuracy", edits=[("labels[start", "t[start")],
    loses={"SimpleConvNet.accuracy.one_hot"},
    hint=Text(
        en="Which two forms may t have?",
        ja="tには2つの表し方があります。何と何でしたか。"))

mistake("AC4", part="SimpleConvNet.accuracy",
    edits=[("scores.argmax(axis=1)", "np.resize(scores.argmax(axis=0), len(scores))")],
    loses={"SimpleConvNet.accuracy.*"},
    hint=Text(
        en="Which axis of the scores holds the classes?",
        ja="スコアのどの軸がクラスに対応しますか。"))


@equivalent("AC-A", part="SimpleConvNet.accuracy", why="all images at once judge the same images")
def accuracy(self, x, t, batch_size=100):
    labels = t if t.ndim == 1 else t.argmax(axis=1)
    return np.mean(self.predict(x).argmax(axis=1) == labels)


mistake("SN7", part="SimpleConvNet.gradient", edits=[("self.loss(x, t)", "")],
    loses={"SimpleConvNet.gradient.new_batch"},
    hint=Text(
        en="Which x is stored in the layers when backward begins?",
        ja="逆伝播を始めるとき、層が保存しているのはどのxですか。"))

mistake("SN8", part="SimpleConvNet.gradient",
    edits=[('("2", "Affine1")', '("3", "Affine1")'), ('("3", "Affine2")', '("2", "Affine2")')],
    loses={"SimpleConvNet.gradient.*"},
    hint=Text(
        en="Compare the shape of each gradient with that of its parameter.",
        ja="それぞれの勾配とパラメーターの形状を比べましょう。"))

mistake("SN14", part="SimpleConvNet.gradient",
    edits=[("    for layer in reversed(list(self.layers.values())):", """\
    self.layers = dict(reversed(self.layers.items()))
    for layer in self.layers.values():""")],
    loses={"SimpleConvNet.gradient.called_again"},
    hint=Text(
        en="Call gradient twice. In which order are the layers the second time?",
        ja="gradientを2回呼び出してみましょう。2回目に、層はどの順に並んでいますか。"))

mistake("SN22", part="SimpleConvNet.gradient",
    edits=[("        dout = layer", """\
        if layer is not self.layers["Relu2"]:
            dout = layer""")],
    loses={"SimpleConvNet.gradient.*"},
    hint=Text(
        en="What does each layer get: the gradient of the loss, or that of the layer after it?",
        ja="各層に渡しているのは、損失の勾配ですか、すぐ後ろの層が返した勾配ですか。"))

mistake("SN23", part="SimpleConvNet.gradient",
    edits=[("grads = {}",
            'grads = self.grads = getattr(self, "grads", dict.fromkeys(self.params, 0))'),
           ('grads["W" + number] =', 'grads["W" + number] +='),
           ('grads["b" + number] =', 'grads["b" + number] +=')],
    loses={"SimpleConvNet.gradient.called_again"},
    hint=Text(
        en="Does the result depend on how often it was computed before?",
        ja="それまでに何回計算したかで、結果が変わっていませんか。"))

mistake("AD1", part="Adam.update",
    edits=[(" / (1 - self.beta1**self.t)", ""), (" / (1 - self.beta2**self.t)", "")],
    loses={"Adam.update.*"},
    hint=Text(
        en="What are m and v in step 1?",
        ja="1回目のmとvはいくつですか。"))

mistake("AD2", part="Adam.update",
    edits=[("""    self.t += 1
    for key, g in grads.items():""", """\
    for key, g in grads.items():
        self.t += 1""")],
    loses={"Adam.update.many_steps"},
    hint=Text(
        en="How many steps have you made: one for each update, or one for each key?",
        ja="tは、updateごとに増えますか、キーごとに増えますか。"))

mistake("AD4", part="Adam.update", edits=[("g**2", "g")],
    loses={"Adam.update.*"},
    hint=Text(
        en="May v ever be negative?",
        ja="vが負になることはありますか。"))

mistake("AD5", part="Adam.update", edits=[("params[key] -=", "params[key] = params[key] -")],
    loses={"Adam.update.in_place"},
    hint=Text(
        en="Is it the same array object before and after?",
        ja="更新の前後で、同じ配列のままですか。"))

mistake("AD7", part="Adam.update",
    edits=[("    self.t += 1", """\
    self.t += 1
    self.lr = self.lr * np.sqrt(1 - self.beta2**self.t) / (1 - self.beta1**self.t)"""),
           (" / (1 - self.beta1**self.t)", ""), (" / (1 - self.beta2**self.t)", "")],
    loses={"Adam.update.many_steps", "Adam.update.epsilon"},
    hint=Text(
        en="Print the learning rate for ten steps: is it corrected again and again?",
        ja="学習率を10回ぶん表示してみましょう。補正した値を、毎回また補正していませんか。"))

mistake("AD8", part="Adam.update", edits=[("(np.sqrt(v_hat) + 1e-8)", "np.sqrt(v_hat + 1e-8)")],
    loses={"Adam.update.epsilon"},
    hint=Text(
        en="Where is epsilon in the formula: inside or outside the root?",
        ja="εは式のどこにありますか。平方根の中ですか、外ですか。"))

mistake("AD13", part="Adam.update", edits=[("1e-8", "1e-7 / np.sqrt(1 - self.beta2**self.t)")],
    loses={"Adam.update.epsilon"},
    hint=Text(
        en="Is epsilon added before or after the correction, and how large is it?",
        ja="εを足すのは補正の前ですか、後ですか。値はいくつですか。"))

mistake("AD10", part="Adam.update",
    edits=[("self.beta2 * self.v[key]", "self.beta2 * self.m[key]")],
    loses={"Adam.update.*"},
    hint=Text(
        en="Are m and v two things, or one thing with two names?",
        ja="mとvは2つの別のものですか。それとも、1つのものに名前が2つあるのですか。"))

mistake("AD11", part="Adam.update", edits=[("params[key] -=", "params[key] +=")],
    loses={"Adam.update.*"},
    hint=Text(
        en="Uphill or downhill?",
        ja="坂を上っていますか、下っていますか。"))

mistake("AD12", part="Adam.update",
    edits=[("""self.t += 1
    for""", "for"),
           ("1e-8)", """1e-8)
    self.t += 1""")],
    loses={"Adam.update.*"},
    hint=Text(
        en="What is 1 - beta1**0?",
        ja="1 - beta1**0はいくつですか。"))

mistake("AD14", part="Adam.update", edits=[("self.beta2**self.t", "self.beta1**self.t")],
    loses={"Adam.update.*"},
    hint=Text(
        en="Which average is divided by which share?",
        ja="どちらの移動平均を、どちらの値で割りますか。"))

mistake("AD15", part="Adam.update",
    edits=[("        self.v[key] = self.beta2", """\
        g *= g
        self.v[key] = self.beta2"""),
           ("g**2", "g")],
    loses={"Adam.update.in_place"},
    hint=Text(
        en="Compare grads before and after the call. Which line squares in place?",
        ja="呼び出しの前後でgradsを比べてみましょう。その場で2乗しているのはどの行ですか。"))


@equivalent("AD-A", part="Adam.update",
    why="the corrections can be gathered in the step size, if epsilon is scaled along")
def update(self, params, grads):
    self.t += 1
    root = np.sqrt(1 - self.beta2**self.t)
    lr = self.lr * root / (1 - self.beta1**self.t)
    for key in params:
        if key not in self.m:
            self.m[key], self.v[key] = np.zeros_like(params[key]), np.zeros_like(params[key])
        self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
        self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
        params[key] -= lr * self.m[key] / (np.sqrt(self.v[key]) + 1e-8 * root)

mistake("LY25", part="Relu.forward",
    edits=[("    return np.maximum", "    np.maximum")],
    loses={"Relu.forward.*",
           "SimpleConvNet.__init__.pad_and_stride",
           "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.scores",
           "SimpleConvNet.loss.*",
           "SimpleConvNet.accuracy.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="What does a method without a `return` give back?",
        ja="`return`のないメソッドは何を返すでしょうか。"))

mistake("LY21", part="Relu.backward",
    edits=[("    return dout", "    dout")],
    loses={"Relu.backward.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="What does a method without a `return` give back?",
        ja="`return`のないメソッドは何を返すでしょうか。"))

mistake("LY22", part="Affine.forward",
    edits=[("    return self", "    self")],
    loses={"Affine.forward.*",
           "SimpleConvNet.__init__.pad_and_stride",
           "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.scores",
           "SimpleConvNet.loss.*",
           "SimpleConvNet.accuracy.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="What does a method without a `return` give back?",
        ja="`return`のないメソッドは何を返すでしょうか。"))

mistake("LY23", part="Affine.backward",
    edits=[("    return dx.reshape", "    dx.reshape")],
    loses={"Affine.backward.dx",
           "Affine.backward.images",
           "Affine.backward.called_again",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="dx is computed, and then? What does a method without a `return` give back?",
        ja="dxは計算されていますが、そのあとどうなりますか。"
           "`return`のないメソッドは何を返すでしょうか。"))

mistake("LY26", part="Affine.backward",
    edits=[("    self.db = dout", "    vars(self).pop('rows', None)\n    self.db = dout")],
    loses={"Affine.backward.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="`backward` needs what `forward` was given. Which line of `forward` keeps it, "
           "under exactly this name?",
        ja="`backward`では`forward`の入力が必要です。"
           "`forward`のどの行で、その名前のまま残していますか。"))

mistake("LY27", part="Affine.backward",
    edits=[("dout.sum(axis=0)", "dout.sum(axis=1)")],
    loses={"Affine.backward.dw_and_db", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Which shape should db have? Which axis of dout is the batch?",
        ja="dbの形状は、何の形状と同じになるべきですか。doutのどの軸がバッチですか。"))

mistake("LY28", part="Affine.backward",
    edits=[("dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)")],
    loses={"Affine.backward.dw_and_db", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Print db.shape, and b.shape below it. Which axis should not be there?",
        ja="db.shapeとb.shapeを並べて表示しましょう。余分な軸はどれですか。"))

mistake("LY29", part="Affine.backward",
    edits=[("dout @ self.W.T", "dout @ self.W")],
    loses={"Affine.backward.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Write the shapes of dout and W beside each other: which axes have to meet?",
        ja="doutとWの形状を並べて書きましょう。どの軸どうしを掛け合わせますか。"))

mistake("SX19", part="SoftmaxWithLoss.backward",
    edits=[("N = len(self.p)", "N = self.p.shape[1]"),
           ("dx[np.arange(N), self.labels]", "dx[np.arange(len(dx)), self.labels]")],
    loses={"SoftmaxWithLoss.backward.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="The loss is a mean over how many things: images, or classes?",
        ja="損失は何個の平均ですか。画像の枚数でしょうか、クラスの数でしょうか。"))

mistake("SX20", part="SoftmaxWithLoss.forward",
    edits=[(".mean()", ".mean() / x.shape[1]")],
    loses={"SoftmaxWithLoss.forward.*", "SimpleConvNet.loss.*"},
    hint=Text(
        en="The mean over the images, or over all entries of the matrix?",
        ja="平均するのは、画像についてですか、行列の要素すべてについてですか。"))

mistake("SX21", part="SoftmaxWithLoss.forward",
    edits=[("return -log_p", "return log_p")],
    loses={"SoftmaxWithLoss.forward.*", "SimpleConvNet.loss.*"},
    hint=Text(
        en="The logarithm of a probability is negative. Can a loss be?",
        ja="確率の対数は負になります。損失は負になりえますか。"))

mistake("SX22", part="SoftmaxWithLoss.forward",
    edits=[("x.max(axis=1, keepdims=True)", "x.max(axis=0)"),
           (".sum(axis=1, keepdims=True)", ".sum(axis=0)")],
    loses={"SoftmaxWithLoss.forward.*",
           "SoftmaxWithLoss.backward.*",
           "SimpleConvNet.loss.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Add up the probabilities of one image. Is the sum 1?",
        ja="1枚の画像の確率を足してみましょう。1になりますか。"))

mistake("AD16", part="Adam.update",
    edits=[("""\
        if key not in self.m:
            self.m[key] = np.zeros_like(params[key])
            self.v[key] = np.zeros_like(params[key])""",
            """\
        self.m[key] = np.zeros_like(params[key])
        self.v[key] = np.zeros_like(params[key])""")],
    loses={"Adam.update.many_steps"},
    hint=Text(
        en="Does the second step remember anything of the first? Print m before and after.",
        ja="2回目の更新は、1回目のことを何か覚えていますか。前後でmを表示してみましょう。"))

mistake("AD17", part="Adam.update",
    edits=[("self.beta1 * self.m[key] + (1 - self.beta1)", "0.9 * self.m[key] + (1 - 0.9)"),
           ("self.beta2 * self.v[key] + (1 - self.beta2)",
            "0.999 * self.v[key] + (1 - 0.999)"),
           ("self.beta1**self.t", "0.9**self.t"),
           ("self.beta2**self.t", "0.999**self.t")],
    loses={"Adam.update.many_steps"},
    hint=Text(
        en="Make an Adam with other betas. Does anything change?",
        ja="beta1とbeta2を変えて作ってみましょう。結果は変わりますか。"))

mistake("AD18", part="Adam.update",
    edits=[("+ (1 - self.beta1) * g", "+ g"),
           ("+ (1 - self.beta2) * g**2", "+ g**2")],
    loses={"Adam.update.*"},
    hint=Text(
        en="How much does the new gradient weigh in the average, and how much the old one? "
           "Do the two add up to 1?",
        ja="平均の中で、新しい勾配と古い値の重みはいくつですか。足すと1になりますか。"))

mistake("AD19", part="Adam.update",
    edits=[(" / (1 - self.beta2**self.t)", "")],
    loses={"Adam.update.*"},
    hint=Text(
        en="Which of the two averages starts at 0 and has to be corrected?",
        ja="2つの移動平均のうち、0から始まるので補正が必要なのはどれですか。"))

mistake("AD20", part="Adam.update",
    edits=[("self.t += 1", "self.t = 1")],
    loses={"Adam.update.many_steps"},
    hint=Text(
        en="What is t in the second step?",
        ja="2回目の更新で、tはいくつですか。"))

mistake("AD21", part="Adam.update",
    edits=[("self.lr * m_hat", "self.lr * g")],
    loses={"Adam.update.many_steps"},
    hint=Text(
        en="Which direction does the step take: that of the gradient, or that of its average?",
        ja="進む向きは、勾配の向きですか、その移動平均の向きですか。"))

mistake("SN24", part="SimpleConvNet.gradient",
    edits=[("    self.loss(x, t)", """\
    self.layers["Relu2"] = self.layers["Relu1"]
    self.loss(x, t)""")],
    loses={"SimpleConvNet.gradient.*"},
    hint=Text(
        en="Each layer remembers its own input for backward. How many Relu objects do you make?",
        ja="どの層も、backwardのために自分の入力を覚えています。Reluのオブジェクトをいくつ作っていますか。"))

mistake("SN25", part="SimpleConvNet.__init__",
    edits=[("np.zeros(F)", "np.ones(F)"),
           ("np.zeros(hidden_size)", "np.ones(hidden_size)"),
           ("np.zeros(output_size)", "np.ones(output_size)")],
    loses={"SimpleConvNet.__init__.random_weights"},
    hint=Text(
        en="What are the biases at the start, according to the docstring?",
        ja="docstringでは、バイアスの初期値はいくつですか。"))

mistake("SN26", part="SimpleConvNet.__init__",
    edits=[("np.random.randn(pooled, hidden_size)", "np.random.randn(hidden_size, pooled)"),
           ("np.random.randn(hidden_size, output_size)",
            "np.random.randn(output_size, hidden_size)")],
    loses={"SimpleConvNet.__init__.parameter_shapes",
           "SimpleConvNet.__init__.rounding",
           "SimpleConvNet.__init__.non_square",
           "SimpleConvNet.__init__.pad_and_stride",
           "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.*",
           "SimpleConvNet.loss.*",
           "SimpleConvNet.accuracy.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Affine computes x @ W. What are the rows of W, then, and what the columns?",
        ja="Affineはx @ Wを計算します。Wの行と列は、それぞれ何に対応しますか。"))

mistake("SN27", part="SimpleConvNet.__init__",
    edits=[("weight_init_std * np.random.randn(F", "np.random.randn(F"),
           ("weight_init_std * np.random.randn(pooled", "np.random.randn(pooled"),
           ("weight_init_std * np.random.randn(hidden_size", "np.random.randn(hidden_size")],
    loses={"SimpleConvNet.__init__.random_weights"},
    hint=Text(
        en="Print the standard deviation of W1. Where does weight_init_std come in?",
        ja="W1の標準偏差を表示してみましょう。weight_init_stdはどこで使いますか。"))

mistake("SN29", part="SimpleConvNet.__init__",
    edits=[("np.random.randn(F, C, size, size)", "np.random.randn(C, F, size, size)")],
    loses={"SimpleConvNet.__init__.parameter_shapes",
           "SimpleConvNet.__init__.rounding",
           "SimpleConvNet.__init__.non_square",
           "SimpleConvNet.__init__.pad_and_stride",
           "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.*",
           "SimpleConvNet.loss.*",
           "SimpleConvNet.accuracy.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="What is the order of the filters' axes: which comes first, their number "
           "or the channels?",
        ja="フィルターの配列の軸の順は何ですか。最初に来るのは、フィルターの枚数ですか、チャンネルですか。"))

mistake("SN30", part="SimpleConvNet.__init__",
    edits=[("C, H, W = input_dim",
            """\
hidden_size, output_size = 100, 10
    C, H, W = input_dim""")],
    loses={"SimpleConvNet.__init__.*",
           "SimpleConvNet.predict.*",
           "SimpleConvNet.loss.*",
           "SimpleConvNet.accuracy.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Make a network with another hidden_size and output_size. Which shapes change?",
        ja="hidden_sizeとoutput_sizeを変えて作ってみましょう。どの形状が変わりますか。"))

mistake("SN31", part="SimpleConvNet.__init__",
    edits=[("(conv_h // 2) * (conv_w // 2)", "conv_h * conv_w")],
    loses={"SimpleConvNet.__init__.parameter_shapes",
           "SimpleConvNet.__init__.rounding",
           "SimpleConvNet.__init__.non_square",
           "SimpleConvNet.__init__.pad_and_stride",
           "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.*",
           "SimpleConvNet.loss.*",
           "SimpleConvNet.accuracy.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="How many numbers leave the pooling layer? Print the shape after it.",
        ja="プーリング層から出る値はいくつですか。その後の形状を表示してみましょう。"))

mistake("SN32", part="SimpleConvNet.__init__",
    edits=[("H + 2 * pad - size", "H - size"),
           ("W + 2 * pad - size", "W - size")],
    loses={"SimpleConvNet.__init__.parameter_shapes",
           "SimpleConvNet.__init__.rounding",
           "SimpleConvNet.__init__.pad_and_stride"},
    hint=Text(
        en="How large is the map after the convolution when pad is 1?",
        ja="padが1のとき、畳み込みの後のマップの大きさはいくつですか。"))

mistake("SN33", part="SimpleConvNet.__init__",
    edits=[("np.random.randn(F, C, size, size)", "np.zeros((F, C, size, size))"),
           ("np.random.randn(pooled, hidden_size)", "np.zeros((pooled, hidden_size))"),
           ("np.random.randn(hidden_size, output_size)",
            "np.zeros((hidden_size, output_size))")],
    loses={"SimpleConvNet.__init__.random_weights"},
    hint=Text(
        en="If all weights of a layer start equal, what can make two of its units different?",
        ja="1つの層の重みがすべて同じ値から始まると、ユニットどうしの違いはどこから生まれますか。"))

mistake("SN34", part="SimpleConvNet.__init__",
    edits=[("Pooling(2, 2, 2, 0)", "Pooling(2, 2, 1, 0)")],
    loses={"SimpleConvNet.__init__.pad_and_stride",
           "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.scores",
           "SimpleConvNet.loss.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="By how many pixels does the window of the pooling layer move? Print the shape "
           "after it.",
        ja="プーリングの窓は何画素ずつ動きますか。その後の形状を表示してみましょう。"))

mistake("AC7", part="SimpleConvNet.accuracy",
    edits=[("right / len(x)", "right")],
    loses={"SimpleConvNet.accuracy.*"},
    hint=Text(
        en="Can a share be larger than 1? What is a perfect network's accuracy?",
        ja="割合が1より大きくなることはありますか。完璧なネットワークの正解率はいくつですか。"))

mistake("LY30", part="Affine.forward",
    edits=[("x.reshape(len(x), -1)", "x.reshape(len(x), -1, order='F')")],
    loses={"Affine.forward.images",
           "SimpleConvNet.__init__.pad_and_stride",
           "SimpleConvNet.__init__.shared_parameters",
           "SimpleConvNet.predict.scores",
           "SimpleConvNet.loss.*",
           "SimpleConvNet.gradient.*"},
    hint=Text(
        en="In which order does a plain reshape write the numbers of an image into a row?",
        ja="ふつうのreshapeは、1枚の画像の値をどの順に並べますか。"))

mistake("AD22", part="Adam.update",
    edits=[("""\
        m_hat = self.m[key] / (1 - self.beta1**self.t)
        v_hat = self.v[key] / (1 - self.beta2**self.t)""",
            """\
        m_hat = self.m[key] = self.m[key] / (1 - self.beta1**self.t)
        v_hat = self.v[key] = self.v[key] / (1 - self.beta2**self.t)""")],
    loses={"Adam.update.many_steps"},
    hint=Text(
        en="What does the next step start from: the averages, or their corrected copies?",
        ja="次の更新が引き継ぐのは、移動平均ですか、補正した値ですか。"))

mistake("SX23", part="SoftmaxWithLoss.forward",
    edits=[("x.max(axis=1, keepdims=True)", "x.max(axis=0)")],
    loses={"SoftmaxWithLoss.forward.labels", "SoftmaxWithLoss.forward.one_hot",
           "SoftmaxWithLoss.forward.large_beside_small", "SoftmaxWithLoss.forward.sure_and_wrong",
           "SoftmaxWithLoss.backward.*", "SimpleConvNet.loss.*", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Is the same number taken away from all scores of one image?",
        ja="1枚の画像のすべてのスコアから、同じ数を引いていますか。"))

mistake("AD23", part="Adam.update",
    edits=[("        params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)", """\
        parameter = params[key]
        parameter = parameter - self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)""")],
    loses={"Adam.update.*"},
    hint=Text(
        en="Print params before and after an update: which array has changed?",
        ja="更新の前後でparamsを表示してみましょう。値が変わった配列はどれですか。"))

mistake("SN44", part="SimpleConvNet.gradient",
    edits=[("reversed(list(self.layers.values()))", "list(self.layers.values())")],
    loses={"SimpleConvNet.gradient.*"},
    hint=Text(
        en="Which layer did the scores come from? Where does dout go first?",
        ja="スコアを出したのはどの層ですか。doutを最初に渡すのはどの層ですか。"))

mistake("SX24", part="SoftmaxWithLoss.backward",
    edits=[("dx[np.arange(N), self.labels] -= 1", "dx -= 1")],
    loses={"SoftmaxWithLoss.backward.*",
           "SimpleConvNet.gradient.every_parameter",
           "SimpleConvNet.gradient.new_batch",
           "SimpleConvNet.gradient.called_again"},
    hint=Text(
        en="Add up a row of the gradient: is the sum 0? From which of its entries is 1 "
           "subtracted?",
        ja="勾配の各行の和は0になりますか。1を引くのは、行のどの要素からですか。"))

mistake("AC8", part="SimpleConvNet.accuracy", edits=[("right / len(x)", "right / batch_size")],
    loses={"SimpleConvNet.accuracy.*"},
    hint=Text(
        en="All images are right, and there are three batches: what does your function "
           "return?",
        ja="3つのバッチの画像がすべて正解なら、あなたの関数は何を返しますか。"))

mistake("AC9", part="SimpleConvNet.accuracy",
    edits=[("right += np.sum(", "right += np.mean("),
           ("right / len(x)", "right / max(1, len(x) // batch_size)")],
    loses={"SimpleConvNet.accuracy.last_batch"},
    hint=Text(
        en="Does an image in a last, smaller batch count as much as any other?",
        ja="最後の小さいバッチの画像も、ほかの画像と同じ重みで数えていますか。"))

mistake("LY31", part="Affine.backward",
    edits=[("self.rows.T @ dout", "(dout.T @ self.rows).reshape(self.W.shape)")],
    loses={"Affine.backward.dw_and_db",
           "Affine.backward.called_again",
           "SimpleConvNet.gradient.every_parameter",
           "SimpleConvNet.gradient.new_batch",
           "SimpleConvNet.gradient.called_again"},
    hint=Text(
        en="A reshape changes the shape, but not the order of the numbers. Which of the two "
           "matrices has to be transposed?",
        ja="reshapeで形状は変わりますが、値の並び順は変わりません。転置するのはどちらの"
           "行列ですか。"))


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


mistake("LY32", part="Relu.backward",
    edits=_on_the_class("Relu", "x"),
    loses={"Relu.backward.gates", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Make two Relu objects, call forward of both, then backward of the first. Whose x does "
           "it use?",
        ja="Reluのオブジェクトを2つ作り、両方のforwardの後で、1つ目のbackwardを呼び出しましょう。"
           "使われているのはどちらのxですか。"))

mistake("LY33", part="Affine.backward",
    edits=_on_the_class("Affine", "rows", "x_shape"),
    loses={"Affine.backward.called_again", "SimpleConvNet.gradient.*"},
    hint=Text(
        en="Make two Affine objects, call forward of both, then backward of the first. Whose rows "
           "does it use?",
        ja="Affineのオブジェクトを2つ作り、両方のforwardの後で、1つ目のbackwardを呼び出しましょう。"
           "使われているのはどちらの入力ですか。"))

mistake("SX25", part="SoftmaxWithLoss.backward",
    edits=_on_the_class("SoftmaxWithLoss", "p", "labels"),
    loses={"SoftmaxWithLoss.backward.called_twice"},
    hint=Text(
        en="Make two SoftmaxWithLoss objects, call forward of both, then backward of the first. "
           "Whose probabilities does it use?",
        ja="SoftmaxWithLossのオブジェクトを2つ作り、両方のforwardの後で、1つ目のbackwardを"
           "呼び出しましょう。使われているのはどちらの確率ですか。"))
