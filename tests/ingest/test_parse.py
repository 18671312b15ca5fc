"""Whatever a file contains, the result is the student's code cells or a reason."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import FileFault, UnreadableSubmission
from autograder.ingest import Notebook, parse, read_notebook, scan
from autograder.ingest.parse import MAX_CODE, normalised, parse_notebook
from autograder.messages import files

Cell = dict[str, Any]

CONFLICT = b"""{
 "cells": [
  {
   "cell_type": "code",
<<<<<<< HEAD
   "execution_count": 3,
=======
   "execution_count": 7,
>>>>>>> 1f3c9a2 (fix)
   "source": []
  }
 ]
}
"""


def code(source: Any, **fields: Any) -> Cell:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **fields}


def book(*cells: Any, **fields: Any) -> bytes:
    tree = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **fields}
    return json.dumps(tree).encode()


def read(raw: bytes, folder: Path, ours: tuple[str, ...] = ()) -> Notebook:
    path = folder / "a.ipynb"
    path.write_bytes(raw)
    return read_notebook(path, folder, ours)


def refused(raw: bytes, folder: Path) -> FileFault:
    with pytest.raises(UnreadableSubmission) as caught:
        read(raw, folder)
    assert caught.value.sha256 == hashlib.sha256(raw).hexdigest()
    assert files.message(caught.value)["ja"]
    return caught.value.fault


class TestNotebooks:
    def test_code_cells_have_their_index(self, tmp_path: Path) -> None:
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
    def test_a_source_is_a_string_or_a_list_of_lines(
        self, tmp_path: Path, source: Any, text: str
    ) -> None:
        assert read(book(code(source)), tmp_path).cells == ((0, text),)

    @pytest.mark.parametrize("source", [5, None, {"a": 1}, True, [], [[]], "", " \n\t", ["\n"]])
    def test_empty_cells_are_skipped(self, tmp_path: Path, source: Any) -> None:
        assert read(book(code(source), code("x = 1")), tmp_path).cells == ((1, "x = 1"),)

    @pytest.mark.parametrize("cell", [None, 5, "code", [], {}, {"cell_type": ["code"]}])
    def test_items_that_are_not_cells_are_skipped(self, tmp_path: Path, cell: Any) -> None:
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
    def test_a_notebook_without_code_is_readable(self, tmp_path: Path, raw: bytes) -> None:
        assert read(raw, tmp_path).cells == ()

    def test_metadata_is_ignored(self, tmp_path: Path) -> None:
        locked = {"nbgrader": {"locked": True, "grade": True}, "tags": ["skip-execution"]}
        assert read(book(code("x = 1", metadata=locked)), tmp_path).cells == ((0, "x = 1"),)
        assert read(book(code("x = 1", metadata="none", id=7)), tmp_path).cells == ((0, "x = 1"),)

    def test_nbformat_3(self, tmp_path: Path) -> None:
        old = {"cell_type": "code", "input": ["x = 1\n", "y"], "language": "python"}
        sheets = [{"cells": [{"cell_type": "heading", "source": "a"}, old]}, {}, None]
        raw = json.dumps({"nbformat": 3, "worksheets": sheets}).encode()
        assert read(raw, tmp_path).cells == ((1, "x = 1\ny"),)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
    def test_unicode_encodings(self, tmp_path: Path, encoding: str) -> None:
        tree = {"cells": [code("名前 = 1")]}
        raw = json.dumps(tree, ensure_ascii=False).encode(encoding)
        assert read(raw, tmp_path).cells == ((0, "名前 = 1"),)

    def test_the_last_of_two_equal_keys_counts(self, tmp_path: Path) -> None:
        raw = b'{"cells": [], "cells": [{"cell_type": "code", "source": "x", "source": "y"}]}'
        assert read(raw, tmp_path).cells == ((0, "y"),)

    def test_nan_and_infinity_are_accepted(self, tmp_path: Path) -> None:
        raw = b'{"cells": [{"cell_type": "code", "source": "x", "n": [NaN, -Infinity, 1e999]}]}'
        assert read(raw, tmp_path).cells == ((0, "x"),)


class TestUnreadable:
    @pytest.mark.parametrize(
        ("raw", "fault"),
        [
            (b"", FileFault.EMPTY),
            (b" \n ", FileFault.EMPTY),
            (b"PK\x03\x04" + bytes(100), FileFault.ARCHIVE),
            (b"PK\x03\x04......[Content_Types].xml..word/document.xml", FileFault.OFFICE_DOCUMENT),
            (b"{\\rtf1 Dear teacher}", FileFault.OFFICE_DOCUMENT),
            (b"\x1f\x8b\x08 tar.gz", FileFault.ARCHIVE),
            (bytes(257) + b"ustar\x0000", FileFault.ARCHIVE),
            (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", FileFault.PDF),
            (b"\x89PNG\r\n\x1a\n", FileFault.PICTURE),
            (b"\n<!DOCTYPE html>\n<html lang=en>...", FileFault.WEB_PAGE),
            (b"[InternetShortcut]\r\nURL=https://colab.research.google.com/", FileFault.SHORTCUT),
            (b'{"url": "https://drive.google.com/open?id=1", "doc_id": "1"}', FileFault.SHORTCUT),
            (b"import numpy as np\n\ndef im2col(x):\n    pass\n", FileFault.PYTHON_SCRIPT),
            (b"# %%\nx = 1\n", FileFault.PYTHON_SCRIPT),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", FileFault.LFS_POINTER),
            (CONFLICT, FileFault.MERGE_CONFLICT),
            (CONFLICT.replace(b"\n", b"\r\n"), FileFault.MERGE_CONFLICT),
            (b"\x00" * 100, FileFault.ONLY_ZEROS),
            (book(code("x"))[:-5], FileFault.CUT_OFF),
            (b'{"cells": ' + b"[" * 200_000, FileFault.CUT_OFF),
            (b"Dear teacher, my dog ate it.", FileFault.DAMAGED_AT_LINE),
            ("名前".encode("shift_jis"), FileFault.DAMAGED_AT_LINE),
            (b'{"cells": [}', FileFault.DAMAGED_AT_LINE),
            (b"[]", FileFault.NO_CELLS),
            (b"5", FileFault.NO_CELLS),
            (b"null", FileFault.NO_CELLS),
            (b'"cells"', FileFault.NO_CELLS),
            (b"{}", FileFault.NO_CELLS),
            (b'{"cells": {}}', FileFault.NO_CELLS),
            (b'{"cells": null, "worksheets": 3}', FileFault.NO_CELLS),
        ],
    )
    def test_the_kind_of_file_is_reported(
        self, tmp_path: Path, raw: bytes, fault: FileFault
    ) -> None:
        assert refused(raw, tmp_path) is fault

    @pytest.mark.parametrize(
        ("name", "raw", "fault"),
        [
            ("onlinetext.html", b"<p>see https://colab.research.google.com</p>", "web_page"),
            ("text.html", b"here it is, sorry for being late", "web_page"),
            ("text.html", "課題です".encode(), "web_page"),
            ("02_im2col.ipynb", b'\n<div dir="ltr"><p>see my Colab</p></div>', "web_page"),
            ("02_im2col.ipynb", b"<!-- saved -->\n<a href='https://x'>here</a>", "web_page"),
            ("02_im2col.ipynb", b"<br/>", "web_page"),
            ("02_im2col.ipynb", b"<3 Dear teacher", "damaged_at_line"),
            ("02_im2col.ipynb", b"<path>/home</path>", "damaged_at_line"),
            ("02_im2col.py", b"x = 1\n", "python_script"),
            ("02_im2col.PDF", b"not really", "pdf"),
            ("work.rar", b"?", "archive"),
            ("work.docx", b"?", "office_document"),
            ("work.html", b"%PDF-1.7", "pdf"),
            ("work.html", b"", "empty"),
            ("work.html", b'{"cells": [', "cut_off"),
            ("work.txt", b"Dear teacher", "damaged_at_line"),
        ],
    )
    def test_where_the_content_says_nothing_the_name_does(
        self, tmp_path: Path, name: str, raw: bytes, fault: str
    ) -> None:
        (tmp_path / name).write_bytes(raw)
        for read_it in (
            lambda: read_notebook(tmp_path / name, tmp_path),
            lambda: parse_notebook(raw, (), name),  # as on another machine
        ):
            with pytest.raises(UnreadableSubmission) as caught:
                read_it()
            assert caught.value.fault == fault

    def test_the_line_of_the_damage_is_reported(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableSubmission) as caught:
            read(b'{\n "cells": [\n  oops\n ]\n}', tmp_path)
        assert caught.value.values == {"line": 3}

    def test_html_in_an_output_does_not_make_it_a_web_page(self, tmp_path: Path) -> None:
        raw = book(code("x", outputs=[{"text/html": "<html>"}]))
        assert read(raw, tmp_path).cells == ((0, "x"),)
        assert refused(raw[:-3], tmp_path) is FileFault.CUT_OFF

    def test_too_much_code_is_refused(self, tmp_path: Path) -> None:
        assert refused(book(code("x" * MAX_CODE)), tmp_path) is FileFault.TOO_MUCH_CODE
        assert refused(book(code("名" * (MAX_CODE // 6 + 1))), tmp_path) is FileFault.TOO_MUCH_CODE
        assert refused(book(*[code("x")] * 5001), tmp_path) is FileFault.TOO_MUCH_CODE

    def test_too_much_other_data_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scan, "MAX_BRACKETS", 100)
        raw = book(code("x", outputs=[[[]]] * 100))
        assert refused(raw, tmp_path) is FileFault.TOO_MUCH_DATA


class TestBigOutputs:
    """Outputs are the student's plots; they cost neither points nor memory."""

    @pytest.mark.parametrize(
        "output",
        [
            lambda: "A" * 48 * 2**20,
            lambda: [[0.1, {"a": None}]] * 10**5,
            lambda: {str(n): n for n in range(10**6)},
        ],
        ids=["one picture", "numbers", "keys"],
    )
    def test_are_skipped(self, tmp_path: Path, output: Callable[[], Any]) -> None:
        path = tmp_path / "a.ipynb"
        path.write_bytes(book(code("x = 1", outputs=[output()])))
        tracemalloc.start()
        try:
            assert read_notebook(path, path).cells == ((0, "x = 1"),)
            # The file's bytes, and what they grow in.
            assert tracemalloc.get_traced_memory()[1] < 2.3 * path.stat().st_size
        finally:
            tracemalloc.stop()

    def test_in_utf_32(self, tmp_path: Path) -> None:
        raw = book(code("x = 1", outputs=["A" * 10**7]))
        path = tmp_path / "a.ipynb"
        path.write_bytes(raw.decode().encode("utf-32"))
        tracemalloc.start()
        try:
            assert read_notebook(path, path).cells == ((0, "x = 1"),)
            assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
        finally:
            tracemalloc.stop()


class TestProblemsOfTheMachine:
    """Not the student's fault, so there is no reason for the student and no zero."""

    @pytest.mark.parametrize(
        "error", [errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EACCES, errno.ESTALE]
    )
    def test_a_file_that_cannot_be_opened_at_the_moment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
    ) -> None:
        (tmp_path / "a.ipynb").write_bytes(book(code("x")))

        def fails(*_: object) -> int:
            raise OSError(error, os.strerror(error))

        monkeypatch.setattr(parse, "open_beneath", fails)
        with pytest.raises(OSError, match=re.escape(os.strerror(error))):
            read_notebook(tmp_path / "a.ipynb", tmp_path)

    def test_out_of_memory(self, tmp_path: Path) -> None:
        """The limit is lifted within the test: nothing else may meet it."""
        path = tmp_path / "a.ipynb"
        path.write_bytes(book(code("x", outputs=["A" * 60 * 10**6])))
        reader = (
            "import resource, sys\n"
            "from pathlib import Path\n"
            "from autograder.ingest import read_notebook\n"
            "used = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
            "resource.setrlimit(resource.RLIMIT_AS, (used + 30 * 2**20,) * 2)\n"
            "try:\n    read_notebook(Path(sys.argv[1]), Path(sys.argv[1]))\n"
            "except MemoryError:\n    print('ours')\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", reader, path], capture_output=True, text=True, check=False
        )
        assert (done.stdout, done.stderr) == ("ours\n", "")


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["cp932", "euc_jp"])
    def test_legacy_encodings(self, tmp_path: Path, encoding: str) -> None:
        """In CP932 the second byte of 表 and ソ is a backslash."""
        source = '# 表を表示する、ソート\ndef f():\n    return "ソ表"'
        raw = json.dumps({"cells": [code(source)]}, ensure_ascii=False).encode(encoding)
        notebook = read(raw, tmp_path)
        assert (notebook.cells, notebook.encoding) == (((0, source),), encoding)

    def test_a_text_without_spaces(self, tmp_path: Path) -> None:
        raw = json.dumps({"cells": [code("x")], "n": "表" * 5000}, ensure_ascii=False)
        assert read(raw.encode("cp932"), tmp_path).encoding == "cp932"
        assert read(raw.replace("表", "a表", 1).encode("cp932"), tmp_path).encoding == "cp932"

    def test_time_is_linear_in_the_size_of_an_image(self, tmp_path: Path) -> None:
        raw = book(code("x", outputs=["A" * 10**7])) + "表".encode("cp932")
        began = time.process_time()
        refused(raw, tmp_path)
        assert time.process_time() - began < 5

    def test_latin_1(self, tmp_path: Path) -> None:
        raw = json.dumps({"cells": [code("# été")]}, ensure_ascii=False).encode("latin-1")
        notebook = read(raw, tmp_path)
        assert (notebook.cells, notebook.encoding) == (((0, "# été"),), "latin-1")

    def test_a_stray_byte_becomes_a_replacement_character(self, tmp_path: Path) -> None:
        raw = json.dumps({"cells": [code("# 表 X\nx = 1")]}, ensure_ascii=False).encode()
        notebook = read(raw.replace(b"X", b"\xff"), tmp_path)
        assert notebook.cells == ((0, "# 表 \ufffd\nx = 1"),)


def test_definitions_in_text_cells_are_reported(tmp_path: Path) -> None:
    prose = {
        "cell_type": "markdown",
        "source": "My answer:\n```\ndef im2col(x):\n    return x\n```",
    }
    raw = book(prose, {"cell_type": "raw", "source": ["class A:\n", "    pass"]}, code("x = 1"))
    assert read(raw, tmp_path).in_text == ((0, "im2col"), (1, "A"))


def test_of_each_name_defined_in_text_cells_the_first_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse, "MAX_IN_TEXT", 3)
    many = [{"cell_type": "markdown", "source": "def ab\n" * 1000} for _ in range(10)]
    more = {"cell_type": "raw", "source": "def c\nclass ab\ndef d\ndef e\ndef f"}
    notebook = read(book(*many, more, code("x = 1")), tmp_path)
    assert notebook.in_text == ((0, "ab"), (10, "c"), (10, "d"))


class TestNotAFile:
    def reason(self, path: Path, inside: Path) -> str:
        began = time.monotonic()
        with pytest.raises(UnreadableSubmission) as caught:
            read_notebook(path, inside)
        assert time.monotonic() - began < 5
        return files.message(caught.value)["en"]

    def test_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "a.ipynb").mkdir()
        assert "folder" in self.reason(tmp_path / "a.ipynb", tmp_path)

    def test_a_pipe_does_not_block(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.ipynb")
        assert "regular" in self.reason(tmp_path / "a.ipynb", tmp_path)

    def test_a_socket(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind("a.ipynb")
            assert "opened" in self.reason(tmp_path / "a.ipynb", tmp_path)

    def test_a_missing_file(self, tmp_path: Path) -> None:
        assert "opened" in self.reason(tmp_path / "a.ipynb", tmp_path)

    def test_a_sparse_file_of_100_megabytes(self, tmp_path: Path) -> None:
        path = tmp_path / "a.ipynb"
        with path.open("wb") as file:
            file.truncate(100 * 2**20)
        assert "100 MB" in self.reason(path, tmp_path)

    def test_a_sparse_file_of_a_terabyte_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.ipynb"
        with path.open("wb") as file:
            file.truncate(2**40)
        assert "too large" in self.reason(path, tmp_path)

    def test_links_out_of_the_folder_and_dangling_links(self, tmp_path: Path) -> None:
        inside = tmp_path / "alice"
        inside.mkdir()
        (tmp_path / "other.ipynb").write_bytes(book(code("x")))
        (inside / "a.ipynb").symlink_to("../other.ipynb")
        (inside / "zero.ipynb").symlink_to("/dev/zero")
        (inside / "b.ipynb").symlink_to("nowhere.ipynb")
        (inside / "c.ipynb").symlink_to("c.ipynb")
        (inside / "folder").symlink_to(tmp_path)
        assert "not handed in" in self.reason(inside / "a.ipynb", inside)
        assert "not handed in" in self.reason(inside / "zero.ipynb", inside)
        assert "not handed in" in self.reason(inside / "folder" / "other.ipynb", inside)
        assert "opened" in self.reason(inside / "b.ipynb", inside)
        assert "opened" in self.reason(inside / "c.ipynb", inside)

    def test_a_submitted_folder_that_is_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "bob").mkdir()
        (tmp_path / "bob" / "a.ipynb").write_bytes(book(code("x")))
        (tmp_path / "alice").symlink_to("bob")
        reason = self.reason(tmp_path / "alice" / "a.ipynb", tmp_path / "alice")
        assert "not handed in" in reason

    def test_links_within_the_folder_are_followed(self, tmp_path: Path) -> None:
        (tmp_path / "real.ipynb").write_bytes(book(code("x")))
        (tmp_path / "a.ipynb").symlink_to("real.ipynb")
        assert read_notebook(tmp_path / "a.ipynb", tmp_path).cells == ((0, "x"),)

    def test_any_spelling_of_the_folder_works(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "a.ipynb").write_bytes(book(code("x")))
        monkeypatch.chdir(tmp_path)
        for inside in (Path(), Path("x/.."), Path("../" + tmp_path.name), Path("a.ipynb")):
            assert read_notebook(Path("a.ipynb"), inside).cells == ((0, "x"),)


CHECK = 'assert im2col(x, 3, 3).shape == (4, 9), (\n    "形が違います"\n)\n\nprint("ok")  \n'


class TestLockedCells:
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
    def test_they_are_recognized_by_their_source(self, tmp_path: Path, copy: Any) -> None:
        cells = read(book(code("x = 1"), code(copy), code(copy)), tmp_path, self.ours).cells
        assert cells == ((0, "x = 1"),)

    @pytest.mark.parametrize(
        "changed",
        [CHECK + "x = 1", "def f(): pass\n" + CHECK, CHECK.replace("4, 9", "4, 8"), "    " + CHECK],
    )
    def test_changed_cells_belong_to_the_student(self, tmp_path: Path, changed: str) -> None:
        assert len(read(book(code(changed)), tmp_path, self.ours).cells) == 1

    def test_indentation_matters(self) -> None:
        assert normalised("if x:\n    y\n") != normalised("if x:\ny\n")
