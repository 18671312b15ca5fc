"""Find the files of installed packages that a course lets students import.

Only these packages, and what they need, become visible to a session; other packages beside them do
not.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from autograder.errors import SandboxUnavailable

OURS = ("autograder", "source_lib")
"""Import names that no course can make visible: they hold what students must not see."""


@dataclass(frozen=True)
class Installed:
    """Installed packages.

    Attributes:
        names: their import names, those of what they need included.
        wanted: the import names of those that were requested, which are imported in advance.
        folders: the folders that contain them.
        paths: their own files and folders, each directly in one of these.
    """

    names: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    paths: tuple[Path, ...] = ()


NO_PACKAGES = Installed()


def installed(packages: Sequence[str]) -> Installed:
    """Look packages up by the name under which they are installed or imported.

    Args:
        packages: such as ``pandas``, ``scikit-learn`` or ``sklearn``.

    Raises:
        SandboxUnavailable: one is not installed, or is part of the grader.
    """
    found: dict[str, metadata.Distribution] = {}
    asked = [_distribution(name) for name in packages]
    unread = list(asked)
    while unread:
        distribution = unread.pop()
        if (key := distribution.metadata["Name"]) not in found:
            found[key] = distribution
            unread += _needs(distribution)
    paths = sorted({path for each in found.values() for path in _top_level(each)})
    paths = [path for path in paths if path.name not in ("numpy", "numpy.libs")]
    names = {name for path in paths if (name := _import_name(path))}
    if names & set(OURS) or any(map(_is_ours, found.values())):
        raise SandboxUnavailable(
            f"packages = {list(packages)} would show the grader and its reference to students",
            "take it out of packages in solutions/course.toml",
        )
    wanted = {name for each in asked for path in _top_level(each) if (name := _import_name(path))}
    folders = tuple(sorted({path.parent for path in paths}))
    return Installed(tuple(sorted(names)), tuple(sorted(wanted & names)), folders, tuple(paths))


def _distribution(name: str) -> metadata.Distribution:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        for distribution in metadata.packages_distributions().get(name, ()):
            return metadata.distribution(distribution)
    raise SandboxUnavailable(
        f"solutions/course.toml lists the package {name!r}, which is not installed",
        f"python -m pip install {name}",
    )


def _is_ours(distribution: metadata.Distribution) -> bool:
    """Whether it is the grader, which may be installed without its files (``pip install -e``)."""
    return any(script.name in OURS for script in distribution.entry_points)


def _needs(distribution: metadata.Distribution) -> Iterator[metadata.Distribution]:
    """What it requires here, as far as it is installed: some of it is optional."""
    for line in distribution.requires or ():
        name = _NAME.match(line)
        if name is not None and not _EXTRA.search(line):
            with contextlib.suppress(metadata.PackageNotFoundError):
                yield metadata.distribution(name[0])


_NAME = re.compile(r"[\w.-]+")
_EXTRA = re.compile(r";.*\bextra\s*==")


def _top_level(distribution: metadata.Distribution) -> Iterator[Path]:
    """Its files and folders in the folder that holds installed packages."""
    home = Path(str(distribution.locate_file("")))
    tops = {file.parts[0] for file in distribution.files or () if file.parts[0] not in _ELSEWHERE}
    yield from (home / top for top in tops if (home / top).exists())


_ELSEWHERE = ("..", "/", "__pycache__", "bin")


def _import_name(path: Path) -> str | None:
    """The name under which a file or folder is imported; None for data and metadata."""
    if path.is_dir():
        return path.name if path.name.isidentifier() else None
    stem = path.name.partition(".")[0]
    return stem if path.suffix in (".py", ".so", ".pyd") and stem.isidentifier() else None
