"""``autograder doctor``: attack the sandbox, and print what is guaranteed here and what is not."""

from __future__ import annotations

import argparse

from rich.table import Table

from autograder.cli.console import console, literal
from autograder.messages.catalogue import catalogue
from autograder.messages.doctor import report
from autograder.sandbox.doctor.advice import circumstances
from autograder.sandbox.doctor.examination import examine
from autograder.sandbox.doctor.guarantees import broken
from autograder.sandbox.doctor.strongest import Level, strongest
from autograder.sandbox.doctor.trial import Finding

MARKS = {"held": "✓ held", "not held": "✗ NOT HELD", "not applicable": "– not applicable"}


def run(options: argparse.Namespace) -> int:
    """Run the attacks and print the outcome: one screen, or with ``--verbose`` every attack.

    Exit status 1 if hidden tests are not safe here, or not at the level that was named.
    """
    out = console()
    with out.status("attacking the sandbox …"):
        used = strongest(trust_students=True, fresh=True)
        level = Level[options.isolation.upper()] if options.isolation else used
        # Those above as well: why they do not hold is what has to change to raise the level.
        wanted = {level, *(each for each in Level if each > used)}
        findings = examine(tuple(sorted(Level if options.verbose else wanted, reverse=True)))
    if options.verbose:
        out.print(_table(findings))
    lines = report(level, used, findings, circumstances(), options.lang)
    if not options.verbose:
        lines.append(catalogue("doctor").say(options.lang, "details"))
    for line in lines:
        out.print(literal(line), soft_wrap=True, highlight=False)
    safe = level > Level.LIMITS and not broken(level, (f for f in findings if f.level is level))
    return 0 if safe else 1


def _table(findings: list[Finding]) -> Table:
    table = Table("level", "attack", "", "what happened")
    for finding in findings:
        mark = MARKS[finding.verdict]
        table.add_row(str(finding.level), literal(finding.aim), mark, literal(finding.how))
    return table
