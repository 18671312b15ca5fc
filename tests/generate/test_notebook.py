"""The notebook file: valid, deterministic, and nbgrader's own in its metadata."""

import json
import os
import subprocess
import sys
import warnings

import nbformat
import pytest

from autograder.generate import notebook, notebook_bytes

RENDER = """
import sys
from pathlib import Path
from autograder.course.load import load_course
from autograder.generate import notebook_bytes
course = load_course(Path(sys.argv[1]))
for exercise in course.exercises:
    for lang in course.languages:
        sys.stdout.buffer.write(notebook_bytes(course, exercise, lang))
"""


def code_cells(nb):
    return {cell.metadata.name: cell for cell in nb.cells if cell.cell_type == "code"}


def test_two_processes_with_different_hash_seeds_give_the_same_bytes(mini):
    outputs = {
        subprocess.run(
            [sys.executable, "-c", RENDER, str(mini.root)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    }
    (only,) = outputs
    assert only.count(b'"nbformat": 4') == 4


def test_it_is_valid_nbformat_4_5_without_outputs(mini):
    course = mini.load()
    content = notebook_bytes(course, course.exercise("01_area"), "en")
    nb = json.loads(content)
    assert (nb["nbformat"], nb["nbformat_minor"]) == (4, 5)
    assert nb["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "convkit": {"exercise": "01_area", "lang": "en"},
    }
    code = [cell for cell in nb["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    nbformat.validate(nbformat.reads(content.decode(), as_version=4))


def test_cell_ids_depend_on_names_and_places_and_are_shared_by_the_languages(mini):
    course = mini.load()
    exercise = course.exercise("01_area")
    ids = [[cell.id for cell in notebook(course, exercise, lang).cells] for lang in ("en", "ja")]
    assert ids[0] == ids[1]
    assert ids[0] == [
        "01_area-top-1",
        "01_area-setup",
        "01_area-frame_area",
        "01_area-check_frame_area",
        "01_area-check_frame_area-1",
    ]


def test_a_long_cell_name_still_makes_a_valid_id(mini):
    for name in ("x" * 70 + "a", "x" * 70 + "b"):
        mini.replace(
            mini.area.notebook,
            '# %% name="setup"',
            f'# %% name="{name}" tags=["demo"]\nz = 1\n# %% name="setup"',
        )
    course = mini.load()
    nbformat.validate(notebook(course, course.exercise("01_area"), "en"))


def test_nbgrader_sees_solutions_and_locked_checks_with_points(mini):
    from nbgrader import utils
    from nbgrader.nbgraderformat import MetadataValidator

    course = mini.load()
    nb = notebook(course, course.exercise("01_area"), "en")
    MetadataValidator().validate_nb(nb)
    cells = code_cells(nb)
    assert {
        name: cell.metadata.nbgrader.schema_version
        for name, cell in cells.items()
        if "nbgrader" in cell.metadata
    } == {"frame_area": 3, "check_frame_area": 3}
    stub, check, setup = cells["frame_area"], cells["check_frame_area"], cells["setup"]
    assert utils.is_solution(stub)
    assert not utils.is_locked(stub)
    assert stub.metadata.deletable is False
    assert "editable" not in stub.metadata
    assert utils.is_locked(check)
    assert (check.metadata.deletable, check.metadata.editable) == (False, False)
    assert [utils.is_grade(cell) for cell in (stub, check)] == [False, True]
    assert check.metadata.nbgrader.points == course.exercise("01_area").max_score == 2.5
    for cell in (stub, check):
        assert cell.metadata.nbgrader.checksum == utils.compute_checksum(cell)
    assert "nbgrader" not in setup.metadata


def test_carry_and_demo_cells_for_nbgrader(mini):
    course = mini.load()
    cells = code_cells(notebook(course, course.exercise("02_box"), "en"))
    assert cells["carry"].metadata.nbgrader.solution is True
    assert cells["demo"].metadata.nbgrader.locked is True


def test_nbgraders_own_preprocessors_find_nothing_left_to_do(mini):
    from nbgrader.preprocessors import (
        CheckCellMetadata,
        ClearOutput,
        ComputeChecksums,
        DeduplicateIds,
        LockCells,
    )

    course = mini.load()
    nb = notebook(course, course.exercise("02_box"), "en")
    before = nbformat.writes(nb)
    for step in (DeduplicateIds, LockCells, ClearOutput, ComputeChecksums, CheckCellMetadata):
        nb, _ = step().preprocess(nb, {})
    assert nbformat.writes(nb) == before


def test_a_carry_cell_asks_and_with_provide_earlier_answers(mini):
    course = mini.load()
    exercise = course.exercise("02_box")
    asked = code_cells(notebook(course, exercise, "en"))["carry"].source
    assert asked == "# Paste your frame_area here."
    answered = code_cells(notebook(course, exercise, "en", provide_earlier=True))["carry"].source
    assert answered.startswith("# Paste your frame_area here.\n\n\ndef frame_area(")
    assert answered.endswith("    return outer - inner")
    space = {}
    exec(answered, space)
    assert space["frame_area"](3, 3) == 8


def test_the_badge_leads_to_the_notebook_where_the_course_says_where_it_lies(mini):
    settings = mini.root / "solutions" / "course.toml"
    address = "https://colab.research.google.com/github/someone/course/blob/main/assignments"
    settings.write_text(f'colab = "{address}/"\n{settings.read_text()}')
    course = mini.load()
    badge = notebook(course, course.exercise("01_area"), "ja").cells[0].source
    assert badge.endswith(f"({address}/ja/01_area.ipynb)")


def test_without_an_address_there_is_no_badge(mini):
    course = mini.load()
    nb = notebook(course, course.exercise("01_area"), "en")
    assert not any("colab" in cell.source for cell in nb.cells)


def test_the_code_of_checks_and_demos_is_hidden_in_jupyter_and_a_titled_form_in_colab(mini):
    course = mini.load()
    titles = {}
    for lang in course.languages:
        cells = code_cells(notebook(course, course.exercise("02_box"), lang))
        hidden = {name for name, cell in cells.items() if "jupyter" in cell.metadata}
        assert hidden == {name for name, cell in cells.items() if cell.metadata.tags[0] == "demo"}
        assert cells["demo"].metadata.jupyter == {"source_hidden": True}
        assert cells["demo"].metadata.cellView == "form"
        titles[lang] = cells["demo"].source.split("\n")[0]
    assert titles == {
        "en": "# @title Demonstration: run this cell",
        "ja": "# @title 図や実験：このセルを実行",
    }
    check = code_cells(notebook(course, course.exercise("01_area"), "en"))["check_frame_area"]
    assert check.metadata.jupyter == {"source_hidden": True}
    assert check.source.startswith("# @title Check: run this cell\n")


def test_the_code_of_a_setup_cell_is_hidden_where_its_header_says_so_and_stays_editable(mini):
    file = mini.root / "solutions" / "01_area" / "notebook.py"
    header = '# %% name="setup" tags=["setup"]'
    before = code_cells(notebook(mini.load(), mini.load().exercise("01_area"), "ja"))["setup"]
    file.write_text(file.read_text().replace(header, f"{header} hidden=true"))
    course = mini.load()
    after = code_cells(notebook(course, course.exercise("01_area"), "ja"))["setup"]
    assert "jupyter" not in before.metadata
    assert after.metadata.jupyter == {"source_hidden": True}
    assert after.metadata.cellView == "form"
    assert after.source == f"# @title 用意済み：このセルを実行\n{before.source}"
    assert after.metadata.get("nbgrader") == before.metadata.get("nbgrader")


def test_a_kernel_runs_it_up_to_the_first_unfilled_stubs_check(mini):
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    course = mini.load()
    nb = notebook(course, course.exercise("01_area"), "en")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the kernel's libraries, not ours
        with pytest.raises(CellExecutionError, match="frame_area: write this yourself"):
            NotebookClient(nb, timeout=60, resources={}).execute()
    cells = code_cells(nb)
    assert cells["frame_area"].execution_count == 2
    assert cells["check_frame_area"].outputs[0]["text"] == "about to check\n"
    assert cells["check_frame_area"].outputs[1]["ename"] == "NotImplementedError"
