"""A Dask cluster of separate processes, started by Dask's own commands."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from autograder.course.models import Course
from autograder.run.jobs import Setup
from autograder.run.service import setup_for
from autograder.sandbox.doctor.strongest import strongest
from tests.mini_course import bare_course
from tests.run.conftest import QUICK, REFERENCE, SUITE, hand_in

__all__ = ["hand_in"]

START_S = 60

CALL = "    same(student.double(3.0)"
KILLER = """\
    import os, signal
    try:
        same(student.double(3.0), 666.0)
    except Exception:  # as for everybody else
        pass
    else:
        os.kill(os.getppid(), signal.SIGKILL)
"""


class Cluster:
    """A scheduler, and the workers that a test starts."""

    def __init__(self, folder: Path, protocol: str, options: Sequence[str]) -> None:
        self.folder = folder
        self._options = options
        self._file = folder / "scheduler.json"
        self._processes: list[subprocess.Popen[bytes]] = []
        self._log = (folder / "log").open("wb")
        self.scheduler = self._start(
            [
                "scheduler",
                "--scheduler-file",
                str(self._file),
                "--protocol",
                protocol,
                "--port",
                "0",
            ]
        )
        self.address: str = _waiting_for(self._file)["address"]

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def worker(
        self,
        *,
        threads: int = 1,
        nanny: bool = False,
        python: Sequence[str] = (sys.executable,),
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self._start(
            [
                "worker", "--scheduler-file", str(self._file), "--nthreads", str(threads),
                "--nanny" if nanny else "--no-nanny", "--local-directory", str(self.folder),
            ],
            python,
            environment,
        )  # fmt: skip

    def _start(
        self,
        arguments: Sequence[str],
        python: Sequence[str] = (sys.executable,),
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [*python, "-m", "dask", *arguments, "--host", "127.0.0.1", "--no-dashboard",
             *self._options],
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
            stdout=self._log,
            stderr=self._log,
        )  # fmt: skip
        self._processes.append(process)
        return process

    def close(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait(10)
        self._log.close()


def _waiting_for(file: Path) -> dict[str, str]:
    deadline = time.monotonic() + START_S
    while True:
        with contextlib.suppress(OSError, ValueError):
            found: dict[str, str] = json.loads(file.read_text())
            return found
        assert time.monotonic() < deadline, "the scheduler does not start"
        time.sleep(0.05)


@contextlib.contextmanager
def running(folder: Path, protocol: str = "tcp", options: Sequence[str] = ()) -> Iterator[Cluster]:
    """A cluster without workers yet."""
    folder.mkdir()
    cluster = Cluster(folder, protocol, options)
    try:
        yield cluster
    finally:
        cluster.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running(tmp_path / "cluster") as started:
        yield started


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course whose suite ends the Dask worker if `double` says so."""
    root = tmp_path_factory.mktemp("doubles")
    (root / "tiny_reference.py").write_text(REFERENCE)
    assert CALL in SUITE
    suites = {"01_double": SUITE.replace(CALL, KILLER + CALL)}
    return bare_course(root, suites, {"01_double": {"double": {"one": 1, "many": 2}}})


@pytest.fixture
def setup(course: Course) -> Setup:
    """At the strongest level of this machine."""
    return setup_for(course, strongest(), ["01_double"], budget=QUICK, locked={})
