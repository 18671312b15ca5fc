"""``autograder grade``: find submissions, grade them, and write results, pages and grades.csv."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.cli.cluster import cluster_address, level_on_cluster, on_cluster
from autograder.cli.collected import from_collecting
from autograder.cli.grading_run import GradingRun, record_hand_ins
from autograder.cli.resolve import (
    ignores_case,
    output_folder,
    prepare_output,
    refuse_output_of_run,
    resolve_course,
    resolve_exercises,
    resolve_language,
    resolve_level,
)
from autograder.cli.stdio import warn
from autograder.course.models import Course
from autograder.errors import CommandError
from autograder.ingest import Discovered, discover
from autograder.ingest.submission import Notice
from autograder.report import read_shown, write_tables
from autograder.run.handouts import handouts_of
from autograder.run.store import Store
from autograder.text import Text

if TYPE_CHECKING:
    from autograder.cli.gradebook import Gradebook

PUBLISHED_SALT = "convkit-2025"
"""The salt of this repository's course, which every student can read."""

ARCHIVES = frozenset({".zip", ".7z", ".rar", ".tar", ".gz", ".tgz"})
"""Suffixes of what is a download of a class rather than a notebook, if it is named as a PATH."""

NOTHING_TO_GRADE = "nothing to grade. Name a notebook, a folder of them, or submitted/"


def run(options: argparse.Namespace) -> int:
    """Grade the submissions in ``PATH`` and write everything to ``--out``."""
    course = resolve_course(options)
    lang = resolve_language(options, course)
    address = cluster_address(options)
    gradebook = _gradebook(options, course) if options.gradebook else None
    if options.exercise:
        resolve_exercises(course, [options.exercise])
    found = _found(options, course)
    said = (*found.problems, *found.notices)
    for line in said:
        warn(line)
    if course.salt == PUBLISHED_SALT:
        found = replace(found, said=(*found.said, _published_salt(course)))
    if not found.submissions and not found.ungraded:
        raise CommandError(NOTHING_TO_GRADE, 1)
    prepare_output(options.out, course)
    store = Store(options.out)
    if not found.submissions:
        hand_ins = record_hand_ins(course, store, found, options.exercise)
        shown = read_shown(store.out, course, hand_ins)
        write_tables(store.out, shown, course, lang, hand_ins)
        raise CommandError(NOTHING_TO_GRADE, 1)
    cluster = None
    if address is not None:
        cluster = on_cluster(address, course)
        level = level_on_cluster(options)
    else:
        level = resolve_level(options)
    failed = GradingRun(
        course,
        level,
        store,
        options.jobs,
        lang,
        exercise=options.exercise,
        students=options.student,
        force=options.force,
        gradebook=gradebook,
        cluster=cluster,
    ).grade(found, said)
    return 1 if failed or found.problems or found.ungraded_students else 0


def _gradebook(options: argparse.Namespace, course: Course) -> Gradebook:
    from autograder.cli.gradebook import Gradebook  # few runs need it

    return Gradebook(options.gradebook, options.out, course)


def _found(options: argparse.Namespace, course: Course) -> Discovered:
    """The submissions in ``PATH``, with what `collect` has left open."""
    for path in options.paths:
        if not path.exists() and not path.is_symlink():
            raise CommandError(f"{path}: no such file or folder", 2)
        if path.resolve() == options.out.resolve():
            raise CommandError(
                f"{path}: results would be mixed with submissions. Choose another --out", 2
            )
        refuse_output_of_run(path, "the folder of submissions")
        if path.is_file() and path.suffix.lower() in ARCHIVES:
            raise CommandError(
                f"{path}: is an archive. `autograder collect {path} --out submitted` sorts its "
                "files by student; then grade submitted",
                2,
            )
    output_folder(options.out, course)
    found = discover(
        options.paths,
        course.ids,
        options.exercise,
        options.out,
        handouts=handouts_of(course),
        fold_case=ignores_case(options.out),
    )
    return replace(found, said=(*found.said, *from_collecting(found.roots)))


def _published_salt(course: Course) -> Notice:
    file = course.root / "solutions" / "course.toml"
    return Notice(
        Text(
            en="the course's salt is the published one, so students can find out the hidden "
            f"inputs. Change it in {file}",
            ja="コースのsaltが公開されている値のままなので、隠しテストの入力を受講者が知ることができます。"
            f"{file}で変更してください。",
        )
    )
