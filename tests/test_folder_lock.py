"""Runs that change one folder: one after another, and none waits without end."""

from __future__ import annotations

import fcntl
import threading
import time
from pathlib import Path

import pytest

from autograder.errors import CommandError
from autograder.folder_lock import alone_in


def test_a_run_waits_for_another_to_finish(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        order = []

        def second() -> None:
            with alone_in(tmp_path):
                order.append("second")

        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_but_not_for_one_that_was_stopped(tmp_path: Path) -> None:
    with (
        alone_in(tmp_path),
        pytest.raises(CommandError, match="another run has been working here"),
        alone_in(tmp_path, seconds=0.1),
    ):
        pass
    with alone_in(tmp_path, seconds=0.1):
        pass


def test_a_file_system_without_locks_is_used_without(tmp_path, monkeypatch) -> None:
    def unsupported(_descriptor: int, _how: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with alone_in(tmp_path, seconds=0.1):
        pass


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        assert [*tmp_path.iterdir()] == []
