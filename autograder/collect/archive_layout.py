"""What is in an archive: a class's submissions or one student's, and in which platform's layout?

`autograder.collect.owners` knows how platforms name a submission. Here the names of all files
together decide which platform wrote them (a single name may look like anything), which folders
merely surround the submissions, and whether there are several bulk downloads in one archive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path, PurePosixPath

from autograder.collect.files import Fate, Found
from autograder.collect.owners import (
    GRADESCOPE,
    INBOUND,
    METADATA,
    MOODLE,
    Archive,
    Note,
    canvas_name,
    owner_in,
)
from autograder.ingest.filenames import (
    are_numbered_students,
    exercise_in,
    notebook_stem,
    parse_name,
)


def downloads(files: Sequence[Found]) -> list[list[Found]]:
    """The files of each bulk download: several if a folder or a zip contains nothing but those.

    If there are several, the first list has what is in none of them, and is nobody's.

    A student's zip can look like a bulk download. So zips are taken for downloads only if all of
    them are and nothing else is beside them.
    """
    opened = {one.path for one in files if one.fate is Fate.OPENED}
    top = min((len(path) for path in opened), default=0)
    outer = {path for path in opened if len(path) == top}
    inside: dict[tuple[str, ...], list[Found]] = {path: [] for path in sorted(outer)}
    for one in files:
        if one.path in outer:
            continue
        if one.path[:top] not in inside:
            if one.fate is Fate.IGNORED:
                continue
            return [list(files)]
        deeper = [k for k in range(top + 1, len(one.path)) if one.path[:k] in opened]
        inside[one.path[:top]].append(
            replace(
                one,
                archive=f"{one.archive}/{'/'.join(one.path[:top])}",
                path=one.path[top:],
                outside=min(deeper, default=len(one.path)) - top,
            )
        )
    if not inside or len({path[:-1] for path in outer}) > 1:
        return [list(files)]
    for inner in inside.values():
        names = {one.path[0] for one in inner if one.fate is not Fate.IGNORED}
        metadata = any(one.path[-1] == METADATA for one in inner)
        if not (metadata or all(is_named_by_a_platform(name) for name in names)):
            return [list(files)]
    rest = [one for one in files if one.path in outer or one.path[:top] not in inside]
    return [rest, *inside.values()]


def is_named_by_a_platform(name: str) -> bool:
    """Whether a name looks like that of a submission on Moodle, Canvas or in nbgrader's inbound."""
    return any(matches(name) for matches in (MOODLE.fullmatch, canvas_name, INBOUND.fullmatch))


def recognise(
    archive: str,
    files: Collection[Found],
    notes: Mapping[str, Note],
    exercises: Collection[str],
) -> Archive:
    """What an archive is, by the names of its files.

    Args:
        archive: its name without the suffix.
        files: its files, without those of systems and editors.
        notes: what the platform's notes in it say.
        exercises: ids of the course's exercises.
    """
    paths = [found.path for found in files if found.path]
    outer = [found.path[: found.outside] for found in files]
    if any(MOODLE.fullmatch(part) for part in {part for path in outer for part in path}) and (
        _is_moodles({path for path in outer if path}, notes)
    ):
        return Archive((), "moodle", notes, exercises)
    root: tuple[str, ...] = ()
    while True:
        names = [path[len(root) :] for path in paths if path[: len(root)] == root]
        first = {name[0] for name in names if name}
        platform = _platform(first, notes)
        if platform:
            return Archive(root, platform, notes, exercises)
        if len(first) != 1 or any(len(name) < 2 for name in names):
            break
        only = next(iter(first))
        if any(found.outside <= len(root) + 1 for found in files):
            break  # an archive, not a folder
        below = {name[1] for name in names}
        if not _is_wrapper(only, below, names, exercises):
            break
        root = (*root, only)
    parsed = [parse_name(PurePosixPath(name).stem, exercises) for name in first]
    students = are_numbered_students(_exercises_held(names, exercises), exercises)
    if first and all(one.impersonal for one in parsed) and not students:
        owner = root[-1] if root else archive
        return Archive(root, "folder", {}, exercises, owner_in(owner, exercises) or owner)
    folders = {path[len(root)] for path in outer if len(path) > len(root) + 1}
    stamps = _stamps(root, first, notes)
    return Archive(root, "folder", stamps, exercises, prefix=_prefix(folders, exercises))


def _is_moodles(paths: Collection[tuple[str, ...]], notes: Mapping[str, Note]) -> bool:
    """Whether Moodle named the submissions in a folder.

    Students name folders, too, but only below what the platform has named. So half of the
    submissions in a folder have to be Moodle's, however many files they contain; or whatever
    contains work is Moodle's or a folder of which the same is true.

    Args:
        paths: the paths of the files in the folder.
        notes: what the platform's notes say.
    """
    inside: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for path in paths:
        inside[path[0]].add(path[1:])
    submissions = {_submission(name) for name in inside}
    moodles = sum(platform == "moodle" for platform, *_ in submissions)
    if moodles and 2 * moodles >= len(submissions):
        return True
    work = {
        name: below
        for name, below in inside.items()
        if any(_is_work(path[-1] if path else name) for path in below)
    }
    return bool(work) and all(
        _submission(name)[0] == "moodle"
        or (() not in below and not _is_submission(name, notes) and _is_moodles(below, notes))
        for name, below in work.items()
    )


def _submission(name: str) -> tuple[str, ...]:
    """The platform that named a submission, with what it calls it; "" if none of these did.

    Behind what the platform writes a student's own name may look like another platform's.
    """
    moodle, canvas = MOODLE.fullmatch(name), canvas_name(name)
    if moodle and (canvas is None or moodle.end("name") <= canvas.end("name")):
        return "moodle", moodle["name"], moodle["id"]
    if canvas:
        return "canvas", canvas["name"], canvas["id"]
    return "", name


def _is_submission(name: str, notes: Mapping[str, Note]) -> bool:
    """Whether a folder is certainly a submission on Gradescope or in nbgrader's exchange."""
    return INBOUND.fullmatch(name) is not None or (
        GRADESCOPE.fullmatch(name) is not None and name in notes
    )


def _is_work(name: str) -> bool:
    return name.lower().endswith(".zip") or notebook_stem(Path(name)) is not None


def _stamps(
    root: tuple[str, ...], students: Collection[str], notes: Mapping[str, Note]
) -> dict[str, Note]:
    """nbgrader's time stamps, if it has written one for most students; else they are students'."""
    stamps = {
        key: note
        for key, note in notes.items()
        if len(path := key.split("/")) == len(root) + 2
        and path[:-2] == [*root]
        and not INBOUND.fullmatch(path[-1])
    }
    stamped = {key.split("/")[len(root)] for key in stamps}
    return stamps if 2 * len(stamped.intersection(students)) > len(students) else {}


def _exercises_held(
    paths: Collection[tuple[str, ...]], exercises: Collection[str]
) -> dict[str, set[str]]:
    """The exercises that the names in each file's or folder's first level mention."""
    held: dict[str, set[str]] = {path[0]: set() for path in paths if path}
    for name, inside in {path[:2] for path in paths if len(path) > 1}:
        exercise = exercise_in(PurePosixPath(inside).stem, exercises)
        if exercise is not None:
            held[name].add(exercise)
    return held


def _prefix(folders: Collection[str], exercises: Collection[str]) -> str:
    """What the names of several folders begin with, if that is an exercise and a separator."""
    if len(folders) < 2:
        return ""
    pairs = zip(min(folders), max(folders), strict=False)
    same = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    start = same[: max(same.rfind(mark) for mark in "-_ ") + 1]
    return start if exercise_in(start.rstrip("-_ "), exercises) else ""


def _platform(first: Collection[str], notes: Mapping[str, Note]) -> str:
    if not first:
        return ""
    for platform, matches in (("inbound", INBOUND.fullmatch), ("canvas", canvas_name)):
        if 2 * sum(matches(name) is not None for name in first) >= len(first):
            return platform
    if any(GRADESCOPE.fullmatch(name) and name in notes for name in first):
        return "gradescope"
    return ""


def _is_wrapper(
    name: str,
    below: Collection[str],
    names: Collection[tuple[str, ...]],
    exercises: Collection[str],
) -> bool:
    """Whether a single folder contains a class rather than what one student handed in."""
    parsed = parse_name(name, exercises)
    if parsed.impersonal:
        return exercise_in(name, exercises) is None or len(below) > 1
    inner = [parse_name(PurePosixPath(one).stem, exercises) for one in below]
    return any(not one.impersonal for one in inner) and (
        len(below) > 1 or any(len(one) > 2 for one in names)
    )
