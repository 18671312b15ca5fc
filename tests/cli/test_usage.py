"""Wrong usage exits with 2 and says what to do; what cannot be done exits with 1 and is named."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from autograder.cli.parser import make_parser
from autograder.errors import AutograderError
from tests.conftest import Run
from tests.handed_in import IM2COL, book
from tests.mini_course import MiniCourse


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["grade"], "PATH"),
        (["grade", "no-such-file.ipynb", "--out", "OUT"], "no such file"),
        (["grade", ".", "--out", "OUT", "--exercise", "99_nothing"], "it has 01_windows"),
        (["grade", ".", "--out", "OUT", "--jobs", "0"], "not a positive integer"),
        (["grade", ".", "--out", "OUT", "--jobs", "many"], "'many' is not a positive integer"),
        (["grade", "tests", "--out", "README.md", "--exercise", "02_im2col"], "is a file. Give"),
        (["grade", "OUT", "--out", "OUT", "--exercise", "02_im2col"], "no such file or folder"),
        (["grade", "docs", "--out", "docs"], "docs: results would be mixed with"),
        (["demo", "--out", "README.md"], "README.md: is a file. Give a folder"),
        (["generate", "--out", "README.md"], "README.md: is a file. Give a folder"),
        (["grade", ".", "--out", "OUT", "--frobnicate"], "--help"),
        (["check", "no-such-file.ipynb"], "no such file"),
        (["generate", "99_nothing"], "no exercise '99_nothing'"),
        (["report", "no-such-folder"], "Give the --out"),
        (["frobnicate"], "invalid choice"),
        (["grad", "."], "perhaps grade"),
        (["grade", ".", "--output", "OUT"], "there is no option --output, perhaps --out."),
        (["report", "OUT", "OUT"], "autograder report: error: unrecognized arguments"),
        (["check", "docs"], "docs: is a folder. Name one notebook"),
    ],
)
def test_wrong_usage(autograder: Run, tmp_path: Path, arguments: list[str], says: str) -> None:
    words = [str(tmp_path / "out") if word == "OUT" else word for word in arguments]
    done = autograder(*words)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["grade", "collect"])
def test_results_are_not_taken_for_submissions(
    autograder: Run, tmp_path: Path, command: str
) -> None:
    (tmp_path / "graded" / "results").mkdir(parents=True)
    (tmp_path / "graded" / "hand-ins.json").write_text("{}")
    done = autograder(command, tmp_path / "graded", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "has the results of a `grade` run" in done.stderr


def test_a_download_is_to_be_collected_before_it_is_graded(autograder: Run, tmp_path: Path) -> None:
    (tmp_path / "02_im2col.zip").write_bytes(b"PK")
    done = autograder("grade", tmp_path / "02_im2col.zip", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "is an archive. `autograder collect" in done.stderr


def _commands() -> dict[str, Any]:
    (found,) = (a for a in make_parser()._actions if isinstance(a.choices, dict))
    return dict(found.choices)


@pytest.mark.parametrize("command", _commands())
def test_every_option_is_explained(command: str) -> None:
    assert [a.dest for a in _commands()[command]._actions if not a.help] == []


def test_an_out_that_cannot_be_written_into_is_said_before_the_work(
    autograder: Run, tmp_path: Path
) -> None:
    (tmp_path / "02_im2col.ipynb").write_bytes(book(IM2COL))
    done = autograder("grade", tmp_path / "02_im2col.ipynb", "--out", "/proc/graded")
    assert done.returncode == 1
    assert "/proc/graded: is not writable" in done.stderr
    assert "Choose another folder" in done.stderr
    assert "isolation" not in done.stderr


def test_a_folder_that_is_no_course(autograder: Run, tmp_path: Path) -> None:
    done = autograder("generate", "--course", tmp_path)
    assert done.returncode == 1
    assert "solutions/" in done.stderr


def test_an_exercise_that_cannot_be_determined(autograder: Run, tmp_path: Path) -> None:
    (tmp_path / "homework.ipynb").write_bytes(book("x = 1"))
    done = autograder("grade", tmp_path / "homework.ipynb", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "Give --exercise ID" in done.stderr


def test_a_file_that_is_not_a_notebook_on_the_terminal(autograder: Run, tmp_path: Path) -> None:
    (tmp_path / "02_im2col.ipynb").write_text("Dear teacher")
    done = autograder("check", tmp_path / "02_im2col.ipynb")
    assert done.returncode == 0, done.stderr
    assert "0 of 17 points (unreadable" in done.stdout
    assert done.stdout.count("is not a notebook, or it is damaged") == 1


def test_one_notebook_on_the_terminal(autograder: Run, tmp_path: Path) -> None:
    (tmp_path / "02_im2col.ipynb").write_bytes(book(IM2COL))
    done = autograder("check", tmp_path / "02_im2col.ipynb")
    assert done.returncode == 0, done.stderr
    assert "of 17 points" in done.stdout
    assert "col2im" in done.stdout


def test_a_link_below_out_is_named_before_the_work(autograder: Run, tmp_path: Path) -> None:
    (tmp_path / "02_im2col.ipynb").write_bytes(book(IM2COL))
    (tmp_path / "out" / "results").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "results" / "aiko").symlink_to(tmp_path / "elsewhere")
    done = autograder("grade", tmp_path / "02_im2col.ipynb", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert f"{tmp_path}/out/results/aiko: is a link" in done.stderr
    assert "isolation" not in done.stderr


@pytest.mark.parametrize("place", [".", "solutions", "tests/graded", "assignments", "source_lib"])
@pytest.mark.parametrize(
    "command",
    [
        ("grade", "{book}", "--exercise", "01_area", "--out", "{place}"),
        ("collect", "{book}", "--out", "{place}"),
        ("demo", "--out", "{place}"),
        ("generate", "--solutions", "--out", "{place}"),
        ("feedback", "graded", "--to", "zip", "--out", "{place}"),
        ("publish", "{place}"),
    ],
    ids=lambda command: command[0],
)
def test_nothing_is_written_among_the_courses_own_files(
    mini: MiniCourse, tmp_path: Path, command: tuple[str, ...], place: str
) -> None:
    (mini.root / "assignments").mkdir()
    notebook = tmp_path / "aiko.ipynb"
    notebook.write_bytes(book(""))
    before = sorted(mini.root.rglob("*"))
    words = [word.format(book=notebook, place=mini.root / place) for word in command]
    options = make_parser().parse_args([*words, "--course", str(mini.root)])
    with pytest.raises(AutograderError, match="Choose a") as raised:
        import_module(f"autograder.cli.{command[0]}").run(options)
    assert str(mini.root / place) in str(raised.value)
    assert sorted(mini.root.rglob("*")) == before


@pytest.mark.parametrize("place", ["solutions", "tests", "assignments/new", "source_lib"])
@pytest.mark.parametrize(
    "command",
    [
        ("export", "graded", "--to", "csv"),
        ("export", "graded", "--to", "gradescope"),
        ("export", "--to", "gradescope-autograder", "--exercise", "01_area"),
        ("feedback", "graded", "--to", "mail"),
    ],
    ids=lambda command: " ".join(command),
)
def test_no_file_is_written_among_the_courses_own(
    mini: MiniCourse, command: tuple[str, ...], place: str
) -> None:
    before = sorted(mini.root.rglob("*"))
    file = mini.root / place / "written"
    options = make_parser().parse_args([*command, "--out", str(file), "--course", str(mini.root)])
    with pytest.raises(AutograderError, match="only the course's own files") as raised:
        import_module(f"autograder.cli.{command[0]}").run(options)
    assert str(file) in str(raised.value)
    assert sorted(mini.root.rglob("*")) == before


def test_a_folder_beside_solutions_is_fine(mini: MiniCourse, autograder: Run) -> None:
    notebook = mini.root / "submitted" / "aiko" / "01_area.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_bytes(book(""))
    out = mini.root / "graded"
    done = autograder("grade", mini.root / "submitted", "--out", out, "--course", mini.root)
    assert done.returncode == 0, done.stderr
