"""The scanner finds what `json.loads` would find, in linear time and constant memory."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.ingest import scan as module
from autograder.ingest.json_pull import Malformed, TooMuch
from autograder.ingest.quick_scan import quick_scan
from autograder.ingest.scan import TooMuchSource, scan

PLENTY = 2**22


def sources(raw: bytes) -> list[str]:
    return [cell.source for cell in scan(raw, PLENTY).cells or () if cell is not None]


class TestCells:
    def test_kind_source_and_names(self) -> None:
        nbgrader = {"nbgrader": {"grade_id": "g"}, "name": "n", "id": "colab"}
        raw = json.dumps(
            {
                "metadata": {"convkit": {"exercise": "02_im2col"}},
                "cells": [
                    {"cell_type": "code", "id": "i", "source": ["a\n", "b"], "metadata": nbgrader}
                ],
            }
        ).encode()
        found = scan(raw, PLENTY)
        assert found.exercise == "02_im2col"
        assert found.cells is not None
        assert found.cells[0] is not None
        assert found.cells[0].source == "a\nb"
        assert set(found.cells[0].names) == {"i", "g", "n", "colab"}

    def test_prose_is_skipped_unless_it_contains_a_definition(self) -> None:
        cells = [
            {"cell_type": "markdown", "source": "![](data:image/png;base64," + "A" * 10**6 + ")"},
            {"cell_type": "markdown", "source": "def im2col(x):\n    return x"},
        ]
        raw = json.dumps({"cells": cells}).encode()
        assert sources(raw) == ["", "def im2col(x):\n    return x"]

    def test_only_code_counts_as_source(self) -> None:
        prose = {"cell_type": "markdown", "source": "x" * 1000}
        code = {"source": "x" * 1000, "cell_type": "code"}
        scan(json.dumps({"cells": [prose]}).encode(), 100)
        with pytest.raises(TooMuchSource):
            scan(json.dumps({"cells": [code]}).encode(), 100)

    def test_of_text_with_definitions_no_more_is_kept_than_of_code(self) -> None:
        text = {"cell_type": "markdown", "source": "def f(): pass"}
        raw = json.dumps({"cells": [text] * 9}).encode()
        found = scan(raw, 3 * len(json.dumps(text["source"])))
        assert sum(cell is not None and cell.source != "" for cell in found.cells or ()) == 3

    def test_what_is_too_long_is_no_name(self) -> None:
        long = "n" * (module.MAX_NAME + 1)
        metadata = {"name": long, "id": long[1:], "nbgrader": {"grade_id": long}}
        cell = {"cell_type": "code", "id": long, "source": "", "metadata": metadata}
        raw = json.dumps({"cells": [cell]}).encode()
        for found in (scan(raw, PLENTY), quick_scan(raw, PLENTY)):
            assert found is not None
            assert [each and each.names for each in found.cells or ()] == [(long[1:],)]

    def test_damage_in_skipped_values_is_ignored(self) -> None:
        raw = b'{"cells": [{"outputs": [{oops: }, tru], "cell_type": "code", "source": "x"}]}'
        assert sources(raw) == ["x"]

    def test_a_line_break_in_a_source_is_accepted(self) -> None:
        assert sources(b'{"cells": [{"cell_type": "code", "source": "a\nb"}]}') == ["a\nb"]

    def test_zeros_at_the_end_are_ignored(self) -> None:
        assert sources(b'{"cells": [{"cell_type": "code", "source": "x"}]}\n\0\0') == ["x"]

    @pytest.mark.parametrize("raw", [b"5", b"[]", b'"cells"', b"{}", b'{"cells": 1}', b"null"])
    def test_json_without_cells(self, raw: bytes) -> None:
        assert scan(raw, PLENTY).cells is None


class TestMalformed:
    @pytest.mark.parametrize(
        ("raw", "position"),
        [
            (b"", 0),
            (b"{", 1),
            (b'{"cells": [', 11),
            (b'{"cells": ["abc', 15),
            (b'{"cells": [] "x"', 13),
            (b'{"cells": []} x', 14),
            (b'{"cells": [,]}', 11),
            (b"{cells: []}", 1),
            (b'{"a": {"b": [[', 14),
        ],
    )
    def test_the_position_is_reported(self, raw: bytes, position: int) -> None:
        with pytest.raises(Malformed) as caught:
            scan(raw, PLENTY)
        assert caught.value.position == position


CELL = b'{"cell_type":"code","source":"x"}'
SIZE = 4 * 2**20


class TestBounded:
    """`json.loads` needs a gigabyte and ten seconds for 60 MB of empty lists."""

    @pytest.mark.parametrize(
        "filling",
        [b"[],", b'{"a":1},', b'"",', b'"\\n",', b"0,", b'"A",', b'{"a":"\\"]"},'],
        ids=["lists", "objects", "strings", "escapes", "numbers", "letters", "brackets in strings"],
    )
    def test_big_outputs_are_skipped(self, filling: bytes) -> None:
        raw = b'{"x":[%b0],"cells":[%b]}' % (filling * (SIZE // len(filling)), CELL)
        tracemalloc.start()
        try:
            assert sources(raw) == ["x"]
            assert tracemalloc.get_traced_memory()[1] < 2**20
        finally:
            tracemalloc.stop()

    def test_one_string_of_any_length(self) -> None:
        assert sources(b'{"x":"%b","cells":[%b]}' % (b"\\n" * (SIZE // 2), CELL)) == ["x"]

    def test_depth_does_not_cause_recursion(self) -> None:
        raw = b'{"x":%b%b,"cells":[%b]}' % (b"[" * 10**6, b"]" * 10**6, CELL)
        assert sources(raw) == ["x"]

    @pytest.mark.parametrize(
        "raw",
        [
            b'{"cells":[%b0]}' % (b"0," * 3 * 10**5),
            b'{"cells":[%b0]}' % (b"{}," * 3 * 10**5),
            b'{"cells":[]%b}' % (b',"a":1' * 3 * 10**5),
            b'{"cells":[{"a":1%b}]}' % (b',"a":1' * 3 * 10**5),
            b'{"worksheets":[%b0]}' % (b"[]," * 3 * 10**5),
        ],
        ids=["numbers", "cells", "members", "fields", "sheets"],
    )
    def test_expensive_files_are_refused(self, raw: bytes) -> None:
        began = time.process_time()
        with pytest.raises(TooMuch):
            scan(raw, PLENTY)
        assert time.process_time() - began < 5

    def test_endless_brackets_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MAX_BRACKETS", 1000)
        with pytest.raises(TooMuch):
            scan(b'{"cells":[],"x":[%b0]}' % (b"[[]]," * 1000), PLENTY)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["cells", "source", "outputs", '"', "\\", "[{"]), inner),
    ),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    cells=st.lists(st.tuples(st.sampled_from(["code", "raw"]), st.text(), json_values), max_size=4),
    around=json_values,
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 1]),
)
def test_it_agrees_with_json_loads(
    cells: list[tuple[str, str, Any]], around: Any, ascii_only: bool, indent: int | None
) -> None:
    tree = {
        "metadata": around,
        "cells": [
            {"outputs": extra, "source": source, "cell_type": kind, "metadata": extra}
            for kind, source, extra in cells
        ],
        "after": around,
    }
    text = json.dumps(tree, ensure_ascii=ascii_only, indent=indent)
    found = scan(text.encode("utf-8", "surrogatepass"), PLENTY).cells
    assert found is not None
    wanted = [source for kind, source, _ in cells if kind == "code"]
    assert [cell.source for cell in found if cell is not None and cell.kind == "code"] == wanted
