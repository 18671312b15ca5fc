"""Compare what became of a claim with what was claimed: a problem is told with file and remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from autograder.course.models import Exercise, Reveal
from autograder.messages import criteria
from autograder.run.jobs import Graded
from autograder.status import Status
from autograder.suite.outcome import Outcome
from autograder.suite.tracebacks import summarize
from autograder.text import Text, counted
from autograder.verdict.result import Counterexample
from autograder.verify.claims import Claim


@dataclass(frozen=True)
class Problem:
    """Something wrong in the course: where, what, and what to do about it.

    Where several claims fail by one ``cause``, saying it once is enough.
    """

    exercise: str
    kind: str
    text: str
    cause: str = ""


@dataclass(frozen=True)
class Seen:
    """What became of a claim's notebook.

    Attributes:
        statuses: by criterion, in the exercise's order; of its own code alone, before errors are
            carried forward.
        said: by criterion, why it was not passed, in English.
        notes: what the grader noted about faults of its own.
    """

    statuses: Mapping[str, Status]
    said: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @classmethod
    def of_outcomes(cls, outcomes: Mapping[str, Outcome]) -> Seen:
        """As the suites found it. An author may read everything, whatever students may."""
        every = Reveal.FIRST_DIFFERENCE
        return cls(
            {name: outcome.status for name, outcome in outcomes.items()},
            {
                name: _say(criteria.message(found, every), criteria.counterexample(found, every))
                for name, found in outcomes.items()
            },
            tuple(dict.fromkeys(o.grader_note for o in outcomes.values() if o.grader_note)),
        )

    @classmethod
    def of_graded(cls, graded: Graded) -> Seen:
        """As it was graded, before errors were carried forward."""
        found = graded.result.criteria
        return cls(
            {c.id: c.own_status for c in found},
            {c.id: _say(c.message, c.counterexample) for c in found},
            graded.notes,
        )


def judge(claim: Claim, exercise: Exercise, seen: Seen) -> list[Problem]:
    """What is wrong with the course, if this came of the claim."""
    suite = f"tests/hidden/{exercise.suite.name}"
    broken = [id for id, status in seen.statuses.items() if status is Status.GRADER_ERROR]
    if broken:
        why = "; ".join(summarize(note, exercise.folder.parents[1]) for note in seen.notes)
        text = (
            f"{suite}: the test of {broken[0]} fails by its own fault on the {claim.name}"
            f"{': ' if why else ''}{why}. Fix the test"
        )
        return [Problem(claim.exercise, claim.kind, text, cause=why)]
    lost = {id for id, status in seen.statuses.items() if status is not Status.PASSED}
    loses = claim.loses(exercise)
    more = [id for id in seen.statuses if id in lost - loses]
    fewer = [id for id in seen.statuses if id in loses - lost]
    if claim.kind == "mistake":
        texts = _mistake(claim, exercise, lost, more, fewer) if more or fewer else []
    elif claim.kind == "stub":
        texts = [
            f"{suite}: {id} is passed by the {claim.label} stub, where nothing is written. "
            "Make the test require a result"
            for id in fewer
        ]
    else:
        texts = [
            f"{_where(claim, exercise)}: {claim.name} loses {id} "
            f"({seen.statuses[id]}: {seen.said[id]}). Fix it, or the test in {suite}"
            for id in more
        ]
    return [Problem(claim.exercise, claim.kind, text) for text in texts]


def differs(claim: Claim, in_process: Seen, in_sandbox: Seen) -> list[Problem]:
    """Whether the sandbox decides a claim as the kill matrix did, in the course's own process."""
    texts = [
        f"{claim.name}: {id} is {status} in the sandbox and {in_process.statuses[id]} in the kill "
        f"matrix ({in_sandbox.said[id] or in_process.said[id]}). Does {claim.name} depend on what "
        "only one of them has, a module, a thread, a file?"
        for id, status in in_sandbox.statuses.items()
        if status is not in_process.statuses[id]
    ]
    return [Problem(claim.exercise, "sandbox", text) for text in texts]


def ids_agree(exercise: Exercise, decided: Iterable[str], broken: str | None) -> list[Problem]:
    """Whether ``exercise.toml`` and the suite name the same criteria, each once."""
    suite = f"tests/hidden/{exercise.suite.name}"
    if not exercise.suite.is_file():
        text = f"{suite}: there is no such file. Write the hidden suite"
        return [Problem(exercise.id, "ids", text)]
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


def written_out(exercise: Exercise, ids: Collection[str]) -> str:
    """Ids as ``loses`` has them: ``{"im2col.*", "col2im.overlap"}``."""
    names: list[str] = []
    for part in exercise.parts:
        of_part = [criterion.id for criterion in part.criteria]
        found = [id for id in of_part if id in ids]
        names += [f"{part.id}.*"] if found == of_part and len(of_part) > 1 else found
    return "{" + ", ".join(f'"{name}"' for name in names) + "}"


def _mistake(
    claim: Claim,
    exercise: Exercise,
    lost: Collection[str],
    more: Collection[str],
    fewer: Collection[str],
) -> list[str]:
    suite = f"tests/hidden/{exercise.suite.name}"
    assert claim.variant is not None
    part = exercise.part(claim.variant.part)
    if not any(criterion.id in lost for criterion in part.criteria):
        return [
            f"{_where(claim, exercise)}: {claim.label} passes every criterion of {part.id}. "
            f"Add an input to {suite} that tells it from the right answer"
        ]
    said = [f"also loses {', '.join(more)}"] if more else []
    said += [f"does not lose {', '.join(fewer)}"] if fewer else []
    return [
        f"{_where(claim, exercise)}: {claim.label} {' and '.join(said)}. "
        f"Write loses={written_out(exercise, lost)}, or change the test in {suite}"
    ]


def _where(claim: Claim, exercise: Exercise) -> str:
    folder = f"solutions/{exercise.id}"
    if claim.variant is None:
        return f"{folder}/notebook.py"
    return f"{folder}/mistakes.py:{claim.variant.line}"


def _say(message: Text, example: Counterexample | None) -> str:
    call = f"{example.call}: got {example.got}, expected {example.expected}" if example else ""
    return f"{message['en']} {call}".strip()
