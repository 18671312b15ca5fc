"""What students make their code say: it is shown as text, and hidden inputs are not part of it."""

from __future__ import annotations

import re
from dataclasses import astuple, replace
from html.parser import HTMLParser

import pytest

from autograder import report
from autograder.course.load import load_course
from autograder.sandbox.host.session import Budget
from tests.paths import ROOT

EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}{% if x %}[/red]`</code>`"
    "\\u202e\\x1b]8;;http://evil\\x07\\x00"
)

LOUD = """
import logging, os, warnings
print("LOUD at the top", flush=True)
def attack(x, *more):
    print("LOUD", x, file=sys.stdout, flush=True)
    print("LOUD", x, file=sys.__stderr__, flush=True)
    warnings.warn(f"LOUD {x}")
    logging.error("LOUD %s", x)
    for number in range(3):
        try: os.write(number, b"LOUD")
        except OSError: pass
    return x
"""

SHOWN = {
    "an exception": "def attack(x, *more): raise ValueError(x)",
    "an exception of lists": "def attack(x, *more): raise ValueError(x.tolist())",
    "an assertion": "def attack(x, *more): assert x is None, f'got {x} for {np.ravel(x)}'",
    "NumPy's own comparison": "def attack(x, *more): np.testing.assert_allclose(x, x + 1)",
}

MARKUP = {
    "an exception": f'def attack(x, *more): raise ValueError("{EVIL}")',
    "a class": f'def attack(x, *more): return type("{EVIL[:60]}", (), {{}})()',
    "a text": f'def attack(x, *more): return "{EVIL}"',
    "a line of code": """
import linecache
def attack(x, *more):
    for name in list(linecache.cache):
        linecache.cache[name] = (1, None, ["`</code><script>alert(3)</script>`"] * 100, name)
    raise ValueError
""",
    "a cell": f'raise SystemExit("{EVIL}")\nx = = "{EVIL}"\ndef attack(x, *more): return x',
}


@pytest.fixture(scope="module")
def graded(grade_books, hostile):
    attacks = {"harmless": "1 / 0\ndef attack(x, *more): raise ValueError('no')"}
    attacks |= {f"shown: {name}": attack for name, attack in SHOWN.items()}
    attacks |= {f"markup: {name}": attack for name, attack in MARKUP.items()}
    books = {name: hostile(attack) for name, attack in attacks.items()}
    return grade_books(books, Budget(total_wall_s=30))


def test_what_is_printed_reaches_nobody(grade_books, hostile, capfd):
    marked = grade_books({"loud": hostile(LOUD)}, Budget(total_wall_s=30))["loud"]
    assert "LOUD" not in str(marked.result)
    assert "LOUD" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("name", SHOWN)
def test_an_exception_that_shows_the_hidden_input_is_told_without_it(graded, name):
    for entry in graded[f"shown: {name}"].result.criteria:
        texts = [entry.message["en"], entry.message["ja"]]
        texts += astuple(entry.counterexample) if entry.counterexample else ()
        for text in texts:
            assert len(re.findall(r"\d\.\d", text)) < 4, text


class Tags(HTMLParser):
    """The tags of a page, and their attributes' names."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.seen |= {tag, *(f"{tag} {name}" for name, _ in attrs)}


@pytest.mark.parametrize("name", MARKUP)
def test_markup_is_text(graded, name, tmp_path):
    course = load_course(ROOT)
    exercise = course.exercise("03_convolution")

    def tags(which: str) -> set[str]:
        result = replace(graded[which].result, student="<script>")
        report.write_feedback(result, exercise, tmp_path, "en")
        report.write_class_page(tmp_path, report.Shown([result]), course, "en")
        parser = Tags()
        for page in tmp_path.rglob("*.html"):
            parser.feed(page.read_text("utf-8"))
        return parser.seen

    ours = {"code", "caption", "details", "summary"}  # of drawings, some of them folded
    assert tags(f"markup: {name}") <= tags("harmless") | ours
    page = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.html"))
    assert "<script>alert" not in page
    assert "\x1b" not in page
