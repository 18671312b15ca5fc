"""Small inputs for the layers, the network and Adam: feedback shows the first that goes wrong.

A network's own random weights are replaced by small numbers, so that its scores can be followed.
How weights are drawn has no ladder: no single call shows it.
"""

import numpy as np

import source_lib
from autograder.suite import as_before, counting, keeps_dtype, ladder, mixed, same, unchanged
from autograder.suite.proxy import fetch

UP = (1, 2, 3)
LOSS = {"rtol": 1e-4}


@ladder("Relu.forward.values", start=(1, 0, -1, -2, 20), size=UP, dtype=(np.float64, np.float32))
def relu(student, start=1, size=1, dtype=np.float64):
    x = counting(size, start=start, dtype=dtype)
    out = student.Relu().forward(x)
    same(out, np.maximum(x, 0), exact=True)
    keeps_dtype(out, dtype)


@ladder("Relu.forward.input_untouched", start=(1, 0, -1, -2), size=UP)
def relu_leaves_x(student, start=1, size=1):
    x = counting(size, start=start)
    same(unchanged(student.Relu().forward, x), np.maximum(x, 0), exact=True)


@ladder("Relu.backward.gates", start=(1, -1, -2, 20), size=UP, dtype=(np.float64, np.float32))
@ladder("Relu.backward.slope_at_zero", start=(0, -1), size=UP)
def gates(student, start=1, size=1, dtype=np.float64):
    x, dout = (counting(size, start=each, dtype=dtype) for each in (start, 5))
    layer = student.Relu()
    layer.forward(x)
    dx = layer.backward(dout)
    same(dx, np.where(x > 0, dout, 0), exact=True)
    if dtype is np.float32:
        keeps_dtype(dx, dtype)


@ladder("Relu.backward.gates", size=UP)
def gates_of_the_last_x(student, size=1):
    x, dout = counting(size, start=-1), counting(size, start=5)
    layer = student.Relu()
    for each in (-x, x):
        layer.forward(each)
        same(layer.backward(dout), np.where(each > 0, dout, 0), exact=True)


@ladder("Relu.backward.dout_untouched", start=(-1, 1), size=UP)
def relu_leaves_dout(student, start=-1, size=1):
    x, dout = counting(size, start=start), counting(size, start=5)
    layer = student.Relu()
    layer.forward(x)
    same(unchanged(layer.backward, dout), np.where(x > 0, dout, 0), exact=True)


@ladder("Affine.forward.rows", N=UP, D=UP, M=UP)
def rows(student, N=1, D=1, M=1):
    x, W, b = counting(N, D), counting(D, M), counting(M)
    same(student.Affine(W, b).forward(x), source_lib.Affine(W, b).forward(x))


@ladder("Affine.forward.images", N=UP, C=UP, H=UP, Wd=UP, M=UP)
def images(student, N=1, C=1, H=1, Wd=1, M=1):
    x, W, b = counting(N, C, H, Wd), counting(C * H * Wd, M), np.zeros(M)
    same(student.Affine(W, b).forward(x), source_lib.Affine(W, b).forward(x))


@ladder("Affine.forward.float32", N=UP, D=UP, M=UP, dtype=(np.float32, np.float64))
def affine_dtypes(student, N=1, D=1, M=1, dtype=np.float32):
    x, W, b = counting(N, D, dtype=dtype), counting(D, M, dtype=dtype), np.zeros(M, dtype)
    out = student.Affine(W, b).forward(x)
    same(out, source_lib.Affine(W, b).forward(x))
    keeps_dtype(out, dtype)


def _affine_back(student, shape, M):
    x, W, b = counting(*shape), counting(int(np.prod(shape[1:])), M), np.zeros(M)
    dout = counting(shape[0], M)
    theirs, ours = student.Affine(W, b), source_lib.Affine(W, b)
    ours.forward(x)
    expected = ours.backward(dout)
    theirs.forward(x)
    return theirs, theirs.backward(dout), ours, expected


@ladder("Affine.backward.dx", N=UP, D=UP, M=UP)
def affine_dx(student, N=1, D=1, M=1):
    _, dx, _, expected = _affine_back(student, (N, D), M)
    same(dx, expected)


@ladder("Affine.backward.dw_and_db", N=UP, D=UP, M=UP)
def affine_dw(student, N=1, D=1, M=1):
    theirs, _, ours, _ = _affine_back(student, (N, D), M)
    same(theirs.dW, ours.dW)


@ladder("Affine.backward.dw_and_db", N=UP, D=UP, M=UP)
def affine_db(student, N=1, D=1, M=1):
    theirs, _, ours, _ = _affine_back(student, (N, D), M)
    same(theirs.db, ours.db)


@ladder("Affine.backward.images", N=UP, C=UP, H=UP, Wd=UP, M=UP)
def affine_images_back(student, N=1, C=1, H=1, Wd=1, M=1):
    _, dx, _, expected = _affine_back(student, (N, C, H, Wd), M)
    same(dx, expected)


@ladder("Affine.backward.images", N=UP, C=UP, H=UP, Wd=UP, M=UP)
def affine_dw_of_images(student, N=1, C=1, H=1, Wd=1, M=1):
    theirs, _, ours, _ = _affine_back(student, (N, C, H, Wd), M)
    same(theirs.dW, ours.dW)


@ladder("Affine.backward.images", N=UP, C=UP, H=UP, Wd=UP, M=UP)
def affine_db_of_images(student, N=1, C=1, H=1, Wd=1, M=1):
    theirs, _, ours, _ = _affine_back(student, (N, C, H, Wd), M)
    same(theirs.db, ours.db)


@ladder("Affine.backward.called_again", N=UP, D=UP, M=UP)
def affine_again(student, N=1, D=1, M=1):
    W, b = counting(D, M), np.zeros(M)
    theirs, ours = student.Affine(W, b), source_lib.Affine(W, b)
    for start in (1, 2):
        x, dout = counting(N, D, start=start), counting(N, M)
        ours.forward(x)
        expected = ours.backward(dout)
        out = unchanged(theirs.forward, x)
        for _ in range(2):
            same(unchanged(theirs.backward, dout), expected)
            same(theirs.dW, ours.dW)
        as_before(theirs.forward(x), out)


def _targets(N, K):
    return np.arange(N)[::-1] % K


@ladder("SoftmaxWithLoss.forward.labels", N=UP, K=(2, 3))
def loss(student, N=1, K=2):
    x, t = mixed(N, K), _targets(N, K)
    expected = source_lib.SoftmaxWithLoss().forward(x, t)
    same(student.SoftmaxWithLoss().forward(x, t), expected, **LOSS)


@ladder("SoftmaxWithLoss.forward.one_hot", N=UP, K=(2, 3))
def loss_one_hot(student, N=1, K=2):
    x, t = mixed(N, K), np.eye(K)[_targets(N, K)]
    expected = source_lib.SoftmaxWithLoss().forward(x, _targets(N, K))
    same(student.SoftmaxWithLoss().forward(x, t), expected, **LOSS)


@ladder("SoftmaxWithLoss.forward.large_beside_small", N=UP, K=(2, 3), more=(900.0, -900.0))
def loss_of_large_scores(student, N=1, K=2, more=900.0):
    x, t = mixed(N, K), _targets(N, K)
    x[0] += more
    expected = source_lib.SoftmaxWithLoss().forward(x, t)
    same(unchanged(student.SoftmaxWithLoss().forward, x, t), expected, **LOSS)


@ladder("SoftmaxWithLoss.forward.large_beside_small", N=UP)
def loss_of_a_score_that_towers(student, N=1):
    x, t = mixed(N, 2), np.ones(N, int)
    x[:, 1] += 2000
    expected = source_lib.SoftmaxWithLoss().forward(x, t)
    same(student.SoftmaxWithLoss().forward(x, t), expected, **LOSS)


@ladder("SoftmaxWithLoss.forward.sure_and_wrong", more=(60.0, 1000.0, 2000.0), N=UP)
def loss_of_a_sure_mistake(student, more=60.0, N=1):
    x, t = mixed(N, 2), np.zeros(N, int)
    x[:, 1] += more
    expected = source_lib.SoftmaxWithLoss().forward(x, t)
    same(student.SoftmaxWithLoss().forward(x, t), expected, **LOSS)


@ladder("SoftmaxWithLoss.backward.gradient", N=UP, K=(2, 3), one_hot=(False, True))
@ladder("SoftmaxWithLoss.backward.labels", N=UP, K=(2, 3))
@ladder("SoftmaxWithLoss.backward.dout", dout=(2, -0.25), N=UP, K=(2, 3))
def loss_back(student, N=1, K=2, one_hot=False, dout=1):
    x, t = mixed(N, K), _targets(N, K)
    ours, theirs = source_lib.SoftmaxWithLoss(), student.SoftmaxWithLoss()
    ours.forward(x, t)
    theirs.forward(x, np.eye(K)[t] if one_hot else t)
    same(theirs.backward(dout), ours.backward(dout))


@ladder("SoftmaxWithLoss.backward.gradient", N=UP, K=(2, 3), one_hot=(True,))
@ladder("SoftmaxWithLoss.backward.labels", N=UP, K=(2, 3))
def loss_back_of_the_last_scores(student, N=1, K=2, one_hot=False):
    x, t = mixed(N, K), _targets(N, K)
    ours, theirs = source_lib.SoftmaxWithLoss(), student.SoftmaxWithLoss()
    for each in (x, 2 * x):
        ours.forward(each, t)
        theirs.forward(each, np.eye(K)[t] if one_hot else t)
        same(theirs.backward(1), ours.backward(1))


@ladder("SoftmaxWithLoss.backward.called_twice", N=UP, K=(2, 3))
def loss_back_twice(student, N=1, K=2):
    x, t = mixed(N, K), _targets(N, K)
    ours, theirs = source_lib.SoftmaxWithLoss(), student.SoftmaxWithLoss()
    ours.forward(x, t)
    theirs.forward(x, t)
    same(theirs.backward(1), ours.backward(1))
    same(theirs.backward(), ours.backward(1))


def _param(filters, size, pad=0, stride=1):
    return {"filter_num": filters, "filter_size": size, "pad": pad, "stride": stride}


SIZES = {"size": (3, 4, 5, 6), "filter_size": (2, 3), "C": (1, 2), "F": (1, 2)}


@ladder(
    "SimpleConvNet.__init__.parameter_shapes", name=("W1", "b1", "W2", "b2", "W3", "b3"), **SIZES
)
@ladder(
    "SimpleConvNet.__init__.parameter_shapes",
    hidden=(2,),
    classes=(3,),
    name=("W1", "b1", "W2", "b2", "W3", "b3"),
    pad=(0, 1),
    stride=(1, 2),
    size=(3, 5),
    filter_size=(2, 3),
)
@ladder(
    "SimpleConvNet.__init__.rounding",
    name=("W2",),
    size=(3, 4, 5, 6, 7),
    filter_size=(2, 3),
    pad=(0, 1),
    stride=(1, 2),
)
@ladder(
    "SimpleConvNet.__init__.non_square",
    name=("W2",),
    size=(3, 5),
    width=(5, 3, 7),
    filter_size=(2,),
)
def shapes(
    student,
    name="W1",
    size=3,
    width=None,
    C=1,
    F=1,
    filter_size=2,
    pad=0,
    stride=1,
    hidden=1,
    classes=2,
):
    shape, param = (C, size, width or size), _param(F, filter_size, pad, stride)
    ours = source_lib.SimpleConvNet(shape, param, hidden, classes, 0.1)
    theirs = student.SimpleConvNet(shape, param, hidden, classes, 0.1)
    same(theirs.params[name].shape, ours.params[name].shape)


def _network(student, C, size, F, filter_size, pad, stride, hidden, classes):
    """A student's network and the reference, whose weights are the same small numbers."""
    shape, param = (C, size, size), _param(F, filter_size, pad, stride)
    ours = source_lib.SimpleConvNet(shape, param, hidden, classes, 0.1)
    theirs = student.SimpleConvNet(shape, param, hidden, classes, 0.1)
    for name, array in ours.params.items():
        if name.startswith("W"):
            # Of both signs, and none like its neighbour.
            values = (mixed(*array.shape) - array.size // 2 - 0.5) / 4
            ours.params[name][...] = values
            theirs.params[name].put(np.arange(array.size), values.ravel())
    return theirs, ours


NET = {"C": (1, 2), "F": (1, 2), "size": (3, 5), "hidden": (1, 2), "classes": (2, 3)}


@ladder("SimpleConvNet.__init__.pad_and_stride", pad=(0, 1), stride=(1, 2), size=(3, 5))
@ladder("SimpleConvNet.predict.scores", N=(1, 2), **NET)
def scores(student, N=1, C=1, size=3, F=1, filter_size=2, pad=0, stride=1, hidden=1, classes=2):
    theirs, ours = _network(student, C, size, F, filter_size, pad, stride, hidden, classes)
    x = mixed(N, C, size, size)
    expected = ours.predict(x)
    same(unchanged(theirs.predict, x), expected, rtol=1e-5)


@ladder("SimpleConvNet.loss.labels_and_one_hot", one_hot=(False, True), N=(1, 2), **NET)
def loss_of_a_network(student, one_hot=False, N=1, C=1, size=3, F=1, hidden=1, classes=2):
    theirs, ours = _network(student, C, size, F, 2, 0, 1, hidden, classes)
    x, t = mixed(N, C, size, size), _targets(N, classes)
    expected = ours.loss(x, t)
    same(theirs.loss(x, np.eye(classes)[t] if one_hot else t), expected, **LOSS)


@ladder("SimpleConvNet.accuracy.full_batches", N=(1, 2, 4), batch_size=(1, 2))
@ladder("SimpleConvNet.accuracy.one_hot", one_hot=(True,), N=(1, 2, 4), batch_size=(1, 2))
@ladder("SimpleConvNet.accuracy.last_batch", batch_size=(2, 3), N=(1, 2, 3, 4))
def share_of_right_answers(student, N=1, batch_size=1, one_hot=False):
    theirs, ours = _network(student, 1, 3, 2, 2, 0, 1, 2, 2)
    x = mixed(N, 1, 3, 3, start=-4 * N)
    t = ours.predict(x).argmax(axis=1)
    t[1::3] = 1 - t[1::3]
    expected = float(np.mean(ours.predict(x).argmax(axis=1) == t))
    same(theirs.accuracy(x, np.eye(2)[t] if one_hot else t, batch_size), expected)


@ladder(
    "SimpleConvNet.gradient.every_parameter",
    name=("W3", "b3", "W2", "b2", "W1", "b1"),
    N=(1, 2),
    F=(2, 1),
    hidden=(2, 1),
)
def gradients(student, name="W3", N=1, F=2, hidden=2):
    theirs, ours = _network(student, 1, 3, F, 2, 0, 1, hidden, 2)
    x, t = mixed(N, 1, 3, 3), _targets(N, 2)
    expected = ours.gradient(x, t)[name]
    theirs.loss(x, t)
    same(theirs.gradient(x, t)[name], expected, rtol=1e-4, atol=1e-13)


@ladder("SimpleConvNet.gradient.new_batch", name=("W3", "b3", "W1", "b1"), N=(1, 2))
@ladder(
    "SimpleConvNet.gradient.called_again", name=("W3", "b3", "W1", "b1"), N=(1, 2), again=(True,)
)
def gradients_of_another_batch(student, name="W3", N=1, again=False):
    theirs, ours = _network(student, 1, 3, 2, 2, 0, 1, 2, 2)
    for x in (mixed(N, 1, 3, 3), counting(N, 1, 3, 3)):
        t = _targets(N, 2)
        expected = ours.gradient(x, t)[name]
        if again or x[0, 0, 0, 0] != 1:
            theirs.loss(x, t)
        if again or x[0, 0, 0, 0] == 1:
            same(theirs.gradient(x, t)[name], expected, rtol=1e-4, atol=1e-13)


@ladder("Adam.update.first_step", settings=((), (0.5,)), size=(1, 2))
@ladder(
    "Adam.update.many_steps",
    steps=(1, 2, 3),
    names=(("W",), ("W", "b")),
    settings=((), (0.5, 0.75, 0.5)),
)
@ladder("Adam.update.epsilon", scale=(1e-4, 1e-7), size=(1, 2), rtol=(1e-9,))
@ladder("Adam.update.in_place", size=(1, 2), steps=(1, 2))
def steps_of_adam(student, settings=(), size=1, steps=1, names=("W",), scale=1.0, rtol=1e-4):
    theirs, ours = student.Adam(*settings), source_lib.Adam(*settings)
    params = {name: np.zeros(size) for name in names}
    expected = {name: np.zeros(size) for name in names}
    for number in range(steps):
        grads = {name: scale * counting(size, start=number + 1) for name in reversed(names)}
        ours.update(expected, grads)
        after = theirs.update.inplace(params, grads).arguments[0]
        for name in names:
            # An optimiser may update the arrays of its first call, which are others here.
            if not (number and np.array_equal(fetch(after[name]), params[name])):
                same(after[name], expected[name], rtol=rtol)
        params = {name: expected[name].copy() for name in names}
