"""The page one student gets: what stands on it, what never does, and what it looks like."""

import copy
from dataclasses import replace

import pytest

from autograder.course.models import Reveal
from autograder.ingest import NotCounted, Other
from autograder.ingest.hand_ins import HandIn
from autograder.messages.hand_ins import remarks
from autograder.report import findings, write_feedback
from autograder.report.feedback import feedback_page
from autograder.text import Text
from tests.results import typed

HINT = "Neighbouring windows are `stride` pixels apart. Where does the second begin?"
"""The hint of im2col.stride."""

KINDS = [
    *("full", "every_status", "carried", "bonus", "nothing"),
    *("unreadable", "grader_error", "broken_run", "hostile", "formula", "japanese"),
]


@pytest.fixture
def show(course, parse):
    """The page of a result; ``exercise=None`` for one whose course is not at hand."""

    def page(result, lang="en", **options):
        exercise = options.get("exercise", course.exercise(result["exercise"]))
        return parse(feedback_page(typed(result), exercise, lang))

    return page


@pytest.mark.parametrize("kind", KINDS)
def test_golden_page(a_class, course, golden, kind):
    result = a_class[kind]
    golden(f"{kind}.html", feedback_page(typed(result), course.exercise(result["exercise"]), "en"))


def test_golden_page_in_japanese(a_class, course, golden):
    result = a_class["every_status"]
    golden("every_status.ja.html", feedback_page(typed(result), course.exercise("02_im2col"), "ja"))


def test_golden_page_without_a_course(a_class, golden):
    golden("every_status.bare.html", feedback_page(typed(a_class["every_status"]), None, "en"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_loads_nothing_and_runs_nothing(a_class, show, kind):
    page = show(a_class[kind])
    assert page.is_inert()
    assert all(address.startswith("#") for address in page.links())


def test_hostile_text_is_read_as_text_and_makes_no_element(a_class, show):
    hostile, harmless = a_class["hostile"], copy.deepcopy(a_class["hostile"])
    harmless["student"] = "x"
    harmless["cells"][0]["error"] = "x"
    criterion = harmless["criteria"][1]
    criterion["message"] = {"en": "x", "ja": "`x`x"}
    criterion["counterexample"] = dict.fromkeys(criterion["counterexample"], "x")
    page = show(hostile)
    elements, usual = ([t for t, _ in each.tags if t != "span"] for each in (page, show(harmless)))
    assert elements == usual  # spans keep brackets on one line
    for lang in ("en", "ja"):
        assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in page.text[lang]
        assert "{{ 7*7 }}" in page.text[lang]
        assert not set("\x00\x07\x1b\u202e") & set(page.text[lang])


def test_every_id_is_there_once_and_every_link_leads_to_one(a_class, show):
    for result in a_class.values():
        page = show(result)
        assert len(set(page.ids())) == len(page.ids())
        assert {address[1:] for address in page.links()} <= set(page.ids())


def test_a_status_is_said_in_words_and_by_an_icon(a_class, show):
    page = show(a_class["every_status"])
    for words in ("Passed", "Not right yet", "Stopped with an error", "Ran out of time"):
        assert words in page.text["en"]
    for words in ("合格", "まだ正しくない", "エラーで停止", "時間切れ", "見つからない"):
        assert words in page.text["ja"]
    icons = set(page.links())
    assert {"#i-passed", "#i-failed", "#i-error", "#i-timeout", "#i-missing"} <= icons


def test_a_failure_shows_message_call_expected_got_and_what_to_do(a_class, show):
    text = show(a_class["every_status"]).text
    assert "3 of 6 values differ, the first at (0, 2)." in text["en"]
    assert "paste it into your notebook im2col(np. arange(1., 9.) . reshape" in text["en"]
    assert "Expected (2, 4) 1 2 5 6 3 (in the frame) 4 (in the frame)" in text["en"]
    assert "Your result (2, 4) 1 2 5 6 2 (differs) 3 (differs)" in text["en"]
    assert "What to try next: Make this call in your notebook" in text["en"]
    assert "6個のうち3個の値が違い" in text["ja"]
    assert "あなたの結果 (2, 4) 1 2 5 6 2 （異なる値）" in text["ja"]


def test_the_hint_of_a_recognised_mistake_comes_before_the_criterions(a_class, show):
    result = a_class["every_status"]
    text = show(result).text["en"]
    of_mistake = text.index("Two neighbouring outputs look at windows how far apart?")
    assert text.index("A known mistake gives exactly your results") < of_mistake
    assert of_mistake < text.index("Where does the second begin?")
    result["criteria"][1]["diagnosis"] = ["IM99"]  # of another year's course
    assert "A known mistake" not in show(result).text["en"]


def test_the_hint_of_a_mistake_is_given_once(new_result, new_criterion, show):
    criteria = [
        new_criterion(id, "failed", message={"en": id, "ja": id}, diagnosis=["IM8"])
        for id in ("im2col.stride", "im2col.padding")
    ]
    text = show(new_result(criteria=criteria)).text
    assert text["en"].count("Two neighbouring outputs look at windows how far apart?") == 1
    assert "The same mistake as above" in text["en"]
    assert "上と同じ間違い" in text["ja"]


def test_a_hint_is_for_what_failed_alone(a_class, show):
    hint = "np.zeros makes float64 unless you tell it the dtype."
    result = a_class["full"]
    assert hint not in show(result).text["en"]
    told = {"en": "The dtype is float64; it should be float32.", "ja": "dtypeが違います。"}
    failed = {"status": "failed", "own_status": "failed", "points": 0, "message": told}
    result["criteria"][3] |= failed
    result["score"] -= 0.5
    assert hint in show(result).text["en"]
    told["en"] = "All 20 values are wrong."  # so it is not the dtype
    assert hint not in show(result).text["en"]


@pytest.mark.parametrize(
    ("said", "hinted"),
    [
        ("Your code returned a value of type `tuple` instead of a NumPy array.", False),
        ("Nothing was returned (None). Is there a `return` at the end?", False),
        ("In `[0]` of the result: your code returned a value of type `list`.", False),
        ("`dW` is None. Is it set by then, under exactly that name?", False),
        ("Your code returned 3 values instead of 2.", False),
        ("The result has the wrong type.", False),
        ("All 20 values are wrong.", True),
    ],
)
def test_another_type_has_nothing_to_do_with_what_a_criterion_is_about(
    new_result, new_criterion, show, said, hinted
):
    failed = new_criterion("im2col.stride", "failed", message={"en": said, "ja": "違います。"})
    page = show(new_result(criteria=[failed]))
    assert ("Where does the second begin?" in page.text["en"]) is hinted


def test_the_hints_of_criteria_that_fail_by_the_same_mistake_are_left_out(
    new_result, new_criterion, show, monkeypatch
):
    criteria = [
        new_criterion(
            id,
            "failed",
            message={"en": id, "ja": id},
            diagnosis=["IM8"],
            counterexample={"call": f"im2col({id})", "expected": "1", "got": "2"},
        )
        for id in ("im2col.padding", "im2col.stride")
    ]
    page = show(new_result(criteria=criteria))
    assert "Where does the second begin?" not in page.text["en"]
    assert "A small input for this check" in page.text["en"]
    assert [tag for tag, _ in page.tags].count("details") == 2  # one in each language

    hint = Text(en="Where does the second begin?", ja="x")
    monkeypatch.setattr(findings, "mistake_hints", lambda *_: [hint])
    text = show(new_result(criteria=criteria[1:])).text["en"]
    assert text.count("Where does the second begin?") == 1


def test_what_applies_to_several_criteria_is_shown_once(a_class, show):
    text = show(a_class["every_status"]).text["en"]
    assert text.count("There is no col2im in the notebook.") == 1
    assert "Windows that do not overlap 0 / 1 Windows that overlap 0 / 1.5" in text


def test_one_error_in_several_calls_is_shown_with_the_first_of_them(
    new_result, new_criterion, show
):
    criteria = [
        new_criterion(
            id,
            "error",
            message={"en": "IndexError", "ja": "IndexError"},
            counterexample={"call": f"call {i}", "expected": "—", "got": "IndexError"},
        )
        for i, id in enumerate(["im2col.stride", "im2col.padding"])
    ]
    text = show(new_result(criteria=criteria)).text["en"]
    assert "call 0" in text
    assert "call 1" not in text
    assert "Hint" not in text  # of neither: what is wrong is no matter of stride or padding


def test_advice_for_a_status_is_given_once_on_a_page(a_class, show):
    assert show(a_class["nothing"]).text["en"].count("What to try next") == 1


def test_the_page_leads_to_the_first_thing_to_fix(a_class, show):
    page = show(a_class["nothing"])
    assert "No check has passed yet. A good place to start: One image" in page.text["en"]
    assert "#en-0" in page.links()


def test_cells_that_failed_come_first_where_something_is_missing(a_class, show):
    result = a_class["every_status"]
    page = show(result)
    assert "#en-cells" in page.links()
    assert "Cell 5 stopped with an error ModuleNotFoundError: No module named" in page.text["en"]
    assert "Cell 10 ran out of time" in page.text["en"]
    assert "セル5 エラーで停止" in page.text["ja"]
    assert "Cell 12" not in page.text["en"]  # skipped, and nothing is said about it
    nothing = a_class["nothing"] | {"cells": result["cells"]}
    assert "#en-cells" in show(nothing).links()
    result["cells"] = result["cells"][:1]
    assert "Cells that did not run" not in show(result).text["en"]


def test_cells_that_call_an_unwritten_part_come_last_and_are_grouped(a_class, show):
    error = "line 3: NotImplementedError: col2im: write this yourself"
    cells = [{"index": index, "status": "error", "error": error} for index in (4, 6)]
    page = show(a_class["nothing"] | {"cells": cells})
    assert "#en-cells" not in page.links()
    assert page.text["en"].count("write this yourself") == 1
    assert "Cell 5, Cell 7 stopped with an error" in page.text["en"]
    assert "What is wrong above may be the reason." in page.text["en"]
    assert "What is wrong above" not in show(a_class["full"] | {"cells": cells}).text["en"]
    assert "セル5、セル7 エラーで停止" in page.text["ja"]


def test_what_is_not_written_needs_writing_and_no_example(new_result, new_criterion, show):
    message = {
        "en": "`col2im` needs `im2col`, which has not been written yet.",
        "ja": "`col2im`が使う`im2col`がまだ書かれていません。",
    }
    call = {"call": "col2im(array(4, 4))", "expected": "—", "got": "NotImplementedError"}
    stub = new_criterion("im2col.stride", "error", message=message, counterexample=call)
    text = show(new_result(criteria=[stub])).text["en"]
    assert "Write it, and run the check below its cell" in text
    assert "col2im(array(4, 4))" not in text
    assert "Where does the second begin?" not in text


def test_a_stub_is_not_written_and_what_is_not_there_not_found(new_result, new_criterion, show):
    message = {"en": "`im2col` has not been written yet.", "ja": "`im2col`はまだ書かれていません。"}
    page = show(new_result(criteria=[new_criterion("im2col.stride", "missing", message=message)]))
    assert "Not written yet" in page.text["en"]
    assert "まだ書かれていない" in page.text["ja"]
    message = {"en": "`im2col` is not defined in the notebook.", "ja": "im2colがありません。"}
    page = show(new_result(criteria=[new_criterion("im2col.stride", "missing", message=message)]))
    assert "Not found" in page.text["en"]


def test_a_replaced_part_that_is_not_written_is_no_reason_to_write_this(
    new_result, new_criterion, show
):
    message = {
        "en": "Graded with a working `a`, `b`, since `a` fails “x”, for example, `b` has not been "
        "written yet. With them, this is right.",
        "ja": "正しいものに替えて採点しました。",
    }
    carried = new_criterion("im2col.stride", "carried", message=message)
    assert "Write it" not in show(new_result(criteria=[carried])).text["en"]


def test_where_most_criteria_of_a_part_fail_only_the_first_has_a_hint(
    new_result, new_criterion, show
):
    def failed(id):
        return new_criterion(
            id,
            "failed",
            message={"en": f"{id} is wrong.", "ja": f"{id}が違います。"},
            counterexample={"call": f"im2col({id!r})", "expected": "1", "got": "2"},
        )

    stride, padding, one = map(failed, ("im2col.stride", "im2col.padding", "im2col.float32"))
    right = [new_criterion("im2col.one_channel"), new_criterion("im2col.other")]
    few = show(new_result(criteria=[stride, padding, *right]))
    assert "Where does the second begin?" in few.text["en"]
    assert "The window slides over the padded image." in few.text["en"]
    assert "details" not in dict(few.tags)
    most = show(new_result(criteria=[stride, padding, one, *right]))
    assert "Where does the second begin?" in most.text["en"]
    assert "The window slides over the padded image." not in most.text["en"]
    assert [tag for tag, _ in most.tags].count("details") == 4  # two in each language
    assert most.text["en"].count("What to try next") == 1


def test_a_cell_that_must_be_fixed_first_needs_no_other_advice(new_result, new_criterion, show):
    said = "`im2col` could not be read. Fix cell 3 first: SyntaxError, line 1: expected ':'"
    gone = new_criterion("im2col.stride", "missing", message={"en": said, "ja": said})
    text = show(new_result(criteria=[gone])).text["en"]
    assert "Fix cell 3 first" in text
    assert "What to try next" not in text


@pytest.mark.parametrize(
    ("of_mistake", "hints"),
    [
        ("Where does the second begin? And the third?", 2),
        (f"{HINT} And the third?", 1),
        ("Where does the second begin?", 1),
    ],
)
def test_a_hint_that_says_no_more_than_another_is_left_out(
    a_class, show, monkeypatch, of_mistake, hints
):
    text = Text(en=of_mistake, ja="x")
    monkeypatch.setattr(findings, "mistake_hints", lambda _, ids: [text] if ids else [])
    text = show(a_class["every_status"]).text["en"]
    assert text.count("Where does the second begin?") == hints
    assert "A known mistake gives exactly your results:" in text


def test_where_a_cell_stopped_is_shown_in_the_language_of_the_page(a_class, show):
    told = "SyntaxError, line 9: expected ':': for y in range(3)"
    cells = [
        {"index": 4, "status": "error", "error": told},
        {"index": 5, "status": "timeout", "error": "stopped: it took too long"},
    ]
    page = show(a_class["nothing"] | {"cells": cells})
    assert told in page.text["en"]
    assert "9行目にSyntaxError：expected ':': for y in range(3)" in page.text["ja"]
    assert "終わらないループ" in page.text["ja"]


def test_what_was_carried_is_shown_with_what_was_replaced(a_class, show):
    text = show(a_class["carried"]).text["en"]
    assert "Passed with a correct earlier part" in text
    assert "Graded with a working im2col , since yours is not defined." in text
    assert "These points are yours" in text


def test_bonus_is_marked_and_lifts_the_score_over_the_maximum(a_class, show):
    text = show(a_class["bonus"]).text["en"]
    assert "6 / 5" in text
    assert "No loops bonus 1 / 1" in text


def test_full_marks_are_shown_without_any_advice(a_class, show):
    text = show(a_class["full"]).text["en"]
    assert "Everything passed." in text
    assert "What to try next" not in text


def test_an_unreadable_file_says_why_once_and_takes_no_points(a_class, show):
    text = show(a_class["unreadable"]).text["en"]
    assert text.count("The file is not a notebook: its JSON ends in the middle") == 1
    assert "notebooks (.ipynb) that open in Jupyter or Colab" in text
    assert "Score" not in text
    assert "0 /" not in text


def test_our_own_fault_is_reported_and_the_rest_is_shown(a_class, show):
    text = show(a_class["grader_error"]).text["en"]
    assert "Grading went wrong on our side" in text
    assert "You lose no points for this." in text
    assert "Everything passed" not in text
    assert "6 / 6" in text


def test_open_points_are_not_reported_as_lost(a_class, show):
    result = a_class["grader_error"]
    for entry in result["criteria"]:
        if entry["status"] == "grader_error":
            result["score"] -= entry["points"]
            entry["points"] = 0
    text = show(result).text["en"]
    assert "Your instructor will look at this" in text
    assert "they are not lost" in text
    assert "This costs you no points." not in text


def test_where_the_exercise_reveals_nothing_no_result_is_shown(a_class, show, course):
    silent = replace(course.exercise("02_im2col"), reveal=Reveal.NONE)
    text = show(a_class["every_status"], exercise=silent).text["en"]
    assert "im2col(np.arange(" not in text
    assert "[[ 3." not in text


def test_a_side_that_has_nothing_to_show_is_left_out(a_class, show):
    result = a_class["every_status"]
    result["criteria"][1]["counterexample"] |= {"expected": "—", "got": "TypeError"}
    text = show(result).text["en"]
    assert "Your result TypeError" in text
    assert "Expected" not in text


def test_a_message_in_one_language_is_shown_in_place_of_the_other(a_class, show):
    result = a_class["every_status"]
    result["criteria"][1]["message"] = {"en": "Only English.", "ja": ""}
    assert "Only English." in show(result).text["ja"]


def test_a_course_that_changed_since_does_not_break_the_page(a_class, show):
    result = a_class["every_status"]
    result["criteria"][1] |= {"id": "gone.away", "part": "gone"}
    text = show(result).text["en"]
    assert "gone.away" in text
    assert "Padding 1 and 2" in text


def test_only_the_files_name_is_shown_not_its_folder(a_class, show):
    result = a_class["full"]
    result["submission"]["file"] = "home/teacher/secret/02_im2col.ipynb"
    text = show(result).text["en"]
    assert "02_im2col.ipynb" in text
    assert "secret" not in text


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_one_page_holds_both_languages_and_begins_with_the_chosen_one(a_class, show, lang):
    page = show(a_class["every_status"], lang)
    chosen = [a["id"] for tag, a in page.tags if tag == "input" and "checked" in a]
    assert chosen == [f"switch-{lang}"]
    assert page.tags[0] == ("html", {"lang": lang})
    assert "Cells that did not finish" in page.text["en"]
    assert "最後まで実行できなかったセル" in page.text["ja"]


def test_time_and_place_leave_no_trace(a_class, course):
    result = a_class["every_status"]
    again = copy.deepcopy(result)
    again["timing"] = {"wall_s": 99, "cpu_s": 99}
    again["submission"]["file"] = "elsewhere/02_im2col.ipynb"
    exercise = course.exercise("02_im2col")
    assert feedback_page(typed(again), exercise, "en") == feedback_page(
        typed(result), exercise, "en"
    )


def test_it_is_written_where_the_contract_says(a_class, course, tmp_path):
    result = typed(a_class["japanese"])
    path = write_feedback(result, course.exercise("02_im2col"), tmp_path, "en")
    assert path == tmp_path / "feedback" / "山田 花子" / "02_im2col.html"
    assert path.read_text("utf-8") == feedback_page(result, course.exercise("02_im2col"), "en")


@pytest.mark.parametrize("student", ["..", "../aiko", ""])
def test_a_name_that_leads_out_of_the_folder_writes_nothing(a_class, tmp_path, student):
    with pytest.raises(ValueError, match="is not a valid file name"):
        write_feedback(replace(typed(a_class["full"]), student=student), None, tmp_path, "en")
    assert list(tmp_path.iterdir()) == []


def test_the_student_is_told_which_of_several_files_was_graded(a_class):
    hand_in = HandIn(
        "aiko", "02_im2col", "in/aiko/final.ipynb", (Other("a.ipynb", NotCounted.OLDER),)
    )
    page = feedback_page(typed(a_class["full"]), None, "en", "愛子", remarks(hand_in))
    assert "This one was graded: final.ipynb. Not graded: a.ipynb (older)." in page
    assert "採点したのはfinal.ipynbです。採点していないもの：a.ipynb（古い）。" in page
    assert "<bdi>愛子</bdi>" in page


@pytest.mark.parametrize(
    ("error", "said", "hinted"),
    [
        ("ModuleNotFoundError: No module named 'common'", "in a fresh kernel", False),
        ("NameError: name 'im2co' is not defined", "in a fresh kernel", False),
        ("ValueError: cannot reshape array of size 6", "print the shapes just before", True),
        ("AttributeError: 'Net' object has no attribute 'pda'", "after the last dot", False),
        ("MemoryError: Unable to allocate 10 GiB", "the lines above it where", False),
    ],
)
def test_what_to_try_next_fits_the_exception(new_result, new_criterion, show, error, said, hinted):
    message = {"en": f"Your code raised {error}.", "ja": f"{error}"}
    criteria = [new_criterion("im2col.stride", "error", message=message)]
    text = show(new_result(criteria=criteria)).text["en"]
    assert said in text
    assert ("Where does the second begin?" in text) is hinted


@pytest.mark.parametrize("entries", [9, 100])
@pytest.mark.parametrize("message", ["All values are wrong. ", "x = 誤り, " * 1000])
def test_no_page_is_larger_than_150_kilobytes(new_result, new_criterion, course, entries, message):
    array = f"array([{', '.join(f'{i}.' for i in range(entries))}])"
    criteria = [
        new_criterion(
            f"im2col.{number}",
            "failed",
            message={"en": f"{message}{number}", "ja": f"{message}{number}"},
            counterexample={
                "call": f"im2col(np.{array}, {number})",
                "expected": array,
                "got": array.replace("1.", "2."),
            },
        )
        for number in range(40)  # as many as the largest exercise of the course has
    ]
    page = feedback_page(typed(new_result(criteria=criteria)), course.exercise("02_im2col"), "ja")
    assert len(page.encode()) <= 150_000
    assert page.count('<figure class="picture got">') >= 2  # of the first, in both languages
