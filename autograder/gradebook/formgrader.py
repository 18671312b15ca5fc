"""The notebooks that formgrader shows: a cell for each criterion, then the student's code. Pure.

Formgrader converts them to HTML without escaping what Markdown allows, in the instructor's browser.
So nothing that a student has written is ever part of a Markdown text: messages and calls are in
fenced code, and code cells are code.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from autograder.corrections.apply import Corrected
from autograder.course.models import Exercise, Question
from autograder.gradebook.entries import WHOLE, cell_name, maxima
from autograder.messages import pages
from autograder.sanitize import visible
from autograder.verdict.result import CriterionResult

MARK = "convkit_gradebook"
"""The key of a notebook's metadata that says that we wrote it, so that we may replace it."""

_FENCES = re.compile(r"`+")


def graded_notebook(
    exercise: Exercise, one: Corrected, cells: Iterable[tuple[int, str]] | None, lang: str
) -> str:
    """The notebook of one result.

    Args:
        exercise: its exercise.
        one: the result.
        cells: index and source of the student's cells; None if the file is not there any more.
        lang: the language of the texts.
    """
    found = {criterion.id: criterion for criterion in one.graded.criteria}
    texts = {id: _verdict(criterion, lang) for id, criterion in found.items()}
    return _encode([*_criteria(exercise, texts, lang), *_students(cells, lang)])


def decided_notebook(exercise: Exercise, lang: str) -> str:
    """The notebook of somebody who has points for an exercise of which nothing was graded."""
    return _encode([*_criteria(exercise, {}, lang), *_students(None, lang)])


def source_notebook(exercise: Exercise, lang: str) -> str:
    """The notebook of an exercise as nbgrader's ``source/`` has it: the cells without results."""
    return _encode(_criteria(exercise, {}, lang))


def is_ours(text: bytes) -> bool:
    """Whether we wrote a notebook."""
    try:
        return MARK in json.loads(text)["metadata"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _criteria(exercise: Exercise, texts: Mapping[str, str], lang: str) -> Iterator[dict[str, Any]]:
    most = maxima(exercise)
    yield _markdown("title", f"# {exercise.title[lang]}")
    yield _graded(WHOLE, pages.say(lang, "gradebook_whole"), 0.0)
    for part in exercise.parts:
        yield _markdown(f"part-{cell_name(part.id)}", f"## `{part.id}`")
        for criterion in part.criteria:
            name = cell_name(criterion.id)
            title = f"**{criterion.title[lang]}**"
            text = texts.get(criterion.id, "")
            yield _graded(name, f"{title}\n\n{text}".strip(), most[name])
    for question in exercise.questions:
        yield _graded(cell_name(question.id), _question(question, lang), question.points)


def _question(question: Question, lang: str) -> str:
    said = f"**{question.title[lang]}**"
    return f"{said}\n\n{question.rubric[lang]}" if question.rubric else said


def _verdict(criterion: CriterionResult, lang: str) -> str:
    lines = [pages.say(lang, pages.status_key(criterion.status, criterion.message))]
    if criterion.message:
        lines.append(criterion.message[lang])
    if example := criterion.counterexample:
        lines += [
            f"{pages.say(lang, 'call')}: {example.call}",
            f"{pages.say(lang, 'got')}: {example.got}",
            f"{pages.say(lang, 'expected')}: {example.expected}",
        ]
    return _fenced("\n".join(lines))


def _students(cells: Iterable[tuple[int, str]] | None, lang: str) -> Iterator[dict[str, Any]]:
    if cells is None:
        yield _markdown("student", pages.say(lang, "gradebook_no_code"))
        return
    yield _markdown("student", f"## {pages.say(lang, 'gradebook_code')}")
    for index, source in cells:
        yield {
            "cell_type": "code",
            "execution_count": None,
            "id": f"student-{index}",
            "metadata": {},
            "outputs": [],
            "source": visible(source),
        }


def _fenced(text: str) -> str:
    """A block of code in Markdown that ends where the text does, whatever is in it."""
    text = visible(text)
    longest = max((len(run) for run in _FENCES.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _markdown(id: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": _id(id), "metadata": {}, "source": source}


def _graded(name: str, source: str, most: float) -> dict[str, Any]:
    nbgrader = {
        "cell_type": "markdown",
        "grade": True,
        "grade_id": name,
        "locked": False,
        "points": most,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    return {**_markdown(name, source), "metadata": {"nbgrader": nbgrader}}


def _id(text: str) -> str:
    """A cell id: at most 64 characters."""
    return text if len(text) <= 64 else hashlib.sha256(text.encode()).hexdigest()


def _encode(cells: Iterable[Mapping[str, Any]]) -> str:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, MARK: 1}
    book = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"
