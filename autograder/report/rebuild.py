"""`autograder report DIR`: rebuild every page from the stored results."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from autograder.corrections.apply import EVERY, Corrections
from autograder.corrections.read import read_corrections
from autograder.course.models import Course
from autograder.errors import IncompleteReport, InvalidResult
from autograder.files import read_below
from autograder.ingest.hand_ins import HandIns
from autograder.messages.hand_ins import remarks
from autograder.report.class_page import NO_HAND_INS, write_class_page
from autograder.report.feedback import write_feedback
from autograder.report.grades import write_grades_csv
from autograder.report.late import late_hand_ins
from autograder.report.shown import Shown
from autograder.report.stored import with_current_points
from autograder.report.student import write_students
from autograder.text import Text
from autograder.verdict import points
from autograder.verdict.codec import Seen, decode
from autograder.verdict.result import Result


def read_shown(out: Path, course: Course | None, hand_ins: HandIns = NO_HAND_INS) -> Shown:
    """Read what ``out`` contains: results and corrections.

    Args:
        out: the folder of a run.
        course: the course; None if unknown.
        hand_ins: what is known about the submissions apart from their results.
    """
    stored, damaged = read_results(out)
    results, said = with_current_points(stored, course)
    corrections = read_corrections(out, course, hand_ins, results)
    if course is not None:
        late = late_hand_ins(course.policy, hand_ins)
        corrections = replace(corrections, late=late, deadlines=bool(course.policy.deadlines))
    said += _above_maximum(results, corrections, hand_ins)
    return Shown(results, corrections, damaged, said, _newest(out))


def _above_maximum(
    results: Iterable[Result], corrections: Corrections, hand_ins: HandIns
) -> Iterator[Text]:
    """A line for each score that is too high since criteria have been excused."""
    for result in results:
        whole = corrections.of(result.student, result.exercise).get(EVERY)
        if whole is None or whole.points is None:
            continue
        corrected = corrections.apply(result)
        most = points.score(
            [*(c.max_points for c in corrected.result.criteria),
             *(one.max_points for one in corrected.asked)]
        )  # fmt: skip
        if whole.points > most:
            where, name = f"corrections.csv:{whole.line}", hand_ins.name(result.student)
            yield Text(
                en=f"{where}: {name} has {whole.points:g} points in {result.exercise}, but at most "
                f"{most:g} are left after what is excused. Correct the line.",
                ja=f"{where}：{name}の{result.exercise}は{whole.points:g}点ですが、免除の結果、"
                f"満点は{most:g}点です。この行を直してください。",
            )


def _newest(out: Path) -> datetime | None:
    """When the newest result was written, in local time: the same whenever the page is made."""
    written = [path.stat().st_mtime for path in (out / "results").glob("*/*.json")]
    return datetime.fromtimestamp(max(written)).astimezone() if written else None


def write_tables(
    out: Path, shown: Shown, course: Course | None, lang: str, hand_ins: HandIns
) -> None:
    """Write what takes all results: the class page, a page for each student, and grades.csv."""
    write_students(out, shown.results, course, lang, hand_ins, shown.corrections)
    write_grades_csv(out, shown.results, hand_ins, lang, shown.corrections)
    write_class_page(out, shown, course, lang, hand_ins)


def rebuild(out: Path, course: Course | None, lang: str, hand_ins: HandIns = NO_HAND_INS) -> Shown:
    """Write all feedback pages, the class page and grades.csv from ``out``/results.

    Args:
        out: the folder of a run.
        course: for titles; without it the pages show ids.
        lang: ``"en"`` or ``"ja"``.
        hand_ins: what is known about the submissions apart from their results.

    Returns:
        What they show.

    Raises:
        IncompleteReport: after writing everything else, if some files are not valid results.
    """
    known = course.by_id if course else {}
    shown = read_shown(out, course, hand_ins)
    for result in shown.results:
        write_feedback(
            result,
            known.get(result.exercise),
            out,
            lang,
            name=hand_ins.name(result.student),
            remarks=remarks(hand_ins.of(result.student, result.exercise)),
            corrections=shown.corrections,
        )
    write_tables(out, shown, course, lang, hand_ins)
    if shown.damaged:
        raise IncompleteReport(
            [*shown.notices, *shown.corrections.problems, *shown.damaged], len(shown.results)
        )
    return shown


def read_results(out: Path) -> tuple[list[Result], list[str]]:
    """All valid results below ``out``/results in order, and a line about every other file."""
    results: list[Result] = []
    problems: list[str] = []
    seen: Seen = {}
    for path in sorted((out / "results").glob("*/*.json")):
        name = path.relative_to(out)
        try:
            result = decode(read_below(path, out), seen)
        except InvalidResult as problem:
            problems.append(f"{name}: {problem}")
        except OSError as problem:
            problems.append(f"{name}: {problem}. Grade this submission again.")
        else:
            if (result.student, result.exercise) == (path.parent.name, path.stem):
                results.append(result)
            else:
                problems.append(
                    f"{name}: contains the result of {result.student!r} for"
                    f" {result.exercise!r}. Move it back, or grade again."
                )
    return results, problems
