"""The page about the hidden suites is current, and its facts hold."""

from __future__ import annotations

import re

import pytest

from autograder.course.load import load_course
from autograder.verify.suites_page import (
    MUTANTS,
    PAGE,
    PICTURE,
    facts,
    picture,
    with_section,
)
from autograder.verify.survivors import judge_needs
from tests.conftest import Run
from tests.paths import ROOT

COURSE = load_course(ROOT)


def test_the_page_says_what_is_known():
    remedy = "run `autograder verify --mutants` and commit what it writes"
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert with_section(page, MUTANTS, facts(COURSE)) == page, remedy
    assert (ROOT / PICTURE).read_text(encoding="utf-8") == picture(COURSE), remedy


def test_at_least_98_percent_of_the_mutants_are_noticed():
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    noticed = {
        name: float(share) for name, share in re.findall(r"^\| (\w+) .* ([\d.]+)% \|$", page, re.M)
    }
    assert set(noticed) == {"all", *(exercise.id for exercise in COURSE.exercises)}
    assert noticed.pop("all") >= 98
    assert min(noticed.values()) >= 97.5


def test_every_criterion_is_needed_or_says_why_it_stays():
    assert [p.text for exercise in COURSE.exercises for p in judge_needs(exercise)] == []


@pytest.mark.slow
@pytest.mark.parametrize("exercise", ["01_windows", "02_im2col", "04_pooling"])
def test_mutants_are_noticed_or_listed(autograder: Run, exercise: str) -> None:
    done = autograder("verify", "--mutants", exercise, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
