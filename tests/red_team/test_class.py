"""A class with attackers in it: each costs itself what it breaks, in bounded time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.handed_in import IM2COL, book, results
from tests.results import typed

pytestmark = pytest.mark.slow

COL2IM_LATER = "def col2im(*args):\n    raise RuntimeError('not yet')\n"
HOSTILE = {
    # These two take all the time that students get.
    "endless loop": "def col2im(*args):\n    while True: pass\n",
    "endless top": "while True: pass\n",
    "os_exit": "def col2im(*args):\n    import os; os._exit(0)\n",
    "exit at top": "import os\nos._exit(0)\n",
    "sys_exit": "import sys\nsys.exit()\n",
    "memory": "def col2im(*args):\n    return np.ones(10 * 2**30 // 8)\n",
    "forks": "import os\ndef col2im(*args):\n    while True: os.fork()\n",
    "forks at top": "import os\nwhile True: os.fork()\n",
    "kills": "import os, signal\ndef col2im(*args):\n    os.kill(os.getppid(), signal.SIGKILL)\n",
}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("submitted")
    books = {f"attacker {name}": book(IM2COL, source) for name, source in HOSTILE.items()}
    books |= {f"honest {number}": book(IM2COL, COL2IM_LATER) for number in range(3)}
    for student, content in books.items():
        place = folder / student / "02_im2col"
        place.mkdir(parents=True)
        (place / "homework.ipynb").write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def twice(
    handed_in: Path, tmp_path_factory: pytest.TempPathFactory, autograder: Run
) -> tuple[dict[str, Any], dict[str, Any], float]:
    began = time.monotonic()

    def graded(jobs: int, out: Path) -> Any:
        done = autograder("grade", handed_in, "--out", out, "--jobs", jobs, timeout=900)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return results(out)

    outs = [tmp_path_factory.mktemp(f"jobs {jobs}") for jobs in (1, 2)]
    with ThreadPoolExecutor() as both:  # at the same time: attackers mostly wait
        one, two = both.map(graded, (1, 2), outs)
    return one, two, time.monotonic() - began


def test_the_number_of_jobs_changes_nothing(twice: tuple[Any, Any, float]) -> None:
    one, two, _ = twice
    assert one.keys() == two.keys()
    for name in one:
        assert typed(one[name]).stable == typed(two[name]).stable, name


@pytest.mark.parametrize("name", HOSTILE)
def test_an_attacker_keeps_what_is_right(twice: tuple[Any, Any, float], name: str) -> None:
    result = twice[0][f"attacker {name}/02_im2col"]
    assert result["status"] == "graded"
    im2col = [c for c in result["criteria"] if c["part"] == "im2col"]
    # The list of float64 rows keeps float32 as NumPy does: everything about im2col is right.
    assert {c["status"] for c in im2col if c["id"] != "im2col.vectorised"} == {"passed"}
    col2im = [c for c in result["criteria"] if c["part"] == "col2im"]
    assert {c["status"] for c in col2im} <= {"timeout", "error", "missing", "failed"}
    assert result["score"] == sum(c["points"] for c in im2col)


def test_the_honest_are_graded_as_if_alone(twice: tuple[Any, Any, float]) -> None:
    for number in range(3):
        result = twice[0][f"honest {number}/02_im2col"]
        assert result["score"] == 9
        assert result["cells"] == [
            {"index": 0, "status": "ok", "error": None},
            {"index": 1, "status": "ok", "error": None},
        ]


def test_it_takes_bounded_time(twice: tuple[Any, Any, float]) -> None:
    for result in twice[0].values():
        assert result["timing"]["wall_s"] < 190
