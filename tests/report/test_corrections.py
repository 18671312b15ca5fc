"""The instructor's word on the pages and in grades.csv."""

import csv
import json
import re

import pytest

from autograder.corrections.apply import Correction, Corrections
from autograder.corrections.read import FILE
from autograder.errors import IncompleteReport
from autograder.ingest.hand_ins import HandIn, HandIns, Warned
from autograder.report import Shown, rebuild
from autograder.report.class_page import NO_HAND_INS, class_page
from autograder.report.feedback import feedback_page
from autograder.text import Text
from tests.report.conftest import im2col_criteria
from tests.results import typed

EXERCISE = "02_im2col"


def corrections(*entries):
    return Corrections(tuple(Correction(who, EXERCISE, *rest) for who, *rest in entries))


def page(a_class, course, *entries, name="every_status", lang="en"):
    result = typed(a_class[name])
    given = corrections(*((result.student, *entry) for entry in entries))
    text = feedback_page(result, course.exercise(EXERCISE), lang, corrections=given)
    return text.split(f'<main lang="{lang}"')[1].split("</main>")[0]


def put(out, result):
    path = out / "results" / result["student"] / f"{result['exercise']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result), encoding="utf-8")


def grades(out):
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


class TestFeedback:
    def test_a_corrected_criterion_has_the_instructors_word_beside_it(self, a_class, course):
        text = page(a_class, course, ("im2col.stride", 0.5, False, "Nearly: see `stride`. <b>"))
        finding = text.split("Strides 2 and 3")[1].split("</article>")[0]
        assert "Corrected: 0.5 points instead of 0." in finding
        assert "Nearly: see <code>stride</code>. &lt;b&gt;" in finding
        assert '<span class="points">0.5 / 1</span>' in finding
        assert "<b>1.5</b> / 6" in text

    def test_in_japanese_too(self, a_class, course):
        text = page(a_class, course, ("im2col.stride", 0.5), ("*", None, True), lang="ja")
        assert "訂正：0点から0.5点に変更しました。" in text
        assert "免除：この課題は採点の対象外です。" in text

    def test_a_correction_is_about_its_own_criterion_alone(self, a_class, course):
        """Criteria that fail alike share a finding, unless the instructor tells them apart."""
        text = page(a_class, course, ("col2im.overlap", 1.5, False, "Shown in class."))
        with_word = text.split("Shown in class.")[0].rpartition("<article")[2]
        assert "Windows that overlap" in with_word
        assert "do not overlap" not in with_word

    def test_an_excused_exercise_shows_no_score(self, a_class, course):
        text = page(a_class, course, ("*", None, True, "Ill."))
        assert '<p class="score"><b>Excused</b></p>' in text
        assert "Ill." in text

    def test_a_score_for_a_file_that_could_not_be_read(self, a_class, course):
        text = page(a_class, course, ("*", 4.0, False, "On paper."), name="unreadable")
        assert "<b>4</b> / 6" in text
        assert "set to 4 instead of 0. On paper." in text

    def test_open_points_that_were_refused_are_open_no_more(self, new_result, new_criterion):
        result = typed(
            new_result(
                criteria=[new_criterion("f.a"), new_criterion("f.b", "grader_error", points=0)],
                status="grader_error",
            )
        )
        assert "Your instructor will look at this" in feedback_page(result, None, "en")
        refused = corrections(("aiko", "f.b", 0.0))
        text = feedback_page(result, None, "en", corrections=refused)
        assert "Your instructor will look at this" not in text
        assert "You have all the points" not in text
        assert "Confirmed: 0 points." in text


class TestClassPage:
    def page(self, a_class, course, given, hand_ins=NO_HAND_INS, said=(), lang="en"):
        results = [typed(a_class[name]) for name in ("full", "every_status", "grader_error")]
        return class_page(Shown(results, given, said=said), course, lang, hand_ins)

    def row(self, text, student):
        (_, row) = re.split(rf"<bdi>{student}</bdi>(?:</a>)?</th>", text)
        return row.split("</tr>")[0]

    def test_totals_count_what_counts(self, a_class, course):
        given = corrections(
            ("aiko", "*", None, True),
            ("ben", "im2col.stride", 1.0),
            ("ben", "col2im.overlap", None, True),
        )
        text = self.page(a_class, course, given)
        assert "<b>0</b> / 0" in self.row(text, "aiko")
        assert "Excused" in self.row(text, "aiko")
        assert "<b>2</b> / 4.5" in self.row(text, "ben")
        assert "corrected" in self.row(text, "ben")

    def test_all_corrections_are_listed_with_their_comments(self, a_class, course):
        given = Corrections(
            (Correction("*", EXERCISE, "im2col.stride", None, True, "Ambiguous."),),
            ("corrections.csv:7: no student 'x'.",),
        )
        text = self.page(a_class, course, given)
        assert "everybody · 02_im2col · im2col.stride" in text.replace("<bdi>", "").replace(
            "</bdi>", ""
        )
        assert "Excused: Ambiguous." in text
        assert "Corrections that are not applied: 1" in text
        assert "corrections.csv:7: no student &#39;x&#39;." in text

    def test_who_handed_nothing_in_can_be_excused_or_have_a_score(self, a_class, course):
        given = corrections(("emi", "*", None, True), ("fumi", "*", 3.0))
        text = self.page(a_class, course, given)
        assert "Excused" in self.row(text, "emi")
        assert "<b>3</b> / 6" in self.row(text, "fumi")

    def test_what_runs_and_the_results_warn_about_is_there(self, a_class, course):
        said = Text(en="in/x.zip: left out", ja="in/x.zip：除外")
        known = HandIns(warned=(Warned(said, ("in",)),))
        text = self.page(a_class, course, Corrections(), known, [Text.same("old points")])
        assert "Warnings of the last run: 2" in text
        assert "<li>in/x.zip: left out</li>" in text
        text = self.page(a_class, course, Corrections(), known, lang="ja")
        assert "<li>in/x.zip：除外</li>" in text


class TestGrades:
    def test_rows_have_the_points_that_count_and_say_why(self, a_class, course, tmp_path):
        for name in ("full", "every_status", "grader_error"):
            put(tmp_path, a_class[name])
        broken = a_class["grader_error"]["student"]
        open_id = "im2col.padding"
        (tmp_path / FILE).write_text(
            "student;exercise;criterion;points;excused;comment\n"
            "aiko;02_im2col;*;;yes;ill\n"
            "ben;02_im2col;im2col.stride;0,5;;nearly\n"
            f"{broken};02_im2col;{open_id};1;;ours\n".replace("\\\n", "\n"),
            encoding="cp932",
        )
        before = {p: p.read_bytes() for p in (tmp_path / "results").rglob("*.json")}
        assert rebuild(tmp_path, course, "en").corrections.problems == ()
        rows = grades(tmp_path)
        assert (rows["aiko"]["score"], rows["aiko"]["status"]) == ("", "excused")
        assert rows["ben"]["score"] == "1.5"
        assert rows["ben"]["note"].endswith(
            "im2col.stride: Corrected: 0.5 points instead of 0. nearly"
        )
        assert (rows[broken]["status"], rows[broken]["needs_you"]) == ("graded", "")
        assert {p: p.read_bytes() for p in before} == before, "results stay as they were graded"

    def test_an_invalid_line_is_reported_with_damaged_results(self, a_class, course, tmp_path):
        put(tmp_path, a_class["full"])
        (tmp_path / "results" / "aiko" / "x.json").write_text("{")
        (tmp_path / FILE).write_text("student,exercise,criterion,points\nnobody,02_im2col,*,1\n")
        with pytest.raises(IncompleteReport, match=r"corrections.csv:2: no student 'nobody'"):
            rebuild(tmp_path, course, "en")

    def test_a_link_is_not_followed(self, a_class, course, tmp_path):
        put(tmp_path, a_class["full"])
        elsewhere = tmp_path / "elsewhere"
        elsewhere.write_text("student,exercise,criterion,points\naiko,02_im2col,*,0\n")
        (tmp_path / FILE).symlink_to(elsewhere)
        shown = rebuild(tmp_path, course, "en")
        assert shown.corrections.entries == ()
        assert "cannot be read" in shown.corrections.problems[0]


class TestChangedPoints:
    def test_pages_have_the_new_points_and_say_so(self, new_result, course, tmp_path):
        criteria = im2col_criteria()
        criteria[0] |= {"points": 4, "max_points": 4}
        put(tmp_path, new_result("aiko", EXERCISE, criteria))
        shown = rebuild(tmp_path, course, "en")
        assert grades(tmp_path)["aiko"]["score"] == "6"
        assert "points in exercise.toml have changed" in shown.notices[0]
        assert "points in exercise.toml have changed" in (tmp_path / "index.html").read_text(
            "utf-8"
        )
        rebuild(tmp_path, course, "ja")
        assert "新しい配点" in (tmp_path / "index.html").read_text("utf-8")

    def test_old_points_are_shown_loudly_where_criteria_differ(self, new_result, course, tmp_path):
        put(tmp_path, new_result("aiko", EXERCISE))
        shown = rebuild(tmp_path, course, "en")
        assert "OLD POINTS" in shown.notices[0]
        assert grades(tmp_path)["aiko"]["score"] == "2"


def test_a_hand_in_gone_has_no_row_even_if_corrected(a_class, course, tmp_path):
    put(tmp_path, a_class["full"])
    (tmp_path / FILE).write_text(
        "student,exercise,criterion,points\naiko,02_im2col,im2col.stride,0\n"
    )
    gone = HandIns(gone=(HandIn("aiko", EXERCISE, "in/aiko.ipynb"),))
    rebuild(tmp_path, course, "en", gone)
    assert grades(tmp_path) == {}
