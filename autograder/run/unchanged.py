"""What an earlier run has left in order: recognized again without reading a file.

Hashing a class's notebooks, validating its results and rendering its pages takes a minute for
2,000 students; asking the file system whether any of these files has changed takes a second. So a
run records in ``OUT/.unchanged.json`` what it has dealt with: for each submission the stamps of its
file, its result and its page, and a key of everything else that the two were made from.

As with ``make`` or ``git``, a stamp is trusted in place of the content: nobody changes a file
without changing its times, unless within the resolution of the clock. Therefore a submission that
had changed just before the run is not recorded. Where a stamp differs, or if the record is missing
or damaged, the bytes decide.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, cast

from autograder.files import read_below, write_atomically
from autograder.ingest import Submission
from autograder.status import ResultStatus
from autograder.verdict.result import Result

FILE = ".unchanged.json"
SCHEMA_VERSION = 2

RESOLUTION_S = 3.0
"""The coarsest times that a file system keeps (FAT: two seconds), and a bit."""

TABLES = ("index.html", "grades.csv")

Stamp = list[int]
"""A regular file's modification time, change time, size and inode."""


def stamp(path: str | Path) -> Stamp | None:
    """The stamp of a file; None if it is missing, a folder or a link."""
    try:
        return _stamp(os.lstat(path))
    except OSError:
        return None


def key_of(*facts: object) -> str:
    """A short key of facts whose `repr` contains everything about them."""
    return hashlib.blake2b(repr(facts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def stamps_below(folder: Path) -> list[tuple[str, Stamp | None]]:
    """The stamps of all files in a folder and its folders, by path, in a fixed order."""
    return sorted(_below(str(folder), ""))


@dataclass(frozen=True)
class OutputStamps:
    """The stamps of results and pages in an output folder.

    Attributes:
        results: by student and exercise.
        pages: by student and exercise.
        everything: a key of everything below ``results/`` and ``feedback/``.
    """

    results: Mapping[tuple[str, str], Stamp | None]
    pages: Mapping[tuple[str, str], Stamp | None]
    everything: str

    @classmethod
    def of(cls, out: Path) -> OutputStamps:
        """Those of ``out`` now."""
        results = stamps_below(out / "results")
        pages = stamps_below(out / "feedback")
        return cls(_by_key(results, ".json"), _by_key(pages, ".html"), key_of(results, pages))


class DealtWith(NamedTuple):
    """What has become of a submission.

    Attributes:
        whole: whether it could be read and graded: nothing has to be tried or said again.
        kept: whether its result is an earlier run's.
    """

    whole: bool
    kept: bool

    @classmethod
    def of(cls, result: Result, kept: bool) -> DealtWith:
        """What a result says of it."""
        whole = result.status is not ResultStatus.GRADER_ERROR
        return cls(whole and result.submission.sha256 is not None, kept)


@dataclass
class Unchanged:
    """What runs have dealt with.

    Attributes:
        out: the output folder.
        now: the stamps of the output when this run began.
        entries: by student and exercise: the key, the submission's path, and the stamps of the
            submission, the result and the page.
        tables: a key of everything that the class page and grades.csv were made from, and their
            stamps.
        needs_you: what the run that wrote them found that the instructor has to decide, by kind.
    """

    out: Path
    now: OutputStamps
    entries: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    tables: list[Any] | None = None
    needs_you: Mapping[str, Sequence[str]] = field(default_factory=dict)
    _handed_in: dict[tuple[str, str], Stamp] = field(default_factory=dict)

    @classmethod
    def read(cls, out: Path) -> Unchanged:
        """What earlier runs have recorded; nothing if there is no valid record."""
        found = cls(out, OutputStamps.of(out))
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            fields = json.loads(read_below(out / FILE, out))
            if fields["schema_version"] == SCHEMA_VERSION:
                found.entries = {(one[0], one[1]): one[2:] for one in fields["entries"]}
                found.needs_you = {kind: [*some] for kind, some in fields["needs_you"].items()}
                found.tables = fields["tables"]
        return found

    def changed(
        self, submissions: Iterable[Submission], keys: Mapping[tuple[str, str], str]
    ) -> list[Submission]:
        """The submissions that have to be looked at.

        Call this before any of them is read: their stamps are taken here.

        Args:
            submissions: those of this run.
            keys: by student and exercise a key of everything but the submission's file that its
                result and its page depend on.
        """
        settled_before = time.time_ns() - int(RESOLUTION_S * 1e9)
        left = []
        for submission in submissions:
            who = submission.student, submission.exercise
            path = str(submission.path)
            file = stamp(path)
            known = [
                keys[who],
                _text(path),
                file,
                self.now.results.get(who),
                self.now.pages.get(who),
            ]
            if None not in known and self.entries.get(who) == known:
                continue
            self.entries.pop(who, None)
            left.append(submission)
            if file is not None and max(file[:2]) < settled_before:
                self._handed_in[who] = file
        return left

    def tables_are_current(self, key: str) -> bool:
        """Whether the tables and the students' own pages are as they would be written now."""
        return self.tables == [key, self.now.everything, *self._table_stamps()]

    def record(
        self,
        dealt_with: Mapping[Submission, DealtWith],
        keys: Mapping[tuple[str, str], str],
        tables: str | None,
        needs_you: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Add what this run has dealt with, and write the record.

        Args:
            dealt_with: the submissions.
            keys: as for `changed`.
            tables: the key of the class page and grades.csv; None if something in them has to be
                said again in the next run.
            needs_you: what the tables show that the instructor has to decide, by kind.

        Raises:
            OSError: it cannot be written.
        """
        before, self.now = self.now, OutputStamps.of(self.out)
        for submission, (whole, kept) in dealt_with.items():
            who = submission.student, submission.exercise
            file, written = self._handed_in.get(who), self.now.results.get(who)
            page = self.now.pages.get(who)
            if kept and before.results.get(who) != written:
                continue  # somebody else has written it since it was read
            if whole and file and written and page:
                self.entries[who] = [keys[who], _text(submission.path), file, written, page]
        self.tables = None
        if tables is not None:
            self.tables = [tables, self.now.everything, *self._table_stamps()]
        fields = {
            "schema_version": SCHEMA_VERSION,
            "tables": self.tables,
            "needs_you": needs_you or {},
            "entries": [[*who, *entry] for who, entry in sorted(self.entries.items())],
        }
        write_atomically(self.out / FILE, json.dumps(fields) + "\n", below=self.out)

    def _table_stamps(self) -> list[Stamp | None]:
        return [stamp(self.out / name) for name in TABLES]


def _text(path: str | Path) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _stamp(status: os.stat_result) -> Stamp | None:
    if not stat.S_ISREG(status.st_mode):
        return None
    return [status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino]


def _by_key(
    files: Iterable[tuple[str, Stamp | None]], suffix: str
) -> dict[tuple[str, str], Stamp | None]:
    return {
        cast("tuple[str, str]", tuple(name.removesuffix(suffix).split("/"))): found
        for name, found in files
        if name.endswith(suffix) and name.count("/") == 1
    }


def _below(folder: str, prefix: str) -> Iterator[tuple[str, Stamp | None]]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, f"{prefix}{entry.name}/")
            else:
                with contextlib.suppress(OSError):
                    yield f"{prefix}{entry.name}", _stamp(entry.stat(follow_symlinks=False))
