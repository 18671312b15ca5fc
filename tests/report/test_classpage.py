"""The class page: who has what, what was hard, what needs the instructor."""

import pytest

from autograder.ingest import NotCounted, NotGraded, Other
from autograder.ingest.hand_ins import HandIn, HandIns, UngradedRecord
from autograder.report import write_class
from autograder.report.classpage import class_page
from autograder.report.statistics import count_exercise, histogram
from tests.results import typed


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
    assert page.is_inert()
    assert all(address.startswith(("#", "feedback/")) for address in page.links())
    assert "<script>alert(3)</script>" in page.text[lang]


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
    )
    assert [(c.id, c.tried, round(c.share, 3)) for c in count.criteria] == [
        ("f.hard", 3, 0.333),
        ("f.easy", 3, 0.667),
        ("f.odd", 2, 1.0),
    ]


def test_an_unreadable_file_says_nothing_about_the_class(a_class):
    count = count_exercise("02_im2col", [typed(a_class["full"]), typed(a_class["unreadable"])])
    assert (count.submissions, count.graded, count.mean, count.full) == (2, 1, 6, 1)
    assert all(c.tried == 1 for c in count.criteria)


def test_a_score_that_the_graders_failure_lifted_is_no_score(a_class):
    count = count_exercise("02_im2col", [typed(a_class["grader_error"]), typed(a_class["nothing"])])
    assert (count.graded, count.mean, count.median, count.full) == (1, 0, 0, 0)
    assert all(c.tried == 2 or c.id == "im2col.padding" for c in count.criteria)


def test_nobody_graded_is_no_division_by_zero(a_class, course):
    count = count_exercise("02_im2col", [typed(a_class["unreadable"])])
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
    assert count_exercise("02_im2col", results).mistakes == (
        ("IM1", ("Ben", "Chi")),
        ("IM8", ("Aiko",)),
    )
    page = class_page(results, course, "en")
    assert page.index("<b>2 students</b>") < page.index("<b>1 student</b>")
    details = page[page.index("<details>") : page.index("</details>")]
    assert 'href="feedback/Ben/02_im2col.html"' in details
    assert "<b>2人</b>" in class_page(results, course, "ja")


def test_recognised_mistakes_are_counted_with_their_hint(a_class, course):
    count = count_exercise("02_im2col", [typed(a_class["every_status"]), typed(a_class["hostile"])])
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
    count = count_exercise("09_bug_hunt", [half, all_, none])
    assert (count.full, count.full_score, count.max_score) == (1, 4, 0)
    assert count.histogram == (1, 0, 0, 0, 0, 1, 0, 0, 0, 1)
    page = class_page([half, all_, none], None, "en")
    assert "<b>2</b> / 4</a>" in page
    assert page.count('class="chip full_marks"') == page.count('class="chip nothing_yet"') == 1
    # over the column, and beside the mean
    assert page.count('<span class="bonus">bonus</span>') == 2


def test_an_exercise_without_any_points_is_full_at_once():
    assert histogram([(0, 0)]) == (0,) * 9 + (1,)


def test_it_is_written_where_the_contract_says(a_class, course, tmp_path):
    path = write_class(tmp_path, [*map(typed, a_class.values())], course, "en")
    assert path == tmp_path / "index.html"
    assert path.read_text("utf-8").startswith("<!doctype html>")


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
    row = page.split('<th scope="row"><bdi>佐藤</bdi>')[1].split("</tr>")[0]
    assert "Not graded" in row


def test_what_else_was_handed_in_is_on_the_page(a_class):
    section = class_with_hand_ins(a_class).split("About the files: 3")[1]
    assert "aiko/02 (1).ipynb (cannot be read), aiko/old.ipynb (older)" in section
    assert "cp932" in section
    assert "is the notebook of 03_convolution, but it was handed in for 02_im2col" in section
    assert "古い" in class_with_hand_ins(a_class, "ja")


def test_a_result_whose_file_is_gone_is_said_and_counts_no_more(a_class):
    page = class_with_hand_ins(a_class)
    assert "in/ben/02_im2col.ipynb" in page.split("Not handed in any more: 1")[1]
    assert '<th scope="row"><bdi>ben</bdi>' not in page
    assert "feedback/ben/" not in page
