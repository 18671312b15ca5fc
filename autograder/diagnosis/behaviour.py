"""How known mistakes behave: what comes of a script's calls where it differs from the reference.

A mistake's code is the course's own and runs in this process. What it gives depends on nothing
but the course (with its salt), the grader's code and the versions of Python and NumPy. So it is
computed once and kept in the user's cache folder (`user_cache`), which is as far from students'
code as the hidden suites are. A file that is damaged or missing is computed again.
"""

from __future__ import annotations

import hashlib
import json
import platform
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder import user_cache
from autograder.course.models import Course, Exercise, Variant
from autograder.diagnosis.observation import Observation
from autograder.diagnosis.replay import replay
from autograder.diagnosis.script import Script
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.sandbox.host.limits import Budget

BUDGET = Budget(call_cpu_s=0.5, shortened_cpu_s=0.1)
"""A known mistake takes milliseconds per call; only one that hangs takes all of this."""

LONGEST = 2**25
KEPT_FILES = 40

_OUR_CODE = Path(__file__).resolve().parents[1]

ScriptOf = Callable[[str, int], Script]
"""Gives the script of a criterion in a round: in each one, the same calls with other numbers."""


class Table:
    """The behaviours of an exercise's mistakes, kept between runs.

    Args:
        course: the course.
        course_sha256: its fingerprint.
        exercise: the exercise.
        script_of: see `ScriptOf`.
    """

    def __init__(
        self, course: Course, course_sha256: str, exercise: Exercise, script_of: ScriptOf
    ) -> None:
        self._course = course
        self._exercise = exercise
        self._script_of = script_of
        self._key = _key(course_sha256, course.salt, exercise)
        self._name = f"mistakes-{exercise.id}-{self._key[:16]}.json"
        self._known: dict[str, dict[str, dict[int, Observation]]] | None = None
        self._kept = 0
        self._new = 0
        self._notebook: tuple[OwnCode, OwnNotebook] | None = None  # the last one

    def of(
        self, variants: Sequence[Variant], criterion: str, round: int
    ) -> Mapping[int, Observation]:
        """The steps of a script at which variants differ from the reference."""
        if self._known is None:
            self._known = self._in_file()
        entry = self._known.setdefault("+".join(variant.id for variant in variants), {})
        name = f"{criterion} {round}"
        if name not in entry:
            entry[name] = self._computed(variants, self._script_of(criterion, round))
            self._new += 1
        return entry[name]

    def _computed(self, variants: Sequence[Variant], script: Script) -> dict[int, Observation]:
        code = OwnCode(self._exercise.id, tuple(variants))
        if self._notebook is None or self._notebook[0] != code:
            self._notebook = code, OwnNotebook(self._course, code, BUDGET)
        notebook = self._notebook[1]
        with notebook.criterion() as conversation:
            seen = replay(conversation, script, notebook.defined)
        return {
            index: each
            for index, (each, step) in enumerate(zip(seen, script, strict=True))
            if not each.agrees(step.right)
        }

    def keep(self) -> None:
        """Write what was computed to the cache folder, if it is an eighth of what is there.

        Writing takes as long as computing a few entries, for all entries: done after every
        notebook, it would take longer than all else in a class with many different mistakes.
        """
        if self._known is None or self._new <= self._kept // 8:
            return
        # Another worker may have computed other entries meanwhile.
        known = self._in_file()
        for id, entry in self._known.items():
            known.setdefault(id, {}).update(entry)
        user_cache.write(self._name, _encoded(known, self._key))
        user_cache.remove_oldest("mistakes-*.json", KEPT_FILES)
        self._kept, self._new = sum(map(len, known.values())), 0

    def _in_file(self) -> dict[str, dict[str, dict[int, Observation]]]:
        known = _decoded(user_cache.read(self._name, LONGEST), self._key)
        self._kept = sum(map(len, known.values()))
        return known


def _key(course_sha256: str, salt: str, exercise: Exercise) -> str:
    facts = [course_sha256, salt, exercise.id, user_cache.code_sha256(_OUR_CODE), np.__version__]
    facts += [platform.python_version(), platform.machine(), platform.system()]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


_Known = Mapping[str, Mapping[str, Mapping[int, Observation]]]


def _encoded(known: _Known, key: str) -> str:
    entries = {
        id: {
            criterion: {index: _fields(each) for index, each in steps.items()}
            for criterion, steps in entry.items()
        }
        for id, entry in known.items()
    }
    body = json.dumps(entries)
    digest = hashlib.sha256((key + body).encode()).hexdigest()
    return json.dumps({"key": key, "digest": digest, "body": body})


def _decoded(content: bytes | None, key: str) -> dict[str, dict[str, dict[int, Observation]]]:
    """What a file holds; nothing if it is damaged or of another course."""
    try:
        kept = json.loads(content or b"")
        if kept["key"] != key:
            return {}
        if hashlib.sha256((key + kept["body"]).encode()).hexdigest() != kept["digest"]:
            return {}
        return {
            id: {
                criterion: {int(index): _observation(fields) for index, fields in steps.items()}
                for criterion, steps in entry.items()
            }
            for id, entry in json.loads(kept["body"]).items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _fields(seen: Observation) -> list[Any]:
    return [
        seen.form,
        _text(seen.numbers),
        _text(seen.room),
        seen.weak,
        seen.unusable,
        seen.deep,
    ]


def _observation(fields: Sequence[Any]) -> Observation:
    form, numbers, room, *flags = fields
    return Observation(form, _array(numbers), _array(room), *flags)


def _text(array: npt.NDArray[np.float64]) -> str:
    return b64encode(array.tobytes()).decode("ascii")


def _array(text: str) -> npt.NDArray[np.float64]:
    return np.frombuffer(b64decode(text, validate=True))
