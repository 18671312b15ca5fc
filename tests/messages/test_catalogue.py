"""The catalogues: every message in every language, about the same values, and said somewhere."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import autograder
from autograder.course.load import load_course, load_mistakes
from autograder.errors import FileFault
from autograder.ingest import NotCounted, NotGraded
from autograder.messages.catalogue import PLURALS, Catalogue, catalogue, continued, sentences
from autograder.messages.cell_errors import cell_error
from autograder.messages.pages import say
from autograder.text import LANGUAGES, Text
from tests.paths import ROOT as ROOT_OF_COURSE

ROOM = Path(autograder.__file__).parent
NAMES = [file.stem for file in (ROOM / "messages").glob("*.toml")]
MESSAGES = [(name, key) for name in NAMES for key in Catalogue(name)]


def placeholders(template: str) -> list[tuple[str, str]]:
    """Names and formats, as ``{got:value|values}`` gives ``("got", "value|values")``."""
    found = string.Formatter().parse(template)
    return [(name, form or "") for _, name, form, _ in found if name is not None]


def differing(name: str, key: str) -> bool:
    """Whether a language lacks the message, or shows other values than another one.

    Which form a number takes is the language's own affair.
    """
    templates = catalogue(name)[key]
    values = [
        {value for value, form in placeholders(template) if "|" not in form}
        for template in templates.values()
    ]
    complete = list(templates) == list(LANGUAGES) and all(map(str.strip, templates.values()))
    return not complete or any(each != values[0] for each in values)


def wrong_plurals(name: str, key: str) -> bool:
    """Whether a placeholder lists more or fewer forms than its language has."""
    return any(
        form and form.count("|") + 1 != len({PLURALS[lang](n) for n in range(200)})
        for lang, template in catalogue(name)[key].items()
        for _, form in placeholders(template)
    )


def in_the_wrong_language(name: str, key: str) -> bool:
    """Whether the English has a Japanese letter, or the Japanese has text but no such letter."""
    japanese = re.compile(r"[ぁ-んァ-ヶ一-龠：]")
    templates = catalogue(name)[key]
    same = key in {"type_None", "type_other"} or not re.sub(r"\{.*?\}", "", templates["ja"])
    return bool(japanese.search(templates["en"])) or not (same or japanese.search(templates["ja"]))


def in_another_style(name: str, key: str) -> bool:
    """Whether the Japanese is not written as in the notebooks.

    No half-width space beside a Japanese letter (but around a command's option), full-width
    brackets and colons, one spelling of a loanword, one word for students and teachers.
    """
    text = catalogue(name)[key]["ja"]
    return in_another_japanese(text) or bool(re.search("[()]", re.sub("`[^`]*`", "", text)))


def in_another_japanese(text: str) -> bool:
    text = re.sub(r" ?--[a-z-]+ ?", "", text)
    prose = re.sub(r"`[^`]*`", "``", text)
    japanese = "[ぁ-んァ-ヶー一-龠、。「」（）：]"
    latin = "[A-Za-z0-9`{}%]"
    spaced = re.search(rf"{japanese} +{latin}|{latin} +{japanese}", text)
    half_width = re.search(r"\([^()]*[ぁ-んァ-ヶ一-龠]|[^ ]: ", prose)
    unlike = re.search(r"(?:メモリ|フォルダ|ポインタ|フィルタ)(?!ー)|学生|先生|あなたのもの", prose)
    return bool(spaced or half_width or unlike)


@pytest.mark.parametrize(
    "fault", [differing, wrong_plurals, in_the_wrong_language, in_another_style]
)
def test_no_message_is(fault):
    assert [(name, key) for name, key in MESSAGES if fault(name, key)] == []


def test_titles_and_hints_of_the_course_are_in_the_same_style():
    course = load_course(ROOT_OF_COURSE)
    texts = [text for e in course.exercises for text in (e.title, e.summary) if text]
    texts += [text for e in course.exercises for c in e.criteria for text in (c.title, c.hint)]
    texts += [mistake.hint for e in course.exercises for mistake in load_mistakes(e)[0]]
    assert [text["ja"] for text in texts if text and in_another_japanese(text["ja"])] == []


def test_a_criterions_hint_asks_or_says_what_to_check():
    """A criterion fails for many reasons: only a known mistake's hint may say which it is."""
    course = load_course(ROOT_OF_COURSE)
    hints = [c.hint["en"] for e in course.exercises for c in e.criteria if c.hint]
    checks = r"\?|(?:^|\. )(?:Compare|Draw|Give|Print|Try|Use|Work out|Write) "
    assert [hint for hint in hints if not re.search(checks, hint)] == []


def test_every_message_is_used():
    said = {
        text
        for path in ROOM.rglob("*")
        if path.suffix in {".py", ".html"}
        for text in re.findall(r"""(?<=["'])\w+(?=["'])""", path.read_text("utf-8"))
    }
    made = {
        "criteria": re.compile(
            r"type_|pattern_|values_|not_finite_|unfixable_|unfinished_|\w+_hidden$"
        ),
        "pages": re.compile(r"(next|short|level|cell|picture|terminal)_"),
        "class_page": re.compile("show_"),
        "files": re.compile("|".join(FileFault)),
        "doctor": re.compile(r"raise_|\w+_open$"),
        "hand_ins": re.compile(
            "|".join([*(f"other_{w}" for w in NotCounted), *(f"not_graded_{n}" for n in NotGraded)])
        ),
    }
    unused = [
        (name, key)
        for name, key in MESSAGES
        if key not in said and not (name in made and made[name].match(key))
    ]
    assert unused == []


def test_every_fault_of_a_file_has_its_message():
    assert set(catalogue("files")) == set(FileFault)


@pytest.mark.parametrize(
    ("noted", "japanese"),
    [
        ("SyntaxError, line 3: expected ':': if x", "3行目にSyntaxError：expected ':': if x"),
        ("line 2: NameError: name 'x' is not defined", "2行目：NameError: name 'x' is not defined"),
        (
            "SyntaxError, line 1: expected '(': def f[T](x): (this is graded with Python 3.11.7)",
            "1行目にSyntaxError：expected '(': def f[T](x):（採点環境はPython 3.11.7です）",
        ),
        ("KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_what_stopped_a_cell_is_reported_in_every_language(noted, japanese):
    assert cell_error(noted) == Text(en=noted, ja=japanese)


@pytest.mark.parametrize(
    ("code", "english", "japanese"),
    [
        ("x\u3000= 1", "there is a full-width space, which", "全角スペースがあるので、"),
        ("def f():\n\u3000\u3000return 1", "replace it with an ordinary one", "半角スペースに"),
        ("x\u00a0= 1", "a special space (U+00A0)", "特殊な空白（U+00A0）"),
        ("x\u200b = 1", "an invisible character (U+200B)", "目に見えない文字（U+200B）"),
        ("print（1)", "`（` is a full-width character", "半角の`(`に直してください"),
        ("f(1， 2)", "replace it with an ordinary `,`", "半角の`,`に直してください"),
        ("def f()：\n    return 1", "replace it with an ordinary `:`", "半角の`:`に直してください"),
        ("x ＝ １", "replace it with an ordinary `=`", "半角の`=`に直してください"),
        ("x = “one”", 'replace it with `"`', '`"`に直してください'),
        ("x = ‘one’", "replace it with `'`", "`'`に直してください"),
        ("x = 2 \u2212 1", "replace it with `-`", "`-`に直してください"),
        ("x = 2 × 1", "`×` (U+00D7) is not the character", "`*`に直してください"),
    ],
)
def test_a_character_that_looks_like_another_is_named_with_what_to_write(code, english, japanese):
    with pytest.raises(SyntaxError) as caught:
        ast.parse(code)
    noted = f"SyntaxError, line {caught.value.lineno}: {caught.value.msg}: {caught.value.text}"
    said = cell_error(noted)
    assert english in said["en"]
    assert japanese in said["ja"]
    assert all(caught.value.msg in said[lang] for lang in ("en", "ja"))


def test_what_looks_like_no_other_character_is_left_to_python():
    noted = "SyntaxError, line 1: invalid character '★' (U+2605): x ★ y"
    assert cell_error(noted)["en"] == noted


# --- how they are put together ----------------------------------------------------------------


@pytest.fixture
def fruit(tmp_path, monkeypatch) -> Catalogue:
    file = tmp_path / "fruit.toml"
    file.write_text(
        '[count]\nen = "{n} {n:apple|apples}"\nja = "りんご{n}個"\n'
        '[eaten]\nen = "{who} ate {what}."\nja = "{who}は{what}を食べました。"\n'
        '[good]\nen = "They were good."\nja = "おいしかったです。"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr("autograder.messages.catalogue.__file__", str(tmp_path / "x.py"))
    return Catalogue("fruit")


def test_a_number_takes_the_form_of_its_language(fruit):
    assert fruit.text("count", n=1) == Text(en="1 apple", ja="りんご1個")
    assert fruit.text("count", n=0) == Text(en="0 apples", ja="りんご0個")


def test_a_text_within_a_message_is_in_the_same_language(fruit):
    told = fruit.text("eaten", who="Aiko", what=fruit.text("count", n=2))
    assert told == Text(en="Aiko ate 2 apples.", ja="Aikoはりんご2個を食べました。")


def test_braces_in_a_value_are_no_placeholders(fruit):
    assert fruit.say("en", "eaten", who="{what}", what="{0.__class__}") == (
        "{what} ate {0.__class__}."
    )


def test_a_value_that_is_missing_is_an_error(fruit):
    with pytest.raises(KeyError):
        fruit.text("eaten", who="Aiko")
    with pytest.raises(KeyError):
        fruit.text("drunk")


def test_sentences_follow_each_other_as_the_language_has_it(fruit):
    eaten = fruit.text("eaten", who="A", what="B")
    told = sentences(eaten, Text(), fruit.text("good"))
    assert told["en"] == "A ate B. They were good."
    assert told["ja"] == "AはBを食べました。おいしかったです。"


def test_a_phrase_of_a_page_takes_its_values():
    assert say("en", "some_passed", n=3, m=5).startswith("Checks passed: 3 of 5.")
    assert say("ja", "some_passed", n=3, m=5).startswith("5項目のうち3項目が合格です。")


@pytest.mark.parametrize(
    ("points", "said"), [("1", "1 point"), ("0.5", "0.5 points"), ("17", "17 points")]
)
def test_a_number_that_is_text_already_has_its_plural_form(points, said):
    assert catalogue("pages").say("en", "decided_points", points=points) == said


def test_a_sentence_goes_on_after_a_colon_with_a_small_letter():
    told = Text(en="All 3 values are wrong. The first is 2.", ja="NaNが含まれています。")
    assert continued(told) == Text(
        en="all 3 values are wrong. The first is 2.", ja="NaNが含まれています。"
    )
    for same in ("`dW` is None.", "NaN is odd.", "NumPy says no.", ""):
        assert continued(Text.same(same)) == Text.same(same)
    noted = "stopped: it took too long"
    assert cell_error(noted)["en"].startswith("It took longer")
    assert cell_error(noted, goes_on=True)["en"].startswith("it took longer")
    assert cell_error("Exception: no", goes_on=True) == Text.same("Exception: no")
