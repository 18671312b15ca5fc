"""Results in nbgrader's own database, and what was decided there in corrections.csv."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader import api as nbgrader

from autograder.course.policy import Policy
from autograder.errors import CommandError
from autograder.gradebook.entries import WHOLE
from autograder.gradebook.formgrader import is_ours
from autograder.ingest.hand_ins import HandIn, HandIns, UngradedRecord
from autograder.ingest.submission import NotGraded
from tests.conftest import Run
from tests.gradebook.desk import COURSE, EXERCISE, PADDING, STRIDE, Desk
from tests.report.conftest import im2col_criteria, make_class
from tests.results import make_result


def test_totals_are_ours_and_what_needs_you_needs_a_manual_grade(desk: Desk) -> None:
    assert desk.scores() == desk.grades() == {"aiko": 6.0, "ben": 5.0, "chiyo": 5.0}
    with nbgrader.Gradebook(desk.url) as book:
        assert book.find_assignment(EXERCISE).max_score == 6.0
        needs = {
            one.student.id: one.needs_manual_grade for one in book.assignment_submissions(EXERCISE)
        }
    assert needs == {"aiko": False, "ben": False, "chiyo": True}


def test_points_and_comments_from_formgrader_come_back(desk: Desk) -> None:
    desk.decide("ben", STRIDE, manual_score=0.5, comment="Half: the idea is right.")
    desk.decide("chiyo", PADDING, manual_score=1.0, needs_manual_grade=False)
    assert desk.sync() == 0
    assert desk.corrections() == [
        ("ben", "im2col.stride", "0.5", "Half: the idea is right."),
        ("chiyo", "im2col.padding", "1", ""),
    ]
    assert desk.scores() == desk.grades() == {"aiko": 6.0, "ben": 5.5, "chiyo": 6.0}
    page = (desk.out / "feedback" / "ben" / f"{EXERCISE}.html").read_text(encoding="utf-8")
    assert "Half: the idea is right." in page


def test_what_is_taken_back_in_formgrader_is_taken_back_here(desk: Desk) -> None:
    desk.decide("ben", STRIDE, manual_score=0.5)
    desk.sync()
    desk.decide("ben", STRIDE, manual_score=None)
    assert desk.sync() == 0
    assert desk.corrections() == []
    assert desk.scores() == desk.grades() == {"aiko": 6.0, "ben": 5.0, "chiyo": 5.0}


def test_corrections_reach_the_gradebook(desk: Desk) -> None:
    desk.correct(f"ben,{EXERCISE},im2col.stride,1,My mistake.")
    desk.correct(f"aiko,{EXERCISE},*,4,")
    assert desk.sync() == 0
    assert desk.scores() == desk.grades() == {"aiko": 4.0, "ben": 6.0, "chiyo": 5.0}
    with nbgrader.Gradebook(desk.url) as book:
        comment = book.find_comment(STRIDE, EXERCISE, EXERCISE, "ben")
        assert comment.manual_comment == "My mistake."


@pytest.fixture
def with_dan(desk: Desk) -> Desk:
    """Dan is in the roster, and has handed in nothing."""
    dan = UngradedRecord("dan", "submitted/roster.csv", NotGraded.ABSENT)
    desk.hand_ins = replace(desk.hand_ins, ungraded=(dan,))
    return desk


class TestWithoutAHandIn:
    def test_points_reach_the_gradebook(self, with_dan: Desk) -> None:
        with_dan.correct(f"dan,{EXERCISE},*,4.5,An oral exam.")
        for _ in range(2):
            assert with_dan.sync() == 0
            assert with_dan.scores() == with_dan.grades()
            assert with_dan.scores()["dan"] == 4.5
        with nbgrader.Gradebook(with_dan.url) as book:
            comment = book.find_comment(WHOLE, EXERCISE, EXERCISE, "dan")
            assert comment.manual_comment == "An oral exam."
            assert not book.find_submission(EXERCISE, "dan").needs_manual_grade
        shown = with_dan.folder / "autograded" / "dan" / EXERCISE / f"{EXERCISE}.ipynb"
        assert is_ours(shown.read_bytes())

    def test_other_points_come_back_from_formgrader(self, with_dan: Desk) -> None:
        with_dan.correct(f"dan,{EXERCISE},*,4.5,")
        with_dan.sync()
        with_dan.decide("dan", WHOLE, manual_score=5.0, comment="Better than I thought.")
        assert with_dan.sync() == 0
        assert with_dan.corrections() == [("dan", "*", "5", "Better than I thought.")]
        assert with_dan.scores()["dan"] == with_dan.grades()["dan"] == 5.0

    def test_points_for_a_criterion_are_refused_and_named(
        self, with_dan: Desk, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with_dan.correct(f"dan,{EXERCISE},*,4,")
        with_dan.sync()
        with_dan.decide("dan", STRIDE, manual_score=1.0)
        assert with_dan.sync() == 1
        assert "dan · 02_im2col · im2col.stride: not taken over" in capsys.readouterr().err

    def test_points_that_are_taken_back_leave_the_gradebook(self, with_dan: Desk) -> None:
        with_dan.correct(f"dan,{EXERCISE},*,4,")
        with_dan.sync()
        (with_dan.out / "corrections.csv").unlink()
        assert with_dan.sync() == 0
        with nbgrader.Gradebook(with_dan.url) as book, pytest.raises(nbgrader.MissingEntry):
            book.find_submission(EXERCISE, "dan")

    def test_a_hand_in_takes_the_place_of_what_was_decided_without(self, with_dan: Desk) -> None:
        with_dan.correct(f"dan,{EXERCISE},*,4,")
        with_dan.sync()
        with_dan.add(make_result("dan", criteria=im2col_criteria()))
        assert with_dan.sync() == 0
        assert with_dan.scores()["dan"] == with_dan.grades()["dan"] == 4.0

    def test_who_is_excused_is_left_out_and_reported(
        self, with_dan: Desk, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = with_dan.out / "corrections.csv"
        path.write_text(f"student,exercise,criterion,excused\ndan,{EXERCISE},*,yes\n")
        assert with_dan.sync() == 0
        assert "1 excused exercise is left out" in capsys.readouterr().err
        assert "dan" not in with_dan.scores()


def test_extra_credit_becomes_points_of_the_exercise(desk: Desk) -> None:
    desk.decide("ben", STRIDE, extra_credit=0.5)
    assert desk.sync() == 0
    assert desk.corrections() == [("ben", "*", "5.5", "")]
    assert desk.scores()["ben"] == desk.grades()["ben"] == 5.5
    assert desk.sync() == 0  # and once only
    assert desk.scores()["ben"] == 5.5


def test_two_new_decisions_stay_and_are_named(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.decide("ben", STRIDE, manual_score=0.5)
    desk.correct(f"ben,{EXERCISE},im2col.stride,1,")
    for _ in range(2):
        assert desk.sync() == 1
        said = "ben · 02_im2col · im2col.stride: 1 points in corrections.csv, but 0.5"
        assert said in capsys.readouterr().err
    assert desk.corrections() == [("ben", "im2col.stride", "1", "")]
    with nbgrader.Gradebook(desk.url) as book:
        assert book.find_grade(STRIDE, EXERCISE, EXERCISE, "ben").manual_score == 0.5
    desk.decide("ben", STRIDE, manual_score=1.0)
    assert desk.sync() == 0
    assert desk.scores()["ben"] == 6.0


def test_points_above_the_maximum_are_refused_and_kept(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.decide("ben", STRIDE, manual_score=2.0)
    assert desk.sync() == 1
    assert "at most 1" in capsys.readouterr().err
    assert desk.corrections() == []
    assert desk.scores()["ben"] == 7.0


def test_a_lost_gradebook_takes_no_correction_with_it(desk: Desk) -> None:
    desk.decide("ben", STRIDE, manual_score=0.5)
    desk.sync()
    (desk.folder / "gradebook.db").unlink()
    assert desk.sync() == 0
    assert desk.corrections() == [("ben", "im2col.stride", "0.5", "")]
    assert desk.scores()["ben"] == 5.5


def test_a_change_of_points_changes_the_cells(desk: Desk) -> None:
    desk.change_course(("points = 1.5", "points = 2.5"), ("points = 6\n", "points = 7\n"))
    assert desk.sync() == 0
    with nbgrader.Gradebook(desk.url) as book:
        assert book.find_assignment(EXERCISE).max_score == 7.0
    assert desk.scores() == desk.grades()


def test_a_hostile_class_is_written(desk: Desk) -> None:
    for result in make_class().values():
        if result["exercise"] == EXERCISE:
            desk.add(result)
    assert desk.sync() == 0
    assert desk.scores() == desk.grades()


def test_somebody_elses_notebooks_stay(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = desk.folder / "autograded" / "ben" / EXERCISE / f"{EXERCISE}.ipynb"
    theirs.write_text('{"metadata": {}, "cells": []}')
    desk.sync()
    assert "1 notebook in" in capsys.readouterr().err
    assert theirs.read_text() == '{"metadata": {}, "cells": []}'


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("gradebook.db", "is not a database URL. Write sqlite:///gradebook.db"),
        ("sqlite:////nonexistent/folder/x.db", "There is no folder /nonexistent/folder: make it"),
        ("oracle9://user:secret@host/db", "oracle9"),
    ],
)
def test_a_gradebook_that_cannot_be_opened_is_named(desk: Desk, url: str, said: str) -> None:
    desk.url = url
    with pytest.raises(CommandError, match=re.escape(said)) as refused:
        desk.sync()
    assert "secret" not in str(refused.value)


def test_the_command_takes_a_url(desk: Desk, autograder: Run) -> None:
    desk.decide("ben", STRIDE, manual_score=0.5)
    done = autograder("report", desk.out, "--course", COURSE, "--gradebook", desk.url)
    assert done.returncode == 0, done.stderr
    assert "gradebook: 1 decision taken into" in done.stdout
    # These results are made by hand, so `report` finds them older than the course.
    warnings = [line for line in done.stderr.splitlines() if "3 results of it" not in line]
    assert warnings == []


def test_our_points_replace_those_of_visible_checks(desk: Desk) -> None:
    with nbgrader.Gradebook(desk.url) as book:  # what `nbgrader autograde` leaves
        book.add_grade_cell("check_im2col", EXERCISE, EXERCISE, max_score=4, cell_type="code")
        book.update_or_create_grade_cell(
            "question", EXERCISE, EXERCISE, max_score=2, cell_type="markdown"
        )
        book.add_solution_cell("question", EXERCISE, EXERCISE)
        submission = book.find_submission_notebook(EXERCISE, EXERCISE, "ben")
        for name, score in (("check_im2col", 4.0), ("question", None)):
            cell = book.find_grade_cell(name, EXERCISE, EXERCISE)
            manual = 1.5 if name == "question" else None
            fields = {"cell_id": cell.id, "notebook_id": submission.id, "auto_score": score}
            book.db.add(nbgrader.Grade(**fields, manual_score=manual))
        book.db.commit()
    assert desk.sync() == 0
    assert desk.scores()["ben"] == 6.5  # the question that a person has graded stays
    with nbgrader.Gradebook(desk.url) as book:
        assert book.find_assignment(EXERCISE).max_score == 8.0


# nbgrader itself adds a submission in an order that SQLAlchemy warns about.
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_submissions_that_nbgrader_knew_before_get_our_points(desk: Desk, empty: Path) -> None:
    shutil.copy(empty, desk.folder)
    with nbgrader.Gradebook(desk.url) as book:  # what `nbgrader autograde` and `collect` leave
        book.add_assignment(EXERCISE)
        book.add_student("aiko")
        book.add_submission(EXERCISE, "aiko")  # before there was a notebook in the assignment
        book.add_notebook(EXERCISE, EXERCISE)
        book.add_student("ben")
        book.add_submission(EXERCISE, "ben")
    for _ in range(2):
        assert desk.sync() == 0
        assert desk.scores() == desk.grades()


def test_questions_are_graded_in_formgrader(desk: Desk) -> None:
    question = (
        '[[questions]]\nid = "why"\npoints = 2\ntitle = {en = "Why?", ja = "なぜ"}\n\n[[parts]]'
    )
    desk.change_course(("[[parts]]", question))
    assert desk.sync() == 0
    with nbgrader.Gradebook(desk.url) as book:
        assert book.find_assignment(EXERCISE).max_score == 8.0
        assert book.find_grade("why", EXERCISE, EXERCISE, "ben").needs_manual_grade
    desk.decide("ben", "why", manual_score=1.5, comment="And the border?")
    assert desk.sync() == 0
    assert desk.corrections() == [("ben", "why", "1.5", "And the border?")]
    assert desk.scores()["ben"] == desk.grades()["ben"] == 6.5


def test_lateness_is_nbgraders_penalty(desk: Desk) -> None:
    due = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
    policy = Policy(late_per_day=0.1, deadlines={EXERCISE: due})
    desk.course = replace(desk.course, policy=policy)
    handed_in = (due + timedelta(hours=30)).isoformat()
    desk.hand_ins = HandIns(hand_ins=(HandIn("ben", EXERCISE, "ben.ipynb", handed_in=handed_in),))
    assert desk.sync() == 0
    with nbgrader.Gradebook(desk.url) as book:
        submission = book.find_submission(EXERCISE, "ben")
        assert (submission.score, submission.late_submission_penalty) == (5.0, 1.0)
        assert submission.total_seconds_late == 30 * 3600
    own = {"ben": {EXERCISE: due + timedelta(hours=24)}}
    desk.course = replace(desk.course, policy=replace(policy, extensions=own))
    assert desk.sync() == 0
    with nbgrader.Gradebook(desk.url) as book:
        assert book.find_submission(EXERCISE, "ben").total_seconds_late == 6 * 3600
