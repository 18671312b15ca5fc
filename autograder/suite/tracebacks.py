"""A grader's note, a traceback of ours, in one line: no traceback reaches a user."""

from __future__ import annotations

import re
from pathlib import Path

_PLACE = re.compile(
    r'^ *File "(?P<file>.+?)", line (?P<line>\d+)|^(?P<by>\S+?):(?P<at>\d+): ', re.M
)


def in_short(note: str, root: Path) -> str:
    """What a note says in the end, and the last line of the course's own files that it names.

    Args:
        note: a traceback as Python or pytest writes it, or a sentence.
        root: the course's folder.
    """
    lines = [line for line in note.splitlines() if line.strip()] or ["there is no reason given"]
    named = [line.removeprefix("E").strip() for line in lines if line.startswith("E  ")]
    said = (named or lines)[-1].strip().rstrip(".")
    places = [
        (root / (found["file"] or found["by"]), found["line"] or found["at"])
        for found in _PLACE.finditer(note)
    ]
    ours = [(file, line) for file, line in places if file.is_relative_to(root)]
    if not ours:
        return said
    file, line = ours[-1]
    return f"{file.relative_to(root)}:{line}: {said}"
