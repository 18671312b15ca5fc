import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import source_lib
from source_lib import load_mnist, stem_filters, stem_layers


def test_mnist_is_split_in_5000_and_1000():
    (x_train, t_train), (x_test, t_test) = load_mnist()
    assert x_train.shape == (5000, 1, 28, 28)
    assert x_test.shape == (1000, 1, 28, 28)
    assert t_train.shape == (5000,)
    assert t_test.shape == (1000,)
    assert x_train.dtype == np.float32
    assert t_train.dtype == np.int64
    assert (x_train.min(), x_train.max()) == (0, 1)
    # Every class is well represented in both parts.
    assert np.bincount(t_train, minlength=10).min() > 400
    assert np.bincount(t_test, minlength=10).min() > 70


def test_mnist_in_its_other_forms():
    (x, t), _ = load_mnist()
    (raw, _), _ = load_mnist(normalize=False)
    assert raw.dtype == np.uint8
    assert_allclose(x, raw / 255, atol=1e-7)
    (flat, rows), _ = load_mnist(flatten=True, one_hot_label=True)
    assert_array_equal(flat, x.reshape(5000, 784))
    assert_array_equal(rows.argmax(axis=1), t)
    assert rows.shape == (5000, 10)


def test_pictures_and_labels_belong_together():
    # The nearest class mean is a poor classifier, but far better than chance on real digits.
    (x, t), (x_test, t_test) = load_mnist(flatten=True)
    means = np.stack([x[t == digit].mean(axis=0) for digit in range(10)])
    distance = ((x_test[:, np.newaxis] - means) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) == t_test).mean() > 0.75


def test_training_and_test_digits_are_different_pictures():
    (x, _), (x_test, _) = load_mnist(normalize=False)
    assert not {p.tobytes() for p in x} & {p.tobytes() for p in x_test}


def test_each_call_gives_arrays_of_its_own():
    (x, _), _ = load_mnist()
    x[...] = 0
    assert load_mnist()[0][0].any()


def test_stem_filters_have_learned_edges_and_colours():
    W = stem_filters()
    assert W.shape == (32, 3, 3, 3)
    assert W.dtype == np.float32
    strong = W[np.abs(W).max(axis=(1, 2, 3)) > 0.1]
    assert len(strong) > 10
    # A filter for edges answers to a ramp, not to an even surface.
    even = np.abs(strong.sum(axis=(1, 2, 3)))
    assert (even < 0.1 * np.abs(strong).sum(axis=(1, 2, 3))).sum() > 5


def test_stem_layers_run_on_a_photograph_sized_picture(rng):
    convolution, normalisation = stem_layers()
    x = rng.normal(size=(1, 3, 64, 48)).astype(np.float32)
    maps = normalisation.forward(convolution.forward(x), train=False)
    assert maps.shape == (1, 32, 32, 24)
    assert maps.dtype == np.float32
    assert np.isfinite(maps).all()
    assert_array_equal(convolution.W, stem_filters())
    assert (normalisation.running_var >= 0).all()  # some filters have died: 0


def test_the_data_names_its_authors_where_it_ships():
    from importlib.resources import files

    text = files(source_lib).joinpath("data", "README.md").read_text(encoding="utf-8")
    for name in ("LeCun", "Cortes", "CC BY-SA 3.0", "Apache-2.0", "EfficientNet"):
        assert name in text
    shipped = {f.name for f in files(source_lib).joinpath("data").iterdir()}
    assert all(f"`{name}`" in text for name in shipped - {"README.md"})


@pytest.mark.parametrize("name", ["mnist_6k.npz", "efficientnet_lite0_stem.npz"])
def test_the_data_is_small(name):
    from importlib.resources import as_file, files

    with as_file(files(source_lib).joinpath("data", name)) as path:
        assert path.stat().st_size < 1_000_000
