"""The figures as tables, for a terminal and in Markdown, and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from comparison.measured import NBGRADER, OTTER, OURS, PLAIN, TARGETS, WARM, Measured, met

HEADINGS = (
    "grader",
    "CPU s a submission",
    "to start",
    "in all",
    "wall s a submission",
    "to start",
    "in all",
    "peak MB",
)
LOOKS = {
    OURS: {"color": "0.15"},
    NBGRADER: {"color": "0.55"},
    OTTER: {"color": "0.75"},
    PLAIN: {"color": "1.0", "hatch": "//", "edgecolor": "0.3"},
    WARM: {"color": "1.0", "hatch": "..", "edgecolor": "0.3"},
}


def rows(measured: Measured) -> list[list[str]]:
    """A line for each grader."""
    found = []
    for name in measured.rounds:
        figures = measured.figures(name)
        keys = [
            f"{kind}_s_{what}"
            for kind in ("cpu", "wall")
            for what in ("marginal", "start_up", "total")
        ]
        found.append([name, *(_short(figures[key]) for key in keys), f"{figures['peak_mb']:.0f}"])
    return found


def ratio_rows(measured: Measured) -> list[list[str]]:
    """A line for each ratio that has a target, and was measured."""
    found = []
    for (one, other), (least, most) in TARGETS.items():
        value = measured.ratio(one, other)
        if value is None:
            continue
        target = f">= {least:g}" if least is not None else f"<= {most:g}"
        verdict = "met" if met(value, least, most) else "missed"
        found.append([f"{one} / {other}", _short(value), target, verdict])
    return found


def tables(measured: Measured) -> list[Table]:
    """For the terminal."""
    title = f"{measured.large} submissions; start-up and marginal cost from {measured.small} beside"
    return [
        _table(title, HEADINGS, rows(measured)),
        _table(
            "CPU s a submission, divided", ("ratio", "value", "target", ""), ratio_rows(measured)
        ),
    ]


def markdown(measured: Measured) -> str:
    """The same for a page."""
    both = (
        (HEADINGS, rows(measured)),
        (("ratio", "value", "target", ""), ratio_rows(measured)),
    )
    return "\n\n".join(_markdown(headings, lines) for headings, lines in both) + "\n"


def draw(measured: Measured, path: Path) -> None:
    """Three panels of bars: marginal CPU time and start-up on logarithmic axes, and memory."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    names = [name for name in LOOKS if name in measured.rounds][::-1]
    figures = {name: measured.figures(name) for name in names}
    panels = (
        ("cpu_s_marginal", "CPU s a submission", "log"),
        ("cpu_s_start_up", "CPU s to start", "log"),
        ("peak_mb", "peak MB, all processes", "linear"),
    )
    figure, axes = plt.subplots(1, 3, figsize=(11, 2.9), layout="constrained", sharey=True)
    for axis, (key, label, scale) in zip(axes, panels, strict=True):
        for place, name in enumerate(names):
            # A logarithmic axis has no 0: what costs nothing measurable gets no bar.
            value = figures[name][key]
            bars = axis.barh(place, value if value > 5e-4 else 0, 0.7, **LOOKS[name])
            axis.bar_label(bars, labels=[_short(value)], padding=3, fontsize=8)
        axis.set(xscale=scale, xlabel=label)
        axis.margins(x=0.35 if scale == "log" else 0.2)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_yticks(range(len(names)), names)
    figure.suptitle("Three functions, ten tests: grading one assignment", fontsize=11)
    figure.savefig(path, dpi=110)


def _short(number: float) -> str:
    if abs(number) < 0.0005:
        return "0"
    return f"{number:.0f}" if number >= 100 else f"{number:.2g}" if number < 1 else f"{number:.3g}"


def _table(title: str, headings: Sequence[str], lines: list[list[str]]) -> Table:
    table = Table(title=title)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number == 0 else "right")
    for line in lines:
        table.add_row(*line)
    return table


def _markdown(headings: Sequence[str], lines: list[list[str]]) -> str:
    ruler = ["---", *["---:"] * (len(headings) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (headings, ruler, *lines))
