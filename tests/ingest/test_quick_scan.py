"""What is found with `json` is what the scanner finds; all else is left to the scanner."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.ingest import quick_scan as module
from autograder.ingest.json_pull import Malformed, TooMuch
from autograder.ingest.quick_scan import MAX_BYTES, quick_scan
from autograder.ingest.scan import MAX_METADATA, TooMuchSource, scan
from tests.ingest.damage import KINDS, a_notebook, damaged

PLENTY = 2**22


def agree(raw: bytes, max_source: int = PLENTY) -> bool:
    """Whether the scanner finds the same, if anything is found at all."""
    quick = quick_scan(raw, max_source)
    if quick is None:
        return True
    try:
        return scan(raw, max_source) == quick
    except (Malformed, TooMuch, TooMuchSource):
        return False


def notebook(*cells: Any, **fields: Any) -> bytes:
    return json.dumps({**fields, "cells": list(cells)}).encode()


class TestTheUsualNotebook:
    def test_it_is_not_left_to_the_scanner(self) -> None:
        for seed in range(50):
            raw = a_notebook(random.Random(seed))
            assert quick_scan(raw, PLENTY) == scan(raw, PLENTY)

    def test_large_images_in_outputs_do_not_matter(self) -> None:
        outputs = [{"data": {"image/png": "iVBOR" * 2**14}}] * 3
        raw = notebook({"cell_type": "code", "source": ["x = 1"], "outputs": outputs})
        assert len(raw) > 3 * MAX_METADATA
        assert quick_scan(raw, PLENTY) == scan(raw, PLENTY)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files(kind: str) -> None:
    assert all(agree(damaged(kind, seed)) for seed in range(60))


# What may look like a definition in the bytes, and not in the text, or the other way round.
pieces = st.sampled_from(
    ["def", "class", " ", "f", "x", "é", "名", "\\", '"', "\n", "\t", "\0", "\x1b", "\ud800", "ef"]
)
texts = st.lists(pieces, max_size=6).map("".join)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["cells", "source", "id", "name", "nbgrader", "grade_id", "metadata", "convkit"]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=12,
)
kinds = st.one_of(st.sampled_from(["code", "markdown", "raw"]), values)
sources = st.one_of(texts, st.lists(texts, max_size=3), values)
cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": kinds, "source": sources, "input": sources, "id": values,
        "metadata": values, "outputs": values,
    },
)  # fmt: skip
trees = st.one_of(
    values,
    st.fixed_dictionaries(
        {},
        optional={
            "cells": st.one_of(st.lists(st.one_of(cells, values), max_size=4), values),
            "worksheets": st.lists(
                st.one_of(values, st.fixed_dictionaries({"cells": st.lists(cells, max_size=2)})),
                max_size=3,
            ),
            "metadata": values,
        },
    ),
)
tampering = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.integers(0, 6),
        st.sampled_from(
            [b"", b" ", b"\\u0064ef f", b"\\u0def f", b"\\udef", b"\\u30de", b"f x", b"def\\u0020f",
             b'"id":"a",', b'"cell_type":"code",', b"\xff", b"\xed\xa0\x80", b"\n", b"\0", b"1e5",
             b"NaN", b"-Infinity", b"9" * 5000, b"[" * 2000, b"\xef\xbb\xbf"]
        ),
    ),
    max_size=2,
)  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(tree=trees, ascii_only=st.booleans(), indent=st.sampled_from([None, 1]), edits=tampering)
def test_messy_files(tree: Any, ascii_only: bool, indent: int | None, edits: Any) -> None:
    text = json.dumps(tree, ensure_ascii=ascii_only, indent=indent)
    raw = text.encode("utf-8", "surrogatepass")
    for at, cut, piece in edits:
        at = at % (len(raw) + 1)
        raw = raw[:at] + piece + raw[at + cut :]
    assert agree(raw)


hexadecimal = st.text("0123456789abcdef", min_size=4, max_size=4)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    before=st.sampled_from(["", "x", "\\\\", "\\n", "d", "cl"]),
    number=hexadecimal,
    after=st.sampled_from(["def f", "ef f", "f f", " f", "lass C", "ass C", "f", "ef", "\\u0020f"]),
)
@example(before="", number="0def", after=" f")
@example(before="", number="30de", after="f f")
@example(before="", number="333d", after="ef f")
@example(before="", number="333c", after="lass C")
@example(before="", number="0064", after="ef f")
def test_escapes_in_prose(before: str, number: str, after: str) -> None:
    raw = '{"cells": [{"cell_type": "markdown", "source": "%s\\u%s%s"}]}'
    assert agree((raw % (before, number, after)).encode())


LEFT_TO_THE_SCANNER: dict[str, Callable[[], bytes]] = {
    "a key twice": lambda: b'{"cells": [{"id": "a", "id": "b"}]}',
    "an escape that reads as a definition": lambda: (
        b'{"cells": [{"cell_type": "raw", "source": "\\u0064ef f"}]}'
    ),
    "prose that is no text": lambda: notebook({"source": [{"def f": 1}, "x"]}),
    "too long a name": lambda: notebook({"id": "a" * MAX_METADATA}),
    "too much space in metadata": lambda: notebook(metadata={}).replace(
        b"{}", b"{" + MAX_METADATA * b" " + b"}"
    ),
    "invalid UTF-8": lambda: b'{"cells": [], "x": "\xff"}',
    "a byte order mark": lambda: b"\xef\xbb\xbf" + notebook(),
    "too large a file": lambda: notebook({"source": "x" * MAX_BYTES}),
    "too deep a file": lambda: b"[" * 10_000 + b"]" * 10_000,
    "too long a number": lambda: b'{"cells": [], "x": ' + b"1" * 5000 + b"}",
}


@pytest.mark.parametrize("what", LEFT_TO_THE_SCANNER)
def test_what_is_left_to_the_scanner(what: str) -> None:
    assert quick_scan(LEFT_TO_THE_SCANNER[what](), PLENTY) is None


def test_as_many_items_as_there_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b'{"cells": [%b0]}' % (b"0," * (MAX_BYTES // 2))
    with pytest.raises(TooMuch):
        scan(raw, PLENTY)
    assert quick_scan(raw, PLENTY) is None
    monkeypatch.setattr(module, "MAX_BYTES", len(raw))
    monkeypatch.setattr(module, "MAX_METADATA", len(raw))
    assert quick_scan(raw, PLENTY) is not None  # it is the size that tells


def test_too_much_source_is_left_to_the_scanner() -> None:
    raw = notebook({"cell_type": "code", "source": "x" * 1000})
    assert quick_scan(raw, 500) is None
    with pytest.raises(TooMuchSource):
        scan(raw, 500)
