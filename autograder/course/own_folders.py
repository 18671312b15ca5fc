"""The folders that hold a course's own files, where no command writes results or hand-ins."""

from __future__ import annotations

from pathlib import Path

from autograder.course.models import Course

ASSIGNMENTS = "assignments"
OWN = (ASSIGNMENTS, "solutions", "source_lib", "tests")


def course_around(folder: Path, course: Course) -> Path | None:
    """The root of a course that contains `folder`, or is it: of this course, or of any other."""
    place = folder.resolve()
    own = course.root.resolve()
    for root in (place, *place.parents):
        if root == own or (root / "solutions" / "course.toml").exists():
            return root
    return None


def own_folder(folder: Path, course: Course) -> str | None:
    """Which of a course's own folders `folder` is in: ``"."`` for the course's root itself.

    None if it is in none of them, as ``graded`` and ``submitted`` in a course's root are.
    """
    root = course_around(folder, course)
    if root is None:
        return None
    parts = folder.resolve().relative_to(root).parts
    if not parts:
        return "."
    return parts[0] if parts[0] in OWN else None
