"""A later cell that overwrites a name costs nothing that worked before it, and is named."""

from __future__ import annotations

import pytest

from autograder.course.models import Reveal
from autograder.messages import criteria
from autograder.sandbox.host.session import Overwritten
from autograder.status import Status
from autograder.suite.facts import ArgumentChanged
from autograder.suite.outcome import Outcome
from autograder.suite.worlds import better_outcome
from autograder.text import Text

CHANGES = (Overwritten("range", 3), Overwritten("np.sum", 5))


def said(outcome: Outcome) -> Text:
    return criteria.message(outcome, Reveal.SHAPES)


@pytest.mark.parametrize("end", [Status.FAILED, Status.ERROR, Status.TIMEOUT, Status.MISSING])
def test_what_worked_when_it_was_defined_counts(end):
    found = better_outcome(Outcome(end), Outcome(Status.PASSED), CHANGES)
    assert found.status is Status.PASSED
    assert (
        "But later cell 4 overwrites `range`, cell 6 overwrites `np.sum`, and" in said(found)["en"]
    )
    assert "あとのセル4で`range`、セル6で`np.sum`が上書きされ" in said(found)["ja"]


def test_a_wrong_value_tells_more_than_an_error_that_a_later_cell_brought():
    wrong = Outcome(Status.FAILED, ArgumentChanged("f(x)", 1))
    found = better_outcome(Outcome(Status.ERROR), wrong, CHANGES)
    assert found.status is Status.FAILED
    assert said(found)["en"].startswith("Your code changed argument 1")
    assert "cell 4 overwrites `range`" in said(found)["en"]


@pytest.mark.parametrize(
    ("end", "earlier"),
    [
        (Status.FAILED, Status.FAILED),
        (Status.FAILED, Status.ERROR),
        (Status.ERROR, Status.TIMEOUT),
        (Status.FAILED, Status.GRADER_ERROR),
        (Status.GRADER_ERROR, Status.MISSING),
    ],
)
def test_otherwise_the_end_of_the_notebook_decides(end, earlier):
    assert better_outcome(Outcome(end), Outcome(earlier), CHANGES) == Outcome(end)


def test_a_criterion_is_decided_in_the_better_world(bench):
    right, wrong = "def f(x): return len(range(x))", "def f(x): return len(range(x + 1))"
    later = "range = (0, 255)"
    suite = '@criterion("f.works")\ndef test_it(student):\n    same(student.f(3), 3)\n'
    found = bench.outcomes(
        bench.course(suite, f=["works"]),
        (right, later), (wrong, later), (right, "x = 1"), (right, "def f(x): return 0"),
    )  # fmt: skip
    told = [(each["f.works"].status, each["f.works"].message["en"]) for each in found]
    assert [status for status, _ in told] == ["passed", "failed", "passed", "failed"]
    named = ["cell 2 overwrites `range`" in message for _, message in told]
    assert named == [True, True, False, False]
