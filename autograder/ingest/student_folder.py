"""Find one student's submissions in their folder, each with its exercise.

The exercise is given by a folder's name (``02_im2col/attempt 2/work.ipynb``), else by the file's
own name, else by its content.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.ingest.choose import Candidate, candidate
from autograder.ingest.disguised import may_be_disguised
from autograder.ingest.filenames import is_backup, notebook_stem, parse_name
from autograder.ingest.names import Student, readable
from autograder.ingest.recognize import NotebookInfo
from autograder.ingest.submission import NotGraded, Ungraded
from autograder.ingest.walk import ClosedFolder, Tree, walk


@dataclass(frozen=True)
class StudentFiles:
    """What one student submitted.

    Attributes:
        candidates: what can be graded, possibly several for one exercise.
        ungraded: what cannot be graded.
        closed: folders that cannot be read.
        complete: whether the whole folder was searched.
    """

    candidates: tuple[Candidate, ...]
    ungraded: tuple[Ungraded, ...]
    closed: tuple[ClosedFolder, ...]
    complete: bool


def scan_student_folder(
    student: Student,
    folder: Path,
    exercises: Collection[str],
    requested: str | None,
    folder_exercise: str | None,
    inspect: Callable[[Path, Path], NotebookInfo],
) -> StudentFiles:
    """Find a student's submissions in ``folder``.

    Args:
        student: the student.
        folder: what they submitted.
        exercises: ids of the course's exercises.
        requested: the exercise given by ``--exercise``.
        folder_exercise: the exercise of the whole folder, if it has one.
        inspect: see `autograder.ingest.recognize.Inspector.inspect`.

    Raises:
        OSError: the folder cannot be read.
    """
    tree = walk(folder)
    named = _NamedExercises(folder, exercises, folder_exercise)
    by_exercise, unnamed = _by_name(tree, named)
    guess = requested if not any(by_exercise.values()) and not named.exercises_of(tree) else None
    recognized, unrecognized = _by_content(unnamed, inspect, guess, folder)
    _add(by_exercise, recognized)
    if guess is not None and not by_exercise.get(guess):
        # Whatever the names are, this is all that the student submitted.
        by_exercise[guess] = list(tree.others) or [folder]
    _add(by_exercise, _other_files(named, tree, by_exercise))
    if not any(by_exercise.values()):
        disguised = [path for path in tree.others if may_be_disguised(path.name)]
        _add(by_exercise, _by_content(disguised, inspect, None, folder)[0])
    candidates = _candidates(student, named, tree, by_exercise, requested)
    if requested is not None:
        unrecognized = []  # probably for other exercises, which this run does not grade
    if any(by_exercise.values()):
        ungraded = [
            Ungraded(student, notebook, NotGraded.WHICH_EXERCISE, (readable(notebook.name),))
            for notebook in unrecognized
        ]
    elif tree.closed:
        ungraded = []
    else:
        ungraded = [_nothing_gradable(student, folder, tree, unrecognized)]
    return StudentFiles(tuple(candidates), tuple(ungraded), tree.closed, tree.complete)


def _add(to: dict[str, list[Path]], more: Mapping[str, list[Path]]) -> None:
    for exercise, files in more.items():
        to.setdefault(exercise, []).extend(files)


def _by_name(tree: Tree, named: _NamedExercises) -> tuple[dict[str, list[Path]], list[Path]]:
    """Notebooks by the exercise that their names or folders give, and those without one."""
    found: dict[str, list[Path]] = defaultdict(list)
    unnamed: list[Path] = []
    misplaced: list[tuple[Path, str, str]] = []
    for notebook in tree.notebooks:
        own, enclosing = named.own(notebook), named.enclosing(notebook)
        if enclosing is not None and own is not None and own != enclosing:
            misplaced.append((notebook, own, enclosing))
        elif exercise := enclosing or own:
            found[exercise].append(notebook)
        else:
            unnamed.append(notebook)
    for notebook, own, enclosing in misplaced:  # e.g. 03's notebook in 02's folder
        found[own if found[enclosing] else enclosing].append(notebook)
    return dict(found), unnamed


def _by_content(
    unnamed: Iterable[Path],
    inspect: Callable[[Path, Path], NotebookInfo],
    guess: str | None,
    folder: Path,
) -> tuple[dict[str, list[Path]], list[Path]]:
    """Notebooks by the exercise that their content or ``guess`` gives, and those without one."""
    found: dict[str, list[Path]] = defaultdict(list)
    unrecognized: list[Path] = []
    for notebook in unnamed:
        exercise = inspect(notebook, folder).exercise or guess
        if exercise is not None:
            found[exercise].append(notebook)
        else:
            unrecognized.append(notebook)
    return dict(found), unrecognized


def _other_files(
    named: _NamedExercises, tree: Tree, by_exercise: Mapping[str, Collection[Path]]
) -> dict[str, list[Path]]:
    """For each exercise that a folder or another file is named after, what was handed in for it.

    If there is a notebook, a script or an image counts only if it is named like the exercise, and
    what an editor has kept of it does not count at all.
    """
    more: dict[str, list[Path]] = {}
    for exercise in named.exercises_of(tree):
        notebooks = by_exercise.get(exercise)
        files = [
            path
            for path in tree.others
            if named.either(path) == exercise
            and (not notebooks or (named.own(path) == exercise and not is_backup(path.name)))
        ]
        if not notebooks and not files:
            files = [path for path in tree.folders if named.own(path) == exercise][:1]
            files = files or [named.folder]
        more[exercise] = files
    return more


def _candidates(
    student: Student,
    named: _NamedExercises,
    tree: Tree,
    by_exercise: Mapping[str, Collection[Path]],
    requested: str | None,
) -> list[Candidate]:
    """What can be graded, and closed folders that may contain more of it."""

    def of(exercise: str, path: Path) -> Candidate:
        return candidate(student, exercise, path, named.folder, named.exercises)

    found = [
        of(exercise, path)
        for exercise in sorted(by_exercise)
        if requested in (None, exercise)
        for path in by_exercise[exercise]
    ]
    concerned = {one.exercise for one in found}
    closed = [
        replace(of(exercise, one.path), closed=True)
        for one in tree.closed
        for exercise in sorted(named.both(one.path) or concerned)
        if requested in (None, exercise)
    ]
    return found + closed


def _nothing_gradable(
    student: Student, folder: Path, tree: Tree, unrecognized: list[Path]
) -> Ungraded:
    if unrecognized:
        names = tuple(readable(notebook.name) for notebook in unrecognized)
        return Ungraded(student, folder, NotGraded.WHICH_EXERCISE, names)
    if others := tree.others or tree.rest:
        names = tuple(readable(path.name) for path in others)
        return Ungraded(student, folder, NotGraded.NO_NOTEBOOK, names)
    return Ungraded(student, folder, NotGraded.EMPTY_FOLDER)


@dataclass(frozen=True)
class _NamedExercises:
    """The exercises that the names of files and folders below a student's folder give."""

    folder: Path
    exercises: Collection[str]
    folder_exercise: str | None
    _enclosing: dict[Path, str | None] = field(default_factory=dict)

    def own(self, path: Path) -> str | None:
        """The exercise in a file's or folder's own name."""
        own = notebook_stem(path)
        return parse_name(path.name if own is None else own, self.exercises).exercise

    def enclosing(self, path: Path) -> str | None:
        """The exercise in the name of the nearest enclosing folder."""
        parent = path.parent
        if parent not in self._enclosing:  # looked for once, however much is in it
            self._enclosing[parent] = self._nearest(path)
        return self._enclosing[parent]

    def _nearest(self, path: Path) -> str | None:
        for parent in path.parents:
            if parent == self.folder:
                return self.folder_exercise
            if exercise := self.own(parent):
                return exercise
        return self.folder_exercise

    def either(self, path: Path) -> str | None:
        return self.enclosing(path) or self.own(path)

    def both(self, path: Path) -> set[str]:
        """The exercises in the names of a folder and of the nearest enclosing one."""
        return {name for name in (self.own(path), self.enclosing(path)) if name is not None}

    def exercises_of(self, tree: Tree) -> list[str]:
        """Every exercise that the name of a folder, or of a file other than a notebook, gives."""
        found = {self.folder_exercise, *map(self.own, tree.folders), *map(self.own, tree.others)}
        return sorted(exercise for exercise in found if exercise is not None)
