"""An ordinary user who runs our code, from copies that every user can read. Takes root on Linux."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

CAN_BECOME_ANOTHER_USER = sys.platform == "linux" and os.geteuid() == 0
WHY_NOT = "becoming another user takes root; without root the other tests are these"


@dataclass(frozen=True)
class OrdinaryUser:
    """A user whom nobody else is.

    Attributes:
        id: of the user and of its group. Tests that run side by side use different ones, since a
            user's processes share a limit.
        root: the folder with the copies.
        python: an interpreter that this user may run.
    """

    id: int
    root: Path
    python: Path

    def run(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run the interpreter.

        Raises:
            PermissionError: the user may not.
        """
        return subprocess.run(
            [str(self.python), *arguments],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(self.root), "HOME": "/tmp",
                 "XDG_CACHE_HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1",
                 "OPENBLAS_NUM_THREADS": "1"},
            cwd=self.root,
            user=self.id,
            group=self.id,
            extra_groups=[],
            capture_output=True,
            text=True,
            timeout=timeout,
        )  # fmt: skip


@contextmanager
def ordinary_user(id: int, copied: Iterable[Path], imports: str) -> Iterator[OrdinaryUser]:
    """A user with copies of files and folders; skips the test if no interpreter can be found.

    Args:
        id: the user's.
        copied: what is copied, under its own name.
        imports: modules that the interpreter must be able to import: ``numpy, pytest``.
    """
    root = Path(tempfile.mkdtemp(prefix="convkit-readable-"))
    leave = shutil.ignore_patterns("__pycache__", "*.pyc")
    try:
        for path in copied:
            if path.is_dir():
                shutil.copytree(path, root / path.name, ignore=leave, dirs_exist_ok=True)
            else:
                shutil.copy(path, root)
        for path in (root, *root.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        users = (OrdinaryUser(id, root, python) for python in _interpreters())
        user = next((user for user in users if _can_import(user, imports)), None)
        if user is None:
            pytest.skip("every interpreter here is out of an ordinary user's reach, or lacks numpy")
        yield user
    finally:
        shutil.rmtree(root)


def _interpreters() -> Iterator[Path]:
    yield Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if found := shutil.which(version, path="/usr/bin:/usr/local/bin"):
        yield Path(found)


def _can_import(user: OrdinaryUser, modules: str) -> bool:
    try:
        return user.run("-c", f"import {modules}").returncode == 0
    except PermissionError:
        return False
