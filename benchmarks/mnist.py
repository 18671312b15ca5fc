"""Train SimpleConvNet on MNIST as the course's origin did, and see how far and how fast it gets.

    python benchmarks/mnist.py [--seeds 0 1 2] [--steps 1000] [--baseline-periods 4]

5,000 digits to train on and 1,000 to test with, Adam, 1,000 steps of 100 digits drawn with
replacement; every 10 steps all 6,000 are judged. float32, one thread. The same network with the
straightforward layers of `straightforward.py`, in float64 as the origin computes, takes turns with
ours for the first few periods of 10 steps, which gives the ratio of CPU time. Prints our accuracies
beside those of the origin, writes mnist.json and mnist.png.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import measure
import numpy as np
import straightforward
from rich.console import Console
from rich.table import Table

import source_lib

PERIOD, BATCH = 10, 100
ORIGIN = {  # iteration: accuracy on the training and the test digits, as the origin printed them
    100: (0.8996, 0.860), 200: (0.9344, 0.904), 300: (0.9578, 0.932), 400: (0.9658, 0.942),
    500: (0.9768, 0.951), 600: (0.985, 0.961), 700: (0.9902, 0.961), 800: (0.9902, 0.960),
    900: (0.9954, 0.957), 1000: (0.9956, 0.959),
}  # fmt: skip
TARGET_TRAIN, TARGET_TEST, TARGET_FASTER = 0.985, 0.945, 8.0

Digits = tuple[np.ndarray, np.ndarray]


class Training:
    """One network, its optimiser and its digits; `period` trains 10 steps and judges all digits."""

    def __init__(self, net: source_lib.SimpleConvNet, train: Digits, test: Digits, seed: int):
        self.net, self.train, self.test = net, train, test
        self.optimiser = source_lib.Adam(lr=0.001)
        self.rng = np.random.default_rng(seed)
        self.history: dict[str, list[float]] = {"loss": [], "train": [], "test": []}

    def period(self) -> None:
        """Train 10 steps, then judge all digits."""
        x, t = self.train
        losses = []
        for _ in range(PERIOD):
            batch = self.rng.choice(len(x), BATCH)
            gradient = self.net.gradient(x[batch], t[batch])
            losses.append(self.net.last_loss)
            self.optimiser.update(self.net.params, gradient)
            self.after_step(x[batch], t[batch])
        self.history["loss"].append(float(np.mean(losses)))
        self.history["train"].append(self.net.accuracy(*self.train))
        self.history["test"].append(self.net.accuracy(*self.test))

    def after_step(self, x: np.ndarray, t: np.ndarray) -> None:
        """Nothing more to do: the loss is known from the forward pass of the gradient."""


def ours(seed: int, train: Digits, test: Digits) -> Training:
    """Return a fresh training of our network in float32."""
    net = source_lib.SimpleConvNet(rng=np.random.default_rng(seed), dtype=np.float32)
    return Training(net, train, test, seed)


def by_the_book(seed: int, train: Digits, test: Digits) -> Training:
    """The same network from the same weights and digits, all float64, on straightforward layers."""
    as_float64 = [(x.astype(np.float64), t) for x, t in (train, test)]
    return OriginalTraining(ByTheBook(rng=np.random.default_rng(seed)), *as_float64, seed)


class OriginalTraining(Training):
    """The origin runs forward once more after each step to log the loss."""

    def after_step(self, x: np.ndarray, t: np.ndarray) -> None:
        """Run forward for the loss alone."""
        self.net.loss(x, t)


class ByTheBook(source_lib.SimpleConvNet):
    """SimpleConvNet with im2col by the book, layers in the origin's order, no gradient spared."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__(rng=rng)
        self.conv = straightforward.Convolution(self.params["W1"], self.params["b1"])
        relu1, relu2 = straightforward.Relu(), straightforward.Relu()
        pooling = straightforward.Pooling(2, 2, 2)
        self.layers = [self.conv, relu1, pooling, self.affine1, relu2, self.affine2]

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the scores."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def gradient(self, x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
        """Return the gradient of every parameter."""
        self.loss(x, t)
        d = self.last_layer.backward()
        for layer in reversed(self.layers):
            d = layer.backward(d)
        users = (self.conv, self.affine1, self.affine2)
        return {
            f"{name}{number}": getattr(layer, f"d{name}")
            for number, layer in enumerate(users, start=1)
            for name in ("W", "b")
        }


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def run(seeds: list[int], steps: int, baseline_periods: int, console: Console) -> dict[str, Any]:
    """Train with every seed, the first few periods of the first in turns with the baseline."""
    train, test = source_lib.load_mnist()
    periods = steps // PERIOD
    curves: dict[str, Any] = {}
    ratios: list[float] = []
    baseline_cpu: list[float] = []
    with measure.progress(console) as bar:
        for seed in seeds:
            training, spent = ours(seed, train, test), 0.0
            slow = by_the_book(seed, train, test) if seed == seeds[0] else None
            task = bar.add_task(f"seed {seed}", total=periods * PERIOD)
            for number in range(periods):
                seconds = cpu(training.period)
                spent += seconds
                if slow is not None and number < baseline_periods:
                    baseline_cpu.append(cpu(slow.period))
                    ratios.append(baseline_cpu[-1] / seconds)
                    check_same_path(training, slow)
                bar.advance(task, PERIOD)
                step = (number + 1) * PERIOD
                if step % 100 == 0 and not console.is_terminal:
                    accuracies = (
                        f"{training.history['train'][-1]:.4f} {training.history['test'][-1]:.3f}"
                    )
                    console.print(f"seed {seed}, step {step}: train and test accuracy {accuracies}")
            curves[str(seed)] = {"cpu_s": spent, **training.history}
    result: dict[str, Any] = {
        "machine": measure.machine(),
        "iterations": [PERIOD * (i + 1) for i in range(periods)],
        "seeds": curves,
    }
    if ratios:
        result["straightforward"] = {
            "periods": len(ratios),
            "cpu_s_per_period": median(baseline_cpu),
            "cpu_s_for_all_steps": median(baseline_cpu) * periods,
            "slower_than_ours": median(ratios),
        }
    return result


def check_same_path(one: Training, other: Training) -> None:
    """Both start from the same weights and see the same digits: their losses must agree."""
    a, b = one.history["loss"][-1], other.history["loss"][-1]
    assert abs(a - b) < 0.01 * max(1.0, b), f"the two ways disagree: loss {a} and {b}"


def print_table(result: dict[str, Any], console: Console) -> None:
    """Print the accuracies beside those of the origin, and the CPU time."""
    table = Table(title="Accuracy on 5,000 training / 1,000 test digits")
    table.add_column("step", justify="right")
    table.add_column("origin", justify="right")
    for seed in result["seeds"]:
        table.add_column(f"seed {seed}", justify="right")
    for step, (train, test) in ORIGIN.items():
        if step not in result["iterations"]:
            continue
        place = result["iterations"].index(step)
        row = [
            f"{c['train'][place]:.4f} / {c['test'][place]:.3f}" for c in result["seeds"].values()
        ]
        table.add_row(str(step), f"{train:.4f} / {test:.3f}", *row)
    console.print(table)
    spent = [f"{curve['cpu_s']:.1f}" for curve in result["seeds"].values()]
    console.print(f"CPU seconds, training and judging: {', '.join(spent)}")
    if "straightforward" in result:
        slow = result["straightforward"]
        console.print(
            f"The straightforward way takes {slow['slower_than_ours']:.1f} times as much (target: "
            f"at least {TARGET_FASTER:g}), {slow['cpu_s_for_all_steps']:.0f} CPU seconds for all "
            f"steps; from {slow['periods']} periods of {PERIOD} steps in turns with ours."
        )
    if result["iterations"][-1] == 1000:
        worst_train = min(curve["train"][-1] for curve in result["seeds"].values())
        worst_test = min(curve["test"][-1] for curve in result["seeds"].values())
        console.print(
            f"Worst seed at step 1000: train {worst_train:.4f} (target: at least {TARGET_TRAIN}), "
            f"test {worst_test:.3f} (target: at least {TARGET_TEST})"
        )


def draw(result: dict[str, Any], path: Path) -> None:
    """Learning curves at the steps where they were measured, the origin's points among them."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for number, curve in enumerate(result["seeds"].values()):
        for name, line in (("train", "-"), ("test", "--")):
            shade = str(0.1 + 0.25 * number)
            label = f"{name}, {len(result['seeds'])} seed(s)" if number == 0 else None
            ax.plot(result["iterations"], curve[name], line, color=shade, lw=1, label=label)
    for number, (name, marker) in enumerate((("train", "o"), ("test", "s"))):
        values = [pair[number] for pair in ORIGIN.values()]
        look = {"markerfacecolor": "white", "markeredgecolor": "black", "linestyle": "none"}
        ax.plot(list(ORIGIN), values, marker, label=f"{name}, origin", **look)
    ax.set(
        xlabel="training step", ylabel="accuracy", title="SimpleConvNet on MNIST", ylim=(0.6, 1.0)
    )
    ax.grid(alpha=0.3)
    ax.legend(loc="lower right")
    figure.savefig(path, dpi=110)


def main() -> None:
    """Train, print, write and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--baseline-periods", type=int, default=4, help="0: do not compare")
    parser.add_argument("--out", type=Path, default=measure.RESULTS, help="folder for results")
    arguments = parser.parse_args()
    measure.use_one_thread()
    console = measure.console()
    result = run(arguments.seeds, arguments.steps, arguments.baseline_periods, console)
    print_table(result, console)
    measure.write_json(arguments.out / "mnist.json", result)
    draw(result, arguments.out / "mnist.png")
    console.print(f"written: {arguments.out / 'mnist.json'}, {arguments.out / 'mnist.png'}")


if __name__ == "__main__":
    main()
