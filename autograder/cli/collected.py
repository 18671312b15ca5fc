"""What `autograder collect` recorded: when files were handed in, and what was not collected."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, tzinfo
from pathlib import Path

from autograder.collect import roster_files as rosters
from autograder.collect import table
from autograder.collect.files import FINE, REASONS, Fate
from autograder.collect.notes import MAX_STAMP, time_in
from autograder.collect.owners import TIMESTAMP
from autograder.collect.remarks import below_source, uncollected
from autograder.collect.table import Record, read_records
from autograder.errors import CommandError
from autograder.exports.class_list import find_submitted, read_class_list
from autograder.ingest import Discovered, Submission
from autograder.ingest.hand_ins import Arrival, HandIns, UngradedRecord
from autograder.ingest.names import readable, student_named
from autograder.ingest.open_beneath import OutsideSubmission, open_beneath
from autograder.ingest.submission import NotGraded, Notice
from autograder.text import Text, abbreviated, counted

MAX_LISTED = 5


def from_collecting(roots: Iterable[Path]) -> Iterator[Notice]:
    """A line for each kind of file that was not collected, and for each exercise that is missing.

    Args:
        roots: the folders that are graded; those without collected.csv have nothing to say.
    """
    for root in roots:
        try:
            records = read_records(root) if root.is_dir() else []
        except (CommandError, OSError) as error:
            yield Notice(Text.same(str(error)))
            continue
        groups: dict[Fate, list[str]] = defaultdict(list)
        for one in records:
            if one.fate in FINE:
                continue
            groups[one.fate].append(f"{one.archive}/{one.file}" if one.file else one.archive)
        for fate, files in sorted(groups.items()):
            where, some, reason = root / table.FILE, _some(files), REASONS[fate]
            yield Notice(
                Text(
                    en=f"{where}: {counted(len(files), 'file')} not collected ({some}): "
                    + reason["en"],
                    ja=f"{where}：{len(files)}個のファイルを収集していません（{some}）。{reason['ja']}",
                )
            )
        with suppress(CommandError, OSError):  # reported by `collect`
            if unknown := strangers(root, records):
                who = counted(len(unknown), "student is", "students are")
                yield Notice(
                    Text(
                        en=f"{who} not in the roster: {_some(unknown)}. Complete the roster or "
                        "correct its names, and collect again with --roster",
                        ja=f"名簿にない受講者が{len(unknown)}人います：{_some(unknown)}。名簿を補うか"
                        "名前を直し、--roster を付けてもう一度収集してください。",
                    )
                )
        if unusable := uncollected(records):
            who = counted(len(unusable), "student")
            line = f"{root / table.FILE}: nothing of {who} could be collected"
            yield Notice(Text(en=f"{line}: {_some([*unusable])}"), listed=True)
        missing: dict[str, list[str]] = defaultdict(list)
        for one in records:
            if one.fate is Fate.MISSING:
                missing[one.exercise].append(one.student)
        for exercise, students in sorted(missing.items()):
            line = (
                f"{exercise}: {counted(len(students), 'student')} of the roster handed in "
                f"nothing: {_some(students)}"
            )
            yield Notice(Text(en=line), listed=True)


def arrivals_of(found: Discovered, zone: tzinfo | None) -> dict[str, Arrival]:
    """When each file was handed in, by path, as far as that is known.

    From collected.csv, or else from the ``timestamp.txt`` that nbgrader puts beside a notebook. A
    collected.csv in what a student has handed in is ignored.
    """
    arrivals: dict[str, Arrival] = {}
    for root in found.roots:
        below = {one.path for one in found.submissions if root in one.root.parents}
        with suppress(CommandError, OSError):  # reported by `from_collecting`
            for one in read_records(root) if root.is_dir() else ():
                if root / one.kept_as in below:
                    time = one.handed_in.isoformat() if one.handed_in else ""
                    arrivals[readable(root / one.kept_as)] = Arrival(time, one.late)
    for submission in found.submissions:
        if submission.file not in arrivals and (stamp := _timestamp(submission, zone)):
            arrivals[submission.file] = Arrival(stamp.isoformat())
    return arrivals


def _timestamp(submission: Submission, zone: tzinfo | None) -> datetime | None:
    try:
        beside = submission.path.with_name(TIMESTAMP)
        with os.fdopen(open_beneath(submission.root, beside), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            return time_in(file.read(MAX_STAMP).decode("utf-8", "replace"), zone)
    except (OSError, OutsideSubmission, ValueError):
        return None


def people_of(hand_ins: HandIns) -> set[str]:
    """The folders of the students in the roster of these hand-ins; none without a roster."""
    submitted = find_submitted(one.file for one in hand_ins.hand_ins)
    with suppress(CommandError, OSError):
        return {one.folder for one in read_class_list(None, submitted).roster.people}
    return set()


def absent(roots: Iterable[Path]) -> Iterator[UngradedRecord]:
    """Students below ``roots`` of whom nothing could be collected, with those of the rosters."""
    for root in roots:
        with suppress(CommandError, OSError):  # reported by `from_collecting`
            records = read_records(root) if root.is_dir() else []
            unusable = uncollected(records)
            for student, files in sorted(unusable.items()):
                key = student_named(student).key
                yield UngradedRecord(key, readable(root / table.FILE), *_why(files))
            if not (root / rosters.FILE).is_file():
                continue
            collected = {one.student for one in records if one.kept_as} | unusable.keys()
            for one in read_class_list(None, root).roster.people:
                if one.folder and one.folder not in collected:
                    key = student_named(one.folder).key
                    yield UngradedRecord(key, readable(root / rosters.FILE), NotGraded.ABSENT)


def _why(files: Iterable[Record]) -> tuple[NotGraded, tuple[str, ...]]:
    """Why nothing of these files was collected, and which they are."""
    real = [one for one in files if one.fate is not Fate.EMPTY_FOLDER]
    inside = [one for one in real if one.fate is not Fate.OPENED]
    if not real:
        return NotGraded.EMPTY_FOLDER, ()
    return NotGraded.NOT_COLLECTED, tuple(map(below_source, inside or real))


def strangers(root: Path, records: Iterable[Record]) -> list[str]:
    """Students with hand-ins in this ``submitted/`` who are not in its roster; none without one."""
    people = {one.folder for one in read_class_list(None, root).roster.people}
    return sorted({one.student for one in records if one.student} - people) if people else []


def _some(names: list[str]) -> str:
    return abbreviated(names, MAX_LISTED)
