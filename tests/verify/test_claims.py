"""The proof that a course is right, and what it says of one that is not."""

from __future__ import annotations

import pytest

from autograder.verify.claims import claims


def test_a_right_course_has_no_problems(mini, problems):
    assert problems(mini.load()) == []


def test_what_is_claimed_of_a_course(mini):
    course = mini.load()
    box = course.exercise("02_box")
    everything = {"Box.volume.frames", "Box.volume.flat", "tower.three"}
    found = [claim for claim in claims(course, box) if not claim.guess]
    made = [(claim.kind, claim.label, claim.loses(box)) for claim in found]
    assert made == [
        ("solution", "en", set()),
        ("stub", "en", everything),
        ("solution", "ja", set()),
        ("stub", "ja", everything),
        ("mistake", "BV1", everything),
        ("equivalent", "BV-A", set()),
    ]


AREA, BOX = "tests/hidden/test_01_area.py", "tests/hidden/test_02_box.py"
WIDE = "same(student.frame_area(*size), source_lib.frame_area(*size))"
PROBLEMS = {
    "a wrong solution": (
        ("area.notebook", "return outer - inner", "return outer + inner"),
        "solution",
        ["solutions/01_area/notebook.py", "frame_area.no_border",
         "frame_area(3.0, 4.0, 0): got 24, expected 0"],
    ),
    "a solution that raises": (
        ("box.notebook", "return self.height *", "return self.hight *"),
        "solution",
        ["solutions/02_box/notebook.py", "Box.volume.frames", "no attribute 'hight'"],
    ),
    "a test that a stub passes": (
        ("area.suite",
         "same(student.frame_area(3.0, 4.0, 0), 0.0)\n    _nothing_but_border(student, make)",
         "pass"),
        "stub",
        [AREA, "frame_area.no_border", "nothing is implemented"],
    ),
    "a test that asks too little": (
        ("area.suite", WIDE, "same(student.frame_area(size[0], 4.0, 0), 0.0)"),
        "mistake",
        ["solutions/01_area/mistakes.py:7: FA1 passes every criterion of frame_area", AREA],
    ),
    "a test that asks too much": (
        ("box.suite", "Box(7.0).volume(5.0, 3.0), 7.0", "Box(7.5).volume(5.0, 3.0), 7.5"),
        "equivalent",
        ["mistakes.py", "BV-A", "Box.volume.frames", "got 84, expected 90"],
    ),
    "a test with a bug": (
        ("area.suite", WIDE, "same(student.frame_area(*size), undefined)"),
        "solution",
        [AREA, "frame_area.wide", "itself raises an error",
         f"{AREA}:18: NameError: name 'undefined' is not defined"],
    ),
    "a mistake that is none": (
        ("area.mistakes", "= height - border, width - border",
         "= max(height - 2 * border, 0), max(width - 2 * border, 0)"),
        "mistake",
        ["solutions/01_area/mistakes.py:7: FA1 passes every criterion of frame_area"],
    ),
    "a mistake that loses less than it says": (
        ("area.mistakes", '"frame_area.wide"', '"frame_area.*"'),
        "mistake",
        ["solutions/01_area/mistakes.py:7: FA1 does not lose frame_area.no_border, "
         'frame_area.flat. Write loses={"frame_area.wide"}, or change the test in ' + AREA],
    ),
    "a mistake that loses more than it says": (
        ("box.mistakes", 'loses={"Box.volume.*", "tower.three"}', 'loses={"Box.volume.flat"}'),
        "mistake",
        ["solutions/02_box/mistakes.py:4: BV1 also loses Box.volume.frames, tower.three. "
         'Write loses={"Box.volume.*", "tower.three"}, or change the test in ' + BOX],
    ),
    "a mistake that loses other criteria than it says": (
        ("area.mistakes", '"frame_area.wide"', '"frame_area.flat"'),
        "mistake",
        ["FA1 also loses frame_area.wide and does not lose frame_area.flat. Write loses="],
    ),
    "an equivalent that is wrong": (
        ("area.mistakes", "(height - 2 * border)", "(height + 2 * border)"),
        "equivalent",
        ["mistakes.py", "FA-A", "frame_area.wide"],
    ),
    "a criterion without a test": (
        ("area.suite", '@criterion("frame_area.wide")\n', ""),
        "ids",
        [AREA, "0 tests are marked with frame_area.wide", "exercise.toml"],
    ),
    "a criterion with two tests": (
        ("area.suite", '@criterion("frame_area.wide")', '@criterion("frame_area.flat")'),
        "ids",
        [AREA, "2 tests are marked with frame_area.flat"],
    ),
    "a test for an unknown criterion": (
        ("area.suite", '@criterion("frame_area.wide")', '@criterion("frame_area.wild")'),
        "ids",
        [AREA, "has no criterion frame_area.wild", "exercise.toml"],
    ),
    "a test without a criterion": (
        ("area.suite", '@criterion("frame_area.wide")\n', ""),
        "ids",
        [AREA, "test_wide", "@criterion"],
    ),
    "a suite that cannot be imported": (
        ("box.suite", "import source_lib", "import no_such_module"),
        "ids",
        [BOX, "cannot be collected", "No module named 'no_such_module'"],
    ),
    "a suite that is no Python": (
        ("box.suite", "import source_lib", "def (:"),
        "ids",
        [BOX, "cannot be collected", "SyntaxError"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PROBLEMS)
def test_a_problem_is_reported_with_file_and_remedy(mini, problems, what):
    (file, old, new), kind, words = PROBLEMS[what]
    exercise, _, name = file.partition(".")
    files = getattr(mini, exercise)
    mini.replace(getattr(files, name), old, new)
    found = problems(mini.load(), kind)
    texts = [problem.text for problem in found if problem.kind == kind]
    assert any(all(word in text for word in words) for text in texts), found
    assert any(problem.exercise == files.folder.name for problem in found)
    for text in texts:
        assert "Traceback" not in text
        assert "E  " not in text, "as pytest marks it"
        assert any(remedy in text for remedy in ("Fix", "Make", "Add", "Write")), text


def test_a_mistake_that_breaks_only_another_part_does_not_break_its_own(mini, problems):
    # BV1 is a mistake in Box.volume; criteria that it loses elsewhere do not count.
    mini.replace(mini.box.suite, "Box(7.0).volume(5.0, 3.0), 7.0", "Box(1.0).volume(5.0, 3.0), 1.0")
    mini.replace(
        mini.box.suite, "Box(0.0).volume(5.0, 3.0), 0.0", "Box(1.0).volume(5.0, 3.0), 12.0"
    )
    (problem,) = problems(mini.load())
    assert "BV1 passes every criterion of Box.volume" in problem.text


def test_an_exercise_without_a_suite_has_that_one_problem(mini, problems):
    mini.area.suite.unlink()
    (problem,) = [p for p in problems(mini.load()) if p.exercise == "01_area"]
    assert problem.text == f"{AREA}: the file does not exist. Write the hidden suite"


def test_every_criterion_that_a_solution_loses_is_reported(mini, problems):
    mini.replace(mini.area.notebook, "return outer - inner", "return None")
    lost = [p for p in problems(mini.load(), "solution") if p.exercise == "01_area"]
    assert len(lost) == 6  # three criteria in two languages
