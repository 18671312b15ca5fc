"""The JSON Schemas with which editors complete course.toml and exercise.toml: they say no more and
no less than the loader does.

What one value can show alone is in both. How values fit together (points that add up, ids that
agree with a folder) is the loader's business only.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import autograder.course
from autograder.course.load import (
    COURSE_KEYS,
    CRITERION_KEYS,
    EXERCISE_KEYS,
    PART_KEYS,
    QUESTION_KEYS,
)
from autograder.course.models import Reveal
from autograder.errors import CourseError
from autograder.text import LANGUAGES
from tests.mini_course import BOXES, MiniCourse
from tests.paths import ROOT

FOLDER = Path(autograder.course.__file__).parent / "schemas"
COURSE = json.loads((FOLDER / "course.json").read_text(encoding="utf-8"))
EXERCISE = json.loads((FOLDER / "exercise.json").read_text(encoding="utf-8"))

TABLES = {
    "course": (COURSE, COURSE_KEYS),
    "text": (COURSE["definitions"]["text"], LANGUAGES),
    "exercise": (EXERCISE, EXERCISE_KEYS),
    "part": (EXERCISE["definitions"]["part"], PART_KEYS),
    "criterion": (EXERCISE["definitions"]["criterion"], CRITERION_KEYS),
    "question": (EXERCISE["definitions"]["question"], QUESTION_KEYS),
    "text of an exercise": (EXERCISE["definitions"]["text"], LANGUAGES),
}

OF_THE_LOADER_ONLY = re.compile(
    r"add up to|in a folder named|does not fit its part|is not an earlier exercise"
    r"|which is neither a part|is not a valid name|is the name of another part|has no text in"
)


@pytest.mark.parametrize("schema", [COURSE, EXERCISE], ids=["course", "exercise"])
def test_each_is_a_schema(schema):
    jsonschema.Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("table", TABLES)
def test_the_keys_are_those_that_the_loader_knows(table):
    schema, keys = TABLES[table]
    assert set(schema["properties"]) == set(keys)
    assert schema["additionalProperties"] is False


def test_what_there_is_to_choose_from_is_what_the_loader_offers():
    assert EXERCISE["properties"]["reveal"]["enum"] == [*Reveal]
    assert COURSE["properties"]["languages"]["items"]["enum"] == [*LANGUAGES]


def of_the_courses(name: str) -> Iterator[Path]:
    for course in (ROOT, BOXES):
        yield from sorted((course / "solutions").rglob(name))


@pytest.mark.parametrize(
    "file", [*of_the_courses("course.toml"), *of_the_courses("exercise.toml")],
    ids=lambda file: str(file.relative_to(ROOT)),
)  # fmt: skip
def test_every_file_of_a_course_is_valid_and_tells_editors_its_schema(file):
    schema = COURSE if file.name == "course.toml" else EXERCISE
    text = file.read_text(encoding="utf-8")
    jsonschema.Draft7Validator(schema).validate(tomllib.loads(text))
    if file.is_relative_to(ROOT / "solutions"):
        first = text.partition("\n")[0]
        assert first.startswith("#:schema ")
        named = (file.parent / first.removeprefix("#:schema ")).resolve()
        assert named == FOLDER / f"{file.stem}.json"


# --- the same answer to every value ------------------------------------------------------------

VALUES: tuple[Any, ...] = (
    True, 0, 1, -1, 0.3, 0.25, "", " ", "x", "x y", "none", "en", "ümlaut", ".x",
    [], ["x"], ["x", "x"], ["en"], ["fr"], [1], [[]], {}, {"en": "x"}, {"en": ""}, {"fr": "x"},
    {"en": "x", "ja": "あ"}, [{}], None,
)  # fmt: skip
"""None for a key that is left out."""

PLACES = {
    "course": ("settings", ()),
    "text": ("settings", ("title",)),
    "exercise": ("exercise", ()),
    "part": ("exercise", ("parts", 0)),
    "criterion": ("exercise", ("parts", 0, "criteria", 0)),
    "text of an exercise": ("exercise", ("parts", 0, "title")),
}


def as_toml(value: Any) -> str:
    """A value in TOML's inline form."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(v)}" for key, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("table", PLACES)
def test_schema_and_loader_give_the_same_answer_to_any_value_of_any_key(mini: MiniCourse, table):
    of, steps = PLACES[table]
    file = mini.settings if of == "settings" else mini.area.toml
    validator = jsonschema.Draft7Validator(COURSE if of == "settings" else EXERCISE)
    right = tomllib.loads(file.read_text(encoding="utf-8"))
    differ = []
    for key in (*TABLES[table][1], "unknown"):
        for value in VALUES:
            changed = copy.deepcopy(right)
            place = changed
            for step in steps:
                place = place[step]
            place.pop(key, None)
            if value is not None:
                place[key] = value
            mini.write(file, "\n".join(f"{k} = {as_toml(v)}" for k, v in changed.items()))
            try:
                mini.load()
                refusal = ""
            except CourseError as error:
                refusal = str(error)
            if OF_THE_LOADER_ONLY.search(refusal):
                continue
            if validator.is_valid(changed) is bool(refusal):
                differ.append((key, value, refusal))
    assert differ == []
