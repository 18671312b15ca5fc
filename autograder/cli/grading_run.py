"""Grade a class: whatever has changed and its pages, then the tables, then the warnings.

`autograder grade` and `autograder demo` differ only in where the submissions come from.
"""

from __future__ import annotations

import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from autograder import report
from autograder.cli.collected import absent, arrivals_of, people_of
from autograder.cli.console import Ticker, format_score, progress
from autograder.cli.facts import Facts
from autograder.cli.grader_faults import GraderFaults
from autograder.cli.interim import Interim
from autograder.cli.needs_you import NeedsYou
from autograder.cli.stdio import warn
from autograder.corrections.apply import NO_CORRECTIONS
from autograder.course.models import Course
from autograder.errors import CommandError
from autograder.ingest import Discovered, Submission
from autograder.ingest.hand_ins import HandIn, HandIns, as_graded, updated, with_absent, with_reread
from autograder.messages import hand_ins as words
from autograder.report.late import unknown_extensions, without_times
from autograder.run.jobs import Executor
from autograder.run.service import Step, grade_submissions, setup_for
from autograder.run.store import Store
from autograder.run.unchanged import DealtWith, Unchanged
from autograder.sandbox.host.isolation import Level
from autograder.status import ResultStatus
from autograder.text import abbreviated, counted
from autograder.verdict.result import Result

if TYPE_CHECKING:
    from autograder.cli.gradebook import Gradebook

MAX_LISTED = 9
"""Names in a warning."""

FEW = 5
"""Hand-ins with the same remark that are told one by one."""

A_SCREEN = 20
"""Submissions whose lines of progress leave earlier lines in sight."""

NOTHING_NEW = report.Shown()
"""For tables that are current: nothing to report."""


@dataclass(frozen=True)
class GradingRun:
    """How a class is graded, and where to.

    Attributes:
        course: the course.
        level: the isolation.
        store: where results go.
        jobs: how many worker processes.
        lang: the pages' language.
        exercise: the one that ``--exercise`` names, if any.
        students: grade only these (names or keys); None for all.
        force: whether to grade again what has a current result.
        gradebook: nbgrader's, to be brought up to date as well.
        cluster: grades on other machines; None for worker processes here.
    """

    course: Course
    level: Level
    store: Store
    jobs: int
    lang: str
    exercise: str | None = None
    students: Sequence[str] | None = None
    force: bool = False
    gradebook: Gradebook | None = None
    cluster: Executor | None = None

    def grade(self, found: Discovered, said: Collection[str] = ()) -> int:
        """Grade while showing progress, write the pages, and print where they are.

        Args:
            found: the submissions.
            said: warnings that the terminal shows already. After a long run they are out of sight.

        Returns:
            The number of failures: grader errors, damaged results from earlier runs, corrections
            that mean nothing, and decisions in the gradebook that cannot be taken over.

        Raises:
            CommandError: there is no student with one of the names in ``students``.
        """
        began = time.monotonic()
        hand_ins = record_hand_ins(self.course, self.store, found, self.exercise)
        submissions = found.submissions
        if self.students is not None:
            submissions = _of_students(submissions, self.students, hand_ins)
        if self.gradebook is not None:
            self.gradebook.take(hand_ins)
        unchanged = Unchanged.read(self.store.out)
        facts = Facts.of(self.course, self.level, self.lang, hand_ins, self.store.out)
        changed = (
            list(submissions)
            if self.force
            else unchanged.changed(submissions, facts.keys(submissions))
        )
        tally = self._grade_changed(changed, submissions, facts)
        shown = NOTHING_NEW
        waiting = NeedsYou.again(unchanged.needs_you)
        if changed:
            hand_ins = self.store.update_hand_ins(lambda known: with_reread(known, tally.read))
            facts = replace(facts, hand_ins=hand_ins)
        if changed or not unchanged.tables_are_current(facts.key_of_tables()):
            shown = report.read_shown(self.store.out, self.course, hand_ins)
            report.write_tables(self.store.out, shown, self.course, self.lang, hand_ins)
            waiting = NeedsYou.of(shown, hand_ins)
            tables = facts.key_of_tables() if _is_clean(shown) else None
            unchanged.record(tally.dealt_with, facts.keys(submissions), tables, waiting.record())
        refused = self.gradebook.put(hand_ins, self.lang) if self.gradebook is not None else 0
        new = len(submissions) - tally.kept
        print(
            f"graded {counted(new, 'submission')} in {time.monotonic() - began:.1f} s"
            + (f", {tally.kept} unchanged" if tally.kept else "")
        )
        print(f"class page: {self.store.out / 'index.html'}")
        for line in (
            *waiting.lines(self.store.out, tally.faults.failed),
            *shown.damaged,
            *shown.notices,
            *shown.corrections.problems,
            *self._about_policy(hand_ins),
            *out_of_sight((*found.problems, *found.notices), said, new),
            *about_files(tally.read.values(), hand_ins),
            *tally.faults.lines(len(submissions)),
        ):
            warn(line)
        return (
            len(tally.faults.failed)
            + len(shown.damaged)
            + len(shown.corrections.problems)
            + refused
        )

    def _about_policy(self, hand_ins: HandIns) -> Iterator[str]:
        policy = self.course.policy
        people = people_of(hand_ins) if policy.extensions else ()
        for text in without_times(policy, hand_ins):
            yield text["en"]
        for text in unknown_extensions(policy, hand_ins, people):
            yield text["en"]

    def _grade_changed(
        self, changed: Sequence[Submission], submissions: Sequence[Submission], facts: Facts
    ) -> _Tally:
        """Grade what has changed; each result and its page are written at once."""
        hand_ins = facts.hand_ins
        by_key = {(one.student, one.exercise): one for one in changed}
        corrections = facts.corrections() if changed else NO_CORRECTIONS
        tally = _Tally(
            GraderFaults(self.store.out),
            _known_before(submissions, by_key.keys(), hand_ins),
            len(submissions) - len(changed),
        )
        print(f"isolation: {self.level!s}", file=sys.stderr)
        interim = Interim(lambda done: self._write_interim(hand_ins, done, len(submissions)))
        with progress(len(submissions), "grading") as tick:
            for step in self._steps(changed):
                result = step.graded.result
                who = f"{hand_ins.name(result.student)} · {result.exercise}"
                if result.course_sha256 == facts.exercises[result.exercise]:  # else just edited
                    submission = by_key[result.student, result.exercise]
                    tally.dealt_with[submission] = DealtWith.of(result, step.kept)
                hand_in = hand_ins.of(result.student, result.exercise)
                if hand_in is not None:
                    graded = step.graded
                    hand_in = as_graded(
                        hand_in, graded.encoding, graded.notebook_of, graded.gradings
                    )
                    tally.read[hand_in.key] = hand_in
                corrected = corrections.apply(result)
                tally.faults.add(who, step, corrected)
                tally.count(step, corrected.result, who, tick)
                # Also for unchanged results: a killed run may have written a result but no page.
                report.write_feedback(
                    result,
                    self.course.exercise(result.exercise),
                    self.store.out,
                    self.lang,
                    name=hand_ins.name(result.student),
                    remarks=words.remarks(hand_in),
                    corrections=corrections,
                )
                if tally.done < len(submissions):
                    interim.after(tally.done)
            tally.say_unchanged(tick)
        return tally

    def _steps(self, changed: Sequence[Submission]) -> Iterator[Step]:
        if changed:
            setup = setup_for(self.course, self.level, {one.exercise for one in changed})
            yield from grade_submissions(
                self.course,
                setup,
                changed,
                store=self.store,
                jobs=self.jobs,
                force=self.force,
                executor=self.cluster,
            )

    def _write_interim(self, hand_ins: HandIns, done: int, total: int) -> None:
        """Write the class page only: half a grades.csv could be taken for all of it."""
        out = self.store.out
        shown = report.read_shown(out, self.course, hand_ins)
        report.write_class_page(out, shown, self.course, self.lang, hand_ins, (done, total))


@dataclass
class _Tally:
    """What a run has found out about its submissions so far.

    Attributes:
        faults: where the grader failed.
        read: what reading the files has told about the hand-ins, by student and exercise.
        kept: how many results are unchanged.
        done: how many submissions are dealt with; at first, those that have not changed.
        dealt_with: what has become of each submission. Results of 10,000 would take 130 MB.
    """

    faults: GraderFaults
    read: dict[tuple[str, str], HandIn]
    kept: int
    done: int = field(init=False)
    dealt_with: dict[Submission, DealtWith] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.done = self.kept

    def count(self, step: Step, corrected: Result, who: str, tick: Ticker) -> None:
        """Count a submission, and show it unless its result was kept.

        Args:
            step: the submission.
            corrected: its result with the points that count, as in grades.csv.
            who: its student and exercise.
            tick: shows it.
        """
        if step.kept:
            self.kept += 1
        else:
            self.say_unchanged(tick)
            graded = corrected.status == ResultStatus.GRADED
            tick(f"{who}: {format_score(corrected) if graded else corrected.status}")
        self.done += 1

    def say_unchanged(self, tick: Ticker) -> None:
        """Show in one line that the first results are unchanged, if nothing else was shown yet."""
        if self.kept and self.kept == self.done:
            tick(f"{counted(self.kept, 'result is', 'results are')} unchanged", self.kept)


def record_hand_ins(
    course: Course, store: Store, found: Discovered, exercise: str | None
) -> HandIns:
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


def out_of_sight(lines: Iterable[str], said: Collection[str], graded: int) -> list[str]:
    """The warnings that are not on the screen, after lines about ``graded`` submissions."""
    return [line for line in lines if line not in said or graded > A_SCREEN]


def about_files(read: Iterable[HandIn], hand_ins: HandIns) -> Iterator[str]:
    """What the instructor should know about the files that were read; the same of many is a line.

    The terminal is in English like all that the program prints; the class page has its language.
    """
    of: dict[str, list[str]] = defaultdict(list)
    for one in read:
        already_said = replace(one, others=())
        for remark in words.remarks_for_instructor(already_said):
            of[remark["en"]].append(f"{hand_ins.name(one.student)} · {one.exercise}")
    for text, whose in of.items():
        if len(whose) > FEW:
            yield f"{counted(len(whose), 'hand-in')} ({abbreviated(whose, MAX_LISTED)}): {text}"
        else:
            yield from (f"{who}: {text}" for who in whose)


def _known_before(
    submissions: Sequence[Submission], changed: Collection[tuple[str, str]], hand_ins: HandIns
) -> dict[tuple[str, str], HandIn]:
    """What earlier runs have read about the submissions that have not changed."""
    keys = {(one.student, one.exercise) for one in submissions}
    return {one.key: one for one in hand_ins.hand_ins if one.key in keys and one.key not in changed}


def _is_clean(shown: report.Shown) -> bool:
    """Whether the results have no problem that every run must report again."""
    return not (shown.damaged or shown.notices or shown.corrections.problems)


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
