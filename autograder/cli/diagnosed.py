"""``autograder verify --diagnosis``: how well known mistakes are named, by exercise."""

from __future__ import annotations

from rich.table import Table

from autograder.cli.console import console, literal, progress
from autograder.course.models import Course, Exercise
from autograder.text import counted
from autograder.verify.diagnosed import MISNAMED, NAMED, Figures, figures
from autograder.verify.suites_page import DIAGNOSIS, write_section

HEADINGS = ("exercise", "known mistakes", "named", "held out, wrong name", "groups")


def run(course: Course, exercises: tuple[Exercise, ...], jobs: int) -> int:
    """Print the figures; those of the whole course go into its page about the suites as well."""
    found: list[Figures] = []
    with progress(len(exercises), "diagnosing") as tick:
        for one in figures(course, exercises, jobs):
            found.append(one)
            tick(f"{one.exercise}: {one.named} of {one.mistakes} named")
    table = Table(*HEADINGS, title="Are mistakes named, and by their names?")
    rows = table_rows(found)
    for row in rows:
        table.add_row(*row)
    out = console()
    out.print(table)
    for one in found:
        for id in one.silent:
            out.print(f"✗ {one.exercise}: {literal(id)} is not named")
        for id in one.wrong:
            out.print(f"✗ {one.exercise}: {literal(id)} gets another name")
        for id, name in one.misnamed:
            out.print(f"✗ {one.exercise}: {literal(id)}, held out, is named {literal(name)}")
    if len(exercises) == len(course.exercises):
        write_section(course, DIAGNOSIS, as_markdown(rows))
    known = sum(one.mistakes for one in found)
    named = sum(one.named for one in found)
    misnamed = sum(len(one.misnamed) for one in found)
    enough = named >= NAMED * known and misnamed <= MISNAMED * known
    out.print(
        f"[bold]{named} of {counted(known, 'known mistake')} named; "
        f"{misnamed} named wrongly when held out[/bold]"
    )
    return 0 if enough else 1


def table_rows(found: list[Figures]) -> list[tuple[str, ...]]:
    """The figures as cells: a row for each exercise, and one for all."""
    rows = [
        (
            one.exercise,
            str(one.mistakes),
            f"{one.named} ({_percent(one.named, one.mistakes)})",
            f"{len(one.misnamed)} ({_percent(len(one.misnamed), one.mistakes)})",
            "; ".join(" = ".join(group) for group in one.groups) or "–",
        )
        for one in found
    ]
    known = sum(one.mistakes for one in found)
    named, misnamed = sum(one.named for one in found), sum(len(one.misnamed) for one in found)
    total = f"{named} ({_percent(named, known)})", f"{misnamed} ({_percent(misnamed, known)})"
    return [*rows, ("all", str(known), *total, str(sum(len(one.groups) for one in found)))]


def as_markdown(rows: list[tuple[str, ...]]) -> list[str]:
    """The figures as a table in Markdown, in lines."""
    lines = [HEADINGS, tuple("-" * len(heading) for heading in HEADINGS), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.1f} %"
