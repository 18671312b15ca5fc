"""What is known about submissions apart from their results: ``OUT/hand-ins.json``.

result.json is a contract about what one submission earned. This file contains everything else that
the pages and grades.csv show: students' display names, what else they submitted, what is not
graded, and which results belong to files that no longer exist. A run over one folder updates what
it looked at and leaves the rest as earlier runs found it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from autograder.ingest.names import readable
from autograder.ingest.submission import Discovered, NotGraded, Other
from autograder.text import Text

FILE = "hand-ins.json"


@dataclass(frozen=True)
class Arrival:
    """When a file was handed in.

    Attributes:
        time: as ISO 8601 with an offset; "" if unknown.
        late: whether the learning platform marks it as late.
    """

    time: str = ""
    late: bool = False


@dataclass(frozen=True)
class Gradings:
    """How often a submission was graded.

    Attributes:
        times: more than once if it leaves something to chance.
        sources: what leaves it, as in `autograder.sandbox.protocol.unfixable`.
    """

    times: int = 1
    sources: tuple[str, ...] = ()


ONCE = Gradings()


@dataclass(frozen=True)
class HandIn:
    """What was submitted for one result.

    Attributes:
        student: the student's key.
        exercise: the exercise's id.
        file: the path of the file that counts, as text.
        others: what else was submitted for it.
        encoding: the file's encoding.
        notebook_of: the exercise named in its cells or metadata, or "".
        handed_in: when it was handed in, as ISO 8601 with an offset; "" if unknown.
        late: whether the learning platform marks it as late.
        gradings: how often it was graded.
    """

    student: str
    exercise: str
    file: str
    others: tuple[Other, ...] = ()
    encoding: str = "utf-8"
    notebook_of: str = ""
    handed_in: str = ""
    late: bool = False
    gradings: Gradings = ONCE

    @property
    def time(self) -> datetime | None:
        """When it was handed in; None if unknown."""
        return datetime.fromisoformat(self.handed_in) if self.handed_in else None

    @property
    def key(self) -> tuple[str, str]:
        """The student's key and the exercise's id."""
        return self.student, self.exercise


@dataclass(frozen=True)
class UngradedRecord:
    """A submission that is not graded: `autograder.ingest.submission.Ungraded` as text."""

    student: str
    file: str
    why: NotGraded
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Warned:
    """A warning of a run, and the folders or files that the run looked at."""

    text: Text
    roots: tuple[str, ...]


@dataclass(frozen=True)
class HandIns:
    """Everything that is known, sorted.

    Attributes:
        names: students' display names by key, where they differ.
        hand_ins: one for each result.
        ungraded: what is not graded.
        gone: hand-ins from earlier runs whose files no longer exist; their results do not count.
        warned: what runs have warned about; a run replaces those about the folders it looks at.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    hand_ins: tuple[HandIn, ...] = ()
    ungraded: tuple[UngradedRecord, ...] = ()
    gone: tuple[HandIn, ...] = ()
    warned: tuple[Warned, ...] = ()

    @property
    def warnings(self) -> tuple[Text, ...]:
        """What runs have warned about, but for what the class page lists by itself."""
        return tuple(dict.fromkeys(one.text for one in self.warned))

    def name(self, student: str) -> str:
        """A student's display name, or their key if another student has the same name."""
        own = self.names.get(student, student)
        return own if self._uses[own] <= 1 else student

    def of(self, student: str, exercise: str) -> HandIn | None:
        """What was submitted for a result; None if no run has recorded it."""
        return self._by_key.get((student, exercise))

    def is_gone(self, student: str, exercise: str) -> bool:
        """Whether a result's file no longer exists."""
        return (student, exercise) in self._gone

    @cached_property
    def absent(self) -> frozenset[str]:
        """Keys of the students of the roster who have handed in nothing at all."""
        return frozenset(one.student for one in self.ungraded if one.why is NotGraded.ABSENT)

    @cached_property
    def _uses(self) -> Counter[str]:
        students = {one.student for one in self.hand_ins} | {one.student for one in self.ungraded}
        return Counter(self.names.get(student, student) for student in students)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], HandIn]:
        return {one.key: one for one in self.hand_ins}

    @cached_property
    def _gone(self) -> frozenset[tuple[str, str]]:
        return frozenset(one.key for one in self.gone)


def updated(
    before: HandIns,
    found: Discovered,
    exercise: str | None,
    arrivals: Mapping[str, Arrival] | None = None,
) -> HandIns:
    """What is known after a run.

    Args:
        before: what was known before.
        found: what the run found.
        exercise: the exercise that ``--exercise`` restricted the run to, if any.
        arrivals: when files were handed in, by path.
    """
    old = {one.key: one for one in (*before.gone, *before.hand_ins)}
    new = _new_hand_ins(found, arrivals or {}, old)
    searched = [readable(root) for root in found.roots]
    rest = [one for key, one in old.items() if key not in new]
    counted = {one.key for one in before.hand_ins}
    gone, staying = _gone_and_staying(rest, counted, found, exercise)
    ungraded = [one for one in before.ungraded if not _is_below(one.file, searched)]
    ungraded += [
        UngradedRecord(one.student.key, one.file, one.why, one.files) for one in found.ungraded
    ]
    students = {one.student for one in (*new.values(), *rest)} | {one.student for one in ungraded}
    return HandIns(
        _names(before, found, students),
        tuple(sorted([*new.values(), *staying], key=lambda one: one.key)),
        tuple(sorted(set(ungraded), key=lambda one: (one.student, one.file))),
        tuple(sorted(gone, key=lambda one: one.key)),
        _warned(before, found, searched),
    )


def _new_hand_ins(
    found: Discovered,
    arrivals: Mapping[str, Arrival],
    old: Mapping[tuple[str, str], HandIn],
) -> dict[tuple[str, str], HandIn]:
    """What the run found, with what earlier runs know of the same files."""
    new: dict[tuple[str, str], HandIn] = {}
    for one in found.submissions:
        arrival = arrivals.get(one.file, Arrival())
        hand_in = HandIn(
            one.student,
            one.exercise,
            one.file,
            one.others,
            handed_in=arrival.time,
            late=arrival.late,
        )
        was = old.get(hand_in.key)
        if was is not None and was.file == hand_in.file:  # still true until it is read again
            hand_in = replace(
                hand_in,
                encoding=was.encoding,
                notebook_of=was.notebook_of,
                gradings=was.gradings,
            )
        new[hand_in.key] = hand_in
    return new


def _gone_and_staying(
    rest: Iterable[HandIn],
    counted: Collection[tuple[str, str]],
    found: Discovered,
    exercise: str | None,
) -> tuple[list[HandIn], list[HandIn]]:
    """Split what the run did not find: files that no longer exist, and files it did not look for.

    Args:
        rest: hand-ins that only earlier runs found.
        counted: keys of those that counted before the run.
        found: what the run found.
        exercise: the exercise that the run was restricted to, if any.
    """
    searched = [readable(root) for root in found.roots]
    closed = [readable(folder) for folder in found.closed]
    closed += [one.file for one in found.ungraded if one.why is NotGraded.CLOSED]

    def missed(one: HandIn) -> bool:
        """Whether the run would have found it if it still existed."""
        return (
            exercise in (None, one.exercise)
            and _is_below(one.file, searched)
            and not _is_below(one.file, closed)
        )

    gone: list[HandIn] = []
    staying: list[HandIn] = []
    for one in rest:
        (staying if one.key in counted and not missed(one) else gone).append(one)
    return gone, staying


def _names(before: HandIns, found: Discovered, students: Collection[str]) -> dict[str, str]:
    """Display names of these students, where they differ from the keys."""
    names = dict(before.names)
    names |= {one.student: one.name for one in found.submissions if one.name}
    names |= {one.student.key: one.student.name for one in found.ungraded}
    return {key: name for key, name in sorted(names.items()) if key in students and key != name}


def _warned(before: HandIns, found: Discovered, searched: Sequence[str]) -> tuple[Warned, ...]:
    """Earlier warnings about other folders, then the run's: first what needs the instructor."""
    warned = [one for one in before.warned if not all(_is_below(r, searched) for r in one.roots)]
    said = sorted(found.said, key=lambda one: not one.needs_you)
    warned += [Warned(one.text, tuple(searched)) for one in said if not one.listed]
    return tuple(warned)


def as_graded(
    one: HandIn, encoding: str, notebook_of: str | None, gradings: Gradings | None
) -> HandIn:
    """The same with what grading the file has shown; None where it was not graded this time."""
    return replace(
        one,
        encoding=encoding,
        notebook_of=one.notebook_of if notebook_of is None else notebook_of,
        gradings=gradings or one.gradings,
    )


def with_reread(before: HandIns, read: Mapping[tuple[str, str], HandIn]) -> HandIns:
    """The same with hand-ins whose files have been read."""
    return replace(before, hand_ins=tuple(read.get(one.key, one) for one in before.hand_ins))


def with_absent(before: HandIns, absent: Iterable[UngradedRecord]) -> HandIns:
    """The same with students of whom nothing else is known, those of the roster included."""
    known = {one.student for one in (*before.hand_ins, *before.gone)}
    known |= {one.student for one in before.ungraded}
    ungraded = {*before.ungraded} | {one for one in absent if one.student not in known}
    return replace(before, ungraded=tuple(sorted(ungraded, key=lambda o: (o.student, o.file))))


def _is_below(file: str, folders: Iterable[str]) -> bool:
    return any(file == folder or file.startswith(f"{folder.rstrip('/')}/") for folder in folders)
