"""What the visible checks say about each known mistake: `solutions/NN_x/checks.toml`.

    [[says]]
    check = "check_im2col"
    message = "Wrong pixels for stride #. Two neighbouring windows are how many pixels apart?"
    mistakes = ["IM8"]

    [[too_fine]]                 # all visible checks pass
    why = "..."
    mistakes = ["IM22"]

A message that names a cause different from the mistake's sends learners the wrong way, and only
people can tell. So the file records what a person has read, in English and with `#` for numbers,
and `verify` reports everything that has changed since: then read it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.course.models import Exercise, Mistake
from autograder.course.toml_tables import read_table
from autograder.verify.claims import Claim
from autograder.verify.judge import Problem, Seen

FILE = "checks.toml"
_NUMBERS = re.compile(r"(?:[-+\[({]\s*)*\d(?:[\d\s.,;:+*e\[\](){}x×-]*[\d\])}])?")


@dataclass(frozen=True)
class CheckMessage:
    """The message of the first check that fails; both empty if all pass."""

    check: str = ""
    message: str = ""


def as_read(complaint: tuple[str, str] | None) -> CheckMessage:
    """A complaint without its numbers, which differ with the size of what is wrong."""
    if complaint is None:
        return CheckMessage()
    check, message = complaint
    return CheckMessage(check, " ".join(_NUMBERS.sub(" # ", message).split()))


def load_checks(exercise: Exercise) -> Mapping[str, CheckMessage] | None:
    """What is recorded, by the mistakes' ids; None if the exercise has no such file."""
    file = exercise.folder / FILE
    if not file.exists():
        return None
    root = read_table(file, ("says", "too_fine"))
    found: dict[str, CheckMessage] = {}
    for kind, keys in (
        ("says", ("check", "message", "mistakes")),
        ("too_fine", ("why", "mistakes")),
    ):
        for table in root.tables(kind, keys) if root.has(kind) else ():
            if kind == "says":
                said = CheckMessage(table.string("check"), table.string("message"))
            else:
                table.string("why")
                said = CheckMessage()
            for name in table.strings("mistakes"):
                if found.setdefault(name, said) is not said:
                    raise table.error(f"{name} is listed twice", "Remove one", near=name)
    return found


def judge_checks(exercise: Exercise, seen: Mapping[Claim, Seen]) -> list[Problem]:
    """The problems of an exercise's visible checks.

    Args:
        exercise: the exercise.
        seen: what happened to its solutions, mistakes and equivalents.
    """
    file, notebook = f"solutions/{exercise.id}/{FILE}", f"solutions/{exercise.id}/notebook.py"
    recorded = load_checks(exercise)
    texts = []
    mistakes = set()
    for claim, one in seen.items():
        said = as_read(one.complaint)
        if isinstance(claim.variant, Mistake):
            mistakes.add(claim.label)
            if recorded is not None and said != recorded.get(claim.label):
                texts.append(
                    f"{file}: {claim.label}: {_now(said)}. Read it as a learner who made "
                    "that mistake; if it names no other cause, record it"
                )
        elif claim.kind in ("solution", "equivalent") and said.message:
            texts.append(
                f"{notebook}: {said.check} refuses the {claim.name}: {said.message}. Fix the check"
            )
    for name in recorded or ():
        if name not in mistakes:
            texts.append(f"{file}: there is no mistake {name}. Remove it")
    return [Problem(exercise.id, "checks", text) for text in texts]


def _now(said: CheckMessage) -> str:
    if not said.message:
        return "passes every visible check, which is not listed as too_fine"
    return f"{said.check} says `{said.message}`"
