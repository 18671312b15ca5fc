"""Small courses for tests, each in a folder of its own which a test may then spoil.

`MiniCourse` is a complete one, copied from ``course/`` beside this file: two exercises, of which
the second builds on the first, with notebooks, mistakes, hidden suites and a reference of its own.
`bare_course` writes one that has nothing but criteria and the suites that decide them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.course.load import load_course
from autograder.course.models import Course

BOXES = Path(__file__).parent / "course"


class ExerciseFiles:
    """The files of one exercise."""

    def __init__(self, root: Path, id: str) -> None:
        self.folder = root / "solutions" / id
        self.toml = self.folder / "exercise.toml"
        self.notebook = self.folder / "notebook.py"
        self.mistakes = self.folder / "mistakes.py"
        self.suite = root / "tests" / "hidden" / f"test_{id}.py"


class MiniCourse:
    """The exercises 01_area and 02_box, in which nothing is wrong, and ways to spoil a file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings = root / "solutions" / "course.toml"
        self.area = ExerciseFiles(root, "01_area")
        self.box = ExerciseFiles(root, "02_box")
        shutil.copytree(BOXES, root, ignore=shutil.ignore_patterns("__pycache__"))

    def load(self) -> Course:
        return load_course(self.root)

    def write(self, file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def replace(self, file: Path, old: str, new: str) -> int:
        """Replace the only `old` in `file`; gives the line on which it began."""
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1

    def without(self, file: Path, *, after: str) -> None:
        """Drop all that follows the first `after` in `file`, and `after` itself."""
        self.write(file, file.read_text(encoding="utf-8").split(after)[0])


Slugs = Iterable[str] | Mapping[str, float]


def bare_course(
    root: Path,
    suites: Mapping[str, str],
    criteria: Mapping[str, Mapping[str, Slugs]],
    *,
    salt: str = "salt",
    reveal: str | Mapping[str, str] = "first_difference",
) -> Course:
    """A course without notebooks, for what grades and is graded.

    Args:
        suites: the hidden suites' text, by exercise.
        criteria: by exercise and part the slugs of its criteria, with their points or at one each.
        reveal: for every exercise, or by exercise.
    """
    text = {"en": "x", "ja": "x"}
    course = root / "solutions" / "course.toml"
    course.parent.mkdir(parents=True)
    course.write_text(f'salt = "{salt}"\nlanguages = ["en", "ja"]\ntitle = {_toml(text)}\n')
    for exercise, parts in criteria.items():
        points = {
            part: dict(slugs) if isinstance(slugs, Mapping) else dict.fromkeys(slugs, 1)
            for part, slugs in parts.items()
        }
        shown = reveal if isinstance(reveal, str) else reveal[exercise]
        total = sum(sum(of_part.values()) for of_part in points.values())
        lines = [f'id = "{exercise}"', f"points = {total}", f'reveal = "{shown}"']
        lines += [f"title = {_toml(text)}", f"summary = {_toml(text)}"]
        for part, of_part in points.items():
            lines += ["[[parts]]", f'id = "{part}"', f"title = {_toml(text)}"]
            for slug, most in of_part.items():
                lines += ["[[parts.criteria]]", f'id = "{part}.{slug}"', f"points = {most}"]
                lines += [f"title = {_toml(text)}"]
        file = root / "solutions" / exercise / "exercise.toml"
        file.parent.mkdir()
        file.write_text("\n".join(lines) + "\n")
    hidden = root / "tests" / "hidden"
    hidden.mkdir(parents=True)
    for exercise, suite in suites.items():
        (hidden / f"test_{exercise}.py").write_text(suite)
    return load_course(root)


def _toml(table: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key} = {json.dumps(value)}" for key, value in table.items()) + "}"
