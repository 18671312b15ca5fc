"""Recognize a notebook's exercise by what it has kept of the handout, or by what it defines.

This is needed if the name does not give it (``Untitled(1).ipynb``), and to notice when the
notebook of one exercise was submitted for another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from autograder.errors import UnreadableSubmission
from autograder.ingest.parse import Notebook, normalised, read_notebook

MAX_INSPECTED = 20
"""Maximum number of one student's notebooks that are opened to see what they are."""

_GIVEN = re.compile(r"\b(?:def|class)[ \t]+(\w+)|\b(\w+)[ \t]*=(?!=)")
_WORD = re.compile(r"\w+")
_DEFINED = re.compile(r"^(?:def|class)[ \t]+(\w+)", re.M)


def evident_exercise(notebook: Notebook, exercises: Collection[str]) -> str | None:
    """The exercise according to the cells' ids, or else the metadata; None if neither has it.

    A cell's id begins with its exercise (`autograder.generate.notebook`).
    """
    votes = Counter(
        exercise
        for name in notebook.names
        for exercise in exercises
        if name.startswith(f"{exercise}-")
    )
    return _winner(votes) or (notebook.exercise if notebook.exercise in exercises else None)


def _winner(votes: Counter[str]) -> str | None:
    (first, most), (_, second) = [*votes.most_common(2), ("", 0), ("", 0)][:2]
    return first if most > second else None


@dataclass(frozen=True)
class Handout:
    """The notebook that students received for one exercise.

    Attributes:
        exercise: the exercise's id.
        cells: names of its cells.
        defines: the functions and classes that students write.
        sources: the sources of its code cells in every language (`normalised`).
    """

    exercise: str
    cells: frozenset[str]
    defines: frozenset[str]
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Handouts:
    """A course's handouts in its order. Made when first needed, since that takes a second."""

    make: Callable[[], Sequence[Handout]] = field(default=tuple)

    @cached_property
    def all(self) -> tuple[Handout, ...]:
        """All handouts."""
        return tuple(self.make())

    def exercise_of(self, notebook: Notebook) -> str | None:
        """A notebook's exercise; None if it is unknown or two are equally likely."""
        ids = [handout.exercise for handout in self.all]
        found = evident_exercise(notebook, ids)
        return found or self._by_cells(notebook) or self._by_definitions(notebook)

    def covers(self, notebook: Notebook) -> frozenset[str]:
        """The exercises that a notebook may be for: it has cells of theirs, or defines a part."""
        given = _may_define("\n".join(source for _, source in notebook.cells))
        return frozenset(
            one.exercise
            for one in self.all
            if notebook.exercise == one.exercise
            or any(name.startswith(f"{one.exercise}-") for name in notebook.names)
            or one.defines & given
        )

    def untouched(self, notebook: Notebook) -> bool:
        """Whether a notebook contains no code beyond the handout's."""
        handed_out = frozenset[str]().union(*(handout.sources for handout in self.all))
        return all(normalised(source) in handed_out for _, source in notebook.cells)

    def _by_cells(self, notebook: Notebook) -> str | None:
        owners = Counter(name for handout in self.all for name in handout.cells)
        votes = Counter(
            {
                handout.exercise: sum(owners[name] == 1 for name in handout.cells & notebook.names)
                for handout in self.all
            }
        )
        return _winner(votes)

    def _by_definitions(self, notebook: Notebook) -> str | None:
        """The last exercise that it defines parts of, since students paste in earlier parts."""
        defined = {each[1] for _, source in notebook.cells for each in _DEFINED.finditer(source)}
        found = [handout.exercise for handout in self.all if handout.defines & defined]
        return found[-1] if found else None


def _may_define(code: str) -> frozenset[str]:
    """Names of which code has a definition, an assignment or an import, wherever it is."""
    found = {each[each.lastindex or 0] for each in _GIVEN.finditer(code)}
    for line in code.splitlines():
        if "import" in line:
            found.update(each[0] for each in _WORD.finditer(line))
    return frozenset(found)


@dataclass(frozen=True)
class NotebookInfo:
    """What has to be known about a notebook to choose between several.

    Attributes:
        readable: whether it is a notebook at all.
        exercise: see `Handouts.exercise_of`.
        untouched: see `Handouts.untouched`.
        covers: see `Handouts.covers`.
    """

    readable: bool
    exercise: str | None = None
    untouched: bool = False
    covers: frozenset[str] = frozenset()

    def is_of_another(self, exercise: str) -> bool:
        """Whether it is evidently a notebook of another exercise, and has nothing of this one."""
        return self.exercise not in (None, exercise) and exercise not in self.covers


class Inspector:
    """Looks into one student's notebooks, each of them once, and at most `MAX_INSPECTED`."""

    def __init__(self, handouts: Handouts) -> None:
        self._handouts = handouts
        self._seen: dict[Path, NotebookInfo] = {}

    def inspect(self, path: Path, root: Path) -> NotebookInfo:
        """What the file at ``path`` is; an empty `NotebookInfo` after `MAX_INSPECTED` files."""
        if path not in self._seen:
            if len(self._seen) >= MAX_INSPECTED:
                return NotebookInfo(readable=True)
            self._seen[path] = self._inspect(path, root)
        return self._seen[path]

    def _inspect(self, path: Path, root: Path) -> NotebookInfo:
        try:
            notebook = read_notebook(path, root)
        except UnreadableSubmission:
            return NotebookInfo(readable=False)
        except (OSError, MemoryError):
            return NotebookInfo(readable=True)  # a problem of the machine; grading will report it
        return NotebookInfo(
            True,
            self._handouts.exercise_of(notebook),
            self._handouts.untouched(notebook),
            self._handouts.covers(notebook),
        )
