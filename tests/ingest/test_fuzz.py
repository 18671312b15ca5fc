"""However a notebook is damaged, it is read or refused with a reason; the reader never crashes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.errors import UnreadableSubmission
from autograder.ingest import discover, read_notebook
from tests.conftest import Grade
from tests.ingest.damage import KINDS, damaged
from tests.mini_course import MiniCourse


def read_or_refused(raw: bytes, folder: Path) -> str:
    path = folder / "a.ipynb"
    path.write_bytes(raw)
    try:
        book = read_notebook(path, path)
    except UnreadableSubmission:
        return "refused"
    for index, source in book.cells:
        assert index >= 0
        source.encode()
    for name in book.names:
        assert isinstance(name, str)
    return "read"


@pytest.mark.parametrize("kind", KINDS)
def test_some_files_of_each_kind(kind: str, tmp_path: Path) -> None:
    for seed in range(12):
        read_or_refused(damaged(kind, seed), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_hundreds_of_files_of_each_kind(kind: str, tmp_path: Path) -> None:
    """14 kinds of 540 seeds: 7,560 files."""
    began = time.process_time()
    seen = {read_or_refused(damaged(kind, seed), tmp_path) for seed in range(12, 552)}
    assert time.process_time() - began < 90
    # Some files of the other kinds can be read, since the damage is in skipped values; a file that
    # was doubled may have been cut off afterwards.
    hopeless = {"cut", "beheaded", "wrapped", "compressed", "noise"}
    assert seen == ({"refused"} if kind in hopeless else {"read", "refused"})


BIG = 60 * 2**20
LONG: dict[str, Callable[[], bytes]] = {
    "lines": lambda: b"a\n" * (BIG // 2),
    "imports": lambda: (b"from " + b"a" * 50 + b"\n") * (BIG // 56),
    "alternating": lambda: b'{"a": "' + b"\xffA" * (BIG // 2),
    "cp932": lambda: b'{"a": "' + b"\x95\x5c" * (BIG // 2) + b'"}',
    "objects": lambda: b'{"a":' * (BIG // 5),
    "backslashes": lambda: b'{"cells":[{"source":"' + b"\\" * BIG,
    "metadata": lambda: (
        b'{"cells":[%b{}]}' % ((b'{"metadata":{"a":[%b0]}},' % (b"[]," * 20000)) * 1000)
    ),
    "keys": lambda: b'{"cells":[],"a":{%b"z":0}}' % (b'"k":{},' * (BIG // 7)),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", LONG)
def test_time_and_memory_are_bounded(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(LONG[kind]())
    reader = (
        "import re, sys, time\n"
        "from pathlib import Path\n"
        "from autograder.errors import UnreadableSubmission\n"
        "from autograder.ingest import read_notebook\n"
        "try:\n    read_notebook(Path(sys.argv[1]), Path(sys.argv[1]))\n"
        "except UnreadableSubmission:\n    pass\n"
        "status = Path('/proc/self/status')\n"
        "peak = re.search(r'VmHWM:\\s*(\\d+)', status.read_text())[1] if status.exists() else 0\n"
        "print(time.process_time(), peak)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", reader, tmp_path / "a.ipynb"],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, kilobytes = map(float, done.stdout.split())
    assert seconds < 10
    assert kilobytes < 300 * 1024


@pytest.mark.slow
def test_a_class_of_damaged_files_is_discovered_completely(tmp_path: Path) -> None:
    """Recognizing, choosing and naming look into the same files."""
    for number, kind in enumerate(KINDS):
        for seed in range(10):
            folder = tmp_path / "in" / f"s{number} {seed}"
            folder.mkdir(parents=True)
            (folder / "02_im2col.ipynb").write_bytes(damaged(kind, 1000 + seed))
            (folder / "02_im2col (1).ipynb").write_bytes(damaged(kind, 2000 + seed))
            (folder / "Untitled.ipynb").write_bytes(damaged(kind, 3000 + seed))
    result = discover([tmp_path / "in"], ("01_single", "02_im2col"), None)
    assert len({s.student for s in result.submissions}) == 10 * len(KINDS)
    assert all(s.others for s in result.submissions)


@pytest.mark.slow
def test_grading_damaged_files_is_never_a_fault_of_the_grader(
    mini: MiniCourse, grade: Grade
) -> None:
    books = {f"{kind} {seed}": damaged(kind, seed) for kind in KINDS for seed in range(4000, 4026)}
    graded = grade(mini.load(), "01_area", books)
    assert len(graded) == len(books) == 364
    assert {name: one.notes for name, one in graded.items() if one.notes} == {}
    assert {one.result.status for one in graded.values()} == {"graded", "unreadable"}
