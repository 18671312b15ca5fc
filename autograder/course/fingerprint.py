"""One hash of everything in a course that affects grades."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from autograder import __version__
from autograder.course.models import Course

DECIDING = ("solutions", "tests/hidden", "source_lib")


def course_sha256(course: Course) -> str:
    """Hex SHA-256 of the names and contents of the files in `DECIDING`, and the program's version.

    Copies of a course in different places, or with different caches, have the same hash.
    """
    total = hashlib.sha256(f"convkit {__version__}\n".encode())
    for path in _deciding_files(course.root):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(course.root).as_posix()}\0{content}\n".encode())
    return total.hexdigest()


def _deciding_files(root: Path) -> Iterator[Path]:
    for top in DECIDING:
        for path in sorted((root / top).rglob("*")):
            inside = path.relative_to(root).parts
            hidden = any(name.startswith(".") or name == "__pycache__" for name in inside)
            if path.is_file() and not hidden and path.suffix != ".pyc":
                yield path
