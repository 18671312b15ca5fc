"""`autograder similar`: from a graded folder to the pairs to look at."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.handed_in import IM2COL, book
from tests.learners.test_right_but_unusual import WINDOWS
from tests.results import make_result

pytestmark = pytest.mark.slow

FANCY = WINDOWS["fancy indexing with names of one's own"]
RENAMED = FANCY.replace("padded", "p").replace("get_indices", "where")
EVIL = "open('ran', 'w')\n"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Results of four students, beside the notebooks of which they are."""
    for student, source in {
        "aiko": FANCY,
        "ben": EVIL + RENAMED,
        "chiyo": IM2COL,
        "dai": IM2COL,
    }.items():
        notebook = tmp_path / "submitted" / student / "02_im2col.ipynb"
        notebook.parent.mkdir(parents=True)
        notebook.write_bytes(book("import numpy as np", source))
        sha256 = hashlib.sha256(notebook.read_bytes()).hexdigest()
        submission = {"file": str(notebook), "sha256": sha256}
        path = tmp_path / "graded" / "results" / student / "02_im2col.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(make_result(student, submission=submission)))
    return tmp_path / "graded"


def test_copies_are_listed_and_shown_side_by_side(autograder: Run, out: Path) -> None:
    done = autograder("similar", out)
    assert done.returncode == 0, done.stderr
    rows = [line.split("│")[1:3] for line in done.stdout.splitlines() if line.startswith("│")]
    found = {students.strip(): what.strip() for students, what in rows}
    assert set(found) == {"aiko, ben", "chiyo, dai"}
    assert found["chiyo, dai"] == "the same file"
    assert int(found["aiko, ben"].removesuffix(" %")) > 60
    assert "Ask before you conclude" in done.stdout
    assert "def where" in (out / "similar" / "02_im2col-1.html").read_text("utf-8")


def test_a_file_that_is_not_the_graded_one_is_named_and_left_out(
    autograder: Run, out: Path
) -> None:
    submitted = out.parent / "submitted"
    (submitted / "ben" / "02_im2col.ipynb").write_bytes(book("x = 1"))
    (submitted / "dai" / "02_im2col.ipynb").unlink()
    done = autograder("similar", out)
    assert done.returncode == 1
    assert "ben/02_im2col.ipynb: has changed since it was graded" in done.stderr
    assert "dai/02_im2col.ipynb: " in done.stderr
    assert "2 submissions compared" in done.stdout
    assert not (out / "similar" / "02_im2col-1.html").exists()


def test_a_folder_without_results_is_wrong_usage(autograder: Run, tmp_path: Path) -> None:
    done = autograder("similar", tmp_path)
    assert done.returncode == 2
    assert "has no results/" in done.stderr
