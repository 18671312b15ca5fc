"""The first layer of a network that has learned from photographs.

EfficientNet-Lite0, trained on ImageNet: 32 filters of 3x3 in three colours, and the batch
normalisation behind them. Four of the filters died in training and hold zeros. See
`data/README.md` for origin and licence.
"""

from importlib.resources import as_file, files

import numpy as np

from source_lib.batch_norm import BatchNorm
from source_lib.checks import Array
from source_lib.convolution import Convolution


def stem_filters() -> Array:
    """Return the filters: shape (32, 3, 3, 3) as (filter, RGB channel, y, x), float32."""
    return _load()["W"]


def stem_layers() -> tuple[Convolution, BatchNorm]:
    """Return the stem as layers: convolution with stride 2 and pad 1, then batch normalisation.

    Feed them photographs of shape (N, 3, H, W) with values (pixel - 127) / 128, for which the
    responses have about the variance that the running statistics remember, and use the batch norm
    with `train=False`. A relu with a ceiling of 6 follows in the original.
    """
    arrays = _load()
    W = arrays["W"]
    convolution = Convolution(W, np.zeros(len(W), dtype=W.dtype), stride=2, pad=1)
    normalisation = BatchNorm(len(W), eps=1e-3)
    normalisation.gamma = arrays["_bn0.weight"]
    normalisation.beta = arrays["_bn0.bias"]
    normalisation.running_mean = arrays["_bn0.running_mean"]
    normalisation.running_var = arrays["_bn0.running_var"]
    return convolution, normalisation


def _load() -> dict[str, Array]:
    path = files("source_lib").joinpath("data", "efficientnet_lite0_stem.npz")
    with as_file(path) as file, np.load(file) as archive:
        return dict(archive)
