"""Nothing outside a student's own file or folder is opened, whatever links and races there are."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from autograder.ingest.open_beneath import OutsideSubmission, open_beneath


def content(inside: Path, path: Path) -> bytes:
    descriptor = open_beneath(inside, path)
    try:
        return os.read(descriptor, 1000)
    finally:
        os.close(descriptor)


def descriptors() -> int:
    """The number of open descriptors, if the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("alice/02.ipynb", "mallory/sub/own.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "alice.ipynb").write_text("alice's")
    return tmp_path


@pytest.mark.parametrize(
    "target",
    [
        "../alice/02.ipynb",
        "sub/../../alice/02.ipynb",
        "/{root}/alice/02.ipynb",
        "{root}/mallory/sub/own.ipynb",  # absolute, although it points back inside
        "/dev/zero",
    ],
)
def test_links_out_of_a_students_folder_are_refused(root: Path, target: str) -> None:
    link = root / "mallory" / "link.ipynb"
    link.symlink_to(target.format(root=root))
    with pytest.raises(OutsideSubmission):
        open_beneath(root / "mallory", link)


@pytest.mark.parametrize("target", ["sub/own.ipynb", "./sub/../sub//own.ipynb", "again"])
def test_links_within_it_are_followed(root: Path, target: str) -> None:
    (root / "mallory" / "again").symlink_to("sub/own.ipynb")
    link = root / "mallory" / "link.ipynb"
    link.symlink_to(target)
    assert content(root / "mallory", link) == b"mallory/sub/own.ipynb"


def test_links_to_folders_on_the_path_are_refused(root: Path) -> None:
    (root / "mallory" / "folder").symlink_to("../alice")
    with pytest.raises(OutsideSubmission):
        open_beneath(root / "mallory", root / "mallory" / "folder" / "02.ipynb")


@pytest.mark.parametrize("name", ["mallory.ipynb", "eve"])
def test_a_submission_that_is_itself_a_link_is_refused(root: Path, name: str) -> None:
    (root / "mallory.ipynb").symlink_to("alice.ipynb")
    (root / "eve").symlink_to("alice")
    path = root / name
    with pytest.raises(OutsideSubmission):
        open_beneath(path, path / "02.ipynb" if name == "eve" else path)


def test_another_students_file_is_refused(root: Path) -> None:
    with pytest.raises(OutsideSubmission):
        open_beneath(root / "mallory", root / "alice.ipynb")
    with pytest.raises(OutsideSubmission):
        open_beneath(root / "mallory", root / "mallory" / ".." / "alice.ipynb")


def test_links_above_the_submission_are_followed(root: Path) -> None:
    (root.parent / "term").symlink_to(root)
    top = root.parent / "term" / "alice"
    assert content(top, top / "02.ipynb") == b"alice/02.ipynb"


def test_a_loop_is_an_error_and_leaks_no_descriptor(root: Path) -> None:
    (root / "mallory" / "a").symlink_to("b")
    (root / "mallory" / "b").symlink_to("a")
    before = descriptors()
    with pytest.raises(OSError, match=r"[Ll]inks"):
        open_beneath(root / "mallory", root / "mallory" / "a")
    assert descriptors() == before


def test_a_file_used_as_a_folder_is_an_error(root: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        open_beneath(root / "mallory", root / "mallory" / "sub" / "own.ipynb" / "x")


@pytest.mark.parametrize("what", ["file", "folder"])
def test_swapping_files_between_check_and_open_does_not_help(root: Path, what: str) -> None:
    """The file, or a folder on its path, is swapped with a link all the time."""
    place = root / "mallory" / ("own.ipynb" if what == "file" else "work")
    path = place if what == "file" else place / "02.ipynb"
    own, link = root / "own", root / "link"
    if what == "file":
        own.write_text("mine")
        link.symlink_to("../alice/02.ipynb")
    else:
        own.mkdir()
        (own / "02.ipynb").write_text("mine")
        link.symlink_to("../alice")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for kind in (own, link):
                kind.rename(place)
                place.rename(kind)

    thread = threading.Thread(target=swap)
    thread.start()
    seen: dict[bytes, int] = {}
    try:
        for _ in range(5_000):
            try:
                got = content(root / "mallory", path)
            except (OutsideSubmission, OSError) as error:
                got = type(error).__name__.encode()
            seen[got] = seen.get(got, 0) + 1
    finally:
        stop.set()
        thread.join()
    assert b"alice/02.ipynb" not in seen
    assert seen.get(b"mine"), "the test must hit both states"
    assert seen.get(b"OutsideSubmission")
