"""A small residual network for pictures of about 32x32 pixels."""

import numpy as np
import numpy.typing as npt

from source_lib.affine import Affine
from source_lib.batch_norm import BatchNorm
from source_lib.checks import Array, as_array, count
from source_lib.global_pooling import GlobalAveragePooling2D
from source_lib.parameters import Owners, collect_gradients, collect_parameters, pass_on
from source_lib.relu import Relu
from source_lib.residual import BasicBlock, he_convolution


class SimpleResNet:
    """Stem, six basic blocks in three stages, global average pooling, one affine layer.

    The stem is conv 7x7 with stride 2 and pad 3 (64 filters) - batch norm - relu. The stages are
    64, 128 and 256 channels wide, two blocks each; the second and third start with stride 2. A
    32x32 picture shrinks to 16, 16, 8 and 4. For 10 classes there are 2,787,594 parameters.

    Attributes:
        params: `stem.W stem.b stem.gamma stem.beta`, then `layer1.0.W1` ... `layer3.1.beta2` with
            the names of `BasicBlock.params` for `layer<stage>.<block>`, and `fc.W fc.b`. They may
            be changed in place or replaced; the blocks' own `params` follow these.
        grads: the gradients under the same names, after `backward`.
        bn: the stem's batch norm; `layer1`, `layer2`, `layer3`: the blocks of each stage.
    """

    def __init__(
        self,
        num_classes: int = 10,
        *,
        rng: np.random.Generator | None = None,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        """Draw the weights.

        Args:
            num_classes: how many scores each picture gets.
            rng: where the weights come from; by default they differ from call to call.
            dtype: of the parameters. The result's dtype is that of x, whatever theirs.

        Raises:
            TypeError: `num_classes` is not an integer.
            ValueError: `num_classes` is below 1.
        """
        rng = np.random.default_rng() if rng is None else rng
        num_classes = count("num_classes", num_classes, 1)

        self.conv = he_convolution(3, 64, 7, 2, 3, rng, dtype)
        self.bn = BatchNorm(64)
        self.relu = Relu()

        def stage(in_channels: int, out_channels: int, stride: int) -> list[BasicBlock]:
            return [
                BasicBlock(in_channels, out_channels, stride, rng=rng, dtype=dtype),
                BasicBlock(out_channels, out_channels, rng=rng, dtype=dtype),
            ]

        self.layer1 = stage(64, 64, 1)
        self.layer2 = stage(64, 128, 2)
        self.layer3 = stage(128, 256, 2)
        self.gap = GlobalAveragePooling2D()
        fc_W = rng.normal(0, np.sqrt(1 / 256), size=(256, num_classes))
        self.fc = Affine(fc_W.astype(dtype), np.zeros(num_classes, dtype=dtype))

        self._blocks = {
            f"{stage_name}.{number}": block
            for stage_name in ("layer1", "layer2", "layer3")
            for number, block in enumerate(getattr(self, stage_name))
        }
        self._stem: Owners = {
            "stem.W": (self.conv, "W"),
            "stem.b": (self.conv, "b"),
            "stem.gamma": (self.bn, "gamma"),
            "stem.beta": (self.bn, "beta"),
        }
        self._head: Owners = {"fc.W": (self.fc, "W"), "fc.b": (self.fc, "b")}
        self.params: dict[str, Array] = collect_parameters(self._stem)
        for name, block in self._blocks.items():
            self.params |= {f"{name}.{key}": array for key, array in block.params.items()}
        self.params |= collect_parameters(self._head)
        self.params = {name: array.astype(dtype, copy=False) for name, array in self.params.items()}
        self.grads: dict[str, Array] = {}

    def forward(self, x: npt.ArrayLike, train: bool = True) -> Array:
        """Return a score for each class (logits, no softmax).

        Args:
            x: pictures, shape (N, 3, H, W). Not changed.
            train: whether batch norm uses the batch's statistics (and updates the running ones).

        Returns:
            Shape (N, num_classes), dtype of x (float64 for integers).

        Raises:
            ValueError: x is not 4-D or does not have 3 channels.
        """
        out = as_array("x", x, "N C H W")
        self._pass_on()
        out = self.relu.forward(self.bn.forward(self.conv.forward(out), train))
        for block in self._blocks.values():
            out = block.forward(out, train)
        return self.fc.forward(self.gap.forward(out))

    def backward(self, dout: npt.ArrayLike) -> Array:
        """Send a gradient back through the network, and set `grads`.

        Args:
            dout: gradient of the loss with respect to the scores, shape (N, num_classes).
                Not changed.

        Returns:
            Gradient with respect to x.

        Raises:
            RuntimeError: `forward` has not been called.
            ValueError: `dout` does not have the shape of the scores.
        """
        d = self.gap.backward(self.fc.backward(dout))
        for block in reversed(self._blocks.values()):
            d = block.backward(d)
        dx = self.conv.backward(self.bn.backward(self.relu.backward(d)))

        self.grads = collect_gradients(self._stem)
        for name, block in self._blocks.items():
            self.grads |= {f"{name}.{key}": array for key, array in block.grads.items()}
        self.grads |= collect_gradients(self._head)
        return dx

    def _pass_on(self) -> None:
        """Give the layers and blocks what `params` holds now."""
        pass_on(self.params, self._stem)
        pass_on(self.params, self._head)
        for name, block in self._blocks.items():
            block.params = {key: self.params[f"{name}.{key}"] for key in block.params}
