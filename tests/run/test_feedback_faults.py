"""What fails while feedback is made: points are the same, and a lost sandbox is not passed over."""

from __future__ import annotations

import pytest

from autograder.course.load import load_course
from autograder.diagnosis.diagnose import Diagnostician
from autograder.errors import SandboxUnavailable
from autograder.run.jobs import Graded
from autograder.sandbox.host.session import SandboxLost
from autograder.status import ResultStatus
from autograder.suite.smallest import Search
from tests.conftest import Grade
from tests.handed_in import IM2COL, book
from tests.paths import ROOT

STEPS = [(Diagnostician, "explanations"), (Search, "attempt")]
LOST = [SandboxLost("killed"), SandboxUnavailable("no session could be started", "try again")]
WRONG = IM2COL.replace("return ", "return 2 * ")


@pytest.fixture
def graded(grade: Grade, monkeypatch: pytest.MonkeyPatch):
    """Grades a wrong im2col, while a step raises an error if one is given."""

    def run(step=None, error=None) -> Graded:
        def fails(*_: object, **__: object) -> None:
            raise error

        with monkeypatch.context() as patch:
            if step is not None:
                patch.setattr(*step, fails)
            return grade(load_course(ROOT), "02_im2col", {"a": book(WRONG)})["a"]

    return run


@pytest.mark.parametrize("step", STEPS, ids=["diagnosis", "smallest input"])
@pytest.mark.parametrize("lost", LOST, ids=["lost", "unavailable"])
def test_a_lost_sandbox_is_a_grader_error_so_that_the_next_run_grades_again(graded, step, lost):
    assert graded(step, lost).result.status is ResultStatus.GRADER_ERROR


@pytest.mark.parametrize("step", STEPS, ids=["diagnosis", "smallest input"])
def test_any_other_fault_costs_the_feedback_only_and_is_reported_separately(graded, step):
    undisturbed, disturbed = graded(), graded(step, KeyError("a bug in the grader"))
    points = [[(c.id, c.points) for c in one.result.criteria] for one in (undisturbed, disturbed)]
    assert points[0] == points[1]
    assert not disturbed.notes
    assert any("a bug in the grader" in note for note in disturbed.advice_notes)
    assert not undisturbed.advice_notes
