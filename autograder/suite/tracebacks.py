"""Summarize a traceback of the grader in one line, since no traceback reaches a user."""

from __future__ import annotations

import re
from pathlib import Path

_PLACE = re.compile(
    r'^ *File "(?P<file>.+?)", line (?P<line>\d+)|^(?P<by>\S+?):(?P<at>\d+): ', re.M
)


def summarize(note: str, root: Path) -> str:
    """The message at the end of a note, with the last place in the course's files that it names.

    Args:
        note: a traceback as printed by Python or pytest, or a sentence.
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
