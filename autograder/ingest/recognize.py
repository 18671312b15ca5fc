"""Of which exercise is a notebook? What it has kept of the handout tells, else what it defines.

Needed where names do not say it (``Untitled(1).ipynb``), and to notice that the notebook of one
exercise was handed in for another.
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

MOST_FILES = 20
"""Notebooks of one student that are opened to see what they are."""

_DEFINED = re.compile(r"^(?:def|class)[ \t]+(\w+)", re.M)


def evident_exercise(book: Notebook, exercises: Collection[str]) -> str | None:
    """The exercise that ids of cells, or else the metadata, say; None if nothing does.

    A cell's id begins with its exercise (`autograder.generate.notebook`).
    """
    votes = Counter(
        exercise for name in book.names for exercise in exercises if name.startswith(f"{exercise}-")
    )
    return _winner(votes) or (book.exercise if book.exercise in exercises else None)


def _winner(votes: Counter[str]) -> str | None:
    (first, most), (_, second) = [*votes.most_common(2), ("", 0), ("", 0)][:2]
    return first if most > second else None


@dataclass(frozen=True)
class Handout:
    """What students got of one exercise.

    Attributes:
        exercise: its id.
        cells: names of its cells.
        defines: the functions and classes that students write.
        sources: the texts of its code cells in every language (`normalised`).
    """

    exercise: str
    cells: frozenset[str]
    defines: frozenset[str]
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Handouts:
    """The handouts of a course in its order, made when first needed: it takes a second."""

    make: Callable[[], Sequence[Handout]] = field(default=tuple)

    @cached_property
    def all(self) -> tuple[Handout, ...]:
        """Each of them."""
        return tuple(self.make())

    def exercise_of(self, book: Notebook) -> str | None:
        """The exercise that a notebook is of; None if nothing tells, or two are equally likely."""
        ids = [handout.exercise for handout in self.all]
        found = evident_exercise(book, ids)
        return found or self._by_cells(book) or self._by_definitions(book)

    def untouched(self, book: Notebook) -> bool:
        """Whether a notebook holds no code but what was handed out."""
        ours = frozenset[str]().union(*(handout.sources for handout in self.all))
        return all(normalised(source) in ours for _, source in book.cells)

    def _by_cells(self, book: Notebook) -> str | None:
        owners = Counter(name for handout in self.all for name in handout.cells)
        votes = Counter(
            {
                handout.exercise: sum(owners[name] == 1 for name in handout.cells & book.names)
                for handout in self.all
            }
        )
        return _winner(votes)

    def _by_definitions(self, book: Notebook) -> str | None:
        """The last exercise of which it defines something: earlier parts are pasted into it."""
        defined = {name for _, source in book.cells for name in _DEFINED.findall(source)}
        found = [handout.exercise for handout in self.all if handout.defines & defined]
        return found[-1] if found else None


@dataclass(frozen=True)
class Look:
    """What a notebook is, as far as choosing goes.

    Attributes:
        readable: whether it is a notebook at all.
        exercise: see `Handouts.exercise_of`.
        untouched: see `Handouts.untouched`.
    """

    readable: bool
    exercise: str | None = None
    untouched: bool = False


class Contents:
    """Looks into one student's notebooks, each once and no more than `MOST_FILES`."""

    def __init__(self, handouts: Handouts) -> None:
        self._handouts = handouts
        self._seen: dict[Path, Look] = {}

    def look(self, path: Path, inside: Path) -> Look:
        """What is in the file at ``path``; an empty `Look` once too many have been opened."""
        if path not in self._seen:
            if len(self._seen) >= MOST_FILES:
                return Look(readable=True)
            self._seen[path] = self._fresh(path, inside)
        return self._seen[path]

    def _fresh(self, path: Path, inside: Path) -> Look:
        try:
            book = read_notebook(path, inside)
        except UnreadableSubmission:
            return Look(readable=False)
        except (OSError, MemoryError):
            return Look(readable=True)  # the machine's fault, which grading it will show
        return Look(True, self._handouts.exercise_of(book), self._handouts.untouched(book))
