"""PyTorch as the oracle, in float64: forward and backward of every layer and both networks.

Skipped where PyTorch is not installed (`pip install convgrade[oracle]`). Shapes, strides, paddings,
dtypes and memory layouts are drawn by Hypothesis; nothing of PyTorch's is used by source_lib.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import source_lib as ours

torch = pytest.importorskip("torch")
F = torch.nn.functional
torch.set_num_threads(1)

THOROUGH = settings(max_examples=120, deadline=None, derandomize=True, database=None)
QUICK = settings(max_examples=40, deadline=None, derandomize=True, database=None)
TOLERANCE = {np.float64: 1e-10, np.float32: 2e-4}

dtypes = st.sampled_from([np.float64, np.float64, np.float32])
seeds = st.integers(0, 2**32)


def spoil(array, layout):
    """Return the same values in another memory layout."""
    if layout == "fortran":
        return np.asfortranarray(array)
    if layout == "every second":
        wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), np.nan, dtype=array.dtype)
        wide[..., ::2] = array
        return wide[..., ::2]
    if layout == "backwards":
        return np.flip(np.flip(array).copy())
    return array


layouts = st.sampled_from(["plain", "plain", "fortran", "every second", "backwards"])


def plain(array):
    """Return a tensor of PyTorch's, which takes no negative strides."""
    return torch.tensor(array.copy())


def leaf(array):
    """Return a tensor of PyTorch's that collects a gradient."""
    return plain(array).requires_grad_()


def close(got, expected, dtype):
    got, expected = np.asarray(got), expected.detach().numpy()
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype == dtype
    size = max(1.0, float(np.abs(expected).max(initial=0)))
    assert_allclose(got, expected, rtol=0, atol=TOLERANCE[dtype] * size)


@st.composite
def windows(draw, max_pad=3):
    """N, C, H, W and a window, stride, pad that fit."""
    pad, stride = draw(st.integers(0, max_pad)), draw(st.integers(1, 4))
    N, C = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    H, W = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    h = draw(st.integers(1, min(5, H + 2 * pad)))
    w = draw(st.integers(1, min(5, W + 2 * pad)))
    return (N, C, H, W), h, w, stride, pad


@st.composite
def pooling_windows(draw):
    """As `windows`, with a padding that PyTorch's pooling takes: at most half of the window."""
    h, w = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    pad, stride = draw(st.integers(0, min(h, w) // 2)), draw(st.integers(1, 4))
    N, C = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    H = draw(st.integers(max(1, h - 2 * pad), 12))
    W = draw(st.integers(max(1, w - 2 * pad), 12))
    return (N, C, H, W), h, w, stride, pad


@THOROUGH
@given(windows(), st.integers(1, 5), dtypes, layouts, seeds)
def test_convolution(window, filters, dtype, layout, seed):
    shape, h, w, stride, pad = window
    rng = np.random.default_rng(seed)
    x = spoil(rng.normal(size=shape).astype(dtype), layout)
    W = spoil(rng.normal(size=(filters, shape[1], h, w)).astype(dtype), layout)
    b = spoil(rng.normal(size=filters).astype(dtype), layout)
    tx, tW, tb = leaf(x), leaf(W), leaf(b)
    expected = F.conv2d(tx, tW, tb, stride, pad)
    d = spoil(rng.normal(size=expected.shape).astype(dtype), layout)
    expected.backward(plain(d))

    conv = ours.Convolution(W, b, stride, pad)
    close(conv.forward(x), expected, dtype)
    close(conv.backward(d), tx.grad, dtype)
    close(conv.dW, tW.grad, dtype)
    close(conv.db, tb.grad, dtype)


@pytest.mark.parametrize(
    ("x_shape", "W_shape", "stride", "pad"),
    [
        ((5, 3, 96, 64), (8, 3, 3, 3), 1, 1),  # several blocks an image
        ((40, 4, 20, 20), (6, 4, 5, 5), 2, 2),  # several images a block
        ((2, 64, 30, 30), (16, 64, 3, 3), 1, 1),
        ((2, 3, 64, 64), (8, 3, 7, 7), 2, 3),
    ],
)
def test_convolution_in_many_blocks(x_shape, W_shape, stride, pad):
    rng = np.random.default_rng(0)
    x, W, b = rng.normal(size=x_shape), rng.normal(size=W_shape), rng.normal(size=W_shape[0])
    tx, tW, tb = leaf(x), leaf(W), leaf(b)
    expected = F.conv2d(tx, tW, tb, stride, pad)
    d = rng.normal(size=expected.shape)
    expected.backward(plain(d))
    conv = ours.Convolution(W, b, stride, pad)
    close(conv.forward(x), expected, np.float64)
    close(conv.backward(d), tx.grad, np.float64)
    close(conv.dW, tW.grad, np.float64)
    close(conv.db, tb.grad, np.float64)


@THOROUGH
@given(windows(), dtypes, layouts, seeds)
def test_im2col_and_col2im(window, dtype, layout, seed):
    shape, h, w, stride, pad = window
    rng = np.random.default_rng(seed)
    x = spoil(rng.normal(size=shape).astype(dtype), layout)
    col = ours.im2col(x, h, w, stride, pad)
    # PyTorch's matrix is (N, columns, positions).
    unfolded = F.unfold(plain(x), (h, w), padding=pad, stride=stride)
    assert_array_equal(col.reshape(shape[0], -1, col.shape[1]), unfolded.numpy().transpose(0, 2, 1))

    c = spoil(rng.normal(size=col.shape).astype(dtype), layout)
    per_image = np.ascontiguousarray(c).reshape(shape[0], -1, c.shape[1]).transpose(0, 2, 1)
    folded = F.fold(torch.tensor(per_image), shape[2:], (h, w), padding=pad, stride=stride)
    close(ours.col2im(c, shape, h, w, stride, pad), folded, dtype)


@THOROUGH
@given(pooling_windows(), dtypes, layouts, st.booleans(), seeds)
def test_max_pooling(window, dtype, layout, ties, seed):
    shape, h, w, stride, pad = window
    rng = np.random.default_rng(seed)
    values = rng.integers(-3, 0, size=shape) if ties else rng.normal(size=shape)
    x = spoil(values.astype(dtype), layout)
    tx = leaf(x)
    expected = F.max_pool2d(tx, (h, w), stride, pad)
    d = spoil(rng.normal(size=expected.shape).astype(dtype), layout)
    expected.backward(plain(d))
    pool = ours.Pooling(h, w, stride, pad)
    assert_array_equal(pool.forward(x), expected.detach().numpy())
    close(pool.backward(d), tx.grad, dtype)


@THOROUGH
@given(pooling_windows(), dtypes, layouts, seeds)
def test_average_pooling(window, dtype, layout, seed):
    shape, h, w, stride, pad = window
    rng = np.random.default_rng(seed)
    x = spoil(rng.normal(size=shape).astype(dtype), layout)
    tx = leaf(x)
    expected = F.avg_pool2d(tx, (h, w), stride, pad)
    d = spoil(rng.normal(size=expected.shape).astype(dtype), layout)
    expected.backward(plain(d))
    pool = ours.AveragePooling(h, w, stride, pad)
    close(pool.forward(x), expected, dtype)
    close(pool.backward(d), tx.grad, dtype)


sizes = st.integers(1, 6)


@QUICK
@given(st.tuples(sizes, sizes, sizes, sizes), dtypes, layouts, seeds)
def test_global_average_pooling(shape, dtype, layout, seed):
    rng = np.random.default_rng(seed)
    x = spoil(rng.normal(size=shape).astype(dtype), layout)
    cases = [
        (ours.GlobalAveragePooling2D(), x, F.adaptive_avg_pool2d, 1),
        (ours.GlobalAveragePooling1D(), x[:, :, 0], F.adaptive_avg_pool1d, 1),
    ]
    for gap, values, oracle, size in cases:
        tx = leaf(values)
        expected = oracle(tx, size).reshape(shape[:2])
        d = rng.normal(size=expected.shape).astype(dtype)
        expected.backward(plain(d))
        close(gap.forward(values), expected, dtype)
        close(gap.backward(d), tx.grad, dtype)
        last = type(gap)("channels_last")
        close(last.forward(np.moveaxis(values, 1, -1)), expected, dtype)
        close(np.moveaxis(last.backward(d), -1, 1), tx.grad, dtype)


@QUICK
@given(st.tuples(sizes, sizes, sizes), dtypes, layouts, seeds)
def test_relu_and_affine(shape, dtype, layout, seed):
    N, inputs, outputs = shape
    rng = np.random.default_rng(seed)
    x = spoil(rng.integers(-2, 3, size=(N, inputs)).astype(dtype), layout)  # zeros among them
    W = spoil(rng.normal(size=(inputs, outputs)).astype(dtype), layout)
    b = rng.normal(size=outputs).astype(dtype)
    tx, tW, tb = leaf(x), leaf(W), leaf(b)
    expected = F.linear(F.relu(tx), tW.T, tb)
    d = spoil(rng.normal(size=(N, outputs)).astype(dtype), layout)
    expected.backward(plain(d))
    relu, affine = ours.Relu(), ours.Affine(W, b)
    close(affine.forward(relu.forward(x)), expected, dtype)
    close(relu.backward(affine.backward(d)), tx.grad, dtype)
    close(affine.dW, tW.grad, dtype)
    close(affine.db, tb.grad, dtype)


@QUICK
@given(st.integers(1, 6), st.integers(1, 6), dtypes, st.sampled_from([1, 30, 900]), seeds)
def test_softmax_with_loss(N, classes, dtype, scale, seed):
    rng = np.random.default_rng(seed)
    x = (scale * rng.normal(size=(N, classes))).astype(dtype)
    t = rng.integers(0, classes, size=N)
    tx = leaf(x)
    expected = F.cross_entropy(tx, torch.tensor(t))
    (2.5 * expected).backward()
    loss = ours.SoftmaxWithLoss()
    assert loss.forward(x, t) == pytest.approx(expected.item(), rel=1e-5, abs=1e-6)
    close(loss.backward(2.5), tx.grad, dtype)
    close(ours.softmax(x), F.softmax(tx, dim=1), dtype)


@QUICK
@given(
    st.tuples(st.integers(2, 4), sizes, sizes, sizes),
    dtypes, layouts, st.sampled_from([0.1, 0.6]), seeds,
)  # fmt: skip
def test_batch_norm(shape, dtype, layout, momentum, seed):
    rng = np.random.default_rng(seed)
    C = shape[1]
    theirs = torch.nn.BatchNorm2d(C, momentum=momentum, dtype=leaf(np.zeros(1, dtype)).dtype)
    bn = ours.BatchNorm(C, momentum=momentum)
    bn.gamma, bn.beta = rng.normal(size=C).astype(dtype), rng.normal(size=C).astype(dtype)
    with torch.no_grad():
        theirs.weight.copy_(torch.tensor(bn.gamma))
        theirs.bias.copy_(torch.tensor(bn.beta))
    for train in (True, True, True, False):
        # Values well apart: with a variance near 0 both would only compare their rounding.
        x = spoil((3 * rng.permutation(np.prod(shape)).reshape(shape)).astype(dtype) / 10, layout)
        d = spoil(rng.normal(size=shape).astype(dtype), layout)
        theirs.train(train)
        theirs.zero_grad()
        tx = leaf(x)
        expected = theirs(tx)
        expected.backward(plain(d))
        close(bn.forward(x, train), expected, dtype)
        close(bn.backward(d), tx.grad, dtype)
        close(bn.dgamma, theirs.weight.grad, dtype)
        close(bn.dbeta, theirs.bias.grad, dtype)
        assert_allclose(bn.running_mean, theirs.running_mean.numpy(), rtol=1e-5)
        assert_allclose(bn.running_var, theirs.running_var.numpy(), rtol=1e-5)
    close(ours.batch_norm(x, bn.gamma, bn.beta), theirs.train()(leaf(x)), dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_optimizers(dtype):
    rng = np.random.default_rng(0)
    pairs = [
        (ours.SGD(0.1), lambda p: torch.optim.SGD(p, 0.1)),
        (ours.Momentum(0.1, 0.8), lambda p: torch.optim.SGD(p, 0.1, momentum=0.8)),
        (ours.AdaGrad(0.1), lambda p: torch.optim.Adagrad(p, 0.1)),
        (ours.Adam(0.1, 0.8, 0.99), lambda p: torch.optim.Adam(p, 0.1, betas=(0.8, 0.99))),
        (ours.Adam(), torch.optim.Adam),
    ]
    for optimizer, make_theirs in pairs:
        params = {
            name: rng.normal(size=shape).astype(dtype) for name, shape in (("W", (3, 2)), ("b", 2))
        }
        tensors = {name: leaf(value) for name, value in params.items()}
        theirs = make_theirs(list(tensors.values()))
        for _ in range(20):
            grads = {
                name: rng.normal(size=value.shape).astype(dtype) for name, value in params.items()
            }
            optimizer.update(params, grads)
            for name, tensor in tensors.items():
                tensor.grad = torch.tensor(grads[name])
            theirs.step()
            for name, tensor in tensors.items():
                close(params[name], tensor, dtype)


def test_conv1x1_and_upsampling():
    rng = np.random.default_rng(0)
    x, W, b = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(6, 3)), rng.normal(size=6)
    expected = F.conv2d(leaf(x), leaf(W.reshape(6, 3, 1, 1)), leaf(b))
    close(ours.conv1x1(x, W, b), expected, np.float64)
    close(ours.upsample_nearest(x, 3), F.interpolate(leaf(x), scale_factor=3), np.float64)


def torch_block(x, p, stride, train=True):
    """ResNet's basic block with the parameters of a dictionary of tensors."""

    def norm(x, key):
        return F.batch_norm(x, None, None, p["gamma" + key], p["beta" + key], training=train)

    out = F.relu(norm(F.conv2d(x, p["W1"], p["b1"], stride, 1), "1"))
    out = norm(F.conv2d(out, p["W2"], p["b2"], 1, 1), "2")
    if "W_shortcut" in p:
        x = norm(F.conv2d(x, p["W_shortcut"], p["b_shortcut"], stride), "_shortcut")
    return F.relu(out + x)


def spread(params, rng):
    """Move all parameters off their starting values, so that no 1 or 0 hides an error."""
    for name, value in params.items():
        params[name] = value + rng.normal(0, 0.1, size=value.shape)


@QUICK
@given(st.tuples(sizes, sizes, st.integers(1, 3)), st.tuples(sizes, sizes), layouts, seeds)
def test_basic_block(settings_, size, layout, seed):
    rng = np.random.default_rng(seed)
    block = ours.BasicBlock(*settings_, rng=rng)
    spread(block.params, rng)
    x = spoil(rng.normal(size=(3, settings_[0], *size)), layout)
    tx, p = leaf(x), {name: leaf(value) for name, value in block.params.items()}
    expected = torch_block(tx, p, settings_[2])
    d = spoil(rng.normal(size=expected.shape), layout)
    expected.backward(plain(d))
    close(block.forward(x), expected, np.float64)
    # Where a channel has only a few values its variance may be near 0, and gradients large.
    close(block.backward(d), tx.grad, np.float64)
    for name, tensor in p.items():
        close(block.grads[name], tensor.grad, np.float64)


def test_simple_resnet_logits_and_every_gradient():
    rng = np.random.default_rng(0)
    net = ours.SimpleResNet(rng=rng)
    spread(net.params, rng)
    x, t = rng.normal(size=(2, 3, 32, 32)), np.array([3, 7])

    tx, p = leaf(x), {name: leaf(value) for name, value in net.params.items()}
    out = F.conv2d(tx, p["stem.W"], p["stem.b"], 2, 3)
    out = F.relu(F.batch_norm(out, None, None, p["stem.gamma"], p["stem.beta"], training=True))
    for name, stride in (
        ("layer1.0", 1), ("layer1.1", 1), ("layer2.0", 2), ("layer2.1", 1), ("layer3.0", 2),
        ("layer3.1", 1),
    ):  # fmt: skip
        of_block = {key[len(name) + 1 :]: v for key, v in p.items() if key.startswith(name)}
        out = torch_block(out, of_block, stride)
    expected = out.mean(dim=(2, 3)) @ p["fc.W"] + p["fc.b"]
    F.cross_entropy(expected, torch.tensor(t)).backward()

    loss = ours.SoftmaxWithLoss()
    logits = net.forward(x)
    close(logits, expected, np.float64)
    loss.forward(logits, t)
    close(net.backward(loss.backward()), tx.grad, np.float64)
    assert len(p) == 62
    for name, tensor in p.items():
        close(net.grads[name], tensor.grad, np.float64)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_simple_convnet_logits_and_every_gradient(dtype):
    rng = np.random.default_rng(0)
    net = ours.SimpleConvNet(weight_init_std=0.1, rng=rng, dtype=dtype)
    for name in ("b1", "b2", "b3"):
        net.params[name] += rng.normal(0, 0.1, size=net.params[name].shape).astype(dtype)
    (x, t), _ = ours.load_mnist()
    x, t = x[:20].astype(dtype), t[:20]
    p = {name: leaf(value) for name, value in net.params.items()}
    out = F.max_pool2d(F.relu(F.conv2d(torch.tensor(x), p["W1"], p["b1"])), 2).flatten(1)
    expected = F.relu(out @ p["W2"] + p["b2"]) @ p["W3"] + p["b3"]
    theirs = F.cross_entropy(expected, torch.tensor(t))
    theirs.backward()
    close(net.predict(x), expected, dtype)
    assert net.loss(x, t) == pytest.approx(theirs.item(), rel=1e-5)
    grads = net.gradient(x, t)
    for name, tensor in p.items():
        close(grads[name], tensor.grad, dtype)


def test_training_follows_the_same_path_for_many_steps():
    # Forward, backward and Adam together: an error of any kind would grow from step to step.
    rng = np.random.default_rng(1)
    conv_param = {"filter_num": 4, "filter_size": 3, "pad": 1, "stride": 2}
    net = ours.SimpleConvNet((1, 28, 28), conv_param, 16, 10, 0.1, rng=rng)
    (x, t), _ = ours.load_mnist()
    x = x[:200].astype(np.float64)
    p = {name: leaf(value) for name, value in net.params.items()}
    mine, theirs = ours.Adam(), torch.optim.Adam(list(p.values()))
    for step in range(40):
        batch = slice(20 * (step % 10), 20 * (step % 10) + 20)
        mine.update(net.params, net.gradient(x[batch], t[batch]))
        theirs.zero_grad()
        out = F.relu(F.conv2d(torch.tensor(x[batch]), p["W1"], p["b1"], 2, 1))
        hidden = F.relu(F.max_pool2d(out, 2).flatten(1) @ p["W2"] + p["b2"])
        F.cross_entropy(hidden @ p["W3"] + p["b3"], torch.tensor(t[batch])).backward()
        theirs.step()
    for name, tensor in p.items():
        assert_allclose(net.params[name], tensor.detach().numpy(), rtol=1e-6, atol=1e-9)
