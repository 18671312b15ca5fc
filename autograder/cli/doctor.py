"""``autograder doctor``: every attack of ours, tried at every level, and what came of it."""

from __future__ import annotations

import argparse

from rich.markup import escape
from rich.table import Table

from autograder.cli.console import console
from autograder.errors import SandboxUnavailable
from autograder.sandbox.doctor.examination import examine, render
from autograder.sandbox.doctor.strongest import Level, strongest

MARKS = {"held": "✓ held", "not held": "✗ NOT HELD", "not applicable": "– not applicable"}


def run(options: argparse.Namespace) -> int:
    """Try, and print what held."""
    del options
    out = console()
    with out.status("trying to get through the wall …"):
        rows = render(examine())
    table = Table("level", "attack", "", "how it was tried, and what happened")
    for row in rows:
        mark = MARKS.get(row["verdict"], row["verdict"])
        table.add_row(row["level"], escape(row["aim"]), mark, escape(row["how"]))
    out.print(table)
    try:
        level = strongest(anew=True)
    except SandboxUnavailable as unavailable:
        out.print(f"[bold]No level may be used here[/bold]: {escape(str(unavailable))}")
        return 1
    out.print(f"[bold]Grading here uses the level: {level}[/bold] (the strongest that held)")
    return 1 if level is Level.LIMITS else 0
