"""result.json: what is one, what is none, and when two are the same."""

import json
import math
import re
from typing import Any

import jsonschema
import pytest

from autograder.errors import InvalidResult
from autograder.verdict.schema import SCHEMA_FILE, validate

Path = tuple[str | int, ...]


def at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def objects() -> dict[str, Path]:
    """Every object of a result, by a name for the test's id."""
    return {
        "result": (),
        "submission": ("submission",),
        "criterion": ("criteria", 1),
        "message": ("criteria", 1, "message"),
        "counterexample": ("criteria", 1, "counterexample"),
        "cell": ("cells", 1),
        "timing": ("timing",),
    }


KEYS = {
    "result": "schema_version exercise student submission course_sha256 isolation status score"
    " max_score criteria cells timing",
    "submission": "file sha256",
    "criterion": "id part points max_points status own_status message diagnosis counterexample",
    "message": "en ja",
    "counterexample": "call expected got",
    "cell": "index status error",
    "timing": "wall_s cpu_s",
}
EVERY_KEY = [(name, key) for name, keys in KEYS.items() for key in keys.split()]


def test_a_complete_result_is_valid_also_after_a_round_trip_through_json(result):
    validate(result)
    validate(json.loads(json.dumps(result)))


@pytest.mark.parametrize("name", KEYS)
def test_the_keys_are_those_of_the_contract(result, name):
    assert set(at(result, objects()[name])) == set(KEYS[name].split())


@pytest.mark.parametrize(("name", "key"), EVERY_KEY)
def test_a_missing_key_is_named_with_its_place(result, name, key):
    del at(result, objects()[name])[key]
    with pytest.raises(InvalidResult, match=rf"'{key}' missing"):
        validate(result)


@pytest.mark.parametrize("name", KEYS)
def test_a_key_beyond_the_contract_is_refused(result, name):
    at(result, objects()[name])["remark"] = "hello"
    with pytest.raises(InvalidResult, match="'remark' not in the contract"):
        validate(result)


@pytest.mark.parametrize(("name", "key"), EVERY_KEY)
def test_a_value_of_a_type_that_fits_nowhere_is_refused_at_its_path(result, name, key):
    at(result, objects()[name])[key] = True
    path = "result" + "".join(
        rf"\[{step}\]" if isinstance(step, int) else rf"\.{step}" for step in objects()[name]
    )
    with pytest.raises(InvalidResult, match=rf"^{path}\.{key}: True "):
        validate(result)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("isolation",), "docker"),
        (("status",), "carried"),
        (("criteria", 1, "status"), "skipped"),
        (("criteria", 1, "own_status"), "carried"),
        (("cells", 1, "status"), "failed"),
        (("course_sha256",), "C0" * 32),
        (("course_sha256",), "c0" * 32 + "\n"),
        (("submission", "sha256"), "a1" * 31),
        (("score",), -1),
        (("score",), "2"),
        (("timing", "cpu_s"), -0.1),
        (("cells", 0, "index"), -1),
        (("cells", 0, "index"), 1.5),
        (("criteria", 1, "diagnosis"), ["IM8", "IM8"]),
        (("criteria", 1, "id"), ""),
        (("criteria", 1, "message"), None),
        (("criteria", 1, "message", "ja"), None),
    ],
)
def test_a_value_outside_the_contract_is_refused(result, path, value):
    at(result, path[:-1])[path[-1]] = value
    with pytest.raises(InvalidResult, match=r"^result\."):
        validate(result)


@pytest.mark.parametrize("name", ["", ".", "..", "../aiko", "a/b", "a\x00b", "aiko\n", "x" * 256])
@pytest.mark.parametrize("field", ["student", "exercise"])
def test_a_name_that_could_leave_the_folder_is_refused(result, field, name):
    result[field] = name
    with pytest.raises(InvalidResult, match=rf"^result\.{field}: "):
        validate(result)


@pytest.mark.parametrize("name", ["山田 花子", "=cmd()", "<script>", "...", ".hidden", "a\\b"])
def test_any_other_name_is_a_name(result, name):
    result["student"] = name
    validate(result)


def test_a_directory_has_no_hash(result):
    result["submission"]["sha256"] = None
    validate(result)


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize(
    "path", [("score",), ("max_score",), ("timing", "wall_s"), ("criteria", 0, "max_points")]
)
def test_numbers_are_finite(result, path, value):
    at(result, path[:-1])[path[-1]] = value
    with pytest.raises(InvalidResult, match=r"finite|at most|add up"):
        validate(result)


def test_the_score_is_the_sum_of_the_points(result):
    result["score"] = 3
    with pytest.raises(InvalidResult, match="the criteria add up to 2"):
        validate(result)


def test_bonus_may_lift_the_score_over_the_maximum(result):
    result["max_score"] = 1
    validate(result)


def test_no_criterion_gives_more_than_its_points(result):
    result["criteria"][0]["points"] = 2.5
    result["score"] = 2.5
    with pytest.raises(InvalidResult, match=r"criteria\[0\]\.points: 2\.5 of 2"):
        validate(result)


def test_no_criterion_stands_twice(result):
    result["criteria"][1]["id"] = result["criteria"][0]["id"]
    with pytest.raises(InvalidResult, match=r"'im2col\.shape' stands twice"):
        validate(result)


def test_what_passed_alone_was_not_carried(result):
    result["criteria"][0]["status"] = "carried"
    with pytest.raises(InvalidResult, match="nothing was carried"):
        validate(result)


def test_all_missing_keys_are_named_at_once(result):
    del result["student"], result["timing"]
    with pytest.raises(InvalidResult, match=r"^result: 'student', 'timing' missing"):
        validate(result)


def test_a_result_that_is_no_object_is_refused():
    with pytest.raises(InvalidResult, match=r"result: \[\] has the wrong type. Write object"):
        validate([])  # type: ignore[arg-type]


def test_the_schema_itself_is_one_of_draft_2020_12():
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA_FILE.read_text("utf-8")))


@pytest.mark.parametrize(("name", "key"), EVERY_KEY)
@pytest.mark.parametrize("value", [None, True, 0, -1, 1.5, "", "..", "passed", [], [1], {}])
def test_anyone_who_reads_the_schema_as_2020_12_comes_to_the_same_answer(result, name, key, value):
    at(result, objects()[name])[key] = value
    by_the_book = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8")))
    try:
        validate(result)
    except InvalidResult as refusal:
        ours_alone = any(
            reason in str(refusal) for reason in ("add up to", "stands twice", "nothing was")
        ) or re.search(r"points: .* points\. Give", str(refusal))
        assert by_the_book.is_valid(result) is bool(ours_alone)
    else:
        by_the_book.validate(result)


def test_every_object_of_the_schema_is_closed():
    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            if "properties" in schema:
                assert schema["additionalProperties"] is False
                assert set(schema["required"]) == set(schema["properties"])
            for value in schema.values():
                walk(value)

    walk(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


def test_messages_may_have_more_languages_but_no_other_keys(result):
    message = result["criteria"][1]["message"]
    message["fr"] = "Les valeurs diffèrent."
    validate(result)
    message["French"] = "Les valeurs diffèrent."
    with pytest.raises(InvalidResult, match="'French' not in the contract"):
        validate(result)
