"""The basic block of a residual network: two convolutions and a shortcut around them."""

import numpy as np
import numpy.typing as npt

from source_lib.batch_norm import BatchNorm
from source_lib.checks import Array, as_array, count
from source_lib.convolution import Convolution
from source_lib.parameters import Owners, collect_gradients, collect_parameters, pass_on
from source_lib.relu import Relu


class BasicBlock:
    """relu(F(x) + shortcut(x)), the block of ResNet-18 (He et al. 2015).

    F is conv 3x3 (with the stride) - batch norm - relu - conv 3x3 - batch norm. There is one relu
    inside F and one after the sum, none directly before it: F may subtract. The shortcut is x
    itself, or conv 1x1 (with the stride) - batch norm where x and F(x) differ in shape.

    The convolutions carry biases, as in the course's origin, though batch norm cancels them: its
    mean takes away whatever constant they add.

    Attributes:
        params: `W1 b1 gamma1 beta1` (first convolution and batch norm), `W2 b2 gamma2 beta2`
            (second), and with a convolution in the shortcut also `W_shortcut b_shortcut
            gamma_shortcut beta_shortcut`. Weights are (out, in, height, width) and drawn from
            He's normal distribution; biases and betas start at 0, gammas at 1. They may be changed
            in place or replaced.
        grads: the gradients under the same names, after `backward`.
        bn1, bn2, bn_shortcut: the batch norm layers, which hold the running statistics
            (`bn_shortcut` is None with a plain shortcut).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        *,
        rng: np.random.Generator | None = None,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        """Draw the weights.

        Args:
            in_channels: channels of x.
            out_channels: channels of the result.
            stride: of the first convolution and of the shortcut.
            rng: where the weights come from; by default they differ from call to call.
            dtype: of the parameters. The result's dtype is that of x, whatever theirs.

        Raises:
            TypeError: a size is not an integer.
            ValueError: a size is below 1.
        """
        rng = np.random.default_rng() if rng is None else rng
        self.in_channels = count("in_channels", in_channels, 1)
        self.out_channels = count("out_channels", out_channels, 1)
        self.stride = count("stride", stride, 1)

        self.conv1 = he_convolution(in_channels, out_channels, 3, stride, 1, rng, dtype)
        self.bn1 = BatchNorm(out_channels)
        self.relu1 = Relu()
        self.conv2 = he_convolution(out_channels, out_channels, 3, 1, 1, rng, dtype)
        self.bn2 = BatchNorm(out_channels)
        self.relu2 = Relu()
        self.conv_shortcut: Convolution | None = None
        self.bn_shortcut: BatchNorm | None = None
        layers = [("1", self.conv1, self.bn1), ("2", self.conv2, self.bn2)]
        if stride != 1 or in_channels != out_channels:
            self.conv_shortcut = he_convolution(in_channels, out_channels, 1, stride, 0, rng, dtype)
            self.bn_shortcut = BatchNorm(out_channels)
            layers.append(("_shortcut", self.conv_shortcut, self.bn_shortcut))

        self._owners: Owners = {
            f"{name}{suffix}": (layer, name)
            for suffix, conv, bn in layers
            for layer, name in ((conv, "W"), (conv, "b"), (bn, "gamma"), (bn, "beta"))
        }
        self.params = {
            name: array.astype(dtype) for name, array in collect_parameters(self._owners).items()
        }
        self.grads: dict[str, Array] = {}

    def forward(self, x: npt.ArrayLike, train: bool = True) -> Array:
        """Return relu(F(x) + shortcut(x)).

        Args:
            x: shape (N, in_channels, H, W). Not changed.
            train: whether batch norm uses the batch's statistics (and updates the running ones).

        Returns:
            Shape (N, out_channels, out_h, out_w) with out_h = (H - 1) // stride + 1, likewise
            out_w; dtype of x (float64 for integers).

        Raises:
            ValueError: x is not 4-D or has another number of channels.
        """
        x = as_array("x", x, "N C H W")
        pass_on(self.params, self._owners)
        out = self.relu1.forward(self.bn1.forward(self.conv1.forward(x), train))
        out = self.bn2.forward(self.conv2.forward(out), train)
        if self.conv_shortcut is not None and self.bn_shortcut is not None:
            x = self.bn_shortcut.forward(self.conv_shortcut.forward(x), train)
        return self.relu2.forward(out + x)

    def backward(self, dout: npt.ArrayLike) -> Array:
        """Send a gradient back through both paths, and set `grads`.

        Args:
            dout: gradient of the loss with respect to the last `forward`'s result, same shape.
                Not changed.

        Returns:
            Gradient with respect to x, the sum over both paths.

        Raises:
            RuntimeError: `forward` has not been called.
            ValueError: `dout` does not have the shape of the output.
        """
        dsum = self.relu2.backward(dout)
        dx = self.bn1.backward(self.relu1.backward(self.conv2.backward(self.bn2.backward(dsum))))
        dx = self.conv1.backward(dx)
        if self.conv_shortcut is not None and self.bn_shortcut is not None:
            dsum = self.conv_shortcut.backward(self.bn_shortcut.backward(dsum))
        self.grads = collect_gradients(self._owners)
        return dx + dsum


def he_convolution(
    in_channels: int,
    out_channels: int,
    filter_size: int,
    stride: int,
    pad: int,
    rng: np.random.Generator,
    dtype: npt.DTypeLike,
) -> Convolution:
    """Return a convolution with weights drawn for relu, and biases of 0.

    The standard deviation sqrt(2 / inputs of a filter) keeps the size of the activations the same
    from layer to layer (He et al. 2015).
    """
    shape = (out_channels, in_channels, filter_size, filter_size)
    std = np.sqrt(2 / (in_channels * filter_size**2))
    W = rng.normal(0, std, size=shape).astype(dtype)
    return Convolution(W, np.zeros(out_channels, dtype=dtype), stride, pad)
