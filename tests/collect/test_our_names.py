"""A student who is called like one of our files beside the students' folders."""

from __future__ import annotations

import pytest

from autograder.collect import roster_files, table
from tests.collect.conftest import notebook, rows, zipped

A, B = notebook("a"), notebook("b")
WAYS = {
    "a loose file": "{}.ipynb",
    "a folder": "{}/02_im2col.ipynb",
    "Moodle": "{0}_{1}_assignsubmission_file_/02_im2col.ipynb",
}
NAMES = ["collected.csv", "Collected.CSV", "roster.csv", "ROSTER.csv"]
ROSTER = "name,id\ncollected.csv,1\nROSTER.CSV,2\nBob Ito,3\n"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", WAYS)
def test_a_student_called_like_our_files_has_another_folder(run, name, way):
    path = WAYS[way]
    download = zipped({path.format(name, 7): A, path.format("bob", 8): B})
    roster = ["name,id\nBob,3\n"]
    for _ in range(2):  # the second run reads what the first has written
        outcome = run({"in.zip": download}, exercise="02_im2col", rosters=roster)
        assert set(outcome.kept.values()) == {A, B}
        folders = {path.split("/")[0].casefold() for path in outcome.kept}
        assert not folders & table.OWN_FILES, "some systems tell no capitals apart"
        assert (outcome.out / table.FILE).is_file()
        assert (outcome.out / roster_files.FILE).is_file()
        assert len([one for one in rows(outcome) if one.kept_as]) == 2


def test_a_student_called_like_our_files_in_the_roster(run):
    path = WAYS["Moodle"]
    files = {path.format("collected.csv", 7): A, path.format("ROSTER.CSV", 8): B}
    for _ in range(2):
        outcome = run({"in.zip": zipped(files)}, rosters=[ROSTER])
        assert outcome.kept == {
            "collected.csv (2)/02_im2col.ipynb": A,
            "ROSTER.CSV (2)/02_im2col.ipynb": B,
        }


def test_all_our_files_are_known():
    assert {table.FILE, roster_files.FILE} == table.OWN_FILES
