"""Small inputs for the stripes and the FCN: feedback shows the first one that goes wrong.

What is judged by its noise, or by being drawn again, has no ladder: no single call shows it.
"""

import numpy as np

import source_lib
from autograder.suite import counting, ladder, mixed, same, unchanged

UP = (1, 2, 3)


@ladder("make_stripe_image.stripe", kind=(0, 1))
def stripe(student, kind=0):
    # At this size there is only one place for it.
    picture = np.zeros((7, 7))
    picture[2:4] = 1.0
    same(student.make_stripe_image(kind, 7, 0.0), picture.T if kind else picture)


@ladder("extract_features.one_filter", H=(3, 4), W=(3, 4), N=(1, 2), shift=(0, -4))
def features(student, H=3, W=3, N=1, shift=0):
    images, kernels = mixed(N, H, W), [mixed(3, 3) - 5 + shift]
    expected = source_lib.extract_features(images, kernels)
    same(student.extract_features(images, kernels), expected)


@ladder("extract_features.several_filters", F=(2, 3), N=(1, 2), H=(3, 4), W=(3, 4))
def features_in_columns(student, F=2, N=1, H=3, W=3):
    images, kernels = mixed(N, H, W), [mixed(3, 3) - 5 + number for number in range(F)]
    expected = source_lib.extract_features(images, kernels)
    same(unchanged(student.extract_features, images, kernels), expected, rtol=1e-9)


@ladder("softmax.rows", N=UP, K=UP)
def probabilities(student, N=1, K=1):
    logits = mixed(N, K)
    same(unchanged(student.softmax, logits), source_lib.softmax(logits))


@ladder("softmax.large", more=(900.0, -900.0, 5000.0), N=UP, K=(2, 3))
def probabilities_of_large_scores(student, more=900.0, N=1, K=2):
    logits = mixed(N, K)
    logits[0] += more
    same(student.softmax(logits), source_lib.softmax(logits))


@ladder("softmax.large", more=(900.0, 2500.0), N=UP)
def probabilities_of_one_large_score(student, more=900.0, N=1):
    logits = mixed(N, 2)
    logits[0, 1] += more
    same(student.softmax(logits), source_lib.softmax(logits))


@ladder("one_hot.rows", N=UP, classes=UP)
def ones(student, N=1, classes=1):
    labels = np.arange(N)[::-1] % classes
    expected = source_lib.one_hot(labels, classes)
    same(unchanged(student.one_hot, labels, classes), expected)


def _examples(N, D, classes):
    return mixed(N, D) / (N * D), np.arange(N)[::-1] % classes


@ladder("train_softmax.weights", epochs=(1, 2), N=(2, 3), D=UP, classes=(2, 3))
@ladder("train_softmax.n_classes", n_classes=(3, 4), epochs=(1, 2), N=(2, 3), D=UP)
def trained_weights(student, epochs=1, N=2, D=1, classes=2, n_classes=None):
    X, y = _examples(N, D, classes)
    more = [] if n_classes is None else [n_classes]
    W, _, _ = source_lib.train_softmax(X, y, 0.5, epochs, *more)
    same(unchanged(student.train_softmax, X, y, 0.5, epochs, *more)[0], W, atol=1e-12)


@ladder("train_softmax.n_classes", epochs=(1, 2), N=(2, 3), D=UP)
def labels_with_a_gap(student, epochs=1, N=2, D=1):
    X, y = _examples(N, D, 2)
    W, _, _ = source_lib.train_softmax(X, 2 * y, 0.5, epochs)
    same(student.train_softmax(X, 2 * y, 0.5, epochs)[0], W, atol=1e-12)


@ladder("train_softmax.history", epochs=UP, N=(2, 3), D=UP, classes=(2, 3))
def losses(student, epochs=1, N=2, D=1, classes=2):
    X, y = _examples(N, D, classes)
    _, _, history = source_lib.train_softmax(X, y, 0.5, epochs)
    same(student.train_softmax(X, y, 0.5, epochs)[2], history, rtol=1e-6)


@ladder("confusion_matrix.counts", N=(1, 2, 3, 4), classes=UP, shift=(0, 1))
def counts(student, N=1, classes=1, shift=0):
    true = np.arange(N) % classes
    predicted = (np.arange(N) // 2 + shift) % classes
    expected = source_lib.confusion_matrix(true, predicted, classes)
    same(unchanged(student.confusion_matrix, true, predicted, classes), expected)


@ladder("conv1x1.weights", N=(1, 2), C=UP, F=UP, H=(1, 2), W=(1, 2))
def sums(student, N=1, C=1, F=1, H=1, W=1):
    x, weights = counting(N, C, H, W), counting(F, C)
    same(unchanged(student.conv1x1, x, weights), source_lib.conv1x1(x, weights), rtol=1e-9)


@ladder("conv1x1.biases", F=UP, N=(1, 2), C=UP, H=(1, 2), W=(1, 2))
def sums_with_biases(student, F=1, N=1, C=1, H=1, W=1):
    x, weights, biases = counting(N, C, H, W), counting(F, C), counting(F)
    same(student.conv1x1(x, weights, biases), source_lib.conv1x1(x, weights, biases))


@ladder("upsample_nearest.repeated", factor=(1, 2, 3), N=(1, 2), C=(1, 2), H=(1, 2), W=(1, 2))
def repeated(student, factor=1, N=1, C=1, H=1, W=1):
    x = counting(N, C, H, W)
    expected = source_lib.upsample_nearest(x, factor)
    same(unchanged(student.upsample_nearest, x, factor), expected, exact=True)
