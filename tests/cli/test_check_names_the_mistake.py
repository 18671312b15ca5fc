"""`autograder check` names a known mistake on the terminal."""

from __future__ import annotations

from autograder.course.load import load_course, load_mistakes
from autograder.synthetic.notebooks import notebook, with_variant
from tests.paths import ROOT


def test_its_hint_follows_what_is_wrong_once(autograder, tmp_path):
    course = load_course(ROOT)
    exercise = course.exercise("02_im2col")
    wrong = next(mistake for mistake in load_mistakes(exercise)[0] if mistake.id == "IM4")
    path = tmp_path / "02_im2col.ipynb"
    path.write_bytes(notebook(with_variant(course, exercise, wrong)))
    for lang, lead, again in (
        ("en", "A known mistake gives exactly your results:", "The same mistake as above"),
        ("ja", "ある典型的な間違いと、結果がすべて一致します：", "上と同じ間違い"),
    ):
        page = tmp_path / f"{lang}.md"
        ran = autograder("check", path, "--lang", lang, "--summary", page)
        head = page.read_text("utf-8").splitlines()[2]
        assert head == {"en": "| | criterion | points | |", "ja": "| | 項目 | 得点 | |"}[lang]
        told = "".join(ran.stdout.replace("│", "").split())
        assert "".join(f"{lead} {wrong.hint[lang]}".split()) in told, ran.stdout
        assert "".join(again.split()) in told
        assert ("passed" in told, "合格" in told) == (lang == "en", lang == "ja")
        last = ran.stdout.splitlines()[-1]
        assert (("(graded, isolation " in last), "（採点済み、隔離：" in last) == (
            lang == "en",
            lang == "ja",
        ), last
