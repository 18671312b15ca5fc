"""A course of one exercise, written for a test, and graded through real processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.course.models import Course, Reveal
from autograder.messages import criteria
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.session import Budget, Session
from autograder.status import Status
from autograder.suite.outcome import Outcome
from autograder.suite.plugin import Suites, with_suites
from autograder.text import Text
from autograder.verdict.result import Counterexample
from tests.mini_course import bare_course

QUICK = Budget(cell_s=2, cells_s=4, call_cpu_s=0.5, call_wall_s=1.5, total_wall_s=30)

HEADER = """\
import numpy as np
from autograder.suite import (
    agrees, as_before, criterion, generator, keeps_dtype, keeps_weights, measured, no_more_work,
    numbers, raises, same, unchanged,
)
from autograder.text import Text
"""


def write_course(
    root: Path,
    suites: Mapping[str, str],
    criteria: Mapping[str, Mapping[str, list[str]]],
    **settings: Any,
) -> Course:
    """`bare_course` whose suites need not import what all of them use."""
    with_header = {exercise: HEADER + suite for exercise, suite in suites.items()}
    return bare_course(root, with_header, criteria, **settings)


@dataclass(frozen=True)
class Told:
    """What becomes of a criterion, as its student reads it."""

    status: Status
    message: Text
    counterexample: Counterexample | None
    grader_note: str | None


@dataclass
class Bench:
    """Runs hidden suites on notebooks."""

    server: Server
    root: Path
    budget: Budget = QUICK

    def course(self, suite: str, *, reveal: str = "first_difference", **parts: list[str]) -> Course:
        """A course whose only exercise is decided by ``suite``."""
        return write_course(self.root, {"01_x": suite}, {"01_x": parts}, reveal=reveal)

    def outcomes(self, course: Course, *notebooks: str | tuple[str, ...]) -> list[dict[str, Told]]:
        """Each notebook's outcomes of every criterion of every exercise, by criterion id.

        A notebook is one cell or several.
        """
        found: list[dict[str, Told]] = []

        def run(suites: Suites) -> None:
            for notebook in notebooks:
                found.append({})
                cells = [notebook] if isinstance(notebook, str) else list(notebook)
                cells[0] = "import numpy as np\n" + cells[0]
                with Session(self.server, list(enumerate(cells)), self.budget) as session:
                    for exercise in course.exercises:
                        found[-1] |= {
                            id: _told(outcome, exercise.reveal)
                            for id, outcome in suites.run(exercise, session).items()
                        }

        with_suites(course, course.exercises, run)
        return found

    def one(self, test: str, notebook: str, part: str = "f") -> Told:
        """The outcome of one criterion, whose test has the body ``test``."""
        body = "\n".join(f"    {line}" for line in test.splitlines())
        suite = f'@criterion("{part}.works")\ndef test_it(student, make):\n{body}\n'
        course = write_course(self.root, {"01_x": suite}, {"01_x": {part: ["works"]}})
        return self.outcomes(course, notebook)[0][f"{part}.works"]


def _told(outcome: Outcome, reveal: Reveal) -> Told:
    return Told(
        outcome.status,
        criteria.message(outcome, reveal),
        criteria.counterexample(outcome, reveal),
        outcome.grader_note,
    )


@pytest.fixture(scope="session")
def new_bench(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Bench]:
    return lambda: Bench(server, tmp_path_factory.mktemp("bench") / "course")


@pytest.fixture
def bench(new_bench: Callable[[], Bench]) -> Bench:
    return new_bench()


@pytest.fixture
def new_course(tmp_path: Path) -> Callable[..., Course]:
    def make(*args: Any, **kwargs: Any) -> Course:
        return write_course(tmp_path / "course", *args, **kwargs)

    return make
