"""What students got, by which hand-ins are recognised and an untouched copy is known."""

from __future__ import annotations

import pytest

from autograder.course.load import load_course
from autograder.ingest import Notebook
from autograder.run.handouts import handouts_of
from tests.paths import ROOT


@pytest.fixture(scope="module")
def handouts():
    return handouts_of(load_course(ROOT))


def test_every_handout_is_recognised_as_its_exercise_and_as_untouched(handouts):
    import nbformat

    for path in sorted((ROOT / "assignments").glob("*/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        code = [cell for cell in cells if cell.cell_type == "code"]
        book = Notebook("", tuple((n, cell.source) for n, cell in enumerate(code)))
        names = frozenset(cell.metadata["name"] for cell in code)
        assert handouts.untouched(book), path
        assert handouts.exercise_of(Notebook("", (), names=names)) == path.stem
        done = Notebook("", (*book.cells, (99, "x = 1")))
        assert not handouts.untouched(done)


def test_a_course_that_cannot_be_generated_can_be_graded(mini):
    mini.replace(mini.area.notebook, "### END SOLUTION", "### END")
    handout = handouts_of(mini.load()).all[0]
    assert handout.defines == {"frame_area"}
    assert handout.sources == frozenset()
