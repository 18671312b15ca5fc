"""The small convolutional network that the course trains on handwritten digits."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

from source_lib.affine import Affine
from source_lib.checks import Array, as_array, as_numbers, count, has_shape
from source_lib.convolution import Convolution
from source_lib.loss import SoftmaxWithLoss
from source_lib.parameters import Owners, collect_gradients, pass_on
from source_lib.pooling import Pooling
from source_lib.relu import Relu
from source_lib.sizes import conv_output_size
from source_lib.targets import as_labels

DEFAULT_CONV_PARAM: Mapping[str, int] = {
    "filter_num": 30,
    "filter_size": 5,
    "pad": 0,
    "stride": 1,
}


class Layer(Protocol):
    """What a network asks of each of its layers."""

    def forward(self, x: npt.ArrayLike) -> Array:
        """Return the layer's output."""

    def backward(self, dout: npt.ArrayLike) -> Array:
        """Return the gradient with respect to x."""


class SimpleConvNet:
    """conv - relu - max pool 2x2 - affine - relu - affine - softmax (Saito's SimpleConvNet).

    With the default sizes there are 433,890 parameters.

    Attributes:
        params: `W1 b1` (convolution; W1 (filter_num, C, filter_size, filter_size)), `W2 b2`
            (first affine layer; W2 (pooled pixels, hidden_size)), `W3 b3` (second; W3
            (hidden_size, output_size)). The layers use these very arrays: change them in place, as
            the optimisers do, or replace them.
        last_loss: what the last call of `loss` returned, which `gradient` makes as well: a training
            step need not run forward twice to log its loss. None before.
    """

    def __init__(
        self,
        input_dim: tuple[int, int, int] = (1, 28, 28),
        conv_param: Mapping[str, int] = DEFAULT_CONV_PARAM,
        hidden_size: int = 100,
        output_size: int = 10,
        weight_init_std: float = 0.01,
        *,
        rng: np.random.Generator | None = None,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        """Draw the weights; biases start at 0.

        Args:
            input_dim: (C, H, W) of the pictures, which need not be square.
            conv_param: `filter_num`, `filter_size`, `pad` and `stride` of the convolution.
            hidden_size: width of the hidden affine layer.
            output_size: number of classes.
            weight_init_std: standard deviation of the normal distribution of all weights.
            rng: where the weights come from; by default they differ from call to call.
            dtype: of the parameters. The scores' dtype is that of x, whatever theirs.

        Raises:
            TypeError: a size is not an integer.
            ValueError: a size is out of range, an entry of `conv_param` is missing or unknown, or
                the filter or the pooling window does not fit.
        """
        if set(conv_param) != set(DEFAULT_CONV_PARAM):
            raise ValueError(
                f"conv_param must have the entries {sorted(DEFAULT_CONV_PARAM)}, "
                f"got {sorted(conv_param)}"
            )
        if len(input_dim) != 3:
            raise ValueError(f"input_dim must be (C, H, W), got {input_dim!r}")
        self.input_dim = C, H, W = tuple(count("input_dim", size, 1) for size in input_dim)
        filters = count("filter_num", conv_param["filter_num"], 1)
        size, stride, pad = (conv_param[key] for key in ("filter_size", "stride", "pad"))
        pooled_h, pooled_w = (
            conv_output_size(conv_output_size(length, size, stride, pad), 2, stride=2)
            for length in (H, W)
        )
        shapes = {
            "W1": (filters, C, size, size),
            "b1": (filters,),
            "W2": (filters * pooled_h * pooled_w, hidden_size),
            "b2": (hidden_size,),
            "W3": (hidden_size, output_size),
            "b3": (output_size,),
        }
        rng = np.random.default_rng() if rng is None else rng
        self.params: dict[str, Array] = {
            name: (
                rng.normal(0, weight_init_std, size=shape)
                if name.startswith("W")
                else np.zeros(shape)
            ).astype(dtype, copy=False)
            for name, shape in shapes.items()
        }

        p = self.params
        self.conv = Convolution(p["W1"], p["b1"], stride, pad)
        self.affine1 = Affine(p["W2"], p["b2"])
        self.affine2 = Affine(p["W3"], p["b3"])
        # The largest of rectified values is the rectified largest value, with the same gradient:
        # in this order the relu has a quarter of the work, and a training step takes a third less.
        self.layers: list[Layer] = [
            *(self.conv, Pooling(2, 2, 2), Relu()),
            *(self.affine1, Relu(), self.affine2),
        ]
        self.last_layer = SoftmaxWithLoss()
        self.last_loss: float | None = None
        self._owners: Owners = {
            f"{attribute}{number}": (layer, attribute)
            for number, layer in enumerate((self.conv, self.affine1, self.affine2), start=1)
            for attribute in ("W", "b")
        }

    def predict(self, x: npt.ArrayLike) -> Array:
        """Return a score for each class (logits, no softmax).

        Args:
            x: pictures, shape (N, C, H, W). Not changed.

        Returns:
            Shape (N, output_size), dtype of x (float64 for integers).

        Raises:
            ValueError: x does not have the shape that `input_dim` says.
        """
        out = as_array("x", x, "N C H W")
        has_shape("x", out, (len(out), *self.input_dim), "pictures of input_dim")
        pass_on(self.params, self._owners)
        for layer in self.layers:
            out = layer.forward(out)
        return out

    def loss(self, x: npt.ArrayLike, t: npt.ArrayLike) -> float:
        """Return the mean cross-entropy of a batch.

        Args:
            x: pictures, shape (N, C, H, W).
            t: labels, shape (N,), or one-hot rows, shape (N, output_size).
        """
        self.last_loss = self.last_layer.forward(self.predict(x), t)
        return self.last_loss

    def accuracy(self, x: npt.ArrayLike, t: npt.ArrayLike, batch_size: int = 100) -> float:
        """Return the share of pictures whose highest score is the right class's.

        All pictures count, also those of a last batch that is not full.

        Args:
            x: pictures, shape (N, C, H, W).
            t: labels, shape (N,), or one-hot rows, shape (N, output_size).
            batch_size: how many pictures to judge at once; it bounds the memory and never changes
                the result.

        Raises:
            ValueError: x is empty, or a shape is wrong.
        """
        pictures = as_array("x", x, "N C H W")
        batch_size = count("batch_size", batch_size, 1)
        if len(pictures) == 0:
            raise ValueError(f"x must hold at least one picture, got shape {pictures.shape}")
        labels = as_labels(t, len(pictures), self.params["b3"].size)
        right = 0
        for start in range(0, len(pictures), batch_size):
            batch = slice(start, start + batch_size)
            scores = self.predict(pictures[batch])
            right += int((scores.argmax(axis=1) == labels[batch]).sum())
        return right / len(pictures)

    def gradient(self, x: npt.ArrayLike, t: npt.ArrayLike) -> dict[str, Array]:
        """Return the gradient of the loss on this batch for every parameter, by backpropagation.

        Runs `loss` itself first, so it never depends on an earlier batch.

        Args:
            x: pictures, shape (N, C, H, W).
            t: labels, shape (N,), or one-hot rows, shape (N, output_size).

        Returns:
            The keys and shapes of `params`; dtype of x.
        """
        self.loss(as_numbers("x", x), t)
        d = self.last_layer.backward()
        for layer in reversed(self.layers[1:]):
            d = layer.backward(d)
        self.conv.backward_parameters(d)  # nobody asks for the gradient of the pictures
        return collect_gradients(self._owners)
