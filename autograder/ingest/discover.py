"""Find the submissions in what an instructor points at: whose, of which exercise, in which file.

Three layouts: one notebook; a folder of ``<student>.ipynb`` for one exercise; and nbgrader's
``submitted/``, ``<student>/<exercise>[/…]/*.ipynb`` (or ``<student>/<exercise>.ipynb``). What
cannot be placed is named in `Found.problems`, never dropped in silence.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.ingest.filenames import (
    exercise_in,
    folder_name,
    ignored,
    may_be_a_submission,
    printable,
    shown,
    stem,
)
from autograder.ingest.find_notebooks import notebooks


@dataclass(frozen=True)
class Submission:
    """One notebook handed in.

    Attributes:
        student: the student's name, fit for a folder's.
        exercise: the exercise's id.
        path: the file (or what stands in its place).
        inside: the folder (or file) that was handed in; links may not lead out of it.
    """

    student: str
    exercise: str
    path: Path
    inside: Path


@dataclass(frozen=True)
class Found:
    """Submissions in a fixed order, and what could not be placed, in words."""

    submissions: tuple[Submission, ...]
    problems: tuple[str, ...]


def discover(
    paths: Iterable[Path],
    exercises: Collection[str],
    exercise: str | None,
    out: Path | None = None,
) -> Found:
    """Find every submission below ``paths``.

    Args:
        paths: notebooks or folders, as given on the command line.
        exercises: the ids that the course has.
        exercise: the one that ``--exercise`` names, if any.
        out: where results go; a folder of that name among the students' is none of theirs.
    """
    search = _Search(exercises, exercise, out and out.resolve())
    problems: list[str] = []
    placed: list[_Entry] = []
    for path in paths:
        try:
            entries = list(search.below(path))
        except OSError as error:
            problems.append(f"{printable(path)}: cannot be read ({error.strerror})")
            continue
        problems += [entry for entry in entries if isinstance(entry, str)]
        placed += [entry for entry in entries if isinstance(entry, _Entry)]
    names = _student_names(entry.student for entry in placed)
    found: dict[tuple[str, str], Submission] = {}
    for entry in placed:
        student = names[_as_text(entry.student)]
        submission = Submission(student, entry.exercise, entry.path, entry.inside)
        first = found.setdefault((student, entry.exercise), submission)
        if first is not submission and not _same_file(first.path, entry.path):
            problems.append(
                f"{printable(entry.path)}: {student} has handed in {entry.exercise} twice; "
                f"{printable(first.path)} is graded. Remove one of them"
            )
    return Found(tuple(found[key] for key in sorted(found)), tuple(map(shown, problems)))


@dataclass(frozen=True)
class _Entry:
    student: str
    exercise: str
    path: Path
    inside: Path


@dataclass(frozen=True)
class _Search:
    """One look through what was pointed at; yields entries, and problems in words."""

    exercises: Collection[str]
    wanted: str | None
    out: Path | None = None

    def below(self, path: Path) -> Iterator[_Entry | str]:
        if not path.is_dir() or (stem(path) is not None and not notebooks(path)):
            yield self._single(path)
            return
        root = path.resolve()  # the instructor's own links are followed
        children = [child for child in _children(root) if child != self.out]
        books = [child for child in children if stem(child) is not None]
        placed = [child for child in children if self._exercise_of(child)]
        if root.name in self.exercises and self._is_one_students(root, books):
            yield from self._folder_of(root.parent.name, root, root.name, root)
        elif placed and not (self.wanted and set(placed) < set(books)):
            yield from self._student(root.name, root, root)
        else:
            yield from self._class(root, children, books)

    def _is_one_students(self, folder: Path, books: list[Path]) -> bool:
        """Whether ``<…>/<exercise>`` is a student's, and not a class's for that exercise."""
        if self.wanted is None:
            return len(books) <= 1
        named = any(folder.name in (stem(book) or "") for book in books)
        return self.wanted == folder.name and len(books) == 1 and named

    def _class(self, root: Path, children: list[Path], books: list[Path]) -> Iterator[_Entry | str]:
        """A folder of ``<student>.ipynb``, of folders of students, or of both."""
        if books and self.wanted is None:
            some = ", ".join(book.name for book in books[:3]) + (", …" if len(books) > 3 else "")
            yield printable(
                f"{root}: of which exercise are its notebooks ({some})? Say {self._which()}"
            )
        names = {stem(book) for book in books}
        for child in children:
            own = stem(child)
            if own is not None:
                if self.wanted is not None:
                    yield _Entry(own, self.wanted, _the_notebook(child), root)
            elif child.is_dir() and books and self._is_nobodys(child):
                yield f"{printable(child)}: a folder without a notebook was left out"
            elif child.is_dir():
                yield from self._student(child.name, child, child)
            elif self.wanted and may_be_a_submission(child) and child.stem not in names:
                yield _Entry(child.stem, self.wanted, child, root)
        if not children:
            yield f"{printable(root)}: is empty. Nothing was handed in"

    def _is_nobodys(self, folder: Path) -> bool:
        """Whether a folder beside loose notebooks is one of data, and not a student's."""
        try:
            return not notebooks(folder) and not any(map(self._exercise_of, _children(folder)))
        except OSError:
            return False  # whose it is cannot be seen: say so, as of a student's

    def _single(self, path: Path) -> _Entry | str:
        path = _as_named(path)
        own, folder = stem(path) or path.stem, path.parent.name
        in_folder = folder in self.exercises
        exercise = self.wanted or exercise_in(own, self.exercises)
        exercise = exercise or (folder if in_folder else None)
        if exercise is None:
            return f"{printable(path)}: which exercise is it? Say {self._which()}"
        student = folder if own in self.exercises else own  # alice/02_im2col.ipynb
        if in_folder:
            student = path.parent.parent.name  # alice/02_im2col/anything.ipynb
        return _Entry(student or own, exercise, path, path.parent)

    def _student(self, student: str, folder: Path, inside: Path) -> Iterator[_Entry | str]:
        """A student's folder: exercises by name, else by a name that holds theirs."""
        try:
            children = _children(folder)
        except OSError as error:
            yield f"{printable(folder)}: cannot be read ({error.strerror})"
            return
        exact = {self._exercise_of(child) for child in children}
        any_placed = False
        for exercise in sorted(self.exercises):
            places = [child for child in children if self._exercise_of(child) == exercise]
            if exercise not in exact:
                books = [child for child in children if stem(child) is not None]
                places = [book for book in books if self._meant(book) == exercise]
                if len(places) > 1 and self.wanted in (None, exercise):
                    yield _several(folder, places, exercise)
                places = places[:1]
            any_placed = any_placed or bool(places)
            for place in places:
                if self.wanted not in (None, exercise):
                    continue
                if place.is_dir():
                    yield from self._folder_of(student, place, exercise, inside)
                else:
                    yield _Entry(student, exercise, place, inside)
        if any_placed:
            return
        if self.wanted is not None:
            yield from self._folder_of(student, folder, self.wanted, inside)
        elif children:
            yield (
                f"{printable(folder)}: holds no folder or notebook named like an exercise. "
                f"Rename it, or say {self._which()}"
            )
        else:
            yield f"{printable(folder)}: is empty. Nothing was handed in"

    def _folder_of(
        self, student: str, folder: Path, exercise: str, inside: Path
    ) -> Iterator[_Entry | str]:
        """The notebook in an exercise's folder; the folder itself where there is none."""
        books = notebooks(folder)
        named = [book for book in books if stem(book) == exercise]
        similar = [book for book in books if self._meant(book) == exercise]
        best = named or similar or books
        if len(best) > 1 and not named:
            yield _several(folder, best, exercise)
        yield _Entry(student, exercise, best[0] if best else folder, inside)

    def _exercise_of(self, path: Path) -> str | None:
        name = stem(path) or path.name
        return name if name in self.exercises and (stem(path) or path.is_dir()) else None

    def _meant(self, book: Path) -> str | None:
        return exercise_in(stem(book) or "", self.exercises)

    def _which(self) -> str:
        return f"--exercise ID, one of {', '.join(sorted(self.exercises))}"


def _several(folder: Path, books: list[Path], exercise: str) -> str:
    others = ", ".join(str(book.relative_to(folder)) for book in books[1:4])
    return printable(
        f"{folder}: holds several notebooks for {exercise}; {books[0].relative_to(folder)} is "
        f"graded, not {others}. Keep one of them, or name it {exercise}.ipynb"
    )


def _the_notebook(path: Path) -> Path:
    """The file; of a folder called ``alice.ipynb`` the notebook in it, if there is one."""
    books = notebooks(path) if path.is_dir() and not path.is_symlink() else []
    return books[0] if books else path


def _children(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if not ignored(child.name))


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return _as_named(one) == _as_named(other)


def _as_named(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 (the name as it stands: no link is followed)


def _student_names(raw: Iterable[str]) -> dict[str, str]:
    """Each student's name as a folder's (`folder_name`), told apart where two become the same.

    A name that is already fit for a folder keeps it: no other, ``" alice"`` say, may take the place
    of ``alice``. The other gets a short hash; where file systems do not tell capitals apart,
    neither does this.
    """
    texts = dict.fromkeys(map(_as_text, raw))
    names: dict[str, str] = {}
    owners: dict[str, str] = {}
    for text in sorted(texts, key=lambda text: folder_name(text) != text):
        name = folder_name(text)
        if owners.setdefault(name.casefold(), text) != text:
            name += "-" + hashlib.sha256(text.encode()).hexdigest()[:8]
        names[text] = name
    return names


def _as_text(raw: str) -> str:
    return unicodedata.normalize("NFC", printable(raw))
