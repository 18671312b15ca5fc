"""Moodle's number of a submission says whose it is, in every later run."""

from __future__ import annotations

from autograder.collect import roster_files
from autograder.exports.class_list import read_class_list
from tests.collect.conftest import Outcome, notebook, zipped

A, B, C, D = (notebook(text) for text in "abcd")
WORKSHEET = (
    "Identifier,Full name,ID number,Email address,Status,Grade\n"
    "Participant 1001,Jane Doe,s1,j1@x.edu,Submitted,\n"
    "Participant 1033,Jane Doe,s33,j33@x.edu,Submitted,\n"
    "Participant 1003,Ann_Lee,s3,a@x.edu,Submitted,\n"
    "Participant 1004,Kim Roe,s4,k@x.edu,No submission,\n"
)
FIRST = {
    "Jane Doe_1001_assignsubmission_file/02_im2col.ipynb": A,
    "Jane Doe_1033_assignsubmission_file/02_im2col.ipynb": B,
}
SECOND = {"Jane Doe_1033_assignsubmission_file/02_im2col.ipynb": C}
LATER = (2026, 5, 9, 12, 0, 0)


def students(outcome: Outcome) -> set[str]:
    return {path.partition("/")[0] for path in outcome.kept}


def test_a_later_download_without_the_worksheet(run):
    run({"a.zip": zipped(FIRST)}, rosters=[WORKSHEET])
    later = run({"b.zip": zipped(SECOND, time=LATER)})
    assert students(later) == {"Jane Doe (s1)", "Jane Doe (s33)"}
    assert later.kept["Jane Doe (s33)/02_im2col.ipynb"] == C
    assert later.done.problems == ()


def test_a_roster_that_an_earlier_version_has_written_without_numbers(run):
    before = run({"a.zip": zipped(FIRST)}, rosters=[WORKSHEET])
    path = before.out / roster_files.FILE
    lines = path.read_text("utf-8-sig").splitlines()
    path.write_text("".join(f"{line.rpartition(',')[0]}\n" for line in lines))
    later = run({"b.zip": zipped(SECOND, time=LATER)})
    assert students(later) == {"Jane Doe (s1)", "Jane Doe (s33)"}


def test_without_any_roster(run):
    run({"a.zip": zipped(FIRST)})
    later = run({"b.zip": zipped(SECOND, time=LATER)})
    assert students(later) == {"Jane Doe (1001)", "Jane Doe (1033)"}
    assert later.kept["Jane Doe (1033)/02_im2col.ipynb"] == C


def test_whose_number_only_the_worksheet_has(run):
    """Kim hands in after the first download; feedback can be given to her from the start."""
    first = run({"a.zip": zipped(FIRST)}, rosters=[WORKSHEET])
    people = {one.id: one for one in read_class_list(None, first.out).roster.people}
    assert people["s4"].participant("02_im2col") == "1004"
    kim = {"K. Roe_1004_assignsubmission_file/02_im2col.ipynb": D}
    later = run({"b.zip": zipped(kim, time=LATER)})
    assert later.kept["Kim Roe/02_im2col.ipynb"] == D


def test_each_assignment_has_its_numbers(run):
    run({"a.zip": zipped(FIRST)}, rosters=[WORKSHEET])
    files = {"Jane Doe_2001_assignsubmission_file/03_convolution.ipynb": D}
    worksheet = WORKSHEET.replace("Participant 1", "Participant 2")
    outcome = run({"c.zip": zipped(files)}, rosters=[worksheet])
    people = {one.id: one for one in read_class_list(None, outcome.out).roster.people}
    assert len(people) == 4
    for id, number in {"s1": "001", "s4": "004"}.items():
        assert people[id].participant("02_im2col") == f"1{number}"
        assert people[id].participant("03_convolution") == f"2{number}"
        assert people[id].participant("04_other") == ""


def test_the_list_is_the_same_when_it_is_read_and_written(run):
    outcome = run({"a.zip": zipped(FIRST)}, rosters=[WORKSHEET])
    raw = (outcome.out / roster_files.FILE).read_bytes()
    assert b"02_im2col:1033" in raw
    assert roster_files.encode(roster_files.decode(raw)) == raw
    run({"a.zip": zipped(FIRST)})
    assert (outcome.out / roster_files.FILE).read_bytes() == raw


def test_a_name_with_an_underscore(run):
    files = {
        "Ann_Lee_1003_assignsubmission_file_my_02_im2col.ipynb": A,
        "Kim Roe_1004_assignsubmission_file_X_9_assignsubmission_file_02_im2col.ipynb": B,
    }
    outcome = run({"flat.zip": zipped(files)}, rosters=[WORKSHEET])
    assert outcome.kept == {"Ann_Lee/02_im2col.ipynb": A, "Kim Roe/02_im2col.ipynb": B}
