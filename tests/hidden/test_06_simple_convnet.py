"""What the layers, the network and Adam have to do, one thing at a time.

A network's weights are the student's own random numbers: the suite asks for them and computes what
they should give. So how the weights are drawn is judged by one criterion and plays no part in the
others, and neither do sizes that do not divide: images are square and maps even unless the test is
about that. Losses are compared loosely, since an epsilon inside the logarithm is common and
harmless where no probability is tiny.
"""

from itertools import islice

import numpy as np

import source_lib
from autograder.sandbox.host.session import StudentFailure, StudentRaised
from autograder.sandbox.protocol import wire
from autograder.suite import (
    agrees,
    as_before,
    criterion,
    keeps_dtype,
    keeps_weights,
    measured,
    numbers,
    same,
    unchanged,
)
from autograder.suite.facts import WrongAnswer
from autograder.suite.proxy import fetch, held_arrays, variables
from autograder.text import Text

# Sums in another order, or in float32 (which is one criterion's business), differ by less; wrong
# code differs by far more.
CLOSE = {"rtol": 1e-5, "atol": 1e-12}
LOSS = {"rtol": 1e-4}
DIGITS = {np.float32: 1e-5, np.float64: 1e-9}


def _one_hot(labels, classes):
    return np.eye(classes)[labels]


def _near_and_far(make, *shape, dtype=np.float64):
    """Ordinary numbers, of which every fourth is replaced by one far from 0, of either sign."""
    x = make.normal(*shape, dtype=dtype)
    count = len(x.flat[::4])
    x.flat[::4] = np.resize([1, -1], count) * make.uniform(count, low=10, high=50)
    return x


@criterion("Relu.forward.values")
def test_relu_keeps_what_is_positive(student, make):
    for shape, dtype in (
        ((3, 4), np.float64),
        ((2, 3, 4, 5), np.float64),
        ((3, 4), np.float32),
    ):
        x = _near_and_far(make, *shape, dtype=dtype)
        out = student.Relu().forward(x)
        same(out, np.maximum(x, 0), exact=True)
        keeps_dtype(out, dtype)


@criterion("Relu.forward.input_untouched")
def test_relu_leaves_its_input_alone(student, make):
    for shape in ((3, 4), (2, 5)):
        x = make.normal(*shape)
        same(unchanged(student.Relu().forward, x), np.maximum(x, 0), exact=True)


@criterion("Relu.backward.gates")
def test_relu_lets_the_gradient_through_where_the_last_x_was_positive(student, make):
    relu, another = student.Relu(), student.Relu()
    for shape in ((3, 4), (2, 3, 4, 5), (2, 3, 4, 5)):  # one with a shape that was there before
        x, dout = _near_and_far(make, *shape), make.normal(*shape)
        relu.forward(x)
        another.forward(make.normal(*shape))  # A network has several, each with an x of its own.
        same(relu.backward(dout), np.where(x > 0, dout, 0), exact=True)
    x, dout = (make.normal(3, 4, dtype=np.float32) for _ in range(2))
    try:
        keeps_dtype(relu.forward(x), np.float32)
    except WrongAnswer:
        return  # Another criterion is about that.
    keeps_dtype(relu.backward(dout), np.float32)


@criterion("Relu.backward.slope_at_zero")
def test_relu_has_slope_zero_at_zero(student, make):
    for shape in ((4, 5), (3, 6)):
        x = make.integers(-1, 2, *shape).astype(np.float64)
        dout = make.normal(*shape)
        relu = student.Relu()
        relu.forward(x)
        same(relu.backward(dout), np.where(x > 0, dout, 0), exact=True)


@criterion("Relu.backward.dout_untouched")
def test_relu_leaves_dout_alone(student, make):
    for shape in ((3, 4), (2, 5)):
        x, dout = make.normal(*shape), make.normal(*shape)
        relu = student.Relu()
        relu.forward(x)
        same(unchanged(relu.backward, dout), np.where(x > 0, dout, 0), exact=True)


def _affine(student, make, inputs, outputs, *, dtype=np.float64, bias=False):
    """The student's layer and the reference, with the same random weights."""
    W = make.normal(inputs, outputs, dtype=dtype)
    b = make.normal(outputs, dtype=dtype) if bias else np.zeros(outputs, dtype)
    return student.Affine(W, b), source_lib.Affine(W, b)


@criterion("Affine.forward.rows")
def test_affine_multiplies_and_adds(student, make):
    for rows, inputs, outputs in ((1, 2, 1), (4, 3, 5), (2, 6, 4)):
        theirs, ours = _affine(student, make, inputs, outputs, bias=True)
        x = make.normal(rows, inputs)
        same(theirs.forward(x), ours.forward(x), **CLOSE)


@criterion("Affine.forward.images")
def test_affine_makes_a_row_of_each_image(student, make):
    theirs, ours = _affine(student, make, 24, 5)
    for x in (make.normal(2, 3, 4, 2), make.normal(3, 4, 2, 3).transpose(0, 3, 1, 2)):
        same(unchanged(theirs.forward, x), ours.forward(x), **CLOSE)


@criterion("Affine.forward.float32")
def test_affine_keeps_float32_and_float64(student, make):
    for dtype in (np.float32, np.float64):
        theirs, ours = _affine(student, make, 3, 5, dtype=dtype)
        x = make.normal(4, 3, dtype=dtype)
        out = theirs.forward(x)
        same(out, ours.forward(x), rtol=DIGITS[dtype])
        keeps_dtype(out, dtype)


def _affine_there_and_back(student, make, shape, outputs):
    theirs, ours = _affine(student, make, int(np.prod(shape[1:])), outputs)
    x, dout = make.normal(*shape), make.normal(shape[0], outputs)
    theirs.forward(x)
    ours.forward(x)
    return theirs, theirs.backward(dout), ours, ours.backward(dout)


@criterion("Affine.backward.dx")
def test_affine_gradient_of_the_rows(student, make):
    for shape, outputs in (((4, 3), 5), ((2, 4), 3)):
        _, dx, _, expected = _affine_there_and_back(student, make, shape, outputs)
        same(dx, expected, rtol=DIGITS[np.float64], atol=1e-12)


@criterion("Affine.backward.dw_and_db")
def test_affine_gradient_of_weights_and_biases(student, make):
    for shape, outputs in (((4, 3), 5), ((2, 4), 3)):
        theirs, _, ours, _ = _affine_there_and_back(student, make, shape, outputs)
        same(theirs.dW, ours.dW, **CLOSE)
        same(theirs.db, ours.db, **CLOSE)


@criterion("Affine.backward.images")
def test_affine_gradient_of_images(student, make):
    for shape, outputs in (((2, 3, 4, 2), 5), ((3, 2, 2, 4), 3)):
        theirs, dx, ours, expected = _affine_there_and_back(student, make, shape, outputs)
        same(dx, expected, **CLOSE)
        for name in _right_for_rows(student, make):
            same(getattr(theirs, name), getattr(ours, name), **CLOSE)


def _right_for_rows(student, make):
    """Which of dW and db are right for rows, if images become the right rows.

    Other criteria are about both, and a mistake there would be one here as well.
    """
    theirs, ours = _affine(student, make, 24, 5)
    x = make.normal(2, 3, 4, 2)
    try:
        if not agrees(theirs.forward(x), ours.forward(x), **CLOSE):
            return
    except StudentFailure:
        return
    for name in ("dW", "db"):
        try:
            theirs, _, ours, _ = _affine_there_and_back(student, make, (3, 4), 5)
            is_right = agrees(getattr(theirs, name), getattr(ours, name), **CLOSE)
        except StudentFailure:
            continue
        if is_right:
            yield name


@criterion("Affine.backward.called_again")
def test_affine_overwrites_its_gradients_and_nothing_else(student, make):
    theirs, ours = _affine(student, make, 3, 5)
    another, _ = _affine(student, make, 3, 5)
    for rows in (4, 2, 2):  # as many as before, but others
        x, dout = make.normal(rows, 3), make.normal(rows, 5)
        ours.forward(x)
        out = unchanged(theirs.forward, x)
        another.forward(make.normal(rows, 3))  # A network has several, each with rows of its own.
        for _ in range(2):
            dx = keeps_weights(theirs, "backward", dout, names=("W", "b"))
            same(dx, ours.backward(dout), **CLOSE)
            same(theirs.dW, ours.dW, **CLOSE)
        # Whatever the student calls the weights: the layer must still do the same.
        as_before(theirs.forward(x), out, **CLOSE)


@criterion("SoftmaxWithLoss.forward.labels")
def test_loss_with_labels(student, make):
    for rows, classes in ((1, 3), (4, 3), (5, 10)):
        x, t = make.normal(rows, classes), make.integers(0, classes, rows)
        expected = source_lib.SoftmaxWithLoss().forward(x, t)
        same(unchanged(student.SoftmaxWithLoss().forward, x, t, only=2), expected, **LOSS)


@criterion("SoftmaxWithLoss.forward.one_hot")
def test_loss_with_one_hot_rows(student, make):
    for rows, classes in ((4, 3), (5, 10)):
        x, t = make.normal(rows, classes), make.integers(0, classes, rows)
        expected = source_lib.SoftmaxWithLoss().forward(x, t)
        loss = unchanged(student.SoftmaxWithLoss().forward, x, _one_hot(t, classes), only=2)
        same(loss, expected, **LOSS)


def _targets(student, make, t, classes):
    """The labels as one-hot rows, or as they are if the layer does not take one-hot rows.

    Two criteria ask for either form; it plays no part in the others.
    """
    x, labels = make.normal(2, 3), np.array([2, 0])
    expected = source_lib.SoftmaxWithLoss().forward(x, labels)
    try:
        loss = student.SoftmaxWithLoss().forward(x, _one_hot(labels, 3))
    except StudentFailure:
        return t
    return _one_hot(t, classes) if agrees(loss, expected, **LOSS) else t


@criterion("SoftmaxWithLoss.forward.large_beside_small")
def test_loss_of_large_scores_beside_small_ones(student, make):
    # Adding a number to a row changes nothing, however large it is.
    for shift in (900, np.array([[0.0], [900.0], [-900.0], [5000.0]])):
        x, labels = make.normal(4, 3), make.integers(0, 3, 4)
        t = _targets(student, make, labels, 3)
        expected = source_lib.SoftmaxWithLoss().forward(x, labels)
        loss = unchanged(student.SoftmaxWithLoss().forward, x + shift, t, only=1)
        same(loss, expected, **LOSS)
    # Nor does a score of the right class that towers over the others.
    x, labels = make.normal(3, 3), make.integers(0, 3, 3)
    x[0, labels[0]] += 2500
    expected = source_lib.SoftmaxWithLoss().forward(x, labels)
    t = _targets(student, make, labels, 3)
    same(student.SoftmaxWithLoss().forward(x, t), expected, **LOSS)


@criterion("SoftmaxWithLoss.forward.sure_and_wrong")
def test_loss_of_a_sure_mistake_is_as_large_as_it_is(student, make):
    # exp(-850) is 0; exp(850 * 3 / 4) is still a number, so that the mean of a row would do here.
    for labels, sure in (([0, 2, 1], (60, 850, 60)), ([1, 0], (60, 1060))):
        x = make.normal(len(labels), 4)
        x[:, 3] += sure
        t = _targets(student, make, np.array(labels), 4)
        expected = source_lib.SoftmaxWithLoss().forward(x, np.array(labels))
        same(student.SoftmaxWithLoss().forward(x, t), expected, **LOSS)


def _loss_back(layer):
    """The gradient of the loss itself, also of a `backward` that has no `dout`.

    Another criterion asks for other values of it.
    """
    try:
        return layer.backward(1)
    except StudentRaised as raised:
        if not _refuses_the_arguments(raised):
            raise
    return layer.backward()


def _refuses_the_arguments(raised):
    """Whether a function could not be called at all with these arguments."""
    return raised.info.type == "TypeError" and raised.info.innermost is None


def _same_loss_gradients(student, make, *, one_hot):
    """Compare gradients of several sizes, for one-hot rows or labels."""
    layer = student.SoftmaxWithLoss()
    for rows, classes in ((1, 3), (4, 3), (4, 3), (5, 10)):  # one size twice, with other scores
        x, t = make.normal(rows, classes), make.integers(0, classes, rows)
        reference = source_lib.SoftmaxWithLoss()
        reference.forward(x, t)
        layer.forward(x, _one_hot(t, classes) if one_hot else t)
        same(_loss_back(layer), reference.backward(1), **CLOSE)


@criterion("SoftmaxWithLoss.backward.gradient")
def test_gradient_of_the_loss_with_one_hot_rows(student, make):
    _same_loss_gradients(student, make, one_hot=True)


@criterion("SoftmaxWithLoss.backward.labels")
def test_gradient_of_the_loss_with_labels(student, make):
    _same_loss_gradients(student, make, one_hot=False)


@criterion("SoftmaxWithLoss.backward.dout")
def test_gradient_of_a_multiple_of_the_loss(student, make):
    x, labels = make.normal(4, 3), make.integers(0, 3, 4)
    t = _targets(student, make, labels, 3)
    reference = source_lib.SoftmaxWithLoss()
    reference.forward(x, labels)
    for dout in (2, -0.25):
        layer = student.SoftmaxWithLoss()
        layer.forward(x, t)
        same(layer.backward(dout), reference.backward(dout), **CLOSE)


@criterion("SoftmaxWithLoss.backward.called_twice")
def test_a_second_backward_gives_the_same(student, make):
    for rows, classes in ((4, 3), (2, 5)):
        x, labels = make.normal(rows, classes), make.integers(0, classes, rows)
        reference = source_lib.SoftmaxWithLoss()
        reference.forward(x, labels)
        expected = reference.backward(1)
        layer, another = student.SoftmaxWithLoss(), student.SoftmaxWithLoss()
        t = _targets(student, make, labels, classes)
        layer.forward(x, t)
        another.forward(make.normal(rows, classes), t)  # Each has probabilities of its own.
        same(_loss_back(layer), expected, **CLOSE)
        same(layer.backward(), expected, **CLOSE)
        # With labels too, whose gradient many compute in another way; not if it takes no labels.
        layer = student.SoftmaxWithLoss()
        try:
            layer.forward(x, labels)
            takes_labels = agrees(_loss_back(layer), expected, **CLOSE)
        except StudentFailure:
            takes_labels = False
        if takes_labels:
            same(layer.backward(), expected, **CLOSE)


def _conv_param(filters, size, pad=0, stride=1):
    return {"filter_num": filters, "filter_size": size, "pad": pad, "stride": stride}


SQUARE = ((2, 8, 8), _conv_param(3, 3))

# What learners call the entries of conv_param. Reading a name that the exercise does not use costs
# what is asked by `strict`, and nothing else.
SPELLINGS = {
    "filter_num": ("num_filters", "n_filters", "filters", "num", "FN"),
    "filter_size": ("kernel_size", "filter_h", "filter_w", "size", "FS"),
    "pad": ("filter_pad", "conv_pad", "pad_size", "padding"),
    "stride": ("filter_stride", "conv_stride", "stride_size"),
}


def _build(student, input_dim, conv_param, *sizes, strict=False):
    try:
        return student.SimpleConvNet(input_dim, conv_param, *sizes)
    except StudentRaised as raised:
        if strict or raised.info.type != "KeyError":
            raise
    others = {name: value for key, value in conv_param.items() for name in SPELLINGS[key]}
    return student.SimpleConvNet(input_dim, conv_param | others, *sizes)


def _same_shapes(student, input_dim, conv_param, hidden=7, classes=5):
    """Compare nothing but the shapes of the parameters with those of a reference network."""
    theirs = _build(student, input_dim, conv_param, hidden, classes, 0.1)
    ours = source_lib.SimpleConvNet(input_dim, conv_param, hidden, classes, 0.1)
    for name, array in ours.params.items():
        same(theirs.params[name], np.zeros(array.shape), rtol=0, atol=1e6)


def _network(student, make, input_dim, conv_param, hidden=7, classes=5, strict=False):
    """A student's network, and a reference network with the same parameters."""
    theirs = _build(student, input_dim, conv_param, hidden, classes, 0.1, strict=strict)
    ours = source_lib.SimpleConvNet(input_dim, conv_param, hidden, classes, 0.1)
    for name, array in ours.params.items():
        answer = theirs.params[name]
        same(answer, np.zeros(array.shape), rtol=0, atol=1e3)
        values = np.array(fetch(answer), dtype=np.float64)
        if name.startswith("W") and _decides_little(values):
            values = _put(answer, 0.1 * make.normal(*array.shape))
        ours.params[name] = values
    if not _tells_images_apart(make, ours, input_dim):
        # Nor do those whose scores are the same for all images (a bias far below zero ends every
        # ReLU): what the layers do would not show.
        for name, array in ours.params.items():
            size = 0.5 if name.startswith("W") else 0.1
            ours.params[name] = _put(theirs.params[name], size * make.normal(*array.shape))
    return theirs, ours


def _some(make):
    """How many filters or units: a network that was made earlier does not have as many."""
    return int(make.integers(3, 12, 1)[0])


def _decides_little(weights):
    """Whether they are all alike, or most are nothing beside a few: no sum of products is needed.

    However weights are drawn, the middle one of them is nowhere near so small.
    """
    middle, largest = np.median(np.abs(weights)), np.sqrt(np.mean(weights**2))
    return np.std(weights) < 1e-6 or middle < 0.1 * largest


def _put(answer, values):
    """Write into the student's own array; another array in its place might not be used."""
    answer.put(np.arange(values.size), values.ravel())
    return values


def _tells_images_apart(make, reference, input_dim):
    # Images that nobody can know: weights could be made for others, and be dead for these.
    images = make.normal(8, *input_dim)
    images *= 3 / max(np.abs(reference.predict(images)).max(), 1e-12)
    scores = reference.predict(images)
    return np.ptp(scores, axis=0).max() > 1e-2 * np.abs(scores).max()


def _images(make, reference, count, channels, height, width):
    """Random images to which the network gives scores of some size, however small its weights."""
    x = make.normal(count, channels, height, width)
    largest = np.abs(reference.predict(x)).max()
    return x * 3 / max(largest, 1e-12)


@criterion("SimpleConvNet.__init__.parameter_shapes")
def test_shapes_of_the_parameters(student, make):
    _same_shapes(student, (1, 28, 28), _conv_param(30, 5), 100, 10)
    for pad, stride, filter_size in ((0, 1, 3), (1, 2, 4)):
        channels, filters, hidden, classes = make.integers(2, 30, 4).tolist()
        param = _conv_param(filters, filter_size, pad, stride)
        _same_shapes(student, (channels, 8, 8), param, hidden, classes)


@criterion("SimpleConvNet.__init__.rounding")
def test_sizes_are_rounded_down_at_each_step(student, make):
    for size, filter_size, pad, stride in (
        (28, 4, 0, 1),
        (7, 5, 0, 1),
        (9, 4, 1, 2),
        (10, 3, 0, 2),
    ):
        size += 4 * int(make.integers(0, 4, 1)[0])  # which leaves over what it left over before
        _same_shapes(student, (2, size, size), _conv_param(3, filter_size, pad, stride))


@criterion("SimpleConvNet.__init__.non_square")
def test_images_need_not_be_square(student, make):
    for height, width in ((8, 6), (4, 10)):
        height, width = (n + 2 * int(make.integers(0, 5, 1)[0]) for n in (height, width + 10))
        _same_shapes(student, (2, height, width), _conv_param(3, 3))


def _drawn(answer, name):
    """Mean and spread of many different numbers, measured here, as answers to compare."""
    found = fetch(answer)
    value = numbers(answer, found.shape if isinstance(found, np.ndarray) else (1,))
    count = Text(
        en=f"The number of different values in {name} (counted up to 500)",
        ja=f"{name}の異なる値の個数（500まで数えたもの）",
    )
    same(measured(answer, count, min(np.unique(value).size, 500)), 500)
    mean = Text(en=f"The mean of {name}", ja=f"{name}の平均")
    spread = Text(en=f"The standard deviation of {name}", ja=f"{name}の標準偏差")
    return (
        measured(answer, mean, float(value.mean())),
        measured(answer, spread, float(value.std())),
    )


@criterion("SimpleConvNet.__init__.random_weights")
def test_weights_are_random_and_biases_zero(student, make):
    for deviation in (0.01, float(make.uniform(low=0.2, high=0.4))):
        filters, hidden, classes = (least + _some(make) for least in (25, 45, 35))
        param = _conv_param(filters, 4, 0, 2)
        network = _build(student, (4, 8, 8), param, hidden, classes, deviation)
        for name in ("W1", "W2", "W3"):
            mean, spread = _drawn(network.params[name], name)
            same(spread, deviation, rtol=0.15)
            same(mean, 0.0, atol=0.15 * deviation)
        for name, size in (("b1", filters), ("b2", hidden), ("b3", classes)):
            same(network.params[name], np.zeros(size))


def _same_scores(theirs, ours, x):
    """The network gives the right scores: by `predict`, or else by its layers, one by one.

    For criteria that are about the network's parts and not about `predict`.
    """
    expected = ours.predict(x)
    try:
        same(theirs.predict(x), expected, **CLOSE)
    except (WrongAnswer, StudentFailure):
        if not any(_give(layers, x, expected) for layers in islice(_chains(theirs), FEW)):
            raise


FEW, MOST_LAYERS = 6, 16
"""Places that are looked at, and layers that are asked there: a network may have any number."""


def _chains(network):
    """Where a network may keep its layers, in order: a dictionary, a list, its attributes."""
    try:
        attributes = variables(network)
    except StudentFailure:
        return
    for attribute in attributes.values():
        value = fetch(attribute)
        if isinstance(value, (dict, list, tuple)) and len(value) > 2:
            keys = value if isinstance(value, dict) else range(len(value))
            yield [attribute[key] for key in keys]
    yield [value for value in attributes.values() if isinstance(fetch(value), wire.Reference)]


def _give(layers, x, expected):
    """Whether some of the first of these layers, one after the other, give what is expected."""
    out = x
    for layer in layers[:MOST_LAYERS]:
        try:
            out = layer.forward(out)
        except StudentFailure:
            return False
        if agrees(out, expected, **CLOSE):
            return True
    return False


@criterion("SimpleConvNet.__init__.pad_and_stride")
def test_pad_and_stride_reach_the_convolution(student, make):
    for size, filter_size, pad, stride in ((8, 3, 1, 1), (9, 3, 0, 2), (8, 4, 1, 2), (8, 3, 2, 1)):
        param = _conv_param(_some(make), filter_size, pad, stride)
        sizes = _some(make), _some(make)
        theirs, ours = _network(student, make, (2, size, size), param, *sizes, strict=True)
        _same_scores(theirs, ours, _images(make, ours, 2, 2, size, size))


@criterion("SimpleConvNet.__init__.shared_parameters")
def test_parameters_changed_in_place_are_used(student, make):
    for _ in range(2):
        param, sizes = _conv_param(_some(make), 3), (_some(make), _some(make))
        theirs, ours = _network(student, make, (2, 8, 8), param, *sizes)
        _build(student, (2, 8, 8), param, *sizes, 0.1)  # Each network has params of its own.
        x = _images(make, ours, 2, 2, 8, 8)
        _same_scores(theirs, ours, x)  # A layer may copy its weights when it is first used.
        for name in ours.params:
            _change(make, theirs, ours, name)
            _same_scores(theirs, ours, x)
    _gradient_after_a_change(student, make)


def _change(make, theirs, ours, name):
    """Change a parameter of both networks, the student's in place as an optimiser does.

    `params[name] = values` would put in another array.
    """
    array = ours.params[name]
    ours.params[name] = _put(theirs.params[name], array + 0.1 * make.normal(*array.shape))


def _gradient_after_a_change(student, make):
    """The way back uses the changed parameters as well, if it was right before the change."""
    theirs, ours = _network(student, make, *SQUARE)
    for _ in range(2):
        x, t = _images(make, ours, 3, 2, 8, 8), make.integers(0, 5, 3)
        if not _right_gradients(theirs, ours, x, t, loss_before=True):
            return
    for name in ours.params:
        _change(make, theirs, ours, name)
    x, t = _images(make, ours, 3, 2, 8, 8), make.integers(0, 5, 3)
    same(theirs.loss(x, t), ours.loss(x, t), **LOSS)
    _same_gradients(theirs.gradient(x, t), ours, x, t)


@criterion("SimpleConvNet.predict.scores")
def test_scores_of_a_batch(student, make):
    theirs, ours = _network(student, make, *SQUARE)
    for count in (4, 1):
        x = _images(make, ours, count, 2, 8, 8)
        same(unchanged(theirs.predict, x), ours.predict(x), **CLOSE)
    if _uses_changed_parameters(make, theirs, ours):
        same(theirs.predict(x), ours.predict(x), **CLOSE)


def _uses_changed_parameters(make, theirs, ours):
    """Whether scores of new images are right after a change; another criterion is about that."""
    try:
        for name in ours.params:
            _change(make, theirs, ours, name)
        x = _images(make, ours, 2, 2, 8, 8)
        return agrees(theirs.predict(x), ours.predict(x), **CLOSE)
    except StudentFailure:
        return False


CHAIN = ("Convolution", "Relu", "Pooling", "Affine", "Relu", "Affine")
TIMES = {"Convolution": 2, "Relu": 3, "Pooling": 5, "Affine": 7}
"""What a replaced layer returns is so many times the right result."""


def _arguments(name, params, x):
    """With what a network of these parameters makes the layer that gets `x`."""
    if name == "Affine":
        which = "2" if x[0].size == len(params["W2"]) else "3"
        return params["W" + which], params["b" + which]
    return {"Convolution": (params["W1"], params["b1"]), "Pooling": (2, 2, 2)}.get(name, ())


def _right(name, params, x):
    return getattr(source_lib, name)(*_arguments(name, params, x)).forward(x)


def _replacement(name, params):
    def replacement(*arguments):  # the first is the layer
        x = next(each for each in arguments if isinstance(each, np.ndarray))
        return TIMES[name] * _right(name, params, x)

    return replacement


def _replace(layer, name, params, x):
    """Replace the forward of a layer's class, under all the names that it has there.

    A network may call ``layer(x)``, where ``__call__`` is the same function, or does the same.
    """
    for each in [*_synonyms(layer, name, params, x), "forward"]:
        setattr(layer, each, _replacement(name, params))


def _synonyms(layer, name, params, x):
    """Names of other methods that do the same as forward."""
    found = []
    for other in islice(_other_methods(layer), FEW):
        made, another = (layer(*_arguments(name, params, x)) for _ in range(2))
        try:
            expected = numbers(made.forward(x), _right(name, params, x).shape)
            out = another(x) if other == "__call__" else getattr(another, other)(x)
        except (WrongAnswer, StudentRaised):
            continue
        if agrees(out, expected, **CLOSE):
            found.append(other)
    return found


def _other_methods(layer):
    """What a class defines beside what the exercise asks for."""
    for name, value in variables(layer).items():
        is_function = getattr(fetch(value), "class_name", None) == "function"
        is_special = name.startswith("__") and name != "__call__"
        if is_function and not is_special and name not in ("forward", "backward"):
            yield name


def _still_their_own(student, params, inputs):
    """The layers that are what they were: their objects come from a function, for example."""
    for name, x in inputs.items():
        made = getattr(student, name)(*_arguments(name, params, x))
        if not agrees(made.forward(x), _replacement(name, params)(x), **CLOSE):
            yield name, made


def _notices_a_broken_layer(network, kinds, x):
    """Whether breaking an object of these classes changes the scores.

    If the network keeps none where it can be found, nothing shows that it does not use them.
    """
    shape = len(x), 5
    before = numbers(network.predict(x), shape)
    for layers in islice(_chains(network), FEW):
        for layer in layers[:MOST_LAYERS]:
            if getattr(fetch(layer), "class_name", None) in kinds:
                try:
                    layer.forward = lambda *arguments: arguments[-1] + 1
                    after = network.predict(x)
                    if agrees(after, before):
                        return False
                    before = numbers(after, shape)
                except (WrongAnswer, StudentRaised):  # it cannot be broken, or the next layer fails
                    return True
    return True


def _uses_them_nevertheless(student, network, params, inputs, x):
    """Whether layers whose class could not be replaced are used as they are."""
    try:
        own = dict(_still_their_own(student, params, inputs))
        expected = x
        for name in CHAIN:
            if name in own:
                made = getattr(student, name)(*_arguments(name, params, expected))
                shape = _right(name, params, expected).shape
                expected = numbers(made.forward(expected), shape)
            else:
                expected = _replacement(name, params)(expected)
        if not own or not agrees(network.predict(x), expected, **CLOSE):
            return False
        kinds = {getattr(fetch(made), "class_name", "") for made in own.values()}
        return _notices_a_broken_layer(network, kinds, x)
    except (WrongAnswer, StudentRaised):
        return False


@criterion("SimpleConvNet.predict.own_layers")
def test_the_network_notices_that_its_layers_were_replaced(student, make):
    # Each layer is replaced by one whose results are a multiple of the right ones. What scores come
    # out then tells whether the network uses them, and does not depend on mistakes in the layers.
    # A constructor may try them out as well, to see how many numbers are left after pooling.
    params = dict(source_lib.SimpleConvNet(*SQUARE, 7, 5).params)
    inputs = {name: make.normal(2, 2, 8, 8) for name in TIMES}
    inputs["Affine"] = make.normal(2, len(params["W2"]))
    for name, x in inputs.items():
        _replace(getattr(student, name), name, params, x)
    theirs, ours = _network(student, make, *SQUARE)
    params.update(ours.params)
    for count in (2, 3):
        x = _images(make, ours, count, 2, 8, 8)
        expected = x
        for name in CHAIN:
            expected = _replacement(name, params)(expected)
        scores = theirs.predict(x)
        if not agrees(scores, expected, **CLOSE):
            if not _uses_them_nevertheless(student, theirs, params, inputs, x):
                same(scores, expected, **CLOSE)
            break


@criterion("SimpleConvNet.loss.labels_and_one_hot")
def test_loss_of_a_network(student, make):
    theirs, ours = _network(student, make, *SQUARE)
    for count in (4, 3):
        x, t = _images(make, ours, count, 2, 8, 8), make.integers(0, 5, count)
        expected = ours.loss(x, t)
        same(unchanged(theirs.loss, x, t), expected, **LOSS)
        same(unchanged(theirs.loss, x, _one_hot(t, 5)), expected, **LOSS)


def _a_few(make):
    """How many of fifty: not a number that can be known from here."""
    return int(make.integers(8, 43, 1)[0])


def _some_right(make, reference, x, wrong):
    """Labels that agree with what the network says, but for the last `wrong` of every fifty."""
    labels = reference.predict(x).argmax(axis=1)
    mistaken = np.arange(len(x)) % 50 >= 50 - wrong
    return np.where(mistaken, (labels + make.integers(1, 5, len(x))) % 5, labels)


def _accuracy(network, x, t, batch_size):
    """The network's accuracy, without batches where it knows of none; x and t stay as they were."""
    try:
        return unchanged(network.accuracy, x, t, batch_size)
    except StudentRaised as raised:
        if not _refuses_the_arguments(raised):
            raise
    return unchanged(network.accuracy, x, t)


@criterion("SimpleConvNet.accuracy.full_batches")
def test_accuracy_of_full_batches(student, make):
    theirs, ours = _network(student, make, (2, 4, 4), _conv_param(3, 3))
    for count, wrong in ((100, _a_few(make)), (50, 0), (50, _a_few(make))):
        # Other images each time: labels that are all right tell what the network says of them.
        x = _images(make, ours, count, 2, 4, 4)
        same(_accuracy(theirs, x, _some_right(make, ours, x, wrong), 50), 1 - wrong / 50)


@criterion("SimpleConvNet.accuracy.one_hot")
def test_accuracy_with_one_hot_rows(student, make):
    theirs, ours = _network(student, make, (2, 4, 4), _conv_param(3, 3))
    for wrong in (_a_few(make), 0):
        x = _images(make, ours, 100, 2, 4, 4)
        t = _some_right(make, ours, x, wrong)
        same(_accuracy(theirs, x, _one_hot(t, 5), 50), 1 - wrong / 50)


@criterion("SimpleConvNet.accuracy.last_batch")
def test_accuracy_counts_a_batch_that_is_not_full(student, make):
    theirs, ours = _network(student, make, (2, 4, 4), _conv_param(3, 3))
    for wrong in (0, _a_few(make)):
        x = _images(make, ours, 250, 2, 4, 4)
        t = _some_right(make, ours, x, wrong)
        same(theirs.accuracy(x, t, 100), 1 - wrong / 50)
        same(theirs.accuracy(x[:50], t[:50], 100), 1 - wrong / 50)
    # A last batch of one image, and a single image at all.
    same(theirs.accuracy(x[:101], _some_right(make, ours, x[:101], 0), 100), 1.0)
    same(theirs.accuracy(x[:1], _some_right(make, ours, x[:1], 0), 100), 1.0)
    uneven = np.where(np.arange(250) >= 200, (t + 1) % 5, t)
    expected = float(np.mean(ours.predict(x).argmax(axis=1) == uneven))
    same(theirs.accuracy(x, uneven, 100), expected)


def _same_gradients(grads, reference, x, t):
    for name, expected in reference.gradient(x, t).items():
        same(grads[name], expected, rtol=1e-4, atol=1e-13)


@criterion("SimpleConvNet.gradient.every_parameter")
def test_gradient_of_every_parameter(student, make):
    for count in (4, 3):
        theirs, ours = _network(student, make, *SQUARE)
        x, t = _images(make, ours, count, 2, 8, 8), make.integers(0, 5, count)
        theirs.loss(x, t)
        _same_gradients(unchanged(theirs.gradient, x, t), ours, x, t)


@criterion("SimpleConvNet.gradient.new_batch")
def test_gradient_of_a_batch_not_seen_before(student, make):
    for count in (4, 3):
        theirs, ours = _network(student, make, *SQUARE)
        seen, x = (_images(make, ours, count, 2, 8, 8) for _ in range(2))
        theirs.loss(seen, make.integers(0, 5, count))
        t = make.integers(0, 5, count)
        _same_gradients(theirs.gradient(x, t), ours, x, t)


@criterion("SimpleConvNet.gradient.called_again")
def test_gradient_called_again(student, make):
    theirs, ours = _network(student, make, *SQUARE)
    for count in (4, 3):
        x, t = _images(make, ours, count, 2, 8, 8), make.integers(0, 5, count)
        theirs.loss(x, t)
        _same_gradients(theirs.gradient(x, t), ours, x, t)
        theirs.loss(x, t)
        one_hot = _one_hot(t, 5)
        _same_gradients(unchanged(theirs.gradient, x, one_hot, only=2), ours, x, t)
    if _gradient_needs_no_loss_before(student, make):
        x, t = _images(make, ours, 4, 2, 8, 8), make.integers(0, 5, 4)
        _same_gradients(theirs.gradient(x, t), ours, x, t)


def _gradient_needs_no_loss_before(student, make):
    """Whether the first gradient of a network is right; another criterion is about that."""
    theirs, ours = _network(student, make, *SQUARE)
    x, t = _images(make, ours, 4, 2, 8, 8), make.integers(0, 5, 4)
    return _right_gradients(theirs, ours, x, t)


def _right_gradients(theirs, ours, x, t, *, loss_before=False):
    """Whether the gradients are right, and the loss too if it is asked first."""
    try:
        if loss_before and not agrees(theirs.loss(x, t), ours.loss(x, t), **LOSS):
            return False
        _same_gradients(theirs.gradient(x, t), ours, x, t)
    except (WrongAnswer, StudentFailure):
        return False
    return True


def _steady(make, *shape):
    """Gradients of ordinary size, beside which an epsilon is nothing, wherever it stands."""
    return make.uniform(*shape, low=0.5, high=2.0) * make.rng.choice([-1.0, 1.0], shape)


def _same_updates(student, params, gradients, settings=(), **tolerance):
    """Let both optimisers make the same steps, and compare the parameters after each."""
    theirs, ours = student.Adam(*settings), source_lib.Adam(*settings)
    expected = {name: array.copy() for name, array in params.items()}
    kept = _KeptArrays(theirs)
    for step, grads in enumerate(gradients):
        after = theirs.update.inplace(params, grads).arguments[0]
        ours.update(expected, grads)
        if step == 0 and len(gradients) > 1:
            kept.remember({name: fetch(after[name]) for name in params})
        for name, array in expected.items():
            if not (
                step
                and np.array_equal(fetch(after[name]), params[name])
                and np.allclose(kept.now(name, array.shape), array, rtol=1e-4, atol=0)
            ):
                same(after[name], array, **tolerance)
        params = {name: array.copy() for name, array in expected.items()}


class _KeptArrays:
    """The arrays of an optimiser's first call, if it updates those, as PyTorch's do.

    In a network they are the same in all steps. Here they are others each time, since arrays
    travel by value: those of the first call are seen where the optimiser keeps them. One place is
    chosen for each parameter, once, and not by what is right: an optimiser may keep any number of
    arrays, and one of them might be right by chance.
    """

    def __init__(self, theirs):
        self._theirs = theirs
        self._first = {}
        self._chosen = {}

    def remember(self, results):
        """Take in what is kept after the first step: what is equal to its results."""
        held = self._held()
        for name, result in results.items():
            equal = {place: each for place, each in held.items() if np.array_equal(each, result)}
            self._first[name] = equal

    def now(self, name, shape):
        """What is in the chosen place now, where something has changed since; NaN if nowhere."""
        held = self._held()
        if name not in self._chosen:
            changed = (
                place
                for place, each in self._first[name].items()
                if place in held and not np.array_equal(held[place], each)
            )
            self._chosen[name] = next(changed, None)
        found = held.get(self._chosen[name])
        return found if found is not None and found.shape == shape else np.full(shape, np.nan)

    def _held(self):
        try:
            return held_arrays(self._theirs)
        except StudentFailure:
            return {}


@criterion("Adam.update.first_step")
def test_the_first_step_has_the_length_of_the_learning_rate(student, make):
    params = {"W": np.zeros((2, 3))}
    _same_updates(student, params, [{"W": _steady(make, 2, 3)}], rtol=1e-4)
    _same_updates(student, params, [{"W": _steady(make, 2, 3)}], (0.5,), rtol=1e-4)


@criterion("Adam.update.many_steps")
def test_many_steps_with_two_parameters(student, make):
    for settings in ((), (0.02, 0.8, 0.95)):
        params = {"W1": 0.01 * make.normal(2, 3), "b1": 0.01 * make.normal(3)}
        # Some of them large, as they are when a loss explodes: nothing was said about clipping.
        # Their keys are in another order: it is the names that belong together.
        gradients = [
            {"b1": size * _steady(make, 3), "W1": size * _steady(make, 2, 3)}
            for size in (1, 1, 20, 1, 1, 8, 1, 1)
        ]
        _same_updates(student, params, gradients, settings, rtol=1e-4)


@criterion("Adam.update.in_place")
def test_the_arrays_themselves_are_changed(student, make):
    for columns in (4, 5):
        grads = {"W": _steady(make, 3, columns)}
        params, expected = ({"W": np.zeros((3, columns))} for _ in range(2))
        source_lib.Adam().update(expected, grads)
        # What is in params afterwards may be a new array: the layers would still have the old one.
        after, grads_after = student.Adam().update.passed(params, grads).arguments
        itself = Text(en="The array itself that was in params", ja="paramsに入っていた配列そのもの")
        same(measured(after["W"], itself, fetch(after["W"])), expected["W"], rtol=1e-4)
        same(grads_after["W"], grads["W"])


@criterion("Adam.update.epsilon")
def test_epsilon_shows_where_gradients_are_tiny(student, make):
    for size in (1e-4, 1e-7):
        params = {"W": np.zeros((2, 3))}
        _same_updates(student, params, [{"W": size * _steady(make, 2, 3)}], rtol=1e-9)
