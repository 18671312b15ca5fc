"""The page of one student for all exercises."""

import copy
import json
from dataclasses import replace
from pathlib import Path

from autograder.corrections.apply import Correction, Corrections
from autograder.course.policy import Policy
from autograder.exports.book import make_book
from autograder.exports.class_list import ClassList
from autograder.ingest.hand_ins import HandIn, HandIns
from autograder.report import Shown, rebuild
from autograder.report.class_page import class_page
from autograder.report.student import Maximum, student_page, write_students
from tests.results import typed

MOST = {"02_im2col": Maximum(6, 6), "03_convolution": Maximum(5, 5)}


def shown(parse, results, course, **given):
    of = {result["exercise"]: typed(result) for result in results}
    return parse(student_page("Ben", of, course, "en", MOST, **given))


def test_each_exercise_has_its_points_a_link_and_where_to_continue(a_class, course, parse):
    page = shown(parse, [a_class["every_status"]], course)
    text = page.text["en"]
    assert "Points so far 1 / 11" in text
    assert "1 / 6" in text
    assert "A good place to continue: Strides 2 and 3" in text
    assert "Two neighbouring outputs look at windows how far apart?" in text
    assert "Not handed in" in text
    assert "未提出" in page.text["ja"]
    assert {link for link in page.links() if link.endswith(".html")} == {"02_im2col.html"}
    assert page.is_inert()


def test_what_is_complete_and_what_could_not_be_read_says_so(a_class, course, parse):
    text = shown(parse, [a_class["full"], a_class["carried"]], course).text["en"]
    assert "6 / 6 Full marks" in text
    assert "Points so far 11 / 11" in text
    unreadable = shown(parse, [a_class["unreadable"]], course).text["en"]
    assert "The file could not be read" in unreadable
    assert "A good place" not in unreadable


def test_the_instructors_word_counts_and_is_shown(a_class, course, parse):
    result = a_class["every_status"]
    set_to_5 = Correction(result["student"], "02_im2col", "*", 5.0, comment="Well explained.")
    text = shown(parse, [result], course, corrections=Corrections((set_to_5,))).text["en"]
    assert "Points so far 5 / 11" in text
    assert "The score has been set to 5 instead of 1. Well explained." in text
    excused = Correction(result["student"], "03_convolution", "*", excused=True, comment="Ill.")
    text = shown(parse, [result], course, decided={"03_convolution": excused}).text["en"]
    assert "Points so far 1 / 6" in text
    assert "Excused Your instructor: Ill." in text


def test_a_bonus_exercise_is_worth_something_and_adds_nothing(a_class, course, parse):
    most = MOST | {"03_convolution": Maximum(7, 0)}
    results = {"02_im2col": typed(a_class["full"])}
    text = parse(student_page("Ben", results, course, "en", most)).text["en"]
    assert "worth 7 bonus" in text
    assert "Points so far 6 / 6" in text


def test_it_says_what_the_total_is(a_class, course, parse):
    results = [a_class["full"], a_class["carried"]]
    assert "The total is the sum of the exercises" in shown(parse, results, course).text["en"]
    strict = replace(course, policy=Policy(drop_lowest=1, weights={"02_im2col": 40.0}))
    text = shown(parse, results, strict).text
    assert "The total is the sum" not in text["en"]
    assert "a weight of its own" in text["en"]
    assert "Your 1 exercise with the lowest share of points does not count." in text["en"]
    assert "得点率の最も低い1課題は合計に含まれません。" in text["ja"]


def test_the_lowest_exercise_says_that_it_does_not_count(a_class, course, parse):
    strict = replace(course, policy=Policy(drop_lowest=1))
    text = shown(parse, [a_class["every_status"], a_class["carried"]], strict).text["en"]
    assert "Points so far 5 / 5" in text
    lowest, other = text.split("1 / 6")[1].split("5 / 5")
    assert "does not count in the total, since its share of points is the lowest" in lowest
    assert "is the lowest" not in other


def test_with_weights_each_exercise_says_what_it_adds_to_the_total(a_class, course, parse):
    weighed = replace(course, policy=Policy(weights={"02_im2col": 3.0}))
    text = shown(parse, [a_class["every_status"], a_class["carried"]], weighed).text
    assert "Points so far 0.5 / 3" in text["en"]
    assert "In the total: 0.5 of 3" in text["en"]
    assert "This exercise has no weight in the total." in text["en"]
    assert "合計への寄与：3のうち0.5" in text["ja"]


def test_names_are_read_as_text(a_class, parse):
    hostile = "<script>alert(1)</script>"
    results = {"02_im2col": typed(a_class["hostile"])}
    page = parse(student_page(hostile, results, None, "en", MOST))
    assert page.is_inert()
    assert hostile in page.text["en"]


def test_every_student_has_one_and_it_leads_to_the_others(a_class, course, parse, tmp_path):
    for result in a_class.values():
        path = tmp_path / "results" / result["student"] / f"{result['exercise']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result), encoding="utf-8")
    rebuild(tmp_path, course, "ja")
    students = {result["student"] for result in a_class.values()}
    pages = list((tmp_path / "feedback").glob("*/index.html"))
    assert {page.parent.name for page in pages} == students
    for page in pages:
        for link in parse(page.read_text("utf-8")).links():
            assert link.startswith("#") or (page.parent / Path(link)).is_file()


def test_a_submission_that_is_gone_does_not_count(a_class, course, parse, tmp_path):
    result = typed(a_class["full"])
    gone = HandIn(result.student, "03_convolution", "a.ipynb")
    old = typed(a_class["carried"] | {"student": result.student})
    write_students(tmp_path, [result, old], course, "en", HandIns(gone=(gone,)))
    text = (tmp_path / "feedback" / result.student / "index.html").read_text("utf-8")
    assert "Points so far 6 / 6" in parse(text).text["en"]


def test_what_is_decided_without_a_hand_in_has_a_page_that_can_be_given_back_alone(
    a_class, course, parse, tmp_path
):
    """An oral exam: of an exercise that others have handed in, and of one that nobody has."""
    words = (
        Correction("mary", "02_im2col", "*", excused=True, comment="Ill."),
        Correction("mary", "03_convolution", "*", 4.0, comment="Oral exam."),
    )
    result = typed(a_class["full"])
    write_students(tmp_path, [result], course, "en", corrections=Corrections(words))
    folder = tmp_path / "feedback" / "mary"
    pages = {path.name: parse(path.read_text("utf-8")) for path in folder.iterdir()}
    assert {*pages} == {"index.html", "02_im2col.html", "03_convolution.html"}
    assert {one for one in pages["index.html"].links() if one[0] != "#"} == {*pages} - {
        "index.html"
    }
    alone = pages["03_convolution.html"]
    assert "4 / 5 Your instructor: 4 points: Oral exam." in alone.text["en"]
    assert "im2col" not in alone.text["en"]
    assert not [one for one in alone.links() if one[0] != "#"]
    assert "Excused Your instructor: Ill." in pages["02_im2col.html"].text["en"]
    page = class_page(Shown([result], Corrections(words)), course, "en")
    assert 'href="feedback/mary/index.html"' in page
    assert 'href="feedback/mary/02_im2col.html"' in page
    assert 'href="feedback/mary/03_convolution.html"' in page


def test_who_is_excused_beforehand_makes_it_no_exercise_of_the_others(a_class, course, tmp_path):
    beforehand = Corrections((Correction("mary", "03_convolution", "*", excused=True),))
    result = typed(a_class["full"])
    write_students(tmp_path, [result], course, "en", corrections=beforehand)
    page = (tmp_path / "feedback" / result.student / "index.html").read_text("utf-8")
    assert "<b>6</b> / 6" in page
    assert "<b>6</b> / 6" in class_page(Shown([result], beforehand), course, "en")
    book = make_book([result], beforehand, HandIns(), course, ClassList())
    assert [*book.exercises] == ["02_im2col"]


def test_bonus_points_that_make_up_for_what_fails_leave_something_to_fix(a_class, course, parse):
    made_up_for = copy.deepcopy(a_class["bonus"])
    failed = made_up_for["criteria"][0]
    failed |= {"status": "failed", "own_status": "failed", "points": 0}
    made_up_for["score"] = 5
    text = shown(parse, [made_up_for], course).text["en"]
    assert "5 / 5" in text
    assert "Full marks" not in text
    assert "A good place to continue" in text
