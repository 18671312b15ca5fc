"""Results as a grading run writes them, made by hand: one of every kind, and hostile ones."""

import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.course.load import load_course
from autograder.course.models import Course, Reveal
from autograder.messages.criteria import message
from autograder.status import Status
from autograder.suite.outcome import Outcome
from autograder.suite.remarks import GradedWith, Replaced
from tests.results import Result, make_criterion, make_result, sample_result

POLICY = "Content-Security-Policy"
_GRADED_WITH = GradedWith((Replaced("im2col"),), passed=True)
_TOLD = message(Outcome(Status.CARRIED, remarks=(_GRADED_WITH,)), Reveal.NONE)
CARRIED = {lang: _TOLD[lang] for lang in _TOLD.languages}


@pytest.fixture
def new_result() -> Callable[..., Result]:
    return make_result


@pytest.fixture
def new_criterion() -> Callable[..., Result]:
    return make_criterion


@pytest.fixture
def result() -> Result:
    return sample_result()


@pytest.fixture(scope="session")
def course() -> Course:
    """A small course with hints, a bonus criterion and a part that builds on another."""
    return make_course()


def make_course() -> Course:
    return load_course(Path(__file__).parent / "course")


def im2col_criteria(**changed: Result) -> list[Result]:
    """All criteria of 02_im2col, passed but for those changed (slug with __ for a dot)."""
    points = {
        "im2col.one_channel": 1,
        "im2col.stride": 1,
        "im2col.padding": 1,
        "im2col.float32": 0.5,
        "col2im.no_overlap": 1,
        "col2im.overlap": 1.5,
    }
    return [
        make_criterion(id, max_points=most, **changed.get(id.replace(".", "__"), {}))
        for id, most in points.items()
    ]


def everywhere(status: str, en: str, ja: str) -> dict[str, Result]:
    said = {"status": status, "message": {"en": en, "ja": ja}}
    return {c["id"].replace(".", "__"): said for c in im2col_criteria()}


def make_class() -> dict[str, Result]:
    """One result of each kind, by what it shows."""
    full = make_result("aiko", criteria=im2col_criteria())
    every_status = make_result(
        "ben",
        criteria=im2col_criteria(
            im2col__stride={
                "status": "failed",
                "message": {
                    "en": "3 of 6 values differ, the first at (0, 2). Right for stride 1 only.",
                    "ja": "6個のうち3個の値が違い、最初は(0, 2)です。ストライド1では正しい値です。",
                },
                "diagnosis": ["IM8"],
                "counterexample": {
                    "call": "im2col(np.arange(1., 9.).reshape(1, 1, 2, 4), 2, 2, 2, 0)\n"
                    "# expected[1, 0] ← x[0, 0, 0:2, 2:4]",
                    "expected": "array([[1., 2., 5., 6.],\n       [3., 4., 7., 8.]])",
                    "got": "array([[1., 2., 5., 6.],\n       [2., 3., 6., 7.]])",
                },
            },
            im2col__padding={
                "status": "error",
                "message": dict.fromkeys(
                    ("en", "ja"), "ValueError: could not broadcast shape (5,5) into shape (7,7)"
                ),
            },
            im2col__float32={
                "status": "timeout",
                "message": {
                    "en": "No answer within 5 s.",
                    "ja": "5秒以内に答えが返りませんでした。",
                },
            },
            col2im__no_overlap={
                "status": "missing",
                "message": {
                    "en": "There is no `col2im` in the notebook.",
                    "ja": "ノートブックに`col2im`がありません。",
                },
            },
            col2im__overlap={
                "status": "missing",
                "message": {
                    "en": "There is no `col2im` in the notebook.",
                    "ja": "ノートブックに`col2im`がありません。",
                },
            },
        ),
        cells=[
            {"index": 0, "status": "ok", "error": None},
            {
                "index": 4,
                "status": "error",
                "error": "ModuleNotFoundError: No module named 'common'\n"
                "  line 2: from common.util import im2col",
            },
            {"index": 9, "status": "timeout", "error": None},
            {"index": 11, "status": "skipped", "error": None},
        ],
    )
    carried = make_result(
        "chiyo",
        "03_convolution",
        criteria=[
            make_criterion("Convolution.forward.shape", "carried", max_points=1, message=CARRIED),
            make_criterion("Convolution.forward.values", "carried", message=CARRIED),
            make_criterion("Convolution.backward.dw", "passed"),
            make_criterion("Convolution.backward.fast", "failed", max_points=1),
        ],
        max_score=5,
    )
    bonus = make_result(
        "aiko",
        "03_convolution",
        criteria=[
            make_criterion("Convolution.forward.shape", max_points=1),
            make_criterion("Convolution.forward.values"),
            make_criterion("Convolution.backward.dw"),
            make_criterion("Convolution.backward.fast", max_points=1),
        ],
        max_score=5,
    )
    unreadable = make_result(
        "dai",
        criteria=im2col_criteria(
            **everywhere(
                "missing",
                "The file is not a notebook: its JSON ends in the middle (line 1, column 2048).",
                "ノートブックとして読めません。JSONが途中（1行2048文字目）で終わっています。",
            )
        ),
        status="unreadable",
        cells=[],
        submission={"file": "submitted/dai/02_im2col.ipynb", "sha256": None},
    )
    grader_error = make_result(
        "emi",
        criteria=im2col_criteria(
            im2col__padding={
                "status": "grader_error",
                "message": {
                    "en": "The reference raised ZeroDivisionError.",
                    "ja": "模範実装がZeroDivisionErrorで停止しました。",
                },
            }
        ),
        status="grader_error",
    )
    nothing = make_result(
        "fumi",
        criteria=im2col_criteria(
            **everywhere("failed", "Nothing was returned.", "何も返されませんでした。")
        ),
    )
    broken_run = make_result(
        "goro",
        "03_convolution",
        criteria=[
            make_criterion(
                f"Convolution.{slug}",
                "grader_error",
                max_points=most,
                message={"en": "The grader stopped.", "ja": "採点プログラムが停止しました。"},
            )
            for slug, most in (
                ("forward.shape", 1),
                ("forward.values", 2),
                ("backward.dw", 2),
                ("backward.fast", 1),
            )
        ],
        max_score=5,
        status="grader_error",
        isolation="limits",
    )
    hostile_text = (
        '</pre><script>alert(1)</script><img src=x onerror=alert(2)> "quoted"'
        " \x1b[31mred\x1b[0m \x00\x07\u202e{{ 7*7 }}"
    )
    hostile = make_result(
        '"><script>alert(1)',
        criteria=im2col_criteria(
            im2col__stride={
                "status": "failed",
                "message": {"en": hostile_text, "ja": "`<b>`" + hostile_text},
                "diagnosis": ["<IM9>"],
                "counterexample": dict.fromkeys(("call", "expected", "got"), hostile_text),
            },
            im2col__padding={
                "status": "error",
                "message": {"en": "x" * 5000, "ja": ""},
            },
        ),
        cells=[{"index": 0, "status": "error", "error": hostile_text}],
    )
    formula = make_result("=cmd()|'c calc'!A1", criteria=im2col_criteria())
    japanese = make_result("山田 花子", criteria=im2col_criteria())
    return {
        "full": full,
        "every_status": every_status,
        "carried": carried,
        "bonus": bonus,
        "unreadable": unreadable,
        "grader_error": grader_error,
        "nothing": nothing,
        "broken_run": broken_run,
        "hostile": hostile,
        "formula": formula,
        "japanese": japanese,
    }


@pytest.fixture
def a_class() -> dict[str, Result]:
    """The samples, for a test that may change them."""
    return make_class()


@pytest.fixture(scope="session")
def sample_class() -> dict[str, Result]:
    """The samples, for what is made once and only read."""
    return make_class()


class Page(HTMLParser):
    """A page as its tags and, for each language, the text that can be read in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = {"en": "", "ja": ""}
        self._lang = ""
        self._page_lang = ""
        self.feed(html)
        self.text = {lang: " ".join(text.split()) for lang, text in self.text.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"html", "main"}:
            self._lang = dict(attrs).get("lang") or self._page_lang
            self._page_lang = self._page_lang or self._lang

    def handle_data(self, data: str) -> None:
        if self._lang and self.tags[-1][0] not in {"style", "title", "script"}:
            self.text[self._lang] += f" {data} "

    def ids(self) -> list[str | None]:
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]

    def links(self) -> list[str]:
        return [attrs["href"] or "" for _, attrs in self.tags if "href" in attrs]

    def is_inert(self, scripts: int = 0) -> bool:
        """Loads nothing, sends nothing, runs only so many scripts; and a policy forbids the rest.

        A policy allows a script by its hash, so nothing that a student writes can be one.
        """
        active = {"iframe", "object", "embed", "form", "base", "img", "link"}
        allowed = r"default-src 'none'; style-src 'sha256-[\w+/=]+'"
        allowed += r"; script-src 'sha256-[\w+/=]+'" if scripts else ""
        policies = [attrs["content"] for _, attrs in self.tags if POLICY in attrs.values()]
        return (
            not active & {tag for tag, _ in self.tags}
            and [tag for tag, _ in self.tags].count("script") == scripts
            and not [
                name
                for _, attrs in self.tags
                for name in attrs
                if name.startswith("on") or name in {"src", "srcset", "style", "action"}
            ]
            and len(policies) == 1
            and re.fullmatch(f"{allowed}; base-uri 'none'; form-action 'none'", str(policies[0]))
            is not None
        )


@pytest.fixture
def parse() -> Callable[[str], Page]:
    return Page


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with tests/report/golden/<name>; set UPDATE_GOLDEN=1 to rewrite it.

    Style sheet, script and their hashes are left out: they change often, and the browser tests
    look at what they do.
    """

    def compare(name: str, text: str) -> None:
        file = Path(__file__).parent / "golden" / name
        for tag in ("style", "script"):
            empty = f"<{tag}></{tag}>"
            text = re.sub(f"<{tag}>.*?</{tag}>", empty, text, flags=re.DOTALL)
        text = re.sub(r"sha256-[\w+/=]*", "sha256-…", text)
        if os.environ.get("UPDATE_GOLDEN"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            pytest.skip("rewritten: read the diff before committing it")
        assert text == file.read_text(encoding="utf-8")

    return compare
