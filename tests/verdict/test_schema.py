"""result.json: what is one, what is none, and when two are the same."""

import copy
import json
import math
import re
from typing import Any

import jsonschema
import pytest

from autograder.errors import InvalidResult
from autograder.verdict.schema import SCHEMA_FILE, validate

Path = tuple[str | int, ...]

SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
BY_THE_BOOK = jsonschema.Draft202012Validator(SCHEMA)


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


def changed(result: Any, path: Path, value: Any) -> Any:
    """A copy with another value at a path."""
    other = copy.deepcopy(result)
    at(other, path[:-1])[path[-1]] = value
    return other


def refusal(result: Any) -> str:
    """Why it is not valid; "" if it is."""
    try:
        validate(result)
    except InvalidResult as error:
        return str(error)
    return ""


def test_a_complete_result_is_valid_also_after_a_round_trip_through_json(result):
    validate(result)
    validate(json.loads(json.dumps(result)))


def test_the_keys_are_those_of_the_contract(result):
    found = {name: set(at(result, path)) for name, path in objects().items()}
    assert found == {name: set(keys.split()) for name, keys in KEYS.items()}


def test_a_missing_key_is_named(result):
    for name, key in EVERY_KEY:
        other = copy.deepcopy(result)
        del at(other, objects()[name])[key]
        assert f"'{key}' missing" in refusal(other), name


def test_a_key_beyond_the_contract_is_refused(result):
    for name, path in objects().items():
        refused = refusal(changed(result, (*path, "remark"), "hello"))
        assert "'remark' not in the contract" in refused, name


def test_a_value_of_a_type_that_fits_nowhere_is_refused_at_its_path(result):
    for name, key in EVERY_KEY:
        path = (*objects()[name], key)
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        assert refusal(changed(result, path, True)).startswith(f"result{place}: True ")


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
        (("max_score",), -1),
        (("criteria", 0, "points"), -1),
        (("criteria", 0, "max_points"), -1),
        (("score",), "2"),
        (("timing", "cpu_s"), -0.1),
        (("timing", "wall_s"), -0.1),
        (("cells", 0, "index"), -1),
        (("cells", 0, "index"), 1.5),
        (("criteria", 1, "diagnosis"), ["IM8", "IM8"]),
        (("criteria", 1, "id"), ""),
        (("criteria", 1, "message"), None),
        (("criteria", 1, "message", "ja"), None),
    ],
)
def test_a_value_outside_the_contract_is_refused_by_the_schema(result, path, value):
    other = changed(result, path, value)
    assert refusal(other).startswith("result.")
    assert not BY_THE_BOOK.is_valid(other)


@pytest.mark.parametrize("field", ["student", "exercise"])
def test_a_name_that_could_leave_the_folder_is_refused(result, field):
    for name in ("", ".", "..", "../aiko", "a/b", "a\x00b", "aiko\n", "x" * 256):
        assert refusal(changed(result, (field,), name)).startswith(f"result.{field}: "), name


def test_any_other_name_is_a_name(result):
    for name in ("山田 花子", "=cmd()", "<script>", "...", ".hidden", "a\\b"):
        validate(changed(result, ("student",), name))


def test_a_directory_has_no_hash(result):
    result["submission"]["sha256"] = None
    validate(result)


@pytest.mark.parametrize(
    "path", [("score",), ("max_score",), ("timing", "wall_s"), ("criteria", 0, "max_points")]
)
def test_numbers_are_finite(result, path):
    for value in (math.nan, math.inf):
        assert re.search(r"finite|at most|add up", refusal(changed(result, path, value)))


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


@pytest.mark.parametrize(
    ("status", "points"),
    [("failed", 2), ("missing", 1), ("error", 0.5), ("timeout", 2), ("passed", 0), ("passed", 1),
     ("carried", 0), ("grader_error", 1)],
)  # fmt: skip
def test_points_that_their_status_does_not_earn_are_noticed(result, status, points):
    """Somebody has edited the file, sum and all."""
    own = "failed" if status == "carried" else status
    edited = result["criteria"][1] | {"status": status, "own_status": own, "points": points}
    edited = result | {"criteria": [result["criteria"][0], edited], "score": 2 + points}
    assert refusal(edited).startswith("result.criteria[1].points: ")
    assert "Grade this submission again" in refusal(edited)


@pytest.mark.parametrize("points", [2, 1.6])
def test_what_is_carried_earns_all_or_a_share(result, points):
    carried = {"status": "carried", "own_status": "failed", "points": points}
    changed = [result["criteria"][0], result["criteria"][1] | carried]
    assert refusal(result | {"criteria": changed, "score": 2 + points}) == ""


@pytest.mark.parametrize("points", [0, 2])
def test_a_fault_of_ours_earns_all_or_is_open(result, points):
    fault = {"status": "grader_error", "own_status": "grader_error", "points": points}
    changed = [result["criteria"][0], result["criteria"][1] | fault]
    assert refusal(result | {"criteria": changed, "score": 2 + points}) == ""


def test_no_criterion_occurs_twice(result):
    result["criteria"][1]["id"] = result["criteria"][0]["id"]
    with pytest.raises(InvalidResult, match=r"'im2col\.shape' occurs twice"):
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
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


OURS_ALONE = re.compile(r"add up to|occurs twice|nothing was|do not match|points: .* points\. Give")


@pytest.mark.parametrize("name", KEYS)
def test_anyone_who_reads_the_schema_as_2020_12_comes_to_the_same_answer(result, name):
    for key in KEYS[name].split():
        for value in (None, True, 0, -1, 1.5, "", "..", "passed", [], [1], {}):
            other = changed(result, (*objects()[name], key), value)
            refused = refusal(other)
            right = not refused or bool(OURS_ALONE.search(refused))
            assert BY_THE_BOOK.is_valid(other) is right, (key, value, refused)


def test_every_object_of_the_schema_is_closed():
    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            if "properties" in schema:
                assert schema["additionalProperties"] is False
                assert set(schema["required"]) == set(schema["properties"])
            for value in schema.values():
                walk(value)

    walk(SCHEMA)


def test_messages_may_have_more_languages_but_no_other_keys(result):
    message = result["criteria"][1]["message"]
    message["fr"] = "Les valeurs diffèrent."
    validate(result)
    message["French"] = "Les valeurs diffèrent."
    with pytest.raises(InvalidResult, match="'French' not in the contract"):
        validate(result)
