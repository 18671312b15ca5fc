"""grades.csv: one row for each student and exercise."""

import csv

from autograder.report import write_grades_csv
from tests.results import typed


def test_golden_table(a_class, golden, tmp_path):
    path = write_grades_csv(tmp_path, map(typed, a_class.values()))
    assert path == tmp_path / "grades.csv"
    golden("grades.csv", path.read_bytes().decode("utf-8"))


def test_rows_are_sorted_and_do_not_depend_on_the_order_of_results(a_class, tmp_path):
    results = [*map(typed, a_class.values())]
    first = write_grades_csv(tmp_path / "a", results).read_bytes()
    assert write_grades_csv(tmp_path / "b", results[::-1]).read_bytes() == first
    rows = list(csv.reader(first.decode().splitlines()))[1:]
    assert len(rows) == len(results)


def test_a_script_reads_it_without_a_word_about_encoding(a_class, tmp_path):
    path = write_grades_csv(tmp_path, map(typed, a_class.values()))
    with path.open(encoding="utf-8", newline="") as file:
        rows = {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}
    assert rows["山田 花子", "02_im2col"]["score"] == "6"
    assert rows["dai", "02_im2col"] == {
        "student": "dai",
        "exercise": "02_im2col",
        "score": "0",
        "max_score": "6",
        "status": "unreadable",
        "needs_you": "",
    }


def test_a_formula_as_a_name_is_text_to_a_spreadsheet(a_class, tmp_path):
    text = write_grades_csv(tmp_path, [typed(a_class["formula"])]).read_text("utf-8")
    assert text.splitlines()[1] == "'=cmd()|'c calc'!A1,02_im2col,6,6,graded,"


def test_halves_are_written_as_such(new_result, new_criterion, tmp_path):
    result = new_result(criteria=[new_criterion("f.a", max_points=0.5)])
    assert ",0.5,0.5," in write_grades_csv(tmp_path, [typed(result)]).read_text("utf-8")


def test_a_row_whose_points_are_open_says_so(new_result, new_criterion, tmp_path):
    result = new_result(criteria=[new_criterion("f.a", "grader_error", points=0)])
    assert write_grades_csv(tmp_path, [typed(result)]).read_text("utf-8").endswith(",needs you\n")
