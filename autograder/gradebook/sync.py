"""Take decisions in a gradebook into corrections.csv, and write results into the gradebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.corrections.apply import EVERY, Corrected, Corrections
from autograder.corrections.read import FILE, read_table
from autograder.corrections.resolve import Known, Refused, correction
from autograder.corrections.table import Row, Table, encode
from autograder.course.models import Course, Exercise
from autograder.errors import CommandError
from autograder.files import write_atomically
from autograder.gradebook import agreed as memory
from autograder.gradebook.agreed import Agreed, Key
from autograder.gradebook.entries import (
    NO_WORD,
    WHOLE,
    Entry,
    Word,
    entries,
    entries_of_decision,
    maxima,
    total,
)
from autograder.gradebook.formgrader import (
    decided_notebook,
    graded_notebook,
    is_ours,
    source_notebook,
)
from autograder.gradebook.merge import merge
from autograder.gradebook.nbgrader import Database, open_gradebook
from autograder.ingest.hand_ins import HandIns
from autograder.text import counted
from autograder.verdict.result import Result

Sources = Callable[[Result], Iterable[tuple[int, str]] | None]
"""The student's cells of a result, or None if its file is not there any more."""


@dataclass
class Taken:
    """What has been taken over from a gradebook.

    Attributes:
        number: how many decisions.
        kept: cells about which its decision differs from that in corrections.csv. They stay.
        problems: a line about each of those.
    """

    number: int = 0
    kept: dict[Key, set[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Booked:
    """One student's exercise.

    Attributes:
        key: the student's key and the exercise's id.
        exercise: the exercise.
        entries: its entries; None if it does not count for the student.
        corrected: the result; None if nothing was graded.
    """

    key: Key
    exercise: Exercise
    entries: tuple[Entry, ...] | None
    corrected: Corrected | None = None


@dataclass(frozen=True)
class Graded:
    """Everything that is known about a class.

    Attributes:
        course: the course.
        out: the output folder of its runs.
        hand_ins: what is known about submissions.
        results: all results, with current points.
        corrections: the instructor's corrections.
    """

    course: Course
    out: Path
    hand_ins: HandIns
    results: Sequence[Result]
    corrections: Corrections

    def counted(self) -> Iterator[tuple[Exercise, Result]]:
        """The results that count and are not excused as a whole, with their exercises."""
        known = self.course.by_id
        for result in self.results:
            gone = self.hand_ins.is_gone(result.student, result.exercise)
            if result.exercise in known and not gone:
                yield known[result.exercise], result

    def rows(self) -> Iterator[Booked]:
        """What the gradebook should have: results, and decisions where there is no result."""
        graded: set[Key] = set()
        for exercise, result in self.counted():
            one = self.corrections.apply(result)
            bonus = [c.id for c in exercise.criteria if c.bonus]
            key = result.student, result.exercise
            graded.add(key)
            yield Booked(key, exercise, None if one.excused else entries(one, bonus), one)
        for word in self.corrections.without_result(graded):
            if word.exercise in self.course.by_id:
                exercise = self.course.by_id[word.exercise]
                found = None if word.excused else entries_of_decision(exercise, word)
                yield Booked((word.student, word.exercise), exercise, found)


def take(url: str, of: Graded) -> Taken:
    """Take over what instructors have decided in a gradebook since the last time.

    Args:
        url: the gradebook's database.
        of: the class. Its corrections are those before: read them again.

    Raises:
        CommandError: the gradebook cannot be read.
        MissingExtra: nbgrader is not installed.
    """
    taken = Taken()
    before = memory.read_agreed(of.out, url)
    known = Known.of(of.course, of.hand_ins, of.results)
    table = first = read_table(of.out) or Table()
    with _opened(url) as database:
        for row in of.rows():
            key, found = row.key, row.entries
            given = None if found is None else database.given(*key)
            if found is None or given is None:
                continue
            now: list[Entry] = []
            for entry in found:
                theirs = given.words.get(entry.cell, NO_WORD)
                if entry.excused:
                    now.append(entry)
                    continue
                merged = merge(before.word(key, entry.cell), entry.word, theirs)
                now.append(replace(entry, word=merged.word))
                if merged.conflict:
                    _keep(taken, key, entry.cell, _conflict(of, key, entry, theirs))
                    continue
                if merged.word == entry.word:
                    continue
                word = merged.word
                if entry.cell == WHOLE and word.points is not None:
                    word = replace(word, points=total(now))
                try:
                    table = _with(table, known, key, entry.criterion, word)
                except Refused as refused:
                    who = f"{of.hand_ins.name(key[0])} · {key[1]} · {entry.criterion}"
                    _keep(taken, key, entry.cell, f"{who}: not taken over: {refused}.")
                else:
                    taken.number += 1
    if table is not first:
        write_atomically(of.out / FILE, encode(table), below=of.out)
    return taken


def put(url: str, of: Graded, taken: Taken, sources: Sources, lang: str) -> list[str]:
    """Write all results into a gradebook, and the notebooks that formgrader shows beside it.

    Args:
        url: the gradebook's database.
        of: the class, with the corrections that `take` has written.
        taken: what `take` has returned.
        sources: the students' cells.
        lang: the language of the notebooks.

    Returns:
        What the instructor should know, one line each.

    Raises:
        CommandError: the gradebook cannot be written.
        OSError: a notebook cannot be written.
    """
    before = memory.read_agreed(of.out, url)
    words: dict[Key, dict[str, Word]] = {}
    cells = dict(before.cells)
    root = course_folder(url)
    skipped: list[Key] = []
    excused = foreign = 0
    with _opened(url) as database:
        rows = [*of.rows()]
        for exercise in {row.exercise.id: row.exercise for row in rows}.values():
            most = maxima(exercise)
            due = of.course.policy.deadlines.get(exercise.id)
            database.define(exercise.id, most, before.cells.get(exercise.id, ()), due)
            cells[exercise.id] = tuple(most)
            source = root / "source" / exercise.id
            if not source.exists():
                path = source / f"{exercise.id}.ipynb"
                write_atomically(path, source_notebook(exercise, lang), below=root)
        for row in rows:
            key, found, one = row.key, row.entries, row.corrected
            if found is None:
                skipped.append(key)
                continue
            excused += any(entry.excused for entry in found)
            kept = taken.kept.get(key, set())
            hand_in = of.hand_ins.of(*key) if one else None
            database.put(
                key[0],
                of.hand_ins.name(key[0]),
                key[1],
                found,
                kept,
                handed_in=hand_in.time if hand_in else None,
                extension=of.course.policy.extension(key[1], (key[0], of.hand_ins.name(key[0]))),
                penalty=one.result.score - one.final if one else 0.0,
            )
            words[key] = {
                entry.cell: before.word(key, entry.cell) if entry.cell in kept else entry.word
                for entry in found
            }
            path = root / "autograded" / key[0] / key[1] / f"{key[1]}.ipynb"
            text = (
                graded_notebook(row.exercise, one, sources(one.graded), lang)
                if one
                else decided_notebook(row.exercise, lang)
            )
            foreign += not _replace_ours(path, text, root)
        for key in before.words.keys() - words.keys():
            database.remove(*key)
    memory.write_agreed(of.out, Agreed(url, words, cells))
    notices = []
    if excused:
        notices.append(
            f"gradebook: {counted(excused, 'result has', 'results have')} excused criteria. "
            "nbgrader has the same maximum for everybody, so they have full points there."
        )
    if skipped:
        notices.append(
            f"gradebook: {counted(len(skipped), 'excused exercise is', 'excused exercises are')} "
            "left out: nbgrader cannot excuse a student."
        )
    if foreign:
        notices.append(
            f"gradebook: {counted(foreign, 'notebook')} in {root / 'autograded'} not written by "
            "this program stayed as they are. Remove them if formgrader should show criteria."
        )
    return notices


def course_folder(url: str) -> Path:
    """nbgrader's course folder: that of the database, or the current one if it is not a file."""
    scheme, _, rest = url.partition("://")
    name = rest.removeprefix("/").partition("?")[0]
    if scheme.startswith("sqlite") and name and name != ":memory:":
        return Path(name).resolve().parent
    return Path.cwd()


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    if "://" not in url:
        raise CommandError(
            f"--gradebook {url}: is not a database URL. Write sqlite:///{url or 'gradebook.db'}", 2
        )
    with open_gradebook(url) as database:
        yield database


def _keep(taken: Taken, key: Key, cell: str, problem: str) -> None:
    taken.kept.setdefault(key, set()).add(cell)
    taken.problems.append(f"gradebook: {problem}")


def _conflict(of: Graded, key: Key, entry: Entry, theirs: Word) -> str:
    who = f"{of.hand_ins.name(key[0])} · {key[1]} · {entry.criterion}"
    return (
        f"{who}: {_said(entry.word)} in {FILE}, but {_said(theirs)} in the gradebook, and both "
        "are new. Both stay. Make them the same."
    )


def _said(word: Word) -> str:
    points = "the grader's points" if word.points is None else f"{word.points:g} points"
    return f"{points} ({word.comment[:60]!r})" if word.comment else points


def _with(table: Table, known: Known, key: Key, criterion: str, word: Word) -> Table:
    """The table with one student's decision.

    Raises:
        Refused: the decision is invalid.
    """
    student, exercise = key
    cells = {
        "student": student,
        "exercise": exercise,
        "criterion": criterion,
        "points": "" if word.points is None else f"{word.points:g}",
        "comment": word.comment,
    }
    if word != NO_WORD:
        correction(Row(0, cells), known)
    row = next((row for row in table.rows if _about(row, known) == (*key, criterion)), None)
    if word != NO_WORD:
        if row is None:
            return table.with_row({**cells, "excused": ""}, None)
        return table.with_row(cells, row.line)
    return table if row is None else table.without(row.line)


def _about(row: Row, known: Known) -> tuple[str, str, str] | None:
    try:
        student = known.student(row["student"].strip())
    except Refused:
        return None
    return student, row["exercise"].strip(), row["criterion"].strip() or EVERY


def _replace_ours(path: Path, text: str, root: Path) -> bool:
    """Write a notebook, unless somebody else's is there."""
    if path.exists() and not is_ours(path.read_bytes()):
        return False
    write_atomically(path, text, below=root)
    return True
