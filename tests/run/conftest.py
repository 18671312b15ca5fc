"""A small course, and submissions of every kind for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.models import Course
from autograder.ingest import Submission
from autograder.run.service import setup_for
from autograder.run.worker import Setup
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.session import Budget
from autograder.status import ResultStatus
from autograder.synthetic.notebooks import from_sources
from autograder.verdict.result import File, Result, Timing
from tests.mini_course import bare_course

# The reference is a module of the course's own, as `source_lib` does.
REFERENCE = "def twice(x):\n    return 2 * x\n"

SUITE = """\
import numpy as np
import tiny_reference
from autograder.suite import criterion, same

@criterion("double.one")
def test_one(student, make):
    same(student.double(3.0), tiny_reference.twice(3.0))

@criterion("double.many")
def test_many(student, make):
    x = make.normal(2, 3)
    same(student.double(x), tiny_reference.twice(x))
"""

RIGHT = "def double(x):\n    return 2 * x\n"
HALF = "def double(x):\n    return 6.0\n"

QUICK = Budget(cell_s=1, cells_s=2, call_cpu_s=0.5, call_wall_s=1.5, total_wall_s=20)


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("doubles")
    (root / "tiny_reference.py").write_text(REFERENCE)
    return bare_course(root, {"01_double": SUITE}, {"01_double": {"double": {"one": 1, "many": 2}}})


@pytest.fixture
def setup(course: Course) -> Setup:
    return setup_for(course, Level.LIMITS, ["01_double"], budget=QUICK, locked={})


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Submission]:
    """A submission of these code cells, or of these bytes."""

    def make(student: str, *sources: str, content: bytes | None = None) -> Submission:
        path = tmp_path / "submitted" / f"{student}.ipynb"
        path.parent.mkdir(exist_ok=True)
        cells = [("code", source) for source in sources]
        path.write_bytes(from_sources(cells) if content is None else content)
        return Submission(student, "01_double", path, path.parent)

    return make


@pytest.fixture
def result() -> Result:
    return Result(
        exercise="01_double",
        student="aiko",
        submission=File("submitted/aiko.ipynb", "a1" * 32),
        course_sha256="c0" * 32,
        isolation=Level.FULL,
        status=ResultStatus.GRADED,
        score=0.0,
        max_score=3.0,
        criteria=(),
        cells=(),
        timing=Timing(0.1, 0.1),
    )
