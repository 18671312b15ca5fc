"""Python files that a notebook writes, and the modules that it imports from them.

Code in such a file is the student's work just like code in a cell.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from . import exceptions, known_code
from .classes import members
from .magics import File

# Working directories of notebooks on other systems.
_HOMES = re.compile(r"^(?:/content/(?:drive/My ?Drive/)?|/kaggle/working/|~/)")


class WrittenFiles:
    """The files below the folder in which the notebook runs."""

    def __init__(self) -> None:
        self._folder = os.getcwd()  # noqa: PTH109 (in every session, so cheap)
        self._modules: dict[str, ModuleType] = {}
        self._loaded_before = dict(sys.modules)

    def begin_in(self, folder: str) -> None:
        """Begin in another working directory than that in which this was made."""
        self._folder = folder

    def write(self, file: File, cell: int) -> None:
        """Write a cell's file.

        Missing folders are created, since shell commands do not run here. A file outside the
        notebook's working directory (``/content/layers.py``) is written into it.

        Args:
            file: what to write.
            cell: the index of the cell.

        Raises:
            OSError: it cannot be written.
        """
        path = Path(_HOMES.sub("", file.name, count=1))
        if not os.path.realpath(path).startswith(self._folder + os.sep):
            path = Path(path.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if file.append else "w", encoding="utf-8") as stream:
            stream.write(file.text)
        exceptions.written[os.path.realpath(path)] = (cell, file.line)
        importlib.invalidate_caches()

    def path(self, name: str) -> Path:
        """The path of the file with that name, with or without ``.py``.

        Raises:
            FileNotFoundError: there is none.
        """
        for path in (Path(name), Path(f"{name}.py"), Path(Path(name).name)):
            if name and path.is_file():
                return path
        raise FileNotFoundError(f"File `{name[:80]!r}` not found.")

    def origin(self, path: str) -> tuple[int, int] | None:
        """The cell that wrote the file, and the line on which the file begins in it."""
        return exceptions.written.get(os.path.realpath(path))

    def imported(self, name: str) -> None:
        """Record a module by its name if it is one of the notebook's own."""
        module = sys.modules.get(name)
        if module is self._loaded_before.get(name):
            return
        if type(module) is ModuleType and self._is_own(module):
            self._modules[name] = module

    def modules(self) -> list[ModuleType]:
        """The notebook's own modules that it has imported, in order."""
        return list(self._modules.values())

    def wrote(self, value: object) -> bool:
        """Whether a function or class comes from one of the notebook's own modules."""
        if type(value) is FunctionType:
            name: Any = value.__module__
        elif issubclass(type(value), type):
            name = members(value).get("__module__")  # type: ignore[arg-type]
        else:
            return False
        module = sys.modules.get(name) if type(name) is str else None
        return type(module) is ModuleType and self._is_own(module)

    def has_code(self, value: object) -> bool:
        """Whether it is a function whose code is the notebook's, whichever namespace it is in.

        That is code from a text (``exec``) or from a file that the notebook wrote
        (``runpy.run_path``), and not the library's or the grader's, though these, too, may come
        from a text.
        """
        if type(value) is not FunctionType or known_code.is_known(value.__code__):
            return False
        file = value.__code__.co_filename
        if file.startswith("<"):
            return not file.startswith("<frozen ")
        return os.path.realpath(file).startswith(self._folder + os.sep)

    def _is_own(self, module: ModuleType) -> bool:
        file = vars(module).get("__file__")
        return type(file) is str and os.path.realpath(file).startswith(self._folder + os.sep)
