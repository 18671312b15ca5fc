"""Findings about this machine: kept for this very machine, safely, and never for long."""

import json
import os
import time

import pytest

from autograder import user_cache
from autograder.sandbox.host import machine


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "autograder"


def test_a_finding_is_there_for_the_next_run_and_for_nobody_else(folder):
    assert machine.recall("level") is None
    machine.remember("level", ["FULL"])
    assert machine.recall("level") == ["FULL"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "level.json").stat().st_mode & 0o777 == 0o600
    machine.forget("level")
    assert machine.recall("level") is None


@pytest.mark.parametrize("seconds", [-machine.LASTS_S - 1, 60], ids=["old", "from the future"])
def test_a_finding_of_another_day_is_ignored(folder, seconds):
    machine.remember("level", "FULL")
    kept = json.loads((folder / "level.json").read_text())
    kept["at"] = time.time() + seconds
    (folder / "level.json").write_text(json.dumps(kept))
    assert machine.recall("level") is None


def change_boot(monkeypatch):
    text = machine._text
    monkeypatch.setattr(
        machine, "_text", lambda path: "another boot" if "boot_id" in path else text(path)
    )


def change_tools(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")


def change_code(monkeypatch):
    monkeypatch.setattr(user_cache, "code_sha256", lambda _folder: "edited")


def change_user(monkeypatch):
    monkeypatch.setattr(machine.os, "getgroups", lambda: [12345])


@pytest.mark.parametrize("change", [change_boot, change_tools, change_code, change_user])
def test_a_finding_does_not_outlive_what_it_was_found_on(folder, monkeypatch, change):
    if change is change_tools and not machine.shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    machine.remember("level", "FULL")
    assert (folder / "level.json").exists()
    change(monkeypatch)
    assert machine.recall("level") is None


def in_a_folder_that_others_write(folder):
    folder.chmod(0o777)


def in_a_file_that_others_write(folder):
    (folder / "level.json").chmod(0o666)


def behind_a_link(folder):
    (folder / "level.json").rename(folder / "elsewhere")
    (folder / "level.json").symlink_to(folder / "elsewhere")


def in_a_linked_folder(folder):
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def damaged(folder):
    (folder / "level.json").write_text('{"machine": ')


def something_else(folder):
    (folder / "level.json").write_text("[1]")


def a_pipe(folder):
    (folder / "level.json").unlink()
    os.mkfifo(folder / "level.json", 0o600)


@pytest.mark.parametrize(
    "spoil",
    [
        in_a_folder_that_others_write,
        in_a_file_that_others_write,
        behind_a_link,
        in_a_linked_folder,
        damaged,
        something_else,
        a_pipe,
    ],
)
def test_what_somebody_else_may_have_written_is_not_believed(folder, spoil):
    machine.remember("level", "FULL")
    spoil(folder)
    assert machine.recall("level") is None


def test_nothing_is_written_into_a_folder_that_others_write(folder):
    folder.mkdir(mode=0o700)
    folder.chmod(0o777)
    machine.remember("level", "FULL")
    assert list(folder.iterdir()) == []


def test_where_nothing_can_be_kept_everything_is_found_again(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    machine.remember("level", "FULL")
    machine.forget("level")
    assert machine.recall("level") is None
