"""Two runs on one output folder; disks that are full or read-only."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.survival.conftest import GradedClass, Outcome, outcome

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="disks of any size are made with tmpfs"),
]

Mount = Callable[[str], None]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Mount]]:
    """A folder on a disk of its own, and a function that mounts it again with other options."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")

    if os.geteuid() != 0:
        pytest.skip("mounting a disk takes root")
    mount("size=10m")
    yield folder, lambda options: mount(f"remount,{options}")
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_two_runs_on_one_folder(
    graded_class: GradedClass,
    undisturbed: Outcome,
    tmp_path: Path,
    nothing_outlives: Callable[[], None],
) -> None:
    out = tmp_path / "out"
    both = [graded_class.start(out), graded_class.start(out)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert outcome(out) == undisturbed
    nothing_outlives()


def test_one_of_two_runs_killed(
    graded_class: GradedClass, undisturbed: Outcome, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    one, other = graded_class.start(out), graded_class.start(out)
    with pytest.raises(subprocess.TimeoutExpired):
        one.wait(timeout=1.5)
    one.kill()
    one.communicate()
    said, _ = other.communicate(timeout=120)
    assert other.returncode == 0, said
    graded_class.grade(out)  # removes what the killed one left
    assert outcome(out) == undisturbed


@pytest.mark.parametrize("size", ["16k", "40k"])
def test_a_full_disk(
    size: str, graded_class: GradedClass, undisturbed: Outcome, disk: tuple[Path, Mount]
) -> None:
    folder, remount = disk
    remount(f"size={size}")
    process = graded_class.start(folder / "out")
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert f"{folder}/out" in said
    assert "No space left on device. Free some space and run it again" in said
    assert "Traceback" not in said
    remount("size=10m")
    graded_class.grade(folder / "out")
    assert outcome(folder / "out") == undisturbed


def test_a_read_only_disk(
    graded_class: GradedClass, undisturbed: Outcome, disk: tuple[Path, Mount]
) -> None:
    folder, remount = disk
    remount("ro")
    process = graded_class.start(folder / "out")
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert f"{folder}/out: is not writable (Read-only file system)" in said
    assert "Traceback" not in said
    remount("rw")
    graded_class.grade(folder / "out")
    assert outcome(folder / "out") == undisturbed


def test_a_disk_that_becomes_read_only_in_the_middle(
    graded_class: GradedClass, undisturbed: Outcome, disk: tuple[Path, Mount]
) -> None:
    folder, remount = disk
    process = graded_class.start(folder / "out")
    assert process.stdout is not None
    said = ""
    while "[1/8]" not in said:
        said += process.stdout.readline()
    remount("ro")
    said += process.communicate(timeout=120)[0]
    assert process.returncode == 1, said
    assert "Read-only file system" in said
    assert "Traceback" not in said
    remount("rw")
    graded_class.grade(folder / "out")
    assert outcome(folder / "out") == undisturbed


@pytest.mark.parametrize("options", ["size=4k", "ro"])
def test_no_room_for_temporary_files(
    options: str, graded_class: GradedClass, tmp_path: Path, disk: tuple[Path, Mount]
) -> None:
    """It works with another folder for them, or says in one line which one it is."""
    folder, remount = disk
    remount(options)
    if options != "ro":
        (folder / "filler").write_bytes(b"x" * 4096)
    done = subprocess.run(
        graded_class.command(tmp_path / "out"),
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or str(folder) in done.stderr.splitlines()[-1]
