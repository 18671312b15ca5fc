"""Suites compare with the course's own reference; an author who wrote none is told so."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.suite.reference import own_reference


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "tests" / "hidden" / "test_01_box.py"
    path.parent.mkdir(parents=True)
    path.write_text("import numpy\n\nfrom source_lib.boxes import volume\n")
    return path


def write_reference(root: Path, answer: int) -> None:
    (root / "source_lib").mkdir(parents=True)
    (root / "source_lib" / "__init__.py").write_text(f"answer = {answer}\n")


def test_a_course_whose_suites_need_a_reference_that_it_lacks_is_refused(tmp_path, suite):
    with pytest.raises(CourseError) as caught, own_reference(tmp_path, [suite]):
        pytest.fail("it was not refused")
    assert str(caught.value).startswith(
        f"{suite}:3: imports source_lib, which this course does not have."
    )
    assert caught.value.remedy


def test_a_course_whose_suites_need_none_needs_none(tmp_path, suite):
    suite.write_text("import numpy\n")
    with own_reference(tmp_path, [suite]):
        pass


def test_where_none_was_imported_before_none_is_afterwards(tmp_path, suite, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "source_lib"]:
        monkeypatch.delitem(sys.modules, name)
    write_reference(tmp_path, 1)
    with own_reference(tmp_path, [suite]):
        import source_lib as own

        assert own.answer == 1
    assert "source_lib" not in sys.modules


def test_each_course_gets_its_own_and_what_was_imported_before_comes_back(tmp_path, suite):
    import source_lib

    path = list(sys.path)
    for number in (1, 2):
        root = tmp_path / str(number)
        write_reference(root, number)
        with own_reference(root, [suite]):
            import source_lib as own

            assert own.answer == number
    assert sys.modules["source_lib"] is source_lib
    assert hasattr(source_lib, "im2col")
    assert sys.path == path
