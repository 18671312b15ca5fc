"""grades.csv: one row for each student and exercise."""

import csv
from dataclasses import replace

from autograder.ingest import NotCounted, NotGraded, Other
from autograder.ingest.hand_ins import HandIn, HandIns, UngradedRecord
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
        "note": "Cannot be read. The student is told: "
        "The file is not a notebook: its JSON ends in the middle (line 1, column 2048).",
        "folder": "dai",
    }


def test_a_formula_as_a_name_is_text_to_a_spreadsheet(a_class, tmp_path):
    text = write_grades_csv(tmp_path, [typed(a_class["formula"])]).read_text("utf-8")
    assert text.splitlines()[1] == (
        "'=cmd()|'c calc'!A1,02_im2col,6,6,graded,,,'=cmd()|'c calc'!A1"
    )


def test_no_two_names_become_the_same(new_result, tmp_path):
    results = [typed(new_result(name)) for name in ("=x", "'=x", "''=x")]
    rows = write_grades_csv(tmp_path, results).read_text("utf-8").splitlines()[1:]
    assert len({row.partition(",")[0] for row in rows}) == 3


class TestHandIns:
    OTHERS = (
        Other("ben/02 (1).ipynb", NotCounted.UNREADABLE),
        Other("ben/=x.pdf", NotCounted.NO_NOTEBOOK),
    )
    KNOWN = HandIns(
        names={"佐藤-0123456789ab": "佐藤", "加藤-0123456789ab": "佐藤"},
        hand_ins=(HandIn("aiko", "02_im2col", "in/aiko/02.ipynb", OTHERS),),
        ungraded=(
            UngradedRecord("佐藤-0123456789ab", "in/佐藤", NotGraded.EMPTY_FOLDER),
            UngradedRecord("aiko", "in/aiko/x.ipynb", NotGraded.WHICH_EXERCISE, ("x.ipynb",)),
        ),
        gone=(HandIn("ben", "02_im2col", "in/ben/02.ipynb"),),
    )

    def rows(self, a_class, tmp_path, hand_ins, lang="en"):
        results = [typed(a_class["full"]), typed(a_class["every_status"])]
        path = write_grades_csv(tmp_path, results, hand_ins, lang)
        with path.open(encoding="utf-8", newline="") as file:
            return {row["student"]: row for row in csv.DictReader(file)}

    def test_who_could_not_be_graded_has_a_row_with_the_reason(self, a_class, tmp_path):
        row = self.rows(a_class, tmp_path, self.KNOWN)["佐藤"]
        assert row == {
            "student": "佐藤",
            "exercise": "",
            "score": "",
            "max_score": "",
            "status": "not_graded",
            "needs_you": "",
            "note": "The folder is empty, so nothing was handed in.",
            "folder": "佐藤-0123456789ab",
        }
        assert "空" in self.rows(a_class, tmp_path, self.KNOWN, "ja")["佐藤"]["note"]

    def test_what_else_was_handed_in_is_noted(self, a_class, tmp_path):
        note = self.rows(a_class, tmp_path, self.KNOWN)["aiko"]["note"]
        assert "ben/02 (1).ipynb (cannot be read), ben/=x.pdf (not a notebook)" in note

    def test_a_result_whose_file_is_gone_has_none(self, a_class, tmp_path):
        assert self.rows(a_class, tmp_path, self.KNOWN).keys() == {"aiko", "佐藤"}

    def test_two_students_of_one_name_are_told_apart(self, a_class, tmp_path):
        both = replace(
            self.KNOWN,
            ungraded=(
                *self.KNOWN.ungraded,
                UngradedRecord("加藤-0123456789ab", "in/加藤", NotGraded.EMPTY_FOLDER),
            ),
        )
        rows = self.rows(a_class, tmp_path, both)
        assert rows.keys() == {"aiko", "佐藤-0123456789ab", "加藤-0123456789ab"}


def test_halves_are_written_as_such(new_result, new_criterion, tmp_path):
    result = new_result(criteria=[new_criterion("f.a", max_points=0.5)])
    assert ",0.5,0.5," in write_grades_csv(tmp_path, [typed(result)]).read_text("utf-8")


def test_a_row_whose_points_are_open_says_so(new_result, new_criterion, tmp_path):
    result = new_result(criteria=[new_criterion("f.a", "grader_error", points=0)])
    assert (
        write_grades_csv(tmp_path, [typed(result)])
        .read_text("utf-8")
        .endswith(",needs you,,aiko\n")
    )
