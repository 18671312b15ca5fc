"""Find the submissions in what an instructor points at: whose, of which exercise, in which file.

Three layouts: one notebook; a folder of ``<student>.ipynb`` for one exercise; and nbgrader's
``submitted/``, ``<student>/<exercise>[/…]/*.ipynb`` (or ``<student>/<exercise>.ipynb``). What
cannot be placed is named in `Found.problems`, never dropped in silence.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_IGNORED = ("__MACOSX", "__pycache__", "node_modules")


@dataclass(frozen=True)
class Submission:
    """One notebook handed in.

    Attributes:
        student: the student's name, fit for a folder's.
        exercise: the exercise's id.
        path: the file (or what stands in its place).
        inside: the folder that was handed in; links may not lead out of it.
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


def locate(paths: Iterable[Path], exercises: Collection[str], exercise: str | None) -> Found:
    """Find every submission below ``paths``.

    Args:
        paths: notebooks or folders, as given on the command line.
        exercises: the ids that the course has.
        exercise: the one that ``--exercise`` names, if any.
    """
    found: dict[tuple[str, str], Submission] = {}
    names: dict[str, str] = {}
    problems: list[str] = []
    for path in paths:
        for entry in _below(path, exercises, exercise):
            if isinstance(entry, str):
                problems.append(entry)
                continue
            raw, exercise_id, file = entry
            student = _safe(raw, names)
            key = (student, exercise_id)
            if key in found:
                problems.append(
                    f"{file}: {raw} has handed in {exercise_id} twice; "
                    f"{found[key].path} is graded. Remove one of them"
                )
                continue
            inside = path if path.is_dir() else path.parent
            found[key] = Submission(student, exercise_id, file, inside)
    return Found(tuple(found[key] for key in sorted(found)), tuple(problems))


Entry = tuple[str, str, Path] | str


def _below(path: Path, exercises: Collection[str], wanted: str | None) -> Iterator[Entry]:
    if not path.is_dir() or (path.suffix == ".ipynb" and not _children(path)):
        yield _single(path, exercises, wanted)
        return
    children = _children(path)
    if any(_exercise_of(child, exercises) for child in children):
        # The folder is itself one student's.
        yield from _student(path.resolve().name, path, exercises, wanted)
        return
    for child in children:
        if child.suffix == ".ipynb":
            if wanted is None:
                yield f"{child}: which exercise is it? Say --exercise ID, one of {_list(exercises)}"
            else:
                yield child.stem, wanted, child
        elif child.is_dir():
            yield from _student(child.name, child, exercises, wanted)


def _single(path: Path, exercises: Collection[str], wanted: str | None) -> Entry:
    own = _exercise_of(path, exercises)
    parent = path.resolve().parent
    exercise = wanted or own or (parent.name if parent.name in exercises else None)
    if exercise is None:
        return f"{path}: which exercise is it? Say --exercise ID, one of {_list(exercises)}"
    if own == path.stem and parent.name and parent.name not in exercises:
        return parent.name, exercise, path  # alice/02_im2col.ipynb
    if parent.name in exercises:
        return parent.parent.name or path.stem, exercise, path  # alice/02_im2col/anything.ipynb
    return path.stem, exercise, path


def _student(
    student: str, folder: Path, exercises: Collection[str], wanted: str | None
) -> Iterator[Entry]:
    placed = False
    for child in _children(folder):
        exercise = _exercise_of(child, exercises)
        if exercise is None:
            continue
        placed = True
        if wanted is not None and exercise != wanted:
            continue
        if child.is_dir() and child.suffix != ".ipynb":
            yield student, exercise, _best_notebook(child, exercise)
        else:
            yield student, exercise, child
    if placed:
        return
    books = _notebooks(folder)
    if wanted is not None and books:
        yield student, wanted, _best(books, wanted)
    elif books or _children(folder):
        yield (
            f"{folder}: holds no folder or notebook named like an exercise ({_list(exercises)}). "
            "Rename it, or say --exercise ID"
        )
    else:
        yield f"{folder}: is empty. Nothing was handed in"


def _exercise_of(path: Path, exercises: Collection[str]) -> str | None:
    name = path.stem if path.suffix == ".ipynb" else path.name
    return name if name in exercises else None


def _best_notebook(folder: Path, exercise: str) -> Path:
    """The notebook in an exercise's folder; the folder itself where there is none."""
    books = _notebooks(folder)
    return _best(books, exercise) if books else folder


def _best(books: list[Path], exercise: str) -> Path:
    named = [book for book in books if book.stem == exercise]
    similar = [book for book in books if exercise in book.stem]
    return (named or similar or books)[0]


def _notebooks(folder: Path) -> list[Path]:
    books = [
        book
        for book in folder.rglob("*.ipynb")
        if not any(_ignored(part) for part in book.relative_to(folder).parts)
    ]
    return sorted(books, key=lambda book: (len(book.parts), str(book)))


def _children(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if not _ignored(child.name))


def _ignored(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED


def _safe(raw: str, names: dict[str, str]) -> str:
    """A student's name as a folder's name: any script and blanks, but no way out of the folder.

    Two students whose names would become the same get a short hash each after the first.
    """
    text = unicodedata.normalize("NFC", raw.encode("utf-8", "replace").decode("utf-8"))
    text = "".join("_" if c in '/\\:*?"<>|' or not c.isprintable() else c for c in text)
    text = text.strip().lstrip(".").rstrip(". ")
    while len(text.encode()) > 120:
        text = text[:-1]
    text = text or "_"
    if names.setdefault(text.casefold(), raw) != raw:
        text += "-" + hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()[:8]
        names.setdefault(text.casefold(), raw)
    return text


def _list(exercises: Collection[str]) -> str:
    return ", ".join(sorted(exercises))
