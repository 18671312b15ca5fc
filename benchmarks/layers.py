"""Convolution and max pooling: ours, the straightforward way, and PyTorch, in one run.

    python benchmarks/layers.py [--rounds 15] [--out benchmarks/results]

One thread, float32 (and the straightforward way in float64 as well, as it is usually taught). CPU
time as the median of the ratios within each round, peak memory as NumPy allocates it. "im2col"
is the straightforward way of `straightforward.py`. Prints tables, writes layers.json and
layers.png. Without PyTorch installed its columns stay empty.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import measure
import numpy as np
import straightforward
from rich.console import Console
from rich.table import Table

import source_lib

try:
    import torch
except ModuleNotFoundError:
    torch = None

CONVOLUTIONS = {  # name: shape of x, shape of W, stride, pad
    "A": ((10, 3, 224, 224), (64, 3, 3, 3), 1, 1),
    "B": ((100, 1, 28, 28), (30, 1, 5, 5), 1, 0),
    "C": ((8, 64, 56, 56), (64, 64, 3, 3), 1, 1),
}
POOLINGS = {  # name: shape of x, window, stride
    "pool 2x2/2": ((32, 64, 56, 56), 2, 2),
    "pool 3x3/2": ((32, 64, 56, 56), 3, 2),
}
TARGETS = {  # at most: forward / PyTorch, backward / PyTorch, peak memory / straightforward float64
    "A": (1.0, 1.0, 0.35),
    "B": (1.0, 1.0, 0.5),
    "C": (1.0, 1.0, 0.15),
    "pool 2x2/2": (1.0, 1.0, 0.15),
    "pool 3x3/2": (1.0, 1.0, 0.15),
}
OURS, TORCH = "ours", "PyTorch"
PLAIN32, PLAIN64 = "im2col float32", "im2col float64"

Work = Callable[[], object]


def convolution_case(name: str) -> tuple[str, dict[str, Any], np.ndarray, Any]:
    """Return description, layers by name, input, and how PyTorch computes it."""
    x_shape, W_shape, stride, pad = CONVOLUTIONS[name]
    rng = np.random.default_rng(0)
    x = rng.normal(size=x_shape).astype(np.float32)
    W = rng.normal(size=W_shape).astype(np.float32)
    b = rng.normal(size=W_shape[0]).astype(np.float32)
    layers = {
        OURS: source_lib.Convolution(W, b, stride, pad),
        PLAIN64: straightforward.Convolution(
            W.astype(np.float64), b.astype(np.float64), stride, pad
        ),
        PLAIN32: straightforward.Convolution(W, b, stride, pad, np.float32),
    }
    description = f"{x_shape} * {W_shape}, stride {stride}, pad {pad}"

    def in_torch(tx: Any) -> tuple[Any, tuple[Any, ...]]:
        tW, tb = (torch.tensor(array, requires_grad=True) for array in (W, b))
        return lambda: torch.nn.functional.conv2d(tx, tW, tb, stride, pad), (tx, tW, tb)

    return description, layers, x, in_torch


def pooling_case(name: str) -> tuple[str, dict[str, Any], np.ndarray, Any]:
    """Return the same as `convolution_case` for a pooling layer."""
    shape, window, stride = POOLINGS[name]
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    layers = {
        OURS: source_lib.Pooling(window, window, stride),
        PLAIN64: straightforward.Pooling(window, window, stride),
        PLAIN32: straightforward.Pooling(window, window, stride, dtype=np.float32),
    }

    def in_torch(tx: Any) -> tuple[Any, tuple[Any, ...]]:
        return lambda: torch.nn.functional.max_pool2d(tx, window, stride), (tx,)

    return f"{shape}", layers, x, in_torch


def measure_case(
    case: tuple[str, dict[str, Any], np.ndarray, Any], rounds: int, tick: Work
) -> dict[str, Any]:
    """Return CPU times, ratios and peak memory of one case."""
    description, layers, x, in_torch = case
    out = layers[OURS].forward(x)
    dout = np.random.default_rng(1).normal(size=out.shape).astype(np.float32)
    for layer in layers.values():
        assert np.allclose(layer.forward(x), out, atol=1e-2), "the variants disagree"
    forward: dict[str, Work] = {n: lambda one=one: one.forward(x) for n, one in layers.items()}
    backward: dict[str, Work] = {n: lambda one=one: one.backward(dout) for n, one in layers.items()}
    if torch is not None:
        run, leaves = in_torch(torch.tensor(x, requires_grad=True))
        tensor, tdout = run(), torch.tensor(dout)
        assert np.allclose(tensor.detach().numpy(), out, atol=1e-2), "PyTorch disagrees"

        def torch_forward() -> None:
            with torch.no_grad():
                run()

        forward[TORCH] = torch_forward
        backward[TORCH] = lambda: torch.autograd.grad(tensor, leaves, tdout, retain_graph=True)

    result: dict[str, Any] = {"case": description}
    for name, variants in (("forward", forward), ("backward", backward)):
        times = measure.take_turns(variants, rounds, tick)
        result[name] = {
            "cpu_ms": {one: 1e3 * float(np.median(values)) for one, values in times.items()},
            "ours_divided_by": {
                one: measure.median_ratio(times, OURS, one) for one in variants if one != OURS
            },
        }

    def step(layer: Any) -> object:
        out = layer.forward(x)
        return layer.backward(dout), out

    mib: dict[str, dict[str, float]] = {"forward": {}, "both": {}}
    for name, layer in layers.items():
        for attribute in ("col", "col_W", "arg_max", "_x", "_winner"):
            if hasattr(layer, attribute):
                setattr(layer, attribute, None)
        mib["forward"][name] = measure.peak_bytes(lambda one=layer: one.forward(x)) / 2**20
        mib["both"][name] = measure.peak_bytes(lambda one=layer: step(one)) / 2**20
        tick()
    result["peak_mib"] = mib
    return result


def print_tables(results: dict[str, Any], console: Console) -> None:
    """Print one table for time and one for memory, with the targets beside."""
    time = Table(title="CPU time of one thread, float32; x: times slower than ours")
    for heading in ("case", "pass"):
        time.add_column(heading)
    for heading in ("ours ms", "torch ms", "ours/torch", "target", "im2col f32", "im2col f64"):
        time.add_column(heading, justify="right")
    memory = Table(
        title="Peak memory in MiB, without the input: forward, and forward with backward"
    )
    for heading in ("case", "pass"):
        memory.add_column(heading)
    for heading in ("ours", "im2col f32", "im2col f64", "ours/f32", "ours/f64", "target"):
        memory.add_column(heading, justify="right")

    for name, result in results.items():
        targets = dict(zip(("forward", "backward", "memory"), TARGETS.get(name, ()), strict=False))
        for way in ("forward", "backward"):
            ms, ratio = result[way]["cpu_ms"], result[way]["ours_divided_by"]
            time.add_row(
                name,
                way,
                f"{ms[OURS]:.1f}",
                f"{ms[TORCH]:.1f}" if TORCH in ms else "-",
                verdict(ratio.get(TORCH), targets.get(way)),
                target(targets.get(way)),
                f"{1 / ratio[PLAIN32]:.1f}x",
                f"{1 / ratio[PLAIN64]:.1f}x",
                end_section=way == "backward",
            )
        for way, mib in result["peak_mib"].items():
            limit = targets.get("memory") if way == "forward" else None
            memory.add_row(
                name,
                way,
                *(f"{mib[one]:.1f}" for one in (OURS, PLAIN32, PLAIN64)),
                f"{mib[OURS] / mib[PLAIN32]:.2f}",
                verdict(mib[OURS] / mib[PLAIN64], limit),
                target(limit),
                end_section=way != "forward",
            )
    console.print(time, memory)


def target(at_most: float | None) -> str:
    """Say what the value may be at most."""
    return "" if at_most is None else f"<= {at_most:g}"


def verdict(value: float | None, at_most: float | None) -> str:
    """Say the value, and whether it is within its target."""
    if value is None:
        return "-"
    text = f"{value:.2f}"
    if at_most is None:
        return text
    return f"[green]{text}[/]" if value <= at_most else f"[bold red]{text} missed[/]"


def short(number: float) -> str:
    """Return three digits, and no exponent."""
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def draw(results: dict[str, Any], path: Path) -> None:
    """One panel for CPU time, one for memory; bars told apart by hatching, not by colour alone."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    looks = {
        OURS: {"color": "0.15"},
        TORCH: {"color": "0.85", "hatch": "//", "edgecolor": "0.3"},
        PLAIN32: {"color": "0.6"},
        PLAIN64: {"color": "0.4", "hatch": "..", "edgecolor": "0.8"},
    }
    figure, axes = plt.subplots(2, 1, figsize=(9, 7.5), layout="constrained")
    groups = [(name, way) for name in results for way in ("forward", "backward")]
    shown = [name for name in looks if name != TORCH or torch is not None]
    width = 0.8 / len(shown)
    for number, name in enumerate(shown):
        offset = (number - (len(shown) - 1) / 2) * width
        heights = [results[case][way]["cpu_ms"].get(name, 0) for case, way in groups]
        bars = axes[0].bar(
            np.arange(len(groups)) + offset, heights, width, label=name, **looks[name]
        )
        axes[0].bar_label(bars, fmt=short, fontsize=7, rotation=90, padding=2)
    axes[0].set_xticks(range(len(groups)), [f"{case}\n{way}" for case, way in groups], fontsize=8)
    axes[0].set(yscale="log", ylabel="CPU ms, one thread", title="Time of one pass, float32")
    axes[0].margins(x=0.02, y=0.3)
    axes[0].legend(ncols=2, fontsize=8)
    memory = [name for name in looks if name != TORCH]
    width = 0.8 / len(memory)
    for number, name in enumerate(memory):
        offset = (number - (len(memory) - 1) / 2) * width
        heights = [result["peak_mib"]["forward"][name] for result in results.values()]
        bars = axes[1].bar(
            np.arange(len(results)) + offset, heights, width, label=name, **looks[name]
        )
        axes[1].bar_label(bars, fmt=short, fontsize=7, padding=2)
    axes[1].set_xticks(range(len(results)), results, fontsize=8)
    axes[1].set(yscale="log", ylabel="MiB", title="Peak memory of the forward pass, input apart")
    axes[1].margins(y=0.15)
    axes[1].legend(fontsize=8)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Measure all cases, print, write and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="measured rounds a case")
    parser.add_argument("--out", type=Path, default=measure.RESULTS, help="folder for results")
    parser.add_argument("--only", nargs="*", help="names of cases, such as A or 'pool 2x2/2'")
    arguments = parser.parse_args()
    measure.use_one_thread()
    console = measure.console()
    if torch is None:
        console.print("PyTorch is not installed: comparing with the straightforward way only.")
    else:
        torch.set_num_threads(1)

    cases = {name: lambda name=name: convolution_case(name) for name in CONVOLUTIONS}
    cases |= {name: lambda name=name: pooling_case(name) for name in POOLINGS}
    names = arguments.only or list(cases)
    variants = 3 + (torch is not None)
    results = {}
    with measure.progress(console) as bar:
        task = bar.add_task("", total=len(names) * (2 * variants * (arguments.rounds + 1) + 3))
        for name in names:
            bar.update(task, description=name)
            results[name] = measure_case(cases[name](), arguments.rounds, lambda: bar.advance(task))
    print_tables(results, console)
    if arguments.only:
        return  # a part of the cases is for looking at, not for the record
    content = {"machine": measure.machine(), "rounds": arguments.rounds, "cases": results}
    measure.write_json(arguments.out / "layers.json", content)
    draw(results, arguments.out / "layers.png")
    console.print(f"written: {arguments.out / 'layers.json'}, {arguments.out / 'layers.png'}")


if __name__ == "__main__":
    main()
