"""One hash of everything in a course that affects grades."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from autograder import __version__
from autograder.course.models import Course

GRADING_FOLDERS = ("solutions", "tests/hidden", "source_lib")


def course_sha256(course: Course) -> str:
    """Hex SHA-256 of the paths and contents of files in `GRADING_FOLDERS` and the grader's version.

    Copies of a course in different folders, or with different caches, have the same hash.
    """
    total = hashlib.sha256(f"convkit {__version__}\n".encode())
    for path in _grading_files(course.root):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(course.root).as_posix()}\0{content}\n".encode())
    return total.hexdigest()


def _grading_files(root: Path) -> Iterator[Path]:
    for top in GRADING_FOLDERS:
        for path in sorted((root / top).rglob("*")):
            inside = path.relative_to(root).parts
            hidden = any(name.startswith(".") or name == "__pycache__" for name in inside)
            if path.is_file() and not hidden and path.suffix != ".pyc":
                yield path
