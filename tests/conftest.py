"""The course of this repository as tests use it: notebooks graded by it, and the command run on it.

Both happen at the strongest isolation level that this machine gives.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.carrying.reference import ReferenceProcess
from autograder.course.load import load_course
from autograder.course.models import Course
from autograder.errors import SandboxUnavailable
from autograder.ingest import Submission
from autograder.ingest.hand_ins import Gradings
from autograder.jupyter_packages import import_jsonschema
from autograder.run.submission import Graded, Grader
from autograder.sandbox.doctor.strongest import strongest
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.session import Budget
from autograder.suite.plugin import Suites, with_suites
from autograder.synthetic.notebooks import from_sources
from autograder.verdict.result import Result
from tests.mini_course import MiniCourse
from tests.paths import ROOT

gc.disable()  # until all tests are collected, see `pytest_collection_finish`
import_jsonschema()  # before any test imports nbformat, which takes a second longer without this

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Marked:
    """What became of one notebook.

    Attributes:
        result: its result.
        notes: what the instructor would find in the log of the grader's own faults.
        wall_s: how long grading took.
        gradings: how often it was graded.
    """

    result: Result
    notes: tuple[str, ...]
    wall_s: float
    gradings: Gradings | None = None

    @property
    def lost(self) -> set[str]:
        """Ids of the criteria that earned nothing."""
        return {c.id for c in self.result.criteria if not c.points}

    @property
    def statuses(self) -> set[str]:
        """Every status that a criterion has."""
        return {c.status for c in self.result.criteria}

    @property
    def messages(self) -> set[str]:
        """All that the student reads of what was lost, in English."""
        return {c.message["en"] for c in self.result.criteria if not c.points}


LONGEST = (
    *("course_content/test_notebooks.py", "course_content/test_course.py"),
    *("red_team/test_attacks.py", "verify/test_diagnosed.py", "survival/test_kills.py"),
    *("course_content/test_experiments.py", "survival/test_environments.py"),
    *("course_content/test_suites.py", "red_team/test_class.py", "cluster/test_real_cluster.py"),
    *("survival/test_folders.py", "red_team/test_memory.py", "red_team/test_carrying.py"),
    *("learners/test_carried.py", "learners/test_slips.py", "course_content/test_ladders.py"),
    *("red_team/test_leaks.py", "red_team/test_trusted_side.py"),
)
"""Files that take long, whatever number of tests they have: started last, one would run alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest files first; xdist keeps this order (``--no-loadscope-reorder``)."""
    ranks = {ROOT / "tests" / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


def pytest_collection_finish() -> None:
    """Take what collecting has made out of garbage collection.

    Looking through seven thousand tests again and again took two fifths of the tests' time.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


Books = Mapping[str, tuple[str, list[str]]]
Grade = Callable[..., dict[str, Graded]]
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
    with Server(wall, Limits()) as server, ReferenceProcess(ROOT) as process:

        def grade(books: Books, budget: Budget) -> dict[str, Marked]:
            folder = tmp_path_factory.mktemp("handed-in")
            grader = Grader(course, "c0" * 32, {}, server, wall, budget, process)
            marked: dict[str, Marked] = {}

            def each(suites: Suites) -> None:
                for name, (exercise, cells) in books.items():
                    path = folder / f"{len(marked)}.ipynb"
                    path.write_bytes(from_sources([("code", cell) for cell in cells]))
                    began = time.monotonic()
                    graded = grader.grade(suites, Submission("x", exercise, path, folder))
                    wall_s = time.monotonic() - began
                    notes = (*graded.notes, *graded.advice_notes)
                    marked[name] = Marked(graded.result, notes, wall_s, graded.gradings)

            ids = sorted({exercise for exercise, _ in books.values()})
            with_suites(course, [course.exercise(name) for name in ids], each)
            return marked

        yield grade


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is known of this machine from other runs neither helps tests nor comes of them.

    What one process of pytest-xdist finds out, the others need not: they share a folder.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        yield


@pytest.fixture(scope="session")
def trust() -> tuple[str, ...]:
    """What has to be added to the command where no wall holds (a CI machine without namespaces)."""
    try:
        strongest()
    except SandboxUnavailable:
        return ("--trust-students",)
    return ()


@pytest.fixture(scope="session")
def autograder(trust: tuple[str, ...]) -> Run:
    def run(
        command: str, *arguments: object, cwd: Path = ROOT, timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        extra: Sequence[str] = trust if command in ("grade", "check", "verify", "demo") else ()
        if command in ("grade", "verify", "demo") and "--jobs" not in arguments:
            extra = (*extra, "--jobs", "1")  # each worker's start costs as much as a small class
        return subprocess.run(
            [sys.executable, "-m", "autograder", command, *map(str, arguments), *extra],
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture
def mini(tmp_path: Path) -> MiniCourse:
    """A complete small course, to be spoilt."""
    return MiniCourse(tmp_path / "mini")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A warm server without a wall: where the wall is not what is tested, any level will do."""
    with Server(Level.LIMITS, Limits()) as warm:
        yield warm


@pytest.fixture
def grade(server: Server, tmp_path: Path) -> Grade:
    """Grade notebooks of one exercise of a course, by name; gives results by name."""

    def run(course: Course, exercise: str, books: Mapping[str, bytes]) -> dict[str, Graded]:
        budget = Budget(cell_s=1, cells_s=2, call_cpu_s=0.5, call_wall_s=1.5, total_wall_s=20)
        grader = Grader(course, "c0" * 32, {}, server, Level.LIMITS, budget)
        found: dict[str, Graded] = {}

        def grade_them(suites: Suites) -> None:
            for name, content in books.items():
                path = tmp_path / "handed in.ipynb"
                path.write_bytes(content)
                submission = Submission(name, exercise, path, tmp_path)
                found[name] = grader.grade(suites, submission)

        with_suites(course, [course.exercise(exercise)], grade_them)
        return found

    return run
