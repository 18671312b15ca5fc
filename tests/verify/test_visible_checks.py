"""What visible checks say about known mistakes: recorded by a person, changes are reported."""

from __future__ import annotations

from autograder.verify.claims import claims
from autograder.verify.matrix import Task, decide
from autograder.verify.visible_checks import Said, as_read, judge_checks

CHECK = """
# %% name="check_frame_area" tags=["check"]
assert frame_area(5.0, 4.0, 1.0) == 14.0, f"It is 14, not {frame_area(5.0, 4.0, 1.0)}. Two borders?"
"""


def test_numbers_of_a_message_do_not_matter():
    said = as_read(("check_f", "The shape is (3, 4), not [[1. 2.] [3. 4.]]: by 1.5e-03, rows?"))
    assert said == Said("check_f", "The shape is # , not # : by # , rows?")
    assert as_read(None) == Said()


def _problems(mini, *kinds: str) -> list[str]:
    course = mini.load()
    exercise = course.exercise("01_area")
    made = tuple(claim for claim in claims(course, exercise) if claim.kind in kinds)
    decided = decide(Task(course.root, exercise.id, made, True))
    seen = dict(zip(decided.claims, decided.seen, strict=True))
    return [problem.text for problem in judge_checks(exercise, seen)]


def test_a_check_must_not_refuse_what_is_right(mini):
    mini.area.notebook.write_text(
        mini.area.notebook.read_text(encoding="utf-8") + CHECK, encoding="utf-8"
    )
    assert _problems(mini, "solution", "equivalent") == []
    mini.replace(mini.area.notebook, "== 14.0, f", "== 15.0, f")
    texts = _problems(mini, "solution", "equivalent")
    assert texts
    for text in texts:
        assert "solutions/01_area/notebook.py: check_frame_area refuses the" in text
        assert "Two borders?" in text


def test_what_a_check_says_about_a_mistake_must_be_recorded(mini):
    mini.area.notebook.write_text(
        mini.area.notebook.read_text(encoding="utf-8") + CHECK, encoding="utf-8"
    )
    assert _problems(mini, "mistake") == [], "without a file nothing is asked for"
    file = mini.area.notebook.parent / "checks.toml"
    file.write_text('[[too_fine]]\nwhy = "no check"\nmistakes = ["FA1"]\n', encoding="utf-8")
    (text,) = _problems(mini, "mistake")
    assert "FA1: check_frame_area says `It is # , not # . Two borders?`" in text
    file.write_text(
        '[[says]]\ncheck = "check_frame_area"\n'
        'message = "It is # , not # . Two borders?"\nmistakes = ["FA1"]\n',
        encoding="utf-8",
    )
    assert _problems(mini, "mistake") == []
    file.write_text('[[too_fine]]\nwhy = "gone"\nmistakes = ["XX9"]\n', encoding="utf-8")
    assert any("there is no mistake XX9" in text for text in _problems(mini, "mistake"))
