"""The notebooks run with a real kernel, as a student's would: nothing of ours is needed.

As handed out, a notebook runs up to the check of the first stub, and that is where it stops. Filled
in with the teaching solution it runs to its end, without error or warning. nbgrader's validation
says the same of both. The notebooks of all languages are the same program (`test_translations`), so
what trains networks runs in one language only, as does everything that is handed out.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course.load import load_course
from autograder.generate import solution_cells
from tests.course_content import race
from tests.paths import ROOT

nbclient = pytest.importorskip("nbclient")
channels = pytest.importorskip("jupyter_client.channels")
pytest.importorskip("ipykernel")
validator = pytest.importorskip("nbgrader.validator")

COURSE = load_course(ROOT)
EACH = [(exercise.id, lang) for exercise in COURSE.exercises for lang in COURSE.languages]
LONG = {"06_simple_convnet", "07_resnet", "08_stripes_and_fcn"}
IN_TURN = [
    (exercise.id, COURSE.languages[number % len(COURSE.languages)])
    for number, exercise in enumerate(COURSE.exercises)
]
"""Each exercise in one language, neighbours in different ones."""

CHEAPER = {
    # Threads of NumPy and PyTorch wait for each other by spinning, which takes other tests' time.
    **{"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    # Each step of training makes and drops arrays of some 10 MB. If they went back to the system,
    # their pages would have to be zeroed again every time: a tenth of all the CPU time.
    **{"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**32)},
}
"""Settings of the kernel that change no result."""

pytestmark = pytest.mark.slow
QUIET = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.fixture(autouse=True)
def look_for_replies_every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Now and then a kernel's reply wakes nobody up, and is only found once the wait is over.

    That is the time limit of a cell: ten minutes. So no wait is longer than a second.
    """
    get_msg = channels.AsyncZMQSocketChannel.get_msg

    async def look(channel: Any, timeout: float | None = None) -> Any:
        ends = float("inf") if timeout is None else time.monotonic() + timeout
        while (left := ends - time.monotonic()) > 1:
            with contextlib.suppress(queue.Empty):
                return await get_msg(channel, 1)
        return await get_msg(channel, max(0.0, left))

    monkeypatch.setattr(channels.AsyncZMQSocketChannel, "get_msg", look)


def handed_out(exercise_id: str, lang: str) -> Any:
    """The notebook that students get, from assignments/."""
    path = ROOT / "assignments" / lang / f"{exercise_id}.ipynb"
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def filled_in(exercise_id: str, lang: str) -> Any:
    """The same with the teaching solution in the cells that students write; others untouched."""
    book = handed_out(exercise_id, lang)
    solved = {
        cell.name: cell.source
        for cell in solution_cells(COURSE, COURSE.exercise(exercise_id), lang)
        if cell.role in {"stub", "carry"}
    }
    for cell in book.cells:
        name = cell.metadata.get("name")
        if name in solved:
            cell.source = solved.pop(name)
    assert solved == {}
    return book


def execute(book: Any, folder: Path, *, stop: bool) -> Path:
    """Run a notebook in a fresh kernel, in a folder with the course's data beside it."""
    shutil.copytree(ROOT / "assignments" / "data", folder / "data")
    client = nbclient.NotebookClient(
        book, timeout=600, allow_errors=not stop, resources={"metadata": {"path": str(folder)}}
    )
    # Warnings are errors; the kernel keeps its files to the folder.
    environment = {
        **os.environ,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "IPYTHONDIR": str(folder / "ipython"),
        **CHEAPER,
    }
    environment.pop("PYTHONPATH", None)
    client.execute(env=environment)
    path = folder / "executed.ipynb"
    nbformat.write(book, path)
    return path


def nbgrader_validates(executed: Path) -> dict[str, set[str]]:
    """What ``nbgrader validate`` finds in a notebook that has just been executed."""
    found = validator.Validator(preprocessors=[]).validate(str(executed))
    return {kind: {cell["source"] for cell in cells} for kind, cells in found.items()}


def outputs(cell: Any, kind: str) -> list[Any]:
    return [output for output in cell.get("outputs", []) if output.output_type == kind]


@QUIET
@pytest.mark.parametrize(
    ("exercise_id", "lang"), [each for each in EACH if each[0] not in LONG or each in IN_TURN]
)
def test_filled_in_it_runs_to_its_end_without_a_warning(
    exercise_id: str, lang: str, tmp_path: Path
) -> None:
    book = filled_in(exercise_id, lang)
    executed = execute(book, tmp_path, stop=True)
    streams = [stream for cell in book.cells for stream in outputs(cell, "stream")]
    assert [stream.text for stream in streams if stream.name == "stderr"] == []
    if exercise_id == "07_resnet":
        race.shows_what_is_claimed("".join(stream.text for stream in streams), (0,))
    assert nbgrader_validates(executed) == {}


@QUIET
@pytest.mark.parametrize(("exercise_id", "lang"), IN_TURN)
def test_as_handed_out_it_stops_at_the_first_check(
    exercise_id: str, lang: str, tmp_path: Path
) -> None:
    book = handed_out(exercise_id, lang)
    roles = [(cell.metadata.get("tags") or [""])[0] for cell in book.cells]
    executed = execute(book, tmp_path, stop=False)
    failed = [index for index, cell in enumerate(book.cells) if outputs(cell, "error")]
    assert failed[0] == roles.index("check", roles.index("stub"))
    checks = {
        cell.source.strip() for cell, role in zip(book.cells, roles, strict=True) if role == "check"
    }
    assert nbgrader_validates(executed) == {"failed": checks}
