"""Making notebooks needs packages that grading does without; who lacks them is told which."""

import argparse
import sys

import pytest

from autograder import generate
from autograder.cli import new
from autograder.course.load import load_course
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


def test_a_course_can_be_begun_without_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    options = argparse.Namespace(what="course", name=str(tmp_path / "course"), lang=None)
    assert new.run(options) == 0
    said = capsys.readouterr()
    assert "needs the author extra (nbgrader not installed)" in said.err
    assert "autograder generate 01_mean" in said.out
    assert [exercise.id for exercise in load_course(tmp_path / "course").exercises] == ["01_mean"]
