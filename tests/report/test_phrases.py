"""What the pages say, in both languages."""

import re
from pathlib import Path

import pytest

import autograder.report
from autograder.report.phrases import WORDS, say

ROOM = Path(autograder.report.__file__).parent


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_say_the_same_thing_about_the_same_values(key):
    en, ja = WORDS[key].en, WORDS[key].ja
    assert sorted(re.findall(r"{\w*}", en)) == sorted(re.findall(r"{\w*}", ja))
    assert en == en.strip()
    assert ja == ja.strip()
    assert en.isascii() or "…" in en
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", ja)


def test_every_phrase_is_said_somewhere():
    said = "".join(
        path.read_text("utf-8")
        for path in ROOM.rglob("*")
        if path.suffix in {".py", ".html"} and path.name != "words.py"
    )
    families = re.compile(r"(next|short|level|cell)_|.*_next$|passed|carried|missing|timeout")
    unsaid = [key for key in WORDS if f'"{key}"' not in said and not families.match(key)]
    assert unsaid == []


def test_a_phrase_takes_its_values():
    assert say("en", "some_passed", n=3, m=5).startswith("Checks passed: 3 of 5.")
    assert say("ja", "some_passed", n=3, m=5).startswith("5項目のうち3項目が合格です。")
