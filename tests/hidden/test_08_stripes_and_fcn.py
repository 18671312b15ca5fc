"""What the stripes exercise has to do, one thing at a time.

Functions that draw random numbers are judged by what any right result must look like, never by
the numbers of one generator: place and noise may be drawn in any order. A measured property becomes
an answer of its own (`measured`), so that feedback names it.
"""

import numpy as np

import source_lib
from autograder.suite import criterion, generator, measured, numbers, same, unchanged
from autograder.suite.proxy import fetch
from autograder.text import Text


def _clean_stripes(kind, size):
    """All pictures without noise that this kind can give, by place."""
    pictures = []
    for place in range(3, size - 3):
        picture = np.zeros((size, size))
        picture[place - 1 : place + 1] = 1.0
        pictures.append(picture if kind == 0 else picture.T)
    return np.array(pictures)


def _closest(pictures, value):
    """The one of these pictures that is most like the value."""
    return pictures[np.abs(pictures - value).sum(axis=(1, 2)).argmin()]


def _lines(pictures):
    """Mean brightness of each row and of each column, the last two axes of the pictures."""
    return pictures.mean(axis=-1), pictures.mean(axis=-2)


@criterion("make_stripe_image.stripe")
def test_a_stripe_without_noise(student, make):
    sizes = make.integers(7, 24, 5).tolist()
    for kind, size in zip((0, 1, 0, 1, 1), sizes, strict=True):
        image = student.make_stripe_image(kind, size, 0.0)
        same(image, _closest(_clean_stripes(kind, size), numbers(image, (size, size))))
    for _ in range(12):  # in so small a picture there is only one place for a stripe
        same(student.make_stripe_image(1, 7, 0.0), _clean_stripes(1, 7)[0])
    numbers(student.make_stripe_image(0), (16, 16))
    # Twelve draws of 24 places: fewer than four different ones come once in 10**7 times.
    images = [student.make_stripe_image(0, 30, 0.0, generator(seed)) for seed in _seeds(make, 12)]
    places = {numbers(image, (30, 30)).tobytes() for image in images}
    what = Text(
        en="The number of different places of the stripe in 12 pictures (counted up to 4)",
        ja="画像12枚での、帯の異なる場所の数（4まで数えたもの）",
    )
    same(measured(images[-1], what, min(len(places), 4)), 4)
    # The first place and the last one are drawn as well: one of two is missed once in 10**7 times.
    images = [student.make_stripe_image(0, 8, 0.0, generator(seed)) for seed in _seeds(make, 24)]
    places = {numbers(image, (8, 8)).tobytes() for image in images}
    what = Text(
        en="The number of different places of the stripe in 24 pictures of size 8, where there are "
        "two",
        ja="サイズ8の画像24枚での、帯の異なる場所の数（場所は2か所）",
    )
    same(measured(images[-1], what, len(places)), 2)


def _seeds(make, count):
    return make.integers(0, 10_000, count).tolist()


@criterion("make_stripe_image.noise")
def test_noise_of_the_right_size_cut_off_at_black_and_white(student, make):
    size = 64
    strong, weak = float(make.uniform(low=0.2, high=0.3)), float(make.uniform(low=0.08, high=0.15))
    for noise_std, image in (
        (strong, student.make_stripe_image(0, size, strong)),
        (weak, student.make_stripe_image(1, size, weak)),
        (0.12, student.make_stripe_image(0, size)),
    ):
        value = numbers(image, (size, size))
        same(image, value.clip(0.0, 1.0))
        # Whichever way the stripe lies and however wide it is: what is not of it is black, apart
        # from noise. Of normal noise on black half is cut off, and what remains is half of a
        # bell. There are 4000 such pixels: tolerances are five standard deviations and more.
        rows, columns = _lines(value)
        dark = value[rows < 0.5] if rows.max() > columns.max() else value.T[columns < 0.5]
        lit = dark[dark > 0]
        what = Text(
            en="The share of pixels beside the stripe that are brighter than black",
            ja="帯以外で、黒より明るい画素の割合",
        )
        same(measured(image, what, lit.size / max(dark.size, 1)), 0.5, rtol=0.1)
        spread = float(np.sqrt(np.mean(lit**2)))
        what = Text(en="The standard deviation of the noise", ja="ノイズの標準偏差")
        same(measured(image, what, spread), noise_std, rtol=0.1)
        what = Text(
            en=f"The number of different values among {lit.size} pixels with noise",
            ja=f"ノイズのある{lit.size}画素での、異なる値の個数",
        )
        same(measured(image, what, np.unique(lit).size), lit.size)
        # Noise on white is cut off as well, so that half of the two bright lines is less than 1.
        bright = value[rows > 0.5] if rows.max() > columns.max() else value.T[columns > 0.5]
        what = Text(
            en="The share of pixels of the stripe that are darker than white",
            ja="帯の画素のうち、白より暗いものの割合",
        )
        same(measured(image, what, (bright < 1).sum() / max(bright.size, 1)), 0.5, rtol=0.45)
    # Without a generator each picture is another one. Three quarters of the pixels differ, apart
    # from those that are cut off in both; the tolerance is ten standard deviations.
    one, two = (numbers(student.make_stripe_image(0, size), (size, size)) for _ in range(2))
    image = student.make_stripe_image(0, size)
    what = Text(
        en="The share of pixels in which two pictures differ that were drawn without a generator",
        ja="乱数生成器を渡さずに描いた2枚の画像で、値が異なる画素の割合",
    )
    for other in (one, two):
        share = float((numbers(image, (size, size)) != other).mean())
        same(measured(image, what, share), 0.75, rtol=0.1)
    # Whatever is drawn, and in which order: equal generators draw the same.
    for seed in _seeds(make, 2):
        one, two = (student.make_stripe_image(1, 30, strong, generator(seed)) for _ in range(2))
        differ = (numbers(one, (30, 30)) != numbers(two, (30, 30))).sum()
        what = Text(
            en="The number of pixels in which two pictures differ that were drawn from equal "
            "generators",
            ja="同じシードの乱数生成器から描いた2枚の画像で、値が異なる画素の個数",
        )
        same(measured(two, what, differ), 0)


@criterion("make_dataset.pictures_and_labels")
def test_pictures_of_both_kinds_with_their_labels(student, make):
    for n_samples, size, seed in zip(
        make.integers(40, 70, 2).tolist(),
        make.integers(10, 20, 2).tolist(),
        make.integers(0, 10_000, 2).tolist(),
        strict=True,
    ):
        made = student.make_dataset(n_samples, size, seed)
        X = numbers(made[0], (n_samples, size, size))
        rows, columns = (lines.max(axis=1) for lines in _lines(X))
        # Which way kind 0 lies is another criterion's business.
        flat = numbers(student.make_stripe_image(0, size, 0.0), (size, size))
        upright = np.ptp(flat[0]) > 0.5
        same(made[1], ((rows > columns) if upright else (columns > rows)).astype(np.int64))
        kinds = np.unique(fetch(made[1])).size
        what = Text(en="The number of different labels", ja="異なるラベルの個数")
        same(measured(made[1], what, kinds), 2)
    made = student.make_dataset()
    X, y = made[0], made[1]
    spread = _spread(numbers(X, (400, 16, 16)))
    # What noise a picture gets if nothing is said is make_stripe_image's business.
    usual = _spread(numbers(student.make_stripe_image(0, 100), (100, 100)))
    what = Text(en="The standard deviation of the noise", ja="ノイズの標準偏差")
    same(measured(X, what, spread), usual, rtol=0.1)
    # Five standard deviations of 400 tosses of a coin.
    share = float(np.mean(fetch(y) == 0))
    what = Text(en="The share of label 0 among 400 pictures", ja="画像400枚での、ラベル0の割合")
    same(measured(y, what, share), 0.5, rtol=0.25)


def _spread(pictures):
    """The standard deviation of the noise, by what dark pixels have of it: half of a bell."""
    lit = pictures[(pictures > 0) & (pictures < 0.5)]
    return float(np.sqrt(np.mean(lit**2))) if lit.size else 0.0


@criterion("make_dataset.seed")
def test_the_seed_decides_and_every_picture_is_another(student, make):
    n_samples, size = int(make.integers(30, 50, 1)[0]), int(make.integers(12, 22, 1)[0])
    seed = int(make.integers(0, 10_000, 1)[0])
    (X, y), (X_other, y_other) = (
        (made[0], made[1])
        for made in (student.make_dataset(n_samples, size, s) for s in (seed, seed + 1))
    )
    value = numbers(X, (n_samples, size, size))
    same(student.make_dataset(n_samples, size, seed)[0], value)
    by_default = student.make_dataset(n_samples, size)[0]
    same(by_default, numbers(student.make_dataset(n_samples, size, 0)[0], value.shape))
    other = numbers(X_other, value.shape)
    unlike = sum(not np.array_equal(one, two) for one, two in zip(value, other, strict=True))
    what = Text(
        en="The number of pictures that another seed changes", ja="シードを変えると変わる画像の枚数"
    )
    same(measured(X, what, unlike), n_samples)
    # In random order: two seeds draw the same labels, thirty or more, once in 10**7 times.
    for labels in (y, y_other):
        if not isinstance(fetch(labels), np.ndarray):
            same(labels, np.zeros(n_samples, np.int64))
    in_turn = np.array_equal(fetch(y), fetch(y_other))
    what = Text(
        en="The number of labels that another seed changes", ja="シードを変えると変わるラベルの個数"
    )
    half = n_samples // 2
    same(measured(y, what, 0 if in_turn else half), half, rtol=0.5)
    different = len({picture.tobytes() for picture in value})
    what = Text(en="The number of different pictures", ja="異なる画像の枚数")
    same(measured(X, what, different), n_samples)
    possible = np.concatenate([_clean_stripes(kind, size) for kind in (0, 1)])
    stripes = {_closest(possible, picture).tobytes() for picture in value}
    # At least thirty draws of at least twelve stripes: fewer than five different ones come once
    # in 10**10 times.
    what = Text(
        en="The number of different stripes (counted up to 5)",
        ja="異なる帯の種類（5まで数えたもの）",
    )
    same(measured(X, what, min(len(stripes), 5)), 5)


@criterion("extract_features.one_filter")
def test_mean_and_maximum_for_one_filter(student, make):
    # The second kernel sees hardly anything but what ReLU takes away.
    for shape, shift in (((2, 6, 6), 0.0), ((2, 4, 8), -1.0)):
        images, kernels = make.uniform(*shape), [make.normal(3, 3) + shift]
        expected = source_lib.extract_features(images, kernels)
        same(student.extract_features(images, kernels), expected, atol=1e-12)


@criterion("extract_features.several_filters")
def test_pictures_in_rows_and_filters_in_columns(student, make):
    for shape, filters in (((3, 6, 8), 2), ((4, 7, 5), 3)):
        images, kernels = make.uniform(*shape), [make.normal(3, 3) for _ in range(filters)]
        expected = source_lib.extract_features(images, kernels)
        features = unchanged(student.extract_features, images, kernels)
        same(features, expected, rtol=1e-9, atol=1e-12)


@criterion("softmax.rows")
def test_each_row_becomes_probabilities(student, make):
    for shape in ((4, 3), (3, 5), (1, 2)):
        logits = make.normal(*shape)
        same(unchanged(student.softmax, logits), source_lib.softmax(logits))


@criterion("softmax.large")
def test_large_scores_beside_small_ones(student, make):
    for _ in range(2):
        logits = make.normal(4, 3) + np.array([[0.0], [900.0], [-900.0], [5000.0]])
        # Nor may one score of a row tower over the others.
        logits[0, 1] += 2500
        same(student.softmax(logits), source_lib.softmax(logits))


@criterion("one_hot.rows")
def test_one_one_in_each_row(student, make):
    for labels, classes in ((make.integers(0, 4, 7), 4), (make.integers(0, 2, 5), 6)):
        expected = source_lib.one_hot(labels, classes)
        same(unchanged(student.one_hot, labels, classes), expected)


def _examples(make, N, D, classes):
    """Features, and labels among which every class occurs."""
    return make.normal(N, D), make.rng.permutation(np.arange(N) % classes)


def _like(answer, biases):
    """One row of biases (1, C), or as many in a row (C,): they add up to the same."""
    value = fetch(answer)
    return biases.ravel() if isinstance(value, np.ndarray) and value.ndim == 1 else biases


@criterion("train_softmax.weights")
def test_weights_and_biases_after_some_steps(student, make):
    for (N, D, classes), lr, epochs in (((7, 3, 2), 0.5, 1), ((10, 4, 3), 0.2, 25)):
        X, y = _examples(make, N, D, classes)
        W, b, _ = source_lib.train_softmax(X, y, lr, epochs)
        trained = unchanged(student.train_softmax, X, y, lr, epochs)
        same(trained[0], W, atol=1e-12)
        same(trained[1], _like(trained[1], b), atol=1e-12)
    W, _, _ = source_lib.train_softmax(X, y)
    same(student.train_softmax(X, y)[0], W, atol=1e-9)


@criterion("train_softmax.history")
def test_the_loss_before_each_step(student, make):
    for N, D, classes, epochs in ((11, 4, 3, 12), (8, 3, 2, 9)):
        X, y = _examples(make, N, D, classes)
        _, _, history = source_lib.train_softmax(X, y, 0.3, epochs)
        # A small number added inside the logarithm is welcome.
        same(student.train_softmax(X, y, 0.3, epochs)[2], history, rtol=1e-6)
    # As many steps as it is told, also where the loss hardly changes any more.
    _, _, history = source_lib.train_softmax(X, y)
    same(student.train_softmax(X, y)[2], history, rtol=1e-6)


@criterion("train_softmax.n_classes")
def test_a_class_without_examples(student, make):
    for n_classes in (4, 3):
        X, y = _examples(make, 8, 3, 2)
        W, b, _ = source_lib.train_softmax(X, y, 0.3, 3, n_classes=n_classes)
        trained = student.train_softmax(X, y, 0.3, 3, n_classes)
        same(trained[0], W, atol=1e-12)
        same(trained[1], _like(trained[1], b), atol=1e-12)
    # Unless it is told, the largest label says how many there are, not how many different ones.
    X, y = _examples(make, 8, 3, 2)
    W, b, _ = source_lib.train_softmax(X, 2 * y, 0.3, 3)
    trained = student.train_softmax(X, 2 * y, 0.3, 3)
    same(trained[0], W, atol=1e-12)
    same(trained[1], _like(trained[1], b), atol=1e-12)


@criterion("confusion_matrix.counts")
def test_true_classes_in_rows_and_predictions_in_columns(student, make):
    for classes, largest, N in ((3, 3, 40), (2, 2, 9), (4, 3, 20)):
        true, predicted = make.integers(0, largest, N), make.integers(0, largest, N)
        expected = source_lib.confusion_matrix(true, predicted, classes)
        same(unchanged(student.confusion_matrix, true, predicted, classes), expected)


@criterion("conv1x1.weights")
def test_the_same_sums_at_every_place(student, make):
    for (N, C, H, W), F in (((2, 3, 4, 5), 6), ((1, 8, 6, 6), 3), ((3, 4, 2, 1), 2)):
        x, weights = make.normal(N, C, H, W), make.normal(F, C)
        expected = source_lib.conv1x1(x, weights)
        same(unchanged(student.conv1x1, x, weights), expected, rtol=1e-9, atol=1e-12)


@criterion("conv1x1.biases")
def test_a_bias_for_each_output_channel(student, make):
    for (N, C, H, W), F in (((2, 3, 5, 4), 4), ((2, 2, 3, 3), 3)):
        x, weights, biases = make.normal(N, C, H, W), make.normal(F, C), make.normal(F)
        expected = source_lib.conv1x1(x, weights, biases)
        got = unchanged(student.conv1x1, x, weights, biases, only=3)
        same(got, expected, atol=1e-12)


@criterion("upsample_nearest.repeated")
def test_every_number_is_repeated(student, make):
    for shape, factor in (((1, 3, 6, 6), 2), ((2, 3, 4, 5), 3), ((2, 1, 3, 2), 1)):
        x = make.normal(*shape)
        expected = source_lib.upsample_nearest(x, factor)
        same(unchanged(student.upsample_nearest, x, factor), expected, exact=True)
    same(student.upsample_nearest(x), source_lib.upsample_nearest(x), exact=True)
