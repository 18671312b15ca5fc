"""The contract of result.json.

Its shape is ``result_schema.json`` beside this file. What a JSON Schema cannot say (points add up,
numbers are finite, no criterion twice) is checked here after it.
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
        result: what is about to be written, or was read, as ``json.load`` gives it.

    Raises:
        InvalidResult: naming the first invalid place by its path, with a remedy.
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
    """The schema as one Python function, made once: 20 times as fast as walking it.

    The rules used mean the same in draft 7, which fastjsonschema speaks, and in 2020-12.
    """
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return fastjsonschema.compile(schema), fastjsonschema.JsonSchemaValueException


def _explain(error: Any) -> str:
    where = _path(error.path)
    value, limit = error.value, error.rule_definition
    match error.rule:
        case "required":
            absent = ", ".join(repr(key) for key in limit if key not in value)
            return f"{where}: {absent} missing. Write every key of {SCHEMA_FILE.name}."
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
                f"{where}: {_short(value)} would lead out of the results' folder."
                " Use a name without '/', control characters, and not '.' or '..'."
            )
        case "uniqueItems":
            return f"{where}: an item stands twice in {_short(value)}. Write each once."
        case keyword:
            return f"{where}: {_short(value)} breaks {keyword} {limit}. Fix the value."


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
            yield f"{where}.id: {criterion['id']!r} stands twice. Write each criterion once."
        seen.add(criterion["id"])
        if criterion["status"] == Status.CARRIED and criterion["own_status"] == Status.PASSED:
            yield (
                f"{where}.own_status: passed on its own, so nothing was carried."
                " Write status 'passed'."
            )
    # A NaN slips through every comparison of a JSON Schema.
    for where, number in numbers.items():
        if not math.isfinite(number):
            yield f"{where}: {number} is no finite number. Fix the value."
    for i, criterion in enumerate(criteria):
        if not _agree(criterion):
            yield (
                f"result.criteria[{i}].points: {criterion['points']} of {criterion['max_points']}"
                f" points do not agree with status {criterion['status']!r}, so the file was edited."
                " Grade this submission again."
            )
    total = math.fsum(criterion["points"] for criterion in criteria)
    if not math.isclose(result["score"], total, abs_tol=1e-9):
        yield f"result.score: {result['score']}, but the criteria add up to {total}. Fix the sum."


def _agree(criterion: Mapping[str, Any]) -> bool:
    """Whether points are what their status earns, see `autograder.verdict.points`."""
    earned, most = criterion["points"], criterion["max_points"]
    match criterion["status"]:
        case Status.PASSED:
            return bool(earned == most)
        case Status.CARRIED:  # a course may give a share of them
            return bool(earned > 0 or most == 0)
        case Status.GRADER_ERROR:
            return earned in (0, most)
        case _:
            return bool(earned == 0)


def _path(parts: Any) -> str:
    # fastjsonschema calls the whole "data", and gives indices as text.
    return "result" + "".join(f"[{p}]" if p.isdigit() else f".{p}" for p in parts[1:])


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
