"""What has a current result is not graded again, whatever the file is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.models import Course
from autograder.ingest import Submission, parse
from autograder.run.jobs import Setup
from autograder.run.service import grade_submissions
from autograder.run.store import Store
from tests.run.conftest import RIGHT


def notebook(size: int, end: bytes = b"") -> bytes:
    return b'{"cells": []}' + b" " * size + end


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (notebook(5000), notebook(5000), True),
        (notebook(5000), notebook(4999, b"\n"), False),
        (notebook(5000), notebook(100), False),
    ],
    ids=["too large", "too large and changed", "no longer"],
)
def test_a_file_that_is_written_again(
    course: Course,
    setup: Setup,
    hand_in: Callable[..., Submission],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: bytes,
    after: bytes,
    kept: bool,
) -> None:
    monkeypatch.setattr(parse, "MAX_BYTES", 4000)
    store = Store(tmp_path / "out")
    (first,) = grade_submissions(course, setup, [hand_in("a", RIGHT, content=before)], store=store)
    assert not first.kept
    again = hand_in("a", RIGHT, content=after)  # as `collect` does: new times, perhaps new bytes
    os.utime(again.path, (1, 1))
    (second,) = grade_submissions(course, setup, [again], store=store)
    assert second.kept is kept
    assert (second.graded.result == first.graded.result) is kept
