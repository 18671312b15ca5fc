"""One page for each question that the instructor grades: the rubric and everybody's answer.

The page is for the instructor. Beside it is a sheet in the form of corrections.csv, with a row for
each answer that has no points yet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.answers.read import Answer
from autograder.corrections.apply import Corrections
from autograder.corrections.table import COLUMNS
from autograder.course.models import Exercise, Question
from autograder.files import write_atomically
from autograder.ingest.hand_ins import HandIns
from autograder.messages.catalogue import BETWEEN_ITEMS
from autograder.report.page import render
from autograder.sanitize import link, spreadsheet_cell

FOLDER = "questions"


@dataclass(frozen=True, slots=True)
class Answered:
    """A student's answer; None if the notebook is too large to be read for it."""

    student: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was written for a question, and how many answers there are and have points."""

    page: Path
    table: Path
    answers: int
    decided: int


def write_question(
    out: Path,
    exercise: Exercise,
    question: Question,
    answered: Sequence[Answered],
    corrections: Corrections,
    hand_ins: HandIns,
    lang: str,
) -> Sheet:
    """Write the page and the sheet of a question."""
    words = {
        one.student: corrections.of(one.student, exercise.id).get(question.id) for one in answered
    }
    given = [one for one in answered if one.answer is None or not one.answer.empty]
    rest = [one for one in answered if one not in given]
    name = f"{exercise.id}-{question.id}"
    entries = [
        {
            "name": hand_ins.name(one.student),
            "href": "../" + link("feedback", one.student, f"{exercise.id}.html"),
            "student": one.student,
            "answer": one.answer,
            "word": words[one.student],
        }
        for one in given
    ]
    text = render(
        "question.html",
        lang=lang,
        title=exercise.title[lang],
        exercise=exercise.id,
        question=question,
        entries=entries,
        rest=[hand_ins.name(one.student) for one in rest],
        between=BETWEEN_ITEMS[lang],
        decided=sum(_decided(words, one) for one in given),
        sheet=link(f"{name}.csv"),
    )
    folder = out / FOLDER
    return Sheet(
        write_atomically(folder / f"{name}.html", text, below=out),
        write_atomically(
            folder / f"{name}.csv",
            _sheet(
                exercise,
                question,
                [one for one in given if not _decided(words, one)],
                [one for one in rest if not _decided(words, one)],
            ),
            below=out,
        ),
        len(given),
        sum(_decided(words, one) for one in given),
    )


def _decided(words: Mapping[str, object], one: Answered) -> bool:
    word = words[one.student]
    return bool(getattr(word, "decides", False))


def _sheet(
    exercise: Exercise,
    question: Question,
    waiting: Sequence[Answered],
    silent: Sequence[Answered],
) -> str:
    """A row for each answer without points, then those who answered nothing, with 0 points."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one, points in (*((one, "") for one in waiting), *((one, "0") for one in silent)):
        row = {"student": one.student, "exercise": exercise.id, "criterion": question.id}
        row["points"] = points
        writer.writerow([spreadsheet_cell(row.get(column, "")) for column in COLUMNS])
    return "\ufeff" + buffer.getvalue()
