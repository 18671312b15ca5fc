"""Look through one student's folder: what of it is for which exercise, and what is for none.

A folder above says the exercise (``02_im2col/attempt 2/work.ipynb``), else the file's own name,
else what is in the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from autograder.ingest.choose import Candidate, candidate
from autograder.ingest.filenames import read_name, stem
from autograder.ingest.names import Student, readable
from autograder.ingest.recognize import Look
from autograder.ingest.submission import NotGraded, Ungraded
from autograder.ingest.walk import Tree, walk


@dataclass(frozen=True)
class HandedIn:
    """What one student handed in.

    Attributes:
        candidates: what could be graded, several of an exercise perhaps.
        ungraded: what cannot.
        whole: whether all of the folder was looked at.
    """

    candidates: tuple[Candidate, ...]
    ungraded: tuple[Ungraded, ...]
    whole: bool


def of_student(
    whose: Student,
    folder: Path,
    exercises: Collection[str],
    wanted: str | None,
    of: str | None,
    look: Callable[[Path, Path], Look],
) -> HandedIn:
    """Look through ``folder``.

    Args:
        whose: the student.
        folder: what they handed in.
        exercises: the course's ids.
        wanted: the exercise that ``--exercise`` names.
        of: the exercise that the whole folder is of, if it is.
        look: see `autograder.ingest.recognize.Contents.look`.

    Raises:
        OSError: the folder cannot be read.
    """
    tree = walk(folder)
    named = _Named(folder, exercises, of)
    places: dict[str, list[Path]] = defaultdict(list)
    unknown: list[Path] = []
    elsewhere: list[Path] = []
    for book in tree.books:
        own, above = named.itself(book), named.above(book)
        if above is not None and own not in (None, above):
            elsewhere.append(book)
        elif exercise := above or own:
            places[exercise].append(book)
        else:
            unknown.append(book)
    for book in elsewhere:  # 03's notebook in 02's folder
        above, own = named.above(book), named.itself(book)
        if above is not None and own is not None:
            places[own if places[above] else above].append(book)
    strays: list[Path] = []
    guess = wanted if not any(places.values()) and not named.exercises_of(tree) else None
    for book in unknown:
        exercise = look(book, folder).exercise or guess
        if exercise is not None:
            places[exercise].append(book)
        else:
            strays.append(book)
    if guess is not None and not places[guess]:
        # Whatever the names say: the student is there, and this is all of it.
        places[guess] = list(tree.others) or [folder]
    for exercise in named.exercises_of(tree):
        found = places[exercise]
        also = [path for path in tree.others if named.either(path) == exercise]
        # Beside a notebook, a script or a picture is no hand-in unless it bears the same name.
        found += [path for path in also if not found or named.itself(path) == exercise]
        if not found:
            found += [path for path in tree.folders if named.itself(path) == exercise][:1] or [
                folder
            ]
    candidates = tuple(
        candidate(whose, exercise, path, folder, exercises)
        for exercise in sorted(places)
        if wanted in (None, exercise)
        for path in places[exercise]
    )
    if wanted is not None:
        strays = []  # one exercise is graded, and these are of no exercise that is known
    if any(places.values()):
        ungraded = [
            Ungraded(whose, book, NotGraded.WHICH_EXERCISE, (readable(book.name),))
            for book in strays
        ]
    else:
        ungraded = [_nothing(whose, folder, tree, strays)]
    return HandedIn(candidates, tuple(ungraded), tree.whole)


def _nothing(whose: Student, folder: Path, tree: Tree, strays: list[Path]) -> Ungraded:
    if strays:
        names = tuple(readable(book.name) for book in strays)
        return Ungraded(whose, folder, NotGraded.WHICH_EXERCISE, names)
    if tree.others:
        names = tuple(readable(path.name) for path in tree.others)
        return Ungraded(whose, folder, NotGraded.NO_NOTEBOOK, names)
    return Ungraded(whose, folder, NotGraded.EMPTY_FOLDER)


@dataclass(frozen=True)
class _Named:
    """What the names of files and folders below a student's folder say."""

    folder: Path
    exercises: Collection[str]
    of: str | None

    def itself(self, path: Path) -> str | None:
        """The exercise in a file's or folder's own name."""
        own = stem(path)
        return read_name(path.name if own is None else own, self.exercises).exercise

    def above(self, path: Path) -> str | None:
        """The exercise that the nearest folder above says."""
        for parent in path.parents:
            if parent == self.folder:
                return self.of
            if exercise := self.itself(parent):
                return exercise
        return self.of

    def either(self, path: Path) -> str | None:
        return self.above(path) or self.itself(path)

    def exercises_of(self, tree: Tree) -> list[str]:
        """Every exercise that a folder or a file other than a notebook is named like."""
        found = {self.of, *map(self.itself, tree.folders), *map(self.itself, tree.others)}
        return sorted(exercise for exercise in found if exercise is not None)
