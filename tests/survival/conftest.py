"""A small class, the command that grades it, and what a run may leave behind: its results only."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox.confine import syscalls
from autograder.verdict.codec import decode
from tests.handed_in import book
from tests.mini_course import MiniCourse
from tests.paths import ROOT

RIGHT = """
import time
def frame_area(height, width, border=1):
    time.sleep(0.05)
    return height * width - max(height - 2 * border, 0) * max(width - 2 * border, 0)
"""

STUDENTS = {
    "aiko": book(RIGHT),
    "ben": book(RIGHT.replace("2 * border", "border")),
    "chloe": b"not a notebook",
    "dmitri": book("import os\nos._exit(1)\n", RIGHT),
    "elif": book("def frame_area(height, width, border=1):\n    raise ValueError(height)\n"),
    "fatima": book("import random\ndef frame_area(*a):\n    return random.random()\n"),
    "goro": book("import os\nif os.fork() == 0:\n    while True: pass\n", RIGHT),
    "hana": book(RIGHT),
}

Outcome = dict[str, Any]


class GradedClass:
    """The class and the command, with a folder for temporary files of its own."""

    def __init__(self, root: Path, trust: tuple[str, ...]) -> None:
        self.root = root
        self.course = MiniCourse(root / "course").root
        self.handed_in = root / "in"
        self.handed_in.mkdir()
        for name, content in STUDENTS.items():
            (self.handed_in / f"{name}.ipynb").write_bytes(content)
        self.temporary = root / "tmp"
        self.temporary.mkdir(mode=0o777)
        self.trust = trust

    def command(self, out: Path, *options: str) -> list[str]:
        return [sys.executable, "-m", "autograder", "grade", str(self.handed_in), "--out", str(out),
                "--exercise", "01_area", "--course", str(self.course), "--jobs", "2",
                *options, *self.trust]  # fmt: skip

    def check_command(self, notebook: Path) -> list[str]:
        return [sys.executable, "-m", "autograder", "check", str(notebook),
                "--exercise", "01_area", "--course", str(self.course), *self.trust]  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {**os.environ, "TMPDIR": str(self.temporary)}

    def start(self, out: Path, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(out, *options),
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def grade(self, out: Path, *options: str) -> str:
        """Grade without being disturbed; what was printed."""
        process = self.start(out, *options)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return said

    def left_in_temporary(self) -> list[str]:
        return sorted(path.name for path in self.temporary.iterdir())


def outcome(out: Path) -> Outcome:
    """Everything in an output folder that is the same on every run, by file."""
    found: Outcome = {}
    for path in sorted(out.rglob("*")):
        name = str(path.relative_to(out))
        if path.suffix == ".json" and path.parent.parent.name == "results":
            found[name] = decode(path.read_bytes()).stable
        elif path.name == "grades.csv":
            found[name] = path.read_text("utf-8")
        elif path.is_file():
            found[name] = "a file"
    return found


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory: pytest.TempPathFactory, trust: tuple[str, ...]) -> GradedClass:
    return GradedClass(tmp_path_factory.mktemp("survival"), trust)


@pytest.fixture(scope="session")
def undisturbed(graded_class: GradedClass) -> Outcome:
    """What a run gives that nothing disturbs."""
    out = graded_class.root / "undisturbed"
    graded_class.grade(out)
    return outcome(out)


def children(pid: int) -> set[int]:
    found: set[int] = set()
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found |= set(map(int, file.read_text().split()))
    return found


def descendants(pid: int) -> set[int]:
    below = children(pid)
    return below.union(*map(descendants, below))


def is_alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.fixture
def nothing_outlives() -> Iterator[Callable[[], None]]:
    """A check that everything started since has ended.

    Orphans become children of this process, so that none can get out of sight.
    """
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1, "subreaper")
    before = descendants(os.getpid())

    def check() -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            left = {pid for pid in descendants(os.getpid()) - before if is_alive(pid)}
            for pid in children(os.getpid()) - before - left:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
            if not left:
                return
            time.sleep(0.05)
        commands = [Path(f"/proc/{pid}/cmdline").read_text()[:200] for pid in left]
        raise AssertionError(f"still running: {commands}")

    yield check
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 0, "subreaper")
