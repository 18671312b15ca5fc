"""Notebooks of the course's own, with something wrong in them, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from autograder.course.load import load_course, load_mistakes
from autograder.course.mistake_loader import teaching_source
from autograder.course.models import Course, Exercise, Mistake, Variant
from autograder.diagnosis.diagnose import Diagnosis, Diagnostician
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.suite.plugin import with_suites
from tests.paths import ROOT

Diagnose = Callable[..., dict[str, Diagnosis]]


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(ROOT)


@pytest.fixture(scope="session")
def known(course) -> Callable[[str, str], Mistake]:
    """A known mistake, by its exercise and id."""

    def find(exercise: str, id: str) -> Mistake:
        mistakes, _ = load_mistakes(course.exercise(exercise))
        return next(mistake for mistake in mistakes if mistake.id == id)

    return find


@pytest.fixture(scope="session")
def edited(course) -> Callable[..., Variant]:
    """A part of the teaching solution with a text in it replaced: an unknown mistake."""

    def edit(exercise: str, part: str, *changes: tuple[str, str]) -> Variant:
        source = teaching_source(course.exercise(exercise), part)
        for old, new in changes:
            assert source.count(old) == 1, (old, source)
            source = source.replace(old, new)
        return Variant("unknown", part, source)

    return edit


@pytest.fixture
def diagnose(course, monkeypatch, tmp_path) -> Diagnose:
    """What is said about the teaching solution with parts replaced."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(
        exercise: str, *variants: Variant, without: Sequence[str] = ()
    ) -> Mapping[str, Diagnosis]:
        found: dict[str, Diagnosis] = {}
        about = course.exercise(exercise)

        def known(of: Exercise) -> list[Mistake]:
            return [mistake for mistake in load_mistakes(of)[0] if mistake.id not in without]

        def each(suites) -> None:
            notebook = OwnNotebook(course, OwnCode(exercise, variants))
            outcomes = suites.run(about, notebook)
            diagnostician = Diagnostician(course, "c0" * 32, suites, known)
            found.update(diagnostician.diagnose(about, outcomes, notebook, {}))

        with_suites(course, [about], each)
        return found

    return run
