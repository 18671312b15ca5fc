"""The working directory is as the cells left it, for each further copy of a notebook."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.sandbox.guest import working_folder
from autograder.sandbox.guest.working_folder import WorkingFolder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_was_added_is_removed_and_what_was_there_stays(here: Path) -> None:
    folder = WorkingFolder()
    (here / "of a cell").touch()
    folder.remember()
    (here / "added").write_text("1")
    (here / "a link").symlink_to(here / "of a cell")
    (here / "a folder").mkdir()
    folder.restore()
    assert sorted(path.name for path in here.iterdir()) == ["a folder", "of a cell"]


@pytest.mark.parametrize("change", ["written", "longer", "gone", "a link", "a pipe"])
def test_files_of_cells_are_as_the_cells_left_them(here: Path, change: str) -> None:
    kept, other = here / "kept", here / "other"
    kept.write_text("of a cell")
    other.write_text("other")
    folder = WorkingFolder()
    folder.remember()
    for _ in range(2):
        if change in ("written", "longer"):
            kept.write_text("x" * (9 if change == "written" else 99))
        else:
            kept.unlink()
        if change == "a link":
            kept.symlink_to(other)
        elif change == "a pipe":
            os.mkfifo(kept)
        folder.restore()
        assert kept.read_text() == "of a cell"
        assert other.read_text() == "other"
        assert not kept.is_symlink()


def test_files_that_are_too_large_to_be_kept_stay_as_they_are(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_folder, "MAX_BYTES", 3)
    (here / "large").write_text("1234")
    folder = WorkingFolder()
    folder.remember()
    (here / "large").write_text("56")
    folder.restore()
    assert (here / "large").read_text() == "56"


def test_nothing_is_removed_from_another_directory(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "inside").mkdir()
    folder = WorkingFolder()
    monkeypatch.chdir(here / "inside")  # as a cell may do, or a criterion
    folder.remember()
    (here / "inside" / "added").touch()
    folder.restore()
    assert (here / "inside" / "added").exists()


def test_of_very_many_files_none_is_removed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working_folder, "MAX_ENTRIES", 3)
    folder = WorkingFolder()
    for name in "abcd":
        (here / name).touch()
    folder.remember()
    (here / "e").touch()
    folder.restore()
    assert len(list(here.iterdir())) == 5
