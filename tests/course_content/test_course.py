"""The course of this repository is right, and its assignments are fresh."""

from __future__ import annotations

import pytest

from tests.conftest import Run


@pytest.mark.slow
def test_the_course_is_right(autograder: Run) -> None:
    done = autograder("verify", timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The course is correct" in done.stdout


def test_assignments_are_fresh(autograder: Run) -> None:
    pytest.importorskip("nbgrader")
    done = autograder("generate", "--check")
    assert done.returncode == 0, done.stdout + done.stderr
