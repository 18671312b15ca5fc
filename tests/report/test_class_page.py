"""The class page: who has what, what was hard, what needs the instructor."""

import copy
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from autograder.corrections.apply import Correction, Corrections
from autograder.course.models import Question
from autograder.course.policy import Late, Policy
from autograder.ingest import NotCounted, NotGraded, Other
from autograder.ingest.hand_ins import HandIn, HandIns, UngradedRecord
from autograder.messages.pages import say
from autograder.report import Shown, write_class_page
from autograder.report import class_page as module
from autograder.report.class_page import FEW, GROUPS, NO_HAND_INS, PRINTED_ROWS
from autograder.report.groups import alike, carried, timed_out
from autograder.report.statistics import correlation, count_exercise, histogram, percent
from autograder.text import Text
from tests.results import typed


def class_page(results, course, lang, damaged=(), hand_ins=NO_HAND_INS, so_far=None, **shown):
    """The page about these results."""
    what = Shown(results, damaged=damaged, **shown)
    return module.class_page(what, course, lang, hand_ins, so_far)


def test_golden_page(a_class, course, golden):
    page = class_page([*map(typed, a_class.values())], course, "en", ["results/x/y.json: no JSON."])
    golden("class.html", page)


def test_golden_page_in_japanese_without_trouble(a_class, course, golden):
    good = [
        typed(a_class[kind]) for kind in ("full", "every_status", "carried", "bonus", "japanese")
    ]
    golden("class.ja.html", class_page(good, course, "ja"))


def test_golden_page_without_results(golden):
    golden("class.empty.html", class_page([], None, "en"))


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_loads_nothing_and_runs_nothing(a_class, course, parse, lang):
    page = parse(
        class_page([*map(typed, a_class.values())], course, lang, ["<script>alert(3)</script>"])
    )
    assert page.is_inert(scripts=1)
    assert all(address.startswith(("#", "feedback/", "grades.csv")) for address in page.links())
    assert "<script>alert(3)</script>" in page.text[lang]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "02_im2col: when 2 hand-ins came is unknown, so nothing is taken off for lateness"),
        ("ja", "02_im2col：提出日時が分からない2件（Aiko, ken）は、遅れによる減点をしていません。"),
    ],
)
def test_hand_ins_without_a_time_are_told_where_there_is_a_deadline(course, lang, said):
    due = replace(course, policy=Policy(deadlines={"02_im2col": datetime(2026, 5, 3, tzinfo=UTC)}))
    known = HandIns(
        {"aiko": "Aiko"},
        (
            HandIn("aiko", "02_im2col", "aiko/02_im2col.ipynb"),
            HandIn("ken", "02_im2col", "ken/02_im2col.ipynb"),
            HandIn("ken", "03_convolution", "ken/03_convolution.ipynb"),
        ),
    )
    page = class_page([], due, lang, hand_ins=known)
    assert said in page
    assert page.count("timestamp.txt") == 1, "there is no collected.csv but after `collect`"
    assert said not in class_page([], course, lang, hand_ins=known)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "extension of &#39;kne&#39;"), ("ja", "「kne」")]
)
def test_extensions_of_nobody_are_told(course, lang, said):
    due = {"02_im2col": datetime(2026, 5, 3, tzinfo=UTC)}
    late = replace(course, policy=Policy(extensions={"kne": due, "ken": due}))
    # Whom the roster names is known, though nothing has come from there.
    absent = HandIns(ungraded=(UngradedRecord("ken", "roster.csv", NotGraded.ABSENT),))
    page = class_page([], late, lang, hand_ins=absent)
    assert said in page
    assert page.count("course.toml") == 1


def test_the_order_of_results_does_not_matter(a_class, course):
    results = [*map(typed, a_class.values())]
    assert class_page(results[::-1], course, "en") == class_page(results, course, "en")


def test_links_lead_to_the_feedback_pages_whatever_the_name(a_class, course):
    page = class_page([typed(a_class["japanese"]), typed(a_class["hostile"])], course, "en")
    assert 'href="feedback/%E5%B1%B1%E7%94%B0%20%E8%8A%B1%E5%AD%90/02_im2col.html"' in page
    assert 'href="feedback/%22%3E%3Cscript%3Ealert%281%29/02_im2col.html"' in page


def test_a_grader_error_is_loud_and_names_whom_it_hit(a_class, course):
    page = class_page([*map(typed, a_class.values())], course, "en")
    banner = page.split('role="alert">')[1].split("</section>")[0]
    assert "Grader errors: 2" in banner
    assert ">emi<" in banner
    assert ">goro<" in banner
    assert "The reference raised ZeroDivisionError." in banner
    assert "Grader errors" not in class_page([typed(a_class["full"])], course, "en")


def test_unreadable_files_are_listed_with_the_reason(a_class, course):
    page = class_page([*map(typed, a_class.values())], course, "ja")
    section = page.split("読み込めなかったファイル：1")[1].split("</section>")[0]
    assert ">dai<" in section
    assert "JSONが途中" in section


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("full", "with every layer of isolation (full)"),
        ("namespaces", "without bubblewrap (namespaces)"),
        ("container", "Landlock, seccomp and resource limits (container)"),
        ("limits", "it could have read hidden tests"),
    ],
)
def test_the_level_of_isolation_is_told(new_result, level, words):
    page = class_page([typed(new_result(isolation=level))], None, "en")
    assert words in page
    assert ('<section class="lead error">' in page) is (level == "limits")


def test_hardest_criteria_come_first_and_our_fault_counts_for_nobody(new_result, new_criterion):
    def of(student, **status):
        criteria = [new_criterion(f"f.{k}", v) for k, v in status.items()]
        return typed(new_result(student, criteria=criteria))

    count = count_exercise(
        "02_im2col",
        [
            of("a", easy="passed", hard="failed", odd="grader_error"),
            of("b", easy="passed", hard="carried", odd="passed"),
            of("c", easy="timeout", hard="passed", odd="passed"),
        ],
        full=0,
    )
    assert [(c.id, c.tried, round(c.share, 3)) for c in count.criteria] == [
        ("f.hard", 3, 0.333),
        ("f.easy", 3, 0.667),
        ("f.odd", 2, 1.0),
    ]


def test_an_unreadable_file_says_nothing_about_the_class(a_class):
    count = count_exercise(
        "02_im2col", [typed(a_class["full"]), typed(a_class["unreadable"])], full=0
    )
    assert (count.submissions, count.graded, count.mean) == (2, 1, 6)
    assert all(c.tried == 1 for c in count.criteria)


def test_a_score_that_the_graders_failure_lifted_is_no_score(a_class):
    count = count_exercise(
        "02_im2col", [typed(a_class["grader_error"]), typed(a_class["nothing"])], full=0
    )
    assert (count.graded, count.mean, count.median) == (1, 0, 0)
    assert all(c.tried == 2 or c.id == "im2col.padding" for c in count.criteria)


def test_no_graded_submissions_is_no_division_by_zero(a_class, course):
    count = count_exercise("02_im2col", [typed(a_class["unreadable"])], full=0)
    assert (count.graded, count.mean, count.histogram) == (0, 0, (0,) * 10)
    assert "No submission could be graded." in class_page(
        [typed(a_class["unreadable"])], course, "en"
    )


def test_mistakes_are_ranked_by_students_whose_names_are_one_click_away(
    new_result, new_criterion, course
):
    def made(student, *diagnoses):
        criteria = [
            new_criterion(id, "failed", diagnosis=ids)
            for id, ids in zip(["im2col.stride", "im2col.padding"], diagnoses, strict=True)
        ]
        return typed(new_result(student, criteria=criteria))

    results = [made("Aiko", ["IM8"], ["IM8"]), made("Ben", ["IM1"], []), made("Chi", ["IM1"], [])]
    assert count_exercise("02_im2col", results, full=0).mistakes == (
        ("IM1", ("Ben", "Chi")),
        ("IM8", ("Aiko",)),
    )
    page = class_page(results, course, "en")
    assert page.index("<b>2 students</b>") < page.index("<b>1 student</b>")
    details = page[page.index("<details>") : page.index("</details>")]
    assert 'href="feedback/Ben/02_im2col.html"' in details
    assert "<b>2人</b>" in class_page(results, course, "ja")


def test_recognised_mistakes_are_counted_with_their_hint(a_class, course):
    count = count_exercise(
        "02_im2col", [typed(a_class["every_status"]), typed(a_class["hostile"])], full=0
    )
    students = {id: len(made_by) for id, made_by in count.mistakes}
    assert students == {"<IM9>": 1, "IM8": 1}
    page = class_page([typed(a_class["every_status"])], course, "en")
    assert "<b>1 student</b>" in page
    assert "Two neighbouring outputs look at windows how far apart?" in page


@pytest.mark.parametrize(
    ("score", "bar"),
    [(0, 0), (0.5, 0), (1, 1), (2.9, 2), (3, 3), (7, 7), (9, 9), (9.5, 9), (10, 9), (12, 9)],
)
def test_a_tenth_holds_its_lower_end_and_the_last_one_full_marks_and_bonus(score, bar):
    assert histogram([(score, 10)]).index(1) == bar


def test_tenths_do_not_suffer_from_binary_fractions():
    # 0.7 of 1 is 6.999… tenths to a computer
    assert histogram([(0.7, 1)]).index(1) == 7


def test_an_exercise_of_bonus_alone_is_measured_by_its_bonus(new_result, new_criterion):
    def of(student, *statuses):
        criteria = [new_criterion(f"hunt.{n}", status) for n, status in enumerate(statuses)]
        return typed(new_result(student, "09_bug_hunt", criteria, max_score=0))

    half, all_, none = (
        of("half", "passed", "failed"),
        of("all", "passed", "passed"),
        of("none", "failed", "failed"),
    )
    count = count_exercise("09_bug_hunt", [half, all_, none], full=0)
    assert (count.full_score, count.max_score) == (4, 0)
    assert count.histogram == (1, 0, 0, 0, 0, 1, 0, 0, 0, 1)
    page = class_page([half, all_, none], None, "en")
    assert ">2</a>" in page
    assert page.count('<span class="good">✓') == 1
    # over the column, and beside the mean
    assert page.count('<span class="bonus">bonus</span>') == 2


def test_an_exercise_without_any_points_is_full_at_once():
    assert histogram([(0, 0)]) == (0,) * 9 + (1,)


def test_it_is_written_where_the_contract_says(a_class, course, tmp_path):
    path = write_class_page(tmp_path, Shown([*map(typed, a_class.values())]), course, "en")
    assert path == tmp_path / "index.html"
    assert path.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(("part", "shown"), [(0, 0), (1, 1), (1000, 50), (1999, 99), (2000, 100)])
def test_no_share_is_rounded_to_all_or_none(part, shown):
    assert percent(part, 2000) == shown


# --- what a class has in common ---------------------------------------------------------------


@pytest.fixture
def of_criteria(new_result, new_criterion):
    """A result from the statuses of its criteria, ``f.a``, ``f.b``, …; a tuple adds a diagnosis."""

    def make(student, *outcomes, **fields):
        pairs = [each if isinstance(each, tuple) else (each, []) for each in outcomes]
        criteria = [
            new_criterion(f"f.{letter}", status, diagnosis=ids, max_points=1)
            for letter, (status, ids) in zip("abcdefgh", pairs, strict=False)
        ]
        return typed(new_result(student, criteria=criteria, **fields))

    return make


def test_submissions_behave_alike_if_the_same_fails_in_the_same_way(of_criteria):
    results = [
        of_criteria("a", "failed", "passed"),
        of_criteria("b", "failed", "passed"),
        of_criteria("c", "error", "passed"),
        of_criteria("d", ("failed", ["M1"]), "passed"),
        of_criteria("e", ("failed", ["M1"]), "passed"),
        of_criteria("f", ("failed", ["M1"]), "passed"),
        of_criteria("g", "passed", "passed"),
        of_criteria("h", "passed", "passed"),
        of_criteria("i", "missing", "missing", status="unreadable"),
        of_criteria("j", "missing", "missing", status="unreadable"),
    ]
    assert [(group.students, group.score) for group in alike(results)] == [
        (("d", "e", "f"), 1),
        (("a", "b"), 1),
    ]


def test_the_page_shows_the_largest_groups_and_how_many_there_are(of_criteria):
    kinds = [f"M{n}" for n in range(GROUPS + 5)]
    results = [of_criteria(f"{id} {k}", ("failed", [id])) for id in kinds for k in "ab"]
    page = class_page(results, None, "en")
    assert f"{GROUPS + 5} groups of submissions that behave alike" in page
    assert f"These are the {GROUPS} largest." in page


def test_who_was_carried_and_who_ran_out_of_time_is_on_the_page(of_criteria):
    late_cell = [{"index": 1, "status": "timeout", "error": None}]
    results = [
        of_criteria("a", "timeout"),
        of_criteria("b", "timeout", cells=late_cell),
        of_criteria("c", "passed", cells=late_cell),
        of_criteria("d", "carried"),
    ]
    assert [(one.parts, one.students) for one in timed_out(results)] == [
        (("f",), ("a",)),
        (("f", "*"), ("b",)),
        (("*",), ("c",)),
    ]
    assert [(one.parts, one.students) for one in carried(results)] == [(("f",), ("d",))]
    page = class_page(results, None, "en")
    late = page.split("<h4>Ran out of time</h4>")[1]
    assert "<code>f</code> a cell of the notebook" in late
    assert ">c</bdi>" in late
    assert ">d</bdi>" in page.split("<h4>Passed with a correct earlier part</h4>")[1]


def test_discrimination_is_the_correlation_with_the_points_of_the_other_criteria(of_criteria):
    """The strong pass ``a`` and the weak do not; ``b`` is passed by the weak alone."""
    strong = [of_criteria(f"s{n}", "passed", "failed", "passed", "passed") for n in range(8)]
    weak = [of_criteria(f"w{n}", "failed", "passed", "failed", "passed") for n in range(8)]
    found = {
        c.id: c.discrimination for c in count_exercise("02_im2col", strong + weak, full=0).criteria
    }
    # Whoever passes a has c besides; of a and c, whoever passes b has neither.
    assert found["f.b"] == pytest.approx(-1)
    assert found["f.d"] is None  # everybody passes it
    page = class_page(strong + weak, None, "en")
    assert '-1.00 <span class="chip error">low</span>' in page
    few = class_page(strong[:4] + weak[:4], None, "en")
    assert "Discrimination" not in few


def test_correlation_is_pearsons():
    xs, ys = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [1, 2, 3, 4, 5, 3, 4, 5, 6, 7]
    assert correlation(xs, ys) == pytest.approx(0.577350269)  # 2 / sqrt(4 + 8)
    assert correlation(xs[:9], ys[:9]) is None
    assert correlation(xs, [0.1] * 10) is None


# --- a class of any size ----------------------------------------------------------------------


def test_half_a_point_short_is_not_full_marks(of_criteria):
    almost = of_criteria("a", *["passed"] * 3)
    almost = replace(
        almost, criteria=(*almost.criteria[:2], replace(almost.criteria[2], points=0.5)), score=2.5
    )
    page = class_page([almost, of_criteria("b", *["passed"] * 3)], None, "en")
    assert page.count('<span class="good">✓') == 1
    assert "<dt>Full marks</dt><dd>1</dd>" in page


def test_bonus_points_that_make_up_for_what_fails_are_not_full_marks(a_class, course):
    made_up_for = copy.deepcopy(a_class["bonus"])
    failed = made_up_for["criteria"][0]
    failed |= {"status": "failed", "own_status": "failed", "points": 0}
    made_up_for["score"] = 6 - failed["max_points"]
    assert made_up_for["score"] == made_up_for["max_score"] == 5
    page = class_page([typed(made_up_for)], course, "en")
    assert ">5</a>" in page
    assert '<span class="good">✓' not in page
    assert "<dt>Full marks</dt><dd>0</dd>" in page
    without_bonus = copy.deepcopy(a_class["bonus"])
    last = without_bonus["criteria"][-1]
    last |= {"status": "failed", "own_status": "failed", "points": 0}
    without_bonus["score"] = 5
    page = class_page([typed(without_bonus)], course, "en")
    assert '<span class="good">✓' in page
    assert "<dt>Full marks</dt><dd>1</dd>" in page


def test_every_row_says_what_it_can_be_filtered_by(a_class, course):
    page = class_page([*map(typed, a_class.values())], course, "en")
    states = {
        name: page.split(f"<bdi>{name}</bdi></a></th>")[0].rpartition('data-is="')[2].split('"')[0]
        for name in ("aiko", "ben", "dai", "emi")
    }
    assert states == {
        "aiko": "full_marks",
        "ben": "missing",
        "dai": "missing unreadable",
        "emi": "missing needs_you",
    }
    # Only what somebody can be found by is offered.
    assert '<option value="unreadable">' in page
    assert '<option value="corrected">' not in page


def test_who_handed_in_nothing_is_one_line_until_it_is_opened(a_class, course):
    page = class_page([*map(typed, a_class.values())], course, "en")
    line = page.split("<summary><h2>Without a grade: ")[1].split("</h2>")[0]
    assert line == "1 unreadable, 9 not handed in"
    folded = page.split("<summary><h2>Without a grade: ")[1].split("</details>")[0]
    assert "Not handed in · 03_convolution: 7" in folded
    assert "<bdi>ben</bdi>" in folded


def test_points_that_wait_for_the_instructor_come_first_with_their_criteria(of_criteria):
    kept = of_criteria("a", "grader_error", status="grader_error")
    withheld = typed_open(of_criteria("b", "grader_error", status="grader_error"))
    banner = class_page([kept, withheld], None, "en").split('role="alert">')[1]
    assert banner.index(">b</bdi>") < banner.index(">a</bdi>")
    assert "<b>needs you</b>: <code>f.a</code>" in banner.split("</section>")[0]
    assert "autograder correct DIR STUDENT EXERCISE CRITERION --points N" in banner


def typed_open(result):
    criteria = tuple(replace(c, points=0.0) for c in result.criteria)
    return replace(result, criteria=criteria, score=0.0)


def test_long_lists_are_folded(of_criteria):
    broken = [of_criteria(f"s{n:02}", "grader_error", status="grader_error") for n in range(15)]
    banner = class_page(broken, None, "en").split('role="alert">')[1].split("</section>")[0]
    assert f"<summary>{15 - FEW} more</summary>" in banner
    assert ">s14</bdi>" in banner


def test_the_table_of_a_large_class_is_not_printed_whole(of_criteria):
    large = [of_criteria(f"s{n:03}", "passed") for n in range(PRINTED_ROWS + 1)]
    assert '<table class="students many">' in class_page(large, None, "en")
    assert '<table class="students">' in class_page(large[:PRINTED_ROWS], None, "en")


def test_a_name_leads_to_the_students_page(a_class):
    page = class_with_hand_ins(a_class)
    assert '<th scope="row"><a href="feedback/aiko/index.html"><bdi>aiko</bdi></a></th>' in page
    assert '<th scope="row"><bdi>佐藤</bdi></th>' in page, "nothing of hers was graded"


def test_questions_that_wait_for_the_instructor_are_counted(a_class):
    why = Question("why", 2.0, Text(en="Why?", ja="なぜ"), None)
    asking = Corrections(
        entries=(Correction("aiko", "02_im2col", "why", 1.5),), questions={"02_im2col": (why,)}
    )
    results = [typed(a_class[kind]) for kind in ("full", "nothing", "every_status", "unreadable")]
    page = class_page(results, None, "en", corrections=asking)
    section = page.split("Questions to grade")[1].split("</section>")[0]
    assert "<li>02_im2col · Why?: 2 students</li>" in section, "who is unreadable has no answer"
    assert "autograder questions DIR" in section
    row = page.split("<bdi>aiko</bdi></a></th>")[1].split("</tr>")[0]
    assert "<b>7.5</b> / 8" in row
    assert "needs you" not in row
    assert "Questions to grade" not in class_page(results, None, "en")


def test_the_page_says_when_the_newest_result_was_written(a_class):
    page = class_page([typed(a_class["full"])], None, "en", newest=datetime(2026, 2, 3, 9, 5))
    assert "Newest result <b>2026-02-03 09:05</b>" in page


# --- what is known about the hand-ins ---------------------------------------------------------

OTHERS = (
    Other("aiko/02 (1).ipynb", NotCounted.UNREADABLE),
    Other("aiko/old.ipynb", NotCounted.OLDER),
)
KNOWN = HandIns(
    names={"佐藤-0123456789ab": "佐藤"},
    hand_ins=(
        HandIn("aiko", "02_im2col", "in/aiko/02_im2col.ipynb", OTHERS, "cp932", "03_convolution"),
    ),
    ungraded=(
        UngradedRecord("佐藤-0123456789ab", "in/佐藤", NotGraded.NO_NOTEBOOK, ("<b>.pdf",)),
        UngradedRecord("aiko", "in/aiko/play.ipynb", NotGraded.WHICH_EXERCISE, ("play.ipynb",)),
    ),
    gone=(HandIn("ben", "02_im2col", "in/ben/02_im2col.ipynb"),),
)


def class_with_hand_ins(a_class, lang="en"):
    results = [typed(a_class["full"]), typed(a_class["every_status"])]
    return class_page(results, None, lang, hand_ins=KNOWN)


def test_who_could_not_be_graded_is_on_the_page_with_the_reason(a_class):
    page = class_with_hand_ins(a_class)
    section = page.split("Handed in, but not graded: 2")[1].split("</section>")[0]
    assert ">佐藤<" in section
    assert "only &lt;b&gt;.pdf" in section
    assert "play.ipynb" in section
    assert "Without a grade: 2 handed in but not gradable" in page
    row = page.split('<th scope="row"><bdi>佐藤</bdi>')[1].split("</tr>")[0]
    assert "Not graded" in row


def test_what_else_was_handed_in_is_on_the_page(a_class):
    section = class_with_hand_ins(a_class).split("About the files: 3")[1]
    assert "aiko/02 (1).ipynb (cannot be read), aiko/old.ipynb (older)" in section
    assert "cp932" in section
    assert "is the notebook of 03_convolution, but it was handed in for 02_im2col" in section
    assert "古い" in class_with_hand_ins(a_class, "ja")


def test_a_result_whose_file_is_gone_is_reported_and_no_longer_counts(a_class):
    page = class_with_hand_ins(a_class)
    assert "in/ben/02_im2col.ipynb" in page.split("Not handed in any more: 1")[1]
    assert '<th scope="row"><bdi>ben</bdi>' not in page
    assert "feedback/ben/" not in page


def test_the_exercise_that_is_dropped_as_the_lowest_says_so(a_class, course):
    both = [typed(a_class["every_status"]), typed(a_class["carried"])]
    results = [replace(one, student="aiko") for one in both]
    strict = replace(course, policy=Policy(drop_lowest=1))
    [row] = re.findall(r"<tr data-is.*?</tr>", class_page(results, strict, "en"), re.DOTALL)
    _, total, lowest, other = row.split("<td")
    assert "<b>5</b> / 5" in total
    assert "lowest, does not count" in lowest
    assert "does not count" not in other


def test_lateness_is_not_shown_where_nothing_was_earned(a_class, course):
    [nothing, full] = [typed(a_class["nothing"]), typed(a_class["full"])]
    late = {(one.student, one.exercise): Late(1, 0.1) for one in (nothing, full)}
    corrections = Corrections(late=late, deadlines=True)
    page = class_page([nothing, full], course, "en", corrections=corrections)
    assert re.findall(r"[\d.]+ − 10 % late = [\d.]+", page) == ["6 − 10 % late = 5.4"]


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "Unfinished: 3 of 50 submissions graded"), ("ja", "採点の途中：50件中3件を採点済み")],
)
def test_while_a_run_is_going_on_it_says_so_and_calls_nobody_missing(a_class, course, lang, words):
    results = [*map(typed, a_class.values())]
    page = class_page(results, course, lang, so_far=(3, 50))
    assert words in page
    finished = class_page(results, course, lang)
    assert words.split("3")[0] not in finished
    missing = f"<h3>{say(lang, 'not_handed_in')} · "
    assert missing in finished
    assert missing not in page
