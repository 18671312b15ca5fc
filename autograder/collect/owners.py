"""Whose is a file? Decided by its path, in the way of the platform that made the archive.

    platform     path
    ───────────  ──────────────────────────────────────────────────────────────────────────────────
    Moodle       Full name_1234567_assignsubmission_file/work.ipynb; before 4.1 with _ before the /;
                 or flat: Full name_1234567_assignsubmission_file_work.ipynb
    Canvas       lastnamefirst_LATE_12345_67890_work-1.ipynb, or LATE_anon_Ab1c2_67890_work.ipynb
    Gradescope   submission_1234567/work.ipynb, beside submission_metadata.yml
    nbgrader     student/02_im2col/work.ipynb with timestamp.txt, or inbound:
                 student+02_im2col+2026-05-01 10:00:00.123456 UTC+xyz/work.ipynb
    a folder     student/…/work.ipynb, student.ipynb, student_02_im2col.ipynb, student.zip
    clones       GitHub Classroom's: cnn-02-im2col-student/work.ipynb, with one beginning for all

Only the part of a path that the platform wrote is looked at. What a student's own archive contains
cannot say that it is somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from autograder.collect.files import Found
from autograder.ingest.filenames import bare_stem, is_ignored, parse_name

MOODLE = re.compile(
    r"(?P<source>(?P<name>(?s:.)+?)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_|$))(?P<rest>.*)"
)
_ATTACHMENT = r"(?:(?P<attachment>\d+)_(?=.)|(?=(?:text|link|media)\w*\.html))"
_CANVAS = (
    # With anonymous grading: ids of letters and digits, and LATE before them.
    re.compile(
        rf"(?P<source>(?:(?P<late>LATE)_)?(?P<name>anon)_(?P<id>[A-Za-z0-9]+)_{_ATTACHMENT})"
        r"(?P<rest>.+)",
        re.S,
    ),
    re.compile(
        rf"(?P<source>(?P<name>.+?)(?:_(?P<late>LATE))?_(?P<id>\d+)_{_ATTACHMENT})(?P<rest>.+)",
        re.S,
    ),
)
GRADESCOPE = re.compile(r"submission_(?P<id>\d+)")
METADATA = "submission_metadata.yml"
TIMESTAMP = "timestamp.txt"
INBOUND = re.compile(
    r"(?P<name>[^+]+)\+(?P<assignment>[^+]+)\+"
    r"(?P<time>\d{4}-\d\d-\d\d \d\d[:_]\d\d[:_]\d\d[^+]*)(?:\+.*)?"
)


def moodle_number(source: str) -> str:
    """Moodle's number in what it calls a submission; "" if it is not Moodle's."""
    match = MOODLE.fullmatch(source)
    return match["id"] if match else ""


@dataclass(frozen=True)
class Submitter:
    """A student as a platform knows them; what it does not tell is "".

    Attributes:
        platform: ``moodle``, ``canvas``, ``gradescope``, ``nbgrader`` or ``folder``.
        name: the name as it is in the path or the platform's notes.
        id: the platform's number for the student (or for their submission, on Moodle).
        number: the student number.
        email: the address.
    """

    platform: str
    name: str
    id: str = ""
    number: str = ""
    email: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells two submitters apart."""
        return self.platform, self.name, self.number or self.email or self.id


@dataclass(frozen=True)
class Note:
    """What a platform's own notes say about one submission."""

    submitters: tuple[Submitter, ...] = ()
    time: datetime | None = None


@dataclass(frozen=True)
class Owned:
    """A file with its student.

    Attributes:
        found: the file.
        submitter: whose it is.
        rest: the components of its path that the platform did not write.
        source: what the platform calls the submission: the folder, or the start of the file's name.
        late: whether the platform marks it as late.
        sequence: a number that is greater for what was uploaded later, if there is one.
        time: when it was handed in, if that is known.
        assignment: what the platform calls the assignment, if the path tells.
    """

    found: Found
    submitter: Submitter
    rest: tuple[str, ...]
    source: str = ""
    late: bool = False
    sequence: int = 0
    time: datetime | None = None
    assignment: str = ""


@dataclass(frozen=True)
class Archive:
    """What has to be known about a whole archive to tell whose its files are.

    Attributes:
        root: components above the submissions, the same for all of them.
        platform: the platform by the names of all its files.
        notes: what the platform's notes say, by submission.
        exercises: ids of the course's exercises.
        alone: the student that the whole archive is of, by its own name; "" if it is a class.
        prefix: what the names of all folders begin with, if that names the exercise.
    """

    root: tuple[str, ...] = ()
    platform: str = "folder"
    notes: Mapping[str, Note] = field(default_factory=dict)
    exercises: Collection[str] = ()
    alone: str = ""
    prefix: str = ""

    def reads(self, found: Found) -> bool:
        """Whether a file is a note that this platform has written, where it writes them."""
        name, inside = found.path[-1], found.path[len(self.root) :]
        match self.platform:
            case "gradescope":
                return name == METADATA
            case "inbound":
                return name == TIMESTAMP and len(inside) == 2
            case "folder":
                return name == TIMESTAMP and len(inside) == 3 and self._stamp(inside) != Note()
        return False

    def _stamp(self, inside: tuple[str, ...]) -> Note:
        """nbgrader's time stamp in ``<student>/<assignment>/``, or the time in an inbound name."""
        depth = 1 if self.platform == "inbound" else 2
        return self.notes.get("/".join((*self.root, *inside[:depth])), Note())

    def owners(self, found: Found) -> list[Owned]:
        """Whose a file is: nobody known, one student, or all members of a group."""
        inside = found.path[len(self.root) :]
        if found.path[: len(self.root)] != self.root or not inside:
            return []
        outside = max(1, found.outside - len(self.root))
        match self.platform:
            case "moodle":
                return _moodle(found, inside, outside)
            case "canvas":
                return _canvas(found, inside)
            case "gradescope":
                return self._gradescope(found, inside)
            case "inbound":
                return self._inbound(found, inside)
        return self._folder(found, inside)

    def _gradescope(self, found: Found, inside: tuple[str, ...]) -> list[Owned]:
        note = self.notes.get(inside[0])
        if note is None or len(inside) < 2:
            return []
        return [Owned(found, one, inside[1:], inside[0], time=note.time) for one in note.submitters]

    def _inbound(self, found: Found, inside: tuple[str, ...]) -> list[Owned]:
        match = INBOUND.fullmatch(inside[0])
        if match is None or len(inside) < 2:
            return []
        note = self._stamp(inside)
        one = Submitter("nbgrader", match["name"], number=match["name"])
        return [
            Owned(found, one, inside[1:], inside[0], time=note.time, assignment=match["assignment"])
        ]

    def _folder(self, found: Found, inside: tuple[str, ...]) -> list[Owned]:
        if self.alone:
            return [Owned(found, Submitter("folder", self.alone), inside)]
        first = inside[0]
        if is_ignored(first):  # beside the students' folders, so it is nobody's
            return []
        note = self._stamp(inside)
        if len(inside) > 1 and found.outside > len(self.root) + 1:
            platform = "nbgrader" if self.notes else "folder"  # the same for all of a student's
            who = first.removeprefix(self.prefix)
            one = Submitter(platform, who, number=who if self.notes else "")
            source = "/".join(inside[:2]) if note.time else first
            return [Owned(found, one, inside[1:], source, time=note.time, assignment=self.prefix)]
        name = owner_in(first, self.exercises)
        return [Owned(found, Submitter("folder", name), inside)] if name else []


def _moodle(found: Found, inside: tuple[str, ...], outside: int) -> list[Owned]:
    for depth, part in enumerate(inside[:outside]):
        if match := MOODLE.fullmatch(part):
            rest = (*filter(None, [match["rest"]]), *inside[depth + 1 :])
            one = Submitter("moodle", match["name"], match["id"])
            return [Owned(found, one, rest or ("_",), match["source"])]
    return []


def canvas_name(name: str) -> re.Match[str] | None:
    """The parts of a file's name in Canvas's archive of an assignment; None if it has none."""
    return next(filter(None, (pattern.fullmatch(name) for pattern in _CANVAS)), None)


def _canvas(found: Found, inside: tuple[str, ...]) -> list[Owned]:
    match = canvas_name(inside[0])
    if match is None:
        return []
    one = Submitter("canvas", match["name"], match["id"])
    return [
        Owned(
            found,
            one,
            (match["rest"], *inside[1:]),
            match["source"],
            late=match["late"] is not None,
            sequence=int(match["attachment"] or 0),
        )
    ]


def owner_in(name: str, exercises: Collection[str]) -> str:
    """The student in the name of a file, without the exercise; "" if it names nobody."""
    stem = bare_stem(name)
    parsed = parse_name(stem, exercises)
    if parsed.impersonal:
        return ""
    if parsed.exercise is None:
        return stem
    words = re.escape(parsed.exercise).replace("_", r"[\s_.-]*")
    return re.sub(words, " ", stem, flags=re.I).strip(" _-.()") or ""
