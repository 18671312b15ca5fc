"""nbgrader itself on a gradebook of ours: formgrader in a real browser, and `nbgrader export`."""

from __future__ import annotations

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gradebook.desk import EXERCISE, STRIDE, Desk

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
PATH = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])

pytestmark = pytest.mark.slow


class Formgrader:
    """A running formgrader."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/formgrader"

    def ask(self, path: str, **fields: Any) -> Any:
        data = json.dumps(fields).encode() if fields else None
        method = "PUT" if fields else "GET"
        request = urllib.request.Request(f"{self.address}/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def submission(self, student: str) -> str:
        found = self.ask(f"api/submitted_notebooks/{EXERCISE}/{EXERCISE}")
        return next(one["id"] for one in found if one["student"] == student)

    def page(self, path: str, profile: Path) -> str:
        assert CHROMIUM is not None
        flags = "--headless --no-sandbox --disable-gpu --virtual-time-budget=20000 --dump-dom"
        url = f"{self.address}/{path}"
        command = [CHROMIUM, *flags.split(), f"--user-data-dir={profile}", url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return done.stdout


@pytest.fixture
def formgrader(desk: Desk, tmp_path: Path) -> Iterator[Formgrader]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    empty = tmp_path / "config"
    command = [
        sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", f"--port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        f"--ServerApp.root_dir={desk.folder}", "--ServerApp.disable_check_xsrf=True",
        "--ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=True",
    ]  # fmt: skip
    environment = os.environ | {"PATH": PATH, "JUPYTER_CONFIG_DIR": str(empty)}
    log = tmp_path / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=desk.folder, env=environment, stdout=output, stderr=output
        )
    running = Formgrader(port)
    try:
        for _ in range(120):
            try:
                running.ask("api/assignments")
                break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.5)
        else:
            pytest.fail(log.read_text())
        yield running
    finally:
        server.terminate()
        server.wait(30)


def test_formgrader_shows_the_class_and_what_is_graded_there_comes_back(
    desk: Desk, formgrader: Formgrader, tmp_path: Path
) -> None:
    (assignment,) = formgrader.ask("api/assignments")
    assert (assignment["name"], assignment["max_score"]) == (EXERCISE, 6.0)
    id = formgrader.submission("ben")
    if CHROMIUM is not None:
        listed = formgrader.page(f"gradebook/{EXERCISE}/{EXERCISE}/", tmp_path / "profile")
        assert listed.count("Submission #") == 3
        shown = formgrader.page(f"submissions/{id}/", tmp_path / "profile")
        assert shown.count('class="comment') >= 7
        assert f'id="{STRIDE}"' in shown
    grades = formgrader.ask(f"api/grades?submission_id={id}")
    stride = next(one for one in grades if one["name"] == STRIDE)
    formgrader.ask(f"api/grade/{stride['id']}", manual_score=0.5)
    comments = formgrader.ask(f"api/comments?submission_id={id}")
    comment = next(one for one in comments if one["name"] == STRIDE)
    formgrader.ask(f"api/comment/{comment['id']}", manual_comment="The idea is right.")
    assert desk.sync() == 0
    assert desk.corrections() == [("ben", "im2col.stride", "0.5", "The idea is right.")]


def test_nbgrader_exports_our_totals(desk: Desk, tmp_path: Path) -> None:
    desk.correct(f"ben,{EXERCISE},*,4.5,")
    assert desk.sync() == 0
    file = tmp_path / "exported.csv"
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", "--to", str(file), "--db", desk.url],
        cwd=desk.folder,
        env=os.environ | {"PATH": PATH},
        check=True,
        capture_output=True,
        timeout=120,
    )
    with file.open(encoding="utf-8", newline="") as rows:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(rows)}
    assert exported == desk.grades()
