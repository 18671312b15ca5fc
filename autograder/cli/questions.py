"""``autograder questions``: a page for each question that the instructor grades."""

from __future__ import annotations

import argparse

from autograder import report
from autograder.answers.read import HandedOut, answers
from autograder.cli.resolve import (
    folder_of_run,
    resolve_course,
    resolve_exercises,
    resolve_language,
)
from autograder.cli.stdio import warn
from autograder.course.load import read_cells
from autograder.course.models import CellKind, Exercise, Role
from autograder.errors import CommandError
from autograder.report.questions import Answered, write_question
from autograder.run.graded_code import Changed, graded_bytes
from autograder.run.store import Store
from autograder.status import ResultStatus

NAMED = 9
"""Files in a warning."""


def run(options: argparse.Namespace) -> int:
    """Write a page and a sheet for each question."""
    out = folder_of_run(options.out)
    course = resolve_course(options)
    lang = resolve_language(options, course)
    wanted = resolve_exercises(course, [options.exercise] * bool(options.exercise))
    asking = [exercise for exercise in wanted if exercise.questions]
    if not asking:
        raise CommandError("no exercise here has [[questions]] in its exercise.toml", 2)
    hand_ins = Store(out).hand_ins()
    shown = report.read_shown(out, course, hand_ins)
    for line in (*shown.damaged, *shown.corrections.problems):
        warn(line)
    problems: list[str] = []
    for exercise in asking:
        handed_out, prose = _handed_out(exercise)
        found: dict[str, list[Answered]] = {question.id: [] for question in exercise.questions}
        for result in shown.results:
            if result.exercise != exercise.id or result.status is ResultStatus.UNREADABLE:
                continue
            if hand_ins.is_gone(result.student, result.exercise):
                continue
            try:
                given = answers(graded_bytes(result), handed_out, prose)
            except Changed as changed:
                problems.append(str(changed))
                continue
            for id, of_question in found.items():
                of_question.append(Answered(result.student, given[id] if given else None))
        for question in exercise.questions:
            sheet = write_question(
                out, exercise, question, found[question.id], shown.corrections, hand_ins, lang
            )
            print(
                f"{exercise.id} · {question.id}: {sheet.decided} of {sheet.answers} answers have "
                f"points: {sheet.page}"
            )
    if problems:
        some = "; ".join(problems[:NAMED]) + ("; …" if len(problems) > NAMED else "")
        warn(
            f"without their answers: {some}. Run it in the folder in which you ran `grade`, or "
            "grade again"
        )
    return 1 if problems or shown.damaged or shown.corrections.problems else 0


def _handed_out(exercise: Exercise) -> tuple[dict[str, HandedOut], list[str]]:
    """What questions and their answers' cells are when handed out, and all other texts."""
    found = {question.id: HandedOut() for question in exercise.questions}
    prose: list[str] = []
    above: dict[str | None, str] = {}  # the last text by language
    for cell in read_cells(exercise):
        if cell.role is Role.ANSWER:
            one = found[cell.name]
            found[cell.name] = HandedOut(
                (*one.answers, cell.source), (*one.prompts, above.get(cell.lang, ""))
            )
        elif cell.kind is CellKind.MARKDOWN:
            prose.append(cell.source)
            above[cell.lang] = cell.source
    return found, prose
