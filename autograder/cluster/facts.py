"""What has to be the same on a worker as here, so that it gives the same results.

The grader itself, to the byte; Python and NumPy up to the patch level, because words of exceptions
and last bits of results change between minor versions; the packages that the course lets students
import. And its sandbox must be at least as strong as the run asks for.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import autograder
from autograder import DISTRIBUTION, __version__
from autograder.errors import SandboxUnavailable
from autograder.sandbox.doctor.strongest import strongest
from autograder.sandbox.host.isolation import Level


@dataclass(frozen=True)
class Facts:
    """What a machine grades with.

    Attributes:
        host: its name.
        version: the grader's version.
        code: hash of the grader's files.
        python: as ``3.11``.
        numpy: as ``2.4``.
        packages: the versions of the packages that students may import; "" if not installed.
        isolation: the strongest level that holds; None if that was not tried.
    """

    host: str
    version: str
    code: str
    python: str
    numpy: str
    packages: Mapping[str, str]
    isolation: Level | None = None

    @classmethod
    def of_this_machine(cls, packages: Sequence[str], *, isolation: bool = False) -> Facts:
        """Those of this process.

        Args:
            packages: names of packages that students may import.
            isolation: whether to try which isolation level holds.
        """
        return cls(
            platform.node(),
            __version__,
            _code(),
            ".".join(map(str, sys.version_info[:2])),
            ".".join(_version("numpy").split(".")[:2]),
            {name: _version(name) for name in packages},
            _strongest() if isolation else None,
        )

    def record(self) -> dict[str, Any]:
        """As JSON."""
        level = None if self.isolation is None else self.isolation.name
        return {**asdict(self), "isolation": level}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Facts:
        """From JSON; raises KeyError or TypeError if it has other fields."""
        level = record["isolation"]
        return cls(**{**record, "isolation": None if level is None else Level[level]})


def reasons_against(theirs: Facts, ours: Facts, level: Level) -> list[str]:
    """Why a worker cannot be used: for each reason what it has, what this run needs, what to do.

    Args:
        theirs: the worker's.
        ours: those of the machine that the run is started on.
        level: the isolation level that the run asks for.
    """
    found = []
    if theirs.version != ours.version:
        found.append(
            f"it has {DISTRIBUTION} {theirs.version}, and this run is of {ours.version}. "
            "Install the same version on both"
        )
    elif theirs.code != ours.code:
        found.append(
            f"its {DISTRIBUTION} {theirs.version} has other files than the one that runs here. "
            "Install the same build on both"
        )
    for name, their, our in (
        ("Python", theirs.python, ours.python),
        ("NumPy", theirs.numpy, ours.numpy),
    ):
        if their != our:
            found.append(
                f"it has {name} {their}, and here it is {our}: results could differ. "
                "Use the same minor version on both"
            )
    for name, our in ours.packages.items():
        their = theirs.packages.get(name, "")
        if their != our:
            found.append(
                f"it has {name} {their or 'not installed'}, and here it is "
                f"{our or 'not installed'}: students may import it. Install the same version"
            )
    if theirs.isolation is not None and theirs.isolation < level:
        found.append(
            f"its strongest isolation is {theirs.isolation}, and this run asks for {level}. "
            f"Run `autograder doctor` there to find out why, or say --isolation {theirs.isolation}"
        )
    return found


def _strongest() -> Level:
    try:
        return strongest()
    except SandboxUnavailable:
        return Level.LIMITS


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


@cache
def _code() -> str:
    root = Path(autograder.__file__).parent
    total = hashlib.sha256()
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root).parts  # the root may well be below a hidden folder
        hidden = any(name.startswith(".") or name == "__pycache__" for name in inside)
        if path.is_file() and not hidden and path.suffix != ".pyc":
            yield path
