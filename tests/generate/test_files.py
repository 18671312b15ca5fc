"""assignments/ on disk."""

import pytest

from autograder.errors import CourseError
from autograder.generate import notebook_bytes, stale, write_assignments


def test_everything_is_written_by_default_and_then_fresh(mini, tmp_path):
    course = mini.load()
    written = write_assignments(course, [], [], tmp_path / "out")
    assert [path.relative_to(tmp_path / "out").as_posix() for path in written] == [
        "en/01_area.ipynb",
        "ja/01_area.ipynb",
        "en/02_box.ipynb",
        "ja/02_box.ipynb",
    ]
    assert written[1].read_bytes() == notebook_bytes(course, course.exercise("01_area"), "ja")
    assert sorted((tmp_path / "out").rglob("*.*")) == sorted(written)  # and no scraps
    assert stale(course, [], [], tmp_path / "out") == []


def test_only_the_named_notebooks_are_written(mini, tmp_path):
    (path,) = write_assignments(mini.load(), ["02_box"], ["ja"], tmp_path)
    assert path == tmp_path / "ja" / "02_box.ipynb"


def test_elsewhere_the_files_that_notebooks_read_come_along(mini, tmp_path):
    course = mini.load()
    data = course.root / "assignments" / "data" / "digits" / "x.npy"
    data.parent.mkdir(parents=True)
    data.write_bytes(b"numbers")
    write_assignments(course, [], [], course.root / "assignments")
    written = write_assignments(course, ["02_box"], ["en"], tmp_path / "out")
    assert [path.name for path in written] == ["02_box.ipynb"]
    copy = tmp_path / "out" / "data" / "digits" / "x.npy"
    assert copy.read_bytes() == b"numbers"
    copy.unlink()
    (problem,) = stale(course, ["02_box"], ["en"], tmp_path / "out")
    assert problem.startswith(f"{copy}: missing")
    assert stale(course, [], [], course.root / "assignments") == []


def test_stale_names_what_is_missing_differs_or_is_surplus(mini, tmp_path):
    course = mini.load()
    write_assignments(course, [], [], tmp_path)
    (tmp_path / "en" / "01_area.ipynb").unlink()
    (tmp_path / "ja" / "01_area.ipynb").write_text("{}\n")
    (tmp_path / "en" / "03_gone.ipynb").write_text("{}\n")
    missing, differs, surplus = stale(course, [], [], tmp_path)
    assert stale(course, ["01_area", "02_box"], [], tmp_path) == [missing, differs, surplus]
    assert stale(course, ["02_box"], [], tmp_path) == []
    assert missing.startswith(f"{tmp_path / 'en' / '01_area.ipynb'}: missing; run `autograder")
    assert differs.startswith(
        f"{tmp_path / 'ja' / '01_area.ipynb'}: differs from what solutions/ generates"
    )
    assert surplus.startswith(f"{tmp_path / 'en' / '03_gone.ipynb'}: belongs to no exercise")


def test_a_change_of_the_teaching_notebook_makes_its_two_files_stale(mini, tmp_path):
    write_assignments(mini.load(), [], [], tmp_path)
    mini.replace(mini.area.notebook, "# Think: which", "# Think again: which")
    (only,) = stale(mini.load(), [], [], tmp_path)
    assert "en/01_area.ipynb" in only


def test_a_better_solution_alone_makes_nothing_stale(mini, tmp_path):
    write_assignments(mini.load(), [], [], tmp_path)
    mini.replace(mini.area.notebook, "    return outer - inner\n", "    return -inner + outer\n")
    assert stale(mini.load(), [], [], tmp_path) == []


def test_a_language_that_the_course_is_not_written_in(mini, tmp_path):
    with pytest.raises(CourseError, match=r"has no texts in 'de'.*Choose from en, ja"):
        write_assignments(mini.load(), [], ["de"], tmp_path)


def test_an_exercise_that_does_not_exist(mini, tmp_path):
    with pytest.raises(CourseError, match=r"no exercise '09_moon'.*01_area, 02_box"):
        write_assignments(mini.load(), ["09_moon"], [], tmp_path)


def test_a_disk_that_refuses_half_way_leaves_everything_as_it_was(mini, tmp_path):
    """The Japanese folder is a file here, so the second notebook cannot be written."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "01_area.ipynb").write_text("the old one")
    (tmp_path / "ja").write_text("in the way")
    with pytest.raises(OSError, match="ja"):
        write_assignments(mini.load(), [], [], tmp_path)
    assert [path.name for path in (tmp_path / "en").iterdir()] == ["01_area.ipynb"]
    assert (tmp_path / "en" / "01_area.ipynb").read_text() == "the old one"
