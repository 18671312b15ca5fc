"""Whoever stops listening: the work is done all the same, and the exit status says that it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.handed_in import IM2COL, book, results
from tests.paths import ROOT

Trust = tuple[str, ...]


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "佐藤 健" / "02_im2col.ipynb"
    path.parent.mkdir()
    path.write_bytes(book(IM2COL))
    return path


def command(trust: Trust, name: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "autograder", name, *map(str, arguments), *trust]


def closed_pipe() -> int:
    """The writing end of a pipe that nobody reads from."""
    read, write = os.pipe()
    os.close(read)
    return write


def test_a_table_into_head(notebook: Path, trust: Trust) -> None:
    pipe = closed_pipe()
    done = subprocess.run(
        command(trust, "check", notebook),
        cwd=ROOT,
        stdout=pipe,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(pipe)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_class_whose_log_nobody_reads_is_graded_to_its_end(
    notebook: Path, trust: Trust, tmp_path: Path
) -> None:
    pipe = closed_pipe()
    out = tmp_path / "out"
    words = command(trust, "grade", notebook, "--out", out)
    done = subprocess.run(words, cwd=ROOT, stdout=pipe, stderr=pipe, check=False)
    os.close(pipe)
    assert done.returncode == 0
    assert results(out)["佐藤 健/02_im2col"]["score"] == 9
    assert (out / "index.html").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_table_that_cannot_be_kept_is_said_to_be_lost(notebook: Path, trust: Trust) -> None:
    with Path("/dev/full").open("wb") as full:
        words = command(trust, "check", notebook)
        done = subprocess.run(words, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert b"No space left on device. Free some space" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_terminal_that_knows_ascii_alone(notebook: Path, trust: Trust) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    words = command(trust, "check", notebook, "--lang", "ja")
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert rb"17\u70b9\u4e2d" in done.stdout


def test_nobody_to_speak_to_at_all(notebook: Path, trust: Trust, tmp_path: Path) -> None:
    words = command(trust, "grade", notebook, "--out", tmp_path / "out")
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *words], cwd=ROOT, check=False
    )
    assert done.returncode == 0
    assert results(tmp_path / "out")["佐藤 健/02_im2col"]["score"] == 9
