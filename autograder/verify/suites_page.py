"""What is known about the hidden suites, as a picture and as Markdown for `docs/suites.md`.

Everything here is a fact in `solutions/`: what each known mistake loses, which mutants survive, why
each criterion is needed. `autograder verify` and `verify --mutants` prove these facts; making the
page takes no run, so that a test can check that it is current. The section on diagnosis, which only
a run can measure, is made by `autograder.cli.diagnosed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograder.course.load import load_mistakes
from autograder.course.models import Course, Exercise
from autograder.files import write_atomically
from autograder.verify.mutants import mutants
from autograder.verify.survivors import Tally, load_survivors, needed

PAGE = "docs/suites.md"
PICTURE = "docs/images/kill_matrix.svg"
MUTANTS = "autograder verify --mutants"
DIAGNOSIS = "autograder verify --diagnosis"

CELL = 5
"""Pixels of one mistake and one criterion in the picture."""


def write_page(course: Course) -> None:
    """Rewrite the page's section on mutants, if it has one, and the picture."""
    if write_section(course, MUTANTS, facts(course)):
        write_atomically(course.root / PICTURE, picture(course))


def write_section(course: Course, command: str, lines: Iterable[str]) -> bool:
    """Rewrite the section of a command, if the page has one; whether it has."""
    page = course.root / PAGE
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    written = with_section(text, command, lines)
    if written is None:
        return False
    write_atomically(page, written)
    return True


def with_section(text: str, command: str, lines: Iterable[str]) -> str | None:
    """The page's text with other lines between a command's two comments; None if they are missing.

    Args:
        text: of the page.
        command: `MUTANTS` or `DIAGNOSIS`.
        lines: the section.
    """
    before, begin, rest = text.partition(f"<!-- {command} -->\n")
    _, end, after = rest.partition(f"<!-- end of {command} -->")
    if not (begin and end):
        return None
    return "".join((before, begin, *(f"{line}\n" for line in lines), end, after))


def expected_tally(course: Course, exercise: Exercise) -> Tally:
    """What becomes of the mutants if `mutants.toml` is right."""
    about = load_survivors(exercise).survivors
    made = list(mutants(course, exercise))
    listed = [about[one.key] for one in made if one.key in about]
    return Tally.of(len(made), listed)


def facts(course: Course) -> Iterator[str]:
    """The section on mutants, in lines."""
    tallies = [(exercise, expected_tally(course, exercise)) for exercise in course.exercises]
    yield "| exercise | mutants | noticed | equivalent | provided | forgiven | share noticed |"
    yield "|---|---|---|---|---|---|---|"
    total = sum((one for _, one in tallies), Tally(0, 0, 0, 0, 0))
    for name, one in (*((exercise.id, one) for exercise, one in tallies), ("all", total)):
        yield (
            f"| {name} | {one.mutants} | {one.noticed} | {one.equivalent} | {one.provided} "
            f"| {one.forgiven} | {one.share:.1%} |"
        )
    for exercise in course.exercises:
        yield from _exercise(exercise)


def _exercise(exercise: Exercise) -> Iterator[str]:
    mistakes, equivalents = load_mistakes(exercise)
    why = needed(exercise)
    yield ""
    yield f"### {exercise.id}"
    yield ""
    yield "| criterion | noticed by it | why it is needed |"
    yield "|---|---|---|"
    for criterion in exercise.criteria:
        noticed = ", ".join(each.id for each in mistakes if criterion.id in each.loses) or "–"
        reason = why.get(criterion.id, "not known").replace("|", "\\|")
        yield f"| `{criterion.id}` | {noticed} | {reason} |"
    parts = (
        f"`{part.id}` {sum(each.part == part.id for each in equivalents)}"
        for part in exercise.parts
    )
    yield ""
    yield f"Right but unusual, with full marks: {', '.join(parts)}."
    reasons: dict[str, int] = {}
    for survivor in load_survivors(exercise).survivors.values():
        text = f"{survivor.kind}: {survivor.why}"
        reasons[text] = reasons.get(text, 0) + 1
    if reasons:
        yield ""
        yield f"Mutants that survive (each is listed in `solutions/{exercise.id}/mutants.toml`):"
        yield ""
        yield from (f"- {count} {text}" for text, count in reasons.items())


def picture(course: Course) -> str:
    """The kill matrix as SVG: exercises below each other, a row for each known mistake.

    A cell is a criterion that the mistake loses: of its own part in black, of others in orange.
    """
    shapes: list[str] = []
    top = width = 0
    for exercise in course.exercises:
        mistakes, _ = load_mistakes(exercise)
        top += 4 * CELL
        shapes.append(f'<text x="0" y="{top - CELL}">{exercise.id}</text>')
        columns = len(exercise.criteria) * CELL
        width = max(width, columns)
        height = len(mistakes) * CELL
        shapes.append(f'<rect class="all" x="0" y="{top}" width="{columns}" height="{height}"/>')
        for row, mistake in enumerate(mistakes):
            for column, criterion in enumerate(exercise.criteria):
                if criterion.id in mistake.loses:
                    own = "own" if criterion.part == mistake.part else "other"
                    shapes.append(
                        f'<rect class="{own}" x="{column * CELL}" y="{top + row * CELL}" '
                        f'width="{CELL - 1}" height="{CELL - 1}">'
                        f"<title>{mistake.id}: {criterion.id}</title></rect>"
                    )
        top += height
    style = "text{font:12px sans-serif}.all{fill:#f3f3f3}.own{fill:#111}.other{fill:#f07000}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" role="img" '
        'aria-label="Which criterion notices which known mistake">'
        f"<style>{style}</style>\n" + "\n".join(shapes) + "\n</svg>\n"
    )
