"""A file is written whole or not at all."""

import os
import subprocess
import sys
import tempfile

import pytest

from autograder.files import (
    make_temporary,
    read_below,
    remove_leftovers,
    write_all_atomically,
    write_atomically,
)


def test_folders_are_made_and_the_text_is_utf_8(tmp_path):
    path = write_atomically(tmp_path / "a" / "b" / "page.html", "畳み込み")
    assert path.read_bytes() == "畳み込み".encode()


def test_a_name_that_is_no_utf_8_does_not_stop_the_page(tmp_path):
    assert write_atomically(tmp_path / "page", "a\udcffb").read_bytes() == b"a?b"


def test_the_mode_is_that_of_any_other_file(tmp_path):
    (tmp_path / "other").touch()
    path = write_atomically(tmp_path / "page", "x")
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_write_that_fails_leaves_no_trace(tmp_path):
    (tmp_path / "page" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="page"):
        write_atomically(tmp_path / "page", "x")
    assert list(tmp_path.iterdir()) == [tmp_path / "page"]


def test_a_link_in_the_way_is_replaced_not_followed(tmp_path):
    (tmp_path / "outside").write_text("precious")
    (tmp_path / "page").symlink_to("outside")
    write_atomically(tmp_path / "page", "new")
    assert (tmp_path / "outside").read_text() == "precious"
    assert (tmp_path / "page").read_text() == "new"
    assert not (tmp_path / "page").is_symlink()


def test_an_unchanged_file_keeps_its_date(tmp_path):
    path = write_atomically(tmp_path / "page", "x")
    os.utime(path, (1, 1))
    write_atomically(path, "x")
    assert path.stat().st_mtime == 1
    write_atomically(path, "y")
    assert path.stat().st_mtime != 1


def test_several_files_are_written_or_none_of_them(tmp_path):
    one, two = tmp_path / "en" / "one", tmp_path / "ja" / "two"
    assert write_all_atomically({one: "first", two: b"first"}) == [one, two]
    in_the_way = one / "three"  # a file where a folder should be
    with pytest.raises(OSError, match="one"):
        write_all_atomically({one: "second", two: "second", in_the_way: "second"})
    assert one.read_text() == two.read_text() == "first"
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "en", one, tmp_path / "ja", two]


def _a_pid_that_is_gone() -> int:
    return subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


def test_what_killed_processes_left_is_removed_and_what_others_write_is_not(tmp_path):
    gone = tmp_path / "results" / "a" / f".{_a_pid_that_is_gone()}-abc.writing"
    gone.parent.mkdir(parents=True)
    being_written = gone.with_name(f".{os.getppid()}-abc.writing")
    theirs = gone.with_name(".notes.writing")
    for path in (gone, being_written, theirs):
        path.touch()
    remove_leftovers(tmp_path)
    assert sorted(gone.parent.iterdir()) == sorted([being_written, theirs])


def test_a_temporary_folder_takes_the_place_of_those_that_were_left(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"convgrade-decoys-{_a_pid_that_is_gone()}-x"
    (left / "tests").mkdir(parents=True)
    other = tmp_path / f"convgrade-scratch-{_a_pid_that_is_gone()}-x"
    other.mkdir()
    made = make_temporary("decoys")
    assert sorted(tmp_path.iterdir()) == sorted([made, other])
    assert made.stat().st_mode & 0o777 == 0o700


class TestBelow:
    """Between the folder of a run and its files no link is followed: it would say what to write."""

    def test_folders_are_made(self, tmp_path):
        path = tmp_path / "out" / "results" / "aiko" / "02.json"
        assert write_atomically(path, "x", below=tmp_path / "out") == path
        assert read_below(path, tmp_path / "out") == b"x"

    @pytest.mark.parametrize("link", ["results", "results/aiko"])
    def test_a_link_is_not_followed_and_the_error_names_it(self, tmp_path, link):
        (tmp_path / "precious" / "aiko").mkdir(parents=True)
        (tmp_path / "out" / link).parent.mkdir(parents=True)
        (tmp_path / "out" / link).symlink_to(tmp_path / "precious")
        path = tmp_path / "out" / "results" / "aiko" / "02.json"
        with pytest.raises(OSError, match="is a link, and files are not written through links"):
            write_atomically(path, "x", below=tmp_path / "out")
        assert [p.name for p in (tmp_path / "precious").rglob("*")] == ["aiko"]

    def test_nor_in_reading(self, tmp_path):
        (tmp_path / "secret").mkdir()
        (tmp_path / "secret" / "02.json").write_text("secret")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "aiko").symlink_to("../secret")
        (tmp_path / "out" / "file.json").symlink_to("../secret/02.json")
        for name in ("aiko/02.json", "file.json"):
            with pytest.raises(OSError, match=name):
                read_below(tmp_path / "out" / name, tmp_path / "out")

    def test_a_link_in_the_files_own_place_is_replaced(self, tmp_path):
        (tmp_path / "precious").write_text("precious")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "page").symlink_to("../precious")
        write_atomically(tmp_path / "out" / "page", "precious", below=tmp_path / "out")
        assert not (tmp_path / "out" / "page").is_symlink()

    def test_the_folder_itself_may_be_reached_through_links(self, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / "out").symlink_to("real")
        write_atomically(tmp_path / "out" / "page", "x", below=tmp_path / "out")
        assert (tmp_path / "real" / "page").read_text() == "x"

    def test_a_folder_swapped_for_a_link_at_the_last_moment_lets_nothing_out(
        self, tmp_path, monkeypatch
    ):
        (tmp_path / "precious").mkdir()
        (tmp_path / "out").mkdir()
        make = os.mkdir

        def make_and_swap(name, *, dir_fd):
            make(name, dir_fd=dir_fd)
            (tmp_path / "out" / name).rmdir()
            (tmp_path / "out" / name).symlink_to(tmp_path / "precious")

        monkeypatch.setattr("autograder.files.os.mkdir", make_and_swap)
        with pytest.raises(OSError, match="is a link"):
            write_atomically(tmp_path / "out" / "aiko" / "page", "x", below=tmp_path / "out")
        assert list((tmp_path / "precious").iterdir()) == []
