"""A scheduler and workers started by Dask's own commands: the same results as on one machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import autograder
from autograder.cluster.connection import Address
from autograder.cluster.executor import OnCluster
from autograder.errors import CommandError, WorkersFailed
from autograder.report import read_results
from autograder.run.service import grade_submissions
from autograder.run.store import Store
from autograder.sandbox.doctor.strongest import strongest
from autograder.sandbox.host.isolation import Level
from tests.cluster.conftest import Cluster, running
from tests.paths import ROOT
from tests.run.conftest import HALF, RIGHT

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

SLOW = "import time\ndef double(x):\n    time.sleep(0.3)\n    return 2 * x\n"
KILLS = "def double(x):\n    return 666.0\n"


@pytest.fixture
def grade(course, setup, tmp_path):
    """Grade on the cluster: the results by student, and what was said."""

    def grade(cluster, submissions, *, level=None, **tls):
        said: list[str] = []
        store = Store(tmp_path / "out")
        executor = OnCluster(course, Address(cluster.address, **tls), said.append)
        there = setup if level is None else replace(setup, level=level)
        steps = grade_submissions(course, there, submissions, store=store, executor=executor)
        return {step.graded.result.student: step.graded for step in steps}, said

    return grade


def files_of(out: Path) -> dict[str, str]:
    """The text of every result, without times."""
    return {
        path.relative_to(out).as_posix(): re.sub(
            r'("(?:wall|cpu)_s": )[\d.e-]+', r"\g<1>0", path.read_text()
        )
        for path in (out / "results").rglob("*.json")
    }


def commands() -> list[str]:
    """The command lines of all processes of ours beside Dask workers."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if b"autograder.cluster.grading_process" in line:
            found.append(line.decode())
    return found


def gone(seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while commands() and time.monotonic() < deadline:
        time.sleep(0.1)
    return not commands()


def test_the_results_are_those_of_this_machine_though_a_worker_is_killed_in_the_middle(
    cluster, course, setup, hand_in, grade, tmp_path
):
    missing = hand_in("gone", RIGHT)
    missing.path.unlink()
    submissions = [
        hand_in("aiko", RIGHT),
        hand_in("ben", HALF),
        hand_in("chloe", content=b"not a notebook"),
        hand_in("dmitri", "import os\nos._exit(1)\n", RIGHT),
        missing,
        *(hand_in(f"slow{n}", SLOW) for n in range(6)),
    ]
    here = Store(tmp_path / "here")
    for _ in grade_submissions(course, setup, submissions, store=here, jobs=1):
        pass
    killed = cluster.worker()
    cluster.worker(threads=2)
    killer = when_it_works(tmp_path / "out", killed.kill)
    found, said = grade(cluster, submissions)
    killer.join()
    assert said == []
    assert len(found) == len(submissions)
    assert files_of(tmp_path / "out") == files_of(tmp_path / "here")
    assert {one.result.status for one in found.values()} == {"graded", "unreadable"}
    assert gone(), "grading processes outlive the run"


def test_a_submission_that_kills_its_workers_is_lost_alone(cluster, hand_in, grade):
    for _ in range(2):
        cluster.worker(threads=2, nanny=True)  # which starts another one
    submissions = [hand_in("k", KILLS), *(hand_in(student, HALF) for student in "stuvw")]
    found, _ = grade(cluster, submissions)
    assert {student: one.result.score for student, one in found.items()} == {
        "k": 0.0, **dict.fromkeys("stuvw", 1.0),
    }  # fmt: skip
    assert found["k"].result.status == "grader_error"
    assert found["k"].result.needs_review
    assert "died twice" in found["k"].notes[0]


def when_it_works(out: Path, act: Callable[[], object]) -> threading.Thread:
    """Act as soon as there is a first result."""

    def acting() -> None:
        while not (out / "results").exists():
            time.sleep(0.01)
        act()

    thread = threading.Thread(target=acting)
    thread.start()
    return thread


def test_without_the_scheduler_the_run_stops_with_a_message_and_can_be_resumed(
    cluster, hand_in, grade, tmp_path
):
    cluster.worker()
    submissions = [hand_in(f"slow{n}", SLOW) for n in range(8)]
    killer = when_it_works(tmp_path / "out", cluster.scheduler.kill)
    with pytest.raises(WorkersFailed, match="scheduler does not answer any more"):
        grade(cluster, submissions)
    killer.join()
    assert gone(30), "grading processes outlive the cluster"
    with running(tmp_path / "another") as another:
        another.worker()
        found, _ = grade(another, submissions)
    assert len(found) == 8
    assert {one.result.status for one in found.values()} == {"graded"}


def without_the_kit(folder: Path) -> tuple[list[str], dict[str, str]]:
    """A Python with Dask, in which this program is not installed."""
    packages = folder / "packages"
    packages.mkdir()
    for name in sys.path:
        for path in Path(name).glob("*") if name.endswith("site-packages") else ():
            link = packages / path.name
            if "convgrade" not in path.name and path.suffix != ".pth" and not link.exists():
                link.symlink_to(path)
    return [sys.executable, "-S"], {"PYTHONPATH": str(packages)}


def another_version(folder: Path) -> dict[str, str]:
    source = Path(autograder.__file__).parent
    copy = folder / "other" / "autograder"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    init = copy / "__init__.py"
    text = init.read_text()
    assert autograder.__version__ in text
    init.write_text(text.replace(autograder.__version__, "0.0.9"))
    return {"PYTHONPATH": str(copy.parent)}


def test_workers_that_cannot_be_used_are_named_and_get_nothing(cluster, hand_in, grade, tmp_path):
    python, environment = without_the_kit(tmp_path)
    cluster.worker(python=python, environment=environment)
    cluster.worker(environment=another_version(tmp_path))
    _waiting_for_workers(cluster, 2)
    with pytest.raises(WorkersFailed) as error:
        grade(cluster, [hand_in("aiko", RIGHT)])
    assert "No module named 'autograder'" in str(error.value)
    assert "has convgrade 0.0.9" in str(error.value)
    assert not list(cluster.folder.rglob("test_01_double.py"))
    cluster.worker()
    _waiting_for_workers(cluster, 3)
    found, said = grade(cluster, [hand_in("aiko", RIGHT)])
    assert found["aiko"].result.score == 3.0
    assert len(said) == 2


def test_a_weaker_sandbox_than_requested_is_refused(cluster, hand_in, grade, tmp_path):
    if strongest() < Level.FULL:
        pytest.skip("every worker on this machine is weaker than full")
    # Without bubblewrap, and with a cache of its own that does not know of it.
    cluster.worker(
        environment={
            "PATH": str(Path(sys.executable).parent),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        }
    )
    with pytest.raises(WorkersFailed, match="isolation"):
        grade(cluster, [hand_in("aiko", RIGHT)], level=Level.FULL)


def _waiting_for_workers(cluster: Cluster, workers: int) -> None:
    deadline = time.monotonic() + 60
    while cluster.log.count("Register worker") < workers:
        assert time.monotonic() < deadline, cluster.log
        time.sleep(0.1)


def certificates(folder: Path) -> dict[str, Path]:
    """An authority, a certificate that it has signed, and one that it has not."""
    folder.mkdir()

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    for name in ("ca", "stranger"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                f"/CN={name}", "-keyout", f"{name}-key.pem", "-out", f"{name}.pem")  # fmt: skip
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=grading", "-keyout", "key.pem",
            "-out", "request.pem")  # fmt: skip
    openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca-key.pem",
            "-set_serial", "1", "-days", "2", "-out", "cert.pem")  # fmt: skip
    return {path.stem: path for path in folder.glob("*.pem")}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl for certificates")
def test_over_tls_only_who_has_a_certificate_takes_part(tmp_path, hand_in, grade):
    pem = certificates(tmp_path / "pem")
    options = ["--tls-ca-file", str(pem["ca"]), "--tls-cert", str(pem["cert"]),
               "--tls-key", str(pem["key"])]  # fmt: skip
    with running(tmp_path / "cluster", "tls", options) as cluster:
        assert cluster.address.startswith("tls://")
        cluster.worker()
        found, _ = grade(
            cluster, [hand_in("aiko", RIGHT)],
            ca=pem["ca"], certificate=pem["cert"], key=pem["key"],
        )  # fmt: skip
        assert found["aiko"].result.score == 3.0
        with pytest.raises(CommandError, match="no connection to a scheduler there"):
            grade(
                cluster, [hand_in("ben", RIGHT)],
                ca=pem["ca"], certificate=pem["stranger"], key=pem["stranger-key"],
            )  # fmt: skip


def test_the_command_shows_progress_and_writes_the_pages_as_locally(cluster, mini, tmp_path):
    cluster.worker()
    handed_in = tmp_path / "submitted" / "aiko" / "01_area"
    handed_in.mkdir(parents=True)
    (handed_in / "01_area.ipynb").write_text('{"cells": []}')
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", str(tmp_path / "submitted"),
         "--course", str(mini.root), "--out", str(tmp_path / "graded"),
         "--dask", cluster.address, "--isolation", str(strongest())],
        capture_output=True, text=True, timeout=120, env=dict(os.environ), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "[1/1] aiko · 01_area" in done.stderr
    assert (tmp_path / "graded" / "index.html").exists()
    (_,), _ = read_results(tmp_path / "graded")


def test_the_benchmark_of_jobs_and_workers_runs(tmp_path):
    figures = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "scale.py"), "3", "--jobs", "1", "--workers",
         "1", "--exercise", "01_windows", "--json", str(figures)],
        capture_output=True, text=True, timeout=300, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "100,000 submissions on   8 processors" in done.stdout
    assert [pair[1]["how"] for pair in json.loads(figures.read_text())] == ["1 jobs", "1 workers"]
