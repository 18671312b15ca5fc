"""docs/course.md says where the seeds' content went: each place that it names exists."""

from __future__ import annotations

import re
from functools import cache

import pytest

import source_lib
from autograder.course.load import load_course
from autograder.course.models import Exercise
from autograder.course.notebook_cells import read_cells
from tests.paths import ROOT

COURSE = load_course(ROOT)
PAGE = (COURSE.root / "docs" / "course.md").read_text(encoding="utf-8")
# The table "How to read a reference" explains the notation; its entries are references, too.
REFERENCES = sorted(set(re.findall(r"`(\d\d(?::| § | Q| = )[^`]*|source_lib\.\w+)`", PAGE)))


@cache
def places(number: str) -> dict[str, set[str]]:
    exercise = numbered(number)
    cells = read_cells(exercise)
    prose = [cell.source for cell in cells if cell.kind == "markdown" and cell.lang == "en"]
    headings = {h for text in prose for h in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    questions = [text.partition("## Questions to think about")[2] for text in prose]
    return {
        ":": {cell.name for cell in cells if cell.name},
        " § ": {heading.replace("`", "") for heading in headings},
        " Q": set(re.findall(r"^(\d+)\. ", "\n".join(questions), re.MULTILINE)),
        " = ": {
            name for part in exercise.parts for name in (part.id, *(c.id for c in part.criteria))
        },
    }


def numbered(number: str) -> Exercise:
    return next(e for e in COURSE.exercises if e.id.startswith(number))


def exists(reference: str) -> bool:
    if reference.startswith("source_lib."):
        return reference.removeprefix("source_lib.") in source_lib.__all__
    number, kind, name = re.fullmatch(r"(\d\d)(:| § | Q| = )(.*)", reference).groups()
    known = places(number)[kind]
    if kind == " § ":
        return any(heading.startswith(name) for heading in known)
    return name in known


def test_every_place_that_the_page_names_exists():
    assert [reference for reference in REFERENCES if not exists(reference)] == []


def test_the_page_names_places_in_every_exercise():
    assert {reference[:2] for reference in REFERENCES} >= {e.id[:2] for e in COURSE.exercises}


def test_every_function_that_a_student_writes_is_named():
    written = {part.id.partition(".")[0] for e in COURSE.exercises for part in e.parts}
    written = {name for name in written if not name.startswith("evidence_")}
    abbreviated = {"GlobalAveragePooling1D", "global_average_pooling_1d"}
    overview = PAGE.partition("## Nine exercises")[2].partition("\n## ")[0]
    assert {name for name in written - abbreviated if f"`{name}`" not in overview} == set()


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda e: e.id)
def test_the_points_of_the_overview_are_those_of_the_exercise(exercise):
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{exercise.id}` |"))
    points = row.split("|")[2].strip()
    parts = [f"{exercise.points:g}"] if exercise.points else []
    parts += [f"bonus {exercise.bonus:g}"] if exercise.bonus else []
    assert points == ", ".join(parts)


def test_the_points_add_up():
    points = sum(e.points for e in COURSE.exercises)
    bonus = sum(e.bonus for e in COURSE.exercises)
    assert f"| **{points:g}**, bonus {bonus:g} |" in PAGE
