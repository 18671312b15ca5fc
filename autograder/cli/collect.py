"""``autograder collect``: an LMS's bulk downloads become ``submitted/``."""

from __future__ import annotations

import argparse
from collections import Counter

from autograder.cli.resolve import (
    output_folder,
    refuse_output_of_run,
    resolve_course,
    resolve_exercises,
)
from autograder.cli.stdio import warn
from autograder.collect import table
from autograder.collect.collect import collect
from autograder.collect.files import Fate
from autograder.collect.request import Request
from autograder.errors import CommandError
from autograder.run.handouts import handouts_of
from autograder.text import counted


def run(options: argparse.Namespace) -> int:
    """Collect the archives, and print what became of their files."""
    course = resolve_course(options)
    if options.exercise:
        resolve_exercises(course, [options.exercise])
    out = output_folder(options.out, course)
    for path in options.archives:
        if not path.exists():
            raise CommandError(f"{path}: no such file or folder", 2)
        if path.resolve() == out.resolve():
            raise CommandError(f"{path}: is the output folder. Choose another --out", 2)
        refuse_output_of_run(path, "what the platform has given you")
    done = collect(
        Request(
            options.archives,
            out,
            course.ids,
            handouts_of(course),
            options.exercise or "",
            options.roster,
            zone=course.policy.zone,
            file_times=options.file_times,
        )
    )
    for line in (*done.notices, *done.problems):
        warn(line)
    fates = Counter(one.fate for one in done.records)
    students = {one.student for one in done.records if one.fate is Fate.COUNTS}
    print(
        f"{out}: {counted(fates[Fate.COUNTS], 'notebook')} of {counted(len(students), 'student')}"
    )
    others = [f"{n} {fate}" for fate, n in sorted(fates.items()) if fate is not Fate.COUNTS]
    if others:
        print(f"also: {', '.join(others)}")
    print(f"every file: {out / table.FILE}")
    return 1 if done.problems else 0
