"""What a student hands in is named like another platform's archive, or like somebody else's."""

from __future__ import annotations

import pytest

from autograder.collect.files import Fate
from tests.collect.conftest import YAML, notebook, zipped

A, B, BAD = notebook("a"), notebook("b"), notebook("bad")
FORGED = {
    "bob_7_assignsubmission_file_/02_im2col.ipynb": BAD,
    **{f"x{n}_7_assignsubmission_file_/{n}.txt": b"%d" % n for n in range(9)},
}
"""Folders that Moodle could have named, more than there are other files."""


def handed_in(at: str) -> dict[str, bytes]:
    return {f"{at}{name}": content for name, content in FORGED.items()}


@pytest.mark.parametrize("others", [("alice", "bob", "carol"), ("bob",)])
@pytest.mark.parametrize("between", ["", "02_im2col/"])
def test_folders_in_a_plain_folder_are_not_moodles(run, others, between):
    own = {f"{name}/{between}02_im2col.ipynb": notebook(name) for name in others}
    forged = handed_in(f"mallory/{between}")
    kept = run({"in.zip": zipped(own | forged)}).kept
    assert {f"{name}/02_im2col.ipynb": notebook(name) for name in others}.items() <= kept.items()
    assert [path for path, content in kept.items() if content == BAD] == ["mallory/02_im2col.ipynb"]


@pytest.mark.parametrize("metadata", [YAML, YAML.partition(b"submission_98765433")[0]])
def test_folders_in_a_submission_on_gradescope_are_not_moodles(run, metadata):
    forged = {
        "export/submission_metadata.yml": metadata,
        **handed_in("export/submission_98765432/"),
    }
    if b"98765433" in metadata:
        forged["export/submission_98765433/02_im2col.ipynb"] = A
    kept = run({"in.zip": zipped(forged)}).kept
    assert kept["Jane Døe/02_im2col.ipynb"] == BAD
    assert not any(path.startswith((".unassigned", "bob")) for path in kept)
    assert (kept.get("Ken O'Hara/02_im2col.ipynb") == A) is (b"98765433" in metadata)


def test_loose_files_on_canvas_are_not_moodles(run):
    forged = {f"mallory_7_{n}_bob_9_assignsubmission_file_{n}.ipynb": B for n in range(9)}
    outcome = run({"in.zip": zipped({"doejane_12345_67890_02_im2col.ipynb": A} | forged)})
    assert outcome.kept["doejane_12345/02_im2col.ipynb"] == A
    assert not any(one.fate is Fate.NO_STUDENT for one in outcome.done.records)
    assert {one.student for one in outcome.done.records} == {"doejane_12345", "mallory_7"}


def test_moodles_folders_may_lie_in_several_beside_other_files(run):
    files = {
        "CS101/02/Jane Doe_1_assignsubmission_file_/02_im2col.ipynb": A,
        "CS101/03/Jane Doe_1_assignsubmission_file_/03_convolution.ipynb": B,
        "CS101/03/Ken Ito_3_assignsubmission_file_03_convolution.ipynb": A,
        "CS101/about/README.md": b"#",
        "grades.xlsx": b"x",
    }
    kept = run({"in.zip": zipped(files)}).kept
    assert kept["Jane Doe/02_im2col.ipynb"] == A
    assert kept["Jane Doe/03_convolution.ipynb"] == B
    assert kept["Ken Ito/03_convolution.ipynb"] == A
