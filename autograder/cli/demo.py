"""``autograder demo``: make up a class of students and grade their submissions."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from autograder.cli.grading_run import GradingRun
from autograder.cli.resolve import prepare_output, resolve_course, resolve_language, resolve_level
from autograder.errors import CommandError
from autograder.ingest import discover
from autograder.run.store import Store
from autograder.synthetic.personas import synthetic_class
from autograder.text import counted

MARK = ".convkit-demo"


def run(options: argparse.Namespace) -> int:
    """Copy the assignments, make submissions, grade them and write the pages to ``--out``."""
    course = resolve_course(options)
    lang = resolve_language(options, course)
    out = prepare_output(options.out, course)
    level = resolve_level(options)
    began = time.monotonic()
    _clear(out)
    handed_out = course.root / "assignments"
    if handed_out.is_dir():  # the committed ones: generating needs the author's packages
        shutil.copytree(handed_out, out / "assignments")
        print(f"handed out: {out / 'assignments'}", file=sys.stderr)
    else:
        print(
            f"nothing to hand out: {handed_out} is written by `autograder generate`",
            file=sys.stderr,
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
    found = discover([out / "submitted"], course.ids, None)
    store = Store(prepare_output(out / "graded", course))
    failed = GradingRun(course, level, store, options.jobs, lang).grade(found)
    print(f"demo took {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


def _clear(out: Path) -> None:
    """Empty ``out``, but only if it is the output of an earlier demo."""
    if any(out.iterdir()):
        if not (out / MARK).exists():
            raise CommandError(
                f"{out}: is neither empty nor an earlier demo. Choose another --out", 2
            )
        shutil.rmtree(out)
    out.mkdir(exist_ok=True)
    (out / MARK).touch()
