"""Convolutional networks from scratch in NumPy: the reference of the course.

Correct, clear and fast, in this order. Conventions that hold throughout:

* Images are (N, C, H, W), filters (F, C, filter_h, filter_w).
* The input decides the dtype of a result, whatever that of the parameters: float32 in, float32
  out; integers are computed in float64 where the result is real.
* Nothing changes an array that it was given, except the optimisers, whose job that is.
  Layers keep what `backward` needs, partly without copying: x must not change in between.
* Each `backward` overwrites the gradients of the last one. No layer changes its own weights.
* Errors name the argument, the value it had and what was expected.

Where libraries differ, the docstring says which convention holds here and whose it is.
"""

from source_lib.affine import Affine
from source_lib.average_pooling import AveragePooling
from source_lib.batch_norm import BatchNorm, batch_norm
from source_lib.book import Dropout, cross_entropy_error, sigmoid
from source_lib.convnet import SimpleConvNet
from source_lib.convolution import Convolution
from source_lib.fcn import conv1x1, upsample_nearest
from source_lib.global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    global_average_pooling_1d,
    global_average_pooling_2d,
)
from source_lib.gradient import numerical_gradient
from source_lib.loss import SoftmaxWithLoss, softmax
from source_lib.mnist import load_mnist
from source_lib.optimizers import SGD, AdaGrad, Adam, Momentum, Optimizer
from source_lib.plots import (
    plot_confusion_matrix,
    plot_feature_maps,
    plot_filters,
    plot_learning_curves,
)
from source_lib.pooling import Pooling
from source_lib.relu import Relu
from source_lib.residual import BasicBlock
from source_lib.resnet import SimpleResNet
from source_lib.single import conv2d_single, maxpool2d_single
from source_lib.sizes import conv_output_size, conv_param_count
from source_lib.stem import stem_filters, stem_layers
from source_lib.stripes import extract_features, make_dataset, make_stripe_image, train_softmax
from source_lib.targets import confusion_matrix, one_hot
from source_lib.windows import col2im, im2col

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "Affine",
    "AveragePooling",
    "BasicBlock",
    "BatchNorm",
    "Convolution",
    "Dropout",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "Momentum",
    "Optimizer",
    "Pooling",
    "Relu",
    "SimpleConvNet",
    "SimpleResNet",
    "SoftmaxWithLoss",
    "batch_norm",
    "col2im",
    "confusion_matrix",
    "conv1x1",
    "conv2d_single",
    "conv_output_size",
    "conv_param_count",
    "cross_entropy_error",
    "extract_features",
    "global_average_pooling_1d",
    "global_average_pooling_2d",
    "im2col",
    "load_mnist",
    "make_dataset",
    "make_stripe_image",
    "maxpool2d_single",
    "numerical_gradient",
    "one_hot",
    "plot_confusion_matrix",
    "plot_feature_maps",
    "plot_filters",
    "plot_learning_curves",
    "sigmoid",
    "softmax",
    "stem_filters",
    "stem_layers",
    "train_softmax",
    "upsample_nearest",
]
