"""Write assignments/, all or nothing, and compare it with what it should contain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.course.models import Course
from autograder.errors import CourseError
from autograder.files import remove_leftovers, write_all_atomically
from autograder.generate.metadata import require_author_extra
from autograder.generate.notebook import as_bytes, notebook_bytes, solution_notebook
from autograder.generate.secrets import Secrets, secrets
from autograder.text import LANGUAGES

DATA = "data"
"""The folder in assignments/ with files that notebooks read; written by hand."""


def write_assignments(
    course: Course,
    ids: Sequence[str],
    langs: Sequence[str],
    out: Path,
    provide_earlier: bool = False,
) -> list[Path]:
    """Write `out`/<lang>/<exercise>.ipynb and return the paths; empty `ids` or `langs` mean all.

    Elsewhere than in the course's own assignments/, the files of its data/ are written, too: the
    notebooks look for them beside their folder.

    Everything is generated before anything is written: a CourseError leaves `out` unchanged.
    """
    made = render_assignments(course, ids, langs, provide_earlier)
    remove_leftovers(out)
    data = {out / name: content for name, content in _data(course, out).items()}
    written = write_all_atomically({out / name: content for name, content in made.items()} | data)
    return [path for path in written if path not in data]


def stale(
    course: Course,
    ids: Sequence[str],
    langs: Sequence[str],
    out: Path,
    provide_earlier: bool = False,
    known: Secrets | None = None,
) -> list[str]:
    """What in `out` is missing, outdated or without an exercise; empty if everything is current.

    Each line names a file and a remedy. Extra files are reported only if all exercises are checked.
    Who asks several times collects the course's secrets (`known`) once.
    """
    made = render_assignments(course, ids, langs, provide_earlier, known)
    remedy = f"run `autograder generate{' --provide-earlier' if provide_earlier else ''}`"
    problems = []
    for name, content in (made | _data(course, out)).items():
        path = out / name
        if not path.exists():
            problems.append(f"{path}: missing; {remedy}")
        elif path.read_bytes() != content:
            problems.append(f"{path}: differs from what solutions/ generates; {remedy}")
    if {*ids} >= {*course.ids} or not ids:
        folders = [out / lang for lang in (langs or LANGUAGES)]
        for path in sorted(path for folder in folders for path in folder.rglob("*.ipynb")):
            if path.relative_to(out) not in made and ".ipynb_checkpoints" not in path.parts:
                problems.append(
                    f"{path}: belongs to no exercise or language of the course; delete it"
                )
    return problems


def data_files(course: Course) -> dict[Path, bytes]:
    """The files of assignments/data/ that notebooks read, by path in assignments/.

    Names that begin with a dot are left out. CourseError for a link: it may lead to what students
    must not see.
    """
    own = course.root / "assignments"
    found = {}
    for path in sorted((own / DATA).rglob("*")):
        name = path.relative_to(own)
        if any(part.startswith(".") for part in name.parts):
            continue
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise CourseError(
                "is not a plain file, and might lead to what students must not see",
                path,
                remedy="Copy the file there",
            )
        if path.is_file():
            found[name] = path.read_bytes()
    return found


def _data(course: Course, out: Path) -> dict[Path, bytes]:
    """The files that notebooks read, if `out` is not where they are already."""
    here = out.resolve() == (course.root / "assignments").resolve()
    return {} if here else data_files(course)


def write_solutions(
    course: Course, ids: Sequence[str], langs: Sequence[str], out: Path
) -> list[Path]:
    """Write the filled-in notebooks to `out`/<lang>/<exercise>.ipynb, and their data beside them.

    CourseError if `out` is the folder of the assignments, where they would replace them.
    """
    assignments = (course.root / "assignments").resolve()
    if assignments in (out.resolve(), *out.resolve().parents):
        raise CourseError(
            "solutions would be written into the students' folder", out, remedy="Choose another"
        )
    made = render_solutions(course, ids, langs)
    remove_leftovers(out)
    data = {out / name: content for name, content in data_files(course).items()}
    written = write_all_atomically({out / name: content for name, content in made.items()} | data)
    return [path for path in written if path not in data]


def render_solutions(course: Course, ids: Sequence[str], langs: Sequence[str]) -> dict[Path, bytes]:
    """The filled-in notebooks, by path; empty `ids` or `langs` mean all."""
    _known_languages(course, langs)
    require_author_extra()
    known = secrets(course)
    return {
        Path(lang) / f"{exercise.id}.ipynb": as_bytes(
            solution_notebook(course, exercise, lang, known=known)
        )
        for exercise in ([course.exercise(name) for name in ids] or course.exercises)
        for lang in (langs or course.languages)
    }


def render_assignments(
    course: Course,
    ids: Sequence[str],
    langs: Sequence[str],
    provide_earlier: bool = False,
    known: Secrets | None = None,
) -> dict[Path, bytes]:
    """The students' notebooks, by path; empty `ids` or `langs` mean all."""
    _known_languages(course, langs)
    require_author_extra()
    known = known or secrets(course)
    return {
        Path(lang) / f"{exercise.id}.ipynb": notebook_bytes(
            course, exercise, lang, provide_earlier=provide_earlier, known=known
        )
        for exercise in ([course.exercise(name) for name in ids] or course.exercises)
        for lang in (langs or course.languages)
    }


def _known_languages(course: Course, langs: Sequence[str]) -> None:
    for lang in langs:
        if lang not in course.languages:
            raise CourseError(
                f"the course has no texts in {lang!r}",
                course.root / "solutions" / "course.toml",
                remedy=f"Choose from {', '.join(course.languages)}",
            )
