"""Who has handed in files, but nothing that can be graded, is named, and is in the tables."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from autograder.cli.collected import absent
from autograder.collect.files import Fate
from autograder.ingest.hand_ins import UngradedRecord
from autograder.ingest.submission import NotGraded
from autograder.messages.hand_ins import not_graded
from tests.collect.conftest import notebook, zipped

ANN = "Ann_1_assignsubmission_file"
BEN = "Ben_2_assignsubmission_file"


def empty_zip() -> bytes:
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    return buffer.getvalue()


UNUSABLE = {
    "an editor's copy": {".ipynb_checkpoints/02_im2col-checkpoint.ipynb": notebook("b")},
    "a folder of a trash": {".Trash-1000/files/02_im2col.ipynb": notebook("b")},
    "Git's own files": {".git/02_im2col.ipynb": notebook("b")},
    "macOS's copies": {"__MACOSX/02_im2col.ipynb": notebook("b")},
    "a file of a file manager": {".DS_Store": b"x"},
    "an empty zip": {"hw.zip": empty_zip()},
    "a zip with an editor's copy": {
        "hw.zip": zipped({"hw/.ipynb_checkpoints/02_im2col-checkpoint.ipynb": notebook("b")})
    },
}


def rows(out: Path) -> dict[str, UngradedRecord]:
    """Who gets a row in the tables although nothing of them is graded."""
    return {one.student: one for one in absent([out])}


@pytest.mark.parametrize("unpacked", [False, True])
@pytest.mark.parametrize("exercise", ["", "02_im2col"])
@pytest.mark.parametrize("kind", UNUSABLE)
def test_who_is_not_in_a_roster(run, kind, exercise, unpacked):
    bens = {f"{BEN}/{name}": content for name, content in UNUSABLE[kind].items()}
    files = {f"{ANN}/02_im2col.ipynb": notebook("a"), **bens}
    outcome = run({"in": files} if unpacked else {"in.zip": zipped(files)}, exercise=exercise)
    (line,) = outcome.done.problems
    assert line.startswith("02_im2col: 1 student handed in nothing but files of an editor")
    (name,) = UNUSABLE[kind]
    assert f": Ben ({name}" in line
    assert rows(outcome.out)["Ben"].why is NotGraded.NOT_COLLECTED
    assert name in not_graded(rows(outcome.out)["Ben"])["en"]


@pytest.mark.parametrize("kind", UNUSABLE)
def test_with_a_roster_nobody_says_that_they_handed_in_nothing(run, kind):
    bens = {f"{BEN}/{name}": content for name, content in UNUSABLE[kind].items()}
    files = {f"{ANN}/02_im2col.ipynb": notebook("a"), **bens}
    outcome = run({"in.zip": zipped(files)}, rosters=["name\nAnn\nBen\nCleo\n"])
    (said,) = (line for line in outcome.done.notices if "handed in nothing" in line)
    assert said == "02_im2col: 1 of 3 students handed in nothing: Cleo"
    why = {student: one.why for student, one in rows(outcome.out).items()}
    assert why == {"Ben": NotGraded.NOT_COLLECTED, "Cleo": NotGraded.ABSENT}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_beside_a_notebook_it_needs_nobody(run, kind):
    files = {f"{ANN}/{name}": content for name, content in UNUSABLE[kind].items()}
    files[f"{ANN}/02_im2col.ipynb"] = notebook("a")
    outcome = run({"in.zip": zipped(files)})
    assert outcome.done.problems == ()
    assert rows(outcome.out) == {}


def test_a_download_of_nothing_else_is_still_recognised(run):
    outcome = run({"in.zip": zipped({f"{BEN}/.ipynb_checkpoints/x.ipynb": notebook("b")})})
    assert [one.student for one in outcome.done.records] == ["Ben"]
    assert "Ben (.ipynb_checkpoints/x.ipynb)" in outcome.done.problems[0]


def test_a_later_hand_in_ends_it(run):
    checkpoint = {f"{BEN}/.ipynb_checkpoints/02_im2col.ipynb": notebook("b")}
    files = {f"{ANN}/02_im2col.ipynb": notebook("a"), **checkpoint}
    assert run({"in.zip": zipped(files)}).done.problems
    later = run({"later.zip": zipped({f"{BEN}/02_im2col.ipynb": notebook("c")})})
    assert later.done.problems == ()
    assert rows(later.out) == {}


def test_what_is_beside_the_students_is_nobodys(run):
    files = {
        "amy/02_im2col.ipynb": notebook("a"),
        "ben/02_im2col.ipynb": notebook("b"),
        ".DS_Store": b"x",
        "__MACOSX/amy/._02_im2col.ipynb": b"x",
        ".git/config": b"x",
    }
    for archives in ({"in.zip": zipped(files)}, {"folder": files}):
        outcome = run(archives)
        assert outcome.done.problems == ()
        assert {one.student for one in outcome.done.records if one.fate is Fate.IGNORED} == {""}
        assert rows(outcome.out) == {}


def test_downloads_in_a_zip_are_nobodys_and_what_is_in_them_is_their_students(run):
    inner = {f"{ANN}/02_im2col.ipynb": notebook("a"), f"{BEN}/.DS_Store": b"x"}
    outcome = run({"all.zip": zipped({"02_im2col.zip": zipped(inner), ".DS_Store": b"x"})})
    (line,) = outcome.done.problems
    assert "1 student handed in nothing but" in line
    assert "Ben (.DS_Store)" in line
    assert {*rows(outcome.out)} == {"Ben"}


def test_an_empty_folder_has_a_row_as_well(run):
    files = {f"{ANN}/02_im2col.ipynb": notebook("a"), f"{BEN}/": b""}
    outcome = run({"in.zip": zipped(files)})
    assert rows(outcome.out)["Ben"].why is NotGraded.EMPTY_FOLDER


@pytest.mark.parametrize(
    "name", ["report.pdf", "work.rar", "work.tar.gz", "onlinetext.html", "Thumbs.db"]
)
@pytest.mark.parametrize("others", ["02_im2col.ipynb", "Untitled.ipynb"])
def test_other_files_of_an_unknown_exercise(run, name, others):
    """Neither the archive nor an option says which exercise it is; the notebooks beside it may."""
    files = {f"{ANN}/{others}": notebook("a"), f"{BEN}/{name}": b"x"}
    outcome = run({"in.zip": zipped(files)})
    which = "02_im2col: " if others.startswith("02") else ""
    said = f"{which}1 student handed in no notebook, but other files: Ben ({name}). Ask for the"
    assert any(line.startswith(said) for line in outcome.done.problems)
    assert not any("Ann (" in line for line in outcome.done.problems)


def test_other_files_beside_a_notebook_of_an_unknown_exercise_are_not_named(run):
    files = {
        f"{ANN}/Untitled.ipynb": notebook("a"),
        f"{ANN}/report.pdf": b"%PDF",
        "Ann_1_assignsubmission_onlinetext/onlinetext.html": b"<p>hi",
    }
    (line, _) = run({"in.zip": zipped(files)}).done.problems
    assert "which exercise it is for is unknown" in line


def test_with_a_roster_other_files_are_not_nothing(run):
    files = {f"{ANN}/02_im2col.ipynb": notebook("a"), f"{BEN}/report.pdf": b"%PDF"}
    outcome = run({"in.zip": zipped(files)}, rosters=["name\nAnn\nBen\n"])
    assert not any("handed in nothing" in line for line in outcome.done.notices)
