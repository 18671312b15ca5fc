"""Turn the suite's outcomes into decisions, with messages in the course's languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from autograder.course.models import Course, Exercise
from autograder.ingest import Notebook, Submission
from autograder.messages import criteria
from autograder.run.jobs import Setup
from autograder.status import Status
from autograder.suite.outcome import Outcome, grader_error
from autograder.suite.remarks import InTextCell, NotebookOf, Remark
from autograder.verdict.result import Decision, File, Result, result

_T = TypeVar("_T")

NO_DIAGNOSES: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def with_reasons_for_missing(
    outcomes: Mapping[str, Outcome],
    exercise: Exercise,
    book: Notebook,
    notebook_of: str,
) -> dict[str, Outcome]:
    """Add to the outcomes of missing parts what the notebook's file says about the reason.

    Args:
        outcomes: of every criterion.
        exercise: the exercise graded.
        book: the notebook.
        notebook_of: the exercise that it is evidently of, "" if nothing tells.
    """
    text = {name: index + 1 for index, name in reversed(book.in_text)}
    owners = {criterion.id: part.owner for part in exercise.parts for criterion in part.criteria}

    def of_one(id: str, outcome: Outcome) -> Outcome:
        remarks: list[Remark] = []
        if outcome.status is not Status.MISSING:
            return outcome
        if owners[id] in text:
            remarks.append(InTextCell(owners[id], text[owners[id]]))
        if notebook_of not in ("", exercise.id):
            remarks.append(NotebookOf(notebook_of))
        return replace(outcome, remarks=(*outcome.remarks, *remarks))

    return {id: of_one(id, outcome) for id, outcome in outcomes.items()}


def decisions_of(
    outcomes: Mapping[str, Outcome],
    exercise: Exercise,
    languages: Iterable[str],
    diagnoses: Mapping[str, tuple[str, ...]] = NO_DIAGNOSES,
) -> dict[str, Decision]:
    """Turn outcomes into decisions with messages in these languages.

    Args:
        outcomes: by criterion.
        exercise: the exercise graded.
        languages: the course's.
        diagnoses: by criterion, the ids of the known mistakes that explain why it failed.
    """
    return {
        id: Decision(
            outcome.status,
            criteria.message(outcome, exercise.reveal_of(id)).only(languages),
            criteria.counterexample(outcome, exercise.reveal_of(id)),
            outcome.fails_without_student,
            outcome.own_status,
            diagnoses.get(id, ()),
        )
        for id, outcome in outcomes.items()
    }


def for_every_criterion(exercise: Exercise, one: _T) -> dict[str, _T]:
    """The same decision for each criterion, by id."""
    return {criterion.id: one for criterion in exercise.criteria}


def grader_error_result(
    course: Course, exercise: Exercise, submission: Submission, setup: Setup
) -> Result:
    """The result of a submission that could not be graded because the grader failed."""
    outcomes = for_every_criterion(exercise, grader_error())
    return result(
        exercise,
        student=submission.student,
        file=File(submission.file, None),
        course_sha256=setup.exercise_sha256s[exercise.id],
        isolation=setup.level,
        decisions=decisions_of(outcomes, exercise, course.languages),
    )
