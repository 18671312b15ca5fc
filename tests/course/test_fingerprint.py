"""course_sha256: equal for equal courses, different if anything that affects grades differs."""

import shutil

import pytest

from autograder.course.load import course_sha256, load_course


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
