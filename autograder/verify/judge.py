"""Compare a claim with what its notebook lost, and report differences with file and remedy."""

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
from autograder.verify.guesses import REMEDY, WHAT


@dataclass(frozen=True)
class Problem:
    """Something wrong in the course: where, what, and what to do about it.

    Problems of several claims that have the same ``cause`` need to be reported only once.
    """

    exercise: str
    kind: str
    text: str
    cause: str = ""


@dataclass(frozen=True)
class Seen:
    """What happened to a claim's notebook.

    Attributes:
        statuses: by criterion, in the exercise's order; without errors carried forward.
        messages: by criterion, why it failed, in English.
        notes: the grader's notes about its own failures.
        complaint: the first visible check that fails, and what it says.
    """

    statuses: Mapping[str, Status]
    messages: Mapping[str, str]
    notes: tuple[str, ...] = ()
    complaint: tuple[str, str] | None = None

    @property
    def lost(self) -> frozenset[str]:
        """The criteria that are not passed."""
        return frozenset(id for id, status in self.statuses.items() if status is not Status.PASSED)

    @classmethod
    def of_outcomes(cls, outcomes: Mapping[str, Outcome]) -> Seen:
        """From the suites' outcomes. An author may see everything, whatever students may see."""
        every = Reveal.FIRST_DIFFERENCE
        return cls(
            {name: outcome.status for name, outcome in outcomes.items()},
            {
                name: _message(
                    criteria.message(found, every), criteria.counterexample(found, every)
                )
                for name, found in outcomes.items()
            },
            tuple(dict.fromkeys(o.grader_note for o in outcomes.values() if o.grader_note)),
        )

    @classmethod
    def of_graded(cls, graded: Graded) -> Seen:
        """From a result, without errors carried forward."""
        found = graded.result.criteria
        return cls(
            {c.id: c.own_status for c in found},
            {c.id: _message(c.message, c.counterexample) for c in found},
            (*graded.notes, *graded.advice_notes),
        )


def judge(claim: Claim, exercise: Exercise, seen: Seen) -> list[Problem]:
    """The problems of the course that this outcome of the claim shows."""
    suite = f"tests/hidden/{exercise.suite.name}"
    broken = [id for id, status in seen.statuses.items() if status is Status.GRADER_ERROR]
    if broken:
        why = "; ".join(summarize(note, exercise.folder.parents[1]) for note in seen.notes)
        text = (
            f"{suite}: the test of {broken[0]} itself raises an error on the {claim.name}"
            f"{': ' if why else ''}{why}. Fix the test"
        )
        return [Problem(claim.exercise, claim.kind, text, cause=why)]
    lost = seen.lost
    loses = claim.loses(exercise)
    more = [id for id in seen.statuses if id in lost - loses]
    fewer = [id for id in seen.statuses if id in loses - lost]
    if claim.guess:
        part = " and ".join(claim.guess.parts)
        texts = [
            f"{suite}: {id} is passed by a {part} that {WHAT[claim.guess.how]}. "
            f"{REMEDY[claim.guess.how]}"
            for id in fewer
        ]
    elif claim.kind == "mistake":
        texts = _mistake(claim, exercise, lost, more, fewer) if more or fewer else []
    elif claim.kind == "stub":
        texts = [
            f"{suite}: the {claim.label} stub passes {id}, although nothing is implemented. "
            "Make the test require a result"
            for id in fewer
        ]
    else:
        texts = [
            f"{_where(claim, exercise)}: {claim.name} loses {id} "
            f"({seen.statuses[id]}: {seen.messages[id]}). Fix it, or the test in {suite}"
            for id in more
        ]
    return [Problem(claim.exercise, claim.kind, text) for text in texts]


def differs(claim: Claim, in_process: Seen, in_sandbox: Seen) -> list[Problem]:
    """Differences between a claim's outcome in the sandbox and in the kill matrix."""
    texts = [
        f"{claim.name}: {id} is {status} in the sandbox and {in_process.statuses[id]} in the kill "
        f"matrix ({in_sandbox.messages[id] or in_process.messages[id]}). Does {claim.name} depend "
        "on something that only one of them has, such as a module, a thread or a file?"
        for id, status in in_sandbox.statuses.items()
        if id in in_process.statuses and status is not in_process.statuses[id]
    ]
    return [Problem(claim.exercise, "sandbox", text) for text in texts]


def never_decided(claim: Claim) -> Problem:
    """A table could not be recorded, since the process ended."""
    text = (
        f"tests/hidden/test_{claim.exercise}.py: no table of answers under another salt could be "
        "recorded, because the process ended. Make sure that neither the suite nor the solution "
        "ends it"
    )
    return Problem(claim.exercise, claim.kind, text, cause=text)


def check_ids(exercise: Exercise, tested: Iterable[str], broken: str | None) -> list[Problem]:
    """Check that ``exercise.toml`` and the suite have the same criteria, each once.

    Args:
        exercise: the exercise.
        tested: the criterion of each of the suite's tests.
        broken: why the suite cannot be collected, if so.
    """
    suite = f"tests/hidden/{exercise.suite.name}"
    if not exercise.suite.is_file():
        text = f"{suite}: the file does not exist. Write the hidden suite"
        return [Problem(exercise.id, "ids", text)]
    if broken is not None:
        why = summarize(broken, exercise.folder.parents[1])
        return [Problem(exercise.id, "ids", f"{suite}: cannot be collected: {why}. Fix it", why)]
    listed = [criterion.id for criterion in exercise.criteria]
    found = list(tested)
    problems = []
    for name in listed:
        if found.count(name) != 1:
            problems.append(
                f"{suite}: {counted(found.count(name), 'test is', 'tests are')} marked with {name} "
                f"of solutions/{exercise.id}/exercise.toml. Write exactly one"
            )
    for name in found:
        if name not in listed:
            problems.append(
                f"{suite}: solutions/{exercise.id}/exercise.toml has no criterion {name}. "
                "Add it there with points, or mark the test with a criterion that exists"
            )
    return [Problem(exercise.id, "ids", text) for text in problems]


def as_loses(exercise: Exercise, ids: Collection[str]) -> str:
    """Ids as one would write them in ``loses=``: ``{"im2col.*", "col2im.overlap"}``."""
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
            f"Add an input to {suite} that distinguishes it from the right answer"
        ]
    differences = [f"also loses {', '.join(more)}"] if more else []
    differences += [f"does not lose {', '.join(fewer)}"] if fewer else []
    return [
        f"{_where(claim, exercise)}: {claim.label} {' and '.join(differences)}. "
        f"Write loses={as_loses(exercise, lost)}, or change the test in {suite}"
    ]


def _where(claim: Claim, exercise: Exercise) -> str:
    folder = f"solutions/{exercise.id}"
    if claim.variant is None:
        return f"{folder}/notebook.py"
    return f"{folder}/mistakes.py:{claim.variant.line}"


def _message(message: Text, example: Counterexample | None) -> str:
    call = f"{example.call}: got {example.got}, expected {example.expected}" if example else ""
    return f"{message['en']} {call}".strip()
