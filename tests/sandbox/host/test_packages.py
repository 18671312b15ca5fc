"""Installed packages that a course lets students import, and nothing besides."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.packages import installed
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.visible_paths import visible_paths
from tests.sandbox.conftest import answer, end

COURSE = ("rich",)
"""One that the grader itself needs, so that it is installed: pure Python, and it needs others."""


def test_what_a_package_needs_comes_with_it() -> None:
    found = installed(COURSE)
    assert {"rich", "pygments", "markdown_it"} <= set(found.names)
    assert found.wanted == ("rich",)
    assert all(path.exists() for path in found.paths)


def test_the_name_that_is_imported_will_do_too() -> None:
    assert installed(["markdown_it"]) == installed(["markdown-it-py"])


def test_no_packages() -> None:
    assert installed(()) == installed([])
    assert visible_paths(()) == visible_paths()


def test_one_that_is_not_installed_is_named_with_its_remedy() -> None:
    with pytest.raises(SandboxUnavailable, match="'no-such-thing', which is not installed") as told:
        installed(["no-such-thing"])
    assert "pip install no-such-thing" in str(told.value)


def test_the_grader_itself_is_refused() -> None:
    scripts = metadata.entry_points(group="console_scripts", name="autograder")
    for script in scripts:
        assert script.dist is not None
        with pytest.raises(SandboxUnavailable, match="the grader and its reference"):
            installed(["rich", script.dist.name])
    assert scripts


def test_sessions_can_import_them_and_no_others_at_every_level(level: Level) -> None:
    source = """
import importlib.metadata
import rich.table, markdown_it
report["rich"] = rich.table.Table.__module__
report["version"] = bool(importlib.metadata.version("rich"))
for name in ("pytest", "autograder", "source_lib", "jinja2", "packaging"):
    try:
        __import__(name)
        report[name] = "imported"
    except ImportError:
        pass
"""
    with Server(level, Limits(), visible_paths(COURSE)) as server:
        child = server.spawn({"probe": source})
        try:
            assert answer(child, 30) == {"rich": "rich.table", "version": "True"}
        finally:
            end(child)


def test_beside_numpy_only_their_files_are_seen() -> None:
    seen = visible_paths(COURSE)
    readable = [Path(path) for path in seen.readable(masked=False)]
    beside = {path.name for path in readable if path.parent == seen.packages}
    assert {"numpy", "rich", "pygments"} <= beside
    assert not beside & {"pytest", "autograder", "source_lib", "jinja2"}
    assert seen.packages not in readable
