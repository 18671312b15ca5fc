"""Parse file names: whether a file is a notebook, for which exercise, and which attempt.

Names come from students, browsers, learning platforms and archives. Nothing here touches a file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

# Browsers append an extension to downloads that look like text.
_SUFFIXES = (".ipynb", ".ipynb.txt", ".ipynb.json")
_NOT_NOTEBOOKS = (
    ".json", ".py", ".html", ".htm", ".pdf", ".zip", ".7z", ".rar", ".gz", ".tgz", ".tar",
    ".doc", ".docx", ".odt", ".rtf", ".gdoc", ".url", ".webloc",
)  # fmt: skip
# What editors and browsers append to the name of a notebook: ~, .bak, .crdownload, " (1)".
_BACKUP = re.compile(r"(.+)\.ipynb(?:~|[^a-z0-9].*)", re.IGNORECASE | re.DOTALL)
_IGNORED = ("__MACOSX", "__pycache__", "node_modules")


def notebook_stem(path: Path) -> str | None:
    """A notebook's name without its suffix; None if it is not named like a notebook."""
    for suffix in _SUFFIXES:
        if path.name.lower().endswith(suffix):
            return path.name[: -len(suffix)]
    return None


def is_ignored(name: str) -> bool:
    """Whether a name belongs to an editor or a system rather than to a submission."""
    if name.startswith("."):
        return name.startswith("._") or notebook_stem(Path(name)) is None
    return name in _IGNORED


def may_be_submission(path: Path) -> bool:
    """Whether a file that is not a notebook may have been submitted instead of one."""
    return path.suffix.lower() in _NOT_NOTEBOOKS or is_backup(path.name)


def is_backup(name: str) -> bool:
    """Whether a name is that of a notebook with something after it, and no known suffix."""
    return (
        _BACKUP.fullmatch(name) is not None
        and notebook_stem(Path(name)) is None
        and Path(name).suffix.lower() not in _NOT_NOTEBOOKS
    )


def bare_stem(name: str) -> str:
    """A name without its suffix, that of a notebook included, whatever comes after it."""
    found = _BACKUP.fullmatch(name)
    own = notebook_stem(Path(name))
    return found[1] if found else Path(name).stem if own is None else own


def exercise_in(name: str, exercises: Collection[str]) -> str | None:
    """The exercise that a name contains (``Copy of 02_im2col (1)``, ``01-Windows``), if just one.

    Capitals, full-width forms and separators make no difference.
    """
    if name in exercises:
        return name
    text = _plain(name)
    inside = {exercise for exercise in exercises if _pattern(exercise).search(text)}
    inside -= {short for short in inside for long in inside if short != long and short in long}
    return inside.pop() if len(inside) == 1 else None


@dataclass(frozen=True, order=True)
class Attempt:
    """The attempt that a name indicates; greater means newer.

    Attributes:
        date: digits of a date in the name, or "".
        number: number of the attempt, copy or version; words such as "final" count as numbers.
    """

    date: str = ""
    number: int = 0


@dataclass(frozen=True)
class ParsedName:
    """What a name contains.

    Attributes:
        exercise: the exercise in the name.
        attempt: from ``(1)``, ``-Copy1``, ``_v2``, ``final``, ``attempt 3``, a date.
        impersonal: whether it cannot be a student's name: it consists of an exercise, an attempt,
            "homework" and the like, or the folder's name.
    """

    exercise: str | None
    attempt: Attempt
    impersonal: bool


_TELLS_NOTHING = ParsedName(None, Attempt(), impersonal=True)
"""What "homework" is parsed as: neither an exercise nor an attempt nor a student."""

_SEPARATORS = r"[\s_.+~,&#@-]*"
_DATE = re.compile(
    r"(?<!\d)(20\d\d)[-_./]?([01]\d)[-_./]?([0-3]\d)"
    r"(?:[t\s_-]*([0-2]\d)[-_:.h]?([0-5]\d)(?:[-_:.m]?([0-5]\d))?)?(?!\d)"
)
_NUMBERED = re.compile(
    r"(?:(?<![a-z])(?:attempt|try|submission|submitted|resubmission|version|ver|rev|v|copy)"
    r"|コピー|試行|提出|第)"
    r"[\s_.#(-]*(\d{1,4})(?!\d)\)?(?:版|回目?)?"
    r"|\((\d{1,4})\)"
    r"|(?<!\d)(\d{1,4})(?:版|回目|nd|rd|st|th)(?![a-z])"
)
# Words that indicate how new a file is.
_WORDS = {
    "copy of": 1, "copy": 1, "のコピー": 1, "コピー": 1, "複製": 1, "duplicate": 1,
    "finished": 1000, "final": 1000, "最終版": 1000, "最終": 1000, "完成版": 1000, "完成": 1000,
    "確定": 1000, "latest": 900, "最新": 900, "corrected": 500, "revised": 500, "fixed": 500,
    "修正済み": 500, "修正済": 500, "修正版": 500, "修正": 500, "再提出": 500, "new": 500,
    "新": 500,
    "checkpoint": -2000, "backup": -1000, "bak": -1000, "old": -1000, "旧": -1000, "draft": -1,
    "下書き": -1, "attempt": 0, "submission": 0, "try": 0, "version": 0,
}  # fmt: skip
_WORD = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
        for word in sorted(_WORDS, key=len, reverse=True)
    )
)
# Names of notebooks that mention neither the exercise nor the student.
_NOBODY = re.compile(
    r"(?:my|the)?(?:untitled|homework|hw|assignment|exercise|notebook|work|scratch|answers?)\d*"
    r"|無題|課題|宿題|演習|解答|回答|答え|レポート|提出(?:物|用)?"
)


def are_numbered_students(held: Mapping[str, Collection[str]], exercises: Collection[str]) -> bool:
    """Whether folders called hw01, hw02, … are students and not the homework of one student.

    The second homework of one student is another exercise; a second attempt is named as one.

    Args:
        held: the exercises that the names in each folder mention, by the folder's name.
        exercises: ids of the course's exercises.
    """
    words = {name.rstrip("0123456789") for name in held}
    if len(words) != 1 or any(
        name in words or parse_name(name, exercises) != _TELLS_NOTHING for name in held
    ):
        return False
    mentioned = [exercise for inside in held.values() for exercise in inside]
    return len(mentioned) > len(set(mentioned))


def parse_name(name: str, exercises: Collection[str], folder: str = "") -> ParsedName:
    """Parse the name of a notebook or folder.

    A name of digits only is a student number, so it is not impersonal.

    Args:
        name: without its suffix.
        exercises: ids of the course's exercises.
        folder: the name of the folder that contains it, which is ignored within ``name``.
    """
    return _parsed(name, tuple(exercises), folder)


@lru_cache(maxsize=4096)  # the names of folders are asked for with every file that is in them
def _parsed(name: str, exercises: tuple[str, ...], folder: str) -> ParsedName:
    text = _plain(name)
    exercise = exercise_in(name, exercises)
    if exercise is not None:
        text = _pattern(exercise).sub(" ", text, count=1)
    owner = _plain(folder).strip()
    if len(owner) > 1:
        text = text.replace(owner, " ")
    date = ""
    if found := _DATE.search(text):
        date = "".join(part or "00" for part in found.groups())
        text = text[: found.start()] + " " + text[found.end() :]
    numbers = [int(found[found.lastindex or 0]) for found in _NUMBERED.finditer(text)]
    text = _NUMBERED.sub(" ", text)
    words = [_WORDS[found[0]] for found in _WORD.finditer(text)]
    rest = re.sub(_SEPARATORS, "", _WORD.sub(" ", text))
    if re.fullmatch(r"\d{1,3}", rest) and (exercise or words):
        numbers.append(int(rest))  # "final2", or macOS's "02_im2col 2"
        rest = ""
    impersonal = rest == "" or _NOBODY.fullmatch(rest) is not None
    return ParsedName(exercise, Attempt(date, sum(numbers) + sum(words)), impersonal)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _pattern(exercise: str) -> re.Pattern[str]:
    words = [re.escape(word) for word in re.split(r"[\s_.-]+", _plain(exercise)) if word]
    return re.compile(r"(?<!\d)" + r"[\s_.-]*".join(words) + r"(?![a-z0-9])")
