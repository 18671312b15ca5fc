"""Encode what is known about submissions as hand-ins.json, and decode it again.

Decoding checks every field. Files of earlier versions lack some, which get the value for "unknown".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from autograder.errors import InvalidHandIns
from autograder.ingest.hand_ins import ONCE, Gradings, HandIn, HandIns, UngradedRecord, Warned
from autograder.ingest.submission import NotCounted, NotGraded, Other
from autograder.text import LANGUAGES, Text

SCHEMA_VERSION = 1


def encode(hand_ins: HandIns) -> str:
    """The text of hand-ins.json."""
    return (
        json.dumps(
            {
                "schema_version": SCHEMA_VERSION,
                "names": dict(hand_ins.names),
                "hand_ins": [_fields(one) for one in hand_ins.hand_ins],
                "ungraded": [
                    {"student": one.student, "file": one.file, "why": one.why, "files": one.files}
                    for one in hand_ins.ungraded
                ],
                "gone": [_fields(one) for one in hand_ins.gone],
                "warned": [
                    {
                        "text": {lang: one.text[lang] for lang in one.text.languages},
                        "roots": one.roots,
                    }
                    for one in hand_ins.warned
                ],
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )


def decode(text: str | bytes) -> HandIns:
    """Parse hand-ins.json.

    Raises:
        InvalidHandIns: it is damaged.
    """
    try:
        tree = json.loads(text)
        if tree["schema_version"] != SCHEMA_VERSION:
            raise InvalidHandIns(f"schema_version {tree['schema_version']!r} is unknown")
        return HandIns(
            {_text(key): _text(name) for key, name in tree["names"].items()},
            tuple(map(_hand_in, tree["hand_ins"])),
            tuple(
                UngradedRecord(
                    _text(one["student"]),
                    _text(one["file"]),
                    NotGraded(one["why"]),
                    tuple(map(_text, one["files"])),
                )
                for one in tree["ungraded"]
            ),
            tuple(map(_hand_in, tree["gone"])),
            tuple(
                Warned(_warning(one["text"]), tuple(map(_text, one["roots"])))
                for one in tree.get("warned", ())  # files of earlier versions have none
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidHandIns(f"{type(error).__name__}: {error}") from None


def _fields(one: HandIn) -> dict[str, Any]:
    return {
        "student": one.student,
        "exercise": one.exercise,
        "file": one.file,
        "others": [{"file": other.file, "why": other.why} for other in one.others],
        "encoding": one.encoding,
        "notebook_of": one.notebook_of,
        "handed_in": one.handed_in,
        "late": one.late,
        "gradings": {"times": one.gradings.times, "sources": list(one.gradings.sources)},
    }


def _hand_in(fields: Mapping[str, Any]) -> HandIn:
    others = tuple(
        Other(_text(other["file"]), NotCounted(other["why"])) for other in fields["others"]
    )
    return HandIn(
        _text(fields["student"]),
        _text(fields["exercise"]),
        _text(fields["file"]),
        others,
        _text(fields["encoding"]),
        _text(fields["notebook_of"]),
        _time(fields.get("handed_in", "")),  # files of earlier versions have none
        fields.get("late") is True,
        gradings_from(fields["gradings"]) if "gradings" in fields else ONCE,
    )


def gradings_from(fields: Mapping[str, Any]) -> Gradings:
    """Decode what is recorded as ``gradings``.

    Raises:
        KeyError, TypeError: it is something else.
    """
    times = fields["times"]
    if type(times) is not int:
        raise TypeError(f"{times!r} is not a number")
    return Gradings(times, tuple(map(_text, fields["sources"])))


def _time(value: object) -> str:
    text = _text(value)
    if text and datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return text


def _warning(value: object) -> Text:
    if isinstance(value, str):  # in files of earlier versions
        return Text.same(value)
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not a text")
    return Text(**{lang: _text(value[lang]) for lang in LANGUAGES if lang in value})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a string")
    return value
