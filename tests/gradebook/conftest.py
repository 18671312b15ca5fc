"""A desk whose class has been written into the gradebook once."""

import shutil
from pathlib import Path

import pytest

from autograder.gradebook.nbgrader import open_gradebook
from tests.gradebook.desk import Desk
from tests.report.conftest import im2col_criteria
from tests.results import make_result


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new gradebook: nbgrader takes seconds to make one."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with open_gradebook(f"sqlite:///{path}"):
        return path


@pytest.fixture
def desk(tmp_path: Path, empty: Path) -> Desk:
    shutil.copy(empty, tmp_path)
    desk = Desk(tmp_path)
    failed = {"im2col__stride": {"status": "failed", "points": 0}}
    open_points = {"im2col__padding": {"status": "grader_error", "points": 0}}
    desk.add(make_result("aiko", criteria=im2col_criteria()))
    desk.add(make_result("ben", criteria=im2col_criteria(**failed)))
    desk.add(make_result("chiyo", criteria=im2col_criteria(**open_points), status="grader_error"))
    assert desk.sync() == 0
    return desk
