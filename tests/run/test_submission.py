"""One submission, from a file to a result, whatever the file is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from autograder.ingest import Notebook, Submission
from autograder.messages.criteria import message
from autograder.run.decisions import with_reasons_for_missing
from autograder.run.jobs import Graded
from autograder.run.submission import Grader
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from autograder.status import ResultStatus, Status
from autograder.suite.facts import Missing
from autograder.suite.outcome import PASSED, Outcome
from autograder.suite.plugin import with_suites
from autograder.verdict.codec import encode
from tests.run.conftest import HALF, QUICK, RIGHT


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Level.LIMITS, Limits()) as warm:
        yield warm


@pytest.fixture
def grade(course, server) -> Callable[..., list[Graded]]:
    def run(*submissions: Submission) -> list[Graded]:
        grader = Grader(course, "c0" * 32, {}, server, Level.LIMITS, QUICK)
        graded: list[Graded] = []
        with_suites(
            course,
            course.exercises,
            lambda suites: graded.extend(grader.grade(suites, s) for s in submissions),
        )
        for one in graded:
            encode(one.result)
        return graded

    return run


def test_points_are_those_of_the_criteria_that_pass(grade, hand_in):
    right, half, none = grade(hand_in("a", RIGHT), hand_in("b", HALF), hand_in("c", "x = 1"))
    assert [graded.result.score for graded in (right, half, none)] == [3.0, 1.0, 0.0]
    assert [c.status for c in half.result.criteria] == ["passed", "failed"]
    assert [c.status for c in none.result.criteria] == ["missing", "missing"]
    assert {graded.result.status for graded in (right, half, none)} == {"graded"}


def test_the_same_bytes_get_the_same_result(grade, hand_in):
    first, again = grade(hand_in("a", HALF), hand_in("a", HALF))
    assert first.result.stable == again.result.stable


def test_cells_are_told_apart(grade, hand_in):
    cells = [RIGHT, "1 / 0", "def (:", "import os; os._exit(3)", "while True: pass", "y = 1"]
    (graded,) = grade(hand_in("a", *cells))
    assert graded.result.score == 3.0
    told = [(cell.index, cell.status) for cell in graded.result.cells]
    assert told == [
        (0, "ok"), (1, "error"), (2, "error"), (3, "error"), (4, "timeout"), (5, "ok"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"cells": 5}',
        b"\xff\xfe\x00\x01",
        b"[" * 10**6,
    ],
    ids=["empty", "cut", "list", "no cells", "no text", "deep"],
)
def test_a_file_that_is_not_a_notebook_is_unreadable_and_earns_nothing(grade, hand_in, content):
    (graded,) = grade(hand_in("a", content=content))
    assert (graded.result.status, graded.result.score) == ("unreadable", 0.0)
    assert all(c.message["en"] and c.message["ja"] for c in graded.result.criteria)


def test_a_reader_that_breaks_on_a_file_gives_no_points_for_it(grade, hand_in, monkeypatch):
    """Whatever a file does to its reader is the file's doing; but the instructor is told."""

    def breaks(*_: object) -> None:
        raise ValueError("a file made for this")

    monkeypatch.setattr("autograder.run.submission.read_notebook", breaks)
    (graded,) = grade(hand_in("a", RIGHT))
    assert (graded.result.status, graded.result.score) == ("unreadable", 0.0)
    assert "a file made for this" in graded.notes[0]


@pytest.mark.parametrize("lack", [MemoryError(), OSError(24, "Too many open files")])
def test_what_the_machine_lacks_makes_no_file_unreadable(grade, hand_in, monkeypatch, lack):
    def fails(*_: object) -> None:
        raise lack

    monkeypatch.setattr("autograder.run.submission.read_notebook", fails)
    (graded,) = grade(hand_in("a", RIGHT))
    assert graded.result.status is ResultStatus.GRADER_ERROR
    assert type(lack).__name__ in graded.notes[0]


def test_an_answer_in_a_text_cell_is_reported_as_such(grade, hand_in):
    cells = [{"cell_type": "markdown", "source": RIGHT}, {"cell_type": "code", "source": "x = 1"}]
    (graded,) = grade(hand_in("a", content=json.dumps({"cells": cells}).encode()))
    for criterion in graded.result.criteria:
        assert criterion.status is Status.MISSING
        assert "`double` in cell 1" in criterion.message["en"]
        assert "文章のセル" in criterion.message["ja"]


def test_another_exercises_notebook_is_reported_as_such(course):
    exercise = course.exercises[0]
    missing, right = (criterion.id for criterion in exercise.criteria)
    outcomes = {missing: Outcome(Status.MISSING, Missing("double")), right: PASSED}
    told = with_reasons_for_missing(outcomes, exercise, Notebook("", ()), "02_other")
    assert told[right] == PASSED
    assert "This is the notebook of 02_other" in message(told[missing], exercise.reveal)["en"]
    for nothing in ("", "01_double"):
        assert with_reasons_for_missing(outcomes, exercise, Notebook("", ()), nothing) == outcomes


@pytest.mark.parametrize(
    "source",
    [
        RIGHT + "# " + "あ" * 3_000_000,
        RIGHT + "# " + "\x01" * 3_000_000,
        RIGHT + "\n" * 3_000_000,
        RIGHT + "x = " + "[" * 100_000,
        RIGHT + "x = " + "-" * 1_000_000 + "1",
        RIGHT + "x = " + "+".join("1" * 300_000),
        RIGHT + "x = '\ud800'",
        RIGHT + "\0",
    ],
    ids=["wide", "escaped", "lines", "brackets", "signs", "sums", "surrogate", "nul"],
)
def test_no_source_however_odd_is_the_graders_fault(grade, hand_in, source):
    content = json.dumps({"cells": [{"cell_type": "code", "source": source}]}).encode()
    (graded,) = grade(hand_in("a", content=content))
    assert graded.result.status in {"graded", "unreadable"}, graded.notes


def test_a_thousand_cells_are_graded_as_well(grade, hand_in):
    (graded,) = grade(hand_in("a", *["x = 1"] * 1000, RIGHT))
    assert graded.result.score == 3.0
    assert len(graded.result.cells) == 1001


@pytest.mark.parametrize("what", ["nothing", "folder", "link out", "loop"])
def test_what_is_no_file_is_unreadable(grade, tmp_path, what):
    inside = tmp_path / "in"
    inside.mkdir()
    path = inside / "a.ipynb"
    (tmp_path / "secret.ipynb").write_text("{}")
    if what == "folder":
        path.mkdir()
    elif what == "link out":
        path.symlink_to(tmp_path / "secret.ipynb")
    elif what == "loop":
        path.symlink_to(path)
    (graded,) = grade(Submission("a", "01_double", path, inside))
    assert graded.result.status == "unreadable"


def test_an_unavailable_sandbox_is_the_graders_fault(course, hand_in):
    class Nowhere:
        def spawn(self, _settings: dict[str, object]) -> None:
            raise OSError("no more processes")

    grader = Grader(course, "c0" * 32, {}, Nowhere(), Level.LIMITS, QUICK)
    graded: list[Graded] = []
    submission = hand_in("a", HALF)
    with_suites(course, course.exercises, lambda s: graded.append(grader.grade(s, submission)))
    encode(graded[0].result)
    assert (graded[0].result.status, graded[0].result.score) == ("grader_error", 0.0)
    assert graded[0].result.needs_review
    assert "no more processes" in graded[0].notes[0]
