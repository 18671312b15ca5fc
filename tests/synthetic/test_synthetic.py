"""Submissions made from a course: what they hold, and that they are always the same."""

from __future__ import annotations

import json

import pytest

from autograder.synthetic import notebooks
from autograder.synthetic.personas import NAMES, synthetic_class


def code(content: bytes) -> list[str]:
    return [
        "".join(cell["source"])
        for cell in json.loads(content)["cells"]
        if cell["cell_type"] == "code"
    ]


def test_the_class_is_the_same_every_time(box):
    course = box.load()
    assert list(synthetic_class(course, 24)) == list(synthetic_class(course, 24))
    assert list(synthetic_class(course, 5)) == list(synthetic_class(course, 24))[:5]


def test_every_student_has_a_name_of_their_own_and_hands_everything_in(box):
    students = list(synthetic_class(box.load(), 2 * len(NAMES) + 3))
    assert len({handed_in.student for handed_in in students}) == len(students)
    assert all(list(handed_in.files) == ["01_box"] for handed_in in students)


def test_a_class_of_twenty_has_every_kind_of_student(box):
    kinds = {handed_in.kind for handed_in in synthetic_class(box.load(), 24)}
    assert kinds >= {
        "right", "mistaken", "half done", "nothing written", "typo", "damaged file",
        "endless loop", "os._exit", "10 GB", "fork bomb", "sys.exit at import",
    }  # fmt: skip


def test_the_class_shows_every_known_mistake(box):
    books = [h.files["01_box"] for h in synthetic_class(box.load(), 24) if h.kind == "mistaken"]
    assert any(b"height * height" in book for book in books)
    assert any(b"Box.volume = volume" in book for book in books)


def test_a_notebook_holds_one_language(box):
    course = box.load()
    english = notebooks.notebook(notebooks.solution(course, course.exercises[0], "en")).decode()
    assert "# Boxes" in english
    assert "箱" not in english


def test_stubs_hold_nothing_of_the_solution(box):
    course = box.load()
    for lang in course.languages:
        book = notebooks.notebook(notebooks.stub(course.exercises[0], lang))
        assert b"height * width" not in book
        assert b"NotImplementedError" in book


def test_half_done_is_done_by_half(box):
    course = box.load()
    cells = notebooks.half_done(course, course.exercises[0], ["area"], "en")
    text = "\n".join(code(notebooks.notebook(cells)))
    assert "return height * width" in text
    assert "self.height * area" not in text


def test_a_course_without_mistakes_still_makes_a_class(box):
    box.mistakes.unlink()
    assert len(list(synthetic_class(box.load(), 24))) == 24


EXPECTED = {
    "right": 4.0,
    "nothing written": 0.0,
    "half done": 2.0,
    "right, another way": 4.0,
    "messy but right": 4.0,
    "os._exit": 4.0,
    "sys.exit at import": 4.0,
    "damaged file": 0.0,
    "empty notebook": 0.0,
    "snoops for the tests": 0.0,
}


def test_each_kind_earns_what_it_deserves(box, grade):
    course = box.load()
    books = {h.kind: h.files["01_box"] for h in synthetic_class(course, 24) if h.kind in EXPECTED}
    results = {kind: graded.result for kind, graded in grade(course, books).items()}
    assert {kind: result.score for kind, result in results.items()} == EXPECTED
    assert all(result.status != "grader_error" for result in results.values())


@pytest.mark.parametrize("source", ["", "x = 1", "x = 1\n", "a\n\nb\n", "\n", "日本語\n"])
def test_sources_come_back_out_of_the_file_as_they_went_in(source):
    assert code(notebooks.from_sources([("code", source)])) == [source]
