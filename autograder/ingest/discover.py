"""Find the submissions in what an instructor points at: whose, of which exercise, in which file.

`autograder.ingest.layout` says what a folder is, `autograder.ingest.one_student` looks through one
student's, `autograder.ingest.choose` picks one of several. What cannot be placed, or was not
chosen, is said: nothing that somebody handed in vanishes.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.ingest.choose import Candidate, candidate, choose
from autograder.ingest.filenames import read_name, stem
from autograder.ingest.layout import Child, Layout, children, layout_of
from autograder.ingest.names import Student, alike, readable, student
from autograder.ingest.one_student import of_student
from autograder.ingest.recognize import Contents, Handouts
from autograder.ingest.submission import Found, NotGraded, Other, Submission, Ungraded, Why
from autograder.ingest.walk import walk
from autograder.sanitize import visible_name


def discover(
    paths: Iterable[Path],
    exercises: Collection[str],
    exercise: str | None,
    out: Path | None = None,
    *,
    handouts: Handouts | None = None,
    fold_case: bool = False,
) -> Found:
    """Find every submission below ``paths``.

    Args:
        paths: notebooks or folders, as given on the command line.
        exercises: the ids that the course has.
        exercise: the one that ``--exercise`` names, if any.
        out: where results go; a folder of that name among the students' is none of theirs.
        handouts: by which notebooks are recognised whose names say nothing.
        fold_case: whether the results' file system ignores capitals, see
            `autograder.ingest.names.student`.
    """
    search = _Search(
        tuple(sorted(exercises)), out and out.resolve(), handouts or Handouts(), fold_case
    )
    for path in paths:
        try:
            search.look_at(path, exercise)
        except OSError as error:
            search.problems.append(f"{path}: cannot be read ({error.strerror})")
            # What was not seen is not gone.
            search.roots = [root for root in search.roots if root != path.resolve()]
    return search.found()


@dataclass
class _Search:
    """One look through what was pointed at."""

    exercises: tuple[str, ...]
    out: Path | None
    handouts: Handouts
    fold_case: bool
    candidates: list[Candidate] = field(default_factory=list)
    ungraded: list[Ungraded] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    roots: list[Path] = field(default_factory=list)
    contents: dict[Path, Contents] = field(default_factory=dict)

    # --- looking ----------------------------------------------------------------------------------

    def look_at(self, path: Path, wanted: str | None) -> None:
        if not path.is_dir() or (stem(path) is not None and not walk(path).books):
            self._single(_as_named(path), wanted)
            return
        root = path.resolve()  # the instructor's own links are followed
        inside = children(root, self.exercises, self.out)
        self.roots.append(root)
        match layout_of(root, inside, self.exercises, wanted):
            case Layout.EMPTY, _:
                what = "holds no notebook" if inside else "is empty"
                self.problems.append(f"{root}: {what}. Nothing was handed in")
            case Layout.ONE_EXERCISE, exercise:
                self._student(root.parent.name, root, wanted, of=exercise)
            case Layout.ONE_STUDENT, _:
                self._student(root.name, root, wanted)
            case Layout.CLASS_BY_EXERCISE, _:
                for child in inside:
                    if child.holds and wanted in (None, child.exercise):
                        below = children(child.path, self.exercises, self.out)
                        self._class(child.path, below, child.exercise)
            case Layout.CLASS, exercise:
                self._class(root, inside, wanted or exercise)

    def _single(self, path: Path, wanted: str | None) -> None:
        """One file, which the instructor named."""
        self.roots.append(path)
        own = stem(path) or path.stem
        reading = read_name(own, self.exercises)
        folder = read_name(path.parent.name, self.exercises)
        in_exercise = folder.exercise if folder.nobodys else None
        exercise = wanted or reading.exercise or in_exercise
        raw = own
        if in_exercise is not None:
            raw = path.parent.parent.name  # alice/02_im2col/anything.ipynb
        elif reading.exercise is not None and reading.nobodys:
            raw = path.parent.name  # alice/02_im2col.ipynb
        whose = self._whose(raw or own)
        if exercise is None:
            exercise = self._contents(path).look(path, path).exercise
        if exercise is None:
            self._nothing_of(
                Ungraded(whose, path, NotGraded.WHICH_EXERCISE, (readable(path.name),))
            )
        else:
            self._add(whose, exercise, path, path)

    def _class(self, root: Path, inside: list[Child], wanted: str | None) -> None:
        """A folder of ``<student>.ipynb``, of folders of students, or of both."""
        books = [child for child in inside if child.book]
        folders = any(child.folder and child.holds and not child.exercise for child in inside)
        stems = {stem(child.path) for child in books}
        unknown: list[str] = []
        for child in inside:
            if child.exercise and (child.folder or folders):
                kind = "folder" if child.folder else "notebook"
                self.problems.append(
                    f"{child.path}: this {kind} is named like an exercise and lies among students' "
                    f"hand-ins. Whose is it? It was left out. Put it into its student's folder, or "
                    f"name it on the command line"
                )
            elif child.book:
                if not self._loose(child, wanted):
                    unknown.append(child.path.name)
            elif child.folder and books and not folders and not child.holds:
                self.notices.append(f"{child.path}: a folder without a notebook was left out")
            elif child.folder:
                self._student(child.path.name, child.path, wanted)
            elif wanted and child.holds:
                self._add(self._whose(child.path.stem), wanted, child.path, child.path)
            elif child.holds and child.path.stem not in stems:
                self.notices.append(f"{child.path}: is no notebook and was left out")
        if unknown:
            some = ", ".join(unknown[:3]) + (", …" if len(unknown) > 3 else "")
            self.problems.append(
                f"{root}: of which exercise are its notebooks ({some})? Say {self._which()}"
            )

    def _loose(self, child: Child, wanted: str | None) -> bool:
        """A notebook that lies among others; whether its exercise is known."""
        own = stem(child.path) or ""
        whose = self._whose(own)
        path, inside = _the_notebook(child.path), child.path
        if child.reading.nobodys:
            self.notices.append(
                f"{child.path}: its name says nothing of a student; it is graded under that name"
            )
        exercise = wanted or child.reading.exercise
        exercise = exercise or self._contents(inside).look(path, inside).exercise
        if exercise is None:
            self.ungraded.append(
                Ungraded(whose, path, NotGraded.WHICH_EXERCISE, (readable(path.name),))
            )
            return False
        self._add(whose, exercise, path, inside)
        return True

    def _student(self, raw: str, folder: Path, wanted: str | None, of: str | None = None) -> None:
        """One student's folder, or (``of``) their folder of one exercise."""
        whose = self._whose(raw)
        if folder.is_symlink() and wanted is None:
            self._nothing_of(Ungraded(whose, folder, NotGraded.LINK))
            return
        try:
            found = of_student(
                whose, folder, self.exercises, wanted, of, self._contents(folder).look
            )
        except OSError as error:
            self._nothing_of(Ungraded(whose, folder, NotGraded.CLOSED, (error.strerror or "",)))
            return
        self.candidates += found.candidates
        if not found.candidates:
            for one in found.ungraded:
                self._nothing_of(one)
        elif found.ungraded:
            self.ungraded += found.ungraded
            names = ", ".join(str(one.path.relative_to(folder)) for one in found.ungraded[:4])
            self.notices.append(f"{folder}: of no exercise that is known, so not graded: {names}")
        if not found.whole:
            self.problems.append(f"{folder}: holds too many files; not all were looked at")

    def _nothing_of(self, one: Ungraded) -> None:
        """Note that nothing of a student's can be graded, and tell the instructor."""
        self.ungraded.append(one)
        some = ", ".join(one.files[:4]) + (", …" if len(one.files) > 4 else "")
        what = {
            NotGraded.EMPTY_FOLDER: "is empty. Nothing was handed in",
            NotGraded.LINK: "is a link to another folder. The folder itself has to be handed in",
            NotGraded.CLOSED: f"cannot be read ({some})",
            NotGraded.NO_NOTEBOOK: f"holds no notebook, only {some}",
            NotGraded.WHICH_EXERCISE: f"of which exercise is {some}? Say {self._which()}, or name "
            "the file like it",
        }
        self.problems.append(f"{one.path}: {what[one.why]}")

    # --- putting together -------------------------------------------------------------------------

    def found(self) -> Found:
        groups: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
        for one in self.candidates:
            group = groups[one.student.key, one.exercise]
            if not any(_same_file(one.path, other.path) for other in group):
                group.append(one)
        submissions = [self._submission(groups[key]) for key in sorted(groups)]
        self._say_what_is_alike(submissions)
        ungraded = sorted(self.ungraded, key=lambda one: (one.student.key, one.path))
        return Found(
            tuple(submissions),
            tuple(_line(problem) for problem in self.problems),
            tuple(_line(notice) for notice in self.notices),
            tuple(ungraded),
            tuple(self.roots),
        )

    def _submission(self, group: list[Candidate]) -> Submission:
        chosen, rest = choose(group, Contents(self.handouts).look)
        others = tuple(Other(_from_hand_in(one), why) for one, why in rest)
        name = chosen.student.name
        if others:
            files = ", ".join(f"{other.file} ({_WHY[other.why]})" for other in others[:4])
            more = ", …" if len(others) > 4 else ""
            self.notices.append(
                f"{name} · {chosen.exercise}: {_from_hand_in(chosen)} is graded, not {files}{more}"
            )
        return Submission(
            chosen.student.key,
            chosen.exercise,
            chosen.path,
            chosen.inside,
            "" if name == chosen.student.key else name,
            others,
        )

    def _say_what_is_alike(self, submissions: list[Submission]) -> None:
        students = {Student(s.student, s.name or s.student) for s in submissions}
        for group in alike(students):
            names = ", ".join(one.key for one in group)
            self.notices.append(
                f"{names}: these names look alike and were graded apart. If they are one student, "
                f"hand in under one name"
            )
        by_file: dict[tuple[int, int], list[str]] = defaultdict(list)
        for one in submissions:
            try:
                status = os.lstat(one.path)
            except OSError:
                continue
            if status.st_nlink > 1 and not one.path.is_dir():
                by_file[status.st_dev, status.st_ino].append(f"{one.name or one.student}")
        for names_of_one in by_file.values():
            if len(set(names_of_one)) > 1:
                self.notices.append(
                    f"{', '.join(sorted(set(names_of_one)))}: handed in the same file on disk (a "
                    f"hard link), not copies of it"
                )

    # --- helpers ----------------------------------------------------------------------------------

    def _add(self, whose: Student, exercise: str, path: Path, inside: Path) -> None:
        self.candidates.append(candidate(whose, exercise, path, inside, self.exercises))

    def _whose(self, raw: str) -> Student:
        return student(raw, fold_case=self.fold_case)

    def _contents(self, inside: Path) -> Contents:
        return self.contents.setdefault(inside, Contents(self.handouts))

    def _which(self) -> str:
        return f"--exercise ID, one of {', '.join(self.exercises)}"


_WHY = {
    Why.OLDER: "older",
    Why.UNREADABLE: "cannot be read",
    Why.UNTOUCHED: "as it was handed out",
    Why.NO_NOTEBOOK: "no notebook",
}


def _from_hand_in(one: Candidate) -> str:
    return readable(one.path.relative_to(one.inside.parent))


def _line(text: str) -> str:
    return visible_name(readable(text))


def _the_notebook(path: Path) -> Path:
    """The file; of a folder called ``alice.ipynb`` the notebook in it, if there is one."""
    books = walk(path).books if path.is_dir() and not path.is_symlink() else ()
    return books[0] if books else path


def _same_file(one: Path, other: Path) -> bool:
    try:
        return os.path.samestat(os.lstat(one), os.lstat(other))
    except OSError:
        return _as_named(one) == _as_named(other)


def _as_named(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 (the name as it is: no link is followed)
