"""What has to hold of a course, as submissions with an expected verdict.

Grading itself is the proof: each claim is handed in like a student's notebook, and goes the same
way through the same sandbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from autograder.course.load import load_mistakes
from autograder.course.models import Course, Exercise
from autograder.status import ResultStatus, Status
from autograder.suite.tracebacks import summarize
from autograder.synthetic import notebooks
from autograder.text import counted
from autograder.verdict.result import CriterionResult, Result

Kind = Literal["solution", "stub", "mistake", "equivalent"]


@dataclass(frozen=True)
class Claim:
    """A submission, and what must come of it.

    Attributes:
        student: stands for a student's name in the result.
        exercise: the exercise's id.
        kind: solution (all points), stub (none), mistake (fails its part), equivalent (all points).
        label: the language, or the variant's id.
        part: the part that a mistake breaks.
        notebook: the file's bytes.
    """

    student: str
    exercise: str
    kind: Kind
    label: str
    part: str | None
    notebook: bytes


@dataclass(frozen=True)
class Problem:
    """Something wrong in the course: where, what, and what to do about it.

    Where several claims fail by one ``cause``, saying it once is enough.
    """

    exercise: str
    kind: str
    text: str
    cause: str = ""


def claims(course: Course, exercise: Exercise) -> Iterator[Claim]:
    """Every claim about one exercise."""
    for lang in course.languages:
        solved = notebooks.notebook(notebooks.solution(course, exercise, lang))
        yield Claim(f"solution {lang}", exercise.id, "solution", lang, None, solved)
        empty = notebooks.notebook(notebooks.stub(exercise, lang))
        yield Claim(f"stub {lang}", exercise.id, "stub", lang, None, empty)
    mistakes, equivalents = load_mistakes(exercise)
    kinds: tuple[tuple[Kind, Any], ...] = (("mistake", mistakes), ("equivalent", equivalents))
    for kind, variants in kinds:
        for variant in variants:
            book = notebooks.notebook(notebooks.with_variant(course, exercise, variant))
            name = f"{kind} {variant.id}"
            yield Claim(name, exercise.id, kind, variant.id, variant.part, book)


def judge(
    claim: Claim, exercise: Exercise, result: Result, notes: Iterable[str] = ()
) -> list[Problem]:
    """What is wrong with the course, if the claim's result is this one.

    Args:
        claim: what was handed in.
        exercise: its exercise.
        result: what came of it.
        notes: what the grader noted about faults of its own.
    """

    def problem(text: str) -> list[Problem]:
        return [Problem(claim.exercise, claim.kind, text)]

    folder = f"solutions/{exercise.id}"
    suite = f"tests/hidden/{exercise.suite.name}"
    criteria = result.criteria
    if result.status == ResultStatus.GRADER_ERROR:
        broken = next(c.id for c in criteria if c.status == Status.GRADER_ERROR)
        why = "; ".join(summarize(note, exercise.folder.parents[1]) for note in notes)
        text = (
            f"{suite}: the test of {broken} fails by its own fault on the {claim.kind} "
            f"{claim.label}{': ' if why else ''}{why}. Fix the test"
        )
        return [Problem(claim.exercise, claim.kind, text, cause=why)]
    lost = [c for c in criteria if c.status not in (Status.PASSED, Status.CARRIED)]
    if claim.kind in ("solution", "equivalent"):
        file = "notebook.py" if claim.kind == "solution" else "mistakes.py"
        return [
            found
            for c in lost
            for found in problem(
                f"{folder}/{file}: {claim.kind} {claim.label} loses {c.id} "
                f"({c.status}: {c.message['en']} {_call(c)}). "
                f"Fix it, or the test in {suite}"
            )
        ]
    if claim.kind == "stub":
        return [
            found
            for c in criteria
            if c.points > 0
            for found in problem(
                f"{suite}: {c.id} is passed by the {claim.label} stub, where nothing is "
                f"written. Make the test ask for a result"
            )
        ]
    own = [c for c in lost if c.part == claim.part]
    if not own:
        return problem(
            f"{folder}/mistakes.py: {claim.label} passes every criterion of {claim.part}. "
            f"Add an input to {suite} that tells it from the right answer"
        )
    return []


def ids_agree(exercise: Exercise, decided: Iterable[str], broken: str | None) -> list[Problem]:
    """Whether ``exercise.toml`` and the suite name the same criteria, each once."""
    suite = f"tests/hidden/{exercise.suite.name}"
    if broken is not None:
        why = summarize(broken, exercise.folder.parents[1])
        return [Problem(exercise.id, "ids", f"{suite}: cannot be collected: {why}. Fix it", why)]
    wanted = [criterion.id for criterion in exercise.criteria]
    found = list(decided)
    problems = []
    for name in wanted:
        if found.count(name) != 1:
            problems.append(
                f"{suite}: {counted(found.count(name), 'test decides', 'tests decide')} {name}, "
                f"which solutions/{exercise.id}/exercise.toml lists. Write exactly one"
            )
    for name in found:
        if name not in wanted:
            problems.append(
                f"{suite}: {name} is no criterion of solutions/{exercise.id}/exercise.toml. "
                "Add it there with points, or mark the test with one that is"
            )
    return [Problem(exercise.id, "ids", text) for text in problems]


def _call(criterion: CriterionResult) -> str:
    example = criterion.counterexample
    if not example:
        return ""
    return f"{example.call}: got {example.got}, expected {example.expected}"
