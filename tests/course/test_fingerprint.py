"""Fingerprints: equal for equal courses, different if anything that affects grades differs."""

import shutil

import pytest

from autograder.course.load import course_sha256, exercise_sha256s, load_course


def test_a_copy_elsewhere_with_caches_has_the_same_hash(mini, tmp_path):
    before = course_sha256(mini.load())
    copy = tmp_path / "copy"
    shutil.copytree(mini.root, copy)
    (copy / "solutions" / "__pycache__").mkdir()
    (copy / "solutions" / "__pycache__" / "x.cpython-312.pyc").write_bytes(b"x")
    (copy / "solutions" / ".ipynb_checkpoints").mkdir()
    (copy / "solutions" / ".ipynb_checkpoints" / "notebook.py").write_text("x")
    (copy / "README.md").write_text("x")
    assert course_sha256(load_course(copy)) == before
    assert len(before) == 64


@pytest.mark.parametrize(
    "name",
    [
        "solutions/01_area/notebook.py",
        "solutions/01_area/mistakes.py",
        "tests/hidden/test_01_area.py",
        "tests/hidden/data/numbers.csv",
        "source_lib/deep/er.py",
    ],
)
def test_any_file_that_affects_grades_changes_it(mini, name):
    before = course_sha256(mini.load())
    path = mini.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{path.read_text(encoding='utf-8') if path.exists() else ''}# more\n")
    assert course_sha256(mini.load()) != before


def test_the_salt_changes_it(mini):
    before = course_sha256(mini.load())
    mini.replace(mini.settings, 'salt = "tiny"', 'salt = "other"')
    assert course_sha256(mini.load()) != before


def test_renaming_a_file_changes_it(mini):
    before = course_sha256(mini.load())
    mini.area.mistakes.rename(mini.area.mistakes.with_name("mistaken.py"))
    assert course_sha256(mini.load()) != before


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("solutions/02_box/exercise.toml", {"02_box"}),
        ("solutions/02_box/mistakes.py", {"02_box"}),
        ("tests/hidden/test_02_box.py", {"02_box"}),
        ("tests/hidden/ladder_02_box.py", {"02_box"}),
        ("tests/hidden/test_01_area.py", {"01_area", "02_box"}),  # 02 builds on 01
        ("tests/hidden/shapes.py", {"01_area", "02_box"}),
        ("solutions/course.toml", {"01_area", "02_box"}),
        ("source_lib/__init__.py", {"01_area", "02_box"}),
    ],
)
def test_a_file_changes_the_exercises_whose_grades_depend_on_it(mini, name, changed):
    before = exercise_sha256s(mini.load())
    path = mini.root / name
    path.write_text(f"{path.read_text(encoding='utf-8') if path.exists() else ''}# more\n")
    after = exercise_sha256s(mini.load())
    assert {id for id in before if before[id] != after[id]} == changed


def test_a_file_of_another_exercise_counts_where_it_is_imported(mini):
    helper = mini.root / "tests" / "hidden" / "ladder_02_box.py"
    helper.write_text("X = 1\n")
    mini.area.suite.write_text("import ladder_02_box\n" + mini.area.suite.read_text())
    before = exercise_sha256s(mini.load())
    helper.write_text("X = 2\n")
    assert exercise_sha256s(mini.load())["01_area"] != before["01_area"]


def test_another_exercises_parts_count_everywhere(mini):
    """They tell for which exercise a notebook was written."""
    before = exercise_sha256s(mini.load())
    mini.replace(mini.box.toml, 'id = "Box.volume"', 'id = "Box.volume"\naliases = ["Crate"]')
    assert exercise_sha256s(mini.load())["01_area"] != before["01_area"]
