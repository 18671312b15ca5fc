"""What visible checks say about known mistakes: recorded by a person, changes are reported."""

from __future__ import annotations

from autograder.course.load import load_course, load_mistakes
from autograder.verify.claims import claims
from autograder.verify.matrix import Task, decide
from autograder.verify.visible_checks import CheckMessage, as_read, judge_checks, load_checks
from tests.paths import ROOT


def test_numbers_of_a_message_do_not_matter():
    said = as_read(("check_f", "The shape is (3, 4), not [[1. 2.] [3. 4.]]: by 1.5e-03, rows?"))
    assert said == CheckMessage("check_f", "The shape is # , not # : by # , rows?")
    assert as_read(None) == CheckMessage()


def _problems(mini, *kinds: str) -> list[str]:
    course = mini.load()
    exercise = course.exercise("01_area")
    made = tuple(claim for claim in claims(course, exercise) if claim.kind in kinds)
    decided = decide(Task(course.root, exercise.id, made, True))
    seen = dict(zip(decided.claims, decided.seen, strict=True))
    return [problem.text for problem in judge_checks(exercise, seen)]


def test_a_check_must_not_refuse_what_is_right(mini):
    assert _problems(mini, "solution", "equivalent") == []
    mini.replace(mini.area.notebook, "frame_area(3, 3) == 8", "frame_area(3, 3) == 9")
    texts = _problems(mini, "solution", "equivalent")
    assert texts
    for text in texts:
        assert "solutions/01_area/notebook.py: check_frame_area refuses the" in text
        assert "is the middle left out?" in text or "中央を除きましたか" in text


def test_what_a_check_says_about_a_mistake_must_be_recorded(mini):
    assert _problems(mini, "mistake") == [], "without a file nothing is asked for"
    file = mini.area.notebook.parent / "checks.toml"
    file.write_text('[[too_fine]]\nwhy = "no check"\nmistakes = ["FA1"]\n', encoding="utf-8")
    (text,) = _problems(mini, "mistake")
    assert "FA1: check_frame_area says `a # frame has # , not # : is the middle" in text
    file.write_text(
        '[[says]]\ncheck = "check_frame_area"\n'
        'message = "a # frame has # , not # : is the middle left out?"\nmistakes = ["FA1"]\n',
        encoding="utf-8",
    )
    assert _problems(mini, "mistake") == []
    file.write_text('[[too_fine]]\nwhy = "gone"\nmistakes = ["XX9"]\n', encoding="utf-8")
    assert any("there is no mistake XX9" in text for text in _problems(mini, "mistake"))


def test_what_checks_say_is_recorded_for_every_known_mistake_of_the_course():
    for exercise in load_course(ROOT).exercises:
        mistakes, _ = load_mistakes(exercise)
        assert set(load_checks(exercise) or ()) == {mistake.id for mistake in mistakes}
