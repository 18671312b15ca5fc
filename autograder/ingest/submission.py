"""What looking through the hand-ins gives: what is to be graded, what is not, and why.

Facts only: `autograder.messages.hand_ins` says them to students and instructors.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from autograder.ingest.names import Student, readable


class Why(StrEnum):
    """Why another hand-in for the same exercise is not the one that counts."""

    OLDER = "older"
    UNREADABLE = "unreadable"
    UNTOUCHED = "untouched"
    """It is the handout as it was."""
    NO_NOTEBOOK = "no_notebook"


class NotGraded(StrEnum):
    """Why something that was handed in is not graded."""

    EMPTY_FOLDER = "empty_folder"
    LINK = "link"
    """The folder is a link to another."""
    CLOSED = "closed"
    """The grader may not read the folder."""
    NO_NOTEBOOK = "no_notebook"
    """There are other files only."""
    WHICH_EXERCISE = "which_exercise"
    """Neither its name nor what is in it says of which exercise it is."""


@dataclass(frozen=True)
class Other:
    """A hand-in that does not count, for there is a newer or better one.

    Attributes:
        file: its path for people, beginning with the folder or file that was handed in.
        why: why it does not count.
    """

    file: str
    why: Why


@dataclass(frozen=True)
class Submission:
    """One notebook handed in.

    Attributes:
        student: the student's key, the name of their folder in the results.
        exercise: the exercise's id.
        path: the file, or the folder that holds none.
        inside: the file or folder that was handed in; no link may lead out of it.
        name: the student's name for people; "" if it is the key.
        others: what else the student handed in for this exercise.
    """

    student: str
    exercise: str
    path: Path
    inside: Path
    name: str = ""
    others: tuple[Other, ...] = ()

    @property
    def file(self) -> str:
        """The path as text, whatever encoding its names are in."""
        return readable(self.path)


@dataclass(frozen=True)
class Ungraded:
    """Something handed in that is not graded.

    Attributes:
        student: whose it is.
        path: where it is.
        why: why it is not graded.
        files: names of the files that it is about.
    """

    student: Student
    path: Path
    why: NotGraded
    files: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The path as text, whatever encoding its names are in."""
        return readable(self.path)


@dataclass(frozen=True)
class Found:
    """What was found, in a fixed order.

    Attributes:
        submissions: what is to be graded, one a student and exercise.
        problems: in words, what could not be placed and needs the instructor.
        notices: in words, what was decided and the instructor may want to know.
        ungraded: what is not graded, of students whose it is known to be.
        roots: the folders and files that were looked through.
    """

    submissions: tuple[Submission, ...]
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    ungraded: tuple[Ungraded, ...] = ()
    roots: tuple[Path, ...] = ()

    @property
    def of_nobody_graded(self) -> tuple[Ungraded, ...]:
        """What is not graded of students of whom nothing else is."""
        graded = {submission.student for submission in self.submissions}
        return tuple(one for one in self.ungraded if one.student.key not in graded)
