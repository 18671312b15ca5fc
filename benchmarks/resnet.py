"""SimpleResNet on (2, 3, 32, 32): ours against plain loops, in one run.

    python benchmarks/resnet.py [--rounds 5] [--out benchmarks/results]

One thread, CPU time as the median of the ratios within each round. Both use the same parameters
and must give the same scores. Prints a table and writes resnet.json.
"""

import argparse
from pathlib import Path

import measure
import numpy as np
import plain_loops
from rich.table import Table

import source_lib

TARGET = 90  # times less CPU than plain loops, in float32


def main() -> None:
    """Compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=measure.RESULTS, help="folder for results")
    arguments = parser.parse_args()
    measure.use_one_thread()
    console = measure.console()

    net = source_lib.SimpleResNet(rng=np.random.default_rng(0))
    small = source_lib.SimpleResNet(dtype=np.float32)
    small.params = {name: value.astype(np.float32) for name, value in net.params.items()}
    x = np.random.default_rng(1).normal(size=(2, 3, 32, 32))
    x32 = x.astype(np.float32)
    scores = net.forward(x)
    assert np.allclose(plain_loops.simple_resnet(x, net.params), scores), "the variants disagree"
    assert np.allclose(small.forward(x32), scores, atol=1e-2), "float32 disagrees"

    variants = {
        "plain loops, float64": lambda: plain_loops.simple_resnet(x, net.params),
        "ours, float64": lambda: net.forward(x),
        "ours, float32": lambda: small.forward(x32),
    }
    loops, *ours = variants
    with measure.progress(console) as bar:
        task = bar.add_task("SimpleResNet", total=len(variants) * (arguments.rounds + 1))
        times = measure.take_turns(variants, arguments.rounds, lambda: bar.advance(task))

    table = Table(title="SimpleResNet forward on (2, 3, 32, 32), one thread")
    for heading in ("", "CPU ms", "times faster", "target"):
        table.add_column(heading, justify="right" if heading else "left")
    content = {"machine": measure.machine(), "rounds": arguments.rounds, "cpu_ms": {}, "faster": {}}
    for name, values in times.items():
        content["cpu_ms"][name] = 1e3 * float(np.median(values))
        faster = measure.median_ratio(times, loops, name)
        if name in ours:
            content["faster"][name] = faster
        table.add_row(
            name,
            f"{content['cpu_ms'][name]:.1f}",
            f"{faster:.0f}" if name in ours else "",
            f">= {TARGET}" if name.endswith("float32") else "",
        )
    console.print(table)
    measure.write_json(arguments.out / "resnet.json", content)
    console.print(f"written: {arguments.out / 'resnet.json'}")


if __name__ == "__main__":
    main()
