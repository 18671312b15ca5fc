"""`autograder report DIR`: rebuild every page from the stored results."""

from pathlib import Path

from autograder.course.models import Course
from autograder.errors import IncompleteReport, InvalidResult
from autograder.files import read_below
from autograder.ingest.hand_ins import HandIns
from autograder.messages.hand_ins import remarks
from autograder.report.classpage import NO_HAND_INS, write_class
from autograder.report.feedback import write_feedback
from autograder.report.grades import write_grades_csv
from autograder.verdict.codec import decode
from autograder.verdict.result import Result


def rebuild(out: Path, course: Course | None, lang: str, hand_ins: HandIns = NO_HAND_INS) -> int:
    """Write all feedback pages, the class page and grades.csv from ``out``/results.

    Args:
        out: the folder of a run.
        course: for titles; without it the pages show ids.
        lang: ``"en"`` or ``"ja"``.
        hand_ins: what is known about the submissions apart from their results.

    Returns:
        The number of results.

    Raises:
        IncompleteReport: after writing everything else, if some files are not valid results.
    """
    known = {exercise.id: exercise for exercise in course.exercises} if course else {}
    results, problems = read_results(out)
    for result in results:
        write_feedback(
            result,
            known.get(result.exercise),
            out,
            lang,
            name=hand_ins.name(result.student),
            remarks=remarks(hand_ins.of(result.student, result.exercise)),
        )
    write_grades_csv(out, results, hand_ins, lang)
    write_class(out, results, course, lang, problems, hand_ins)
    if problems:
        raise IncompleteReport(problems, len(results))
    return len(results)


def read_results(out: Path) -> tuple[list[Result], list[str]]:
    """All valid results below ``out``/results in order, and a line about every other file."""
    results: list[Result] = []
    problems: list[str] = []
    for path in sorted((out / "results").glob("*/*.json")):
        name = path.relative_to(out)
        try:
            result = decode(read_below(path, out))
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
