"""What travels, what is compared, and what is refused, without any cluster."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cluster import course_archive, wire
from autograder.cluster.connection import Address
from autograder.cluster.facts import Facts, reasons_against
from autograder.course.load import course_sha256, load_course
from autograder.errors import CommandError, FileFault, UnreadableSubmission
from autograder.ingest.hand_ins import Gradings
from autograder.ingest.parse import file_bytes
from autograder.run.jobs import Graded
from autograder.sandbox.host.isolation import Level
from autograder.status import CellStatus, Status
from autograder.text import Text
from autograder.verdict.result import CellResult, Counterexample, CriterionResult
from tests.run.conftest import RIGHT, result

__all__ = ["result"]

OURS = Facts("here", "0.1.0", "c0de", "3.11", "2.4", {"scipy": "1.16.1"})


def sent(submission) -> object:
    """What arrives of a submission: its bytes, or what reading it raises."""
    message = wire.submission_message(
        submission, lambda: file_bytes(submission.path, submission.root)
    )
    arrived = wire.brought(message)
    assert (arrived.submission.student, arrived.submission.exercise) == (
        submission.student,
        submission.exercise,
    )
    try:
        return arrived.content()
    except (UnreadableSubmission, OSError) as error:
        return error


def test_a_setup_arrives_as_it_was(setup):
    record = wire.setup_record(setup)
    arrived, _ = wire.unframed(wire.framed(record))
    there = wire.setup_from(arrived, Path("/elsewhere"))
    assert there == replace(setup, root=Path("/elsewhere"), locked=there.locked)
    locked = replace(setup, locked={"01_double": frozenset({"b", "a"})})
    assert wire.setup_from(wire.setup_record(locked), setup.root).locked == locked.locked


def test_a_submission_arrives_as_its_bytes(hand_in):
    submission = hand_in("aiko", RIGHT)
    assert sent(submission) == submission.path.read_bytes()


def test_what_is_wrong_with_a_file_arrives_as_it_was_found(hand_in, monkeypatch):
    missing = hand_in("ben")
    missing.path.unlink()
    problem = sent(missing)
    assert isinstance(problem, UnreadableSubmission)
    assert problem.fault is FileFault.CANNOT_BE_OPENED
    assert problem.values == {"reason": "No such file or directory"}
    folder = hand_in("chloe")
    folder.path.unlink()
    folder.path.mkdir()
    assert sent(folder).fault is FileFault.FOLDER

    def fails(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("tests.cluster.test_parts.file_bytes", fails)
    assert sent(hand_in("dmitri")).errno == errno.EIO


def test_a_result_arrives_to_the_byte_whatever_is_in_it(result):
    criterion = CriterionResult(
        "double.one", "double", 0.0, 3.0, Status.FAILED, Status.FAILED,
        Text(en="\ud800 \x1b[0m </script>", ja="日本語"), ("D1",),
        Counterexample("double(1e-300)", "nan", "\U0001f600"),
    )  # fmt: skip
    graded = Graded(
        replace(result, criteria=(criterion,), cells=(CellResult(3, CellStatus.ERROR, "boo"),)),
        ("a note",), ("advice",), "cp932", "02_other", Gradings(2, ("threads",)),
    )  # fmt: skip
    record, _ = wire.unframed(wire.framed(wire.graded_record(graded)))
    assert wire.graded_from(record) == graded


def test_a_course_arrives_with_the_same_fingerprint_and_what_its_suites_import(course, tmp_path):
    course_archive.unpack(course_archive.pack(course.root), tmp_path)
    assert course_sha256(load_course(tmp_path)) == course_sha256(course)
    assert (tmp_path / "tiny_reference.py").is_file()


@pytest.mark.parametrize(
    ("theirs", "reason"),
    [
        ({"version": "0.0.9", "code": "other"}, "has convgrade 0.0.9, and this run is of 0.1.0"),
        ({"code": "0ther"}, "has other files"),
        ({"python": "3.13"}, "has Python 3.13, and here it is 3.11"),
        ({"numpy": "1.26"}, "has NumPy 1.26, and here it is 2.4"),
        ({"packages": {}}, "has scipy not installed, and here it is 1.16.1"),
        ({"isolation": Level.CONTAINER}, "isolation is container, and this run asks for full"),
    ],
)
def test_a_worker_that_could_give_other_results_is_refused_with_the_reason(theirs, reason):
    (said,) = reasons_against(replace(OURS, isolation=Level.FULL, **theirs) if "isolation" not in
                              theirs else replace(OURS, **theirs), OURS, Level.FULL)  # fmt: skip
    assert reason in said


def test_a_worker_with_the_same_and_a_stronger_sandbox_is_not():
    there = replace(OURS, host="there", isolation=Level.FULL)
    assert reasons_against(there, OURS, Level.CONTAINER) == []
    assert Facts.from_record(there.record()) == there


@pytest.mark.parametrize(
    "address", ["tls://10.0.0.5:8786", "tcp://127.0.0.1:1", "tcp://localhost:1", "tcp://[::1]:1"]
)
def test_encrypted_and_local_addresses_are_good(address):
    pytest.importorskip("distributed")
    Address(address).check()


def test_clear_text_to_another_machine_takes_a_word_of_the_instructor():
    pytest.importorskip("distributed")
    with pytest.raises(CommandError, match=r"not encrypted.*--dask-unencrypted"):
        Address("tcp://10.0.0.5:8786").check()
    Address("tcp://10.0.0.5:8786", unencrypted=True).check()
    with pytest.raises(CommandError, match=r"10\.0\.0\.6"):  # a worker's counts as well
        Address("tcp://127.0.0.1:1").require_encryption(["tcp://10.0.0.6:1"])


def test_wrong_usage_is_named(tmp_path):
    pem = tmp_path / "a.pem"
    pem.touch()
    for address, said in (
        (Address("tls://h:1", ca=tmp_path / "no.pem"), "--tls-ca .*no such file"),
        (Address("tls://h:1", ca=pem), "--tls-cert and --tls-key missing"),
        (Address("tcp://h:1", pem, pem, pem), "begins with tls://"),
        (Address("10.0.0.5"), "not an address"),
    ):
        with pytest.raises(CommandError, match=said) as error:
            address.check()
        assert error.value.status == 2
