"""Twenty-seven kinds of mess in archives: every file of every one is accounted for."""

from __future__ import annotations

import io
import os
import resource
import stat
import struct
import tempfile
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.collect import archives, table
from autograder.collect.collect import collect
from autograder.collect.files import Fate
from autograder.collect.request import Request
from autograder.ingest.recognize import Handouts
from tests.collect.conftest import YAML, Outcome, notebook, zipped

A, B, C = notebook("a"), notebook("b"), notebook("c")
MOODLE = "Jane Doe_1234567_assignsubmission_file_"


def named_in(encoding: str, names: dict[str, bytes]) -> bytes:
    """A zip whose directory has names in an old encoding and no flag that says so."""
    raw = [name.encode(encoding) for name in names]
    dummies = [chr(ord("A") + number) * len(name) for number, name in enumerate(raw)]
    data = zipped(dict(zip(dummies, names.values(), strict=True)))
    for dummy, name in zip(dummies, raw, strict=True):
        data = data.replace(dummy.encode(), name)
    return data


LEAD_OUT, CAPITALS = "names that lead out", "names that differ in capitals only"
MESSES = {
    "Moodle, a folder for each student": (
        {f"{MOODLE}/02_im2col.ipynb": A},
        {"Jane Doe/02_im2col.ipynb": A},
    ),
    "Moodle from 4.1 on, whose folders have no _ at the end": (
        {
            "Jane Doe_1234567_assignsubmission_file/sub/02_im2col.ipynb": A,
            "Jane Doe_1234567_assignsubmission_onlinetext/onlinetext.html": b"<p>hi",
            "佐藤 健_1234568_assignsubmission_file/02_im2col.ipynb": B,
        },
        {
            "Jane Doe/02_im2col.ipynb": A,
            "Jane Doe/files/onlinetext.html": b"<p>hi",
            "佐藤 健/02_im2col.ipynb": B,
        },
    ),
    "ids of students that look like homework": (
        {"hw01/02_im2col/02_im2col.ipynb": A, "hw02/02_im2col.ipynb": B},
        {"hw01/02_im2col.ipynb": A, "hw02/02_im2col.ipynb": B},
    ),
    "Moodle, flat": ({f"{MOODLE}02_im2col.ipynb": A}, {"Jane Doe/02_im2col.ipynb": A}),
    "Moodle, with a group before the name, in one more folder": (
        {
            "CS101/Group A-山田 太郎_7_assignsubmission_file_/im2col/02_im2col.ipynb": A,
            "CS101/Group A-Jane Doe_8_assignsubmission_file_/02_im2col.ipynb": B,
        },
        {
            "Group A-山田 太郎/02_im2col.ipynb": A,
            "Group A-Jane Doe/02_im2col.ipynb": B,
        },
    ),
    "Moodle, blind marking": (
        {"Participant_12_assignsubmission_file_/02_im2col.ipynb": A},
        {"Participant/02_im2col.ipynb": A},
    ),
    "Moodle, an online text beside the notebook": (
        {
            f"{MOODLE}/02_im2col.ipynb": A,
            "Jane Doe_1234567_assignsubmission_onlinetext_/onlinetext.html": b"<p>hi",
        },
        {"Jane Doe/02_im2col.ipynb": A, "Jane Doe/files/onlinetext.html": b"<p>hi"},
    ),
    "two students of one name": (
        {
            "Jane Doe_1_assignsubmission_file_/02_im2col.ipynb": A,
            "Jane Doe_2_assignsubmission_file_/02_im2col.ipynb": B,
        },
        {"Jane Doe (1)/02_im2col.ipynb": A, "Jane Doe (2)/02_im2col.ipynb": B},
    ),
    "Canvas, late, renamed because of a second upload": (
        {
            "doejane_LATE_12345_67890_02_im2col-1.ipynb": B,
            "doejane_LATE_12345_67000_02_im2col.ipynb": A,
            "itoaoi_777_67001_02_im2col.ipynb": C,
        },
        {
            "doejane_12345/02_im2col.ipynb": B,
            "doejane_12345/old/02_im2col (1).ipynb": A,
            "itoaoi_777/02_im2col.ipynb": C,
        },
    ),
    "Canvas, graded anonymously": (
        {
            "anon_Ab1c2_67890_02_im2col.ipynb": A,
            "LATE_anon_77777_67891_02_im2col-1.ipynb": B,
        },
        {"anon_Ab1c2/02_im2col.ipynb": A, "anon_77777/02_im2col.ipynb": B},
    ),
    "Canvas, a text without an attachment": (
        {
            "doejane_12345_67890_02_im2col.ipynb": A,
            "doejane_12345_text.html": b"<p>late, sorry",
        },
        {
            "doejane_12345/02_im2col.ipynb": A,
            "doejane_12345/files/text.html": b"<p>late, sorry",
        },
    ),
    "Gradescope, with a group": (
        {
            "assignment_5_export/submission_metadata.yml": YAML,
            "assignment_5_export/submission_98765432/02_im2col.ipynb": A,
            "assignment_5_export/submission_98765433/02_im2col.ipynb": B,
        },
        {
            "Jane Døe/02_im2col.ipynb": A,
            "Ken O'Hara/02_im2col.ipynb": B,
            "Aoi 'A' Ito/02_im2col.ipynb": B,
        },
    ),
    "clones of GitHub Classroom": (
        {
            "02-im2col-submissions/cnn-02-im2col-jdoe/hand_in.ipynb": A,
            "02-im2col-submissions/cnn-02-im2col-jdoe/README.md": b"# im2col",
            "02-im2col-submissions/cnn-02-im2col-jito/02_im2col.ipynb": B,
        },
        {
            "jdoe/02_im2col.ipynb": A,
            "jdoe/02_im2col/README.md": b"# im2col",
            "jito/02_im2col.ipynb": B,
        },
    ),
    "folders that begin alike and name no exercise": (
        {"group-a-jane/02_im2col.ipynb": A, "group-a-ken/02_im2col.ipynb": B},
        {"group-a-jane/02_im2col.ipynb": A, "group-a-ken/02_im2col.ipynb": B},
    ),
    "nbgrader's submitted/": (
        {
            "submitted/bitdiddle/02_im2col/Untitled.ipynb": A,
            "submitted/bitdiddle/02_im2col/timestamp.txt": b"2026-05-01 10:00:00.5 UTC",
            "submitted/hacker/02_im2col/02_im2col.ipynb": B,
            "submitted/hacker/02_im2col/timestamp.txt": b"2026-05-01 11:00:00 UTC",
        },
        {"bitdiddle/02_im2col.ipynb": A, "hacker/02_im2col.ipynb": B},
    ),
    "nbgrader's inbound/, two attempts": (
        {
            "hacker+02_im2col+2026-05-02 10:00:00.000000 UTC+aB3/nb.ipynb": B,
            "hacker+02_im2col+2026-05-01 10:00:00.000000 UTC+zzz/nb.ipynb": A,
        },
        {"hacker/02_im2col.ipynb": B, "hacker/old/02_im2col (1).ipynb": A},
    ),
    "zips in zips": (
        {
            f"{MOODLE}/work.zip": zipped(
                {"a/b/02_im2col.ipynb": A, "a/inner.zip": zipped({"n.csv": b"1"})}
            )
        },
        {"Jane Doe/02_im2col.ipynb": A, "Jane Doe/files/a/inner/n.csv": b"1"},
    ),
    "a zip of bulk downloads": (
        {
            "02_im2col.zip": zipped({f"{MOODLE}/x.ipynb": A}),
            "03_convolution.zip": zipped({f"{MOODLE}/x.ipynb": B}),
        },
        {"Jane Doe/02_im2col.ipynb": A, "Jane Doe/03_convolution.ipynb": B},
    ),
    "a student's zip that looks like somebody else's hand-in": (
        {
            f"{MOODLE}/work.zip": zipped({"Ken Ito_9_assignsubmission_file_/02_im2col.ipynb": A}),
            "Ken Ito_9_assignsubmission_file_/02_im2col.ipynb": B,
        },
        {"Jane Doe/02_im2col.ipynb": A, "Ken Ito/02_im2col.ipynb": B},
    ),
    "a plain folder of students' zips, one of which looks like a download": (
        {
            "alice.zip": zipped({"02_im2col.ipynb": A}),
            "mallory.zip": zipped({"Bob_9_assignsubmission_file_/02_im2col.ipynb": B}),
        },
        {"alice/02_im2col.ipynb": A, "mallory/02_im2col.ipynb": B},
    ),
    LEAD_OUT: (
        {
            f"{MOODLE}/../../../evil/02_im2col.ipynb": A,
            "/etc/Ken Ito_9_assignsubmission_file_/02_im2col.ipynb": B,
            "C:\\x\\Aoi Ito_8_assignsubmission_file_\\..\\02_im2col.ipynb": C,
        },
        {
            "Jane Doe/02_im2col.ipynb": A,
            "Ken Ito/02_im2col.ipynb": B,
            "Aoi Ito/02_im2col.ipynb": C,
        },
    ),
    CAPITALS: (
        {"alice/02_im2col.ipynb": A, "ALICE/02_im2col.ipynb": B},
        {"ALICE/02_im2col.ipynb": B, "alice-": A},
    ),
    "files of systems and editors": (
        {
            f"{MOODLE}/02_im2col.ipynb": A,
            f"{MOODLE}/.ipynb_checkpoints/02_im2col-checkpoint.ipynb": B,
            "__MACOSX/._02_im2col.ipynb": C,
            f"{MOODLE}/.DS_Store": b"x",
        },
        {"Jane Doe/02_im2col.ipynb": A},
    ),
    "a notebook of no exercise, a script, data": (
        {
            f"{MOODLE}/Untitled.ipynb": A,
            f"{MOODLE}/im2col.py": b"1",
            f"{MOODLE}/data/data.csv": b"2",
        },
        {
            "Jane Doe/Untitled.ipynb": A,
            "Jane Doe/files/im2col.py": b"1",
            "Jane Doe/files/data/data.csv": b"2",
        },
    ),
    "a file of nobody among students' files": (
        {f"{MOODLE}/02_im2col.ipynb": A, "grades.xlsx": b"x"},
        {"Jane Doe/02_im2col.ipynb": A, ".unassigned/in.zip/grades.xlsx": b"x"},
    ),
    "the same file twice": (
        {f"{MOODLE}/02_im2col.ipynb": A, f"{MOODLE}/02_im2col (1).ipynb": A},
        {"Jane Doe/02_im2col.ipynb": A},
    ),
    "browsers' suffixes and capitals": (
        {"alice_02-Im2Col.IPYNB": A, "bob 02_im2col.ipynb.txt": B},
        {"alice/02_im2col.ipynb": A, "bob/02_im2col.ipynb": B},
    ),
    "a plain folder, attempts in folders": (
        {
            "alice/attempt 2/02_im2col.ipynb": B,
            "alice/attempt 10/02_im2col.ipynb": C,
            "bob/02_im2col.ipynb": A,
        },
        {
            "alice/02_im2col.ipynb": C,
            "alice/old/02_im2col (1).ipynb": B,
            "bob/02_im2col.ipynb": A,
        },
    ),
}


@pytest.mark.parametrize("name", MESSES)
def test_mess_is_collected(name, run):
    files, expected = MESSES[name]
    outcome: Outcome = run({"in.zip": zipped(files)})
    kept = outcome.kept
    if "alice-" in expected:  # a key with a hash
        key = next(path for path in kept if path not in expected)
        assert key.startswith("alice")
        kept["alice-"] = kept.pop(key)
    assert kept == expected
    accounted(outcome, files)


@pytest.mark.parametrize("name", [n for n in MESSES if n not in (LEAD_OUT, CAPITALS)])
def test_an_unpacked_archive_is_the_same(name, run):
    files, expected = MESSES[name]
    outcome: Outcome = run({"in.zip": files})
    assert outcome.kept == expected


def accounted(outcome: Outcome, files: dict[str, bytes]) -> None:
    """Every file has a row in collected.csv, and what it says about places is true."""
    rows = table.decode((outcome.out / table.FILE).read_bytes())
    ends = {unicodedata.normalize("NFC", Path(name.replace("\\", "/")).name) for name in files}
    assert ends <= {Path(row.file).name for row in rows}
    for row in rows:
        assert not row.kept_as or (outcome.out / row.kept_as).is_file()
    assert {row.kept_as for row in rows if row.kept_as} == {
        path.relative_to(outcome.out).as_posix()
        for path in outcome.out.rglob("*")
        if path.is_file() and path.name not in (table.FILE, "roster.csv")
    }


def test_names_in_an_old_encoding(run):
    names = {
        "佐藤 花子_11_assignsubmission_file_/02_im2col.ipynb": A,
        "加藤 健_12_assignsubmission_file_/課題02_im2col.ipynb": B,
    }
    outcome = run({"in.zip": named_in("cp932", names)})
    assert outcome.kept == {"佐藤 花子/02_im2col.ipynb": A, "加藤 健/02_im2col.ipynb": B}


def test_a_link_is_listed_and_never_followed(run, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(A)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(f"{MOODLE}/02_im2col.ipynb")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, str(secret))
        archive.writestr("Ken Ito_9_assignsubmission_file_/02_im2col.ipynb", B)
    outcome = run({"in.zip": buffer.getvalue()})
    assert outcome.kept == {"Ken Ito/02_im2col.ipynb": B}
    assert outcome.fate(f"{MOODLE}/02_im2col.ipynb") is Fate.LINK
    assert any("is a link" in line for line in outcome.done.problems)

    folder = tmp_path / "plain" / "jane"
    folder.mkdir(parents=True)
    (folder / "02_im2col.ipynb").symlink_to(secret)
    (tmp_path / "plain" / "ken").symlink_to(tmp_path)
    outcome = run({"../plain": {"bob/02_im2col.ipynb": B}})
    assert "jane/02_im2col.ipynb" not in outcome.kept
    assert outcome.fate("jane/02_im2col.ipynb") is Fate.LINK
    assert outcome.fate("ken") is Fate.LINK


def test_a_password_and_damage_are_reported_and_the_archive_is_kept(run):
    whole = zipped({"02_im2col.ipynb": A * 50}, method=zipfile.ZIP_STORED)
    locked = bytearray(whole)
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        locked[whole.index(mark) + at] |= 1
    damaged = whole[:60] + b"\xff" * 20 + whole[80:]
    outcome = run(
        {
            "in.zip": zipped(
                {
                    f"{MOODLE}/locked.zip": bytes(locked),
                    "Ken Ito_9_assignsubmission_file_/damaged.zip": damaged,
                    "Aoi Ito_8_assignsubmission_file_/cut.zip": whole[:-30],
                }
            )
        }
    )
    assert outcome.kept == {
        "Jane Doe/files/locked.zip": bytes(locked),
        "Ken Ito/files/damaged.zip": damaged,
        "Aoi Ito/files/cut.zip": whole[:-30],
    }
    assert outcome.fate("locked.zip/02_im2col.ipynb") is Fate.ENCRYPTED
    assert outcome.fate("damaged.zip/02_im2col.ipynb") is Fate.DAMAGED
    assert len(outcome.done.problems) >= 2


def test_a_file_that_is_not_an_archive_stops_nothing_else(run):
    outcome = run({"a.zip": b"no zip", "in.zip": zipped({f"{MOODLE}/02_im2col.ipynb": A})})
    assert list(outcome.kept) == ["Jane Doe/02_im2col.ipynb"]
    assert any("neither a zip archive nor a folder" in line for line in outcome.done.problems)
    assert [one.archive for one in outcome.done.records if one.fate is Fate.DAMAGED] == ["a.zip"]


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Writing more to a file fails, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [2**17, 3 * 2**20])
@pytest.mark.parametrize("download", ["02.zip", "02"])
def test_a_disk_without_room_is_not_blamed_on_the_download(tmp_path, download, size):
    name, content = "Ann_1_assignsubmission_file_/02_im2col.ipynb", os.urandom(size)
    path, out = tmp_path / download, tmp_path / "submitted"
    if path.suffix:
        path.write_bytes(zipped({name: content}))
    else:
        (path / name).parent.mkdir(parents=True)
        (path / name).write_bytes(content)
    with no_file_above(2**16), pytest.raises(OSError, match="File too large") as raised:
        collect(Request([path], out, ["02_im2col"], Handouts()))
    assert raised.value.filename == str(out)
    assert [*out.glob("*")] == []


def test_an_archive_that_may_not_be_read_is_not_called_damaged(tmp_path):
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "02.zip"
        path.write_bytes(zipped({"Ann/02_im2col.ipynb": notebook()}))
        path.chmod(0)
        Path(name).chmod(0o755)
        me = os.geteuid()
        try:
            if me == 0:
                os.seteuid(65534)
            with pytest.raises(PermissionError):
                archives.Opener(tmp_path).open(path)
        finally:
            os.seteuid(me)


@pytest.mark.parametrize("at", [6, 10, 42])
def test_an_archive_with_wrong_bytes_in_its_directory_is_an_error_in_a_line(run, at):
    data = bytearray(zipped({f"{MOODLE}/02_im2col.ipynb": A}))
    data[data.index(b"PK\1\2") + at] ^= 0xFF
    good = zipped({"Ken Ito_9_assignsubmission_file_/02_im2col.ipynb": B})
    outcome = run({"a.zip": bytes(data), "b.zip": good})
    assert outcome.kept["Ken Ito/02_im2col.ipynb"] == B
    assert any(one.archive == "a.zip" for one in outcome.done.records)
    assert outcome.done.problems


def test_an_empty_name_and_a_name_with_line_breaks_stop_nothing(run):
    nameless = zipped({"x": A}).replace(b"x{", b"\0{").replace(b"x", b"\0")
    files = {
        "Jane\rDoe_1_assignsubmission_file_/02_im2col.ipynb": A,
        "Ken\nIto_2_assignsubmission_file_/02_im2col.ipynb": B,
        f"{MOODLE}/nameless.zip": nameless,
    }
    outcome = run({"in.zip": zipped(files)})
    rows = table.decode((outcome.out / table.FILE).read_bytes())
    assert len(rows) == len(outcome.done.records)
    assert {A, B} <= set(outcome.kept.values())


def test_a_bomb_is_bounded(run, monkeypatch):
    monkeypatch.setattr(archives, "MAX_FILE", 10_000)
    monkeypatch.setattr(archives, "MAX_INNER", 30_000)
    monkeypatch.setattr(archives, "MAX_INNER_FILES", 50)
    zeros = bytes(9_000)
    nest = zipped({"02_im2col.ipynb": A})
    for _ in range(6):
        nest = zipped({"n.zip": nest})
    outcome = run(
        {
            "in.zip": zipped(
                {
                    f"{MOODLE}/big.ipynb": bytes(20_000),
                    f"{MOODLE}/bomb.zip": zipped({f"{n}.dat": zeros for n in range(9)}),
                    f"{MOODLE}/many.zip": zipped({f"{n}.txt": b"" for n in range(90)}),
                    f"{MOODLE}/nest.zip": nest,
                    "Ken Ito_9_assignsubmission_file_/02_im2col.ipynb": B,
                }
            )
        }
    )
    assert outcome.kept["Ken Ito/02_im2col.ipynb"] == B
    assert outcome.fate("big.ipynb") is Fate.TOO_LARGE
    assert outcome.fate("bomb.zip/2.dat") is Fate.KEPT
    assert outcome.fate("bomb.zip/5.dat") is Fate.TOO_LARGE
    assert outcome.fate("40 more files") is Fate.TOO_MANY
    assert outcome.fate("n.zip/n.zip/n.zip") is Fate.TOO_DEEP
    assert sum(map(len, outcome.kept.values())) < 60_000


def test_a_directory_too_large_to_be_read_is_not_read(run, monkeypatch):
    monkeypatch.setattr(archives, "MAX_INNER_DIRECTORY", 2_000)
    inner = zipped({f"{n}.txt": b"" for n in range(90)})
    outcome = run({"in.zip": zipped({f"{MOODLE}/many.zip": inner})})
    assert outcome.fate("many.zip") is Fate.TOO_MANY


def test_sizes_that_a_directory_claims_are_not_believed(run, monkeypatch):
    monkeypatch.setattr(archives, "MAX_FILE", 10_000)
    data = bytearray(zipped({f"{MOODLE}/02_im2col.ipynb": bytes(50_000)}))
    for mark, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", data, data.index(mark) + at, 100)
    outcome = run({"in.zip": bytes(data)})
    assert outcome.fate("02_im2col.ipynb") in (Fate.TOO_LARGE, Fate.DAMAGED)
    assert outcome.kept == {}


def test_two_members_of_one_name_are_both_kept(run):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{MOODLE}/02_im2col.ipynb", A)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(f"{MOODLE}/02_im2col.ipynb", B)
    assert set(run({"in.zip": buffer.getvalue()}).kept.values()) == {A, B}


def test_an_empty_folder_is_reported(run):
    outcome = run(
        {"in.zip": zipped({f"{MOODLE}/": b"", "K I_9_assignsubmission_file_/02_im2col.ipynb": A})}
    )
    assert outcome.fate(MOODLE) is Fate.EMPTY_FOLDER
    assert [one.student for one in outcome.done.records if one.fate is Fate.EMPTY_FOLDER] == [
        "Jane Doe"
    ]


def test_an_empty_folder_beside_a_notebook_needs_nobody(run):
    """Every clone has some in .git, and a student's zip may have one for pictures."""
    files = {
        "a/02_im2col.ipynb": notebook("a"),
        "a/figures/": b"",
        "b/02_im2col.ipynb": notebook("b"),
        "b/.git/refs/tags/": b"",
        "c/figures/": b"",
    }
    outcome = run({"clones.zip": zipped(files)})
    (line,) = outcome.done.problems
    assert "c/figures: the folder is empty" in line
    assert outcome.fate("b/.git/refs/tags") is Fate.IGNORED


def test_one_students_archive_is_that_students(run):
    assert list(run({"alice.zip": zipped({"02_im2col.ipynb": A})}).kept) == [
        "alice/02_im2col.ipynb"
    ]


def test_thousands_of_files_of_one_name_take_seconds(run):
    """Time grows with the number of files, not faster."""
    inner = zipped({f"{n}/a/b/c/02_im2col.ipynb": notebook(str(n)) for n in range(1_000)})
    other = zipped({f"{n}/a/b/c/data.csv": str(n).encode() for n in range(1_000)})
    began = time.process_time()
    outcome = run({"in.zip": zipped({f"{MOODLE}/1.zip": inner, f"{MOODLE}/2.zip": other})})
    assert time.process_time() - began < 10
    assert len(outcome.kept) == 2_000


def test_the_kinds_of_mess_are_at_least_27():
    tests = [
        name for name in globals() if name.startswith("test_a_") or name.startswith("test_an_")
    ]
    assert len(MESSES) + len(tests) >= 27
