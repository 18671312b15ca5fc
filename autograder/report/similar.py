"""What is alike, for the instructor alone: similar/index.html and a page for each pair.

Students' code is shown as text, under a policy that runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course.models import Course
from autograder.files import write_atomically
from autograder.ingest.hand_ins import HandIns
from autograder.messages.catalogue import BETWEEN_ITEMS
from autograder.report.page import render
from autograder.report.statistics import percent
from autograder.sanitize import link
from autograder.similarity.alike import Alike
from autograder.similarity.pairs import Pair
from autograder.similarity.passages import passages
from autograder.similarity.tokens import Code

FOLDER = "similar"

MOST = 200
"""Pairs of one exercise that get a page; more are only counted."""

CONTEXT = 3
"""Lines around a passage that are shown."""

WIDTH = 300
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of code as shown: its number, its passage (0 for none), and the text.

    ``gap`` lines before it are left out. ``anchor``: whether its passage begins here.
    """

    number: int
    passage: int
    text: str
    gap: int
    anchor: bool


def write_similar(
    out: Path,
    found: Sequence[Alike],
    course: Course,
    lang: str,
    hand_ins: HandIns,
) -> Path:
    """Write ``out``/similar, without the pages of an earlier run.

    Returns:
        The path of the first page.
    """
    folder = out / FOLDER
    wanted = {
        page: text for alike in found for page, text in _pair_pages(alike, course, lang, hand_ins)
    }
    wanted["index.html"] = _index(found, course, lang, hand_ins)
    for page, text in wanted.items():
        write_atomically(folder / page, text, below=out)
    for old in folder.glob("*.html"):
        if old.name not in wanted:
            old.unlink()
    return folder / "index.html"


def _index(found: Sequence[Alike], course: Course, lang: str, hand_ins: HandIns) -> str:
    def named(exercise: str, students: Sequence[str]) -> list[tuple[str, str]]:
        return [
            (hand_ins.name(one), "../" + link("feedback", one, f"{exercise}.html"))
            for one in students
        ]

    return render(
        "similar.html",
        lang=lang,
        title=course.title[lang],
        between=BETWEEN_ITEMS[lang],
        exercises=[
            {
                "id": alike.exercise,
                "title": course.exercise(alike.exercise).title[lang],
                "compared": alike.compared,
                "same_files": [named(alike.exercise, each) for each in alike.same_files],
                "same_code": [named(alike.exercise, each) for each in alike.same_code],
                "pairs": [
                    {
                        "students": named(alike.exercise, (pair.one, pair.other)),
                        "percent": percent(pair.share, 1.0),
                        "href": _page_of(alike.exercise, n),
                    }
                    for n, pair in enumerate(alike.pairs[:MOST])
                ],
                "more": max(0, len(alike.pairs) - MOST),
            }
            for alike in found
        ],
    )


def _pair_pages(
    alike: Alike, course: Course, lang: str, hand_ins: HandIns
) -> Iterator[tuple[str, str]]:
    title = course.exercise(alike.exercise).title[lang]
    for n, pair in enumerate(alike.pairs[:MOST]):
        yield (
            _page_of(alike.exercise, n),
            render(
                "similar_pair.html",
                lang=lang,
                title=title,
                percent=percent(pair.share, 1.0),
                sides=_sides(alike, pair, hand_ins),
            ),
        )


def _page_of(exercise: str, n: int) -> str:
    return link(f"{exercise}-{n + 1}.html")


def _sides(alike: Alike, pair: Pair, hand_ins: HandIns) -> list[tuple[str, list[Line]]]:
    found = passages(alike.prints[pair.one], alike.prints[pair.other], pair.shared)
    return [
        (hand_ins.name(student), _lines(alike.codes[student], numbers))
        for student, numbers in ((pair.one, found.one), (pair.other, found.other))
    ]


def _lines(code: Code, passage_of: Mapping[int, int]) -> list[Line]:
    shown = sorted(
        {
            near
            for line in passage_of
            for near in range(line - CONTEXT, line + CONTEXT + 1)
            if 0 <= near < len(code.lines)
        }
    )
    lines: list[Line] = []
    met: set[int] = set()
    last = -1
    for line in shown:
        passage = passage_of.get(line, 0)
        text = code.lines[line]
        lines.append(
            Line(
                line + 1,
                passage,
                text if len(text) <= WIDTH else f"{text[:WIDTH]}…",
                line - last - 1,
                passage > 0 and passage not in met,
            )
        )
        met.add(passage)
        last = line
    return lines
