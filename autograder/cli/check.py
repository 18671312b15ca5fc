"""``autograder check``: grade one notebook and print the outcome of each criterion."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.table import Table

from autograder.cli.console import (
    console,
    format_points,
    format_score,
    literal,
    print_grader_notes,
)
from autograder.cli.min_score import MinScore
from autograder.cli.resolve import (
    resolve_course,
    resolve_exercises,
    resolve_language,
    resolve_level,
)
from autograder.cli.stdio import warn
from autograder.cli.summary import summary
from autograder.course.hints import mistake_hints
from autograder.course.models import Exercise
from autograder.errors import CommandError
from autograder.ingest import discover
from autograder.messages.cell_errors import cell_error
from autograder.messages.hand_ins import graded_several_times
from autograder.messages.pages import say, status_key
from autograder.messages.printed import marked
from autograder.run.handouts import handouts_of
from autograder.run.service import grade_submissions, setup_for
from autograder.status import CellStatus, ResultStatus
from autograder.verdict.codec import encode
from autograder.verdict.result import Counterexample, Result

MAX_ONE_LINE = 30
"""Characters of two results that are printed on one line."""


def run(options: argparse.Namespace) -> int:
    """Grade ``NOTEBOOK`` without storing anything."""
    course = resolve_course(options)
    lang = resolve_language(options, course)
    if options.exercise:
        resolve_exercises(course, [options.exercise])
    if not options.notebook.exists():
        raise CommandError(f"{options.notebook}: no such file", 2)
    if options.notebook.is_dir():
        raise CommandError(
            f"{options.notebook}: is a folder. Name one notebook, or use `autograder grade`", 2
        )
    found = discover([options.notebook], course.ids, options.exercise, handouts=handouts_of(course))
    if found.problems or len(found.submissions) != 1:
        reason = found.problems[0] if found.problems else f"{options.notebook}: not one notebook"
        raise CommandError(reason, 2)
    submission = found.submissions[0]
    exercise = course.exercise(submission.exercise)
    setup = setup_for(course, resolve_level(options), [exercise.id])
    (step,) = grade_submissions(course, setup, [submission])
    result = step.graded.result
    if options.summary is not None:
        with options.summary.open("a", encoding="utf-8", errors="replace") as file:
            file.write(summary(result, exercise, lang))
    if options.json:
        print(encode(result), end="")
    else:
        _print(result, exercise, lang, options.notebook)
        if (gradings := step.graded.gradings) is not None and gradings.times > 1:
            console().print(literal(graded_several_times(gradings)[lang]))
    print_grader_notes(step.graded.notes, course)
    print_grader_notes(step.graded.advice_notes, course, "some feedback could not be made")
    if result.status == ResultStatus.GRADER_ERROR:
        return 1
    enough: MinScore | None = options.min_score
    if enough is not None and not enough.reached(result.score, result.full_score):
        least = format_points(enough.points(result.full_score))
        warn(f"{format_score(result, ' of ')} points are less than {least} (--min-score)")
        return 1
    return 0


def _print(result: Result, exercise: Exercise, lang: str, notebook: Path) -> None:
    """The table on the terminal."""
    titles = {criterion.id: criterion.title[lang] for criterion in exercise.criteria}
    table = Table(title=f"{exercise.title[lang]} · {literal(str(notebook))}")
    for heading, justify in (
        (say(lang, "terminal_criterion"), "left"),
        (say(lang, "terminal_points"), "right"),
        ("", "left"),
        ("", "left"),
    ):
        # Japanese has no spaces to break at: by default a long sentence would be cut off.
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]
    diagnosed: set[tuple[str, ...]] = set()
    for entry in result.criteria:
        text = entry.message[lang]
        text += _mistakes(exercise, entry.diagnosis, entry.diagnosis in diagnosed, lang)
        diagnosed.add(entry.diagnosis)
        if example := entry.counterexample:
            text = "\n".join([text, example.call, *_results(example, lang)]).lstrip()
        table.add_row(
            literal(titles[entry.id]),
            f"{format_points(entry.points)}/{format_points(entry.max_points)}",
            say(lang, f"terminal_{status_key(entry.status, entry.message)}"),
            literal(text),
        )
    out = console()
    if result.status == ResultStatus.UNREADABLE:  # one reason, whatever the criterion
        out.print(literal(result.criteria[0].message[lang]))
    else:
        out.print(table)
    for cell in result.cells:
        if cell.status != CellStatus.OK:
            place = cell.index + 1  # as the messages and the pages count
            # English keeps the word that is in result.json.
            status = str(cell.status) if lang == "en" else say(lang, f"cell_{cell.status}")
            error = cell_error(cell.error or "", goes_on=True)[lang]
            line = say(lang, "terminal_cell", n=place, status=status, error=error)
            out.print(literal(line.rstrip(": ：")))
    score, most = format_points(result.score), format_points(result.full_score)
    points = say(
        lang, "terminal_score" if result.max_score else "terminal_bonus", score=score, most=most
    )
    how = {ResultStatus.GRADER_ERROR: "not_all_graded"}.get(result.status, str(result.status))
    bold, level = f"[bold]{points}[/bold]", str(result.isolation)
    out.print(say(lang, f"terminal_{how}", points=bold, level=level))


def _mistakes(exercise: Exercise, ids: tuple[str, ...], again: bool, lang: str) -> str:
    """The hints of known mistakes, each on a line of its own; only once for the same ones."""
    hints = mistake_hints(exercise, ids)
    if not hints:
        return ""
    if again:
        return f"\n→ {say(lang, 'same_mistake')}"
    lead = say(lang, "known_mistake" if len(hints) == 1 else "one_of_two_mistakes")
    return "".join(f"\n→ {lead}{say(lang, 'colon')}{hint[lang]}" for hint in hints)


def _results(example: Counterexample, lang: str) -> list[str]:
    """The two results; of arrays, the entries that differ are between stars."""
    got = marked(example.got, example.expected)
    if "\n" not in got + example.expected and len(got + example.expected) <= MAX_ONE_LINE:
        return [say(lang, "terminal_results", got=got, expected=example.expected)]
    return [say(lang, "terminal_got"), got, say(lang, "terminal_expected"), example.expected]
