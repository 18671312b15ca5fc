"""The house's vocabulary: words that need decoding, and phrases that no native engineer writes.

codespell checks the spelling (`make lint`). This list has what no spell checker knows. It grows
whenever a review finds another entry; each one says what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

WHERE = ("autograder", "source_lib", "solutions", "tests", "benchmarks", "docs")
KINDS = {".py", ".md", ".toml", ".html", ".css", ".txt"}

BANNED: dict[str, str] = {
    r"mend(s|ed|ing)?": "fix",
    r"barren": "say what is prevented",
    r"for ever": "forever, endlessly, or name the limit",
    r"dear to": "expensive to",
    r"hangs? on|hung on": "depends on, is derived from",
    r"stands? in( for)?|stood in": "is in; is used instead; replaces",
    r"none where there (is|are) (none|no)": "None if …",
    r"what was asked( for)?": "the request, the expected …",
    r"is none of (its|our|his|their|a student's) business": "is up to …, does not need to know",
    r"as it stands": "unchanged, as it is",
    r"anew": "again, from scratch",
    r"afresh": "again, from scratch",
    r"whosoever|thereof|herein|wherein|whereby|hitherto|therein|thereto|thereafter": "plain words",
    r"aught|nought|lest|unto|betwixt|ere|whence|hence": "plain words",
    r"by way of": "through, with",
    r"is to be had": "is available",
    r"cannot be had": "is not available",
    r"go(es)? on (reading|working|with)": "continue",
    r"strewn": "mixed",
    r"(?<!there )(is|are|was) no (integer|number|notebook|fault|box|group|mistake)s?": "is not a …",
    r"another \w+ than": "a different … from",
}

ALLOWED: dict[str, str] = {
    "tests/house/test_words.py": "the list itself",
}
"""Files that may use a banned word, with the reason."""


def _texts() -> Iterator[Path]:
    yield from (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))
    for folder in WHERE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in KINDS and "__pycache__" not in path.parts:
                yield path


def _plain(text: str) -> str:
    """The text with names in words: ``test_it_hangs_on`` is read as a sentence, too."""
    return re.sub(r"(?<=[^\W_])_(?=[^\W_])", " ", text)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    found = {
        path.relative_to(ROOT).as_posix(): _plain(path.read_text(encoding="utf-8"))
        for path in _texts()
    }
    assert len(found) > 200, "the search looks in the wrong place"
    return {name: text for name, text in found.items() if name not in ALLOWED}


@pytest.mark.parametrize("pattern", BANNED)
def test_no_text_uses(pattern: str, texts: dict[str, str]) -> None:
    wanted = re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)
    hits = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if wanted.search(line)
    ]
    assert not hits, f"write {BANNED[pattern]!r} instead:\n" + "\n".join(hits)


def test_the_list_catches_what_it_bans() -> None:
    wanted = [re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE) for pattern in BANNED]
    for sentence in (
        "Mend cell 3 first.",
        "The id hangs on the name.",
        "None where there is none",
        "def test_it_lasts_for_ever():",
        "An argument is no integer.",
        "It has another shape than before.",
    ):
        assert any(pattern.search(_plain(sentence)) for pattern in wanted), sentence
