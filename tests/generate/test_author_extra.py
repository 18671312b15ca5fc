"""Making notebooks needs packages that grading does without; who lacks them is told which."""

import sys

import pytest

from autograder import generate
from autograder.errors import MissingExtra


@pytest.mark.parametrize("package", ["nbformat", "nbgrader"])
def test_generating_without_the_author_extra_names_it_and_writes_nothing(
    mini, tmp_path, monkeypatch, package
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra) as caught:
        generate.write_assignments(mini.load(), [], [], tmp_path / "out")
    assert str(caught.value) == (
        f"generating notebooks needs the author extra ({package} not installed): "
        "pip install 'convgrade[author]'"
    )
    assert not (tmp_path / "out").exists()
