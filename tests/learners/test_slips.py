"""Slips that once earned too much, or cost what they are no part of: each costs exactly this.

A slip turns ``old`` into ``new`` in the teaching solution of one exercise.
"""

from __future__ import annotations

import pytest

from autograder.sandbox.host.session import Budget
from tests.learners.conftest import edited

pytestmark = pytest.mark.slow

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
    ("03_convolution", "convolution", "the windows of the first images of a shape"): (
        "        self.col = im2col(x, FH, FW, self.stride, self.pad)\n"
        "        self.col_W = self.W.reshape(F, -1).T\n\n        product = self.col @",
        "        col = im2col(x, FH, FW, self.stride, self.pad)\n"
        "        if 'col' not in vars(self) or np.shape(self.col) != col.shape:\n"
        "            self.col = col\n"
        "        self.col_W = self.W.reshape(F, -1).T\n\n        product = col @",
        {"Convolution.backward.several_calls"},
    ),
    ("03_convolution", "convolution", "the filters as they were at first"): (
        "self.col_W = self.W.reshape(F, -1).T",
        "self.first = vars(self).get('first', self.W.copy())\n"
        "        self.col_W = self.first.reshape(F, -1).T",
        {"Convolution.forward.all_at_once"},
    ),
    ("04_pooling", "pooling", "no sums where there is a border"): (
        "        N, _, out_h, out_w = dout.shape\n",
        "        N, C, out_h, out_w = dout.shape\n"
        "        if self.pad:\n"
        "            p, s, (H, W) = self.pad, self.stride, self.x.shape[2:]\n"
        "            dx = np.zeros((N, C, H + 2 * p, W + 2 * p), dout.dtype)\n"
        "            winners = self.arg_max.reshape(N, out_h, out_w, C)\n"
        "            for n, i, j, c in np.ndindex(winners.shape):\n"
        "                y, x = divmod(winners[n, i, j, c], self.pool_w)\n"
        "                dx[n, c, i * s + y, j * s + x] = dout[n, c, i, j]\n"
        "            return dx[:, :, p : p + H, p : p + W]\n",
        {"Pooling.backward.padding"},
    ),
    ("04_pooling", "pooling", "the dtype of x for gradients"): (
        "dtype=dout.dtype)", "dtype=self.x.dtype)", {"Pooling.backward.float32"},
    ),
    ("08_stripes_and_fcn", "train_softmax", "as many classes as different labels"): (
        "n_classes = int(y.max()) + 1", "n_classes = len(np.unique(y))",
        {"train_softmax.n_classes"},
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
    ("06_simple_convnet", "relu", "float64 whatever comes"): (
        "return np.maximum(x, 0)", "return x * (x > 0).astype(float)", {"Relu.forward.values"},
    ),
    ("06_simple_convnet", "relu", "gradients in float64"): (
        "return dout * (self.x > 0)", "return dout * (self.x > 0).astype(float)",
        {"Relu.backward.gates"},
    ),
    ("06_simple_convnet", "relu", "nothing above 6"): (
        "return np.maximum(x, 0)", "return np.clip(x, 0, 6)", {"Relu.forward.values"},
    ),
    ("06_simple_convnet", "relu", "gates closed above 6"): (
        "dout * (self.x > 0)", "dout * (self.x > 0) * (self.x < 6)", {"Relu.backward.gates"},
    ),
    ("06_simple_convnet", "relu", "the first x of each shape"): (
        "        self.x = x\n",
        "        if not hasattr(self, 'x') or self.x.shape != x.shape:\n            self.x = x\n",
        {"Relu.backward.gates"},
    ),
    ("06_simple_convnet", "affine", "dW of images in another order"): (
        "self.dW = self.rows.T @ dout",
        "self.dW = self.rows.T @ dout\n        if len(self.x_shape) > 2:\n            "
        "self.dW = self.rows.reshape(self.x_shape).T.reshape(-1, len(dout)) @ dout",
        {"Affine.backward.images"},
    ),
    ("06_simple_convnet", "affine", "db of images a mean"): (
        "dout.sum(axis=0)",
        "dout.sum(axis=0) if len(self.x_shape) == 2 else dout.mean(axis=0)",
        {"Affine.backward.images"},
    ),
    ("06_simple_convnet", "affine", "the first rows of each number"): (
        "        self.rows = x.reshape(len(x), -1)\n        return self.rows",
        "        rows = x.reshape(len(x), -1)\n"
        "        if not hasattr(self, 'rows') or self.rows.shape != rows.shape:\n"
        "            self.rows = rows\n        return rows",
        {"Affine.backward.called_again"},
    ),
    ("06_simple_convnet", "affine", "dx by a copy of the weights"): (
        "dx = dout @ self.W.T",
        "self.WT = getattr(self, 'WT', self.W.T.copy())\n        dx = dout @ self.WT",
        {"SimpleConvNet.__init__.shared_parameters"},
    ),
    ("06_simple_convnet", "carry_convolution", "a copy of the filters at first use"): (
        "self.col_W = self.W.reshape(F, -1).T",
        "self.col_W = getattr(self, 'kept', self.W.reshape(F, -1).T.copy())\n"
        "        self.kept = self.col_W",
        set(),  # the suite of 03 notices it, so its errors are carried
    ),
    ("06_simple_convnet", "softmax_with_loss", "the first scores of each shape"): (
        "        self.p = np.exp(log_p)",
        "        if not hasattr(self, 'p') or self.p.shape != x.shape:\n"
        "            self.p = np.exp(log_p)",
        {"SoftmaxWithLoss.backward.gradient", "SoftmaxWithLoss.backward.labels"},
    ),
    ("06_simple_convnet", "softmax_with_loss", "backward without dout"): (
        "def backward(self, dout=1):", "def backward(self):\n        dout = 1",
        {"SoftmaxWithLoss.backward.dout"},
    ),
    ("06_simple_convnet", "simple_convnet", "params that all networks share"): (
        "        self.params = {}\n", "        self.params = vars(type(self)).get('shared', {})\n"
        "        type(self).shared = self.params\n",
        {"SimpleConvNet.__init__.shared_parameters"},
    ),
    ("06_simple_convnet", "simple_convnet", "scores kept for each x"): (
        "        for layer in self.layers.values():\n            x = layer.forward(x)\n"
        "        return x\n",
        "        kept = self.__dict__.setdefault('kept', {})\n        key = x.tobytes()\n"
        "        if key not in kept:\n            for layer in self.layers.values():\n"
        "                x = layer.forward(x)\n            kept[key] = x\n"
        "        return kept[key]\n",
        {"SimpleConvNet.predict.scores"},
    ),
    ("06_simple_convnet", "adam", "gradients in the order of their keys"): (
        "for key, g in grads.items():", "for key, g in zip(params, grads.values()):",
        {"Adam.update.many_steps"},
    ),
    ("06_simple_convnet", "adam", "three guesses, none of them in params"): (
        "            params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)",
        "            step = self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)\n"
        "            if self.t == 1:\n                params[key] -= step\n"
        "                self.__dict__.setdefault('guesses', {})[key] = [\n"
        "                    params[key].copy() for _ in range(3)\n                ]\n"
        "            else:\n                for factor, guess in enumerate(self.guesses[key]):\n"
        "                    guess -= factor / 2 * step",
        {"Adam.update.many_steps"},
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
    # --- Arguments that are changed although they must not be.
    ("01_windows", "maxpool2d_single", "the map emptied"): (
        "    return out", "    feature_map[:] = 0\n    return out", {"maxpool2d_single.largest"},
    ),
    ("05_gap", "global_average_pooling", "averages of images in float64"): (
        "return np.mean(x, axis=(-2, -1))", "return np.mean(x, axis=(-2, -1), dtype=np.float64)",
        {"global_average_pooling_2d.batch"},
    ),
    ("05_gap", "global_average_pooling", "averages of sequences in float64"): (
        "return np.mean(x, axis=-1)", "return np.mean(x, axis=-1, dtype=np.float64)",
        {"global_average_pooling_1d.batch_and_single"},
    ),
    ("05_gap", "global_average_pooling", "images divided in place"): (
        "return np.mean(x, axis=(-2, -1))",
        "mean = np.mean(x, axis=(-2, -1))\n        x /= 2\n        return mean",
        {"global_average_pooling_2d.batch"},
    ),
    ("05_gap", "global_average_pooling", "images divided in place, channels last"): (
        "return np.mean(x, axis=(-3, -2))",
        "mean = np.mean(x, axis=(-3, -2))\n    x /= 2\n    return mean",
        {"global_average_pooling_2d.channels_last"},
    ),
    ("05_gap", "global_average_pooling", "sequences divided in place"): (
        "return np.mean(x, axis=-1)",
        "mean = np.mean(x, axis=-1)\n        x /= 2\n        return mean",
        {"global_average_pooling_1d.batch_and_single"},
    ),
    ("06_simple_convnet", "affine", "images given another shape"): (
        "self.rows = x.reshape(len(x), -1)", "x.shape = (len(x), x.size // len(x))\n"
        "        self.rows = x", {"Affine.forward.images"},
    ),
    ("06_simple_convnet", "softmax_with_loss", "labels changed in place"): (
        "        return -log_p", "        if t.ndim == 1:\n"
        "            self.labels, t[:] = t.copy(), 0\n        return -log_p",
        {"SoftmaxWithLoss.forward.labels"},
    ),
    ("06_simple_convnet", "softmax_with_loss", "one-hot rows multiplied in place"): (
        "        return -log_p", "        if t.ndim == 2:\n            t *= 2\n"
        "        return -log_p",
        {"SoftmaxWithLoss.forward.one_hot"},
    ),
    ("06_simple_convnet", "simple_convnet", "images divided before the loss"): (
        "return self.last_layer.forward(self.predict(x), t)",
        "loss = self.last_layer.forward(self.predict(x), t)\n        x /= 2\n        return loss",
        {"SimpleConvNet.loss.labels_and_one_hot"},
    ),
    ("06_simple_convnet", "simple_convnet", "images shuffled for the accuracy"): (
        "return right / len(x)", "np.random.shuffle(x)\n        return right / len(x)",
        {"SimpleConvNet.accuracy.full_batches", "SimpleConvNet.accuracy.one_hot"},
    ),
    ("06_simple_convnet", "simple_convnet", "labels emptied by the accuracy"): (
        "return right / len(x)", "t[:] = 0\n        return right / len(x)",
        {"SimpleConvNet.accuracy.full_batches", "SimpleConvNet.accuracy.one_hot"},
    ),
    ("06_simple_convnet", "simple_convnet", "one-hot rows emptied by gradient"): (
        "return grads", "if t.ndim == 2:\n            t[:] = 0\n        return grads",
        {"SimpleConvNet.gradient.called_again"},
    ),
    ("07_resnet", "batch_norm", "gamma divided in place"): (
        "return gamma.reshape(1, -1, 1, 1) * normal",
        "normal = gamma.reshape(1, -1, 1, 1) * normal\n    gamma /= 2\n    return normal",
        {"batch_norm.input_untouched"},
    ),
    ("07_resnet", "batch_norm", "beta emptied"): (
        "return gamma.reshape(1, -1, 1, 1) * normal + beta.reshape(1, -1, 1, 1)",
        "out = gamma.reshape(1, -1, 1, 1) * normal + beta.reshape(1, -1, 1, 1)\n"
        "    beta *= 0\n    return out", {"batch_norm.input_untouched"},
    ),
    ("07_resnet", "batchnorm", "dout multiplied by gamma in place"): (
        "dnormal = dout * self.gamma.reshape(1, -1, 1, 1)",
        "dout *= self.gamma.reshape(1, -1, 1, 1)\n        dnormal = dout",
        {"BatchNorm.backward.several_calls"},
    ),
    ("07_resnet", "basicblock", "dout changed where the shape does"): (
        "        if self.projection:\n            dsum =",
        "        if self.projection:\n            dout *= 2\n            dsum =",
        {"BasicBlock.backward.several_calls"},
    ),
    ("07_resnet", "simpleresnet", "pictures emptied"): (
        "        features =", "        x *= 0\n        features =", {"SimpleResNet.forward.scores"},
    ),
    ("08_stripes_and_fcn", "extract_features", "kernels emptied"): (
        "    return np.array(rows)", "    for kernel in kernels:\n        kernel *= 0\n"
        "    return np.array(rows)", {"extract_features.several_filters"},
    ),
    ("08_stripes_and_fcn", "one_hot", "labels emptied"): (
        "    return rows", "    y[:] = 0\n    return rows",
        {"one_hot.rows"},
    ),
    ("08_stripes_and_fcn", "confusion_matrix", "predictions emptied"): (
        "    return matrix", "    y_pred[:] = 0\n    return matrix", {"confusion_matrix.counts"},
    ),
    ("08_stripes_and_fcn", "conv1x1", "biases doubled"): (
        "out = out + b.reshape(-1, 1, 1)", "out = out + b.reshape(-1, 1, 1)\n        b *= 2",
        {"conv1x1.biases"},
    ),
    ("02_im2col", "im2col", "windows read from the bottom up"): (
        "windows[:, :, fy, fx]", "windows[:, :, filter_h - 1 - fy, fx]",
        {f"im2col.{slug}" for slug in (
            "one_channel", "batch_and_channels", "non_square_input", "non_square_filter", "stride",
            "padding", "all_at_once", "defaults", "float32", "input_untouched", "window_too_large",
            "vectorised")},
    ),
    # --- Layers that update their own weights.
    ("03_convolution", "convolution", "weights updated before dx"): (
        "        dcol = rows", "        self.W -= 0.1 * self.dW\n        dcol = rows",
        {f"Convolution.backward.{slug}" for slug in (
            "dx", "stride", "padding", "non_square", "all_at_once", "several_calls",
            "nothing_changed", "float32")},
    ),
    ("03_convolution", "convolution", "new weights at the end"): (
        "        dcol = rows @ self.col_W.T",
        "        dcol = rows @ self.col_W.T\n        self.W = self.W - 0.1 * self.dW",
        {"Convolution.backward.nothing_changed", "Convolution.backward.several_calls"},
    ),
    ("06_simple_convnet", "affine", "weights updated at the end"): (
        "        return dx.reshape",
        "        self.W -= 0.1 * self.dW\n        self.b -= 0.1 * self.db\n"
        "        return dx.reshape",
        {"Affine.backward.called_again"},
    ),
    ("07_resnet", "batchnorm", "gammas updated at the end"): (
        "        return dx.astype(dout.dtype)",
        "        self.gamma = self.gamma - 0.1 * self.dgamma\n        return dx.astype(dout.dtype)",
        {f"BatchNorm.backward.{slug}" for slug in ("dx", "few_numbers", "several_calls")},
    ),
    # --- What a tolerance or a kind input once hid.
    ("06_simple_convnet", "adam", "gradients clipped at 5"): (
        "        for key, g in grads.items():",
        "        for key, g in grads.items():\n            g = np.clip(g, -5, 5)",
        {"Adam.update.many_steps"},
    ),
    ("06_simple_convnet", "adam", "a second step that changes nothing"): (
        "        self.t += 1", "        self.t += 1\n        if self.t == 2:\n            return",
        {"Adam.update.many_steps"},
    ),
    ("07_resnet", "batchnorm", "eps in the running variance"): (
        "new * variance * n / (n - 1)", "new * (variance + self.eps) * n / (n - 1)",
        {"BatchNorm.forward.running_var"},
    ),
    ("08_stripes_and_fcn", "make_stripe_image", "always the same without a generator"): (
        "rng = np.random.default_rng()", "rng = np.random.default_rng(42)",
        {"make_stripe_image.noise"},
    ),
    ("06_simple_convnet", "softmax_with_loss", "the mean taken away"): (
        "x - x.max(axis=1, keepdims=True)", "x - x.mean(axis=1, keepdims=True)",
        {"SoftmaxWithLoss.forward.large_beside_small", "SoftmaxWithLoss.forward.sure_and_wrong"},
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


UPDATES = {
    "03_convolution convolution: weights updated before dx": "W",
    "03_convolution convolution: new weights at the end": "W",
    "06_simple_convnet affine: weights updated at the end": "W",
    "07_resnet batchnorm: gammas updated at the end": "gamma",
}


@pytest.mark.parametrize("slip", UPDATES)
def test_a_layer_that_updates_its_own_weights_is_told_so(graded, slip):
    told = [c.message for c in graded[slip].result.criteria if c.status == "failed"]
    name = UPDATES[slip]
    said = (
        f"`backward` has changed `{name}`. It only computes the gradients; an optimiser uses them"
    )
    assert any(message["en"].startswith(said) for message in told)
    assert any(f"`backward`が`{name}`を書き換えています" in message["ja"] for message in told)


def test_softmax_without_the_mean_is_told_from_the_logarithm_of_0(graded):
    told = graded["06_simple_convnet softmax_with_loss: the mean taken away"]
    named = {name for criterion in told.result.criteria for name in criterion.diagnosis}
    assert named == {"SX26"}


def test_columns_in_another_order_are_not_blamed_on_reshape(graded):
    told = graded["02_im2col im2col: windows read from the bottom up"]
    said = [c.message["en"] for c in told.result.criteria if c.status == "failed"]
    assert any("along axis 1 they are in a different order, the same everywhere" in m for m in said)
    assert not any("check reshape" in message or "shifted" in message for message in said)


def test_labels_that_no_seed_changes_are_said_to_be_so(graded):
    told = graded["08_stripes_and_fcn make_dataset: kinds in turn"]
    (said,) = [c.message for c in told.result.criteria if c.id == "make_dataset.seed"]
    assert said["en"].startswith("The number of labels that another seed changes is 0; it should")
    assert said["ja"].startswith("シードを変えると変わるラベルの個数は0ですが、約")
