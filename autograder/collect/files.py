"""One file of an archive, and what can become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from autograder.sanitize import visible_name
from autograder.text import Text


class Fate(StrEnum):
    """What became of a file."""

    COUNTS = "counts"
    """The newest notebook of its student and exercise."""
    EARLIER = "earlier"
    """An earlier attempt, kept in the student's folder ``old``."""
    SAME = "same"
    """Another file of the student with exactly this content is kept."""
    KEPT = "kept"
    """No notebook; it is kept beside the student's notebooks."""
    NO_EXERCISE = "no exercise"
    """A notebook of a known student whose exercise is unknown."""
    NO_STUDENT = "no student"
    """Its student is unknown."""
    OPENED = "opened"
    """An archive whose files follow."""
    READ = "read"
    """The platform's own notes, such as hand-in times."""
    IGNORED = "ignored"
    """A file of the operating system or an editor."""
    EMPTY_FOLDER = "empty folder"
    LINK = "link"
    NOT_REGULAR = "not a file"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_LARGE = "too large"
    TOO_MANY = "too many files"
    TOO_DEEP = "too deep"
    """An archive in an archive in an archive in an archive."""
    CLOSED = "cannot be read"
    """The operating system refuses."""
    MISSING = "missing"
    """Not a file: a student of the roster has handed in nothing for the exercise."""
    GONE = "gone"
    """It was collected before, and somebody has removed it since."""


FINE = frozenset(
    {
        Fate.COUNTS,
        Fate.EARLIER,
        Fate.SAME,
        Fate.KEPT,
        Fate.OPENED,
        Fate.READ,
        Fate.IGNORED,
        Fate.GONE,
        Fate.MISSING,
    }
)
"""Fates that need nobody's attention."""

_REASONS: dict[Fate, tuple[str, str]] = {
    Fate.NO_EXERCISE: (
        "which exercise it is for is unknown. Give --exercise, or rename it",
        "どの課題のものか分かりません。--exercise を指定するか、ファイル名を変更してください。",
    ),
    Fate.NO_STUDENT: (
        "whose it is is unknown. It is in .unassigned; move it to its student",
        "誰のものか分かりません。.unassignedにあるので、受講者のフォルダーに移してください。",
    ),
    Fate.EMPTY_FOLDER: (
        "the folder is empty. Nothing was handed in",
        "フォルダーが空で、何も提出されていません。",
    ),
    Fate.LINK: (
        "is a link, not a file. Ask for the file itself",
        "ファイルではなくリンクです。ファイルそのものを提出してもらってください。",
    ),
    Fate.NOT_REGULAR: (
        "is a pipe or a device, not a file",
        "ファイルではなく、パイプかデバイスです。",
    ),
    Fate.ENCRYPTED: (
        "needs a password. Ask for it without one",
        "パスワードが必要です。パスワードのないものを提出してもらってください。",
    ),
    Fate.DAMAGED: (
        "is damaged and cannot be opened. Download it, or ask for it, again",
        "壊れていて開けません。もう一度ダウンロードするか、再提出してもらってください。",
    ),
    Fate.TOO_LARGE: (
        "is too large to be opened",
        "大きすぎて開けません。",
    ),
    Fate.TOO_MANY: (
        "contains more files than are opened",
        "ファイルが多すぎるため、一部を開いていません。",
    ),
    Fate.TOO_DEEP: (
        "archives are nested too deeply to be opened",
        "アーカイブの入れ子が深すぎて開けません。",
    ),
    Fate.CLOSED: (
        "cannot be read. Change its permissions",
        "読み込めません。アクセス権を変更してください。",
    ),
}
REASONS: dict[Fate, Text] = {fate: Text(en=en, ja=ja) for fate, (en, ja) in _REASONS.items()}
"""Why a file is not collected, and what to do."""


@dataclass(frozen=True)
class Found:
    """One file, in an archive or in a folder.

    Attributes:
        archive: the archive's or folder's name.
        path: the components of its path, including the names of archives on it.
        outside: how many of them are outside every archive that somebody put into this one: the
            rest was named by whoever made the inner archive, usually the student.
        content: a file with its content; None if it has not been taken out.
        sha256: of the content; "" without any.
        stamp: its time according to the archive, or that of the archive that it is in.
        fate: what has become of it, if that is known already.
    """

    archive: str
    path: tuple[str, ...]
    outside: int
    content: Path | None = None
    sha256: str = ""
    stamp: datetime | None = None
    fate: Fate | None = None

    @property
    def file(self) -> str:
        """The path as text."""
        return visible_name("/".join(self.path))
