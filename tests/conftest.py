"""Notebooks graded by the course of this repository, behind the wall that this machine gives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.course.load import load_course
from autograder.errors import SandboxUnavailable
from autograder.ingest import Submission
from autograder.run.submission import Grader
from autograder.sandbox.doctor.strongest import strongest
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.session import Budget
from autograder.suite.plugin import Suites, with_suites
from autograder.synthetic.notebooks import from_sources

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Marked:
    """What became of one notebook.

    Attributes:
        result: its result.json.
        notes: what the instructor would find in the log of the grader's own faults.
        wall_s: how long grading took.
    """

    result: dict[str, Any]
    notes: tuple[str, ...]
    wall_s: float

    @property
    def lost(self) -> set[str]:
        """Ids of the criteria that earned nothing."""
        return {entry["id"] for entry in self.result["criteria"] if not entry["points"]}

    @property
    def statuses(self) -> set[str]:
        """Every status that a criterion has."""
        return {entry["status"] for entry in self.result["criteria"]}

    @property
    def messages(self) -> set[str]:
        """All that the student reads of what was lost, in English."""
        return {e["message"]["en"] for e in self.result["criteria"] if not e["points"]}


Books = Mapping[str, tuple[str, list[str]]]
GradeBooks = Callable[[Books, Budget], dict[str, Marked]]


@pytest.fixture(scope="session")
def wall() -> Level:
    """The level at which the course is graded here."""
    try:
        return strongest()
    except SandboxUnavailable:
        return Level.LIMITS


@pytest.fixture(scope="session")
def grade_books(wall: Level, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GradeBooks]:
    """Grade notebooks: by name, the exercise's id and the sources of the code cells."""
    course = load_course(ROOT)
    with Server(wall, Limits()) as server:

        def grade(books: Books, budget: Budget) -> dict[str, Marked]:
            folder = tmp_path_factory.mktemp("handed-in")
            grader = Grader(course, "c0" * 32, {}, server, wall.name.lower(), budget)
            marked: dict[str, Marked] = {}

            def each(suites: Suites) -> None:
                for name, (exercise, cells) in books.items():
                    path = folder / f"{len(marked)}.ipynb"
                    path.write_bytes(from_sources([("code", cell) for cell in cells]))
                    began = time.monotonic()
                    graded = grader.grade(suites, Submission("x", exercise, path, folder))
                    wall_s = time.monotonic() - began
                    marked[name] = Marked(graded.result, graded.notes, wall_s)

            ids = sorted({exercise for exercise, _ in books.values()})
            with_suites(course, [course.exercise(name) for name in ids], each)
            return marked

        yield grade
