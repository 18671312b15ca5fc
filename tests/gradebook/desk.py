"""An instructor's folder with results and nbgrader's gradebook."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

from nbgrader import api as nbgrader

from autograder import report
from autograder.cli.gradebook import Gradebook
from autograder.course.load import load_course
from autograder.ingest.hand_ins import HandIns
from autograder.sanitize import from_spreadsheet_cell

COURSE = Path(__file__).parents[1] / "report" / "course"
EXERCISE = "02_im2col"
COLUMNS = "student,exercise,criterion,points,comment"
STRIDE, PADDING = "im2col-stride", "im2col-padding"


class Desk:
    """An instructor's folder: results, a gradebook, and two ways to decide."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "graded"
        self.url = f"sqlite:///{folder / 'gradebook.db'}"
        self.folder = folder
        self.course = load_course(COURSE)
        self.hand_ins = HandIns()

    def add(self, result: dict[str, Any]) -> None:
        path = self.out / "results" / result["student"] / f"{result['exercise']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result))

    def sync(self) -> int:
        """What `report --gradebook` does; the number of decisions that are not taken over."""
        gradebook = Gradebook(self.url, self.out, self.course)
        gradebook.take(self.hand_ins)
        report.rebuild(self.out, self.course, "en", self.hand_ins)
        return gradebook.put(self.hand_ins, "en")

    def correct(self, line: str) -> None:
        path = self.out / "corrections.csv"
        before = path.read_text(encoding="utf-8-sig") if path.exists() else f"{COLUMNS}\n"
        path.write_text(f"{before}{line}\n", encoding="utf-8")

    def decide(self, student: str, cell: str, **fields: Any) -> None:
        """What formgrader does when an instructor types into a notebook's fields."""
        with nbgrader.Gradebook(self.url) as book:
            where = cell, EXERCISE, EXERCISE, student
            if "comment" in fields:
                book.find_comment(*where).manual_comment = fields.pop("comment")
            grade = book.find_grade(*where)
            for name, value in fields.items():
                setattr(grade, name, value)
            book.db.commit()

    def scores(self) -> dict[str, float]:
        with nbgrader.Gradebook(self.url) as book:
            return {
                student.id: book.find_submission(EXERCISE, student.id).score
                for student in book.students
            }

    def grades(self) -> dict[str, float]:
        with (self.out / "grades.csv").open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            return {
                from_spreadsheet_cell(row["folder"]): float(row["score"])
                for row in rows
                if row["score"]
            }

    def corrections(self) -> list[tuple[str, str, str, str]]:
        path = self.out / "corrections.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns = ("student", "criterion", "points", "comment")
            return [tuple(row[c] for c in columns) for row in csv.DictReader(file)]  # type: ignore[misc]

    def change_course(self, *edits: tuple[str, str]) -> None:
        """Edit exercise.toml, in a copy of the course, each old text where it is first."""
        folder = self.folder / "course"
        shutil.copytree(COURSE, folder)
        path = folder / "solutions" / EXERCISE / "exercise.toml"
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        self.course = load_course(folder)
