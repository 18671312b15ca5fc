"""SimpleResNet's forward pass in plain loops over images, filters and output pixels.

That is how the course's origin computes it, and what a beginner writes first. It takes the
parameters of a `source_lib.SimpleResNet`, so both must give the same scores.
"""

import numpy as np


def conv2d(x, W, b, stride, pad):
    """Return x filtered by W, one output pixel at a time."""
    N, _, H, width = x.shape
    F, _, filter_h, filter_w = W.shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (width + 2 * pad - filter_w) // stride + 1
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.zeros((N, F, out_h, out_w))
    for n in range(N):
        for f in range(F):
            for y in range(out_h):
                for x_ in range(out_w):
                    top, left = y * stride, x_ * stride
                    patch = padded[n, :, top : top + filter_h, left : left + filter_w]
                    out[n, f, y, x_] = np.sum(patch * W[f]) + b[f]
    return out


def batch_norm(x, gamma, beta):
    """Normalise by the batch's statistics."""
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = x.var(axis=(0, 2, 3), keepdims=True)
    normal = (x - mean) / np.sqrt(variance + 1e-5)
    return gamma.reshape(1, -1, 1, 1) * normal + beta.reshape(1, -1, 1, 1)


def block(x, p, stride):
    """Return the output of ResNet's basic block."""
    out = batch_norm(conv2d(x, p["W1"], p["b1"], stride, 1), p["gamma1"], p["beta1"])
    out = conv2d(np.maximum(out, 0), p["W2"], p["b2"], 1, 1)
    out = batch_norm(out, p["gamma2"], p["beta2"])
    if "W_shortcut" in p:
        x = conv2d(x, p["W_shortcut"], p["b_shortcut"], stride, 0)
        x = batch_norm(x, p["gamma_shortcut"], p["beta_shortcut"])
    return np.maximum(out + x, 0)


def simple_resnet(x, params):
    """Return the scores (N, classes) of pictures (N, 3, H, W)."""
    out = conv2d(x, params["stem.W"], params["stem.b"], 2, 3)
    out = np.maximum(batch_norm(out, params["stem.gamma"], params["stem.beta"]), 0)
    for name, stride in (
        ("layer1.0", 1), ("layer1.1", 1), ("layer2.0", 2), ("layer2.1", 1), ("layer3.0", 2),
        ("layer3.1", 1),
    ):  # fmt: skip
        of_block = {k.removeprefix(f"{name}."): v for k, v in params.items() if k.startswith(name)}
        out = block(out, of_block, stride)
    return out.mean(axis=(2, 3)) @ params["fc.W"] + params["fc.b"]
