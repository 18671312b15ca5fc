"""What a row of corrections.csv may say, and what is said about one that means nothing."""

import pytest

from autograder.corrections.apply import Correction
from autograder.corrections.resolve import Known, resolve
from autograder.corrections.table import COLUMNS, parse
from autograder.ingest.hand_ins import HandIn, HandIns
from autograder.ingest.names import student_named
from tests.report.conftest import make_course
from tests.results import make_result, typed

HAND_INS = HandIns(
    names={"sato-1": "佐藤", "sato-2": "佐藤", "e": "\u00e9"},
    hand_ins=tuple(
        HandIn(student, "02_im2col", f"{student}.ipynb")
        for student in ("aiko", "sato-1", "sato-2", "e")
    ),
)


def resolved(*rows):
    course = make_course()
    known = Known.of(course, HAND_INS, [typed(make_result("=x"))])
    table = parse("\n".join([",".join(COLUMNS), *rows]).encode())
    return resolve(table.rows, known, "c.csv")


@pytest.mark.parametrize(
    ("row", "meaning"),
    [
        ("aiko,02_im2col,col2im.overlap,1.5,,", ("aiko", "col2im.overlap", 1.5, False, "")),
        ("aiko,02_im2col,,6,,paper", ("aiko", "*", 6.0, False, "paper")),
        ('aiko,02_im2col,*,"0,5",,', ("aiko", "*", 0.5, False, "")),
        ("aiko,02_im2col,*,１．５,,", ("aiko", "*", 1.5, False, "")),
        ("aiko,02_im2col,*,,はい,病欠", ("aiko", "*", None, True, "病欠")),
        ("aiko,02_im2col,*,,FALSE,look at this", ("aiko", "*", None, False, "look at this")),
        ("*,02_im2col,im2col.stride,,yes,", ("*", "im2col.stride", None, True, "")),
        ("sato-2,02_im2col,*,1,,", ("sato-2", "*", 1.0, False, "")),
        ("e\u0301,02_im2col,*,1,,", ("e", "*", 1.0, False, "")),
        ("'=x,02_im2col,*,1,,", ("=x", "*", 1.0, False, "")),
        ("aiko,03_convolution,*,,x,", ("aiko", "*", None, True, "")),
    ],
)
def test_a_valid_row(row, meaning):
    found = resolved(row)
    assert found.problems == ()
    (one,) = found.entries
    assert (one.student, one.criterion, one.points, one.excused, one.comment) == meaning


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",02_im2col,*,1,,", "no student. Write a name"),
        ("nobody,02_im2col,*,1,,", "no student 'nobody' has submitted anything"),
        ("Aik,02_im2col,*,1,,", "as in grades.csv (perhaps 'aiko')."),
        ("alko,02_im2col,*,1,,", "as in grades.csv (perhaps 'aiko')."),
        ("佐藤,02_im2col,*,1,,", "2 students are called '佐藤'. Write one of the folders: sato-1"),
        ("aiko,07_gone,*,1,,", "no exercise '07_gone' (any more); there are 02_im2col"),
        ("aiko,02,*,1,,", "no exercise '02' (any more), perhaps 02_im2col; there are"),
        ("aiko,02_im2col,im2col.strid,1,,", "'im2col.strid' (any more), perhaps im2col.stride."),
        ("aiko,02_im2col,im2col.gone,1,,", "02_im2col has no criterion 'im2col.gone' (any more)"),
        ("aiko,02_im2col,im2col.stride,2,,", "2 points, but there are at most 1"),
        ("aiko,02_im2col,im2col.stride,-1,,", "points '-1': write a number from 0"),
        ("aiko,02_im2col,im2col.stride,nan,,", "points 'nan': write a number from 0"),
        ("aiko,02_im2col,im2col.stride,full,,", "points 'full': write a number from 0"),
        ("aiko,02_im2col,im2col.stride,1,maybe,", "excused 'maybe': write yes"),
        ("aiko,02_im2col,im2col.stride,1,yes,", "both points and excused"),
        ("aiko,02_im2col,im2col.stride,,,", "neither points nor excused nor a comment"),
        ("*,02_im2col,*,6,,", "the same score for everybody"),
        ("aiko,03_convolution,Convolution.forward.shape,1,,", "'aiko' has not submitted"),
    ],
)
def test_a_row_that_means_nothing_is_named_and_the_others_count(row, problem):
    found = resolved("aiko,02_im2col,im2col.one_channel,1,,", row)
    assert len(found.entries) == 1
    (said,) = found.problems
    assert said.startswith("c.csv:3: ")
    assert problem in said
    assert said.endswith(".")


def test_of_two_rows_about_the_same_neither_counts():
    found = resolved("aiko,02_im2col,im2col.stride,1,,", "aiko,02_im2col,im2col.stride,0,,")
    assert found.entries == ()
    assert found.problems == ("c.csv:2: lines 2 and 3 correct the same. Keep one of them.",)


def test_what_a_comment_holds_is_one_printable_line():
    (one,) = resolved('aiko,02_im2col,*,1,,"a\x1b[2J\n\u202eb"').entries
    assert one.comment == "a [2J b"


def test_a_name_that_only_looks_like_another_is_not_that_student():
    assert student_named("AIKO").key != "aiko"
    assert resolved("AIKO,02_im2col,*,1,,").entries == ()
    assert resolved("aiko,02_im2col,*,1,,").entries == (
        Correction("aiko", "02_im2col", "*", 1.0, line=2),
    )
