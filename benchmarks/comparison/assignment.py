"""The description of the assignment (assignment.toml) as records, and what follows from it alone.

A part is a function or a method that students write, in a code cell with `### BEGIN SOLUTION` and
`### END SOLUTION`. A test is one call and the arrays that it takes. A variant is a part that
differs from the solution by edits, and the tests that it loses. A submission is the solution with
variants.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DESCRIPTION = Path(__file__).with_name("assignment.toml")
SOLUTION = re.compile(r"( *)### BEGIN SOLUTION\n.*?### END SOLUTION\n", re.DOTALL)
MARKER = re.compile(r" *### (BEGIN|END) SOLUTION\n")

Scores = dict[str, dict[str, float]]
"""Points by student and part."""


@dataclass(frozen=True)
class Part:
    """What students write: ``name`` or ``Class.method``."""

    id: str
    title: str
    source: str
    builds_on: tuple[str, ...] = ()

    @property
    def stub(self) -> str:
        """The cell as it is handed out."""
        return SOLUTION.sub(r"\1raise NotImplementedError()\n", self.source)

    @property
    def solution(self) -> str:
        """The cell with the solution, without markers."""
        return MARKER.sub("", self.source)


@dataclass(frozen=True)
class Test:
    """One call, with arrays of whole numbers between two bounds (both included)."""

    id: str
    title: str
    points: int
    call: str
    inputs: Mapping[str, tuple[int, ...]]
    hidden: bool = False
    between: tuple[int, int] = (-9, 9)

    @property
    def part(self) -> str:
        """The part that it tests."""
        return self.id.rpartition(".")[0]


@dataclass(frozen=True)
class Variant:
    """A part that differs from the solution: by `edits`, or not written at all."""

    id: str
    part: str
    edits: tuple[tuple[str, str], ...] = ()
    loses: tuple[str, ...] = ()
    missing: bool = False
    hint: str = ""

    def of(self, part: Part) -> str:
        """The cell of a student whose part it is."""
        if self.missing:
            return part.stub
        source = part.solution
        for old, new in self.edits:
            if source.count(old) != 1:
                raise ValueError(f"variant {self.id}: {old!r} is in {part.id} {source.count(old)}x")
            source = source.replace(old, new)
        return source


@dataclass(frozen=True)
class Submission:
    """A student's cells, by part."""

    student: str
    cells: Mapping[str, str]
    loses: frozenset[str]


@dataclass(frozen=True)
class Assignment:
    """The whole description."""

    title: str
    imports: str
    parts: tuple[Part, ...]
    tests: tuple[Test, ...]
    variants: tuple[Variant, ...]
    submissions: tuple[Submission, ...]

    def tests_of(self, part: Part) -> list[Test]:
        """The tests of one part."""
        return [test for test in self.tests if test.part == part.id]

    def scores(self, passed: Mapping[str, frozenset[str] | set[str]]) -> Scores:
        """The points of each student who passed these tests."""
        return {
            student: {
                part.id: float(sum(t.points for t in self.tests_of(part) if t.id in ids))
                for part in self.parts
            }
            for student, ids in passed.items()
        }

    def expected(self, submissions: tuple[Submission, ...]) -> Scores:
        """The points that the description itself gives."""
        tests = {test.id for test in self.tests}
        return self.scores({each.student: tests - each.loses for each in submissions})


def load() -> Assignment:
    """Read the description."""
    table = tomllib.loads(DESCRIPTION.read_text(encoding="utf-8"))
    parts = {
        row["id"]: Part(
            row["id"], row["title"], row["source"].lstrip("\n"), tuple(row.get("builds_on", ()))
        )
        for row in table["parts"]
    }
    tests = tuple(
        Test(
            **row
            | {"inputs": {name: tuple(shape) for name, shape in row["inputs"].items()}}
            | ({"between": tuple(row["between"])} if "between" in row else {})
        )
        for row in table["tests"]
    )
    variants = {
        row["id"]: Variant(
            **row
            | {"edits": tuple(map(tuple, row.get("edits", ())))}
            | {"loses": tuple(row.get("loses", ()))}
        )
        for row in table["variants"]
    }
    submissions = tuple(
        Submission(
            student,
            {part.id: part.solution for part in parts.values()}
            | {variants[id].part: variants[id].of(parts[variants[id].part]) for id in ids},
            frozenset(lost for id in ids for lost in variants[id].loses),
        )
        for student, ids in table["submissions"].items()
    )
    return Assignment(
        table["title"],
        table["imports"],
        tuple(parts.values()),
        tests,
        tuple(variants.values()),
        submissions,
    )
