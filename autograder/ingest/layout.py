"""Whose is a folder that an instructor points at: one student's, or a class's?

Names decide. A name is *nobody's* if it says an exercise, an attempt or no more than "homework"
(`autograder.ingest.filenames.read_name`). What could be no hand-in (data, pictures, folders without
any notebook) does not count. In this order:

    the folder       what it holds                              it is
    ───────────────  ─────────────────────────────────────────  ─────────────────────────────────
    any              neither folders nor what can be handed in   nobody's
    an exercise's    nobody's names only                         a student's folder of the exercise,
                                                                 the student's being the one above
    an exercise's    one notebook, and no --exercise             the same
    an exercise's    anything else                               a class, for that exercise
    any other        exercises' folders, of which one holds      a class, by exercise
                     several students' notebooks or folders
    any other        nobody's names only                         one student's
    any other        anything else                               a class

So one odd entry, an exercise's folder beside students' notebooks say, never turns a class into one
student. In a class it is the odd entry that is named and left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from autograder.ingest.filenames import Reading, ignored, may_be_a_submission, read_name, stem
from autograder.ingest.walk import walk


class Layout(Enum):
    """What a folder is."""

    EMPTY = auto()
    ONE_STUDENT = auto()
    ONE_EXERCISE = auto()
    CLASS = auto()
    CLASS_BY_EXERCISE = auto()


@dataclass(frozen=True)
class Child:
    """Something in a folder of the instructor's.

    Attributes:
        path: where it is.
        book: whether it is named like a notebook, be it a file or a folder.
        folder: whether it is a folder and not named like a notebook.
        holds: whether something that could be handed in is in it, or it is that itself.
        reading: what its name says.
    """

    path: Path
    book: bool
    folder: bool
    holds: bool
    reading: Reading

    @property
    def exercise(self) -> str | None:
        """The exercise that its name says, if it says nothing else of anybody."""
        return self.reading.exercise if self.reading.nobodys else None


def children(folder: Path, exercises: Collection[str], leave_out: Path | None) -> list[Child]:
    """What is in a folder, sorted by name, without what systems leave behind.

    Raises:
        OSError: it cannot be read.
    """
    paths = [path for path in folder.iterdir() if not ignored(path.name) and path != leave_out]
    return [_child(path, folder, exercises) for path in sorted(paths)]


def layout_of(
    folder: Path, inside: Sequence[Child], exercises: Collection[str], wanted: str | None
) -> tuple[Layout, str | None]:
    """What ``folder`` is, and the exercise that its own name says, if it counts.

    Args:
        folder: its resolved path.
        inside: its `children`.
        exercises: the course's ids.
        wanted: the exercise that ``--exercise`` names.
    """
    holding = [child for child in inside if child.holds]
    counting = [child for child in holding if child.book or child.folder]
    if not counting and wanted is not None:
        counting = holding  # PDFs and the like: beside notebooks they do not tell whose it is
    own = read_name(folder.name, exercises)
    exercise = own.exercise if own.nobodys and wanted in (None, own.exercise) else None
    if not counting:
        folders = any(child.folder for child in inside)
        return (Layout.CLASS if folders and exercise is None else Layout.EMPTY), exercise
    nobodys = all(child.reading.nobodys for child in counting)
    if exercise is not None:
        alone = wanted is None and len(counting) == 1 and counting[0].book
        return (Layout.ONE_EXERCISE if nobodys or alone else Layout.CLASS), exercise
    if not nobodys:
        return Layout.CLASS, None
    if all(child.folder and child.exercise for child in counting) and any(
        _is_a_class(child.path, exercises) for child in counting
    ):
        return Layout.CLASS_BY_EXERCISE, None
    return Layout.ONE_STUDENT, None


def _is_a_class(folder: Path, exercises: Collection[str]) -> bool:
    """Whether an exercise's folder holds what several students handed in."""
    try:
        counting = [child for child in children(folder, exercises, None) if child.holds]
    except OSError:
        return False
    return len(counting) > 1 and not any(child.reading.nobodys for child in counting)


def _child(path: Path, folder: Path, exercises: Collection[str]) -> Child:
    own = stem(path)
    is_folder = own is None and path.is_dir()
    holds = own is not None or (_holds(path, exercises) if is_folder else may_be_a_submission(path))
    name = path.name if is_folder else path.stem if own is None else own
    return Child(path, own is not None, is_folder, holds, read_name(name, exercises, folder.name))


def _holds(folder: Path, exercises: Collection[str]) -> bool:
    if read_name(folder.name, exercises).exercise is not None:
        return True  # handed in with nothing in it, perhaps
    try:
        tree = walk(folder)
    except OSError:
        return True  # what is in it cannot be seen
    # Scripts and data are what notebooks import and read: a folder `common` is no student.
    others = [path for path in tree.others if path.suffix.lower() not in (".py", ".json")]
    return bool(tree.books or others) or any(
        read_name(stem(path) or path.name, exercises).exercise for path in tree.folders
    )
