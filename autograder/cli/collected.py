"""What `autograder collect` has left open, said by `grade` and on the class page as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.collect import table
from autograder.collect.collect import read_records, unclear
from autograder.collect.files import REASONS, Fate
from autograder.errors import CommandError
from autograder.text import counted

MAX_LISTED = 5


def from_collecting(roots: Iterable[Path]) -> Iterator[str]:
    """A line for each kind of file that was not collected, and for each exercise that is missing.

    Args:
        roots: the folders that are graded; those without collected.csv have nothing to say.
    """
    for root in roots:
        try:
            records = read_records(root) if root.is_dir() else []
        except (CommandError, OSError) as error:
            yield str(error)
            continue
        groups: dict[Fate, list[str]] = defaultdict(list)
        for one in unclear(records):
            groups[one.fate].append(f"{one.archive}/{one.file}" if one.file else one.archive)
        for fate, files in sorted(groups.items()):
            yield (
                f"{root / table.FILE}: {counted(len(files), 'file')} not collected "
                f"({_some(files)}): {REASONS[fate]}"
            )
        missing: dict[str, list[str]] = defaultdict(list)
        for one in records:
            if one.fate is Fate.MISSING:
                missing[one.exercise].append(one.student)
        for exercise, students in sorted(missing.items()):
            yield (
                f"{exercise}: {counted(len(students), 'student')} of the roster handed in "
                f"nothing: {_some(students)}"
            )


def _some(names: list[str]) -> str:
    return ", ".join(names[:MAX_LISTED]) + (", …" if names[MAX_LISTED:] else "")
