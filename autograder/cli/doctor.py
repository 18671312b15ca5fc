"""``autograder doctor``: try every attack at every isolation level and print what held."""

from __future__ import annotations

import argparse

from rich.table import Table

from autograder.cli.console import console, literal
from autograder.errors import SandboxUnavailable
from autograder.sandbox.doctor.examination import examine, render
from autograder.sandbox.doctor.strongest import Level, strongest

MARKS = {"held": "✓ held", "not held": "✗ NOT HELD", "not applicable": "– not applicable"}


def run(options: argparse.Namespace) -> int:
    """Run the attacks and print a table."""
    del options
    out = console()
    with out.status("attacking the sandbox …"):
        rows = render(examine())
    table = Table("level", "attack", "", "what happened")
    for row in rows:
        mark = MARKS.get(row["verdict"], row["verdict"])
        table.add_row(row["level"], literal(row["aim"]), mark, literal(row["how"]))
    out.print(table)
    try:
        level = strongest(fresh=True)
    except SandboxUnavailable as unavailable:
        out.print(f"[bold]No level can be used here[/bold]: {literal(str(unavailable))}")
        return 1
    out.print(f"[bold]Grading here uses level {level}[/bold] (the strongest that held)")
    return 1 if level is Level.LIMITS else 0
