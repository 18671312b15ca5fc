"""Let sessions import the installed packages that the course names, and no others."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


class CoursePackages(MetaPathFinder):
    """Finds top-level packages of a list, wherever they are installed.

    Args:
        names: import names of the packages and of what they need.
        folders: where they are installed.
    """

    def __init__(self, names: Iterable[str], folders: Sequence[str]) -> None:
        self._names = frozenset(names)
        self._folders = list(folders)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The package, if it is on the list; its submodules are found as any."""
        if path is not None or name not in self._names:
            return None
        return PathFinder.find_spec(name, self._folders, target)

    def find_distributions(
        self, context: metadata.DistributionFinder.Context | None = None
    ) -> Iterator[metadata.Distribution]:
        """Metadata of what is installed in these folders, as far as a session can see it."""
        name = context.name if context is not None else None
        where = metadata.DistributionFinder.Context(name=name, path=self._folders)
        yield from metadata.MetadataPathFinder.find_distributions(where)


def install(names: Sequence[str], folders: Sequence[str]) -> None:
    """Make the packages importable in this process and in those forked from it."""
    if names:
        sys.meta_path.append(CoursePackages(names, folders))
