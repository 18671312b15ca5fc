"""The object returned by ``get_ipython()``, and the names that IPython adds to a notebook.

Only what affects a notebook's definitions is implemented: ``%run`` of a file that the notebook
wrote, ``%cd``, and the outputs ``_``, ``__``, ``___`` and ``Out[n]``. All other calls do nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import Any

from .no_ops import NoOp


class Shell(NoOp):
    """The IPython shell, as far as a notebook's definitions depend on it.

    Args:
        run_file: runs a Python file in the notebook.
        namespace: the notebook's globals.
    """

    def __init__(self, run_file: Callable[[str], None], namespace: dict[str, Any]) -> None:
        super().__init__("get_ipython()")
        self.__dict__.update(_run_file=run_file, user_ns=namespace, user_global_ns=namespace)

    def run_line_magic(self, name: str, line: str = "", *_args: Any, **_kwargs: Any) -> Any:
        """``%run file.py``, ``%cd folder`` and ``%pwd``; every other magic does nothing."""
        if name == "run":
            files = [word for word in line.split() if not word.startswith("-")]
            self.__dict__["_run_file"](files[0].strip("'\"") if files else "")
            return None
        if name == "cd":
            with contextlib.suppress(OSError):  # as in Jupyter, which only prints a message
                os.chdir(line.strip().strip("'\"") or ".")
        return os.getcwd() if name in ("cd", "pwd") else NoOp(f"%{name}")  # noqa: PTH109

    def magic(self, text: str) -> Any:
        """``get_ipython().magic("run file.py")``."""
        name, _, line = text.lstrip("%").partition(" ")
        return self.run_line_magic(name, line)

    def getoutput(self, *_args: Any, **_kwargs: Any) -> list[str]:
        """``files = !ls``: there is no shell, so no lines."""
        return []

    def __call__(self, *_args: Any, **_kwargs: Any) -> Shell:
        """``get_ipython()`` returns the shell itself."""
        return self


class Outputs:
    """``_``, ``__``, ``___``, ``_n`` and ``Out[n]``, as set by IPython's display hook.

    Args:
        namespace: the notebook's globals.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._last = ["", "", ""]
        self._out: dict[int, Any] = {}
        self._in = [""]
        namespace.update(Out=self._out, _oh=self._out, In=self._in, _ih=self._in, _i="")
        namespace.update(_dh=[os.getcwd()], _="", __="", ___="")  # noqa: PTH109

    def begin_in(self, folder: str) -> None:
        """Begin in another working directory than that in which this was made."""
        self._namespace["_dh"] = [folder]

    def cell(self, source: str) -> None:
        """Begin a cell."""
        self._namespace["_i"] = self._in[-1]
        self._in.append(source)

    def show(self, value: Any) -> None:
        """Record the value of the expression at the end of a cell."""
        if value is None:
            return
        number = len(self._in) - 1
        self._out[number] = self._namespace[f"_{number}"] = value
        names = ("_", "__", "___")
        # If a notebook uses these names for something else, they are left alone.
        mine = zip(names, self._last, strict=True)
        if all(self._namespace.get(name) is last for name, last in mine):
            self._last = [value, *self._last[:2]]
            self._namespace.update(zip(names, self._last, strict=True))
