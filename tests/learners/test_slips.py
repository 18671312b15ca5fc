"""Slips that once earned too much, or cost what they are no part of: each costs exactly this.

A slip turns ``old`` into ``new`` in the teaching solution of one exercise.
"""

from __future__ import annotations

import pytest

from autograder.sandbox.host.session import Budget
from tests.learners.conftest import edited

PATIENT = Budget(cell_s=1, cells_s=2, call_cpu_s=2)

FORWARD = {
    f"Convolution.forward.{slug}"
    for slug in (
        "one_filter", "bias", "batch_channels_filters", "non_square", "stride", "padding",
        "all_at_once", "defaults", "float32", "input_untouched", "vectorised",
    )
}  # fmt: skip

# By exercise, cell and what went wrong: old, new, criteria lost.
SLIPS: dict[tuple[str, str, str], tuple[str, str, set[str]]] = {
    ("01_windows", "conv2d_single", "of a year without flip_kernel"): (
        "padding=0, flip_kernel=False):", "padding=0):\n    flip_kernel = False",
        {"conv2d_single.flip", "conv2d_single.all_at_once", "conv2d_single.input_untouched"},
    ),
    ("01_windows", "conv_param_count", "of a year without bias"): (
        "filter_w, bias=True):", "filter_w):\n    bias = True", {"conv_param_count.weights"},
    ),
    ("02_im2col", "im2col", "float32 whatever comes"): (
        "dtype=input_data.dtype", "dtype=np.float32", {"im2col.float32"},
    ),
    ("02_im2col", "im2col", "a check that refuses what fits"): (
        "filter_h > H + 2 * pad or", "filter_h > W + 2 * pad or", {"im2col.all_at_once"},
    ),
    ("02_im2col", "im2col", "a check that forgets half the padding"): (
        "or filter_w > W + 2 * pad", "or filter_w > W + pad",
        {"im2col.all_at_once", "im2col.window_too_large"},
    ),
    ("02_im2col", "im2col", "another default"): (
        "filter_w, stride=1, pad=0", "filter_w, stride=1, pad=1", {"im2col.defaults"},
    ),
    ("02_im2col", "col2im", "out_h from the width of the window"): (
        "out_h = (H + 2 * pad - filter_h)", "out_h = (H + 2 * pad - filter_w)",
        {"col2im.non_square", "col2im.all_at_once"},
    ),
    ("02_im2col", "col2im", "float32 whatever comes"): (
        "dtype=col.dtype", "dtype=np.float32", {"col2im.float32"},
    ),
    ("03_convolution", "convolution", "a relu in forward"): (
        "return product.reshape(", "return np.maximum(product, 0).reshape(", FORWARD,
    ),
    ("03_convolution", "convolution", "float32 whatever comes"): (
        "product = self.col @ self.col_W + self.b",
        "product = (self.col @ self.col_W + self.b).astype(np.float32)",
        {"Convolution.forward.float32"},
    ),
    ("03_convolution", "convolution", "gradients in float32 whatever comes"): (
        "dcol = rows @ self.col_W.T", "dcol = (rows @ self.col_W.T).astype(np.float32)",
        {"Convolution.backward.float32"},
    ),
    ("03_convolution", "convolution", "the mean over the batch"): (
        ".reshape(self.W.shape)", ".reshape(self.W.shape) / self.x_shape[0]",
        {"Convolution.backward.dw", "Convolution.backward.all_at_once"},
    ),
    ("03_convolution", "convolution", "out_h from the width of the filter"): (
        "out_h = (H + 2 * self.pad - FH)", "out_h = (H + 2 * self.pad - FW)",
        {"Convolution.forward.non_square", "Convolution.forward.all_at_once"},
    ),
    ("03_convolution", "convolution", "the windows kept on the class"): (
        "self.col = im2col(", "type(self).col = im2col(", {"Convolution.backward.several_calls"},
    ),
    ("03_convolution", "convolution", "the filters kept on the class"): (
        "self.col_W = self.W", "Convolution.col_W = self.W",
        {"Convolution.backward.several_calls"},
    ),
    ("03_convolution", "convolution", "the shape kept on the class"): (
        "self.x_shape = x.shape", "Convolution.x_shape = x.shape",
        {"Convolution.backward.several_calls"},
    ),
    ("04_pooling", "pooling", "the window as the stride where none is given"): (
        "stride=2, pad=0):", "stride=None, pad=0):\n        stride = stride or pool_h",
        {"Pooling.forward.stride"},
    ),
    ("04_pooling", "pooling", "the winners kept on the class"): (
        "self.arg_max = np.argmax", "vars(self).pop('arg_max', 0); Pooling.arg_max = np.argmax",
        {"Pooling.backward.called_again"},
    ),
    ("04_pooling", "pooling", "x kept on the class"): (
        "self.x = x\n", "vars(self).pop('x', 0); type(self).x = x\n",
        {"Pooling.backward.called_again"},
    ),
    ("04_pooling", "pooling", "a border as small as the smallest number"): (
        "constant_values=-np.inf", "constant_values=x.min()", {"Pooling.backward.padding"},
    ),
    ("04_pooling", "pooling", "x cut off at 0 when all is done"): (
        "self.x = x\n", "self.x = x.copy()\n        x[x < 0] = 0\n",
        {"Pooling.forward.input_untouched"},
    ),
    ("04_pooling", "pooling", "float32 whatever comes"): (
        "out = np.max(col, axis=1)", "out = np.max(col, axis=1).astype(np.float32)",
        {"Pooling.forward.float32"},
    ),
    ("05_gap", "gap_layers", "dout divided in place"): (
        "share = np.expand_dims(dout / (height * width), axes)",
        "dout /= height * width\n        share = np.expand_dims(dout, axes)",
        {"GlobalAveragePooling2D.backward.batch"},
    ),
    ("05_gap", "gap_layers", "the first shape kept"): (
        "self.x_shape = x.shape\n        return global_average_pooling_2d",
        "self.x_shape = self.x_shape or x.shape\n        return global_average_pooling_2d",
        {"GlobalAveragePooling2D.backward.batch"},
    ),
    ("05_gap", "gap_layers", "the shape of images kept on the class"): (
        "self.x_shape = x.shape\n        return global_average_pooling_2d",
        "vars(self).pop('x_shape', 0); GlobalAveragePooling2D.x_shape = x.shape\n"
        "        return global_average_pooling_2d",
        {"GlobalAveragePooling2D.backward.batch"},
    ),
    ("05_gap", "gap_layers", "the shape of sequences kept on the class"): (
        "self.x_shape = x.shape\n        return global_average_pooling_1d",
        "vars(self).pop('x_shape', 0); type(self).x_shape = x.shape\n"
        "        return global_average_pooling_1d",
        {"GlobalAveragePooling1D.backward.batch_and_single"},
    ),
    ("05_gap", "global_average_pooling", "float32 whatever comes"): (
        "np.mean(x, axis=(-2, -1))", "np.mean(x, axis=(-2, -1), dtype=np.float32)",
        {"GlobalAveragePooling2D.forward.float32"},
    ),
    ("06_simple_convnet", "relu", "float32 whatever comes"): (
        "return np.maximum(x, 0)", "return np.maximum(x, 0).astype(np.float32)",
        {"Relu.forward.values"},
    ),
    ("06_simple_convnet", "softmax_with_loss", "the maximum taken away in place"): (
        "shifted = x - x.max(axis=1, keepdims=True)",
        "x -= x.max(axis=1, keepdims=True)\n        shifted = x",
        {"SoftmaxWithLoss.forward.large_beside_small"},
    ),
    ("06_simple_convnet", "affine", "no bias"): (
        "@ self.W + self.b", "@ self.W",
        {"Affine.forward.rows"},
    ),
    ("06_simple_convnet", "affine", "the mean over the batch"): (
        "dout.sum(axis=0)", "dout.mean(axis=0)", {"Affine.backward.dw_and_db"},
    ),
    ("06_simple_convnet", "affine", "copies of the weights"): (
        "self.W = W\n", "self.W = W.copy()\n", {"SimpleConvNet.__init__.shared_parameters"},
    ),
    ("06_simple_convnet", "simple_convnet", "a last batch of one image left out"): (
        "in range(0, len(x), batch_size)", "in range(0, len(x) - 1, batch_size)",
        {"SimpleConvNet.accuracy.last_batch"},
    ),
    ("06_simple_convnet", "simple_convnet", "forward only for the first gradient"): (
        "        self.loss(x, t)\n",
        "        if not getattr(self, 'ran', False):\n            self.loss(x, t)\n"
        "        self.ran = True\n",
        {"SimpleConvNet.gradient.called_again"},
    ),
    ("06_simple_convnet", "adam", "gradients squared in place"): (
        "g**2", "np.multiply(g, g, out=g)", {"Adam.update.in_place"},
    ),
    ("06_simple_convnet", "adam", "eps under the root"): (
        "/ (np.sqrt(v_hat) + 1e-8)", "/ np.sqrt(v_hat + 1e-8)", {"Adam.update.epsilon"},
    ),
    ("07_resnet", "batch_norm", "eps outside the root"): (
        "np.sqrt(variance + eps)\n", "(np.sqrt(variance) + eps)\n", {"batch_norm.eps"},
    ),
    ("07_resnet", "batchnorm", "eps outside the root"): (
        "np.sqrt(variance + self.eps)", "(np.sqrt(variance) + self.eps)",
        {"BatchNorm.forward.train", "BatchNorm.backward.few_numbers"},
    ),
    ("07_resnet", "batchnorm", "the running mean never moves"): (
        "self.running_mean = old * self.running_mean + new * mean\n", "pass\n",
        {"BatchNorm.forward.running_mean"},
    ),
    ("07_resnet", "basicblock", "a 3x3 convolution as shortcut"): (
        '"_shortcut", he_filters(out_channels, in_channels, 1)',
        '"_shortcut", he_filters(out_channels, in_channels, 3)',
        {"BasicBlock.forward.other_channels"},
    ),
    ("07_resnet", "simpleresnet", "a stage that begins with the wrong channels"): (
        "BasicBlock(64, 128, 2)", "BasicBlock(128, 128, 2)", {"SimpleResNet.forward.scores"},
    ),
    ("07_resnet", "simpleresnet", "no bias at the end"): (
        'self.params["fc.W"] + self.params["fc.b"]', 'self.params["fc.W"]',
        {"SimpleResNet.forward.scores"},
    ),
    ("08_stripes_and_fcn", "softmax", "the mean taken away"): (
        "logits.max(axis=1", "logits.mean(axis=1", {"softmax.large"},
    ),
    ("07_resnet", "basicblock", "a projection for stride 2 alone"): (
        "self.projection = stride != 1 or", "self.projection = stride == 2 or",
        {"BasicBlock.forward.stride_2"},
    ),
    ("08_stripes_and_fcn", "make_stripe_image", "the last place never drawn"): (
        "rng.integers(3, size - 3)", "rng.integers(3, max(size - 4, 4))",
        {"make_stripe_image.stripe"},
    ),
    ("08_stripes_and_fcn", "make_stripe_image", "the first place never drawn"): (
        "rng.integers(3, size - 3)", "rng.integers(min(4, size - 4), size - 3)",
        {"make_stripe_image.stripe"},
    ),
    ("08_stripes_and_fcn", "make_dataset", "more noise than usual"): (
        "size=size, rng=rng)", "size=size, noise_std=0.2, rng=rng)",
        {"make_dataset.pictures_and_labels"},
    ),
    ("08_stripes_and_fcn", "make_dataset", "one kind seldom"): (
        "rng.integers(0, 2)", "rng.random() < 0.3", {"make_dataset.pictures_and_labels"},
    ),
    ("08_stripes_and_fcn", "train_softmax", "no steps once the loss hardly changes"): (
        "        slopes = (p", "        if history[:-1] and history[-2] - history[-1] < 1e-4:\n"
        "            break\n        slopes = (p", {"train_softmax.history"},
    ),
    ("08_stripes_and_fcn", "make_dataset", "kinds in turn"): (
        "rng.integers(0, 2)", "i % 2", {"make_dataset.seed"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(grade_books):
    books = {
        f"{exercise} {cell}: {name}": (exercise, edited(exercise, cell, old, new))
        for (exercise, cell, name), (old, new, _) in SLIPS.items()
    }
    return grade_books(books, PATIENT)


@pytest.mark.parametrize("slip", SLIPS, ids=" ".join)
def test_it_costs_what_it_should_and_only_that(graded, slip):
    exercise, cell, name = slip
    told = graded[f"{exercise} {cell}: {name}"]
    assert told.lost == SLIPS[slip][2], told.messages


def test_where_weights_were_changed_in_between_no_call_is_said_to_leave_something(graded):
    told = graded["06_simple_convnet affine: copies of the weights"]
    assert "same call" not in " ".join(map(str, told.messages))


def test_labels_that_no_seed_changes_are_said_to_be_so(graded):
    told = graded["08_stripes_and_fcn make_dataset: kinds in turn"]
    (said,) = [c.message for c in told.result.criteria if c.id == "make_dataset.seed"]
    assert said["en"].startswith("The number of labels that another seed changes is 0; it should")
    assert said["ja"].startswith("シードを変えると変わるラベルの個数は0ですが、約")
