"""What the results and pages of a run are made from, as short keys to compare with earlier runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import autograder
from autograder import report
from autograder.corrections.apply import NO_CORRECTIONS, Corrections
from autograder.corrections.read import FILE as CORRECTIONS
from autograder.course.load import course_sha256, exercise_sha256s
from autograder.course.models import Course
from autograder.files import read_below
from autograder.ingest import Submission
from autograder.ingest.hand_ins import HandIns
from autograder.run.unchanged import key_of, stamps_below
from autograder.sandbox.host.isolation import Level


@dataclass(frozen=True)
class Facts:
    """Everything but the submissions' files that results and pages depend on.

    Attributes:
        course: the course.
        level: the isolation.
        lang: the pages' language.
        hand_ins: what is known about the submissions.
        out: the output folder.
        whole: the course's fingerprint.
        exercises: that of what each exercise's grades depend on.
        program: a key of the program itself: a newer one may write other pages.
    """

    course: Course
    level: Level
    lang: str
    hand_ins: HandIns
    out: Path
    whole: str
    exercises: Mapping[str, str]
    program: str

    @classmethod
    def of(cls, course: Course, level: Level, lang: str, hand_ins: HandIns, out: Path) -> Facts:
        """The facts as they are now; `replace` keeps the fingerprints."""
        files = stamps_below(Path(autograder.__file__).parent)
        program = key_of([one for one in files if not one[0].endswith(".pyc")])
        whole, exercises = course_sha256(course), exercise_sha256s(course)
        return cls(course, level, lang, hand_ins, out, whole, exercises, program)

    def key(self, submission: Submission) -> str:
        """The key of one submission's result and page."""
        name = self.hand_ins.name(submission.student)
        hand_in = self.hand_ins.of(submission.student, submission.exercise)
        return key_of(self._shared, self.exercises[submission.exercise], name, hand_in)

    def keys(self, submissions: Iterable[Submission]) -> dict[tuple[str, str], str]:
        """The keys of several submissions, by student and exercise."""
        return {(one.student, one.exercise): self.key(one) for one in submissions}

    def key_of_tables(self) -> str:
        """The key of the class page and grades.csv, apart from the results."""
        return key_of(self._shared, self.whole, self.hand_ins)

    def corrections(self) -> Corrections:
        """The corrections of the run's folder."""
        asks = any(exercise.questions for exercise in self.course.exercises)
        if not (asks or self.course.policy.deadlines) and not os.path.lexists(
            self.out / CORRECTIONS
        ):
            return NO_CORRECTIONS
        return report.read_shown(self.out, self.course, self.hand_ins).corrections

    @cached_property
    def _shared(self) -> str:
        """What every result and page depends on."""
        return key_of(
            self.program, str(self.level), self.lang, self._corrections, repr(self.course.policy)
        )

    @cached_property
    def _corrections(self) -> str:
        """The table of corrections, and what the names in it may refer to."""
        try:
            table = read_below(self.out / CORRECTIONS, self.out)
        except FileNotFoundError:
            return ""
        except OSError as error:
            return str(error)
        return key_of(table, self.hand_ins)
