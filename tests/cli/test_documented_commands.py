"""Every command that a page shows has arguments and options that exist."""

from __future__ import annotations

import re
import shlex

import pytest

from autograder.cli.parser import make_parser
from tests.paths import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```", re.DOTALL | re.M)
IN_A_BLOCK = re.compile(r"^ *(?:(?:- )?run: |\$ |\.venv/bin/|.*&& )?autograder ([a-z].*)$", re.M)
IN_A_SENTENCE = re.compile(r"`autograder ([a-z][^`\[|…]* --[^`\[|…]*)`")
"""A command with an option, and not a form of commands such as ``grade PATH… [--force]``."""


def commands(text: str) -> list[list[str]]:
    """The arguments of each command, without comments and what a shell does with the output."""
    lines = [line for block in BLOCK.findall(text) for line in in_block(block)]
    lines += [" ".join(line.split()) for line in IN_A_SENTENCE.findall(BLOCK.sub("", text))]
    found = []
    for line in lines:
        words = shlex.split(line, comments=True)
        ends = [at for at, word in enumerate(words) if word in {"|", "||", ">", "&&", ";"}]
        found.append(words[: min(ends, default=len(words))])
    return found


def in_block(block: str) -> list[str]:
    return IN_A_BLOCK.findall(block.replace("\\\n", " "))


def refused(words: list[str]) -> bool:
    try:
        make_parser().parse_args(words)
    except SystemExit as end:
        return bool(end.code)
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_a_page_is_accepted(page):
    assert [words for words in commands(page.read_text("utf-8")) if refused(words)] == []


def test_commands_are_found():
    assert sum(len(commands(page.read_text("utf-8"))) for page in PAGES) > 40
