"""Whatever a file holds: the student's code cells, or a reason why there are none. Nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import random
import socket
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UnreadableSubmission
from autograder.ingest import Notebook, read_notebook
from autograder.ingest.parse import MAX_CODE, normalised
from autograder.messages import files

Cell = dict[str, Any]


def code(source: Any, **fields: Any) -> Cell:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **fields}


def book(*cells: Any, **fields: Any) -> bytes:
    tree = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **fields}
    return json.dumps(tree).encode()


def read(raw: bytes, folder: Path, ours: tuple[str, ...] = ()) -> Notebook:
    path = folder / "a.ipynb"
    path.write_bytes(raw)
    return read_notebook(path, folder, ours)


def refused(raw: bytes, folder: Path) -> str:
    with pytest.raises(UnreadableSubmission) as caught:
        read(raw, folder)
    assert caught.value.sha256 == hashlib.sha256(raw).hexdigest()
    return files.message(caught.value)["en"]


class TestNotebooks:
    def test_code_cells_come_with_their_places(self, tmp_path: Path) -> None:
        raw = book({"cell_type": "markdown", "source": "# hi"}, code("x = 1"), code("y = 2"))
        notebook = read(raw, tmp_path)
        assert notebook.cells == ((1, "x = 1"), (2, "y = 2"))
        assert notebook.sha256 == hashlib.sha256(raw).hexdigest()

    @pytest.mark.parametrize(
        ("source", "text"),
        [
            ("x = 1\ny = 2", "x = 1\ny = 2"),
            (["x = 1\n", "y = 2"], "x = 1\ny = 2"),
            (["x = 1\n", None, 5, "y = 2"], "x = 1\ny = 2"),
            ("名前 = '\ud800'", "名前 = '?'"),
        ],
    )
    def test_a_source_is_text_or_lines_of_it(self, tmp_path: Path, source: Any, text: str) -> None:
        assert read(book(code(source)), tmp_path).cells == ((0, text),)

    @pytest.mark.parametrize("source", [5, None, {"a": 1}, True, [], [[]], "", " \n\t", ["\n"]])
    def test_a_cell_without_text_is_no_cell(self, tmp_path: Path, source: Any) -> None:
        assert read(book(code(source), code("x = 1")), tmp_path).cells == ((1, "x = 1"),)

    @pytest.mark.parametrize("cell", [None, 5, "code", [], {}, {"cell_type": ["code"]}])
    def test_what_is_no_cell_is_passed_over(self, tmp_path: Path, cell: Any) -> None:
        assert read(book(cell, code("x = 1")), tmp_path).cells == ((1, "x = 1"),)

    @pytest.mark.parametrize(
        "raw",
        [
            book(),
            book({"cell_type": "markdown", "source": "nothing done"}),
            b'{"cells": []}',
            b'{"worksheets": []}',
            book(nbformat="four", metadata=None),
        ],
    )
    def test_a_notebook_without_code_is_a_notebook(self, tmp_path: Path, raw: bytes) -> None:
        assert read(raw, tmp_path).cells == ()

    def test_metadata_decides_nothing(self, tmp_path: Path) -> None:
        locked = {"nbgrader": {"locked": True, "grade": True}, "tags": ["skip-execution"]}
        assert read(book(code("x = 1", metadata=locked)), tmp_path).cells == ((0, "x = 1"),)
        assert read(book(code("x = 1", metadata="none", id=7)), tmp_path).cells == ((0, "x = 1"),)

    def test_nbformat_3_calls_it_input(self, tmp_path: Path) -> None:
        old = {"cell_type": "code", "input": ["x = 1\n", "y"], "language": "python"}
        sheets = [{"cells": [{"cell_type": "heading", "source": "a"}, old]}, {}, None]
        raw = json.dumps({"nbformat": 3, "worksheets": sheets}).encode()
        assert read(raw, tmp_path).cells == ((1, "x = 1\ny"),)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
    def test_editors_and_shells_change_the_encoding(self, tmp_path: Path, encoding: str) -> None:
        tree = {"cells": [code("名前 = 1")]}
        raw = json.dumps(tree, ensure_ascii=False).encode(encoding)
        assert read(raw, tmp_path).cells == ((0, "名前 = 1"),)

    def test_of_a_key_that_stands_twice_the_last_counts(self, tmp_path: Path) -> None:
        raw = b'{"cells": [], "cells": [{"cell_type": "code", "source": "x", "source": "y"}]}'
        assert read(raw, tmp_path).cells == ((0, "y"),)

    def test_numbers_that_are_none_hurt_nobody(self, tmp_path: Path) -> None:
        raw = b'{"cells": [{"cell_type": "code", "source": "x", "n": [NaN, -Infinity, 1e999]}]}'
        assert read(raw, tmp_path).cells == ((0, "x"),)


class TestUnreadable:
    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            (b"", "empty"),
            (b" \n ", "empty"),
            (b"Dear teacher, my dog ate it.", "damaged"),
            (book(code("x"))[:-5], "damaged"),
            (b"PK\x03\x04" + bytes(100), "damaged"),
            (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "damaged"),
            ("名前".encode("shift_jis"), "damaged"),
            (b'{"cells": ' + b"[" * 200_000, "damaged"),
            (b'{"n": ' + b"9" * 10_000 + b', "cells": []}', "damaged"),
            (b"\x00" * 100, "damaged"),
            (b"[]", "no cells"),
            (b"5", "no cells"),
            (b"null", "no cells"),
            (b'"cells"', "no cells"),
            (b"{}", "no cells"),
            (b'{"cells": {}}', "no cells"),
            (b'{"cells": null, "worksheets": 3}', "no cells"),
        ],
    )
    def test_it_is_said_what_is_wrong(self, tmp_path: Path, raw: bytes, reason: str) -> None:
        assert reason in refused(raw, tmp_path)

    def test_too_much_code_is_refused_before_it_travels(self, tmp_path: Path) -> None:
        assert "more code" in refused(book(code("x" * MAX_CODE)), tmp_path)
        assert "more code" in refused(book(code("名" * (MAX_CODE // 6 + 1))), tmp_path)
        assert "more code" in refused(book(*[code("x")] * 5001), tmp_path)

    def test_a_file_that_would_fill_the_memory_is_refused(self, tmp_path: Path) -> None:
        """Three bytes of JSON can be 64 bytes of lists."""
        raw = b'{"cells": [], "x": [' + b"[]," * 8_000_000 + b"0]}"
        tracemalloc.start()
        try:
            assert "too much data" in refused(raw, tmp_path)
            assert tracemalloc.get_traced_memory()[1] < 3 * len(raw)
        finally:
            tracemalloc.stop()


class TestWhatIsNoFile:
    def reason(self, path: Path, inside: Path) -> str:
        began = time.monotonic()
        with pytest.raises(UnreadableSubmission) as caught:
            read_notebook(path, inside)
        assert time.monotonic() - began < 5
        return files.message(caught.value)["en"]

    def test_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "a.ipynb").mkdir()
        assert "folder" in self.reason(tmp_path / "a.ipynb", tmp_path)

    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.ipynb")
        assert "regular" in self.reason(tmp_path / "a.ipynb", tmp_path)

    def test_a_socket(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind("a.ipynb")
            assert "opened" in self.reason(tmp_path / "a.ipynb", tmp_path)

    def test_nothing_there(self, tmp_path: Path) -> None:
        assert "opened" in self.reason(tmp_path / "a.ipynb", tmp_path)

    def test_100_megabytes_of_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "a.ipynb"
        with path.open("wb") as file:
            file.truncate(100 * 2**20)
        assert "100 MB" in self.reason(path, tmp_path)

    def test_a_terabyte_of_nothing_is_not_read_at_all(self, tmp_path: Path) -> None:
        path = tmp_path / "a.ipynb"
        with path.open("wb") as file:
            file.truncate(2**40)
        assert "too large" in self.reason(path, tmp_path)

    def test_links_out_of_the_folder_and_to_nowhere(self, tmp_path: Path) -> None:
        inside = tmp_path / "alice"
        inside.mkdir()
        (tmp_path / "other.ipynb").write_bytes(book(code("x")))
        (inside / "a.ipynb").symlink_to("../other.ipynb")
        (inside / "zero.ipynb").symlink_to("/dev/zero")
        (inside / "b.ipynb").symlink_to("nowhere.ipynb")
        (inside / "c.ipynb").symlink_to("c.ipynb")
        (inside / "folder").symlink_to(tmp_path)
        assert "leads out" in self.reason(inside / "a.ipynb", inside)
        assert "leads out" in self.reason(inside / "zero.ipynb", inside)
        assert "leads out" in self.reason(inside / "folder" / "other.ipynb", inside)
        assert "opened" in self.reason(inside / "b.ipynb", inside)
        assert "opened" in self.reason(inside / "c.ipynb", inside)

    def test_a_folder_handed_in_that_is_itself_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "bob").mkdir()
        (tmp_path / "bob" / "a.ipynb").write_bytes(book(code("x")))
        (tmp_path / "alice").symlink_to("bob")
        reason = self.reason(tmp_path / "alice" / "a.ipynb", tmp_path / "alice")
        assert "leads out" in reason

    def test_a_link_within_the_folder_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "real.ipynb").write_bytes(book(code("x")))
        (tmp_path / "a.ipynb").symlink_to("real.ipynb")
        assert read_notebook(tmp_path / "a.ipynb", tmp_path).cells == ((0, "x"),)

    def test_the_folder_may_be_given_in_any_way(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "a.ipynb").write_bytes(book(code("x")))
        monkeypatch.chdir(tmp_path)
        for inside in (Path(), Path("x/.."), Path("../" + tmp_path.name), Path("a.ipynb")):
            assert read_notebook(Path("a.ipynb"), inside).cells == ((0, "x"),)


CHECK = 'assert im2col(x, 3, 3).shape == (4, 9), (\n    "形が違います"\n)\n\nprint("ok")  \n'


class TestLockedCellsOfOurs:
    ours = (normalised(CHECK), normalised('print("check")'))

    @pytest.mark.parametrize(
        "copy",
        [
            CHECK,
            CHECK.replace("\n", "\r\n"),
            CHECK.replace("\n", "\r"),
            CHECK.strip(),
            CHECK.replace("\n", "   \n"),
            "\n\n" + CHECK + "\n\n",
            CHECK.splitlines(keepends=True),
        ],
    )
    def test_they_are_known_by_what_they_say(self, tmp_path: Path, copy: Any) -> None:
        cells = read(book(code("x = 1"), code(copy), code(copy)), tmp_path, self.ours).cells
        assert cells == ((0, "x = 1"),)

    @pytest.mark.parametrize(
        "changed",
        [CHECK + "x = 1", "def f(): pass\n" + CHECK, CHECK.replace("4, 9", "4, 8"), "    " + CHECK],
    )
    def test_what_a_student_added_is_the_students(self, tmp_path: Path, changed: str) -> None:
        assert len(read(book(code(changed)), tmp_path, self.ours).cells) == 1

    def test_indentation_is_not_blank(self) -> None:
        assert normalised("if x:\n    y\n") != normalised("if x:\ny\n")


# --- fuzz -----------------------------------------------------------------------------------------

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["cells", "worksheets", "cell_type", "source", "input", "x"]), inner
        ),
        inner.map(lambda source: {"cell_type": "code", "source": source}),
    ),
    max_leaves=12,
)


def reads_or_refuses(raw: bytes, folder: Path) -> None:
    try:
        notebook = read(raw, folder)
    except UnreadableSubmission:
        return
    for index, source in notebook.cells:
        assert index >= 0
        source.encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(tree=json_values)
def test_any_json_is_read_or_refused(tree: Any, folder: Path) -> None:
    reads_or_refuses(json.dumps(tree).encode(), folder)
    reads_or_refuses(json.dumps({"cells": tree}).encode(), folder)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(raw=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(raw: bytes, folder: Path) -> None:
    reads_or_refuses(raw, folder)


def test_a_damaged_notebook_is_read_or_refused(folder: Path) -> None:
    whole = book(code("名前 = 1\n" * 5), {"cell_type": "markdown", "source": ["a"]}, code(["y"]))
    chance = random.Random(0)
    for _ in range(400):
        spoilt = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        reads_or_refuses(bytes(spoilt[: chance.randint(1, 2 * len(spoilt))]), folder)
