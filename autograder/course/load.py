"""Load `solutions/`: course.toml and exercise.toml become records, or a CourseError is raised.

Also re-exports the package's other readers: `read_cells` (notebook.py), `load_mistakes`
(mistakes.py) and `course_sha256`.
"""

from __future__ import annotations

import re
from pathlib import Path

from autograder.course.fingerprint import course_sha256, exercise_sha256s
from autograder.course.mistake_loader import load_mistakes
from autograder.course.models import Course, Criterion, Exercise, Part, Question, Reveal
from autograder.course.names import ALIAS
from autograder.course.notebook_cells import read_cells
from autograder.course.policy import read_policy
from autograder.course.toml_tables import Table, read_table
from autograder.errors import CourseError
from autograder.text import LANGUAGES

__all__ = [
    "course_sha256",
    "exercise_sha256s",
    "find_course",
    "load_course",
    "load_mistakes",
    "read_cells",
]

EXERCISE_ID = re.compile(r"\d\d_[a-z][a-z0-9_]*")
PART_ID = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?", re.ASCII)
SLUG = re.compile(r"[a-z][a-z0-9_]*")

COURSE_KEYS = ("title", "languages", "salt", "colab", "carried", "packages", "policy")
EXERCISE_KEYS = (
    "id",
    "title",
    "summary",
    "points",
    "bonus",
    "builds_on",
    "reveal",
    "parts",
    "questions",
)
QUESTION_KEYS = ("id", "points", "title", "rubric")
PART_KEYS = ("id", "title", "builds_on", "borrows", "aliases", "criteria")
CRITERION_KEYS = ("id", "points", "bonus", "title", "hint", "reveal")


def find_course(start: Path) -> Path:
    """The nearest folder from `start` upwards that contains `solutions/`."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "solutions").is_dir():
            return folder
    raise CourseError(
        "no course here: neither this folder nor one above it contains solutions/",
        start,
        remedy="Go to the course's folder, or name it with --course DIR",
    )


def load_course(root: Path) -> Course:
    """Read every exercise below `root`/solutions and check that they are consistent."""
    root = root.resolve()
    folder = root / "solutions"
    if not folder.is_dir():
        raise CourseError(
            "is not a course: it does not contain solutions/", root, remedy="Name another folder"
        )
    table = read_table(folder / "course.toml", COURSE_KEYS)
    languages = table.strings("languages")
    unknown = [lang for lang in languages if lang not in LANGUAGES]
    if unknown or not languages:
        raise table.error(
            f"languages = {list(languages)!r}",
            f"Supported languages: {', '.join(LANGUAGES)}",
            "languages",
        )
    title = table.text("title", languages)
    salt = table.string("salt")
    colab = table.string("colab", default="").rstrip("/")
    carried = table.share("carried", default=1.0)
    packages = table.strings("packages", default=())
    exercises: list[Exercise] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):  # .ipynb_checkpoints holds a copy of a notebook
            continue
        if (path / "exercise.toml").exists() or (path / "notebook.py").exists():
            exercises.append(_exercise(root, path, languages, tuple(exercises)))
    policy = read_policy(table, [exercise.id for exercise in exercises])
    return Course(root, title, salt, languages, tuple(exercises), colab, carried, packages, policy)


def _exercise(
    root: Path, folder: Path, languages: tuple[str, ...], earlier: tuple[Exercise, ...]
) -> Exercise:
    table = read_table(folder / "exercise.toml", EXERCISE_KEYS)
    exercise_id = table.string("id")
    if exercise_id != folder.name or not EXERCISE_ID.fullmatch(exercise_id):
        raise table.error(
            f"id = {exercise_id!r} in a folder named {folder.name!r}",
            "Use the same name for both, such as 03_convolution",
            "id",
        )
    builds_on = table.strings("builds_on", default=())
    known = {exercise.id: exercise for exercise in earlier}
    for name in builds_on:
        if name not in known:
            raise table.error(
                f"builds on {name!r}, which is not an earlier exercise",
                f"Earlier exercises: {', '.join(known) or 'none'}",
                "builds_on",
            )
    reveal = _reveal(table)
    title, summary = table.text("title", languages), table.text("summary", languages)
    points = table.points("points", zero=True)
    bonus = table.points("bonus", zero=True) if table.has("bonus") else None
    reachable = _parts_before(builds_on, known)
    parts: list[Part] = []
    for part_table in table.tables("parts", PART_KEYS):
        parts.append(_part(part_table, languages, parts, reachable))
    exercise = Exercise(
        exercise_id,
        title,
        summary,
        points,
        builds_on,
        reveal,
        tuple(parts),
        folder,
        root / "tests" / "hidden" / f"test_{exercise_id}.py",
        languages,
        _questions(table, languages),
    )
    counted = sum(criterion.points for criterion in exercise.criteria if not criterion.bonus)
    if counted != points:
        raise table.error(
            f"points = {points:g}, but the criteria without bonus add up to {counted:g}",
            "Make them equal; criteria with bonus = true do not count here",
            "points",
        )
    if bonus is not None and bonus != exercise.bonus:
        raise table.error(
            f"bonus = {bonus:g}, but the bonus criteria add up to {exercise.bonus:g}",
            "Make them equal",
            "bonus",
        )
    return exercise


def _part(
    table: Table, languages: tuple[str, ...], before: list[Part], reachable: set[str]
) -> Part:
    part_id = table.string("id")
    if not PART_ID.fullmatch(part_id):
        raise table.error(
            f"part id {part_id!r} is neither a function name nor Class.method", near=part_id
        )
    here = {part.id for part in before}
    if part_id in here:
        raise table.error(f"there are two parts {part_id!r}", "Keep one of them")
    title = table.text("title", languages)
    builds_on = table.strings("builds_on", default=())
    for name in builds_on:
        if name not in here | reachable:
            raise table.error(
                f"part {part_id!r} builds on {name!r}, which is neither a part above it in this"
                " file nor one of an exercise that this one builds on",
                "Correct the name, or add the exercise to builds_on",
                "builds_on",
            )
    aliases = table.strings("aliases", default=())
    asked = {part.partition(".")[0] for part in here | reachable}
    for alias in aliases:
        if not ALIAS.fullmatch(alias) or (alias.startswith(".") and "." not in part_id):
            raise table.error(
                f"alias {alias!r} of part {part_id!r} is not a valid name",
                "Write another name of the function or class, or .name for one of the method",
                "aliases",
            )
        if alias in asked - {part_id.partition(".")[0]}:
            raise table.error(
                f"alias {alias!r} of part {part_id!r} is the name of another part",
                "Remove it: a part counts under its own name only",
                "aliases",
            )
    borrows = table.strings("borrows", default=())
    for name in borrows:
        if not name.isidentifier() or name in asked:
            raise table.error(
                f"part {part_id!r} borrows {name!r}",
                "Write a name of the reference; what is a part goes into builds_on",
                "borrows",
            )
    criteria: list[Criterion] = []
    taken = {criterion.id for part in before for criterion in part.criteria}
    for criterion_table in table.tables("criteria", CRITERION_KEYS):
        criterion = _criterion(criterion_table, part_id, languages)
        if criterion.id in taken:
            raise criterion_table.error(
                f"there are two criteria {criterion.id!r}", "Give one of them another id"
            )
        taken.add(criterion.id)
        criteria.append(criterion)
    return Part(part_id, title, builds_on, tuple(criteria), aliases, borrows)


def _criterion(table: Table, part_id: str, languages: tuple[str, ...]) -> Criterion:
    criterion_id = table.string("id")
    slug = criterion_id.removeprefix(f"{part_id}.")
    if slug == criterion_id or not SLUG.fullmatch(slug):
        raise table.error(
            f"criterion id {criterion_id!r} does not fit its part {part_id!r}",
            f"Write {part_id}.<what_is_checked>, the last component in snake_case",
        )
    return Criterion(
        criterion_id,
        part_id,
        table.points("points"),
        table.flag("bonus"),
        table.text("title", languages),
        table.optional_text("hint", languages),
        _reveal(table) if table.has("reveal") else None,
    )


def _questions(table: Table, languages: tuple[str, ...]) -> tuple[Question, ...]:
    if not table.has("questions"):
        return ()
    found: dict[str, Question] = {}
    for inner in table.tables("questions", QUESTION_KEYS):
        question_id = inner.string("id")
        if not SLUG.fullmatch(question_id):
            raise inner.error(f"question id {question_id!r} is not valid", "Write it in snake_case")
        if question_id in found:
            raise inner.error(
                f"there are two questions {question_id!r}", "Give one of them another id"
            )
        found[question_id] = Question(
            question_id,
            inner.points("points"),
            inner.text("title", languages),
            inner.optional_text("rubric", languages),
        )
    return tuple(found.values())


def _reveal(table: Table) -> Reveal:
    reveal = table.string("reveal")
    if reveal not in [*Reveal]:
        raise table.error(
            f"reveal = {reveal!r} is unknown", f"Choose one of {', '.join(Reveal)}", "reveal"
        )
    return Reveal(reveal)


def _parts_before(builds_on: tuple[str, ...], known: dict[str, Exercise]) -> set[str]:
    """Ids of all parts of those exercises, and of those they build on in turn."""
    found: set[str] = set()
    for name in builds_on:
        found.update(part.id for part in known[name].parts)
        found |= _parts_before(known[name].builds_on, known)
    return found
