"""The pages about code that is alike: students' code is text, and nobody is accused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.ingest.hand_ins import HandIns
from autograder.report.similar import CONTEXT, MOST, WIDTH, write_similar
from autograder.similarity.alike import Alike, alike

EVIL = 'x = "</code></td><script>alert(1)</script>{{ 7*7 }}"\n'
LONG = "y = [" + ", ".join(map(str, range(200))) + "]\n"
SHARED = "".join(f"    total += a[{n}] * b[{n}] - c[{n} + 1]\n" for n in range(20))


@pytest.fixture
def found() -> Alike:
    codes = {
        "aiko": [EVIL, LONG, f"def f(a, b, c, total):\n{SHARED}"],
        '"><b>ben': ["z = 1\n" * 50 + f"def g(a, b, c, total):\n{SHARED}", EVIL],
    }
    return alike("02_im2col", codes, dict.fromkeys(codes, "same"), frozenset())


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_code_is_only_text(found, course, tmp_path, parse, lang):
    pair = replace(found, pairs=found.pairs or [pair_of(found)])
    write_similar(tmp_path, [pair], course, lang, HandIns())
    pages = sorted(path.name for path in (tmp_path / "similar").iterdir())
    assert pages == ["02_im2col-1.html", "index.html"]
    for name in pages:
        page = parse((tmp_path / "similar" / name).read_text("utf-8"))
        assert page.is_inert(), name
        assert "<b>ben" in page.text[lang]


def pair_of(found):
    from autograder.similarity.pairs import Pair

    one, other = sorted(found.prints)
    shared = {p.hash for p in found.prints[one]} & {p.hash for p in found.prints[other]}
    return Pair(one, other, frozenset(shared), 0.9)


def test_both_sides_show_the_passages_and_a_few_lines_around(found, course, tmp_path):
    write_similar(tmp_path, [replace(found, pairs=[pair_of(found)])], course, "en", HandIns())
    page = (tmp_path / "similar" / "02_im2col-1.html").read_text("utf-8")
    assert page.count("total += a[7] * b[7] - c[7 + 1]") == 2
    assert page.count("z = 1") <= CONTEXT
    assert 'href="#p2-1"' in page
    assert 'id="p2-1"' in page
    assert "90 % is also in the other" in page
    assert max(map(len, page.splitlines())) < WIDTH * 60  # the style sheet apart


def test_the_first_page_lists_files_code_and_pairs_and_says_what_they_mean(found, course, tmp_path):
    many = replace(found, pairs=[pair_of(found)] * (MOST + 3))
    path = write_similar(tmp_path, [many], course, "en", HandIns(names={"aiko": "Aiko T."}))
    page = path.read_text("utf-8")
    assert "The same file: 1" in page
    assert f"Pairs with passages in common: {MOST + 3}" in page
    assert ">3 more<" in page
    assert 'href="../feedback/aiko/02_im2col.html"><bdi>Aiko T.</bdi>' in page
    assert "ask before you conclude" in page


def test_pages_of_an_earlier_run_go(found, course, tmp_path):
    write_similar(tmp_path, [replace(found, pairs=[pair_of(found)] * 3)], course, "en", HandIns())
    write_similar(tmp_path, [replace(found, pairs=[])], course, "en", HandIns())
    assert [path.name for path in (tmp_path / "similar").iterdir()] == ["index.html"]
