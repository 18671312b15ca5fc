"""``autograder grade``: find submissions, grade them, and write results, pages and grades.csv."""

from __future__ import annotations

import argparse
import sys
import time
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from autograder import report
from autograder.cli.cluster import cluster_address, level_on_cluster, on_cluster
from autograder.cli.collected import (
    absent,
    arrivals_of,
    from_collecting,
    unknown_extensions,
    without_times,
)
from autograder.cli.console import format_score, progress
from autograder.cli.facts import Facts
from autograder.cli.gradebook import Gradebook
from autograder.cli.grader_faults import GraderFaults
from autograder.cli.interim import Interim
from autograder.cli.resolve import (
    ignores_case,
    output_folder,
    prepare_output,
    resolve_course,
    resolve_exercises,
    resolve_language,
    resolve_level,
)
from autograder.cli.stdio import warn
from autograder.corrections.apply import NO_CORRECTIONS
from autograder.course.models import Course
from autograder.errors import CommandError
from autograder.ingest import Discovered, Submission, discover
from autograder.ingest.hand_ins import HandIn, HandIns, as_read, updated, with_absent, with_reread
from autograder.messages import hand_ins as words
from autograder.run.handouts import handouts_of
from autograder.run.jobs import Executor
from autograder.run.service import Step, grade_submissions, setup_for
from autograder.run.store import Store
from autograder.run.unchanged import Unchanged
from autograder.sandbox.host.isolation import Level
from autograder.status import ResultStatus
from autograder.text import abbreviated, counted
from autograder.verdict.result import Result

PUBLISHED_SALT = "convkit-2025"
"""The salt of this repository's course, which every student can read."""

MAX_LISTED = 9
"""Names in a warning."""

A_SCREEN = 20
"""Submissions whose lines of progress leave earlier lines in sight."""

NOTHING_NEW = report.Shown([], NO_CORRECTIONS, [], [])
"""What there is to say about tables that are current."""


def run(options: argparse.Namespace) -> int:
    """Grade the submissions in ``PATH`` and write everything to ``--out``."""
    course = resolve_course(options)
    lang = resolve_language(options, course)
    address = cluster_address(options)
    gradebook = Gradebook(options.gradebook, options.out, course) if options.gradebook else None
    if options.exercise:
        resolve_exercises(course, [options.exercise])
    for path in options.paths:
        if not path.exists() and not path.is_symlink():
            raise CommandError(f"{path}: no such file or folder", 2)
        if path.resolve() == options.out.resolve():
            raise CommandError(
                f"{path}: results would be mixed with submissions. Choose another --out", 2
            )
    ids = [exercise.id for exercise in course.exercises]
    output_folder(options.out)
    found = discover(
        options.paths,
        ids,
        options.exercise,
        options.out,
        handouts=handouts_of(course),
        fold_case=ignores_case(options.out),
    )
    found = replace(found, notices=(*found.notices, *from_collecting(found.roots)))
    said = (*found.problems, *found.notices)
    for line in said:
        warn(line)
    if course.salt == PUBLISHED_SALT:
        found = replace(found, notices=(*found.notices, _published_salt(course)))
    if not found.submissions and not found.ungraded:
        raise CommandError("nothing to grade. Name a notebook, a folder of them, or submitted/", 1)
    prepare_output(options.out)
    store = Store(options.out)
    if not found.submissions:
        _write_tables(course, store, _noted(course, store, found, options.exercise), lang)
        raise CommandError("nothing to grade. Name a notebook, a folder of them, or submitted/", 1)
    cluster = None
    if address is not None:
        cluster = on_cluster(address, course)
        level = level_on_cluster(options)
    else:
        level = resolve_level(options)
    failed = grade_into(
        course,
        level,
        found,
        store,
        options.jobs,
        lang,
        exercise=options.exercise,
        students=options.student,
        force=options.force,
        gradebook=gradebook,
        said=said,
        cluster=cluster,
    )
    return 1 if failed or found.problems or found.ungraded_students else 0


def grade_into(
    course: Course,
    level: Level,
    found: Discovered,
    store: Store,
    jobs: int,
    lang: str,
    *,
    exercise: str | None = None,
    students: Sequence[str] | None = None,
    force: bool = False,
    gradebook: Gradebook | None = None,
    said: Collection[str] = (),
    cluster: Executor | None = None,
) -> int:
    """Grade while showing progress, write the pages, and print where they are.

    Args:
        course: the course.
        level: the isolation.
        found: the submissions.
        store: where results go.
        jobs: how many worker processes.
        lang: the pages' language.
        exercise: the one that ``--exercise`` names, if any.
        students: grade only these (names or keys); None for all.
        force: whether to grade again what has a current result.
        gradebook: nbgrader's, to be brought up to date as well.
        said: warnings that the terminal shows already. After a long run they are out of sight.
        cluster: grades on other machines; None for worker processes here.

    Returns:
        The number of failures: grader errors, damaged results from earlier runs, corrections that
        mean nothing, and decisions in the gradebook that cannot be taken over.

    Raises:
        CommandError: nobody is called like one of ``students``.
    """
    began = time.monotonic()
    hand_ins = _noted(course, store, found, exercise)
    submissions = found.submissions
    if students is not None:
        submissions = _of_students(submissions, students, hand_ins)
    if gradebook is not None:
        gradebook.take(hand_ins)
    unchanged = Unchanged.read(store.out)
    facts = Facts.of(course, level, lang, hand_ins, store.out)
    keys = {(one.student, one.exercise): facts.key(one) for one in submissions}
    changed = list(submissions) if force else unchanged.changed(submissions, keys)
    by_key = {(one.student, one.exercise): one for one in changed}
    read = _known_before(submissions, by_key.keys(), hand_ins)
    dealt_with: dict[Submission, tuple[Result, bool]] = {}
    corrections = facts.corrections() if changed else NO_CORRECTIONS
    print(f"isolation: {level!s}", file=sys.stderr)
    faults = GraderFaults(store.out)
    kept = done = len(submissions) - len(changed)
    interim = Interim(
        lambda done: _write_interim(course, store, hand_ins, lang, (done, len(submissions)))
    )
    with progress(len(submissions), "grading") as tick:
        for step in _steps(course, level, changed, store, jobs, force=force, cluster=cluster):
            result = step.graded.result
            if result.course_sha256 == facts.exercises[result.exercise]:  # else just edited
                # Without its criteria: those of 10,000 submissions would take 130 MB.
                brief = replace(result, criteria=(), cells=())
                dealt_with[by_key[result.student, result.exercise]] = brief, step.kept
            who = f"{hand_ins.name(result.student)} · {result.exercise}"
            hand_in = hand_ins.of(result.student, result.exercise)
            if hand_in is not None:
                hand_in = as_read(hand_in, step.graded.encoding, step.graded.notebook_of)
                read[hand_in.key] = hand_in
            faults.add(who, step, corrections.apply(result))
            word = format_score(result) if result.status == ResultStatus.GRADED else result.status
            if step.kept:
                kept += 1
            else:
                if kept and kept == done:
                    tick(_unchanged(kept), kept)
                tick(f"{who}: {word}")
            done += 1
            # Also for unchanged results: a killed run may have written a result but not its page.
            report.write_feedback(
                result,
                course.exercise(result.exercise),
                store.out,
                lang,
                name=hand_ins.name(result.student),
                remarks=words.remarks(hand_in),
                corrections=corrections,
            )
            if done < len(submissions):
                interim.after(done)
        if kept and kept == done:
            tick(_unchanged(kept), kept)
    shown = NOTHING_NEW
    if changed:
        hand_ins = store.update_hand_ins(lambda known: with_reread(known, read))
        facts = replace(facts, hand_ins=hand_ins)
    if changed or not unchanged.tables_are_current(facts.key_of_tables()):
        shown = _write_tables(course, store, hand_ins, lang)
        keys = {(one.student, one.exercise): facts.key(one) for one in submissions}
        unchanged.record(dealt_with, keys, facts.key_of_tables() if _is_clean(shown) else None)
    refused = gradebook.put(hand_ins, lang) if gradebook is not None else 0
    damaged = shown.damaged
    seconds = time.monotonic() - began
    new = len(submissions) - kept
    print(
        f"graded {counted(new, 'submission')} in {seconds:.1f} s"
        + (f", {kept} unchanged" if kept else "")
    )
    print(f"class page: {store.out / 'index.html'}")
    for line in (*damaged, *shown.notices, *shown.corrections.problems):
        warn(line)
    for line in (
        *without_times(hand_ins, course.policy),
        *unknown_extensions(hand_ins, course.policy),
    ):
        warn(line)
    for line in out_of_sight((*found.problems, *found.notices), said, new):
        warn(line)
    for one in read.values():
        one = replace(one, others=())  # they have been told before
        for remark in words.remarks_for_instructor(one):
            warn(f"{hand_ins.name(one.student)} · {one.exercise}: {remark['en']}")
    for line in faults.lines(len(submissions)):
        warn(line)
    return len(faults.failed) + len(damaged) + len(shown.corrections.problems) + refused


def out_of_sight(lines: Iterable[str], said: Collection[str], graded: int) -> list[str]:
    """The warnings that are not on the screen, after lines about ``graded`` submissions."""
    return [line for line in lines if line not in said or graded > A_SCREEN]


def _steps(
    course: Course,
    level: Level,
    changed: Sequence[Submission],
    store: Store,
    jobs: int,
    *,
    force: bool,
    cluster: Executor | None,
) -> Iterator[Step]:
    if changed:
        setup = setup_for(course, level, {submission.exercise for submission in changed})
        yield from grade_submissions(
            course, setup, changed, store=store, jobs=jobs, force=force, executor=cluster
        )


def _known_before(
    submissions: Sequence[Submission], changed: Collection[tuple[str, str]], hand_ins: HandIns
) -> dict[tuple[str, str], HandIn]:
    """What earlier runs have read about the submissions that have not changed."""
    keys = {(one.student, one.exercise) for one in submissions}
    return {one.key: one for one in hand_ins.hand_ins if one.key in keys and one.key not in changed}


def _is_clean(shown: report.Shown) -> bool:
    """Whether there is nothing in the results that each run has to say again."""
    return not (shown.damaged or shown.notices or shown.corrections.problems)


def _unchanged(kept: int) -> str:
    return f"{counted(kept, 'result is', 'results are')} unchanged"


def _published_salt(course: Course) -> str:
    return (
        "the course's salt is the published one, so students can find out the hidden inputs. "
        f"Change it in {course.root / 'solutions' / 'course.toml'}"
    )


def _of_students(
    submissions: Sequence[Submission], wanted: Sequence[str], hand_ins: HandIns
) -> tuple[Submission, ...]:
    """The submissions of the students with these names or keys."""
    keys = {one.student for one in submissions}
    chosen = set()
    for text in wanted:
        name = unicodedata.normalize("NFC", text)
        called = {text} & keys or {key for key in keys if hand_ins.name(key) == name}
        if not called:
            some = abbreviated(sorted(hand_ins.name(key) for key in keys), MAX_LISTED)
            raise CommandError(f"--student {text}: nobody is called that here, but {some}", 2)
        chosen |= called
    return tuple(one for one in submissions if one.student in chosen)


def _noted(course: Course, store: Store, found: Discovered, exercise: str | None) -> HandIns:
    """Record the submissions, and report earlier results whose files no longer exist."""
    before: set[tuple[str, str]] = set()
    arrivals = arrivals_of(found, course.policy.zone)
    missing = [*absent(found.roots)]

    def change(known: HandIns) -> HandIns:
        before.update(one.key for one in known.gone)
        return with_absent(updated(known, found, exercise, arrivals), missing)

    hand_ins = store.update_hand_ins(change)
    new = [one for one in hand_ins.gone if one.key not in before]
    if new:
        names = [f"{hand_ins.name(one.student)} · {one.exercise}" for one in new]
        warn(
            "no longer submitted, so left out of the class page and grades.csv: "
            f"{abbreviated(names, MAX_LISTED)}. "
            "They count again when the file is back"
        )
    return hand_ins


def _write_tables(course: Course, store: Store, hand_ins: HandIns, lang: str) -> report.Shown:
    """Write the class page and grades.csv, and return what they show."""
    shown = report.read_shown(store.out, course, hand_ins)
    report.write_tables(store.out, shown, course, lang, hand_ins)
    return shown


def _write_interim(
    course: Course, store: Store, hand_ins: HandIns, lang: str, so_far: tuple[int, int]
) -> None:
    """Write the class page only: a grades.csv with half of a class could be taken for all of it."""
    shown = report.read_shown(store.out, course, hand_ins)
    report.write_class_page(store.out, shown, course, lang, hand_ins, so_far)
