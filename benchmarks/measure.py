"""How the benchmarks measure: CPU time of one thread, variants in turn, medians of ratios.

Wall-clock time on a shared machine says little, and even CPU time drifts with what the neighbours
do to caches and clocks. So the variants take turns within a round, each round gives its own ratios,
and the median over the rounds is reported.
"""

import json
import os
import platform
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

RESULTS = Path(__file__).parent / "results"
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}


def use_one_thread() -> None:
    """Start the script again with one thread: BLAS reads that when NumPy is imported."""
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **ONE_THREAD})


def cpu_seconds(work: Callable[[], object], at_least: float = 0.01) -> float:
    """Return the CPU time of one call, from as many calls as take `at_least` seconds."""
    calls, start = 0, time.process_time()
    while True:
        work()
        calls += 1
        spent = time.process_time() - start
        if spent >= at_least:
            return spent / calls


def take_turns(
    variants: Mapping[str, Callable[[], object]],
    rounds: int,
    tick: Callable[[], object] = lambda: None,
) -> dict[str, list[float]]:
    """Return CPU seconds of every variant in every round; the first, cold round is left out."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds + 1):
        for name, work in variants.items():
            seconds = cpu_seconds(work)
            if number > 0:
                times[name].append(seconds)
            tick()
    return times


def median_ratio(times: Mapping[str, list[float]], one: str, other: str) -> float:
    """Return the median over the rounds of the time of `one` divided by that of `other`."""
    return median(a / b for a, b in zip(times[one], times[other], strict=True))


def peak_bytes(work: Callable[[], object]) -> int:
    """Return the most memory that Python and NumPy held at once during a call.

    What exists before the call does not count; what the call returns does.
    """
    tracemalloc.start()
    try:
        result = work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        del result


def machine() -> dict[str, str]:
    """Say what the numbers were measured with."""
    facts = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "processor": _processor(),
        "threads": "1",
        "date": time.strftime("%Y-%m-%d"),
    }
    if "torch" in sys.modules:
        facts["torch"] = sys.modules["torch"].__version__
    return facts


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def console() -> Console:
    """Return where to print; lines are long enough for the tables where nobody sees them wrap."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=110)


def progress(console: Console) -> Progress:
    """Return a progress bar; where the output is no terminal it stays silent."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write results, with floats short enough to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_rounded(content), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value
