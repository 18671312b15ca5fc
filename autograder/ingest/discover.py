"""Find the submissions in what an instructor points at: by student, exercise and file.

`autograder.ingest.layout` decides what a folder is, `autograder.ingest.student_folder` searches one
student's folder, and `autograder.ingest.choose` picks one of several files. Whatever could not be
assigned or was not chosen is reported, so nothing that was submitted disappears silently.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.ingest import notices
from autograder.ingest.choose import Candidate, candidate, choose
from autograder.ingest.disguised import may_be_disguised
from autograder.ingest.filenames import bare_stem, is_backup, notebook_stem, parse_name
from autograder.ingest.layout import Entry, Layout, detect_layout, list_entries
from autograder.ingest.names import Student, lookalikes, readable, student_named
from autograder.ingest.recognize import Handouts, Inspector
from autograder.ingest.student_folder import scan_student_folder
from autograder.ingest.submission import (
    Discovered,
    NotGraded,
    Notice,
    Other,
    Submission,
    Ungraded,
)
from autograder.ingest.walk import ClosedFolder, walk


def discover(
    paths: Iterable[Path],
    exercises: Collection[str],
    exercise: str | None,
    out: Path | None = None,
    *,
    handouts: Handouts | None = None,
    fold_case: bool = False,
) -> Discovered:
    """Find every submission below ``paths``.

    Args:
        paths: notebooks or folders, as given on the command line.
        exercises: ids of the course's exercises.
        exercise: the exercise given by ``--exercise``, if any.
        out: where results are written; this folder is skipped among the students' folders.
        handouts: used to recognize notebooks whose names do not give an exercise.
        fold_case: whether the results' file system ignores case; see
            `autograder.ingest.names.student_named`.
    """
    search = _Search(
        tuple(sorted(exercises)), out and out.resolve(), handouts or Handouts(), fold_case
    )
    for path in paths:
        try:
            search.add_path(path, exercise)
        except OSError as error:
            search.say(notices.closed(path, error))
            # What could not be read must not count as deleted.
            search.roots = [root for root in search.roots if root != path.resolve()]
    return search.result()


@dataclass
class _Search:
    """Collects candidates from every given path, then chooses among them."""

    exercises: tuple[str, ...]
    out: Path | None
    handouts: Handouts
    fold_case: bool
    candidates: list[Candidate] = field(default_factory=list)
    ungraded: list[Ungraded] = field(default_factory=list)
    said: list[Notice] = field(default_factory=list)
    roots: list[Path] = field(default_factory=list)
    closed: list[Path] = field(default_factory=list)
    inspectors: dict[Path, Inspector] = field(default_factory=dict)

    def say(self, notice: Notice) -> None:
        self.said.append(notice)

    # --- collecting candidates --------------------------------------------------------------------

    def add_path(self, path: Path, requested: str | None) -> None:
        if not path.is_dir() or (notebook_stem(path) is not None and not walk(path).notebooks):
            self._add_file(_absolute(path), requested)
            return
        root = path.resolve()  # links that the instructor points at are followed
        entries = list_entries(root, self.exercises, self.out)
        self.roots.append(root)
        match detect_layout(root, entries, self.exercises, requested):
            case Layout.EMPTY, _:
                self.say(notices.nothing(root, empty=not any(root.iterdir())))
            case Layout.ONE_EXERCISE, exercise:
                self._add_student(root.parent.name, root, requested, exercise)
            case Layout.ONE_STUDENT, _:
                self._add_student(root.name, root, requested)
            case Layout.CLASS_BY_EXERCISE, _:
                for entry in entries:
                    if entry.has_submission and requested in (None, entry.exercise):
                        self._add_class_of_exercise(entry.path, entry.exercise)
            case Layout.CLASS, exercise:
                self._add_class(root, entries, requested or exercise)

    def _add_file(self, path: Path, requested: str | None) -> None:
        """A file given on the command line."""
        self.roots.append(path)
        stem = bare_stem(path.name)
        name = parse_name(stem, self.exercises)
        folder = parse_name(path.parent.name, self.exercises)
        folder_exercise = folder.exercise if folder.impersonal else None
        exercise = requested or name.exercise or folder_exercise
        raw = stem
        if folder_exercise is not None:
            raw = path.parent.parent.name  # alice/02_im2col/anything.ipynb
        elif name.exercise is not None and name.impersonal:
            raw = path.parent.name  # alice/02_im2col.ipynb
        student = self._student(raw or stem)
        if exercise is None:
            exercise = self._inspector(path).inspect(path, path).exercise
        if exercise is None:
            self._report_ungraded(
                Ungraded(student, path, NotGraded.WHICH_EXERCISE, (readable(path.name),))
            )
        else:
            self._add_candidate(student, exercise, path, path)

    def _add_class(self, root: Path, entries: list[Entry], requested: str | None) -> None:
        """A folder of ``<student>.ipynb``, of students' folders, or of both."""
        notebooks = [entry for entry in entries if entry.notebook]
        folders = any(
            entry.folder and entry.has_submission and not entry.exercise for entry in entries
        )
        stems = {notebook_stem(entry.path) for entry in notebooks}
        unknown: list[str] = []
        for entry in entries:
            if entry.exercise and (entry.folder or folders):
                self.say(notices.odd_exercise(entry.path, folder=entry.folder))
            elif entry.notebook:
                if not self._add_loose_notebook(entry, requested):
                    unknown.append(entry.path.name)
            elif entry.folder and notebooks and not folders and not entry.has_submission:
                self.say(notices.no_notebook(entry.path))
            elif entry.folder:
                self._add_student(entry.path.name, entry.path, requested)
            elif is_backup(entry.path.name) and bare_stem(entry.path.name) in stems:
                continue
            elif entry.has_submission and (exercise := requested or self._disguised(entry.path)):
                student = self._student(bare_stem(entry.path.name))
                self._add_candidate(student, exercise, entry.path, entry.path)
            elif entry.has_submission and entry.path.stem not in stems:
                self.say(notices.not_a_notebook(entry.path))
        if unknown:
            self.say(notices.unknown_exercise(root, unknown, self.exercises))

    def _disguised(self, path: Path) -> str | None:
        """The exercise of a notebook that is not named like one."""
        return (
            self._inspector(path).inspect(path, path).exercise
            if may_be_disguised(path.name)
            else None
        )

    def _add_class_of_exercise(self, folder: Path, exercise: str | None) -> None:
        try:
            below = list_entries(folder, self.exercises, self.out)
        except OSError as error:  # the other exercises are graded all the same
            self.say(notices.closed(folder, error))
            self.closed.append(folder)
        else:
            self._add_class(folder, below, exercise)

    def _add_loose_notebook(self, entry: Entry, requested: str | None) -> bool:
        """A notebook next to others in a class's folder; returns whether its exercise is known."""
        student = self._student(notebook_stem(entry.path) or "")
        path, root = _notebook_in(entry.path), entry.path
        if entry.name.impersonal:
            self.say(notices.impersonal(entry.path))
        exercise = requested or entry.name.exercise
        exercise = exercise or self._inspector(root).inspect(path, root).exercise
        if exercise is None:
            self.ungraded.append(
                Ungraded(student, path, NotGraded.WHICH_EXERCISE, (readable(path.name),))
            )
            return False
        self._add_candidate(student, exercise, path, root)
        return True

    def _add_student(
        self, raw: str, folder: Path, requested: str | None, folder_exercise: str | None = None
    ) -> None:
        """A student's folder, or their folder for one exercise."""
        student = self._student(raw)
        if folder.is_symlink() and requested is None:
            self._report_ungraded(Ungraded(student, folder, NotGraded.LINK))
            return
        try:
            found = scan_student_folder(
                student,
                folder,
                self.exercises,
                requested,
                folder_exercise,
                self._inspector(folder).inspect,
            )
        except OSError as error:
            self._report_closed(student, folder, ClosedFolder.of(folder, error))
            return
        self.candidates += found.candidates
        for closed in found.closed:
            self._report_closed(student, folder, closed)
        if not found.candidates:
            for one in found.ungraded:
                self._report_ungraded(one)
        elif found.ungraded:
            self.ungraded += found.ungraded
            names = ", ".join(str(one.path.relative_to(folder)) for one in found.ungraded[:4])
            self.say(notices.some_unknown(folder, names))
        if not found.complete:
            self.say(notices.too_many_files(folder))

    def _report_ungraded(self, one: Ungraded) -> None:
        """Record a student's submission that cannot be graded, and tell the instructor."""
        self.ungraded.append(one)
        self.say(notices.not_graded(one, self.exercises))

    def _report_closed(self, student: Student, folder: Path, closed: ClosedFolder) -> None:
        """Record that something below a student's folder cannot be read."""
        name = f"{readable(closed.path.relative_to(folder.parent))} ({closed.reason})"
        self.ungraded.append(Ungraded(student, closed.path, NotGraded.CLOSED, (name,)))
        self.say(notices.closed_folder(closed))

    # --- choosing among them ----------------------------------------------------------------------

    def result(self) -> Discovered:
        groups: dict[tuple[str, str], dict[tuple[int, int] | Path, Candidate]] = defaultdict(dict)
        for one in self.candidates:
            groups[one.student.key, one.exercise].setdefault(_identity(one.path), one)
        submissions = [self._submission([*groups[key].values()]) for key in sorted(groups)]
        self.said += notices.several([one for one in submissions if one.others])
        self._report_lookalikes(submissions)
        self._report_hard_links(submissions)
        ungraded = sorted(self.ungraded, key=lambda one: (one.student.key, one.path))
        return Discovered(
            tuple(submissions),
            tuple(self.said),
            tuple(ungraded),
            tuple(self.roots),
            tuple(self.closed),
        )

    def _submission(self, group: list[Candidate]) -> Submission:
        chosen, rest = choose(group, Inspector(self.handouts).inspect)
        others = tuple(Other(_display_path(one), why) for one, why in rest)
        name = chosen.student.name
        return Submission(
            chosen.student.key,
            chosen.exercise,
            chosen.path,
            chosen.root,
            "" if name == chosen.student.key else name,
            others,
        )

    def _report_lookalikes(self, submissions: list[Submission]) -> None:
        students = {Student(s.student, s.name or s.student) for s in submissions}
        for group in lookalikes(students):
            self.say(notices.alike(one.key for one in group))

    def _report_hard_links(self, submissions: list[Submission]) -> None:
        by_file: dict[tuple[int, int], list[str]] = defaultdict(list)
        for one in submissions:
            try:
                status = os.lstat(one.path)
            except OSError:
                continue
            if status.st_nlink > 1 and not one.path.is_dir():
                by_file[status.st_dev, status.st_ino].append(f"{one.name or one.student}")
        for names in by_file.values():
            if len(set(names)) > 1:
                self.say(notices.hard_link({*names}))

    # --- helpers ----------------------------------------------------------------------------------

    def _add_candidate(self, student: Student, exercise: str, path: Path, root: Path) -> None:
        self.candidates.append(candidate(student, exercise, path, root, self.exercises))

    def _student(self, raw: str) -> Student:
        return student_named(raw, fold_case=self.fold_case)

    def _inspector(self, root: Path) -> Inspector:
        return self.inspectors.setdefault(root, Inspector(self.handouts))


def _display_path(one: Candidate | Submission) -> str:
    return readable(one.path.relative_to(one.root.parent))


def _notebook_in(path: Path) -> Path:
    """The first notebook in a folder named like ``alice.ipynb``, if any; else the path itself.

    Where something in it cannot be read, it is that: grading it says why.
    """
    if path.is_symlink() or not path.is_dir():
        return path
    try:
        tree = walk(path)
    except OSError:
        return path
    found = [one.path for one in tree.closed] or tree.notebooks
    return found[0] if found else path


def _identity(path: Path) -> tuple[int, int] | Path:
    """What two paths of the same file have in common, links not followed."""
    try:
        status = os.lstat(path)
    except OSError:
        return _absolute(path)
    return status.st_dev, status.st_ino


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 (no link is followed)
