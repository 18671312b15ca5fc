"""The proof that a course is right, and what it says of one that is not."""

from __future__ import annotations

import pytest

from autograder.verify import claims


def test_a_right_course_has_no_problems(box, problems):
    assert problems(box.load()) == []


def test_what_is_claimed_of_a_course(box):
    course = box.load()
    made = [(claim.kind, claim.label, claim.part) for claim in claims(course, course.exercises[0])]
    assert made == [
        ("solution", "en", None),
        ("stub", "en", None),
        ("solution", "ja", None),
        ("stub", "ja", None),
        ("mistake", "AR1", "area"),
        ("mistake", "BV1", "Box.volume"),
        ("equivalent", "AR-A", "area"),
        ("equivalent", "BV-A", "Box.volume"),
    ]


SPOILT = {
    "a wrong solution": (
        ("notebook", "return height * width", "return height + width"),
        "solution",
        ["solutions/01_box/notebook.py", "area.oblong", "area(3.0, 5.0): got 8, expected 15"],
    ),
    "a solution that raises": (
        ("notebook", "return self.height * area", "return self.hight * area"),
        "solution",
        ["notebook.py", "Box.volume.tall", "no attribute 'hight'"],
    ),
    "a test that a stub passes": (
        ("suite", "same(student.area(3.0, 3.0), 9.0)", "pass"),
        "stub",
        ["tests/hidden/test_01_box.py", "area.square", "nothing is written"],
    ),
    "a test that asks too little": (
        ("suite", "same(student.area(3.0, 5.0), 15.0)", "same(student.area(3.0, 3.0), 9.0)"),
        "mistake",
        ["mistakes.py", "AR1", "passes every criterion of area", "tests/hidden/test_01_box.py"],
    ),
    "a test that asks too much": (
        ("suite", "Box(7.0).volume(3.0, 5.0), 105.0", "Box(7.5).volume(2.0, 5.0), 75.0"),
        "equivalent",
        ["mistakes.py", "BV-A", "Box.volume.tall", "got 70, expected 75"],
    ),
    "a test with a bug": (
        ("suite", "same(student.area(3.0, 5.0), 15.0)", "same(student.area(3.0, 5.0), undefined)"),
        "solution",
        [
            "tests/hidden/test_01_box.py", "area.oblong", "fails by its own fault",
            "tests/hidden/test_01_box.py:9: NameError: name 'undefined' is not defined",
        ],
    ),
    "a mistake that is none": (
        ("mistakes", "return height * height", "return width * height"),
        "mistake",
        ["mistakes.py", "AR1", "passes every criterion of area"],
    ),
    "an equivalent that is wrong": (
        ("mistakes", "return b * a", "return b + a"),
        "equivalent",
        ["mistakes.py", "AR-A", "area.oblong"],
    ),
    "a criterion without a test": (
        ("suite", '@criterion("area.square")\n', ""),
        "ids",
        ["tests/hidden/test_01_box.py", "0 tests decide area.square", "exercise.toml"],
    ),
    "a criterion with two tests": (
        ("suite", '@criterion("area.square")', '@criterion("area.oblong")'),
        "ids",
        ["tests/hidden/test_01_box.py", "2 tests decide area.oblong"],
    ),
    "a test for what is no criterion": (
        ("suite", '@criterion("area.square")', '@criterion("area.sqare")'),
        "ids",
        ["tests/hidden/test_01_box.py", "area.sqare is no criterion", "exercise.toml"],
    ),
    "a test without a criterion": (
        ("suite", '@criterion("area.square")\n', ""),
        "ids",
        ["tests/hidden/test_01_box.py", "test_square", "@criterion"],
    ),
    "a suite that cannot be imported": (
        ("suite", "from autograder.suite", "import no_such_module\nfrom autograder.suite"),
        "ids",
        ["tests/hidden/test_01_box.py", "cannot be collected", "No module named 'no_such_module'"],
    ),
    "a suite that is no Python": (
        ("suite", "from autograder.suite", "def (:\nfrom autograder.suite"),
        "ids",
        ["tests/hidden/test_01_box.py", "cannot be collected", "SyntaxError"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_wrong_is_named_with_its_file_and_its_mend(box, problems, what):
    (file, old, new), kind, words = SPOILT[what]
    box.replace(getattr(box, file), old, new)
    found = problems(box.load(), kind)
    texts = [problem.text for problem in found if problem.kind == kind]
    assert any(all(word in text for word in words) for text in texts), found
    assert all(problem.exercise == "01_box" for problem in found)
    for text in texts:
        assert "Traceback" not in text
        assert "E  " not in text, "as pytest marks it"
        assert any(mend in text for mend in ("Mend", "mend", "Make", "Add", "Write")), text


def test_a_mistake_that_breaks_only_another_part_does_not_break_its_own(box, problems):
    # BV1 says that it is about Box.volume; what it loses elsewhere does not count for it.
    box.replace(
        box.suite, "same(student.Box(7.0).volume(3.0, 5.0), 105.0)",
        "same(student.Box(1.0).volume(3.0, 5.0), 15.0)",
    )  # fmt: skip
    (problem,) = problems(box.load())
    assert "BV1 passes every criterion of Box.volume" in problem.text


def test_every_criterion_that_a_solution_loses_is_told(box, problems):
    box.replace(box.notebook, "return height * width", "return None")
    lost = problems(box.load(), "solution")
    assert len(lost) == 6  # three criteria in two languages
