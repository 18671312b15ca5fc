"""The contract of result.json.

``result_schema.json`` in this folder describes its shape. What a JSON Schema cannot express (points
add up, numbers are finite, each criterion appears once) is checked here afterwards.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema

from autograder.errors import InvalidResult
from autograder.status import Status

SCHEMA_FILE = Path(__file__).with_name("result_schema.json")
SCHEMA_VERSION = 1


def validate(result: Mapping[str, Any]) -> None:
    """Check one result against the contract of result.json.

    Args:
        result: the content of a result.json, as ``json.load`` returns it.

    Raises:
        InvalidResult: with the path of the first invalid value and a remedy.
    """
    check, refused = _compiled()
    try:
        check(result)
    except refused as error:
        raise InvalidResult(_explain(error)) from None
    problem = next(_beyond_the_schema(result), None)
    if problem:
        raise InvalidResult(problem)


@cache
def _compiled() -> tuple[Callable[[Mapping[str, Any]], Any], type[Exception]]:
    """The schema compiled once to a Python function, which is 20 times as fast as walking it.

    The keywords that it uses mean the same in draft 7, which fastjsonschema supports, and 2020-12.
    """
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return fastjsonschema.compile(schema), fastjsonschema.JsonSchemaValueException


def _explain(error: Any) -> str:
    where = _path(error.path)
    value, limit = error.value, error.rule_definition
    match error.rule:
        case "required":
            missing = ", ".join(repr(key) for key in limit if key not in value)
            return f"{where}: {missing} missing. Write every key of {SCHEMA_FILE.name}."
        case "additionalProperties":
            known = error.definition["properties"]
            patterns = error.definition.get("patternProperties", ())
            extra = ", ".join(
                repr(key)
                for key in sorted(value)
                if key not in known and not any(re.search(pattern, key) for pattern in patterns)
            )
            return f"{where}: {extra} not in the contract. Remove it; the keys are {list(known)}."
        case "enum" | "const":
            allowed = limit if isinstance(limit, list) else [limit]
            return f"{where}: {_short(value)} not allowed. Write one of {allowed}."
        case "type":
            allowed = limit if isinstance(limit, list) else [limit]
            return f"{where}: {_short(value)} has the wrong type. Write {' or '.join(allowed)}."
        case "not":
            return (
                f"{where}: {_short(value)} is not a valid folder name."
                " Use a name without '/' and control characters that is not '.' or '..'."
            )
        case "uniqueItems":
            return f"{where}: {_short(value)} contains an item twice. Write each item once."
        case keyword:
            return f"{where}: {_short(value)} violates {keyword} {limit}. Fix the value."


def _beyond_the_schema(result: Mapping[str, Any]) -> Iterator[str]:
    criteria = result["criteria"]
    numbers = {
        "result.score": result["score"],
        "result.max_score": result["max_score"],
        "result.timing.wall_s": result["timing"]["wall_s"],
        "result.timing.cpu_s": result["timing"]["cpu_s"],
    }
    seen: set[str] = set()
    for i, criterion in enumerate(criteria):
        where = f"result.criteria[{i}]"
        numbers[f"{where}.points"] = criterion["points"]
        numbers[f"{where}.max_points"] = criterion["max_points"]
        if criterion["points"] > criterion["max_points"]:
            yield (
                f"{where}.points: {criterion['points']} of {criterion['max_points']} points."
                " Give at most max_points."
            )
        if criterion["id"] in seen:
            yield f"{where}.id: {criterion['id']!r} occurs twice. Write each criterion once."
        seen.add(criterion["id"])
        if criterion["status"] == Status.CARRIED and criterion["own_status"] == Status.PASSED:
            yield (
                f"{where}.own_status: passed on its own, so nothing was carried."
                " Write status 'passed'."
            )
    # NaN passes every comparison in a JSON Schema.
    for where, number in numbers.items():
        if not math.isfinite(number):
            yield f"{where}: {number} is not a finite number. Fix the value."
    for i, criterion in enumerate(criteria):
        if not _points_match_status(criterion):
            yield (
                f"result.criteria[{i}].points: {criterion['points']} of {criterion['max_points']}"
                f" points do not match status {criterion['status']!r}, so the file was edited."
                " Grade this submission again."
            )
    total = math.fsum(criterion["points"] for criterion in criteria)
    if not math.isclose(result["score"], total, abs_tol=1e-9):
        yield f"result.score: {result['score']}, but the criteria add up to {total}. Fix the sum."


def _points_match_status(criterion: Mapping[str, Any]) -> bool:
    """Whether the points are what the status earns; see `autograder.verdict.points`."""
    earned, most = criterion["points"], criterion["max_points"]
    match criterion["status"]:
        case Status.PASSED:
            return bool(earned == most)
        case Status.CARRIED:  # may earn only a share of the points
            return bool(earned > 0 or most == 0)
        case Status.GRADER_ERROR:
            return earned in (0, most)
        case _:
            return bool(earned == 0)


def _path(parts: Any) -> str:
    # fastjsonschema calls the root "data" and reports indices as text.
    return "result" + "".join(f"[{p}]" if p.isdigit() else f".{p}" for p in parts[1:])


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
