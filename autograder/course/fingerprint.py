"""Hashes of everything in a course that affects grades: of one exercise, and of the whole course.

A change to one exercise need not lead to the others being graded again. What an exercise's grades
depend on is decided by files: its own, those of the exercises that it builds on, and every file
that belongs to no exercise (course.toml, the reference library, a helper of the suites). A file of
another exercise counts as well if one of these mentions its name, as an import does. In doubt a
file counts: grading again costs time, and an old grade would be wrong.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from autograder import __version__
from autograder.course.models import Course, Exercise

SETTINGS = "solutions/course.toml"
GRADING_FOLDERS = ("solutions", "tests/hidden", "source_lib")


def course_sha256(course: Course) -> str:
    """Hex SHA-256 of the paths and contents of files in `GRADING_FOLDERS` and the grader's version.

    Copies of a course in different folders, or with different caches, have the same hash.
    """
    return _sha256(_digests(_grading_files(course.root)))


def exercise_sha256s(course: Course) -> dict[str, str]:
    """For each exercise the same hash, of the files that its grades depend on."""
    files = _grading_files(course.root)
    owners = {name: _owner(PurePosixPath(name), course) for name in files}
    mentions = _mentions(files, owners)
    digests = _digests(files)
    outline = _outline(course)
    return {
        exercise.id: _sha256(
            {name: digests[name] for name in _names_of(exercise, course, owners, mentions)},
            outline,
        )
        for exercise in course.exercises
    }


def _sha256(digests: Mapping[str, str], outline: str = "") -> str:
    total = hashlib.sha256(f"convkit {__version__}\n{outline}".encode())
    for name, digest in digests.items():
        total.update(f"{name}\0{digest}\n".encode())
    return total.hexdigest()


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The hash of each file's content."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _grading_files(root: Path) -> dict[str, bytes]:
    """The content of each file by its path below the course's folder, in a fixed order."""
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in course_paths(root)}
    if SETTINGS in files:
        files[SETTINGS] = _without_policy(files[SETTINGS])
    return files


def _without_policy(raw: bytes) -> bytes:
    """course.toml without what is applied to results when they are shown, not when graded."""
    try:
        tree = tomllib.loads(raw.decode())
    except ValueError:
        return raw
    if tree.pop("policy", None) is None:
        return raw
    return json.dumps(tree, sort_keys=True, default=str).encode()


def course_paths(root: Path) -> Iterator[Path]:
    """The files in the folders that grading reads, without hidden ones and compiled code."""
    for top in GRADING_FOLDERS:
        for path in sorted((root / top).rglob("*")):
            inside = path.relative_to(root).parts
            hidden = any(name.startswith(".") or name == "__pycache__" for name in inside)
            if path.is_file() and not hidden and path.suffix != ".pyc":
                yield path


def _mentions(
    files: Mapping[str, bytes], owners: Mapping[str, str | None]
) -> dict[str, frozenset[str]]:
    """For each Python file, the exercises' files whose names occur in it, as in an import."""
    stems = {
        name: PurePosixPath(name).stem.encode()
        for name, owner in owners.items()
        if owner is not None
        and not name.startswith("solutions/")  # notebook.py is the name of all of them
    }
    return {
        name: frozenset(other for other, stem in stems.items() if stem in text)
        for name, text in files.items()
        if name.endswith(".py")
    }


def _names_of(
    exercise: Exercise,
    course: Course,
    owners: Mapping[str, str | None],
    mentions: Mapping[str, frozenset[str]],
) -> list[str]:
    """The files that an exercise's grades depend on, in the order of ``owners``."""
    needed = {None, exercise.id, *(earlier.id for earlier in course.before(exercise))}
    counted: set[str] = set()
    new = {name for name, owner in owners.items() if owner in needed}
    while new:
        counted |= new
        new = {other for name in new for other in mentions.get(name, ())} - counted
    return [name for name in owners if name in counted]


def _owner(path: PurePosixPath, course: Course) -> str | None:
    """The exercise that a file belongs to, by its folder or its own name."""
    for exercise in course.exercises:
        if exercise.id in path.parts or path.stem.endswith(f"_{exercise.id}"):
            return exercise.id
    return None


def _outline(course: Course) -> str:
    """What every exercise's grades depend on in all the others: which parts there are.

    A notebook that was submitted for the wrong exercise is recognized by them.
    """
    parts = [
        [exercise.id, [[part.id, part.aliases] for part in exercise.parts]]
        for exercise in course.exercises
    ]
    return json.dumps(parts) + "\n"
