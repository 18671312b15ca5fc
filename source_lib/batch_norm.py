"""Batch normalisation of images, as PyTorch defines it.

In training each channel is shifted and scaled to mean 0 and variance 1 over the batch and all
pixels, then by the learned gamma and beta. For use, the statistics of the batch are replaced by
running averages, so that an answer does not depend on its neighbours in the batch. Conventions
(PyTorch's, Ioffe & Szegedy 2015 leave some open):

* the variance that normalises is the biased one (divided by n = N*H*W);
* `running_var` averages the unbiased one (divided by n - 1);
* `momentum` is the weight of the *new* batch: running = (1 - momentum)*running + momentum*new.
  Keras and the book (Saito) give that name to the weight of the old value, 1 - momentum;
* the running mean starts at 0, the running variance at 1.
"""

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_array, count, float_dtype, has_shape


def batch_norm(
    x: npt.ArrayLike, gamma: npt.ArrayLike, beta: npt.ArrayLike, eps: float = 1e-5
) -> Array:
    """Normalise each channel with the batch's own mean and variance.

    Args:
        x: shape (N, C, H, W). Not changed.
        gamma: factor for each channel, shape (C,).
        beta: what is added to each channel, shape (C,).
        eps: added to the variance under the root.

    Returns:
        gamma * (x - mean) / sqrt(variance + eps) + beta: shape and dtype of x (float64 for
        integers). The variance is the biased one.

    Raises:
        ValueError: a shape is wrong.
    """
    array = as_array("x", x, "N C H W")
    dtype = float_dtype(array)
    factors = _per_channel("gamma", gamma, array, dtype)
    offsets = _per_channel("beta", beta, array, dtype)
    centred, _, variance = _statistics(array)
    out: Array = factors * (centred / np.sqrt(variance + dtype.type(eps))) + offsets
    return out


class BatchNorm:
    """Batch normalisation with running statistics; the module says which conventions.

    Attributes:
        gamma: factor for each channel, shape (C,), starts at 1.
        beta: what is added to each channel, shape (C,), starts at 0.
        running_mean: shape (C,), used by `forward(x, train=False)`.
        running_var: shape (C,), likewise.
        dgamma: gradient of gamma after `backward`, overwritten by each call. None before.
        dbeta: gradient of beta, likewise.
    """

    def __init__(self, channels: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        """Set up the layer for a number of channels.

        Args:
            channels: C of the inputs.
            momentum: weight of the new batch in the running statistics, from 0 to 1.
            eps: added to the variance under the root.

        Raises:
            TypeError: `channels` is not an integer.
            ValueError: `channels` is below 1 or `momentum` is not from 0 to 1.
        """
        channels = count("channels", channels, 1)
        if not 0 <= momentum <= 1:
            raise ValueError(f"momentum must be from 0 to 1, got {momentum!r}")
        self.momentum = momentum
        self.eps = eps
        self.gamma: Array = np.ones(channels)
        self.beta: Array = np.zeros(channels)
        self.running_mean: Array = np.zeros(channels)
        self.running_var: Array = np.ones(channels)
        self.dgamma: Array | None = None
        self.dbeta: Array | None = None
        self._centred: Array | None = None
        self._std: Array = np.ones(channels)
        self._train = True

    def forward(self, x: npt.ArrayLike, train: bool = True) -> Array:
        """Normalise a batch.

        Args:
            x: shape (N, C, H, W). Not changed.
            train: true: use the batch's statistics, and let them flow into the running ones.
                False: use the running ones, and change nothing.

        Returns:
            Shape and dtype of x (float64 for integers).

        Raises:
            ValueError: x is not 4-D, has another number of channels, or (in training) holds only
                one value per channel, which has no variance.
        """
        array = as_array("x", x, "N C H W")
        dtype = float_dtype(array)
        gamma = _per_channel("gamma", self.gamma, array, dtype)
        beta = _per_channel("beta", self.beta, array, dtype)
        if train:
            centred, mean, variance = _statistics(array)
            self._update_running(mean, variance, array.size // array.shape[1])
        else:
            mean = _per_channel("running_mean", self.running_mean, array, dtype)
            variance = _per_channel("running_var", self.running_var, array, dtype)
            centred = array - mean
        self._train = train
        self._std = np.sqrt(variance + dtype.type(self.eps))
        self._centred = centred
        out: Array = centred * (gamma / self._std)
        out += beta
        return out

    def _update_running(self, mean: Array, variance: Array, n: int) -> None:
        if n < 2:
            raise ValueError(
                f"x must hold more than one value for each channel in training, got {n}: "
                "a single value has no variance"
            )
        new = self.momentum
        unbiased = variance * (n / (n - 1))
        # New arrays rather than +=, so that statistics that somebody has kept stay as they were.
        self.running_mean = (1 - new) * self.running_mean + new * mean.reshape(-1)
        self.running_var = (1 - new) * self.running_var + new * unbiased.reshape(-1)

    def backward(self, dout: npt.ArrayLike) -> Array:
        """Send a gradient back through the layer, and set `dgamma` and `dbeta`.

        After a training pass the batch's mean and variance depend on x as well, and the gradient
        runs through them: what is left of it has mean 0 and is uncorrelated with the normalised x.
        After `train=False` they are constants.

        Args:
            dout: gradient of the loss with respect to the last `forward`'s result, same shape.
                Not changed.

        Returns:
            Gradient with respect to x: shape of x, dtype of the output.

        Raises:
            RuntimeError: `forward` has not been called.
            ValueError: `dout` does not have the shape of the output.
        """
        if self._centred is None:
            raise RuntimeError("BatchNorm.backward needs a call of forward before it")
        gradient = as_array("dout", dout, "N C H W")
        has_shape("dout", gradient, self._centred.shape, "that of forward's result")

        dtype = self._centred.dtype
        normal = self._centred / self._std
        gradient = gradient.astype(dtype, copy=False)
        self.dgamma = (gradient * normal).sum(axis=(0, 2, 3))
        self.dbeta = gradient.sum(axis=(0, 2, 3))
        scale = _per_channel("gamma", self.gamma, gradient, dtype) / self._std
        if not self._train:
            return gradient * scale
        n = gradient.size // gradient.shape[1]
        through_mean = self.dbeta.reshape(1, -1, 1, 1) / n
        through_variance = self.dgamma.reshape(1, -1, 1, 1) / n
        dx: Array = scale * (gradient - through_mean - normal * through_variance)
        return dx


def _statistics(x: Array) -> tuple[Array, Array, Array]:
    """Return x minus each channel's mean, the means, and the biased variances (1, C, 1, 1)."""
    if x.size == 0:
        raise ValueError(f"x must hold at least one value, got shape {x.shape}")
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    centred = x - mean
    variance = np.square(centred).mean(axis=(0, 2, 3), keepdims=True)
    return centred, mean, variance


def _per_channel(name: str, values: npt.ArrayLike, x: Array, dtype: np.dtype[np.floating]) -> Array:
    """Return one value for each channel of x, as (1, C, 1, 1) for broadcasting."""
    vector = as_array(name, values, "C")
    has_shape(name, vector, x.shape[1:2], f"one value for each channel of x {x.shape}")
    return vector.astype(dtype, copy=False).reshape(1, -1, 1, 1)
