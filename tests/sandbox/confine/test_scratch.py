"""Counting and removing what a student's process made, however it made it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox.confine import scratch


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A session's own directory; nothing of it is left for pytest to tidy up."""
    directory = tmp_path / "session"
    directory.mkdir()
    with contextlib.chdir(tmp_path):
        yield directory
    scratch.remove(str(directory))


def nest(place: Path, depth: int) -> None:
    """Folders in folders, further down than a path can say."""
    with contextlib.chdir(place):
        for number in range(depth):
            Path("d").mkdir()
            Path(f"file{number}").touch()
            Path("link").symlink_to("/")
            os.chdir("d")


def test_what_a_learner_writes_is_not_too_much(place: Path) -> None:
    (place / "figures/2024/best").mkdir(parents=True)
    for number in range(50):
        (place / f"figures/2024/{number}.png").write_bytes(bytes(10_000))
    (place / "all").symlink_to("figures")
    assert not scratch.exceeds(str(place), 1)


def test_bytes_are_counted(place: Path) -> None:
    (place / "in").mkdir()
    for number in range(3):
        (place / f"in/{number}").write_bytes(os.urandom(2**19))
    assert scratch.exceeds(str(place), 1)
    assert not scratch.exceeds(str(place), 2)


def test_files_of_nothing_are_counted_too(place: Path) -> None:
    for number in range(scratch.FILES_PER_MB + 1):
        (place / str(number)).touch()
    assert scratch.exceeds(str(place), 1)
    assert not scratch.exceeds(str(place), 2)


def test_a_file_with_a_hole_takes_what_it_takes(place: Path) -> None:
    with (place / "sparse").open("wb") as file:
        file.truncate(2**30)
    assert not scratch.exceeds(str(place), 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_looked_at_is_too_much(place: Path) -> None:
    (place / "shut").mkdir(mode=0o300)
    assert scratch.exceeds(str(place), 1)


def test_folders_nested_beyond_reason_are_too_much(place: Path) -> None:
    nest(place, 100)
    assert scratch.exceeds(str(place), 1000)


@pytest.mark.parametrize("depth", [1, 100, 5000])
def test_everything_is_removed(place: Path, depth: int) -> None:
    nest(place, depth)
    (place / "shut/in").mkdir(parents=True)
    (place / "shut/in").chmod(0)
    (place / "shut").chmod(0)
    (place / ".0").mkdir()
    (place / ".1").touch()
    scratch.remove(str(place))
    assert not place.exists()


def test_links_are_removed_and_not_followed(place: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    (place / "away").symlink_to(kept)
    (place / "in").mkdir()
    (place / "in/away").symlink_to(kept)
    scratch.remove(str(place))
    assert (kept / "file").exists()


def test_what_is_not_there_is_removed_already(place: Path) -> None:
    scratch.remove(str(place / "nothing"))
    assert not scratch.exceeds(str(place / "nothing"), 1)
