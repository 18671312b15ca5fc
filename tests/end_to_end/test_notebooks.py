"""The notebooks run with a real kernel, as a student's would: nothing of ours is needed.

A solution runs to its end, without error or warning. A notebook as handed out runs up to the check
of the first stub, and that is where it stops.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course.load import load_course
from autograder.course.records import Cell
from autograder.generate import solution_cells, student_cells
from autograder.synthetic import notebooks

from .conftest import ROOT

nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

COURSE = load_course(ROOT)
EACH = [(exercise.id, lang) for exercise in COURSE.exercises for lang in COURSE.languages]


def execute(cells: tuple[Cell, ...], folder: Path, *, stop: bool) -> Any:
    """Run cells in a fresh kernel, in a folder with the course's data beside the notebook."""
    shutil.copytree(ROOT / "assignments" / "data", folder / "data")
    book = nbformat.reads(notebooks.notebook(cells).decode(), as_version=4)
    client = nbclient.NotebookClient(
        book, timeout=600, allow_errors=not stop, resources={"metadata": {"path": str(folder)}}
    )
    # Warnings are errors; the kernel keeps its files to the folder.
    environment = {
        **os.environ,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "IPYTHONDIR": str(folder / "ipython"),
        "OPENBLAS_NUM_THREADS": "1",
    }
    environment.pop("PYTHONPATH", None)
    return client.execute(env=environment)


def outputs(cell: Any, kind: str) -> list[Any]:
    return [output for output in cell.get("outputs", []) if output.output_type == kind]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize(("exercise_id", "lang"), EACH)
def test_a_solution_runs_to_its_end_without_a_warning(
    exercise_id: str, lang: str, tmp_path: Path
) -> None:
    cells = solution_cells(COURSE, COURSE.exercise(exercise_id), lang)
    done = execute(cells, tmp_path, stop=True)
    said = [
        stream.text
        for cell in done.cells
        for stream in outputs(cell, "stream")
        if stream.name == "stderr"
    ]
    assert said == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize(("exercise_id", "lang"), EACH)
def test_as_handed_out_it_stops_at_the_first_check(
    exercise_id: str, lang: str, tmp_path: Path
) -> None:
    cells = student_cells(COURSE.exercise(exercise_id), lang)
    roles = [cell.role for cell in cells]
    first_stub = roles.index("stub")
    first_check = roles.index("check", first_stub)
    done = execute(cells[: first_check + 1], tmp_path, stop=False)
    failed = [index for index, cell in enumerate(done.cells) if outputs(cell, "error")]
    assert failed == [first_check]
