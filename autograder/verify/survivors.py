"""What an exercise's author has recorded about its mutants: `solutions/NN_x/mutants.toml`.

    [[equivalent]]               # nothing can tell these from the solution
    function = "im2col"
    changes = ["windows = np.zeros((N, → windows = np.ones((N, "]
    why = "Every entry is written before it is read."

    [[provided]]                 # in a line of the notebook as handed out: nobody writes it
    ...

    [[forgiven]]                 # the suite leaves this open on purpose
    ...

    [[criteria]]                 # why a criterion stays that no known mistake needs
    id = "im2col.one_channel"
    mutant = "im2col: … → …"     # which no other criterion of the part notices; or
    why = "..."

Each entry is checked: a mutant that is listed must survive, and one that survives must be listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.course.load import load_mistakes
from autograder.course.models import Exercise
from autograder.course.toml_tables import Table, read_table
from autograder.verify.claims import Claim
from autograder.verify.judge import Problem, Seen
from autograder.verify.mutants import Mutant

FILE = "mutants.toml"
KINDS = ("equivalent", "provided", "forgiven")


@dataclass(frozen=True)
class Survivor:
    """Why a mutant survives, and under which of `KINDS` it is listed."""

    function: str
    change: str
    why: str
    kind: str


@dataclass(frozen=True)
class Needed:
    """Why a criterion stays: a mutant that only it notices, or a reason in words."""

    criterion: str
    mutant: str = ""
    why: str = ""


@dataclass(frozen=True)
class About:
    """What `mutants.toml` says; ``survivors`` by the mutants' ids, without their numbers."""

    survivors: Mapping[str, Survivor]
    needed: Mapping[str, Needed]


def load_survivors(exercise: Exercise) -> About:
    """The exercise's file; nothing if it has none. CourseError if it is invalid."""
    file = exercise.folder / FILE
    if not file.exists():
        return About({}, {})
    root = read_table(file, (*KINDS, "criteria"))
    survivors: dict[str, Survivor] = {}
    for kind in KINDS:
        for table in _tables(root, kind, ("function", "changes", "why")):
            function, why = table.string("function"), table.string("why")
            for change in table.strings("changes"):
                key = f"{function}: {change}"
                if key in survivors:
                    raise table.error(f"{key!r} is listed twice", "Remove one", near="changes")
                survivors[key] = Survivor(function, change, why, kind)
    needed: dict[str, Needed] = {}
    known = {criterion.id for criterion in exercise.criteria}
    for table in _tables(root, "criteria", ("id", "mutant", "why")):
        about = Needed(
            table.string("id"), table.string("mutant", default=""), table.string("why", default="")
        )
        if about.criterion not in known:
            raise table.error(f"{exercise.id} has no criterion {about.criterion!r}", near="id")
        if bool(about.mutant) == bool(about.why):
            raise table.error(f"{about.criterion} needs a mutant or a why", "Write one of the two")
        needed[about.criterion] = about
    return About(survivors, needed)


@dataclass(frozen=True)
class Tally:
    """How many mutants there are, and what became of them."""

    mutants: int
    noticed: int
    equivalent: int
    provided: int
    forgiven: int

    @property
    def share(self) -> float:
        """The share noticed of those that are wrong and that a student may write."""
        return self.noticed / max(self.mutants - self.equivalent - self.provided, 1)

    @staticmethod
    def of(mutants: int, survivors: Iterable[Survivor], unlisted: int = 0) -> Tally:
        """Count mutants of which these survive, and some that are not listed."""
        kinds = Counter(one.kind for one in survivors)
        return Tally(mutants, mutants - kinds.total() - unlisted, *(kinds[kind] for kind in KINDS))

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.mutants + other.mutants,
            self.noticed + other.noticed,
            self.equivalent + other.equivalent,
            self.provided + other.provided,
            self.forgiven + other.forgiven,
        )


def tally(exercise: Exercise, seen: Mapping[Claim, Seen]) -> Tally:
    """Count an exercise's mutants."""
    about = load_survivors(exercise).survivors
    left = [claim.variant for claim, one in seen.items() if not one.lost]
    listed = [about[one.key] for one in left if isinstance(one, Mutant) and one.key in about]
    return Tally.of(len(seen), listed, len(left) - len(listed))


def judge_mutants(exercise: Exercise, seen: Mapping[Claim, Seen]) -> list[Problem]:
    """The problems with an exercise's mutants: which survive, and which do not as listed.

    Args:
        exercise: the exercise.
        seen: what happened to each of its mutants.
    """
    about = load_survivors(exercise)
    file, suite = f"solutions/{exercise.id}/{FILE}", f"tests/hidden/{exercise.suite.name}"
    lost = {claim.label: one.lost for claim, one in seen.items()}
    by_key: dict[str, list[str]] = {}
    provided = set()
    for claim in seen:
        if isinstance(claim.variant, Mutant):
            by_key.setdefault(claim.variant.key, []).append(claim.label)
            if claim.variant.provided:
                provided.add(claim.variant.key)
    texts = [
        f"{suite}: notices nothing when `{key}`. Add an input that shows it; if none can, or the "
        f"suite forgives it on purpose, list it with the reason in {file}"
        for key, names in by_key.items()
        if key not in about.survivors and not all(lost[name] for name in names)
    ]
    for key, survivor in about.survivors.items():
        if survivor.kind == "provided" and key in by_key and key not in provided:
            texts.append(f"{file}: `{key}` is not in a line that is handed out. List it elsewhere")
        if key not in by_key:
            texts.append(f"{file}: there is no mutant `{key}`. Remove it, or copy the new name")
        elif all(lost[name] for name in by_key[key]):
            noticed = ", ".join(sorted(lost[by_key[key][0]]))
            texts.append(f"{file}: `{key}` does not survive: {noticed} notices it. Remove it")
    for need in about.needed.values():
        noticed_by = lost.get(need.mutant, frozenset())
        alone = {need.criterion, _summary(need.criterion)}
        if need.mutant and not {need.criterion} <= noticed_by <= alone:
            others = ", ".join(sorted(noticed_by - alone))
            said = f"is also noticed by {others}" if others else "is not a mutant that it notices"
            texts.append(f"{file}: {need.criterion}: `{need.mutant}` {said}. Choose another one")
    return [Problem(exercise.id, "mutant", text) for text in texts]


def needed(exercise: Exercise) -> Mapping[str, str]:
    """By criterion, why it is needed: a mistake or mutant that no other notices, or the reason.

    `part.all_at_once`, where everything is mixed, does not count as another. Criteria of which
    nothing is known are missing.
    """
    mistakes, _ = load_mistakes(exercise)
    written = load_survivors(exercise).needed
    found: dict[str, str] = {}
    for part in exercise.parts:
        own = {criterion.id for criterion in part.criteria}
        for name in (criterion.id for criterion in part.criteria):
            alone = [
                mistake.id
                for mistake in mistakes
                if name in mistake.loses and mistake.loses & own <= {name, _summary(name)}
            ]
            if alone:
                found[name] = f"only it notices {alone[0]}"
            elif name in written:
                need = written[name]
                found[name] = f"only it notices `{need.mutant}`" if need.mutant else need.why
    return found


def judge_needs(exercise: Exercise) -> list[Problem]:
    """The criteria whose purpose is unknown."""
    known = needed(exercise)
    return [
        Problem(
            exercise.id,
            "mutant",
            f"solutions/{exercise.id}/{FILE}: no known mistake is noticed by {criterion.id} alone. "
            "Add one, name a mutant that only it notices, or say why the criterion stays",
        )
        for criterion in exercise.criteria
        if criterion.id not in known
    ]


def _summary(criterion: str) -> str:
    """The criterion of the same part in which everything is mixed, if it has one."""
    return f"{criterion.rpartition('.')[0]}.all_at_once"


def _tables(root: Table, key: str, keys: tuple[str, ...]) -> Iterable[Table]:
    return root.tables(key, keys) if root.has(key) else []
