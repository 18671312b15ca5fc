"""Submissions made from a course: what they hold, and that they are always the same."""

from __future__ import annotations

import json

import pytest

from autograder.course.load import load_mistakes
from autograder.synthetic import notebooks
from autograder.synthetic.personas import NAMES, synthetic_class


def code(content: bytes) -> list[str]:
    return [
        "".join(cell["source"])
        for cell in json.loads(content)["cells"]
        if cell["cell_type"] == "code"
    ]


def test_the_class_is_the_same_every_time(mini):
    course = mini.load()
    assert list(synthetic_class(course, 24)) == list(synthetic_class(course, 24))
    assert list(synthetic_class(course, 5)) == list(synthetic_class(course, 24))[:5]


def test_every_student_has_a_name_of_their_own_and_hands_everything_in(mini):
    students = list(synthetic_class(mini.load(), 2 * len(NAMES) + 3))
    assert len({handed_in.student for handed_in in students}) == len(students)
    assert all(list(handed_in.files) == ["01_area", "02_box"] for handed_in in students)


def test_a_class_of_twenty_has_every_kind_of_student(mini):
    kinds = {handed_in.kind for handed_in in synthetic_class(mini.load(), 24)}
    assert kinds >= {
        "right", "mistaken", "half done", "nothing written", "typo", "damaged file",
        "endless loop", "os._exit", "10 GB", "fork bomb", "sys.exit at import",
    }  # fmt: skip


def test_the_class_shows_every_known_mistake(mini):
    books = [h.files for h in synthetic_class(mini.load(), 24) if h.kind == "mistaken"]
    assert any(b"remaining_height" in files["01_area"] for files in books)
    assert any(b"self.height = 1" in files["02_box"] for files in books)


def test_a_notebook_holds_one_language(mini):
    course = mini.load()
    english = notebooks.notebook(
        notebooks.solution(course, course.exercise("02_box"), "en")
    ).decode()
    assert "# Boxes" in english
    assert "箱" not in english


def test_a_variant_is_in_its_stub_cell_in_the_place_of_its_part(mini):
    course = mini.load()
    area = course.exercise("01_area")
    (wrong,), _ = load_mistakes(area)
    for lang in course.languages:
        right = notebooks.solution(course, area, lang)
        varied = notebooks.with_variant(course, area, wrong, lang)
        changed = [new for old, new in zip(right, varied, strict=True) if new != old]
        assert [cell.name for cell in changed] == ["frame_area"]
        assert changed[0].source == wrong.source.rstrip("\n")


def test_stubs_hold_nothing_of_the_solution(mini):
    course = mini.load()
    for lang in course.languages:
        book = notebooks.notebook(notebooks.stub(course.exercise("01_area"), lang))
        assert b"outer" not in book
        assert b"NotImplementedError" in book


def test_half_done_is_done_by_half(mini):
    course = mini.load()
    cells = notebooks.half_done(course, course.exercise("02_box"), ["Box.volume"], "en")
    text = "\n".join(code(notebooks.notebook(cells)))
    assert "return self.height * frame_area" in text
    assert "sum(Box(" not in text


def test_a_course_without_mistakes_still_makes_a_class(mini):
    mini.area.mistakes.unlink()
    assert len(list(synthetic_class(mini.load(), 24))) == 24


FULL = 3.5  # with bonus
EXPECTED = {
    "right": FULL,
    "nothing written": 0.0,
    "half done": 2.5,
    "right, another way": FULL,
    "messy but right": FULL,
    "os._exit": FULL,
    "sys.exit at import": FULL,
    "damaged file": 0.0,
    "empty notebook": 0.0,
    "snoops for the tests": 0.0,
}


def test_each_kind_earns_what_it_deserves(mini, grade):
    course = mini.load()
    books = {h.kind: h.files["02_box"] for h in synthetic_class(course, 24) if h.kind in EXPECTED}
    results = {kind: one.result for kind, one in grade(course, "02_box", books).items()}
    assert {kind: result.score for kind, result in results.items()} == EXPECTED
    assert all(result.status != "grader_error" for result in results.values())


@pytest.mark.parametrize("source", ["", "x = 1", "x = 1\n", "a\n\nb\n", "\n", "日本語\n"])
def test_sources_come_back_out_of_the_file_as_they_went_in(source):
    assert code(notebooks.from_sources([("code", source)])) == [source]
