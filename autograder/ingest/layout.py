"""Decide whether a folder that an instructor points at is one student's or a class's.

Names decide. A name is *impersonal* if it consists of an exercise, an attempt, or a word such as
"homework" (`autograder.ingest.filenames.parse_name`). Entries that cannot be submissions (data,
images, folders without notebooks) are ignored. The first matching row applies:

    folder               contains                                is
    ───────────────────  ──────────────────────────────────────  ────────────────────────────────
    any                  no folders and no submissions           empty
    an exercise's        impersonal names only                   a student's folder for the
                                                                 exercise; the folder above it
                                                                 is the student's
    an exercise's        one notebook, without --exercise        the same
    an exercise's        anything else                           a class, for that exercise
    any other            exercises' folders, one of which has    a class, by exercise
                         notebooks or folders of several students
    any other            impersonal names only, and folders      a class: hw01 and hw02 are ids
                         numbered alike, two of which hold the
                         same exercise
    any other            impersonal names only                   one student's
    any other            anything else                           a class

So a single odd entry, such as an exercise's folder next to students' notebooks, never turns a class
into one student. In a class, the odd entry is reported and left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from autograder.ingest.disguised import begins_like_notebook
from autograder.ingest.filenames import (
    ParsedName,
    are_numbered_students,
    bare_stem,
    is_ignored,
    may_be_submission,
    notebook_stem,
    parse_name,
)
from autograder.ingest.walk import walk


class Layout(Enum):
    """What a folder is."""

    EMPTY = auto()
    ONE_STUDENT = auto()
    ONE_EXERCISE = auto()
    CLASS = auto()
    CLASS_BY_EXERCISE = auto()


@dataclass(frozen=True)
class Entry:
    """An entry of a folder that an instructor points at.

    Attributes:
        path: its path.
        notebook: whether it is named like a notebook, whether file or folder.
        folder: whether it is a folder that is not named like a notebook.
        has_submission: whether it is, or contains, something that may be a submission.
        name: what its name contains.
    """

    path: Path
    notebook: bool
    folder: bool
    has_submission: bool
    name: ParsedName

    @property
    def exercise(self) -> str | None:
        """The exercise in its name, if the name is impersonal."""
        return self.name.exercise if self.name.impersonal else None


def list_entries(folder: Path, exercises: Collection[str], exclude: Path | None) -> list[Entry]:
    """The entries of a folder, sorted by name, without files of the system.

    Raises:
        OSError: it cannot be read.
    """
    paths = [path for path in folder.iterdir() if not is_ignored(path.name) and path != exclude]
    return [_entry(path, folder, exercises) for path in sorted(paths)]


def detect_layout(
    folder: Path, entries: Sequence[Entry], exercises: Collection[str], requested: str | None
) -> tuple[Layout, str | None]:
    """What ``folder`` is, and the exercise in its name if that matters.

    Args:
        folder: its resolved path.
        entries: its entries; see `list_entries`.
        exercises: ids of the course's exercises.
        requested: the exercise given by ``--exercise``.
    """
    submissions = [entry for entry in entries if entry.has_submission]
    relevant = [entry for entry in submissions if entry.notebook or entry.folder]
    if not relevant and requested is not None:
        relevant = submissions  # PDFs and the like, which say nothing next to notebooks
    own = parse_name(folder.name, exercises)
    exercise = own.exercise if own.impersonal and requested in (None, own.exercise) else None
    if not relevant:
        folders = any(entry.folder for entry in entries)
        return (Layout.CLASS if folders and exercise is None else Layout.EMPTY), exercise
    impersonal = all(entry.name.impersonal for entry in relevant)
    if exercise is not None:
        alone = requested is None and len(relevant) == 1 and relevant[0].notebook
        return (Layout.ONE_EXERCISE if impersonal or alone else Layout.CLASS), exercise
    if not impersonal:
        return Layout.CLASS, None
    if all(entry.folder and entry.exercise for entry in relevant) and any(
        _is_a_class(entry.path, exercises) for entry in relevant
    ):
        return Layout.CLASS_BY_EXERCISE, None
    held = {entry.path.name: _exercises_in(entry.path, exercises) for entry in relevant}
    if all(entry.folder for entry in relevant) and are_numbered_students(held, exercises):
        return Layout.CLASS, None
    return Layout.ONE_STUDENT, None


def _exercises_in(folder: Path, exercises: Collection[str]) -> set[str]:
    """The exercises that the names in a folder mention."""
    try:
        entries = list_entries(folder, exercises, None)
    except OSError:
        return set()
    return {entry.name.exercise for entry in entries if entry.name.exercise is not None}


def _is_a_class(folder: Path, exercises: Collection[str]) -> bool:
    """Whether an exercise's folder contains submissions of several students."""
    try:
        entries = list_entries(folder, exercises, None)
    except OSError:
        return False
    relevant = [entry for entry in entries if entry.has_submission]
    return len(relevant) > 1 and not any(entry.name.impersonal for entry in relevant)


def _entry(path: Path, folder: Path, exercises: Collection[str]) -> Entry:
    stem = notebook_stem(path)
    is_folder = stem is None and path.is_dir()
    if is_folder:
        name, has_submission = path.name, _has_submission(path, exercises)
    elif stem is None:
        name = bare_stem(path.name)
        has_submission = may_be_submission(path) or begins_like_notebook(path)
    else:
        name, has_submission = stem, True
    parsed = parse_name(name, exercises, folder.name)
    return Entry(path, stem is not None, is_folder, has_submission, parsed)


def _has_submission(folder: Path, exercises: Collection[str]) -> bool:
    if parse_name(folder.name, exercises).exercise is not None:
        return True  # an exercise's folder counts even if it is empty
    try:
        tree = walk(folder)
    except OSError:
        return True  # its content is unknown
    # Notebooks import scripts and read data, so a folder `common` with those is not a student's.
    others = [path for path in tree.others if path.suffix.lower() not in (".py", ".json")]
    return bool(tree.notebooks or others or tree.closed) or any(
        parse_name(notebook_stem(path) or path.name, exercises).exercise for path in tree.folders
    )
