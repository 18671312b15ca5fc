"""What a course says about errors carried forward, and that all of it ends with the notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.carrying.reference import ReferenceProcess
from autograder.carrying.reloads import Reloads
from autograder.course.load import load_course
from autograder.errors import SandboxUnavailable
from autograder.ingest import Submission
from autograder.run.submission import Grader
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.host.session import Session
from autograder.status import Status
from autograder.suite.plugin import Suites, with_suites
from autograder.verdict.result import Result
from tests.handed_in import book
from tests.learners.conftest import BOOK, teaching_cells
from tests.paths import ROOT

COURSE = load_course(ROOT)
CONVOLUTION = book("import numpy as np", BOOK["Convolution"])

Grade = Callable[..., Result]


@pytest.fixture(scope="module")
def process() -> Iterator[ReferenceProcess]:
    with ReferenceProcess(ROOT) as started:
        yield started


@pytest.fixture
def graded(server, process, tmp_path: Path) -> Grade:
    def grade(notebook: bytes, share: float = 1.0, exercise: str = "03_convolution") -> Result:
        path = tmp_path / "a.ipynb"
        path.write_bytes(notebook)
        course = replace(COURSE, carried=share)
        budget = Budget(cell_s=1, cells_s=2, call_cpu_s=1)
        grader = Grader(course, "c0" * 32, {}, server, Level.LIMITS, budget, process)
        found: list[Result] = []

        def each(suites: Suites) -> None:
            submission = Submission("a", exercise, path, tmp_path)
            found.append(grader.grade(suites, submission).result)

        with_suites(course, [course.exercise(exercise)], each)
        return found[0]

    return grade


@pytest.mark.parametrize(("share", "score"), [(1.0, 15), (0.8, 12), (0.5, 7.5)])
def test_the_share_of_the_points_is_the_courses(graded, share, score):
    result = graded(CONVOLUTION, share)
    assert result.score == pytest.approx(score)
    assert {c.status for c in result.criteria} == {Status.CARRIED, Status.MISSING}


def test_a_share_of_nothing_switches_it_off(graded, process):
    before = process.generation
    result = graded(CONVOLUTION, 0)
    assert result.score == 0
    assert {c.status for c in result.criteria} == {Status.ERROR, Status.MISSING}
    assert process.generation == before


def test_a_right_notebook_never_asks_the_reference(graded, monkeypatch):
    monkeypatch.setattr(ReferenceProcess, "start", None)
    parts = [BOOK[name] for name in ("im2col", "col2im", "Convolution")]
    numerical = BOOK["numerical_gradient"]
    result = graded(book("import numpy as np", *parts, numerical))
    assert result.score == 18


def test_a_criterion_that_the_own_code_passes_stays_passed(graded):
    flat = BOOK["im2col"].replace(", dtype=input_data.dtype", "")
    result = graded(book("import numpy as np", flat, BOOK["col2im"], BOOK["Convolution"]))
    status = {c.id: (c.status, c.own_status) for c in result.criteria}
    assert status["Convolution.forward.stride"] == (Status.PASSED, Status.PASSED)
    assert status["Convolution.forward.float32"] == (Status.CARRIED, Status.FAILED)


def test_if_the_notebook_cannot_be_loaded_again_what_is_right_stays_right(graded, monkeypatch):
    def fails(*_args: object) -> None:
        raise SandboxUnavailable("a session ended before it ran anything", "look")

    monkeypatch.setattr(Reloads, "with_replaced", fails)
    numerical = BOOK["numerical_gradient"]
    result = graded(book("import numpy as np", numerical, BOOK["Convolution"]))
    status = {c.part: c.status for c in result.criteria}
    assert status == {
        "numerical_gradient": Status.PASSED,
        "Convolution.forward": Status.GRADER_ERROR,
        "Convolution.backward": Status.GRADER_ERROR,
    }


def test_what_needs_the_same_part_is_graded_again_in_one_process(graded, monkeypatch):
    processes: list[bool] = []
    fork = Session._fork

    def counting(self: Session, *args: object, **kwargs: object) -> object:
        processes.append(self.reference is not None)
        return fork(self, *args, **kwargs)

    monkeypatch.setattr(Session, "_fork", counting)
    cells = teaching_cells("01_windows") | {
        "conv_output_size": "def conv_output_size(*_): return 9"
    }
    result = graded(book("import numpy as np", *cells.values()), exercise="01_windows")
    carried = {c.part for c in result.criteria if c.status is Status.CARRIED}
    assert carried == {"conv2d_single", "maxpool2d_single"}
    assert processes.count(True) == 1


def test_an_error_that_a_replaced_method_may_have_brought_is_not_told(graded):
    layer = BOOK["Convolution"].replace("        self.x = x\n", "        self.x = undefined\n")
    layer = layer.replace(
        "self.col.T", "self.mine.T"
    )  # never set: the own error is the earlier one
    parts = [BOOK[name] for name in ("im2col", "col2im")]
    result = graded(book("import numpy as np", *parts, layer))
    said = {c.id: c.message["en"] for c in result.criteria}
    assert "undefined" in said["Convolution.backward.dw"]
    assert not any("mine" in message for message in said.values())


def test_the_cpu_time_of_every_process_is_counted(graded):
    def cost_of_a_slow_cell(share: float) -> float:
        quick, slow = (
            graded(
                book("import numpy as np", f"sum(i * i for i in range({n}))", BOOK["Convolution"]),
                share,
            )
            for n in (1, 4_000_000)  # well within a cell's time, however busy the machine is
        )
        return slow.timing.cpu_s - quick.timing.cpu_s

    graded(book(BOOK["Convolution"]))  # whatever is computed once
    # The cells ran twice. A busy machine can hide that once, but cannot fake it.
    assert any(cost_of_a_slow_cell(1.0) > 1.5 * cost_of_a_slow_cell(0) for _ in range(4))
