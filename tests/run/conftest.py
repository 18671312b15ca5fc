"""A small course, and submissions of every kind for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.load import load_course
from autograder.course.models import Course
from autograder.ingest import Submission
from autograder.run.service import setup_for
from autograder.run.worker import Setup
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.session import Budget
from autograder.status import ResultStatus
from autograder.synthetic.notebooks import from_sources
from autograder.verdict.result import File, Result, Timing

COURSE = 'salt = "tiny"\nlanguages = ["en", "ja"]\ntitle = {en = "Tiny", ja = "小"}\n'

EXERCISE = """\
id = "01_double"
points = 3
reveal = "first_difference"
title = {en = "Double", ja = "倍"}
summary = {en = "Twice.", ja = "二倍。"}
[[parts]]
id = "double"
title = {en = "Double", ja = "倍"}
[[parts.criteria]]
id = "double.one"
points = 1
title = {en = "One", ja = "一"}
[[parts.criteria]]
id = "double.many"
points = 2
title = {en = "Many", ja = "多"}
"""

# The reference stands in a module of the course's own, as `source_lib` does.
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
    root = tmp_path_factory.mktemp("tiny")
    for path, text in {
        "solutions/course.toml": COURSE,
        "solutions/01_double/exercise.toml": EXERCISE,
        "tests/hidden/test_01_double.py": SUITE,
        "tiny_reference.py": REFERENCE,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return load_course(root)


@pytest.fixture
def setup(course: Course) -> Setup:
    return setup_for(course, Level.LIMITS, ["01_double"], budget=QUICK, ours={})


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
        isolation="full",
        status=ResultStatus.GRADED,
        score=0.0,
        max_score=3.0,
        criteria=(),
        cells=(),
        timing=Timing(0.1, 0.1),
    )
