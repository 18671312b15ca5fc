"""The experiments of the notebooks do what the text beside them promises."""

from __future__ import annotations

import itertools
import linecache
import re
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.course.load import load_course
from autograder.generate import solution_cells
from source_lib import BatchNorm, Convolution
from tests.course_content import race
from tests.paths import ROOT

plt = pytest.importorskip("matplotlib.pyplot")

COURSE = load_course(ROOT)
WRITTEN = ("setup", "carry", "carry_convolution", "carry_gap", "batch_norm", "batchnorm")
NETWORK = (*WRITTEN, "basicblock", "simpleresnet")
DIGIT = ("setup", "drawing", "my_digit", "read_my_digit")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run cells of a filled-in notebook by name, beside the data, all in one namespace."""
    plt.switch_backend("Agg")
    manager = plt.matplotlib.font_manager.fontManager
    monkeypatch.setattr(manager, "ttflist", [*manager.ttflist])  # cells may add a font
    (tmp_path / "data").symlink_to(ROOT / "assignments" / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    space: dict[str, Any] = {"__name__": "__main__"}

    def run(exercise_id: str, *names: str, lang: str = "en", **instead: Any) -> dict[str, Any]:
        exercise = COURSE.exercise(exercise_id)
        cells = {cell.name: cell.source for cell in solution_cells(COURSE, exercise, lang)}
        for name in names:
            file = f"<{exercise_id}:{name}>"
            lines = cells[name].splitlines(keepends=True)
            linecache.cache[file] = (len(cells[name]), None, lines, file)
            space.update(instead)
            exec(compile(cells[name], file, "exec"), space)
        plt.close("all")
        return space

    with plt.rc_context():
        yield run


SLIDERS = pytest.mark.parametrize(
    ("exercise_id", "cells"),
    [
        ("01_windows", ("setup", "drawing", "windows_in_a_row")),
        ("02_im2col", ("setup", "drawing", "im2col", "col2im", "overlap_counts")),
        ("03_convolution", ("setup", "drawing", "stamps_and_stride")),
        ("04_pooling", ("setup", "drawing", "carry", "pooling", "count_wins")),
    ],
)


@SLIDERS
def test_sliders_draw_their_smallest_and_largest_settings(run, monkeypatch, exercise_id, cells):
    drawn = []

    def interact(draw, **sliders):
        for setting in itertools.product(*sliders.values()):
            draw(**dict(zip(sliders, setting, strict=True)))
            drawn.append(setting)
            plt.close("all")

    fake = SimpleNamespace(IntSlider=lambda _, low, high, **_look: (low, high), interact=interact)
    monkeypatch.setitem(sys.modules, "ipywidgets", fake)
    run(exercise_id, *cells)
    assert len(drawn) in (8, 16)


@SLIDERS
def test_without_ipywidgets_the_figure_is_there_all_the_same(run, monkeypatch, exercise_id, cells):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    shown = []
    monkeypatch.setattr(plt, "show", lambda: shown.append(plt.gcf()))
    run(exercise_id, *cells)
    assert len(shown) == 1


@pytest.mark.parametrize(("name", "shape"), [("dW", (4, 1)), ("dx", (4, 4))])
def test_a_gradient_left_in_the_shape_of_its_matrix_is_named_by_the_check(run, name, shape):
    cells = ("setup", "carry", "numerical_gradient", "convolution")
    layer = run("03_convolution", *cells)["Convolution"]
    right = layer.backward

    def backward(self, dout):
        dx = right(self, dout)
        if name == "dW":
            self.dW = np.zeros(shape)
            return dx
        return np.zeros(shape)

    layer.backward = backward
    with pytest.raises(AssertionError, match=re.escape(f"{name} has the shape {shape}")):
        run("03_convolution", "check_backward")


def test_one_step_size_learns_at_once_and_another_never(run, monkeypatch):
    losses = {}
    axes = plt.Axes
    for step in (0.02, 1.0, 2.5):
        monkeypatch.setattr(
            axes, "semilogy", lambda _ax, ys, at=step, **_look: losses.update({at: ys})
        )
        cells = ("setup", "drawing", "carry", "convolution", "learn_sobel")
        run("03_convolution", *cells, STEP=step)
    assert losses[1.0][10] < 1e-10 < losses[0.02][10] < losses[0.02][0]
    assert losses[2.5][-1] > 1e6


@pytest.mark.slow
def test_deep_plain_networks_fail_where_deep_residual_ones_learn_on_another_seed(run, capsys):
    """On the first seed the notebook itself shows it, with the student's layers (`test_notebooks`).

    What depth does is the same with the layers of source_lib, which take two thirds of the time.
    """
    run("07_resnet", *NETWORK, "race_settings", "training_tools")
    run("07_resnet", "race", SEEDS=(1,), Convolution=Convolution, BatchNorm=BatchNorm)
    race.shows_what_is_claimed(capsys.readouterr().out, (1,))


def test_without_exercise_6_the_finale_says_what_is_missing(run, capsys):
    def backward(self, dout):
        raise NotImplementedError

    space = run("07_resnet", *NETWORK, "race_settings", "training_tools")
    space["BasicBlock"].backward = backward
    assert run("07_resnet", "race")["deep_residual"] is None
    assert "exercise 6" in capsys.readouterr().out


@pytest.mark.parametrize(("lang", "said"), [("en", "{}, read as {}"), ("ja", "{}を{}と予測")])
def test_a_wrong_answer_of_the_resnet_is_shown_as_its_answer(run, monkeypatch, lang, said):
    font = ("figure_font",) if lang == "ja" else ()
    run("07_resnet", *font, *NETWORK, "check_resnet", "training_tools", lang=lang)
    space = run("07_resnet", "train_resnet", lang=lang, block_goes_back=lambda: False)
    labels = space["digit_labels"][space["TEST"][:400]]
    answers = np.concatenate([[(labels[0] + 1) % 10], labels[1:]])
    space["judge_coloured"] = lambda *_: (np.zeros((400, 3, 32, 32)), answers)
    filters = np.random.default_rng(0).standard_normal((64, 3, 7, 7))
    net = SimpleNamespace(
        bn=SimpleNamespace(running_mean=0, running_var=1), params={"stem.W": 2 * filters}
    )
    titles = []
    monkeypatch.setattr(plt, "show", lambda: titles.extend(ax.get_title() for ax in plt.gcf().axes))
    space["show_trained_resnet"](net, [2.3, 1.0], filters)
    assert titles[1:3] == [said.format(labels[0], answers[0]), str(labels[1])]


def test_mycnn_collects_the_notebooks_code_in_a_file_that_can_be_imported(run, tmp_path, capsys):
    cells = solution_cells(COURSE, COURSE.exercise("04_pooling"), "en")
    sources = [cell.source for cell in cells if cell.kind == "code"]
    unfinished = "class Relu:\n    def forward(self, x):\n        raise NotImplementedError\n"
    book = nbformat_of([*sources, unfinished, "%matplotlib inline\nbroken ="])
    (tmp_path / "04_pooling.ipynb").write_text(book, encoding="utf-8")
    run("07_resnet", *NETWORK, "check_resnet", "training_tools")
    space = run("07_resnet", "train_resnet", block_goes_back=lambda: False)
    run("07_resnet", "mycnn")
    said = capsys.readouterr().out
    assert "Relu" in said.partition("not found, or not finished")[2]

    found: dict[str, Any] = {"__name__": "mycnn"}
    exec(compile((tmp_path / "mycnn.py").read_text(encoding="utf-8"), "mycnn.py", "exec"), found)
    assert not {"Relu", "plt", "Path"} & set(found)
    x = np.random.default_rng(0).standard_normal((2, 3, 8, 8))
    block = found["BasicBlock"](3, 4, 2)
    dout = np.ones_like(block.forward(x))
    assert block.backward(dout).shape == x.shape
    assert found["Pooling"](2, 2).forward(x).shape == (2, 3, 4, 4)
    net = found["new_resnet"](dtype=np.float64)
    grads, dx = found["resnet_gradients"](net, x, net.forward(x))
    assert dx.shape == x.shape
    assert set(grads) == set(space["all_parameters"](net))


def nbformat_of(sources: list[str]) -> str:
    import nbformat

    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


def test_the_whole_network_agrees_with_pytorch(run, capsys):
    pytest.importorskip("torch")
    run("07_resnet", *NETWORK, "check_resnet", "training_tools")
    space = run("07_resnet", "train_resnet", block_goes_back=lambda: False)
    space["block_goes_back"] = lambda: True
    run("07_resnet", "pytorch")
    assert "gradients of the parameters" in capsys.readouterr().out


def test_the_curves_of_a_few_steps_are_drawn_too(run):
    cells = ("setup", "carry_windows", "carry_convolution", "carry_pooling", "relu", "affine")
    run(
        "06_simple_convnet",
        *cells,
        "softmax_with_loss",
        "simple_convnet",
        "adam",
        "drawing",
        "digits",
    )
    space = run("06_simple_convnet", "train", "learning_curves", STEPS=2)
    assert list(space["accuracies"]) == [2]


@pytest.mark.parametrize("dark_on_light", [True, False])
def test_a_typed_digit_and_its_png_are_the_same_picture_to_the_network(
    run, tmp_path, dark_on_light
):
    nobody = SimpleNamespace(predict=lambda x: np.zeros((len(x), 10)))
    space = run("06_simple_convnet", *DIGIT, he_network=nobody)
    ink = space["typed"](space["MY_DIGIT"])
    large = np.kron(np.pad(ink, 2), np.ones((6, 6)))
    plt.imsave(tmp_path / "mine.png", 1 - large if dark_on_light else large, cmap="gray")
    pictures = [space["like_mnist"](ink), space["like_mnist"](space["from_png"]("mine.png"))]
    for picture in pictures:
        assert picture.shape == (28, 28)
        assert np.ptp(np.flatnonzero(picture.any(axis=1))) <= 21
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.05


def test_a_missing_picture_is_described_in_words(run, capsys):
    nobody = SimpleNamespace(predict=lambda x: np.zeros((len(x), 10)))
    space = run("06_simple_convnet", *DIGIT, network=nobody)
    capsys.readouterr()
    space["read_digit"](space["from_png"]("mine.png"))
    said = capsys.readouterr().out
    assert said.startswith("mine.png was not found: put the file beside this notebook")
    assert "Your network reads" not in said
