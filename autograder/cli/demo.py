"""``autograder demo``: a synthetic class hands in; it is graded like any other."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from autograder.cli.grade import grade_into
from autograder.cli.resolve import made, the_course, the_language, the_level
from autograder.errors import CommandError
from autograder.ingest import discover
from autograder.run.store import Store
from autograder.synthetic.personas import synthetic_class
from autograder.text import counted

MARK = ".convkit-demo"


def run(options: argparse.Namespace) -> int:
    """Hand out, hand in, grade, report into ``--out``."""
    course = the_course(options)
    lang = the_language(options, course)
    out = made(options.out)
    level = the_level(options)
    began = time.monotonic()
    _clear(out)
    handed_out = course.root / "assignments"
    if handed_out.is_dir():  # as committed: making them is an author's work
        shutil.copytree(handed_out, out / "assignments")
        print(f"handed out: {out / 'assignments'}", file=sys.stderr)
    else:
        print(
            f"nothing to hand out: {handed_out} is made by `autograder generate`", file=sys.stderr
        )
    kinds = []
    for student in synthetic_class(course, options.students):
        folder = out / "submitted" / student.student
        folder.mkdir(parents=True)
        for exercise, content in student.files.items():
            (folder / f"{exercise}.ipynb").write_bytes(content)
        kinds.append(student.kind)
    print(
        f"handed in: {out / 'submitted'} ({counted(len(kinds), 'student')}, "
        f"{counted(len(set(kinds)), 'kind')} of them)",
        file=sys.stderr,
    )
    ids = [exercise.id for exercise in course.exercises]
    found = discover([out / "submitted"], ids, None)
    store = Store(out / "graded")
    failed = grade_into(course, level, list(found.submissions), store, options.jobs, lang)
    print(f"demo took {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


def _clear(out: Path) -> None:
    """Begin anew, but never in a folder that is not a demo's."""
    if any(out.iterdir()):
        if not (out / MARK).exists():
            raise CommandError(f"{out}: is not empty and no earlier demo. Name another --out", 2)
        shutil.rmtree(out)
    out.mkdir(exist_ok=True)
    (out / MARK).touch()
