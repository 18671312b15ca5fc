"""The outcome of looking through what was submitted: what to grade, what not, and why.

These are facts; `autograder.messages.hand_ins` puts them into words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from autograder.ingest.names import Student, readable
from autograder.text import Text


class NotCounted(StrEnum):
    """Why another submission for the same exercise does not count."""

    OLDER = "older"
    UNREADABLE = "unreadable"
    UNTOUCHED = "untouched"
    """It is the unmodified handout."""
    OTHER_EXERCISE = "other_exercise"
    """It is evidently the notebook of another exercise."""
    NO_NOTEBOOK = "no_notebook"


class NotGraded(StrEnum):
    """Why a submission is not graded."""

    EMPTY_FOLDER = "empty_folder"
    LINK = "link"
    """The folder is a symbolic link to another folder."""
    CLOSED = "closed"
    """The grader has no permission to read the folder, or one in it."""
    NO_NOTEBOOK = "no_notebook"
    """There are only other files."""
    WHICH_EXERCISE = "which_exercise"
    """Its exercise is in neither its name nor its content."""
    NOT_COLLECTED = "not_collected"
    """`autograder collect` has found nothing that can be kept."""
    ABSENT = "absent"
    """There is no submission: a student of the roster has handed in nothing at all."""


@dataclass(frozen=True)
class Other:
    """A submission that does not count because there is a newer or better one.

    Attributes:
        file: its path as text, relative to the folder that contains the student's submission.
        why: why it does not count.
    """

    file: str
    why: NotCounted


@dataclass(frozen=True)
class Submission:
    """One student's submission for one exercise.

    Attributes:
        student: the student's key, which is the name of their folder in the results.
        exercise: the exercise's id.
        path: the file, or a folder without a notebook.
        root: the file or folder that was submitted; no link may lead outside it.
        name: the student's display name; "" if it equals the key.
        others: what else the student submitted for this exercise.
    """

    student: str
    exercise: str
    path: Path
    root: Path
    name: str = ""
    others: tuple[Other, ...] = ()

    @property
    def file(self) -> str:
        """The path as text, whatever the encoding of its names."""
        return readable(self.path)


@dataclass(frozen=True)
class Ungraded:
    """A submission that is not graded.

    Attributes:
        student: the student who submitted it.
        path: its path.
        why: why it is not graded.
        files: names of the files concerned.
    """

    student: Student
    path: Path
    why: NotGraded
    files: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The path as text, whatever the encoding of its names."""
        return readable(self.path)


@dataclass(frozen=True)
class Notice:
    """A line for the instructor, as `autograder.ingest.notices` words it.

    Attributes:
        text: the line, without control characters; in English only if it is ``listed``.
        needs_you: whether something could not be assigned and needs the instructor.
        listed: whether the class page lists what it is about by itself.
    """

    text: Text
    needs_you: bool = False
    listed: bool = False


@dataclass(frozen=True)
class Discovered:
    """Everything that was found, in a fixed order.

    Attributes:
        submissions: what to grade, one per student and exercise.
        said: what the instructor is told.
        ungraded: what is not graded although its student is known.
        roots: the folders and files that were searched.
        closed: folders of several students below them that could not be read.
    """

    submissions: tuple[Submission, ...]
    said: tuple[Notice, ...] = ()
    ungraded: tuple[Ungraded, ...] = ()
    roots: tuple[Path, ...] = ()
    closed: tuple[Path, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """For the terminal: what could not be assigned and needs the instructor."""
        return tuple(one.text["en"] for one in self.said if one.needs_you)

    @property
    def notices(self) -> tuple[str, ...]:
        """For the terminal: decisions that the instructor may want to know about."""
        return tuple(one.text["en"] for one in self.said if not one.needs_you)

    @property
    def ungraded_students(self) -> tuple[Ungraded, ...]:
        """What is not graded, for students who have nothing else that is graded."""
        graded = {submission.student for submission in self.submissions}
        return tuple(one for one in self.ungraded if one.student.key not in graded)
