"""What batch_norm, BatchNorm, BasicBlock and SimpleResNet have to do, one thing at a time.

Parameters and gradients are random: ones would hide much, and a `dout` of ones has no gradient at
all behind a batch norm. Biases of convolutions in front of one stay 0: in training they do nothing,
and code that leaves them out is right.
"""

from contextlib import suppress

import numpy as np

import source_lib
from autograder.sandbox.host.session import StudentRaised
from autograder.suite import (
    agrees,
    as_before,
    criterion,
    keeps_dtype,
    keeps_weights,
    same,
    unchanged,
)
from autograder.suite.proxy import fetch

# An eps in another place changes less, where variances are of ordinary size: it costs what is about
# eps. Other wrong code differs by far more.
CLOSE = {"rtol": 1e-4, "atol": 1e-12}
# A gradient of a batch norm is a small difference of larger numbers.
NEAR = {"rtol": 2e-3, "atol": 1e-8}
# Where eps is the matter.
EXACT = {"rtol": 1e-7, "atol": 1e-10}
# Lets n - 1 pass for n = 2000, where that is not the question.
LOOSE = {"rtol": 2e-3}
# Fifteen batch norms in float32; a wrong network is off by about 1.
ROUGH = {"rtol": 1e-3}


def _images(make, *shape):
    """Random images, each channel with a centre and a scale of its own."""
    scale = make.uniform(1, shape[1], 1, 1, low=0.5, high=20.0)
    return scale * (make.normal(*shape) + make.normal(1, shape[1], 1, 1))


@criterion("batch_norm.one_image")
def test_each_channel_of_one_image_has_its_own_statistics(student, make):
    for C, H, W in ((3, 5, 7), (2, 6, 4), (1, 3, 5)):
        x = _images(make, 1, C, H, W)
        gamma, beta = np.ones(C), np.zeros(C)
        same(
            student.batch_norm(x, gamma, beta, 1e-5), source_lib.batch_norm(x, gamma, beta), **CLOSE
        )


@criterion("batch_norm.batch")
def test_all_images_share_the_statistics(student, make):
    for shape in ((4, 3, 2, 5), (2, 1, 2, 1), (4, 2, 1, 1), (2, 3, 1, 2)):
        # Images of different brightness: alone, each of them would come out otherwise.
        x = _images(make, *shape) + 3 * make.normal(shape[0], 1, 1, 1)
        gamma, beta = np.ones(shape[1]), np.zeros(shape[1])
        same(
            student.batch_norm(x, gamma, beta, 1e-5), source_lib.batch_norm(x, gamma, beta), **CLOSE
        )


def _standard(make, *shape):
    """Images that are normal already, many pixels: whether n or n - 1 divides hardly matters."""
    x = make.normal(*shape)
    x -= x.mean(axis=(0, 2, 3), keepdims=True)
    return x / x.std(axis=(0, 2, 3), keepdims=True)


@criterion("batch_norm.gamma_and_beta")
def test_each_channel_has_its_own_gamma_and_beta(student, make):
    # Also as wide, or as high, as there are channels: a vector on the wrong axis fits there.
    for shape in ((1, 3, 40, 50), (1, 3, 500, 3), (1, 4, 4, 500)):
        x, gamma, beta = _standard(make, *shape), make.normal(shape[1]), make.normal(shape[1])
        same(student.batch_norm(x, gamma, beta), source_lib.batch_norm(x, gamma, beta), **LOOSE)
    # beta is added last: without a gamma nothing of x is left, however wide it was.
    x, beta = 3 * make.normal(2, 3, 4, 5), make.normal(3)
    expected = source_lib.batch_norm(x, np.zeros(3), beta)
    same(student.batch_norm(x, np.zeros(3), beta), expected, **LOOSE)


@criterion("batch_norm.eps")
def test_eps_where_the_variance_is_tiny(student, make):
    gamma, beta = np.ones(2), np.zeros(2)
    for scale in (1e-3, 1e-2):
        x = scale * _standard(make, 1, 2, 40, 50)
        same(student.batch_norm(x, gamma, beta), source_lib.batch_norm(x, gamma, beta), **LOOSE)
        for eps in (1e-2, 1e-4):
            expected = source_lib.batch_norm(x, gamma, beta, eps)
            same(student.batch_norm(x, gamma, beta, eps), expected, **LOOSE)


@criterion("batch_norm.float32")
def test_float32_stays_float32_and_float64_stays_float64(student, make):
    for dtype in (np.float32, np.float64):
        x = 1 + _standard(make, 1, 2, 40, 50).astype(dtype)
        gamma, beta = np.ones(2, dtype), np.zeros(2, dtype)
        out = student.batch_norm(x, gamma, beta)
        same(out, source_lib.batch_norm(x, gamma, beta), **LOOSE)
        keeps_dtype(out, dtype)


@criterion("batch_norm.input_untouched")
def test_no_argument_is_changed_and_views_will_do(student, make):
    gamma, beta = np.ones(2), np.zeros(2)
    # A shift that is not part of the variance: code that subtracts it in place is noticed.
    every_other = np.zeros((1, 2, 40, 100)).swapaxes(2, 3)[:, :, ::2]
    every_other[:] = 1 + _standard(make, 1, 2, 50, 40)
    for x in (1 + _standard(make, 1, 2, 50, 40), every_other):
        expected = source_lib.batch_norm(x, gamma, beta)
        same(unchanged(student.batch_norm, x, gamma, beta), expected, **LOOSE)
    # Images of another variance, and other gammas and betas: 1 and 0 may be changed unnoticed. What
    # comes of them is other criteria's business.
    x = _images(make, 1, 2, 3, 4)
    unchanged(student.batch_norm, x, make.normal(2), make.normal(2))


def _layers(student, make, C, *args, gammas=False):
    """The student's layer and the reference; with random gamma and beta if asked for."""
    theirs, ours = student.BatchNorm(C, *args), source_lib.BatchNorm(C, *args)
    if gammas:
        ours.gamma, ours.beta = make.normal(C), make.normal(C)
        theirs.gamma, theirs.beta = ours.gamma, ours.beta
    return theirs, ours


@criterion("BatchNorm.forward.train")
def test_training_normalises_with_the_batch(student, make):
    theirs, ours = _layers(student, make, 3)
    others, another = _layers(student, make, 4, gammas=True)
    for shape in ((2, 3, 4, 5), (1, 3, 2, 3), (4, 3, 1, 1)):
        x = _images(make, *shape)
        same(theirs.forward(x, True), ours.forward(x), **CLOSE)
        x = _images(make, 3, 4, 2, 4)
        same(others.forward(x, True), another.forward(x), **CLOSE)
        same(others.forward(x), another.forward(x), **CLOSE)
    # A different eps, which is not small beside this variance.
    theirs, ours = _layers(student, make, 2, 0.1, 1e-2)
    x = 0.1 * make.normal(3, 2, 4, 5)
    same(theirs.forward(x, True), ours.forward(x), **CLOSE)


def _train(make, theirs, ours, C):
    for shape in ((2, C, 4, 5), (3, C, 2, 2), (1, C, 2, 2), (4, C, 1, 1)):
        x = _images(make, *shape)
        theirs.forward(x, True)
        ours.forward(x)


@criterion("BatchNorm.forward.running_mean")
def test_running_mean_gives_the_new_batch_the_weight_momentum(student, make):
    for args in ((), (0.3,), (0.05,)):
        theirs, ours = _layers(student, make, 3, *args)
        same(theirs.running_mean, ours.running_mean)
        for _ in range(2):
            _train(make, theirs, ours, 3)
            same(theirs.running_mean, ours.running_mean, **CLOSE)


@criterion("BatchNorm.forward.running_var")
def test_running_var_starts_at_one_and_averages_the_unbiased_variance(student, make):
    for args in ((), (0.3,)):
        theirs, ours = _layers(student, make, 2, *args)
        same(theirs.running_var, ours.running_var)
        for _ in range(2):
            _train(make, theirs, ours, 2)
            same(theirs.running_var, ours.running_var, **CLOSE)
    # eps is no part of the variance, and 5 beside variances of about 100 is not small.
    theirs, ours = _layers(student, make, 2, 0.1, 5.0)
    _train(make, theirs, ours, 2)
    same(theirs.running_var, ours.running_var, **CLOSE)


def _settled(student, make, x, *args):
    """Layers trained with x, the reference's with the running statistics of the student's.

    What updating makes of them is other criteria's business. They are given to the student's layer
    only where they are of no use: it may keep more than these two.
    """
    theirs, ours = _layers(student, make, x.shape[1], *args)
    ours.forward(x)
    try:
        theirs.forward(x, True)
        own = [fetch(each) for each in (theirs.running_mean, theirs.running_var)]
    except StudentRaised:
        own = []
    if own and all(map(_ordinary, own, (ours.running_mean, ours.running_var))):
        ours.running_mean, ours.running_var = own
    else:
        theirs.running_mean, theirs.running_var = ours.running_mean, ours.running_var
    return theirs, ours


def _ordinary(own, right):
    """Whether statistics are numbers of a size that lets the images show."""
    if not isinstance(own, np.ndarray) or own.shape != right.shape or own.dtype.kind != "f":
        return False
    return bool((np.abs(own) <= 20 * np.abs(right).max()).all()) and not (
        (right > 0).all() and (own <= right.min() / 20).any()
    )


@criterion("BatchNorm.forward.eval")
def test_use_takes_the_running_statistics(student, make):
    # Not trained at all: mean 0 and variance 1.
    theirs, ours = _layers(student, make, 2)
    x = _images(make, 3, 2, 2, 3)
    same(theirs.forward(x, False), ours.forward(x, train=False), **CLOSE)
    theirs, ours = _settled(student, make, _images(make, 2, 3, 4, 5), 0.5)
    ours.gamma, ours.beta = make.normal(3), make.normal(3)
    theirs.gamma, theirs.beta = ours.gamma, ours.beta
    x = _images(make, 4, 3, 3, 5)
    for batch in (x, x[:1], x[2:3, :, :1, :1], x):
        same(theirs.forward(batch, False), ours.forward(batch, train=False), **CLOSE)
    # An eps beside which this variance is small. Whether it stands inside or outside the root is
    # another criterion's business: of 0.2025 + 0.1 the root is 0.45 + 0.1.
    x = _standard(make, 2, 2, 3, 4)
    x *= 0.45 * np.sqrt(1 - 1 / 24)
    theirs, ours = _settled(student, make, x + make.normal(1, 2, 1, 1), 1.0, 0.1)
    x = make.normal(2, 2, 3, 4)
    same(theirs.forward(x, False), ours.forward(x, train=False), **CLOSE)


@criterion("BatchNorm.forward.eval_changes_nothing")
def test_use_leaves_the_running_statistics(student, make):
    theirs, ours = _settled(student, make, _images(make, 2, 3, 4, 5), 0.5)
    for _ in range(2):
        x = _images(make, 2, 3, 4, 5)
        expected = ours.forward(x, train=False)
        for _ in range(2):
            same(theirs.forward(x, False), expected, **CLOSE)
        same(theirs.running_mean, ours.running_mean)
        same(theirs.running_var, ours.running_var)


@criterion("BatchNorm.forward.float32")
def test_batches_of_float32_stay_float32_and_as_they_were(student, make):
    theirs, ours = _layers(student, make, 2)
    for dtype in (np.float32, np.float64):
        ours.gamma, ours.beta = np.ones(2, dtype), np.zeros(2, dtype)
        theirs.gamma, theirs.beta = ours.gamma, ours.beta
        x = 1 + _standard(make, 2, 2, 25, 40).astype(dtype)
        for train in (True, False):
            # What became of the running statistics is another criterion's business.
            theirs.running_mean, theirs.running_var = ours.running_mean, ours.running_var
            out = unchanged(theirs.forward, x, train)
            same(out, ours.forward(x, train), **LOOSE)
            keeps_dtype(out, dtype)


def _there_and_back(make, theirs, ours, *shape, scale=1.0):
    """Run both layers forward; dout, the student's dx, and the reference's."""
    x, dout = scale * make.normal(*shape), make.normal(*shape)
    theirs.forward(x, True)
    ours.forward(x)
    return dout, theirs.backward(dout), ours.backward(dout)


SHAPES = ((2, 3, 4, 5), (1, 3, 5, 2), (5, 3, 3, 1))


@criterion("BatchNorm.backward.dbeta")
def test_gradient_of_beta(student, make):
    theirs, ours = _layers(student, make, 3)
    for shape in SHAPES:
        _there_and_back(make, theirs, ours, *shape)
        same(theirs.dbeta, ours.dbeta, **CLOSE)


@criterion("BatchNorm.backward.dgamma")
def test_gradient_of_gamma(student, make):
    theirs, ours = _layers(student, make, 3)
    for shape in SHAPES:
        _there_and_back(make, theirs, ours, *shape)
        same(theirs.dgamma, ours.dgamma, **CLOSE)


@criterion("BatchNorm.backward.dx")
def test_gradient_of_x(student, make):
    theirs, ours = _layers(student, make, 3)
    for shape in SHAPES:
        _, dx, expected = _there_and_back(make, theirs, ours, *shape)
        same(dx, expected, **NEAR)


def _direct(make, x):
    """A dout that changes neither mean nor std of any channel: its gradient takes one path only."""
    dout = make.normal(*x.shape)
    for c in range(x.shape[1]):
        others = np.stack([np.ones(x[:, c].size), x[:, c].ravel()], axis=1)
        wanted = dout[:, c].ravel()
        along = others @ np.linalg.lstsq(others, wanted, rcond=None)[0]
        dout[:, c] = (wanted - along).reshape(x[:, c].shape)
    return dout


@criterion("BatchNorm.backward.gamma")
def test_gradients_with_other_gammas_and_betas(student, make):
    # As wide as there are channels: a gamma on the wrong axis fits there.
    for shape in ((2, 3, 4, 3), (2, 4, 4, 2)):
        theirs, ours = _layers(student, make, shape[1], gammas=True)
        x = make.normal(*shape)
        theirs.forward(x, True)
        ours.forward(x)
        dout = _direct(make, x)
        same(theirs.backward(dout), ours.backward(dout), **NEAR)
        dout = make.normal(*shape)
        theirs.backward(dout)
        ours.backward(dout)
        same(theirs.dgamma, ours.dgamma, **CLOSE)


@criterion("BatchNorm.backward.few_numbers")
def test_gradients_of_few_numbers_and_of_tiny_variance(student, make):
    theirs, ours = _layers(student, make, 2)
    for shape, scale in (((2, 2, 1, 2), 1.0), ((1, 2, 2, 2), 1.0), ((3, 2, 2, 3), 3e-3)):
        _, dx, expected = _there_and_back(make, theirs, ours, *shape, scale=scale)
        same(dx, expected, **EXACT)


@criterion("BatchNorm.backward.several_calls")
def test_gradients_belong_to_the_last_batch_and_are_overwritten(student, make):
    theirs, ours = _layers(student, make, 2)
    another = student.BatchNorm(2)
    # Gammas that are not 1: to multiply dout by 1 in place would be no harm.
    gammas, betas = make.uniform(2, low=0.5, high=2.0), make.normal(2)
    with_gammas = student.BatchNorm(2)
    with_gammas.gamma, with_gammas.beta = gammas, betas
    with_gammas.forward(make.normal(2, 2, 3, 4), True)
    dout = make.normal(2, 2, 3, 4)
    keeps_weights(with_gammas, "backward", dout, names=("gamma", "beta"))
    first = make.normal(2, 2, 3, 4)
    out = theirs.forward(first, True)
    for shape in ((2, 2, 3, 4), (3, 2, 2, 5)):
        x = make.normal(*shape)
        theirs.forward(x, True)
        ours.forward(x)
        another.forward(make.normal(*shape), True)  # A network has several, each with its own.
        dout = _direct(make, x)
        for _ in range(2):
            same(unchanged(theirs.backward, dout), ours.backward(dout), **NEAR)
        dout = make.normal(*shape)
        ours.backward(dout)
        for _ in range(2):
            unchanged(theirs.backward, dout)
        same(theirs.dbeta, ours.dbeta, **CLOSE)
    # Neither gamma nor beta has moved.
    as_before(theirs.forward(first, True), out, **CLOSE)


def _random_parameters(make, params, lift=0.0):
    """New gammas and betas for a block or a network, none of them at its start.

    Weights stay as the reference drew them, biases at 0. A `lift` on all betas makes every result
    of a batch norm positive: then it does not matter where a relu stands.
    """
    for name, array in params.items():
        key = name.rpartition(".")[2]
        if key.startswith("gamma"):
            params[name] = make.uniform(*array.shape, low=0.5, high=1.5, dtype=array.dtype)
        elif key.startswith("beta"):
            params[name] = make.normal(*array.shape, dtype=array.dtype) / 2 + lift


def _any_numbers(answer, *shape):
    """Images of this shape; the parameters are as the student made them."""
    same(answer, np.zeros(shape), rtol=0, atol=1e6)


def _blocks(student, make, *sizes, lift=0.0):
    """The student's block and the reference, with the same random parameters."""
    theirs = student.BasicBlock(*sizes)
    ours = source_lib.BasicBlock(*sizes, rng=make.rng)
    _set_block(make, theirs, ours, lift)
    return theirs, ours


def _set_block(make, theirs, ours, lift=0.0):
    _random_parameters(make, ours.params, lift)
    theirs.params.set_items(ours.params)


def _same_projection(student, make, sizes, *shapes, lift=30.0):
    for shape in shapes:
        theirs, ours = _blocks(student, make, *sizes, lift=lift)
        x = make.normal(*shape)
        same(unchanged(theirs.forward, x, True), ours.forward(x), **NEAR)


@criterion("BasicBlock.forward.same_shape")
def test_the_shortcut_is_x_itself(student, make):
    fresh = student.BasicBlock(3, 3)
    same(fresh.params["gamma1"], np.ones(3))
    same(fresh.params["beta1"], np.zeros(3))
    theirs, ours = _blocks(student, make, 3, 3)
    for shape in ((2, 3, 4, 6), (1, 3, 5, 5)):
        x = make.normal(*shape)
        same(unchanged(theirs.forward, x, True), ours.forward(x), **NEAR)
        # Other parameters from now on: they must be read again, not cached.
        ours.params["W2"] = make.normal(3, 3, 3, 3)
        _set_block(make, theirs, ours)
    same(theirs.forward(x), ours.forward(x), **NEAR)


@criterion("BasicBlock.forward.other_channels")
def test_a_projection_changes_the_channels(student, make):
    for sizes in ((2, 3), (4, 2), (1, 3)):
        _same_projection(student, make, sizes, (2, sizes[0], 5, 4))
        x = make.normal(2, sizes[0], 5, 4)
        _any_numbers(student.BasicBlock(*sizes).forward(x, True), 2, sizes[1], 5, 4)
    if _same_without_a_projection(student, make):
        _same_projection(student, make, (2, 3), (2, 2, 5, 4), (3, 2, 4, 4), lift=0.0)


def _same_without_a_projection(student, make):
    """Whether the relus stand where they should in a block of the same shape.

    Another criterion is about that; here it tells what the shortcut does to them.
    """
    theirs, ours = _blocks(student, make, 3, 3)
    x = make.normal(2, 3, 5, 4)
    try:
        return agrees(theirs.forward(x, True), ours.forward(x), **NEAR)
    except StudentRaised:
        return False


@criterion("BasicBlock.forward.stride_2")
def test_a_projection_halves_the_size(student, make):
    _same_projection(student, make, (3, 3, 2), (2, 3, 6, 6), (3, 3, 4, 4))
    _same_projection(student, make, (3, 3, 3), (2, 3, 6, 6))


@criterion("BasicBlock.forward.odd_sizes")
def test_odd_sizes_that_are_not_square(student, make):
    _same_projection(student, make, (2, 3, 2), (2, 2, 5, 8), (2, 2, 6, 7))
    _same_projection(student, make, (2, 4, 3), (2, 2, 7, 8))


def _residual(x, params):
    """F(x) at stride 1, by the reference's layers."""
    for number in ("1", "2"):
        W, b, gamma, beta = (params[name + number] for name in ("W", "b", "gamma", "beta"))
        out = source_lib.batch_norm(source_lib.Convolution(W, b, 1, 1).forward(x), gamma, beta)
        x = np.maximum(out, 0)
    return out


@criterion("BasicBlock.forward.residual")
def test_the_residual_is_taken_before_the_sum(student, make):
    for shape in ((2, 3, 4, 5), (1, 3, 4, 4)):
        theirs, ours = _blocks(student, make, 3, 3)
        x = make.normal(*shape)
        theirs.forward(x, True)
        same(theirs.residual, _residual(x, ours.params), **NEAR)


@criterion("BasicBlock.forward.eval")
def test_a_trained_block_in_use(student, make):
    for sizes in ((3, 3, 1), (2, 4, 2)):
        theirs, ours = _blocks(student, make, *sizes, lift=30.0)
        for _ in range(3):
            x = make.normal(3, sizes[0], 4, 6)
            theirs.forward(x, True)
            ours.forward(x)
        x = make.normal(3, sizes[0], 4, 6)
        for batch in (x, x[1:2], x):
            same(theirs.forward(batch, False), ours.forward(batch, train=False), **NEAR)


def _network(student, make, *classes):
    """The student's network, and the random parameters that it got; the reference gets them too.

    All criteria use the same ones, which take long to draw; with fewer classes, the first columns
    of the last layer.
    """
    theirs = student.SimpleResNet(*classes)
    network = make.shared("network")
    params = network.once(lambda: _drawn(network))
    for last in ("fc.W", "fc.b"):
        params[last] = np.ascontiguousarray(params[last][..., : classes[0] if classes else 10])
    own, of_blocks = {}, {}
    for name, array in params.items():
        owner, _, key = name.rpartition(".")
        if owner in ("stem", "fc"):
            own[name] = array
        else:
            of_blocks.setdefault(owner, {})[key] = array
    theirs.params.set_items(own)
    for block, arrays in of_blocks.items():
        stage, _, number = block.partition(".")
        getattr(theirs, stage)[int(number)].params.set_items(arrays)
    return theirs, params


def _drawn(make):
    params = source_lib.SimpleResNet(rng=make.rng, dtype=np.float32).params
    _random_parameters(make, params)
    return params


def _reference(params):
    ours = source_lib.SimpleResNet(params["fc.b"].size, dtype=np.float32)
    ours.params |= params
    return ours


def _pictures(make, N, H, W):
    return make.normal(N, 3, H, W, dtype=np.float32)


@criterion("SimpleResNet.forward.scores")
def test_scores_of_pictures_of_32x32(student, make):
    fresh = student.SimpleResNet()
    _any_numbers(fresh.forward(_pictures(make, 1, 32, 32), True), 1, 10)
    _any_numbers(fresh.params["stem.W"], 64, 3, 7, 7)
    theirs, params = _network(student, make)
    theirs.params["fc.b"] = params["fc.b"] = make.normal(10, dtype=np.float32)
    two, one = (_pictures(make, N, 32, 32) for N in (2, 1))

    def scores():
        ours = _reference(params)
        return [ours.forward(x) for x in (two, one, one)]

    expected = make.once(scores)
    same(unchanged(theirs.forward, two, True), expected[0], **ROUGH)
    same(theirs.forward(one, True), expected[1], **ROUGH)
    same(theirs.forward(one), expected[2], **ROUGH)


@criterion("SimpleResNet.forward.other_sizes")
def test_scores_of_other_pictures_and_classes(student, make):
    theirs, params = _network(student, make, 7)
    batches = [_pictures(make, 2, height, width) for height, width in ((40, 40), (20, 28))]

    def scores():
        ours = _reference(params)
        return [ours.forward(x) for x in batches]

    for x, expected in zip(batches, make.once(scores), strict=True):
        same(theirs.forward(x, True), expected, **ROUGH)


@criterion("SimpleResNet.forward.eval")
def test_a_trained_network_in_use(student, make):
    theirs, params = _network(student, make)
    seen, x = (_pictures(make, 2, 32, 32) for _ in range(2))
    theirs.forward(seen, True)
    batches = (x, x[:1])

    def scores():
        ours = _reference(params)
        ours.forward(seen)
        return [ours.forward(batch, train=False) for batch in batches]

    for batch, expected in zip(batches, make.once(scores), strict=True):
        same(theirs.forward(batch, False), expected, **ROUGH)


def _block_backward(student, make, sizes, *shape):
    theirs, ours = _blocks(student, make, *sizes)
    x = make.normal(*shape)
    dout = make.normal(*ours.forward(x).shape)
    theirs.forward(x, True)
    return theirs, theirs.backward(dout), ours, ours.backward(dout)


@criterion("BasicBlock.backward.same_shape")
def test_gradient_through_both_arms(student, make):
    for shape in ((2, 3, 4, 5), (1, 3, 6, 3)):
        _, dx, _, expected = _block_backward(student, make, (3, 3), *shape)
        same(dx, expected, **NEAR)


@criterion("BasicBlock.backward.projection")
def test_gradient_through_a_projection(student, make):
    for sizes in ((2, 4, 1), (3, 3, 2), (2, 3, 2)):
        _, dx, _, expected = _block_backward(student, make, sizes, 2, sizes[0], 5, 4)
        same(dx, expected, **NEAR)


@criterion("BasicBlock.backward.grads")
def test_gradients_of_all_parameters(student, make):
    for sizes in ((2, 2, 1), (2, 3, 2)):
        theirs, _, ours, _ = _block_backward(student, make, sizes, 2, 2, 5, 6)
        for name, gradient in ours.grads.items():
            # The biases' gradients are 0 but for rounding.
            if not name.startswith("b_") and name not in ("b1", "b2"):
                same(theirs.grads[name], gradient, **NEAR)


@criterion("BasicBlock.backward.several_calls")
def test_a_second_backward_gives_the_same(student, make):
    theirs, ours = _blocks(student, make, 3, 3)
    another = student.BasicBlock(3, 3)
    for shape in ((2, 3, 4, 5), (2, 3, 3, 6)):
        x = make.normal(*shape)
        dout = make.normal(*ours.forward(x).shape)
        theirs.forward(x, True)
        another.forward(make.normal(*shape), True)  # A network has several, each with its own.
        expected = ours.backward(dout)
        for _ in range(2):
            same(unchanged(theirs.backward, dout), expected, **NEAR)
            same(theirs.grads["W1"], ours.grads["W1"], **NEAR)
    # What comes of a projection is another criterion's business.
    theirs, ours = _blocks(student, make, 2, 3, 2)
    x = make.normal(2, 2, 5, 4)
    dout = make.normal(*ours.forward(x).shape)
    with suppress(StudentRaised):
        theirs.forward(x, True)
        unchanged(theirs.backward, dout)
