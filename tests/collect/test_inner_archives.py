"""What is in one student's archive stops or costs nobody else's collection."""

from __future__ import annotations

import errno
import struct
import tracemalloc
import zipfile

import pytest

from autograder.collect import archives
from autograder.collect.files import Fate
from tests.collect.conftest import JANE, KEN, notebook, zipped

A, B = notebook("a"), notebook("b")


def elsewhere(offset: int) -> bytes:
    """A zip whose directory says that its file begins at a place that no file has."""
    data = zipped({"02_im2col.ipynb": A})
    at = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    extra = struct.pack("<HHQ", 1, 8, offset)
    directory = bytearray(data[at:end] + extra)
    struct.pack_into("<H", directory, 30, len(extra))
    struct.pack_into("<I", directory, 42, 0xFFFFFFFF)
    tail = bytearray(data[end:])
    struct.pack_into("<I", tail, 12, len(directory))
    return data[:at] + bytes(directory) + bytes(tail)


def packed_as(method: int, content: bytes) -> bytes:
    """A zip whose file is said to be compressed in some way."""
    data = bytearray(zipped({"02_im2col.ipynb": content}, method=zipfile.ZIP_STORED))
    for mark, at in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        struct.pack_into("<H", data, data.index(mark) + at, method)
    return bytes(data)


DAMAGED = {
    "a place far away": elsewhere(2**62),
    "the farthest place": elsewhere(2**63 - 1),
    "a place that no number has": elsewhere(2**64 - 1),
    "deflate": packed_as(zipfile.ZIP_DEFLATED, b"\xff" * 50),
    "bz2": packed_as(zipfile.ZIP_BZIP2, b"garbage" * 10),
    "LZMA": packed_as(zipfile.ZIP_LZMA, b"\x09\x04\x05\0\x5d\0\0\1\0" + b"\xff" * 60),
    "LZMA's properties": packed_as(zipfile.ZIP_LZMA, b"\x09\x04\x05\0\xff\0\0\1\0" + b"\xff" * 60),
    "an unknown method": packed_as(77, b"x"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_archive_is_that_students(run, name):
    files = {f"{JANE}/work.zip": DAMAGED[name], f"{KEN}/02_im2col.ipynb": B}
    outcome = run({"in.zip": zipped(files)})
    assert outcome.kept == {"Jane Doe/files/work.zip": DAMAGED[name], "Ken Ito/02_im2col.ipynb": B}
    assert outcome.fate("work.zip/02_im2col.ipynb") is Fate.DAMAGED


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_download_is_called_damaged(run, name):
    outcome = run({"a.zip": DAMAGED[name], "b.zip": zipped({f"{KEN}/02_im2col.ipynb": B})})
    assert outcome.kept == {"Ken Ito/02_im2col.ipynb": B}
    assert Fate.DAMAGED in {one.fate for one in outcome.done.records if one.archive == "a.zip"}


@pytest.mark.parametrize("folder", [False, True])
def test_one_of_several_disks_is_no_archive(run, folder):
    end = zipped({"02_im2col.ipynb": A})
    at = end.index(b"PK\5\6")
    disk = end[:at] + struct.pack("<4sLQL", b"PK\6\7", 3, 0, 9) + end[at:]
    files = {"alice/work.zip": disk, "bob/02_im2col.ipynb": B}
    outcome = run({"in": files} if folder else {"in.zip": zipped(files), "disk.zip": disk})
    assert outcome.kept["bob/02_im2col.ipynb"] == B
    assert outcome.fate("work.zip") is Fate.DAMAGED


@pytest.mark.parametrize("error", [KeyError("x"), RecursionError(), OSError(errno.EIO, "x")])
def test_whatever_reading_an_inner_archive_raises_is_its_damage(run, monkeypatch, error):
    def member_names(infos, most):
        if infos[0].filename == "bad":
            raise error
        return original(infos, most)

    original = archives.member_names
    monkeypatch.setattr(archives, "member_names", member_names)
    files = {f"{JANE}/work.zip": zipped({"bad": A}), f"{KEN}/02_im2col.ipynb": B}
    outcome = run({"in.zip": zipped(files)})
    assert outcome.kept["Ken Ito/02_im2col.ipynb"] == B
    assert outcome.fate("work.zip") is Fate.DAMAGED


def test_a_disk_without_room_is_not_blamed_on_an_inner_archive(tmp_path):
    path = tmp_path / "in.zip"
    path.write_bytes(zipped({f"{JANE}/work.zip": zipped({"02_im2col.ipynb": A})}))
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "0000001").mkdir()  # the place of the second file
    with pytest.raises(archives.CannotWrite):
        archives.Opener(tmp_path / "scratch").open(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("inner", [False, True])
def test_what_zipfile_unpacks_without_a_limit_is_not_unpacked(run, method, inner):
    size = 12 * 2**20
    bomb = zipped({"02_im2col.ipynb": bytes(size)}, method=method)
    files = {f"{JANE}/work.zip": bomb} if inner else {}
    download = zipped(files | {f"{KEN}/02_im2col.ipynb": B})
    tracemalloc.start()
    outcome = run({"in.zip": download} | ({} if inner else {"bomb.zip": bomb}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert outcome.kept["Ken Ito/02_im2col.ipynb"] == B
    (damaged,) = (one for one in outcome.done.records if one.fate is Fate.DAMAGED)
    assert damaged.file.endswith("02_im2col.ipynb")
    assert peak < size / 2


def nested(zips: int, files: int, size: int = 0) -> bytes:
    """A zip of zips of files."""
    inner = zipped({f"{n}.txt": bytes(size) for n in range(files)})
    return zipped({f"{n}.zip": inner for n in range(zips)})


@pytest.mark.parametrize("folder", [False, True])
def test_zips_in_a_zip_have_one_allowance_for_files(run, monkeypatch, folder):
    monkeypatch.setattr(archives, "MAX_INNER_FILES", 50)
    files = {"aaron/work.zip": nested(9, 20), "bob/02_im2col.ipynb": B}
    outcome = run({"in": files} if folder else {"in.zip": zipped(files)})
    assert outcome.kept["bob/02_im2col.ipynb"] == B
    assert sum(one.file.endswith(".txt") for one in outcome.done.records) <= 50
    assert any(one.fate is Fate.TOO_MANY for one in outcome.done.records)


def test_zips_in_a_zip_have_one_allowance_for_bytes(run, monkeypatch):
    monkeypatch.setattr(archives, "MAX_INNER", 50_000)
    files = {"aaron/work.zip": nested(9, 4, 4_000), "bob/02_im2col.ipynb": B}
    outcome = run({"in.zip": zipped(files)})
    assert outcome.kept["bob/02_im2col.ipynb"] == B
    taken = [one for one in outcome.done.records if one.file.endswith(".txt") and one.sha256]
    assert 4 <= len(taken) <= 12
    assert any(one.fate is Fate.TOO_LARGE for one in outcome.done.records)


@pytest.mark.parametrize("folder", [False, True])
def test_what_is_in_archives_costs_no_other_students_files(run, monkeypatch, folder):
    monkeypatch.setattr(archives, "MAX_FILES", 100)
    bomb = nested(9, 20)
    files = {f"aaron/{n}.zip": bomb for n in range(9)} | {
        "bob/02_im2col.ipynb": B,
        "carol/work.zip": zipped({"02_im2col.ipynb": A}),
    }
    outcome = run({"in": files} if folder else {"in.zip": zipped(files)})
    assert outcome.kept["bob/02_im2col.ipynb"] == B
    assert outcome.kept["carol/02_im2col.ipynb"] == A


def test_each_students_zip_in_a_zip_of_downloads_has_its_own_allowance(run, monkeypatch):
    monkeypatch.setattr(archives, "MAX_INNER_FILES", 50)
    class_of = {f"S{n}_{n}_assignsubmission_file_/work.zip": nested(1, 20) for n in range(9)}
    class_of[f"{JANE}/work.zip"] = nested(9, 20)
    class_of[f"{KEN}/02_im2col.ipynb"] = B
    outcome = run({"in.zip": zipped({"02.zip": zipped(class_of)})})
    assert outcome.kept["Ken Ito/02_im2col.ipynb"] == B
    many = {one.file.split("/")[0] for one in outcome.done.records if one.fate is Fate.TOO_MANY}
    assert many == {JANE}
