"""What an earlier run has dealt with is recognized by stamps, and nothing else is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.ingest import Submission
from autograder.run.unchanged import FILE, DealtWith, Unchanged
from autograder.status import ResultStatus
from autograder.verdict.result import Result

KEYS = {("aiko", "01_double"): "key"}


@pytest.fixture
def submission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Submission:
    """One that was handed in before the clock's last few seconds."""
    path = tmp_path / "submitted" / "aiko.ipynb"
    path.parent.mkdir()
    path.write_text("a notebook")
    later = path.stat().st_ctime_ns + 10_000_000_000
    monkeypatch.setattr("autograder.run.unchanged.time.time_ns", lambda: later)
    return Submission("aiko", "01_double", path, path.parent)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A run's folder with one result, its page and the tables."""
    out = tmp_path / "out"
    for name in ("results/aiko/01_double.json", "feedback/aiko/01_double.html"):
        (out / name).parent.mkdir(parents=True)
        (out / name).write_text(name)
    for name in ("index.html", "grades.csv"):
        (out / name).write_text(name)
    return out


def dealt_with(out: Path, submission: Submission, result: Result, *, kept: bool = False) -> None:
    """A run that has looked at the submission."""
    run = Unchanged.read(out)
    assert run.changed([submission], KEYS) == [submission]
    run.record({submission: DealtWith.of(result, kept)}, KEYS, "tables")


def again(out: Path, submission: Submission) -> list[Submission]:
    """What the next run has to look at."""
    return Unchanged.read(out).changed([submission], KEYS)


def test_what_was_dealt_with_is_left_alone(out: Path, submission: Submission, result: Result):
    dealt_with(out, submission, result)
    assert again(out, submission) == []
    assert Unchanged.read(out).tables_are_current("tables")


def touched(_out: Path, submission: Submission) -> None:
    submission.path.write_text("another one")


def replaced_in_time(_out: Path, submission: Submission) -> None:
    before = submission.path.stat()
    submission.path.write_text("A NOTEBOOK")
    os.utime(submission.path, ns=(before.st_atime_ns, before.st_mtime_ns))


def linked(_out: Path, submission: Submission) -> None:
    other = submission.path.with_name("other")
    submission.path.rename(other)
    submission.path.symlink_to(other)


def without(name: str) -> Callable[[Path, Submission], None]:
    def remove(out: Path, _submission: Submission) -> None:
        (out / name).unlink()

    return remove


def edited(name: str) -> Callable[[Path, Submission], None]:
    def edit(out: Path, _submission: Submission) -> None:
        (out / name).write_text("edited")

    return edit


@pytest.mark.parametrize(
    "change",
    [
        touched,
        replaced_in_time,
        linked,
        without("results/aiko/01_double.json"),
        edited("results/aiko/01_double.json"),
        without("feedback/aiko/01_double.html"),
        edited("feedback/aiko/01_double.html"),
        without(FILE),
        edited(FILE),
    ],
)
def test_any_change_is_noticed(change, out: Path, submission: Submission, result: Result):
    dealt_with(out, submission, result)
    change(out, submission)
    assert again(out, submission) == [submission]


def test_a_submission_with_another_key_is_looked_at(
    out: Path, submission: Submission, result: Result
):
    dealt_with(out, submission, result)
    keys = dict.fromkeys(KEYS, "another course")
    assert Unchanged.read(out).changed([submission], keys) == [submission]


def test_the_same_file_at_another_place_is_looked_at(out: Path, submission: Submission, result):
    dealt_with(out, submission, result)
    moved = submission.path.with_name("moved.ipynb")
    os.link(submission.path, moved)
    assert again(out, replace(submission, path=moved))


def test_a_file_written_just_now_may_still_change_within_the_clocks_resolution(
    out: Path, submission: Submission, result: Result, monkeypatch: pytest.MonkeyPatch
):
    now = submission.path.stat().st_ctime_ns + 1
    monkeypatch.setattr("autograder.run.unchanged.time.time_ns", lambda: now)
    dealt_with(out, submission, result)
    assert again(out, submission) == [submission]


def test_a_grader_error_is_always_looked_at(out: Path, submission: Submission, result: Result):
    dealt_with(out, submission, replace(result, status=ResultStatus.GRADER_ERROR))
    assert again(out, submission) == [submission]


def test_a_kept_result_that_somebody_replaced_meanwhile_is_looked_at(
    out: Path, submission: Submission, result: Result
):
    run = Unchanged.read(out)
    run.changed([submission], KEYS)
    edited("results/aiko/01_double.json")(out, submission)
    run.record({submission: DealtWith.of(result, True)}, KEYS, "tables")
    assert again(out, submission) == [submission]


@pytest.mark.parametrize(
    "name", ["index.html", "grades.csv", "results/aiko/01_double.json", "feedback/aiko/index.html"]
)
def test_tables_are_written_again_if_they_or_any_page_or_result_changed(
    name: str, out: Path, submission: Submission, result: Result
):
    (out / "feedback/aiko/index.html").write_text("the student's page")
    dealt_with(out, submission, result)
    (out / name).write_text("edited")
    assert not Unchanged.read(out).tables_are_current("tables")


def test_tables_with_something_to_say_are_made_each_time(out: Path, submission: Submission, result):
    run = Unchanged.read(out)
    run.changed([submission], KEYS)
    run.record({submission: DealtWith.of(result, False)}, KEYS, None)
    assert not Unchanged.read(out).tables_are_current("tables")


def test_what_the_instructor_has_to_decide_is_kept_with_the_tables(
    out: Path, submission: Submission, result
):
    run = Unchanged.read(out)
    run.changed([submission], KEYS)
    waiting = {"unreadable": ["aiko · 01_double"]}
    run.record({submission: DealtWith.of(result, False)}, KEYS, "tables", waiting)
    assert Unchanged.read(out).needs_you == waiting
